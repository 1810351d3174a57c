"""What every call shares: dtypes as NumPy promotes them, and sentences that explain what a ufunc refuses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ogive.workers import spread, threads

FLOATS = ("float16", "bfloat16", "float32", "float64")


def floating(x: Any) -> np.dtype[Any]:
    """Return the dtype in which NumPy's own maths functions would answer for `x`."""
    dtype = getattr(x, "dtype", None)
    if not isinstance(dtype, np.dtype):
        dtype = np.asarray(x).dtype
    return np.result_type(dtype, np.float16) if dtype.kind in "bui" else dtype


def as_parameter(value: Any, x: Any) -> Any:
    """Give a Python number the dtype of `x`; arrays promote as NumPy has it."""
    if type(value) in (bool, int, float):  # NumPy's own scalars are float, too, but not weak
        dtype = floating(x)
        if dtype.kind == "f" or dtype.name == "bfloat16":
            return np.asarray(value, dtype)[()]
    return value


def prepared(x: Any) -> Any:
    """Leave anything that speaks NumPy's protocols as it is; make an array of the rest."""
    return x if hasattr(x, "__array_ufunc__") else np.asarray(x)


def apply(name: str, function: np.ufunc, inputs: Sequence[Any], options: dict[str, Any], workers: Any = 1) -> Any:
    """Call `function`, and turn NumPy's refusals into sentences that name value, expectation and way out."""
    options = {key: value for key, value in options.items() if value is not None}
    if "dtype" in options:
        wanted = np.dtype(options["dtype"])
        if wanted.name not in FLOATS:
            raise TypeError(f"ogive.{name} computes in {', '.join(FLOATS)}, not {wanted}; leave dtype= out or name one of these")
    count = threads(workers)
    try:
        return spread(function, inputs, options, count)
    except TypeError as error:
        for value in inputs:
            dtype = getattr(value, "dtype", None)
            if isinstance(dtype, np.dtype) and dtype.kind != "b" and dtype.name not in FLOATS and dtype.kind not in "iu":
                raise TypeError(
                    f"ogive.{name} takes real numbers (bool, integers, {', '.join(FLOATS)}), not {dtype}{way_out(dtype)}"
                ) from error
        raise TypeError(f"ogive.{name}: {error}") from error
    except ValueError as error:
        if "broadcast" not in str(error) and "core dim" not in str(error):
            raise
        arrays = [*inputs, *(v for k, v in options.items() if k in ("out", "where"))]
        shapes = ", ".join(str(np.shape(value)) for value in arrays if not isinstance(value, tuple))
        raise ValueError(f"ogive.{name}: shapes {shapes} do not fit together; each axis must be equal or 1 ({error})") from error


def way_out(dtype: np.dtype[Any]) -> str:
    """Say what to do about a dtype that no loop takes."""
    if dtype.kind == "c":
        return "; take .real, .imag or abs(x) first"
    if dtype.kind == "f":
        return "; convert with x.astype(np.float64)"
    if dtype.kind in "OSUT":
        return "; convert with np.asarray(x, dtype=float), which fails on what is not a number"
    if dtype.name.startswith("float"):
        return "; convert with x.astype(np.float16) or wider"
    return "; convert to one of these first"
