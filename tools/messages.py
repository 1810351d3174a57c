"""Write the types of the front end's messages from the dataclasses of the rooms: frontend/src/messages.ts.

Run: python tools/messages.py [--check]
"""

import sys
from collections.abc import Iterator
from dataclasses import MISSING, fields, is_dataclass
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from ogive.lab.arrays import Layout
from ogive.lab.messages import LONGEST, Answer, AnyFloat, Control, Drawn, Ended, Error, Message, Request, Superseded, hints
from ogive.lab.rooms import ROOMS

TARGET = Path(__file__).parent.parent / "frontend/src/messages.ts"
ARRAYS = {"float64": "Float64Array", "float32": "Float32Array", "int32": "Int32Array", "uint8": "Uint8Array"}


def name(cls: type) -> str:
    """Name the interface of a message: its room and its class."""
    room = cls.__module__.rpartition(".")[2]
    prefix = "" if room == "messages" else room.capitalize()
    return cls.__name__ if cls.__name__.startswith(prefix) else prefix + cls.__name__


def typed(annotation: Any) -> str:
    """Say in TypeScript what a field may be."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        for extra in arguments[1:]:
            if isinstance(extra, Layout):
                return ARRAYS[extra.dtype] if extra.axes == 1 else f"Grid<{ARRAYS[extra.dtype]}>"
            if isinstance(extra, AnyFloat):
                return "Extended"
        return typed(arguments[0])
    if origin in (Union, UnionType):
        return " | ".join("null" if each is NoneType else typed(each) for each in arguments)
    if origin is Literal:
        return " | ".join(f'"{each}"' for each in arguments)
    if origin is tuple and arguments[-1] is Ellipsis:
        inner = typed(arguments[0])
        return f"readonly ({inner})[]" if " " in inner else f"readonly {inner}[]"
    if origin is tuple:
        return f"readonly [{', '.join(map(typed, arguments))}]"
    if origin is dict:
        return f"Readonly<Record<string, {typed(arguments[1])}>>"
    if is_dataclass(annotation):
        return name(annotation)
    return {bool: "boolean", int: "number", float: "number", str: "string"}[annotation]


def parts(annotation: Any) -> Iterator[type]:
    """Find the parts that a field is made of."""
    if isinstance(annotation, type) and is_dataclass(annotation):
        yield annotation
    for each in get_args(annotation):
        yield from parts(each)


def interface(cls: type, found: dict[str, list[str]]) -> None:
    """Write the interface of a message or part, and of the parts in it."""
    if name(cls) in found:
        return
    lines = found[name(cls)] = [f"/** {(cls.__doc__ or '').splitlines()[0]} */", f"export interface {name(cls)} {{"]
    if issubclass(cls, Answer):
        lines += ["  readonly id: number;", f'  readonly kind: "{cls.kind}";']
    for field in fields(cls):
        optional = issubclass(cls, Request) and (field.default is not MISSING or field.default_factory is not MISSING)
        lines.append(f"  readonly {field.name}{'?' if optional else ''}: {typed(hints(cls)[field.name])};")
        for part in parts(hints(cls)[field.name]):
            interface(part, found)
    lines.append("}")


def table(title: str, comment: str, rows: dict[str, str]) -> list[str]:
    """Write a table from kinds to types."""
    return ["", f"/** {comment} */", f"export interface {title} {{", *(f'  "{kind}": {of};' for kind, of in rows.items()), "}"]


def module() -> str:
    """Write the module."""
    found: dict[str, list[str]] = {}
    for own in (Error, Superseded, Ended, Drawn, Control):
        interface(own, found)
    handlers = {request: answer for room in ROOMS for request, (_, answer) in room.handlers().items()}
    frames: list[type[Message]] = [frame for room in ROOMS for frame in room.frames]
    for message in (*handlers, *handlers.values(), *frames):
        interface(message, found)
    lines = [
        "// Written by tools/messages.py from the rooms of ogive.lab: do not edit.",
        "",
        "/** The longest message that the lab reads, in characters. */",
        f"export const LONGEST = {LONGEST};",
        "",
        "/** A number that may be nan or infinite; see `number` in format.ts. */",
        'export type Extended = number | "nan" | "inf" | "-inf";',
        "",
        "/** An array with more than one axis, in C order. */",
        "export interface Grid<Numbers> {",
        "  readonly shape: readonly number[];",
        "  readonly data: Numbers;",
        "}",
    ]
    for text in found.values():
        lines += ["", *text]
    lines += table("Requests", "What the reader asks, by kind.", {r.kind: name(r) for r in handlers})
    lines += table("Answers", "What answers it.", {r.kind: name(answer) for r, answer in handlers.items()})
    lines += table("Frames", "What jobs send while they run.", {frame.kind: name(frame) for frame in frames})
    return "\n".join(lines) + "\n"


def main() -> int:
    """Write the module, or with --check compare it."""
    text = module()
    if "--check" not in sys.argv:
        TARGET.write_text(text)
    elif not TARGET.exists() or TARGET.read_text() != text:
        print(f"{TARGET.name} differs from the rooms; run python tools/messages.py")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
