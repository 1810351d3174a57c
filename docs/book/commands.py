"""The command line's own help, command by command."""

from __future__ import annotations

import os
from contextlib import redirect_stdout
from io import StringIO

import typer

from book.words import COMMAND_WORDS, WIDE
from ogive.cli import app, run

WIDTH = "92"  # columns: what a page shows without scrolling


def names() -> list[str]:
    """List the commands, in their own order."""
    return list(typer.main.get_command(app).commands)  # type: ignore[attr-defined]


def help_of(*command: str) -> str:
    """Return what `ogive COMMAND --help` prints, free of colours."""
    before = {name: os.environ.get(name) for name in ("COLUMNS", "TERM", "NO_COLOR")}
    os.environ.update(COLUMNS=WIDTH, TERM="dumb", NO_COLOR="1")
    try:
        with redirect_stdout(StringIO()) as said:
            code = run([*command, "--help"])
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value
    assert code == 0, (command, said.getvalue())
    return "\n".join(line.rstrip() for line in said.getvalue().strip("\n").splitlines())


def page(language: str) -> str:
    """Write the page of all commands."""
    words = COMMAND_WORDS[language]
    lines = [f"{WIDE}# {words['title']}", "", words["introduction"], "", "```text", help_of(), "```", ""]
    for name in names():
        lines += ["", f"## ogive {name}", "", "```text", help_of(name), "```", ""]
    return "\n".join(lines)
