"""What is true at every node: balls along the graph from the exact inputs, and how far the values lie from them.

The working precision grows until every ball is small, relatively or absolutely, so that what cancels is still known.
"""

from __future__ import annotations

import operator
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from ogive.graph.nodes import LOST
from ogive.graph.operations import Array, each
from ogive.truth.reference import ACCURACY, FLOOR, precisely
from ogive.truth.ulp import format_of, ulp_error

if TYPE_CHECKING:
    from ogive.graph.nodes import Graph, Node

__all__ = ["CANCELLING", "Truth"]

PRECISIONS = (128, 512, 2048, 8192, 32768)  # bits, one after the other, until all balls are small
CANCELLING = 16.0  # the condition number from which a sum cancels


class Truth:
    """The balls of a graph at its inputs.

    Attributes
    ----------
    balls : dict
        For every node an array of balls.
    """

    def __init__(self, graph: Graph, seed: Any) -> None:
        self.graph = graph
        self.seed = seed
        for self.precision in PRECISIONS:
            self.balls: dict[Node, Array] = precisely(self.precision, self._forward)
            if _all_small(self.balls):
                break

    def _forward(self) -> dict[Node, Array]:
        balls: dict[Node, Array] = {}
        for node in self.graph.nodes:
            known = [balls[operand] for operand in node.operands]
            balls[node] = node.operation.enclose(node, known) if node.operation else each(_exactly, np.asarray(node.value))
        return balls

    @cached_property
    def errors(self) -> dict[Node, Array]:
        """The errors in ulp."""

        def of(node: Node) -> Array:
            dtype = np.asarray(node.value).dtype

            def at(value: Any, ball: Any) -> float:
                if dtype.kind == "b" or not hasattr(ball, "man_exp"):
                    return 0.0 if not isinstance(ball, bool) or bool(value) == ball else np.inf
                if not ball.is_finite():
                    infinite = not ball.is_nan() and not ball.mid().is_finite()
                    return ulp_error(value, ball, fmt) if infinite else 0.0 if value != value else np.nan
                try:
                    return ulp_error(value, ball, fmt)
                except ArithmeticError:
                    return np.nan

            fmt = None if dtype.kind in "bui" else format_of(dtype)
            return np.asarray(each(at, np.asarray(node.value), self.balls[node]), dtype=np.float64)

        return {node: np.zeros(np.shape(node.value)) if node.kind == "constant" else of(node) for node in self.graph.nodes}

    @cached_property
    def conditions(self) -> dict[Node, Array]:
        """The condition numbers."""

        def evaluate() -> dict[Node, Array]:
            return {
                node: node.operation.magnification(node, [self.balls[operand] for operand in node.operands], self.balls[node])
                if node.operation
                else np.ones(np.shape(node.value))
                for node in self.graph.nodes
            }

        return precisely(self.precision, evaluate)

    @cached_property
    def gradients(self) -> dict[Node, Array]:
        """The true gradients: backpropagation in balls, which may need more bits than the values."""
        found: dict[Node, Array] = {}
        for precision in PRECISIONS:
            if precision >= self.precision:
                found = precisely(precision, self._backward)
                if _all_small(found):
                    break
        return found

    def _backward(self) -> dict[Node, Array]:
        balls, output = self._forward(), self.graph.output
        found = {output: each(_exactly, np.broadcast_to(np.asarray(self.seed, np.float64), np.shape(output.value)))}
        for node, i in sorted(self.graph.edges, key=lambda edge: -edge[0].number):
            if node.operation is not None:
                operand = node.operands[i]
                part = node.operation.pull_ball(node, i, found[node], [balls[known] for known in node.operands], balls[node])
                found[operand] = each(operator.add, found[operand], part) if operand in found else part
        return found

    def cancelled(self, node: Node) -> Array:
        """Tell for every element whether it is a sum in which large terms, already rounded, left a small one."""
        shape = np.shape(node.value)
        if node.operation is None or node.operation.name not in ("add", "subtract", "sum", "mean", "matmul"):
            return np.zeros(shape, dtype=bool)
        return (self.conditions[node] >= CANCELLING) & (np.abs(self.errors[node]) >= LOST)

    def marked(self, node: Node) -> Array:
        """Tell for every element whether it shows one of the node's flags; not an underflow, which may be right."""
        value = np.asarray(node.value)
        found = self.cancelled(node)
        if "overflow" in node.raised or "divide" in node.raised:
            found = found | np.isinf(value)
        return found | np.isnan(value) if "invalid" in node.raised else found

    def worst(self, node: Node) -> tuple[int, ...]:
        """Find the element with a flag, and among these or else among all the largest error."""
        errors = np.nan_to_num(np.abs(self.errors[node]), nan=0.0, posinf=1e300)
        if not errors.size:
            raise ValueError(f"{node!r} is empty; there is no worst element")
        marked = self.marked(node)
        among = np.where(marked, errors, -1.0) if marked.any() else errors
        return tuple(int(i) for i in np.unravel_index(int(np.argmax(among)), errors.shape))


def _exactly(value: Any) -> Any:
    from flint import arb

    return value if isinstance(value, bool) else arb(value if isinstance(value, int) else float(value))


def _all_small(balls: dict[Node, Array]) -> bool:
    return all(_small(ball) for array in balls.values() for ball in array.flat)


def _small(ball: Any) -> bool:
    if not hasattr(ball, "man_exp"):
        return True
    if not ball.is_finite():
        return not ball.is_nan() and ball.is_exact()
    from flint import arb

    return bool(ball.rel_accuracy_bits() >= ACCURACY or ball.abs_upper() < arb((1, FLOOR)))
