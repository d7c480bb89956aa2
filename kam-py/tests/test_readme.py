"""The Python and the command lines of the README run as they stand, and so do the first examples of the pages."""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path

import polars as pl

import kam
from conftest import REPOSITORY

README = (REPOSITORY / "README.md").read_text(encoding="utf-8")


def blocks(language: str, text: str = README) -> list[str]:
    return [part.split("```")[0] for part in text.split(f"```{language}\n")[1:]]


def folder_with_data(folder: Path) -> None:
    """The files that the README speaks of."""
    company = kam.sample()
    rows = [
        "customer,day,net",
        *(
            f"{account},2024-{month:02}-15,{100 * month + len(account)}.50"
            for account in ("ACME", "Globex", "Initech")
            for month in range(1, 13)
        ),
    ]
    (folder / "sales.csv").write_text("\n".join(rows), encoding="utf-8")
    (folder / "accounts.csv").write_text("account,industry,reference\nACME,Steel,true\nGlobex,Energy,false\n", encoding="utf-8")
    pl.DataFrame(company.frames["activities"]).write_parquet(folder / "activities.parquet")


def test_the_python_runs(tmp_path, monkeypatch, capsys):
    folder_with_data(tmp_path)
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for block in blocks("python"):
        exec(compile(block, "README.md", "exec"), names)
    assert "ACME" in capsys.readouterr().out
    assert (tmp_path / "review.html").stat().st_size > 10_000
    assert names["facts"].summary["accounts"] == 3


def test_the_command_lines_run(tmp_path):
    folder_with_data(tmp_path)
    lines = [line for block in blocks("sh") for line in block.splitlines() if line.startswith(".venv/bin/kam")]
    assert len(lines) == 2
    for line in lines:
        words = [sys.executable, "-m", "kam", *shlex.split(line)[1:]]
        done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    assert (tmp_path / "review.html").exists()


def page(name: str) -> str:
    return (REPOSITORY / "docs" / name).read_text(encoding="utf-8")


def test_a_page_that_is_read_alone_imports_kam():
    pages = [path.name for path in (REPOSITORY / "docs").glob("*.md") if blocks("python", path.read_text(encoding="utf-8"))]
    assert {"book.md", "crm.md"} <= set(pages)
    assert [name for name in pages if "import kam" not in blocks("python", page(name))[0]] == []


def test_the_example_of_the_book_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("2011-12-09.csv").write_text("customer,day,net,cost\nACME,2011-12-09,80,50\nGlobex,2011-12-09,20,15\n", encoding="utf-8")
    names: dict[str, object] = {}
    for block in blocks("python", page("book.md")):
        exec(compile(block, "book.md", "exec"), names)
    assert (names["appended"].used, len(names["facts"])) == (2, 2)


def test_the_example_of_the_crm_runs(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("accounts.csv").write_text("account,industry\nACME,Steel\nGlobex,\n", encoding="utf-8")
    day = ["2024-05-01"]
    pl.DataFrame({"customer": ["ACME"], "day": day, "kind": ["visit"], "mood": ["good"]}).write_parquet("activities.parquet")
    names: dict[str, object] = {}
    for block in blocks("python", page("crm.md")):
        exec(compile(block, "crm.md", "exec"), names)
    assert capsys.readouterr().out == "['accounts', 'activities'] [('activities', 'mood', 'it is not a column of this table')]\n"
