"""The languages spoken here."""

from __future__ import annotations

__all__ = ["LANGUAGES", "chosen"]

LANGUAGES = ("en", "ko")


def chosen(language: str) -> int:
    """Find the place of a language in tables of words.

    Raises
    ------
    ValueError
        If it is not spoken here.
    """
    if language not in LANGUAGES:
        raise ValueError(f"language={language!r} is not spoken here; choose {' or '.join(map(repr, LANGUAGES))}")
    return LANGUAGES.index(language)
