"""What drives the lab: the process, what is watched in a page, and what axe finds in it."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Page

AXE = Path(__file__).parent.parent.parent / "frontend/node_modules/axe-core/axe.min.js"
#: Debian's browser, or another.
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


class Lab:
    """`ogive lab` as a process of its own."""

    def __init__(self, *options: str) -> None:
        self.process = subprocess.Popen([sys.executable, "-m", "ogive", "lab", "--no-browser", *options], stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.address = self.process.stdout.readline().strip()
        self.port = urlsplit(self.address).port or 0

    def end(self) -> None:
        """End it as Ctrl-C does."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            assert self.process.wait(20) == 0
            assert self.process.stdout is not None
            self.process.stdout.close()


class Watched:
    """What a page has done that it must not do."""

    def __init__(self, context: BrowserContext, port: int, may_lose: bool) -> None:
        self.errors: list[str] = []
        self.foreign: list[str] = []
        self.port, self.may_lose = port, may_lose
        context.on("request", lambda request: self._request(request.url))
        context.on("console", self._console)
        context.on("weberror", lambda error: self.errors.append(str(error.error)))

    def _request(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("data", "blob") and (parts.hostname, parts.port) != ("127.0.0.1", self.port):
            self.foreign.append(url)

    def _console(self, message: ConsoleMessage) -> None:
        lost = self.may_lose and any(text in message.text for text in ("ERR_CONNECTION_REFUSED", "403"))  # gone, or a new token
        if message.type in ("error", "warning") and not lost:
            self.errors.append(message.text)


Visit = Callable[..., Page]


def findings(page: Page) -> list[str]:
    """Ask axe what is wrong with a page: its serious and critical findings, with the elements."""
    if not AXE.exists():
        pytest.fail("there is no axe-core; cd frontend && npm ci")
    page.evaluate(AXE.read_text())  # past the page's policy, which lets nothing be added to it
    page.wait_for_function("typeof axe === 'object'")
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{each['id']}: {each['help']}: {node['html'][:160]}"
        for each in found["violations"]
        if each["impact"] in ("serious", "critical")
        for node in each["nodes"]
    ]
