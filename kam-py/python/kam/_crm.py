"""What a CRM knows beside the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import TypeAlias

from kam import _kam
from kam._errors import OptionError, wrong_type
from kam._held import Held
from kam._json import word
from kam._source import Frame, Path, TableColumns, open_table

TableSource: TypeAlias = Frame | Path

HINT = 'pass table → kam\'s name of a column → yours: {"accounts": {"account": "customerNumber"}}'


class Crm(Held):
    """The optional tables of a CRM, each a frame or a path to a CSV, Parquet or Arrow file. Their columns have the names of kam, or
    ``columns`` says which is which.

    Args:
        accounts: Who the accounts are: account, name, parent, industry, budget …; further columns are attributes.
        ratings: How we rate accounts, and they us and our competitors.
        activities: Visits, calls, complaints, mistakes, joint work.
        opportunities: Deals won, lost and open.
        contacts: People at the accounts.
        plans: Targets of managers and accounts.
        contracts: Clauses of contracts.
        competitors: Who else sells to the accounts.
        managers: The account managers, what they speak and how many hours a year they have.
        manager_ratings: How good the account managers are at what their work asks for.
        columns: Table → kam's name of a column → yours: ``{"accounts": {"account": "customerNumber"}}``.
        date_format: How text dates are written, in strftime's letters; ISO 8601 without.
        timezone: The zone in which timestamps with a zone become days; UTC without.
    """

    _instead = "make it anew there, of the same tables"

    def __init__(
        self,
        *,
        accounts: TableSource | None = None,
        ratings: TableSource | None = None,
        activities: TableSource | None = None,
        opportunities: TableSource | None = None,
        contacts: TableSource | None = None,
        plans: TableSource | None = None,
        contracts: TableSource | None = None,
        competitors: TableSource | None = None,
        managers: TableSource | None = None,
        manager_ratings: TableSource | None = None,
        columns: Mapping[str, Mapping[str, str]] | None = None,
        date_format: str | None = None,
        timezone: str | None = None,
    ) -> None:
        tables = {
            "accounts": accounts,
            "ratings": ratings,
            "activities": activities,
            "opportunities": opportunities,
            "contacts": contacts,
            "plans": plans,
            "contracts": contracts,
            "competitors": competitors,
            "managers": managers,
            "manager_ratings": manager_ratings,
        }
        given = {name: table for name, table in tables.items() if table is not None}
        columns = {} if columns is None else columns
        if not isinstance(columns, Mapping):
            raise wrong_type("Crm", "columns", columns, HINT)
        for name, names in columns.items():
            if not isinstance(names, Mapping):
                raise wrong_type("Crm", f"columns[{name!r}]", names, HINT)
            for ours, theirs in names.items():
                if not (isinstance(ours, str) and isinstance(theirs, str)):
                    raise OptionError(f"Crm: `columns[{name!r}]` says {ours!r} → {theirs!r}, which are not two names", 301, HINT)
            if name not in given:
                message = f"option `columns` names the table `{name}`, which was not given"
                raise OptionError(message, 301, f"it may name {', '.join(given) or 'none, since no table was given'}")
        rows = []
        for name, known in _kam.crm_tables():
            if name in given:
                named = dict(columns.get(name, {}))
                needs = {*named.values(), *(column for column in known if column not in named)}
                rows.append((name, open_table(name, given[name], TableColumns(needs, keeps=name == "accounts")), named))
        if date_format is not None:
            word("Crm", "date_format", date_format, "pass text in strftime's letters, such as %d.%m.%Y")
        if timezone is not None:
            word("Crm", "timezone", timezone, "pass the name of a zone, such as Europe/Berlin")
        self._crm = _kam.Crm(rows, date_format, timezone)
        self._tables = list(given)

    @property
    def tables(self) -> list[str]:
        """The tables that were given."""
        return list(self._tables)

    @property
    def ignored(self) -> list[tuple[str, str, str]]:
        """The columns that were given and are not read: table, column, reason."""
        return self._crm.ignored

    def __repr__(self) -> str:
        return f"kam.Crm with {', '.join(self._tables) or 'no tables'}"

    def _repr_html_(self) -> str:
        return f"<p>{escape(repr(self))}</p>"
