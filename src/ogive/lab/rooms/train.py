"""The room *Train*."""

from __future__ import annotations

from ogive.lab.rooms.room import Room

__all__ = ["Train"]


class Train(Room):
    """The room *Train*."""
