"""A second reference: the formulas of the cards again, in another arithmetic.

Where an audit reports a worst case, Arb's ball is not believed alone. Here mpmath evaluates the same formula, on numbers that keep
track of the error of everything that went into them, and on power series with the rules of the textbooks. Arb has a part in it
only where a formula names a constant: π, √2, and the λ and α of selu come as balls.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from flint import arb, ctx

from ogive.activation import Elementwise
from ogive.catalogue import get
from ogive.facts import Inverse
from ogive.truth.reference import _arguments, _formula, _lock, _special
from ogive.vectorwise import Composed, Vectorwise

try:
    import mpmath
except ImportError as error:
    raise ImportError("the second reference needs mpmath; install it with: python -m pip install mpmath") from error

__all__ = ["confirms", "confirms_row", "evaluate", "evaluate_row"]

LIMIT = 1 << 14  # bits of working precision at which the search for a good number gives up
SPARE = 64  # bits that the first attempt has beyond those that are asked for
FLOOR = -1200  # a number within 2**FLOOR of 0 is good, whatever its relative error
AGREEMENT, NOTHING = -60, -1100  # how close the two references have to be, relatively, or else absolutely
EXACT = -(1 << 5000)  # the exponent of no error
STEEP, TINY = 4096, 30  # beyond ±2**STEEP the exponential is not evaluated, and beyond 2**TINY what the error function leaves

_mp = mpmath.MPContext()  # of its own, so that nobody's precision is disturbed

Program = Callable[..., Any]


# ── numbers that know their error ────────────────────────────────────────────────────────────────────────────────────────


def _size(value: Any) -> int:
    """Return the least e with abs(value) < 2**e."""
    return int(value.exp + value.bc) if value else EXACT


class Number:
    """A number of mpmath, with a bound of its error, to be put in the place of a ball in the formula of a card.

    Parameters
    ----------
    value : mpmath.mpf
        The number.
    error : int
        What it stands for lies within ``2**error`` of it.
    """

    __slots__ = ("error", "value")

    def __init__(self, value: Any, error: int = EXACT) -> None:
        self.value, self.error = value, error

    @classmethod
    def of(cls, number: Any) -> Number:
        """Take over a number of another kind, with all its bits; a ball with its radius."""
        if isinstance(number, Number):
            return number
        if isinstance(number, arb):
            (m, e), (radius, scale) = number.mid().man_exp(), number.rad().man_exp()
            return cls(_mp.ldexp(int(m), int(e)), int(scale) + int(radius).bit_length() if radius else EXACT)
        if isinstance(number, int):
            return cls(_mp.ldexp(number, 0))
        numerator, denominator = number.as_integer_ratio()
        quotient: Number = cls.of(numerator) / cls.of(denominator)
        return quotient

    @classmethod
    def rounded(cls, value: Any, *errors: int) -> Number:
        """Make a number of the result of an operation, from what the errors of its operands do to it."""
        return cls(value, max(_size(value) - _mp.prec + 4, *errors) + 2)

    @property
    def exact(self) -> bool:
        """Whether there is no error at all."""
        return self.error <= EXACT // 2

    def __float__(self) -> float:
        return float(self.value)

    def is_integer(self) -> bool:
        """Tell whether it is known to be a whole number."""
        return self.exact and bool(_mp.isint(self.value))

    # arithmetic; what is exact stays so where it can, for comparisons

    def __neg__(self) -> Number:
        return Number(_mp.fneg(self.value, exact=True), self.error)

    def __abs__(self) -> Number:
        return -self if self.value < 0 else self

    def __add__(self, other: Any) -> Any:
        if isinstance(other, Series):
            return NotImplemented
        other = Number.of(other)
        if self.exact and other.exact:
            return Number(_mp.fadd(self.value, other.value, exact=True))
        return Number.rounded(self.value + other.value, self.error, other.error)

    def __sub__(self, other: Any) -> Any:
        return NotImplemented if isinstance(other, Series) else self + -Number.of(other)

    def __mul__(self, other: Any) -> Any:
        if isinstance(other, Series):
            return NotImplemented
        other = Number.of(other)
        if self.exact and other.exact:
            return Number(_mp.fmul(self.value, other.value, exact=True))
        if (self.exact and not self.value) or (other.exact and not other.value):
            return Number(_mp.zero)
        a, b = max(_size(self.value), self.error), max(_size(other.value), other.error)
        return Number.rounded(self.value * other.value, self.error + b, other.error + a)

    def __truediv__(self, other: Any) -> Any:
        if isinstance(other, Series):
            return NotImplemented
        other = Number.of(other)
        other.away(_size(other.value))
        value = self.value / other.value
        if self.exact and other.exact and _mp.fmul(value, other.value, exact=True) == self.value:
            return Number(value)
        size = _size(other.value)
        return Number.rounded(value, self.error - size + 1, other.error + _size(value) - size + 1)

    __radd__ = __add__
    __rmul__ = __mul__

    def __rsub__(self, other: Any) -> Any:
        return -self + other

    def __rtruediv__(self, other: Any) -> Any:
        return Number.of(other) / self

    def __pow__(self, power: int) -> Any:
        return math.prod([self] * power)

    # comparisons: certain, or refused

    def _above(self, other: Any) -> int:
        """Return the sign of what this one is more than the other, which may be infinite."""
        if isinstance(other, float) and math.isinf(other):
            return -1 if other > 0 else 1
        rest = self - other
        if not rest.exact and _size(rest.value) <= rest.error + 1:
            raise ValueError("too close to tell which is more")
        return int(_mp.sign(rest.value))

    def __lt__(self, other: Any) -> bool:
        return self._above(other) < 0

    def __le__(self, other: Any) -> bool:
        return self._above(other) <= 0

    def __gt__(self, other: Any) -> bool:
        return self._above(other) > 0

    def __ge__(self, other: Any) -> bool:
        return self._above(other) >= 0

    # functions, by the names that they have for balls; next to a pole or a branch point an error could be anything

    def away(self, size: int) -> None:
        """Refuse an error that is not small beside ``2**size``, the distance from trouble."""
        if not self.exact and self.error > size - 8:
            raise ValueError("the error reaches too far")
        if size == EXACT:
            raise ZeroDivisionError("a pole")

    def _image(self, value: Any, slope: Callable[[], Any]) -> Number:
        """Take over the value of a function, with what its slope makes of the error."""
        if self.exact:
            return Number.rounded(value, EXACT) if self.value else Number(value)  # at 0 all of them are 0 or 1
        return Number.rounded(value, self.error + _size(slope()))

    def exp(self) -> Number:
        """Evaluate e^x."""
        if _size(self.value) > STEEP:
            if self.value > 0:
                raise OverflowError("an exponential beyond measure")
            return Number(_mp.zero, -(1 << STEEP))
        self.away(0)
        value = _mp.exp(self.value)
        return self._image(value, lambda: value)

    def expm1(self) -> Number:
        """Evaluate e^x - 1."""
        if _size(self.value) > 20:  # nothing cancels here, and mpmath tries to be careful
            less: Number = self.exp() - 1
            return less
        self.away(0)
        return self._image(_mp.expm1(self.value), lambda: _mp.exp(self.value))

    def log(self) -> Number:
        """Evaluate log x."""
        self._positive()
        return self._image(_mp.log(self.value), lambda: 1 / self.value)

    def log1p(self) -> Number:
        """Evaluate log(1 + x)."""
        above = self + 1
        above._positive()
        return self._image(_mp.log1p(self.value), lambda: 1 / above.value)

    def sqrt(self) -> Number:
        """Evaluate √x."""
        self._positive()
        value = _mp.sqrt(self.value)
        return self._image(value, lambda: 1 / value)

    def _positive(self) -> None:
        self.away(_size(self.value))
        if self.value < 0:
            raise ValueError("less than nothing")

    def atan(self) -> Number:
        """Evaluate the arc tangent."""
        self.away(0)
        return self._image(_mp.atan(self.value), lambda: 1 / (1 + self.value**2))

    def erf(self) -> Number:
        """Evaluate the error function."""
        self.away(-max(0, _size(self.value)))
        return self._image(_mp.erf(self.value), lambda: 2 * _mp.exp(-(self.value**2)))

    def erfc(self) -> Number:
        """Evaluate what the error function leaves to 1, less than e^(-x²)."""
        size = _size(self.value)
        self.away(-max(0, size))
        if size > TINY and self.value > 0:
            return Number(_mp.zero, -(1 << 2 * (size - 1)))
        return self._image(_mp.erfc(self.value), lambda: 2 * _mp.exp(-(self.value**2)))

    def cot_pi(self) -> Number:
        """Evaluate cot πx."""
        sine = _mp.sinpi(self.value)
        self.away(_size(sine))
        return self._image(_mp.cospi(self.value) / sine, lambda: 4 / sine**2)

    def hypgeom_u(self, a: Any, b: Any) -> Number:
        """Evaluate U(a, b, x) of Tricomi."""
        a, b = Number.of(a).value, Number.of(b).value
        self._positive()
        return self._image(_mp.hyperu(a, b, self.value), lambda: a * _mp.hyperu(a + 1, b + 1, self.value))


class Series:
    """A power series to the second order, to be put in the place of Arb's in the formula of a card.

    It has no `expm1`, by which formulas tell it from a number.

    Parameters
    ----------
    coefficients : sequence
        Up to three; those that are left out are 0.
    """

    __slots__ = ("_coefficients",)

    def __init__(self, coefficients: Sequence[Any]) -> None:
        self._coefficients = [Number.of(c) for c in [*coefficients, 0, 0, 0][:3]]

    def __getitem__(self, i: int) -> Number:
        return self._coefficients[i]

    def coeffs(self) -> list[Number]:
        """Return the coefficients."""
        return list(self._coefficients)

    def __neg__(self) -> Series:
        return Series([-c for c in self._coefficients])

    def __add__(self, other: Any) -> Series:
        a, b = self._coefficients, _series(other)._coefficients
        return Series([p + q for p, q in zip(a, b, strict=True)])

    def __sub__(self, other: Any) -> Series:
        return self + -_series(other)

    def __mul__(self, other: Any) -> Series:
        (a, b, c), (p, q, r) = self._coefficients, _series(other)._coefficients
        return Series([a * p, a * q + b * p, a * r + b * q + c * p])

    def __truediv__(self, other: Any) -> Series:
        below = _series(other)
        once = 1 / below[0]
        return self * below.through(once, -once * once, 2 * once * once * once)

    __radd__ = __add__
    __rmul__ = __mul__

    def __rsub__(self, other: Any) -> Series:
        return _series(other) - self

    def __rtruediv__(self, other: Any) -> Series:
        return _series(other) / self

    def __pow__(self, power: int) -> Any:
        return math.prod([self] * power)

    def through(self, value: Number, first: Number, second: Number) -> Series:
        """Apply a function, from its value and its two derivatives at the constant term: Taylor's formula."""
        _, b, c = self._coefficients
        return Series([value, first * b, first * c + second * b * b / 2])

    def exp(self) -> Series:
        """Evaluate e^x."""
        value = self[0].exp()
        return self.through(value, value, value)

    def log(self) -> Series:
        """Evaluate log x."""
        slope = 1 / self[0]
        return self.through(self[0].log(), slope, -slope * slope)

    def sqrt(self) -> Series:
        """Evaluate √x."""
        value = self[0].sqrt()
        slope = 1 / (2 * value)
        return self.through(value, slope, -slope / (2 * self[0]))

    def atan(self) -> Series:
        """Evaluate the arc tangent."""
        slope = 1 / (1 + self[0] * self[0])
        return self.through(self[0].atan(), slope, -2 * self[0] * slope * slope)

    def _bell(self) -> tuple[Number, Number]:
        """Return 2/√π e^(-x²) at the constant term, and its derivative."""
        bell = 2 * (-self[0] * self[0]).exp() / Number.rounded(_mp.sqrt(_mp.pi), EXACT)
        return bell, -2 * self[0] * bell

    def erf(self) -> Series:
        """Evaluate the error function."""
        first, second = self._bell()
        return self.through(self[0].erf(), first, second)

    def erfc(self) -> Series:
        """Evaluate what the error function leaves to 1."""
        first, second = self._bell()
        return self.through(self[0].erfc(), -first, -second)

    def cot_pi(self) -> Series:
        """Evaluate cot πx."""
        value, pi = self[0].cot_pi(), Number.rounded(+_mp.pi, EXACT)
        slope = -pi * (1 + value * value)
        return self.through(value, slope, -2 * pi * value * slope)


def _series(x: Any) -> Series:
    return x if isinstance(x, Series) else Series([x])


# ── forms ────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _value(card: Elementwise, reference: Any = None) -> Program:
    if isinstance(card.reference, Inverse):
        return _solver(_card(card.reference.of), card.ufunc)
    return lambda x, *parameters: Number.of(_formula(reference or card.reference, x, parameters)(x))


def _derivative(card: Elementwise, order: int) -> Program:
    if isinstance(card.reference, Inverse):
        return _slope_of_inverse(_card(card.reference.of), _value(card), order)
    return lambda x, *parameters: order * _series(_formula(card.reference, x, parameters)(Series([x, 1])))[order]


def _by_parameter(card: Elementwise, name: str) -> Program:
    i = [p.name for p in card.parameters].index(name)

    def derivative(x: Any, *parameters: Any) -> Number:
        moving = [*parameters[:i], Series([parameters[i], 1]), *parameters[i + 1 :]]
        return _series(_formula(card.reference, x, moving)(x))[1]

    return derivative


def _slope_of_inverse(card: Elementwise, solve: Program, order: int) -> Program:
    first, second = _derivative(card, 1), _derivative(card, 2)

    def derivative(y: Number, *parameters: Number) -> Number:
        x = solve(y, *parameters)
        slope: Number = first(x, *parameters)
        result: Number = 1 / slope if order == 1 else -second(x, *parameters) / (slope * slope * slope)
        return result

    return derivative


def _solver(card: Elementwise, row: np.ufunc) -> Program:
    """Solve f(x) = y: Newton's method from the machine's own answer; the proof is that f is too small on one side, and too large on the other."""
    value, derivative = _value(card), _derivative(card, 1)

    def solve(y: Number, *parameters: Number) -> Number:
        with np.errstate(all="ignore"):
            x = Number.of(float(row(float(y), *map(float, parameters))))
        for _ in range(_mp.prec.bit_length()):
            rest = value(x, *parameters) - y
            if rest.exact and not rest.value:
                return x
            slope = derivative(x, *parameters)
            step = rest / slope
            if _size(rest.value) <= rest.error:
                break
            x = Number((x - step).value)
        error = max(_size(rest.value), rest.error) - _size(slope.value) + 6
        reach = Number(_mp.ldexp(1, error))
        if (value(x - reach, *parameters) < y) == (value(x + reach, *parameters) < y):
            raise ValueError("no change of sign around the root")
        return Number(x.value, error)

    return solve


def _card(name: str) -> Elementwise:
    found = get(name)
    assert isinstance(found, Elementwise)
    return found


def _program(card: Elementwise, form: str) -> Program:
    """Find how to compute a form that is the card's own."""
    if form == "value" or form in card.references:
        return _value(card, card.references.get(form))
    if form.startswith("derivative_"):
        return _by_parameter(card, form.removeprefix("derivative_"))
    if form in ("derivative", "second_derivative"):
        return _derivative(card, 1 if form == "derivative" else 2)
    if form == "inverse":
        return _solver(card, card.forms[form].ufunc)
    value = _value(card)
    if form == "complement":
        return lambda x, *parameters: 1 - value(x, *parameters)
    return lambda x, *parameters: value(x, *parameters).log()


# ── the public calls ─────────────────────────────────────────────────────────────────────────────────────────────────────


@contextmanager
def _working(precision: int) -> Iterator[None]:
    """Set the precision of mpmath, and Arb's for the constants."""
    with _lock:
        before = ctx.prec
        try:
            ctx.prec = _mp.prec = precision
            yield
        finally:
            ctx.prec = before


def _good(program: Callable[[], Number], digits: int) -> Any:
    """Double the precision until a number is good to so many digits, or lies within 2**FLOOR of 0."""
    wanted = math.ceil(digits * math.log2(10))
    precision = wanted + SPARE
    while precision <= LIMIT:
        with _working(precision):
            try:
                found = program()
            except (ValueError, ZeroDivisionError, OverflowError):  # not to be told at this precision
                found = Number(_mp.zero, 0)
        if found.error <= max(_size(found.value) - wanted, FLOOR):
            return mpmath.mp.make_mpf(found.value._mpf_)
        precision *= 2
    return None


def evaluate(card: Any, x: Any, form: str = "value", parameters: Sequence[Any] = (), *, digits: int = 60) -> Any:
    """Evaluate a form of an elementwise activation at one number, in mpmath.

    Parameters
    ----------
    card : Elementwise or str
        The activation.
    x : float or NumPy scalar
        Where; the number itself, as it is held.
    form : str
        As in `ogive.truth.reference.evaluate`.
    parameters : sequence of float
        The activation's parameters; the rest at their defaults.
    digits : int
        How many decimal digits the result is good to; what lies within 2**-1200 of 0 may have less.

    Returns
    -------
    mpmath.mpf or None
        The value; None where it is a matter of definition (outside the domain, at its infinite ends, at kinks), or out of reach.

    Raises
    ------
    ValueError
        If the card has no such form.

    Examples
    --------
    >>> import mpmath
    >>> from ogive.truth.second import evaluate
    >>> mpmath.nstr(evaluate("sigmoid", 40.0, "derivative"), 20)
    '4.2483542552915889592e-18'
    """
    owner, owned, _, values = _arguments(card, form, parameters)
    where = float(x)
    if _special(owner, owned, where, values) is not None:
        return None
    program = _program(owner, owned)
    return _good(lambda: program(Number.of(where), *map(Number.of, values)), digits)


def evaluate_row(card: Any, row: Sequence[Any], index: int = 0, *, digits: int = 60) -> Any:
    """Evaluate one entry of what an activation of rows makes of a row of finite numbers, in mpmath.

    Parameters
    ----------
    card : Vectorwise, Composed or str
        The activation; at temperature 1 and without weights.
    row : sequence of float
        The entries.
    index : int
        Which entry of the result.
    digits : int
        As in `evaluate`.

    Returns
    -------
    mpmath.mpf or None
        The value; None where it is out of reach.

    Raises
    ------
    TypeError
        If the card is not one of rows.
    """
    found = get(card)
    if not isinstance(found, (Vectorwise, Composed)):
        raise TypeError(
            f"{found.name} is of the kind {found.kind!r}; evaluate_row takes activations of rows, and evaluate elementwise ones"
        )

    def entry() -> Number:
        result = found.reference([Number.of(float(v)) for v in row])
        return Number.of(result[index] if isinstance(result, list) else result)

    return _good(entry, digits)


def confirms(card: Any, form: str, x: Any, truth_ball: arb, parameters: Sequence[Any] = ()) -> bool | None:
    """Tell whether mpmath agrees with a ball of Arb's about a form of an elementwise activation.

    Parameters
    ----------
    card, form, x, parameters
        As in `evaluate`.
    truth_ball : flint.arb
        What `ogive.truth.reference.evaluate` gave.

    Returns
    -------
    bool or None
        Whether the two lie within 2**-60 of each other, relatively, or within the ball's radius, or both within 2**-1100 of 0;
        None where mpmath cannot tell.

    Examples
    --------
    >>> from ogive.truth import reference, second
    >>> second.confirms("tanh", "value", 0.5, reference.evaluate("tanh", 0.5))
    True
    """
    return _agrees(evaluate(card, x, form, parameters), truth_ball)


def confirms_row(card: Any, row: Sequence[Any], index: int, truth_ball: arb) -> bool | None:
    """Tell whether mpmath agrees with a ball of Arb's about one entry of the result of an activation of rows.

    Parameters
    ----------
    card, row, index
        As in `evaluate_row`.
    truth_ball : flint.arb
        The entry of what `ogive.truth.reference.evaluate_row` gave.

    Returns
    -------
    bool or None
        As for `confirms`.
    """
    return _agrees(evaluate_row(card, row, index), truth_ball)


def _agrees(value: Any, ball: arb) -> bool | None:
    if value is None or not ball.is_finite():
        return None
    centre = Number.of(ball)
    away = _mp.fsub(value, centre.value, prec=256)
    return _size(away) <= max(_size(centre.value) + AGREEMENT, centre.error, NOTHING)
