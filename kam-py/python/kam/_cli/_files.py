"""The files of a command: what it reads can be read again, and what it writes is none of them."""

from __future__ import annotations

import argparse
import os
import shlex
import stat

from kam import _kam
from kam._cli._look import files_of
from kam._cli._usage import UsageError
from kam._errors import LedgerError

#: Endings of files that hold ledgers, and are never written over.
DATA = (".csv", ".tsv", ".txt", ".parquet", ".pq", ".arrow", ".feather", ".ipc", ".xlsx")
#: What text in units of several bytes begins with → its encoding; the longer mark begins as the shorter does.
MARKS = {b"\xff\xfe\x00\x00": "UTF-32", b"\x00\x00\xfe\xff": "UTF-32", b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}
#: Output → how its files end; the first is what a hint names.
ENDINGS = {"html": (".html", ".htm", ".xhtml"), "json": (".json",)}


def check_inputs(arguments: argparse.Namespace) -> None:
    """Refuses what is read only once, before a line of it is gone, and text of which every second byte is zero."""
    for path in _inputs(arguments):
        try:
            mode = os.stat(path).st_mode
        except OSError:
            # Whoever reads it says what is the matter with it.
            continue
        if stat.S_ISREG(mode):
            _check_encoding(path)
        if stat.S_ISREG(mode) or stat.S_ISDIR(mode):
            continue
        kind = "pipe" if stat.S_ISFIFO(mode) else "socket" if stat.S_ISSOCK(mode) else "device"
        raise LedgerError(
            f"{path} is a {kind}, which gives its rows once; kam reads a file more than once",
            103,
            "write it to a file first, and name that: … > sales.csv",
        )


def _check_encoding(path: str) -> None:
    try:
        with open(path, "rb") as file:
            head = file.read(64)
    except OSError:
        return
    encoding = next((name for mark, name in MARKS.items() if head.startswith(mark)), None)
    if encoding is None and len(head) >= 4 and len(head) % 2 == 0:
        # Without a mark it shows in letters of ASCII.
        first, second = head[::2], head[1::2]
        encoding = "UTF-16LE" if not any(second) and all(first) else "UTF-16BE" if not any(first) and all(second) else None
    if encoding is not None:
        hint = f"convert it: iconv -f {encoding} -t UTF-8 {shlex.quote(path)} > utf8.csv"
        raise LedgerError(f"{path} is written in {encoding}, and kam reads UTF-8", 105, hint)


def check_outputs(arguments: argparse.Namespace) -> None:
    """Refuses to write over what is no output, before any work is done."""
    outputs = {option: path for option in ENDINGS if (path := getattr(arguments, option)) not in {None, "-"}}
    inputs = _inputs(arguments)
    for option, path in outputs.items():
        for source in inputs:
            if _is_same(path, source):
                raise UsageError(f"--{option} would write over {source}, which is read", _other(option))
        lower = path.lower()
        is_other = os.path.isfile(path) and not lower.endswith(ENDINGS[option])
        if lower.endswith(DATA) or is_other:
            there = ", which is there and" if is_other else ", which"
            raise UsageError(f"--{option} would write {path}{there} is no name of {option.upper()}", _other(option))
    if len(outputs) > 1 and _is_same(*outputs.values()):
        raise UsageError(f"--html and --json would both write {outputs['html']}", "give each a file of its own")
    if arguments.csv and arguments.json == "-":
        raise UsageError("--csv and --json both write to standard output", "give --json a file, or leave one of them out")


def _inputs(arguments: argparse.Namespace) -> list[str]:
    """The files of the ledger, of the crm tables and of the rates; a demo reads none."""
    if "ledger" not in arguments:
        return []
    beside = [arguments.rates, *(getattr(arguments, table) for table, _ in _kam.crm_tables())]
    return [*files_of(arguments.ledger), *(path for path in beside if path is not None)]


def _is_same(one: str, other: str) -> bool:
    """Do two paths lead to one file, whether it is there or not?"""
    try:
        return os.path.samefile(one, other)
    except OSError:
        return os.path.realpath(one) == os.path.realpath(other)


def _other(option: str) -> str:
    hint = f"name a file that ends in {ENDINGS[option][0]}"
    return hint + ("; for standard output write --json=-" if option == "json" else "")
