"""Who computes a form of a card besides ogive: the formulas that people write in NumPy, and the libraries that are installed.

A library is imported when it is asked for the first time. It is looked for under the names of the card, by the shorthands of
``ogive audit``; its derivatives are its own.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from typing import Any, Literal

import numpy as np

from ogive.activation import Elementwise
from ogive.audit.patience import TargetError, patiently
from ogive.audit.targets import ORDERS, Target, resolve
from ogive.catalogue import CATALOGUE
from ogive.formulas import in_numpy
from ogive.truth.ulp import Array, format_of, from_ordinal, ordinal

__all__ = ["LIBRARIES", "Absence", "Absent", "Contender", "Who", "complaint", "contender", "warned"]

Who = Literal["ogive", "naive", "stable", "scipy", "torch", "jax"]
#: Why somebody is not there: it is not installed; it has no such function or formula; it is not asked with other parameters; it
#: answers in another dtype.
Absence = Literal["", "package", "function", "parameters", "dtype"]
LIBRARIES: tuple[Who, ...] = ("scipy", "torch", "jax")
SECONDS = 20.0  # that a library may take
BLOCK = 1024  # numbers at a time: JAX compiles anew for every length


class Absent(Exception):
    """Somebody does not compute this; `reason` says why."""

    def __init__(self, reason: Absence) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, eq=False)
class Contender:
    """Somebody who computes a form.

    Attributes
    ----------
    who : str
        One of `Who`.
    label : str
        The formula, or the full name of the function.
    compute : callable
        Takes an array of the dtype, and returns one.
    """

    who: Who
    label: str
    compute: Callable[[Array], Array]


def contender(who: Who, card: Elementwise, form: str, dtype: str, parameters: Mapping[str, float]) -> Contender:
    """Find somebody who computes a form.

    Parameters
    ----------
    who : str
        ``ogive``, ``naive`` and ``stable`` for formulas in NumPy, ``scipy``, ``torch`` or ``jax``.
    card : Elementwise
        The card.
    form : str
        One of its forms.
    dtype : str
        float16, bfloat16, float32 or float64.
    parameters : mapping of str to float
        Those that are not at their defaults.

    Returns
    -------
    Contender
        Whose answers have the dtype; asked for any other, it raises `Absent`.

    Raises
    ------
    Absent
        If there is nobody.

    Examples
    --------
    >>> import numpy as np
    >>> import ogive
    >>> from ogive.lab.contenders import contender
    >>> naive = contender("naive", ogive.sigmoid, "derivative", "float64", {})
    >>> naive.label
    '(y := 1 / (1 + np.exp(-x))) * (1 - y)'
    >>> float(naive.compute(np.array([40.0]))[0])
    0.0
    """
    call = card.forms[form]
    if who == "ogive":
        return Contender(who, f"ogive.{card.name}" + ("" if form == "value" else f".{form}"), lambda x: np.asarray(call(x, **parameters)))
    row = CATALOGUE.get(call.row)
    if isinstance(row, Elementwise):  # a form that is a card of its own, such as logit
        card, form = row, "value"
    if who in ("naive", "stable"):
        return _formula(who, card, form, dtype, parameters)
    if parameters:
        raise Absent("parameters")
    if form != "value" and (form not in ORDERS or who == "scipy"):
        raise Absent("function")
    return _peer(who, card.name, form, dtype)


def _formula(who: Who, card: Elementwise, form: str, dtype: str, parameters: Mapping[str, float]) -> Contender:
    expression = in_numpy(card.name, form, naive=who == "naive")
    if not expression:
        raise Absent("function")
    if not parameters.keys() <= {node.id for node in ast.walk(ast.parse(expression)) if isinstance(node, ast.Name)}:
        raise Absent("parameters")
    values = {p.name: float(parameters.get(p.name, p.default)) for p in card.parameters}
    written = eval(f"lambda x: {expression}", {"np": np, **values})
    return Contender(who, expression, lambda x: _typed(written(x), x))


def _typed(y: Any, x: Array) -> Array:
    result: Array = np.asarray(y)
    if result.dtype != x.dtype or result.shape != x.shape:
        raise Absent("dtype")
    return result


@lru_cache(64)
def _peer(who: Who, name: str, form: str, dtype: str) -> Contender:
    if find_spec(who) is None:
        raise Absent("package")
    target = _found(who, name, form, dtype)

    def compute(x: Array) -> Array:
        whole = np.concatenate([x, np.resize(x[-1:], -len(x) % BLOCK)])
        try:
            return _typed(patiently(lambda: target(whole), SECONDS, target.name), whole)[: len(x)]
        except Absent:
            raise
        except Exception as error:  # each library has its own way to say that it does not take this dtype
            raise Absent("dtype") from error

    return Contender(who, target.name, compute)


def _found(library: str, name: str, form: str, dtype: str) -> Target:
    """Find a function of one array in a library, by the names of a card."""
    x = np.full(4, 0.5, format_of(dtype).dtype)
    for each in (name, *CATALOGUE[name].aliases):
        try:
            target = resolve(f"{library}:{each}", form, dtype)
            patiently(lambda target=target: target(x), SECONDS, target.name)  # type: ignore[misc]
        except TargetError:
            continue
        except TypeError:  # it takes something else besides, as heaviside does
            continue
        except Exception as error:
            raise Absent("dtype") from error
        return target
    raise Absent("function")


# ── what NumPy says of a formula ─────────────────────────────────────────────────────────────────────────────────────────


def complaint(compute: Callable[[Array], Array], x: Array) -> str:
    """Tell what NumPy would warn of first: "overflow encountered in exp"; nothing where all is well.

    Parameters
    ----------
    compute : callable
        A formula.
    x : ndarray
        Where.

    Returns
    -------
    str
        What the warning says.
    """
    try:
        with np.errstate(divide="raise", over="raise", invalid="raise", under="ignore"):
            compute(x)
    except FloatingPointError as error:
        return str(error)
    return ""


def warned(compute: Callable[[Array], Array], x: Array) -> Iterator[tuple[float, float, str]]:
    """Find where NumPy warns.

    Parameters
    ----------
    compute : callable
        A formula.
    x : ndarray
        Increasing numbers of a dtype.

    Yields
    ------
    (float, float, str)
        The first and the last number, of all of the dtype in between those of `x`, and what the warning says.
    """
    said = [""] * len(x)

    def look(start: int, stop: int) -> None:
        if text := complaint(compute, x[start:stop]):
            if stop - start == 1:
                said[start] = text
            else:
                look(start, (start + stop) // 2)
                look((start + stop) // 2, stop)

    look(0, len(x))
    start = 0
    for stop in range(1, len(x) + 1):
        if stop == len(x) or said[stop] != said[start]:
            if said[start]:
                yield _edge(compute, x, start, start - 1), _edge(compute, x, stop - 1, stop), said[start]
            start = stop


def _edge(compute: Callable[[Array], Array], x: Array, inside: int, outside: int) -> float:
    """Find the last number that has the warning of `inside`, on the way to `outside`."""
    if not 0 <= outside < len(x):
        return float(x[inside])
    text = complaint(compute, x[inside : inside + 1])
    here, there = (int(ordinal(x[i])) for i in (inside, outside))
    while abs(there - here) > 1:
        middle = (here + there) // 2
        if complaint(compute, np.reshape(from_ordinal(middle, x.dtype), 1)) == text:
            here = middle
        else:
            there = middle
    return float(from_ordinal(here, x.dtype))
