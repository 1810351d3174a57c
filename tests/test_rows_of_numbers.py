"""Functions of a row of numbers: every entry accurate; no order, length or layout that matters; a policy for rows that are not ordinary.

What holds for all is tested for every card of the catalogue that takes rows, and then what each family adds.
"""

from __future__ import annotations

import math
import tracemalloc
from fractions import Fraction

import numpy as np
import pytest
from inputs import DTYPES, NUMBERS, ROWS, bits, label, rng, wide

import ogive
from ogive.truth.reference import evaluate_row
from ogive.truth.ulp import format_of, rounded, ulp, ulp_error

inf, nan = math.inf, math.nan

COMPOSED = [card for card in ogive.CATALOGUE.values() if card.kind == "composed"]
each_row = pytest.mark.parametrize("card", ROWS, ids=label)
each_composed = pytest.mark.parametrize("card", COMPOSED, ids=label)
each_sparse = pytest.mark.parametrize("card", [ogive.sparsemax, ogive.entmax15], ids=label)
each_dtype = pytest.mark.parametrize("dtype", DTYPES)


def allowed(card, dtype):
    """Return the bound of a card in a dtype, in ulp."""
    return card.bound.float64 if dtype == "float64" else min(card.bound.float64, card.bound.narrow)


def test_the_bound_of_a_card_is_worded_as_it_is_tested():
    """A sum over a row decides no rounding: only rows that are exact, or round once, may promise the nearest number."""
    assert str(ogive.softmax.bound) == "float64 ≤ 0.6 ulp; float32, float16, bfloat16 ≤ 0.51 ulp"
    assert str(ogive.sigmoid.bound) == "float64 ≤ 0.6 ulp; float32, float16, bfloat16 correctly rounded"
    for card in (*ROWS, *COMPOSED):
        assert card.bound.narrow == (0.5 if card.bound.float64 <= 0.5 else 0.51), card
        assert str(card.bound) in repr(card) or card.bound.float64 <= 0.5, card


# ── every entry ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def hard_rows(dtype):
    """Return rows that peers get wrong."""
    generator = rng("hard rows", dtype)
    rows = {
        "wide": generator.normal(0, 20, 64),
        "far from zero": generator.normal(0, 1, 64) + 1e4,
        "one ahead by 40": np.append(generator.normal(0, 1, 31), 40.0),
        "thousand": generator.normal(0, 5, 1000),
        "subnormal tails": np.concatenate([[0.0], -np.linspace(700, 746, 40) if dtype == "float64" else -np.linspace(80, 110, 40)]),
        "two equal": [1000.0, 1000.0],
        "one": [3.0],
        "near ties": 1 + np.arange(20) * 1e-15,
        "whole numbers": np.round(generator.normal(0, 3, 24)),
        "at the threshold": [1.0, 0.0, -1.0, 0.0],
        "a little above the threshold": np.append(1.0, np.exp2(-np.arange(1.0, 60.0))),
        "a little above the other": np.append(2.0, np.exp2(-np.arange(1.0, 60.0, 3))),
        "tiny": [1e-300, 2e-300, -1e-300],
        "huge": [1e300, -1e300, 9.9e299] if dtype == "float64" else [6e4, -6e4, 5.9e4],
    }
    return {name: rounded(np.asarray(row), dtype) for name, row in rows.items()}


def rows_of_numbers(card, dtype):
    """Return rows of several kinds, as the dtype holds them."""
    generator = rng(card, dtype, "rows")
    found = [generator.normal(0, spread, n) for n in (1, 2, 3, 8, 33) for spread in (0.1, 1, 20)]
    found += [
        generator.normal(0, 1, 17) + 1e4,
        np.append(generator.normal(0, 1, 9), 40.0),
        np.linspace(-100, 0, 21),
        np.zeros(5),
        [0.0, 0.0, -1e-5],
        [1e-30, -1e-30],
    ]
    found += [[-700.0, 0.0], [-745.0, 0.0, 1.0], [300.0, -300.0]]
    return [rounded(np.asarray(row), dtype) for row in found]


def temperatures(card, dtype):
    return [float(rounded(np.float64(t), dtype)) for t in (1.0, 0.7, 3.0)] if card.has_temperature else [1.0]


@each_row
@each_dtype
def test_every_entry_of_a_row_keeps_its_bound(card, dtype):
    bound = allowed(card, dtype)
    for row in rows_of_numbers(card, dtype):
        for temperature in temperatures(card, dtype):
            options = {"temperature": temperature} if card.has_temperature else {}
            result = np.atleast_1d(card(row, **options))
            assert result.dtype == row.dtype
            for value, exact in zip(result, evaluate_row(card, row, temperature=temperature), strict=True):
                error = abs(ulp_error(value, exact, dtype))
                if card.reduces:  # next to a zero of logsumexp the bound is absolute
                    error *= min(1.0, ulp(exact, dtype) / ulp(float(row.max()), dtype))
                assert error <= bound, (row, temperature, value, exact)


@each_row
@each_dtype
@pytest.mark.parametrize("name", hard_rows("float64"))
def test_every_element_is_accurate_on_rows_that_peers_get_wrong(card, dtype, name):
    row = hard_rows(dtype)[name]
    bound = allowed(card, dtype)
    with np.errstate(all="raise"):
        result = np.atleast_1d(card(row))
    for value, exact in zip(result, evaluate_row(card, row), strict=True):
        assert abs(ulp_error(value, exact, dtype)) <= bound, (value, exact)


@each_row
@each_dtype
def test_backward_of_a_row_is_the_product_with_the_jacobian(card, dtype):
    """Within a unit in the last place of the sum of |g_j J_ji|: what cancels there may, what is small on its own may not."""
    for row in rows_of_numbers(card, dtype):
        if len(row) > 9:
            continue
        outputs = 1 if card.reduces else len(row)
        for temperature in temperatures(card, dtype):
            options = {"temperature": temperature} if card.has_temperature else {}
            g = rounded(rng(card, dtype, "g").normal(0, 1, outputs), dtype)
            result = card.backward(g[0] if card.reduces else g, row, **options)
            terms = [
                evaluate_row(card, row, "backward", g=np.where(np.arange(outputs) == j, wide(g), 0), temperature=temperature)
                for j in range(outputs)
            ]
            exact = evaluate_row(card, row, "backward", g=g, temperature=temperature)
            for i, (value, right) in enumerate(zip(result, exact, strict=True)):
                size = sum(abs(float(term[i].mid())) for term in terms)
                assert abs(float(value) - float(right.mid())) <= ulp(size, dtype), (row, g, temperature, i, value, right)


@each_row
@each_dtype
@pytest.mark.parametrize(
    "name", ["one ahead by 40", "subnormal tails", "two equal", "at the threshold", "a little above the other", "huge"]
)
@pytest.mark.parametrize("size", ["ordinary", "huge", "tiny", "mixed"])
def test_gradients_keep_their_digits_where_weights_and_gradients_are_of_any_size(card, dtype, name, size):
    row = hard_rows(dtype)[name][-24:]
    fmt, outputs = format_of(dtype), 1 if card.reduces else len(row)
    exponents = {"ordinary": 0, "huge": fmt.emax - 1, "tiny": fmt.emin, "mixed": rng(name).uniform(fmt.emin, fmt.emax - 1, outputs)}
    g = rounded(rng(card, name, size).uniform(1, 2, outputs) * np.exp2(exponents[size]) * rng(size).choice([-1, 1], outputs), dtype)
    with np.errstate(all="raise"):
        result = card.backward(g[0] if card.reduces else g, row)
    terms = [evaluate_row(card, row, "backward", g=np.where(np.arange(outputs) == j, wide(g), 0)) for j in range(outputs)]
    for i, (value, right) in enumerate(zip(result, evaluate_row(card, row, "backward", g=g), strict=True)):
        exact, scale = float(right.mid()), sum(abs(float(term[i].mid())) for term in terms)
        if abs(exact) > fmt.largest or scale > fmt.largest:
            continue
        assert abs(float(value) - exact) <= max(ulp(scale, dtype), ulp(0.0, dtype)), (i, value, exact, scale)


# ── the same bits anywhere ───────────────────────────────────────────────────────────────────────────────────────────────


@each_row
@each_dtype
def test_rows_give_the_same_bits_anywhere_and_nan_spoils_its_row_only(card, dtype):
    generator = rng(card, dtype, "layout")
    x = rounded(generator.normal(0, 5, (6, 40)), dtype)
    whole = card(x)
    for n in range(1, 41):
        parts = np.stack([np.asarray(card(row[:n])) for row in x])
        assert np.array_equal(bits(card(x[:, :n])), bits(parts))
    assert np.array_equal(bits(card(np.asfortranarray(x))), bits(whole))
    assert np.array_equal(bits(card(x.T, axis=0)), bits(whole if card.reduces else whole.T))
    assert np.array_equal(bits(card(np.repeat(x, 2, axis=1)[:, ::2])), bits(whole))
    x[2, 7] = nan
    spoilt = card(x)
    assert np.isnan(spoilt[2]).all()
    keep = [0, 1, 3, 4, 5]
    assert np.array_equal(bits(spoilt[keep]), bits(whole[keep]))
    assert np.isnan(card.backward(np.ones(spoilt.shape, x.dtype), x)[2]).all()


def distinct(row):
    """Drop what hardmax alone tells apart: entries that are equal to the first maximum."""
    return np.delete(row, np.flatnonzero(row == row.max())[1:])


@each_row
@each_dtype
@pytest.mark.parametrize("n", [0, 1025, 5000])
def test_order_does_not_matter_bit_for_bit_in_value_and_gradient(card, dtype, n):
    """Short rows that peers get wrong, and such as are longer than what the machine keeps at hand."""
    generator = rng(card, dtype, "order", n)
    rows = (
        hard_rows(dtype)
        if n == 0
        else {"wide": rounded(generator.normal(0, 8, n), dtype), "near": rounded(generator.normal(0, 1 / n, n), dtype)}
    )
    for name, row in rows.items():
        row = distinct(row)
        result = np.atleast_1d(card(row))
        for size in (1.0, 1e-40 if dtype == "float64" else 1e-4):
            g = rounded(generator.normal(0, 1, result.shape) * size ** generator.uniform(0, 1, result.shape), dtype)
            slope = card.backward(g[0] if card.reduces else g, row)
            for _ in range(3):
                order = generator.permutation(len(row))
                again = np.atleast_1d(card(row[order]))
                assert np.array_equal(bits(again), bits(result if card.reduces else result[order])), name
                turned = card.backward(g[0] if card.reduces else g[order], row[order])
                assert np.array_equal(bits(turned), bits(slope[order])), name


@each_row
@each_dtype
def test_longer_rows_follow_from_shorter_ones(card, dtype):
    """Entries that take no part do not count, wherever they are: a short row spread over a long one gives the same bits."""
    generator = rng(card, dtype, "long")
    row = rounded(generator.normal(0, 2, 700), dtype)
    places = np.sort(generator.choice(4000, 700, replace=False))
    mask = np.isin(np.arange(4000), places)
    long = rounded(generator.normal(50, 2, 4000), dtype)
    long[places] = row
    result, expected = card(long, where=mask), card(row)
    g = rounded(generator.normal(0, 1, np.shape(expected)), dtype)
    spread = g
    if not card.reduces:
        spread = np.full(4000, nan, row.dtype)
        spread[places] = g
        assert np.array_equal(bits(result[mask]), bits(expected)) and len(set(result[~mask].tolist())) == 1
    else:
        assert np.array_equal(bits(result), bits(expected))
    slope = card.backward(spread, long, where=mask)
    assert np.array_equal(bits(slope[mask]), bits(card.backward(g, row))) and not slope[~mask].any()


@each_row
def test_a_million_entries(card):
    row = rng(card, "million").normal(0, 1, 1_000_000)
    for x in (row, row * 1e-6, np.sort(row), np.round(row * 4), np.append(row, 40.0)):
        y = card(x)
        if card.reduces:
            assert y >= x.max()
        elif card is not ogive.log_softmax:
            assert math.isclose(math.fsum(y), 1, rel_tol=1e-12)
            assert np.array_equal(np.argsort(-y, kind="stable")[:1], [np.argmin(x) if card is ogive.softmin else np.argmax(x)])
        g = 1.0 if card.reduces else np.cos(np.arange(len(x)))
        slope = card.backward(g, x)
        assert abs(math.fsum(slope) - (1 if card.reduces else 0)) < 1e-9


# ── rows that are not ordinary ───────────────────────────────────────────────────────────────────────────────────────────

LOG2 = math.log(2)
POLICY = [
    # row, mask, softmax and the sparse ones, log_softmax, logsumexp, hardmax
    ([0.0, nan, 1.0], None, [nan] * 3, [nan] * 3, nan, [nan] * 3),
    ([inf, nan], None, [nan] * 2, [nan] * 2, nan, [nan] * 2),
    ([-inf, -inf], None, [nan] * 2, [nan] * 2, -inf, [0, 0]),
    ([0.0, 1.0], [False, False], [nan] * 2, [nan] * 2, -inf, [0, 0]),
    ([-inf, 5.0], [True, False], [nan] * 2, [nan] * 2, -inf, [0, 0]),
    ([], None, [], [], -inf, []),
    ([inf, 3.0, inf, -inf], None, [0.5, 0, 0.5, 0], [-LOG2, -inf, -LOG2, -inf], inf, [1, 0, 0, 0]),
    ([inf, 3.0], None, [1, 0], [0, -inf], inf, [1, 0]),
    ([inf, 3.0], [False, True], [0, 1], [-inf, 0], 3.0, [0, 1]),
    ([nan, 3.0], [False, True], [0, 1], [-inf, 0], 3.0, [0, 1]),
    ([-inf, 3.0], None, [0, 1], [-inf, 0], 3.0, [0, 1]),
    ([7.0], None, [1], [0], 7.0, [1]),
    ([1e300, -1e300], None, [1, 0], [0, -2e300], 1e300, [1, 0]),
    ([-1e308, 1e308], None, [0, 1], [-inf, 0], 1e308, [0, 1]),
    ([3.0, 3.0], None, [0.5, 0.5], [-LOG2, -LOG2], 3 + LOG2, [1, 0]),
]


@pytest.mark.parametrize(
    ("row", "mask", "softmax", "log_softmax", "logsumexp", "hardmax"), POLICY, ids=[f"{row} {mask or ''}" for row, mask, *_ in POLICY]
)
@each_dtype
def test_policy_for_rows_that_are_not_ordinary(row, mask, softmax, log_softmax, logsumexp, hardmax, dtype):
    if dtype != "float64":
        top = {"float16": 6e4}.get(dtype, 3e38)
        row = [math.copysign(top, v) if top < abs(v) < inf else v for v in row]
        log_softmax = [v if abs(v) < 1e5 or v != v else -inf for v in log_softmax]
        logsumexp = top if 1e5 < logsumexp < inf else logsumexp
    x = rounded(np.array(row), dtype)
    expected = {ogive.log_softmax: log_softmax, ogive.logsumexp: logsumexp, ogive.hardmax: hardmax}
    with np.errstate(over="ignore"):
        for card in ROWS:
            got = np.asarray(card(-x if card is ogive.softmin else x, where=mask))
            assert got.dtype == x.dtype
            assert np.array_equal(got, rounded(np.array(expected.get(card, softmax), float), dtype), equal_nan=True), card.name


@pytest.mark.parametrize("card", [c for c in ROWS if c.has_empty], ids=label)
def test_degenerate_rows_give_zeros_or_shares_on_request(card):
    rows = np.array([[-inf, -inf, -inf, -inf], [0.0, 0.25, 0.5, 0.75]])
    rows = -rows if card is ogive.softmin else rows
    ordinary, give = card(rows[1]), np.log if card is ogive.log_softmax else np.asarray
    with np.errstate(divide="ignore"):
        for empty, share in (("zero", 0.0), ("uniform", 0.25), ("nan", nan)):
            assert np.array_equal(card(rows, empty=empty), [np.full(4, give(share)), ordinary], equal_nan=True)
        half = [True, True, False, False]
        assert np.array_equal(card(rows[0], where=half, empty="uniform"), give([0.5, 0.5, 0, 0]))
    with pytest.raises(ValueError, match="empty='nothing' is unknown; choose one of 'nan', 'zero', 'uniform'"):
        card(rows, empty="nothing")


# ── axes, masks, arguments ───────────────────────────────────────────────────────────────────────────────────────────────


def entries(card, x, **options):
    """Compute row by row, from the card's plainest call."""
    return np.asarray(card(np.asarray(x).ravel(), **options))


@each_row
def test_axes_and_masks(card):
    x = rng(card, "axes").normal(0, 3, (3, 4, 5))
    for axis in (0, 1, 2, -1, -3):
        moved = np.moveaxis(x, axis, -1)
        rows = np.stack([entries(card, row) for row in moved.reshape(-1, moved.shape[-1])])
        expected = rows.reshape(moved.shape[:-1]) if card.reduces else np.moveaxis(rows.reshape(moved.shape), -1, axis)
        assert np.array_equal(card(x, axis=axis), expected)
    whole = entries(card, x)
    assert np.array_equal(card(x, axis=None), whole if card.reduces else whole.reshape(x.shape))
    pair = np.stack([entries(card, block) for block in x])
    assert np.array_equal(card(x, axis=(1, 2)), pair if card.reduces else pair.reshape(x.shape))
    assert np.array_equal(card(x, axis=(-1, 1)), pair if card.reduces else pair.reshape(x.shape))
    mask = rng(card, "mask").random((4, 5)) < 0.6
    mask[:, 0] = True
    result = card(x, where=mask)
    outside = -inf if card is ogive.log_softmax else 0
    for i in range(3):
        for j in range(4):
            part = np.asarray(card(x[i, j][mask[j]]))
            if card.reduces:
                assert result[i, j] == part
            else:
                assert np.array_equal(result[i, j][mask[j]], part) and np.all(result[i, j][~mask[j]] == outside)
    if card.reduces:
        assert card(x, axis=(0, 2), keepdims=True).shape == (1, 4, 1)
        assert isinstance(card(x[0, 0]), np.float64)
    else:
        with pytest.raises(TypeError, match="keeps its axis anyway"):
            card(x, keepdims=True)
    for wrong in (3, -4, (0, 0), (0, 5)):
        with pytest.raises(ValueError, match=rf"ogive.{card.name}: axis="):
            card(x, axis=wrong)
    with pytest.raises(ValueError, match="works along an axis"):
        card(3.0)
    with pytest.raises(ValueError, match=r"where= has shape \(7,\)"):
        card(x, where=np.ones(7, bool))


@each_row
def test_rows_write_where_asked_and_take_any_number(card):
    x = rng(card, "out").normal(0, 3, (3, 4))
    expected = card(x)
    out = np.empty_like(expected)
    assert card(x, out=out) is out and np.array_equal(out, expected)
    with pytest.raises(ValueError, match="out= must be an array of shape"):
        card(x, out=np.empty((2, 2)))
    for dtype in NUMBERS:
        ones = np.ones((2, 3), dtype)
        assert card(ones).dtype == np.exp(ones).dtype
    assert card(x.astype(np.float32), dtype="float64").dtype == np.float64
    assert np.array_equal(card(x.tolist()), expected)


@each_row
def test_out_is_written_without_a_detour(card):
    x = rng(card, "detour").normal(0, 1, (300, 400))
    for axis in (-1, 0):
        expected = card(x, axis=axis)
        out = np.empty_like(expected)
        tracemalloc.start()
        card(x, axis=axis, out=out)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert np.array_equal(out, expected)
        assert peak < x.nbytes / 8 or card.reduces
    if not card.reduces:
        y = x.copy()
        assert card(y, out=y) is y and np.array_equal(y, card(x))
        strided = np.zeros((300, 800))
        card(x, out=strided[:, ::2])
        assert np.array_equal(strided[:, ::2], card(x)) and not strided[:, 1::2].any()
    both = np.empty(card(x, axis=None).shape).T
    assert np.array_equal(card(x.T, axis=None, out=both), card(x.T, axis=None))
    kept = np.empty((300, 1)) if card.reduces else np.empty_like(x)
    assert np.array_equal(card(x, out=kept, **({"keepdims": True} if card.reduces else {})).ravel(), np.ravel(card(x)))
    narrow = np.empty_like(card(x), np.float32)
    assert np.array_equal(card(x, out=narrow), card(x).astype(np.float32))
    with pytest.raises(TypeError, match="same_kind"):
        card(x, out=np.empty(card(x).shape, int))


@pytest.mark.parametrize("card", [c for c in ROWS if c.has_temperature], ids=label)
def test_temperature_divides_exactly_and_broadcasts(card):
    x = rng(card, "temperature").normal(0, 3, (2, 5))
    t = np.array([0.7, 3.0])
    assert np.array_equal(card(x, temperature=t), np.stack([card(row, temperature=v) for row, v in zip(x, t, strict=True)]))
    assert np.array_equal(card(x, temperature=2.0), card(x / 2))
    for wrong in (0, -1.0, inf, nan, [1.0, 0.0]):
        with pytest.raises(ValueError, match="temperature must be positive and finite"):
            card(x, temperature=wrong)


@pytest.mark.parametrize("card", [c for c in ROWS if not c.has_temperature], ids=label)
def test_rows_without_a_temperature_say_so(card):
    with pytest.raises(TypeError, match="takes no temperature="):
        card([1.0, 2.0], temperature=2.0)


@each_row
def test_backward_takes_the_gradient_of_the_output(card):
    x = rng(card, "backward").normal(0, 2, (3, 4, 5))
    for axis in (-1, 1, (0, 2), None):
        y = np.asarray(card(x, axis=axis))
        g = rng(card, "g").normal(0, 1, y.shape)
        result = card.backward(g, x, axis=axis)
        assert result.shape == x.shape
        step = 1e-6
        direction = rng(card, "direction").normal(0, 1, x.shape)
        change = (card(x + step * direction, axis=axis) - card(x - step * direction, axis=axis)) / (2 * step)
        assert math.isclose(np.sum(result * direction), np.sum(g * change), rel_tol=1e-6)
    with pytest.raises(ValueError, match="g has shape"):
        card.backward(np.ones((2, 2)), x)
    mask = np.array([True, True, False, True, False])
    result = card.backward(1.0 if card.reduces else np.ones(5), x[0, 0], where=mask)
    assert np.all(result[~mask] == 0)


@each_row
def test_a_gradient_that_is_not_finite_gives_nan_and_what_takes_no_part_is_not_looked_at(card):
    row, mask = np.array([0.5, 1.0, -inf, 7.0]), np.array([True, True, True, False])
    row = -row if card is ogive.softmin else row
    expected = card.backward(1.0 if card.reduces else np.array([1.0, 2.0, 0.0, 0.0]), row, where=mask)
    assert np.isfinite(expected).all() and not expected[2:].any()
    if card.reduces:
        assert np.isnan(card.backward(nan, row)[:2]).all() and np.array_equal(card.backward(inf, row), [inf, inf, 0, inf])
        return
    assert np.array_equal(card.backward(np.array([1.0, 2.0, nan, inf]), row, where=mask), expected)
    for wrong in (nan, inf, -inf):
        assert np.isnan(card.backward(np.array([1.0, wrong, 0, 0]), row, where=mask)[:2]).all()
    lost = np.full(2, inf if card is ogive.softmin else -inf)
    assert np.isnan(card.backward(np.ones(2), lost)).all() == card.has_empty  # hardmax is 0 there, and stays so


def test_softmin_is_the_softmax_of_the_negative():
    for dtype in DTYPES:
        x = rounded(rng("softmin", dtype).normal(0, 5, (20, 30)), dtype)
        g = rounded(rng("g", dtype).normal(0, 1, (20, 30)), dtype)
        assert np.array_equal(bits(ogive.softmin(x, temperature=0.5)), bits(ogive.softmax(-x, temperature=0.5)))
        assert np.array_equal(bits(ogive.softmin.backward(g, x)), bits(-ogive.softmax.backward(g, -x)))
    assert np.array_equal(ogive.softmin([inf, 3.0]), [0, 1]) and np.array_equal(ogive.softmin([-inf, -inf]), [0.5, 0.5])


# ── sparsemax and entmax15 ───────────────────────────────────────────────────────────────────────────────────────────────


def sparsemax_by_sorting(row):
    """Compute sparsemax as its authors do, in exact fractions."""
    numbers = [Fraction(float(v)) for v in row]
    total, threshold = Fraction(0), None
    for k, value in enumerate(sorted(numbers, reverse=True), 1):
        total += value
        if 1 + k * value > total:
            threshold = (total - 1) / k
    return [max(value - threshold, Fraction(0)) for value in numbers]


@each_dtype
@pytest.mark.parametrize("n", [2, 17, 300, 3000])
def test_sparsemax_is_the_rounded_fraction_of_the_sorting_algorithm(dtype, n):
    generator = rng("fractions", dtype, n)
    for row in (
        generator.normal(0, 1, n),
        generator.normal(0, 1 / n, n),
        generator.uniform(0, 1, n) ** 8,
        np.round(generator.normal(0, 2, n) * 4) / 4,
    ):
        x = rounded(row, dtype)
        for value, exact in zip(ogive.sparsemax(x), sparsemax_by_sorting(x), strict=True):
            assert abs(Fraction(float(value)) - exact) <= Fraction(51, 100) * Fraction(ulp(float(exact), dtype)), (value, exact)
            assert (value > 0) == (exact > 0) or exact < ulp(0.0, dtype)


@each_sparse
def test_the_support_is_decided_where_it_hangs_on_the_last_bit(card):
    """An entry one place above the threshold takes part, one at it or below does not; so with many such entries, and far from 0."""
    q = 1 if card is ogive.sparsemax else 2
    for top in (0.0, 1.0, -3.0, 1e-300, 2.0**-60, 1e6, 2.0**52):
        edge = top - q
        for copies in (1, 5, 2000):
            at, above, below = (np.append(top, np.full(copies, v)) for v in (edge, np.nextafter(edge, inf), np.nextafter(edge, -inf)))
            if Fraction(top) - Fraction(edge) >= q:
                assert np.array_equal(card(at), np.append(1.0, np.zeros(copies)))
            assert np.array_equal(card(below), np.append(1.0, np.zeros(copies)))
            if Fraction(top) - Fraction(float(above[-1])) < q:
                result = card(above)
                assert (result[-1] > 0 or edge == 0) and result[-1] < result[0] <= 1 and len(set(result[1:].tolist())) == 1
                exact = evaluate_row(card, above[:2]) if copies == 1 else None
                for value, truth in zip(result, exact or (), strict=False):
                    assert abs(ulp_error(value, truth, "float64")) <= 0.51


@each_sparse
def test_entries_far_below_the_last_place_of_the_threshold_keep_their_digits(card):
    q = 1 if card is ogive.sparsemax else 2
    for top in np.exp2([-200.0, -100.0, -80.0, -60.0]):  # top + q - top**3 is out of reach of two words
        for row in ([top, -q], [top, top / 2, -q], [top, -q, -q + 2.0**-52], [top, -q + 2.0**-50, *[-q] * 20]):
            for value, exact in zip(card(np.array(row, float)), evaluate_row(card, row), strict=True):
                assert abs(ulp_error(value, exact, "float64")) <= 0.51, (row, value, exact)


@each_sparse
def test_a_long_row_agrees_with_the_truth(card):
    row = rng(card, "truth").normal(0, 0.01, 1200)
    for value, exact in zip(card(row), evaluate_row(card, row), strict=True):
        assert abs(ulp_error(value, exact, "float64")) <= 0.51


# ── weights ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


@each_dtype
def test_weights_of_logsumexp(dtype):
    generator, fmt = rng("weights", dtype), format_of(dtype)
    for n in (1, 2, 7, 40):
        for spread in (0.1, 3, 300 if dtype in ("float64", "float32") else 30):
            x = rounded(generator.normal(0, spread, n), dtype)
            for scale in (1, 10, 0.9 * fmt.emax):
                w = rounded(np.exp2(generator.uniform(-scale, scale, n)), dtype)
                value = ogive.logsumexp(x, weights=w)
                exact = evaluate_row("logsumexp", x, weights=wide(w))[0]
                largest = max(float(np.abs(wide(x)).max()), float(np.abs(np.log(wide(w))).max()))
                assert abs(float(value) - float(exact)) <= max(
                    allowed(ogive.logsumexp, dtype) * ulp(float(exact), dtype), 0.1 * ulp(largest, dtype)
                ), (x, w)
                slope = ogive.logsumexp.backward(rounded(np.float64(-1.5), dtype)[()], x, weights=w)
                for got, right in zip(slope, evaluate_row("logsumexp", x, "backward", g=[-1.5], weights=wide(w)), strict=True):
                    assert abs(float(got) - float(right)) <= ulp(float(right), dtype)


def test_weights_obey_the_laws_of_rows():
    generator = rng("weights")
    x, w = generator.normal(0, 3, (4, 1500)), np.exp(generator.normal(0, 3, (4, 1500)))
    value, slope = ogive.logsumexp(x, weights=w), ogive.logsumexp.backward(np.arange(4.0), x, weights=w)
    order = generator.permutation(1500)
    assert np.array_equal(ogive.logsumexp(x[:, order], weights=w[:, order]), value)
    assert np.array_equal(ogive.logsumexp.backward(np.arange(4.0), x[:, order], weights=w[:, order]), slope[:, order])
    ones, bare = ogive.logsumexp(x, weights=np.ones(1500)), ogive.logsumexp(x)
    assert np.all(np.abs(ones - bare) <= np.spacing(bare)) and np.array_equal(ogive.logsumexp(x, weights=1), bare)
    assert np.array_equal(ogive.logsumexp(x, weights=2), ogive.logsumexp(x, weights=np.full(1500, 2.0)))
    none = w * (np.arange(1500) % 3 > 0)
    assert np.array_equal(ogive.logsumexp(x, weights=none), ogive.logsumexp(x, weights=w, where=none > 0))
    assert np.array_equal(ogive.logsumexp(x.T, axis=0, weights=w.T), value)
    assert ogive.logsumexp(x, axis=None, weights=w, keepdims=True).shape == (1, 1)
    assert ogive.logsumexp(x.astype("f"), weights=w.astype("f")).dtype == np.float32
    assert ogive.logsumexp(x.astype("f"), weights=0.5).dtype == np.float32
    cases = [([inf, 1.0], [0.0, 1.0], 1.0), ([inf, 1.0], [1.0, 1.0], inf), ([-inf, -inf], [1.0, 2.0], -inf), ([1.0, 2.0], [0.0, 0.0], -inf)]
    cases += [
        ([nan, 1.0], [1.0, 1.0], nan),
        ([1.0, 2.0], [nan, 1.0], nan),
        ([0.0, -2000.0], [0.0, 1.0], -2000.0),
        ([700.0, -700.0], [1e-300, 1e300], None),
    ]
    for row, weights, expected in cases:
        got = ogive.logsumexp(row, weights=weights)
        assert np.array_equal(
            got, float(evaluate_row("logsumexp", row, weights=weights)[0]) if expected is None else expected, equal_nan=True
        )


def test_weights_that_are_not_weights_are_refused():
    for wrong, message in (([1.0, -2.0], r"must not be negative or infinite, got -2\.0.*split it into"), ([1.0, inf], "got inf")):
        with pytest.raises(ValueError, match=message):
            ogive.logsumexp([1.0, 2.0], weights=wrong)
        with pytest.raises(ValueError, match=message):
            ogive.logsumexp.backward(1.0, [1.0, 2.0], weights=wrong)
    with pytest.raises(ValueError, match=r"weights= has shape \(3,\), which does not broadcast to x's \(2,\)"):
        ogive.logsumexp([1.0, 2.0], weights=[1.0, 1.0, 1.0])
    with pytest.raises(TypeError, match="weights= are real numbers, not complex128"):
        ogive.logsumexp([1.0, 2.0], weights=[1.0, 1j])
    with np.errstate(invalid="ignore"):
        assert np.isnan(ogive.ufunc.logsumexp([1.0, 2.0], [True, True], [1.0, -1.0]))


@pytest.mark.parametrize("card", [c for c in ROWS if not c.has_weights], ids=label)
def test_rows_without_weights_or_a_choice_for_empty_rows_say_so(card):
    with pytest.raises(TypeError, match="takes no weights=; add their logarithms"):
        card([1.0, 2.0], weights=[1.0, 2.0])
    if not card.has_empty:
        with pytest.raises(TypeError, match=r"takes no empty=.* give (zeros|-∞)"):
            card([1.0, 2.0], empty="zero")


# ── composed of elementwise functions ────────────────────────────────────────────────────────────────────────────────────


def pairs(card, dtype):
    """Return rows of even length, ordinary and wide, as the dtype holds them."""
    generator = rng(card, dtype, "pairs")
    found = [generator.normal(0, spread, 24) for spread in (0.5, 3, 20)] + [np.round(generator.normal(0, 2, 12))]
    return [rounded(row, dtype) for row in found]


@each_composed
@each_dtype
def test_composed_functions_keep_their_bounds(card, dtype):
    for row in pairs(card, dtype):
        result = card(row)
        assert result.dtype == row.dtype
        for value, exact in zip(result, evaluate_row(card, row), strict=True):
            assert abs(ulp_error(value, exact, dtype)) <= allowed(card, dtype), (value, exact)
        g = rounded(rng(card, "g").normal(0, 1, len(result)), dtype)
        for value, exact in zip(card.backward(g, row), evaluate_row(card, row, "backward", g=g), strict=True):
            assert abs(ulp_error(value, exact, dtype)) <= (2.5 if dtype == "float64" else 0.51), (value, exact)


@each_composed
def test_composed_functions_along_any_axis(card):
    x = rng(card, "axis").normal(0, 2, (4, 6, 2))
    for axis in (0, 1, 2, -1, -2, -3):
        y = card(x, axis=axis)
        moved = np.moveaxis(x, axis, -1)
        rows = np.stack([card(row) for row in moved.reshape(-1, moved.shape[-1])])
        assert np.array_equal(np.moveaxis(y, axis, -1).reshape(rows.shape), rows)
        g = rng(card, "g", axis).normal(0, 1, y.shape)
        slope = card.backward(g, x, axis=axis)
        assert slope.shape == x.shape
        step, direction = 1e-6, rng(card, "direction").normal(0, 1, x.shape)
        change = (card(x + step * direction, axis=axis) - card(x - step * direction, axis=axis)) / (2 * step)
        assert math.isclose(np.sum(slope * direction), np.sum(g * change), rel_tol=1e-6)
        out = np.empty_like(y)
        assert card(x, axis=axis, out=out) is out and np.array_equal(out, y)
        slopes = np.empty_like(x)
        assert card.backward(g, x, axis=axis, out=slopes) is slopes and np.array_equal(slopes, slope)


@each_composed
def test_composed_functions_take_what_the_others_take(card):
    for dtype in NUMBERS:
        ones = np.ones((2, 4), dtype)
        assert card(ones).dtype == np.exp(ones).dtype
    assert card(np.ones(4, np.float32), dtype="float64").dtype == np.float64
    assert np.isnan(card([nan, 1.0, 2.0, 3.0])).any() and np.isnan(card.backward(card([1.0] * 4), [nan, 1.0, 2.0, 3.0])).any()
    with np.errstate(all="raise"):
        for dtype in DTYPES:
            largest = format_of(dtype).largest
            x = np.array([largest, -largest, 1.0, largest, -largest, 2.0 ** (format_of(dtype).emin)]).astype(format_of(dtype).dtype)
            card(x), card.backward(np.ones_like(card(x)), x)
    with pytest.raises(AttributeError, match="composed of other activations"):
        assert card.ufunc
    with pytest.raises(ValueError, match="works along an axis"):
        card(1.0)
    with pytest.raises(ValueError, match=r"axis=2 does not fit an array of shape \(2, 4\)"):
        card(np.ones((2, 4)), axis=2)
    with pytest.raises(TypeError, match=r"takes whole numbers for .*axis=\(0, 1\)"):
        card(np.ones((2, 4)), axis=(0, 1))
    with pytest.raises(TypeError, match="unexpected or repeated arguments: temperature=2; it takes"):
        card(np.ones((2, 4)), temperature=2)
    with pytest.raises(ValueError, match="g has shape"):
        card.backward(np.ones(7), np.ones((2, 4)))
    with pytest.raises(ValueError, match="out= must be an array of shape"):
        card(np.ones((2, 4)), out=np.empty(3))
    if card.parts > 1:
        with pytest.raises(ValueError, match=r"(into|of) 2 (equal parts|neighbours); axis -1 of shape \(2, 3\) has length 3: (pad|choose)"):
            card(np.ones((2, 3)))


def test_maxout_of_any_groups():
    x = rng("maxout").normal(0, 1, (3, 12))
    for groups in (1, 2, 3, 4, 6, 12):
        y = ogive.maxout(x, groups)
        assert np.array_equal(y, [[max(row[i : i + groups]) for i in range(0, 12, groups)] for row in x])
        assert np.array_equal(ogive.maxout(x, groups=groups, axis=1), y)
        slope = ogive.maxout.backward(y, x, groups)
        assert np.array_equal(slope, np.where(x == np.repeat(y, groups, axis=1), x, 0))
    assert np.array_equal(ogive.maxout.backward([1.0], [2.0, 2.0]), [1, 0])
    for wrong, error, message in (
        (5, ValueError, "choose groups that divide it"),
        (0, ValueError, "groups of 0 neighbours"),
        (2.0, TypeError, "takes whole numbers"),
    ):
        with pytest.raises(error, match=message):
            ogive.maxout(x, wrong)
    with pytest.raises(TypeError, match="unexpected or repeated arguments: groups=2"):
        ogive.maxout(x, 2, groups=2)


# ── relatives ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_softmax_of_two_is_the_sigmoid():
    x = rng("two").normal(0, 10, 300)
    pairs = ogive.softmax(np.stack([x, np.zeros_like(x)], axis=-1))[:, 0]
    assert np.all(np.abs(pairs - ogive.sigmoid(x)) <= np.array([ulp(v, "float64") for v in ogive.sigmoid(x)]))
