"""Values on their way to the compiled part, as JSON."""

from __future__ import annotations

import datetime
import decimal
import json
import math
import operator
import os
from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from kam._errors import OptionError, wrong_type

Day: TypeAlias = str | datetime.date


def _plain(value: Any) -> Any:
    if isinstance(value, datetime.datetime):
        return value.date().isoformat()
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, decimal.Decimal):
        return float(value)
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if isinstance(value, Mapping):
        return dict(value)
    # NumPy scalars and arrays, Series of pandas and polars.
    for name in ("tolist", "to_list"):
        convert = getattr(value, name, None)
        if callable(convert):
            return convert()
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    rows = _rows(value)
    if rows is not None:
        return rows
    raise TypeError(type(value).__name__)


def _rows(frame: Any) -> list[dict[str, Any]] | None:
    """A frame's rows: column → value, without the missing ones, which have their defaults. None for anything else."""
    if hasattr(frame, "iloc"):
        rows = frame.to_dict("records")
    elif hasattr(frame, "to_dicts"):
        rows = frame.to_dicts()
    elif hasattr(frame, "to_pylist"):
        rows = frame.to_pylist()
    elif hasattr(frame, "to_dict"):
        columns = frame.to_dict()
        rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    else:
        return None
    return [{name: value for name, value in row.items() if not _is_missing(value)} for row in rows]


def plain(value: Any) -> Any:
    """The value as JSON knows it, if it is not already."""
    return value if value is None or isinstance(value, (bool, int, float, str, list, tuple, dict)) else _plain(value)


def _is_missing(value: Any) -> bool:
    """Is it one of the ways to write that there is no value?"""
    # Only NaN is not itself; pandas' NA cannot be asked.
    is_nan = isinstance(value, (float, decimal.Decimal)) and value != value
    return value is None or is_nan or type(value).__name__ in {"NAType", "NaTType"}


def _passed(name: str, value: Any, place: str, in_list: bool = False) -> Any:
    """The value as JSON knows it, with None for every missing number in a list. One that stands alone, at whatever depth, is an error:
    null would be the default."""
    value = plain(value)
    if isinstance(value, float) and math.isnan(value):
        if in_list:
            return None
        raise OptionError(f"{place}option `{name}` is nan", 301, "give a number; leave the option out for its default")
    if isinstance(value, (list, tuple)):
        return [_passed(f"{name}[{at}]", part, place, in_list=True) for at, part in enumerate(value)]
    if isinstance(value, dict):
        return {key: _passed(f"{name}.{key}", part, place) for key, part in value.items()}
    return value


def _readable(name: str, value: Any, place: str) -> Any:
    """The value as JSON knows it; what cannot be passed on is left for the error to name."""
    try:
        return _passed(name, value, place)
    except (TypeError, ValueError):
        return value


def dumps(what: str, values: Mapping[str, Any]) -> str:
    """The values as a JSON object; ``what`` names them in errors. A number in a list may be missing, an option alone may not."""
    place = f"{what}: "
    for name in values:
        if not isinstance(name, str):
            raise OptionError(f"{what}: {name!r} is not the name of an option", 301, "options are named by text")
    written = {name: one(name, _readable(name, value, place), place) for name, value in values.items()}
    return "{" + ", ".join(f"{json.dumps(name)}: {value}" for name, value in written.items()) + "}"


def one(name: str, value: Any, place: str = "") -> str:
    """One value as JSON."""
    try:
        return json.dumps(value, default=_plain, allow_nan=False)
    except (TypeError, ValueError) as error:
        message = f"{place}option `{name}` is {value!r}, which cannot be passed on ({error})"
        raise OptionError(message, 301, "pass numbers, words, dates, lists or dicts of these") from None


def word(place: str, name: str, value: Any, hint: str) -> str:
    """The text of an option."""
    if not isinstance(value, str):
        raise wrong_type(place, name, value, hint)
    return value


def words(place: str, name: str, value: Any, hint: str) -> list[Any]:
    """The texts of an option that may have several. One text is one of them, and not the letters it has."""
    if isinstance(value, str):
        return [value]
    if not isinstance(value, Iterable) or isinstance(value, (bytes, bytearray)):
        raise wrong_type(place, name, value, hint)
    return list(value)


def number(name: str, value: Any) -> float:
    """A number of an option."""
    try:
        return float(value)
    except (TypeError, ValueError):
        raise OptionError(f"option `{name}` is {value!r}", 301, "it must be a number") from None


def whole(name: str, value: Any, least: int = 0) -> int:
    """A whole number of an option, as 64 bits hold it."""
    try:
        found = None if isinstance(value, bool) else operator.index(value)
    except TypeError:
        found = None
    if found is None or not least <= found < 2**64:
        raise OptionError(f"option `{name}` is {value!r}", 301, f"it must be a whole number of {least} or more, below 2 to the power of 64")
    return found


def day(name: str, value: Any) -> str:
    """A day as ISO text, from text or anything that is a date: Python's, NumPy's or pandas'."""
    if isinstance(value, str):
        return value
    # pandas' missing day is a datetime that is no day.
    if isinstance(value, datetime.datetime) and value == value:
        return value.date().isoformat()
    if isinstance(value, datetime.date) and value == value:
        return value.isoformat()
    if type(value).__name__ == "datetime64":
        return str(value)[:10]
    message = f"`{name}` is {value!r}, which is no day"
    raise OptionError(message, 303, "pass text such as 2024-12-31 or a datetime.date")
