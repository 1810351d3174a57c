"""The truth is tested too: the metric on numbers worked out by hand, the reference against other ways to the same value, and
the screen by errors planted in the machine's answers.
"""

from __future__ import annotations

import doctest
import importlib
import math
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction

import flint
import mpmath
import numpy as np
import pytest
from inputs import CARDS, DTYPES, FORMS, NARROW, call, every, finite_ends, label, rng, settings

import ogive
from ogive.facts import Pieces
from ogive.truth import reference
from ogive.truth import screen as screening
from ogive.truth.reference import correctly_rounded, evaluate, evaluate_row, reference_backward
from ogive.truth.screen import screen
from ogive.truth.ulp import FORMATS, format_of, from_ordinal, nearest, neighbours, ordinal, rounded, sample, spell, ulp, ulp_error

inf, nan = math.inf, math.nan
each_dtype = pytest.mark.parametrize("dtype", DTYPES)
each_card = pytest.mark.parametrize("card", CARDS, ids=label)


@pytest.mark.parametrize("name", ["ulp", "reference", "screen"])
def test_the_examples_run(name):
    module = importlib.import_module(f"ogive.truth.{name}")
    failures = []
    for test in doctest.DocTestFinder(exclude_empty=True).find(module):
        doctest.DocTestRunner(verbose=False).run(test, out=failures.append)
    assert not failures, "".join(failures)


# ── the metric ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("result", "exact", "dtype", "error"),
    [
        (1.0, 1.0, "float64", 0.0),
        (1.0, 1 + Fraction(1, 2**53), "float64", -0.5),
        (1.0, 1 - Fraction(1, 2**54), "float64", 0.5),  # below 1 the truth's ulp is 2**-53
        (1 + 2.0**-52, 1 - Fraction(1, 2**54), "float64", 2.5),
        (np.float32(1), 1 - Fraction(1, 2**24), "float32", 1.0),
        (0.0, Fraction(1, 2**1074), "float64", -1.0),  # gradual underflow: the ulp stays 2**-1074
        (0.0, Fraction(3, 4 * 2**1074), "float64", -0.75),
        (2.0**-133, Fraction(1, 2**134), "bfloat16", 0.5),
        (inf, Fraction(2**1024), "float64", 0.0),
        (1.7976931348623157e308, Fraction(2**1024 - 2**970), "float64", inf),  # from this midpoint on, the truth rounds to infinity
        (1.7976931348623157e308, Fraction(2**1024 - 2**970 - 1), "float64", -0.5),
        (inf, Fraction(2**1024 - 2**970 - 1), "float64", inf),
        (-inf, -Fraction(10**400), "float64", 0.0),
        (inf, -Fraction(10**400), "float64", inf),
        (nan, 1.0, "float64", inf),
        (nan, nan, "float64", 0.0),
        (1.0, nan, "float64", inf),
        (65504.0, 65519.0, "float16", -0.46875),
        (65504.0, 65520.0, "float16", inf),
    ],
)
def test_ulp_errors_worked_out_by_hand(result, exact, dtype, error):
    assert ulp_error(result, exact, dtype) == error


def test_a_third_is_off_by_a_third():
    assert math.isclose(ulp_error(1 / 3, Fraction(1, 3), "float64"), -1 / 3)
    ball = reference._run(lambda x: x / 3, 200, flint.arb(1), ())
    assert math.isclose(ulp_error(1 / 3, ball, "float64"), -1 / 3)
    with pytest.raises(ArithmeticError, match="wider than a thousandth of an ulp"):
        ulp_error(1 / 3, flint.arb(1 / 3, 1e-17), "float64")


@each_dtype
def test_formats_are_those_of_the_dtypes(dtype):
    fmt = FORMATS[dtype]
    smallest, largest = from_ordinal([1, ordinal(np.asarray(inf, fmt.dtype)) - 1], fmt).astype(np.float64)
    assert smallest == 2.0**fmt.lsb and largest == fmt.largest
    assert float(from_ordinal(ordinal(np.asarray(1, fmt.dtype)) + 1, fmt)) == 1 + ulp(1.0, fmt) == 1 + 2.0 ** (1 - fmt.precision)
    with pytest.raises(TypeError, match="not int64"):
        format_of(np.int64)


@each_dtype
def test_ordinals_count_the_numbers(dtype):
    x = from_ordinal(np.arange(-5, 6), dtype)
    assert np.array_equal(ordinal(x), np.arange(-5, 6))
    assert np.array_equal(np.sort(x.astype(np.float64)), x.astype(np.float64)) and len(set(x.astype(np.float64))) == 11
    assert ordinal(np.asarray(-0.0, FORMATS[dtype].dtype)) == 0
    around = neighbours(1.0, dtype, 2).astype(np.float64)
    assert np.array_equal(around - 1, np.array([-1, -0.5, 0, 1, 2]) * ulp(1.0, dtype))
    assert float(neighbours(inf, dtype)[-1]) == inf
    drawn = sample(-2.0, 3.0, 2000, dtype, rng("sample")).astype(np.float64)
    assert drawn.min() >= -2 and drawn.max() <= 3 and np.mean(np.abs(drawn) < 1e-3) > 0.3


@pytest.mark.parametrize("dtype", NARROW)
def test_rounding_agrees_with_numpy_and_in_bfloat16_rounds_once(dtype):
    fmt, generator = FORMATS[dtype], rng("rounding", dtype)
    below = from_ordinal(ordinal(sample(-fmt.largest, fmt.largest, 3000, dtype, generator)), dtype)
    midpoints = (below.astype(np.float64) + from_ordinal(ordinal(below) + 1, dtype).astype(np.float64)) / 2
    midpoints = midpoints[np.isfinite(midpoints)]
    values = np.concatenate(
        [sample(-1e39, 1e39, 3000, "float64", generator), midpoints, np.nextafter(midpoints, inf), np.nextafter(midpoints, -inf)]
    )
    values = np.concatenate([values, [0.0, -0.0, inf, -inf, fmt.largest, 2.0 * fmt.largest]])
    for value, vectorised in zip(values, rounded(values, dtype), strict=True):
        alone = nearest(float(value), dtype)
        assert spell(vectorised) == spell(alone)
        if math.isfinite(value) and value:
            assert spell(nearest(flint.arb(float(value)), dtype)) == spell(alone)
        if dtype != "bfloat16":
            with np.errstate(all="ignore"):
                assert spell(value.astype(dtype)) == spell(alone)
    assert np.isnan(rounded(np.array([nan]), dtype)[0])


def test_bfloat16_through_float32_would_round_twice():
    value = 1 + 2.0**-8 + 2.0**-40  # just above a midpoint of bfloat16, and float32 cannot tell
    assert float(rounded(np.float64(value), "bfloat16")) == 1 + 2.0**-7
    assert float(np.float64(value).astype(np.float32).astype(FORMATS["bfloat16"].dtype)) == 1.0


def test_balls_decide_only_what_they_hold():
    tie, above = flint.arb((3, -150)), flint.arb((1, -290))
    assert nearest(tie, "float32") == 2.0**-148  # 1.5 units: to even
    shown = []

    def refine():
        shown.append(1)
        with reference._lock:
            before, flint.ctx.prec = flint.ctx.prec, 400
            try:
                return flint.arb((1, -150)) + above
            finally:
                flint.ctx.prec = before

    assert nearest(flint.arb((1, -150), (1, -280)), "float32", refine) == 2.0**-149 and shown == [1]
    with pytest.raises(ArithmeticError, match="does not decide its rounding to float32"):
        nearest(flint.arb((1, -150), (1, -280)), "float32")
    assert spell(nearest(flint.arb((-1, -3000), (1, -3001)), "float64")) == spell(-0.0)
    assert nearest(flint.arb((1, 5000), (1, 4000)), "float64") == inf
    one = flint.arb(1, (1, -60))  # around a power of two, below which numbers are denser
    assert nearest(one, "float64") == 1.0
    for spread in (-54, -53):
        with pytest.raises(ArithmeticError):
            nearest(flint.arb(1, (1, spread)), "float64")


# ── the reference ────────────────────────────────────────────────────────────────────────────────────────────────────────


def gate(x):
    return 1 / (1 + mpmath.exp(-x))


KNOWN = {  # smooth functions in other words
    "sigmoid": lambda x: (1 + mpmath.tanh(x / 2)) / 2,
    "normal_cdf": mpmath.ncdf,
    "cauchy_cdf": lambda x: mpmath.atan2(1, -x) / mpmath.pi,
    "gumbel_cdf": lambda x: mpmath.exp(-mpmath.exp(-x)),
    "gumbel_min_cdf": lambda x: 1 - mpmath.exp(-mpmath.exp(x)),
    "generalized_logistic": lambda x, c: gate(x) ** c,
    "tanh": mpmath.tanh,
    "erf": mpmath.erf,
    "erfc": lambda x: 1 - mpmath.erf(x),
    "isru": lambda x, alpha: mpmath.sin(mpmath.atan(x * mpmath.sqrt(alpha))) / mpmath.sqrt(alpha),
    "scaled_arctan": lambda x: 2 / mpmath.pi * mpmath.asin(x / mpmath.sqrt(x * x + 4 / mpmath.pi**2)),
    "gudermannian": lambda x: 2 * mpmath.atan(mpmath.exp(x)) - mpmath.pi / 2,
    "lecun_tanh": lambda x: mpmath.mpf("1.7159") * mpmath.tanh(2 * x / 3),
    "tanh_shrink": lambda x: x - mpmath.tanh(x),
    "softplus": lambda x, beta: -mpmath.log(gate(-beta * x)) / beta,
    "log_sigmoid": lambda x: -mpmath.log1p(mpmath.exp(-x)),
    "squareplus": lambda x, b: b / 2 / (mpmath.hypot(x, mpmath.sqrt(b)) - x),
    "silu": lambda x: x * gate(x),
    "swish": lambda x, beta: x * gate(beta * x),
    "gelu": lambda x: x * mpmath.ncdf(x),
    "gelu_tanh": lambda x: x / 2 * (1 + mpmath.tanh(mpmath.sqrt(2 / mpmath.pi) * (x + mpmath.mpf("0.044715") * x**3))),
    "quick_gelu": lambda x: x * gate(mpmath.mpf("1.702") * x),
    "mish": lambda x: x * mpmath.tanh(mpmath.log1p(mpmath.exp(x))),
    "logcosh": lambda x: mpmath.log(mpmath.cosh(x)),
    "identity": lambda x: x,
    "exp": mpmath.exp,
    "logit": lambda p: mpmath.log(p) - mpmath.log1p(-p),
    "cauchy_ppf": lambda p: mpmath.tan(mpmath.pi * (p - mpmath.mpf(1) / 2)),
    "gumbel_ppf": lambda p: -mpmath.log(-mpmath.log(p)),
    "cloglog": lambda p: mpmath.log(-mpmath.log(1 - p)),
    "atanh": mpmath.atanh,
    "inverse_softplus": lambda y: mpmath.log(mpmath.expm1(y)),
    "log_normal_cdf": lambda x: mpmath.log(mpmath.erfc(-x / mpmath.sqrt(2)) / 2),
    "log1mexp": lambda x: mpmath.log(1 - mpmath.exp(-x)),
    "log_gumbel_min_cdf": lambda x: mpmath.log(1 - mpmath.exp(-mpmath.exp(x))),
}


def test_every_smooth_formula_is_known_in_other_words():
    assert {card.name for card in CARDS if callable(card.reference)} <= set(KNOWN)


def agrees(ball, other) -> bool:
    """Tell whether a ball and a number of mpmath share 70 bits, or both lie beneath every format."""
    m, e = ball.mid().man_exp()
    return abs(mpmath.ldexp(mpmath.mpf(int(m)), int(e)) - other) <= abs(other) * mpmath.mpf(2) ** -70 + mpmath.mpf(2) ** -1190


@pytest.mark.parametrize("name", KNOWN)
def test_the_reference_agrees_with_mpmath(name):
    card = ogive.CATALOGUE[name]
    low, high = finite_ends(card, "value")
    with mpmath.workdps(400):
        for parameters in settings(card, "value"):
            if parameters == (0.0,):
                continue
            held = [mpmath.mpf(p) for p in parameters]
            for x in rng(name, *parameters).uniform(max(low, -30), min(high, 30), 6):
                for form, order in (("value", 0), ("derivative", 1), ("second_derivative", 2)):
                    other = mpmath.diff(lambda t, held=held: KNOWN[name](t, *held), mpmath.mpf(x), order)
                    assert agrees(evaluate(card, x, form, parameters), other), (form, parameters, x)


@pytest.mark.parametrize(("card", "form"), [(c, f) for c, f in FORMS if f.startswith("derivative_")], ids=label)
def test_derivatives_with_respect_to_a_parameter_are_slopes(card, form):
    """A power series in the parameter and a difference quotient."""
    step = 2.0**-30
    for parameters in settings(card, form):
        for x in rng(card, form, *parameters).uniform(-4, 4, 10):
            sides = [evaluate(card, x, "value", [parameters[0] + s]) for s in (step, -step)]
            if not any(side.is_nan() for side in sides):  # an end of the parameter's domain
                rise = float(sides[0] - sides[1])
                assert math.isclose(rise / (2 * step), float(evaluate(card, x, form, parameters)), rel_tol=1e-6, abs_tol=1e-9)


def edges(card) -> list[float]:
    """Tell where the pieces of a reference meet, at the default parameters."""
    if not isinstance(card.reference, Pieces):
        return []
    return [float(end) for interval, _ in card.reference.of(*(p.default for p in card.parameters)) for end in (interval.low, interval.high)]


@each_card
def test_derivatives_are_the_slopes_of_the_values(card):
    """A power series and a difference quotient are different ways to a derivative."""
    low, high = finite_ends(card, "value")
    step = 2.0**-30
    for x in np.round(rng(card).uniform(max(low + 0.01, -4), min(high - 0.01, 4), 30) * 1024) / 1024:
        if any(abs(x - edge) <= step for edge in edges(card)):
            continue
        for lower, upper in (("value", "derivative"), ("derivative", "second_derivative")):
            rise = float(evaluate(card, x + step, lower) - evaluate(card, x - step, lower))
            assert math.isclose(rise / (2 * step), float(evaluate(card, x, upper)), rel_tol=1e-6, abs_tol=1e-9)


@pytest.mark.parametrize("card", [card for card in CARDS if "inverse" in card.forms], ids=label)
def test_inverses_solve_for_the_value(card):
    low, high = finite_ends(card, "value")
    for x in rng(card).uniform(max(low, -3), min(high, 3), 30):
        y = float(call(card, "value", "float64", x))
        ball = evaluate(card, y, "inverse")
        assert ball.rel_accuracy_bits() > 70
        for away, sign in ((1e-9, 1), (-1e-9, -1)):
            there = evaluate(card, float(ball.mid()) + away * max(1, abs(x)), "value")
            assert (there - y) * sign * float(evaluate(card, x, "derivative")) > 0


def test_an_inverse_does_not_trust_the_machine():
    solve = [evaluate("log_sigmoid", y, "inverse") for y in (-0.1, -3.0, -1e-9)]
    for lie in (1e9, nan, -3.25):
        program = reference._inverse(ogive.log_sigmoid, lambda y, *parameters, lie=lie: lie)
        for y, honest in zip((-0.1, -3.0, -1e-9), solve, strict=True):
            found, _ = reference._enclose(("test", "inverse"), program, flint.arb(y), (), 0)
            assert found.overlaps(honest) and found.rel_accuracy_bits() >= 80


def test_hard_places_are_decided():
    assert spell(correctly_rounded("silu", "value", 3 * 2.0**-149, "float32")) == (2.0**-148).hex()  # 1.5 units and 3e-45 of one
    assert spell(correctly_rounded("silu", "value", -3 * 2.0**-149, "float32")) == (-(2.0**-149)).hex()
    assert float(correctly_rounded("sigmoid", "value", 17.328680, "float32")) == 1.0
    assert float(correctly_rounded("sigmoid", "value", 17.328, "float32")) < 1.0
    assert float(correctly_rounded("sigmoid", "value", -745.1332, "float64")) == 2.0**-1074
    assert float(correctly_rounded("sigmoid", "value", -745.1333, "float64")) == 0.0
    assert spell(correctly_rounded("sigmoid", "second_derivative", 0.0, "float64")) == spell(-0.0)
    assert spell(correctly_rounded("sigmoid", "second_derivative", -0.0, "float64")) == spell(0.0)
    assert spell(correctly_rounded("silu", "value", -1e300, "float64")) == spell(-0.0)
    assert evaluate("silu", -1.278464542761074, "derivative").rel_accuracy_bits() >= 80
    assert 0 < abs(float(evaluate("silu", -1.278464542761074, "derivative"))) < 1e-15
    assert evaluate("sigmoid", -1e300).abs_upper() < flint.arb((1, -1100))
    assert evaluate("leaky_relu", -3.0, "inverse", (-1.0,)).is_nan()
    assert float(evaluate("leaky_relu", 0.0, "derivative", (0.25,))) == 0.25
    assert evaluate("logit", 1.5).is_nan() and float(evaluate("logit", 1.0)) == inf


def test_backward_multiplies_the_unrounded_derivative():
    assert float(reference_backward("sigmoid", 1e300, -1000.0)) == pytest.approx(math.exp(300 * math.log(10) - 1000), rel=1e-12)
    assert float(reference_backward("sigmoid", inf, -1000.0)) == inf
    assert reference_backward("sigmoid", inf, inf).is_nan()
    assert spell(correctly_rounded("relu", "backward", -1.0, "float64", (), -2.0)) == spell(-0.0)
    assert spell(correctly_rounded("relu", "backward", -1.0, "float64", (), inf)) == "nan"


def test_rows_agree_with_mpmath():
    row = [0.5, -3.0, 2.25]
    with mpmath.workdps(60):
        powers = [mpmath.exp(mpmath.mpf(x) / 2) for x in row]
        for ball, power in zip(evaluate_row("softmax", row, temperature=2.0), powers, strict=True):
            assert abs(float(ball) - float(power / sum(powers))) < 1e-16
        assert float(evaluate_row("logsumexp", row)[0]) == pytest.approx(float(mpmath.log(sum(mpmath.exp(x) for x in row))), rel=1e-15)
    jacobian = np.array([[float(v) for v in evaluate_row("softmax", row, "backward", g=np.eye(3)[j])] for j in range(3)])
    y = ogive.softmax(row)
    assert np.allclose(jacobian, np.diag(y) - np.outer(y, y), rtol=1e-14)
    with pytest.raises(ValueError, match="finite rows"):
        evaluate_row("softmax", [inf, 1.0])


def test_refusals_name_what_there_is():
    with pytest.raises(ValueError, match="has the forms value, derivative"):
        evaluate("relu", 1.0, "inverse")
    with pytest.raises(TypeError, match="works on rows"):
        evaluate("softmax", 1.0)
    with pytest.raises(TypeError, match="takes 0 parameters, got 1"):
        evaluate("sigmoid", 1.0, parameters=(1.0,))


def test_the_precision_of_others_is_left_alone():
    before = flint.ctx.prec, flint.ctx.cap
    flint.ctx.prec = 77
    try:
        evaluate("sigmoid", -700.0, "second_derivative")
        evaluate_row("softmax", [1.0, 2.0])
        reference_backward("tanh", 3.0, 40.0)
        assert flint.ctx.prec == 77 and flint.ctx.cap == before[1]
    finally:
        flint.ctx.prec = before[0]


def test_threads_do_not_disturb_one_another():
    x = rng("threads").normal(0, 100, 400)
    expected = [spell(correctly_rounded("tanh", "second_derivative", v, "float64")) for v in x]
    with ThreadPoolExecutor(4) as pool:
        for _ in range(4):
            assert list(pool.map(lambda v: spell(correctly_rounded("tanh", "second_derivative", v, "float64")), x)) == expected


def test_without_flint_the_way_to_it_is_named():
    code = "import sys; sys.modules['flint'] = None; import ogive.truth.ulp\ntry: import ogive.truth.reference\nexcept ImportError as e: print(e)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert 'python -m pip install "ogive[truth]"' in done.stdout


# ── the screen ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("dtype", NARROW)
def test_the_screen_finds_a_planted_bit(monkeypatch, dtype):
    x = every(dtype) if dtype != "float32" else sample(-90, 90, 1 << 17, dtype, rng("planted"))
    honest = screening._Work.narrow
    planted = [int(i) for i in np.flatnonzero(np.abs(ogive.sigmoid(x).astype(np.float64) - 0.3) < 0.2)[[0, 7, -1]]]
    bad = set(x[planted].astype(np.float64))

    def one_bit_off(self, where):
        result = honest(self, where).copy()
        hit = np.isin(self.x[where].astype(np.float64), list(bad))
        return np.where(hit, from_ordinal(ordinal(np.where(hit, result, np.asarray(0, result.dtype))) + 1, dtype), result)

    assert screen("sigmoid", "value", x).misrounded == 0
    with np.errstate(invalid="ignore"):
        monkeypatch.setattr(screening._Work, "narrow", one_bit_off)
        result = screen("sigmoid", "value", x)
        assert result.misrounded == int(np.isin(x.astype(np.float64), list(bad)).sum()) >= 3
    assert {float.fromhex(finding.x) for finding in result.findings} == bad
    for finding in result.findings:
        assert finding.got != finding.expected


def test_the_screen_is_void_when_the_float64_loop_is_wrong(monkeypatch):
    honest = screening._Work.wide
    monkeypatch.setattr(screening._Work, "wide", lambda self, where: honest(self, where) * (1 + 2.0**-50))
    with pytest.raises(ArithmeticError, match="the screen is void"):
        screen("sigmoid", "value", sample(-10, 10, 1000, "float32", rng("void")))


def test_the_screen_leaves_ties_to_arb_and_to_the_tangent(monkeypatch):
    tiny = from_ordinal(np.arange(-3000, 3001), "float32")
    result = screen("silu", "value", tiny)
    assert result.by_tangent == 3000 and result.by_arb == 0 and result.misrounded == 0
    monkeypatch.setattr(screening, "_tangent", lambda *arguments: None)
    again = screen("silu", "value", tiny)
    assert again.by_tangent == 0 and again.by_arb == 3000 and again.misrounded == 0
    assert again.worst_error == 0.5
    monkeypatch.setattr(screening, "_tangent", lambda *arguments: (0.5, -inf))  # the wrong side
    with pytest.raises(ArithmeticError, match=r"the line beside silu\.value does not decide"):
        screen("silu", "value", tiny)


def test_ties_on_a_line_and_beside_one_need_no_ball(monkeypatch):
    """x - 1/2 is a tie for every x from 2^23 to 2^24; 6x - 6x², the slope of smoothstep, is one and next to nothing for many x near 0."""
    for card, form, first in (
        ("soft_shrink", "value", 2.0**23),
        ("smoothstep", "derivative", 2.0**-120),
        ("smoothstep", "derivative", 2.0**-52),
        ("sparse_plus", "derivative", 0.5),
    ):
        x = from_ordinal(ordinal(np.array([first], np.float32))[0] + np.arange(2000), "float32")
        result = screen(card, form, x)
        assert result.by_tangent > 400 and result.by_arb == 0 and result.misrounded == 0, card
        with monkeypatch.context() as patch:
            patch.setattr(screening, "_affine", lambda *arguments: None)
            patch.setattr(screening, "_tangent", lambda *arguments: None)
            again = screen(card, form, x)
        assert again.by_arb == result.by_tangent and again.misrounded == 0
    with monkeypatch.context() as patch:
        patch.setattr(screening, "_affine", lambda *arguments: (-0.25, 1.0))
        with pytest.raises(ArithmeticError, match="does not decide"):
            screen("soft_shrink", "value", from_ordinal(ordinal(np.array([2.0**23], np.float32))[0] + np.arange(2000), "float32"))


def test_the_screen_refuses_what_it_cannot_do():
    with pytest.raises(TypeError, match="float64 cannot screen itself"):
        screen("sigmoid", "value", np.ones(3))
    with pytest.raises(TypeError, match="works on rows"):
        screen("softmax", "value", np.ones(3, np.float32))


def test_a_long_array_with_one_right_answer_needs_no_screen():
    x = np.linspace(1024, 2048, 1 << 16, dtype=np.float32)
    assert reference.constant_on("sigmoid", "value", x[0], x[-1], "float32") == 1
    assert reference.constant_on("silu", "derivative", x[0], x[-1], "float32") == 1
    assert reference.constant_on("sigmoid", "value", np.float32(16), np.float32(17), "float32") is None
    assert reference.constant_on("relu6", "value", np.float32(5), np.float32(7), "float32") is None
    assert (
        reference.constant_on("hard_shrink", "value", np.float32(-0.25), np.float32(-0.125), "float32").tobytes()
        == np.float32(-0.0).tobytes()
    )
    assert reference.constant_on("softplus", "value", x[0], x[-1], "float32", ()) is None
    result = screen("sigmoid", "value", x)
    assert result.misrounded == 0 == result.by_arb


def test_a_planted_bit_among_equal_answers_is_found(monkeypatch):
    x = np.linspace(1024, 2048, 1 << 16, dtype=np.float32)
    honest = screening._Work.narrow

    def narrow(self, where):
        y = honest(self, where).copy()
        y[self.x[where] == x[777]] = np.nextafter(np.float32(1), np.float32(0))
        return y

    monkeypatch.setattr(screening._Work, "narrow", narrow)
    result = screen("sigmoid", "value", x)
    assert result.misrounded == 1 and float.fromhex(result.findings[0].x) == x[777]
