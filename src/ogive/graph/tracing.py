"""Following user-written code: a stand-in for each input records every operation that it meets.

The stand-in speaks NumPy's protocols and Python's operators, so that the code is followed as it is. What it cannot follow, a
Python ``if`` on a value for one, is an error that names the line.
"""

from __future__ import annotations

import inspect
import linecache
import math
import os
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from ogive.graph.functions import NAMED, WHERE, pointwise
from ogive.graph.nodes import Graph, Node, as_number, computed
from ogive.graph.operations import Extreme, MatrixProduct, Operation, Pointwise, Rearrangement, RowWise, Total

__all__ = ["TraceError", "Traced", "trace"]

_OURS = tuple(str(Path(module.__file__ or "").parent) + os.sep for module in (sys.modules["ogive"], np))


class TraceError(Exception):
    """The graph cannot follow this; the message names the line of the user's code, and the way out.

    Attributes
    ----------
    reason : str
        The message without the line.
    """

    def __init__(self, place: str, reason: str) -> None:
        super().__init__(place + reason)
        self.reason = reason


def _refuse(what: str, way_out: str) -> NoReturn:
    raise TraceError(_place(), f"the graph cannot follow {what}; {way_out}")


def _place() -> str:
    """Name the line of the user's code, the innermost frame that is neither NumPy's nor ours."""
    frame = sys._getframe(1)
    while frame is not None:
        file = frame.f_code.co_filename
        if not file.startswith(_OURS):
            line = linecache.getline(file, frame.f_lineno, frame.f_globals).strip()
            return f"line {frame.f_lineno} of {Path(file).name}: " + (f"`{line}`: " if line else "")
        if frame.f_back is None:
            break
        frame = frame.f_back
    return ""


class _Tape:
    """The nodes of one trace, in the order in which they are computed."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self.arrays: dict[int, Node] = {}  # constant arrays by identity: one that is used twice is one node
        self.held: list[Any] = []  # so that no identity is given to another array

    def add(self, kind: str, operation: Operation | None, operands: Sequence[Node], function: Callable[..., Any], value: Any) -> Node:
        node = Node(len(self.nodes), kind, operation, tuple(operands), function, value, depends=any(o.depends for o in operands))
        self.nodes.append(node)
        return node

    def constant(self, value: Any) -> Node:
        """Take a number or an array that does not depend on the inputs."""
        if isinstance(value, (bool, int, float)) or (isinstance(value, np.generic) and value.dtype.kind in "biuf"):
            return self.add("constant", None, (), _nothing, value)
        known = self.arrays.get(id(value))
        if known is not None:
            return known
        array = np.array(value)
        if array.dtype.kind not in "biuf" and array.dtype.name != "bfloat16":
            _refuse(f"{type(value).__name__} {value!r}", "numbers and arrays of real numbers are what it takes")
        node = self.add("constant", None, (), _nothing, array)
        if array.ndim:
            taken = {known.name for known in self.nodes}
            node.name = next(name for i in range(1, len(self.nodes) + 1) if (name := f"c{i}") not in taken)
        self.arrays[id(value)] = node
        self.held.append(value)
        return node

    def apply(self, operation: Operation, function: Callable[..., Any], operands: Sequence[Any]) -> Traced:
        """Compute one operation and record it."""
        if any(isinstance(operand, Traced) and operand._tape is not self for operand in operands):
            _refuse("a node of another graph", "pass it as an input, by its value")
        nodes = [operand._node if isinstance(operand, Traced) else self.constant(operand) for operand in operands]
        if isinstance(operation, Pointwise) and operation.slopes:
            for i, node in enumerate(nodes):
                if operation.slopes[i] is None and node.receives_gradients:
                    _refuse(f"{operation.name} with operand {i + 1} from the inputs", "it has no derivative there: give a number")
        try:
            value, raised = computed(function, [node.value for node in nodes])
        except (TypeError, ValueError, IndexError) as error:
            raise TraceError(_place(), str(error)) from error
        node = self.add("operation", operation, nodes, function, value)
        node.raised = raised
        return Traced(self, node)


def _nothing() -> None:
    return None


class Traced(np.lib.mixins.NDArrayOperatorsMixin):
    """What stands for an array while a function is traced.

    It has the shape and the methods of an array, as far as a graph can follow them.
    """

    __slots__ = ("_node", "_tape")
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, tape: _Tape, node: Node) -> None:
        self._tape, self._node = tape, node

    def constant(self, value: Any) -> Traced:
        """Make a node of a number, so that what is computed of numbers alone is recorded, too."""
        return Traced(self._tape, self._tape.constant(value))

    # ── NumPy's protocols ────────────────────────────────────────────────────────────────────────────────────────────────

    def __array_ufunc__(self, function: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        if options.get("out") is not None:
            _refuse("writing in place", "write x = x + 1 instead of x += 1, and leave out= out")
        if method == "reduce" and function in (np.add, np.maximum, np.minimum):
            kept = {key: options[key] for key in ("axis", "keepdims") if options.get(key) is not None}
            return _reduced(self, {np.add: "sum", np.maximum: "max", np.minimum: "min"}[function], **({"axis": 0} | kept))
        given = {key: value for key, value in options.items() if value is not None and not (key == "where" and value is True)}
        if method != "__call__" or given:
            what = f"numpy.{function.__name__}" + (f".{method}" if method != "__call__" else f" with {', '.join(given)}=")
            _refuse(what, "call the plain function")
        if function is np.matmul:
            return self._tape.apply(MatrixProduct(), np.matmul, inputs)
        operation = pointwise(function)
        if operation is None:
            rows = f"call the card, ogive.{function.__name__}, with one axis"
            known = f"it follows {', '.join(NAMED)}, and ogive's functions of numbers that have one result"
            _refuse(f"the ufunc {function.__name__}", rows if function.signature else known)
        return self._tape.apply(operation, function, inputs)

    def __array_function__(self, function: Callable[..., Any], types: Any, args: Any, kwargs: Any) -> Any:
        follow = _FUNCTIONS.get(function)
        if follow is None:
            names = ", ".join(sorted({f.__name__ for f in _FUNCTIONS}))
            _refuse(f"numpy.{function.__name__}", f"besides ufuncs it follows {names}")
        kept = {key: value for key, value in kwargs.items() if value is not None and value is not np._NoValue}
        try:
            return follow(*args, **kept)
        except TypeError as error:
            if "argument" not in str(error):
                raise
            _refuse(f"numpy.{function.__name__} with {', '.join(map(str, kept)) or 'these arguments'}", str(error))

    def __ogive__(self, card: Any, **options: Any) -> Traced:
        """Follow a card that takes rows."""
        axis, temperature = options.pop("axis"), options.pop("temperature", 1)
        given = [key for key, value in options.items() if value is not None]
        if given or not isinstance(axis, int) or isinstance(temperature, Traced) or np.ndim(temperature):
            _refuse(f"ogive.{card.name} with {', '.join(given) or 'these arguments'}", "one axis and a temperature are what it follows")
        operation = RowWise(card, axis, float(temperature))
        return self._tape.apply(operation, partial(card, axis=axis, temperature=temperature), [self])

    # ── what an array has ────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape."""
        return np.shape(self._node.value)

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """The number of elements."""
        return math.prod(self.shape)

    @property
    def dtype(self) -> np.dtype[Any]:
        """The dtype."""
        return np.asarray(self._node.value).dtype

    @property
    def T(self) -> Traced:
        """The transpose."""
        return _moved(self, "transpose", np.transpose)

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError("len() of a node without axes")
        return self.shape[0]

    def __iter__(self) -> Any:
        return (self[i] for i in range(len(self)))

    def __getitem__(self, key: Any) -> Traced:
        if any(isinstance(part, Traced) for part in (key if isinstance(key, tuple) else (key,))):
            _refuse("an index that depends on the inputs", "use np.where to choose by value")
        return _moved(self, "getitem", lambda x: x[key], key)

    def sum(self, axis: Any = None, keepdims: bool = False) -> Traced:
        """Add along axes."""
        return _reduced(self, "sum", axis, keepdims)

    def mean(self, axis: Any = None, keepdims: bool = False) -> Traced:
        """Average along axes."""
        return _reduced(self, "mean", axis, keepdims)

    def max(self, axis: Any = None, keepdims: bool = False) -> Traced:
        """Find the largest along axes."""
        return _reduced(self, "max", axis, keepdims)

    def min(self, axis: Any = None, keepdims: bool = False) -> Traced:
        """Find the smallest along axes."""
        return _reduced(self, "min", axis, keepdims)

    def dot(self, other: Any) -> Traced:
        """Multiply matrices."""
        return _dot(self, other)

    def reshape(self, *shape: Any) -> Traced:
        """Give another shape."""
        return _reshape(self, shape[0] if len(shape) == 1 else shape)

    def transpose(self, *axes: Any) -> Traced:
        """Exchange axes."""
        return _transpose(self, axes[0] if len(axes) == 1 else axes or None)

    def ravel(self) -> Traced:
        """Make one axis of all."""
        return _reshape(self, -1)

    flatten = ravel

    def squeeze(self, axis: Any = None) -> Traced:
        """Leave axes of length 1 out."""
        return _squeeze(self, axis)

    def copy(self) -> Traced:
        """Return the node: nothing is written to it."""
        return self

    # ── what cannot be followed ──────────────────────────────────────────────────────────────────────────────────────────

    def __bool__(self) -> bool:
        _refuse("a Python if, while, and, or, not on a value that depends on the inputs", "use np.where(condition, a, b)")

    def __float__(self) -> float:
        _refuse("float() of a node, or a function of the module math", "leave float() out, and use np.exp instead of math.exp")

    def __int__(self) -> int:
        _refuse("int() of a node", "a whole number has no derivative")

    def __index__(self) -> int:
        _refuse("a node as an index or a count", "use np.where to choose by value")

    def __complex__(self) -> complex:
        _refuse("complex() of a node", "it works with real numbers")

    def __setitem__(self, key: Any, value: Any) -> None:
        _refuse("writing into an array", "build a new one, with np.where, np.stack or np.concatenate")

    def __array__(self, *args: Any, **kwargs: Any) -> Any:
        _refuse(
            "a function that turns the node into a plain array", "use ufuncs, np.stack, and the cards of ogive that take numbers or rows"
        )

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise AttributeError(f"{_place()}the graph cannot follow .{name}; use a function of NumPy or ogive that it does follow")

    def __repr__(self) -> str:
        return f"<traced {self._node.called}, shape {self.shape}>"


# ── NumPy's functions that are no ufuncs ─────────────────────────────────────────────────────────────────────────────────


def _tape_of(*values: Any) -> _Tape:
    return next(value._tape for value in values if isinstance(value, Traced))


def _reduced(x: Traced, name: str, axis: Any = None, keepdims: bool = False) -> Traced:
    axis = tuple(axis) if isinstance(axis, (tuple, list)) else axis
    operation = (Total if name in ("sum", "mean") else Extreme)(name, axis, bool(keepdims))
    return x._tape.apply(operation, partial(getattr(np, name), axis=axis, keepdims=keepdims), [x])


def _moved(x: Any, name: str, move: Callable[..., Any], *options: Any) -> Traced:
    values = x if isinstance(x, (list, tuple)) else [x]
    return _tape_of(*values).apply(Rearrangement(name, move, options), move, values)


def _reshape(a: Any, shape: Any, /) -> Traced:
    return _moved(a, "reshape", lambda x: np.reshape(x, shape), shape)


def _transpose(a: Any, axes: Any = None) -> Traced:
    return _moved(a, "transpose", lambda x: np.transpose(x, axes), *(() if axes is None else (axes,)))


def _squeeze(a: Any, axis: Any = None) -> Traced:
    return _moved(a, "squeeze", lambda x: np.squeeze(x, axis), *(() if axis is None else (axis,)))


def _dot(a: Any, b: Any) -> Traced:
    if np.ndim(_value(a)) == 0 or np.ndim(_value(b)) == 0:
        return _tape_of(a, b).apply(NAMED["multiply"], np.multiply, [a, b])
    if np.ndim(_value(b)) > 2:
        _refuse("numpy.dot of more than two axes", "use @")
    return _tape_of(a, b).apply(MatrixProduct(), np.matmul, [a, b])


def _value(x: Any) -> Any:
    return x._node.value if isinstance(x, Traced) else x


def _where(condition: Any, x: Any, y: Any) -> Traced:
    return _tape_of(condition, x, y).apply(WHERE, np.where, [condition, x, y])


def _clip(a: Any, low: Any = None, high: Any = None, /, a_min: Any = None, a_max: Any = None) -> Any:
    low, high = (a_min if low is None else low), (a_max if high is None else high)
    a = a if low is None else np.maximum(a, low)
    return a if high is None else np.minimum(a, high)


def _stack(arrays: Any, axis: int = 0) -> Traced:
    return _moved(list(arrays), "stack", lambda *x: np.stack(x, axis), axis)


def _concatenate(arrays: Any, axis: int = 0) -> Traced:
    return _moved(list(arrays), "concatenate", lambda *x: np.concatenate(x, axis), axis)


_FUNCTIONS: dict[Callable[..., Any], Callable[..., Any]] = {
    np.sum: lambda a, axis=None, keepdims=False: _reduced(a, "sum", axis, keepdims),
    np.mean: lambda a, axis=None, keepdims=False: _reduced(a, "mean", axis, keepdims),
    np.max: lambda a, axis=None, keepdims=False: _reduced(a, "max", axis, keepdims),
    np.min: lambda a, axis=None, keepdims=False: _reduced(a, "min", axis, keepdims),
    np.where: _where,
    np.clip: _clip,
    np.dot: _dot,
    np.reshape: _reshape,
    np.ravel: lambda a: _reshape(a, -1),
    np.transpose: _transpose,
    np.squeeze: _squeeze,
    np.expand_dims: lambda a, axis: _moved(a, "expand_dims", lambda x: np.expand_dims(x, axis), axis),
    np.broadcast_to: lambda array, shape: _moved(array, "broadcast_to", lambda x: np.broadcast_to(x, shape), shape),
    np.stack: _stack,
    np.concatenate: _concatenate,
    np.shape: lambda a: a.shape,
    np.ndim: lambda a: a.ndim,
    np.size: lambda a: a.size,
}


# ── the public call ──────────────────────────────────────────────────────────────────────────────────────────────────────


def trace(function: Callable[..., Any], *inputs: Any) -> Graph:
    """Run a function on stand-ins for its inputs, and return the graph of what it computed.

    Parameters
    ----------
    function : callable
        Your own code, in NumPy and ogive: operators, ufuncs, ``np.where``, sums, ``@``, reshaping, the cards.
    *inputs : array_like
        The numbers to compute at; arrays broadcast as ever. Integers become float64.

    Returns
    -------
    Graph
        With values, gradients, true values and errors at every node. The caller's arrays are not written to.

    Raises
    ------
    TraceError
        If it meets what it cannot follow; the message names the line.
    TypeError
        If an input is no real number, or the function returns something else than one array that depends on the inputs.

    Examples
    --------
    >>> import numpy as np
    >>> from ogive.graph import trace
    >>> graph = trace(lambda x: 1 / (1 + np.exp(-x)), 1.0)
    >>> [node.label for node in graph.operations]
    ['×(-1)', 'exp', '+1', '/']
    >>> [round(float(g), 6) for g in graph.backward()]
    [0.196612]
    """
    if not inputs:
        raise TypeError("trace needs the inputs to compute at: trace(f, 1.0)")
    tape = _Tape()
    names = _names(function, len(inputs))
    stand_ins = []
    for name, value in zip(names, inputs, strict=True):
        node = tape.add("input", None, (), _nothing, as_number(value, name))
        node.name, node.depends = name, True
        stand_ins.append(Traced(tape, node))
    result = function(*stand_ins)
    if not isinstance(result, Traced) or result._tape is not tape:
        what = f"a {type(result).__name__}" if not isinstance(result, (int, float, np.ndarray)) else "what does not depend on its inputs"
        raise TypeError(f"a graph has one output that depends on its inputs; the function returned {what}: return one expression of them")
    if result.dtype == bool:
        raise TypeError(
            "the function returned true or false, which has no gradient; return a number, for one np.where(condition, 1.0, 0.0)"
        )
    return Graph(tape.nodes, [stand_in._node for stand_in in stand_ins], result._node)


def _names(function: Callable[..., Any], count: int) -> list[str]:
    """Name the inputs as the function does."""
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        parameters = []
    named = [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)][:count]
    return named + ["x" if count == 1 else f"x{i + 1}" for i in range(len(named), count)]
