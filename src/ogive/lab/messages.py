"""The vocabulary of the lab: what a message is, how it is checked, how it is written.

A message is a frozen dataclass. Its kind is its room and its name: ``Curves`` in ``rooms/explorer.py`` is ``explorer.curves``.
The front end's types are written from these classes by ``tools/messages.py``, so there is one definition.

What a field may be:

=============================  ===================================================================
``bool``, ``int``, ``str``     as in JSON; whole numbers have no point
``float``                      a finite number
`Extended`                     a number that may be nan or an infinity: ``"nan"``, ``"inf"``, ``"-inf"`` in JSON
``Literal["a", "b"]``          one of these
``tuple[X, ...]``              a list; ``tuple[float, float]``, a pair
``dict[str, X]``               an object
``X | None``                   or null
a subclass of `Part`           an object with fields of its own
`Float64s`, `Float64Grid` ...  arrays, in answers only; they travel in a binary frame
``Annotated[X, Between(0, 1)]``  a number in a range; ``Annotated[X, AtMost(9)]``, a length
=============================  ===================================================================

A field of a request with a default may be left out.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from types import NoneType, UnionType
from typing import Annotated, Any, ClassVar, Literal, TypeAlias, Union, get_args, get_origin, get_type_hints

import numpy as np

from ogive.lab.arrays import Layout, pack

__all__ = [
    "LONGEST",
    "Answer",
    "AtMost",
    "Between",
    "Control",
    "Drawn",
    "Ended",
    "Error",
    "Extended",
    "Float32Grid",
    "Float32s",
    "Float64Grid",
    "Float64s",
    "Int32s",
    "Language",
    "Message",
    "Part",
    "Refused",
    "Request",
    "Superseded",
    "Uint8Grid",
    "Uint8s",
    "decode",
    "encode",
    "hints",
]

#: The longest message that is read, in characters.
LONGEST = 2_000_000

Array: TypeAlias = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True, slots=True)
class Between:
    """A number of this field lies in [low, high]."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class AtMost:
    """A text, list or object of this field has at most so many characters or entries."""

    length: int


class AnyFloat:
    """A number of this field may be nan or infinite."""


Extended = Annotated[float, AnyFloat()]
Language = Literal["en", "ko"]
Float64s = Annotated[Array, Layout("float64", 1)]
Float64Grid = Annotated[Array, Layout("float64", 2)]
Float32s = Annotated[Array, Layout("float32", 1)]
Float32Grid = Annotated[Array, Layout("float32", 2)]
Int32s = Annotated[Array, Layout("int32", 1)]
Uint8s = Annotated[Array, Layout("uint8", 1)]
Uint8Grid = Annotated[Array, Layout("uint8", 2)]


class Refused(Exception):
    """A request that cannot be answered: a sentence that says why and what to do, and the field it belongs to."""

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.sentence, self.field = sentence, field


# ── what messages are ────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, kw_only=True)
class Part:
    """An object inside a message."""


@dataclass(frozen=True, kw_only=True)
class Message:
    """What is said in either direction."""

    kind: ClassVar[str]

    def __init_subclass__(cls) -> None:
        if "kind" not in vars(cls):
            cls.kind = f"{cls.room()}.{re.sub(r'(?<!^)(?=[A-Z])', '_', cls.__name__).lower()}"

    @classmethod
    def room(cls) -> str:
        """Name the room it belongs to: the module that defines it."""
        return cls.__module__.rpartition(".")[2]


@dataclass(frozen=True, kw_only=True)
class Request(Message):
    """What the reader asks.

    A newer request of the same slot makes an older one obsolete: one that waits is answered `Superseded`, one that is being worked
    on is told so (`Work.cancelled`). Override `slot` with None for what must happen every time, in order, such as a command.
    """

    @property
    def slot(self) -> str | None:
        """Name the place in which there is only one newest request; None if each one counts."""
        return self.kind


@dataclass(frozen=True, kw_only=True)
class Answer(Message):
    """What the lab says: the answer to a request, or a frame that a job sends."""


@dataclass(frozen=True, kw_only=True)
class Error(Answer):
    """The request was refused, or failed."""

    kind: ClassVar[str] = "error"
    sentence: str
    field: str = ""


@dataclass(frozen=True, kw_only=True)
class Superseded(Answer):
    """A newer request has taken the place of this one."""

    kind: ClassVar[str] = "superseded"


@dataclass(frozen=True, kw_only=True)
class Ended(Answer):
    """The job that the request with this id started is over."""

    kind: ClassVar[str] = "ended"
    outcome: Literal["finished", "stopped", "failed"]
    sentence: str = ""


@dataclass(frozen=True, kw_only=True)
class Drawn(Request):
    """The reader has seen the last frame of the job with this id; another may come."""

    kind: ClassVar[str] = "drawn"


@dataclass(frozen=True, kw_only=True)
class Control(Request):
    """Pause, resume, step or stop the job with this id."""

    kind: ClassVar[str] = "control"
    action: Literal["pause", "resume", "step", "stop"]
    steps: Annotated[int, Between(1, 10_000)] = 1


# ── reading one ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def decode(text: str, requests: Mapping[str, type[Request]]) -> tuple[int, Request | Refused]:
    """Read a request.

    Parameters
    ----------
    text : str
        A JSON object ``{"id": 7, "kind": "explorer.curves", ...}``.
    requests : mapping
        The requests there are, by kind.

    Returns
    -------
    int
        Its id, 0 if it has none that can be read.
    Request or Refused
        The request, or what is wrong with it.
    """
    if len(text) > LONGEST:
        return 0, Refused(f"a message has at most {LONGEST:,} characters; this one has {len(text):,}")
    try:
        said = json.loads(text, parse_constant=_no_constant, parse_int=_whole)
    except (ValueError, RecursionError) as error:
        return 0, Refused(f"a message is a JSON object; this is none: {error}")
    if not isinstance(said, dict):
        return 0, Refused("a message is a JSON object with an id and a kind")
    number = said.pop("id", None)
    if not isinstance(number, int) or isinstance(number, bool) or not 0 < number < 2**53:
        return 0, Refused(f"a message has an id, a whole number from 1; this one has {number!r}", "id")
    kind = said.pop("kind", None)
    try:
        if not isinstance(kind, str) or kind not in requests:
            raise Refused(f"there is no message {kind!r}; there are {', '.join(sorted(requests))}", "kind")
        return number, _dataclass(requests[kind], said, "")
    except Refused as refused:
        return number, refused


def _whole(digits: str) -> int | float:
    return int(digits) if len(digits) < 20 else float(digits)  # as large as that, it is no number of anything


def _no_constant(name: str) -> float:
    raise ValueError(f'{name} is no JSON; write "nan", "inf" or "-inf" where a field admits them')


_HINTS: dict[type, dict[str, Any]] = {}


def hints(cls: type) -> dict[str, Any]:
    """Tell the types of the fields of a message or a part, in their order."""
    if cls not in _HINTS:
        found = get_type_hints(cls, include_extras=True)
        _HINTS[cls] = {field.name: found[field.name] for field in fields(cls)}
    return _HINTS[cls]


def _dataclass(cls: type, said: Mapping[str, Any], path: str) -> Any:
    known = hints(cls)
    for name in said:
        if name not in known:
            takes = ", ".join(known) or "no fields"
            raise Refused(f"there is no field {path + name!r}; there are {takes}", path + name)
    values = {}
    for field in fields(cls):
        if field.name in said:
            values[field.name] = _value(known[field.name], said[field.name], path + field.name)
        elif field.default is MISSING and field.default_factory is MISSING:
            raise Refused(f"{path + field.name} is missing", path + field.name)
    return cls(**values)


def _value(annotation: Any, value: Any, path: str) -> Any:
    """Check a value against its annotation, and give it its Python type."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _annotated(arguments[0], arguments[1:], value, path)
    if origin in (Union, UnionType):
        if value is None:
            return None
        (inner,) = (each for each in arguments if each is not NoneType)
        return _value(inner, value, path)
    if origin is Literal:
        if value not in arguments:
            raise Refused(f"{path} is one of {', '.join(map(str, arguments))}, not {value!r}", path)
        return value
    if origin is tuple:
        return _tuple(arguments, _typed(list, "a list", value, path), path)
    if origin is dict:
        return {key: _value(arguments[1], each, f"{path}.{key}") for key, each in _typed(dict, "an object", value, path).items()}
    if is_dataclass(annotation):
        return _dataclass(annotation, _typed(dict, "an object", value, path), path + ".")  # type: ignore[arg-type]
    if annotation is float:
        number = float(_typed((int, float), "a number", value, path))
        if not math.isfinite(number):
            raise Refused(f"{path} is a finite number, not {value!r}", path)
        return number
    names = {bool: "true or false", int: "a whole number", str: "a text"}
    return _typed(annotation, names[annotation], value, path)


def _annotated(inner: Any, extras: tuple[Any, ...], value: Any, path: str) -> Any:
    if any(isinstance(extra, AnyFloat) for extra in extras) and value in ("nan", "inf", "-inf"):
        return float(value)
    value = _value(inner, value, path)
    for extra in extras:
        if isinstance(extra, Between) and not extra.low <= value <= extra.high:
            raise Refused(f"{path} lies between {extra.low:g} and {extra.high:g}; {value:g} does not", path)
        if isinstance(extra, AtMost) and len(value) > extra.length:
            what = "characters" if isinstance(value, str) else "entries"
            raise Refused(f"{path} has at most {extra.length:,} {what}; this one has {len(value):,}", path)
    return value


def _tuple(arguments: tuple[Any, ...], value: list[Any], path: str) -> tuple[Any, ...]:
    if arguments[-1] is Ellipsis:
        return tuple(_value(arguments[0], each, f"{path}.{i}") for i, each in enumerate(value))
    if len(value) != len(arguments):
        raise Refused(f"{path} has {len(arguments)} entries, not {len(value)}", path)
    return tuple(_value(kind, each, f"{path}.{i}") for i, (kind, each) in enumerate(zip(arguments, value, strict=True)))


def _typed(cls: Any, name: str, value: Any, path: str) -> Any:
    if not isinstance(value, cls) or (isinstance(value, bool) and cls is not bool):
        raise Refused(f"{path} is {name}, not {json.dumps(value, ensure_ascii=False)[:60]}", path)
    return value


# ── writing one ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def encode(number: int, answer: Answer) -> tuple[str, bytes | None]:
    """Write an answer.

    Parameters
    ----------
    number : int
        The id of the request.
    answer : Answer
        What to say.

    Returns
    -------
    str
        The JSON; it has ``"arrays": true`` where a binary frame follows.
    bytes or None
        That frame; the names of its arrays are their paths in the message, such as ``curves.0.y``.
    """
    arrays: dict[str, tuple[Layout, Array]] = {}
    said = {"id": number, "kind": answer.kind, **dict(_fields(answer, "", arrays))}
    if arrays:
        said["arrays"] = True
    text = json.dumps(said, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text, pack(arrays) if arrays else None


def _fields(value: Any, path: str, arrays: dict[str, tuple[Layout, Array]]) -> Iterator[tuple[str, Any]]:
    for name, annotation in hints(type(value)).items():
        yield name, _plain(annotation, getattr(value, name), path + name, arrays)


def _plain(annotation: Any, value: Any, path: str, arrays: dict[str, tuple[Layout, Array]]) -> Any:
    """Give a value as JSON can say it; arrays leave null behind and are collected."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        for extra in arguments[1:]:
            if isinstance(extra, Layout):
                arrays[path] = extra, value
                return None
            if isinstance(extra, AnyFloat):
                return float(value) if math.isfinite(value) else str(float(value))
        return _plain(arguments[0], value, path, arrays)
    if value is None:
        return None
    if origin in (Union, UnionType):
        (inner,) = (each for each in arguments if each is not NoneType)
        return _plain(inner, value, path, arrays)
    if origin is tuple:
        kinds = (arguments[0],) * len(value) if arguments[-1] is Ellipsis else arguments
        return [_plain(kind, each, f"{path}.{i}", arrays) for i, (kind, each) in enumerate(zip(kinds, value, strict=True))]
    if origin is dict:
        return {key: _plain(arguments[1], each, f"{path}.{key}", arrays) for key, each in value.items()}
    if is_dataclass(annotation):
        return dict(_fields(value, path + ".", arrays))
    return annotation(value) if annotation in (bool, int, float, str) else value
