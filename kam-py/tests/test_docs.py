"""The snippets of the documentation run as they stand."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import kam
from conftest import REPOSITORY, shared
from kam._cli import main
from kam._cli._parser import CODES

DOCS = REPOSITORY / "docs"
COMMANDS = (DOCS / "command-line.md").read_text(encoding="utf-8")


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """The files that the page speaks of."""
    rows = [
        f"{account},2024-{month:02}-15,{100 * month + len(account)}.50"
        for account in ("ACME", "Globex", "Initech")
        for month in range(1, 13)
    ]
    (tmp_path / "sales.csv").write_text("\n".join(["customer,day,net", *rows]), encoding="utf-8")
    (tmp_path / "accounts.csv").write_text("customerNumber,industry\nACME,Steel\nGlobex,Energy\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_command_lines(folder):
    lines = [line for block in blocks(COMMANDS, "sh") for line in block.splitlines()]
    assert len(lines) == 10
    for line in lines:
        line = re.sub(r"^kam ", f"{shlex.quote(sys.executable)} -m kam ", line)
        done = subprocess.run(line, shell=True, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{line}\n{done.stderr}"
    assert (folder / "master.csv").read_text(encoding="utf-8").startswith("account,first_date,")
    assert (folder / "review.html").stat().st_size > 10_000
    assert "complete -F _kam kam" in (folder / "kam.bash").read_text(encoding="utf-8")


def test_what_the_page_shows_is_what_the_command_says(folder, capsys):
    shown = blocks(COMMANDS, "text")
    assert len(shown) == 2
    (folder / "superstore.csv").symlink_to(shared("superstore/superstore.csv"))
    assert main(["review", "superstore.csv", "--methods", "abc"]) == 0
    told = capsys.readouterr().err
    for line in shown[0].splitlines()[:-1]:
        assert line in told.splitlines()
    assert shown[0].splitlines()[-1].removesuffix(" …").replace("superstore.csv", "superstore.csv --methods abc") in told
    (folder / "sales.csv").write_text("customer,day,net\na,03/04/2024,1\na,05/06/2024,2\n", encoding="utf-8")
    assert main(["review", "sales.csv"]) == 2
    assert capsys.readouterr().err == shown[1]


def test_the_exit_codes_of_the_page_are_those_of_the_help(capsys):
    section = COMMANDS.split("## Exit codes")[1].split("\n## ")[0]
    assert dict(re.findall(r"^\| (\d+) \| (.*?) \|$", section, re.MULTILINE)) == CODES
    with pytest.raises(SystemExit):
        main(["review", "--help"])
    text = " ".join(capsys.readouterr().out.split())
    for code, meaning in CODES.items():
        assert f"{code} {meaning}" in text


def run(page: str, **names: object) -> dict[str, object]:
    """Every block of Python of a page, one after the other with the same names."""
    code = blocks((DOCS / page).read_text(encoding="utf-8"), "python")
    assert code
    for block in code:
        exec(compile(block, page, "exec"), names)
    return names


def test_frames(folder):
    names = run("frames.md")
    facts = names["facts"]
    assert len(facts) == 7
    assert facts[0].summary["totals"]["revenue"] == 3 * 7_800 + 12 * (4 + 6 + 7) + 36 * 0.5
    assert [each.summary for each in facts] == [facts[0].summary] * 7
    assert all(each.accounts.to_arrow().equals(facts[0].accounts.to_arrow()) for each in facts)
    classes = names["result"]["abc"].tolist()
    assert names["counts"].fetchall() == [(name, classes.count(name)) for name in sorted(set(classes))]
    assert names["in_ibis"].abc.to_pyarrow().to_pylist() == classes


def test_the_book(folder):
    (folder / "2011-12-09.csv").write_text("customer,day,net,cost\na,2011-12-09,10.50,6.25\nb,2011-12-09,2,1\n", encoding="utf-8")
    names = run("book.md")
    assert names["facts"].summary["totals"]["profit"] == 5.25
    assert (folder / "ledger.kam").exists()


def test_the_tables_of_a_crm(folder):
    pq.write_table(pa.table({"customer": ["ACME"], "date": ["2024-05-01"], "kind": ["visit"], "mood": ["good"]}), "activities.parquet")
    (folder / "accounts.csv").write_text("account,industry\nACME,Steel\nGlobex,\n", encoding="utf-8")
    crm = run("crm.md")["crm"]
    assert crm.tables == ["accounts", "activities"]
    assert crm.ignored == [("activities", "mood", "it is not a column of this table")]


def test_the_purchase_models_by_hand(folder):
    """The figures of Fader, Hardie and Lee (2005) and of Fader and Hardie (2013)."""
    path = shared("cdnow/CDNOW_sample.txt")
    columns = {"account": "column_1", "date": "column_3", "amount": "column_5"}
    names = run("btyd.md", ledger=kam.Ledger(path, **columns, delimiter="whitespace", header=False))
    fit, spend = names["fit"], names["spend"]
    assert fit.log_likelihood == pytest.approx(-9582.43, abs=0.005)
    assert fit.params == pytest.approx({"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}, abs=0.0005)
    assert spend.params == pytest.approx({"p": 6.25, "q": 3.74, "gamma": 15.45}, abs=0.01)


def test_multi_criteria_decisions(folder):
    names = run("mcda.md")
    assert names["weights"] == pytest.approx({"money/profit": 0.6, "money/growth": 0.15, "people": 0.25}, abs=1e-9)
    # TOPSIS in plain steps.
    matrix = np.array(names["matrix"], dtype=float)
    weighted = matrix / np.sqrt((matrix**2).sum(axis=0)) * [0.3, 0.4, 0.3]
    best, worst = (np.sqrt(((weighted - ideal) ** 2).sum(axis=1)) for ideal in (weighted.max(axis=0), weighted.min(axis=0)))
    assert names["result"].score == pytest.approx(worst / (best + worst), abs=1e-12)


def test_the_units_of_figures(folder):
    assert run("review.md")["pareto"].units["dependency.threshold"] == "share"


def test_every_page_with_python_is_run():
    """By one of the tests here, or by the test of the page's subject."""
    pages = {str(path.relative_to(DOCS)) for path in DOCS.rglob("*.md") if blocks(path.read_text(encoding="utf-8"), "python")}
    here = {"book.md", "btyd.md", "crm.md", "frames.md", "mcda.md", "review.md"}
    elsewhere = {
        "charts.md": "test_chart.py",
        "recipes.md": "test_ledgers.py",
        "spark.md": "test_spark.py",
        "warehouse.md": "test_databases.py",
    }
    assert pages == here | set(elsewhere), "write a test for the page"
    for page in pages:
        assert "import kam" in blocks((DOCS / page).read_text(encoding="utf-8"), "python")[0], page
    for page, test in elsewhere.items():
        assert page in (Path(__file__).parent / test).read_text(encoding="utf-8")
