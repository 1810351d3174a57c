"""The computational graph: values, gradients, truth, diagnosis, pictures, and what it cannot follow."""

import doctest
import math
import random
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import mpmath
import numpy as np
import pytest
from flint import arb, ctx

import ogive
from ogive.cli import run
from ogive.graph import Graph, TraceError, parse, trace
from ogive.graph.expression import _functions
from ogive.graph.functions import NAMED
from ogive.graph.layout import place
from ogive.graph.nodes import error_text, short

rng = np.random.default_rng(7)


def naive(x: Any) -> Any:
    return 1 / (1 + np.exp(-x))


def traced(text: str, *inputs: Any) -> Graph:
    return trace(parse(text), *inputs)


# ── the graph of the lessons ─────────────────────────────────────────────────────────────────────────────────────────────


def test_the_sigmoid_has_four_nodes_with_their_values() -> None:
    graph = trace(naive, 1.0)
    assert [node.label for node in graph.operations] == ["×(-1)", "exp", "+1", "/"]
    assert [float(node.value) for node in graph.operations] == [-1.0, math.exp(-1), 1 + math.exp(-1), 1 / (1 + math.exp(-1))]
    assert [node.name for node in graph.inputs] == ["x"]
    assert graph.formula == "1 / (1 + exp(-x))"
    assert graph.forward() == graph.output.value == naive(np.float64(1.0))
    assert graph.forward(2.0) == naive(np.float64(2.0))
    assert graph.backward() == (pytest.approx(0.10499358540350662),)


def test_the_sigmoid_goes_back_in_four_steps() -> None:
    graph = trace(naive, 1.0)
    y = float(graph.output.value)
    steps = graph.steps()
    assert [step.node.label for step in steps] == ["/", "+1", "exp", "×(-1)"]
    assert [step.formula for step in steps] == ["multiply by -y²", "pass on", "multiply by exp(-x)", "multiply by -1"]
    assert [float(step.upstream) for step in steps] == pytest.approx([1, -y * y, -y * y, -y * y * math.exp(-1)], rel=1e-15)
    assert [float(step.gradient) for step in steps] == pytest.approx([-y * y, -y * y, -y * y * math.exp(-1), y * (1 - y)], rel=1e-15)
    assert [float(step.passed[0].local) for step in steps] == pytest.approx([-y * y, 1, math.exp(-1), -1], rel=1e-15)
    assert steps[-1].gradient == pytest.approx(float(ogive.sigmoid.derivative(1.0)), rel=1e-15)
    assert str(steps[0]) == "/: multiply by -y²: 1 × -0.5344 = -0.5344"
    assert [step.formula for step in graph.steps("ko")] == ["-y² 곱하기", "그대로 흘려보내기", "exp(-x) 곱하기", "-1 곱하기"]


@pytest.mark.parametrize(("dtype", "x", "truth"), [(np.float64, 40, 4.248354255291589e-18), (np.float32, 18, 1.5229979512760347e-08)])
def test_what_y_has_lost_its_derivative_cannot_have(dtype: Any, x: float, truth: float) -> None:
    """The lesson's open question: y (1 - y) is 0 where the graph of the formula still knows the derivative."""
    value = dtype(x)
    assert float(trace(naive, value).backward()[0]) == pytest.approx(truth, rel=1e-6)
    kept = trace(lambda y: y * (1 - y), ogive.sigmoid(value))
    assert kept.output.value == 0
    from_x = trace(lambda x: ogive.sigmoid(x) * (1 - ogive.sigmoid(x)), value)
    assert float(from_x.output.exact) == pytest.approx(truth)
    assert from_x.output.bits_lost == from_x.output.precision
    assert from_x.diagnose().repair == "ogive.sigmoid.derivative(x)"


def test_the_apple_shop() -> None:
    graph = trace(lambda apple, apples, orange, oranges, tax: (apple * apples + orange * oranges) * tax, 100, 2, 150, 3, 1.1)
    assert float(graph.output.value) == pytest.approx(715)
    assert [float(g) for g in graph.backward()] == pytest.approx([2.2, 110, 3.3, 165, 650])
    first = graph.steps()[0]
    assert (
        first.formula
        == "to apple * apples + orange * oranges: swap: multiply by tax; to tax: swap: multiply by apple * apples + orange * oranges"
    )
    assert [part.rule for part in first.passed] == ["swap", "swap"]


def test_a_gradient_from_above_is_passed_on() -> None:
    graph = trace(naive, [0.0, 1.0])
    (one,), (two,) = graph.backward([1.0, 0.0]), graph.backward(2.0)
    assert one.tolist() == [0.25, 0.0]
    assert two.tolist() == pytest.approx([0.5, 0.3932238664829637])
    assert [float(g) for g in graph.inputs[0].exact_gradient] == pytest.approx(two.tolist())
    with pytest.raises(ValueError, match="pass the gradient of the output"):
        graph.backward([1.0, 2.0, 3.0])
    with pytest.raises(ValueError, match="trace again"):
        graph.forward(1.0)
    with pytest.raises(ValueError, match="1 inputs, got 2"):
        graph.forward(1.0, 2.0)


# ── gradients ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def expression(draw: random.Random, depth: int) -> str:
    """Write a random formula of x, y and z that has no poles near and no overflow."""
    if depth == 0:
        return draw.choice(["x", "y", "z", f"{draw.uniform(0.2, 2):.3f}"])
    a, b, c = (expression(draw, depth - 1 if i == 0 else draw.randrange(depth)) for i in range(3))
    return draw.choice(
        [
            f"({a} + {b})",
            f"({a} - {b})",
            f"({a} * {b})",
            f"({a} / (1 + {b} ** 2))",
            f"(2 + sin({a})) ** cos({b})",
            f"exp(tanh({a}))",
            f"expm1(sin({a}))",
            f"log(1 + exp(tanh({a})))",
            f"log1p({a} ** 2)",
            f"sqrt(1 + ({a}) ** 2)",
            f"abs({a})",
            f"sigmoid({a})",
            f"tanh({a}) * cos({b})",
            f"maximum({a}, {b})",
            f"where({a} > {b}, {b}, {c})",
            f"-({a})",
        ]
    )


INPUTS = (np.array([0.3, -1.2, 0.7]), np.array([[0.7], [-0.4]]), 0.55)


def random_formula(seed: int) -> str:
    draw = random.Random(seed)
    return f"sum({expression(draw, 4)} + x * y * z)"


@pytest.mark.parametrize("seed", range(50))
def test_gradients_are_those_of_torch(seed: int) -> None:
    torch = pytest.importorskip("torch")

    def as_tensor(a: Any) -> Any:
        return torch.as_tensor(a, dtype=torch.float64)

    def of_tensors(name: str) -> Callable[[Any], Any]:
        return lambda a: getattr(torch, name)(as_tensor(a))

    table: dict[str, Any] = {
        name: of_tensors(name) for name in ("sin", "cos", "exp", "tanh", "expm1", "log", "log1p", "sqrt", "sigmoid", "sum")
    }
    table |= {"maximum": lambda a, b: torch.maximum(as_tensor(a), as_tensor(b)), "abs": lambda a: abs(as_tensor(a))}
    table["where"] = lambda c, a, b: torch.where(torch.as_tensor(c), as_tensor(a), as_tensor(b))
    text = random_formula(seed)
    tensors = [torch.tensor(value, dtype=torch.float64, requires_grad=True) for value in INPUTS]
    result = eval(text, {"__builtins__": {}}, table | dict(zip("xyz", tensors, strict=True)))
    result.backward()
    graph = traced(text, *(dict(zip("xyz", INPUTS, strict=True))[name] for name in parse(text).names))
    assert float(graph.output.value) == pytest.approx(float(result.detach()), rel=1e-12)
    for node, gradient in zip(graph.inputs, graph.backward(), strict=True):
        expected = tensors["xyz".index(node.name)].grad.numpy()
        np.testing.assert_allclose(gradient, expected, rtol=1e-12, atol=1e-12 * np.abs(expected).max())


@pytest.mark.parametrize("seed", range(100, 112))
def test_gradients_are_those_of_balls_and_of_differences(seed: int) -> None:
    text = random_formula(seed)
    names = parse(text).names
    values = [np.asarray(dict(zip("xyz", INPUTS, strict=True))[name]) for name in names]
    graph = traced(text, *values)
    gradients = [np.asarray(g) for g in graph.backward()]
    for node, gradient, value in zip(graph.inputs, gradients, values, strict=True):
        exact = np.vectorize(float)(np.asarray(node.exact_gradient))
        np.testing.assert_allclose(gradient, exact, rtol=1e-12, atol=1e-13 * max(1, np.abs(exact).max()))
        for index in np.ndindex(value.shape):
            up, down = value.copy(), value.copy()
            up[index] += 1e-6
            down[index] -= 1e-6
            ends = [float(parse(text)(*(moved if v is value else v for v in values))) for moved in (up, down)]
            assert gradient[index] == pytest.approx((ends[0] - ends[1]) / 2e-6, rel=1e-5, abs=1e-6)


POINTS = {"log": 0.7, "log2": 0.7, "log10": 3.0, "sqrt": 2.0, "power": 1.7, "arctan": -0.4, "reciprocal": -0.8}


@pytest.mark.parametrize("name", [name for name, operation in NAMED.items() if operation.follows_gradients])
def test_every_function_of_numpy_has_the_derivative_of_its_ball(name: str) -> None:
    function = getattr(np, name)
    inputs = [POINTS.get(name, 0.6), 0.45][: function.nin]
    graph = trace(lambda *x: function(*x), *inputs)
    for node, gradient in zip(graph.inputs, graph.backward(), strict=True):
        assert float(gradient) == pytest.approx(float(node.exact_gradient), rel=1e-14)
    assert abs(graph.output.ulp_error) <= 2


@pytest.mark.parametrize("name", [name for name, card in ogive.CATALOGUE.items() if isinstance(card, ogive.Elementwise)])
def test_every_card_is_followed(name: str) -> None:
    card: Any = ogive.CATALOGUE[name]
    x = float(np.clip(0.37, card.domain.low + 0.01, card.domain.high - 0.01))
    for form, call in card.forms.items():
        if form not in ("value", "derivative", "inverse", "log", "complement"):
            continue
        y = float(card(x)) if form == "inverse" else x
        graph = trace(lambda x, call=call: call(x) * 1.0, y)
        assert abs(graph.operations[0].ulp_error) <= 1.5, form
        gradient = graph.backward()[0]
        assert float(gradient) == pytest.approx(float(graph.inputs[0].exact_gradient), rel=1e-12), form


@pytest.mark.parametrize("name", [name for name, card in ogive.CATALOGUE.items() if isinstance(card, ogive.Elementwise) and card.kinks])
def test_kinks_have_the_derivative_of_the_card(name: str) -> None:
    card: Any = ogive.CATALOGUE[name]
    for kink in card.kinks:
        x = float(kink.at(*(Fraction(p.default) for p in card.parameters)))
        graph = trace(card, x)
        assert float(graph.backward()[0]) == float(graph.inputs[0].exact_gradient) == float(card.derivative(x))


def test_the_parameters_that_networks_learn_have_gradients() -> None:
    graph = trace(lambda x, slope: ogive.leaky_relu(x, slope), [-2.0, 3.0], 0.1)
    x, slope = graph.backward()
    assert (x.tolist(), float(slope)) == ([0.1, 1.0], -2.0)
    with pytest.raises(TraceError, match="no derivative there"):
        trace(lambda x, theta: ogive.threshold(x, theta), 1.0, 0.5)


def test_a_node_used_twice_adds_its_gradients() -> None:
    def cube(x: Any) -> Any:
        square = x * x
        return square * x + square

    graph = trace(cube, 3.0)
    assert float(graph.backward()[0]) == 3 * 9 + 2 * 3
    assert len(graph.operations) == 3


def test_loops_are_followed() -> None:
    def horner(x: Any) -> Any:
        result = 0.0 * x
        for coefficient in (1.0, -2.0, 3.0):
            result = result * x + coefficient
        return result

    graph = trace(horner, 2.0)
    assert (float(graph.output.value), float(graph.backward()[0])) == (3.0, 2.0)


@pytest.mark.parametrize(
    "shapes", [((2, 3), (3, 4)), ((3,), (3, 4)), ((2, 3), (3,)), ((3,), (3,)), ((5, 2, 3), (3, 2)), ((5, 2, 3), (5, 3, 1))]
)
def test_matrix_products(shapes: tuple[tuple[int, ...], ...]) -> None:
    a, b = (rng.normal(size=shape) for shape in shapes)
    graph = trace(lambda a, b: ((a @ b) ** 2).sum(), a, b)
    upstream = 2 * (a @ b)
    for node, gradient in zip(graph.inputs, graph.backward(), strict=True):
        assert gradient.shape == node.value.shape
        direction = rng.normal(size=gradient.shape)
        change = direction @ b if node.name == "a" else a @ direction
        assert np.sum(gradient * direction) == pytest.approx(np.sum(upstream * change), rel=1e-12)
        np.testing.assert_allclose(gradient, np.vectorize(float)(node.exact_gradient), rtol=1e-12, atol=1e-12)


STRUCTURES: dict[str, Callable[[Any], Any]] = {
    "sum over an axis": lambda x: x.sum(axis=1),
    "sum with the axis kept": lambda x: np.sum(x, axis=0, keepdims=True) * x,
    "mean": lambda x: np.mean(x, axis=-1) ** 2,
    "mean of all": lambda x: x.mean() * x,
    "max": lambda x: np.exp(x.max(axis=1)),
    "min of all": lambda x: np.min(x) * x,
    "reshape": lambda x: x.reshape(3, 2) @ np.ones(2),
    "ravel": lambda x: np.ravel(x) * np.arange(6),
    "transpose": lambda x: x.T @ x,
    "transpose by axes": lambda x: np.transpose(x, (1, 0)) * np.arange(6.0).reshape(3, 2),
    "index": lambda x: x[1] * x[0],
    "slices": lambda x: x[:, 1:] * x[:, :-1],
    "repeated index": lambda x: x[[0, 0, 1]] * np.arange(9.0).reshape(3, 3),
    "rows": lambda x: sum(row * i for i, row in enumerate(x)),
    "stack": lambda x: np.stack([x[0], x[1], x[0]]) ** 2,
    "concatenate": lambda x: np.concatenate([x, 2 * x, np.ones((1, 3))]) ** 2,
    "expand and squeeze": lambda x: np.squeeze(np.expand_dims(x, 0) * x),
    "broadcast_to": lambda x: np.broadcast_to(x[0], (4, 3)) * np.arange(12.0).reshape(4, 3),
    "broadcasting": lambda x: x * x[:, :1] + x[0],
    "clip": lambda x: np.clip(x, -0.5, 0.5) * x,
    "where": lambda x: np.where(x > 0, np.exp(x), x),
    "conditions": lambda x: np.where((x > -1) & ~(x > 0.5), x * x, 0),
    "dot": lambda x: np.dot(x, np.arange(3.0)),
    "softmax": lambda x: ogive.softmax(x) * np.arange(3.0),
    "softmax down": lambda x: ogive.softmax(x, axis=0, temperature=2.0) * np.arange(3.0),
    "log_softmax": lambda x: ogive.log_softmax(x) * np.arange(3.0),
    "logsumexp": lambda x: ogive.logsumexp(x) ** 2,
    "sparsemax": lambda x: ogive.sparsemax(x) * np.arange(3.0),
}


@pytest.mark.parametrize("name", STRUCTURES)
def test_structures(name: str) -> None:
    f = STRUCTURES[name]
    x = np.array([[0.3, -1.2, 0.8], [0.7, 0.1, -0.4]])
    graph = trace(f, x)
    np.testing.assert_array_equal(graph.output.value, f(x))
    gradient = graph.backward()[0]
    exact = np.vectorize(float)(graph.inputs[0].exact_gradient)
    np.testing.assert_allclose(gradient, exact, rtol=1e-12, atol=1e-14)
    for index in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[index] += 1e-6
        down[index] -= 1e-6
        assert gradient[index] == pytest.approx((np.sum(f(up)) - np.sum(f(down))) / 2e-6, abs=1e-7)
    assert all(abs(node.ulp_error) < 50 for node in graph.nodes)
    assert graph.output.condition >= 0
    ET.fromstring(graph.to_svg())


def test_a_small_network() -> None:
    w1, b1, w2 = rng.normal(size=(2, 3)), rng.normal(size=3), rng.normal(size=(3, 1))
    x, t = rng.normal(size=(4, 2)), np.array([[0.0], [1.0], [1.0], [0.0]])

    def loss(w1: Any, b1: Any, w2: Any) -> Any:
        return np.mean((ogive.sigmoid(np.tanh(x @ w1 + b1) @ w2) - t) ** 2)

    graph = trace(loss, w1, b1, w2)
    h = np.tanh(x @ w1 + b1)
    y = ogive.sigmoid(h @ w2)
    d2 = 2 * (y - t) / 4 * y * (1 - y)
    d1 = d2 @ w2.T * (1 - h * h)
    for found, expected in zip(graph.backward(), (x.T @ d1, d1.sum(axis=0), h.T @ d2), strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-15)
    assert [node.name for node in graph.nodes if node.kind == "constant" and node.name] == ["c1", "c2"]


# ── the truth ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def contains(ball: arb, value: mpmath.mpf) -> bool:
    sign, man, exponent, _ = value._mpf_
    number = arb((int(man) * (-1) ** sign, int(exponent)))
    return bool((ball + arb(0, abs(number) * arb(10) ** -150)).contains(number))


@pytest.mark.parametrize(
    ("text", "x", "truth"),
    [
        ("1/(1+exp(-x))", -1000.0, lambda x: 1 / (1 + mpmath.exp(-x))),
        ("log(1+exp(x))-x", 1000.0, lambda x: mpmath.log1p(mpmath.exp(-x))),
        ("sqrt(x+1)-sqrt(x)", 1e15, lambda x: mpmath.sqrt(x + 1) - mpmath.sqrt(x)),
        ("(exp(x)-1)/x", 1e-12, lambda x: mpmath.expm1(x) / x),
        ("1-tanh(x)**2", 20.0, lambda x: mpmath.sech(x) ** 2),
        ("tanh(x)*sin(x)+x**1.5", 2.5, lambda x: mpmath.tanh(x) * mpmath.sin(x) + x ** mpmath.mpf("1.5")),
        ("log(normal_cdf(x))", -30.0, lambda x: mpmath.log(mpmath.erfc(-x / mpmath.sqrt(2)) / 2)),
        ("where(x > 0, log1p(x), x)", 0.1, lambda x: mpmath.log1p(x)),
    ],
)
def test_the_balls_contain_the_values_of_mpmath(text: str, x: float, truth: Callable[[Any], Any]) -> None:
    graph = traced(text, x)
    with mpmath.workdps(700):
        value = truth(mpmath.mpf(x))
        slope = mpmath.nstr(mpmath.diff(truth, mpmath.mpf(x), h=mpmath.mpf(10) ** -300), 50)
    assert graph.output.exact.rel_accuracy_bits() >= 80
    assert contains(graph.output.exact, value)
    assert graph.inputs[0].exact_gradient.rel_accuracy_bits() >= 80
    with ctx.workprec(200):
        assert abs(float(graph.inputs[0].exact_gradient / arb(slope) - 1)) < 1e-20


def test_errors_are_in_ulp_and_signed() -> None:
    graph = trace(lambda x: x * 0.1, 3.0)
    assert graph.output.ulp_error == pytest.approx((3 * 0.1 - 0.3 - (3 * 0.1000000000000000055511151231257827 - 0.3)) / 2**-54, abs=0.5)
    assert 0 < abs(graph.output.ulp_error) <= 0.5
    assert graph.inputs[0].ulp_error == 0
    assert traced("1/(1+exp(-x))", -1000.0).output.ulp_error == pytest.approx(0, abs=1e-100)
    assert traced("log(1+exp(x))-x", 40.0).output.ulp_error == pytest.approx(-4.248354255291589e-18 / 2**-110, rel=1e-3)
    assert math.isinf(traced("log(softmax(x))", [0.0, -1000.0]).output.ulp_error)


def test_an_array_reports_its_worst_element() -> None:
    graph = traced("log(1+exp(x))-x", [1.0, 40.0, 2.0])
    assert graph.output.worst == (1,)
    assert abs(graph.output.ulp_error) > 1e15 > abs(graph.output.ulp_errors[0])
    assert graph.output.conditions.argmax() == 1
    assert graph.output.condition > 1e19
    assert "x[1] = 40" in str(graph.diagnose())


def test_condition_numbers() -> None:
    assert traced("exp(x)", 30.0).output.condition == pytest.approx(30)
    assert traced("x - 1", 1.25).output.condition == pytest.approx(5)
    assert traced("x * y", 3.0, 4.0).output.condition == 2
    assert traced("sum(x)", [1.0, -0.75]).output.condition == pytest.approx(7)
    assert traced("tan(x)", 0.5).output.condition == pytest.approx(0.5 / (math.sin(0.5) * math.cos(0.5)))


@pytest.mark.parametrize(
    ("text", "inputs", "label", "flag"),
    [
        ("1/(1+exp(-x))", (-1000.0,), "exp", "overflow"),
        ("exp(x)*2", (-745.0,), "exp", "underflow"),
        ("log(x)", (-1.0,), "log", "invalid"),
        ("exp(x)/exp(x)", (1000.0,), "/", "invalid"),
        ("1/x", (0.0,), "/", "divide"),
        ("sqrt(x+1)-sqrt(x)", (1e12,), "-", "cancellation"),
        ("sum(x*0.1)", ([1e16, 3.0, -1e16],), "sum", "cancellation"),
    ],
)
def test_flags(text: str, inputs: tuple[Any, ...], label: str, flag: str) -> None:
    graph = traced(text, *inputs)
    assert {node.label for node in graph.operations if flag in node.flags} == {label}


def test_an_exact_difference_is_no_cancellation() -> None:
    graph = traced("(x - 1) * 3", 1 + 2**-40)
    assert not any(node.flags for node in graph.nodes)
    assert graph.diagnose().kind == "none"


# ── the diagnosis ────────────────────────────────────────────────────────────────────────────────────────────────────────

DIAGNOSES = [
    ("1/(1+exp(-x))", -1000.0, "overflow", "exp", "ogive.sigmoid(x)"),
    ("log(1+exp(x))-x", 40.0, "cancellation", "-", "ogive.softplus(-x)"),
    ("log(1+exp(x))-x", 1000.0, "overflow", "exp", "ogive.softplus(-x)"),
    ("log(1+exp(x))", -40.0, "rounding", "log", "ogive.softplus(x)"),
    ("log(1/(1+exp(-x)))", -800.0, "overflow", "exp", "ogive.log_sigmoid(x)"),
    ("log(sigmoid(x))", -800.0, "divide", "log", "ogive.log_sigmoid(x)"),
    ("sqrt(x+1)-sqrt(x)", 1e12, "cancellation", "-", "1 / (sqrt(x + 1) + sqrt(x))"),
    ("(exp(x)-1)/x", 1e-9, "cancellation", "-1", "expm1(x)"),
    ("log(softmax(x))", [0.0, -1000.0], "divide", "log", "ogive.log_softmax(x)"),
    ("log(exp(x)/sum(exp(x)))", [0.0, -1000.0], "divide", "log", "ogive.log_softmax(x)"),
    ("exp(x)/sum(exp(x))", [1000.0, 1000.0], "overflow", "exp", "ogive.softmax(x)"),
    ("log(sum(exp(x)))", [1000.0, 1000.0], "overflow", "exp", "ogive.logsumexp(x)"),
    ("1-tanh(x)**2", 20.0, "cancellation", "1-", "ogive.tanh.derivative(x)"),
    ("1/(1+exp(-x))*(1-1/(1+exp(-x)))", 40.0, "cancellation", "1-", "ogive.sigmoid.derivative(x)"),
    ("sigmoid(x)*(1-sigmoid(x))", 40.0, "cancellation", "1-", "ogive.sigmoid.derivative(x)"),
    ("1-sigmoid(x)", 40.0, "cancellation", "1-", "ogive.sigmoid.complement(x)"),
    ("1-cos(x)", 1e-8, "cancellation", "1-", "2 * sin(x / 2) ** 2"),
    ("log(1+x)", 1e-17, "rounding", "log", "log1p(x)"),
    ("sqrt(x**2+4)", 1e200, "overflow", "^2", None),
    ("(exp(x)-exp(-x))/(exp(x)+exp(-x))", 800.0, "overflow", "exp", "ogive.tanh(x)"),
    ("log(exp(x)-1)", 1e-12, "cancellation", "-1", "ogive.inverse_softplus(x)"),
    ("softplus(x)-x", 40.0, "cancellation", "-", "ogive.softplus(-x)"),
    ("log(cosh(x))", 1e-9, "rounding", "log", "ogive.logcosh(x)"),
    ("0.5*(1+erf(x/sqrt(2)))", -9.0, "cancellation", "+1", "ogive.normal_cdf(x)"),
]


@pytest.mark.parametrize(("text", "x", "kind", "label", "repair"), DIAGNOSES)
def test_diagnoses(text: str, x: Any, kind: str, label: str, repair: str | None) -> None:
    graph = traced(text, x)
    found = graph.diagnose()
    assert (found.kind, found.node.label if found.node else None, found.repair) == (kind, label, repair)
    sentence = str(found)
    assert (label if label.isidentifier() else f"'{label}'") in sentence
    assert f"{short(np.asarray(x).flat[np.size(x) - 1] if kind == 'divide' else np.asarray(x).flat[0], 6)}" in sentence
    korean = graph.diagnose("ko")
    assert re.search("[가-힣]", str(korean))
    if repair:
        assert repair in sentence
        assert repair in str(korean)
        again = traced(repair, x)
        assert abs(again.output.ulp_error) < 4
        assert again.diagnose().kind == "none"


def test_the_diagnosis_of_the_naive_sigmoid_in_full() -> None:
    sentence = str(trace(naive, -1000.0).diagnose())
    assert sentence == (
        "At x = -1000 the node exp overflows: exp(-x) is inf, the truth is 1.970e+434. The result 0 happens to be right all the same. "
        "The gradient with respect to x is nan, the truth is 5.076e-435. Write ogive.sigmoid(x) instead."
    )
    assert str(trace(naive, 0.5).diagnose()).startswith("Nothing is lost: the result 0.6225 is right to 0.")
    with pytest.raises(ValueError, match="'en' or 'ko'"):
        trace(naive, 0.5).diagnose("fr")


def test_a_repair_stands_for_its_part_only() -> None:
    found = traced("3 * log(1 + 1/(1+exp(-x)))", -1000.0).diagnose()
    assert found.repair == "ogive.sigmoid(x)"
    assert found.replaced is not None
    assert found.replaced.formula == "1 / (1 + exp(-x))"
    assert "instead of 1 / (1 + exp(-x))" in str(found)
    # inside another formula that a rule knows, too
    assert traced("1/(1+exp(-(exp(x)-1)))-0.5", 1e-12).diagnose().repair == "expm1(x)"


def test_a_graph_may_be_nothing_but_its_input() -> None:
    graph = trace(lambda x, unused: x, 2.0, 3.0)
    assert [float(g) for g in graph.backward()] == [1.0, 0.0]
    assert graph.steps() == []
    assert graph.diagnose().kind == "none"
    ET.fromstring(graph.to_svg())
    assert "unused" in graph.to_text()


def test_a_node_of_another_graph_is_refused() -> None:
    def outer(x: Any) -> Any:
        return trace(lambda y: y * x, 1.0)

    with pytest.raises(TraceError, match="another graph"):
        trace(outer, 1.0)


def test_what_balls_do_not_enclose_is_said_to_be_unknown() -> None:
    unknown = traced("where(exp(-x) - exp(-x) == 0, x, 2*x)", 1.5)
    assert unknown.diagnose().kind == "undecided"
    assert math.isnan(unknown.output.ulp_error)
    assert "?" in unknown.to_text()
    assert re.search("[가-힣]", str(unknown.diagnose("ko")))


def test_rules_in_words() -> None:
    words = [step.formula for step in traced("sum(sqrt(abs(x**3)) * maximum(x, 0.1)**2 / 5)", [1.0, 2.0]).steps()]
    assert words == [
        "pass on to every term",
        "multiply by 1/5",
        "to sqrt(abs(x ** 3)): swap: multiply by maximum(x, 0.1) ** 2; to maximum(x, 0.1) ** 2: swap: multiply by sqrt(abs(x ** 3))",
        "multiply by 2·(maximum(x, 0.1))",
        "pass on where it was chosen, else 0",
        "multiply by 1/(2·sqrt(abs(x ** 3)))",
        "multiply by sign(x ** 3)",
        "multiply by 3·x^2",
    ]


def test_local_derivatives() -> None:
    graph = traced("where(x > 0, x * y, 2 * y)", 3.0, 4.0)
    found = {node.label: node.local_derivatives for node in graph.operations}
    assert found == {">0": (None, None), "×": (4.0, 3.0), "×2": (None, 2.0), "where": (None, 1.0, 0.0)}
    assert graph.inputs[0].local_derivatives == ()


@pytest.mark.parametrize("text", ["exp(x)/y-log(z)", "x**y/(z-z)", "max(x)*y-min(x)/z", "1/(x-x)+y*z", "log(x-x)*y**z", random_formula(3)])
def test_nothing_breaks_at_the_ends_of_the_range(text: str) -> None:
    ends = [0.0, -0.0, 1000.0, -1000.0, 1e-300, 1e300, 5e-324, math.nan, math.inf, -math.inf, 1.0]
    draw = random.Random(text)
    for _ in range(4):
        inputs = [draw.choice([draw.choice(ends), np.array(draw.choices(ends, k=3)), np.float32(draw.choice(ends[:4]))]) for _ in "xyz"]
        graph = traced(text, *inputs)
        graph.backward()
        ET.fromstring(graph.to_svg("ko"))
        assert graph.to_text() and graph.to_dot() and graph.to_mermaid() and str(graph.diagnose())


def test_numbers_of_numpy_beside_a_node() -> None:
    graph = trace(lambda x: np.float64(2) * x + np.ones(2) * x - np.arange(2) / x, 4.0)
    assert graph.backward()[0] == pytest.approx(2 * 2 + 2 + 1 / 16)


def test_float32_has_its_own_ulp() -> None:
    graph = trace(lambda x: np.log(1 + np.exp(x)) - x, np.float32(20))
    assert graph.output.value.dtype == np.float32
    assert graph.output.precision == 24
    assert graph.diagnose().repair == "ogive.softplus(-x)"
    assert "all 24 bits" in str(graph.diagnose())


def test_other_ways_to_call_are_followed() -> None:
    special = pytest.importorskip("scipy.special")
    graph = trace(lambda x: special.expit(x) + ogive.ufunc.sigmoid(x) + ogive.expit(x), -20.0)
    assert [node.label for node in graph.operations if node.label == "sigmoid"] == ["sigmoid"] * 3
    assert float(graph.backward()[0]) == pytest.approx(3 * float(ogive.sigmoid.derivative(-20.0)))


# ── what cannot be followed ──────────────────────────────────────────────────────────────────────────────────────────────


def by_if(x: Any) -> Any:
    if x > 0:  # HERE
        return x
    return -x


def by_and(x: Any) -> Any:
    return np.where(x > 0 and x < 1, x, 0)  # HERE


def in_place(x: Any) -> Any:
    x += 1  # HERE
    return x


def into_an_array(x: Any) -> Any:
    total = np.zeros(2)
    total += x  # HERE
    return total


def by_item(x: Any) -> Any:
    x[0] = 1  # HERE
    return x


def by_float(x: Any) -> Any:
    return float(x) * 2  # HERE


def by_int(x: Any) -> Any:
    return int(x) * 2  # HERE


def by_math(x: Any) -> Any:
    return math.exp(x)  # HERE


def by_sort(x: Any) -> Any:
    return np.sort(x)  # HERE


def by_floor(x: Any) -> Any:
    return np.floor(x)  # HERE


def by_array(x: Any) -> Any:
    return np.array([x, x])  # HERE


def by_accumulate(x: Any) -> Any:
    return np.multiply.accumulate(x)  # HERE


def by_cumsum(x: Any) -> Any:
    return x.cumsum()  # HERE


def by_index(x: Any) -> Any:
    return np.arange(3.0)[x]  # HERE


def by_out(x: Any) -> Any:
    return np.exp(x, out=np.zeros(2))  # HERE


def by_range(x: Any) -> Any:
    return sum(x for _ in range(x))  # HERE


def by_weights(x: Any) -> Any:
    return ogive.logsumexp(x, weights=[1.0, 2.0])  # HERE


def by_glu(x: Any) -> Any:
    return ogive.glu(x)  # HERE


def by_shapes(x: Any) -> Any:
    return x + np.zeros(3)  # HERE


def by_text(x: Any) -> Any:
    return x + np.array(["a", "b"])  # HERE


@pytest.mark.parametrize(
    "function",
    [
        *(by_if, by_and, in_place, into_an_array, by_item, by_float, by_int, by_math, by_sort, by_floor, by_array, by_accumulate),
        *(by_cumsum, by_index, by_out, by_range, by_weights, by_glu, by_shapes, by_text),
    ],
)
def test_what_cannot_be_followed_names_the_line(function: Callable[[Any], Any]) -> None:
    source = Path(__file__).read_text().splitlines()
    first = function.__code__.co_firstlineno
    line = next(i for i in range(first, first + 6) if "# HERE" in source[i - 1])
    with pytest.raises((TraceError, AttributeError)) as caught:
        trace(function, np.array([1.0, 2.0]))
    assert str(caught.value).startswith(f"line {line} of test_graph.py: `{source[line - 1].strip()}`")


def test_inputs_and_outputs_must_be_right() -> None:
    with pytest.raises(TypeError, match="does not depend"):
        trace(lambda x: 3.0, 1.0)
    with pytest.raises(TypeError, match="a tuple"):
        trace(lambda x: (x, x), 1.0)
    with pytest.raises(TypeError, match="true or false"):
        trace(lambda x: x > 0, 1.0)
    with pytest.raises(TypeError, match="got complex128"):
        trace(lambda x: x, 1j)
    with pytest.raises(TypeError, match="inputs to compute at"):
        trace(naive)
    assert trace(lambda x: x * 2, 3).output.value.dtype == np.float64  # integers


def test_the_callers_arrays_stay_as_they_are() -> None:
    x = np.array([1.0, 2.0])
    graph = trace(lambda x: x * 2, x)
    x[0] = 50.0
    assert graph.inputs[0].value.tolist() == [1.0, 2.0]
    x.setflags(write=False)
    trace(naive, x).backward()


# ── pictures ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

DRAWN = [
    ("1/(1+exp(-x))", (-1000.0,)),
    ("x*y*z + x/y - (x + y) * (x - z)", (1.0, 2.0, 3.0)),
    ("sigmoid(x)*(1-sigmoid(x))", (40.0,)),
    ("log(sum(exp(x - max(x)))) + max(x)", ([1.0, 2.0, 3.0, 4.0],)),
    ("a*b + c*d + e1*f + g*h + a*h", tuple(float(i) for i in range(1, 9))),
    *((random_formula(seed), INPUTS) for seed in range(200, 212)),
]


@pytest.mark.parametrize(("text", "inputs"), DRAWN)
def test_nothing_overlaps(text: str, inputs: tuple[Any, ...]) -> None:
    graph = traced(text, *inputs[: len(parse(text).names)])
    boxed = [node for node in graph.nodes if not node.shown_in_label]
    layout = place(graph, dict.fromkeys(boxed, 80.0), {(node, i): 70.0 for node in boxed for i in range(len(node.operands))})
    boxes, labels = list(layout.boxes.values()), [route.label for route in layout.routes]
    for i, box in enumerate(boxes):
        assert not any(box.overlaps(other) for other in boxes[:i])
        assert not any(box.overlaps(label) for label in labels)
        assert box.left >= -1e-9
        assert box.right <= layout.width + 1e-9
        assert box.y - box.height / 2 >= -1e-9
        assert box.y + box.height / 2 <= layout.height + 1e-9
    for i, label in enumerate(labels):
        assert not any(label.overlaps(other) for other in labels[:i])
    for route in layout.routes:
        assert layout.boxes[route.source].right < layout.boxes[route.target].left
        xs = [x for x, _ in route.points]
        assert xs == sorted(xs)


@pytest.mark.parametrize(("text", "inputs"), DRAWN[:6])
@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_svg_stands_alone(text: str, inputs: tuple[Any, ...], language: str) -> None:
    graph = traced(text, *inputs[: len(parse(text).names)])
    svg = graph.to_svg(language)
    root = ET.fromstring(svg)
    assert svg.count("http") == 1  # the namespace
    assert not re.search(r"href|url\(|<script|@import|<image|<foreignObject", svg)
    texts = [element.text or "" for element in root.iter("{http://www.w3.org/2000/svg}text")]
    labels = [node.label for node in graph.operations]
    assert all(label in texts for label in labels)
    assert short(graph.output.value) in texts
    assert f"← {short(graph.output.gradient)}" in texts
    assert "prefers-color-scheme:dark" in svg
    for theme in ("light", "dark"):  # a page with a switch of its own says so there
        assert f"[data-theme={theme}] .ogive-graph{{--ink:" in svg
    page = graph.to_html(language)
    assert svg in page
    assert all(str(step).replace("&", "&amp;").replace(">", "&gt;").replace("<", "&lt;") in page for step in graph.steps(language))
    assert graph.to_svg() in graph._repr_html_()


def test_lost_bits_are_coloured() -> None:
    assert 'class="box operation lost"' in traced("log(1+exp(x))-x", 40.0).to_svg()
    assert 'class="box operation some"' in traced("sqrt(x+1)-sqrt(x)", 1e5).to_svg()
    assert "box operation lost" not in traced("1/(1+exp(-x))", 1.0).to_svg()


def test_text_dot_and_mermaid() -> None:
    graph = trace(naive, -1000.0)
    text = graph.to_text()
    assert text.splitlines()[0] == "1 / (1 + exp(-x))   (x = -1000)"
    assert re.search(r"^exp +inf +1\.97007e\+434 +0 ulp +1e\+03 +-0 +overflow$", text, re.MULTILINE)
    assert text.endswith("Write ogive.sigmoid(x) instead.")
    assert all(str(step) in text for step in graph.steps())
    dot = graph.to_dot()
    assert dot.startswith("digraph {")
    assert dot.count("->") == 5
    assert 'label="exp", fillcolor="#fde4e1"' in dot
    mermaid = graph.to_mermaid()
    assert mermaid.startswith("flowchart LR\n")
    assert '("exp"):::lost' in mermaid
    assert mermaid.count("-->") == 5
    assert repr(graph) == "<graph of 1 / (1 + exp(-x)) at x = -1000>"
    assert [repr(node) for node in graph.nodes][2] == "<node 2: exp, value inf>"


def test_long_formulas_are_called_by_number() -> None:
    def deep(x: Any) -> Any:
        for _ in range(30):
            x = x * x + 0.1 * x
        return x

    graph = trace(deep, 0.5)
    assert len(graph.formula) < 200
    assert "v" in graph.formula
    graph.diagnose()
    ET.fromstring(graph.to_svg())


def test_without_flint_the_graph_is_there_and_the_truth_says_what_is_missing() -> None:
    code = (
        "import sys; sys.modules['flint'] = None\n"
        "import numpy as np; from ogive.graph import trace\n"
        "g = trace(lambda x: 1 / (1 + np.exp(-x)), 1.0)\n"
        "assert not g.has_truth; g.backward(); g.steps(); g.to_svg(); print(g.to_text()); g.to_dot()\n"
        "try: g.output.exact\n"
        "except ImportError as error: assert 'ogive[truth]' in str(error)\n"
        "else: raise SystemExit(1)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "truth" not in done.stdout


def test_the_room_loads_on_use() -> None:
    code = "import sys, ogive; assert 'ogive.graph' not in sys.modules; ogive.graph.trace; assert 'flint' not in sys.modules"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# ── formulas in text, and the command ────────────────────────────────────────────────────────────────────────────────────


def test_formulas_compute_what_python_computes() -> None:
    names = {"exp": np.exp, "where": np.where, "sigmoid": ogive.sigmoid, "np": np, "ogive": ogive, "sum": np.sum, "x": 0.3, "y": -2.0}
    for text in ["1/(1+exp(-x))", "-x**2", "x - -y", "2**-x", "where(x < y, x, y) + where(x >= 0.3, 1, 2)", "np.exp(x) * ogive.sigmoid(y)"]:
        formula = parse(text)
        assert float(formula(*(names[name] for name in formula.names))) == float(eval(text, {}, names))
    assert parse("b * a + b").names == ("b", "a")
    assert float(parse("leaky_relu(x, slope=0.5)")(-2.0)) == -1.0
    assert float(parse("x * pi / e")(1.0)) == math.pi / math.e
    assert set(NAMED) < set(_functions())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "1 to 5000 characters"),
        ("1/(1+exp(-x)", r"at character 3: '\(' was never closed"),
        ("foo(x)", "at character 1, 'foo': there is no function foo"),
        ("1 + sigmoyd(x)", "at character 5, 'sigmoyd': .* did you mean .*sigmoid"),
        ("x^2", r"write \*\* for powers"),
        ("x if x > 0 else -x", r"write where\(condition, a, b\)"),
        ("0 < x < 1", "two numbers at a time"),
        ("x and y", "where"),
        ("__import__('os').system('true')", "only functions by name are called"),
        ("x.__class__", "a formula cannot have this"),
        ("(lambda: x)()", "only functions by name"),
        ("[x for x in y]", "cannot have this"),
        ("'a' * x", "real numbers only"),
        ("2j * x", "real numbers only"),
        ("exp", "exp is a function; write"),
        ("1 + 2", "no variable"),
        ("x := 3", "invalid syntax"),
        ("sum(x, axis=y)", "an option is a number"),
        ("exp(*x)", "cannot have this"),
        ("x" * 6000, "5000 characters"),
        ("(" * 400 + "x" + ")" * 400, "too many nested|nested too deeply"),
        ("-" * 4000 + "x", "nested too deeply"),
        ("é + foo(x)", "at character 5, 'foo'"),
        ("x\0", "null"),
    ],
)
def test_bad_formulas_name_the_place(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse(text)


def test_what_a_function_refuses_names_the_place() -> None:
    with pytest.raises(ValueError, match=r"at character 5, 'exp\(x, x, x, x\)'"):
        trace(parse("1 + exp(x, x, x, x)"), 1.0)
    with pytest.raises(TypeError, match="takes x; got 2 values"):
        parse("x + 1")(1.0, 2.0)


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., SimpleNamespace]:
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str) -> SimpleNamespace:
        code = run(["graph", *arguments])
        said = capsys.readouterr()
        return SimpleNamespace(code=code, out=said.out, err=said.err)

    return call


def test_the_command_prints_and_writes(cli: Callable[..., SimpleNamespace], tmp_path: Path) -> None:
    said = cli("1/(1+exp(-x))", "--at", "x=-1000")
    assert (said.code, said.err) == (0, "")
    assert said.out == trace(parse("1/(1+exp(-x))"), -1000.0).to_text() + "\n"
    assert "대신 ogive.sigmoid(x)로 쓰세요." in cli("1/(1+exp(-x))", "--at", "x=-1000", "--language", "ko").out
    assert "x[1] = -1000" in cli("log(softmax(x))", "--at", "x=0,-1000").out
    assert "1 × 3 = 3" in cli("x*y", "--at", "x=2", "--at", "y=3").out
    for suffix, start in ((".svg", "<svg"), (".html", "<!DOCTYPE html>"), (".dot", "digraph"), (".mmd", "flowchart"), (".txt", "x * y")):
        said = cli("x*y", "--at", "x=2", "--at", "y=3", "-o", f"g{suffix}")
        assert (said.code, said.out) == (0, f"g{suffix}\n")
        assert (tmp_path / f"g{suffix}").read_text(encoding="utf-8").startswith(start)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("1/(1+exp(-x)", "--at", "x=1"), "at character 3"),
        (("foo(x)", "--at", "x=1"), "there is no function foo"),
        (("x+y", "--at", "x=1"), "add --at y=NUMBER"),
        (("x", "--at", "z=1"), "give x=NUMBER"),
        (("x+1", "--at", "x=1", "--at", "x=2"), "x=1,2,3 is an array"),
        (("x+1", "--at", "x=one"), "one"),
        (("x+1", "--at", "x=1", "-o", "g.pdf"), ".svg, .html, .dot, .mmd, .txt"),
        (("x+1", "--at", "x=1", "--language", "fr"), "choose en or ko"),
        (("softmax(x)", "--at", "x=1"), "softmax works along an axis"),
        (("x+y", "--at", "x=1,2", "--at", "y=1,2,3"), "operands could not be broadcast"),
        (("x > 0", "--at", "x=1"), "true or false"),
    ],
)
def test_the_command_refuses_with_the_way_out(cli: Callable[..., SimpleNamespace], arguments: tuple[str, ...], message: str) -> None:
    said = cli(*arguments)
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith("ogive: ")
    assert message in said.err


@pytest.mark.parametrize("room", ["expression", "tracing"])
def test_the_examples_run(room: str) -> None:
    from importlib import import_module

    done = doctest.testmod(import_module(f"ogive.graph.{room}"))
    assert (done.failed, done.attempted > 0) == (0, True)


def test_error_text() -> None:
    graph = traced("log(1+exp(x))-x", 40.0)
    assert error_text(graph.output) == "-5.5e+15 ulp"
    assert error_text(graph.inputs[0]) == "0 ulp"
    assert short(np.arange(3.0)) == "[0, 1, 2]"
    assert short(np.zeros((2, 3))) == "array(2×3)"
