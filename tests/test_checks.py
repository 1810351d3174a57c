"""The checks beside the error find what they are for, and find nothing where all is well."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys

import numpy as np
import pytest

import ogive
from ogive.audit import checks, dialects, ufuncs
from ogive.audit.checks import check
from ogive.audit.patience import TargetError, subnormals
from ogive.audit.question import Question, from_bits
from ogive.audit.targets import resolve
from ogive.truth.reference import evaluate
from ogive.truth.ulp import format_of, neighbours, ordinal, ulp_error

TINY = np.finfo(np.float32).tiny
# a ufunc has a child of its own; where that is not what is tested, a function around it has none


def found(f, function, form="value", dtype="float32", parameters=None, **options):
    """Return what is found, by kind."""
    question = Question(function, form, dtype, parameters or {})
    findings = check(resolve(f, question.form, question.dtype), question, **options)
    kinds = [finding.kind for finding in findings]
    assert len(set(kinds)) == len(kinds), "one finding a kind"
    for finding in findings:
        assert finding.says and finding.reproducer, finding
        compile(finding.reproducer, finding.kind, "exec")
    return dict(zip(kinds, findings, strict=True))


def run(program):
    """Run a reproducer in a process of its own, as pasted."""
    paths = os.pathsep.join([*sys.path, os.getcwd()])
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=os.environ | {"PYTHONPATH": paths})


# ── nothing where all is well ────────────────────────────────────────────────────────────────────────────────────────────

OWN = [
    ("sigmoid", "value"),
    ("sigmoid", "second_derivative"),
    ("sigmoid", "inverse"),
    ("tanh", "derivative"),
    ("erf", "inverse"),
    ("log_sigmoid", "value"),
    ("normal_cdf", "complement"),
    ("gumbel_cdf", "log"),
    ("hard_tanh", "derivative"),
    ("hard_shrink", "value"),
    ("sign", "value"),
    ("step", "value"),
    ("leaky_relu", "derivative_slope"),
    ("softplus", "inverse"),
    ("silu", "value"),
    ("gelu_tanh", "value"),
    ("mish", "second_derivative"),
    ("exp", "value"),
    ("logit", "value"),
    ("erfinv", "value"),
    ("log1mexp", "inverse"),
    ("softmax", "value"),
    ("logsumexp", "value"),
    ("hardmax", "value"),
    ("geglu", "value"),
    ("crelu", "value"),
]


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64"])
@pytest.mark.parametrize(("name", "form"), OWN, ids=" ".join)
def test_nothing_is_found_in_what_is_right(name, form, dtype):
    call = ogive.get(name).forms[form]
    assert found(lambda x: call(x), name, form, dtype) == {}


@pytest.mark.parametrize(
    ("name", "parameters"), [("elu", {"alpha": 0.3}), ("hard_tanh", {"low": -0.5, "high": 2.0}), ("swish", {"beta": -1.0})]
)
def test_parameters_are_followed(name, parameters):
    assert found(lambda x: ogive.get(name)(x, **parameters), name, parameters=parameters) == {}


def test_nothing_is_found_in_a_ufunc_that_is_right():
    assert found(ogive.ufunc.erfinv, "erfinv", dtype="bfloat16") == {}


@pytest.mark.parametrize(("name", "function"), [("ndtr", "normal_cdf"), ("logit", "logit"), ("erfinv", "erfinv")])
def test_nothing_is_found_in_another_correctly_rounded_library(name, function):
    crdistr = pytest.importorskip("crdistr")
    assert found(getattr(crdistr, name), function) == {}


# ── special places ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_limits_are_looked_at():
    def softsign(x):
        return x / (1 + np.abs(x))

    limit = found(softsign, "softsign")["limit"]
    assert limit.count == 2 and limit.x == "0x7f800000 0xff800000" and limit.expected == "0x3f800000 0xbf800000"
    assert (limit.low, limit.high) == ("0xff800000", "0x7f800000")
    assert "nan nan" in run(limit.reproducer).stdout
    short = found(lambda x: np.tanh(x) * np.float32(1 - 1e-6), "tanh")["limit"]
    assert short.count == 2 and short.grade == "fault"


def test_a_limit_between_two_numbers_may_be_an_ulp_off():
    right = np.float32(np.pi / 2)
    for off, kinds in ((1, set()), (2, {"limit"})):
        above = neighbours(right, "float32", off)[-1]
        f = lambda x, above=above: np.where(np.isinf(x), np.copysign(above, x), ogive.gudermannian(x))
        assert found(f, "gudermannian").keys() == kinds


def test_nan_has_to_stay_and_the_outside_to_be_nan():
    number = found(lambda x: np.where(x > 0, x, np.zeros_like(x)), "relu")["number"]
    assert number.count == 1 and from_bits(number.x, format_of("float32")) != from_bits(number.x, format_of("float32"))
    assert number.got == "0x00000000"
    outside = found(lambda x: ogive.logit(np.clip(x, 0, 1)), "logit")["number"]
    assert outside.x == "0x7f800000 0xff800000"


def test_the_sign_of_a_zero_is_a_remark():
    zero = found(lambda x: np.tanh(x) + np.float32(0), "tanh")["signed-zero"]
    assert (zero.x, zero.got, zero.expected, zero.grade) == ("0x80000000", "0x00000000", "0x80000000", "remark")


# ── symmetry ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_odd_function_has_to_be_odd():
    broken = found(lambda x: np.where(x > 0, np.tanh(x), np.tanh(x) * np.float32(1 - 2**-22)), "tanh")["symmetry"]
    x, y = (from_bits(b, format_of("float32")) for b in broken.got.split())
    assert x != -y and broken.count > 1000
    fewer = found(lambda x: np.where((x < -1) & (x > -1.01), np.nextafter(np.tanh(x), np.float32(0)), np.tanh(x)), "tanh")["symmetry"]
    assert fewer.count < 100 and 1 <= abs(from_bits(fewer.x.split()[0], format_of("float32"))) <= 1.01


def test_the_derivative_of_what_has_a_centre_is_even():
    def derivative(x):
        y = ogive.sigmoid(x)
        return y * (1 - y)

    assert found(derivative, "sigmoid", "derivative")["symmetry"].count > 500
    second = lambda x: np.where(x > 0, 2, 1).astype(x.dtype) * ogive.sigmoid.second_derivative(x)
    assert "symmetry" in found(second, "sigmoid", "second_derivative")


@pytest.mark.parametrize(
    ("name", "form", "parameters", "parity"),
    [
        ("tanh", "value", {}, -1),
        ("tanh", "derivative", {}, 1),
        ("tanh", "second_derivative", {}, -1),
        ("tanh", "inverse", {}, -1),
        ("sigmoid", "value", {}, 0),
        ("sigmoid", "derivative", {}, 1),
        ("sigmoid", "log", {}, 0),
        ("logit", "value", {}, 0),
        ("relu", "derivative", {}, 0),
        ("hard_tanh", "value", {"low": -2.0, "high": 2.0}, -1),
        ("hard_tanh", "value", {"low": -2.0}, 0),
        ("linear_sigmoid", "derivative", {"offset": 0.25}, 0),
    ],
)
def test_only_what_the_facts_prove_is_asked(name, form, parameters, parity):
    assert checks._parity(Question(name, form, "float32", parameters)) == parity


# ── warnings and flags ───────────────────────────────────────────────────────────────────────────────────────────────────


def naive(x):
    return 1 / (1 + np.exp(-x))


@pytest.mark.parametrize(("dtype", "first"), [("float32", 88.722839), ("float64", 709.7827128933841), ("float16", 11.09375)])
def test_a_naive_sigmoid_warns_of_overflow(dtype, first):
    kinds = found(naive, "sigmoid", dtype=dtype)
    warning = kinds["warning"]
    assert warning.says.startswith("RuntimeWarning: overflow encountered in exp")
    assert float(from_bits(warning.x, format_of(dtype))) == pytest.approx(-first, rel=1e-6), "the first one that overflows"
    assert dtype != "float32" or "overflow" in run(warning.reproducer).stderr
    assert kinds["flags"].grade == "remark"
    assert kinds.keys() == {"warning", "flags"}


def test_poles_and_true_overflow_may_warn():
    assert found(lambda x: np.exp(x), "exp") == {}
    with np.errstate(divide="warn"):
        assert "warning" not in found(lambda x: np.log(x) - np.log1p(-x), "logit")


def test_any_warning_counts():
    def deprecated(x):
        import warnings

        warnings.warn("use another", DeprecationWarning, stacklevel=1)
        return np.tanh(x)

    assert found(deprecated, "tanh")["warning"].says.startswith("DeprecationWarning: use another")


# ── manners with arrays ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_input_is_not_to_be_written_to():
    def in_place(x):
        x = np.asarray(x)
        x[...] = np.tanh(x)
        return x

    kinds = found(in_place, "tanh")
    assert kinds.keys() == {"in-place"}, "the other checks go on with the input as it was"


def test_the_shape_and_the_dtype_are_to_be_kept():
    kinds = found(lambda x: np.tanh(x).T, "tanh")
    assert "shape" in kinds["shape"].says and kinds["position"].count > 1000, "the numbers of a square array move"
    assert found(lambda x: np.atleast_1d(np.tanh(x)), "tanh")["shape"].says.startswith("float32: an array without dimensions gives")
    assert "raises ValueError" in found(lambda x: np.tanh(x) + 0 * (x.max() if x.size else x.min()), "tanh")["shape"].says
    assert found(lambda x: np.tanh(x).sum(), "tanh").keys() == {"shape"}
    wide = found(lambda x: np.tanh(x.astype(np.float64)), "tanh")
    assert wide.keys() == {"dtype"} and "float64" in wide["dtype"].says
    assert found(lambda x: np.tanh(x) + 0j, "tanh").keys() == {"dtype"}


def test_what_a_plain_array_raises_is_raised():
    def broken(x):
        raise RuntimeError("not today")

    with pytest.raises(TargetError, match=r"broken.* raises RuntimeError: not today"):
        found(broken, "tanh")


# ── position ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def tail(x):
    """Compute like a loop of vectors whose last few numbers go another way."""
    y = np.tanh(x)
    flat = y.reshape(-1)
    flat[flat.size - flat.size % 8 :] *= np.float32(1 + 2**-23)
    return y


def test_the_bits_may_not_hang_on_the_place():
    position = found(tail, "tanh")["position"]
    before, after = (from_bits(b, format_of("float32")) for b in position.got.split())
    assert before != after and position.count >= 50
    printed = run(position.reproducer).stdout
    assert all(b in printed for b in position.got.split())


def test_nor_on_the_neighbours():
    def together(x):
        return np.tanh(x) * np.float32(1 if np.any(x == 1) else 0.5)

    position = found(together, "tanh")["position"]
    assert len(position.reproducer) < 600
    one, other = map(float, run(position.reproducer).stdout.split())
    assert one == pytest.approx(2 * other)


@pytest.mark.parametrize(
    "different",
    [
        lambda x: x.ndim == 1 and x.strides[0] == 8,
        lambda x: x.ndim == 1 and x.strides[0] < 0,
        lambda x: x.ctypes.data % 32 == 16,
        lambda x: x.size == 17,
        lambda x: x.ndim == 2 and not x.flags.contiguous,
        lambda x: x.shape == (64, 64) and x.flags.f_contiguous,
    ],
    ids=["every other", "reversed", "address", "length", "columns", "Fortran order"],
)
def test_the_memory_makes_no_difference(different):
    kinds = found(lambda x: np.tanh(x) * np.float32(0.5 if different(x) else 1), "tanh")
    assert "position" in kinds


def test_a_row_may_not_hang_on_other_rows():
    def softmax(x):
        e = np.exp(x - x.max())
        return e / e.sum(-1, keepdims=True)

    position = found(softmax, "softmax")["position"]
    assert position.count > 10 and "rows" in position.says
    assert "warning" in found(lambda x: np.exp(x) / np.exp(x).sum(-1, keepdims=True), "softmax")
    assert found(lambda x: ogive.logsumexp(x, keepdims=True), "logsumexp").keys() == {"shape"}


# ── preimages ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_an_inverse_lies_in_the_preimage(dtype):
    def off(y):
        x = ogive.logit(y)
        return np.where((y > 0.7) & (y < 0.9), x * (1 + 64 * np.finfo(y.dtype).eps), x).astype(y.dtype)

    preimage = found(off, "sigmoid", "inverse", dtype)["preimage"]
    y = from_bits(preimage.x, format_of(dtype))
    assert 0.7 < y < 0.9 and abs(float(ogive.sigmoid(np.float64(from_bits(preimage.got, format_of(dtype))))) - y) > 0


@pytest.mark.parametrize("name", ["sigmoid", "erfc", "softplus"])
def test_a_preimage_is_exact(name):
    question = Question(name, "inverse", "float16")
    every = np.arange(65536).astype(np.uint16).view(np.float16)
    every = np.sort(every[np.isfinite(every)])
    values = ogive.get(name)(every)
    y = ogive.get(name)(np.array([-1.5, 0.375, 2.5], np.float16))
    truth = lambda ends: [evaluate(question.card, end, "inverse") for end in ends]
    for inverse in (question.wide, truth):
        for at, first, last in zip(y, *checks._preimage(question, y, inverse), strict=True):
            there = every[values == at]
            assert first <= there[0] and there[-1] <= last
            assert abs(ordinal(first) - ordinal(there[0])) <= 2 and abs(ordinal(last) - ordinal(there[-1])) <= 2


# ── flushed inputs ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_flushed_inputs_are_found():
    flushed = found(lambda x: ogive.relu(x) * (np.abs(x) >= TINY), "relu")["flushed-input"]
    assert flushed.grade == "flush" and flushed.got == "0x00000000" and 0 < from_bits(flushed.x, format_of("float32")) < TINY
    assert found(lambda x: ogive.logit(np.where(x < TINY, x * 0, x)), "logit")["flushed-input"].got == "0xff800000"


def test_flushed_results_are_no_flushed_inputs():
    def results(x):
        y = ogive.silu(x)
        return np.where(np.abs(y) < TINY, y * 0, y)

    assert "flushed-input" not in found(results, "silu")
    assert "flushed-input" in found(lambda x: ogive.silu(np.where(np.abs(x) < TINY, x * 0, x)), "silu")


def test_what_is_lost_beside_one_is_no_flush():
    assert "flushed-input" not in found(lambda x: np.where(x > 0, x, np.exp(x) - 1), "elu")
    half = lambda x: np.where(np.abs(x) < 8 * np.finfo(np.float32).smallest_subnormal, x * 0, x)
    assert "flushed-input" not in found(half, "identity"), "the smallest alone are lost in a product, say"


def test_the_state_of_the_processor_is_told():
    assert subnormals() == "kept"
    torch = pytest.importorskip("torch")
    if not torch.set_flush_denormal(True):
        pytest.skip("this processor cannot flush")
    try:
        assert subnormals() == "both flushed"
        flushed = found(lambda x: np.maximum(x, np.float32(0)) * np.float32(1), "relu")["flushed-input"]
        assert "subnormal inputs are taken for 0 and subnormal results become 0" in flushed.says
    finally:
        torch.set_flush_denormal(False)
    assert subnormals() == "kept"


# ── dialects ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("spoken", "asked", "name"),
    [
        (lambda x: ogive.gelu_tanh(x), "gelu", "gelu_tanh"),
        (lambda x: ogive.gelu(x), "gelu_tanh", "gelu"),
        (lambda x: ogive.silu(np.asarray(1.702, x.dtype) * x) / np.asarray(1.702, x.dtype), "silu", "quick_gelu"),
        (lambda x: np.clip(np.asarray(0.2, x.dtype) * x + np.asarray(0.5, x.dtype), 0, 1), "hard_sigmoid", "linear_sigmoid"),
        (lambda x: ogive.hard_sigmoid(x), "linear_sigmoid", "hard_sigmoid"),
        (lambda x: ogive.leaky_relu(x, 0.2), "leaky_relu", "leaky_relu with slope=0.2"),
        (lambda x: ogive.leaky_relu(x), "relu", "leaky_relu"),
        (lambda x: ogive.step(x, 0.5), "step", "step with at_zero=0.5"),
        (lambda x: ogive.softplus(x, 2.0), "softplus", "softplus with beta=2"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_another_definition_is_named(spoken, asked, name, dtype):
    remark = found(spoken, asked, dtype=dtype)["dialect"]
    assert remark.says.startswith(f"this is {name}: ") and remark.grade == "remark"


def test_a_bad_tail_does_not_hide_a_dialect():
    from math import erf

    tails = np.vectorize(lambda v: 0.5 * v * (1 + np.float32(erf(v / 2**0.5))), otypes=[np.float32])  # 1 + erf cancels
    assert found(tails, "gelu_tanh")["dialect"].says.startswith("this is gelu: ")


def test_what_fits_nothing_is_no_dialect():
    assert "dialect" not in found(lambda x: np.tanh(x) * np.float32(0.9), "tanh")
    assert "dialect" not in found(lambda x: np.tanh(x) * np.float32(1 + 1e-6), "tanh"), "a bad tanh is a tanh"


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64"])
def test_the_vectorised_error_is_the_metric(dtype):
    fmt = format_of(dtype)
    truth = np.array([1.0, 1.3, -0.99999, 3e-5, 0.0, 2.0**fmt.emin / 3, 5.5, np.inf, np.nan, 2.0])
    got = np.array([1.0, 1.25, -1.0, 3.2e-5, 2.0**fmt.lsb, 0.0, 5.0, fmt.largest, np.nan, np.nan]).astype(fmt.dtype)
    expected = [abs(ulp_error(g, float(t), fmt)) for g, t in zip(got, truth, strict=True)]
    assert dialects.ulps(got, truth, fmt).tolist() == pytest.approx(expected)


def test_the_variants_are_parameters_of_cards():
    for name, variants in dialects.VARIANTS.items():
        for parameters in variants:
            Question(name, "value", "float32", parameters)


# ── ufuncs ───────────────────────────────────────────────────────────────────────────────────────────────────────────────

LOOP = ctypes.CFUNCTYPE(None, *[ctypes.POINTER(ctypes.c_ssize_t)] * 3, ctypes.c_void_p)
FLOAT = ctypes.POINTER(ctypes.c_float)
_kept = []  # what NumPy points to


def make(loop, name):
    """Make a ufunc of one float32 from a loop, through NumPy's C interface."""
    pointer = ctypes.pythonapi.PyCapsule_GetPointer
    pointer.restype, pointer.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]
    table = ctypes.cast(pointer(np._core._multiarray_umath._UFUNC_API, None), ctypes.POINTER(ctypes.c_void_p))
    takes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, *[ctypes.c_int] * 4, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_int]
    from_loops = ctypes.PYFUNCTYPE(ctypes.py_object, *takes)(table[1])
    compiled = LOOP(loop)
    loops, data = (ctypes.c_void_p * 1)(ctypes.cast(compiled, ctypes.c_void_p)), (ctypes.c_void_p * 1)()
    types = (ctypes.c_char * 2)(*[np.dtype(np.float32).num] * 2)
    held = compiled, loops, data, types, name.encode()
    _kept.append(held)
    addresses = [ctypes.addressof(part) for part in (loops, data, types)]
    return from_loops(*addresses, 1, 1, 1, -1, held[-1], b"", 0)


def copy(args, steps, count):
    if steps[0] == steps[1] == 4:
        ctypes.memmove(args[1], args[0], 4 * count)
        return
    for i in range(count):
        ctypes.cast(args[1] + i * steps[1], FLOAT)[0] = ctypes.cast(args[0] + i * steps[0], FLOAT)[0]


def right(args, dimensions, steps, data):
    copy(args, steps, dimensions[0])


def advancing(args, dimensions, steps, data):
    """Move the pointers it is given, which are not its own."""
    copy(args, steps, dimensions[0])
    for i in range(2):
        args[i] += dimensions[0] * steps[i]


def dense(args, dimensions, steps, data):
    """Take the output for contiguous."""
    copy(args, [steps[0], 4], dimensions[0])


def dying(args, dimensions, steps, data):
    """Fall over an output that is the input."""
    if args[0] == args[1] and dimensions[0] > 1000:
        os.kill(os.getpid(), signal.SIGSEGV)
    copy(args, steps, dimensions[0])


RIGHT, ADVANCING, DENSE, DYING = (make(loop, loop.__name__.upper()) for loop in (right, advancing, dense, dying))


def tried(ufunc):
    return {finding.kind: finding for finding in ufuncs.Trial(resolve(ufunc), Question("identity")).findings()}


def test_a_ufunc_may_not_advance_the_pointers_it_is_given():
    where = tried(ADVANCING)["where"]
    assert "beside it" in where.says and "where= with a strided input" in where.says and where.count > 1000


def test_a_ufunc_minds_the_strides_of_its_output():
    kinds = tried(DENSE)
    assert "out= with a negative stride" in kinds["out"].says and "out= with gaps" in kinds["out"].says


def test_a_ufunc_that_dies_is_told_from_one_that_is_wrong():
    kinds = tried(DYING)
    assert kinds.keys() == {"crash"}
    assert kinds["crash"].says == "the process dies of SIGSEGV, at the latest with out= that is the input"


def test_a_ufunc_that_hangs_is_given_up(monkeypatch):
    monkeypatch.setattr(ufuncs, "TIMEOUT", 0.01)
    assert "it has not come back after 0.01 seconds" in tried(RIGHT)["crash"].says


def test_a_right_ufunc_has_no_findings_and_one_made_on_the_spot_is_not_tried():
    assert tried(RIGHT) == {}
    assert tried(np.frompyfunc(float, 1, 1)) == {}
    assert tried(np.add.reduce) == {}


def test_a_case_is_a_program_that_shows_it():
    pytest.importorskip("scipy.special")
    where = [each for each in ufuncs.Trial(resolve("scipy:expit"), Question("sigmoid")).findings() if each.kind == "where"]
    for each in where:  # in SciPy 1.17
        assert f"{each.count} numbers are wrong; out is returned: True" in run(each.reproducer).stdout


# ── real libraries ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_torch():
    pytest.importorskip("torch")
    functional = "torch.nn.functional"
    assert found(f"{functional}:silu", "silu")["limit"].x == "0xff800000"
    assert found(f"{functional}:softsign", "softsign")["limit"].count == 2
    position = found("torch:sigmoid", "sigmoid")["position"]
    assert position.count > 10 and "np.full(1, x)" in position.reproducer
    assert found("torch:sigmoid", "sigmoid", "derivative")["symmetry"].count > 100
    assert found("torch:relu", "relu").keys() <= {"signed-zero"}


def test_jax():
    pytest.importorskip("jax")
    kinds = found("jax.nn:gelu", "gelu")
    assert kinds["dialect"].says.startswith("this is gelu_tanh: ")
    assert kinds["limit"].x == "0xff800000"


def test_the_seed_decides_the_inputs():
    first, again, other = (found(tail, "tanh", seed=seed)["position"] for seed in (1, 1, 2))
    assert first == again
    assert first.x != other.x
