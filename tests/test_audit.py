"""The auditor: what it measures, that it finds what is planted, that it finds nothing where nothing is, and that it can be stopped."""

import itertools
import json
import math
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from inputs import CARDS, every

import ogive
from ogive.audit import Question, TargetError, audit
from ogive.audit import measure as measuring
from ogive.audit import shards as sharding
from ogive.audit.inputs import Inputs, choose
from ogive.audit.measure import EDGES, Tally, Void, measure
from ogive.audit.targets import resolve
from ogive.truth.reference import correctly_rounded, evaluate
from ogive.truth.ulp import from_ordinal, ordinal, rounded, ulp_error


def naive(x):
    with np.errstate(all="ignore"):
        return 1 / (1 + np.exp(-x))


def tally_of(function, question, inputs=None, max_ulp=1.0):
    chosen = choose(question, inputs)
    found = Tally()
    for shard in chosen.shards():
        found = found.merge(measure(function, chosen, *shard, max_ulp))
    return found


# ── inputs ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.name)
def test_a_sample_reaches_every_binade_and_every_special_place(card):
    question = Question(card.name)
    x = choose(question, 1 << 12).x(0, 1 << 20)
    low, high = question.finite
    assert len(np.unique(x.view(np.uint32))) == len(x) and (np.diff(x.view(np.uint32).astype(np.int64)) > 0).all()
    for place in (0.0, low, high, *(float(kink.at(*question.values)) for kink in card.kinks)):
        if low <= place <= high:
            assert rounded(place, "float32") in x, place
    binades = {int(e) for e in np.frexp(x[np.isfinite(x) & (x != 0)].astype(np.float64))[1]}
    if math.isinf(card.domain.high):
        assert set(range(-125, 129)) <= binades
    assert np.isnan(x).any() and np.isinf(x).any()


def test_the_same_seed_gives_the_same_sample_and_another_gives_another():
    one, two, three = (choose(Question("gelu"), 4096, seed).x(0, 10**6) for seed in (0, 0, 1))
    assert one.tobytes() == two.tobytes() != three.tobytes()


def test_exhaustive_inputs_are_all_there_are():
    inputs = choose(Question("tanh", dtype="bfloat16"))
    assert inputs.kind == "exhaustive"
    x = np.concatenate([inputs.x(*shard) for shard in inputs.shards()])
    assert x.tobytes() == every("bfloat16").tobytes()
    shards = choose(Question("tanh"), "exhaustive").shards()
    assert shards[0][0] == 0 and shards[-1][1] == 1 << 32
    assert all(a[1] == b[0] for a, b in itertools.pairwise(shards))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"inputs": "all"}, "exhaustive"),
        ({"inputs": 0}, "at least one"),
        ({"inputs": np.zeros(3)}, "float64"),
        ({"inputs": np.zeros(0, np.float32)}, "no elements"),
        ({"inputs": "exhaustive", "dtype": "float64"}, "too many"),
        ({"dtype": "float8"}, "float8"),
        ({"form": "integral"}, "no form 'integral'"),
        ({"parameters": {"slope": 1}}, "no parameter 'slope'"),
        ({"max_ulp": 0.1}, "half an ulp"),
        ({"workers": 0}, "at least one"),
        ({"timeout": 0}, "positive"),
    ],
)
def test_a_wrong_request_is_told_what_is_wrong_and_what_there_is(options, words):
    with pytest.raises((ValueError, TypeError), match=words):
        audit(np.tanh, "tanh", **options)
    with pytest.raises(KeyError, match="tanh"):
        audit(np.tanh, "tahn")
    with pytest.raises(ValueError, match="slope"):
        audit(np.tanh, "leaky_relu", parameters={"slope": math.nan})


# ── the metric ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64"])
@pytest.mark.parametrize(("name", "form"), [("sigmoid", "value"), ("gelu", "derivative"), ("tanh", "value"), ("silu", "value")])
def test_the_error_is_that_of_the_unrounded_truth(name, form, dtype):
    """Against `ulp_error`, one by one: right results, neighbours, zeros, nan and infinities."""
    question = Question(name, form, dtype)
    x = choose(question, 64).x(0, 10**6)
    x = x[np.isfinite(x.astype(np.float64))]
    x = x[:: max(1, len(x) // 150)]
    doubtful = lambda ball: (
        not ball.is_exact() and any(abs(ball).contains(power) for power in (0.5, 1))
    )  # `ulp_error` takes it for the power
    x = np.array([v for v in x if not doubtful(evaluate(name, v, form))], x.dtype)
    right = question.right(x)
    judge = measuring.Exactly(question) if dtype == "float64" else measuring.Screen(question)
    one_up = from_ordinal(np.minimum(ordinal(right) + 1, ordinal(np.array([np.inf], right.dtype))), dtype)
    for got in (right, one_up, np.zeros_like(right), np.full_like(right, np.nan), np.full_like(right, np.inf)):
        block = judge.compare(x, got)
        truths = [evaluate(name, v, form) for v in x]
        expected = np.array([ulp_error(v, t, dtype) for v, t in zip(got, truths, strict=True)])
        np.testing.assert_allclose(np.abs(block.error), np.abs(expected), rtol=2e-7, atol=2e-7)
        finite = np.isfinite(expected)
        np.testing.assert_allclose(block.error[finite], expected[finite], rtol=2e-7, atol=2e-7)
    assert not np.setdiff1d(np.flatnonzero(np.abs(expected) > 0.5), block.odd).size


def test_a_tie_is_right_either_way():
    question = Question("squared_relu", dtype="float32")
    x = np.array([0x2295B800], np.uint32).view(np.float32)
    square = float(x[0]) ** 2
    for got in (rounded(square * (1 - 2.0**-40), "float32"), rounded(square * (1 + 2.0**-40), "float32")):
        tally = tally_of(lambda x, got=got: np.full_like(x, got), question, x)
        assert tally.not_nearest == 0 and tally.cases["worst"].weight == 0.5


def test_below_a_power_of_two_the_ulp_is_that_of_the_truth():
    """At x = 12 tanh is just below 1, where numbers are 2^-24 apart: the number before 1 is an ulp off, not half of one."""
    x = np.array([12, 30, 1e30, -30], np.float32)
    one = np.float32(1)
    tally = tally_of(lambda x: np.copysign(np.nextafter(one, np.float32(0)), x), Question("tanh"), x)
    assert tally.not_nearest == 4 and tally.cases["worst"].weight == pytest.approx(1, abs=1e-6)


def test_the_counts_add_up_and_the_histogram_holds_every_result():
    question = Question("sigmoid", dtype="float16")
    tally = tally_of(naive, question)
    assert tally.count == sum(tally.histogram) == 65536
    x = every("float16")
    finite = x[~np.isnan(x)]
    right = np.array([correctly_rounded("sigmoid", "value", v, "float16") for v in finite])
    got = naive(finite)
    assert tally.not_nearest == int((got != right).sum())
    errors = np.array([ulp_error(g, evaluate("sigmoid", v), "float16") for g, v in zip(got, finite, strict=True) if np.isfinite(v)])
    assert tally.cases["worst"].weight == pytest.approx(np.abs(errors).max(), rel=1e-6)
    above = int((np.abs(errors) > 1).sum())
    middle = len(EDGES) // 2
    assert above == tally.cases["error"].count + tally.cases["flush"].count
    assert above == sum(tally.histogram[: middle - 2]) + sum(tally.histogram[middle + 4 :])


def test_shards_add_up_to_the_same_in_any_order():
    question = Question("sigmoid", dtype="float16")
    inputs = Inputs(question, "exhaustive", 1 << 16)
    parts = [measure(naive, inputs, low, low + 8192, 1.0) for low in range(0, 1 << 16, 8192)]
    one, two = Tally(), Tally()
    for part in parts:
        one = one.merge(part)
    for part in reversed(parts):
        two = two.merge(Tally.from_dict(json.loads(json.dumps(part.to_dict()))))
    assert one.digest == two.digest and one.histogram == two.histogram and one.cases["error"] == two.cases["error"]
    assert {k: (c.count, c.not_nearest) for k, c in one.cells.items()} == {k: (c.count, c.not_nearest) for k, c in two.cells.items()}
    whole = measure(naive, inputs, 0, 1 << 16, 1.0)
    assert whole.not_nearest == one.not_nearest and whole.histogram == one.histogram


def test_disorder_across_the_border_of_two_shards_is_found():
    question = Question("sigmoid", dtype="float16")
    inputs = Inputs(question, "exhaustive", 1 << 16)
    border = 0x3C00  # 1.0

    def crooked(x):
        y = ogive.sigmoid(x)
        return np.where(x.view(np.uint16) == border, np.float16(0.7), y)

    parts = measure(crooked, inputs, 0, border, 1e9).merge(measure(crooked, inputs, border, 1 << 15, 1e9))
    before = parts.cases["monotone"].count if "monotone" in parts.cases else 0
    joined = measuring.join(parts, inputs)
    assert joined.cases["monotone"].count == before + 1


# ── what must be found ───────────────────────────────────────────────────────────────────────────────────────────────────


def planted(change):
    def function(x):
        with np.errstate(all="ignore"):
            return change(x, ogive.sigmoid(x))

    return function


PLANTED = {
    "zero": planted(lambda x, y: np.where(x < -80, np.float32(0), y)),
    "flush": planted(lambda x, y: np.where(y < 2.0**-126, np.float32(0), y)),
    "nan": planted(lambda x, y: np.where(x == 0.5, np.float32(np.nan), y)),
    "overflow": planted(lambda x, y: np.where(x > 1e38, np.float32(np.inf), y)),
    "error": planted(lambda x, y: np.where(x == 0.5, np.nextafter(np.nextafter(y, np.float32(2)), np.float32(2)), y)),
    "range": planted(lambda x, y: np.where(x > 20, np.nextafter(np.float32(1), np.float32(2)), y)),
    "monotone": planted(lambda x, y: np.where((x > 1) & (x.view(np.uint32) & 1 == 1), np.nextafter(y, np.float32(0)), y)),
    "limit": planted(lambda x, y: np.where(np.isinf(x), np.float32(np.nan), y)),
}


@pytest.mark.parametrize("kind", PLANTED)
def test_a_planted_fault_is_found_by_its_name(kind):
    report = audit(PLANTED[kind], "sigmoid", inputs=1 << 16)
    assert kind in {finding.kind for finding in report.findings}, report
    assert not report.ok()
    unexpected = {finding.kind for finding in report.findings} - {
        kind,
        "error",
        "monotone",
        "range",
        "limit",
        "flush",
    }  # what goes with them
    assert not unexpected, report.text()


def test_a_fault_at_a_single_input_of_all_is_found():
    """One ulp beside the nearest number, at one of 65,536 inputs."""
    bad = np.float16(0.3008)

    def function(x):
        y = ogive.tanh(x)
        return np.where(x == bad, np.nextafter(np.nextafter(y, np.float16(2)), np.float16(2)), y)

    report = audit(function, "tanh", dtype="float16")
    (finding,) = [finding for finding in report.findings if finding.kind == "error"]
    assert finding.count == 1 and finding.x == f"0x{int(bad.view(np.uint16)):04x}"


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64"])
def test_no_false_alarm_on_ogive_itself(dtype):
    for card in CARDS[::7]:
        forms = [form for form in card.forms if form not in ("backward", "value_and_derivative")]
        for form in forms[::3]:
            report = audit(card, card.name, form=form, dtype=dtype, inputs=1 << 11)
            assert report.ok() and not report.findings, report.text()
            assert report.verdict == "ok"


def test_what_is_wrong_only_at_some_nan_is_found():
    negative = lambda x: np.where(np.isnan(x) & np.signbit(x), x.dtype.type(1), np.asarray(ogive.gelu(x)))
    report = audit(negative, "gelu", dtype="float16")
    (finding,) = report.findings
    assert finding.kind == "number" and finding.count == 1023 and not report.ok()


@pytest.mark.parametrize("given", [[np.inf, -np.inf], [np.nan, np.inf, -np.inf, 1, 1, 1, 0, -0.0, 2], [np.nan]])
def test_ends_and_nan_alone_are_no_reason_to_distrust(given):
    assert audit(ogive.gelu, "gelu", inputs=np.array(given, np.float32)).verdict == "ok"


def test_a_wrong_result_beside_a_limit_that_is_a_power_of_two_is_measured():
    """At x = 0 and ±∞ the truth is a NumPy number, or exact; outside the domain there is no order to be in."""
    wrong = lambda x: np.where(np.isfinite(x), np.nextafter(ogive.sigmoid(x), np.asarray(2, x.dtype)), x.dtype.type(0.25))
    report = audit(wrong, "sigmoid", dtype="float16")
    assert {"limit", "monotone"} <= {finding.kind for finding in report.findings}
    late = lambda x: np.where(x > 1, x.dtype.type(7), np.asarray(ogive.logit(x)))
    with np.errstate(all="ignore"):
        assert {finding.kind for finding in audit(late, "logit", dtype="float16").findings} == {"number"}


def test_at_a_kink_every_slope_between_the_two_sides_is_right():
    def slope(at_zero):
        return lambda x: np.where(x == 0, x.dtype.type(at_zero), np.where(np.isnan(x), x, (x > 0).astype(x.dtype)))

    for at_zero in (0, 0.5, 1):
        assert audit(slope(at_zero), "relu", form="derivative", dtype="float16").ok()
    assert not audit(slope(1.5), "relu", form="derivative", dtype="float16").ok()


def test_rows_with_ties_and_of_odd_length_are_among_those_tried():
    def tail(x):
        return np.where((np.arange(x.shape[-1]) == x.shape[-1] - 1) & bool(x.shape[-1] % 2), 2, 1).astype(x.dtype) * ogive.softmax(x)

    def ties(x):
        return np.where((x == x.max(-1, keepdims=True)).sum(-1, keepdims=True) > 1, 0, ogive.softmax(x)).astype(x.dtype)

    for wrong in (tail, ties):
        assert not audit(wrong, "softmax", inputs=64).ok()
    for name in ("softmax", "logsumexp", "hardmax", "sparsemax", "glu", "maxout", "crelu"):
        assert audit(ogive.get(name), name, inputs=48).ok(), name


def test_whatever_a_target_raises_and_wherever_is_one_clear_line():
    def late(error, size):
        def function(x):
            if x.size == size or (size is None and x.size > 1000):
                raise error
            return np.tanh(x)

        return function

    for error in (RuntimeError("bad"), ValueError("bad"), SystemExit(3), ArithmeticError("bad")):
        for size in (None, 4099):
            with pytest.raises(TargetError, match=type(error).__name__):
                audit(late(error, size), "tanh", dtype="float16")
    with pytest.raises(TargetError, match="does not answer"):
        audit(lambda x: time.sleep(9) if x.size == 4099 else np.tanh(x), "tanh", dtype="float16", timeout=0.5)
    for wrong in (None, 1.0, (1, [2, 3])):
        with pytest.raises(TargetError):
            audit(lambda x, wrong=wrong: wrong if x.size > 1000 else np.tanh(x), "tanh", dtype="float16")


def test_no_false_alarm_on_another_correctly_rounded_implementation():
    crdistr = pytest.importorskip("crdistr")
    for target, name in ((crdistr.ndtr, "normal_cdf"), (crdistr.logit, "logit"), (crdistr.log_ndtr, "log_normal_cdf")):
        report = audit(target, name, inputs=1 << 16)
        assert [f for f in report.findings if f.kind in ("error", "zero", "flush", "nan", "monotone", "range")] == [], report.text()
        assert report.statistics["not_nearest"] == 0


def test_rows_are_audited():
    shifted = lambda x: (e := np.exp(x - x.max(-1, keepdims=True))) / e.sum(-1, keepdims=True)
    report = audit(shifted, "softmax", inputs=50)
    assert any(f.kind == "error" for f in report.findings) and report.statistics["count"] == 50 * 33
    assert audit(ogive.softmax, "softmax", inputs=20).ok()
    with pytest.raises(ValueError, match="finite"):
        audit(ogive.softmax, "softmax", inputs=np.array([[1, np.inf]], np.float32))


# ── when nothing can be trusted ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_screen_that_is_off_voids_the_audit(monkeypatch):
    monkeypatch.setattr(Question, "wide", lambda self, x: np.tanh(x.astype(np.float64)) * (1 + 2.0**-40))
    report = audit(np.tanh, "tanh", inputs=4096)
    assert report.verdict == "void" and "screen" in report.void and not report.ok()


def test_a_planted_fault_that_is_not_found_voids_the_audit(monkeypatch):
    compare = measuring.Screen.compare

    def blind(self, x, got):
        block = compare(self, x, got)
        return measuring.Block(block.y, np.zeros(len(x)), np.array([], int), got[:0])

    monkeypatch.setattr(measuring.Screen, "compare", blind)
    report = audit(np.tanh, "tanh", inputs=4096)
    assert report.verdict == "void" and "planted" in report.void


def test_a_right_answer_that_is_called_wrong_voids_the_audit(monkeypatch):
    compare = measuring.Screen.compare

    def harsh(self, x, got):
        block = compare(self, x, got)
        odd, first = np.unique(np.concatenate([block.odd, np.arange(9)]), return_index=True)
        return measuring.Block(block.y, block.error, odd, np.concatenate([block.right, np.nextafter(got[:9], np.float32(9))])[first])

    monkeypatch.setattr(measuring.Screen, "compare", harsh)
    with pytest.raises(Void, match="called wrong"):
        tally_of(ogive.tanh, Question("tanh"), 4096)


# ── where it runs ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def small(monkeypatch):
    """Cut exhaustive audits of a 16-bit dtype into many shards, so that they take the way of large ones."""
    monkeypatch.setattr("ogive.audit.inputs.SHARD", 1 << 12)
    monkeypatch.setattr(sharding, "LARGE", 1 << 12)


def job(target, dtype="float16", name="tanh", timeout=30.0):
    question = Question(name, dtype=dtype)
    return sharding.Job(resolve(target, "value", dtype), choose(question), 1.0, timeout)


def test_processes_threads_and_one_process_agree(small):
    here = sharding.run(job("numpy:tanh"), workers=1)
    processes = sharding.run(job("numpy:tanh"), workers=2)
    threads = sharding.run(job(lambda x: np.tanh(x)), workers=2)
    assert here.digest == processes.digest == threads.digest
    assert here.histogram == processes.histogram == threads.histogram and len(here.digests) == 16


def test_an_audit_that_was_stopped_goes_on(small, monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    asked = job("numpy:tanh")
    expected = sharding.run(asked, workers=1)
    seen = []

    def stop(done, total):
        seen.append(done)
        if len(seen) == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt) as caught:
        sharding.run(asked, workers=1, progress=stop)
    assert "5 of 16 parts are done" in caught.value.__notes__[0]
    (kept,) = (tmp_path / "ogive" / "audit").iterdir()
    again = []
    found = sharding.run(asked, workers=1, progress=lambda done, total: again.append(done))
    assert again[0] > seen[-1] - 1 and len(again) == 11
    assert found.digest == expected.digest and found.histogram == expected.histogram
    assert not kept.exists()


def test_a_damaged_state_is_begun_anew_and_one_that_cannot_be_written_does_no_harm(small, monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    asked = job("numpy:tanh")
    path = sharding.state_path(asked)
    path.parent.mkdir(parents=True)
    path.write_text('{"cells": 3')
    assert len(sharding.run(asked).digests) == 16
    path.parent.rmdir()
    path.parent.write_text("a file where a folder should be")
    assert not sharding.save(path, Tally())
    assert len(sharding.run(asked).digests) == 16


def test_an_edited_source_a_new_parameter_or_another_bound_is_another_audit(small, tmp_path):
    file = tmp_path / "kernel.py"
    file.write_text("import numpy as np\ndef f(x):\n    return np.tanh(x)\n")
    before = sharding.state_path(job(f"{file}:f"))
    assert before is not None and before == sharding.state_path(job(f"{file}:f"))
    question = Question("leaky_relu", dtype="float16", parameters={"slope": 0.5})
    others = [
        sharding.state_path(sharding.Job(resolve(f"{file}:f", "value", "float16"), choose(question), 1.0, 30.0)),
        sharding.state_path(sharding.Job(resolve(f"{file}:f", "value", "float16"), choose(Question("tanh", dtype="float16")), 2.0, 30.0)),
    ]
    file.write_text("import numpy as np\ndef f(x):\n    return -np.tanh(-x)\n")
    assert len({before, *others, sharding.state_path(job(f"{file}:f"))}) == 4


def test_a_target_that_dies_raises_or_hangs_is_one_clear_line(small, tmp_path):
    file = tmp_path / "bad.py"
    file.write_text(
        "import os, time, numpy as np\n"
        "def dies(x):\n    if x[0] > 1: os.abort()\n    return x\n"
        "def fails(x):\n    if x[0] > 1: raise RuntimeError('no kernel')\n    return x\n"
        "def hangs(x):\n    if x[0] > 1: time.sleep(60)\n    return x\n"
        "def shrinks(x):\n    return x[:-1] if len(x) > 100 else x\n"
        "def widens(x):\n    return x.astype('f8') if len(x) > 100 else x\n"
    )
    for name, words in (
        ("dies", "SIGABRT"),
        ("fails", "no kernel"),
        ("shrinks", "shape"),
        ("widens", "float64"),
        ("hangs", "does not answer"),
    ):
        with pytest.raises((TargetError, RuntimeError), match=words):
            sharding.run(job(f"{file}:{name}", timeout=2.0), workers=2)


def test_no_process_outlives_an_interrupted_audit(tmp_path):
    """Ctrl-C in the middle of all float32 inputs: exit code 130, a word about going on, no child left, a state kept."""
    command = [sys.executable, "-m", "ogive", "audit", "scipy:expit", "sigmoid", "--exhaustive", "--workers", "2", "--no-progress"]
    environment = os.environ | {"XDG_CACHE_HOME": str(tmp_path)}
    reset = "import signal, sys, runpy; signal.signal(signal.SIGINT, signal.default_int_handler); sys.argv = sys.argv[1:]; runpy.run_module('ogive', run_name='__main__')"
    process = subprocess.Popen([sys.executable, "-c", reset, *command[2:]], env=environment, stderr=subprocess.PIPE, start_new_session=True)
    children = lambda: subprocess.run(["pgrep", "-P", str(process.pid)], capture_output=True, text=True).stdout.split()
    deadline = time.monotonic() + 60
    while len(children()) < 2 and time.monotonic() < deadline:
        time.sleep(0.2)
    began = children()
    assert len(began) == 2
    time.sleep(6)  # some shards long
    os.kill(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert b"Traceback" not in errors
    assert not [pid for pid in began if os.path.exists(f"/proc/{pid}/exe")]


@pytest.mark.filterwarnings("ignore")
def test_a_cluster_that_loses_a_worker_gives_the_same_digest(small):
    distributed = pytest.importorskip("distributed")
    asked = job("numpy:tanh")
    expected = sharding.run(asked).digest
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=50) as cluster:
        with distributed.Client(cluster, set_as_default=False) as client:
            killed = []

            def kill(done, total):
                if not killed:
                    killed.append(client.run(os.getpid, workers=[next(iter(cluster.scheduler.workers))]))
                    os.kill(next(iter(killed[0].values())), signal.SIGKILL)

            assert sharding.run(asked, scheduler=client, progress=kill).digest == expected
            assert killed
        assert sharding.run(asked, scheduler=cluster.scheduler_address).digest == expected
    with pytest.raises(TargetError, match="does not answer"):
        sharding.run(asked, scheduler="tcp://127.0.0.1:9")
    with pytest.raises(TargetError, match="another process"):
        sharding.run(job(lambda x: naive(x)), scheduler="tcp://127.0.0.1:9")


def test_sixteen_bits_take_seconds():
    audit(np.tanh, "tanh", dtype="float16", inputs=64)  # what is loaded once
    begun = time.process_time()
    audit(np.tanh, "tanh", dtype="float16")
    assert time.process_time() - begun < 2
