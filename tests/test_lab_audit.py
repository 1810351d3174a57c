"""The room *Audit*: what it shows, what it refuses, and that it outlives its targets."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from test_lab import Recorder

import ogive
from ogive.audit import KINDS, Question, audit
from ogive.audit.report import Report
from ogive.lab.arrays import unpack
from ogive.lab.messages import LONGEST, encode
from ogive.lab.rooms import audit as room
from ogive.lab.rooms.audit import LEAST, MOST, Audit, Line, menu, view
from ogive.lab.session import Session

WORDS = Path(__file__).parent.parent / "frontend/src/rooms/audit"
KERNELS = """
import os, signal, time
import numpy as np

def naive(x):
    return (1 / (1 + np.exp(-x))).astype(x.dtype)

def slow(x):
    time.sleep(0.2)
    return np.tanh(x)

def dies(x):
    os.kill(os.getpid(), signal.SIGSEGV)

def hangs(x):
    time.sleep(600)
"""
Ask = Callable[..., None]


@pytest.fixture(scope="module")
def kernels(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("kernels") / "kernels.py"
    path.write_text(KERNELS)
    return str(path)


@pytest.fixture
def talk() -> Iterator[tuple[Recorder, Ask]]:
    recorder = Recorder()
    session = Session(recorder, (Audit,))
    rooms = {"begin": "audit.begin", "open": "audit.open", "page": "audit.page"}
    yield recorder, lambda number, kind, **fields: session.receive(json.dumps({"id": number, "kind": rooms.get(kind, kind), **fields}))
    session.close()


def over(said: Recorder, number: int) -> list[dict[str, Any]]:
    """Wait until a job has ended; return all that was said of it."""
    said.wait(lambda: any(each["kind"] in ("ended", "error") for each in said.of(number)))
    return said.of(number)


@pytest.fixture(scope="module")
def report() -> Report:
    return audit("numpy:tanh", "tanh", dtype="float32", inputs=LEAST, max_ulp=0.5)


# ── the line of numbers ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64"])
@pytest.mark.parametrize("function", ["tanh", "logit", "exp"])
@pytest.mark.parametrize("kind", ["exhaustive", "sample"])
def test_columns_follow_each_other_and_hold_every_number_of_the_line(dtype: str, function: str, kind: str) -> None:
    question = Question(function, dtype=dtype)
    line = Line(question, kind)
    axis = line.axis()
    assert len(axis.low) == len(axis.high) == line.columns <= room.COLUMNS
    assert (axis.low <= axis.high).all()
    assert (axis.high[:-1] <= axis.low[1:]).all()
    low, high = question.finite if kind == "sample" else (-question.fmt.largest, question.fmt.largest)
    assert axis.low[0] <= low
    assert axis.high[-1] >= high
    places = [line.place(x) for x in (axis.low[0], *axis.high[:-1])]
    assert np.allclose(np.diff(places), 1 / line.columns, atol=1 / line.columns)
    ticks = sorted(axis.ticks, key=lambda tick: tick.at)
    assert len(ticks) >= 5
    assert all(0 <= tick.at <= 1 for tick in ticks)
    assert (np.diff([tick.at for tick in ticks]) >= room.GAP).all()
    for tick in ticks:
        assert line.place(float(tick.label.replace("−", "-"))) == pytest.approx(tick.at, abs=1e-6)


def test_the_picture_counts_every_input_once_and_keeps_the_largest_errors(report: Report) -> None:
    line = Line(Question(**report.document["question"]), "sample")
    cells = report.statistics["cells"]
    picture = line.picture(cells)
    assert picture.count.sum() == sum(cell[2] for cell in cells)
    assert picture.not_nearest.sum() == sum(cell[3] for cell in cells)
    assert np.nanmax(picture.most) == max(float(cell[5]) for cell in cells)
    assert np.nanmin(picture.least) == min(float(cell[4]) for cell in cells)
    assert np.array_equal(np.isnan(picture.most), picture.count == 0)


def test_a_view_says_what_the_report_says(report: Report) -> None:
    shown = view(report)
    assert [finding.name for finding in shown.findings] == sorted(
        (finding.kind for finding in report.findings), key=lambda kind: ("fault", "flush", "remark").index(KINDS[kind].grade)
    )
    assert shown.count == report.statistics["count"]
    assert shown.worst is not None
    assert shown.worst.x.bits == report.statistics["worst"]["x"]
    assert len(shown.regions) == len(report.statistics["regions"])
    assert Report(json.loads(shown.text)).document == json.loads(report.to_json())
    assert len(encode(1, shown)[0]) < LONGEST / 2  # so that it can be opened again
    spans = [finding.span for finding in shown.findings if finding.ends]
    assert all(span and 0 <= span[0] <= span[1] <= 1 for span in spans)


def test_reports_of_rows_and_of_infinite_errors_are_shown() -> None:
    rows = view(audit(ogive.softmax, "softmax", inputs=64))
    assert (rows.axis, rows.picture, rows.worst) == (None, None, None)
    broken = view(audit(lambda x: np.full_like(x, np.nan), "tanh", dtype="float16"))
    assert broken.picture is not None
    assert np.isinf(broken.picture.most).any() or np.isinf(broken.picture.least).any()
    assert broken.max_ulp == np.inf
    for shown in (rows, broken):
        text, frame = encode(1, shown)
        json.loads(text)
        assert (frame is not None) == (shown.picture is not None)


# ── the menu and the words ───────────────────────────────────────────────────────────────────────────────────────────────


def test_everything_that_can_be_audited_is_in_the_menu() -> None:
    subjects = {subject.name: subject for subject in menu().subjects}
    for card in ogive.CATALOGUE.values():
        try:
            Question(card.name)
        except ValueError:
            assert card.name not in subjects
            continue
        for form in subjects[card.name].forms:
            assert Question(card.name, form.name).form == form.name
            assert form.peers[-1] == f"ogive:{card.name}"


@pytest.mark.skipif(not WORDS.exists(), reason="the sources of the front end are in the repository only")
def test_every_kind_grade_and_form_has_its_words() -> None:
    for language in ("en", "ko"):
        words = json.loads((WORDS / f"{language}.json").read_text())
        for kind in KINDS.values():
            assert {f"audit.kind.{kind.name}", f"audit.says.{kind.name}", f"audit.grade.{kind.grade}"} <= set(words)
        forms = {form.name for subject in menu().subjects for form in subject.forms}
        assert all(f"audit.form.{form}" in words or form.startswith("derivative_") for form in forms)


# ── an audit ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_audit_is_run_and_shown(talk: tuple[Recorder, Ask], kernels: str) -> None:
    said, ask = talk
    ask(1, "begin", target=f"{kernels}:naive", function="sigmoid", dtype="float16")
    begun, *frames, ended = over(said, 1)
    assert begun["kind"] == "audit.begun"
    assert ended["outcome"] == "finished"
    shown = frames[-1]
    assert shown["kind"] == "audit.view"
    here = audit(f"{kernels}:naive", "sigmoid", dtype="float16")
    assert shown["verdict"] == here.verdict == "findings"
    assert shown["count"] == 65536
    assert shown["not_nearest"] == here.statistics["not_nearest"]
    picture = said.frames[said.said.index(shown)]
    assert picture is not None
    assert unpack(picture)["picture.count"].sum() == 65536 - 2 * 1024  # the infinities and nan have no place


def test_the_picture_fills_in(talk: tuple[Recorder, Ask], kernels: str) -> None:
    said, ask = talk
    ask(1, "begin", target=f"{kernels}:slow", function="tanh", dtype="float64", count=1 << 14)
    for count in range(1, 4):  # frames
        said.wait(lambda: len(said.of(1)) > count)  # noqa: B023
        ask(1, "drawn")
    ask(1, "control", action="stop")
    _, *frames, ended = over(said, 1)
    assert ended["outcome"] == "stopped"
    tried = []
    for frame in frames:
        assert frame["kind"] == "audit.progress"
        arrays = said.frames[said.said.index(frame)]
        assert arrays is not None
        tried.append(unpack(arrays)["picture.count"].sum())
        assert frame["done"] < frame["total"] or frame is frames[-1]
    assert tried == sorted(set(tried))


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_target_that_dies_is_a_sentence_and_the_room_goes_on(talk: tuple[Recorder, Ask], kernels: str, language: str) -> None:
    said, ask = talk
    ask(1, "begin", target=f"{kernels}:dies", function="tanh", count=LEAST, language=language)
    ended = over(said, 1)[-1]
    assert ended["outcome"] == "failed"
    assert "SIGSEGV" in ended["sentence"]
    assert {"en": "the lab goes on", "ko": "그대로 쓸 수 있습니다"}[language] in ended["sentence"]
    ask(2, "begin", target="numpy:tanh", function="tanh", count=LEAST)
    assert over(said, 2)[-1]["outcome"] == "finished"


def test_a_target_that_hangs_is_given_up(talk: tuple[Recorder, Ask], kernels: str, monkeypatch: pytest.MonkeyPatch) -> None:
    said, ask = talk
    monkeypatch.setattr(room, "TIMEOUT", 0.5)
    ask(1, "begin", target=f"{kernels}:hangs", function="tanh", count=LEAST)
    ended = over(said, 1)[-1]
    assert (ended["outcome"], ended["sentence"]) == ("failed", f"{kernels}:hangs did not answer within 0.5 s, and was ended.")


def test_an_audit_is_stopped_whatever_the_target_does(talk: tuple[Recorder, Ask], kernels: str) -> None:
    said, ask = talk
    ask(1, "begin", target=f"{kernels}:hangs", function="tanh", count=LEAST)
    said.wait(lambda: said.of(1))
    time.sleep(0.3)
    begun = time.monotonic()
    ask(1, "control", action="stop")
    assert over(said, 1)[-1]["outcome"] == "stopped"
    assert time.monotonic() - begun < 3


def test_two_conversations_audit_on_their_own(kernels: str) -> None:
    recorders = Recorder(), Recorder()
    sessions = [Session(recorder, (Audit,)) for recorder in recorders]
    for session, target in zip(sessions, (f"{kernels}:dies", "numpy:tanh"), strict=True):
        asked = {"target": target, "function": "tanh", "count": LEAST}
        session.receive(json.dumps({"id": 1, "kind": "audit.begin", **asked}))
    assert [over(recorder, 1)[-1]["outcome"] for recorder in recorders] == ["failed", "finished"]
    for session in sessions:
        session.close()


@pytest.mark.parametrize(
    ("asked", "field", "word"),
    [
        ({"target": "  "}, "target", "module:function"),
        ({"function": "nothing"}, "function", "nothing"),
        ({"function": "hinge"}, "function", "cannot be audited"),
        ({"form": "nothing"}, "form", "no form"),
        ({"count": LEAST - 1}, "count", "4,096 to 1,048,576"),
        ({"count": MOST + 1}, "count", "1,048,577 is outside"),
        ({"function": "softmax", "count": MOST}, "count", "64 to 4,096"),
        ({"count": None}, "count", "ogive audit numpy:tanh tanh --exhaustive"),
        ({"count": None, "form": "derivative"}, "count", "--form derivative --exhaustive"),
        ({"max_ulp": 0.4}, "max_ulp", "0.5"),
        ({"dtype": "float8"}, "dtype", "float16"),
    ],
)
def test_what_cannot_be_audited_is_refused(talk: tuple[Recorder, Ask], asked: dict[str, Any], field: str, word: str) -> None:
    said, ask = talk
    ask(1, "begin", **{"target": "numpy:tanh", "function": "tanh", "count": LEAST, **asked})
    said.wait(lambda: said.of(1))
    (answer,) = said.of(1)
    assert (answer["kind"], answer["field"]) == ("error", field)
    assert word in answer["sentence"]


def test_sentences_are_in_both_languages() -> None:
    for which, sentences in room.SENTENCES.items():
        assert set(sentences) == {"en", "ko"}, which
        assert any("가" <= letter <= "힣" for letter in sentences["ko"])


def test_what_the_target_lacks_is_a_sentence(talk: tuple[Recorder, Ask]) -> None:
    said, ask = talk
    for number, (target, word) in enumerate((("numpy:tanhh", "did you mean"), ("no_such_module:f", "not installed"), ("f", "names no")), 1):
        ask(number, "begin", target=target, function="tanh", count=LEAST)
        ended = over(said, number)[-1]
        assert ended["outcome"] == "failed"
        assert word in ended["sentence"]


# ── saved reports ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_saved_report_is_opened(talk: tuple[Recorder, Ask], report: Report, tmp_path: Path) -> None:
    said, ask = talk
    report.save(tmp_path / "one.json")
    ask(1, "open", text=(tmp_path / "one.json").read_text())
    said.wait(lambda: said.of(1))
    assert said.of(1)[0]["target"] == "numpy.tanh"
    other = audit("numpy:exp", "exp", dtype="float16")
    ask(2, "open", text=json.dumps([report.document, other.document]), index=1)
    said.wait(lambda: said.of(2))
    assert said.of(2)[0]["target"] == "numpy.exp"
    assert said.of(2)[0]["names"] == ["numpy.tanh: tanh, float32", "numpy.exp: exp, float16"]
    ask(3, "page", text=said.of(2)[0]["text"])
    said.wait(lambda: said.of(3))
    assert said.of(3)[0]["text"] == other.to_html()


def damaged(report: Report) -> Iterator[tuple[str, str]]:
    """Damage a document in every key, in several ways."""
    yield "nothing", ""
    yield "no JSON", "{"
    yield "another file", '{"schema": "other"}'
    yield "a list of other things", "[1]"
    yield "none", "[]"
    yield "deep", "[" * 100_000
    for key in report.document:
        document = report.to_dict()
        del document[key]
        yield f"without {key}", json.dumps(document)
    for key in ("target", "question", "inputs", "statistics", "findings", "truth", "environment", "verdict", "max_ulp"):
        for wrong in (None, 7, "text", [3], {"a": 1}):
            yield f"{key} is {wrong!r}", json.dumps(report.to_dict() | {key: wrong})
    for key in report.statistics:
        document = report.to_dict()
        document["statistics"][key] = [["0xzz"]]
        yield f"statistics.{key}", json.dumps(document)


def test_what_is_no_report_is_a_sentence(talk: tuple[Recorder, Ask], report: Report, capsys: pytest.CaptureFixture[str]) -> None:
    said, ask = talk
    harmless = ("max_ulp is 7", "truth is {'a': 1}", "environment is {'a': 1}")
    words = ("cannot be read as JSON", "not the report of an audit", "is damaged", "there is none at")
    for number, (what, text) in enumerate(damaged(report), 1):
        ask(number, "open", text=text)
        said.wait(lambda: said.of(number))  # noqa: B023
        answer = said.of(number)[0]
        if what in harmless:
            assert answer["kind"] == "audit.view", what
            continue
        assert answer["kind"] == "error", what
        assert any(word in answer["sentence"] for word in words), what
    assert capsys.readouterr().err == ""
