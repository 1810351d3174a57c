"""What the pages at the top say: their code is run, their commands are run, their links lead somewhere, their names exist."""

from __future__ import annotations

import csv
import doctest
import os
import re
import runpy
import shlex
import shutil
import subprocess
import sys
import warnings
from fnmatch import fnmatch
from pathlib import Path
from urllib.parse import unquote

import numpy as np
import pytest

import ogive
from ogive.facts import number_text

ROOT = Path(__file__).parent.parent
READMES = [ROOT / "README.md", ROOT / "README.ko.md"]
BUILT = ("cards", "api", "commands", "measured")  # folders of pages that the book's build writes, and checks
PAGES = sorted([*ROOT.glob("*.md"), *(page for page in (ROOT / "docs").rglob("*.md") if page.parent.name not in BUILT)])

each_readme = pytest.mark.parametrize("page", READMES, ids=lambda page: page.name)
each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


def blocks(page: Path, language: str) -> list[str]:
    """Return the fenced blocks of a page in one language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


def shell(page: Path) -> list[list[str]]:
    """Split the shell blocks of a page into commands: at line ends and at `&&`."""
    lines = [line for block in blocks(page, "sh") for line in block.splitlines()]
    return [shlex.split(command) for line in lines for command in line.split("&&")]


def ours(page: Path) -> list[list[str]]:
    """Return the arguments of each call of ogive in a page."""
    return [command[1:] for command in shell(page) if Path(command[0]).name == "ogive"]


# ── code ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────


@each_readme
def test_python_blocks_print_what_the_page_says(page: Path) -> None:
    parser, runner = doctest.DocTestParser(), doctest.DocTestRunner(verbose=False)
    report: list[str] = []
    names: dict[str, object] = {}
    found = blocks(page, "python")
    assert found
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for i, block in enumerate(found):
            test = parser.get_doctest(block, names, f"{page.name}, block {i + 1}", page.name, 0)
            assert test.examples, block
            runner.run(test, out=report.append, clear_globs=False)
            names = test.globs
    assert not report, "".join(report)


def test_both_languages_run_the_same_code() -> None:
    assert blocks(READMES[0], "python") == blocks(READMES[1], "python")


# ── commands ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_both_languages_give_the_same_commands() -> None:
    assert blocks(READMES[0], "sh") == blocks(READMES[1], "sh")
    tables = [re.findall(r"^\| `(ogive [^|]*?)` ?(?:·|\|)", page.read_text(encoding="utf-8"), re.MULTILINE) for page in READMES]
    assert tables[0] == tables[1]
    assert len(tables[0]) > 4


def test_the_commands_of_the_readme_work(tmp_path: Path) -> None:
    """In a copy of what they touch; installing is what has happened before this test can run."""
    commands = ours(READMES[0])
    assert [command[0] for command in commands] == ["eval", "apply", "tour"]
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    environment = {**os.environ, "PYTHONWARNINGS": "error", "PYTHONUTF8": "1"}
    said = []
    for command in commands:
        done = subprocess.run(
            [sys.executable, "-m", "ogive", *command], cwd=tmp_path, env=environment, stdin=subprocess.DEVNULL, capture_output=True
        )
        assert (done.returncode, done.stderr.decode()) == (0, ""), command
        said.append(done.stdout.decode())
    assert said[0].split() == ["0.0", "0.5", "1.0"]
    assert "Where the derivative dies" in said[2]
    assert (tmp_path / "ogive-tour.png").read_bytes().startswith(b"\x89PNG")
    with open(tmp_path / "orings.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [float(row["probability"]) for row in rows] == [float(ogive.sigmoid(float(row["score"]))) for row in rows]
    assert round(float(rows[-1]["probability"]), 4) == 0.9996


@each_readme
def test_the_commands_of_the_table_are_commands(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from ogive.cli import run

    monkeypatch.chdir(tmp_path)
    np.save("in.npy", np.linspace(-3, 3, 7))
    (tmp_path / "src").mkdir()
    (tmp_path / "src/net.py").write_text("import ogive\ny = ogive.sigmoid(0.0)\n")
    rows = [line for line in page.read_text(encoding="utf-8").splitlines() if line.startswith("| `ogive ")]
    commands = [shlex.split(code)[1:] for row in rows for code in re.findall(r"`(ogive [^`]*)`", row)]
    expected = {"list", "show", "eval", "apply", "plot", "train", "vitals", "graph", "audit", "bench", "lab", "lint", "tour", "config"}
    assert {command[0] for command in commands} == expected
    for command in commands:
        if command[0] not in ("tour", "lab"):  # tried above, and in test_lab
            assert run(command) == (command[0] == "audit"), command  # of which faults are told
    assert {path.name for path in tmp_path.iterdir()} == {"in.npy", "out.npy", "both.svg", "spirals.png", "moons.safetensors", "src"}


def test_the_two_commands_are_lines_that_a_machine_can_find() -> None:
    lines = [line for block in blocks(READMES[0], "sh") for line in block.splitlines()]
    assert len(lines) == 2
    text = READMES[0].read_text(encoding="utf-8")
    first = next(line for line in text.splitlines() if "-m pytest" in line)
    assert first == lines[1], "the first line that names pytest must be the command itself"


# ── data ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_example_table_is_what_its_script_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    script = runpy.run_path(str(ROOT / "examples" / "orings.py"))
    script["main"].__globals__["TABLE"] = tmp_path / "data" / "orings.csv"
    script["main"]()
    assert (tmp_path / "data" / "orings.csv").read_bytes() == (ROOT / "examples" / "data" / "orings.csv").read_bytes()
    # the estimates that are in the literature
    assert capsys.readouterr().out == "score = 15.0429 -0.2322 * temperature, log-likelihood -10.158\n"


# ── links and names ──────────────────────────────────────────────────────────────────────────────────────────────────────


def prose(page: Path) -> str:
    """Return a page without its fenced blocks."""
    return re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)


def anchors(page: Path) -> set[str]:
    """Return the anchors that the headings of a page make."""
    titles = re.findall(r"^#+ (.*)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


BUILT = [line for line in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines() if line.startswith("docs/")]


@each_page
def test_relative_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(page)):
        if re.match(r"[a-z]+:", target):
            assert target.startswith("https://"), target
            continue
        path, _, anchor = unquote(target).partition("#")
        place = (page.parent / path).resolve() if path else page
        assert place == ROOT or ROOT in place.parents, f"{page.name} links out of the project: {target}"
        if any(fnmatch(f"{place.relative_to(ROOT)}", f"{folder}*") for folder in BUILT):
            continue  # the book makes these pages, and its check follows their links
        assert place.exists(), f"{page.name} links to {target}"
        if anchor:
            assert anchor in anchors(place), f"{page.name} links to {target}"


@each_readme
def test_every_function_and_alias_is_in_the_readme(page: Path) -> None:
    named = set(re.findall(r"`([a-z_0-9]+)`", prose(page)))
    missing = {*ogive.CATALOGUE, *ogive.ALIASES} - named
    assert not missing


@each_readme
def test_parameters_are_those_of_the_cards(page: Path) -> None:
    """A function is followed by brackets: its other names, and its parameters with their defaults."""
    text = prose(page)
    for card in ogive.CATALOGUE.values():
        if card.kind in ("elementwise", "borrowed", "loss"):
            takes = [p.name if card.kind == "borrowed" else f"{p.name}={number_text(p.default)}" for p in card.parameters]
            takes += ["alpha=None"] if getattr(card, "weighted", False) else []
            names = ", ".join(f"`{alias}`" for alias in card.aliases)
            inside = "; ".join(filter(None, (names, ", ".join(takes))))
            assert f"`{card.name}` ({inside})" in text if inside else f"`{card.name}`" in text, (card.name, inside)


@each_readme
def test_the_markers_of_the_accuracy_table_are_there_once(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert text.count("<!-- accuracy:begin -->") == text.count("<!-- accuracy:end -->") == 1
    assert text.index("<!-- accuracy:begin -->") < text.index("<!-- accuracy:end -->")


def words(page: Path) -> set[str]:
    """Return what a page sets in code type, outside of blocks."""
    return set(re.findall(r"`([^`\n]+)`", prose(page)))


@pytest.mark.parametrize("name", ["ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"])
def test_files_that_are_named_exist(name: str) -> None:
    """A word in code type with the suffix of a file is the end of the path of one."""
    folders = ("src", "tests", "tools", "benchmarks", "examples", "docs", "frontend/src")
    paths = [path.name for path in ROOT.iterdir()] + [
        f"/{path.relative_to(ROOT)}" for folder in folders for path in (ROOT / folder).rglob("*")
    ]
    for word in words(ROOT / name):
        if re.fullmatch(r"[\w./-]+(\.(py|pyi|hpp|cpp|def|build|toml|md|csv|png)|/)", word) and not word.startswith("."):
            assert any(path.endswith(f"/{word.strip('/')}") or path == word.strip("/") for path in paths), f"{name} names {word}"


def test_make_targets_that_are_named_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for page in (*READMES, ROOT / "CONTRIBUTING.md", ROOT / "ARCHITECTURE.md"):
        text = page.read_text(encoding="utf-8")
        calls = re.findall(r"(?:^|`|&& )make ([a-z ]+)(?=`| &&|$)", text, re.MULTILINE)
        named = {word for call in calls for word in call.split()}
        assert named
        assert named <= targets, (page.name, named - targets)


def test_the_worked_example_stands_in_the_sources() -> None:
    """The row, the card and the expressions that CONTRIBUTING shows are those that run."""
    page = ROOT / "CONTRIBUTING.md"
    places = ("src/ogive/_core/formulas.def", "src/ogive/catalogue/sigmoids.py", "src/ogive/formulas.py")
    shown = [*blocks(page, "cpp"), *blocks(page, "python")]
    assert len(shown) == len(places)
    for block, place in zip(shown, places, strict=True):
        assert f"\n{block}" in (ROOT / place).read_text(encoding="utf-8"), place
    tests = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").glob("test_*.py"))
    for word in words(page):
        if re.fullmatch(r"test_\w+", word):
            assert f"def {word}(" in tests, word


def test_the_version_is_the_same_everywhere() -> None:
    version = ogive.__version__
    for name, said in (
        ("CHANGELOG.md", f"\n## [{version}]"),
        ("CITATION.cff", f"\nversion: {version}\n"),
        ("meson.build", f"version: '{version}'"),
        ("pyproject.toml", f'\nversion = "{version}"\n'),
    ):
        assert said in (ROOT / name).read_text(encoding="utf-8"), name
