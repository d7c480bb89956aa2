"""Every kind of frame in, and results out to each."""

from __future__ import annotations

import datetime
import decimal

import duckdb
import ibis
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet
import pytest

import kam
from conftest import AS_OF, COLUMNS, REVENUE, ROWS, revenue

DAYS = [datetime.date.fromisoformat(day) for day in ROWS["day"]]
DECIMALS = [decimal.Decimal(f"{value:.2f}") for value in ROWS["net"]]


def frames():
    base = pd.DataFrame(ROWS)
    yield "polars", pl.DataFrame(ROWS)
    yield (
        "polars dates, decimals, categories",
        pl.DataFrame(
            {
                "customer": pl.Series(ROWS["customer"], dtype=pl.Categorical),
                "day": DAYS,
                "net": pl.Series(DECIMALS, dtype=pl.Decimal(12, 2)),
            }
        ),
    )
    yield (
        "polars enum, timestamps",
        pl.DataFrame(
            {
                "customer": pl.Series(ROWS["customer"], dtype=pl.Enum(["c", "b", "a"])),
                "day": pl.Series(DAYS).cast(pl.Datetime("us")),
                "net": ROWS["net"],
            }
        ),
    )
    yield "polars, columns of nulls and of other types beside", pl.DataFrame(ROWS).with_columns(note=None, other=pl.Series([[1]] * 6))
    yield "polars in chunks", pl.concat([pl.DataFrame(ROWS)[:2], pl.DataFrame(ROWS)[2:]], rechunk=False)
    yield "pandas", base
    yield (
        "pandas, NumPy dates and categories",
        base.assign(day=pd.to_datetime(base["day"]), customer=base["customer"].astype("category")),
    )
    yield "pandas, Arrow-backed", base.convert_dtypes(dtype_backend="pyarrow")
    yield "pandas, object columns it cannot export beside", base.assign(other=[1, "x", None, [], {}, 2.0])
    yield "pyarrow table", pa.table(ROWS)
    yield "pyarrow batch", pa.record_batch(ROWS)
    yield (
        "pyarrow, other types",
        pa.table(
            {
                "customer": pa.array(ROWS["customer"], pa.large_string()).dictionary_encode(),
                "day": pa.array(DAYS, pa.date64()),
                "net": pa.array(DECIMALS, pa.decimal128(20, 3)),
            }
        ),
    )
    yield "pyarrow, text amounts", pa.table({**ROWS, "net": [f"{value:.2f}" for value in ROWS["net"]]})
    yield "duckdb relation", duckdb.from_arrow(pa.table(ROWS))


@pytest.mark.parametrize(("kind", "frame"), list(frames()), ids=lambda value: value if isinstance(value, str) else "")
def test_every_frame_gives_the_same_facts_again_and_again(kind, frame):
    ledger = kam.Ledger(frame, **COLUMNS)
    for _ in range(2):
        facts = ledger.facts(AS_OF)
        assert revenue(facts) == REVENUE, kind
        assert facts.summary["reconciliation"]["unassigned"]["rows"] == 1


@pytest.mark.parametrize(
    "make",
    [
        lambda keys: pd.array(keys, dtype="Int64"),
        lambda keys: pl.Series(keys),
        lambda keys: pa.array(keys, pa.uint32()),
    ],
)
def test_whole_numbers_are_keys(make):
    keys = make([3, 1, None, 1])
    rows = {"customer": keys, "day": ["2024-01-01"] * 4, "net": [1, 2, 4, 8]}
    frame = (
        pd.DataFrame(rows)
        if isinstance(keys, pd.api.extensions.ExtensionArray)
        else pl.DataFrame(rows)
        if isinstance(keys, pl.Series)
        else pa.table(rows)
    )
    facts = kam.Ledger(frame, **COLUMNS).facts(AS_OF)
    assert facts.accounts["account"].tolist() == [1, 3]
    assert facts.accounts["revenue"].tolist() == [10.0, 1.0]


@pytest.mark.parametrize("write", ["csv", "parquet", "feather", "list", "glob"])
def test_files(tmp_path, write):
    table = pa.table(ROWS)
    source = tmp_path / f"part1.{'csv' if write in ('list', 'glob') else write}"
    if write == "parquet":
        pyarrow.parquet.write_table(table, source)
    elif write == "feather":
        pyarrow.feather.write_feather(table, source, compression="zstd")
    else:
        pl.DataFrame(ROWS).write_csv(source)
    if write in ("list", "glob"):
        frame = pl.DataFrame(ROWS)
        frame[:4].write_csv(tmp_path / "part1.csv")
        frame[4:].write_csv(tmp_path / "part2.csv")
        source = [tmp_path / "part1.csv", str(tmp_path / "part2.csv")] if write == "list" else str(tmp_path / "part*.csv")
    ledger = kam.Ledger(source, **COLUMNS)
    assert revenue(ledger.facts(AS_OF)) == REVENUE
    assert revenue(ledger.facts(AS_OF)) == REVENUE


def test_a_list_of_frames_can_be_read_again_and_an_iterator_cannot():
    frame = pl.DataFrame(ROWS)
    parts = [frame[:1], pa.table(ROWS).slice(1, 3), frame[4:].to_pandas()]
    ledger = kam.Ledger(parts[:1] + [frame[1:]], **COLUMNS)
    assert revenue(ledger.facts(AS_OF)) == revenue(ledger.facts(AS_OF)) == REVENUE
    ledger = kam.Ledger((part for part in [frame[:1], frame[1:4], frame[4:]]), **COLUMNS)
    assert revenue(ledger.facts(AS_OF)) == REVENUE
    with pytest.raises(kam.LedgerError, match="iterator, and it has been read already") as raised:
        ledger.facts(AS_OF)
    assert raised.value.code == 104
    assert "list of frames" in raised.value.hint


def test_a_failing_iterator_keeps_its_exception():
    def frames():
        yield pl.DataFrame(ROWS)
        raise ValueError("the line was cut")

    with pytest.raises(kam.LedgerError, match="the line was cut") as raised:
        kam.Ledger(frames(), **COLUMNS).facts(AS_OF)
    assert raised.value.code == 104
    assert isinstance(raised.value.__cause__, ValueError)


def test_an_iterator_of_nothing_or_of_something_else():
    with pytest.raises(kam.LedgerError, match="no frame") as raised:
        kam.Ledger(iter([]), **COLUMNS).facts(AS_OF)
    assert raised.value.code == 102
    with pytest.raises(kam.LedgerError, match="int is not a frame") as raised:
        kam.Ledger(iter([1]), **COLUMNS).facts(AS_OF)
    assert raised.value.code == 103
    with pytest.raises(kam.LedgerError, match="int is not a ledger"):
        kam.Ledger(7, **COLUMNS)
    for nothing in (ROWS, None, pd.DataFrame, b"lines.csv"):
        with pytest.raises(kam.LedgerError, match="is not a ledger") as raised:
            kam.Ledger(nothing, **COLUMNS)
        assert "a frame of polars, pandas, pyarrow, DuckDB or Ibis" in raised.value.hint


def test_columns_of_nulls_are_columns():
    frame = pl.DataFrame({**ROWS, "cost": [None] * 6})
    facts = kam.Ledger(frame, **COLUMNS, cost="cost").facts(AS_OF)
    assert facts.summary["reconciliation"]["cost_missing"] == 5
    assert kam.Crm(accounts=pl.DataFrame({"account": ["a"], "budget": [None]})).ignored == []
    nested = pl.DataFrame(
        {"account": ["a"], "list": [[None]], "struct": [{"of": None}], "array": pl.Series([[None]], dtype=pl.Array(pl.Null, 1))}
    )
    assert [column for _, column, _ in kam.Crm(accounts=nested).ignored] == ["array", "list", "struct"]


def test_one_stream_is_read_once():
    reader = pa.table(ROWS).to_reader()
    ledger = kam.Ledger(reader, **COLUMNS)
    assert revenue(ledger.facts(AS_OF)) == REVENUE
    with pytest.raises(kam.LedgerError, match="reader, and it has been read already") as raised:
        ledger.facts(AS_OF)
    assert raised.value.code == 104
    assert "new ledger" in raised.value.hint


def test_nothing_at_all():
    schema = {"customer": pl.String, "day": pl.Date, "net": pl.Float64}
    facts = kam.Ledger(pl.DataFrame(schema=schema), **COLUMNS).facts(AS_OF)
    assert len(facts) == 0
    review = kam.review(facts)
    assert len(review.accounts) == 0
    assert "0 accounts" in repr(review)
    assert len(review.accounts.to_polars()) == len(review.accounts.to_pandas()) == 0


def test_a_lying_capsule_is_refused():
    class Liar:
        def __arrow_c_stream__(self, requested_schema=None):
            return 7

    with pytest.raises(kam.LedgerError, match="no PyCapsule") as raised:
        kam.Ledger(Liar(), **COLUMNS).facts(AS_OF)
    assert raised.value.code == 104

    class Schema:
        def __arrow_c_stream__(self, requested_schema=None):
            return pa.schema([]).__arrow_c_schema__()

    with pytest.raises(kam.LedgerError, match="no PyCapsule"):
        kam.Ledger(Schema(), **COLUMNS).facts(AS_OF)


def test_as_of_is_any_day():
    ledger = kam.Ledger(pl.DataFrame(ROWS), **COLUMNS)
    days = [
        "2024-12-31",
        datetime.date(2024, 12, 31),
        datetime.datetime(2024, 12, 31, 23, 59),
        np.datetime64("2024-12-31"),
        pd.Timestamp("2024-12-31 12:00"),
    ]
    assert {ledger.facts(day).summary["as_of"] for day in days} == {"2024-12-31"}
    with pytest.raises(kam.OptionError, match="no day") as raised:
        ledger.facts(20241231)
    assert raised.value.code == 303


def test_rates_from_a_dict_and_from_frames(tmp_path):
    rows = {**ROWS, "currency": ["EUR", "USD", "USD", "EUR", "USD", "EUR"]}
    by_day = {("USD", "2024-01-01"): "1.25", ("USD", datetime.date(2024, 12, 1)): 2}
    table = {"currency": ["USD", "USD"], "date": ["2024-01-01", "2024-12-01"], "rate": [1.25, 2.0]}
    path = tmp_path / "rates.csv"
    pl.DataFrame(table).write_csv(path)
    dated = pl.DataFrame(table).with_columns(pl.col("date").str.to_datetime())
    expected = {"a": 100.10 + 160.16, "b": 40.04 + 25.0, "c": -8.0}
    for rates in (by_day, pl.DataFrame(table), pd.DataFrame(table), dated, str(path)):
        facts = kam.Ledger(pl.DataFrame(rows), **COLUMNS, currency="currency", base_currency="EUR", rates=rates).facts(AS_OF)
        assert revenue(facts) == pytest.approx(expected, abs=1e-9)
        assert facts.summary["currency"] == "EUR"
    with pytest.raises(kam.LedgerError) as raised:
        kam.Ledger(pl.DataFrame(rows), **COLUMNS, currency="currency").facts(AS_OF)
    assert raised.value.code == 111
    with pytest.raises(kam.OptionError, match="base currency"):
        kam.Ledger(pl.DataFrame(rows), **COLUMNS, currency="currency", rates=by_day)
    with pytest.raises(kam.ColumnError, match="rates: there is no column `rate`"):
        kam.Ledger(
            pl.DataFrame(rows),
            **COLUMNS,
            currency="currency",
            base_currency="EUR",
            rates=pl.DataFrame({"currency": [], "date": []}),
        )


def test_results_go_out_to_every_frame(facts):
    table = kam.abc(facts).table
    accounts = table["account"].tolist()
    assert sorted(accounts) == ["a", "b", "c"]
    polars, arrow, pandas = table.to_polars(), table.to_arrow(), table.to_pandas()
    assert polars["account"].to_list() == arrow["account"].to_pylist() == pandas["account"].tolist() == accounts
    assert polars.columns == arrow.column_names == list(pandas.columns) == table.columns
    assert pl.DataFrame(table).equals(polars)
    assert pa.table(table).equals(arrow)
    result = table  # noqa: F841  (DuckDB looks it up by its name)
    assert pd.DataFrame.from_arrow(table)["account"].tolist() == accounts
    assert duckdb.sql("SELECT account FROM result").fetchall() == [(account,) for account in accounts]
    connection = duckdb.connect()
    connection.register("abc", table)
    connection.execute("CREATE TABLE kept AS FROM abc")
    assert connection.sql("SELECT account, revenue FROM kept").fetchall() == list(zip(accounts, table["revenue"].tolist(), strict=True))
    assert ibis.memtable(table).account.to_pyarrow().to_pylist() == accounts
    assert arrow.schema.field("revenue" if "revenue" in table else "value").metadata == {b"kam.unit": b"money"}
    lists = kam.key_account_types(facts).table
    assert any(pa.types.is_list(kind) for kind in lists.to_arrow().schema.types)
    assert not any(pa.types.is_list(kind) for kind in lists.to_arrow(lists="text").schema.types)
    with pytest.raises(kam.OptionError, match="lists"):
        lists.to_arrow(lists="json")
    # A table of results is itself a frame that a ledger can be made of.
    again = kam.Ledger(facts.accounts, account="account", date="last_date", amount="revenue", max_bad_share=0.5).facts(AS_OF)
    assert revenue(again)["a"] == REVENUE["a"]


def test_dates_and_missing_values_go_out(facts):
    accounts = facts.accounts
    assert accounts["first_date"].dtype == np.dtype("datetime64[D]")
    assert str(accounts["first_date"][0]) == "2024-01-05"
    assert np.isnat(accounts["first_date"][2])
    assert accounts.to_polars()["first_date"].to_list() == [datetime.date(2024, 1, 5), datetime.date(2024, 2, 10), None]
    assert accounts.to_pandas()["first_date"].isna().tolist() == [False, False, True]
    assert accounts["active_days"].dtype == np.int64


def test_rows_that_are_null_as_a_whole_are_named():
    """What lies below the mask of a struct is nothing that anybody sold."""
    columns = [pa.array(["A", "B"]), pa.array(["2024-01-01"] * 2), pa.array([1.0, 1000.0])]
    rows = pa.StructArray.from_arrays(columns, ["customer", "day", "net"], mask=pa.array([False, True]))
    ledger = kam.Ledger(pa.chunked_array([rows]), account="customer", date="day", amount="net")
    with pytest.raises(kam.LedgerError, match="row 2 is null as a whole"):
        ledger.facts("2024-12-31", window="all")
    whole = kam.Ledger(pa.chunked_array([rows.slice(0, 1)]), account="customer", date="day", amount="net")
    assert whole.facts("2024-12-31", window="all").summary["totals"]["revenue"] == 1.0


ACTIVITIES = {"account": ["a", "b"], "date": ["2024-01-01"] * 2, "kind": ["visit"] * 2}
#: What no column of a crm can hold, or what stands there twice.
ODD = {
    "mixed": [1, "x"],
    "periods": pd.period_range("2024-01", periods=2, freq="M"),
    "complex": [1j, 2j],
    "objects": [object(), object()],
}


@pytest.mark.parametrize("kind", ODD)
def test_a_crm_ignores_columns_of_any_type_that_it_does_not_read(kind):
    frame = pd.DataFrame({**ACTIVITIES, "note": ODD[kind]})
    crm = kam.Crm(accounts=frame[["account", "note"]], activities=frame)
    assert crm.ignored == [
        ("accounts", "note", "its type is neither words nor numbers"),
        ("activities", "note", "it is not a column of this table"),
    ]
    for column, needed in (("hours", {}), ("note", {"hours": "note"})):
        with pytest.raises(kam.ColumnError, match=f"activities: column `{column}`"):
            kam.Crm(activities=frame.rename(columns={"note": column}), columns={"activities": needed})


def test_attributes_of_a_pandas_frame_are_read():
    accounts = pd.DataFrame({"account": ["a", "b"], "grade": ["x", "y"], "size": [1, 2], "mixed": [1, "x"]})
    crm = kam.Crm(accounts=accounts)
    assert [column for _, column, _ in crm.ignored] == ["mixed"]
    facts = kam.Ledger(pl.DataFrame(ROWS), **COLUMNS).facts(AS_OF)
    assert set(kam.key_account_profile(facts, crm).tables["attributes"]["attribute"]) >= {"grade", "size"}


def test_a_crm_ignores_two_columns_of_one_name_that_it_does_not_read():
    twice = pd.concat([pd.DataFrame(ACTIVITIES), pd.DataFrame({"n": [1, 2]}), pd.DataFrame({"n": [3, 4]})], axis=1)
    arrow = pa.Table.from_arrays([pa.array(twice.iloc[:, at]) for at in range(5)], names=list(twice.columns))
    query = duckdb.sql("SELECT 'a' AS account, '2024-01-01' AS date, 'visit' AS kind, 1 AS n, 2 AS n")
    for frame in (twice, arrow, query):
        assert kam.Crm(activities=frame).ignored == [("activities", "n", "it is not a column of this table")]
        assert kam.Crm(activities=frame).tables == ["activities"]
    with pytest.raises(kam.ColumnError, match="`hours`"):
        kam.Crm(activities=twice.rename(columns={"n": "hours"}))
    with pytest.raises(kam.ColumnError, match="`n`"):
        kam.Crm(accounts=twice[["account", "n"]])


def test_a_column_that_is_missing_is_said_beside_all_that_are_there():
    frame = pd.DataFrame({**ACTIVITIES, "note": [1, "x"]}).rename(columns={"account": "customer"})
    with pytest.raises(kam.ColumnError) as raised:
        kam.Crm(activities=frame)
    assert raised.value.code == 201
    assert "there are customer, date, kind, note" in raised.value.hint


def test_rates_ignore_what_they_do_not_read():
    rates = pd.DataFrame({"currency": ["USD"], "date": ["2023-01-01"], "rate": ["2"], "note": [1j]})
    ledger = pl.DataFrame({**ROWS, "currency": ["USD"] * 6})
    facts = kam.Ledger(ledger, **COLUMNS, currency="currency", base_currency="EUR", rates=rates).facts(AS_OF)
    assert revenue(facts)["a"] == REVENUE["a"] / 2


@pytest.mark.skipif(not hasattr(pl, "Int128"), reason="not run: this polars has no Int128")
def test_integers_that_arrow_does_not_have_are_named():
    wide = pl.DataFrame(ROWS).with_columns(pl.lit(5).cast(pl.Int128).alias("net"))
    for source in (wide, wide.lazy(), [wide], lambda: wide):
        with pytest.raises(kam.ColumnError, match="ledger: column `net` is Int128") as raised:
            kam.Ledger(source, **COLUMNS).facts(AS_OF)
        assert raised.value.code == 202
        assert "pl.Int64" in raised.value.hint
        assert "pl.Decimal" in raised.value.hint
    beside = pl.DataFrame(ROWS).with_columns(pl.lit(5).cast(pl.Int128).alias("note"))
    assert revenue(kam.Ledger(beside, **COLUMNS).facts(AS_OF)) == REVENUE
    activities = pl.DataFrame(ACTIVITIES).with_columns(pl.lit(5).cast(pl.Int128).alias("n"), pl.lit([5], pl.List(pl.Int128)).alias("l"))
    assert [column for _, column, _ in kam.Crm(activities=activities, accounts=activities.select("account", "n")).ignored] == [
        "n",
        "l",
        "n",
    ]
    with pytest.raises(kam.ColumnError, match="activities: column `hours` is Int128"):
        kam.Crm(activities=activities.rename({"n": "hours"}))


@pytest.mark.parametrize("series", [pd.Series([1]), pl.Series([1]), pl.Series("account", ["a"])])
def test_a_series_is_no_table(series):
    for call in (
        lambda: kam.Ledger(series, **COLUMNS).facts(AS_OF),
        lambda: kam.Ledger([series], **COLUMNS).facts(AS_OF),
        lambda: kam.Crm(accounts=series),
        lambda: kam.Ledger([], **COLUMNS, base_currency="EUR", rates=series),
    ):
        with pytest.raises(kam.LedgerError, match="a Series is one column, and not a table") as raised:
            call()
        assert raised.value.code == 103
        assert "to_frame()" in raised.value.hint
    rows = pl.DataFrame(ROWS).to_struct("rows")
    assert revenue(kam.Ledger(rows, **COLUMNS).facts(AS_OF)) == REVENUE
