"""The small vocabulary in which a card states its facts: intervals, points, kinks, bounds, parameters, sources.

Nothing here knows an activation function; everything is frozen and compares by value.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

__all__ = ["Bound", "Interval", "Inverse", "Kink", "Parameter", "Pieces", "Point", "Refusal", "Source", "number_text"]

inf = math.inf


def number_text(value: float | Fraction | str) -> str:
    """Write a number as people do: ``1/4``, ``-∞``, ``0.01``."""
    if not isinstance(value, float):
        return str(value)
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    return f"{value:.6g}"


@dataclass(frozen=True, slots=True)
class Interval:
    """A connected set of real numbers, with or without its ends.

    Parameters
    ----------
    low, high : float
        The ends; ``-inf`` and ``inf`` are allowed.
    closed_low, closed_high : bool
        Whether the end belongs to the set.
    """

    low: float
    high: float
    closed_low: bool = True
    closed_high: bool = True

    def __post_init__(self) -> None:
        if not self.low <= self.high:
            raise ValueError(f"an interval needs low <= high, got low={self.low!r}, high={self.high!r}")

    @classmethod
    def open(cls, low: float, high: float) -> Interval:
        """Make the interval (low, high)."""
        return cls(low, high, False, False)

    @classmethod
    def closed(cls, low: float, high: float) -> Interval:
        """Make the interval [low, high]."""
        return cls(low, high)

    @classmethod
    def line(cls) -> Interval:
        """Make the whole line with both infinities, [-∞, ∞]."""
        return cls(-inf, inf)

    def __contains__(self, value: float) -> bool:
        above = self.low <= value if self.closed_low else self.low < value
        below = value <= self.high if self.closed_high else value < self.high
        return bool(above and below)

    @property
    def bounded(self) -> bool:
        """Whether both ends are finite."""
        return math.isfinite(self.low) and math.isfinite(self.high)

    def __str__(self) -> str:
        left, right = "[" if self.closed_low else "(", "]" if self.closed_high else ")"
        return f"{left}{number_text(self.low)}, {number_text(self.high)}{right}"


@dataclass(frozen=True, slots=True)
class Point:
    """A centre of point symmetry: ``f(x + t) + f(x - t) = 2 y`` for every t."""

    x: Fraction | int
    y: Fraction | int

    def __str__(self) -> str:
        return f"({number_text(self.x)}, {number_text(self.y)})"


@dataclass(frozen=True, slots=True)
class Pieces:
    """A definition by cases: formulas side by side, each with the interval on which it holds.

    Parameters
    ----------
    of : callable
        Takes the parameters, and lists (Interval, formula of x) from left to right. Where two pieces meet, the second derivative
        is 0; the rest is what the piece says that holds the place, unless there is a `Kink`.
    """

    of: Callable[..., Sequence[tuple[Interval, Callable[..., Any]]]]

    def at(self, x: Any, *parameters: Any) -> Callable[..., Any]:
        """Pick the formula that holds on all of `x`, a number or a ball.

        Raises
        ------
        ValueError
            If no single one does.
        """
        for interval, formula in self.of(*parameters):
            if x in interval:
                return formula
        raise ValueError(f"{x} lies in more than one piece")


@dataclass(frozen=True, slots=True)
class Inverse:
    """A definition as the inverse of another card's function, for what has no formula of its own."""

    of: str


@dataclass(frozen=True, slots=True)
class Kink:
    """A point where the function is not differentiable, and the derivative it has here by convention.

    Parameters
    ----------
    x : float or callable
        Where; a function of the parameters, if it moves with them.
    derivative : float or str
        The derivative the library returns there; a string names the parameter it equals, or is ``left`` or ``right``: the
        derivative from that side.
    jump : bool
        Whether the value itself is discontinuous there, at the default parameters.
    """

    x: float | Callable[..., Any]
    derivative: float | str
    jump: bool = False

    def at(self, *parameters: Any) -> Any:
        """Tell where it is for these parameters; nan if it is nowhere."""
        return self.x(*parameters) if callable(self.x) else self.x

    def text(self, *parameters: Any) -> str:
        """Describe it for these parameters."""
        what = "jump" if self.jump else "kink"
        slope = f"from the {self.derivative}" if self.derivative in ("left", "right") else number_text(self.derivative)
        return f"{what} at {number_text(float(self.at(*parameters)))}, derivative {slope} there"


@dataclass(frozen=True, slots=True)
class Bound:
    """The error that results stay within, in units in the last place of the true value.

    Parameters
    ----------
    float64 : float
        The bound of float64 results.
    near_roots : float or None
        The bound for the 50 numbers on either side of an irrational root of the function, where it is another.
    narrow : float
        The bound of float32, float16 and bfloat16 results. One half is correct rounding, which a sum over a row cannot promise.
    """

    float64: float = 0.6
    near_roots: float | None = None
    narrow: float = 0.5

    def __str__(self) -> str:
        roots = "" if self.near_roots is None else f" ({self.near_roots} next to roots)"
        narrow = "correctly rounded" if self.narrow == 0.5 else f"≤ {self.narrow} ulp"
        return f"float64 ≤ {self.float64} ulp{roots}; float32, float16, bfloat16 {narrow}"


@dataclass(frozen=True, slots=True)
class Parameter:
    """A further input of an activation, with its default and its domain."""

    name: str
    default: float
    domain: Interval
    meaning: str

    def __post_init__(self) -> None:
        if self.default not in self.domain:
            raise ValueError(f"default {self.default!r} of parameter {self.name!r} lies outside its domain {self.domain}")


@dataclass(frozen=True, slots=True)
class Source:
    """Where a function, or a convention, comes from."""

    author: str
    year: int
    title: str

    def __str__(self) -> str:
        return f"{self.author} ({self.year}), {self.title}"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A form a function does not have: false in a condition, and an explanation when called.

    Parameters
    ----------
    function, form : str
        What was asked for.
    reason : str
        Why there is none, as a clause: "relu is not injective".
    """

    function: str
    form: str
    reason: str

    def __bool__(self) -> bool:
        return False

    def __str__(self) -> str:
        return f"{self.form} of {self.function} is not defined: {self.reason}"

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Raise the reason.

        Raises
        ------
        TypeError
            Always.
        """
        raise TypeError(str(self))
