"""Debian's packages that tests need: installed where the tests must run (the variable CI is set), a reason to skip elsewhere."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from typing import TypeVar

import pytest

MUST = bool(os.environ.get("CI"))
Found = TypeVar("Found")


def needed(package: str, find: Callable[[], Found | None]) -> Found:
    """What ``find`` finds, if need be after the package was installed."""
    found = find()
    if found is None and MUST:
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for words in (["update", "-q"], ["install", "-y", "-q", "--no-install-recommends", package]):
            subprocess.run(["apt-get", "-o", "DPkg::Lock::Timeout=300", *words], check=True, env=environment, capture_output=True)
        found = find()
    if found is None:
        assert not MUST, f"CI is set, and {package} could not be installed"
        pytest.skip(f"not run: {package} is not installed (apt-get install {package})")
    return found
