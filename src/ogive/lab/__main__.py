"""``python -m ogive.lab``, and ``ogive lab`` where the command line's extra is not installed: the lab needs neither typer nor rich."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from ogive.lab import serve


def main(arguments: Sequence[str]) -> int:
    """Serve the lab.

    Parameters
    ----------
    arguments : sequence of str
        Without the name of the program.

    Returns
    -------
    int
        0 after Ctrl-C, 2 where the request was wrong.
    """
    parser = argparse.ArgumentParser("ogive lab", description="See functions, graphs, training and audits in a browser; Ctrl-C ends it.")
    parser.add_argument("--port", type=int, help="where to listen; by default a free port")
    parser.add_argument("--browser", action=argparse.BooleanOptionalAction, default=True, help="open the page in a browser")
    parser.add_argument("--language", metavar="en|ko", help="English or Korean; by default the browser's")
    asked = parser.parse_args(arguments)
    try:
        serve(asked.port, browser=asked.browser, language=asked.language, say=lambda address: print(address, flush=True))
    except ValueError as error:
        print(f"ogive: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
