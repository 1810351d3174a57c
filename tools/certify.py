"""Prove that every float32 result is correctly rounded, and write the proof down: ``make certify``.

All 2^32 inputs of a form are tried, in 512 chunks: one for each sign and exponent, 2^23 inputs. The float64 loop screens
them, Arb decides what is near a midpoint and checks the screen in every chunk (`ogive.truth.screen`). The certificate keeps
the counts and a digest of the results of each chunk. So a later run recomputes digests, which takes seconds and needs no
truth, and decides again only the chunks whose digest has changed.

    python tools/certify.py                            every function: value, derivative, inverse, log form
    python tools/certify.py --function tanh --form inverse
    python tools/certify.py --check                    recompute some digests, decide nothing
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import signal
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

import ogive

FUNCTIONS = tuple(card.name for card in ogive.CATALOGUE.values() if card.kind == "elementwise")
FORMS = ("value", "derivative", "inverse", "log")
FOLDER = Path(__file__).parent.parent / "certificates" / "float32"
CHUNKS, SIZE = 512, 1 << 23
BLOCK = 1 << 15
CONTROLS = 32  # inputs of each binade that Arb decides although the screen has
PATIENCE = 32  # chunks between two writings of an unfinished certificate


@dataclass(frozen=True)
class Chunk:
    """What is known of the results of one sign and exponent; one line of a certificate."""

    number: int
    digest: str
    misrounded: int
    by_arb: int
    by_tangent: int
    controls: int
    screen_error: float
    worst_error: float
    worst_input: str
    findings: list[list[str]]


def inputs(number: int) -> np.ndarray[Any, Any]:
    """Return the inputs of a chunk, in the order of their bits."""
    return (np.arange(SIZE, dtype=np.uint32) + np.uint32(number * SIZE)).view(np.float32)


class Digest:
    """SHA-256 of results as little-endian bytes, every nan being 0x7fc00000."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()

    def update(self, results: np.ndarray[Any, Any]) -> None:
        """Take the next results."""
        missing = np.isnan(results)
        if missing.any():
            results = np.where(missing, np.array(0x7FC00000, np.uint32).view(np.float32), results)
        self._hash.update(np.ascontiguousarray(results, dtype="<f4").data)

    def __str__(self) -> str:
        return self._hash.hexdigest()


def digest(function: str, form: str, number: int) -> str:
    """Compute the digest of a chunk, without deciding anything."""
    call = ogive.get(function).forms[form]
    parameters = [np.float32(p.default) for p in call.parameters]
    x, found = inputs(number), Digest()
    with np.errstate(all="ignore"):
        for start in range(0, SIZE, BLOCK):
            found.update(call.ufunc(x[start : start + BLOCK], *parameters))
    return str(found)


def decide(function: str, form: str, number: int, known: Chunk | None) -> Chunk:
    """Decide a chunk, unless its results are those that were decided before."""
    if known is not None and known.digest == digest(function, form, number):
        return known
    from ogive.truth.screen import screen

    found = Digest()
    result = screen(function, form, inputs(number), per_binade=CONTROLS, seed=number, observe=found.update)
    findings = [list(astuple(finding)) for finding in result.findings]
    counts = (
        result.misrounded,
        result.by_arb,
        result.by_tangent,
        result.controls,
        result.screen_error,
        result.worst_error,
        result.worst_input,
    )
    return Chunk(number, str(found), *counts, findings)


# ── certificates ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def certificate(function: str, form: str, chunks: dict[int, Chunk]) -> dict[str, Any]:
    """Sum up what is known of a form."""
    found = [chunks[n] for n in sorted(chunks)]
    hardest = max(found, key=lambda chunk: chunk.worst_error)
    call = ogive.get(function).forms[form]
    config = ogive.show_config()
    return {
        "function": function,
        "form": form,
        "dtype": "float32",
        "parameters": {p.name: p.default for p in call.parameters},
        "inputs": len(found) * SIZE,
        "misrounded": sum(chunk.misrounded for chunk in found),
        "decided_by_arb": sum(chunk.by_arb for chunk in found),
        "decided_by_tangent": sum(chunk.by_tangent for chunk in found),
        "screen_checked_by_arb": sum(chunk.controls for chunk in found),
        "screen_error": max(chunk.screen_error for chunk in found),
        "worst": {"input": hardest.worst_input, "error": hardest.worst_error},
        "findings": [finding for chunk in found for finding in chunk.findings][:100],
        "digest": hashlib.sha256("".join(chunk.digest for chunk in found).encode()).hexdigest(),
        "digests": "sha256 of the results of each chunk (a sign and an exponent, little-endian, nan as 0x7fc00000), and of the chunks' digests in order",
        "versions": {
            "ogive": config["version"],
            "numpy": np.__version__,
            "python-flint": version("python-flint"),
            "python": platform.python_version(),
        },
        "level": config["level"],
        "chunks": [list(astuple(chunk)) for chunk in found],
    }


def write(path: Path, content: dict[str, Any]) -> None:
    """Write a certificate, a chunk on a line, in one step."""
    lines = json.dumps(content | {"chunks": []}, indent=1, ensure_ascii=False)
    chunks = ",\n".join("  " + json.dumps(chunk) for chunk in content["chunks"])
    text = lines.replace('"chunks": []', f'"chunks": [\n{chunks}\n ]')
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".tmp")
    unfinished.write_text(text + "\n", encoding="utf-8")
    os.replace(unfinished, path)


def read(path: Path) -> dict[int, Chunk]:
    """Read the chunks of a certificate, finished or not."""
    if not path.exists():
        return {}
    return {fields[0]: Chunk(*fields) for fields in json.loads(path.read_text(encoding="utf-8"))["chunks"]}


def pairs(functions: Sequence[str], forms: Sequence[str]) -> list[tuple[str, str]]:
    """List what there is to certify; a form that is another card's row has that card's certificate."""
    cards = [card for name in functions if isinstance(card := ogive.CATALOGUE[name], ogive.Elementwise)]
    single = [form for form in forms if form not in ("backward", "value_and_derivative")]
    return [
        (card.name, form)
        for form in single
        for card in cards
        if form in card.forms and (form == "value" or card.forms[form].row not in ogive.CATALOGUE)
    ]


def write_open(folder: Path) -> None:
    """List the forms that have no certificate yet, beside the folder of those that have one."""
    missing = sorted(f"{f}.{form}" for f, form in pairs(FUNCTIONS, FORMS) if not paths(folder, f, form)[0].exists())
    (folder.parent / "open.txt").write_text("".join(f"{name}\n" for name in missing), encoding="utf-8")


def paths(folder: Path, function: str, form: str) -> tuple[Path, Path]:
    """Name a certificate, and what there is of it while it is being made."""
    return folder / f"{function}.{form}.json", folder / f"{function}.{form}.partial"


# ── running ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


@contextmanager
def workers(jobs: int) -> Iterator[ProcessPoolExecutor]:
    """Make processes that leave Ctrl-C to this one, and none of which outlives it."""
    pool = ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=signal.signal, initargs=(signal.SIGINT, signal.SIG_IGN))
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def certify(function: str, form: str, folder: Path, pool: ProcessPoolExecutor, force: bool, advance: Any) -> dict[str, Any]:
    """Decide all chunks of a form, going on where an interrupted run stopped."""
    final, partial = paths(folder, function, form)
    known = {} if force else read(final) | read(partial)
    done: dict[int, Chunk] = {}
    futures: list[Future[Chunk]] = [pool.submit(decide, function, form, n, known.get(n)) for n in range(CHUNKS)]
    try:
        for future in as_completed(futures):
            chunk = future.result()
            done[chunk.number] = chunk
            advance()
            if len(done) % PATIENCE == 0:
                write(partial, certificate(function, form, known | done))
    except BaseException:
        for future in futures:
            future.cancel()
        if done:
            write(partial, certificate(function, form, known | done))
        raise
    result = certificate(function, form, done)
    write(final, result)
    partial.unlink(missing_ok=True)
    if folder == FOLDER:
        write_open(folder)
    return result


def check(folder: Path, functions: list[str], forms: list[str], numbers: list[int]) -> int:
    """Recompute digests of the certificates there are; return how many differ."""
    wrong = 0
    for function in functions:
        for form in forms:
            chunks = read(paths(folder, function, form)[0])
            if not chunks:
                continue
            differ = [n for n in numbers if digest(function, form, n) != chunks[n].digest]
            wrong += len(differ)
            print(
                f"{function}.{form}: {len(numbers) - len(differ)} of {len(numbers)} digests as certified"
                + (f"; chunks {differ} differ" if differ else "")
            )
    return wrong


def main(arguments: list[str] | None = None) -> int:
    """Run from the command line; return 0, 1 for wrong results, 2 for a wrong request, 130 after Ctrl-C."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--function", nargs="+", metavar="NAME", help="which functions; by default every elementwise one")
    parser.add_argument("--form", nargs="+", metavar="FORM", help=f"which forms; by default {', '.join(FORMS)}")
    parser.add_argument(
        "--jobs", type=int, default=os.cpu_count() or 1, metavar="N", help="how many processes; by default one for each core"
    )
    parser.add_argument(
        "--folder", type=Path, default=FOLDER, metavar="PATH", help="where certificates are; by default certificates/float32"
    )
    parser.add_argument("--force", action="store_true", help="decide every chunk again")
    parser.add_argument("--list", action="store_true", help="only write certificates/open.txt, the list of forms without a certificate")
    parser.add_argument("--check", action="store_true", help="only recompute digests")
    parser.add_argument(
        "--chunks", nargs="+", type=int, default=list(range(15, CHUNKS, 32)), metavar="K", help="which digests --check recomputes, 0 to 511"
    )
    options = parser.parse_args(arguments)
    functions = [ogive.get(name).name for name in options.function or FUNCTIONS]
    forms = options.form or list(FORMS)
    chosen = pairs(functions, forms)
    if options.list:
        write_open(options.folder)
        return 0
    if not chosen or not all(0 <= n < CHUNKS for n in options.chunks):
        parser.error("there is nothing to certify: name elementwise functions, forms with one input, and chunks from 0 to 511")
    if options.check:
        return int(check(options.folder, functions, forms, options.chunks) > 0)

    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    console = Console()
    wrong = 0
    try:
        with (
            workers(options.jobs) as pool,
            Progress(
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TimeElapsedColumn(),
                TimeRemainingColumn(),
                console=console,
            ) as progress,
        ):
            for i, (function, form) in enumerate(chosen, 1):
                task = progress.add_task(f"{function}.{form} ({i} of {len(chosen)})", total=CHUNKS)
                result = certify(function, form, options.folder, pool, options.force, lambda task=task: progress.advance(task))
                wrong += result["misrounded"]
                worst = result["worst"]
                note = f"; hardest input {worst['input']}, {worst['error']} ulp" if worst["input"] else ""
                console.print(
                    f"{function}.{form}: {result['inputs']} inputs, {result['misrounded']} misrounded, {result['decided_by_arb']} decided by Arb{note}",
                    highlight=False,
                )
                for finding in result["findings"][:10]:
                    console.print(f"  at {finding[0]} got {finding[2]}, right is {finding[3]}", highlight=False)
    except KeyboardInterrupt:
        console.print("stopped; what is decided is kept, and the next run goes on from there")
        return 130
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
