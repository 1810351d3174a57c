"""The room *Graph*."""

from __future__ import annotations

from ogive.lab.rooms.room import Room

__all__ = ["Graph"]


class Graph(Room):
    """The room *Graph*."""
