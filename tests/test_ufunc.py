"""The cards' calls are real ufuncs: everything NumPy's own maths functions do with arrays, they do."""

from __future__ import annotations

import math
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from inputs import CARDS, DTYPES, FORMS, ROWS, bits, cast, label, line, required, rng, settings

import ogive
from ogive.truth.reference import evaluate_row
from ogive.truth.ulp import format_of, rounded, ulp, ulp_error

inf, nan = math.inf, math.nan

each_card = pytest.mark.parametrize("card", CARDS, ids=label)
each_row = pytest.mark.parametrize("card", ROWS, ids=label)
each_dtype = pytest.mark.parametrize("dtype", DTYPES)
TWO_INPUTS = sorted(
    {card.forms[form].ufunc for card, form in FORMS if card.forms[form].ufunc.nin == 2 and card.forms[form].ufunc.nout == 1}, key=str
)
each_of_two_inputs = pytest.mark.parametrize("function", TWO_INPUTS, ids=lambda f: f.__name__)


def inside(card, size, dtype="float64", low=-3.0, high=3.0):
    """Return numbers in the domain of a card."""
    low, high = max(low, card.domain.low + 0.01), min(high, card.domain.high - 0.01)
    return rounded(rng(card, size, dtype).uniform(low, high, size), dtype)


# ── out=, where=, dtype=, broadcasting ───────────────────────────────────────────────────────────────────────────────────


@each_card
def test_out_is_written_and_returned(card):
    x = inside(card, (5, 7))
    expected = card(x)
    out = np.empty_like(x)
    assert card(x, out=out) is out and np.array_equal(out, expected)
    assert card(x, out=(out,)) is out
    spread = np.zeros((10, 14))
    card(x, out=spread[::2, 1::2])
    assert np.array_equal(spread[::2, 1::2], expected) and not spread[1::2].any()
    first, second = np.empty_like(x), np.empty_like(x)
    value, derivative = card.value_and_derivative(x, out=(first, second))
    assert value is first and derivative is second
    narrow = x.astype(np.float32)
    wide = np.empty(x.shape)
    assert np.array_equal(card(narrow, out=wide), card(narrow).astype(np.float64))
    with pytest.raises(TypeError, match="same_kind"):
        card(x, out=np.empty(x.shape, np.int64))
    with pytest.raises(ValueError, match=r"\(5, 7\),.* \(5, 8\) do not fit together"):
        card(x, out=np.empty((5, 8)))


@each_card
@each_dtype
def test_where_computes_these_elements_and_no_others(card, dtype):
    """The loop gets its arguments again for every stretch of the mask: it must not advance them itself."""
    x = inside(card, (40, 50), dtype)
    mask = rng(card, "mask").random((40, 50)) < 0.5
    with np.errstate(all="ignore"):
        for view in (slice(None), (slice(None), slice(None, None, 2)), (slice(None, None, -1), slice(3, None, 3))):
            expected = card(x[view])
            out = np.full_like(x, 99)
            card(x[view], where=mask[view], out=out[view])
            assert np.array_equal(bits(out[view]), bits(np.where(mask[view], expected, np.asarray(99, x.dtype))))
        first, second = np.full_like(x, 9), np.full_like(x, 9)
        card.value_and_derivative(x, where=mask, out=(first, second))
        assert np.array_equal(first[mask], card(x)[mask]) and np.all(second[~mask] == 9)
        column = mask[:, :1]
        out = np.full_like(x, 99)
        card(x, where=column, out=out)
        assert np.array_equal(bits(out), bits(np.where(column, card(x), np.asarray(99, x.dtype))))


@each_card
def test_dtype_chooses_the_loop(card):
    x = inside(card, 20, "float16")
    for dtype in ("float32", "float64"):
        result = card(x, dtype=dtype)
        assert result.dtype == dtype
        assert np.array_equal(bits(result), bits(card(x.astype(dtype), *cast(settings(card, "value")[0], "float16"))))
    for wrong in (np.complex128, "U5", np.longdouble):
        with pytest.raises(TypeError, match=f"ogive.{card.name} computes in float16, bfloat16, float32, float64, not"):
            card(x, dtype=wrong)


@each_card
def test_parameters_broadcast_and_keep_the_dtype(card):
    x = inside(card, (4, 1), "float32")
    for i, parameter in enumerate(card.parameters):
        values = np.array([v for v in (0.25, 0.5, 2.0, 4.0) if v in parameter.domain], np.float32)
        result = card(x, **{parameter.name: values})
        assert result.shape == (4, len(values)) and result.dtype == np.float32
        for j, value in enumerate(values):
            assert np.array_equal(bits(result[:, j]), bits(card(x[:, 0], **{parameter.name: value})))
            assert np.array_equal(bits(result[:, j]), bits(card(x[:, 0], *[p.default for p in card.parameters[:i]], float(value))))
        assert card(x, 0.1 if 0.1 in parameter.domain else 1).dtype == np.float32, "a Python number does not widen"
        assert card(x.astype(np.float16), np.full(1, 0.5)).dtype == np.float64, "an array does, as in NumPy"
        with pytest.raises(TypeError, match=f"takes {', '.join(p.name for p in card.parameters)}"):
            card(x, *[0.5] * (len(card.parameters) + 1))
        with pytest.raises(TypeError, match="unexpected or repeated parameter"):
            card(x, 0.5, **{card.parameters[0].name: 0.5})
    if not card.parameters:
        with pytest.raises(TypeError, match="takes no parameters"):
            card(x, slope=1.0)


@each_of_two_inputs
@each_dtype
def test_reduce_accumulate_outer_and_at_are_the_python_loop(function, dtype):
    fmt = format_of(dtype)
    a = rounded(rng(function.__name__, dtype).uniform(0.1, 0.9, (6, 5)), dtype)
    running = [a[0]]
    with np.errstate(all="ignore"):
        for row in a[1:]:
            running.append(function(running[-1], row))
        assert np.array_equal(bits(function.reduce(a)), bits(running[-1]))
        assert np.array_equal(bits(function.accumulate(a)), bits(np.stack(running)))
        assert np.array_equal(bits(function.reduce(a, axis=1)), bits(function.reduce(np.ascontiguousarray(a.T))))
        assert np.array_equal(bits(function.outer(a[0], a[1])), bits(function(a[0][:, None], a[1][None])))
        assert np.array_equal(bits(function.reduceat(a, [0, 3])), bits(np.stack([function.reduce(a[:3]), function.reduce(a[3:])])))
        target, index = a[0].copy(), [0, 2, 0]
        function.at(target, index, np.asarray([0.5, 0.25, 0.75], fmt.dtype))
        expected = a[0].copy()
        for i, v in zip(index, (0.5, 0.25, 0.75), strict=True):
            expected[i] = function(expected[i], np.asarray(v, fmt.dtype)[()])
    assert np.array_equal(bits(target), bits(expected))


# ── what goes in ─────────────────────────────────────────────────────────────────────────────────────────────────────────

NUMBERS = [
    "bool",
    *(f"{sign}int{size}" for sign in ("", "u") for size in (8, 16, 32, 64)),
    "float16",
    "float32",
    "float64",
    ">f2",
    ">f4",
    ">f8",
    ">i2",
    ">u4",
]


@each_card
@pytest.mark.parametrize("dtype", NUMBERS)
def test_dtypes_resolve_as_in_numpys_own_maths(card, dtype):
    x = np.ones(3, dtype)
    with np.errstate(all="ignore"):
        result = card(x)
        assert result.dtype == np.exp(x).dtype
        assert np.array_equal(bits(result), bits(card(x.astype(result.dtype))))
        assert card.derivative(x).dtype == result.dtype
        assert card.backward(x, x).dtype == result.dtype


@each_card
def test_scalars_lists_and_empty_arrays(card):
    with np.errstate(all="ignore"):
        expected = card(np.array([0.25, 0.5]))
        assert isinstance(card(0.25), np.float64) and card(0.25) == expected[0]
        assert isinstance(card(np.float32(0.25)), np.float32)
        assert isinstance(card(1), np.float64) and isinstance(card(True), np.float16)
        assert np.array_equal(card([0.25, 0.5]), expected) and np.array_equal(card((0.25, 0.5)), expected)
        assert card(np.array(0.25)).shape == ()
        for shape in ((0,), (3, 0), (0, 4, 2)):
            assert card(np.empty(shape, np.float32)).shape == shape


REFUSED = {
    "complex128": (np.ones(2, complex), "take .real, .imag or abs"),
    "complex64": (np.ones(2, np.complex64), "take .real, .imag or abs"),
    "object": (np.ones(2, object), r"np.asarray\(x, dtype=float\)"),
    "string": (np.array(["1", "2"]), r"np.asarray\(x, dtype=float\)"),
    "bytes": (np.array([b"1", b"2"]), r"np.asarray\(x, dtype=float\)"),
    "list of strings": (["a"], r"np.asarray\(x, dtype=float\)"),
    "longdouble": (np.ones(2, np.longdouble), r"x.astype\(np.float64\)"),
    "datetime64": (np.array(["2020"], "M8[Y]"), "convert"),
    "None": (None, r"np.asarray\(x, dtype=float\)"),
}


@pytest.mark.parametrize("card", ogive.CATALOGUE.values(), ids=label)
@pytest.mark.parametrize("what", REFUSED)
def test_what_is_not_real_is_refused_with_a_way_out(card, what):
    value, way_out = REFUSED[what]
    if card.kind in ("vectorwise", "loss") and value is None:
        value = [None, None]
    with pytest.raises(TypeError, match=f"ogive.{card.name} takes real numbers .*{way_out}"):
        card(value, *required(card))
    if card.kind == "elementwise":
        with pytest.raises(TypeError):
            card.ufunc(value, *settings(card, "value")[0])


@each_card
def test_shapes_that_do_not_fit_are_named(card):
    x = inside(card, (3, 2))
    with pytest.raises(ValueError, match=rf"ogive.{card.name}.backward: shapes \(4,\), \(3, 2\).* do not fit together"):
        card.backward(np.ones(4), x)
    for parameter in card.parameters:
        with pytest.raises(ValueError, match=r"\(3, 2\), \(3,\) do not fit together"):
            card(x, **{parameter.name: np.ones(3)})


def test_step_gives_the_integers_of_the_textbooks():
    for card in CARDS:
        if card.integer_valued:
            result = card(np.array([-1.0, 0.0, 2.0]), dtype=int)
            assert result.dtype == np.dtype(int) and set(result) <= {-1, 0, 1}
            with pytest.raises(ValueError, match="cannot hold nan or a fraction"):
                card([1.0, nan], dtype=int)
            with pytest.raises(TypeError, match="give out= or an integer dtype="):
                card([1.0], dtype=int, out=np.empty(1))
        else:
            with pytest.raises(TypeError, match="computes in"):
                card([0.5], dtype=int)


# ── containers ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@each_card
def test_pandas_keeps_series_and_frames(card):
    pd = pytest.importorskip("pandas")
    series = pd.Series(inside(card, 5), index=list("abcde"), name="score")
    result = card(series)
    assert isinstance(result, pd.Series) and result.name == "score" and list(result.index) == list("abcde")
    assert np.array_equal(result.to_numpy(), card(series.to_numpy()))
    frame = pd.DataFrame({"u": inside(card, 3), "v": inside(card, 3)[::-1]})
    result = card.derivative(frame)
    assert isinstance(result, pd.DataFrame) and list(result.columns) == ["u", "v"]
    assert np.array_equal(result.to_numpy(), card.derivative(frame.to_numpy()))
    value, derivative = card.value_and_derivative(series)
    assert isinstance(value, pd.Series) and isinstance(derivative, pd.Series)


@each_card
def test_polars_keeps_series(card):
    pl = pytest.importorskip("polars")
    values = inside(card, 5)
    result = card(pl.Series("score", values))
    assert isinstance(result, pl.Series) and result.name == "score"
    assert np.array_equal(result.to_numpy(), card(values))


@each_card
def test_xarray_keeps_dimensions_and_coordinates(card):
    xr = pytest.importorskip("xarray")
    values = inside(card, (2, 3))
    array = xr.DataArray(values, dims=("row", "column"), coords={"column": [10, 20, 30]})
    result = card(array)
    assert isinstance(result, xr.DataArray) and result.dims == ("row", "column") and list(result.column) == [10, 20, 30]
    assert np.array_equal(result.to_numpy(), card(values))


@each_card
def test_dask_stays_lazy_and_chunked(card):
    da = pytest.importorskip("dask.array")
    values = inside(card, (6, 8), "float32")
    lazy = card(da.from_array(values, chunks=(3, 4)))
    assert isinstance(lazy, da.Array) and lazy.chunks == ((3, 3), (4, 4)) and lazy.dtype == np.float32
    assert np.array_equal(lazy.compute(), card(values))


class Tagged(np.ndarray):
    """An array with a name, passed on to what is computed from it."""

    tag = ""

    def __array_finalize__(self, source):
        self.tag = getattr(source, "tag", "")


class Recorder:
    """Not an array, but a speaker of the protocol."""

    def __array_ufunc__(self, function, method, *inputs, **options):
        return function.__name__, method, len(inputs), sorted(options)


@each_card
def test_subclasses_and_the_protocol(card):
    x = inside(card, (2, 3))
    tagged = x.view(Tagged)
    tagged.tag = "logits"
    result = card(tagged)
    assert type(result) is Tagged and result.tag == "logits"
    masked = np.ma.array(x, mask=[[0, 1, 0], [0, 0, 1]])
    result = card(masked)
    assert isinstance(result, np.ma.MaskedArray) and np.array_equal(result.mask, masked.mask)
    assert np.array_equal(result.compressed(), card(masked.compressed()))
    takes = card.ufunc.nin
    assert card(Recorder()) == (card.name, "__call__", takes, [])
    assert card.derivative(Recorder(), dtype="float32") == (f"{card.name}_derivative", "__call__", takes, ["dtype"])


@pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")
@each_card
def test_matrix_stays_matrix(card):
    x = np.matrix(inside(card, (2, 3)))
    assert isinstance(card(x), np.matrix)
    assert np.array_equal(card(x), card(np.asarray(x)))


# ── memory ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


@each_card
@each_dtype
def test_in_place_and_overlapping_memory(card, dtype):
    x = inside(card, 1000, dtype)
    expected = card(x)
    own = x.copy()
    assert card(own, out=own) is own and np.array_equal(bits(own), bits(expected))
    for shift in (1, 7, 300):
        buffer = np.concatenate([x, x[:shift]])
        card(buffer[:-shift], out=buffer[shift:])
        assert np.array_equal(bits(buffer[shift:]), bits(expected))
        buffer = np.concatenate([x[:shift], x])
        card(buffer[shift:], out=buffer[:-shift])
        assert np.array_equal(bits(buffer[:-shift]), bits(expected))
    turned = x.copy()
    card(turned, out=turned[::-1])
    assert np.array_equal(bits(turned[::-1]), bits(expected))
    frozen = x.copy()
    frozen.flags.writeable = False
    assert np.array_equal(bits(card(frozen)), bits(expected))
    with pytest.raises(ValueError, match="read-only"):
        card(x, out=frozen)


@hypothesis_settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_any_view_gives_the_bits_of_its_copy(data):
    """Shapes, strides, axis orders, dtypes and broadcast axes, as hypothesis finds them."""
    card, form = data.draw(st.sampled_from([(c, f) for c, f in FORMS if f != "value_and_derivative"]), label="form")
    dtype = data.draw(st.sampled_from(DTYPES), label="dtype")
    shape = data.draw(hnp.array_shapes(max_dims=4, max_side=9), label="shape")
    pool = line(card, form, dtype)
    x = pool[rng(card, form, dtype).integers(0, len(pool), shape)]
    index = data.draw(hnp.basic_indices(shape, allow_newaxis=True, allow_ellipsis=True), label="index")
    view = x[index]
    if isinstance(view, np.ndarray):
        view = view.transpose(data.draw(st.permutations(range(view.ndim)), label="axes"))
        if data.draw(st.booleans(), label="broadcast"):
            view = np.broadcast_to(view, (3, *view.shape))
    arrays = [view] * card.forms[form].arrays
    parameters = cast(settings(card, form)[0], dtype)
    function = card.forms[form].ufunc
    with np.errstate(all="ignore"):
        got = function(*arrays, *parameters)
        expected = function(*(np.array(a, copy=True, order="C") for a in arrays), *parameters)
    assert got.shape == np.shape(view) and got.dtype == format_of(dtype).dtype
    assert np.array_equal(bits(got), bits(expected))


@each_card
def test_threads_get_the_same_bits(card):
    x = inside(card, 200_000, "float32")
    expected = bits(card(x))
    with ThreadPoolExecutor(4) as pool:
        for result in pool.map(lambda _: card(x), range(8)):
            assert np.array_equal(bits(result), expected)


@each_card
def test_the_loops_release_the_lock(card):
    """While another thread computes for a while, this one goes on: it is never held up for half of that while."""
    parameters, x = settings(card, "value")[0], inside(card, 1000)
    memory = np.empty_like(x)

    def work(rows):
        """Compute rows of numbers, all onto the same one: time without memory."""
        start = time.perf_counter()
        card.ufunc(np.broadcast_to(x, (rows, 1000)), *parameters, out=np.lib.stride_tricks.as_strided(memory, (rows, 1000), (0, 8)))
        return time.perf_counter() - start

    rows = int(2000 * 0.3 / work(2000)) + 1
    with ThreadPoolExecutor(1) as pool:
        seen, future = [time.perf_counter()], pool.submit(work, rows)
        while not future.done():
            time.sleep(0.001)
            seen.append(time.perf_counter())
    assert np.diff(seen).max() < 0.5 * future.result()


# ── softmax and its family ───────────────────────────────────────────────────────────────────────────────────────────────


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
        "tiny": [1e-300, 2e-300, -1e-300],
        "huge": [1e300, -1e300, 9.9e299] if dtype == "float64" else [6e4, -6e4, 5.9e4],
    }
    return {name: rounded(np.asarray(row), dtype) for name, row in rows.items()}


@each_row
@each_dtype
@pytest.mark.parametrize("name", hard_rows("float64"))
def test_every_element_is_accurate_on_rows_that_peers_get_wrong(card, dtype, name):
    row = hard_rows(dtype)[name]
    bound = card.bound.float64 if dtype == "float64" else 0.51
    with np.errstate(all="raise"):
        result = np.atleast_1d(card(row))
    for value, exact in zip(result, evaluate_row(card, row), strict=True):
        assert abs(ulp_error(value, exact, dtype)) <= bound, (value, exact)


@each_row
@each_dtype
def test_order_does_not_matter_bit_for_bit(card, dtype):
    generator = rng(card, dtype, "order")
    for name, row in hard_rows(dtype).items():
        result = np.atleast_1d(card(row))
        for _ in range(5):
            order = generator.permutation(len(row))
            again = np.atleast_1d(card(row[order]))
            assert np.array_equal(bits(again), bits(result if card.reduces else result[order])), name


POLICY = [
    # row, mask, softmax, log_softmax, logsumexp
    ([0.0, nan, 1.0], None, [nan] * 3, [nan] * 3, nan),
    ([inf, nan], None, [nan] * 2, [nan] * 2, nan),
    ([-inf, -inf], None, [nan] * 2, [nan] * 2, -inf),
    ([0.0, 1.0], [False, False], [nan] * 2, [nan] * 2, -inf),
    ([-inf, 5.0], [True, False], [nan] * 2, [nan] * 2, -inf),
    ([], None, [], [], -inf),
    ([inf, 3.0, inf, -inf], None, [0.5, 0, 0.5, 0], [-math.log(2), -inf, -math.log(2), -inf], inf),
    ([inf, 3.0], None, [1, 0], [0, -inf], inf),
    ([inf, 3.0], [False, True], [0, 1], [-inf, 0], 3.0),
    ([nan, 3.0], [False, True], [0, 1], [-inf, 0], 3.0),
    ([-inf, 3.0], None, [0, 1], [-inf, 0], 3.0),
    ([7.0], None, [1], [0], 7.0),
    ([1e300, -1e300], None, [1, 0], [0, -2e300], 1e300),
]


@pytest.mark.parametrize(
    ("row", "mask", "softmax", "log_softmax", "logsumexp"), POLICY, ids=[f"{row} {mask or ''}" for row, mask, *_ in POLICY]
)
@each_dtype
def test_policy_for_rows_that_are_not_ordinary(row, mask, softmax, log_softmax, logsumexp, dtype):
    if dtype in ("float16",):
        row = [math.copysign(6e4, v) if 6e4 < abs(v) < inf else v for v in row]
        log_softmax = [v if abs(v) < 1e5 or v != v else -inf for v in log_softmax]
        logsumexp = 6e4 if 1e5 < logsumexp < inf else logsumexp
    x = rounded(np.array(row), dtype)
    with np.errstate(over="ignore"):
        for card, expected in ((ogive.softmax, softmax), (ogive.log_softmax, log_softmax), (ogive.logsumexp, logsumexp)):
            got = np.asarray(card(x, where=mask))
            assert got.dtype == x.dtype
            assert np.array_equal(got, rounded(np.array(expected, float), dtype), equal_nan=True), card.name


def test_degenerate_rows_give_zeros_or_shares_on_request():
    rows = np.array([[-inf, -inf, -inf, -inf], [0.0, 1.0, 2.0, 3.0]])
    ordinary = ogive.softmax(rows[1])
    assert np.array_equal(ogive.softmax(rows, empty="zero"), [[0] * 4, ordinary])
    assert np.array_equal(ogive.softmax(rows, empty="uniform"), [[0.25] * 4, ordinary])
    assert np.array_equal(ogive.log_softmax(rows, empty="zero")[0], [-inf] * 4)
    assert np.array_equal(ogive.log_softmax(rows, empty="uniform")[0], [-math.log(4)] * 4)
    half = [True, True, False, False]
    assert np.array_equal(ogive.softmax(rows[0], where=half, empty="uniform"), [0.5, 0.5, 0, 0])
    with pytest.raises(ValueError, match="empty='nothing' is unknown"):
        ogive.softmax(rows, empty="nothing")


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


def test_softmax_of_two_is_the_sigmoid():
    x = rng("two").normal(0, 10, 300)
    pairs = ogive.softmax(np.stack([x, np.zeros_like(x)], axis=-1))[:, 0]
    assert np.all(np.abs(pairs - ogive.sigmoid(x)) <= np.array([ulp(v, "float64") for v in ogive.sigmoid(x)]))
