"""The methods of the family retention. Written by make generate from the registry: change it there, not here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kam._crm import Crm
from kam._facts import Facts
from kam._methods._choices import (
    Grain,
    LossCriterion,
    NonPositive,
    PurchaseModelKind,
    ReturnChanceSource,
    ReturnValueSource,
    Spend,
    ValueBase,
    WinBackObjective,
)
from kam._result import Result, run
from kam._source import Frame

__all__ = [
    "clv",
    "develop_or_acquire",
    "loss",
    "loss_dynamics",
    "purchase_model",
    "revenue_bridge",
    "spend_model",
    "win_back",
]


def purchase_model(
    facts: Facts,
    crm: Crm | None = None,
    *,
    model: PurchaseModelKind = "bg_nbd",
    unit: Grain = "week",
    free_purchases: bool = True,
    horizon: float | None = None,
    level: float = 0.95,
    fallback: bool = True,
    min_repeaters: int = 50,
    max_relative_error: float = 1.0,
    calibration_end: str | None = None,
) -> Result:
    """Purchase model: Says of each account whether it is still alive and how often it will buy, by a model of the whole history.

    Args:
        facts: The facts of a ledger.
        crm: The tables of a CRM.
        model: The model: `bg_nbd`, `mbg_nbd` or `pareto_nbd`.
        unit: The unit of time. Scaling it scales alpha (and beta) alone; a month is a twelfth of 365.25 days.
        free_purchases: Does a day count as a purchase on which all that was bought was free (amount zero)?
        horizon: How many units ahead purchases are expected; without, those of a year: 365 days, 52 weeks, 12 months, 4 quarters or 1 year.
        level: The level of the intervals.
        fallback: Take another model where the fit of the first cannot be trusted, and say so?
        min_repeaters: With fewer accounts that bought on a second day, no fit is trusted.
        max_relative_error: The greatest standard error that a parameter of a trusted fit may have, as a multiple of the parameter.
        calibration_end: Also fit the history up to this day alone and compare what is expected of the rest.

    Tables:
        purchase_model: an account
        parameters: a parameter
        frequency_bins: accounts with one number of repeat purchases in the calibration
        tracking: a week
    """
    options: dict[str, Any] = {
        "model": model,
        "unit": unit,
        "free_purchases": free_purchases,
        "horizon": horizon,
        "level": level,
        "fallback": fallback,
        "min_repeaters": min_repeaters,
        "max_relative_error": max_relative_error,
        "calibration_end": calibration_end,
    }
    return run("purchase_model", facts, crm, options)


def spend_model(
    facts: Facts,
    crm: Crm | None = None,
    *,
    spend: Spend = "net",
    non_positive: NonPositive = "zero",
    free_purchases: bool = True,
    min_repeaters: int = 50,
) -> Result:
    """Spend model: Says what each account will spend per purchase, between its own mean and that of all.

    Args:
        facts: The facts of a ledger.
        crm: The tables of a CRM.
        spend: The money: `net` of returns, or `gross` sales.
        non_positive: What accounts whose repeat purchases brought nothing or less are expected to spend: `zero`, or the same as a new
            account (`like_new`). The model knows positive spends only, so they are left out of the fit.
        free_purchases: Does a day count as a purchase on which all that was bought was free (amount zero)?
        min_repeaters: With fewer accounts that bought on a second day, the fit is not trusted.

    Tables:
        spend_model: an account
        parameters: a parameter
    """
    options: dict[str, Any] = {
        "spend": spend,
        "non_positive": non_positive,
        "free_purchases": free_purchases,
        "min_repeaters": min_repeaters,
    }
    return run("spend_model", facts, crm, options)


def clv(
    facts: Facts,
    crm: Crm | None = None,
    *,
    periods: int = 12,
    grain: Grain = "month",
    discount_rate: float = 0.01,
    margin_rate: float | None = None,
    given: Mapping[str, Mapping[str, Any]] | None = None,
) -> Result:
    """Customer lifetime value: Gives the discounted margin of the purchases that are expected of each account.

    Args:
        facts: The facts of a ledger.
        crm: The tables of a CRM.
        periods: How many periods are looked ahead.
        grain: The period of the discount rate. Periods are those of the calendar, counted from `as_of`: months have their own lengths.
        discount_rate: The discount rate per period: 0.01 takes one per cent off for every period. What falls into a period is discounted
            from its end.
        margin_rate: The share of a spend that stays as margin; without, that of the ledger's whole history where its cost is mapped, and 1
            where not.
        given: Options of the methods it builds on (purchase_model, spend_model), by their names.

    Tables:
        clv: an account, the largest value first
    """
    options: dict[str, Any] = {
        "periods": periods,
        "grain": grain,
        "discount_rate": discount_rate,
        "margin_rate": margin_rate,
    }
    if given is not None:
        options["given"] = given
    return run("clv", facts, crm, options)


def revenue_bridge(
    facts: Facts,
    crm: Crm | None = None,
    *,
    span: int = 1,
    comparison: int | None = None,
) -> Result:
    """Revenue bridge: How the revenue of one time became that of the next: what recurred, what is new, returned, more, less and lost; it
    adds up exactly.

    Args:
        facts: The facts of a ledger.
        crm: The tables of a CRM.
        span: How many periods of the grain the series compares with as many before them: 1 is each period against the one before it.
        comparison: How many periods that end with `as_of` the comparison by account sets against as many before them; without, those of the
            window, or a year of the grain where the window is the whole history.

    Tables:
        revenue_bridge: a period, oldest first
        directions: a period and direction
        comparison: a part of the bridge from the opening to the closing span
        comparison_directions: a direction, in the comparison
        accounts: an account, in the comparison, largest change first
    """
    options: dict[str, Any] = {
        "span": span,
        "comparison": comparison,
    }
    return run("revenue_bridge", facts, crm, options)


def develop_or_acquire(
    facts: Facts,
    crm: Crm | None = None,
    *,
    key_share: float = 0.8,
    base: ValueBase | None = None,
    hour_rate: float | None = None,
    even_within: float = 0.1,
    given: Mapping[str, Mapping[str, Any]] | None = None,
) -> Result:
    """Develop or acquire: What growing key accounts brought against winning new ones, for the hours and cost of each.

    Args:
        facts: The facts of a ledger.
        crm: The tables of a CRM.
        key_share: An account of the opening span is a key account while larger ones held less than this share of that span's value.
        base: What the value of accounts is of; without, profit where the ledger has costs and revenue where not.
        hour_rate: What an hour costs, in units of the currency, for activities that do not say what they cost.
        even_within: Returns per unit of effort closer to each other than this share of the larger one are even.
        given: Options of the methods it builds on (revenue_bridge), by their names.

    Tables:
        develop_or_acquire: a side: developing key accounts, acquiring new ones
        groups: a group of accounts
        accounts: an account with value or effort in the comparison, largest change first
    """
    options: dict[str, Any] = {
        "key_share": key_share,
        "base": base,
        "hour_rate": hour_rate,
        "even_within": even_within,
    }
    if given is not None:
        options["given"] = given
    return run("develop_or_acquire", facts, crm, options)


def loss(
    facts: Facts,
    crm: Crm | None = None,
    *,
    criterion: LossCriterion = "days",
    days: int = 180,
    gap_multiple: float = 3.0,
    min_gaps: int = 2,
    min_silence: int = 30,
    p_alive: float = 0.5,
    value_periods: int = 12,
    given: Mapping[str, Mapping[str, Any]] | None = None,
) -> Result:
    """Lost accounts: Which accounts are lost, since when, what they were worth, and which were lost before and came back.

    Args:
        facts: The facts of a ledger.
        crm: The tables of a CRM.
        criterion: Which criterion decides; the other two are given beside it.
        days: Lost by `days`: no purchase for this many days.
        gap_multiple: Lost by `gap`: no purchase for longer than this many times the account's own median gap.
        min_gaps: How many gaps between days with a sale an own median takes; with fewer, `days` stands in.
        min_silence: A silence shorter than this many days is never a loss by `gap`, however often the account buys.
        p_alive: Lost by `p_alive`: the purchase model's probability that the account is alive is below this.
        value_periods: The value of a lost account is its revenue in this many periods, the last of which holds its last purchase.
        given: Options of the methods it builds on (purchase_model), by their names.

    Tables:
        loss: an account, the lost ones first, largest value first
        episodes: a loss in the history, newest first, with the return that ended it
    """
    options: dict[str, Any] = {
        "criterion": criterion,
        "days": days,
        "gap_multiple": gap_multiple,
        "min_gaps": min_gaps,
        "min_silence": min_silence,
        "p_alive": p_alive,
        "value_periods": value_periods,
    }
    if given is not None:
        options["given"] = given
    return run("loss", facts, crm, options)


def loss_dynamics(
    facts: Facts,
    crm: Crm | None = None,
    *,
    reason_days: int = 180,
    segment: str = "industry",
    given: Mapping[str, Mapping[str, Any]] | None = None,
) -> Result:
    """Loss dynamics: How many accounts and how much value were lost per period, by direction, segment, manager and reason.

    Args:
        facts: The facts of a ledger.
        crm: The tables of a CRM.
        reason_days: A reason is what happened from this many days before the last purchase until the account was lost.
        segment: The column of the crm table `accounts` whose words are the segments: `industry`, `region` or a further column.
        given: Options of the methods it builds on (loss, purchase_model), by their names.

    Tables:
        loss_dynamics: a period, oldest first
        directions: a direction, largest value lost first
        segments: a segment, largest value lost first
        managers: a manager, largest value lost first
        reasons: what happened before losses, most frequent first
        details: what is noted as the reason, most frequent first
        losses: a loss, newest first
    """
    options: dict[str, Any] = {
        "reason_days": reason_days,
        "segment": segment,
    }
    if given is not None:
        options["given"] = given
    return run("loss_dynamics", facts, crm, options)


def win_back(
    facts: Facts,
    crm: Crm | None = None,
    *,
    offers: Sequence[Mapping[str, Any]] | Frame = (),
    budget: float | None = None,
    objective: WinBackObjective = "expected_value",
    base: ValueBase | None = None,
    value: ReturnValueSource = "history",
    horizon_periods: int = 12,
    chance: ReturnChanceSource = "history",
    smoothing: float = 2.0,
    search_limit: int = 2000000,
    given: Mapping[str, Mapping[str, Any]] | None = None,
) -> Result:
    """Win-back list: Which lost accounts are worth winning back, and with which offer, within a budget.

    Args:
        facts: The facts of a ledger.
        crm: The tables of a CRM.
        offers: The offers to choose from, each with name, cost, discount, chance_factor, chance_added; without any, a contact that costs
            nothing and changes nothing.
        budget: What the offers may cost together, in units of the currency; no limit without.
        objective: What the choice makes as large as it can be.
        base: What the value of an account is of; without, profit where the ledger has costs and revenue where not.
        value: Where that value comes from. With `clv` it is the discounted margin of the purchases expected over the horizon, so `base` is
            not to be given; discount rate and margin rate are those of clv.
        horizon_periods: How many periods after `as_of` count: for the value of an account that returns, and for the chance that it does.
        chance: Where the chance of a return comes from.
        smoothing: How many silences the average chance weighs, against those that lasted as long as the account's.
        search_limit: How many states the search for the best choice may look at; beyond, the best one found is given with its gap to the
            bound.
        given: Options of the methods it builds on (loss, purchase_model, spend_model, clv), by their names.

    Tables:
        win_back: a lost account, those to win back first, by what they are expected to bring
        offers: an offer, in the order given
    """
    options: dict[str, Any] = {
        "offers": offers,
        "budget": budget,
        "objective": objective,
        "base": base,
        "value": value,
        "horizon_periods": horizon_periods,
        "chance": chance,
        "smoothing": smoothing,
        "search_limit": search_limit,
    }
    if given is not None:
        options["given"] = given
    return run("win_back", facts, crm, options)
