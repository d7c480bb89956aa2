"""The methods of the family key_account. Written by make generate from the registry: change it there, not here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kam._crm import Crm
from kam._facts import Facts
from kam._methods._choices import Checked, KeyRule, Measure, Role
from kam._result import Result, run

__all__ = [
    "key_account_profile",
    "key_account_types",
    "routes",
    "three_p",
]


def key_account_types(
    facts: Facts,
    crm: Crm | None = None,
    *,
    base: Measure = "profit",
    fallback_to_revenue: bool = True,
    breadwinner_share: float = 0.1,
    new_months: int = 6,
    large_budget: float | None = None,
    budget_quantile: float = 0.75,
    competitor_share: float = 0.5,
    reference: float = 0.5,
    leader_accounts: int = 5,
    expert_criteria: Sequence[str] = ("quality_requirements", "service_requirements", "market_knowledge"),
    expert_score: float | None = None,
    expert_level: float = 0.8,
) -> Result:
    """Key account types: Who is a breadwinner, a prospect, an image maker or an expert, and why; candidates included.

    Args:
        facts: The facts of a ledger.
        crm: The tables of a CRM.
        base: Breadwinner: what it brings a share of, over the window.
        fallback_to_revenue: Breadwinner: without the ledger column that `base` needs, take revenue and say so; otherwise that is an error.
        breadwinner_share: Breadwinner: the share of the total from which on an account is one, above 0 and up to 1.
        new_months: Prospect: the calendar months since the first sale during which an account is new.
        large_budget: Prospect: the budget from which on it is large; without, the quantile below.
        budget_quantile: Prospect: without `large_budget`, a budget is large from this quantile of all known budgets on, 0 to 1.
        competitor_share: Competitor's breadwinner: a prospect of whose spend one competitor holds more than this share, 0 to 1.
        reference: Image maker: how far the account's name brings others (`accounts.reference`) from which on it is one, 0 to 1.
        leader_accounts: Image maker: the leader of an industry or region by annual revenue, where so many accounts of it have one.
        expert_criteria: Expert: the criteria of our ratings of the customer; all of them must be high.
        expert_score: Expert: the score that is high; without, the share below of the scale.
        expert_level: Expert: without `expert_score`, high is from this share of the way from the lowest to the highest score of our ratings
            on, 0 to 1.

    Tables:
        key_account_types: an account of the ledger or a candidate; those with most types first
        labels: an account and one of its types, with the evidence
        types: a type
    """
    options: dict[str, Any] = {
        "base": base,
        "fallback_to_revenue": fallback_to_revenue,
        "breadwinner_share": breadwinner_share,
        "new_months": new_months,
        "large_budget": large_budget,
        "budget_quantile": budget_quantile,
        "competitor_share": competitor_share,
        "reference": reference,
        "leader_accounts": leader_accounts,
        "expert_criteria": expert_criteria,
        "expert_score": expert_score,
        "expert_level": expert_level,
    }
    return run("key_account_types", facts, crm, options)


def routes(
    facts: Facts,
    crm: Crm | None = None,
    *,
    base: Measure = "revenue",
    fallback_to_revenue: bool = True,
    share: float = 0.8,
    probability: float = 0.7,
    likely_value: float = 0.0,
    reference: float = 0.5,
    given: Mapping[str, Mapping[str, Any]] | None = None,
) -> Result:
    """Routes to a key account: By which of four routes an account is key: it brings most today, could bring it, is likely to be won, or its
    name brings others.

    Args:
        facts: The facts of a ledger.
        crm: The tables of a CRM.
        base: Of what the key accounts hold most, over the window.
        fallback_to_revenue: Without the ledger column that `base` needs, take revenue and say so; otherwise that is an error.
        share: `pareto`: an account is among those that hold most while larger ones hold less than this share, above 0 and up to 1.
        probability: `likely`: the probability of an open opportunity from which on the account is likely to be won, 0 to 1.
        likely_value: `likely`: the value from which on an open opportunity counts.
        reference: `strategic`: how far the account's name brings others (`accounts.reference`) from which on it matters, 0 to 1.
        given: Options of the methods it builds on (purchase_model, spend_model), by their names.

    Tables:
        routes: an account of the ledger or a candidate; those with most routes first
        route_counts: a route
        unknown_directions: a direction of opportunities that the ledger does not know
    """
    options: dict[str, Any] = {
        "base": base,
        "fallback_to_revenue": fallback_to_revenue,
        "share": share,
        "probability": probability,
        "likely_value": likely_value,
        "reference": reference,
    }
    if given is not None:
        options["given"] = given
    return run("routes", facts, crm, options)


def key_account_profile(
    facts: Facts,
    crm: Crm | None = None,
    *,
    key: KeyRule = "pareto",
    key_attribute: str | None = None,
    base: Measure = "revenue",
    share: float = 0.8,
    attributes: Sequence[str] = (),
    bins: int = 5,
    least_accounts: int = 5,
    smoothing: float = 0.5,
    least_information: float = 0.02,
    folds: int = 5,
    seed: int = 1,
    fit_bands: int = 5,
    lost_after_days: int = 365,
    given: Mapping[str, Mapping[str, Any]] | None = None,
) -> Result:
    """Key account profile: What the key accounts have in common, how well a candidate fits them, and how long such accounts stay.

    Args:
        facts: The facts of a ledger.
        crm: The tables of a CRM; it needs accounts.
        key: Which accounts of the ledger are key: those that hold most of the base now, or those with any route.
        key_attribute: A yes-or-no attribute of the accounts table that says who is key, in place of `key`.
        base: Of what the key accounts hold most, over the window.
        share: The share of the base that the key accounts hold, above 0 and up to 1.
        attributes: The columns of the accounts table that describe an account; none: industry, region, employees, annual_revenue, budget,
            reference and every further attribute.
        bins: The quantile bins that numbers are cut into, 2 to 50.
        least_accounts: A word that fewer accounts have is put together with others of its kind.
        smoothing: What is added to the counts of every bin, so that a bin without key accounts keeps a finite weight.
        least_information: The information value from which on an attribute takes part in the fit.
        folds: The parts of the cross-validation, 2 to 20.
        seed: Where chance begins in dealing accounts to these parts.
        fit_bands: The bands of the fit, for each of which the expected tenure is told, 1 to 20.
        lost_after_days: The days without a sale after which an account counts as left.
        given: Options of the methods it builds on (routes, purchase_model, spend_model), by their names.

    Tables:
        key_account_profile: a bin of an attribute; attributes that tell most first
        attributes: an attribute
        fit: a candidate or an account of the ledger; candidates first, the best fit first
        bands: a band of the fit, the lowest first
    """
    options: dict[str, Any] = {
        "key": key,
        "key_attribute": key_attribute,
        "base": base,
        "share": share,
        "attributes": attributes,
        "bins": bins,
        "least_accounts": least_accounts,
        "smoothing": smoothing,
        "least_information": least_information,
        "folds": folds,
        "seed": seed,
        "fit_bands": fit_bands,
        "lost_after_days": lost_after_days,
    }
    if given is not None:
        options["given"] = given
    return run("key_account_profile", facts, crm, options)


def three_p(
    facts: Facts,
    crm: Crm | None = None,
    *,
    accounts: Checked = "all",
    cover: float = 1.0,
    solvency: Mapping[str, Any] | None = None,
    power_roles: Sequence[Role] = ("decision_maker",),
    power_influence: float | None = None,
) -> Result:
    """Three-P check: Does a candidate need what we sell, can it pay, and do we know who decides?

    Args:
        facts: The facts of a ledger.
        crm: The tables of a CRM.
        accounts: Who is checked: the ledger's accounts and the candidates, or the candidates alone.
        cover: Purse: how many times the value of its open opportunities the budget must be.
        solvency: Purse: a column of the accounts table that says whether an account can pay, as `{"attribute": "days_overdue", "at_most":
            30}`.
        power_roles: Power: the roles of contacts that decide.
        power_influence: Power: the influence from which on a contact of any role decides; without, the role alone says it.

    Tables:
        three_p: a candidate or an account of the ledger, candidates first
        unknown_directions: a direction of opportunities that the ledger does not know
    """
    options: dict[str, Any] = {
        "accounts": accounts,
        "cover": cover,
        "solvency": solvency,
        "power_roles": power_roles,
        "power_influence": power_influence,
    }
    return run("three_p", facts, crm, options)
