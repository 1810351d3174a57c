"""What a room is: a class with handlers, one instance a session.

How a room is added, or grows: write messages as dataclasses in its module, `Request` and `Answer`, and a method marked `handles` that
takes the request and the `Work` and returns the answer. That is all: the registry, the checks of what comes in, and the types of
the front end (``python tools/messages.py``) follow from the annotations.

A handler runs in a thread. It raises `Refused` with a sentence for the reader, and the field that is wrong. State of the reader's
conversation is kept on `self`; requests of different slots may run at the same time, those of one slot or without a slot do not.
Long work is a job: `work.start(run)`, and list the frames that it sends in `frames`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, ClassVar, TypeVar, get_type_hints

from ogive.lab.messages import Answer, Request

__all__ = ["Room", "handles"]

Handler = TypeVar("Handler", bound=Callable[..., Answer])


def handles(method: Handler) -> Handler:
    """Mark a method as the handler of the request that it takes."""
    method.__dict__["handles"] = True
    return method


class Room:
    """A room: its name is that of its module.

    Attributes
    ----------
    frames : tuple of type
        The answers that its jobs send while they run.
    """

    name: ClassVar[str]
    frames: ClassVar[tuple[type[Answer], ...]] = ()

    def __init_subclass__(cls) -> None:
        cls.name = cls.__module__.rpartition(".")[2]

    @classmethod
    def handlers(cls) -> dict[type[Request], tuple[Callable[..., Answer], type[Answer]]]:
        """List the requests it answers: the handler of each, and what it returns."""
        found = {}
        for method in vars(cls).values():
            if getattr(method, "handles", False):
                # `Work` is named in annotations only: sessions import rooms, not the other way round
                names: dict[str, Any] = {**vars(sys.modules[cls.__module__]), "Work": object}
                types = get_type_hints(method, names)
                found[types["request"]] = (method, types["return"])
        return found
