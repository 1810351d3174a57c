"""Rosenblatt's perceptron: a step of a linear score, and the rule that learns it."""

from __future__ import annotations

import warnings
from numbers import Integral, Real
from typing import Any, ClassVar

import numpy as np
from scipy.optimize import linprog
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import Interval
from sklearn.utils.multiclass import _check_partial_fit_first_call
from sklearn.utils.validation import check_is_fitted, validate_data

from ogive.networks.callbacks import FRAMES, CallbackSupportMixin, Tasks, with_callbacks
from ogive.networks.files import Saved
from ogive.networks.network import Array
from ogive.networks.outputs import Deciding
from ogive.networks.samples import FLOATS, numbered, validated

__all__ = ["Perceptron", "separable"]

#: After so many epochs `fit` asks whether there is a line at all, and does not go on in vain.
PATIENCE = 100
REASONS = {
    True: "The classes are not linearly separable: no line tells them apart, as linear programming proves. Use an MLPClassifier.",
    False: "The classes are linearly separable: raise max_iter, and the rule will get there.",
    None: "Either the classes are not linearly separable, or it takes more: raise max_iter to see.",
}


class Perceptron(CallbackSupportMixin, Saved, Deciding, ClassifierMixin, BaseEstimator):
    """A step of a linear score, learned by Rosenblatt's rule: where it errs, move the line towards the sample.

    If the classes can be told apart by lines, the rule finds such lines (Novikoff, 1962). If not, it never rests; then ``fit``
    decides by linear programming whether there is a line at all, and says so.

    Parameters
    ----------
    fit_intercept : bool, default True
        Whether the line need not pass through the origin.
    max_iter : int, default 1000
        How many epochs there are at most. After 100 the fit ends if it is proven that no line does it.
    shuffle : bool, default True
        Whether each epoch has its own order.
    verbose : bool, default False
        Whether to print a line each epoch.
    eta0 : float, default 1
        The length of a step; from zero weights it only scales them.
    random_state : int, RandomState or None, default 0
        Where the order comes from.
    warm_start : bool, default False
        Whether ``fit`` goes on from where the weights are.

    Attributes
    ----------
    classes_ : ndarray
        The labels.
    coef_ : ndarray of shape (1, n_features) or (n_classes, n_features)
        The weights; one row for two classes. Of several classes, the one with the largest score wins.
    intercept_ : ndarray of shape (1,) or (n_classes,)
        The intercepts.
    converged_ : bool
        Whether an epoch went by without an error.
    mistakes_ : list of int
        How many samples were wrong in each epoch.
    n_iter_ : int
        How many epochs there were.
    n_features_in_, feature_names_in_ : int, ndarray
        The features.

    Examples
    --------
    >>> from ogive.networks import Perceptron
    >>> X = [[0, 0], [0, 1], [1, 0], [1, 1]]
    >>> Perceptron().fit(X, [0, 0, 0, 1]).predict(X)
    array([0, 0, 0, 1])
    """

    _parameter_constraints: ClassVar[dict[str, Any]] = {
        "fit_intercept": ["boolean"],
        "max_iter": [Interval(Integral, 1, None, closed="left")],
        "shuffle": ["boolean"],
        "verbose": ["verbose"],
        "eta0": [Interval(Real, 0, None, closed="neither")],
        "random_state": ["random_state"],
        "warm_start": ["boolean"],
    }

    def __init__(
        self,
        *,
        fit_intercept: bool = True,
        max_iter: int = 1000,
        shuffle: bool = True,
        verbose: bool | int = False,
        eta0: float = 1.0,
        random_state: Any = 0,
        warm_start: bool = False,
    ) -> None:
        self.fit_intercept = fit_intercept
        self.max_iter = max_iter
        self.shuffle = shuffle
        self.verbose = verbose
        self.eta0 = eta0
        self.random_state = random_state
        self.warm_start = warm_start

    @with_callbacks
    def fit(self, X: Any, y: Any) -> Perceptron:
        """Learn the weights.

        Parameters
        ----------
        X : array_like of shape (n_samples, n_features)
            The samples.
        y : array_like of shape (n_samples,)
            The labels.

        Returns
        -------
        Perceptron
            The estimator itself.

        Raises
        ------
        ValueError
            If a parameter or the samples are not what they should be, or are so large that the scores overflow.

        Warns
        -----
        ConvergenceWarning
            If errors remain: because no line tells the classes apart, which is then proven, or because `max_iter` is too small.
        """
        self._validate_params()
        again = self.warm_start and hasattr(self, "coef_")
        X, y, _ = validated(self, X, y, None, reset=not again)
        self.classes_, numbers, _ = numbered(self, y, None, self.classes_ if again else None)
        if not again:
            self._begin(X)
        self._random = check_random_state(self.random_state)
        self.mistakes_: list[int] = []
        tasks = Tasks(self, self.max_iter, X, y, lambda: {"coef_": self.coef_.copy(), "intercept_": self.intercept_.copy()})
        for n in range(1, self.max_iter + 1):
            tasks.begin(f"epoch {n}")
            self._learn(X, numbers)
            self.n_iter_ = n
            if tasks.end() or self.converged_:
                break
            if n == PATIENCE and self._hopeless(X, numbers):
                break
        if not self.converged_:
            hopeless = self._hopeless(X, numbers)
            warnings.warn(
                f"Perceptron has not converged in {self.n_iter_} epochs; {self.mistakes_[-1]} of {len(X)} samples were wrong in the last "
                f"one. {REASONS[hopeless]}",
                ConvergenceWarning,
                stacklevel=2 + FRAMES,
            )
        tasks.close()
        return self

    @with_callbacks
    def partial_fit(self, X: Any, y: Any, classes: Any = None) -> Perceptron:
        """Go through some samples once, from where the weights are.

        Parameters
        ----------
        X, y : array_like
            The samples and their labels.
        classes : array_like, optional
            All labels there will ever be; to be given the first time.

        Returns
        -------
        Perceptron
            The estimator itself.

        Raises
        ------
        ValueError
            As ``fit``, and if the first call names no classes or a later one others.
        """
        _check_partial_fit_first_call(self, classes)
        first = not hasattr(self, "coef_")
        if first:
            self._validate_params()
        X, y, _ = validated(self, X, y, None, reset=first)
        _, numbers, _ = numbered(self, y, None, self.classes_)
        if not hasattr(self, "_random"):  # the first time, or read from a file
            self._random = check_random_state(self.random_state)
        if first:
            self._begin(X)
            self.mistakes_ = []
        self._learn(X, numbers)
        self.n_iter_ = 1
        return self

    def _begin(self, X: Array) -> None:
        rows = 1 if len(self.classes_) == 2 else len(self.classes_)
        self.coef_, self.intercept_ = np.zeros((rows, X.shape[1]), X.dtype), np.zeros(rows, X.dtype)

    def _learn(self, X: Array, numbers: Array) -> None:
        """Go through the samples once, by the rule."""
        W, b, eta, intercept = self.coef_, self.intercept_, X.dtype.type(self.eta0), self.fit_intercept
        order = self._random.permutation(len(X)) if self.shuffle else np.arange(len(X))
        mistakes = 0
        with np.errstate(over="ignore", invalid="ignore"):  # told below, in words
            for i in order.tolist():
                x, right = X[i], numbers[i]
                scores = W @ x + b
                if len(W) == 1:
                    side = 1 if right else -1
                    if side * scores[0] > 0:
                        continue
                    W[0] += side * eta * x
                    b[0] += side * eta * intercept
                else:
                    score, scores[right] = scores[right], -np.inf
                    wrong = scores.argmax()
                    if scores[wrong] < score:
                        continue
                    W[right] += eta * x
                    W[wrong] -= eta * x
                    b[right] += eta * intercept
                    b[wrong] -= eta * intercept
                mistakes += 1
            if not np.isfinite(X @ W.T + b).all():
                raise ValueError(f"Perceptron: the scores overflow, for the features reach {np.max(np.abs(X)):.3g}; scale them")
        self.mistakes_.append(mistakes)
        self.converged_ = mistakes == 0
        if self.verbose:
            print(f"epoch {len(self.mistakes_)}: {mistakes} of {len(X)} wrong")

    def _hopeless(self, X: Array, numbers: Array) -> bool | None:
        """Decide whether no line will ever do; None if that would take longer than the fit."""
        classes = len(self.classes_)
        size = len(X) * (classes - 1) * (1 if classes == 2 else classes) * (X.shape[1] + 1)
        return None if size > 10_000_000 else not separable(X, numbers, fit_intercept=self.fit_intercept)

    def _scores(self, X: Any) -> Array:
        check_is_fitted(self)
        X = validate_data(self, X, dtype=FLOATS, reset=False)
        found: Array = X @ self.coef_.T + self.intercept_
        return found


def separable(X: Any, y: Any, *, fit_intercept: bool = True) -> bool:
    """Decide by linear programming whether lines tell the classes apart.

    Parameters
    ----------
    X : array_like of shape (n_samples, n_features)
        The samples.
    y : array_like of shape (n_samples,)
        The labels.
    fit_intercept : bool, default True
        Whether the lines need not pass through the origin.

    Returns
    -------
    bool
        Whether there are weights by which every sample has the largest score in its own class.

    Examples
    --------
    >>> from ogive.networks.perceptron import separable
    >>> X = [[0, 0], [0, 1], [1, 0], [1, 1]]
    >>> separable(X, [0, 1, 1, 1]), separable(X, [0, 1, 1, 0])
    (True, False)
    """
    X = np.asarray(X, np.float64)
    classes, numbers = np.unique(y, return_inverse=True)
    X = X / np.maximum(np.max(np.abs(X), axis=0), 1e-300)  # does not change the answer, and keeps the solver's tolerances meaningful
    if fit_intercept:
        X = np.hstack([X, np.ones((len(X), 1))])
    if len(classes) == 2:
        conditions = np.where(numbers == 1, 1.0, -1.0)[:, None] * X
    else:  # for each sample and each other class: the score of its own is larger by 1
        conditions = np.concatenate([_kesler(X[numbers == k], k, len(classes)) for k in range(len(classes))])
    answer = linprog(np.zeros(conditions.shape[1]), -conditions, -np.ones(len(conditions)), bounds=(None, None), method="highs")
    return int(answer.status) == 0


def _kesler(X: Array, own: int, classes: int) -> Array:
    """Write that samples of class `own` score higher there than elsewhere, as rows that the stacked weights must make positive."""
    rows = np.zeros((classes - 1, len(X), classes, X.shape[1]))
    for row, other in zip(rows, (k for k in range(classes) if k != own), strict=True):
        row[:, own], row[:, other] = X, -X
    return rows.reshape(-1, classes * X.shape[1])
