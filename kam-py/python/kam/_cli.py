"""The command ``kam``."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from typing import Any

from kam import _kam
from kam._crm import Crm
from kam._errors import KamError, OptionError
from kam._ledger import Ledger
from kam._registry import MethodInfo, methods
from kam._result import Result, run
from kam._review import review
from kam._sample import sample

FAILED = 1
USAGE = 2
INTERRUPTED = 130

ROLES = {
    "account": "the column of the customer",
    "date": "the column of the day",
    "amount": "the column of net revenue, or a formula: 'Quantity * UnitPrice'",
    "order": "the column of the document",
    "cost": "the column of product cost",
    "cost-to-serve": "the column of cost to serve",
    "list-amount": "the column of the amount before discount",
    "direction": "the column of product line, region …",
    "currency": "the column of the currency",
    "manager": "the column of who looked after the line",
}


def parser() -> argparse.ArgumentParser:
    """The whole command line, methods from the registry."""
    top = argparse.ArgumentParser(
        prog="kam",
        description="Key account management analytics: from a sales ledger to decisions.",
        epilog="kam METHOD --help lists a method's options; kam methods lists the methods.",
        allow_abbrev=False,
    )
    top.add_argument("--version", action="version", version=f"kam {_kam.__version__}")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")

    every = commands.add_parser("review", help="run every method that the data allow", allow_abbrev=False)
    _ledger_arguments(every)
    _crm_arguments(every)
    every.add_argument("--methods", metavar="A,B", help="run only these methods")
    every.add_argument("--options", metavar="JSON", help='options of methods: {"abc": {"a": 0.7}}')
    _review_outputs(every)

    listed = commands.add_parser("methods", help="list the methods", allow_abbrev=False)
    listed.add_argument("--json", action="store_true", help="as JSON, with options")

    demo = commands.add_parser("demo", help="review the built-in sample company", allow_abbrev=False)
    demo.add_argument("--seed", type=int, default=1, help="another seed, another company (default: 1)")
    _review_outputs(demo)

    for method in methods():
        one = commands.add_parser(
            method.name, help=_one_line(method.about), description=f"{method.title}: {method.about}", allow_abbrev=False
        )
        _ledger_arguments(one)
        _crm_arguments(one)
        _method_arguments(one, method)
    return top


def _one_line(text: str) -> str:
    """Help text: argparse reads % as its own."""
    return " ".join(text.split()).replace("%", "%%")


def _ledger_arguments(command: argparse.ArgumentParser) -> None:
    group = command.add_argument_group("ledger")
    group.add_argument("ledger", nargs="+", metavar="LEDGER", help="Parquet, CSV or Arrow files, or globs of them")
    for role, text in ROLES.items():
        group.add_argument(f"--{role}", metavar="COLUMN", required=role in {"account", "date", "amount"}, help=text)
    group.add_argument("--date-format", metavar="FORMAT", help="how text dates are written: %%d.%%m.%%Y")
    group.add_argument("--amount-format", metavar="EXAMPLE", help="how text amounts are written, as 1234.56 would be: 1.234,56")
    group.add_argument("--timezone", default="UTC", help="the zone in which timestamps become days (default: UTC)")
    group.add_argument("--scale", type=int, default=2, help="decimals of a minor unit, 0 to 6 (default: 2)")
    group.add_argument("--rates", metavar="FILE", help="CSV with currency, date and rate: units of the currency for one of the base")
    group.add_argument("--base-currency", metavar="CODE", help="the currency of the results")
    group.add_argument("--on-bad-rows", choices=["quarantine", "raise"], default="quarantine", help="(default: quarantine)")
    group.add_argument("--max-bad-share", type=float, default=0.05, metavar="SHARE", help="refuse more bad rows (default: 0.05)")
    group.add_argument("--delimiter", default=",", help="of CSV files: one sign, tab or whitespace (default: a comma)")
    group.add_argument("--no-header", action="store_true", help="the CSV file does not begin with names: column_1, column_2 …")
    group = command.add_argument_group("facts")
    group.add_argument("--as-of", required=True, metavar="DAY", help="the day the facts are seen from")
    group.add_argument("--grain", default="month", choices=["day", "week", "month", "quarter", "year"], help="(default: month)")
    group.add_argument("--window", default="12", metavar="N", help="periods that count, or all (default: 12)")
    group.add_argument(
        "--perspective", default="customer", choices=["customer", "supplier"], help="supplier for a purchase ledger (default: customer)"
    )


def _crm_arguments(command: argparse.ArgumentParser) -> None:
    group = command.add_argument_group("crm tables", "CSV, Parquet or Arrow files")
    for table, _ in _kam.crm_tables():
        group.add_argument(f"--{table}", metavar="FILE")
    group.add_argument(
        "--map",
        action="append",
        default=[],
        metavar="TABLE.COLUMN=YOURS",
        help="your name of a column: accounts.account=customerNumber",
    )
    group.add_argument("--crm-date-format", metavar="FORMAT", help="how text dates of crm tables are written")


def _review_outputs(command: argparse.ArgumentParser) -> None:
    group = command.add_argument_group("output")
    group.add_argument("--html", metavar="FILE", help="write the review as a page")
    group.add_argument("--json", metavar="FILE", help="write the review as JSON; - for standard output")


def _method_arguments(command: argparse.ArgumentParser, method: MethodInfo) -> None:
    group = command.add_argument_group("options of the method")
    taken = {flag for action in command._actions for flag in action.option_strings} | {"--json", "--csv", "--table"}
    for option in method.options:
        flag = "--" + option.name.replace("_", "-")
        if flag in taken:
            flag = f"--{method.name.replace('_', '-')}-{option.name.replace('_', '-')}"
        default = option.default if isinstance(option.default, str) else json.dumps(option.default, ensure_ascii=False)
        help_text = f"{option.about} (default: {default})"
        group.add_argument(flag, dest=f"option {option.name}", metavar="VALUE", help=_one_line(help_text))
    group = command.add_argument_group("output")
    form = group.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="summary and tables as JSON")
    form.add_argument("--csv", action="store_true", help="one table as CSV")
    group.add_argument("--table", metavar="NAME", choices=list(method.tables), help=f"the table to show: {', '.join(method.tables)}")


def _value(text: str) -> Any:
    """An option's value: JSON where it is JSON, a word otherwise."""
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text


def _ledger(arguments: argparse.Namespace) -> Ledger:
    roles = {role.replace("-", "_"): getattr(arguments, role.replace("-", "_")) for role in ROLES}
    return Ledger(
        list(arguments.ledger),
        **roles,
        date_format=arguments.date_format,
        amount_format=arguments.amount_format,
        timezone=arguments.timezone,
        scale=arguments.scale,
        rates=arguments.rates,
        base_currency=arguments.base_currency,
        on_bad_rows=arguments.on_bad_rows,
        max_bad_share=arguments.max_bad_share,
        delimiter=arguments.delimiter,
        header=not arguments.no_header,
    )


def _crm(arguments: argparse.Namespace) -> Crm | None:
    tables = {table: getattr(arguments, table) for table, _ in _kam.crm_tables()}
    given = {table: path for table, path in tables.items() if path is not None}
    columns: dict[str, dict[str, str]] = {}
    for entry in arguments.map:
        place, equals, theirs = entry.partition("=")
        table, dot, column = place.partition(".")
        if not (equals and dot and table and column and theirs):
            raise OptionError(f"option `map` is {entry}", 301, "write --map accounts.account=customerNumber")
        columns.setdefault(table, {})[column] = theirs
    if not given and not columns:
        return None
    return Crm(**given, columns=columns, date_format=arguments.crm_date_format)


def _run_review(arguments: argparse.Namespace) -> None:
    window = _value(arguments.window)
    facts = _ledger(arguments).facts(arguments.as_of, grain=arguments.grain, window=window, perspective=arguments.perspective)
    options = {} if arguments.options is None else _value(arguments.options)
    if not isinstance(options, dict):
        raise OptionError(f"option `options` is {arguments.options}", 301, 'write JSON: {"abc": {"a": 0.7}}')
    chosen = None if arguments.methods is None else arguments.methods.split(",")
    done = review(facts, _crm(arguments), methods=chosen, options=options)
    _write_review(arguments, facts, done)


def _run_demo(arguments: argparse.Namespace) -> None:
    company = sample(seed=arguments.seed)
    facts = company.ledger.facts(company.as_of)
    _write_review(arguments, facts, review(facts, company.crm))


def _write_review(arguments: argparse.Namespace, facts: Any, done: Any) -> None:
    if arguments.html is not None:
        done.to_html(arguments.html)
    if arguments.json == "-":
        print(done.to_json())
        return
    if arguments.json is not None:
        done.to_json(arguments.json)
    print(repr(facts))
    print()
    print(repr(done))
    written = [path for path in (arguments.html, arguments.json) if path is not None]
    if written:
        print(f"\nwritten: {', '.join(written)}")


def _run_method(arguments: argparse.Namespace) -> None:
    values = {name.removeprefix("option "): value for name, value in vars(arguments).items() if name.startswith("option ")}
    options = {name: _value(value) for name, value in values.items() if value is not None}
    window = _value(arguments.window)
    facts = _ledger(arguments).facts(arguments.as_of, grain=arguments.grain, window=window, perspective=arguments.perspective)
    result: Result = run(arguments.command, facts, _crm(arguments), options)
    table = result.table if arguments.table is None else result.tables[arguments.table]
    if arguments.json:
        print(result.to_json())
    elif arguments.csv:
        sys.stdout.write(table.to_csv() or "")
    elif arguments.table is not None:
        print(repr(table))
    else:
        print(repr(result))


def _list_methods(arguments: argparse.Namespace) -> None:
    if arguments.json:
        print(_kam.methods())
        return
    width = max((len(method.name) for method in methods()), default=0)
    for method in methods():
        needs = f" [needs {', '.join(method.needs)}]" if method.needs else ""
        print(f"{method.name:<{width}}  {method.about}{needs}")


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command: 0 is well, 1 an error of kam (on standard error, with a hint), 2 a wrong command line."""
    commands = {"review": _run_review, "methods": _list_methods, "demo": _run_demo}
    try:
        arguments = parser().parse_args(argv)
        commands.get(arguments.command, _run_method)(arguments)
        sys.stdout.flush()
    except KamError as error:
        print(f"kam: {error}", file=sys.stderr)
        return FAILED
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            # Whoever read the output has seen enough; Python must not complain when it closes it.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 0
        print(f"kam: {error}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print("kam: interrupted", file=sys.stderr)
        return INTERRUPTED
    return 0


if __name__ == "__main__":
    sys.exit(main())
