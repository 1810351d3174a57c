"""What the scores of a classifier become: labels and probabilities."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import numpy as np

import ogive
from ogive.networks.network import Array

__all__ = ["Deciding", "Probable", "decided"]


def decided(scores: Array) -> Array:
    """Choose the number of a class by the scores; one column stands for the second of two classes."""
    chosen: Array = (scores[:, 0] > 0).astype(int) if scores.shape[1] == 1 else scores.argmax(axis=1)
    return chosen


class Deciding(ABC):
    """A classifier that goes by the largest score."""

    classes_: Array

    @abstractmethod
    def _scores(self, X: Any) -> Array:
        """Compute the scores, one column a class; one column stands for the second of two classes."""

    def decision_function(self, X: Any) -> Array:
        """Compute the scores: the logits, where there are probabilities.

        Parameters
        ----------
        X : array_like of shape (n_samples, n_features)
            The samples.

        Returns
        -------
        ndarray of shape (n_samples,) or (n_samples, n_classes)
            One number a sample if there are two classes: positive for the second.
        """
        scores = self._scores(X)
        return scores[:, 0] if scores.shape[1] == 1 else scores

    def predict(self, X: Any) -> Array:
        """Tell the class of each sample.

        Parameters
        ----------
        X : array_like of shape (n_samples, n_features)
            The samples.

        Returns
        -------
        ndarray of shape (n_samples,)
            Labels.
        """
        scores = self._scores(X)
        found: Array = self.classes_[decided(scores)]
        return found


class Probable(Deciding):
    """A classifier whose scores are logits."""

    def predict_proba(self, X: Any) -> Array:
        """Compute the probability of each class.

        Parameters
        ----------
        X : array_like of shape (n_samples, n_features)
            The samples.

        Returns
        -------
        ndarray of shape (n_samples, n_classes)
            In the order of ``classes_``.
        """
        scores = self._scores(X)
        if scores.shape[1] == 1:
            return np.hstack([ogive.sigmoid(-scores), ogive.sigmoid(scores)])
        found: Array = ogive.softmax(scores)
        return found

    def predict_log_proba(self, X: Any) -> Array:
        """Compute the logarithm of the probability of each class, from the logits: it is finite where a probability underflows.

        Parameters
        ----------
        X : array_like of shape (n_samples, n_features)
            The samples.

        Returns
        -------
        ndarray of shape (n_samples, n_classes)
            In the order of ``classes_``.
        """
        scores = self._scores(X)
        if scores.shape[1] == 1:
            return np.hstack([ogive.log_sigmoid(-scores), ogive.log_sigmoid(scores)])
        found: Array = ogive.log_softmax(scores)
        return found
