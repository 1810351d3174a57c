"""A browser and a lab to drive: Playwright with the system's Chromium.

Every page is watched: at the end of a test there must be no error on its console, and no request to another host.
"""

from collections.abc import Iterator
from typing import Any

import pytest

pytest.importorskip("playwright")
from driving import CHROMIUM, Lab, Visit, Watched
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

OPTIONS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--no-first-run")


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.fail("there is no Chromium; install it (apt-get install chromium), or name one in CHROMIUM")
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(OPTIONS))
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def lab() -> Iterator[Lab]:
    lab = Lab()
    yield lab
    lab.end()


@pytest.fixture
def visit(browser: Browser, lab: Lab) -> Iterator[Visit]:
    """Open the lab: ``visit("#train", language="ko", theme="dark", width=390)``; further visits in a test share no cookies. With
    ``may_lose`` the connection may be lost."""
    opened: list[tuple[BrowserContext, Watched]] = []

    def open_(
        view: str = "",
        *,
        at: Lab = lab,
        language: str = "en",
        theme: Any = "light",
        width: int = 1366,
        height: int = 768,
        may_lose: bool = False,
    ) -> Page:
        locale = {"en": "en-GB", "ko": "ko-KR"}[language]
        context = browser.new_context(locale=locale, color_scheme=theme, viewport={"width": width, "height": height})
        context.set_default_timeout(10_000)
        opened.append((context, Watched(context, at.port, may_lose)))
        page = context.new_page()
        page.goto(at.address + view)
        page.locator(".column").first.wait_for(state="attached")
        return page

    yield open_
    for context, watched in opened:
        context.close()
        assert watched.errors == []
        assert watched.foreign == []
