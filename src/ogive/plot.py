"""Pictures of activation functions: value, derivatives, saturation, jumps with open and closed dots.

Figures are made as objects, never through ``pyplot``, so that nothing outside the picture changes. Needs matplotlib: the extra
``[plot]``.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ogive.activation import Activation, Elementwise
from ogive.catalogue import get
from ogive.files import Misuse, replacing
from ogive.sketch import FAINT, Curve, plain, sample, saturated, view, window

try:
    from matplotlib.axes import Axes
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D
    from matplotlib.mathtext import MathTextParser
    from matplotlib.patches import Patch
except ModuleNotFoundError as missing:
    raise ImportError('pictures need matplotlib: python -m pip install "ogive[plot]"') from missing

__all__ = ["FORMATS", "plot", "saturated", "save"]

FORMATS = (".png", ".svg", ".pdf")

# Okabe and Ito's colours, which colour-blind readers tell apart
BLUE, ORANGE, AMBER = "#0072B2", "#D55E00", "#E69F00"
COLOURS = (BLUE, ORANGE, "#009E73", "#CC79A7", AMBER, "#56B4E9", "#5B5B5B")
BAND, FRAME, GRID, INK = "#DDE5EE", "#8A8F98", "#ECEEF1", "#333333"
STYLES: dict[str, Any] = {"value": "-", "derivative": (0, (4, 1.6)), "second_derivative": (0, (1, 1.2))}
LIMIT: dict[str, Any] = {"color": FRAME, "linewidth": 0.8, "linestyle": (0, (8, 5))}


def plot(
    *cards: Activation | str,
    low: float = -5,
    high: float = 5,
    derivative: bool = True,
    second_derivative: bool = False,
    saturation: bool = True,
    ax: Axes | None = None,
    parameters: Mapping[str, float] | None = None,
) -> Axes:
    """Draw activation functions and their derivatives.

    Parameters
    ----------
    *cards : Activation or str
        Cards or their names. One card is drawn in blue with its derivative in orange; several have a colour each.
    low, high : float
        The interval, clipped to the domain of each card.
    derivative, second_derivative : bool
        Whether to draw them, dashed and dotted.
    saturation : bool
        Whether to mark where the derivative has fallen to 5 % of its maximum: as a band behind one card, as a pale border around
        the curves of several.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default in a new figure, ``ax.figure``.
    parameters : mapping, optional
        Parameters by name, for those of the cards that take them.

    Returns
    -------
    matplotlib.axes.Axes
        The axes drawn in.

    Raises
    ------
    KeyError
        If a name is unknown.
    TypeError
        If a card works on rows and has no curve, or no card takes a parameter.
    ValueError
        If there is no card, or the interval is empty or misses a domain.

    Examples
    --------
    >>> from ogive.plot import plot
    >>> plot("sigmoid", "tanh").get_legend() is not None
    True
    """
    drawn = [_elementwise(card) for card in cards]
    if not drawn:
        raise ValueError("plot needs at least one activation, such as plot('sigmoid')")
    given = dict(parameters or {})
    for name in given:
        if not any(name in _parameters(card) for card in drawn):
            takes = ", ".join(sorted({p for card in drawn for p in _parameters(card)})) or "no parameters"
            raise TypeError(f"{name!r} is not a parameter of {', '.join(card.name for card in drawn)}; they take {takes}")
    if ax is None:
        figure = Figure(figsize=(7, 4.4), dpi=150, layout="constrained")
        FigureCanvasAgg(figure)
        ax = figure.add_subplot()
    views = [view(card, low, high) for card in drawn]
    columns = max(400, round(ax.get_window_extent().width))
    forms = ["value", *(["derivative"] if derivative else []), *(["second_derivative"] if second_derivative else [])]
    alone = len(drawn) == 1
    legend: list[Any] = []
    notes: list[str] = []
    heights = [ax.get_ylim()] if ax.has_data() else []
    lines: set[float] = set()
    for i, (card, (left, right)) in enumerate(zip(drawn, views, strict=True)):
        own = {name: value for name, value in given.items() if name in _parameters(card)}
        curves = {form: sample(card, form, left, right, columns, own) for form in forms}
        heights.append(window(*curves.values(), limits=() if own else card.limits))
        lines |= {limit + 0.0 for limit in card.limits if np.isfinite(limit) and not own}
        for a, b in saturated(card, left, right, own) if saturation else ():
            notes.append("saturated")
            if alone:
                ax.axvspan(a, b, color=BAND, linewidth=0, zorder=0)
            else:
                _halo(ax, curves["value"], a, b, COLOURS[i % len(COLOURS)])
        legend += [_line(ax, curve, form, card, COLOURS[i % len(COLOURS)], alone) for form, curve in curves.items()]
    for height in sorted(lines):
        ax.axhline(height, **LIMIT, zorder=1)
        notes.append("limits")
    bottom, top = min(h[0] for h in heights), max(h[1] for h in heights)
    ax.set_ylim(bottom - 0.05 * (top - bottom), top + 0.05 * (top - bottom))
    ax.set_xlim(min(v[0] for v in views), max(v[1] for v in views))
    _finish(ax, drawn, legend, forms, notes, alone)
    return ax


def _elementwise(card: Activation | str) -> Elementwise:
    found = card if isinstance(card, Activation) else get(card)
    if not isinstance(found, Elementwise):
        what = "takes a whole row to a row" if found.kind == "vectorwise" else "takes more than x"
        raise TypeError(f"{found.name} {what}, so it has no curve of its own; plot an elementwise one, such as sigmoid")
    return found


def _parameters(card: Elementwise) -> set[str]:
    return {p.name for p in card.parameters}


def _line(ax: Axes, curve: Curve, form: str, card: Elementwise, colour: str, alone: bool) -> Line2D:
    """Draw a curve and the dots at its jumps."""
    if alone:
        colour = {"value": BLUE, "derivative": ORANGE, "second_derivative": AMBER}[form]
    order = 4 if form == "value" else 3
    label = card.name if form == "value" else form.replace("_", " ") + ("" if alone else f" of {card.name}")
    (line,) = ax.plot(
        curve.x,
        curve.y,
        color=colour,
        linestyle=STYLES[form],
        linewidth=2 if form == "value" else 1.7,
        zorder=order,
        label=label,
        solid_capstyle="butt",
    )
    for dot in curve.dots:
        ax.plot(
            [dot.x],
            [dot.y],
            "o",
            markersize=6,
            color=colour,
            markerfacecolor=colour if dot.closed else ax.get_facecolor(),
            zorder=order + 1 + dot.closed,
            clip_on=False,
        )
    return line


def _halo(ax: Axes, curve: Curve, low: float, high: float, colour: str) -> None:
    inside = (curve.x >= low) & (curve.x <= high)
    ax.plot(curve.x[inside], curve.y[inside], color=colour, alpha=0.22, linewidth=8, solid_capstyle="butt", zorder=2)


def _finish(ax: Axes, cards: list[Elementwise], legend: list[Any], forms: list[str], notes: list[str], alone: bool) -> None:
    """Set title, legend, grid and frame."""
    if alone:
        ax.set_title(_title(cards[0]), fontsize=13, pad=10)
    else:  # the colours name the functions, the strokes the forms
        legend = [line for line in legend if line.get_linestyle() == "-"]
        legend += [
            Line2D([], [], color=INK, linestyle=STYLES[form], linewidth=1.7, label=f"{form.replace('_', ' ')}s") for form in forms[1:]
        ]
    if "saturated" in notes:
        label = f"saturated: |f′| ≤ {100 * FAINT:g} % of max"
        legend.append(Patch(color=BAND, label=label) if alone else Line2D([], [], color=FRAME, alpha=0.3, linewidth=8, label=label))
    if "limits" in notes:
        legend.append(Line2D([], [], **LIMIT, label="limits"))
    # below the axes, where it hides nothing
    ax.legend(
        handles=legend,
        loc="upper center",
        bbox_to_anchor=(0.5, -0.13),
        ncols=5 if len(forms) < 3 else 3,
        columnspacing=1.4,
        handlelength=1.8,
        frameon=False,
        fontsize=9,
    )
    ax.set_axisbelow(True)
    ax.grid(True, color=GRID, linewidth=0.8)
    ax.spines[["top", "right"]].set_visible(False)
    ax.spines[["left", "bottom"]].set_color(FRAME)
    ax.tick_params(color=FRAME, labelsize=9)
    ax.set_xlabel("x", labelpad=1)


def _title(card: Elementwise) -> str:
    """Set the formula as mathematics where matplotlib can, else in plain characters."""
    try:
        MathTextParser("path").parse(f"${card.tex}$")
    except ValueError:
        return plain(card.tex)
    return f"${card.tex}$"


def save(path: str | os.PathLike[str], figure: Figure) -> None:
    """Write a figure to a file; the file is replaced in one step, when the picture is complete.

    Parameters
    ----------
    path : path-like
        The file; its suffix tells the format, ``.png``, ``.svg`` or ``.pdf``.
    figure : matplotlib.figure.Figure
        Such as ``plot("sigmoid").figure``.

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
    with replacing(path) as temporary:
        figure.savefig(temporary, format=path.suffix.lower()[1:])
