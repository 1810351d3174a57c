"""The one quiet style of all pictures: colours with a meaning, a light frame, a legend that hides nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.transforms import ScaledTranslation

from ogive.plot.fonts import dress

__all__ = ["AMBER", "BAND", "BLUE", "COLOURS", "FRAME", "GRID", "INK", "LIMIT", "MAGENTA", "ORANGE", "finish", "labelled"]

# Okabe and Ito's colours, which colour-blind readers tell apart. What stands alone has the colour of what it is: values are
# blue, derivatives and gradients orange, errors magenta. What stands beside others has a colour to tell it from them.
BLUE, ORANGE, AMBER, MAGENTA = "#0072B2", "#D55E00", "#E69F00", "#CC79A7"
COLOURS = (BLUE, ORANGE, "#009E73", MAGENTA, AMBER, "#56B4E9", "#5B5B5B")
BAND, FRAME, GRID, INK = "#DDE5EE", "#8A8F98", "#ECEEF1", "#333333"
LIMIT: dict[str, Any] = {"color": FRAME, "linewidth": 0.8, "linestyle": (0, (8, 5))}
#: How far below the axes the legend hangs, in points: below the numbers and the words under the axis.
BELOW = 33


def labelled(things: Sequence[Any], name: Callable[[Any], str]) -> dict[str, Any]:
    """Give each thing a label.

    Parameters
    ----------
    things : sequence
        Things, and mappings of labels to things.
    name : callable
        Names a thing that has no label; where a name comes again, the things are numbered.

    Returns
    -------
    dict
        Things by label.
    """
    named: list[tuple[str, Any]] = []
    for thing in things:
        named += [(str(label), each) for label, each in thing.items()] if isinstance(thing, Mapping) else [(name(thing), thing)]
    often, seen = Counter(label for label, _ in named), Counter[str]()
    found: dict[str, Any] = {}
    for label, thing in named:
        seen[label] += 1
        found[f"{label} {seen[label]}" if often[label] > 1 else label] = thing
    return found


def finish(ax: Axes, legend: Sequence[Any] = (), columns: int = 4, grid: bool = True) -> None:
    """Set legend, grid and frame, and see to Korean letters.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        The axes.
    legend : sequence of artists
        What the legend explains; without any there is none.
    columns : int
        How many stand in a row.
    grid : bool
        Whether to draw a grid, and leave the frame open; else the frame is closed.
    """
    if legend:  # below the axes, where it hides nothing
        below = ScaledTranslation(0, -BELOW / 72, ax.figure.dpi_scale_trans)
        ax.legend(
            handles=list(legend),
            loc="upper center",
            bbox_to_anchor=(0.5, 0),
            bbox_transform=ax.transAxes + below,
            borderaxespad=0,
            ncols=columns,
            columnspacing=1.4,
            handlelength=1.8,
            frameon=False,
            fontsize=9,
        )
    if grid:
        ax.set_axisbelow(True)
        ax.grid(True, color=GRID, linewidth=0.8)
        ax.spines[["top", "right"]].set_visible(False)
    ax.spines[:].set_color(FRAME)
    ax.tick_params(which="both", color=FRAME, labelsize=9)
    dress(ax)
