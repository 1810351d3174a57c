"""Calls that may hang, warn or die: made in another thread, in silence, and given up where they do not come back."""

from __future__ import annotations

import os
import pickle
import sys
import threading
import warnings
from collections.abc import Callable
from contextlib import nullcontext
from contextvars import copy_context
from queue import Empty, SimpleQueue
from typing import Any

import numpy as np

__all__ = ["TargetError", "TargetHangs", "asked", "child_environment", "patiently", "pickled", "said", "subnormals"]


class TargetError(Exception):
    """A target that cannot be found, made or called; the message is one line."""


class TargetHangs(TargetError):
    """A target does not answer."""


def said(error: BaseException) -> str:
    """Put an exception into one line."""
    first = next(iter(str(error).strip().splitlines()), "")
    return f"{type(error).__name__}: {first}" if first else type(error).__name__


def subnormals() -> str:
    """Tell what the processor does with subnormal numbers in this thread.

    Returns
    -------
    str
        ``kept``; ``results flushed`` to zero, ``inputs flushed``, or ``both flushed``, where some library has asked for that.
    """
    least = np.array([0x00400000], np.uint32).view(np.float32)  # 2**-127
    normal = np.array([2.0**-126], np.float32)
    with np.errstate(all="ignore"):
        inputs = (least * np.array([2.0**100], np.float32))[0] == 0
        results = (normal * np.array([0.5], np.float32)).view(np.uint32)[0] == 0
    return {(False, False): "kept", (True, False): "inputs flushed", (False, True): "results flushed", (True, True): "both flushed"}[
        bool(inputs), bool(results)
    ]


def pickled(value: Any) -> bytes:
    """Pickle in silence: where pickle looks for a name in every module there is, some of them warn."""
    with warnings.catch_warnings(action="ignore"):
        return pickle.dumps(value)


def child_environment() -> dict[str, str]:
    """Return the environment of a child process that is to find the modules that are found here."""
    return os.environ | {"PYTHONPATH": os.pathsep.join(path or os.getcwd() for path in sys.path)}


class _Helper:
    """A thread that calls what it is handed, and can be left behind."""

    def __init__(self) -> None:
        self.state = subnormals()  # of the thread that makes this one, and so of this one
        self.tasks: SimpleQueue[Any] = SimpleQueue()
        self.answers: SimpleQueue[Any] = SimpleQueue()
        self.thread = threading.Thread(target=self._work, daemon=True, name="ogive audit")
        self.thread.start()

    def _work(self) -> None:
        while (task := self.tasks.get()) is not None:
            context, function = task
            answer: tuple[Any, BaseException | None]
            try:
                answer = context.run(function), None
            except BaseException as error:
                answer = None, error
            self.answers.put(answer)
            del task, context, function, answer  # which may be large


class _Silence:
    """Let no warning out, from the first thread that comes in to the last that goes: the filters belong to all of them."""

    def __init__(self) -> None:
        self.lock, self.inside = threading.Lock(), 0

    def __enter__(self) -> None:
        with self.lock:
            if not self.inside:
                self.filters = warnings.catch_warnings(action="ignore")
                self.filters.__enter__()
            self.inside += 1

    def __exit__(self, *_: object) -> None:
        with self.lock:
            self.inside -= 1
            if not self.inside:
                self.filters.__exit__(None, None, None)


_idle: list[_Helper] = []
_changing = threading.Lock()
_silence = _Silence()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_idle.clear)  # a child has none of the threads


def patiently(function: Callable[[], Any], timeout: float, name: str = "the target", silent: bool = True) -> Any:
    """Call a function in another thread, and give up where it does not come back.

    Parameters
    ----------
    function : callable
        Called without arguments.
    timeout : float
        How many seconds to wait. The thread of a call that does not come back is left behind, and does not keep the process alive.
    name : str
        Who does not answer, in the message.
    silent : bool
        Ignore NumPy's floating-point errors and Python's warnings; otherwise they are the caller's.

    Returns
    -------
    object
        What the function returns.

    Raises
    ------
    TargetHangs
        If it does not come back in time.
    Exception
        Whatever the function raises.
    """
    state = subnormals()
    with _changing:
        helper = next((each for each in _idle if each.state == state), None)
        if helper is not None:
            _idle.remove(helper)
    helper = helper or _Helper()
    with np.errstate(all="ignore") if silent else nullcontext(), _silence if silent else nullcontext():
        helper.tasks.put((copy_context(), function))
        try:
            value, error = helper.answers.get(timeout=min(timeout, threading.TIMEOUT_MAX))
        except BaseException as reason:
            helper.tasks.put(None)
            if isinstance(reason, Empty):
                raise TargetHangs(f"{name} does not answer within {timeout:g} s; --timeout allows more") from None
            raise  # Ctrl-C
    _idle.append(helper)
    if error is not None:
        raise error
    return value


def asked(function: Callable[[], Any], timeout: float, name: str, silent: bool = True) -> Any:
    """Call a function `patiently`; whatever it raises is a TargetError in one line.

    Raises
    ------
    TargetError
        If it raises, or does not come back.
    """
    try:
        return patiently(function, timeout, name, silent)
    except TargetError:
        raise
    except (Exception, SystemExit) as error:
        raise TargetError(f"{name} raises {said(error)}") from error
