"""The methods of the family pyramid. Written by make generate from the registry: change it there, not here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kam._crm import Crm
from kam._facts import Facts
from kam._methods._choices import Undated, UnknownGates
from kam._result import Result, run

__all__ = [
    "pyramid",
    "pyramid_transitions",
]


def pyramid(
    facts: Facts,
    crm: Crm | None = None,
    *,
    active_days: int = 2,
    tenure_months: int = 3,
    activity: float = 0.5,
    shrinkage: float = 0.0,
    trust_periods: int = 2,
    p_alive: float = 0.8,
    future_proxy: bool = False,
    usual_gap: float = 0.9,
    joint_activities: int = 1,
    unknown_gates: UnknownGates = "provisional",
    golden_margin: float = 0.75,
    golden_discount: float = 0.01,
    golden_return: float = 0.2,
    given: Mapping[str, Mapping[str, Any]] | None = None,
) -> Result:
    """Relationship pyramid: How far each relationship has come, from transaction to synergy, why, and what is missing for the next level.

    Args:
        facts: The facts of a ledger.
        crm: The tables of a CRM.
        active_days: Cooperation: days with a sale that it takes to know each other.
        tenure_months: Cooperation: calendar months since the first sale that it takes to know each other.
        activity: Partnership: the share of periods with a sale, of the window's periods since the first sale, 0 to 1.
        shrinkage: Partnership: the fall of revenue from the window's first to its second half that does not yet count as shrinking, 0 to 1.
        trust_periods: Partnership: the last periods in which no complaint may be left unresolved.
        p_alive: Partnership: the least probability of being alive, 0 to 1.
        future_proxy: Partnership: without P(alive) and a running contract, take the future as likely while the account is silent for no
            longer than most gaps in the ledger (`usual_gap`). The level is then provisional.
        usual_gap: The share of all gaps between two days with a sale that a usual gap does not exceed, 0 to 1.
        joint_activities: Synergy: joint activities in the window.
        unknown_gates: What a gate without data does to the level.
        golden_margin: Golden shot: the share of accounts whose margin rate must be exceeded, 0 to 1.
        golden_discount: Golden shot: the discount up to which the customer did not haggle, as a share of the list amount.
        golden_return: Golden shot: the P(alive) up to which the customer will hardly return.
        given: Options of the methods it builds on (purchase_model, selection_matrix, attractiveness, our_attractiveness), by their names.

    Tables:
        pyramid: an account, the highest level first
        levels: a level, the highest first
    """
    options: dict[str, Any] = {
        "active_days": active_days,
        "tenure_months": tenure_months,
        "activity": activity,
        "shrinkage": shrinkage,
        "trust_periods": trust_periods,
        "p_alive": p_alive,
        "future_proxy": future_proxy,
        "usual_gap": usual_gap,
        "joint_activities": joint_activities,
        "unknown_gates": unknown_gates,
        "golden_margin": golden_margin,
        "golden_discount": golden_discount,
        "golden_return": golden_return,
    }
    if given is not None:
        options["given"] = given
    return run("pyramid", facts, crm, options)


def pyramid_transitions(
    facts: Facts,
    crm: Crm | None = None,
    *,
    periods: int = 24,
    compare: int = 12,
    undated: Undated = "as_today",
    max_account_levels: int = 1000000,
    pyramid: Mapping[str, Any] | None = None,
    given: Mapping[str, Mapping[str, Any]] | None = None,
) -> Result:
    """Transitions of the pyramid: How accounts move between the levels of the pyramid, how long it takes to climb, and who climbed or fell
    and why.

    Args:
        facts: The facts of a ledger.
        crm: The tables of a CRM.
        periods: How many ends of periods are looked at, the last of which is `as_of`; fewer where the ledger is younger.
        compare: Climbers and fallers: over how many periods up to `as_of` levels are compared; all that are looked at where there are
            fewer.
        undated: Whether both sides attract each other carries no date: take today's answer for the past, or none.
        max_account_levels: The table `account_levels` is left empty where it would have more rows than this; `spells` says the same in
            fewer.
        pyramid: The thresholds of the levels, as those of the method pyramid. Without: {'active_days': 2, 'tenure_months': 3, 'activity':
            0.5, 'shrinkage': 0.0, 'trust_periods': 2, 'p_alive': 0.8, 'future_proxy': False, 'usual_gap': 0.9, 'joint_activities': 1,
            'unknown_gates': 'provisional', 'golden_margin': 0.75, 'golden_discount': 0.01, 'golden_return': 0.2}.
        given: Options of the methods it builds on (purchase_model, selection_matrix, attractiveness, our_attractiveness), by their names.

    Tables:
        pyramid_transitions: a level and one that it was followed by
        levels_by_period: an end of a period and a level
        time_to_climb: a level and a higher one
        movers: an account that stands on another level than before; climbers first
        spells: an account and a run of periods on one level
        account_levels: an account and an end of a period
    """
    options: dict[str, Any] = {
        "periods": periods,
        "compare": compare,
        "undated": undated,
        "max_account_levels": max_account_levels,
    }
    if pyramid is not None:
        options["pyramid"] = pyramid
    if given is not None:
        options["given"] = given
    return run("pyramid_transitions", facts, crm, options)
