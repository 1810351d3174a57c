"""One way through the samples: shuffled, cut into batches, a step for each."""

from __future__ import annotations

from typing import Any

import numpy as np

from ogive.networks.network import Array, Network
from ogive.networks.optimisers import Optimiser

__all__ = ["Epoch"]


class Epoch:
    """One way through the samples, in arrays that are made once.

    Parameters
    ----------
    estimator : MLPClassifier or MLPRegressor
        What is trained, with its network.
    X, targets, weight : ndarray, ndarray, ndarray or None
        The samples, in the form that the loss takes.
    """

    def __init__(self, estimator: Any, X: Array, targets: Array, weight: Array | None) -> None:
        network: Network = estimator.network_
        self.X, self.count = X, len(X)
        self.batch = min(200 if estimator.batch_size == "auto" else int(estimator.batch_size), self.count)
        self.shuffle, self.dropout, self.alpha = estimator.shuffle, estimator.dropout, estimator.alpha
        #: weights are taken relative to their mean, so that a batch is divided by its length
        self.mean = 1.0 if weight is None else float(np.mean(weight, dtype=np.float64))
        self.weight = None if weight is None else (weight / self.mean).astype(X.dtype)
        self.places: Array | None = None
        if network.output == "softmax":
            self.targets = targets
            self.places = (np.arange(self.count) % self.batch) * network.sizes[-1]
        else:
            self.targets = (targets if targets.ndim == 2 else targets[:, None]).astype(X.dtype)
        self.drawn = np.empty_like(X) if self.shuffle else X
        self.losses = np.empty(self.targets.shape, X.dtype)
        self.scratch = np.empty(network.penalised, X.dtype)

    def run(self, network: Network, optimiser: Optimiser, random: np.random.RandomState) -> float:
        """Take one step a batch.

        Parameters
        ----------
        network : Network
            What is trained.
        optimiser : Optimiser
            What takes the steps.
        random : numpy.random.RandomState
            Where the order and dropout come from.

        Returns
        -------
        float
            The mean loss on the way, with its penalty.
        """
        targets, weight = self.targets, self.weight
        if self.shuffle:
            order = random.permutation(self.count)
            self.X.take(order, axis=0, out=self.drawn, mode="clip")
            targets = targets.take(order, axis=0)
            weight = None if weight is None else weight.take(order)
        if self.places is not None:
            targets = targets + self.places
        penalised, gradient = network.parameters[: network.penalised], network.gradient[: network.penalised]
        for start in range(0, self.count, self.batch):
            stop = min(start + self.batch, self.count)
            share = None if weight is None else weight[start:stop]
            self.losses[start:stop] = network.descend(self.drawn[start:stop], targets[start:stop], share, self.dropout, random)
            if self.alpha:
                np.multiply(penalised, self.alpha / ((stop - start) * self.mean), out=self.scratch)
                np.add(gradient, self.scratch, out=gradient)
            optimiser.step(network.parameters, network.gradient)
        terms = self.losses if self.losses.ndim == 1 else self.losses.sum(axis=1)
        penalty: float = 0.5 * self.alpha * float(np.dot(penalised, penalised)) / (self.batch * self.mean)
        mean = float(np.average(terms, weights=weight))
        return mean + penalty
