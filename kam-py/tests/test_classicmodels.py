"""The walk through classicmodels runs as it stands, and each of its figures is what kam says."""

from __future__ import annotations

import doctest
import re

from conftest import REPOSITORY, shared

PAGE = (REPOSITORY / "docs" / "classicmodels.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```pycon\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def test_the_walk(monkeypatch):
    monkeypatch.chdir(shared("classicmodels/orders.csv").parent)
    assert len(BLOCKS) > 8
    test = doctest.DocTestParser().get_doctest("\n".join(BLOCKS), {}, "classicmodels", "docs/classicmodels.md", 0)
    said: list[str] = []
    result = doctest.DocTestRunner(verbose=False).run(test, out=said.append)
    assert result.failed == 0, "".join(said)
    assert result.attempted > 40


def test_every_figure_of_the_text_is_one_of_the_walk():
    prose = re.sub(r"^```.*?^```$", "", PAGE, flags=re.MULTILINE | re.DOTALL)
    figures = re.findall(r"\d[\d,]*(?:\.\d+)?", re.sub(r"`[^`]*`", "", prose))
    shown = " ".join(BLOCKS).replace("_", "")
    for figure in figures:
        assert re.search(rf"(?<![\d.]){re.escape(figure.replace(',', ''))}(?!\d)", shown), figure
