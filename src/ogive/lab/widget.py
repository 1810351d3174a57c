"""The lab in a notebook: the same front end and the same rooms, carried by the comm of a widget (Jupyter, marimo, VS Code)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from ogive.catalogue import get
from ogive.lab.session import Session

__all__ = ["Explorer"]

STATIC = Path(__file__).parent / "static"


class Explorer(anywidget.AnyWidget):
    """The room *Explorer* of the lab, as a widget.

    Parameters
    ----------
    *functions : str or Activation
        What to show, by name or alias; sigmoid if there is none.
    language : {"en", "ko"}, optional
        By default the language of the browser.

    Examples
    --------
    >>> import ogive.lab
    >>> ogive.lab.Explorer("sigmoid", "tanh")  # doctest: +SKIP
    """

    _esm = STATIC / "lab.js"
    _css = STATIC / "lab.css"
    room = traitlets.Unicode("explorer").tag(sync=True)
    view = traitlets.Unicode("").tag(sync=True)
    language = traitlets.Unicode("").tag(sync=True)

    def __init__(self, *functions: Any, language: str = "") -> None:
        names = ",".join(get(each).name for each in functions)
        super().__init__(view=f"functions={names}" if names else "", language=language)
        self._session = Session(self)
        self.on_msg(self._receive)

    def _receive(self, widget: Any, content: Any, buffers: list[bytes]) -> None:
        self._session.receive(json.dumps(content))

    def send(self, content: Any, buffers: Any = None) -> None:
        """Send a message to the notebook: the transport of the session.

        Parameters
        ----------
        content : str or dict
            A message of the lab as JSON, or one of the widget's own.
        buffers : bytes or list of bytes, optional
            The frame that follows.
        """
        if isinstance(content, str):
            content, buffers = json.loads(content), [] if buffers is None else [buffers]
        super().send(content, buffers)

    def close(self) -> None:
        """End it."""
        self._session.close()
        super().close()
