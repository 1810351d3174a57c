"""The truth of a card: its `reference`, evaluated in Arb's ball arithmetic until the ball is small enough.

A ball is a midpoint and a radius, and the true value is proven to lie inside. Derivatives come from the same formula,
evaluated on a power series. A form without a formula of its own follows from its card's: the complement is 1 - f, and the
inverse is found by Newton's method and proven by an interval that Newton's step maps into itself.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import cache
from threading import RLock
from typing import Any

import numpy as np

from ogive.activation import Composed, Elementwise, Vectorwise
from ogive.catalogue import CATALOGUE, get
from ogive.facts import Interval
from ogive.truth.ulp import format_of, from_ordinal, nearest, ordinal

try:
    from flint import arb, arb_series, ctx
except ImportError as error:
    raise ImportError('the truth needs python-flint; install it with: python -m pip install "ogive[truth]"') from error

__all__ = ["correctly_rounded", "ends", "evaluate", "evaluate_row", "reference_backward"]

Program = Callable[..., arb]

START, LIMIT = 128, 1 << 15  # bits of working precision: where the search for a small ball begins, and where it gives up
ACCURACY = 80  # relative bits that a ball is good to
FLOOR = -1200  # or it lies within 2**FLOOR of 0, under every subnormal number
PRODUCT_FLOOR = -2400  # the same for a factor of a product with any finite number
FAR, NEAR = 4096, -5000  # exponents beyond every format: stand-ins for infinity, and for the side from which 0 is approached

_lock = RLock()  # flint keeps its precision in one place for all threads
_starts: dict[tuple[str, str, int], int] = {}  # where evaluations in this binade ended: only time hangs on it, no result


# ── programs: a form at the working precision ────────────────────────────────────────────────────────────────────────────


def _formula(card: Elementwise, x: arb) -> Callable[..., Any]:
    """Pick the formula that holds on all of x."""
    if callable(card.reference):
        formula: Callable[..., Any] = card.reference
        return formula
    for interval, piece in card.reference:
        if x in interval:
            found: Callable[..., Any] = piece
            return found
    raise ValueError(f"{x} lies in more than one piece of {card.name}")


def _value(card: Elementwise) -> Program:
    return lambda x, *parameters: arb(_formula(card, x)(x, *parameters))


def _coefficient(card: Elementwise, order: int) -> Program:
    def derivative(x: arb, *parameters: arb) -> arb:
        series = _formula(card, x)(arb_series([x, 1]), *parameters)
        return order * series[order] if isinstance(series, arb_series) else arb(0)

    return derivative


def _inverse(card: Elementwise, row: Any) -> Program:
    """Solve f(x) = y: Newton's method from the machine's own answer, which is not trusted, then an interval as the proof."""
    value, derivative = _value(card), _coefficient(card, 1)

    def solve(y: arb, *parameters: arb) -> arb:
        for guess in (_hint, _bisect):
            x = arb(guess(y, parameters))
            if x.is_finite():
                if value(x, *parameters) == y:
                    return x
                root = newton(x, y, parameters)
                if root.is_finite():
                    return root
        return arb.nan()

    def newton(x: arb, y: arb, parameters: Sequence[arb]) -> arb:
        for _ in range(ctx.prec.bit_length() - 4):
            step = (value(x, *parameters) - y) / derivative(x, *parameters)
            x = (x - step).mid()
            if not x.is_finite():
                return arb.nan()
        step = (value(x, *parameters) - y) / derivative(x, *parameters)
        around = x + arb(0, 4 * step.abs_upper() + abs(x) * arb(2) ** (8 - ctx.prec))
        image = x - (value(x, *parameters) - y) / derivative(around, *parameters)
        return image if around.contains_interior(image) else arb.nan()

    def _hint(y: arb, parameters: Sequence[arb]) -> float:
        with np.errstate(all="ignore"):
            return float(row(float(y), *map(float, parameters)))

    def _bisect(y: arb, parameters: Sequence[arb]) -> float:
        low, high = (int(n) for n in ordinal(np.clip([card.domain.low, card.domain.high], -1.7e308, 1.7e308)))
        while high - low > 1:
            middle = (low + high) // 2
            x = float(from_ordinal(middle, "float64"))
            low, high = (middle, high) if evaluate(card, x, "value", [float(p) for p in parameters]) < y else (low, middle)
        return float(from_ordinal(high, "float64"))

    return solve


@cache
def _resolve(name: str, form: str) -> tuple[Elementwise, str, Program]:
    """Find the card and form that own a row, and how to compute it."""
    card = get(name)
    if not isinstance(card, Elementwise):
        raise TypeError(f"{card.name} works on rows; use evaluate_row")
    if form not in card.forms or form in ("value_and_derivative", "backward"):
        raise ValueError(
            f"the truth of {card.name} has the forms {', '.join(f for f in card.forms if f not in ('value_and_derivative', 'backward'))}, not {form!r}"
        )
    row = card.forms[form].row
    owner = CATALOGUE.get(row)
    if isinstance(owner, Elementwise):
        return owner, "value", _value(owner)
    value = _value(card)
    programs: dict[str, Callable[[], Program]] = {
        "derivative": lambda: _coefficient(card, 1),
        "second_derivative": lambda: _coefficient(card, 2),
        "inverse": lambda: _inverse(card, card.forms[form].ufunc),
        "complement": lambda: lambda x, *parameters: 1 - value(x, *parameters),
        "log": lambda: lambda x, *parameters: value(x, *parameters).log(),
    }
    return card, form, programs[form]()


def _run(program: Program, precision: int, x: arb, parameters: Sequence[arb]) -> arb:
    """Run a program at a working precision; what it cannot enclose is nan."""
    with _lock:
        before = ctx.prec, ctx.cap
        ctx.prec, ctx.cap = precision, 3
        try:
            return program(x, *parameters)
        except (ValueError, ZeroDivisionError):
            return arb.nan()
        finally:
            ctx.prec, ctx.cap = before


def _enclose(
    label: tuple[str, str], program: Program, x: arb, parameters: Sequence[arb], binade: int, floor: int = FLOOR
) -> tuple[arb, int]:
    """Double the precision until the ball is small, relatively or absolutely; return it with the precision that did."""
    key = (*label, binade >> 3)
    precision = _starts.get(key, START)
    while precision <= LIMIT:
        ball = _run(program, precision, x, parameters)
        if ball.rel_accuracy_bits() >= ACCURACY or ball.abs_upper() < arb((1, floor)):
            if precision > START:
                _starts[key] = precision
            return ball, precision
        precision *= 2
    raise ArithmeticError(f"{label[0]}.{label[1]} at {x.str(20)}: {LIMIT} bits do not give a small ball")


# ── places that formulas do not reach: ends, poles, kinks ────────────────────────────────────────────────────────────────


def _ends(card: Elementwise, form: str) -> tuple[Interval, tuple[float, float]]:
    """Return the domain of a form and its values at the two ends."""
    if form == "inverse":
        return Interval(card.range.low, card.range.high), (card.domain.low, card.domain.high)
    limits = {"derivative": card.derivative_limits, "second_derivative": card.second_derivative_limits}.get(form, card.limits)
    if form == "complement":
        return card.domain, (1 - limits[0], 1 - limits[1])
    if form == "log":
        return card.domain, (_log(limits[0]), _log(limits[1]))
    return card.domain, limits


def _log(x: float) -> float:
    return math.log(x) if x > 0 else -math.inf


@cache
def _admits(card: Elementwise, form: str, parameters: tuple[float, ...]) -> bool:
    """Whether the form exists at these parameters: each in its domain; for an inverse, f increasing on every piece."""
    if not all(value in p.domain for p, value in zip(card.parameters, parameters, strict=False)):
        return False
    if form == "inverse" and parameters:
        pieces = [Interval.line()] if callable(card.reference) else [interval for interval, _ in card.reference]
        inside = [min(max(piece.low, -1.0), piece.high) if piece.high < 1 else max(piece.low + 1, 1.0) for piece in pieces]
        return all(evaluate(card, x, "derivative", parameters) > 0 for x in inside)
    return True


def _special(card: Elementwise, form: str, x: float, parameters: tuple[float, ...]) -> float | None:
    """Return the value where it is a matter of definition: outside the domain, at its ends, at kinks."""
    if x != x or any(p != p for p in parameters) or not _admits(card, form, parameters):
        return math.nan
    domain, ends = _ends(card, form)
    if x not in domain:
        return math.nan
    if x == domain.low or x == domain.high:
        end = ends[x == domain.high]
        if math.isinf(x) and form != "inverse" and any(p.default != value for p, value in zip(card.parameters, parameters, strict=False)):
            return _far(card, form, x, parameters)
        if math.isinf(x) or math.isinf(end):
            return end
    if form in ("derivative", "second_derivative"):
        for kink in card.kinks:
            if x == kink.x:
                if form == "second_derivative":
                    return 0.0
                if isinstance(kink.derivative, str):
                    return parameters[[p.name for p in card.parameters].index(kink.derivative)]
                return float(kink.derivative)
    return None


def _far(card: Elementwise, form: str, x: float, parameters: Sequence[float]) -> float:
    """Return the limit at infinity for parameters that the card's declared limits do not cover: the value at ±2**FAR."""
    _, _, program = _resolve(card.name, form)
    ball, _ = _enclose((card.name, form), program, arb((1 if x > 0 else -1, FAR)), [arb(p) for p in parameters], FAR)
    return _zero(card, form, x, tuple(parameters), ball) if ball.abs_upper() < arb((1, FLOOR)) else nearest(ball, "float64")


def _signed(ball: arb) -> float | None:
    """Return a zero with the sign of the ball, if it has one."""
    return 0.0 if ball > 0 else -0.0 if ball < 0 else None


@cache
def _sign_near_zero(card: Elementwise, form: str, side: float, parameters: tuple[float, ...]) -> float | None:
    """Tell which zero f approaches at ±0, from the sign of its value next to it."""
    _, _, program = _resolve(card.name, form)
    ball, _ = _enclose((card.name, form), program, arb((1 if side > 0 else -1, NEAR)), [arb(p) for p in parameters], NEAR, 4 * NEAR)
    return _signed(ball)


def _zero(card: Elementwise, form: str, x: float, parameters: tuple[float, ...], ball: arb) -> float:
    """Choose the sign of a result that rounds to zero.

    That of the truth where it has one; at an isolated zero, that of the values next to it; where it is zero on an interval,
    +, or in an odd function that of x.
    """
    signed = _signed(ball)
    if signed is None and x == 0:
        signed = _sign_near_zero(card, form, math.copysign(1.0, x), parameters)
    if signed is None and not ball.is_zero():  # too small for the ball to tell: on its way to the limit
        signed = math.copysign(0.0, _ends(card, form)[1][x > 0])
    if signed is None:
        signed = math.copysign(0.0, x) if card.odd and form == "value" else 0.0
    return signed


# ── the public calls ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _arguments(name: Any, form: str, parameters: Sequence[Any]) -> tuple[Elementwise, str, Program, tuple[float, ...]]:
    asked = get(name)
    card, owned, program = _resolve(asked.name, form)
    takes = asked.forms[form].parameters
    given = tuple(float(p) for p in parameters)
    if len(given) > len(takes):
        raise TypeError(f"the {form} of {asked.name} takes {len(takes)} parameters, got {len(given)}")
    return card, owned, program, given + tuple(float(p.default) for p in takes[len(given) :])


def ends(card: Any, form: str = "value") -> tuple[Interval, tuple[float, float]]:
    """Tell where a form is defined, and the values it has at the two ends, by the cards' declarations.

    Parameters
    ----------
    card : Elementwise or str
        The activation.
    form : str
        As in `evaluate`, or ``backward`` or ``value_and_derivative``, which live where the value does.

    Returns
    -------
    (Interval, (float, float))
        The domain, and the limits at its ends at the default parameters.
    """
    owner, owned, _ = _resolve(get(card).name, "value" if form in ("backward", "value_and_derivative") else form)
    return _ends(owner, owned)


def evaluate(card: Any, x: Any, form: str = "value", parameters: Sequence[Any] = (), *, floor: int = FLOOR) -> arb:
    """Enclose a form of an elementwise activation at one number.

    Parameters
    ----------
    card : Elementwise or str
        The activation.
    x : float or NumPy scalar
        Where; the number itself, as it is held.
    form : str
        ``value``, ``derivative``, ``second_derivative``, or where the card has them ``inverse``, ``log``, ``complement``.
    parameters : sequence of float
        The activation's parameters; the rest at their defaults.
    floor : int
        A ball that lies within ``2**floor`` of 0 is small enough, whatever its relative size.

    Returns
    -------
    flint.arb
        A ball of at least 80 good bits; nan outside the domain, an infinity at a pole or as a limit.

    Raises
    ------
    ValueError
        If the card has no such form.
    ArithmeticError
        If 32768 bits do not suffice.

    Examples
    --------
    >>> from ogive.truth.reference import evaluate
    >>> evaluate("sigmoid", 40.0, "derivative").str(20, radius=False)
    '4.2483542552915889592e-18'
    """
    owner, owned, program, values = _arguments(card, form, parameters)
    where = float(x)
    special = _special(owner, owned, where, values)
    if special is not None:
        return arb(special)
    return _enclose((owner.name, owned), program, arb(where), [arb(p) for p in values], math.frexp(where)[1], floor)[0]


def reference_backward(card: Any, g: Any, x: Any, parameters: Sequence[Any] = ()) -> arb:
    """Enclose ``g * f'(x)`` for the unrounded f'(x); infinities and zeros multiply as in IEEE arithmetic.

    Parameters
    ----------
    card : Elementwise or str
        The activation.
    g, x : float or NumPy scalar
        The upstream gradient and the input.
    parameters : sequence of float
        The activation's parameters; the rest at their defaults.

    Returns
    -------
    flint.arb
        The product.
    """
    slope = evaluate(card, x, "derivative", parameters, floor=PRODUCT_FLOOR)
    upstream = float(g)
    if math.isfinite(upstream) and slope.is_finite():
        return _product(slope, upstream)
    if slope.is_nan() or upstream != upstream or slope.is_zero() or not upstream:
        return arb.nan()
    return arb(math.copysign(math.inf, upstream)) * (1 if slope > 0 else -1)


def correctly_rounded(card: Any, form: str, x: Any, dtype: Any, parameters: Sequence[Any] = (), g: Any = None) -> Any:
    """Round a form to a dtype, once, with the sign of zero that the catalogue prescribes.

    Parameters
    ----------
    card : Elementwise or str
        The activation.
    form : str
        As in `evaluate`, or ``backward``.
    x : float or NumPy scalar
        Where.
    dtype : dtype
        Of the result.
    parameters : sequence of float
        The activation's parameters; the rest at their defaults.
    g : float, optional
        The upstream gradient of ``backward``.

    Returns
    -------
    NumPy scalar
        The one right answer.

    Examples
    --------
    >>> from ogive.truth.reference import correctly_rounded
    >>> correctly_rounded("silu", "value", -float("inf"), "float32")
    np.float32(-0.0)
    """
    backward = form == "backward"
    owner, owned, program, values = _arguments(card, "derivative" if backward else form, parameters)
    where = float(x)
    fmt = format_of(dtype)
    special = _special(owner, owned, where, values)
    if special is not None:
        with np.errstate(invalid="ignore", over="ignore", under="ignore"):
            return fmt.dtype.type(nearest(float(np.float64(special) * np.float64(g)) if backward else special, fmt))
    exact = [arb(p) for p in values]
    ball, precision = _enclose((owner.name, owned), program, arb(where), exact, math.frexp(where)[1], PRODUCT_FLOOR if backward else FLOOR)
    factor = float(g) if backward else 1.0
    if not (math.isfinite(factor) and factor):  # a zero slope makes inf · 0
        with np.errstate(invalid="ignore"):
            slope = (
                _zero(owner, owned, where, values, ball) if ball.is_zero() else math.copysign(1.0, _zero(owner, owned, where, values, ball))
            )
            return fmt.dtype.type(np.float64(factor) * np.float64(slope))

    def refine() -> arb:
        nonlocal ball, precision
        precision *= 2
        if precision > LIMIT:
            raise ArithmeticError(f"{owner.name}.{owned} at {where.hex()}: {LIMIT} bits do not decide the rounding to {fmt.name}")
        ball = _run(program, precision, arb(where), exact)
        return _product(ball, factor)

    result = nearest(_product(ball, factor), fmt, refine)
    if result == 0:
        result = math.copysign(1.0, factor) * _zero(owner, owned, where, values, ball)
    return fmt.dtype.type(result)


def _product(ball: arb, factor: float) -> arb:
    """Multiply by a double without losing a bit of the midpoint."""
    if factor == 1:
        return ball
    with _lock:
        before = ctx.prec
        ctx.prec = LIMIT
        try:
            return ball * factor
        finally:
            ctx.prec = before


def evaluate_row(
    card: Any, row: Sequence[Any], form: str = "value", *, g: Sequence[Any] = (), temperature: Any = 1.0, weights: Sequence[Any] = ()
) -> list[arb]:
    """Enclose a form of an activation of rows on one row of finite numbers.

    Parameters
    ----------
    card : Vectorwise, Composed or str
        The activation.
    row : sequence of float
        The entries that take part.
    form : str
        ``value``, or ``backward``: the product of `g` with the Jacobian, column by column from power series.
    g : sequence of float
        The upstream gradient, as long as the output.
    temperature : float
        Divides the row.
    weights : sequence of float
        Positive weights of the terms, where the activation has them.

    Returns
    -------
    list of flint.arb
        A ball for each entry of the result; a single one where the activation reduces the row to a number.

    Raises
    ------
    ValueError
        If an entry is not finite, or the form is unknown.
    """
    found = get(card)
    if not isinstance(found, (Vectorwise, Composed)) or form not in found.forms:
        raise ValueError(f"{found.name} has no vectorwise form {form!r}")
    numbers = [arb(float(x)) for x in row]
    upstream = [arb(float(v)) for v in g]
    if not all(x.is_finite() for x in [*numbers, *upstream]):
        raise ValueError(f"the truth of {found.name} takes finite rows; what infinities and nan do is the card's policy")
    scale = float(temperature)

    def entries() -> list[arb]:
        """Divide by the temperature and add the logarithms of the weights; without either the numbers stay exact, and ties are ties."""
        scaled = numbers if scale == 1 else [x / scale for x in numbers]
        return [x + arb(float(w)).log() for x, w in zip(scaled, weights, strict=True)] if len(weights) else scaled

    def outputs(row: list[Any]) -> list[Any]:
        result = found.reference(row)
        return list(result) if isinstance(result, list) else [result]

    def column(i: int) -> arb:
        series = [arb_series([x, 1 if i == j else 0]) for j, x in enumerate(entries())]
        slopes = (v * y[1] for v, y in zip(upstream, outputs(series), strict=True))
        return sum(slopes, start=arb(0)) / scale

    precision = START
    while precision <= LIMIT:
        with _lock:
            before = ctx.prec, ctx.cap
            ctx.prec, ctx.cap = precision, 2
            try:
                balls = [arb(y) for y in outputs(entries())] if form == "value" else [column(i) for i in range(len(numbers))]
            except (ValueError, ZeroDivisionError):
                balls = [arb.nan()]
            finally:
                ctx.prec, ctx.cap = before
        if all(ball.rel_accuracy_bits() >= ACCURACY or ball.abs_upper() < arb((1, FLOOR)) for ball in balls):
            return balls
        precision *= 2
    raise ArithmeticError(f"{found.name}: {LIMIT} bits do not give small balls")
