"""Tables of results."""

from __future__ import annotations

import csv
import datetime
import io
import json
import math
import textwrap
import unicodedata
from typing import Any, Literal

import numpy as np

from kam import _kam
from kam._errors import ColumnKeyError, OptionError
from kam._extras import extra
from kam._held import Held
from kam._json import whole, word, words
from kam._source import Path, path_text

#: Rows of a table as a terminal and a notebook show it; widths of a terminal's line and cell.
ROWS = 10
HTML_ROWS = 20
WIDTH = 120
CELL = 32

#: Categories of Unicode that are no text: control characters, line and paragraph separators, halves of a pair, what no letter has yet.
_NO_TEXT = frozenset({"Cc", "Zl", "Zp", "Cs", "Cn"})
#: What turns the direction of everything after it. The joiners of Persian and of emoji, and the soft hyphen, are of the same category
#: and part of the words.
_TURNS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class Table(Held):
    """A named table. It has the Arrow C stream interface, so every frame library takes it as it is."""

    _instead = "send its to_arrow() or to_pandas()"

    def __init__(self, table: _kam.Table, scale: int = 2) -> None:
        self._table = table
        #: The decimals of a minor unit.
        self._scale = scale

    @property
    def name(self) -> str:
        """The table's name."""
        return self._table.name

    @property
    def columns(self) -> list[str]:
        """The columns' names."""
        return self._table.columns

    @property
    def units(self) -> dict[str, str]:
        """What the columns' numbers are: money, share, count, days, periods, number; plain for anything else."""
        return dict(zip(self._table.columns, self._table.units, strict=True))

    def __len__(self) -> int:
        return len(self._table)

    def __bool__(self) -> bool:
        # A table without rows is a table.
        return True

    def __getitem__(self, column: str) -> np.ndarray[Any, np.dtype[Any]]:
        """A column as a NumPy array: dates as datetime64[D], words as objects, a missing number as NaN."""
        hint = "a table is asked for columns by their names, which .columns lists; .head() gives rows, .to_pandas() a frame to cut"
        word(f"table {self.name}", "column", column, hint)
        try:
            kind, values = self._table.column(column)
        except KeyError:
            raise self._no_column(column) from None
        if kind == "date":
            days: np.ndarray[Any, np.dtype[Any]] = values.view("datetime64[D]")
            return days
        if kind == "object":
            objects = np.empty(len(values), dtype=object)
            for at, value in enumerate(values):
                objects[at] = value
            return objects
        array: np.ndarray[Any, np.dtype[Any]] = values
        return array

    def _no_column(self, column: str) -> ColumnKeyError:
        return ColumnKeyError(f"table {self.name} has no column `{column}`", 201, f"its columns are {', '.join(self.columns)}")

    def __contains__(self, column: object) -> bool:
        return column in self._table.columns

    def head(self, rows: int = 10) -> Table:
        """The first rows."""
        return Table(self._table.head(whole("rows", rows)), self._scale)

    def to_dict(self) -> dict[str, list[Any]]:
        """Column → values; dates as ISO text, a missing value as None."""
        columns: dict[str, list[Any]] = json.loads(self._table.json())["columns"]
        return columns

    def to_csv(self, path: Path | None = None) -> str | None:
        """The table as CSV, written to a file or returned."""
        columns = self.to_dict()
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(columns)
        for row in zip(*columns.values(), strict=True):
            writer.writerow(["; ".join(map(str, value)) if isinstance(value, list) else value for value in row])
        if path is None:
            return text.getvalue()
        with open(path_text("to_csv", path), "w", encoding="utf-8", newline="") as file:
            file.write(text.getvalue())
        return None

    def to_polars(self) -> Any:
        """The table as a polars DataFrame."""
        polars = extra("polars", "to_polars()")
        return polars.DataFrame(self)

    def to_arrow(self, *, lists: Literal["list", "text"] = "list") -> Any:
        """The table as a pyarrow Table.

        Args:
            lists: ``"text"`` joins the values of a list with semicolons, for databases that have no lists (SQLite).
        """
        pyarrow = extra("pyarrow", "to_arrow()")
        if lists not in ("list", "text"):
            raise OptionError(f"option `lists` is {lists!r}", 301, "it must be 'list' or 'text'")
        table = pyarrow.table(self)
        for at, field in enumerate(table.schema):
            if lists == "text" and pyarrow.types.is_list(field.type):
                values = [None if value is None else "; ".join(map(str, value)) for value in table.column(at).to_pylist()]
                table = table.set_column(at, field.with_type(pyarrow.string()), pyarrow.array(values, pyarrow.string()))
        return table

    def to_pandas(self) -> Any:
        """The table as a pandas DataFrame; dates become datetime64 with NaT for a missing one."""
        pandas = extra("pandas", "to_pandas()")
        frame = pandas.DataFrame({column: self[column] for column in self.columns}, columns=self.columns)
        frame.attrs["name"] = self.name
        return frame

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self._table.__arrow_c_stream__(requested_schema)

    def __repr__(self) -> str:
        return self.text()

    def text(
        self,
        columns: list[str] | None = None,
        order: np.ndarray[Any, np.dtype[np.intp]] | None = None,
        *,
        width: int = WIDTH,
        rest: str | None = None,
    ) -> str:
        """The table as a terminal shows it, with these columns and the rows in this order; ``rest`` stands for the names of the others."""
        if columns is not None:
            columns = words(f"table {self.name}", "columns", columns, "pass names of columns, or one name")
        if columns is None or order is None:
            rows = self.head(ROWS).to_dict()
            for column in columns or ():
                if column not in rows:
                    raise self._no_column(column)
            shown = {column: rows[column] for column in columns or self.columns}
        else:
            shown = {column: [_plain(value) for value in self[column][order[:ROWS]].tolist()] for column in columns}
        others = [column for column in self.columns if column not in shown]
        return _text(self.name, shown, self.units, len(self), others, self._scale, width, rest)

    def _repr_html_(self) -> str:
        return self._table.html(HTML_ROWS)


def clean_text(text: str) -> str:
    """Text from data, in which nothing commands a terminal: a sign that would is U+FFFD."""
    if text.isascii() and text.isprintable():
        return text
    return "".join("\ufffd" if sign in _TURNS or unicodedata.category(sign) in _NO_TEXT else sign for sign in text)


def _cell(value: Any, unit: str, largest: float, scale: int) -> str:
    """A value as people read it: thousands separated, shares as percentages, nothing that a terminal would take for a command."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}" if unit != "plain" else str(value)
    if isinstance(value, float):
        return f"{value * 100:.1f} %" if unit == "share" else f"{value:,.{_decimals(value, largest, unit, scale)}f}"
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    text = clean_text(" ".join(text.split()))
    return text if len(text) <= CELL else text[: CELL - 1] + "…"


def _decimals(value: float, largest: float, unit: str, scale: int) -> int:
    """Those of a minor unit for money; for other numbers fewer the larger they are. Beside numbers above 10,000 a number has none, but for
    one that would then lose what it says."""
    if unit == "money":
        return scale
    if largest >= 10_000:
        return 0 if value == 0 or abs(value) >= 100 else 2 if abs(value) >= 10 else 4
    return 2 if largest >= 10 else 4


def _width(text: str) -> int:
    """How many columns of a terminal a text takes: signs of East Asia take two, marks upon letters and joiners none."""
    return len(text) if text.isascii() else sum(map(_columns, text))


def _columns(sign: str) -> int:
    # Terminals draw the soft hyphen, though it is of the category of the joiners.
    if unicodedata.category(sign) in {"Mn", "Me", "Cf"} and sign != "\u00ad":
        return 0
    return 2 if unicodedata.east_asian_width(sign) in "WF" else 1


def _block(name: str, values: list[Any], unit: str, scale: int) -> list[str]:
    """A column of a terminal: its name, a line, its cells, all of one width."""
    largest = max((abs(value) for value in values if isinstance(value, float)), default=0.0)
    cells = [_cell(value, unit, largest, scale) for value in values]
    width = max([_width(name), *map(_width, cells)])
    right = any(isinstance(value, (int, float)) and not isinstance(value, bool) for value in values)

    def align(text: str) -> str:
        blanks = " " * (width - _width(text))
        return blanks + text if right else text + blanks

    return [align(name), "─" * width, *map(align, cells)]


def _plain(value: Any) -> Any:
    """A value of a NumPy array as JSON would have it."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    return value.isoformat() if isinstance(value, datetime.date) else value


def _text(
    name: str,
    shown: dict[str, list[Any]],
    units: dict[str, str],
    rows: int,
    others: list[str],
    scale: int,
    width: int,
    rest: str | None,
) -> str:
    blocks = [_block(clean_text(column), values, units[column], scale) for column, values in shown.items()]
    kept: list[list[str]] = []
    used = 0
    for block in blocks:
        used += _width(block[0]) + 2
        if kept and used - 2 > width:
            break
        kept.append(block)
    others = [clean_text(column) for column in [*list(shown)[len(kept) :], *others]]
    lines = [f"{clean_text(name)}: {rows:,} rows × {len(units)} columns"]
    lines += ["  ".join(parts).rstrip() for parts in zip(*kept, strict=True)]
    if rows > ROWS:
        lines.append(f"… {rows - ROWS:,} more rows")
    if others and rest is not None:
        lines.append(f"… {len(others)} {rest}")
    elif others:
        lines += textwrap.wrap(
            f"… {len(others)} more {'columns' if len(others) > 1 else 'column'}: {', '.join(others)}",
            width,
            subsequent_indent="  ",
            break_on_hyphens=False,
        )
    return "\n".join(lines)
