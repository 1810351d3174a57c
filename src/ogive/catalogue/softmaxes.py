"""Functions of a whole row: softmax and its family."""

from typing import Any

from ogive.activation import Vectorwise
from ogive.facts import Interval, Source

inf = float("inf")


def _softmax(row: list[Any]) -> list[Any]:
    """Divide the exponentials by their sum, measured from the largest entry, which changes nothing and keeps the balls small."""
    powers = [x.exp() for x in row]
    total = sum(powers)
    return [power / total for power in powers]


def _logsumexp(row: list[Any]) -> Any:
    """Add the logarithm of the sum, measured from the largest entry, to that entry."""
    return sum(x.exp() for x in row).log()


def _log_softmax(row):  # type: ignore[no-untyped-def]
    total = _logsumexp(row)
    return [x - total for x in row]


softmax = Vectorwise(
    name="softmax",
    tex=r"\operatorname{softmax}(x)_i = \frac{e^{x_i / T}}{\sum_j e^{x_j / T}}",
    summary="Compute the softmax of the rows along an axis.",
    reference=_softmax,
    range=Interval(0, 1),
    sources=(Source("J. Bridle", 1990, "Probabilistic interpretation of feedforward classification network outputs"),),
    examples=(("ogive.softmax([1000.0, 1000.0])", "array([0.5, 0.5])"),),
    elsewhere="SciPy takes the whole array where axis is not given",
)

log_softmax = Vectorwise(
    name="log_softmax",
    tex=r"\log \operatorname{softmax}(x)_i = x_i / T - \log \sum_j e^{x_j / T}",
    summary="Compute the logarithm of the softmax of the rows along an axis.",
    reference=_log_softmax,
    range=Interval(-inf, 0),
    examples=(("ogive.log_softmax([40.0, 0.0])", "array([-4.24835426e-18, -4.00000000e+01])"),),
    elsewhere="everywhere else the winner's entry is 0 or noise: 0 in this example",
)

logsumexp = Vectorwise(
    name="logsumexp",
    tex=r"\operatorname{logsumexp}(x) = \log \sum_j e^{x_j}",
    summary="Compute the logarithm of the sum of the exponentials of the rows along an axis.",
    reference=_logsumexp,
    reduces=True,
    has_temperature=False,
    range=Interval(-inf, inf),
    examples=(("float(ogive.logsumexp([1000.0, 1000.0]))", "1000.6931471805599"),),
)
