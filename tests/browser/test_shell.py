"""The frame around the rooms, as a reader meets it."""

import re

import pytest
from driving import Lab, Visit, findings
from playwright.sync_api import expect

ROOMS = {"explorer": ("Explorer", "함수"), "graph": ("Graph", "계산 그래프"), "train": ("Train", "학습"), "audit": ("Audit", "검증")}


@pytest.mark.parametrize("room", ROOMS)
@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_each_room_opens_in_both_languages_and_themes(visit: Visit, room: str, language: str, theme: str) -> None:
    page = visit(f"#{room}", language=language, theme=theme)
    title = ROOMS[room][language == "ko"]
    expect(page.get_by_role("navigation").get_by_role("link", name=title, exact=True)).to_have_attribute("aria-current", "page")
    expect(page).to_have_title(f"{title} · ogive lab")
    assert page.evaluate("document.documentElement.lang") == language
    assert findings(page) == []
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")  # nothing scrolls on a laptop
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("room", ROOMS)
def test_a_phone_shows_the_picture_first(visit: Visit, room: str) -> None:
    page = visit(f"#{room}", width=390, height=844)
    columns = [page.locator(f".column.{name}") for name in ("centre", "left", "right")]
    for column in columns:
        expect(column).to_be_visible()
    tops = [column.bounding_box() for column in columns]
    assert all(tops[i]["y"] <= tops[i + 1]["y"] for i in range(2))  # type: ignore[index]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert findings(page) == []


def test_the_first_paint_comes_within_a_second(visit: Visit) -> None:
    page = visit()
    paint = page.evaluate(
        "new Promise(done => new PerformanceObserver((list, o) => { o.disconnect(); done(list.getEntries()[0].startTime); })"
        ".observe({type: 'largest-contentful-paint', buffered: true}))"
    )
    assert paint <= 1000


def test_the_token_leaves_the_address(visit: Visit) -> None:
    page = visit("#train")
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/#train", page.url)
    page.reload()
    expect(page.get_by_role("link", name="Train")).to_have_attribute("aria-current", "page")


def test_language_and_theme_are_switched_and_kept(visit: Visit) -> None:
    page = visit("#graph")
    page.get_by_role("button", name="한국어").click()
    expect(page.get_by_role("link", name="계산 그래프")).to_be_visible()
    expect(page.get_by_role("button", name="English")).to_be_focused()
    dark = page.get_by_role("button", name="어둡게")
    expect(dark).to_have_attribute("aria-pressed", "false")
    dark.click()
    expect(dark).to_have_attribute("aria-pressed", "true")
    before = page.evaluate("getComputedStyle(document.querySelector('.ogive')).backgroundColor")
    page.reload()
    expect(page.get_by_role("button", name="어둡게")).to_have_attribute("aria-pressed", "true")
    assert page.evaluate("getComputedStyle(document.querySelector('.ogive')).backgroundColor") == before
    expect(page.get_by_role("link", name="계산 그래프")).to_have_attribute("aria-current", "page")


@pytest.mark.parametrize("room", ROOMS)
def test_a_file_that_misses_its_place_does_not_take_the_page_away(visit: Visit, room: str) -> None:
    page = visit(f"#{room}")
    event = page.evaluate_handle(
        "() => { const data = new DataTransfer(); data.items.add(new File(['x'], 'x.txt'));"
        " return new DragEvent('drop', {dataTransfer: data, bubbles: true, cancelable: true}); }"
    )
    page.get_by_role("navigation").evaluate("(element, event) => element.dispatchEvent(event)", event)
    assert event.evaluate("event => event.defaultPrevented")


@pytest.mark.parametrize(
    ("view", "words"),
    [
        ("#explorer?functions=sigmoid,sigmoid,tanh,relu,step,gelu,mish,silu,elu&x=nan&low=a", "x = 1에서 sigmoid의 값은 0.7311"),
        ("#explorer?functions=", "x = 1에서 sigmoid의 값은 0.7311"),
        ("#explorer?functions=logit&low=5&high=6&x=5.5", "logit의 정의역 밖에 있습니다"),
        ("#graph?step=0.5&node=77", "exp 노드에 오버플로가 일어납니다"),
        ("#train?data=own&points=a0_0,b1_1&plane=1&seed=1.5", "배우기 시작합니다"),
        ("#train?data=own&points=a0_0,b1_1&plane=1,1,1,1", "배우기 시작합니다"),
        ("#train?data=own&points=a1.2.3_4,b1_1", "두 클래스의 점을 모두"),
        ("#audit?function=nope&form=nope&inputs=99&ulp=1e99&finding=0.5", "이 컴퓨터에 있는 구현을 고르고"),
    ],
)
def test_an_address_is_read_as_far_as_it_makes_sense(visit: Visit, view: str, words: str) -> None:
    page = visit(view, language="ko")
    expect(page.locator("[aria-live=polite]").first).to_contain_text(words)
    if "explorer" in view:
        expect(page.get_by_role("rowheader", name="ogive")).to_be_visible()
        expect(page.get_by_role("alert").filter(has_text="entries")).to_have_count(0)
        expect(page.get_by_text("≤ nan")).to_have_count(0)


def test_rooms_are_reached_by_keyboard_and_by_going_back(visit: Visit) -> None:
    page = visit()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the picture")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("region", name="Picture")).to_be_focused()
    train = page.get_by_role("link", name="Train")
    train.focus()
    page.keyboard.press("Enter")
    expect(train).to_have_attribute("aria-current", "page")
    expect(train).to_be_focused()
    page.go_back()
    expect(page.get_by_role("link", name="Explorer")).to_have_attribute("aria-current", "page")


def test_without_the_token_nobody_comes_in(visit: Visit, lab: Lab) -> None:
    page = visit()
    page.context.clear_cookies()
    answer = page.request.get(f"http://127.0.0.1:{lab.port}/")
    assert answer.status == 403
    assert "Open the address" in answer.text()


def test_a_lost_connection_comes_back_and_the_view_is_kept(visit: Visit) -> None:
    lab = Lab()
    try:
        page = visit("#explorer?functions=tanh&x=2.5", at=lab, may_lose=True)
        lab.end()
        expect(page.get_by_text("Connection lost")).to_be_visible()
        lab = Lab("--port", str(lab.port))
        other = page.context.new_page()  # the new run has a new token: its address is opened once
        other.goto(lab.address)
        expect(page.get_by_text("Connection lost")).to_have_count(0, timeout=15_000)
        assert page.url.endswith("#explorer?functions=tanh&x=2.5")
    finally:
        lab.end()
