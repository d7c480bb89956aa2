"""Files of crm tables and of rates."""

from __future__ import annotations

import csv
import os
from typing import Any

from kam import _kam
from kam._errors import ExtraError, LedgerError
from kam._extras import extra

BINARY = {".parquet", ".pq", ".arrow", ".feather", ".ipc"}


def read_file(name: str, path: str) -> Any:
    """A file of a crm table: CSV as text, Parquet and Arrow by whichever of pyarrow and polars is there."""
    ending = os.path.splitext(path)[1].lower()
    if ending in BINARY:
        return _read_binary(path, parquet=ending in {".parquet", ".pq"})
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            rows = csv.reader(file)
            header = next(rows, None)
            if header is None:
                raise LedgerError(f"{path} is empty: it has no columns", 102, "was it written completely?")
            columns: list[list[str | None]] = [[] for _ in header]
            for number, row in enumerate(rows, start=1):
                if not row:
                    continue
                if len(row) != len(header):
                    message = f"{path}: row {number} has {len(row)} fields instead of {len(header)}"
                    raise LedgerError(message, 102, "is a field with a comma in it not in quotes?")
                for column, value in zip(columns, row, strict=True):
                    column.append(value if value != "" else None)
    except OSError as error:
        raise LedgerError(f"{name}: {path}: {error.strerror}", 101, "is the path right?") from error
    except UnicodeDecodeError as error:
        raise LedgerError(f"{path}: its bytes are not UTF-8 ({error.reason})", 105, "convert it to UTF-8") from error
    except csv.Error as error:
        raise LedgerError(f"{path} cannot be read: {error}", 102, "is it a CSV file?") from error
    return _kam.Frame.of_text(list(zip(header, columns, strict=True)))


def _read_binary(path: str, *, parquet: bool) -> Any:
    if not os.path.exists(path):
        raise LedgerError(f"{path}: there is no such file", 101, "is the path right?")
    what = f"reading {path} as a crm table"
    try:
        if parquet:
            return extra("pyarrow", what, "pyarrow.parquet").read_table(path)
        return extra("pyarrow", what, "pyarrow.feather").read_table(path)
    except ExtraError as missing:
        try:
            polars = extra("polars", what)
        except ExtraError:
            raise missing from None
        return polars.read_parquet(path) if parquet else polars.read_ipc(path)
