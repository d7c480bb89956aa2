"""The methods of the family concentration. Written by make generate from the registry: change it there, not here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kam._crm import Crm
from kam._facts import Facts
from kam._methods._choices import Driver, GiniNormalisation, Measure, Population
from kam._result import Result, run

__all__ = [
    "cost_to_serve",
    "lorenz",
    "pareto",
    "unprofitable",
    "whale_curve",
]


def pareto(
    facts: Facts,
    crm: Crm | None = None,
    *,
    base: Measure = "revenue",
    population: Population = "window",
    top_share: float = 0.2,
    target_share: float = 0.8,
    key_count: int = 10,
    key_band_low: float = 0.3,
    key_band_high: float = 0.55,
    dependency: Sequence[float] = (0.1, 0.2, 0.5),
) -> Result:
    """Pareto: How few accounts bring how much, and on which single accounts the company depends.

    Args:
        facts: The facts of a ledger.
        crm: The tables of a CRM.
        base: What is shared out: revenue, profit, margin or any other fact.
        population: The accounts that count: those with a line in the window, or all.
        top_share: The share of the accounts, largest first, whose share of the base is told.
        target_share: The share of the base for which the smallest share of accounts is told.
        key_count: How many of the largest accounts stand for the key accounts.
        key_band_low: Below this share of the base the key accounts weigh little.
        key_band_high: Above this share of the base the company depends on the key accounts.
        dependency: The shares of the base from which on one account is flagged, ascending.

    Tables:
        pareto: an account, largest first
        dependency: a dependency threshold
    """
    options: dict[str, Any] = {
        "base": base,
        "population": population,
        "top_share": top_share,
        "target_share": target_share,
        "key_count": key_count,
        "key_band_low": key_band_low,
        "key_band_high": key_band_high,
        "dependency": dependency,
    }
    return run("pareto", facts, crm, options)


def lorenz(
    facts: Facts,
    crm: Crm | None = None,
    *,
    base: Measure = "revenue",
    population: Population = "window",
    normalisation: GiniNormalisation = "chen_tsaur_rhai",
    points: int = 1001,
) -> Result:
    """Lorenz curve and Gini coefficient: How unevenly revenue or profit is spread over the accounts.

    Args:
        facts: The facts of a ledger.
        crm: The tables of a CRM.
        base: What is shared out: revenue, profit, margin or any other fact.
        population: The accounts that count: those with a line in the window, or all.
        normalisation: Which normalised coefficient is given as `gini_normalised`.
        points: The most points of the curve that are given, its two ends included.

    Tables:
        lorenz: a point of the curve, from no account to all, smallest first
    """
    options: dict[str, Any] = {
        "base": base,
        "population": population,
        "normalisation": normalisation,
        "points": points,
    }
    return run("lorenz", facts, crm, options)


def whale_curve(
    facts: Facts,
    crm: Crm | None = None,
    *,
    base: Measure = "profit",
    population: Population = "window",
) -> Result:
    """Whale curve: How much of the profit that good accounts bring is destroyed by the others.

    Args:
        facts: The facts of a ledger.
        crm: The tables of a CRM.
        base: What is added up: profit, or margin where cost to serve shall not count.
        population: The accounts that count: those with a line in the window, or all.

    Needs ``ledger.cost``.

    Tables:
        whale_curve: an account, most profitable first
    """
    options: dict[str, Any] = {
        "base": base,
        "population": population,
    }
    return run("whale_curve", facts, crm, options)


def unprofitable(
    facts: Facts,
    crm: Crm | None = None,
    *,
    tolerance: float = 0.0,
) -> Result:
    """Unprofitable accounts: Which accounts cost more than they bring, by how much, since when, and what drives it.

    Args:
        facts: The facts of a ledger.
        crm: The tables of a CRM.
        tolerance: Losses up to this, in units of the currency, are passed over.

    Needs ``ledger.cost``.

    Tables:
        unprofitable: an account that costs more than it brings, largest loss first
    """
    options: dict[str, Any] = {
        "tolerance": tolerance,
    }
    return run("unprofitable", facts, crm, options)


def cost_to_serve(
    facts: Facts,
    crm: Crm | None = None,
    *,
    hour_rate: float | None = None,
    spread: Driver | None = None,
) -> Result:
    """Cost to serve: What serving each account costs by the ledger and the activities, and what profit is left of it.

    Args:
        facts: The facts of a ledger.
        crm: The tables of a CRM; it needs activities.cost.
        hour_rate: What an hour costs, in units of the currency, for activities that do not say what they cost.
        spread: By what the window's cost that belongs to no account of the ledger is spread; without, it is reported and not spread.

    Tables:
        cost_to_serve: an account, the most expensive to serve first
    """
    options: dict[str, Any] = {
        "hour_rate": hour_rate,
        "spread": spread,
    }
    return run("cost_to_serve", facts, crm, options)
