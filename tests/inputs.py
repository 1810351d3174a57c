"""Where the tests look: every number of a 16-bit dtype, samples that favour no binade, special places, roots."""

from __future__ import annotations

import itertools
import zlib
from fractions import Fraction
from functools import cache

import numpy as np

import ogive
from ogive.truth.reference import ends
from ogive.truth.ulp import format_of, from_ordinal, neighbours, ordinal, rounded, sample

DTYPES = ("float16", "bfloat16", "float32", "float64")
NARROW = DTYPES[:3]
NUMBERS = [
    "bool",
    *(f"{sign}int{size}" for sign in ("", "u") for size in (8, 16, 32, 64)),
    "float16",
    "float32",
    "float64",
    ">f2",
    ">f4",
    ">f8",
    ">i2",
    ">u4",
]
CARDS = [card for card in ogive.CATALOGUE.values() if card.kind == "elementwise"]
ROWS = [card for card in ogive.CATALOGUE.values() if card.kind == "vectorwise"]
BORROWED = [card for card in ogive.CATALOGUE.values() if card.kind == "borrowed"]
LOSSES = [card for card in ogive.CATALOGUE.values() if card.kind == "loss"]
FORMS = [(card, form) for card in CARDS for form in card.forms]
TRIED = (0.3, 7.0, -1.5, 0.0)  # values of parameters, as far as their domains allow


def label(value) -> str:
    """Name a test after its card."""
    return value.name if isinstance(value, ogive.Activation) else str(value)


def required(card) -> tuple[float, ...]:
    """Return what a card cannot be called without, besides x."""
    return tuple(3.0 for _ in card.parameters) if card.kind == "borrowed" else (1,) if card.kind == "loss" else ()


def rng(*key) -> np.random.Generator:
    """Make a generator that depends on what is tested and on nothing else."""
    return np.random.default_rng(zlib.crc32(" ".join(map(label, key)).encode()))


def settings(card, form) -> list[tuple[float, ...]]:
    """List parameter values: the defaults first, then others from the domains."""
    parameters = card.forms[form].parameters
    if not parameters:
        return [()]
    others = [values for values in itertools.permutations(TRIED, len(parameters)) if together(card, form, values)]
    others = others[:: max(1, len(others) // len(TRIED))][: len(TRIED)]
    return list(dict.fromkeys([tuple(float(p.default) for p in parameters), *others]))


def together(card, form, values) -> bool:
    """Tell whether parameters lie in their domains and go together."""
    admitted = card.admits is None or len(values) < len(card.parameters) or card.admits(*values)
    return admitted and all(v in p.domain for p, v in zip(card.forms[form].parameters, values, strict=True))


def cast(values, dtype) -> list:
    """Give parameters the dtype of the loop."""
    return [rounded(np.float64(v), dtype)[()] for v in values]


def wide(x):
    """Widen to float64; a signalling nan among all 16-bit numbers is no cause for a warning."""
    with np.errstate(invalid="ignore"):
        return np.asarray(x).astype(np.float64)


def call(card, form, dtype, x, parameters=None, g=None):
    """Call the bare ufunc of a form in one dtype, in silence; at its default parameters where none are given."""
    parameters = settings(card, form)[0] if parameters is None else parameters
    arrays = [np.asarray(x, format_of(dtype).dtype)]
    if form == "backward":
        arrays.insert(0, np.asarray(1.0 if g is None else g, format_of(dtype).dtype))
    with np.errstate(all="ignore"):
        return card.forms[form].ufunc(*arrays, *cast(parameters, dtype))


def bits(x):
    """See an array as integers, nan being all alike."""
    array = np.ascontiguousarray(x)
    array = np.where(np.isnan(array), np.asarray(np.nan, array.dtype), array)
    return array.view(format_of(array.dtype).integer)


@cache
def every(dtype):
    """Return all 65,536 numbers of a 16-bit dtype."""
    return np.arange(65536).astype(np.uint16).view(format_of(dtype).dtype)


def kinks(card, form, parameters=()) -> list[Fraction]:
    """Tell where a form has kinks or jumps, exactly."""
    if form == "inverse":
        return []
    exact = [Fraction(p) for p in parameters or [p.default for p in card.parameters]]
    return sorted({Fraction(x) for x in (kink.at(*exact) for kink in card.kinks) if x == x})


def finite_ends(card, form, parameters=()) -> tuple[float, float]:
    """Return the domain of a form, cut to finite numbers."""
    domain, _ = ends(card, form, parameters)
    return max(domain.low, -1.7976931348623157e308), min(domain.high, 1.7976931348623157e308)


@cache
def places(card, form, dtype, parameters=()):
    """Return the special places of a form, with neighbours: zeros, ends, kinks, limits of the format, round numbers."""
    fmt = format_of(dtype)
    domain, _ = ends(card, form, parameters)
    low, high = finite_ends(card, form, parameters)
    marks = [
        0.0,
        low,
        high,
        *map(float, kinks(card, form, parameters)),
        0.5,
        -0.5,
        1.0,
        -1.0,
        2.0,
        -2.0,
        np.log(2),
        2.0**fmt.emin,
        -(2.0**fmt.emin),
        fmt.largest,
        -fmt.largest,
    ]
    found = np.concatenate([neighbours(mark, fmt, 2) for mark in marks] + [np.array([0.0, -0.0, domain.low, domain.high], fmt.dtype)])
    found = found[(wide(found) >= domain.low) & (wide(found) <= domain.high)]
    return found[np.unique(found.view(fmt.integer), return_index=True)[1]]


@cache
def line(card, form, dtype, count=4096):
    """Return finite inputs across the domain: half from all floating-point numbers, half from where things happen, and all places."""
    fmt = format_of(dtype)
    low, high = finite_ends(card, form)
    whole = sample(max(low, -fmt.largest), min(high, fmt.largest), count // 2, fmt, rng(card, form, dtype, count))
    special = places(card, form, dtype)
    return np.concatenate([whole, bend(card, form, dtype, count // 2), special[np.isfinite(wide(special))]])


def bend(card, form, dtype, count):
    """Return inputs from where the curve bends."""
    fmt = format_of(dtype)
    low, high = finite_ends(card, form)
    generator = rng(card, form, dtype, "bend", count)
    near = sample(max(low, -800.0), min(high, 800.0), count // 2, fmt, generator)
    return np.concatenate([near, rounded(np.clip(generator.normal(0, 4, count - len(near)), low, high), fmt)])


@cache
def roots(card, form, dtype, parameters=None) -> list[float]:
    """Find where a form changes its sign, to neighbouring numbers, by bisection along their order."""
    form = "value" if form == "value_and_derivative" else form
    fmt = format_of(dtype)
    x = np.unique(ordinal(line(card, form, dtype)))
    sign = np.signbit(call(card, form, dtype, from_ordinal(x, fmt), parameters))
    change = np.flatnonzero(sign[1:] != sign[:-1])
    low, high, start = x[change], x[change + 1], sign[change]
    while np.any(high - low > 1):
        middle = (low + high) // 2
        same = np.signbit(call(card, form, dtype, from_ordinal(middle, fmt), parameters)) == start
        low, high = np.where(same, middle, low), np.where(same, high, middle)
    return [float(v) for v in from_ordinal(low, fmt)]
