"""The review: every method that the data allow."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from kam import _kam
from kam._bundle import bundle
from kam._crm import Crm
from kam._errors import MethodKeyError, SkippedError, wrong_type
from kam._facts import Facts
from kam._held import Held
from kam._html import figures, heading
from kam._json import dumps, words
from kam._progress import Progress, watching
from kam._result import Result, checked, write
from kam._source import Path
from kam._table import HTML_ROWS, Table, clean_text

#: The columns of the master table that a terminal shows, where they are.
SHOWN = ("account", "revenue", "profit", "abc", "xyz", "rfm_segment", "attractiveness", "level", "golden_shot", "unprofitable")

#: What the option ``methods`` may be.
METHODS = 'pass names of methods: ["abc", "xyz"], or one name'


class Review(Held):
    """What :func:`kam.review` gives: the master table, and every method's result by the method's name."""

    _instead = "send its to_dict()"

    def __init__(self, review: _kam.Review) -> None:
        self._review = review

    @property
    def accounts(self) -> Table:
        """The master table: one row an account, its facts, and what every method says of it."""
        return Table(self._review.accounts, self._scale)

    @property
    def methods(self) -> list[str]:
        """The methods that ran."""
        return self._review.methods

    @property
    def skipped(self) -> Table:
        """One row a method that did not run: method, reason, hint."""
        return Table(self._review.skipped())

    @cached_property
    def _scale(self) -> int:
        scale: int = self.facts["scale"]
        return scale

    @property
    def facts(self) -> dict[str, Any]:
        """The facts in figures."""
        summary: dict[str, Any] = json.loads(self._review.summary())
        return summary

    def __getitem__(self, method: str) -> Result:
        outcome = self._review.get(method) if isinstance(method, str) else None
        if outcome is not None:
            return Result(method, outcome, self._scale)
        skipped = self.skipped.to_dict()
        for name, reason, hint in zip(skipped["method"], skipped["reason"], skipped["hint"], strict=True):
            if name == method:
                raise SkippedError(f"{method} was skipped: {reason}", 404, hint)
        raise MethodKeyError(f"the review has no method `{method}`", 302, f"it has {', '.join(self.methods)}")

    def __contains__(self, method: object) -> bool:
        return method in self.methods

    def __iter__(self) -> Iterator[str]:
        return iter(self.methods)

    def __len__(self) -> int:
        return len(self.methods)

    def to_dict(self) -> dict[str, Any]:
        """The whole review as plain values."""
        values: dict[str, Any] = json.loads(self._review.json())
        return values

    def to_json(self, path: Path | None = None) -> str | None:
        """The whole review as JSON, written to a file or returned."""
        return write(self._review.json(), path)

    def to_html(
        self,
        path: Path | None = None,
        *,
        title: str = "Key account review",
        max_rows: int = 20,
        max_accounts: int = 5_000,
        dossiers: int | str | Sequence[str | int] = 30,
        charts: bool | None = None,
    ) -> str | None:
        """The whole review as one self-contained page that works offline, written to a file or returned.

        Args:
            path: Where to write the page; without, it is returned.
            title: The heading of the page.
            max_rows: How many rows of each table are shown; a note says how many more there are.
            max_accounts: How many accounts of the master table the page holds, sorts and searches, largest revenue first. A thousand
                take about 0.3 MB.
            dossiers: For how many key accounts, largest revenue first, a dossier stands in the page, beside those of the marketing list
                that it shows; or accounts by their keys, one or a list of them. One takes about 20 kB.
            charts: ``True`` for a page with charts, which needs ``kam[plot]`` to write it; ``False`` for one without; by default
                with charts where that is installed, and otherwise with a sentence that says so.
        """
        hint = "pass how many key accounts have one, or accounts by their keys: one, or a list of them"
        is_count = isinstance(dossiers, (int, np.integer))
        chosen = dossiers if is_count else [str(account) for account in words("to_html", "dossiers", dossiers, hint)]
        options = {"title": title, "max_rows": max_rows, "max_accounts": max_accounts, "dossiers": chosen, "script": bundle(charts)}
        return write(self._review.html(dumps("page", options)), path)

    def dossier(self, account: str | int, *, rows: int = 20, periods: int = 24, due_within_days: int = 90) -> Dossier:
        """Everything known of one account, in microseconds: classes with their evidence, history, who decides, what to do next.

        Args:
            account: The key in the ledger or the crm; an account that is not there is an error that names accounts like it.
            rows: How many rows of each list are given, the latest or largest first; counts and sums are of all.
            periods: How many periods with a line are given, the latest last.
            due_within_days: Clauses due within that many days are next steps.
        """
        return Dossier(self._review, str(account), dumps("dossier", {"rows": rows, "periods": periods, "due_within_days": due_within_days}))

    def compare(self, older: Review, *, methods: Sequence[str] | str | None = None) -> Result:
        """Who moved between classes, levels and quadrants since an older review, and which figures moved them.

        Rules that are not what they were (window, grain, options) stand in the summary as `rules_changed`, and its `note` says so.

        Args:
            older: The older review, of no later day; accounts are matched by their keys.
            methods: The methods whose classes are compared, or one; without, all that both reviews ran.

        Tables:
            changes: an account and a class that changed, the largest accounts first
            moves: a class and a pair of words, also of accounts that stayed
            accounts: an account that only one of the two reviews knows
        """
        if not isinstance(older, Review):
            raise wrong_type("compare", "older", older, "pass what kam.review gave for an earlier day")
        chosen = None if methods is None else words("compare", "methods", methods, METHODS)
        return Result("compare", self._review.compare(older._review, dumps("compare", {"methods": chosen})), self._scale)

    def _lines(self) -> list[tuple[str, str]]:
        skipped = self.skipped.to_dict()
        lines = [("methods", ", ".join(self.methods) or "none")]
        lines += [("skipped", f"{name}: {reason}") for name, reason in zip(skipped["method"], skipped["reason"], strict=True)]
        return lines

    def _title(self) -> str:
        facts = self.facts
        return f"kam.Review of {facts['accounts']:,} accounts as of {facts['as_of']}"

    def __repr__(self) -> str:
        accounts = self.accounts
        shown = [column for column in SHOWN if column in accounts]
        largest = np.argsort(-accounts["revenue"], kind="stable")
        lines = [self._title(), *(clean_text(f"  {name}: {text}") for name, text in self._lines())]
        return "\n".join([*lines, accounts.text(shown, largest)])

    def _repr_html_(self) -> str:
        return figures(self._title(), self._lines()) + heading("accounts") + self._review.accounts_html(HTML_ROWS)


class Dossier(Held):
    """What a review knows of one account. It shows itself in a notebook; ``to_dict`` gives the data."""

    _instead = "send its to_dict()"

    def __init__(self, review: _kam.Review, account: str, options: str) -> None:
        self._review = review
        self._options = options
        self._json = review.dossier(account, options)
        self.account = account

    def to_dict(self) -> dict[str, Any]:
        """The dossier as plain values."""
        values: dict[str, Any] = json.loads(self._json)
        return values

    def to_json(self, path: Path | None = None) -> str | None:
        """The dossier as JSON, written to a file or returned."""
        return write(self._json, path)

    def to_markdown(self, path: Path | None = None) -> str | None:
        """The dossier as Markdown, written to a file or returned."""
        return write(self._review.dossier_markdown(self.account, self._options), path)

    def to_html(self, path: Path | None = None) -> str | None:
        """The dossier as one self-contained page, written to a file or returned."""
        return write(self._review.dossier_html(self.account, self._options, True), path)

    @property
    def next_steps(self) -> list[dict[str, Any]]:
        """What to do next, the most pressing first."""
        steps: list[dict[str, Any]] = self.to_dict()["next_steps"]
        return steps

    def __repr__(self) -> str:
        values = self.to_dict()
        lines = [f"kam.Dossier of {values['title']} as of {values['as_of']}"]
        lines += [f"  {step['about']}: {step['text']}" for step in values["next_steps"]]
        return "\n".join(map(clean_text, lines))

    def _repr_html_(self) -> str:
        return self._review.dossier_html(self.account, self._options, False)


def review(
    facts: Facts,
    crm: Crm | None = None,
    *,
    methods: Sequence[str] | str | None = None,
    options: Mapping[str, Mapping[str, Any]] | None = None,
    progress: Progress = None,
) -> Review:
    """Runs every method that the data allow; what lacks a table or column is listed under ``skipped``.

    Args:
        facts: The facts of a ledger.
        crm: The optional tables.
        methods: The methods to run, or one; without, all.
        options: Method → its options that differ from the defaults.
        progress: Without, a bar on a terminal or in a notebook; ``False`` for none; or a callable ``(stage, done, total)``.
    """
    read = checked("review", facts, crm)
    if options is not None and not isinstance(options, Mapping):
        raise wrong_type("review", "options", options, 'pass method → its options: {"abc": {"a": 0.7}}')
    given = {"methods": None if methods is None else words("review", "methods", methods, METHODS), "options": dict(options or {})}
    with watching(progress) as callback:
        return Review(_kam.review(*read, dumps("review", given), callback))
