"""Every method as a typed function: one module a family, their choices of words in one, and the names of all."""

from __future__ import annotations

import keyword
import re
import textwrap
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from annotation import Choices, annotation

from kam._registry import MethodInfo, OptionInfo, methods

PACKAGE = Path(__file__).parents[1] / "python" / "kam"
MODULES, FRONT = PACKAGE / "_methods", PACKAGE / "__init__.py"
WIDTH = 140
BEGIN, END = "    # methods:begin, written by make generate\n", "    # methods:end\n"

HEADER = '''"""{about} Written by make generate from the registry: change it there, not here."""

from __future__ import annotations
'''


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


def generate() -> dict[Path, str]:
    """Every module by its path."""
    choices: Choices = {}
    families: dict[str, list[MethodInfo]] = {}
    bodies = {}
    for method in methods():
        families.setdefault(method.family, []).append(method)
        bodies[method.name] = function(method, choices)
    modules = {MODULES / f"_{family}.py": module(family, own, bodies, choices) for family, own in families.items()}
    return {MODULES / "__init__.py": front(families), MODULES / "_choices.py": choices_module(choices), **modules}


def module(family: str, own: list[MethodInfo], bodies: dict[str, list[str]], choices: Choices) -> str:
    """The functions of a family, and the imports that they use."""
    body = [line for method in own for line in bodies[method.name]]
    words = set(re.findall(r"\w+", "\n".join(line for line in body if ": " in line)))
    used = sorted(words & set(choices))
    lines = [HEADER.format(about=f"The methods of the family {family}.")]
    abstract = sorted(words & {"Mapping", "Sequence"})
    if abstract:
        lines.append(f"from collections.abc import {', '.join(abstract)}")
    lines.append(f"from typing import Any{', Literal' if 'Literal' in words else ''}")
    lines += ["", "from kam._crm import Crm", "from kam._facts import Facts"]
    if used:
        lines += imported("kam._methods._choices", used)
    lines.append("from kam._result import Result, run")
    if "Frame" in words:
        lines.append("from kam._source import Frame")
    return "\n".join([*lines, *listed(method.name for method in own), *body]) + "\n"


def choices_module(choices: Choices) -> str:
    """The choices of words that options share."""
    lines = [HEADER.format(about="Words that options may be."), "from typing import Literal, TypeAlias", ""]
    return "\n".join([*lines, *(line for name in sorted(choices) for line in choice(name, choices[name]))]) + "\n"


def front(families: dict[str, list[MethodInfo]]) -> str:
    """The package's front."""
    lines = [HEADER.format(about="Every method as a function.")]
    for family in sorted(families):
        lines += imported(f"kam._methods._{family}", sorted(method.name for method in families[family]))
    return "\n".join([*lines, *listed(method.name for own in families.values() for method in own)]) + "\n"


def imported(module: str, names: list[str]) -> list[str]:
    """An import, one name a line where it would be long."""
    line = f"from {module} import {', '.join(names)}"
    return [line] if len(line) <= WIDTH else [f"from {module} import (", *(f"    {name}," for name in names), ")"]


def listed(names: Iterable[str]) -> list[str]:
    """The list of a module's names: type checkers read it only as it is written."""
    return ["", "__all__ = [", *(f'    "{name}",' for name in sorted(names)), "]"]


def names() -> str:
    """The package's front with the methods' names in its list."""
    text = FRONT.read_text(encoding="utf-8")
    lines = "".join(f'    "{name}",\n' for name in sorted(method.name for method in methods()))
    begin, end = text.index(BEGIN) + len(BEGIN), text.index(END)
    return text[:begin] + lines + text[end:]


def choice(name: str, kind: str) -> list[str]:
    """A type alias, one word a line where it would be long.

    It is written as a union, which is what a type checker takes several words for: stubtest compares the two.
    """
    words = [f"Literal[{word}]" for word in kind[len("Literal[") : -1].split(", ")]
    line = f"{name}: TypeAlias = {' | '.join(words)}"
    if len(line) <= WIDTH:
        return [line]
    return [f"{name}: TypeAlias = (", f"    {words[0]}", *(f"    | {word}" for word in words[1:]), ")"]
