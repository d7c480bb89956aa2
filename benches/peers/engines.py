"""One engine at one piece of work, in a process of its own: prints what it measured as JSON.

    python engines.py ENGINE WORK FILE.parquet RUNS

WORK is `memory` (the ledger is in memory in the engine's best form before the clock starts) or `parquet` (the file is read each time).
The work is what a fold of a ledger is: sums of two amounts, the number of lines, first and last day, and distinct days by account and
month.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

AS_OF = "2024-12-31"
THREADS = os.cpu_count() or 1

SQL = """
SELECT account, {month} AS month, sum(amount) AS amount, sum(cost) AS cost, count(*) AS lines,
       min(date) AS first_day, max(date) AS last_day, count(DISTINCT date) AS days
FROM {source} GROUP BY account, {month}
"""

Engine = tuple[Callable[[], object], Callable[[object], list[int]]]


def table_of(path: str):
    """The ledger as an Arrow table in memory."""
    import pyarrow.parquet as pq

    return pq.read_table(path)


def kam_ledger(work: str, path: str):
    import kam

    source = table_of(path) if work == "memory" else path
    return lambda: kam.Ledger(source, account="account", date="date", amount="amount", cost="cost", scale=0)


def kam_answer(facts) -> list[int]:
    import pyarrow.compute as pc

    periods = facts.periods.to_arrow()
    return [len(periods), *(int(pc.sum(periods[name]).as_py()) for name in ("revenue", "cost", "lines"))]


def kam(work: str, path: str) -> Engine:
    """The whole of `ledger.facts()` as a user calls it, which does more than the peers: it checks every row, sorts the accounts, sums them
    over window and history, and reconciles rows and money. Days are those with a sale."""
    ledger = kam_ledger(work, path)
    return lambda: ledger().facts(as_of=AS_OF, grain="month", window="all", progress=False), kam_answer


def kam_fold(work: str, path: str) -> Engine:
    """The fold without what follows it: the part of `ledger.facts()` that the peers do too, and the checks."""
    import kam

    ledger = kam_ledger(work, path)

    def run():
        state = kam.FactsState(as_of=AS_OF)
        state.fold(ledger())
        return state

    return run, lambda state: kam_answer(state.facts(AS_OF, window="all"))


def duckdb(work: str, path: str) -> Engine:
    import duckdb

    connection = duckdb.connect()
    connection.execute(f"SET threads = {THREADS}")
    source = f"'{path}'"
    if work == "memory":
        connection.execute(f"CREATE TABLE ledger AS SELECT * FROM '{path}'")
        source = "ledger"
    sql = SQL.format(month="year(date) * 12 + month(date)", source=source)

    def run():
        connection.execute("CREATE OR REPLACE TEMP TABLE cells AS " + sql)

    def answer(_):
        sums = "SELECT count(*), sum(amount)::INT64, sum(cost)::INT64, sum(lines)::INT64 FROM cells"
        return list(connection.execute(sums).fetchone())

    return run, answer


def polars(work: str, path: str) -> Engine:
    import polars as pl

    date = pl.col("date")
    frame = pl.read_parquet(path).lazy() if work == "memory" else pl.scan_parquet(path)
    keys = [
        "account",
        (date.dt.year().cast(pl.Int32) * 12 + date.dt.month()).alias("month"),
    ]
    sums = [
        pl.col("amount").sum(),
        pl.col("cost").sum(),
        pl.len().alias("lines"),
        date.min().alias("first"),
        date.max().alias("last"),
        date.n_unique().alias("days"),
    ]

    def run():
        return frame.group_by(keys).agg(sums).collect(engine="streaming")

    def answer(cells):
        return [
            len(cells),
            *(int(cells[name].sum()) for name in ("amount", "cost", "lines")),
        ]

    return run, answer


def datafusion(work: str, path: str) -> Engine:
    import datafusion
    import pyarrow as pa
    import pyarrow.compute as pc

    config = datafusion.SessionConfig().with_target_partitions(THREADS)
    context = datafusion.SessionContext(config)
    if work == "memory":
        # One partition a thread, so that reading is as parallel as the rest.
        batches = table_of(path).to_batches(max_chunksize=1 << 16)
        context.register_record_batches("ledger", [batches[at::THREADS] for at in range(THREADS)])
    else:
        context.register_parquet("ledger", path)
    month = "date_part('year', date) * 12 + date_part('month', date)"

    def run():
        return context.sql(SQL.format(month=month, source="ledger")).collect()

    def answer(cells):
        cells = pa.Table.from_batches(cells)
        return [
            len(cells),
            *(int(pc.sum(cells[name]).as_py()) for name in ("amount", "cost", "lines")),
        ]

    return run, answer


def chdb(work: str, path: str) -> Engine:
    from chdb import session

    open_session = session.Session()
    settings = f"SETTINGS max_threads = {THREADS}"
    source = f"file('{path}', Parquet)"
    if work == "memory":
        open_session.query(f"CREATE TABLE ledger ENGINE = Memory AS SELECT * FROM {source} {settings}")
        source = "ledger"
    sql = SQL.format(month="toYear(date) * 12 + toMonth(date)", source=source).replace("count(DISTINCT date)", "uniqExact(date)")

    def run():
        open_session.query("DROP TABLE IF EXISTS cells")
        open_session.query(f"CREATE TABLE cells ENGINE = Memory AS {sql} {settings}")

    def answer(_):
        sums = "SELECT count(), sum(amount), sum(cost), sum(lines) FROM cells"
        return [int(word) for word in str(open_session.query(sums, "TSV")).split()]

    return run, answer


def pandas(work: str, path: str) -> Engine:
    import numpy as np
    import pandas as pd

    def read():
        table = table_of(path)
        return pd.DataFrame({name: table[name].to_numpy() for name in table.column_names})

    kept = read() if work == "memory" else None

    def run():
        frame = read() if kept is None else kept
        months = frame["date"].to_numpy().astype("datetime64[M]").astype(np.int64)
        groups = frame.groupby(["account", months], sort=False)
        return groups.agg(
            amount=("amount", "sum"),
            cost=("cost", "sum"),
            lines=("amount", "size"),
            first=("date", "min"),
            last=("date", "max"),
            days=("date", "nunique"),
        )

    def answer(cells):
        return [
            len(cells),
            *(int(cells[name].sum()) for name in ("amount", "cost", "lines")),
        ]

    return run, answer


def bare_read(work: str, path: str) -> Engine:
    """Reading the columns and nothing else: the floor of every work from Parquet."""
    import pyarrow.parquet as pq

    return lambda: pq.read_table(path), lambda table: []


#: In the order of the report.
ENGINES = {
    "kam-fold": kam_fold,
    "kam": kam,
    "duckdb": duckdb,
    "polars": polars,
    "datafusion": datafusion,
    "chdb": chdb,
    "pandas": pandas,
    "bare-read": bare_read,
}


def main() -> int:
    engine, work, path, runs = sys.argv[1:]
    run, answer = ENGINES[engine](work, str(Path(path).resolve()))
    loaded = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    times, result = [], None
    for _ in range(int(runs)):
        result = None
        start = time.perf_counter()
        result = run()
        times.append(time.perf_counter() - start)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"times": times, "loaded": loaded, "peak": peak, "answer": answer(result)}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
