"""Frames that have no rows until they are read: run anew at each reading, asked for the mapped columns only, batch by batch."""

from __future__ import annotations

import subprocess
import sys

import adbc_driver_sqlite.dbapi
import duckdb
import ibis
import polars as pl
import pyarrow as pa
import pyarrow.dataset
import pyarrow.parquet
import pytest

import kam
from conftest import AS_OF, COLUMNS, REVENUE, ROWS, revenue

#: A column beside that no library could give as money, key or day.
WIDE = pa.table({**ROWS, "beside": [[1]] * 6})


def ibis_of(backend):
    connection = getattr(ibis, backend).connect()
    connection.create_table("lines", WIDE.drop(["beside"]) if backend == "sqlite" else WIDE)
    return connection.table("lines")


def lazy_sources(folder):
    path = folder / "lines.parquet"
    pyarrow.parquet.write_table(WIDE, path, row_group_size=2)
    relations = duckdb.connect()
    relations.register("lines", WIDE)
    return {
        "polars in memory": pl.DataFrame(WIDE).lazy(),
        "polars scan": pl.scan_parquet(path),
        "polars query": pl.scan_parquet(path).filter(pl.col("net") > -1000).with_columns(more=pl.col("net") * 2),
        "pyarrow dataset": pyarrow.dataset.dataset(path),
        "pyarrow dataset in memory": pyarrow.dataset.dataset(WIDE),
        "pyarrow scanner": pyarrow.dataset.dataset(path).scanner(columns=["customer", "day", "net"], batch_size=2),
        "duckdb relation": relations.sql("FROM lines"),
        "duckdb file": duckdb.read_parquet(str(path)),
        "ibis table in memory": ibis.memtable(WIDE),
        "ibis on DuckDB": ibis_of("duckdb").mutate(more=1),
        "ibis on polars": ibis_of("polars").filter(lambda lines: lines.net > -1000),
        "ibis on SQLite": ibis_of("sqlite").select("customer", "day", "net"),
        "a function": lambda: pl.scan_parquet(path),
        "a function that gives an iterator": lambda: iter(WIDE.to_batches(2)),
        "lazy frames in a list": [pl.DataFrame(WIDE)[:3].lazy(), pl.DataFrame(WIDE)[3:].lazy()],
        "datasets and frames in a list": [pyarrow.dataset.dataset(WIDE.slice(0, 2)), WIDE.slice(2).to_pandas()],
    }


KINDS = [
    "polars in memory",
    "polars scan",
    "polars query",
    "pyarrow dataset",
    "pyarrow dataset in memory",
    "pyarrow scanner",
    "duckdb relation",
    "duckdb file",
    "ibis table in memory",
    "ibis on DuckDB",
    "ibis on polars",
    "ibis on SQLite",
    "a function",
    "a function that gives an iterator",
    "lazy frames in a list",
    "datasets and frames in a list",
]


@pytest.mark.parametrize("kind", KINDS)
def test_lazy_frames_are_read_anew_each_time(kind, tmp_path):
    sources = lazy_sources(tmp_path)
    assert list(sources) == KINDS
    ledger = kam.Ledger(sources[kind], **COLUMNS)
    for _ in range(2):
        facts = ledger.facts(AS_OF)
        assert revenue(facts) == REVENUE
        assert facts.summary["reconciliation"]["unassigned"]["rows"] == 1


def test_a_lazy_frame_is_run_when_it_is_read(tmp_path):
    path = tmp_path / "lines.parquet"
    ledger = kam.Ledger(lambda: pl.read_parquet(path), **COLUMNS)
    with pytest.raises(kam.LedgerError, match=r"lines\.parquet") as raised:
        ledger.facts(AS_OF)
    assert raised.value.code == 104
    pyarrow.parquet.write_table(WIDE, path)
    assert revenue(ledger.facts(AS_OF)) == REVENUE


@pytest.mark.parametrize(
    "empty",
    [
        pl.DataFrame(WIDE).lazy().filter(False),
        pyarrow.dataset.dataset(WIDE.slice(0, 0)),
        ibis.memtable(WIDE).filter(ibis._.net > 1e9),
        duckdb.from_arrow(WIDE).filter("net > 1e9"),
        WIDE.slice(0, 0).to_pandas(),
    ],
    ids=["polars", "pyarrow", "ibis", "duckdb", "pandas"],
)
def test_nothing_is_an_empty_ledger(empty):
    assert len(kam.Ledger(empty, **COLUMNS).facts(AS_OF)) == 0


def cursor():
    connection = adbc_driver_sqlite.dbapi.connect(":memory:")
    cursor = connection.cursor()
    cursor.adbc_ingest("lines", WIDE.drop(["beside"]))
    cursor.execute("SELECT * FROM lines")
    return connection, cursor


@pytest.mark.parametrize("take", ["cursor", "fetch_record_batch", "fetch_arrow"])
def test_a_query_by_adbc_gives_its_rows_once(take):
    connection, result = cursor()
    with connection, result:
        ledger = kam.Ledger(result if take == "cursor" else getattr(result, take)(), **COLUMNS)
        assert revenue(ledger.facts(AS_OF)) == REVENUE
        with pytest.raises(kam.LedgerError, match="once|already|released") as raised:
            ledger.facts(AS_OF)
        assert raised.value.code == 104


def test_a_query_in_a_function_can_be_read_again():
    connection, result = cursor()
    with connection, result:

        def lines():
            result.execute("SELECT * FROM lines")
            return result

        ledger = kam.Ledger(lines, **COLUMNS)
        assert revenue(ledger.facts(AS_OF)) == revenue(ledger.facts(AS_OF)) == REVENUE


def test_a_result_that_waits_in_a_duckdb_connection():
    connection = duckdb.connect()
    connection.register("lines", WIDE)
    with pytest.warns(UserWarning, match="extra copy") if hasattr(connection, "to_arrow_reader") else pytest.MonkeyPatch.context():
        assert revenue(kam.Ledger(connection.execute("FROM lines"), **COLUMNS).facts(AS_OF)) == REVENUE


def test_a_scanner_of_a_stream_is_read_once():
    ledger = kam.Ledger(pyarrow.dataset.Scanner.from_batches(WIDE.to_reader()), **COLUMNS)
    assert revenue(ledger.facts(AS_OF)) == REVENUE
    with pytest.raises(kam.LedgerError, match="already scanned") as raised:
        ledger.facts(AS_OF)
    assert raised.value.code == 104


@pytest.mark.parametrize("kind", KINDS[:12])
def test_a_missing_column_is_named_with_those_there_are(kind, tmp_path):
    source = lazy_sources(tmp_path)[kind]
    with pytest.raises(kam.ColumnError, match="there is no column `amount`") as raised:
        kam.Ledger(source, account="customer", date="day", amount="amount").facts(AS_OF)
    assert raised.value.code == 201
    for column in ("customer", "day", "net"):
        assert f"`{column}`" in raised.value.hint
    with pytest.raises(kam.ColumnError, match="there is no column `Net`") as raised:
        kam.Ledger(source, account="customer", date="day", amount="net * Net").facts(AS_OF)
    assert raised.value.hint == "did you mean `net`?"


def test_what_a_query_says_of_itself_is_kept():
    with pytest.raises(kam.LedgerError, match="lazy frame cannot be read") as raised:
        kam.Ledger(pl.DataFrame(ROWS).lazy().with_columns(pl.col("net").cast(pl.String).str.to_integer()), **COLUMNS).facts(AS_OF)
    assert isinstance(raised.value.__cause__, pl.exceptions.PolarsError)
    lines = WIDE  # noqa: F841  (DuckDB looks it up by its name)
    broken = duckdb.sql("SELECT customer, day, error('the disk is gone') AS net FROM lines")
    with pytest.raises(kam.LedgerError, match="the disk is gone"):
        kam.Ledger(broken, **COLUMNS).facts(AS_OF)


CHILD = """
import resource, sys
import {module}
import kam
import polars as pl
{make}
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
facts = kam.Ledger(source, account="customer", date="day", amount="net").facts("2024-12-31")
assert facts.summary["reconciliation"]["read"]["rows"] == 8_000_000, facts.summary
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""

MAKE = {
    "polars": ("polars", "source = pl.scan_parquet(sys.argv[1]).with_columns(net=pl.col('net') + 0)"),
    "duckdb": ("duckdb", "source = duckdb.read_parquet(sys.argv[1])"),
    "pyarrow.dataset": (
        "pyarrow.dataset",
        "source = lambda: pyarrow.dataset.dataset(sys.argv[1]).scanner(batch_readahead=2, fragment_readahead=1)",
    ),
}


@pytest.mark.parametrize("kind", list(MAKE))
def test_lazy_frames_are_read_in_bounded_memory(kind, tmp_path_factory):
    """Eight million rows of three columns are 190 MB at least; read in batches they never stand in memory together."""
    path = tmp_path_factory.getbasetemp() / "large.parquet"
    if not path.exists():
        duckdb.sql(
            "SELECT i % 500 AS customer, DATE '2024-01-01' + (i % 360)::INT AS day, (i % 1000)::BIGINT AS net FROM range(8_000_000) AS t(i)"
        ).write_parquet(str(path), row_group_size=100_000)
    module, make = MAKE[kind]
    words = [sys.executable, "-c", CHILD.format(module=module, make=make), str(path)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout.split()[-1]) < 180


def test_crm_tables_and_rates_come_from_the_same(tmp_path):
    table = pa.table({"account": ["a", "b", "c"], "parent": ["g", "g", None], "empty": pa.nulls(3)})
    pyarrow.parquet.write_table(table.drop(["empty"]), tmp_path / "accounts.parquet")
    connection = adbc_driver_sqlite.dbapi.connect(":memory:")
    with connection, connection.cursor() as result:
        result.adbc_ingest("accounts", table.drop(["empty"]))
        result.execute("SELECT * FROM accounts")
        sources = [
            pl.DataFrame(table),
            pl.DataFrame(table).lazy(),
            pl.scan_parquet(tmp_path / "accounts.parquet"),
            table.to_pandas(),
            table,
            table.to_batches()[0],
            pyarrow.dataset.dataset(table),
            duckdb.from_arrow(table),
            ibis.memtable(table.drop(["empty"])),
            result,
            tmp_path / "accounts.parquet",
        ]
        facts = kam.Ledger(pl.DataFrame(ROWS), **COLUMNS).facts(AS_OF)
        for source in sources:
            rolled = facts.roll_up(kam.Crm(accounts=source))
            assert revenue(rolled) == {"c": -10.0, "g": 375.35}, source
    rates = pl.DataFrame({"currency": ["USD"], "date": ["2024-01-01"], "rate": [2.0]}).lazy()
    rows = pl.DataFrame({**ROWS, "currency": ["USD"] * 6})
    facts = kam.Ledger(rows, **COLUMNS, currency="currency", base_currency="EUR", rates=rates).facts(AS_OF)
    assert facts.summary["totals"]["revenue"] == 182.67
    with pytest.raises(kam.LedgerError, match="accounts: a generator is not a table"):
        kam.Crm(accounts=(row for row in []))
