"""Check the finished book: links lead somewhere, nothing is loaded from elsewhere, both languages have the same pages, the search finds.

python docs/check.py build/docs          after `make docs`; needs Chromium for the search, and says so where there is none

Exit 0, or 1 with a line for each fault.
"""

from __future__ import annotations

import json
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
from queue import Empty, Queue
from urllib.parse import unquote, urlsplit

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
PATIENCE = 120  # seconds, for all searches
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
    return sorted(path for language in LANGUAGES for path in (site / language).rglob("*.html") if "_static" not in path.parts)


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


class Host(SimpleHTTPRequestHandler):
    """A server of the book that has one page more, on which a browser searches and reports what it has found."""

    found: Queue[list[list[str]]]

    def do_GET(self) -> None:
        """Serve a file, or the page that searches."""
        if self.path != "/searches.html":
            super().do_GET()
            return
        body = SEARCHING.replace("SEARCHES", json.dumps(SEARCHES)).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        """Take the report."""
        self.found.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


#: Opens the search page for each question, as a reader would, and waits for its answer.
SEARCHING = """<!DOCTYPE html><meta charset="utf-8"><script type="module">
const found = [];
for (const [language, words] of SEARCHES) {
  const frame = document.createElement("iframe");
  frame.src = `/${language}/search.html?q=${encodeURIComponent(words)}`;
  document.body.append(frame);
  const answered = () => frame.contentDocument?.querySelector("article .found .count");
  while (!answered()) await new Promise((resume) => setTimeout(resume, 50));
  found.push([...frame.contentDocument.querySelectorAll("article .found ol > li > a")].map((link) => link.getAttribute("href")));
  frame.remove();
}
await fetch("/report", { method: "POST", body: JSON.stringify(found) });
</script><body></body>"""


def unfound(site: Path) -> Iterator[str]:
    """Search as a reader does, in a browser that reaches nothing but this server."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        yield f"the search was not tried: none of {', '.join(BROWSERS)} is installed"
        return
    Host.found = Queue()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Host, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        command = [browser, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={home}", "--remote-debugging-port=0"]
        command += ["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", f"http://127.0.0.1:{server.server_port}/searches.html"]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            answers = Host.found.get(timeout=PATIENCE)
        except Empty:
            yield f"the browser has not answered {len(SEARCHES)} searches within {PATIENCE} s"
            return
        finally:
            process.terminate()
            process.wait()
            server.shutdown()
    for (language, words, wanted), addresses in zip(SEARCHES, answers, strict=True):
        if not any(address.endswith(f"/reference/cards/{wanted}.html") for address in addresses):
            yield f"the search for {words!r} in {language} does not find {wanted}: {', '.join(addresses) or 'nothing'}"


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
