"""The vitals of a network while it learns: a callback for scikit-learn, or for a loop of one's own."""

from __future__ import annotations

import warnings
from typing import Any

from ogive.networks.vitals import Vitals, vitals

__all__ = ["VitalsCallback", "VitalsWarning"]


class VitalsWarning(UserWarning):
    """Something has gone wrong with a network while it learns."""


class VitalsCallback:
    """Measure a network every few epochs while it learns, and keep what was found.

    With scikit-learn 1.9 and newer, ``model.set_callbacks(callback)`` before ``fit`` is all. In a loop over ``partial_fit``, or over
    the epochs of a module of PyTorch, call it: ``callback(model, epoch)``.

    Parameters
    ----------
    X, y : array_like or torch.Tensor
        Samples and their labels or values, some hundred of them.
    every : int, default 1
        After how many epochs to measure.
    warn : bool, default False
        Whether to warn when the finding changes to another illness.
    **options
        For modules of PyTorch: `loss` and `learning_rate`, as for `vitals`.

    Attributes
    ----------
    history : list of (int, Vitals)
        The epochs, from 1 on, and what was measured after them; a further fit adds to it.

    Raises
    ------
    ValueError
        If `every` is less than 1.

    Warns
    -----
    VitalsWarning
        The epoch and the sentence, if `warn` is set.

    Examples
    --------
    >>> import numpy as np
    >>> from ogive.networks import MLPClassifier, VitalsCallback
    >>> X = np.random.default_rng(0).normal(size=(200, 4))
    >>> y = (X.sum(axis=1) > 0).astype(int)
    >>> callback = VitalsCallback(X, y, every=5)
    >>> model = MLPClassifier(8, "tanh", random_state=0)
    >>> for epoch in range(1, 11):
    ...     model = model.partial_fit(X, y, classes=[0, 1])
    ...     found = callback(model, epoch)
    >>> [(epoch, found.finding) for epoch, found in callback.history]
    [(5, 'healthy'), (10, 'healthy')]
    """

    def __init__(self, X: Any, y: Any, *, every: int = 1, warn: bool = False, **options: Any) -> None:
        if every < 1:
            raise ValueError(f"every={every}: after how many epochs to measure is 1 or more")
        self.X, self.y, self.every, self.warn, self.options = X, y, every, warn, options
        self.history: list[tuple[int, Vitals]] = []

    def __call__(self, model: Any, epoch: int) -> Vitals | None:
        """Measure a network, if it is time.

        Parameters
        ----------
        model : MLPClassifier, MLPRegressor or torch.nn.Module
            The network.
        epoch : int
            How many epochs it has had.

        Returns
        -------
        Vitals or None
            What was measured; None between the epochs of which `every` is a divisor.
        """
        if epoch % self.every:
            return None
        found = vitals(model, self.X, self.y, **self.options)
        before = self.history[-1][1].finding if self.history else "healthy"
        self.history.append((epoch, found))
        if self.warn and found.finding not in (before, "healthy"):
            warnings.warn(f"epoch {epoch}: {found.english}", VitalsWarning, stacklevel=2)
        return found

    # ── what scikit-learn calls ──────────────────────────────────────────────────────────────────────────────────────────

    def setup(self, estimator: Any, context: Any) -> None:
        """Be told that a fit begins: there is nothing to prepare."""

    def teardown(self, estimator: Any, context: Any) -> None:
        """Be told that a fit has ended: there is nothing to put away."""

    def on_fit_task_begin(
        self, estimator: Any, context: Any, *, X: Any = None, y: Any = None, metadata: Any = None, fitted_estimator: Any = None
    ) -> None:
        """Be told that an epoch begins: there is nothing to measure yet."""

    def on_fit_task_end(
        self, estimator: Any, context: Any, *, X: Any = None, y: Any = None, metadata: Any = None, fitted_estimator: Any = None
    ) -> bool:
        """Measure the network after an epoch.

        Parameters
        ----------
        estimator : MLPClassifier or MLPRegressor
            What is fitted.
        context : sklearn.callback.CallbackContext
            The epoch.
        X, y, metadata, fitted_estimator : object
            Not looked at: the callback has samples of its own, and the estimator is as far as its fit.

        Returns
        -------
        bool
            False: the fit goes on.
        """
        if context.task_name.startswith("epoch"):  # the fit as a whole is a task, too
            self(estimator, len(estimator.loss_curve_))
        return False
