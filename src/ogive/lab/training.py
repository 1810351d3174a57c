"""A network in training, as the room *Train* shows it: samples in a plane, epochs, what each unit sees, and the code that does the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np

import ogive
from ogive.activation import Elementwise
from ogive.catalogue import FAMILIES, get
from ogive.facts import Interval
from ogive.lab.messages import Between, Part

__all__ = ["BINS", "GATES", "GRID", "MAP", "MIDDLE", "Layer", "Samples", "Settings", "Training", "activations", "drawn_from", "from_points"]

Array = np.ndarray[Any, np.dtype[Any]]

GATES = ("and", "or", "nand", "xor")
GRID = 80  # the boundary is computed at so many places along each side of the plane
MAP = 20  # and a unit's picture has so many; a divisor of it
MIDDLE = 127  # what stands for 0 in a picture of bytes from 0 to 254
BINS = 20  # of a unit's histogram
MARGIN = 0.2  # of the plane around the samples
ENOUGH, TEST = 40, 0.25  # from so many samples on, such a share is held back


@dataclass(frozen=True, kw_only=True)
class Layer(Part):
    """A hidden layer."""

    units: Annotated[int, Between(1, 8)]
    activation: str


@dataclass(frozen=True, kw_only=True)
class Settings(Part):
    """What may be changed while a network learns."""

    learning_rate: Annotated[float, Between(1e-6, 100)]
    penalty: Annotated[float, Between(0, 10)]
    dropout: Annotated[float, Between(0, 0.9)]
    batch: Annotated[int, Between(1, 1000)]

    def parameters(self) -> dict[str, Any]:
        """Name them as `MLPClassifier` does."""
        return {"learning_rate_init": self.learning_rate, "alpha": self.penalty, "dropout": self.dropout, "batch_size": self.batch}


def activations() -> list[str]:
    """List what a hidden layer may have: the functions that take any number."""
    return [
        card.name for family in FAMILIES.values() for card in family if isinstance(card, Elementwise) and card.domain == Interval.line()
    ]


# ── samples ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, eq=False)
class Samples:
    """Samples of two classes in a plane.

    Parameters
    ----------
    X, y : ndarray
        The samples, and the class of each, 0 or 1.
    span : tuple of float
        The plane that is shown: left, right, bottom, top.
    features, classes : tuple of str
        What the two features and the two classes are called.
    source : str
        The code that makes ``X`` and ``y``.
    """

    X: Array
    y: Array
    span: tuple[float, float, float, float]
    features: tuple[str, str]
    classes: tuple[str, str]
    source: str


def around(X: Array) -> tuple[float, float, float, float]:
    """Lay a plane around samples."""
    low, high = X.min(axis=0), X.max(axis=0)
    room = MARGIN * np.where(high > low, high - low, 1)
    (left, bottom), (right, top) = (low - room).tolist(), (high + room).tolist()
    return left, right, bottom, top


def drawn_from(name: str, seed: int, noise: float) -> Samples:
    """Make the samples of a problem.

    Parameters
    ----------
    name : str
        The name of the problem.
    seed : int
        Of its random numbers.
    noise : float
        Their standard deviation.

    Returns
    -------
    Samples
        In a plane that fits them.
    """
    from ogive.networks.datasets import problem

    found = problem(name, seed, noise=noise)
    source = f"from ogive.networks.datasets import problem\n\nsamples = problem({name!r}, {seed}, noise={noise!r})\nX, y = samples.X, samples.y\n"
    return Samples(found.X, found.y, around(found.X), ("x₁", "x₂"), ("0", "1"), source)


def from_points(points: Sequence[tuple[float, float, int]], span: tuple[float, float, float, float]) -> Samples:
    """Take the points of the reader.

    Parameters
    ----------
    points : sequence of (float, float, int)
        Both features, and the class.
    span : tuple of float
        The plane.

    Returns
    -------
    Samples
        Those points.
    """
    X, y = np.array([point[:2] for point in points], np.float64).reshape(-1, 2), np.array([point[2] for point in points], np.int64)
    source = f"import numpy as np\n\nX = np.array({X.tolist()})\ny = np.array({y.tolist()})\n"
    return Samples(X, y, span, ("x₁", "x₂"), ("A", "B"), source)


# ── training ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

SOLVERS: dict[str, dict[str, Any]] = {
    "sgd": {"solver": "sgd", "momentum": 0.0, "nesterovs_momentum": False},
    "momentum": {"solver": "sgd", "momentum": 0.9, "nesterovs_momentum": False},
    "adam": {"solver": "adam"},
}


@dataclass(frozen=True)
class Rating:
    """How well a network does on some samples: the mean cross entropy, and the share that it tells right."""

    loss: float
    accuracy: float


class Training:
    """A network in training.

    Parameters
    ----------
    samples : Samples
        What it learns from.
    layers : sequence of Layer
        The hidden layers.
    optimiser : {"sgd", "momentum", "adam"}
        What takes the steps.
    initialisation : {"auto", "xavier", "he", "lecun"}
        How the weights start.
    settings : Settings
        What may be changed while it learns: set `settings`, and the next epoch follows.
    seed : int
        Of the split, the weights, the order and dropout.
    scale : bool
        Whether the features are brought to mean 0 and variance 1.

    Attributes
    ----------
    held : ndarray of bool
        Which samples are held back for the test.
    epoch : int
        How many epochs there have been.
    """

    def __init__(
        self, samples: Samples, layers: Sequence[Layer], optimiser: str, initialisation: str, settings: Settings, seed: int, scale: bool
    ) -> None:
        from sklearn.model_selection import train_test_split
        from sklearn.preprocessing import StandardScaler

        from ogive.networks import MLPClassifier, Network

        self.samples, self.settings, self.scale = samples, settings, scale
        count = len(samples.y)
        self.held = np.zeros(count, bool)
        self.splits = count >= ENOUGH and min(np.bincount(samples.y, minlength=2)) > 1
        kept = np.arange(count)
        if self.splits:
            kept, held = train_test_split(kept, test_size=TEST, random_state=seed, stratify=samples.y)
            self.held[held] = True
        X, self.y = samples.X[kept], samples.y[kept]
        self.scaler = StandardScaler(with_mean=scale, with_std=scale).fit(X)
        self.X = self.scaler.transform(X)
        self._test = (self.scaler.transform(samples.X[self.held]), samples.y[self.held]) if self.splits else None
        parameters = {
            "hidden_layer_sizes": tuple(layer.units for layer in layers),
            "activation": tuple(layer.activation for layer in layers),
            **SOLVERS[optimiser],
            **settings.parameters(),
            "initialisation": initialisation,
            "random_state": seed,
        }
        self.model = MLPClassifier(**parameters)
        self._parameters = parameters
        self._applied = settings
        self._changes: dict[int, dict[str, Any]] = {}
        self.epoch = 0
        # the weights that the first epoch will start from, to be seen before
        self._first = Network(
            [2, *(layer.units for layer in layers), 1], [get(layer.activation) for layer in layers], "sigmoid", np.float64
        )
        self._first.initialise(initialisation, np.random.RandomState(seed))
        left, right, bottom, top = samples.span
        places = np.stack(np.meshgrid(_centres(left, right), _centres(top, bottom)), axis=-1).reshape(-1, 2)
        self._places = self.scaler.transform(places)

    @property
    def network(self) -> Any:
        """The network as it is now."""
        return self.model.network_ if self.epoch else self._first

    def learn(self) -> bool:
        """Go through the samples once.

        Returns
        -------
        bool
            Whether the loss is finite still; if it is not, the network is as it was, and cannot go on.
        """
        settings = self.settings
        if settings is not self._applied:
            self._applied = settings
            self._changes[self.epoch] = settings.parameters()
            self.model.set_params(**settings.parameters())
        try:
            self.model.partial_fit(self.X, self.y, classes=[0, 1])
        except ValueError:  # all else has been checked: the steps were too long
            return False
        self.epoch += 1
        return True

    def pictures(self) -> tuple[Array, Array]:
        """Compute what the network makes of the plane.

        Returns
        -------
        (ndarray of shape (GRID, GRID), ndarray of shape (units, MAP * MAP))
            Bytes from 0 to 254, the top row first: the probability of the second class; and the features and the outputs of all hidden
            units, each relative to its largest, with 0 at `MIDDLE`.
        """
        layers = self.network.layers(self._places)
        logits = layers[-1][0].reshape(GRID, GRID)
        with np.errstate(all="ignore"):
            plane = _bytes(2 * ogive.sigmoid(logits) - 1)
            stride = GRID // MAP
            seen = np.hstack([self._places, *(after for _, after in layers[:-1])])
            small = seen.reshape(GRID, GRID, -1)[stride // 2 :: stride, stride // 2 :: stride].reshape(MAP * MAP, -1).T
            largest = np.max(np.abs(small), axis=1, keepdims=True, initial=0)
            return plane, _bytes(small / np.where(largest > 0, largest, 1))

    def rating(self) -> Rating:
        """Rate the network on what it learns from."""
        return self._rated(self.X, self.y)

    def test_rating(self) -> Rating | None:
        """Rate the network on what was held back; None if nothing was."""
        return None if self._test is None else self._rated(*self._test)

    def _rated(self, X: Array, y: Array) -> Rating:
        logits = self.network.logits(X)
        with np.errstate(all="ignore"):
            return Rating(float(ogive.binary_cross_entropy(logits, y[:, None].astype(float))), float(np.mean((logits[:, 0] > 0) == y)))

    def histograms(self) -> tuple[Array, Array]:
        """Count the values of each hidden unit on the samples that it learns from.

        Returns
        -------
        (ndarray of shape (units, BINS), ndarray of shape (units, 2))
            The counts, and the ends of the bins.
        """
        counts, ends = [np.empty((0, BINS))], [np.empty((0, 2))]
        for _, after in self.network.layers(self.X)[:-1]:
            for values in after.T:
                finite = values[np.isfinite(values)]
                low, high = (float(finite.min()), float(finite.max())) if len(finite) else (0.0, 0.0)
                if not high - low > 1e-6 * max(abs(low), abs(high)):
                    reach = max(abs(low), 1e-6) / 2
                    low, high = low - reach, high + reach
                counts.append(np.histogram(finite, BINS, (low, high))[0][None])
                ends.append(np.array([[low, high]]))
        return np.vstack(counts), np.vstack(ends)

    def script(self) -> str:
        """Write the code that trains the same network: the same numbers, to the last bit."""
        lines = [self.samples.source, *self._preparation()]
        arguments = ",\n    ".join(f"{name}={value!r}" for name, value in self._parameters.items())
        lines.append(f"model = MLPClassifier(\n    {arguments},\n)\n")
        loop = f"for epoch in range({self.epoch or 100}):\n"
        if changes := dict(self._changes):  # a copy: the network may be learning
            entries = "".join(f"    {epoch}: {change!r},\n" for epoch, change in changes.items())
            lines.append(f"changes = {{  # what was changed on the way\n{entries}}}\n")
            loop += "    model.set_params(**changes.get(epoch, {}))\n"
        lines.append(f"{loop}    model.partial_fit(X, y, classes=[0, 1])\n")
        lines.append('print(f"loss {log_loss(y, model.predict_proba(X)):.6g}, accuracy {model.score(X, y):.1%}")\n')
        lines.append("print(vitals(model, X, y))\n")
        imports = ["from ogive.networks import MLPClassifier, vitals\n", "from sklearn.metrics import log_loss\n"]
        if self.splits:
            imports.append("from sklearn.model_selection import train_test_split\n")
        if self.scale:
            imports.append("from sklearn.preprocessing import StandardScaler\n")
        return "".join(imports) + "".join(lines)

    def _preparation(self) -> list[str]:
        lines = []
        if self.splits:
            seed = self._parameters["random_state"]
            lines.append(f"X, X_test, y, y_test = train_test_split(X, y, test_size={TEST}, random_state={seed}, stratify=y)\n")
        if self.scale:
            lines.append("scaler = StandardScaler().fit(X)\nX = scaler.transform(X)\n")
        return lines


def _centres(start: float, stop: float) -> Array:
    """Cut a side of the plane into pieces, and take the middle of each."""
    return start + (stop - start) * (np.arange(GRID) + 0.5) / GRID


def _bytes(values: Array) -> Array:
    """Write numbers from -1 to 1 as bytes from 0 to 254; what is none is 0."""
    found: Array = (MIDDLE + np.rint(MIDDLE * np.clip(np.nan_to_num(values, nan=0.0), -1, 1))).astype(np.uint8)
    return found
