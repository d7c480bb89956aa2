"""How text writes days and amounts: worked out where the text leaves no doubt, doubted aloud where it does."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

_TIME = r"(?:[ T](?P<time>\d{1,2}:\d{2}(?P<seconds>:\d{2}(?:\.\d+)?)?)(?P<half> ?[AaPp][Mm])?)?"
_ISO = re.compile(r"^\d{4}-\d{2}-\d{2}(?:[ T]\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?$|^(?:19|20)\d{6}$")
_NUMBERS = re.compile(r"^(?P<a>\d{1,4})(?P<sign>[./-])(?P<b>\d{1,2})(?P=sign)(?P<c>\d{1,4})" + _TIME + "$")
_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_LONG = "january|february|march|april|june|july|august|september|october|november|december"
_NAMED = (
    (re.compile(rf"^\d{{1,2}}(?P<sign>[ ./-])(?:{_MONTHS})(?P=sign)\d{{4}}$", re.I), "%d{sign}%b{sign}%Y"),
    (re.compile(rf"^\d{{1,2}}(?P<sign>[ ./-])(?:{_MONTHS})(?P=sign)\d{{2}}$", re.I), "%d{sign}%b{sign}%y"),
    (re.compile(rf"^\d{{1,2}}(?P<sign>[ .-])(?:{_LONG})(?P=sign)\d{{4}}$", re.I), "%d{sign}%B{sign}%Y"),
    (re.compile(rf"^(?:{_MONTHS})(?P<sign> )\d{{1,2}}, \d{{4}}$", re.I), "%b %d, %Y"),
    (re.compile(rf"^(?:{_LONG})(?P<sign> )\d{{1,2}}, \d{{4}}$", re.I), "%B %d, %Y"),
)

#: A few rows out of a thousand may be rubbish: they decide nothing against all others, and the ledger quarantines them.
TOLERATED = 0.001


@dataclass(frozen=True)
class Known:
    """The one format that reads the text; ``None`` where kam reads it without one."""

    format: str | None
    #: A value that only this format reads, if that decided it.
    because: str | None = None
    #: Does a row say which sign separates decimals or thousands?
    has_signs: bool = field(default=False, compare=False)


@dataclass(frozen=True)
class Doubt:
    """Text with two readings: a value, and format → what it would be."""

    value: str
    readings: dict[str, str]


@dataclass(frozen=True)
class Mixed:
    """Text that is written in several ways: a value of each."""

    values: tuple[str, ...]


def is_date(text: str) -> bool:
    """Does this look like a day?"""
    return bool(_ISO.match(text)) or _shape(text) is not None


def _shape(text: str) -> tuple[str, ...] | None:
    """What formats can differ in: where the year is, the sign between, how the time is written."""
    numbers = _NUMBERS.match(text)
    if numbers:
        a, c = numbers["a"], numbers["c"]
        year = "first" if len(a) == 4 else "last" if len(c) == 4 else "short" if len(a) <= 2 and len(c) == 2 else None
        if year is None or len(a) == 3:
            return None
        clock = "" if not numbers["time"] else ("%I:%M" if numbers["half"] else "%H:%M") + (":%S" if numbers["seconds"] else "")
        half = "" if not numbers["half"] else " %p" if numbers["half"].startswith(" ") else "%p"
        return (year, numbers["sign"], (" " if clock else "") + clock + half)
    for pattern, form in _NAMED:
        named = pattern.match(text)
        if named:
            return ("named", form.format(sign=named["sign"]), "")
    return None


def _orders(shape: tuple[str, ...]) -> list[str]:
    """The formats that text of this shape may have."""
    year, sign, time = shape
    if year == "named":
        return [sign]
    orders = {"first": ["Ymd"], "last": ["dmY", "mdY"], "short": ["dmy", "mdy", "ymd"]}[year]
    return [sign.join(f"%{letter}" for letter in order) + time for order in orders]


def _parts(form: str, text: str) -> tuple[str, str]:
    """Text and format without their times."""
    if "%b" in form or "%B" in form:
        return text, form
    return re.split("[ T]", text, maxsplit=1)[0], form.split(" ")[0]


def _reads(form: str, text: str) -> bool:
    try:
        day = datetime.datetime.strptime(*_parts(form, text))
    except ValueError:
        return False
    return 1950 <= day.year <= 2100


def date_format(values: Iterable[str]) -> Known | Doubt | Mixed | None:
    """The format of text dates; ``None`` where they are no dates."""
    shapes: dict[tuple[str, ...], int] = {}
    examples: dict[tuple[str, ...], str] = {}
    days: dict[tuple[tuple[str, ...], str], int] = {}
    rows = iso = 0
    for text in values:
        rows += 1
        if _ISO.match(text):
            iso += 1
            continue
        shape = _shape(text)
        if shape is not None:
            examples.setdefault(shape, text)
            shapes[shape] = shapes.get(shape, 0) + 1
            day = text if shape[0] == "named" else re.split("[ T]", text, maxsplit=1)[0]
            days[shape, day] = days.get((shape, day), 0) + 1
    failures: dict[str, int] = {}
    deciding: dict[str, str] = {}
    # There are few days, however many rows.
    for (shape, day), count in days.items():
        for form in _orders(shape):
            if not _reads(form, day):
                failures[form] = failures.get(form, 0) + count
                deciding.setdefault(form, day)
    enough = max(1, rows * (1 - TOLERATED)) if rows else 1
    if iso >= enough:
        return Known(None)
    known = [shape for shape, count in shapes.items() if count > rows * TOLERATED]
    if not known or iso + sum(shapes[shape] for shape in known) < rows / 2:
        return None
    if len(known) > 1 or iso > rows * TOLERATED:
        return Mixed(tuple(examples[shape] for shape in sorted(known, key=lambda shape: -shapes[shape])[:3]))
    (shape,) = known
    orders = _orders(shape)
    possible = [form for form in orders if failures.get(form, 0) <= shapes[shape] * TOLERATED]
    # Text that one order reads throughout and another refuses now and then is of the first order.
    if len(possible) > 1:
        least = min(failures.get(form, 0) for form in possible)
        possible = [form for form in possible if failures.get(form, 0) == least] if least == 0 else possible
    if len(possible) == 1:
        refused = next((deciding[form] for form in orders if form in deciding and form != possible[0]), None)
        return Known(possible[0], refused if len(orders) > 1 else None)
    if not possible:
        texts = [deciding[form] for form in orders if form in deciding]
        return Mixed(tuple(dict.fromkeys(texts)))
    value = examples[shape]
    return Doubt(value, {form: _spoken(form, value) for form in possible})


def _spoken(form: str, text: str) -> str:
    day = datetime.datetime.strptime(*_parts(form, text))
    return f"{day.day} {day:%B} {day.year}"


_PLAIN = re.compile(r"^\(?[-+−]?\s*\d+(?:\.\d+)?\)?$")
#: What nearly all rows of most files are, told at once.
_SIMPLE = re.compile(r"^-?[0-9]+(?P<decimals>\.[0-9]{1,2})?$")
_AMOUNT = re.compile(
    r"^\(?\s*[-+−]?\s*(?P<prefix>[^\d\s.,'()+−-]{0,4}?)\s*[-+−]?\s*"
    r"(?P<body>\d[\d.,'’\u00a0\u202f ]*?)\s*(?P<suffix>[^\d\s.,'()+−-]{0,4})\s*\)?$"
)


def is_amount(text: str) -> bool:
    """Does this look like a number?"""
    return bool(_PLAIN.match(text)) or bool(_AMOUNT.match(text))


def amount_format(values: Iterable[str]) -> Known | Doubt | Mixed | None:
    """How text writes amounts, as 1234.56 would be; ``None`` where they are no amounts."""
    decimals: dict[str, str] = {}
    groups: dict[str, str] = {}
    doubtful: dict[str, str] = {}
    around: dict[tuple[str, str], int] = {}
    #: What a sign separates, and the sign → rows.
    counts: dict[tuple[str, str], int] = {}
    rows = common = plain = read = 0

    def separates(what: str, examples: dict[str, str], sign: str, text: str) -> None:
        examples.setdefault(sign, text)
        counts[what, sign] = counts.get((what, sign), 0) + 1

    for text in values:
        rows += 1
        simple = _SIMPLE.match(text)
        if simple:
            common += 1
            if simple["decimals"]:
                separates("decimals", decimals, ".", text)
            continue
        if _PLAIN.match(text):
            plain += 1
        found = _AMOUNT.match(text)
        if not found:
            continue
        read += 1
        around[found["prefix"], found["suffix"]] = around.get((found["prefix"], found["suffix"]), 0) + 1
        signs = [sign for sign in found["body"] if not sign.isdigit()]
        if not signs:
            continue
        last = signs[-1]
        before, after = found["body"].rsplit(last, 1)
        if len(set(signs)) > 1:
            separates("decimals", decimals, last, text)
            separates("groups", groups, signs[0], text)
        elif len(signs) > 1:
            separates("groups", groups, last, text)
        elif len(after) != 3 or len(before) > 3 or before.startswith("0"):
            separates("decimals", decimals, last, text)
        else:
            doubtful.setdefault(last, text)
    read, plain = read + common, plain + common
    if common:
        around["", ""] = around.get(("", ""), 0) + common
    if not read or read < rows / 2:
        return None

    def is_mixed() -> bool:
        return len(decimals) > 1 or len(groups) > 1 or bool(set(decimals) & set(groups))

    rubbish = 0
    if is_mixed():
        few = {pair for pair, count in counts.items() if count <= rows * TOLERATED}
        decimals = {sign: text for sign, text in decimals.items() if ("decimals", sign) not in few}
        groups = {sign: text for sign, text in groups.items() if ("groups", sign) not in few}
        rubbish = sum(counts[pair] for pair in few)
    if is_mixed():
        return Mixed(tuple(dict.fromkeys([*decimals.values(), *groups.values()]))[:3])
    for sign, text in doubtful.items():
        if sign in decimals or sign in groups:
            continue
        if decimals or sign not in ".,":
            # Whatever separates the decimals is known, and this is not it.
            groups.setdefault(sign, text)
            continue
        prefix, suffix = max(around, key=lambda pair: around[pair])
        other = "," if sign == "." else "."
        number = _AMOUNT.match(text)
        body = number["body"] if number else text
        as_decimal, as_group = f"1{other}234{sign}56", f"1{sign}234{other}56"
        readings = {as_decimal: body.replace(sign, "."), as_group: body.replace(sign, "")}
        return Doubt(text, {_example(prefix, example, suffix): meaning for example, meaning in readings.items()})
    if plain + rubbish >= read:
        return Known(None)
    decimal = next(iter(decimals), "," if "." in groups else ".")
    group = next((sign for sign in groups if sign != decimal), "," if decimal == "." else ".")
    prefix, suffix = max(around, key=lambda pair: (bool(pair[0] or pair[1]), around[pair]))
    return Known(_example(prefix, f"1{group}234{decimal}56", suffix), has_signs=bool(decimals or groups))


def _example(prefix: str, number: str, suffix: str) -> str:
    return f"{prefix}{number}{' ' + suffix if suffix else ''}"
