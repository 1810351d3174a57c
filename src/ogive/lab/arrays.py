"""Arrays on the wire: one binary frame, little-endian, that a browser reads without copying.

A frame is four bytes with the length of the header, the header, and the arrays, each in C order. The header is JSON, a list of
``{"name", "dtype", "shape"}``. Header and arrays are padded to multiples of eight bytes, so that every array starts where its
numbers may be read in place.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["Layout", "pack", "unpack"]

Array = np.ndarray[Any, np.dtype[Any]]
DTYPES = ("float64", "float32", "int32", "uint8")


@dataclass(frozen=True, slots=True)
class Layout:
    """How an array of a message travels: in which dtype, and with how many axes."""

    dtype: str
    axes: int

    def __post_init__(self) -> None:
        if self.dtype not in DTYPES:
            raise ValueError(f"an array travels as {', '.join(DTYPES)}, not as {self.dtype!r}")


def pack(arrays: Mapping[str, tuple[Layout, Array]]) -> bytes:
    """Write a frame.

    Parameters
    ----------
    arrays : mapping
        The layout and the numbers of each array, by name.

    Returns
    -------
    bytes
        The frame.

    Raises
    ------
    ValueError
        If an array has another number of axes than its layout.
    """
    header, bodies = [], []
    for name, (layout, numbers) in arrays.items():
        body = np.ascontiguousarray(numbers, dtype=np.dtype(layout.dtype).newbyteorder("<"))
        if body.ndim != layout.axes:
            raise ValueError(f"{name} is to have {layout.axes} axes, got the shape {body.shape}")
        header.append({"name": name, "dtype": layout.dtype, "shape": body.shape})
        bodies.append(_padded(body.tobytes()))
    said = json.dumps(header, separators=(",", ":")).encode()
    said += b" " * (-(4 + len(said)) % 8)
    return b"".join([len(said).to_bytes(4, "little"), said, *bodies])


def _padded(body: bytes) -> bytes:
    return body + bytes(-len(body) % 8)


def unpack(frame: bytes) -> dict[str, Array]:
    """Read a frame, as the browser does.

    Parameters
    ----------
    frame : bytes
        What `pack` has written.

    Returns
    -------
    dict
        The arrays by name.
    """
    start = 4 + int.from_bytes(frame[:4], "little")
    arrays = {}
    for each in json.loads(frame[4:start]):
        dtype = np.dtype(each["dtype"]).newbyteorder("<")
        count = math.prod(each["shape"])
        arrays[each["name"]] = np.frombuffer(frame, dtype, count, start).reshape(each["shape"])
        start += count * dtype.itemsize + -(count * dtype.itemsize) % 8
    return arrays
