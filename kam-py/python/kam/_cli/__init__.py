"""The command ``kam``."""

from __future__ import annotations

import argparse
import io
import json
import math
import os
import re
import shlex
import sys
from collections.abc import Sequence
from typing import Any

import numpy as np

from kam import _kam
from kam._cli import _show
from kam._cli._completions import script
from kam._cli._files import check_inputs, check_outputs
from kam._cli._guess import REQUIRED, Guess, Guesser, formats
from kam._cli._look import Look, delimiter_of
from kam._cli._parser import ROLES, parser
from kam._cli._usage import UsageError
from kam._crm import Crm
from kam._errors import ColumnError, KamError, OptionError
from kam._facts import Facts
from kam._ledger import Ledger
from kam._progress import Progress, watching
from kam._registry import methods
from kam._result import Result, run
from kam._review import Review, review
from kam._sample import sample
from kam._table import Table, clean_text

__all__ = ["FAILED", "INTERRUPTED", "USAGE", "main", "parser"]

FAILED = 1
USAGE = 2
INTERRUPTED = 130

#: The code of a ledger with more bad rows than are allowed.
TOO_MANY_BAD_ROWS = 110
#: The code of several currencies without rates.
CURRENCIES = 111

#: Later than any ledger's days: facts as of then have seen every row.
END = "2100-12-31"


def _value(text: str) -> Any:
    """An option's value: JSON where it is JSON, a word otherwise."""
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text


def _say(arguments: argparse.Namespace, *lines: str) -> None:
    """A note beside the results."""
    if not arguments.quiet:
        print("\n".join(lines), file=sys.stderr, flush=True)


def _progress(arguments: argparse.Namespace) -> Progress:
    return False if arguments.quiet else None


def _guess(arguments: argparse.Namespace) -> Guess | None:
    """What was not said of the ledger's columns, by their names and by what they hold; ``None`` where all was said."""
    given = {role.replace("-", "_"): getattr(arguments, role.replace("-", "_")) for role in ROLES}
    if all(given[role] for role in REQUIRED):
        if arguments.delimiter is None:
            arguments.delimiter = delimiter_of(arguments.ledger)
        return None
    # Of what must be there, none is not a choice.
    given |= {role: None for role in REQUIRED if not given[role]}
    look = Look(arguments.ledger, arguments.delimiter, not arguments.no_header)
    guess = Guesser(look, given).all()
    if not look.is_table and arguments.delimiter is None:
        arguments.delimiter = guess.delimiter = look.delimiter
    with watching(_progress(arguments)) as report:
        written = {"date_format": arguments.date_format, "amount_format": arguments.amount_format}
        formats(look, guess, written, report or (lambda stage, done, total: None))
    for role, column in guess.columns.items():
        setattr(arguments, role, column)
    for option, form in guess.formats.items():
        setattr(arguments, option, form)
    return guess


def _ledger(arguments: argparse.Namespace) -> Ledger:
    roles = {role.replace("-", "_"): getattr(arguments, role.replace("-", "_")) or None for role in ROLES}
    return Ledger(
        list(arguments.ledger),
        **roles,  # type: ignore[arg-type]
        date_format=arguments.date_format,
        amount_format=arguments.amount_format,
        timezone=arguments.timezone,
        scale=arguments.scale,
        rates=arguments.rates,
        base_currency=arguments.base_currency,
        on_bad_rows=arguments.on_bad_rows,
        max_bad_share=arguments.max_bad_share,
        delimiter=arguments.delimiter or ",",
        header=not arguments.no_header,
    )


def _facts(arguments: argparse.Namespace) -> Facts:
    """The facts, with whatever had to be guessed for them, said on standard error."""
    guess = _guess(arguments)
    ledger = _ledger(arguments)
    found = None
    try:
        if arguments.as_of is None:
            found = arguments.as_of = _last_day(ledger, arguments)
    finally:
        # What was guessed may be why the ledger cannot be read.
        if guess is not None or found is not None:
            _say(arguments, *_guessed(arguments, guess, found))
    window = _value(arguments.window)
    return ledger.facts(
        arguments.as_of, grain=arguments.grain, window=window, perspective=arguments.perspective, progress=_progress(arguments)
    )


def _last_day(ledger: Ledger, arguments: argparse.Namespace) -> str:
    """The day of the last sale, unless it stands years apart from all others."""
    everything = ledger.facts(END, grain="year", window="all", progress=_progress(arguments))
    days = everything.accounts["last_date"]
    days = days[~np.isnat(days)]
    if not len(days):
        rows = everything.summary["reconciliation"]["read"]["rows"]
        raise UsageError(f"the ledger has no sale of any account in its {rows:,} rows, so there is no last day", "say it: --as-of DAY")
    last = days.max()
    years = np.unique(everything.periods["period"].astype("datetime64[Y]").astype(int))
    if len(years) > 1 and years[-1] - years[-2] > 1:
        before = days[days.astype("datetime64[Y]").astype(int) < years[-1]]
        usual = f", after {before.max()}" if len(before) else ""
        hint = f"say which day it is seen from: --as-of {before.max() if len(before) else last} or --as-of {last}"
        raise UsageError(f"the last day with a sale, {last}, stands years apart from the others{usual}", hint)
    return str(last)


def _guessed(arguments: argparse.Namespace, guess: Guess | None, as_of: str | None) -> list[str]:
    """What was guessed, why, and the command that says it all."""
    rows = []
    command: list[str] = []
    if guess is not None:
        for role in (role.replace("-", "_") for role in ROLES):
            column = guess.columns.get(role)
            if not column:
                continue
            if role in guess.reasons:
                command += _said(role, column)
                example = guess.examples.get(role, "")
                shown = f", like {example[:24]}" if example else ""
                rows.append((role.replace("_", " "), f"{column} ({guess.reasons[role]}{shown})"))
        for option, form in guess.formats.items():
            reason = guess.reasons.get(option)
            rows.append((option.replace("_", " "), form + (f" ({reason})" if reason else "")))
            command += _said(option, form)
        if guess.delimiter not in {None, ","}:
            rows.append(("delimiter", guess.delimiter))
            command += _said("delimiter", guess.delimiter)
    if as_of is not None:
        rows.append(("as of", f"{as_of} (the day of the last sale)"))
        command += _said("as_of", as_of)
    lines = [_show.paint("kam: guessed, since it was not said", _show.YELLOW, sys.stderr)]
    left = max((len(name) for name, _ in rows), default=0)
    lines += [clean_text(f"  {name.ljust(left)}  {value}") for name, value in rows]
    typed = arguments.typed
    # Behind -- all is ledgers.
    end = typed.index("--") if "--" in typed else len(typed)
    same = _show.clean(f"the same without guessing: {shlex.join(['kam', *typed[:end], *command, *typed[end:]])}")
    return [*lines, _show.paint(same, _show.DIM, sys.stderr), ""]


def _said(option: str, value: str) -> list[str]:
    """An option as it is typed; what begins with a dash would be taken for another option."""
    flag = f"--{option.replace('_', '-')}"
    return [f"{flag}={value}"] if value.startswith("-") else [flag, value]


def _crm(arguments: argparse.Namespace) -> Crm | None:
    tables = {table: getattr(arguments, table) for table, _ in _kam.crm_tables()}
    given = {table: path for table, path in tables.items() if path is not None}
    columns: dict[str, dict[str, str]] = {}
    for entry in arguments.map:
        place, equals, theirs = entry.partition("=")
        table, dot, column = place.partition(".")
        if not (equals and dot and table and column and theirs):
            raise OptionError(f"--map {entry} names no column", 301, "write --map accounts.account=customerNumber")
        if table not in given:
            there = f"name its file, --{table} FILE" if table in tables else f"the tables are {', '.join(tables)}"
            raise OptionError(f"--map {entry} is of the table `{table}`, which was not given", 301, there)
        columns.setdefault(table, {})[column] = theirs
    if not given:
        return None
    try:
        return Crm(**given, columns=columns, date_format=arguments.crm_date_format)
    except OptionError as error:
        # The ledger has a format of its own.
        raise OptionError(error.message.replace("date_format", "--crm-date-format"), error.code, error.hint) from error


def _run_review(arguments: argparse.Namespace) -> None:
    check_inputs(arguments)
    check_outputs(arguments)
    options = {} if arguments.options is None else _value(arguments.options)
    if not isinstance(options, dict):
        raise OptionError(f"option `options` is {arguments.options}", 301, 'write JSON: {"abc": {"a": 0.7}}')
    chosen = None if arguments.methods is None else arguments.methods.split(",")
    facts = _facts(arguments)
    _write_review(arguments, facts, review(facts, _crm(arguments), methods=chosen, options=options, progress=_progress(arguments)))


def _run_demo(arguments: argparse.Namespace) -> None:
    check_outputs(arguments)
    company = sample(seed=arguments.seed)
    facts = company.ledger.facts(company.as_of, progress=_progress(arguments))
    _write_review(arguments, facts, review(facts, company.crm, progress=_progress(arguments)))


def _write_review(arguments: argparse.Namespace, facts: Facts, done: Review) -> None:
    table = _table(done, arguments.table or "accounts")
    if arguments.html is not None:
        done.to_html(arguments.html)
    if arguments.json not in {None, "-"}:
        done.to_json(arguments.json)
    if arguments.json == "-":
        _write_json(done.to_json() or "")
    elif arguments.csv:
        _write_csv(arguments, table)
    elif arguments.table is not None:
        print(_show.table(table))
    else:
        print(_show.review(done, facts))
    written = [path for path in (arguments.html, arguments.json) if path not in {None, "-"}]
    if written:
        _say(arguments, f"written: {', '.join(written)}")


def _table(done: Review, name: str) -> Table:
    """A table of the review by its name: ``accounts``, ``abc``, ``abc.classes``."""
    if name in {"accounts", "skipped"}:
        return done.accounts if name == "accounts" else done.skipped
    method, dot, table = name.partition(".")
    try:
        result = done[method]
    except KeyError as error:
        if not isinstance(error, KamError):
            raise
        raise OptionError(error.message, error.code, error.hint) from error
    if not dot:
        return result.table
    if table not in result.tables:
        raise ColumnError(f"{method} has no table `{table}`", 201, f"it has {', '.join(f'{method}.{each}' for each in result.tables)}")
    return result.tables[table]


def _run_method(arguments: argparse.Namespace) -> None:
    values = {name.removeprefix("option "): value for name, value in vars(arguments).items() if name.startswith("option ")}
    options = {name: _value(value) for name, value in values.items() if value is not None}
    check_inputs(arguments)
    facts = _facts(arguments)
    result: Result = run(arguments.command, facts, _crm(arguments), options)
    rows = _show.unused(facts)
    if rows and (arguments.json or arguments.csv or arguments.table is not None):
        # The table alone does not say it.
        _say(arguments, f"kam: rows: {rows}")
    table = result.table if arguments.table is None else result.tables[arguments.table]
    if arguments.json:
        _write_json(result.to_json() or "")
    elif arguments.csv:
        _write_csv(arguments, table)
    elif arguments.table is not None:
        print(_show.table(table))
    else:
        print(_show.result(result, rows))


def _list_methods(arguments: argparse.Namespace) -> None:
    if arguments.json:
        _write_json(_kam.methods())
        return
    left = max((len(method.name) for method in methods()), default=0)
    for method in methods():
        needs = f" [needs {', '.join(method.needs)}]" if method.needs else ""
        text = f"{method.about}{needs}"
        if sys.stdout.isatty():
            text = _show.wrapped(text, " " * (left + 2)).lstrip()
        # In a file or a pipe it is a line each.
        print(f"{_show.paint(method.name.ljust(left), _show.BOLD)}  {text}")


def _print_completions(arguments: argparse.Namespace) -> None:
    sys.stdout.write(script(arguments.shell, parser()))


#: An option of Python in an error's text → that of the command line.
_SPOKEN = {
    name: f"--{name.replace('_', '-')}" for name in ("max_bad_share", "date_format", "amount_format", "on_bad_rows", "base_currency")
}


def _told(error: KamError) -> str:
    """An error as the command line says it: with its own names of options."""
    message, hint = _show.clean(error.message), _show.spoken(_show.clean(error.hint or ""))
    if error.code == TOO_MANY_BAD_ROWS and "max_bad_share" in message:
        hint = _too_many(message)
    if error.code == CURRENCIES and message.startswith("ledger: amounts are in"):
        hint = "give the rates: --rates FILE --base-currency CODE; or, where all amounts are of one currency: --currency ''"
    table = message.partition(":")[0]
    hint = re.sub(r'name yours: \{"(\w+)": "…"\}', lambda found: f"name yours: --map {table}.{found[1]}=YOURS", hint)
    for name, flag in _SPOKEN.items():
        message = message.replace(name, flag)
        hint = hint.replace(f"`{name}`", flag).replace(name, flag)
    told = f"{_show.paint('kam:', _show.RED, sys.stderr)} {message}"
    return f"{told}\n  hint: {hint}" if hint else told


def _too_many(message: str) -> str:
    """What to do about a share of bad rows, which the message tells in percent."""
    hint = "are the columns and formats right?"
    share = re.search(r"ledger: (\d+) of (\d+) rows \(([\d.]+) %\)", message)
    if share is None or share[1] == share[2]:
        # Without a row that can be used there is nothing to go on with.
        return hint
    enough = min(math.ceil(float(share[3]) + 0.1) / 100, 1.0)
    return f"{hint} if these rows are no sales (open orders, offers), go on without them: --max-bad-share {enough:g}"


def _open_streams() -> None:
    """Standard streams that take every text: one that was closed swallows it, one without a letter of the data writes ``?``."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        stream = getattr(sys, name)
        if stream is None:
            # Its number is the next file's, and what another library prints would stand in that file.
            nowhere = os.open(os.devnull, os.O_RDWR)
            setattr(sys, name, os.fdopen(nowhere, "r" if number == 0 else "w", encoding="utf-8", closefd=nowhere != number))
        elif name == "stdout" and isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _write_json(text: str) -> None:
    """JSON to standard output; whatever the encoding has no letter for is escaped, which JSON reads as the same."""
    if not _is_writable(text):
        text = re.sub(r"[^\x00-\x7f]+", lambda found: json.dumps(found[0])[1:-1], text)
    print(text)


def _write_csv(arguments: argparse.Namespace, table: Table) -> None:
    text = table.to_csv() or ""
    sys.stdout.write(text)
    if not _is_writable(text):
        note = f"standard output is {sys.stdout.encoding}, and letters that it does not have became ?; with PYTHONUTF8=1 it is UTF-8"
        _say(arguments, f"kam: {note}")


def _is_writable(text: str) -> bool:
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        return False
    return True


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command: 0 is well, 1 an error of kam (on standard error, with a hint), 2 a wrong command line."""
    _open_streams()
    commands = {"review": _run_review, "methods": _list_methods, "demo": _run_demo, "completions": _print_completions}
    try:
        arguments = parser().parse_args(argv)
        arguments.typed = list(sys.argv[1:] if argv is None else argv)
        commands.get(arguments.command, _run_method)(arguments)
        sys.stdout.flush()
    except KamError as error:
        print(_told(error), file=sys.stderr)
        return USAGE if isinstance(error, UsageError) else FAILED
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            # Whoever read the output has seen enough; Python must not complain when it closes it.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 0
        print(f"{_show.paint('kam:', _show.RED, sys.stderr)} {error}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print("kam: interrupted", file=sys.stderr)
        return INTERRUPTED
    return 0
