"""What keeps the bits: the linter's rules, and more that need the numbers to be sure of, each tried before it is named.

A rule here is two formulas: one that loses bits, in which every name stands for any expression, and one that says the same.
Whether it helps is not asserted but computed: the second is evaluated where the first went wrong.
"""

from __future__ import annotations

import ast
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from ogive.graph.expression import parse
from ogive.graph.nodes import LOST
from ogive.graph.operations import each
from ogive.lint import instead_of
from ogive.truth.ulp import format_of, ulp_error

if TYPE_CHECKING:
    from ogive.graph.nodes import Graph, Node

__all__ = ["repair", "rewritten"]

#: What loses bits, and what says the same.
SAME = (
    ("log(1 + exp(x)) - x", "ogive.softplus(-x)"),
    ("log1p(exp(x)) - x", "ogive.softplus(-x)"),
    ("ogive.softplus(x) - x", "ogive.softplus(-x)"),
    ("-log(1 + exp(-x))", "ogive.log_sigmoid(x)"),
    ("log(1 / (1 + exp(-x)))", "ogive.log_sigmoid(x)"),
    ("log(1 - 1 / (1 + exp(-x)))", "ogive.log_sigmoid(-x)"),
    ("log(exp(x) / sum(exp(x)))", "ogive.log_softmax(x)"),
    ("log(exp(x - max(x)) / sum(exp(x - max(x))))", "ogive.log_softmax(x)"),
    ("x - log(sum(exp(x)))", "ogive.log_softmax(x)"),
    ("log(1 - exp(-x))", "ogive.log1mexp(x)"),
    ("log(1 - exp(x))", "ogive.log1mexp(-x)"),
    ("log(cosh(x))", "ogive.logcosh(x)"),
    ("log(exp(a) + exp(b))", "logaddexp(a, b)"),
    ("log(ogive.normal_cdf(x))", "ogive.log_normal_cdf(x)"),
    ("1 - ogive.normal_cdf(x)", "ogive.normal_cdf(-x)"),
    ("1 - ogive.erf(x)", "ogive.erfc(x)"),
    ("(exp(2 * x) - 1) / (exp(2 * x) + 1)", "ogive.tanh(x)"),
    ("(1 - exp(-2 * x)) / (1 + exp(-2 * x))", "ogive.tanh(x)"),
    ("(exp(x) - exp(-x)) / 2", "sinh(x)"),
    ("x * tanh(log(1 + exp(x)))", "ogive.mish(x)"),
    ("x / sqrt(1 + x ** 2)", "ogive.isru(x)"),
    ("sqrt(a ** 2 + b ** 2)", "hypot(a, b)"),
    ("sqrt(a * a + b * b)", "hypot(a, b)"),
    ("sqrt(x + c) - sqrt(x)", "c / (sqrt(x + c) + sqrt(x))"),
    ("sqrt(x) - sqrt(x - c)", "c / (sqrt(x) + sqrt(x - c))"),
    ("sqrt(a) - sqrt(b)", "(a - b) / (sqrt(a) + sqrt(b))"),
    ("a ** 2 - b ** 2", "(a - b) * (a + b)"),
    ("a * a - b * b", "(a - b) * (a + b)"),
    ("1 / x - 1 / (x + c)", "c / (x * (x + c))"),
    ("1 - cos(x)", "2 * sin(x / 2) ** 2"),
    ("exp(x) - 1", "expm1(x)"),
    ("1 - exp(x)", "-expm1(x)"),
    ("log(1 + x)", "log1p(x)"),
    ("log(1 - x)", "log1p(-x)"),
)
_Bound = dict[str, ast.expr]


@cache
def _rules() -> tuple[tuple[ast.expr, ast.expr], ...]:
    return tuple((ast.parse(loses, mode="eval").body, ast.parse(keeps, mode="eval").body) for loses, keeps in SAME)


def _last(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else ""


def _match(pattern: ast.expr, found: ast.expr, bound: _Bound) -> _Bound | None:
    """Match an expression with a pattern; + and × in either order."""
    if isinstance(pattern, ast.Name):
        known = bound.get(pattern.id)
        if known is not None:
            return bound if ast.dump(known) == ast.dump(found) else None
        return {**bound, pattern.id: found}
    if isinstance(pattern, ast.Constant):
        return bound if isinstance(found, ast.Constant) and found.value == pattern.value else None
    if isinstance(pattern, ast.UnaryOp) and isinstance(found, ast.UnaryOp) and type(pattern.op) is type(found.op):
        return _match(pattern.operand, found.operand, bound)
    if isinstance(pattern, ast.BinOp) and isinstance(found, ast.BinOp) and type(pattern.op) is type(found.op):
        orders = [(found.left, found.right)] + [(found.right, found.left)] * isinstance(pattern.op, (ast.Add, ast.Mult))
        for left, right in orders:
            half = _match(pattern.left, left, bound)
            whole = None if half is None else _match(pattern.right, right, half)
            if whole is not None:
                return whole
        return None
    if isinstance(pattern, ast.Call) and isinstance(found, ast.Call) and _last(pattern.func) == _last(found.func):
        return _match(pattern.args[0], found.args[0], bound) if len(found.args) == 1 else None
    return None


class _Filled(ast.NodeTransformer):
    """Put what was found in the places of a formula's names."""

    def __init__(self, bound: _Bound) -> None:
        self.bound = bound

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """Replace a name."""
        return self.bound.get(node.id, node)


def _candidates(expression: ast.expr) -> list[str]:
    """List what may be written instead, the linter's word first."""
    named = instead_of(expression)
    found = [] if named is None else [named]
    for loses, keeps in _rules():
        bound = _match(loses, expression, {})
        if bound is not None:
            copy = ast.parse(ast.unparse(keeps), mode="eval").body
            found.append(ast.unparse(ast.fix_missing_locations(_Filled(bound).visit(copy))))
    return found


def _helps(text: str, culprit: Node, node: Node, graph: Graph) -> bool:
    """Compute the other formula, and see whether it keeps the bits without the node that lost them."""
    try:
        formula = parse(text)
    except ValueError:  # the linter's word may be a sentence
        return False
    lost = ast.dump(culprit.syntax)
    if culprit.called in formula.names or any(ast.dump(part) == lost for part in ast.walk(ast.parse(text, mode="eval"))):
        return False
    values = {known.called: known.value for known in graph.nodes if not known.shown_in_label}
    try:
        with np.errstate(all="ignore"):
            value = np.asarray(formula(*(values[name] for name in formula.names)), dtype=np.asarray(node.value).dtype)
        fmt = format_of(value.dtype)
        errors = each(lambda v, ball: abs(ulp_error(v, ball, fmt)), value, graph.truth.balls[node])
    except (ValueError, KeyError, ArithmeticError):
        return False
    return bool(np.all(errors.astype(np.float64) < LOST))


def repair(graph: Graph, culprit: Node) -> tuple[Node, str] | None:
    """Find what to write instead of a node that lost bits, or of one around it.

    Parameters
    ----------
    graph : Graph
        The graph.
    culprit : Node
        The node that lost them.

    Returns
    -------
    (Node, str) or None
        The node to be replaced, the outermost that a rule knows, and a formula that has been tried; None if no rule helps.
    """
    around = [culprit]
    for node in graph.nodes[graph.nodes.index(culprit) + 1 :]:
        if any(operand in around for operand in node.operands):
            around.append(node)
    for node in reversed(around):
        for text in _candidates(node.syntax):
            if _helps(text, culprit, node, graph):
                return node, text
    return None


def rewritten(graph: Graph, replaced: Node, text: str) -> str:
    """Write the formula of a graph with another formula in the place of a node.

    Parameters
    ----------
    graph : Graph
        The graph.
    replaced : Node
        The node.
    text : str
        What takes its place, as `repair` gives it.

    Returns
    -------
    str
        The whole formula, with nothing abbreviated.
    """
    wholes: dict[Node, ast.expr] = {}
    for node in graph.nodes:
        wholes[node] = node.operation.spell(node, [wholes[operand] for operand in node.operands]) if node.operation else node.syntax
        if node is replaced:
            names: _Bound = {known.called: whole for known, whole in wholes.items() if known is not node}
            wholes[node] = _Filled(names).visit(ast.parse(text, mode="eval").body)
    return ast.unparse(wholes[graph.output])
