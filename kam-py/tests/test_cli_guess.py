"""``kam review FILE`` by somebody who has never used it: works, or tells the next step. Run as they would run it, in a process."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys

import polars as pl
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet
import pytest

import kam
from conftest import shared


def run(*arguments, cwd=None, **environment):
    everything = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **environment}
    everything.pop("COLUMNS", None)
    return subprocess.run(
        [sys.executable, "-m", "kam", *map(str, arguments)], capture_output=True, text=True, env=everything, check=False, cwd=cwd
    )


def facts_of(*arguments, cwd=None):
    """The facts' figures of a review that guesses, and what it said."""
    done = run("review", *arguments, "--methods", "abc", "--json", cwd=cwd)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)["facts"], done.stderr


def said(stderr):
    """Role → column, of what was guessed."""
    names = ["account", "amount", "order", "direction", "currency", "manager", "delimiter", "as of", "date format", "amount format"]
    names += ["cost to serve", "list amount", "date", "cost"]
    found = {}
    for line in stderr.splitlines():
        name = next((name for name in sorted(names, key=len, reverse=True) if line.startswith(f"  {name} ")), None)
        if name is not None:
            found[name] = line[2 + len(name) :].strip().rsplit(" (", 1)[0]
    return found


def test_online_retail():
    path = shared("online_retail/online_retail.parquet")
    facts, stderr = facts_of(path, "--window", "all", "--scale", 3)
    assert said(stderr) == {
        "account": "CustomerID",
        "date": "InvoiceDate",
        "amount": "Quantity * UnitPrice",
        "order": "InvoiceNo",
        "as of": "2011-12-09",
    }
    assert facts["accounts"] == 4_372
    assert facts["as_of"] == "2011-12-09"
    assert facts["reconciliation"]["read"]["rows"] == 541_909
    assert facts["reconciliation"]["unassigned"]["rows"] == 135_080
    # Gross sales as published, before what came back.
    assert round(facts["totals"]["revenue"] + facts["totals"]["returns"], 3) == 8_911_407.904


def test_superstore():
    facts, stderr = facts_of(shared("superstore/superstore.csv"), "--window", "all")
    assert said(stderr) == {
        "account": "Customer ID",
        "date": "Order Date",
        "amount": "Sales",
        "order": "Order ID",
        "cost": "Sales - Profit",
        "direction": "Category",
        "date format": "%m/%d/%Y",
        "as of": "2019-12-30",
    }
    assert "no other order reads" in stderr
    assert facts["accounts"] == 793
    assert facts["reconciliation"]["read"]["rows"] == 9_994
    assert facts["reconciliation"]["quarantined"]["rows"] == 0
    # Each line is rounded to cents.
    assert facts["totals"]["revenue"] == pytest.approx(2_297_200.86, abs=5)
    assert facts["totals"]["profit"] == pytest.approx(286_397.02, abs=5)


def test_cdnow_in_columns_of_blanks():
    facts, stderr = facts_of(shared("cdnow/CDNOW_master.txt"), "--window", "all")
    guessed = said(stderr)
    assert (guessed["account"], guessed["date"], guessed["amount"]) == ("customer_id", "date", "dollar_value")
    assert (guessed["delimiter"], guessed["as of"]) == ("whitespace", "1998-06-30")
    assert facts["accounts"] == 23_570
    assert facts["totals"]["revenue"] == 2_500_315.63
    done = run("review", shared("cdnow/CDNOW_sample.txt"))
    assert done.returncode == 2
    assert "seems to be data, not names" in done.stderr
    assert "--no-header" in done.stderr
    assert "column_3 is 19970101" in done.stderr
    columns = ["--no-header", "--account", "column_1", "--date", "column_3", "--amount", "column_5"]
    facts, _ = facts_of(shared("cdnow/CDNOW_sample.txt"), *columns, "--window", "all")
    assert facts["accounts"] == 2_357


def test_classicmodels_joined(tmp_path):
    """Camel case, a formula for the amount and one for the cost."""
    folder = shared("classicmodels/orders.csv").parent
    orders, details, products = (
        pl.read_csv(folder / f"{name}.csv", infer_schema_length=None) for name in ("orders", "orderdetails", "products")
    )
    details.join(orders, on="orderNumber").join(products, on="productCode").write_csv(tmp_path / "lines.csv")
    facts, stderr = facts_of(tmp_path / "lines.csv", "--window", "all")
    guessed = said(stderr)
    assert guessed["amount"] == "quantityOrdered * priceEach"
    assert guessed["cost"] == "quantityOrdered * buyPrice"
    assert (guessed["account"], guessed["date"], guessed["order"], guessed["direction"]) == (
        "customerNumber",
        "orderDate",
        "orderNumber",
        "productLine",
    )
    assert (facts["totals"]["revenue"], facts["totals"]["profit"]) == (9_604_190.61, 3_825_880.25)


@pytest.mark.parametrize(
    ("name", "missing", "step"),
    [
        ("classicmodels/orderdetails.csv", "no column seems to be the day", "join the two first"),
        ("classicmodels/orders.csv", "no column seems to be the amount", "--amount COLUMN"),
        ("global_electronics/Sales.csv", "no column seems to be the amount", "`Quantity` counts pieces"),
        ("crm_opportunities/accounts.csv", "no column seems to be the day", "--date COLUMN"),
        ("classicmodels/products.csv", "no column seems to be the day", "--date COLUMN"),
    ],
)
def test_what_is_no_ledger_is_told_what_it_lacks(name, missing, step):
    done = run("review", shared(name))
    assert (done.returncode, done.stdout) == (2, "")
    assert missing in done.stderr
    assert f"hint: {'name it: ' if step.startswith('--') else ''}{step}" in done.stderr or step in done.stderr
    assert "Traceback" not in done.stderr


def test_opportunities_say_how_to_go_on():
    path = shared("crm_opportunities/sales_pipeline.csv")
    done = run("review", path)
    assert done.returncode == 1
    guessed = said(done.stderr)
    assert (guessed["account"], guessed["date"], guessed["amount"], guessed["manager"]) == (
        "account",
        "close_date",
        "close_value",
        "sales_agent",
    )
    assert "2089 × date_missing" in done.stderr
    assert done.stderr.rstrip().endswith("--max-bad-share 0.24")
    facts, _ = facts_of(path, "--max-bad-share", "0.24", "--window", "all")
    assert facts["totals"]["revenue"] == 10_005_534.0
    assert facts["accounts"] == 85


def test_global_electronics_writes_days_in_two_ways(tmp_path):
    folder = shared("global_electronics/Sales.csv").parent
    sales = pl.read_csv(folder / "Sales.csv", infer_schema=False).join(
        pl.read_csv(folder / "Products.csv", infer_schema=False), on="ProductKey"
    )
    sales.write_csv(tmp_path / "lines.csv")
    done = run("review", tmp_path / "lines.csv")
    assert done.returncode == 2
    assert "`Order Date` writes its days in several ways: " in done.stderr
    assert "ISO 8601" in done.stderr
    # Written in one way, which is month first, the rest is guessed: prices in dollars and blanks, the cost of a piece, the currency.
    sales.with_columns(pl.col("Order Date").str.replace_all("-", "/")).write_csv(tmp_path / "lines.csv")
    facts, stderr = facts_of(tmp_path / "lines.csv", "--window", "all", "--currency", "")
    guessed = said(stderr)
    assert guessed["amount"] == "Quantity * Unit Price USD"
    assert guessed["cost"] == "Quantity * Unit Cost USD"
    assert guessed["date format"] == "%m/%d/%Y"
    assert guessed["amount format"] == "$1,234.56"
    assert facts["totals"]["revenue"] == 55_755_479.59
    # With the currency guessed, the ledger asks for what it needs.
    done = run("review", tmp_path / "lines.csv")
    assert done.returncode == 1
    assert "AUD, CAD, EUR, GBP, USD" in done.stderr
    assert "--rates FILE --base-currency CODE" in done.stderr


def test_the_sample_company(tmp_path):
    company = kam.sample()
    pl.DataFrame(company.frames["ledger"]).write_csv(tmp_path / "ledger.csv")
    facts, stderr = facts_of(tmp_path / "ledger.csv")
    assert set(said(stderr)) == {
        *("account", "date", "amount", "order", "cost", "cost to serve", "list amount", "direction", "currency", "manager", "as of")
    }
    assert facts["as_of"] == "2026-01-23"
    assert facts["accounts"] == 228
    there = company.ledger.facts(company.as_of).summary
    told, stderr = facts_of(tmp_path / "ledger.csv", "--as-of", company.as_of)
    assert told["totals"] == there["totals"]
    assert "as of" not in said(stderr)


ROWS = "customer,day,net\na,{0},1\nb,{1},2\nb,{2},4\n"


def write(folder, days, head=None):
    text = ROWS.format(*days)
    (folder / "sales.csv").write_text(text if head is None else text.replace("customer,day,net", head), encoding="utf-8")
    return folder / "sales.csv"


def test_the_command_it_tells_does_the_same(tmp_path):
    path = write(tmp_path, ["13/01/2024", "02/01/2024", "03/02/2024"], "Customer Name,day,net")
    done = run("review", path, "--methods", "abc", "--grain", "quarter")
    assert done.returncode == 0
    (line,) = [line for line in done.stderr.splitlines() if line.startswith("the same without guessing: ")]
    command = shlex.split(line.split(": ", 1)[1])
    assert command[:3] == ["kam", "review", str(path)]
    assert command[5:9] == ["--grain", "quarter", "--account", "Customer Name"]
    again = run(*command[1:])
    assert (again.returncode, again.stdout, again.stderr) == (0, done.stdout, "")
    quiet = run(*command[1:3], "--methods", "abc", "--grain", "quarter", "--quiet")
    assert (quiet.returncode, quiet.stdout, quiet.stderr) == (0, done.stdout, "")


def test_days_with_two_readings_are_asked_for(tmp_path):
    path = write(tmp_path, ["03/04/2024", "05/06/2024", "01/02/2024"])
    done = run("review", path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "03/04/2024 is 3 April 2024 (--date-format '%d/%m/%Y') or 4 March 2024 (--date-format '%m/%d/%Y')" in done.stderr
    for form, last in (("%d/%m/%Y", "2024-06-05"), ("%m/%d/%Y", "2024-05-06")):
        facts, _ = facts_of(path, "--date-format", form)
        assert facts["as_of"] == last


def test_one_row_at_the_end_of_the_file_decides(tmp_path):
    rows = "".join(f"a,0{day}/02/2024,1\n" for day in range(1, 10)) * 1_000
    (tmp_path / "sales.csv").write_text(f"customer,day,net\n{rows}a,2/13/2024,1\n", encoding="utf-8")
    _, stderr = facts_of(tmp_path / "sales.csv")
    assert "%m/%d/%Y (no other order reads 2/13/2024)" in stderr


@pytest.mark.parametrize("kind", ["csv", "no header", "blank line", "parquet", "several"])
def test_amounts_at_the_end_of_the_file_are_never_guessed_either(tmp_path, kind):
    path = tmp_path / "sales.csv"

    def wrote(*amounts):
        nets = ["5"] * 2_500 + [amount for amount in amounts for _ in range(50)]
        frame = pl.DataFrame({"customer": ["a"] * len(nets), "day": ["2024-01-05"] * len(nets), "net": nets})
        if kind == "parquet":
            frame.write_parquet(path)
        elif kind == "several":
            frame[:2_500].write_csv(tmp_path / "sales1.csv")
            frame[2_500:].write_csv(tmp_path / "sales2.csv")
            return [tmp_path / "sales?.csv"]
        else:
            text = frame.write_csv(include_header=kind != "no header")
            path.write_text("\n" + text if kind == "blank line" else text, encoding="utf-8")
        return [path, "--no-header", "--account", "column_1", "--amount", "column_3"] if kind == "no header" else [path]

    column = "column_3" if kind == "no header" else "net"
    for amount, other in (("1.234", "1,234.56"), ("1,234", "1.234,56")):
        done = run("review", *wrote(amount))
        assert (done.returncode, done.stdout) == (2, "")
        assert f"column `{column}` can be read in two ways: {amount} is 1.234 (--amount-format '{other}') or 1234" in done.stderr
    facts, stderr = facts_of(*wrote("1,234", "0.50"))
    assert said(stderr)["amount format"] == "1,234.56"
    assert facts["totals"]["revenue"] == 12_500 + 50 * 1_234.5
    assert facts["reconciliation"]["quarantined"]["rows"] == 0


def test_one_column_of_money_settles_how_another_is_read(tmp_path):
    path = tmp_path / "sales.csv"
    rows = "a;2024-01-05;2;$12.50\n" * 9
    path.write_text(f"customer;day;quantity;unit price\n{rows}b;2024-02-01;1,234;$1,000.50\n", encoding="utf-8")
    facts, stderr = facts_of(path)
    assert said(stderr)["amount format"] == "$1,234.56"
    assert facts["totals"]["revenue"] == 9 * 25 + 1_234 * 1_000.5
    # A sign of money alone separates nothing.
    path.write_text("customer;day;quantity;unit price\na;2024-01-05;2;$7\nb;2024-02-01;1,234;$8\n", encoding="utf-8")
    done = run("review", path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "1,234 is 1.234 (--amount-format '$1.234,56') or 1234 (--amount-format '$1,234.56')" in done.stderr
    assert facts_of(path, "--amount-format", "$1,234.56")[0]["totals"]["revenue"] == 14 + 1_234 * 8


def test_two_columns_of_one_kind_are_asked_about(tmp_path):
    path = tmp_path / "sales.csv"
    path.write_text("customer_id,client_id,order_date,invoice_date,amount\n1,2,2024-01-01,2024-01-02,3\n", encoding="utf-8")
    done = run("review", path)
    assert done.returncode == 2
    assert "the day could be `order_date`, `invoice_date`" in done.stderr
    assert "hint: say which: --date order_date" in done.stderr
    done = run("review", path, "--date", "order_date")
    assert "the customer could be `customer_id`, `client_id`" in done.stderr
    facts, _ = facts_of(path, "--date", "order_date", "--account", "client_id")
    assert facts["accounts"] == 1


def test_what_is_told_of_a_customer_is_not_the_customer(tmp_path):
    text = "Account Manager,Customer Segment,Customer Country,Order Date,Amount\nAnn,A,DE,2024-01-05,10\nBob,B,FR,2024-01-06,20\n"
    (tmp_path / "sales.csv").write_text(text, encoding="utf-8")
    done = run("review", tmp_path / "sales.csv")
    assert done.returncode == 2
    assert "no column seems to be the customer" in done.stderr
    (tmp_path / "sales.csv").write_text(text.replace("Customer Segment", "Bill-to customer"), encoding="utf-8")
    _, stderr = facts_of(tmp_path / "sales.csv")
    assert (said(stderr)["account"], said(stderr)["manager"]) == ("Bill-to customer", "Account Manager")


def test_a_guess_is_refused_by_what_the_column_holds(tmp_path):
    # `amount` is words, `sales` numbers; `date` is no day, `booked` is.
    text = "customer,date,booked,amount,sales\na,spring,2024-01-05,lots,10\nb,summer,2024-07-05,few,20\n"
    (tmp_path / "sales.csv").write_text(text, encoding="utf-8")
    facts, stderr = facts_of(tmp_path / "sales.csv")
    assert (said(stderr)["date"], said(stderr)["amount"]) == ("booked", "sales")
    assert "the only column of days" in stderr
    assert facts["totals"]["revenue"] == 30.0


def test_the_only_column_of_amounts(tmp_path):
    text = "client,day,wert,discount,weight\na,2024-01-05,10.50,0.10,1.5\nb,2024-07-05,20.25,0.20,2.5\n"
    (tmp_path / "sales.csv").write_text(text, encoding="utf-8")
    facts, stderr = facts_of(tmp_path / "sales.csv", "--account", "")
    assert said(stderr)["amount"] == "wert"
    assert "the only column of amounts" in stderr
    assert facts["totals"]["revenue"] == 30.75
    (tmp_path / "sales.csv").write_text(text.replace("discount", "also"), encoding="utf-8")
    done = run("review", tmp_path / "sales.csv")
    assert done.returncode == 2
    assert "the amount could be `wert`, `also`" in done.stderr


@pytest.mark.parametrize("count", ["count", "Pieces", "units sold", "Stückzahl", "pcs", "number of items"])
def test_a_unit_price_is_multiplied_by_what_counts_pieces(tmp_path, count):
    (tmp_path / "sales.csv").write_text(f"customer,day,unit price,{count}\na,2024-01-05,2.50,4\nb,2024-01-06,1.25,2\n", encoding="utf-8")
    facts, stderr = facts_of(tmp_path / "sales.csv")
    assert said(stderr)["amount"] == f"{count} * unit price"
    assert facts["totals"]["revenue"] == 12.5


@pytest.mark.parametrize(
    ("head", "hint"),
    [
        ("unit price,size", "`unit price` is a price, and no column counts pieces; name one, --amount 'COUNT * unit price', or where each"),
        ("unit price,sales price", "`unit price` is a price, and no column counts pieces"),
        ("size,count", "`count` counts pieces, and no column has their price"),
    ],
)
def test_a_price_alone_is_no_revenue(tmp_path, head, hint):
    (tmp_path / "sales.csv").write_text(f"customer,day,{head}\na,2024-01-05,2.50,4\nb,2024-01-06,1.25,2\n", encoding="utf-8")
    done = run("abc", tmp_path / "sales.csv")
    assert (done.returncode, done.stdout) == (2, "")
    assert "no column seems to be the amount" in done.stderr
    assert f"hint: {hint}" in done.stderr


def test_two_prices_of_a_piece_are_asked_about(tmp_path):
    text = "customer,day,qty,unit price,selling price\na,2024-01-05,2,2.50,4\n"
    (tmp_path / "sales.csv").write_text(text, encoding="utf-8")
    done = run("abc", tmp_path / "sales.csv")
    assert done.returncode == 2
    assert "with `unit price`, `selling price`; say which: --amount 'qty * unit price'" in done.stderr


def test_none_of_a_guessed_column(tmp_path):
    (tmp_path / "sales.csv").write_text("customer,day,net,cost\na,2024-01-05,10,6\n", encoding="utf-8")
    assert facts_of(tmp_path / "sales.csv")[0]["totals"]["profit"] == 4.0
    facts, stderr = facts_of(tmp_path / "sales.csv", "--cost", "")
    assert facts["totals"]["profit"] is None
    assert "cost" not in said(stderr)


def test_columns_that_are_named_are_not_guessed_and_others_neither(tmp_path):
    (tmp_path / "sales.csv").write_text("customer,day,net,cost\na,2024-01-05,10,6\n", encoding="utf-8")
    facts, stderr = facts_of(tmp_path / "sales.csv", "--account", "customer", "--date", "day", "--amount", "net")
    assert said(stderr) == {"as of": "2024-01-05"}
    assert facts["totals"]["profit"] is None


def test_a_day_years_after_all_others_is_not_taken(tmp_path):
    path = write(tmp_path, ["2011-12-01", "2011-12-09", "2099-01-01"])
    done = run("review", path)
    assert done.returncode == 2
    assert "the last day with a sale, 2099-01-01, stands years apart" in done.stderr
    assert "--as-of 2011-12-01 or --as-of 2099-01-01" in done.stderr
    (tmp_path / "none.csv").write_text("customer,day,net\na,2024-01-05,-10\n", encoding="utf-8")
    done = run("review", tmp_path / "none.csv")
    assert done.returncode == 2
    assert "no sale of any account in its 1 rows" in done.stderr


@pytest.mark.parametrize("kind", ["semicolons", "tabs", "parquet", "feather", "several", "german"])
def test_other_files(tmp_path, kind):
    table = pa.table({"Kunde": ["a", "b", "b"], "Datum": ["2024-01-13", "2024-02-01", "2024-03-02"], "Umsatz": ["1000.50", "2", "3"]})
    path = tmp_path / "sales.csv"
    if kind == "parquet":
        pyarrow.parquet.write_table(table, path := tmp_path / "sales.parquet")
    elif kind == "feather":
        pyarrow.feather.write_feather(table, path := tmp_path / "sales.feather")
    elif kind == "several":
        pl.DataFrame(table)[:1].write_csv(tmp_path / "sales1.csv")
        pl.DataFrame(table)[1:].write_csv(tmp_path / "sales2.csv")
        path = tmp_path / "sales?.csv"
    elif kind == "german":
        path.write_text("Kunde;Datum;Umsatz\na;13.01.2024;1.000,50 €\nb;01.02.2024;2,00 €\nb;02.03.2024;3,00 €\n", encoding="utf-8")
    else:
        pl.DataFrame(table).write_csv(path, separator=";" if kind == "semicolons" else "\t")
    facts, stderr = facts_of(path)
    assert (facts["accounts"], facts["totals"]["revenue"], facts["as_of"]) == (2, 1005.5, "2024-03-02")
    guessed = said(stderr)
    assert guessed.get("delimiter") == {"semicolons": ";", "tabs": "tab", "german": ";"}.get(kind)
    if kind == "german":
        assert (guessed["date format"], guessed["amount format"]) == ("%d.%m.%Y", "1.234,56 €")


@pytest.mark.parametrize(
    ("name", "content", "code", "says"),
    [
        ("sales.csv", b"", 1, ["is empty", "was it written completely?"]),
        ("sales.csv", "customer,day,net\nJ\u00f6rg,2024-01-01,1\n".encode("latin-1"), 1, ["not UTF-8", "iconv -f WINDOWS-1252 -t UTF-8"]),
        ("sales.csv", b"only\n1\n2\n", 2, ["no column seems to be the day", "--delimiter ';'"]),
        ("sales.xlsx", b"PK\x03\x04\x00\x00", 1, ["not a kind of file that kam reads"]),
    ],
)
def test_files_that_cannot_be_looked_at(tmp_path, name, content, code, says):
    (tmp_path / name).write_bytes(content)
    done = run("review", tmp_path / name)
    assert done.returncode == code, done.stderr
    assert [word for word in says if word not in done.stderr] == []
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("content", "code", "says"),
    [
        ("customer,day,net\n", 1, ["sales.csv has no rows, only names of columns", "was it written completely?"]),
        ("\n\n", 1, ["sales.csv is empty"]),
        (
            "customer,day,net,day\na,2024-01-01,1,\n",
            2,
            ["two columns are called `day`", "rename one of them, or name another column: --date"],
        ),
        ("customer,day,net,net\na,2024-01-01,1,2\n", 1, ["two columns are called `net`", "rename one of them"]),
        (
            "customer,day,net\na,2024-01-01,1\nb,2024-01-02,abc\n",
            2,
            ["`net` holds `abc` in row 2, which is no amount", "name it", "--amount net"],
        ),
        ("customer,day,net\na,,1\nb,spring,1\n", 2, ["`day` holds `spring` in row 2, which is no day", "--date day"]),
        ("customer,day,net\na,,1\nb,,1\n", 2, ["seems to be the day: `day` holds nothing"]),
        ("customer,day,net\n1.5,2024-01-01,1\n", 2, ["seems to be the customer: `customer` holds numbers, like 1.5"]),
        ("customer,day,net\na,2024-01-01,1\n" * 2, 2, ["`day` holds `day` in row 2, which is no day"]),
        ("client,wann,net\na,x,1\n", 2, ["no column seems to be the day; there are", "name it: --date COLUMN"]),
    ],
    ids=lambda value: value[0][:40] if isinstance(value, list) else "",
)
def test_why_a_column_is_not_taken_is_said(tmp_path, content, code, says):
    (tmp_path / "sales.csv").write_text(content, encoding="utf-8")
    done = run("abc", "sales.csv", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (code, "")
    assert [word for word in says if word not in done.stderr] == []


def test_a_quote_that_is_not_closed_is_told_as_the_ledger_tells_it(tmp_path):
    path = tmp_path / "sales.csv"
    path.write_text('customer,day,net\n"a,2024-01-01,1\nb,2024-01-02,1\n', encoding="utf-8")
    named = run("abc", path, "--account", "customer", "--date", "day", "--amount", "net", "--as-of", "2024-12-31")
    assert "opens a quote that never closes" in named.stderr
    assert (done := run("abc", path)).returncode == 1
    assert done.stderr == named.stderr
    # Of a longer file no more than the first rows are looked at, and a value may be longer than a reader takes.
    for row in ("b,2024-01-02,1\n", f"{'b' * 100},2024-01-02,1\n"):
        path.write_text('customer,day,net\n"a,2024-01-01,1\n' + row * 3_000, encoding="utf-8")
        done = run("abc", path)
        assert done.returncode == 1
        assert "cannot be read: " in done.stderr
        assert "Traceback" not in done.stderr


def test_a_file_without_rows_beside_others_is_passed_over(tmp_path):
    (tmp_path / "sales1.csv").write_text("customer,day,net\n", encoding="utf-8")
    (tmp_path / "sales2.csv").write_text("customer,day,net\n", encoding="utf-8")
    assert "none of sales1.csv … sales2.csv has rows" in run("abc", "sales?.csv", cwd=tmp_path).stderr
    (tmp_path / "sales2.csv").write_text("customer,day,net\na,2024-01-05,10\n", encoding="utf-8")
    facts, _ = facts_of("sales?.csv", cwd=tmp_path)
    assert facts["totals"]["revenue"] == 10.0


@pytest.mark.parametrize("encoding", ["UTF-16", "UTF-16LE", "UTF-16BE", "UTF-32"])
@pytest.mark.parametrize("columns", [[], ["--account", "customer", "--date", "day", "--amount", "net", "--as-of", "2024-12-31"]])
def test_wide_letters_are_told_by_their_name(tmp_path, encoding, columns):
    path = tmp_path / "the sales.csv"
    path.write_text("customer,day,net\nJörg,2024-01-01,1\n", encoding=encoding)
    done = run("abc", path, *columns)
    assert (done.returncode, done.stdout) == (1, "")
    assert f"{path} is written in {encoding}, and kam reads UTF-8" in done.stderr
    assert f"iconv -f {encoding} -t UTF-8 '{path}' > utf8.csv" in done.stderr


@pytest.mark.parametrize("damage", ["cut", "data", "footer"])
@pytest.mark.parametrize("kind", ["parquet", "feather"])
def test_a_damaged_file_is_told_alike_whether_columns_are_named_or_not(tmp_path, kind, damage):
    table = pa.table({"customer": ["a", "b"] * 5_000, "day": ["2024-01-13"] * 10_000, "net": list(map(str, range(10_000)))})
    path = tmp_path / f"sales.{kind}"
    (pyarrow.parquet.write_table if kind == "parquet" else pyarrow.feather.write_feather)(table, path)
    content = bytearray(path.read_bytes())
    if damage == "cut":
        del content[len(content) // 2 :]
    else:
        at, length = (len(content) // 3, 200) if damage == "data" else (len(content) - 60, 40)
        content[at : at + length] = b"\xff" * length
    path.write_bytes(content)
    named = run("abc", path, "--account", "customer", "--date", "day", "--amount", "net", "--as-of", "2024-12-31")
    # What was guessed of rows before the damage is not the point.
    guessed = run("abc", path, "--quiet")
    assert f"{path} cannot be read: " in named.stderr
    assert (guessed.returncode, guessed.stdout, guessed.stderr) == (named.returncode, "", named.stderr)


def test_files_that_are_not_there(tmp_path):
    write(tmp_path, ["2024-01-01"] * 3)
    done = run("review", "salse.csv", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (1, "kam: salse.csv: No such file or directory\n  hint: did you mean sales.csv?\n")
    assert "is a folder" in run("review", ".", cwd=tmp_path).stderr
    assert "no file matches *.parquet" in run("review", "*.parquet", cwd=tmp_path).stderr
