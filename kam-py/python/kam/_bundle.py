"""The script that draws charts in a page: Vega, Vega-Lite and Vega-Embed out of vl-convert-python, so that a page works offline."""

from __future__ import annotations

from typing import Any

from kam._errors import ExtraError
from kam._extras import extra


def bundle(charts: bool | None) -> str | None:
    """The script, or ``None`` for a page without charts; ``charts=None`` takes it where vl-convert-python is installed."""
    if charts is False:
        return None
    try:
        converter = extra("vl-convert-python", "a page with charts", module="vl_convert", extra="plot")
    except ExtraError:
        if charts:
            raise
        return None
    return _script(converter)


def _script(converter: Any) -> str:
    # The specifications are of Vega-Lite 6: its newest version that is there.
    versions = [version for version in converter.get_vegalite_versions() if version.startswith("6.")]
    newest = max(versions, key=lambda version: tuple(int(part) for part in version.split(".")))
    # In a function of its own: the bundle's names are no business of the page's.
    return f"(() => {{{converter.javascript_bundle(vl_version=newest)}\n}})();"
