"""The book: a persistent ledger of facts."""

from __future__ import annotations

import json
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Literal

from kam import _kam
from kam._errors import wrong_type
from kam._facts import Facts
from kam._json import Day
from kam._ledger import ROLES, Rates, columns_json, facts_json, with_rates
from kam._progress import Progress, watching
from kam._source import Path, Source, open_ledger, path_text
from kam._table import Table


@dataclass(frozen=True)
class Appended:
    """What became of a batch."""

    batch_id: str
    #: Was it in the book already, with the same rows? Then nothing was done.
    repeated: bool
    #: All rows that were read, and what became of them.
    rows: int
    used: int
    unassigned: int
    quarantined: int
    #: The money of all rows and of the used ones.
    amount: float
    used_amount: float
    #: The first and last day of used rows, as ISO text.
    first_date: str | None
    last_date: str | None
    #: How many stored runs were merged on the way, and why not where they were due and could not be.
    merged_runs: int
    merge_failure: str | None


class Book:
    """A persistent ledger of facts in one file, for sales that come every day: append a batch, ask for facts, read no row twice.

    A batch that :meth:`append` has returned for is there exactly once, whatever happens to the process. Threads may share one book, any
    number of them asking for facts while one appends; another process is refused while it is open. Use it in a ``with`` block, or
    :meth:`close` it.

    Args:
        path: The file. A new book is made where there is none; then ``account``, ``date`` and ``amount`` are required.
        account: As for :class:`kam.Ledger`, and so are all that follow. An existing book must have been made with the same, or is opened as
            it was made where none is given.
        date: The column of the day.
        amount: The column of net revenue.
        order: The document the line stands on.
        cost: Product cost of the line.
        cost_to_serve: What serving the customer cost on this line.
        list_amount: The amount before discount.
        direction: Product line, region or another direction of sales.
        currency: The currency of the line's money.
        manager: Who looked after the line.
        date_format: How text dates are written.
        amount_format: How text amounts are written.
        timezone: The zone in which timestamps with a zone become days.
        scale: Decimals of a minor unit, 0 to 6.
        base_currency: The currency of the results.
        on_bad_rows: ``"quarantine"`` or ``"raise"``; a batch that is refused leaves the book as it was.
        max_bad_share: The share of bad rows beyond which a batch is refused.
        earliest: Days before this one are quarantined.
        latest: Days after this one are quarantined.
        delimiter: What separates the columns of a CSV file.
        header: Does a CSV file begin with the names of its columns?
    """

    def __init__(
        self,
        path: Path,
        *,
        account: str | None = None,
        date: str | None = None,
        amount: str | None = None,
        order: str | None = None,
        cost: str | None = None,
        cost_to_serve: str | None = None,
        list_amount: str | None = None,
        direction: str | None = None,
        currency: str | None = None,
        manager: str | None = None,
        date_format: str | None = None,
        amount_format: str | None = None,
        timezone: str | None = None,
        scale: int | None = None,
        base_currency: str | None = None,
        on_bad_rows: Literal["quarantine", "raise"] | None = None,
        max_bad_share: float | None = None,
        earliest: Day | None = None,
        latest: Day | None = None,
        delimiter: str | None = None,
        header: bool | None = None,
    ) -> None:
        _, columns = columns_json(locals())
        self._path = path_text("Book", path)
        self._book = _kam.Book(self._path, None if columns == "{}" else columns)
        self._columns: dict[str, Any] = json.loads(self._book.columns())

    def append(self, source: Source, batch_id: str, *, rates: Rates | None = None, progress: Progress = None) -> Appended:
        """Adds the rows of a source, all or none. When this returns, they are on the disk.

        Args:
            source: As for :class:`kam.Ledger`.
            batch_id: The batch's name, say its day. One that is in the book already with the same rows, in whatever order, does nothing
                and says so; with other rows it is an error.
            rates: As for :class:`kam.Ledger`, for the money of this batch; the book needs ``currency`` and ``base_currency``. What was
                converted stays so.
            progress: Without, a bar on a terminal or in a notebook; ``False`` for none; or a callable ``(stage, done, total)``.
        """
        ledger = open_ledger(source, json.dumps(self._columns))
        if rates is not None:
            ledger = with_rates(ledger, rates, self._columns.get("base_currency"))
        if not isinstance(batch_id, str):
            raise wrong_type("append", "batch_id", batch_id, "pass text that names the batch, such as its day: 2011-12-09")
        with watching(progress) as callback:
            return Appended(**json.loads(self._book.append(ledger, batch_id, callback)))

    def facts(
        self,
        as_of: Day,
        *,
        grain: Literal["day", "week", "month", "quarter", "year"] = "month",
        window: int | Literal["all"] = 12,
        perspective: Literal["customer", "supplier"] = "customer",
        progress: Progress = None,
    ) -> Facts:
        """The facts of all batches: those of one ledger with all rows, bit for bit, as of any day and in any grain.

        Only the table ``quarantine`` differs: its ``source`` names the batch, and rows are numbered within it.

        Args:
            as_of: The day the facts are seen from; later rows are counted and left out.
            grain: The period of the series.
            window: How many periods count for segments and shares, the last of which holds ``as_of``, or ``"all"``.
            perspective: ``"supplier"`` for a book of purchases, whose accounts are suppliers.
            progress: As for :meth:`append`.
        """
        options = facts_json(as_of, grain, window, perspective)
        with watching(progress) as callback:
            return Facts(self._book.facts(options, callback))

    @property
    def batches(self) -> Table:
        """One row a batch, in the order in which they came: its id, rows and money."""
        return Table(self._book.batches(), self._columns["scale"])

    def compact(self, *, progress: Progress = None) -> None:
        """Merges what was appended into what facts are read from fastest, and gives free room back to the disk.

        It costs as much as the whole history; once a month or after a first load is enough.
        """
        with watching(progress) as callback:
            self._book.compact(callback)

    def backup(self, path: Path) -> None:
        """Copies the book as it is now into a new file, while it is in use."""
        self._book.backup(path_text("backup", path))

    def verify(self) -> None:
        """Reads the whole file and looks at every checksum; damage raises :class:`kam.BookError`, which names it."""
        self._book.verify()

    def close(self) -> None:
        """Closes the book: no call after it uses it. The file is let go of when other threads have finished what they began, for which
        this does not wait."""
        self._book.close()

    def __enter__(self) -> Book:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def __repr__(self) -> str:
        columns = ", ".join(f"{role}={self._columns[role]!r}" for role in ROLES if self._columns.get(role) is not None)
        return f"kam.Book({self._path!r}, {columns})"
