"""The methods of the family attractiveness. Written by make generate from the registry: change it there, not here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from kam._crm import Crm
from kam._facts import Facts
from kam._methods._choices import (
    MissingValues,
    Normalisation,
    PreferenceFunction,
    QuadrantPreset,
    RandomIndex,
    Scoring,
    SecondAxis,
    WeightRule,
)
from kam._result import Result, run
from kam._source import Frame

__all__ = [
    "attractiveness",
    "our_attractiveness",
    "selection_matrix",
]


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
        sureness_samples: How many random sets of weights the sureness is found by, at most a million; 0 leaves it out.
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
    second_axis: SecondAxis | None = None,
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
        strength_cut: Where the second axis is cut. Without: a relative strength at 1, where we are level with the best competitor, and a
            share of revenue at the median.
        second_axis: What stands on the second axis. Without: the relative strength for customers, and for suppliers their share of our
            spend.
        inferred: Use relative strengths that are only inferred? Without, such accounts have no quadrant.
        given: Options of the methods it builds on (attractiveness, our_attractiveness), by their names.

    Tables:
        selection_matrix: an account, quadrant by quadrant, the highest revenue first
        quadrants: a quadrant
    """
    options: dict[str, Any] = {
        "preset": preset,
        "attractiveness_cut": attractiveness_cut,
        "strength_cut": strength_cut,
        "second_axis": second_axis,
        "inferred": inferred,
    }
    if given is not None:
        options["given"] = given
    return run("selection_matrix", facts, crm, options)
