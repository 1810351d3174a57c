"""How long a function takes: nanoseconds an element, beside the formula that people write in NumPy.

The contenders take turns, round after round, so whatever else the machine does meets all of them alike.
"""

from __future__ import annotations

import gc
import math
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ogive.activation import Activation, Elementwise

__all__ = ["LEAST", "ROUNDS", "WIDTH", "Timing", "draw", "measure", "race", "report"]

Array = np.ndarray[Any, np.dtype[Any]]

LEAST = 5  # rounds of a race, whatever the time
ROUNDS = 21
WIDTH = 100  # of the rows, for functions of rows


@dataclass(frozen=True)
class Timing:
    """How long one call took, for each element.

    Parameters
    ----------
    function, form, dtype : str
        What was computed, and in what.
    size : int
        How many elements an array had.
    nanoseconds : float
        The median over the rounds, in CPU time of one thread.
    formula : str
        What stood beside it; empty where there is nothing.
    formula_nanoseconds, ratio : float or None
        How long the formula took, and how many times as long as ogive: the median of the ratios of the rounds.
    """

    function: str
    form: str
    dtype: str
    size: int
    nanoseconds: float
    formula: str
    formula_nanoseconds: float | None
    ratio: float | None


def draw(card: Activation, dtype: Any, size: int) -> Array:
    """Draw ordinary inputs from the middle of a card's domain.

    Parameters
    ----------
    card : Activation
        The card.
    dtype : dtype
        Of the numbers.
    size : int
        How many.

    Returns
    -------
    ndarray of shape (size,)
        The same ones every time.
    """
    rng = np.random.default_rng(20)
    if isinstance(card, Elementwise) and np.isfinite(card.domain.low):
        high = card.domain.high if np.isfinite(card.domain.high) else 10.0
        x = card.domain.low + (high - card.domain.low) * rng.uniform(0.01, 0.99, size)
    else:
        x = rng.normal(0, 3, size)
    return x.astype(dtype)


def race(contenders: Mapping[str, Callable[[], Any]], rounds: int, seconds: float = math.inf) -> dict[str, list[float]]:
    """Let the contenders take turns.

    Parameters
    ----------
    contenders : mapping of str to callable
        Called without arguments.
    rounds : int
        How often each has its turn, if there is time.
    seconds : float
        The time; there are no more rounds than fit into it, but `LEAST`.

    Returns
    -------
    dict of str to list of float
        The seconds for one call of each, round by round; CPU time of the process.
    """
    end = time.monotonic() + seconds
    calls = {}
    for name, call in contenders.items():
        call()
        start = time.process_time()
        call()
        calls[name] = max(1, round(2e-4 / max(time.process_time() - start, 1e-9)))
    times: dict[str, list[float]] = {name: [] for name in contenders}
    order = list(contenders)
    collecting = gc.isenabled()
    gc.disable()
    try:
        for done in range(rounds):
            if done >= LEAST and time.monotonic() > end:
                break
            for name in order:
                call, count = contenders[name], range(calls[name])
                call()  # brings its arrays back into the cache
                start = time.process_time()
                for _ in count:
                    call()
                times[name].append((time.process_time() - start) / len(count))
            order.append(order.pop(0))
    finally:
        if collecting:
            gc.enable()
    return times


def measure(card: Activation, function: Callable[[Array], Any], form: str, dtype: Any, size: int, formula: str = "") -> Timing:
    """Time a function on one array, in turns with a formula.

    Parameters
    ----------
    card : Activation
        The card, whose domain the inputs are drawn from.
    function : callable
        A form of it that takes one array.
    form : str
        The name of the form.
    dtype : dtype
        Of the array.
    size : int
        How many elements; functions of rows take them in rows of `WIDTH`.
    formula : str
        An expression in ``np``, ``x`` and the card's parameters, which are at their defaults, such as those that
        `ogive.formulas.written` gives; without one the function runs alone.

    Returns
    -------
    Timing
        Both make their result anew in each call, as in ordinary code.

    Examples
    --------
    >>> import ogive
    >>> from ogive.bench import measure
    >>> from ogive.formulas import written
    >>> timing = measure(ogive.sigmoid, ogive.sigmoid, "value", "float64", 1000, written("sigmoid"))
    >>> timing.nanoseconds > 0 and timing.ratio > 0
    True
    """
    x = draw(card, dtype, size)
    if card.kind in ("vectorwise", "composed"):
        x = x.reshape(-1, WIDTH)
    contenders: dict[str, Callable[[], Any]] = {"ogive": lambda: function(x)}
    if formula:
        written = eval(f"lambda x: {formula}", {"np": np, **{p.name: p.default for p in getattr(card, "parameters", ())}})
        contenders["formula"] = lambda: written(x)
    with np.errstate(all="ignore"):
        times = race(contenders, ROUNDS)
    each = {name: 1e9 * statistics.median(seconds) / size for name, seconds in times.items()}
    ratio = statistics.median(b / a for a, b in zip(times["ogive"], times["formula"], strict=True)) if formula else None
    return Timing(card.name, form, str(np.dtype(dtype)), size, each["ogive"], formula, each.get("formula"), ratio)


def report(timings: Sequence[Timing]) -> str:
    """Write timings as a table.

    Parameters
    ----------
    timings : sequence of Timing
        A line each.

    Returns
    -------
    str
        The table, and a line that says how it was measured.
    """
    rows = [("function", "dtype", "elements", "ns/element", "NumPy", "ratio", "its formula")]
    for timing in timings:
        name = timing.function if timing.form == "value" else f"{timing.function} {timing.form}"
        beside = ("–", "–") if timing.ratio is None else (_three(timing.formula_nanoseconds), f"{timing.ratio:.2f}")
        rows.append((name, timing.dtype, str(timing.size), _three(timing.nanoseconds), *beside, timing.formula))
    wide = [max(map(len, column)) for column in zip(*rows, strict=True)]
    sides = "<<>>>><"  # texts to the left, numbers to the right
    lines = ["  ".join(f"{cell:{side}{w}}" for cell, side, w in zip(row, sides, wide, strict=True)).rstrip() for row in rows]
    return "\n".join(
        [*lines, "", f"Medians of {ROUNDS} rounds, CPU time of one thread; a ratio above 1: ogive is faster than NumPy's formula."]
    )


def _three(value: float | None) -> str:
    """Write three digits, and never an exponent."""
    return f"{float(f'{value:.3g}'):g}"
