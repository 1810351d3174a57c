"""Layers with forward and backward, as textbooks build them, around the cards of the catalogue.

Every card but the losses has a class here, under its name in CamelCase: ``layers.Sigmoid``, ``layers.LeakyRelu``, ``layers.Softmax``.
They are made from the catalogue, not listed. A layer keeps what its backward pass needs, and never writes to an array of the caller's.
"""

from __future__ import annotations

import copy
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from ogive.activation import Elementwise
from ogive.borrowed import Borrowed
from ogive.calls import floating
from ogive.catalogue import CATALOGUE
from ogive.facts import number_text
from ogive.vectorwise import Composed, Vectorwise

CARDS = {"".join(part.capitalize() for part in name.split("_")): card for name, card in CATALOGUE.items()}
ELEMENTWISE = {label: card for label, card in CARDS.items() if isinstance(card, Elementwise)}
BORROWED = {label: card for label, card in CARDS.items() if isinstance(card, Borrowed)}
ROWS = {label: card for label, card in CARDS.items() if isinstance(card, Vectorwise | Composed)}

__all__ = [
    "BORROWED",
    "ELEMENTWISE",
    "ROWS",
    "Affine",
    "Dropout",
    "ElementwiseLayer",
    "Layer",
    "RowLayer",
    "SigmoidWithLoss",
    "SoftmaxWithLoss",
    "check_gradient",
    *ELEMENTWISE,
    *BORROWED,
    *ROWS,
]

Array = np.ndarray[Any, Any]


class Layer(ABC):
    """A step of a network: forward takes values on, backward takes gradients back."""

    _kept: Any = None

    @abstractmethod
    def forward(self, x: Any) -> Any:
        """Compute the output, and keep what the backward pass needs."""

    @abstractmethod
    def backward(self, dout: Any) -> Any:
        """Compute the gradient with respect to the input from that with respect to the output."""

    def _from_forward(self) -> Any:
        """Return what the forward pass kept."""
        if self._kept is None:
            raise RuntimeError(f"{type(self).__name__}.backward: there was no forward pass; call forward(x) first")
        return self._kept


class ElementwiseLayer(Layer):
    """The layer of an elementwise card; ``Sigmoid``, ``Relu`` and their like are its children, one a card.

    Parameters
    ----------
    *values
        The activation's parameters, in the order of the card.
    backward_from : {"input", "output"}, default "input"
        What the forward pass keeps. From the input the gradient is exact. From the output it is that of textbooks, which saves
        computing and loses what y has lost: where the sigmoid has rounded to 1, y(1 - y) is 0.
    **named
        The activation's parameters by name.

    Raises
    ------
    TypeError
        If a parameter is unknown.
    ValueError
        If a parameter lies outside its domain, or the derivative is no function of the output.

    Examples
    --------
    >>> from ogive import layers
    >>> exact, book = layers.Sigmoid(), layers.Sigmoid(backward_from="output")
    >>> exact.forward([5.0, 40.0]), book.forward([5.0, 40.0])
    (array([0.99330715, 1.        ]), array([0.99330715, 1.        ]))
    >>> exact.backward(1), book.backward(1)
    (array([6.64805667e-03, 4.24835426e-18]), array([0.00664806, 0.        ]))
    """

    card: ClassVar[Elementwise | Borrowed]

    def __init__(self, *values: Any, backward_from: str = "input", **named: Any) -> None:
        label, takes = type(self).__name__, {p.name: p for p in self.card.parameters}
        given = dict(zip(takes, values, strict=False))
        if len(values) > len(takes) or any(name in given or name not in takes for name in named):
            raise TypeError(
                f"layers.{label} takes {', '.join(takes) or 'no parameters'}, "
                f"got {len(values)} by position and {', '.join(named) or 'none'} by name"
            )
        self.parameters = given | named
        for name, value in self.parameters.items():
            if not all(float(v) in takes[name].domain for v in np.ravel(value)):
                raise ValueError(f"layers.{label}: {name}={value!r} lies outside {takes[name].domain}")
        if backward_from not in ("input", "output"):
            raise ValueError(f"layers.{label}: backward_from={backward_from!r} is neither 'input' nor 'output'")
        if backward_from == "output" and getattr(self.card, "from_output", None) is None:
            raise ValueError(f"layers.{label}: the derivative is no simple function of the output; leave backward_from= out")
        self.backward_from = backward_from

    def forward(self, x: Any) -> Any:
        """Compute the activation.

        Parameters
        ----------
        x : array_like
            Real numbers of any shape.

        Returns
        -------
        ndarray or scalar
            Of the shape of `x`.
        """
        y = self.card(x, **self.parameters)
        self._kept = np.array(x if self.backward_from == "input" else y)
        return y

    def backward(self, dout: Any) -> Any:
        """Compute the gradient with respect to the input of the last forward pass.

        Parameters
        ----------
        dout : array_like
            The gradient with respect to the output.

        Returns
        -------
        ndarray or scalar
            ``dout * f'(x)``, rounded once; from the output, as NumPy has it.

        Raises
        ------
        RuntimeError
            If there was no forward pass.
        """
        kept = self._from_forward()
        if type(dout) in (int, float):  # a Python number takes the dtype of the layer
            dout = np.asarray(dout, floating(kept))
        if self.backward_from == "output" and isinstance(self.card, Elementwise):
            return self.card.backward_from_output(dout, kept, **self.parameters)
        return self.card.backward(dout, kept, **self.parameters)

    def __repr__(self) -> str:
        shown = [f"{name}={value!r}" for name, value in self.parameters.items()]
        shown += [f"backward_from={self.backward_from!r}"] * (self.backward_from != "input")
        return f"layers.{type(self).__name__}({', '.join(shown)})"


class RowLayer(Layer):
    """The layer of a function of rows; ``Softmax``, ``Glu`` and their like are its children, one a card.

    Parameters
    ----------
    **settings
        What the card takes besides x: ``axis``, and where it has them ``temperature`` or ``groups``.

    Raises
    ------
    TypeError
        If the card takes no such setting.

    Examples
    --------
    >>> from ogive import layers
    >>> layer = layers.Softmax()
    >>> layer.forward([1000.0, 1000.0])
    array([0.5, 0.5])
    >>> layer.backward([1.0, 0.0])
    array([ 0.25, -0.25])
    """

    card: ClassVar[Vectorwise | Composed]
    takes: ClassVar[dict[str, Any]]

    def __init__(self, **settings: Any) -> None:
        wrong = [name for name in settings if name not in self.takes]
        if wrong:
            raise TypeError(f"layers.{type(self).__name__} takes {', '.join(self.takes)}, not {', '.join(wrong)}")
        self.settings = settings

    def forward(self, x: Any) -> Any:
        """Compute the function of each row.

        Parameters
        ----------
        x : array_like
            Real numbers.

        Returns
        -------
        ndarray
            As the card computes it.
        """
        y = self.card(x, **self.settings)
        self._kept = np.array(x)
        return y

    def backward(self, dout: Any) -> Any:
        """Compute the product of the upstream gradient with the Jacobian at the input of the last forward pass.

        Parameters
        ----------
        dout : array_like
            The gradient with respect to the output.

        Returns
        -------
        ndarray
            The gradient with respect to the input, of its shape.

        Raises
        ------
        RuntimeError
            If there was no forward pass.
        """
        return self.card.backward(dout, self._from_forward(), **self.settings)

    def __repr__(self) -> str:
        return f"layers.{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self.settings.items())})"


def _settings(card: Vectorwise | Composed) -> dict[str, Any]:
    """Tell what a card of rows takes besides x, with its defaults."""
    if isinstance(card, Composed):
        return {card.choice: card.parts, "axis": -1} if card.choice else {"axis": -1}
    return {"axis": -1, "temperature": 1} if card.has_temperature else {"axis": -1}


def _layer_of(label: str, card: Elementwise | Borrowed | Vectorwise | Composed) -> type[Layer]:
    """Make the class of a card."""
    if isinstance(card, Vectorwise | Composed):
        parent: type[Layer] = RowLayer
        own: dict[str, Any] = {"takes": _settings(card)}
        takes = ", ".join(f"{name}={value}" for name, value in own["takes"].items())
    else:
        parent, own = ElementwiseLayer, {}
        takes = ", ".join(f"{p.name}={number_text(p.default)}" for p in card.parameters)
    says = f"The layer of `ogive.{card.name}`" + (f", with {takes}" if takes else "") + f".\n\n    See `{parent.__name__}`.\n    "
    return type(label, (parent,), {"card": card, "__doc__": says, "__module__": __name__, **own})


globals().update({label: _layer_of(label, card) for label, card in (ELEMENTWISE | BORROWED | ROWS).items()})

if TYPE_CHECKING:

    def __getattr__(name: str) -> Any: ...


class Affine(Layer):
    """The affine map ``x W + b`` of each sample.

    Parameters
    ----------
    W : ndarray of shape (n_inputs, n_outputs)
        The weights. The layer holds the array itself: who updates it in place, trains the layer.
    b : ndarray of shape (n_outputs,)
        The biases, likewise.

    Attributes
    ----------
    dW, db : ndarray
        The gradients with respect to the weights and the biases, from the last backward pass.

    Raises
    ------
    ValueError
        If the shapes do not fit.

    Examples
    --------
    >>> import numpy as np
    >>> from ogive import layers
    >>> layer = layers.Affine(np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([0.5, -0.5]))
    >>> layer.forward([[1.0, 1.0]]), layer.backward([[1.0, 0.0]]), layer.dW
    (array([[4.5, 5.5]]), array([[1., 3.]]), array([[1., 0.],
           [1., 0.]]))
    """

    def __init__(self, W: Any, b: Any) -> None:
        self.W, self.b = np.asarray(W), np.asarray(b)
        if self.W.ndim != 2 or self.b.shape != self.W.shape[1:]:
            raise ValueError(
                f"layers.Affine: W of shape {self.W.shape} and b of shape {self.b.shape} do not fit; W is (n_inputs, n_outputs), b (n_outputs,)"
            )
        self.dW: Array | None = None
        self.db: Array | None = None

    def forward(self, x: Any) -> Any:
        """Compute the affine map.

        Parameters
        ----------
        x : array_like of shape (n_inputs,) or (n_samples, ...)
            One sample, or many, each of which is flattened.

        Returns
        -------
        ndarray of shape (n_outputs,) or (n_samples, n_outputs)
            The outputs.

        Raises
        ------
        ValueError
            If a sample has another length than W has rows.
        """
        x = np.array(x)
        rows = x.reshape(len(x), -1) if x.ndim > 1 else x
        if x.ndim == 0 or rows.shape[-1] != len(self.W):
            raise ValueError(
                f"layers.Affine: x of shape {x.shape} does not fit W of shape {self.W.shape}; a sample has {len(self.W)} numbers"
            )
        self._kept = rows, x.shape
        return rows @ self.W + self.b

    def backward(self, dout: Any) -> Any:
        """Compute the gradient with respect to the input, and leave those of W and b in `dW` and `db`.

        Parameters
        ----------
        dout : array_like
            The gradient with respect to the output.

        Returns
        -------
        ndarray
            Of the shape of the input.

        Raises
        ------
        RuntimeError
            If there was no forward pass.
        """
        rows, shape = self._from_forward()
        dout = np.asarray(dout)
        self.dW = np.atleast_2d(rows).T @ np.atleast_2d(dout)
        self.db = np.atleast_2d(dout).sum(axis=0)
        return (dout @ self.W.T).reshape(shape)

    def __repr__(self) -> str:
        return f"layers.Affine({self.W.shape[0]} → {self.W.shape[1]})"


class _WithLoss(Layer):
    """An output layer with its loss: the gradient is taken of both at once, from the logits."""

    loss: ClassVar[Any]
    activation: ClassVar[Any]
    y: Any = None

    def forward(self, x: Any, t: Any = None) -> Any:
        """Compute the loss, and leave the probabilities in `y`.

        Parameters
        ----------
        x : array_like
            The logits: what the last affine layer gives.
        t : array_like
            The targets.

        Returns
        -------
        scalar
            The mean over the samples.

        Raises
        ------
        TypeError
            If there are no targets.
        ValueError
            If the targets do not fit.
        """
        if t is None:
            raise TypeError(f"layers.{type(self).__name__}.forward takes the logits x and the targets t; t is missing")
        self.y = self.activation(x)
        value, self._kept = self.loss.value_and_gradient(x, t)
        return value

    def backward(self, dout: Any = 1) -> Any:
        """Compute the gradient of the loss with respect to the logits.

        Parameters
        ----------
        dout : scalar, default 1
            What the loss is multiplied by.

        Returns
        -------
        ndarray
            Of the shape of the logits.

        Raises
        ------
        RuntimeError
            If there was no forward pass.
        """
        return self._from_forward() * dout

    def __repr__(self) -> str:
        return f"layers.{type(self).__name__}()"


class SoftmaxWithLoss(_WithLoss):
    """Softmax with the cross entropy; the targets are class numbers, or rows of probabilities such as one-hot ones.

    Attributes
    ----------
    y : ndarray
        The probabilities of the last forward pass.

    Examples
    --------
    >>> from ogive import layers
    >>> layer = layers.SoftmaxWithLoss()
    >>> layer.forward([[1.0, 1.0], [40.0, 0.0]], [0, 0]), layer.backward()
    (np.float64(0.34657359027997264), array([[-2.50000000e-01,  2.50000000e-01],
           [-2.12417713e-18,  2.12417713e-18]]))
    """

    loss = CATALOGUE["cross_entropy"]
    activation = CATALOGUE["softmax"]


class SigmoidWithLoss(_WithLoss):
    """The sigmoid with the binary cross entropy; the targets are 0 or 1, or probabilities.

    Attributes
    ----------
    y : ndarray
        The probabilities of the last forward pass.

    Examples
    --------
    >>> from ogive import layers
    >>> layer = layers.SigmoidWithLoss()
    >>> layer.forward([0.0, 40.0], [1, 1]), layer.backward()
    (np.float64(0.34657359027997264), array([-2.50000000e-01, -2.12417713e-18]))
    """

    loss = CATALOGUE["binary_cross_entropy"]
    activation = CATALOGUE["sigmoid"]


class Dropout(Layer):
    """Set a random share of the inputs to 0 while training, and scale the others up; let all pass otherwise.

    Parameters
    ----------
    rate : float, default 0.5
        The share, from 0 to below 1.
    random_state : int, numpy.random.Generator or None
        Where the random numbers come from.

    Raises
    ------
    ValueError
        If the rate is not a share.

    Examples
    --------
    >>> from ogive import layers
    >>> layer = layers.Dropout(0.5, random_state=1)
    >>> layer.forward([1.0, 2.0, 3.0, 4.0]), layer.backward(1)
    (array([2., 4., 0., 8.]), array([2., 2., 0., 2.]))
    >>> layer.forward([1.0, 2.0, 3.0, 4.0], training=False)
    array([1., 2., 3., 4.])
    """

    def __init__(self, rate: float = 0.5, random_state: Any = None) -> None:
        if not 0 <= rate < 1:
            raise ValueError(f"layers.Dropout: rate={rate!r} is not a share; give a number from 0 to below 1")
        self.rate = rate
        self.generator = np.random.default_rng(random_state)

    def forward(self, x: Any, training: bool = True) -> Any:
        """Drop a share of the inputs.

        Parameters
        ----------
        x : array_like
            Real numbers of any shape.
        training : bool, default True
            Whether to; if not, `x` passes unchanged.

        Returns
        -------
        ndarray
            Of the shape of `x`.
        """
        x = np.asarray(x)
        dtype = floating(x)
        kept = self.generator.random(x.shape) >= self.rate if training else np.ones(x.shape, bool)
        self._kept = kept.astype(dtype) / np.asarray(1 - self.rate if training else 1, dtype)
        return x * self._kept

    def backward(self, dout: Any) -> Any:
        """Let the gradient pass where the input passed.

        Parameters
        ----------
        dout : array_like
            The gradient with respect to the output.

        Returns
        -------
        ndarray
            The gradient with respect to the input.

        Raises
        ------
        RuntimeError
            If there was no forward pass.
        """
        return dout * self._from_forward()

    def __repr__(self) -> str:
        return f"layers.Dropout({self.rate!r})"


def check_gradient(layer: Layer, x: Any, *targets: Any, step: float = 1e-5) -> dict[str, float]:
    """Compare the backward pass of a layer with differences of its forward pass, in float64.

    Parameters
    ----------
    layer : Layer
        Anything with ``forward``, ``backward`` and, if it has parameters, arrays such as ``W`` and their gradients ``dW``.
        It is copied, random numbers included, and not changed.
    x : array_like
        Where; keep `step` away from kinks.
    *targets
        What ``forward`` takes besides `x`, such as the targets of a loss.
    step : float, default 1e-5
        How far to go to both sides, relative to numbers beyond 1.

    Returns
    -------
    dict of str to float
        For ``"x"``, and for each parameter by its name: the largest difference of an entry of the gradient from its numerical
        value, relative to the largest entry.

    Examples
    --------
    >>> from ogive import layers
    >>> max(layers.check_gradient(layers.Gelu(), [-2.0, 0.5, 3.0]).values()) < 1e-9
    True
    """
    x = np.array(x, np.float64)
    upstream = np.random.default_rng(0).normal(size=np.shape(copy.deepcopy(layer).forward(x, *targets)))
    tried = copy.deepcopy(layer)
    tried.forward(x, *targets)
    gradients = {"x": tried.backward(upstream[()])}
    gradients |= {name[1:]: value for name, value in vars(tried).items() if name[:1] == "d" and hasattr(tried, name[1:])}
    differences: dict[str, float] = {}
    for name, gradient in gradients.items():
        centre = x if name == "x" else np.array(getattr(layer, name), np.float64)
        numerical = np.empty(centre.shape)
        for place in np.ndindex(centre.shape):
            ends, apart = [], step * max(1.0, abs(float(centre[place])))
            for side in (-apart, apart):
                moved = centre.copy()
                moved[place] += side
                tried = copy.deepcopy(layer)
                if name != "x":
                    setattr(tried, name, moved)
                ends.append(np.sum(upstream * tried.forward(moved if name == "x" else x, *targets)))
            numerical[place] = (ends[1] - ends[0]) / (2 * apart)
        differences[name] = float(np.max(np.abs(gradient - numerical)) / (np.max(np.abs(numerical)) or 1.0))
    return differences
