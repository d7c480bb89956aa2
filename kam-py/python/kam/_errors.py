"""The exceptions of kam. Each has a stable ``code``, a message that says where, and often a ``hint`` that says what to do."""

from __future__ import annotations

import reprlib


class KamError(Exception):
    """Every error of kam.

    ``code`` is stable: 1xx reading a ledger, 2xx columns, 3xx options, 4xx facts, 5xx crm tables, 6xx fits, 7xx books, 999 a defect of kam.
    """

    message: str
    code: int
    hint: str | None

    def __init__(self, message: str, code: int = 999, hint: str | None = None) -> None:
        super().__init__(message, code, hint)
        self.message = message
        self.code = code
        self.hint = hint

    def __str__(self) -> str:
        return self.message if self.hint is None else f"{self.message}\n  hint: {self.hint}"


class LedgerError(KamError):
    """A ledger that cannot be read, or of which too much cannot be used (1xx)."""


class ColumnError(KamError):
    """A column that is missing or of a type that cannot hold what it should (2xx)."""


class OptionError(KamError):
    """An option, a method's name or a date that cannot be (3xx)."""


class CrmError(KamError):
    """A crm table with a value that cannot be used (5xx)."""


class FitError(KamError):
    """Input that a model cannot be fitted to (6xx)."""


class BookError(KamError):
    """A book that is held, damaged, newer, made with other columns, or without room; a batch that is there with other rows (7xx)."""


class ExtraError(KamError, ImportError):
    """A package that an optional part of kam needs is not installed; the hint names the extra."""


class ColumnKeyError(ColumnError, KeyError):
    """A column that a table of results does not have."""


class MethodKeyError(OptionError, KeyError):
    """A method that the review does not have."""


class SkippedError(KamError, KeyError):
    """A method that the review skipped for lack of data."""


def wrong_type(place: str, name: str, value: object, hint: str) -> OptionError:
    """The error of an argument of a type that it cannot be; what fits into a line is shown."""
    shown = f": {reprlib.repr(value)}" if isinstance(value, (int, float, str, bytes, slice)) else ""
    return OptionError(f"{place}: `{name}` is a {type(value).__name__}{shown}", 301, hint)


_CLASSES: dict[int, type[KamError]] = {
    1: LedgerError,
    2: ColumnError,
    3: OptionError,
    5: CrmError,
    6: FitError,
    7: BookError,
}

INTERRUPTED = 901


def from_code(code: int, message: str, hint: str | None) -> BaseException:
    """The exception of a code, made for the compiled part."""
    if code == INTERRUPTED:
        return KeyboardInterrupt(message)
    return _CLASSES.get(code // 100, KamError)(message, code, hint)


# Tracebacks name the exceptions as callers import them.
for _kind in (KamError, *_CLASSES.values(), ExtraError, ColumnKeyError, MethodKeyError, SkippedError):
    _kind.__module__ = "kam"
