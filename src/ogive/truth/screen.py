"""Deciding whether whole arrays of 16-bit and 32-bit results are correctly rounded, at the speed of NumPy.

The float64 loop of the same form *screens*: where everything within four of its ulp rounds to one and the same number of
the narrow dtype, that number is the right answer. What is left goes to Arb. Where f rounds to one number on the whole array, which
one ball of Arb's shows, there is nothing to screen. The screen shares its row with the machine, so
every call checks it against Arb as well, in every binade, at every special place and next to every root.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from flint import arb, arb_series, ctx

from ogive.activation import Elementwise
from ogive.catalogue import get
from ogive.facts import Inverse
from ogive.truth.reference import _formula, _lock, constant_on, correctly_rounded, evaluate, reference_backward
from ogive.truth.ulp import Array, Format, format_of, rounded, spell, ulp_error

__all__ = ["Finding", "Screening", "beside_lines", "screen"]

MARGIN = 2.0**-50  # four ulp of float64; its error is at most one, or the screen is void
TRUSTED = 1.0
BLOCK = 1 << 15  # elements at a time: what is worked on stays in the cache
KEPT = 20  # findings reported in full


@dataclass(frozen=True, slots=True)
class Finding:
    """One wrong result: the input (and the upstream gradient), what came, and what is right, in hexadecimal."""

    x: str
    g: str
    got: str
    expected: str


@dataclass(frozen=True, slots=True)
class Screening:
    """What a screening found.

    Parameters
    ----------
    tried, misrounded : int
        The inputs, and how many of their results are not the correctly rounded ones.
    by_arb : int
        How many the screen left to Arb.
    by_tangent : int
        How many were decided by a line: next to 0 by the tangent there, far out by an asymptote.
    controls : int
        How many were decided by Arb although the screen had decided them.
    screen_error : float
        The largest error of the float64 loop among the controls, in its ulp.
    worst_error : float
        The largest error of a result among those that Arb decided, in ulp of the narrow dtype; just under 1/2 where all is well.
    worst_input : str
        Where, in hexadecimal.
    findings : tuple of Finding
        The first wrong results.
    """

    tried: int
    misrounded: int
    by_arb: int
    by_tangent: int
    controls: int
    screen_error: float
    worst_error: float
    worst_input: str
    findings: tuple[Finding, ...]


def screen(
    card: Any,
    form: str,
    x: Array,
    parameters: Sequence[Any] = (),
    *,
    g: Array | None = None,
    per_binade: int = 2,
    seed: int = 0,
    observe: Callable[[Array], None] | None = None,
) -> Screening:
    """Decide which results of one form are correctly rounded.

    Parameters
    ----------
    card : Elementwise or str
        The activation.
    form : str
        Any of its forms but ``value_and_derivative``.
    x : ndarray of float16, bfloat16 or float32
        The inputs, in one dimension.
    parameters : sequence of scalars
        The activation's parameters, cast to the dtype of x.
    g : ndarray, optional
        The upstream gradients of ``backward``, of the dtype and shape of x.
    per_binade : int
        How many controls there are in each binade of x.
    seed : int
        Of the choice of controls.
    observe : callable, optional
        Is given each block of results, in order.

    Returns
    -------
    Screening
        The counts, and the first wrong results.

    Raises
    ------
    ArithmeticError
        If the float64 loop is off by more than an ulp at a control: the screen is void.
    """
    found = get(card)
    if not isinstance(found, Elementwise):
        raise TypeError(f"{found.name} works on rows; the screen is for elementwise activations")
    fmt = format_of(x.dtype)
    if fmt.name == "float64":
        raise TypeError("float64 cannot screen itself; measure it with ulp_error")
    narrow = [np.asarray(p, fmt.dtype)[()] for p in (*parameters, *(p.default for p in found.forms[form].parameters[len(parameters) :]))]
    work = _Work(found, form, fmt, narrow, x, g)
    controls = work.controls(per_binade, np.random.default_rng(seed))
    work.survey()
    for start in range(0, len(x), BLOCK):
        got = work.block(slice(start, start + BLOCK))
        if observe is not None:
            observe(got)
    work.control(controls)
    work.settle()
    return Screening(
        len(x),
        len(work.wrong),
        work.by_arb,
        work.by_tangent,
        len(controls),
        work.screen_error,
        *work.worst,
        tuple(work.finding(i) for i in sorted(work.wrong)[:KEPT]),
    )


class _Work:
    """One screening under way."""

    def __init__(self, card: Elementwise, form: str, fmt: Format, parameters: Sequence[Any], x: Array, g: Array | None) -> None:
        self.card, self.form, self.fmt, self.parameters, self.x, self.g = card, form, fmt, parameters, x, g
        self.ufunc = card.forms[form].ufunc
        self.wide_parameters = [np.float64(p) for p in parameters]
        self.doubtful: list[tuple[Array, Array]] = []  # where, and what came
        self.wrong: dict[int, Any] = {}  # index: the right answer
        self.by_arb = self.by_tangent = 0
        self.screen_error = 0.0
        self.worst = (0.0, "")
        self.constant: Any = None  # the right answer for all of x, where there is one

    def arrays(self, where: Any) -> list[Array]:
        return [self.x[where]] if self.g is None else [self.g[where], self.x[where]]

    def narrow(self, where: Any) -> Array:
        with np.errstate(all="ignore"):
            return np.asarray(self.ufunc(*self.arrays(where), *self.parameters))

    def wide(self, where: Any) -> Array:
        with np.errstate(all="ignore"):
            return np.asarray(self.ufunc(*(a.astype(np.float64) for a in self.arrays(where)), *self.wide_parameters))

    def survey(self) -> None:
        """Find out whether all of a long array has one right answer."""
        if self.g is None and len(self.x) > BLOCK:
            with np.errstate(invalid="ignore"):
                low, high = self.x.min(), self.x.max()
                one_sign = np.isfinite(low) and np.isfinite(high) and np.sign(low) == np.sign(high) != 0
            if one_sign:
                self.constant = constant_on(self.card, self.form, low, high, self.fmt, self.parameters)

    def block(self, where: slice) -> Array:
        """Screen a block; note what is wrong and what is in doubt."""
        got = self.narrow(where)
        if self.constant is not None:
            for i in np.flatnonzero(got.view(self.fmt.integer) != self.constant.view(self.fmt.integer)):
                self.wrong[int(i) + where.start] = self.constant
            return got
        y = self.wide(where)
        with np.errstate(all="ignore"):
            low, high = rounded(y * (1 - MARGIN), self.fmt), rounded(y * (1 + MARGIN), self.fmt)
        integer = self.fmt.integer
        doubt = low.view(integer) != high.view(integer)
        other = got.view(integer) != low.view(integer)
        if doubt.any():
            doubt &= ~np.isnan(y)
            self.doubtful.append((np.flatnonzero(doubt) + where.start, got[doubt]))
            other &= ~doubt
        if other.any():
            for i in np.flatnonzero(other & ~(np.isnan(got) & np.isnan(y))):
                self.wrong[int(i) + where.start] = low[i]
        return got

    def controls(self, per_binade: int, rng: np.random.Generator) -> Array:
        """Choose inputs to check the screen at: every binade, every special place, both sides of every root and kink."""
        x = self.x
        order = rng.permutation(len(x)) if len(x) <= 1 << 21 else rng.integers(0, len(x), 1 << 12)
        places = {0.0, np.inf, -np.inf, self.card.domain.low, self.card.domain.high}
        places |= {float(kink.at(*self.wide_parameters)) for kink in self.card.kinks}
        with np.errstate(all="ignore"):  # a signalling nan may be among them
            chosen = x[order].astype(np.float64)
            picked = [np.flatnonzero(np.isnan(x[: 1 << 16]))[:4], *(np.flatnonzero(x == rounded(place, self.fmt))[:4] for place in places)]
            key = np.frexp(chosen)[1].astype(np.int64) * 2 + np.signbit(chosen)
        for _ in range(per_binade):
            _, first = np.unique(key, return_index=True)
            picked.append(order[first])
            order, key = np.delete(order, first), np.delete(key, first)
        return np.unique(np.concatenate(picked))

    def control(self, indices: Array) -> None:
        """Let Arb decide the controls, and measure the screen there."""
        got, wide = self.narrow(indices), self.wide(indices)
        for i, answer, y in zip(map(int, indices), got, wide, strict=True):
            expected = self.right(i)
            if spell(answer) != spell(expected):
                self.wrong[i] = expected
            else:
                self.wrong.pop(i, None)
            if math.isfinite(self.x[i]) and (self.g is None or math.isfinite(self.g[i])):
                error = abs(ulp_error(y, self.truth(i), "float64"))
                if not error <= TRUSTED:
                    raise ArithmeticError(
                        f"the screen is void: float64 {self.card.name}.{self.form} at {spell(self.x[i])} gives {spell(y)}, {error} ulp off"
                    )
                self.screen_error = max(self.screen_error, error)

    def settle(self) -> None:
        """Decide what the screen left open."""
        if not self.doubtful:
            return
        indices, got = (np.concatenate(parts) for parts in zip(*self.doubtful, strict=True))
        if self.g is None:
            known, expected = beside_lines(self.card, self.form, self.x[indices], [float(p) for p in self.parameters])
            for n in np.flatnonzero(known & (got.view(self.fmt.integer) != expected.view(self.fmt.integer))):
                self.wrong[int(indices[n])] = expected[n]
            self.by_tangent += int(known.sum())
            indices, got = indices[~known], got[~known]
        self.by_arb += len(indices)
        for i, answer in zip(map(int, indices), got, strict=True):
            expected = self.right(i)
            if spell(answer) != spell(expected):
                self.wrong[i] = expected
            error = abs(ulp_error(answer, self.truth(i), self.fmt))
            if error > self.worst[0]:
                self.worst = error, spell(self.x[i])

    def right(self, i: int) -> Any:
        """Return the right answer, from Arb."""
        return correctly_rounded(self.card, self.form, self.x[i], self.fmt, self.parameters, None if self.g is None else self.g[i])

    def truth(self, i: int) -> arb:
        if self.g is not None:
            return reference_backward(self.card, self.g[i], self.x[i], self.parameters)
        return evaluate(self.card, self.x[i], self.form, self.parameters)

    def finding(self, i: int) -> Finding:
        return Finding(
            spell(self.x[i]), "" if self.g is None else spell(self.g[i]), spell(self.narrow(np.array([i]))[0]), spell(self.wrong[i])
        )


def beside_lines(card: Elementwise, form: str, x: Array, parameters: Sequence[float] = ()) -> tuple[Array, Array]:
    """Round where f lies on a line, or beside one and closer to it than float64 resolves.

    Lines are the tangents at 0 (see `_tangent`), the card's asymptote, and pieces of f that are lines themselves (see `_affine`): there
    millions of results are ties, or ties and next to nothing. What lines give is checked against Arb at 64 places each.

    Parameters
    ----------
    card : Elementwise
        The activation.
    form : str
        A form of it.
    x : ndarray of float16, bfloat16 or float32
        Numbers in one dimension.
    parameters : sequence of float
        All parameters, as the dtype holds them.

    Returns
    -------
    known : ndarray of bool
        Where a line decides.
    right : ndarray
        The correctly rounded results there.

    Raises
    ------
    ArithmeticError
        If Arb decides otherwise.
    """
    fmt = format_of(x.dtype)
    wide = x.astype(np.float64)
    size = np.abs(wide)
    known, line, beside = np.zeros(len(x), bool), np.zeros(len(x)), np.zeros(len(x))
    decided = []
    for side in (-1, 1):
        near = np.flatnonzero((size <= TANGENT_REACH) & (side * wide > 0))
        tangent = _tangent(card, form, tuple(parameters), side) if near.size else None
        if tangent is not None:
            line[near], beside[near] = tangent[0] * wide[near], tangent[1] * math.inf
            decided.append(near)
    far = np.flatnonzero((size >= ASYMPTOTE_REACH) & (size <= 2.0**50))  # where x, a step to either side and their distance are exact
    if card.asymptote is not None and form == "value" and far.size:
        lines = np.array([card.asymptote(v) for v in wide[far].tolist()])
        line[far], beside[far] = lines[:, 0], lines[:, 1] * math.inf
        decided.append(far)
    else:
        keys = np.frexp(wide)[1] * 2 + (wide < 0)
        for key in (k for k, count in zip(*np.unique(keys, return_counts=True), strict=True) if count > CROWD):
            here = np.flatnonzero((keys == key) & np.isfinite(wide))
            affine = _affine(card, form, tuple(parameters), float(wide[here].min()), float(wide[here].max())) if here.size else None
            if affine is not None:
                offset, slope = affine
                line[here] = offset + slope * wide[here]
                here = here[(line[here] - offset == slope * wide[here]) & (line[here] - slope * wide[here] == offset)]  # the sum is exact
                beside[here] = line[here]
                decided.append(here)
    right = rounded(np.nextafter(line, beside), fmt)
    for indices in decided:
        known[indices] = True
        for i in indices[np.unique(np.linspace(0, len(indices) - 1, 64).astype(int))] if len(indices) else ():
            if spell(correctly_rounded(card, form, x[i], fmt, parameters)) != spell(right[i]):
                raise ArithmeticError(f"the line beside {card.name}.{form} does not decide {spell(x[i])}")
    return known, right


TANGENT_REACH = 2.0**-48  # beyond it float64 tells f from its tangent
ASYMPTOTE_REACH = 64.0  # the one card that has an asymptote is within 2^-180 of it there
SHORT = 16  # bits of a slope: its product with 24 bits is exact in float64, and no nearer to a midpoint than 2^-42, or on it
CROWD = 256  # open results in a binade from which on it pays to look for a line


def _short(value: Any) -> bool:
    """Whether a slope is a number of few bits, neither huge nor tiny."""
    return bool(value.is_exact() and abs(value.man_exp()[0]) < 1 << SHORT and 2.0**-20 < abs(value) < 2.0**20)


def _expansion(card: Elementwise, form: str, parameters: tuple[float, ...], low: float, high: float) -> tuple[Any, Any, Any] | None:
    """Return value and slope at 0 of the formula that holds from `low` to `high`, and a ball around half its second derivative there."""
    order = {"value": 0, "derivative": 1}.get(form)
    if order is None or isinstance(card.reference, Inverse):
        return None
    with _lock:
        before = ctx.prec, ctx.cap
        ctx.prec, ctx.cap = 256, order + 3
        try:
            middle, ball = (arb(low) + arb(high)) / 2, arb((arb(low) + arb(high)) / 2, (arb(high) - arb(low)) / 2)
            formula = _formula(card.reference, middle if not low * high else ball, [arb(p) for p in parameters])
            at_zero, around = formula(arb_series([0, 1])), formula(arb_series([ball, 1]))
            return at_zero[order], (order + 1) * at_zero[order + 1], (order + 1) * (order + 2) / 2 * around[order + 2]
        except (ValueError, ZeroDivisionError, TypeError):
            return None
        finally:
            ctx.prec, ctx.cap = before


@cache
def _tangent(card: Elementwise, form: str, parameters: tuple[float, ...], side: int) -> tuple[float, int] | None:
    """Find out whether, on one side of 0, the tangent there decides the rounding: its slope, and the side of it on which f lies.

    Half of all inputs under 2**-126 of x / (1 + e^-x) = x/2 + x²/4 - ... are ties plus next to nothing, eight million of them;
    of 6x - 6x², the slope of smoothstep, a quarter of all inputs next to 0. Where f(0) = 0, f'(0) has few bits and f''/2 keeps its sign
    on |x| <= 2**-48 and is at most 32 f'(0) (all of it proven by Arb: the second coefficient of the series on that ball encloses f''/2
    there), f(x) lies on a known side of f'(0) x, within 2^-43 of it. No midpoint of the narrow dtype lies between, unless f'(0) x is one:
    f(x) rounds as the next float64 number does, whose last bit makes it none.
    """
    found = _expansion(card, form, parameters, min(0.0, side * TANGENT_REACH), max(0.0, side * TANGENT_REACH))
    if found is None:
        return None
    value, slope, bend = found
    if value == 0 and _short(slope) and abs(bend) < 32 * abs(slope) and (bend > 0 or bend < 0):
        return float(slope), 1 if bend > 0 else -1
    return None


@cache
def _affine(card: Elementwise, form: str, parameters: tuple[float, ...], low: float, high: float) -> tuple[float, float] | None:
    """Find out whether f is a line with a slope of few bits from `low` to `high`: its value at 0, and the slope."""
    found = _expansion(card, form, parameters, low, high) if low < high else None
    if found is None:
        return None
    value, slope, bend = found
    if bend == 0 and value.is_exact() and float(value) == value and _short(slope):
        return float(value), float(slope)
    return None
