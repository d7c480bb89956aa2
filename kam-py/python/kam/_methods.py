"""Every method as a function. Generated from the registry by generate.py: change it there, not here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypeAlias

from kam._crm import Crm
from kam._facts import Facts
from kam._result import Result, run
from kam._source import Frame

__all__ = [
    "abc",
    "abc_xyz",
    "assignment",
    "attractiveness",
    "clv",
    "competence",
    "cost_to_serve",
    "develop_or_acquire",
    "effort",
    "hygiene",
    "key_account_profile",
    "key_account_types",
    "lorenz",
    "loss",
    "loss_dynamics",
    "market_indicator",
    "marketing_list",
    "our_attractiveness",
    "pareto",
    "portfolio",
    "purchase_model",
    "pyramid",
    "pyramid_transitions",
    "revenue_bridge",
    "rfm",
    "routes",
    "selection_matrix",
    "spend_model",
    "three_p",
    "unprofitable",
    "whale_curve",
    "win_back",
    "xyz",
]

AbcLimitsMethod: TypeAlias = Literal["thresholds"] | Literal["computed_limits"]
Addressed: TypeAlias = Literal["all"] | Literal["candidates"] | Literal["customers"]
Attribution: TypeAlias = Literal["account"] | Literal["line"]
Checked: TypeAlias = Literal["all"] | Literal["candidates"]
CompetenceScoring: TypeAlias = Literal["weighted_sum"] | Literal["topsis"] | Literal["vikor"] | Literal["promethee2"]
CompetenceWeights: TypeAlias = Literal["given"] | Literal["entropy"] | Literal["critic"]
Correlated: TypeAlias = Literal["levels"] | Literal["changes"] | Literal["year_changes"]
DossierItem: TypeAlias = (
    Literal["name"]
    | Literal["description"]
    | Literal["size"]
    | Literal["budget"]
    | Literal["manager"]
    | Literal["contacts"]
    | Literal["decision_maker"]
    | Literal["decision_scheme"]
    | Literal["competitors"]
    | Literal["opportunities"]
    | Literal["contracts"]
    | Literal["rating_of_customer"]
    | Literal["rating_of_us"]
    | Literal["plan"]
)
Driver: TypeAlias = Literal["revenue"] | Literal["lines"] | Literal["orders"] | Literal["equal"]
EffortMeasure: TypeAlias = Literal["hours"] | Literal["cost"]
GiniNormalisation: TypeAlias = Literal["chen_tsaur_rhai"] | Literal["raffinetti"]
Grain: TypeAlias = Literal["day"] | Literal["week"] | Literal["month"] | Literal["quarter"] | Literal["year"]
KeyRule: TypeAlias = Literal["pareto"] | Literal["any_route"]
LossCriterion: TypeAlias = Literal["days"] | Literal["gap"] | Literal["p_alive"]
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
PreferenceFunction: TypeAlias = (
    Literal["usual"]
    | Literal["u_shape"]
    | Literal["v_shape"]
    | Literal["level"]
    | Literal["linear"]
    | Literal["gaussian"]
)
PurchaseModelKind: TypeAlias = Literal["bg_nbd"] | Literal["mbg_nbd"] | Literal["pareto_nbd"]
QuadrantPreset: TypeAlias = Literal["cheverton"] | Literal["mcdonald_woodburn"] | Literal["steele_court"]
RandomIndex: TypeAlias = Literal["saaty"] | Literal["donegan_dodd"]
RatingScale: TypeAlias = Literal["given"] | Literal["min_max"] | Literal["rank"]
ReturnChanceSource: TypeAlias = Literal["history"] | Literal["p_alive"]
ReturnValueSource: TypeAlias = Literal["history"] | Literal["clv"]
RfmFrequency: TypeAlias = Literal["active_days"] | Literal["active_periods"] | Literal["orders"] | Literal["lines"]
Role: TypeAlias = (
    Literal["decision_maker"]
    | Literal["influencer"]
    | Literal["champion"]
    | Literal["user"]
    | Literal["gatekeeper"]
    | Literal["blocker"]
)
Scoring: TypeAlias = Literal["weighted_sum"] | Literal["topsis"] | Literal["vikor"] | Literal["promethee2"]
SecondAxis: TypeAlias = Literal["relative_strength"] | Literal["revenue_share"]
SegmentPreset: TypeAlias = Literal["default"] | Literal["first_match_11"]
Spend: TypeAlias = Literal["net"] | Literal["gross"]
TargetRoute: TypeAlias = Literal["pareto"] | Literal["potential"] | Literal["likely"] | Literal["strategic"]
Undated: TypeAlias = Literal["as_today"] | Literal["unknown"]
UnknownGates: TypeAlias = Literal["provisional"] | Literal["block"]
ValueBase: TypeAlias = Literal["revenue"] | Literal["margin"] | Literal["profit"]
WeightRule: TypeAlias = Literal["given"] | Literal["equal"] | Literal["ahp"] | Literal["entropy"] | Literal["critic"]
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
    segments: SegmentPreset | Sequence[Mapping[str, Any]] | Frame = "default",
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


def attractiveness(
    facts: Facts,
    crm: Crm | None = None,
    *,
    criteria: Sequence[Mapping[str, Any]] | Frame | None = None,
    normalisation: Normalisation = "min_max",
    weights: WeightRule = "given",
    comparisons: Sequence[Sequence[float | None]] | None = None,
    random_index: RandomIndex = "saaty",
    scoring: Scoring = "weighted_sum",
    v: float = 0.5,
    preference: PreferenceFunction = "usual",
    preference_q: float = 0.05,
    preference_p: float = 0.2,
    preference_s: float = 0.1,
    missing: MissingValues = "worst",
    sureness_samples: int = 1000,
    sureness_seed: int = 0,
    sureness_top: int = 20,
) -> Result:
    """Attractiveness: How attractive each account is to us, by weighted criteria, and what every criterion gives to the score.

    Args:
        facts: The facts of a ledger.
        crm: The tables of a CRM.
        criteria: The criteria: name, source, direction, weight, and for a categorical attribute what each word is worth. Without:
            reliability, profit, tenure, growth, new opportunities and reputation of a customer; rated quality, delivery, price, service and
            innovation of a supplier.
        normalisation: How values are brought to a common scale.
        weights: The criteria's own weights, the same for all, from comparisons of pairs, or from the values themselves.
        comparisons: With weights = ahp: how many times the criterion of the row counts as much as that of the column, in the order of the
            criteria; null where a pair was not compared.
        random_index: With weights = ahp: whose random index the consistency ratio is measured by.
        scoring: How the criteria are put together.
        v: With scoring = vikor: the weight of the group utility against the individual regret, 0 to 1.
        preference: With scoring = promethee2: how far a difference on the common scale makes one account preferred.
        preference_q: The largest difference on the common scale that does not matter.
        preference_p: The smallest difference on the common scale that matters fully.
        preference_s: The difference on the common scale at the bell curve's point of inflection.
        missing: What an account without a value is scored as.
        sureness_samples: How many random sets of weights the sureness is found by; 0 leaves it out.
        sureness_seed: Where its random numbers start: the same seed gives the same sureness.
        sureness_top: How many places count as the best: the sureness says how sure it is that an account is among them.

    Tables:
        attractiveness: an account, the most attractive first
        criteria: a criterion that was scored
    """
    options: dict[str, Any] = {
        "criteria": criteria,
        "normalisation": normalisation,
        "weights": weights,
        "comparisons": comparisons,
        "random_index": random_index,
        "scoring": scoring,
        "v": v,
        "preference": preference,
        "preference_q": preference_q,
        "preference_p": preference_p,
        "preference_s": preference_s,
        "missing": missing,
        "sureness_samples": sureness_samples,
        "sureness_seed": sureness_seed,
        "sureness_top": sureness_top,
    }
    return run("attractiveness", facts, crm, options)


def our_attractiveness(
    facts: Facts,
    crm: Crm | None = None,
    *,
    infer: bool = True,
) -> Result:
    """Our attractiveness: How attractive we are to each account against our competitors, by its own criteria and weights.

    Args:
        facts: The facts of a ledger.
        crm: The tables of a CRM.
        infer: Infer a proxy from the ledger and the activities for accounts that do not rate us? Such accounts are marked `inferred`.

    Tables:
        our_attractiveness: an account, those who prefer us most first
        their_criteria: a criterion by which customers rate us
    """
    options: dict[str, Any] = {
        "infer": infer,
    }
    return run("our_attractiveness", facts, crm, options)


def selection_matrix(
    facts: Facts,
    crm: Crm | None = None,
    *,
    preset: QuadrantPreset | None = None,
    attractiveness_cut: Literal["median"] | Mapping[str, Any] = "median",
    strength_cut: Literal["median"] | Mapping[str, Any] | None = None,
    second_axis: SecondAxis = "relative_strength",
    inferred: bool = True,
    given: Mapping[str, Mapping[str, Any]] | None = None,
) -> Result:
    """Selection matrix: Which accounts are attractive to us and we to them: four quadrants, each with its policy.

    Args:
        facts: The facts of a ledger.
        crm: The tables of a CRM.
        preset: What the quadrants are called. Without: as Cheverton calls those of customers, and as Steele and Court call those of
            suppliers.
        attractiveness_cut: Where attractiveness is cut: `"median"`, `{"absolute": 50}` or `{"quantile": 0.8}`.
        strength_cut: Where the second axis is cut; at 1 we are level with the best competitor. Without: {'absolute': 1.0}.
        second_axis: What stands on the second axis.
        inferred: Use relative strengths that are only inferred? Without, such accounts have no quadrant.
        given: Options of the methods it builds on (attractiveness, our_attractiveness), by their names.

    Tables:
        selection_matrix: an account, quadrant by quadrant, the highest revenue first
        quadrants: a quadrant
    """
    options: dict[str, Any] = {
        "preset": preset,
        "attractiveness_cut": attractiveness_cut,
        "second_axis": second_axis,
        "inferred": inferred,
    }
    if strength_cut is not None:
        options["strength_cut"] = strength_cut
    if given is not None:
        options["given"] = given
    return run("selection_matrix", facts, crm, options)


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
