"""The truth of a card: its `reference`, evaluated in Arb's ball arithmetic until the ball is small enough.

A ball is a midpoint and a radius, and the true value is proven to lie inside. Derivatives come from the same formula,
evaluated on a power series. A form without a formula of its own follows from its card's: the complement is 1 - f, and the
inverse is found by Newton's method and proven by an interval that Newton's step maps into itself.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import cache, lru_cache
from threading import RLock
from typing import Any, TypeVar

import numpy as np

from ogive.activation import Elementwise
from ogive.catalogue import CATALOGUE, get
from ogive.facts import Interval, Inverse, Kink, Pieces
from ogive.truth.ulp import format_of, from_ordinal, nearest, ordinal
from ogive.vectorwise import Composed, Vectorwise

try:
    from flint import arb, arb_series, ctx
except ImportError as error:
    raise ImportError('the truth needs python-flint; install it with: python -m pip install "ogive[truth]"') from error

__all__ = [
    "ACCURACY",
    "FLOOR",
    "constant_on",
    "correctly_rounded",
    "ends",
    "evaluate",
    "evaluate_row",
    "precisely",
    "program",
    "reference_backward",
    "side",
]

Program = Callable[..., arb]
T = TypeVar("T")

START, LIMIT = 128, 1 << 15  # bits of working precision: where the search for a small ball begins, and where it gives up
ACCURACY = 80  # relative bits that a ball is good to
FLOOR = -1200  # or it lies within 2**FLOOR of 0, under every subnormal number
PRODUCT_FLOOR = -2400  # the same for a factor of a product with any finite number
FAR, NEAR = 4096, -5000  # exponents beyond every format: stand-ins for infinity, and for the side from which 0 is approached

_lock = RLock()  # flint keeps its precision in one place for all threads
_starts: dict[tuple[str, str, int], int] = {}  # where evaluations in this binade ended: only time hangs on it, no result


# ── programs: a form at the working precision ────────────────────────────────────────────────────────────────────────────


def _formula(reference: Any, x: arb, parameters: Sequence[Any]) -> Callable[[Any], Any]:
    """Pick the formula that holds on all of x."""
    if isinstance(reference, Pieces):
        return reference.at(x, *parameters)
    return lambda x: reference(x, *parameters)


def _value(card: Elementwise, reference: Any = None) -> Program:
    if isinstance(card.reference, Inverse):
        return _inverse(_elementwise(card.reference.of), card.ufunc)
    return lambda x, *parameters: arb(_formula(reference or card.reference, x, parameters)(x))


def _coefficient(card: Elementwise, order: int) -> Program:
    if isinstance(card.reference, Inverse):
        return _slope_of_inverse(_elementwise(card.reference.of), _value(card), order)

    def derivative(x: arb, *parameters: arb) -> arb:
        series = _formula(card.reference, x, parameters)(arb_series([x, 1]))
        return order * series[order] if isinstance(series, arb_series) else arb(0)

    return derivative


def _times(card: Elementwise, factor: float) -> Program:
    """Multiply the derivative by a number: along a series that moves this fast, so that what is exact stays so, like 3/6."""
    slope = _coefficient(card, 1)

    def product(x: arb, *parameters: arb) -> arb:
        if isinstance(card.reference, Inverse):
            return slope(x, *parameters) * factor
        series = _formula(card.reference, x, parameters)(arb_series([x, factor]))
        return series[1] if isinstance(series, arb_series) else arb(0)

    return product


def _by_parameter(card: Elementwise, name: str) -> Program:
    """Differentiate with respect to a parameter, on a series in it."""
    i = [p.name for p in card.parameters].index(name)

    def derivative(x: arb, *parameters: arb) -> arb:
        series = _formula(card.reference, x, [*parameters[:i], arb_series([parameters[i], 1]), *parameters[i + 1 :]])(x)
        return series[1] if isinstance(series, arb_series) else arb(0)

    return derivative


def _slope_of_inverse(card: Elementwise, solve: Program, order: int) -> Program:
    """Differentiate the inverse of f at y = f(x): it is 1 / f'(x), and then -f''(x) / f'(x)³."""
    first, second = _coefficient(card, 1), _coefficient(card, 2)

    def derivative(y: arb, *parameters: arb) -> arb:
        x = solve(y, *parameters)
        slope = first(x, *parameters)
        return 1 / slope if order == 1 else -second(x, *parameters) / slope**3

    return derivative


def _inverse(card: Elementwise, row: Any) -> Program:
    """Solve f(x) = y: Newton's method from the machine's own answer, which is not trusted, then an interval as the proof."""
    value, derivative = _value(card), _coefficient(card, 1)

    def solve(y: arb, *parameters: arb) -> arb:
        for guess in (_origin, _hint, _bisect):
            x = arb(guess(y, parameters))
            if x.is_finite():
                root = attempt(x, y, parameters)
                if root.is_finite():
                    return root
        return arb.nan()

    def attempt(x: arb, y: arb, parameters: Sequence[arb]) -> arb:
        try:
            return x if value(x, *parameters) == y else newton(x, y, parameters)
        except (ValueError, ZeroDivisionError):  # a step that led out of reach
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

    def _origin(y: arb, parameters: Sequence[arb]) -> float:  # an exact zero has no other way to be found
        return 0.0 if 0.0 in card.domain and value(arb(0), *parameters) == y else math.nan

    def _hint(y: arb, parameters: Sequence[arb]) -> float:
        with np.errstate(all="ignore"):
            return float(row(float(y), *map(float, parameters)))

    def _bisect(y: arb, parameters: Sequence[arb]) -> float:
        largest = float(np.finfo(np.float64).max)
        low, high = (int(n) for n in ordinal(np.clip([card.domain.low, card.domain.high], -largest, largest)))
        held = tuple(float(p) for p in parameters)
        first, last = _image(card, held)
        while high - low > 1:
            middle = (low + high) // 2
            x = float(from_ordinal(middle, "float64"))
            there = value(arb(x), *parameters)  # good enough, unless it is next to y or the precision is too low for x
            below = (there if there < y or there > y else evaluate(card, x, "value", held)) < y
            low, high = (middle, high) if below == (first < last) else (low, middle)
        return float(from_ordinal(high, "float64"))

    return solve


def _elementwise(name: str) -> Elementwise:
    card = get(name)
    if not isinstance(card, Elementwise):
        if isinstance(card, Vectorwise):
            raise TypeError(f"{card.name} works on rows; use evaluate_row")
        raise TypeError(f"{card.name} is of the kind {card.kind!r}; evaluate takes the elementwise ones, and card.reference takes balls")
    return card


@cache
def _resolve(name: str, form: str) -> tuple[Elementwise, str, Program]:
    """Find the card and form that own a row, and how to compute it."""
    card = _elementwise(name)
    if form not in card.forms or form in ("value_and_derivative", "backward"):
        raise ValueError(
            f"the truth of {card.name} has the forms {', '.join(f for f in card.forms if f not in ('value_and_derivative', 'backward'))}, not {form!r}"
        )
    row = card.forms[form].row
    owner = CATALOGUE.get(row)
    if isinstance(owner, Elementwise):
        return owner, "value", _value(owner)
    if form in card.references:
        return card, form, _value(card, card.references[form])
    if form.startswith("derivative_"):
        return card, form, _by_parameter(card, form.removeprefix("derivative_"))
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
    try:
        return precisely(precision, lambda: program(x, *parameters))
    except (ValueError, ZeroDivisionError):
        return arb.nan()


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


@lru_cache(1)
def _enclosed(card: Elementwise, form: str, x: float, parameters: tuple[float, ...], floor: int) -> tuple[arb, int]:
    """Enclose a form at a number; who asks for the rounded value often asks for the error next."""
    program = _resolve(card.name, form)[2]
    return _enclose((card.name, form), program, arb(x), [arb(p) for p in parameters], math.frexp(x)[1], floor)


# ── places that formulas do not reach: ends, poles, kinks ────────────────────────────────────────────────────────────────


def _ends(card: Elementwise, form: str, parameters: tuple[float, ...]) -> tuple[Interval, tuple[float, float]]:
    """Return the domain of a form and its values at the two ends.

    The ends of an inverse's domain are the limits of f, as far as float64 can hold them: an inverse has a pole, or the end of
    the domain of f, only at a limit that is a float64 number.
    """
    if form == "inverse":
        limits = zip(_image(card, parameters), (card.domain.low, card.domain.high), strict=True)
        (low, first), (high, last) = sorted(limits, key=lambda pair: float(pair[0]))
        start, stop = _within(low, math.inf), _within(high, -math.inf)
        values = [
            x if limit.overlaps(arb(y)) else float(evaluate(card, y, form, parameters))
            for limit, x, y in ((low, first, start), (high, last, stop))
        ]
        return Interval(start, stop), (values[0], values[1])
    return card.domain, (_limit(card, form, card.domain.low, parameters), _limit(card, form, card.domain.high, parameters))


def _within(limit: arb, inward: float) -> float:
    """Return the float64 number at a limit, or the first one inward of it."""
    if not limit.is_finite():
        return float(limit)
    y = nearest(limit, "float64")
    outside = not limit.overlaps(arb(y)) and (arb(y) < limit) == (inward > 0)
    return math.nextafter(y, inward) if outside else y


@cache
def _image(card: Elementwise, parameters: tuple[float, ...]) -> tuple[arb, arb]:
    """Enclose the limits of f at the two ends of its domain."""
    declared = parameters == tuple(float(p.default) for p in card.parameters)
    return (
        _edge(card, parameters, card.domain.low, card.limits[0] if declared else None),
        _edge(card, parameters, card.domain.high, card.limits[1] if declared else None),
    )


def _edge(card: Elementwise, parameters: tuple[float, ...], x: float, declared: float | None) -> arb:
    """Enclose the limit at one end; exact where it is infinite."""
    if declared is not None and math.isinf(declared):
        return arb(declared)
    if math.isfinite(x):
        return arb(_limit(card, "value", x, parameters))
    value = _value(card)

    def around(x: arb, *parameters: arb) -> arb:  # the limit itself, for no limit is approached more slowly than 1/x
        return value(x, *parameters) + arb(0, arb((1, -FAR // 2)))

    ball = _run(around, 2 * FAR, arb((1 if x > 0 else -1, FAR)), [arb(p) for p in parameters])
    return arb(math.inf if ball > 0 else -math.inf) if abs(ball) > arb((1, FAR // 2)) else ball


@cache
def _admits(card: Elementwise, form: str, parameters: tuple[float, ...]) -> bool:
    """Whether the form exists at these parameters: each in its domain; for an inverse, f with slopes of one sign on its pieces."""
    if not all(value in p.domain for p, value in zip(card.parameters, parameters, strict=False)):
        return False
    if card.admits is not None and not card.admits(*parameters):
        return False
    if form == "inverse" and parameters:
        pieces = [card.domain] if callable(card.reference) else [interval for interval, _ in card.reference.of(*parameters)]
        inside = [min(max(piece.low, -1.0), piece.high) if piece.high < 1 else max(piece.low + 1, 1.0) for piece in pieces]
        slopes = [evaluate(card, x, "derivative", parameters) for x in inside]
        return all(slope > 0 for slope in slopes) or all(slope < 0 for slope in slopes)
    return True


def _special(card: Elementwise, form: str, x: float, parameters: tuple[float, ...]) -> float | None:
    """Return the value where it is a matter of definition: outside the domain, at its ends, at kinks."""
    if x != x or any(p != p for p in parameters) or not _admits(card, form, parameters):
        return math.nan
    if form == "inverse":
        for limit, end in zip(_image(card, parameters), (card.domain.low, card.domain.high), strict=True):
            if limit.overlaps(arb(x)):
                return end
        first, last = _image(card, parameters)
        return None if first < x < last or last < x < first else math.nan
    if x not in card.domain:
        return math.nan
    if x == card.domain.low or x == card.domain.high:
        end = _limit(card, form, x, parameters)
        if math.isinf(x) or math.isinf(end):
            return end
    if form == "second_derivative" and x in _joints(card, parameters):
        return 0.0
    if form == "derivative":
        for kink in _kinks_at(card, x, parameters):
            if isinstance(kink.derivative, str):
                names = [p.name for p in card.parameters]
                return parameters[names.index(kink.derivative)] if kink.derivative in names else None
            return float(kink.derivative)
    return None


@cache
def _joints(card: Elementwise, parameters: tuple[float, ...]) -> frozenset[Fraction]:
    """Return the places where two pieces meet."""
    if not isinstance(card.reference, Pieces):
        return frozenset()
    pieces = card.reference.of(*map(Fraction, parameters))
    edges = frozenset(Fraction(end) for interval, _ in pieces for end in (interval.low, interval.high) if math.isfinite(end))
    return edges - {card.domain.low, card.domain.high}


def _kinks_at(card: Elementwise, x: float, parameters: tuple[float, ...]) -> list[Kink]:
    return [kink for kink in card.kinks if x == kink.at(*map(Fraction, parameters))]


@cache
def _limit(card: Elementwise, form: str, x: float, parameters: tuple[float, ...]) -> float:
    """Return the limit at an end of the domain: the declared one, or for other forms and parameters, the value at ±2**FAR."""
    declared = {"value": card.limits, "derivative": card.derivative_limits, "second_derivative": card.second_derivative_limits}
    if form in declared and (math.isfinite(x) or all(p.default == value for p, value in zip(card.parameters, parameters, strict=False))):
        return declared[form][x == card.domain.high]
    _, _, program = _resolve(card.name, form)
    if math.isfinite(x):
        return nearest(_run(program, START, arb(x), [arb(p) for p in parameters]), "float64")
    ball, _ = _enclose((card.name, form), program, arb((1 if x > 0 else -1, FAR)), [arb(p) for p in parameters], FAR)
    return _zero(card, form, x, parameters, ball) if ball.abs_upper() < arb((1, FLOOR)) else nearest(ball, "float64")


@cache
def _sign_far(card: Elementwise, form: str, side: float, parameters: tuple[float, ...]) -> float | None:
    """Tell from which side f approaches 0 at an end of the line: by its sign as far out as a ball can tell it from 0."""
    _, _, program = _resolve(card.name, form)
    exact = [arb(p) for p in parameters]

    def sign(exponent: int) -> float | None:
        try:
            ball, _ = _enclose((card.name, form), program, arb((1 if side > 0 else -1, exponent)), exact, exponent, 8 * PRODUCT_FLOOR)
        except ArithmeticError:
            return None
        return _signed(ball)

    near, far = -1024, FAR
    while far - near > 1:
        middle = (near + far) // 2
        near, far = (middle, far) if sign(middle) is not None else (near, middle)
    return sign(near)


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

    That of the truth where it has one; at an isolated zero, that of the values next to it; at a jump, or where it is zero on
    an interval, even if that ends here, +, or in an odd function that of x.
    """
    signed = _signed(ball)
    if signed is None and x == 0 and not any(kink.jump for kink in _kinks_at(card, x, parameters)):
        sides = [_sign_near_zero(card, form, side, parameters) for side in (math.copysign(1.0, x), math.copysign(1.0, -x))]
        signed = sides[0] if None not in sides else None
    if signed is None and not ball.is_zero():  # too small for the ball to tell: on its way to the limit
        signed = _sign_far(card, form, math.copysign(1.0, x), parameters)
    if signed is None:
        signed = math.copysign(0.0, x) if form == "value" and _odd(card, parameters) else 0.0
    return signed


@cache
def _odd(card: Elementwise, parameters: tuple[float, ...]) -> bool:
    """Whether f is odd, and not 0 throughout, also at these parameters."""
    if not card.odd or not parameters:
        return card.odd
    left, right = (_run(_value(card), START, arb((side, FAR)), [arb(p) for p in parameters]) for side in (-1, 1))
    return bool(left.overlaps(-right)) and not right.is_zero()


# ── the public calls ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _arguments(name: Any, form: str, parameters: Sequence[Any]) -> tuple[Elementwise, str, Program, tuple[float, ...]]:
    asked = get(name)
    card, owned, program = _resolve(asked.name, form)
    takes = asked.forms[form].parameters
    given = tuple(float(p) for p in parameters)
    if len(given) > len(takes):
        raise TypeError(f"the {form} of {asked.name} takes {len(takes)} parameters, got {len(given)}")
    return card, owned, program, given + tuple(float(p.default) for p in takes[len(given) :])


def ends(card: Any, form: str = "value", parameters: Sequence[Any] = ()) -> tuple[Interval, tuple[float, float]]:
    """Tell where a form is defined, and the values it has at the two ends.

    Parameters
    ----------
    card : Elementwise or str
        The activation.
    form : str
        As in `evaluate`, or ``backward`` or ``value_and_derivative``, which live where the value does.
    parameters : sequence of float
        The activation's parameters; the rest at their defaults.

    Returns
    -------
    (Interval, (float, float))
        The domain, and the limits at its ends; those at the defaults where the form does not exist at these parameters.
    """
    form = "value" if form in ("backward", "value_and_derivative") else form
    owner, owned, _, values = _arguments(card, form, parameters)
    return _ends(owner, owned, values) if _admits(owner, owned, values) else ends(card, form)


def evaluate(card: Any, x: Any, form: str = "value", parameters: Sequence[Any] = (), *, floor: int = FLOOR) -> arb:
    """Enclose a form of an elementwise activation at one number.

    Parameters
    ----------
    card : Elementwise or str
        The activation.
    x : float or NumPy scalar
        Where; the number itself, as it is held.
    form : str
        ``value``, ``derivative``, ``second_derivative``, or where the card has them ``inverse``, ``log``, ``complement`` and
        the derivatives with respect to parameters, such as ``derivative_slope``.
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
    owner, owned, _, values = _arguments(card, form, parameters)
    where = float(x)
    special = _special(owner, owned, where, values)
    if special is not None:
        return arb(special)
    return _enclosed(owner, owned, where, values, floor)[0]


def program(card: Any, form: str = "value") -> Program:
    """Find how a form is computed in balls, for a formula that goes on with the result.

    Parameters
    ----------
    card : Elementwise or str
        The activation.
    form : str
        As in `evaluate`.

    Returns
    -------
    callable
        Takes a ball, and the parameters as balls, and encloses the form at the working precision of flint. ValueError,
        ZeroDivisionError and nan say that it does not enclose it there: more precision may, and at kinks and ends of the
        domain `evaluate` knows what is defined.

    Examples
    --------
    >>> from flint import arb
    >>> from ogive.truth.reference import program
    >>> program("sigmoid")(arb(0))
    0.500000000000000
    """
    return _resolve(get(card).name, form)[2]


def precisely(precision: int, work: Callable[[], T]) -> T:
    """Do a piece of work in balls at a working precision, which flint keeps for all threads together.

    Parameters
    ----------
    precision : int
        In bits.
    work : callable
        What is to be done; its power series have three terms.

    Returns
    -------
    object
        What it returns.
    """
    with _lock:
        before = ctx.prec, ctx.cap
        ctx.prec, ctx.cap = precision, 3
        try:
            return work()
        finally:
            ctx.prec, ctx.cap = before


def side(card: Any, x: Any, value: float, form: str = "value", parameters: Sequence[Any] = ()) -> int:
    """Tell on which side of a number the truth lies, however close.

    Parameters
    ----------
    card, x, form, parameters
        As in `evaluate`, with x inside the domain.
    value : float
        The number.

    Returns
    -------
    int
        -1 where the truth is smaller, 1 where it is larger; 0 where it is the number, or 4096 bits do not tell.

    Examples
    --------
    >>> from ogive.truth.reference import side
    >>> side("sigmoid", -1e-300, 0.5), side("sigmoid", 0.0, 0.5)
    (-1, 0)
    """
    owner, owned, program, values = _arguments(card, form, parameters)
    special = _special(owner, owned, float(x), values)
    if special is not None:
        return int(special > value) - int(special < value)
    precision = START
    while precision <= 4096:
        ball = _run(program, precision, arb(float(x)), [arb(p) for p in values])
        if ball > value or ball < value or ball.is_exact():
            return int(ball > value) - int(ball < value)
        precision *= 4
    return 0


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
    ball, precision = _enclosed(owner, owned, where, values, PRODUCT_FLOOR if backward else FLOOR)
    factor = float(g) if backward else 1.0
    if not (math.isfinite(factor) and factor):  # a zero slope makes inf · 0
        with np.errstate(invalid="ignore"):
            slope = (
                _zero(owner, owned, where, values, ball) if ball.is_zero() else math.copysign(1.0, _zero(owner, owned, where, values, ball))
            )
            return fmt.dtype.type(np.float64(factor) * np.float64(slope))

    program = _times(owner, factor) if backward else program

    def refine() -> arb:
        nonlocal precision
        precision *= 2
        if precision > LIMIT and owned == "value" and owner.asymptote is not None:
            line, side = owner.asymptote(arb(where))
            return _run(lambda x: x + side * arb((1, FLOOR)), 4 * START - FLOOR, line, [])
        if precision > LIMIT:
            raise ArithmeticError(f"{owner.name}.{owned} at {where.hex()}: {LIMIT} bits do not decide the rounding to {fmt.name}")
        return _run(program, precision, arb(where), exact)

    result = nearest(_product(ball, factor), fmt, refine)
    if result == 0:
        result = math.copysign(1.0, factor) * _zero(owner, owned, where, values, ball)
    return fmt.dtype.type(result)


def constant_on(card: Any, form: str, low: Any, high: Any, dtype: Any, parameters: Sequence[Any] = ()) -> Any:
    """Find the one number to which a form rounds on a whole interval, if a single ball over it shows that.

    Parameters
    ----------
    card : Elementwise or str
        The activation.
    form : str
        As in `evaluate`; an inverse that has to be solved for is not evaluated on intervals.
    low, high : float or NumPy scalar
        The finite ends of the interval, of one sign.
    dtype : dtype
        Of the result.
    parameters : sequence of float
        The activation's parameters; the rest at their defaults.

    Returns
    -------
    NumPy scalar or None
        The right answer for every number from `low` to `high`; None if there are several, or the ball is too large to tell.

    Examples
    --------
    >>> from ogive.truth.reference import constant_on
    >>> constant_on("sigmoid", "value", 1024.0, 2048.0, "float32")
    np.float32(1.0)
    >>> constant_on("sigmoid", "value", 1.0, 2.0, "float32") is None
    True
    """
    owner, owned, program, values = _arguments(card, form, parameters)
    solved = owned == "inverse" or isinstance(owner.reference, Inverse)
    if solved or any(_special(owner, owned, float(x), values) is not None for x in (low, high)):
        return None
    first, last = (correctly_rounded(owner, owned, x, dtype, values) for x in (low, high))
    if first.tobytes() != last.tobytes() or not np.isfinite(first):
        return None
    middle, radius = (arb(float(low)) + arb(float(high))) / 2, abs(arb(float(high)) - arb(float(low))) / 2
    ball = _run(program, START, middle + arb(0, radius.upper()), [arb(p) for p in values])
    if not ball.is_finite():
        return None
    ends = {nearest(end, dtype) for end in (ball.lower(), ball.upper())}
    return first if ends == {float(first)} else None


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
