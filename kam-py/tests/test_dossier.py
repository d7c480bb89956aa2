"""Dossiers and comparisons."""

from __future__ import annotations

import json

import numpy as np
import polars as pl
import pytest

import kam


@pytest.fixture(scope="module")
def company():
    return kam.sample()


@pytest.fixture(scope="module")
def review(company):
    return kam.review(company.ledger.facts(company.as_of), company.crm)


def test_a_dossier_in_every_form(review, tmp_path):
    account = review["pareto"].table["account"][0]
    dossier = review.dossier(account)
    values = dossier.to_dict()
    assert values["account"] == dossier.account == account
    assert json.loads(dossier.to_json()) == values
    abc = next(one for one in values["classes"] if one["method"] == "abc")
    assert abc["class"] == {"abc": "A"}
    assert abc["evidence"]["rank"] == 1
    assert dossier.to_markdown().startswith("# ")
    assert dossier.to_html().startswith("<!DOCTYPE html>")
    assert dossier._repr_html_().startswith("<style>")
    assert dossier.next_steps == values["next_steps"]
    assert repr(dossier).startswith(f"kam.Dossier of {values['title']} as of 2025-12-31")
    for name, form in (("a.json", "to_json"), ("a.md", "to_markdown"), ("a.html", "to_html")):
        assert getattr(dossier, form)(tmp_path / name) is None
        assert (tmp_path / name).read_text(encoding="utf-8") == getattr(dossier, form)()


def test_names_that_are_no_markup(review):
    name = "<script>alert(1)</script> & Söhne"
    dossier = review.dossier(name)
    assert dossier.to_dict()["title"] == name
    assert "<script" not in dossier.to_html() + dossier.to_markdown()
    assert "شركة النخيل للتجهيزات" in review.dossier("شركة النخيل للتجهيزات").to_html()


def test_rows_of_a_dossier(review):
    account = review["pareto"].table["account"][0]
    assert len(review.dossier(account, periods=3).to_dict()["history"]["periods"]) == 3
    assert len(review.dossier(account, rows=2).to_dict()["history"]["latest_activities"]) == 2
    with pytest.raises(kam.OptionError, match="dossier"):
        review.dossier(account, rows=-1)


def test_an_unknown_account_names_those_like_it(review):
    account = review["pareto"].table["account"][0]
    with pytest.raises(kam.KamError, match="there is no account") as raised:
        review.dossier(account[:-1] + "~")
    assert raised.value.code == 405
    assert f"`{account}`" in raised.value.hint


def test_numbers_are_accounts_too():
    lines = pl.DataFrame({"account": [7], "date": ["2024-05-01"], "amount": [5.0]})
    ledger = kam.Ledger(lines, account="account", date="date", amount="amount")
    assert kam.review(ledger.facts("2024-12-31")).dossier(7).to_dict()["account"] == "7"


def test_a_comparison(review, company):
    older = kam.review(company.ledger.facts("2025-06-30"), company.crm)
    comparison = review.compare(older)
    assert list(comparison.tables) == ["changes", "moves", "accounts"]
    assert comparison.summary["changes"] == len(comparison.table)
    assert {"abc", "level", "quadrant"} <= set(comparison.table["class"])
    levels = review.compare(older, methods=["pyramid"])
    assert set(levels.table["class"]) <= {"level", "golden_shot"}
    assert review.compare(review).summary["changes"] == 0
    with pytest.raises(kam.OptionError, match="lorenz"):
        review.compare(older, methods=["lorenz"])
    with pytest.raises(kam.OptionError, match="older"):
        review.compare("2025")


def test_one_text_is_one_account_or_method_and_not_its_letters(review, company):
    lines = pl.DataFrame({"account": ["A", "B", "AB"], "date": ["2024-05-01"] * 3, "amount": [5.0, 4.0, 3.0]})
    small = kam.review(kam.Ledger(lines, account="account", date="date", amount="amount").facts("2024-12-31"))
    assert small.to_html(dossiers="AB") == small.to_html(dossiers=["AB"]) != small.to_html(dossiers=["A", "B"])
    assert small.to_html(dossiers=np.int64(1)) == small.to_html(dossiers=1)
    with pytest.raises(kam.KamError, match="there is no account `ACME`"):
        small.to_html(dossiers="ACME")
    older = kam.review(company.ledger.facts("2025-06-30"), company.crm)
    assert review.compare(older, methods="pyramid").to_dict() == review.compare(older, methods=["pyramid"]).to_dict()
    assert small.accounts.text("account") == small.accounts.text(["account"])
    smaa = kam.mcda.smaa([[1.0, 2.0], [2.0, 1.0], [1.0, 1.0]])
    with pytest.raises(kam.OptionError, match="1 names for 3 alternatives"):
        smaa.chart("abc")


def test_what_is_no_list_is_named(review):
    for wrong in (5.5, None, b"AB"):
        with pytest.raises(kam.OptionError, match="to_html: `dossiers` is a ") as raised:
            review.to_html(dossiers=wrong)
        assert "accounts by their keys" in raised.value.hint
    with pytest.raises(kam.OptionError, match="compare: `methods` is a int: 5"):
        review.compare(review, methods=5)
    with pytest.raises(kam.OptionError, match="table accounts: `columns` is a int: 5"):
        review.accounts.text(5)
    with pytest.raises(kam.OptionError, match="smaa: `names` is a int: 5"):
        kam.mcda.smaa([[1.0, 2.0], [2.0, 1.0]]).chart(5)
