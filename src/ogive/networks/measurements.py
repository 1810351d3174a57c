"""What a pass through a network has shown, and the numbers that are taken from it: layer by layer, unit by unit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ogive.networks.network import Array

__all__ = ["ActivationHistogram", "DeadUnits", "GradientFlow", "LayerVitals", "Pass", "Saturation", "Seen", "measured", "size"]

#: A unit is saturated at a sample where its derivative is below this share of the largest one.
FAINT = 0.05
#: In so many bins values are counted.
BINS = 30


@dataclass(frozen=True, eq=False)
class Seen:
    """A layer as it was seen in one pass: all arrays of values have one row a sample and one column a unit.

    Parameters
    ----------
    activation : str
        The name of its activation; empty where there is none.
    before, after : ndarray
        What went into the activation, and what came out.
    slopes : ndarray or None
        The true derivatives at `before`; None where a unit's value depends on its neighbours', and in a layer without activation.
    formed : ndarray or None
        The derivatives that are formed from the output; None where that is not done.
    steepest : float
        The largest derivative that the activation has anywhere.
    flat_ends : bool
        Whether the activation is flat at both ends.
    weights, gradient, step : ndarray
        The weights, the gradient of the loss with respect to them, and the next step of the optimiser; nan where that is unknown.
    signal : float
        The norm of the gradient of the loss with respect to `before`: what the backward pass has brought so far.
    """

    activation: str
    before: Array
    after: Array
    slopes: Array | None
    formed: Array | None
    steepest: float
    flat_ends: bool
    weights: Array
    gradient: Array
    step: Array
    signal: float


@dataclass(frozen=True, eq=False)
class Pass:
    """All layers in one pass forward and back.

    Parameters
    ----------
    layers : tuple of Seen
        Layer by layer; the last one gives the output.
    X : ndarray of shape (n_samples, n_features)
        The samples; features of any shape in one row.
    loss : float
        The loss at these samples.
    next_loss : float
        The loss after the next step of the optimiser; nan where that is unknown.
    chance : float
        The loss of the best answer that is the same for all samples; nan where that is unknown.
    curve : sequence of float
        The loss of each epoch so far.
    learning_rate : float
        The length of a step; nan where that is unknown.
    stride : float
        How far one step may move any weight, however small its gradient; 0 where the gradient decides.
    exact : bool
        Whether the backward pass takes the true derivatives, and not those formed from the output.
    knob : str
        What the user calls the length of a step.
    """

    layers: tuple[Seen, ...]
    X: Array
    loss: float
    next_loss: float
    chance: float
    curve: Sequence[float]
    learning_rate: float
    stride: float
    exact: bool
    knob: str


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
        The size of the optimiser's next step, relative to that of its weights; nan where no learning rate is known.
    slope : float
        The root mean square of the derivatives of its activation: what the backward pass is multiplied by.
    rounded_away : float or None
        The share of derivatives that are normal numbers and are 0 if they are computed from the output as textbooks do; None where
        the derivative is no function of the output.
    signal : float
        The norm of the gradient of the loss with respect to what goes into its activation.
    """

    layer: int
    activation: str
    saturated: float
    dead: float
    gradient: float
    ratio: float
    slope: float
    rounded_away: float | None
    signal: float


@dataclass(frozen=True, eq=False)
class ActivationHistogram:
    """How the values of a hidden layer are spread, after its activation.

    Parameters
    ----------
    layer : int
        The number of the layer.
    activation : str
        The name of its activation.
    counts : ndarray of shape (bins,)
        How many values lie in each bin; those that are nan or infinite lie in none.
    edges : ndarray of shape (bins + 1,)
        Where the bins begin and end.
    """

    layer: int
    activation: str
    counts: Array
    edges: Array


@dataclass(frozen=True, eq=False)
class Saturation:
    """How often each hidden unit is saturated.

    Parameters
    ----------
    shares : tuple of ndarray of shape (units,)
        For each hidden layer and each of its units the share of samples at which its derivative is below 5 % of the largest.
    """

    shares: tuple[Array, ...]


@dataclass(frozen=True, eq=False)
class DeadUnits:
    """Which hidden units are dead.

    Parameters
    ----------
    units : tuple of bool ndarray of shape (units,)
        For each hidden layer and each of its units whether its derivative is 0 for every sample.
    """

    units: tuple[Array, ...]


@dataclass(frozen=True, eq=False)
class GradientFlow:
    """The gradient by depth.

    Parameters
    ----------
    layers : tuple of int
        The numbers of the layers, the output last.
    gradients : ndarray of shape (layers,)
        The root mean square of the gradient with respect to the weights of each layer.
    ratios : ndarray of shape (layers,)
        The size of the optimiser's next step relative to that of the weights.
    """

    layers: tuple[int, ...]
    gradients: Array
    ratios: Array


def size(values: Array) -> float:
    """Compute the root mean square.

    Parameters
    ----------
    values : ndarray
        Any numbers.

    Returns
    -------
    float
        Computed in float64, and without overflow; 0 of no numbers.
    """
    wide = np.asarray(values, np.float64)
    largest = float(np.max(np.abs(wide), initial=0.0))
    if largest == 0 or not np.isfinite(largest):
        return largest
    return largest * float(np.sqrt(np.mean(np.square(wide / largest))))


def measured(seen: Pass) -> tuple[tuple[LayerVitals, ...], tuple[ActivationHistogram, ...], Saturation, DeadUnits, GradientFlow]:
    """Take all numbers from a pass.

    Parameters
    ----------
    seen : Pass
        What a pass has shown.

    Returns
    -------
    (tuple of LayerVitals, tuple of ActivationHistogram, Saturation, DeadUnits, GradientFlow)
        All that `Vitals` holds.
    """
    shares = tuple(saturated_shares(layer) for layer in seen.layers)
    dead = tuple(dead_units(layer) for layer in seen.layers)
    layers = tuple(
        LayerVitals(
            layer=number,
            activation=layer.activation,
            saturated=float(np.mean(shares[number - 1])),
            dead=float(np.mean(dead[number - 1])),
            gradient=size(layer.gradient),
            ratio=_ratio(layer),
            slope=1.0 if layer.slopes is None else size(layer.slopes),
            rounded_away=_rounded_away(layer),
            signal=layer.signal,
        )
        for number, layer in enumerate(seen.layers, 1)
    )
    histograms = tuple(
        ActivationHistogram(number, layer.activation, *_histogram(layer.after)) for number, layer in enumerate(seen.layers[:-1], 1)
    )
    flow = GradientFlow(
        tuple(layer.layer for layer in layers), np.array([layer.gradient for layer in layers]), np.array([layer.ratio for layer in layers])
    )
    return layers, histograms, Saturation(shares[:-1]), DeadUnits(dead[:-1]), flow


def saturated_shares(layer: Seen) -> Array:
    """Compute for each unit the share of samples at which it is saturated."""
    units = layer.after.shape[1]
    if layer.slopes is None:
        return np.zeros(units)
    shares: Array = np.mean(layer.slopes <= FAINT * layer.steepest, axis=0)
    return shares


def dead_units(layer: Seen) -> Array:
    """Tell for each unit whether its derivative is 0 for every sample."""
    if layer.slopes is None:
        return np.zeros(layer.after.shape[1], bool)
    dead: Array = np.all(layer.slopes == 0, axis=0)
    return dead


def _ratio(layer: Seen) -> float:
    weights = size(layer.weights)
    return size(layer.step) / weights if weights else float("inf")


def _rounded_away(layer: Seen) -> float | None:
    if layer.slopes is None or layer.formed is None:
        return None
    return float(np.mean((layer.formed == 0) & (layer.slopes >= np.finfo(layer.slopes.dtype).tiny)))


def _histogram(values: Array) -> tuple[Array, Array]:
    finite = values[np.isfinite(values)].astype(np.float64)
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
    # values next to each other leave no room for bins, and those near the ends of float64 none for their distance
    low, high = max(low, -1e300), min(high, 1e300)
    if not high - low > 1e-6 * max(abs(low), abs(high)):
        reach = max(abs(low), abs(high), 1e-6) / 2
        low, high = low - reach, high + reach
    return np.histogram(finite, BINS, (low, high))
