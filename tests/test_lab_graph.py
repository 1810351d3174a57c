"""The room Graph without a browser: what is drawn, walked through, diagnosed, repaired, folded and refused."""

import contextlib
import io
import itertools
import math
import re
import struct
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import ogive
from ogive.graph import FormulaError, parse, trace
from ogive.graph.language import COMPLAINTS
from ogive.lab.messages import Refused, encode
from ogive.lab.rooms import graph as room
from ogive.lab.rooms.graph import Draw, Drawing, Export, Graph
from ogive.lab.session import Work

FRONTEND = Path(__file__).parent.parent / "frontend/src/rooms/graph"
SIGMOID = "1/(1+exp(-x))"
TEXT = (FRONTEND / "examples.ts").read_text() if FRONTEND.exists() else ""
EXAMPLES = [
    (formula, {name: float(value) for name, value in (part.split(":") for part in at.split(","))})
    for formula, at in re.findall(r'formula: "(.+?)", at: "(.+?)"', TEXT)
]


def draw(formula: str, at: dict[str, float] | None = None, *, graph: Graph | None = None, **options: Any) -> Drawing:
    request = Draw(formula=formula, at=at or {}, **options)
    drawing = (graph or Graph()).draw(request, Work(1, request))
    encode(1, drawing)  # all of it can be said
    return drawing


# ── what is drawn ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.skipif(not EXAMPLES, reason="the sources of the front end are in the repository only")
def test_every_example_shows_what_it_is_there_for() -> None:
    found = {formula: draw(formula, at).finding.trouble for formula, at in EXAMPLES}
    assert list(found.values()) == ["overflow", "none", "rounding", "cancellation", "overflow", "cancellation", "cancellation"]


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_numbers_are_those_of_the_graph(dtype: Any) -> None:
    scalar = np.dtype(dtype).type
    drawing = draw(SIGMOID, {"x": 2.5}, dtype=dtype)
    graph = trace(parse(SIGMOID), scalar(2.5))
    by_number = {node.number: node for node in graph.nodes}
    for box in drawing.boxes:
        node = by_number[box.number]
        assert scalar(box.value) == node.value
        raw = bytes.fromhex(box.bits.removeprefix("0x").replace(" ", ""))
        assert struct.unpack({"float16": ">e", "float32": ">f", "float64": ">d"}[dtype], raw)[0] == node.value
        assert scalar(box.gradient) == node.gradient
        assert float(box.truth) == pytest.approx(float(node.exact), rel=1e-15)
        assert float(box.true_gradient) == pytest.approx(float(node.exact_gradient), rel=1e-15)
        assert [float(operand.derivative) for operand in box.operands] == pytest.approx(
            [float(slope) for slope in node.local_derivatives if slope is not None], rel=1e-7
        )
    *arrows, out = drawing.arrows
    for arrow in arrows:
        assert float(arrow.value) == pytest.approx(float(by_number[arrow.source].value), rel=1e-3)
        upstream, local, gradient = (
            map(float, re.findall(r"-?[\d.]+(?:e[+-]\d+)?", arrow.product)) if "×" in arrow.product else (1.0, 1.0, 1.0)
        )
        assert upstream * local == pytest.approx(gradient, rel=2e-3)
    assert (out.source, out.target, out.gradient) == (graph.output.number, -1, "1")


def test_steps_go_through_all_nodes_and_back() -> None:
    drawing = draw(SIGMOID, {"x": -1000.0})
    assert [(step.phase, step.label, step.numbers) for step in drawing.steps] == [
        ("forward", "×(-1)", "-(-1000) = 1000"),
        ("forward", "exp", "exp(1000) = inf"),
        ("forward", "+1", "1 + inf = inf"),
        ("forward", "/", "1 / inf = 0"),
        ("backward", "/", "1 × (-0) = -0"),
        ("backward", "+1", "-0 → -0"),
        ("backward", "exp", "-0 × inf = nan"),
        ("backward", "×(-1)", "nan × (-1) = nan"),
    ]
    assert draw(SIGMOID, language="ko").steps[5].formula == "그대로 흘려보내기"


def test_nothing_moves_while_a_value_does() -> None:
    graph = Graph()

    def places(x: float, dtype: Any) -> list[Any]:
        drawing = draw("(exp(x)-1)/x", {"x": x}, graph=graph, dtype=dtype)
        return [(box.x, box.y, box.width, box.height) for box in drawing.boxes] + [arrow.path for arrow in drawing.arrows]

    first = places(1.0, "float64")
    for x, dtype in itertools.product((-1e308, 1e-12, math.inf, math.nan), ("float16", "float64")):
        assert places(x, dtype) == first


def test_a_graph_drawn_again_forgets_what_was_before() -> None:
    graph = Graph()
    assert draw(SIGMOID, {"x": -1000.0}, graph=graph).finding.trouble == "overflow"
    assert draw(SIGMOID, {"x": 1.0}, graph=graph) == draw(SIGMOID, {"x": 1.0})
    assert draw("x*x", {"x": 3.0}, graph=graph).finding.result == "9"


@pytest.mark.parametrize("value", [1e308, -1000.0, math.inf, -math.inf, math.nan, 0.0, -0.0, 5e-324])
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize("folded", [False, True])
def test_any_number_may_go_in(value: float, dtype: Any, folded: bool) -> None:
    for language in ("en", "ko"):
        drawing = draw(SIGMOID, {"x": value}, dtype=dtype, folded=folded, language=language)
        assert (drawing.tail is not None) == folded
        assert drawing.finding.sentence


def test_a_tower_of_powers_is_no_wall_of_digits() -> None:
    drawing = draw("x**(x**x)", {"x": 300.0})
    assert all(len(box.truth) < 40 for box in drawing.boxes)
    assert drawing.finding.truth.startswith("10^(+3.39")  # 300**300 · log10(300) = 3.39e743


def test_flags_and_lost_bits_are_told() -> None:
    cancelled = next(box for box in draw("(exp(x)-1)/x", {"x": 1e-12}).boxes if box.flags)
    assert (cancelled.label, cancelled.flags, cancelled.severity, cancelled.note) == ("-1", ("cancellation",), "lost", "40 bits lost")
    assert [box.flags for box in draw("exp(-x)*2", {"x": 740.0}).boxes if box.flags] == [("underflow",)]


# ── repairs ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("formula", "at", "repaired"),
    [
        (SIGMOID, {"x": -1000.0}, "ogive.sigmoid(x)"),
        ("log(1+exp(x))", {"x": 1000.0}, "ogive.softplus(x)"),
        ("(exp(x)-1)/x", {"x": 1e-12}, "expm1(x) / x"),
        ("sqrt(x+1)-sqrt(x)", {"x": 1e15}, "1 / (sqrt(x + 1) + sqrt(x))"),
        ("2*log(exp(a)+exp(b))", {"a": 1000.0, "b": 999.0}, "2 * logaddexp(a, b)"),
        (
            "(exp((x+1)*(x+1)*(x+1)*(x+1)*(x+1)*(x+1))-1)/x",  # the node is called by a number in its own formula
            {"x": -1.0 + 1e-3},
            "expm1((x + 1) * (x + 1) * (x + 1) * (x + 1) * (x + 1) * (x + 1)) / x",
        ),
    ],
)
def test_a_repair_is_the_whole_formula_and_keeps_the_bits(formula: str, at: dict[str, float], repaired: str) -> None:
    finding = draw(formula, at).finding
    assert finding.repaired == repaired
    assert draw(repaired, at).finding.trouble == "none"


def test_where_no_rule_helps_there_is_no_repair() -> None:
    finding = draw("log(x)", {"x": -1.0}).finding
    assert (finding.trouble, finding.outcome, finding.repaired) == ("invalid", "undefined", "")


def test_the_outcome_tells_luck_from_loss() -> None:
    lucky, wrong = draw(SIGMOID, {"x": -1000.0}).finding, draw("log(1+exp(x))", {"x": 1000.0}).finding
    assert (lucky.outcome, lucky.gradient_lost, lucky.at, lucky.label) == ("right", True, "x = -1000", "exp")
    assert (wrong.outcome, wrong.result, wrong.truth) == ("wrong", "inf", "1000")


# ── folding ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("formula", "layer"),
    [
        (SIGMOID, "Sigmoid"),
        ("where(x >= 0, 1, exp(-abs(x)))/(1+exp(-abs(x)))", "Sigmoid"),
        ("(1 + tanh(z/2))/2", "Sigmoid"),
        ("ogive.sigmoid(x)", "Sigmoid"),
        ("(exp(x)-exp(-x))/(exp(x)+exp(-x))", "Tanh"),
        ("1/(1+exp(-2*x))", ""),
        ("1/(1+exp(-x*a))", ""),
        ("log(1+exp(x))", ""),
        ("sum(x)", ""),
        ("erf(x)", ""),
    ],
)
def test_what_is_a_layer_in_other_words_folds(formula: str, layer: str) -> None:
    drawing = draw(formula, folded=True)
    assert (drawing.folds.layer if drawing.folds else "") == layer
    assert (drawing.tail is not None) == bool(layer)
    assert ([box.label for box in drawing.boxes if box.sort == "operation"] == [layer]) == bool(layer)


@pytest.mark.parametrize(("dtype", "x"), [("float64", 40.0), ("float32", 18.0), ("float16", 9.0)])
def test_the_tail_is_lost_where_the_output_has_rounded_to_one(dtype: Any, x: float) -> None:
    tail = draw(SIGMOID, {"x": x}, dtype=dtype, folded=True).tail
    assert tail is not None
    assert (tail.output, tail.from_output, tail.state) == ("1", "0", "lost")
    exact = math.exp(-x) / (1 + math.exp(-x)) ** 2
    assert float(tail.derivative) == pytest.approx(exact, rel=1e-3 if dtype == "float16" else 1e-5)
    assert float(tail.truth) == pytest.approx(exact, rel=1e-11)
    assert set(tail.from_output_bits) <= set("0x ")


def test_the_tail_decays_before_it_is_lost() -> None:
    states = {}
    for x in (1.0, 30.0, 40.0):
        tail = draw(SIGMOID, {"x": x}, folded=True).tail
        assert tail is not None
        states[x] = tail.state
    assert states == {1.0: "kept", 30.0: "rough", 40.0: "lost"}


@pytest.mark.parametrize("formula", [SIGMOID, "tanh(x)"])
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_the_curves_of_a_tail_are_those_of_the_card(formula: str, dtype: Any) -> None:
    tail = draw(formula, folded=True, dtype=dtype).tail
    assert tail is not None
    card = ogive.tanh if "tanh" in formula else ogive.sigmoid
    x = np.asarray(tail.x, dtype=dtype)
    book = card.backward_from_output(x.dtype.type(1), card(x)).astype(np.float64)
    assert 0 < np.count_nonzero(book == 0) < x.size / 2  # the loss is in the picture, and so is what comes before
    np.testing.assert_array_equal(np.isfinite(tail.curve_zero), book == 0)
    np.testing.assert_allclose(10**tail.curve_from_output, book, rtol=1e-12)
    np.testing.assert_allclose(10**tail.curve_derivative, card.derivative(x).astype(np.float64), rtol=1e-12)
    assert tail.floor < tail.curve_derivative.min()


# ── taken away ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize(
    ("formula", "at", "folded"),
    [(SIGMOID, {"x": -1000.0}, False), ("log(exp(a)+exp(b))", {"a": math.inf, "b": math.nan}, False), (SIGMOID, {"x": 40.0}, True)],
)
@pytest.mark.parametrize("dtype", ["float16", "float64"])
def test_the_python_runs_and_says_the_same(language: Any, formula: str, at: dict[str, float], folded: bool, dtype: Any) -> None:
    drawing = draw(formula, at, folded=folded, language=language, dtype=dtype)
    with contextlib.redirect_stdout(io.StringIO()) as out:
        exec(drawing.python, {})
    assert drawing.finding.sentence in out.getvalue()
    if drawing.tail:
        book, exact = map(float, out.getvalue().splitlines()[-1].split())
        assert (book, exact) == pytest.approx((float(drawing.tail.from_output), float(drawing.tail.derivative)), rel=1e-5)


@pytest.mark.parametrize("folded", [False, True])
def test_the_picture_is_svg(folded: bool) -> None:
    request = Export(formula=SIGMOID, at={"x": 40.0}, folded=folded, language="ko")
    text = Graph().export(request, Work(1, request)).text
    assert ElementTree.fromstring(text).tag.endswith("svg")
    assert ("ogive.sigmoid(x)" in text) == folded


# ── refusals ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("formula", "english", "korean"),
    [
        ("1/(1+exp(-x", "at character 9: '(' was never closed", "9번째 글자: 여기서"),
        (" ", "Write a formula", "수식을 입력하십시오"),
        ("sigmoyd(x)", "did you mean", "가운데 하나입니까"),
        ("qqqq(x)", "there is no function qqqq", "qqqq라는 함수는 없습니다"),
        ("x^2", "write ** for powers", "거듭제곱은 **로"),
        ("2 + 2", "has no variable", "변수가 없습니다"),
        ("exp", "exp is a function; write exp(x)", "exp(x)처럼"),
        ("x" * 1001, "at most 1000 characters here; this one has 1001", "1000자까지 쓸 수 있습니다. 이 수식은 1001자"),
        ("+".join(["x"] * 202), "at most 200 nodes here; this one has 201", "노드는 200개까지입니다. 이 수식의 노드는 201개"),
        ("x > 0", "The result is true or false", "결과가 참이나 거짓"),
        ("exp(x, x, x, x)", "at character 1", "1번째 글자"),
        ("__import__('os')", "there is no function", "함수는 없습니다"),
    ],
)
def test_a_refusal_is_a_sentence_that_names_the_place(formula: str, english: str, korean: str) -> None:
    for language, sentence in (("en", english), ("ko", korean)):
        with pytest.raises(Refused) as refused:
            draw(formula, language=language)
        assert sentence in refused.value.sentence
        assert refused.value.field == "formula"


def test_the_largest_graph_is_drawn() -> None:
    drawing = draw("x" + "+1" * (room.NODES - 1))
    assert len(drawing.boxes) == room.NODES


def test_all_complaints_are_told_in_both_languages() -> None:
    for key, (english, korean) in COMPLAINTS.items():
        assert re.findall(r"\{\d", english) == re.findall(r"\{\d", korean) or key in ("at", "whole")
    with pytest.raises(FormulaError) as error:
        parse("é + foo(x)")
    assert (error.value.character, error.value.part) == (5, "foo")
    assert str(error.value) == error.value.say("en") != error.value.say("ko")
