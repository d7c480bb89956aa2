"""What a ledger or a crm table can come from."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from kam import _kam
from kam._errors import LedgerError, wrong_type
from kam._frames import Frame, Frames, TableColumns, is_lazy, parts, stream

__all__ = ["Frame", "Path", "Source", "TableColumns", "is_path", "open_ledger", "open_table", "path_text"]

Path: TypeAlias = str | os.PathLike[str]
Source: TypeAlias = Path | Sequence[Path] | Frame | Iterable[Frame] | Callable[[], Frame | Iterable[Frame]]

_KINDS = (
    "a path, a list of paths, a frame of polars, pandas, pyarrow, DuckDB or Ibis, an ADBC cursor, an iterator of frames, "
    "or a function that gives one of these"
)


def is_path(value: object) -> bool:
    return isinstance(value, (str, os.PathLike))


def path_text(place: str, value: Any) -> str:
    """A path as text. A number would be a file that is open already, and text in bytes has no encoding."""
    text = os.fspath(value) if is_path(value) else None
    if not isinstance(text, str):
        raise wrong_type(place, "path", value, "pass text, or a pathlib.Path")
    return text


def open_ledger(source: Source, columns: str) -> _kam.Ledger:
    """A ledger of the compiled part; ``columns`` are its columns as JSON."""
    if isinstance(source, (str, os.PathLike)):
        return _kam.Ledger.of_files([os.fspath(source)], columns)
    if isinstance(source, (list, tuple)) and source and all(is_path(part) for part in source):
        return _kam.Ledger.of_files([os.fspath(part) for part in source], columns)
    if isinstance(source, (bytes, Mapping, type)):
        raise LedgerError(f"a {type(source).__name__} is not a ledger that kam reads", 103, f"pass {_KINDS}")
    if is_lazy(source):
        return _kam.Ledger.of_frames(Frames(source, columns), columns)
    found = stream(source, columns, "ledger")
    if found is not None:
        return _kam.Ledger.of_frame(*found, columns)
    if isinstance(source, Iterator):
        return _kam.Ledger.of_frames(parts(source, columns), columns)
    if isinstance(source, Iterable) or callable(source):
        return _kam.Ledger.of_frames(Frames(source, columns), columns)
    raise LedgerError(f"a {type(source).__name__} is not a ledger that kam reads", 103, f"pass {_KINDS}")


def open_table(name: str, source: Any, columns: TableColumns) -> Any:
    """A table of the crm or of rates as an object with the Arrow C stream."""
    if is_path(source):
        return _kam.Frame.of_file(os.fspath(source))
    found = stream(source.collect() if is_lazy(source) else source, columns, name)
    if found is not None:
        return found[0]
    message = f"{name}: a {type(source).__name__} is not a table that kam reads"
    raise LedgerError(message, 103, "pass a frame of polars, pandas, pyarrow, DuckDB or Ibis, or a path")
