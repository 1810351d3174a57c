"""Losses: value and gradient from logits and targets, reduced in two words."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass
from types import MappingProxyType
from typing import Any, ClassVar, final

import numpy as np

from ogive._core import ufunc as _ufunc
from ogive.activation import LINE, Activation, Elementwise, Form
from ogive.calls import FLOATS, as_parameter, floating, prepared
from ogive.facts import Parameter, number_text

__all__ = ["Loss", "total"]

_REDUCTIONS = ("mean", "sum", "none")


def total(values: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Add float64 numbers along the last axis in two words each, halving the row: the sum rounds about once."""
    high, low = values, np.zeros_like(values)
    if not values.shape[-1]:
        return np.zeros(values.shape[:-1])
    with np.errstate(all="ignore"):
        while high.shape[-1] > 1:
            if high.shape[-1] % 2:
                pad = [(0, 0)] * (high.ndim - 1) + [(0, 1)]
                high, low = np.pad(high, pad), np.pad(low, pad)
            half = high.shape[-1] // 2
            a, b = high[..., :half], high[..., half:]
            high = a + b
            t = high - a
            low = low[..., :half] + low[..., half:] + ((a - (high - t)) + (b - t))
        result = high[..., 0] + low[..., 0]
        plain = values.sum(-1)
    return np.where(np.isfinite(result), result, plain)  # infinities leave nan in the low word


@final
@dataclass(frozen=True, eq=False, repr=False)
class Loss(Activation):
    """A loss: how far logits, or predictions, are from their targets; value and gradient.

    Parameters
    ----------
    targets : str
        What the targets may be.
    parameters : tuple of Parameter
        Further arguments.
    weighted : bool
        Whether ``alpha=`` may weigh the two classes.
    composed : callable or None
        What computes the terms where there is no row: takes the form, logits, targets and parameters; gives float64 arrays, the
        number of terms and the dtype of the answer.

    Notes
    -----
    ``reduction`` is ``"mean"`` if it is not given, as in training; ``"none"`` keeps the single terms. Means and sums are of
    float64 terms, added in two words and rounded once to the dtype of the logits; the gradient is that of the reduced loss.
    Targets must fit the shape of the logits: they are repeated if need be, the logits never are.
    """

    _: KW_ONLY
    targets: str
    parameters: tuple[Parameter, ...] = ()
    weighted: bool = False
    composed: Callable[..., tuple[tuple[np.ndarray[Any, Any], ...], int, np.dtype[Any]]] | None = None

    kind: ClassVar[str] = "loss"

    def __post_init__(self) -> None:
        super().__post_init__()
        forms: dict[str, Any] = {}
        if self.composed is None:
            takes = (Parameter("target", 0, LINE, self.targets), *self.parameters)
            for form in Elementwise.CALCULUS:
                forms[form] = Form(self.name, form, self.name if form == "value" else f"{self.name}_{form}", takes)
        object.__setattr__(self, "forms", MappingProxyType(forms))

    @property
    def has_row(self) -> bool:
        """Whether the machine has a row of its name, or the loss is composed of others."""
        return self.composed is None

    @property
    def ufunc(self) -> np.ufunc:
        """The bare `numpy.ufunc` of the single terms.

        Raises
        ------
        TypeError
            If the loss is composed of other functions.
        """
        if self.composed is not None:
            raise TypeError(f"{self.name} has no ufunc: it is composed of others; call ogive.{self.name}")
        found: np.ufunc = getattr(_ufunc, self.name)
        return found

    def __call__(self, logits: Any, targets: Any, *args: Any, reduction: str = "mean", dtype: Any = None, **named: Any) -> Any:
        """Compute the loss.

        Parameters
        ----------
        logits, targets : array_like
            The predictions, and what they should be.
        *args, **named
            The loss's parameters; ``workers=`` too, where it has a row.
        reduction : {"mean", "sum", "none"}, default "mean"
            What becomes of the single terms.
        dtype : dtype, optional
            float16, bfloat16, float32 or float64.

        Returns
        -------
        scalar, or ndarray with ``reduction="none"``
            In the dtype of the logits.

        Raises
        ------
        TypeError
            If an input is not a real number of a supported dtype, or a parameter is unknown.
        ValueError
            If the targets do not fit the logits, there is nothing to take the mean of, or the reduction is unknown.
        """
        (value,) = self._computed("value", logits, targets, args, reduction, dtype, named)
        return value

    def gradient(self, logits: Any, targets: Any, *args: Any, reduction: str = "mean", dtype: Any = None, **named: Any) -> Any:
        """Compute the gradient of the loss with respect to the logits; the arguments are those of the call.

        Returns
        -------
        ndarray or scalar
            Of the shape of the logits. With ``reduction="mean"`` it is divided by the number of terms.

        Raises
        ------
        TypeError, ValueError
            As the call.
        """
        (slope,) = self._computed("derivative", logits, targets, args, reduction, dtype, named)
        return slope

    def value_and_gradient(self, logits: Any, targets: Any, *args: Any, reduction: str = "mean", dtype: Any = None, **named: Any) -> Any:
        """Compute the loss and its gradient; the arguments are those of the call.

        Returns
        -------
        (scalar or ndarray, ndarray)
            The pair.

        Raises
        ------
        TypeError, ValueError
            As the call.
        """
        return self._computed("value_and_derivative", logits, targets, args, reduction, dtype, named)

    def _computed(
        self, form: str, logits: Any, targets: Any, args: tuple[Any, ...], reduction: str, dtype: Any, named: dict[str, Any]
    ) -> tuple[Any, ...]:
        if reduction not in _REDUCTIONS:
            raise ValueError(f"ogive.{self.name}: reduction={reduction!r} is unknown; choose one of {', '.join(map(repr, _REDUCTIONS))}")
        if dtype is not None and np.dtype(dtype).name not in FLOATS:
            raise TypeError(
                f"ogive.{self.name} computes in {', '.join(FLOATS)}, not {np.dtype(dtype)}; leave dtype= out or name one of these"
            )
        if self.composed is not None:
            terms, count, kind = self._arguments(form, logits, targets, args, dtype, named)
        else:
            x, t = prepared(logits), self._fitting(logits, targets)
            alpha = self._alpha(named.pop("alpha", None)) if self.weighted else None
            takes = [p.name for p in self.parameters] + ["alpha"] * self.weighted + ["workers"]
            if not set(named) <= set(takes):
                raise TypeError(f"ogive.{self.name} takes {', '.join(takes)}, reduction, dtype; got {', '.join(named)}")
            if reduction == "none" and alpha is None:
                result = self.forms[form](x, t, *args, dtype=dtype, **named)
                return result if isinstance(result, tuple) else (result,)
            kind = np.dtype(dtype) if dtype is not None else self._answer(x, t)
            result = self.forms[form](np.asarray(x), t, *args, dtype=np.float64, **named)
            terms, count = result if isinstance(result, tuple) else (result,), math.prod(np.shape(x))
            if alpha is not None:
                terms = tuple(np.where(np.equal(t, 1), alpha, 1 - alpha) * v for v in terms)
        if reduction == "mean" and not count:
            raise ValueError(f"ogive.{self.name}: there is no mean of nothing; the logits have shape {np.shape(logits)}")
        names = ("value", "derivative") if form == "value_and_derivative" else (form,)
        return tuple(_reduced(v, name, reduction, count, kind) for name, v in zip(names, terms, strict=True))

    def _arguments(self, form: str, logits: Any, targets: Any, args: tuple[Any, ...], dtype: Any, named: dict[str, Any]) -> Any:
        """Bind the arguments of a composed loss, which are named as its parameters are."""
        names = [p.name for p in self.parameters]
        given = dict(zip(names, args, strict=False))
        if len(args) > len(names) or any(name in given or name not in names for name in named):
            raise TypeError(
                f"ogive.{self.name} takes {', '.join(names)}; got {len(args)} by position and {', '.join(named) or 'none'} by name"
            )
        return self.composed(form, logits, targets, dtype, **given, **named)  # type: ignore[misc]

    def _fitting(self, logits: Any, targets: Any) -> Any:
        """Check the shapes, and give whole numbers the dtype of the logits, which holds them exactly."""
        try:
            fits = np.broadcast_shapes(np.shape(targets), np.shape(logits)) == np.shape(logits)
        except ValueError:
            fits = False
        if not fits:
            raise ValueError(
                f"ogive.{self.name}: targets of shape {np.shape(targets)} do not fit logits of shape {np.shape(logits)}; give one for each"
            )
        if type(targets) in (bool, int, float):
            return as_parameter(targets, prepared(logits))
        array = prepared(targets)
        dtype = getattr(array, "dtype", None)
        if isinstance(array, np.ndarray) and array.dtype.kind in "bui":
            wanted = floating(prepared(logits))
            if wanted.name in FLOATS and np.array_equal(narrow := array.astype(wanted), array):
                return narrow
        return array if isinstance(dtype, np.dtype) or hasattr(array, "__array_ufunc__") else np.asarray(array)

    def _answer(self, x: Any, t: Any) -> np.dtype[Any]:
        """Return the dtype in which the ufunc would answer."""
        nothing = self.forms["value"](*(np.empty(0, np.asarray(v).dtype) for v in (x, t)))
        found: np.dtype[Any] = nothing.dtype
        return found

    def _alpha(self, alpha: Any) -> float | None:
        if alpha is None:
            return None
        weight = float(alpha)
        if not 0 <= weight <= 1:
            raise ValueError(f"ogive.{self.name}: alpha={alpha!r} weighs the class 1, and 1 - alpha the class 0; give a number from 0 to 1")
        return weight

    def facts(self) -> dict[str, str]:
        """List the facts as label and text."""
        what = "single terms" if self.composed is None else "values"
        table = {
            "Targets": self.targets,
            "Reduction": "the mean, the sum or none; the mean if it is not said",
            "Error": f"{what} in float64 ≤ {self.bound.float64} ulp; means and sums 1 ulp more",
        }
        if self.composed is not None:
            table["Ufunc"] = "none: composed of other functions"
        if self.parameters:
            table["Parameters"] = "; ".join(f"{p.name} = {number_text(p.default)} in {p.domain}" for p in self.parameters)
        return table

    def _signature(self) -> str:
        return ", ".join(["logits, targets", *(f"{p.name}={number_text(p.default)}" for p in self.parameters), "reduction='mean'"])

    def _parameter_lines(self) -> list[str]:
        lines = ["logits : array_like", "    Real numbers of any shape; nan gives nan.", "targets : array_like", f"    {self.targets}."]
        for p in self.parameters:
            lines += [f"{p.name} : default {number_text(p.default)}", f"    {p.meaning}; in {p.domain}."]
        if self.weighted:
            lines += ["alpha : float, optional", "    The weight of the class 1; that of the class 0 is 1 - alpha."]
        lines += ["reduction : {'mean', 'sum', 'none'}, default 'mean'", "    What becomes of the single terms."]
        return [*lines, "dtype : dtype, optional", "    float16, bfloat16, float32 or float64."]


def _reduced(terms: np.ndarray[Any, Any], form: str, reduction: str, count: int, dtype: np.dtype[Any]) -> Any:
    """Take the mean or the sum of float64 terms, or of a gradient its share in them, and round it to the dtype of the answer."""
    result = np.asarray(terms)
    with np.errstate(all="ignore"):
        if form == "value" and reduction != "none":
            result = total(result.ravel())
        if reduction == "mean":
            result = result / count
        return result.astype(dtype)[()]
