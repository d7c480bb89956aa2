"""What a method gives."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from kam import _kam
from kam._crm import Crm
from kam._errors import OptionError, wrong_type
from kam._extras import extra
from kam._facts import Facts
from kam._held import Held
from kam._html import figures, heading
from kam._json import dumps, word
from kam._source import Path, path_text
from kam._table import Table, clean_text

if TYPE_CHECKING:
    import altair as alt

#: On what a chart stands.
Theme: TypeAlias = Literal["light"] | Literal["dark"] | Literal["page"]


class Result(Held):
    """The tables and the summary of a method."""

    _instead = "send its to_dict()"

    def __init__(self, method: str, outcome: _kam.Outcome, scale: int = 2) -> None:
        self._outcome = outcome
        self._scale = scale
        self.method = method

    @property
    def table(self) -> Table:
        """The main table."""
        return Table(self._outcome.tables[0], self._scale)

    @property
    def tables(self) -> dict[str, Table]:
        """Every table by its name, the main one first."""
        return {table.name: Table(table, self._scale) for table in self._outcome.tables}

    @property
    def accounts(self) -> Table | None:
        """What the method says of each account, one row an account in the order of the facts."""
        accounts = self._outcome.accounts
        return None if accounts is None else Table(accounts, self._scale)

    @property
    def summary(self) -> dict[str, Any]:
        """The few figures that sum the result up."""
        summary: dict[str, Any] = json.loads(self._outcome.summary)
        return summary

    @property
    def units(self) -> dict[str, str]:
        """What the summary's numbers are, by their names: ``money``, ``share`` (0.25 is 25 %), ``count``, ``days``, ``periods`` or
        ``number``. A name stands for all numbers below it, ``outer.inner`` for some of them."""
        units: dict[str, str] = json.loads(self._outcome.units)
        return units

    def chart(self, name: str | None = None, *, theme: Theme = "light") -> dict[str, Any]:
        """A chart as a Vega-Lite specification: the one of this name, or the main one.

        Args:
            name: One of the method's charts, see :attr:`charts` and docs/charts.md; without, the first that has something to show.
            theme: ``light`` or ``dark`` paper; ``page`` for colours that the style sheet of a page says.
        """
        if name is not None:
            name = word(self.method, "name", name, "pass the name of a chart; kam.methods() lists which method has which charts")
        spec = self._outcome.chart(name, word(self.method, "theme", theme, "pass light, dark or page"))
        if spec is None:
            raise OptionError(f"{self.method} has no charts", 301, "kam.methods() lists which method has which charts")
        chart: dict[str, Any] = json.loads(spec)
        return chart

    @property
    def charts(self) -> dict[str, dict[str, Any]]:
        """Every chart that has something to show, as a Vega-Lite specification by its name, the main one first."""
        return {name: self.chart(name) for name in self._outcome.charts()}

    def plot(self, name: str | None = None, *, theme: Theme = "light") -> alt.LayerChart | alt.Chart:
        """A chart as an Altair chart, which a notebook shows and ``save("chart.png")`` writes, without a browser: the one of this
        name, or the main one. Needs ``kam[plot]``.

        Args:
            name: One of the method's charts; without, the first that has something to show.
            theme: ``light`` or ``dark`` paper.
        """
        altair = extra("altair", "plot()", extra="plot")
        chart: alt.LayerChart | alt.Chart = altair.Chart.from_dict(self.chart(name, theme=theme))
        return chart

    def to_dict(self) -> dict[str, Any]:
        """Summary, units and tables as plain values."""
        values: dict[str, Any] = json.loads(self._outcome.json())
        return values

    def to_json(self, path: Path | None = None) -> str | None:
        """Summary, units and tables as JSON, written to a file or returned."""
        return write(self._outcome.json(), path)

    def __repr__(self) -> str:
        lines = [f"kam.{self.method}", *(clean_text(f"  {name}: {value}") for name, value in figures_of(self._outcome))]
        others = [name for name in self.tables if name != self.table.name]
        more = [f"more tables: {', '.join(others)}"] if others else []
        return "\n".join([*lines, repr(self.table), *more])

    def _repr_html_(self) -> str:
        parts = [figures(f"kam.{self.method}", figures_of(self._outcome))]
        for name, table in self.tables.items():
            parts += [heading(name), table._repr_html_()]
        return "".join(parts)


def figures_of(outcome: _kam.Outcome) -> list[tuple[str, str]]:
    """The figures of a summary that stand on their own, each in its unit."""
    return [(name.replace("_", " "), text) for name, text in outcome.figures()]


def write(text: str, path: Path | None) -> str | None:
    """Text to a file, or back to the caller without one."""
    if path is None:
        return text
    with open(path_text("write", path), "w", encoding="utf-8", newline="\n") as file:
        file.write(text)
    return None


def run(method: str, facts: Facts, crm: Crm | None = None, options: Mapping[str, Any] | None = None) -> Result:
    """Runs a method by its name; ``options`` are those that differ from the defaults."""
    method = word("run", "method", method, "pass the name of a method, such as abc; kam.methods() lists them")
    given = checked(method, facts, crm)
    if options is not None and not isinstance(options, Mapping):
        raise wrong_type(method, "options", options, 'pass option → value: {"a": 0.7}')
    return Result(method, _kam.run(method, *given, dumps(method, options or {})), facts._scale)


def checked(place: str, facts: Facts, crm: Crm | None) -> tuple[_kam.Facts, _kam.Crm | None]:
    """What a method or a review reads, for the compiled part."""
    if not isinstance(facts, Facts):
        raise wrong_type(place, "facts", facts, "make facts of a ledger: kam.Ledger(…).facts(as_of=…)")
    if crm is not None and not isinstance(crm, Crm):
        raise wrong_type(place, "crm", crm, "put the tables into kam.Crm(accounts=…)")
    return facts._facts, None if crm is None else crm._crm
