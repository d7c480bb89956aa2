"""The sample company."""

from __future__ import annotations

import datetime
from typing import Any

from kam import _kam
from kam._crm import Crm
from kam._errors import KamError
from kam._json import day, dumps
from kam._ledger import ROLES, Ledger


class Sample:
    """A B2B company that nobody runs: a ledger and every table of a CRM. ``frames`` holds them as they were drawn."""

    def __init__(self, as_of: str, frames: dict[str, Any], purchases: Sample | None = None) -> None:
        self.as_of = as_of
        self.frames = frames
        self._purchases = purchases

    @property
    def purchases(self) -> Sample:
        """The other end: what the company itself buys. Its accounts are suppliers, so make its facts with ``perspective="supplier"``."""
        if self._purchases is None:
            raise KamError("these are the purchases already", 301, "take the ledger and the crm from here")
        return self._purchases

    @property
    def ledger(self) -> Ledger:
        """The company's ledger."""
        ledger = self.frames["ledger"]
        # The purchases have no cost: what is bought is not sold again as it is.
        bought = self._purchases is None
        there = [role for role in ROLES if not (bought and role in {"cost", "cost_to_serve"})]
        return Ledger(ledger, **{role: role for role in there})  # type: ignore[arg-type]

    @property
    def crm(self) -> Crm:
        """The company's other tables."""
        return Crm(**{name: frame for name, frame in self.frames.items() if name != "ledger"})

    def __repr__(self) -> str:
        return f"kam.Sample as of {self.as_of}: " + ", ".join(f"{name} ({len(frame):,})" for name, frame in self.frames.items())


def sample(
    *,
    seed: int = 1,
    accounts: int = 240,
    months: int = 36,
    as_of: str | datetime.date | None = None,
) -> Sample:
    """Draws a sample company; the same options give the same company everywhere.

    Args:
        seed: Another seed, another company.
        accounts: How many accounts there are.
        months: How many months the ledger covers.
        as_of: The last day of the history; 2025-12-31 without.
    """
    options: dict[str, Any] = {"seed": seed, "accounts": accounts, "months": months}
    if as_of is not None:
        options["as_of"] = day("as_of", as_of)
    last, frames, purchases = _kam.sample(dumps("sample", options))
    return Sample(last, dict(frames), Sample(last, dict(purchases)))
