"""The book: what was appended is there once, and facts of it are those of one ledger."""

from __future__ import annotations

import json
import subprocess
import sys
import threading

import numpy as np
import pyarrow as pa
import pytest

import kam
from conftest import AS_OF, COLUMNS, ROWS

ALL = {**COLUMNS, "cost": "cost"}


def part(*rows: int) -> pa.Table:
    return pa.table({name: [values[row] for row in rows] for name, values in ROWS.items()})


@pytest.fixture
def path(tmp_path):
    return tmp_path / "ledger.kam"


def columns(table: kam.Table) -> dict:
    return json.loads(table._table.json())["columns"]


def test_facts_are_those_of_one_ledger(path):
    whole = kam.Ledger(pa.table(ROWS), **ALL)
    with kam.Book(path, **ALL) as book:
        first = book.append(part(0, 1, 2), "monday")
        assert (first.repeated, first.rows, first.used, first.unassigned) == (False, 3, 3, 0)
        assert (first.amount, first.first_date, first.last_date) == (350.35, "2024-01-05", "2024-03-01")
        book.append([part(3), part(4, 5)], batch_id="tuesday", progress=False)
        for as_of, grain, window in [(AS_OF, "month", 12), ("2024-03-31", "week", "all"), ("2024-06-30", "day", 200)]:
            facts, expected = (one.facts(as_of, grain=grain, window=window) for one in (book, whole))
            for name in ("accounts", "periods", "directions", "reconciliation"):
                assert columns(getattr(facts, name)) == columns(getattr(expected, name)), name
        assert kam.abc(book.facts(AS_OF)).table["abc"].tolist() == kam.abc(whole.facts(AS_OF)).table["abc"].tolist()
        assert book.batches["batch_id"].tolist() == ["monday", "tuesday"]
        assert book.batches["rows"].tolist() == [3, 3]
        assert book.batches["unassigned"].tolist() == [0, 1]
        book.compact()
        book.verify()
        assert len(book.facts(AS_OF)) == 3


def test_a_book_of_purchases(path):
    with kam.Book(path, **ALL) as book:
        book.append(part(0, 1, 2), "monday")
        assert book.facts(AS_OF, perspective="supplier").summary["perspective"] == "supplier"
        assert book.facts(AS_OF).summary["perspective"] == "customer"


def test_a_batch_is_there_once(path):
    book = kam.Book(path, **ALL)
    book.append(part(0, 1), "monday")
    again = book.append(part(1, 0), "monday")
    assert again.repeated
    assert again.used == 2
    with pytest.raises(kam.BookError, match="monday") as caught:
        book.append(part(0, 2), "monday")
    assert caught.value.code == 705
    assert len(book.batches) == 1


def test_an_existing_book_opens_as_it_was_made(path):
    with kam.Book(path, **ALL, max_bad_share=0.5, earliest="2020-01-01") as book:
        book.append(part(0, 1), "monday")
    with kam.Book(path) as book:
        assert "cost='cost'" in repr(book)
        book.append(part(2, 3), "tuesday")
        assert len(book.batches) == 2
    with pytest.raises(kam.BookError, match="`cost`") as caught:
        kam.Book(path, **COLUMNS, max_bad_share=0.5, earliest="2020-01-01")
    assert caught.value.code == 704
    with pytest.raises(kam.BookError, match=r"none\.kam") as caught:
        kam.Book(path.with_name("none.kam"))
    assert caught.value.code == 706
    with pytest.raises(kam.OptionError, match="amount"):
        kam.Book(path.with_name("none.kam"), account="a", date="d")


def test_another_process_is_refused(path):
    code = f"import kam\ntry:\n    kam.Book({str(path)!r})\nexcept kam.BookError as error:\n    print(error.code, error.message)"

    def other() -> str:
        return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout

    book = kam.Book(path, **ALL)
    assert other().startswith("701 ")
    assert str(path) in other()
    book.close()
    assert other() == ""
    with pytest.raises(kam.BookError, match="closed"):
        book.facts(AS_OF)


def test_a_backup_and_damage(path):
    with kam.Book(path, **ALL) as book:
        book.append(part(0, 1, 2, 3), "monday")
        book.backup(path.with_name("copy.kam"))
        with pytest.raises(kam.BookError, match=r"copy\.kam"):
            book.backup(path.with_name("copy.kam"))
        revenue = book.facts(AS_OF).accounts["revenue"]
    with kam.Book(path.with_name("copy.kam")) as copy:
        np.testing.assert_array_equal(copy.facts(AS_OF).accounts["revenue"], revenue)
    data = bytearray(path.read_bytes())
    # The stored cells: the page that is changed holds them or the records beside them.
    place = data.rfind(b"batch_digest")
    data[place] ^= 1
    path.write_bytes(data)
    with pytest.raises(kam.BookError, match="checksum") as caught:
        kam.Book(path)
    assert caught.value.code == 702


def test_bad_rows_name_their_batch(path):
    with kam.Book(path, **COLUMNS, max_bad_share=0.5) as book:
        book.append(pa.table({"customer": ["a", "b"], "day": ["2024-01-01", "soon"], "net": [1.0, 2.0]}), "monday")
        quarantine = book.facts(AS_OF).quarantine
        assert quarantine["source"].tolist() == ["monday"]
        assert quarantine["row"].tolist() == [2]
        rubbish = pa.table({"customer": ["a", "b"], "day": ["soon", "soon"], "net": [1.0, 2.0]})
        with pytest.raises(kam.LedgerError):
            book.append(rubbish, "tuesday")
        assert len(book.batches) == 1


def test_rates_are_of_the_batch(path):
    rows = pa.table({"customer": ["a"], "day": ["2024-01-01"], "net": [10.0], "currency": ["CAD"]})
    with kam.Book(path, **COLUMNS, currency="currency", base_currency="USD") as book:
        book.append(rows, "monday", rates={("CAD", "2024-01-01"): "1.25"})
        book.append(rows, "tuesday", rates={("CAD", "2024-01-01"): "2"})
        assert book.facts(AS_OF).accounts["revenue"].tolist() == [13.0]
        with pytest.raises(kam.KamError):
            book.append(rows, "wednesday")


def test_threads_read_while_one_appends(path):
    book = kam.Book(path, **ALL)
    book.append(part(0), "0")
    failed = []

    def read() -> None:
        last = 0
        for _ in range(30):
            rows = book.facts(AS_OF).summary["reconciliation"]["read"]["rows"]
            if rows < last:
                failed.append(rows)
            last = rows

    threads = [threading.Thread(target=read) for _ in range(2)]
    for thread in threads:
        thread.start()
    for number in range(1, 30):
        book.append(part(number % 5), str(number))
    for thread in threads:
        thread.join()
    assert failed == []
    assert book.facts(AS_OF).summary["reconciliation"]["read"]["rows"] == 30
