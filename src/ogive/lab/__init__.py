"""The lab: see activation functions, graphs, training and audits in a browser. All numbers are computed here, in Python.

``ogive lab`` serves it on this machine alone; ``ogive.lab.Explorer()`` is one room of it in a notebook.

How it is built, from the inside out:

- `messages` is the vocabulary: what a message is, how one is checked, how it is written.
- `arrays` is the binary frame that follows a message with arrays.
- `rooms` holds a module a room: its messages, and a class that answers them. A room knows nothing of sockets.
- `training` is the network that the room *Train* shows.
- `session` is a conversation: lanes, superseded requests, jobs. It talks through any transport.
- `server` is the transport to a browser, `widget` the one to a notebook.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ogive.lab.server import serve as serve
    from ogive.lab.widget import Explorer as Explorer

__all__ = ["Explorer", "serve"]


def __getattr__(name: str) -> Any:
    if name == "Explorer":
        try:
            from ogive.lab.widget import Explorer
        except ModuleNotFoundError as error:
            if error.name != "anywidget":
                raise
            raise ImportError('ogive.lab.Explorer needs anywidget: python -m pip install "ogive[widget]"') from error
        return Explorer
    if name == "serve":
        try:
            from ogive.lab.server import serve
        except ModuleNotFoundError as error:
            if error.name not in ("starlette", "uvicorn", "websockets"):
                raise
            raise ImportError('the lab needs starlette, uvicorn and websockets: python -m pip install "ogive[lab]"') from error
        return serve
    raise AttributeError(f"ogive.lab has no {name!r}; it has {', '.join(__all__)}")
