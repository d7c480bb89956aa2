"""Links inside the documentation lead to something, and every page can be reached."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from conftest import REPOSITORY

DOCS = REPOSITORY / "docs"
PAGES = sorted([REPOSITORY / "README.md", REPOSITORY / "CHANGELOG.md", *DOCS.rglob("*.md"), *DOCS.rglob("*.ipynb")])


def without_code(markdown: str) -> str:
    return re.sub(r"^```.*?^```$", "", markdown, flags=re.MULTILINE | re.DOTALL)


def text(page: Path) -> str:
    """A page's Markdown without its code."""
    markdown = page.read_text(encoding="utf-8")
    if page.suffix == ".ipynb":
        markdown = "\n\n".join("".join(cell["source"]) for cell in json.loads(markdown)["cells"] if cell["cell_type"] == "markdown")
    return re.sub(r"`[^`\n]*`", "", without_code(markdown))


def links(page: Path) -> list[str]:
    """Where a page's links and pictures lead, but for those out of the repository."""
    return [target for target in re.findall(r"\]\(([^)\s]+)\)", text(page)) if not re.match(r"[a-z]+:", target)]


def anchors(page: Path) -> set[str]:
    """The names of a page's headings as code hosts make them."""
    headings = re.findall(r"^#+ (.*)$", without_code(page.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def leads_to(page: Path, target: str) -> tuple[Path, str]:
    path, _, anchor = target.partition("#")
    return (page.parent / path).resolve() if path else page, anchor


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(REPOSITORY)))
def test_links_lead_to_something(page):
    for target in links(page):
        path, anchor = leads_to(page, target)
        assert path.is_relative_to(REPOSITORY), target
        assert path.exists(), target
        if anchor:
            assert anchor in anchors(path), target


def test_every_page_can_be_reached_from_the_first():
    reached, to_do = set(), [REPOSITORY / "README.md"]
    while to_do:
        page = to_do.pop()
        if page not in reached and page.suffix in (".md", ".ipynb"):
            reached.add(page)
            to_do += [leads_to(page, target)[0] for target in links(page)]
    assert set(PAGES) - reached == set()


def test_pictures_are_shown():
    shown = {leads_to(page, target)[0] for page in PAGES for target in links(page)}
    assert set((DOCS / "images").iterdir()) - shown == set()
