"""What goes into a fit: samples that count, their weights, their classes."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from sklearn.utils.class_weight import compute_sample_weight
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import _check_sample_weight, validate_data

from ogive.networks.network import Array

__all__ = ["counting", "numbered", "validated"]

FLOATS = (np.float64, np.float32)


def validated(estimator: Any, X: Any, y: Any, sample_weight: Any, *, reset: bool) -> tuple[Array, Array, Array | None]:
    """Check what a classifier is fitted on, and leave out the samples that do not count.

    Parameters
    ----------
    estimator : object
        The classifier.
    X, y, sample_weight : array_like
        As the user gave them.
    reset : bool
        Whether this is a fit from the start, which defines the features.

    Returns
    -------
    (ndarray, ndarray, ndarray or None)
        X in float32 or float64, y, and the weights.

    Raises
    ------
    ValueError
        If scikit-learn refuses them.
    """
    X, y = validate_data(estimator, X, y, dtype=FLOATS, order="C", reset=reset)
    check_classification_targets(y)
    return counting(X, y, sample_weight)


def counting(X: Array, y: Array, sample_weight: Any) -> tuple[Array, Array, Array | None]:
    """Check the weights, and leave out the samples of weight 0, as if they had not been given.

    Parameters
    ----------
    X, y : ndarray
        The samples.
    sample_weight : array_like or None
        Their weights.

    Returns
    -------
    (ndarray, ndarray, ndarray or None)
        Those that count.

    Raises
    ------
    ValueError
        If a weight is negative, all of them are 0, or their number is wrong.
    """
    if sample_weight is None:
        return X, y, None
    weight = _check_sample_weight(sample_weight, X, dtype=X.dtype, ensure_non_negative=True)
    counts = weight > 0
    if not counts.any():
        raise ValueError("Sample weights must contain at least one that is not zero; all of them are zero.")
    return (X, y, weight) if counts.all() else (X[counts], y[counts], weight[counts])


def numbered(estimator: Any, y: Array, weight: Array | None, classes: Array | None = None) -> tuple[Array, Array, Array | None]:
    """Give classes their numbers, and multiply the weights of the samples with those of their classes.

    Parameters
    ----------
    estimator : object
        The classifier, with its parameter ``class_weight`` if it has one.
    y : ndarray
        The labels.
    weight : ndarray or None
        The weights of the samples.
    classes : ndarray, optional
        All classes there are, where that is known; else those in `y`.

    Returns
    -------
    (ndarray, ndarray, ndarray or None)
        The classes, the number of the class of each sample, and the weights.

    Raises
    ------
    ValueError
        If there is one class only, a label is none of the classes, or a weight is negative.
    """
    label = type(estimator).__name__
    found, numbers = np.unique(y, return_inverse=True)
    if len(found if classes is None else classes) < 2:
        raise ValueError(f"{label} needs samples of at least 2 classes to tell apart; got 1 class: {found.tolist()}")
    if classes is None:
        classes = found
    else:
        unknown = np.setdiff1d(found, classes)
        if len(unknown):
            raise ValueError(f"{label}: y contains {unknown.tolist()}, which are none of the classes {classes.tolist()}")
        numbers = np.searchsorted(classes, y)
    class_weight = getattr(estimator, "class_weight", None)
    if isinstance(class_weight, dict):
        for each in class_weight.values():
            if not 0 <= each < math.inf:
                raise ValueError(f"{label}: class_weight={class_weight!r} holds {each!r}; what a class counts is a number from 0 on")
        share = compute_sample_weight(class_weight, y)
    elif class_weight == "balanced":  # by the weights of the samples, so that a weight of 2 is two samples
        totals = np.bincount(numbers, weight, minlength=len(classes)).astype(np.float64)
        present = totals > 0
        each = np.divide(totals.sum(), present.sum() * totals, where=present, out=np.zeros_like(totals))
        share = each[numbers]
    else:
        return classes, numbers, weight
    if not np.any(share > 0):
        raise ValueError(f"{label}: class_weight={class_weight!r} gives every sample the weight 0; let one class count at least")
    return classes, numbers, share if weight is None else (share * weight).astype(weight.dtype)
