"""What the source articles build, shown the honest way: as they write it, what goes wrong, and the right answer.

The letters and numbers are those of the lessons: A is the sigmoid and its overflow, B the functions of a multi-layer network, C the
sigmoid layer and its computational graph, D the sigmoid family, E the way from the perceptron to the neural network. The scripts
in the folder of examples tell them.
"""

from __future__ import annotations

import json
import math
import re
import warnings
from fractions import Fraction

import numpy as np
import pytest

import ogive
from ogive.graph import trace
from ogive.truth.reference import correctly_rounded, evaluate
from ogive.truth.ulp import ulp_error

#: How many rows each lesson has.
ROWS = {"A": 6, "B": 6, "C": 3, "D": 6, "E": 7}


def test_every_row_of_the_lessons_has_a_test():
    """So that none is forgotten, and no test claims a row that there is not."""
    rows = {f"{letter}{number}".lower() for letter, count in ROWS.items() for number in range(1, count + 1)}
    tests = {found[1] for name in globals() if (found := re.match(r"test_([a-z]\d+)_", name))}
    assert tests == rows


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
    for unfit in (1.0, 1, [1.0, 2.0]):
        with pytest.raises(TypeError):
            masked_sigmoid(unfit)
    assert ogive.sigmoid(1.0) == ogive.sigmoid([1.0])[0] == ogive.sigmoid(1) == ogive.sigmoid(np.array([1]))[0]


def test_a4_logaddexp_is_silent_and_inaccurate():
    x = np.random.default_rng(4).uniform(-700, 40, 4000)
    with np.errstate(all="raise", under="ignore"):
        logaddexp_sigmoid(x)
    assert 30 < worst(logaddexp_sigmoid, x) <= 33, "half an ulp of a number below 37 is 2^-48: 32 ulp of a number next to 2^-53"
    assert worst(ogive.sigmoid, x) <= 0.55


def test_a5_the_properties_are_facts_of_the_card():
    card = ogive.sigmoid
    x = np.linspace(0.5, 30, 60)
    assert np.all(card.second_derivative(-x) > 0) and np.all(card.second_derivative(x) < 0), "the S: convex, then concave"
    assert card(1.0) + card(2.0) != card(3.0), "not linear"
    assert np.all(np.diff(card.derivative(x)) < 0) and card.derivative_limits == (0, 0), "the gradient vanishes"
    assert card(0.0) == 0.5
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
        assert np.isnan(naive_tanh(np.array([-709.79, 709.79]))).all()
        assert np.array_equal(naive_tanh(np.array([-709.78, 709.78])), [-1, 1])
    with np.errstate(all="raise"):
        assert np.array_equal(ogive.tanh([-709.79, 709.79]), [-1.0, 1.0])
    assert ogive.tanh.zero_centred and not ogive.sigmoid.zero_centred
    assert str(ogive.tanh.range) == "(-1, 1)"


def test_b3_the_plot_has_the_dashed_lines():
    pytest.importorskip("matplotlib")
    from ogive.plot import plot

    axes = plot("tanh", "sigmoid", derivative=False)
    for level in (-0.5, 0.5):
        axes.axhline(level, linestyle="--")
    curves = {line.get_label(): line.get_data() for line in axes.get_lines()}
    for name in ("tanh", "sigmoid"):
        x, y = curves[name]
        assert x.min() == -5 and x.max() == 5
        assert np.array_equal(y, ogive.get(name)(x))
    level = [line for line in axes.get_lines() if len(line.get_ydata()) == 2 and np.ptp(line.get_ydata()) == 0]
    assert {float(line.get_ydata()[0]) for line in level} == {-1.0, -0.5, 0.0, 0.5, 1.0}
    assert all(line.is_dashed() for line in level)


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
    models = [deep(digits, name) for name in ("sigmoid", "relu")]
    assert abs(models[0].loss_ - math.log(10)) < 0.05 and models[1].loss_ < 1.2, "the loss of guessing is log 10"
    stuck, well = (ogive.networks.vitals(model, X[:300], y[:300]) for model in models)
    assert stuck.finding == "vanishing" and "vanishes mathematically, not by rounding" in stuck.english and "수학적으로" in stuck.korean
    assert well.healthy and well.fall > 0.1 > 1e-4 > stuck.fall


def test_b6_linear_layers_collapse_into_one(digits):
    X, _ = digits
    model = deep(digits, "identity", depth=3)
    W, b = np.eye(64), np.zeros(64)
    for weights, bias in zip(model.coefs_, model.intercepts_, strict=True):
        W, b = W @ weights, b @ weights + bias
    assert np.allclose(model.decision_function(X), X @ W + b, rtol=1e-12, atol=1e-12)


# ── C. The sigmoid layer and its computational graph ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("x", [-3.0, 0.0, 1.0, 5.0])
def test_c1_the_graph_has_four_nodes_and_a_value_on_every_edge(x):
    graph = trace(lambda x: 1 / (1 + np.exp(-x)), x)
    power = np.exp(-x)
    values = {"×(-1)": -x, "exp": power, "+1": 1 + power, "/": 1 / (1 + power)}
    assert [node.label for node in graph.operations] == list(values)
    assert [node.value for node in graph.operations] == list(values.values())
    assert [node.label for node in graph.inputs] == ["x"] and graph.inputs[0].value == x
    before = [next(node for node in operation.operands if node.depends) for operation in graph.operations]
    assert [node.label for node in before] == ["x", "×(-1)", "exp", "+1"], "a chain, in this order"
    drawn = graph.to_svg()
    for shown in (f"{value:.4g}" for value in values.values()):
        assert f">{shown}<" in drawn or f">{shown.replace('-', '−')}<" in drawn, shown


@pytest.mark.parametrize("x", [-3.0, 0.0, 1.0, 5.0])
def test_c2_backward_in_four_steps(x):
    graph = trace(lambda x: 1 / (1 + np.exp(-x)), x)
    y, power = float(graph.output.value), np.exp(-x)
    steps = graph.steps()
    assert [(step.node.label, step.formula) for step in steps] == [
        ("/", "multiply by -y²"),
        ("+1", "pass on"),
        ("exp", "multiply by exp(-x)"),
        ("×(-1)", "multiply by -1"),
    ]
    expected = [-(y**2), -(y**2), -(y**2) * power, y**2 * power]
    assert np.allclose([float(step.gradient) for step in steps], expected, rtol=1e-15, atol=0)
    assert [step.upstream for step in steps[1:]] == [step.gradient for step in steps[:-1]] and steps[0].upstream == 1
    last = float(steps[-1].gradient)
    assert last == float(graph.backward()[0])
    assert math.isclose(last, y * (1 - y), rel_tol=1e-13) and math.isclose(last, ogive.sigmoid.derivative(x), rel_tol=1e-15)
    assert np.isclose(float(graph.backward(-2.0)[0]), -2 * y * (1 - y), rtol=1e-13), "dL/dy · y(1 - y)"


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


def test_d1_the_family_of_distributions_in_one_plot():
    pytest.importorskip("matplotlib")
    pytest.importorskip("scipy")
    from ogive.plot import plot

    family = {"sigmoid": ogive.sigmoid, "normal_cdf": ogive.normal_cdf, "student_t_cdf": lambda x: ogive.student_t_cdf(x, 3)}
    axes = plot("sigmoid", "normal_cdf", derivative=False)
    x = np.linspace(-5, 5, 401)
    axes.plot(x, family["student_t_cdf"](x), label="student_t_cdf")
    drawn = {line.get_label(): line.get_data() for line in axes.get_lines() if line.get_label() in family}
    assert list(drawn) == list(family)
    for name, cdf in family.items():
        x, y = drawn[name]
        assert np.array_equal(y, cdf(x))
        assert np.all(np.diff(y) > 0) and cdf(0.0) == 0.5 and (cdf(-math.inf), cdf(math.inf)) == (0, 1)
        assert np.allclose(cdf(x) + cdf(-x), 1, rtol=1e-15, atol=0)
    tails = [cdf(-5.0) for cdf in (ogive.normal_cdf, family["sigmoid"], family["student_t_cdf"])]
    assert np.array_equal(np.array(tails) > 1e-3, [False, True, True]) and tails == sorted(tails), "the normal one has the lightest tail"


def test_d2_two_ways_to_write_it_and_a_derivative_that_is_even():
    x = np.linspace(-30, 30, 1001)
    assert np.allclose(1 / (1 + np.exp(-x)), np.exp(x) / (np.exp(x) + 1), rtol=2e-15, atol=0)
    y = ogive.sigmoid(x)
    assert np.allclose(ogive.sigmoid.derivative(x), y * (1 - y), rtol=0, atol=1e-16)
    every = np.arange(0x7C01, dtype=np.uint16).view(np.float16)  # from 0 to infinity
    random = np.random.default_rng(22).exponential(5, 100_000)
    for places in (every, random.astype(np.float32), random):
        assert ogive.sigmoid.derivative(places).tobytes() == ogive.sigmoid.derivative(-places).tobytes()


def test_d2_the_derivative_is_bell_shaped_like_a_normal_density():
    x = np.linspace(-8, 8, 1601)
    bell = ogive.sigmoid.derivative(x)
    width = 1.702
    assert np.max(np.abs(bell - ogive.normal_cdf.derivative(x / width) / width)) < 0.02
    assert x[bell.argmax()] == 0 and bell.max() == 0.25
    turns = np.flatnonzero(np.diff(np.sign(np.diff(bell, 2))))
    assert np.allclose(x[turns + 1], [-math.log(2 + math.sqrt(3)), math.log(2 + math.sqrt(3))], atol=0.02), "two points of inflection"


def test_d2_value_and_derivative_in_one_plot():
    pytest.importorskip("matplotlib")
    axes = ogive.sigmoid.plot()
    curves = {line.get_label(): line.get_data() for line in axes.get_lines()}
    assert np.array_equal(curves["sigmoid"][1], ogive.sigmoid(curves["sigmoid"][0]))
    assert np.array_equal(curves["derivative"][1], ogive.sigmoid.derivative(curves["derivative"][0]))


def test_d3_logit_of_sigmoid_lies_in_the_preimage():
    """Where sigmoid has rounded, the way back may end at any of the numbers that it took to the same y; at none but them."""
    x = np.random.default_rng(3).uniform(-15, 15, 300).astype(np.float32)
    y = ogive.sigmoid(x)
    for at, value, back in zip(x, y, ogive.logit(y), strict=True):
        edges = [(float(value) + float(np.nextafter(value, np.float32(side)))) / 2 for side in (0, 1)]
        first, last = (correctly_rounded("logit", "value", edge, "float32") for edge in edges)
        assert first <= back <= last and first <= at <= last, at


def test_d3_in_float64_too():
    from flint import arb, ctx

    x = np.random.default_rng(3).uniform(0, 30, 300)  # where the interval is wider than the distance of two numbers
    y = ogive.sigmoid(x)
    assert not np.array_equal(ogive.logit(y), x), "the way back does not return"
    for value, back in zip(y, ogive.logit(y), strict=True):
        with ctx.workprec(200):
            first, last = ((arb(float(value)) + arb(float(np.nextafter(value, side)))) / 2 for side in (0, 1))
            assert (first / (1 - first)).log() <= arb(float(back)) <= (last / (1 - last)).log()


def test_d3_softmax_of_x_and_0_is_the_sigmoid():
    x = np.random.default_rng(3).uniform(-40, 40, 10_000)
    pairs = ogive.softmax(np.stack([x, np.zeros_like(x)], axis=-1))[:, 0]
    assert np.all(np.abs(pairs - ogive.sigmoid(x)) <= np.spacing(ogive.sigmoid(x)))


def test_d4_tanh_is_steeper_zero_centred_and_converges_faster(digits):
    assert ogive.tanh.zero_centred and not ogive.sigmoid.zero_centred and ogive.tanh.lipschitz == 4 * ogive.sigmoid.lipschitz
    losses = {name: deep(digits, name, depth=2, epochs=5).loss_ for name in ("tanh", "sigmoid")}
    assert losses["tanh"] < losses["sigmoid"] / 2, losses


def test_d5_an_exponential_costs_more_than_a_comparison(capsys):
    cli = pytest.importorskip("ogive.cli")
    assert cli.run(["bench", "sigmoid", "relu", "tanh", "--json"]) == 0
    timings = {(t["function"], t["dtype"]): t["nanoseconds"] for t in json.loads(capsys.readouterr().out)}
    for dtype in ("float32", "float64"):
        assert timings["relu", dtype] < min(timings["sigmoid", dtype], timings["tanh", dtype]) / 2
    for card in (ogive.sigmoid, ogive.tanh):
        assert card.derivative_limits == (0, 0)
    assert ogive.relu.derivative_limits == (0, 1)


def test_d6_the_plot_with_its_cross_lines():
    pytest.importorskip("matplotlib")
    axes = ogive.sigmoid.plot(derivative=False)
    axes.axhline(0.5), axes.axvline(0)
    straight = [line.get_data() for line in axes.get_lines() if len(line.get_xdata()) == 2]
    assert any(np.array_equal(y, [0.5, 0.5]) for _, y in straight) and any(np.array_equal(x, [0, 0]) for x, _ in straight)
    assert [name for name, spine in axes.spines.items() if spine.get_visible()] == ["left", "bottom"]
    assert all(line.get_visible() for line in axes.get_xgridlines() + axes.get_ygridlines()), "a pale grid, and half a frame"


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


def test_e2_three_ways_to_write_a_step_and_a_fourth():
    def by_if(x):
        if x > 0:
            return 1
        return 0

    x = np.array([-1.0, 1.0, 2.0])
    assert [by_if(v) for v in x] == [0, 1, 1]
    with pytest.raises(ValueError, match="truth value of an array"):
        by_if(x)
    assert np.array(x > 0).dtype == bool and np.array_equal(np.array(x > 0), [False, True, True])
    assert np.array_equal(np.array(x > 0, dtype=int), [0, 1, 1])

    whole = ogive.step([-1, 1, 2], dtype=int)
    assert whole.dtype.kind == "i" and whole.tolist() == [0, 1, 1]
    assert np.array_equal(ogive.step(x), [0, 1, 1]) and np.array_equal(ogive.step([-1.0, 1.0, 2.0]), [0, 1, 1])
    assert ogive.step(3.0) == 1 and ogive.step(-3) == 0
    assert [float(ogive.step(0.0, at_zero=value)) for value in (0, 0.5, 1)] == [0, 0.5, 1] and ogive.step(0.0) == 0


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


def test_e4_the_step_against_the_sigmoid_without_a_vertical_line():
    pytest.importorskip("matplotlib")
    from ogive.plot import plot

    naive = np.diff(ogive.step(np.arange(-5, 5, 0.1)))
    assert np.count_nonzero(naive) == 1, "joined up, the samples next to 0 make a stroke from 0 to 1 that no function has"
    axes = plot("step", "sigmoid", derivative=False)
    curves = {line.get_label(): line.get_data() for line in axes.get_lines()}
    y = curves["step"][1]
    joined = np.isfinite(y[:-1]) & np.isfinite(y[1:])
    assert not np.any(np.diff(y)[joined]) and set(y[np.isfinite(y)]) == {0, 1}
    dots = {
        (*line.get_xydata()[0], line.get_markerfacecolor() == line.get_color()) for line in axes.get_lines() if line.get_marker() == "o"
    }
    assert dots == {(0, 0, True), (0, 1, False)}, "closed where the value is, open where it is not"
    assert np.array_equal(curves["sigmoid"][1], ogive.sigmoid(curves["sigmoid"][0]))


def test_e5_the_sigmoid_of_three_numbers():
    x = np.array([-1, 1, 2])
    assert np.array_equal(np.round(ogive.sigmoid(x), 8), [0.26894142, 0.73105858, 0.88079708])
    assert np.array_equal(np.round(naive_sigmoid(x), 8), [0.26894142, 0.73105858, 0.88079708])


def test_e6_relu_and_what_arange_leaves_out():
    pytest.importorskip("matplotlib")
    coarse = np.arange(-5, 5, 2)
    assert coarse.tolist() == [-5, -3, -1, 1, 3] and ogive.relu(coarse).max() == 3, "the picture would end at 3, and bend at -1"
    assert np.array_equal(ogive.relu(coarse), np.maximum(0, coarse))
    assert np.arange(-5.0, 5.0, 0.1)[-1] < 5
    axes = ogive.relu.plot(derivative=False)
    axes.set_ylim(-1, 5.5)
    x, y = next(line for line in axes.get_lines() if line.get_label() == "relu").get_data()
    assert axes.get_ylim() == (-1, 5.5) and axes.get_xlim() == (-5, 5)
    assert x[-1] == y[-1] == 5 and np.array_equal(y, np.maximum(0, x)) and np.any(np.abs(x) < 0.02)


def test_e7_the_gradient_at_the_first_layer_by_depth(digits):
    """Weights start as they should: Xavier's way for sigmoid and tanh, He's for the others."""
    from ogive.networks.network import initialisation_for

    X, y = digits
    falls = {
        name: [ogive.networks.vitals(deep(digits, name, depth, epochs=1), X[:200], y[:200]).fall for depth in range(1, 21)]
        for name in ("sigmoid", "tanh", "relu", "gelu")
    }
    assert [initialisation_for(ogive.get(name)) for name in falls] == ["xavier", "xavier", "he", "he"]
    shallow, deepest = falls["sigmoid"][:2], falls["sigmoid"][-1]
    assert min(shallow) > 0.05 and falls["sigmoid"][9] < 1e-5 and deepest < 1e-10, falls
    assert np.polyfit(range(1, 21), np.log(falls["sigmoid"]), 1)[0] < -1, "a factor below 1/e for each layer"
    for name in ("tanh", "relu", "gelu"):
        assert min(falls[name]) > 0.1 and max(falls[name]) < 10, (name, falls[name])
