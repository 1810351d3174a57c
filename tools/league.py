"""Audit what others compute, function by function, and write the league table that says how it went.

    python tools/league.py                      audit a sample of whatever is new, then all inputs of whatever was only sampled,
                                                the cheapest first; write docs/league.json and docs/league.md
    python tools/league.py --minutes 30         begin nothing more after so many minutes
    python tools/league.py --sample-only        leave the exhaustive audits for another time
    python tools/league.py --function silu --library PyTorch      only these; both are repeatable
    python tools/league.py --again --function relu              begin anew with these, as after a change of the auditor
    python tools/league.py --tables             write docs/league.md again, from docs/league.json
    python tools/league.py --check              change nothing; exit 1 if docs/league.md is not what docs/league.json gives, or
                                                something has not been audited

Everything in src/ogive/formulas.py that is a value or a derivative is audited in float32 by `ogive.audit`, and ogive as well.
An audit of a sample takes some seconds, one of all inputs a minute or more. Each is kept as soon as it is done, so Ctrl-C loses
the one under way, and the same command goes on. What has another version or another expression than last time is new.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import as_completed
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

import ogive
from ogive.audit import Finding, Question, TargetError, audit
from ogive.audit.inputs import choose
from ogive.audit.question import from_bits
from ogive.audit.shards import Job
from ogive.audit.targets import Target, resolve
from ogive.catalogue import FAMILIES
from ogive.files import replacing
from ogive.truth.ulp import format_of

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT / "tools"), str(ROOT / "benchmarks")]

from accuracy import ulps  # noqa: E402
from certify import workers  # noqa: E402
from peers import FORMS, LIBRARIES, PEERS, defaults, machine, names, versions  # noqa: E402

Array = np.ndarray[Any, np.dtype[Any]]
Key = tuple[str, str, str]  # function, form, library

JSON, MARKDOWN = ROOT / "docs/league.json", ROOT / "docs/league.md"
CERTIFICATES = "certificates/float32"
SCHEMA = "ogive.league/1"
CONTENDERS = ("ogive", *LIBRARIES)
DTYPE = "float32"
SAMPLE = 1 << 20
EVERY = 1 << 32
LIMIT = 120.0  # seconds; what takes longer for all inputs stays a sample
PIECES, PIECE = 16, 1 << 18  # so many stretches, of so many inputs, are timed to tell

# ── the contenders ───────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Contender:
    """An expression of src/ogive/formulas.py as a function of an array; other processes can have it."""

    library: str
    function: str
    form: str

    def __call__(self, x: Array) -> Any:
        """Evaluate the expression."""
        return evaluator(self.library, self.function, self.form)(np.asarray(x))  # a number without dimensions may be none of an array


@cache
def evaluator(library: str, name: str, form: str) -> Callable[[Array], Any]:
    """Make a function of an expression, once in a process: JAX compiles it for each shape, ONNX Runtime makes a session."""
    card, expression = ogive.CATALOGUE[name], PEERS[f"{name}.{form}"][library]
    scope = names(library)
    assert scope is not None, f"{library} is not installed"
    scope = scope | defaults(card, form)
    if library == "ONNX Runtime":
        return session(scope, expression, card)
    if library == "JAX":
        compiled = scope["jax"].jit(eval(f"lambda x, g: {expression}", scope))
        return lambda x: compiled(x, np.ones_like(x))
    function = eval(f"lambda x, g, out, scratch, zero: {expression}", scope)

    def call(x: Array) -> Any:
        if library == "PyTorch" and any(stride < 0 for stride in x.strides):  # for which there are no tensors
            x = x.copy()
        shape = x.shape if card.kind == "elementwise" else np.shape(card(x))
        arrays = [x, np.ones_like(x), np.empty(shape, x.dtype), np.empty_like(x), np.zeros((), x.dtype)]
        return function(*(map(scope["torch"].from_numpy, arrays) if library == "PyTorch" else arrays))

    return call


def session(scope: Mapping[str, Any], body: str, card: ogive.Activation) -> Callable[[Array], Any]:
    """Make a session of a graph that takes numbers in one dimension, or rows in two."""
    runtime, rows = scope["onnxruntime"], card.kind != "elementwise"
    inner = np.shape(card(np.zeros((2, 4))))[1:] if rows else ()
    shapes = "n, m" if rows else "n", "n, m" if inner else "n"
    body = body.replace("NUMBER", "float")
    graph = f'<ir_version: 11, opset_import: ["": 24]> peer (float[{shapes[0]}] x) => (float[{shapes[1]}] y) {{ {body} }}'
    options = runtime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    model = scope["parse_model"](graph).SerializeToString()
    made = runtime.InferenceSession(model, options, providers=["CPUExecutionProvider"])

    def call(x: Array) -> Any:
        flat = np.ascontiguousarray(x).reshape((-1, x.shape[-1]) if rows else -1)
        y = made.run(None, {"x": flat})[0]
        return y.reshape(x.shape[:-1] + y.shape[1:] if rows else x.shape)

    return call


def everything() -> Iterator[Key]:
    """List what there is to audit: of every function the value and the derivative, of functions of rows the value; by contender."""
    for card in ogive.CATALOGUE.values():
        for form in FORMS.get(card.kind, ()):
            if form != "backward":
                for library in CONTENDERS:
                    if library == "ogive" or library in PEERS.get(f"{card.name}.{form}", {}):
                        yield card.name, form, library


def target_of(key: Key) -> Target:
    """Make an entry's contender a target of the auditor."""
    name, form, library = key
    if library == "ogive":
        return resolve(ogive.CATALOGUE[name], form, DTYPE)
    return resolve(Contender(library, name, form), form, DTYPE, library="python")


def version_of(library: str) -> str | None:
    """Return the version of a contender; nothing if it is not installed."""
    found = versions(("ogive",) if library == "ogive" else LIBRARIES[library])
    return next(iter(found.values())) if found else None


def expression_of(key: Key) -> str:
    """Return what an entry's contender evaluates."""
    name, form, library = key
    return (
        f"ogive.{name}(x)"
        if (library, form) == ("ogive", "value")
        else PEERS.get(f"{name}.{form}", {}).get(library, f"ogive.{name}.{form}(x)")
    )


# ── auditing ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def measure(key: Key, inputs: Any, jobs: int, progress: Callable[[int, int], None] | None = None) -> dict[str, Any]:
    """Audit a contender; return an entry of the table."""
    name, form, library = key
    about = {"function": name, "form": form, "library": library, "version": version_of(library), "expression": expression_of(key)}
    target = target_of(key)
    begun = time.monotonic()
    try:
        document = audit(target, name, form=form, dtype=DTYPE, inputs=inputs, workers=jobs, progress=progress).document
    except TargetError as error:
        return about | {"inputs": "none", "count": 0, "verdict": "void", "void": str(error), "findings": []}
    found = document["statistics"]
    worst = found["worst"]
    return about | {
        "inputs": document["inputs"]["kind"],
        "count": document["inputs"]["count"],
        "max_ulp": found["max_ulp"],
        "max_ulp_normal": found["max_ulp_normal"],
        "not_nearest": float(f"{found['not_nearest'] / max(1, found['count']):.4g}"),
        "mean_ulp": found["mean_ulp"],
        "worst": {part: worst.get(part, "") for part in ("x", "got", "expected")} if " " not in worst.get("x", " ") else {},
        "verdict": document["verdict"],
        "void": document["void"],
        "findings": [brief(Finding.from_dict(finding)) for finding in document["findings"]],
        "digest": document["digest"],
        "seconds": round(time.monotonic() - begun, 1),
    }


def brief(finding: Finding) -> dict[str, Any]:
    """Keep of a finding what the tables need: its reproducer can be made again, and what is written about rows is long."""
    kept = {"kind": finding.kind, "count": finding.count, "says": finding.says}
    if finding.low:
        fmt = format_of(DTYPE)
        kept |= {end: str(from_bits(text, fmt)) for end, text in (("low", finding.low), ("high", finding.high))}
    if finding.ulp is not None:
        kept["ulp"] = float(f"{finding.ulp:.4g}") if abs(finding.ulp) < float("inf") else "inf"
    return kept


def sampled(name: str, form: str, libraries: Sequence[str]) -> list[dict[str, Any] | Exception]:
    """Audit contenders on the same sample, and tell what all inputs would cost; what breaks the auditor is handed back."""
    rows = not isinstance(ogive.CATALOGUE[name], ogive.Elementwise)
    x = choose(Question(name, form, DTYPE), "sample" if rows else SAMPLE).x(0, EVERY)  # drawing it takes longer than measuring
    found: list[dict[str, Any] | Exception] = []
    for library in libraries:
        try:
            entry = measure((name, form, library), x, 1) | {"inputs": "sample"}
            if not rows and entry["verdict"] != "void":
                entry["cost"] = cost((name, form, library))
            found.append(entry)
        except Exception as error:
            found.append(RuntimeError(f"{name}.{form} of {library}: {type(error).__name__}: {error}"))
    return found


def cost(key: Key) -> int:
    """Time a few stretches; return how many seconds of a processor all inputs take."""
    target = target_of(key)
    job = Job(target, choose(Question(key[0], key[1], DTYPE), "exhaustive"), 1.0, 60.0)
    step = EVERY // PIECES
    with np.errstate(all="ignore"):
        target(job.inputs.x(0, PIECE))  # what is compiled at the first call
    begun = time.process_time()
    try:
        for low in range(step // 2, EVERY, step):
            job.measure((low, low + PIECE))
    except TargetError:  # it does not answer in time: what raises a C++ exception at each number outside the domain, say
        return EVERY
    return round((time.process_time() - begun) * EVERY / (PIECES * PIECE))


# ── what is kept ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def key_of(entry: Mapping[str, Any]) -> Key:
    """Name an entry."""
    return entry["function"], entry["form"], entry["library"]


class Table:
    """The entries there are, in a file that is written anew for each."""

    def __init__(self, path: Path) -> None:
        self.path = path
        document = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {"entries": []}
        self.entries = {key_of(entry): entry for entry in document["entries"]}
        self.machine = document.get("machine")

    def document(self) -> dict[str, Any]:
        """Return everything, in the order of the catalogue."""
        order = {key: n for n, key in enumerate(everything())}
        kept = sorted((key for key in self.entries if key in order), key=order.__getitem__)
        return {"schema": SCHEMA, "machine": self.machine, "entries": [self.entries[key] for key in kept]}

    def add(self, entry: dict[str, Any]) -> None:
        """Keep an entry."""
        self.entries[key_of(entry)] = entry
        self.save()

    def save(self) -> None:
        """Write the file in one step, an entry a line."""
        for key, entry in self.entries.items():
            if key[2] == "ogive":
                certificate = f"{CERTIFICATES}/{key[0]}.{key[1]}.json"
                entry["certificate"] = certificate if (ROOT / certificate).exists() else ""
        document = self.document()
        rows = ",\n".join("  " + json.dumps(entry, ensure_ascii=False) for entry in document.pop("entries"))
        head = ",\n".join(f" {json.dumps(name)}: {json.dumps(value)}" for name, value in document.items())
        with replacing(self.path) as temporary:
            temporary.write_text(f'{{\n{head},\n "entries": [\n{rows}\n ]\n}}\n', encoding="utf-8")

    def stale(self, key: Key) -> bool:
        """Tell whether an entry is missing, or of another version or expression than there is now."""
        entry = self.entries.get(key)
        return entry is None or (entry["version"], entry["expression"]) != (version_of(key[2]), expression_of(key))


# ── the page ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

#: What is worse than an error, or beside it: the mark, the kinds of findings, and what the legend says.
MARKS = (
    ("∞", ("nan", "overflow"), "nan or an infinity where the truth is finite"),
    ("†", ("zero",), "0 where the truth is a normal number"),
    ("‡", ("limit",), "not the limit at an infinity"),
    ("§", ("number", "finite"), "a number where there is none, or where an infinity is right"),
    ("↕", ("monotone",), "neighbouring results in the wrong order"),
    ("⇄", ("position",), "other bits in another place or a longer array"),
    ("!", ("warning",), "a warning inside the domain"),
)
#: The faults that are told in sentences, in the order of their gravity: how the sentence begins, and which fact orders and illustrates it.
FAULTS = {
    "nan": ("nan comes where there is a number", "range"),
    "overflow": ("An infinity comes where the truth is finite", "range"),
    "zero": ("0 comes where the truth is a normal number", "range"),
    "limit": ("The limit at an infinity is missed", "says"),
    "number": ("A number comes where there is none", "range"),
    "finite": ("A finite number comes where an infinity is right", "range"),
    "error": ("The largest errors of what is left, where input and truth are normal numbers", "ulp"),
    "range": ("Results leave the range of the function", "range"),
    "monotone": ("Neighbouring results are in the wrong order", "range"),
    "symmetry": ("f(-x) and f(x) do not mirror each other", "names"),
    "position": ("The bits depend on the place in the array, or on its length", "names"),
    "warning": ("A warning is given inside the domain", "says"),
    "dtype": ("The dtype is not kept", "says"),
    "shape": ("The shape is not kept", "says"),
    "in-place": ("The input is written to", "says"),
}
SHOWN = 6  # of each kind of fault
TITLES = {"gates": "Gates and their kin", "links": "Links and logarithms", "softmaxes": "Functions of rows"}
GREAT = 2.0  # an error, in ulp, from which it is told in a sentence


def label(entry: Mapping[str, Any]) -> str:
    """Name a form."""
    return entry["function"] + {"value": "", "derivative": "′"}[entry["form"]]


def cell(entry: Mapping[str, Any] | None) -> str:
    """Write an entry in a few characters."""
    if entry is None:
        return "–"
    if entry["verdict"] == "void":
        return "void"
    kinds = {finding["kind"] for finding in entry["findings"]}
    text = ulps(entry["max_ulp_normal"])
    if entry.get("certificate"):
        return f"[**{text}**](../{entry['certificate']})"
    marks = "".join(mark for mark, some, _ in MARKS if kinds.intersection(some))
    return (f"**{text}**" if entry["inputs"] == "exhaustive" else text) + (f" {marks}" if marks else "")


def page(document: Mapping[str, Any]) -> str:
    """Write docs/league.md."""
    entries = {key_of(entry): entry for entry in document["entries"]}
    others = [entry for entry in document["entries"] if entry["library"] != "ogive"]
    whole = sum(entry["inputs"] == "exhaustive" for entry in others)
    certified = sum(bool(entry.get("certificate")) for entry in document["entries"])
    about = document["machine"]
    released = {entry["library"]: entry["version"] for entry in others}
    lines = [
        "# The league table",
        "",
        "Written by `tools/league.py` from `docs/league.json`; do not edit. `make league` goes on with it.",
        "",
        "What others compute in float32, audited with `ogive audit`: every value and derivative that NumPy formulas, SciPy, PyTorch, ONNX Runtime and JAX have, "
        f"{len(others)} implementations. Of {whole} of them every single one of the 2³² inputs was compared with the truth; of the others a sample of about a million, which reaches every "
        "binade, every kink and every root; of functions of rows a thousand rows. The expressions are in [src/ogive/formulas.py](../src/ogive/formulas.py): *NumPy* is a formula that keeps its digits in the tails, "
        "*naive NumPy* the one that is written everywhere. Derivatives of PyTorch and JAX are what their own differentiation gives.",
        "",
        "ogive's elementwise results are correctly rounded: 0.50 is the best there is. It is audited like everybody else, on samples; where its number is a link, it leads to the certificate "
        f"of a run that has decided all 2³² inputs, {certified} so far.",
        "",
        "## How to read it",
        "",
        "The number is the largest error, in ulp, where x and the truth are normal numbers, and what came is a number, and not 0 in place of one. "
        "In **bold**, all inputs were tried; any other number is that of a sample, and what a sample has not seen it does not tell. Behind the number stands what is worse, or beside it:",
        "",
        *(f"* {mark} {says}" for mark, _, says in MARKS),
        "",
        "A number that is ∞ itself is an infinity of the wrong sign at a pole. Results of 0 for subnormal numbers have no mark; the file [league.json](league.json) has these, and for each entry all findings, the share of results that are not the nearest number, "
        "the worst input in bits, and a digest of all results. – : the library has no such function.",
    ]
    for family, cards in FAMILIES.items():
        rows = [(card.name, form) for card in cards for form in ("value", "derivative") if (card.name, form, "ogive") in entries]
        if rows:
            lines += ["", f"## {TITLES.get(family, family.capitalize())}", ""]
            lines += ["| function | " + " | ".join(CONTENDERS) + " |", "|---|" + "--:|" * len(CONTENDERS)]
            for row in rows:
                lines.append(
                    f"| {label(entries[*row, 'ogive'])} | "
                    + " | ".join(cell(entries.get((*row, library))) for library in CONTENDERS)
                    + " |"
                )
    lines += [
        "",
        "## Faults",
        "",
        f"The gravest findings of each contender, at most {SHOWN} of a kind, those that concern most inputs first. Ranges go from the first to the last input concerned: of a sample, of those that were tried. Not every input between need be concerned.",
    ]
    for library in LIBRARIES:
        told = list(faults([entry for entry in others if entry["library"] == library]))
        if told:
            lines += ["", f"### {library}", "", *told]
    lines += [
        "",
        "## Versions and machine",
        "",
        f"{', '.join(f'{name} {number}' for name, number in released.items() if name != 'naive NumPy')}; ogive {about['versions']['ogive']}, Python {about['python']}. "
        f"{about['cpu']}, {about['level']}, {about['system']}. The results of NumPy and of other libraries depend on the processor.",
    ]
    return "\n".join(lines) + "\n"


def faults(entries: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Tell the faults of a library: for each kind a sentence, with the forms concerned."""
    count = len(entries)
    fine = sum(entry["verdict"] == "ok" for entry in entries)
    yield f"Without a fault, with no error above one ulp, and without 0 for subnormal numbers: {fine} of {count}."
    yield ""
    for kind, (begins, fact) in FAULTS.items():
        found = []
        for entry in entries:
            found += [(entry, finding) for finding in entry["findings"] if finding["kind"] == kind][:1]
        if kind == "error":
            found = [pair for pair in found if GREAT <= size(pair[0]["max_ulp_normal"]) < float("inf")]
            found.sort(key=lambda pair: -size(pair[0]["max_ulp_normal"]))
        else:
            found.sort(key=lambda pair: -pair[1]["count"] / max(1, pair[0]["count"]))
        if not found:
            continue
        limit = 3 * SHOWN if fact == "names" else SHOWN
        shown = [told(entry, finding, fact) for entry, finding in found[:limit]]
        more = f", and in {len(found) - limit} more" if len(found) > limit else ""
        where = f" in {len(found)} of {count}" if len(found) > 1 else ""
        yield f"* **{begins}**{where}: " + "; ".join(shown) + more + "."
    for entry in entries:
        if entry["verdict"] == "void":
            yield f"* {label(entry)} could not be audited: {entry['void']}."


def told(entry: Mapping[str, Any], finding: Mapping[str, Any], fact: str) -> str:
    """Tell one fault."""
    name, says = label(entry), finding["says"]
    if fact == "ulp":
        proper = abs(size(finding["ulp"]) / size(entry["max_ulp_normal"]) - 1) < 1e-3  # or else it is that of a subnormal number
        return f"{name} {ulps(entry['max_ulp_normal'])} ulp{' at ' + says.rpartition(' ulp, at ')[2] if proper else ''}"
    if fact == "says":
        for word in ("RuntimeWarning: ", " encountered", ", going away from 0", f"{DTYPE}: "):
            says = says.replace(word, "")
        return f"{name} ({says})"
    if fact == "range":
        if "low" not in finding:
            return f"{name} at nan" if " at nan" in says else f"{name} in {finding['count']:,} entries of rows"
        low, high = (f"{float(finding[end]):.4g}" for end in ("low", "high"))
        return f"{name} from {low} to {high}" if low != high else f"{name} at {low}"
    return name


def size(value: float | str) -> float:
    """Read a number of the file, in which an infinity is a word."""
    return float(value)


def unfinished(table: Table) -> Iterator[str]:
    """Say what is missing, or not what the numbers give."""
    if not MARKDOWN.exists() or MARKDOWN.read_text(encoding="utf-8") != page(table.document()):
        yield "docs/league.md is not what docs/league.json gives; run tools/league.py --tables"
    for key in everything():
        if key not in table.entries:
            yield f"{'.'.join(key[:2])} of {key[2]} has not been audited; run tools/league.py --sample-only"


# ── the command ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def go_on(table: Table, wanted: Sequence[Key], options: argparse.Namespace) -> None:
    """Audit samples of whatever is new, then all inputs of whatever was sampled, as long as there is time."""
    end = time.monotonic() + 60 * options.minutes
    new = [key for key in wanted if (options.again or table.stale(key)) and version_of(key[2]) is not None]
    sample_all(table, new, options.jobs, end)
    if not options.sample_only:
        exhaust(table, [key for key in wanted if table.entries.get(key, {}).get("inputs") == "sample"], options.jobs, end)


def sample_all(table: Table, new: Sequence[Key], jobs: int, end: float) -> None:
    """Sample whatever is new, each function for all contenders at once."""
    questions: dict[tuple[str, str], list[str]] = {}
    for name, form, library in new:
        questions.setdefault((name, form), []).append(library)
    done = 0
    for entries in in_turn(questions, jobs):
        for entry in entries:
            done += 1
            if isinstance(entry, Exception):
                print(entry, file=sys.stderr, flush=True)
            else:
                table.add(entry)
                report(done, len(new), entry)
        if time.monotonic() > end:
            break


def in_turn(questions: Mapping[tuple[str, str], Sequence[str]], jobs: int) -> Iterator[list[dict[str, Any] | Exception]]:
    """Sample question by question, in several processes or in this one."""
    if jobs == 1:
        yield from (sampled(*question, libraries) for question, libraries in questions.items())
        return
    with workers(jobs) as pool:
        waiting = [pool.submit(sampled, *question, libraries) for question, libraries in questions.items()]
        yield from (future.result() for future in as_completed(waiting))


def exhaust(table: Table, open_: Sequence[Key], jobs: int, end: float) -> None:
    """Try all inputs of what has only been sampled, the cheapest first; ogive has its certificates."""
    costs = {key: table.entries[key].get("cost", EVERY) for key in open_ if key[2] != "ogive"}
    order = sorted((key for key, seconds in costs.items() if seconds <= LIMIT * jobs), key=costs.__getitem__)
    for n, key in enumerate(order):
        if time.monotonic() > end:
            break
        table.add(measure(key, "exhaustive", jobs))
        report(n + 1, len(order), table.entries[key])


def report(n: int, total: int, entry: Mapping[str, Any]) -> None:
    """Print a line."""
    kinds = ", ".join(finding["kind"] for finding in entry["findings"]) or "nothing found"
    error = f"{ulps(entry['max_ulp_normal'])} ulp" if entry["count"] else entry["void"]
    print(
        f"[{n}/{total}] {label(entry)} of {entry['library']}, {entry['inputs']}: {error}; {kinds} ({entry.get('seconds', 0):.0f} s)",
        flush=True,
    )


def main(argv: Sequence[str]) -> int:
    """Audit, write or check."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--function", action="append", default=[], metavar="NAME", help="only this card; repeatable")
    parser.add_argument(
        "--library", action="append", default=[], metavar="NAME", help=f"only this one of {', '.join(CONTENDERS)}; repeatable"
    )
    parser.add_argument(
        "--minutes", type=float, default=float("inf"), metavar="N", help="begin nothing more after so many (default: no limit)"
    )
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)), metavar="N", help="processes (default: one a core)")
    parser.add_argument("--sample-only", action="store_true", help="leave the exhaustive audits for another time")
    parser.add_argument("--again", action="store_true", help="sample what is there once more, as after a change of the auditor")
    parser.add_argument("--tables", action="store_true", help="write docs/league.md from docs/league.json; measure nothing")
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 if docs/league.md is out of date or incomplete")
    options = parser.parse_args(argv)
    os.environ.setdefault("JAX_PLATFORMS", "cpu")
    try:
        functions = {ogive.get(name).name for name in options.function}
    except KeyError as error:
        parser.error(error.args[0])
    spelt = {name.lower(): name for name in CONTENDERS}
    unknown = [name for name in options.library if name.lower() not in spelt]
    if unknown:
        parser.error(f"no contender is called {unknown[0]!r}; there are {', '.join(CONTENDERS)}")
    libraries = {spelt[name.lower()] for name in options.library}
    if options.jobs < 1 or not options.minutes >= 0:
        parser.error("--jobs must be at least 1, and --minutes no less than 0")
    table = Table(JSON)
    if options.check:
        found = list(unfinished(table))
        print(*found, sep="\n", end="\n" if found else "")
        return 1 if found else 0
    code = 0
    if not options.tables:
        here = machine()
        if table.machine is not None and any(table.machine[fact] != here[fact] for fact in ("cpu", "level", "system")):
            parser.error("docs/league.json was measured on another machine; move it away to measure everything on this one")
        table.machine = here
        wanted = [key for key in everything() if (not functions or key[0] in functions) and (not libraries or key[2] in libraries)]
        try:
            go_on(table, wanted, options)
        except KeyboardInterrupt:
            print("\nstopped; what is done is kept, and the same command goes on from here", file=sys.stderr)
            code = 130
    if table.entries:
        table.save()
        MARKDOWN.write_text(page(table.document()), encoding="utf-8")
    return code


if __name__ == "__main__":
    import league  # contenders are of this module, which other processes can import; they cannot import the one that runs

    sys.exit(league.main(sys.argv[1:]))
