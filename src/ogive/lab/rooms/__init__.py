"""The rooms, a module each; messages and handlers follow by enumeration. `room` says how one is added."""

from __future__ import annotations

from ogive.lab.rooms.audit import Audit
from ogive.lab.rooms.explorer import Explorer
from ogive.lab.rooms.graph import Graph
from ogive.lab.rooms.hall import Hall
from ogive.lab.rooms.room import Room
from ogive.lab.rooms.train import Train

__all__ = ["ROOMS"]

ROOMS: tuple[type[Room], ...] = (Hall, Explorer, Graph, Train, Audit)
