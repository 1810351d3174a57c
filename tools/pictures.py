"""Draw the pictures of the READMEs.

python tools/pictures.py             write them
python tools/pictures.py --check     change nothing; exit 1 if a picture does not show what would be drawn now

A picture carries a digest of the points it shows. Versions of matplotlib set letters differently; the points they do not touch.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from matplotlib.figure import Figure
from PIL import Image

from ogive.files import replacing
from ogive.plot import plot

DOCS = Path(__file__).parent.parent / "docs"

#: What is drawn, by the name of its file in docs/.
PICTURES: dict[str, Callable[[], Figure]] = {"sigmoid.png": lambda: plot("sigmoid", "tanh").figure}


def digest(figure: Figure) -> str:
    """Digest what a figure shows: its lines, with their colours and strokes, the limits of its axes, and its words."""
    shown = hashlib.sha256()
    for ax in figure.axes:
        for line in ax.lines:
            points = " ".join(f"{x:.9g},{y:.9g}" for x, y in zip(*line.get_data(), strict=True))
            shown.update(f"{line.get_color()} {line.get_linestyle()} {line.get_linewidth()} {points}\n".encode())
        legend = ax.get_legend()
        words = [text.get_text() for text in legend.get_texts()] if legend is not None else []
        shown.update(f"{ax.get_xlim()} {ax.get_ylim()} {ax.get_xlabel()} {words}\n".encode())
    return shown.hexdigest()


def stale() -> list[str]:
    """Name the pictures that do not show what would be drawn now."""
    found = []
    for name, draw in PICTURES.items():
        path = DOCS / name
        shows = None
        if path.exists():
            with Image.open(path) as picture:
                shows = picture.info.get("Description")
        if shows != digest(draw()):
            found.append(f"docs/{name}")
    return found


def main(argv: Sequence[str]) -> int:
    """Draw, or check."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 if a picture is out of date")
    if parser.parse_args(argv).check:
        wrong = stale()
        if wrong:
            print(f"{', '.join(wrong)} would look different now; run tools/pictures.py")
        return bool(wrong)
    for name, draw in PICTURES.items():
        figure = draw()
        with replacing(DOCS / name) as temporary:
            figure.savefig(temporary, format="png", metadata={"Software": None, "Description": digest(figure)})
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
