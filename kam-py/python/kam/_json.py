"""Values on their way to the compiled part, as JSON."""

from __future__ import annotations

import datetime
import decimal
import json
import os
from collections.abc import Mapping
from typing import Any, TypeAlias

from kam._errors import OptionError

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
    raise TypeError(type(value).__name__)


def plain(value: Any) -> Any:
    """The value as JSON knows it, if it is not already."""
    return value if value is None or isinstance(value, (bool, int, float, str, list, tuple, dict)) else _plain(value)


def dumps(what: str, values: Mapping[str, Any]) -> str:
    """The values as a JSON object; ``what`` names them in errors."""
    written = {name: one(name, value, f"{what}: ") for name, value in values.items()}
    return "{" + ", ".join(f"{json.dumps(name)}: {value}" for name, value in written.items()) + "}"


def one(name: str, value: Any, place: str = "") -> str:
    """One value as JSON."""
    try:
        return json.dumps(value, default=_plain, allow_nan=False)
    except (TypeError, ValueError) as error:
        message = f"{place}option `{name}` is {value!r}, which cannot be passed on ({error})"
        raise OptionError(message, 301, "pass numbers, words, dates, lists or dicts of these") from None


def day(name: str, value: Any) -> str:
    """A day as ISO text, from text or anything that is a date: Python's, NumPy's or pandas'."""
    if isinstance(value, str):
        return value
    if isinstance(value, datetime.datetime):
        return value.date().isoformat()
    if isinstance(value, datetime.date):
        return value.isoformat()
    if type(value).__name__ == "datetime64":
        return str(value)[:10]
    message = f"`{name}` is {value!r}, which is no day"
    raise OptionError(message, 303, "pass text such as 2024-12-31 or a datetime.date")
