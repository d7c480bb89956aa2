"""The facts of a ledger."""

from __future__ import annotations

import json
from functools import cached_property
from typing import Any, Literal

from kam import _kam
from kam._crm import Crm
from kam._errors import wrong_type
from kam._held import Held
from kam._html import figures
from kam._json import dumps
from kam._table import Table, clean_text


class Facts(Held):
    """Exact sums of a ledger per account and period: what every method reads. :meth:`kam.Ledger.facts` makes them."""

    _instead = "send the encode() of a kam.FactsState, or let the other process read the ledger"

    def __init__(self, facts: _kam.Facts) -> None:
        self._facts = facts

    @cached_property
    def accounts(self) -> Table:
        """One row an account: dates, and the sums of the window and of the whole history."""
        return Table(self._facts.table("accounts"), self._scale)

    @cached_property
    def periods(self) -> Table:
        """One row an account and period with a line."""
        return Table(self._facts.table("periods"), self._scale)

    @cached_property
    def directions(self) -> Table:
        """One row an account and direction."""
        return Table(self._facts.table("directions"), self._scale)

    @cached_property
    def quarantine(self) -> Table:
        """The rows that could not be used: where, which column, which rule, which value."""
        return Table(self._facts.table("quarantine"), self._scale)

    @cached_property
    def reconciliation(self) -> Table:
        """How the ledger's rows and money add up."""
        return Table(self._facts.table("reconciliation"), self._scale)

    def roll_up(self, crm: Crm) -> Facts:
        """The facts of head offices: each account is counted with the top of its chain of parents, which the column ``parent`` of the
        crm's accounts names. Distinct orders are added up."""
        if not isinstance(crm, Crm):
            raise wrong_type("roll_up", "crm", crm, "put the table into kam.Crm(accounts=…)")
        return Facts(self._facts.roll_up(crm._crm))

    def with_cost_to_serve(
        self,
        crm: Crm,
        *,
        hour_rate: float | None = None,
        spread: Literal["revenue", "lines", "orders", "equal"] | None = None,
    ) -> Facts:
        """The facts with the cost of the crm's activities added to cost to serve, so that profit and every method on it count them.

        Args:
            crm: Its activities.
            hour_rate: What an hour costs, for activities that do not say what they cost.
            spread: By what the window's cost of activities for nobody and for unknown accounts is shared out; without, it is left out, and
                :func:`kam.cost_to_serve` reports it.
        """
        if not isinstance(crm, Crm):
            raise wrong_type("with_cost_to_serve", "crm", crm, "put the table into kam.Crm(activities=…)")
        options = {"hour_rate": hour_rate, "spread": spread}
        return Facts(self._facts.with_cost_to_serve(crm._crm, dumps("with_cost_to_serve", options)))

    @cached_property
    def summary(self) -> dict[str, Any]:
        """The facts in figures."""
        summary: dict[str, Any] = json.loads(self._facts.summary())
        return summary

    @property
    def _scale(self) -> int:
        """The decimals of a minor unit of the money."""
        scale: int = self.summary["scale"]
        return scale

    def __len__(self) -> int:
        """How many accounts there are."""
        return len(self._facts)

    def _lines(self) -> list[tuple[str, str]]:
        summary, rows = self.summary, self.summary["reconciliation"]
        currency = f" {summary['currency']}" if summary["currency"] else ""
        is_buying = summary["perspective"] == "supplier"
        accounts, revenue, sale = ("suppliers", "spend", "purchase") if is_buying else ("accounts", "revenue", "sale")
        lines = [
            (accounts, f"{summary['accounts']:,}, {summary['active_accounts']:,} of them with a {sale} in the window"),
            (
                "as of",
                f"{summary['as_of']}, window of {summary['window_periods']:,} × {summary['grain']} from {summary['window_start']}",
            ),
            (revenue, f"{summary['totals']['revenue']:,.{self._scale}f}{currency} in the window"),
        ]
        if summary["totals"]["profit"] is not None:
            lines.append(("profit", f"{summary['totals']['profit']:,.{self._scale}f}{currency} in the window"))
        parts = ("in_window", "before_window", "after_as_of", "unassigned", "quarantined")
        split = ", ".join(f"{rows[part]['rows']:,} {part.replace('_', ' ')}" for part in parts if rows[part]["rows"])
        lines.append(("rows", f"{rows['read']['rows']:,} read: {split or 'none'}"))
        return lines

    def __repr__(self) -> str:
        return "kam.Facts\n" + "\n".join(clean_text(f"  {name:<9} {text}") for name, text in self._lines())

    def _repr_html_(self) -> str:
        return figures("Facts", self._lines())
