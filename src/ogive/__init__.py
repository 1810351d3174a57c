"""Activation functions with the right answer: value, derivative, inverse; exact, fast, visible.

Every card of the catalogue is an attribute, under its name and its aliases: ``ogive.sigmoid``, ``ogive.expit``.
The names are listed for type checkers in ``__init__.pyi``, which ``tools/stubs.py`` writes from the catalogue.
"""

from typing import Any

from ogive._core import ufunc as ufunc
from ogive.activation import Activation as Activation
from ogive.activation import Elementwise as Elementwise
from ogive.activation import Form as Form
from ogive.borrowed import Borrowed as Borrowed
from ogive.borrowed import Formula as Formula
from ogive.catalogue import ALIASES as ALIASES
from ogive.catalogue import CATALOGUE as CATALOGUE
from ogive.catalogue import get as get
from ogive.loss import Loss as Loss
from ogive.vectorwise import Composed as Composed
from ogive.vectorwise import Vectorwise as Vectorwise
from ogive.workers import get_workers as get_workers
from ogive.workers import set_workers as set_workers

ROOMS = ("audit", "cli", "graph", "lab", "layers", "networks", "plot", "truth")  # heavy rooms, loaded on use

globals().update(CATALOGUE)
globals().update({alias: CATALOGUE[name] for alias, name in ALIASES.items()})

OWN = (
    "ALIASES",
    "CATALOGUE",
    "Activation",
    "Borrowed",
    "Composed",
    "Elementwise",
    "Form",
    "Formula",
    "Loss",
    "Vectorwise",
    "get",
    "get_workers",
    "set_workers",
    "show_config",
    "ufunc",
)
__all__ = [*OWN, *CATALOGUE, *ALIASES]


def show_config() -> dict[str, Any]:
    """Tell how the machine was built and which of its levels runs.

    Returns
    -------
    dict
        ``version``; ``level``, the CPU level in use (``OGIVE_CPU`` forces one before the first import); ``levels``, those that
        this processor can run; ``compiler``; ``bfloat16``, whether ml_dtypes was there at import.

    Examples
    --------
    >>> import ogive
    >>> ogive.show_config()["level"] in ogive.show_config()["levels"]
    True
    """
    from importlib.metadata import version

    from ogive._core.ufunc import __config__

    return {"version": version("ogive"), **__config__}


def __getattr__(name: str) -> Any:
    if name in ROOMS:
        from importlib import import_module

        return import_module(f"ogive.{name}")
    if name == "vitals":
        from ogive.networks import vitals

        return vitals
    if name == "__version__":
        from importlib.metadata import version

        return version("ogive")
    from difflib import get_close_matches

    near = get_close_matches(name, __all__, 3)
    raise AttributeError(
        f"ogive has no {name!r}" + (f"; did you mean {', '.join(near)}?" if near else "; ogive.CATALOGUE lists what it has")
    )
