"""What is wrong with a network, by the numbers, and in a sentence with the remedy; the causes stand before their effects."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from ogive.networks.measurements import FAINT, LayerVitals, Pass, size

__all__ = ["FINDINGS", "diagnosed"]

#: From this share on, the units of a layer that are dead are what is wrong.
MANY = 0.5
#: From this share on, the values of a layer that are saturated: units that work well are flat for many samples, and not for nearly all.
NEARLY_ALL = 0.8
#: A gradient that is so many times smaller in the first layer than in the last has vanished.
VANISHED = 1e-3
#: One that is so many times larger has exploded.
EXPLODED = 100.0
#: A feature of this size, root mean square, is large, and from this multiple of another one on it drowns that.
LARGE = 10.0
APART = 1000.0
#: From this share of the loss by chance on, a rise of the loss is no accident.
RISE = 0.1
#: A step that is so large a part of the weights is long.
LONG = 0.05
#: With more than this share of the loss by chance little has been learned; with less than that one, nearly all.
STUCK, LEARNED = 0.7, 0.1

Sentences = tuple[str, str]


class _Case(NamedTuple):
    """A pass and its numbers."""

    seen: Pass
    layers: Sequence[LayerVitals]

    @property
    def hidden(self) -> list[LayerVitals]:
        """The layers with an activation, without the output."""
        return [layer for layer in self.layers[:-1] if layer.activation]

    @property
    def squashed(self) -> list[LayerVitals]:
        """The hidden layers that are flat at both ends: half a rectifier's units being flat is its way to work."""
        return [layer for layer in self.hidden if self.seen.layers[layer.layer - 1].flat_ends]

    @property
    def first(self) -> LayerVitals:
        """The first layer."""
        return self.layers[0]

    @property
    def last(self) -> LayerVitals:
        """The output."""
        return self.layers[-1]

    @property
    def reach(self) -> float:
        """How much of the gradient at the output arrives at the first layer."""
        return self.first.signal / self.last.signal if self.last.signal else math.nan

    @property
    def diverged(self) -> bool:
        """Whether training ended with a loss that is no number."""
        return bool(self.seen.curve) and not math.isfinite(self.seen.curve[-1])

    @property
    def lost(self) -> LayerVitals | None:
        """The layer in which rounding loses most."""
        return max((layer for layer in self.hidden if layer.rounded_away), key=lambda layer: layer.rounded_away or 0, default=None)


def diagnosed(seen: Pass, layers: Sequence[LayerVitals]) -> tuple[str, str, str]:
    """Name what is wrong, and say it.

    Parameters
    ----------
    seen : Pass
        What a pass has shown.
    layers : sequence of LayerVitals
        The numbers that were taken from it.

    Returns
    -------
    (str, str, str)
        The finding, and a sentence in English and in Korean.
    """
    case = _Case(seen, layers)
    for finding, check in CHECKS.items():
        said = check(case)
        if said is not None:
            return finding, *said
    return "healthy", *_healthy(case)


def _nan(case: _Case) -> Sentences | None:
    """Find the first layer with numbers that are none."""
    seen = case.seen
    if not np.isfinite(seen.X).all():
        count = int(np.sum(~np.isfinite(seen.X)))
        return (
            f"{count} of the features are nan or infinite, and so is all that layer 1 makes of them; fill them in or leave the samples out.",
            f"특성 값 {count}개가 nan이거나 무한대여서 1층부터 모든 값이 그렇게 됩니다. 값을 채우거나 그 표본을 빼세요.",
        )
    for number, layer in enumerate(seen.layers, 1):
        broken = int(np.sum(~np.isfinite(layer.weights)))
        if broken:
            return (
                f"{broken} of {layer.weights.size} weights of layer {number} are nan or infinite; begin again from finite weights with a "
                f"lower {_rate(case)}.",
                f"{number}층의 가중치 {layer.weights.size}개 중 {broken}개가 nan이거나 무한대입니다. {_korean_rate(case)} 낮추고 유한한 "
                "가중치에서 다시 시작하세요.",
            )
        for values in () if case.diverged else (layer.before, layer.after):  # then overflow is an effect, and not the cause
            share = float(np.mean(~np.isfinite(values)))
            if share:
                largest = float(np.max(np.abs(seen.X)))
                return (
                    f"{share:.0%} of the values of layer {number} are nan or infinite: they overflow, from features that reach "
                    f"{largest:.2g} and weights of size {size(layer.weights):.2g}; scale the features, or start from smaller weights.",
                    f"{number}층 값의 {share:.0%}가 nan이거나 무한대입니다. {largest:.2g}에 이르는 특성과 크기 {size(layer.weights):.2g}인 "
                    "가중치에서 오버플로가 납니다. 특성의 크기를 맞추거나 더 작은 가중치에서 시작하세요.",
                )
    bad = next((layer for layer in reversed(case.layers) if not math.isfinite(layer.gradient)), None)
    if case.diverged or (bad is None and math.isfinite(seen.loss)):
        return None
    number = (bad or case.last).layer
    return (
        f"The loss is {seen.loss:.3g} and the gradient of layer {number} is nan or infinite, though all values are finite: it overflows; lower "
        f"{_rate(case)}, scale the features and what is to be learned, or start from smaller weights.",
        f"모든 값이 유한한데 손실은 {seen.loss:.3g}이고 {number}층의 기울기가 nan이거나 무한대입니다. {_korean_rate(case)} 낮추거나, 특성과 "
        "목푯값의 크기를 맞추거나, 더 작은 가중치에서 시작하세요.",
    )


def _rounding(case: _Case) -> Sentences | None:
    """Find a layer most of whose derivatives are lost by rounding alone."""
    worst = case.lost
    return _lost_by_rounding(case, worst) if worst is not None and (worst.rounded_away or 0) >= NEARLY_ALL else None


def _lost_by_rounding(case: _Case, worst: LayerVitals) -> Sentences:
    seen = case.seen.layers[worst.layer - 1]
    assert seen.slopes is not None and seen.formed is not None
    largest = float(np.max(seen.slopes[seen.formed == 0]))
    share = worst.rounded_away
    if case.seen.exact:
        return (
            f"{share:.0%} of the derivatives in layer {worst.layer} would be rounded to 0 if they were computed from the output of "
            f"{worst.activation}, as y(1 - y) is, though they reach {largest:.1e}; here they are computed from the input and kept: elsewhere "
            "use ogive's backward(g, x).",
            f"{worst.layer}층 도함수의 {share:.0%}는 {largest:.1e}에 이르는데도 y(1 - y)처럼 {worst.activation}의 출력에서 계산하면 반올림되어 "
            "0이 됩니다. 여기서는 입력에서 계산해 잃지 않습니다. 다른 곳에서는 ogive의 backward(g, x)를 쓰세요.",
        )
    remedy, korean = (
        "centre what goes into it, or compute in float64",
        "활성화 함수에 들어가는 값을 0 가까이로 옮기거나 float64로 계산하세요",
    )
    if worst.activation == "sigmoid":
        remedy = f"in its place logsigmoid(x).exp() keeps them, or {remedy}"
        korean = f"대신 logsigmoid(x).exp()를 쓰면 잃지 않습니다. 또는 {korean}"
    return (
        f"{share:.0%} of the derivatives of {worst.activation} in layer {worst.layer} are lost by rounding, really: PyTorch passes back 0 where "
        f"they reach {largest:.1e}, for it computes them from the output, as y(1 - y) is; {remedy}.",
        f"{worst.layer}층 {worst.activation} 도함수의 {share:.0%}를 실제로 반올림 때문에 잃습니다. {largest:.1e}에 이르는 값인데 PyTorch는 y(1 - y)처럼 "
        f"출력에서 계산하므로 역전파에서 0을 전합니다. {korean}.",
    )


def _no_gradient(case: _Case) -> Sentences | None:
    """Find an activation that has no slope anywhere."""
    stop = next((each for each in reversed(case.hidden) if case.seen.layers[each.layer - 1].steepest == 0), None)
    if stop is None:
        return None
    return (
        f"No gradient gets past layer {stop.layer}: the derivative of {stop.activation} is 0 at every sample, so nothing below it "
        "learns; use an activation with a slope, such as sigmoid, tanh or relu.",
        f"{stop.layer}층 아래로는 기울기가 전혀 전해지지 않습니다: {stop.activation}의 도함수가 모든 표본에서 0이라 그 아래 층은 "
        "배우지 못합니다. sigmoid, tanh, relu처럼 기울기가 있는 활성화 함수를 쓰세요.",
    )


def _unscaled(case: _Case) -> Sentences | None:
    """Find features of a size that does harm: the first layer is flat, or nothing is learned."""
    sizes = np.array([size(column) for column in case.seen.X.T])
    sizes = sizes[sizes > 0]
    if not case.hidden or not len(sizes) or (case.first.rounded_away or 0) >= NEARLY_ALL:  # the latter has a sentence of its own
        return None
    largest, smallest = float(sizes.max()), float(sizes.min())
    if not (largest > LARGE or largest < 1 / LARGE**2):
        return None
    first = case.first
    if largest > LARGE and first in case.squashed and first.saturated >= MANY:
        harm, korean = f"{first.saturated:.0%} of layer 1 is saturated", f"1층의 {first.saturated:.0%}가 포화되었습니다"
    elif largest > LARGE and first in case.hidden and first.dead >= MANY:
        harm, korean = f"{first.dead:.0%} of the units of layer 1 are dead", f"1층 유닛의 {first.dead:.0%}가 죽었습니다"
    elif case.seen.loss >= case.seen.chance:
        harm = f"layer 1 learns nothing: the loss is {case.seen.loss:.3g}, where guessing has {case.seen.chance:.3g}"
        korean = f"1층부터 배우지 못해 손실이 {case.seen.loss:.3g}입니다(찍을 때는 {case.seen.chance:.3g})"
    elif _rise(case):
        harm = f"the next step raises the loss from {case.seen.loss:.3g} to {case.seen.next_loss:.3g} by way of layer 1"
        korean = f"1층을 거쳐 다음 단계의 손실이 {case.seen.loss:.3g}에서 {case.seen.next_loss:.3g}로 오릅니다"
    else:
        return None
    spread = f"features of size {smallest:.2g} to {largest:.2g}" if largest / smallest > LARGE else f"features of size {largest:.2g}"
    korean_spread = f"크기 {smallest:.2g}~{largest:.2g}인 특성" if largest / smallest > LARGE else f"크기 {largest:.2g}인 특성"
    return (
        f"The input is not scaled: with {spread}, {harm}; scale each feature to about 1, as StandardScaler does.",
        f"입력의 크기가 맞지 않습니다: {korean_spread} 때문에 {korean}. StandardScaler처럼 각 특성의 크기를 1 정도로 맞추세요.",
    )


def _rise(case: _Case) -> bool:
    """Tell whether the next step raises the loss, and by too much for an accident."""
    seen = case.seen
    floor = seen.chance if math.isfinite(seen.chance) else seen.loss
    return seen.next_loss - seen.loss > RISE * floor


def _learning_rate(case: _Case) -> Sentences | None:
    """Find steps that lead uphill, or that are as long as the weights, where nothing is learned."""
    seen = case.seen
    worst = max(case.layers, key=lambda layer: layer.ratio if math.isfinite(layer.ratio) else -1.0)
    ratio = worst.ratio
    long = ratio > LONG and not math.isnan(seen.next_loss)  # without it, the step is no more than the first one of a new optimiser
    # Adam moves any weight by as much as the learning rate, however small the gradient; He's weights are as large as this
    reaches = [seen.stride / math.sqrt(2 / max(layer.weights.shape[0], 1)) for layer in seen.layers]
    # without hidden layers, that little is learned is no matter of steps: there may be nothing to learn along lines
    stuck = bool(case.hidden) and (seen.loss >= seen.chance * STUCK or any(layer.dead >= MANY for layer in case.hidden))
    if case.diverged:
        harm, korean = "training ended with a loss that is nan or infinite", "학습하다가 손실이 nan이나 무한대가 되었습니다"
    elif long and _rise(case):
        harm = f"one more raises the loss from {seen.loss:.3g} to {seen.next_loss:.3g}"
        korean = f"한 단계 더 가면 손실이 {seen.loss:.3g}에서 {seen.next_loss:.3g}로 오릅니다"
    elif stuck and (long or max(reaches) > MANY):
        if not long:
            ratio, worst = max(reaches), case.layers[int(np.argmax(reaches))]
        harm = f"the loss is {seen.loss:.3g}, where guessing has {seen.chance:.3g}"
        korean = f"손실이 {seen.loss:.3g}입니다(찍을 때는 {seen.chance:.3g})"
    else:
        return None
    return (
        f"The learning rate is too high: steps reach {ratio:.2g} of the weights of layer {worst.layer}, and {harm}; lower {_rate(case)}.",
        f"학습률이 너무 높습니다: 갱신이 {worst.layer}층 가중치의 {ratio:.2g}배에 이르고, {korean}. {_korean_rate(case)} 낮추세요.",
    )


def _dead(case: _Case) -> Sentences | None:
    worst = max(case.hidden, key=lambda layer: layer.dead, default=None)
    if worst is None or worst.dead < MANY:
        return None
    return (
        f"{worst.dead:.0%} of the units in layer {worst.layer} are dead: {worst.activation} is flat there for every sample; lower "
        f"{_rate(case)}, or use leaky_relu, elu or gelu.",
        f"{worst.layer}층 유닛의 {worst.dead:.0%}가 죽었습니다: 모든 표본에서 {worst.activation} 함수가 평평합니다. {_korean_rate(case)} "
        "낮추거나 leaky_relu, elu, gelu를 쓰세요.",
    )


def _exploding(case: _Case) -> Sentences | None:
    if not case.reach > EXPLODED:
        return None
    return (
        f"The gradient explodes: on its way from the output to layer {case.first.layer} it grows {case.reach:.2g} times, to {case.first.gradient:.2g} "
        f"per weight; start from smaller weights, such as He's or Xavier's, clip the gradient, or lower {_rate(case)}.",
        f"기울기가 폭발합니다: 출력에서 {case.first.layer}층까지 오면서 {case.reach:.2g}배로 커져 가중치당 {case.first.gradient:.2g}입니다. He나 "
        f"Xavier 초기화처럼 더 작은 가중치에서 시작하거나, 기울기를 자르거나, {_korean_rate(case)} 낮추세요.",
    )


def _saturated(case: _Case) -> Sentences | None:
    worst = max(case.squashed, key=lambda layer: layer.saturated, default=None)
    if worst is None or worst.saturated < NEARLY_ALL or case.seen.loss < LEARNED * case.seen.chance:
        return None
    lost = worst.rounded_away or 0
    more = f", and computed from the output {lost:.0%} of its derivatives would be rounded to 0" if lost >= FAINT else ""
    korean_more = f" (출력에서 계산하면 도함수의 {lost:.0%}는 반올림되어 0이 됩니다)" if lost >= FAINT else ""
    return (
        f"{worst.saturated:.0%} of layer {worst.layer} is saturated: {worst.activation} is flat there and learns slowly{more}; "
        f"start from smaller weights, such as Xavier's, lower {_rate(case)}, or use relu or gelu.",
        f"{worst.layer}층의 {worst.saturated:.0%}가 포화되었습니다: {worst.activation} 함수가 평평해 천천히 배웁니다{korean_more}. Xavier 초기화처럼 "
        f"더 작은 가중치에서 시작하거나, {_korean_rate(case)} 낮추거나, relu나 gelu를 쓰세요.",
    )


def _vanishing(case: _Case) -> Sentences | None:
    if not case.hidden or not case.reach < VANISHED:
        return None
    each = case.reach ** (1 / (len(case.layers) - 1)) if case.reach > 0 else 0.0
    name = max(case.hidden, key=lambda layer: (layer.saturated, -layer.slope)).activation
    slope = float(np.exp(np.mean([np.log(max(layer.slope, 1e-300)) for layer in case.hidden])))
    way = f"each of {len(case.hidden)} layers of {name} multiplies it by some {each:.2g}, and {case.reach:.1g} of it reaches layer 1"
    korean = f"{name} {len(case.hidden)}개 층이 저마다 약 {each:.2g}배로 만들어 1층에는 {case.reach:.1g}배만 닿습니다"
    if slope < MANY:
        return (
            f"The gradient vanishes mathematically, not by rounding: {way}, for the derivatives are some {slope:.2g}; use relu or gelu with "
            "He's initialisation, or fewer layers.",
            f"기울기가 반올림이 아니라 수학적으로 사라집니다: 도함수가 {slope:.2g} 정도여서 {korean}. He 초기화와 함께 relu나 gelu를 쓰거나 "
            "층을 줄이세요.",
        )
    return (
        f"The gradient vanishes mathematically, not by rounding: {way}, for the weights are small; start from larger ones, such as He's "
        "for relu and Xavier's for tanh, or use fewer layers.",
        f"기울기가 반올림이 아니라 수학적으로 사라집니다: 가중치가 작아서 {korean}. relu에는 He, tanh에는 Xavier 초기화처럼 더 큰 "
        "가중치에서 시작하거나 층을 줄이세요.",
    )


def _healthy(case: _Case) -> Sentences:
    first, last = case.first, case.last
    return (
        f"Healthy: the gradient reaches the first layer ({first.gradient:.2g} per weight, {last.gradient:.2g} in the last).",
        f"건강합니다: 기울기가 첫 층까지 닿습니다 (가중치당 {first.gradient:.2g}, 마지막 층은 {last.gradient:.2g}).",
    )


def _rate(case: _Case) -> str:
    rate = case.seen.learning_rate
    return case.seen.knob if math.isnan(rate) else f"{case.seen.knob} from {rate:g}, to {rate / 10:g} for a start"


def _korean_rate(case: _Case) -> str:
    return "학습률을"


#: What is looked for, in this order: a cause stands before what it brings about.
CHECKS: dict[str, Callable[[_Case], Sentences | None]] = {
    "nan": _nan,
    "no gradient": _no_gradient,
    "unscaled": _unscaled,
    "exploding": _exploding,
    "learning rate": _learning_rate,
    "dead": _dead,
    "rounding": _rounding,
    "saturated": _saturated,
    "vanishing": _vanishing,
}
FINDINGS = (*CHECKS, "healthy")
