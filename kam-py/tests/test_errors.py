"""Every error has its class, a stable code, a message that says where, and a hint."""

from __future__ import annotations

import decimal
import math
import pickle
import re
import sys

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import kam
from conftest import AS_OF, COLUMNS, ROWS
from kam import _errors


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (101, kam.LedgerError),
        (111, kam.LedgerError),
        (203, kam.ColumnError),
        (303, kam.OptionError),
        (401, kam.KamError),
        (404, kam.KamError),
        (502, kam.CrmError),
        (601, kam.FitError),
        (703, kam.BookError),
        (999, kam.KamError),
    ],
)
def test_the_class_of_a_code(code, kind):
    error = _errors.from_code(code, "what", "how")
    assert type(error) is kind
    assert (error.code, error.message, error.hint) == (code, "what", "how")
    assert str(error) == "what\n  hint: how"
    assert str(_errors.from_code(code, "what", None)) == "what"
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), again.code, again.message, again.hint) == (kind, code, "what", "how")


def test_exceptions_are_called_as_they_are_imported():
    kinds = [name for name in kam.__all__ if name.endswith("Error")]
    assert len(kinds) == 11
    for name in kinds:
        assert getattr(kam, name).__module__ == "kam"
        assert issubclass(getattr(kam, name), kam.KamError)


def test_an_interruption_is_a_keyboard_interrupt():
    assert type(_errors.from_code(901, "stopped", None)) is KeyboardInterrupt


def text(tmp_path, content, name="ledger.csv"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


HEADER = "customer,day,net\n"
KEYS = pl.DataFrame({"k": ["a"]})
GOOD = "a,2024-01-05,1.00\n" * 30


@pytest.mark.parametrize(
    ("content", "name", "kind", "code", "parts"),
    [
        (None, "absent.csv", kam.LedgerError, 101, ["absent.csv"]),
        ("", "empty.csv", kam.LedgerError, 102, ["empty.csv", "empty"]),
        (b"PAR1 cut short", "cut.parquet", kam.LedgerError, 102, ["cut.parquet"]),
        ("text", "text.parquet", kam.LedgerError, 102, ["text.parquet", "not a Parquet file"]),
        (
            HEADER.encode() + b"M\xfcller,2024-01-05,1\n",
            "latin1.csv",
            kam.LedgerError,
            105,
            ["latin1.csv", "row 1", "customer"],
        ),
        ("client,day,net\n" + GOOD, "names.csv", kam.ColumnError, 201, ["names.csv", "customer"]),
        (HEADER + GOOD[:90] + "a,soon,1.00\n" * 9, "bad.csv", kam.LedgerError, 110, ["9 of", "max_bad_share", "soon"]),
        ("{}", "rows.json", kam.LedgerError, 103, ["rows.json"]),
    ],
)
def test_bad_files(tmp_path, content, name, kind, code, parts):
    path = tmp_path / name if content is None else text(tmp_path, content, name)
    with pytest.raises(kam.KamError) as raised:
        kam.Ledger(path, **COLUMNS).facts(AS_OF)
    assert type(raised.value) is kind
    assert raised.value.code == code
    assert [part for part in parts if part not in raised.value.message] == []


def test_a_folder_is_refused_with_the_way_out(tmp_path):
    with pytest.raises(kam.LedgerError, match="folder") as raised:
        kam.Ledger(tmp_path, **COLUMNS).facts(AS_OF)
    assert raised.value.code == 103
    assert "*.parquet" in raised.value.hint


@pytest.mark.parametrize(
    ("frame", "code", "parts"),
    [
        (pa.table({"customer": ["a"], "day": ["2024-01-05"]}), 201, ["net"]),
        (pa.table({"customer": ["a"], "day": [True], "net": [1.0]}), 202, ["day"]),
        (pa.table({"customer": [[1]], "day": ["2024-01-05"], "net": [1.0]}), 202, ["customer"]),
        (pa.Table.from_arrays([pa.array(["a"])] * 2 + [pa.array([1.0])], names=["customer", "customer", "net"]), 202, ["customer"]),
    ],
)
def test_bad_columns(frame, code, parts):
    with pytest.raises(kam.ColumnError) as raised:
        kam.Ledger(frame, **COLUMNS).facts(AS_OF)
    assert raised.value.code == code
    assert [part for part in parts if part not in raised.value.message] == []
    assert raised.value.hint


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"scale": 9}, "scale"),
        ({"scale": 1.5}, "1.5"),
        ({"max_bad_share": 2}, "max_bad_share"),
        ({"delimiter": "ab"}, "delimiter"),
        ({"on_bad_rows": "ignore"}, "ignore"),
        ({"amount_format": "x"}, "amount_format"),
        ({"earliest": "2020-13-01"}, "2020-13-01"),
        ({"max_bad_share": float("nan")}, "max_bad_share"),
        ({"order": object()}, "order"),
    ],
)
def test_bad_options_of_a_ledger(options, word):
    with pytest.raises(kam.KamError) as raised:
        kam.Ledger(pl.DataFrame(ROWS), **COLUMNS, **options)
    assert raised.value.code // 100 == 3
    assert word in str(raised.value)


@pytest.mark.parametrize(
    "options",
    [
        {"as_of": "2024-02-30"},
        {"as_of": "soon"},
        {"as_of": AS_OF, "grain": "hour"},
        {"as_of": AS_OF, "window": 0},
        {"as_of": AS_OF, "window": "some"},
    ],
)
def test_bad_options_of_facts(options):
    with pytest.raises(kam.OptionError) as raised:
        kam.Ledger(pl.DataFrame(ROWS), **COLUMNS).facts(**options)
    assert raised.value.hint


def test_bad_rows_raise_where_that_is_asked_for(tmp_path):
    path = text(tmp_path, HEADER + GOOD + "a,soon,1.00\n")
    facts = kam.Ledger(path, **COLUMNS).facts(AS_OF)
    assert facts.quarantine.to_dict()["row"] == [31]
    assert facts.quarantine.to_dict()["value"] == ["soon"]
    with pytest.raises(kam.LedgerError, match="row 31, column `day`: `soon`") as raised:
        kam.Ledger(path, **COLUMNS, on_bad_rows="raise").facts(AS_OF)
    assert raised.value.code == 110


def test_bad_options_of_methods(facts):
    with pytest.raises(kam.OptionError) as raised:
        kam.abc(facts, a=2)
    assert raised.value.code == 301
    assert "`a`" in raised.value.message
    assert "between 0 and 1" in raised.value.hint
    with pytest.raises(kam.OptionError, match="no method `abcd`") as raised:
        kam.run("abcd", facts)
    assert raised.value.code == 302
    assert "abc" in raised.value.hint
    with pytest.raises(kam.OptionError, match="unknown field `c`"):
        kam.run("abc", facts, options={"c": 1})
    with pytest.raises(kam.OptionError, match="Table"):
        kam.abc(facts.accounts)
    with pytest.raises(kam.OptionError, match="DataFrame"):
        kam.abc(facts, pl.DataFrame())
    with pytest.raises(TypeError):
        kam.abc(facts, None, "revenue")


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda facts: kam.review(facts, "crm"), "crm"),
        (lambda facts: kam.review(facts, {}), "crm"),
        (lambda facts: kam.review(facts.accounts), "facts"),
        (lambda facts: kam.abc(facts, pl.DataFrame()), "crm"),
        (lambda facts: facts.roll_up(None), "crm"),
        (lambda facts: kam.FactsState().merge(facts), "other"),
        (lambda facts: kam.FactsState().fold(facts), "ledger"),
        (lambda facts: kam.btyd.summary("x"), "ledger_or_facts"),
        (lambda facts: kam.mcda.vikor([[1.0], [2.0]], [1.0], v="a"), "`v`"),
        (lambda facts: kam.mcda.smaa([[1.0], [2.0]], seed=2**64), "`seed`"),
        (lambda facts: kam.mcda.smaa([[1.0], [2.0]], samples=10.5), "`samples`"),
    ],
)
def test_things_of_another_type_are_named(facts, call, word):
    with pytest.raises(kam.OptionError) as raised:
        call(facts)
    assert raised.value.code == 301
    assert word in raised.value.message
    assert raised.value.hint


def test_a_missing_number_in_a_list_is_passed_on_and_one_alone_is_not(facts):
    comparisons = np.array([[1.0, np.nan], [2.0, 1.0]])
    criteria = [{"name": name, "source": {"fact": name}} for name in ("revenue", "lines")]
    given = kam.attractiveness(facts, criteria=criteria, weights="ahp", comparisons=comparisons)
    listed = kam.attractiveness(facts, criteria=criteria, weights="ahp", comparisons=[[1, None], [2, 1]])
    assert given.to_dict() == listed.to_dict()
    with pytest.raises(kam.OptionError, match="`a` is nan"):
        kam.abc(facts, a=math.nan)
    with pytest.raises(kam.OptionError, match=r"option `comparisons` is .*object"):
        kam.attractiveness(facts, comparisons=[[object()]])


@pytest.mark.parametrize("nan", [math.nan, np.float32("nan"), np.float64("nan"), decimal.Decimal("NaN")])
def test_a_missing_number_is_not_the_default_at_any_depth(facts, nan):
    calls = {
        "`margin_rate`": lambda: kam.clv(facts, margin_rate=nan),
        "`options.clv.margin_rate`": lambda: kam.review(facts, methods=["clv"], options={"clv": {"margin_rate": nan}}),
        "`given.purchase_model.horizon`": lambda: kam.clv(facts, given={"purchase_model": {"horizon": nan}}),
        "`offers[1].cost`": lambda: kam.win_back(facts, offers=[{"name": "call"}, {"name": "visit", "cost": nan}]),
        "`v`": lambda: kam.calculate("mcda.vikor", matrix=[[1, 2], [2, 1]], weights=[1, 1], v=nan),
    }
    for name, call in calls.items():
        with pytest.raises(kam.OptionError, match=re.escape(f"option {name} is nan")) as raised:
            call()
        assert raised.value.code == 301
    default = kam.clv(facts).to_dict()
    assert kam.clv(facts, margin_rate=None, given={"purchase_model": {"horizon": None}}).to_dict() == default
    with pytest.raises(kam.OptionError, match="calibration_end"):
        kam.purchase_model(facts, calibration_end=pd.NaT)


def test_an_empty_cell_of_an_offer_is_one_that_it_does_not_name(facts):
    expected = kam.win_back(facts, offers=[{"name": "call"}, {"name": "visit", "cost": 5.0}]).to_dict()
    columns = {"name": ["call", "visit"], "cost": [None, 5.0]}
    whole = pd.DataFrame({"name": ["call", "visit"], "cost": pd.array([None, 5], "Int64")})
    for frame in (pl.DataFrame(columns), pd.DataFrame(columns), pa.table(columns), whole):
        assert kam.win_back(facts, offers=frame).to_dict() == expected


def test_rows_of_an_option_come_as_a_frame_too():
    company = kam.sample(accounts=60, months=24)
    facts = company.ledger.facts(company.as_of)
    rows = [{"name": "call", "cost": 10.0}, {"name": "visit", "cost": 200.0, "chance_added": 0.2}]
    expected = kam.win_back(facts, offers=rows).to_dict()
    columns = {"name": ["call", "visit"], "cost": [10.0, 200.0], "chance_added": [None, 0.2]}
    for frame in (pl.DataFrame(columns), pd.DataFrame(columns), pa.table(columns)):
        assert kam.win_back(facts, offers=frame).to_dict() == expected
    with pytest.raises(kam.OptionError, match="discounts"):
        kam.win_back(facts, offers=pl.DataFrame({"name": ["call"], "discounts": [0.1]}))


def test_a_missing_file_and_a_missing_column_say_what_to_do(tmp_path):
    with pytest.raises(kam.LedgerError, match=r"absent\.csv") as raised:
        kam.Ledger(tmp_path / "absent.csv", **COLUMNS).facts(AS_OF)
    assert "is the path right" in raised.value.hint
    with pytest.raises(kam.ColumnError, match="there is no column `customer`, for `account`") as raised:
        kam.Ledger(text(tmp_path, "client,day,net\n" + GOOD), **COLUMNS).facts(AS_OF)
    assert raised.value.hint == "the ledger's columns are `client`, `day`, `net`"
    with pytest.raises(kam.ColumnError, match=r"there is no column `price`, for `amount`, which is pieces\*price"):
        kam.Ledger(pa.table({"c": ["a"], "d": ["2024-01-05"], "pieces": [1]}), account="c", date="d", amount="pieces*price").facts(AS_OF)


def test_missing_input_says_what_and_why():
    facts = kam.Ledger(pl.DataFrame(ROWS), **COLUMNS).facts(AS_OF)
    with pytest.raises(kam.KamError, match="cost") as raised:
        kam.whale_curve(facts)
    assert raised.value.code == 404
    assert raised.value.hint


def test_crm_tables_are_checked(tmp_path):
    with pytest.raises(kam.CrmError) as raised:
        kam.Crm(accounts=pl.DataFrame({"account": ["a", "a"]}))
    assert raised.value.code == 501
    with pytest.raises(kam.CrmError, match="accounts, row 2, column `budget`: `much`") as raised:
        kam.Crm(accounts=pl.DataFrame({"account": ["a", "b"], "budget": ["1", "much"]}))
    assert raised.value.code == 502
    with pytest.raises(kam.ColumnError) as raised:
        kam.Crm(accounts=pl.DataFrame({"customer": ["a"]}))
    assert raised.value.code == 201
    with pytest.raises(kam.OptionError, match="was not given"):
        kam.Crm(columns={"accounts": {"account": "customer"}})
    with pytest.raises(kam.LedgerError, match="int is not a table"):
        kam.Crm(accounts=3)
    with pytest.raises(kam.LedgerError, match="row 2 has 1 fields instead of 2") as raised:
        kam.Crm(accounts=text(tmp_path, "account,name\na,A\nb\n"))
    assert raised.value.code == 102
    with pytest.raises(kam.LedgerError, match=r"absent\.csv"):
        kam.Crm(accounts=tmp_path / "absent.csv")
    with pytest.raises(kam.LedgerError, match="UTF-8"):
        kam.Crm(accounts=text(tmp_path, b"account,name\na,M\xfcller\n"))


def test_crm_columns_can_have_other_names(tmp_path):
    path = text(tmp_path, "\ufeffcustomerNumber,customerName\n1,Müller\n2,\n")
    crm = kam.Crm(accounts=path, columns={"accounts": {"account": "customerNumber", "name": "customerName"}})
    assert crm.tables == ["accounts"]
    assert crm.ignored == []


def test_a_missing_extra_is_named(facts, monkeypatch):
    for package in ("polars", "pandas", "pyarrow"):
        monkeypatch.setitem(sys.modules, package, None)
    for method, extra in [("to_polars", "polars"), ("to_pandas", "pandas"), ("to_arrow", "pyarrow")]:
        with pytest.raises(kam.ExtraError, match=extra) as raised:
            getattr(facts.accounts, method)()
        assert raised.value.hint == f"pip install 'kam[{extra}]'"
        assert isinstance(raised.value, ImportError)
        assert isinstance(raised.value, kam.KamError)


def test_crm_tables_in_files_need_no_other_package(tmp_path, monkeypatch):
    accounts = pl.DataFrame({"account": ["a", "b"], "budget": [1.5, None]})
    accounts.write_parquet(tmp_path / "accounts.parquet")
    accounts.write_ipc(tmp_path / "accounts.arrow")
    accounts.write_ipc_stream(tmp_path / "accounts.arrows")
    accounts.write_csv(tmp_path / "accounts.csv")
    for package in ("pyarrow", "polars", "pandas"):
        for module in [name for name in sys.modules if name.split(".")[0] == package] + [package]:
            monkeypatch.setitem(sys.modules, module, None)
    for name in ("accounts.parquet", "accounts.arrow", "accounts.arrows", "accounts.csv"):
        crm = kam.Crm(accounts=tmp_path / name)
        assert (crm.tables, crm.ignored) == (["accounts"], []), name
    with pytest.raises(kam.LedgerError, match=r"absent\.parquet") as raised:
        kam.Crm(accounts=tmp_path / "absent.parquet")
    assert raised.value.code == 101
    (tmp_path / "empty.csv").write_text("")
    with pytest.raises(kam.LedgerError, match="empty") as raised:
        kam.Crm(accounts=tmp_path / "empty.csv")
    assert raised.value.code == 102


def test_a_column_that_is_not_there(facts):
    with pytest.raises(kam.ColumnError, match="no column `turnover`") as raised:
        facts.accounts["turnover"]
    assert isinstance(raised.value, KeyError)
    assert "revenue" in raised.value.hint
    assert str(raised.value).startswith("table accounts")


@pytest.mark.parametrize(
    "wrap", [lambda table: table, lambda table: [table], lambda table: iter([table])], ids=["frame", "list", "iterator"]
)
def test_text_of_another_library_that_is_not_utf8_is_refused(wrap):
    broken = pa.Array.from_buffers(pa.string(), 1, [None, pa.array([0, 2], pa.int32()).buffers()[1], pa.py_buffer(b"a\xff")])
    table = pa.table({"customer": broken, "day": ["2024-01-05"], "net": [1.0]})
    ledger = kam.Ledger(wrap(table), account="customer", date="day", amount="net")
    with pytest.raises(kam.LedgerError, match="`customer`") as raised:
        ledger.facts("2024-12-31")
    assert raised.value.code == 105


def test_arguments_of_a_wrong_type_are_named():
    facts = kam.Ledger(pa.table(ROWS), **COLUMNS).facts(AS_OF)
    with pytest.raises(kam.OptionError, match="review: `options` is a int"):
        kam.review(facts, options=5)
    with pytest.raises(kam.OptionError, match="review: `methods` is a int"):
        kam.review(facts, methods=5)
    with pytest.raises(kam.OptionError, match="expected a whole number from 0 to 4294967295"):
        kam.loss(facts, days=-5)
    for day in (pd.NaT, np.datetime64("NaT"), 20240101, None):
        with pytest.raises(kam.OptionError, match="as_of"):
            kam.Ledger(pa.table(ROWS), **COLUMNS).facts(day)
    with pytest.raises(kam.LedgerError, match="path of the ledger is empty"):
        kam.Ledger("", **COLUMNS).facts(AS_OF)
    with pytest.raises(kam.OptionError, match="'USD' is not a currency and a day"):
        kam.Ledger(pa.table(ROWS), **COLUMNS, base_currency="EUR", rates={"USD": 1.1})


def test_what_cannot_name_a_batch_or_a_book(tmp_path):
    with kam.Book(tmp_path / "ledger.kam", **COLUMNS) as book:
        for wrong in (None, 5):
            with pytest.raises(kam.OptionError, match="append: `batch_id`"):
                book.append(pa.table(ROWS), wrong)
    with pytest.raises(kam.BookError, match="path of the book is empty"):
        kam.Book("", **COLUMNS)


@pytest.mark.parametrize(
    ("call", "place", "value"),
    [
        (lambda ledger, facts: kam.run(5, facts), "`method`", "5"),
        (lambda ledger, facts: kam.run("abc", facts, options=5), "`options`", "5"),
        (lambda ledger, facts: kam.run("abc", facts, options={5: 1}), "name of an option", "5"),
        (lambda ledger, facts: kam.review(facts, methods=["abc"])[5], "no method", "5"),
        (lambda ledger, facts: kam.review(facts, methods=["abc"]).to_json(5), "`path`", "5"),
        (lambda ledger, facts: kam.abc(facts).chart(5), "`name`", "5"),
        (lambda ledger, facts: kam.abc(facts).chart(theme=5), "`theme`", "5"),
        (lambda ledger, facts: facts.accounts[1:3], "`column`", "slice(1, 3, None)"),
        (lambda ledger, facts: facts.accounts[0], "`column`", "0"),
        (lambda ledger, facts: list(facts.accounts), "`column`", "0"),
        (lambda ledger, facts: facts.accounts.head(1.5), "`rows`", "1.5"),
        (lambda ledger, facts: facts.accounts.to_csv(5), "`path`", "5"),
        (lambda ledger, facts: ledger.facts(AS_OF, progress=5), "`progress`", "5"),
        (lambda ledger, facts: kam.FactsState(cell=5), "`cell`", "5"),
        (lambda ledger, facts: kam.FactsState.decode(5), "`data`", "5"),
        (lambda ledger, facts: kam.FactsState().split(1.5), "`parts`", "1.5"),
        (lambda ledger, facts: kam.calculate(5), "`name`", "5"),
        (lambda ledger, facts: kam.btyd.model(5, {}), "`name`", "5"),
        (lambda ledger, facts: kam.btyd.summary(facts, unit=5), "`unit`", "5"),
        (lambda ledger, facts: kam.Book(5, **COLUMNS), "`path`", "5"),
        (lambda ledger, facts: kam.Ledger([], **COLUMNS, base_currency="EUR", rates={(5, AS_OF): 1}), "rates: the key", "5"),
        (lambda ledger, facts: kam.Crm(accounts=KEYS, timezone=5), "`timezone`", "5"),
        (lambda ledger, facts: kam.Crm(accounts=KEYS, date_format=5), "`date_format`", "5"),
        (lambda ledger, facts: kam.Crm(accounts=KEYS, columns=5), "`columns`", "5"),
        (lambda ledger, facts: kam.Crm(accounts=KEYS, columns={"accounts": "k"}), "`columns['accounts']`", "'k'"),
        (lambda ledger, facts: kam.Crm(accounts=KEYS, columns={"accounts": None}), "`columns['accounts']`", "None"),
        (lambda ledger, facts: kam.Crm(accounts=KEYS, columns={"accounts": {"account": 5}}), "`columns['accounts']`", "5"),
        (lambda ledger, facts: kam.Crm(accounts=KEYS, columns={"accounts": {5: "k"}}), "`columns['accounts']`", "5"),
    ],
)
def test_a_value_of_another_type_is_named_with_what_is_expected(facts, call, place, value):
    with pytest.raises(kam.OptionError) as raised:
        call(kam.Ledger(pa.table(ROWS), **COLUMNS), facts)
    assert place in raised.value.message
    assert value in raised.value.message
    assert raised.value.hint
