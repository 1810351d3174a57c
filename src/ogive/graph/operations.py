"""What a node may do: its derivative in NumPy, its truth in ball arithmetic, its rule in backpropagation, how it is written.

An operation is stated twice. The slopes are NumPy, as in a textbook; the balls are `flint.arb`, and their derivatives follow from
power series, so that the one checks the other. A function that a node calls stays the user's own: only the node holds it.
"""

from __future__ import annotations

import ast
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from ogive.graph.nodes import Node

__all__ = ["Extreme", "MatrixProduct", "Operation", "Pointwise", "Rearrangement", "RowWise", "Total", "each", "literal", "summed_to"]

Array = np.ndarray[Any, np.dtype[Any]]
Rule = tuple[str, str]  # what backpropagation does at a node, a key of `language.RULES`, and by which factor


def each(function: Callable[..., Any], *arrays: Any) -> Array:
    """Apply a function of balls to every element, with broadcasting."""
    with np.errstate(all="ignore"):  # NumPy looks at the flags even here
        return _objects(np.frompyfunc(function, len(arrays), 1)(*arrays))


def _objects(values: Any) -> Array:
    """Make an array of what may be one number or one ball."""
    if isinstance(values, (np.ndarray, np.generic, float)):
        return np.asarray(values)
    held = np.empty((), dtype=object)
    held[()] = values
    return held


def summed_to(gradient: Any, shape: tuple[int, ...]) -> Array:
    """Undo broadcasting: sum over the axes that were added or stretched."""
    gradient = _objects(gradient)
    gradient = gradient.sum(axis=tuple(range(gradient.ndim - len(shape)))) if gradient.ndim > len(shape) else gradient
    stretched = tuple(i for i, n in enumerate(shape) if n == 1 and np.shape(gradient)[i] != 1)
    return _objects(_objects(gradient).sum(axis=stretched, keepdims=True) if stretched else gradient)


def literal(value: Any) -> ast.expr:
    """Write a Python value as syntax."""
    if isinstance(value, tuple):
        return ast.Tuple([literal(v) for v in value], ast.Load())
    if isinstance(value, slice):
        return ast.Slice(*(None if v is None else literal(v) for v in (value.start, value.stop, value.step)))
    if isinstance(value, (int, float)) and not isinstance(value, bool) and value < 0:
        return ast.UnaryOp(ast.USub(), ast.Constant(-value))
    if value == float("inf"):
        return ast.Name("inf", ast.Load())
    return ast.Constant(value if isinstance(value, (bool, int, float, str, type(None), type(...))) else repr(value))


def _call(name: str, operands: Sequence[ast.expr], **options: Any) -> ast.expr:
    function: ast.expr = ast.Name(name.split(".")[0], ast.Load())
    for part in name.split(".")[1:]:
        function = ast.Attribute(function, part, ast.Load())
    return ast.Call(function, list(operands), [ast.keyword(key, literal(value)) for key, value in options.items() if value is not None])


def _ratio(parts: Any, whole: Any) -> float:
    """Divide sizes; where both are nothing, nothing is magnified."""
    if parts == 0:
        return 0.0
    return float(parts / abs(whole)) if whole.is_finite() and not whole.contains(0) else float("inf")


class Operation(ABC):
    """What every operation can say of itself."""

    name: str
    follows_gradients = True

    @abstractmethod
    def enclose(self, node: Node, balls: Sequence[Array]) -> Array:
        """Compute the truth from the balls of the operands."""

    @abstractmethod
    def pull(self, node: Node, i: int, gradient: Any) -> Any:
        """Multiply a gradient by the derivative with respect to operand i, in NumPy."""

    @abstractmethod
    def pull_ball(self, node: Node, i: int, gradient: Array, balls: Sequence[Array], result: Array) -> Array:
        """Do the same in balls."""

    @abstractmethod
    def magnification(self, node: Node, balls: Sequence[Array], result: Array) -> Array:
        """Compute the condition numbers: by how much relative errors of the operands grow."""

    @abstractmethod
    def local(self, node: Node, i: int) -> Any:
        """Return the derivative with respect to operand i; for what is not elementwise, the number or matrix that takes its place."""

    @abstractmethod
    def rule(self, node: Node, i: int) -> Rule:
        """Tell what backpropagation does with operand i."""

    def label(self, node: Node) -> str:
        """Write what stands in the picture."""
        return self.name

    def spell(self, node: Node, operands: Sequence[ast.expr]) -> ast.expr:
        """Write the node as an expression of its operands."""
        return _call(self.name, operands)


_BINARY: dict[str, tuple[str, type[ast.operator]]] = {
    "add": ("+", ast.Add),
    "subtract": ("-", ast.Sub),
    "multiply": ("×", ast.Mult),
    "divide": ("/", ast.Div),
    "power": ("^", ast.Pow),
}
_COMPARED: dict[str, tuple[str, type[ast.cmpop]]] = {
    "less": ("<", ast.Lt),
    "less_equal": ("≤", ast.LtE),
    "greater": (">", ast.Gt),
    "greater_equal": ("≥", ast.GtE),
    "equal": ("=", ast.Eq),
    "not_equal": ("≠", ast.NotEq),
}


@dataclass(frozen=True, eq=False)
class Pointwise(Operation):
    """A function of single numbers, with broadcasting.

    Parameters
    ----------
    name : str
        As it is called; a card's begins with ``ogive.``.
    ball : callable
        The truth at one point: takes balls or power series of them.
    slopes : tuple
        The derivative with respect to each operand: functions of the result and the operands, in NumPy; None where there is none.
    factors : tuple of str
        The same as people write them, with ``{y}``, ``{a}`` and ``{b}``.
    tangent : callable or None
        ``tangent(i, *balls)``, the derivative, where power series do not give it.
    selects : bool
        Whether it hands through one operand, so that nothing at all reaches the others.
    defaults : tuple of float
        Of the last operands, a card's parameters: they are not written.
    """

    name: str
    ball: Callable[..., Any]
    slopes: tuple[Callable[..., Any] | None, ...] = ()
    factors: tuple[str, ...] = ()
    tangent: Callable[..., Any] | None = None
    selects: bool = False
    defaults: tuple[float, ...] = ()

    @property
    def follows_gradients(self) -> bool:  # type: ignore[override]
        """Whether a gradient goes through; not through a comparison."""
        return bool(self.slopes)

    def enclose(self, node: Node, balls: Sequence[Array]) -> Array:
        """Compute the truth element by element."""

        def at(*point: Any) -> Any:
            try:
                return self.ball(*point)
            except (ValueError, ZeroDivisionError, OverflowError):
                return _nan()

        return each(at, *balls)

    def local(self, node: Node, i: int) -> Any:
        """Return the derivative."""
        slope = self.slopes[i]
        if slope is None:
            raise TypeError(f"{self.name} has no derivative with respect to its operand {i + 1}; hold that one constant")
        with np.errstate(all="ignore"):
            return slope(node.value, *(operand.value for operand in node.operands))

    def pull(self, node: Node, i: int, gradient: Any) -> Any:
        """Multiply by the derivative, and sum where the operand was broadcast."""
        slope = self.local(node, i)
        product = np.multiply(gradient, slope)
        return summed_to(np.where(np.equal(slope, 0), 0, product) if self.selects else product, np.shape(node.operands[i].value))

    def _slope_ball(self, i: int, *balls: Any) -> Any:
        try:
            if self.tangent is not None:
                return self.tangent(i, *balls)
            series = self.ball(*(_variable(ball) if i == j else ball for j, ball in enumerate(balls)))
            return series[1] if hasattr(series, "length") else _zero()
        except (ValueError, ZeroDivisionError, OverflowError):
            return _nan()

    def pull_ball(self, node: Node, i: int, gradient: Array, balls: Sequence[Array], result: Array) -> Array:
        """Multiply by the enclosed derivative."""
        return summed_to(gradient * each(lambda *point: self._slope_ball(i, *point), *balls), balls[i].shape)

    def magnification(self, node: Node, balls: Sequence[Array], result: Array) -> Array:
        """Sum the sizes of x f'(x) / f(x) over what depends on an input."""
        if not self.slopes:
            return np.zeros(result.shape)
        moving = [i for i, operand in enumerate(node.operands) if operand.depends and self.slopes[i] is not None]

        def at(whole: Any, *point: Any) -> float:
            return _ratio(sum((abs(point[i] * self._slope_ball(i, *point)) for i in moving), start=_zero()), whole)

        return np.asarray(each(at, result, *balls), dtype=np.float64)

    def rule(self, node: Node, i: int) -> Rule:
        """Tell the factor; + passes on, × swaps."""
        texts = [operand.formula for operand in node.operands]
        other = node.operands[1 - i] if len(node.operands) == 2 else None
        if self.name == "add" or (self.name == "subtract" and i == 0):
            return "pass", ""
        if self.name == "multiply" and other is not None:
            return ("swap" if other.depends else "multiply"), texts[1 - i]
        if self.name == "divide" and i == 1 and node.operands[0].is_number(1):
            return "multiply", "-y²"
        if self.selects:
            return "choose", ""
        if self.name == "power" and i == 0 and node.operands[1].kind == "constant" and node.operands[1].shown_in_label:
            exponent = float(node.operands[1].value)
            power = "" if exponent == 2 else f"^{exponent - 1:g}" if exponent > 1 else f"^({exponent - 1:g})"
            return "multiply", f"{exponent:g}·{_grouped(texts[0])}{power}"
        named = dict(zip("ab", map(_grouped, texts), strict=False))
        plain = node.formula if len(node.formula) <= 24 else "y"
        return "multiply", self.factors[i].format(y=plain, u=texts[0], **named)

    def label(self, node: Node) -> str:
        """Write the operator, with a number on its side as part of it."""
        sign = _BINARY.get(self.name, _COMPARED.get(self.name, ("", None)))[0]
        if self.name == "negative":
            return "×(-1)"
        if not sign:
            return self.name.removeprefix("ogive.").replace(".second_derivative", "″").replace(".derivative", "′")
        a, b = node.operands
        if b.shown_in_label and not a.shown_in_label:
            text = b.formula
            return sign + (f"({text})" if text.startswith("-") else text)
        if a.shown_in_label:
            commutes = self.name in ("add", "multiply")
            return "/" if self.name == "divide" and a.is_number(1) else f"{sign}{a.formula}" if commutes else f"{a.formula}{sign}"
        return sign

    def spell(self, node: Node, operands: Sequence[ast.expr]) -> ast.expr:
        """Write an operator or a call."""
        if self.name == "negative":
            return ast.UnaryOp(ast.USub(), operands[0])
        if self.name in _BINARY:
            return ast.BinOp(operands[0], _BINARY[self.name][1](), operands[1])
        if self.name in _COMPARED:
            return ast.Compare(operands[0], [_COMPARED[self.name][1]()], [operands[1]])
        written, defaults = list(operands), list(self.defaults)
        while defaults and node.operands[len(written) - 1].is_number(defaults.pop()):
            written.pop()
        return _call(self.name, written)


def _variable(ball: Any) -> Any:
    from flint import arb_series

    return arb_series([ball, 1])


def _zero() -> Any:
    from flint import arb

    return arb(0)


def _nan() -> Any:
    from flint import arb

    return arb.nan()


# ── what takes arrays as a whole ─────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, eq=False)
class _Along(Operation):
    """What goes along axes: the axes, and whether they stay with length 1."""

    name: str
    axis: int | tuple[int, ...] | None = None
    keepdims: bool = False

    def _restored(self, values: Any, shape: tuple[int, ...]) -> Array:
        """Give a result its axes back, and stretch it to the shape of the operand."""
        if not self.keepdims and shape:
            axes = range(len(shape)) if self.axis is None else np.lib.array_utils.normalize_axis_tuple(self.axis, len(shape))
            values = np.expand_dims(_objects(values), tuple(axes))
        return np.broadcast_to(_objects(values), shape)

    def spell(self, node: Node, operands: Sequence[ast.expr]) -> ast.expr:
        """Write the call with its axis."""
        return _call(self.name, operands, axis=self.axis, keepdims=self.keepdims or None)


class Total(_Along):
    """A sum or a mean."""

    def _count(self, node: Node) -> int:
        return np.size(node.operands[0].value) // max(np.size(node.value), 1) if self.name == "mean" else 1

    def enclose(self, node: Node, balls: Sequence[Array]) -> Array:
        """Add the balls."""
        return _objects(_objects(np.sum(balls[0], axis=self.axis, keepdims=self.keepdims, initial=_zero())) / self._count(node))

    def local(self, node: Node, i: int) -> Any:
        """Return 1, or one over the number of terms."""
        return 1 / self._count(node)

    def pull(self, node: Node, i: int, gradient: Any) -> Any:
        """Give every term the gradient, or its share."""
        return self._restored(gradient, np.shape(node.operands[0].value)) / self._count(node)

    def pull_ball(self, node: Node, i: int, gradient: Array, balls: Sequence[Array], result: Array) -> Array:
        """Give every term the gradient, or its share."""
        return _objects(self._restored(gradient, balls[0].shape) / self._count(node))

    def magnification(self, node: Node, balls: Sequence[Array], result: Array) -> Array:
        """Divide the sum of the sizes by the size of the sum."""
        sizes = _objects(np.sum(np.abs(balls[0]), axis=self.axis, keepdims=self.keepdims, initial=_zero())) / self._count(node)
        return np.asarray(each(_ratio, sizes, result), dtype=np.float64)

    def rule(self, node: Node, i: int) -> Rule:
        """Spread the gradient."""
        return ("spread", "") if self.name == "sum" else ("multiply", f"1/{self._count(node)}")


class Extreme(_Along):
    """The largest or the smallest entry."""

    def _chosen(self, node: Node) -> Array:
        """Share 1 among the entries that win."""
        x, shape = np.asarray(node.operands[0].value), np.shape(node.operands[0].value)
        best = self._restored(node.value, shape)
        wins = np.asarray((x == best) | (np.isnan(x) & np.isnan(best)), dtype=np.float64)
        return np.asarray(wins / self._restored(wins.sum(axis=self.axis, keepdims=self.keepdims), shape))

    def enclose(self, node: Node, balls: Sequence[Array]) -> Array:
        """Compare the balls."""
        better: Callable[[Any, Any], Any] = (lambda a, b: a.max(b)) if self.name == "max" else (lambda a, b: a.min(b))
        axes = range(balls[0].ndim) if self.axis is None else np.lib.array_utils.normalize_axis_tuple(self.axis, balls[0].ndim)
        result = balls[0]
        for axis in sorted(axes, reverse=True):
            result = _objects(np.frompyfunc(better, 2, 1).reduce(result, axis=axis, keepdims=self.keepdims))
        return result

    def local(self, node: Node, i: int) -> Any:
        """Return 1 where the entry wins."""
        return self._chosen(node)

    def pull(self, node: Node, i: int, gradient: Any) -> Any:
        """Hand the gradient to the winner; those that tie share it."""
        chosen = self._chosen(node)
        return np.where(chosen == 0, 0, chosen * self._restored(gradient, chosen.shape))

    def pull_ball(self, node: Node, i: int, gradient: Array, balls: Sequence[Array], result: Array) -> Array:
        """Hand the gradient to the winner that the numbers have shown."""
        wins = each(lambda x, best: float(x.overlaps(best)), balls[0], self._restored(result, balls[0].shape))
        count = self._restored(np.sum(wins, axis=self.axis, keepdims=self.keepdims), balls[0].shape)
        return _objects(self._restored(gradient, balls[0].shape) * wins / count)

    def magnification(self, node: Node, balls: Sequence[Array], result: Array) -> Array:
        """Magnify nothing."""
        return np.ones(result.shape)

    def rule(self, node: Node, i: int) -> Rule:
        """Choose."""
        return "choose", ""


@dataclass(frozen=True, eq=False)
class MatrixProduct(Operation):
    """``a @ b``, of matrices, stacks of them, and vectors."""

    name: str = "matmul"

    def enclose(self, node: Node, balls: Sequence[Array]) -> Array:
        """Multiply the balls."""
        return _objects(np.matmul(*balls))

    def local(self, node: Node, i: int) -> Any:
        """Return the other matrix."""
        return node.operands[1 - i].value

    def _pull(self, i: int, gradient: Any, operands: Sequence[Any]) -> Any:
        a, b = (_objects(np.asarray(x)) for x in operands)
        wide_a, wide_b = (a[None, :] if a.ndim == 1 else a), (b[:, None] if b.ndim == 1 else b)
        gradient = _objects(gradient)
        gradient = np.expand_dims(gradient, -1) if b.ndim == 1 else gradient
        gradient = np.expand_dims(gradient, -2) if a.ndim == 1 else gradient
        product = np.matmul(gradient, wide_b.swapaxes(-1, -2)) if i == 0 else np.matmul(wide_a.swapaxes(-1, -2), gradient)
        wide = (wide_a, wide_b)[i]
        return summed_to(product, wide.shape).reshape((a, b)[i].shape)

    def pull(self, node: Node, i: int, gradient: Any) -> Any:
        """Multiply by the other matrix, transposed."""
        return self._pull(i, gradient, [operand.value for operand in node.operands])

    def pull_ball(self, node: Node, i: int, gradient: Array, balls: Sequence[Array], result: Array) -> Array:
        """Multiply by the other matrix, transposed."""
        return _objects(self._pull(i, gradient, balls))

    def magnification(self, node: Node, balls: Sequence[Array], result: Array) -> Array:
        """Divide the product of the sizes by the size of the product, once for each factor that moves."""
        moving = sum(operand.depends for operand in node.operands)
        sizes = _objects(np.matmul(*(np.abs(ball) for ball in balls))) * moving
        return np.asarray(each(_ratio, sizes, result), dtype=np.float64)

    def rule(self, node: Node, i: int) -> Rule:
        """Multiply by the other, transposed, on its side."""
        return ("matrix_right" if i == 0 else "matrix_left"), f"{_grouped(node.operands[1 - i].formula)}ᵀ"

    def label(self, node: Node) -> str:
        """Write the operator."""
        return "@"

    def spell(self, node: Node, operands: Sequence[ast.expr]) -> ast.expr:
        """Write the operator."""
        return ast.BinOp(operands[0], ast.MatMult(), operands[1])


def _grouped(text: str) -> str:
    """Put an expression in brackets, a name or a number as it is."""
    return text if text.isidentifier() or text.replace(".", "", 1).isdigit() else f"({text})"


@dataclass(frozen=True, eq=False)
class Rearrangement(Operation):
    """What moves, repeats or picks elements and computes nothing: reshape, transpose, indexing, concatenate.

    Parameters
    ----------
    name : str
        As it is called.
    move : callable
        The same function, for arrays of anything.
    options : tuple
        The arguments after the arrays, to be written.
    """

    name: str
    move: Callable[..., Any]
    options: tuple[Any, ...] = ()

    def enclose(self, node: Node, balls: Sequence[Array]) -> Array:
        """Move the balls."""
        return _objects(self.move(*balls))

    def local(self, node: Node, i: int) -> Any:
        """Return 1: nothing is computed."""
        return 1.0

    def _back(self, node: Node, i: int, gradient: Any, empty: Any) -> Array:
        """Bring every element of a gradient back to the place that it came from."""
        shapes = [np.shape(operand.value) for operand in node.operands]
        starts = np.cumsum([0, *(int(np.prod(shape)) for shape in shapes)])
        places = self.move(*(np.arange(n, m).reshape(shape) for n, m, shape in zip(starts, starts[1:], shapes, strict=False)))
        found = np.full(starts[-1], empty, dtype=_objects(gradient).dtype)
        np.add.at(found, np.ravel(places), np.broadcast_to(_objects(gradient), np.shape(places)).ravel())
        return np.asarray(found[starts[i] : starts[i + 1]].reshape(shapes[i]))

    def pull(self, node: Node, i: int, gradient: Any) -> Any:
        """Move the gradient back."""
        return self._back(node, i, gradient, 0)

    def pull_ball(self, node: Node, i: int, gradient: Array, balls: Sequence[Array], result: Array) -> Array:
        """Move the balls back."""
        return self._back(node, i, gradient, _zero())

    def magnification(self, node: Node, balls: Sequence[Array], result: Array) -> Array:
        """Magnify nothing."""
        return np.ones(result.shape)

    def rule(self, node: Node, i: int) -> Rule:
        """Move back."""
        return "rearrange", ""

    def label(self, node: Node) -> str:
        """Write an index in brackets."""
        return ast.unparse(self.spell(node, [ast.Name("", ast.Load())])) if self.name == "getitem" else self.name

    def spell(self, node: Node, operands: Sequence[ast.expr]) -> ast.expr:
        """Write the call, or the index."""
        if self.name == "getitem":
            return ast.Subscript(operands[0], literal(self.options[0]), ast.Load())
        given = [ast.List(list(operands), ast.Load())] if self.name in ("concatenate", "stack") else list(operands)
        return _call(self.name, [*given, *map(literal, self.options)])


@dataclass(frozen=True, eq=False)
class RowWise(Operation):
    """A card of the catalogue that takes rows: softmax and its family.

    Parameters
    ----------
    card : Vectorwise
        The card.
    axis : int
        Along which the rows run.
    temperature : float
        Divides the rows.
    """

    card: Any
    axis: int = -1
    temperature: float = 1.0

    @property
    def name(self) -> str:  # type: ignore[override]
        """The name of the card."""
        return f"ogive.{self.card.name}"

    def _row(self, row: Any) -> list[Any]:
        result = self.card.reference([x / self.temperature for x in row] if self.temperature != 1 else list(row))
        return list(result) if isinstance(result, list) else [result]

    def enclose(self, node: Node, balls: Sequence[Array]) -> Array:
        """Evaluate the card's reference on every row."""
        rows = np.moveaxis(balls[0], self.axis, -1)
        found = np.empty((*rows.shape[:-1], 1 if self.card.reduces else rows.shape[-1]), dtype=object)
        for place in np.ndindex(rows.shape[:-1]):
            try:
                found[place] = self._row(rows[place])
            except (ValueError, ZeroDivisionError):
                found[place] = [_nan()] * found.shape[-1]
        return _objects(found[..., 0]) if self.card.reduces else np.moveaxis(found, -1, self.axis)

    def _jacobians(self, ball: Array) -> Array:
        """Enclose ∂y_i/∂x_j, column by column, with the axes of the rows in front."""
        from flint import arb, arb_series

        rows = np.moveaxis(ball, self.axis, -1)
        outputs = 1 if self.card.reduces else rows.shape[-1]
        found = np.empty((*rows.shape[:-1], outputs, rows.shape[-1]), dtype=object)
        for place in np.ndindex(rows.shape[:-1]):
            for j in range(rows.shape[-1]):
                try:
                    series = self._row([arb_series([x, 1 if i == j else 0]) for i, x in enumerate(rows[place])])
                    column = [y[1] if hasattr(y, "length") else arb(0) for y in series]
                except (ValueError, ZeroDivisionError):
                    column = [_nan()] * outputs
                for i, slope in enumerate(column):
                    found[(*place, i, j)] = slope
        return found

    def local(self, node: Node, i: int) -> Any:
        """Return nothing: a row has a matrix of derivatives."""
        return None

    def pull(self, node: Node, i: int, gradient: Any) -> Any:
        """Let the card multiply by its Jacobian."""
        return self.card.backward(gradient, node.operands[0].value, axis=self.axis, temperature=self.temperature)

    def pull_ball(self, node: Node, i: int, gradient: Array, balls: Sequence[Array], result: Array) -> Array:
        """Multiply by the enclosed Jacobian."""
        upstream = gradient[..., None] if self.card.reduces else np.moveaxis(gradient, self.axis, -1)
        product = np.sum(upstream[..., :, None] * self._jacobians(balls[0]), axis=-2)
        return np.moveaxis(_objects(product), -1, self.axis)

    def magnification(self, node: Node, balls: Sequence[Array], result: Array) -> Array:
        """Sum the sizes of x_j ∂y_i/∂x_j / y_i over j."""
        rows = np.moveaxis(balls[0], self.axis, -1)
        sizes = np.sum(np.abs(self._jacobians(balls[0]) * rows[..., None, :]), axis=-1)
        sizes = _objects(sizes[..., 0]) if self.card.reduces else np.moveaxis(sizes, -1, self.axis)
        return np.asarray(each(_ratio, sizes, result), dtype=np.float64)

    def rule(self, node: Node, i: int) -> Rule:
        """Multiply by the Jacobian."""
        return "jacobian", ""

    def label(self, node: Node) -> str:
        """Write the name of the card."""
        return str(self.card.name)

    def spell(self, node: Node, operands: Sequence[ast.expr]) -> ast.expr:
        """Write the call."""
        return _call(
            self.name,
            operands,
            axis=self.axis if self.axis != -1 else None,
            temperature=self.temperature if self.temperature != 1 else None,
        )
