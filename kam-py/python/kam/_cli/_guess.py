"""Which column of a ledger is which: by their names, and only where what they hold agrees."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable
from dataclasses import dataclass, field

from kam._cli import _formats
from kam._cli._look import Look, Watch
from kam._cli._usage import UsageError

ID = "(id|no|nr|num|number|key|code)"
WHO = "(customer|client|account|buyer|debtor|cust|kunden?|debitor(en)?|sold_to)"
#: What is told of a customer, and is not the customer.
ABOUT = (
    "manager|owner|rep|agent|type|segment|categor|group|class|status|since|country|city|region|state|zip|mail|phone|address"
    "|age|gender|count"
)
PAPER = "(order|invoice|document|doc|receipt|transaction|bill|ticket|basket|beleg|rechnungs?|auftrags?|bestell)"

#: A currency behind the name of an amount.
MONEY = "(_(usd|eur|gbp|chf|aud|cad|jpy|cny|local|lc|dollars?|euros?))?"

#: Role → patterns of a column's name in words, best first; a better pattern beats a worse one, two columns of one pattern are a doubt.
NAMES: dict[str, tuple[str, ...]] = {
    "account": (
        f"{WHO}_?{ID}",
        "customer|client|account|buyer|debtor|kunde|debitor|sold_to",
        f"{WHO}_?name",
        f"(company|partner|dealer|shop|store|firma|member|user)(_?{ID})?",
        f"(?!.*({ABOUT})).*{WHO}.*",
    ),
    "date": (
        "(order|invoice|sales?|booking|posting|transaction|document|purchase)_?(date|day|datetime|timestamp|time)",
        "date|day|datum|timestamp|datetime|(rechnungs|bestell|buchungs|beleg|auftrags|verkaufs)_?datum",
        "(close|closed|payment|paid|delivery|ship|shipping|shipped)_?(date|day|on|at)",
        "(?!.*(due|birth|required|open|engage|create|update|modif|valid|start|end)).*(date|day|datum).*",
    ),
    "amount": (
        "(net_?)?(amount|revenue|turnover|umsatz|betrag|nettobetrag|nettoumsatz)|net|(net|sales)_?(amount|revenue|value|sales)|sales",
        "(line|order|invoice|extended|total)_?(amount|total|value|revenue|price|sales)",
        "total|value|(close|dollar|order)_?value|umsatz_.*",
        f"(net_?)?(amount|revenue|sales|umsatz|betrag|value){MONEY}",
    ),
    "order": (f"{PAPER}_?{ID}", "order|invoice|receipt|document|rechnung|beleg|auftrag"),
    "cost": ("(product_?|total_?|line_?)?costs?|cogs|cost_?of_?goods(_?sold)?|cost_?(amount|value)|kosten|wareneinsatz",),
    "cost_to_serve": ("cost_?to_?serve|(service|serving)_?costs?",),
    "list_amount": ("list_?(amount|value)|amount_?before_?discount|gross_?before_?discount",),
    "direction": (
        "direction|product_?(line|category|group|family)|warengruppe|produktgruppe|produktlinie",
        "category|division|business_?unit|sparte",
        "product(_?name)?|channel",
    ),
    "currency": ("currency(_?code)?|curr|waehrung|währung",),
    "manager": (
        "(key_?)?(account|sales|customer)_?(manager|rep|representative|person|agent|owner|man)(_?(id|name))?",
        "manager|rep|seller|agent|owner|vertreter|verkäufer|betreuer",
    ),
}
QUANTITY = (
    "quantity|qty|menge|anzahl|stück(zahl)?|units|pieces|(order|sales|invoice)_?(quantity|qty)|(quantity|qty|units|pieces)_?(ordered|sold)"
    "|(number|no|nr)_?of_?(items|units|pieces)",
    "(item|unit|piece)s?_?count|count|pcs|items",
)
PRICE = (f"((unit|item|sales|selling|net)_?price|price(_?each)?|(einzel|stück|verkaufs)?preis){MONEY}",)
UNIT_COST = (f"((unit|item|standard)_?cost|buy_?price|cost_?each|purchase_?price|einkaufspreis|einstandspreis){MONEY}",)
PROFIT = ("(gross_?)?profit|gewinn|deckungsbeitrag|rohertrag",)

REQUIRED = ("account", "date", "amount")
#: What a column must hold to be this.
HOLDS = {"date": "date", "amount": "number", "cost": "number", "cost_to_serve": "number", "list_amount": "number"}
#: Parts of names of numbers that are not what was sold for.
NO_MONEY = (
    "discount|rabatt|tax|vat|mwst|steuer|rate|percent|pct|share|weight|gewicht|score|lat|lon|margin|profit|cost|kosten|price|preis|freight|fracht"
    "|shipping|quantity|qty|menge|balance|saldo|limit|budget|age|size|hours"
)
JOIN = "join the two first (docs/recipes.md shows how)"
#: Directions and managers are few.
FEW = {"direction": 60, "manager": 500, "currency": 40}


#: The number of an amount format.
NUMBER = "1.234.56"


@dataclass
class Guess:
    """What was made of a ledger's columns."""

    columns: dict[str, str] = field(default_factory=dict)
    #: Role → a value, as an example.
    examples: dict[str, str] = field(default_factory=dict)
    #: Role → why this column.
    reasons: dict[str, str] = field(default_factory=dict)
    formats: dict[str, str] = field(default_factory=dict)
    delimiter: str | None = None


def words(name: str) -> str:
    """``CustomerID``, ``Customer ID`` and ``customer-id`` are ``customer_id``."""
    parted = re.sub(r"(?<=[a-zäöü0-9])(?=[A-ZÄÖÜ])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name.strip())
    return re.sub(r"[^0-9a-zäöüß]+", "_", parted.lower()).strip("_")


def _kind(look: Look, column: str) -> str:
    """date, number, text or other: what a column holds."""
    if column in look.typed:
        return look.typed[column]
    values = look.columns[column][:500]
    if not values:
        return "nothing"
    if sum(map(_formats.is_date, values)) >= 0.9 * len(values):
        return "date"
    return "number" if sum(map(_formats.is_amount, values)) >= 0.9 * len(values) else "text"


class Guesser:
    """Goes through the roles, best known names first; a column is one thing only."""

    def __init__(self, look: Look, given: dict[str, str | None]) -> None:
        self.look = look
        self.kinds = {column: _kind(look, column) for column in look.columns}
        self.given = given
        self.guess = Guess(columns={role: column for role, column in given.items() if column})
        self.used = {column for column in self.guess.columns.values() if column in look.columns}

    def all(self) -> Guess:
        """Every role that was not named; what must be there and is not found, or could be two columns, is a question."""
        for role in ("date", "account", "amount", "order", "cost", "cost_to_serve", "list_amount", "direction", "currency", "manager"):
            if self.given.get(role) is None:
                {"amount": self._amount, "cost": self._cost}.get(role, self._plain)(role)
        for role, column in self.guess.columns.items():
            values = self.look.columns.get(column)
            if values:
                self.guess.examples[role] = values[0]
        return self.guess

    def _take(self, role: str, column: str, reason: str, *used: str) -> None:
        self.guess.columns[role] = column
        self.guess.reasons[role] = reason
        self.used.update(used or (column,))

    def _fits(self, role: str, column: str) -> bool:
        kind, values = self.kinds[column], self.look.columns[column]
        if column in self.used or kind in {"other", "nothing"}:
            return False
        if role == "account":
            return kind != "date" and not any(re.match(r"^-?\d+\.\d*[1-9]", value) for value in values)
        if role == "currency" and not all(re.fullmatch("[A-Za-z]{3}", value) for value in values):
            return False
        if role in FEW and not 1 <= len(set(values)) <= FEW[role]:
            return False
        return kind == HOLDS[role] if role in HOLDS else kind != "date"

    def _named(self, role: str, patterns: Iterable[str]) -> list[str]:
        """The columns of the best pattern that any has."""
        for pattern in patterns:
            found = [column for column in self.look.columns if re.fullmatch(pattern, words(column)) and self._fits(role, column)]
            if found:
                return found
        return []

    def _plain(self, role: str) -> None:
        found = self._named(role, NAMES[role])
        if role in REQUIRED:
            if not found and role == "date":
                found = [column for column, kind in self.kinds.items() if kind == "date" and column not in self.used]
                reason = "the only column of days"
            else:
                reason = "by its name"
            if len(found) != 1:
                raise self._asked(role, found)
            self._take(role, found[0], reason)
        elif len(found) == 1:
            self._take(role, found[0], "by its name")

    def _amount(self, role: str) -> None:
        found = self._named(role, NAMES[role])
        if not found:
            quantity, price = self._named(role, QUANTITY), self._named(role, PRICE)
            if len(quantity) == 1 and len(price) == 1:
                self._take(role, f"{quantity[0]} * {price[0]}", "quantity times price", price[0])
                return
        if not found:
            found = [column for column in self.look.columns if self._is_money(column)]
            if len(found) == 1:
                self._take(role, found[0], "the only column of amounts")
                return
        if len(found) != 1:
            raise self._asked(role, found)
        self._take(role, found[0], "by its name")

    def _is_money(self, column: str) -> bool:
        """Numbers with decimals that no name calls something else."""
        has_decimals = any(re.search(r"[.,]\d{1,2}\b", value) for value in self.look.columns[column])
        return self._fits("amount", column) and has_decimals and not re.search(NO_MONEY, words(column))

    def _cost(self, role: str) -> None:
        found = self._named(role, NAMES[role])
        if len(found) == 1:
            self._take(role, found[0], "by its name")
            return
        quantity, each, profit = self._named(role, QUANTITY), self._named(role, UNIT_COST), self._named(role, PROFIT)
        amount = self.guess.columns["amount"]
        if len(quantity) == 1 and len(each) == 1:
            self._take(role, f"{quantity[0]} * {each[0]}", "quantity times unit cost", each[0])
        elif len(profit) == 1 and amount in self.look.columns:
            self._take(role, f"{amount} - {profit[0]}", "amount less profit", profit[0])

    def _asked(self, role: str, found: list[str]) -> UsageError:
        path, option = self.look.path, f"--{role.replace('_', '-')}"
        what = {"account": "the customer", "date": "the day", "amount": "the amount"}[role]
        if found:
            either = ", ".join(f"`{column}`" for column in found)
            return UsageError(f"{path}: {what} could be {either}", f"say which: {_typed(option, found[0])}")
        there = ", ".join(f"`{column}`" for column in self.look.columns)
        refused = next((column for column in self._called(role) if column not in self.used), None)
        if refused in self.look.doubled:
            return UsageError(f"{path}: two columns are called `{refused}`", f"rename one of them, or name another column: {option} COLUMN")
        if refused is not None:
            hint = f"if it is {what} all the same, name it, and the ledger tells which rows it cannot read: {_typed(option, refused)}"
            return UsageError(f"{path}: no column seems to be {what}: `{refused}` {self._why_not(role, refused)}; there are {there}", hint)
        if len(self.look.columns) == 1:
            hint = "is there another sign between its columns? --delimiter ';'"
        elif role == "amount" and (self._named(role, QUANTITY) or self._named(role, PRICE)):
            hint = self._asked_price(self._named(role, QUANTITY), self._named(role, PRICE))
        else:
            hint = f"name it: {option} COLUMN" + (", or a formula: --amount 'Quantity * Price'" if role == "amount" else "")
            hint += f"; if it stands in another file, {JOIN}"
        return UsageError(f"{path}: no column seems to be {what}; there are {there}", hint)

    def _called(self, role: str) -> list[str]:
        """The columns with a name of the role, whatever they hold, the best name first."""
        return [column for pattern in NAMES[role] for column in self.look.columns if re.fullmatch(pattern, words(column))]

    def _why_not(self, role: str, column: str) -> str:
        """What a column holds that this role cannot."""
        kind, values, rows = self.kinds[column], self.look.columns[column], self.look.rows[column]
        if kind == "nothing":
            return "holds nothing"
        reads = {"date": _formats.is_date, "number": _formats.is_amount}.get(HOLDS.get(role, ""))
        noun = {"date": "day", "amount": "amount"}.get(role, "customer")
        if column not in self.look.typed and reads is not None:
            for row, value in zip(rows, values, strict=True):
                if not reads(value):
                    return f"holds `{value[:24]}` in row {row:,}, which is no {noun}"
        return f"holds {({'date': 'days', 'number': 'numbers', 'text': 'words'}).get(kind, 'other things')}, like {values[0][:24]}"

    def _asked_price(self, quantity: list[str], price: list[str]) -> str:
        """What is missing to quantity × price, or is there twice."""
        if not price:
            return f"`{quantity[0]}` counts pieces, and no column has their price; if it stands in another file, {JOIN}"
        if not quantity:
            hint = f"`{price[0]}` is a price, and no column counts pieces; name one, --amount 'COUNT * {price[0]}'"
            return f"{hint}, or where each row is one piece, {_typed('--amount', price[0])}"
        either = ", ".join(f"`{column}`" for column in (price if len(price) > 1 else quantity))
        return f"it could be quantity × price, with {either}; say which: --amount '{quantity[0]} * {price[0]}'"


def _typed(option: str, column: str) -> str:
    """An option as a shell takes it; what begins with a dash would be taken for another option."""
    return f"{option}{'=' if column.startswith('-') else ' '}{shlex.quote(column)}"


def formats(look: Look, guess: Guess, given: dict[str, str | None], watch: Watch) -> None:
    """How text dates and amounts are written, where all of them leave one reading."""
    date = guess.columns["date"]
    if given["date_format"] is None and date in look.columns and date not in look.typed:
        found = _formats.date_format(look.columns[date])
        if found != _formats.Known(None):
            # Which order it is may be told by a single row.
            found = _formats.date_format(look.values(date, watch))
        _settle(look, guess, "date", date, found, "date_format", "days")
    money = [column for column in look.columns if column not in look.typed and _is_money(guess, column)]
    if given["amount_format"] is None:
        # A single row may raise a doubt about all others, or settle it.
        ways = {column: _formats.amount_format(look.values(column, watch)) for column in money}
        for column, found in ways.items():
            if isinstance(found, _formats.Doubt) and any(_settles(other, found) for other in ways.values()):
                # All columns of money are read in one way, and another of them leaves no doubt which.
                continue
            if isinstance(found, _formats.Doubt):
                found = _with_currency(found, ways.values())
            if (
                isinstance(found, _formats.Known)
                and found.format is not None
                and guess.formats.get("amount_format", found.format) != found.format
            ):
                found = _formats.Mixed((guess.formats["amount_format"], found.format))
            _settle(look, guess, "amount", column, found, "amount_format", "amounts")


def _settles(other: object, doubt: _formats.Doubt) -> bool:
    """Does the format of another column separate digits as one of the readings does?"""
    if not isinstance(other, _formats.Known) or other.format is None or not other.has_signs:
        return False
    signs = re.search(NUMBER, other.format)
    return signs is not None and any(signs[0] in form for form in doubt.readings)


def _with_currency(doubt: _formats.Doubt, others: Iterable[object]) -> _formats.Doubt:
    """The readings with what another column writes around its digits: the one format that is named must read both."""
    for other in others:
        if isinstance(other, _formats.Known) and other.format is not None:
            around = re.split(NUMBER, other.format)
            readings = {form.join(around) if re.fullmatch(NUMBER, form) else form: meaning for form, meaning in doubt.readings.items()}
            return _formats.Doubt(doubt.value, readings)
    return doubt


def _is_money(guess: Guess, column: str) -> bool:
    named = [guess.columns.get(role, "") for role in ("amount", "cost", "cost_to_serve", "list_amount")]
    return any(column in (name, *(part.strip() for part in re.split(r"\*| - ", name))) for name in named)


def _settle(look: Look, guess: Guess, role: str, column: str, found: object, option: str, what: str) -> None:
    flag = f"--{option.replace('_', '-')}"
    if isinstance(found, _formats.Known):
        if found.format is not None:
            guess.formats[option] = found.format
            if found.because is not None:
                guess.reasons[option] = f"no other order reads {found.because}"
        return
    if isinstance(found, _formats.Doubt):
        readings = " or ".join(f"{meaning} ({flag} '{form}')" for form, meaning in found.readings.items())
        message = f"{look.path}: column `{column}` can be read in two ways: {found.value} is {readings}"
        raise UsageError(message, f"no row of the file decides it; say which: {flag} '{next(iter(found.readings))}'")
    if isinstance(found, _formats.Mixed):
        shown = " and ".join(found.values)
        message = f"{look.path}: column `{column}` writes its {what} in several ways: {shown}"
        example = "ISO 8601, as 2024-12-31" if role == "date" else "plain digits, as 1234.56"
        raise UsageError(message, f"write them in one way ({example}) and try again, or name the way of most: {flag} …")
    # Neither days nor amounts: whoever named the column is told by the ledger, row by row.
