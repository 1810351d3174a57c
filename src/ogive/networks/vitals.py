"""What is wrong with a network, measured layer by layer, and said in a sentence.

A gradient vanishes in two ways that are often taken for one. *Mathematically*: the derivative is small, as the sigmoid's, which is
at most 1/4, and is multiplied through the layers. By *rounding*: ``y(1 - y)`` is 0 as soon as y has rounded to 1, where the
derivative itself is an ordinary number. The first calls for another activation or initialisation; the second only for an exact
backward pass, which the networks here have.
"""

from __future__ import annotations

import math
import sys
from copy import deepcopy
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted, validate_data

from ogive.activation import Activation, Elementwise
from ogive.networks.diagnosis import diagnosed
from ogive.networks.hooks import observed_module
from ogive.networks.measurements import (
    ActivationHistogram,
    DeadUnits,
    GradientFlow,
    LayerVitals,
    Pass,
    Saturation,
    Seen,
    measured,
)
from ogive.networks.network import Array, Network
from ogive.networks.samples import FLOATS

__all__ = ["Vitals", "vitals"]

#: Where an activation is looked at, besides the samples.
GRID = np.linspace(-8, 8, 33)


@dataclass(frozen=True, eq=False)
class Vitals:
    """The state of a network on some samples.

    Parameters
    ----------
    layers : tuple of LayerVitals
        Layer by layer, the output last.
    histograms : tuple of ActivationHistogram
        The values of each hidden layer.
    saturation : Saturation
        How often each hidden unit is saturated.
    dead_units : DeadUnits
        Which hidden units are dead.
    gradient_flow : GradientFlow
        The gradient by depth.
    loss, next_loss, chance : float
        The loss at these samples; the loss after one more step of the optimiser; that of the best constant answer. nan where unknown.
    finding : str
        What is wrong, one of `ogive.networks.FINDINGS`; ``"healthy"`` if nothing is.
    english, korean : str
        The diagnosis and the remedy.
    """

    layers: tuple[LayerVitals, ...]
    histograms: tuple[ActivationHistogram, ...]
    saturation: Saturation
    dead_units: DeadUnits
    gradient_flow: GradientFlow
    loss: float
    next_loss: float
    chance: float
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
        """Give everything as plain numbers, texts and lists, for JSON.

        Returns
        -------
        dict
            With the fields as keys. Numbers that JSON does not have are the texts ``"nan"``, ``"inf"`` and ``"-inf"``.
        """
        plain: dict[str, Any] = _plain(asdict(self))
        return plain

    def table(self) -> str:
        """Lay the layers out in columns.

        Returns
        -------
        str
            A line of headings, and one a layer.
        """
        lines = [
            f"{'layer':<7}{'activation':<18}{'saturated':>10}{'dead':>8}{'slope':>10}{'gradient':>11}{'step/weight':>13}{'lost in y':>11}"
        ]
        for each in self.layers:
            hidden = each is not self.layers[-1]
            lost = "–" if each.rounded_away is None else f"{each.rounded_away:.0%}"
            ratio = "–" if math.isnan(each.ratio) else f"{each.ratio:.2g}"
            lines.append(
                f"{each.layer:<7}{each.activation or ('–' if hidden else 'output'):<18}"
                + (f"{each.saturated:>10.0%}{each.dead:>8.0%}{each.slope:>10.2g}" if hidden else f"{'–':>10}{'–':>8}{'–':>10}")
                + f"{each.gradient:>11.2g}{ratio:>13}{lost:>11}"
            )
        return "\n".join(lines)

    def __str__(self) -> str:
        return f"{self.table()}\n{self.english}"


def _plain(value: Any) -> Any:
    """Write a value as JSON has it."""
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def vitals(model: Any, X: Any, y: Any, *, loss: Any = None, learning_rate: float | None = None) -> Vitals:
    """Measure each layer of a network on some samples, and say what is wrong.

    Parameters
    ----------
    model : MLPClassifier, MLPRegressor, a Pipeline that ends in one, or torch.nn.Module
        A network that is fitted, for one epoch at least; or any module of PyTorch. It is left as it was.
    X, y : array_like or torch.Tensor
        Samples and their labels or values, some hundred of them.
    loss : callable, optional
        For a module: gives a scalar from its output and `y`. By default the cross entropy of logits for whole numbers, the binary
        one if there is one output, and the mean squared error for others.
    learning_rate : float, optional
        For a module: the length of a step of plain gradient descent, for the ratio of steps and weights. Our own networks know theirs.

    Returns
    -------
    Vitals
        The measurements and the diagnosis; printed, it is a table and a sentence.

    Raises
    ------
    TypeError
        If the model has no layers to look into, or `loss` or `learning_rate` is given for one that knows its own.
    ValueError
        If the samples are not what the model was fitted on, or no activation of a module can be seen.

    Notes
    -----
    A module is measured in evaluation mode, by hooks on its `Linear` and convolutional layers and on its activations. An activation
    of `torch.nn` is known by its class and its numbers; the derivatives of any other are taken by autograd. What ``forward`` calls as
    a function, such as ``torch.relu(x)``, is out of sight: if no activation is a module, that is an error.

    Examples
    --------
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
    torch = sys.modules.get("torch")  # a module of PyTorch can only be there if PyTorch is
    if torch is not None and isinstance(model, torch.nn.Module):
        seen = observed_module(model, X, y, loss, learning_rate)
    else:
        if loss is not None or learning_rate is not None:
            raise TypeError(f"loss and learning_rate are for modules of PyTorch; {type(model).__name__} has its own: leave them out")
        seen = _observed(model, X, y)
    return Vitals(*(numbers := measured(seen)), seen.loss, seen.next_loss, seen.chance, *diagnosed(seen, numbers[0]))


def _observed(model: Any, X: Any, y: Any) -> Pass:
    """Pass samples through a network of ours, forward and back, on a copy."""
    if isinstance(model, Pipeline):
        X, model = model[:-1].transform(X) if len(model) > 1 else X, model[-1]
    check_is_fitted(model)
    network = getattr(model, "network_", None)
    if not isinstance(network, Network):
        raise TypeError(f"vitals looks into the layers of MLPClassifier, MLPRegressor and torch.nn.Module; {type(model).__name__} has none")
    X, y = validate_data(model, X, y, dtype=FLOATS, multi_output=True, reset=False)
    X = X.astype(network.dtype, copy=False)
    targets, chance = _targets(model, network, y)
    shadow = network.copy()
    with np.errstate(all="ignore"):  # overflow and nan are findings
        loss = _mean(shadow.descend(X, targets))
        gradients, _ = shadow.views(shadow.gradient.copy())
        signals = shadow.signals(len(X))
        remembered = getattr(model, "_optimiser", None)
        optimiser = deepcopy(remembered) or model._new_optimiser(shadow)
        optimiser.step(shadow.parameters, shadow.gradient)
        # the first step of an Adam without memory is as long in every direction: it tells nothing about those of training
        judged = remembered is not None or model.solver == "sgd"
        next_loss = _mean(shadow.descend(X, targets)) if judged else math.nan
        if judged and math.isnan(next_loss):
            next_loss = math.inf
        steps = [after - before for after, before in zip(shadow.weights, network.weights, strict=True)]
        layers = tuple(
            Seen(
                **_activity(card, *values),
                weights=weights,
                gradient=gradient,
                step=step,
                signal=signal,
            )
            for card, values, weights, gradient, step, signal in zip(
                [*network.cards, None], network.layers(X), network.weights, gradients, steps, signals, strict=True
            )
        )
    rate = float(model.learning_rate_init)
    curve = [*getattr(model, "loss_curve_", ()), getattr(model, "loss_", loss)]  # a fit that diverged has only the latter
    stride = rate if model.solver == "adam" else 0.0
    return Pass(layers, X, loss, next_loss, chance, curve, rate, stride, True, "learning_rate_init")


def _mean(losses: Array) -> float:
    """Add up the losses of each sample, and take their mean."""
    return float(losses.sum(dtype=np.float64) / len(losses))


def _targets(model: Any, network: Network, y: Array) -> tuple[Array, float]:
    """Bring y into the form that the loss takes, and compute the loss of the best constant answer."""
    wanted = (len(y), network.sizes[-1]) if network.output == "identity" and network.sizes[-1] > 1 else (len(y),)
    if y.shape != wanted and y.shape != (*wanted, 1):
        raise ValueError(f"y has shape {y.shape}; for this {type(model).__name__} it has {wanted}")
    y = y.reshape(wanted)
    if network.output == "identity":
        values = np.reshape(y, (len(y), -1)).astype(network.dtype)
        return values, float(np.var(values, axis=0, dtype=np.float64).sum() / 2)
    unknown = np.setdiff1d(y, model.classes_)
    if len(unknown):
        raise ValueError(f"y contains {unknown.tolist()}, which are none of the classes {model.classes_.tolist()}")
    numbers = np.searchsorted(model.classes_, y)
    shares = np.unique(numbers, return_counts=True)[1] / len(y)
    chance = float(-np.sum(shares * np.log(shares)))
    if network.output == "sigmoid":
        return numbers[:, None].astype(network.dtype), chance
    places: Array = numbers + np.arange(len(y)) * network.sizes[-1]
    return places, chance


def _activity(card: Activation | None, before: Array, after: Array) -> dict[str, Any]:
    """Measure the derivatives of an activation where the samples fall."""
    known: dict[str, Any] = {"activation": card.name if card else "", "before": before, "after": after}
    if not isinstance(card, Elementwise):
        return {**known, "slopes": None, "formed": None, "steepest": 1.0, "flat_ends": False}
    slopes = np.abs(card.derivative(before))
    formed = None if card.from_output is None else card.backward_from_output(np.ones_like(after), after)
    lipschitz = float(card.lipschitz)
    steepest = lipschitz if math.isfinite(lipschitz) else max(float(slopes.max(initial=0)), float(np.abs(card.derivative(GRID)).max()))
    return {**known, "slopes": slopes, "formed": formed, "steepest": steepest, "flat_ends": card.saturates}
