"""The type of an option as Python writes it."""

from __future__ import annotations

from typing import Any

from kam._registry import resolve

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
