"""Networks: scikit-learn's own checks, gradients, agreement with scikit-learn, and what users meet."""

from __future__ import annotations

import doctest
import importlib
import json
import pickle
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("sklearn")

from sklearn import linear_model, neural_network
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer, load_digits, load_iris, make_moons
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

import ogive
from ogive import layers
from ogive.networks import LogisticRegression, MLPClassifier, MLPRegressor, Network, Perceptron, load, sketch_boundary
from ogive.networks.export import ONNX, TORCH, onnx_model, torch_module
from ogive.networks.network import initialisation_for
from ogive.networks.perceptron import separable

XOR = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
unconverged = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


@pytest.fixture(scope="module")
def digits():
    X, y = load_digits(return_X_y=True)
    return train_test_split(X / 16, y, test_size=0.3, random_state=0, stratify=y)


@pytest.mark.filterwarnings("ignore")
@parametrize_with_checks([Perceptron(), LogisticRegression(), MLPClassifier(), MLPRegressor()])
def test_scikit_learn_finds_nothing_to_complain_of(estimator, check):
    check(estimator)


@pytest.mark.parametrize("name", sorted(path.stem for path in Path(ogive.networks.__file__).parent.glob("*.py")))
def test_the_examples_in_the_docstrings(name):
    module = importlib.import_module("ogive.networks" + (f".{name}" if name != "__init__" else ""))
    assert doctest.testmod(module).failed == 0


def test_networks_load_on_use_and_say_what_is_missing():
    code = "import sys, ogive; assert not {'sklearn', 'scipy'} & set(sys.modules); ogive.layers; assert 'sklearn' not in sys.modules"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
    code = "import sys; sys.modules['sklearn'] = None; import ogive; ogive.vitals"
    said = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True).stderr
    assert said.splitlines()[-1] == 'ImportError: networks need scikit-learn: python -m pip install "ogive[networks]"'


# ── the network ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def lined_up(network):
    """Build the same network from the layers of textbooks."""
    steps = []
    for i, (W, b) in enumerate(zip(network.weights, network.biases, strict=True)):
        steps.append(layers.Affine(W, b))
        if i < len(network.cards):
            label = next(label for label, card in layers.ELEMENTWISE.items() if card is network.cards[i])
            steps.append(getattr(layers, label)())
    return steps


@pytest.mark.parametrize("output", ["softmax", "sigmoid", "identity"])
def test_the_gradient_is_that_of_the_layers(output):
    generator = np.random.RandomState(3)
    units = {"softmax": 3, "sigmoid": 1, "identity": 2}[output]
    network = Network([4, 6, 5, units], [ogive.gelu, ogive.leaky_relu], output, np.float64)
    network.initialise("auto", generator)
    X, weight = generator.normal(size=(7, 4)), generator.uniform(0.5, 2, 7)
    if output == "softmax":
        labels = generator.randint(0, 3, 7)
        targets, loss, given = labels + 3 * np.arange(7), ogive.cross_entropy, labels
    elif output == "sigmoid":
        targets = generator.randint(0, 2, (7, 1)).astype(float)
        loss, given = ogive.binary_cross_entropy, targets
    else:
        targets = generator.normal(size=(7, 2))
        loss, given = ogive.squared_error, targets
    losses = np.array(network.descend(X, targets, weight))
    steps = lined_up(network)
    z = X
    for step in steps:
        z = step.forward(z)
    scale = 0.5 if output == "identity" else 1
    assert np.allclose(losses.reshape(7, -1), np.reshape(loss(z, given, reduction="none"), (7, -1)) * scale, rtol=1e-14)
    g = loss.gradient(z, given, reduction="none") * weight[:, None] * scale / 7
    for step in reversed(steps):
        g = step.backward(g)
    affine = [step for step in steps if isinstance(step, layers.Affine)]
    expected = np.concatenate([a.dW.ravel() for a in affine] + [a.db for a in affine])
    assert np.allclose(network.gradient, expected, rtol=1e-12, atol=1e-15)


def test_a_confident_answer_keeps_its_gradient():
    network = Network([1, 2], [], "softmax", np.float32)
    network.weights[0][:] = [[30, -30]]
    losses = network.descend(np.ones((1, 1), np.float32), np.array([0]))
    assert losses[0] > 0 and network.gradient[0] == -np.float32(ogive.sigmoid(-60.0))


@pytest.mark.parametrize("name", ["gelu", "silu", "selu", "softsign", "erf", "softplus", "mish", "leaky_relu", "softmax", "hard_swish"])
def test_any_card_will_do(name):
    X, y = make_moons(120, noise=0.1, random_state=0)
    model = MLPClassifier((12, 12), name, learning_rate_init=0.02, max_iter=150, random_state=1, tol=0, n_iter_no_change=200)
    with pytest.warns(ConvergenceWarning):
        model.fit(X, y)
    assert model.score(X, y) > 0.95, name


def test_an_activation_a_layer():
    X, y = make_moons(100, noise=0.1, random_state=0)
    model = MLPClassifier((8, 8), [ogive.tanh, "expit"], learning_rate_init=0.05, max_iter=400, random_state=0).fit(X, y)
    assert model.network_.cards == (ogive.tanh, ogive.sigmoid) and model.score(X, y) > 0.9
    assert [W.shape for W in model.coefs_] == [(2, 8), (8, 8), (8, 1)] and [b.shape for b in model.intercepts_] == [(8,), (8,), (1,)]
    assert (model.n_layers_, model.n_outputs_, model.out_activation_) == (4, 1, "sigmoid")
    inner = ogive.sigmoid(ogive.tanh(X @ model.coefs_[0] + model.intercepts_[0]) @ model.coefs_[1] + model.intercepts_[1])
    assert np.allclose(model.decision_function(X), (inner @ model.coefs_[2] + model.intercepts_[2])[:, 0])


def test_the_initialisation_follows_the_activation():
    chosen = {name: initialisation_for(ogive.get(name)) for name in ("relu", "gelu", "mish", "elu", "tanh", "sigmoid", "identity", "selu")}
    assert chosen == dict.fromkeys(("relu", "gelu", "mish", "elu"), "he") | dict.fromkeys(("tanh", "sigmoid", "identity"), "xavier") | {
        "selu": "lecun"
    }
    network = Network([300, 200, 1], [ogive.relu], "identity", np.float64)
    for scheme, variance in {"he": 2 / 300, "lecun": 1 / 300, "xavier": 2 / 500}.items():
        network.initialise(scheme, np.random.RandomState(0))
        assert np.isclose(network.weights[0].var(), variance, rtol=0.02) and not np.any(network.biases[0])


@unconverged
def test_given_weights_are_taken_over():
    weights, biases = [np.array([[1.0, 1.0], [1.0, 1.0]]), np.array([[1.0], [-2.0]])], [np.array([-0.5, -1.5]), np.array([-0.5])]
    model = MLPClassifier(2, "step", initialisation=(weights, biases), max_iter=1, learning_rate_init=1e-9).fit(XOR, [0, 1, 1, 0])
    assert np.array_equal(model.predict(XOR), [0, 1, 1, 0]), "two layers of gates compute XOR"
    assert np.allclose(model.coefs_[0], weights[0]) and weights[0][0, 0] == 1.0
    with pytest.raises(ValueError, match=r"'initialisation' parameter of MLPClassifier must be a pair \(coefs, intercepts\)"):
        MLPClassifier(3, initialisation=(weights, biases)).fit(XOR, [0, 1, 1, 0])


def test_a_deep_network_trains_with_gelu_and_not_with_sigmoid(digits):
    X, _, y, _ = digits
    scores = {}
    for name in ("gelu", "sigmoid"):
        with pytest.warns(ConvergenceWarning):
            model = MLPClassifier((32,) * 10, name, initialisation="he", batch_size=32, max_iter=12, random_state=0).fit(X, y)
        scores[name] = model.score(X, y)
    assert scores["gelu"] > 0.85 and scores["sigmoid"] < 0.2, scores


@unconverged
@pytest.mark.parametrize("solver", ["adam", "sgd"])
def test_as_accurate_as_scikit_learn(digits, solver):
    X, X_test, y, y_test = digits
    settings = {
        "hidden_layer_sizes": (100, 50),
        "solver": solver,
        "batch_size": 32,
        "max_iter": 25,
        "learning_rate_init": 0.002 if solver == "adam" else 0.05,
    }
    ours = [MLPClassifier(random_state=seed, **settings).fit(X, y).score(X_test, y_test) for seed in range(3)]
    theirs = [neural_network.MLPClassifier(random_state=seed, **settings).fit(X, y).score(X_test, y_test) for seed in range(3)]
    assert abs(np.mean(ours) - np.mean(theirs)) < 0.01, (ours, theirs)


@unconverged
@pytest.mark.parametrize("solver", ["adam", "sgd"])
def test_from_the_same_weights_the_same_path_as_scikit_learn(solver):
    X, y = load_iris(return_X_y=True)
    settings = {"hidden_layer_sizes": (7, 5), "activation": "tanh", "solver": solver, "alpha": 0.01, "batch_size": 40, "shuffle": False}
    weight = np.random.default_rng(0).uniform(0.5, 2, len(y))
    theirs = neural_network.MLPClassifier(max_iter=1, warm_start=True, random_state=0, learning_rate_init=1e-3, **settings)
    start = neural_network.MLPClassifier(max_iter=1, random_state=0, learning_rate_init=1e-300, **settings).fit(X, y)
    ours = MLPClassifier(max_iter=1, initialisation=(start.coefs_, start.intercepts_), learning_rate_init=1e-3, **settings)
    assert np.allclose(ours.fit(X, y).coefs_[0], theirs.fit(X, y).coefs_[0], atol=2e-9)
    assert np.isclose(ours.loss_, theirs.loss_, rtol=1e-2)
    whole = settings | {"batch_size": len(y)}
    theirs = neural_network.MLPClassifier(max_iter=1, random_state=0, learning_rate_init=1e-3, **whole).fit(X, y, sample_weight=weight)
    ours = MLPClassifier(max_iter=1, initialisation=(start.coefs_, start.intercepts_), learning_rate_init=1e-3, **whole)
    assert np.allclose(ours.fit(X, y, sample_weight=weight).coefs_[0], theirs.coefs_[0], atol=2e-9)


def test_float32_stays_float32():
    X, y = make_moons(80, noise=0.1, random_state=0)
    for model in (MLPClassifier(5, max_iter=3), LogisticRegression(), Perceptron(max_iter=3)):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            model.fit(X.astype(np.float32), y)
        coefficients = model.coefs_[0] if isinstance(model, MLPClassifier) else model.coef_
        assert coefficients.dtype == np.float32 and model.decision_function(X.astype(np.float32)).dtype == np.float32


@unconverged
def test_a_seed_makes_it_reproducible():
    X, y = make_moons(90, noise=0.2, random_state=0)
    make = lambda: MLPClassifier(9, dropout=0.2, max_iter=5, batch_size=16, random_state=42, early_stopping=True).fit(X, y)
    assert np.array_equal(make().coefs_[0], make().coefs_[0])
    other = clone(make()).set_params(random_state=43).fit(X, y)
    assert not np.array_equal(other.coefs_[0], make().coefs_[0])


# ── training ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_early_stopping_returns_to_the_best():
    X, y = make_moons(300, noise=0.3, random_state=0)
    model = MLPClassifier(32, early_stopping=True, learning_rate_init=0.02, validation_fraction=0.25, random_state=0, max_iter=500).fit(
        X, y
    )
    assert model.n_iter_ < 500 and len(model.validation_scores_) == model.n_iter_ == len(model.loss_curve_)
    assert model.best_validation_score_ == max(model.validation_scores_) and model.best_loss_ is None
    with pytest.raises(ValueError, match="less than the 2 that early stopping needs"):
        MLPClassifier(early_stopping=True, validation_fraction=0.05).fit(X[:20], y[:20])
    with pytest.raises(ValueError, match="partial_fit sees a part"):
        model.partial_fit(X, y)


@unconverged
def test_early_stopping_of_a_regressor_with_weights():
    X = np.linspace(-3, 3, 200)[:, None]
    model = MLPRegressor(16, "tanh", early_stopping=True, max_iter=20, random_state=0)
    model.fit(X, np.sin(X[:, 0]), sample_weight=np.linspace(1, 2, 200))
    assert len(model.validation_scores_) == model.n_iter_


def test_partial_fit_learns_piece_by_piece(digits):
    X, X_test, y, y_test = digits
    model = MLPClassifier(40, "silu", learning_rate_init=0.01, random_state=0)
    with pytest.raises(ValueError, match="classes must be passed on the first call"):
        model.partial_fit(X[:10], y[:10])
    for _ in range(10):
        for start in range(0, len(X), 400):
            model.partial_fit(X[start : start + 400], y[start : start + 400], classes=range(10))
    assert model.score(X_test, y_test) > 0.93 and len(model.loss_curve_) == 40
    with pytest.raises(ValueError, match=r"y contains \[11\], which are none of the classes"):
        model.partial_fit(X[:1], [11])
    with pytest.raises(ValueError, match="not the same as on last call"):
        model.partial_fit(X[:1], y[:1], classes=[0, 1])


@unconverged
def test_warm_start_goes_on():
    X, y = make_moons(80, noise=0.1, random_state=0)
    model = MLPClassifier(10, "tanh", warm_start=True, max_iter=10, random_state=0, learning_rate_init=0.01).fit(X, y)
    first = model.loss_
    model.fit(X, y)
    assert model.loss_ < first and len(model.loss_curve_) == 20
    with pytest.raises(
        ValueError,
        match=r"from hidden layers \[\(10, 'tanh'\)\], and its parameters now ask for \[\(4, 'tanh'\)\]; fit with warm_start=False",
    ):
        model.set_params(hidden_layer_sizes=4).fit(X, y)
    with pytest.raises(ValueError, match=r"ask for .*gelu"):
        model.set_params(hidden_layer_sizes=10, activation="gelu").fit(X, y)
    model.set_params(activation="tanh", early_stopping=True).fit(X, y)
    assert len(model.validation_scores_) == model.n_iter_ and model.best_loss_ is None
    before = model.network_.parameters.copy()
    model.set_params(early_stopping=False, learning_rate_init=1e-12).partial_fit(X, y)
    assert np.allclose(before, model.network_.parameters, atol=1e-10), "a new learning rate counts from the next call on"
    regressor = MLPRegressor(4, warm_start=True, max_iter=2).fit(X, y)
    with pytest.raises(ValueError, match=r"goes on from 1 outputs, and y now asks for 2"):
        regressor.fit(X, X)


@unconverged
def test_weights_of_classes_and_samples():
    X, y = make_moons(100, noise=0.3, random_state=0)
    weight = np.where(y == 1, 3.0, 1.0)
    settings = {"hidden_layer_sizes": 6, "max_iter": 20, "random_state": 0}
    by_class = MLPClassifier(class_weight={0: 1, 1: 3}, **settings).fit(X, y)
    by_sample = MLPClassifier(**settings).fit(X, y, sample_weight=weight)
    assert np.array_equal(by_class.coefs_[0], by_sample.coefs_[0])
    few = y * 1
    few[:20] = 1
    plain = LogisticRegression(class_weight="balanced").fit(X, few).coef_
    assert np.allclose(plain, linear_model.LogisticRegression(class_weight="balanced", tol=1e-12).fit(X, few).coef_, atol=1e-6)
    with pytest.raises(ValueError, match="gives every sample the weight 0"):
        LogisticRegression(class_weight={0: 0, 1: 0}).fit(X, y)
    with pytest.raises(ValueError, match="give partial_fit a dict"):
        MLPClassifier(class_weight="balanced").partial_fit(X, y, classes=[0, 1])


def test_dropout_keeps_the_size_of_the_signal_and_does_not_touch_predictions():
    network = Network([1, 20_000, 1], [ogive.identity], "identity", np.float64)
    network.weights[0][:], network.weights[1][:] = 1, 1 / 20_000
    losses = network.descend(np.ones((1, 1)), np.zeros((1, 1)), None, 0.3, np.random.RandomState(0))
    assert np.isclose(np.sqrt(2 * losses[0, 0]), 1, rtol=0.02) and not np.isclose(losses[0, 0], 0.5, rtol=1e-6)
    assert np.isclose(network.logits(np.ones((1, 1)))[0, 0], 1, rtol=1e-12)


def test_a_diverging_fit_says_why():
    X, y = np.arange(40.0).reshape(20, 2) * 1e3, np.arange(20.0) * 1e3
    with pytest.raises(
        ValueError, match=r"the loss became (nan|inf) in epoch \d+; the steps are too long. Try learning_rate_init=0.01 .* scale them"
    ):
        MLPRegressor(5, "identity", solver="sgd", learning_rate_init=0.1, random_state=0).fit(X, y)


def test_targets_that_are_too_large_are_named():
    with pytest.raises(ValueError, match=r"The targets reach 3e\+300: scale them"):
        MLPRegressor(5, random_state=0).fit(XOR, [0, 1e300, 2e300, 3e300])


@pytest.mark.parametrize("model", [MLPClassifier(2, max_iter=1), LogisticRegression(max_iter=1, tol=0), Perceptron(max_iter=1)])
def test_a_warning_names_the_line_that_fits(model):
    with pytest.warns(ConvergenceWarning) as caught:
        model.fit(XOR, [0, 0, 0, 1])
    assert [warning.filename for warning in caught] == [__file__]


def test_progress_is_printed(capsys):
    X, y = make_moons(60, noise=0.1, random_state=0)
    model = MLPClassifier(5, verbose=True, early_stopping=True, n_iter_no_change=3, random_state=0).fit(X, y)
    said = capsys.readouterr().out.splitlines()
    assert len(said) == model.n_iter_ + 1 and said[0].startswith("epoch 1 of 200: loss ") and "validation score" in said[0]
    assert said[-1] == "the validation score has not improved by 0.0001 for 3 epochs: done"


def test_progress_is_a_bar_on_a_terminal(capsys, monkeypatch):
    X, y = make_moons(60, noise=0.1, random_state=0)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    with pytest.warns(ConvergenceWarning):
        MLPClassifier(5, verbose=True, max_iter=12, random_state=0).fit(X, y)
    bars = capsys.readouterr().out.split("\r")
    assert len(bars) == 13 and bars[1].startswith("epoch  1 of 12 ━━╌") and "loss" in bars[1] and bars[-1].endswith("\n")
    assert bars[-1].count("━") == 24


def test_callbacks_of_scikit_learn():
    callback = pytest.importorskip("sklearn.callback")

    class Stop:
        def __init__(self):
            self.seen = []

        def setup(self, estimator, context):
            self.seen.append("setup")

        def teardown(self, estimator, context):
            self.seen.append("teardown")

        def on_fit_task_begin(self, estimator, context):
            pass

        def on_fit_task_end(self, estimator, context, *, X=None, y=None, fitted_estimator=None):
            self.seen.append((context.task_name, fitted_estimator.score(X, y)))
            return context.task_id == 2

    assert isinstance(Stop(), callback.FitCallback)
    X, y = make_moons(60, noise=0.2, random_state=0)
    y = np.array(["left", "right"])[y]
    for model, step in ((MLPClassifier(4, batch_size=8), "epoch"), (LogisticRegression(tol=0), "step"), (Perceptron(), "epoch")):
        watcher = Stop()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            model.set_callbacks(watcher).fit(X, y)
        assert model.n_iter_ == 3 and watcher.seen[0] == "setup" and watcher.seen[-1] == "teardown"
        assert [name for name, _ in watcher.seen[1:-1]] == [f"{step} 1", f"{step} 2", f"{step} 3", "fit"]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (
            {"activation": "sigmod"},
            r"'activation' parameter of MLPClassifier must be a function of the catalogue or its name. Got 'sigmod' instead.*sigmoid",
        ),
        ({"activation": "logit"}, r"must be a function that takes any number to a number"),
        ({"activation": "glu"}, r"must be a function that takes any number to a number"),
        ({"activation": ["tanh", "relu"]}, r"must be one, or one for each of the 1 hidden layers"),
        ({"activation": 3}, r"'activation' parameter of MLPClassifier must be"),
        ({"hidden_layer_sizes": (4, 0)}, r"'hidden_layer_sizes' parameter of MLPClassifier must be whole numbers from 1 on"),
        ({"hidden_layer_sizes": (4.5,)}, r"must be whole numbers from 1 on. Got \(4.5,\) instead"),
        ({"alpha": -1}, r"'alpha' parameter of MLPClassifier must be a float in the range \[0.0, inf\)"),
        ({"dropout": 1.0}, r"'dropout' parameter of MLPClassifier must be a float in the range \[0.0, 1.0\)"),
        (
            {"initialisation": ([np.full((2, 4), np.nan), np.ones((4, 1))], [np.ones(4), np.ones(1)])},
            r"finite numbers. Got nan or infinite",
        ),
        ({"solver": "lbfgs"}, r"'solver' parameter of MLPClassifier must be a str among"),
    ],
)
def test_a_wrong_parameter_gets_scikit_learns_kind_of_error(wrong, sentence):
    with pytest.raises(ValueError, match=sentence):
        MLPClassifier(**({"hidden_layer_sizes": 4} | wrong)).fit(XOR, [0, 1, 1, 0])


def test_wrong_samples_get_scikit_learns_kind_of_error():
    with pytest.raises(ValueError, match="Input X contains NaN"):
        MLPClassifier().fit([[np.nan], [1.0]], [0, 1])
    with pytest.raises(ValueError, match="needs samples of at least 2 classes"):
        LogisticRegression().fit([[0.0], [1.0]], [1, 1])
    for model in (MLPClassifier(), Perceptron()):
        with pytest.raises(ValueError, match="needs samples of at least 2 classes"):
            model.partial_fit([[0.0], [1.0]], [1, 1], classes=[1])
    with pytest.raises(ValueError, match="holds -1; what a class counts is a number from 0 on"):
        MLPClassifier(class_weight={0: -1, 1: 1}).fit(XOR, [0, 1, 1, 0])
    with pytest.raises(ValueError, match="Perceptron: the scores overflow, for the features reach 1e\\+300; scale them"):
        Perceptron().fit(XOR * 1e300, [0, 1, 1, 0])
    with pytest.raises(ValueError, match="Sample weights must contain at least one"):
        MLPClassifier().fit(XOR, [0, 1, 1, 0], sample_weight=np.zeros(4))
    with pytest.raises(NotFittedError):
        MLPClassifier().predict(XOR)
    with pytest.raises(AttributeError, match="has no coefs_ before it is fitted"):
        _ = MLPClassifier().coefs_
    with pytest.raises(ValueError, match="X has 3 features, but Perceptron is expecting 2"):
        Perceptron().fit(XOR, [0, 0, 0, 1]).predict(np.ones((1, 3)))


# ── the perceptron ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_perceptron_proves_what_it_cannot_do():
    with pytest.warns(ConvergenceWarning, match="not linearly separable: no line tells them apart, as linear programming proves"):
        model = Perceptron().fit(XOR, [0, 1, 1, 0])
    assert not model.converged_ and model.n_iter_ == 100
    generator = np.random.default_rng(0)
    X = generator.normal(size=(200, 2))
    y = (X @ [1.0, 1.0] > 1e-4).astype(int)
    with pytest.warns(ConvergenceWarning, match="are linearly separable: raise max_iter"):
        Perceptron(max_iter=1).fit(X, y)
    assert Perceptron(max_iter=10**5).fit(X, y).score(X, y) == 1


def test_the_perceptron_of_several_classes():
    X, y = load_iris(return_X_y=True)
    easy = y != 1
    model = Perceptron().fit(X[easy], y[easy])
    assert model.converged_ and model.score(X[easy], y[easy]) == 1 and list(model.classes_) == [0, 2]
    blobs = np.array([[0.0, 4.0], [4.0, -4.0], [-4.0, -4.0]])[y] + X[:, :2] / 10
    model = Perceptron().fit(blobs, y)
    assert model.converged_ and model.coef_.shape == (3, 2) and model.mistakes_[-1] == 0
    assert separable(blobs, y) and not separable(np.vstack([XOR, [[0.5, 0.5]]]), [0, 1, 1, 0, 2])
    assert not separable([[1.0], [2.0]], [0, 1], fit_intercept=False) and separable([[1.0], [2.0]], [0, 1])
    again = Perceptron(shuffle=False)
    for _ in range(model.n_iter_ * 20):
        again.partial_fit(blobs, y, classes=[0, 1, 2])
    assert again.score(blobs, y) == 1


# ── logistic regression ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("data", [load_breast_cancer, load_iris])
@pytest.mark.parametrize("C", [0.01, 1.0, 100.0])
@pytest.mark.parametrize("fit_intercept", [True, False])
def test_the_coefficients_are_scikit_learns(data, C, fit_intercept):
    X, y = data(return_X_y=True)
    X = StandardScaler().fit_transform(X)
    ours = LogisticRegression(C=C, tol=1e-12, fit_intercept=fit_intercept).fit(X, y)
    theirs = linear_model.LogisticRegression(C=C, tol=1e-12, solver="newton-cholesky", fit_intercept=fit_intercept).fit(X, y)
    assert np.allclose(ours.coef_, theirs.coef_, rtol=0, atol=1e-6) and np.allclose(ours.intercept_, theirs.intercept_, rtol=0, atol=1e-6)
    assert np.allclose(ours.predict_proba(X), theirs.predict_proba(X), atol=1e-9)
    assert np.all(np.diff(ours.loss_curve_) < 1e-14) and ours.n_iter_ < 20


def test_logistic_regression_far_out():
    model = LogisticRegression(C=1e6).fit([[-1.0], [1.0]], [0, 1])
    assert np.all(np.isfinite(model.predict_log_proba([[-1e5], [1e5]]))) and model.predict_proba([[-1e5]])[0, 1] == 0
    with pytest.warns(ConvergenceWarning, match="if the classes are separable, a finite C"):
        LogisticRegression(C=np.inf, tol=0, max_iter=15).fit([[-1.0], [1.0]], [0, 1])
    with pytest.raises(ValueError, match=r"squares of the features overflow, they reach 1e\+200; scale them"):
        LogisticRegression().fit([[-1e200], [1e200]], [0, 1])
    X, y = load_iris(return_X_y=True)
    model = LogisticRegression(warm_start=True).fit(X * 1e8, y)
    assert model.score(X * 1e8, y) > 0.95, "the gradient cannot be smaller than its rounding, and that is no reason to warn"
    model = LogisticRegression(warm_start=True).fit(X, y)
    assert model.fit(X, y).n_iter_ == 1


# ── files ────────────────────────────────────────────────────────────────────────────────────────────────────────────────


@unconverged
@pytest.mark.parametrize(
    "model",
    [
        MLPClassifier((5, 4), ["gelu", ogive.tanh], max_iter=3, class_weight={"no": 1, "yes": 2}, random_state=3, early_stopping=True),
        MLPClassifier((5,), initialisation=([np.ones((2, 5)), np.ones((5, 1))], [np.ones(5), np.ones(1)]), max_iter=2),
        MLPRegressor(6, max_iter=3),
        LogisticRegression(),
        Perceptron(),
    ],
    ids=lambda model: type(model).__name__,
)
def test_saved_and_loaded(model, tmp_path):
    pandas = pytest.importorskip("pandas")
    X, y = make_moons(60, noise=0.1, random_state=0)
    table = pandas.DataFrame(X.astype(np.float32), columns=["left", "right"])
    model = clone(model).fit(table, y if isinstance(model, MLPRegressor) else np.array(["no", "yes"])[y])
    model.save(tmp_path / "model.safetensors")
    again = load(tmp_path / "model.safetensors")
    assert type(again) is type(model) and np.array_equal(again.predict(table), model.predict(table))
    assert repr(again.get_params()) == repr(model.get_params()) and list(again.feature_names_in_) == ["left", "right"]
    if hasattr(model, "loss_curve_"):
        assert again.loss_curve_ == model.loss_curve_
    if hasattr(model, "partial_fit") and not getattr(model, "early_stopping", False):
        again.partial_fit(table, model.predict(table))


@pytest.mark.parametrize("settings", [{}, {"with_mean": False}, {"with_std": False}])
def test_a_scaler_is_saved_with_its_settings(settings, tmp_path):
    pandas = pytest.importorskip("pandas")
    X, y = make_moons(60, noise=0.2, random_state=0)
    table = pandas.DataFrame(X * 3 + 5, columns=["a", "b"])
    scaler = StandardScaler(**settings).fit(table)
    model = LogisticRegression().fit(scaler.transform(table), y)
    model.save(tmp_path / "both.safetensors", scaler=scaler)
    assert np.array_equal(load(tmp_path / "both.safetensors").predict_proba(table), model.predict_proba(scaler.transform(table)))


def test_files_that_hold_no_model_are_refused(tmp_path):
    from safetensors.numpy import save_file

    save_file({"a": np.ones(1)}, tmp_path / "other.safetensors")
    with pytest.raises(ValueError, match="does not hold a model of ogive"):
        load(tmp_path / "other.safetensors")
    for model in ("{", "{}", '{"parameters": {"x": 1}}', '{"parameters": {}, "fitted": {"coef_": {"array": "b"}}}'):
        save_file({"a": np.ones(1)}, tmp_path / "damaged.safetensors", {"format": "ogive", "class": "Perceptron", "model": model})
        with pytest.raises(ValueError, match=r"damaged\.safetensors is damaged, or from another version"):
            load(tmp_path / "damaged.safetensors")
    with pytest.raises(IsADirectoryError, match="give the file of a model"):
        load(tmp_path)
    (tmp_path / "text.safetensors").write_text(json.dumps({}))
    with pytest.raises(ValueError, match="is not a safetensors file"):
        load(tmp_path / "text.safetensors")
    with pytest.raises(OSError, match="nowhere"):
        load(tmp_path / "nowhere")
    with pytest.raises(NotFittedError):
        MLPClassifier().save(tmp_path / "unfitted")
    model = Perceptron(random_state=np.random.RandomState(0)).fit(XOR, [0, 0, 0, 1])
    with pytest.raises(TypeError, match=r"parameters\.random_state=RandomState.*cannot be saved"):
        model.save(tmp_path / "generator")


@unconverged
def test_a_pickled_network_learns_on():
    X, y = make_moons(60, noise=0.1, random_state=0)
    model = pickle.loads(pickle.dumps(MLPClassifier(5, max_iter=3, random_state=0).fit(X, y)))
    before = model.coefs_[0].copy()
    model.partial_fit(X, y)
    assert not np.array_equal(model.coefs_[0], before)
    assert np.shares_memory(model.coefs_[0], model.network_.parameters)


# ── other machines ───────────────────────────────────────────────────────────────────────────────────────────────────────


def of_one_layer(card, output="identity", dtype=np.float32):
    """Make a network around an activation, with a wide range of what goes into it."""
    network = Network([3, 5, {"identity": 2, "sigmoid": 1, "softmax": 4}[output]], [card], output, dtype)
    network.parameters[:] = np.random.RandomState(0).normal(0, 1.5, len(network.parameters))
    return network, np.random.RandomState(1).normal(size=(50, 3)).astype(dtype)


@pytest.mark.parametrize("name", ONNX)
def test_onnx_runtime_computes_the_same(name):
    runtime = pytest.importorskip("onnxruntime")
    pytest.importorskip("onnx")
    network, X = of_one_layer(ogive.get(name))
    session = runtime.InferenceSession(onnx_model(network).SerializeToString(), providers=["CPUExecutionProvider"])
    (found,) = session.run(None, {"X": X})
    assert np.allclose(found, network.logits(X), rtol=1e-4, atol=1e-4 * np.abs(network.logits(X)).max())


@pytest.mark.parametrize("name", TORCH)
def test_torch_computes_the_same(name):
    torch = pytest.importorskip("torch")
    network, X = of_one_layer(ogive.get(name), dtype=np.float64)
    with torch.no_grad():
        found = torch_module(network)(torch.from_numpy(X)).numpy()
    assert found.dtype == np.float64 and np.allclose(found, network.logits(X), rtol=1e-10, atol=1e-10)


@unconverged
def test_an_exported_classifier(tmp_path):
    runtime = pytest.importorskip("onnxruntime")
    X, y = make_moons(60, noise=0.1, random_state=0)
    X = X.astype(np.float32)
    for labels in (np.array(["no", "yes"])[y], y + (X[:, 0] > 1)):
        model = MLPClassifier((6, 5), ["gelu", "tanh"], max_iter=20, random_state=0).fit(X, labels)
        model.to_onnx(tmp_path / "model.onnx")
        session = runtime.InferenceSession(tmp_path / "model.onnx", providers=["CPUExecutionProvider"])
        (found,) = session.run(["probabilities"], {"X": X})
        assert np.allclose(found, model.predict_proba(X), atol=1e-6)
        assert json.loads(session.get_modelmeta().custom_metadata_map["classes"]) == model.classes_.tolist()
        torch = pytest.importorskip("torch")
        assert np.allclose(model.to_torch()(torch.from_numpy(X)).detach().numpy(), model.network_.logits(X), atol=1e-5)
    with pytest.raises(ValueError, match="ONNX has no gudermannian; it has sigmoid"):
        MLPClassifier(2, "gudermannian", max_iter=1).fit(X, y).to_onnx()
    with pytest.raises(ValueError, match=r"torch\.nn has no gudermannian"):
        MLPClassifier(2, "gudermannian", max_iter=1).fit(X, y).to_torch()


@unconverged
@pytest.mark.parametrize(("package", "call"), [("onnx", "to_onnx"), ("torch", "to_torch")])
def test_what_is_missing_is_named(monkeypatch, package, call):
    monkeypatch.setitem(sys.modules, package, None)
    model = MLPRegressor(2, max_iter=1).fit(XOR, [0.0, 1.0, 1.0, 0.0])
    with pytest.raises(ImportError, match=f"pip install {package}"):
        getattr(model, call)()


# ── boundaries, and the command ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def cli():
    return pytest.importorskip("ogive.cli")


def test_whole_numbers_beyond_labels_are_predicted():
    from ogive.networks.datasets import read

    assert read(["a,b", "1,3", "2,4"], "small.csv").classes
    large = read(["a,b", "1,1e300", "2,3e300"], "large.csv")
    assert not large.classes and large.y.tolist() == [1e300, 3e300]


def test_the_sketch_of_a_boundary():
    model = Perceptron().fit(XOR, [0, 0, 0, 1])
    lines = sketch_boundary(model, XOR, [0, 0, 0, 1], width=21, height=9).splitlines()
    assert len(lines) == 12 and {len(line) for line in lines[:-1]} == {23}
    assert "".join(lines[:-1]).count("o") == 3 and "".join(lines[:-1]).count("x") == 1 and lines[-1] == "o   0    x · 1"
    assert lines[1].rstrip("│")[-1] == "·" and lines[-3][1] == " ", "above right is 1, below left is 0"
    with pytest.raises(ValueError, match=r"the plane of two features; X has shape \(4, 1\)"):
        sketch_boundary(model, XOR[:, :1], [0, 0, 0, 1])


def test_the_picture_of_a_boundary(tmp_path):
    pytest.importorskip("matplotlib")
    from ogive.plot import plot_decision_boundary, save

    X, y = load_iris(return_X_y=True)
    axes = plot_decision_boundary(LogisticRegression().fit(X[:, 2:], y), X[:, 2:], y)
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["0", "1", "2"]
    decided = axes.get_images()[0].get_array()
    assert len(np.unique(decided.reshape(-1, 3), axis=0)) == 3
    save(tmp_path / "iris.png", axes.figure)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["xor"], "accuracy  1 on 4 learned from"),
        (["xor", "--hidden", "none", "--epochs", "100"], "2 → 1, no hidden layer; 3 parameters"),
        (["moons", "--activation", "gelu,tanh", "--epochs", "60"], "2 → 8 → 8 → 1, gelu, tanh; 105 parameters"),
        (["spirals", "--hidden", "24,24", "--activation", "silu"], "on 60 held back"),
        (["digits", "--epochs", "3"], "digits: 1797 samples of 64 features, 10 classes"),
    ],
)
def test_ogive_train(cli, capsys, arguments, said):
    assert cli.run(["train", *arguments]) == 0
    assert said in capsys.readouterr().out


def test_ogive_train_draws_and_counts(cli, capsys, tmp_path):
    assert cli.run(["train", "xor", "-o", str(tmp_path / "xor.png"), "--progress", "--epochs", "50"]) == 0
    captured = capsys.readouterr()
    assert (tmp_path / "xor.png").read_bytes().startswith(b"\x89PNG") and "picture" in captured.out and "┌" in captured.out
    assert "loss" in captured.err


def test_ogive_train_reads_tables(cli, capsys, tmp_path):
    X, y = load_iris(return_X_y=True)
    names = np.array(["setosa", "versicolor", "virginica"])[y]
    path = tmp_path / "iris.csv"
    path.write_text("length,width,species\n" + "".join(f"{a},{b},{c}\n" for (a, b), c in zip(X[:, 2:], names, strict=True)))
    assert cli.run(["train", str(path), "--epochs", "60", "-o", str(tmp_path / "iris.svg")]) == 0
    out = capsys.readouterr().out
    assert "iris.csv: 150 samples of 2 features, 3 classes" in out and "░ virginica" in out
    numbers = tmp_path / "numbers.csv"
    numbers.write_text("width,species,length\n" + "".join(f"{b},{c},{a}\n" for (a, b), c in zip(X[:, 2:], y, strict=True)))
    assert cli.run(["train", str(numbers), "--epochs", "60"]) == 0
    out = capsys.readouterr().out
    assert "numbers to predict" in out and "R²" in out and "predicted within" in out
    assert cli.run(["train", str(numbers), "--target", "species", "--epochs", "5"]) == 0
    assert "3 classes" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (
            ["nothing"],
            2,
            "nothing is neither a problem nor a table; choose and, or, nand, xor, moons, circles, spirals, digits or a CSV file",
        ),
        (["nothing.csv"], 1, "nothing.csv: No such file"),
        (["xor", "--activation", "sigmod"], 2, "did you mean sigmoid"),
        (["xor", "--activation", "tanh,relu,tanh"], 1, "must be one, or one for each of the 2 hidden layers"),
        (["xor", "--hidden", "8,x"], 2, "--hidden 8,x: give whole numbers from 1 on"),
        (["xor", "--epochs", "0"], 2, "both are to be positive"),
        (["digits", "-o", "digits.png"], 2, "digits has 64 features"),
        (["xor", "-o", "xor.gif"], 2, "its name is to end in .png"),
        (["xor", "--learning-rate", "1e300"], 1, "the steps are too long"),
        (["broken.csv"], 1, "broken.csv, row 2, column 'a': 'red' is not a number"),
        (["broken.csv", "--target", "c"], 1, "has no column 'c'; it has a, b"),
        (["short.csv"], 1, "short.csv, row 1: 1 fields, where the first line names 2"),
        (["empty.csv"], 1, "needs a line of names"),
        (["endless.csv"], 1, "endless.csv, row 2, column 'b': 'inf' is nothing to learn; leave the row out"),
        (["gap.csv"], 1, "gap.csv, row 2, column 'b': '' is nothing to learn; leave the row out"),
        (["single.csv"], 1, "needs samples of at least 2 classes to tell apart; got 1 class: [7]"),
        (["foreign.csv"], 1, "foreign.csv is no text in UTF-8"),
        (["numbers.csv", "-o", "numbers.png"], 2, "numbers.csv has numbers to predict, and no classes"),
        (["xor", "--seed", "-1"], 2, "--seed -1: give a whole number from 0 on"),
        (["xor", "--save", "nowhere/xor.safetensors"], 1, "nowhere/xor.safetensors: there is no directory"),
    ],
)
def test_ogive_train_refuses(cli, capsys, tmp_path, monkeypatch, arguments, code, sentence):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "broken.csv").write_text("a,b\n1,2\nred,3\n")
    (tmp_path / "short.csv").write_text("a,b\n1\n")
    (tmp_path / "empty.csv").write_text("")
    (tmp_path / "endless.csv").write_text("a,b\n1,2\n2,inf\n")
    (tmp_path / "gap.csv").write_text("a,b\n1,red\n2,\n")
    (tmp_path / "single.csv").write_text("a,b\n1,7\n2,7\n")
    (tmp_path / "foreign.csv").write_bytes("넓이,종류\n1,꽃\n".encode("cp949"))
    (tmp_path / "numbers.csv").write_text("a,b,c\n1,2,0.5\n2,1,1e300\n")
    assert cli.run(["train", *arguments]) == code
    assert sentence in capsys.readouterr().err
