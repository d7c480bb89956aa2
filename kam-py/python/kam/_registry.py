"""What methods there are."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from kam import _kam


@dataclass(frozen=True)
class OptionInfo:
    """An option of a method."""

    name: str
    about: str
    default: Any
    schema: dict[str, Any]


@dataclass(frozen=True)
class MethodInfo:
    """A method of the registry."""

    name: str
    title: str
    about: str
    #: What it is about: concentration, segment, key_account, attractiveness, pyramid, retention or people.
    family: str
    needs: tuple[str, ...]
    #: The methods whose results it takes; the option ``given`` sets their options.
    builds_on: tuple[str, ...]
    #: Table → what its rows are; the main table first.
    tables: dict[str, str]
    #: Chart → what it shows; the main chart first.
    charts: dict[str, str]
    #: Number of the summary → its unit: money, share, count, days, periods, number, or ``of base`` where that entry of the summary decides.
    figures: dict[str, str]
    options: tuple[OptionInfo, ...]


def resolve(schema: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    """A schema with its reference followed; what stands beside the reference goes before what it refers to."""
    reference = schema.get("$ref")
    if reference is None:
        return schema
    target = resolve(definitions[reference.rsplit("/", 1)[1]], definitions)
    return {**target, **{key: value for key, value in schema.items() if key != "$ref"}}


def _option(name: str, entry: dict[str, Any]) -> OptionInfo:
    definitions = entry["options"].get("$defs", {})
    schema = entry["options"]["properties"][name]
    about = " ".join(resolve(schema, definitions).get("description", "").split())
    return OptionInfo(name, about, entry["defaults"].get(name), {**schema, "$defs": definitions})


def methods() -> tuple[MethodInfo, ...]:
    """Every method, in the order of the review."""
    return tuple(
        MethodInfo(
            entry["name"],
            entry["title"],
            entry["about"],
            entry["family"],
            tuple(entry["needs"]),
            tuple(entry["builds_on"]),
            {table["name"]: table["rows"] for table in entry["tables"]},
            {chart["name"]: chart["about"] for chart in entry["charts"]},
            {figure["name"]: figure["unit"] for figure in entry["figures"]},
            tuple(_option(name, entry) for name in entry["options"].get("properties", {})),
        )
        for entry in json.loads(_kam.methods())
    )
