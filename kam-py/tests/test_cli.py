"""The command line."""

from __future__ import annotations

import csv
import io
import json
import os
import shlex
import subprocess
import sys

import polars as pl
import pytest

import kam
from conftest import ROWS
from kam import _cli


@pytest.fixture
def ledger(tmp_path):
    path = tmp_path / "sales.csv"
    pl.DataFrame(ROWS).write_csv(path)
    return str(path)


def mapped(ledger):
    return [ledger, "--account", "customer", "--date", "day", "--amount", "net", "--as-of", "2024-12-31"]


def kam_command(*arguments, **environment):
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **environment}
    words = [sys.executable, "-m", "kam", *arguments]
    return subprocess.run(words, capture_output=True, encoding="utf-8", errors="replace", env=environment, check=False)


def test_methods(capsys):
    assert _cli.main(["methods"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == [method.name for method in kam.methods()]
    assert _cli.main(["methods", "--json"]) == 0
    assert [entry["name"] for entry in json.loads(capsys.readouterr().out)] == [method.name for method in kam.methods()]


def test_a_method_in_three_forms(ledger, capsys):
    assert _cli.main(["abc", *mapped(ledger)]) == 0
    out = capsys.readouterr().out
    assert out.startswith("kam.abc\n")
    assert _cli.main(["abc", *mapped(ledger), "--json", "--a", "0.5", "--b=0.9"]) == 0
    result = json.loads(capsys.readouterr().out)
    facts = kam.Ledger(ledger, account="customer", date="day", amount="net").facts("2024-12-31")
    assert result == kam.abc(facts, a=0.5, b=0.9).to_dict()
    assert _cli.main(["abc", *mapped(ledger), "--csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert sorted(row["account"] for row in rows) == ["a", "b", "c"]


def test_a_method_says_which_rows_came_to_nothing(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "160")
    path = tmp_path / "sales.csv"
    path.write_text("customer,day,net\na,2024-01-01,1\n,2024-02-01,3\nc,2024-02-01,x\nc,2024-02-30,1\nd,2025-12-01,4\n", encoding="utf-8")
    arguments = ["abc", *mapped(str(path)), "--max-bad-share", "0.5"]
    rows = "5 read: 1 in window, 1 after as of, 1 unassigned, 2 quarantined (1 × amount_unreadable, 1 × date_unreadable)"
    assert _cli.main(arguments) == 0
    out = capsys.readouterr()
    assert [line.split(maxsplit=1)[1] for line in out.out.splitlines() if line.startswith("  rows ")] == [rows]
    assert out.err == ""
    for form in (["--json"], ["--csv"], ["--table", "classes"]):
        assert _cli.main([*arguments, *form]) == 0
        out = capsys.readouterr()
        assert out.err == f"kam: rows: {rows}\n"
        assert "quarantined" not in out.out
        assert _cli.main([*arguments, *form, "--quiet"]) == 0
        assert capsys.readouterr().err == ""
    path.write_text("customer,day,net\na,2024-01-01,1\na,2020-01-01,1\n", encoding="utf-8")
    assert _cli.main(arguments) == 0
    assert "\n  rows " not in capsys.readouterr().out


def test_every_method_has_a_command_with_its_options():
    for method in kam.methods():
        help_text = " ".join(_cli.parser()._subparsers._group_actions[0].choices[method.name].format_help().split())
        for option in method.options:
            assert f"-{option.name.replace('_', '-')} VALUE" in help_text


def test_every_table_of_a_result_can_be_shown(ledger, capsys):
    for method in ("pareto", "rfm"):
        for table in next(each for each in kam.methods() if each.name == method).tables:
            assert _cli.main([method, *mapped(ledger), "--table", table]) == 0
            assert capsys.readouterr().out.startswith(f"{table}: ")


def test_a_review_is_written(ledger, tmp_path, capsys):
    page, values = tmp_path / "out.html", tmp_path / "out.json"
    assert _cli.main(["review", *mapped(ledger), "--cost", "cost", "--html", str(page), "--json", str(values)]) == 0
    out = capsys.readouterr()
    assert "Review of 3 accounts as of 2024-12-31" in out.out
    assert f"written: {page}, {values}" in out.err
    assert "abc" in json.loads(values.read_text(encoding="utf-8"))["methods"]
    assert "<html" in page.read_text(encoding="utf-8")
    assert _cli.main(["review", *mapped(ledger), "--methods", "abc", "--options", '{"abc": {"a": 0.5}}', "--json", "-"]) == 0
    assert list(json.loads(capsys.readouterr().out)["methods"]) == ["abc"]


def test_crm_tables_with_other_names(ledger, tmp_path, capsys):
    accounts = tmp_path / "accounts.csv"
    accounts.write_text("no,name,reference\na,Ümit & Söhne,true\nb,B,\n", encoding="utf-8")
    arguments = ["review", *mapped(ledger), "--accounts", str(accounts), "--map", "accounts.account=no", "--json", "-"]
    assert _cli.main(arguments) == 0
    assert json.loads(capsys.readouterr().out)["facts"]["accounts"] == 3
    assert _cli.main([*arguments, "--map", "nonsense"]) == 1
    assert "--map accounts.account=customerNumber" in capsys.readouterr().err


def test_demo(tmp_path, capsys):
    page, values = tmp_path / "review.html", tmp_path / "review.json"
    assert _cli.main(["demo", "--html", str(page), "--json", str(values)]) == 0
    assert page.exists()
    assert len(json.loads(values.read_text(encoding="utf-8"))["methods"]) == len(kam.methods())
    assert "Review of 228 accounts as of 2025-12-31" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (
            ["abc", "absent.csv", "--account", "a", "--date", "b", "--amount", "c", "--as-of", "2024-12-31"],
            1,
            ["kam: absent.csv"],
        ),
        (["abc", "LEDGER", "--a", "2"], 1, ["option `a` is 2", "hint: it must be"]),
        (["abc", "LEDGER", "--a", "much"], 1, ["much"]),
        (["review", "LEDGER", "--methods", "abcd"], 1, ["no method `abcd`", "hint:"]),
        (["whale_curve", "LEDGER"], 1, ["cost", "hint:"]),
        (["abc"], 2, ["no ledger was named", "hint: kam abc sales.csv"]),
        (["abcd"], 2, ["no command `abcd`", "hint: did you mean `abc`?"]),
        ([], 2, ["no command was given", "hint: kam review sales.csv"]),
        (["abc", "LEDGER", "--nonsense", "1"], 2, ["--nonsense", "hint: kam abc --help"]),
        (["abc", "LEDGER", "--delimitre", ";"], 2, ["--delimitre", "hint: did you mean --delimiter?"]),
        (["review", "LEDGER", "--json", "sales.csv"], 2, ["sales.csv, which is no name of JSON", ".json"]),
        (["review", "LEDGER", "--csv", "--json"], 2, ["both write to standard output"]),
        (["review", "LEDGER", "--table", "abc.klasses"], 1, ["no table `klasses`", "abc.classes"]),
    ],
)
def test_exit_codes(ledger, arguments, code, words):
    where = arguments.index("LEDGER") if "LEDGER" in arguments else None
    if where is not None:
        arguments = [*arguments[:where], *mapped(ledger), *arguments[where + 1 :]]
    done = kam_command(*arguments)
    assert done.returncode == code, done.stderr
    assert done.stdout == ""
    assert [word for word in words if word not in done.stderr] == []
    assert "Traceback" not in done.stderr


def test_the_version():
    done = kam_command("--version")
    assert (done.returncode, done.stdout) == (0, f"kam {kam.__version__}\n")


@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONIOENCODING": "ascii"},
        {"PYTHONIOENCODING": "latin-1"},
        {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
    ],
    ids=" ".join,
)
def test_an_output_without_our_letters_gets_what_it_can_hold(tmp_path, environment):
    path = tmp_path / "sales.csv"
    path.write_text("customer,day,net\nЖук,2024-01-05,1\n👩,2024-01-06,2\n", encoding="utf-8")
    done = kam_command("abc", *mapped(str(path)), **environment)
    assert (done.returncode, done.stderr) == (0, "")
    assert "???" in done.stdout
    done = kam_command("abc", *mapped(str(path)), "--json", **environment)
    assert json.loads(done.stdout)["tables"]["abc"]["columns"]["account"] == ["👩", "Жук"]
    done = kam_command("abc", *mapped(str(path)), "--csv", **environment)
    assert "\n???," in done.stdout
    assert "letters that it does not have became ?; with PYTHONUTF8=1 it is UTF-8" in done.stderr
    for arguments in (["review", *mapped(str(path))], ["review", "--help"]):
        done = kam_command(*arguments, **environment)
        assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(os.name == "nt", reason="not run: descriptors are closed in a POSIX shell")
@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
def test_a_closed_output_is_no_error(ledger, tmp_path, closed):
    page = tmp_path / "out.html"
    words = [sys.executable, "-m", "kam", "review", *mapped(ledger), "--methods", "abc", "--html", str(page)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    shell = ["sh", "-c", f'"$@" {closed}', "sh", *words]
    done = subprocess.run(shell, capture_output=True, text=True, env=environment, check=False)
    assert (done.returncode, done.stderr) == (0, f"written: {page}\n" if closed == ">&-" else "")
    assert done.stdout.startswith("Review of 3 accounts") == (closed == "2>&-")
    assert "written" not in done.stdout
    assert "<html" in page.read_text(encoding="utf-8")


@pytest.mark.parametrize("of", ["--html", "--json"])
@pytest.mark.parametrize("way", ["itself", "glob", "symlink", "hard link", "crm", "rates"])
def test_no_output_is_written_over_what_is_read(tmp_path, capsys, of, way):
    path, other = tmp_path / f"sales.{of[2:]}", tmp_path / f"other.{of[2:]}"
    pl.DataFrame(ROWS).write_csv(path)
    if way == "symlink":
        other.symlink_to(path)
    elif way == "hard link":
        other.hardlink_to(path)
    elif way in {"crm", "rates"}:
        other.write_text("account\na\n", encoding="utf-8")
    arguments = ["review", *mapped(str(path)), of, str(other if way not in {"itself", "glob"} else path)]
    if way == "glob":
        arguments[1] = str(tmp_path / "sal*")
    elif way in {"crm", "rates"}:
        arguments += ["--accounts" if way == "crm" else "--rates", str(other)]
    before = (path.read_bytes(), other.exists() and other.read_bytes())
    assert _cli.main(arguments) == 2
    assert f"{of} would write over " in capsys.readouterr().err
    assert (path.read_bytes(), other.exists() and other.read_bytes()) == before


def test_a_ledger_taken_for_the_name_of_an_output_is_left_alone(tmp_path, capsys):
    # Without a value --json is standard output, and takes the ledger that stands behind it.
    path, other = tmp_path / "sales.dat", tmp_path / "more.dat"
    for each in (path, other):
        pl.DataFrame(ROWS).write_csv(each)
    before = path.read_bytes()
    for option in ("--json", "--html"):
        assert _cli.main(["review", option, str(path), *mapped(str(other))]) == 2
        error = capsys.readouterr().err
        assert f"{option} would write {path}, which is there and is no name of {option[2:].upper()}" in error
        assert f"hint: name a file that ends in .{option[2:]}" in error
        assert ("--json=-" in error) == (option == "--json")
        assert path.read_bytes() == before


def test_two_outputs_are_two_files(ledger, tmp_path, capsys):
    both = str(tmp_path / "out.json")
    for command in (["review", *mapped(ledger)], ["demo"]):
        assert _cli.main([*command, "--html", both, "--json", os.path.join(tmp_path, ".", "out.json")]) == 2
        assert f"--html and --json would both write {both}" in capsys.readouterr().err
        assert not os.path.exists(both)


def test_an_output_may_replace_an_older_one_and_go_to_a_device(ledger, tmp_path, capsys):
    page = tmp_path / "OLD.HTML"
    page.write_text("older", encoding="utf-8")
    assert _cli.main(["review", *mapped(ledger), "--methods", "abc", "--html", str(page), "--json", os.devnull]) == 0
    assert page.read_text(encoding="utf-8") != "older"
    assert f"written: {page}, {os.devnull}" in capsys.readouterr().err


@pytest.mark.skipif(os.name == "nt", reason="not run: Windows has no FIFOs")
@pytest.mark.parametrize("place", ["ledger", "--accounts", "--rates"])
def test_a_pipe_is_refused_before_anything_of_it_is_read(ledger, tmp_path, capsys, place):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    # Nobody writes to it: whoever opened it would wait for ever.
    arguments = mapped(str(pipe)) if place == "ledger" else [*mapped(ledger), place, str(pipe)]
    for command in (["pareto", *arguments], ["review", *arguments], ["pareto", arguments[0], *arguments[7:]]):
        assert _cli.main(command) == 1
        error = capsys.readouterr().err
        assert f"kam: {pipe} is a pipe, which gives its rows once" in error
        assert "hint: write it to a file first" in error


@pytest.mark.skipif(os.name == "nt", reason="not run: Windows has no /dev/stdin")
def test_standard_input_is_read_where_it_is_a_file(ledger):
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-m", "kam", "abc", "/dev/stdin", *mapped(ledger)[1:]]
    with open(ledger, "rb") as file:
        done = subprocess.run(command, stdin=file, capture_output=True, text=True, env=environment, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    done = subprocess.run(command, input="customer,day,net\n", capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 1
    assert "/dev/stdin is a pipe" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--rates", "RATES"], "name the currency of the results, --base-currency CODE\n"),
        (["--rates", "BAD", "--base-currency", "EUR"], "a rate says how many units of the currency one unit of the base currency buys"),
        ([], "give the rates: --rates FILE --base-currency CODE; or"),
        (["--currency=", "--accounts", "RATES"], "name yours: --map accounts.account=YOURS; there are currency, date, rate"),
        (["--currency=", "--map", "contacts.account=no"], "name its file, --contacts FILE\n"),
        (["--currency=", "--map", "contract.account=no"], "the tables are accounts, ratings"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_hints_name_what_can_be_typed(tmp_path, capsys, arguments, says):
    path, rates, bad = (tmp_path / name for name in ("sales.csv", "rates.csv", "bad.csv"))
    path.write_text("customer,day,net,currency\na,2024-01-01,1,EUR\nb,2024-02-01,2,USD\n", encoding="utf-8")
    for file, rate in ((rates, "1.1"), (bad, "-1.1")):
        file.write_text(f"currency,date,rate\nUSD,2024-01-01,{rate}\n", encoding="utf-8")
    places = {"RATES": str(rates), "BAD": str(bad)}
    assert _cli.main(["abc", str(path), "--quiet", *(places.get(word, word) for word in arguments)]) == 1
    assert f"hint: {says}" in capsys.readouterr().err


def test_the_format_of_days_in_crm_tables_is_an_option_of_its_own(ledger, tmp_path, capsys):
    accounts = tmp_path / "accounts.csv"
    accounts.write_text("account,since\na,2020-01-01\n", encoding="utf-8")
    assert _cli.main(["abc", *mapped(ledger), "--accounts", str(accounts), "--crm-date-format", "day"]) == 1
    assert "option `--crm-date-format` is `day`" in capsys.readouterr().err


def test_crm_tables_that_are_missing_are_hinted_at_as_options(ledger, capsys):
    assert _cli.main(["competence", *mapped(ledger)]) == 1
    assert "hint: give --manager_ratings FILE with manager, criterion and score" in capsys.readouterr().err


def test_a_ledger_of_bad_rows_alone_is_not_told_to_go_on_without_them(tmp_path, capsys):
    path = tmp_path / "sales.csv"
    path.write_text("customer,day,net\n" + "a,2024-01-01,x\n" * 1_999, encoding="utf-8")
    assert _cli.main(["abc", *mapped(str(path))]) == 1
    assert capsys.readouterr().err.endswith("hint: are the columns and formats right?\n")
    with open(path, "a", encoding="utf-8") as file:
        file.write("a,2024-01-01,1\n")
    assert _cli.main(["abc", *mapped(str(path))]) == 1
    assert capsys.readouterr().err.endswith("--max-bad-share 1\n")
    assert _cli.main(["abc", *mapped(str(path)), "--max-bad-share", "1"]) == 0


def test_the_command_without_guessing_can_be_typed_whatever_the_columns_are_called(tmp_path, capsys):
    path = tmp_path / "sales.csv"
    path.write_text("-customer,-the 'day',net\na,2024-01-01,1\nb,2024-02-01,2\n", encoding="utf-8")
    for words in (["abc", str(path)], ["abc", "--date=-the 'day'", "--", str(path)], ["abc", "--", str(path)]):
        assert _cli.main(words) == 0
        out = capsys.readouterr()
        (line,) = [line for line in out.err.splitlines() if line.startswith("the same without guessing: kam ")]
        again = shlex.split(line.removeprefix("the same without guessing: kam "))
        assert "--account=-customer" in again
        assert _cli.main(again) == 0
        assert capsys.readouterr() == (out.out, "")
