"""Logistic regression by Newton's method, for two classes or more."""

from __future__ import annotations

import warnings
from numbers import Integral, Real
from typing import Any, ClassVar

import numpy as np
from scipy.linalg import LinAlgError, lstsq, solve
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import check_is_fitted, validate_data

import ogive
from ogive.networks.callbacks import FRAMES, CallbackSupportMixin, Tasks, with_callbacks
from ogive.networks.files import Saved
from ogive.networks.network import Array
from ogive.networks.outputs import Probable
from ogive.networks.samples import FLOATS, numbered, validated

__all__ = ["LogisticRegression"]


class LogisticRegression(CallbackSupportMixin, Saved, Probable, ClassifierMixin, BaseEstimator):
    """The probability of a class as the sigmoid, or the softmax, of linear scores.

    Parameters
    ----------
    C : float, default 1
        The inverse of the strength of the L2 penalty; ``inf`` is none. The intercept is not penalised.
    tol : float, default 1e-8
        The fit has converged when no entry of the gradient of the mean loss is larger.
    fit_intercept : bool, default True
        Whether there is an intercept.
    class_weight : dict, "balanced" or None, default None
        What the samples of each class count.
    max_iter : int, default 100
        How many steps there are at most; some ten are usual.
    verbose : bool, default False
        Whether to print a line each step.
    warm_start : bool, default False
        Whether ``fit`` starts from the coefficients of the last one.

    Attributes
    ----------
    classes_ : ndarray
        The labels.
    coef_ : ndarray of shape (1, n_features) or (n_classes, n_features)
        The coefficients; one row for two classes.
    intercept_ : ndarray of shape (1,) or (n_classes,)
        The intercepts.
    loss_curve_ : list of float
        The mean loss, with its penalty, at each step.
    n_iter_ : int
        How many steps it took.
    n_features_in_, feature_names_in_ : int, ndarray
        The features.

    Notes
    -----
    The loss is scikit-learn's, and so are the coefficients, as far as both have converged. A step solves a system of
    (n_classes · n_features)² entries. Two classes have one sigmoid, more have the multinomial loss.

    Examples
    --------
    >>> from ogive.networks import LogisticRegression
    >>> model = LogisticRegression().fit([[-2.0], [-1.0], [1.0], [2.0]], [0, 0, 1, 1])
    >>> model.predict_proba([[0.0]])
    array([[0.5, 0.5]])
    """

    _parameter_constraints: ClassVar[dict[str, Any]] = {
        "C": [Interval(Real, 0, None, closed="right")],
        "tol": [Interval(Real, 0, None, closed="left")],
        "fit_intercept": ["boolean"],
        "class_weight": [dict, StrOptions({"balanced"}), None],
        "max_iter": [Interval(Integral, 1, None, closed="left")],
        "verbose": ["verbose"],
        "warm_start": ["boolean"],
    }

    def __init__(
        self,
        *,
        C: float = 1.0,
        tol: float = 1e-8,
        fit_intercept: bool = True,
        class_weight: Any = None,
        max_iter: int = 100,
        verbose: bool | int = False,
        warm_start: bool = False,
    ) -> None:
        self.C = C
        self.tol = tol
        self.fit_intercept = fit_intercept
        self.class_weight = class_weight
        self.max_iter = max_iter
        self.verbose = verbose
        self.warm_start = warm_start

    @with_callbacks
    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> LogisticRegression:
        """Fit the coefficients.

        Parameters
        ----------
        X : array_like of shape (n_samples, n_features)
            The samples; everything is computed in float64.
        y : array_like of shape (n_samples,)
            The labels.
        sample_weight : array_like of shape (n_samples,), optional
            What each sample counts.

        Returns
        -------
        LogisticRegression
            The estimator itself.

        Raises
        ------
        ValueError
            If a parameter or the samples are not what they should be.

        Warns
        -----
        ConvergenceWarning
            If `max_iter` steps have not been enough.
        """
        self._validate_params()
        again = self.warm_start and hasattr(self, "coef_")
        X, y, weight = validated(self, X, y, sample_weight, reset=not again)
        self.classes_, numbers, weight = numbered(self, y, weight, self.classes_ if again else None)
        dtype, wide = X.dtype, np.asarray(X, np.float64)
        if self.fit_intercept:
            wide = np.hstack([wide, np.ones((len(X), 1))])
        count = len(self.classes_)
        B = np.zeros((1 if count == 2 else count, wide.shape[1]))
        if again:
            B[:, : self.coef_.shape[1]] = self.coef_
            B[:, self.coef_.shape[1] :] = self.intercept_[:, None] if self.fit_intercept else 0
        weight = np.ones(len(X)) if weight is None else weight.astype(np.float64)
        targets = numbers[:, None] * 1.0 if count == 2 else np.eye(count)[numbers]
        problem = _Problem(wide, targets, weight, 1 / self.C, self.fit_intercept)
        self.loss_curve_: list[float] = []
        self._keep(B, dtype)
        tasks = Tasks(self, self.max_iter, X, y, lambda: {"coef_": self.coef_.copy(), "intercept_": self.intercept_.copy()})
        loss, slope = problem.loss_and_gradient(B)
        for n in range(1, self.max_iter + 1):
            tasks.begin(f"step {n}")
            B, loss, slope = problem.step(B, loss, slope)
            self._keep(B, dtype)
            self.n_iter_ = n
            self.loss_curve_.append(loss)
            if self.verbose:
                print(f"step {n}: loss {loss:.10g}, largest gradient {np.max(np.abs(slope)):.3g}")
            if tasks.end() or problem.exhausted or np.max(np.abs(slope)) <= self.tol:
                break
        rest = float(np.max(np.abs(slope)))
        if self.n_iter_ == self.max_iter and rest > self.tol:
            warnings.warn(
                f"LogisticRegression has not converged in max_iter={self.max_iter} steps: the gradient is still {rest:.3g}. "
                "Raise max_iter or tol; if the classes are separable, a finite C keeps the coefficients finite.",
                ConvergenceWarning,
                stacklevel=2 + FRAMES,
            )
        elif problem.exhausted and rest > problem.rounding:
            warnings.warn(
                f"LogisticRegression gets no further after {self.n_iter_} steps: the gradient is still {rest:.3g}. Scale the features.",
                ConvergenceWarning,
                stacklevel=2 + FRAMES,
            )
        tasks.close()
        return self

    def _keep(self, B: Array, dtype: Any) -> None:
        features = B.shape[1] - self.fit_intercept
        self.coef_ = B[:, :features].astype(dtype)
        self.intercept_ = B[:, features].astype(dtype) if self.fit_intercept else np.zeros(len(B), dtype)

    def _scores(self, X: Any) -> Array:
        check_is_fitted(self)
        X = validate_data(self, X, dtype=FLOATS, reset=False)
        found: Array = X @ self.coef_.T + self.intercept_
        return found


class _Problem:
    """The mean loss with its penalty, as a function of the coefficients, and Newton's step."""

    def __init__(self, X: Array, targets: Array, weight: Array, strength: float, intercept: bool) -> None:
        self.X, self.targets, self.share = X, targets, (weight / weight.sum())[:, None]
        self.penalty = np.full(X.shape[1], strength / weight.sum())
        if intercept:
            self.penalty[-1] = 0
        self.exhausted = False  # no step gets further
        self.rounding = 1e-10 * max(1.0, float(np.max(np.abs(X))))  # a gradient of this size is none

    def loss_and_gradient(self, B: Array) -> tuple[float, Array]:
        """Compute the mean loss and its gradient; both keep their digits where a sample is far on the right side."""
        Z = self.X @ B.T
        if len(B) == 1:
            terms, slopes = ogive.binary_cross_entropy.value_and_gradient(Z, self.targets, reduction="none")
        else:
            terms = ogive.cross_entropy(Z, self.targets, reduction="none")[:, None]
            slopes = ogive.cross_entropy.gradient(Z, self.targets, reduction="none")
        loss = float(np.sum(self.share * terms)) + 0.5 * float(np.sum(self.penalty * B * B))
        return loss, (self.share * slopes).T @ self.X + self.penalty * B

    def curvature(self, B: Array) -> Array:
        """Compute the matrix of second derivatives."""
        Z, X = self.X @ B.T, self.X
        classes, width = B.shape
        H = np.empty((classes, width, classes, width))
        P = ogive.softmax(Z)
        for j in range(classes):
            for k in range(j + 1):
                if classes == 1:
                    factor = ogive.sigmoid.derivative(Z[:, 0])
                elif j == k:
                    factor = P[:, j] * np.delete(P, j, axis=1).sum(axis=1)  # 1 - P loses what P has rounded away
                else:
                    factor = -P[:, j] * P[:, k]
                H[j, :, k] = X.T @ (X * (factor * self.share[:, 0])[:, None])
                H[k, :, j] = H[j, :, k].T
            H[j, :, j] += np.diag(self.penalty)
        if classes > 1:  # where nothing is penalised, moving all classes alike changes nothing: let them stay where they are
            H += np.einsum("ab,jk->jakb", np.diag((self.penalty == 0) * 1.0), np.ones((classes, classes)) / classes)
        return H.reshape(B.size, B.size)

    def step(self, B: Array, loss: float, slope: Array) -> tuple[Array, float, Array]:
        """Go along Newton's direction, as far as the loss falls."""
        with np.errstate(over="ignore", invalid="ignore"):
            curvature = self.curvature(B)
        if not np.all(np.isfinite(curvature)):
            raise ValueError(f"LogisticRegression: squares of the features overflow, they reach {np.max(np.abs(self.X)):.3g}; scale them")
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                direction = solve(curvature, slope.ravel(), assume_a="pos").reshape(B.shape)
        except (LinAlgError, RuntimeWarning):  # flat in some direction
            direction = lstsq(curvature, slope.ravel())[0].reshape(B.shape)
        downhill = float(np.sum(direction * slope))
        length = 1.0
        while length > 1e-10:
            there = B - length * direction
            value, gradient = self.loss_and_gradient(there)
            # next to the minimum the loss no longer tells; there the gradient does
            if value <= loss - 1e-4 * length * downhill or np.max(np.abs(gradient)) < 0.5 * np.max(np.abs(slope)):
                return there, value, gradient
            length /= 2
        self.exhausted = True
        return B, loss, slope
