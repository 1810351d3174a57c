"""The graph and its nodes: values from left to right, gradients from right to left, and beside both what is true.

Values and gradients are NumPy's, as the user's own code gives them; the truth is evaluated when it is first asked for.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np

from ogive.graph.language import rule_text
from ogive.graph.operations import Array, Operation, literal
from ogive.language import chosen
from ogive.truth.ulp import format_of

if TYPE_CHECKING:
    from ogive.graph.diagnosis import Diagnosis
    from ogive.graph.truth import Truth

__all__ = ["FLAGS", "LOST", "Graph", "Node", "Passed", "Step", "as_number", "ball_text", "computed", "error_text", "short", "truth_text"]

#: The flags in the order in which they are told.
FLAGS = ("overflow", "underflow", "invalid", "divide", "cancellation")
_RAISED = {"overflow": "overflow", "underflow": "underflow", "invalid value": "invalid", "divide by zero": "divide"}
LOST = 16.0  # an error in ulp from which bits count as lost: four of them, beyond what careful code loses
LONG = 48  # characters of an expression before a part of it is called by its number


def short(value: Any, digits: int = 4, longest: int = 3) -> str:
    """Write a number, a small vector, or the shape of an array.

    Parameters
    ----------
    value : float or ndarray
        What is to be written.
    digits : int
        How many of a number; the entries of a vector have half.
    longest : int
        The length from which a vector is told by its shape.

    Returns
    -------
    str
        In one line.
    """
    array = np.asarray(value)
    if array.ndim == 0:
        return str(array[()]) if array.dtype.kind == "b" else f"{float(array):.{digits}g}"
    if array.ndim == 1 and array.size <= longest:
        return "[" + ", ".join(short(v, (digits + 1) // 2) for v in array) + "]"
    return f"array({'×'.join(map(str, array.shape))})"


def ball_text(ball: Any, digits: int = 4) -> str:
    """Write the middle of a ball like a float; ``?`` where there is no finite truth, or it could not be enclosed."""
    if isinstance(ball, bool):
        return str(ball)
    if not ball.is_finite():
        return "?"
    if ball.rel_accuracy_bits() <= 0:
        return "0"
    value = float(ball)
    if 1e-300 < abs(value) < 1e300 and digits < 17:
        return f"{value:.{digits}g}"
    text = str(ball.mid().str(digits, radius=False))
    sign, exponent = ("-" if text.startswith("-") else ""), text.partition("e")[2]
    # of a tower of powers the exponent alone may fill pages
    return text if len(exponent) < 12 else f"{sign}10^({exponent[0]}{exponent[1]}.{exponent[2:5]}e{len(exponent) - 2})"


def truth_text(node: Node, digits: int = 6) -> str:
    """Write the truth of a node's worst element."""
    return ball_text(node.graph.truth.balls[node][node.worst], digits)


def error_text(node: Node) -> str:
    """Write the error of a node's worst element."""
    error = node.ulp_error
    return "?" if math.isnan(error) else "0 ulp" if abs(error) < 0.005 else f"{error:.2g} ulp"


@dataclass(eq=False)
class Node:
    """One place of a graph: an input, a constant, or an operation on other nodes.

    Attributes
    ----------
    number : int
        Its place in the order in which the nodes were computed.
    kind : {'input', 'constant', 'operation'}
        What it is.
    operation : Operation or None
        What it computes.
    operands : tuple of Node
        From what.
    function : callable
        The user's own function, which gives the value.
    value : ndarray or scalar
        The value, as NumPy computed it.
    name : str
        Of an input, or of a constant array.
    depends : bool
        Whether it depends on an input.
    raised : tuple of str
        The floating-point flags that NumPy raised.
    """

    number: int
    kind: str
    operation: Operation | None
    operands: tuple[Node, ...]
    function: Callable[..., Any]
    value: Any
    name: str = ""
    depends: bool = False
    raised: tuple[str, ...] = ()
    graph: Graph = field(init=False, repr=False)

    # ── how it is written ────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def shown_in_label(self) -> bool:
        """Whether it is a number written beside the operator of the node that uses it, and no box of its own."""
        return not self.depends and not self.name and np.ndim(self.value) == 0

    def is_number(self, value: float) -> bool:
        """Whether it is this constant."""
        return self.kind == "constant" and self.shown_in_label and bool(self.value == value)

    @property
    def label(self) -> str:
        """What stands in the picture: ``exp``, ``×(-1)``, ``+1``."""
        return self.operation.label(self) if self.operation else self.name or self.formula

    @cached_property
    def syntax(self) -> ast.expr:
        """The node as an expression, in which long parts are called ``v`` and their number."""
        if self.operation is None:
            return ast.Name(self.name, ast.Load()) if self.name else literal(self.value if np.ndim(self.value) else _plain(self.value))
        parts = [
            ast.Name(operand.called, ast.Load()) if operand.kind == "operation" and len(operand.formula) > LONG else operand.syntax
            for operand in self.operands
        ]
        return self.operation.spell(self, parts)

    @cached_property
    def formula(self) -> str:
        """The expression in characters."""
        return ast.unparse(self.syntax)

    @property
    def called(self) -> str:
        """A name for the node in longer expressions."""
        return self.name or f"v{self.number}"

    def __repr__(self) -> str:
        return f"<node {self.number}: {self.label}, value {short(self.value)}>"

    # ── what is known of it ──────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def exact(self) -> Any:
        """The true value, from the exact inputs: a `flint.arb`, or an array of them."""
        return self.graph.truth.balls[self][()]

    @property
    def ulp_errors(self) -> Array:
        """The error of every element: fractional, signed, in ulp of the truth; nan where the truth could not be enclosed."""
        return self.graph.truth.errors[self]

    @property
    def worst(self) -> tuple[int, ...]:
        """The index of the element that counts for the node: one with a flag, or with the largest error."""
        return self.graph.truth.worst(self)

    @property
    def ulp_error(self) -> float:
        """The error of the worst element."""
        return float(self.ulp_errors[self.worst])

    @property
    def bits_lost(self) -> float:
        """How many bits of the worst element are wrong; 0 for an error of an ulp or less."""
        error = abs(self.ulp_error)
        return 0.0 if not error > 1 else min(1 + math.log2(error), float(self.precision))

    @property
    def severity(self) -> str:
        """How much it has lost: ``lost`` for a flag or half of the bits, ``some`` for four bits, or nothing."""
        if any(flag in self.raised for flag in ("overflow", "invalid", "divide")):
            return "lost"
        if not self.graph.has_truth:
            return ""
        return "lost" if self.bits_lost >= self.precision / 2 else "some" if self.bits_lost >= 4 else ""

    @property
    def precision(self) -> int:
        """How many bits the numbers of its dtype have."""
        dtype = np.asarray(self.value).dtype
        return 53 if dtype.kind in "bui" else format_of(dtype).precision

    @property
    def conditions(self) -> Array:
        """The condition number of every element: by how much relative errors of the operands grow in this one operation."""
        return self.graph.truth.conditions[self]

    @property
    def condition(self) -> float:
        """The largest condition number."""
        return float(np.max(self.conditions)) if self.conditions.size else 0.0

    @property
    def flags(self) -> tuple[str, ...]:
        """What went wrong here: overflow, underflow, invalid, divide; and, where python-flint tells the truth, cancellation."""
        cancelled = self.graph.has_truth and bool(np.any(self.graph.truth.cancelled(self)))
        return tuple(flag for flag in FLAGS if flag in self.raised or (flag == "cancellation" and cancelled))

    @property
    def gradient(self) -> Any:
        """The derivative of the output with respect to this node, as backpropagation computes it; None if it has no part in it."""
        return self.graph.gradients.get(self)

    @property
    def exact_gradient(self) -> Any:
        """The same in truth: a ball, or an array of them; None if it has no part in it."""
        found = self.graph.truth.gradients.get(self)
        return None if found is None else found[()]

    @property
    def local_derivatives(self) -> tuple[Any, ...]:
        """The derivative with respect to each operand; None where no gradient goes. A sum has the weight of a term, ``@`` the other matrix."""
        operation = self.operation
        return tuple(
            operation.local(self, i) if operation and operation.follows_gradients and operand.receives_gradients else None
            for i, operand in enumerate(self.operands)
        )

    @property
    def receives_gradients(self) -> bool:
        """Whether it depends on an input, and is no truth value."""
        return self.depends and np.asarray(self.value).dtype.kind != "b"


def _plain(value: Any) -> Any:
    """Write whole numbers without a point."""
    number = np.asarray(value).item()
    return int(number) if isinstance(number, float) and number.is_integer() and abs(number) < 1e15 else number


@dataclass(frozen=True)
class Passed:
    """What one operand receives in a step.

    Attributes
    ----------
    operand : Node
        Who receives it.
    rule : str
        A key of the language tables: ``pass``, ``multiply``, ``swap``, ...
    factor : str
        By which it is multiplied, as a formula.
    local : ndarray, scalar or None
        The same as a number.
    gradient : ndarray or scalar
        The product.
    """

    operand: Node
    rule: str
    factor: str
    local: Any
    gradient: Any


@dataclass(frozen=True, repr=False)
class Step:
    """One step of backpropagation: one node takes the gradient of its result and hands it to its operands.

    Attributes
    ----------
    node : Node
        Which.
    upstream : ndarray or scalar
        The gradient with respect to the node.
    passed : tuple of Passed
        What its operands receive.
    language : {'en', 'ko'}
        For the words.
    """

    node: Node
    upstream: Any
    passed: tuple[Passed, ...]
    language: str = "en"

    @property
    def formula(self) -> str:
        """The rule in words: ``multiply by -y²``."""
        return "; ".join(
            rule_text(self.language, part.rule, part.factor, part.operand.formula if len(self.passed) > 1 else "") for part in self.passed
        )

    @property
    def gradient(self) -> Any:
        """What the first operand receives."""
        return self.passed[0].gradient

    def __repr__(self) -> str:
        numbers = ", ".join(
            f"{short(self.upstream)} × {short(part.local)} = {short(part.gradient)}"
            if part.rule in ("multiply", "swap") and part.local is not None and np.ndim(part.local) == 0
            else f"{short(self.upstream)} → {short(part.gradient)}"
            for part in self.passed
        )
        return f"{self.node.label}: {self.formula}: {numbers}"


class Graph:
    """A computational graph: what `trace` returns.

    Attributes
    ----------
    nodes : list of Node
        All nodes, each after its operands.
    inputs : tuple of Node
        The inputs, in the order in which they were given.
    output : Node
        The result.
    """

    def __init__(self, nodes: Sequence[Node], inputs: Sequence[Node], output: Node) -> None:
        used = {output}
        for node in reversed(nodes):
            if node in used:
                used.update(node.operands)
        self.nodes = [node for node in nodes if node in used or node in inputs]
        self.inputs = tuple(inputs)
        self.output = output
        self._seed: Any = 1
        for node in self.nodes:
            node.graph = self

    @property
    def operations(self) -> list[Node]:
        """The nodes that compute something from the inputs."""
        return [node for node in self.nodes if node.kind == "operation" and node.depends]

    @property
    def formula(self) -> str:
        """The output as an expression of the inputs."""
        return self.output.formula

    @property
    def has_truth(self) -> bool:
        """Whether python-flint is installed, which tells the truth."""
        return find_spec("flint") is not None

    def forward(self, *inputs: Any) -> Any:
        """Compute the values of all nodes, from left to right.

        Parameters
        ----------
        *inputs : array_like
            New values of the inputs, of the same shapes; without them the old ones are taken.

        Returns
        -------
        ndarray or scalar
            The value of the output.

        Raises
        ------
        ValueError
            If their number or a shape is another.
        """
        if inputs and len(inputs) != len(self.inputs):
            raise ValueError(f"the graph has {len(self.inputs)} inputs, got {len(inputs)} values; give one for each, or none")
        for node, value in zip(self.inputs, inputs, strict=False):
            given = as_number(value, node.name)
            if np.shape(given) != np.shape(node.value):
                raise ValueError(
                    f"{node.name} had shape {np.shape(node.value)}, got {np.shape(given)}; trace again for arrays of other shapes"
                )
            node.value = given
        for node in self.operations:
            node.value, node.raised = computed(node.function, [operand.value for operand in node.operands])
        for name in ("truth", "_flow"):
            self.__dict__.pop(name, None)
        return self.output.value

    def backward(self, seed: Any = 1) -> tuple[Any, ...]:
        """Compute the gradients of all nodes, from right to left; where a node is used twice, they add.

        Parameters
        ----------
        seed : array_like
            The gradient with respect to the output; 1 everywhere by default, which for an array means the gradient of its sum.

        Returns
        -------
        tuple of ndarray or scalar
            The gradients with respect to the inputs; 0 for an input that has no part in the output.
        """
        try:
            np.broadcast_to(seed, np.shape(self.output.value))
        except ValueError:
            raise ValueError(
                f"seed has shape {np.shape(seed)}, the output has {np.shape(self.output.value)}; pass the gradient of the output"
            ) from None
        self._seed = seed
        for name in ("truth", "_flow"):
            self.__dict__.pop(name, None)
        return tuple(self.gradients.get(node, np.zeros_like(node.value)[()]) for node in self.inputs)

    @cached_property
    def _flow(self) -> tuple[dict[Node, Any], dict[tuple[Node, int], Any]]:
        """Go back through the nodes, each of which has by then received all parts of its gradient."""
        output = self.output
        seed = np.asarray(self._seed, dtype=np.asarray(output.value).dtype)
        found: dict[Node, Any] = {output: np.array(np.broadcast_to(seed, np.shape(output.value)))[()]}
        edges: dict[tuple[Node, int], Any] = {}
        for node in reversed(self.operations):
            if node not in found or node.operation is None or not node.operation.follows_gradients:
                continue
            for i, operand in enumerate(node.operands):
                if operand.receives_gradients:
                    with np.errstate(all="ignore"):
                        part = np.asarray(node.operation.pull(node, i, found[node])).astype(np.asarray(operand.value).dtype)[()]
                        found[operand] = found[operand] + part if operand in found else part
                    edges[node, i] = part
        return found, edges

    @property
    def gradients(self) -> dict[Node, Any]:
        """The gradient of every node that has part in the output by way of an input."""
        return self._flow[0]

    @property
    def edges(self) -> dict[tuple[Node, int], Any]:
        """What flows back along every edge: what a node hands to its operand i."""
        return self._flow[1]

    @cached_property
    def truth(self) -> Truth:
        """The exact values, errors and gradients; needs the extra ``[truth]``."""
        from ogive.graph.truth import Truth

        return Truth(self, self._seed)

    def steps(self, language: str = "en") -> list[Step]:
        """Walk through backpropagation, one node at a time.

        Parameters
        ----------
        language : {'en', 'ko'}
            For the words of the steps.

        Returns
        -------
        list of Step
            From the output back to the inputs.
        """
        chosen(language)
        edges = self.edges
        steps = []
        for node in reversed(self.operations):
            parts = [i for i in range(len(node.operands)) if (node, i) in edges]
            if parts and node.operation is not None:
                passed = tuple(
                    Passed(node.operands[i], *node.operation.rule(node, i), node.operation.local(node, i), edges[node, i]) for i in parts
                )
                steps.append(Step(node, self.gradients[node], passed, language))
        return steps

    def diagnose(self, language: str = "en") -> Diagnosis:
        """Say in a sentence which node lost the bits, at which input, and what repairs it.

        Parameters
        ----------
        language : {'en', 'ko'}
            English or Korean.

        Returns
        -------
        Diagnosis
            ``str()`` of it is the sentence.

        Raises
        ------
        ImportError
            Without python-flint, the extra ``[truth]``.
        """
        from ogive.graph.diagnosis import diagnose

        return diagnose(self, language)

    def to_text(self, language: str = "en") -> str:
        """Write the graph as a table of its nodes, with the steps of backpropagation and the diagnosis."""
        from ogive.graph.writing import to_text

        return to_text(self, language)

    def to_svg(self, language: str = "en") -> str:
        """Draw the graph as SVG: values above the arrows, gradients below them, lost bits in colour."""
        from ogive.graph.picture import to_svg

        return to_svg(self, language)

    def to_html(self, language: str = "en") -> str:
        """Draw the graph on a page of its own, with the steps below it."""
        from ogive.graph.picture import to_html

        return to_html(self, language)

    def to_dot(self) -> str:
        """Write the graph in the language of Graphviz."""
        from ogive.graph.writing import to_dot

        return to_dot(self)

    def to_mermaid(self) -> str:
        """Write the graph in the language of Mermaid."""
        from ogive.graph.writing import to_mermaid

        return to_mermaid(self)

    def _repr_html_(self) -> str:
        return f'<div style="max-width:100%;overflow-x:auto">{self.to_svg()}</div>'

    def __repr__(self) -> str:
        at = ", ".join(f"{node.name} = {short(node.value)}" for node in self.inputs)
        return f"<graph of {self.formula} at {at}>"


# ── numbers ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def as_number(value: Any, name: str) -> Any:
    """Take an input: real numbers, of which integers and bool become float64."""
    array = np.array(value)
    if array.dtype.kind in "bui":
        array = array.astype(np.float64)
    if array.dtype.name not in ("float16", "bfloat16", "float32", "float64"):
        raise TypeError(
            f"{name} is to be real numbers in float16, bfloat16, float32 or float64, got {array.dtype}; convert with astype(np.float64)"
        )
    return array[()]


def computed(function: Callable[..., Any], values: Sequence[Any]) -> tuple[Any, tuple[str, ...]]:
    """Call a function, and note the floating-point flags that show in its result."""
    noted: set[str] = set()
    with np.errstate(all="call", call=lambda kind, _: noted.add(_RAISED[kind])):
        value = function(*values)
    array = np.asarray(value)
    if array.dtype.kind == "b" or not noted:
        return value, ()
    tiny = np.abs(array) < np.finfo(array.dtype).tiny if array.dtype.kind == "f" else array == 0
    shown = {"overflow": np.isinf(array), "divide": np.isinf(array), "invalid": np.isnan(array), "underflow": tiny}
    return value, tuple(flag for flag in FLAGS if flag in noted and bool(np.any(shown[flag])))
