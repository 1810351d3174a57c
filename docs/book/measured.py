"""What was measured about a function, from the committed numbers: errors of everybody, speeds, certificates, other libraries' names."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from functools import cache
from typing import Any

from book.machine import ROOT
from book.words import HEADING_WORDS, MARK_WORDS, TABLE_WORDS, WIDE

sys.path[:0] = [str(ROOT / "tools"), str(ROOT / "benchmarks")]

import accuracy  # noqa: E402
import league  # noqa: E402
from peers import LIBRARIES, ratio  # noqa: E402

CONTENDERS = ("ogive", *LIBRARIES)
SPEEDS = ROOT / "benchmarks/results/x86-64-v3.json"
TABLES = tuple(TABLE_WORDS["en"])
FAMILIES = {"torch": "PyTorch", "jax": "JAX", "keras": "Keras", "onnx": "ONNX", "scipy": "SciPy"}

Key = tuple[str, str, str]  # function, form, and library or dtype


@cache
def _json(path: str) -> Any:
    return json.loads((ROOT / path).read_text(encoding="utf-8"))


@cache
def _errors() -> dict[Key, Mapping[str, Any]]:
    return {(row["function"], row["form"], row["dtype"]): row for row in _json("docs/accuracy.json")["rows"]}


@cache
def _audits() -> dict[Key, Mapping[str, Any]]:
    return {(entry["function"], entry["form"], entry["library"]): entry for entry in _json("docs/league.json")["entries"]}


@cache
def _speeds() -> dict[Key, Mapping[str, Any]]:
    rows = json.loads(SPEEDS.read_text(encoding="utf-8"))["rows"]
    return {(row["function"], row["form"], row["dtype"]): row for row in reversed(rows)}  # of several lengths of rows, the first


def without_links(text: str) -> str:
    """Leave of a link into the repository what it says: the book stands by itself."""
    return re.sub(r"\[([^\]]*)\]\((?!https?:)[^)]*\)", r"\1", text)


def contest(name: str, form: str, per_second: str) -> list[tuple[str, str, str, str, str]]:
    """List who computes a form: library, expression, error in float32 and in float64, speed."""
    rows = []
    for library in CONTENDERS:
        audit = _audits().get((name, form, library))
        errors = [_errors().get((name, form, dtype), {"results": {}}) for dtype in ("float32", "float64")]
        cells = [
            accuracy.brief_error(row["results"][library]) + "‡" * accuracy.wrong_ends(row, library) if library in row["results"] else "–"
            for row in errors
        ]
        if audit is not None:
            cells[0] = without_links(league.cell(audit))
        if audit is None and cells == ["–", "–"]:
            continue
        races = []
        for dtype in ("float32", "float64"):
            race = _speeds().get((name, form, dtype))
            if race is not None and library == "ogive":
                races.append(per_second.format(value=f"{race['millions_per_second']:.0f}"))
            elif race is not None and library in race["peers"]:
                races.append(ratio(race["peers"][library]))
        expression = audit["expression"] if audit is not None else ""
        rows.append((library, expression, *cells, " · ".join(races)))
    return rows


def certificates(name: str) -> list[tuple[str, int, int, str]]:
    """List the exhaustive runs of a function: form, inputs, results that were misrounded, digest."""
    found = []
    for form in ("value", "derivative", "inverse", "log"):
        path = ROOT / f"certificates/float32/{name}.{form}.json"
        if path.exists():
            certificate = _json(path.relative_to(ROOT).as_posix())
            found.append((form, certificate["inputs"], certificate["misrounded"], certificate["digest"]))
    return found


def names_elsewhere(name: str) -> list[tuple[str, str, str]]:
    """List what gives the same in other libraries: library, call there, call here."""
    rows = []
    for entry in _json("docs/coverage.json")["entries"]:
        for there, here in entry.get("pairs", ()):
            if name in entry["functions"] and re.search(rf"\bogive\.{name}\b", here):
                rows.append((FAMILIES.get(entry["library"], entry["library"]), there, here))
    return rows


def legend(language: str) -> str:
    """Explain the marks behind an error."""
    return ", ".join(f"{mark} {says}" for mark, says in MARK_WORDS[language].items())


def table(name: str, language: str) -> str:
    """Bring a table of the repository into the book, after an introduction in the language of the book."""
    text = without_links((ROOT / f"docs/{name}.md").read_text(encoding="utf-8"))
    explained, *sections = re.split(r"^(?=## )", text, flags=re.MULTILINE)
    title, about = TABLE_WORDS[language][name]
    if language == "en":
        about += "\n\n" + explained.partition("\n")[2].strip()
    else:  # whose introduction has said how to read it
        sections = [section for section in sections if not section.startswith("## How to read it")]
        sections = [re.sub(r"^## (.*)", lambda found: f"## {HEADING_WORDS.get(found[1], found[1])}", section) for section in sections]
    return f"{WIDE}# {title}\n\n{about}\n\n{''.join(sections)}"
