"""The arithmetic of Student's t distribution, in float64 arrays: what the cards of its two functions compute with.

The tail P(T > x) and the share between 0 and x are computed apart, and neither from 1 less the other. SciPy's incomplete beta
serves where it is good to some ulp, up to |x| = 4; further out it loses hundreds, and its results end at 1e-311.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

__all__ = ["CDF", "PPF"]

Array = np.ndarray[Any, np.dtype[np.float64]]

FAR = 4.0  # from here on the tail is the density times a continued fraction
TERMS = 24  # of the continued fraction; 16 are enough at x = 4
SHIFT = 20  # where Stirling's series for the ratio of Gamma functions is good to 2**-55
HUGE = 2.0**60  # where 1 + s² is s²
NORMAL = 1e23  # from here on the t distribution is the normal one to 2**-53, at every x whose tail is not 0
LARGEST = float(np.finfo(np.float64).max)
ROUNDS = 12  # of Newton's method at most

# log(Γ(a + 1/2) / (Γ(a) √a)) = Σ B(2k) (2**(1 - 2k) - 2) / (2k (2k - 1)) / a**(2k - 1)
_BERNOULLI = (Fraction(1, 6), Fraction(-1, 30), Fraction(1, 42), Fraction(-1, 30), Fraction(5, 66))
STIRLING = [float(b * (Fraction(2, 4**k) - 2) / (2 * k * (2 * k - 1))) for k, b in enumerate(_BERNOULLI, 1)]


def _scipy() -> Any:
    """Load SciPy's special functions."""
    try:
        from scipy import special
    except ImportError as error:
        raise ImportError(
            'Student\'s t with free degrees of freedom needs SciPy; install it with: python -m pip install "ogive[student]"'
        ) from error
    return special


def _card(name: str) -> Any:
    """Find the card of a limiting case; at call time, since the catalogue is not there yet when this is read."""
    from ogive.catalogue import get

    return get(name)


# ── two words ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _split(a: Array) -> tuple[Array, Array]:
    big = 134217729.0 * a  # Veltkamp's 2**27 + 1
    high = big - (big - a)
    return high, a - high


def _product(a: Array, b: Array) -> tuple[Array, Array]:
    """Multiply exactly, into two words (Dekker)."""
    p = a * b
    (ah, al), (bh, bl) = _split(a), _split(b)
    return p, ((ah * bh - p) + ah * bl + al * bh) + al * bl


def _sum(a: Array, b: Array) -> tuple[Array, Array]:
    """Add exactly, into two words (Knuth)."""
    s = a + b
    t = s - a
    return s, (a - (s - t)) + (b - t)


def _power(high: Array, low: Array, exponent: Array, rest: Array) -> Array:
    """Raise high + low to exponent + rest; the small words change the power by a factor near 1."""
    power: Array = np.power(high, exponent) * np.exp(exponent * low / high + rest * np.log(high))
    return power


# ── the density ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _peak(df: Array) -> Array:
    """Compute the density at 0, Γ((ν + 1)/2) / (Γ(ν/2) √(νπ))."""
    a = df / 2
    small = a < SHIFT
    factor = np.ones_like(a)
    for i in range(SHIFT):
        factor = np.where(small, factor * ((a + i) / (a + i + 0.5)), factor)
    b = np.where(small, a + SHIFT, a)
    series = np.zeros_like(b)
    for c in reversed(STIRLING):
        series = series / (b * b) + c
    peak: Array = np.where(small, factor * np.sqrt(b / a), 1.0) * np.exp(series / b) / np.sqrt(2 * np.pi)
    return peak


def _widths(x: Array, df: Array) -> tuple[Array, Array, Array, Array]:
    """Compute 1 + x²/ν, and s = |x|/√ν for where that overflows, each in two words."""
    calm = np.where(x < 2.0**400, x, 1.0)
    square, below = _product(calm, calm)
    ratio = square / df
    back, lost = _product(ratio, df)
    w, tail = _sum(np.ones_like(ratio), ratio)
    root = np.sqrt(df)
    p, e = _product(root, root)
    root_low = ((df - p) - e) / (2 * root)
    s = x / root
    # scaled, so that nothing overflows in the products
    unit = np.where(x > 1, x, 1.0)
    t = (x / unit) / root
    p, e = _product(t, root)
    s_low = (((x / unit - p) - e) - t * root_low) / root / np.where(t > 0, t, 1.0) * s
    return w, tail + ((square - back) - lost + below) / df, s, s_low


def _bell(x: Array, df: Array, share: float) -> Array:
    """Compute (1 + x²/ν)**(-(ν + 1)/2 · share)."""
    w, w_low, s, s_low = _widths(x, df)
    one, rest = _sum(df, np.ones_like(df))
    near = _power(w, w_low, -one / 2 * share, -rest / 2 * share)
    return np.where(s < HUGE, near, _power(s, s_low, -one * share, -rest * share))


# ── tail, share and elasticity, x >= 0 ───────────────────────────────────────────────────────────────────────────────────


def _fraction(x: Array, df: Array) -> Array:
    """Compute 2 · tail / (x · density): the continued fraction of the incomplete beta function, from its far end.

    The form is that of Didonato and Morris (1992), Significant digit computation of the incomplete beta function ratios, ACM
    TOMS 18, equation 9, in which nothing cancels as ν grows.
    """
    z = 1 / (1 + np.minimum(x, 2.0**400) ** 2 / df)
    a, b = df / 2, 0.5
    level = z * (x * x - 1) / 2
    value = np.ones_like(x)
    for n in reversed(range(TERMS)):
        below = n + n * (b - n) * z / (a + 2 * n - 1) if n else 0.0
        below = below + (a + n) / (a + 2 * n + 1) * (level + 1 + n * (2 - z))
        above = (a + n) / (a + 2 * n + 1) * ((a + b + n) / (a + 2 * n + 1)) * ((n + 1) * (b - n - 1)) * (z * z)
        value = below + above / value
    return 1 / value


def _beyond(x: Array, df: Array) -> Array:
    """Compute the tail where it is far out; beyond 2**60 √ν in a way that does not underflow before the tail does."""
    _, _, s, s_low = _widths(x, df)
    distant = _power(s, s_low, -df, np.zeros_like(df)) / np.sqrt(df)
    root = _bell(x, df, 0.5)  # the density itself may underflow where x times it does not
    return _peak(df) * np.where(s < HUGE, root * x * _fraction(x, df) / 2 * root, distant)


def _share(x: Array, df: Array) -> Array:
    """Compute P(0 < T < x)."""
    root = x / np.sqrt(df)
    y = root * root / (1 + root * root)
    inside = 0.5 * _scipy().betainc(0.5, df / 2, y)
    return np.where(x * x * (1 + 1 / df) < 1e-16, x * _peak(df), inside)  # where x² vanishes beside 1, or underflows


def _tail(x: Array, df: Array) -> Array:
    """Compute P(T > x)."""
    special = _scipy()
    square = x * x
    near = np.where(square < df, special.betaincc(0.5, df / 2, square / (df + square)), special.betainc(df / 2, 0.5, df / (df + square)))
    return np.where(x < FAR, near / 2, _beyond(x, df))


def _pieces(x: Array, df: Array, free: Callable[[Array, Array], Array], closed: dict[float, Callable[[Array], Array]]) -> Array:
    """Send every element to the formula for its degrees of freedom."""
    result = np.empty_like(x)
    left = np.ones(x.shape, bool)
    for value, formula in closed.items():
        here = df == value if value < NORMAL else df >= NORMAL
        if here.any():
            result[here] = formula(x[here])
            left &= ~here
    if left.any():
        result[left] = free(x[left], df[left])
    return result


def _second(x: Array) -> tuple[Array, Array]:
    """Return 1/r and 1/(r + x) for r = √(2 + x²), of which the closed forms of ν = 2 are products."""
    r = np.hypot(np.sqrt(2.0), x)
    return 1 / r, 1 / (r + x)


def _fourth(x: Array) -> tuple[Array, Array]:
    """Return s = x/√(4 + x²) and 1 - s, in which the closed forms of ν = 4 are polynomials."""
    r = np.hypot(2.0, x)
    return x / r, 4 / r / (r + x)


def tail(x: Array, df: Array) -> Array:
    """Compute P(T > x) for x >= 0."""

    def two(x: Array) -> Array:
        a, b = _second(x)
        return np.where(x < 1, 0.5 - x * a / 2, a * b)

    def four(x: Array) -> Array:
        s, rest = _fourth(x)
        return rest * rest * ((2 + s) / 4)

    def free(x: Array, df: Array) -> Array:
        return np.where(x < 1, 0.5 - _share(x, df), _tail(x, df))

    return _pieces(
        x,
        df,
        free,
        {1: lambda x: _card("cauchy_cdf")(-x), 2: two, 4: four, np.inf: lambda x: _card("normal_cdf")(-x)},
    )


def share(x: Array, df: Array) -> Array:
    """Compute P(0 < T < x) for x >= 0; only where x = 0 is not far away."""

    def four(x: Array) -> Array:
        s, _ = _fourth(x)
        return s * (3 - s * s) / 4

    return _pieces(x, df, _share, {4: four})


def density(x: Array, df: Array) -> Array:
    """Compute the density."""
    x = np.abs(x)

    def two(x: Array) -> Array:
        a, _ = _second(x)
        cube: Array = a * a * a
        return cube

    def four(x: Array) -> Array:
        r = np.hypot(2.0, x)
        fifth: Array = 12 / (r * r) / (r * r) / r
        return fifth

    return _pieces(
        x,
        df,
        lambda x, df: _peak(df) * _bell(x, df, 1.0),
        {1: lambda x: _card("cauchy_cdf").derivative(x), 2: two, 4: four, np.inf: lambda x: _card("normal_cdf").derivative(x)},
    )


# ── the quantile ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _start(q: Array, df: Array) -> Array:
    """Guess the x whose tail is q: SciPy's guess, but far out the tail's leading term, and at 0 the density's."""
    special = _scipy()
    y = np.where(q > 0.25, special.betaincinv(0.5, df / 2, 2 * (0.5 - q)), special.betainccinv(0.5, df / 2, 2 * q))
    z = special.betaincinv(df / 2, 0.5, 2 * q)
    guess = np.sqrt(df) * np.where(y < 0.5, np.sqrt(y / (1 - y)), np.sqrt((1 - z) / z))
    distant = np.exp((np.log(_peak(df)) - np.log(q) - np.log(df) / 2) / df) * np.sqrt(df)
    found = np.where(z < 1e-6, distant, guess)
    return np.where(np.isfinite(y) & (y > 0), found, (0.5 - q) / _peak(df))


def _newton(q: Array, df: Array, x: Array) -> Array:
    """Solve P(T > x) = q by Newton's method in logarithms, in which tail and share are concave: it does not run away."""
    central = x < 1
    endless = np.isinf(x)
    x = np.where(endless, 1.0, x)
    wanted = np.where(central, 0.5 - q, q)
    done = np.zeros(x.shape, bool)
    for _ in range(ROUNDS):
        own = np.where(central, share(x, df), tail(x, df))
        slope = np.where(central, 1.0, -1.0) * x * density(x, df) / own
        slope = np.where(x < FAR, slope, -2 / _fraction(x, df))
        slope = np.where(x / np.sqrt(df) < HUGE, slope, -df)
        step = np.log1p((wanted - own) / own) / slope
        x = np.where(done, x, np.clip(x + x * np.expm1(np.clip(step, -2.0, 2.0)), 0.0, LARGEST))
        done |= np.abs(step) < 1e-9  # the next one is its square
        if done.all():
            break
    return np.where(endless, np.inf, x)


def quantile(q: Array, df: Array) -> Array:
    """Find x >= 0 with P(T > x) = q, for 0 < q <= 1/2."""

    def solve(q: Array, df: Array) -> Array:
        middle = q == 0.5
        return np.where(middle, 0.0, _newton(q, df, np.where(middle, 1.0, _start(q, df))))

    def two(q: Array) -> Array:
        return (1 - 2 * q) / np.sqrt(2 * q * (1 - q))

    def four(q: Array) -> Array:
        root = 2 * np.sqrt(q * (1 - q))
        guess = 2 * np.sqrt(np.cos(np.arccos(np.minimum(root, 1.0)) / 3) / root - 1)
        guess = np.where(guess > 0.1, guess, (0.5 - q) / 0.375)
        return np.where(q == 0.5, 0.0, _newton(np.where(q == 0.5, 0.25, q), np.full_like(q, 4.0), np.where(q == 0.5, 1.0, guess)))

    return _pieces(q, df, solve, {1: lambda q: -_card("cauchy_ppf")(q), 2: two, 4: four, np.inf: lambda q: -_card("normal_ppf")(q)})


def _bend(x: Array, df: Array) -> Array:
    """Compute -f'(x)/f(x) = (ν + 1) x / (ν + x²)."""
    size = np.abs(x)
    ratio = np.where(size < 1, size * ((df + 1) / (df + size * size)), (df + 1) / (size + df / np.where(size < 1, 1.0, size)))
    return np.copysign(np.where(df >= NORMAL, size, ratio), x)


# ── the forms of the two cards: x and ν inside their domains ─────────────────────────────────────────────────────────────


def cdf(x: Array, df: Array) -> Array:
    """Compute P(T < x)."""

    def free(x: Array, df: Array) -> Array:
        end = np.isinf(x)
        small = np.where(end, 0.0, tail(np.where(end, 1.0, np.abs(x)), df))
        return np.where(x < 0, small, 1 - small)

    return _pieces(x, df, free, {1: lambda x: _card("cauchy_cdf")(x), np.inf: lambda x: _card("normal_cdf")(x)})


def cdf_derivative(x: Array, df: Array) -> Array:
    """Compute the density."""
    end = np.isinf(x)
    return np.where(end, 0.0, density(np.where(end, 1.0, x), df))


def cdf_second_derivative(x: Array, df: Array) -> Array:
    """Compute the slope of the density."""
    end = np.isinf(x)
    calm = np.where(end, 1.0, x)

    def free(x: Array, df: Array) -> Array:
        root = _bell(np.abs(x), df, 0.5)  # the density may underflow before it is multiplied
        return _peak(df) * (root * _bend(x, df)) * root

    limits: dict[float, Callable[[Array], Array]] = {
        1: lambda x: -_card("cauchy_cdf").second_derivative(x),
        np.inf: lambda x: -_card("normal_cdf").second_derivative(x),
    }
    return np.where(end, np.copysign(0.0, -x), -_pieces(calm, df, free, limits))


def ppf(p: Array, df: Array) -> Array:
    """Find x with P(T < x) = p."""
    q = np.minimum(p, 1 - p)
    end = q == 0
    return np.copysign(np.where(end, np.inf, quantile(np.where(end, 0.25, q), df)), p - 0.5)


def ppf_derivative(p: Array, df: Array) -> Array:
    """Compute 1/f at the quantile; far out from the tail, in which an error of x counts less than in f."""
    q = np.minimum(p, 1 - p)
    end = q == 0
    q = np.where(end, 0.25, q)

    def free(q: Array, df: Array) -> Array:
        x = quantile(q, df)
        far = np.where(x / np.sqrt(df) < HUGE, x * _fraction(np.minimum(x, LARGEST), df) / 2, x / df) / q
        return np.where(x < FAR, 1 / density(x, df), far)

    slope = _pieces(q, df, free, {1: lambda q: _card("cauchy_ppf").derivative(q), np.inf: lambda q: _card("normal_ppf").derivative(q)})
    return np.where(end, np.inf, slope)


def ppf_second_derivative(p: Array, df: Array) -> Array:
    """Compute -f'/f³ at the quantile."""

    def free(p: Array, df: Array) -> Array:
        slope = ppf_derivative(p, df)
        return np.where(np.isinf(slope), np.copysign(np.inf, p - 0.5), _bend(ppf(p, df), df) * slope * slope)

    end = (p == 0) | (p == 1)
    curve = _pieces(
        np.where(end, 0.5, p),
        df,
        free,
        {1: lambda p: _card("cauchy_ppf").second_derivative(p), np.inf: lambda p: _card("normal_ppf").second_derivative(p)},
    )
    return np.where(end, np.copysign(np.inf, p - 0.5), curve)


CDF = {
    "value": cdf,
    "derivative": cdf_derivative,
    "second_derivative": cdf_second_derivative,
    "inverse": ppf,
    "complement": lambda x, df: cdf(-x, df),
}
PPF = {"value": ppf, "derivative": ppf_derivative, "second_derivative": ppf_second_derivative, "inverse": cdf}
