"""How long work shows how far it is."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Literal, TypeAlias

from kam._errors import OptionError

Report: TypeAlias = Callable[[str, int, int | None], object]
Progress: TypeAlias = Report | Literal[False] | None

#: Work that ends within this many seconds shows nothing.
PATIENCE = 1.0
WIDTH = 30


class Bar:
    """One line that is written over again, and wiped at the end."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._length = 0

    def __call__(self, stage: str, done: int, total: int | None) -> None:
        seconds = time.monotonic() - self._began
        if seconds < PATIENCE:
            return
        room = shutil.get_terminal_size().columns - 1
        if total:
            told = f" {done:,} of {total:,}, {seconds:.0f} s"
            # A line that is too long for the terminal would not be written over, but again and again.
            width = max(0, min(WIDTH, room - len(stage) - len(told) - 3))
            filled = round(width * min(done / total, 1.0))
            text = f"{stage} [{'█' * filled}{'·' * (width - filled)}]{told}"
        else:
            text = f"{stage}: {done:,}, {seconds:.0f} s"
        self._write(text[:room])

    def close(self) -> None:
        if self._length:
            self._write("")
            sys.stderr.write("\r")
            sys.stderr.flush()

    def _write(self, text: str) -> None:
        sys.stderr.write("\r" + text.ljust(self._length))
        sys.stderr.flush()
        self._length = len(text)


def _somebody_watches() -> bool:
    if "ipykernel" in sys.modules:
        return True
    try:
        return sys.stderr.isatty()
    except (AttributeError, ValueError):
        return False


@contextmanager
def watching(progress: Progress) -> Iterator[Report | None]:
    """The callable that long work reports to, if any."""
    if progress is not None and progress is not False and not callable(progress):
        hint = "without, there is a bar; pass False for none, or a callable (stage, done, total)"
        raise OptionError(f"option `progress` is {progress!r}", 301, hint)
    if progress is False:
        yield None
    elif progress is not None:
        yield progress
    elif _somebody_watches():
        bar = Bar()
        try:
            yield bar
        finally:
            bar.close()
    else:
        yield None
