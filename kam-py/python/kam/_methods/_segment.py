"""The methods of the family segment. Written by make generate from the registry: change it there, not here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kam._crm import Crm
from kam._facts import Facts
from kam._methods._choices import AbcLimitsMethod, Measure, RfmFrequency, SegmentPreset, XyzLimits, XyzMeasure
from kam._result import Result, run
from kam._source import Frame

__all__ = [
    "abc",
    "abc_xyz",
    "rfm",
    "xyz",
]


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
