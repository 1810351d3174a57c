"""Pictures of activation functions: value, derivatives, saturation, jumps with open and closed dots."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.mathtext import MathTextParser
from matplotlib.patches import Patch

from ogive.activation import Activation, Elementwise
from ogive.catalogue import get
from ogive.plot.figure import new_axes
from ogive.plot.style import AMBER, BAND, BLUE, COLOURS, FRAME, INK, LIMIT, ORANGE, finish
from ogive.plot.words import speaker
from ogive.sketch import FAINT, Curve, plain, sample, saturated, view, window

__all__ = ["elementwise", "plot", "saturated"]

STYLES: dict[str, Any] = {"value": "-", "derivative": (0, (4, 1.6)), "second_derivative": (0, (1, 1.2))}


def plot(
    *cards: Activation | str,
    low: float = -5,
    high: float = 5,
    derivative: bool = True,
    second_derivative: bool = False,
    saturation: bool = True,
    ax: Axes | None = None,
    parameters: Mapping[str, float] | None = None,
    language: str = "en",
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
    language : {'en', 'ko'}
        Of the legend.

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
        If there is no card, the interval is empty or misses a domain, a parameter lies outside its own, or the language is not spoken
        here.

    Examples
    --------
    >>> from ogive.plot import plot
    >>> plot("sigmoid", "tanh").get_legend() is not None
    True
    """
    drawn = [elementwise(card) for card in cards]
    if not drawn:
        raise ValueError("plot needs at least one activation, such as plot('sigmoid')")
    given = dict(parameters or {})
    for name in given:
        if not any(name in _parameters(card) for card in drawn):
            takes = ", ".join(sorted({p for card in drawn for p in _parameters(card)})) or "no parameters"
            raise TypeError(f"{name!r} is not a parameter of {', '.join(card.name for card in drawn)}; they take {takes}")
    for card in drawn:
        for parameter in card.parameters:
            if parameter.name in given and float(given[parameter.name]) not in parameter.domain:
                raise ValueError(f"{card.name}: {parameter.name}={given[parameter.name]!r} lies outside {parameter.domain}")
    say = speaker(language)
    views = [view(card, low, high) for card in drawn]
    ax = new_axes(7, 4.4) if ax is None else ax
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
        legend += [_line(ax, curve, form, card, COLOURS[i % len(COLOURS)], alone, say) for form, curve in curves.items()]
    for height in sorted(lines):
        ax.axhline(height, **LIMIT, zorder=1)
        notes.append("limits")
    bottom, top = min(h[0] for h in heights), max(h[1] for h in heights)
    ax.set_ylim(bottom - 0.05 * (top - bottom), top + 0.05 * (top - bottom))
    ax.set_xlim(min(v[0] for v in views), max(v[1] for v in views))
    _finish(ax, drawn, legend, forms, notes, alone, say)
    return ax


def elementwise(card: Activation | str) -> Elementwise:
    """Find a card, which must take a number to a number."""
    found = card if isinstance(card, Activation) else get(card)
    if not isinstance(found, Elementwise):
        what = "takes a whole row to a row" if found.kind == "vectorwise" else "takes more than x"
        raise TypeError(f"{found.name} {what}, so it has no curve of its own; plot an elementwise one, such as sigmoid")
    return found


def _parameters(card: Elementwise) -> set[str]:
    return {p.name for p in card.parameters}


def _line(ax: Axes, curve: Curve, form: str, card: Elementwise, colour: str, alone: bool, say: Callable[..., str]) -> Line2D:
    """Draw a curve and the dots at its jumps."""
    if alone:
        colour = {"value": BLUE, "derivative": ORANGE, "second_derivative": AMBER}[form]
    order = 4 if form == "value" else 3
    label = card.name if form == "value" else say(form) if alone else say("of", say(form), card.name)
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


def _finish(
    ax: Axes, cards: list[Elementwise], legend: list[Any], forms: list[str], notes: list[str], alone: bool, say: Callable[..., str]
) -> None:
    """Set title and legend."""
    if alone:
        ax.set_title(_title(cards[0]), fontsize=13, pad=10)
    else:  # the colours name the functions, the strokes the forms
        legend = [line for line in legend if line.get_linestyle() == "-"]
        legend += [Line2D([], [], color=INK, linestyle=STYLES[form], linewidth=1.7, label=say(f"{form}s")) for form in forms[1:]]
    if "saturated" in notes:
        label = say("saturated", 100 * FAINT)
        legend.append(Patch(color=BAND, label=label) if alone else Line2D([], [], color=FRAME, alpha=0.3, linewidth=8, label=label))
    if "limits" in notes:
        legend.append(Line2D([], [], **LIMIT, label=say("limits")))
    ax.set_xlabel("x", labelpad=1)
    finish(ax, legend, columns=5 if len(forms) < 3 else 3)


def _title(card: Elementwise) -> str:
    """Set the formula as mathematics where matplotlib can, else in plain characters."""
    try:
        MathTextParser("path").parse(f"${card.tex}$")
    except ValueError:
        return plain(card.tex)
    return f"${card.tex}$"
