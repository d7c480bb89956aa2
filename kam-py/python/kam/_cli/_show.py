"""What the terminal shows: as wide as it is, coloured where somebody looks and wants it."""

from __future__ import annotations

import os
import re
import shutil
import sys
import textwrap
from collections import Counter
from collections.abc import Iterable
from typing import Any, TextIO

import numpy as np

from kam import _kam
from kam._facts import Facts
from kam._result import Result, figures_of
from kam._review import SHOWN, Review
from kam._table import Table, clean_text

#: Narrower than this nothing is fitted; wider than this nothing is easier to read.
NARROWEST, WIDEST = 60, 160
#: The classes whose counts a review shows.
CLASSES = ("abc", "xyz", "rfm_segment", "quadrant", "level", "growth_group", "loss")
BOLD, DIM, RED, YELLOW = "1", "2", "31", "33"
#: A blank at which no line ends.
FIXED = "\u00a0"


def width() -> int:
    """The terminal's columns; 120 where there is none."""
    return max(NARROWEST, min(WIDEST, shutil.get_terminal_size((120, 24)).columns))


def is_coloured(stream: TextIO) -> bool:
    """A terminal, and nobody said no."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    try:
        return stream.isatty()
    except (AttributeError, ValueError):
        return False


def paint(text: str, colour: str, stream: TextIO | None = None) -> str:
    """The text in a colour, if the stream has colours."""
    return f"\x1b[{colour}m{text}\x1b[0m" if is_coloured(stream or sys.stdout) else text


def clean(text: str) -> str:
    """Text of several lines, in which nothing from data commands the terminal."""
    return "\n".join(map(clean_text, text.split("\n")))


def wrapped(text: str, indent: str = "", first: str | None = None) -> str:
    """Text in lines of the terminal's width."""
    return textwrap.fill(
        text,
        width(),
        initial_indent=indent if first is None else first,
        subsequent_indent=indent,
        break_on_hyphens=False,
        break_long_words=False,
    )


def pairs(rows: Iterable[tuple[str, str]], indent: int = 2) -> list[str]:
    """Names and values, the values below each other; a line of their own is theirs alone, whatever the data say."""
    rows = [(clean_text(name), clean_text(value)) for name, value in rows]
    left = max((len(name) for name, _ in rows), default=0)
    lines = []
    for name, value in rows:
        block = wrapped(value, " " * (indent + left + 2)).lstrip().replace(FIXED, " ")
        lines.append(" " * indent + paint(name.ljust(left), DIM) + "  " + block)
    return lines


def table(of: Table, columns: list[str] | None = None, order: Any = None, rest: str | None = None) -> str:
    """A table fitted to the terminal, its head bold."""
    lines = of.text(columns, order, width=width(), rest=rest).splitlines()
    # The name, the head, the rule, the rows, and how much more there is.
    lines[0] = paint(lines[0], BOLD)
    if len(lines) > 1:
        lines[1] = paint(lines[1], BOLD)
    for at in range(3, len(lines)):
        lines[at] = paint(lines[at], DIM) if lines[at].startswith(("… ", "  ")) else _negatives(lines[at])
    return "\n".join(lines)


def _negatives(line: str) -> str:
    return re.sub(r"(?<!\S)-[\d,]+(?:\.\d+)?(?: %)?(?!\S)", lambda found: paint(found[0], RED), line)


def facts(of: Facts) -> str:
    """The facts in figures."""
    return "\n".join(pairs(of._lines(), 0))


def review(of: Review, source: Facts) -> str:
    """The review on a page: figures, classes, the largest accounts, and what did not run."""
    accounts = of.accounts
    lines = [paint(of._title().removeprefix("kam."), BOLD), "", facts(source), ""]
    counted = [(name.replace("_", " "), counts(accounts, name)) for name in CLASSES if name in accounts]
    counted = [(name, text) for name, text in counted if text]
    lines += [paint("classes", BOLD), *pairs(counted), ""] if counted else []
    shown = [column for column in SHOWN if column in accounts]
    largest = np.argsort(-accounts["revenue"], kind="stable")
    lines.append(table(accounts, shown, largest, "more columns in --csv, --json and --html"))
    skipped = of.skipped.to_dict()
    if skipped["method"]:
        lines += ["", paint("not run, for want of data", BOLD)]
        hints: dict[str, list[str]] = {}
        for name, hint in zip(skipped["method"], skipped["hint"], strict=True):
            hints.setdefault(spoken(hint or ""), []).append(name)
        lines += pairs((", ".join(names), hint) for hint, names in hints.items())
    return "\n".join(lines)


#: Options whose values are no columns.
_VALUES = {"base_currency": "CODE"}


def spoken(hint: str) -> str:
    """A hint for callers of functions, as one for those who type commands."""
    hint = re.sub(r"\b([a-z][a-z_]*)=…", lambda found: f"--{found[1].replace('_', '-')} {_VALUES.get(found[1], 'COLUMN')}", hint)
    tables = "|".join(table for table, _ in _kam.crm_tables())
    hint = re.sub(rf"\b(?:the )?crm table (`?)({tables})\b\1", r"--\2 FILE", hint)
    return hint.replace("name the ledger's column, --", "--")


def counts(of: Table, column: str) -> str:
    """How many accounts each class has, the classes in their own order; nothing where no account has one."""
    values = ["none" if value is None or value == "" else str(value).replace("_", " ") for value in of[column].tolist()]
    found = Counter(values)
    if set(found) <= {"none"}:
        return ""
    levels = ("transaction", "cooperation", "partnership", "synergy")
    places = {level: place for place, level in enumerate(levels)} if column == "level" else {}
    order = sorted(found, key=lambda value: (value == "none", places.get(value, 0), -found[value] if column == "rfm_segment" else 0, value))
    return f"{FIXED}· ".join(f"{value} {found[value]:,}".replace(" ", FIXED) for value in order)


def unused(of: Facts) -> str:
    """How the ledger's rows add up, where some of them came to nothing; empty where all were of use."""
    rows, rules = of.summary["reconciliation"], of.summary["quarantine"]
    if not any(rows[part]["rows"] for part in ("after_as_of", "unassigned", "quarantined")):
        return ""
    why = ", ".join(f"{count:,} × {rule}" for rule, count in rules.items())
    return dict(of._lines())["rows"] + (f" ({why})" if why else "")


def result(of: Result, rows: str) -> str:
    """The result of a method: its figures, its main table, the names of the others; ``rows`` is what :func:`unused` says."""
    figures = figures_of(of._outcome) + ([("rows", rows)] if rows else [])
    lines = [paint(f"kam.{of.method}", BOLD), *pairs(figures), "", table(of.table)]
    others = [name for name in of.tables if name != of.table.name]
    if others:
        lines.append(paint(f"more tables, by --table: {', '.join(others)}", DIM))
    return "\n".join(lines)
