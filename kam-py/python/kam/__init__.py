"""Key account management analytics: from a sales ledger, and what else a CRM knows, to decisions.

>>> import kam
>>> facts = kam.Ledger("sales.parquet", account="customer", date="day", amount="net").facts(as_of="2024-12-31")
>>> kam.abc(facts).table
>>> kam.review(facts).to_html("review.html")
"""

from kam import btyd
from kam._calculation import CalculationInfo, calculate, calculations
from kam._crm import Crm
from kam._errors import (
    BookError,
    ColumnError,
    CrmError,
    ExtraError,
    FitError,
    KamError,
    LedgerError,
    OptionError,
)
from kam._facts import Facts
from kam._kam import __version__
from kam._ledger import Ledger
from kam._methods import *  # noqa: F403
from kam._registry import MethodInfo, OptionInfo, methods
from kam._result import Result, run
from kam._review import Review, review
from kam._sample import Sample, sample
from kam._state import FactsState
from kam._table import Table

__all__ = [
    # methods:begin, written by generate.py
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
    # methods:end
    "BookError",
    "CalculationInfo",
    "ColumnError",
    "Crm",
    "CrmError",
    "ExtraError",
    "Facts",
    "FactsState",
    "FitError",
    "KamError",
    "Ledger",
    "LedgerError",
    "MethodInfo",
    "OptionError",
    "OptionInfo",
    "Result",
    "Review",
    "Sample",
    "Table",
    "__version__",
    "btyd",
    "calculate",
    "calculations",
    "methods",
    "review",
    "run",
    "sample",
]
