"""The option tables of the methods' pages, and the page of all options."""

from __future__ import annotations

import json
import re
from pathlib import Path

from annotation import annotation

import kam
from kam._registry import MethodInfo, OptionInfo, methods, resolve

DOCS = Path(__file__).parents[2] / "docs"
PAGES, REFERENCE = DOCS / "methods", DOCS / "options.md"
BEGIN, END = "<!-- options:begin -->\n", "<!-- options:end -->"

INTRODUCTION = """# Every option of every method

One page to search: what each method needs, which tables it gives, and its options with types, defaults and ranges. `make generate` writes
it from the registry, and a test holds it to it. The method's own page has the formulas, rules and sources.

Options are keyword arguments in Python (`kam.abc(facts, a=0.7)`), a JSON object in C (`{"a": 0.7}`), fields of `AbcOptions` in Rust. In a
review they stand under the method's name: `kam.review(facts, options={"abc": {"a": 0.7}})`. Types are written as Python has them, defaults
as JSON; `null` is `None`. The range is what the check of the option says; a value outside it is an error (code 301) that names option,
value and range. `given` hands options on to the methods that a method builds on:
`kam.pyramid(facts, given={"purchase_model": {"unit": "month"}})`.
"""


def generate() -> dict[Path, str]:
    """Every page by its path."""
    ranges = Ranges()
    pages = {PAGES / f"{method.name}.md": page(method, ranges) for method in methods()}
    return {REFERENCE: reference(ranges), **pages}


class Ranges:
    """What numbers the checks of the options allow, in the words of their errors."""

    #: What no option allows but one without a lower end; those that allow it are tried with nothing more.
    BELOW = (-1, 0)

    def __init__(self) -> None:
        # Options are checked before anything is looked at, so a ledger without rows will do.
        rows = {"account": [], "date": [], "amount": []}
        import pyarrow as pa

        frame = pa.table({name: pa.array(values, pa.string()) for name, values in rows.items()})
        self._facts = kam.Ledger(frame, account="account", date="date", amount="amount").facts("2024-12-31")

    def of(self, method: MethodInfo, option: OptionInfo) -> str:
        """The range of a number; empty for other options and for numbers without one."""
        if not re.search(r"\b(int|float)\b", annotation(option.schema, option.schema["$defs"], None).split("[")[0]):
            return ""
        for value in self.BELOW:
            try:
                kam.run(method.name, self._facts, None, {option.name: value})
            except kam.OptionError as error:
                hint = re.fullmatch(r"it must be (.*)", error.hint or "")
                if hint and f"`{option.name}`" in str(error):
                    return hint.group(1)
            except kam.KamError:
                pass
        schema = resolve(option.schema, option.schema["$defs"])
        return f"at least {schema['minimum']}" if "minimum" in schema else ""


def page(method: MethodInfo, ranges: Ranges) -> str:
    """The method's page with its option table."""
    text = (PAGES / f"{method.name}.md").read_text(encoding="utf-8")
    begin, end = text.index(BEGIN) + len(BEGIN), text.index(END)
    return text[:begin] + "\n" + "\n".join(table(method, ranges)) + "\n\n" + text[end:]


def table(method: MethodInfo, ranges: Ranges) -> list[str]:
    if not method.options:
        return ["It has no options."]
    rows = [option_row(option, ranges.of(method, option)) for option in method.options]
    return ["| option | type | default | range | meaning |", "| --- | --- | --- | --- | --- |", *rows]


def option_row(option: OptionInfo, limits: str) -> str:
    """One option in Markdown: words of a choice one by one, other types as Python calls them."""
    kind = re.sub(r"Literal\[([^]]*)\]", r"\1", annotation(option.schema, option.schema["$defs"], None))
    default = json.dumps(option.default, ensure_ascii=False)
    cells = [f"`{option.name}`", f"`{kind}`", f"`{default}`" if len(default) < 80 else "see above", limits, option.about or ""]
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def reference(ranges: Ranges) -> str:
    """The page of all options, family by family."""
    families: dict[str, list[MethodInfo]] = {}
    for method in methods():
        families.setdefault(method.family, []).append(method)
    lines = [INTRODUCTION]
    for family, own in families.items():
        links = ", ".join(f"[{method.name}](#{method.name})" for method in own)
        lines.append(f"- {family.replace('_', ' ').capitalize()}: {links}")
    for own in families.values():
        for method in own:
            lines += ["", *section(method, ranges)]
    return "\n".join(lines) + "\n"


def section(method: MethodInfo, ranges: Ranges) -> list[str]:
    needs = ", ".join(f"`{need}`" for need in method.needs) or "the ledger's accounts, dates and amounts"
    lines = [f"## {method.name}", "", f"{method.about} [Its page](methods/{method.name}.md).", "", f"- Needs: {needs}"]
    if method.builds_on:
        lines.append("- Builds on: " + ", ".join(f"[{name}](#{name})" for name in method.builds_on))
    lines.append("- Tables: " + "; ".join(f"`{name}` ({rows})" for name, rows in method.tables.items()))
    if method.charts:
        lines.append("- Charts: " + "; ".join(f"`{name}` ({about[0].lower()}{about[1:]})" for name, about in method.charts.items()))
    return [*lines, "", *table(method, ranges)]
