"""The metric: how far a floating-point result lies from the unrounded truth, and which number the truth rounds to.

A unit in the last place is the truth's: the spacing of the numbers in the binade in which the truth lies, and below the
smallest normal number the spacing of the subnormal ones. Everything is decided in Python's integers; only truths that come
as Arb balls need python-flint, and this file does not import it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from flint import arb

    Truth = arb | float | int | Fraction | np.floating[Any]

__all__ = [
    "FORMATS",
    "Format",
    "format_of",
    "from_ordinal",
    "nearest",
    "neighbours",
    "ordinal",
    "rounded",
    "sample",
    "spell",
    "ulp",
    "ulp_error",
]

Array = np.ndarray[Any, np.dtype[Any]]
NOWHERE = -2000  # the exponent of zero: below every last place


@dataclass(frozen=True, slots=True)
class Format:
    """A binary floating-point format.

    Parameters
    ----------
    name : str
        The dtype's name.
    precision : int
        The bits of the significand, the hidden one included.
    emin, emax : int
        The exponents of the smallest and of the largest normal numbers: ``2**emin`` is the smallest.
    """

    name: str
    precision: int
    emin: int
    emax: int

    @property
    def lsb(self) -> int:
        """The exponent of the smallest subnormal number."""
        return self.emin - self.precision + 1

    @property
    def largest(self) -> float:
        """The largest finite number."""
        return math.ldexp(2.0 - 2.0 ** (1 - self.precision), self.emax)

    @property
    def dtype(self) -> np.dtype[Any]:
        """The NumPy dtype."""
        if self.name == "bfloat16":
            from ml_dtypes import bfloat16

            found: np.dtype[Any] = np.dtype(bfloat16)
            return found
        return np.dtype(self.name)

    @property
    def integer(self) -> np.dtype[Any]:
        """The signed integers of the same size."""
        return np.dtype(f"i{self.dtype.itemsize}")


FORMATS = {
    f.name: f
    for f in (
        Format("float16", 11, -14, 15),
        Format("bfloat16", 8, -126, 127),
        Format("float32", 24, -126, 127),
        Format("float64", 53, -1022, 1023),
    )
}


def format_of(dtype: Any) -> Format:
    """Find the format of a dtype, given as a dtype, a scalar type or a name.

    Raises
    ------
    TypeError
        If it is none of float16, bfloat16, float32 and float64.
    """
    if isinstance(dtype, Format):
        return dtype
    name = dtype if isinstance(dtype, str) else dtype.name if isinstance(dtype, np.dtype) else np.dtype(dtype).name
    found = FORMATS.get(name)
    if found is None:
        raise TypeError(f"the metric knows {', '.join(FORMATS)}, not {name}")
    return found


# ── one number ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _dyadic(truth: Truth) -> tuple[int, int]:
    """Write a number, or the midpoint of a ball, as m · 2**e; a rational that is not dyadic to 300 bits, the last one sticky."""
    if hasattr(truth, "man_exp"):
        ball: Any = truth
        m, e = ball.mid().man_exp()
        return (int(m), int(e)) if m else (0, NOWHERE)
    if not truth:
        return 0, NOWHERE
    numerator, denominator = truth.as_integer_ratio()
    if denominator & (denominator - 1):
        shift = max(0, 300 + denominator.bit_length() - abs(numerator).bit_length())
        quotient, rest = divmod(numerator << shift, denominator)
        return 2 * quotient + (rest != 0), -shift - 1
    return int(numerator), 1 - int(denominator).bit_length()


def _last_place(m: int, e: int, fmt: Format) -> int:
    """Return the exponent of the unit in the last place of m · 2**e."""
    return max(e + m.bit_length(), fmt.emin + 1) - fmt.precision


def _round(m: int, e: int, fmt: Format) -> float:
    """Round m · 2**e to nearest, ties to even."""
    size, sign = abs(m), -1.0 if m < 0 else 1.0
    top = e + size.bit_length()
    if top > fmt.emax + 2 or top < fmt.lsb - 1:
        return sign * (math.inf if top > 0 else 0.0)
    shift = _last_place(size, e, fmt) - e
    if shift > 0:
        below = size & ((1 << shift) - 1)
        half = 1 << (shift - 1)
        size >>= shift
        size += below > half or (below == half and size & 1)
        e += shift
    return sign * (math.inf if e + size.bit_length() - 1 > fmt.emax else math.ldexp(size, e))


def _exponent(x: arb) -> int:
    """Return an upper bound of log2 of a positive exact number."""
    m, e = x.man_exp()
    return int(e) + int(m).bit_length()


def nearest(truth: Truth, dtype: Any, refine: Callable[[], arb] | None = None) -> float:
    """Round the truth to a dtype: to nearest, ties to even, gradual underflow, overflow to infinity.

    Parameters
    ----------
    truth : arb, float, int or Fraction
        A ball, or an exact number.
    dtype : dtype
        The format to round to.
    refine : callable, optional
        Gives a smaller ball around the same truth, as often as the one at hand does not decide.

    Returns
    -------
    float
        The rounded value, exact in a Python float. A zero has the sign of the truth, or + where the ball holds both.

    Raises
    ------
    ArithmeticError
        If the ball does not decide and there is nothing to refine it.
    """
    fmt = format_of(dtype)
    if not hasattr(truth, "man_exp"):
        if isinstance(truth, (float, np.floating)) and not math.isfinite(truth):
            return float(truth)
        return _round(*_dyadic(truth), fmt) if truth != 0 else float(truth)
    ball: Any = truth
    while True:
        if ball.is_finite():
            m, e = _dyadic(ball)
            radius = ball.rad()
            if radius.is_zero():
                return _round(m, e, fmt)
            value = _round(m, e, fmt) or (-0.0 if ball < 0 else 0.0)
            spread = _exponent(radius)  # the radius is at most 2**spread
            size = abs(m)
            last = _last_place(size, e, fmt)
            if e + size.bit_length() < fmt.lsb - 4:
                if spread < fmt.lsb - 4:
                    return value
            elif last - e > 0:
                # the distance from the nearest midpoint, in units of 2**e; a ball much smaller than half an ulp around a
                # power of two, below which midpoints are denser, is safe too
                half = 1 << (last - e - 1)
                away = abs((size & (2 * half - 1)) - half)
                if away and spread <= e + away.bit_length() - 1 and spread <= last - 3:
                    return value
            elif spread <= last - 3:
                return value
        if refine is None:
            raise ArithmeticError(f"the ball {ball.str(10)} does not decide its rounding to {fmt.name}; evaluate it with more precision")
        ball = refine()


def ulp(truth: Truth, dtype: Any) -> float:
    """Return the unit in the last place at the truth, a power of two.

    Examples
    --------
    >>> from ogive.truth.ulp import ulp
    >>> ulp(1.0, "float64"), ulp(0.75, "float64")
    (2.220446049250313e-16, 1.1102230246251565e-16)
    """
    fmt = format_of(dtype)
    return math.ldexp(1.0, min(_last_place(*_magnitude(truth), fmt), fmt.emax - fmt.precision + 1))


def _magnitude(truth: Truth) -> tuple[int, int]:
    m, e = _dyadic(truth)
    return abs(m), e


def ulp_error(result: Any, truth: Truth, dtype: Any) -> float:
    """Measure result - truth, fractional and signed, in units in the last place of the truth.

    Parameters
    ----------
    result : float or NumPy scalar
        What was computed.
    truth : arb, float, int or Fraction
        A ball much smaller than an ulp, or an exact number.
    dtype : dtype
        The format of the result.

    Returns
    -------
    float
        The error; infinite where one of the two is finite and the other infinite (a truth counts as infinite from where it
        rounds to infinity), or where only one of them is nan.

    Raises
    ------
    ArithmeticError
        If the ball is too wide: a thousandth of an ulp, or more.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from ogive.truth.ulp import ulp_error
    >>> round(ulp_error(1 / 3, Fraction(1, 3), "float64"), 3)
    -0.333
    """
    fmt = format_of(dtype)
    value = float(result)
    ball: Any = truth if hasattr(truth, "man_exp") else None
    if not (ball.is_finite() if ball is not None else not isinstance(truth, (float, np.floating)) or math.isfinite(truth)):
        unbounded = float(ball if ball is not None else truth)
        return 0.0 if value == unbounded or (value != value and unbounded != unbounded) else math.inf
    m, e = _dyadic(truth)
    last = _last_place(abs(m), e, fmt)
    if e + m.bit_length() < NOWHERE:  # the distance from it is that from 0, to any number of bits that matters
        m, e = 0, NOWHERE
    if ball is not None and not ball.is_exact() and _exponent(ball.rad()) > last - 10:
        raise ArithmeticError(
            f"the ball {ball.str(10)} is wider than a thousandth of an ulp of {fmt.name}; evaluate it with more precision"
        )
    if last > fmt.emax - fmt.precision and math.isinf(_round(m, e, fmt)):
        return 0.0 if value == (math.inf if m > 0 else -math.inf) else math.inf
    if not math.isfinite(value):
        return math.inf
    numerator, denominator = value.as_integer_ratio()
    result_e = 1 - denominator.bit_length()
    low = min(result_e, e)
    difference = (numerator << (result_e - low)) - (m << (e - low))
    excess = max(0, difference.bit_length() - 64)
    return math.ldexp(float(difference >> excess), min(low + excess - last, 900))


# ── arrays ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


def ordinal(x: Any) -> Array:
    """Count the floating-point values in their order, zero (of either sign) being 0: neighbours differ by 1.

    Parameters
    ----------
    x : array_like of float16, bfloat16, float32 or float64
        No nan; infinities follow the largest finite values.

    Returns
    -------
    ndarray of int64
    """
    array = np.asarray(x)
    fmt = format_of(array.dtype)
    code = array.astype(fmt.dtype, copy=False).view(fmt.integer).astype(np.int64)
    top = np.int64(-1 << (8 * fmt.integer.itemsize - 1))
    return np.where(code < 0, top - code, code)


def from_ordinal(n: Any, dtype: Any) -> Array:
    """Return the values with the given numbers; see `ordinal`."""
    fmt = format_of(dtype)
    number = np.asarray(n, dtype=np.int64)
    top = np.int64(-1 << (8 * fmt.integer.itemsize - 1))
    return np.where(number < 0, top - number, number).astype(fmt.integer).view(fmt.dtype)


def neighbours(x: Any, dtype: Any, count: int = 1) -> Array:
    """Return the values of a dtype around a number: the nearest, and `count` on each side, within the infinities."""
    fmt = format_of(dtype)
    end = int(ordinal(np.asarray(np.inf, fmt.dtype)))
    centre = int(ordinal(rounded(np.float64(x), fmt)))
    return from_ordinal(np.arange(max(centre - count, -end), min(centre + count, end) + 1), fmt)


def sample(low: float, high: float, count: int, dtype: Any, rng: np.random.Generator) -> Array:
    """Draw values of a dtype between two numbers, every floating-point value as likely as any other."""
    fmt = format_of(dtype)
    ends = ordinal(rounded(np.array([low, high]), fmt))
    return from_ordinal(rng.integers(ends[0], ends[1], count, endpoint=True), fmt)


def rounded(values: Any, dtype: Any) -> Array:
    """Round float64 values to a dtype, once.

    NumPy's own conversion does it for float16 and float32; that of bfloat16 goes through float32 and rounds twice.
    """
    fmt = format_of(dtype)
    wide = np.asarray(values, dtype=np.float64)
    with np.errstate(over="ignore", under="ignore"):
        if fmt.name != "bfloat16":
            return wide.astype(fmt.dtype)
        narrow = np.array(wide, np.float32)
        # round to odd on the way: where float32 is not exact, go to the one of the two neighbours whose last bit is 1
        back = narrow.astype(np.float64)
        code = narrow.view(np.int32)
        code -= np.abs(back) > np.abs(wide)
        code |= (back != wide) & ~np.isnan(wide)
        return narrow.astype(fmt.dtype)


def spell(x: Any) -> str:
    """Write a number in hexadecimal, with nan and the infinities by name."""
    value = float(x)
    return value.hex() if math.isfinite(value) else str(value)
