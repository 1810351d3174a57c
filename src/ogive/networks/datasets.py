"""Small problems to train on: those that every course has, and tables of numbers."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits, make_circles, make_moons

from ogive.networks.network import Array

__all__ = ["PROBLEMS", "Problem", "Unreadable", "problem", "read", "table"]


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


class Unreadable(ValueError):
    """A table that is none of numbers.

    Parameters
    ----------
    english, korean : str
        What is wrong with it.
    """

    def __init__(self, english: str, korean: str) -> None:
        super().__init__(english)
        self.korean = korean


Random = np.random.RandomState

CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
CLOUD = 40  # samples around each corner, where there is noise
WHOLE = 2**53  # beyond, all numbers of float64 are whole, and none is a label


def _gate(name: str, truth: list[int]) -> Callable[..., Problem]:
    def make(random: Random, noise: float = 0.0) -> Problem:
        X, y = CORNERS.copy(), np.array(truth)
        if noise:
            X, y = X.repeat(CLOUD, axis=0), y.repeat(CLOUD)
            X += random.normal(0, noise, X.shape)
        return Problem(name, X, y)

    return make


def _moons(random: Random, noise: float = 0.15) -> Problem:
    return Problem("moons", *make_moons(200, noise=noise, random_state=random))


def _circles(random: Random, noise: float = 0.08) -> Problem:
    X, y = make_circles(200, noise=noise, factor=0.45, random_state=random)
    return Problem("circles", X, 1 - y)  # the first class is inside


def _spirals(random: Random, noise: float = 0.015) -> Problem:
    y = np.arange(240) % 2
    turn = np.sqrt(random.uniform(0.02, 1, 240)) * 3 * np.pi
    angle = turn + np.pi * y
    X = turn[:, None] * np.column_stack([np.cos(angle), np.sin(angle)]) / (3 * np.pi)
    return Problem("spirals", X + random.normal(0, noise, X.shape), y)


def _digits(random: Random, noise: float = 0.0) -> Problem:
    X, y = load_digits(return_X_y=True)
    return Problem("digits", X + random.normal(0, noise, X.shape) if noise else X, y, tuple(f"pixel {i}" for i in range(64)))


PROBLEMS: dict[str, Callable[..., Problem]] = {
    "and": _gate("and", [0, 0, 0, 1]),
    "or": _gate("or", [0, 1, 1, 1]),
    "nand": _gate("nand", [1, 1, 1, 0]),
    "xor": _gate("xor", [0, 1, 1, 0]),
    "moons": _moons,
    "circles": _circles,
    "spirals": _spirals,
    "digits": _digits,
}


def problem(name: str, seed: int = 0, target: str | None = None, *, noise: float | None = None) -> Problem:
    """Make one of the small problems, or read a table.

    Parameters
    ----------
    name : str
        The name of a problem, or a CSV file.
    seed : int, default 0
        Of the samples of a problem.
    target : str, optional
        The column of a table to predict.
    noise : float, optional
        The standard deviation of the noise that a problem's samples have; each problem has its own by default.

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
        random = np.random.RandomState(seed)
        return PROBLEMS[name](random) if noise is None else PROBLEMS[name](random, noise)
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
    source = os.fspath(path)
    with open(path, newline="", encoding="utf-8-sig") as file:
        try:
            return read(file, source, target)
        except UnicodeDecodeError:
            raise Unreadable(
                f"{source} is no text in UTF-8; save it as such, which spreadsheets call CSV UTF-8",
                f"{source}: UTF-8 텍스트가 아닙니다. 'CSV UTF-8' 형식으로 다시 저장하세요",
            ) from None


def read(lines: Iterable[str], source: str, target: str | None = None) -> Problem:
    """Read samples from the lines of a table; see `table`.

    Parameters
    ----------
    lines : iterable of str
        The lines of the table.
    source : str
        Where they come from, such as a path.
    target : str, optional
        The column to predict.

    Returns
    -------
    Problem
        The samples.

    Raises
    ------
    Unreadable
        If it is no such table.
    """
    try:
        names, *rows = [row for row in csv.reader(lines) if row] or [[]]
    except csv.Error as error:
        raise Unreadable(f"{source} is no CSV: {error}", f"{source}: CSV 파일이 아닙니다({error})") from None
    if len(names) < 2 or not rows:
        raise Unreadable(
            f"{source} needs a line of names, and lines with a feature and a target at least",
            f"{source}에는 이름을 적은 첫 줄과, 특성과 목푯값이 하나 이상 있는 줄들이 필요합니다",
        )
    if target is not None and target not in names:
        raise Unreadable(
            f"{source} has no column {target!r}; it has {', '.join(names)}",
            f"{source}에 {target!r} 열이 없습니다. 있는 열: {', '.join(names)}",
        )
    at = len(names) - 1 if target is None else names.index(target)
    features = [i for i in range(len(names)) if i != at]
    X = np.empty((len(rows), len(features)))
    for r, row in enumerate(rows):
        if len(row) != len(names):
            raise Unreadable(
                f"{source}, row {r + 1}: {len(row)} fields, where the first line names {len(names)}",
                f"{source}, {r + 1}행: 칸이 {len(row)}개인데 첫 줄의 이름은 {len(names)}개입니다",
            )
        for c, i in enumerate(features):
            X[r, c] = _number(row[i], source, r + 1, names[i])
    labels = [row[at].strip() for row in rows]
    try:
        y = np.array([float(label) for label in labels])
        absent = ~np.isfinite(y)
    except ValueError:
        y = np.array(labels)
        absent = y == ""
    if absent.any():
        r = int(absent.argmax())
        raise Unreadable(
            f"{source}, row {r + 1}, column {names[at]!r}: {labels[r]!r} is nothing to learn; leave the row out",
            f"{source}, {r + 1}행 {names[at]!r} 열: {labels[r]!r} 값은 배울 수 없습니다. 그 행을 빼세요",
        )
    if y.dtype.kind == "f" and np.array_equal(y, np.round(y)) and np.abs(y).max() <= WHOLE:
        y = y.astype(int)
    return Problem(os.path.basename(source), X, y, tuple(names[i] for i in features))


def _number(text: str, source: str, row: int, column: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = np.nan
    if not np.isfinite(number):
        raise Unreadable(
            f"{source}, row {row}, column {column!r}: {text!r} is not a number; a feature is one in every row",
            f"{source}, {row}행 {column!r} 열: {text!r} 값은 수가 아닙니다. 특성은 모든 행에서 수여야 합니다",
        )
    return number
