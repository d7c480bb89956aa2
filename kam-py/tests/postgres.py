"""A PostgreSQL server of the tests' own: in a temporary folder, on a socket, as a user who is not root."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from debian import needed

USER = "kam"


def programs() -> Path | None:
    """The folder of the newest server that is installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parent.parent.name))
    if found:
        return found[-1].parent
    initdb = shutil.which("initdb")
    return None if initdb is None else Path(initdb).resolve().parent


@contextmanager
def server() -> Iterator[str]:
    """A running server; its address for ADBC."""
    bin_folder = needed("postgresql", programs)
    # A path of its own, since a socket's may have no more than a hundred signs.
    folder = Path(tempfile.mkdtemp(prefix="kam-pg-", dir="/tmp"))
    other = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
    if other:
        shutil.chown(folder, "postgres", "postgres")
    said = folder.with_suffix(".out")

    def run(*words: str) -> None:
        # Not a pipe: the server would keep it open.
        with open(said, "w+", encoding="utf-8") as out:
            done = subprocess.run(words, cwd=folder, stdin=subprocess.DEVNULL, stdout=out, stderr=out, check=False, **other)
            out.seek(0)
            assert done.returncode == 0, f"{' '.join(words)}\n{out.read()}"

    def control(*words: str) -> None:
        run(str(bin_folder / "pg_ctl"), "-D", str(folder / "data"), "-w", "-t", "120", *words)

    try:
        cluster = ["-D", str(folder / "data"), "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
        run(str(bin_folder / "initdb"), *cluster)
        # Nothing listens on the network.
        control("-l", str(folder / "log"), "-o", f"-c listen_addresses='' -c fsync=off -k {folder}", "start")
        try:
            yield f"postgresql:///postgres?host={folder}&user={USER}"
        finally:
            control("-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        said.unlink(missing_ok=True)
