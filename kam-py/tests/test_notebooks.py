"""The notebooks run, show what is stored in them, and give the published figures; the pictures of the pages are those of today's charts."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from conftest import LEDGERS, extra_of_tests, shared

extra_of_tests("nbclient")
extra_of_tests("ipykernel")
extra_of_tests("vl_convert")
extra_of_tests("lifetimes")

import notebooks  # noqa: E402
import pictures  # noqa: E402

#: Notebook → the file of the ledgers that it reads, if any.
READS = {
    "cdnow": "cdnow/CDNOW_sample.txt",
    "classicmodels": "classicmodels/orders.csv",
    "from-pandas-lifetimes-rfm": "cdnow/CDNOW_sample.txt",
    "online-retail": "online_retail/online_retail.parquet",
}

#: Notebook → what its names hold when it is through: figures that were published, or that others have counted.
FIGURES: dict[str, dict[str, object]] = {
    "cdnow": {
        "[len(x), float(x.sum()), int((x == 0).sum())]": [2357, 2457, 1411],
        "bg.log_likelihood": pytest.approx(-9582.429, abs=5e-4),
        "mbg.log_likelihood": pytest.approx(-9582.1357, abs=5e-5),
        "pareto.log_likelihood": pytest.approx(-9594.976, abs=5e-4),
        "pareto.params": pytest.approx({"r": 0.553, "alpha": 10.578, "s": 0.606, "beta": 11.669}, abs=5e-4),
        "spend.params": pytest.approx({"p": 6.25, "q": 3.74, "gamma": 15.44}, abs=5e-3),
        "spend.log_likelihood": pytest.approx(-4055.918, abs=5e-4),
        "fit.log_likelihood": pytest.approx(-95368.4439, abs=5e-4),
    },
    "classicmodels": {
        "[ledger.facts('2005-05-31', window='all').summary['totals'][name] for name in ('revenue', 'cost', 'profit')]": [
            9_604_190.61,
            5_778_310.36,
            3_825_880.25,
        ],
        "[len(facts), customers.height, orders.height]": [98, 122, 326],
        "[happened.filter(kind=kind).height for kind in ('call', 'complaint', 'dispute', 'late')]": [5, 6, 7, 1],
        "[year.summary[name] for name in ('revenue_before', 'revenue')]": [3_781_931.08, 5_051_361.84],
        "values['title']": "Euro+ Shopping Channel",
    },
    "from-pandas-lifetimes-rfm": {
        "kam.abc(facts).tables['classes'].to_dict()['accounts']": [7695, 8067, 7808],
        "[len(sales), len(facts), facts.summary['totals']['revenue']]": [69_659, 23_570, 2_500_315.63],
        "copy.log_likelihood": pytest.approx(-9582.4256, abs=5e-5),
        "dict(theirs['bg_nbd'].params_)": pytest.approx({"r": 0.242595, "alpha": 4.413602, "a": 0.792922, "b": 2.425906}, abs=2e-5),
        "dict(theirs['mbg_nbd'].params_)": pytest.approx({"r": 0.525, "alpha": 6.183, "a": 0.891, "b": 1.614}, abs=5e-4),
        "list(spend.params.values())": pytest.approx([6.25, 3.74, 15.44], abs=5e-3),
    },
    "online-retail": {
        "[facts.summary['reconciliation'][part]['rows'] for part in ('read', 'unassigned', 'quarantined')]": [541_909, 135_080, 0],
        "[int(accounts[column].sum()) for column in ('sale_lines', 'orders')]": [397_884, 18_532],
        "int(buyers)": 4338,
        "sales": pytest.approx(8_911_407.904, abs=5e-4),
        "model['params']['a']": pytest.approx(0.0034, abs=5e-5),
        "model['trustworthy']": False,
    },
    "quick-start": {
        "[facts.summary['totals'][name] for name in ('revenue', 'profit')]": [21_459_340.53, 5_061_974.81],
        "len(facts.quarantine)": 7,
        "[review['whale_curve'].summary[name] for name in ('loss_accounts', 'destroyed')]": [11, 303_224.55],
        "len(review.skipped)": 0,
    },
}


def load(path: Path) -> dict:
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", notebooks.NOTEBOOKS, ids=lambda path: path.stem)
def test_it_runs_and_shows_what_is_stored(path):
    if path.stem in READS:
        shared(READS[path.stem])
    stored = notebooks.nbformat.read(path, as_version=4)
    with notebooks.run(path, LEDGERS) as ran:
        said = [output.text for cell in ran.notebook.cells for output in cell.get("outputs", []) if output.get("name") == "stderr"]
        assert said == []
        for before, after in zip(notebooks.shown(stored), notebooks.shown(ran.notebook), strict=True):
            assert after == before, "make docs"
        for expression, value in FIGURES[path.stem].items():
            assert ran.ask(expression) == value, expression


def test_every_notebook_has_figures_to_hold():
    assert {path.stem for path in notebooks.NOTEBOOKS} == set(FIGURES)


@pytest.mark.parametrize("path", notebooks.NOTEBOOKS, ids=lambda path: path.stem)
def test_what_is_stored_is_fit_for_a_page(path):
    """Charts are pictures, nothing is of this machine, and the file is small enough to be shown."""
    assert path.stat().st_size < 1_500_000
    notebook = load(path)
    assert notebook["metadata"] == notebooks.METADATA
    assert not re.search(r"/work/|/root/|/home/|/tmp/|/usr/", path.read_text(encoding="utf-8"))
    outputs = [output for cell in notebook["cells"] for output in cell.get("outputs", [])]
    charts = [output for output in outputs if "specification" in output.get("metadata", {})]
    assert charts
    assert all({"image/png", "text/plain"} == set(output["data"]) for output in charts)
    assert not any("application/javascript" in output.get("data", {}) or "<script" in json.dumps(output) for output in outputs)


@pytest.mark.parametrize("path", notebooks.NOTEBOOKS, ids=lambda path: path.stem)
def test_every_figure_of_the_text_is_in_a_cell(path):
    notebook = load(path)
    texts = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "markdown"]
    prose = re.sub(r"^\*\*Sources\.\*\*.*|\]\([^)]*\)|`[^`]*`|^```.*?^```$", "", "\n\n".join(texts), flags=re.MULTILINE | re.DOTALL)
    cells = " ".join(said(cell) for cell in notebook["cells"] if cell["cell_type"] == "code")
    for figure in re.findall(r"\d[\d,]*(?:\.\d+)?", prose):
        plain = figure.replace(",", "").rstrip(".")
        assert re.search(rf"(?<![\d.]){re.escape(plain)}(?!\d)", cells), figure


def said(cell: dict) -> str:
    """What stands in a cell of code: its code, and its outputs but for pictures, thousands not apart."""
    texts = [cell["source"]]
    for output in cell["outputs"]:
        texts += [output.get("text", ""), *(value for kind, value in output.get("data", {}).items() if kind != "image/png")]
    return re.sub(r"(?<=\d),(?=\d{3})", "", " ".join("".join(text) for text in texts))


def test_the_pictures_of_the_pages_are_those_of_today():
    for path, spec in pictures.of_the_pages().items():
        assert pictures.is_drawn_from(path, spec), f"make docs: {path.name} was drawn from another chart"
    assert {path.name for path in pictures.IMAGES.iterdir()} == {path.name for path in pictures.of_the_pages()}


def test_a_picture_knows_what_it_was_drawn_from(tmp_path):
    spec = {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "description": "A point",
        "mark": "point",
        "data": {"values": [{}]},
    }
    path = tmp_path / "point.png"
    assert not pictures.is_drawn_from(path, spec)
    path.write_bytes(pictures.png(spec))
    assert pictures.is_drawn_from(path, spec)
    assert not pictures.is_drawn_from(path, spec | {"mark": "bar"})
