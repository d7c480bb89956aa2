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
    assert page.locator("#accounts tbody .key", has_text=HOSTILE).first.inner_text() == HOSTILE
    # In the summary, and in its dossier.
    assert page.locator("#minute a", has_text=HOSTILE).count() >= 1
    assert page.locator("#dossiers summary strong", has_text=HOSTILE).count() == 1
    assert page.locator("#dossiers article h3", has_text=HOSTILE).count() == 1
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
    assert len(before) == 100
    head = page.locator("#accounts th", has_text="Revenue").first
    head.locator("button").click()
    assert head.get_attribute("aria-sort") == "descending"
    assert revenues(page) == before
    page.locator("#accounts th", has_text="Account").first.locator("button").click()
    names = page.locator("#accounts tbody .key").all_inner_texts()
    assert revenues(page) != before
    assert len(names) == 100
    head.locator("button").click()
    head.locator("button").click()
    assert head.get_attribute("aria-sort") == "ascending"
    # All accounts take part, not only those that were shown.
    lowest = revenues(page)
    assert lowest == sorted(lowest)
    assert lowest[-1] < before[0]
    assert not set(lowest) & set(before[:20])
    head.locator("button").click()
    assert revenues(page) == before
    # Tables of methods too.
    losses = page.locator("#unprofitable th", has_text="Loss").first
    losses.locator("button").click()
    assert losses.get_attribute("aria-sort") == "descending"


def test_what_the_script_writes_is_what_the_page_had(chromium, page_file, visit):
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(page_file.as_uri())
    rows = "#accounts tbody tr"
    assert page.locator(rows).all_inner_texts() == visit.page.locator(rows).all_inner_texts()
    assert page.locator("#accounts .search").is_hidden()
    assert page.locator("#accounts .more-rows button").is_hidden()
    classes = "(rows) => rows.map((row) => [...row.cells].map((cell) => `${cell.tagName} ${cell.className} ${cell.style.cssText}`))"
    cells = (each.locator(rows).evaluate_all(classes) for each in (page, visit.page))
    for had, wrote in zip(*cells, strict=True):
        assert had == wrote
    context.close()


def test_accounts_are_found(visit, review):
    page = visit.page
    total = len(review.accounts)
    search = page.locator("#accounts .search input")
    rows = page.locator("#accounts tbody tr")
    more = page.locator("#accounts .more-rows")
    assert more.inner_text().startswith(f"100 of {total} are shown.")
    more.locator("button").click()
    assert rows.count() == 200
    search.fill("oresund")
    assert 1 <= rows.count() < 20
    assert all("Öresund" in text for text in page.locator("#accounts tbody .key").all_inner_texts())
    assert page.locator("#accounts .search output").inner_text() == f"{rows.count()} of {total}"
    search.fill("onerror=alert")
    assert page.locator("#accounts tbody .key").first.inner_text() == HOSTILE
    search.fill("nobody is called that")
    assert rows.count() == 0
    assert more.inner_text() == "No account has all of these words."
    search.fill("")
    assert rows.count() == 100


def test_names_lead_to_dossiers_and_back(visit):
    page = visit.page
    dossier = page.locator("details.dossier").first
    assert dossier.get_attribute("open") is None
    page.locator("#accounts tbody tr").first.locator("a").click()
    assert dossier.get_attribute("open") is not None
    assert dossier.locator("article h3").is_visible()
    assert page.evaluate("document.activeElement.closest('details')?.id") == "dossier-0"
    dossier.locator(".back a", has_text="Accounts").click()
    assert page.evaluate("location.hash") == "#accounts"
    # Closed by hand, it opens again by the same link.
    dossier.locator("summary").click()
    assert dossier.get_attribute("open") is None
    page.locator("#accounts tbody tr").first.locator("a").click()
    assert dossier.get_attribute("open") is not None
    dossier.locator("summary").click()
    targets = page.locator("#marketing_list tbody th a")
    assert targets.count() > 5
    targets.nth(3).click()
    opened = page.locator("details.dossier[open]")
    assert opened.count() == 1
    assert opened.locator("summary strong").inner_text() != ""
    opened.locator("summary").click()
    everything = page.locator("button[data-open-all]")
    everything.click()
    assert opened.count() == page.locator("details.dossier").count() >= 30
    everything.click()
    assert opened.count() == 0


def test_it_works_by_keyboard(chromium, page_file):
    visit = Visit(chromium, page_file)
    page = visit.page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.locator(".skip").bounding_box()["x"] >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#accounts"
    page.locator("#accounts .search input").focus()
    page.keyboard.type("gmbh")
    assert 0 < page.locator("#accounts tbody tr").count() < 100
    head = page.locator("#accounts thead button").first
    head.focus()
    page.keyboard.press("Enter")
    assert page.locator("#accounts thead th").first.get_attribute("aria-sort") == "ascending"
    page.keyboard.press("Tab")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    visit.context.close()


def test_headings_languages_and_tables_are_marked(visit):
    page = visit.page
    assert page.evaluate("document.documentElement.lang") == "en"
    assert page.locator("h1").count() == 1
    levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map((head) => Number(head.tagName[1]))")
    assert all(after <= before + 1 for before, after in zip(levels, levels[1:], strict=False)), levels
    unnamed = "[...document.querySelectorAll('main table')].filter((table) => !table.caption && !table.closest('.kam-dossier')).length"
    assert page.evaluate(unnamed) == 0
    assert page.evaluate("[...document.querySelectorAll('th')].filter((head) => !head.scope).length") == 0
    twice = "(() => { const ids = [...document.querySelectorAll('[id]')].map((one) => one.id); return ids.length - new Set(ids).size; })()"
    assert page.evaluate(twice) == 0
    nowhere = "[...document.querySelectorAll('a[href^=\"#\"]')].filter((a) => !document.getElementById(a.hash.slice(1))).map((a) => a.hash)"
    assert page.evaluate(nowhere) == []


CONTRAST = """() => {
    const channel = (value) => { const part = value / 255; return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4; };
    const numbers = (colour) => colour.match(/[\\d.]+/g).map(Number);
    const light = ([red, green, blue]) => 0.2126 * channel(red) + 0.7152 * channel(green) + 0.0722 * channel(blue);
    const ground = (element) => {
        for (let at = element; at; at = at.parentElement) {
            const colour = numbers(getComputedStyle(at).backgroundColor);
            if (colour.length === 3 || colour[3] > 0) return colour;
        }
        return [255, 255, 255];
    };
    const poor = new Set();
    for (const element of document.querySelectorAll('body *')) {
        if (element.closest('svg, script, .skip') || !element.checkVisibility()) continue;
        if (![...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim())) continue;
        const pair = [light(numbers(getComputedStyle(element).color)), light(ground(element))].sort((a, b) => b - a);
        const ratio = (pair[0] + 0.05) / (pair[1] + 0.05);
        if (ratio < 4.5) poor.add(`${element.tagName}.${element.className} ${ratio.toFixed(2)}`);
    }
    return [...poor];
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_letters_stand_out(chromium, page_file, scheme):
    visit = Visit(chromium, page_file, color_scheme=scheme)
    visit.page.locator("button[data-open-all]").click()
    assert visit.page.evaluate(CONTRAST) == []
    visit.context.close()


@pytest.mark.parametrize("width", [360, 820, 1600])
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
    page = visit.page
    page.emulate_media(media="print", color_scheme="dark")
    assert not page.locator("nav").is_visible()
    ink = page.evaluate("getComputedStyle(document.querySelector('#pareto svg text')).fill")
    assert sum(map(int, re.findall(r"\d+", ink)[:3])) < 380, ink
    assert page.locator("details.dossier >> visible=true").count() == 0
    closed = len(page.pdf())
    assert closed > 50_000
    # Paper gets the dossiers that are open, each on pages of its own, in dark letters.
    page.evaluate("for (const dossier of [...document.querySelectorAll('details.dossier')].slice(0, 2)) dossier.open = true")
    assert page.locator("details.dossier article >> visible=true").count() == 2
    assert page.evaluate("getComputedStyle(document.querySelector('details.dossier[open]')).breakBefore") == "page"
    ink = page.evaluate("getComputedStyle(document.querySelector('.kam-dossier dd')).color")
    assert sum(map(int, re.findall(r"\d+", ink)[:3])) < 380, ink
    assert len(page.pdf()) > closed
    visit.context.close()


def test_one_dossier_prints_alone(chromium, page_file):
    visit = Visit(chromium, page_file)
    page = visit.page
    page.emulate_media(media="print")
    look = "[document.querySelector('h1'), document.querySelector('#pareto'), document.querySelector('#dossier-1 article')]"
    seen = f"window.print = () => {{ window.seen = {look}.map((one) => one.checkVisibility()); }}"
    page.evaluate(seen)
    page.evaluate("document.getElementById('dossier-1').open = true; document.querySelector('#dossier-1 [data-print]').click()")
    assert page.evaluate("window.seen") == [False, False, True]
    assert page.evaluate("document.querySelector('h1').checkVisibility()")
    assert visit.said == []
    visit.context.close()


def test_a_large_review_stays_small(review, tmp_path):
    page = review.to_html(charts=True, max_accounts=10)
    assert "This page holds the 10 largest of" in page
    assert page.count("dossier-0") > 0
    without = review.to_html(charts=False, dossiers=0)
    assert "Charts are not in this file" in without
    assert "dossier-0" not in without
    assert len(without) < len(page)


def test_dossiers_are_chosen(review):
    one = review.to_html(charts=False, dossiers=[HOSTILE])
    assert one.count('<details class="dossier"') == 1
    # Beside the largest key accounts those whom the summary names, and those of the marketing list that the page shows.
    few = review.to_html(charts=False, dossiers=3, max_rows=0).count('<details class="dossier"')
    assert 3 <= few < 25 < review.to_html(charts=False, dossiers=30).count('<details class="dossier"')
    with pytest.raises(kam.KamError, match="Nobody AG"):
        review.to_html(charts=False, dossiers=["Nobody AG"])
    with pytest.raises(kam.OptionError, match="dossiers"):
        review.to_html(charts=False, dossiers=-1)


def test_fifty_thousand_accounts_are_searched_and_sorted(chromium, tmp_path):
    import numpy as np
    import pyarrow as pa

    n = 50_000
    amount = np.round(1e6 / np.arange(1, n + 1) ** 0.8, 2)
    frame = {
        "account": [f"Müller {at:05}" for at in range(n)],
        "date": ["2024-05-05"] * n,
        "amount": amount,
        "cost": np.round(amount * 0.7, 2),
    }
    facts = kam.Ledger(pa.table(frame), account="account", date="date", amount="amount", cost="cost").facts("2024-12-31")
    review = kam.review(facts, methods=["pareto", "abc", "xyz", "rfm"], progress=False)
    path = tmp_path / "large.html"
    review.to_html(path, max_accounts=n)
    assert path.stat().st_size < 20_000_000
    review.to_html(tmp_path / "small.html")
    assert (tmp_path / "small.html").stat().st_size < 5_000_000
    visit = Visit(chromium, path)
    page = visit.page
    assert page.locator("#accounts tbody tr").count() == 100
    took = page.evaluate(
        """() => {
            const field = document.querySelector('#accounts .search input');
            const begin = performance.now();
            for (const text of ['m', 'muller 4', 'muller 499']) { field.value = text; field.dispatchEvent(new Event('input')); }
            document.querySelector('#accounts thead button').click();
            return performance.now() - begin;
        }"""
    )
    matching = [at for at in range(n) if "499" in f"{at:05}"]
    assert page.locator("#accounts .search output").inner_text() == f"{len(matching)} of 50,000"
    assert page.locator("#accounts tbody .key").first.inner_text() == f"Müller {matching[0]:05}"
    assert took < 5_000, took
    assert visit.said == []
    visit.context.close()
