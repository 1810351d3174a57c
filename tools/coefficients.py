"""Compute every constant of the machine and write src/ogive/_core/coefficients.hpp.

Polynomials are minimax in the relative error of the result they serve (Remez' exchange, in 60-digit arithmetic); constants
that need more than one double are split into two or three. Run: python tools/coefficients.py [--check]
"""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import mpmath as mp

mp.mp.dps = 60
TARGET = Path(__file__).parent.parent / "src/ogive/_core/coefficients.hpp"
Function = Callable[[mp.mpf], mp.mpf]


def remez(f: Function, weight: Function, low: float, high: float, degree: int) -> tuple[list[mp.mpf], mp.mpf]:
    """Find the polynomial that minimises max |weight * (polynomial - f)| on [low, high]; return it and that maximum."""
    top = max(weight(mp.mpf(low)), weight(mp.mpf(high)))
    exact, weight = weight, lambda x: max(exact(x), top / 100)  # a weight with a zero makes the exchange singular
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


def series(f: Function, at: mp.mpf, n: int) -> list[mp.mpf]:
    """Return n Taylor coefficients of f at a point."""
    with mp.workdps(120):
        return list(mp.taylor(f, at, n))


def split(value: mp.mpf, words: int) -> list[float]:
    """Write a number as a sum of doubles, each the nearest to what is left."""
    out = []
    for _ in range(words):
        out.append(float(value))
        value -= mp.mpf(out[-1])
    return out


def truncated(value: mp.mpf, bits: int) -> float:
    """Keep the leading bits of a number."""
    scale = mp.mpf(2) ** (bits - 1 - mp.floor(mp.log(abs(value), 2)))
    return float(mp.nint(value * scale) / scale)


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
    ln2 = mp.log(2)

    def constant(name: str, value: float, parent: str) -> str:
        return f"constexpr double {name} = {value.hex()};  // {parent}"

    def polynomial(name: str, c: list[mp.mpf], error: mp.mpf, parent: str) -> Iterator[str]:
        yield f"// {parent}; error 2^{mp.nstr(mp.log(error, 2), 4)}"
        yield f"constexpr double {name}[] = {{{', '.join(float(x).hex() for x in c)}}};"

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
    c, e = remez(atanh_tail, lambda z: z, 0, 0.0402, 5)
    yield from polynomial("ATANH", c, e, "(atanh(s)/s - 1)/s^2 in s^2 on |s| <= 1/5, relative to atanh")
    c, e = remez(atanh_tail, lambda z: z, 0, 0.0402, 7)
    yield from polynomial("ATANH_PAIR", c, e, "(atanh(s)/s - 1)/s^2 in s^2 on |s| <= 1/5, relative to atanh")
    yield ""

    def sigma(x: mp.mpf) -> mp.mpf:
        return 1 / (1 + mp.exp(-x))

    def silu_1(x: mp.mpf) -> mp.mpf:
        return sigma(x) * (1 + x * sigma(-x))

    def silu_2(x: mp.mpf) -> mp.mpf:
        return sigma(x) * sigma(-x) * (2 - x * mp.tanh(x / 2))

    for name, f, start in (("SILU_1", silu_1, -1.278), ("SILU_2", silu_2, 2.399)):
        root = mp.findroot(f, start)
        yield f"// the root of silu{'′' if f is silu_1 else '″'} in three doubles, and the quotient by (x - root) around it"
        yield f"constexpr double {name}_ROOT[] = {{{', '.join(x.hex() for x in split(root, 3))}}};"
        t = series(f, root, 60)
        for part, value in (("SLOPE", t[1]), ("BEND", t[2])):
            yield f"constexpr double {name}_{part}[] = {{{', '.join(x.hex() for x in split(value, 2))}}};"
        rest, whole = t[:2:-1], t[:0:-1]
        c, e = remez(lambda d, p=rest: mp.polyval(p, d), lambda d, p=whole: abs(d * d / mp.polyval(p, d)), -0.2501, 0.2501, 10)
        yield from polynomial(
            f"{name}_REST", c, e, "((f/(x - root) - slope)/(x - root) - bend)/(x - root) on |x - root| <= 1/4, relative to f"
        )


def main() -> int:
    """Write the header, or with --check compare it."""
    text = "\n".join(lines()) + "\n"
    if "--check" in sys.argv:
        return 0 if TARGET.read_text() == text else print(f"{TARGET.name} differs from what tools/coefficients.py computes; run it") or 1
    TARGET.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
