"""The room *Audit*."""

from __future__ import annotations

from ogive.lab.rooms.room import Room

__all__ = ["Audit"]


class Audit(Room):
    """The room *Audit*."""
