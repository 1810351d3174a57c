"""The room Explorer, as a reader drives it; and the same room as a widget, with the widget of this process behind it."""

import base64
import queue
import re
import statistics
import subprocess
import sys
import time
from typing import Any

import pytest
from driving import Lab, Visit, findings
from playwright.sync_api import Locator, Page, expect

import ogive

DRAWN = "performance.getEntriesByName('explorer.curves').length"
MEASURED = "performance.getEntriesByName('explorer.microscope').length"


def wait_until(page: Page, condition: str) -> None:
    """Wait until an expression is true; the page's policy forbids what Playwright's own wait does."""
    end = time.monotonic() + 20
    while not page.evaluate(condition):
        assert time.monotonic() < end, condition
        page.wait_for_timeout(5)


def cursor(page: Page) -> Locator:
    return page.get_by_role("slider", name="x", exact=True)


def sentence(page: Page) -> Locator:
    return page.locator("[aria-live=polite]").first


def ready(page: Page) -> Page:
    wait_until(page, f"{MEASURED} > 0")
    expect(page.get_by_role("rowheader", name="ogive")).to_be_visible()
    return page


def test_x_is_dragged_along_the_curve_and_read(visit: Visit) -> None:
    page = ready(visit("#explorer?form=derivative&low=-60&high=60"))
    box = cursor(page).bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 203, box["y"] + 60, steps=5)
    page.mouse.up()
    expect(sentence(page)).to_contain_text("the naive formula")
    expect(sentence(page)).to_contain_text("the truth is")
    page.get_by_role("textbox", name="x", exact=True).fill("40")
    page.keyboard.press("Enter")
    expect(sentence(page)).to_have_text("At x = 40 the naive formula gives 0; the truth is 4.248e−18.")
    expect(page.get_by_text("4.2483542552915889592")).to_be_visible()
    expect(page.get_by_text("0x3c539792499b1a24").first).to_be_visible()
    expect(page).to_have_url(re.compile("x=40"))


def test_a_warning_of_numpy_is_told_where_it_happens(visit: Visit) -> None:
    page = ready(visit("#explorer?low=-1200&high=60&x=-1000"))
    expect(sentence(page)).to_contain_text("overflow encountered in exp")
    expect(sentence(page)).to_contain_text("survives by luck")
    expect(page.get_by_text("▲ overflow encountered in exp")).to_be_visible()


def test_functions_are_chosen_six_at_most(visit: Visit) -> None:
    page = ready(visit())
    search = page.get_by_role("combobox", name="Search Functions")
    for name in ("tanh", "relu", "step", "gelu", "logit", "mish"):
        search.fill(name)
        page.get_by_role("option", name=re.compile(rf"^{name}\b")).first.click()
    expect(page.get_by_role("alert")).to_contain_text("At most 6 functions")
    expect(page.get_by_role("radio", name="gelu")).to_be_visible()
    page.get_by_role("radio", name="logit").check()
    expect(page.get_by_role("heading", name="logit")).to_be_visible()
    expect(page).to_have_url(re.compile("functions=sigmoid,tanh,relu,step,gelu,logit&focus=logit"))


def test_only_forms_that_the_card_has_are_offered(visit: Visit) -> None:
    page = ready(visit("#explorer?functions=relu"))
    forms = page.get_by_role("group", name="Forms to draw")
    assert forms.get_by_role("checkbox").count() == 3
    before = page.evaluate(DRAWN)
    forms.get_by_role("checkbox", name="f″").check()
    wait_until(page, f"{DRAWN} > {before}")
    expect(page).to_have_url(re.compile("forms=value,derivative,second_derivative"))


def test_zooming_in_leads_to_single_floats(visit: Visit) -> None:
    page = ready(visit("#explorer?dtype=float32&x=0.3"))
    before = page.evaluate(MEASURED)
    page.get_by_role("button", name="Single floats").click()
    wait_until(page, f"{MEASURED} > {before}")
    expect(page.get_by_text("0x3e99999a").first).to_be_visible()
    cursor(page).focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_text("0x3e99999b").first).to_be_visible()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_text("0x3e999999").first).to_be_visible()
    page.get_by_role("button", name="Zoom out").click()
    page.get_by_role("button", name="Fit").click()
    expect(page.get_by_role("textbox", name="from")).to_have_value("−6")


def test_the_wheel_zooms_about_the_pointer(visit: Visit) -> None:
    page = ready(visit())
    box = page.get_by_role("figure", name="Microscope").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + box["height"] / 2)
    for _ in range(4):
        page.mouse.wheel(0, -100)
    expect(page).to_have_url(re.compile(r"low=-?\d"))
    assert float(page.get_by_role("textbox", name="from").input_value().replace("−", "-")) > -6


def test_a_bad_interval_is_said_under_its_field(visit: Visit) -> None:
    page = ready(visit())
    field = page.get_by_role("textbox", name="from")
    field.fill("7")
    field.press("Enter")
    expect(field).to_have_accessible_description("The left end is to be less than the right end.")
    field.fill("abc")
    field.press("Enter")
    expect(field).to_have_accessible_description("This is not a number: abc")
    field.fill("-1e308")
    field.press("Enter")
    expect(field).not_to_have_attribute("aria-invalid", "true")
    to = page.get_by_role("textbox", name="to", exact=True)
    to.fill("1e308")
    to.press("Enter")
    expect(page).to_have_url(re.compile(r"low=-1e%2B308&high=1e%2B308"))
    expect(cursor(page)).to_have_attribute("aria-valuemax", re.compile("^1000000"))


def test_a_slider_of_a_parameter_draws_anew_in_time(visit: Visit) -> None:
    page = ready(visit("#explorer?functions=generalized_logistic&forms=value,derivative"))
    page.get_by_role("slider", name="c", exact=True).focus()
    times = []
    for _ in range(21):
        times.append(
            page.evaluate(
                f"""() => new Promise((done) => {{
                    const slider = document.activeElement;
                    const before = {DRAWN};
                    const begun = performance.now();
                    slider.stepUp();
                    slider.dispatchEvent(new Event("input", {{ bubbles: true }}));
                    const look = () => ({DRAWN} > before ? done(performance.getEntriesByName("explorer.curves").at(-1).startTime - begun) : requestAnimationFrame(look));
                    look();
                }})"""
            )
        )
        page.wait_for_timeout(60)
    print(f"slider to new curve: median {statistics.median(times[1:]):.1f} ms, worst {max(times[1:]):.1f} ms")
    assert statistics.median(times[1:]) <= 50
    field = page.get_by_role("textbox", name="c, as a number")
    field.fill("-1")
    field.press("Enter")
    expect(field).to_have_accessible_description("Give a number from 0 to ∞.")


def test_the_microscope_follows_in_time(visit: Visit) -> None:
    page = ready(visit())
    page.evaluate("addEventListener('change', () => performance.mark('typed'), true)")
    times = []
    for i in range(9):
        before = page.evaluate(MEASURED)
        field = page.get_by_role("textbox", name="from")
        field.fill(str(-7 - i))
        field.press("Enter")
        wait_until(page, f"{MEASURED} > {before}")
        ends = ("explorer.microscope", "typed")
        done, begun = (page.evaluate(f"performance.getEntriesByName('{name}').at(-1).startTime") for name in ends)
        times.append(done - begun)
    print(f"interval to errors of 600 columns: median {statistics.median(times):.0f} ms")
    assert statistics.median(times) <= 300


def test_the_python_that_makes_it_runs(visit: Visit) -> None:
    for view in (
        "functions=leaky_relu,tanh&leaky_relu.slope=0.25&forms=value,inverse&dtype=bfloat16&x=-2",
        "functions=sigmoid&form=derivative&x=40",
    ):
        page = ready(visit(f"#explorer?{view}"))
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        page.get_by_role("button", name="Copy Python").click()
        expect(page.get_by_text("Copied")).to_be_visible()
        code = page.evaluate("navigator.clipboard.readText()")
        done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        assert "largest error: 0." in done.stdout
    assert "4.2483542552915889592" in done.stdout


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_is_wrong_with_the_page(visit: Visit, language: str, theme: str) -> None:
    page = ready(visit("#explorer?functions=softplus,step,logit&low=-40&high=40&form=log&x=-30", language=language, theme=theme))
    assert findings(page) == []
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight && document.documentElement.scrollWidth <= innerWidth")


def test_language_and_theme_keep_what_is_shown(visit: Visit) -> None:
    page = ready(visit("#explorer?functions=tanh,relu&focus=relu&x=-2.5&dtype=float16"))
    page.get_by_role("button", name="한국어").click()
    expect(page.get_by_role("heading", name="곡선")).to_be_visible()
    expect(sentence(page)).to_contain_text("x = −2.5에서")
    page.get_by_role("button", name="어둡게").click()
    page.reload()
    expect(sentence(page)).to_contain_text("x = −2.5에서")
    expect(page.get_by_role("heading", name="relu")).to_be_visible()
    expect(page.get_by_role("radio", name="float16", exact=True)).to_be_checked()
    expect(page.get_by_role("radio", name="relu")).to_be_checked()


def test_a_reader_with_a_keyboard_alone(visit: Visit) -> None:
    page = ready(visit())
    page.get_by_role("combobox", name="Search Functions").focus()
    page.keyboard.type("softp")
    page.keyboard.press("Enter")
    expect(page.get_by_role("radio", name="softplus")).to_be_visible()
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.getAttribute('aria-label')") == "x":
            break
    expect(cursor(page)).to_be_focused()
    page.keyboard.press("End")
    expect(cursor(page)).to_have_attribute("aria-valuenow", "6")
    page.keyboard.press("+")
    expect(page.get_by_role("textbox", name="from")).not_to_have_value("−6")
    expect(cursor(page)).to_be_focused()


def test_nothing_shifts_while_x_moves(visit: Visit) -> None:
    page = ready(visit("#explorer?form=derivative&low=-60&high=60"))
    cursor(page).focus()
    page.evaluate(
        "window.shifts = 0; new PerformanceObserver((list) => list.getEntries().forEach((each) => (window.shifts += each.value)))"
        ".observe({type: 'layout-shift', buffered: false})"
    )
    for _ in range(6):
        page.keyboard.press("PageUp")
        page.wait_for_timeout(80)
    assert page.evaluate("window.shifts") < 0.02


# ── the widget ───────────────────────────────────────────────────────────────────────────────────────────────────────────

MODEL = """
async () => {
  const state = await widgetState();
  const listeners = {};
  const model = {
    get: (key) => state[key],
    set: (key, value) => { state[key] = value; },
    save_changes: () => widgetSave(state),
    send: (content) => widgetSend(content),
    on: (event, callback) => (listeners[event] ??= []).push(callback),
  };
  const el = document.createElement("div");
  document.body.replaceChildren(el);
  document.body.style.overflow = "auto";
  const { default: widget } = await import("/lab.js");
  widget.render({ model, el });
  window.deliver = async () => {
    for (const { content, buffers } of await widgetReceive()) {
      const views = buffers.map((text) => new DataView(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer));
      for (const callback of listeners["msg:custom"] ?? []) callback(content, views);
    }
    setTimeout(window.deliver, 10);
  };
  window.change = (key, value) => { state[key] = value; (listeners[`change:${key}`] ?? []).forEach((callback) => callback()); };
  void window.deliver();
}
"""


def test_the_widget_is_the_same_room(visit: Visit, lab: Lab) -> None:
    """The front end is mounted as anywidget mounts it; its model is the comm of a real widget."""
    pytest.importorskip("anywidget")
    widget = ogive.lab.Explorer("sigmoid", form="derivative", low=-60, high=60, x=40, language="ko")  # type: ignore[attr-defined]
    said: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()

    def send(data: Any = None, metadata: Any = None, buffers: Any = None) -> None:
        if data.get("method") == "custom":
            said.put({"content": data["content"], "buffers": [base64.b64encode(bytes(each)).decode() for each in buffers or []]})

    widget.comm.send = send

    def receive() -> list[dict[str, Any]]:
        waiting = []
        while not said.empty():
            waiting.append(said.get())
        return waiting

    page = visit("#train")
    page.expose_function("widgetState", lambda: {key: getattr(widget, key) for key in ("room", "view", "language")})
    page.expose_function("widgetSave", lambda state: widget.set_state({"view": state["view"]}))
    page.expose_function("widgetSend", lambda content: widget._handle_custom_msg(content, []))
    page.expose_function("widgetReceive", receive)
    page.evaluate(MODEL)
    expect(sentence(page)).to_have_text("x = 40에서 흔한 식의 결과는 0이지만, 참값은 4.248e−18입니다.", timeout=20_000)
    expect(page.get_by_role("navigation")).to_have_count(0)
    page.get_by_role("textbox", name="x", exact=True).fill("0")
    page.keyboard.press("Enter")
    expect(page.get_by_text("0x3fd0000000000000").first).to_be_visible()
    page.wait_for_timeout(300)
    assert "x=0" in widget.view.split("&")
    page.evaluate("change('view', 'functions=tanh&x=2')")
    expect(page.get_by_role("heading", name="tanh")).to_be_visible()
    assert findings(page) == []
    widget.close()
