"""Fits purchase models with kam and with lifetimes, each in a process of its own.

    cargo build --release -p kam-benches --bin btyd
    target/release/btyd write bg_nbd 1000000 exact customers.csv
    python benches/peers/btyd.py customers.csv --engine kam --model bg_nbd
    lifetimes-venv/bin/python benches/peers/btyd.py customers.csv --engine lifetimes --model bg_nbd

lifetimes 0.11.3 needs NumPy below 2 and pandas below 2.1, so it wants a virtual environment of its own.
"""

from __future__ import annotations

import argparse
import resource
import time

import numpy as np


def kam(model, x, t_x, T, group):
    from kam import btyd

    fit = btyd.fit(model, x, t_x, T, group=group)
    return (
        fit.params,
        fit.log_likelihood,
        f"converged {fit.converged}, {fit.report.groups:,} different customers",
    )


def lifetimes(model, x, t_x, T, group):
    from lifetimes import BetaGeoFitter, ModifiedBetaGeoFitter, ParetoNBDFitter

    fitter = {
        "bg_nbd": BetaGeoFitter,
        "mbg_nbd": ModifiedBetaGeoFitter,
        "pareto_nbd": ParetoNBDFitter,
    }[model]()
    fitter.fit(x, t_x, T)
    return dict(fitter.params_), -fitter._negative_log_likelihood_ * len(x), ""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("customers", help="a CSV file with the columns x, t_x, T")
    parser.add_argument("--engine", choices=["kam", "lifetimes"], required=True)
    parser.add_argument("--model", choices=["bg_nbd", "mbg_nbd", "pareto_nbd"], default="bg_nbd")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--no-group", action="store_true", help="kam: count every customer by itself")
    arguments = parser.parse_args()
    x, t_x, T = np.ascontiguousarray(np.loadtxt(arguments.customers, delimiter=",", skiprows=1).T)
    engine = {"kam": kam, "lifetimes": lifetimes}[arguments.engine]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    for run in range(arguments.runs):
        start, cpu = time.perf_counter(), time.process_time()
        params, value, more = engine(arguments.model, x, t_x, T, not arguments.no_group)
        # On a busy machine the processor's time tells more than the clock's; kam spreads it over all cores.
        seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        shown = ", ".join(f"{name} {number:.6f}" for name, number in params.items())
        print(
            f"{arguments.engine} {arguments.model} run {run}: {seconds:.3f} s, {cpu:.3f} s of processor, "
            f"{len(x):,} customers, peak {memory:,.0f} MB"
            f" ({before:,.0f} MB before the first fit); {shown}; log-likelihood {value:.3f} {more}",
            flush=True,
        )


if __name__ == "__main__":
    main()
