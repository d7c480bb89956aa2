"""How the fold grows: with threads, with rows, and with a limit on memory.

    python benches/peers/scale.py --bin target/release --out target/peers [--runs 3] [--measures threads rows memory limit review]

- threads: one against two (or as many as there are cores), in memory and from Parquet, runs in turns;
- rows: 200 M rows from Parquet against 100 M, both of 1 M accounts and 24 months;
- memory: the largest resident memory of the facts of 100 M and of 200 M rows, which have the same cells;
- limit: 200 M rows under a limit on the process's data that reading the same columns into memory breaks;
- review: everything that 100 M rows from Parquet allow, of 1 M accounts and 24 months, with the largest resident memory.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from pathlib import Path

from fold import make

CORES = os.cpu_count() or 1
#: Bytes of data that the fold of 200 M rows is given; its four columns take 5.6 GB.
LIMIT = 3_000_000_000


def fold(programs: Path, what: list[str], runs: int, threads: int = CORES) -> dict[str, float]:
    """The best seconds of a fold, its processor's seconds and its peak."""
    command = [str(programs / "fold"), *what, str(runs)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env={**os.environ, "RAYON_NUM_THREADS": str(threads)})
    numbers = {
        name: [float(number) for number in re.findall(pattern, done.stdout)]
        for name, pattern in {
            "fold": r"fold ([\d.]+) s",
            "finish": r"finish ([\d.]+) s",
            "processor": r"processor ([\d.]+) s",
            "bytes": r"([\d.]+) GB/s,",
            "copy": r"copied at ([\d.]+) GB/s",
            "peak": r"peak resident ([\d.]+) MB",
        }.items()
    }
    best = min(range(len(numbers["fold"])), key=lambda at: numbers["fold"][at])
    return {name: found[best] if len(found) > 1 else found[0] for name, found in numbers.items()}


def threads(options: argparse.Namespace) -> None:
    memory = ["20000000", "468000", "730", "int"]
    text = ["20000000", "468000", "730", "text"]
    parquet = [str(make("int-20m", options.bin, options.out, None))]
    for name, what in (("in memory", memory), ("in memory, text", text), ("from Parquet", parquet)):
        found: dict[int, dict[str, float]] = {}
        for _ in range(2):
            for count in (1, CORES):
                result = fold(options.bin, what, options.runs, count)
                if count not in found or result["fold"] < found[count]["fold"]:
                    found[count] = result
        one, all_ = found[1], found[CORES]
        print(
            f"threads, {name}: 1 {one['fold']:.3f} s, {CORES} {all_['fold']:.3f} s, ratio {one['fold'] / all_['fold']:.2f}; "
            f"{all_['bytes']:.2f} GB/s beside a copy of {all_['copy']:.1f} GB/s",
            flush=True,
        )


def rows(options: argparse.Namespace) -> None:
    found = {}
    for _ in range(2):
        for name in ("int-100m", "int-200m"):
            result = fold(options.bin, [str(make(name, options.bin, options.out, None))], options.runs)
            if name not in found or result["fold"] < found[name]["fold"]:
                found[name] = result
    small, large = found["int-100m"], found["int-200m"]
    print(
        f"rows: 100 M {small['fold']:.3f} s, 200 M {large['fold']:.3f} s, ratio {large['fold'] / small['fold']:.2f}; "
        f"with what follows {small['fold'] + small['finish']:.3f} and {large['fold'] + large['finish']:.3f} s",
        flush=True,
    )


def memory(options: argparse.Namespace) -> None:
    for name in ("int-100m", "int-200m"):
        result = fold(options.bin, [str(make(name, options.bin, options.out, None))], 1)
        print(f"memory: facts of {name} {result['peak']:,.0f} MB at most", flush=True)


def limit(options: argparse.Namespace) -> None:
    path = make("int-200m", options.bin, options.out, None)
    limited = ["prlimit", f"--data={LIMIT}"]
    command = [*limited, str(options.bin / "fold"), str(path), "1"]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    ends = "folds" if done.returncode == 0 else f"fails: {done.stderr.strip().splitlines()[-1:]}"
    print(f"limit: with {LIMIT / 1e9:.1f} GB of data kam {ends}: {done.stdout.splitlines()[:1]}", flush=True)
    load = f"import pyarrow.parquet as pq; print(pq.read_table({str(path)!r}).nbytes)"
    done = subprocess.run([*limited, sys.executable, "-c", load], check=False, capture_output=True, text=True)
    ends = "fits" if done.returncode == 0 else f"fails ({(done.stderr.strip().splitlines() or ['killed'])[-1]})"
    print(f"limit: reading the columns into memory {ends}", flush=True)


#: Runs in a process of its own, so that the peak is that of the facts and the review.
REVIEW = """
import resource, sys, time
import kam

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

start = time.perf_counter()
ledger = kam.Ledger(sys.argv[1], account="account", date="date", amount="amount", cost="cost")
facts = ledger.facts("2024-12-31", window=24)
print(f"review: facts of {len(facts.accounts):,} accounts {time.perf_counter() - start:.2f} s, peak {peak():,.0f} MB")
start = time.perf_counter()
review = kam.review(facts, progress=False)
print(f"review: {len(review.methods)} methods {time.perf_counter() - start:.2f} s, peak {peak():,.0f} MB")
"""


def review(options: argparse.Namespace) -> None:
    path = make("int-100m", options.bin, options.out, None)
    subprocess.run([sys.executable, "-c", REVIEW, str(path)], check=True)


MEASURES = {"threads": threads, "rows": rows, "memory": memory, "limit": limit, "review": review}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", type=Path, default=Path("target/release"), help="where Cargo put the programs")
    parser.add_argument("--out", type=Path, default=Path("target/peers"), help="where ledgers go")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--measures", nargs="+", choices=list(MEASURES), default=list(MEASURES))
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    for measure in options.measures:
        MEASURES[measure](options)
    return 0


if __name__ == "__main__":
    sys.exit(main())
