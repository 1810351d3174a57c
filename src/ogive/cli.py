"""The command line: ogive list | show | eval | apply | plot | graph | train | vitals | audit | lab | bench | lint | tour | config.

A command returns the text it has to say, and `run` prints it: so there is one place where output can fail, and one where errors
become a sentence and an exit code. 0 is success; 1, the work failed (a file, the disk, a column); 2, the request was wrong (a
name, a number, an option, a missing extra); 130, Ctrl-C.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import textwrap
import threading
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import asdict
from functools import partial
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import numpy as np
import typer
from rich.console import Console
from rich.text import Text

from ogive.activation import Activation, Elementwise
from ogive.borrowed import Borrowed
from ogive.calls import FLOATS
from ogive.catalogue import FAMILIES, get
from ogive.facts import Interval
from ogive.files import Misuse, Task, apply, number, shortest
from ogive.language import LANGUAGES
from ogive.loss import Loss
from ogive.sketch import card_text, curve
from ogive.vectorwise import Vectorwise

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["app", "run"]

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)

# ── the words that several commands share ────────────────────────────────────────────────────────────────────────────────

Name = Annotated[
    str, typer.Argument(metavar="NAME", help="An activation, by name or alias; `ogive list` names them all.", show_default=False)
]
Derivative = Annotated[bool, typer.Option("--derivative", help="The derivative f′(x).")]
SecondDerivative = Annotated[bool, typer.Option("--second-derivative", help="The second derivative f″(x).")]
Inverse = Annotated[bool, typer.Option("--inverse", help="The inverse: the x that gives this value.")]
Log = Annotated[bool, typer.Option("--log", help="The logarithm of the value, accurate where the value underflows.")]
Complement = Annotated[bool, typer.Option("--complement", help="1 − f(x), accurate where f(x) rounds to 1.")]
FormName = Annotated[
    str | None, typer.Option("--form", metavar="FORM", help="Any form by its name; `ogive show NAME` lists them.", show_default=False)
]
Parameters = Annotated[
    list[str] | None, typer.Option("--param", metavar="NAME=NUMBER", help="A parameter, such as slope=0.2; repeatable.", show_default=False)
]
AsJson = Annotated[bool, typer.Option("--json", help="JSON; nan and infinities are the strings nan, inf and -inf.")]
Language = Annotated[str, typer.Option("--language", metavar="en|ko", help="English or Korean.")]


#: The forms as the list writes them on a terminal.
SHORT = {"value": "f", "derivative": "f′", "second_derivative": "f″", "inverse": "f⁻¹", "log": "log", "complement": "1-f"}


class Usage(Exception):
    """The request is wrong; the message says how to put it right."""


def _card(name: str) -> Activation:
    try:
        return get(name)
    except KeyError as error:
        raise Usage(f"{error.args[0]}; ogive list names them all") from None


def _form(card: Activation, named: str | None, flags: Mapping[str, bool]) -> str:
    """Settle which form is asked for, and that the card has it."""
    asked = [form for form, wanted in flags.items() if wanted] + ([named.replace("-", "_")] if named else [])
    if len(asked) > 1:
        raise Usage(f"{' and '.join(asked)} are two forms; ask for one at a time")
    form = asked[0] if asked else "value"
    if form not in _forms(card):
        refusal = getattr(card, form, None) if form in Elementwise.RELATED else None
        why = f"{refusal}; " if refusal is not None else f"{card.name} has no form {form!r}; "
        raise Usage(f"{why}it has {', '.join(_forms(card))}")
    return form


def _forms(card: Activation) -> list[str]:
    """Name the forms that take one array and give one."""
    if not isinstance(card, (Elementwise, Borrowed)):
        return ["value"]
    return [name for name, form in card.forms.items() if form.arrays == 1 and name != "value_and_derivative"]


def _function(card: Activation, form: str, texts: Sequence[str] | None) -> tuple[partial[Any], dict[str, float]]:
    """Bind the parameters given as ``name=number`` to a form of a card."""
    if isinstance(card, Loss):
        raise Usage(f"{card.name} takes logits and targets; call it in Python: ogive.{card.name}(logits, targets)")
    domains: dict[str, Interval] = {}
    if isinstance(card, (Elementwise, Borrowed)):
        domains = {p.name: p.domain for p in card.forms[form].parameters}
    elif isinstance(card, Vectorwise) and card.has_temperature:
        domains = {"temperature": Interval.open(0, float("inf"))}
    values: dict[str, float] = {}
    for text in texts or ():
        name, equals, value = text.partition("=")
        if not equals or name not in domains:
            takes = ", ".join(f"{p}=NUMBER" for p in domains) or "no parameters"
            raise Usage(f"--param {text}: {card.name} takes {takes}")
        values[name] = _number(value)
        if values[name] not in domains[name]:
            raise Usage(f"--param {text}: {name} lies in {domains[name]}")
    missing = [name for name in domains if name not in values] if isinstance(card, Borrowed) else []
    if missing:
        raise Usage(f"{card.name} has no default for {missing[0]}; add --param {missing[0]}=NUMBER")
    return partial(card.forms[form] if isinstance(card, (Elementwise, Borrowed)) else card, **values), values


def _number(text: str) -> float:
    try:
        return number(text)
    except ValueError as error:
        raise Usage(str(error)) from None


def _jsonable(value: Any) -> float | str:
    """Give a number the digits it needs; JSON has no nan and no infinity."""
    text = shortest(value)
    return float(text) if np.isfinite(float(text)) else text


def _exactly(value: Any) -> str:
    return float(value).hex()


def _rendered(*parts: Any, width: int | None = None) -> str:
    """Render rich objects to text, with colours if a terminal will show them."""
    stream = StringIO()
    terminal = sys.stdout.isatty()
    width = min(width or 10**6, shutil.get_terminal_size().columns if terminal else 100)
    console = Console(
        file=stream, width=width, force_terminal=terminal, no_color=None if terminal else True, highlight=False, legacy_windows=False
    )
    for part in parts:
        console.print(part)
    return stream.getvalue().rstrip("\n")


# ── the commands ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _version(wanted: bool) -> None:
    if wanted:
        import ogive

        print(ogive.__version__)
        raise typer.Exit


@app.callback()
def ogive(version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")] = False) -> None:
    """Activation functions with the right answer: value, derivative, inverse.

    Start with [bold]ogive tour[/], or [bold]ogive eval sigmoid -- -1 0 1[/].
    """


@app.command("list")
def list_(as_json: AsJson = False) -> str:
    """List the activations: name, aliases, family, formula, range, forms.

    Down a pipe the columns are separated by tabs.

    [bold]ogive list[/]
    [bold]ogive list | cut -f 1[/]   the names alone
    [bold]ogive list --json[/]
    """
    rows: list[dict[str, Any]] = [
        {
            "name": card.name,
            "aliases": list(card.aliases),
            "family": family,
            "formula": card.formula,
            "tex": card.tex,
            "range": str(getattr(card, "range", "")),
            "forms": _forms(card),
        }
        for family, cards in FAMILIES.items()
        for card in cards
    ]
    if as_json:
        return json.dumps(rows, ensure_ascii=False, indent=1)
    if not sys.stdout.isatty():
        columns = ("name", "aliases", "family", "formula", "range", "forms")
        return "\n".join("\t".join(", ".join(row[c]) if isinstance(row[c], list) else row[c] for c in columns) for row in rows)
    broad = max(len(row["name"]) for row in rows) + 2
    lines = [Text(f"{'name':<{broad}}{'range':<10}{'forms':<21}formula, other names", style="bold")]
    for i, row in enumerate(rows):
        if i == 0 or row["family"] != rows[i - 1]["family"]:
            lines += [Text(), Text(row["family"], style="italic")]
        span = row["range"] if len(row["range"]) < 10 else row["range"][:8] + "…"
        forms = " ".join(SHORT.get(form, form.replace("derivative_", "∂")) for form in row["forms"])
        aliases = "  " + ", ".join(row["aliases"])
        lines.append(Text.assemble((f"{row['name']:<{broad}}", "bold blue"), f"{span:<10}{forms:<21}{row['formula']}", (aliases, "dim")))
    for line in lines:
        line.truncate(shutil.get_terminal_size().columns, overflow="ellipsis")
    return _rendered(*lines)


@app.command()
def show(name: Name) -> str:
    """Show everything on the card of an activation.

    [bold]ogive show sigmoid[/]
    [bold]ogive show expit[/]   aliases work too
    """
    card = _card(name)
    lines = [*card_text(card).partition("\n\n")[0].splitlines(), card.summary, ""]
    if isinstance(card, Elementwise):
        lines += [*curve(card).splitlines(), ""]
    facts = {**card.facts(), "Forms": ", ".join(card.forms), "TeX": card.tex, "Elsewhere": card.elsewhere}
    facts |= {"Sources" if i == 0 else " " * i: str(source) for i, source in enumerate(card.sources)}
    broad = max(map(len, facts)) + 2
    wrapped = partial(
        textwrap.wrap,
        width=max(60, min(110, shutil.get_terminal_size((110, 0)).columns)),
        subsequent_indent=" " * broad,
        break_long_words=False,
        break_on_hyphens=False,
    )
    for label, text in facts.items():
        lines += wrapped(f"{label:<{broad}}{text}") if text else []
    for i, (code, printed) in enumerate(card.examples):
        lines += ["", f">>> {code}", printed] if i == 0 else [f">>> {code}", printed]
    return "\n".join(lines)


@app.command("eval", context_settings={"ignore_unknown_options": True})
def evaluate(
    name: Name,
    numbers: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[NUMBER]...",
            help="Numbers: 2, -1e-3, 0x1.8p3, inf, nan. Without any they are read from standard input.",
            show_default=False,
        ),
    ] = None,
    derivative: Derivative = False,
    second_derivative: SecondDerivative = False,
    inverse: Inverse = False,
    log: Log = False,
    complement: Complement = False,
    form: FormName = None,
    dtype: Annotated[str, typer.Option("--dtype", metavar="DTYPE", help=f"What to compute in: {', '.join(FLOATS)}.")] = "float64",
    param: Parameters = None,
    hexadecimal: Annotated[bool, typer.Option("--hex", help="Write the answers as hexadecimal floats, exactly.")] = False,
    as_json: AsJson = False,
) -> str:
    """Compute an activation at some numbers.

    A terminal shows x → y. A pipe gets the answers alone, one a line.
    They have the fewest digits that read back as the same number.
    Softmax and its family take the numbers as one row.

    [bold]ogive eval sigmoid -- -9999999999 2 3 4 5[/]
    [bold]ogive eval sigmoid --derivative 40[/]
    [bold]ogive eval sigmoid --dtype float32 --hex 0.1[/]
    [bold]ogive eval leaky_relu --param slope=0.2 -- -1[/]
    [bold]seq -5 5 | ogive eval tanh[/]
    """
    card = _card(name)
    form = _form(
        card,
        form,
        {"derivative": derivative, "second_derivative": second_derivative, "inverse": inverse, "log": log, "complement": complement},
    )
    function, parameters = _function(card, form, param)
    if not numbers and sys.stdin.isatty():
        raise Usage(f"there are no numbers; give some, as in: ogive eval {name} -- -1 0 1, or pipe them in")
    x = _typed(numbers or sys.stdin.read().split(), dtype)
    with np.errstate(all="ignore"):
        y = np.atleast_1d(function(x))
    write = _exactly if hexadecimal else shortest
    if as_json:
        say = _exactly if hexadecimal else _jsonable
        return json.dumps(
            {
                "function": card.name,
                "form": form,
                "dtype": dtype,
                "parameters": parameters,
                "x": [say(v) for v in x],
                "y": [say(v) for v in y],
            },
            ensure_ascii=False,
        )
    if sys.stdout.isatty() and len(x) == len(y):
        inputs = [write(v) for v in x]
        broad = max(map(len, inputs), default=0)
        return "\n".join(f"{a:>{broad}} → {write(b)}" for a, b in zip(inputs, y, strict=True))
    return "\n".join(map(write, y))


def _kind(dtype: str) -> np.dtype[Any]:
    """Find a dtype by its name."""
    if dtype not in FLOATS:
        raise Usage(f"--dtype {dtype} is unknown; choose one of {', '.join(FLOATS)}")
    try:
        return np.dtype(dtype)
    except TypeError:
        raise Usage("--dtype bfloat16 needs ml_dtypes: python -m pip install ml_dtypes") from None


def _typed(texts: Sequence[str], dtype: str) -> np.ndarray[Any, Any]:
    """Read numbers in a dtype; none may fall off its end."""
    kind = _kind(dtype)
    for text in texts:
        if text.startswith("-") and text[1:2] not in tuple("0123456789.iInN"):
            raise Usage(f"{text!r} is neither a number nor an option; ogive eval --help lists the options")
    wide = np.array([_number(text) for text in texts], dtype=np.float64)
    with np.errstate(all="ignore"):
        x = wide.astype(kind)
    for text, lost in zip(texts, np.isfinite(wide) & ~np.isfinite(x.astype(np.float64)), strict=True):
        if lost:
            raise Usage(f"{text} is beyond the largest {dtype}; write inf, or choose a wider --dtype")
    return x


@app.command("apply")
def apply_(
    name: Name,
    source: Annotated[Path, typer.Argument(metavar="INPUT", help="A .npy, .csv, .tsv or .parquet file.", show_default=False)],
    target: Annotated[
        Path, typer.Argument(metavar="OUTPUT", help="The result, in the same format; may be INPUT itself.", show_default=False)
    ],
    derivative: Derivative = False,
    second_derivative: SecondDerivative = False,
    inverse: Inverse = False,
    log: Log = False,
    complement: Complement = False,
    form: FormName = None,
    param: Parameters = None,
    column: Annotated[
        list[str] | None,
        typer.Option(
            "--column", metavar="NAME", help="A column of a table; repeatable. May be left out if only one is numeric.", show_default=False
        ),
    ] = None,
    into: Annotated[
        str | None,
        typer.Option(
            "--into", metavar="NAME", help="Write to a new column of this name; without it the column is overwritten.", show_default=False
        ),
    ] = None,
    axis: Annotated[
        int,
        typer.Option(
            "--axis",
            help="For softmax and its family: the axis of a .npy array that makes a row. Along the first axis the whole file is loaded.",
        ),
    ] = -1,
    progress: Annotated[
        bool | None, typer.Option("--progress/--no-progress", help="Show a progress bar; by default on a terminal.", show_default=False)
    ] = None,
) -> str:
    """Apply an activation to a file of any size, block by block.

    The output gets its name when it is complete.
    Whatever happens before, an old file of that name stays.
    Floats keep their dtype, other columns their values.
    Missing values stay missing.

    [bold]ogive apply sigmoid scores.npy probabilities.npy[/]
    [bold]ogive apply sigmoid data.csv data.csv --column score --into probability[/]
    [bold]ogive apply softmax votes.parquet shares.parquet --column a --column b --column c[/]
    [bold]ogive apply gelu x.npy slope.npy --derivative[/]
    """
    card = _card(name)
    form = _form(
        card,
        form,
        {"derivative": derivative, "second_derivative": second_derivative, "inverse": inverse, "log": log, "complement": complement},
    )
    function, _ = _function(card, form, param)
    rowwise = not isinstance(card, Elementwise)
    if axis != -1 and not rowwise:
        raise Usage(f"{card.name} works element by element; leave --axis out")
    task = partial(Task, card.name, function, rowwise, axis, tuple(column or ()), into)
    with _bar(f"{card.name} {source.name}", progress) as update:
        apply(task(*((lambda share: update(share, 1.0),) if update else ())), source, target)
    return ""


@app.command()
def plot(
    names: Annotated[list[str], typer.Argument(metavar="NAME...", help="One or more activations.", show_default=False)],
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="FILE", help="Where to: .png, .svg or .pdf; by default the names, .png.", show_default=False
        ),
    ] = None,
    low: Annotated[
        float | None,
        typer.Option("--low", help="The left end; by default -5, and with --error as far as e^x is not 0.", show_default=False),
    ] = None,
    high: Annotated[float | None, typer.Option("--high", help="The right end, likewise.", show_default=False)] = None,
    derivative: Annotated[bool, typer.Option("--derivative/--no-derivative", help="Draw the derivative, dashed.")] = True,
    second_derivative: Annotated[bool, typer.Option("--second-derivative", help="Draw the second derivative, dotted.")] = False,
    saturation: Annotated[bool, typer.Option("--saturation/--no-saturation", help="Mark where the function has gone flat.")] = True,
    param: Parameters = None,
    error: Annotated[bool, typer.Option("--error", help="Draw the error of one activation in ulp instead.")] = False,
    against: Annotated[
        list[str] | None,
        typer.Option("--against", metavar="FORMULA", help="With --error: draw that of a formula too; repeatable.", show_default=False),
    ] = None,
    dtype: Annotated[str, typer.Option("--dtype", metavar="DTYPE", help="With --error: what to compute in.")] = "float32",
    language: Language = "en",
) -> str:
    """Draw activations: curve, derivative, saturation, jumps; or their error.

    [bold]ogive plot sigmoid[/]
    [bold]ogive plot sigmoid tanh relu -o three.svg --no-derivative[/]
    [bold]ogive plot step --low -2 --high 2 --language ko[/]
    [bold]ogive plot sigmoid --error --against "1/(1+exp(-x))"[/]
    """
    from ogive.plot import plot as draw
    from ogive.plot import plot_error, save

    cards = [_card(name) for name in names]
    values = {}
    for text in param or ():
        parameter, _, value = text.partition("=")
        values[parameter] = _number(value)
    if error and (len(cards) > 1 or values):
        raise Usage("--error draws one activation, at its default parameters")
    if against and not error:
        raise Usage("--against goes with --error")
    if dtype not in FLOATS:
        raise Usage(f"--dtype {dtype} is unknown; choose one of {', '.join(FLOATS)}")
    _spoken(language)
    path = output or Path("-".join(card.name for card in cards) + ("-error.png" if error else ".png"))
    with _plainly():
        try:
            if error:
                axes = plot_error(cards[0], _formulas(against or ()), dtype=dtype, low=low, high=high, language=language)
            else:
                axes = draw(
                    *cards,
                    low=-5 if low is None else low,
                    high=5 if high is None else high,
                    derivative=derivative,
                    second_derivative=second_derivative,
                    saturation=saturation,
                    parameters=values,
                    language=language,
                )
        except (TypeError, ValueError) as wrong:
            raise Usage(str(wrong)) from None
        save(path, cast("Figure", axes.figure))
    return str(path)


def _formulas(texts: Sequence[str]) -> dict[str, Any]:
    """Read formulas of x."""
    from ogive.graph import parse

    read = {text: parse(text) for text in texts}
    for text, formula in read.items():
        if tuple(formula.names) != ("x",):
            raise Usage(f"--against {text}: write a formula of x, such as 1/(1+exp(-x))")
    return read


def _spoken(language: str) -> None:
    if language not in LANGUAGES:
        raise Usage(f"--language {language} is not spoken here; choose {' or '.join(LANGUAGES)}")


@contextmanager
def _plainly() -> Iterator[None]:
    """Say what a picture warns of, such as that there is no Korean font, in a line of its own."""
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always", UserWarning)
        yield
    for warning in said:
        _fail(str(warning.message), 0)


@app.command()
def graph(
    formula: Annotated[
        str,
        typer.Argument(metavar="FORMULA", help="Such as 1/(1+exp(-x)): numbers, names, operators, functions.", show_default=False),
    ],
    at: Annotated[
        list[str] | None,
        typer.Option("--at", metavar="NAME=NUMBER", help="Where; repeatable. x=1,2,3 is an array.", show_default=False),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Write .svg, .html, .dot, .mmd or .txt.", show_default=False),
    ] = None,
    language: Language = "en",
) -> str:
    """Draw the computational graph of a formula: values, gradients, and the node where the bits are lost.

    [bold]ogive graph "1/(1+exp(-x))" --at x=-1000[/]
    [bold]ogive graph "log(1+exp(x))-x" --at x=40 -o graph.svg[/]
    [bold]ogive graph "(price*number)*tax" --at price=100 --at number=2 --at tax=1.1 --language ko[/]

    The functions are NumPy's, such as exp, log1p, where, sum, and those of ogive list. Quote the formula: the shell has plans for its
    brackets.
    """
    from ogive.graph import parse, trace

    writers = {".svg": "to_svg", ".html": "to_html", ".dot": "to_dot", ".mmd": "to_mermaid", ".txt": "to_text"}
    _spoken(language)
    if output is not None and output.suffix not in writers:
        raise Usage(f"{output}: a graph is written to a file that ends in {', '.join(writers)}")
    try:
        read = parse(formula)
    except ValueError as error:
        raise Usage(str(error)) from None
    values: dict[str, list[float]] = {}
    for text in at or ():
        name, equals, numbers = text.partition("=")
        if not equals or name.strip() not in read.names:
            raise Usage(f"--at {text}: give {' and '.join(f'{name}=NUMBER' for name in read.names)}")
        if name.strip() in values:
            raise Usage(f"--at {text}: {name.strip()} was given before; {name.strip()}=1,2,3 is an array")
        values[name.strip()] = [_number(number) for number in numbers.split(",")]
    missing = [name for name in read.names if name not in values]
    if missing:
        raise Usage(f"where? add --at {missing[0]}=NUMBER")
    inputs = [values[name][0] if len(values[name]) == 1 else np.array(values[name]) for name in read.names]
    try:
        found = trace(read, *inputs)
    except (TypeError, ValueError) as error:
        raise Usage(str(error)) from None
    if output is None:
        return found.to_text(language)
    write = getattr(found, writers[output.suffix])
    output.write_text(write(language) if output.suffix in (".svg", ".html", ".txt") else write(), encoding="utf-8")
    return str(output)


@app.command()
def train(
    data: Annotated[
        str,
        typer.Argument(
            metavar="DATA",
            help="and, or, nand, xor, moons, circles, spirals, digits, or a CSV file with a line of names.",
            show_default=False,
        ),
    ],
    hidden: Annotated[str, typer.Option("--hidden", metavar="UNITS,...", help="Units of each hidden layer; none for none.")] = "8,8",
    activation: Annotated[
        str, typer.Option("--activation", metavar="NAME,...", help="Any activation, one for all hidden layers or one for each.")
    ] = "tanh",
    epochs: Annotated[int, typer.Option("--epochs", help="How often to go through the samples at most.")] = 500,
    learning_rate: Annotated[float, typer.Option("--learning-rate", help="The length of a step of Adam.")] = 0.02,
    seed: Annotated[int, typer.Option("--seed", help="Of the samples, the weights and the order.")] = 0,
    target: Annotated[
        str | None,
        typer.Option("--target", metavar="COLUMN", help="What to predict from a table; by default its last column.", show_default=False),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Draw what is decided where; for two features.", show_default=False),
    ] = None,
    model: Annotated[
        Path | None,
        typer.Option("--save", metavar="FILE", help="Keep the network in a .safetensors file, for ogive vitals.", show_default=False),
    ] = None,
    progress: Annotated[
        bool | None, typer.Option("--progress/--no-progress", help="Show a progress bar; by default on a terminal.", show_default=False)
    ] = None,
) -> str:
    """Train a small network, and show what it has learned.

    [bold]ogive train xor[/]
    [bold]ogive train xor --hidden none[/]   no line does it
    [bold]ogive train spirals --hidden 32,32 --activation gelu -o spirals.png[/]
    [bold]ogive train iris.csv --target species[/]
    [bold]ogive train iris.csv --save iris.safetensors[/]   and then: ogive vitals iris.safetensors iris.csv

    A quarter of the samples is held back for the test, of 40 and more. Features are scaled. A target with fractions is predicted as
    a number. Training ends early when the loss is below 0.001.
    """
    from ogive.networks.lesson import Lesson, learn

    layers = () if hidden == "none" else _sizes(hidden)
    names = [name.strip() for name in activation.split(",")]
    for name in names:
        _card(name)
    if epochs < 1 or not learning_rate > 0:
        raise Usage(f"--epochs {epochs} --learning-rate {learning_rate:g}: both are to be positive")
    if model is not None and model.suffix != ".safetensors":
        raise Usage(f"--save {model}: its name is to end in .safetensors")
    if seed < 0:
        raise Usage(f"--seed {seed}: give a whole number from 0 on")
    for file in (output, model):
        if file is not None and not os.access(file.absolute().parent, os.W_OK):  # before the training, and not after it
            raise OSError(f"{file}: there is no directory {file.absolute().parent} to write in, or it is not yours; choose another")
    lesson = Lesson(data, layers, names[0] if len(names) == 1 else names, epochs, learning_rate, seed, target)
    try:
        problem = lesson.problem()
        if output is not None:
            if len(problem.features) != 2 or not problem.classes:
                has = f"{len(problem.features)} features" if problem.classes else "numbers to predict, and no classes"
                raise Usage(f"--output draws classes in the plane of two features; {problem.name} has {has}")
            from ogive.plot import FORMATS, save

            if output.suffix.lower() not in FORMATS:
                raise Usage(f"--output {output}: its name is to end in {', '.join(FORMATS)}")
        with _bar(problem.name, progress) as update:
            learned = learn(lesson, problem, update)
    except KeyError as error:
        raise Usage(f"{error.args[0]}") from None
    if output is not None:
        with _plainly():
            save(output, cast("Figure", learned.picture().figure))
    if model is not None:
        learned.save(model)
    return "\n".join(
        [
            learned.sketch(),
            "",
            *(f"{label:<10}{text}" for label, text in learned.facts().items()),
            *([f"{'picture':<10}{output}"] if output else []),
            *([f"{'model':<10}{model}"] if model else []),
        ]
    )


def _sizes(text: str) -> tuple[int, ...]:
    """Read the units of hidden layers: 8,8."""
    try:
        sizes = tuple(int(part) for part in text.split(","))
    except ValueError:
        sizes = ()
    if not sizes or min(sizes) < 1:
        raise Usage(f"--hidden {text}: give whole numbers from 1 on, such as 8,8, or none")
    return sizes


@app.command()
def vitals(
    model: Annotated[
        Path, typer.Argument(metavar="MODEL", help="A network in a .safetensors file, as ogive train --save writes it.", show_default=False)
    ],
    data: Annotated[
        str,
        typer.Argument(
            metavar="DATA",
            help="A CSV file with a line of names, or and, or, nand, xor, moons, circles, spirals, digits.",
            show_default=False,
        ),
    ],
    target: Annotated[
        str | None,
        typer.Option("--target", metavar="COLUMN", help="What it predicts from a table; by default the last column.", show_default=False),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Draw the activations and the gradient of each layer.", show_default=False),
    ] = None,
    language: Language = "en",
    as_json: AsJson = False,
) -> int:
    """Say what is wrong with a network, layer by layer and in a sentence.

    [bold]ogive train iris.csv --save iris.safetensors[/]
    [bold]ogive vitals iris.safetensors iris.csv[/]
    [bold]ogive vitals iris.safetensors iris.csv -o iris-vitals.png[/]   also a picture
    [bold]ogive vitals iris.safetensors iris.csv --language ko[/]   한국어로
    [bold]ogive vitals iris.safetensors iris.csv --json[/]   every number, for programs

    The exit code is 0 if the network is healthy, 1 if something is wrong with it, 2 if it could not be measured. What is wrong is one of:
    nan, no gradient, unscaled, exploding, learning rate, dead, rounding, saturated, vanishing.
    """
    _spoken(language)
    from ogive.networks import load
    from ogive.networks import vitals as measure
    from ogive.networks.datasets import problem

    try:
        samples = problem(data, target=target)
        found = measure(load(model), samples.X, samples.y)
    except OSError as error:
        raise Usage(f"{error.filename}: {error.strerror}" if error.filename else str(error)) from None
    except (KeyError, TypeError, ValueError) as error:
        raise Usage(str(error.args[0])) from None
    if output is not None:
        from ogive.plot import plot_vitals, save

        try:
            with _plainly():
                save(output, cast("Figure", plot_vitals(found, language=language)[0].figure))
        except (OSError, ValueError) as error:  # 1 is for networks
            raise Usage(str(error)) from None
    sentence = found.korean if language == "ko" else found.english
    failed = _say(json.dumps(found.as_dict(), ensure_ascii=False) if as_json else f"{found.table()}\n{sentence}")
    return failed or int(not found.healthy)


@app.command()
def audit(
    names: Annotated[
        list[str],
        typer.Argument(metavar="TARGET... FUNCTION", help="One or more implementations, and what they are to compute.", show_default=False),
    ],
    derivative: Derivative = False,
    second_derivative: SecondDerivative = False,
    inverse: Inverse = False,
    log: Log = False,
    complement: Complement = False,
    form: FormName = None,
    dtype: Annotated[str, typer.Option("--dtype", metavar="DTYPE", help=f"What to compute in: {', '.join(FLOATS)}.")] = "float32",
    exhaustive: Annotated[bool, typer.Option("--exhaustive", help="All inputs: the default for 16-bit dtypes; 2³² in float32.")] = False,
    sample: Annotated[
        int | None,
        typer.Option(
            "--sample", metavar="COUNT", help="So many inputs that favour no binade and miss no special place.", show_default=False
        ),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="Of the sample.")] = 0,
    max_ulp: Annotated[float, typer.Option("--max-ulp", help="A larger error is a finding.")] = 1.0,
    allow_flush: Annotated[bool, typer.Option("--allow-flush", help="Accept that subnormal numbers are taken for 0.")] = False,
    param: Parameters = None,
    library: Annotated[
        str | None,
        typer.Option("--library", metavar="NAME", help="torch or jax, for a function of yours that takes its arrays.", show_default=False),
    ] = None,
    workers: Annotated[
        int | None, typer.Option("--workers", help="How many processes share 2³² inputs; by default one a core.", show_default=False)
    ] = None,
    timeout: Annotated[float, typer.Option("--timeout", metavar="SECONDS", help="How long one call may take.")] = 60.0,
    scheduler: Annotated[
        str | None, typer.Option("--scheduler", metavar="ADDRESS", help="A Dask cluster to run on: tcp://host:8786.", show_default=False)
    ] = None,
    html: Annotated[Path | None, typer.Option("--html", metavar="FILE", help="Write a page with pictures.", show_default=False)] = None,
    junit: Annotated[Path | None, typer.Option("--junit", metavar="FILE", help="Write JUnit XML.", show_default=False)] = None,
    json_: Annotated[Path | None, typer.Option("--json", metavar="FILE", help="Write all there is.", show_default=False)] = None,
    markdown: Annotated[
        Path | None, typer.Option("--markdown", metavar="FILE", help="Write a comment for a pull request.", show_default=False)
    ] = None,
    progress: Annotated[
        bool | None, typer.Option("--progress/--no-progress", help="Show a progress bar; by default on a terminal.", show_default=False)
    ] = None,
) -> int:
    """Find out whether an implementation is right: on every input, against the truth, in ulp.

    A TARGET is [bold]module:callable[/], [bold]file.py:function[/], [bold]model.onnx[/], or short for a library's own:
    [bold]torch:gelu[/], [bold]jax:gelu[/], [bold]scipy:expit[/], [bold]keras:gelu[/], [bold]numpy:tanh[/], [bold]ogive:gelu[/].

    [bold]ogive audit scipy:expit sigmoid[/]
    [bold]ogive audit torch.nn.functional:gelu gelu --exhaustive --html gelu.html[/]
    [bold]ogive audit torch:silu jax:silu silu --derivative --dtype bfloat16[/]
    [bold]ogive audit kernels.py:fast_tanh tanh --max-ulp 2 --junit tanh.xml[/]

    The exit code is 0 if no fault was found, 1 if some were, 2 if a target could not be audited; the others are audited all the same.
    An audit of all float32 inputs that was stopped goes on where it was.
    """
    from ogive.audit import Question, Report, TargetError
    from ogive.audit import audit as examine
    from ogive.audit.report import save

    *targets, name = names
    if not targets:
        raise Usage(f"name what to audit, and what it is to compute: ogive audit TARGET... {name}")
    flags = {"derivative": derivative, "second_derivative": second_derivative, "inverse": inverse, "log": log, "complement": complement}
    card = _card(name)
    form = _form(card, form, flags)
    if dtype not in FLOATS:
        raise Usage(f"--dtype {dtype} is unknown; choose one of {', '.join(FLOATS)}")
    if exhaustive and sample is not None:
        raise Usage("--exhaustive and --sample are two ways; choose one")
    _, parameters = _function(card, form, param)
    paths = [path.absolute() for path in (html, junit, json_, markdown) if path is not None]
    home = os.getcwd()
    for option, path, suffix in (
        ("--html", html, ".html"),
        ("--junit", junit, ".xml"),
        ("--json", json_, ".json"),
        ("--markdown", markdown, ".md"),
    ):
        if path is not None and path.suffix != suffix:
            raise Usage(f"{option} {path}: its name is to end in {suffix}")
        if path is not None and not path.parent.is_dir():
            raise Usage(f"{option} {path}: there is no folder {path.parent}")
    try:
        Question(card.name, form, dtype, parameters)
    except ValueError as error:
        raise Usage(str(error)) from None
    sys.path.insert(0, os.getcwd())  # where people keep what they audit
    reports: list[Report] = []
    failed = 0
    for target in targets:
        try:
            with _bar(f"{target} {card.name}", progress) as update, redirect_stdout(sys.stderr):  # a target may print
                report = examine(
                    target,
                    card.name,
                    form=form,
                    dtype=dtype,
                    inputs="exhaustive" if exhaustive else sample,
                    seed=seed,
                    workers=workers,
                    max_ulp=max_ulp,
                    parameters=parameters,
                    library=library,
                    timeout=timeout,
                    scheduler=scheduler,
                    progress=update,
                )
        except TargetError as error:
            failed = _fail(str(error), 2)
            continue
        except ValueError as error:
            raise Usage(str(error)) from None
        finally:
            os.chdir(home)  # which a target may have left
        if reports:
            _say("")
        _say(_rendered(report, width=110))
        reports.append(report)
    for path in paths if reports else ():
        save(path, reports)
    faults = sum(not report.ok(allow_flush=allow_flush) for report in reports)
    return failed or int(bool(faults))


@app.command()
def bench(
    names: Annotated[list[str], typer.Argument(metavar="NAME...", help="One or more activations.", show_default=False)],
    derivative: Derivative = False,
    second_derivative: SecondDerivative = False,
    dtype: Annotated[
        list[str] | None,
        typer.Option("--dtype", metavar="DTYPE", help="Repeatable; by default float32 and float64.", show_default=False),
    ] = None,
    size: Annotated[
        list[int] | None,
        typer.Option("--size", metavar="COUNT", help="Elements of an array; repeatable. By default 100000.", show_default=False),
    ] = None,
    param: Parameters = None,
    as_json: AsJson = False,
    progress: Annotated[
        bool | None, typer.Option("--progress/--no-progress", help="Show a progress bar; by default on a terminal.", show_default=False)
    ] = None,
) -> str:
    """Time activations on this machine: nanoseconds an element, in turns with NumPy's formula.

    [bold]ogive bench sigmoid relu tanh[/]
    [bold]ogive bench sigmoid --size 1000 --size 10000000[/]   in and out of the cache
    [bold]ogive bench gelu --derivative --dtype float32 --json[/]

    The formula is the one that people write, which need not be right. A ratio above 1 says that ogive is faster. Functions of rows
    get rows of 100.
    """
    from ogive.bench import WIDTH, measure, report
    from ogive.formulas import written

    flags = {"derivative": derivative, "second_derivative": second_derivative}
    dtypes = [_kind(name) for name in dtype or ("float32", "float64")]
    races = []
    for card in map(_card, names):
        form = _form(card, None, flags)
        function, _ = _function(card, form, param)
        width = WIDTH if card.kind in ("vectorwise", "composed") else 1
        formula = written(card.name) if form == "value" and card.kind != "loss" and not param else ""
        for count in size or (100_000,):
            if count < 1 or count % width:
                raise Usage(f"--size {count}: give a positive " + (f"multiple of {width}, for rows of {width}" if width > 1 else "number"))
            races += [(card, function, form, kind, count, formula) for kind in dtypes]
    timings = []
    with _bar("bench", progress) as update:
        for done, race in enumerate(races):
            if update:
                update(done, len(races), race[0].name)
            try:
                timings.append(measure(*race))
            except MemoryError:
                raise Usage(f"--size {race[4]}: the memory does not suffice; choose a smaller one") from None
    return json.dumps([asdict(timing) for timing in timings], ensure_ascii=False) if as_json else report(timings)


@contextmanager
def _bar(label: str, wanted: bool | None) -> Iterator[Any]:
    """Show how far a long work has come, with the time left; what is yielded is to be told: done, total."""
    if not (sys.stderr.isatty() if wanted is None else wanted):
        yield None
        return
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True, force_terminal=wanted), transient=True) as bar:
        shown = bar.add_task(label, total=None)
        yield lambda done, total, said=label: bar.update(shown, completed=done, total=total, description=said)


@app.command()
def lab(
    port: Annotated[
        int | None, typer.Option("--port", metavar="PORT", help="Where to listen; by default a free port.", show_default=False)
    ] = None,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the page in a browser.")] = True,
    language: Annotated[
        str | None, typer.Option("--language", metavar="en|ko", help="English or Korean; by default the browser's.", show_default=False)
    ] = None,
) -> None:
    """See functions, graphs, training and audits in a browser.

    Explorer: curves, exact values, and errors down to neighbouring floats.
    Graph: a formula step by step, forwards and backwards.
    Train: a small network learning, with what is wrong with it.
    Audit: is an implementation right?

    [bold]ogive lab[/]
    [bold]ogive lab --no-browser --port 8000[/]   for a browser of your choice
    [bold]ogive lab --language ko[/]   한국어로

    The address is printed first; its token lets one browser in. Nothing leaves this machine. Ctrl-C ends it.
    """
    from ogive.lab import serve

    try:
        serve(port, browser=browser, language=language, say=lambda address: print(address, flush=True))
    except ValueError as error:
        raise Usage(str(error)) from None


@app.command()
def lint(
    paths: Annotated[
        list[str] | None, typer.Argument(metavar="PATH...", help="Files, folders, notebooks; - for the standard input.", show_default=False)
    ] = None,
    ignore: Annotated[
        list[str] | None,
        typer.Option("--ignore", metavar="CODE", help="A rule to leave out, such as OG104; repeatable.", show_default=False),
    ] = None,
    rules: Annotated[bool, typer.Option("--rules", help="List the rules instead.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="A list of findings in JSON.")] = False,
) -> str | int:
    """Find formulas that lose digits in Python sources, and name what keeps them.

    [bold]ogive lint src[/]
    [bold]ogive lint notes.ipynb --ignore OG104[/]
    [bold]ogive lint --rules[/]   what is looked for

    The exit code is 1 if something was found, and 2 if a file could not be read. A line with the comment [bold]# ogive: ignore[/] is
    left alone.
    """
    from ogive import lint as room

    unknown = [code for code in ignore or () if code not in room.RULES]
    if unknown:
        raise Usage(f"--ignore {unknown[0]}: the rules are {', '.join(room.RULES)}")
    chosen = {code: rule for code, rule in room.RULES.items() if code not in (ignore or ())}
    if rules:
        return "\n".join(f"{rule.code}  {rule.name}: {rule.loses}" for rule in chosen.values())
    if not paths:
        raise Usage("name what to look at: ogive lint PATH..., or . for all that is here")
    found: list[room.Finding] = []
    unread = 0
    for path in paths:
        for name, source in [("-", sys.stdin.read())] if path == "-" else room.sources(Path(path)):
            try:
                if isinstance(source, Exception):
                    raise source
                found += room.lint(source, name, chosen)
            except OSError as error:
                unread = _fail(f"{name} cannot be read: {error.strerror}", 2)
            except SyntaxError as error:
                where = f"line {error.lineno}: " if error.lineno else ""
                unread = _fail(f"{name} is not Python: {where}{error.msg}", 2)
            except ValueError as error:
                unread = _fail(f"{name} cannot be read: {error}", 2)
            except RecursionError:
                unread = _fail(f"{name} is nested too deeply", 2)
    _say(json.dumps([asdict(finding) for finding in found], ensure_ascii=False) if as_json else "\n".join(map(str, found)))
    return unread or int(bool(found))


@app.command()
def tour(
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="Where the picture goes: .png, .svg or .pdf.")] = Path(
        "ogive-tour.png"
    ),
    language: Language = "en",
) -> str:
    """Tell the story of the sigmoid, from its overflow to softmax, with numbers computed as you read.

    [bold]ogive tour[/]
    [bold]ogive tour --language ko[/]   한국어로
    """
    from ogive.tour import picture, tell

    _spoken(language)
    with _plainly():
        picture(output, language)
    return _rendered(*(Text(line, style=style) for style, line in tell(language, output)), width=92)


@app.command()
def config(as_json: AsJson = False) -> str:
    """Tell the version, the compiler, and which CPU level runs.

    [bold]ogive config[/]
    [bold]OGIVE_CPU=x86-64-v2 ogive config[/]   force a level
    """
    from ogive import show_config

    facts = show_config()
    if as_json:
        return json.dumps(facts)
    return "\n".join(
        f"{key:<10}{', '.join(map(str, value)) if isinstance(value, (list, tuple)) else value}" for key, value in facts.items()
    )


# ── running one, and what may go wrong ───────────────────────────────────────────────────────────────────────────────────


def run(arguments: Sequence[str]) -> int:
    """Run one command line.

    Parameters
    ----------
    arguments : sequence of str
        Without the name of the program.

    Returns
    -------
    int
        The exit code.
    """
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # an old terminal shows ? where it lacks a character
            stream.reconfigure(errors="replace")
    try:
        with _signals():
            said = app(args=list(arguments), prog_name="ogive", standalone_mode=False)
    except (Usage, Misuse, ImportError) as error:
        return _fail(str(error), 2)
    except (KeyboardInterrupt, typer.Abort) as error:
        for note in getattr(error, "__notes__", ()):
            _fail(note, 130)
        return 130
    except SystemExit as error:
        return error.code if isinstance(error.code, int) else 1
    except OSError as error:
        return _fail(f"{error.filename}: {error.strerror}" if error.filename else error.strerror or str(error), 1)
    except MemoryError:
        return _fail("the memory does not suffice; along another axis a file is read block by block", 1)
    except (TypeError, ValueError) as error:
        return _fail(str(error), 1)
    except Exception as error:
        if not hasattr(error, "format_message"):  # typer's own errors: an unknown option, a missing argument
            raise
        message = error.format_message().rstrip(".")  # none where typer has printed the help instead
        where = getattr(getattr(error, "ctx", None), "command_path", "ogive")
        return _fail(f"{message}; {where} --help shows what there is", 2) if message else 2
    return _say(said) if isinstance(said, str) else int(said or 0)


def _say(text: str) -> int:
    try:
        if text:
            print(text)
        sys.stdout.flush()
        return 0
    except OSError as error:
        # what is left in the buffer must not be tried again when Python ends
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if isinstance(error, BrokenPipeError):  # the reader has what it wanted, as in ogive list | head
            return 0
        return _fail(f"the output cannot be written: {error.strerror}", 1)


def _fail(message: str, code: int) -> int:
    print("ogive: " + " ".join(message.split()), file=sys.stderr)
    return code


@contextmanager
def _signals() -> Iterator[None]:
    """Let a request to end be an exception, so that temporary files are removed on the way out."""

    def end(received: int, frame: object) -> None:
        raise SystemExit(128 + received)

    ours = []
    if threading.current_thread() is threading.main_thread():
        ours = [s for s in (signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)) if signal.getsignal(s) is signal.SIG_DFL]
    for each in ours:
        signal.signal(each, end)
    try:
        yield
    finally:
        for each in ours:
            signal.signal(each, signal.SIG_DFL)
