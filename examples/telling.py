"""What the five lessons share: a heading for each row, warnings printed where they are the point, and a folder for pictures."""

from __future__ import annotations

import argparse
import sys
import textwrap
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

pictures: Path | None = None


def begin(about: str) -> None:
    """Read the command line, and say what the lesson is about."""
    global pictures
    sys.stdout.reconfigure(errors="replace")  # an old terminal shows ? where it lacks a character
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", metavar="DIR", type=Path, help="draw pictures too, into this folder (needs matplotlib)")
    pictures = parser.parse_args().pictures
    if pictures is not None:
        try:
            pictures.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            parser.error(f"--pictures {pictures}: {error.strerror}; name a folder that can be written to")
    print(about.partition("\n")[0])


def row(name: str, title: str) -> None:
    """Begin a row."""
    print(f"\n{name}  {title}\n{'─' * (len(name) + len(title) + 2)}")


def show(label: str, value: object) -> None:
    """Print a value beside what was computed."""
    print(f"  {label:<50}  {value}")


def say(text: str) -> None:
    """Print some words, in lines of ordinary length."""
    print(textwrap.fill(text, 100, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False))


def aloud(function: Callable[[], Any]) -> Any:
    """Call what warns or fails on purpose: print its warnings or its error, and return its result."""
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        try:
            return function()
        except (TypeError, ValueError) as error:
            say(f"! {type(error).__name__}: {error}")
        finally:
            for words in dict.fromkeys(f"! {warning.category.__name__}: {warning.message}" for warning in heard):
                say(words)
    return None


def keep(name: str, draw: Callable[[], Any]) -> None:
    """Draw a picture and save it, if pictures are wanted; `draw` returns its axes."""
    if pictures is not None:
        from ogive.plot import save

        save(pictures / name, draw().figure)
        show("picture", pictures / name)
