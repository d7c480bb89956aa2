"""Facts by head office."""

from __future__ import annotations

import pytest

import kam
from conftest import REVENUE, revenue


def test_accounts_are_counted_with_their_head_office(facts):
    rolled = facts.roll_up(accounts(["group", "a", None]))
    assert revenue(rolled) == pytest.approx({"c": REVENUE["c"], "group": REVENUE["a"] + REVENUE["b"]})
    assert rolled.summary["reconciliation"] == facts.summary["reconciliation"]


def test_a_circle_of_parents_is_named(facts):
    with pytest.raises(kam.KamError, match="b → a|a → b"):
        facts.roll_up(accounts(["b", "a", None]))


def test_parents_are_needed(facts):
    with pytest.raises(kam.KamError, match="`parent`"):
        facts.roll_up(kam.Crm())


def accounts(parents: list[str | None]) -> kam.Crm:
    import pyarrow as pa

    return kam.Crm(accounts=pa.table({"account": ["a", "b", "c"], "parent": pa.array(parents, pa.string())}))
