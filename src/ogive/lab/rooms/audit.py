"""The room *Audit*: implementations on this machine held against the truth, the error over the line of numbers, and saved reports.

Nothing runs until the reader asks for it, and then in a process of its own, which may hang or die.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np

from ogive.audit.apart import Sight, TargetDied, apart
from ogive.audit.findings import KINDS
from ogive.audit.findings import Finding as Found
from ogive.audit.measure import CELL_BITS
from ogive.audit.patience import TargetError, TargetHangs
from ogive.audit.peers import peers
from ogive.audit.question import Question, bits, from_bits, text
from ogive.audit.report import Report
from ogive.catalogue import FAMILIES
from ogive.lab.messages import Answer, AtMost, Between, Extended, Float64s, Language, Part, Refused, Request
from ogive.lab.rooms.room import Room, handles
from ogive.truth.ulp import FORMATS, ordinal

if TYPE_CHECKING:
    from ogive.lab.session import Job, Work

__all__ = ["Audit"]

LEAST, MOST = 1 << 12, 1 << 20  # numbers in a sample
ROWS = 1 << 6, 1 << 12  # rows in one
COLUMNS = 512  # of the picture, at most
TIMEOUT = 20.0  # seconds that one call of a target may take
SHOWN = 4  # entries of a row
GAP = 0.08  # between two ticks, as a share of the axis
DIVISIONS = (1, 2, 5, 10, 20, 50, 100)  # decades from tick to tick

VERDICTS = ("ok", "findings", "void")
KINDS_OF_INPUTS = ("exhaustive", "sample", "given")
Dtype = Literal["float16", "bfloat16", "float32", "float64"]

# ── what is asked ────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, kw_only=True)
class Menu(Request):
    """Ask what can be audited."""


@dataclass(frozen=True, kw_only=True)
class Begin(Request):
    """Run an audit; `count` is null for all numbers of a 16-bit dtype."""

    target: Annotated[str, AtMost(1000)]
    function: Annotated[str, AtMost(100)]
    form: Annotated[str, AtMost(100)] = "value"
    dtype: Dtype = "float32"
    count: int | None = None
    max_ulp: Annotated[float, Between(0.5, 2.0**60)] = 1.0
    language: Language = "en"


@dataclass(frozen=True, kw_only=True)
class Open(Request):
    """Show a saved report: the text of a file, and which one of those that it holds."""

    text: str
    index: Annotated[int, Between(0, 9999)] = 0
    language: Language = "en"


@dataclass(frozen=True, kw_only=True)
class Page(Request):
    """Make the HTML page of a report."""

    text: str
    language: Language = "en"


# ── what is answered ─────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, kw_only=True)
class Form(Part):
    """A form of a function, and the installed targets that are known for it."""

    name: str
    peers: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Subject(Part):
    """A function that targets can be held against."""

    name: str
    family: str
    rows: bool
    forms: tuple[Form, ...]


@dataclass(frozen=True, kw_only=True)
class Subjects(Answer):
    """All of them, and the limits of this room."""

    subjects: tuple[Subject, ...]
    least: int
    most: int
    least_rows: int
    most_rows: int


@dataclass(frozen=True, kw_only=True)
class Tick(Part):
    """A number on the axis; `at` is between 0 and 1, and a narrow picture shows only those with `wide` false."""

    at: float
    label: str
    wide: bool


@dataclass(frozen=True, kw_only=True)
class Axis(Part):
    """The line of floating-point numbers, in columns of equally many: the first and the last number of each."""

    low: Float64s
    high: Float64s
    ticks: tuple[Tick, ...]


@dataclass(frozen=True, kw_only=True)
class Picture(Part):
    """The errors in each column, in ulp; nan where nothing has been tried."""

    count: Float64s
    not_nearest: Float64s
    least: Float64s
    most: Float64s


@dataclass(frozen=True, kw_only=True)
class Begun(Answer):
    """The audit has begun; a function of rows has no axis."""

    axis: Axis | None


@dataclass(frozen=True, kw_only=True)
class Progress(Answer):
    """How far it is."""

    done: int
    total: int
    not_nearest: int
    max_ulp: Extended
    picture: Picture | None


@dataclass(frozen=True, kw_only=True)
class Number(Part):
    """A number of the dtype: decimal, and its bits."""

    text: str
    bits: str


@dataclass(frozen=True, kw_only=True)
class Worst(Part):
    """The largest error of all; `confirmed` by the second reference, or null where that cannot tell."""

    x: Number
    got: Number
    expected: Number
    ulp: Extended
    confirmed: bool | None


@dataclass(frozen=True, kw_only=True)
class Region(Part):
    """A stretch of the line."""

    name: str
    count: int
    not_nearest: int
    max_ulp: Extended
    mean_ulp: Extended
    worst: Number


@dataclass(frozen=True, kw_only=True)
class Finding(Part):
    """Something wrong; `span` is where, on the axis from 0 to 1, and `more` how many entries of a row are left out."""

    name: str
    grade: Literal["fault", "flush", "remark"]
    says: str
    count: int
    x: tuple[Number, ...]
    got: tuple[Number, ...]
    expected: tuple[Number, ...]
    more: int
    ends: tuple[Number, ...]
    ulp: Extended | None
    span: tuple[float, float] | None
    reproducer: str


@dataclass(frozen=True, kw_only=True)
class Version(Part):
    """A package that the target comes from."""

    package: str
    version: str


@dataclass(frozen=True, kw_only=True)
class View(Answer):
    """A report."""

    target: str
    question: str
    inputs: Literal["exhaustive", "sample", "given"]
    count: int
    allowed: Extended
    verdict: Literal["ok", "findings", "void"]
    void: str
    not_nearest: int
    max_ulp: Extended
    max_ulp_normal: Extended
    mean_ulp: Extended
    worst: Worst | None
    regions: tuple[Region, ...]
    findings: tuple[Finding, ...]
    axis: Axis | None
    picture: Picture | None
    edges: tuple[Extended, ...]
    histogram: tuple[float, ...]
    versions: tuple[Version, ...]
    seconds: float
    text: str
    names: tuple[str, ...]
    index: int


@dataclass(frozen=True, kw_only=True)
class Html(Answer):
    """The page of a report."""

    text: str


# ── sentences ────────────────────────────────────────────────────────────────────────────────────────────────────────────

SENTENCES: dict[str, dict[Language, str]] = {
    "target": {
        "en": "Name a target: module:function, file.py:function, model.onnx, or torch:gelu and the like.",
        "ko": "검증할 대상을 적으십시오. module:function, file.py:function, model.onnx 또는 torch:gelu처럼 씁니다.",
    },
    "all": {
        "en": "The lab tries all numbers of float16 and bfloat16 only, and a sample of up to 2^20 of others. All of float32, on the command line: {command}",
        "ko": "실험실은 float16과 bfloat16만 모든 수를 시험하고, 다른 형식은 최대 2^20개의 표본을 시험합니다. float32의 모든 수는 명령줄에서 검증합니다: {command}",
    },
    "count": {
        "en": "A sample has {low:,} to {high:,} inputs here; {count:,} is outside.",
        "ko": "여기서 표본의 크기는 {low:,}에서 {high:,}까지이므로 {count:,}개는 시험할 수 없습니다.",
    },
    "cannot": {"en": "This cannot be audited: {why}", "ko": "검증할 수 없습니다: {why}"},
    "signal": {
        "en": "{target} has killed the process it ran in ({signal}). That was a process of its own, and the lab goes on.",
        "ko": "{target}: 실행하던 프로세스가 죽었습니다({signal}). 별도의 프로세스였으므로 실험실은 그대로 쓸 수 있습니다.",
    },
    "exit": {
        "en": "{target} has ended the process it ran in, with exit code {code}. That was a process of its own, and the lab goes on. {last}",
        "ko": "{target}: 실행하던 프로세스가 종료 코드 {code}(으)로 끝났습니다. 별도의 프로세스였으므로 실험실은 그대로 쓸 수 있습니다. {last}",
    },
    "hangs": {
        "en": "{target} did not answer within {seconds:g} s, and was ended.",
        "ko": "{target}: {seconds:g}초 안에 답하지 않아 종료했습니다.",
    },
    "json": {
        "en": "This file cannot be read as JSON: it stops making sense in line {line}, column {column}.",
        "ko": "JSON으로 읽을 수 없는 파일입니다. {line}행 {column}열부터 잘못되었습니다.",
    },
    "schema": {
        "en": "This is not the report of an audit: {why}. A report is what ogive audit --json writes.",
        "ko": "검증 보고서가 아닙니다: {why}. 보고서는 ogive audit --json으로 저장한 파일입니다.",
    },
    "damaged": {
        "en": "This report is damaged: something in it is not as ogive audit --json writes it.",
        "ko": "손상된 보고서입니다. ogive audit --json이 저장하는 형식과 다른 곳이 있습니다.",
    },
    "index": {
        "en": "The file holds {count} reports; there is none at {index}.",
        "ko": "파일에 보고서가 {count}개 있어 {index}번은 없습니다.",
    },
}


def refused(which: str, language: Language, field: str = "", **values: Any) -> Refused:
    """Refuse in the reader's language."""
    return Refused(SENTENCES[which][language].format(**values).rstrip(), field)


def tidy(number: str) -> str:
    """Write a number as it is read: −1e−7."""
    return re.sub(r"e([+-])0*", lambda sign: "e-" if sign[1] == "-" else "e", number).replace("-", "−")


# ── the line of numbers ──────────────────────────────────────────────────────────────────────────────────────────────────


class Line:
    """The line of a dtype's numbers in columns; those of a sample reach as far as the domain.

    Parameters
    ----------
    question : Question
        An elementwise form.
    kind : str
        Of the inputs: ``exhaustive`` is the whole line.
    """

    def __init__(self, question: Question, kind: str) -> None:
        self.fmt, self.shift = question.fmt, CELL_BITS[question.dtype]
        ends = (-self.fmt.largest, self.fmt.largest) if kind == "exhaustive" else question.finite
        self.low, self.high = (self.cell(bits(end, self.fmt)) for end in ends)
        self.step = -(-(self.high - self.low + 1) // COLUMNS)  # cells to a column
        self.columns = -(-(self.high - self.low + 1) // self.step)

    def cell(self, spelt: str) -> int:
        """Count cells from 0, to the right and to the left."""
        sign = 1 << (8 * self.fmt.dtype.itemsize - 1)
        code = int(spelt, 16)
        size = (code & (sign - 1)) >> self.shift
        return -1 - size if code & sign else size

    def number(self, cell: int, last: bool) -> float:
        """Return the first or the last number of a cell, in the order of the line."""
        size = -1 - cell if cell < 0 else cell
        code = (size << self.shift) + ((1 << self.shift) - 1) * (last != (cell < 0))
        value = float(from_bits(hex(code), self.fmt))
        return -value if cell < 0 else value

    def place(self, value: Any) -> float:
        """Find where a number stands: 0 is the left end, 1 the right."""
        cells = float(ordinal(np.array([value], self.fmt.dtype))[0]) / 2.0**self.shift
        return min(1.0, max(0.0, (cells - self.low) / (self.columns * self.step)))

    def axis(self) -> Axis:
        """Describe the columns."""
        first = range(self.low, self.high + 1, self.step)
        low = np.array([self.number(cell, False) for cell in first])
        high = np.array([self.number(min(cell + self.step - 1, self.high), True) for cell in first])
        return Axis(low=low, high=high, ticks=tuple(self.ticks(low[0], high[-1])))

    def ticks(self, low: float, high: float) -> Iterator[Tick]:
        """Choose 0 and powers of ten, as close as they can be read."""
        one, ten = (int(n) for n in ordinal(np.array([1, 10], self.fmt.dtype)))
        decade = (ten - one) / 2.0**self.shift / (self.columns * self.step)
        step = next((s for s in DIVISIONS if s * decade >= GAP), DIVISIONS[-1])
        sizes = [10.0**k for k in range(-320, 309) if k % step == 0]
        values = [0.0, *(sign * size for size in sizes for sign in (1, -1) if size <= self.fmt.largest)]
        taken: list[float] = []
        main: list[float] = []
        for value in sorted(values, key=lambda value: (value != 0, abs(np.log10(abs(value) or 1.0)))):
            at = self.place(value)
            if not low <= value <= high or any(abs(at - other) < GAP for other in taken):
                continue
            taken.append(at)
            wide = any(abs(at - other) < 2.5 * GAP for other in main)
            main += [] if wide else [at]
            yield Tick(at=at, label=tidy(f"{value:g}"), wide=wide)

    def picture(self, cells: list[list[Any]]) -> Picture:
        """Put the cells of a report into the columns."""
        count, missed = np.zeros(self.columns), np.zeros(self.columns)
        least, most = np.full(self.columns, np.inf), np.full(self.columns, -np.inf)
        for low, _, tried, wrong, smallest, largest, _ in cells:
            at = min(max(self.cell(low) - self.low, 0) // self.step, self.columns - 1)
            count[at] += tried
            missed[at] += wrong
            least[at], most[at] = min(least[at], float(smallest)), max(most[at], float(largest))
        empty = count == 0
        least[empty] = most[empty] = np.nan
        return Picture(count=count, not_nearest=missed, least=least, most=most)


# ── a report, as it is shown ─────────────────────────────────────────────────────────────────────────────────────────────


def numbers(spelt: str, question: Question) -> tuple[Number, ...]:
    """Read bits, of one number or of a row."""
    found = []
    for code in spelt.split()[:SHOWN]:
        value = from_bits(code, question.fmt)
        shown = f"{float(value):.4g}" if question.dtype == "bfloat16" else text(value)
        found.append(Number(text=tidy(shown), bits=bits(value, question.fmt)))
    return tuple(found)


def brief(spelt: str, question: Question) -> Number:
    """Read the bits of one number, to be shown with four digits."""
    value = from_bits(spelt, question.fmt)
    return Number(text=tidy(f"{float(value):.4g}"), bits=bits(value, question.fmt))


def finding(found: Found, question: Question, line: Line | None) -> Finding:
    """Show a finding."""
    span = None
    if line is not None and found.low and found.high:
        first, last = (line.place(np.nan_to_num(from_bits(end, question.fmt), nan=np.inf)) for end in (found.low, found.high))
        span = first, last
    return Finding(
        name=found.kind,
        grade=KINDS[found.kind].grade,  # type: ignore[arg-type]
        says=found.says,
        count=int(found.count),
        x=numbers(found.x, question),
        got=numbers(found.got, question),
        expected=numbers(found.expected, question),
        more=max(0, len(found.x.split()) - SHOWN),
        ends=numbers(f"{found.low} {found.high}", question),
        ulp=found.ulp,
        span=span,
        reproducer=found.reproducer,
    )


def view(report: Report, names: tuple[str, ...] = (), index: int = 0) -> View:
    """Show a report.

    Raises
    ------
    Exception
        One or another, if the document is none that an audit wrote.
    """
    document, found = report.document, report.statistics
    question = Question(**document["question"])
    if report.verdict not in VERDICTS or document["inputs"]["kind"] not in KINDS_OF_INPUTS:
        raise ValueError("there is no such verdict, or kind of inputs")
    line = None if question.rows else Line(question, document["inputs"]["kind"])
    worst = found["worst"]
    graded = sorted(report.findings, key=lambda each: ("fault", "flush", "remark").index(each.grade))
    return View(
        target=report.target,
        question=str(question),
        inputs=document["inputs"]["kind"],
        count=int(document["inputs"]["count"]),
        allowed=float(document["max_ulp"]),
        verdict=document["verdict"],
        void=report.void,
        not_nearest=int(found["not_nearest"]),
        max_ulp=float(found["max_ulp"]),
        max_ulp_normal=float(found["max_ulp_normal"]),
        mean_ulp=float(found["mean_ulp"]),
        worst=Worst(
            x=numbers(worst["x"], question)[0],
            got=numbers(worst["got"], question)[0],
            expected=numbers(worst["expected"], question)[0],
            ulp=float(worst["ulp"]),
            confirmed=worst["confirmed"],
        )
        if worst and not question.rows
        else None,
        regions=tuple(
            Region(
                name=str(each["name"]),
                count=int(each["count"]),
                not_nearest=int(each["not_nearest"]),
                max_ulp=abs(float(each["max_ulp"])),
                mean_ulp=float(each["mean_ulp"]),
                worst=brief(each["worst"], question),
            )
            for each in found["regions"]
        ),
        findings=tuple(finding(each, question, line) for each in graded),
        axis=line.axis() if line is not None else None,
        picture=line.picture(found["cells"]) if line is not None else None,
        edges=tuple(map(float, found["histogram"]["edges"])),
        histogram=tuple(map(float, found["histogram"]["counts"])),
        versions=tuple(Version(package=str(package), version=str(version)) for package, version in document["target"]["versions"].items()),
        seconds=float(document["seconds"]),
        text=report.to_json(),
        names=names,
        index=index,
    )


def read(request: Open | Page, index: int) -> tuple[Report, tuple[str, ...]]:
    """Read a report from a text, and name all that are in it.

    Raises
    ------
    Refused
        If it is none.
    """
    try:
        held = json.loads(request.text)
    except json.JSONDecodeError as error:
        raise refused("json", request.language, "file", line=error.lineno, column=error.colno) from None
    except (ValueError, RecursionError):  # a number of thousands of digits, lists in lists in lists
        raise refused("damaged", request.language, "file") from None
    try:
        reports = [Report(document) for document in (held if isinstance(held, list) else [held])]
        names = tuple(f"{report.target}: {report.question}" for report in reports)
    except ValueError as error:
        raise refused("schema", request.language, "file", why=str(error).partition("; ")[0][:200]) from None
    except (KeyError, TypeError, AttributeError):
        raise refused("damaged", request.language, "file") from None
    if not 0 <= index < len(reports):
        raise refused("index", request.language, "file", count=len(reports), index=index)
    return reports[index], names


@cache
def menu() -> Subjects:
    """List what can be audited."""
    subjects = []
    for family, cards in FAMILIES.items():
        for card in cards:
            if card.kind in ("loss", "borrowed"):
                continue
            names = (
                [name for name in card.forms if name not in ("backward", "value_and_derivative")]
                if card.kind == "elementwise"
                else ["value"]
            )
            forms = tuple(Form(name=name, peers=(*peers(card.name, name), f"ogive:{card.name}")) for name in names)
            subjects.append(Subject(name=card.name, family=family, rows=card.kind != "elementwise", forms=forms))
    return Subjects(subjects=tuple(subjects), least=LEAST, most=MOST, least_rows=ROWS[0], most_rows=ROWS[1])


# ── the room ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


class Audit(Room):
    """The room *Audit*."""

    frames = (Progress, View)

    @handles
    def menu(self, request: Menu, work: Work) -> Subjects:
        """Tell what can be audited."""
        return menu()

    @handles
    def begin(self, request: Begin, work: Work) -> Begun:
        """Run an audit in a process of its own; its frames follow."""
        target, language = request.target.strip(), request.language
        if not target:
            raise refused("target", language, "target")
        try:
            question = Question(request.function, request.form, request.dtype)
        except (KeyError, ValueError) as error:
            field = "function" if isinstance(error, KeyError) or "cannot be audited" in str(error) else "form"
            raise refused("cannot", language, field, why=str(error.args[0])) from None
        count = self._count(request, question, target)
        line = None if question.rows else Line(question, "sample" if count else "exhaustive")
        asked = {"form": question.form, "dtype": question.dtype, "inputs": count or "exhaustive", "max_ulp": request.max_ulp}
        work.start(self._runner(target, question, line, asked, language))
        return Begun(axis=line.axis() if line else None)

    @handles
    def open(self, request: Open, work: Work) -> View:
        """Show a saved report."""
        report, names = read(request, request.index)
        try:
            shown = view(report, names, request.index)
            report.to_html()
        except Exception:  # a document may be wrong in any place, in any way
            raise refused("damaged", request.language, "file") from None
        return shown

    @handles
    def page(self, request: Page, work: Work) -> Html:
        """Make the HTML page of a report."""
        report, _ = read(request, 0)
        try:
            return Html(text=report.to_html())
        except Exception:
            raise refused("damaged", request.language, "file") from None

    @staticmethod
    def _count(request: Begin, question: Question, target: str) -> int:
        """Tell how large a sample is asked for; 0 for all numbers."""
        small = FORMATS[question.dtype].dtype.itemsize == 2 and not question.rows
        if request.count is None and not small:
            form = "" if question.form == "value" else f" --form {question.form}"
            raise refused("all", request.language, "count", command=f"ogive audit {target} {question.function}{form} --exhaustive")
        low, high = ROWS if question.rows else (LEAST, MOST)
        if request.count is not None and not low <= request.count <= high:
            raise refused("count", request.language, "count", low=low, high=high, count=request.count)
        return request.count or 0

    @staticmethod
    def _runner(
        target: str, question: Question, line: Line | None, asked: dict[str, Any], language: Language
    ) -> Callable[[Job], View | None]:
        """Make the job."""

        def run(job: Job) -> View | None:
            latest: Sight | None = None  # that has not left yet

            def draw() -> Progress:
                nonlocal latest
                assert latest is not None
                seen, latest = latest, None
                return Progress(
                    done=seen.done,
                    total=seen.total,
                    not_nearest=seen.not_nearest,
                    max_ulp=float(seen.max_ulp),
                    picture=line.picture(seen.cells) if line else None,
                )

            try:
                with closing(apart(target, question.function, timeout=TIMEOUT, **asked)) as events:
                    for event in events:
                        if isinstance(event, Sight):
                            latest = event
                        elif event is not None:
                            return view(Report(dict(event)))
                        if job.stopping:
                            return None
                        if latest is not None:
                            job.checkpoint(draw)
            except TargetDied as died:
                raise refused(
                    "signal" if died.signal else "exit", language, target=target, signal=died.signal, code=died.code, last=died.last
                ) from None
            except TargetHangs:
                raise refused("hangs", language, target=target, seconds=TIMEOUT) from None
            except (TargetError, ValueError, TypeError, RuntimeError) as error:
                raise refused("cannot", language, why=str(error)) from None
            raise AssertionError("an audit ends with a report")

        return run
