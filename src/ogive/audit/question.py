"""What an implementation is asked: a function, a form of it, a dtype, parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any

import numpy as np

from ogive.activation import Activation, Elementwise
from ogive.catalogue import get
from ogive.facts import Interval, Parameter
from ogive.truth.reference import correctly_rounded, ends
from ogive.truth.ulp import Array, Format, format_of, rounded
from ogive.vectorwise import Composed, Vectorwise

__all__ = ["Question", "bits", "from_bits", "text"]


def bits(x: Any, fmt: Format) -> str:
    """Write a number as the bits of its dtype, in hexadecimal."""
    digits = 2 * fmt.dtype.itemsize
    return f"0x{int(np.asarray(x, fmt.dtype).view(f'u{fmt.dtype.itemsize}')):0{digits}x}"


def from_bits(text: str, fmt: Format) -> Any:
    """Read what `bits` wrote."""
    return np.asarray(int(text, 16), f"u{fmt.dtype.itemsize}").view(fmt.dtype)[()]


def text(x: Any) -> str:
    """Write a number with as many digits as its dtype needs."""
    return str(np.asarray(x)[()]) if np.asarray(x).dtype.kind == "f" else repr(float(x))


@dataclass(frozen=True)
class Question:
    """A function, a form of it, a dtype and parameters: what has one right answer at each input.

    Parameters
    ----------
    function : str
        A name or an alias in the catalogue; the name is kept.
    form : str
        ``value``, ``derivative``, ...; functions of rows have ``value``.
    dtype : str
        float16, bfloat16, float32 or float64.
    parameters : mapping of str to float
        Those that are not at their defaults.

    Raises
    ------
    KeyError
        If there is no such function.
    ValueError
        If it has no such form, no such parameter, or the parameter lies outside its domain.
    TypeError
        If the dtype is another.
    """

    function: str
    form: str = "value"
    dtype: str = "float32"
    parameters: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        card = get(self.function)
        object.__setattr__(self, "function", card.name)
        object.__setattr__(self, "dtype", format_of(self.dtype).name)
        object.__setattr__(self, "parameters", MappingProxyType({k: float(v) for k, v in self.parameters.items()}))
        takes: tuple[Parameter, ...] = ()
        if isinstance(card, (Vectorwise, Composed)):
            allowed = ["value"]
        elif isinstance(card, Elementwise):
            allowed = [form for form in card.forms if form not in ("backward", "value_and_derivative")]
            takes = card.forms[self.form].parameters if self.form in allowed else ()
        else:
            raise ValueError(
                f"{card.name} cannot be audited: it is of the kind {card.kind!r}; elementwise functions and functions of rows can"
            )
        if self.form not in allowed:
            refusal = getattr(card, self.form, None) if isinstance(card, Elementwise) and self.form in Elementwise.RELATED else None
            why = str(refusal) if refusal is not None else f"{card.name} has no form {self.form!r}"
            raise ValueError(f"{why}; it has {', '.join(allowed)}")
        domains = {p.name: p.domain for p in takes}
        for name, value in self.parameters.items():
            if name not in domains:
                raise ValueError(f"{card.name} has no parameter {name!r}; it has {', '.join(domains) or 'none'}")
            if value not in domains[name]:
                raise ValueError(f"{name}={value:g}: {name} of {card.name} lies in {domains[name]}")

    def __reduce__(self) -> tuple[Any, ...]:
        return Question, (self.function, self.form, self.dtype, dict(self.parameters))

    @cached_property
    def card(self) -> Activation:
        """The card of the function."""
        return get(self.function)

    @property
    def rows(self) -> bool:
        """Whether the function takes rows of numbers."""
        return not isinstance(self.card, Elementwise)

    @cached_property
    def fmt(self) -> Format:
        """The format of the dtype."""
        return format_of(self.dtype)

    @cached_property
    def values(self) -> tuple[float, ...]:
        """All parameters, in order, as the dtype holds them."""
        card = self.card
        if not isinstance(card, Elementwise):
            return ()
        return tuple(float(rounded(self.parameters.get(p.name, p.default), self.fmt)) for p in card.forms[self.form].parameters)

    @cached_property
    def domain(self) -> Interval:
        """Where an elementwise form is defined."""
        return ends(self.card, self.form, self.values)[0]

    @cached_property
    def limits(self) -> tuple[float, float]:
        """What an elementwise form is at the two ends of its domain."""
        return ends(self.card, self.form, self.values)[1]

    def wide(self, x: Array) -> Array:
        """Evaluate an elementwise form in float64, by the machine: within an ulp of float64, to be checked against Arb."""
        assert isinstance(self.card, Elementwise)
        with np.errstate(all="ignore"):
            wide = np.asarray(x).astype(np.float64)
            return np.asarray(self.card.forms[self.form].ufunc(wide, *map(np.float64, self.values)))

    def right(self, x: Array) -> Array:
        """Return the correctly rounded answers of an elementwise form at a few numbers, by Arb."""
        return np.array([correctly_rounded(self.card, self.form, v, self.fmt, self.values) for v in np.ravel(x)], self.fmt.dtype).reshape(
            np.shape(x)
        )

    def inside(self, x: Array) -> Array:
        """Tell which inputs lie in the domain."""
        low, high = self.domain.low, self.domain.high
        with np.errstate(invalid="ignore"):
            wide = np.asarray(x).astype(np.float64)
            return (wide >= low) & (wide <= high)

    def __str__(self) -> str:
        form = "" if self.form == "value" else f" {self.form}"
        given = ", ".join(f"{name}={value:g}" for name, value in self.parameters.items())
        return f"{self.function}{form}{f' ({given})' if given else ''}, {self.dtype}"

    def to_dict(self) -> dict[str, Any]:
        """Return the fields for JSON."""
        return {"function": self.function, "form": self.form, "dtype": self.dtype, "parameters": dict(self.parameters)}

    @property
    def finite(self) -> tuple[float, float]:
        """The domain of an elementwise form, cut to the finite numbers of the dtype."""
        domain = self.domain
        return max(domain.low, -self.fmt.largest), min(domain.high, self.fmt.largest)
