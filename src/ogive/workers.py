"""Large arrays on several cores: how many threads a call may use, and how a call is cut into pieces.

The loops of the machine release the interpreter's lock and work element by element, so the pieces of an array can be computed
at the same time, and the bits do not depend on how many there are.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Sequence
from contextvars import ContextVar, copy_context
from functools import cache
from itertools import pairwise
from operator import index
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from concurrent.futures import Future, ThreadPoolExecutor

__all__ = ["get_workers", "set_workers", "spread", "threads"]

Array = np.ndarray[Any, np.dtype[Any]]

SMALL = 1 << 17  # elements: below this, waking a thread costs what it saves (about 0.1 ms, against 0.2 ms for a float32 sigmoid)
GRAIN = 1 << 16  # elements of a piece, at least
PIECES = 2  # for each thread, so that one that is held up does not hold up the others

_workers: ContextVar[int] = ContextVar("ogive.workers", default=1)


def cores() -> int:
    """Count the processors that this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def threads(workers: Any) -> int:
    """Read a ``workers=`` argument as a number of threads, at least 1.

    Raises
    ------
    TypeError
        If it is not an integer.
    ValueError
        If it is 0, or counts down from the number of cores to less than one.
    """
    if workers is None:
        return _workers.get()
    try:
        count = index(workers)
    except TypeError as error:
        raise TypeError(f"workers={workers!r} is not an integer; give a number of threads, or -1 for all cores") from error
    if count < 0:
        count += 1 + cores()
    if count < 1:
        raise ValueError(f"workers={workers!r} leaves no thread; give 1 or more, or -1 for all {cores()} cores, -2 for all but one, ...")
    return count


def get_workers() -> int:
    """Tell how many threads a call may use where it is not told by ``workers=``.

    Returns
    -------
    int
        1 unless `set_workers` has said otherwise.
    """
    return _workers.get()


class set_workers:
    """Set how many threads a call may use where it is not told by ``workers=``.

    A plain call sets it for good; in a ``with`` statement, until its end. Like `numpy.errstate` it holds for the current
    context: another thread, such as one of Dask's, has a setting of its own, which is 1 at first.

    Parameters
    ----------
    workers : int
        A number of threads; -1 means all cores, -2 all but one, and so on.

    Raises
    ------
    TypeError
        If it is not an integer.
    ValueError
        If it leaves no thread.

    Notes
    -----
    Only NumPy arrays of at least 131,072 elements are cut into pieces, and never an output that overlaps an input in another
    place. The results have the same bits for any number of threads. A floating-point warning is given by each piece that has
    cause for one.

    Examples
    --------
    >>> import ogive
    >>> with ogive.set_workers(2):
    ...     ogive.get_workers()
    2
    >>> ogive.get_workers()
    1
    """

    def __init__(self, workers: int) -> None:
        if workers is None:
            raise TypeError("workers=None is not an integer; give a number of threads, or -1 for all cores")
        self._before = get_workers()
        _workers.set(threads(workers))

    def __enter__(self) -> None:
        return None

    def __exit__(self, *_: object) -> None:
        _workers.set(self._before)


def spread(function: np.ufunc, inputs: Sequence[Any], options: dict[str, Any], count: int) -> Any:
    """Call a ufunc, on several threads where its operands are large plain arrays.

    Parameters
    ----------
    function : numpy.ufunc
        Any.
    inputs : sequence
        Its inputs.
    options : dict
        Its keyword arguments, of ``out``, ``where`` and ``dtype``.
    count : int
        How many threads to use at most, the calling one among them.

    Returns
    -------
    As the ufunc.
    """
    if count == 1:
        return function(*inputs, **options)
    outputs = options.get("out", (None,) * function.nout)
    outputs = outputs if isinstance(outputs, tuple) else (outputs,)
    where = options.get("where", True)
    given = [*inputs, *([] if where is True else [where])]
    written = [out for out in outputs if out is not None]
    plain = all(type(v) is np.ndarray or isinstance(v, (np.generic, int, float)) for v in given) and len(outputs) == function.nout
    if not plain or not all(type(out) is np.ndarray for out in written):
        return function(*inputs, **options)
    try:
        shape = np.broadcast_shapes(*map(np.shape, given), *(out.shape for out in written))
    except ValueError:  # which the ufunc explains
        return function(*inputs, **options)
    size = int(np.prod(shape))
    fits = all(out.shape == shape for out in written)
    if size < SMALL or not fits or any(_entangled(out, v) for out in written for v in [*given, *written] if v is not out):
        return function(*inputs, **options)
    results = _allocated(function, given, inputs, outputs, options)
    axis, edges = _cut(shape, results[0].strides, min(PIECES * count, size // GRAIN))

    def piece(low: int, high: int) -> None:
        place = (slice(None),) * axis + (slice(low, high),)
        own = [np.broadcast_to(v, shape)[place] if np.ndim(v) else v for v in given]
        chosen = options | {"out": tuple(out[place] for out in results)}
        if where is not True:
            chosen["where"] = own.pop()
        function(*own, **chosen)

    _together(list(pairwise(edges)), piece, count)
    return results[0] if len(results) == 1 else results


def _entangled(out: Array, other: Any) -> bool:
    """Whether writing a piece of `out` may change another piece of `other`: not if the same element lies in the same place."""
    if not isinstance(other, np.ndarray) or not np.may_share_memory(out, other):
        return False
    a, b = out.__array_interface__, other.__array_interface__
    return any(a[key] != b[key] for key in ("data", "shape", "typestr")) or out.strides != other.strides


def _allocated(
    function: np.ufunc, given: Sequence[Any], inputs: Sequence[Any], outputs: Sequence[Any], options: dict[str, Any]
) -> tuple[Array, ...]:
    """Make the outputs that are not given, with the dtype and the memory layout that the ufunc itself would choose."""
    if all(out is not None for out in outputs):
        return tuple(outputs)
    nothing = function(*(np.empty(0, v.dtype) if isinstance(v, np.ndarray) else v for v in inputs), dtype=options.get("dtype"))
    dtypes = [v.dtype for v in (nothing if isinstance(nothing, tuple) else (nothing,))]
    flags: list[Any] = [["readonly"]] * len(given) + [["writeonly", "allocate", "no_broadcast"]] * len(dtypes)
    wanted = [None] * len(given) + [d if out is None else None for d, out in zip(dtypes, outputs, strict=True)]
    with np.nditer([*given, *outputs], ["external_loop"], flags, wanted) as iterator:
        made = iterator.operands[len(given) :]
    return tuple(new if out is None else out for new, out in zip(made, outputs, strict=True))


def _cut(shape: tuple[int, ...], strides: tuple[int, ...], parts: int) -> tuple[int, list[int]]:
    """Choose an axis that is long enough, outermost in memory if it may be, and the places where it is cut."""
    outermost = sorted(range(len(shape)), key=lambda i: -abs(strides[i]))
    axis = next((i for i in outermost if shape[i] >= parts), max(outermost, key=lambda i: shape[i]))
    parts = min(parts, shape[axis])
    return axis, [shape[axis] * i // parts for i in range(parts + 1)]


@cache
def _pool() -> ThreadPoolExecutor:
    from concurrent.futures import ThreadPoolExecutor

    return ThreadPoolExecutor(max(64, cores()), thread_name_prefix="ogive")  # a thread is started when none is idle


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_pool.cache_clear)  # a child has the pool, and none of its threads


def _together(pieces: Sequence[tuple[int, int]], task: Callable[[int, int], None], count: int) -> None:
    """Do a task for every piece, in this thread and others, each in a copy of the caller's context: `errstate` lives there."""
    from concurrent.futures import wait

    waiting = deque(pieces)

    def work() -> None:
        try:
            while True:
                try:
                    low, high = waiting.popleft()
                except IndexError:
                    return
                task(low, high)
        except BaseException:
            waiting.clear()  # the others finish what they are at
            raise

    helpers: list[Future[None]] = []
    try:
        for _ in range(min(count, len(pieces)) - 1):
            helpers.append(_pool().submit(copy_context().run, work))
    except RuntimeError:  # no thread to be had, as at the interpreter's end: this one does what is left
        pass
    try:
        work()
    finally:
        wait([helper for helper in helpers if not helper.cancel()])
    for helper in helpers:
        if not helper.cancelled():
            helper.result()
