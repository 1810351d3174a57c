"""Where the build keeps what it may use again: build/book, which may be deleted at any time."""

from __future__ import annotations

import hashlib
from pathlib import Path

import ogive
from ogive.plot.fonts import korean_font

ROOT = Path(__file__).parents[2]
BUILD = ROOT / "build/book"
SOURCES = Path(ogive.__file__).parent

#: How a code cell draws: pictures as SVG, with letters as outlines, so that they look the same without the fonts of this machine.
#: Korean labels take the letters that matplotlib's own font lacks from a Korean one.
FONTS = [font for font in ("DejaVu Sans", korean_font()) if font]
PROFILE = f"""\
c.InteractiveShellApp.matplotlib = "inline"
c.InteractiveShellApp.exec_lines = ["import ogive.plot.fonts; ogive.plot.fonts.korean_font(); del ogive"]
c.InlineBackend.figure_formats = {{"svg"}}
c.InlineBackend.rc = {{"figure.figsize": (6.4, 3.8), "font.family": {FONTS}, "svg.fonttype": "path", "svg.hashsalt": "ogive", "axes.spines.top": False, "axes.spines.right": False}}
c.HistoryManager.enabled = False
"""


def digest() -> str:
    """Name the state of the library and of the kernel: whatever was computed by others is stale."""
    found = hashlib.sha256(PROFILE.encode())
    for path in sorted([*SOURCES.rglob("*.py"), *SOURCES.rglob("*.so")]):
        found.update(path.relative_to(SOURCES).as_posix().encode() + path.read_bytes())
    return found.hexdigest()[:16]


def cache(language: str) -> Path:
    """Return the folder of executed pages, one for each state of the library."""
    return BUILD / f"executed-{language}" / digest()


def profile() -> Path:
    """Write the settings of the kernel that runs code cells, and return their folder."""
    folder = BUILD / "ipython"
    target = folder / "profile_default/ipython_kernel_config.py"
    target.parent.mkdir(parents=True, exist_ok=True)
    if not target.exists() or target.read_text() != PROFILE:
        target.write_text(PROFILE)
    return folder
