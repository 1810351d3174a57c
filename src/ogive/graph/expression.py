"""A formula in text as a function: read by Python's own parser, and computed from a fixed table; nothing is ever executed.

The language is the part of Python that formulas need: numbers, names, + - * / ** @, comparisons, and calls of NumPy's functions and
of the catalogue's, with or without ``np.`` and ``ogive.`` in front.
"""

from __future__ import annotations

import ast
import inspect
import math
from collections.abc import Callable
from difflib import get_close_matches
from functools import cache
from typing import Any, NoReturn

import numpy as np

from ogive.activation import Elementwise
from ogive.catalogue import ALIASES, CATALOGUE
from ogive.graph.functions import NAMED
from ogive.graph.language import complaint
from ogive.graph.tracing import Traced, TraceError
from ogive.vectorwise import Vectorwise

__all__ = ["Formula", "FormulaError", "parse"]

LONGEST = 5000  # characters
_NUMBERS = {"pi": math.pi, "e": math.e, "inf": math.inf}
_OPERATORS: dict[type[ast.AST], Callable[..., Any]] = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
    ast.Div: np.divide,
    ast.Pow: np.power,
    ast.MatMult: np.matmul,
    ast.USub: np.negative,
    ast.UAdd: np.positive,
    ast.Lt: np.less,
    ast.LtE: np.less_equal,
    ast.Gt: np.greater,
    ast.GtE: np.greater_equal,
    ast.Eq: np.equal,
    ast.NotEq: np.not_equal,
}
_WORDING = {ast.BitXor: "power", ast.FloorDiv: "quotient", ast.Mod: "remainder", ast.BoolOp: "choice", ast.IfExp: "choice"}


class FormulaError(ValueError):
    """A text is no formula, or a function in it refuses its arguments; the message names the character.

    Parameters
    ----------
    text : str
        The formula, or its beginning.
    key : str
        What is wrong, a key of the language tables.
    *values : object
        What its sentence is about.
    character : int
        Where, counted from 1; 0 if it is about the whole.
    part : str
        What stands there.
    """

    def __init__(self, text: str, key: str, *values: object, character: int = 0, part: str = "") -> None:
        self.text, self.key, self.values, self.character, self.part = text, key, values, character, part
        super().__init__(self.say("en"))

    def say(self, language: str) -> str:
        """Say it in English or Korean."""
        what = complaint(language, self.key, *self.values)
        if not self.text:
            return what
        return complaint(
            language, "at" if self.character else "whole", self.text, self.character, f", {self.part!r}" if self.part else "", what
        )


@cache
def _functions() -> dict[str, Callable[..., Any]]:
    """List the functions of the language; of a name that NumPy and the catalogue share, the bare one is NumPy's."""
    cards = {name: card for name, card in CATALOGUE.items() if isinstance(card, (Elementwise, Vectorwise))}
    table: dict[str, Callable[..., Any]] = {}
    for name in (*cards, *(alias for alias, name in ALIASES.items() if name in cards)):
        card = cards[ALIASES.get(name, name)]
        table[name] = table[f"ogive.{name}"] = card
        if isinstance(card, Elementwise):
            forms = {form: call for form, call in card.forms.items() if form not in ("value_and_derivative", "backward", "value")}
            table |= {f"{prefix}{name}.{form}": call for form, call in forms.items() for prefix in ("", "ogive.")}
    plain = {*NAMED, "where", "sum", "mean", "max", "min", "matmul", "clip", "absolute"}
    for name in plain:
        table[name] = table[f"np.{name}"] = table[f"numpy.{name}"] = getattr(np, name)
    return table


class Formula:
    """A formula of text as a function of its names.

    Attributes
    ----------
    text : str
        The formula.
    names : tuple of str
        Its variables, in the order in which they appear: the arguments of a call.
    """

    def __init__(self, text: str, tree: ast.expr, names: tuple[str, ...]) -> None:
        self.text, self.names, self._tree = text, names, tree
        self.__signature__ = inspect.Signature([inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD) for name in names])

    def __call__(self, *values: Any) -> Any:
        """Compute it.

        Parameters
        ----------
        *values : array_like
            One for each of the names.

        Returns
        -------
        ndarray or scalar

        Raises
        ------
        TypeError
            If the number of values is another.
        FormulaError
            If a function refuses its arguments, a ValueError; the message names the character.
        """
        if len(values) != len(self.names):
            raise TypeError(f"{self.text} takes {', '.join(self.names) or 'no values'}; got {len(values)} values")
        with np.errstate(all="ignore"):
            return _Evaluation(self.text, dict(zip(self.names, values, strict=True))).of(self._tree)

    def __repr__(self) -> str:
        return f"<formula {self.text} of {', '.join(self.names)}>"


class _Evaluation:
    """One computation of a formula."""

    def __init__(self, text: str, values: dict[str, Any]) -> None:
        self.text, self.values = text, values
        self.known: dict[str, Any] = {}
        self.like = next((value for value in values.values() if isinstance(value, Traced)), None)  # so that sqrt(2) is a node, too

    def of(self, node: ast.expr) -> Any:
        """Compute a part; one that is written twice is computed once."""
        written = ast.unparse(node)
        if written not in self.known:
            self.known[written] = self._compute(node)
        return self.known[written]

    def _compute(self, node: ast.expr) -> Any:
        if isinstance(node, ast.Constant):
            return node.value if self.like is None else self.like.constant(node.value)
        if isinstance(node, ast.Name):
            return self.values[node.id] if node.id in self.values else _NUMBERS[node.id]
        try:
            if isinstance(node, ast.BinOp):
                return _OPERATORS[type(node.op)](self.of(node.left), self.of(node.right))
            if isinstance(node, ast.UnaryOp):
                value = self.of(node.operand)
                if isinstance(value, (int, float)) and isinstance(node.op, ast.USub):
                    return -value
                return _OPERATORS[type(node.op)](value)
            if isinstance(node, ast.Compare):
                return _OPERATORS[type(node.ops[0])](self.of(node.left), self.of(node.comparators[0]))
            assert isinstance(node, ast.Call)
            options = {str(keyword.arg): self.of(keyword.value) for keyword in node.keywords}
            return _functions()[_dotted(node.func)](*map(self.of, node.args), **options)
        except TraceError as error:
            _complain(self.text, node, "said", error.reason)
        except (TypeError, IndexError) as error:
            _complain(self.text, node, "said", error)


def _dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else "?"


def _complain(text: str, node: ast.AST, key: str, *values: object) -> NoReturn:
    """Raise an error that names the character."""
    before = text.encode()[: getattr(node, "col_offset", 0)].decode(errors="ignore")
    part = ast.get_source_segment(text, node) or text
    raise FormulaError(text, key, *values, character=len(before) + 1, part=part[:40]) from None


def _check(text: str, node: ast.expr, names: dict[str, None]) -> None:
    """Refuse what the language does not have, and collect the names."""
    if isinstance(node, ast.Constant):
        if isinstance(node.value, bool) or not isinstance(node.value, (int, float)):
            _complain(text, node, "number")
        node.value = float(node.value) if abs(node.value) < 2**1023 else float("inf")
    elif isinstance(node, ast.Name):
        if node.id in _functions():
            _complain(text, node, "function", node.id)
        if node.id not in _NUMBERS:
            names[node.id] = None
    elif isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        _check(text, node.left, names)
        _check(text, node.right, names)
    elif isinstance(node, ast.UnaryOp) and type(node.op) in _OPERATORS:
        _check(text, node.operand, names)
    elif isinstance(node, ast.Compare) and type(node.ops[0]) in _OPERATORS:
        if len(node.ops) > 1:
            _complain(text, node, "compare")
        for part in (node.left, node.comparators[0]):
            _check(text, part, names)
    elif isinstance(node, ast.Call):
        _check_call(text, node, names)
    else:
        kind = type(getattr(node, "op", node))
        _complain(text, node, _WORDING.get(kind, _WORDING.get(type(node), "foreign")))


def _check_call(text: str, node: ast.Call, names: dict[str, None]) -> None:
    called = _dotted(node.func)
    known = _functions()
    if called not in known:
        if "?" in called:
            _complain(text, node.func, "name")
        near = get_close_matches(called, known, 3, 0.5)
        _complain(text, node.func, *(("near", called, ", ".join(near)) if near else ("unknown", called)))
    for argument in node.args:
        _check(text, argument, names)
    for keyword in node.keywords:
        value = keyword.value
        inner = value.operand if isinstance(value, ast.UnaryOp) and isinstance(value.op, ast.USub) else value
        if keyword.arg is None or not isinstance(inner, ast.Constant) or not isinstance(inner.value, (bool, int, float)):
            _complain(text, value, "option")


def parse(text: str) -> Formula:
    """Read a formula.

    Parameters
    ----------
    text : str
        Such as ``"1/(1+exp(-x))"``: numbers, names, operators, comparisons, and calls of functions of NumPy and of the catalogue.

    Returns
    -------
    Formula
        A function of its names.

    Raises
    ------
    FormulaError
        If it is no formula, a ValueError; the message names the character.

    Examples
    --------
    >>> import numpy as np
    >>> from ogive.graph import parse
    >>> formula = parse("log(1 + exp(x)) - b")
    >>> formula.names
    ('x', 'b')
    >>> float(formula(0.0, 0.0)) == float(np.log(2.0))
    True
    """
    flat = " ".join(text.split())
    if not flat or len(flat) > LONGEST:
        raise FormulaError("", "length", LONGEST, len(flat))
    names: dict[str, None] = {}
    try:
        tree = ast.parse(flat, mode="eval").body
        _check(flat, tree, names)
    except SyntaxError as error:
        raise FormulaError(flat, "syntax", error.msg, character=error.offset or 1) from None
    except (RecursionError, MemoryError):
        raise FormulaError(f"{flat[:40]}...", "deep") from None
    except FormulaError:
        raise
    except ValueError as error:
        if "null bytes" not in str(error):
            raise
        raise FormulaError(flat, "null") from None
    if not names:
        raise FormulaError(flat, "constant")
    return Formula(flat, tree, tuple(names))
