"""The fold against its peers: sums of two amounts, count, first and last day by account and month, of one ledger in memory.

    python benches/peers/fold.py --bin target/release [--rows 20000000] [--accounts 468000] [--keys int|text]

Every engine runs in a process of its own, one after the other, on the same Arrow table, with the same number of threads. The best of
the runs counts. The answers must agree: the number of cells, and the totals of both amounts and of the lines.

`kam` is the whole of `ledger.facts()` as a user calls it: checks of every row, the sums by account and month with distinct days, the sorted
accounts with their sums over window and history, the reconciliation. `kam-fold` is the part of it that the peers do too, timed inside the
program `fold` on the same rows; its answer is the number of cells.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

AS_OF = "2024-12-31"
ENGINES = ("kam", "kam-fold", "duckdb", "polars", "datafusion", "pandas")

SQL = """
SELECT account, {month} AS month, sum(amount) AS amount, sum(cost) AS cost, count(*) AS lines,
       min(date) AS first_day, max(date) AS last_day
FROM ledger GROUP BY account, {month}
"""


def load(path: str):
    """The ledger as an Arrow table in memory, with its pages touched so that no engine pays for reading them."""
    import pyarrow as pa

    with pa.OSFile(path) as file:
        return pa.ipc.open_file(file).read_all()


def kam(table) -> tuple[Callable, Callable]:
    import kam

    def run():
        ledger = kam.Ledger(
            table, account="account", date="date", amount="amount", cost="cost", scale=0
        )
        return ledger.facts(as_of=AS_OF, grain="month", window="all", progress=False)

    def answer(facts):
        periods = facts.periods.to_arrow()
        import pyarrow.compute as pc

        return [
            len(periods),
            *(
                int(pc.sum(periods[name]).as_py())
                for name in ("revenue", "cost", "lines")
            ),
        ]

    return run, answer


def duckdb(table) -> tuple[Callable, Callable]:
    import duckdb

    connection = duckdb.connect()
    connection.execute(f"SET threads = {os.cpu_count()}")
    connection.register("arrow_ledger", table)
    connection.execute("CREATE TABLE ledger AS SELECT * FROM arrow_ledger")

    def run():
        connection.execute(
            "CREATE OR REPLACE TEMP TABLE cells AS "
            + SQL.format(month="year(date) * 12 + month(date)")
        )

    def answer(_):
        return list(
            connection.execute(
                "SELECT count(*), sum(amount)::INT64, sum(cost)::INT64, sum(lines)::INT64 FROM cells"
            ).fetchone()
        )

    return run, answer


def polars(table) -> tuple[Callable, Callable]:
    import polars as pl

    frame = pl.from_arrow(table, rechunk=True)
    date = pl.col("date")

    def run():
        keys = ["account", (date.dt.year() * 12 + date.dt.month()).alias("month")]
        sums = [
            pl.col("amount").sum(),
            pl.col("cost").sum(),
            pl.len().alias("lines"),
            date.min().alias("first"),
            date.max().alias("last"),
        ]
        return frame.group_by(keys).agg(sums)

    def answer(cells):
        return [
            len(cells),
            *(int(cells[name].sum()) for name in ("amount", "cost", "lines")),
        ]

    return run, answer


def datafusion(table) -> tuple[Callable, Callable]:
    import datafusion
    import pyarrow as pa
    import pyarrow.compute as pc

    config = datafusion.SessionConfig().with_target_partitions(os.cpu_count())
    context = datafusion.SessionContext(config)
    # One partition a thread, so that reading is as parallel as the rest.
    batches = table.to_batches(max_chunksize=1 << 16)
    threads = os.cpu_count()
    context.register_record_batches(
        "ledger", [batches[at::threads] for at in range(threads)]
    )
    month = "date_part('year', date) * 12 + date_part('month', date)"

    def run():
        return context.sql(SQL.format(month=month)).collect()

    def answer(cells):
        cells = pa.Table.from_batches(cells)
        return [
            len(cells),
            *(int(pc.sum(cells[name]).as_py()) for name in ("amount", "cost", "lines")),
        ]

    return run, answer


def pandas(table) -> tuple[Callable, Callable]:
    import numpy as np
    import pandas as pd

    frame = pd.DataFrame({name: table[name].to_numpy() for name in table.column_names})
    months = frame["date"].to_numpy().astype("datetime64[M]").astype(np.int64)

    def run():
        groups = frame.groupby(["account", months], sort=False)
        return groups.agg(
            amount=("amount", "sum"),
            cost=("cost", "sum"),
            lines=("amount", "size"),
            first=("date", "min"),
            last=("date", "max"),
        )

    def answer(cells):
        return [
            len(cells),
            *(int(cells[name].sum()) for name in ("amount", "cost", "lines")),
        ]

    return run, answer


def measure(engine: str, path: str, runs: int) -> None:
    """Runs one engine and prints what it measured as JSON."""
    prepare: dict[str, Callable] = {
        "kam": kam,
        "duckdb": duckdb,
        "polars": polars,
        "datafusion": datafusion,
        "pandas": pandas,
    }
    run, answer = prepare[engine](load(path))
    loaded = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    times, result = [], None
    for _ in range(runs):
        result = None
        start = time.perf_counter()
        result = run()
        times.append(time.perf_counter() - start)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(
        json.dumps(
            {"times": times, "loaded": loaded, "peak": peak, "answer": answer(result)}
        )
    )


def fold(program: Path, words: list[str]) -> dict:
    """The fold alone, as the program times it."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    lines = subprocess.run(
        [program, *words], check=True, stdout=subprocess.PIPE, text=True
    ).stdout.splitlines()
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    times = [float(line.split()[1]) for line in lines]
    # The largest child so far is another one where the peak has not moved.
    peak = peak if peak > before else 0
    return {
        "times": times,
        "loaded": 0,
        "peak": peak,
        "answer": [int(lines[0].split()[-2])],
    }


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--bin",
        type=Path,
        default=Path("target/release"),
        help="where Cargo put the program `ledger`",
    )
    parser.add_argument("--rows", type=int, default=20_000_000)
    parser.add_argument("--accounts", type=int, default=468_000)
    parser.add_argument("--days", type=int, default=730)
    parser.add_argument("--keys", choices=("int", "text"), default="int")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--engines", nargs="+", choices=ENGINES, default=list(ENGINES))
    parser.add_argument(
        "--measure", nargs=2, metavar=("ENGINE", "FILE"), help=argparse.SUPPRESS
    )
    options = parser.parse_args()
    if options.measure:
        measure(*options.measure, options.runs)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "ledger.arrow")
        shape = [
            str(options.rows),
            str(options.accounts),
            str(options.days),
            options.keys,
        ]
        subprocess.run([options.bin / "ledger", *shape, path], check=True)
        size = os.path.getsize(path)
        print(
            f"{options.rows:,} rows, {options.accounts:,} accounts at most, {options.keys} keys, {size / 1e6:,.0f} MB, {os.cpu_count()} threads"
        )
        found = {}
        for engine in options.engines:
            if engine == "kam-fold":
                found[engine] = fold(options.bin / "fold", [*shape, str(options.runs)])
                continue
            command = [
                sys.executable,
                __file__,
                "--runs",
                str(options.runs),
                "--measure",
                engine,
                path,
            ]
            found[engine] = json.loads(
                subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
            )
    first = found[options.engines[0]]
    own = min(first["times"])
    print(
        f"\n{'engine':<12}{'best s':>8}{'median s':>10}{'ratio':>8}{'M rows/s':>10}{'peak MB':>9}{'beyond data':>13}"
    )
    agree = True
    for engine, result in found.items():
        best, median = (
            min(result["times"]),
            sorted(result["times"])[len(result["times"]) // 2],
        )
        peak, beyond = (
            f"{bytes / 1024:,.0f}" if result["peak"] else ""
            for bytes in (result["peak"], result["peak"] - result["loaded"])
        )
        beyond = beyond if result["loaded"] else ""
        rate = options.rows / best / 1e6
        print(
            f"{engine:<12}{best:>8.3f}{median:>10.3f}{best / own:>8.2f}{rate:>10.1f}{peak:>9}{beyond:>13}"
        )
        agree &= first["answer"][: len(result["answer"])] == result["answer"]
    print(
        f"\ncells, totals and lines: {first['answer']}; the engines {'agree' if agree else 'DO NOT AGREE'}"
    )
    return 0 if agree else 1


if __name__ == "__main__":
    sys.exit(main())
