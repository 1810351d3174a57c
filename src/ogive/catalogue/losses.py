"""Losses: how far logits are from their targets, with the gradient that training takes."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ogive.calls import FLOATS
from ogive.catalogue import softmaxes  # the module: a card would count as one of this family
from ogive.facts import Bound, Interval, Parameter, Source
from ogive.loss import Loss, total
from ogive.vectorwise import Rows

inf = float("inf")
LINE = Interval.open(-inf, inf)


def _softplus(x: Any) -> Any:
    """Evaluate log(1 + e^x) on a ball or a series."""
    power = x.exp()
    return power.log1p() if hasattr(power, "log1p") else (1 + power).log()


def _where(x: Any) -> Any:
    """Return the ball at which a reference is evaluated, also where it is evaluated on a series."""
    return x[0] if hasattr(x, "valuation") else x


def _hinge(x: Any, t: Any, power: int, margin: int) -> Any:
    left = margin - t * x
    return left**power if t * _where(x) < margin else 0 * x


binary_cross_entropy = Loss(
    name="binary_cross_entropy",
    tex=r"\operatorname{loss}(z, t) = (1 - t) \log(1 + e^{z}) + t \log(1 + e^{-z})",
    summary="Compute the cross entropy of a Bernoulli distribution, from its log-odds.",
    reference=lambda z, t: (1 - t) * _softplus(z) + t * _softplus(-z),
    targets="0 or 1, or a probability between",
    sources=(Source("I. J. Good", 1952, "Rational decisions, Journal of the Royal Statistical Society B 14"),),
    examples=(
        ("ogive.binary_cross_entropy([2.0, -1.0], [1, 0], reduction='none')", "array([0.12692801, 0.31326169])"),
        ("ogive.binary_cross_entropy.gradient([2.0, -1.0], [1, 0])", "array([-0.05960146,  0.13447071])"),
    ),
    elsewhere="Keras takes probabilities where it is not told from_logits=True, and clips them",
)

hinge = Loss(
    name="hinge",
    tex=r"\operatorname{loss}(y, t) = \max(0, 1 - t y)",
    summary="Compute the hinge loss, that of support vector machines.",
    reference=lambda y, t: _hinge(y, t, 1, 1),
    targets="-1 or 1; anything else gives nan and the flag invalid",
    sources=(Source("C. Cortes and V. Vapnik", 1995, "Support-vector networks, Machine Learning 20"),),
    examples=(("ogive.hinge([2.0, 0.5], [1, -1], reduction='none')", "array([0. , 1.5])"),),
    elsewhere="the gradient at t y = 1 is 0 here, in PyTorch and in scikit-learn",
)

squared_hinge = Loss(
    name="squared_hinge",
    tex=r"\operatorname{loss}(y, t) = \max(0, 1 - t y)^2",
    summary="Compute the squared hinge loss.",
    reference=lambda y, t: _hinge(y, t, 2, 1),
    targets="-1 or 1; anything else gives nan and the flag invalid",
    examples=(("ogive.squared_hinge([2.0, 0.5], [1, -1], reduction='none')", "array([0.  , 2.25])"),),
)

perceptron_loss = Loss(
    name="perceptron_loss",
    tex=r"\operatorname{loss}(y, t) = \max(0, -t y)",
    summary="Compute the loss that the perceptron's learning rule descends.",
    reference=lambda y, t: _hinge(y, t, 1, 0),
    targets="-1 or 1; anything else gives nan and the flag invalid",
    sources=(Source("F. Rosenblatt", 1958, "The perceptron, Psychological Review 65"),),
    examples=(("ogive.perceptron_loss([2.0, 0.5], [1, -1], reduction='none')", "array([0. , 0.5])"),),
)

squared_error = Loss(
    name="squared_error",
    tex=r"\operatorname{loss}(y, t) = (y - t)^2",
    summary="Compute the squared error.",
    reference=lambda y, t: (y - t) * (y - t),
    targets="Real numbers",
    sources=(Source("A.-M. Legendre", 1805, "Nouvelles méthodes pour la détermination des orbites des comètes"),),
    examples=(("float(ogive.squared_error([1.0, 2.0], [0.0, 4.0]))", "2.5"),),
    elsewhere="half of it in some textbooks, so that the gradient is y - t",
)

focal = Loss(
    name="focal",
    tex=r"\operatorname{loss}(z, t) = \sigma(-m)^{\gamma} \log(1 + e^{-m}),\quad m = (2t - 1) z",
    summary="Compute the focal loss, a cross entropy that spends little on what is already right.",
    reference=lambda z, t, gamma: (-gamma * _softplus((2 * t - 1) * z)).exp() * _softplus(-(2 * t - 1) * z),
    targets="0 or 1; anything else gives nan and the flag invalid",
    parameters=(Parameter("gamma", 2, Interval(0, inf, True, False), "The focus γ; 0 gives the cross entropy"),),
    weighted=True,
    sources=(Source("T.-Y. Lin et al.", 2017, "Focal loss for dense object detection, ICCV"),),
    examples=(("ogive.focal([2.0, -1.0], [1, 0], reduction='none')", "array([0.00180356, 0.02265806])"),),
)


def _cross_entropy(row: list[Any], targets: list[Any]) -> Any:
    """Evaluate the definition on one row of balls, or of series, and its targets."""
    logarithm = sum(x.exp() for x in row).log()
    return sum(t * (logarithm - x) for x, t in zip(row, targets, strict=True))


def _targets(x: np.ndarray[Any, Any], labels: Any, smoothing: float) -> np.ndarray[Any, Any]:
    """Spread class indices, or check probabilities, to one float64 target an entry; the classes are on the last axis."""
    classes = x.shape[-1]
    given = np.asarray(labels)
    if given.shape == x.shape[:-1] and given.dtype.kind in "ui":
        wrong = (given < 0) | (given >= classes)
        if wrong.any():
            raise ValueError(
                f"ogive.cross_entropy: label {given[wrong].flat[0]} is no class; {classes} classes are numbered 0 to {classes - 1}"
            )
        target = np.zeros(x.shape)
        np.put_along_axis(target, given[..., None].astype(np.intp), 1.0, -1)
    elif given.shape == x.shape and (given.dtype.kind in "buif" or given.dtype.name in FLOATS):
        target = given.astype(np.float64)
        near = max(1e-6, 4 * classes * float(np.finfo(np.float64).eps if given.dtype.kind != "f" else np.finfo(given.dtype).eps))
        wrong = ~((target >= 0) & (target <= 1 + near)).all(-1) | ~(np.abs(target.sum(-1) - 1) <= near)
        if wrong.any():
            raise ValueError(
                f"ogive.cross_entropy: labels {target[wrong][0]} are no probabilities; they must lie in [0, 1] and add up to 1"
            )
    else:
        raise ValueError(
            f"ogive.cross_entropy: labels of shape {given.shape} and dtype {given.dtype} do not fit; give integers of shape {x.shape[:-1]}, "
            f"or probabilities of shape {x.shape}, the classes on the same axis as the logits"
        )
    return target if not smoothing else (1 - smoothing) * target + smoothing / classes


def _compose(
    form: str, logits: Any, labels: Any, dtype: Any, axis: int = -1, label_smoothing: float = 0
) -> tuple[tuple[np.ndarray[Any, Any], ...], int, np.dtype[Any]]:
    """Compute the cross entropy of rows from their log_softmax, whose largest entry is exact also where it is almost 0."""
    rows = Rows("cross_entropy", logits, axis, dtype)
    if len(rows.axes) > 1:
        raise ValueError(f"ogive.cross_entropy: axis={axis!r} must be one axis; reshape the logits if the classes lie on several")
    smoothing = float(label_smoothing)
    if not 0 <= smoothing <= 1:
        raise ValueError(f"ogive.cross_entropy: label_smoothing={label_smoothing!r} must lie in [0, 1]")
    given = np.asarray(labels)
    x = rows.split(rows.x)
    target = _targets(x, rows.split(given) if given.shape == rows.x.shape else given, smoothing)
    results = []
    if form != "derivative":
        terms = target * np.where(target == 0, 0.0, -softmaxes.log_softmax(x, dtype=np.float64))  # a class without a share costs nothing
        results.append(total(terms))
    if form != "value":
        results.append(rows.join(softmaxes.log_softmax.backward(-target, x, dtype=np.float64)))
    return tuple(results), math.prod(x.shape[:-1]), rows.dtype


cross_entropy = Loss(
    name="cross_entropy",
    tex=r"\operatorname{loss}(z, t) = -\sum_i t_i \log \operatorname{softmax}(z)_i",
    summary="Compute the cross entropy of the rows along an axis, from their logits.",
    reference=_cross_entropy,
    targets="The number of the right class, an integer, or probabilities of the shape of the logits",
    parameters=(
        Parameter("axis", -1, LINE, "The axis on which the classes lie"),
        Parameter("label_smoothing", 0, Interval.closed(0, 1), "The share of the target that all classes are given alike"),
    ),
    composed=_compose,
    bound=Bound(float64=2.0, narrow=0.51),
    examples=(
        ("float(ogive.cross_entropy([40.0, 0.0], 0))", "4.248354255291589e-18"),
        ("ogive.cross_entropy.gradient([40.0, 0.0], 0)", "array([-4.24835426e-18,  4.24835426e-18])"),
    ),
    elsewhere="everywhere else the loss of a confident and right answer is 0 or noise: 0 in this example",
)
