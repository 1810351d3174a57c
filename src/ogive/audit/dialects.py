"""Whether what was audited is another function of the same name: gelu by tanh taken for gelu, another slope, another value at a jump."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from ogive.activation import Elementwise
from ogive.audit.findings import Finding
from ogive.audit.question import Question, bits
from ogive.catalogue import CATALOGUE
from ogive.truth.ulp import Array, Format

if TYPE_CHECKING:
    from ogive.audit.targets import Target

__all__ = ["VARIANTS", "dialect", "ulps"]

#: Parameters that are in use elsewhere, besides the defaults of the catalogue.
VARIANTS: dict[str, tuple[dict[str, float], ...]] = {
    "linear_sigmoid": ({"slope": 1 / 6, "offset": 0.5}, {"slope": 0.25, "offset": 0.5}, {"slope": 0.5, "offset": 0.5}),
    "leaky_relu": tuple({"slope": s} for s in (0.0, 0.02, 0.05, 0.1, 0.2, 0.25, 0.3, 1 / 3, 0.5, 11 / 48)),
    "elu": ({"alpha": 0.1}, {"alpha": 0.5}, {"alpha": 1.6732632423543772}),
    "celu": ({"alpha": 0.5}, {"alpha": 2.0}),
    "softplus": ({"beta": 0.5}, {"beta": 2.0}, {"beta": 10.0}),
    "squareplus": ({"b": 1.0}, {"b": 2.0}),
    "swish": ({"beta": 0.5}, {"beta": 1.5}, {"beta": 1.702}, {"beta": 2.0}),
    "step": ({"at_zero": 0.5}, {"at_zero": 1.0}),
    "bipolar_step": ({"at_zero": 0.0}, {"at_zero": 1.0}),
    "clipped_relu": ({"ceiling": 1.0}, {"ceiling": 20.0}),
    "hard_tanh": ({"low": 0.0, "high": 1.0}, {"low": -2.0, "high": 2.0}),
    "thresholded_relu": ({"theta": 0.0}, {"theta": 0.5}),
    "isru": ({"alpha": 3.0},),
    "hard_shrink": ({"lambd": 1.0},),
    "soft_shrink": ({"lambd": 1.0},),
}
SHARE = 0.04  # of the inputs has to be far off before another definition is looked for
FAR = 256.0  # ulp, in float32 and float64
SIZE = 2.0**-10  # smaller results are left out: many an implementation loses all digits in its tail
FIT = 4.0  # ulp: the median error of what fits
BETTER = 100.0  # times


def ulps(got: Array, truth: Array, fmt: Format) -> Array:
    """Measure absolute errors against a truth in float64, in ulp of the truth; infinite where only one of the two is finite or nan."""
    with np.errstate(all="ignore"):
        wide = np.asarray(got).astype(np.float64)
        _, exponent = np.frexp(np.where(np.isfinite(truth), truth, 1.0))
        last = np.ldexp(1.0, np.where(truth == 0, fmt.emin + 1, np.maximum(exponent, fmt.emin + 1)) - fmt.precision)
        error = np.where(np.isfinite(truth) & (np.abs(truth) <= fmt.largest), np.abs(wide - truth) / last, np.inf)
        alike = (wide == truth) | (np.isnan(wide) & np.isnan(truth)) | (np.isinf(wide) & (np.abs(truth) > fmt.largest))
        return np.where(alike, 0.0, np.where(np.isnan(error), np.inf, error))


def dialect(target: Target, question: Question, x: Array, got: Array) -> Finding | None:
    """Find another function of the catalogue, or other parameters, that the results fit far better.

    Parameters
    ----------
    target : Target
        What was audited.
    question : Question
        What it was asked: an elementwise form.
    x, got : ndarray
        Some thousand inputs where the function bends, and the results.

    Returns
    -------
    Finding or None
        A remark of the kind ``dialect``; None where the results fit what was asked, or nothing fits them.
    """
    fmt = question.fmt
    narrow = 2.0 ** (fmt.precision // 3)  # of 16 bits, a few ulp are already a good part of the number
    far, better = min(FAR, narrow), min(BETTER, 4 * narrow)
    asked, off = _off(question, x, got, far)
    if np.count_nonzero(off) < SHARE * len(x):
        return None
    level = float(np.median(asked[off]))
    best: tuple[float, Question] | None = None
    for other in _others(question):
        error, beside = _off(other, x, got, far)
        median = float(np.median(error[off]))
        fits = median <= FIT and level >= better * max(median, 0.25) and np.count_nonzero(beside) * 4 <= np.count_nonzero(off)
        if fits and (best is None or median < best[0] - 0.5):  # the simplest comes first
            best = median, other
    if best is None:
        return None
    median, other = best
    worst = int(np.argmax(np.where(off & np.isfinite(asked), asked, -1)))
    here = np.unique(x[off])
    said = (
        f"this is {_named(other)}: it fits with a median of {median:.2g} ulp at the {len(here)} of {len(np.unique(x))} inputs "
        f"where {_named(question)} is off by a median of {level:.2g}"
    )
    return Finding(
        "dialect",
        said,
        len(here),
        x=bits(x[worst], fmt),
        got=bits(got[worst], fmt),
        expected=bits(question.right(x[worst : worst + 1])[0], fmt),
        low=bits(here[0], fmt),
        high=bits(here[-1], fmt),
        ulp=float(asked[worst]),
        reproducer=target.recipe([bits(x[worst], fmt)]),
    )


def _off(question: Question, x: Array, got: Array, far: float) -> tuple[Array, Array]:
    """Measure the errors, and tell which are large where the result is of some size."""
    truth = question.wide(x)
    error = ulps(got, truth, question.fmt)
    return error, (error > far) & (np.maximum(np.abs(truth), np.abs(got.astype(np.float64))) >= SIZE)


def _named(question: Question) -> str:
    """Name a function with the parameters that are given."""
    given = ", ".join(f"{name}={value:.6g}" for name, value in question.parameters.items())
    return question.function + (f" with {given}" if given else "")


def _others(question: Question) -> Iterator[Question]:
    """List what else it could be: every card that has the form, on the same domain, at its defaults and at known other parameters."""
    asked: Any = question.card
    defaults: list[tuple[str, dict[str, float]]] = [(name, {}) for name in CATALOGUE]
    for name, parameters in [*defaults, *((name, given) for name, variants in VARIANTS.items() for given in variants)]:
        card = CATALOGUE[name]
        if not isinstance(card, Elementwise) or question.form not in card.forms or card.domain != asked.domain:
            continue
        if {p.name for p in card.forms[question.form].parameters} >= parameters.keys():
            other = Question(name, question.form, question.dtype, parameters)
            if (name, other.values) != (question.function, question.values):
                yield other
