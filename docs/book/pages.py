"""All generated pages of one language, by their path in its sources."""

from __future__ import annotations

from functools import partial

from book import api, cards, commands, measured
from book.words import LANGUAGES, PROJECT_WORDS, missing
from ogive.catalogue import CATALOGUE

#: What is generated lies in folders of its own, which git ignores.
FOLDERS = ("reference/cards", "reference/api", "reference/commands", "reference/measured")


def generated(language: str) -> dict[str, str]:
    """Write all generated pages.

    Raises
    ------
    ValueError
        If a card says something that has no Korean; the message names it.
    """
    if language == "ko" and missing():
        raise ValueError(missing())
    makers = {"reference/cards/index.md": cards.overview, "reference/commands/index.md": commands.page}
    makers |= {f"reference/cards/{name}.md": partial(cards.page, card) for name, card in CATALOGUE.items()}
    makers |= {f"reference/api/{name}.rst": partial(api.page, name) for name in api.MODULES}
    makers |= {f"reference/measured/{name}.md": partial(measured.table, name) for name in measured.TABLES}
    return {path: make(language) for path, make in makers.items()}


def door() -> str:
    """Write the page above both languages, which leads to the reader's own."""
    links = "".join(f'<p><a href="{language}/index.html" lang="{language}">{name}</a></p>' for language, name in LANGUAGES.items())
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"/><title>{PROJECT_WORDS["en"]["title"]}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1"/><meta name="color-scheme" content="light dark"/>'
        "<script>location.replace((/^ko/.test(navigator.language) ? 'ko' : 'en') + '/index.html')</script></head>"
        f"<body>{links}</body></html>\n"
    )
