"""Ledgers in databases: read by ADBC from a real PostgreSQL server and from SQLite, and results written back."""

from __future__ import annotations

import re
from decimal import Decimal

import adbc_driver_manager
import adbc_driver_postgresql.dbapi
import adbc_driver_sqlite.dbapi
import duckdb
import postgres
import pyarrow as pa
import pytest

import kam
from conftest import COLUMNS, REPOSITORY, minor, revenue

AS_OF = "2025-12-31"


@pytest.fixture(scope="module")
def address():
    with postgres.server() as address:
        yield address


@pytest.fixture
def cursor(address):
    with adbc_driver_postgresql.dbapi.connect(address) as connection, connection.cursor() as cursor:
        yield cursor
        connection.rollback()


@pytest.fixture(scope="module")
def company():
    return kam.sample()


def lines(company):
    """The sample company's ledger under other names, without its broken rows; days and amounts are text, as in CSV."""
    table = pa.table(company.frames["ledger"])
    bad = {row - 1 for row in company.ledger.facts(AS_OF).quarantine["row"]}
    assert len(bad) > 0
    table = table.take([row for row in range(len(table)) if row not in bad])
    return table.rename_columns({"account": "customer", "date": "day", "amount": "net", "order": "invoice", "direction": "product_line"})


SALES = """
    CREATE TABLE sales AS
    SELECT customer, day::date AS day, net::numeric(12, 2) AS net, cost::numeric(12, 2) AS cost, invoice, product_line FROM lines
"""


def expected(company):
    """The facts of the same rows without a database."""
    ledger = kam.Ledger(
        lines(company), account="customer", date="day", amount="net", cost="cost", order="invoice", direction="product_line"
    )
    return ledger.facts(AS_OF)


def test_a_ledger_in_postgres_gives_the_same_facts_to_the_last_digit(cursor, company):
    cursor.adbc_ingest("lines", lines(company))
    cursor.execute(SALES)
    cursor.execute(f"SELECT sum(net), sum(cost) FROM sales WHERE btrim(customer) <> '' AND day <= '{AS_OF}'")
    net, cost = map(Decimal, cursor.fetchone())
    cursor.execute("SELECT * FROM sales")
    ledger = kam.Ledger(cursor, account="customer", date="day", amount="net", cost="cost", order="invoice", direction="product_line")
    facts = ledger.facts(AS_OF, window="all")
    there = expected(company)
    columns = ["account", "first_date", "last_date", "active_days", "history_orders", "history_revenue", "history_cost"]
    assert facts.accounts.to_arrow().select(columns).equals(there.accounts.to_arrow().select(columns))
    reconciliation = facts.summary["reconciliation"]
    assert reconciliation["read"]["rows"] == len(lines(company))
    assert reconciliation["quarantined"]["rows"] == 0
    # PostgreSQL's own exact sums.
    assert minor(facts.accounts, "history_revenue", 2) == net * 100
    assert minor(facts.accounts, "history_cost", 2) == cost * 100


TYPES = """
    CREATE TABLE typed (
        customer text, id uuid, code char(4), day date, local timestamp, instant timestamptz, net numeric(12, 2), any_scale numeric,
        units bigint, small smallint, share double precision, cash money, flag boolean, document jsonb
    )
"""
ONE, TWO = "00000000-0000-0000-0000-000000000001", "00000000-0000-0000-0000-000000000002"
ROWS = f"""
    INSERT INTO typed VALUES
    ('a', '{ONE}', 'k1', '2025-01-05', '2025-01-05 23:30', '2025-01-05 23:30+00', 100.10, 0.005, 3, 1, 0.1, '12.34', true, '{{}}'),
    ('a', '{ONE}', 'k1', '2025-01-06', '2025-01-06 00:30', '2025-01-06 00:30+03', 0.20, 0.015, 4, 2, 0.2, '0.01', true, '{{}}'),
    ('b', '{TWO}', 'k2', '2025-02-05', '2025-02-05 12:00', '2025-02-05 12:00+00', 9999999999.99, 12345678901234.565, 5, 3, 0.3, '1',
     null, null),
    (null, null, null, '2025-02-05', null, null, 1.00, 1, 1, 1, 0.1, '1', null, null)
"""


@pytest.fixture
def typed(cursor):
    cursor.execute(TYPES)
    cursor.execute(ROWS)

    def facts(query="SELECT * FROM typed", *, account="customer", date="day", amount="net", **options):
        cursor.execute(query)
        return kam.Ledger(cursor, account=account, date=date, amount=amount, max_bad_share=1, **options).facts(AS_OF)

    return facts


@pytest.mark.parametrize(
    ("amount", "a", "b"),
    [
        ("net", 100.30, 9999999999.99),
        # Half to even at the scale: 0.005 becomes 0.00, 0.015 becomes 0.02, …,565 becomes …,56.
        ("any_scale", 0.02, 12345678901234.56),
        ("units", 7.0, 5.0),
        ("small", 3.0, 3.0),
        ("share", 0.30, 0.30),
        ("units * net", 301.10, 49999999999.95),
        ("net - units", 93.30, 9999999994.99),
    ],
)
def test_money_of_postgres_is_exact(typed, amount, a, b):
    facts = typed(amount=amount)
    assert revenue(facts) == {"a": a, "b": b}
    assert facts.summary["reconciliation"]["unassigned"]["rows"] == 1


def test_more_digits_than_a_double_has(typed):
    assert revenue(typed(amount="any_scale", scale=3)) == {"a": 0.02, "b": 12345678901234.565}
    facts = typed("SELECT 'a' AS customer, DATE '2025-01-01' AS day, 90071992547409.93 AS net UNION ALL SELECT 'a', '2025-01-01', 0.02")
    assert facts.accounts["revenue"].tolist() == [90071992547409.95]


def test_days_of_postgres(typed):
    def days(column, timezone="UTC"):
        table = typed(date=column, timezone=timezone).accounts.to_dict()
        return dict(zip(table["account"], zip(table["first_date"], table["last_date"], strict=True), strict=True))["a"]

    assert days("day") == days("local") == days("local", "Asia/Tokyo") == ("2025-01-05", "2025-01-06")
    # Half past midnight at +03 is half past nine in the evening before.
    assert days("instant") == ("2025-01-05", "2025-01-05")
    assert days("instant", "Europe/Berlin") == ("2025-01-05", "2025-01-06")


def test_what_no_day_and_no_amount_can_be_is_quarantined(typed):
    facts = typed("""
        SELECT * FROM (VALUES
            ('a', date 'infinity', 1.0), ('a', date '-infinity', 1.0), ('a', null, 1.0), ('a', date '2025-01-01', 'NaN'::numeric),
            ('a', date '2025-01-01', 'Infinity'::numeric), ('a', date '2025-01-01', null), ('a', date '2025-01-01', 5)
        ) AS t(customer, day, net)
    """)
    assert revenue(facts) == {"a": 5.0}
    assert facts.summary["quarantine"] == {"date_out_of_range": 2, "date_missing": 1, "amount_unreadable": 2, "amount_missing": 1}


def test_what_postgres_does_not_tell_is_refused(typed):
    with pytest.raises(kam.ColumnError, match="`cash` is PostgreSQL's type `money`") as raised:
        typed(amount="cash")
    assert (raised.value.code, raised.value.hint) == (202, "cast it in the query: cash::numeric")
    assert revenue(typed("SELECT customer, day, cash::numeric AS net FROM typed")) == {"a": 12.35, "b": 1.0}
    with pytest.raises(kam.ColumnError, match="column `id`"):
        typed(account="id")
    assert list(revenue(typed("SELECT id::text AS customer, day, net FROM typed"))) == [ONE, TWO]
    assert list(revenue(typed(account="code"))) == ["k1  ", "k2  "]
    assert list(revenue(typed("SELECT code::text AS customer, day, net FROM typed"))) == ["k1", "k2"]
    assert len(typed("SELECT * FROM typed WHERE false")) == 0


def test_a_query_that_fails_says_why(cursor):
    def broken():
        cursor.execute("SELECT customer FROM nothing_of_the_kind")
        return cursor

    with pytest.raises(kam.LedgerError, match="nothing_of_the_kind") as raised:
        kam.Ledger(broken, **COLUMNS).facts(AS_OF)
    assert isinstance(raised.value.__cause__, adbc_driver_manager.ProgrammingError)
    cursor.connection.rollback()

    def late():
        cursor.execute("SELECT 'a' AS customer, DATE '2025-01-01' AS day, 1 / (5000 - i) AS net FROM generate_series(1, 6000) AS t(i)")
        return cursor

    with pytest.raises(kam.LedgerError, match="division by zero"):
        kam.Ledger(late, **COLUMNS).facts(AS_OF)


def test_every_table_goes_back_to_postgres(cursor, company):
    facts = company.ledger.facts(company.as_of)
    review = kam.review(facts, company.crm)
    tables = {f"{method}_{name}": table for method in review for name, table in review[method].tables.items()}
    tables |= {"master": review.accounts, "quarantine": facts.quarantine, "reconciliation": facts.reconciliation, "skipped": review.skipped}
    for name, table in tables.items():
        cursor.adbc_ingest(name, table, mode="replace")
        cursor.execute(f'SELECT count(*) FROM "{name}"')
        assert cursor.fetchone() == (len(table),), name
    cursor.execute('SELECT account, revenue, first_date, abc, golden_shot, attractiveness FROM master ORDER BY account COLLATE "C"')
    back = cursor.fetch_arrow_table()
    for column in back.column_names:
        assert back[column].to_pylist() == review.accounts.to_arrow()[column].to_pylist(), column
    cursor.execute("SELECT key_account_types FROM key_account_types_key_account_types LIMIT 1")
    assert isinstance(cursor.fetchone()[0], list)


@pytest.fixture
def sqlite():
    with adbc_driver_sqlite.dbapi.connect(":memory:") as connection, connection.cursor() as cursor:
        yield cursor


def test_money_of_sqlite(sqlite):
    sqlite.execute("CREATE TABLE t (customer TEXT, day TEXT, real REAL, text TEXT, decimal DECIMAL(10, 2), cents INTEGER)")
    sqlite.executemany(
        "INSERT INTO t VALUES (?, ?, ?, ?, ?, ?)",
        [
            ("a", "2025-01-05", 100.10, "100.10", 100.10, 10010),
            ("a", "2025-02-05", 0.20, "0.20", 0.20, 20),
            (None, "2025-02-05", 1.0, "1", 1.0, 100),
        ],
    )
    for amount in ("real", "text", "decimal", "cents / 100.0", "printf('%.2f', cents / 100.0)"):
        sqlite.execute(f"SELECT customer, day, {amount} AS net FROM t")
        facts = kam.Ledger(sqlite, **COLUMNS).facts(AS_OF)
        assert revenue(facts) == {"a": 100.30}, amount
        assert facts.summary["reconciliation"]["unassigned"]["rows"] == 1


def test_a_column_of_sqlite_that_changes_its_type_is_an_error(sqlite):
    sqlite.execute("CREATE TABLE t (net)")
    sqlite.execute("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 2000) INSERT INTO t SELECT i FROM n")
    sqlite.execute("INSERT INTO t VALUES (0.5)")
    query = "SELECT 'a' AS customer, '2025-01-01' AS day, net FROM t"
    sqlite.execute(query)
    with pytest.raises(kam.LedgerError, match="expected INT64 but got DOUBLE") as raised:
        kam.Ledger(sqlite, **COLUMNS).facts(AS_OF)
    assert raised.value.code == 104
    sqlite.execute(query.replace("net", "CAST(net AS TEXT) AS net"))
    assert revenue(kam.Ledger(sqlite, **COLUMNS).facts(AS_OF)) == {"a": 2001000.5}


def test_tables_go_back_to_sqlite(sqlite, company):
    review = kam.review(company.ledger.facts(company.as_of), company.crm)
    for method in review:
        for name, table in review[method].tables.items():
            sqlite.adbc_ingest(f"{method}_{name}", table.to_arrow(lists="text"), mode="replace")
    sqlite.adbc_ingest("master", review.accounts.to_arrow(lists="text"), mode="replace")
    sqlite.execute("SELECT count(*), total(revenue) FROM master WHERE abc = 'A'")
    accounts, total = sqlite.fetchone()
    is_a = review.accounts["abc"] == "A"
    assert accounts == is_a.sum()
    assert total == pytest.approx(review.accounts["revenue"][is_a].sum(), abs=0.005)
    sqlite.execute("SELECT key_account_types FROM key_account_types_key_account_types WHERE key_account_types <> '' LIMIT 1")
    assert isinstance(sqlite.fetchone()[0], str)


# The page's snippets.

PAGE = (REPOSITORY / "docs" / "warehouse.md").read_text(encoding="utf-8")
EXAMPLE = "postgresql://kam@db.example.com/sales"


def snippets(heading):
    """The Python of a section, but what says that it is not run."""
    section = PAGE.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    return [code for marker, code in re.findall(r"(<!-- not run: [^\n]*-->\n)?```python\n(.*?)```", section, re.DOTALL) if not marker]


def test_the_page_on_postgres(address, company, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    blocks = snippets("PostgreSQL")
    assert len(blocks) == 5
    assert blocks[0].count(EXAMPLE) == 1
    with adbc_driver_postgresql.dbapi.connect(address) as connection, connection.cursor() as cursor:
        cursor.adbc_ingest("lines", lines(company))
        cursor.execute(SALES)
        cursor.adbc_ingest("accounts", company.frames["accounts"])
        connection.commit()
    names = {}
    try:
        for block in blocks:
            exec(compile(block.replace(EXAMPLE, address), "warehouse.md", "exec"), names)
        there = expected(company)
        assert names["facts"].summary["totals"] == there.summary["totals"]
        # A function's query is run anew.
        assert names["ledger"].facts(AS_OF).accounts.to_arrow().equals(names["facts"].accounts.to_arrow())
        assert "key_account_types" in names["review"].methods
        cursor = names["cursor"]
        cursor.execute("SELECT account, abc FROM kam_accounts")
        assert dict(cursor.fetchall()) == dict(zip(names["review"].accounts["account"], names["review"].accounts["abc"], strict=True))
        classes = names["review"]["abc"].tables["classes"].to_dict()
        printed = [line.split() for line in capsys.readouterr().out.splitlines()]
        assert [(abc, int(accounts)) for abc, accounts, _ in printed] == list(zip(classes["abc"], classes["accounts"], strict=True))
        cursor.execute("SELECT sum(net) FROM sales WHERE day IN ('2025-12-30', '2025-12-31') AND btrim(customer) <> ''")
        assert minor(names["december"].accounts, "history_revenue", 2) == Decimal(cursor.fetchone()[0]) * 100
    finally:
        names["cursor"].close()
        names["connection"].close()


def test_the_page_on_sqlite_and_duckdb(company, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    there = expected(company)
    with duckdb.connect("warehouse.duckdb") as connection:
        rows_of_company = lines(company)  # noqa: F841  (DuckDB looks it up by its name)
        connection.execute("CREATE TABLE lines AS FROM rows_of_company")
        connection.execute(SALES)
        cents = connection.sql("SELECT customer, day::text AS day, (net * 100)::bigint AS cents FROM sales").to_arrow_table()
    with adbc_driver_sqlite.dbapi.connect("crm.db") as connection, connection.cursor() as cursor:
        cursor.adbc_ingest("sales", cents)
        connection.commit()
    for heading, count in (("SQLite", 2), ("DuckDB", 1)):
        blocks, names = snippets(heading), {}
        assert len(blocks) == count
        for block in blocks:
            exec(compile(block, "warehouse.md", "exec"), names)
        assert names["review"].accounts["revenue"].tolist() == there.accounts["revenue"].tolist()
        query = "SELECT sum(revenue) FROM kam_accounts"
        if heading == "SQLite":
            names["cursor"].execute(query)
            total = names["cursor"].fetchone()[0]
            names["cursor"].close()
        else:
            total = names["connection"].sql(query).fetchall()[0][0]
        names["connection"].close()
        assert total == pytest.approx(there.summary["totals"]["revenue"], abs=0.005)


def test_snippets_that_are_not_run_say_so_and_are_python():
    unrun = re.findall(r"<!-- not run: [^\n]*-->\n```python\n(.*?)```", PAGE, re.DOTALL)
    assert len(unrun) == 2
    for code in unrun:
        compile(code, "warehouse.md", "exec")
    assert PAGE.count("```python") == 5 + 2 + 1 + len(unrun)
