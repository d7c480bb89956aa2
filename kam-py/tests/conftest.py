"""What several tests share: a small ledger, and where the real ledgers are."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import kam

REPOSITORY = Path(__file__).resolve().parents[2]
LEDGERS = Path(os.environ.get("KAM_LEDGERS", REPOSITORY.parent / "shared" / "ledgers"))

#: Three accounts, one of which only sends goods back; one row without an account.
ROWS = {
    "customer": ["a", "a", "b", "b", "c", None],
    "day": ["2024-01-05", "2024-03-01", "2024-02-10", "2024-12-24", "2024-05-05", "2024-06-06"],
    "net": [100.10, 200.20, 50.05, 25.0, -10.0, 1.0],
    "cost": [60.0, 150.0, 20.0, 30.0, -5.0, 0.5],
}
COLUMNS = {"account": "customer", "date": "day", "amount": "net"}
AS_OF = "2024-12-31"
REVENUE = {"a": 300.30, "b": 75.05, "c": -10.0}


@pytest.fixture
def facts() -> kam.Facts:
    import pyarrow as pa

    return kam.Ledger(pa.table(ROWS), **COLUMNS, cost="cost").facts(AS_OF)


def shared(name: str) -> Path:
    """A file of the shared ledgers; the test says so where it is not there."""
    path = LEDGERS / name
    if not path.exists():
        pytest.skip(f"not run: {path} is not here (set KAM_LEDGERS)")
    return path


def revenue(facts: kam.Facts) -> dict[str, float]:
    table = facts.accounts
    return dict(zip(table["account"], table["revenue"], strict=True))


def minor(table, column, scale):
    """A column's sum in minor units: each value is the double nearest to a whole number of them."""
    return sum(round(value * 10**scale) for value in table[column])
