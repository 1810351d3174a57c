"""Where an implementation is tried: every number of a dtype, a sample that favours no binade and misses no special place, or given numbers.

Inputs are sorted by their bits, so that whatever is counted by region is counted in runs, and neighbours follow each other.
"""

from __future__ import annotations

import math
import zlib
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from ogive.activation import Elementwise
from ogive.audit.question import Question
from ogive.truth.ulp import Array, Format, format_of, from_ordinal, neighbours, ordinal, rounded
from ogive.vectorwise import Composed

__all__ = ["Inputs", "choose", "roots", "stratified", "takes"]

COUNTS = {"float16": 1 << 16, "bfloat16": 1 << 16, "float32": 1 << 20, "float64": 1 << 15}  # of a sample
WIDTHS, ROWS = (33, 32), 1 << 10  # of the rows, for functions of rows: odd, or even for those that are cut in two
SHARD = 1 << 23  # numbers in a shard of all numbers: in float32, one sign and exponent
PART = {"float64": 1 << 12}  # numbers in a shard of a sample, where each is a matter for Arb; else 2^17
RUN = 32  # neighbours in a row, at every place a sample looks at closely


def stratified(low: float, high: float, count: int, fmt: Format, rng: np.random.Generator) -> Array:
    """Draw one number from each of `count` equal parts of the floating-point numbers between two."""
    first, last = (int(n) for n in ordinal(rounded(np.array([low, high]), fmt)))
    count = min(count, last - first + 1)
    step = (last - first + 1) // count
    offset = np.arange(count, dtype=np.uint64) * np.uint64(step) + rng.integers(0, step, count, dtype=np.uint64)
    return from_ordinal((offset + np.uint64(first % 2**64)).view(np.int64), fmt)


def roots(card: Elementwise, form: str, x: Array) -> list[float]:
    """Find where a form changes its sign, but for 0."""

    def value(at: Any) -> Array:
        return np.asarray(card.forms[form](np.asarray(at, np.float64)))

    x = np.unique(x.astype(np.float64))
    negative = value(x) < 0
    found = []
    for i in np.flatnonzero(negative[1:] != negative[:-1]):
        low, high = float(x[i]), float(x[i + 1])
        while low < (middle := low / 2 + high / 2) < high:
            low, high = (middle, high) if (value(middle) < 0) == negative[i] else (low, middle)
        if low * high > 0:
            found.append(low)
    return found


def takes(question: Question, width: int) -> bool:
    """Tell whether a function of rows takes rows of this length."""
    try:
        question.card(np.zeros((1, width)))
    except ValueError:
        return False
    return True


def rows_of_numbers(question: Question, count: int, width: int, seed: int) -> Array:
    """Draw rows of normal numbers of several sizes, shifted, with a winner here and there, or two, or all alike; gated ones between -30 and 30."""
    rng = np.random.default_rng([seed, zlib.crc32(str(question).encode())])
    rows = rng.normal(0, 1, (count, width)) * rng.choice([0.1, 1, 5, 20], (count, 1))
    rows[::4, 0] += rng.uniform(5, 50, len(rows[::4]))  # a winner
    rows[1::4] += rng.uniform(-100, 100, (len(rows[1::4]), 1))
    rows[2::16] = rows[2::16, :1]
    rows[3::16, -1] = rows[3::16].max(1)
    rows[7::16, ::3] = 0.0
    return rounded(np.clip(rows, -30, 30) if isinstance(question.card, Composed) else rows, question.fmt)


def sampled(question: Question, count: int, seed: int) -> Array:
    """Draw numbers: a third from all of the domain, a third from where most happens, a third in runs of neighbours at special places.

    Every floating-point number is as likely as any other in the first third. The second lies between 2^-10 and 2^10. The runs are at
    kinks, ends, roots, limits of the format, powers of two, and at random places. The infinities, the zeros and a nan are there.
    """
    card, fmt = question.card, question.fmt
    assert isinstance(card, Elementwise)
    rng = np.random.default_rng([seed, zlib.crc32(str(question).encode())])
    low, high = question.finite
    share = max(count // 3, 64)
    parts = [stratified(low, high, share, fmt, rng)]
    sides = [(max(low, a), min(high, b)) for a, b in ((-1024.0, -(2.0**-10)), (2.0**-10, 1024.0)) if a < high and b > low]
    parts += [stratified(a, b, share // len(sides), fmt, rng) for a, b in sides]
    with np.errstate(all="ignore"):
        found = roots(card, question.form, np.concatenate(parts))
    marks = {0.0, low, high, 2.0**fmt.emin, -(2.0**fmt.emin), *found}
    marks |= {float(kink.at(*question.values)) for kink in card.kinks} | {s * 2.0**e for s in (-1, 1) for e in range(-12, 12)}
    places = [mark for mark in marks if low <= mark <= high]
    if len(places) * RUN < share:
        places += [float(x) for x in rng.choice(np.concatenate(parts), share // RUN - len(places))]
    parts += [neighbours(place, fmt, RUN // 2) for place in places]
    parts.append(np.array([0.0, -0.0, math.inf, -math.inf, math.nan], fmt.dtype))
    return np.concatenate(parts)


def in_order_of_bits(x: Array) -> Array:
    """Sort numbers by their bits, each once; nan is one number."""
    fmt = format_of(x.dtype)
    with np.errstate(invalid="ignore"):
        x = np.where(np.isnan(x), np.asarray(np.nan, fmt.dtype), x)
    return np.unique(x.view(f"u{fmt.dtype.itemsize}")).view(fmt.dtype)


@dataclass(frozen=True)
class Inputs:
    """The inputs of an audit, cut into shards.

    Parameters
    ----------
    question : Question
        What is asked there.
    kind : str
        ``exhaustive``, ``sample`` or ``given``.
    count : int
        How many there are to be; a sample may have some fewer, or more.
    seed : int
        Of the sample.
    given : ndarray, optional
        The numbers, or rows of numbers, of kind ``given``.
    width : int
        The length of the rows of a sample.
    """

    question: Question
    kind: str
    count: int
    seed: int = 0
    given: Any = None
    width: int = 0

    @cached_property
    def _all(self) -> Array:
        if self.question.rows:
            return self.given if self.kind == "given" else rows_of_numbers(self.question, self.count, self.width, self.seed)
        return in_order_of_bits(self.given if self.kind == "given" else sampled(self.question, self.count, self.seed))

    def shards(self) -> list[tuple[int, int]]:
        """Cut the inputs: pairs of a first number and the one behind the last."""
        size = self.count if self.kind == "exhaustive" else len(self._all)
        part = SHARD if self.kind == "exhaustive" else 1 << 7 if self.question.rows else PART.get(self.question.dtype, 1 << 17)
        return [(low, min(low + part, size)) for low in range(0, size, part)]

    def x(self, low: int, high: int) -> Array:
        """Return the inputs of a shard."""
        if self.kind != "exhaustive":
            return self._all[low:high]
        size = self.question.fmt.dtype.itemsize
        return np.arange(low, high, dtype=f"u{size}").view(self.question.fmt.dtype)


def choose(question: Question, inputs: Any = None, seed: int = 0, width: int | None = None) -> Inputs:
    """Make the inputs that a caller asks for.

    Parameters
    ----------
    question : Question
        What is asked.
    inputs : str, int or array_like, optional
        ``"exhaustive"``, ``"sample"``, the size of a sample, or numbers of the dtype. By default all numbers of a 16-bit dtype, and
        else a sample: about 2^20 numbers of float32, 2^15 of float64, 2^10 rows.
    seed : int
        Of the sample.
    width : int, optional
        The length of the rows of a sample; by default one that the function takes.

    Returns
    -------
    Inputs

    Raises
    ------
    ValueError
        If it is none of these, or exhaustive where there are too many.
    TypeError
        If the numbers have another dtype.
    """
    fmt = question.fmt
    small = fmt.dtype.itemsize == 2 and not question.rows
    if inputs is None:
        inputs = "exhaustive" if small else "sample"
    if isinstance(inputs, str):
        if inputs == "exhaustive":
            if question.rows or fmt.name == "float64":
                raise ValueError(f"{question}: there are too many inputs to try them all; ask for a sample, or give the inputs")
            return Inputs(question, "exhaustive", 1 << (8 * fmt.dtype.itemsize))
        if inputs != "sample":
            raise ValueError(f"inputs={inputs!r}: ask for 'exhaustive', 'sample', a number of inputs, or give an array")
        inputs = ROWS if question.rows else COUNTS[fmt.name]
    if isinstance(inputs, (int, np.integer)) and not isinstance(inputs, bool):
        if inputs < 1:
            raise ValueError(f"inputs={inputs}: a sample has at least one input")
        if question.rows and width is None:
            width = next(each for each in WIDTHS if takes(question, each))
        return Inputs(question, "sample", int(inputs), seed, width=width or 0)
    given = np.asarray(inputs)
    if given.dtype.newbyteorder("=") == fmt.dtype:
        given = given.astype(fmt.dtype)
    if given.dtype != fmt.dtype:
        raise TypeError(f"the inputs are {given.dtype}, the audit is of {fmt.name}; convert them, or ask with dtype={given.dtype.name!r}")
    given = np.atleast_2d(given) if question.rows else given.ravel()
    if not given.size:
        raise ValueError("inputs has no elements; give at least one")
    if question.rows and not np.isfinite(given.astype(np.float64)).all():
        raise ValueError("rows to audit are of finite numbers; what infinities and nan do is a matter of policy")
    return Inputs(question, "given", len(given), seed, given)
