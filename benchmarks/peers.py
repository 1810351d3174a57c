"""Time ogive against formulas in NumPy, the right ones and those people write, and against SciPy, PyTorch, ONNX Runtime and JAX.

One process, one thread, one pinned CPU. The contenders of a row of the table take turns, round after round, and what is
reported is the median over the rounds of

    (time of the peer) / (time of ogive),    above 1: ogive is faster,

so whatever else the machine does meets all of them alike. Times are CPU time of the process: waiting for a busy CPU is not
counted. Before it is timed, a peer must give ogive's results to three digits, in 99 of 100 inputs. Arrays hold 100,000
elements; they and the results stay in the cache, and a contender that can write into an array given to it does. A peer that
is not installed, or has no such function, is a dash. The expressions are in src/ogive/formulas.py.
All contenders of a row get the same number of rounds: as many as the time allows, at least five.

With --level, ogive and those peers that have a switch for it (NumPy, PyTorch, JAX) keep to that level of the processor, as
if the machine had no more; ONNX Runtime and SciPy have none.

    python benchmarks/peers.py                                   everything; ten minutes, or what --minutes says
    python benchmarks/peers.py --function sigmoid --quick        a first look
    python benchmarks/peers.py --function softmax --dtype float32 --markdown
    python benchmarks/peers.py --level x86-64-v3 --json benchmarks/results/x86-64-v3.json

With --function, --json puts the rows into a file that the same machine has written with the same versions.
"""

from __future__ import annotations

import argparse
import datetime
import json
import math
import os
import platform
import statistics
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

import ogive
from ogive.bench import draw, race
from ogive.formulas import FORMULAS, complete

Array = np.ndarray[Any, np.dtype[Any]]
Call = Callable[[], Any]

# ── who does what ────────────────────────────────────────────────────────────────────────────────────────────────────────

#: The columns, and the packages behind them.
LIBRARIES = {
    "NumPy": ("numpy",),
    "naive NumPy": ("numpy",),
    "SciPy": ("scipy",),
    "PyTorch": ("torch",),
    "ONNX Runtime": ("onnxruntime", "onnx"),
    "JAX": ("jax", "jaxlib"),
}

#: The expressions, by card and form, then by column.
PEERS = complete(FORMULAS)

FORMS = {"elementwise": ("value", "derivative"), "vectorwise": ("value", "backward"), "composed": ("value", "backward")}
DTYPES = ("float32", "float64")
COUNT = 100_000
AGREE = 0.99  # the share of results that a peer must have right to three digits; naive formulas are wrong here and there
OVERHEAD = 0.4  # seconds before a race: inputs, compilation, comparison
WIDTHS = (100, 1000)  # of the rows, for functions of rows


def versions(packages: tuple[str, ...]) -> dict[str, str] | None:
    """Return the versions of all of these packages, or nothing if one is not installed."""
    try:
        return {name: version(name) for name in packages}
    except PackageNotFoundError:
        return None


@cache
def names(library: str) -> dict[str, Any] | None:
    """Import a library, hold it to one thread, and return the names its expressions use; nothing if it is not installed."""
    if versions(LIBRARIES[library]) is None:
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if library in ("NumPy", "naive NumPy", "SciPy"):
            found: dict[str, Any] = {"np": np}
            if library == "SciPy":
                from scipy import special

                found["special"] = special
            return found
        if library == "PyTorch":
            import torch

            torch.set_num_threads(1)
            return {"torch": torch, "aten": torch.ops.aten, "F": torch.nn.functional, "pull": _pull, "derivative": _derivative}
        if library == "JAX":
            import jax

            jax.config.update("jax_enable_x64", True)
            derivative = lambda f, x: jax.jvp(f, (x,), (jax.numpy.ones_like(x),))[1]
            pull = lambda f, g, x: jax.vjp(f, x)[1](g)[0]
            return {"jax": jax, "jnp": jax.numpy, "derivative": derivative, "pull": pull}
        import onnxruntime
        from onnx.parser import parse_model

        return {"onnxruntime": onnxruntime, "parse_model": parse_model, "errors": onnxruntime.capi.onnxruntime_pybind11_state}


def _pull(f: Callable[[Any], Any], g: Any, x: Any) -> Any:
    """Let PyTorch's autograd multiply g with the Jacobian of f at x."""
    import torch

    leaf = x.detach().requires_grad_()
    return torch.autograd.grad(f(leaf), leaf, g)[0]


def _derivative(f: Callable[[Any], Any], x: Any) -> Any:
    """Let PyTorch's autograd differentiate f at x."""
    import torch

    return _pull(f, torch.ones_like(x), x)


def shape_of(card: ogive.Activation, form: str, x: Array) -> tuple[int, ...]:
    """Return the shape of a result."""
    if card.kind == "elementwise" or form == "backward":
        return x.shape
    return x.shape[:-1] + np.shape(card(x[:1]))[x.ndim - 1 :]


def defaults(card: ogive.Activation, form: str) -> dict[str, float]:
    """Return the parameters of a form, by name, at their defaults; expressions use them."""
    return {p.name: p.default for p in card.forms[form].parameters} if isinstance(card, ogive.Elementwise) else {}


def peer(library: str, card: ogive.Activation, form: str, x: Array, g: Array | None = None) -> Call | None:
    """Bind a peer's function to its inputs.

    Parameters
    ----------
    library : str
        A key of `LIBRARIES`.
    card, form : Activation, str
        What to compute.
    x, g : ndarray
        The input and, for ``backward``, the upstream gradient.

    Returns
    -------
    callable or None
        Computes, and returns the library's own kind of array (`np.asarray` reads it); None if the library cannot do it.
    """
    expression = PEERS.get(f"{card.name}.{form}", {}).get(library)
    scope = names(library) if expression else None
    if expression is None or scope is None:
        return None
    scope = scope | defaults(card, form)
    x = np.ascontiguousarray(x)
    g = np.ones_like(x) if g is None else g
    out = np.empty(shape_of(card, form, x), x.dtype)
    if library == "ONNX Runtime":
        return _onnx(scope, expression, x, out)
    if library == "JAX":
        function = scope["jax"].jit(eval(f"lambda x, g: {expression}", scope))
        arrays = scope["jnp"].asarray(x), scope["jnp"].asarray(g)
        return lambda: function(*arrays).block_until_ready()
    function = eval(f"lambda x, g, out, scratch, zero: {expression}", scope)
    arguments = [x, g, out, np.empty_like(x), np.zeros((), x.dtype)]
    if library == "PyTorch":
        arguments = [scope["torch"].from_numpy(a) for a in arguments]
    return partial(function, *arguments)


def _onnx(scope: Mapping[str, Any], body: str, x: Array, out: Array) -> Call | None:
    """Make a session of a graph, with its input and output bound to arrays; None if it has no kernel for the dtype."""
    runtime = scope["onnxruntime"]
    number = {"float32": "float", "float64": "double"}[x.dtype.name]
    shapes = [",".join(map(str, a.shape)) for a in (x, out)]
    body = body.replace("NUMBER", number)
    graph = f'<ir_version: 11, opset_import: ["": 24]> peer ({number}[{shapes[0]}] x) => ({number}[{shapes[1]}] y) {{ {body} }}'
    options = runtime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    try:
        session = runtime.InferenceSession(scope["parse_model"](graph).SerializeToString(), options, providers=["CPUExecutionProvider"])
    except (scope["errors"].NotImplemented, scope["errors"].InvalidGraph):  # no kernel, or no such operator, for this dtype
        return None
    binding = session.io_binding()
    binding.bind_input("x", "cpu", 0, x.dtype, x.shape, x.ctypes.data)
    binding.bind_output("y", "cpu", 0, x.dtype, out.shape, out.ctypes.data)

    def call() -> Array:
        session.run_with_iobinding(binding)
        return out

    call.keeps = x  # type: ignore[attr-defined]  # the binding holds an address only
    return call


def own(card: ogive.Activation, form: str, x: Array, g: Array | None = None) -> Call:
    """Bind ogive's function to its inputs, as `peer` does."""
    function = card.forms[form]
    out = np.empty(shape_of(card, form, x), x.dtype)
    return partial(function, *((x,) if g is None else (g, x)), out=out)


# ── the race ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def inputs(card: ogive.Activation, dtype: str, width: int) -> Array:
    """Draw ordinary inputs from the middle of a card's domain; `width` 0: no rows."""
    return draw(card, dtype, COUNT).reshape(-1, width or COUNT).squeeze()


def gradient(card: ogive.Activation, form: str, x: Array) -> Array | None:
    """Draw the upstream gradient of ``backward``; other forms have none."""
    return np.random.default_rng(21).normal(0, 1, shape_of(card, "value", x)).astype(x.dtype) if form == "backward" else None


def line_up(card: ogive.Activation, form: str, x: Array) -> dict[str, Call]:
    """Bind everybody who can compute a form to its inputs, and see that they compute the same.

    Raises
    ------
    AssertionError
        If more than one in a hundred of a peer's results differ from ogive's in the third digit.
    """
    g = gradient(card, form, x)
    found = {"ogive": own(card, form, x, g)}
    expected = np.array(found["ogive"]())
    for library in LIBRARIES:
        call = peer(library, card, form, x, g)
        if call is not None:
            got = np.asarray(call())
            alike = np.isclose(got, expected, rtol=1e-3, atol=1e-5)
            if np.mean(alike) < AGREE:
                i = tuple(np.argwhere(~alike)[0])
                raise AssertionError(
                    f"{card.name}.{form}: {library} gives {got[i]} at {i}, ogive {expected[i]}, and so on; correct src/ogive/formulas.py"
                )
            found[library] = call
    return found


def compare(card: ogive.Activation, form: str, dtype: str, width: int, rounds: int, seconds: float = math.inf) -> dict[str, Any]:
    """Race one form of a card in one dtype; return a row of the table."""
    x = inputs(card, dtype, width)
    times = race(line_up(card, form, x), rounds, seconds)
    mine = times.pop("ogive")
    row: dict[str, Any] = {"function": card.name, "form": form, "dtype": dtype, "shape": list(x.shape)}
    row["rounds"] = len(mine)
    row["millions_per_second"] = _short(COUNT / min(mine) / 1e6)
    row["peers"] = {}
    for library, theirs in times.items():
        ratios = sorted(b / a for a, b in zip(mine, theirs, strict=True))
        tenth = len(ratios) // 10
        row["peers"][library] = {
            "ratio": _short(statistics.median(ratios)),
            "low": _short(ratios[tenth]),
            "high": _short(ratios[-1 - tenth]),
        }
    return row


def _short(value: float) -> float:
    return float(f"{value:.3g}")


def single(card: ogive.Activation, rounds: int) -> dict[str, float]:
    """Time calls on an array of one element, in nanoseconds."""
    x = np.array([0.5])
    times = race(
        {"np.exp": partial(np.exp, x), f"ogive.ufunc.{card.name}": partial(card.ufunc, x), f"ogive.{card.name}": partial(card, x)}, rounds
    )
    return {name: round(statistics.median(t) * 1e9) for name, t in times.items()}


# ── the report ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def machine() -> dict[str, Any]:
    """Describe what the numbers were measured on."""
    model = platform.processor() or platform.machine()
    facts = Path("/proc/cpuinfo")
    if facts.exists():
        model = next((line.partition(":")[2].strip() for line in facts.read_text().splitlines() if line.startswith("model name")), model)
    found = {"ogive": version("ogive")}
    for packages in LIBRARIES.values():
        found.update(versions(packages) or {})
    return {
        "cpu": model,
        "level": ogive.show_config()["level"],
        "compiler": ogive.show_config()["compiler"],
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "versions": found,
    }


def cells(row: Mapping[str, Any]) -> list[str]:
    """Write a row of the table; a ratio whose rounds spread more than a fifth to either side is marked ~."""
    label = row["function"] + {"value": "", "derivative": "′", "backward": " backward"}.get(row["form"], f" {row['form']}")
    if len(row["shape"]) == 2:
        label += f", rows of {row['shape'][1]}"
    quickest = fastest(row)
    found = [label, row["dtype"], f"{row['millions_per_second']:.0f}", ratio(row["peers"][quickest]) if quickest else "-"]
    return found + [ratio(row["peers"][library]) if library in row["peers"] else "-" for library in LIBRARIES]


def fastest(row: Mapping[str, Any]) -> str | None:
    """Name the fastest peer of a row, wrong results or not."""
    return min(row["peers"], key=lambda library: row["peers"][library]["ratio"], default=None)


def ratio(cell: Mapping[str, float]) -> str:
    """Write a ratio, with ~ where its rounds spread."""
    noisy = cell["low"] < 0.8 * cell["ratio"] or cell["high"] > 1.2 * cell["ratio"]
    digits = 1 if cell["ratio"] >= 10 else 2 if cell["ratio"] >= 0.1 else 3
    return "~" * noisy + f"{cell['ratio']:.{digits}f}"


def report(document: Mapping[str, Any], markdown: bool) -> str:
    """Write the whole report as text, or its table as Markdown."""
    about = document["machine"]
    packages = ", ".join(f"{name} {number}" for name, number in about["versions"].items())
    head = ["function", "dtype", "M/s", "fastest", *LIBRARIES]
    rows = [cells(row) for row in document["rows"]]
    lines = [f"{about['cpu']}, level {about['level']}, one thread; Python {about['python']}, {packages}."]
    lines += [
        "M/s: ogive's millions of elements a second. The rest: ogive's speed / the peer's; above 1, ogive is faster. fastest: the fastest peer.",
        "",
    ]
    if markdown:
        lines += ["| " + " | ".join(head) + " |", "|---|---|" + "--:|" * (len(head) - 2)]
        lines += ["| " + " | ".join(row) + " |" for row in rows]
    else:
        widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
        lines += [
            "  ".join(text.ljust(w) if i < 2 else text.rjust(w) for i, (text, w) in enumerate(zip(row, widths, strict=True))).rstrip()
            for row in [head, *rows]
        ]
    spreads = [max(1 - c["low"] / c["ratio"], c["high"] / c["ratio"] - 1) for row in document["rows"] for c in row["peers"].values()]
    if spreads:
        lines += [
            "",
            f"Four fifths of the rounds lie within {statistics.median(spreads):.0%} of their ratio (the median over the table); ~ marks more than 20%.",
        ]
    if document["single"]:
        lines += [
            "",
            "One element, nanoseconds a call: " + ", ".join(f"{name} {value}" for name, value in document["single"].items()) + ".",
        ]
    return "\n".join(lines)


def save(document: dict[str, Any], path: Path, partly: bool) -> None:
    """Write the numbers as JSON; a part of the table goes into the file that holds the rest."""
    if partly and path.exists():
        whole = json.loads(path.read_text())
        if whole["machine"] != document["machine"]:
            raise SystemExit(
                f"{path} was written on another machine or with other versions; run without --function, --form and --dtype to write it anew"
            )
        key = lambda row: (row["function"], row["form"], row["dtype"], *row["shape"])
        rows = {key(row): row for row in [*whole["rows"], *document["rows"]]}
        order = list(ogive.CATALOGUE)
        document = whole | {
            "date": document["date"],
            "rows": sorted((row for row in rows.values() if row["function"] in order), key=lambda row: order.index(row["function"])),
        }
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = ",\n".join("  " + json.dumps(row) for row in document["rows"])
    head = "".join(f' "{name}": {json.dumps(document[name])},\n' for name in document if name != "rows")
    path.write_text(f'{{\n{head} "rows": [\n{lines}\n ]\n}}\n')


# ── the command ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def surroundings(level: str | None) -> dict[str, str]:
    """Return the environment that holds everybody to one thread and, where they have a switch for it, to the level."""
    found = dict(os.environ, OGIVE_BENCHMARK="child", JAX_PLATFORMS="cpu", TF_CPP_MIN_LOG_LEVEL="3")
    found.update({f"{name}_NUM_THREADS": "1" for name in ("OMP", "MKL", "OPENBLAS", "NUMEXPR")})
    flags = ["--xla_cpu_multi_thread_eigen=false"]
    if level is not None:
        found["OGIVE_CPU"] = level
        below = {
            "x86-64-v3": ("avx2", "AVX2", ("AVX512", "X86_V4")),
            "x86-64-v2": ("default", "SSE4_2", ("AVX512", "X86_V4", "AVX2", "FMA3", "X86_V3")),
        }
        if level in below:
            found["ATEN_CPU_CAPABILITY"], isa, features = below[level]
            found["MKL_ENABLE_INSTRUCTIONS"] = isa
            flags.append(f"--xla_cpu_max_isa={isa}")
            simd = np.show_config(mode="dicts")["SIMD Extensions"].get("found", [])  # type: ignore[call-overload,index]
            found["NPY_DISABLE_CPU_FEATURES"] = " ".join(name for name in simd if name.startswith(features))
    found["XLA_FLAGS"] = " ".join([os.environ.get("XLA_FLAGS", ""), *flags]).strip()
    return found


def races(
    functions: Sequence[str] = (), forms: Sequence[str] = (), dtypes: Sequence[str] = ()
) -> list[tuple[ogive.Activation, str, str, int]]:
    """List what there is to race, in the order of the catalogue: card, form, dtype and width of the rows."""
    wanted = [ogive.get(name).name for name in functions] or list(ogive.CATALOGUE)
    return [
        (card, form, dtype, width)
        for name in wanted
        if (card := ogive.CATALOGUE[name]).kind in FORMS
        for form in FORMS[card.kind]
        if form in card.forms and (not forms or form in forms)
        for width in ((0,) if card.kind == "elementwise" else WIDTHS)
        for dtype in dtypes or DTYPES
    ]


def entries(options: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """Run the races; each gets its part of the time that is left."""
    todo = races(options.function, options.form, options.dtype)
    end = time.monotonic() + 60 * options.minutes
    for i, (card, form, dtype, width) in enumerate(todo):
        if sys.stderr.isatty():
            left = max(0.0, end - time.monotonic())
            print(f"\r\033[K{i + 1} of {len(todo)}, at most {left / 60:.1f} minutes left: {card.name}", end="", file=sys.stderr, flush=True)
        try:
            yield compare(card, form, dtype, width, options.rounds, (end - time.monotonic()) / (len(todo) - i) - OVERHEAD)
        except AssertionError as error:
            print(f"left out: {error}", file=sys.stderr)


def arguments() -> argparse.ArgumentParser:
    """Describe the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    levels = ogive.show_config()["levels"]
    parser.add_argument("--function", action="append", default=[], metavar="NAME", help="only this card, by name or alias; repeatable")
    parser.add_argument(
        "--form",
        action="append",
        default=[],
        choices=("value", "derivative", "backward"),
        help="only this form; repeatable",
    )
    parser.add_argument("--dtype", action="append", choices=DTYPES, help="only this dtype; repeatable")
    parser.add_argument("--level", choices=levels, help="the CPU level to keep to; by default the best one")
    parser.add_argument("--rounds", type=int, default=41, metavar="N", help="how many rounds of turns, if there is time (default 41)")
    parser.add_argument(
        "--minutes", type=float, default=10.0, metavar="M", help="the time for everything (default 10); less means fewer rounds"
    )
    parser.add_argument("--quick", action="store_true", help="five rounds: a first look, not a measurement")
    parser.add_argument("--json", type=Path, metavar="PATH", help="write the numbers, with their spread, as JSON")
    parser.add_argument("--markdown", action="store_true", help="print the table as Markdown")
    return parser


def main(argv: list[str]) -> int:
    """Start a process of its own for the race, and in it run the race."""
    parser = arguments()
    options = parser.parse_args(argv)
    try:
        for name in options.function:
            ogive.get(name)
    except KeyError as error:
        parser.error(error.args[0])
    if os.environ.get("OGIVE_BENCHMARK") != "child":  # thread counts and levels are read when libraries are imported
        return subprocess.run([sys.executable, __file__, *argv], env=surroundings(options.level)).returncode
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    if options.quick:
        options.rounds = 5
    if options.rounds < 1:
        parser.error("--rounds must be at least 1")
    found = []
    with np.errstate(all="ignore"):
        for row in entries(options):
            found.append(row)
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr)
    whole = not (options.function or options.form or options.dtype)
    first = next((card for row in found if (card := ogive.CATALOGUE[row["function"]]).kind == "elementwise"), None)
    document = {
        "date": datetime.date.today().isoformat(),
        "machine": machine(),
        "rounds": options.rounds,
        "single": single(first, options.rounds) if first else {},
        "rows": found,
    }
    if options.json is not None:
        save(document, options.json, partly=not whole)
    print(report(document, options.markdown))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
