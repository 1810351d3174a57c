"""Korean letters: matplotlib's own font has none, so texts get a Korean font beside it, where one is installed."""

from __future__ import annotations

import re
import warnings
from functools import cache
from pathlib import Path

from matplotlib.artist import Artist
from matplotlib.font_manager import findSystemFonts, fontManager
from matplotlib.text import Text

__all__ = ["complain", "dress", "korean_font"]

#: Fonts with Korean letters, the first one found is taken, and the names of their files.
FONTS = {
    "Pretendard": "Pretendard-Regular",
    "Noto Sans KR": "NotoSansKR-Regular",
    "Noto Sans CJK KR": "NotoSansCJKkr-Regular",
    "Noto Sans CJK JP": "NotoSansCJK-Regular",  # one file for all the languages of East Asia, which matplotlib calls by its first face
    "NanumGothic": "NanumGothic",
    "Malgun Gothic": "malgun",
    "Apple SD Gothic Neo": "AppleSDGothicNeo",
}
HANGUL = re.compile("[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]")


def _known() -> str | None:
    """Find a Korean font among those that matplotlib knows."""
    names = {font.name for font in fontManager.ttflist}
    return next((name for name in FONTS if name in names), None)


@cache
def korean_font() -> str | None:
    """Find an installed Korean font.

    Returns
    -------
    str or None
        The name of its family, which matplotlib knows by now; None where there is no such font.
    """
    if _known() is None:  # matplotlib keeps its list from the first time it ran: a font may have come since
        files = {Path(path).stem: path for path in findSystemFonts()}
        newer = next((files[stem] for stem in FONTS.values() if stem in files), None)
        if newer is not None:
            fontManager.addfont(newer)
    return _known()


@cache
def complain() -> None:
    """Warn once that there is no Korean font."""
    warnings.warn(
        f"pictures cannot show Korean letters, for no Korean font is installed; install one, such as {', '.join(FONTS)} "
        "(on Debian and Ubuntu: apt-get install fonts-nanum)",
        stacklevel=2,
    )


def dress(artist: Artist) -> None:
    """Let the texts in a picture use a Korean font for the letters that their own font lacks.

    Parameters
    ----------
    artist : matplotlib.artist.Artist
        Axes or a figure. All its texts are dressed, the empty ones too, for they may get their words later.
    """
    texts = [text for text in artist.findobj(Text) if isinstance(text, Text)]
    korean = any(HANGUL.search(text.get_text()) for text in texts)
    font = korean_font() if korean else _known()
    if font is None:
        if korean:
            complain()
        return
    for text in texts:
        families = text.get_fontfamily()
        if font not in families:
            text.set_fontfamily([*families, font])
