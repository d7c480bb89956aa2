"""Multi-criteria decisions over arrays: alternatives rated by several criteria, made comparable, weighed, ranked.

A matrix has one row an alternative and one column a criterion. Directions are +1 (more is better) or -1 (more is worse). Weights count by
their proportions. A missing value (NaN, None) is an error that names its criterion and alternative, both counted from 0; only
:func:`normalise` leaves it missing, and :func:`ahp` fills in missing pairs. ``docs/mcda.md`` has the formulas.

>>> import kam
>>> result = kam.mcda.topsis([[5, 8, 4], [7, 6, 8], [8, 8, 6], [7, 4, 6]], [0.3, 0.4, 0.3], [1, 1, 1])
>>> result.score.round(4).tolist()
[0.5037, 0.6581, 0.7482, 0.334]
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypedDict

import numpy as np

from kam import _kam
from kam._errors import OptionError
from kam._extras import extra
from kam._json import dumps, number, one, whole, words
from kam._result import Theme

if TYPE_CHECKING:
    import altair as alt

__all__ = [
    "Ahp",
    "AhpHierarchy",
    "AhpNode",
    "Normalisation",
    "Preference",
    "Promethee2",
    "RandomIndex",
    "Smaa",
    "Topsis",
    "Vikor",
    "WeightConstraints",
    "WeightedSum",
    "ahp",
    "ahp_hierarchy",
    "critic_weights",
    "entropy_weights",
    "normalise",
    "promethee2",
    "smaa",
    "topsis",
    "vikor",
    "weighted_sum",
]

_Floats: TypeAlias = np.ndarray[Any, np.dtype[np.float64]]
_Integers: TypeAlias = np.ndarray[Any, np.dtype[np.int64]]
_Counts: TypeAlias = np.ndarray[Any, np.dtype[np.uint32]]

#: How criteria are brought to a common scale.
Normalisation: TypeAlias = (
    Literal["none"] | Literal["min_max"] | Literal["vector"] | Literal["sum"] | Literal["max"] | Literal["z_score"] | Literal["rank"]
)
#: The standard preference functions.
Preference: TypeAlias = (
    Literal["usual"] | Literal["u_shape"] | Literal["v_shape"] | Literal["level"] | Literal["linear"] | Literal["gaussian"]
)
#: Whose estimates of the random index.
RandomIndex: TypeAlias = Literal["saaty"] | Literal["donegan_dodd"]


class WeightConstraints(TypedDict, total=False):
    """What is known of the weights."""

    #: Criteria (from 0) by their importance, the most important first; those that are not listed may weigh anything.
    order: Sequence[int]
    #: The least and the greatest weight of every criterion, as shares of all weights.
    bounds: Sequence[tuple[float, float]]


@dataclass(frozen=True, eq=False)
class WeightedSum:
    """What :func:`weighted_sum` gives."""

    #: The sum of the contributions of every alternative.
    score: _Floats
    #: Weight times value: alternatives × criteria.
    contributions: _Floats
    #: The weights, which add up to 1.
    weights: _Floats

    @cached_property
    def rank(self) -> _Integers:
        """Places, 1 for the highest score; scores that agree to nine decimals share the better place."""
        return _kam.ranks(self.score)


@dataclass(frozen=True, eq=False)
class Topsis:
    """What :func:`topsis` gives."""

    #: Closeness to the ideal, 0 to 1.
    score: _Floats
    #: The best weighted, normalised value of every criterion.
    ideal: _Floats
    #: The worst weighted, normalised value of every criterion.
    anti_ideal: _Floats
    #: Euclidean distance of every alternative to the ideal.
    distance_to_ideal: _Floats
    #: Euclidean distance of every alternative to the anti-ideal.
    distance_to_anti_ideal: _Floats
    #: The weights, which add up to 1.
    weights: _Floats

    @cached_property
    def rank(self) -> _Integers:
        """Places, 1 for the highest score; scores that agree to nine decimals share the better place."""
        return _kam.ranks(self.score)


@dataclass(frozen=True, eq=False)
class Vikor:
    """What :func:`vikor` gives. Of s, r and q less is better."""

    #: Group utility: the weighted sum of the distances from the best.
    s: _Floats
    #: Individual regret: the largest of the weighted distances.
    r: _Floats
    #: The compromise measure, 0 to 1.
    q: _Floats
    #: The best value of every criterion.
    best: _Floats
    #: The worst value of every criterion.
    worst: _Floats
    #: The weights, which add up to 1.
    weights: _Floats
    #: The alternatives of the compromise, by q: one alone where both conditions are met.
    compromise: _Integers
    #: C1: the second best q lies at least 1 ÷ (alternatives − 1) above the best.
    acceptable_advantage: bool
    #: C2: the best by q is also the best by s or by r.
    acceptable_stability: bool

    @cached_property
    def rank(self) -> _Integers:
        """Places by q, 1 for the least; values that agree to nine decimals share the better place."""
        return _kam.ranks(-self.q)


@dataclass(frozen=True, eq=False)
class Promethee2:
    """What :func:`promethee2` gives."""

    #: Net flow, −1 to 1; more is better.
    phi: _Floats
    #: Leaving flow: the mean preference for an alternative over the others.
    phi_plus: _Floats
    #: Entering flow: the mean preference for the others over an alternative.
    phi_minus: _Floats
    #: Net flows by each criterion alone, unweighted: alternatives × criteria.
    criterion_flows: _Floats
    #: The weights, which add up to 1.
    weights: _Floats

    @cached_property
    def rank(self) -> _Integers:
        """Places, 1 for the highest net flow; flows that agree to nine decimals share the better place."""
        return _kam.ranks(self.phi)


@dataclass(frozen=True, eq=False)
class Ahp:
    """What :func:`ahp` gives."""

    #: The weights, which add up to 1.
    weights: _Floats
    #: The largest eigenvalue.
    lambda_max: float
    #: (λmax − n) ÷ (n − 1).
    consistency_index: float
    #: The consistency index of random comparisons; None where none was published for so many elements.
    random_index: float | None
    #: Consistency index ÷ random index; up to 0.10 is taken for consistent enough.
    consistency_ratio: float | None
    #: The comparisons with the missing ones filled in.
    completed: _Floats
    #: How many pairs were missing.
    missing_pairs: int


@dataclass(frozen=True)
class AhpNode:
    """One node of :class:`AhpHierarchy`."""

    #: The names on the way to it.
    path: tuple[str, ...]
    #: Its weight among its neighbours.
    local: float
    #: Its weight under the goal.
    global_weight: float
    #: Has it no children?
    is_leaf: bool


@dataclass(frozen=True, eq=False)
class AhpHierarchy:
    """What :func:`ahp_hierarchy` gives."""

    #: Every node below the goal, from the top.
    nodes: tuple[AhpNode, ...]
    #: The comparisons, by the names on the way to them: ``()`` for the goal.
    comparisons: dict[tuple[str, ...], Ahp]

    @property
    def weights(self) -> dict[str, float]:
        """The leaves' weights under the goal, by their names joined with ``/``; they add up to 1."""
        return {"/".join(node.path): node.global_weight for node in self.nodes if node.is_leaf}


@dataclass(frozen=True, eq=False)
class Smaa:
    """What :func:`smaa` gives."""

    #: How often each alternative, or one that equals it in every criterion, stood on each rank: alternatives × ranks.
    counts: _Counts
    #: How many alternatives equal it in every criterion, itself included: they share their counts.
    twins: _Counts
    #: The mean weights under which each alternative comes first: alternatives × criteria; NaN for those that never do.
    central_weights: _Floats
    #: The probability of coming first under its own central weights: 1 for whoever ever comes first, as values are exact; 0 for the rest.
    confidence: _Floats
    #: The mean of all weights that were drawn.
    mean_weights: _Floats
    #: How many sets of weights were drawn.
    samples: int

    @cached_property
    def acceptability(self) -> _Floats:
        """The share of the weights under which each alternative stands on each rank: alternatives × ranks, made when first asked for."""
        shares: _Floats = self.counts / (self.twins[:, np.newaxis] * float(self.samples))
        return shares

    def among_first(self, ranks: int) -> _Floats:
        """The share of the weights under which each alternative stands among the first few."""
        shares: _Floats = self.counts[:, : whole("ranks", ranks)].sum(axis=1) / (self.twins * float(self.samples))
        return shares

    def chart(self, names: Sequence[str] | None = None, *, theme: Theme = "light") -> dict[str, Any]:
        """The rank acceptabilities as a Vega-Lite specification, the best 20 alternatives and ranks.

        Args:
            names: What the alternatives are called; without, their numbers from 1 on.
            theme: ``light`` or ``dark`` paper; ``page`` for colours that the style sheet of a page says.
        """
        output: dict[str, Any] = {"acceptability": self.acceptability.tolist()}
        if names is not None:
            output["names"] = [str(name) for name in words("smaa", "names", names, "give one name an alternative")]
            if len(output["names"]) != len(self.counts):
                message = f"smaa: {len(output['names'])} names for {len(self.counts)} alternatives"
                raise OptionError(message, 301, "give one name an alternative, in the order of the matrix")
        chart: dict[str, Any] = json.loads(_kam.outcome_of("mcda.smaa", dumps("chart", output)).chart(None, theme) or "{}")
        return chart

    def plot(self, names: Sequence[str] | None = None, *, theme: Theme = "light") -> alt.LayerChart | alt.Chart:
        """The same as an Altair chart, see :meth:`kam.Result.plot`. Needs ``kam[plot]``."""
        altair = extra("altair", "plot()", extra="plot")
        chart: alt.LayerChart | alt.Chart = altair.Chart.from_dict(self.chart(names, theme=theme))
        return chart


def normalise(matrix: Any, directions: Any = None, normalisation: Normalisation = "min_max") -> _Floats:
    """Criteria on a common scale, where more is better; what is missing stays missing.

    Args:
        matrix: Alternatives × criteria.
        directions: +1 or −1 for each criterion; all +1 without.
        normalisation: How; ``docs/mcda.md`` has the formulas and what becomes of constant columns.
    """
    array = _matrix(matrix)
    return _columns(_kam.normalise(array, _directions(directions, array), _word(normalisation)), array)


def weighted_sum(matrix: Any, weights: Any, directions: Any = None, normalisation: Normalisation = "min_max") -> WeightedSum:
    """The weighted sum of criteria on a common scale, with what each of them gives to every score.

    Args:
        matrix: Alternatives × criteria.
        weights: One a criterion, 0 or more.
        directions: +1 or −1 for each criterion; all +1 without.
        normalisation: How values are brought to a common scale; ``"none"`` takes them as they are, costs negated.
    """
    array = _matrix(matrix)
    score, parts, shares = _kam.weighted_sum(array, _numbers("weights", weights), _directions(directions, array), _word(normalisation))
    return WeightedSum(score, _columns(parts, array), shares)


def topsis(matrix: Any, weights: Any, directions: Any = None, normalisation: Normalisation = "vector") -> Topsis:
    """TOPSIS: how near every alternative is to the ideal and how far from its opposite.

    Args:
        matrix: Alternatives × criteria.
        weights: One a criterion, 0 or more.
        directions: +1 or −1 for each criterion, settled at the ideal; all +1 without.
        normalisation: How values are brought to a common scale.
    """
    array = _matrix(matrix)
    return Topsis(*_kam.topsis(array, _numbers("weights", weights), _directions(directions, array), _word(normalisation)))


def vikor(matrix: Any, weights: Any, directions: Any = None, v: float = 0.5) -> Vikor:
    """VIKOR: a compromise between the good of the whole and the regret of the worst criterion.

    Args:
        matrix: Alternatives × criteria.
        weights: One a criterion, 0 or more.
        directions: +1 or −1 for each criterion; all +1 without.
        v: The weight of the group utility against the individual regret, 0 to 1.
    """
    array = _matrix(matrix)
    parts, compromise, advantage, stability = _kam.vikor(
        array, _numbers("weights", weights), _directions(directions, array), number("v", v)
    )
    s, r, q, best, worst, shares = parts
    return Vikor(s, r, q, best, worst, shares, compromise, advantage, stability)


def promethee2(
    matrix: Any,
    weights: Any,
    directions: Any = None,
    preference: Preference | Sequence[Preference] = "usual",
    q: float | Sequence[float | None] | None = None,
    p: float | Sequence[float | None] | None = None,
    s: float | Sequence[float | None] | None = None,
) -> Promethee2:
    """PROMETHEE II: how far every alternative is preferred to all others, and they to it.

    In O(n log n) a criterion, but O(n²) with the Gaussian function.

    Args:
        matrix: Alternatives × criteria.
        weights: One a criterion, 0 or more.
        directions: +1 or −1 for each criterion; all +1 without.
        preference: The preference function, one for all criteria or one for each.
        q: The indifference threshold of u_shape, level and linear, in the criterion's own units; one for all or one for each.
        p: The preference threshold of v_shape, level and linear.
        s: The point of inflection of gaussian.
    """
    array = _matrix(matrix)
    words = [one(name, value) for name, value in (("preference", preference), ("q", q), ("p", p), ("s", s))]
    phi, plus, minus, flows, shares = _kam.promethee2(array, _numbers("weights", weights), _directions(directions, array), *words)
    return Promethee2(phi, plus, minus, _columns(flows, array), shares)


def entropy_weights(matrix: Any) -> _Floats:
    """Weights by entropy: a criterion whose values differ more tells more. Values must be 0 or more.

    Args:
        matrix: Alternatives × criteria.
    """
    return _kam.entropy_weights(_matrix(matrix))[0]


def critic_weights(matrix: Any, directions: Any = None) -> _Floats:
    """CRITIC weights: a criterion counts by how much its values differ and how little it repeats the others.

    Args:
        matrix: Alternatives × criteria.
        directions: +1 or −1 for each criterion; all +1 without.
    """
    array = _matrix(matrix)
    return _kam.critic_weights(array, _directions(directions, array))[0]


def ahp(matrix: Any, random_index: RandomIndex = "saaty") -> Ahp:
    """AHP: weights from comparisons of pairs, and how consistent those are.

    Args:
        matrix: How many times the element of the row counts as much as that of the column. NaN marks a missing comparison: one
            direction of a pair is enough, and pairs that are missing both ways are filled in so that the largest eigenvalue is least.
        random_index: Whose estimates of the random index.
    """
    array = _matrix(matrix)
    weights, completed, largest, index, random, ratio, missing = _kam.ahp(array, _word(random_index))
    return Ahp(weights, largest, index, random, ratio, completed.reshape(len(weights), len(weights)), missing)


def ahp_hierarchy(goal: Mapping[str, Any], random_index: RandomIndex = "saaty") -> AhpHierarchy:
    """AHP over criteria of criteria: every node's weight among its neighbours and under the goal.

    Args:
        goal: ``{"names": […], "matrix": […], "children": {name: {"names": …}}}``, children only where there are any.
        random_index: Whose estimates of the random index.
    """
    from kam._calculation import calculate

    found = calculate("mcda.ahp_hierarchy", goal=goal, random_index=random_index)
    rows = zip(found["path"], found["local"], found["global"], found["is_leaf"], strict=True)
    nodes = tuple(AhpNode(tuple(path), local, whole, leaf) for path, local, whole, leaf in rows)
    comparisons: dict[tuple[str, ...], Ahp] = {}
    for part in found["comparisons"]:
        values: dict[str, Any] = {
            key: np.array(value) if isinstance(value, list) else value for key, value in part.items() if key != "path"
        }
        comparisons[tuple(part["path"])] = Ahp(**values)
    return AhpHierarchy(nodes, comparisons)


def smaa(
    matrix: Any,
    directions: Any = None,
    weights: WeightConstraints | Sequence[tuple[float, float]] | None = None,
    samples: int = 10_000,
    seed: int = 0,
    ranks: int | None = None,
    normalisation: Normalisation = "min_max",
) -> Smaa:
    """SMAA-2: how often every alternative stands on every rank of the weighted sum, whatever the weights.

    Args:
        matrix: Alternatives × criteria.
        directions: +1 or −1 for each criterion; all +1 without.
        weights: What is known of the weights: ``{"order": [2, 0, 1]}`` (criteria by their importance), ``{"bounds": [(0.1, 0.5), …]}``
            (shares of all weights; a list alone means bounds), both, or nothing.
        samples: How many sets of weights are drawn.
        seed: Where the random numbers start; the same seed gives the same bits, on any number of threads.
        ranks: How many ranks are kept, from the first; all without. The first few of many alternatives are found without sorting them.
        normalisation: How values are brought to a common scale.
    """
    array = _matrix(matrix)
    known: Any = {} if weights is None else weights
    constraints = dumps("weights", known if isinstance(known, Mapping) else {"bounds": known})
    drawn, start = whole("samples", samples, 1), whole("seed", seed)
    kept = None if ranks is None else whole("ranks", ranks, 1)
    signs = _directions(directions, array)
    counts, parts, width = _kam.smaa(array, signs, constraints, drawn, start, kept, _word(normalisation))
    central = parts[0].reshape(array.shape)
    return Smaa(counts[0].reshape(len(array), width), counts[1], central, parts[1], parts[2], drawn)


def _matrix(matrix: Any) -> _Floats:
    """The matrix as doubles, where it lies if it can be."""
    try:
        array: _Floats = np.asarray(matrix, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise OptionError(f"option `matrix` cannot be read as numbers: {error}", 301, "give rows of numbers of one length") from error
    if array.ndim != 2:
        raise OptionError(f"option `matrix` has {array.ndim} dimensions", 301, "it must have two: alternatives × criteria")
    return array if array.flags.c_contiguous or array.flags.f_contiguous else np.ascontiguousarray(array)


def _numbers(name: str, values: Any) -> list[float]:
    try:
        array: _Floats = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise OptionError(f"option `{name}` cannot be read as numbers: {error}", 301, "give one number for each criterion") from error
    if array.ndim != 1:
        raise OptionError(f"option `{name}` has {array.ndim} dimensions", 301, "it must have one number for each criterion")
    numbers: list[float] = array.tolist()
    return numbers


def _directions(values: Any, matrix: _Floats) -> list[float]:
    return [1.0] * matrix.shape[1] if values is None else _numbers("directions", values)


def _word(value: str) -> str:
    return one("word", value)


def _columns(flat: _Floats, matrix: _Floats) -> _Floats:
    """Alternatives × criteria from what comes column after column."""
    return flat.reshape(matrix.shape[1], matrix.shape[0]).T
