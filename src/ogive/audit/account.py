"""The account of an audit: what was counted becomes a document, with sentences, examples and reproducers."""

from __future__ import annotations

import math
import platform
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np

from ogive.audit.findings import KINDS, Finding
from ogive.audit.measure import CELL_BITS, EDGES, Case, Cell, Tally
from ogive.audit.patience import patiently, subnormals
from ogive.audit.question import Question, bits, from_bits, text
from ogive.audit.report import SCHEMA
from ogive.audit.shards import Job
from ogive.truth.reference import evaluate
from ogive.truth.ulp import from_ordinal, ordinal

__all__ = ["account", "findings"]

MEASURED = ("error", "zero", "nan", "number", "overflow", "finite", "monotone", "range", "flush")  # kinds that are counted over all inputs
#: Stretches of |x|, by exponents of two.
STRETCHES = (
    ("|x| ≥ 1024", 10, 2000),
    ("32 ≤ |x| < 1024", 5, 10),
    ("1 ≤ |x| < 32", 0, 5),
    ("2⁻¹⁰ ≤ |x| < 1", -10, 0),
    ("normal, |x| < 2⁻¹⁰", -1022, -10),
    ("subnormal or 0", -3000, -1022),
)


def number(value: float) -> float | str:
    """Keep six digits; JSON has no infinity."""
    if math.isnan(value):
        return "nan"
    return float(f"{value:.6g}") if math.isfinite(value) else "inf" if value > 0 else "-inf"


def many(count: int, what: str) -> str:
    """Write a count with its noun."""
    return f"{count:,} {what}{'' if count == 1 else 's'}"


# ── sentences ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def says(kind: str, case: Case, question: Question, max_ulp: float) -> str:
    """Put a case in a sentence."""
    fmt = question.fmt

    def values(spelt: str) -> str:
        return " and ".join(text(from_bits(v, fmt)) for v in spelt.split())

    if question.rows:
        span = f"at {many(case.count, 'result')}"
        at = "its worst row"
    else:
        low, high = (text(from_ordinal(np.array([end]), fmt)[0]) for end in (case.low, case.high))
        if case.count == 1 and case.x:  # which tells -0 from 0
            low = high = values(case.x)
        span = f"at {many(case.count, 'input')} {f'from {low} to {high}' if low != high else f', x = {low}'}".replace(" ,", ",")
        at = f"x = {values(case.x)}" if case.x else ""
    error = f"{abs(case.ulp):{'.3g' if abs(case.ulp) > 1.01 * max_ulp else '.8g'}} ulp"
    sentences = {
        "error": f"the error is larger than {max_ulp:g} ulp {span}; the largest, {error}, at {at}: {values(case.got)} instead of {values(case.expected)}",
        "zero": f"0 comes {span}, where the truth is a normal number; at {at} it is {values(case.expected)}",
        "flush": f"0 comes {span}, where the truth is a subnormal number; at {at} it is {values(case.expected)}",
        "nan": f"nan comes {span}; at {at} the truth is {values(case.expected)}",
        "number": f"a number comes {span}, where nan is right; at {at} it is {values(case.got)}",
        "overflow": f"an infinity comes {span} that is not the truth; at {at} that is {values(case.expected)}",
        "finite": f"a finite number comes {span}, where the truth rounds to an infinity; at {at} it is {values(case.got)}",
        "monotone": f"neighbouring results are in the wrong order {span}; first, x = {values(case.x)} give {values(case.got)}",
        "range": f"results leave the range {getattr(question.card, 'range', '')} {span}; at {at} comes {values(case.got)}",
    }
    return sentences[kind]


def findings(job: Job, tally: Tally) -> list[Finding]:
    """List what the measurement found, in the order of `KINDS`."""
    question, found = job.inputs.question, []
    for kind in KINDS:
        case = tally.cases.get(kind)
        if case is None or not case.count or kind not in MEASURED:
            continue
        ends = (from_ordinal(np.array([n]), question.fmt)[0] for n in (case.low, case.high))
        low, high = ("" if question.rows else bits(end, question.fmt) for end in ends)
        found.append(
            Finding(
                kind,
                says(kind, case, question, job.max_ulp),
                case.count,
                case.x,
                case.got,
                case.expected,
                low,
                high,
                case.ulp if kind not in ("monotone", "range") else None,
                job.target.recipe(case.x.split()),
            )
        )
    return found


def confirmed(question: Question, x: str) -> bool | None:
    """Ask mpmath whether it finds the truth where Arb does; None where it cannot tell, or is not there."""
    if question.rows or not x or " " in x:
        return None
    try:
        from ogive.truth.second import confirms
    except ImportError:
        return None
    value = float(from_bits(x, question.fmt))
    if not math.isfinite(value):
        return None
    return confirms(question.card, question.form, value, evaluate(question.card, value, question.form, question.values), question.values)


# ── numbers ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def worst(case: Case, question: Question) -> dict[str, Any]:
    """Describe the largest error."""
    fmt = question.fmt
    row = "a row" if question.rows else None
    return {
        "x": case.x,
        "got": case.got,
        "expected": case.expected,
        "x_text": row or text(from_bits(case.x, fmt)),
        "got_text": text(from_bits(case.got, fmt)),
        "expected_text": text(from_bits(case.expected, fmt)),
        "ulp": number(case.ulp),
        "confirmed": confirmed(question, case.x),
    }


def regions(tally: Tally, question: Question) -> list[dict[str, Any]]:
    """Sum up the cells by stretches of the line, from left to right."""
    fmt = question.fmt
    by_name: dict[tuple[int, str], Cell] = {}
    for code, cell in tally.cells.items():
        low, _ = ends(code, question)
        negative, size = bool(np.signbit(low)), abs(float(low))
        if not math.isfinite(size):
            key = (0, "infinite or nan")
        else:
            exponent = math.frexp(size)[1] - 1 if size >= 2.0**fmt.emin else -2000
            name = next(name for name, first, last in STRETCHES if first <= exponent < last)
            key = (-1 if negative else 1, name)
        by_name[key] = by_name.get(key, Cell()).merge(cell)
    order = [(-1, name) for name, *_ in STRETCHES] + [(1, name) for name, *_ in reversed(STRETCHES)] + [(0, "infinite or nan")]
    sign = {-1: "x < 0: ", 1: "x > 0: ", 0: ""}
    return [{"name": sign[key[0]] + key[1]} | numbers(by_name[key]) for key in order if key in by_name]


def numbers(cell: Cell) -> dict[str, Any]:
    """Write down a cell."""
    return {
        "count": cell.count,
        "not_nearest": cell.not_nearest,
        "max_ulp": number(cell.max_ulp),
        "mean_ulp": number(cell.total / cell.count),
        "worst": cell.worst,
    }


def ends(code: int, question: Question) -> tuple[Any, Any]:
    """Return the first and the last number of a cell, by their bits."""
    fmt, shift = question.fmt, CELL_BITS[question.dtype]
    unsigned = f"u{fmt.dtype.itemsize}"
    first, last = (np.array(n, unsigned).view(fmt.dtype)[()] for n in (code << shift, ((code + 1) << shift) - 1))
    return first, last


def picture(tally: Tally, question: Question) -> list[list[Any]]:
    """List the cells of finite numbers in the order of the line."""
    found = []
    for code, cell in tally.cells.items():
        first, last = ends(code, question)
        with np.errstate(invalid="ignore"):
            if not np.isfinite(first):
                continue
        low, high = (last, first) if np.signbit(first) else (first, last)
        fields = [bits(low, question.fmt), bits(high, question.fmt), cell.count, cell.not_nearest]
        found.append(
            (
                int(ordinal(np.array([low]))[0]),
                bool(np.signbit(low)),
                [*fields, number(cell.least), number(cell.most), number(cell.total / cell.count)],
            )
        )
    return [row for *_, row in sorted(found, key=lambda entry: (entry[0], not entry[1]))]


def environment() -> dict[str, str]:
    """Describe what the audit ran on."""
    from ogive import show_config

    config = show_config()
    found = {"ogive": config["version"], "python": platform.python_version()}
    for package in ("numpy", "python-flint", "mpmath"):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = ""
    return found | {
        "level": config["level"],
        "system": f"{platform.system()} {platform.machine()}",
        "subnormals": patiently(subnormals, 60.0),
    }


def account(job: Job, tally: Tally | None, others: Sequence[Finding] = (), *, seconds: float = 0.0, void: str = "") -> dict[str, Any]:
    """Write the document of a report.

    Parameters
    ----------
    job : Job
        What was asked.
    tally : Tally or None
        What was counted; nothing where the audit is void.
    others : sequence of Finding
        What the checks beside the measurement found.
    seconds : float
        How long it took.
    void : str
        Why nothing here can be trusted, if so.

    Returns
    -------
    dict
        The document, of the schema `SCHEMA`.
    """
    question, inputs, target = job.inputs.question, job.inputs, job.target
    tally = tally or Tally()
    found = findings(job, tally)
    seen = {finding.kind for finding in found}
    found += [finding for finding in others if finding.kind not in seen]  # what is counted over all inputs says more
    order = list(KINDS)
    found.sort(key=lambda finding: (("fault", "flush", "remark").index(finding.grade), order.index(finding.kind)))
    counts = {kind: case.count for kind, case in tally.cases.items()}
    largest, proper = (tally.cases.get(name) for name in ("worst", "proper"))
    agreed = [] if void else [confirmed(question, finding.x) for finding in found if finding.kind in MEASURED]
    described = worst(largest, question) if largest is not None else {}
    answers = [*agreed, described.get("confirmed")]
    if False in answers:
        void = "mpmath does not find the truth where Arb does"
    statistics: dict[str, Any] = {
        "count": tally.count,
        "not_nearest": tally.not_nearest,
        "mean_ulp": number(sum(cell.total for cell in tally.cells.values()) / max(1, tally.count)),
        "max_ulp": number(largest.weight if largest else 0.0),
        "max_ulp_normal": number(proper.weight if proper else 0.0),
        "worst": described,
        "zeros_for_normal": counts.get("zero", 0),
        "zeros_for_subnormal": counts.get("flush", 0),
        "nan_for_number": counts.get("nan", 0),
        "number_for_nan": counts.get("number", 0),
        "infinite": counts.get("overflow", 0),
        "not_infinite": counts.get("finite", 0),
        "histogram": {"edges": ["-inf", *EDGES, "inf"], "counts": tally.histogram},
        "regions": [] if question.rows else regions(tally, question),
        "cells": [] if question.rows else picture(tally, question),
    }
    faulty = any(finding.grade != "remark" for finding in found)
    return {
        "schema": SCHEMA,
        "target": {"name": target.name, "library": target.library, "spec": target.spec, "versions": target.versions},
        "question": question.to_dict(),
        "inputs": {"kind": inputs.kind, "count": tally.count if not question.rows else inputs.count, "seed": inputs.seed},
        "max_ulp": job.max_ulp,
        "verdict": "void" if void else "findings" if faulty else "ok",
        "void": void,
        "statistics": statistics,
        "findings": [finding.to_dict() for finding in found],
        "truth": {
            "by_arb": tally.by_arb,
            "by_line": tally.by_line,
            "controls": tally.controls,
            "screen_error": number(tally.screen_error),
            "planted": tally.planted,
            "confirmed_by_mpmath": sum(answer is True for answer in answers),
        },
        "environment": environment(),
        "seconds": round(seconds, 3),
        "digest": tally.digest,
    }
