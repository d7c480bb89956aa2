"""Times dossiers from Python on the tables that `target/release/dossier ACCOUNTS int --write FOLDER` wrote.

python benches/peers/dossier.py FOLDER [CALLS]
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np

import kam

TABLES = (
    "accounts",
    "contacts",
    "activities",
    "opportunities",
    "contracts",
    "competitors",
)


def main(folder: Path, calls: int) -> None:
    ledger = kam.Ledger(
        folder / "ledger.arrow",
        account="account",
        date="date",
        amount="amount",
        cost="cost",
        scale=0,
    )
    facts = ledger.facts("2024-12-31", window=24)
    start = time.perf_counter()
    review = kam.review(
        facts,
        kam.Crm(**{name: folder / f"{name}.arrow" for name in TABLES}),
        progress=False,
    )
    print(f"review of {len(facts):,} accounts: {time.perf_counter() - start:.1f} s")
    drawn = np.random.default_rng(5).choice(review.accounts["account"], calls)
    keys = [str(key) for key in drawn]
    (folder / "keys.txt").write_text("\n".join(keys), encoding="utf-8")
    for name, call in (
        ("dossier", review.dossier),
        ("dossier and to_dict", lambda key: review.dossier(key).to_dict()),
        ("dossier and to_html", lambda key: review.dossier(key).to_html()),
    ):
        taken = np.empty(calls)
        for at, key in enumerate(keys):
            start = time.perf_counter_ns()
            call(key)
            taken[at] = (time.perf_counter_ns() - start) / 1e3
        median, p99 = np.quantile(taken, [0.5, 0.99])
        print(f"{name:>24}: {median:.1f} µs median, {p99:.1f} µs p99, {taken.max():.1f} µs max")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 20_000)
