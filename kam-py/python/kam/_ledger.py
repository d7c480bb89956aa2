"""The ledger."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

from kam import _kam
from kam._errors import OptionError
from kam._facts import Facts
from kam._held import Held
from kam._json import Day, day, dumps
from kam._progress import Progress, watching
from kam._source import Frame, Path, Source, TableColumns, open_ledger, open_table

Rates: TypeAlias = Mapping[tuple[str, Day], Any] | Frame | Path


#: The columns that may be named; the rest of what a ledger takes says how they are read.
ROLES = ("account", "date", "amount", "order", "cost", "cost_to_serve", "list_amount", "direction", "currency", "manager")


#: All that says what a ledger's columns are and how they are read: the parameters of Ledger and Book but for source, path and rates.
COLUMNS = (
    *ROLES,
    "date_format",
    "amount_format",
    "timezone",
    "scale",
    "base_currency",
    "on_bad_rows",
    "max_bad_share",
    "earliest",
    "latest",
    "delimiter",
    "header",
)


def columns_json(parameters: Mapping[str, Any]) -> tuple[dict[str, str], str]:
    """The named columns by their role, and all that was given of :data:`COLUMNS` as the compiled part takes it."""
    given = {name: parameters[name] for name in COLUMNS if parameters.get(name) is not None}
    for name in ("earliest", "latest"):
        if name in given:
            given[name] = day(name, given[name])
    return {name: str(given[name]) for name in ROLES if name in given}, dumps("ledger", given)


def facts_json(as_of: Day, grain: str, window: int | str, perspective: str) -> str:
    """The options of facts as the compiled part takes them."""
    return dumps("facts", {"as_of": day("as_of", as_of), "grain": grain, "window": window, "perspective": perspective})


def with_rates(ledger: _kam.Ledger, rates: Rates, base_currency: str | None) -> _kam.Ledger:
    """The ledger with the rates that turn its money into the base currency."""
    if base_currency is None:
        message = "rates were given, but no base currency"
        raise OptionError(message, 301, "name the currency of the results, base_currency=…")
    if isinstance(rates, Mapping):
        for key in rates:
            if not isinstance(key, tuple) or len(key) != 2 or not isinstance(key[0], str):
                raise OptionError(f"rates: the key {key!r} is not a currency and a day", 301, "pass {(currency, day): rate}")
        rows = [(currency, day("rates", since), str(rate)) for (currency, since), rate in rates.items()]
        return ledger.with_rates(base_currency, rows)
    return ledger.with_rate_table(base_currency, open_table("rates", rates, TableColumns(("currency", "date", "rate"))))


class Ledger(Held):
    """A sales ledger: where its rows are and what its columns mean. Nothing is read before :meth:`facts`.

    Args:
        source: A path to Parquet, CSV or Arrow IPC files (or a glob, or a list of these); a frame of polars (lazy or not), pandas, pyarrow
            (datasets and scanners too), DuckDB or Ibis, or anything else with ``__arrow_c_stream__``; a cursor of ADBC; an iterable of
            such frames; or a function that gives one of these. All are read anew at every :meth:`facts`, batch by batch where they can,
            but iterators, readers and cursors, which give their rows once.
        account: The column of the customer: text or whole numbers.
        date: The column of the day: dates, timestamps or text.
        amount: The column of net revenue; negative for a return or credit. Like every money column it may be a product or a difference of
            two columns, ``"Quantity * UnitPrice"``, ``"Sales - Profit"``.
        order: The document the line stands on; distinct orders are counted.
        cost: Product cost of the line.
        cost_to_serve: What serving the customer cost on this line.
        list_amount: The amount before discount.
        direction: Product line, region or another direction of sales.
        currency: The currency of the line's money; several need ``rates``.
        manager: Who looked after the line.
        date_format: How text dates are written, in strftime's letters (``%d.%m.%Y``); ISO 8601 without.
        amount_format: How text amounts are written, as the number 1234.56 would be: ``1,234.56``, ``1.234,56 €``.
        timezone: The zone in which timestamps with a zone become days.
        scale: Decimals of a minor unit, 0 to 6: money is summed exactly in these.
        rates: ``{(currency, day): rate}``, or a frame or CSV file with the columns currency, date and rate: how many units of the currency
            one unit of ``base_currency`` buys from that day on.
        base_currency: The currency of the results; without ``rates`` for display only.
        on_bad_rows: ``"quarantine"`` keeps rows that cannot be used apart, ``"raise"`` refuses the ledger at the first one.
        max_bad_share: The share of bad rows beyond which the ledger is refused, 0 to 1.
        earliest: Days before this one are quarantined; 1950-01-01 without.
        latest: Days after this one are quarantined; 2100-12-31 without.
        delimiter: What separates the columns of a CSV file: one sign, ``"tab"`` or ``"whitespace"``.
        header: Does a CSV file begin with the names of its columns? Without, they are called ``column_1``, ``column_2`` …
    """

    _instead = "make it anew there, of the same source"

    def __init__(
        self,
        source: Source,
        *,
        account: str,
        date: str,
        amount: str,
        order: str | None = None,
        cost: str | None = None,
        cost_to_serve: str | None = None,
        list_amount: str | None = None,
        direction: str | None = None,
        currency: str | None = None,
        manager: str | None = None,
        date_format: str | None = None,
        amount_format: str | None = None,
        timezone: str = "UTC",
        scale: int = 2,
        rates: Rates | None = None,
        base_currency: str | None = None,
        on_bad_rows: Literal["quarantine", "raise"] = "quarantine",
        max_bad_share: float = 0.05,
        earliest: Day | None = None,
        latest: Day | None = None,
        delimiter: str = ",",
        header: bool = True,
    ) -> None:
        names, columns = columns_json(locals())
        ledger = open_ledger(source, columns)
        if rates is not None:
            ledger = with_rates(ledger, rates, base_currency)
        self._ledger: _kam.Ledger = ledger
        self._source = source
        self._columns = names

    def facts(
        self,
        as_of: Day,
        *,
        grain: Literal["day", "week", "month", "quarter", "year"] = "month",
        window: int | Literal["all"] = 12,
        perspective: Literal["customer", "supplier"] = "customer",
        progress: Progress = None,
    ) -> Facts:
        """Reads the ledger and sums it up exactly.

        Args:
            as_of: The day the facts are seen from; later rows are counted and left out.
            grain: The period of the series.
            window: How many periods count for segments and shares, the last of which holds ``as_of``, or ``"all"``.
            perspective: ``"supplier"`` for a purchase ledger, whose accounts are suppliers: the words and defaults of every method, never
                the sums.
            progress: Without, a bar on a terminal or in a notebook; ``False`` for none; or a callable ``(stage, done, total)``.
        """
        options = facts_json(as_of, grain, window, perspective)
        with watching(progress) as callback:
            return Facts(self._ledger.facts(options, callback))

    def __repr__(self) -> str:
        source = self._source if isinstance(self._source, (str, list)) else type(self._source).__name__
        columns = ", ".join(f"{name}={column!r}" for name, column in self._columns.items())
        return f"kam.Ledger({source!r}, {columns})"
