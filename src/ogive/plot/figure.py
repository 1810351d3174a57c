"""The paper: new figures, and how they get into a file."""

from __future__ import annotations

import os
import warnings
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from ogive.files import Misuse, replacing
from ogive.plot.fonts import dress

__all__ = ["FORMATS", "new_axes", "new_figure", "save"]

FORMATS = (".png", ".svg", ".pdf")


def new_figure(width: float, height: float) -> Figure:
    """Make a figure that belongs to no window.

    Parameters
    ----------
    width, height : float
        Its size in inches.

    Returns
    -------
    matplotlib.figure.Figure
        The figure.
    """
    figure = Figure(figsize=(width, height), dpi=150, layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def new_axes(width: float, height: float) -> Axes:
    """Make axes in a figure of their own.

    Parameters
    ----------
    width, height : float
        The size of the figure in inches.

    Returns
    -------
    matplotlib.axes.Axes
        The axes.
    """
    return new_figure(width, height).add_subplot()


def save(path: str | os.PathLike[str], figure: Figure) -> None:
    """Write a figure to a file; the file is replaced in one step, when the picture is complete.

    Parameters
    ----------
    path : path-like
        The file; its suffix tells the format, ``.png``, ``.svg`` or ``.pdf``.
    figure : matplotlib.figure.Figure
        Such as ``plot("sigmoid").figure``. Its texts may be Korean where a Korean font is installed.

    Raises
    ------
    OSError
        If the file cannot be written.
    ValueError
        If the suffix is none of these.
    """
    path = Path(path)
    if path.suffix.lower() not in FORMATS:
        raise Misuse(f"{path.name!r} ends in none of the picture formats {', '.join(FORMATS)}")
    dress(figure)
    with replacing(path) as temporary, warnings.catch_warnings():
        warnings.filterwarnings("ignore", r"Glyph \d+ .* missing from")  # one for each letter; `dress` has said it once
        figure.savefig(temporary, format=path.suffix.lower()[1:])
