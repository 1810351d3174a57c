"""Photograph the lab for the READMEs: a network that has learned two moons, in docs/lab.png and docs/lab.ko.png.

python tools/screenshots.py     needs the extra [browser], Chromium, and the front end as it is built

What it shows is a run, so it is not compared with another: photograph it again when the lab looks different.
"""

from __future__ import annotations

import io
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, expect, sync_playwright

from ogive.files import replacing

DOCS = Path(__file__).parent.parent / "docs"
VIEW = "#train?data=moons&layers=6-tanh,4-gelu&pace=200"
EPOCHS = r"[1-9]\d{2,}"  # so many that the boundary stands
WORDS = {"en": ("Play", "Pause"), "ko": ("시작", "멈춤")}
FILES = {"en": "lab.png", "ko": "lab.ko.png"}
COLOURS = 128


def photograph(browser: Browser, address: str, language: str) -> bytes:
    """Let a network learn, and take the picture."""
    play, pause = WORDS[language]
    context = browser.new_context(locale=language, viewport={"width": 1366, "height": 768})
    page = context.new_page()
    page.goto(address + VIEW)
    page.get_by_role("button", name=play, exact=True).click()
    expect(page.locator(".room-train")).to_contain_text(re.compile(EPOCHS), timeout=60_000)
    page.wait_for_timeout(3000)
    page.get_by_role("button", name=pause, exact=True).click()
    page.wait_for_timeout(1000)
    taken = page.screenshot()
    context.close()
    return taken


def main() -> int:
    """Start a lab, and photograph it in both languages."""
    command = [sys.executable, "-m", "ogive", "lab", "--no-browser"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as lab, sync_playwright() as playwright:
        assert lab.stdout is not None
        address = lab.stdout.readline().strip()
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"])
        for language, name in FILES.items():
            picture = Image.open(io.BytesIO(photograph(browser, address, language))).convert("RGB").quantize(COLOURS)
            with replacing(DOCS / name) as temporary:
                picture.save(temporary, format="png", optimize=True)
        browser.close()
        lab.send_signal(signal.SIGINT)
    return 0


if __name__ == "__main__":
    sys.exit(main())
