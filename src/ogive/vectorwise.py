"""Activations of rows of numbers: softmax and its family, and those put together from elementwise ones."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import KW_ONLY, dataclass
from types import MappingProxyType
from typing import Any, ClassVar, final

import numpy as np

from ogive._core import ufunc as _ufunc
from ogive.activation import DTYPE, OUT, Activation
from ogive.calls import FLOATS, apply, as_parameter, floating, way_out
from ogive.facts import Bound, Interval

__all__ = ["Composed", "Rows", "Vectorwise"]


_EMPTY = {"nan": math.nan, "zero": 0.0, "uniform": 1.0}


@final
@dataclass(frozen=True, eq=False, repr=False)
class Vectorwise(Activation):
    """An activation of a whole row: softmax and its family.

    Parameters
    ----------
    reduces : bool
        Whether it takes a row to one number (logsumexp) and not to a row.
    has_temperature : bool
        Whether it divides its input by a temperature.
    has_empty : bool
        Whether ``empty=`` chooses what a row without any finite or +inf entry gives.
    has_weights : bool
        Whether its terms may have weights.
    range : Interval
        The values its entries take.
    """

    _: KW_ONLY
    reduces: bool = False
    has_temperature: bool = True
    has_empty: bool = True
    has_weights: bool = False
    range: Interval
    bound: Bound = Bound(narrow=0.51)

    kind: ClassVar[str] = "vectorwise"

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "forms", MappingProxyType({"value": self.__call__, "backward": self.backward}))

    def __call__(
        self,
        x: Any,
        axis: int | tuple[int, ...] | None = -1,
        where: Any = None,
        temperature: Any = 1,
        *,
        weights: Any = None,
        empty: str = "nan",
        keepdims: bool = False,
        out: Any = None,
        dtype: Any = None,
    ) -> Any:
        """Compute the value along an axis; see the card's documentation.

        Raises
        ------
        TypeError
            If x is not real, or an argument does not belong to this function.
        ValueError
            If the axis does not exist, the mask or the weights do not broadcast, the temperature is not positive and finite, a weight
            is negative or infinite, or `empty` is unknown.
        """
        if hasattr(x, "__ogive__"):  # what stands for an array in `ogive.graph` follows the call itself
            given = {"where": where, "weights": weights, "out": out, "dtype": dtype, "keepdims": keepdims or None}
            return x.__ogive__(self, axis=axis, temperature=temperature, **given)
        if keepdims and not self.reduces:
            raise TypeError(f"ogive.{self.name} keeps its axis anyway; leave keepdims= out")
        rows = Rows(self.name, x, axis, dtype)
        inputs = [rows.split(rows.x), rows.mask(where), *self._settings(rows, temperature, weights)]
        if self.has_empty:
            if empty not in _EMPTY:
                raise ValueError(f"ogive.{self.name}: empty={empty!r} is unknown; choose one of {', '.join(map(repr, _EMPTY))}")
            inputs.append(np.asarray(_EMPTY[empty], rows.dtype))
        elif empty != "nan":
            raise TypeError(f"ogive.{self.name} takes no empty=; every row has a value here: {self.facts()['Rows']}")
        return rows.run(self.name, self.ufunc, inputs, out, dtype, reduces=self.reduces, keepdims=keepdims)

    def backward(
        self,
        g: Any,
        x: Any,
        axis: int | tuple[int, ...] | None = -1,
        where: Any = None,
        temperature: Any = 1,
        *,
        weights: Any = None,
        out: Any = None,
        dtype: Any = None,
    ) -> Any:
        """Compute the product of the upstream gradient with the Jacobian at x.

        Parameters
        ----------
        g : array_like
            The gradient with respect to the output, of the output's shape. Where it is not finite the row is nan.
        x : array_like
            The input of the forward pass.
        axis, where, temperature, weights
            As in the forward pass.
        out : ndarray, optional
            Where to write.
        dtype : dtype, optional
            float16, bfloat16, float32 or float64.

        Returns
        -------
        ndarray
            The gradient with respect to x, of the shape of x.

        Raises
        ------
        TypeError, ValueError
            As the forward pass.
        """
        rows = Rows(self.name, x, axis, dtype)
        g = np.asarray(g)
        wanted = rows.kept if self.reduces else rows.x.shape
        if self.reduces and g.shape != rows.kept and g.ndim == rows.x.ndim - len(rows.axes):
            g = np.expand_dims(g, rows.axes)
        try:
            g = np.broadcast_to(g, wanted)
        except ValueError as error:
            raise ValueError(
                f"ogive.{self.name}.backward: g has shape {g.shape}, the output has {wanted}; pass the gradient of the output"
            ) from error
        upstream = g.reshape([g.shape[i] for i in rows.rest]) if self.reduces else rows.split(g)
        inputs = [upstream, rows.split(rows.x), rows.mask(where), *self._settings(rows, temperature, weights)]
        function: np.ufunc = getattr(_ufunc, f"{self.name}_backward")
        return rows.run(f"{self.name}.backward", function, inputs, out, dtype)

    def _settings(self, rows: Rows, temperature: Any, weights: Any) -> list[np.ndarray[Any, Any]]:
        """Check the temperature and the weights, and refuse what does not belong to this function."""
        if not self.has_temperature and np.any(np.asarray(temperature) != 1):
            raise TypeError(f"ogive.{self.name} takes no temperature=; divide x by the temperature yourself")
        if not self.has_weights and weights is not None:
            raise TypeError(f"ogive.{self.name} takes no weights=; add their logarithms to x yourself")
        return [rows.temperature(temperature)] * self.has_temperature + [rows.weights(weights)] * self.has_weights

    def facts(self) -> dict[str, str]:
        """List the facts as label and text."""
        if self.reduces:
            rows = "rows that are empty, fully masked or all -∞ give -∞; +∞ gives +∞"
        elif self.has_empty:
            rows = "rows that are empty, fully masked or all -∞ follow empty=; +∞ shares the row among its places"
        else:
            rows = "rows that are empty, fully masked or all -∞ give zeros; the first +∞ wins"
        exact = self.bound.float64 == 0
        return {
            "Range": str(self.range),
            "Rows": f"a row with nan gives nan; {rows}",
            "Error": "none" if exact else f"{self.bound}, in every element",
        }

    def _signature(self) -> str:
        return (
            "x, axis=-1, where=None"
            + (", temperature=1" if self.has_temperature else "")
            + (", weights=None" if self.has_weights else "")
            + (", keepdims=False" if self.reduces else "")
        )

    def _parameter_lines(self) -> list[str]:
        lines = [
            "x : array_like",
            "    Real numbers, of any shape with at least one axis.",
            "axis : int, tuple of int or None, default -1",
            "    The axis (or axes, or with None all of them) that make a row.",
        ]
        lines += ["where : array_like of bool, optional", "    Which entries take part; broadcasts against x."]
        if self.has_temperature:
            lines += [
                "temperature : array_like, default 1",
                "    Positive and finite; x is divided by it. Broadcasts against x without the axis.",
            ]
        if self.has_weights:
            lines += [
                "weights : array_like, optional",
                "    Not negative, finite; each multiplies its term of the sum, and with 0 the entry takes no part. Broadcasts to x.",
            ]
        if self.has_empty:
            lines += ["empty : {'nan', 'zero', 'uniform'}, default 'nan'", "    What a row without any finite or +inf entry gives."]
        if self.reduces:
            lines += ["keepdims : bool, default False", "    Whether the reduced axes stay, with length 1."]
        return [*lines, *OUT, *DTYPE]


@final
@dataclass(frozen=True, eq=False, repr=False)
class Composed(Activation):
    """An activation of a row put together from elementwise ones: the glu family, maxout, crelu.

    Parameters
    ----------
    compute : callable
        ``compute(x, parts)`` takes an array whose last axis is the row to the value, in NumPy and elementwise cards.
    gradient : callable
        ``gradient(g, x, parts)``, its product with the upstream gradient.
    parts : int
        Into how many parts the axis is cut: its length must be a multiple.
    choice : str
        The argument that chooses the parts; empty where they are fixed.
    range : Interval
        The values its entries take.
    """

    _: KW_ONLY
    compute: Callable[..., Any]
    gradient: Callable[..., Any]
    parts: int = 1
    choice: str = ""
    range: Interval
    bound: Bound = Bound(narrow=0.51)

    kind: ClassVar[str] = "composed"

    @property
    def has_row(self) -> bool:
        """Whether the machine has a row of its name: no, of others."""
        return False

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "forms", MappingProxyType({"value": self.__call__, "backward": self.backward}))

    def __call__(self, x: Any, *args: Any, out: Any = None, dtype: Any = None, **named: Any) -> Any:
        """Compute the value along an axis; see the card's documentation.

        Raises
        ------
        TypeError
            If x is not real, or an argument does not belong to this function.
        ValueError
            If the axis does not exist, or its length is not a multiple of the parts.
        """
        rows, parts = self._rows(self.name, x, args, named, dtype)
        return rows.store(self._along(rows, self.compute(rows.wide(rows.x), parts)), out)

    def backward(self, g: Any, x: Any, *args: Any, out: Any = None, dtype: Any = None, **named: Any) -> Any:
        """Compute the product of the upstream gradient with the Jacobian at x.

        Parameters
        ----------
        g : array_like
            The gradient with respect to the output, of the output's shape.
        x : array_like
            The input of the forward pass.
        *args, **named
            As in the forward pass.
        out : ndarray, optional
            Where to write.
        dtype : dtype, optional
            float16, bfloat16, float32 or float64.

        Returns
        -------
        ndarray
            The gradient with respect to x, of the shape of x.

        Raises
        ------
        TypeError, ValueError
            As the forward pass.
        """
        rows, parts = self._rows(f"{self.name}.backward", x, args, named, dtype)
        split, g = rows.wide(rows.x), np.asarray(g)
        wanted = self._along(rows, self.compute(np.zeros_like(split), parts)).shape
        try:
            g = np.broadcast_to(g, wanted)
        except ValueError as error:
            raise ValueError(
                f"ogive.{self.name}.backward: g has shape {g.shape}, the output has {wanted}; pass the gradient of the output"
            ) from error
        return rows.store(self._along(rows, self.gradient(rows.wide(g), split, parts)), out)

    def _rows(self, label: str, x: Any, args: Sequence[Any], named: dict[str, Any], dtype: Any) -> tuple[Rows, int]:
        """Read the arguments: an axis, and where there is a choice the number of parts before it."""
        takes = ([self.choice] if self.choice else []) + ["axis"]
        given = dict(zip(takes, args, strict=False))
        if len(args) > len(takes) or not named.keys() <= set(takes) - given.keys():
            wrong = ", ".join(
                [repr(a) for a in args[len(takes) :]] + [f"{k}={v!r}" for k, v in named.items() if k not in takes or k in given]
            )
            raise TypeError(f"ogive.{label} got unexpected or repeated arguments: {wrong}; it takes {', '.join(takes)}")
        given |= named
        axis, parts = given.get("axis", -1), given.get(self.choice, self.parts)
        if not isinstance(axis, (int, np.integer)) or not isinstance(parts, (int, np.integer)):
            raise TypeError(
                f"ogive.{label} takes whole numbers for {' and '.join(takes)}, got {', '.join(f'{k}={v!r}' for k, v in given.items())}"
            )
        rows = Rows(self.name, x, int(axis), dtype)
        length = rows.x.shape[rows.axes[0]]
        if parts < 1 or length % parts:
            what = f"takes {self.choice} of {parts} neighbours" if self.choice else f"cuts its axis into {parts} equal parts"
            way_out = f"choose {self.choice} that divide it" if self.choice else "pad or cut it"
            raise ValueError(f"ogive.{label} {what}; axis {axis} of shape {rows.x.shape} has length {length}: {way_out}")
        return rows, int(parts)

    def _along(self, rows: Rows, values: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """Round once to the dtype of the rows, and put the axis back."""
        with np.errstate(over="ignore", under="ignore"):
            return np.moveaxis(values.astype(rows.dtype, copy=False), -1, rows.axes[0])

    @property
    def ufunc(self) -> np.ufunc:
        """There is none.

        Raises
        ------
        AttributeError
            Always.
        """
        raise AttributeError(f"{self.name} is composed of other activations and has no ufunc of its own; call ogive.{self.name}")

    def facts(self) -> dict[str, str]:
        """List the facts as label and text."""
        errors = {
            0: "none",
            0.5: "every result is rounded once: correctly",
            0.6: str(self.bound),
        }
        twice = f"{self.bound}; in float64 where the gate is a normal number: its own rounding and the product's"
        return {"Range": str(self.range), "Error": errors.get(self.bound.float64, twice)}

    def _signature(self) -> str:
        return "x, " + (f"{self.choice}={self.parts}, " if self.choice else "") + "axis=-1"

    def _parameter_lines(self) -> list[str]:
        lines = ["x : array_like", "    Real numbers, of any shape with at least one axis."]
        if self.choice:
            lines += [f"{self.choice} : int, default {self.parts}", "    How many neighbours make a group; divides the length of the axis."]
        lines += [
            "axis : int, default -1",
            "    The axis that makes a row" + (", of even length." if self.parts == 2 and not self.choice else "."),
        ]
        return [*lines, *OUT, *DTYPE]


class Rows:
    """One call's view of an array as rows along some axes: splits, masks, joins back."""

    def __init__(self, name: str, x: Any, axis: int | tuple[int, ...] | None, dtype: Any) -> None:
        self.name = name
        self.x = np.asarray(x)
        if self.x.ndim == 0:
            raise ValueError(f"ogive.{name} works along an axis; got the scalar {self.x[()]!r}, wrap it in a list")
        try:
            self.axes = tuple(range(self.x.ndim)) if axis is None else np.lib.array_utils.normalize_axis_tuple(axis, self.x.ndim)
        except (ValueError, TypeError) as error:
            raise type(error)(
                f"ogive.{name}: axis={axis!r} does not fit an array of shape {self.x.shape}; axes run from {-self.x.ndim} to {self.x.ndim - 1} ({error})"
            ) from error
        self.dtype = (np.dtype(dtype) if dtype is not None else floating(self.x)).newbyteorder("=")
        if self.dtype.name not in FLOATS or (self.x.dtype.name not in FLOATS and self.x.dtype.kind not in "bui"):
            refused = self.dtype if self.dtype.name not in FLOATS else self.x.dtype
            raise TypeError(f"ogive.{name} takes real numbers (bool, integers, {', '.join(FLOATS)}), not {refused}{way_out(refused)}")
        self.rest = tuple(i for i in range(self.x.ndim) if i not in self.axes)
        self.kept = tuple(1 if i in self.axes else n for i, n in enumerate(self.x.shape))

    def split(self, values: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """Bring the axes of a row to the end and make one of them."""
        if len(self.axes) == 1:
            return np.moveaxis(values, self.axes[0], -1)
        moved = values.transpose(self.rest + self.axes)
        return moved.reshape(*moved.shape[: len(self.rest)], math.prod(moved.shape[len(self.rest) :]))

    def join(self, values: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """Undo `split`."""
        order = self.rest + self.axes
        whole = values.reshape([self.x.shape[i] for i in order])
        return whole.transpose(np.argsort(order))

    def wide(self, values: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """Bring the one axis of a row to the end, in float64, from which a narrow dtype is rounded once."""
        return np.moveaxis(values, self.axes[0], -1).astype(np.float64, copy=False)

    def mask(self, where: Any) -> np.ndarray[Any, Any]:
        """Spread the mask over the rows."""
        if where is None:
            return np.broadcast_to(np.True_, (math.prod(self.x.shape[i] for i in self.axes),))
        try:
            return self.split(np.broadcast_to(np.asarray(where, dtype=bool), self.x.shape))
        except ValueError as error:
            raise ValueError(
                f"ogive.{self.name}: where= has shape {np.shape(where)}, which does not broadcast to x's {self.x.shape}"
            ) from error

    def weights(self, value: Any) -> np.ndarray[Any, Any]:
        """Check the weights and spread them over the rows."""
        if value is None:
            return np.broadcast_to(np.ones((), self.dtype), (math.prod(self.x.shape[i] for i in self.axes),))
        array = np.asarray(as_parameter(value, self.x))
        if array.dtype.name not in FLOATS and array.dtype.kind not in "bui":
            raise TypeError(f"ogive.{self.name}: weights= are real numbers, not {array.dtype}{way_out(array.dtype)}")
        wrong = (array < 0) | np.isinf(array)
        if np.any(wrong):
            raise ValueError(
                f"ogive.{self.name}: weights= must not be negative or infinite, got {array[wrong].ravel()[0]}; a signed sum has no logarithm, "
                "so split it into its positive and its negative part"
            )
        try:
            return self.split(np.broadcast_to(array, self.x.shape))
        except ValueError as error:
            raise ValueError(
                f"ogive.{self.name}: weights= has shape {array.shape}, which does not broadcast to x's {self.x.shape}"
            ) from error

    def temperature(self, value: Any) -> np.ndarray[Any, Any]:
        """Check the temperature and give it the dtype of the rows."""
        array = np.asarray(value, dtype=self.dtype)
        if not np.all((array > 0) & np.isfinite(array)):
            raise ValueError(
                f"ogive.{self.name}: temperature must be positive and finite, got {value!r}; for the limit 0 use ogive.hardmax"
            )
        return array

    def run(
        self, label: str, function: np.ufunc, inputs: list[Any], out: Any, dtype: Any, *, reduces: bool = False, keepdims: bool = False
    ) -> Any:
        """Call the ufunc on the split rows: straight into `out` where its axes can be split without a copy."""
        shape = self.x.shape if not reduces else self.kept if keepdims else tuple(self.x.shape[i] for i in self.rest)
        if out is not None:
            self._check(out, shape)
            target = (np.squeeze(out, self.axes) if keepdims else out) if reduces else self.split(out)
            if np.may_share_memory(target, out):
                apply(label, function, inputs, {"out": target, "dtype": dtype})
                return out
        result = apply(label, function, inputs, {"dtype": dtype})
        return self.store(np.asarray(result).reshape(shape) if reduces else self.join(result), out)

    def _check(self, out: Any, shape: tuple[int, ...]) -> None:
        if not isinstance(out, np.ndarray) or out.shape != shape:
            raise ValueError(f"ogive.{self.name}: out= must be an array of shape {shape}, got {getattr(out, 'shape', type(out).__name__)}")

    def store(self, result: np.ndarray[Any, Any], out: Any) -> Any:
        """Return the result, or write it where asked."""
        if out is None:
            return result[()] if result.ndim == 0 else result
        self._check(out, result.shape)
        np.copyto(out, result, casting="same_kind")
        return out
