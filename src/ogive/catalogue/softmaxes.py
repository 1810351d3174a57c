"""Functions of a whole row: softmax and its family, and the gated ones that are composed of elementwise functions."""

from typing import Any

import numpy as np

from ogive.activation import Elementwise
from ogive.facts import Bound, Interval, Source
from ogive.vectorwise import Composed, Vectorwise

inf = float("inf")


# ── references: a row of balls, or of power series, to a row ─────────────────────────────────────────────────────────────


def _softmax(row: list[Any]) -> list[Any]:
    """Divide the exponentials by their sum."""
    powers = [x.exp() for x in row]
    total = sum(powers)
    return [power / total for power in powers]


def _logsumexp(row: list[Any]) -> Any:
    """Take the logarithm of the sum of the exponentials."""
    return sum(x.exp() for x in row).log()


def _log_softmax(row: list[Any]) -> list[Any]:
    total = _logsumexp(row)
    return [x - total for x in row]


def _number(x: Any) -> Any:
    """Return the constant term of a power series, or a ball as it is."""
    return x[0] if hasattr(x, "length") else x


def _hardmax(row: list[Any]) -> list[Any]:
    """Find the first entry that none before reaches and none after passes."""
    values = [_number(x) for x in row]
    return [
        0 * x + all(v < y for v in values[:i]) * all(not v > y for v in values[i + 1 :])
        for i, (x, y) in enumerate(zip(row, values, strict=True))
    ]


def _projection(q: int, row: list[Any]) -> list[Any]:
    """Compute ((x - theta)/q)^q above the theta where these sum to 1, 0 below.

    An entry lies above theta if and only if the powers at that entry, of all larger ones, sum to less than 1. Where the working
    precision does not decide that, ValueError asks for more.
    """
    values = [_number(x) for x in row]
    inside = []
    for value in values:
        excess = sum(((v - value) ** q for v in values if v > value), start=0 * value) - q**q
        if not (excess < 0 or excess >= 0):
            raise ValueError("the support is not decided at this precision")
        inside.append(excess < 0)
    above = [x for x, included in zip(row, inside, strict=True) if included]
    k, first = len(above), sum(above)
    theta = (first - 1) / k
    if q == 2:
        theta = (first - (first * first - k * (sum(x * x for x in above) - 4)).sqrt()) / k
    return [((x - theta) / q) ** q if included else 0 * x for x, included in zip(row, inside, strict=True)]


def _gated(gate: str, row: list[Any]) -> list[Any]:
    """Multiply the first half by the gate of the second, whose own reference says what that is."""
    from ogive.catalogue import CATALOGUE

    reference: Any = CATALOGUE[gate].reference
    half = len(row) // 2

    def opened(x: Any) -> Any:
        return reference(x) if callable(reference) else reference.at(_number(x))(x)

    return [a * opened(b) for a, b in zip(row[:half], row[half:], strict=True)]


def _maxout(row: list[Any]) -> list[Any]:
    return [a if not _number(a) < _number(b) else b for a, b in zip(row[::2], row[1::2], strict=True)]


def _crelu(row: list[Any]) -> list[Any]:
    return [x if _number(x) > 0 else 0 * x for x in row] + [-x if _number(x) < 0 else 0 * x for x in row]


# ── what is composed ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _card(name: str) -> Elementwise:
    """Find an elementwise card when it is called for: the families do not import one another."""
    from ogive.catalogue import CATALOGUE

    found = CATALOGUE[name]
    assert isinstance(found, Elementwise)
    return found


def _halves(x: Any) -> tuple[Any, Any]:
    return x[..., : x.shape[-1] // 2], x[..., x.shape[-1] // 2 :]


def _product(a: Any, b: Any) -> Any:
    with np.errstate(over="ignore", under="ignore"):
        return np.multiply(a, b)


def _gate(name: str) -> dict[str, Any]:
    """Make the value a f(b) and its gradient from the card of f."""

    def compute(x: Any, parts: int) -> Any:
        a, b = _halves(x)
        return _product(a, _card(name)(b))

    def gradient(g: Any, x: Any, parts: int) -> Any:
        a, b = _halves(x)
        return np.concatenate([_product(g, _card(name)(b)), _card(name).backward(_product(g, a), b)], axis=-1)

    return {"compute": compute, "gradient": gradient, "parts": 2, "reference": lambda row: _gated(name, row)}


def _glu(x: Any, parts: int) -> Any:
    """Compute a σ(b) in one rounding: σ is the derivative of softplus, and a backward form multiplies before it rounds."""
    a, b = _halves(x)
    return _card("softplus").backward(a, b)


def _glu_gradient(g: Any, x: Any, parts: int) -> Any:
    a, b = _halves(x)
    return np.concatenate([_card("softplus").backward(g, b), _card("sigmoid").backward(_product(g, a), b)], axis=-1)


def _largest(x: Any, groups: int) -> Any:
    return x.reshape(*x.shape[:-1], x.shape[-1] // groups, groups).max(axis=-1)


def _largest_gradient(g: Any, x: Any, groups: int) -> Any:
    """Give g to the first of the largest entries of each group; a group with nan has no derivative."""
    grouped = x.reshape(*x.shape[:-1], x.shape[-1] // groups, groups)
    first = np.arange(groups) == grouped.argmax(axis=-1, keepdims=True)
    chosen = np.where(first, g[..., None], 0.0)
    return np.where(np.isnan(grouped).any(axis=-1, keepdims=True), np.nan, chosen).reshape(x.shape)


def _crelu_value(x: Any, parts: int) -> Any:
    return np.concatenate([_card("relu")(x), _card("relu")(-x)], axis=-1)


def _crelu_gradient(g: Any, x: Any, parts: int) -> Any:
    kept, turned = _halves(g)
    return _card("relu").backward(kept, x) - _card("relu").backward(turned, -x)


# ── the cards ────────────────────────────────────────────────────────────────────────────────────────────────────────────

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

softmin = Vectorwise(
    name="softmin",
    tex=r"\operatorname{softmin}(x)_i = \frac{e^{-x_i / T}}{\sum_j e^{-x_j / T}}",
    summary="Compute the softmin of the rows along an axis, the softmax of -x.",
    reference=lambda row: _softmax([-x for x in row]),
    range=Interval(0, 1),
    examples=(("ogive.softmin([0.0, 1000.0])", "array([1., 0.])"),),
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
    tex=r"\operatorname{logsumexp}(x) = \log \sum_j w_j e^{x_j}",
    summary="Compute the logarithm of the sum, or the weighted sum, of the exponentials of the rows along an axis.",
    reference=_logsumexp,
    reduces=True,
    has_temperature=False,
    has_empty=False,
    has_weights=True,
    range=Interval(-inf, inf),
    examples=(
        ("float(ogive.logsumexp([1000.0, 1000.0]))", "1000.6931471805599"),
        ("float(ogive.logsumexp([1000.0, 1000.0], weights=[0.25, 0.75]))", "1000.0"),
    ),
    elsewhere="SciPy calls the weights b and lets them be negative",
)

hardmax = Vectorwise(
    name="hardmax",
    tex=r"\operatorname{hardmax}(x)_i = 1 \text{ at the first } \max x, \; 0 \text{ elsewhere}",
    summary="Mark the first of the largest entries of the rows along an axis.",
    reference=_hardmax,
    has_temperature=False,
    has_empty=False,
    range=Interval(0, 1),
    bound=Bound(float64=0),
    examples=(("ogive.hardmax([1.0, 3.0, 3.0])", "array([0., 1., 0.])"),),
)

sparsemax = Vectorwise(
    name="sparsemax",
    tex=r"\operatorname{sparsemax}(x)_i = \max(x_i - \theta, 0) \text{ with } \theta \text{ such that they sum to } 1",
    summary="Project the rows along an axis onto the probability simplex.",
    reference=lambda row: _projection(1, row),
    has_temperature=False,
    range=Interval(0, 1),
    bound=Bound(float64=0.51, narrow=0.51),
    sources=(
        Source("A. Martins, R. Astudillo", 2016, "From softmax to sparsemax: a sparse model of attention and multi-label classification"),
    ),
    examples=(("ogive.sparsemax([1.0, 0.5, -1.0])", "array([0.75, 0.25, 0.  ])"),),
)

entmax15 = Vectorwise(
    name="entmax15",
    tex=r"\operatorname{entmax}_{3/2}(x)_i = \max\left(\frac{x_i - \theta}{2}, 0\right)^2 \text{ with } \theta \text{ such that they sum to } 1",
    summary="Compute the 3/2-entmax of the rows along an axis, half way from softmax to sparsemax.",
    reference=lambda row: _projection(2, row),
    has_temperature=False,
    range=Interval(0, 1),
    bound=Bound(float64=0.51, narrow=0.51),
    sources=(Source("B. Peters, V. Niculae, A. Martins", 2019, "Sparse sequence-to-sequence models"),),
    examples=(("ogive.entmax15([2.0, 2.0, 0.0])", "array([0.5, 0.5, 0. ])"),),
)

glu = Composed(
    name="glu",
    tex=r"\operatorname{glu}(a, b) = a \cdot \sigma(b)",
    summary="Gate the first half of an axis by the logistic function of the second.",
    compute=_glu,
    gradient=_glu_gradient,
    parts=2,
    reference=lambda row: _gated("sigmoid", row),
    range=Interval(-inf, inf),
    sources=(Source("Y. Dauphin, A. Fan, M. Auli, D. Grangier", 2017, "Language modeling with gated convolutional networks"),),
    examples=(("ogive.glu([3.0, 2.0, 0.0, 1000.0])", "array([1.5, 2. ])"),),
)

reglu = Composed(
    name="reglu",
    tex=r"\operatorname{reglu}(a, b) = a \cdot \max(0, b)",
    summary="Gate the first half of an axis by the relu of the second.",
    **_gate("relu"),
    range=Interval(-inf, inf),
    bound=Bound(float64=0.5),
    sources=(Source("N. Shazeer", 2020, "GLU variants improve transformer"),),
    examples=(("ogive.reglu([3.0, 2.0, 0.5, -1.0])", "array([1.5, 0. ])"),),
)

geglu = Composed(
    name="geglu",
    tex=r"\operatorname{geglu}(a, b) = a \cdot b\, \Phi(b)",
    summary="Gate the first half of an axis by the gelu of the second.",
    **_gate("gelu"),
    range=Interval(-inf, inf),
    bound=Bound(float64=1.7, narrow=0.51),
    sources=(Source("N. Shazeer", 2020, "GLU variants improve transformer"),),
    examples=(("ogive.geglu([3.0, 2.0, 0.0, 1000.0])", "array([   0., 2000.])"),),
)

swiglu = Composed(
    name="swiglu",
    tex=r"\operatorname{swiglu}(a, b) = a \cdot b\, \sigma(b)",
    summary="Gate the first half of an axis by the silu of the second.",
    **_gate("silu"),
    range=Interval(-inf, inf),
    bound=Bound(float64=1.7, narrow=0.51),
    sources=(Source("N. Shazeer", 2020, "GLU variants improve transformer"),),
    examples=(("ogive.swiglu([3.0, 2.0, 0.0, 1000.0])", "array([   0., 2000.])"),),
)

maxout = Composed(
    name="maxout",
    tex=r"\operatorname{maxout}(x)_i = \max(x_{ki}, \dots, x_{ki + k - 1}) \text{ with groups of } k",
    summary="Take the largest of each group of neighbours along an axis.",
    compute=_largest,
    gradient=_largest_gradient,
    parts=2,
    choice="groups",
    reference=_maxout,
    range=Interval(-inf, inf),
    bound=Bound(float64=0),
    sources=(Source("I. Goodfellow, D. Warde-Farley, M. Mirza, A. Courville, Y. Bengio", 2013, "Maxout networks"),),
    examples=(("ogive.maxout([3.0, 2.0, 0.0, 1.0])", "array([3., 1.])"),),
)

crelu = Composed(
    name="crelu",
    tex=r"\operatorname{crelu}(x) = (\max(0, x), \max(0, -x))",
    summary="Put the positive parts of an axis and of its negative one after the other.",
    compute=_crelu_value,
    gradient=_crelu_gradient,
    reference=_crelu,
    range=Interval(0, inf),
    bound=Bound(float64=0),
    sources=(
        Source(
            "W. Shang, K. Sohn, D. Almeida, H. Lee",
            2016,
            "Understanding and improving convolutional neural networks via concatenated rectified linear units",
        ),
    ),
    examples=(("ogive.crelu([3.0, -2.0])", "array([3., 0., 0., 2.])"),),
)
