"""Fitted models in files: numbers as safetensors, all else as JSON in its header, and nothing that runs when it is read."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.validation import check_is_fitted

from ogive.activation import Activation
from ogive.catalogue import get
from ogive.files import replacing
from ogive.networks.network import Array, Network

__all__ = ["Saved", "load"]

#: What a StandardScaler was told, and what it has learned.
SCALER = ("with_mean", "with_std", "mean_", "var_", "scale_", "n_features_in_", "n_samples_seen_", "feature_names_in_")
CLASSES = ("LogisticRegression", "MLPClassifier", "MLPRegressor", "Perceptron")


def _safetensors() -> Any:
    try:
        return import_module("safetensors.numpy"), import_module("safetensors")
    except ModuleNotFoundError as missing:
        raise ImportError('model files need safetensors: python -m pip install "ogive[networks]"') from missing


class Saved:
    """What lets an estimator be saved."""

    def save(self, path: str | os.PathLike[str], *, scaler: StandardScaler | None = None) -> None:
        """Write the fitted model to a file, which `ogive.networks.load` reads.

        Parameters
        ----------
        path : path-like
            The file; by custom it ends in ``.safetensors``. It is replaced in one step, when it is complete.
        scaler : sklearn.preprocessing.StandardScaler, optional
            What the features went through before; `load` then gives a pipeline of both.

        Raises
        ------
        sklearn.exceptions.NotFittedError
            If there is nothing to save yet.
        TypeError
            If a parameter cannot be written, such as a random generator.
        ImportError
            If safetensors is missing.

        Notes
        -----
        Kept are parameters and fitted attributes, not the memory of the optimiser: ``partial_fit`` begins it anew.
        """
        check_is_fitted(self)
        if scaler is not None:
            check_is_fitted(scaler)
        writer, _ = _safetensors()
        tensors: dict[str, Array] = {}
        parameters = self.get_params(deep=False)  # type: ignore[attr-defined]
        fitted = {name: value for name, value in vars(self).items() if name.endswith("_") and not name.startswith("_")}
        model = {
            "parameters": {name: _plain(value, f"parameters.{name}", tensors) for name, value in parameters.items()},
            "fitted": {name: _plain(value, name, tensors) for name, value in fitted.items()},
        }
        if scaler is not None:
            model["scaler"] = {name: _plain(getattr(scaler, name), f"scaler.{name}", tensors) for name in SCALER if hasattr(scaler, name)}
        header = {"format": "ogive", "class": type(self).__name__, "model": json.dumps(model)}
        with replacing(Path(path)) as temporary:
            temporary.write_bytes(writer.save(tensors, header))


def load(path: str | os.PathLike[str]) -> Any:
    """Read a model that was saved.

    Parameters
    ----------
    path : path-like
        The file.

    Returns
    -------
    Perceptron, LogisticRegression, MLPClassifier, MLPRegressor or sklearn.pipeline.Pipeline
        The fitted model; a pipeline if it was saved with a scaler.

    Raises
    ------
    OSError
        If the file cannot be read.
    ValueError
        If it does not hold a model of ogive.
    ImportError
        If safetensors is missing.

    Examples
    --------
    >>> import os, tempfile
    >>> from ogive.networks import Perceptron, load
    >>> model = Perceptron().fit([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 0, 0, 1])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     model.save(os.path.join(folder, "and.safetensors"))
    ...     load(os.path.join(folder, "and.safetensors")).predict([[1, 1], [0, 1]])
    array([1, 0])
    """
    _, reader = _safetensors()
    if Path(path).is_dir():
        raise IsADirectoryError(f"{path} is a directory; give the file of a model")
    try:
        with reader.safe_open(os.fspath(path), framework="numpy") as file:
            header = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except reader.SafetensorError as error:
        raise ValueError(f"{path} is not a safetensors file: {error}") from None
    if header.get("format") != "ogive" or header.get("class") not in CLASSES:
        raise ValueError(f"{path} does not hold a model of ogive; save() writes them")
    try:
        return _restored(header["class"], json.loads(header["model"]), tensors)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{path} is damaged, or from another version: {type(error).__name__}: {error}; train and save it again") from error


def _restored(kind: str, model: dict[str, Any], tensors: dict[str, Array]) -> Any:
    """Make the estimator anew, and the scaler before it."""
    estimator = getattr(import_module("ogive.networks"), kind)()
    estimator.set_params(**{name: _value(value, tensors) for name, value in model["parameters"].items()})
    for name, value in model["fitted"].items():
        setattr(estimator, name, _value(value, tensors))
    if "scaler" not in model:
        return estimator
    scaler = StandardScaler()
    for name, value in model["scaler"].items():
        setattr(scaler, name, _value(value, tensors))
    return Pipeline([("scale", scaler), ("network", estimator)])


def _plain(value: Any, name: str, tensors: dict[str, Array]) -> Any:
    """Write a value as JSON has it, and lay its arrays aside."""
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, Activation):
        return {"card": value.name}
    if isinstance(value, (list, tuple)):
        return {type(value).__name__: [_plain(v, f"{name}.{i}", tensors) for i, v in enumerate(value)]}
    if isinstance(value, dict):
        return {"dict": [[_plain(k, "", tensors), _plain(v, "", tensors)] for k, v in value.items()]}
    if isinstance(value, Network):
        state = value.__getstate__()
        return {"network": {part: _plain(state[part], f"{name}.{part}", tensors) for part in state}}
    if isinstance(value, np.ndarray) and value.dtype.kind in "biuf":
        tensors[name] = np.ascontiguousarray(value)
        return {"array": name}
    if isinstance(value, np.ndarray) and value.dtype.kind in "OUT":
        return {"labels": [_plain(v, "", tensors) for v in value.tolist()], "dtype": value.dtype.str}
    raise TypeError(f"{name}={value!r} cannot be saved; set it to a number, a text or None first")


def _value(plain: Any, tensors: dict[str, Array]) -> Any:
    """Read what `_plain` has written."""
    if not isinstance(plain, dict):
        return plain
    ((kind, content), *rest) = plain.items()
    read: dict[str, Callable[[], Any]] = {
        "card": lambda: get(content),
        "list": lambda: [_value(v, tensors) for v in content],
        "tuple": lambda: tuple(_value(v, tensors) for v in content),
        "dict": lambda: {_value(k, tensors): _value(v, tensors) for k, v in content},
        "network": lambda: _network({part: _value(v, tensors) for part, v in content.items()}),
        "array": lambda: tensors[content],
        "labels": lambda: np.array(content, dtype=rest[0][1]),
    }
    return read[kind]()


def _network(state: dict[str, Any]) -> Network:
    made = Network(state["sizes"], state["cards"], state["output"], state["parameters"].dtype)
    made.parameters[:] = state["parameters"]
    return made
