"""Multi-criteria decisions against pymcdm, in one run: TOPSIS and VIKOR of a million alternatives by six criteria, PROMETHEE II
(usual), SMAA-2.

    python benches/peers/mcda.py [--alternatives 1000000] [--criteria 6] [--runs 5]

Both read the same NumPy matrix and take turns, run by run, so that whatever else the machine does weighs on both. The best of the runs
counts, and scores must agree to 1e-9. pymcdm's PROMETHEE II compares all pairs, so it is measured where it can run and its time at the full
size follows from the square of the alternatives.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable

import numpy as np
from pymcdm import methods

import kam


def timed(work: Callable[[], object]) -> tuple[float, object]:
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def turns(runs: int, ours: Callable[[], object], theirs: Callable[[], object]) -> tuple[list[float], list[float], object, object]:
    own, other, a, b = [], [], None, None
    for _ in range(runs):
        seconds, a = timed(ours)
        own.append(seconds)
        seconds, b = timed(theirs)
        other.append(seconds)
    return own, other, a, b


def median(times: list[float]) -> float:
    return sorted(times)[len(times) // 2]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--alternatives", type=int, default=1_000_000)
    parser.add_argument("--criteria", type=int, default=6)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    n, criteria = options.alternatives, options.criteria
    random = np.random.default_rng(1)
    matrix = random.random((n, criteria)) * 100
    weights = np.ones(criteria) / criteria
    signs = np.where(np.arange(criteria) % 3 == 2, -1, 1)
    print(f"{n:,} alternatives, {criteria} criteria, {os.cpu_count()} threads")
    print(f"{'':<34}{'kam s':>9}{'median':>9}{'pymcdm s':>10}{'median':>9}{'ratio':>8}{'of medians':>12}")
    agree = True
    pairs = [
        (
            "TOPSIS, min-max",
            lambda: kam.mcda.topsis(matrix, weights, signs, "min_max").score,
            lambda: methods.TOPSIS()(matrix, weights, signs),
        ),
        (
            "VIKOR",
            lambda: kam.mcda.vikor(matrix, weights, signs).q,
            lambda: methods.VIKOR()(matrix, weights, signs),
        ),
    ]
    for name, ours, theirs in pairs:
        own, other, a, b = turns(options.runs, ours, theirs)
        agree &= bool(np.allclose(a, b, atol=1e-9))
        print(
            f"{name:<34}{min(own):>9.3f}{median(own):>9.3f}{min(other):>10.3f}{median(other):>9.3f}"
            f"{min(other) / min(own):>8.0f}{median(other) / median(own):>12.0f}"
        )
    few = min(n, 2_000)
    own, other, a, b = turns(
        min(options.runs, 3),
        lambda: kam.mcda.promethee2(matrix[:few], weights, signs).phi,
        lambda: methods.PROMETHEE_II("usual")(matrix[:few], weights, signs),
    )
    agree &= bool(np.allclose(a, b, atol=1e-9))
    print(
        f"{f'PROMETHEE II, usual, {few:,}':<34}{min(own):>9.3f}{median(own):>9.3f}{min(other):>10.3f}{median(other):>9.3f}"
        f"{min(other) / min(own):>8.0f}{median(other) / median(own):>12.0f}"
    )
    own = [timed(lambda: kam.mcda.promethee2(matrix, weights, signs))[0] for _ in range(options.runs)]
    days = min(other) * (n / few) ** 2 / 86_400
    print(f"{f'PROMETHEE II, usual, {n:,}':<34}{min(own):>9.3f}{median(own):>9.3f}   pymcdm would take {days:,.0f} days")
    small = matrix[:10_000]
    for name, ranks in (
        ("SMAA-2, 10,000 x 10,000 samples", None),
        ("the same, the first 20 ranks", 20),
    ):
        own = [timed(lambda ranks=ranks: kam.mcda.smaa(small, signs, samples=10_000, ranks=ranks))[0] for _ in range(min(options.runs, 3))]
        print(f"{name:<34}{min(own):>9.3f}{median(own):>9.3f}")
    print(f"scores {'agree' if agree else 'DO NOT AGREE'} to nine decimals")
    return 0 if agree else 1


if __name__ == "__main__":
    sys.exit(main())
