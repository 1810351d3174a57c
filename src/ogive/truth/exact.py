"""The truth at whole arrays: a double next to it, and what is missing, so that errors can be measured by NumPy.

Every truth is Arb's, some ten microseconds each. Where a float64 loop may screen, `ogive.truth.screen` is faster by thousands.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from flint import arb

from ogive.activation import Activation, Elementwise
from ogive.truth.reference import correctly_rounded, evaluate, evaluate_row
from ogive.truth.ulp import Array, format_of, nearest, rounded

__all__ = ["Truth"]

DOUBT = 2.0**-40  # ulp: a truth that is no farther from a midpoint is rounded by itself


class Truth:
    """The truth of a form at its inputs, by Arb.

    Parameters
    ----------
    card : Activation
        An elementwise function, or one of rows.
    form : str
        As `ogive.truth.reference.evaluate` has them; functions of rows have ``value``.
    x : ndarray of float16, bfloat16, float32 or float64
        Numbers in one dimension, or rows of finite numbers.
    parameters : sequence of float, optional
        The parameters of an elementwise function; the rest at their defaults.

    Attributes
    ----------
    high, rest : ndarray of float64
        A double next to the truth, and what is missing, in ulp.
    last : ndarray of int
        The exponent of the unit in the last place.
    right : ndarray
        The correctly rounded results, in the dtype.
    open : ndarray of bool
        Where 32768 bits do not tell which of two neighbours is the right one: x - tanh(x) at large x lies nearer to a midpoint
        than that. Their distances are known all the same.
    """

    def __init__(self, card: Activation, form: str, x: Array, parameters: Sequence[float] = ()) -> None:
        self.card, self.form, self.x = card, form, x
        self.fmt = format_of(x.dtype)
        self.parameters: list[float] = []
        if isinstance(card, Elementwise):
            defaults = (p.default for p in card.forms[form].parameters[len(parameters) :])
            self.parameters = [float(rounded(p, self.fmt)) for p in (*parameters, *defaults)]
        self.width = 1 if x.ndim == 1 else math.prod(np.shape(card(x[:1]))[1:])
        self._balls: dict[int, list[Any]] = {}
        count = len(x) * self.width
        self.high, self.rest, self.last = np.zeros(count), np.zeros(count), np.zeros(count, int)
        self.right, self.open = np.zeros(count, self.fmt.dtype), np.zeros(count, bool)
        self._measure()

    def ball(self, i: int) -> Any:
        """Enclose the truth of one result, by its place in the flattened results."""
        if self.x.ndim == 1:
            return evaluate(self.card, self.x[i], self.form, self.parameters)
        row = i // self.width
        if row not in self._balls:
            self._balls = {row: evaluate_row(self.card, self.x[row])}
        return self._balls[row][i % self.width]

    def rounding(self, i: int, ball: Any) -> float:
        """Round the truth of one result; where it stays open, to the even neighbour."""
        try:
            return nearest(ball, self.fmt)
        except ArithmeticError:
            try:
                if self.x.ndim == 1:
                    return float(correctly_rounded(self.card, self.form, self.x[i], self.fmt, self.parameters))
            except ArithmeticError:
                pass
            self.open[i] = True
            return nearest(float(ball.mid()), self.fmt)

    def _measure(self) -> None:
        """Split each truth into a double and a rest; round where that decides it, and one by one where it does not."""
        single: list[int] = []
        beyond = 2.0 ** (self.fmt.emin + 128) if self.fmt.name == "float64" else 0.0  # the rest of a smaller double may underflow
        up = arb((1, -self.fmt.lsb))  # 1 / the smallest subnormal number, exactly
        for i in range(len(self.high)):
            ball = self.ball(i)
            if not ball.is_finite():
                single.append(i)
                continue
            middle = ball.mid()
            self.high[i] = high = float(middle)
            if abs(high) == math.inf:
                single.append(i)
            elif abs(high) >= beyond:
                self.rest[i] = float(middle - high)
            elif high or not ball.is_zero():
                self.rest[i] = float((middle - high) * up)
                single.append(i)
        fraction, exponent = np.frexp(self.high)
        exponent -= (np.abs(fraction) == 0.5) & (np.sign(fraction) * np.sign(self.rest) < 0)  # just below a power of two
        exponent[self.high == 0] = self.fmt.emin + 1
        self.last = np.maximum(exponent, self.fmt.emin + 1) - self.fmt.precision
        with np.errstate(all="ignore"):
            big = np.abs(self.high) >= beyond
            self.rest = np.ldexp(self.rest, np.where(big, 0, self.fmt.lsb) - self.last)
            if self.fmt.name == "float64":
                self.right = self.high + np.ldexp(self.rest, self.last)
                doubtful = np.abs(np.abs(self.rest) - 0.5) < DOUBT
            else:
                self.right = rounded(self.high, self.fmt)
                low, top = (rounded(self.high * (1 + side), self.fmt) for side in (-(2.0**-51), 2.0**-51))
                doubtful = low != top
        for i in {*single, *map(int, np.flatnonzero(doubtful))}:
            self.right[i] = value = self.rounding(i, self.ball(i))
            if not math.isfinite(self.high[i]):
                self.high[i], self.rest[i] = value, 0.0

    def errors(self, result: Array) -> Array:
        """Measure results in ulp, signed; infinite where nothing finite came, or something finite where the truth overflows."""
        with np.errstate(all="ignore"):
            wide, right = result.astype(np.float64), self.right.astype(np.float64)
            distance = np.ldexp(wide - self.high, -self.last) - self.rest
            distance = np.where(np.isfinite(wide) & np.isfinite(right), distance, np.where(wide < right, -np.inf, np.inf))
            return np.where((wide == right) & np.isinf(right) | np.isnan(wide) & np.isnan(right), 0.0, distance)

    def where(self, i: int) -> str:
        """Write the input of one result: a number, or a row and the place in it."""
        if self.x.ndim == 1:
            return float(self.x[i]).hex()
        return f"row {i // self.width}" + (f", entry {i % self.width}" if self.width > 1 else "")
