"""The domain-free numerics by name: what is called with arrays in kam.mcda and kam.btyd, with plain values."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from kam import _kam
from kam._json import dumps, word


@dataclass(frozen=True)
class CalculationInfo:
    """A calculation of the registry."""

    name: str
    about: str
    #: The JSON schema of what it takes.
    input: dict[str, Any]


def calculations() -> tuple[CalculationInfo, ...]:
    """Every calculation."""
    return tuple(CalculationInfo(entry["name"], entry["about"], entry["input"]) for entry in json.loads(_kam.calculations()))


def calculate(name: str, /, **values: Any) -> dict[str, Any]:
    """Calculates by name, plain values in and out; None and NaN in a list are missing numbers.

    >>> import kam
    >>> kam.calculate("mcda.weighted_sum", matrix=[[1, 0], [0, 1]], weights=[3, 1])["score"]
    [0.75, 0.25]
    """
    word("calculate", "name", name, "pass the name of a calculation, such as mcda.topsis; kam.calculations() lists them")
    output: dict[str, Any] = json.loads(_kam.calculate(name, dumps(name, values)))
    return output
