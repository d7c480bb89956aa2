"""The review."""

from __future__ import annotations

import json
import re

import polars as pl
import pytest

import kam
from conftest import AS_OF, COLUMNS, ROWS


@pytest.fixture(scope="module")
def company():
    return kam.sample()


@pytest.fixture(scope="module")
def review(company):
    return kam.review(company.ledger.facts(company.as_of), company.crm)


def test_every_method_runs_on_the_sample_company(review):
    assert review.methods == [method.name for method in kam.methods()]
    assert len(review.skipped) == 0
    assert list(review) == review.methods
    assert len(review) == len(review.methods)
    accounts = review.accounts
    assert len(accounts) == review.facts["accounts"]
    assert {"account", "abc", "xyz", "level", "revenue"} <= set(accounts.columns)


def test_a_result_of_the_review_is_the_methods(review, company):
    facts = company.ledger.facts(company.as_of)
    for method in kam.methods():
        assert review[method.name].to_dict() == kam.run(method.name, facts, company.crm).to_dict()


def test_what_lacks_data_is_skipped():
    review = kam.review(kam.Ledger(pl.DataFrame(ROWS), **COLUMNS).facts(AS_OF))
    skipped = dict(zip(review.skipped["method"], review.skipped["reason"], strict=True))
    assert "cost" in skipped["whale_curve"]
    assert "whale_curve" not in review
    with pytest.raises(kam.KamError, match="whale_curve was skipped: .*cost") as raised:
        review["whale_curve"]
    assert raised.value.code == 404
    assert isinstance(raised.value, KeyError)
    with pytest.raises(kam.OptionError, match="no method `abcd`") as raised:
        review["abcd"]
    assert raised.value.code == 302
    assert "skipped: whale_curve" in repr(review)


def test_options_reach_their_methods(company):
    facts = company.ledger.facts(company.as_of)
    review = kam.review(facts, methods=["abc"], options={"abc": {"a": 0.5, "b": 0.9}})
    assert review.methods == ["abc"]
    assert review["abc"].to_dict() == kam.abc(facts, a=0.5, b=0.9).to_dict()
    assert kam.review(facts, methods="abc").methods == ["abc"]
    for unknown in (["abcd"], "abcd"):
        with pytest.raises(kam.OptionError, match="`abcd`") as raised:
            kam.review(facts, methods=unknown)
        assert raised.value.code == 302
    with pytest.raises(kam.OptionError):
        kam.review(facts, options={"abc": {"a": 7}})
    with pytest.raises(kam.OptionError):
        kam.review(facts.accounts)


def test_json_and_page(review, tmp_path):
    values = json.loads(review.to_json())
    assert values == review.to_dict()
    assert set(values) >= {"facts", "methods", "skipped", "accounts", "reconciliation", "quarantine"}
    review.to_json(str(tmp_path / "review.json"))
    assert json.loads((tmp_path / "review.json").read_text(encoding="utf-8")) == values
    review.to_html(str(tmp_path / "review.html"))
    page = (tmp_path / "review.html").read_text(encoding="utf-8")
    assert page == review.to_html()
    assert page.lstrip().lower().startswith("<!doctype html>")
    # The sample company has a customer of this name, to see that pages escape.
    assert "<script>alert" not in page
    assert not re.search(r"""(src|href)=["']https?:""", page)
    assert "Quarterly look" in review.to_html(title="Quarterly look")


def test_a_review_in_a_terminal_and_a_notebook(review):
    assert "kam.Review of" in repr(review)
    page = review._repr_html_()
    assert "<script" not in page
    assert "abc" in page


def test_the_same_seed_gives_the_same_company():
    first, second, other = kam.sample(accounts=60), kam.sample(accounts=60), kam.sample(accounts=60, seed=2)
    tables = [pl.DataFrame(company.frames["ledger"]) for company in (first, second, other)]
    assert tables[0].equals(tables[1])
    assert not tables[0].equals(tables[2])
    with pytest.raises(kam.OptionError, match="accounts"):
        kam.sample(accounts=3)


def test_every_number_of_every_summary_has_its_unit():
    company = kam.sample()
    review = kam.review(company.ledger.facts(company.as_of), company.crm, progress=False)
    assert len(review.methods) > 30
    for method in kam.methods():
        if method.name not in review:
            continue
        result = review[method.name]
        assert set(result.units) == set(method.figures), method.name
        assert {name.split(".")[0] for name in result.units} <= set(result.summary), method.name
        assert set(result.units.values()) <= {"money", "share", "count", "days", "periods", "number"}
        numbers = {name for name, value in result.summary.items() if isinstance(value, (int, float)) and not isinstance(value, bool)}
        assert numbers <= set(result.units), method.name
    pareto = review["pareto"]
    assert pareto.units["total"] == "money"
    assert pareto.units["share_of_top"] == "share"
    assert pareto.to_dict()["units"] == pareto.units
    by_orders = kam.pareto(company.ledger.facts(company.as_of), base="lines")
    assert by_orders.units["total"] == "count"
    # A notebook and a terminal read them in their units.
    assert "total: EUR 21,459,341" in repr(pareto)
    assert "share of top: 79.4%" in repr(pareto)


@pytest.mark.parametrize(
    "options",
    [
        {"abc": {"base": "profit"}},
        {"abc": {"a": 0.5, "b": 0.7}, "xyz": {"x": 0.9}},
        {"pyramid": {"active_days": 10, "unknown_gates": "block"}},
        {"routes": {"share": 0.5}},
    ],
)
def test_options_hold_for_the_methods_that_repeat_a_method(company, options):
    review = kam.review(company.ledger.facts(company.as_of), company.crm, options=options)
    accounts = review.accounts.to_polars()
    assert accounts["abc_xyz"].to_list() == (accounts["abc"] + accounts["xyz"]).to_list()
    last = review["pyramid_transitions"].tables["account_levels"].to_polars()
    last = last.filter(pl.col("period_end") == last["period_end"].max())
    assert dict(last.select("account", "level").iter_rows()) == dict(accounts.select("account", "level").iter_rows())
    by_pareto = review["routes"].tables["route_counts"].to_polars().filter(pl.col("route") == "pareto")["accounts"].item()
    assert review["key_account_profile"].summary["key_accounts"] == by_pareto


def test_options_of_a_method_that_repeats_another_are_its_own(company):
    facts = company.ledger.facts(company.as_of)
    review = kam.review(facts, methods=["abc", "abc_xyz"], options={"abc": {"a": 0.5}, "abc_xyz": {"abc": {"a": 0.6}}})
    assert review["abc_xyz"].to_dict() == kam.abc_xyz(facts, abc={"a": 0.6}).to_dict()
