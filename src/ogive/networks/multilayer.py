"""Multi-layer networks as scikit-learn estimators: MLPClassifier and MLPRegressor."""

from __future__ import annotations

import math
import os
import warnings
from abc import ABC, abstractmethod
from collections.abc import Sequence
from numbers import Integral, Real
from typing import Any, ClassVar

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.exceptions import ConvergenceWarning, DataConversionWarning
from sklearn.metrics import accuracy_score, r2_score
from sklearn.model_selection import train_test_split
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import Interval, InvalidParameterError, StrOptions
from sklearn.utils.multiclass import _check_partial_fit_first_call
from sklearn.utils.validation import check_is_fitted, validate_data

from ogive.activation import Activation, Elementwise
from ogive.catalogue import get
from ogive.facts import Interval as Range
from ogive.networks.callbacks import FRAMES, CallbackSupportMixin, Tasks, with_callbacks
from ogive.networks.epoch import Epoch
from ogive.networks.export import onnx_model, torch_module
from ogive.networks.files import Saved
from ogive.networks.network import Array, Network
from ogive.networks.optimisers import Adam, Descent, Optimiser
from ogive.networks.outputs import Probable, decided
from ogive.networks.progress import progress
from ogive.networks.samples import FLOATS, counting, numbered, validated
from ogive.vectorwise import Vectorwise

__all__ = ["MLPClassifier", "MLPRegressor"]

SHARE = Interval(Real, 0, 1, closed="left")
POSITIVE = Interval(Real, 0, None, closed="neither")
NOT_NEGATIVE = Interval(Real, 0, None, closed="left")
COUNT = Interval(Integral, 1, None, closed="left")


class _Multilayer(CallbackSupportMixin, Saved, BaseEstimator, ABC):
    """What classifier and regressor share: parameters, the training loop, the fitted network."""

    _parameter_constraints: ClassVar[dict[str, Any]] = {
        "hidden_layer_sizes": ["array-like", COUNT],
        "activation": [str, Activation, "array-like"],
        "solver": [StrOptions({"sgd", "adam"})],
        "alpha": [NOT_NEGATIVE],
        "batch_size": [StrOptions({"auto"}), COUNT],
        "learning_rate_init": [POSITIVE],
        "max_iter": [COUNT],
        "shuffle": ["boolean"],
        "random_state": ["random_state"],
        "tol": [NOT_NEGATIVE],
        "verbose": ["verbose"],
        "warm_start": ["boolean"],
        "momentum": [Interval(Real, 0, 1, closed="both")],
        "nesterovs_momentum": ["boolean"],
        "early_stopping": ["boolean"],
        "validation_fraction": [SHARE],
        "beta_1": [SHARE],
        "beta_2": [SHARE],
        "epsilon": [POSITIVE],
        "n_iter_no_change": [COUNT],
        "dropout": [SHARE],
        "initialisation": [StrOptions({"auto", "xavier", "he", "lecun"}), tuple, list],
    }

    @abstractmethod
    def _validated(self, X: Any, y: Any, sample_weight: Any, *, reset: bool, known: bool) -> tuple[Array, Array, Array | None]:
        """Check the samples, and bring y into the form that the loss takes; set the classes, unless they are known."""

    @abstractmethod
    def _output(self, targets: Array) -> tuple[str, int]:
        """Name the output, and count its units."""

    @abstractmethod
    def _score(self, X: Array, targets: Array, weight: Array | None) -> float:
        """Rate the network on samples that it was not trained on."""

    # ── the fitted network ───────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def coefs_(self) -> list[Array]:
        """The weights, one array of shape (units before, units after) a layer."""
        return self._fitted("coefs_").weights

    @property
    def intercepts_(self) -> list[Array]:
        """The biases, one array a layer."""
        return self._fitted("intercepts_").biases

    @property
    def n_layers_(self) -> int:
        """How many layers there are, the input and the output among them."""
        return len(self._fitted("n_layers_").sizes)

    @property
    def n_outputs_(self) -> int:
        """How many units the last layer has."""
        return self._fitted("n_outputs_").sizes[-1]

    @property
    def out_activation_(self) -> str:
        """What the last layer's numbers become."""
        return self._fitted("out_activation_").output

    def _fitted(self, asked: str) -> Network:
        network: Network | None = vars(self).get("network_")
        if network is None:
            raise AttributeError(f"{type(self).__name__} has no {asked} before it is fitted; call fit(X, y)")
        return network

    def _scores(self, X: Any) -> Array:
        check_is_fitted(self)
        X = validate_data(self, X, dtype=FLOATS, reset=False)
        return self.network_.logits(X.astype(self.network_.dtype, copy=False))

    def to_onnx(self, path: str | os.PathLike[str] | None = None) -> Any:
        """Write the network as an ONNX model, from ``X`` to ``probabilities`` or, of a regressor, ``prediction``.

        Parameters
        ----------
        path : path-like, optional
            A file to write it to.

        Returns
        -------
        onnx.ModelProto
            The model; the labels are JSON in its property ``classes``.

        Raises
        ------
        ValueError
            If ONNX has no operator for an activation.
        ImportError
            If onnx is missing.
        """
        check_is_fitted(self)
        return onnx_model(self.network_, getattr(self, "classes_", None), path)

    def to_torch(self) -> Any:
        """Write the network as a PyTorch module, which gives what comes before the output: logits, or predictions.

        Returns
        -------
        torch.nn.Sequential
            A module with copies of the weights.

        Raises
        ------
        ValueError
            If `torch.nn` has no module for an activation.
        ImportError
            If PyTorch is missing.
        """
        check_is_fitted(self)
        return torch_module(self.network_)

    # ── fitting ──────────────────────────────────────────────────────────────────────────────────────────────────────────

    @with_callbacks
    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Any:
        """Train the network.

        Parameters
        ----------
        X : array_like of shape (n_samples, n_features)
            The samples, in float32 or float64; other numbers become float64.
        y : array_like of shape (n_samples,) or, for a regressor, (n_samples, n_outputs)
            The labels or values.
        sample_weight : array_like of shape (n_samples,), optional
            What each sample counts. A weight of 0 leaves it out, one of 2 is as good as giving it twice.

        Returns
        -------
        object
            The estimator itself.

        Raises
        ------
        ValueError
            If a parameter or the samples are not what they should be, or the loss has become nan or infinite.

        Warns
        -----
        ConvergenceWarning
            If `max_iter` epochs have not been enough.
        """
        self._validate_params()
        again = self.warm_start and hasattr(self, "network_")
        X, targets, weight = self._validated(X, y, sample_weight, reset=not again, known=again)
        self._random = check_random_state(self.random_state)
        if again:
            self._agree(targets)
        else:
            self._begin(X, targets)
        self._train(X.astype(self.network_.dtype, copy=False), targets, weight, self.max_iter)
        return self

    def _learn_once(self, X: Any, y: Any, sample_weight: Any) -> Any:
        """Go through the samples once, from where the network is."""
        first = not hasattr(self, "network_")
        if first:
            self._validate_params()
        if self.early_stopping:
            raise ValueError("partial_fit sees a part of the samples and has none to hold back; set early_stopping=False, or call fit")
        X, targets, weight = self._validated(X, y, sample_weight, reset=first, known=True)
        if not hasattr(self, "_random"):  # the first time, or read from a file
            self._random = check_random_state(self.random_state)
        if first:
            self._begin(X, targets)
        else:
            self._agree(targets)
        self._train(X.astype(self.network_.dtype, copy=False), targets, weight, 1, partial=True)
        return self

    def _begin(self, X: Array, targets: Array) -> None:
        """Make the network."""
        sizes = self._hidden()
        output, units = self._output(targets)
        network = Network([X.shape[1], *sizes, units], self._cards(len(sizes)), output, X.dtype)
        if isinstance(self.initialisation, str):
            network.initialise(self.initialisation, self._random)
        else:
            self._take_over(network)
        self.network_ = network
        self.loss_curve_: list[float] = []
        self.best_loss_: float | None = math.inf
        self.validation_scores_: list[float] | None = [] if self.early_stopping else None
        self.best_validation_score_: float | None = None

    def _hidden(self) -> list[int]:
        """Read the units of the hidden layers."""
        given = np.atleast_1d(self.hidden_layer_sizes)
        if given.size and (given.ndim > 1 or given.dtype.kind not in "iu" or given.min() < 1):
            raise self._misfit("hidden_layer_sizes", "whole numbers from 1 on", self.hidden_layer_sizes)
        sizes: list[int] = given.astype(int).tolist()
        return sizes

    def _cards(self, count: int) -> list[Activation]:
        """Look up the activation of each hidden layer."""
        one = isinstance(self.activation, (str, Activation))
        named = [self.activation] * count if one else list(self.activation)
        if len(named) != count:
            raise self._misfit("activation", f"one, or one for each of the {count} hidden layers", self.activation)
        cards: list[Activation] = []
        for name in named:
            try:
                card = name if isinstance(name, Activation) else get(name)
            except KeyError as error:
                raise self._misfit("activation", "a function of the catalogue or its name", name, f" {error.args[0]}") from None
            whole = isinstance(card, Elementwise) and card.domain == Range.line()
            if not (whole or (isinstance(card, Vectorwise) and not card.reduces)):
                raise self._misfit("activation", "a function that takes any number to a number, or a row to a row as long", card.name)
            cards.append(card)
        return cards

    def _take_over(self, network: Network) -> None:
        """Start from given weights."""
        given = self.initialisation
        try:
            weights, biases = given
            shapes = [np.shape(a) for a in (*weights, *biases)]
        except (TypeError, ValueError):
            shapes = []
        wanted = [a.shape for a in (*network.weights, *network.biases)]
        if shapes != wanted:
            form = f"a pair (coefs, intercepts) of lists of arrays of shapes {wanted}"
            raise self._misfit("initialisation", form, f"shapes {shapes}" if shapes else type(given).__name__)
        for mine, theirs in zip((*network.weights, *network.biases), (*weights, *biases), strict=True):
            mine[:] = theirs
        if not np.isfinite(network.parameters).all():
            raise self._misfit("initialisation", "a pair (coefs, intercepts) of finite numbers", "nan or infinite ones")

    def _misfit(self, parameter: str, expected: str, got: Any, more: str = "") -> Exception:
        shown = got if isinstance(got, str) and " " in got else repr(got) if not isinstance(got, Activation) else got.name
        error: Exception = InvalidParameterError(
            f"The {parameter!r} parameter of {type(self).__name__} must be {expected}. Got {shown} instead.{more}"
        )
        return error

    def _agree(self, targets: Array) -> None:
        """Check that the network still fits what it is to learn."""
        network, wanted = self.network_, self._output(targets)
        if (network.output, network.sizes[-1]) != wanted:
            raise ValueError(
                f"{type(self).__name__} goes on from {network.sizes[-1]} outputs, and y now asks for {wanted[1]}; fit with warm_start=False starts anew"
            )
        now = list(zip(self._hidden(), self._cards(len(self._hidden())), strict=True))
        if now != (old := list(zip(network.sizes[1:-1], network.cards, strict=True))):
            before, after = ([(units, card.name) for units, card in layers] for layers in (old, now))
            raise ValueError(
                f"{type(self).__name__} goes on from hidden layers {before}, and its parameters now ask for {after}; "
                "fit with warm_start=False starts anew"
            )

    def _new_optimiser(self, network: Network) -> Optimiser:
        if self.solver == "adam":
            return Adam(network.parameters, self.learning_rate_init, self.beta_1, self.beta_2, self.epsilon)
        return Descent(network.parameters, self.learning_rate_init, self.momentum, self.nesterovs_momentum)

    def _train(self, X: Array, targets: Array, weight: Array | None, epochs: int, partial: bool = False) -> None:
        """Run epochs until the loss, or the score on samples held back, gets no better."""
        network, random = self.network_, self._random
        if not (partial and hasattr(self, "_optimiser")):
            self._optimiser = self._new_optimiser(network)
        self._optimiser.learning_rate = self.learning_rate_init
        held: tuple[Array, Array, Array | None] | None = None
        if self.early_stopping:
            X, targets, weight, held = self._hold_back(X, targets, weight)
        epoch = Epoch(self, X, targets, weight)
        best = network.parameters.copy() if held else None
        idle, self.n_iter_ = 0, 0
        least = self.best_loss_ if partial and self.best_loss_ is not None else math.inf
        highest = -math.inf
        labels = self.classes_[targets] if isinstance(self, ClassifierMixin) else targets
        tasks = Tasks(self, epochs, X, labels, self._state)
        finite = network.parameters.copy()
        with progress(bool(self.verbose), "epoch", epochs) as tell:
            for n in range(1, epochs + 1):
                tasks.begin(f"epoch {n}")
                with np.errstate(all="ignore"):  # a loss that overflows is told below, in words
                    self.loss_ = epoch.run(network, self._optimiser, random)
                if not (math.isfinite(self.loss_) and np.isfinite(network.parameters).all()):
                    network.parameters[:] = finite
                    del self._optimiser  # whose memory is nan
                    raise ValueError(self._diverged(n, X, targets))
                finite[:] = network.parameters
                self.n_iter_ = n
                self.loss_curve_.append(self.loss_)
                if held:
                    score = self._score(*held)
                    self.validation_scores_ = [*(self.validation_scores_ or ()), score]
                    idle = idle + 1 if score < highest + self.tol else 0
                    if score > highest:
                        highest, best = score, network.parameters.copy()
                else:
                    idle = idle + 1 if self.loss_ > least - self.tol else 0
                    least = min(least, self.loss_)
                self.best_loss_, self.best_validation_score_ = (None, highest) if held else (least, None)
                tell(n, f"loss {self.loss_:.6g}" + (f", validation score {score:.4f}" if held else ""))
                if tasks.end() or idle > self.n_iter_no_change:
                    break
            else:
                if not partial:
                    warnings.warn(
                        f"{type(self).__name__} has not converged in max_iter={epochs} epochs; its loss is {self.loss_:.6g}. "
                        "Raise max_iter or learning_rate_init, or scale the features.",
                        ConvergenceWarning,
                        stacklevel=3 + FRAMES,
                    )
        if self.verbose and idle > self.n_iter_no_change:
            what = "validation score" if held else "loss"
            print(f"the {what} has not improved by {self.tol:g} for {self.n_iter_no_change} epochs: done")
        if best is not None:
            network.parameters[:] = best
        tasks.close()

    def _state(self) -> dict[str, Any]:
        """Copy the fitted attributes, as callbacks may keep them."""
        return {"network_": self.network_.copy(), "n_iter_": self.n_iter_}

    def _hold_back(self, X: Array, targets: Array, weight: Array | None) -> tuple[Array, Array, Array | None, Any]:
        """Split off the samples that tell when to stop."""
        stratified = isinstance(self, ClassifierMixin)
        least = len(self.classes_) if stratified else 2
        if math.ceil(self.validation_fraction * len(X)) < least:
            raise ValueError(
                f"validation_fraction={self.validation_fraction} of {len(X)} samples is less than the {least} that early stopping "
                "needs; raise it, or give more samples"
            )
        split = train_test_split(
            *(a for a in (X, targets, weight) if a is not None),
            test_size=self.validation_fraction,
            random_state=self._random,
            stratify=targets if stratified else None,
        )
        both = (None, None) if weight is None else (split[4], split[5])
        return split[0], split[2], both[0], (split[1], split[3], both[1])

    def _diverged(self, epoch: int, X: Array, targets: Array) -> str:
        """Say why training has ended badly."""
        reach = {"features": X} if isinstance(self, ClassifierMixin) else {"features": X, "targets": targets}
        largest = {what: float(np.max(np.abs(values))) for what, values in reach.items()}
        scale = "".join(
            f" The {what} reach {size:.3g}: scale them, as with StandardScaler." for what, size in largest.items() if size > 100
        )
        return (
            f"{type(self).__name__}: the loss became {self.loss_} in epoch {epoch}; the steps are too long. "
            f"Try learning_rate_init={self.learning_rate_init / 10:g} in place of {self.learning_rate_init:g}.{scale}"
        )


class MLPClassifier(ClassifierMixin, _Multilayer, Probable):
    """A multi-layer network that tells classes apart.

    The output is softmax, or one sigmoid for two classes; the loss is the cross entropy, taken of the logits. Gradients are exact:
    a unit that is far in its tail still learns.

    Parameters
    ----------
    hidden_layer_sizes : int or sequence of int, default (100,)
        How many units each hidden layer has; without any it is a logistic regression.
    activation : str, Activation, or a sequence of them, default "relu"
        Any function of the catalogue that takes any number, one for all hidden layers or one for each.
    solver : {"adam", "sgd"}, default "adam"
        How steps are taken.
    alpha : float, default 0.0001
        The strength of the L2 penalty of the weights, divided by the length of a batch.
    batch_size : int or "auto", default "auto"
        How many samples a step sees; ``"auto"`` is 200, or all if there are fewer.
    learning_rate_init : float, default 0.001
        The length of a step.
    max_iter : int, default 200
        How many epochs there are at most.
    shuffle : bool, default True
        Whether each epoch has its own order.
    random_state : int, RandomState or None, default None
        Where initial weights, the order, dropout and the samples held back come from; a number makes it reproducible.
    tol : float, default 0.0001
        What counts as an improvement.
    verbose : bool, default False
        Whether to show a progress bar on a terminal; elsewhere, a line each epoch.
    warm_start : bool, default False
        Whether ``fit`` goes on from where the network is.
    momentum : float, default 0.9
        How much of the last step is kept; of ``"sgd"``.
    nesterovs_momentum : bool, default True
        Whether to look ahead along it; of ``"sgd"``.
    early_stopping : bool, default False
        Whether to hold back samples, to stop when the score on them gets no better, and to return to the best.
    validation_fraction : float, default 0.1
        The share that is held back.
    beta_1, beta_2, epsilon : float, defaults 0.9, 0.999, 1e-8
        Those of ``"adam"``.
    n_iter_no_change : int, default 10
        After how many epochs without improvement to stop.
    class_weight : dict, "balanced" or None, default None
        What the samples of each class count.
    dropout : float, default 0
        The share of hidden units that sit out each step.
    initialisation : {"auto", "xavier", "he", "lecun"} or (coefs, intercepts), default "auto"
        How the weights start: ``"auto"`` chooses by the activation, or the pair is taken over.

    Attributes
    ----------
    classes_ : ndarray
        The labels.
    coefs_, intercepts_ : list of ndarray
        Weights and biases, a layer each.
    network_ : Network
        The network itself.
    loss_, best_loss_ : float
        The last and the least loss.
    loss_curve_ : list of float
        The loss of each epoch.
    validation_scores_, best_validation_score_ : list of float, float
        With ``early_stopping``, the accuracy on the samples held back.
    n_iter_ : int
        How many epochs the last fit had.
    n_layers_, n_outputs_, out_activation_ : int, int, str
        The shape of the network, and its output.
    n_features_in_, feature_names_in_ : int, ndarray
        The features.

    Examples
    --------
    >>> from ogive.networks import MLPClassifier
    >>> X, y = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]
    >>> model = MLPClassifier(8, "tanh", learning_rate_init=0.1, alpha=0, random_state=0).fit(X, y)
    >>> model.predict(X)
    array([0, 1, 1, 0])
    """

    _parameter_constraints: ClassVar[dict[str, Any]] = {
        **_Multilayer._parameter_constraints,
        "class_weight": [dict, StrOptions({"balanced"}), None],
    }

    def __init__(
        self,
        hidden_layer_sizes: int | Sequence[int] = (100,),
        activation: Any = "relu",
        *,
        solver: str = "adam",
        alpha: float = 0.0001,
        batch_size: int | str = "auto",
        learning_rate_init: float = 0.001,
        max_iter: int = 200,
        shuffle: bool = True,
        random_state: Any = None,
        tol: float = 1e-4,
        verbose: bool | int = False,
        warm_start: bool = False,
        momentum: float = 0.9,
        nesterovs_momentum: bool = True,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        n_iter_no_change: int = 10,
        class_weight: Any = None,
        dropout: float = 0.0,
        initialisation: Any = "auto",
    ) -> None:
        self.hidden_layer_sizes = hidden_layer_sizes
        self.activation = activation
        self.solver = solver
        self.alpha = alpha
        self.batch_size = batch_size
        self.learning_rate_init = learning_rate_init
        self.max_iter = max_iter
        self.shuffle = shuffle
        self.random_state = random_state
        self.tol = tol
        self.verbose = verbose
        self.warm_start = warm_start
        self.momentum = momentum
        self.nesterovs_momentum = nesterovs_momentum
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.epsilon = epsilon
        self.n_iter_no_change = n_iter_no_change
        self.class_weight = class_weight
        self.dropout = dropout
        self.initialisation = initialisation

    def _validated(self, X: Any, y: Any, sample_weight: Any, *, reset: bool, known: bool) -> tuple[Array, Array, Array | None]:
        X, y, weight = validated(self, X, y, sample_weight, reset=reset)
        self.classes_, numbers, weight = numbered(self, y, weight, self.classes_ if known else None)
        return X, numbers, weight

    def _output(self, targets: Array) -> tuple[str, int]:
        return ("sigmoid", 1) if len(self.classes_) == 2 else ("softmax", len(self.classes_))

    def _score(self, X: Array, targets: Array, weight: Array | None) -> float:
        return float(accuracy_score(targets, decided(self.network_.logits(X)), sample_weight=weight))

    @with_callbacks
    def partial_fit(self, X: Any, y: Any, classes: Any = None, sample_weight: Any = None) -> MLPClassifier:
        """Go through some samples once, from where the network is.

        Parameters
        ----------
        X, y : array_like
            The samples and their labels.
        classes : array_like, optional
            All labels there will ever be; to be given the first time.
        sample_weight : array_like of shape (n_samples,), optional
            What each sample counts.

        Returns
        -------
        MLPClassifier
            The estimator itself.

        Raises
        ------
        ValueError
            As ``fit``, and if the first call names no classes or a later one others.
        """
        if self.class_weight == "balanced":
            raise ValueError("class_weight='balanced' needs to see all samples at once; give partial_fit a dict of weights")
        _check_partial_fit_first_call(self, classes)
        self._learn_once(X, y, sample_weight)
        return self


class MLPRegressor(RegressorMixin, _Multilayer):
    """A multi-layer network that predicts numbers.

    The output is the identity, the loss half the squared error. The parameters are those of `MLPClassifier`, without
    ``class_weight``.

    Parameters
    ----------
    hidden_layer_sizes : int or sequence of int, default (100,)
        How many units each hidden layer has; without any it is a linear regression.
    activation : str, Activation, or a sequence of them, default "relu"
        Any function of the catalogue that takes any number, one for all hidden layers or one for each.
    solver, alpha, batch_size, learning_rate_init, max_iter, shuffle, random_state, tol, verbose, warm_start, momentum, \
    nesterovs_momentum, early_stopping, validation_fraction, beta_1, beta_2, epsilon, n_iter_no_change, dropout, initialisation
        As for `MLPClassifier`; early stopping goes by R².

    Attributes
    ----------
    coefs_, intercepts_, network_, loss_, best_loss_, loss_curve_, validation_scores_, best_validation_score_, n_iter_, n_layers_, \
    n_outputs_, out_activation_, n_features_in_, feature_names_in_
        As for `MLPClassifier`.

    Examples
    --------
    >>> import numpy as np
    >>> from ogive.networks import MLPRegressor
    >>> X = np.linspace(-3, 3, 200)[:, None]
    >>> model = MLPRegressor(20, "tanh", learning_rate_init=0.05, max_iter=500, tol=1e-6, random_state=0).fit(X, np.sin(X[:, 0]))
    >>> model.score(X, np.sin(X[:, 0])) > 0.99
    True
    """

    def __init__(
        self,
        hidden_layer_sizes: int | Sequence[int] = (100,),
        activation: Any = "relu",
        *,
        solver: str = "adam",
        alpha: float = 0.0001,
        batch_size: int | str = "auto",
        learning_rate_init: float = 0.001,
        max_iter: int = 200,
        shuffle: bool = True,
        random_state: Any = None,
        tol: float = 1e-4,
        verbose: bool | int = False,
        warm_start: bool = False,
        momentum: float = 0.9,
        nesterovs_momentum: bool = True,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        n_iter_no_change: int = 10,
        dropout: float = 0.0,
        initialisation: Any = "auto",
    ) -> None:
        self.hidden_layer_sizes = hidden_layer_sizes
        self.activation = activation
        self.solver = solver
        self.alpha = alpha
        self.batch_size = batch_size
        self.learning_rate_init = learning_rate_init
        self.max_iter = max_iter
        self.shuffle = shuffle
        self.random_state = random_state
        self.tol = tol
        self.verbose = verbose
        self.warm_start = warm_start
        self.momentum = momentum
        self.nesterovs_momentum = nesterovs_momentum
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.epsilon = epsilon
        self.n_iter_no_change = n_iter_no_change
        self.dropout = dropout
        self.initialisation = initialisation

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags

    def _validated(self, X: Any, y: Any, sample_weight: Any, *, reset: bool, known: bool) -> tuple[Array, Array, Array | None]:
        X, y = validate_data(self, X, y, dtype=FLOATS, order="C", multi_output=True, y_numeric=True, reset=reset)
        if y.ndim == 2 and y.shape[1] == 1:
            warnings.warn(
                "y is a column; a vector of shape (n_samples,) was expected. Pass y.ravel().", DataConversionWarning, stacklevel=3 + FRAMES
            )
            y = y[:, 0]
        return counting(X, y.astype(X.dtype, copy=False), sample_weight)

    def _output(self, targets: Array) -> tuple[str, int]:
        return "identity", 1 if targets.ndim == 1 else targets.shape[1]

    def _score(self, X: Array, targets: Array, weight: Array | None) -> float:
        return float(r2_score(targets, self._flat(self.network_.logits(X)), sample_weight=weight))

    def _flat(self, predictions: Array) -> Array:
        return predictions[:, 0] if predictions.shape[1] == 1 else predictions

    @with_callbacks
    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None) -> MLPRegressor:
        """Go through some samples once, from where the network is.

        Parameters
        ----------
        X, y : array_like
            The samples and their values.
        sample_weight : array_like of shape (n_samples,), optional
            What each sample counts.

        Returns
        -------
        MLPRegressor
            The estimator itself.

        Raises
        ------
        ValueError
            As ``fit``.
        """
        self._learn_once(X, y, sample_weight)
        return self

    def predict(self, X: Any) -> Array:
        """Predict the values of samples.

        Parameters
        ----------
        X : array_like of shape (n_samples, n_features)
            The samples.

        Returns
        -------
        ndarray of shape (n_samples,) or (n_samples, n_outputs)
            The predictions.
        """
        return self._flat(self._scores(X))
