"""Real ledgers against their published figures, where they are on this machine."""

from __future__ import annotations

import re

import pytest

import kam
from conftest import REPOSITORY, minor, shared


def test_online_retail():
    path = shared("online_retail/online_retail.parquet")
    ledger = kam.Ledger(path, account="CustomerID", date="InvoiceDate", amount="Quantity * UnitPrice", order="InvoiceNo", scale=3)
    facts = ledger.facts("2011-12-09", window="all")
    rows = facts.summary["reconciliation"]
    assert rows["read"]["rows"] == 541_909
    assert rows["unassigned"]["rows"] == 135_080
    assert rows["quarantined"]["rows"] == 0
    accounts = facts.accounts
    assert accounts["sale_lines"].sum() == 397_884
    # Gross sales: what was sold, before what came back.
    assert minor(accounts, "revenue", 3) + minor(accounts, "returns", 3) == 8_911_407_904
    review = kam.review(facts)
    assert "abc" in review
    assert review["abc"].summary["accounts"] == len(facts)


def recipe(name):
    """A snippet of docs/recipes.md by the heading above it."""
    text = (REPOSITORY / "docs" / "recipes.md").read_text(encoding="utf-8")
    found = re.search(rf"^## {re.escape(name)}$.*?^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert found, f"docs/recipes.md has no `{name}`"
    return found.group(1)


@pytest.mark.parametrize("name", ["classicmodels with polars", "classicmodels with pandas", "classicmodels with DuckDB"])
def test_classicmodels(name, monkeypatch):
    folder = shared("classicmodels/orders.csv").parent
    monkeypatch.chdir(folder)
    names: dict[str, object] = {}
    exec(recipe(name), names)
    facts, review = names["facts"], names["review"]
    assert facts.summary["quarantine"] == {}
    totals = facts.summary["totals"]
    assert (totals["revenue"], totals["cost"], totals["profit"]) == (9_604_190.61, 5_778_310.36, 3_825_880.25)
    accounts = facts.accounts
    assert accounts["orders"].sum() == 326
    assert len(accounts) == 98
    assert minor(accounts, "revenue", 2) == 960_419_061
    assert "whale_curve" in review
