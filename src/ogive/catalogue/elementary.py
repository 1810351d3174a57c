"""What the references share: elementary functions of a ball or of a power series that keep small balls small.

flint, whose numbers these are, is the extra ``[truth]``: it is imported where a formula runs, and not before.
"""

from typing import Any


def pi() -> Any:
    """Enclose π."""
    from flint import arb

    return arb.pi()


def half() -> Any:
    """Return 1/2, which a series takes as a ball only."""
    from flint import arb

    return arb(1) / 2


def root(n: int) -> Any:
    """Enclose √n."""
    from flint import arb

    return arb(n).sqrt()


def speck(exponent: int) -> Any:
    """Return 2^exponent, which stands for a positive number smaller still: too small to be seen, it only breaks ties."""
    from flint import arb

    return arb((1, exponent))


def constant(x: Any) -> Any:
    """Return the constant term of x; a ball is its own."""
    return x if hasattr(x, "expm1") else x[0]


def _split(x: Any) -> tuple[Any, Any]:
    """Return the constant term of x, and the rest, a series without one; a ball has none."""
    return (x, None) if hasattr(x, "expm1") else (x[0], type(x)([0, *x.coeffs()[1:]]))


def expm1(x: Any) -> Any:
    """Evaluate e^x - 1."""
    at, rest = _split(x)
    return at.expm1() if rest is None else at.expm1() + at.exp() * (rest.exp() - 1)


def log1p(x: Any) -> Any:
    """Evaluate log(1 + x)."""
    at, rest = _split(x)
    return at.log1p() if rest is None else at.log1p() + (1 + rest / (1 + at)).log()


def softplus(x: Any) -> Any:
    """Evaluate log(1 + e^x), the large term apart, so that the derivatives need no more bits than they have."""
    return x + log1p((-x).exp()) if constant(x) > 0 else log1p(x.exp())


def tanh(x: Any) -> Any:
    """Evaluate tanh x, from e^2x - 1 where that is small, and else from its distance to the limits."""
    if abs(constant(x)) < 1:
        return expm1(2 * x) / (expm1(2 * x) + 2)
    return 1 - 2 / ((2 * x).exp() + 1) if constant(x) > 0 else 2 / ((-2 * x).exp() + 1) - 1


def normal_cdf(x: Any) -> Any:
    """Evaluate Φ(x)."""
    return (-x / root(2)).erfc() / 2


def tanh_shrink(x: Any) -> Any:
    """Evaluate x - tanh x; far out, a value is a tie or next to one wherever x - 1 is."""
    if constant(x) is x and abs(x) > 5000:
        return x - 1 + speck(-6000) if x > 0 else x + 1 - speck(-6000)
    return x - tanh(x)


def log_gumbel_min_cdf(x: Any) -> Any:
    """Evaluate log(1 - e^-t) for t = e^x; where t is tiny, as x - t/2 + t²/24 - ..., of which -1/2 is good to t, also in f' and f''."""
    from flint import arb

    if constant(x) < -1024:
        return x - x.exp() * arb(0.5, (1, -1000))
    return (-expm1(-x.exp())).log() if constant(x) < 0 else log1p(-(-x.exp()).exp())


def log_normal_cdf(x: Any) -> Any:
    """Evaluate log Φ(x); where Φ is small, from Φ(x) = e^(-x²/2) U(1/2, 1/2, x²/2) / (2√π), U being Tricomi's function.

    The derivatives are r = φ(x) / Φ(x) and -r (x + r).
    """
    at, rest = _split(x)
    square = at * at / 2
    if at < -4:
        tail = square.hypgeom_u(half(), half())
        value, ratio = (tail / (2 * pi().sqrt())).log() - square, root(2) / tail
    else:
        value = (-(at / root(2)).erfc() / 2).log1p() if at > 4 else normal_cdf(at).log()
        ratio = (-square).exp() / (2 * pi()).sqrt() / normal_cdf(at)
    return value if rest is None else value + ratio * rest - ratio * (at + ratio) / 2 * rest * rest
