"""The room *Explorer*: curves of chosen functions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import numpy as np

import ogive
from ogive.lab.messages import Answer, AtMost, Between, Float64s, Part, Refused, Request
from ogive.lab.rooms.room import Room, handles

if TYPE_CHECKING:
    from ogive.lab.session import Work

__all__ = ["Explorer"]


@dataclass(frozen=True, kw_only=True)
class Curves(Request):
    """Compute functions on an interval, once for each column of pixels."""

    functions: Annotated[tuple[str, ...], AtMost(6)]
    low: float
    high: float
    columns: Annotated[int, Between(2, 5000)] = 600


@dataclass(frozen=True, kw_only=True)
class Curve(Part):
    """The values of one function."""

    name: str
    values: Float64s


@dataclass(frozen=True, kw_only=True)
class Drawing(Answer):
    """Curves over the same x."""

    x: Float64s
    curves: tuple[Curve, ...]


class Explorer(Room):
    """The room *Explorer*."""

    @handles
    def curves(self, request: Curves, work: Work) -> Drawing:
        """Compute functions on an interval."""
        if not request.low < request.high:
            raise Refused(f"the left end, {request.low:g}, is to be less than the right end, {request.high:g}", "low")
        x = np.linspace(request.low, request.high, request.columns)
        curves = []
        for name in request.functions:
            work.check()
            try:
                card = ogive.get(name)
            except KeyError as error:
                raise Refused(str(error.args[0]), "functions") from None
            if not isinstance(card, ogive.Elementwise):
                raise Refused(f"{card.name} is not a function of one number", "functions")
            with np.errstate(all="ignore"):
                curves.append(Curve(name=card.name, values=card(x)))
        return Drawing(x=x, curves=tuple(curves))
