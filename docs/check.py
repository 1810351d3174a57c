"""Check the finished book: links lead somewhere, nothing is loaded from elsewhere, both languages have the same pages, the search finds.

python docs/check.py build/docs          after `make docs`; needs Chromium for the search, and says so where there is none

Exit 0, or 1 with a line for each fault.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from functools import cache, partial
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

LANGUAGES = ("en", "ko")
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
#: What must be found, and on which page: a word as it stands there, with another particle there, with a particle in the question, in English.
SEARCHES = (
    ("ko", "시그모이드", "sigmoid"),
    ("ko", "시그모이드를", "sigmoid"),
    ("ko", "시그모이드의 역함수", "logit"),
    ("ko", "소프트맥스는", "softmax"),
    ("ko", "expit", "sigmoid"),
    ("en", "log-odds", "logit"),
    ("en", "rectified linear", "relu"),
)
#: Attributes that make a browser load something by itself.
LOADS = {"script": "src", "img": "src", "link": "href", "iframe": "src", "source": "src", "video": "src", "audio": "src", "object": "data"}
ONLY_NAMES = {"alternate", "next", "prev", "search", "index", "canonical", "author"}  # links that name a page and load nothing


class Page(HTMLParser):
    """The addresses and the anchors of a page."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.anchors: set[str] = set()
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """Note what a tag leads to, loads and names."""
        given = {name: value or "" for name, value in attributes}
        self.anchors |= {given[name] for name in ("id", "name") if name in given}
        if tag in ("a", "area") and "href" in given:
            self.links.append(given["href"])
        if tag in LOADS and LOADS[tag] in given:
            naming = tag == "link" and set(given.get("rel", "").split()) & ONLY_NAMES
            (self.links if naming else self.loaded).append(given[LOADS[tag]])


@cache
def parsed(path: Path) -> Page:
    """Read a page once."""
    return Page(path)


def pages(site: Path) -> list[Path]:
    """List the pages of both languages."""
    return sorted(path for language in LANGUAGES for path in (site / language).rglob("*.html"))


def broken(site: Path) -> Iterator[str]:
    """Tell which addresses lead nowhere, and what is loaded from elsewhere."""
    for path in pages(site):
        page = parsed(path)
        for address in page.loaded:
            if urlsplit(address).scheme in ("http", "https") or address.startswith("//"):
                yield f"{path.relative_to(site)} loads {address}"
        for address in [*page.links, *page.loaded]:
            parts = urlsplit(address)
            if parts.scheme or address.startswith("//"):
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            target = target / "index.html" if target.is_dir() else target
            if not target.is_file() or site not in target.parents:
                yield f"{path.relative_to(site)} leads to {address}, which is not there"
            elif parts.fragment and target.suffix == ".html" and unquote(parts.fragment) not in parsed(target).anchors:
                yield f"{path.relative_to(site)} leads to {address}, and that page has no such anchor"
    for path in sorted(site.rglob("*.css")):
        for address in re.findall(
            r"url\(\s*['\"]?((?:https?:)?//[^)'\"]+)|@import\s+['\"](https?:[^'\"]+)", path.read_text(encoding="utf-8")
        ):
            yield f"{path.relative_to(site)} loads {''.join(address)}"


def different(site: Path) -> Iterator[str]:
    """Tell which pages one language has and the other has not."""
    names = [{path.relative_to(site / language) for path in (site / language).rglob("*.html")} for language in LANGUAGES]
    for language, has, other in zip(LANGUAGES, names, names[::-1], strict=True):
        for name in sorted(other - has):
            yield f"{language}/{name} is missing; the other language has it"


class Quiet(SimpleHTTPRequestHandler):
    """A server that keeps to itself what it serves."""

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


def unfound(site: Path) -> Iterator[str]:
    """Search as a reader does, in a browser that reaches nothing but this server."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        yield f"the search was not tried: none of {', '.join(BROWSERS)} is installed"
        return
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        for language, words, wanted in SEARCHES:
            address = f"http://127.0.0.1:{server.server_port}/{language}/search.html?q={quote(words)}"
            with tempfile.TemporaryDirectory() as home:
                command = [browser, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={home}", "--virtual-time-budget=20000"]
                command += ["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--dump-dom", address]
                done = subprocess.run(command, capture_output=True, text=True, timeout=120)
            found = re.findall(r'<a href="[^"]*/reference/cards/(\w+)\.html', done.stdout)
            if wanted not in found:
                yield f"the search for {words!r} in {language} does not find {wanted}: {', '.join(found) or 'nothing'}"
    finally:
        server.shutdown()


def main(site: Path) -> int:
    """Check, and print what is wrong."""
    if not (site / "en/index.html").exists():
        print(f"{site} has no book; make docs builds it")
        return 1
    faults = [*different(site), *broken(site), *unfound(site)]
    print(
        "\n".join(faults)
        or f"{len(pages(site))} pages: every link leads somewhere, nothing comes from elsewhere, {len(SEARCHES)} searches find"
    )
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else "build/docs").resolve()))
