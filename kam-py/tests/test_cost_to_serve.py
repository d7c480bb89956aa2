"""Facts with the cost of activities in cost to serve."""

from __future__ import annotations

import pytest

import kam


@pytest.fixture
def company():
    pa = pytest.importorskip("pyarrow")
    ledger = pa.table(
        {"account": ["a", "b"], "date": ["2024-03-01", "2024-04-01"], "amount": [100, 50], "cost": [40, 30]},
    )
    activities = pa.table(
        {
            "account": ["a", "b", None],
            "date": ["2024-03-02", "2024-05-01", "2024-06-01"],
            "kind": ["visit", "call", "meeting"],
            "hours": [2.0, 1.0, 1.5],
        }
    )
    facts = kam.Ledger(ledger, account="account", date="date", amount="amount", cost="cost").facts(as_of="2024-12-31")
    return facts, kam.Crm(activities=activities)


def test_profit_counts_what_activities_cost(company):
    facts, crm = company
    served = facts.with_cost_to_serve(crm, hour_rate=10, spread="revenue")
    assert served.summary["totals"]["profit"] == pytest.approx(facts.summary["totals"]["profit"] - 45)
    curve = kam.whale_curve(served).table.to_arrow().to_pydict()
    assert dict(zip(curve["account"], curve["profit"], strict=True)) == {"a": 30.0, "b": 5.0}
    with pytest.raises(kam.KamError, match="already"):
        served.with_cost_to_serve(crm, hour_rate=10)


def test_what_an_hour_costs_must_be_known(company):
    facts, crm = company
    with pytest.raises(kam.KamError, match="hour_rate"):
        facts.with_cost_to_serve(crm)
    with pytest.raises(kam.KamError, match="spread"):
        facts.with_cost_to_serve(crm, hour_rate=10, spread="guess")
