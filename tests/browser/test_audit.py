"""The room *Audit*, as a reader meets it."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from driving import Visit, findings
from playwright.sync_api import Page, expect

from ogive.audit import Report, audit

KERNELS = """
import os, signal, time
import numpy as np

def naive(x):
    return (1 / (1 + np.exp(-x))).astype(x.dtype)

def dies(x):
    os.kill(os.getpid(), signal.SIGSEGV)

def hangs(x):
    time.sleep(600)
"""
LONG = 40_000  # milliseconds: an audit in another process, on a busy machine


@pytest.fixture(scope="module")
def kernels(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("kernels") / "kernels.py"
    path.write_text(KERNELS)
    return str(path)


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("saved") / "tanh.json"
    audit("numpy:tanh", "tanh", dtype="float32", inputs=4096, max_ulp=0.5).save(path)
    return path


def sentence(page: Page, words: str) -> None:
    """Wait until the sentence of the room has these words."""
    expect(page.get_by_text(re.compile(words)).first).to_be_visible(timeout=LONG)


def calm(page: Page) -> list[str]:
    """Ask axe once colours have stopped changing."""
    page.wait_for_timeout(200)
    return findings(page)


def test_an_audit_is_run_read_and_kept(visit: Visit, kernels: str) -> None:
    page = visit(f"#audit?dtype=float16&target={kernels}:naive")
    expect(page.get_by_label("Target", exact=True)).to_have_value(f"{kernels}:naive")
    expect(page.get_by_label("Inputs")).to_be_disabled()  # there are no others than all
    page.get_by_role("button", name="Audit", exact=True).click()
    sentence(page, r"naive is wrong against sigmoid, float16: large error, .*: 0 instead of")
    expect(page.get_by_role("region", name="Findings").get_by_role("button", name="large error")).to_have_attribute("aria-pressed", "true")
    figure = page.get_by_role("figure", name="Error against x, in ulp")
    cursor = figure.get_by_role("slider")
    cursor.focus()
    page.keyboard.press("Home")
    expect(cursor).to_have_attribute("aria-valuetext", re.compile(r"x from −65500 to −61440: 128 inputs, 0 not the nearest"))
    page.keyboard.press("ArrowRight")
    expect(cursor).to_have_attribute("aria-valuenow", "1")
    box = figure.locator("svg").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] - 1, box["y"] + 40)
    expect(cursor).to_have_attribute("aria-valuenow", "495")
    flush = page.get_by_role("button", name="flushes to zero")
    flush.focus()
    page.keyboard.press("Enter")
    expect(flush).to_be_focused()
    expect(page.get_by_text("0 comes where the truth rounds to a subnormal number.")).to_be_visible()
    expect(page).to_have_url(re.compile("finding=2"))
    assert calm(page) == []
    page.reload()
    sentence(page, "naive is wrong")  # the report of this tab
    expect(page.get_by_role("button", name="flushes to zero")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="한국어").click()
    sentence(page, "결함이 있습니다.*큰 오차")
    expect(page.get_by_text("참값을 반올림하면 비정규수인데 0이 나옵니다.")).to_be_visible()
    page.get_by_role("button", name="어둡게").click()
    assert calm(page) == []
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")


def test_what_dies_or_hangs_or_is_not_there_harms_nothing(visit: Visit, kernels: str) -> None:
    page = visit(f"#audit?inputs=12&target={kernels}:dies")
    other = visit(f"#audit?inputs=12&target={kernels}:hangs")
    other.get_by_role("button", name="Audit", exact=True).click()
    page.get_by_role("button", name="Audit", exact=True).click()
    expect(page.get_by_role("alert").filter(has_text="SIGSEGV")).to_be_visible(timeout=LONG)
    sentence(page, "the lab goes on")
    target = page.get_by_label("Target", exact=True)
    target.fill("numpy:no_such")
    target.press("Enter")
    expect(page.get_by_role("alert").filter(has_text="there is no 'no_such'")).to_be_visible(timeout=LONG)
    target.fill("")
    target.press("Enter")
    expect(target).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_text("Name a target")).to_be_visible()
    allowed = page.get_by_label("Allowed, in ulp")
    allowed.fill("0.1")
    allowed.press("Tab")
    expect(page.get_by_text("Give a number from 0.5")).to_be_visible()
    stop = other.get_by_role("button", name="Stop")  # the other tab is still at it
    stop.click()
    sentence(other, "Stopped before anything was measured")
    expect(other.get_by_role("button", name="Audit", exact=True)).to_be_visible()


def test_by_keyboard_alone(visit: Visit) -> None:
    page = visit("#audit?inputs=12", language="ko")
    page.get_by_role("button", name="검증", exact=True).wait_for()
    page.get_by_role("textbox", name="대상").focus()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="scipy:expit")).to_be_focused()
    page.get_by_label("함수", exact=True).focus()
    page.get_by_label("함수", exact=True).select_option("tanh")
    expect(page.get_by_role("textbox", name="대상")).to_have_value("numpy:tanh")  # what was known gives way to what is
    ours = page.get_by_role("button", name="ogive:tanh")
    ours.focus()
    page.keyboard.press("Space")
    expect(ours).to_be_focused()
    expect(page.get_by_role("textbox", name="대상")).to_have_value("ogive:tanh")
    expect(page).to_have_url(re.compile(r"function=tanh&target=ogive%3Atanh|target=ogive%3Atanh"))
    page.get_by_role("button", name="검증", exact=True).focus()
    page.keyboard.press("Enter")
    sentence(page, "올바르게 반올림한 값입니다")
    expect(page.get_by_text("문제를 찾지 못했습니다.")).to_be_visible()


def test_a_report_is_saved_opened_and_dropped(visit: Visit, saved: Path, tmp_path: Path) -> None:
    page = visit("#audit")
    file = page.locator("input[type=file]")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Open").click()
    chooser.value.set_files(saved)
    sentence(page, "numpy.tanh is wrong against tanh, float32")
    with page.expect_download() as download:
        page.get_by_role("button", name="Save JSON").click()
    download.value.save_as(tmp_path / "again.json")
    assert Report.load(tmp_path / "again.json").document == Report.load(saved).document
    with page.expect_download() as download:
        page.get_by_role("button", name="Save page").click()
    assert download.value.suggested_filename == "numpy.tanh-tanh-float32.html"
    download.value.save_as(tmp_path / "page.html")
    assert (tmp_path / "page.html").read_text() == Report.load(saved).to_html()
    for name, content, words in (
        ("bad.json", b"{", "cannot be read as JSON"),
        ("other.json", b'{"a": 1}', "not the report of an audit"),
        ("binary.json", b"\xff\xfe\x00", "cannot be read as text"),
        ("large.json", b" " * 1_600_000, "this file has 1.6 MB"),
    ):
        file.set_input_files({"name": name, "mimeType": "application/json", "buffer": content})
        expect(page.get_by_role("alert").filter(has_text=words)).to_be_visible()
    several = json.dumps([json.loads(saved.read_text()), audit("numpy:exp", "exp", dtype="float16").document])
    data = page.evaluate_handle(
        "text => { const data = new DataTransfer(); data.items.add(new File([text], 'two.json')); return data; }", several
    )
    page.get_by_role("region", name="Picture").dispatch_event("drop", {"dataTransfer": data})
    which = page.get_by_label("Report in this file")
    which.select_option("numpy.exp: exp, float16")
    expect(
        page.get_by_text(re.compile("numpy.exp .* against exp, float16|No fault in numpy.exp|numpy.exp is correctly rounded")).first
    ).to_be_visible()
    expect(page.get_by_role("alert").filter(has_text=re.compile("."))).to_have_count(0)


def test_what_is_copied_runs(visit: Visit) -> None:
    page = visit("#audit?target=numpy%3Atanh&function=tanh&inputs=12&ulp=2")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    copied = []
    for button in ("Copy Python", "Copy command"):
        page.get_by_role("button", name=button).click()
        expect(page.get_by_text("Copied").first).to_be_visible()
        copied.append(page.evaluate("navigator.clipboard.readText()"))
        expect(page.get_by_text("Copied")).to_have_count(0)
    code, command = copied
    assert 'audit("numpy:tanh", "tanh", dtype="float32", inputs=4096, max_ulp=2)' in code
    assert command == "ogive audit numpy:tanh tanh --dtype float32 --sample 4096 --max-ulp 2"
    program = [sys.executable, "-c", code]
    shell = ["sh", "-c", command.replace("ogive", f"{sys.executable} -m ogive", 1)]
    for call in (program, shell):
        done = subprocess.run(call, capture_output=True, text=True, env=os.environ | {"COLUMNS": "110"}, check=False)
        assert done.returncode in (0, 1), done.stderr  # 1: a fault was found
        assert "numpy.tanh against tanh, float32" in done.stdout
        assert "sampled inputs" in done.stdout
    page.get_by_label("Inputs").select_option("all 2³²")
    expect(page.get_by_role("button", name="Audit", exact=True)).to_be_disabled()
    expect(page.get_by_text("2³² numbers take minutes")).to_be_visible()
    page.get_by_role("button", name="Copy command").click()
    expect(page.get_by_text("Copied").first).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == "ogive audit numpy:tanh tanh --dtype float32 --exhaustive --max-ulp 2"
