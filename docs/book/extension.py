"""The Sphinx extension: pages from cards, the other language, mathematics and search without a network."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.locale import get_translation
from sphinx.util import logging
from sphinx.util.osutil import relative_uri

from book import drawings, pages, search
from book.words import LANGUAGES, THEME_WORDS

logger = logging.getLogger(__name__)


def write_pages(app: Sphinx) -> None:
    """Write every generated page into the sources, and remove those that are no longer generated."""
    try:
        wanted = pages.generated(app.config.language)
    except ValueError as error:
        raise ExtensionError(str(error)) from None
    logger.info("drawing the cards that have changed...")
    drawings.draw_all(backwards=app.config.language == "ko")
    for folder in pages.FOLDERS:
        for path in (Path(app.srcdir) / folder).rglob("*.*"):
            if path.relative_to(app.srcdir).as_posix() not in wanted:
                path.unlink()
    for name, text in wanted.items():
        target = Path(app.srcdir) / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.exists() or target.read_text(encoding="utf-8") != text:  # an unchanged page need not be read again
            target.write_text(text, encoding="utf-8")


def without_sphinx_search(app: Sphinx) -> None:
    """Leave Sphinx's own index out: pagefind's is made when the pages are written."""
    app.builder.search = False  # type: ignore[attr-defined]


def add_other_language(app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    """Tell the templates where the same page is in the other language."""
    other = next(language for language in LANGUAGES if language != app.config.language)
    context["other"] = {
        "language": other,
        "name": LANGUAGES[other],
        "address": relative_uri(f"{app.config.language}/{pagename}.html", f"{other}/{pagename}.html"),
    }
    context["root"] = relative_uri(f"{pagename}.html", "")
    if app.config.language == "ko":
        theirs = context.get("_", get_translation("sphinx"))
        context["_"] = lambda said, *values: THEME_WORDS.get(said) or theirs(said, *values)
    context["listed"] = pagename.startswith(("genindex", "search"))


def add_mathjax(app: Sphinx, error: Exception | None) -> None:
    """Copy what MathJax needs to typeset TeX in the browser."""
    if error is None:
        package = importlib.util.find_spec("sphinx-mathjax-offline")
        assert package is not None and package.origin is not None
        source, target = Path(package.origin).parent / "static/mathjax", Path(app.outdir) / "_static/mathjax"
        for part in ("tex-chtml.js", "output/chtml", "input/tex/extensions"):
            if (source / part).is_dir():
                shutil.copytree(source / part, target / part, dirs_exist_ok=True)
            else:
                target.mkdir(parents=True, exist_ok=True)
                shutil.copy(source / part, target / part)


def remove_old_pages(app: Sphinx, error: Exception | None) -> None:
    """Remove the pages of an earlier build that are no longer in the book."""
    if error is None:
        wanted = {*app.env.found_docs, "genindex", "py-modindex", *app.config.html_additional_pages}
        for path in Path(app.outdir).rglob("*.html"):
            place = path.relative_to(app.outdir)
            if place.with_suffix("").as_posix() not in wanted and place.parts[0] not in ("_static", "pagefind"):
                path.unlink()


def add_search(app: Sphinx, error: Exception | None) -> None:
    """Index the finished pages."""
    if error is None:
        search.index(Path(app.outdir), app.config.language)
        (Path(app.outdir).parent / "index.html").write_text(pages.door(), encoding="utf-8")


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect everything to the build."""
    app.connect("builder-inited", write_pages, priority=100)
    app.connect("builder-inited", without_sphinx_search)
    app.connect("html-page-context", add_other_language)
    app.connect("build-finished", add_mathjax)
    app.connect("build-finished", remove_old_pages)
    app.connect("build-finished", add_search, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
