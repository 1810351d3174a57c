"""What a classifier of two features decides where, in characters for a terminal; `ogive.plot` draws the same as a picture."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from ogive.networks.network import Array

__all__ = ["decisions", "plane", "probabilities", "sketch_boundary", "sparkline"]

REGIONS, MARKS = " ·░▒▓", "ox+*#"
MARGIN = 0.15


def plane(model: Any, X: Any, y: Any, columns: int, rows: int) -> tuple[Array, Array, Array]:
    """Lay a grid over samples and some space around them, once they and the classifier go together.

    Parameters
    ----------
    model : object
        A fitted classifier of two features.
    X : array_like of shape (n_samples, 2)
        The samples.
    y : array_like of shape (n_samples,)
        Their labels.
    columns, rows : int
        How many points across and up.

    Returns
    -------
    (ndarray, ndarray, ndarray)
        The samples as an array, the points across, and the points up.

    Raises
    ------
    ValueError
        If there are not two features, the model is no fitted classifier, or the labels do not go with the samples or the model.
    """
    X, y = np.asarray(X, np.float64), np.asarray(y)
    if X.ndim != 2 or X.shape[1] != 2:
        raise ValueError(f"a boundary is drawn in the plane of two features; X has shape {X.shape}")
    if not len(X) or not np.isfinite(X).all():
        raise ValueError("a boundary is drawn around the samples; X needs at least one, and finite numbers")
    if y.shape != X.shape[:1]:
        raise ValueError(f"each sample has a label; there are {len(X)} samples, and y has shape {y.shape}")
    if not hasattr(model, "classes_"):
        raise ValueError(f"{type(model).__name__} has no classes_; a boundary is that of a classifier, after fit")
    strange = [label for label in np.unique(y) if label not in list(model.classes_)]
    if strange:
        raise ValueError(f"the label {strange[0]} is unknown to the model, which was fitted to {', '.join(map(str, model.classes_))}")
    low, high = X.min(axis=0), X.max(axis=0)
    room = MARGIN * np.where(high > low, high - low, 1)
    across, up = np.linspace(low[0] - room[0], high[0] + room[0], columns), np.linspace(low[1] - room[1], high[1] + room[1], rows)
    return X, across, up


def _asked(function: Callable[[Array], Any], across: Array, up: Array) -> Array:
    """Ask a classifier about every point of a grid."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "X does not have valid feature names")  # of a model fitted to a table
        return np.asarray(function(np.stack(np.meshgrid(across, up), axis=-1).reshape(-1, 2)))


def decisions(model: Any, across: Array, up: Array) -> Array:
    """Tell the number of the class at each point of a grid, one row for each height."""
    numbers: Array = np.searchsorted(model.classes_, _asked(model.predict, across, up)).reshape(len(up), len(across))
    return numbers


def probabilities(model: Any, across: Array, up: Array) -> Array:
    """Tell how likely each class is at each point of a grid; 0 or 1 where the classifier only decides."""
    if not hasattr(model, "predict_proba"):
        return np.eye(len(model.classes_))[decisions(model, across, up)]
    return _asked(model.predict_proba, across, up).reshape(len(up), len(across), -1)


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
        If there are not two features, the model is no fitted classifier, the labels do not go with the samples or the model, or there
        is no room.

    Examples
    --------
    >>> from ogive.networks import Perceptron, sketch_boundary
    >>> X, y = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 0, 0, 1]
    >>> print(sketch_boundary(Perceptron().fit(X, y), X, y, width=12, height=5).splitlines()[-1])
    o   0    x · 1
    """
    if width < 1 or height < 1:
        raise ValueError(f"a sketch of {width} by {height} characters shows nothing; width and height are 1 or more")
    X, across, up = plane(model, X, y, width, height)
    cells = [[REGIONS[n % len(REGIONS)] for n in row] for row in decisions(model, across, up)]
    for (a, b), n in zip(X, np.searchsorted(model.classes_, y), strict=True):
        cells[int(np.argmin(np.abs(up - b)))][int(np.argmin(np.abs(across - a)))] = MARKS[n % len(MARKS)]
    meaning = "    ".join(f"{MARKS[n % len(MARKS)]} {REGIONS[n % len(REGIONS)]} {label}" for n, label in enumerate(model.classes_))
    return "\n".join([f"┌{'─' * width}┐", *(f"│{''.join(row)}│" for row in reversed(cells)), f"└{'─' * width}┘", meaning])


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
