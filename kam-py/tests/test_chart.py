"""Charts: every method's specifications compile to pictures without a warning, whatever the data."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys

import pytest

import kam
from conftest import REPOSITORY, extra_of_tests, shared

extra_of_tests("altair")
extra_of_tests("vl_convert")

HOSTILE = "<img src=x onerror=alert(1)> '\"`${alert(1)}` </script> \\ \n\u2028 {{7*7}}"
WITH_CHARTS = [method for method in kam.methods() if method.charts]


def companies():
    """Reviews of a company, of one account, of none, of one whose names would like to be code, and of one whose accounts are numbers."""
    company = kam.sample()
    facts = company.ledger.facts(company.as_of)
    yield "sample", kam.review(facts, company.crm, progress=False)
    one = {"account": ["only"] * 2, "date": ["2024-03-01", "2024-11-05"], "amount": [120.0, 80.5], "cost": [60.0, 90.0]}
    yield "one", kam.review(ledger(one).facts("2024-12-31"), progress=False)
    none = {name: [] for name in one}
    yield "none", kam.review(ledger(none).facts("2024-12-31"), progress=False)
    frames = {name: renamed(frame) for name, frame in company.frames.items()}
    roles = {role: role for role in ("account", "date", "amount", "cost", "cost_to_serve", "list_amount", "direction", "manager")}
    named = kam.Ledger(frames.pop("ledger"), **roles).facts(company.as_of)
    yield "hostile", kam.review(named, kam.Crm(**frames), progress=False)
    numbers = {name: number for number, name in enumerate(facts.accounts["account"].tolist())}
    frames = {name: numbered(frame, numbers) for name, frame in company.frames.items()}
    of_numbers = kam.Ledger(frames.pop("ledger"), **roles).facts(company.as_of)
    yield "numbers", kam.review(of_numbers, kam.Crm(**frames), progress=False)


def ledger(columns):
    import pyarrow as pa

    types = {"account": pa.string(), "date": pa.string(), "amount": pa.float64(), "cost": pa.float64()}
    table = pa.table({name: pa.array(values, types[name]) for name, values in columns.items()})
    return kam.Ledger(table, **{name: name for name in columns})


def renamed(frame):
    """The names of accounts, managers and directions with what browsers and Vega would take for code."""
    import pyarrow as pa

    table = pa.table(frame)
    for name in ("account", "manager", "direction", "name", "competitor", "reason"):
        if name in table.column_names and pa.types.is_string(table.schema.field(name).type):
            values = [None if value is None else f"{value[:6]}{HOSTILE}{value[6:]}" for value in table[name].to_pylist()]
            table = table.set_column(table.column_names.index(name), name, pa.array(values, pa.string()))
    return table


def numbered(frame, numbers):
    """Accounts as whole numbers; those of the ledger first, candidates behind them."""
    import pyarrow as pa

    table = pa.table(frame)
    for name in ("account", "parent"):
        if name in table.column_names:
            keys = [None if value is None else numbers.setdefault(value, len(numbers)) for value in table[name].to_pylist()]
            table = table.set_column(table.column_names.index(name), name, pa.array(keys, pa.int64()))
    return table


@pytest.fixture(scope="module")
def reviews():
    return dict(companies())


def warnings(specs, folder):
    """What vl-convert says beside the pictures: it writes to the standard error of its process."""
    code = (
        "import json, sys, vl_convert\n"
        "for line in open(sys.argv[1], encoding='utf-8'):\n"
        "    svg = vl_convert.vegalite_to_svg(line, vl_version='6.4')\n"
        "    assert '<svg' in svg and 'NaN' not in svg and 'undefined' not in svg, line[:300]\n"
    )
    path = folder / "specs.jsonl"
    path.write_text("\n".join(json.dumps(spec) for spec in specs) + "\n", encoding="utf-8")
    done = subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True, env=os.environ, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stderr + done.stdout


@pytest.mark.parametrize("company", ["sample", "one", "none", "hostile", "numbers"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_chart_compiles_without_a_warning(reviews, company, theme, tmp_path):
    review = reviews[company]
    specs = []
    for method in WITH_CHARTS:
        if method.name in review:
            specs += [review[method.name].chart(name, theme=theme) for name in method.charts]
    assert len(specs) > 10
    assert warnings(specs, tmp_path) == ""


def test_every_method_with_charts_has_them_for_the_sample(reviews):
    review = reviews["sample"]
    for method in WITH_CHARTS:
        drawn = review[method.name].charts
        assert drawn, method.name
        # The purchase model of the sample company has no holdout that could be tracked.
        if method.name != "purchase_model":
            assert list(drawn) == list(method.charts), method.name
        for spec in drawn.values():
            assert spec["title"]["text"]
            assert spec["description"]
            assert len(json.dumps(spec)) < 150_000


def test_accounts_that_are_numbers_have_the_same_charts(reviews):
    for method in WITH_CHARTS:
        assert list(reviews["numbers"][method.name].charts) == list(reviews["sample"][method.name].charts), method.name


def test_altair_takes_every_chart(reviews):
    for method in WITH_CHARTS:
        result = reviews["sample"][method.name]
        for name in result.charts:
            assert result.plot(name).to_dict()["config"]["background"] == "#ffffff"
    assert result.plot(theme="dark").to_dict()["config"]["background"] == "#12161c"


def test_pictures_are_written_without_a_browser(reviews, tmp_path):
    chart = reviews["sample"]["whale_curve"].plot()
    for name, begin in (("whale.png", b"\x89PNG"), ("whale.svg", b"<svg")):
        chart.save(str(tmp_path / name))
        assert (tmp_path / name).read_bytes().startswith(begin)


def test_acceptabilities_are_drawn_with_names(tmp_path):
    matrix = [[5, 8, 4], [7, 6, 8], [8, 8, 6], [7, 4, 6]]
    result = kam.mcda.smaa(matrix, [1, 1, 1], samples=500, seed=1)
    names = ["Ash", HOSTILE, "Oak", "Elm"]
    for chart in (result.chart(), result.chart(names), result.chart(names, theme="dark")):
        assert warnings([chart], tmp_path) == ""
    assert result.chart()["title"]["text"][0].startswith("Alternative 3 is first under ")
    assert result.chart(names)["title"]["text"][0].startswith("Oak is first under ")
    assert {row["alternative"] for row in result.chart(names)["data"]["values"]} == set(names)
    result.plot(names).save(str(tmp_path / "smaa.png"))
    assert (tmp_path / "smaa.png").read_bytes().startswith(b"\x89PNG")
    with pytest.raises(kam.OptionError, match="2 names for 4 alternatives"):
        result.chart(["a", "b"])


def test_every_main_chart_is_saved_as_png_and_svg(reviews, tmp_path):
    """By Altair and vl-convert alone: no browser is looked for."""
    drawn = [method.name for method in WITH_CHARTS if method.name in reviews["sample"]]
    assert len(drawn) > 20
    for name in drawn:
        chart = reviews["sample"][name].plot()
        for kind, begin in (("png", b"\x89PNG"), ("svg", b"<svg")):
            path = tmp_path / f"{name}.{kind}"
            chart.save(str(path))
            written = path.read_bytes()
            assert written.startswith(begin), path.name
            assert len(written) > 3_000, path.name


def test_counts_are_whole_on_their_axes(reviews):
    import vl_convert

    for name in ("key_account_types", "routes", "purchase_model"):
        svg = vl_convert.vegalite_to_svg(json.dumps(reviews["one"][name].chart()), vl_version="6.4")
        labels = re.findall(r'class="mark-text role-axis-label".*?</g></g>', svg, re.DOTALL) or [svg]
        assert "NaN" not in svg
        assert all(len(re.findall(r">1</text>", part)) <= 1 for part in labels)


def test_the_tracking_of_cdnow(tmp_path):
    path = shared("cdnow/CDNOW_sample.txt")
    rows = [line.split() for line in path.read_text().splitlines()]
    import pyarrow as pa

    frame = pa.table({"account": [row[0] for row in rows], "date": [row[2] for row in rows], "amount": [row[4] for row in rows]})
    facts = kam.Ledger(frame, account="account", date="date", amount="amount", date_format="%Y%m%d").facts("1998-06-30", window="all")
    result = kam.purchase_model(facts, calibration_end="1997-09-30")
    assert list(result.charts) == ["tracking", "tracking_cumulative", "frequency", "alive"]
    assert warnings(result.charts.values(), tmp_path) == ""


def test_names_that_are_wrong_say_what_there_is(reviews):
    result = reviews["sample"]["effort"]
    with pytest.raises(kam.OptionError, match="no chart `map`") as caught:
        result.chart("map")
    assert "effort, classes" in str(caught.value)
    with pytest.raises(kam.OptionError, match="theme"):
        result.chart(theme="pink")  # type: ignore[arg-type]
    with pytest.raises(kam.OptionError, match="has no charts"):
        reviews["sample"]["xyz"].plot()
    assert result.chart() == result.chart("effort")


def test_many_accounts_are_thinned():
    import numpy as np
    import pyarrow as pa

    n = 20_000
    amount = np.round(1e6 / np.arange(1, n + 1) ** 0.9, 2)
    cost = np.where(np.arange(n) % 9 == 8, amount * 1.3, amount * 0.7)
    frame = {"account": [f"a{at:05}" for at in range(n)], "date": ["2024-05-05"] * n, "amount": amount, "cost": np.round(cost, 2)}
    facts = kam.Ledger(pa.table(frame), account="account", date="date", amount="amount", cost="cost").facts("2024-12-31")
    for name in ("pareto", "lorenz", "whale_curve", "selection_matrix"):
        assert len(json.dumps(kam.run(name, facts).chart())) < 150_000, name


def test_the_page_of_the_charts_lists_them_all_and_runs():
    text = (REPOSITORY / "docs" / "charts.md").read_text(encoding="utf-8")
    names: dict[str, object] = {}
    for block in re.findall(r"^```python\n(.*?)^```$", text, re.DOTALL | re.MULTILINE):
        exec(block, names)
    assert names["result"].summary["loss_accounts"] == 11
    for method in WITH_CHARTS:
        for chart in method.charts:
            assert f"| `{method.name}` | `{chart}` |" in text
