"""Facts by head office."""

from __future__ import annotations

import polars as pl
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


def test_what_the_crm_says_of_subsidiaries_is_said_of_their_head_office():
    """The same as if ledger and crm had never known the subsidiaries."""
    company = kam.sample(accounts=80, months=24)
    frames = {name: pl.DataFrame(frame) for name, frame in company.frames.items()}
    parents = dict(frames["accounts"].filter(pl.col("parent").is_not_null()).select("account", "parent").iter_rows())
    heads = {account: parents.get(parent, parent) for account, parent in parents.items()}
    assert len(heads) > 3

    def told(name: str) -> pl.DataFrame:
        frame = frames[name]
        if name == "accounts":
            return frame.filter(~pl.col("account").is_in(list(heads))).with_columns(parent=pl.lit(None, pl.String))
        # Order numbers of two accounts of a group are two orders.
        return frame.with_columns(pl.col("account").replace(heads)) if "account" in frame.columns else frame

    roles = [role for role in kam._ledger.ROLES if role != "order"]
    ledger = kam.Ledger(frames["ledger"], **{role: role for role in roles})
    rolled = ledger.facts(company.as_of).roll_up(company.crm)
    merged = kam.Ledger(told("ledger"), **{role: role for role in roles}).facts(company.as_of)
    crm = kam.Crm(**{name: told(name) for name in frames if name != "ledger"})
    found, expected = kam.review(rolled, company.crm), kam.review(merged, crm)
    assert found.accounts.to_polars().equals(expected.accounts.to_polars())
    assert found.methods == expected.methods
    for name in expected.methods:
        for table in expected[name].tables:
            ours, theirs = (review[name].tables[table].to_polars() for review in (found, expected))
            assert ours.equals(theirs), f"{name}.{table}"
    head, subsidiary = next((head, account) for account, head in heads.items() if head in rolled.accounts.to_polars()["account"])
    told_of_head, expected_of_head = (review.dossier(head, rows=1000).to_dict() for review in (found, expected))
    assert told_of_head.pop("structure")["subsidiary_count"] > 0
    assert expected_of_head.pop("structure")["subsidiary_count"] == 0
    assert in_order(told_of_head) == in_order(expected_of_head)
    with pytest.raises(kam.KamError, match="counted with its head office") as raised:
        found.dossier(subsidiary)
    assert head in raised.value.hint


def in_order(value: object) -> object:
    """The same with lists sorted: rows that say the same of two accounts of a group may stand in another order."""
    if isinstance(value, dict):
        return {name: in_order(inner) for name, inner in value.items()}
    return sorted(map(repr, map(in_order, value))) if isinstance(value, list) else value
