"""What a classifier of two features decides where: as a picture, and in characters for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ogive.networks.network import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["draw_boundary", "sketch_boundary", "sparkline"]

REGIONS, MARKS = " ·░▒▓", "ox+*#"
MARGIN = 0.15


def _plane(X: Any, columns: int, rows: int) -> tuple[Array, Array, Array]:
    """Lay a grid over the samples and some space around them."""
    X = np.asarray(X, np.float64)
    if X.ndim != 2 or X.shape[1] != 2:
        raise ValueError(f"a boundary is drawn in the plane of two features; X has shape {X.shape}")
    low, high = X.min(axis=0), X.max(axis=0)
    room = MARGIN * np.where(high > low, high - low, 1)
    across, up = np.linspace(low[0] - room[0], high[0] + room[0], columns), np.linspace(low[1] - room[1], high[1] + room[1], rows)
    return X, across, up


def _decisions(model: Any, across: Array, up: Array) -> Array:
    """Tell the number of the class at each point of a grid, one row for each height."""
    points = np.stack(np.meshgrid(across, up), axis=-1).reshape(-1, 2)
    numbers: Array = np.searchsorted(model.classes_, model.predict(points)).reshape(len(up), len(across))
    return numbers


def sketch_boundary(model: Any, X: Any, y: Any, width: int = 56, height: int = 18) -> str:
    """Sketch what a classifier decides, with the samples on top.

    Parameters
    ----------
    model : object
        A fitted classifier of two features.
    X : array_like of shape (n_samples, 2)
        The samples.
    y : array_like of shape (n_samples,)
        Their labels.
    width, height : int
        How many characters.

    Returns
    -------
    str
        Lines of characters, and one that says what they mean.

    Raises
    ------
    ValueError
        If there are not two features.

    Examples
    --------
    >>> from ogive.networks import Perceptron, sketch_boundary
    >>> X, y = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 0, 0, 1]
    >>> print(sketch_boundary(Perceptron().fit(X, y), X, y, width=12, height=5).splitlines()[-1])
    o   0    x · 1
    """
    X, across, up = _plane(X, width, height)
    cells = [[REGIONS[n % len(REGIONS)] for n in row] for row in _decisions(model, across, up)]
    for (a, b), n in zip(X, np.searchsorted(model.classes_, y), strict=True):
        cells[int(np.argmin(np.abs(up - b)))][int(np.argmin(np.abs(across - a)))] = MARKS[n % len(MARKS)]
    meaning = "    ".join(f"{MARKS[n % len(MARKS)]} {REGIONS[n % len(REGIONS)]} {label}" for n, label in enumerate(model.classes_))
    return "\n".join([f"┌{'─' * width}┐", *(f"│{''.join(row)}│" for row in reversed(cells)), f"└{'─' * width}┘", meaning])


def draw_boundary(model: Any, X: Any, y: Any, ax: Axes | None = None) -> Axes:
    """Draw what a classifier decides, with the samples on top. Needs matplotlib.

    Parameters
    ----------
    model : object
        A fitted classifier of two features.
    X : array_like of shape (n_samples, 2)
        The samples.
    y : array_like of shape (n_samples,)
        Their labels.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default in a new figure, ``ax.figure``, which `ogive.plot.save` writes to a file.

    Returns
    -------
    matplotlib.axes.Axes
        The axes drawn in.

    Raises
    ------
    ValueError
        If there are not two features.
    ImportError
        If matplotlib is missing.

    Examples
    --------
    >>> from ogive.networks import Perceptron, draw_boundary
    >>> X, y = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 0, 0, 1]
    >>> len(draw_boundary(Perceptron().fit(X, y), X, y).get_legend().get_texts())
    2
    """
    from ogive.plot import COLOURS, FRAME

    X, across, up = _plane(X, 400, 400)
    if ax is None:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        figure = Figure(figsize=(6, 5), dpi=150, layout="constrained")
        FigureCanvasAgg(figure)
        ax = figure.add_subplot()
    from matplotlib.colors import to_rgb

    shades = np.array([[0.22 * part + 0.78 for part in to_rgb(COLOURS[n % len(COLOURS)])] for n in range(len(model.classes_))])
    decisions = _decisions(model, across, up)
    ax.imshow(shades[decisions], origin="lower", extent=(across[0], across[-1], up[0], up[-1]), aspect="auto", interpolation="nearest")
    for n in range(1, len(model.classes_)):
        if decisions.min() < n <= decisions.max():
            ax.contour(across, up, (decisions >= n) * 1.0, levels=[0.5], colors=FRAME, linewidths=1)
    for n, label in enumerate(model.classes_):
        own = X[np.asarray(y) == label]
        ax.scatter(
            own[:, 0], own[:, 1], s=26, color=COLOURS[n % len(COLOURS)], edgecolors="white", linewidths=0.6, label=str(label), zorder=3
        )
    ax.legend(loc="upper right", framealpha=0.9, fontsize=9)
    ax.tick_params(color=FRAME, labelsize=9)
    ax.spines[:].set_color(FRAME)
    return ax


def sparkline(values: Any, width: int = 48) -> str:
    """Sketch a falling curve, such as that of a loss, in one line; the height is logarithmic.

    Parameters
    ----------
    values : array_like of shape (n,)
        Positive numbers.
    width : int, default 48
        How many characters at most.

    Returns
    -------
    str
        One line.

    Examples
    --------
    >>> from ogive.networks.boundary import sparkline
    >>> sparkline([1.0, 0.1, 0.01, 0.001])
    '█▅▃▁'
    """
    heights = np.log(np.maximum(np.asarray(values, np.float64), 1e-300))
    chosen = heights[np.unique(np.linspace(0, len(heights) - 1, width).astype(int))]
    span = float(np.ptp(chosen)) or 1.0
    return "".join("▁▂▃▄▅▆▇█"[int((h - chosen.min()) / span * 7)] for h in chosen)
