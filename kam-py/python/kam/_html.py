"""Small blocks of HTML for notebooks, in the manner of the tables of kam-core."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

_FONT = (
    "font-family:system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans','Liberation Sans',sans-serif;font-size:0.8125rem;line-height:1.45"
)


def figures(title: str, pairs: Iterable[tuple[str, str]]) -> str:
    """A heading with names and values below it."""
    # Jupyter would narrow the names and let both float.
    plain = "float:none;width:auto;padding:0;margin:0"
    rows = "".join(
        f"<dt style='opacity:0.7;font-weight:400;white-space:nowrap;{plain}'>{escape(name)}</dt><dd style='{plain}'>{escape(value)}</dd>"
        for name, value in pairs
    )
    grid = "display:grid;grid-template-columns:max-content 1fr;gap:0.1rem 1rem;margin:0.25rem 0 0.75rem"
    return f"<div style=\"{_FONT}\"><strong style='font-size:1rem'>{escape(title)}</strong><dl style='{grid}'>{rows}</dl></div>"


def heading(text: str) -> str:
    """The name of a table above it."""
    return f'<div style="{_FONT};font-weight:600;margin:0.9rem 0 0.3rem">{escape(text)}</div>'
