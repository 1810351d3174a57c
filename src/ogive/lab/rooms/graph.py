"""The room *Graph*: a formula as a graph, walked through forwards and backwards, with what is true beside what is computed.

Everything that is seen is computed and laid out here, down to the paths of the arrows; `ogive.graph.layout` serves this room as it
serves `Graph.to_svg`. The places depend on the formula alone, so that nothing moves while a value does.
"""

from __future__ import annotations

import ast
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from ogive.graph import Formula, FormulaError, Node, Passed, parse, trace
from ogive.graph import Graph as Traced
from ogive.graph.diagnosis import apart, gradient_lost
from ogive.graph.language import rule_text, words
from ogive.graph.layout import Layout, arrow, place
from ogive.graph.nodes import LOST, ball_text, error_text, short, truth_text
from ogive.graph.repairs import rewritten
from ogive.lab.messages import Answer, Extended, Float64s, Language, Part, Refused, Request
from ogive.lab.rooms.room import Room, handles
from ogive.language import chosen
from ogive.layers import ELEMENTWISE
from ogive.truth.ulp import format_of, ulp_error

if TYPE_CHECKING:
    from ogive.lab.session import Work

__all__ = ["Graph"]

CHARACTERS = 1000  # of a formula, at most
NODES = 200  # of a graph, at most
ON_ARROWS = 4  # digits of the numbers on the arrows
BOX, ARROW = 52.0, 60.0  # the least width of a box, and the width of the numbers on an arrow
DIGITS = 20  # of what is exact
COLUMNS = 361  # of the curves of a tail
#: Layers that textbooks differentiate from the output: how, and how far their tails reach.
FOLDED = {"Sigmoid": ("y(1 − y)", 1.0), "Tanh": ("1 − y²", 0.5)}
PROBES = np.array([-7.5, -2.25, -0.5, 0.125, 1.0, 3.5, 6.0])  # where a formula that folds into a card agrees with it

DType = Literal["float16", "float32", "float64"]
Flag = Literal["overflow", "underflow", "invalid", "divide", "cancellation"]

_REFUSALS = {
    "empty": ("Write a formula, such as 1/(1+exp(-x)).", "1/(1+exp(-x))와 같은 수식을 입력하십시오."),
    "long": ("A formula has at most {0} characters here; this one has {1}.", "수식은 {0}자까지 쓸 수 있습니다. 이 수식은 {1}자입니다."),
    "large": (
        "A graph has at most {0} nodes here; this one has {1}. Write the formula in parts.",
        "그래프의 노드는 {0}개까지입니다. 이 수식의 노드는 {1}개이니 나누어 써 주십시오.",
    ),
    "truth": (
        "The result is true or false, which has no gradient; write where(condition, 1, 0) for a number.",
        "결과가 참이나 거짓이어서 기울기가 없습니다. 수가 되게 하려면 where(조건, 1, 0)으로 쓰십시오.",
    ),
}


# ── what is said ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, kw_only=True)
class Draw(Request):
    """Compute the graph of a formula at values of its variables; a variable without a value is 1."""

    formula: str
    at: dict[str, Extended]
    dtype: DType = "float64"
    folded: bool = False
    language: Language = "en"


@dataclass(frozen=True, kw_only=True)
class Export(Draw):
    """Draw the same as a picture of its own, in SVG."""


@dataclass(frozen=True, kw_only=True)
class Svg(Answer):
    """A picture that stands alone."""

    text: str


@dataclass(frozen=True, kw_only=True)
class Operand(Part):
    """What a node knows of one of its operands: the derivative with respect to it."""

    formula: str
    derivative: str


@dataclass(frozen=True, kw_only=True)
class Box(Part):
    """A node: where it stands, and all that is known of it."""

    number: int
    sort: Literal["input", "constant", "operation"]
    label: str
    x: float
    y: float
    width: float
    height: float
    flags: tuple[Flag, ...]
    severity: Literal["", "some", "lost"]
    note: str
    formula: str
    value: str
    bits: str
    truth: str
    error: str
    condition: str
    operands: tuple[Operand, ...]
    gradient: str
    true_gradient: str


@dataclass(frozen=True, kw_only=True)
class Arrow(Part):
    """An arrow to a node, or out of the last one: its path, the numbers on it, and how the gradient on it came about."""

    source: int
    target: int
    path: str
    x: float
    y: float
    value: str
    gradient: str
    product: str
    rule: str


@dataclass(frozen=True, kw_only=True)
class Step(Part):
    """One node at work: forwards it computes its value, backwards it hands its gradient to its operands."""

    phase: Literal["forward", "backward"]
    node: int
    label: str
    formula: str
    numbers: str


@dataclass(frozen=True, kw_only=True)
class Finding(Part):
    """The diagnosis: a sentence, the words of a shorter one, and the formula with the repair."""

    trouble: Literal["none", "undecided", "gradient", "overflow", "divide", "invalid", "cancellation", "rounding"]
    node: int
    outcome: Literal["right", "wrong", "undefined"]
    gradient_lost: bool
    sentence: str
    at: str
    label: str
    result: str
    truth: str
    repair: str
    repaired: str


@dataclass(frozen=True, kw_only=True)
class Fold(Part):
    """The layer that a formula is, and how textbooks differentiate it from its output."""

    layer: str
    rule: str


@dataclass(frozen=True, kw_only=True)
class Tail(Part):
    """The derivative of a folded graph, from the output and from the input, here and along x as logarithms to base 10.

    Where it is 0 from the output there is no logarithm: `curve_zero` runs along the `floor` there.
    """

    output: str
    from_output: str
    from_output_bits: str
    derivative: str
    derivative_bits: str
    truth: str
    error: str
    state: Literal["kept", "rough", "lost"]
    x: Float64s
    curve_from_output: Float64s
    curve_derivative: Float64s
    floor: float
    curve_zero: Float64s


@dataclass(frozen=True, kw_only=True)
class Drawing(Answer):
    """A graph: boxes and arrows, the steps through it, the diagnosis, and the Python that computes it."""

    formula: str
    names: tuple[str, ...]
    width: float
    height: float
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    steps: tuple[Step, ...]
    finding: Finding
    folds: Fold | None
    tail: Tail | None
    python: str


# ── the room ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class _Read:
    """A formula that has been read."""

    formula: Formula
    layer: str  # into which it folds, if it does
    folded: bool


class Graph(Room):
    """The room *Graph*."""

    def __init__(self) -> None:
        self._drawn: tuple[object, Traced, Layout] | None = None  # the last graph and its layout

    @handles
    def draw(self, request: Draw, work: Work) -> Drawing:
        """Compute the graph of a formula."""
        read = _read(request)
        values = _values(request, read)
        wanted = request.formula, request.dtype, read.folded
        if self._drawn is not None and self._drawn[0] == wanted:
            _, graph, layout = self._drawn
            graph.forward(*values)
        else:
            graph = _traced(request, read, values)
            layout = place(graph, *_widths(graph, read))
            self._drawn = wanted, graph, layout
        return Drawing(
            formula=read.formula.text,
            names=read.formula.names,
            width=layout.width + ARROW + 28,
            height=layout.height,
            boxes=tuple(_box(node, layout, read, request.language) for node in layout.boxes),
            arrows=(*_arrows(graph, layout, request.language), _exit(graph, layout)),
            steps=_steps(graph, read, request.language),
            finding=_finding(graph, request.language),
            folds=Fold(layer=read.layer, rule=FOLDED[read.layer][0]) if read.layer else None,
            tail=_tail(graph, read.layer, request.dtype) if read.folded else None,
            python=_python(request, read),
        )

    @handles
    def export(self, request: Export, work: Work) -> Svg:
        """Draw the graph as a picture of its own."""
        read = _read(request)
        return Svg(text=_traced(request, read, _values(request, read)).to_svg(request.language))


def _refuse(language: str, key: str, *values: object) -> Refused:
    return Refused(_REFUSALS[key][chosen(language)].format(*values), "formula")


def _read(request: Draw) -> _Read:
    """Read the formula, and find out whether it folds."""
    if not request.formula.strip():
        raise _refuse(request.language, "empty")
    if len(request.formula) > CHARACTERS:
        raise _refuse(request.language, "long", CHARACTERS, len(request.formula))
    try:
        formula = parse(request.formula)
    except FormulaError as error:
        raise Refused(error.say(request.language), "formula") from None
    count = sum(isinstance(part, ast.BinOp | ast.UnaryOp | ast.Compare | ast.Call) for part in ast.walk(ast.parse(formula.text)))
    if count > NODES:
        raise _refuse(request.language, "large", NODES, count)
    layer = _layer(formula)
    return _Read(formula, layer, request.folded and layer != "")


def _layer(formula: Formula) -> str:
    """Name the layer that a formula is, up to rounding."""
    if len(formula.names) != 1:
        return ""
    try:
        values = np.asarray(formula(PROBES))
    except (ValueError, TypeError):
        return ""  # a function in it refuses its arguments, as it will when the graph is made
    agree = [name for name in FOLDED if values.shape == PROBES.shape and np.allclose(values, ELEMENTWISE[name](PROBES), rtol=1e-9, atol=0)]
    return agree[0] if agree else ""


def _values(request: Draw, read: _Read) -> list[Any]:
    """Take the values of the variables, in the dtype."""
    with np.errstate(all="ignore"):
        return [np.dtype(request.dtype).type(request.at.get(name, 1.0)) for name in read.formula.names]


def _traced(request: Draw, read: _Read, values: list[Any]) -> Traced:
    function: Any = parse(f"ogive.{ELEMENTWISE[read.layer].name}({read.formula.names[0]})") if read.folded else read.formula
    try:
        graph = trace(function, *values)
    except FormulaError as error:
        raise Refused(error.say(request.language), "formula") from None
    except TypeError:  # no number comes out
        raise _refuse(request.language, "truth") from None
    count = sum(not node.shown_in_label for node in graph.nodes)
    if count > NODES:
        raise _refuse(request.language, "large", NODES, count)
    return graph


# ── boxes and arrows ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _label(node: Node, read: _Read) -> str:
    return read.layer if read.folded and node.kind == "operation" else node.label


def _widths(graph: Traced, read: _Read) -> tuple[dict[Node, float], dict[tuple[Node, int], float]]:
    """Give boxes the width of their names, and all arrows the same room for numbers."""
    boxed = [node for node in graph.nodes if not node.shown_in_label]
    widths = {node: max(30.0 if node.kind == "input" else BOX, 9.6 * len(_label(node, read)) + 20) for node in boxed}
    return widths, {(node, i): ARROW for node in boxed for i in range(len(node.operands))}


def _bits(value: Any) -> str:
    """Write the bits of a number in hexadecimal, grouped by four digits."""
    array = np.asarray(value)
    if array.dtype.kind != "f":
        return ""
    digits = array.astype(array.dtype.newbyteorder(">")).tobytes().hex()
    return "0x" + " ".join(digits[i : i + 4] for i in range(0, len(digits), 4))


def _digits(value: Any) -> str:
    """Write all digits that a number needs to be read back in its dtype."""
    return str(np.asarray(value)[()])


def _box(node: Node, layout: Layout, read: _Read, language: str) -> Box:
    box, computed = layout.boxes[node], node.kind == "operation"
    locals_ = [(operand, slope) for operand, slope in zip(node.operands, node.local_derivatives, strict=True) if slope is not None]
    lost = round(node.bits_lost) if computed else 0
    note = words(language, "all bits lost") if lost >= node.precision - 1 else words(language, "bits lost", lost)
    return Box(
        number=node.number,
        sort=node.kind,  # type: ignore[arg-type]
        label=_label(node, read),
        x=box.x,
        y=box.y,
        width=box.width,
        height=box.height,
        flags=node.flags,  # type: ignore[arg-type]
        severity=node.severity if computed else "",  # type: ignore[arg-type]
        note=note if lost and node.severity else "",
        formula=node.formula,
        value=_digits(node.value),
        bits=_bits(node.value),
        truth=truth_text(node, DIGITS),
        error=error_text(node),
        condition=f"{node.condition:.3g}" if computed else "",
        operands=tuple(Operand(formula=operand.formula, derivative=short(slope, 8)) for operand, slope in locals_),
        gradient="" if node.gradient is None else _digits(node.gradient),
        true_gradient="" if node.exact_gradient is None else ball_text(node.exact_gradient, DIGITS),
    )


def _arrows(graph: Traced, layout: Layout, language: str) -> list[Arrow]:
    passed = {(step.node, part.operand): (step.upstream, part) for step in graph.steps(language) for part in step.passed}
    found = []
    for route in layout.routes:
        gradient = graph.edges.get((route.target, route.operand))
        upstream, part = passed.get((route.target, route.source), (None, None))
        found.append(
            Arrow(
                source=route.source.number,
                target=route.target.number,
                path=arrow(route.points),
                x=route.label.x,
                y=route.label.y,
                value=short(route.source.value, ON_ARROWS),
                gradient="" if gradient is None else short(gradient, ON_ARROWS),
                product="" if part is None else _product(upstream, part, ON_ARROWS),
                rule="" if part is None else rule_text(language, part.rule, part.factor, ""),
            )
        )
    return found


def _exit(graph: Traced, layout: Layout) -> Arrow:
    x, y = layout.exit
    return Arrow(
        source=graph.output.number,
        target=-1,
        path=arrow(((x, y), (x + 8, y), (x + ARROW + 26, y))),
        x=x + 9 + ARROW / 2,
        y=y,
        value=short(graph.output.value, ON_ARROWS),
        gradient=short(graph.output.gradient, ON_ARROWS),
        product="",
        rule="",
    )


# ── steps ────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _product(upstream: Any, part: Passed, digits: int) -> str:
    """Write upstream × local = gradient, where it is a product."""
    gradient = short(part.gradient, digits)
    if part.rule == "pass" or part.local is None or np.ndim(part.local):
        return f"{short(upstream, digits)} → {gradient}"
    return f"{short(upstream, digits)} × {_grouped(short(part.local, digits))} = {gradient}"


def _grouped(text: str) -> str:
    return f"({text})" if text.startswith("-") else text


def _with_numbers(node: Node) -> str:
    """Write what a node computes, with the numbers in it."""
    assert node.operation is not None
    texts = [operand.formula if operand.shown_in_label else short(operand.value) for operand in node.operands]
    plain = node.operation.spell(node, [ast.Name(text) for text in texts])
    written = plain if isinstance(plain, ast.Call) else node.operation.spell(node, [ast.Name(_grouped(text)) for text in texts])
    return f"{ast.unparse(written)} = {short(node.value)}"


def _steps(graph: Traced, read: _Read, language: str) -> tuple[Step, ...]:
    forward = [
        Step(phase="forward", node=node.number, label=_label(node, read), formula=node.formula, numbers=_with_numbers(node))
        for node in graph.operations
    ]
    backward = [
        Step(
            phase="backward",
            node=step.node.number,
            label=_label(step.node, read),
            formula=step.formula,
            numbers=";  ".join(_product(step.upstream, part, 4) for part in step.passed),
        )
        for step in graph.steps(language)
    ]
    return (*forward, *backward)


# ── what is made of it ───────────────────────────────────────────────────────────────────────────────────────────────────


def _finding(graph: Traced, language: str) -> Finding:
    diagnosis, output = graph.diagnose(language), graph.output
    defined = output.exact.is_finite() and not math.isnan(output.ulp_error)
    result, truth = apart(output.value, output.exact)
    repaired = "" if diagnosis.replaced is None or diagnosis.repair is None else rewritten(graph, diagnosis.replaced, diagnosis.repair)
    return Finding(
        trouble=diagnosis.kind,  # type: ignore[arg-type]
        node=diagnosis.node.number if diagnosis.node else -1,
        outcome="undefined" if not defined else "wrong" if abs(output.ulp_error) >= LOST else "right",
        gradient_lost=bool(gradient_lost(graph, chosen(language))),
        sentence=diagnosis.sentence,
        at=diagnosis.at,
        label=diagnosis.node.label if diagnosis.node else "",
        result=result,
        truth=truth,
        repair=diagnosis.repair or "",
        repaired=repaired if len(repaired) <= CHARACTERS else "",
    )


def _tail(graph: Traced, layer: str, dtype: DType) -> Tail:
    """Differentiate from the output as textbooks do, beside the derivative and the truth."""
    card, (_, reach) = ELEMENTWISE[layer], FOLDED[layer]
    fmt, one = format_of(dtype), np.dtype(dtype).type(1)
    end = 1.25 * reach * fmt.precision * math.log(2)  # the output rounds to 1 at four fifths of this
    span = np.linspace(-end / 4, end, COLUMNS).astype(dtype)
    x, y, truth = graph.inputs[0].value, graph.output.value, graph.inputs[0].exact_gradient
    with np.errstate(all="ignore"):
        book, exact = card.backward_from_output(one, y), card.derivative(x)
        along_book, along_exact = card.backward_from_output(one, card(span)), card.derivative(span)
        curves = [np.log10(values.astype(np.float64)) for values in (along_book, along_exact)]
    error = ulp_error(book, truth, fmt) if truth.is_finite() else 0.0
    floor = math.floor(1.25 * float(curves[1].min())) - 1.0
    return Tail(
        output=short(y, 6),
        from_output=short(book, 6),
        from_output_bits=_bits(book),
        derivative=short(exact, 6),
        derivative_bits=_bits(exact),
        truth=ball_text(truth, 12),
        error=f"{abs(error):.3g} ulp",
        state="lost" if book == 0 and exact != 0 else "rough" if abs(error) >= LOST else "kept",
        x=span,
        curve_from_output=curves[0],
        curve_derivative=curves[1],
        floor=floor,
        curve_zero=np.where(along_book == 0, floor, np.nan),
    )


def _python(request: Draw, read: _Read) -> str:
    """Write the Python that computes the same."""
    values = [f"np.{request.dtype}({_literal(request.at.get(name, 1.0))})" for name in read.formula.names]
    say = "graph.to_text()" if request.language == "en" else f'graph.to_text("{request.language}")'
    if not read.folded:
        lines = ["import numpy as np", "from ogive.graph import parse, trace", ""]
        lines += [f"graph = trace(parse({read.formula.text!r}), {', '.join(values)})", f"print({say})"]
    else:
        name, card = read.formula.names[0], f"ogive.{ELEMENTWISE[read.layer].name}"
        lines = ["import numpy as np", "import ogive", "from ogive.graph import trace", "", f"{name} = {values[0]}"]
        lines += [f"graph = trace(lambda {name}: {card}({name}), {name})", f"print({say})"]
        lines += [f"y = {card}({name})", f"print({card}.backward_from_output(1, y), {card}.derivative({name}))"]
    return "\n".join(lines) + "\n"


def _literal(value: float) -> str:
    return repr(value) if math.isfinite(value) else repr(str(value))
