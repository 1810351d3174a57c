"""The room *Explorer*: curves of chosen functions, the errors of everybody who computes them, and what a card says.

All errors are distances from the truth, which Arb gives; see `ogive.truth`.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache, reduce
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args

import numpy as np

from ogive.activation import Elementwise
from ogive.catalogue import CATALOGUE
from ogive.facts import Interval, number_text
from ogive.lab.messages import Answer, AtMost, Between, Extended, Float64s, Part, Refused, Request
from ogive.lab.rooms.room import Room, handles
from ogive.sketch import Curve, sample, saturated, view, window

if TYPE_CHECKING:
    from ogive.lab.contenders import Contender
    from ogive.lab.session import Work
    from ogive.truth.exact import Truth

__all__ = ["Explorer"]

Form = Literal["value", "derivative", "second_derivative", "inverse", "log", "complement"]
Dtype = Literal["float16", "bfloat16", "float32", "float64"]
Who = Literal["ogive", "naive", "stable", "scipy", "torch", "jax"]
Array = np.ndarray[Any, np.dtype[Any]]
CALCULUS = ("value", "derivative", "second_derivative")
FUNCTIONS, FORMS, COLUMNS = 6, 6, 5000
CHUNK = 25  # truths between two looks at what the reader wants now: some milliseconds
NAMED = 64  # floats that have room for a label each
DIGITS = 30  # of a truth


# ── what is asked, and answered ──────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, kw_only=True)
class Chosen(Part):
    """A function, and those of its parameters that are not at their defaults."""

    name: str
    parameters: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Curves(Request):
    """Compute forms of functions on an interval, once for each column of pixels; the function in focus has bands."""

    functions: Annotated[tuple[Chosen, ...], AtMost(FUNCTIONS)]
    forms: Annotated[tuple[Form, ...], AtMost(FORMS)] = ("value",)
    focus: str = ""
    low: float
    high: float
    columns: Annotated[int, Between(2, COLUMNS)] = 600


@dataclass(frozen=True, kw_only=True)
class Dot(Part):
    """An end of a curve at a jump."""

    x: float
    y: float
    is_open: bool


@dataclass(frozen=True, kw_only=True)
class Drawn(Part):
    """One form of one function; nan where it is not defined, and at jumps."""

    function: str
    form: Form
    values: Float64s
    dots: tuple[Dot, ...]
    domain: str
    is_in_view: bool


@dataclass(frozen=True, kw_only=True)
class Drawing(Answer):
    """Curves over the same x, the heights to show, and where the function in focus is flat."""

    x: Float64s
    curves: tuple[Drawn, ...]
    height: tuple[float, float]
    bands: tuple[tuple[float, float], ...]


@dataclass(frozen=True, kw_only=True)
class Microscope(Request):
    """Measure the errors of some who compute a form, at the numbers of a dtype: all in the interval, or one for each column."""

    function: Chosen
    form: Form = "value"
    dtype: Dtype = "float64"
    low: float
    high: float
    columns: Annotated[int, Between(2, 2000)] = 600
    who: Annotated[tuple[Who, ...], AtMost(6)] = ("ogive",)


@dataclass(frozen=True, kw_only=True)
class Warned(Part):
    """Where NumPy warns: the first and the last number that do."""

    low: float
    high: float
    says: str


@dataclass(frozen=True, kw_only=True)
class Measured(Part):
    """The errors of one who computes the form; infinite where nothing finite came. Without errors, why there are none."""

    who: Who
    label: str
    absent: Literal["", "package", "function", "parameters", "dtype"]
    errors: Float64s
    largest: Extended
    largest_at: Extended
    warned: tuple[Warned, ...]


@dataclass(frozen=True, kw_only=True)
class Errors(Answer):
    """Signed errors in ulp; where x are all numbers there are, some of them are written out."""

    x: Float64s
    is_every: bool
    labels: tuple[str, ...]
    label_at: Float64s
    measured: tuple[Measured, ...]


@dataclass(frozen=True, kw_only=True)
class Probe(Request):
    """Ask for everything that is known of one number."""

    function: Chosen
    form: Form = "value"
    dtype: Dtype = "float64"
    x: Extended
    who: Annotated[tuple[Who, ...], AtMost(6)] = ("ogive",)


@dataclass(frozen=True, kw_only=True)
class Result(Part):
    """What one of them gives at the number, and what NumPy warns of."""

    who: Who
    label: str
    value: Extended
    text: str
    bits: str
    error: Extended
    warns: str


@dataclass(frozen=True, kw_only=True)
class Reading(Answer):
    """The number, the truth there, and what came; `place` says what is special about the number."""

    x: Extended
    text: str
    bits: str
    brief: str
    digits: str
    is_exact: bool
    rounded: str
    results: tuple[Result, ...]
    place: Literal["", "outside", "jump", "kink", "saturated"]


@dataclass(frozen=True, kw_only=True)
class Describe(Request):
    """Ask what a card says."""

    name: str


@dataclass(frozen=True, kw_only=True)
class Bend(Part):
    """A kink or a jump: where, and the derivative there, a number or ``left`` or ``right`` or the name of a parameter."""

    x: str
    derivative: str
    is_jump: bool


@dataclass(frozen=True, kw_only=True)
class Description(Answer):
    """The facts of a card, at the defaults of its parameters."""

    forms: tuple[Form, ...]
    view: tuple[float, float]
    domain: str
    range: str
    limits: tuple[str, str]
    slopes: tuple[str, str]
    symmetry: Literal["none", "odd", "point"]
    centre: str
    is_monotone: bool
    is_zero_centred: bool
    saturates: Literal["no", "left", "right", "both"]
    lipschitz: str
    bends: tuple[Bend, ...]
    bound: str
    inverse: str
    elsewhere: str
    naive: str
    libraries: tuple[Who, ...]


# ── how it is answered ───────────────────────────────────────────────────────────────────────────────────────────────────


class Precedence:
    """Lets curves go before errors: whoever computes truths holds the interpreter, and a slider is not to wait for that."""

    def __init__(self) -> None:
        self._free = threading.Event()
        self._free.set()

    def __enter__(self) -> None:
        self._free.clear()

    def __exit__(self, *_: object) -> None:
        self._free.set()

    def give_way(self) -> None:
        """Wait until no curve is being computed."""
        self._free.wait()


class Explorer(Room):
    """The room *Explorer*."""

    def __init__(self) -> None:
        self._curves = Precedence()

    @handles
    def curves(self, request: Curves, work: Work) -> Drawing:
        """Compute forms of functions on an interval."""
        with self._curves:
            return self._drawing(request, work)

    def _drawing(self, request: Curves, work: Work) -> Drawing:
        _interval(request.low, request.high)
        drawn: list[tuple[Chosen, Form, Curve | None]] = []
        for chosen in request.functions:
            card = _card(chosen)
            for form in request.forms:
                if form in card.forms and _takes(card, form, chosen.parameters):
                    work.check()
                    drawn.append((chosen, form, _curve(card, form, request.low, request.high, request.columns, chosen.parameters)))
        x = reduce(np.union1d, (curve.x for _, _, curve in drawn if curve), np.empty(0))
        curves = tuple(_aligned(chosen, form, curve, x) for chosen, form, curve in drawn)
        bands: list[tuple[float, float]] = []
        for chosen in request.functions:
            if chosen.name == request.focus:
                with suppress(ValueError):  # it is defined elsewhere
                    bands = saturated(_card(chosen), request.low, request.high, chosen.parameters)
        return Drawing(x=x, curves=curves, height=_height(request, drawn), bands=tuple(bands))

    @handles
    def microscope(self, request: Microscope, work: Work) -> Errors:
        """Measure errors, at floats."""
        from ogive.lab.contenders import Absent, contender, warned

        _interval(request.low, request.high)
        card = _card(request.function, request.form)
        x, is_every = _floats(request, card)
        truths = []
        for start in range(0, len(x), CHUNK):
            self._curves.give_way()
            work.check()
            truths.append(_truth(card.name, request.form, _parameters(card, request), x[start : start + CHUNK].tobytes(), request.dtype))
        measured = []
        for who in request.who:
            self._curves.give_way()
            work.check()
            try:
                found = contender(who, card, request.form, request.dtype, request.function.parameters)
                got = _quietly(found, x)
            except Absent as absent:
                measured.append(_absent(who, absent.reason))
                continue
            errors = np.concatenate([t.errors(got[i * CHUNK : (i + 1) * CHUNK]) for i, t in enumerate(truths)]) if truths else np.empty(0)
            at = int(np.argmax(np.abs(errors))) if len(errors) else -1
            says = warned(found.compute, x) if who in ("naive", "stable") and len(x) else ()
            measured.append(
                Measured(
                    who=who,
                    label=found.label,
                    absent="",
                    errors=errors,
                    largest=abs(errors[at]) if at >= 0 else math.nan,
                    largest_at=float(x[at]) if at >= 0 else math.nan,
                    warned=tuple(Warned(low=low, high=high, says=text) for low, high, text in says),
                )
            )
        named = np.arange(0, len(x), max(1, len(x) // 6)) if is_every and len(x) <= NAMED else np.empty(0, int)
        return Errors(
            x=x.astype(np.float64),
            is_every=is_every,
            labels=tuple(_text(x[i]) for i in named),
            label_at=x[named].astype(np.float64),
            measured=tuple(measured),
        )

    @handles
    def probe(self, request: Probe, work: Work) -> Reading:
        """Tell everything that is known of one number."""
        from ogive.audit.question import bits
        from ogive.lab.contenders import Absent, complaint, contender
        from ogive.truth.reference import evaluate
        from ogive.truth.ulp import format_of, rounded

        card = _card(request.function, request.form)
        fmt = format_of(request.dtype)
        x = np.reshape(rounded(request.x, fmt), 1)
        values = _parameters(card, request)
        truth = _truth(card.name, request.form, values, x.tobytes(), request.dtype)
        ball = evaluate(card, x[0], request.form, values)
        results = []
        for who in request.who:
            work.check()
            try:
                found = contender(who, card, request.form, request.dtype, request.function.parameters)
                got = _quietly(found, x)
            except Absent:
                continue
            results.append(
                Result(
                    who=who,
                    label=found.label,
                    value=float(got[0]),
                    text=_text(got[0]),
                    bits=bits(got[0], fmt),
                    error=float(truth.errors(got)[0]),
                    warns=complaint(found.compute, x) if who in ("naive", "stable") else "",
                )
            )
        digits, is_exact = _digits(ball, DIGITS)
        return Reading(
            x=float(x[0]),
            text=_text(x[0]),
            bits=bits(x[0], fmt),
            brief=_digits(ball, 4)[0],
            digits=digits,
            is_exact=is_exact,
            rounded=_text(truth.right[0]),
            results=tuple(results),
            place=_place(card, request, float(x[0]), values),
        )

    @handles
    def describe(self, request: Describe, work: Work) -> Description:
        """Tell what a card says."""
        from importlib.util import find_spec

        from ogive.formulas import in_numpy
        from ogive.lab.contenders import LIBRARIES

        card = _card(Chosen(name=request.name))
        defaults = [p.default for p in card.parameters]
        return Description(
            forms=tuple(form for form in get_args(Form) if form in card.forms),
            view=view(card, -6, 6),
            domain=str(card.domain),
            range=str(card.range),
            limits=(number_text(card.limits[0] + 0.0), number_text(card.limits[1] + 0.0)),  # -0 would puzzle here
            slopes=(number_text(card.derivative_limits[0] + 0.0), number_text(card.derivative_limits[1] + 0.0)),
            symmetry="none" if card.symmetry is None else "odd" if card.odd else "point",
            centre="" if card.symmetry is None else str(card.symmetry),
            is_monotone=card.monotone,
            is_zero_centred=card.zero_centred,
            saturates=(("no", "right"), ("left", "both"))[card.saturates_left][card.saturates_right],
            lipschitz=number_text(card.lipschitz),
            bends=tuple(
                Bend(x=number_text(float(kink.at(*defaults))), derivative=number_text(kink.derivative), is_jump=kink.jump)
                for kink in card.kinks
            ),
            bound=number_text(float(card.bound.float64)),
            inverse=card.inverse.row if card.inverse else "",
            elsewhere=card.elsewhere,
            naive=in_numpy(card.name, "value", naive=True),
            libraries=tuple(name for name in LIBRARIES if find_spec(name) is not None),
        )


# ── reading a request ────────────────────────────────────────────────────────────────────────────────────────────────────


def _interval(low: float, high: float) -> None:
    if not low < high:
        raise Refused(f"the left end, {low:g}, is to be less than the right end, {high:g}", "low")


def _card(chosen: Chosen, form: str = "value") -> Elementwise:
    """Find a card, and see whether it has the form and takes the parameters."""
    card = CATALOGUE.get(chosen.name)
    if not isinstance(card, Elementwise):
        why = f"there is no function {chosen.name!r}" if card is None else f"{card.name} has no curve of its own that the machine computes"
        raise Refused(f"{why}; choose an elementwise one, such as sigmoid", "functions")
    if form not in card.forms:
        raise Refused(str(getattr(card, form)), "form")
    domains = {p.name: p.domain for p in card.parameters}
    for name, value in chosen.parameters.items():
        if name not in domains:
            raise Refused(f"{card.name} has no parameter {name!r}; it has {', '.join(domains) or 'none'}", f"parameters.{name}")
        if value not in domains[name]:
            raise Refused(f"{name} of {card.name} lies in {domains[name]}; {value:g} does not", f"parameters.{name}")
    if not _takes(card, form, chosen.parameters):
        raise Refused(f"{form} of {card.name} takes no {', '.join(chosen.parameters)}; it is there at the defaults only", "form")
    if card.admits is not None and not card.admits(*_values(card, "value", chosen.parameters)):
        given = ", ".join(f"{p.name}={chosen.parameters.get(p.name, p.default):g}" for p in card.parameters)
        raise Refused(f"{card.name} does not admit {given} together", f"parameters.{card.parameters[0].name}")
    return card


def _takes(card: Elementwise, form: str, parameters: Mapping[str, float]) -> bool:
    return parameters.keys() <= {p.name for p in card.forms[form].parameters}


def _values(card: Elementwise, form: str, parameters: Mapping[str, float]) -> tuple[float, ...]:
    return tuple(float(parameters.get(p.name, p.default)) for p in card.forms[form].parameters)


def _parameters(card: Elementwise, request: Microscope | Probe) -> tuple[float, ...]:
    return _values(card, request.form, request.function.parameters)


# ── curves ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _curve(card: Elementwise, form: str, low: float, high: float, columns: int, parameters: Mapping[str, float]) -> Curve | None:
    """Sample a form on the part of an interval where it is defined; None where there is none."""
    try:
        if form in CALCULUS:
            return sample(card, form, low, high, columns, parameters)
    except ValueError:
        return None
    domain = _domain(card, form, parameters)
    low, high = max(low, domain.low), min(high, domain.high)
    if not low < high:
        return None
    x = 2 * np.linspace(low / 2, high / 2, columns)
    return Curve(x, _computed(card, form, x, parameters))


def _computed(card: Elementwise, form: str, x: Array, parameters: Mapping[str, float]) -> Array:
    with np.errstate(all="ignore"):  # an end of the domain may be a pole
        return np.array(card.forms[form](x, **parameters), dtype=np.float64)


def _domain(card: Elementwise, form: str, parameters: Mapping[str, float]) -> Interval:
    if form in CALCULUS:
        return card.domain
    from ogive.truth.reference import ends

    return ends(card, form, _values(card, form, parameters))[0]


def _aligned(chosen: Chosen, form: Form, curve: Curve | None, x: Array) -> Drawn:
    """Bring a curve to the places of all; it breaks where it broke."""
    card = _card(chosen)
    values = np.full(len(x), np.nan)
    if curve is not None:
        inside = (x >= curve.x[0]) & (x <= curve.x[-1])
        values[inside] = _computed(card, form, x[inside], chosen.parameters)
        values[np.isin(x, curve.x[np.isnan(curve.y)])] = np.nan
    dots = () if curve is None else tuple(Dot(x=dot.x, y=dot.y, is_open=not dot.closed) for dot in curve.dots if math.isfinite(dot.y))
    return Drawn(
        function=card.name,
        form=form,
        values=values,
        dots=dots,
        domain=str(_domain(card, form, chosen.parameters)),
        is_in_view=curve is not None,
    )


def _height(request: Curves, drawn: list[tuple[Chosen, Form, Curve | None]]) -> tuple[float, float]:
    """Choose the heights for all functions, each as one picture of it would."""
    ends = []
    for chosen in request.functions:
        own = [(form, curve) for each, form, curve in drawn if each is chosen and curve is not None]
        first = next((curve for form, curve in own if form == "value"), None)
        rest = [curve for _, curve in own if curve is not first]
        if first is None and rest:
            first, rest = Curve(np.empty(0), np.empty(0)), rest
        if first is not None:
            ends.append(window(first, *rest))
    return (min(low for low, _ in ends), max(high for _, high in ends)) if ends else (-1.0, 1.0)


# ── errors ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _floats(request: Microscope, card: Elementwise) -> tuple[Array, bool]:
    """Choose numbers of the dtype in the interval and the domain; tell whether these are all."""
    from ogive.truth.ulp import format_of, from_ordinal, ordinal, rounded

    fmt = format_of(request.dtype)
    domain = _domain(card, request.form, request.function.parameters)
    low, high = max(request.low, domain.low, -fmt.largest), min(request.high, domain.high, fmt.largest)
    if not low <= high:
        return np.empty(0, fmt.dtype), False
    first, last = (int(n) for n in ordinal(rounded(np.array([low, high]), fmt)))
    if last - first < request.columns:
        x = from_ordinal(np.arange(first, last + 1), fmt)
        is_every = True
    else:
        x, is_every = np.unique(rounded(2 * np.linspace(low / 2, high / 2, request.columns), fmt)), False
    wide = x.astype(np.float64)
    return x[(wide >= low) & (wide <= high)], is_every


@lru_cache(2048)
def _truth(name: str, form: str, parameters: tuple[float, ...], numbers: bytes, dtype: str) -> Truth:
    """Find the truth at some numbers, and keep it: who else is measured there is measured against the same."""
    from ogive.truth.exact import Truth
    from ogive.truth.ulp import format_of

    card = CATALOGUE[name]
    return Truth(card, form, np.frombuffer(numbers, format_of(dtype).dtype), parameters)


def _quietly(contender: Contender, x: Array) -> Array:
    with np.errstate(all="ignore"):
        return contender.compute(x)


def _absent(who: Who, reason: Any) -> Measured:
    return Measured(who=who, label="", absent=reason, errors=np.empty(0), largest=math.nan, largest_at=math.nan, warned=())


def _text(x: Any) -> str:
    from ogive.audit.question import text

    return text(x)


def _digits(ball: Any, count: int) -> tuple[str, bool]:
    """Write the digits of a ball that are certain, so many at most, and tell whether these are all there are."""
    if not ball.is_finite():
        return str(float(ball)), True
    mantissa, _, exponent = str(ball.str(count, radius=False)).partition("e")
    if ball.rad().is_zero() and "." in mantissa:
        mantissa = mantissa.rstrip("0").rstrip(".")
    written = mantissa + ("e" + exponent if exponent else "")
    return written, bool(ball.rad().is_zero() and Fraction(written) == Fraction(float(ball)))


def _place(
    card: Elementwise, request: Probe, x: float, parameters: tuple[float, ...]
) -> Literal["", "outside", "jump", "kink", "saturated"]:
    domain = _domain(card, request.form, request.function.parameters)
    if not domain.low <= x <= domain.high:
        return "outside"
    if request.form not in CALCULUS:
        return ""
    for kink in card.kinks:
        if x == kink.at(*_values(card, "value", request.function.parameters)):
            return "jump" if kink.jump else "kink"
    if math.isinf(x):
        return ""
    return "saturated" if any(a <= x <= b for a, b in saturated(card, min(x, -6) - 1, max(x, 6) + 1, request.function.parameters)) else ""
