"""The forms of a report: HTML, Markdown, JUnit XML and lines of text.

All say the same from the same few functions (`verdict`, `figures`, `particulars`). The pictures are SVG, made here from the cells and
the histogram: nothing is imported that draws. They stretch to any width, so what is written beside them is HTML, which does not.
"""

from __future__ import annotations

import math
import re
import struct
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from ogive.audit.findings import KINDS, Finding

if TYPE_CHECKING:
    from ogive.audit.report import Report

__all__ = ["fragment", "html", "junit", "lines", "markdown", "verdict"]

GRADES = ("fault", "flush", "remark")
MARKS = {"ok": "✓", "findings": "✗", "void": "⊘"}
#: What a count in the statistics means.
COUNTS = {
    "zeros_for_normal": "0 for a normal number",
    "zeros_for_subnormal": "0 for a subnormal number",
    "nan_for_number": "nan for a number",
    "number_for_nan": "a number for nan",
    "infinite": "an infinity for a finite number",
    "not_infinite": "a finite number for an infinity",
}
#: How the truth was established: what, and the sentence that goes with it.
TRUTH = {
    "by_arb": ("truths by balls of Arb", "The truth lies in a ball of Arb's: a midpoint and a proven radius."),
    "by_line": ("truths by a tangent or an asymptote", ""),
    "controls": ("results of the screen checked against Arb", "Where a screen in float64 decides, it was checked against Arb."),
    "screen_error": ("largest error of the screen, in ulp of float64", ""),
    "planted": ("faults planted, all of them found", "Faults were planted, to show that they would be found."),
    "confirmed_by_mpmath": ("answers confirmed by mpmath", "A second reference, mpmath, was asked about what was found."),
}
COLUMNS = 1024  # drawn at most
HEIGHT = 300  # of a picture, in units of its own
WIDE, NARROW = 0.052, 0.17  # the least distance of two labels, as a share of the width: on a screen, on a phone


# ── numbers as text ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _tidy(text: str) -> str:
    """Write an exponent without its padding: 1e-7."""
    return re.sub(r"e([+-])0*", lambda found: "e-" if found[1] == "-" else "e", text)


def _ulps(error: Any) -> str:
    """Write an error, in ulp, with the digits that matter: 0.50, 3.2, 410, 1.3e5, ∞."""
    value = float(error)
    size = abs(value)
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    if size == 0 or math.isnan(value):
        return "0" if size == 0 else "nan"
    if size < 0.095:
        return _tidy(f"{value:.1g}")
    return (
        f"{value:.2f}" if size < 1.995 else f"{value:.1f}" if size < 9.95 else f"{value:,.0f}" if size < 9999.5 else _tidy(f"{value:.1e}")
    )


def _error(error: Any) -> str:
    return "infinite" if math.isinf(float(error)) else f"{_ulps(error)} ulp"


def _share(part: int, whole: int) -> str:
    """Write a share in percent with two digits; only nothing is 0 %, and only the whole is 100 %."""
    if part <= 0 or whole <= 0:
        return "0 %"
    percent = 100 * part / whole
    if part < whole and percent > 99:
        return "> 99 %"
    return f"{percent:.{max(0, 1 - math.floor(math.log10(percent)))}f} %"


def _plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}es" if noun.endswith("sh") else f"{count:,} {noun}s"


def _duration(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.1f} s" if seconds < 9.95 else f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


def _value(code: str, dtype: str) -> float | None:
    """Read bits in hexadecimal; their number tells the format, but for the two of 16 bits."""
    if not re.fullmatch(r"0x(?:[0-9a-fA-F]{4}){1,2}(?:[0-9a-fA-F]{8})?", code) or len(code) == 14:
        return None
    raw = bytes.fromhex(code[2:])
    if dtype == "bfloat16" and len(raw) == 2:
        raw += b"\0\0"
    return float(struct.unpack({2: ">e", 4: ">f", 8: ">d"}[len(raw)], raw)[0])


def _ordinal(code: str) -> int:
    """Count the numbers in their order, from bits; both zeros are 0."""
    number, top = int(code, 16), 1 << (4 * len(code) - 9)
    return number if number < top else top - number


def _code(value: float, dtype: str) -> str | None:
    """Write a number that a picture is labelled with as bits, if the dtype reaches it."""
    try:
        raw = struct.pack({"float16": ">e", "float64": ">d"}.get(dtype, ">f"), value)
    except OverflowError:
        return None
    code = "0x" + (raw[:2] if dtype == "bfloat16" else raw).hex()
    return None if value and not _ordinal(code) else code


def _decimal(code: str, dtype: str) -> str:
    """Write bits as the shortest decimal number that has them; what is no bits, as it stands."""
    value = _value(code, dtype)
    if value is None:
        return code
    if not math.isfinite(value):
        return str(value)
    if dtype == "bfloat16" and len(code) == 6:
        return _tidy(f"{value:.4g}")
    layout = {6: ">e", 10: ">f", 18: ">d"}[len(code)]
    for digits in range(1, 17):
        text = f"{value:.{digits}g}"
        try:
            if struct.pack(layout, float(text)) == struct.pack(layout, value):
                return _tidy(text)
        except OverflowError:  # rounded up beyond the largest number
            continue
    return _tidy(f"{value:.17g}")


def _pair(codes: str, dtype: str, most: int = 4) -> tuple[str, str]:
    """Write one number or several as decimals, and as bits, if they are such; a long row is cut."""
    parts = codes.split()
    shown = parts[:most]
    decimals = [_decimal(code, dtype) for code in shown]
    cut = len(parts) > most
    numbers = ", ".join([*decimals, *([f"… ({len(parts)} in all)"] if cut else [])])
    return numbers, " ".join([*shown, *(["…"] if cut else [])]) if decimals != shown else ""


def _clean(text: Any) -> str:
    """Leave out what no XML can hold and no terminal should be sent."""
    return re.sub("[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", str(text))


def _one_line(text: Any) -> str:
    return " ".join(_clean(text).split())


# ── what every form says ─────────────────────────────────────────────────────────────────────────────────────────────────


def inputs(report: Report) -> str:
    """Say which inputs were tried."""
    tried = report.document["inputs"]
    if not tried["count"]:
        return "no inputs"
    kind = {"exhaustive": "", "sample": "sampled ", "given": "given "}[tried["kind"]]
    return ("all " if tried["kind"] == "exhaustive" else "") + _plural(int(tried["count"]), f"{kind}input")


def verdict(report: Report) -> str:
    """Say in words what an audit came to."""
    if report.verdict == "void":
        return f"VOID: {_one_line(report.void)}"
    counts = {grade: sum(finding.grade == grade for finding in report.findings) for grade in GRADES}
    said = ", ".join(_plural(count, grade) for grade, count in counts.items() if count)
    if report.verdict == "ok":
        return f"no fault found in {inputs(report)}" + (f"; {said}" if said else "")
    return f"{said} in {inputs(report)}"


def by_gravity(findings: Iterable[Finding]) -> list[Finding]:
    """Order findings: faults first, among them a crash and what is no matter of degree, then the largest errors."""
    return sorted(
        findings,
        key=lambda finding: (
            GRADES.index(finding.grade),
            finding.kind != "crash",
            -(math.inf if finding.ulp is None else abs(finding.ulp)),
        ),
    )


def figures(report: Report) -> list[tuple[str, str, str]]:
    """Name the key figures: what, how much, and a note."""
    found, document = report.statistics, report.document
    kind, dtype = document["inputs"]["kind"], document["question"]["dtype"]
    note = {"exhaustive": f"every number of {dtype}", "sample": f"seed {document['inputs']['seed']}", "given": "given by the caller"}[kind]
    rows = [("inputs", f"{int(document['inputs']['count']):,}", note), ("allowed", f"{float(document['max_ulp']):g} ulp", "")]
    count = int(found.get("count", 0))
    if not count:
        return rows[1:]
    worst = found.get("worst")
    where = ""
    if worst:
        confirmed = {True: ", confirmed by mpmath", False: ", NOT confirmed by mpmath", None: ""}[worst.get("confirmed")]
        at = worst["x_text"] if " " in worst["x"] else f"{worst['x_text']} ({worst['x']})"  # a row is too long
        where = f"at x = {_cut(at)}: {_cut(worst['got_text'])} for {_cut(worst['expected_text'])}{confirmed}"
    rows.append(("largest error", _error(found["max_ulp"]), where))
    if found["max_ulp_normal"] != found["max_ulp"]:
        rows.append(("among normal numbers", _error(found["max_ulp_normal"]), "zeros and nan for numbers apart"))
    rows.append(("mean error", _error(found["mean_ulp"]), ""))
    share = _share(found["not_nearest"], count) if found["not_nearest"] else "every result is correctly rounded"
    rows.append(("not the nearest", f"{found['not_nearest']:,}", share))
    return rows + [(says, f"{found[key]:,}", _share(found[key], count)) for key, says in COUNTS.items() if found[key]]


def _cut(text: Any) -> str:
    """Shorten what may be a row of many numbers."""
    said = _one_line(text)
    return said if len(said) <= 60 else said[:59] + "…"


def _named(finding: Finding, between: str) -> str:
    return finding.kind if finding.kind == finding.grade else f"{finding.grade}{between}{finding.kind}"


def particulars(finding: Finding, dtype: str) -> list[tuple[str, str, str]]:
    """Name the particulars of a finding: what, the number, its bits."""
    rows = [
        (label, *_pair(codes, dtype)) for label, codes in (("x", finding.x), ("got", finding.got), ("expected", finding.expected)) if codes
    ]
    if finding.ulp is not None:
        rows.append(("error", _error(finding.ulp), ""))
    if finding.low or finding.high:
        numbers, codes = zip(_pair(finding.low, dtype), _pair(finding.high, dtype), strict=True)
        rows.append(("between", " … ".join(numbers), " … ".join(codes)))
    return rows


# ── lines of text ────────────────────────────────────────────────────────────────────────────────────────────────────────

#: A line is pieces of text, each with the style that a terminal gives it.
Line = list[tuple[str, str]]
STYLES = {
    "ok": "bold green",
    "findings": "bold red",
    "void": "bold magenta",
    "fault": "bold red",
    "flush": "bold yellow",
    "remark": "bold cyan",
}


def lines(report: Report, width: int = 100) -> list[Line]:
    """Write a report for a terminal.

    Parameters
    ----------
    report : Report
        The report.
    width : int
        The longest line; 40 at least. Only lines of a reproducer are never broken, since they are to be pasted.

    Returns
    -------
    list of list of (str, str)
        Lines; their pieces, each with a style.
    """
    width, dtype, style = max(40, width), report.document["question"]["dtype"], STYLES[report.verdict]
    mark = f"{MARKS[report.verdict]} "
    made = _wrapped(mark, style, f"{report.target} against {report.question}", "bold", width)
    made += _wrapped("  ", "", verdict(report), style, width)
    if report.verdict == "void":
        made += _wrapped("  ", "", "Nothing below can be trusted.", "", width)
    made.append([])
    rows = figures(report)
    first, second = (max(len(row[i]) for row in rows) for i in (0, 1))
    for label, much, note in rows:
        made += _wrapped(f"  {label:<{first}}  ", "dim", f"{much:<{second}}  {note}".rstrip(), "", width)
    graded = by_gravity(report.findings)
    for finding in graded:
        head = f"  {finding.grade:<6}  "
        kind = "" if finding.kind == finding.grade else f"{finding.kind}: "
        made += [[], *_wrapped(head, STYLES[finding.grade], f"{kind}{_one_line(finding.says)}", "", width)]
        rows = particulars(finding, dtype)
        second = max((len(number) for _, number, _ in rows if len(number) <= 24), default=0)
        for label, number, bits in rows:
            made += _wrapped(f"{' ' * len(head)}{label:<9} ", "dim", f"{number:<{second}}  {bits}".rstrip(), "", width)
    shown = next((finding for finding in graded if finding.reproducer), None)
    if shown is not None:
        made += [[], [(f"  To reproduce the {shown.grade} ({shown.kind}):", "dim")], []]
        made += [[("    " + line, "")] for line in _clean(shown.reproducer).strip("\n").splitlines()]
    return made


def _wrapped(head: str, head_style: str, text: str, style: str, width: int) -> list[Line]:
    """Break a text after a head, and hang it there; spaces that align are kept."""
    column = len(head)
    parts = textwrap.wrap(_clean(text), width - column, break_on_hyphens=False) or [""]
    return [[(head, head_style), (parts[0], style)], *([(" " * column, ""), (part, style)] for part in parts[1:])]


# ── Markdown ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _md(text: Any) -> str:
    """Escape what Markdown, its tables and HTML would take for their own."""
    said = _one_line(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"([\\`*_\[\]#|~$])", r"\\\1", said)


def _bits_md(codes: str) -> str:
    return f"`{codes}`" if re.fullmatch("[0-9a-fx …]+", codes) else _md(codes)


def markdown(reports: Sequence[Report]) -> str:
    """Write reports for a pull request: verdicts, key figures, findings with what reproduces them folded away."""
    return "\n".join(line for report in reports for line in _markdown(report)) + "\n"


def _markdown(report: Report) -> list[str]:
    dtype = report.document["question"]["dtype"]
    made = [f"### {MARKS[report.verdict]} {_md(report.target)} against {_md(report.question)}", "", f"**{_md(verdict(report))}**", ""]
    made += ["| | | |", "|:--|--:|:--|", *(f"| {_md(label)} | {_md(much)} | {_md(note)} |" for label, much, note in figures(report)), ""]
    for finding in by_gravity(report.findings):
        where = "; ".join(
            f"{label} {_md(number)}" + (f" ({_bits_md(bits)})" if bits else "") for label, number, bits in particulars(finding, dtype)
        )
        made.append(f"- **{_named(finding, ': ')}.** {_md(finding.says)}" + (f" ({where})" if where else ""))
        if finding.reproducer:
            code = _clean(finding.reproducer).strip("\n")
            fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", code)), default=0))
            folded = ["<details><summary>To reproduce it</summary>", "", f"{fence}python", *code.splitlines(), fence, "", "</details>", ""]
            made += ["", *("  " + line if line else "" for line in folded)]
    made += [""] if report.findings else []
    return made


# ── JUnit ────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def junit(reports: Sequence[Report]) -> str:
    """Write reports as JUnit XML: a suite each, in which every kind of fault, and of flush, is a test."""
    root = ElementTree.Element("testsuites", name="ogive audit")
    for report in reports:
        _suite(root, report)
    for key in ("tests", "failures", "errors", "skipped"):
        root.set(key, str(sum(int(suite.get(key, "0")) for suite in root)))
    ElementTree.indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ElementTree.tostring(root, encoding="unicode")}\n'


def _suite(root: ElementTree.Element, report: Report) -> None:
    document, void = report.document, report.verdict == "void"
    name = _one_line(f"{report.target} against {report.question}")
    suite = ElementTree.SubElement(root, "testsuite", name=name, time=f"{document['seconds']:.3f}")
    properties = ElementTree.SubElement(suite, "properties")
    facts = {
        "verdict": verdict(report),
        "max_ulp": document["max_ulp"],
        **{f"{label} (version)": version for label, version in document["target"]["versions"].items()},
        **document["environment"],
        "digest": document["digest"],
    }
    for key, fact in facts.items():
        ElementTree.SubElement(properties, "property", name=_one_line(key), value=_one_line(fact))
    first = ElementTree.SubElement(suite, "testcase", classname=name, name="void")
    if void:
        ElementTree.SubElement(first, "error", message=_one_line(verdict(report)))
    failures = 0
    tests = [kind for kind in KINDS.values() if kind.grade != "remark"]
    for kind in tests:
        case = ElementTree.SubElement(suite, "testcase", classname=name, name=kind.name)
        found = [finding for finding in report.findings if finding.kind == kind.name]
        if void:
            ElementTree.SubElement(case, "skipped", message="the audit is void")
        elif found:
            failures += 1
            more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
            failure = ElementTree.SubElement(case, "failure", type=kind.grade, message=_one_line(found[0].says) + more)
            failure.text = "\n\n".join(_told(finding, report) for finding in found)
    remarks = [_told(finding, report) for finding in report.findings if finding.grade == "remark"]
    if remarks:
        ElementTree.SubElement(suite, "system-out").text = "\n\n".join(remarks)
    for key, count in (("tests", 1 + len(tests)), ("failures", failures), ("errors", int(void)), ("skipped", len(tests) if void else 0)):
        suite.set(key, str(count))


def _told(finding: Finding, report: Report) -> str:
    """Tell a finding in plain lines, with what reproduces it."""
    rows = particulars(finding, report.document["question"]["dtype"])
    told = [f"{finding.kind}: {_one_line(finding.says)}", *(f"{label}: {number} {bits}".rstrip() for label, number, bits in rows)]
    return _clean("\n".join(told + ([finding.reproducer.strip("\n")] if finding.reproducer else [])))


# ── pictures ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Cell:
    """A stretch of the line of numbers: its ends in bits, and what the errors in it are like."""

    low: str
    high: str
    count: int
    not_nearest: int
    least: float
    most: float
    mean: float

    def title(self, dtype: str) -> str:
        """Say it in three lines."""
        ends = f"x from {_decimal(self.low, dtype)} to {_decimal(self.high, dtype)}"
        if not self.count:
            return f"{ends}\nno inputs"
        size = f"mean size {_ulps(self.mean)}"
        return (
            f"{ends}\n{_plural(self.count, 'input')}, {_share(self.not_nearest, self.count)} not the nearest\n"
            f"error from {_ulps(self.least)} to {_ulps(self.most)} ulp, {size}"
        )


def _cells(report: Report) -> list[Cell]:
    """Read the cells, and join neighbours until few enough are left to draw."""
    rows = report.statistics.get("cells", [])
    step = math.ceil(len(rows) / COLUMNS) or 1
    made = []
    for start in range(0, len(rows), step):
        part = rows[start : start + step]
        held = [row for row in part if row[2]]
        count = sum(int(row[2]) for row in held)
        made.append(
            Cell(
                part[0][0],
                part[-1][1],
                count,
                sum(int(row[3]) for row in held),
                min((float(row[4]) for row in held), default=0.0),
                max((float(row[5]) for row in held), default=0.0),
                sum(row[2] * float(row[6]) for row in held) / count if count else 0.0,
            )
        )
    return made


def _scale(error: float) -> float:
    """Bend the axis of errors: straight next to 0, logarithmic far out, on both sides."""
    return math.asinh(4 * error)


def _apart(marks: Iterable[tuple[float, str]], taken: list[float], gap: float) -> list[tuple[float, str]]:
    """Choose marks that keep their distance from those before them, and note where they are."""
    chosen = []
    for place, label in marks:
        if 0 <= place <= 1 and all(abs(place - other) >= gap for other in taken):
            taken.append(place)
            chosen.append((place, label))
    return chosen


def _labels(marks: Sequence[tuple[float, str]], taken: list[float], narrow: bool) -> str:
    """Write marks below a picture; a phone shows only the first and widest apart."""
    kind = "" if narrow else ' class="wide"'
    return "".join(
        f'<span{kind} style="left:{100 * place:.2f}%">{escape(label)}</span>'
        for place, label in _apart(marks, taken, NARROW if narrow else WIDE)
    )


def _places(cells: Sequence[Cell], dtype: str) -> tuple[list[tuple[float, str]], list[tuple[float, str]]]:
    """Find where numbers that are easy to name lie along the cells: the ends, 0 and ±1, and then powers of ten."""
    spans = [(_ordinal(cell.low), _ordinal(cell.high)) for cell in cells]

    def place(value: float) -> float:
        code = _code(value, dtype)
        if code is None or not spans[0][0] <= _ordinal(code) <= spans[-1][1]:
            return -1.0
        number = _ordinal(code)
        index = next(i for i, (_, high) in enumerate(spans) if number <= high)
        low, high = spans[index]
        return (index + max(0.0, (number - low + 0.5) / (high - low + 1))) / len(spans)

    ends = [(0.0, cells[0].low), (1.0, cells[-1].high)]
    first = [(place(0.0), "0"), *((at, _brief(code, dtype)) for at, code in ends), (place(-1.0), "-1"), (place(1.0), "1")]
    powers: list[tuple[float, str]] = []
    for step in (1, 2, 5, 10, 20, 50, 100, 200):
        values = [float(f"{sign}1e{k}") for k in range(-323, 309) if k and k % step == 0 for sign in ("", "-")]
        powers = [(place(value), _tidy(f"{value:g}")) for value in values]
        powers = [(at, label) for at, label in powers if at >= 0]
        gaps = sorted(b - a for a, b in pairwise(sorted(at for at, _ in powers)))
        if not gaps or gaps[len(gaps) // 2] >= WIDE:  # the subnormal numbers crowd next to 0, whatever the step
            break
    return first, powers


def _brief(code: str, dtype: str) -> str:
    value = _value(code, dtype)
    return code if value is None else _ulps(value) if math.isinf(value) else _tidy(f"{value:.3g}")


def _picture(report: Report) -> str:
    """Draw the error against x: a bar to a cell, from its least to its largest error."""
    cells, dtype, allowed = _cells(report), report.document["question"]["dtype"], float(report.document["max_ulp"])
    if not cells or any(_value(code, dtype) is None for cell in cells for code in (cell.low, cell.high)):
        return ""
    finite = [error for cell in cells if cell.count for error in (cell.least, cell.most) if math.isfinite(error)]
    reach = [min([-1.25, *finite]), max([1.25, *finite])]
    if math.isfinite(allowed):
        reach = [min(reach[0], -allowed), max(reach[1], allowed)]
    margin = 0.05 * (_scale(reach[1]) - _scale(reach[0]))
    bottom, top = _scale(reach[0]) - margin, _scale(reach[1]) + margin

    def height(error: float) -> float:
        return 0.0 if error == math.inf else float(HEIGHT) if error == -math.inf else HEIGHT * (top - _scale(error)) / (top - bottom)

    paths: dict[str, list[str]] = {"calm": [], "loud": []}
    columns = []
    for i, cell in enumerate(cells):
        columns.append(f'<rect x="{i}" y="0" width="1" height="{HEIGHT}"><title>{escape(cell.title(dtype))}</title></rect>')
        if cell.count:
            high, low = height(cell.most), height(cell.least)
            high, low = (high, low) if low - high > 2 else ((high + low) / 2 - 1, (high + low) / 2 + 1)
            within = -allowed <= cell.least and cell.most <= allowed
            paths["calm" if within else "loud"].append(f"M{i} {high:.1f}h1v{low - high:.1f}h-1z")
    bars = "".join(f'<path class="{kind}" d="{"".join(path)}"/>' for kind, path in paths.items() if path)
    lines_at = [error for error in (0.0, 0.5, -0.5, 1.0, -1.0) if abs(error) != allowed]
    rules = [(error, "zero" if error == 0 else "rule") for error in lines_at]
    rules += [(sign * allowed, "allowed") for sign in (1, -1) if math.isfinite(allowed)]
    drawn = "".join(
        f'<line class="{kind}" x1="0" x2="{len(cells)}" y1="{height(error):.1f}" y2="{height(error):.1f}"/>' for error, kind in rules
    )
    first, powers = _places(cells, dtype)
    taken: list[float] = []
    below = _labels(first, taken, True) + _labels([*first, *powers], taken, False)
    worst = max((error for error in finite), key=abs, default=0.0)
    infinite = sum(bool(cell.count) and not (math.isfinite(cell.least) and math.isfinite(cell.most)) for cell in cells)
    summary = (
        f"Error in ulp against x from {_brief(cells[0].low, dtype)} to {_brief(cells[-1].high, dtype)}: the largest that is finite is "
        f"{_ulps(worst)}, allowed are {_ulps(allowed)}; infinite errors in {infinite:,} of {len(cells):,} columns."
    )
    beside = [(height(error) / HEIGHT, label) for error, label in _steps(allowed, reach)]
    left = "".join(f'<span style="top:{100 * at:.1f}%">{escape(label)}</span>' for at, label in _apart(beside, [], 0.055))
    caption = (
        "Each column holds a stretch of the floating-point numbers, in their order; its bar runs from the least to the largest error, result "
        "minus truth. Half an ulp is correct rounding. Dashed: the largest error allowed; <b class='loud'>orange</b> beyond it; "
        "<b class='bad'>red</b> at the border: infinite errors."
    )
    return _figure(
        f'<svg role="img" aria-label="{escape(summary)}" viewBox="0 0 {len(cells)} {HEIGHT}" preserveAspectRatio="none">'
        f'{bars}{drawn}<g class="columns">{"".join(columns)}</g>{_infinite(cells, dtype)}</svg>',
        left,
        below,
        caption,
    )


def _infinite(cells: Sequence[Cell], dtype: str) -> str:
    """Mark the cells with infinite errors at the border, neighbours with one mark."""
    marks = []
    for border, infinity in ((0, math.inf), (HEIGHT - 8, -math.inf)):
        held = [(i, cell) for i, cell in enumerate(cells) if cell.count and infinity in (cell.least, cell.most)]
        for _, run in groupby(enumerate(held), key=lambda item: item[1][0] - item[0]):
            part = [pair for _, pair in run]
            start, stop = part[0][0], part[-1][0] + 1
            width = max(stop - start, len(cells) / 160)  # to be seen, and hit
            title = f"infinite errors for x from {_decimal(part[0][1].low, dtype)} to {_decimal(part[-1][1].high, dtype)}"
            left = min(max(0.0, (start + stop - width) / 2), len(cells) - width)
            marks.append(
                f'<rect class="bad" x="{left:.2f}" y="{border}" width="{width:.2f}" height="8"><title>{escape(title)}</title></rect>'
            )
    return "".join(marks)


def _steps(allowed: float, reach: Sequence[float]) -> list[tuple[float, str]]:
    """Choose labels for the axis of errors, the weightiest first."""
    decades = [10.0**k for k in range(1, 308) if 10.0**k <= max(-reach[0], reach[1])]
    step = math.ceil(len(decades) / 5) or 1
    sizes = [*([allowed] if math.isfinite(allowed) else []), 1.0, *decades[step - 1 :: step], 0.5]
    return [
        (0.0, "0"),
        *((sign * size, _ulps(sign * size) if size < 1 else _tidy(f"{sign * size:.4g}")) for size in sizes for sign in (1, -1)),
    ]


def _histogram(report: Report) -> str:
    """Draw how many results have which error; the counts on a logarithmic scale."""
    found = report.statistics.get("histogram", {"counts": []})
    counts, edges, allowed = (
        [int(count) for count in found["counts"]],
        list(map(float, found.get("edges", []))),
        float(report.document["max_ulp"]),
    )
    held = [i for i, count in enumerate(counts) if count]
    if not held:
        return ""
    inner = [i for i in range(len(counts)) if edges[i] >= -1 and edges[i + 1] <= 1]  # shown in any case
    bins = range(min(held + inner), max(held + inner) + 1)
    whole, tallest = sum(counts), math.log10(max(counts)) + 1
    bars = {"calm": "", "loud": ""}
    columns = ""
    for place, i in enumerate(bins):
        low, high = edges[i], edges[i + 1]
        if counts[i]:
            tall = HEIGHT * (math.log10(counts[i]) + 1) / (1.04 * tallest)
            kind = "calm" if -allowed <= low and high <= allowed else "loud"
            bars[kind] += f"M{place}.06 {HEIGHT - tall:.1f}h.88v{tall:.1f}h-.88z"
        title = f"error from {_ulps(low)} to {_ulps(high)} ulp\n{_plural(counts[i], 'result')}, {_share(counts[i], whole)}"
        columns += f'<rect x="{place}" y="0" width="1" height="{HEIGHT}"><title>{escape(title)}</title></rect>'
    paths = "".join(f'<path class="{kind}" d="{path}"/>' for kind, path in bars.items() if path)
    step = math.ceil(tallest / 6)
    counted = [(1 - (k + 1) / (1.04 * tallest), f"{10**k:,}" if k < 4 else f"1e{k}") for k in range(0, math.floor(tallest), step)]
    left = "".join(f'<span style="top:{100 * at:.1f}%">{label}</span>' for at, label in counted)
    drawn = "".join(f'<line class="rule" x1="0" x2="{len(bins)}" y1="{HEIGHT * at:.1f}" y2="{HEIGHT * at:.1f}"/>' for at, _ in counted)
    named = [(place / len(bins), edges[i]) for place, i in enumerate([*bins, bins[-1] + 1])]
    order = sorted(named, key=lambda mark: (mark[1] not in (0.5, -0.5), mark[1] not in (0.0, 1.0, -1.0), math.isfinite(mark[1])))
    marks = [(at, _tidy(f"{edge:.3g}") if math.isfinite(edge) else _ulps(edge)) for at, edge in order]
    taken: list[float] = []
    below = _labels(marks, taken, True) + _labels(marks, taken, False)
    fullest = max(bins, key=lambda i: counts[i])
    summary = (
        f"Histogram of the signed error in ulp, from {_ulps(edges[bins[0]])} to {_ulps(edges[bins[-1] + 1])}: most results, "
        f"{_share(counts[fullest], whole)}, have errors from {_ulps(edges[fullest])} to {_ulps(edges[fullest + 1])}."
    )
    return _figure(
        f'<svg role="img" aria-label="{escape(summary)}" viewBox="0 0 {len(bins)} {HEIGHT}" preserveAspectRatio="none">'
        f'{drawn}{paths}<g class="columns">{columns}</g></svg>',
        left,
        below,
        "How many results have which error, in ulp; both axes are bent, so that one result in a thousand million shows.",
        "small",
    )


def _figure(svg: str, left: str, below: str, caption: str, kind: str = "") -> str:
    return (
        f'<figure class="{kind}"><div class="left" aria-hidden="true">{left}</div>{svg}'
        f'<div class="below" aria-hidden="true">{below}</div><figcaption>{caption}</figcaption></figure>'
    )


# ── HTML ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────

LIGHT = "--paper:#fff;--ink:#1c2128;--soft:#5a6470;--line:#d8dde3;--panel:#f4f6f8;--calm:#0072b2;--loud:#d55e00;--bad:#c2182b;--good:#1a7f37;--hover:#0002"
DARK = "--paper:#14171b;--ink:#e4e8ec;--soft:#9aa4af;--line:#343b43;--panel:#1d2126;--calm:#56a8e0;--loud:#f08a3c;--bad:#ff5d6c;--good:#4cc26a;--hover:#fff3"
STYLE = (
    f".ogive-audit,.ogive-page{{color-scheme:light dark;{LIGHT}}}"
    f"@media (prefers-color-scheme:dark){{.ogive-audit,.ogive-page{{{DARK}}}}}"
    """
.ogive-page{margin:0;background:var(--paper)}
.ogive-audit{box-sizing:border-box;max-width:66rem;margin:0 auto;padding:1.5rem 1.25rem 3rem;background:var(--paper);color:var(--ink);
font:1rem/1.5 system-ui,"Segoe UI",Roboto,"Helvetica Neue",sans-serif;text-align:left;overflow-wrap:break-word}
.ogive-audit h1{font-size:1.5rem;line-height:1.25;margin:0;font-weight:650}
.ogive-audit h2{font-size:1.1rem;margin:2.2rem 0 .6rem;font-weight:650}
.ogive-audit p{margin:.3rem 0;max-width:52rem}
.ogive-audit .soft,.ogive-audit figcaption{color:var(--soft)}
.ogive-audit .verdict{border-left:.35rem solid var(--tone);background:var(--panel);border-radius:.3rem;padding:1rem 1.25rem}
.ogive-audit .verdict strong{color:var(--tone);font-size:1.15rem}
.ogive-audit .ok{--tone:var(--good)}
.ogive-audit .findings,.ogive-audit .void,.ogive-audit .fault{--tone:var(--bad)}
.ogive-audit .flush{--tone:var(--loud)}
.ogive-audit .remark{--tone:var(--calm)}
.ogive-audit a{color:var(--calm)}
.ogive-audit .scroll{overflow-x:auto}
.ogive-audit table{border-collapse:collapse;font-size:.92rem;line-height:1.4;width:auto;margin:0;color:inherit;background:none}
.ogive-audit th,.ogive-audit td{padding:.28rem 1.1rem .28rem 0;text-align:left;vertical-align:baseline;border:0;border-bottom:1px solid var(--line);
font-variant-numeric:tabular-nums;background:none;color:inherit;white-space:normal}
.ogive-audit th{font-weight:400;color:var(--soft)}
.ogive-audit thead th{white-space:nowrap;font-size:.85rem}
.ogive-audit .regions th,.ogive-audit .regions td{white-space:nowrap;font-size:.85rem}
.ogive-audit td.number{text-align:right;white-space:nowrap}
.ogive-audit code,.ogive-audit pre{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.86em;
background:none;color:inherit;padding:0}
.ogive-audit pre{margin:.5rem 0 0;padding:.7rem .9rem;background:var(--paper);border:1px solid var(--line);border-radius:.3rem;overflow-x:auto;
line-height:1.45;user-select:all}
.ogive-audit article{border-left:.25rem solid var(--tone);background:var(--panel);border-radius:.3rem;padding:.75rem 1rem;margin:.7rem 0}
.ogive-audit article table{margin-top:.4rem}
.ogive-audit article tr:last-child>*{border:0}
.ogive-audit .grade{color:var(--tone);font-weight:650}
.ogive-audit summary{cursor:pointer;color:var(--soft);margin-top:.5rem}
.ogive-audit figure{display:grid;grid-template-columns:3.1rem minmax(0,1fr);margin:0;padding-right:1.4rem;font-size:.78rem;line-height:1.2;font-variant-numeric:tabular-nums}
.ogive-audit figure svg{width:100%;height:19rem;display:block;border:1px solid var(--line);box-sizing:border-box;background:var(--paper)}
.ogive-audit figure.small svg{height:11rem}
.ogive-audit .left,.ogive-audit .below{position:relative;color:var(--soft)}
.ogive-audit .left span{position:absolute;right:.5rem;transform:translateY(-50%);white-space:nowrap}
.ogive-audit .below{grid-column:2;height:1.6rem}
.ogive-audit .below span{position:absolute;top:.35rem;transform:translateX(-50%);white-space:nowrap}
.ogive-audit figcaption{grid-column:1/3;font-size:.85rem;line-height:1.45;margin-top:.3rem;max-width:48rem}
.ogive-audit svg path{shape-rendering:crispEdges;vector-effect:non-scaling-stroke;stroke-width:1}
.ogive-audit .small svg path{stroke:none}
.ogive-audit svg .calm{fill:var(--calm);stroke:var(--calm)}
.ogive-audit svg .loud{fill:var(--loud);stroke:var(--loud)}
.ogive-audit svg .bad{fill:var(--bad)}
.ogive-audit figcaption .loud{color:var(--loud)}
.ogive-audit figcaption .bad{color:var(--bad)}
.ogive-audit svg line{stroke:var(--soft);vector-effect:non-scaling-stroke;stroke-width:1;opacity:.55}
.ogive-audit svg .rule{stroke-dasharray:1 3}
.ogive-audit svg .allowed{stroke:var(--loud);stroke-dasharray:6 4;opacity:1}
.ogive-audit .columns rect{fill:transparent}
.ogive-audit .columns rect:hover{fill:var(--hover)}
.ogive-audit+.ogive-audit{border-top:1px solid var(--line)}
@media (max-width:48rem){.ogive-audit{padding:1rem .8rem 2rem}.ogive-audit .wide{display:none}.ogive-audit figure svg{height:15rem}
.ogive-audit h1{font-size:1.25rem}.ogive-audit th,.ogive-audit td{padding-right:.7rem}}
"""
)


def _e(text: Any) -> str:
    return escape(_clean(text))


def html(reports: Sequence[Report]) -> str:
    """Write reports as one page that needs nothing else; several begin with a table of their verdicts."""
    title = f"{reports[0].target}: {verdict(reports[0])}" if len(reports) == 1 else f"{_plural(len(reports), 'audit')} by ogive"
    listed = ""
    if len(reports) != 1:
        rows = "".join(
            f'<tr><td class="{report.verdict}"><span class="grade">{MARKS[report.verdict]}</span></td><td><a href="#audit-{i}">{_e(report.target)}</a></td>'
            f"<td>{_e(report.question)}</td><td>{_e(verdict(report))}</td></tr>"
            for i, report in enumerate(reports, 1)
        )
        heads = "<thead><tr><th></th><th>target</th><th>question</th><th>verdict</th></tr></thead>"
        listed = f'<nav class="ogive-audit"><h1>{_e(title)}</h1><div class="scroll"><table>{heads}<tbody>{rows}</tbody></table></div></nav>'
    body = "".join(f"{_section(report, i)}\n" for i, report in enumerate(reports, 1))
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<title>{_e(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body class="ogive-page">\n{listed}\n<main>\n{body}</main>\n</body>\n</html>\n'
    )


def fragment(report: Report) -> str:
    """Write a report as HTML to stand in a notebook: without a page around it."""
    return f"<style>{STYLE}</style>{_section(report, 1)}"


def _section(report: Report, number: int) -> str:
    document = report.document
    parts = [
        ("Numbers", _table([], figures(report))),
        ("The error against x", _picture(report)),
        ("How often which error", _histogram(report)),
        ("Regions", _regions(report)),
        ("Findings", "".join(_article(finding, report) for finding in by_gravity(report.findings))),
        ("How the truth was established", _truth(report)),
        ("Environment", _environment(report)),
    ]
    warning = "<p>Nothing below can be trusted.</p>" if report.verdict == "void" else ""
    return (
        f'<section class="ogive-audit" id="audit-{number}">\n<header class="verdict {report.verdict}"><h1>{_e(report.target)}</h1>'
        f'<p class="soft">against {_e(report.question)} · {_e(inputs(report))} · {_duration(document["seconds"])}</p>'
        f"<p><strong>{MARKS[report.verdict]} {_e(verdict(report))}</strong></p>{warning}</header>\n"
        + "\n".join(f"<h2>{title}</h2>\n{part}" for title, part in parts if part)
        + "\n</section>"
    )


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]], numbers: Sequence[int] = (1,)) -> str:
    """Write a table; the first cell of a row is its head, `numbers` are the columns of numbers."""
    head = "".join(f'<th scope="col">{_e(text)}</th>' for text in heads)
    body = "".join(
        "<tr>"
        + "".join(
            f'<th scope="row">{_e(text)}</th>'
            if i == 0
            else f'<td class="number">{_e(text)}</td>'
            if i in numbers
            else f"<td>{_e(text)}</td>"
            for i, text in enumerate(row)
        )
        + "</tr>"
        for row in rows
    )
    return f'<div class="scroll"><table>{f"<thead><tr>{head}</tr></thead>" if head else ""}<tbody>{body}</tbody></table></div>'


def _regions(report: Report) -> str:
    dtype = report.document["question"]["dtype"]
    rows = [
        (
            region["name"],
            f"{region['count']:,}",
            f"{region['not_nearest']:,}",
            _share(region["not_nearest"], region["count"]),
            _error(region["max_ulp"]),
            _error(region["mean_ulp"]),
            "{} ({})".format(*_pair(region["worst"], dtype, 1)) if region["worst"] else "",
        )
        for region in report.statistics.get("regions", [])
    ]
    heads = ("region", "inputs", "not the nearest", "", "largest error", "mean error", "worst at x")
    return f'<div class="regions">{_table(heads, rows, range(1, 6))}</div>' if rows else ""


def _article(finding: Finding, report: Report) -> str:
    rows = "".join(
        f'<tr><th scope="row">{_e(label)}</th><td>{_e(number)}</td><td><code>{_e(bits)}</code></td></tr>'
        for label, number, bits in particulars(finding, report.document["question"]["dtype"])
    )
    table = f'<div class="scroll"><table><tbody>{rows}</tbody></table></div>' if rows else ""
    code = _e(finding.reproducer.strip("\n"))
    recipe = f"<details><summary>To reproduce it</summary><pre><code>{code}</code></pre></details>" if code else ""
    said = f'<p><span class="grade">{_named(finding, " · ")}</span> &nbsp;{_e(finding.says)}</p>'
    return f'<article class="{finding.grade}">{said}{table}{recipe}</article>\n'


def _truth(report: Report) -> str:
    truth = report.document["truth"]
    told = [key for key in TRUTH if truth.get(key)]
    rows = [(TRUTH[key][0], f"{truth[key]:,}" if key != "screen_error" else _ulps(truth[key])) for key in told]
    said = ["An ulp is the spacing of the numbers of the dtype at the truth.", *(TRUTH[key][1] for key in told if TRUTH[key][1])]
    return f'<p class="soft">{" ".join(said)}</p>{_table([], rows) if rows else ""}'


def _environment(report: Report) -> str:
    document = report.document
    facts = {**document["target"]["versions"], **document["environment"]}
    rows = [("library", str(document["target"]["library"])), *((key, str(value)) for key, value in facts.items() if value)]
    if document["target"]["spec"]:
        rows.insert(0, ("target", str(document["target"]["spec"])))
    return f'{_table([], rows, ())}<p class="soft">SHA-256 of all results of the target: <code>{_e(document["digest"])}</code></p>'
