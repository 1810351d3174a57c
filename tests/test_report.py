"""The report of an audit: what it decides, the files it writes, and that every form of it is whole."""

import itertools
import json
import math
import os
import re
import struct
import subprocess
import sys
from functools import cache
from html.parser import HTMLParser
from io import StringIO
from xml.etree import ElementTree

import pytest

from ogive.audit import pages
from ogive.audit.findings import KINDS, Finding
from ogive.audit.report import Report

NASTY = 'a <b> & "c" | `d` \x1b[31m*e*_f_.py:sigmoid'


def code(ordinal):
    """The bits of the float32 number with this place in the order."""
    return f"0x{ordinal if ordinal >= 0 else 0x80000000 - ordinal:08x}"


def cells(count=1500, good=False):
    """Cells over the whole line of float32, of a sigmoid that is right, or returns 0 too early."""
    top, made = 0x7F800000, []
    for i in range(count):
        low, high = (-top + (2 * top * j) // count for j in (i, i + 1))
        x = struct.unpack(">f", bytes.fromhex(code(low)[2:]))[0]
        held = high - low
        if good:
            row = [1, -0.5 + i % 3 / 90, 0.5 - i % 4 / 80, 0.2] if -104 < x < 20 else [0, 0.0, 0.0, 0.0]
        elif x < -104:
            row = [0, 0.0, 0.0, 0.0]
        elif x < -88:
            row = [held, -4.1e6, "inf" if i % 2 else 1.0, 9.0e5]
        elif x < -1e-3:
            row = [held // 5, -0.9 - (i * 7 % 11) / 9, 0.8 + (i * 5 % 13) / 8, 0.4]
        elif x < 20:
            row = [held // 9, -0.5 - (i % 7) / 40, 0.5 + (i % 5) / 30, 0.26]
        else:
            row = [0, -0.5, 0.0, 0.0]
        made.append([code(low), code(high - 1 if i < count - 1 else high), held, *row])
    return made


RECIPE = """\
import numpy as np
import torch

x = np.array(["0xc2ae0000"]).tolist()
x = np.array([int(bits, 16) for bits in x], np.uint32).view(np.float32)
y = torch.sigmoid(torch.from_numpy(x)).numpy()
print(y, [f"{bits:#010x}" for bits in y.view(np.uint32)])  # 0 and < nothing > else
"""
ERROR = Finding(
    "error",
    "the error is 2.44 ulp at -17.25, and larger than 1 ulp at 81,234,501 inputs from -87.3 to -0.0013",
    81234501,
    "0xc18a0000",
    "0x330b2f1c",
    "0x330b2f1e",
    "0xc2ae9999",
    "0xbaaa0000",
    -2.44,
    RECIPE,
)
ZERO = Finding(
    "zero",
    "0 comes for 98,304 inputs from -88.72 to -87.4, where the truth rounds to a normal number",
    98304,
    "0xc2ae0000",
    "0x00000000",
    "0x00b12345",
    "0xc2b17218",
    "0xc2ae0000",
    -1.2e7,
    RECIPE.replace("0xc2ae0000", "0xc2b00000"),
)
FLUSH = Finding(
    "flush", "0 comes for 1,010,432 inputs where the truth rounds to a subnormal number", 1010432, "0xc2ae9999", "0x00000000", "0x00712345"
)
ZEROS = Finding("signed-zero", "the result at -0 is +0", 1, "0x80000000", "0x00000000", "0x80000000")
DIALECT = Finding("dialect", "gelu with approximate='tanh' fits better: its largest error is 1.9 ulp")


def document(*findings, verdict=None, void="", count=1 << 32, kind="exhaustive", name="torch.nn.functional.sigmoid", **changed):
    """A document as the auditor writes it."""
    grave = any(finding.grade in ("fault", "flush") for finding in findings)
    errors = [0.0, 0.49] + [abs(finding.ulp) for finding in findings if finding.ulp is not None]
    proper = [0.49] + [abs(finding.ulp) for finding in findings if finding.ulp is not None and finding.kind == "error"]
    edges = [
        "-inf",
        -1e6,
        -1e3,
        -100,
        -10,
        -4,
        -2,
        -1.5,
        -1,
        -0.75,
        -0.5,
        -0.25,
        0,
        0.25,
        0.5,
        0.75,
        1,
        1.5,
        2,
        4,
        10,
        100,
        1e3,
        1e6,
        "inf",
    ]
    counts = [0] * 10 + [0, 1.2e9, 1.4e9, 0] + [0] * 10
    if grave:
        counts = [3, 98301, 0, 120, 4022, 1e5, 2e6, 8e6, 2e7, 9e7, 3e8, 1.2e9, 1.4e9, 4e8, 1e8, 2e7, 7e6, 1e6, 51234, 2, 0, 0, 0, 0]
    return {
        "schema": "ogive.audit/1",
        "target": {"name": name, "library": "torch", "spec": "torch:nn.functional.sigmoid", "versions": {"torch": "2.9.1+cpu"}},
        "question": {"function": "sigmoid", "form": "value", "dtype": "float32", "parameters": {}},
        "inputs": {"kind": kind, "count": count, "seed": 0},
        "max_ulp": 1.0,
        "verdict": verdict or ("findings" if grave else "ok"),
        "void": void,
        "statistics": {
            "count": count,
            "not_nearest": 81234567 if grave else 66,
            "mean_ulp": 0.2471,
            "max_ulp": "inf" if max(errors) == math.inf else max(errors),
            "max_ulp_normal": max(error for error in proper if error < math.inf),
            "worst": {
                "x": "0xc2ae0000",
                "got": "0x00000000",
                "expected": "0x00b12345",
                "x_text": "-87",
                "got_text": "0.0",
                "expected_text": "1.6266e-38",
                "ulp": -1.2e7,
                "confirmed": True,
            },
            "zeros_for_normal": 98304 if grave else 0,
            "zeros_for_subnormal": 1010432 if grave else 0,
            "nan_for_number": 0,
            "number_for_nan": 0,
            "infinite": 0,
            "not_infinite": 0,
            "histogram": {"edges": edges, "counts": [int(c) for c in counts]},
            "regions": [
                {"name": name, "count": n, "not_nearest": m, "max_ulp": e, "mean_ulp": e / 4, "worst": x}
                for name, n, m, e, x in [
                    ("-normal, |x| ≥ 88.7", 1031798784, 0, 0.0, ""),
                    ("-normal, 1 ≤ |x| < 88.7", 54300000, 41234567, 1.2e7, "0xc2ae0000"),
                    ("-normal, |x| < 1", 1056964608, 40000000, 2.44, "0xc18a0000"),
                    ("subnormal", 16777215, 0, 0.5, "0x00000001"),
                    ("+normal", 2130706433, 12, 0.62, "0x3f800000"),
                ]
            ],
            "cells": cells(good=not grave),
        },
        "findings": [finding.to_dict() for finding in findings],
        "truth": {"by_arb": 1234, "by_line": 987654, "controls": 16838, "screen_error": 0.50006, "planted": 64, "confirmed_by_mpmath": 12},
        "environment": {
            "ogive": "0.1.0",
            "numpy": "2.4.6",
            "python": "3.11.7",
            "python-flint": "0.9.0",
            "mpmath": "1.3.0",
            "level": "x86-64-v3",
            "system": "Linux x86_64",
            "subnormals": "results flushed",
        },
        "seconds": 43.21,
        "digest": "7abebdb48d00feb865a64d4ca740828b13055091f8fe2b55e5eebac8e24e7848",
    } | changed


@cache
def variants():
    """Documents of all sorts, which no test changes."""
    recipe = "print('''\n```\n<x> ]]> & | \x00 ```` \x1b[0m''')"
    many = [
        Finding(kind, f"what is wrong with | {kind} <i>", i, "0x3f800000", "0x7fc00000", "0xff800000", ulp=math.inf, reproducer=recipe)
        for i, kind in enumerate(KINDS)
    ]
    row = Finding(
        "position",
        "the bits depend on the position",
        7,
        " ".join(["0x3f800000"] * 9),
        "0x3f800001 0x3f800000",
        "float64",
        reproducer=recipe,
    )
    rows = document(ERROR, row, kind="given", count=1, name=NASTY)
    rows["statistics"] |= {"cells": [], "regions": []}
    rows["statistics"]["worst"] |= {"x": row.x, "x_text": "a row", "confirmed": None}
    rows["question"] |= {"function": "softmax", "parameters": {"temperature": 0.5}}
    half = document(kind="sample", count=400)
    half["question"]["dtype"] = "float16"
    half["statistics"]["cells"] = [[f"0x{b:04x}", f"0x{b + 63:04x}", b % 3, 0, -0.4, 0.25, 0.1] for b in range(0x3000, 0x4000, 64)]
    nothing = document(verdict="void", void="a planted fault was not found: <0x3f800000> | x", count=0, name=NASTY)
    nothing["statistics"] |= {
        "count": 0,
        "cells": [],
        "regions": [],
        "worst": {},
        "histogram": {"edges": ["-inf", 0, "inf"], "counts": [0, 0]},
    }
    nothing["target"] |= {"spec": None}
    bare = document(verdict="void", void="nothing came", count=0) | {"statistics": {}, "truth": {}}
    return {
        "ok": document(),
        "remarks": document(ZEROS, DIALECT),
        "findings": document(ERROR, ZERO, FLUSH, ZEROS, DIALECT),
        "many": document(*many, name=NASTY, max_ulp=4.0),
        "rows": rows,
        "half": half,
        "void": document(ERROR, verdict="void", void="mpmath does not find the truth"),
        "nothing": nothing,
        "bare": bare,
    }


@pytest.fixture(params=variants())
def report(request):
    return Report(variants()[request.param])


# ── the document ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("wrong", [{}, {"schema": "ogive.audit/2"}, [], None, {"schema": ["ogive.audit/1"]}])
def test_another_document_is_refused_by_name(wrong):
    with pytest.raises(ValueError, match=r"schema 'ogive\.audit/1', got "):
        Report(wrong)


def test_what_is_missing_or_unknown_is_named():
    whole = document(ERROR)
    with pytest.raises(ValueError, match="lacks verdict, seconds"):
        Report({key: value for key, value in whole.items() if key not in ("seconds", "verdict")})
    whole["findings"][0]["kind"] = "oddity"
    with pytest.raises(ValueError, match="oddity"):
        Report(whole)


def test_a_report_holds_its_document_and_gives_copies():
    whole = document(ERROR, FLUSH)
    report = Report(whole)
    copy = report.to_dict()
    copy["statistics"]["worst"]["x"] = "0x0"
    assert report.document is whole and report.statistics["worst"]["x"] == "0xc2ae0000"
    assert report.findings == (ERROR, FLUSH)
    assert (report.verdict, report.void) == ("findings", "")
    assert (report.target, report.question) == ("torch.nn.functional.sigmoid", "sigmoid, float32")
    assert repr(report) == "<Report on torch.nn.functional.sigmoid against sigmoid, float32: 1 fault, 1 flush in all 4,294,967,296 inputs>"


def test_the_question_is_named_with_form_and_parameters():
    asked = {"function": "elu", "form": "derivative", "dtype": "bfloat16", "parameters": {"alpha": 0.5}}
    assert Report(document(question=asked)).question == "elu derivative (alpha=0.5), bfloat16"


# ── what passes ──────────────────────────────────────────────────────────────────────────────────────────────────────────

PARTS = {"error": ERROR, "zero": ZERO, "flush": FLUSH, "remark": ZEROS}


@pytest.mark.parametrize("allow_flush", [False, True])
@pytest.mark.parametrize("void", [False, True])
@pytest.mark.parametrize("chosen", [c for n in range(5) for c in itertools.combinations(PARTS, n)], ids="+".join)
def test_ok_in_every_case(chosen, void, allow_flush):
    whole = document(*(PARTS[name] for name in chosen), **({"verdict": "void", "void": "no"} if void else {}))
    whole["statistics"] |= {"max_ulp": 5.0 if "flush" in chosen else 2.44, "max_ulp_normal": 2.44}
    report = Report(whole)
    sound = not void and "zero" not in chosen and (allow_flush or "flush" not in chosen)
    assert report.ok(allow_flush=allow_flush) is (sound and "error" not in chosen)
    for max_ulp in (0, 1.0, 2.43, 2.44, 4.99, 5.0, 1e9, math.inf):
        assert report.ok(max_ulp, allow_flush) is (sound and max_ulp >= 2.44)
    assert report.ok(math.nan, allow_flush) is False


def test_without_flushes_every_error_counts_and_with_them_the_proper_ones():
    whole = document()
    whole["statistics"] |= {"max_ulp": "inf", "max_ulp_normal": 0.5}
    report = Report(whole)
    assert not report.ok(1e300) and report.ok(math.inf) and report.ok(0.5, allow_flush=True)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_counts_by_its_grade(kind):
    report = Report(document(Finding(kind, "so it is")))
    assert report.ok() is (KINDS[kind].grade == "remark")
    assert report.ok(allow_flush=True) is (KINDS[kind].grade != "fault")
    assert report.ok(10) is (KINDS[kind].grade == "remark" or kind == "error")


def test_a_report_is_neither_true_nor_false():
    with pytest.raises(TypeError, match=r"ask report\.ok\(\)"):
        bool(Report(document()))


# ── numbers ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (0, "0"),
        (-0.0, "0"),
        (0.5, "0.50"),
        (-0.4999999, "-0.50"),
        (0.0312, "0.03"),
        (3e-9, "3e-9"),
        (1.04, "1.04"),
        (1.9999, "2.0"),
        (3.24, "3.2"),
        (-9.96, "-10"),
        (412.3, "412"),
        (1234, "1,234"),
        (131072.0, "1.3e5"),
        (9.99e9, "1.0e10"),
        ("inf", "∞"),
        ("-inf", "-∞"),
        (2.0**900, "8.5e270"),
    ],
)
def test_an_error_has_the_digits_that_matter(error, text):
    assert pages._ulps(error) == text


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [
        (0, 10, "0 %"),
        (0, 0, "0 %"),
        (10, 10, "100 %"),
        (1, 3, "33 %"),
        (1, 20, "5.0 %"),
        (69, 1 << 32, "0.0000016 %"),
        (1, 1 << 62, "0.000000000000000022 %"),
        ((1 << 32) - 1, 1 << 32, "> 99 %"),
    ],
)
def test_a_share_is_nothing_or_whole_only_where_it_is(part, whole, text):
    assert pages._share(part, whole) == text


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64"])
def test_decimals_are_those_of_the_bits(dtype):
    np = pytest.importorskip("numpy")
    held = np.dtype(pytest.importorskip("ml_dtypes").bfloat16 if dtype == "bfloat16" else dtype)
    raw = np.random.default_rng(5).integers(0, 1 << (8 * held.itemsize), 500, dtype=f"u{held.itemsize}")
    raw = np.append(raw, np.array([0, 1, 1 << (8 * held.itemsize - 1)], raw.dtype))
    for number, bits in zip(raw.view(held), raw, strict=True):
        text = pages._decimal(f"0x{int(bits):0{2 * held.itemsize}x}", dtype)
        assert "e+" not in text and "e-0" not in text
        read = np.float32(text).astype(held) if held.itemsize == 2 else held.type(text)
        assert (read == number and np.signbit(read) == np.signbit(number)) or (np.isnan(number) and text == "nan")
    assert pages._decimal("float64", dtype) == "float64"


# ── HTML ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────


class Page(HTMLParser):
    """Reads a page, and insists that every tag is closed where it should be."""

    def __init__(self, text):
        super().__init__()
        self.open, self.seen, self.words = [], [], []
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attributes):
        assert len(attributes) == len(dict(attributes)), (tag, attributes)
        self.seen.append((tag, dict(attributes)))
        if tag != "meta":
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.seen.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append((tuple(self.open), data))

    def texts(self, tag):
        return [data for path, data in self.words if path and path[-1] == tag]


def test_a_page_is_whole_and_needs_nothing_else(report):
    text = report.to_html()
    page = Page(text)
    tags = {tag for tag, _ in page.seen}
    assert (
        not tags & {"script", "link", "img", "iframe", "object", "b>"}
        and "http" not in text
        and "url(" not in text
        and "@import" not in text
    )
    assert not any(name in ("src", "href", "srcset") or name.startswith("on") for _, attributes in page.seen for name in attributes)
    assert all(attributes["role"] == "img" and attributes["aria-label"] for tag, attributes in page.seen if tag == "svg")
    ids = [attributes["id"] for _, attributes in page.seen if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert report.target.replace("\x1b", "") in page.texts("h1")
    assert any(pages.verdict(report) in said for said in page.texts("strong"))
    assert "\x1b" not in text and "\x00" not in text
    assert sum(tag == "article" for tag, _ in page.seen) == len(report.findings)
    assert sum(tag == "details" for tag, _ in page.seen) == sum(bool(finding.reproducer) for finding in report.findings)


def test_a_notebook_gets_the_body_without_a_page():
    text = Report(document(ERROR))._repr_html_()
    tags = {tag for tag, _ in Page(text).seen}
    assert {"style", "section", "svg"} <= tags and not tags & {"html", "head", "body", "meta", "title"} - {"title"}
    rules = re.sub(r"/\*.*?\*/", "", Page(text).texts("style")[0])
    for selector in re.findall(r"(?:^|[{};])\s*([^{};@]+)\{", rules):
        assert all(part.strip().startswith(".ogive-") for part in selector.split(",")), selector  # nothing else in the notebook changes


def test_the_reproducer_can_be_copied_as_it_is():
    assert RECIPE.strip("\n") in Page(Report(document(ERROR)).to_html()).texts("code")


def test_the_picture_has_few_columns_marks_infinities_and_tells_each_cell():
    page = Page(Report(document(ERROR, ZERO)).to_html())
    titles = page.texts("title")[1:]
    columns = [title for title in titles if title.startswith("x from")]
    assert len(columns) == 750  # 1500 cells, two to a column
    assert columns[0].startswith("x from -inf to -2.2") and columns[-1].splitlines()[0].endswith("to inf")
    assert " inputs, 20 % not the nearest\nerror from " in "".join(columns)
    marks = [title for title in titles if title.startswith("infinite errors")]
    assert len(marks) == 1 and re.fullmatch(r"infinite errors for x from -1\d\d\.\S+ to -8\d\.\S+", marks[0])
    (picture, histogram) = [attributes["aria-label"] for tag, attributes in page.seen if tag == "svg"]
    assert picture.startswith(
        "Error in ulp against x from -∞ to ∞: the largest that is finite is -4.1e6, allowed are 1.00; infinite errors in "
    )
    assert histogram.startswith("Histogram of the signed error in ulp, from -∞ to 10: most results, 39 %, have errors from 0 to 0.25.")
    (box,) = [attributes["viewbox"] for tag, attributes in page.seen if tag == "svg" and "750" in attributes["viewbox"]]
    assert box == f"0 0 750 {pages.HEIGHT}"


def test_the_columns_count_what_their_cells_count():
    report = Report(document(ERROR))
    made = pages._cells(report)
    rows = report.statistics["cells"]
    assert sum(cell.count for cell in made) == sum(row[2] for row in rows) and sum(cell.not_nearest for cell in made) == sum(
        row[3] for row in rows
    )
    assert min(cell.least for cell in made) == min(float(row[4]) for row in rows)
    assert max(cell.most for cell in made) == math.inf
    assert sum(cell.mean * cell.count for cell in made) == pytest.approx(sum(row[6] * row[2] for row in rows))


def test_the_axis_is_labelled_at_numbers_that_are_easy_to_name():
    text = Report(document()).to_html()
    marks = {
        label: float(place)
        for place, label in re.findall(r'<span(?: class="wide")? style="left:([\d.]+)%">([^<]+)</span>', text.partition("How often")[0])
    }
    assert list(marks)[:5] == ["0", "-∞", "∞", "-1", "1"]
    assert {"1e-30", "-1e-10", "1e10", "-1e30"} <= marks.keys()
    assert marks["-∞"] == 0 and marks["0"] == pytest.approx(50, abs=0.1) and marks["∞"] == 100
    assert marks["1"] == pytest.approx(100 * (0.5 + 127 / 255 / 2), abs=0.1)  # 1 is 127 binades of 255 above 0
    places = sorted(marks.values())
    assert min(b - a for a, b in itertools.pairwise(places)) >= 5
    phone = [float(place) for place in re.findall(r'<span style="left:([\d.]+)%">', text.partition("How often")[0])]
    assert min(b - a for a, b in itertools.pairwise(sorted(phone))) >= 17


@pytest.mark.parametrize(
    ("dtype", "low", "high", "labels"),
    [
        ("float16", 0xFBFF, 0x7BFF, {"-6.55e4", "0", "1", "0.01", "100"}),
        ("bfloat16", 0xFF7F, 0x7F7F, {"-1", "0", "1e-10", "1e30"}),
        ("float64", 0xFFEFFFFFFFFFFFFF, 0x7FEFFFFFFFFFFFFF, {"-1", "0", "1e100", "-1e-200"}),
        ("float32", 0x3F000000, 0x3F7FFFFF, {"0.5", "1"}),
    ],
)
def test_the_axis_of_every_dtype(dtype, low, high, labels):
    digits = 4 if dtype.endswith("16") else 16 if dtype == "float64" else 8
    top = 1 << (4 * digits - 1)
    first, last = (n if n < top else top - n for n in (low, high))
    ends = [first + (last - first) * i // 200 for i in range(201)]
    spelt = [f"0x{n if n >= 0 else top - n:0{digits}x}" for n in ends]
    whole = document()
    whole["question"]["dtype"] = dtype
    whole["statistics"]["cells"] = [[a, b, 5, 1, -0.5, 0.5, 0.2] for a, b in itertools.pairwise(spelt)]
    found = set(re.findall(r'left:[\d.]+%">([^<]+)</span>', Report(whole).to_html().partition("How often")[0]))
    assert labels <= found, found


# ── Markdown ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_markdown_has_whole_tables_and_closed_fences(report):
    text = report.to_markdown()
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert len(rows) >= 3 and all(len(re.findall(r"(?<!\\)\|", row)) == 4 and row.endswith("|") for row in rows)
    assert text.startswith("### ") and "\x1b" not in text and "<b>" not in text and "<i>" not in text.replace("<x>", "")
    fence = None
    for line in map(str.strip, text.splitlines()):
        ticks = re.match("`{3,}", line)
        if fence is None and ticks and line.endswith("python"):
            fence = ticks[0]
        elif fence is not None and line == fence:
            fence = None
        elif fence is not None:
            assert not re.match(fence, line)
    assert fence is None
    assert text.count("<details>") == text.count("</details>") == sum(bool(finding.reproducer) for finding in report.findings)
    for finding in report.findings:
        named = finding.grade if finding.kind == finding.grade else f"{finding.grade}: {finding.kind}"
        assert f"- **{named}.** " in text


def test_markdown_is_short():
    assert len(Report(document(ERROR, FLUSH, ZEROS)).to_markdown().splitlines()) < 40


# ── JUnit ────────────────────────────────────────────────────────────────────────────────────────────────────────────────

TESTS = ["void", *(kind.name for kind in KINDS.values() if kind.grade != "remark")]


def test_junit_has_a_test_for_every_kind_of_fault(report):
    root = ElementTree.fromstring(report.to_junit().encode())
    (suite,) = root
    cases = suite.findall("testcase")
    assert [case.get("name") for case in cases] == TESTS
    void = report.verdict == "void"
    wrong = {finding.kind for finding in report.findings if finding.grade != "remark"}
    for case in cases:
        expected = (
            {"error"}
            if case.get("name") == "void" and void
            else {"skipped"}
            if void
            else {"failure"}
            if case.get("name") in wrong
            else set()
        )
        assert {child.tag for child in case} == expected
    for counter in (root, suite):
        for name, tag in (("tests", "testcase"), ("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            assert int(counter.get(name)) == len(list(suite.iter(tag)))
    held = {item.get("name"): item.get("value") for item in suite.iter("property")}
    assert held["torch (version)"] == "2.9.1+cpu" and held["numpy"] == "2.4.6" and held["verdict"] == pages.verdict(report)
    remarks = [finding for finding in report.findings if finding.grade == "remark"]
    assert all(finding.says in suite.findtext("system-out") for finding in remarks)


def test_a_failure_tells_how_to_reproduce_it():
    failure = ElementTree.fromstring(Report(document(ERROR, ZERO)).to_junit()).find(".//failure")
    assert failure.get("message") == ERROR.says and failure.get("type") == "fault"
    assert "x: -17.25 0xc18a0000\n" in failure.text and failure.text.endswith(RECIPE.strip("\n"))


def test_findings_of_one_kind_are_one_failure():
    second = Finding("error", "another | one")
    failures = list(ElementTree.fromstring(Report(document(ERROR, second)).to_junit()).iter("failure"))
    assert len(failures) == 1 and failures[0].get("message").endswith("(and 1 more)") and "another | one" in failures[0].text


# ── text ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("width", [60, 120])
def test_text_fits_its_width(report, width):
    text = report.text(width)
    told = text.partition("  To reproduce the ")[0]
    assert max(map(len, told.splitlines())) <= width
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f]", text) and not re.search(" $", text, re.M)
    flat = " ".join(told.split())
    assert " ".join(pages.verdict(report).split()) in flat
    for finding in report.findings:
        assert " ".join(finding.says.split()) in flat


def test_text_has_the_gravest_first_and_reproduces_it():
    crash = Finding("crash", "the process dies", reproducer="crash()")
    text = Report(document(ZEROS, ERROR, FLUSH, ZERO, crash)).text(100)
    places = [text.index(finding.says[:40]) for finding in (crash, ZERO, ERROR, FLUSH, ZEROS)]
    assert places == sorted(places)
    assert text.endswith("\n\n  To reproduce the fault (crash):\n\n    crash()") and "import torch" not in text


def test_lines_of_a_reproducer_are_left_whole():
    long = "x = [" + ", ".join(["0x3f800000"] * 30) + "]"
    assert f"    {long}" in Report(document(Finding("position", "so it is", reproducer=long))).text(60).splitlines()


def test_text_needs_no_rich_and_rich_prints_the_same(report, monkeypatch):
    console = pytest.importorskip("rich.console").Console(width=200, file=StringIO(), color_system=None)
    console.print(report)
    printed = "\n".join(line.rstrip() for line in console.file.getvalue().rstrip("\n").split("\n"))
    monkeypatch.setitem(sys.modules, "rich", None)
    assert report.text(200) == printed


def test_rich_colours_the_verdict():
    console = pytest.importorskip("rich.console").Console(width=100, file=StringIO(), color_system="standard", force_terminal=True)
    console.print(Report(document(ERROR)))
    assert "\x1b[1;31m✗ " in console.file.getvalue()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, "no fault found in all 4,294,967,296 inputs"),
        ({"kind": "sample", "count": 1000}, "no fault found in 1,000 sampled inputs"),
        ({"kind": "given", "count": 1}, "no fault found in 1 given input"),
        ({"verdict": "void", "void": "the screen\nis off"}, "VOID: the screen is off"),
    ],
)
def test_the_verdict_in_words(changed, said):
    assert pages.verdict(Report(document(**changed))) == said


def test_the_verdict_counts_what_was_found():
    assert pages.verdict(Report(document(ERROR, FLUSH, FLUSH, ZEROS))) == "1 fault, 2 flushes, 1 remark in all 4,294,967,296 inputs"
    assert pages.verdict(Report(document(ZEROS, DIALECT, kind="sample", count=9))) == "no fault found in 9 sampled inputs; 2 remarks"


# ── several at once ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_several_reports_are_one_file():
    reports = [Report(whole) for whole in variants().values()]
    page = Page(pages.html(reports))
    assert [attributes["href"] for tag, attributes in page.seen if tag == "a"] == [f"#audit-{i}" for i in range(1, len(reports) + 1)]
    assert [attributes["id"] for tag, attributes in page.seen if "id" in attributes] == [f"audit-{i}" for i in range(1, len(reports) + 1)]
    root = ElementTree.fromstring(pages.junit(reports))
    assert len(root) == len(reports) and int(root.get("tests")) == len(reports) * len(TESTS) and root.get("errors") == "3"
    assert pages.markdown(reports).count("\n### ") == len(reports) - 1
    assert pages.markdown(reports[:1]) == reports[0].to_markdown() and pages.junit(reports[:1]) == reports[0].to_junit()


# ── files ────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_report_is_saved_and_loaded(report, tmp_path):
    path = tmp_path / "report.json"
    report.save(path)
    assert Report.load(path).document == report.document and Report.load(str(path)).findings == report.findings
    assert path.read_text(encoding="utf-8") == report.to_json()
    assert os.listdir(tmp_path) == ["report.json"]


def test_json_keeps_rows_of_numbers_on_a_line():
    text = Report(document(ERROR)).to_json()
    assert text.count("\n") < 1500 + 200 and '"counts": [3, 98301, ' in text
    json.loads(text, parse_constant=lambda name: pytest.fail(name))  # no NaN, no Infinity


@pytest.mark.parametrize(
    ("name", "form"),
    [("r.html", "to_html"), ("r.md", "to_markdown"), ("r.xml", "to_junit"), ("r.junit", "to_junit"), ("r.HTML", "to_html")],
)
def test_the_suffix_tells_the_form(name, form, tmp_path):
    report = Report(document(ERROR, name=NASTY))
    (tmp_path / name).write_text("old")
    report.save(tmp_path / name)
    assert (tmp_path / name).read_bytes() == getattr(report, form)().encode()
    assert os.listdir(tmp_path) == [name]


@pytest.mark.parametrize("name", ["report.pdf", "report", "report.json.gz"])
def test_another_suffix_is_refused_with_those_there_are(name, tmp_path):
    with pytest.raises(ValueError, match=r"\.json, \.html, \.md or \.xml"):
        Report(document()).save(tmp_path / name)
    assert not os.listdir(tmp_path)


@pytest.mark.parametrize("name", ["none/report.json", "file/report.html", "/proc/report.md"])
def test_a_folder_that_cannot_be_written_is_an_oserror(name, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError):
        Report(document()).save(tmp_path / name)
    assert os.listdir(tmp_path) == ["file"] and (tmp_path / "file").read_text() == ""


def test_a_disk_that_fails_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "report.json"
    path.write_text("old")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="No space"):
        Report(document()).save(path)
    assert path.read_text() == "old" and os.listdir(tmp_path) == ["report.json"]


def test_a_name_that_is_no_text_is_saved_all_the_same(tmp_path):
    report = Report(document(ERROR, name="caf\udce9.py:sigmoid"))
    for name in ("r.json", "r.html", "r.md", "r.xml"):
        report.save(tmp_path / name)
    assert Report.load(tmp_path / "r.json").target == report.target
    ElementTree.parse(tmp_path / "r.xml")


@pytest.mark.parametrize("text", ["", "{", "[]", '{"schema": "other"}', "\xff"])
def test_what_is_no_report_is_refused_with_its_name(text, tmp_path):
    path = tmp_path / "odd.json"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(ValueError, match=r"odd\.json does not hold the report of an audit: "):
        Report.load(path)


def test_nothing_that_draws_is_imported():
    code = "import sys, ogive.audit.report; sys.exit(any(name in sys.modules for name in ('matplotlib', 'rich')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
