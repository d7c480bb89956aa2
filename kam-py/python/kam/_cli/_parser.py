"""The command line, with the methods and their options from the registry."""

from __future__ import annotations

import argparse
import difflib
import json
import re
import sys
import textwrap
from typing import Any, NoReturn

from kam import _kam
from kam._cli._show import paint, width
from kam._registry import MethodInfo, methods

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
SHELLS = ("bash", "zsh", "fish")

CODES = {
    "0": "done",
    "1": "the data, a method or a file gave an error; what to do about it stands on standard error",
    "2": "the command line is wrong, or leaves open what only you can say (which column, which way of writing dates)",
    "130": "interrupted",
}


def _codes() -> str:
    lines = ["exit codes:"]
    for code, text in CODES.items():
        lines.append(textwrap.fill(text, min(width(), 120), initial_indent=f"  {code:<5}", subsequent_indent=" " * 7))
    return "\n".join(lines)


class Parser(argparse.ArgumentParser):
    """An ArgumentParser whose errors are short and tell the next step."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        options.setdefault("allow_abbrev", False)
        options.setdefault("formatter_class", _formatter)
        super().__init__(*arguments, **options)

    def error(self, message: str) -> NoReturn:
        hint = f"{self.prog} --help"
        unknown = re.match(r"argument (?:COMMAND|SHELL): invalid choice: '(.*?)' \(choose from (.*)\)", message)
        if unknown:
            word, names = unknown[1], re.findall(r"[\w-]+", unknown[2])
            alike = difflib.get_close_matches(word, names, n=1)
            message = f"there is no command `{word}`" if "COMMAND" in unknown[0] else f"`{word}` is none of {', '.join(names)}"
            hint = f"did you mean `{alike[0]}`?" if alike else "kam --help lists the commands, kam methods what the methods do"
        elif message.startswith("unrecognized arguments: "):
            word = message.removeprefix("unrecognized arguments: ").split()[0].split("=")[0]
            alike = difflib.get_close_matches(word, list(self._option_string_actions), n=1)
            hint = f"did you mean {alike[0]}?" if alike else hint
        elif "LEDGER" in message and "required" in message:
            message = "no ledger was named"
            hint = f"{self.prog} sales.csv; kam demo shows a sample company"
        elif "COMMAND" in message and "required" in message:
            message = "no command was given (COMMAND)"
            hint = "kam review sales.csv reviews a ledger, kam demo a sample company; kam --help"
        self.exit(2, f"{paint('kam:', '31', sys.stderr)} {message}\n  hint: {hint}\n")

    def parse_args(self, args: Any = None, namespace: Any = None) -> Any:
        parsed, rest = self.parse_known_args(args, namespace)
        if rest:
            # The command's own parser knows what an unknown option could have meant.
            chosen = self._commands().get(getattr(parsed, "command", ""), self)
            chosen.error(f"unrecognized arguments: {' '.join(rest)}")
        return parsed

    def _commands(self) -> dict[str, Any]:
        for action in self._actions:
            if isinstance(action, argparse._SubParsersAction):
                return dict(action.choices)
        return {}


def _formatter(prog: str) -> argparse.HelpFormatter:
    return argparse.RawDescriptionHelpFormatter(prog, max_help_position=30, width=min(width(), 120))


def parser() -> Parser:
    """The whole command line."""
    names = textwrap.fill(", ".join(method.name for method in methods()), min(width(), 120) - 2, break_on_hyphens=False)
    top = Parser(
        prog="kam",
        description="Key account management analytics: from a sales ledger to decisions.\n\n"
        "  kam review sales.csv                  the review; columns are guessed aloud\n"
        "  kam review sales.csv --html out.html  the same as a page\n"
        "  kam abc sales.csv --csv               one method, as CSV",
        epilog=f"methods, each a command (kam METHOD --help; kam methods tells what they answer):\n"
        f"{textwrap.indent(names, '  ')}\n\n{_codes()}",
    )
    top.add_argument("--version", action="version", version=f"kam {_kam.__version__}")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND", title="commands")

    every = commands.add_parser(
        "review",
        help="run every method that the data allow",
        usage="kam review LEDGER … [options]",
        description=_review_text(),
        epilog=_codes(),
    )
    _ledger_arguments(every)
    _crm_arguments(every)
    group = every.add_argument_group("methods")
    group.add_argument("--methods", metavar="A,B", help="run only these methods")
    group.add_argument("--options", metavar="JSON", help='options of methods: {"abc": {"a": 0.7}}')
    _review_outputs(every)

    demo = commands.add_parser("demo", help="review the built-in sample company", epilog=_codes())
    demo.add_argument("--seed", type=int, default=1, help="another seed, another company (default: 1)")
    _review_outputs(demo)

    listed = commands.add_parser("methods", help="list the methods and what they answer")
    listed.add_argument("--json", action="store_true", help="as JSON, with options")

    shell = commands.add_parser(
        "completions",
        help="print the completion script of a shell",
        description="Prints a completion script. Once for all:\n\n"
        "  bash  kam completions bash > ~/.local/share/bash-completion/completions/kam\n"
        "  zsh   kam completions zsh > ~/.zfunc/_kam    (with fpath+=~/.zfunc before compinit)\n"
        "  fish  kam completions fish > ~/.config/fish/completions/kam.fish",
    )
    shell.add_argument("shell", choices=SHELLS, metavar="SHELL", help=", ".join(SHELLS))

    for method in methods():
        about = " ".join(method.about.split())
        text = textwrap.fill(f"{method.title}: {about}", min(width(), 120))
        one = commands.add_parser(method.name, usage=f"kam {method.name} LEDGER … [options]", description=text, epilog=_codes())
        _ledger_arguments(one)
        _crm_arguments(one)
        _method_arguments(one, method)
    return top


def _review_text() -> str:
    return textwrap.fill(
        "Runs every method that the data allow. Columns that are not named are guessed by their names and by what they hold, "
        "and standard error says what was guessed. What the file leaves open is asked for, never guessed.",
        min(width(), 120),
    )


def _one_line(text: str) -> str:
    """Help text: argparse reads % as its own."""
    return " ".join(text.split()).replace("%", "%%")


def _ledger_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("ledger", nargs="+", metavar="LEDGER", help="Parquet, CSV or Arrow files, or globs of them")
    group = command.add_argument_group("columns", "Guessed where account, date or amount is not named; '' for none.")
    for role, text in ROLES.items():
        group.add_argument(f"--{role}", metavar="COLUMN", help=text)
    group = command.add_argument_group("how the ledger is written")
    group.add_argument("--date-format", metavar="FORMAT", help="how text dates are written: %%d.%%m.%%Y")
    group.add_argument("--amount-format", metavar="EXAMPLE", help="how text amounts are written, as 1234.56 would be: 1.234,56")
    group.add_argument("--timezone", default="UTC", help="the zone in which timestamps become days (default: UTC)")
    group.add_argument("--scale", type=int, default=2, help="decimals of a minor unit, 0 to 6 (default: 2)")
    group.add_argument("--rates", metavar="FILE", help="CSV with currency, date and rate: units of the currency for one of the base")
    group.add_argument("--base-currency", metavar="CODE", help="the currency of the results")
    group.add_argument("--on-bad-rows", choices=["quarantine", "raise"], default="quarantine", help="(default: quarantine)")
    group.add_argument("--max-bad-share", type=float, default=0.05, metavar="SHARE", help="refuse more bad rows (default: 0.05)")
    group.add_argument("--delimiter", help="of CSV files: one sign, tab or whitespace (default: a comma, or what is guessed)")
    group.add_argument("--no-header", action="store_true", help="the CSV file does not begin with names: column_1, column_2 …")
    group = command.add_argument_group("facts")
    group.add_argument("--as-of", metavar="DAY", help="the day the facts are seen from (default: the day of the last sale)")
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
    group.add_argument("--json", metavar="FILE", nargs="?", const="-", help="the whole review as JSON: to standard output, or to FILE.json")
    group.add_argument("--csv", action="store_true", help="one table as CSV to standard output: the master table, or that of --table")
    group.add_argument(
        "--table", metavar="NAME", help="the table to show: accounts, a method (abc), or another of its tables (abc.classes)"
    )
    _quiet(group)


def _quiet(group: Any) -> None:
    group.add_argument("-q", "--quiet", action="store_true", help="nothing on standard error but errors")


def _method_arguments(command: argparse.ArgumentParser, method: MethodInfo) -> None:
    group = command.add_argument_group("options of the method")
    taken = {flag for action in command._actions for flag in action.option_strings} | {"--json", "--csv", "--table", "--quiet"}
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
    _quiet(group)
