"""What a ledger's files look like: the names of their columns, their first rows, and every value of a column when asked."""

from __future__ import annotations

import csv
import difflib
import glob
import itertools
import os
import re
import shlex
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from kam import _kam
from kam._cli import _formats
from kam._cli._usage import UsageError
from kam._errors import ExtraError, LedgerError
from kam._extras import extra

#: How many rows are looked at to tell what a column holds.
ROWS = 2_000
DELIMITERS = (",", ";", "\t", "|")
#: How often progress is reported.
STEP = 200_000

Watch = Callable[[str, int, "int | None"], object]


class Look:
    """The columns of a ledger's files, by the first of them that has rows."""

    def __init__(self, patterns: list[str], delimiter: str | None, header: bool) -> None:
        self.files = files_of(patterns)
        self.delimiter = delimiter
        self.header = header
        for path in self.files:
            self._at(path)
            if any(self.columns.values()):
                return
        which = f"{self.path} has no" if len(self.files) == 1 else f"none of {self.files[0]} … {self.path} has"
        raise LedgerError(f"{which} rows, only names of columns", 102, "was it written completely?")

    def _at(self, path: str) -> None:
        self.path = path
        self.columns: dict[str, list[str]] = {}
        #: Column → the rows of its values, from 1.
        self.rows: dict[str, list[int]] = {}
        #: Columns whose values are dates or numbers by their type, not by their text.
        self.typed: dict[str, str] = {}
        #: Names that several columns have.
        self.doubled: set[str] = set()
        self.is_table = _is_table(path)
        if self.is_table:
            self._table()
        else:
            self._text()

    def _text(self) -> None:
        lines = []
        with _opened(self.path, "r") as file:
            try:
                for line in file:
                    lines.append(line)
                    if len(lines) > ROWS:
                        break
            except UnicodeDecodeError as error:
                raise _not_utf8(self.path, error) from error
        if not any(line.strip() for line in lines):
            raise LedgerError(f"{self.path} is empty: it has no columns", 102, "was it written completely?")
        if "\0" in lines[0]:
            raise LedgerError(f"{self.path} is not a kind of file that kam reads", 103, "kam reads Parquet, CSV and Arrow IPC files")
        if self.delimiter is None:
            self.delimiter = _delimiter(lines)
        try:
            rows = [row for row in _rows(lines, self.delimiter) if row]
        except csv.Error as error:
            raise LedgerError(f"{self.path} cannot be read: {error}", 102, "is it a CSV file, and is every quote closed?") from error
        self._check_quotes(lines, rows)
        names = [name.strip() if self.delimiter == "whitespace" else name for name in rows[0]]
        if self.header:
            looks_like_data = [name for name in names if _formats.is_date(name.strip()) or _formats.is_amount(name.strip())]
            if looks_like_data:
                shown = ", ".join(rows[0][:6])
                places = ", ".join(f"column_{at} is {value}" for at, value in enumerate(rows[0][:6], start=1))
                raise UsageError(
                    f"the first line of {self.path} seems to be data, not names: {shown}",
                    f"say --no-header, and name the columns by their place ({places}): --account column_1 …",
                )
        else:
            names = _places(rows[0])
        for at, name in enumerate(names):
            self._keep(name, [row[at] if at < len(row) else "" for row in rows[int(self.header) :]])

    def _check_quotes(self, lines: list[str], rows: list[list[str]]) -> None:
        """Refuses a quote that takes all that is there, or all but the names, into one value."""
        is_whole = len(lines) <= ROWS
        is_open = self.delimiter != "whitespace" and sum(line.count('"') for line in lines) % 2 and any("\n" in value for value in rows[-1])
        if is_open and (is_whole or len(rows) <= 2):
            what = f"a quote in its first rows is not closed, and takes more than {ROWS:,} lines"
            if is_whole:
                last = len(lines) + lines[-1].endswith("\n")
                what = f"its last record opens a quote that never closes, and runs to the end in line {last}"
            hint = "was it written completely? write it anew, or leave it out"
            raise LedgerError(f"{self.path} cannot be read: {what}", 102, hint)

    def _keep(self, name: str, values: Iterable[Any]) -> None:
        """A column's values that are not blank, and where they stand."""
        filled = [(at, text) for at, text in enumerate((str(value).strip() for value in values), start=1) if text]
        if name in self.columns:
            self.doubled.add(name)
        self.columns[name] = [text for _, text in filled]
        self.rows[name] = [at for at, _ in filled]

    def _table(self) -> None:
        what = f"looking at the columns of {self.path}"
        try:
            ((rows, types),) = _parquet_or_arrow(self.path, None, ROWS, what)
        except ExtraError as error:
            raise UsageError(
                f"{self.path} is binary, and without pyarrow its columns cannot be guessed",
                "name them, --account COLUMN --date COLUMN --amount COLUMN, or pip install 'kam[pyarrow]'",
            ) from error
        for name, kind in types.items():
            if kind.startswith(("date", "timestamp")):
                self.typed[name] = "date"
            elif re.match("u?int|float|double|half|decimal", kind):
                self.typed[name] = "number"
            elif not re.match("(large_)?string|(large_)?utf8|dictionary|null", kind):
                self.typed[name] = "other"
        for name in types:
            self._keep(name, ("" if value is None or str(value) == "nan" else value for value in rows[name]))

    def values(self, column: str, watch: Watch) -> Iterator[str]:
        """Every value of a column, of all files, but blanks."""
        done = 0
        for path in self.files:
            values = self._table_values(path, column) if _is_table(path) else self._text_values(path, column)
            for value in values:
                done += 1
                if done % STEP == 0:
                    watch(f"looking at {column}", done, None)
                if value:
                    yield value

    def _table_values(self, path: str, column: str) -> Iterator[str]:
        for rows, _ in _parquet_or_arrow(path, column, None, f"looking at {path}"):
            yield from (str(value).strip() for value in rows.get(column, []) if value is not None)

    def _text_values(self, path: str, column: str) -> Iterator[str]:
        with _opened(path, "r") as file:
            try:
                rows = (row for row in _rows(file, self.delimiter or ",") if row)
                first = next(rows, [])
                names = [name.strip() if self.delimiter == "whitespace" else name for name in first] if self.header else _places(first)
                if column not in names:
                    return
                at = names.index(column)
                for row in rows if self.header else itertools.chain([first], rows):
                    if at < len(row):
                        yield row[at].strip()
            except UnicodeDecodeError as error:
                raise _not_utf8(path, error) from error
            except csv.Error as error:
                raise LedgerError(f"{path} cannot be read: {error}", 102, "is it a CSV file, and is every quote closed?") from error


def _is_table(path: str) -> bool:
    with _opened(path, "rb") as file:
        return bool(file.read(6).startswith((b"PAR1", b"ARROW1")))


def _places(row: list[str]) -> list[str]:
    """The names of columns without a header."""
    return [f"column_{at}" for at in range(1, len(row) + 1)]


def _rows(lines: Any, delimiter: str) -> Iterator[list[str]]:
    if delimiter == "whitespace":
        return (line.split() for line in lines)
    return csv.reader(lines, delimiter={"tab": "\t"}.get(delimiter, delimiter))


def _delimiter(lines: list[str]) -> str:
    """The sign that cuts most lines into the same number of columns, two or more."""
    best, most = ",", 1
    if not lines:
        return best
    for sign in (*DELIMITERS, "whitespace"):
        try:
            rows = [row for row in _rows(lines[:200], sign) if row]
        except csv.Error:
            continue
        width = len(rows[0]) if rows else 0
        alike = sum(len(row) == width for row in rows)
        if width > most and alike >= 0.9 * len(rows) and (sign != "whitespace" or most == 1):
            best, most = sign, width
    return "tab" if best == "\t" else best


def delimiter_of(patterns: list[str]) -> str | None:
    """What separates the columns of a text file; ``None`` where there is nothing to be seen, and reading it will say why."""
    try:
        with open(files_of(patterns)[0], encoding="utf-8-sig", newline="") as file:
            return _delimiter([line for _, line in zip(range(200), file, strict=False)])
    except (OSError, UnicodeDecodeError, LedgerError):
        return None


def files_of(patterns: list[str]) -> list[str]:
    """The files of paths and globs."""
    files: list[str] = []
    for pattern in patterns:
        found = [pattern] if os.path.exists(pattern) or not re.search(r"[*?\[]", pattern) else sorted(glob.glob(pattern))
        if not found:
            raise LedgerError(f"no file matches {pattern}", 101, "is the pattern right? quote it, so that the shell leaves it alone")
        files += found
    return files


def _opened(path: str, mode: str) -> Any:
    try:
        if os.path.isdir(path):
            raise LedgerError(f"{path} is a folder", 103, f"name its files: '{os.path.join(path, '*.csv')}'")
        return open(path, mode) if mode == "rb" else open(path, encoding="utf-8-sig", newline="")
    except OSError as error:
        folder = os.path.dirname(path) or "."
        there = os.listdir(folder) if os.path.isdir(folder) else []
        alike = difflib.get_close_matches(os.path.basename(path), there, n=1)
        hint = f"did you mean {os.path.join(os.path.dirname(path), alike[0])}?" if alike else "is the path right?"
        raise LedgerError(f"{path}: {error.strerror}", 101, hint) from error


def _not_utf8(path: str, error: UnicodeDecodeError) -> LedgerError:
    hint = f"convert it: iconv -f WINDOWS-1252 -t UTF-8 {shlex.quote(path)} > utf8.csv"
    return LedgerError(f"{path}: its bytes are not UTF-8 ({error.reason})", 105, hint)


def _parquet_or_arrow(path: str, column: str | None, rows: int | None, what: str) -> Iterator[tuple[dict[str, list[Any]], dict[str, str]]]:
    """Columns of a Parquet or Arrow file as lists, batch by batch or the first rows, and the types of all."""
    dataset = extra("pyarrow", what, "pyarrow.dataset")
    errors = extra("pyarrow", what).ArrowException
    with open(path, "rb") as file:
        kind = "parquet" if file.read(4) == b"PAR1" else "ipc"
    try:
        source = dataset.dataset(path, format=kind)
        types = {field.name: str(field.type) for field in source.schema}
        scanner = source.scanner(columns=None if column is None else [name for name in types if name == column])
        for batch in scanner.to_batches() if rows is None else [scanner.head(rows)]:
            yield batch.to_pydict(), types
    except (errors, OSError, ValueError) as error:
        # The ledger says what is damaged in its own words.
        _kam.Frame.of_file(path)
        reason = str(error).partition("\n")[0]
        raise LedgerError(f"{path} cannot be read: {reason}", 102, "was it written completely?") from error
