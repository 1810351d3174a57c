"""The lab in a notebook: the same front end and the same rooms, carried by the comm of a widget (Jupyter, marimo, VS Code)."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any, get_args
from urllib.parse import urlencode

import anywidget
import traitlets

from ogive.activation import Elementwise
from ogive.catalogue import get
from ogive.lab.rooms.explorer import FUNCTIONS, Dtype, Form
from ogive.lab.session import Session

__all__ = ["Explorer"]

STATIC = Path(__file__).parent / "static"


class Explorer(anywidget.AnyWidget):
    """The room *Explorer* of the lab, as a widget.

    Parameters
    ----------
    *functions : str or Activation
        What to show, by name or alias, six at most; sigmoid if there is none.
    form : str
        The form under the microscope: ``value``, ``derivative``, ``second_derivative``, ``inverse``, ``log`` or ``complement``.
    dtype : str
        float16, bfloat16, float32 or float64.
    low, high : float
        The interval.
    x : float
        Where the cursor stands.
    language : {"en", "ko"}, optional
        By default the language of the browser.

    Attributes
    ----------
    view : str
        What is shown, as in the address of the lab. It follows the reader, and may be set.

    Raises
    ------
    KeyError
        If there is no such function.
    ValueError
        If a function has no curve, there are too many, the interval is none, or a name is none of those above.

    Examples
    --------
    >>> import ogive.lab
    >>> ogive.lab.Explorer("sigmoid", "tanh", form="derivative", low=-60, high=60, x=40)  # doctest: +SKIP
    """

    _esm = STATIC / "lab.js"
    _css = STATIC / "lab.css"
    room = traitlets.Unicode("explorer").tag(sync=True)
    view = traitlets.Unicode("").tag(sync=True)
    language = traitlets.Unicode("").tag(sync=True)
    _session: Session | None = None  # until it is built: a widget that was refused is closed too

    def __init__(
        self,
        *functions: Any,
        form: str = "value",
        dtype: str = "float64",
        low: float = -6.0,
        high: float = 6.0,
        x: float = 1.0,
        language: str = "",
    ) -> None:
        cards = [get(each) for each in functions]
        for card in cards:
            if not isinstance(card, Elementwise):
                raise ValueError(f"{card.name} has no curve of its own to explore; give elementwise functions, such as sigmoid")
        for name, value, known in (
            ("form", form, get_args(Form)),
            ("dtype", dtype, get_args(Dtype)),
            ("language", language, ("", "en", "ko")),
        ):
            if value not in known:
                raise ValueError(f"{name}={value!r}: it is one of {', '.join(filter(None, known))}")
        if len(cards) > FUNCTIONS:
            raise ValueError(f"at most {FUNCTIONS} functions are shown at once; got {len(cards)}")
        if not -math.inf < low < high < math.inf:
            raise ValueError(f"an interval needs finite ends with low < high, got low={low!r}, high={high!r}")
        given = {"functions": ",".join(card.name for card in cards), "form": form, "dtype": dtype}
        given |= {key: str(float(number)) for key, number in (("low", low), ("high", high), ("x", x))}
        initial = {"functions": "", "form": "value", "dtype": "float64", "low": "-6.0", "high": "6.0", "x": "1.0"}
        view = {key: text for key, text in given.items() if text != initial[key]}
        super().__init__(view=urlencode(view, safe=","), language=language)
        self._session = Session(self)
        self.on_msg(self._receive)

    def _receive(self, widget: Any, content: Any, buffers: list[bytes]) -> None:
        if self._session is not None:
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
        if self._session is not None:
            self._session.close()
        super().close()
