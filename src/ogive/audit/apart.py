"""An audit in a process of its own: whatever the target does to that process, the caller goes on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Generator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, Pipe
from typing import Any

from ogive.audit import Question, audit
from ogive.audit.account import number, picture
from ogive.audit.measure import Tally
from ogive.audit.patience import TargetError, TargetHangs, child_environment, said

__all__ = ["Sight", "TargetDied", "apart"]

BEAT = 0.25  # seconds between two signs of life of the process
TICK = 0.1  # seconds after which the caller is given nothing rather than made to wait
GRACE = 5.0  # seconds without a sign of life, beyond the time that a call may take


class TargetDied(TargetError):
    """A target has ended the process it ran in.

    Parameters
    ----------
    name : str
        The target.
    code : int
        The exit code; that of a signal is negative.
    last : str
        The last line that it has written to the standard error.
    """

    def __init__(self, name: str, code: int, last: str) -> None:
        self.code, self.last = code, last
        self.signal = signal.Signals(-code).name if code < 0 else ""
        how = f"by {self.signal}" if self.signal else f"with exit code {code}"
        super().__init__(f"the process that ran {name} died {how}" + (f": {last}" if last else ""))


@dataclass(frozen=True, slots=True)
class Sight:
    """What an audit has seen so far.

    Attributes
    ----------
    done, total : int
        Inputs.
    not_nearest : int
        Results that are not the nearest number.
    max_ulp : float or str
        The largest error.
    cells : list
        As in the document of a report.
    """

    done: int
    total: int
    not_nearest: int
    max_ulp: float | str
    cells: list[list[Any]]


def apart(target: str, function: str, *, timeout: float = 60.0, **asked: Any) -> Generator[Sight | Mapping[str, Any] | None]:
    """Run an audit in a process of its own.

    Parameters
    ----------
    target : str
        The implementation, as text.
    function : str
        What it is to compute.
    timeout : float
        How many seconds one call of the target may take.
    **asked
        More of what `ogive.audit.audit` takes.

    Yields
    ------
    Sight, dict or None
        None at least ten times a second, a `Sight` whenever a part is done, and the document of the report at the end. Closing the
        generator ends the process, whatever it does.

    Raises
    ------
    TargetDied
        If the process dies.
    TargetHangs
        If the target does not answer, even where it lets no other thread run.
    Exception
        Whatever `ogive.audit.audit` raises.
    """
    ours, theirs = Pipe()
    with tempfile.TemporaryFile() as noise, ours:
        process = subprocess.Popen(
            [sys.executable, "-c", "from ogive.audit.apart import serve; serve()", str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=noise,
            start_new_session=True,  # Ctrl-C is the parent's, and what it starts ends with it
            env=child_environment(),
        )
        theirs.close()
        try:
            ours.send((target, function, {"timeout": timeout, **asked}))
            heard = time.monotonic()
            while True:
                if ours.poll(TICK):
                    said = ours.recv()
                    heard = time.monotonic()
                    if isinstance(said, Exception):
                        raise said
                    yield said
                    if isinstance(said, Mapping):
                        return
                elif time.monotonic() - heard > timeout + GRACE:
                    raise TargetHangs(f"{target} does not answer within {timeout:g} s")
                else:
                    yield None
        except (EOFError, ConnectionResetError, BrokenPipeError):
            code = process.wait()
            noise.seek(0)
            last = next(reversed(noise.read().decode(errors="replace").strip().splitlines()), "")
            raise TargetDied(target, code, last if code >= 0 else "") from None
        finally:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def serve() -> None:
    """Run the audit that the parent asks for, and tell it what is seen; signs of life go in between."""
    connection = Connection(int(sys.argv[1]))
    target, function, asked = connection.recv()
    sys.path.insert(0, os.getcwd())  # where people keep what they audit
    lock = threading.Lock()

    def say(event: Any) -> None:
        with lock:
            connection.send(event)

    def beat() -> None:
        with suppress(OSError):  # until the parent has gone
            while True:
                say(None)
                time.sleep(BEAT)

    tally = Tally()

    def partial(now: Tally) -> None:
        nonlocal tally
        tally = now

    def progress(done: int, total: int) -> None:
        cells = [] if question.rows else picture(tally, question)
        largest = max((case.weight for case in tally.cases.values()), default=0.0)
        say(Sight(done, total, tally.not_nearest, number(largest), cells))

    threading.Thread(target=beat, daemon=True).start()
    try:
        question = Question(function, asked.get("form", "value"), asked.get("dtype", "float32"), asked.get("parameters") or {})
        say(audit(target, function, **asked, partial=partial, progress=progress).document)
    except (TargetError, ValueError, TypeError, KeyError) as error:
        say(error)
    except Exception as error:
        say(RuntimeError(said(error)))
