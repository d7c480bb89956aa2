"""How the command line takes names apart, and how it sees in which format days and amounts are written."""

from __future__ import annotations

import polars as pl
import pytest

import kam
from kam._cli import _formats
from kam._cli._formats import Doubt, Known, Mixed
from kam._cli._guess import words


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("CustomerID", "customer_id"),
        ("Customer ID", "customer_id"),
        ("customerNumber", "customer_number"),
        (" Unit Price USD ", "unit_price_usd"),
        ("SKUCode", "sku_code"),
        ("Kd.-Nr.", "kd_nr"),
        ("Währung", "währung"),
    ],
)
def test_words_of_names(name, expected):
    assert words(name) == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["2024-01-31", "2024-02-01"], Known(None)),
        (["2024-01-31 08:26:00", "2024-02-01T08:26:00Z"], Known(None)),
        (["19970101", "19971231"], Known(None)),
        (["31.01.2024", "01.02.2024"], Known("%d.%m.%Y", "31.01.2024")),
        (["1/31/2024", "2/1/2024"], Known("%m/%d/%Y", "1/31/2024")),
        (["12/1/2010 8:26", "12/31/2010 17:05"], Known("%m/%d/%Y %H:%M", "12/31/2010")),
        (["12/31/2010 8:26:01 PM", "12/1/2010 1:05:59 AM"], Known("%m/%d/%Y %I:%M:%S %p", "12/31/2010")),
        (["2024/01/31", "2024/02/01"], Known("%Y/%m/%d")),
        (["31-Jan-2024", "01-Feb-2024"], Known("%d-%b-%Y")),
        (["January 31, 2024", "February 1, 2024"], Known("%B %d, %Y")),
        (["13/01/99", "02/01/99"], Known("%d/%m/%y", "13/01/99")),
        (["03/04/2024", "03/04/2024"], Doubt("03/04/2024", {"%d/%m/%Y": "3 April 2024", "%m/%d/%Y": "4 March 2024"})),
        (["01/02/03"], Doubt("01/02/03", {"%d/%m/%y": "1 February 2003", "%m/%d/%y": "2 January 2003", "%y/%m/%d": "3 February 2001"})),
        (["13/01/2024", "01/13/2024"], Mixed(("01/13/2024", "13/01/2024"))),
        (["13/01/2024", "13.01.2024"], Mixed(("13/01/2024", "13.01.2024"))),
        (["spring", "summer"], None),
        ([], None),
    ],
    ids=lambda value: None,
)
def test_formats_of_days(values, expected):
    found = _formats.date_format(values)
    assert found == expected
    if isinstance(found, Known):
        rows = {"a": ["x"] * len(values), "d": values, "m": [1] * len(values)}
        facts = kam.Ledger(pl.DataFrame(rows), account="a", date="d", amount="m", date_format=found.format).facts("2100-12-31")
        assert facts.summary["quarantine"] == {}


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["1234.56", "-7", "(12.50)"], Known(None)),
        (["1,234.56", "7"], Known("1,234.56")),
        (["1.234,56", "-7,00"], Known("1.234,56")),
        (["$6.62 ", "$1,234.56"], Known("$1,234.56")),
        (["1 234,56 €", "7,00 €"], Known("1 234,56 €")),
        (["1\u00a0234,56", "7,00"], Known("1\u00a0234,56")),
        (["1'234.50", "7.00"], Known("1'234.56")),
        (["12,5", "7"], Known("1.234,56")),
        (["0,125", "7"], Known("1.234,56")),
        (["1,234,567", "7"], Known("1,234.56")),
        (["1.234.567", "12.345"], Known("1.234,56")),
        (["5"] * 2_000 + ["1.234"], Doubt("1.234", {"1,234.56": "1.234", "1.234,56": "1234"})),
        (["1,234", "5,678"], Doubt("1,234", {"1.234,56": "1.234", "1,234.56": "1234"})),
        (["1.234", "5.678"], Doubt("1.234", {"1,234.56": "1.234", "1.234,56": "1234"})),
        (["1,234.50", "1.234,50"], Mixed(("1,234.50", "1.234,50"))),
        (["lots", "few"], None),
    ],
    ids=lambda value: None,
)
def test_formats_of_amounts(values, expected):
    found = _formats.amount_format(values)
    assert found == expected
    if isinstance(found, Known):
        rows = {"a": ["x"] * len(values), "d": ["2024-01-01"] * len(values), "m": values}
        facts = kam.Ledger(pl.DataFrame(rows), account="a", date="d", amount="m", amount_format=found.format).facts("2024-12-31")
        assert facts.summary["quarantine"] == {}


def test_one_row_of_rubbish_among_thousands_does_not_mix_amounts():
    assert _formats.amount_format(["12.50"] * 2_000 + ["12.05.2024"]) == Known(None)
    assert _formats.amount_format(["1,234.50"] * 2_000 + ["1.234,50"]) == Known("1,234.56")
    assert _formats.amount_format(["12.50"] * 200 + ["12.05.2024"]) == Mixed(("12.50", "12.05.2024"))
