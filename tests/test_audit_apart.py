"""An audit in a process of its own, what it tells on the way, and whom one would audit first."""

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ogive.audit import Question, TargetError, audit
from ogive.audit.account import picture
from ogive.audit.apart import Sight, TargetDied, apart
from ogive.audit.measure import Tally
from ogive.audit.patience import TargetHangs
from ogive.audit.peers import PEERS, peers
from ogive.audit.targets import SHORTHANDS, probe, resolve

KERNELS = """
import os, signal, sys, time
import numpy as np

def right(x):
    return np.tanh(x.astype(np.float64)).astype(x.dtype)

def dies(x):
    os.kill(os.getpid(), signal.SIGSEGV)

def leaves(x):
    print("good bye", file=sys.stderr, flush=True)
    os._exit(3)

def raises(x):
    raise ZeroDivisionError("never")

def hangs(x):
    time.sleep(600)

def forks(x):
    import subprocess
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    open(os.environ["PID"], "w").write(f"{os.getpid()} {child.pid}")
    time.sleep(600)
"""


@pytest.fixture(scope="module")
def kernels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("kernels") / "kernels.py"
    path.write_text(KERNELS)
    return path


def told(*args: Any, **asked: Any) -> Iterator[Any]:
    return (event for event in apart(*args, **asked) if event is not None)


def test_it_finds_what_an_audit_finds_here(kernels: Path) -> None:
    target = f"{kernels}:right"
    *sights, document = told(target, "tanh", dtype="float16")
    here = audit(target, "tanh", dtype="float16").document
    assert document["statistics"] == here["statistics"]
    assert document["digest"] == here["digest"]
    assert [(sight.done, sight.total) for sight in sights] == [(65536, 65536)]
    assert sights[-1].cells == here["statistics"]["cells"]


def test_it_tells_what_it_has_seen_so_far() -> None:
    *sights, document = told("numpy:tanh", "tanh", dtype="float64", inputs=1 << 14)
    assert len(sights) >= 4
    assert all(isinstance(sight, Sight) for sight in sights)
    tried = [sum(cell[2] for cell in sight.cells) for sight in sights]
    assert tried == sorted(set(tried))
    assert [sight.done for sight in sights] == sorted({sight.done for sight in sights})
    assert sights[-1].cells == document["statistics"]["cells"]
    assert sights[-1].not_nearest == document["statistics"]["not_nearest"]


def test_parts_are_told_here_too() -> None:
    parts: list[Tally] = []
    report = audit(np.tanh, "tanh", dtype="float64", inputs=1 << 14, partial=parts.append)
    assert len(parts) >= 4
    assert [part.count for part in parts] == sorted({part.count for part in parts})
    assert picture(parts[-1], Question("tanh", dtype="float64")) == report.statistics["cells"]


def test_a_target_that_kills_its_process_is_an_error(kernels: Path) -> None:
    with pytest.raises(TargetDied, match="died by SIGSEGV") as died:
        list(apart(f"{kernels}:dies", "tanh"))
    assert (died.value.signal, died.value.code) == ("SIGSEGV", -11)
    with pytest.raises(TargetDied, match="died with exit code 3: good bye") as died:
        list(apart(f"{kernels}:leaves", "tanh"))
    assert (died.value.signal, died.value.last) == ("", "good bye")


def test_a_target_that_raises_or_is_not_there_is_an_error(kernels: Path) -> None:
    with pytest.raises(TargetError, match="raises ZeroDivisionError: never"):
        list(apart(f"{kernels}:raises", "tanh"))
    with pytest.raises(TargetError, match="there is no 'nothing'"):
        list(apart(f"{kernels}:nothing", "tanh"))
    with pytest.raises(ValueError, match="no form"):
        list(apart(f"{kernels}:right", "tanh", form="nothing"))


def test_a_target_that_hangs_is_given_up(kernels: Path) -> None:
    with pytest.raises(TargetHangs, match=r"does not answer within 0\.5 s"):
        list(apart(f"{kernels}:hangs", "tanh", timeout=0.5))


def test_to_close_it_ends_the_process_and_what_it_has_started(kernels: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    note = tmp_path / "pid"
    monkeypatch.setenv("PID", str(note))
    events = apart(f"{kernels}:forks", "tanh")
    while not (note.exists() and note.read_text()):
        assert next(events) is None  # it is never made to wait
    pids = [int(pid) for pid in note.read_text().split()]
    begun = time.monotonic()
    events.close()
    assert time.monotonic() - begun < 5
    for pid in pids:
        deadline = time.monotonic() + 5
        while os.path.exists(f"/proc/{pid}") and "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]:
            assert time.monotonic() < deadline
            time.sleep(0.02)


# ── whom one would audit ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("key", PEERS)
def test_every_peer_that_is_known_and_installed_can_be_audited(key: str) -> None:
    function, _, form = key.partition(".")
    question = Question(function, form or "value", "float32")
    assert question.function == function
    assert all(target.partition(":")[0] in SHORTHANDS for target in PEERS[key])
    for target in peers(function, question.form):
        shape = (4, 8) if question.rows else (16,)
        probe(resolve(target, question.form, "float32"), shape, 60.0, np.shape(question.card(np.zeros(shape))) if question.rows else None)


def test_derivatives_are_those_of_libraries_that_differentiate() -> None:
    libraries = {target.partition(":")[0] for function in PEERS for target in peers(function.partition(".")[0], "derivative")}
    assert libraries <= {"torch", "jax", "keras"}
    assert peers("tanh")[0] == "numpy:tanh"
    assert peers("no_such_function") == ()
