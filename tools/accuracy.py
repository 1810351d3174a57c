"""Measure how far ogive and its peers are from the truth, and write the tables that say so.

    python tools/accuracy.py                     measure; write docs/accuracy.json and docs/accuracy.md
    python tools/accuracy.py --count 16384       the same with so many float64 inputs a form, and no more in float32
    python tools/accuracy.py --function silu     measure one function again, on the machine that measured the rest
    python tools/accuracy.py --tables            write docs/accuracy.md again, from the numbers there are
    python tools/accuracy.py --readme            write the short table into README.md and README.ko.md, between
                                                 <!-- accuracy:begin --> and <!-- accuracy:end -->
    python tools/accuracy.py --check             change nothing; exit 1 if a table is not what docs/accuracy.json gives, or if
                                                 a part of the inputs, measured again, gives other numbers

Every value and derivative is measured, of rows the value; the peers' expressions are in src/ogive/formulas.py. The truth is
Arb's at every single input, some ten microseconds each: half an hour for everything on two cores. It may be interrupted: what
is measured is kept in docs/accuracy.json.partial, and the same command goes on from there.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import os
import platform
import sys
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import as_completed
from pathlib import Path
from typing import Any

import numpy as np

import ogive
from ogive.audit.inputs import roots, stratified
from ogive.truth.exact import Truth
from ogive.truth.reference import evaluate_row
from ogive.truth.ulp import format_of, from_ordinal, nearest, ordinal, rounded

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT / "tools"), str(ROOT / "benchmarks")]

from certify import workers  # noqa: E402
from peers import FORMS, LIBRARIES, PEERS, own, peer, versions  # noqa: E402

Array = np.ndarray[Any, np.dtype[Any]]
JSON, MARKDOWN = ROOT / "docs/accuracy.json", ROOT / "docs/accuracy.md"
READMES = {"en": ROOT / "README.md", "ko": ROOT / "README.ko.md"}
BEGIN, END = "<!-- accuracy:begin -->", "<!-- accuracy:end -->"

CONTENDERS = ("ogive", *LIBRARIES)
COUNTS = {"float32": 1 << 17, "float64": 1 << 20}
WIDTH = 32  # of the rows, for functions of rows
PART = 4096  # so many inputs are measured again by --check
STRETCHES, FINE = 4, 1 << 11  # so many stretches of zeros are shown, and so many inputs tried to find where one ends

# ── where ────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def forms() -> Iterator[tuple[ogive.Activation, str]]:
    """Go through the forms that are measured: values and derivatives; of functions of rows, values."""
    for card in ogive.CATALOGUE.values():
        for form in FORMS.get(card.kind, ()):
            if form != "backward":
                yield card, form


def inputs(card: ogive.Activation, form: str, dtype: str, count: int = 0) -> Array:
    """Choose the inputs of a form: the same ones each time.

    Half come from all floating-point numbers of the domain, every number as likely as any other; the rest from those between
    2^-10 and 2^10, where most happens, and one in sixteen closes in on a finite end of the domain or on a root. Functions of rows
    take normal numbers of several sizes, shifted, with a winner here and there; gated ones between -30 and 30.
    """
    fmt, count = format_of(dtype), count or COUNTS[dtype]
    rng = np.random.default_rng(zlib.crc32(f"{card.name} {form} {dtype}".encode()))
    if not isinstance(card, ogive.Elementwise):
        rows = rng.normal(0, 1, (count // WIDTH, WIDTH)) * rng.choice([0.1, 1, 5, 20], (count // WIDTH, 1))
        rows[::4, 0] += rng.uniform(5, 50, len(rows[::4]))  # a winner
        rows[1::4] += rng.uniform(-100, 100, (len(rows[1::4]), 1))
        if isinstance(card, ogive.Composed):  # their bounds are for gates that are normal numbers
            rows = np.clip(rows, -30, 30)
        return rounded(rows, fmt)
    low, high = max(card.domain.low, -fmt.largest), min(card.domain.high, fmt.largest)
    sides = [(max(low, a), min(high, b)) for a, b in ((-1024.0, -(2.0**-10)), (2.0**-10, 1024.0)) if a < high and b > low]
    parts = [stratified(low, high, count // 2, fmt, rng)]
    parts += [stratified(a, b, count * 7 // 16 // len(sides), fmt, rng) for a, b in sides]
    marks = [end for end in (card.domain.low, card.domain.high) if end and math.isfinite(end)] + roots(card, form, np.concatenate(parts))
    if marks:
        away = np.exp2(-rng.uniform(1, fmt.precision, count // 16)) * rng.choice([-1, 1], count // 16)
        near = rounded(rng.choice(marks, count // 16) * (1 + away), fmt)
        parts.append(near[(near >= low) & (near <= high)])
    return np.concatenate(parts)


def part_of(x: Array) -> Array:
    """Pick the inputs that --check measures again."""
    return x[:: max(1, x.size // PART)]


# ── measuring ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def results(name: str, card: ogive.Activation, form: str, x: Array) -> Array | None:
    """Compute a form by a contender; nothing if it cannot."""
    call = own(card, form, x) if name == "ogive" else peer(name, card, form, x)
    if call is None:
        return None
    with np.errstate(all="ignore"):
        return np.asarray(call()).ravel().copy()


def limits(card: ogive.Activation, form: str, dtype: str) -> tuple[Array, list[str]]:
    """Return inputs at the two ends, and what is true there; for rows, an entry at the end beside 0, 1 and 2."""
    if isinstance(card, ogive.Elementwise):
        ends = {"derivative": card.derivative_limits}.get(form, card.limits)
        return np.array([card.domain.low, card.domain.high], dtype), [shown(v) for v in ends]
    at_end = lambda far: " ".join(shown(nearest(ball, "float32")) for ball in evaluate_row(card, [far, 0.0, 1.0, 2.0]))
    return np.array([[-np.inf, 0, 1, 2], [np.inf, 0, 1, 2]], dtype), [at_end(-1e39), at_end(1e39)]


def shown(value: Any) -> str:
    """Write a result at an end in a few characters."""
    return f"{float(value):.4g}"


def lost(card: ogive.Activation, form: str, name: str, truth: Truth, got: Array) -> list[list[str]]:
    """Find the widest stretches of inputs where 0 comes and the truth does not round to 0, nearly to neighbouring numbers."""
    order = np.argsort(truth.x, kind="stable")
    order = order[truth.right[order] != 0]
    zero = got[order] == 0
    x = truth.x[order]
    change = np.flatnonzero(np.diff(np.concatenate([[False], zero, [False]])))
    found = sorted(zip(change[::2], change[1::2] - 1, strict=True), key=lambda ends: ends[0] - ends[1])[:STRETCHES]
    stretches = []
    for start, stop in sorted(found):
        ends = []
        for inside, outside in ((start, start - 1), (stop, stop + 1)):
            edge = x[inside]
            if 0 <= outside < len(x):
                between = np.linspace(*(float(n) for n in ordinal(np.array([x[inside], x[outside]]))), FINE).astype(np.int64)
                fine = from_ordinal(between, truth.fmt)
                values = results(name, card, form, fine)
                with np.errstate(all="ignore"):
                    real = np.asarray(card.forms[form](fine)) != 0
                gone = np.flatnonzero((values == 0) & real)  # type: ignore[operator]
                edge = fine[gone[-1]] if len(gone) else edge
            ends.append(shown(edge))
        stretches.append(ends)
    return stretches


def number(value: float) -> float | str:
    """Keep four digits; JSON has no infinity."""
    return float(f"{value:.4g}") if math.isfinite(value) else "inf"


def measure(name: str, form: str, dtype: str, count: int) -> dict[str, Any]:
    """Measure one form in one dtype: a row for every contender."""
    card = ogive.CATALOGUE[name]
    x = inputs(card, form, dtype, count)
    truth, part = Truth(card, form, x), Truth(card, form, part_of(x))
    at, expected = limits(card, form, dtype)
    whole = np.abs(truth.high) >= 2.0**truth.fmt.emin  # the truth is a normal number
    normal = whole & ((np.abs(x) >= 2.0**truth.fmt.emin) | (x == 0)) if x.ndim == 1 else whole
    found: dict[str, Any] = {}
    for contender in CONTENDERS:
        got = results(contender, card, form, x)
        if got is None:
            continue
        error = np.abs(truth.errors(got))
        i = int(np.argmax(error))
        row: dict[str, Any] = {"max_ulp": number(error[i]), "at": truth.where(i)}
        gone = (got == 0) & (truth.right != 0)
        row["max_ulp_normal"] = number(np.max(error, where=normal & ~gone, initial=0.0))
        row["misrounded"] = number(np.mean((got != truth.right) & ~truth.open))
        ends = np.asarray(results(contender, card, form, at)).reshape(2, -1)
        row["ends"] = [" ".join(shown(v) for v in end) for end in ends]
        if gone.any():
            row["zeros"] = number(np.mean(gone))
            row["zero_for_normal"] = bool((gone & normal).any())
            row["zero_for_subnormal"] = bool((gone & ~whole).any())
            row["largest_lost"] = number(np.max(np.abs(truth.high[gone])))
            if x.ndim == 1:
                row["zero_on"] = lost(card, form, contender, truth, got)
        row["part"] = brief(part, results(contender, card, form, part.x))
        found[contender] = row
    return {
        "function": name,
        "form": form,
        "dtype": dtype,
        "count": count,
        "inputs": int(x.size),
        "open": int(truth.open.sum()),
        "ends": expected,
        "results": found,
    }


def brief(truth: Truth, got: Array | None) -> list[Any]:
    """Sum up results in two numbers: the largest error, and how many are misrounded."""
    assert got is not None
    return [number(np.max(np.abs(truth.errors(got)))), int(np.sum((got != truth.right) & ~truth.open))]


def environment() -> dict[str, Any]:
    """Describe all that results of peers depend on."""
    found = {}
    for packages in LIBRARIES.values():
        found.update(versions(packages) or {})
    simd = np.show_config(mode="dicts")["SIMD Extensions"]  # type: ignore[call-overload,index]
    return {
        "system": f"{platform.system()} {platform.machine()}",
        "libc": " ".join(platform.libc_ver()),
        "simd": simd.get("found", []),
        "versions": found,
    }


# ── the tables ───────────────────────────────────────────────────────────────────────────────────────────────────────────

WORDS = {
    "en": {
        "function": "function",
        "stable": "NumPy, with care",
        "naive": "NumPy, naive",
        "note": "Largest error in ulp where x and the truth are normal numbers, float32 / float64; 0.50 is correct rounding. ∞: nan or an infinity "
        "where the truth is finite. †: besides, 0 in place of a normal number. {versions}; every function, and how it was measured, is in "
        "[docs/accuracy.md](docs/accuracy.md).",
    },
    "ko": {
        "function": "함수",
        "stable": "NumPy, 조심스러운 식",
        "naive": "NumPy, 흔한 식",
        "note": "x와 참값이 모두 정규 부동소수점 수일 때의 가장 큰 오차(ulp), float32 / float64. 0.50이면 올바른 반올림입니다. ∞는 참값이 유한한데 nan이나 무한대가 나온 경우, "
        "†는 그 밖에 정규수 대신 0이 나오는 곳이 있다는 뜻입니다. {versions}. 모든 함수와 측정 방법은 "
        "[docs/accuracy.md](docs/accuracy.md)에 있습니다.",
    },
}
#: What the READMEs show.
README_FORMS = (
    *("sigmoid.value", "sigmoid.derivative", "tanh.value", "normal_cdf.value", "softplus.value", "log_sigmoid.value", "silu.value"),
    *("gelu.value", "mish.value", "logit.value", "normal_ppf.value", "softmax.value", "log_softmax.value", "logsumexp.value"),
)
TITLES = {"numpy": "NumPy", "scipy": "SciPy", "torch": "PyTorch", "onnxruntime": "ONNX Runtime", "jax": "JAX"}


def ulps(value: float | str | None) -> str:
    """Write an error in a table."""
    if value is None:
        return "–"
    if value == "inf":
        return "∞"
    size = float(value)
    if size < 10:
        return f"{size:.2f}"
    return f"{size:.0f}" if size < 10_000 else f"{size:.1e}".replace("e+0", "e").replace("e+", "e")


def label(row: Mapping[str, Any]) -> str:
    """Name a form."""
    return row["function"] + {"value": "", "derivative": "′"}.get(row["form"], f" {row['form']}")


def share(value: float) -> str:
    """Write a share in percent."""
    if value == 0:
        return "0"
    return f"{100 * value:.2g}%" if value < 0.1 else f"{100 * value:.0f}%"


def by_form(document: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Put the rows of the two dtypes together."""
    found: dict[str, dict[str, Any]] = {}
    for row in document["rows"]:
        found.setdefault(label(row), {})[row["dtype"]] = row
    return found


def packages(document: Mapping[str, Any]) -> str:
    """List the versions that were measured."""
    return ", ".join(f"{TITLES[name]} {number}" for name, number in document["environment"]["versions"].items() if name in TITLES)


def short_table(document: Mapping[str, Any], language: str) -> str:
    """Write the README's table."""
    words = WORDS[language]
    head = [words["function"], "ogive", words["stable"], words["naive"], *CONTENDERS[3:]]
    lines = ["| " + " | ".join(head) + " |", "|---|" + "--:|" * (len(head) - 1)]
    for name, pair in by_form(document).items():
        first = next(iter(pair.values()))
        if f"{first['function']}.{first['form']}" not in README_FORMS:
            continue
        cells = []
        for contender in CONTENDERS:
            found = [row["results"].get(contender, {}) for row in pair.values()]
            cells.append(" / ".join(map(brief_error, found)) if any(found) else "–")
        lines.append(f"| {f'**{name}**' if first['form'] == 'value' else name} | " + " | ".join(cells) + " |")
    return "\n".join([*lines, "", words["note"].format(versions=packages(document))])


def brief_error(cell: Mapping[str, Any]) -> str:
    """Write the errors of a contender in a few characters: the largest one, and † for lost numbers."""
    return ulps(cell.get("max_ulp_normal")) + "†" * cell.get("zero_for_normal", False)


def wrong_ends(row: Mapping[str, Any], contender: str) -> bool:
    """Whether a contender misses a limit."""
    return not all(same(got, wanted) for got, wanted in zip(row["results"][contender]["ends"], row["ends"], strict=True))


def long_table(document: Mapping[str, Any]) -> str:
    """Write docs/accuracy.md."""
    about = document["environment"]
    lines = [
        "# How far from the truth",
        "",
        "Written by `tools/accuracy.py` from `docs/accuracy.json`; do not edit.",
        "",
        f"Measured on {about['system']}, {about['libc']}, with {packages(document)}. "
        "Each function got, half of them drawn evenly from all floating-point numbers of its domain, the others from those between 2⁻¹⁰ and 2¹⁰, where most "
        "happens, and one in sixteen ever closer to a finite end of the domain or to a root, the number of inputs that its table says. "
        f"Functions of rows got rows of {WIDTH} numbers: four scales, every fourth row with a clear winner, every fourth shifted by up to ±100.",
        "",
        "* **max ulp**: the largest distance from the unrounded truth, in units of the last place there; ∞ is nan or an infinity where the truth is finite.",
        "* **of these, normal**: the same without inputs and truths under the smallest normal number and without the zeros of the column *zero instead*.",
        "* **misrounded**: the share of results that are not the floating-point number next to the truth.",
        "* **zero instead**: where 0 comes though the truth does not round to 0, and of what numbers: normal ones, or only subnormal ones; for rows, how often.",
        "* **at the ends**: the results at the two ends of the domain, mostly ±∞; for rows, of (-∞, 0, 1, 2) and of (∞, 0, 1, 2). In bold, what is not the limit.",
        "",
        "The columns of a peer are what it gives through its own interface; derivatives of PyTorch and JAX are what their differentiation computes for an upstream "
        "gradient of 1. The truth is Arb's ball arithmetic.",
    ]
    for name, pair in by_form(document).items():
        first = next(iter(pair.values()))
        expressions = PEERS.get(f"{first['function']}.{first['form']}", {})
        lines += ["", f"## {name}", "", "Inputs: " + ", ".join(f"{row['inputs']:,} in {dtype}" for dtype, row in pair.items()) + ".", ""]
        if any(row["open"] for row in pair.values()):
            left = " and ".join(f"{row['open']:,} in {dtype}" for dtype, row in pair.items() if row["open"])
            lines += [f"Too close to a midpoint for 32768 bits to tell its side, and left out of *misrounded*: {left}.", ""]
        for library in ("NumPy", "naive NumPy"):
            lines += [f"{library}: `{expressions[library]}`", ""] if library in expressions else []
        if first["function"] == "leaky_relu" and first["form"] == "value":
            lines += ["ONNX keeps the slope in float32, whatever the dtype of x.", ""]
        lines += [f"At the ends: {first['ends'][0]} and {first['ends'][1]}.", ""]
        lines += [
            "| | dtype | max ulp | at | of these, normal | misrounded | zero instead | at the ends |",
            "|---|---|--:|---|--:|--:|---|---|",
        ]
        for contender in CONTENDERS:
            for dtype, row in pair.items():
                cell = row["results"].get(contender)
                if cell is None:
                    continue
                zeros = "; ".join(f"{a}" if a == b else f"{a} … {b}" for a, b in cell.get("zero_on", [])[:3]) or (
                    share(cell["zeros"]) if "zeros" in cell else ""
                )
                if len(cell.get("zero_on", ())) > 3:
                    zeros += "; …"
                if zeros:
                    zeros += " (normal)" if cell["zero_for_normal"] else " (subnormal)" if cell["zero_for_subnormal"] else ""
                ends = [got if same(got, wanted) else f"**{got}**" for got, wanted in zip(cell["ends"], row["ends"], strict=True)]
                lines.append(
                    f"| {contender} | {dtype} | {ulps(cell['max_ulp'])} | {cell['at']} | {ulps(cell['max_ulp_normal'])} | {share(cell['misrounded'])} | {zeros} | {', '.join(ends)} |"
                )
    return "\n".join(lines) + "\n"


def same(got: str, wanted: str) -> bool:
    """Compare results at an end, whatever the sign of a zero."""
    return [float(v) for v in got.split()] == [float(v) for v in wanted.split()]


def with_block(text: str, block: str) -> str | None:
    """Put a block between the markers of a text; nothing if it has none."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    return f"{before}{BEGIN}\n{block}\n{END}{after}" if begin and end else None


# ── the command ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def stale(document: Mapping[str, Any]) -> Iterator[str]:
    """Say which tables are not what the numbers give, and which forms are missing."""
    if not MARKDOWN.exists() or MARKDOWN.read_text() != long_table(document):
        yield "docs/accuracy.md is not what docs/accuracy.json gives; run tools/accuracy.py --tables"
    for language, path in READMES.items():
        text = path.read_text() if path.exists() else ""
        if BEGIN in text and with_block(text, short_table(document, language)) != text:
            yield f"{path.name}: the accuracy table is not what docs/accuracy.json gives; run tools/accuracy.py --readme"
    measured = {(row["function"], row["form"]) for row in document["rows"]}
    for card, form in forms():
        if (card.name, form) not in measured:
            yield f"{card.name}.{form} was not measured; run tools/accuracy.py --function {card.name}"
    for row in document["rows"]:
        if row["function"] not in ogive.CATALOGUE:
            yield f"{label(row)} was measured and is not in the catalogue; run tools/accuracy.py"


def changed(document: Mapping[str, Any], only: Callable[[str], bool] = bool) -> Iterator[str]:
    """Measure a part of the inputs again, and say what comes out otherwise, or breaks a promise."""
    now, then = environment(), document["environment"]
    alike = all(now[key] == then[key] for key in ("system", "libc", "simd"))
    again = [
        "ogive",
        *(
            name
            for name in ("NumPy", "naive NumPy", "SciPy")
            if alike and all(now["versions"].get(p) == then["versions"].get(p) for p in LIBRARIES[name])
        ),
    ]
    for row in document["rows"]:
        card = ogive.CATALOGUE.get(row["function"])
        if card is None or not only(row["function"]):
            continue
        name = f"{label(row)} in {row['dtype']}"
        promise = row["results"]["ogive"]
        if row["dtype"] == "float32" and card.kind == "elementwise" and promise["misrounded"]:
            yield f"ogive: {name} is misrounded in {share(promise['misrounded'])} of the inputs"
        if row["dtype"] == "float64" and not float(promise["max_ulp"]) <= max(card.bound.float64, card.bound.near_roots or 0.0):
            yield f"ogive: {name} is {promise['max_ulp']} ulp off, its bound is {card.bound.float64}"
        truth = Truth(card, row["form"], part_of(inputs(card, row["form"], row["dtype"], row["count"])))
        for contender in again:
            if contender in row["results"]:
                got = brief(truth, results(contender, card, row["form"], truth.x))
                if got != row["results"][contender]["part"]:
                    yield f"{contender}: {name} was {row['results'][contender]['part']} (largest error, misrounded) and is {got}; run tools/accuracy.py"


def write(document: dict[str, Any]) -> None:
    """Write the numbers, one line for each form and dtype."""
    JSON.parent.mkdir(exist_ok=True)
    rows = ",\n".join("  " + json.dumps(row) for row in document["rows"])
    JSON.write_text(f'{{\n "environment": {json.dumps(document["environment"])},\n "rows": [\n{rows}\n ]\n}}\n')


class Partial:
    """What is measured of a table that is not complete: a file with a head and one line for each row, as they come."""

    def __init__(self, counts: Mapping[str, int]) -> None:
        self.path = JSON.with_suffix(".json.partial")
        machine = Path(ogive.ufunc.__file__).read_bytes() + (ROOT / "src/ogive/formulas.py").read_bytes() + Path(__file__).read_bytes()
        head = json.dumps({"environment": environment(), "counts": counts, "digest": hashlib.sha256(machine).hexdigest()})
        lines = self.path.read_text().splitlines() if self.path.exists() else []
        self.rows = []
        for line in lines[1:] if lines[:1] == [head] else ():
            try:
                self.rows.append(json.loads(line))
            except ValueError:  # the line that was being written
                break
        self.path.write_text("\n".join([head, *map(json.dumps, self.rows)]) + "\n")

    def add(self, row: dict[str, Any]) -> None:
        """Keep a row."""
        self.rows.append(row)
        with self.path.open("a") as file:
            file.write(json.dumps(row) + "\n")


def measured(tasks: Sequence[tuple[str, str, str, int]], jobs: int) -> Iterator[dict[str, Any]]:
    """Measure in several processes, and show how far it is."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn()
    with workers(jobs) as pool, Progress(*columns) as progress:
        bar = progress.add_task("inputs", total=sum(task[-1] for task in tasks))
        waiting = {pool.submit(measure, *task): task for task in tasks}
        for future in as_completed(waiting):
            row = future.result()
            progress.advance(bar, waiting.pop(future)[-1])
            found = "  ".join(f"{name} {ulps(cell['max_ulp_normal'])}" for name, cell in row["results"].items())
            progress.console.print(f"{label(row)} {row['dtype']}  {found}", highlight=False, soft_wrap=True)
            yield row


def put(document: Mapping[str, Any]) -> int:
    """Write the short table into the READMEs."""
    missing = []
    for language, path in READMES.items():
        text = with_block(path.read_text(), short_table(document, language)) if path.exists() else None
        if text is None:
            missing.append(path.name)
        else:
            path.write_text(text)
    if missing:
        print(f"{' and '.join(missing)}: not there, or without the lines {BEGIN} and {END}; the table goes between them", file=sys.stderr)
    return 1 if missing else 0


def main(argv: Sequence[str]) -> int:
    """Measure, write or check."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--function", action="append", default=[], metavar="NAME", help="only this card; repeatable")
    parser.add_argument(
        "--count",
        type=int,
        default=COUNTS["float64"],
        metavar="N",
        help="inputs of a form in float64 (default %(default)s); float32 gets at most as many",
    )
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)), metavar="N", help="processes (default: one a core)")
    parser.add_argument("--readme", action="store_true", help="write the READMEs' tables from docs/accuracy.json; measure nothing")
    parser.add_argument("--tables", action="store_true", help="write docs/accuracy.md from docs/accuracy.json; measure nothing")
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 if a table or a number is out of date")
    options = parser.parse_args(argv)
    os.environ.setdefault("JAX_PLATFORMS", "cpu")
    try:
        wanted = [ogive.get(name).name for name in options.function]
    except KeyError as error:
        parser.error(error.args[0])
    document = json.loads(JSON.read_text()) if JSON.exists() else None
    if options.check or options.readme or options.tables:
        if document is None:
            parser.error("docs/accuracy.json is not there; measure first")
        if options.check:
            found = [*stale(document), *changed(document, (lambda name: name in wanted) if wanted else bool)]
            print(*found, sep="\n")
            return 1 if found else 0
        if options.tables:
            MARKDOWN.write_text(long_table(document))
        return put(document) if options.readme else 0
    if options.count < 16 * WIDTH or options.jobs < 1:
        parser.error(f"--count must be at least {16 * WIDTH}, and --jobs at least 1")
    if wanted and document is not None and document["environment"] != environment():
        parser.error("docs/accuracy.json was measured on another machine or with other versions; measure everything, without --function")
    counts = {dtype: min(count, options.count) for dtype, count in (COUNTS | {"float64": options.count}).items()}
    everything = [(card.name, form, dtype, counts[dtype]) for card, form in forms() for dtype in COUNTS]
    partial = None if wanted else Partial(counts)
    kept = document["rows"] if wanted and document is not None else partial.rows if partial else []
    rows = {(row["function"], row["form"], row["dtype"]): row for row in kept}
    tasks = [task for task in everything if (task[0] in wanted if wanted else task[:3] not in rows)]
    try:
        for row in measured(tasks, options.jobs):
            rows[row["function"], row["form"], row["dtype"]] = row
            if partial is not None:
                partial.add(row)
    except KeyboardInterrupt:
        print("\nstopped; " + ("nothing was written" if partial is None else "the same command goes on from here"), file=sys.stderr)
        return 130
    write({"environment": environment(), "rows": [rows[task[:3]] for task in everything if task[:3] in rows]})
    MARKDOWN.write_text(long_table(json.loads(JSON.read_text())))
    if partial is not None:
        partial.path.unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
