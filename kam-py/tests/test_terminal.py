"""What a terminal shows: fitted to its width, coloured where somebody looks, with a bar while it takes long."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
import unicodedata

import polars as pl
import pytest

from kam import _progress
from kam._cli import _show

COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def terminal(columns, *arguments, **environment):
    """What the command writes to a terminal of this width."""
    child, descriptor = pty.fork()
    if child == 0:
        everything = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "TERM": "xterm-256color", **environment}
        for name in ("COLUMNS", "LINES", *(() if "NO_COLOR" in environment else ("NO_COLOR",))):
            everything.pop(name, None)
        # The width is set before anything is shown.
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
        os.execve(sys.executable, [sys.executable, "-m", "kam", *map(str, arguments)], everything)
    out = b""
    while True:
        try:
            part = os.read(descriptor, 65_536)
        except OSError:
            break
        if not part:
            break
        out += part
    os.close(descriptor)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status), out.decode().replace("\r\n", "\n")


def columns_of(line):
    return sum(0 if unicodedata.combining(sign) else 2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in line)


def widest(text):
    return max(columns_of(line) for line in COLOUR.sub("", text).splitlines() if not line.startswith("the same without guessing"))


@pytest.fixture
def ledger(tmp_path):
    path = tmp_path / "sales.csv"
    names = ["Müller & Söhne", "東京電機株式会社", "Ångström", "e\u0301cole", "long " * 20]
    rows = {"customer": names * 3, "day": ["2024-01-05", "2024-03-01", "2024-12-24"] * 5, "net": ["10.50", "-2.25", "1234.00"] * 5}
    pl.DataFrame(rows).write_csv(path)
    return path


@pytest.mark.parametrize("columns", [80, 120])
@pytest.mark.parametrize(
    "arguments",
    [["demo"], ["review", "LEDGER"], ["abc", "LEDGER"], ["revenue_bridge", "LEDGER"], ["methods"], ["--help"], ["abc", "--help"]],
    ids=" ".join,
)
def test_nothing_is_wider_than_the_terminal(ledger, arguments, columns):
    code, text = terminal(columns, *(str(ledger) if word == "LEDGER" else word for word in arguments))
    assert code == 0, text
    assert widest(text) <= columns
    # What there is room for is used.
    assert widest(text) > columns / 2
    assert "\u00a0" not in text


def test_columns_stand_below_each_other_whatever_the_script(ledger):
    _, text = terminal(100, "abc", ledger, "--table", "abc", NO_COLOR="1")
    lines = text.splitlines()
    head = next(at for at, line in enumerate(lines) if line.startswith("account "))
    rule = lines[head + 1]
    second = columns_of(rule[: rule.index("  ")]) + 2
    for line in lines[head + 2 : head + 7]:
        # The class stands where its column begins.
        at, place = 0, 0
        while place < second:
            place += columns_of(line[at])
            at += 1
        assert line[at:].lstrip("\u0301")[0] in "ABC", line


def test_colour_is_for_terminals_and_for_who_wants_it(ledger):
    _, coloured = terminal(80, "abc", ledger)
    assert COLOUR.search(coloured)
    for environment in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
        code, text = terminal(80, "abc", ledger, **environment)
        assert code == 0
        assert "\x1b" not in text
        assert text == COLOUR.sub("", coloured)
    piped = subprocess.run(
        [sys.executable, "-m", "kam", "abc", str(ledger)],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "TERM": "xterm-256color"},
        check=True,
    )
    assert "\x1b" not in piped.stdout + piped.stderr


def test_names_of_accounts_cannot_command_the_terminal(tmp_path):
    path = tmp_path / "sales.csv"
    path.write_text("customer,day,net\n\x1b[2Jgone,2024-01-05,1\n", encoding="utf-8")
    _, text = terminal(80, "review", path, NO_COLOR="1")
    assert "\x1b" not in text
    _, text = terminal(80, "abc", path, NO_COLOR="1")
    assert "\x1b" not in text


def test_figures_cannot_command_the_terminal_nor_look_like_other_lines(tmp_path):
    path, ratings = tmp_path / "sales.csv", tmp_path / "ratings.csv"
    path.write_text("customer,day,net\na,2024-01-05,1\n", encoding="utf-8")
    names = ["\x1b[2JAnn\a\u202e\nprofit 1,000", "Bob"]
    pl.DataFrame({"manager": names, "criterion": ["speech"] * 2, "score": [5, 3]}).write_csv(ratings)
    code, text = terminal(120, "competence", path, "--manager_ratings", ratings, NO_COLOR="1")
    assert code == 0, text
    assert re.search("^  best +\ufffd\\[2JAnn", text, re.MULTILINE)
    assert not set(text) & {"\x1b", "\a", "\u202e"}
    assert not re.search("^profit", text, re.MULTILINE)


def test_joiners_and_soft_hyphens_are_part_of_the_word():
    for text in ("علی\u200cرضا", "👩\u200d👩\u200d👧", "Donau\u00addampf", "1\u00a0000"):
        assert _show.clean(text) == text
    assert _show.clean("a\x9b\u202eb\u2028c\nd") == "a\ufffd\ufffdb\ufffdc\nd"


def test_a_method_lists_its_figures_and_its_other_tables(ledger):
    _, text = terminal(80, "abc", ledger, NO_COLOR="1")
    assert re.search(r"^kam\.abc$", text, re.MULTILINE)
    assert re.search(r"^  accounts +5$", text, re.MULTILINE)
    assert "more tables, by --table: classes" in text


def test_a_review_counts_its_classes_and_says_what_did_not_run(ledger):
    _, text = terminal(80, "review", ledger, NO_COLOR="1")
    assert "Review of 5 accounts as of 2024-12-24" in text
    assert re.search(r"^  abc +A \d", text, re.MULTILINE)
    assert re.search(r"^  whale_curve, unprofitable +--cost COLUMN, or", text, re.MULTILINE)
    assert "columns in --csv, --json and --html" in text


@pytest.mark.parametrize("columns", [40, 80, 200])
def test_the_bar_fits_on_one_line(monkeypatch, capsys, columns):
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setattr(_progress, "PATIENCE", 0.0)
    bar = _progress.Bar()
    for done, total in ((1, 20_000_000), (12_345_678, 20_000_000), (20_000_000, 20_000_000), (541_909, None)):
        bar("reading the ledger", done, total)
    shown = capsys.readouterr().err.split("\r")[1:]
    assert max(map(len, shown)) < columns
    assert shown[0].startswith("reading the ledger")
    if columns == 80:
        assert [line.count("█") for line in shown] == sorted(line.count("█") for line in shown[:3]) + [0]
        assert "12,345,678 of 20,000,000" in shown[1]
    bar.close()
    assert capsys.readouterr().err.endswith("\r")


def test_a_bar_on_the_terminal_and_none_when_quiet(tmp_path):
    path = tmp_path / "large.csv"
    rows = 1_500_000
    frame = pl.DataFrame({"customer": pl.int_range(rows, eager=True) % 5_000, "net": pl.int_range(rows, eager=True) % 97})
    frame.with_columns(day=pl.lit("13/01/2024")).write_csv(path)
    code, text = terminal(80, "abc", path, NO_COLOR="1")
    assert code == 0, text
    # Reading may be over before a bar is worth while.
    assert re.search(r"\rlooking at day: [1-9][\d,]+, \d+ s", text)
    assert widest(text.replace("\r", "\n")) <= 80
    code, text = terminal(80, "abc", path, "--quiet", NO_COLOR="1")
    assert code == 0
    assert "\r" not in text
    assert "guessed" not in text
    assert re.search(r"^  accounts +5,000$", text, re.MULTILINE)
