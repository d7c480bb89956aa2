"""Purchase models ("buy till you die") over arrays: who is still alive, how often they will buy, what they will spend.

A customer is x repeat transactions, the last of them a time t_x after the first one, seen until a time T after it; all transactions of a
day are one. Times are in any unit: alpha (and beta of Pareto/NBD) scale with it, the other parameters do not. ``docs/btyd.md`` has the
formulas.

>>> import kam
>>> model = kam.btyd.model("bg_nbd", {"r": 0.2425967, "alpha": 4.413659, "a": 0.7929869, "b": 2.426164})
>>> round(model.p_alive(26, 30.857142857, 31), 5)
0.96885
>>> round(model.expected_purchases(52, 26, 30.857142857, 31), 4)
25.7566
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, TypeAlias, overload

import numpy as np

from kam import _kam
from kam._errors import FitError, OptionError, wrong_type
from kam._facts import Facts
from kam._held import Held
from kam._json import Day, day, number, whole, word
from kam._ledger import Ledger
from kam._table import Table

__all__ = [
    "FitReport",
    "FrequencyBins",
    "GammaGamma",
    "PurchaseModel",
    "Simulated",
    "fit",
    "fit_gamma_gamma",
    "gamma_gamma",
    "model",
    "summary",
]

_Floats: TypeAlias = np.ndarray[Any, np.dtype[np.float64]]
_Booleans: TypeAlias = np.ndarray[Any, np.dtype[np.bool_]]

#: What the name of a model must be.
MODELS = "pass bg_nbd, mbg_nbd or pareto_nbd"


def _numbers(name: str, values: Any) -> _Floats:
    """One number a customer, from an array, a list or a Series; None is a missing number."""
    try:
        array: _Floats = np.ascontiguousarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        message = f"{name} cannot be read as numbers ({error})"
        raise FitError(message, 601, "pass an array or a list of numbers") from None
    if array.ndim > 1:
        message = f"{name} has {array.ndim} dimensions"
        raise FitError(message, 601, "pass one number a customer")
    return np.atleast_1d(array)


def _columns(**values: Any) -> tuple[bool, list[_Floats]]:
    """The columns, brought to one length where some are single numbers; and were all of them single?"""
    columns = {name: _numbers(name, value) for name, value in values.items()}
    scalar = all(np.ndim(value) == 0 for value in values.values())
    longest = max(len(column) for column in columns.values())
    if longest > 1:
        for name, value in values.items():
            if np.ndim(value) == 0:
                columns[name] = np.full(longest, columns[name][0])
    return scalar, list(columns.values())


def _out(scalar: bool, values: _Floats) -> Any:
    return float(values[0]) if scalar else values


@dataclass(frozen=True)
class FitReport:
    """How a fit went."""

    #: Did the search end at a maximum, inside or at a bound of the parameters?
    converged: bool
    #: Steps of the optimiser, over all starts.
    iterations: int
    #: The largest component of the gradient of the mean log-likelihood by the logarithms of the parameters.
    gradient_norm: float | None
    #: Starting points tried.
    starts: int
    #: How many of them led to the best point.
    agreeing_starts: int
    #: Parameters without a finite best value.
    at_bound: list[str]
    #: What is to be known before the fit is used.
    warnings: list[str]
    #: Customers the model was fitted to.
    customers: int
    #: Different histories among them.
    groups: int


@dataclass(frozen=True)
class FrequencyBins:
    """Expected and actual transactions of a holdout by the number of transactions in the calibration."""

    #: Transactions in the calibration; the last bin also holds all larger numbers.
    x: list[int]
    #: How many customers made so many.
    customers: list[int]
    #: The mean number of transactions that the model expects of them.
    expected: list[float]
    #: The mean number they made.
    actual: list[float]


@dataclass(frozen=True, eq=False)
class Simulated:
    """Customers drawn from a model."""

    #: Repeat transactions.
    x: _Floats
    #: The time of the last one.
    t_x: _Floats
    #: The time seen.
    T: _Floats
    #: Is the customer still alive at the end of it?
    alive: _Booleans


class _Model(Held):
    """What every model has, fitted or given."""

    _model: _kam.PurchaseModel | _kam.SpendModel

    @cached_property
    def params(self) -> dict[str, float]:
        """The parameters by name: r, alpha, a, b; of Pareto/NBD r, alpha, s, beta; of Gamma-Gamma p, q, gamma."""
        return dict(self._model.params)

    @cached_property
    def standard_errors(self) -> dict[str, float] | None:
        """The parameters' standard errors from the Hessian, NaN where it gives none; None for a model of given parameters."""
        errors = self._model.standard_errors
        return None if errors is None else dict(errors)

    @property
    def log_likelihood(self) -> float | None:
        """The log-likelihood at the best point; None for a model of given parameters."""
        return self._model.log_likelihood

    @cached_property
    def report(self) -> FitReport | None:
        """How the fit went; None for a model of given parameters."""
        report = self._model.report
        return None if report is None else FitReport(**json.loads(report))

    @property
    def converged(self) -> bool | None:
        """Did the fit end at a maximum? None for a model of given parameters."""
        return None if self.report is None else self.report.converged

    def _text(self, name: str) -> str:
        params = name + ", ".join(f"{name}={value:.6g}" for name, value in self.params.items())
        fitted = "" if self.log_likelihood is None else f", log-likelihood {self.log_likelihood:.3f}, converged {self.converged}"
        return f"kam.btyd.{type(self).__name__}({params}{fitted})"


class PurchaseModel(_Model):
    """A purchase model: what :func:`fit` and :func:`model` give. Single numbers give single numbers, arrays give arrays."""

    _instead = "send its name and params: kam.btyd.model(name, params) is the same model"

    def __init__(self, model: _kam.PurchaseModel) -> None:
        self._model: _kam.PurchaseModel = model

    @property
    def name(self) -> str:
        """``bg_nbd``, ``mbg_nbd`` or ``pareto_nbd``."""
        return self._model.name

    def p_alive(self, x: Any, t_x: Any, T: Any) -> Any:
        """The probability that a customer is still alive at T."""
        scalar, columns = _columns(x=x, t_x=t_x, T=T)
        return _out(scalar, self._model.p_alive(*columns))

    def expected_purchases(self, t: Any, x: Any, t_x: Any, T: Any) -> Any:
        """How many transactions a customer is expected to make in a time t after T."""
        scalar, columns = _columns(t=t, x=x, t_x=t_x, T=T)
        return _out(scalar, self._model.expected_purchases(*columns))

    def expected_purchases_new(self, t: Any) -> Any:
        """How many repeat transactions a new customer is expected to make in a time t after the first one."""
        scalar, (times,) = _columns(t=t)
        return _out(scalar, self._model.expected_purchases_new(times))

    def p_alive_interval(self, x: Any, t_x: Any, T: Any, level: float = 0.95) -> tuple[Any, Any]:
        """Both ends of the interval of :meth:`p_alive` by the delta method."""
        scalar, columns = _columns(x=x, t_x=t_x, T=T)
        low, high = self._model.interval(number("level", level), np.empty(0), *columns)
        return _out(scalar, low), _out(scalar, high)

    def expected_purchases_interval(self, t: Any, x: Any, t_x: Any, T: Any, level: float = 0.95) -> tuple[Any, Any]:
        """Both ends of the interval of :meth:`expected_purchases` by the delta method: that of the mean, not of what a customer does."""
        scalar, columns = _columns(t=t, x=x, t_x=t_x, T=T)
        low, high = self._model.interval(number("level", level), *columns)
        return _out(scalar, low), _out(scalar, high)

    def log_likelihood_of(self, x: Any, t_x: Any, T: Any) -> float:
        """The log-likelihood of customers under this model."""
        _, columns = _columns(x=x, t_x=t_x, T=T)
        return self._model.log_likelihood_of(*columns)

    def frequency_bins(self, t: Any, x: Any, t_x: Any, T: Any, x_star: Any, last: int = 7) -> FrequencyBins:
        """Expected and actual transactions of a holdout of length t by x; ``x_star`` is what each customer did in it."""
        _, (time, repeats, last_time, age, later) = _columns(t=t, x=x, t_x=t_x, T=T, x_star=x_star)
        return FrequencyBins(*self._model.frequency_bins(time, repeats, last_time, age, later, whole("last", last)))

    def simulate(self, customers: int, T: float | tuple[float, float], seed: int) -> Simulated:
        """Customers drawn from the model, seen for a time T, or for times evenly spread between two. A seed gives the same ones."""
        ages = _numbers("T", T)
        if len(ages) not in (1, 2) or not 0 <= ages[0] <= ages[-1] < float("inf"):
            raise OptionError(f"option `T` is {T!r}", 301, "it must be a time from 0, or two, the lesser first")
        drawn = self._model.simulate(whole("customers", customers), (float(ages[0]), float(ages[-1])), whole("seed", seed))
        return Simulated(*drawn)

    def __repr__(self) -> str:
        return self._text(f"{self.name}: ")


class GammaGamma(_Model):
    """A Gamma-Gamma spend model: what :func:`fit_gamma_gamma` and :func:`gamma_gamma` give."""

    _instead = "send its params: kam.btyd.gamma_gamma(params) is the same model"

    def __init__(self, model: _kam.SpendModel) -> None:
        self._model: _kam.SpendModel = model

    @property
    def mean(self) -> float | None:
        """The mean spend over all customers; None for q ≤ 1, where it is infinite."""
        return self._model.mean

    def expected_spend(self, x: Any, mean_spend: Any) -> Any:
        """The expected spend per transaction of a customer with x of them; NaN where the model's mean is infinite (p x + q ≤ 1)."""
        scalar, columns = _columns(x=x, mean_spend=mean_spend)
        return _out(scalar, self._model.expected_spend(*columns))

    def __repr__(self) -> str:
        return self._text("")


def fit(model: Literal["bg_nbd", "mbg_nbd", "pareto_nbd"], x: Any, t_x: Any, T: Any, *, group: bool = True) -> PurchaseModel:
    """Fits a purchase model by maximum likelihood. It gives its best point also where it did not converge; ``report`` says so.

    Args:
        model: ``bg_nbd``, ``mbg_nbd`` or ``pareto_nbd``.
        x: Repeat transactions, one number a customer.
        t_x: The time from the first transaction to the last.
        T: The time from the first transaction to the end of what is seen.
        group: Count identical customers once; without, the result is the same and the time longer.
    """
    word("fit", "model", model, MODELS)
    return PurchaseModel(_kam.btyd_fit(model, _numbers("x", x), _numbers("t_x", t_x), _numbers("T", T), group))


@overload
def model(name: Literal["bg_nbd", "mbg_nbd", "pareto_nbd"], params: Mapping[str, float]) -> PurchaseModel: ...
@overload
def model(name: Literal["gamma_gamma"], params: Mapping[str, float]) -> GammaGamma: ...
def model(name: str, params: Mapping[str, float]) -> PurchaseModel | GammaGamma:
    """A purchase model of given parameters, without a fit; of ``gamma_gamma`` the spend model, as :func:`gamma_gamma` gives it.

    Args:
        name: ``bg_nbd``, ``mbg_nbd`` or ``pareto_nbd``; or ``gamma_gamma``.
        params: r, alpha, a, b; of Pareto/NBD r, alpha, s, beta; of Gamma-Gamma p, q, gamma.
    """
    if name == "gamma_gamma":
        return gamma_gamma(params)
    return PurchaseModel(_kam.btyd_model(word("model", "name", name, MODELS), _params(params)))


def _params(params: Mapping[str, float]) -> list[tuple[str, float]]:
    """Parameters and their values; what is no number is an error that names it."""
    hint = "pass the parameters by their names, as {'r': 0.24, 'alpha': 4.41, …}"
    if not isinstance(params, Mapping):
        raise FitError(f"`params` is a {type(params).__name__}", 601, hint)
    found = []
    for name, value in params.items():
        try:
            found.append((str(name), float(value)))
        except (TypeError, ValueError):
            raise FitError(f"parameter {name} is {value!r}, which is no number", 601, hint) from None
    return found


def fit_gamma_gamma(x: Any, mean_spend: Any) -> GammaGamma:
    """Fits the Gamma-Gamma spend model to the mean spend of x repeat transactions. Customers with x = 0 are not used.

    Args:
        x: Repeat transactions, one number a customer.
        mean_spend: The mean spend of them; anything, also NaN, where x is 0. A spend of zero or less is an error that names its row.
    """
    return GammaGamma(_kam.btyd_fit_gamma_gamma(_numbers("x", x), _numbers("mean_spend", mean_spend)))


def gamma_gamma(params: Mapping[str, float]) -> GammaGamma:
    """A Gamma-Gamma spend model of given parameters, without a fit."""
    return GammaGamma(_kam.btyd_gamma_gamma(_params(params)))


def summary(
    ledger_or_facts: Ledger | Facts,
    as_of: Day | None = None,
    unit: Literal["day", "week", "month", "quarter", "year"] = "week",
    *,
    free_purchases: bool = True,
    spend: Literal["net", "gross"] = "net",
) -> Table:
    """The histories of a ledger's accounts: account, x, t_x, T, mean_spend; without the accounts that never bought.

    Args:
        ledger_or_facts: A ledger, or its facts.
        as_of: The day the accounts are seen from; needed for a ledger. Of facts, an earlier day than their own needs the grain day.
        unit: The unit of the times.
        free_purchases: Does a day count on which all that was bought was free (amount zero)?
        spend: ``net`` of returns, or ``gross`` sales.
    """
    if isinstance(ledger_or_facts, Ledger):
        if as_of is None:
            message = "`as_of` is missing: the day the accounts are seen from"
            raise OptionError(message, 303, "pass text such as 2024-12-31 or a datetime.date")
        facts = ledger_or_facts.facts(as_of, progress=False)
    elif isinstance(ledger_or_facts, Facts):
        facts = ledger_or_facts
    else:
        raise wrong_type("summary", "ledger_or_facts", ledger_or_facts, "pass a kam.Ledger, or its facts")
    if spend not in ("net", "gross"):
        message = f"option `spend` is {spend}"
        raise OptionError(message, 301, "it must be net or gross")
    text = None if as_of is None else day("as_of", as_of)
    word("summary", "unit", unit, "pass day, week, month, quarter or year")
    return Table(_kam.btyd_summary(facts._facts, text, unit, free_purchases, spend == "gross"), facts._scale)
