"""Calls that may hang, warn or die: made in another thread, in silence, and given up where they do not come back."""

from __future__ import annotations

import os
import threading
import warnings
from collections.abc import Callable
from contextvars import copy_context
from queue import Empty, SimpleQueue
from typing import Any

import numpy as np

__all__ = ["TargetError", "patiently"]


class TargetError(Exception):
    """A target that cannot be found, made or called; the message is one line."""


class _Helper:
    """A thread that calls what it is handed, and can be left behind."""

    def __init__(self) -> None:
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
_silence = _Silence()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_idle.clear)  # a child has none of the threads


def patiently(function: Callable[[], Any], timeout: float, name: str = "the target") -> Any:
    """Call a function in another thread, in silence, and give up where it does not come back.

    Parameters
    ----------
    function : callable
        Called without arguments, with NumPy's floating-point errors and Python's warnings ignored.
    timeout : float
        How many seconds to wait. The thread of a call that does not come back is left behind, and does not keep the process alive.
    name : str
        Who does not answer, in the message.

    Returns
    -------
    object
        What the function returns.

    Raises
    ------
    TargetError
        If it does not come back in time.
    Exception
        Whatever the function raises.
    """
    try:
        helper = _idle.pop()
    except IndexError:
        helper = _Helper()
    with np.errstate(all="ignore"), _silence:
        helper.tasks.put((copy_context(), function))
        try:
            value, error = helper.answers.get(timeout=min(timeout, threading.TIMEOUT_MAX))
        except BaseException as reason:
            helper.tasks.put(None)
            if isinstance(reason, Empty):
                raise TargetError(f"{name} does not answer within {timeout:g} s; --timeout allows more") from None
            raise  # Ctrl-C
    _idle.append(helper)
    if error is not None:
        raise error
    return value
