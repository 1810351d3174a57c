"""What an activation is: a card of facts in front of a row of the machine.

``Activation`` is abstract. Final are ``Elementwise`` (one number in, one number out), ``Vectorwise`` (a row in, a row or a
number out), ``Composed`` (a row in, a row out, by way of elementwise ones), ``Borrowed`` (elementwise without a row of the
machine) and ``Loss`` (value and gradient from logits and targets). Cards are frozen, checked when they are made, and pickle to
their name.
"""

from __future__ import annotations

import math
import warnings
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from fractions import Fraction
from types import MappingProxyType
from typing import Any, ClassVar, final

import numpy as np

from ogive._core import ufunc as _ufunc
from ogive.facts import Bound, Interval, Inverse, Kink, Parameter, Pieces, Point, Refusal, Source, number_text
from ogive.workers import SMALL, spread, threads

__all__ = ["Activation", "Borrowed", "Composed", "Elementwise", "Form", "Formula", "Loss", "Vectorwise"]

inf = math.inf
FLOATS = ("float16", "bfloat16", "float32", "float64")
FAST = frozenset([float, np.float64, np.float32, *map(np.dtype, ("float16", "float32", "float64"))])  # what needs no preparing
LINE = Interval.line()


# ── calling a ufunc, and explaining what it refuses ──────────────────────────────────────────────────────────────────────


def _floating(x: Any) -> np.dtype[Any]:
    """Return the dtype in which NumPy's own maths functions would answer for `x`."""
    dtype = getattr(x, "dtype", None)
    if not isinstance(dtype, np.dtype):
        dtype = np.asarray(x).dtype
    return np.result_type(dtype, np.float16) if dtype.kind in "bui" else dtype


def _parameter(value: Any, x: Any) -> Any:
    """Give a Python number the dtype of `x`; arrays promote as NumPy has it."""
    if type(value) in (bool, int, float):  # NumPy's own scalars are float, too, but not weak
        dtype = _floating(x)
        if dtype.kind == "f" or dtype.name == "bfloat16":
            return np.asarray(value, dtype)[()]
    return value


def _prepared(x: Any) -> Any:
    """Leave anything that speaks NumPy's protocols as it is; make an array of the rest."""
    return x if hasattr(x, "__array_ufunc__") else np.asarray(x)


def _apply(name: str, function: np.ufunc, inputs: Sequence[Any], options: dict[str, Any], workers: Any = 1) -> Any:
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
                    f"ogive.{name} takes real numbers (bool, integers, {', '.join(FLOATS)}), not {dtype}{_way_out(dtype)}"
                ) from error
        raise TypeError(f"ogive.{name}: {error}") from error
    except ValueError as error:
        if "broadcast" not in str(error) and "core dim" not in str(error):
            raise
        arrays = [*inputs, *(v for k, v in options.items() if k in ("out", "where"))]
        shapes = ", ".join(str(np.shape(value)) for value in arrays if not isinstance(value, tuple))
        raise ValueError(f"ogive.{name}: shapes {shapes} do not fit together; each axis must be equal or 1 ({error})") from error


def _way_out(dtype: np.dtype[Any]) -> str:
    if dtype.kind == "c":
        return "; take .real, .imag or abs(x) first"
    if dtype.kind == "f":
        return "; convert with x.astype(np.float64)"
    if dtype.kind in "OSUT":
        return "; convert with np.asarray(x, dtype=float), which fails on what is not a number"
    if dtype.name.startswith("float"):
        return "; convert with x.astype(np.float16) or wider"
    return "; convert to one of these first"


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
        arrays = [_prepared(a) for a in arrays]
        parameters = [_parameter(given.get(p.name, p.default), arrays[-1]) for p in self.parameters]
        result = _apply(label, self.ufunc, [*arrays, *parameters], {"out": out, "where": where, "dtype": dtype}, workers)
        if key in FAST:
            self._defaults[key] = tuple(parameters)
        return result

    def __repr__(self) -> str:
        return f"<ogive.{self.function}.{self.name}: ufunc {self.row}>"

    def __reduce__(self) -> tuple[Any, ...]:
        return _form_by_name, (self.function, self.name)


def _form_by_name(function: str, form: str) -> Form:
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
            y = y.astype(_floating(y))
        bound = dict(zip((p.name for p in self.parameters), args, strict=False)) | named
        values = [_parameter(bound.get(p.name, p.default), y) for p in self.parameters]
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
        lines += [
            "out : ndarray, optional",
            "    Where to write.",
            "where : array_like of bool, optional",
            "    Which elements to compute.",
        ]
        lines += ["dtype : dtype, optional", "    float16, bfloat16, float32 or float64."]
        return [*lines, "workers : int, optional", "    How many threads may share a large array; -1 means all cores."]


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
        if keepdims and not self.reduces:
            raise TypeError(f"ogive.{self.name} keeps its axis anyway; leave keepdims= out")
        rows = _Rows(self.name, x, axis, dtype)
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
        rows = _Rows(self.name, x, axis, dtype)
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

    def _settings(self, rows: _Rows, temperature: Any, weights: Any) -> list[np.ndarray[Any, Any]]:
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
            "Error": "none" if exact else f"float64 ≤ {self.bound.float64} ulp in every element; float32, float16, bfloat16 ≤ 0.51 ulp",
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
        return [
            *lines,
            "out : ndarray, optional",
            "    Where to write.",
            "dtype : dtype, optional",
            "    float16, bfloat16, float32 or float64.",
        ]


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

    def _rows(self, label: str, x: Any, args: Sequence[Any], named: dict[str, Any], dtype: Any) -> tuple[_Rows, int]:
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
        rows = _Rows(self.name, x, int(axis), dtype)
        length = rows.x.shape[rows.axes[0]]
        if parts < 1 or length % parts:
            what = f"takes {self.choice} of {parts} neighbours" if self.choice else f"cuts its axis into {parts} equal parts"
            way_out = f"choose {self.choice} that divide it" if self.choice else "pad or cut it"
            raise ValueError(f"ogive.{label} {what}; axis {axis} of shape {rows.x.shape} has length {length}: {way_out}")
        return rows, int(parts)

    def _along(self, rows: _Rows, values: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
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
            0.6: "float64 ≤ 0.6 ulp; float32, float16, bfloat16 ≤ 0.51 ulp",
        }
        twice = f"float64 ≤ {self.bound.float64} ulp where the gate is a normal number: its own rounding and the product's; float32, float16, bfloat16 ≤ 0.51 ulp"
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
        return [
            *lines,
            "out : ndarray, optional",
            "    Where to write.",
            "dtype : dtype, optional",
            "    float16, bfloat16, float32 or float64.",
        ]


class _Rows:
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
        self.dtype = (np.dtype(dtype) if dtype is not None else _floating(self.x)).newbyteorder("=")
        if self.dtype.name not in FLOATS or (self.x.dtype.name not in FLOATS and self.x.dtype.kind not in "bui"):
            refused = self.dtype if self.dtype.name not in FLOATS else self.x.dtype
            raise TypeError(f"ogive.{name} takes real numbers (bool, integers, {', '.join(FLOATS)}), not {refused}{_way_out(refused)}")
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
        array = np.asarray(_parameter(value, self.x))
        if array.dtype.name not in FLOATS and array.dtype.kind not in "bui":
            raise TypeError(f"ogive.{self.name}: weights= are real numbers, not {array.dtype}{_way_out(array.dtype)}")
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
                _apply(label, function, inputs, {"out": target, "dtype": dtype})
                return out
        result = _apply(label, function, inputs, {"dtype": dtype})
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


# ── without a row of the machine ─────────────────────────────────────────────────────────────────────────────────────────


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
                    f"ogive.{label} takes real numbers (bool, integers, {', '.join(FLOATS)}), not {array.dtype}{_way_out(array.dtype)}"
                )
        # a Python number does not widen the answer, and is not rounded to its dtype either
        dtypes = [a.dtype for n, a in zip(names, arrays, strict=True) if n == "x" or type(given[n]) not in (bool, int, float)]
        result_type = np.dtype(dtype) if dtype is not None else _floating(np.empty(0, np.result_type(*dtypes)))
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
        return _form_by_name, (self.function, self.name)


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
        lines += ["out : ndarray, optional", "    Where to write."]
        lines += ["where : array_like of bool, optional", "    Which elements to compute."]
        return [*lines, "dtype : dtype, optional", "    float16, bfloat16, float32 or float64."]


# ── losses ───────────────────────────────────────────────────────────────────────────────────────────────────────────────

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
            x, t = _prepared(logits), self._fitting(logits, targets)
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
            return _parameter(targets, _prepared(logits))
        array = _prepared(targets)
        dtype = getattr(array, "dtype", None)
        if isinstance(array, np.ndarray) and array.dtype.kind in "bui":
            wanted = _floating(_prepared(logits))
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
