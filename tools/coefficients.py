"""Compute every constant of the machine and write src/ogive/_core/coefficients.hpp.

Polynomials are minimax in the relative error of the result they serve (Remez' exchange, in 60-digit arithmetic); constants
that need more than one double are split into two or three. Run: python tools/coefficients.py [--check]
"""

import math
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import mpmath as mp
import numpy as np
from flint import arb, arb_series, ctx

mp.mp.dps = 60
TARGET = Path(__file__).parent.parent / "src/ogive/_core/coefficients.hpp"
Function = Callable[[mp.mpf], mp.mpf]


def remez(f: Function, weight: Function, low: float, high: float, degree: int) -> tuple[list[mp.mpf], mp.mpf]:
    """Find the polynomial that minimises max |weight * (polynomial - f)| on [low, high]; return it and that maximum."""
    top = max(weight(mp.mpf(low)), weight(mp.mpf(high)))
    exact = weight
    f, weight = cache(f), cache(lambda x: max(exact(x), top / 100))  # a weight with a zero makes the exchange singular
    n = degree + 2
    centre, half = (mp.mpf(low) + high) / 2, (mp.mpf(high) - low) / 2
    nodes = [centre - half * mp.cos(mp.pi * (2 * i + 1) / (2 * n)) for i in range(n)]
    grid = [centre - half * mp.cos(mp.pi * i / (40 * n)) for i in range(40 * n + 1)]
    for _ in range(12):
        rows = mp.matrix([[*(x**j for j in range(n - 1)), (-1) ** i / weight(x)] for i, x in enumerate(nodes)])
        solution = mp.lu_solve(rows, mp.matrix([f(x) for x in nodes]))
        c = list(solution)[:-1]
        error = [weight(x) * (mp.polyval(c[::-1], x) - f(x)) for x in grid]
        # The new nodes: the largest error of each run of one sign.
        runs: list[int] = []
        for i, e in enumerate(error):
            if runs and mp.sign(error[runs[-1]]) == mp.sign(e):
                runs[-1] = max(runs[-1], i, key=lambda k: abs(error[k]))
            else:
                runs.append(i)
        while len(runs) > n:
            runs.pop(0 if abs(error[runs[0]]) < abs(error[runs[-1]]) else -1)
        worst = max(abs(e) for e in error)
        if len(runs) < n or worst < abs(solution[n - 1]) * mp.mpf("1.0001"):
            break
        nodes = [grid[i] for i in runs]
    return c, worst


def root_series(f: Callable[[Any], Any], order: int, start: float) -> tuple[mp.mpf, list[mp.mpf]]:
    """Find the root of the order-th derivative of f next to `start`, and the Taylor coefficients of that derivative there."""
    before = ctx.prec, ctx.cap
    ctx.prec, ctx.cap = 600, 70
    try:

        def coefficients(x: arb) -> list[arb]:
            c = f(arb_series([x, 1])).coeffs()
            return [c[k + order] * math.perm(k + order, order) for k in range(68 - order)]

        x = arb(start)
        for _ in range(9):
            c = coefficients(x)
            x = (x - c[0] / c[1]).mid()
        with mp.workdps(150):
            root, *c = (mp.mpf(v.str(140, radius=False)) for v in (x, *(v.mid() for v in coefficients(x))))
        return root, c
    finally:
        ctx.prec, ctx.cap = before


def split(value: mp.mpf, words: int) -> list[float]:
    """Write a number as a sum of doubles, each the nearest to what is left."""
    out = []
    for _ in range(words):
        out.append(float(value))
        value -= mp.mpf(out[-1])
    return out


def headed(value: mp.mpf) -> tuple[float, float]:
    """Split a number in two, the first with 8 bits to spare: so that adding a number 100 times as large loses nothing of it."""
    first = truncated(value, 45)
    return first, float(value - mp.mpf(first))


def truncated(value: mp.mpf, bits: int) -> float:
    """Keep the leading bits of a number."""
    scale = mp.mpf(2) ** (bits - 1 - mp.floor(mp.log(abs(value), 2)))
    return float(mp.nint(value * scale) / scale)


def near_doubles(taylor: list[list[mp.mpf]], start: mp.mpf) -> mp.mpf:
    """Find a double next to `start` where functions, given by their Taylor coefficients there, are all within 2^-60 of doubles.

    Gal's accurate tables (1986): values that need one word each. Fractions of an ulp are counted in integers modulo 2^64.
    """
    j = np.arange(1 << 17, dtype=np.uint64)
    for odd in (37, 41, 43, 47, 53, 59):  # a step that resonates with one function is none
        step = odd * mp.mpf(2) ** -48
        worst = np.zeros(len(j))
        for coefficients in taylor:
            ulp = mp.mpf(2) ** (mp.floor(mp.log(abs(coefficients[0]), 2)) - 52)
            a, b, *rest = [c * step**n / ulp for n, c in enumerate(coefficients)]
            parts = sum(float(c) * j.astype(float) ** n for n, c in enumerate(rest, 2))
            total = np.uint64(int(mp.nint((a % 1) * 2**64)) % 2**64) + np.uint64(int(mp.nint((b % 1) * 2**64)) % 2**64) * j
            total += ((parts % 1) * 2.0**62).astype(np.uint64) * np.uint64(4)
            worst = np.maximum(worst, np.abs(total.view(np.int64).astype(float)) / 2.0**64)
        if worst.min() < 2**-7:
            return start + int(np.argmin(worst)) * step
    raise ArithmeticError(f"no double next to {start} will do")


def expm1_tail(terms: int) -> Function:
    """Make (e^r - 1 - r - ... ) / r^(terms + 1), with `terms` terms taken off, by its series (no cancellation at 0)."""
    return lambda r: mp.fsum(r ** (k - terms - 1) / mp.factorial(k) for k in range(terms + 1, terms + 45))


def atanh_tail(z: mp.mpf) -> mp.mpf:
    """Compute (atanh(s)/s - 1)/s² with z = s²."""
    return mp.fsum(z**k / (2 * k + 3) for k in range(60))


def lines() -> Iterator[str]:
    """Write the header."""
    yield "// The constants of the machine. Written by tools/coefficients.py: do not edit."
    yield "#pragma once"
    yield ""
    yield "template <int n>"
    yield "struct Root {"
    yield "    double reach, root[3], slope[2], bend[2], rest[n];"
    yield "};"
    yield ""
    ln2 = mp.log(2)

    def constant(name: str, value: float, parent: str) -> str:
        return f"constexpr double {name} = {value.hex()};  // {parent}"

    def polynomial(name: str, c: list[mp.mpf], error: mp.mpf, parent: str) -> Iterator[str]:
        yield f"// {parent}; error 2^{mp.nstr(mp.log(error, 2), 4)}"
        yield f"constexpr double {name}[] = {{{', '.join(float(x).hex() for x in c)}}};"

    def words(name: str, value: mp.mpf, parent: str) -> str:
        return f"constexpr double {name}[] = {{{', '.join(x.hex() for x in split(value, 3))}}};  // {parent}, in three doubles"

    def with_head(name: str, c: list[mp.mpf], error: mp.mpf, head: int, parent: str) -> Iterator[str]:
        yield f"// {parent}; error 2^{mp.nstr(mp.log(error, 2), 4)}; the first {head} in two doubles each, the first of these of 45 bits"
        yield f"constexpr double {name}_HEAD[][2] = {{{', '.join('{' + ', '.join(w.hex() for w in headed(x)) + '}' for x in c[:head])}}};"
        yield f"constexpr double {name}_TAIL[] = {{{', '.join(float(x).hex() for x in c[head:])}}};"

    yield constant("LOG2_E", float(1 / ln2), "log2 e")
    yield constant("LN2", float(ln2), "log 2")
    high = truncated(ln2, 40)  # k * LN2_HIGH is exact for |k| < 2^13
    yield constant("LN2_HIGH", high, "log 2, leading 40 bits")
    middle, low = split(ln2 - high, 2)
    yield constant("LN2_MIDDLE", middle, "log 2 - LN2_HIGH")
    yield constant("LN2_LOW", low, "log 2 - LN2_HIGH - LN2_MIDDLE")
    yield ""

    half = float(ln2 / 2) * 1.001  # the magic-number rounding may miss the half by an ulp
    c, e = remez(expm1_tail(1), lambda r: abs(r) / (1 + r / 2), -half, half, 7)
    yield from polynomial("EXPM1", c, e, "(e^r - 1 - r)/r^2 on |r| <= log(2)/2, relative to e^r - 1")
    c, e = remez(expm1_tail(2), lambda r: r * r / (1 + r / 2), -half, half, 9)
    yield from polynomial("EXPM1_PAIR", c, e, "(e^r - 1 - r - r^2/2)/r^3 on |r| <= log(2)/2, relative to e^r - 1")
    steps = 32
    high = truncated(ln2 / steps, 36)  # k * EXP_STEP_HIGH is exact for |k| < 2^17
    middle, low = split(ln2 / steps - high, 2)
    yield f"constexpr double EXP_STEP[] = {{{high.hex()}, {middle.hex()}, {low.hex()}}};  // log(2)/{steps} in three doubles, the first of 36 bits"
    yield f"// 2^(j/{steps}) in two doubles, and (e^r - 1 - r - r^2/2)/r^3 on |r| <= log(2)/{2 * steps}"
    for name, word in (("HIGH", 0), ("LOW", 1)):
        yield f"constexpr double EXP_{name}[] = {{{', '.join(split(mp.mpf(2) ** (mp.mpf(j) / steps), 2)[word].hex() for j in range(steps))}}};"
    c, e = remez(expm1_tail(2), lambda r: abs(r) ** 3, -half / steps, half / steps, 5)
    yield from polynomial("EXP_STEP_TAIL", c, e, "its error is that of e^r")
    c, e = remez(atanh_tail, lambda z: z, 0, 0.0402, 5)
    yield from polynomial("ATANH", c, e, "(atanh(s)/s - 1)/s^2 in s^2 on |s| <= 1/5, relative to atanh")
    c, e = remez(atanh_tail, lambda z: z, 0, 0.0402, 7)
    yield from polynomial("ATANH_PAIR", c, e, "(atanh(s)/s - 1)/s^2 in s^2 on |s| <= 1/5, relative to atanh")
    yield ""

    selu_alpha = -mp.sqrt(2 / mp.pi) / (mp.erfc(1 / mp.sqrt(2)) * mp.exp(mp.mpf(1) / 2) - 1)
    selu_scale = (1 - mp.erfc(1 / mp.sqrt(2)) * mp.sqrt(mp.e)) * mp.sqrt(2 * mp.pi)
    selu_scale /= mp.sqrt(
        2 * mp.erfc(mp.sqrt(2)) * mp.e**2
        + mp.pi * mp.erfc(1 / mp.sqrt(2)) ** 2 * mp.e
        - 2 * (2 + mp.pi) * mp.erfc(1 / mp.sqrt(2)) * mp.sqrt(mp.e)
        + mp.pi
        + 2
    )
    yield words("LOG_2", ln2, "log 2")
    yield words("PI", mp.pi, "pi")
    yield words("INVERSE_PI", 1 / mp.pi, "1/pi")
    yield words("HALF_PI", mp.pi / 2, "pi/2")
    yield words("QUARTER_PI", mp.pi / 4, "pi/4")
    yield words("TWO_OVER_PI", 2 / mp.pi, "2/pi")
    yield words("SQRT_HALF", mp.sqrt(mp.mpf(1) / 2), "sqrt(1/2)")
    yield words("SQRT_HALF_PI", mp.sqrt(mp.pi / 2), "sqrt(pi/2)")
    yield words("SQRT_TWO_PI", mp.sqrt(2 * mp.pi), "sqrt(2 pi)")
    yield words("NORMAL_PEAK", 1 / mp.sqrt(2 * mp.pi), "1/sqrt(2 pi)")
    yield words("TWO_OVER_SQRT_PI", 2 / mp.sqrt(mp.pi), "2/sqrt(pi)")
    yield words("SELU_SCALE", selu_scale, "lambda of selu, from its closed form (Klambauer et al. 2017)")
    yield words("SELU_SCALE_ALPHA", selu_scale * selu_alpha, "lambda alpha of selu")
    yield words("GELU_TANH_LINEAR", 2 * mp.sqrt(2 / mp.pi), "2 sqrt(2/pi)")
    yield words("GELU_TANH_CUBIC", 2 * mp.sqrt(2 / mp.pi) * 44715 / 10**6, "2 sqrt(2/pi) 0.044715")
    yield words("QUICK_GELU_BETA", mp.mpf(1702) / 1000, "1.702")
    yield words("ONE_SIXTH", mp.mpf(1) / 6, "1/6")
    yield words("FOUR_THIRDS", mp.mpf(4) / 3, "4/3")
    yield words("LECUN_SCALE", mp.mpf(17159) / 10**4, "1.7159")
    yield ""

    # ── trigonometry ──
    top = mp.tan(mp.pi / 8) ** 2 * mp.mpf("1.001")

    def atan_tail(z: mp.mpf) -> mp.mpf:
        return mp.fsum((-z) ** k * -1 / (2 * k + 3) for k in range(90))

    for name, degree in (("ATAN", 8), ("ATAN_PAIR", 11)):
        c, e = remez(atan_tail, lambda z: z, 0, top, degree)
        if name == "ATAN":
            yield from polynomial(name, c, e, "(atan(s)/s - 1)/s^2 in s^2 on |s| <= tan(pi/8), relative to atan")
        else:
            yield from with_head(name, c, e, 1, "(atan(s)/s - 1)/s^2 in s^2 on |s| <= tan(pi/8), relative to atan")
    eighth = (mp.pi / 4) ** 2 * mp.mpf("1.001")

    def sin_tail(z: mp.mpf) -> mp.mpf:
        return mp.fsum((-z) ** k * -1 / mp.factorial(2 * k + 3) for k in range(30))

    def cos_tail(z: mp.mpf) -> mp.mpf:
        return mp.fsum((-z) ** k / mp.factorial(2 * k + 4) for k in range(30))

    for name, f, weight, double, pair, parent in (
        ("SIN", sin_tail, lambda z: z, 4, 6, "(sin(v)/v - 1)/v^2 in v^2 on |v| <= pi/4, relative to sin"),
        ("COS", cos_tail, lambda z: z * z, 4, 5, "(cos(v) - 1 + v^2/2)/v^4 in v^2 on |v| <= pi/4"),
    ):
        c, e = remez(f, weight, 0, eighth, double)
        yield from polynomial(name, c, e, parent)
        c, e = remez(f, weight, 0, eighth, pair)
        yield from with_head(f"{name}_PAIR", c, e, 1, parent)
    yield ""

    # ── near 0 ──
    def tanh_shrink(z: mp.mpf) -> mp.mpf:
        x = mp.sqrt(z)
        return (x - mp.tanh(x)) / x**3 if z > mp.mpf(10) ** -12 else mp.mpf(1) / 3 - 2 * z / 15

    for name, degree in (("TANH_SHRINK", 9), ("TANH_SHRINK_PAIR", 15)):
        c, e = remez(tanh_shrink, lambda z: 1 / tanh_shrink(z), 0, 0.4901, degree)
        parent = "(x - tanh x)/x^3 in x^2 on |x| <= 0.7, relative"
        yield from polynomial(name, c, e, parent) if degree == 9 else with_head(name, c, e, 3, parent)
    yield "// 1 - E/(1 - e^-E) = -(E/2 + E^2 sum B_2k E^(2k-2)/(2k)!)"
    bernoulli = [mp.bernoulli(2 * k) / mp.factorial(2 * k) for k in range(1, 9)]
    yield f"constexpr double BERNOULLI[] = {{{', '.join(float(b).hex() for b in bernoulli)}}};"
    yield ""

    # ── the normal distribution ──
    shift = mp.mpf(4)

    def mills(z: mp.mpf) -> mp.mpf:
        return mp.sqrt(mp.pi / 2) * mp.erfc(z / mp.sqrt(2)) * mp.exp(z * z / 2)

    def mapped_mills(t: mp.mpf) -> mp.mpf:
        if 1 - t < 1e-12:
            return 1 + (1 - t) / 2
        z = 2 * shift / (1 - t) - shift
        return mills(z) * (z + shift)

    def mapped_hazard(t: mp.mpf) -> mp.mpf:
        if 1 - t < 1e-9:
            return mp.mpf(1)
        with mp.workdps(80):
            z = 2 * shift / (1 - t) - shift
            return (1 / mills(z) - z) / mills(z)

    parent = "Mills' ratio Phi(-z)/phi(z) times z + 4, in (z - 4)/(z + 4), z >= 0"
    c, e = remez(mapped_mills, lambda t: 1 / mapped_mills(t), -1, 1, 18)
    yield from polynomial("MILLS", c, e, parent)
    c, e = remez(mapped_mills, lambda t: 1 / mapped_mills(t), -1, 1, 27)
    yield from with_head("MILLS_PAIR", c, e, 5, parent)
    parent = "h (h - z) with h = phi(z)/Phi(-z), in (z - 4)/(z + 4), z >= 0"
    c, e = remez(mapped_hazard, lambda t: 1 / mapped_hazard(t), -1, 1, 23)
    yield from polynomial("HAZARD", c, e, parent)
    c, e = remez(mapped_hazard, lambda t: 1 / mapped_hazard(t), -1, 1, 32)
    yield from with_head("HAZARD_PAIR", c, e, 5, parent)

    # Phi(c + d) = Phi(c) + phi(c) d S with p = c d, q = d^2: S = sum over j of (-q/2)^j/j! times the integral of u^2j e^-pu over [0, 1].
    def density(x: mp.mpf) -> mp.mpf:
        return mp.exp(-x * x / 2) / mp.sqrt(2 * mp.pi)

    def row(c: mp.mpf, middle: bool) -> tuple[mp.mpf, mp.mpf, mp.mpf]:
        value, f, sign = mp.erfc(c / mp.sqrt(2)) / 2, density(c), 1 if middle else -1
        if middle:
            value = mp.mpf(1) / 2 - value
        if c:
            bend = (c * c - 1) * f / 2
            c = near_doubles([[value, sign * f, -sign * c * f / 2, sign * bend / 3], [f, -c * f, bend, (3 * c - c**3) * f / 6]], c)
            value = mp.erf(c / mp.sqrt(2)) / 2 if middle else mp.erfc(c / mp.sqrt(2)) / 2
        return c, value, density(c)

    reach, near = 384, 24  # to 12: further out the step is too coarse
    table = [row(mp.mpf(k) / 32, False) for k in range(reach + 1)] + [row(mp.mpf(k) / 32, True) for k in range(near)]
    yield f"// c next to k/32, Phi(-c) and phi(c), all three near doubles, for k = 0 to {reach}; then c, Phi(c) - 1/2 and phi(c) for k = 0 to {near - 1}"
    yield f"constexpr double NORMAL_TABLE_END = {reach / 32};"
    yield f"constexpr double NORMAL_MIDDLE_ROWS = {near}, NORMAL_MIDDLE_START = {reach + 1};"
    for name, column in (("AT", 0), ("VALUE", 1), ("DENSITY", 2)):  # as long as nine bits reach, for what nan makes of an index
        yield f"constexpr double NORMAL_{name}[512] = {{{', '.join(float(r[column]).hex() for r in table)}}};"

    def integral(j: int, skip: int) -> Function:
        of_j = mp.mpf(-1) ** j / (2**j * mp.factorial(j))
        return lambda p: of_j * mp.fsum((-1) ** i * p ** (i - skip) / (mp.factorial(i) * (2 * j + i + 1)) for i in range(skip, 40))

    widest = mp.mpf(reach) / 32 / 64 * mp.mpf("1.001")
    for j, degree in enumerate((9, 7, 5, 2)):
        f = integral(j, 1 if j == 0 else 0)
        c, e = remez(f, lambda p, f=f: 1 / abs(f(p)), -widest, widest, degree)
        yield from polynomial(
            f"NORMAL_STEP_{j}", c, e, "(S - 1)/p where q = 0, relative" if j == 0 else f"the factor of q^{j} in S, relative"
        )

    def erf_quotient(u: mp.mpf) -> mp.mpf:
        return mp.erf(mp.sqrt(u)) / mp.sqrt(u) if u > mp.mpf(10) ** -20 else 2 / mp.sqrt(mp.pi)

    end = mp.mpf(157) / 10  # erf(sqrt(15.7)) is 1 - 2.1e-8, which every narrow dtype rounds to 1
    c, e = remez(lambda s: erf_quotient(max(s + end / 2, 0)), lambda s: 1 / erf_quotient(max(s + end / 2, 0)), -end / 2, end / 2, 23)
    yield constant("ERF_END", float(mp.sqrt(end)), "where erf is 1 for the narrow dtypes")
    yield from polynomial("ERF", c, e, "erf(x)/x in x^2 - 7.85 on x^2 <= 15.7, relative")

    def quantile_near_half(z: mp.mpf) -> mp.mpf:
        return mp.sqrt(2) * mp.erfinv(2 * mp.sqrt(z)) / mp.sqrt(z) if z > mp.mpf(10) ** -30 else mp.sqrt(2 * mp.pi)

    def quantile_tail(v: mp.mpf) -> mp.mpf:
        target, x = -1 / (2 * v * v), max(1 / v - 1, mp.mpf(1) / 2)
        for _ in range(80):
            step = (mp.log(mp.erfc(x / mp.sqrt(2)) / 2) - target) * mills(x)
            x += step
            if abs(step) < mp.mpf(10) ** -40:
                break
        return x * v

    def mapped_quantile(t: mp.mpf) -> mp.mpf:
        return quantile_tail((1 - t) / (shift * (1 + t)))

    middle_parent, tail_parent = "x/q in q^2 with Phi(x) = 1/2 + q, |q| <= 1/4", "x/r with Phi(-x) = e^(-r^2/2) <= 1/4"
    c, e = remez(quantile_near_half, lambda z: 1 / quantile_near_half(z), 0, 0.0626, 4)
    yield from polynomial("QUANTILE_START_MIDDLE", c, e, middle_parent)
    c, e = remez(quantile_tail, lambda v: 1 / quantile_tail(v), 1 / 38.7, 1 / 1.66, 11)
    yield from polynomial("QUANTILE_START_TAIL", c, e, f"{tail_parent}, in 1/r, r < 38.7")
    c, e = remez(quantile_near_half, lambda z: 1 / quantile_near_half(z), 0, 0.0626, 10)
    yield from polynomial("QUANTILE_MIDDLE", c, e, middle_parent)
    low, high = ((r - shift) / (r + shift) for r in (mp.mpf(166) / 100, mp.mpf(145) / 10))
    c, e = remez(mapped_quantile, lambda t: 1 / mapped_quantile(t), low, high, 22)
    yield from polynomial("QUANTILE_TAIL", c, e, f"{tail_parent}, in (r - 4)/(r + 4), r < 14.5, for the narrow dtypes")
    yield ""

    # ── irrational roots ──
    def sigma(x: Any) -> Any:
        return 1 / (1 + (-x).exp())

    def silu(x: Any) -> Any:
        return x * sigma(x)

    def gelu(x: Any) -> Any:
        return x * (-x / arb(2).sqrt()).erfc() / 2

    def mish(x: Any) -> Any:
        n = x.exp() * (x.exp() + 2)
        return x * n / (n + 2)

    def gelu_tanh(x: Any) -> Any:
        return x * sigma(2 * (2 / arb.pi()).sqrt() * (x + arb(44715) / 10**6 * x**3))

    def gumbel_ppf(p: Any) -> Any:
        return -(-p.log()).log()

    for name, f, order, start, reach, parent in (
        ("SILU_1", silu, 1, -1.278, 0.25, "silu′"),
        ("SILU_2", silu, 2, 2.399, 0.25, "silu″"),
        ("GELU_1", gelu, 1, -0.7518, 0.25, "gelu′"),
        ("GELU_TANH_1", gelu_tanh, 1, -0.7524, 0.25, "gelu_tanh′"),
        ("GELU_TANH_2", gelu_tanh, 2, 1.42, 0.25, "gelu_tanh″"),
        ("MISH_1", mish, 1, -1.1924, 0.25, "mish′"),
        ("MISH_2_LEFT", mish, 2, -2.26, 0.25, "mish″ on the left"),
        ("MISH_2_RIGHT", mish, 2, 1.49, 0.25, "mish″ on the right"),
        ("GUMBEL_PPF_0", gumbel_ppf, 0, 0.3679, 0.0625, "-log(-log p)"),
        ("GUMBEL_PPF_2", gumbel_ppf, 2, 0.3679, 0.0625, "the second derivative of -log(-log p)"),
    ):
        root, t = root_series(f, order, start)
        yield f"// the root of {parent} in three doubles, and the quotient by (x - root) around it"
        rest, whole = t[:2:-1], t[:0:-1]
        for degree in range(10, 20):
            c, e = remez(
                lambda d, p=rest: mp.polyval(p, d),
                lambda d, p=whole: abs(d * d / mp.polyval(p, d)),
                -reach * 1.0004,
                reach * 1.0004,
                degree,
            )
            if e < mp.mpf(2) ** -59.5:
                break
        yield f"// ((f/(x - root) - slope)/(x - root) - bend)/(x - root) on |x - root| <= {reach}, relative to f; error 2^{mp.nstr(mp.log(e, 2), 4)}"
        triples = [", ".join(x.hex() for x in split(value, n)) for value, n in ((root, 3), (t[1], 2), (t[2], 2))]
        numbers = ", ".join(float(x).hex() for x in c)
        yield f"constexpr Root<{len(c)}> {name} = {{{reach}, {{{triples[0]}}}, {{{triples[1]}}}, {{{triples[2]}}}, {{{numbers}}}}};"


def main() -> int:
    """Write the header, or with --check compare it."""
    text = "\n".join(lines()) + "\n"
    if "--check" in sys.argv:
        return 0 if TARGET.read_text() == text else print(f"{TARGET.name} differs from what tools/coefficients.py computes; run it") or 1
    TARGET.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
