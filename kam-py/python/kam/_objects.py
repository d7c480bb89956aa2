"""Columns of Python objects, as pandas keeps what has no type of its own: read exactly, or refused with the row that does not fit."""

from __future__ import annotations

import datetime
import decimal
import uuid
from collections.abc import Iterable
from typing import Any

import numpy as np

from kam._errors import ColumnError, LedgerError
from kam._extras import extra

#: Whole numbers up to here are floats without loss.
EXACT = 2**53

TEXT, WHOLE, FLOAT, DECIMAL = "text", "a whole number", "a float", "a Decimal"
YES_NO, DATE, CIVIL, INSTANT, ID = "yes or no", "a date", "a timestamp without a zone", "a timestamp with a zone", "a UUID"

#: What to write where two kinds meet that are no one kind together.
_ADVICE = {
    frozenset({TEXT, WHOLE}): '{frame} = {frame}.astype("string")',
    frozenset({TEXT, FLOAT}): 'make it one type: {frame}.astype("string") for text, pd.to_numeric({frame}) for numbers',
    frozenset({TEXT, DECIMAL}): "make every value a Decimal: {frame} = {frame}.map(decimal.Decimal, na_action='ignore')",
    frozenset({FLOAT, DECIMAL}): "make every value a Decimal of its text, or all of them floats: {frame} = {frame}.astype(float)",
    frozenset({WHOLE, FLOAT}): "a float does not hold it exactly; make every value a Decimal",
    frozenset({CIVIL, INSTANT}): "give all of them a zone, or none",
    frozenset({DATE, INSTANT}): "give all of them a zone, or make all of them dates",
}


def array(values: Any, table: str, column: str) -> Any:
    """A Series or Index of objects as an Arrow array of one type."""
    pandas, pyarrow = extra("pandas", "a pandas frame"), extra("pyarrow", "a pandas frame", extra="pandas")
    kind = pandas.api.types.infer_dtype(values, skipna=True)
    if kind == "empty":
        return pyarrow.nulls(len(values))
    # The common kinds at the speed of pandas; everything else is looked at value by value.
    fast = {"string": pyarrow.large_string(), "integer": pyarrow.int64(), "floating": pyarrow.float64(), "boolean": pyarrow.bool_()}
    if kind in fast:
        try:
            return pyarrow.array(values, fast[kind], from_pandas=True)
        except (pyarrow.ArrowException, OverflowError, UnicodeError):
            pass
    return _one_type(list(_plain(values, pandas)), table, column, pyarrow)


def _plain(values: Iterable[Any], pandas: Any) -> Iterable[Any]:
    """Values as Python has them, None for every way to write a missing one."""
    for value in values:
        if value is None or value is pandas.NA or value is pandas.NaT:
            yield None
        elif isinstance(value, np.datetime64):
            yield None if np.isnat(value) else pandas.Timestamp(value)
        else:
            plain = value.item() if isinstance(value, np.generic) else value
            # Only NaN is not itself.
            yield None if isinstance(plain, (float, decimal.Decimal)) and plain != plain else plain


def kind_of(value: Any) -> str:
    """What a value is, in words."""
    if isinstance(value, datetime.datetime):
        return CIVIL if value.utcoffset() is None else INSTANT
    kinds = (
        (str, TEXT),
        (bool, YES_NO),
        (int, WHOLE),
        (float, FLOAT),
        (decimal.Decimal, DECIMAL),
        (datetime.date, DATE),
        (uuid.UUID, ID),
    )
    return next((name for kind, name in kinds if isinstance(value, kind)), f"a {type(value).__name__}")


def _one_type(values: list[Any], table: str, column: str, pyarrow: Any) -> Any:
    first: dict[str, int] = {}
    count: dict[str, int] = {}
    for at, value in enumerate(values):
        if value is not None:
            kind = kind_of(value)
            first.setdefault(kind, at)
            count[kind] = count.get(kind, 0) + 1
    kinds = set(first)
    if kinds <= {WHOLE, DECIMAL}:
        return _decimals(values, table, column, pyarrow)
    if kinds == {WHOLE, FLOAT}:
        for at, value in enumerate(values):
            if isinstance(value, int) and abs(value) > EXACT:
                raise _clash(values, at, WHOLE, first[FLOAT], FLOAT, table, column)
        return pyarrow.array([None if value is None else float(value) for value in values], pyarrow.float64())
    if kinds == {DATE, CIVIL}:
        return pyarrow.array([value.date() if isinstance(value, datetime.datetime) else value for value in values], pyarrow.date32())
    if len(kinds) > 1:
        usual, odd = max(count, key=lambda kind: count[kind]), min(reversed(count), key=lambda kind: count[kind])
        raise _clash(values, first[odd], odd, first[usual], usual, table, column)
    (kind,) = kinds
    if kind == INSTANT:
        # Zones may differ from row to row; the instant is what counts.
        values = [None if value is None else value.astimezone(datetime.timezone.utc) for value in values]
        return pyarrow.array(values, pyarrow.timestamp("us", "UTC"))
    if kind == ID:
        values = [None if value is None else str(value) for value in values]
    types = {
        TEXT: pyarrow.large_string(),
        ID: pyarrow.large_string(),
        FLOAT: pyarrow.float64(),
        YES_NO: pyarrow.bool_(),
        DATE: pyarrow.date32(),
        CIVIL: pyarrow.timestamp("us"),
    }
    try:
        return pyarrow.array(values, types.get(kind), from_pandas=True)
    except (pyarrow.ArrowException, OverflowError, UnicodeError, TypeError, ValueError) as error:
        at = next(iter(_refused(values, types.get(kind), pyarrow)), first[kind])
        is_text = isinstance(error, UnicodeError)
        message = f"{table}: column `{column}`, row {at + 1}: {_shown(values[at])} cannot be read as {kind}: {error}"
        raise (LedgerError if is_text else ColumnError)(
            message, 105 if is_text else 202, f"mend the value, or leave the column out: frame.drop(columns=[{column!r}])"
        ) from error


def _refused(values: list[Any], kind: Any, pyarrow: Any) -> Iterable[int]:
    for at, value in enumerate(values):
        try:
            pyarrow.array([value], kind)
        except (pyarrow.ArrowException, OverflowError, UnicodeError, TypeError, ValueError):
            yield at


def _decimals(values: list[Any], table: str, column: str, pyarrow: Any) -> Any:
    """Whole numbers and Decimals, exactly."""
    whole, digits = 1, 0
    exact: list[decimal.Decimal | None] = []
    for at, value in enumerate(values):
        number = None if value is None else decimal.Decimal(value)
        exact.append(number)
        if number is None:
            continue
        if not number.is_finite():
            message = f"{table}: column `{column}`, row {at + 1}: {number} is no finite number"
            raise ColumnError(message, 202, "mend the value, or make it missing: None")
        exponent = int(number.as_tuple().exponent)
        whole = max(whole, number.adjusted() + 1)
        digits = max(digits, -exponent)
        if whole + digits > 76:
            message = f"{table}: column `{column}`, row {at + 1}: {_shown(value)} makes the column wider than 76 digits"
            raise ColumnError(message, 202, "round the values to the digits that money needs")
    kind = pyarrow.decimal128 if whole + digits <= 38 else pyarrow.decimal256
    return pyarrow.array(exact, kind(whole + digits, digits))


def _clash(values: list[Any], at: int, odd: str, other: int, usual: str, table: str, column: str) -> ColumnError:
    here, there = _shown(values[at]), _shown(values[other])
    message = f"{table}: column `{column}`, row {at + 1}: {here} is {odd}, while row {other + 1} has {there}, {usual}"
    advice = _ADVICE.get(frozenset({odd, usual}), "make every value of the column one type")
    return ColumnError(message, 202, advice.format(frame=f"frame[{column!r}]"))


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:59] + "…"
