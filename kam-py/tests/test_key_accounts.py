"""Key accounts and relationships from Python, and the buying side."""

from __future__ import annotations

from pathlib import Path

import pytest

import kam


@pytest.fixture(scope="module")
def company() -> kam.Sample:
    return kam.sample()


def test_types_and_routes_name_candidates_too(company: kam.Sample) -> None:
    facts = company.ledger.facts(company.as_of)
    types = kam.key_account_types(facts, company.crm)
    assert types.summary["candidates"] == 12
    assert min(types.summary["types"].values()) > 0
    rows = types.table.to_dict()
    assert len(rows["account"]) == len(facts) + 12
    assert rows["in_ledger"].count(False) == 12
    routes = kam.routes(facts, company.crm, probability=0.9)
    assert routes.summary["routes"]["likely"] < kam.routes(facts, company.crm).summary["routes"]["likely"]


def test_the_past_of_the_pyramid(company: kam.Sample) -> None:
    facts = company.ledger.facts(company.as_of)
    moves = kam.pyramid_transitions(facts, company.crm, periods=6)
    levels = moves.tables["account_levels"].to_dict()
    assert len(levels["level"]) == 6 * len(facts)
    today = dict(zip(*(kam.pyramid(facts, company.crm).table.to_dict()[name] for name in ("account", "level")), strict=True))
    last = dict(zip(levels["account"], levels["level"], strict=True))
    assert last == today


def test_a_purchase_ledger(company: kam.Sample, tmp_path: Path) -> None:
    bought = company.purchases
    facts = bought.ledger.facts(bought.as_of, perspective="supplier")
    assert facts.summary["perspective"] == "supplier"
    assert "spend" in repr(facts)
    assert "revenue" not in repr(facts)
    review = kam.review(facts, bought.crm)
    assert "revenue" in review.accounts.columns
    page = tmp_path / "review.html"
    review.to_html(page)
    assert "Key supplier review" in page.read_text(encoding="utf-8")
    with pytest.raises(kam.KamError, match="purchases already"):
        _ = bought.purchases
    with pytest.raises(kam.OptionError, match="neighbour"):
        bought.ledger.facts(bought.as_of, perspective="neighbour")  # type: ignore[arg-type]


def test_a_product_spelled_otherwise_keeps_its_value() -> None:
    pyarrow = pytest.importorskip("pyarrow")
    rows = pyarrow.table(
        {"account": ["a", "a"], "date": ["2024-01-10", "2024-03-10"], "amount": [70, 20], "product": ["GTX Pro", "MG Special"]}
    )
    deals = pyarrow.table(
        {
            "account": ["a", "a", None],
            "outcome": ["open", "won", "lost"],
            "value": [10, 20, 5],
            "direction": ["GTXPro", "GTXPro", "MG Special"],
        }
    )
    facts = kam.Ledger(rows, account="account", date="date", amount="amount", direction="product").facts("2024-12-31")
    for method in (kam.routes, kam.three_p):
        unknown = method(facts, kam.Crm(opportunities=deals)).summary["unknown_directions"]
        assert unknown == [{"direction": "GTXPro", "like": "GTX Pro", "opportunities": 2, "value": 30.0, "won_value": 20.0}]
