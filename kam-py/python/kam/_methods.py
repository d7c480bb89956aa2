"""Every method as a function. Generated from the registry by generate.py: change it there, not here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypeAlias

from kam._crm import Crm
from kam._facts import Facts
from kam._result import Result, run

__all__ = [
    "abc",
    "abc_xyz",
    "attractiveness",
    "develop_or_acquire",
    "clv",
    "lorenz",
    "loss",
    "loss_dynamics",
    "pareto",
    "purchase_model",
    "pyramid",
    "revenue_bridge",
    "rfm",
    "spend_model",
    "unprofitable",
    "whale_curve",
    "win_back",
    "xyz",
]

AbcLimitsMethod: TypeAlias = Literal["thresholds"] | Literal["computed_limits"]
GiniNormalisation: TypeAlias = Literal["chen_tsaur_rhai"] | Literal["raffinetti"]
LossCriterion: TypeAlias = Literal["days"] | Literal["gap"] | Literal["p_alive"]
Grain: TypeAlias = Literal["day"] | Literal["week"] | Literal["month"] | Literal["quarter"] | Literal["year"]
Measure: TypeAlias = (
    Literal["revenue"]
    | Literal["gross_sales"]
    | Literal["returns"]
    | Literal["cost"]
    | Literal["cost_to_serve"]
    | Literal["margin"]
    | Literal["profit"]
    | Literal["list_amount"]
    | Literal["discount"]
    | Literal["lines"]
    | Literal["active_days"]
    | Literal["active_periods"]
    | Literal["orders"]
)
MissingValues: TypeAlias = Literal["worst"] | Literal["median"]
NonPositive: TypeAlias = Literal["zero"] | Literal["like_new"]
Normalisation: TypeAlias = Literal["min_max"] | Literal["vector"] | Literal["sum"] | Literal["max"] | Literal["z_score"] | Literal["rank"]
Population: TypeAlias = Literal["window"] | Literal["all"]
ReturnChanceSource: TypeAlias = Literal["history"] | Literal["p_alive"]
PurchaseModelKind: TypeAlias = Literal["bg_nbd"] | Literal["mbg_nbd"] | Literal["pareto_nbd"]
RfmFrequency: TypeAlias = Literal["active_days"] | Literal["active_periods"] | Literal["orders"] | Literal["lines"]
SegmentPreset: TypeAlias = Literal["default"] | Literal["first_match_11"]
Spend: TypeAlias = Literal["net"] | Literal["gross"]
UnknownGates: TypeAlias = Literal["provisional"] | Literal["block"]
ValueBase: TypeAlias = Literal["revenue"] | Literal["margin"] | Literal["profit"]
WeightRule: TypeAlias = Literal["given"] | Literal["equal"]
WinBackObjective: TypeAlias = Literal["expected_value"] | Literal["uplift"]
XyzLimits: TypeAlias = Literal["strict"] | Literal["moderate"] | Literal["wide"]
XyzMeasure: TypeAlias = Literal["frequency"] | Literal["variability"]


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


def abc(
    facts: Facts,
    crm: Crm | None = None,
    *,
    base: Measure = "revenue",
    method: AbcLimitsMethod = "thresholds",
    a: float = 0.8,
    b: float = 0.95,
) -> Result:
    """ABC analysis: Classes accounts by the share of the base that larger ones already hold.

    Args:
        facts: The facts of a ledger.
        crm: The tables of a CRM.
        base: What is shared out: revenue, profit, margin or any other fact.
        method: How the limits between the classes are found: thresholds, or computed from the curve.
        a: An account is A while those before it hold less than this share of the base.
        b: An account is B while those before it hold less than this share, and C from there on.

    Tables:
        abc: an account, largest first
        classes: a class
    """
    options: dict[str, Any] = {
        "base": base,
        "method": method,
        "a": a,
        "b": b,
    }
    return run("abc", facts, crm, options)


def xyz(
    facts: Facts,
    crm: Crm | None = None,
    *,
    measure: XyzMeasure = "frequency",
    limits: XyzLimits = "strict",
    x: float | None = None,
    y: float | None = None,
    ddof: int = 0,
) -> Result:
    """XYZ analysis: Classes accounts by how regularly they buy.

    Args:
        facts: The facts of a ledger.
        crm: The tables of a CRM.
        measure: What regularity is measured by: frequency of purchase, or variability of revenue.
        limits: The limits of variability by name: strict 0.10 and 0.25, moderate 0.2 and 0.6, wide 0.5 and 1.0. Frequency does not use it.
        x: X from this frequency on (default 0.75), or up to this variability (default: that of `limits`).
        y: Y from this frequency on (default 0.35), or up to this variability (default: that of `limits`).
        ddof: Taken off the number of periods in the variance: 0 for all periods there are, 1 for a sample of them.

    Tables:
        xyz: an account
        classes: a class
    """
    options: dict[str, Any] = {
        "measure": measure,
        "limits": limits,
        "x": x,
        "y": y,
        "ddof": ddof,
    }
    return run("xyz", facts, crm, options)


def abc_xyz(
    facts: Facts,
    crm: Crm | None = None,
    *,
    abc: Mapping[str, Any] | None = None,
    xyz: Mapping[str, Any] | None = None,
) -> Result:
    """ABC-XYZ analysis: Crosses what accounts bring with how regularly they buy, with a policy for each of the nine cells.

    Args:
        facts: The facts of a ledger.
        crm: The tables of a CRM.
        abc: Options of the ABC analysis. Without: {'base': 'revenue', 'method': 'thresholds', 'a': 0.8, 'b': 0.95}.
        xyz: Options of the XYZ analysis. Without: {'measure': 'frequency', 'limits': 'strict', 'x': None, 'y': None, 'ddof': 0}.

    Tables:
        abc_xyz: a cell, AX first
        accounts: an account
    """
    options: dict[str, Any] = {
    }
    if abc is not None:
        options["abc"] = abc
    if xyz is not None:
        options["xyz"] = xyz
    return run("abc_xyz", facts, crm, options)


def rfm(
    facts: Facts,
    crm: Crm | None = None,
    *,
    frequency: RfmFrequency = "active_days",
    monetary: Measure = "revenue",
    cut_points: Mapping[str, Any] | None = None,
    segments: SegmentPreset | Sequence[Mapping[str, Any]] = "default",
    first_match: bool = False,
) -> Result:
    """RFM segments: Scores accounts by how recently, how often and for how much they buy, and names their segments.

    Args:
        facts: The facts of a ledger.
        crm: The tables of a CRM.
        frequency: What counts as often, over the window.
        monetary: What counts as much, over the window: revenue, profit, margin or any other fact.
        cut_points: Cut points that are given, such as those of an earlier result; those left out are the quintiles of the accounts with a
            sale. Without: {'recency_days': None, 'frequency': None, 'monetary': None}.
        segments: The names of the segments: "default", "first_match_11", or rows of name and ranges of scores.
        first_match: In rows of your own that overlap, the first that fits counts; otherwise an overlap is an error.

    Tables:
        rfm: an account
        segments: a segment, empty ones too
        cut_points: a quintile
    """
    options: dict[str, Any] = {
        "frequency": frequency,
        "monetary": monetary,
        "segments": segments,
        "first_match": first_match,
    }
    if cut_points is not None:
        options["cut_points"] = cut_points
    return run("rfm", facts, crm, options)


def purchase_model(
    facts: Facts,
    crm: Crm | None = None,
    *,
    model: PurchaseModelKind = "bg_nbd",
    unit: Grain = "week",
    free_purchases: bool = True,
    horizon: float = 52.0,
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
        horizon: How many units ahead purchases are expected.
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
        clv: an account
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


def attractiveness(
    facts: Facts,
    crm: Crm | None = None,
    *,
    criteria: Sequence[Mapping[str, Any]] | None = None,
    normalisation: Normalisation = "min_max",
    weights: WeightRule = "given",
    missing: MissingValues = "worst",
) -> Result:
    """Attractiveness: How attractive each account is to us, by weighted criteria, and what every criterion gives to the score.

    Args:
        facts: The facts of a ledger.
        crm: The tables of a CRM.
        criteria: The criteria: name, source, direction, weight, and for a categorical attribute what each word is worth. Without: [{'name':
            'reliability', 'source': {'fact': 'reliability'}, 'direction': 'benefit', 'weight': 1.0}, {'name': 'profit', 'source': {'fact':
            'profit'}, 'direction': 'benefit', 'weight': 1.0}, {'name': 'tenure', 'source': {'fact': 'tenure_days'}, 'direction': 'benefit',
            'weight': 1.0}, {'name': 'growth', 'source': {'fact': 'growth'}, 'direction': 'benefit', 'weight': 1.0}, {'name':
            'new_opportunities', 'source': {'fact': 'directions_opened'}, 'direction': 'benefit', 'weight': 1.0}, {'name': 'reputation',
            'source': {'attribute': 'reference'}, 'direction': 'benefit', 'weight': 1.0}].
        normalisation: How values are brought to a common scale.
        weights: The criteria's own weights, or the same for all.
        missing: What an account without a value is scored as.

    Tables:
        attractiveness: an account, the most attractive first
        criteria: a criterion that was scored
    """
    options: dict[str, Any] = {
        "normalisation": normalisation,
        "weights": weights,
        "missing": missing,
    }
    if criteria is not None:
        options["criteria"] = criteria
    return run("attractiveness", facts, crm, options)


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
    return run("pyramid", facts, crm, options)


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
        given: Options of the methods it builds on (loss), by their names.

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
    offers: Sequence[Mapping[str, Any]] = (),
    budget: float | None = None,
    objective: WinBackObjective = "expected_value",
    base: ValueBase | None = None,
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
        horizon_periods: How many periods after `as_of` count: for the value of an account that returns, and for the chance that it does.
        chance: Where the chance of a return comes from.
        smoothing: How many silences the average chance weighs, against those that lasted as long as the account's.
        search_limit: How many states the search for the best choice may look at; beyond, the best one found is given with its gap to the
            bound.
        given: Options of the methods it builds on (loss), by their names.

    Tables:
        win_back: a lost account, those to win back first, by what they are expected to bring
        offers: an offer, in the order given
    """
    options: dict[str, Any] = {
        "offers": offers,
        "budget": budget,
        "objective": objective,
        "base": base,
        "horizon_periods": horizon_periods,
        "chance": chance,
        "smoothing": smoothing,
        "search_limit": search_limit,
    }
    if given is not None:
        options["given"] = given
    return run("win_back", facts, crm, options)
