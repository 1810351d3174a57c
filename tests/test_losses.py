"""Losses: value and gradient against their definition in ball arithmetic, and what becomes of the single terms."""

from __future__ import annotations

import math
from fractions import Fraction
from functools import partial

import numpy as np
import pytest
from inputs import DTYPES, LOSSES, NARROW, bits, label, rng, wide

import ogive
from ogive.loss import total
from ogive.truth.reference import evaluate
from ogive.truth.ulp import format_of, nearest, rounded, sample, ulp, ulp_error

flint = pytest.importorskip("flint")
arb, arb_series, ctx = flint.arb, flint.arb_series, flint.ctx
inf, nan = math.inf, math.nan

SINGLE = [card for card in LOSSES if card.composed is None]
TRIED = (-1.0, 0.0, 0.25, 1.0, 2.5)  # targets, of which each loss admits some

each_loss = pytest.mark.parametrize("loss", LOSSES, ids=label)
each_single = pytest.mark.parametrize("loss", SINGLE, ids=label)
each_dtype = pytest.mark.parametrize("dtype", DTYPES)


def flags(function, *arguments, **options):
    seen = set()
    with np.errstate(all="call", call=lambda kind, _: seen.add(kind)):
        return function(*arguments, **options), seen


def admitted(loss):
    """Return the targets that a loss does not call nan."""
    with np.errstate(invalid="ignore"):
        found = [t for t in TRIED if not np.isnan(loss(0.5, t, reduction="none"))]
    assert len(found) >= 2
    return found


def settings(loss):
    """Return values of the further parameters, the defaults first."""
    return [()] if not loss.parameters else [(2.0,), (0.0,), (0.3,), (5.0,)]


def enclose(formula, start=192):
    """Evaluate with more and more bits until every ball is small."""
    before = ctx.prec, ctx.cap
    try:
        for precision in (start << n for n in range(0, 10, 2)):
            ctx.prec, ctx.cap = precision, 2
            found = formula()
            if all(ball.rel_accuracy_bits() > 80 or ball.abs_upper() < arb((1, -1300)) for ball in found):
                return found
    finally:
        ctx.prec, ctx.cap = before
    raise ArithmeticError(formula)


def truth(loss, x, t, *parameters, start=192):
    """Enclose value and derivative of a single term."""

    def both():
        rest = [arb(float(v)) for v in (t, *parameters)]
        series = loss.reference(arb_series([float(x), 1]), *rest)
        return arb(loss.reference(arb(float(x)), *rest)), series[1] if isinstance(series, arb_series) else arb(0)

    return enclose(both, start)


def terms(loss, dtype, x, t, *parameters):
    return loss.value_and_gradient(x, np.asarray(t, x.dtype)[()], *parameters, reduction="none")


# ── single terms ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def logits(loss, dtype, count):
    """Return logits of every size: half of them ordinary."""
    generator = rng(loss, dtype)
    fmt = format_of(dtype)
    return np.concatenate(
        [
            rounded(generator.normal(0, 6, count // 2), fmt),
            sample(-800.0, 800.0, count // 4, fmt, generator),
            sample(-fmt.largest / 2**60, fmt.largest / 2**60, count // 4, fmt, generator),
        ]
    )


@each_single
def test_single_terms_keep_their_bound(loss):
    for parameters in settings(loss):
        for t in admitted(loss):
            x = logits(loss, "float64", 400)
            with np.errstate(all="raise"):
                got = terms(loss, "float64", x, t, *parameters)
            for place, *pair in zip(x, *got, strict=True):
                for value, right in zip(pair, truth(loss, place, t, *parameters), strict=True):
                    assert abs(ulp_error(value, right, "float64")) <= loss.bound.float64, (t, parameters, place, value)


@pytest.mark.parametrize("dtype", NARROW)
@each_single
def test_single_terms_of_narrow_dtypes_are_correctly_rounded(loss, dtype):
    for parameters in settings(loss):
        for t in admitted(loss):
            x = logits(loss, dtype, 200)
            if t != int(t):  # t x may be a tie, and the rest of the loss e^-x above it
                x = x[np.abs(wide(x)) < 1000]
            held = [float(rounded(np.float64(v), dtype)) for v in (t, *parameters)]
            got = terms(loss, dtype, x, t, *parameters)
            for place, *pair in zip(wide(x), *(wide(v) for v in got), strict=True):
                for i, (value, right) in enumerate(zip(pair, truth(loss, place, *held), strict=True)):
                    finer = iter(1 << n for n in range(9, 16))
                    again = partial(truth, loss, place, *held)
                    exact = nearest(right, dtype, lambda i=i, again=again, finer=finer: again(start=next(finer))[i])
                    assert value == exact, (t, parameters, place)


@each_single
@each_dtype
def test_infinities_nan_and_targets_that_are_none(loss, dtype):
    kind = format_of(dtype).dtype
    for t in admitted(loss):
        with np.errstate(all="raise"):
            ends, slopes = loss.value_and_gradient(np.array([-inf, inf], kind), t, reduction="none")
            assert not np.isnan(ends).any() and np.all(wide(ends) >= 0)
            assert not np.isnan(slopes).any()
            assert np.isnan(loss(np.array([nan], kind), t))
            assert np.isnan(loss.gradient(np.array([nan], kind), t)).all()
    result, seen = flags(loss, np.array([0.5], kind), np.array([nan], kind))
    assert np.isnan(result) and seen == set()
    for t in set(TRIED) - set(admitted(loss)) | {inf}:
        result, seen = flags(loss, np.array([0.5, 0.5], kind), np.array([t, 1], kind), reduction="none")
        assert np.isnan(result).tolist() == [True, False] and seen == {"invalid value"}


def test_the_gradient_at_a_corner_is_the_smaller_one():
    assert ogive.hinge.gradient([1.0, -1.0], [1, -1], reduction="none").tolist() == [0, 0]
    assert ogive.perceptron_loss.gradient([0.0, 0.0], [1, -1], reduction="none").tolist() == [0, 0]
    assert ogive.squared_hinge.gradient([1.0], [1], reduction="none").tolist() == [0]


def test_losses_of_classes_are_each_others_limits():
    z = rng("losses").normal(0, 5, 300)
    t = (z > rng("t").normal(0, 5, 300)).astype(int)
    plain = ogive.binary_cross_entropy(z, t, reduction="none")
    assert np.array_equal(ogive.focal(z, t, gamma=0, reduction="none"), plain)
    assert np.array_equal(plain, ogive.softplus(np.where(t == 1, -z, z)))
    assert np.array_equal(ogive.squared_hinge(z, 2 * t - 1, reduction="none") == 0, ogive.hinge(z, 2 * t - 1, reduction="none") == 0)
    pairs = np.stack([np.zeros_like(z), z], -1)
    rows = ogive.cross_entropy(pairs, t, reduction="none")
    assert np.all(np.abs(rows - plain) <= 3 * np.spacing(plain))
    slopes = ogive.cross_entropy.gradient(pairs, t, reduction="none")[:, 1]
    right = ogive.binary_cross_entropy.gradient(z, t, reduction="none")
    assert np.all(np.abs(slopes - right) <= 3 * np.spacing(np.abs(right)))


def test_alpha_weighs_the_classes():
    z, t = np.array([0.5, -1.0, 2.0]), np.array([1, 0, 1])
    plain = ogive.focal(z, t, reduction="none")
    weights = np.array([0.25, 0.75, 0.25])
    assert np.allclose(ogive.focal(z, t, alpha=0.25, reduction="none"), weights * plain, rtol=1e-15)
    assert math.isclose(ogive.focal(z, t, alpha=0.25), float(np.mean(weights * plain)), rel_tol=1e-15)
    slopes = ogive.focal.gradient(z, t, alpha=0.25, reduction="sum")
    assert np.allclose(slopes, weights * ogive.focal.gradient(z, t, reduction="none"), rtol=1e-15)
    for wrong in (-0.1, 1.5, nan):
        with pytest.raises(ValueError, match="give a number from 0 to 1"):
            ogive.focal(z, t, alpha=wrong)
    with pytest.raises(TypeError, match=r"ogive\.hinge takes workers, reduction, dtype; got alpha"):
        ogive.hinge(z, 1, alpha=0.25)


# ── reductions ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_sums_in_two_words_round_once():
    generator = rng("total")
    for size in (1, 2, 3, 7, 100, 1001):
        values = generator.normal(0, 1, (4, size)) * 10.0 ** generator.integers(-8, 9, (4, size))
        for row, found in zip(values, total(values), strict=True):
            assert abs(Fraction(float(found)) - sum(map(Fraction, row.tolist()))) <= Fraction(ulp(float(found), "float64")) * 51 / 100
    assert total(np.array([1e308, 1e308])) == inf and total(np.array([inf, 1.0])) == inf
    assert np.isnan(total(np.array([nan, 1.0]))) and total(np.empty((2, 0))).tolist() == [0, 0]


def batch(loss, dtype, rows=50):
    """Return logits and targets that a loss admits."""
    generator = rng(loss, dtype, "batch")
    if loss.composed is not None:
        return rounded(generator.normal(0, 3, (rows, 5)), dtype), generator.integers(0, 5, rows)
    return rounded(generator.normal(0, 3, rows), dtype), rounded(generator.choice(admitted(loss), rows), dtype)


@each_loss
@each_dtype
def test_mean_and_sum_are_of_the_terms_and_mean_is_the_default(loss, dtype):
    x, t = batch(loss, dtype)
    exact = [Fraction(float(v)) for v in loss(x, t, reduction="none", dtype="float64")]
    kind = format_of(dtype).dtype
    for reduction, right in (("sum", sum(exact)), ("mean", sum(exact) / len(exact))):
        value = loss(x, t, reduction=reduction)
        assert value.dtype == kind and value.shape == ()
        assert abs(ulp_error(value, right, dtype)) <= (1.01 if dtype == "float64" else 0.51)
    assert loss(x, t) == loss(x, t, reduction="mean")
    single = wide(loss.gradient(x, t, reduction="none", dtype="float64"))
    assert np.array_equal(bits(loss.gradient(x, t, reduction="sum")), bits(rounded(single, dtype)))
    assert np.array_equal(bits(loss.gradient(x, t)), bits(rounded(single / len(exact), dtype)))


@each_loss
@each_dtype
def test_the_pair_is_both_calls(loss, dtype):
    x, t = batch(loss, dtype)
    for reduction in ("none", "sum", "mean"):
        value, slope = loss.value_and_gradient(x, t, reduction=reduction)
        assert np.array_equal(bits(value), bits(loss(x, t, reduction=reduction)))
        assert np.array_equal(bits(slope), bits(loss.gradient(x, t, reduction=reduction)))
        assert slope.shape == x.shape and slope.dtype == x.dtype


@each_loss
def test_the_gradient_is_that_of_the_reduced_loss(loss):
    x, t = batch(loss, "float64", 20)
    direction = rng(loss, "direction").normal(0, 1, x.shape)
    step = 1e-6
    for reduction in ("sum", "mean"):
        change = (loss(x + step * direction, t, reduction=reduction) - loss(x - step * direction, t, reduction=reduction)) / (2 * step)
        assert math.isclose(np.sum(loss.gradient(x, t, reduction=reduction) * direction), change, rel_tol=1e-6)


def test_many_narrow_terms_do_not_overflow_or_stall():
    x = np.full(70_000, -2, np.float16)
    assert ogive.squared_error(x, 0) == np.float16(4)
    assert ogive.squared_error(x, 0, reduction="sum") == inf
    assert np.all(ogive.squared_error.gradient(x, 0) == np.float16(-4 / 70_000))
    assert ogive.hinge(np.zeros(1 << 14, np.float16), 1, reduction="sum") == 1 << 14


@each_loss
def test_arguments_are_checked(loss):
    x, t = batch(loss, "float64", 4)
    with pytest.raises(ValueError, match="reduction='average' is unknown; choose one of 'mean', 'sum', 'none'"):
        loss(x, t, reduction="average")
    with pytest.raises(ValueError, match="there is no mean of nothing"):
        loss(x[:0], t[:0])
    assert loss(x[:0], t[:0], reduction="sum") == 0
    assert loss(x[:0], t[:0], reduction="none").shape == (0,)
    with pytest.raises(TypeError, match=f"ogive.{loss.name} takes .*nonsense"):
        loss(x, t, nonsense=1)
    with pytest.raises(TypeError, match="computes in float16"):
        loss(x, t, dtype=int)
    for wrong in (t[:3], np.stack([t, t])):
        with pytest.raises(ValueError, match="do not fit"):
            loss(x, wrong)
    assert loss(x, t, dtype="float32").dtype == np.float32


@each_single
def test_targets_are_repeated_and_logits_are_not(loss):
    x = rng(loss, "shape").normal(0, 2, (3, 4))
    assert loss(x, 1) == loss(x, np.ones((3, 4))) == loss(x, np.ones((1, 4)))
    with pytest.raises(ValueError, match=r"targets of shape \(4,\) do not fit logits of shape \(4, 1\); give one for each"):
        loss(np.ones((4, 1)), np.ones(4))
    ints = np.ones((3, 4), int)
    for dtype in (np.float32, np.float16):
        assert loss(x.astype(dtype), ints).dtype == loss(x.astype(dtype), ints == 1, reduction="none").dtype == dtype
    assert loss(x.astype(np.float32), np.ones((3, 4))).dtype == np.float64, "an array's dtype counts, as in NumPy"
    with ogive.set_workers(2):
        assert loss(np.full(1 << 18, 0.25), 1) == loss(0.25, 1) == loss([0.25, 0.25], [1, 1], workers=2)


@each_single
def test_single_terms_keep_their_container(loss):
    pd = pytest.importorskip("pandas")
    x = pd.Series([0.5, -1.0], index=["a", "b"])
    result = loss(x, [1, 1], reduction="none")
    assert isinstance(result, pd.Series) and list(result.index) == ["a", "b"]
    assert loss(x, [1, 1]) == loss(x.to_numpy(), [1, 1])


@each_loss
def test_forms_and_ufunc(loss):
    if loss.composed is None:
        assert loss.ufunc is getattr(ogive.ufunc, loss.name)
        assert set(loss.forms) == set(ogive.Elementwise.CALCULUS)
    else:
        assert not loss.forms
        with pytest.raises(TypeError, match="has no ufunc: it is composed of others"):
            _ = loss.ufunc
    assert "Targets" in repr(loss) and "reduction" in loss.__doc__
    with pytest.raises(TypeError, match=f"{loss.name} is of the kind 'loss'"):
        evaluate(loss, 0.5)


@each_loss
def test_the_command_line_shows_a_loss_and_sends_for_python(loss, capsys):
    from ogive.cli import run

    assert run(["show", loss.name]) == 0
    assert loss.targets in " ".join(capsys.readouterr().out.split())
    for command in (["eval", loss.name, "1"], ["plot", loss.name]):
        assert run(command) == 2
        assert f"{loss.name} takes " in capsys.readouterr().err


# ── rows ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def row_truth(row, target):
    """Enclose the cross entropy of a row, and its gradient entry by entry, from the definition."""
    reference = ogive.cross_entropy.reference

    def everything():
        shares = [arb(v.numerator) / v.denominator for v in target]
        numbers = [arb(float(x)) for x in row]
        slopes = []
        for i in range(len(row)):
            series = [arb_series([x, 1 if i == j else 0]) for j, x in enumerate(numbers)]
            slopes.append(reference(series, shares)[1])
        return [arb(reference(numbers, shares)), *slopes]

    found = enclose(everything)
    return found[0], found[1:]


def rows_of(dtype):
    generator = rng("rows", dtype)
    found = [generator.normal(0, spread, n) for n in (2, 3, 10) for spread in (0.1, 2, 30)]
    found += [np.array([40.0, 0.0]), np.array([0.0, -40.0, -41.0]), np.array([700.0, 0.0, -5.0]), np.zeros(4), np.array([3.0])]
    return [rounded(row, dtype) for row in found]


@each_dtype
def test_the_cross_entropy_of_a_class_is_exact_also_where_the_class_is_certain(dtype):
    bound = 0.6 if dtype == "float64" else ogive.cross_entropy.bound.narrow
    for row in rows_of(dtype):
        for right in range(len(row)):
            target = [Fraction(int(i == right)) for i in range(len(row))]
            value, slopes = row_truth(row, target)
            got, gradient = ogive.cross_entropy.value_and_gradient(row, right)
            assert abs(ulp_error(got, value, dtype)) <= bound
            for found, exact in zip(gradient, slopes, strict=True):
                assert abs(ulp_error(found, exact, dtype)) <= 1.0, (row, right, found, exact)


@each_dtype
@pytest.mark.parametrize("smoothing", [0.0, 0.125, 1.0])
def test_smoothed_labels_and_probabilities(dtype, smoothing):
    bound = ogive.cross_entropy.bound.float64 if dtype == "float64" else ogive.cross_entropy.bound.narrow
    for row in rows_of(dtype):
        size = len(row)
        for right in (0, size - 1):
            spread = [Fraction(int(i == right)) * Fraction(1 - smoothing) + Fraction(smoothing) / size for i in range(size)]
            value, slopes = row_truth(row, spread)
            hot = np.eye(size)[right]
            for labels in (right, hot, hot.astype(np.float32), hot.astype(int)):
                got, gradient = ogive.cross_entropy.value_and_gradient(row, labels, label_smoothing=smoothing)
                assert abs(ulp_error(got, value, dtype)) <= bound, (row, right)
                for found, exact, share in zip(gradient, slopes, spread, strict=True):
                    scale = ulp(max(float(share), abs(float(exact))), dtype)  # share and softmax may cancel
                    assert abs(float(found) - float(exact)) <= 2 * scale


def test_axis_shapes_and_layout():
    x = rng("axis").normal(0, 2, (3, 4, 5))
    for axis in (0, 1, 2, -1):
        size = x.shape[axis]
        labels = rng("labels", str(axis)).integers(0, size, np.delete(x.shape, axis))
        value, slope = ogive.cross_entropy.value_and_gradient(x, labels, axis, reduction="none")
        moved = np.moveaxis(x, axis, -1)
        right, other = ogive.cross_entropy.value_and_gradient(moved, labels, reduction="none")
        assert np.array_equal(value, right) and np.array_equal(np.moveaxis(slope, axis, -1), other)
        hot = np.moveaxis(np.eye(size)[labels], -1, axis)
        assert np.array_equal(ogive.cross_entropy(x, hot, axis, reduction="none"), value)
        assert ogive.cross_entropy(x, labels.astype(np.uint8), axis=axis) == ogive.cross_entropy(x, labels, axis)
    assert isinstance(ogive.cross_entropy([1.0, 2.0], 1), np.float64)


def test_what_takes_no_part_costs_nothing():
    x = np.array([[1.0, -inf, 2.0], [nan, 0.0, 0.0], [inf, 0.0, 1.0]])
    with np.errstate(all="raise"):
        value, slope = ogive.cross_entropy.value_and_gradient(x, [2, 0, 0], reduction="none")
    assert value[0] == ogive.cross_entropy([1.0, 2.0], 1) and np.isnan(value[1]) and value[2] == 0
    assert slope[0, 1] == 0 and np.isnan(slope[1]).all() and slope[2].tolist() == [0, 0, 0]
    assert ogive.cross_entropy([1.0, -inf], 1) == inf


@pytest.mark.parametrize(
    ("labels", "options", "message"),
    [
        ([0, 3], {}, "label 3 is no class; 3 classes are numbered 0 to 2"),
        ([-1, 0], {}, "label -1 is no class"),
        ([-100, 0], {}, "label -100 is no class"),
        ([0.0, 1.0], {}, r"labels of shape \(2,\) and dtype float64 do not fit; give integers of shape \(2,\)"),
        ([True, False], {}, "dtype bool do not fit"),
        ([0, 1, 2], {}, r"labels of shape \(3,\)"),
        (["a", "b"], {}, "do not fit"),
        ([[0.5, 0.5, 0.5], [1, 0, 0]], {}, r"labels \[0.5 0.5 0.5\] are no probabilities"),
        ([[1.5, -0.5, 0], [1, 0, 0]], {}, "are no probabilities"),
        ([[nan, 0.5, 0.5], [1, 0, 0]], {}, "are no probabilities"),
        ([0, 1], {"label_smoothing": -0.1}, r"label_smoothing=-0.1 must lie in \[0, 1\]"),
        ([0, 1], {"label_smoothing": nan}, "must lie in"),
        ([0, 1], {"axis": (0, 1)}, "must be one axis"),
        ([0, 1], {"axis": None}, "must be one axis"),
    ],
)
def test_bad_labels_are_refused(labels, options, message):
    with pytest.raises(ValueError, match=message):
        ogive.cross_entropy(np.zeros((2, 3)), labels, **options)


def test_probabilities_of_a_narrow_dtype_add_up_as_well_as_they_can():
    generator = rng("shares")
    for dtype in ("float16", "float32"):
        shares = ogive.softmax(generator.normal(0, 1, (20, 100))).astype(dtype)
        x = generator.normal(0, 1, (20, 100))
        right = -np.sum(shares.astype(float) * ogive.log_softmax(x), -1)
        assert np.allclose(ogive.cross_entropy(x, shares, reduction="none"), right, rtol=1e-12)
