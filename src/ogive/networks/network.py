"""A multi-layer network as numbers: one flat vector of parameters, a forward pass, a backward pass.

The flat vector holds all weights and then all biases, so that an optimiser updates the whole network in one go and the L2 penalty
is a slice. Passes write into arrays that are made once for each length of a batch.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np

from ogive._core import ufunc
from ogive.activation import Activation, Elementwise
from ogive.calls import as_parameter
from ogive.vectorwise import Vectorwise

__all__ = ["Array", "Network"]

Array = np.ndarray[Any, Any]

#: Activations whose authors chose them for weights of variance 1 / fan_in.
LECUN = ("selu", "lecun_tanh")


class Network:
    """Affine layers with activations between them, and the output that fits the loss.

    Parameters
    ----------
    sizes : sequence of int
        How many units each layer has, from the features to the outputs.
    cards : sequence of Activation
        The activation of each hidden layer.
    output : {"softmax", "sigmoid", "identity"}
        What the logits become; the loss follows from it: the cross entropy, or half the squared error.
    dtype : dtype
        float32 or float64.

    Attributes
    ----------
    parameters, gradient : ndarray
        All weights and then all biases, and the gradient of the loss with respect to them after `descend`.
    weights, biases : list of ndarray
        Views of `parameters`, one a layer.
    """

    def __init__(self, sizes: Sequence[int], cards: Sequence[Activation], output: str, dtype: Any) -> None:
        self.sizes, self.cards, self.output = tuple(sizes), tuple(cards), output
        self.parameters = np.zeros(sum(m * n + n for m, n in pairwise(self.sizes)), dtype)
        self._arrange()

    def _arrange(self) -> None:
        """Lay views over the flat vectors."""
        self.gradient = np.zeros_like(self.parameters)
        self.weights, self.biases = self.views(self.parameters)
        self._weight_gradients, self._bias_gradients = self.views(self.gradient)
        self._passes: dict[int, _Pass] = {}

    def views(self, flat: Array) -> tuple[list[Array], list[Array]]:
        """Cut a flat vector into weights and biases.

        Parameters
        ----------
        flat : ndarray
            Of the length of `parameters`.

        Returns
        -------
        (list of ndarray, list of ndarray)
            Views, one a layer.
        """
        shapes = [*pairwise(self.sizes), *((n,) for n in self.sizes[1:])]
        ends = np.cumsum([math.prod(shape) for shape in shapes])
        pieces = [piece.reshape(shape) for piece, shape in zip(np.split(flat, ends[:-1]), shapes, strict=True)]
        return pieces[: len(self.sizes) - 1], pieces[len(self.sizes) - 1 :]

    def copy(self) -> Network:
        """Copy the network, parameters and all.

        Returns
        -------
        Network
            One that shares nothing with this one.
        """
        made = Network(self.sizes, self.cards, self.output, self.dtype)
        made.parameters[:] = self.parameters
        return made

    def __getstate__(self) -> dict[str, Any]:
        return {"sizes": self.sizes, "cards": self.cards, "output": self.output, "parameters": self.parameters}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._arrange()

    @property
    def dtype(self) -> np.dtype[Any]:
        """The dtype of the parameters, in which everything is computed."""
        found: np.dtype[Any] = self.parameters.dtype
        return found

    @property
    def penalised(self) -> int:
        """How many of the parameters are weights: those that come first."""
        return sum(m * n for m, n in pairwise(self.sizes))

    @cached_property
    def _activations(self) -> list[tuple[Callable[..., Any], Callable[..., Any], tuple[Any, ...]]]:
        """List each hidden layer's value and backward pass, as bare ufuncs where there are, and their parameters."""
        found: list[tuple[Callable[..., Any], Callable[..., Any], tuple[Any, ...]]] = []
        for card in self.cards:
            if isinstance(card, Elementwise):
                values = tuple(as_parameter(float(p.default), self.parameters) for p in card.parameters)
                found.append((card.value.ufunc, card.backward.ufunc, values))
            elif isinstance(card, Vectorwise):
                found.append((card, card.backward, ()))
        return found

    def initialise(self, scheme: str, random: np.random.RandomState) -> None:
        """Draw the weights, uniformly with the variance that the scheme asks for; the biases are 0.

        Parameters
        ----------
        scheme : {"auto", "xavier", "he", "lecun"}
            ``"xavier"`` is 2 / (fan_in + fan_out), ``"he"`` 2 / fan_in, ``"lecun"`` 1 / fan_in; ``"auto"`` chooses for each layer
            by the activation that follows it.
        random : numpy.random.RandomState
            Where the numbers come from.
        """
        self.parameters[:] = 0
        for weights, card in zip(self.weights, [*self.cards, None], strict=True):
            fan_in, fan_out = weights.shape
            variance = {"xavier": 2 / (fan_in + fan_out), "he": 2 / fan_in, "lecun": 1 / fan_in}
            chosen = variance[scheme if scheme != "auto" else initialisation_for(card)]
            reach = math.sqrt(3 * chosen)
            weights[:] = random.uniform(-reach, reach, weights.shape)

    def logits(self, X: Array) -> Array:
        """Compute what the last affine layer gives.

        Parameters
        ----------
        X : ndarray of shape (n_samples, n_features)
            In the dtype of the network.

        Returns
        -------
        ndarray of shape (n_samples, n_outputs)
            The logits, or predictions where the output is the identity.
        """
        return self.layers(X)[-1][0]

    def layers(self, X: Array) -> list[tuple[Array, Array]]:
        """Compute all layers.

        Parameters
        ----------
        X : ndarray of shape (n_samples, n_features)
            In the dtype of the network.

        Returns
        -------
        list of (ndarray, ndarray)
            For each layer what goes into its activation, and what comes out; the last one has none.
        """
        found = []
        for weights, bias, activation in zip(self.weights, self.biases, [*self._activations, None], strict=True):
            with np.errstate(all="ignore"):
                before = X @ weights + bias
                X = activation[0](before, *activation[2]) if activation else before
            found.append((before, X))
        return found

    def descend(
        self, X: Array, targets: Array, weight: Array | None = None, dropout: float = 0.0, random: np.random.RandomState | None = None
    ) -> Array:
        """Pass a batch forward and back, and leave the gradient of its mean loss in `gradient`.

        Parameters
        ----------
        X : ndarray of shape (n_samples, n_features)
            The batch.
        targets : ndarray of shape (n_samples,) or (n_samples, n_outputs)
            For ``"softmax"`` the class of each sample plus its place in the batch times the number of classes; else numbers of the
            shape of the logits.
        weight : ndarray of shape (n_samples,), optional
            What each sample counts; 1 by default.
        dropout : float, default 0
            The share of hidden units that sit out.
        random : numpy.random.RandomState, optional
            What chooses them.

        Returns
        -------
        ndarray of shape (n_samples,) or (n_samples, n_outputs)
            The single losses, in an array that the next batch overwrites.
        """
        batch = len(X)
        room = self._passes.get(batch)
        if room is None:
            if len(self._passes) > 3:  # a fit has two lengths; partial_fit may see any
                self._passes.clear()
            room = self._passes[batch] = _Pass(self, batch)
        masks = room.masks(dropout, random) if dropout and random is not None else None
        layer = X
        for i, (value, _, parameters) in enumerate(self._activations):
            before, after = room.before[i], room.after[i]
            np.dot(layer, self.weights[i], out=before)
            np.add(before, self.biases[i], out=before)
            value(before, *parameters, out=after)
            if masks:
                np.multiply(after, masks[i], out=after)
            layer = after
        np.dot(layer, self.weights[-1], out=room.logits)
        np.add(room.logits, self.biases[-1], out=room.logits)
        delta = room.delta[-1]
        losses = room.losses(self.output, targets, delta)
        np.multiply(delta, room.share if weight is None else (weight * room.share)[:, None], out=delta)
        for i in range(len(self.weights) - 1, -1, -1):
            np.dot((room.after[i - 1] if i else X).T, delta, out=self._weight_gradients[i])
            np.dot(room.ones, delta, out=self._bias_gradients[i])
            if i:
                upstream = room.delta[i - 1]
                np.dot(delta, self.weights[i].T, out=upstream)
                if masks:
                    np.multiply(upstream, masks[i - 1], out=upstream)
                _, backward, parameters = self._activations[i - 1]
                backward(upstream, room.before[i - 1], *parameters, out=upstream)
                delta = upstream
        return losses

    def signals(self, batch: int) -> list[float]:
        """Tell how large a gradient the last `descend` has brought to each layer.

        Parameters
        ----------
        batch : int
            How many samples there were.

        Returns
        -------
        list of float
            For each layer the norm of the gradient of the loss with respect to what goes into its activation.
        """
        return [float(np.linalg.norm(delta.astype(np.float64, copy=False))) for delta in self._passes[batch].delta]


class _Pass:
    """The arrays of one pass over a batch of some length."""

    def __init__(self, network: Network, batch: int) -> None:
        *hidden, outputs = network.sizes[1:]
        self.before, self.after, self.delta = ([np.empty((batch, n), network.dtype) for n in hidden] for _ in range(3))
        self.logits = np.empty((batch, outputs), network.dtype)
        self.delta.append(np.empty_like(self.logits))
        self.scratch = np.empty_like(self.logits)
        self.picked = np.empty(batch, network.dtype)
        self.ones = np.ones(batch, network.dtype)
        self.share = network.dtype.type(1 / batch)
        self.takes_part = np.ones(outputs, bool)
        self.plain = network.dtype.type(1), network.dtype.type(math.nan)  # temperature, what empty rows give

    def masks(self, rate: float, random: np.random.RandomState) -> list[Array]:
        """Choose the units that take part, and scale them up for those that do not."""
        scale = self.ones.dtype.type(1 / (1 - rate))
        return [(random.random_sample(after.shape) >= rate) * scale for after in self.after]

    def losses(self, output: str, targets: Array, delta: Array) -> Array:
        """Compute the single losses from the logits, and their derivatives in `delta`; both keep their digits in the tails."""
        if output == "softmax":
            logarithms = ufunc.log_softmax(self.logits, self.takes_part, *self.plain, out=self.scratch)
            logarithms.reshape(-1).take(targets, out=self.picked, mode="clip")
            ufunc.exp(logarithms, out=delta)
            delta.reshape(-1)[targets] = np.expm1(self.picked)  # p - 1, also where p rounds to 1
            return np.negative(self.picked, out=self.picked)
        if output == "sigmoid":
            ufunc.binary_cross_entropy_value_and_derivative(self.logits, targets, out=(self.scratch, delta))
            return self.scratch
        np.subtract(self.logits, targets, out=delta)
        np.multiply(delta, delta, out=self.scratch)
        return np.multiply(self.scratch, 0.5, out=self.scratch)


def initialisation_for(card: Activation | None) -> str:
    """Choose how to draw the weights before an activation: by its name or by the slopes that it tends to.

    Parameters
    ----------
    card : Activation or None
        The activation; None is the output.

    Returns
    -------
    {"xavier", "he", "lecun"}
        He's for what passes less on the left than on the right, the rectifiers and their kin; LeCun's for those made for it;
        Xavier's for all else.
    """
    if card is not None and card.name in LECUN:
        return "lecun"
    if isinstance(card, Elementwise) and card.derivative_limits[0] < card.derivative_limits[1]:
        return "he"
    return "xavier"
