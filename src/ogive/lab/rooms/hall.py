"""The hall: what every room needs to know, asked once when the page opens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import ogive
from ogive.activation import Elementwise
from ogive.borrowed import Borrowed
from ogive.catalogue import FAMILIES
from ogive.lab.messages import Answer, Extended, Part, Request
from ogive.lab.rooms.room import Room, handles

if TYPE_CHECKING:
    from ogive.activation import Activation
    from ogive.lab.session import Work

__all__ = ["Hall"]


@dataclass(frozen=True, kw_only=True)
class Hello(Request):
    """Ask what there is; the page has opened."""


@dataclass(frozen=True, kw_only=True)
class Parameter(Part):
    """A parameter of an activation; the ends of its domain may be open."""

    name: str
    default: Extended
    low: Extended
    high: Extended
    meaning: str


@dataclass(frozen=True, kw_only=True)
class Card(Part):
    """What a list of activations shows of each."""

    name: str
    aliases: tuple[str, ...]
    family: str
    tex: str
    summary: str
    kind: str
    elementwise: bool
    parameters: tuple[Parameter, ...]


@dataclass(frozen=True, kw_only=True)
class Welcome(Answer):
    """The version and the catalogue, in the order of its families."""

    version: str
    level: str
    families: tuple[str, ...]
    cards: tuple[Card, ...]


class Hall(Room):
    """Where one comes in."""

    @handles
    def hello(self, request: Hello, work: Work) -> Welcome:
        """Tell what there is."""
        config = ogive.show_config()
        return Welcome(
            version=config["version"],
            level=config["level"],
            families=tuple(FAMILIES),
            cards=tuple(_card(card, family) for family, cards in FAMILIES.items() for card in cards),
        )


def _card(card: Activation, family: str) -> Card:
    elementwise = isinstance(card, Elementwise | Borrowed)
    return Card(
        name=card.name,
        aliases=card.aliases,
        family=family,
        tex=card.tex,
        summary=card.summary,
        kind=card.kind,
        elementwise=elementwise,
        parameters=tuple(
            Parameter(name=p.name, default=p.default, low=p.domain.low, high=p.domain.high, meaning=p.meaning)
            for p in getattr(card, "parameters", ())
            if elementwise
        ),
    )
