"""Measuring shard by shard: in this process, in threads, in processes, or on a Dask cluster; with a state to go on from.

A shard is a stretch of the inputs, and what is counted in it adds up in any order. So shards can run anywhere, and an audit that was
stopped goes on with those that are missing.
"""

from __future__ import annotations

import hashlib
import inspect
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, Pipe, wait
from pathlib import Path
from signal import Signals
from threading import Lock
from typing import Any

from ogive.audit.inputs import Inputs
from ogive.audit.measure import Tally, Void, join, measure
from ogive.audit.patience import TargetError, asked, child_environment, said
from ogive.audit.targets import Target

__all__ = ["Job", "run", "state_path"]

SAVED = 20.0  # seconds between two writings of the state
LARGE = 1 << 24  # inputs from which on an audit is worth several processes, and a state to go on from

Shard = tuple[int, int]
Event = int | Tally  # so many inputs have been tried, or a shard is done


@dataclass(frozen=True)
class Job:
    """What is measured: the implementation, where, and what counts as an error.

    Parameters
    ----------
    target : Target
        The implementation.
    inputs : Inputs
        The question, and where it is asked.
    max_ulp : float
        Larger errors are findings.
    timeout : float
        How many seconds one call of the target may take.
    """

    target: Target
    inputs: Inputs
    max_ulp: float
    timeout: float

    def measure(self, shard: Shard, beat: Callable[[int], None] = lambda count: None, lock: Any = None) -> Tally:
        """Measure a shard; with a lock, one call of the target at a time."""

        def call(x: Any) -> Any:
            with lock or nullcontext():
                found = asked(lambda: self.target(x), self.timeout, self.target.name)
            if found.shape[:1] != x.shape[:1] or (found.shape != x.shape and not self.inputs.question.rows):
                raise TargetError(f"{self.target.name} returns shape {found.shape} for {x.shape}")
            if found.dtype != x.dtype:
                raise TargetError(f"{self.target.name} returns {found.dtype} for {x.dtype}")
            return found

        return measure(call, self.inputs, *shard, self.max_ulp, beat)


# ── where shards are measured ────────────────────────────────────────────────────────────────────────────────────────────


def here(job: Job, shards: list[Shard]) -> Iterator[Event]:
    """Measure one shard after another in this process."""
    for shard in shards:
        beats: list[int] = []
        yield job.measure(shard, beats.append)
        yield sum(beats)


def in_threads(job: Job, shards: list[Shard], count: int) -> Iterator[Event]:
    """Measure in threads of this process; the target, which may not be made for that, is called by one at a time."""
    lock = Lock()
    pool = ThreadPoolExecutor(count)
    try:
        futures = {pool.submit(job.measure, shard, lock=lock): shard for shard in shards}
        for future in as_completed(futures):
            yield future.result()
            low, high = futures[future]
            yield high - low
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


class _Worker:
    """A process of its own that measures shards; nothing of the caller's main module runs in it."""

    def __init__(self, job: Job) -> None:
        self.connection, theirs = Pipe()
        self.noise = tempfile.TemporaryFile()  # noqa: SIM115, closed by `end`
        self.process = subprocess.Popen(
            [sys.executable, "-c", "from ogive.audit.shards import serve; serve()", str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=self.noise,
            start_new_session=True,  # Ctrl-C is the parent's
            env=child_environment(),
        )
        theirs.close()
        self.connection.send(job)
        self.shard: Shard | None = None
        self.heard = time.monotonic()

    def give(self, shard: Shard) -> None:
        """Hand out a shard."""
        self.shard, self.heard = shard, time.monotonic()
        self.connection.send(shard)

    def fate(self, job: Job) -> TargetError:
        """Explain why it is gone."""
        code = self.process.wait()
        self.noise.seek(0)
        said = self.noise.read().decode(errors="replace").strip().splitlines()
        how = f"by {Signals(-code).name}" if code < 0 else f"with exit code {code}"
        last = f": {said[-1]}" if said and code >= 0 else ""
        low, high = self.shard or (0, 0)
        return TargetError(f"the process that ran {job.target.name} on the inputs {low:#x} to {high - 1:#x} died {how}{last}")

    def end(self) -> None:
        """End it, whatever it does."""
        self.process.kill()
        self.process.wait()
        self.connection.close()
        self.noise.close()


def serve() -> None:
    """Measure what the parent hands out, until it goes away."""
    connection = Connection(int(sys.argv[1]))
    try:
        job = connection.recv()
        while True:
            shard = connection.recv()
            try:
                connection.send(job.measure(shard, connection.send))
            except (TargetError, Void) as error:
                connection.send(error)
            except Exception as error:
                connection.send(RuntimeError(said(error)))
    except (EOFError, OSError):
        pass


def in_processes(job: Job, shards: list[Shard], count: int) -> Iterator[Event]:
    """Measure in processes.

    Raises
    ------
    TargetError
        If one dies, or the target raises or does not answer.
    """
    left = list(reversed(shards))
    workers = [_Worker(job) for _ in range(min(count, len(shards)))]
    try:
        by_connection = {worker.connection: worker for worker in workers}
        for worker in workers:
            worker.give(left.pop())
        busy = len(workers)
        while busy:
            for connection in wait(list(by_connection), timeout=1.0):
                worker = by_connection[connection]  # type: ignore[index]
                try:
                    event = worker.connection.recv()
                except (EOFError, ConnectionResetError):
                    raise worker.fate(job) from None
                worker.heard = time.monotonic()
                if isinstance(event, Exception):
                    raise event
                yield event
                if isinstance(event, Tally):
                    busy -= 1
                    worker.shard = None
                    if left:
                        worker.give(left.pop())
                        busy += 1
            for worker in workers:
                if worker.shard and time.monotonic() - worker.heard > job.timeout + SAVED:
                    raise TargetError(f"{job.target.name} does not answer within {job.timeout:g} s")
    finally:
        for worker in workers:
            worker.end()


def on_cluster(job: Job, shards: list[Shard], scheduler: Any) -> Iterator[Event]:
    """Measure on a Dask cluster, given by the address of its scheduler, or as a Client or Cluster; what a lost worker had is measured again.

    Raises
    ------
    TargetError
        If dask.distributed is missing, or the scheduler does not answer.
    """
    try:
        from dask.distributed import Client
        from dask.distributed import as_completed as completed
    except ImportError:
        raise TargetError('a scheduler needs dask.distributed; install it with: python -m pip install "dask[distributed]"') from None
    try:
        client = scheduler if isinstance(scheduler, Client) else Client(scheduler, timeout=10, set_as_default=False)
    except (OSError, ValueError) as error:
        raise TargetError(f"the scheduler {scheduler} does not answer: {error}") from None
    futures = {}
    try:
        futures = {client.submit(job.measure, shard, pure=False, retries=3): shard for shard in shards}
        for future in completed(futures, loop=client.loop):
            yield future.result()
            low, high = futures[future]
            yield high - low
    finally:
        client.cancel(list(futures), force=True)
        if client is not scheduler:
            client.close()


# ── the state ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def state_path(job: Job) -> Path | None:
    """Name the file that keeps what an audit has found until it is done; none for a small one, or a target that cannot be named."""
    inputs = job.inputs
    if job.target.spec is None or inputs.kind != "exhaustive" or inputs.count < LARGE:
        return None
    from importlib.metadata import version

    asked = [job.target.spec, job.target.versions, source_of(job.target), inputs.question.to_dict(), job.max_ulp, version("ogive")]
    name = hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()[:20]
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "ogive" / "audit" / f"{name}.json"


def source_of(target: Target) -> str:
    """Return a digest of the file that an implementation comes from, where there is one: it may be edited between two audits."""
    file, _, _ = (target.spec or "").rpartition(":")
    found = target.spec if (target.spec or "").endswith(".onnx") else file if file.endswith(".py") else None
    if found is None:
        with suppress(TypeError):
            found = inspect.getsourcefile(inspect.unwrap(target.given))
    try:
        return hashlib.sha256(Path(found).read_bytes()).hexdigest() if found else ""
    except OSError:
        return ""


def load(path: Path | None) -> Tally:
    """Read a state; an empty one if there is none that can be read."""
    if path is not None:
        with suppress(OSError, ValueError, TypeError, KeyError):
            return Tally.from_dict(json.loads(path.read_text(encoding="utf-8")))
    return Tally()


def save(path: Path | None, tally: Tally) -> bool:
    """Write a state in one step; where that is not possible, an audit cannot be gone on with, and runs all the same."""
    if path is None:
        return False
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(f".{os.getpid()}.tmp")
        unfinished.write_text(json.dumps(tally.to_dict()), encoding="utf-8")
        os.replace(unfinished, path)
    except OSError:
        return False
    return True


def run(
    job: Job,
    *,
    workers: int = 1,
    scheduler: Any = None,
    progress: Callable[[int, int], None] | None = None,
    partial: Callable[[Tally], None] | None = None,
) -> Tally:
    """Measure all shards.

    Parameters
    ----------
    job : Job
        What is measured.
    workers : int
        How many processes; threads, if the target cannot be handed to another process.
    scheduler : str or distributed.Client, optional
        Where a Dask cluster is; its workers are used instead.
    progress : callable, optional
        Is told how many inputs are done, and how many there are.
    partial : callable, optional
        Is given what is counted so far, whenever a shard is done.

    Returns
    -------
    Tally
        Of all inputs, borders of shards included.

    Raises
    ------
    TargetError
        If the target fails, does not answer, or cannot be handed to the cluster.
    KeyboardInterrupt
        With a note that says how far it came, and whether the same audit goes on from there.
    """
    path = state_path(job)
    tally = load(path)
    left = [shard for shard in job.inputs.shards() if shard[0] not in tally.digests]
    total = sum(high - low for low, high in job.inputs.shards())
    done = total - sum(high - low for low, high in left)
    if scheduler is not None and not job.target.portable:
        raise TargetError(f"{job.target.name} cannot be handed to another process; define it in a module to audit it on a cluster")
    if scheduler is not None:
        events = on_cluster(job, left, scheduler)
    elif workers == 1 or len(left) < 2 or job.inputs.count < LARGE:
        events = here(job, left)
    elif job.target.portable:
        events = in_processes(job, left, workers)
    else:
        events = in_threads(job, left, workers)
    saved = time.monotonic()
    try:
        for event in events:
            if isinstance(event, Tally):
                tally = tally.merge(event)
                if partial is not None:
                    partial(tally)
                if path is not None and time.monotonic() - saved > SAVED:
                    save(path, tally)
                    saved = time.monotonic()
            else:
                done += event
                if progress is not None:
                    progress(done, total)
    except BaseException as error:
        if tally.digests and save(path, tally):
            error.add_note(f"{len(tally.digests)} of {len(job.inputs.shards())} parts are done and kept; the same audit goes on from there")
        raise
    finally:
        events.close()  # type: ignore[attr-defined]
    if path is not None:
        with suppress(OSError):
            path.unlink()
    return join(tally, job.inputs)
