"""A real browser for tests: Debian's Chromium, driven by Playwright."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")


def chromium() -> str:
    """Where Chromium is. Without one the test skips and says why; where ``CI`` is set it is installed, or the test fails."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None and os.environ.get("CI"):
        subprocess.run(["apt-get", "install", "-y", "--no-install-recommends", "chromium"], check=True)
        found = shutil.which("chromium")
        assert found, "Chromium was installed and is not there"
    if found is None:
        pytest.skip(f"not run: no browser is here (looked for {', '.join(NAMES)}); apt-get install chromium")
    return found


@contextmanager
def browser() -> Iterator[Any]:
    """Headless Chromium."""
    if os.environ.get("CI"):
        import playwright.sync_api as playwright
    else:
        playwright = pytest.importorskip("playwright.sync_api", reason="not run: pip install playwright")
    with playwright.sync_playwright() as driver:
        # Chromium refuses to run as root in its own sandbox; the pages are of our own making.
        started = driver.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        try:
            yield started
        finally:
            started.close()
