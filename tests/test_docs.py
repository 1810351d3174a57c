"""The book, as far as it can be tested without being built: its pages, its Korean, its pictures. `make docs` tests the rest."""

from __future__ import annotations

import json
import re
import runpy
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

import ogive

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"


@pytest.fixture(scope="module", autouse=True)
def _book() -> Iterator[None]:
    """Let the package that makes the book be found, as docs/conf.py does."""
    before = sys.path[:]
    sys.path.insert(0, str(DOCS))
    yield
    sys.path[:] = before


@pytest.fixture(scope="module")
def english() -> dict[str, str]:
    from book import pages

    return pages.generated("en")


@pytest.fixture(scope="module")
def korean() -> dict[str, str]:
    from book import pages

    return pages.generated("ko")


def test_every_card_has_a_page_in_both_languages(english: dict[str, str], korean: dict[str, str]) -> None:
    assert english.keys() == korean.keys()
    assert {path for path in english if path.startswith("reference/cards/")} == {
        "reference/cards/index.md",
        *(f"reference/cards/{name}.md" for name in ogive.CATALOGUE),
    }


def test_generated_pages_lie_where_git_does_not_look(english: dict[str, str]) -> None:
    from book import pages

    assert all(path.startswith(tuple(f"{folder}/" for folder in pages.FOLDERS)) for path in english)
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert {f"docs/*/{folder}/" for folder in pages.FOLDERS} <= set(ignored)


def written(language: str) -> list[Path]:
    """List the pages that people have written; those of a build may lie beside them."""
    place = DOCS / language
    built = ("cards", "api", "commands", "measured")
    return sorted(path.relative_to(place) for path in place.rglob("*.md") if path.parent.name not in built)


def test_both_languages_have_the_same_pages() -> None:
    assert written("en") == written("ko")
    assert len(written("en")) > 5


#: What is written in words, comments and texts, and what chooses the language of a picture or a sentence.
WORDS = r"#.*|f?\"[^\"\n]*\"|f?'[^'\n]*'"
CHOICES = {
    r", language=(?=\W)": "",
    r"\.korean\b": ".english",
    r"HTML\((.+)\.to_svg\(\)\)": r"\1",
    r"from IPython.display import HTML\n": "",
}


def code(path: Path) -> list[str]:
    """Return the code cells of a page as they are in every language."""
    cells = re.findall(r"^```\{code-cell\}.*?\n(.*?)^```$", path.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    cells = [re.sub(WORDS, "", cell) for cell in cells]
    for chosen, plain in CHOICES.items():
        cells = [re.sub(chosen, plain, cell) for cell in cells]
    return cells


@pytest.mark.parametrize("page", written("en"), ids=str)
def test_both_languages_run_the_same_code(page: Path) -> None:
    assert code(DOCS / "en" / page) == code(DOCS / "ko" / page)


def test_the_front_pages_count_the_functions() -> None:
    count = len(ogive.CATALOGUE)
    assert f" {count} of them" in (DOCS / "en/index.md").read_text(encoding="utf-8")
    assert f" {count}개" in (DOCS / "ko/index.md").read_text(encoding="utf-8")


def test_a_page_with_code_cells_is_one_that_is_run() -> None:
    for path in [DOCS / language / page for language in ("en", "ko") for page in written(language)]:
        text = path.read_text(encoding="utf-8")
        if "```{code-cell}" in text:
            assert text.startswith("---\nfile_format: mystnb\n"), path


# ── Korean ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_korean_of_the_cards_covers_the_catalogue_exactly() -> None:
    from book import words

    assert words.missing() == ""
    for table in words.korean().values():
        for key, text in table.items():
            assert re.search("[가-힣]", text), key


def test_missing_korean_stops_the_build_with_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    from book import pages, words

    there = {
        **words.korean(),
        "summary": {name: text for name, text in words.korean()["summary"].items() if name != "gelu"} | {"gone": "가"},
    }
    monkeypatch.setattr(words, "korean", lambda: there)
    with pytest.raises(ValueError, match=r"lacks \[summary\] 'gelu'.*has \[summary\] 'gone'"):
        pages.generated("ko")
    assert pages.generated("en")


def test_every_word_of_the_book_is_there_in_both_languages() -> None:
    from book import words

    def keys(value: object) -> object:
        return {name: keys(inner) for name, inner in value.items()} if isinstance(value, dict) else None

    bilingual = {name: value for name, value in vars(words).items() if name.endswith("_WORDS") and "en" in value}
    assert len(bilingual) > 5
    for name, value in bilingual.items():
        if name != "LIBRARY_WORDS":
            assert keys(value["en"]) == keys(value["ko"]), name
    assert words.FAMILY_WORDS["en"].keys() == ogive.catalogue.FAMILIES.keys()


def test_a_korean_page_has_headings_and_facts_in_korean(korean: dict[str, str]) -> None:
    for name in ("sigmoid", "relu", "student_t_cdf", "softmax", "geglu", "hinge", "cross_entropy"):
        page = korean[f"reference/cards/{name}.md"]
        headings = re.findall("^## (.*)$", page, re.MULTILINE)
        assert len(headings) > 4
        assert all(re.search("[가-힣]", heading) for heading in headings), headings


# ── what a page says ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ogive.CATALOGUE)
def test_a_page_says_what_the_card_says(name: str, english: dict[str, str]) -> None:
    card, page = ogive.CATALOGUE[name], english[f"reference/cards/{name}.md"]
    assert page.startswith(f"# {name}\n")
    assert card.tex in page
    assert card.summary in page
    assert all(f"`{alias}`" in page for alias in card.aliases)
    assert all(str(source) in page for source in card.sources)
    assert all(printed in page for _, printed in card.examples)
    if card.elsewhere:
        assert card.elsewhere in page
    for parameter in getattr(card, "parameters", ()):
        assert f"| `{parameter.name}` |" in page
        assert parameter.meaning in page
    for certificate in (ROOT / "certificates/float32").glob(f"{name}.*.json"):
        assert json.loads(certificate.read_text())["digest"][:16] in page


def test_the_special_values_are_those_of_the_function(english: dict[str, str]) -> None:
    section = english["reference/cards/logit.md"].partition("## Special values")[2].partition("\n## ")[0]
    rows = dict(re.findall(r"^\| `([^`]+)` \| ([^|]+) \|", section, re.MULTILINE))
    assert rows["0"] == "`-inf` *divide*"
    assert rows["1"] == "`inf` *divide*"
    assert rows["-1"] == "`nan` *invalid*"
    assert rows["0.5"] == "`0`"
    assert rows["nan"] == "`nan`"
    assert f"| `1` | `{ogive.sigmoid(np.float32(1))!s}` |" in english["reference/cards/sigmoid.md"]


def test_every_command_and_every_module_has_its_help(english: dict[str, str]) -> None:
    from book import api, commands

    page = english["reference/commands/index.md"]
    assert len(commands.names()) >= 11
    for name in commands.names():
        assert f"\n## ogive {name}\n" in page
        assert f"Usage: ogive {name}" in page
    assert all("\x1b" not in text for text in english.values())
    for name in api.MODULES:
        assert "automodule" not in english[f"reference/api/{name}.rst"]
        assert ".. auto" in english[f"reference/api/{name}.rst"], name


# ── pictures ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "name", ["sigmoid", "step", "logit", "student_t_cdf", "softmax", "logsumexp", "glu", "crelu", "hinge", "cross_entropy"]
)
def test_a_drawing_takes_its_colours_from_the_page(name: str) -> None:
    from book import drawings

    text = drawings.svg(ogive.get(name))
    assert ElementTree.fromstring(text.replace("xlink:href", "href")).attrib["aria-label"] == name
    assert not re.search(r"#[0-9a-fA-F]{6}\b|<style|http", text)
    assert "var(--curve-0)" in text
    assert drawings.marks(ogive.get(name))


@pytest.mark.parametrize("name", ogive.CATALOGUE)
def test_every_card_has_a_thumbnail(name: str) -> None:
    from book import drawings

    paths = re.findall(r'class="curve-\d" d="([^"]*)"', drawings.thumbnail(ogive.CATALOGUE[name]))
    assert paths
    for path in paths:
        points = np.array(re.findall(r"[ML](-?[\d.]+) (-?[\d.]+)", path), dtype=float)
        assert len(points) > 50
        assert np.all((points >= 0) & (points <= drawings.THUMBNAIL)), name


def test_the_pictures_of_the_readme_show_what_would_be_drawn_now() -> None:
    script = runpy.run_path(str(ROOT / "tools/pictures.py"))
    assert script["stale"]() == []
    figure = script["plot"]("sigmoid", "relu").figure
    assert script["digest"](figure) != script["digest"](script["PICTURES"]["sigmoid.png"]())


# ── the checks of the finished book ──────────────────────────────────────────────────────────────────────────────────────


def test_the_check_finds_what_is_broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    check = runpy.run_path(str(DOCS / "check.py"))
    for language in ("en", "ko"):
        (tmp_path / language).mkdir()
        (tmp_path / language / "index.html").write_text('<a id="here" href="index.html#here">x</a>', encoding="utf-8")
    assert [*check["broken"](tmp_path), *check["different"](tmp_path)] == []
    (tmp_path / "en/a.html").write_text(
        '<script src="https://cdn.example/x.js"></script><img src="//b.example/y.png"><a href="gone.html"></a><a href="index.html#gone"></a>'
        '<a href="https://example.org/">fine</a>',
        encoding="utf-8",
    )
    (tmp_path / "en/a.css").write_text("@font-face { src: url(https://fonts.example/f.woff) }", encoding="utf-8")
    faults = [*check["broken"](tmp_path), *check["different"](tmp_path)]
    for part in ("cdn.example", "//b.example", "gone.html", "#gone", "fonts.example", "ko/a.html is missing"):
        assert sum(part in fault for fault in faults) == 1, (part, faults)
    assert len(faults) == 6


def test_the_check_says_when_there_is_no_book(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, str(DOCS / "check.py"), str(tmp_path)], capture_output=True, text=True)
    assert done.returncode == 1
    assert "make docs" in done.stdout
