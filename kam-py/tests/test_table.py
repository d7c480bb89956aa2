"""Facts, tables and results as people see them."""

from __future__ import annotations

import html.parser
import json

import polars as pl
import pytest

import kam
from conftest import AS_OF, COLUMNS, ROWS
from kam._table import clean_text


class Tags(html.parser.HTMLParser):
    """Collects the tags, and checks that they close."""

    VOID = frozenset({"br", "meta", "hr", "col", "img", "link"})

    def __init__(self, text):
        super().__init__()
        self.open, self.seen = [], []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.seen.append(tag)
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_facts_say_what_they_are(facts):
    text = repr(facts)
    assert "3, 2 of them with a sale" in text
    assert "365.35 in the window" in text
    assert "6 read: 5 in window, 1 unassigned" in text
    assert len(facts) == 3
    Tags(facts._repr_html_())


def test_facts_have_their_tables(facts):
    assert len(facts.accounts) == 3
    assert facts.periods["period"].dtype == "datetime64[D]"
    assert facts.directions.columns[0] == "account"
    assert len(facts.directions) == 0
    assert len(facts.quarantine) == 0
    reconciliation = facts.reconciliation.to_dict()
    rows = next(values for name, values in reconciliation.items() if name == "rows")
    assert rows[-1] == sum(rows[:-1]) == 6 or rows[0] == sum(rows[1:]) == 6


def test_windows_and_grains():
    ledger = kam.Ledger(pl.DataFrame(ROWS), **COLUMNS)
    facts = ledger.facts(AS_OF, grain="quarter", window=2)
    assert facts.summary["window_start"] == "2024-07-01"
    assert facts.summary["totals"]["revenue"] == 25.0
    assert facts.summary["history_totals"]["revenue"] == pytest.approx(365.35)
    assert ledger.facts(AS_OF, window="all").summary["totals"]["revenue"] == pytest.approx(365.35)


def test_a_table_in_a_terminal(facts):
    lines = repr(facts.accounts).splitlines()
    assert lines[0] == f"accounts: 3 rows × {len(facts.accounts.columns)} columns"
    assert lines[1].split()[:3] == ["account", "first_date", "last_date"]
    assert "2024-01-05" in lines[3]
    assert "100.10" in lines[3]
    assert "–" in lines[5]
    assert any(line.startswith("… ") and "more columns: " in line for line in lines)
    assert max(map(len, lines)) <= 120


def test_a_long_table_is_cut_and_thousands_are_separated():
    rows = {
        "customer": [f"customer {number} " + "x" * 40 for number in range(25)],
        "day": ["2024-01-01"] * 25,
        "net": [1234567.5] * 25,
    }
    table = kam.Ledger(pl.DataFrame(rows), **COLUMNS).facts(AS_OF).accounts
    text = repr(table)
    assert "… 15 more rows" in text
    assert "1,234,567.50" in text
    assert "x…" in text


def test_a_terminal_is_not_commanded_by_a_name():
    rows = {"customer": ["\x1b[2Ja", "b\nc"], "day": ["2024-01-01"] * 2, "net": [1.0, 2.0]}
    text = repr(kam.Ledger(pl.DataFrame(rows), **COLUMNS).facts(AS_OF).accounts)
    assert "\x1b" not in text
    assert "\ufffd[2Ja" in text
    assert "b c" in text


def test_heads_and_columns(facts):
    table = facts.accounts
    assert len(table.head(2)) == 2
    assert len(table.head(99)) == 3
    assert "revenue" in table
    assert table.units["revenue"] == "money"
    assert table.head(0).to_dict()["account"] == []
    assert len(table.head(0).to_polars()) == 0
    with pytest.raises(kam.OptionError):
        table.head(-1)


def test_a_table_in_a_notebook_escapes_what_it_shows():
    rows = {"customer": ["<script>alert(1)</script>", "Söhne & Co"], "day": ["2024-01-01"] * 2, "net": [1.0, 2.0]}
    page = kam.Ledger(pl.DataFrame(rows), **COLUMNS).facts(AS_OF).accounts._repr_html_()
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "Söhne &amp; Co" in page
    tags = Tags(page)
    assert "table" in tags.seen


def test_a_table_as_csv(facts, tmp_path):
    text = facts.accounts.to_csv()
    assert text.splitlines()[0].startswith("account,first_date")
    assert len(text.splitlines()) == 4
    assert facts.accounts.to_csv(str(tmp_path / "accounts.csv")) is None
    assert (tmp_path / "accounts.csv").read_text(encoding="utf-8") == text


def test_a_result(facts, tmp_path):
    result = kam.abc(facts)
    assert result.table.name == next(iter(result.tables))
    assert result.summary["accounts"] == 3
    assert result.accounts.columns[0] == "abc"
    assert len(result.accounts) == len(facts)
    assert json.loads(result.to_json()) == result.to_dict()
    result.to_json(str(tmp_path / "abc.json"))
    assert json.loads((tmp_path / "abc.json").read_text(encoding="utf-8")) == result.to_dict()
    assert repr(result).startswith("kam.abc")
    Tags(result._repr_html_())


def test_a_small_number_beside_large_ones_keeps_its_decimals():
    company = kam.sample(accounts=60, months=24)
    result = kam.attractiveness(company.ledger.facts(company.as_of), company.crm)
    criteria = result.tables["criteria"]
    assert max(criteria["max"]) > 10_000
    lines = repr(criteria).splitlines()
    small = [(name, low) for name, low in zip(criteria["name"], criteria["min"], strict=True) if 0 < low < 1]
    assert small
    for name, low in small:
        assert f"{low:.4f}" in next(line for line in lines if line.startswith(name)), repr(criteria)


def test_lists_in_cells():
    company = kam.sample(accounts=60, months=24)
    result = kam.pyramid(company.ledger.facts(company.as_of), company.crm)
    missing = result.table["missing"]
    assert all(isinstance(value, list) for value in missing)
    assert result.table.to_polars()["missing"].to_list() == missing.tolist()
    assert result.table.to_csv().count("\n") == len(result.table) + 1
    Tags(result._repr_html_())


def test_a_ledger_says_what_it_reads():
    assert repr(kam.Ledger("sales.csv", **COLUMNS)) == "kam.Ledger('sales.csv', account='customer', date='day', amount='net')"


@pytest.mark.parametrize(
    "text",
    ["Müller & Söhne", "علی\u200cرضا", "👩\u200d👩\u200d👧", "Donau\u00addampf", "北京公司", "e\u0301", "Zu\u00a0Hause", "🇦🇹", "❤\ufe0f"],
)
def test_letters_and_what_joins_them_stay(text):
    assert clean_text(text) == text
    rows = {"customer": [text, "plain"], "day": ["2024-01-01"] * 2, "net": [1.0, 2.0]}
    assert text.replace("\u00a0", " ") in repr(kam.Ledger(pl.DataFrame(rows), **COLUMNS).facts(AS_OF).accounts)


@pytest.mark.parametrize(
    "sign", [*"\x00\x07\x08\n\r\t\x1b\x7f\x85\x9b\u061c\u200e\u200f\u202a\u202e\u2028\u2029\u2066\u2069", "\ud800", "\u0378", "\U000e0fff"]
)
def test_signs_that_would_command_a_terminal_are_replaced(sign):
    assert clean_text(f"a{sign}b") == "a\ufffdb"


def test_joiners_and_marks_take_no_column():
    rows = {"customer": ["علی\u200cرضا", "Rene\u0301", "❤\ufe0f", "plain"], "day": ["2024-01-01"] * 4, "net": [1.0, 2.0, 3.0, 4.0]}
    lines = repr(kam.Ledger(pl.DataFrame(rows), **COLUMNS).facts(AS_OF).accounts).splitlines()[3:7]
    places = {line.index("2024-01-01") - sum(sign in "\u200c\u0301\ufe0f" for sign in line) for line in lines}
    assert len(places) == 1


def test_no_text_of_an_object_commands_a_terminal():
    name = "M\x1b]0;pwned\x07\x1b[31mX\nY\u202e"
    rows = {"customer": [name, "b"], "day": ["2024-01-01"] * 2, "net": [1.0, 2.0], "manager": [name] * 2}
    facts = kam.Ledger(pl.DataFrame(rows), **COLUMNS, manager="manager").facts(AS_OF)
    ratings = pl.DataFrame({"manager": [name, "b"], "criterion": ["negotiation", f"own {name}"], "score": [2, 1]})
    crm = kam.Crm(
        accounts=pl.DataFrame({"account": [name], f"note {name}": [name]}), managers=ratings.select("manager"), manager_ratings=ratings
    )
    review = kam.review(facts, crm)
    results = [review[method] for method in review.methods]
    assert "best: M\ufffd]0;pwned\ufffd\ufffd[31mX\ufffdY\ufffd" in repr(review["competence"])
    tables = [table for result in results for table in result.tables.values()]
    for shown in (facts, review, review.dossier(name), review.accounts, *results, *tables):
        assert not set(repr(shown)) & set("\x1b\x07\u202e"), shown
    assert len(repr(review.dossier(name)).splitlines()) == 1 + len(review.dossier(name).next_steps)


@pytest.mark.parametrize(
    ("scale", "amounts", "total", "cells", "wrong"),
    [
        (3, ["1.125", "2.000"], "3.125", {"1.125", "2.000"}, {"1.12", "2.00"}),
        (0, ["7", "8"], "15", {"7", "8"}, {"7.00", "8.00"}),
        (2, ["7", "8"], "15.00", {"7.00", "8.00"}, set()),
    ],
)
def test_money_has_the_decimals_of_its_minor_unit(scale, amounts, total, cells, wrong, tmp_path):
    rows = {"customer": ["a", "b"], "day": ["2024-01-01"] * 2, "net": amounts, "currency": ["KWD"] * 2}
    facts = kam.Ledger(pl.DataFrame(rows), **COLUMNS, currency="currency", scale=scale).facts(AS_OF)
    assert f"revenue   {total} KWD in the window" in repr(facts)
    assert f"{total} KWD in the window" in facts._repr_html_()
    review = kam.review(facts, methods="pareto")
    book = kam.Book(tmp_path / "ledger.kam", **COLUMNS, currency="currency", scale=scale)
    book.append(pl.DataFrame(rows), "first")
    assert total in repr(book.batches).split()
    for shown in (
        facts.accounts.head(2),
        kam.pareto(facts).table,
        kam.pareto(facts).tables["pareto"],
        review["pareto"].table,
        review.accounts,
        book.facts(AS_OF).accounts,
    ):
        words = set(repr(shown).split())
        assert cells <= words
        assert not wrong & words
