"""Write docs/speed.md from benchmarks/results/*.json, with the errors of docs/accuracy.json beside the times.

python tools/speed.py             write
python tools/speed.py --check     change nothing; exit 1 if the page is not what the numbers give
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "benchmarks"))
sys.path.insert(0, str(ROOT / "tools"))

import accuracy  # noqa: E402
from peers import LIBRARIES, cells, fastest, ratio  # noqa: E402

PAGE = ROOT / "docs/speed.md"
RESULTS = ROOT / "benchmarks/results"


def errors(document: Mapping[str, Any]) -> dict[tuple[str, str, str, str], str]:
    """Write the errors of everybody in a few characters, by function, form, dtype and column."""
    return {
        (row["function"], row["form"], row["dtype"], name): accuracy.brief_error(cell) + "‡" * accuracy.wrong_ends(row, name)
        for row in document["rows"]
        for name, cell in row["results"].items()
    }


def tagged(speed: str, price: str) -> str:
    """Write a speed and the errors it is bought with."""
    return f"{speed} · {price}" if price else speed


def table(results: Mapping[str, Any], bought_with: Mapping[tuple[str, str, str, str], str]) -> list[str]:
    """Write the table of one file."""
    head = ["function", "dtype", "M/s", "fastest peer", *LIBRARIES]
    lines = ["| " + " | ".join(head) + " |", "|---|---|--:|" + "--:|" * (len(head) - 3)]
    for row in results["rows"]:
        price = {name: bought_with.get((row["function"], row["form"], row["dtype"], name), "") for name in ("ogive", *LIBRARIES)}
        quickest = fastest(row)
        label, dtype, speed = cells(row)[:3]
        found = [label, dtype, tagged(speed, price["ogive"]), f"{ratio(row['peers'][quickest])} {quickest}" if quickest else "–"]
        found += [tagged(ratio(row["peers"][name]), price[name]) if name in row["peers"] else "–" for name in LIBRARIES]
        lines.append("| " + " | ".join(found) + " |")
    return lines


def page() -> str:
    """Write the page."""
    bought_with = errors(json.loads(accuracy.JSON.read_text()))
    lines = [
        "# How fast, and bought with what",
        "",
        "Written by `tools/speed.py` from `benchmarks/results/` and `docs/accuracy.json`; do not edit. `make bench` measures again.",
        "",
        "* **M/s**: ogive's millions of elements a second, on one thread, 100,000 elements in the cache.",
        "* **Everything else**: ogive's speed divided by the peer's, the median over rounds in which all take turns in one process; above 1 ogive is faster, "
        "below 1 the peer. ~: the rounds spread by more than a fifth.",
        "* **After the dot**: the largest error in ulp where x and the truth are normal numbers, as in [accuracy.md](accuracy.md); 0.50 is correct rounding. "
        "∞: nan or an infinity where the truth is finite; †: 0 in place of a normal number; ‡: not the limit at an end of the domain, mostly nan at ±∞. "
        "Gradients of rows were not measured.",
        "* **NumPy** is a formula that keeps its digits in the tails, **naive NumPy** the one that is written everywhere; both are in "
        "[src/ogive/formulas.py](../src/ogive/formulas.py), as are the expressions of the others.",
    ]
    for path in sorted(RESULTS.glob("*.json")):
        results = json.loads(path.read_text())
        about = results["machine"]
        packages = ", ".join(f"{accuracy.TITLES[name]} {number}" for name, number in about["versions"].items() if name in accuracy.TITLES)
        lines += [
            "",
            f"## {path.stem}",
            "",
            f"{results['date']}: {about['cpu']}, {about['system']}, GCC {about['compiler']}; {packages}.",
            "",
        ]
        lines += [results["note"], ""] if "note" in results else []
        lines += table(results, {} if "note" in results else bought_with)
        if results["single"]:
            lines += ["", "One element, nanoseconds a call: " + ", ".join(f"`{name}` {ns}" for name, ns in results["single"].items()) + "."]
    return "\n".join(lines) + "\n"


def main(argv: Sequence[str]) -> int:
    """Write, or check."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 if the page is out of date")
    options = parser.parse_args(argv)
    if options.check:
        if not PAGE.exists() or PAGE.read_text() != page():
            print("docs/speed.md is not what benchmarks/results and docs/accuracy.json give; run tools/speed.py")
            return 1
        return 0
    PAGE.write_text(page())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
