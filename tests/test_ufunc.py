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
from inputs import CARDS, DTYPES, FORMS, NUMBERS, ROWS, bits, cast, label, line, required, rng, settings

import ogive
from ogive.truth.ulp import format_of, rounded

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
        defaults = [p.default for p in card.parameters]
        wanted = [(v, [*defaults[:i], v, *defaults[i + 1 :]]) for v in (0.25, 0.5, 2.0, 4.0)]
        values = np.array(
            [v for v, together in wanted if v in parameter.domain and (card.admits is None or card.admits(*together))], np.float32
        )
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
    if card.kind not in ("elementwise", "borrowed") and value is None:
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
        with pytest.raises(ValueError, match=r"\(3, 2\),.* \(3,\).* do not fit together"):
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
    held = []
    with ThreadPoolExecutor(1) as pool:
        while not held or (held[-1] >= 0.5 and len(held) < 5):  # a busy system may hold a thread up now and then; a lock does always
            seen, future = [time.perf_counter()], pool.submit(work, rows)
            while not future.done():
                time.sleep(0.001)
                seen.append(time.perf_counter())
            held.append(np.diff(seen).max() / future.result())
    assert held[-1] < 0.5
