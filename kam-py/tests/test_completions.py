"""The completion scripts, in the shells that they are for."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest
from debian import needed

import kam
from kam import _cli
from kam._cli._completions import script


@pytest.fixture
def folder(tmp_path):
    """A folder with the scripts, a ledger, and the command itself."""
    for shell in ("bash", "zsh", "fish"):
        (tmp_path / f"kam.{shell}").write_text(script(shell, _cli.parser()), encoding="utf-8")
    (tmp_path / "sales.csv").write_text("customer,day,net\n", encoding="utf-8")
    command = tmp_path / "bin" / "kam"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nPYTHONPATH="{os.pathsep.join(sys.path)}" exec "{sys.executable}" -m kam "$@"\n', encoding="utf-8")
    command.chmod(0o755)
    return tmp_path


def run(folder, *words):
    environment = {**os.environ, "PATH": f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}", "HOME": str(folder)}
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, env=environment, check=False, stdin=subprocess.DEVNULL)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


#: What is typed up to the cursor, what must be offered, what must not.
CASES = [
    ("kam ", ["review", "demo", "methods", "completions", *(method.name for method in kam.methods())], []),
    ("kam purch", ["purchase_model"], ["review"]),
    ("kam review sales.csv --am", ["--amount", "--amount-format"], ["--account"]),
    ("kam abc sales.csv --ba", ["--base", "--base-currency"], ["--html"]),
    ("kam review sales.csv --grain ", ["day", "week", "month", "quarter", "year"], ["review"]),
    ("kam abc sales.csv --table ", ["abc", "classes"], []),
    ("kam completions ", ["bash", "zsh", "fish"], ["review"]),
]


@pytest.mark.parametrize(("typed", "offered", "never"), CASES, ids=lambda value: value if isinstance(value, str) else "")
def test_bash(folder, typed, offered, never):
    bash = needed("bash", lambda: shutil.which("bash"))
    words = typed.split(" ")
    quoted = " ".join(f"'{word}'" for word in words)
    code = f"source kam.bash; COMP_WORDS=({quoted}); COMP_CWORD={len(words) - 1}; _kam; printf '%s\\n' \"${{COMPREPLY[@]}}\""
    found = run(folder, bash, "--norc", "-c", code).split()
    assert set(offered) <= set(found)
    assert not set(never) & set(found)
    assert len(found) == len(set(found))


@pytest.mark.parametrize(("typed", "offered", "never"), CASES, ids=lambda value: value if isinstance(value, str) else "")
def test_fish(folder, typed, offered, never):
    fish = needed("fish", lambda: shutil.which("fish"))
    found = [line.split("\t")[0] for line in run(folder, fish, "--no-config", "-c", f"source kam.fish; complete -C '{typed}'").splitlines()]
    assert set(offered) <= set(found)
    assert not set(never) & set(found)


#: zsh completes in its line editor only, so one is started in a terminal of its own and asked to list.
SETUP = [
    "PS1=; fpath=({folder}/functions $fpath); autoload -Uz compinit; compinit -u -d {folder}/dump",
    'zstyle ":completion:*" list-prompt ""; LISTMAX=0; COLUMNS=200; LINES=200; unsetopt menu_complete auto_menu',
    'bindkey "^I" list-choices; PS1=READY',
]
ZSH = """
zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z '{setup}'
zpty -r z line '*READY*READY'
zpty -n -w z $'{typed}\\t'
shown=
repeat 300; do
    while zpty -r -t z line; do shown+=$line; done
    [[ $shown == *{last}* ]] && break
    sleep 0.1
done
print -r -- $shown
zpty -d z
"""


def test_zsh(folder):
    zsh = needed("zsh", lambda: shutil.which("zsh"))
    functions = folder / "functions"
    functions.mkdir()
    (functions / "_kam").write_text(script("zsh", _cli.parser()), encoding="utf-8")
    run(folder, zsh, "-n", "kam.zsh")
    setup = "; ".join(SETUP).format(folder=folder)
    for typed, offered, _ in CASES[:1] + CASES[2:3] + CASES[4:7]:
        for last in [word for word in offered if word not in typed][:3]:
            (folder / "ask.zsh").write_text(ZSH.format(setup=setup, typed=typed, last=last), encoding="utf-8")
            assert last in run(folder, zsh, "-f", "ask.zsh").replace(typed, ""), typed


def test_the_command_prints_them(folder, capsys):
    for shell in ("bash", "zsh", "fish"):
        assert _cli.main(["completions", shell]) == 0
        assert capsys.readouterr().out == script(shell, _cli.parser())
    with pytest.raises(SystemExit) as raised:
        _cli.main(["completions", "tcsh"])
    assert raised.value.code == 2
    assert "`tcsh` is none of bash, zsh, fish" in capsys.readouterr().err
