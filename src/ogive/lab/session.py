"""A conversation with one reader: requests in lanes, the newest first, and jobs that send frames.

Nothing here knows what carries the messages: a `Transport` may be a WebSocket or the comm of a notebook. Nothing here waits in an
event loop either: a request is worked on in a thread, and NumPy and the machine release the interpreter's lock.

**Lanes.** Each slot is a lane with one request in work and at most one that waits; requests without a slot share the lane of their
room, in order. So a slider that sends faster than its curve can be computed never builds up a backlog. An answer that is finished
is sent even if a newer request waits: a picture that follows the hand late is better than one that stands still.

**Jobs.** What takes long is a `Job` with a thread of its own. It calls `Job.checkpoint` wherever it could be paused or stopped;
frames leave at most `FRAMES` times a second, and only when the reader has drawn the last one.
"""

from __future__ import annotations

import sys
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Protocol

from ogive.lab.messages import Answer, Control, Drawn, Ended, Error, Refused, Request, Superseded, decode, encode
from ogive.lab.rooms import ROOMS
from ogive.lab.rooms.room import Room

__all__ = ["Job", "Session", "Stopped", "Transport", "Work"]

FRAMES = 60  # a second, at most: what a screen shows; thirty are to be seen on a busy machine too
WAITING = 64  # requests without a slot that may wait in a lane


class Transport(Protocol):
    """What carries the messages of a session; both calls may come from any thread."""

    def send(self, text: str, arrays: bytes | None) -> None:
        """Send a message and the frame that follows it, if there is one, with nothing in between."""


class Stopped(Exception):
    """Raised inside work that is no longer wanted; let it through."""


# ── jobs ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────


class Job:
    """Long work with a thread of its own, which the reader can pause, step and stop.

    Parameters
    ----------
    run : callable
        The work. It takes the job, calls `checkpoint` again and again, and may return a last frame.
    say : callable
        Sends an answer under the id of the job.
    after : Job, optional
        The job that is to end before this one begins.
    """

    def __init__(self, run: Callable[[Job], Answer | None], say: Callable[[Answer], None], after: Job | None = None) -> None:
        self._run, self._say, self._after = run, say, after
        self._changed = threading.Condition()
        self._paused = self._stopping = False
        self._steps = 0  # to go while paused
        self._drawn = True
        self._due = 0.0
        self._thread = threading.Thread(target=self._work, name="ogive-lab-job", daemon=True)

    def checkpoint(self, draw: Callable[[], Answer]) -> None:
        """Be paused or stopped here, if the reader wishes so, and send a frame if one is due.

        Parameters
        ----------
        draw : callable
            Makes the frame; called only if it is sent.

        Raises
        ------
        Stopped
            If the job is to end; let it through.
        """
        with self._changed:
            holding = self._paused and self._steps <= 0
            while holding and not self._drawn and self._paused and not self._stopping:
                self._changed.wait()  # the frame of a paused job is always shown
            if self._stopping:
                raise Stopped
            now = time.monotonic()
            show = self._drawn and (holding or now >= self._due)
            if show:
                self._due = max(self._due + 1 / FRAMES, now)
                self._drawn = False
        if show:
            self._say(draw())
        with self._changed:
            while self._paused and self._steps <= 0 and not self._stopping:
                self._changed.wait()
            self._steps -= self._paused
            if self._stopping:
                raise Stopped

    @property
    def paused(self) -> bool:
        """Whether the reader has stopped it to look."""
        return self._paused

    @property
    def stopping(self) -> bool:
        """Whether the job is to end soon."""
        return self._stopping

    def drawn(self) -> None:
        """Note that the reader has drawn the last frame."""
        with self._changed:
            self._drawn = True
            self._changed.notify_all()

    def control(self, action: str, steps: int = 1) -> None:
        """Pause, resume, step or stop.

        Parameters
        ----------
        action : str
            ``"pause"``, ``"resume"``, ``"step"`` or ``"stop"``.
        steps : int
            How many checkpoints to go through, for ``"step"``.
        """
        with self._changed:
            if action == "stop":
                self._stopping = True
            elif action == "step":
                self._paused, self._steps = True, max(self._steps, 0) + steps
            else:
                self._paused, self._steps = action == "pause", 0
            self._changed.notify_all()

    def start(self) -> None:
        """Begin, once the job before has ended."""
        self._thread.start()

    def join(self, timeout: float | None = None) -> None:
        """Wait until it has ended."""
        if self._thread.is_alive():
            self._thread.join(timeout)

    def _work(self) -> None:
        if self._after is not None:
            self._after.join()
            self._after = None
        try:
            last = None if self._stopping else self._run(self)
            if last is not None:
                self._say(last)
            ended = Ended(outcome="stopped" if self._stopping else "finished")
        except Stopped:
            ended = Ended(outcome="stopped")
        except Refused as refused:
            ended = Ended(outcome="failed", sentence=refused.sentence)
        except Exception as error:
            ended = Ended(outcome="failed", sentence=_unexpected(error))
        self._say(ended)


# ── requests ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(eq=False)
class Work:
    """One request in work: what a handler is given besides the request."""

    number: int
    request: Request
    _cancelled: bool = field(default=False, init=False)
    _job: Callable[[Job], Answer | None] | None = field(default=None, init=False)

    @property
    def cancelled(self) -> bool:
        """Whether a newer request has come, or the reader has left."""
        return self._cancelled

    def check(self) -> None:
        """Go on, unless the answer is no longer wanted.

        Raises
        ------
        Stopped
            If it is not; let it through. Call this in loops that take longer than a frame, some tenths of a second.
        """
        if self._cancelled:
            raise Stopped

    def start(self, run: Callable[[Job], Answer | None]) -> None:
        """Start a job once the answer has been sent; the job that the room has at work is stopped first.

        Parameters
        ----------
        run : callable
            See `Job`.
        """
        self._job = run


@dataclass(eq=False)
class Lane:
    """Where requests wait for one another."""

    current: Work | None = None
    waiting: deque[Work] = field(default_factory=deque)


class Session:
    """A conversation with one reader.

    Parameters
    ----------
    transport : Transport
        What carries the messages.
    rooms : sequence of type
        Which rooms there are.
    """

    def __init__(self, transport: Transport, rooms: Sequence[type[Room]] = ROOMS) -> None:
        self._transport = transport
        self._rooms: dict[str, Room] = {room.name: room() for room in rooms}
        self._handlers = {request: handler for room in rooms for request, (handler, _) in room.handlers().items()}
        self._requests: dict[str, type[Request]] = {Drawn.kind: Drawn, Control.kind: Control}
        self._requests |= {request.kind: request for request in self._handlers}
        self._lock = threading.RLock()
        self._lanes: dict[str, Lane] = {}
        self._jobs: dict[int, Job] = {}
        self._at_work: dict[str, Job] = {}  # the newest job of each room
        self._threads = ThreadPoolExecutor(4, thread_name_prefix="ogive-lab")
        self._closed = False

    def receive(self, text: str) -> None:
        """Take a message; returns at once.

        Parameters
        ----------
        text : str
            JSON.
        """
        number, request = decode(text, self._requests)
        if isinstance(request, Refused):
            self._say(number, Error(sentence=request.sentence, field=request.field))
        elif isinstance(request, Drawn | Control):
            self._steer(number, request)
        else:
            self._line_up(Work(number, request))

    def close(self) -> None:
        """End the conversation: stop what is at work, and say no more."""
        with self._lock:
            self._closed = True
            for lane in self._lanes.values():
                lane.waiting.clear()
                if lane.current:
                    lane.current._cancelled = True
            jobs = list(self._jobs.values())
        for job in jobs:
            job.control("stop")
        self._threads.shutdown(wait=False, cancel_futures=True)
        for job in jobs:
            job.join(timeout=2)

    def _steer(self, number: int, request: Drawn | Control) -> None:
        with self._lock:
            job = self._jobs.get(number)
        if job is None:
            return  # it has ended in the meantime
        if isinstance(request, Drawn):
            job.drawn()
        else:
            job.control(request.action, request.steps)

    def _line_up(self, work: Work) -> None:
        slot = work.request.slot
        refused: list[tuple[Work, Answer]] = []
        with self._lock:
            if self._closed:
                return
            lane = self._lanes.setdefault(slot or work.request.room(), Lane())
            if slot is not None:
                refused = [(older, Superseded()) for older in lane.waiting]
                lane.waiting.clear()
                if lane.current:
                    lane.current._cancelled = True
            if len(lane.waiting) >= WAITING:
                refused.append((work, Error(sentence=f"{WAITING} requests are waiting already; wait for an answer")))
            else:
                lane.waiting.append(work)
                if lane.current is None:
                    lane.current = work  # claims the lane until its thread has begun
                    self._threads.submit(self._clear, lane)
        for older, answer in refused:
            self._say(older.number, answer)

    def _clear(self, lane: Lane) -> None:
        """Work until nothing waits in a lane."""
        while True:
            with self._lock:
                if not lane.waiting:
                    lane.current = None
                    return
                work = lane.current = lane.waiting.popleft()
            answer = self._answer(work)
            job = None if work._job is None or isinstance(answer, Error) else self._job(work, work._job)
            self._say(work.number, answer)  # from here on the reader may steer the job
            if job is not None:
                job.start()

    def _answer(self, work: Work) -> Answer:
        request = work.request
        try:
            return self._handlers[type(request)](self._rooms[request.room()], request, work)
        except Stopped:
            return Superseded()
        except Refused as refused:
            return Error(sentence=refused.sentence, field=refused.field)
        except Exception as error:
            return Error(sentence=_unexpected(error))

    def _job(self, work: Work, run: Callable[[Job], Answer | None]) -> Job:
        """Make a job that will begin when the one that its room has at work has ended."""

        def say(answer: Answer) -> None:
            if isinstance(answer, Ended):
                with self._lock:
                    self._jobs.pop(work.number, None)
            self._say(work.number, answer)

        with self._lock:
            before = self._at_work.get(work.request.room())
            job = Job(run, say, after=before)
            self._jobs[work.number] = self._at_work[work.request.room()] = job
            if self._closed:
                job.control("stop")
        if before is not None:
            before.control("stop")
        return job

    def _say(self, number: int, answer: Answer) -> None:
        try:
            text, arrays = encode(number, answer)
        except Exception as error:
            text, arrays = encode(number, Error(sentence=_unexpected(error)))
        if not self._closed:
            self._transport.send(text, arrays)


def _unexpected(error: Exception) -> str:
    """Say what should not have happened to the reader, and all of it to the terminal."""
    print("ogive lab: unexpected; the session goes on", file=sys.stderr)
    traceback.print_exception(error, file=sys.stderr)
    return f"This should not have happened: {type(error).__name__}: {error}"
