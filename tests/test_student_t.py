"""Student's t: cards without a row, held to the bound that they declare."""

from __future__ import annotations

import math
import subprocess
import sys

import numpy as np
import pytest
from inputs import BORROWED, DTYPES, bits, label, rng

import ogive
from ogive.truth.reference import evaluate
from ogive.truth.ulp import format_of, ulp, ulp_error

flint = pytest.importorskip("flint")
arb, ctx = flint.arb, flint.ctx
inf, nan = math.inf, math.nan

CDF, PPF = ogive.student_t_cdf, ogive.student_t_ppf
COUNT = 2400
CLOSED = (2.0, 4.0)

each_card = pytest.mark.parametrize("card", BORROWED, ids=label)


# ── the truth ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def enclose(formula, *numbers):
    """Evaluate a formula on balls, with more and more bits until the ball is small."""
    before = ctx.prec
    try:
        for precision in (192, 512, 2048, 8192):
            ctx.prec = precision
            ball = formula(*(arb(v) if isinstance(v, arb) else arb(float(v)) for v in numbers))
            if ball.rel_accuracy_bits() > 80 or ball.abs_upper() < arb((1, -1200)):
                return ball
    finally:
        ctx.prec = before
    raise ArithmeticError(numbers)


def density(x, df):
    """Write the definition of the density: the integrand of the card's formula."""
    return ((df + 1) / 2).gamma() / (df / 2).gamma() / (df * arb.pi()).sqrt() * (1 + x * x / df) ** (-(df + 1) / 2)


def slope(x, df):
    return -density(x, df) * (df + 1) * x / (df + x * x)


TRUTH = {
    "value": CDF.reference,
    "derivative": density,
    "second_derivative": slope,
    "complement": lambda x, df: CDF.reference(-x, df),
}


def places(name):
    """Return x of many decades and the degrees of freedom for which the bound is declared; whole ones and closed forms among them."""
    generator = rng("student", name)
    df = np.exp(generator.uniform(np.log(0.1), np.log(1e6), COUNT))
    df[::7] = np.round(df[::7]) + 1
    df[df == 1] = 3  # which is the Cauchy distribution's, below
    df[::50], df[1::50] = CLOSED
    x = np.exp(generator.uniform(np.log(1e-15), np.log(1e15), COUNT))
    half = COUNT // 2
    x[:half] = np.abs(generator.normal(0, 1, half)) * generator.choice([1, 3, 10, 30], half)
    x[2:40:8] = 1e300
    return x * generator.choice([-1, 1, -1], COUNT), df


def test_the_reference_is_the_integral_of_the_density():
    """Where it has a closed form, and by its differences where it has none."""
    for x in (-30.0, -1.0, -0.25, 0.0, 0.99, 1.0, 7.0):
        two = enclose(lambda x: arb(1) / 2 + x / (2 * (2 + x * x).sqrt()), x)
        assert enclose(CDF.reference, x, 2).overlaps(two)
        for df in (0.1, 3.7, 200.0):
            step = arb((1, -60))
            change = enclose(lambda x, df: (CDF.reference(x + step, df) - CDF.reference(x - step, df)) / (2 * step), x, df)  # noqa: B023
            assert abs(float(change) / float(enclose(density, x, df)) - 1) < 1e-12
    assert float(enclose(CDF.reference, 1e40, 3)) == 1


@pytest.mark.parametrize("form", TRUTH)
def test_the_distribution_keeps_its_bound(form):
    x, df = places(form)
    with np.errstate(all="raise"):
        got = CDF.forms[form](x, df)
    worst = max((abs(ulp_error(g, enclose(TRUTH[form], a, b), "float64")), a, b, g) for g, a, b in zip(got, x, df, strict=True))
    assert worst[0] <= CDF.bound.float64, worst


def levels():
    """Return probabilities: even ones, tiny ones, and next to 0, 1/2 and 1."""
    generator = rng("quantile")
    _, df = places("quantile")
    p = generator.uniform(0, 1, COUNT)
    p[: COUNT // 3] = np.exp(generator.uniform(np.log(1e-300), np.log(0.5), COUNT // 3))
    p[::10] = 0.5 + np.exp(generator.uniform(np.log(1e-15), np.log(0.49), COUNT))[::10] * generator.choice([-1, 1], COUNT)[::10]
    return p, df


def test_the_quantile_keeps_its_bound_with_its_derivatives():
    """The error of x is that of F(x) over F'(x); at most a millionth of it is lost by taking the slope at x."""
    p, df = levels()
    with np.errstate(all="raise"):
        x, first, second = PPF(p, df), PPF.derivative(p, df), PPF.second_derivative(p, df)
    worst = [(0.0, nan, nan)] * 3
    for q, n, *got in zip(p, df, x, first, second, strict=True):
        if not np.isfinite(got[0]):  # where the truth is out of range, too
            limit = enclose(CDF.reference, -1.7976931348623157e308, n)
            assert arb(min(float(q), 1 - float(q))) < limit * (1 + arb(1e-10))
            continue
        root = enclose(lambda x, n, q: x + (q - CDF.reference(x, n)) / density(x, n), got[0], n, q).mid()
        truths = [root, enclose(lambda x, n: 1 / density(x, n), root, n)]
        truths.append(enclose(lambda x, n: -slope(x, n) / density(x, n) ** 3, root, n))
        for i, (value, truth) in enumerate(zip(got, truths, strict=True)):
            worst[i] = max(worst[i], (abs(ulp_error(value, truth.mid(), "float64")), q, n))
    assert max(worst)[0] <= PPF.bound.float64, worst


# ── limiting cases ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("card", "df", "other"),
    [(CDF, 1.0, "cauchy_cdf"), (CDF, inf, "normal_cdf"), (PPF, 1.0, "cauchy_ppf"), (PPF, inf, "normal_ppf")],
    ids=lambda v: v.name if isinstance(v, ogive.Activation) else str(v),
)
def test_one_degree_of_freedom_is_cauchys_and_infinitely_many_are_normal(card, df, other):
    limit = ogive.get(other)
    x = rng(other).normal(0, 5, 500) if card is CDF else rng(other).uniform(0, 1, 500)
    x = np.append(x, [1e-9, 1e-12, 0.5, 1e-300])
    for form in ("value", "derivative", "second_derivative"):
        got, right = card.forms[form](x, df), limit.forms[form](x)
        assert np.array_equal(got, right), form
    if card is CDF:
        assert np.all(card.complement(x, df) == card(-x, df))


def test_the_centre_is_not_flat():
    """SciPy's stdtr(1, x) is 1/2 for |x| < 7e-9."""
    x = np.array([-1e-9, -1e-12, 1e-9])
    for df in (1 + 1e-9, 2.0, 3.0, 1e6):
        assert np.all((CDF(x, df) < 0.5) == (x < 0))


def test_many_degrees_of_freedom_approach_the_normal_distribution():
    """From both sides of the number from which on they are taken as infinitely many."""
    x = np.array([-30.0, -2.0, -0.1])
    exact = [float(enclose(lambda x: (-x / arb(2).sqrt()).erfc() / 2, v)) for v in x]
    assert np.allclose(CDF(x, 1e12), exact, rtol=3e-7, atol=0)


# ── nan, domains, flags ──────────────────────────────────────────────────────────────────────────────────────────────────


def flags(function, *arguments):
    seen = set()
    with np.errstate(all="call", call=lambda kind, _: seen.add(kind)):
        return function(*arguments), seen


@each_card
def test_limits_poles_nan_and_what_lies_outside(card):
    low, high = card.domain.low, card.domain.high
    for df in (0.5, 2.0, 3.0, 40.0):
        result, seen = flags(card, np.array([low, high]), df)
        assert result.tolist() == list(card.limits)
        assert seen == ({"divide by zero"} if math.isfinite(low) and math.isinf(card.limits[0]) else set())
    for form in card.forms:
        if form not in ("backward", "value_and_derivative"):
            for x, df in ((nan, 3.0), (0.5, nan), (nan, -1.0)):
                result, seen = flags(card.forms[form], x, df)
                assert np.isnan(result) and seen == set()
            for df in (0.0, -0.0, -1.0, -inf):
                result, seen = flags(card.forms[form], [0.25, 0.5], [df, 3.0])
                assert np.isnan(result).tolist() == [True, False] and seen == {"invalid value"}
    if math.isfinite(low):
        for x in (-1e-300, math.nextafter(1, 2), inf):
            result, seen = flags(card, x, 3.0)
            assert np.isnan(result) and seen == {"invalid value"}
    with np.errstate(invalid="raise"), pytest.raises(FloatingPointError, match=f"invalid value encountered in {card.name}"):
        card(0.5, -1)
    with pytest.warns(RuntimeWarning, match=f"invalid value encountered in {card.name}.derivative"):
        card.derivative(0.5, -1)


def test_zeros_and_infinities_of_the_derivatives():
    assert CDF.derivative([-inf, inf], 3).tolist() == [0, 0]
    assert np.signbit(CDF.second_derivative([-inf, -0.0, 0.0, inf], 3)).tolist() == [False, False, True, True]
    assert CDF([0.0, -0.0], 7.5).tolist() == [0.5, 0.5]
    assert PPF(0.5, [0.3, 2, 4, 9]).tolist() == [0, 0, 0, 0]
    with np.errstate(divide="ignore"):
        assert PPF.derivative([0.0, 1.0], 5).tolist() == [inf, inf]
        assert PPF.second_derivative([0.0, 1.0], 5).tolist() == [-inf, inf]


def test_tails_are_symmetric_bit_for_bit():
    x, df = places("symmetry")
    assert np.array_equal(CDF.complement(x, df), CDF(-x, df))
    assert np.array_equal(CDF.derivative(x, df), CDF.derivative(-x, df))
    assert np.array_equal(PPF([0.25, 0.375], 3.3), -PPF([0.75, 0.625], 3.3))


# ── manners ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


@each_card
@pytest.mark.parametrize("dtype", DTYPES)
def test_narrow_dtypes_are_the_rounded_float64(card, dtype):
    kind = format_of(dtype).dtype
    x = np.array([0.125, 0.5, 0.75], kind)
    for form in card.forms:
        arrays = [x, x] if form == "backward" else [x]
        got = card.forms[form](*arrays, df=1e5)
        right = card.forms[form](*(a.astype(np.float64) for a in arrays), df=1e5)
        for a, b in zip(got if isinstance(got, tuple) else (got,), right if isinstance(right, tuple) else (right,), strict=True):
            assert a.dtype == kind and np.array_equal(bits(a), bits(b.astype(kind)))
    assert card(x, np.float64(3)).dtype == np.float64, "an array's dtype counts, as in NumPy"
    assert card(x, 3, dtype="float64").dtype == np.float64


@each_card
def test_arguments_broadcast_and_are_checked(card):
    x, df = np.array([[0.25], [0.5]]), np.array([0.7, 2, 3, 4, 60])
    whole = card(x, df)
    assert whole.shape == (2, 5) and isinstance(card(0.25, 3), np.float64)
    assert np.allclose(whole, [[card(a, df=b) for b in df] for a in x[:, 0]], rtol=1e-14, atol=0)
    value, first = card.value_and_derivative(x, df)
    assert np.array_equal(value, whole) and np.array_equal(first, card.derivative(x, df))
    g = np.array([[2.0], [-3.0]])
    assert np.array_equal(card.backward(g, x, df), g * first)
    out = np.zeros((2, 5))
    mask = df > 2.5
    assert card(x, df, out=out, where=mask) is out
    assert np.array_equal(out, np.where(mask, whole, 0))
    assert card(np.empty((0, 3)), 3).shape == (0, 3)
    with np.errstate(divide="ignore"):
        assert card(True, 3).dtype == np.float16
    for wrong in ((), (3, 4)):
        with pytest.raises(TypeError, match=rf"ogive.{card.name} takes x, df, got {1 + len(wrong)} by position"):
            card(0.5, *wrong)
    with pytest.raises(TypeError, match="by position and nu by name"):
        card(0.5, nu=3)
    with pytest.raises(ValueError, match=r"\(2, 1\), \(3,\), \(4,\)|\(3,\), \(4,\) do not fit together"):
        card(np.full(3, 0.5), np.ones(4))
    with pytest.raises(ValueError, match=r"out= must be an array of shape \(2, 5\)"):
        card(x, df, out=np.zeros(3))
    with pytest.raises(TypeError, match="writes to 2 arrays"):
        card.value_and_derivative(x, df, out=out)
    with pytest.raises(TypeError, match="computes in"):
        card(0.5, 3, dtype=int)


@each_card
def test_a_card_without_a_row_says_so(card):
    assert "no ufunc" in repr(card.derivative)
    assert "Ufunc" in repr(card) and "SciPy" in card.__doc__ and f"≤ {card.bound.float64} ulp" in card.__doc__
    for thing in (card, *card.forms.values()):
        with pytest.raises(TypeError, match=f"of {card.name} has no ufunc: NumPy and SciPy compute it"):
            _ = thing.ufunc
    assert not hasattr(ogive.ufunc, card.name)
    with pytest.raises(TypeError, match=f"{card.name} is of the kind 'borrowed'"):
        evaluate(card, 0.5)
    assert set(ogive.Elementwise.CALCULUS) <= set(card.forms)
    for form in ogive.Elementwise.RELATED:
        call = getattr(card, form)
        assert bool(call) == (form in card.forms)
        if not call:
            with pytest.raises(TypeError, match=f"{form} of {card.name} is not defined"):
                call(0.5)
    words = {form: word for form, word in card.words.items() if word in ogive.CATALOGUE}
    assert words.keys() == {"inverse"}
    other = ogive.get(words["inverse"])
    assert card.inverse(0.25, 3) == other(0.25, 3)


def test_scipy_is_loaded_on_use_and_asked_for_by_its_install_line():
    code = """
import sys
import ogive
assert not any(name.partition(".")[0] == "scipy" for name in sys.modules)
sys.modules["scipy"] = None
assert ogive.student_t_cdf(0.0, 2) == 0.5 and ogive.student_t_ppf(0.5, 4) == 0
for card in (ogive.student_t_cdf, ogive.student_t_ppf):
    assert card([0.25, 0.75], 2).shape == card([0.25, 0.75], 4).shape == (2,)
    try:
        card(0.25, 3)
    except ImportError as error:
        print(error)
"""
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    line = 'Student\'s t with free degrees of freedom needs SciPy; install it with: python -m pip install "ogive[student]"'
    assert done.stdout.splitlines() == [line, line]


def test_the_command_line_takes_the_degrees_of_freedom(capsys):
    from ogive.cli import run

    assert run(["eval", "student_t_cdf", "-3", "--param", "df=2"]) == 0
    assert float(capsys.readouterr().out) == float(CDF(-3.0, 2))
    assert run(["eval", "student_t_cdf", "-3"]) == 2
    assert "add --param df=NUMBER" in capsys.readouterr().err


def test_a_unit_is_the_truths():
    """The bound is in units of the true value, so a small tail counts as much as a large one."""
    x, df = np.array([-1e5, -1e100]), 2.5
    for got, place in zip(CDF(x, df), x, strict=True):
        truth = enclose(CDF.reference, place, df)
        assert abs(float(truth) - got) <= CDF.bound.float64 * ulp(truth, "float64")
