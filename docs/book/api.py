"""The pages of the Python interface: one a module, from its docstrings."""

from __future__ import annotations

import inspect
import re
from importlib import import_module
from typing import Any

import ogive
from book.words import API_WORDS

#: The modules that have a page, in the order of the index.
MODULES = tuple(API_WORDS["en"])
PER_CARD = "ogive.layers"  # has a class for each card, all alike


def public(module: Any) -> list[str]:
    """List what a module offers, apart from the cards, which have pages of their own."""
    if module is ogive:
        return [name for name in ogive.OWN if name not in ("ALIASES", "CATALOGUE", "ufunc")]
    names = getattr(module, "__all__", None) or [
        name for name, value in vars(module).items() if not name.startswith("_") and getattr(value, "__module__", "") == module.__name__
    ]
    alike = {*module.ELEMENTWISE, *module.BORROWED, *module.ROWS} if module.__name__ == PER_CARD else set()
    return [name for name in names if name not in alike]


def page(name: str, language: str) -> str:
    """Write the page of a module, in reStructuredText."""
    module = import_module(name)
    title = f"{name}: {API_WORDS[language][name]}"
    lines = [title, "=" * (2 * len(title)), "", f".. module:: {name}", "   :no-index-entry:", ""]
    for member in public(module):
        value = getattr(module, member)
        if inspect.isclass(value):
            routed = [method for method in dir(value) if re.fullmatch(r"set_\w+_request", method)]  # scikit-learn's own, written by itself
            lines += [f".. autoclass:: {name}.{member}", "   :members:"]
            lines += ["   :special-members: __call__"] * ("__call__" in vars(value))
            lines += [f"   :exclude-members: {', '.join(routed)}"] * bool(routed) + [""]
        elif callable(value):
            lines += [f".. autofunction:: {name}.{member}", ""]
    if name == PER_CARD:
        classes = ", ".join(f"``{each}``" for each in (*module.ELEMENTWISE, *module.BORROWED, *module.ROWS))
        lines += [classes + ".", ""]
    return "\n".join(lines)
