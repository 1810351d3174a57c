"""Elementwise activations without a row of the machine: NumPy computes them, with SciPy's help."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY, dataclass, field
from types import MappingProxyType
from typing import Any, ClassVar, final

import numpy as np

from ogive.activation import DTYPE, LINE, OUT, WHERE, Activation, Elementwise, form_by_name
from ogive.calls import FLOATS, floating, way_out
from ogive.facts import Interval, Parameter, Point, Refusal, number_text

__all__ = ["Borrowed", "Formula"]


def _report(label: str, error: str) -> None:
    """Do about a floating-point error what the caller's `numpy.errstate` says, as NumPy does for a ufunc."""
    text = f"{error} encountered in {label}"
    match dict(np.geterr())[error.partition(" ")[0]]:
        case "raise":
            raise FloatingPointError(text)
        case "warn":
            warnings.warn(text, RuntimeWarning, stacklevel=4)
        case "call":
            np.geterrcall()(error, 0)  # type: ignore[misc, operator]
        case "log":
            np.geterrcall().write(f"Warning: {text}\n")  # type: ignore[union-attr]
        case "print":
            print(f"Warning: {text}")


def _within(values: np.ndarray[Any, Any], interval: Interval) -> np.ndarray[Any, Any]:
    above = values >= interval.low if interval.closed_low else values > interval.low
    below = values <= interval.high if interval.closed_high else values < interval.high
    return above & below


@final
class Formula:
    """One form of a borrowed activation: called as a `Form` is, with no ufunc behind it.

    Attributes
    ----------
    function, name : str
        The activation and the form.
    parameters : tuple of Parameter
        What it takes after its arrays; all of them must be given.
    """

    __slots__ = ("_compute", "arrays", "domain", "function", "name", "parameters")

    def __init__(self, function: str, name: str, parameters: tuple[Parameter, ...], domain: Interval, compute: Callable[..., Any]) -> None:
        self.function, self.name, self.parameters, self.domain, self._compute = function, name, parameters, domain, compute
        self.arrays = 2 if name == "backward" else 1

    @property
    def ufunc(self) -> np.ufunc:
        """Raise: there is none."""
        raise TypeError(f"{self.name} of {self.function} has no ufunc: NumPy and SciPy compute it in Python; call ogive.{self.function}")

    def __call__(self, x: Any, *args: Any, out: Any = None, where: Any = None, dtype: Any = None, **named: Any) -> Any:
        """Compute the form in float64, and round it to the dtype of the answer.

        Parameters
        ----------
        x : array_like
            Where; ``backward(g, x, ...)`` takes the upstream gradient first.
        *args, **named
            The activation's parameters, by position or by name; they broadcast against `x`.
        out : ndarray or tuple of ndarray, optional
            Where to write.
        where : array_like of bool, optional
            Which elements to compute; without `out` the others are 0.
        dtype : dtype, optional
            float16, bfloat16, float32 or float64.

        Returns
        -------
        ndarray or scalar, or a pair of them for ``value_and_derivative``
            In the dtype NumPy's own maths functions would return.

        Raises
        ------
        TypeError
            If an input is not a real number of a supported dtype, or a parameter is unknown or missing.
        ValueError
            If the shapes do not broadcast.
        ImportError
            If it takes SciPy, and that is not there.
        """
        label = self.function if self.name == "value" else f"{self.function}.{self.name}"
        names = ["g", "x"][2 - self.arrays :] + [p.name for p in self.parameters]
        given = dict(zip(names, (x, *args), strict=False))
        unknown = [name for name in named if name in given or name not in names]
        given |= named
        if unknown or len(args) >= len(names) or len(given) < len(names):
            raise TypeError(
                f"ogive.{label} takes {', '.join(names)}, got {1 + len(args)} by position and {', '.join(named) or 'none'} by name"
            )
        arrays = [np.asarray(given[n]) for n in names]
        for array in arrays:
            if array.dtype.kind not in "biu" and array.dtype.name not in FLOATS:
                raise TypeError(
                    f"ogive.{label} takes real numbers (bool, integers, {', '.join(FLOATS)}), not {array.dtype}{way_out(array.dtype)}"
                )
        # a Python number does not widen the answer, and is not rounded to its dtype either
        dtypes = [a.dtype for n, a in zip(names, arrays, strict=True) if n == "x" or type(given[n]) not in (bool, int, float)]
        result_type = np.dtype(dtype) if dtype is not None else floating(np.empty(0, np.result_type(*dtypes)))
        if result_type.name not in FLOATS:
            raise TypeError(f"ogive.{label} computes in {', '.join(FLOATS)}, not {result_type}; leave dtype= out or name one of these")
        mask = np.True_ if where is None else np.asarray(where, bool)
        try:
            *inputs, mask = np.broadcast_arrays(*(a.astype(np.float64) for a in arrays), mask)
        except ValueError as error:
            shapes = ", ".join(str(a.shape) for a in arrays)
            raise ValueError(f"ogive.{label}: shapes {shapes} do not fit together; each axis must be equal or 1 ({error})") from error
        results = self._inside(label, inputs, mask)
        outs = out if isinstance(out, tuple) else (out,) if out is not None else (None,) * len(results)
        if len(outs) != len(results):
            raise TypeError(f"ogive.{label} writes to {len(results)} arrays, out= has {len(outs)}; give a tuple of as many")
        done = tuple(_stored(label, r, o, mask, result_type) for r, o in zip(results, outs, strict=True))
        return done if len(done) > 1 else done[0]

    def _inside(self, label: str, inputs: list[np.ndarray[Any, Any]], mask: np.ndarray[Any, Any]) -> list[np.ndarray[Any, Any]]:
        """Compute where there is something to compute: nan passes through, and outside the domains it is the answer."""
        known = mask & ~np.logical_or.reduce([np.isnan(v) for v in inputs])
        good = known & _within(inputs[self.arrays - 1], self.domain)
        for values, p in zip(inputs[self.arrays :], self.parameters, strict=True):
            good = good & _within(values, p.domain)
        chosen = [v[good] for v in inputs]
        with np.errstate(all="ignore"):
            found = self._compute(*chosen)
        parts = found if isinstance(found, tuple) else (found,)
        results = [np.where(mask, np.nan, np.zeros(good.shape)) for _ in parts]
        for whole, part in zip(results, parts, strict=True):
            whole[good] = part
        if np.any(known & ~good) or any(np.isnan(part).any() for part in parts):
            _report(label, "invalid value")
        at = chosen[self.arrays - 1]
        ends = np.isfinite(at) & ((at == self.domain.low) | (at == self.domain.high))
        if any(np.any(np.isinf(part) & ends) for part in parts):
            _report(label, "divide by zero")
        return results

    def __repr__(self) -> str:
        return f"<ogive.{self.function}.{self.name}: a formula, no ufunc>"

    def __reduce__(self) -> tuple[Any, ...]:
        return form_by_name, (self.function, self.name)


def _stored(label: str, result: np.ndarray[Any, Any], out: Any, mask: np.ndarray[Any, Any], dtype: np.dtype[Any]) -> Any:
    """Round to the dtype of the answer, and write it where asked."""
    with np.errstate(over="ignore", under="ignore"):
        narrow = result.astype(dtype)
    if out is None:
        return narrow[()]
    if not isinstance(out, np.ndarray) or out.shape != narrow.shape:
        raise ValueError(f"ogive.{label}: out= must be an array of shape {narrow.shape}, got {getattr(out, 'shape', type(out).__name__)}")
    np.copyto(out, narrow, casting="same_kind", where=mask)
    return out


@final
@dataclass(frozen=True, eq=False, repr=False)
class Borrowed(Activation):
    """An elementwise activation without a row: NumPy computes it, with SciPy's help, to a bound of its own.

    Parameters
    ----------
    parameters : tuple of Parameter
        Further inputs, which broadcast; none may be left out.
    domain, range : Interval
        Where it is defined, and the values it takes.
    limits : (float, float)
        The values at the two ends of the domain.
    symmetry : Point or None
        A centre of point symmetry.
    monotone : bool
        Whether it never decreases.
    formulas : mapping of str to callable
        What computes each form, from float64 arrays of numbers inside their domains.
    inverse, log, complement : str
        The inverse in words, where `formulas` has it, or the reason why there is none, as a clause; so the others.
    measured : str
        For which inputs the bound was measured.

    Notes
    -----
    Results are computed in float64 and rounded to the dtype of the input. There is no `numpy.ufunc`, so containers become
    arrays, and neither correct rounding nor the same bits on every machine is promised.
    """

    _: KW_ONLY
    parameters: tuple[Parameter, ...] = ()
    domain: Interval = LINE
    range: Interval
    limits: tuple[float, float]
    symmetry: Point | None = None
    monotone: bool
    formulas: Mapping[str, Callable[..., Any]]
    inverse: Any
    log: Any
    complement: Any
    measured: str
    words: Mapping[str, str] = field(init=False)
    value: Formula = field(init=False)
    derivative: Formula = field(init=False)
    second_derivative: Formula = field(init=False)
    value_and_derivative: Formula = field(init=False)
    backward: Formula = field(init=False)

    kind: ClassVar[str] = "borrowed"

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "words", {form: getattr(self, form) for form in Elementwise.RELATED})
        slope = self.formulas["derivative"]
        computed = {
            **self.formulas,
            "value_and_derivative": lambda *inputs: (self.formulas["value"](*inputs), slope(*inputs)),
            "backward": lambda g, *inputs: g * slope(*inputs),
        }
        forms = {}
        for form, compute in computed.items():
            domain = self.range if form == "inverse" else self.domain
            forms[form] = Formula(self.name, form, self.parameters, domain, compute)
            object.__setattr__(self, form, forms[form])
        for form in Elementwise.RELATED:
            if form not in forms:
                object.__setattr__(self, form, Refusal(self.name, form, self.words[form]))
        object.__setattr__(
            self, "forms", MappingProxyType({form: forms[form] for form in [*Elementwise.CALCULUS, *Elementwise.RELATED] if form in forms})
        )

    def __call__(self, x: Any, *args: Any, out: Any = None, where: Any = None, dtype: Any = None, **named: Any) -> Any:
        """Compute the value; see `Formula.__call__`."""
        return self.value(x, *args, out=out, where=where, dtype=dtype, **named)

    @property
    def has_row(self) -> bool:
        """Whether the machine has a row of its name: no."""
        return False

    @property
    def ufunc(self) -> np.ufunc:
        """Raise: there is none."""
        return self.value.ufunc

    def facts(self) -> dict[str, str]:
        """List the facts as label and text."""
        table = {
            "Domain": str(self.domain),
            "Range": str(self.range),
            "Limits": " and ".join(number_text(v) for v in self.limits),
            "Symmetry": "none" if self.symmetry is None else f"about the point {self.symmetry}",
            "Monotone": "yes" if self.monotone else "no",
            "Error": f"float64 ≤ {number_text(float(self.bound.float64))} ulp, measured for {self.measured}; other dtypes are its rounding",
            "Ufunc": "none: NumPy computes it in Python, with SciPy's help",
            "Parameters": "; ".join(f"{p.name} in {p.domain}, without a default" for p in self.parameters),
        }
        for form in Elementwise.RELATED:
            call = getattr(self, form)
            table[form.capitalize()] = self.words[form] if call else f"none, {call.reason}"
        return table

    def _signature(self) -> str:
        return ", ".join(["x", *(p.name for p in self.parameters)])

    def _parameter_lines(self) -> list[str]:
        lines = ["x : array_like", f"    Real numbers of any shape, in {self.domain}; nan gives nan."]
        for p in self.parameters:
            lines += [f"{p.name} : array_like", f"    {p.meaning}; in {p.domain}, elsewhere nan and the flag invalid. Broadcasts."]
        return [*lines, *OUT, *WHERE, *DTYPE]
