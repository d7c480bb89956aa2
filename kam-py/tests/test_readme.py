"""The Python and the command lines of the README run as they stand, and what it says is so."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import polars as pl

import kam
from conftest import REPOSITORY

README = (REPOSITORY / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return [part.split("```")[0] for part in README.split(f"```{language}\n")[1:]]


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
    assert (tmp_path / "pareto.png").read_bytes().startswith(b"\x89PNG")
    assert "ACME" in (tmp_path / "acme.html").read_text(encoding="utf-8")
    assert names["facts"].summary["accounts"] == 3


def section(title: str) -> str:
    return README.split(f"## {title}\n")[1].split("\n## ")[0]


def test_every_method_is_in_the_table_once():
    listed = re.findall(r"\[(\w+)\]\(docs/methods/(\w+)\.md\)", section("What it computes"))
    assert all(name == page for name, page in listed)
    assert sorted(name for name, _ in listed) == sorted(method.name for method in kam.methods())


def test_the_figures_of_speed_are_those_of_the_page():
    figures = re.findall(r"\d[\d,.]*\d", section("How fast"))
    assert len(figures) > 4
    page = (REPOSITORY / "docs" / "performance.md").read_text(encoding="utf-8")
    assert [figure for figure in figures if not re.search(rf"(?<![\d.]){re.escape(figure)}(?!\d)", page)] == []


def test_the_command_lines_run(tmp_path):
    folder_with_data(tmp_path)
    lines = [line for block in blocks("sh") for line in block.splitlines() if line.startswith(".venv/bin/kam")]
    assert len(lines) == 2
    for line in lines:
        words = [sys.executable, "-m", "kam", *shlex.split(line)[1:]]
        done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    assert (tmp_path / "review.html").exists()
