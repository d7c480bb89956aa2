"""Facts of a ledger in Apache Spark: each partition is folded where it is, states are merged exactly, methods run on the driver.

The result is the same, bit by bit, as that of :meth:`kam.Ledger.facts` on one machine. Needs the extra ``kam[spark]``.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal

from kam import _kam
from kam._errors import OptionError
from kam._extras import extra
from kam._facts import Facts
from kam._json import Day, day
from kam._ledger import Ledger, columns_json
from kam._state import FactsState

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

__all__ = ["facts"]

_SCHEMA = "part int, state binary"


def facts(
    frame: DataFrame,
    *,
    account: str,
    date: str,
    amount: str,
    as_of: Day,
    grain: Literal["day", "week", "month", "quarter", "year"] = "month",
    window: int | Literal["all"] = 12,
    perspective: Literal["customer", "supplier"] = "customer",
    parts: int | None = None,
    **columns: Any,
) -> Facts:
    """The facts of a Spark data frame.

    Args:
        frame: The ledger. Only the columns that are mapped leave the executors' JVMs.
        account: The column of the customer; date, amount and ``columns`` as in :class:`kam.Ledger`. Rates and files' own options
            (``delimiter``, ``header``) are not taken.
        date: The column of the day.
        amount: The column of net revenue.
        as_of: The day the facts are seen from.
        grain: The period of the series.
        window: How many periods count for segments and shares, or ``"all"``.
        perspective: ``"supplier"`` for a purchase ledger, whose accounts are suppliers.
        parts: Into how many parts, none with an account of another, states are merged on the cluster before they come to the driver, 1 to
            512. Without: as many as the frame has partitions, at most 64.

    Rows of the quarantine are named by their place in the Spark partition they were met in.
    """
    extra("pyspark", "kam.spark", extra="spark")
    refused = sorted({"rates", "delimiter", "header"} & columns.keys())
    if refused:
        raise OptionError(f"kam.spark.facts does not take `{refused[0]}`", 301, "convert currencies in Spark, or read files in Spark")
    mapped = {"account": account, "date": date, "amount": amount, **columns}
    limit = 0.0 if mapped.get("on_bad_rows") == "raise" else float(mapped.get("max_bad_share", 0.05))
    # The limit holds for all partitions together, so a partition must not judge alone.
    mapped.update(on_bad_rows="quarantine", max_bad_share=1.0)
    # Wrong options are an error here, not on an executor.
    Ledger([], **mapped)
    used = _kam.wanted(columns_json(mapped)[1], frame.columns)
    until = day("as_of", as_of)
    cell = grain if grain in ("day", "week") else "month"
    count = parts if parts is not None else max(1, min(64, frame.rdd.getNumPartitions()))
    if not 1 <= count <= 512:
        raise OptionError(f"option `parts` is {count}", 301, "1 to 512")

    def fold(batches: Iterator[Any]) -> Iterator[Any]:
        return _fold(batches, mapped, until, cell, count)

    folded = frame.select(*[f"`{name.replace('`', '``')}`" for name in used]).mapInArrow(fold, _SCHEMA)
    merged = folded.groupBy("part").applyInArrow(_merge, _SCHEMA)
    state = FactsState(as_of=until, cell=cell)
    rows = merged.collect()
    if not rows:
        # No partition had a row: an empty ledger with the right columns.
        pa = extra("pyarrow", "kam.spark", extra="spark")
        state.fold(Ledger(pa.table({name: pa.array([], pa.string()) for name in used}), **mapped))
    for row in rows:
        state.merge(FactsState.decode(row["state"]))
    return state.facts(as_of, grain=grain, window=window, perspective=perspective, max_bad_share=limit)


def _fold(batches: Iterator[Any], mapped: dict[str, Any], as_of: str, cell: Any, parts: int) -> Iterator[Any]:
    """On an executor: the state of one partition, in parts."""
    # A task has one core; more threads would take those of its neighbours. Set before the first fold of the process.
    os.environ.setdefault("RAYON_NUM_THREADS", "1")
    pa = extra("pyarrow", "kam.spark", extra="spark")
    first = next(batches, None)
    if first is None:
        return

    def again() -> Iterator[Any]:
        yield first
        yield from batches

    state = FactsState(as_of=as_of, cell=cell)
    state.fold(Ledger(again(), **mapped))
    for at, part in enumerate(state.split(parts)):
        yield pa.RecordBatch.from_pydict({"part": pa.array([at], pa.int32()), "state": pa.array([part.encode()], pa.binary())})


def _merge(table: Any) -> Any:
    """On an executor: the states of one part, merged."""
    pa = extra("pyarrow", "kam.spark", extra="spark")
    states = table.column("state")
    merged = FactsState.decode(states[0].as_py())
    for state in states[1:]:
        merged.merge(FactsState.decode(state.as_py()))
    return pa.table({"part": table.column("part").slice(0, 1), "state": pa.array([merged.encode()], pa.binary())})
