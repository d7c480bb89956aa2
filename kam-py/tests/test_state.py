"""The mergeable state of facts."""

from __future__ import annotations

import copy
import pickle

import pyarrow as pa
import pytest

import kam


def ledger(accounts, amounts, day="2024-03-05"):
    return kam.Ledger(
        pa.table({"account": accounts, "date": [day] * len(accounts), "amount": amounts}), account="account", date="date", amount="amount"
    )


def tables(facts):
    return [getattr(facts, name).to_arrow().to_pydict() for name in ("accounts", "periods", "reconciliation")]


def test_folded_apart_merged_and_sent_as_bytes_is_folded_at_once():
    names = [f"c{number}" for number in range(50)]
    whole = kam.FactsState(as_of="2024-12-31")
    whole.fold(ledger(names * 2, list(range(100))))
    parts = kam.FactsState(as_of="2024-12-31")
    for start in (50, 0):
        state = kam.FactsState(as_of="2024-12-31")
        state.fold(ledger(names, list(range(start, start + 50))))
        for part in reversed(state.split(7)):
            parts.merge(kam.FactsState.decode(part.encode()))
    assert parts.encode() == whole.encode()
    assert tables(parts.facts("2024-12-31")) == tables(ledger(names * 2, list(range(100))).facts("2024-12-31"))


def test_a_state_can_be_pickled_and_copied():
    state = kam.FactsState(as_of="2024-12-31")
    state.fold(ledger(["a", "b"], [5, 7]))
    for again in (pickle.loads(pickle.dumps(state)), copy.deepcopy(state)):
        again.fold(ledger(["a"], [1]))
        assert again.facts("2024-12-31").accounts["revenue"].tolist() == [6.0, 7.0]
    assert state.facts("2024-12-31").accounts["revenue"].tolist() == [5.0, 7.0]


def test_a_state_of_purchases():
    state = kam.FactsState(as_of="2024-12-31")
    state.fold(ledger(["a", "b"], [5, 7]))
    assert state.facts("2024-12-31", perspective="supplier").summary["perspective"] == "supplier"
    assert state.facts("2024-12-31").summary["perspective"] == "customer"


def test_a_state_of_days_answers_any_day():
    state = kam.FactsState(cell="day")
    state.fold(ledger(["a", "b"], [5, 7]))
    assert len(state.facts("2024-03-04")) == 0
    assert state.facts("2024-03-05", grain="week").accounts.to_arrow()["revenue"].to_pylist() == [5.0, 7.0]


def test_what_does_not_belong_together_is_refused():
    state = kam.FactsState(as_of="2024-12-31")
    with pytest.raises(kam.KamError, match="as_of"):
        state.merge(kam.FactsState(as_of="2024-11-30"))
    with pytest.raises(kam.KamError, match="no ledger"):
        state.facts("2024-12-31")
    with pytest.raises(kam.KamError):
        kam.FactsState.decode(b"no state")
    for wrong in ("year", "fortnight"):
        with pytest.raises(kam.OptionError, match="cell"):
            kam.FactsState(cell=wrong)
    with pytest.raises(kam.OptionError, match="ledger"):
        state.fold("sales.csv")
    data = bytearray(kam.FactsState(as_of="2024-12-31").encode())
    data[len(data) // 2] ^= 1
    with pytest.raises(kam.KamError):
        kam.FactsState.decode(bytes(data))


def test_a_failed_fold_leaves_an_empty_state():
    state = kam.FactsState(as_of="2024-12-31")
    state.fold(ledger(["a"], [5]))
    with pytest.raises(kam.KamError):
        state.fold(kam.Ledger(pa.table({"account": ["a"]}), account="account", date="date", amount="amount"))
    state.fold(ledger(["b"], [7]))
    assert state.facts("2024-12-31").accounts.to_arrow()["account"].to_pylist() == ["b"]


def test_bad_rows_are_limited():
    state = kam.FactsState(as_of="2024-12-31")
    state.fold(ledger(["a", "b"], [5, None]))
    with pytest.raises(kam.KamError, match="max_bad_share"):
        state.facts("2024-12-31")
    assert len(state.facts("2024-12-31", max_bad_share=0.5)) == 1
