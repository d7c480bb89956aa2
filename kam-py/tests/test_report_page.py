"""The review's page in a real browser: it draws, sorts and searches, asks for nothing, and nothing from the data runs."""

from __future__ import annotations

import re

import pytest

import kam
from browser import browser
from conftest import extra_of_tests

extra_of_tests("vl_convert")

HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def review():
    import pyarrow as pa

    company = kam.sample()
    ledger = pa.table(company.frames["ledger"])
    # The largest account of all is called what a browser could take for an image that fails.
    accounts = [HOSTILE if name == "Wacholder Pharma" else name for name in ledger["account"].to_pylist()]
    ledger = ledger.set_column(ledger.column_names.index("account"), "account", pa.array(accounts, pa.string()))
    roles = {
        role: role for role in ("account", "date", "amount", "cost", "cost_to_serve", "list_amount", "direction", "currency", "manager")
    }
    return kam.review(kam.Ledger(ledger, **roles).facts(company.as_of), company.crm, progress=False)


@pytest.fixture(scope="module")
def page_file(review, tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "review.html"
    review.to_html(path, charts=True)
    return path


@pytest.fixture(scope="module")
def chromium():
    with browser() as started:
        yield started


class Visit:
    """A page that was opened, and everything it said, asked for or popped up."""

    def __init__(self, chromium, path, **options):
        self.context = chromium.new_context(offline=True, **options)
        self.page = self.context.new_page()
        self.said, self.asked = [], []
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("dialog", lambda dialog: (self.said.append(f"dialog {dialog.message}"), dialog.dismiss()))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.goto(path.as_uri())
        self.page.wait_for_function("document.documentElement.dataset.charts === 'drawn'", timeout=60_000)


@pytest.fixture(scope="module")
def visit(chromium, page_file):
    visit = Visit(chromium, page_file)
    yield visit
    visit.context.close()


def test_it_says_nothing_and_asks_for_nothing(visit, page_file):
    assert visit.said == []
    assert visit.asked == [page_file.as_uri()]


def test_every_chart_is_drawn(visit, review):
    charts = {method: len(review[method].charts) for method in review.methods}
    drawn = visit.page.evaluate(
        """() => Object.fromEntries([...document.querySelectorAll('section[id]')].map((section) =>
            [section.id, [...section.querySelectorAll('[data-chart]')].filter((plot) => {
                const svg = plot.querySelector('svg');
                const marks = svg ? svg.querySelectorAll('.mark-group path, .mark-group text').length : 0;
                return marks > 3 && svg.getBoundingClientRect().width > 200;
            }).length]))"""
    )
    assert sum(charts.values()) >= 25
    assert {name: count for name, count in charts.items() if count} == {name: count for name, count in drawn.items() if count}


def test_a_name_like_markup_is_text(visit):
    page = visit.page
    assert page.locator("img").count() == 0
    assert page.locator("#accounts tbody td.key", has_text=HOSTILE).first.inner_text() == HOSTILE
    # In pictures and their tooltips as well.
    label = page.locator("#cost_to_serve svg text", has_text="<img src=x").first
    assert label.text_content().startswith("<img src=x")
    page.locator("#cost_to_serve svg .mark-rect path").nth(1).hover()
    tooltip = page.locator("#vg-tooltip-element.visible")
    tooltip.wait_for()
    assert page.locator("#vg-tooltip-element img").count() == 0
    assert visit.said == []


def revenues(page):
    return [
        float(re.sub(r"[,\s]", "", text).replace("−", "-"))
        for text in page.evaluate(
            """() => {
                const table = document.querySelector('#accounts table');
                const at = [...table.tHead.rows[0].cells].findIndex((head) => head.textContent.startsWith('Revenue'));
                return [...table.tBodies[0].rows].filter((row) => !row.hidden).map((row) => row.cells[at].textContent);
            }"""
        )
    ]


def test_tables_sort(visit):
    page = visit.page
    before = revenues(page)
    assert before == sorted(before, reverse=True)
    head = page.locator("#accounts th", has_text="Revenue").first
    head.locator("button").click()
    page.locator("#accounts th", has_text="Account").first.locator("button").click()
    names = page.locator("#accounts tbody td.key").all_inner_texts()
    assert names != sorted(names, reverse=True)
    assert revenues(page) != before
    head.locator("button").click()
    assert head.get_attribute("aria-sort") == "descending"
    assert revenues(page) == before
    head.locator("button").click()
    assert head.get_attribute("aria-sort") == "ascending"
    assert revenues(page) == sorted(before)


def test_accounts_are_found(visit):
    page = visit.page
    search = page.locator("#accounts .search input")
    search.fill("oresund")
    found = page.locator("#accounts tbody tr:visible")
    assert 1 <= found.count() < 20
    assert all("Öresund" in text for text in page.locator("#accounts tbody tr:visible td.key").all_inner_texts())
    assert page.locator("#accounts .search output").inner_text() == f"{found.count()} of {len(revenues(page)) + hidden(page)}"
    search.fill("onerror=alert")
    assert page.locator("#accounts tbody tr:visible td.key").first.inner_text() == HOSTILE
    search.fill("")
    assert hidden(page) == 0


def hidden(page):
    return page.evaluate("document.querySelectorAll('#accounts tbody tr[hidden]').length")


@pytest.mark.parametrize("width", [390, 900, 1400])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_every_width_in_light_and_dark(chromium, page_file, width, scheme):
    visit = Visit(chromium, page_file, viewport={"width": width, "height": 900}, color_scheme=scheme)
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= width
    too_wide = visit.page.evaluate(
        "[...document.querySelectorAll('.plot svg')].filter((svg) => svg.getBoundingClientRect().width > innerWidth).length"
    )
    assert too_wide == 0
    ink = visit.page.evaluate("getComputedStyle(document.querySelector('#pareto svg text')).fill")
    light = sum(map(int, re.findall(r"\d+", ink)[:3])) > 380
    assert light == (scheme == "dark"), ink
    assert visit.said == []
    visit.context.close()


def test_it_prints_on_white_paper(chromium, page_file):
    visit = Visit(chromium, page_file, color_scheme="dark")
    visit.page.emulate_media(media="print", color_scheme="dark")
    assert not visit.page.locator("nav").is_visible()
    ink = visit.page.evaluate("getComputedStyle(document.querySelector('#pareto svg text')).fill")
    assert sum(map(int, re.findall(r"\d+", ink)[:3])) < 380, ink
    assert len(visit.page.pdf()) > 50_000
    visit.context.close()


def test_a_large_review_stays_small(review, tmp_path):
    page = review.to_html(charts=True, max_accounts=10)
    assert "This page holds the 10 largest of" in page
    assert page.count("<tr>") < len(re.findall("<table>", page)) * 21 + 60
    without = review.to_html(charts=False)
    assert "Charts are not in this file" in without
    assert len(without) < len(page)
