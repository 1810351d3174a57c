"""A network trained on a small problem from the start to what it has learned; the command ``ogive train`` in Python."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.model_selection import train_test_split
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

from ogive.networks.boundary import sketch_boundary, sparkline
from ogive.networks.datasets import Problem, problem
from ogive.networks.multilayer import MLPClassifier, MLPRegressor
from ogive.networks.network import Array
from ogive.networks.vitals import vitals

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Learned", "Lesson", "learn"]

#: From so many samples on, a quarter is held back.
ENOUGH = 40
#: Below this loss there is nothing more to see.
DONE = 0.001


@dataclass(frozen=True)
class Lesson:
    """What to train, and on what.

    Parameters
    ----------
    data : str
        The name of a problem, or a CSV file.
    hidden : tuple of int
        The units of each hidden layer.
    activation : str or list of str
        One for all hidden layers, or one for each.
    epochs : int
        How often to go through the samples at most.
    learning_rate : float
        The length of a step of Adam.
    seed : int
        Of the samples, the weights and the order.
    target : str, optional
        The column of a table to predict.
    """

    data: str
    hidden: tuple[int, ...]
    activation: Any
    epochs: int
    learning_rate: float
    seed: int
    target: str | None = None

    def problem(self) -> Problem:
        """Make or read the samples.

        Returns
        -------
        Problem
            The samples.

        Raises
        ------
        KeyError
            If there is no such problem, and no such file.
        OSError, ValueError
            If the file cannot be read, or is no table of numbers.
        """
        return problem(self.data, self.seed, self.target)


@dataclass(frozen=True)
class Learned:
    """A trained network, with what it was trained on and what was held back."""

    problem: Problem
    model: Pipeline
    train: tuple[Array, Array]
    test: tuple[Array, Array] | None

    @property
    def network(self) -> Any:
        """The estimator at the end of the pipeline."""
        return self.model[-1]

    def facts(self) -> dict[str, str]:
        """List what there is to say, as label and text."""
        network, problem = self.network, self.problem
        what = f"{len(network.classes_)} classes" if problem.classes else "numbers to predict"
        sizes = " → ".join(map(str, network.network_.sizes))
        names = ", ".join(dict.fromkeys(card.name for card in network.network_.cards)) or "no hidden layer"
        held = "" if self.test is None else f"; {self.model.score(*self.test):.4g} on {len(self.test[1])} held back"
        scaled = self.model[0].transform(self.train[0])
        return {
            "data": f"{problem.name}: {len(problem.y)} samples of {len(problem.features)} features, {what}",
            "network": f"{sizes}, {names}; {len(network.network_.parameters)} parameters",
            "training": f"{len(network.loss_curve_)} epochs, loss {network.loss_curve_[0]:.4g} → {network.loss_:.4g}",
            "loss": sparkline(network.loss_curve_),
            "accuracy" if problem.classes else "R²": f"{self.model.score(*self.train):.4g} on {len(self.train[1])} learned from{held}",
            "vitals": vitals(network, scaled, self.train[1]).english,
        }

    def save(self, path: Path) -> None:
        """Write the network to a file, with the scales of the features."""
        self.network.save(path, scaler=self.model[0])

    def sketch(self) -> str:
        """Sketch what is decided where if there are two features, else how sure the answers are, class by class."""
        if not self.problem.classes:
            return _bars("predicted within", *_misses(self.model, *(self.test or self.train)))
        if len(self.problem.features) == 2:
            return sketch_boundary(self.model, self.problem.X, self.problem.y)
        X, y = self.test or self.train
        right = self.model.predict(X) == y
        return _bars(
            "right of class", [str(label) for label in self.network.classes_], [right[y == c].mean() for c in self.network.classes_]
        )

    def picture(self) -> Axes:
        """Draw what is decided where."""
        from ogive.plot import plot_decision_boundary

        axes = plot_decision_boundary(self.model, self.problem.X, self.problem.y)
        axes.set_xlabel(self.problem.features[0])
        axes.set_ylabel(self.problem.features[1])
        axes.set_title(f"{self.problem.name}: {self.facts()['network']}", fontsize=10)
        return axes


def learn(lesson: Lesson, problem: Problem, report: Callable[..., None] | None = None) -> Learned:
    """Train a network.

    Parameters
    ----------
    lesson : Lesson
        What to train.
    problem : Problem
        The samples.
    report : callable, optional
        Is told after each epoch: how many are done, of how many, and a line with the loss.

    Returns
    -------
    Learned
        The network and what it has learned.

    Raises
    ------
    ValueError
        If a setting is wrong, or the loss has become nan or infinite.
    """
    X, y = problem.X, problem.y
    test: tuple[Array, Array] | None = None
    if len(y) >= ENOUGH:
        common = problem.classes and min(np.unique(y, return_counts=True)[1]) > 1
        X, X_test, y, y_test = train_test_split(X, y, test_size=0.25, random_state=lesson.seed, stratify=y if common else None)
        test = X_test, y_test
    scaler = StandardScaler().fit(X)
    kind = MLPClassifier if problem.classes else MLPRegressor
    settings: dict[str, Any] = {"learning_rate_init": lesson.learning_rate, "batch_size": 32, "random_state": lesson.seed}
    model = kind(lesson.hidden, lesson.activation, **settings)
    classes = {"classes": np.unique(problem.y)} if problem.classes else {}
    scaled = scaler.transform(X)
    for epoch in range(1, lesson.epochs + 1):
        model.partial_fit(scaled, y, **classes)
        if report is not None:
            report(epoch, lesson.epochs, f"{problem.name}  loss {model.loss_:.4f}")
        if model.loss_ < DONE:
            break
    return Learned(problem, Pipeline([("scale", scaler), ("network", model)]), (X, y), test)


def _misses(model: Any, X: Array, y: Array) -> tuple[list[str], list[float]]:
    """Count how many predictions lie within some shares of the spread of the numbers."""
    off = np.abs(model.predict(X) - y) / (np.std(y) or 1)
    shares = (0.1, 0.25, 0.5, 1.0)
    return [f"{share:g} std" for share in shares], [float(np.mean(off <= share)) for share in shares]


def _bars(title: str, labels: list[str], shares: list[float], width: int = 40) -> str:
    broad = max(map(len, labels))
    return "\n".join(
        [
            title,
            *(f"  {label:>{broad}} {'█' * round(share * width):<{width}} {share:.0%}" for label, share in zip(labels, shares, strict=True)),
        ]
    )
