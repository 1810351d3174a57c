"""What is wrong with a network, measured layer by layer, and said in a sentence.

A gradient vanishes in two ways that are often taken for one. *Mathematically*: the derivative is small, as the sigmoid's, which is
at most 1/4, and is multiplied through the layers. By *rounding*: ``y(1 - y)`` is 0 as soon as y has rounded to 1, where the
derivative itself is an ordinary number. The first calls for another activation or initialisation; the second only for an exact
backward pass, which the networks here have.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from sklearn.utils.validation import check_is_fitted, validate_data

from ogive.activation import Elementwise
from ogive.catalogue import get
from ogive.networks.network import Array, Network
from ogive.networks.samples import FLOATS

__all__ = ["LayerVitals", "Vitals", "vitals"]

#: A unit is saturated where its derivative is below this share of the largest one.
FAINT = 0.05
#: From this share on, saturated or dead units are what is wrong.
MANY = 0.5
#: A gradient per weight that is so many times smaller in the first layer than in the last has vanished; as many times larger, exploded.
VANISHED = 1e-3


@dataclass(frozen=True)
class LayerVitals:
    """What was measured in one layer.

    Parameters
    ----------
    layer : int
        Its number; the first hidden layer is 1.
    activation : str
        The name of its activation; empty in the last layer.
    saturated : float
        The share of its values at which the derivative is below 5 % of the largest.
    dead : float
        The share of its units whose derivative is 0 for every sample.
    gradient : float
        The root mean square of the gradient of the loss with respect to its weights.
    ratio : float
        The size of a step of gradient descent, relative to that of its weights.
    slope : float
        The root mean square of the derivatives of its activation: what the backward pass is multiplied by.
    rounded_away : float or None
        The share of derivatives that are not 0, and would be if they were computed from the output as textbooks do; None where the
        derivative is no function of the output.
    """

    layer: int
    activation: str
    saturated: float
    dead: float
    gradient: float
    ratio: float
    slope: float
    rounded_away: float | None


@dataclass(frozen=True)
class Vitals:
    """The state of a network on some samples.

    Parameters
    ----------
    layers : tuple of LayerVitals
        Layer by layer, the output last.
    finding : str
        What is wrong: ``"healthy"``, ``"no gradient"``, ``"vanishing"``, ``"exploding"``, ``"dead"``, ``"saturated"``, ``"rounding"``.
    english, korean : str
        The diagnosis and the remedy in one sentence.
    """

    layers: tuple[LayerVitals, ...]
    finding: str
    english: str
    korean: str

    @property
    def healthy(self) -> bool:
        """Whether nothing is wrong."""
        return self.finding == "healthy"

    @property
    def fall(self) -> float:
        """The gradient of the first layer relative to that of the last."""
        first, last = self.layers[0].gradient, self.layers[-1].gradient
        return first / last if last else float("nan")

    def as_dict(self) -> dict[str, Any]:
        """Give everything as plain numbers and texts, for JSON.

        Returns
        -------
        dict
            With the keys ``layers``, ``finding``, ``english``, ``korean``.
        """
        return {**asdict(self), "layers": [asdict(layer) for layer in self.layers]}

    def __str__(self) -> str:
        head = (
            f"{'layer':<7}{'activation':<14}{'saturated':>10}{'dead':>8}{'slope':>10}{'gradient':>11}{'step/weight':>13}{'lost in y':>11}"
        )
        lines = [head]
        for each in self.layers:
            hidden = bool(each.activation)
            lost = "–" if each.rounded_away is None else f"{each.rounded_away:.0%}"
            lines.append(
                f"{each.layer:<7}{each.activation or 'output':<14}"
                + (f"{each.saturated:>10.0%}{each.dead:>8.0%}{each.slope:>10.2g}" if hidden else f"{'–':>10}{'–':>8}{'–':>10}")
                + f"{each.gradient:>11.2g}{each.ratio:>13.2g}{lost:>11}"
            )
        return "\n".join([*lines, self.english])


def vitals(model: Any, X: Any, y: Any) -> Vitals:
    """Measure each layer of a network on some samples, and say what is wrong.

    Parameters
    ----------
    model : MLPClassifier or MLPRegressor
        A network that is fitted, for one epoch at least; it is not changed.
    X, y : array_like
        Samples and their labels or values, some hundred of them.

    Returns
    -------
    Vitals
        The measurements and the diagnosis; printed, it is a table and a sentence.

    Raises
    ------
    TypeError
        If the model has no layers to look into.
    ValueError
        If the samples are not what the model was fitted on.

    Examples
    --------
    >>> import warnings
    >>> import numpy as np
    >>> from ogive.networks import MLPClassifier, vitals
    >>> X = np.random.default_rng(0).normal(size=(200, 4))
    >>> y = (X.sum(axis=1) > 0).astype(int)
    >>> deep = MLPClassifier((16,) * 8, "sigmoid", random_state=0).partial_fit(X, y, classes=[0, 1])
    >>> vitals(deep, X, y).finding
    'vanishing'
    >>> vitals(deep.set_params(activation="gelu").fit(X, y), X, y).finding
    'healthy'
    """
    check_is_fitted(model)
    network = getattr(model, "network_", None)
    if not isinstance(network, Network):
        raise TypeError(f"vitals looks into the layers of MLPClassifier and MLPRegressor; {type(model).__name__} has none")
    X, y = validate_data(model, X, y, dtype=FLOATS, multi_output=True, reset=False)
    X = X.astype(network.dtype, copy=False)
    shadow = network.copy()
    shadow.descend(X, _targets(model, network, y))
    weights, _ = shadow.views(shadow.gradient)
    step = float(model.learning_rate_init)
    passed = network.layers(X)
    measured = []
    for i, gradient in enumerate(weights):
        size = _size(network.weights[i])
        card = network.cards[i] if i < len(network.cards) else None
        measured.append(
            LayerVitals(
                layer=i + 1,
                activation=card.name if card else "",
                gradient=_size(gradient),
                ratio=step * _size(gradient) / size if size else float("inf"),
                **(_activity(card, *passed[i]) if isinstance(card, Elementwise) else QUIET),
            )
        )
    finding = _finding(measured, network.dtype)
    english, korean = _sentences(finding, measured)
    return Vitals(tuple(measured), finding, english, korean)


QUIET: dict[str, Any] = {"saturated": 0.0, "dead": 0.0, "slope": 1.0, "rounded_away": None}


def _targets(model: Any, network: Network, y: Array) -> Array:
    """Bring y into the form that the loss takes."""
    if network.output == "identity":
        return np.reshape(y, (len(y), -1)).astype(network.dtype)
    unknown = np.setdiff1d(y, model.classes_)
    if len(unknown):
        raise ValueError(f"y contains {unknown.tolist()}, which are none of the classes {model.classes_.tolist()}")
    numbers = np.searchsorted(model.classes_, y)
    if network.output == "sigmoid":
        return numbers[:, None].astype(network.dtype)
    places: Array = numbers + np.arange(len(y)) * network.sizes[-1]
    return places


def _size(values: Array) -> float:
    """Compute the root mean square, in float64."""
    return float(np.sqrt(np.mean(np.square(values, dtype=np.float64))))


def _activity(card: Elementwise, before: Array, after: Array) -> dict[str, Any]:
    """Measure the derivatives of an activation where the samples fall."""
    slopes = np.abs(card.derivative(before))
    largest = float(card.lipschitz) if np.isfinite(float(card.lipschitz)) else float(slopes.max(initial=0))
    rounded = None
    if card.from_output is not None:
        with np.errstate(all="ignore"):
            book = card.backward_from_output(np.ones_like(after), after)
        rounded = float(np.mean((book == 0) & (slopes > 0)))
    return {
        "saturated": float(np.mean(slopes <= FAINT * largest)) if largest else 1.0,
        "dead": float(np.mean(np.all(slopes == 0, axis=0))),
        "slope": _size(slopes),
        "rounded_away": rounded,
    }


def _finding(layers: list[LayerVitals], dtype: Any) -> str:
    """Name what is wrong, the gravest first."""
    *hidden, last = layers
    if not hidden:
        return "healthy"
    first = layers[0].gradient
    if any(not np.isfinite(each.gradient) for each in layers):
        return "exploding"
    if first == 0 and last.gradient > 0:
        return "no gradient"
    if max(each.dead for each in hidden) >= MANY:
        return "dead"
    if first < VANISHED * last.gradient:
        return "vanishing"
    if last.gradient and first > last.gradient / VANISHED:
        return "exploding"
    if max((each.saturated for each in hidden if _flat_ends(each)), default=0) >= MANY:
        return "saturated"
    if max(each.rounded_away or 0 for each in hidden) >= FAINT:
        return "rounding"
    return "healthy"


def _flat_ends(layer: LayerVitals) -> bool:
    """Tell whether an activation saturates at both ends: half a rectifier's units being flat is its way to work."""
    card = get(layer.activation)
    return isinstance(card, Elementwise) and card.saturates


def _sentences(finding: str, layers: list[LayerVitals]) -> tuple[str, str]:
    """Say it, in English and in Korean."""
    *hidden, last = layers
    first = layers[0]
    fall = first.gradient / last.gradient if last.gradient else float("nan")
    if finding == "healthy":
        return (
            f"Healthy: the gradient reaches the first layer ({first.gradient:.2g} per weight, {last.gradient:.2g} in the last).",
            f"건강합니다: 기울기가 첫 층까지 닿습니다 (가중치당 {first.gradient:.2g}, 마지막 층은 {last.gradient:.2g}).",
        )
    if finding == "no gradient":
        stop = max((each for each in hidden if each.dead == 1), key=lambda each: each.layer, default=hidden[-1])
        return (
            f"No gradient gets past layer {stop.layer}: the derivative of {stop.activation} is 0 at every sample, so nothing below it "
            "learns; use an activation with a slope, such as sigmoid, tanh or relu.",
            f"{stop.layer}층 아래로는 기울기가 전혀 전해지지 않습니다: {stop.activation}의 도함수가 모든 표본에서 0이라 그 아래 층은 "
            "배우지 못합니다. sigmoid, tanh, relu처럼 기울기가 있는 활성화 함수를 쓰세요.",
        )
    if finding == "vanishing":
        name = max(hidden, key=lambda each: each.saturated).activation
        slope = float(np.exp(np.mean([np.log(max(each.slope, 1e-300)) for each in hidden])))
        return (
            f"The gradient vanishes mathematically, not by rounding: each of {len(hidden)} layers of {name} multiplies it by some "
            f"{slope:.2g}, and {fall:.1g} of it reaches the first; use relu or gelu with He's initialisation, or fewer layers.",
            f"기울기가 반올림이 아니라 수학적으로 사라집니다: {name} {len(hidden)}개 층이 저마다 약 {slope:.2g}배로 만들어 첫 층에는 "
            f"{fall:.1g}배만 닿습니다. He 초기화와 함께 relu나 gelu를 쓰거나 층을 줄이세요.",
        )
    if finding == "exploding":
        return (
            "The gradient explodes on its way to the first layer; lower learning_rate_init, scale the features, or start from smaller weights.",
            "기울기가 첫 층으로 가면서 폭발합니다. learning_rate_init을 낮추거나, 특성의 크기를 맞추거나, 더 작은 가중치에서 시작하세요.",
        )
    if finding == "dead":
        worst = max(hidden, key=lambda each: each.dead)
        return (
            f"{worst.dead:.0%} of the units in layer {worst.layer} are dead: {worst.activation} is flat there for every sample; lower "
            "learning_rate_init, or use leaky_relu, elu or gelu.",
            f"{worst.layer}층 유닛의 {worst.dead:.0%}가 죽었습니다: 모든 표본에서 {worst.activation} 함수가 평평합니다. learning_rate_init을 "
            "낮추거나 leaky_relu, elu, gelu를 쓰세요.",
        )
    if finding == "saturated":
        worst = max(filter(_flat_ends, hidden), key=lambda each: each.saturated)
        lost = worst.rounded_away or 0
        more = f", and computed from the output {lost:.0%} of its derivatives would be rounded to 0" if lost >= FAINT else ""
        korean_more = f" (출력에서 계산하면 도함수의 {lost:.0%}는 반올림되어 0이 됩니다)" if lost >= FAINT else ""
        return (
            f"{worst.saturated:.0%} of layer {worst.layer} is saturated: {worst.activation} is flat there and learns slowly{more}; scale "
            "the features, raise alpha, or start from smaller weights.",
            f"{worst.layer}층의 {worst.saturated:.0%}가 포화되었습니다: {worst.activation} 함수가 평평해 천천히 배웁니다{korean_more}. 특성의 크기를 "
            "맞추거나, alpha를 높이거나, 더 작은 가중치에서 시작하세요.",
        )
    worst = max(hidden, key=lambda each: each.rounded_away or 0)
    return (
        f"{worst.rounded_away:.0%} of the derivatives in layer {worst.layer} would be rounded to 0 if they were computed from the output "
        f"of {worst.activation}, as y(1 - y) is; here they are computed from the input and kept: elsewhere use ogive's backward(g, x).",
        f"{worst.layer}층 도함수의 {worst.rounded_away:.0%}는 y(1 - y)처럼 {worst.activation}의 출력에서 계산하면 반올림되어 0이 됩니다. "
        "여기서는 입력에서 계산해 잃지 않습니다. 다른 곳에서는 ogive의 backward(g, x)를 쓰세요.",
    )
