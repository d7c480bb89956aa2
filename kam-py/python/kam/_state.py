"""The mergeable state of facts."""

from __future__ import annotations

from typing import Any, Literal

from kam import _kam
from kam._errors import wrong_type
from kam._facts import Facts
from kam._json import Day, day, number, whole, word
from kam._ledger import Ledger, facts_json
from kam._progress import Progress, watching


class FactsState:
    """Exact sums of ledgers, to which more can be folded and merged in any order with the same result.

    What :func:`kam.spark.facts` does on a cluster is made of these: fold where the rows are, send the bytes, merge.

    Args:
        as_of: Rows after this day are counted and left out. Without it, a state of days can be asked for facts of any day.
        cell: The grain of the sums: ``"day"``, ``"week"`` or ``"month"``. Days can become every grain; months only months, quarters
            and years.
    """

    def __init__(self, *, as_of: Day | None = None, cell: Literal["day", "week", "month"] = "month") -> None:
        self._state = _kam.State(
            None if as_of is None else day("as_of", as_of), word("FactsState", "cell", cell, "pass day, week or month")
        )

    def fold(self, ledger: Ledger, *, progress: Progress = False) -> None:
        """Folds the rows of a ledger into the state. Where that fails, or is stopped, the state is empty afterwards."""
        if not isinstance(ledger, Ledger):
            raise wrong_type("fold", "ledger", ledger, "make one: kam.Ledger(source, account=…, date=…, amount=…)")
        with watching(progress) as report:
            self._state.fold(ledger._ledger, report)

    def merge(self, other: FactsState) -> None:
        """Adds the rows of another state. Both must have been folded with the same options from ledgers with the same columns."""
        if not isinstance(other, FactsState):
            raise wrong_type("merge", "other", other, "pass another kam.FactsState")
        self._state.merge(other._state)

    def split(self, parts: int) -> list[FactsState]:
        """The state in 1 to 512 parts that have no account in common; an account's part depends on its key alone. What was counted per
        row, quarantine and reconciliation, stays with the first part."""
        return [_of(state) for state in self._state.split(whole("parts", parts))]

    def encode(self) -> bytes:
        """The state as bytes, the same whatever the order of the rows was."""
        return self._state.encode()

    @staticmethod
    def decode(data: bytes) -> FactsState:
        """A state from its bytes; damaged bytes are an error."""
        # Of a number bytes() would make so many zeros.
        if not isinstance(data, (bytes, bytearray, memoryview)):
            raise wrong_type("decode", "data", data, "pass the bytes that encode() gave")
        return _of(_kam.State.decode(bytes(data)))

    def __reduce__(self) -> tuple[Any, ...]:
        return FactsState.decode, (self.encode(),)

    def facts(
        self,
        as_of: Day,
        *,
        grain: Literal["day", "week", "month", "quarter", "year"] = "month",
        window: int | Literal["all"] = 12,
        perspective: Literal["customer", "supplier"] = "customer",
        max_bad_share: float = 0.05,
    ) -> Facts:
        """The facts of the rows so far, as :meth:`kam.Ledger.facts` gives them."""
        return Facts(self._state.facts(facts_json(as_of, grain, window, perspective), number("max_bad_share", max_bad_share)))


def _of(state: _kam.State) -> FactsState:
    wrapped = FactsState.__new__(FactsState)
    wrapped._state = state
    return wrapped
