"""What the source articles build, shown the honest way: as they write it, what goes wrong, and the right answer.

The letters and numbers are those of the lessons: A is the sigmoid and its overflow, B the functions of a multi-layer network.
"""

from __future__ import annotations

import math
import warnings
from fractions import Fraction

import numpy as np
import pytest

import ogive
from ogive.truth.reference import evaluate
from ogive.truth.ulp import ulp_error


def naive_sigmoid(x):
    """Write the definition down."""
    return 1 / (1 + np.exp(-x))


def masked_sigmoid(x):
    """Avoid the overflow by two masks: e^-x where x >= 0, e^x where x < 0."""
    result = np.ones(np.shape(x))
    right, left = x >= 0, x < 0
    result[right] = 1 / (1 + np.exp(-x[right]))
    power = np.exp(x[left])
    result[left] = power / (1 + power)
    return result


def logaddexp_sigmoid(x):
    """Avoid it by NumPy's log of a sum of exponentials."""
    return np.exp(-np.logaddexp(0, -x))


def naive_softmax(z):
    powers = np.exp(z)
    return powers / np.sum(powers)


def naive_tanh(x):
    return (np.exp(x) - np.exp(-x)) / (np.exp(x) + np.exp(-x))


def worst(function, x):
    """Measure the largest error of a sigmoid, in ulp."""
    with np.errstate(all="ignore"):
        return max(abs(ulp_error(value, evaluate("sigmoid", place), "float64")) for place, value in zip(x, function(x), strict=True))


# ── A. The sigmoid and its overflow ──────────────────────────────────────────────────────────────────────────────────────


def test_a1_the_sigmoid_of_one_to_five():
    expected = [0.73105858, 0.88079708, 0.95257413, 0.98201379, 0.99330715]
    x = np.array([1, 2, 3, 4, 5])
    assert np.array_equal(np.round(ogive.sigmoid(x), 8), expected)
    assert np.array_equal(np.round(naive_sigmoid(x), 8), expected)


def test_a2_a_large_negative_number_overflows_the_definition_and_not_ogive():
    x = np.array([-9999999999, 2, 3, 4, 5])
    with pytest.warns(RuntimeWarning, match="overflow encountered in exp"):
        naive_sigmoid(x)
    with warnings.catch_warnings(), np.errstate(all="raise"):
        warnings.simplefilter("error")
        result = ogive.sigmoid(x)
    assert np.array_equal(np.round(result, 8), [0, 0.88079708, 0.95257413, 0.98201379, 0.99330715])
    assert result[0] == 0 and not np.signbit(result[0])


def test_a3_the_masks_need_arrays_and_hide_nan_and_dtypes():
    x = np.array([-1000.0, -1.0, 0.0, 1.0, 1000.0])
    with np.errstate(all="raise", under="ignore"):
        assert np.allclose(masked_sigmoid(x), ogive.sigmoid(x), rtol=1e-15)
    assert masked_sigmoid(np.array([math.nan]))[0] == 1.0
    assert np.isnan(ogive.sigmoid(math.nan))
    assert masked_sigmoid(x.astype(np.float32)).dtype == np.float64
    assert ogive.sigmoid(x.astype(np.float32)).dtype == np.float32
    for unfit in (1.0, [1.0, 2.0]):
        with pytest.raises(TypeError):
            masked_sigmoid(unfit)
    assert ogive.sigmoid(1.0) == ogive.sigmoid([1.0])[0] == ogive.sigmoid(1) == ogive.sigmoid(np.array([1]))[0]


def test_a4_logaddexp_is_silent_and_inaccurate():
    x = np.random.default_rng(4).uniform(-700, 40, 4000)
    with np.errstate(all="raise", under="ignore"):
        logaddexp_sigmoid(x)
    assert worst(logaddexp_sigmoid, x) > 16
    assert worst(ogive.sigmoid, x) <= 0.55


def test_a5_the_properties_are_facts_of_the_card():
    card = ogive.sigmoid
    assert str(card.range) == "(0, 1)" and card.limits == (0, 1)
    assert str(card.symmetry) == "(0, 1/2)" and not card.odd
    assert card.monotone and card.bounded
    assert not card.zero_centred
    assert card.saturates
    assert card.lipschitz == Fraction(1, 4) == Fraction(float(card.derivative(0.0)))


def test_a6_the_plot():
    pytest.importorskip("matplotlib")
    axes = ogive.sigmoid.plot(low=-5, high=5)
    curve = next(line for line in axes.get_lines() if line.get_label() == "sigmoid")
    x, y = curve.get_data()
    assert x.min() == -5 and x.max() == 5
    assert np.array_equal(y, ogive.sigmoid(x))


def test_a6_the_plot_from_the_command_line(tmp_path, capsys):
    pytest.importorskip("matplotlib")
    cli = pytest.importorskip("ogive.cli")
    target = tmp_path / "sigmoid.png"
    assert cli.run(["plot", "sigmoid", "--output", str(target)]) == 0
    assert target.read_bytes().startswith(b"\x89PNG") and target.name in capsys.readouterr().out


# ── B. Activation functions of a multi-layer network ─────────────────────────────────────────────────────────────────────


def test_b1_four_functions_side_by_side():
    x = np.array([-2.0, 0.0, 2.0])
    assert np.array_equal(np.round(ogive.logistic(x), 4), [0.1192, 0.5, 0.8808])
    assert np.array_equal(np.round(ogive.softmax(x), 4), [0.0159, 0.1173, 0.8668])
    assert np.array_equal(np.round(ogive.tanh(x), 4), [-0.964, 0.0, 0.964])
    assert np.array_equal(ogive.relu(x), [0.0, 0.0, 2.0])


def test_b1_their_plot_from_the_command_line(tmp_path):
    pytest.importorskip("matplotlib")
    cli = pytest.importorskip("ogive.cli")
    target = tmp_path / "three.svg"
    assert cli.run(["plot", "sigmoid", "tanh", "relu", "--output", str(target)]) == 0
    assert "<svg" in target.read_text()


def test_b2_the_definition_of_softmax_overflows_and_the_maximum_changes_nothing():
    with np.errstate(all="ignore"):
        assert np.isnan(naive_softmax(np.array([1000, 1000]))).all()
    with np.errstate(all="raise"):
        assert np.array_equal(ogive.softmax([1000, 1000]), [0.5, 0.5])
    z = np.random.default_rng(2).normal(0, 3, (50, 7))
    assert np.allclose(ogive.softmax(z), [naive_softmax(row) for row in z], rtol=1e-14)
    assert np.allclose(ogive.softmax(z - z.max(axis=-1, keepdims=True)), ogive.softmax(z), rtol=1e-14)
    assert np.array_equal(ogive.softmax(np.round(z * 8) / 8 + 1024), ogive.softmax(np.round(z * 8) / 8)), (
        "to the last bit where x + c is exact"
    )
    assert np.allclose(ogive.softmax(z).sum(axis=-1), 1, rtol=1e-15)
    assert np.array_equal(ogive.softmax(z).argmax(axis=-1), z.argmax(axis=-1))


def test_b3_tanh_from_exponentials_against_the_logistic():
    x = np.arange(-5, 5, 0.005)
    assert np.allclose(naive_tanh(x), ogive.tanh(x), rtol=1e-10)
    assert np.allclose(2 * ogive.sigmoid(2 * x) - 1, ogive.tanh(x), rtol=0, atol=2.3e-16)
    with np.errstate(all="ignore"):
        assert np.isnan(naive_tanh(np.array([-710.0, 710.0]))).all()
        assert not np.isnan(naive_tanh(np.array([-709.0, 709.0]))).any()
    with np.errstate(all="raise"):
        assert np.array_equal(ogive.tanh([-710.0, 710.0]), [-1.0, 1.0])
    assert ogive.tanh.zero_centred and not ogive.sigmoid.zero_centred
    assert str(ogive.tanh.range) == "(-1, 1)"


def test_b3_the_plot_has_the_dashed_lines():
    pytest.importorskip("matplotlib")
    from ogive.plot import plot

    axes = plot("tanh", "sigmoid")
    curves = {line.get_label(): line.get_data() for line in axes.get_lines()}
    for name in ("tanh", "sigmoid"):
        x, y = curves[name]
        assert np.array_equal(y, ogive.get(name)(x))
    levels = {float(line.get_ydata()[0]) for line in axes.get_lines() if len(line.get_ydata()) == 2 and np.ptp(line.get_ydata()) == 0}
    assert {-1.0, 0.0, 1.0} <= levels


@pytest.mark.parametrize("data", ["load_breast_cancer", "load_iris"])
def test_b4_logistic_regression_gives_probabilities_from_a_linear_score(data):
    datasets = pytest.importorskip("sklearn.datasets")
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler

    X, y = getattr(datasets, data)(return_X_y=True)
    X = StandardScaler().fit_transform(X)
    ours = ogive.networks.LogisticRegression(tol=1e-12).fit(X, y)
    theirs = LogisticRegression(tol=1e-12, solver="newton-cholesky").fit(X, y)
    assert np.allclose(ours.coef_, theirs.coef_, rtol=0, atol=1e-6)
    scores = ours.decision_function(X)
    expected = ogive.softmax(scores) if scores.ndim == 2 else ogive.sigmoid(scores)
    assert np.array_equal(ours.predict_proba(X)[:, -1], expected[..., -1] if scores.ndim == 2 else expected)


@pytest.fixture(scope="module")
def digits():
    datasets = pytest.importorskip("sklearn.datasets")
    X, y = datasets.load_digits(return_X_y=True)
    return X / 16, y


def deep(digits, activation, depth=10, epochs=2):
    """Train a network of some depth for a moment."""
    X, y = digits
    model = ogive.networks.MLPClassifier((32,) * depth, activation, batch_size=32, random_state=0)
    for _ in range(epochs):
        model.partial_fit(X, y, classes=range(10))
    return model


def test_b5_deep_sigmoids_get_stuck_and_relus_do_not(digits):
    X, y = digits
    stuck, well = (ogive.networks.vitals(deep(digits, name), X[:300], y[:300]) for name in ("sigmoid", "relu"))
    assert stuck.finding == "vanishing" and "vanishes mathematically, not by rounding" in stuck.english and "수학적으로" in stuck.korean
    assert well.healthy and well.fall > 0.1 > 1e-4 > stuck.fall


def test_b6_linear_layers_collapse_into_one(digits):
    X, _ = digits
    model = deep(digits, "identity", depth=3)
    W, b = np.eye(64), np.zeros(64)
    for weights, bias in zip(model.coefs_, model.intercepts_, strict=True):
        W, b = W @ weights, b @ weights + bias
    assert np.allclose(model.decision_function(X), X @ W + b, rtol=1e-12, atol=1e-12)


# ── C. The sigmoid layer ─────────────────────────────────────────────────────────────────────────────────────────────────


class TextbookSigmoid:
    """The layer as the article writes it."""

    def forward(self, x):
        self.out = naive_sigmoid(np.asarray(x))
        return self.out

    def backward(self, dout):
        return dout * (1.0 - self.out) * self.out


def test_c3_the_sigmoid_layer():
    book, ours = TextbookSigmoid(), ogive.layers.Sigmoid()
    for layer in (book, ours):
        assert np.array_equal(np.round(layer.forward([24, 32, 5]), 8), [1, 1, 0.99330715])
    x, dout = np.array([-2.0, 0.5, 3.0]), np.array([1.0, 2.0, -1.0])
    book.forward(x), ours.forward(x)
    assert np.allclose(ours.backward(dout), book.backward(dout), rtol=1e-14)
    from_output = ogive.layers.Sigmoid(backward_from="output")
    from_output.forward(x)
    assert np.allclose(from_output.backward(dout), book.backward(dout), rtol=1e-15)


@pytest.mark.parametrize(("dtype", "x", "truth"), [(np.float64, 40, 4.248354255291589e-18), (np.float32, 18, 1.52299796e-8)])
def test_c3_why_x_is_kept_and_not_y(dtype, x, truth):
    book, ours, from_output = TextbookSigmoid(), ogive.layers.Sigmoid(), ogive.layers.Sigmoid(backward_from="output")
    for layer in (book, ours, from_output):
        layer.forward(np.array([x], dtype))
    assert book.backward(dtype(1))[0] == from_output.backward(dtype(1))[0] == 0
    assert ours.backward(dtype(1)) == [dtype(truth)]


# ── D. The sigmoid family ────────────────────────────────────────────────────────────────────────────────────────────────


def test_d4_tanh_is_steeper_zero_centred_and_converges_faster(digits):
    assert ogive.tanh.zero_centred and not ogive.sigmoid.zero_centred and ogive.tanh.lipschitz == 4 * ogive.sigmoid.lipschitz
    losses = {name: deep(digits, name, depth=2, epochs=5).loss_ for name in ("tanh", "sigmoid")}
    assert losses["tanh"] < losses["sigmoid"] / 2, losses


# ── E. From the perceptron to the neural network ─────────────────────────────────────────────────────────────────────────

CORNERS = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
GATES = {"and": [0, 0, 0, 1], "or": [0, 1, 1, 1], "nand": [1, 1, 1, 0]}
XOR = [0, 1, 1, 0]


@pytest.mark.parametrize("gate", GATES)
def test_e1_one_perceptron_learns_a_gate(gate):
    pytest.importorskip("sklearn")
    model = ogive.networks.Perceptron().fit(CORNERS, GATES[gate])
    assert model.converged_ and np.array_equal(model.predict(CORNERS), GATES[gate])


def test_e1_one_perceptron_cannot_do_xor_and_says_so():
    pytest.importorskip("sklearn")
    from sklearn.exceptions import ConvergenceWarning

    with pytest.warns(ConvergenceWarning, match="not linearly separable: no line tells them apart, as linear programming proves"):
        model = ogive.networks.Perceptron().fit(CORNERS, XOR)
    assert not model.converged_ and model.score(CORNERS, XOR) < 1


def test_e1_two_layers_of_gates_compute_xor():
    pytest.importorskip("sklearn")
    nand, either, both = (ogive.networks.Perceptron().fit(CORNERS, GATES[gate]) for gate in ("nand", "or", "and"))
    inner = np.column_stack([nand.predict(CORNERS), either.predict(CORNERS)])
    assert np.array_equal(both.predict(inner), XOR)


def test_e1_a_network_learns_xor_and_its_boundary_is_drawn(tmp_path):
    pytest.importorskip("sklearn")
    pytest.importorskip("matplotlib")
    from ogive.plot import plot_decision_boundary, save

    settings = {"alpha": 0, "learning_rate_init": 0.1, "random_state": 0}
    model = ogive.networks.MLPClassifier(4, "tanh", **settings).fit(CORNERS, XOR)
    assert np.array_equal(model.predict(CORNERS), XOR)
    axes = plot_decision_boundary(model, CORNERS, XOR)
    save(tmp_path / "xor.png", axes.figure)
    sketch = ogive.networks.sketch_boundary(model, CORNERS, XOR)
    assert sketch.count("x") == 2 + 1 and sketch.count("o") == 2 + 1, "two samples of each class, and the line that explains them"


def test_e3_below_a_step_nothing_is_learned_and_vitals_say_why(digits):
    X, y = digits
    assert np.array_equal(ogive.step.derivative([-1.0, 1.0]), [0, 0])
    model = ogive.networks.MLPClassifier((32, 32), "step", alpha=0, batch_size=32, random_state=0)
    model.partial_fit(X[:32], y[:32], classes=range(10))
    start = [weights.copy() for weights in model.coefs_]
    model.partial_fit(X, y)
    assert [np.array_equal(a, b) for a, b in zip(start, model.coefs_, strict=True)] == [True, True, False]
    found = ogive.networks.vitals(model, X[:300], y[:300])
    assert [layer.gradient > 0 for layer in found.layers] == [False, False, True]
    assert found.finding == "no gradient" and "the derivative of step is 0 at every sample" in found.english


def test_e7_the_gradient_at_the_first_layer_by_depth(digits):
    X, y = digits
    falls = {
        name: [ogive.networks.vitals(deep(digits, name, depth, epochs=1), X[:200], y[:200]).fall for depth in (1, 5, 10, 20)]
        for name in ("sigmoid", "tanh", "relu", "gelu")
    }
    assert falls["sigmoid"][0] > 0.05 and falls["sigmoid"][2] < 1e-5 and falls["sigmoid"][3] < 1e-10, falls
    assert all(min(falls[name][:3]) > 0.05 for name in ("tanh", "relu", "gelu")), falls
