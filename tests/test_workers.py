"""Several threads on one array: the same bits, the same manners, whatever their number."""

from __future__ import annotations

import os
import subprocess
import sys
import threading

import numpy as np
import pytest
from inputs import CARDS, DTYPES, FORMS, bits, cast, label, line, rng, settings

import ogive
from ogive import workers

COUNTS = (2, 3, 7, -1)


@pytest.fixture
def small(monkeypatch):
    """Let arrays of a hundred elements count as large."""
    monkeypatch.setattr(workers, "SMALL", 64)
    monkeypatch.setattr(workers, "GRAIN", 16)


def inputs_of(card, form, dtype, shape=(40, 25)):
    """Return the arrays of a form, with the special places among them."""
    generator = rng(card, form, dtype, "workers")
    arrays = [generator.choice(line(card, form, dtype), shape)]
    if form == "backward":
        arrays.insert(0, generator.choice(line(card, "value", dtype), shape))
    return arrays


def same(first, second):
    """Compare one result, or a pair of them, bit by bit."""
    pairs = zip(first, second, strict=True) if isinstance(first, tuple) else [(first, second)]
    return all(a.dtype == b.dtype and a.shape == b.shape and np.array_equal(bits(a), bits(b)) for a, b in pairs)


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(("card", "form"), FORMS, ids=label)
def test_the_bits_do_not_depend_on_the_number_of_workers(card, form, dtype):
    arrays = inputs_of(card, form, dtype)
    call = card.forms[form]
    for parameters in settings(card, form):
        held = cast(parameters, dtype)
        with np.errstate(all="ignore"):
            expected = call(*arrays, *held, workers=1)
            for count in COUNTS:
                assert same(call(*arrays, *held, workers=count), expected), count


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("card", CARDS, ids=label)
def test_out_where_and_dtype_hold_for_every_piece(card):
    (x,) = inputs_of(card, "value", "float32")
    mask = rng(card, "mask").random(x.shape) < 0.5
    with np.errstate(all="ignore"):
        expected, slope = card(x), card.derivative(x)
        for view in (slice(None), (slice(None), slice(None, None, -2)), (slice(3, None, 3),), (slice(None), slice(5, 6))):
            out = np.full_like(x, 9)
            assert np.shares_memory(card(x[view], out=out[view], where=mask[view], workers=3), out)
            right = np.full_like(x, 9)
            right[view] = np.where(mask[view], expected[view], right[view])
            assert np.array_equal(bits(out), bits(right))
        column, row = mask[:, :1], mask[:1]
        for part in (column, row):
            out = np.full_like(x, 9)
            assert card(x, out=out, where=part, workers=3) is out
            assert np.array_equal(bits(out), bits(np.where(part, expected, np.float32(9))))
        first, second = np.full_like(x, 9), np.full_like(x, 9)
        value, derivative = card.value_and_derivative(x, out=(first, None), workers=2)
        assert value is first and same(value, expected) and same(derivative, slope)
        card.value_and_derivative(x, out=(first, second), where=mask, workers=2)
        assert np.array_equal(bits(second), bits(np.where(mask, slope, np.float32(9))))
        wide = np.empty(x.shape)
        assert np.array_equal(bits(card(x, out=wide, workers=2)), bits(expected.astype(np.float64)))
        assert same(card(x, dtype="float64", workers=2), card(x, dtype="float64"))
        assert same(card(np.arange(200, dtype=">i4") % 2, workers=2), card(np.arange(200) % 2))
    with pytest.raises(TypeError, match="same_kind"):
        card(x, out=np.empty(x.shape, np.int64), workers=2)
    with pytest.raises(ValueError, match="do not fit together"):
        card(x, out=np.empty((40, 26)), workers=2)
    with pytest.raises(TypeError, match=r"takes real numbers .*complex"):
        card(x.astype(complex), workers=2)


@pytest.mark.usefixtures("small")
def test_inputs_and_parameters_broadcast():
    x, slope, g = (rng(what).normal(0, 1, shape) for what, shape in (("x", (30, 1, 7)), ("s", (1, 20, 1)), ("g", (20, 7))))
    for count in COUNTS:
        assert same(ogive.leaky_relu(x, slope, workers=count), ogive.leaky_relu(x, slope))
        assert same(ogive.leaky_relu.backward(g, x, slope, workers=count), ogive.leaky_relu.backward(g, x, slope))
        assert same(ogive.leaky_relu.backward(2, x, slope=slope, workers=count), ogive.leaky_relu.backward(2, x, slope=slope))
        assert same(ogive.leaky_relu(0.5, np.ones(300), workers=count), ogive.leaky_relu(0.5, np.ones(300)))
        mask = np.arange(300) % 3 == 0  # more of it than of x, as NumPy allows
        out = np.zeros(300)
        assert np.array_equal(ogive.sigmoid(0.0, where=mask, out=out, workers=count), mask / 2)
        assert np.array_equal(ogive.sigmoid(np.zeros(1), where=mask, workers=count)[mask], np.full(100, 0.5))


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0), (2, 0, 1)])
def test_the_memory_layout_is_the_ufuncs_own(order):
    x = rng("layout").normal(0, 3, (6, 7, 8)).transpose(order)
    for array in (x, x[::-1], x[:, ::2], np.broadcast_to(x[:1], (9, *x.shape[1:]))):
        expected = ogive.ufunc.sigmoid(array)
        result = ogive.sigmoid(array, workers=3)
        assert same(result, expected) and result.strides == expected.strides


@pytest.mark.usefixtures("small")
def test_an_output_may_overlap_an_input():
    x = rng("overlap").normal(0, 3, 1000)
    expected = ogive.sigmoid(x)
    for count in COUNTS:
        once = x.copy()
        assert ogive.sigmoid(once, out=once, workers=count) is once and same(once, expected)
        ahead, back, turned = x.copy(), x.copy(), x.copy()
        assert same(ogive.sigmoid(ahead[:-1], out=ahead[1:], workers=count), expected[:-1])
        assert same(ogive.sigmoid(back[1:], out=back[:-1], workers=count), expected[1:])
        assert same(ogive.sigmoid(turned[::-1], out=turned, workers=count), expected[::-1])
        both = x.copy()
        ogive.sigmoid.value_and_derivative(both, out=(both, np.empty_like(both)), workers=count)
        assert same(both, expected)
        square = x[:900].reshape(30, 30).copy()
        assert same(ogive.leaky_relu(square, square[0], out=square, workers=count), ogive.leaky_relu(x[:900].reshape(30, 30), x[:30]))


# ── threads ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


class Meeting:
    """A floating-point handler at which as many threads as are expected must arrive at the same time."""

    def __init__(self, size):
        self.barrier, self.seen, self.kinds = threading.Barrier(size, timeout=60), set(), set()

    def __call__(self, kind, flag):
        self.seen.add(threading.get_ident())
        self.kinds.add(kind)
        self.barrier.wait()


@pytest.mark.parametrize("size", [1, 2, 3])
def test_as_many_threads_as_were_asked_for_share_a_large_array_under_the_callers_errstate(size, monkeypatch):
    monkeypatch.setattr(workers, "PIECES", 1)
    meeting = Meeting(size)
    x = np.full(size << 17, 2.0)
    with np.errstate(invalid="call", call=meeting):
        result = ogive.logit(x, workers=size)
    assert np.isnan(result).all()
    assert len(meeting.seen) == size and threading.get_ident() in meeting.seen and meeting.kinds == {"invalid value"}
    again = Meeting(size)
    with np.errstate(invalid="call", call=again), ogive.set_workers(size):
        ogive.logit(x)
    assert len(again.seen) == size


@pytest.mark.usefixtures("small")
def test_an_ordinary_array_stays_in_the_callers_thread():
    seen = set()
    with np.errstate(invalid="call", call=lambda *_: seen.add(threading.get_ident())):
        ogive.logit(np.full(63, 2.0), workers=4)
        ogive.logit(np.ma.array(np.full(1000, 2.0)), workers=4)
        ogive.logit(np.full(1000, 2.0), workers=1)
    assert seen == {threading.get_ident()}


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("place", [0, 500, 999])
def test_warnings_and_exceptions_reach_the_caller(place):
    x = np.full(1000, 0.5)
    x[place] = 2
    for count in COUNTS:
        with pytest.warns(RuntimeWarning, match="invalid value encountered in logit"):
            ogive.logit(x, workers=count)
        with np.errstate(invalid="raise"), pytest.raises(FloatingPointError, match="invalid value encountered in logit"):
            ogive.logit(x, workers=count)
        with np.errstate(invalid="ignore"):
            assert np.isnan(ogive.logit(x, workers=count)[place])

    def fail(kind, flag):
        raise KeyError(kind)

    with np.errstate(invalid="call", call=fail), pytest.raises(KeyError, match="invalid value"):
        ogive.logit(x, workers=3)
    assert same(ogive.logit(np.full(1000, 0.5), workers=3), np.zeros(1000))


def test_a_forked_process_has_threads_of_its_own():
    if not hasattr(os, "fork"):
        pytest.skip("there is no fork here")
    code = """
import os, numpy, ogive
x = numpy.linspace(-9, 9, 1 << 18)
y = ogive.sigmoid(x, workers=2)
child = os.fork()
if not child:
    os._exit(0 if numpy.array_equal(ogive.sigmoid(x, workers=2), y) else 1)
assert os.waitpid(child, 0)[1] == 0
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)


# ── the setting ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_setting_lasts_for_good_or_for_a_block():
    assert ogive.get_workers() == 1
    try:
        ogive.set_workers(3)
        assert ogive.get_workers() == 3
        with ogive.set_workers(2), pytest.raises(ZeroDivisionError), ogive.set_workers(-1):
            assert ogive.get_workers() == workers.cores()
            raise ZeroDivisionError
        assert ogive.get_workers() == 3
        elsewhere = []
        other = threading.Thread(target=lambda: elsewhere.append(ogive.get_workers()))
        other.start()
        other.join()
        assert elsewhere == [1], "the setting belongs to its context"
    finally:
        ogive.set_workers(1)


@pytest.mark.parametrize("wrong", [0, -10_000])
def test_a_count_that_leaves_no_thread_is_refused(wrong):
    message = rf"workers={wrong} leaves no thread; give 1 or more, or -1 for all \d+ cores"
    for call in (ogive.set_workers, lambda n: ogive.sigmoid([0.5], workers=n), lambda n: ogive.step([0.5], dtype=int, workers=n)):
        with pytest.raises(ValueError, match=message):
            call(wrong)
    assert ogive.get_workers() == 1


@pytest.mark.parametrize("wrong", [1.5, "two", [2]])
def test_a_count_that_is_no_integer_is_refused(wrong):
    for call in (ogive.set_workers, lambda n: ogive.sigmoid([0.5], workers=n)):
        with pytest.raises(TypeError, match="is not an integer; give a number of threads, or -1 for all cores"):
            call(wrong)
    with pytest.raises(TypeError, match="workers=None"):
        ogive.set_workers(None)


# ── what is not split ────────────────────────────────────────────────────────────────────────────────────────────────────


class Recorder:
    """Not an array, but a speaker of the protocol."""

    def __array_ufunc__(self, function, method, *inputs, **options):
        return function.__name__, method, sorted(options)


@pytest.mark.usefixtures("small")
def test_containers_go_their_own_way():
    x = rng("containers").normal(0, 3, (20, 30))
    expected = ogive.sigmoid(x)
    assert ogive.sigmoid(Recorder(), workers=2) == ("sigmoid", "__call__", [])
    masked = ogive.sigmoid(np.ma.array(x, mask=x > 1), workers=2)
    assert isinstance(masked, np.ma.MaskedArray) and np.array_equal(masked.mask, x > 1)
    pd = pytest.importorskip("pandas")
    frame = ogive.sigmoid(pd.DataFrame(x), workers=2)
    assert isinstance(frame, pd.DataFrame) and np.array_equal(frame.to_numpy(), expected)
    da = pytest.importorskip("dask.array")
    lazy = ogive.sigmoid(da.from_array(x, chunks=(10, 10)), workers=2)
    assert isinstance(lazy, da.Array) and np.array_equal(lazy.compute(), expected)


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("dtype", DTYPES)
def test_the_quick_way_of_plain_calls_gives_what_the_long_way_gives(dtype):
    for card, form in FORMS:
        if form != "backward":
            call, (x,) = card.forms[form], inputs_of(card, form, dtype, (5,))
            with np.errstate(all="ignore"):
                for array in (x, x[0], x[::2], np.asarray(x[1]), float(x[0])):
                    expected = call(array, workers=1)
                    for _ in range(2):  # the first call of a dtype prepares the second
                        result = call(array)
                        assert type(result) is type(expected)
                        assert same(result, expected)
