"""Columns of pandas that have no one type, or that only pandas has: read exactly, or refused with the row that does not fit."""

from __future__ import annotations

import datetime
import uuid
from decimal import Decimal

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import kam
from conftest import AS_OF, COLUMNS, REVENUE, ROWS, revenue

DATE, TIME = datetime.date, datetime.datetime
NAN = float("nan")
IDS = [uuid.UUID(int=1), uuid.UUID(int=2)]


def objects(*values):
    return pd.Series(values, dtype=object)


def facts_of(column, values, timezone="UTC", **options):
    rows = len(values)
    frame = pd.DataFrame({"customer": ["a"] * rows, "day": ["2024-01-05"] * rows, "net": [1.0] * rows, column: values})
    return kam.Ledger(frame, **COLUMNS, max_bad_share=1, timezone=timezone, **options).facts(AS_OF)


def missing(facts):
    return facts.summary["quarantine"]


@pytest.mark.parametrize(
    ("amounts", "total", "without"),
    [
        (objects(Decimal("1.10"), Decimal("2.20"), None), 3.30, 1),
        (objects(Decimal("1.10"), NAN, None, pd.NA, Decimal("NaN")), 1.10, 4),
        (objects(Decimal("1.10"), 2, np.int64(3)), 6.10, 0),
        (objects(Decimal("1E+2"), Decimal("0.010")), 100.01, 0),
        # Thirty digits and two: no double holds this sum.
        (objects(Decimal("9007199254740.93"), Decimal("0.02")), 9007199254740.95, 0),
        (objects(1, 2.5, None, NAN), 3.50, 2),
        (objects(np.float32(0.5), np.float64(1.25), np.int8(1)), 2.75, 0),
        (objects("1.10", "2.20", None, NAN, ""), 3.30, 3),
        (objects(10**15, 1), 1_000_000_000_000_001.0, 0),
        (pd.array([1, None, 3], dtype="Int64"), 4.0, 1),
        (pd.array([1, None, 3], dtype="UInt8"), 4.0, 1),
        (pd.array([1.5, None], dtype="Float64"), 1.5, 1),
        (pd.array([Decimal("1.10"), None], dtype=pd.ArrowDtype(pa.decimal128(12, 2))), 1.10, 1),
        (pd.Categorical([1.25, None, 2.5]), 3.75, 1),
        (pd.Categorical([Decimal("1.25"), None, Decimal("2.5")]), 3.75, 1),
        (pd.Categorical(["1.25", None, "2.5"]), 3.75, 1),
        (pd.arrays.SparseArray([0.0, 0.0, 2.5]), 2.5, 0),
        (objects(None, None, pd.NA), 0.0, 3),
    ],
    ids=lambda value: None,
)
def test_amounts(amounts, total, without):
    facts = facts_of("net", amounts)
    assert revenue(facts).get("a", 0.0) == total
    assert missing(facts) == ({"amount_missing": without} if without else {})


def test_whole_numbers_beyond_64_bits_are_quarantined_not_wrapped():
    facts = facts_of("net", objects(10**20, 1))
    assert revenue(facts) == {"a": 1.0}
    assert facts.quarantine["value"].tolist() == [str(10**20)]


@pytest.mark.parametrize(
    ("keys", "accounts", "unassigned"),
    [
        (objects("x", None, NAN, pd.NA, pd.NaT), ["x"], 4),
        (objects(7, None, np.int64(9)), [7, 9], 1),
        (objects(*IDS), list(map(str, IDS)), 0),
        (objects(None, None), [], 2),
        (pd.array([7, None, 9], dtype="Int64"), [7, 9], 1),
        (pd.array(["x", None], dtype="string"), ["x"], 1),
        (pd.array(["x", None], dtype=pd.ArrowDtype(pa.string())), ["x"], 1),
        ([7.0, NAN, 9.0], [7, 9], 1),
        (pd.Categorical([7, None, 9]), [7, 9], 1),
        (pd.Categorical(["x", None, "y"]), ["x", "y"], 1),
        (pd.Categorical([None, None]), [], 2),
    ],
    ids=lambda value: None,
)
def test_accounts(keys, accounts, unassigned):
    facts = facts_of("customer", keys)
    assert facts.accounts["account"].tolist() == accounts
    assert facts.summary["reconciliation"]["unassigned"]["rows"] == unassigned


BERLIN = pd.Timestamp("2024-01-03 00:30", tz="Europe/Berlin")


@pytest.mark.parametrize(
    ("days", "timezone", "first", "last"),
    [
        (objects(DATE(2024, 1, 2), None, NAN), "UTC", "2024-01-02", "2024-01-02"),
        # A date and a timestamp without a zone are both a day; whichever comes first.
        (objects(DATE(2024, 1, 2), TIME(2024, 3, 4, 23, 59)), "Asia/Tokyo", "2024-01-02", "2024-03-04"),
        (objects(TIME(2024, 3, 4, 23, 59), DATE(2024, 1, 2)), "Asia/Tokyo", "2024-01-02", "2024-03-04"),
        (objects(pd.Timestamp("2024-01-02"), np.datetime64("2024-03-04"), pd.NaT, np.datetime64("NaT")), "UTC", "2024-01-02", "2024-03-04"),
        # Half past midnight in Berlin is still the day before in UTC.
        (objects(BERLIN, None), "UTC", "2024-01-02", "2024-01-02"),
        (objects(BERLIN, BERLIN.tz_convert("Asia/Tokyo")), "Europe/Berlin", "2024-01-03", "2024-01-03"),
        (pd.Series([BERLIN, pd.NaT]), "UTC", "2024-01-02", "2024-01-02"),
        (pd.Series([BERLIN, pd.NaT]), "Europe/Berlin", "2024-01-03", "2024-01-03"),
        (pd.array([BERLIN, None], dtype=pd.ArrowDtype(pa.timestamp("ns", "Europe/Berlin"))), "Europe/Berlin", "2024-01-03", "2024-01-03"),
        (pd.Categorical(pd.to_datetime(["2024-01-02", None])), "UTC", "2024-01-02", "2024-01-02"),
        (objects("2024-01-02", None), "UTC", "2024-01-02", "2024-01-02"),
    ],
    ids=lambda value: None,
)
def test_days(days, timezone, first, last):
    facts = facts_of("day", days, timezone)
    assert [str(facts.accounts[column][0]) for column in ("first_date", "last_date")] == [first, last]
    gone = int(pd.Series(days).isna().sum())
    assert missing(facts) == ({"date_missing": gone} if gone else {})


@pytest.mark.parametrize(
    ("column", "values", "says", "advice"),
    [
        ("customer", objects("a", "b", 7), ["row 3: 7 is a whole number", "row 1 has 'a', text"], "frame['customer'].astype(\"string\")"),
        ("customer", objects(None, 7, 8, "b"), ["row 4: 'b' is text", "row 2 has 7, a whole number"], 'astype("string")'),
        ("customer", objects("a", True), ["row 2: True is yes or no"], "one type"),
        ("customer", pd.Categorical(objects("a", 7)), ["7 is a whole number"], 'astype("string")'),
        ("net", objects(Decimal("1.10"), Decimal(2), 2.5), ["row 3: 2.5 is a float", "a Decimal"], "Decimal"),
        ("net", objects("1.10", "2", 2.5), ["row 3: 2.5 is a float", "'1.10', text"], "pd.to_numeric(frame['net'])"),
        ("net", objects(0.5, 2**53 + 1), [f"row 2: {2**53 + 1} is a whole number"], "a float does not hold it exactly"),
        ("net", objects(Decimal(1), Decimal("Infinity")), ["row 2: Infinity is no finite number"], "None"),
        ("net", objects(Decimal(1), Decimal("1e80")), ["row 2: Decimal('1E+80')", "76 digits"], "round"),
        ("net", objects(1 + 2j), ["row 1", "complex"], "frame.drop(columns=['net'])"),
        ("net", pd.Series([1 + 2j]), ["column `net` is complex128"], "frame.drop(columns=['net'])"),
        ("net", objects(object()), ["row 1: <object object", "cannot be read"], "frame.drop"),
        ("day", objects(DATE(2024, 1, 2), "2024-03-04", DATE(2024, 1, 3)), ["row 2: '2024-03-04' is text", "a date"], "one type"),
        ("day", objects(TIME(2024, 1, 2), TIME(2024, 1, 2), BERLIN), ["row 3", "with a zone", "without a zone"], "or none"),
        ("day", pd.period_range("2024-01", periods=2, freq="M"), ["holds periods (period[M])"], "frame['day'].dt.to_timestamp()"),
    ],
    ids=lambda value: None,
)
def test_what_has_no_one_type_is_refused_by_row(column, values, says, advice):
    with pytest.raises(kam.ColumnError) as raised:
        facts_of(column, values)
    assert raised.value.code == 202
    assert f"ledger: column `{column}`" in raised.value.message
    assert [word for word in says if word not in raised.value.message] == []
    assert advice in raised.value.hint


def test_the_refusal_is_the_same_in_an_iterator_and_in_a_crm_table():
    good = pd.DataFrame(ROWS)
    bad = good.assign(customer=objects("a", 1, "b", "b", "c", None))
    with pytest.raises(kam.ColumnError, match="ledger: column `customer`, row 2: 1 is a whole number"):
        kam.Ledger(iter([good, bad]), **COLUMNS).facts(AS_OF)
    with pytest.raises(kam.ColumnError, match="accounts: column `employees`, row 2: 'big' is text"):
        kam.Crm(accounts=pd.DataFrame({"account": ["a", "b", "c"], "employees": objects(1, "big", 3)}))


def test_text_that_is_no_text():
    with pytest.raises(kam.LedgerError, match="column `customer`, row 2: '.udcff'") as raised:
        facts_of("customer", objects("a", "\udcff"))
    assert raised.value.code == 105


def test_other_columns_may_be_anything():
    frame = pd.DataFrame(ROWS).assign(other=[1, "x", None, [], {}, 2.0], period=pd.period_range("2024", periods=6, freq="M"))
    assert revenue(kam.Ledger(frame, **COLUMNS).facts(AS_OF)) == REVENUE


def test_the_index_and_odd_names():
    frame = pd.DataFrame(ROWS)
    assert revenue(kam.Ledger(frame.set_index("customer"), **COLUMNS).facts(AS_OF)) == REVENUE
    assert revenue(kam.Ledger(frame.set_index(["customer", "day"]), **COLUMNS).facts(AS_OF)) == REVENUE
    numbered = frame.set_axis([0, 1, 2, 3], axis=1)
    assert revenue(kam.Ledger(numbered, account="0", date="1", amount="2").facts(AS_OF)) == REVENUE
    twice = pd.concat([frame, frame[["net"]]], axis=1)
    with pytest.raises(kam.ColumnError, match="two columns are called `net`"):
        kam.Ledger(twice, **COLUMNS).facts(AS_OF)
    assert revenue(kam.Ledger(twice.drop(columns="net").assign(net=ROWS["net"]), **COLUMNS).facts(AS_OF)) == REVENUE


def test_chunks_of_a_file(tmp_path):
    """``read_csv(chunksize=…)`` types each chunk by itself: keys without a gap become integers, with one floats."""
    path = tmp_path / "lines.csv"
    keys = ["7", "8", "", "9", "", ""]
    path.write_text("customer,day,net\n" + "\n".join(f"{key},2024-01-05,1.10" for key in keys), encoding="utf-8")
    ledger = kam.Ledger(lambda: pd.read_csv(path, chunksize=2), **COLUMNS)
    for _ in range(2):
        facts = ledger.facts(AS_OF)
        assert revenue(facts) == {7: 1.10, 8: 1.10, 9: 1.10}
        assert facts.summary["reconciliation"]["unassigned"]["rows"] == 3


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("library", ["pandas", "polars", "pyarrow"])
def test_a_part_without_a_single_key_has_no_kind(library, first):
    make = {"pandas": pd.DataFrame, "polars": pl.DataFrame, "pyarrow": pa.table}[library]
    days, amounts = ["2024-01-05"] * 2, [1, 2]
    none = make({"customer": [None, None], "day": days, "net": amounts})
    for keys in ([7, 8], ["a", "b"]):
        some = make({"customer": keys, "day": days, "net": amounts})
        facts = kam.Ledger([none, some] if first else [some, none], **COLUMNS).facts(AS_OF)
        assert revenue(facts) == dict(zip(keys, [1.0, 2.0], strict=True))
        assert facts.summary["reconciliation"]["unassigned"]["rows"] == 2
    whole = make({"customer": [7], "day": days[:1], "net": [1]})
    with pytest.raises(kam.ColumnError, match="is text from row 2 on") as raised:
        kam.Ledger([whole, some], **COLUMNS).facts(AS_OF)
    assert raised.value.code == 203
