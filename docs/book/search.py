"""The index that readers search without a network, made by pagefind from the finished pages."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def index(site: Path, language: str) -> None:
    """Index the pages of one language; only what lies in `data-pagefind-body` counts.

    Raises
    ------
    RuntimeError
        If pagefind fails; the message is its own.
    """
    command = [sys.executable, "-m", "pagefind", "--site", str(site), "--force-language", language]
    command += ["--exclude-selectors", "a.headerlink", "--quiet"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"pagefind could not index {site}: {done.stderr or done.stdout}")
