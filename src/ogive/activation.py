"""What an activation is: a card of facts in front of a row of the machine.

``Activation`` is abstract. Final are ``Elementwise`` (one number in, one number out), here, ``Vectorwise`` (a row in, a row or a
number out) and ``Composed`` (a row in, a row out, by way of elementwise ones) in `vectorwise.py`, ``Borrowed`` (elementwise without
a row of the machine) in `borrowed.py`, and ``Loss`` (value and gradient from logits and targets) in `loss.py`. Cards are frozen,
checked when they are made, and pickle to their name.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY, dataclass, field
from fractions import Fraction
from types import MappingProxyType
from typing import Any, ClassVar, final

import numpy as np

from ogive._core import ufunc as _ufunc
from ogive.calls import apply, as_parameter, floating, prepared
from ogive.facts import Bound, Interval, Inverse, Kink, Parameter, Pieces, Point, Refusal, Source, number_text
from ogive.workers import SMALL

__all__ = ["Activation", "Elementwise", "Form"]

FAST = frozenset([float, np.float64, np.float32, *map(np.dtype, ("float16", "float32", "float64"))])  # what needs no preparing
LINE = Interval.line()
#: What several kinds say of their arguments.
OUT = ("out : ndarray, optional", "    Where to write.")
WHERE = ("where : array_like of bool, optional", "    Which elements to compute.")
DTYPE = ("dtype : dtype, optional", "    float16, bfloat16, float32 or float64.")


@final
class Form:
    """One computable form of an elementwise activation: its value, derivative, inverse, ...

    Attributes
    ----------
    function, name : str
        The activation and the form, such as ``"sigmoid"`` and ``"derivative"``.
    row : str
        The name of the ufunc that computes it, an attribute of `ogive.ufunc`.
    ufunc : numpy.ufunc
        That ufunc.
    parameters : tuple of Parameter
        What it takes after its arrays.
    """

    __slots__ = ("_defaults", "_own", "arrays", "function", "name", "row", "ufunc")

    def __init__(self, function: str, name: str, row: str, parameters: tuple[Parameter, ...]) -> None:
        self.function, self.name, self.row = function, name, row
        self.ufunc: np.ufunc = getattr(_ufunc, row)
        self.arrays = 2 if name == "backward" else 1
        self._own = parameters
        self._defaults: dict[Any, tuple[Any, ...]] = {}

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """What it takes after its arrays; another card's row brings that card's parameters."""
        takes = self.ufunc.nin - self.arrays
        return self._own[:takes] if takes <= len(self._own) else _by_name(self.row).parameters[:takes]

    def __call__(self, x: Any, *args: Any, out: Any = None, where: Any = None, dtype: Any = None, workers: Any = None, **named: Any) -> Any:
        """Compute the form; see the card's documentation.

        Parameters
        ----------
        x : array_like
            Where; ``backward(g, x)`` takes the upstream gradient first.
        *args, **named
            The activation's parameters, by position or by name; they broadcast against `x`.
        out : ndarray or tuple of ndarray, optional
            Where to write.
        where : array_like of bool, optional
            Which elements to compute.
        dtype : dtype, optional
            float16, bfloat16, float32 or float64.
        workers : int, optional
            How many threads may share a large array; -1 means all cores. See `ogive.set_workers`, which sets the default.

        Returns
        -------
        ndarray or scalar, or a pair of them for ``value_and_derivative``
            In the dtype NumPy's own maths functions would return; the same bits for any number of workers.

        Raises
        ------
        TypeError
            If an input is not a real number of a supported dtype, or a parameter is unknown or missing.
        ValueError
            If the shapes do not broadcast, or no worker is left.
        """
        key = None
        if not args and not named and out is None and where is None and dtype is None and workers is None:  # the most common call
            key = type(x) if type(x) is not np.ndarray else x.dtype if x.size < SMALL else None
            defaults = self._defaults.get(key)
            if defaults is not None:
                return self.ufunc(x, *defaults)
        label = self.function if self.name == "value" else f"{self.function}.{self.name}"
        arrays = [x, *args[: self.arrays - 1]]
        if len(arrays) < self.arrays:
            raise TypeError(f"ogive.{label} takes {self.arrays} arrays, the upstream gradient g and x; got {len(arrays)}")
        given = dict(zip((p.name for p in self.parameters), args[self.arrays - 1 :], strict=False))
        if len(args) - self.arrays + 1 > len(self.parameters):
            takes = ", ".join(p.name for p in self.parameters) or "none"
            raise TypeError(f"ogive.{label} got {len(args) - self.arrays + 1} parameters; it takes {takes}")
        for name, value in named.items():
            if name in given or name not in {p.name for p in self.parameters}:
                takes = ", ".join(p.name for p in self.parameters) or "no parameters"
                raise TypeError(f"ogive.{label} got an unexpected or repeated parameter {name}={value!r}; it takes {takes}")
            given[name] = value
        arrays = [prepared(a) for a in arrays]
        parameters = [as_parameter(given.get(p.name, p.default), arrays[-1]) for p in self.parameters]
        result = apply(label, self.ufunc, [*arrays, *parameters], {"out": out, "where": where, "dtype": dtype}, workers)
        if key in FAST:
            self._defaults[key] = tuple(parameters)
        return result

    def __repr__(self) -> str:
        return f"<ogive.{self.function}.{self.name}: ufunc {self.row}>"

    def __reduce__(self) -> tuple[Any, ...]:
        return form_by_name, (self.function, self.name)


def form_by_name(function: str, form: str) -> Form:
    import ogive

    found: Form = ogive.get(function).forms[form]
    return found


def _by_name(name: str) -> Any:
    import ogive

    return ogive.get(name)


# ── the cards ────────────────────────────────────────────────────────────────────────────────────────────────────────────


class _Documentation:
    """Render the docstring of a card from its fields; the class keeps its own."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __get__(self, card: Activation | None, owner: type) -> str:
        return self.text if card is None else card._documentation()


@dataclass(frozen=True, eq=False, repr=False)
class Activation(ABC):
    """The facts about one activation function, and the calls that compute it.

    Parameters
    ----------
    name : str
        The one name of row, card, ufunc, page and test.
    aliases : tuple of str
        Other names it is known by; attributes of `ogive` too.
    tex : str
        The definition as people read it.
    summary : str
        One imperative line.
    reference : callable, Pieces or Inverse
        The definition as it is true: evaluated in ball arithmetic, independent of the machine.
    bound : Bound
        The error that float64 results stay within.
    sources : tuple of Source
        Where it comes from.
    examples : tuple of (str, str)
        Code and what it prints; run by the tests.
    elsewhere : str
        Who differs, and how.
    """

    _: KW_ONLY
    name: str
    aliases: tuple[str, ...] = ()
    tex: str
    summary: str
    reference: Any
    bound: Bound = Bound()
    sources: tuple[Source, ...] = ()
    examples: tuple[tuple[str, str], ...] = ()
    elsewhere: str = ""
    forms: Mapping[str, Any] = field(init=False)

    kind: ClassVar[str]

    def __post_init__(self) -> None:
        for name in (self.name, *self.aliases):
            if not name.isidentifier() or name != name.lower():
                raise ValueError(f"a card's name is a lower-case identifier, got {name!r}")
        if self.has_row and not hasattr(_ufunc, self.name):
            raise ValueError(f"card {self.name!r} has no row in the formula sheet (ogive/_core/formulas.def)")

    def __init_subclass__(cls) -> None:
        cls.__doc__ = _Documentation(cls.__doc__ or "")  # type: ignore[assignment]

    @abstractmethod
    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Compute the value."""

    @property
    def ufunc(self) -> np.ufunc:
        """The bare `numpy.ufunc`."""
        found: np.ufunc = getattr(_ufunc, self.name)
        return found

    @property
    def has_row(self) -> bool:
        """Whether the machine has a row of its name."""
        return True

    @property
    def formula(self) -> str:
        """The definition in plain characters, for a terminal."""
        from ogive.sketch import plain

        return plain(self.tex)

    @abstractmethod
    def facts(self) -> dict[str, str]:
        """List the facts, declared and derived, as label and text."""

    @abstractmethod
    def _signature(self) -> str: ...

    @abstractmethod
    def _parameter_lines(self) -> list[str]: ...

    def _documentation(self) -> str:
        """Render the numpydoc text of the card."""
        lines = [self.summary, "", f".. math:: {self.tex}", "", "Parameters", "----------", *self._parameter_lines()]
        lines += [
            "",
            "Returns",
            "-------",
            "ndarray or scalar",
            "    In the dtype of x; integers and bool give what NumPy's own maths functions give.",
        ]
        lines += ["", "Raises", "------", "TypeError", "    If x is complex, object, string or longdouble, or a parameter is unknown."]
        lines += ["ValueError", "    If the shapes do not broadcast.", "", "Notes", "-----"]
        lines += [f"{label}: {text}.  " for label, text in self.facts().items()]
        if self.elsewhere:
            lines += [f"Elsewhere: {self.elsewhere}."]
        if self.sources:
            lines += ["", "References", "----------", *(f".. [{i}] {source}." for i, source in enumerate(self.sources, 1))]
        if self.examples:
            lines += ["", "Examples", "--------", ">>> import ogive"]
            for code, printed in self.examples:
                lines += [f">>> {code}", printed]
        return "\n".join(lines) + "\n"

    def __repr__(self) -> str:
        from ogive.sketch import card_text

        return card_text(self)

    def _repr_html_(self) -> str:
        from ogive.sketch import card_html

        return card_html(self)

    def __reduce__(self) -> tuple[Any, ...]:
        return _by_name, (self.name,)

    def __copy__(self) -> Activation:
        return self

    def __deepcopy__(self, memo: Any) -> Activation:
        return self


@final
@dataclass(frozen=True, eq=False, repr=False)
class Elementwise(Activation):
    """An activation that takes one number to one number, element by element.

    Parameters
    ----------
    parameters : tuple of Parameter
        Further inputs, which broadcast.
    admits : callable or None
        Whether parameters, each in its domain, go together; where they do not, the answer is nan with the flag ``invalid``.
    domain : Interval
        Where it is defined; outside it the answer is nan with the flag ``invalid``.
    range : Interval
        The values it takes, at the default parameters.
    limits : (float, float)
        The values at the two ends of the domain.
    derivative_limits, second_derivative_limits : (float, float)
        The same for the derivatives.
    symmetry : Point or None
        A centre of point symmetry.
    monotone : bool
        Whether it never decreases.
    lipschitz : Fraction or float
        The largest absolute value of the derivative.
    kinks : tuple of Kink
        Where it is not differentiable.
    inverse, log, complement : str
        The row that computes this form, or the reason why there is none, as a clause.
    references : mapping
        Definitions of ``inverse``, ``log`` or ``complement``, where these rows have no card of their own and what follows from
        f is out of the reach of ball arithmetic.
    asymptote : callable or None
        At x, the value of a line that f approaches too closely for ball arithmetic to tell the two apart, and the side on which f
        lies, 1 or -1; both exact.
    from_output : callable or None
        The derivative as a function of the output, the cheap form of the textbooks, in NumPy.
    integer_valued : bool
        Whether ``dtype=int`` makes sense.

    Notes
    -----
    ``inverse``, ``log`` and ``complement`` are declared as text and read as calls: a `Form`, or a `Refusal`, which is false.
    A parameter that networks learn has a form too, the derivative with respect to it: ``derivative_slope`` for ``slope``. It
    exists where its row does, and is continuous at the kinks of the value.
    """

    _: KW_ONLY
    parameters: tuple[Parameter, ...] = ()
    admits: Callable[..., bool] | None = None
    domain: Interval = LINE
    range: Interval
    limits: tuple[float, float]
    derivative_limits: tuple[float, float]
    second_derivative_limits: tuple[float, float]
    symmetry: Point | None = None
    monotone: bool
    lipschitz: Fraction | float
    kinks: tuple[Kink, ...] = ()
    inverse: Any
    log: Any
    complement: Any = "1 - f(x) is not a quantity of its own here"
    references: Mapping[str, Any] = field(default_factory=dict)
    asymptote: Callable[[Any], tuple[Any, int]] | None = None
    from_output: Callable[..., Any] | None = None
    integer_valued: bool = False
    value: Form = field(init=False)
    derivative: Form = field(init=False)
    second_derivative: Form = field(init=False)
    value_and_derivative: Form = field(init=False)
    backward: Form = field(init=False)

    kind: ClassVar[str] = "elementwise"
    CALCULUS: ClassVar[tuple[str, ...]] = ("value", "derivative", "second_derivative", "value_and_derivative", "backward")
    RELATED: ClassVar[tuple[str, ...]] = ("inverse", "log", "complement")

    def __post_init__(self) -> None:
        super().__post_init__()
        forms: dict[str, Form] = {}
        for form in self.CALCULUS:
            row = self.name if form == "value" else f"{self.name}_{form}"
            forms[form] = Form(self.name, form, row, self.parameters)
        for form in self.RELATED:
            declared: str = getattr(self, form)
            if hasattr(_ufunc, declared):
                forms[form] = Form(self.name, form, declared, self.parameters)
            elif declared.isidentifier():
                raise ValueError(f"card {self.name!r} names {declared!r} as its {form}; there is no such row in the formula sheet")
            else:
                object.__setattr__(self, form, Refusal(self.name, form, declared))
        for parameter in self.parameters:
            if hasattr(_ufunc, row := f"{self.name}_derivative_{parameter.name}"):
                forms[f"derivative_{parameter.name}"] = Form(self.name, f"derivative_{parameter.name}", row, self.parameters)
        for form, call in forms.items():
            object.__setattr__(self, form, call)
        object.__setattr__(self, "forms", MappingProxyType(forms))
        if not (callable(self.reference) or isinstance(self.reference, (Pieces, Inverse))):
            raise ValueError(f"card {self.name!r}: a reference is a formula, Pieces or an Inverse, not {self.reference!r}")
        for low, high in (self.limits, self.derivative_limits, self.second_derivative_limits):
            if math.isnan(low) or math.isnan(high):
                raise ValueError(f"card {self.name!r}: a limit is nan")

    def __call__(self, x: Any, *args: Any, out: Any = None, where: Any = None, dtype: Any = None, workers: Any = None, **named: Any) -> Any:
        """Compute the value; see `Form.__call__`.

        Raises
        ------
        ValueError
            With ``dtype=int``, if the result holds nan.
        """
        if not args and not named and out is None and where is None and dtype is None and workers is None:
            return self.value(x)
        if dtype is not None and self.integer_valued and np.dtype(dtype).kind in "biu":
            if out is not None:
                raise TypeError(f"ogive.{self.name}: give out= or an integer dtype=, not both; out.astype(int) converts afterwards")
            result = np.asarray(self.value(x, *args, where=where, workers=workers, **named))
            if not np.array_equal(result, np.trunc(result)):
                raise ValueError(
                    f"ogive.{self.name}: dtype={np.dtype(dtype)} cannot hold nan or a fraction; leave dtype= out, or mend the input"
                )
            return result.astype(dtype)[()]
        return self.value(x, *args, out=out, where=where, dtype=dtype, workers=workers, **named)

    def backward_from_output(self, g: Any, y: Any, *args: Any, **named: Any) -> Any:
        """Compute ``g * f'(x)`` from the output ``y = f(x)``, as textbooks do.

        It saves keeping x, and it loses what y has lost: ``y * (1 - y)`` is 0 wherever y has rounded to 1.

        Parameters
        ----------
        g, y : array_like
            The upstream gradient, and the value of the activation.
        *args, **named
            The activation's parameters.

        Returns
        -------
        ndarray or scalar
            Computed by NumPy in the dtype of its inputs; no bound is promised.

        Raises
        ------
        TypeError
            If the derivative of this activation is not a function of its output.
        """
        if self.from_output is None:
            raise TypeError(
                f"backward_from_output of {self.name} is not defined: its derivative is not a simple function of its output; use backward(g, x)"
            )
        y = np.asarray(y)
        if y.dtype.kind in "bui":
            y = y.astype(floating(y))
        bound = dict(zip((p.name for p in self.parameters), args, strict=False)) | named
        values = [as_parameter(bound.get(p.name, p.default), y) for p in self.parameters]
        return np.multiply(g, self.from_output(y, *values))

    def plot(self, **options: Any) -> Any:
        """Draw the curve; the options are those of `ogive.plot.plot`. Needs the extra ``[plot]``."""
        from ogive.plot import plot

        return plot(self, **options)

    # facts that follow from the declared ones

    @property
    def odd(self) -> bool:
        """Whether f(-x) = -f(x)."""
        return self.symmetry == Point(0, 0)

    @property
    def bounded(self) -> bool:
        """Whether the range is bounded."""
        return self.range.bounded

    @property
    def zero_centred(self) -> bool:
        """Whether the values lie symmetrically about 0."""
        return self.range.low == -self.range.high

    @property
    def saturates(self) -> bool:
        """Whether it flattens at both ends: finite limits, derivative 0 there."""
        return self.saturates_left and self.saturates_right

    @property
    def saturates_left(self) -> bool:
        """Whether it flattens at the lower end."""
        return math.isfinite(self.limits[0]) and self.derivative_limits[0] == 0

    @property
    def saturates_right(self) -> bool:
        """Whether it flattens at the upper end."""
        return math.isfinite(self.limits[1]) and self.derivative_limits[1] == 0

    @property
    def continuous(self) -> bool:
        """Whether it has no jump."""
        return not any(kink.jump for kink in self.kinks)

    def facts(self) -> dict[str, str]:
        """List the facts, declared and derived, as label and text."""
        saturation = {(True, True): "at both ends", (True, False): "on the left", (False, True): "on the right"}
        table = {
            "Domain": str(self.domain),
            "Range": str(self.range),
            "Limits": " and ".join(number_text(v) for v in self.limits),
            "Derivative's limits": " and ".join(number_text(v) for v in self.derivative_limits),
            "Symmetry": "none" if self.symmetry is None else "odd" if self.odd else f"about the point {self.symmetry}",
            "Monotone": "yes" if self.monotone else "no",
            "Lipschitz constant": number_text(self.lipschitz),
            "Zero-centred": "yes" if self.zero_centred else "no",
            "Saturates": saturation.get((self.saturates_left, self.saturates_right), "no"),
            "Kinks": "; ".join(kink.text(*(p.default for p in self.parameters)) for kink in self.kinks) or "none",
            "Error": str(self.bound),
        }
        for form in self.RELATED:
            call = getattr(self, form)
            table[form.capitalize()] = call.row if call else f"none, {call.reason}"
        if self.parameters:
            table["Parameters"] = "; ".join(f"{p.name} = {number_text(p.default)} in {p.domain}" for p in self.parameters)
        for form in self.forms:
            if form.startswith("derivative_"):
                table[f"Derivative with respect to {form.removeprefix('derivative_')}"] = self.forms[form].row
        return table

    def _signature(self) -> str:
        return ", ".join(["x", *(f"{p.name}={number_text(p.default)}" for p in self.parameters)])

    def _parameter_lines(self) -> list[str]:
        lines = ["x : array_like", f"    Real numbers of any shape, in {self.domain}; nan gives nan."]
        for p in self.parameters:
            lines += [
                f"{p.name} : array_like, default {number_text(p.default)}",
                f"    {p.meaning}; in {p.domain}, elsewhere nan and the flag invalid. Broadcasts.",
            ]
        return [
            *lines,
            *OUT,
            *WHERE,
            *DTYPE,
            "workers : int, optional",
            "    How many threads may share a large array; -1 means all cores.",
        ]
