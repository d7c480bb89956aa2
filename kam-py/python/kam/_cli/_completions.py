"""Completion scripts of shells, written from the command line itself."""

from __future__ import annotations

import argparse
import re

from kam._cli._parser import SHELLS, Parser
from kam._registry import methods


def script(shell: str, parser: Parser) -> str:
    """The script for one of the shells."""
    return {"bash": _bash, "zsh": _zsh, "fish": _fish}[shell](parser)


def _about(parser: Parser) -> dict[str, str]:
    """Command → one line about it."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            told = {choice.dest: choice.help or "" for choice in action._choices_actions}
            told |= {method.name: method.title for method in methods()}
            return {name: told.get(name, "") for name in action.choices}
    return {}


def _options(parser: Parser, command: str) -> list[tuple[str, str, str]]:
    """Option, what it takes (``none``, ``file``, ``value`` or words with blanks between), one line about it."""
    found = []
    for action in parser._commands()[command]._actions:
        for flag in action.option_strings:
            if not flag.startswith("--"):
                continue
            if action.choices is not None:
                takes = " ".join(map(str, action.choices))
            elif action.nargs == 0:
                takes = "none"
            else:
                takes = "file" if action.metavar == "FILE" else "value"
            text = " ".join((action.help or "").replace("%%", "%").split())
            found.append((flag, takes, re.split(r"(?<=\w)[.;:] ", text)[0][:80]))
    return found


def _bash(parser: Parser) -> str:
    flags, values, files = [], [], set()
    for command in parser._commands():
        options = _options(parser, command)
        flags.append(f"        {command}) options='{' '.join(flag for flag, _, _ in options)}' ;;")
        files |= {flag for flag, takes, _ in options if takes == "file"}
        for flag, takes, _ in options:
            if takes not in {"none", "file", "value"}:
                values.append(f"        '{command} {flag}') COMPREPLY=($(compgen -W '{takes}' -- \"$word\")); return ;;")
    newline = "\n"
    return f"""# Completion of kam for bash.
_kam() {{
    local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD - 1]}} command=${{COMP_WORDS[1]}} options=
    COMPREPLY=()
    if ((COMP_CWORD == 1)); then
        COMPREPLY=($(compgen -W '{" ".join(parser._commands())} --help --version' -- "$word"))
        return
    fi
    case "$command $before" in
        'completions completions') COMPREPLY=($(compgen -W '{" ".join(SHELLS)}' -- "$word")); return ;;
{newline.join(values)}
    esac
    case "$before" in
        {"|".join(sorted(files))}) compopt -o default 2>/dev/null; return ;;
    esac
    if [[ $word == -* ]]; then
        case "$command" in
{newline.join(flags)}
        esac
        COMPREPLY=($(compgen -W "$options" -- "$word"))
    else
        compopt -o default 2>/dev/null
    fi
}}
complete -F _kam kam
"""


def _quoted(text: str) -> str:
    """Text between single quotes."""
    return text.replace("'", "’")


def _zsh(parser: Parser) -> str:
    commands = "\n".join(f"        '{name}:{_quoted(text).replace(':', ' –')}'" for name, text in _about(parser).items())
    cases = []
    for command in parser._commands():
        lines = []
        for flag, takes, text in _options(parser, command):
            about = re.sub(r"([\[\]:\\])", r"\\\1", _quoted(text))
            value = {"none": "", "file": ":file:_files", "value": ":value: "}.get(takes, f":value:({takes})")
            lines.append(f"                '{flag}[{about}]{value}'")
        lines.append(f"                '*:shell:({' '.join(SHELLS)})'" if command == "completions" else "                '*:ledger:_files'")
        body = " \\\n".join(lines)
        cases.append(f"        {command})\n            _arguments \\\n{body}\n            ;;")
    newline = "\n"
    return f"""#compdef kam
# Completion of kam for zsh.
_kam() {{
    local -a commands
    commands=(
{commands}
    )
    if ((CURRENT == 2)); then
        _describe 'command' commands
        return
    fi
    local command=${{words[2]}}
    shift words
    ((CURRENT--))
    case "$command" in
{newline.join(cases)}
    esac
}}
if [[ ${{funcstack[1]}} == _kam ]]; then
    _kam "$@"
else
    compdef _kam kam
fi
"""


def _fish(parser: Parser) -> str:
    lines = ["# Completion of kam for fish.", "complete -c kam -n __fish_use_subcommand -f"]
    for name, text in _about(parser).items():
        lines.append(f"complete -c kam -n __fish_use_subcommand -f -a {name} -d '{_quoted(text)}'")
    lines.append(f"complete -c kam -n '__fish_seen_subcommand_from completions' -f -a '{' '.join(SHELLS)}'")
    for command in parser._commands():
        for flag, takes, text in _options(parser, command):
            value = {"none": "", "file": " -r -F", "value": " -x"}.get(takes, f" -x -a '{takes}'")
            lines.append(f"complete -c kam -n '__fish_seen_subcommand_from {command}' -l {flag[2:]}{value} -d '{_quoted(text)}'")
    return "\n".join(lines) + "\n"
