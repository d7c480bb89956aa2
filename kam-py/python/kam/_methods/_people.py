"""The methods of the family people. Written by make generate from the registry: change it there, not here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kam._crm import Crm
from kam._facts import Facts
from kam._methods._choices import (
    Addressed,
    Attribution,
    CompetenceScoring,
    CompetenceWeights,
    Correlated,
    DossierItem,
    EffortMeasure,
    Measure,
    RatingScale,
    TargetRoute,
)
from kam._result import Result, run

__all__ = [
    "assignment",
    "competence",
    "effort",
    "hygiene",
    "market_indicator",
    "marketing_list",
    "portfolio",
]


def effort(
    facts: Facts,
    crm: Crm | None = None,
    *,
    measure: EffortMeasure | None = None,
    base: Measure | None = None,
    hour_rate: float | None = None,
    over: float = 1.5,
    under: float = 0.5,
    least_gap: float = 0.5,
    regular_share: float = 0.5,
    neglect_days: int = 90,
    equal_part: float = 0.2,
    unit_minutes: int = 1,
    given: Mapping[str, Mapping[str, Any]] | None = None,
) -> Result:
    """Effort against value: Who is served for more or less than they bring, who is neglected, and how the same effort could be shared out.

    Args:
        facts: The facts of a ledger.
        crm: The tables of a CRM; it needs activities.
        measure: What effort is measured in; without, hours where the activities have them and cost where not.
        base: What effort is set against; without, profit where the ledger has costs and revenue where not.
        hour_rate: What an hour costs, in units of the currency, for activities that do not say what they cost.
        over: Over-served: a share of the effort of at least this many times the share of the value.
        under: Under-served: a share of the effort of at most this many times the share of the value.
        least_gap: A gap between the two shares smaller than this part of an equal share is passed over.
        regular_share: A regular bought before the window, and in at least this share of the window's periods.
        neglect_days: A regular is neglected that nobody turned to for this many days, or that is under-served.
        equal_part: The part of the effort that the proposal shares out equally; the rest goes by value.
        unit_minutes: The proposal's hours are whole numbers of this many minutes.
        given: Options of the methods it builds on (abc), by their names.

    Tables:
        effort: an account with a line or effort in the window, most effort first
        classes: an ABC class
        managers: a manager, by the accounts they look after
        groups: whom the effort went to
        done_by: a manager, by the activities they did
    """
    options: dict[str, Any] = {
        "measure": measure,
        "base": base,
        "hour_rate": hour_rate,
        "over": over,
        "under": under,
        "least_gap": least_gap,
        "regular_share": regular_share,
        "neglect_days": neglect_days,
        "equal_part": equal_part,
        "unit_minutes": unit_minutes,
    }
    if given is not None:
        options["given"] = given
    return run("effort", facts, crm, options)


def portfolio(
    facts: Facts,
    crm: Crm | None = None,
    *,
    attribution: Attribution | None = None,
    due_within_days: int = 90,
    hour_rate: float | None = None,
    confidence: float = 0.95,
    given: Mapping[str, Mapping[str, Any]] | None = None,
) -> Result:
    """Manager portfolios: What each manager looks after, plan against actual, and how much of the accounts' growth the manager explains.

    Args:
        facts: The facts of a ledger.
        crm: The tables of a CRM; it needs accounts.manager or ledger.manager.
        attribution: For which manager revenue counts against a plan; without, the one named on the line where the ledger names managers.
        due_within_days: Open clauses that are due within this many days of `as_of` are listed.
        hour_rate: What an hour costs, in units of the currency, for activities that do not say what they cost.
        confidence: The confidence of the interval of the manager's share of the variance of growth.
        given: Options of the methods it builds on (pyramid, purchase_model, selection_matrix, attractiveness, our_attractiveness,
            revenue_bridge), by their names.

    Tables:
        portfolio: a manager; at last what nobody looks after
        plans: a time of the plans and a manager
        account_plans: a time of the plans and an account with a target
        levels: a manager and a level of the pyramid
        clauses: a clause that is breached, overdue or due
    """
    options: dict[str, Any] = {
        "attribution": attribution,
        "due_within_days": due_within_days,
        "hour_rate": hour_rate,
        "confidence": confidence,
    }
    if given is not None:
        options["given"] = given
    return run("portfolio", facts, crm, options)


def hygiene(
    facts: Facts,
    crm: Crm | None = None,
    *,
    dossier: Sequence[DossierItem] = (
        "name", "description", "size", "budget", "manager", "contacts", "decision_maker", "decision_scheme", "competitors", "opportunities",
        "contracts", "rating_of_customer", "rating_of_us", "plan",
    ),
    follow_up_periods: int = 6,
    exposure_periods: int = 12,
    confidence: float = 0.95,
) -> Result:
    """Relationship hygiene: The managers' seven mistakes, how complete the dossiers are, and whether mistakes are followed by losses.

    Args:
        facts: The facts of a ledger.
        crm: The tables of a CRM; it needs activities.
        dossier: What a dossier should hold.
        follow_up_periods: How many periods at the end show who was lost: those with no sale in them.
        exposure_periods: How many periods before those show who bought and to whom mistakes happened.
        confidence: The confidence of the interval of the risk ratio.

    Tables:
        hygiene: an account, most mistakes first
        managers: a manager, most mistakes first
        trend: a period of the window
        dossier: an item of the dossier
        link: any mistake, and each kind, against losses afterwards
    """
    options: dict[str, Any] = {
        "dossier": dossier,
        "follow_up_periods": follow_up_periods,
        "exposure_periods": exposure_periods,
        "confidence": confidence,
    }
    return run("hygiene", facts, crm, options)


def competence(
    facts: Facts,
    crm: Crm | None = None,
    *,
    criteria: Mapping[str, float] | None = None,
    weights: CompetenceWeights = "given",
    scale: RatingScale = "given",
    worst: float | None = None,
    best: float | None = None,
    scoring: CompetenceScoring = "weighted_sum",
    v: float = 0.5,
) -> Result:
    """Manager competence: How good the managers are at what their work asks for, and on what they should work.

    Args:
        facts: The facts of a ledger.
        crm: The tables of a CRM; it needs manager_ratings.
        criteria: Criterion → weight; empty for all criteria that were rated, with equal weights.
        weights: Where the weights come from.
        scale: How ratings are brought to a scale from 0 to 1.
        worst: With scale = given: the lowest rating that can be given; null for the lowest that was.
        best: With scale = given: the highest rating that can be given; null for the highest that was.
        scoring: How the criteria are put together.
        v: With scoring = vikor: the weight of the group utility against the individual regret, 0 to 1.

    Tables:
        competence: a manager, the best first
        ratings: a manager and a criterion
        criteria: a criterion, those of the catalogue first
    """
    options: dict[str, Any] = {
        "weights": weights,
        "scale": scale,
        "worst": worst,
        "best": best,
        "scoring": scoring,
        "v": v,
    }
    if criteria is not None:
        options["criteria"] = criteria
    return run("competence", facts, crm, options)


def assignment(
    facts: Facts,
    crm: Crm | None = None,
    *,
    base: Measure = "revenue",
    max_accounts: int = 200,
    continuity: float = 5.0,
    default_hours: float = 8.0,
    default_capacity: float = 1600.0,
    languages: bool = True,
    nodes: int = 2000,
    given: Mapping[str, Mapping[str, Any]] | None = None,
) -> Result:
    """Assignment of managers: Who should look after which account, under the managers' capacity and languages, and what that gains over
    today.

    Args:
        facts: The facts of a ledger.
        crm: The tables of a CRM; it needs managers.
        base: What an account weighs: its share of this over the window, negative values counting as nothing.
        max_accounts: How many accounts are given to managers anew, the weightiest first; the others stay where they are and take their
            hours.
        continuity: How much it is worth that an account keeps its manager, in points of competence.
        default_hours: Hours a year for an account that neither `accounts.needed_hours` nor the window's activities know.
        default_capacity: Hours a year of a manager whose capacity is not known.
        languages: An account that has a language needs a manager who speaks it.
        nodes: How many nodes the search looks at before it stops and states the gap.
        given: Options of the methods it builds on (competence), by their names.

    Tables:
        assignment: an account that is given anew, the weightiest first
        managers: a manager
    """
    options: dict[str, Any] = {
        "base": base,
        "max_accounts": max_accounts,
        "continuity": continuity,
        "default_hours": default_hours,
        "default_capacity": default_capacity,
        "languages": languages,
        "nodes": nodes,
    }
    if given is not None:
        options["given"] = given
    return run("assignment", facts, crm, options)


def marketing_list(
    facts: Facts,
    crm: Crm | None = None,
    *,
    accounts: Addressed = "all",
    routes: Sequence[TargetRoute] = ("potential", "likely", "strategic"),
    least_fit: float | None = 0.5,
    leave_out_failed: bool = True,
    max_accounts: int | None = None,
    given: Mapping[str, Mapping[str, Any]] | None = None,
) -> Result:
    """Key account marketing list: Which accounts to target, whom to speak to there, by which route, how well they fit, and what is still
    open.

    Args:
        facts: The facts of a ledger.
        crm: The tables of a CRM; it needs contacts, accounts or opportunities.
        accounts: Who may stand on the list.
        routes: An account by one of these routes is a target.
        least_fit: A candidate without such a route is a target as well where it fits the profile of the key accounts at least that well, 0
            to 1; null leaves such candidates out.
        leave_out_failed: Leave out accounts that fail the three-P check.
        max_accounts: The longest list; null for all targets.
        given: Options of the methods it builds on (routes, key_account_profile, three_p, purchase_model, spend_model), by their names.

    Tables:
        marketing_list: a target, in the order in which to address them
        contacts: a contact at a target, whom to speak to first
    """
    options: dict[str, Any] = {
        "accounts": accounts,
        "routes": routes,
        "least_fit": least_fit,
        "leave_out_failed": leave_out_failed,
        "max_accounts": max_accounts,
    }
    if given is not None:
        options["given"] = given
    return run("marketing_list", facts, crm, options)


def market_indicator(
    facts: Facts,
    crm: Crm | None = None,
    *,
    key_share: float = 0.8,
    base_periods: int = 12,
    correlated: Correlated = "changes",
    max_lag: int = 6,
    confidence: float = 0.95,
) -> Result:
    """Market indicator: Whether key accounts lead the rest: both growth indices, and their correlation at every lag.

    Args:
        facts: The facts of a ledger.
        crm: The tables of a CRM.
        key_share: Key accounts are those before which larger ones held less than this share of the revenue of the base periods.
        base_periods: How many periods at the beginning of the history are the base: they choose the key accounts, and their mean is 100.
        correlated: What of the two indices is correlated.
        max_lag: Up to how many periods one may go ahead of the other.
        confidence: The confidence of the interval that chance alone stays within.

    Tables:
        market_indicator: a period, oldest first
        lags: a lag; positive where key accounts go ahead
    """
    options: dict[str, Any] = {
        "key_share": key_share,
        "base_periods": base_periods,
        "correlated": correlated,
        "max_lag": max_lag,
        "confidence": confidence,
    }
    return run("market_indicator", facts, crm, options)
