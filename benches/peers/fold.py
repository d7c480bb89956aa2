"""The fold against its peers: sums of two amounts, lines, first and last day and distinct days by account and month.

    python benches/peers/fold.py --bin target/release --out target/peers [--ledgers int-20m text-20m …] [--works memory parquet] [--runs 5]

Every engine runs in a process of its own, one after the other, on the same file, with as many threads as there are cores. Its answer
(number of cells, totals of both amounts and of the lines) must be that of the others to the unit. Writes peers.md, peers.json, peers.png.

Ledgers: int-20m, text-20m (20 M rows, 468,000 accounts), int-100m, text-100m (100 M rows, 1 M accounts), int-200m, tpch (orders and
lineitem of TPC-H at scale factor 3, by customer), and online_retail where `--shared` names the folder of real ledgers.
"""

from __future__ import annotations

import argparse
import json
import platform
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

from engines import ENGINES

HERE = Path(__file__).parent
MADE = {
    "int-1m": ("1000000", "50000", "730", "int"),
    "int-20m": ("20000000", "468000", "730", "int"),
    "text-20m": ("20000000", "468000", "730", "text"),
    "int-100m": ("100000000", "1000000", "730", "int"),
    "text-100m": ("100000000", "1000000", "730", "text"),
    "int-200m": ("200000000", "1000000", "730", "int"),
}
#: Engines that are left out of a work, and why.
LEFT_OUT = {("bare-read", "memory"): "nothing is read"}


def make(name: str, programs: Path, folder: Path, shared: Path | None) -> Path | None:
    """The Parquet file of a ledger, made if it is not there."""
    path = folder / f"{name}.parquet"
    if path.exists():
        return path
    if name in MADE:
        subprocess.run([programs / "ledger", *MADE[name], path], check=True)
        return path
    import duckdb

    if name == "tpch":
        tables = folder / "tpch"
        subprocess.run(
            ["tpchgen-cli", "parquet", "-s", "3", f"--output-dir={tables}"],
            check=True,
        )
        rows = f"""
            SELECT o_custkey::BIGINT AS account, o_orderdate AS date,
                   round(l_extendedprice * (1 - l_discount) * 100)::BIGINT AS amount,
                   round(ps_supplycost * l_quantity * 100)::BIGINT AS cost
            FROM '{tables}/lineitem.parquet' JOIN '{tables}/orders.parquet' ON l_orderkey = o_orderkey
            JOIN '{tables}/partsupp.parquet' ON ps_partkey = l_partkey AND ps_suppkey = l_suppkey"""
    elif shared is None:
        print(f"{name}: not run, --shared does not name the folder of real ledgers")
        return None
    else:
        rows = f"""
            SELECT CustomerID::BIGINT AS account, InvoiceDate::DATE AS date, round(Quantity * UnitPrice * 100)::BIGINT AS amount,
                   0::BIGINT AS cost
            FROM '{shared}/online_retail/online_retail.parquet' WHERE CustomerID IS NOT NULL"""
    duckdb.execute(f"COPY ({rows}) TO '{path}' (FORMAT parquet)")
    return path


def measure(engine: str, work: str, path: Path, runs: int) -> dict | None:
    command = [
        sys.executable,
        str(HERE / "engines.py"),
        engine,
        work,
        str(path),
        str(runs),
    ]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        # An engine that runs out of memory is a result too.
        last = done.stderr.strip().splitlines()[-1:] or [f"exit {done.returncode}"]
        print(f"  {engine:<12} failed: {last[0]}", flush=True)
        return None
    found = json.loads(done.stdout.splitlines()[-1])
    print(f"  {engine:<12}{min(found['times']):>8.3f} s", flush=True)
    return found


def section(name: str, work: str, rows: int, size: int, found: dict[str, dict]) -> list[str]:
    own = min(found["kam-fold"]["times"]) if "kam-fold" in found else None
    lines = [f"### {name}, {work}: {rows:,} rows, {size / 1e6:,.0f} MB of Parquet", ""]
    lines += [
        "| engine | best s | median s | ÷ kam-fold, best | M rows/s | peak MB | beyond the data |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for engine, result in found.items():
        times = sorted(result["times"])
        ratio = f"{times[0] / own:.2f}" if own else ""
        peak, beyond = result["peak"] / 1024, (result["peak"] - result["loaded"]) / 1024
        lines.append(
            f"| {engine} | {times[0]:.3f} | {times[len(times) // 2]:.3f} | {ratio} | {rows / times[0] / 1e6:.1f} "
            f"| {peak:,.0f} | {beyond:,.0f} |"
        )
    return [*lines, ""]


def plot(everything: list[dict], path: Path) -> None:
    """Best times, one panel a ledger and work."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, panels = pyplot.subplots(len(everything), 1, figsize=(7, 0.6 + 2.2 * len(everything)), squeeze=False)
    for panel, entry in zip(panels[:, 0], everything, strict=True):
        found = entry["found"]
        engines = list(reversed(found))
        best = [min(found[engine]["times"]) for engine in engines]
        bars = panel.barh(
            engines,
            best,
            color=["#0072B2" if engine.startswith("kam") else "#999999" for engine in engines],
        )
        panel.bar_label(bars, fmt="%.2f s", padding=3, fontsize=8)
        panel.set_title(
            f"{entry['ledger']}, {entry['work']}: seconds, best of the runs",
            fontsize=9,
            loc="left",
        )
        panel.spines[["top", "right"]].set_visible(False)
        panel.tick_params(labelsize=8)
        panel.margins(x=0.12)
    figure.tight_layout()
    figure.savefig(path, dpi=130)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--bin",
        type=Path,
        default=Path("target/release"),
        help="where Cargo put the program `ledger`",
    )
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("target/peers"),
        help="where ledgers and results go",
    )
    parser.add_argument("--shared", type=Path, help="the folder of real ledgers")
    parser.add_argument(
        "--ledgers",
        nargs="+",
        default=[
            "int-20m",
            "text-20m",
            "int-100m",
            "text-100m",
            "tpch",
            "online_retail",
        ],
    )
    parser.add_argument(
        "--works",
        nargs="+",
        choices=("memory", "parquet"),
        default=["memory", "parquet"],
    )
    parser.add_argument("--engines", nargs="+", choices=list(ENGINES), default=list(ENGINES))
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    import pyarrow.parquet as pq

    everything, agree = [], True
    packages = ["duckdb", "polars", "datafusion", "chdb", "pandas", "pyarrow", "numpy"]
    text = [
        f"Python {platform.python_version()}, " + ", ".join(f"{name} {version(name)}" for name in packages) + ".",
        "",
    ]
    for name in options.ledgers:
        path = make(name, options.bin, options.out, options.shared)
        if path is None:
            continue
        rows = pq.ParquetFile(path).metadata.num_rows
        for work in options.works:
            print(f"{name}, {work}: {rows:,} rows", flush=True)
            found = {}
            for engine in options.engines:
                if (engine, work) in LEFT_OUT:
                    continue
                result = measure(engine, work, path, options.runs)
                if result is not None:
                    found[engine] = result
            answers = {json.dumps(result["answer"]) for result in found.values() if result["answer"]}
            if len(answers) > 1:
                agree = False
                print(f"  THEY DO NOT AGREE: { {engine: result['answer'] for engine, result in found.items()} }")
            text += section(name, work, rows, path.stat().st_size, found)
            everything.append({"ledger": name, "work": work, "rows": rows, "found": found})
            # After each work, so that a run that is stopped has left something.
            (options.out / "peers.md").write_text("\n".join(text), encoding="utf-8")
            (options.out / "peers.json").write_text(json.dumps(everything), encoding="utf-8")
    if everything:
        plot(everything, options.out / "peers.png")
    print(f"\nthe engines {'agree' if agree else 'DO NOT AGREE'}; see {options.out / 'peers.md'}")
    return 0 if agree else 1


if __name__ == "__main__":
    sys.exit(main())
