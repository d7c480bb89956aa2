"""Key account management analytics: from a sales ledger, and what else a CRM knows, to decisions.

>>> import kam
>>> facts = kam.Ledger("sales.parquet", account="customer", date="day", amount="net").facts(as_of="2024-12-31")
>>> kam.abc(facts).table
>>> kam.review(facts).to_html("review.html")
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from kam import btyd, mcda
from kam._book import Appended, Book
from kam._calculation import CalculationInfo, calculate, calculations
from kam._crm import Crm
from kam._errors import (
    BookError,
    ColumnError,
    ColumnKeyError,
    CrmError,
    ExtraError,
    FitError,
    KamError,
    LedgerError,
    MethodKeyError,
    OptionError,
    SkippedError,
)
from kam._facts import Facts
from kam._kam import __version__
from kam._ledger import Ledger
from kam._methods import *  # noqa: F403
from kam._registry import MethodInfo, OptionInfo, methods
from kam._result import Result, run
from kam._review import Dossier, Review, review
from kam._sample import Sample, sample
from kam._state import FactsState
from kam._table import Table

if TYPE_CHECKING:
    from kam import spark

__all__ = [
    # methods:begin, written by make generate
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
    # methods:end
    "Appended",
    "Book",
    "BookError",
    "CalculationInfo",
    "ColumnError",
    "ColumnKeyError",
    "Crm",
    "CrmError",
    "Dossier",
    "ExtraError",
    "Facts",
    "FactsState",
    "FitError",
    "KamError",
    "Ledger",
    "LedgerError",
    "MethodInfo",
    "MethodKeyError",
    "OptionError",
    "OptionInfo",
    "Result",
    "Review",
    "Sample",
    "SkippedError",
    "Table",
    "__version__",
    "btyd",
    "calculate",
    "calculations",
    "mcda",
    "methods",
    "review",
    "run",
    "sample",
    "spark",
]


def __getattr__(name: str) -> Any:
    """``kam.spark`` is loaded when it is first asked for."""
    if name == "spark":
        return importlib.import_module("kam.spark")
    raise AttributeError(f"module 'kam' has no attribute {name!r}")
