"""What a ledger or a crm table can come from."""

from __future__ import annotations

import csv
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol, TypeAlias, runtime_checkable

from kam import _kam
from kam._errors import ExtraError, LedgerError
from kam._extras import extra


@runtime_checkable
class ArrowStream(Protocol):
    """Anything with the Arrow C stream interface: frames of polars, pandas, pyarrow, DuckDB, ADBC and kam's own tables."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...


Path: TypeAlias = str | os.PathLike[str]
Source: TypeAlias = Path | Sequence[Path] | ArrowStream | Iterable[ArrowStream]

_KINDS = "a path, a list of paths, a frame of polars, pandas, pyarrow or DuckDB, or an iterator of frames"


def is_path(value: object) -> bool:
    return isinstance(value, (str, os.PathLike))


def open_ledger(source: Source, names: Sequence[str], columns: str) -> _kam.Ledger:
    """A ledger of the compiled part; ``names`` are the columns and formulas it will read."""
    if isinstance(source, (str, os.PathLike)):
        return _kam.Ledger.of_files([os.fspath(source)], columns)
    if isinstance(source, ArrowStream):
        # A reader that is its own iterator gives its rows once; read again it would seem empty.
        once = hasattr(type(source), "__next__")
        return _kam.Ledger.of_frame(_exportable(source, names), once, columns)
    if isinstance(source, (list, tuple)) and source and all(is_path(part) for part in source):
        return _kam.Ledger.of_files([os.fspath(part) for part in source], columns)
    if hasattr(source, "collect") and hasattr(source, "lazy"):
        raise LedgerError("the ledger is a lazy frame", 103, "collect it first: frame.collect()")
    if isinstance(source, Iterator):
        return _kam.Ledger.of_frames((_exportable(part, names) for part in source), columns)
    if isinstance(source, Iterable) and not isinstance(source, (bytes, Mapping)):
        return _kam.Ledger.of_frames(_Frames(source, names), columns)
    raise LedgerError(f"a {type(source).__name__} is not a ledger that kam reads", 103, f"pass {_KINDS}")


class _Frames:
    """Frames that can be gone through again."""

    def __init__(self, frames: Iterable[Any], names: Sequence[str]) -> None:
        self._frames = frames
        self._names = names

    def __iter__(self) -> Iterator[Any]:
        return (_exportable(part, self._names) for part in self._frames)


def _exportable(frame: Any, names: Sequence[str] | None = None) -> Any:
    """A frame that its library can export: without the columns that no name asks for, which could be of any type."""
    library = type(frame).__module__.split(".")[0]
    if names is not None and library in {"pandas", "polars", "pyarrow"} and hasattr(frame, "columns"):
        there = getattr(frame, "column_names", frame.columns)
        labels = [column for column in there if isinstance(column, str)]
        read = {part for name in names for part in _kam.operands(name, labels)}
        # By place, because a frame may have two columns of one name.
        chosen = [at for at, column in enumerate(there) if isinstance(column, str) and column in read]
        if chosen:
            frame = frame.iloc[:, chosen] if library == "pandas" else frame[:, chosen] if library == "polars" else frame.select(chosen)
    if library == "polars" and hasattr(frame, "schema"):
        # polars exports a column of nothing but nulls with a buffer that the Arrow specification does not know.
        polars = sys.modules["polars"]
        empty = [column for column, kind in frame.schema.items() if kind == polars.Null]
        if empty:
            frame = frame.cast(dict.fromkeys(empty, polars.String))
    return frame


def open_table(name: str, source: Any) -> Any:
    """A crm table as an object with the Arrow C stream."""
    if isinstance(source, ArrowStream):
        return _exportable(source)
    if is_path(source):
        return read_file(name, os.fspath(source))
    message = f"{name}: a {type(source).__name__} is not a table that kam reads"
    raise LedgerError(message, 103, "pass a frame of polars, pandas, pyarrow or DuckDB, or a path")


def read_file(name: str, path: str) -> Any:
    """A file of a crm table: CSV as text, Parquet and Arrow by whichever of pyarrow and polars is there."""
    ending = os.path.splitext(path)[1].lower()
    if ending in {".parquet", ".pq", ".arrow", ".feather", ".ipc"}:
        return _read_binary(path, parquet=ending in {".parquet", ".pq"})
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            rows = csv.reader(file)
            header = next(rows, None)
            if header is None:
                raise LedgerError(f"{path} is empty: it has no columns", 102, "was it written completely?")
            columns: list[list[str | None]] = [[] for _ in header]
            for number, row in enumerate(rows, start=1):
                if not row:
                    continue
                if len(row) != len(header):
                    message = f"{path}: row {number} has {len(row)} fields instead of {len(header)}"
                    raise LedgerError(message, 102, "is a field with a comma in it not in quotes?")
                for column, value in zip(columns, row, strict=True):
                    column.append(value if value != "" else None)
    except OSError as error:
        raise LedgerError(f"{name}: {path}: {error.strerror}", 101, "is the path right?") from error
    except UnicodeDecodeError as error:
        raise LedgerError(f"{path}: its bytes are not UTF-8 ({error.reason})", 105, "convert it to UTF-8") from error
    except csv.Error as error:
        raise LedgerError(f"{path} cannot be read: {error}", 102, "is it a CSV file?") from error
    return _kam.Frame.of_text(list(zip(header, columns, strict=True)))


def _read_binary(path: str, *, parquet: bool) -> Any:
    if not os.path.exists(path):
        raise LedgerError(f"{path}: there is no such file", 101, "is the path right?")
    what = f"reading {path} as a crm table"
    try:
        if parquet:
            return extra("pyarrow", what, "pyarrow.parquet").read_table(path)
        return extra("pyarrow", what, "pyarrow.feather").read_table(path)
    except ExtraError as missing:
        try:
            polars = extra("polars", what)
        except ExtraError:
            raise missing from None
        return polars.read_parquet(path) if parquet else polars.read_ipc(path)
