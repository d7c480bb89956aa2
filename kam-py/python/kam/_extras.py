"""Packages that optional parts need: kam itself needs NumPy only."""

from __future__ import annotations

import importlib
from typing import Any

from kam._errors import ExtraError


def extra(package: str, what: str, module: str | None = None, extra: str | None = None) -> Any:
    """A module of an optional package, or the error that names the extra (``package`` without); ``what`` is what needs it."""
    try:
        return importlib.import_module(module or package)
    except ImportError:
        message = f"{what} needs the package {package}, which is not installed"
        raise ExtraError(message, 404, f"pip install 'kam[{extra or package}]'") from None
