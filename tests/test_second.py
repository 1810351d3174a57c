"""The second reference: that it agrees with Arb everywhere, that it would tell if it did not, and that it keeps what it promises."""

from __future__ import annotations

import doctest
import math
import subprocess
import sys

import flint
import mpmath
import numpy as np
import pytest
from inputs import FORMS, ROWS, finite_ends, label, places, rng, settings

import ogive
from ogive.catalogue import elementary, rectifiers
from ogive.truth import reference, second
from ogive.truth.second import Number, confirms, confirms_row, evaluate, evaluate_row
from ogive.truth.ulp import sample

inf, nan = math.inf, math.nan
OWN = [(card, form) for card, form in FORMS if form not in ("backward", "value_and_derivative")]
MARKS = (0.3, -0.7, 2.5, 6.3, -38.5, 700.5, 3e-8, -1e-300, -1e10, 1e300, -1.7e308)  # moderate, large, tiny
COMPOSED = [card for card in ogive.CATALOGUE.values() if card.kind == "composed"]


def at(precision, program):
    """Compute with balls at a precision."""
    return reference._run(lambda _: program(), precision, flint.arb(0), ())


def shifted(ball, exponent):
    """Move a ball by a small part of itself."""
    return at(400, lambda: ball + ball * flint.arb((1, exponent)))


def visible(ball) -> bool:
    """Tell whether a ball is a number, and moved by a small part of itself, moved by what counts."""
    return ball.is_finite() and bool(abs(ball) > flint.arb((1, -1050)))


def by_definition(card, form, x, parameters) -> bool:
    """Tell whether there is nothing to compute."""
    owner, owned, _, values = reference._arguments(card, form, parameters)
    return reference._special(owner, owned, x, values) is not None


def chosen(card, form, parameters):
    """Choose inputs across the domain: marks, some of its special places, any binade, and where the curve bends."""
    low, high = finite_ends(card, form, parameters)
    generator = rng(card, form, *parameters)
    special = [float(x) for x in places(card, form, "float64", parameters)]
    drawn = sample(low, high, 3, "float64", generator), generator.uniform(max(low, -9.0), min(high, 9.0), 3)
    return [x for x in MARKS if low < x < high] + [float(x) for x in np.concatenate([generator.choice(special, 4), *drawn])]


# ── agreement ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("card", "form"), OWN, ids=label)
def test_mpmath_confirms_arb(card, form):
    told = 0
    for parameters in settings(card, form)[:2]:
        for x in chosen(card, form, parameters):
            ball = reference.evaluate(card, x, form, parameters)
            if by_definition(card, form, x, parameters):
                assert confirms(card, form, x, ball, parameters) is None
                continue
            assert confirms(card, form, x, ball, parameters) is True, (parameters, x)
            told += 1
            if visible(ball):  # the control: who agrees with everything says nothing
                assert confirms(card, form, x, shifted(ball, -40), parameters) is False, (parameters, x)
    assert told >= 6


def test_inverses_that_have_to_be_solved_for_at_hard_places():
    for name, form, y in [
        ("erfinv", "value", 1 - 2.0**-53),
        ("erfinv", "second_derivative", 5e-324),
        ("normal_ppf", "value", 5e-324),
        ("normal_ppf", "derivative", 0.5 + 2.0**-53),
        ("log_sigmoid", "inverse", -5e-324),
        ("selu", "inverse", -1.7580993408473766),
        ("gudermannian", "inverse", 1.5707963267948966),
        ("erfc", "inverse", 1e-300),
        ("elu", "inverse", 0.0),
    ]:
        ball = reference.evaluate(name, y, form)
        assert confirms(name, form, y, ball) is True, (name, form, y)
        assert not visible(ball) or confirms(name, form, y, shifted(ball, -40)) is False


@pytest.mark.parametrize("card", [*ROWS, *COMPOSED], ids=label)
def test_mpmath_confirms_arb_on_rows(card):
    generator = rng(card)
    for row in (
        [0.5, -3.0, 2.25, 2.25],
        [700.0, -700.0, 1e300, 1e-300],
        list(generator.normal(0, 3, 8)),
        list(generator.normal(0, 0.1, 6)),
    ):
        balls = reference.evaluate_row(card, row)
        for i, ball in enumerate(balls):
            assert confirms_row(card, row, i, ball) is True, (row, i)
            if visible(ball):
                assert confirms_row(card, row, i, shifted(ball, -40)) is False, (row, i)


def test_the_constants_that_arb_gives_to_the_formulas_are_those_of_mpmath():
    with mpmath.workprec(150):
        pi, root, expm1 = +mpmath.pi, mpmath.sqrt, mpmath.expm1
        alpha = root(2 / pi) / (1 - mpmath.erfc(1 / root(2)) * root(mpmath.e))  # selu takes normal numbers to mean 0 and variance 1
        squares = mpmath.quad(lambda x: mpmath.npdf(x) * (x if x > 0 else alpha * expm1(x)) ** 2, [-30, -10, -3, 0, 3, 10, 30])
        known = [pi, root(2), mpmath.mpf(0.5), 1 / root(squares), alpha / root(squares) * expm1(-1)]
    found = [
        at(150, elementary.pi),
        at(150, lambda: elementary.root(2)),
        elementary.half(),
        at(150, lambda: rectifiers._selu()[1][1](flint.arb(1))),
        at(150, lambda: rectifiers._selu()[0][1](flint.arb(-1))),
    ]
    for value, ball in zip(known, found, strict=True):
        assert second._agrees(value, ball) is True
        assert second._agrees(value, shifted(ball, -40)) is False


# ── what is promised ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "form", "x"),
    [
        ("sigmoid", "complement", 500.0),  # 1 - f: nothing is left of it before there are 722 bits
        ("squareplus", "value", -1e308),  # x + √(x² + 4): before there are 2,000
        ("tanh_shrink", "value", 1e-100),
        ("gelu", "second_derivative", -38.0),
        ("log_normal_cdf", "second_derivative", -1e150),
        ("log_gumbel_min_cdf", "derivative", -1e3),
        ("normal_ppf", "second_derivative", 1e-200),
        ("logcosh", "value", 1e-200),
    ],
)
def test_all_digits_are_good(name, form, x):
    best = evaluate(name, x, form, digits=300)
    assert best
    for digits in (20, 60, 100):
        with mpmath.workdps(400):
            assert abs(evaluate(name, x, form, digits=digits) - best) <= abs(best) * mpmath.mpf(10) ** -digits


def test_what_is_a_matter_of_definition_or_out_of_reach_is_left_open():
    for name, form, x, parameters in [
        ("relu", "derivative", 0.0, ()),
        ("hard_tanh", "derivative", 7.0, (0.3, 7.0)),
        ("laplace_cdf", "second_derivative", 0.0, ()),
        ("sigmoid", "value", inf, ()),
        ("sigmoid", "value", nan, ()),
        ("logit", "value", 0.0, ()),
        ("logit", "value", 1.5, ()),
        ("softplus", "value", 1.0, (-1.0,)),
        ("isru", "inverse", 1.0, ()),
    ]:
        assert evaluate(name, x, form, parameters) is None
        assert confirms(name, form, x, reference.evaluate(name, x, form, parameters), parameters) is None
    assert evaluate("sigmoid", 1.0, digits=10_000) is None
    assert confirms("sigmoid", "value", 1.0, flint.arb.nan()) is None


def test_a_lying_machine_is_not_believed():
    honest = evaluate("log_sigmoid", -0.1, "inverse")
    for lie in (2.25, -4.0):
        program = second._solver(ogive.log_sigmoid, lambda y, *parameters, lie=lie: lie)
        found = second._good(lambda program=program: program(Number.of(-0.1)), 60)
        assert mpmath.almosteq(found, honest, 1e-15)
    for lie in (nan, inf):
        program = second._solver(ogive.log_sigmoid, lambda y, *parameters, lie=lie: lie)
        assert second._good(lambda program=program: program(Number.of(-0.1)), 60) is None


def test_a_wide_ball_is_agreed_with_inside_its_radius():
    truth = at(200, lambda: flint.arb(1) / 3)
    assert second._agrees(mpmath.mpf(0.25), truth) is False
    assert second._agrees(mpmath.mpf(0.25), flint.arb(truth.mid(), 0.1)) is True
    assert second._agrees(mpmath.mpf(2) ** -1101, flint.arb((1, -1110))) is True
    assert second._agrees(mpmath.mpf(2) ** -1001, flint.arb((1, -1110))) is False


def test_numbers_refuse_what_their_error_hides():
    one, near = Number(mpmath.mpf(1), -10), Number(mpmath.mpf(1) + mpmath.mpf(2) ** -12)
    with second._working(128):
        for question in (
            lambda: one < near,
            lambda: (one - 1).log(),
            lambda: 1 / (one - 1),
            lambda: (one - 1).sqrt(),
            lambda: (1 - one).cot_pi(),
        ):
            with pytest.raises(ValueError, match=r"too close|too far"):
                question()
        with pytest.raises(ZeroDivisionError):
            Number.of(3) / 0
        assert one < 1.5 and one > -inf and not one > inf and Number.of(3) / 4 <= 0.75 and (Number.of(1) / 3).error > second.EXACT // 2
        third = Number.of(1) / 3
        assert (third + 2.0**-100 > third) and (third * 3).error <= -116


@pytest.mark.parametrize(
    ("name", "x", "extra"),
    [
        ("exp", -3.0, ()),
        ("expm1", 0.001, ()),
        ("expm1", 2.0**21, ()),
        ("log", 0.01, ()),
        ("log1p", -0.99, ()),
        ("sqrt", 0.01, ()),
        ("atan", 5.0, ()),
        ("erf", -0.5, ()),
        ("erfc", 6.0, ()),
        ("cot_pi", 0.1, ()),
        ("hypgeom_u", 9.0, (0.5, 0.5)),
        ("__pow__", 7.0, (3,)),
        ("__rtruediv__", 0.125, (3,)),
        ("__mul__", 0.0, (3,)),
    ],
)
def test_functions_pass_errors_on(name, x, extra):
    """As much as the function moves when its argument is moved by its error, and not much more."""
    with second._working(200):
        uncertain = getattr(Number(Number.of(x).value, -30), name)(*extra)
        for side in (2.0**-30, -(2.0**-30)):
            moved = second._size(getattr(Number.of(x) + side, name)(*extra).value - uncertain.value)
            assert moved <= uncertain.error <= moved + 9


def test_what_is_beyond_measure_is_bounded():
    with second._working(200):
        for power in (29.5, 30.5, 40.0, 900.0):  # log2 erfc(x) is about -1.44 x²
            x = Number.of(2.0**power)
            found = x.erfc()
            bound = max(second._size(found.value), found.error)
            assert 1.4 <= -float(mpmath.mpf(bound) / x.value**2) < 1.5 or (
                not found.value and 0.25 <= -float(mpmath.mpf(bound) / x.value**2) <= 1.44
            )
        beyond = Number(mpmath.ldexp(1, 5000))
        assert not (-beyond).exp().value and (-beyond).exp().error < -(10**9)
        with pytest.raises(OverflowError, match="beyond measure"):
            beyond.exp()


def test_nobody_elses_precision_is_disturbed():
    before = flint.ctx.prec
    with mpmath.workdps(7):
        value = evaluate("erf", 0.5)
        assert mpmath.mp.dps == 7
    assert flint.ctx.prec == before and isinstance(value, mpmath.mpf)
    with mpmath.workdps(60):
        assert abs(value - mpmath.erf(mpmath.mpf(0.5))) < mpmath.mpf(10) ** -59


def test_refusals_name_what_there_is():
    with pytest.raises(ValueError, match="has the forms value, derivative"):
        evaluate("relu", 1.0, "inverse")
    with pytest.raises(TypeError, match="takes 0 parameters, got 1"):
        evaluate("sigmoid", 1.0, parameters=(1.0,))
    with pytest.raises(TypeError, match="evaluate_row takes activations of rows"):
        evaluate_row("sigmoid", [1.0])


def test_without_mpmath_there_is_advice():
    program = "import sys; sys.modules['mpmath'] = None; import ogive.truth.second"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "python -m pip install mpmath" in done.stderr


def test_the_examples_run():
    results = [doctest.DocTestRunner(verbose=False).run(test) for test in doctest.DocTestFinder(exclude_empty=True).find(second)]
    assert sum(r.attempted for r in results) >= 5 and not any(r.failed for r in results)
