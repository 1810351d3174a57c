"""Small problems to train on: four that every course has, and tables of numbers."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits, make_moons

from ogive.networks.network import Array

__all__ = ["PROBLEMS", "Problem", "problem", "table"]


@dataclass(frozen=True)
class Problem:
    """Samples to learn from.

    Parameters
    ----------
    name : str
        What they are called.
    X : ndarray of shape (n_samples, n_features)
        The samples.
    y : ndarray of shape (n_samples,)
        Labels, or numbers to predict.
    features : tuple of str
        What the features are called.
    """

    name: str
    X: Array
    y: Array
    features: tuple[str, ...] = ("x₁", "x₂")

    @property
    def classes(self) -> bool:
        """Whether y holds labels, and not numbers to predict: those with fractions."""
        return bool(self.y.dtype.kind != "f")


def _xor(random: np.random.RandomState) -> Problem:
    return Problem("xor", np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]), np.array([0, 1, 1, 0]))


def _moons(random: np.random.RandomState) -> Problem:
    return Problem("moons", *make_moons(200, noise=0.15, random_state=random))


def _spirals(random: np.random.RandomState) -> Problem:
    y = np.arange(240) % 2
    turn = np.sqrt(random.uniform(0.02, 1, 240)) * 3 * np.pi
    angle = turn + np.pi * y
    X = turn[:, None] * np.column_stack([np.cos(angle), np.sin(angle)]) / (3 * np.pi)
    return Problem("spirals", X + random.normal(0, 0.015, X.shape), y)


def _digits(random: np.random.RandomState) -> Problem:
    X, y = load_digits(return_X_y=True)
    return Problem("digits", X, y, tuple(f"pixel {i}" for i in range(64)))


PROBLEMS: dict[str, Callable[[np.random.RandomState], Problem]] = {"xor": _xor, "moons": _moons, "spirals": _spirals, "digits": _digits}


def problem(name: str, seed: int = 0, target: str | None = None) -> Problem:
    """Make one of the small problems, or read a table.

    Parameters
    ----------
    name : str
        The name of a problem, or a CSV file.
    seed : int, default 0
        Of the samples of a problem.
    target : str, optional
        The column of a table to predict.

    Returns
    -------
    Problem
        The samples.

    Raises
    ------
    KeyError
        If there is no such problem, and no such file.
    OSError, ValueError
        If the file cannot be read, or is no table of numbers.
    """
    if name in PROBLEMS:
        return PROBLEMS[name](np.random.RandomState(seed))
    if not Path(name).suffix:
        raise KeyError(f"{name} is neither a problem nor a table; choose {', '.join(PROBLEMS)} or a CSV file")
    return table(name, target)


def table(path: str | os.PathLike[str], target: str | None = None) -> Problem:
    """Read samples from a CSV file with a line of names.

    Parameters
    ----------
    path : path-like
        The file.
    target : str, optional
        The column to predict; by default the last one. Numbers with fractions are predicted, all else are labels.

    Returns
    -------
    Problem
        The samples; all other columns are features.

    Raises
    ------
    OSError
        If the file cannot be read.
    ValueError
        If it is no such table.
    """
    with open(path, newline="", encoding="utf-8-sig") as file:
        names, *rows = [row for row in csv.reader(file) if row] or [[]]
    if len(names) < 2 or not rows:
        raise ValueError(f"{path} needs a line of names, and lines with a feature and a target at least")
    if target is not None and target not in names:
        raise ValueError(f"{path} has no column {target!r}; it has {', '.join(names)}")
    at = len(names) - 1 if target is None else names.index(target)
    features = [i for i in range(len(names)) if i != at]
    X = np.empty((len(rows), len(features)))
    for r, row in enumerate(rows):
        if len(row) != len(names):
            raise ValueError(f"{path}, row {r + 1}: {len(row)} fields, where the first line names {len(names)}")
        for c, i in enumerate(features):
            X[r, c] = _number(row[i], f"{path}, row {r + 1}, column {names[i]!r}")
    labels = [row[at].strip() for row in rows]
    try:
        y = np.array([float(label) for label in labels])
    except ValueError:
        y = np.array(labels)
    if y.dtype.kind == "f" and np.array_equal(y, np.round(y)):
        y = y.astype(int)
    return Problem(os.path.basename(path), X, y, tuple(names[i] for i in features))


def _number(text: str, where: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = np.nan
    if not np.isfinite(number):
        raise ValueError(f"{where}: {text!r} is not a number; a feature is one in every row")
    return number
