"""Which functions a graph follows: NumPy's, and every elementwise row of ogive under all its names.

Each entry says the truth as balls, the slopes as NumPy, and the factor as people write it. SciPy's functions are found by the
catalogue's aliases: `scipy.special.expit` is followed as SciPy computes it, and measured against the sigmoid.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np

from ogive.activation import Elementwise
from ogive.catalogue import ALIASES, CATALOGUE
from ogive.catalogue import elementary as true
from ogive.facts import Pieces
from ogive.graph.operations import Operation, Pointwise

__all__ = ["NAMED", "WHERE", "pointwise"]

# ── the truth of what has no name in flint ───────────────────────────────────────────────────────────────────────────────


def _is_ball(x: Any) -> bool:
    return hasattr(x, "expm1")


def _sign_of(x: Any) -> int:
    at = true.constant(x)
    if not (at > 0 or at < 0 or at.is_zero()):
        raise ValueError("the sign is not decided at this precision")
    return int(at > 0) - int(at < 0)


def _abs(x: Any) -> Any:
    return abs(x) if _is_ball(x) else _sign_of(x) * x


def _power(a: Any, b: Any) -> Any:
    if _is_ball(b) and b.is_exact() and b.is_integer() and abs(b) < 2**20:
        exponent = int(b.unique_fmpz())
        return a**exponent if exponent >= 0 else 1 / a**-exponent
    return a**b if _is_ball(b) else (b * a.log()).exp()


def _order(a: Any, b: Any) -> int:
    """Compare; what is equal and not known to be is not decided."""
    x, y = true.constant(a), true.constant(b)
    if x.is_exact() and y.is_exact():
        return int(x > y) - int(x < y)
    if not (x > y or x < y):
        raise ValueError("the comparison is not decided at this precision")
    return 1 if x > y else -1


def _holds(condition: Any) -> bool:
    """Take a condition; a comparison that was not decided left a ball that is not a number."""
    if isinstance(condition, bool):
        return condition
    if condition.is_zero() or not condition.contains(0):
        return not condition.is_zero()
    raise ValueError("the condition is not decided at this precision")


def _maximum(a: Any, b: Any) -> Any:
    if _is_ball(a) and _is_ball(b):
        return a.max(b)
    order = _order(a, b)
    return a if order > 0 else b if order < 0 else (a + b) / 2


def _minimum(a: Any, b: Any) -> Any:
    return -_maximum(-a, -b)


def _sinh(x: Any) -> Any:
    return x.sinh() if _is_ball(x) else (x.exp() - (-x).exp()) / 2


def _cosh(x: Any) -> Any:
    return x.cosh() if _is_ball(x) else (x.exp() + (-x).exp()) / 2


def _logaddexp(a: Any, b: Any) -> Any:
    high, low = (a, b) if true.constant(a) > true.constant(b) else (b, a)
    return high + true.softplus(low - high)


def _log_of(n: int) -> Any:
    from flint import arb

    return arb(n).log()


def _compared(decide: Callable[[int], bool]) -> Callable[[Any, Any], bool]:
    return lambda a, b: decide(_order(a, b))


# ── NumPy's functions ────────────────────────────────────────────────────────────────────────────────────────────────────


def _share(wins: Any, ties: Any) -> Any:
    """Give 1 to the winner, and half to each where there are two."""
    return np.where(ties, 0.5, np.where(wins, 1.0, 0.0))


def _power_slope(y: Any, a: Any, b: Any) -> Any:
    return np.where(np.equal(b, 0), 0.0, b * np.power(a, np.subtract(b, 1.0)))


def _quotient_slope(y: Any, a: Any, b: Any) -> Any:
    return -y * y if np.ndim(a) == 0 and a == 1 else -y / b


_TABLE = (
    Pointwise("add", lambda a, b: a + b, (lambda y, a, b: 1.0, lambda y, a, b: 1.0), ("1", "1")),
    Pointwise("subtract", lambda a, b: a - b, (lambda y, a, b: 1.0, lambda y, a, b: -1.0), ("1", "-1")),
    Pointwise("multiply", lambda a, b: a * b, (lambda y, a, b: b, lambda y, a, b: a), ("{b}", "{a}")),
    Pointwise("divide", lambda a, b: a / b, (lambda y, a, b: 1 / b, _quotient_slope), ("1/{b}", "-{a}/{b}²")),
    Pointwise("power", _power, (_power_slope, lambda y, a, b: y * np.log(a)), ("{b}·{a}^({b}-1)", "{y}·log({a})")),
    Pointwise("negative", lambda a: -a, (lambda y, a: -1.0,), ("-1",)),
    Pointwise("positive", lambda a: a, (lambda y, a: 1.0,), ("1",)),
    Pointwise("square", lambda a: a * a, (lambda y, a: 2 * a,), ("2·{a}",)),
    Pointwise("reciprocal", lambda a: 1 / a, (lambda y, a: -y * y,), ("-y²",)),
    Pointwise("exp", lambda a: a.exp(), (lambda y, a: y,), ("{y}",)),
    Pointwise("exp2", lambda a: (a * _log_of(2)).exp(), (lambda y, a: y * np.log(2.0),), ("{y}·log 2",)),
    Pointwise("expm1", true.expm1, (lambda y, a: np.exp(a),), ("exp({u})",)),
    Pointwise("log", lambda a: a.log(), (lambda y, a: 1 / a,), ("1/{a}",)),
    Pointwise("log2", lambda a: a.log() / _log_of(2), (lambda y, a: 1 / (a * np.log(2.0)),), ("1/({a}·log 2)",)),
    Pointwise("log10", lambda a: a.log() / _log_of(10), (lambda y, a: 1 / (a * np.log(10.0)),), ("1/({a}·log 10)",)),
    Pointwise("log1p", true.log1p, (lambda y, a: 1 / (1 + a),), ("1/(1 + {a})",)),
    Pointwise("sqrt", lambda a: a.sqrt(), (lambda y, a: 0.5 / y,), ("1/(2·{y})",)),
    Pointwise("sin", lambda a: a.sin(), (lambda y, a: np.cos(a),), ("cos({u})",)),
    Pointwise("cos", lambda a: a.cos(), (lambda y, a: -np.sin(a),), ("-sin({u})",)),
    Pointwise("tan", lambda a: a.tan(), (lambda y, a: 1 + y * y,), ("1 + {y}²",)),
    Pointwise("arctan", lambda a: a.atan(), (lambda y, a: 1 / (1 + a * a),), ("1/(1 + {a}²)",)),
    Pointwise("sinh", _sinh, (lambda y, a: np.cosh(a),), ("cosh({u})",)),
    Pointwise("cosh", _cosh, (lambda y, a: np.sinh(a),), ("sinh({u})",)),
    Pointwise("tanh", true.tanh, (lambda y, a: CATALOGUE["tanh"].derivative(a),), ("1 - {y}²",)),  # type: ignore[attr-defined]
    Pointwise("abs", _abs, (lambda y, a: np.sign(a),), ("sign({u})",)),
    Pointwise("sign", lambda a: 0 * a + _sign_of(a), (lambda y, a: 0.0,), ("0",)),
    Pointwise(
        "logaddexp",
        _logaddexp,
        (lambda y, a, b: np.exp(a - y), lambda y, a, b: np.exp(b - y)),
        ("exp({a} - y)", "exp({b} - y)"),
    ),
    Pointwise("hypot", lambda a, b: (a * a + b * b).sqrt(), (lambda y, a, b: a / y, lambda y, a, b: b / y), ("{a}/y", "{b}/y")),
    Pointwise(
        "maximum",
        _maximum,
        (lambda y, a, b: _share(a > b, a == b), lambda y, a, b: _share(b > a, a == b)),
        ("1", "1"),
        selects=True,
    ),
    Pointwise(
        "minimum",
        _minimum,
        (lambda y, a, b: _share(a < b, a == b), lambda y, a, b: _share(b < a, a == b)),
        ("1", "1"),
        selects=True,
    ),
    Pointwise("less", _compared(lambda order: order < 0)),
    Pointwise("less_equal", _compared(lambda order: order <= 0)),
    Pointwise("greater", _compared(lambda order: order > 0)),
    Pointwise("greater_equal", _compared(lambda order: order >= 0)),
    Pointwise("equal", _compared(lambda order: order == 0)),
    Pointwise("not_equal", _compared(lambda order: order != 0)),
    Pointwise("logical_and", lambda a, b: _holds(a) and _holds(b)),
    Pointwise("logical_or", lambda a, b: _holds(a) or _holds(b)),
    Pointwise("logical_not", lambda a: not _holds(a)),
)
#: NumPy's elementwise functions by name.
NAMED = {operation.name: operation for operation in _TABLE}
WHERE = Pointwise(
    "where",
    lambda condition, a, b: a if _holds(condition) else b,
    (None, lambda y, c, a, b: np.where(c, 1.0, 0.0), lambda y, c, a, b: np.where(c, 0.0, 1.0)),
    ("", "1", "1"),
    selects=True,
)
_SYNONYMS = {"absolute": "abs", "fabs": "abs", "fmax": "maximum", "fmin": "minimum", "bitwise_and": "logical_and"} | {
    "bitwise_or": "logical_or",
    "invert": "logical_not",
}

# ── ogive's rows ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@cache
def _rows() -> dict[str, tuple[str, str]]:
    """Find the card and the form that own each row; a card's own value comes first."""
    found: dict[str, tuple[str, str]] = {}
    for card in CATALOGUE.values():
        if isinstance(card, Elementwise):
            for form, call in card.forms.items():
                if form not in ("value_and_derivative", "backward") and (form == "value" or call.row not in CATALOGUE):
                    found.setdefault(call.row, (card.name, form))
    return found


@cache
def _of_card(name: str, form: str) -> Pointwise:
    """State a form of a card as an operation: its truth is the card's reference, its slope another form."""
    card = CATALOGUE[name]
    assert isinstance(card, Elementwise)
    written = f"ogive.{name}" + (f".{form}" if form != "value" else "")
    slope, factor = _slope(card, form)
    by_parameter = [
        (lambda y, x, *p, call=card.forms[f"derivative_{parameter.name}"]: call(x, *p))
        if form == "value" and f"derivative_{parameter.name}" in card.forms
        else None
        for parameter in card.forms[form].parameters
    ]
    learned = [f"ogive.{name}.derivative_{parameter.name}({{u}})" for parameter in card.forms[form].parameters]

    def ball(x: Any, *parameters: Any) -> Any:
        from ogive.truth.reference import evaluate, program

        exact = [x, *parameters]
        if all(value.is_exact() for value in exact) and not x.is_finite():
            return evaluate(card, float(x), form, [float(p) for p in parameters])
        return program(card, form)(x, *parameters)

    def tangent(i: int, x: Any, *parameters: Any) -> Any:
        from ogive.truth.reference import evaluate, program

        further = {"value": "derivative", "derivative": "second_derivative"}.get(form)
        if i == 0 and further and _at_joint(card, x, parameters):
            return evaluate(card, float(x), further, [float(p) for p in parameters])
        if i > 0:
            return program(card, f"derivative_{card.parameters[i - 1].name}")(x, *parameters)
        if further:
            return program(card, further)(x, *parameters)
        if form == "inverse":
            return 1 / program(card, "derivative")(program(card, "inverse")(x, *parameters), *parameters)
        first = program(card, "derivative")(x, *parameters)
        return -first if form == "complement" else first / program(card, "value")(x, *parameters)

    defaults = tuple(float(parameter.default) for parameter in card.forms[form].parameters)
    return Pointwise(written, ball, (slope, *by_parameter), (factor, *learned), tangent, defaults=defaults)


def _at_joint(card: Elementwise, x: Any, parameters: tuple[Any, ...]) -> bool:
    """Tell whether x is exactly where pieces meet; there the derivative is a convention of the card."""
    if not x.is_exact() or not x.is_finite() or not isinstance(card.reference, Pieces):
        return False
    pieces = card.reference.of(*(Fraction(float(p)) for p in parameters))
    return any(Fraction(float(x)) == end for interval, _ in pieces for end in (interval.low, interval.high))


def _slope(card: Elementwise, form: str) -> tuple[Callable[..., Any] | None, str]:
    """Find the derivative of a form, and how to write it."""
    name = f"ogive.{card.name}"
    if form in ("value", "derivative"):
        further = {"value": "derivative", "derivative": "second_derivative"}[form]
        return (lambda y, x, *p: card.forms[further](x, *p)), f"{name}.{further}({{u}})"
    if form == "complement":
        return (lambda y, x, *p: -card.derivative(x, *p)), f"-{name}.derivative({{u}})"
    if form == "inverse":
        return (lambda y, x, *p: 1 / card.derivative(y, *p)), f"1/{name}.derivative(y)"
    if form == "log":
        return (lambda y, x, *p: card.derivative(x, *p) / card(x, *p)), f"{name}.derivative({{u}})/{name}({{u}})"
    return None, ""


def pointwise(function: np.ufunc) -> Operation | None:
    """Find the operation of a ufunc: NumPy's by identity, ogive's rows and SciPy's functions by name.

    Parameters
    ----------
    function : numpy.ufunc
        What the user calls.

    Returns
    -------
    Operation or None
        None if a graph cannot follow it.
    """
    name = function.__name__
    if getattr(np, name, None) is function:
        return NAMED.get(_SYNONYMS.get(name, name))
    row = _rows().get(ALIASES.get(name, name))
    if row is None or function.nout != 1 or function.signature is not None:
        return None
    operation = _of_card(*row)
    return operation if function.nin == len(operation.slopes) else None
