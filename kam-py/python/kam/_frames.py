"""Frames of other libraries, as Arrow streams that are opened when they are read."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Protocol, TypeAlias, runtime_checkable

from kam import _kam, _objects
from kam._errors import ColumnError, KamError, LedgerError
from kam._extras import extra


@runtime_checkable
class ArrowStream(Protocol):
    """Anything with the Arrow C stream interface: frames of polars, pandas, pyarrow, DuckDB, ADBC and kam's own tables."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...


class Lazy(Protocol):
    """A lazy frame of polars."""

    def collect(self, *arguments: Any, **options: Any) -> Any: ...


class Scannable(Protocol):
    """A dataset of pyarrow."""

    def scanner(self, *arguments: Any, **options: Any) -> Any: ...


class Reading(Protocol):
    """A scanner of pyarrow."""

    def to_reader(self) -> Any: ...


class Fetching(Protocol):
    """A cursor of ADBC with a result."""

    def fetch_record_batch(self, *arguments: Any, **options: Any) -> Any: ...


class Exporting(Protocol):
    """An expression of Ibis."""

    def to_pyarrow_batches(self, *arguments: Any, **options: Any) -> Any: ...


class ArrowArray(Protocol):
    """Anything with the Arrow C array interface."""

    def __arrow_c_array__(self, requested_schema: object | None = None) -> tuple[object, object]: ...


#: What one table of rows can be.
Frame: TypeAlias = ArrowStream | ArrowArray | Lazy | Scannable | Reading | Fetching | Exporting

#: How many rows of a lazy frame are made at a time.
ROWS = 131_072


class TableColumns:
    """Which columns of a table are read: those that it ``needs``, if they are there. The others may be of any type; a table that ``keeps``
    them reads those that can be attributes."""

    def __init__(self, needs: Iterable[str], keeps: bool = False) -> None:
        self._needs = frozenset(needs)
        self.keeps = keeps

    def needs(self, column: str) -> bool:
        return column in self._needs

    def places(self, there: Sequence[str]) -> list[int]:
        """The places of the frame's columns without those that say again the name of one that is not read."""
        return [at for at, name in enumerate(there) if self.keeps or self.needs(name) or there.index(name) == at]


#: Which columns are asked for: the ledger's as JSON, or those of a table.
Columns: TypeAlias = str | TableColumns


class Stream:
    """A stream that is opened when it is read; ``what`` it is of stands in errors."""

    def __init__(self, what: str, open: Callable[[], Any]) -> None:
        self._what = what
        self._open = open

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        try:
            return self._open().__arrow_c_stream__(requested_schema)
        except KamError:
            raise
        except Exception as error:
            raise _failed(self._what, error) from error


def _failed(what: str, error: Exception) -> LedgerError:
    return LedgerError(f"{what} cannot be read: {error}", 104, "does it run on its own, and was it not read before?")


def library(value: Any) -> str:
    """The library that a value's type is of."""
    return type(value).__module__.split(".")[0]


def is_pandas(value: Any) -> bool:
    return library(value) == "pandas" and hasattr(value, "iloc") and hasattr(value, "columns")


def is_lazy(value: Any) -> bool:
    return library(value) == "polars" and hasattr(value, "collect_schema") and hasattr(value, "collect")


def is_series(value: Any) -> bool:
    """Is it one column, and not one of rows?"""
    is_one = type(value).__name__ == "Series" and library(value) in {"pandas", "polars"}
    return is_one and not str(value.dtype).lower().startswith("struct")


def stream(source: Any, columns: Columns, table: str) -> tuple[Any, bool] | None:
    """The source as an object with the Arrow C stream, and whether it gives its rows only once; ``None`` if it has no rows of its own.

    No column that ``columns`` do not ask for is read, so that it may be of any type.
    """
    if is_series(source):
        message = f"{table}: a Series is one column, and not a table"
        raise LedgerError(message, 103, "pass the frame that it is of, or to_frame() for a frame of it alone")
    if is_pandas(source):
        return Stream("the pandas frame", lambda: _pandas(source, columns, table)), False
    if library(source) == "ibis" and hasattr(source, "to_pyarrow_batches"):
        return Stream("the Ibis expression", lambda: _ibis(source, columns)), False
    if library(source) == "pyarrow" and hasattr(source, "scanner"):
        return Stream("the dataset", lambda: source.scanner(columns=wanted(columns, source.schema.names)).to_reader()), False
    if library(source) == "pyarrow" and hasattr(source, "projected_schema"):
        return Stream("the scanner", source.to_reader), False
    if library(source) in {"duckdb", "_duckdb"} and hasattr(source, "project"):
        return Stream("the DuckDB relation", lambda: _relation(source, columns)), False
    if library(source) in {"polars", "pyarrow"} and hasattr(source, "columns"):
        return Stream(f"the {library(source)} frame", lambda: _narrow(source, columns, table)), False
    if isinstance(source, ArrowStream):
        # A reader that is its own iterator gives its rows once; read again it would seem empty.
        return source, hasattr(type(source), "__next__")
    for fetch in ("to_arrow_reader", "fetch_record_batch"):
        # A cursor of ADBC, a connection of DuckDB: the result that waits there.
        if hasattr(source, fetch):
            return Stream(f"the result of the {type(source).__name__}", getattr(source, fetch)), True
    if hasattr(source, "__arrow_c_array__"):
        pyarrow = extra("pyarrow", f"reading a {type(source).__name__}")
        return Stream(f"the {type(source).__name__}", lambda: pyarrow.record_batch(source)), False
    return None


class Frames:
    """Frames one after the other, gone through anew each time: those of an iterable, of a lazy frame, or what a callable gives."""

    def __init__(self, source: Any, columns: str) -> None:
        self._source = source
        self._columns = columns

    def __iter__(self) -> Iterator[Any]:
        return parts(self._source() if callable(self._source) else self._source, self._columns)


def parts(source: Any, columns: str) -> Iterator[Any]:
    """The frames of a source."""
    if is_lazy(source):
        yield from _lazy(source, columns)
        return
    found = stream(source, columns, "ledger")
    if found is not None:
        yield found[0]
        return
    for part in source:
        yield from parts(part, columns) if is_lazy(part) else [_part(part, columns)]


def _part(part: Any, columns: str) -> Any:
    found = stream(part, columns, "ledger")
    if found is None:
        raise LedgerError(f"a {type(part).__name__} is not a frame that kam reads", 103, "let the iterator give frames, tables or batches")
    return found[0]


def wanted(columns: Columns, there: Sequence[str]) -> list[str]:
    """Those of a frame's columns that the ledger's columns ask for; one that is missing is an error. A table hears of all."""
    return list(there) if isinstance(columns, TableColumns) else _kam.wanted(columns, list(there))


def _places(columns: Columns, there: Sequence[str]) -> list[int]:
    """Where the columns stand that are passed on: a frame may have two of one name."""
    if isinstance(columns, TableColumns):
        return columns.places(there)
    return [there.index(column) for column in wanted(columns, there)]


def _twice(table: str, column: str) -> ColumnError:
    return ColumnError(f"{table}: two columns are called `{column}`", 202, "rename one of them")


def _narrow(frame: Any, columns: Columns, table: str) -> Any:
    """A frame in memory with no more columns than are asked for, each of a type that can be exported."""
    is_polars = library(frame) == "polars"
    there = list(frame.columns if is_polars else frame.schema.names)
    places = _places(columns, there)
    frame = frame[:, places] if is_polars else frame.select(places)
    return _exportable(frame, columns, table) if is_polars else frame


def _exportable(frame: Any, columns: Columns, table: str) -> Any:
    """A polars frame of types that Arrow knows. Columns of nothing but nulls become text: polars exports the type Null with a buffer that
    Arrow does not know. Integers of 128 bits are no type of Arrow's, and an error where they are asked for."""
    polars = sys.modules["polars"]
    wide = [getattr(polars, name) for name in ("Int128", "UInt128") if hasattr(polars, name)]

    def is_wide(kind: Any) -> bool:
        if isinstance(kind, polars.Struct):
            return any(is_wide(field.dtype) for field in kind.fields)
        return kind in wide or (isinstance(kind, (polars.List, polars.Array)) and is_wide(kind.inner))

    empty = []
    for column, kind in frame.schema.items():
        if is_wide(kind):
            if not isinstance(columns, TableColumns) or columns.needs(column):
                message = f"{table}: column `{column}` is {kind}, which Arrow does not have"
                raise ColumnError(message, 202, f"cast it: pl.col({column!r}).cast(pl.Int64), or pl.Decimal(38) for more digits")
            empty.append(polars.lit(None, polars.Binary).alias(column))
    frame = frame.with_columns(empty) if empty else frame

    def named(kind: Any) -> Any:
        if kind == polars.Null:
            return polars.String
        if isinstance(kind, polars.List):
            return polars.List(named(kind.inner))
        if isinstance(kind, polars.Array):
            return polars.Array(named(kind.inner), kind.size)
        if isinstance(kind, polars.Struct):
            return polars.Struct({field.name: named(field.dtype) for field in kind.fields})
        return kind

    other = {column: named(kind) for column, kind in frame.schema.items() if named(kind) != kind}
    return frame.cast(other) if other else frame


def _lazy(frame: Any, columns: str) -> Iterator[Any]:
    """A lazy polars frame, run anew, in batches where polars can give them."""
    polars = sys.modules["polars"]
    try:
        schema = frame.collect_schema()
        chosen = frame.select(wanted(columns, schema.names()))
        yield _exportable(polars.DataFrame(schema=chosen.collect_schema()), columns, "ledger")
        if hasattr(chosen, "collect_batches"):
            for batch in chosen.collect_batches(chunk_size=ROWS, maintain_order=True, lazy=True):
                yield _exportable(batch, columns, "ledger")
        else:
            yield _exportable(chosen.collect(), columns, "ledger")
    except polars.exceptions.PolarsError as error:
        raise _failed("the lazy frame", error) from error


def _ibis(expression: Any, columns: Columns) -> Any:
    """The batches of an Ibis expression where its backend gives them, its rows at once otherwise."""
    chosen = expression.select(*wanted(columns, list(expression.columns)))
    backend = chosen.get_backend()
    # Ibis 12 asks DuckDB for batches by a name that DuckDB 2 dropped; its way of giving all rows still works.
    has_batches = backend.name != "duckdb" or hasattr(backend.con, "fetch_record_batch")
    return chosen.to_pyarrow_batches(chunk_size=ROWS) if has_batches else chosen.to_pyarrow()


def _relation(relation: Any, columns: Columns) -> Any:
    there = list(relation.columns)
    if isinstance(columns, TableColumns):
        return relation.project(", ".join(f"#{at + 1}" for at in columns.places(there)))
    chosen = wanted(columns, there)
    quoted = ['"' + column.replace('"', '""') + '"' for column in chosen]
    return relation.project(", ".join(quoted)) if len(set(there)) == len(there) else relation


def _pandas(frame: Any, columns: Columns, table: str) -> Any:
    """A pandas frame, column by column; named levels of its index are columns too."""
    pyarrow = extra("pyarrow", "reading a pandas frame", extra="pandas")
    labels = [str(label) for label in frame.columns]
    levels = [level for level in frame.index.names if level is not None and str(level) not in labels]
    there = [*labels, *map(str, levels)]
    if isinstance(columns, TableColumns):
        places = columns.places(there)
    else:
        chosen = set(wanted(columns, there))
        places = [at for at, name in enumerate(there) if name in chosen]
    arrays = {}
    for at in places:
        name = there[at]
        if name in arrays:
            raise _twice(table, name)
        column = frame.iloc[:, at] if at < len(labels) else frame.index.get_level_values(levels[at - len(labels)])
        if not isinstance(columns, TableColumns) or columns.needs(name):
            arrays[name] = _column(column, table, name, pyarrow)
        else:
            arrays[name] = _spare(column, columns, table, name, pyarrow)
    return pyarrow.table(arrays)


def _spare(values: Any, columns: TableColumns, table: str, name: str, pyarrow: Any) -> Any:
    """A column that nobody asks for, if it can be an attribute; otherwise nothing, of a type that no attribute has."""
    if columns.keeps:
        try:
            return _column(values, table, name, pyarrow)
        except KamError:
            pass
    return pyarrow.nulls(len(values), pyarrow.binary())


def _column(values: Any, table: str, name: str, pyarrow: Any) -> Any:
    """A Series or Index as an Arrow array."""
    kind = values.dtype
    words = type(kind).__name__
    if str(kind) == "object":
        return _objects.array(values, table, name)
    if words == "CategoricalDtype" and str(kind.categories.dtype) == "object":
        return _objects.array(values.astype(object), table, name)
    if words == "PeriodDtype":
        message = f"{table}: column `{name}` holds periods ({kind}), and a period is no day"
        raise ColumnError(message, 202, f"take its first day: frame[{name!r}].dt.to_timestamp()")
    if words == "SparseDtype":
        values = values.sparse.to_dense() if hasattr(values, "sparse") else values
    try:
        return pyarrow.array(values, from_pandas=True)
    except UnicodeError:
        return _objects.array(values.astype(object), table, name)
    except (pyarrow.ArrowException, TypeError, ValueError) as error:
        message = f"{table}: column `{name}` is {kind}, which Arrow does not have: {error}"
        raise ColumnError(message, 202, f"make it another type, or leave it out: frame.drop(columns=[{name!r}])") from error
