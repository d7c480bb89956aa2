"""Writes what is made from the registry: python/kam/_methods.py, one typed function a method; the methods' names in
python/kam/__init__.py; and the option tables of docs/methods.

python generate.py           writes the files
python generate.py --check   says whether they are up to date
"""

from __future__ import annotations

import json
import keyword
import re
import sys
import textwrap
from pathlib import Path
from typing import Any

from kam._registry import MethodInfo, OptionInfo, methods, resolve

PACKAGE = Path(__file__).parent / "python" / "kam"
FUNCTIONS, NAMES = PACKAGE / "_methods.py", PACKAGE / "__init__.py"
PAGES = Path(__file__).parent.parent / "docs" / "methods"
WIDTH = 140
PAGE_BEGIN, PAGE_END = "<!-- options:begin -->\n", "<!-- options:end -->"
BEGIN, END = "    # methods:begin, written by generate.py\n", "    # methods:end\n"

HEADER = '''"""Every method as a function. Generated from the registry by generate.py: change it there, not here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypeAlias

from kam._crm import Crm
from kam._facts import Facts
from kam._result import Result, run
from kam._source import Frame

'''

SIMPLE = {"number": "float", "integer": "int", "boolean": "bool", "string": "str", "null": "None"}


#: Choices of words that have a name in the registry: name → type.
Choices = dict[str, str]


def annotation(schema: dict[str, Any], definitions: dict[str, Any], choices: Choices | None) -> str:
    """The Python type of a JSON schema; a choice of words that has a name is called by it, or spelled out where no names are kept."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        kind = annotation(resolve(schema, definitions), definitions, choices)
        if choices is None or not kind.startswith("Literal[") or " | " in kind:
            return kind
        # Methods may have different choices under one name; the first one keeps it.
        number = 1
        while choices.setdefault(name if number == 1 else f"{name}{number}", kind) != kind:
            number += 1
        return name if number == 1 else f"{name}{number}"
    if "const" in schema:
        return f"Literal[{schema['const']!r}]".replace("'", '"')
    if "enum" in schema:
        words = [word for word in schema["enum"] if word is not None]
        text = "Literal[" + ", ".join(f'"{word}"' for word in words) + "]"
        return text if len(words) == len(schema["enum"]) else f"{text} | None"
    for key in ("anyOf", "oneOf"):
        if key in schema:
            return union([annotation(part, definitions, choices) for part in schema[key]])
    kind = schema.get("type")
    if isinstance(kind, list):
        return union([annotation({**schema, "type": part}, definitions, choices) for part in kind])
    if kind == "array":
        items = schema.get("items")
        if not isinstance(items, dict):
            return "Sequence[Any]"
        of = annotation(items, definitions, choices)
        # Rows may come as a frame.
        return f"Sequence[{of}] | Frame" if of.startswith("Mapping[") else f"Sequence[{of}]"
    if kind == "object":
        values = schema.get("additionalProperties")
        return f"Mapping[str, {annotation(values, definitions, choices) if isinstance(values, dict) else 'Any'}]"
    return SIMPLE.get(kind or "", "Any")


def union(parts: list[str]) -> str:
    """The parts, each once, words of one kind together and None last."""
    words = [part[len("Literal[") : -1] for part in parts if part.startswith("Literal[") and " | " not in part]
    rest = [part for part in parts if not (part.startswith("Literal[") and " | " not in part)]
    merged = ([f"Literal[{', '.join(dict.fromkeys(words))}]"] if words else []) + rest
    flat = list(dict.fromkeys(piece for part in merged for piece in (part.split(" | ") if "[" not in part else [part])))
    return " | ".join([part for part in flat if part != "None"] + (["None"] if "None" in flat else []))


def literal(value: Any) -> str:
    """A default as Python writes it."""
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(value, list):
        # A tuple, because a default must not be changed by one call for the next.
        return "(" + ", ".join(map(literal, value)) + ("," if len(value) == 1 else "") + ")"
    return repr(value)


def is_plain(option: OptionInfo) -> bool:
    """Can the default stand in the signature? Objects cannot: None leaves them to the method."""
    return not any(isinstance(value, dict) for value in (option.default if isinstance(option.default, list) else [option.default]))


def parameter(option: OptionInfo, choices: Choices) -> str:
    kind = annotation(option.schema, option.schema["$defs"], choices)
    if is_plain(option):
        return f"{option.name}: {kind} = {literal(option.default)}"
    kind = kind if kind.endswith("None") else f"{kind} | None"
    return f"{option.name}: {kind} = None"


def signature(option: OptionInfo, choices: Choices) -> list[str]:
    """The parameter in a signature; a long list stands below its name."""
    line = f"    {parameter(option, choices)},"
    if len(line) <= WIDTH:
        return [line]
    kind, words = line.removesuffix("),").split(" = (", 1)
    return [f"{kind} = (", *textwrap.wrap(words + ",", WIDTH, initial_indent=" " * 8, subsequent_indent=" " * 8), "    ),"]


def paragraph(text: str, indent: int, hang: int = 0) -> list[str]:
    first, rest = " " * indent, " " * (indent + hang)
    return textwrap.wrap(text, WIDTH, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False)


def described(option: OptionInfo) -> str:
    about = option.about or "See the method's page."
    if is_plain(option) or not option.default:
        return f"{option.name}: {about}"
    return f"{option.name}: {about} Without: {option.default!r}."


def docstring(method: MethodInfo) -> list[str]:
    lines = paragraph(f'"""{method.title}: {method.about}', 4, 0)
    lines += ["", "    Args:", "        facts: The facts of a ledger."]
    needs = [need for need in method.needs if not need.startswith("ledger")]
    lines += paragraph(f"crm: The tables of a CRM{'; it needs ' + ', '.join(needs) if needs else ''}.", 8, 4)
    for option in method.options:
        lines += paragraph(described(option), 8, 4)
    columns = [need for need in method.needs if need.startswith("ledger")]
    if columns:
        lines += ["", *paragraph(f"Needs {', '.join(f'``{need}``' for need in columns)}.", 4)]
    lines += ["", "    Tables:"]
    for name, rows in method.tables.items():
        lines += paragraph(f"{name}: {rows}", 8, 4)
    return [*lines, '    """']


def function(method: MethodInfo, choices: Choices) -> list[str]:
    for option in method.options:
        if not option.name.isidentifier() or keyword.iskeyword(option.name):
            raise ValueError(f"{method.name}: the option {option.name} has no name in Python")
    lines = ["", "", f"def {method.name}(", "    facts: Facts,", "    crm: Crm | None = None,"]
    if method.options:
        lines.append("    *,")
    for option in method.options:
        lines += signature(option, choices)
    lines += [") -> Result:", *(line.replace("\\", "\\\\") for line in docstring(method))]
    lines.append("    options: dict[str, Any] = {")
    lines += [f'        "{option.name}": {option.name},' for option in method.options if is_plain(option)]
    lines.append("    }")
    for option in method.options:
        if not is_plain(option):
            lines += [f"    if {option.name} is not None:", f'        options["{option.name}"] = {option.name}']
    lines.append(f'    return run("{method.name}", facts, crm, options)')
    return lines


def generate() -> str:
    """The whole module."""
    every = methods()
    choices: Choices = {}
    body = [line for method in every for line in function(method, choices)]
    names = ["__all__ = [", *(f'    "{name}",' for name in sorted(method.name for method in every)), "]"]
    types = ["", *(line for name in sorted(choices) for line in choice(name, choices[name]))]
    return HEADER + "\n".join([*names, *types, *body]) + "\n"


def choice(name: str, kind: str) -> list[str]:
    """A type alias, one word a line where it would be long.

    It is written as a union, which is what a type checker takes several words for: stubtest compares the two.
    """
    words = [f"Literal[{word}]" for word in kind[len("Literal[") : -1].split(", ")]
    line = f"{name}: TypeAlias = {' | '.join(words)}"
    if len(line) <= WIDTH:
        return [line]
    return [f"{name}: TypeAlias = (", f"    {words[0]}", *(f"    | {word}" for word in words[1:]), ")"]


def names() -> str:
    """The package's front with the methods' names in its list: type checkers read lists only as they are written."""
    front = NAMES.read_text(encoding="utf-8")
    listed = "".join(f'    "{name}",\n' for name in sorted(method.name for method in methods()))
    begin, end = front.index(BEGIN) + len(BEGIN), front.index(END)
    return front[:begin] + listed + front[end:]


def page(method: MethodInfo) -> str:
    """The method's page with its option table."""
    text = (PAGES / f"{method.name}.md").read_text(encoding="utf-8")
    rows = [option_row(option) for option in method.options]
    table = (
        ["", "| option | type | default | meaning |", "| --- | --- | --- | --- |", *rows, ""] if rows else ["", "It has no options.", ""]
    )
    begin, end = text.index(PAGE_BEGIN) + len(PAGE_BEGIN), text.index(PAGE_END)
    return text[:begin] + "\n".join(table) + "\n" + text[end:]


def option_row(option: OptionInfo) -> str:
    """One option in Markdown: words of a choice one by one, other types as Python calls them."""
    kind = re.sub(r"Literal\[([^]]*)\]", r"\1", annotation(option.schema, option.schema["$defs"], None))
    default = json.dumps(option.default, ensure_ascii=False)
    cells = [f"`{option.name}`", f"`{kind}`", f"`{default}`" if len(default) < 80 else "see above", option.about or ""]
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def main() -> int:
    texts = {FUNCTIONS: generate(), NAMES: names()}
    texts |= {PAGES / f"{method.name}.md": page(method) for method in methods()}
    stale = [path for path, text in texts.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    if "--check" in sys.argv[1:]:
        for path in stale:
            print(f"{path.name} is not up to date: run generate.py")
        return 1 if stale else 0
    for path in stale:
        path.write_text(texts[path], encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
