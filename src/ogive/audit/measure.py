"""The error of an implementation at many inputs: fractional, signed, in ulp of the unrounded truth, counted by region of the line.

For 16-bit and 32-bit results of elementwise functions the float64 loop of the same form stands for the truth: it is within an ulp
of float64, 2^-29 ulp of float32, of it. That is enough to measure an error, and to tell whether a result is the nearest number
wherever it is not next to a midpoint; what is next to one goes to Arb. The float64 loop itself is checked against Arb in every shard,
and in every shard faults are planted that must be found. For float64, and for functions of rows, every truth is Arb's.
"""

from __future__ import annotations

import hashlib
import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from ogive.activation import Elementwise
from ogive.audit.inputs import Inputs
from ogive.audit.patience import subnormals
from ogive.audit.question import Question, bits, from_bits
from ogive.truth.exact import Truth
from ogive.truth.reference import constant_on, evaluate, side
from ogive.truth.screen import beside_lines
from ogive.truth.ulp import Array, neighbours, ordinal, rounded, spell, ulp_error

__all__ = ["EDGES", "Case", "Cell", "Tally", "Void", "join", "measure"]

#: Where the histogram of signed errors is cut, in ulp; a bin contains its end that is farther from 0, and 0 is in the first one above.
EDGES = (*(-(2.0**e) for e in (23, 12, 6, 4, 3, 2, 1, 0, -1, -2)), 0.0, *(2.0**e for e in (-2, -1, 0, 1, 2, 3, 4, 6, 12, 23)))
EXPONENTS = [round(math.log2(edge)) for edge in EDGES if edge > 0]
INNER = 2.0**-2  # the edge inside of half an ulp
BLOCK = 1 << 15  # numbers that are compared at a time: what is worked on stays in the cache
CALL = 1 << 18  # numbers in one call of the target
MARGIN = 2.0**-50  # four ulp of float64; the screen is off by at most one, or the run is void
SURE = 0.5 - 2.0**-24  # an error below it is one of the nearest number, whatever the screen's own error
FEW = 64  # where one number is right on a whole shard, the error of one in so many is measured
CONTROLS = 16  # numbers in a shard of all numbers at which Arb checks the screen; in a sample there are more
PLANTED = 3  # faults planted in a shard
CELL_BITS = {"float16": 7, "bfloat16": 4, "float32": 20, "float64": 52}  # low bits that numbers of one cell do not share

Call = Callable[[Array], Array]


class Void(Exception):
    """The audit cannot be trusted: the screen is off, a planted fault was not found, or a right answer was called wrong."""


# ── what is true, block by block ─────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Block:
    """Results compared with the truth.

    Attributes
    ----------
    y : ndarray of float64
        The truth, next to it.
    error : ndarray of float64
        In ulp, signed.
    odd : ndarray of int
        Where the result is not sure to be the nearest number.
    right : ndarray
        The correctly rounded results there; at a tie, either neighbour if it came.
    """

    y: Array
    error: Array
    odd: Array
    right: Array


class Screen:
    """Compare by the float64 loop; Arb decides next to midpoints."""

    def __init__(self, question: Question) -> None:
        self.question, self.fmt = question, question.fmt
        assert isinstance(question.card, Elementwise)
        self.card = question.card
        self.by_arb = self.by_line = 0
        low, high = self.fmt.emin + 1023, self.fmt.emax + 1023
        self._exponents = np.int64(low) << 52, np.int64(high) << 52
        self._top = np.int64(2046 + self.fmt.precision - 1) << 52

    def compare(self, x: Array, got: Array) -> Block:
        """Measure a block of results."""
        y = self.question.wide(x)
        with np.errstate(all="ignore"):
            exponent = y.view(np.int64) & np.int64(0x7FF << 52)
            np.maximum(exponent, self._exponents[0], out=exponent)
            np.minimum(exponent, self._exponents[1], out=exponent)
            np.subtract(self._top, exponent, out=exponent)  # of 1 / ulp
            error = got.astype(np.float64)
            error -= y
            error *= exponent.view(np.float64)
            odd = np.flatnonzero(~(np.abs(error) < SURE))
            right = self._examine(x[odd], got[odd], y[odd], error, odd) if odd.size else got[:0]
        return Block(y, error, odd, right)

    def constant(self, low: Any, high: Any) -> Any:
        """Find the one number that is right from `low` to `high`, if there is one and a ball shows it."""
        with np.errstate(invalid="ignore"):
            one_sign = np.isfinite(low) and np.isfinite(high) and np.signbit(low) == np.signbit(high) and low != 0 != high
        if not one_sign:
            return None
        return constant_on(self.card, self.question.form, min(low, high), max(low, high), self.fmt, self.question.values)

    def _examine(self, x: Array, got: Array, y: Array, error: Array, odd: Array) -> Array:
        """Round the truth where a result is not sure to be the nearest number, and put the errors there right."""
        right = rounded(y, self.fmt)
        doubt = rounded(y * (1 - MARGIN), self.fmt) != rounded(y * (1 + MARGIN), self.fmt)
        doubt &= np.isfinite(y)
        if doubt.any():
            right[doubt] = self._decide(x[doubt], got[doubt], right[doubt])
        found = error[odd]
        found = np.where(self._below_a_power(x, got, y), 2 * found, found)
        wide, true = got.astype(np.float64), right.astype(np.float64)
        found = np.where(np.isfinite(wide) & np.isfinite(true), found, np.where(wide < true, -np.inf, np.inf))
        found[(wide == true) & np.isinf(true) | np.isnan(wide) & np.isnan(true)] = 0.0
        error[odd] = found
        return right

    def _decide(self, x: Array, got: Array, right: Array) -> Array:
        """Let lines and Arb round what the screen leaves open; at a tie what came is right, if it is a neighbour."""
        known, by_line = beside_lines(self.card, self.question.form, x, self.question.values)
        right = np.where(known, by_line, right)
        self.by_line += int(known.sum())
        for i in np.flatnonzero(~known):
            self.by_arb += 1
            right[i] = self.question.right(x[i])
            truth = evaluate(self.card, x[i], self.question.form, self.question.values)
            if got[i] != right[i] and truth.is_exact() and abs(ulp_error(got[i], truth, self.fmt)) == 0.5:
                right[i] = got[i]
        return right

    def _below_a_power(self, x: Array, got: Array, y: Array) -> Array:
        """Find where the truth lies just below a power of two to which the float64 loop rounds it: its ulp is half that of the power."""
        fraction, exponent = np.frexp(np.abs(y))
        at: Array = (fraction == 0.5) & (exponent > self.fmt.emin + 1) & (got.astype(np.float64) != y)
        for value in np.unique(y[at]):
            for left in (False, True):
                first, rest = np.split(np.flatnonzero(at & (y == value) & (np.signbit(x) == left)), [1])  # the first may be 0
                at[first] = first.size > 0 and self._is_below(x[first[0]], value)
                at[rest] = rest.size > 0 and self._is_below(x[rest[0]], value) and self._is_below(x[rest[-1]], value)
        return at

    def _is_below(self, x: Any, power: float) -> bool:
        if abs(power) == bound_of(self.question):
            return True
        return side(self.card, x, power, self.question.form, self.question.values) == -math.copysign(1, power)

    def check(self, x: Array) -> float:
        """Measure the float64 loop against Arb, in ulp of float64.

        Raises
        ------
        Void
            If it is off by more than one.
        """
        worst = 0.0
        for value, y in zip(x, self.question.wide(x), strict=True):
            if math.isfinite(value):
                error = abs(ulp_error(y, evaluate(self.card, value, self.question.form, self.question.values), "float64"))
                if not error <= 1:
                    raise Void(f"the screen is {error:.3g} ulp of float64 off at {spell(value)}: it gives {spell(y)}")
                worst = max(worst, error)
        return worst

    def answers(self, x: Array) -> Array:
        """Return right answers for planting faults in: where none is in doubt, those of the screen."""
        return rounded(self.question.wide(x), self.fmt)


def bound_of(question: Question) -> float:
    """Return the power of two that bounds the values of a function and is none of them; 0 where there is none."""
    card = question.card
    if not isinstance(card, Elementwise) or question.form != "value" or question.parameters:
        return 0.0
    ends = {abs(end) for end in (card.range.low, card.range.high) if end and end not in card.range and math.frexp(abs(end))[0] == 0.5}
    return max(ends, default=0.0)


class Exactly:
    """Compare by Arb alone."""

    def __init__(self, question: Question) -> None:
        self.question, self.fmt = question, question.fmt
        self.by_arb = self.by_line = 0
        self._truth: Truth | None = None
        self._x: Any = None

    def _at(self, x: Array) -> Truth:
        if self._x is not x or self._truth is None:
            truth = Truth(self.question.card, self.question.form, x, self.question.values)
            bound = bound_of(self.question)
            if bound:  # where 80 bits do not tell the truth from the bound, it is below that, and its ulp is half as large
                truth.last -= (np.abs(truth.high) == bound) & (truth.rest * np.sign(truth.high) >= 0)
            self._x, self._truth = x, truth
        return self._truth

    def compare(self, x: Array, got: Array) -> Block:
        """Measure a block of results."""
        truth = self._at(x)
        self.by_arb += len(truth.high)
        got = got.ravel()
        error = truth.errors(got)
        odd = np.flatnonzero(~(np.abs(error) < SURE))
        right = truth.right[odd].copy()
        for n in np.flatnonzero(np.abs(np.abs(error[odd]) - 0.5) < 2.0**-20):
            i = int(odd[n])
            if truth.open[i] or (truth.ball(i).is_exact() and abs(ulp_error(got[i], truth.ball(i), self.fmt)) == 0.5):
                right[n] = got[i]
        finite = np.isfinite(truth.right.astype(np.float64))
        return Block(np.where(finite, truth.high, truth.right.astype(np.float64)), error, odd, right)

    def constant(self, low: Any, high: Any) -> Any:
        """Every input is measured by itself."""
        return None

    def check(self, x: Array) -> float:
        """There is no screen to check."""
        return 0.0

    def answers(self, x: Array) -> Array:
        """Return the right answers."""
        return self._at(x).right.copy()


# ── what is counted ──────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass
class Case:
    """How often something is wrong, from where to where, and its worst example.

    Attributes
    ----------
    count : int
        How many inputs.
    low, high : int
        The first and last, as `ogive.truth.ulp.ordinal` counts.
    weight : float
        What makes the example the worst.
    x, got, expected : str
        Its bits.
    ulp : float
        Its error.
    """

    count: int = 0
    low: int = 0
    high: int = 0
    weight: float = -1.0
    x: str = ""
    got: str = ""
    expected: str = ""
    ulp: float = 0.0

    def merge(self, other: Case) -> Case:
        """Add up two."""
        if not (self.count and other.count):
            return self if self.count else other
        worse = min((self, other), key=lambda case: (-case.weight, case.x))  # whichever came first
        return replace(worse, count=self.count + other.count, low=min(self.low, other.low), high=max(self.high, other.high))


@dataclass
class Cell:
    """The errors in one stretch of the line."""

    count: int = 0
    not_nearest: int = 0
    total: float = 0.0
    least: float = math.inf
    most: float = -math.inf
    worst: str = ""

    @property
    def max_ulp(self) -> float:
        """The largest error without its sign."""
        return max(-self.least, self.most)

    def merge(self, other: Cell) -> Cell:
        """Add up two."""
        return Cell(
            self.count + other.count,
            self.not_nearest + other.not_nearest,
            self.total + other.total,
            min(self.least, other.least),
            max(self.most, other.most),
            min((self, other), key=lambda cell: (-cell.max_ulp, cell.worst)).worst,
        )


@dataclass
class Tally:
    """All that is counted in a shard; shards add up in any order.

    Attributes
    ----------
    cells : dict of int to Cell
        By the leading bits of the inputs.
    cases : dict of str to Case
        By kind of finding; ``worst`` and ``proper`` keep the largest error of all, and of those where input and truth are normal
        numbers (or 0) and a number came that is not 0 in place of another.
    histogram : list of int
        Of the errors, by `EDGES`.
    digests : dict of int to str
        The SHA-256 of the results of each shard, by its first input.
    borders : dict of int to list
        For each shard, by its first input: its first and its last input and result, as bits.
    """

    cells: dict[int, Cell] = field(default_factory=dict)
    cases: dict[str, Case] = field(default_factory=dict)
    histogram: list[int] = field(default_factory=lambda: [0] * (len(EDGES) + 1))
    by_arb: int = 0
    by_line: int = 0
    controls: int = 0
    planted: int = 0
    screen_error: float = 0.0
    digests: dict[int, str] = field(default_factory=dict)
    borders: dict[int, list[str]] = field(default_factory=dict)

    def merge(self, other: Tally) -> Tally:
        """Add up two."""
        return Tally(
            {key: self.cells.get(key, Cell()).merge(other.cells.get(key, Cell())) for key in self.cells | other.cells},
            {key: self.cases.get(key, Case()).merge(other.cases.get(key, Case())) for key in self.cases | other.cases},
            [a + b for a, b in zip(self.histogram, other.histogram, strict=True)],
            self.by_arb + other.by_arb,
            self.by_line + other.by_line,
            self.controls + other.controls,
            self.planted + other.planted,
            max(self.screen_error, other.screen_error),
            self.digests | other.digests,
            self.borders | other.borders,
        )

    @property
    def count(self) -> int:
        """The results compared."""
        return sum(cell.count for cell in self.cells.values())

    @property
    def not_nearest(self) -> int:
        """Those that are not the nearest number."""
        return sum(cell.not_nearest for cell in self.cells.values())

    @property
    def digest(self) -> str:
        """The SHA-256 of the digests of the shards in their order."""
        return hashlib.sha256("".join(self.digests[low] for low in sorted(self.digests)).encode()).hexdigest()

    def to_dict(self) -> dict[str, Any]:
        """Return what JSON can hold; infinities are its extension, which Python reads back."""
        return vars(self) | {"cells": {k: vars(v) for k, v in self.cells.items()}, "cases": {k: vars(v) for k, v in self.cases.items()}}

    @classmethod
    def from_dict(cls, document: dict[str, Any]) -> Tally:
        """Read what `to_dict` wrote, also after JSON has turned the keys into strings."""
        found = cls(**document)
        found.cells = {int(k): Cell(**v) for k, v in document["cells"].items()}
        found.cases = {k: Case(**v) for k, v in document["cases"].items()}
        found.digests = {int(k): v for k, v in document["digests"].items()}
        found.borders = {int(k): v for k, v in document["borders"].items()}
        return found


class _Counter:
    """Counts blocks into a tally."""

    def __init__(self, question: Question, max_ulp: float) -> None:
        self.question, self.fmt, self.max_ulp = question, question.fmt, max_ulp
        self.tally = Tally()
        self.width = 0  # of a row of results
        self.last: tuple[Array, Array, Array] | None = None  # the last input, result and truth
        card = question.card
        self.direction = 0  # of a function that is known to be monotone
        self.bounds: tuple[Array, Array] | None = None
        if isinstance(card, Elementwise) and question.form == "value" and not question.parameters:  # the card's facts hold at the defaults
            if card.monotone:
                self.direction = 1 if question.limits[0] < question.limits[1] else -1
            low, high = (rounded(np.array(end), self.fmt) for end in (card.range.low, card.range.high))
            if np.isfinite(low) and float(low) * 1024 % 1:  # an irrational minimum has two neighbours
                low = neighbours(low, self.fmt)[0]
            self.bounds = low, high

    def add(self, x: Array, got: Array, block: Block) -> None:
        """Count a block."""
        got, error, odd = got.ravel(), block.error, block.odd
        size = np.abs(error)
        self._histogram(error, odd)
        if odd.size:
            plain = size.copy()  # where a number came that is not in place of something else
            wrong = odd[self._odd(x, got, block, plain)]
            self._worst("worst", x, got, block, size)
            self._worst("proper", x, got, block, plain)
            size[np.isinf(size)] = 0.0
            self._cells(x, error, size, wrong)
        else:
            self._cells(x, error, size, odd)
            self._worst("worst", x, got, block, size)
            self._worst("proper", x, got, block, size)
        if not self.question.rows:
            self._order(x, got, block.y)
            self._range(x, got)

    def add_constant(self, x: Array, got: Array, block: Block) -> None:
        """Count results that are all the one right number; their errors are those of a few of them, in `block`."""
        size = np.abs(block.error)
        cell = Cell(len(x), 0, float(size.mean()) * len(x), float(block.error.min()), float(block.error.max()), self._bits(x, 0))
        code = int(self._code(x[:1])[0])
        self.tally.cells[code] = self.tally.cells.get(code, Cell()).merge(cell)
        self._histogram(block.error, block.odd, len(x) / len(size))
        self._range(x[:1], got[:1])
        if self.last is not None:
            self._order(x[:1], got[:1], block.y[:1])
        self.last = x[-1], got[-1], block.y[-1]

    def _odd(self, x: Array, got: Array, block: Block, plain: Array) -> Array:
        """Sort out results that are not sure to be nearest; tell which of them are not."""
        odd, right = block.odd, block.right
        came = got[odd]
        with np.errstate(invalid="ignore"):
            wide, true = came.astype(np.float64), right.astype(np.float64)
            start = np.zeros(len(odd)) if self.question.rows else x[odd].astype(np.float64)
        wrong: Array = (wide != true) & ~(np.isnan(wide) & np.isnan(true))
        least = 2.0**self.fmt.emin
        tiny = np.abs(true) < least
        zero = wide == 0
        kinds = {}
        if zero.any():  # a subnormal number of which less than an ulp is lost is rounded, not flushed
            kinds = {"zero": zero & ~tiny & np.isfinite(true), "flush": zero & tiny & (np.abs(block.error[odd]) >= 1 - 2.0**-20)}
        if not (np.isfinite(wide).all() and np.isfinite(true).all()):
            kinds |= {
                "nan": np.isnan(wide) & ~np.isnan(true),
                "number": ~np.isnan(wide) & np.isnan(true),
                "overflow": np.isinf(wide) & ~np.isnan(true) & (wide != true),
                "finite": np.isfinite(wide) & np.isinf(true),
            }
        special = np.isinf(start)  # the ends are checked by themselves
        for kind, where in kinds.items():
            self._case(kind, x, got, block, np.flatnonzero(wrong & where & ~np.isinf(start)))
            special |= where
        self._case("error", x, got, block, np.flatnonzero(wrong & ~special & (np.abs(block.error[odd]) > self.max_ulp)))
        subnormal = ((np.abs(start) < least) & (start != 0)) | tiny & (true != 0)
        plain[odd[special | subnormal | ~wrong & (plain[odd] > 0.5)]] = 0.0
        return wrong

    def _case(self, kind: str, x: Array, got: Array, block: Block, chosen: Array) -> None:
        """Count something wrong at some of a block's odd results."""
        if not chosen.size:
            return
        indices = block.odd[chosen]
        weight = np.abs(block.error[indices])
        i = int(np.argmax(np.where(np.isfinite(weight), weight, 2.0**1000)))
        at = int(indices[i])
        low, high = self._span(x, indices)
        found = Case(
            int(indices.size),
            low,
            high,
            float(weight[i]),
            self._bits(x, at),
            bits(got[at], self.fmt),
            bits(block.right[chosen[i]], self.fmt),
            float(block.error[at]),
        )
        self._add(kind, found)

    def _add(self, kind: str, found: Case) -> None:
        self.tally.cases[kind] = self.tally.cases.get(kind, Case()).merge(found)

    def _bits(self, x: Array, i: int) -> str:
        """Write the input of a result: a number, or a row."""
        if not self.question.rows:
            return bits(x[i], self.fmt)
        row = x[i // (self.width or 1)]
        return " ".join(bits(v, self.fmt) for v in row)

    def _span(self, x: Array, indices: Array) -> tuple[int, int]:
        if self.question.rows:
            return 0, 0
        chosen = x[indices]
        missing = np.isnan(chosen)  # nan has its place behind infinity
        places = ordinal(np.where(missing, np.asarray(np.inf, chosen.dtype), chosen)) + missing
        return int(places.min()), int(places.max())

    def _worst(self, name: str, x: Array, got: Array, block: Block, size: Array) -> None:
        if name in self.tally.cases and size.max() <= self.tally.cases[name].weight:
            return
        i = int(np.argmax(size))
        position = int(np.searchsorted(block.odd, i))
        known = position < len(block.odd) and block.odd[position] == i
        right = block.right[position] if known else got[i]
        self.tally.cases[name] = Case(
            1,
            *self._span(x, np.array([i])),
            float(size[i]),
            self._bits(x, i),
            bits(got[i], self.fmt),
            bits(right, self.fmt),
            float(block.error[i]),
        )

    def _histogram(self, error: Array, odd: Array, each: float = 1) -> None:
        """Count errors by size; those that are sure to be below half an ulp by three comparisons. `each` stands for so many."""
        middle = len(EDGES) // 2
        inner = error
        if odd.size:
            inner = error.copy()
            inner[odd] = 0.0
        left, below, above = (int(np.count_nonzero(c)) for c in (inner < -INNER, inner < 0, inner > INNER))
        inside = [left, below - left, len(error) - odd.size - below - above, above]
        counts = self.tally.histogram
        counts[middle - 1 : middle + 3] = [n + round(m * each) for n, m in zip(counts[middle - 1 : middle + 3], inside, strict=True)]
        if odd.size:
            fraction, exponent = np.frexp(error[odd])
            exponent = np.where(np.isfinite(fraction), exponent - (np.abs(fraction) == 0.5), 1000)
            exponent[fraction == 0] = -1000
            bins = middle + 1 + np.searchsorted(EXPONENTS, np.arange(-4, 26))[np.clip(exponent, -4, 25) + 4]
            for i, n in enumerate(np.bincount(np.where(fraction < 0, 2 * middle + 1 - bins, bins), minlength=len(counts))):
                counts[i] += round(int(n) * each)

    def _cells(self, x: Array, error: Array, size: Array, wrong: Array) -> None:
        """Count by the leading bits of the inputs."""
        codes = np.zeros(len(error), np.int64) if self.question.rows else self._code(x[[0, -1]])
        if codes[0] != codes[-1]:
            codes = self._code(x)
        starts = [0, *(np.flatnonzero(np.diff(codes)) + 1).tolist()] if codes[0] != codes[-1] else [0]
        missed = np.searchsorted(wrong, [*starts, len(error)])
        for n, start in enumerate(starts):
            stop = starts[n + 1] if n + 1 < len(starts) else len(error)
            part = error[start:stop]
            least, most = float(part.min()), float(part.max())
            i = start + int(part.argmax() if most >= -least else part.argmin())
            cell = Cell(stop - start, int(missed[n + 1] - missed[n]), float(size[start:stop].sum()), least, most, self._bits(x, i))
            code = int(codes[start])
            self.tally.cells[code] = self.tally.cells.get(code, Cell()).merge(cell)

    def _code(self, x: Array) -> Array:
        return (x.view(f"u{self.fmt.dtype.itemsize}") >> CELL_BITS[self.fmt.name]).astype(np.int64)

    def _order(self, x: Array, got: Array, y: Array) -> None:
        """Look for neighbours whose results are in the wrong order.

        Of a function that is not monotone, or not known to be, neighbours count whose truths differ by more than the screen's error.
        """
        left = np.signbit(x[0])
        if left != np.signbit(x[-1]):
            n = int(np.count_nonzero(~np.signbit(x)))
            self._order(x[:n], got[:n], y[:n])
            self.last = None
            return self._order(x[n:], got[n:], y[n:])
        if self.last is not None and np.signbit(self.last[0]) == left:
            self.follow(*(np.array([last, now[0]]) for last, now in zip(self.last, (x, got, y), strict=True)))
        self.last = x[-1], got[-1], y[-1]
        return self.follow(x, got, y)

    def follow(self, x: Array, got: Array, y: Array) -> None:
        """Compare results of one sign of x with the next ones."""
        with np.errstate(all="ignore"):
            if self.direction:  # negative numbers come in falling order
                down = got[1:] < got[:-1] if (self.direction > 0) != np.signbit(x[0]) else got[1:] > got[:-1]
            else:
                step = y[1:] - y[:-1]
                move = got[1:].astype(np.float64) - got[:-1].astype(np.float64)
                down = step * move < 0
                if down.any():
                    down &= np.abs(step) > 8 * MARGIN * np.abs(y[1:])
            down &= ~(np.isnan(y[1:]) | np.isnan(y[:-1]))  # nan has no place in an order
        if down.any():
            places = np.flatnonzero(down)
            i = int(places[0])
            pair, came = (f"{bits(v[i], self.fmt)} {bits(v[i + 1], self.fmt)}" for v in (x, got))
            self._add("monotone", Case(int(places.size), *self._span(x, places + 1), 1.0, pair, came))

    def _range(self, x: Array, got: Array) -> None:
        """Look for results outside the range of the function."""
        if self.bounds is None:
            return
        with np.errstate(invalid="ignore"):
            if self.bounds[0] <= got.min() and got.max() <= self.bounds[1]:
                return
            outside = np.flatnonzero((got < self.bounds[0]) | (got > self.bounds[1]))
        if outside.size:
            i = int(outside[0])
            self._add("range", Case(int(outside.size), *self._span(x, outside), 1.0, bits(x[i], self.fmt), bits(got[i], self.fmt)))


def join(tally: Tally, inputs: Inputs) -> Tally:
    """Look at the borders of shards that follow each other: neighbours there may be in the wrong order, too."""
    question = inputs.question
    if question.rows:
        return tally
    counter = _Counter(question, math.inf)
    lows = sorted(tally.borders)
    for one, two in itertools.pairwise(lows):
        x, got = (np.array([from_bits(tally.borders[at][n], question.fmt) for at, n in ((one, 2 + i), (two, i))]) for i in (0, 1))
        if np.signbit(x[0]) == np.signbit(x[1]):
            counter.follow(x, got, question.wide(x))
    return tally.merge(counter.tally)


# ── one shard ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def measure(target: Call, inputs: Inputs, low: int, high: int, max_ulp: float, beat: Callable[[int], None] = lambda count: None) -> Tally:
    """Measure an implementation on a shard of the inputs.

    Parameters
    ----------
    target : callable
        Takes an array and returns one of the same shape and dtype.
    inputs : Inputs
        The inputs, and the question.
    low, high : int
        The shard: its first input, and the one behind its last.
    max_ulp : float
        Larger errors are counted as findings.
    beat : callable, optional
        Is told after each call of the target how many inputs it had.

    Returns
    -------
    Tally

    Raises
    ------
    Void
        If the screen fails a control, or a planted fault is not found.
    """
    question = inputs.question
    exact = question.rows or question.fmt.name == "float64"
    judge = Exactly(question) if exact else Screen(question)
    counter = _Counter(question, max_ulp)
    tally, digest = counter.tally, hashlib.sha256()
    size = BLOCK // 8 if exact else BLOCK
    if (state := subnormals()) != "kept":
        raise Void(f"the processor takes subnormal numbers for 0 ({state}); something in this process has set it so")
    constant = judge.constant(*inputs.x(low, low + 1), *inputs.x(high - 1, high)) if not question.rows and high - low > BLOCK else None
    kinks = conventions(question)
    for start in range(low, high, CALL):
        x = inputs.x(start, min(start + CALL, high))
        with np.errstate(all="ignore"):
            results = np.ascontiguousarray(target(x.copy()))
        digest.update(canonical(results).data)
        for kink, least, most, right in kinks:
            at = (x == kink) & (results >= least) & (results <= most)
            if at.any():
                results = np.where(at, right, results)
        counter.width = results.size // len(x)
        for first in range(0, len(x), size):
            block, got = x[first : first + size], results[first : first + size]
            if constant is not None and (got == constant).all():
                counter.add_constant(block, got, judge.compare(block[::FEW], got[::FEW]))
            else:
                counter.add(block, got, judge.compare(block, got))
        if not question.rows:
            ends = [bits(v, question.fmt) for v in (x[0], results[0], x[-1], results[-1])]
            tally.borders[low] = tally.borders.get(low, ends)[:2] + ends[2:]
        beat(len(x))
    tally.digests[low] = digest.hexdigest()
    tally.by_arb, tally.by_line = judge.by_arb, judge.by_line
    rng = np.random.default_rng(low)
    if not exact:
        chosen = rng.integers(low, high, CONTROLS if inputs.kind == "exhaustive" else 4 * CONTROLS)
        tally.screen_error = judge.check(np.concatenate([inputs.x(i, i + 1) for i in chosen.tolist()]))
        tally.controls = len(chosen)
    few = min(size // 64 if exact else size, high - low)
    start = int(rng.integers(low, high - few, endpoint=True))
    tally.planted = plant(judge, inputs.x(start, start + few), rng)
    return tally


def conventions(question: Question) -> list[tuple[Any, Any, Any, Any]]:
    """List the kinks at which a derivative is a matter of convention: where, what lies between the slopes on both sides, the card's choice."""
    card = question.card
    if question.form != "derivative" or not isinstance(card, Elementwise):
        return []
    found = []
    for kink in card.kinks:
        at = float(kink.at(*question.values))
        x = neighbours(at, question.fmt) if math.isfinite(at) else np.zeros(0, question.fmt.dtype)
        if len(x) == 3 and float(x[1]) == at and not kink.jump:
            left, right, beyond = question.right(x)
            found.append((x[1], min(left, beyond), max(left, beyond), right))
    return found


def canonical(results: Array) -> Array:
    """Return results as bytes to hash: nan is one number."""
    missing = np.isnan(results)
    return np.where(missing, np.asarray(np.nan, results.dtype), results).view(np.uint8) if missing.any() else results.view(np.uint8)


def plant(judge: Screen | Exactly, x: Array, rng: np.random.Generator) -> int:
    """Plant faults in right answers, and see that these are found, and that nothing else is.

    Raises
    ------
    Void
        If not.
    """
    answers = judge.answers(x)
    with np.errstate(all="ignore"):
        whole = np.isfinite(answers.astype(np.float64))
        if not judge.question.rows:
            whole &= np.isfinite(x.astype(np.float64))
    places = np.flatnonzero(whole)
    if not places.size:
        return 0
    places = np.sort(rng.choice(places, min(PLANTED, places.size), replace=False))
    integer = judge.fmt.integer
    for n, i in enumerate(places):
        code = answers[i : i + 1].view(integer)
        if n % PLANTED == 0:
            code ^= np.asarray(2, integer)  # two ulp, up or down
        elif n % PLANTED == 1:
            answers[i] = np.nan
        else:
            answers[i] = -answers[i] if abs(float(answers[i])) > 2.0**judge.fmt.emin else 1.0
    block = judge.compare(x, answers)
    with np.errstate(invalid="ignore"):
        wide, true = answers[block.odd].astype(np.float64), block.right.astype(np.float64)
    found = block.odd[(wide != true) & ~(np.isnan(wide) & np.isnan(true))]
    missed, invented = np.setdiff1d(places, found), np.setdiff1d(found, places)
    if missed.size:
        raise Void(f"a planted fault at {spell(np.ravel(x)[missed[0] if x.ndim == 1 else 0])} was not found")
    if isinstance(judge, Screen):
        invented = np.array([i for i in invented[:64] if float(judge.question.right(x[i])) == float(answers[i])], int)
    if invented.size:
        raise Void(f"the right answer at {spell(np.ravel(x)[invented[0] if x.ndim == 1 else 0])} was called wrong")
    counter = _Counter(judge.question, 1.0)
    counter.width = answers.size // len(x)
    counter.add(x, answers, block)
    cases = counter.tally.cases
    counted = sum(cases[kind].count for kind in ("error", "nan", "zero", "flush", "overflow") if kind in cases)
    if counter.tally.not_nearest != found.size or counted < places.size:
        raise Void(f"of {found.size} faults, {places.size} of them planted, {counted} were counted")
    return int(places.size)
