"""What is checked beside the error: special places, symmetry, warnings, manners with arrays, position, preimages, flushed inputs.

A check gives findings, and none where all is well. Only the check for warnings lets the target be heard.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from flint import arb

from ogive.audit.dialects import dialect
from ogive.audit.findings import Finding
from ogive.audit.inputs import takes
from ogive.audit.patience import TargetError, TargetHangs, asked, said, subnormals
from ogive.audit.question import Question, bits, text
from ogive.audit.targets import Target, _origin
from ogive.audit.ufuncs import Trial
from ogive.truth.reference import _odd, evaluate
from ogive.truth.ulp import FORMATS, Array, Format, from_ordinal, nearest, ordinal, rounded, sample

__all__ = ["check"]

COUNT = 4099  # a prime, so that no vector length divides it
BEND = 64.0  # the functions bend within this distance of 0
SLICES = (0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 63, 70)  # lengths
OFFSETS = range(18)
SINGLE = 64
COMPILED = ("jax", "keras")  # libraries that compile anew for each shape: they are shown fewer
NUMPYS = ("numpy", "scipy", "python", "ogive")  # libraries whose flags NumPy reads
WIDTHS = (130, 38, 6, 71, 3, 1)  # of rows: even, for those that are cut in two, and no multiple of a vector; and odd
LOST = np.iinfo(np.int64).max  # the distance of a number from nan


def check(target: Target, question: Question, *, seed: int = 0, timeout: float = 60.0) -> list[Finding]:
    """Check a target in everything but its error.

    Parameters
    ----------
    target : Target
        What is audited; it is called a few hundred times, mostly on a few numbers.
    question : Question
        What it is asked.
    seed : int
        Of the inputs.
    timeout : float
        How many seconds one call may take.

    Returns
    -------
    list of Finding
        At most one of each kind.

    Raises
    ------
    TargetError
        If the target raises at a plain array of one dimension, or does not answer. What it raises at other arrays is a finding.
    """
    trial = Trial(target, question, seed)
    try:
        calls = _Calls(replace(target, _run=lambda x: asked(lambda: target(x), timeout, target.name, silent=False)), question, seed)
        checks = _row_checks if question.rows else _number_checks
        found = list(checks(calls, np.random.default_rng(seed)))
        return [*found, *calls.findings(), *trial.findings()]
    finally:
        trial.stop()


# ── the calls ────────────────────────────────────────────────────────────────────────────────────────────────────────────


class _Calls:
    """The target, called in silence: its input is watched, and its result brought into the dtype of the question."""

    def __init__(self, target: Target, question: Question, seed: int) -> None:
        self.target, self.question, self.fmt, self.seed = target, question, question.fmt, seed
        self.notes: dict[str, dict[str, tuple[str, Array]]] = {"shape": {}, "dtype": {}, "in-place": {}}

    def __call__(self, x: Array, how: str = "a plain array") -> Array | None:
        """Call it on an array; None where the result has another shape, or no real numbers in it."""
        before = x.copy()
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return self._read(x, before, how, np.array(self.target(x)))

    def plain(self, x: Array) -> Array | None:
        """Call it on numbers in one dimension, always as many, so that what compiles for each length does so once."""
        came = self(np.resize(x, max(COUNT, len(x))))
        return None if came is None else came[: len(x)]

    def arranged(self, x: Array, how: str) -> Array | None:
        """Call it on an array as it lies; None also where it raises."""
        try:
            return self(x, how)
        except TargetHangs:
            raise
        except TargetError as error:
            self._note("shape", how, f"raises {said(error.__cause__ or error)}", x)
            return None

    def _read(self, x: Array, before: Array, how: str, came: Array) -> Array | None:
        if not np.array_equal(_code(x), _code(before)):
            changed = np.flatnonzero((_code(x) != _code(before)).ravel())[0]
            number, held = (bits(v.ravel()[changed], self.fmt) for v in (before, x))
            self._note("in-place", how, f"{number} is {held} afterwards", before)
            np.copyto(x, before)
        wanted = self._shape(before)
        if came.shape != wanted:
            self._note("shape", how, f"gives an array of shape {came.shape}, not {wanted}", before)
            return None
        if came.dtype != self.fmt.dtype:
            self._note("dtype", how, f"comes back as {came.dtype}", before)
            if came.dtype.name not in FORMATS and came.dtype.kind not in "biuf":
                return None
            came = rounded(came.astype(np.float64), self.fmt)
        return came

    def _shape(self, x: Array) -> tuple[int, ...]:
        return np.shape(self.question.card(x)) if self.question.rows else x.shape

    def _note(self, kind: str, how: str, what: str, x: Array) -> None:
        self.notes[kind].setdefault(how, (what, x))

    def findings(self) -> Iterator[Finding]:
        """Report what was noted on the way: one finding a kind."""
        for kind, noted in self.notes.items():
            if noted:
                how, (what, x) = next(iter(noted.items()))
                more = f"; the same or alike with {len(noted) - 1} other arrangements" if len(noted) > 1 else ""
                yield Finding(kind, f"{self.fmt.name}: {how} {what}{more}", reproducer=self._shown(x, how))

    def _shown(self, x: Array, how: str) -> str:
        """Write a call that shows what was noted, with ones where the numbers do not matter."""
        order = ".copy('F')" if "Fortran" in how else ""
        return self.script(
            [
                f"x = np.ones({x.shape}, {_dtype(self.fmt)}){order}",
                "came = f(x)",
                "print(came.shape, came.dtype, 'from', x.shape, x.dtype, 'which is now', x.ravel()[:4])",
            ]
        )

    def script(self, lines: Sequence[str]) -> str:
        """Write Python that has the target as ``f``; what has neither a name nor a source has to be defined first."""
        target = self.target
        if target.spec is None:
            imports, before, found = _origin(target.given, None, target.form)
            made = [*before, f"f = resolve({found}, {target.form!r}, {target.dtype!r}, {target.library!r})"]
        else:
            imports, made = [], [f"f = resolve({target.spec!r}, {target.form!r}, {target.dtype!r})"]
        needs = {"import numpy as np", "from ogive.audit.targets import resolve", *imports}
        needs |= {line for line in lines if line.startswith(("import ", "from "))} | (
            {"import ml_dtypes"} if self.fmt.name == "bfloat16" else set()
        )
        rest = [line for line in lines if line not in needs]
        return "\n".join([*sorted(needs, key=lambda line: line.split()[1]), "", *made, *rest]) + "\n"


def _dtype(fmt: Format) -> str:
    return "ml_dtypes.bfloat16" if fmt.name == "bfloat16" else repr(fmt.name)


def _code(x: Array) -> Array:
    """See numbers as integers."""
    return x.view(f"u{x.dtype.itemsize}")


def _alike(x: Array) -> Array:
    """See numbers as integers, nan being all alike."""
    return _code(np.where(np.isnan(x), np.asarray(np.nan, x.dtype), x))


def _apart(a: Array, b: Array) -> Array:
    """Count the numbers from one to the other."""
    lost = np.isnan(a) | np.isnan(b)
    zero = np.zeros((), a.dtype)
    distance = np.abs(ordinal(np.where(lost, zero, a)) - ordinal(np.where(lost, zero, b)))
    return np.where(lost, np.where(np.isnan(a) & np.isnan(b), 0, LOST), distance)


def _far(distance: int) -> str:
    return "a number and nan" if distance == LOST else "one zero and the other" if distance == 0 else f"{distance} ulp apart"


# ── inputs ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _bends(question: Question, count: int, rng: np.random.Generator) -> Array:
    """Draw finite inputs from where the function bends: half of all floating-point numbers there, half evenly."""
    fmt = question.fmt
    low, high = question.finite
    near = sample(max(low, -BEND), min(high, BEND), count // 2, fmt, rng)
    spread = rng.normal(0, 4, count - len(near))
    if high - low < BEND:
        spread = rng.uniform(low, high, len(spread))
    elif low == 0:
        spread = np.abs(spread)
    x = np.concatenate([near, rounded(np.clip(spread, low, high), fmt)])
    rng.shuffle(x)
    return x


def _marks(fmt: Format) -> Array:
    """Return the special places: nan, and of both signs infinity, zero, the limits of the format, and three common numbers."""
    marks = np.array([math.inf, 0.0, fmt.largest, 2.0**fmt.emin, 2.0**fmt.lsb, 0.5, 1.0, 8.0])
    return rounded(np.concatenate([[math.nan], np.stack([marks, -marks], 1).ravel()]), fmt)


def _number_checks(calls: _Calls, rng: np.random.Generator) -> Iterator[Finding]:
    """Run the checks of an elementwise form."""
    question = calls.question
    marks = _marks(question.fmt)
    x = np.concatenate([marks, _bends(question, COUNT - len(marks), rng)])
    rng.shuffle(x)
    if calls.plain(x) is None:
        return
    yield from _at_marks(calls, marks)
    for examine in (_mirror, _heard, _flagged, _placed, _enclosed, _flushed, _spoken):
        found = examine(calls, x, rng)
        if found is not None:
            yield found
    _shaped(calls, x)


def _shaped(calls: _Calls, x: Array) -> None:
    """Call it on arrays of other shapes; what is wrong is noted."""
    x = x[np.isfinite(x) & calls.question.inside(x)]
    calls.arranged(np.array(x[0]), "an array without dimensions")
    calls.arranged(x[:0], "an empty array")
    calls.arranged(x[:3].reshape(3, 1).copy(), "an array of shape (3, 1)")
    calls.arranged(np.asfortranarray(x[:20].reshape(5, 4)), "an array of shape (5, 4) in Fortran order")
    calls.arranged(x[:24].reshape(2, 3, 4).copy(), "an array of shape (2, 3, 4)")


# ── special places ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _at_marks(calls: _Calls, x: Array) -> Iterator[Finding]:
    """Check nan, the infinities, and the signs of zeros."""
    question, fmt = calls.question, calls.fmt
    got, right = calls.plain(x), question.right(x)
    if got is None:
        return
    far = ~np.isfinite(x)
    void = np.isnan(right)
    exact = right == np.trunc(right)
    near = np.where(exact, got == right, _apart(got, right) <= 1)  # a limit such as π/2 may be one ulp off
    zeros = (right == 0) & (got == 0) & (np.signbit(right) != np.signbit(got))
    for kind, wrong in (("number", far & void & ~np.isnan(got)), ("limit", far & ~void & ~near), ("signed-zero", zeros)):
        if wrong.any():
            places = [
                f"{text(g)} at {text(v)}, where {text(r)} is right" for v, g, r in zip(x[wrong], got[wrong], right[wrong], strict=True)
            ]
            here, came, due = (" ".join(bits(v, fmt) for v in values[wrong]) for values in (x, got, right))
            yield Finding(
                kind,
                "; ".join(places),
                int(wrong.sum()),
                here,
                came,
                due,
                *_between(x[wrong], fmt),
                reproducer=calls.target.recipe(here.split()),
            )


def _between(x: Array, fmt: Format) -> tuple[str, str]:
    """Return the first and the last of some inputs, in the order of the line; nan is nowhere."""
    x = x[~np.isnan(x)]
    if not len(x):
        return "", ""
    order = np.argsort(ordinal(x))
    return bits(x[order[0]], fmt), bits(x[order[-1]], fmt)


# ── symmetry ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _parity(question: Question) -> int:
    """Tell what the facts prove: 1 for an even form, -1 for an odd one, 0 for neither."""
    card: Any = question.card
    if card.symmetry is None or card.symmetry.x != 0:
        return 0
    odd = len(question.values) == len(card.parameters) and _odd(card, question.values)
    mirrored = odd or not question.parameters
    return {"value": -odd, "inverse": -odd, "derivative": mirrored, "second_derivative": -mirrored}.get(question.form, 0)


def _mirror(calls: _Calls, _: Array, rng: np.random.Generator) -> Finding | None:
    """Compare the results at x and at -x."""
    question, fmt = calls.question, calls.fmt
    parity = _parity(question)
    if not parity:
        return None
    card: Any = question.card
    x = np.abs(np.concatenate([_bends(question, COUNT // 2, rng), sample(*question.finite, COUNT // 2, fmt, rng)]))
    x = x[~np.isin(x, [abs(float(kink.at(*question.values))) for kink in card.kinks])]  # there, a convention rules
    right, left = calls.plain(x), calls.plain(-x)
    if right is None or left is None:
        return None
    mirrored = np.copysign(1, parity).astype(fmt.dtype) * left
    differ = (_alike(right) != _alike(mirrored)) & ~((right == 0) & (left == 0))
    if not differ.any():
        return None
    distance = np.where(differ, _apart(right, mirrored), 0)
    worst = int(np.argmax(distance))
    pair = np.array([x[worst], -x[worst]])
    here, came, due = (" ".join(bits(v, fmt) for v in values) for values in (pair, (right[worst], left[worst]), question.right(pair)))
    return Finding(
        "symmetry",
        f"f(-x) is not {'' if parity > 0 else '-'}f(x) at {differ.sum()} of {len(x)} pairs: at x = {text(x[worst])} it is {text(left[worst])}, "
        f"and f(x) is {text(right[worst])}, {_far(int(distance[worst]))}",
        int(differ.sum()),
        here,
        came,
        due,
        *_between(x[differ], fmt),
        reproducer=calls.target.recipe(here.split()),
    )


# ── warnings and flags ───────────────────────────────────────────────────────────────────────────────────────────────────


def _warning(target: Target, x: Array) -> str:
    """Call it as a user would, and return the first warning."""
    with warnings.catch_warnings(record=True) as caught, np.errstate(over="warn", divide="warn", invalid="warn", under="ignore"):
        warnings.simplefilter("always")
        target(x.copy())
    return f"{caught[0].category.__name__}: {caught[0].message}" if caught else ""


def _underflow(target: Target, x: Array) -> str:
    """Tell whether the flag for underflow is raised."""
    raised: list[str] = []
    with warnings.catch_warnings(), np.errstate(all="ignore", under="call", call=lambda what, flag: raised.append(what)):
        warnings.simplefilter("ignore")
        target(x.copy())
    return raised[0] if raised else ""


def _onset(heard: Callable[[Array], str], x: Array) -> Array:
    """Find the numbers nearest to 0, in an array sorted by size, at which something is heard: one, if that suffices.

    Between the first number of the array and the quiet one of its sign before it, the search goes on through all numbers.
    """
    quiet, loud = 0, len(x)
    while loud - quiet > 1:
        middle = (quiet + loud) // 2
        quiet, loud = (quiet, middle) if heard(x[:middle]) else (middle, loud)
    last = x[loud - 1 : loud]
    if not heard(last):
        return x[:loud]
    before = x[: loud - 1][np.signbit(x[: loud - 1]) == np.signbit(last)]
    if len(before):
        low, high = int(ordinal(before[-1])), int(ordinal(last[0]))
        while abs(high - low) > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if heard(from_ordinal([middle], x.dtype)) else (middle, high)
        last = from_ordinal([high], x.dtype)
    return last


def _domain(question: Question, x: Array, rng: np.random.Generator) -> Array:
    """Return inputs of the whole domain with a finite answer, poles left out, by their size."""
    fmt = question.fmt
    x = np.concatenate([x, sample(*question.finite, COUNT, fmt, rng), rounded(np.array([question.domain.low, question.domain.high]), fmt)])
    x = x[question.inside(x)]
    x = x[np.isfinite(rounded(question.wide(x), fmt))]
    return x[np.argsort(np.abs(ordinal(x)), kind="stable")]


def _heard(calls: _Calls, x: Array, rng: np.random.Generator) -> Finding | None:
    """Look for warnings where there is nothing to warn of."""
    target, fmt = calls.target, calls.fmt
    x = _domain(calls.question, x, rng)
    if not _warning(target, x):
        return None
    where = _onset(partial(_warning, target), x)
    warning = _warning(target, where) or _warning(target, x)
    here = [bits(v, fmt) for v in where]
    return Finding("warning", f"{warning}, {_from(where[-1])}", 1, here[-1], reproducer=_loud(calls, here))


def _from(x: Any) -> str:
    return f"from x = {text(x)} on, going away from 0" if np.isfinite(x) else f"at x = {text(x)}"


def _loud(calls: _Calls, here: list[str]) -> str:
    """Write a call that warns: at a few inputs, or at the whole sample."""
    if len(here) > SINGLE:
        return _again(calls)
    numbers = ", ".join(here)
    return calls.script(
        [
            "import warnings",
            "warnings.simplefilter('always')",
            f"x = np.array([{numbers}], 'u{calls.fmt.dtype.itemsize}').view({_dtype(calls.fmt)})",
            "print(f(x))",
        ]
    )


def _again(calls: _Calls) -> str:
    """Write the whole check: for what needs many numbers to show."""
    question = calls.question
    return calls.script(
        [
            "from ogive.audit.checks import check",
            "from ogive.audit.question import Question",
            f"question = Question({question.function!r}, {question.form!r}, {question.dtype!r}, {dict(question.parameters)!r})",
            f"print(*check(f, question, seed={calls.seed}), sep='\\n')",
        ]
    )


def _flagged(calls: _Calls, x: Array, rng: np.random.Generator) -> Finding | None:
    """Look for the flag of underflow where both the input and the answer are normal numbers."""
    target, question, fmt = calls.target, calls.question, calls.fmt
    if target.library not in NUMPYS:
        return None

    def flagged(x: Array) -> str:
        normal = (np.abs(x.astype(np.float64)) >= 2.0**fmt.emin) | (x == 0)
        return _underflow(target, x[normal & (np.abs(question.wide(x)) >= 2.0 ** (fmt.emin + 1))])

    x = _domain(question, x, rng)
    if not flagged(x):
        return None
    where = _onset(flagged, x)
    return Finding(
        "flags",
        f"underflow is flagged {_from(where[-1])}, where the answer is {text(question.wide(where[-1:])[0])}",
        1,
        bits(where[-1], fmt),
        reproducer=calls.script(
            [
                f"x = np.array([{bits(where[-1], fmt)}], 'u{fmt.dtype.itemsize}').view({_dtype(fmt)})",
                "with np.errstate(under='warn'):",
                "    print(f(x))",
            ]
        ),
    )


# ── position ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _laid(x: Array, skew: int) -> Array:
    """Copy an array to memory that begins `skew` bytes after a multiple of 64."""
    memory = np.empty(x.nbytes + 128, np.uint8)
    start = (skew - memory.ctypes.data) % 64
    laid = memory[start : start + x.nbytes].view(x.dtype).reshape(x.shape)
    laid[...] = x
    return laid


def _arrangements(x: Array, lengths: Sequence[int], rng: np.random.Generator) -> Iterator[tuple[str, Array, Array]]:
    """Lay numbers out in memory in many ways: what it is called, the array, and which number stands where."""
    index = np.arange(len(x))
    size = x.dtype.itemsize
    for i, length in enumerate(np.repeat(lengths, 64 // len(lengths))):
        start = 64 * int(rng.integers(0, len(x) // 64 - 2)) + OFFSETS[i % len(OFFSETS)]
        yield f"a slice of {length} from {start} on", x[start : start + length], index[start : start + length]
    for skew in (size, 16, 32):
        yield f"memory {skew} bytes after a multiple of 64", _laid(x, skew), index
    for step in (2, 3, -1):
        yield f"a view with the step {step}", x[::step], index[::step]
    square = index[: 64 * 64].reshape(64, 64)
    yield "an array of shape (64, 64)", x[square], square
    yield "an array of shape (64, 64) in Fortran order", np.asfortranarray(x[square]), square
    yield "a view of 33 columns of 64", x[square][:, :33], square[:, :33]
    for i in rng.choice(len(x), SINGLE, replace=False):
        yield "an array of one number", x[i : i + 1].copy(), index[i : i + 1]


def _placed(calls: _Calls, x: Array, rng: np.random.Generator) -> Finding | None:
    """Compare the results at the same numbers in other places."""
    x = _laid(x, 0)
    whole = calls.arranged(x, "a plain array")
    if whole is None:
        return None
    lengths = SLICES[::4] if calls.target.library in COMPILED else SLICES
    compared = _compare(calls, whole, _arrangements(x, lengths, rng))
    if compared is None:
        return None
    changed, worst, place, other, how = compared
    fmt = calls.fmt
    return Finding(
        "position",
        f"{changed.sum()} of {len(x)} numbers have another result in another place: at x = {text(x[place])} it is {text(whole[place])} "
        f"in an array of {len(x)}, and {text(other)} in {how}, {_far(worst)}",
        int(changed.sum()),
        bits(x[place], fmt),
        f"{bits(whole[place], fmt)} {bits(other, fmt)}",
        bits(calls.question.right(x[place : place + 1])[0], fmt),
        *_between(x[changed], fmt),
        reproducer=_two_places(calls, x, place),
    )


def _compare(calls: _Calls, whole: Array, arrangements: Iterator[tuple[str, Array, Array]]) -> tuple[Array, int, int, Any, str] | None:
    """Find which results change: where, by how much at the worst, where that is, what came, and in which arrangement."""
    flat = whole.ravel()
    changed = np.zeros(len(flat), bool)
    worst: tuple[int, int, Any, str] = (-1, 0, None, "")
    for how, array, index in arrangements:
        came = calls.arranged(array, how)
        if came is None:
            continue
        at, values = index.ravel(), came.ravel()
        differ = _alike(values) != _alike(flat[at])
        if differ.any():
            changed[at[differ]] = True
            distance = np.where(differ, _apart(values, flat[at]), -1)
            first = int(np.argmax(distance))
            if distance[first] > worst[0]:
                worst = int(distance[first]), int(at[first]), values[first], how
    return (changed, *worst) if changed.any() else None


def _two_places(calls: _Calls, x: Array, place: int) -> str:
    """Write calls that give two results for one number: in copies of it, or among a few others; if that does not show it, the check."""
    fmt = calls.fmt
    one = calls.arranged(x[place : place + 1].copy(), "an array of one number")
    view = f"'u{fmt.dtype.itemsize}').view({_dtype(fmt)})"
    copies = np.full(142, x[place], x.dtype)
    for shape, array in (("np.full(71, x)", copies[:71]), ("np.full(142, x)[::2]", copies[::2]), ("np.full(71, x)[::-1]", copies[70::-1])):
        many = calls.arranged(array, shape)
        if one is not None and many is not None and np.any(_alike(many) != _alike(one)[0]):
            return calls.script(
                [
                    f"x = np.array({bits(x[place], fmt)}, {view}",
                    f"for came in (f(np.full(1, x)), f({shape})):",
                    f"    print(np.unique(came), [hex(v) for v in np.unique(came.view('u{fmt.dtype.itemsize}'))])",
                ]
            )
    kept = None if one is None else _fewest(calls, x, place, _alike(one)[0])
    if kept is None:
        return _again(calls)
    numbers, i = ", ".join(bits(v, fmt) for v in x[kept]), int(np.flatnonzero(kept == place)[0])
    return calls.script([f"x = np.array([{numbers}], {view}", f"print(f(x)[{i}], f(x[{i} : {i + 1}])[0])"])


def _fewest(calls: _Calls, x: Array, place: int, alone: int) -> Array | None:
    """Find a few numbers among which one has another result than alone, by leaving out all others part by part."""
    kept, step, tries = np.arange(len(x)), len(x), 300
    while step := step // 2:
        start = 0
        while start < len(kept) and tries:
            rest = np.delete(kept, slice(start, start + step))
            came = calls.arranged(x[rest], "a plain array") if place in rest else None
            tries -= 1
            if came is not None and _alike(came)[rest == place] != alone:
                kept = rest
            else:
                start += step
    return kept if len(kept) <= SINGLE else None


# ── preimages ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _enclosed(calls: _Calls, _: Array, rng: np.random.Generator) -> Finding | None:
    """Check that an inverse lies among the numbers that its argument can be the rounded value of."""
    question, fmt = calls.question, calls.fmt
    if question.form != "inverse":
        return None
    forward = Question(question.function, "value", question.dtype, question.parameters)
    y = np.unique(rounded(forward.wide(_bends(forward, 4 * COUNT, rng)), fmt))
    with np.errstate(invalid="ignore"):
        y = y[np.isfinite(y) & (y.astype(np.float64) > question.domain.low) & (y.astype(np.float64) < question.domain.high)]
    y = rng.choice(y, min(len(y), 256), replace=False)
    came = calls.plain(y)
    if came is None:
        return None
    low, high = _preimage(question, y, question.wide)
    beside = np.flatnonzero(~((came >= low) & (came <= high)))
    truth = lambda ends: [evaluate(question.card, end, "inverse", question.values) for end in ends]
    wrong = []
    for i in beside:
        a, b = _preimage(question, y[i : i + 1], truth)
        if not a[0] <= came[i] <= b[0]:
            low[i], high[i] = a[0], b[0]
            wrong.append(int(i))
    if not wrong:
        return None
    distance = np.maximum(_apart(came, low), _apart(came, high))[wrong]
    worst = wrong[int(np.argmax(distance))]
    here = bits(y[worst], fmt)
    return Finding(
        "preimage",
        f"{len(wrong)} of {len(y)} results lie outside of what rounds to their argument: {text(y[worst])} is the rounded value "
        f"from {text(low[worst])} to {text(high[worst])}, and {text(came[worst])} comes",
        len(wrong),
        here,
        bits(came[worst], fmt),
        bits(question.right(y[worst : worst + 1])[0], fmt),
        *_between(y[wrong], fmt),
        reproducer=calls.target.recipe([here]),
    )


def _preimage(question: Question, y: Array, inverse: Callable[[Array], Any]) -> tuple[Array, Array]:
    """Enclose everything that f takes to a number that rounds to y, outward to numbers of the dtype.

    It ends where f reaches the midpoints next to y; in float64, which does not hold them, the neighbours of y serve as bounds.
    """
    fmt = question.fmt
    count = ordinal(y)
    sides = [from_ordinal(count + step, fmt).astype(np.float64) for step in (-1, 1)]
    if fmt.name != "float64":
        sides = [(y.astype(np.float64) + side) / 2 for side in sides]
    ends = [_outward(inverse(np.clip(side, question.domain.low, question.domain.high)), fmt) for side in sides]
    (first_low, first_high), (last_low, last_high) = ends
    return np.minimum(first_low, last_low), np.maximum(first_high, last_high)


def _outward(values: Any, fmt: Format) -> tuple[Array, Array]:
    """Round float64 numbers, or balls, down and up to a dtype."""
    if isinstance(values, list):
        middle = np.array([nearest(ball, fmt) for ball in values], fmt.dtype)
        below = np.array([ball < arb(float(v)) for ball, v in zip(values, middle, strict=True)])
        above = np.array([ball > arb(float(v)) for ball, v in zip(values, middle, strict=True)])
    else:
        middle = rounded(values, fmt)
        wide = middle.astype(np.float64)
        below, above = wide >= values, wide <= values  # the machine's float64 is off by next to nothing: a number more on each side
    end = int(ordinal(np.asarray(math.inf, fmt.dtype)))
    count = ordinal(middle)
    return from_ordinal(np.maximum(count - below, -end), fmt), from_ordinal(np.minimum(count + above, end), fmt)


# ── flushed inputs ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _flushed(calls: _Calls, _: Array, rng: np.random.Generator) -> Finding | None:
    """Tell whether subnormal inputs are taken for 0.

    They may be if what comes there is what comes at 0, and is wrong. If the right answers are subnormal themselves, the same comes
    from results that are flushed: that is what it is where normal inputs with subnormal answers give 0 as well.
    """
    question, fmt = calls.question, calls.fmt
    tiny = 2.0**fmt.emin
    last = 1 << (fmt.precision - 1)  # the ordinal of the smallest normal number
    number = np.concatenate([rng.integers(1, last, 62), [1, last - 1]])
    number = np.concatenate([number, -number])
    number = number[question.inside(number * 2.0**fmt.lsb)]
    x = from_ordinal(number, fmt)
    near = sample(tiny, 16 * tiny, 64, fmt, rng)
    near = np.concatenate([near, -near])
    came, zero, same = calls.plain(x), calls.plain(np.zeros(1, fmt.dtype)), calls.plain(near)
    if not len(x) or came is None or zero is None or same is None:
        return None
    # by their bits: the processor may be set to take subnormal numbers for 0 here as well
    truth, at_zero, beside = (question.wide(v) for v in (x if fmt.name == "float64" else number * 2.0**fmt.lsb, np.zeros(1), near))
    if at_zero[0] == 0:
        differ = ordinal(truth) != 0 if fmt.name == "float64" else np.abs(truth) > 2.0 ** (fmt.lsb - 1)
    else:
        differ = rounded(truth, fmt) != rounded(at_zero, fmt)
    taken = (ordinal(came) == ordinal(zero)) & (zero == rounded(at_zero, fmt))
    lost = (same == zero) & (rounded(beside, fmt) != zero) & (np.abs(beside) >= tiny)  # at normal numbers too: beside 1, say
    flushed = np.zeros(len(x), bool)
    for sign in (1, -1):
        here = differ & (sign * number > 0)
        if taken[here].all() and not lost[np.signbit(near) == (sign < 0)].any():
            flushed |= here
    sure = np.any(flushed & (np.abs(truth) >= tiny))
    if not flushed.any() or (not sure and _results_are_flushed(calls, rng)):
        return None
    state = subnormals()
    sentence = f"{flushed.sum()} of {len(x)} subnormal inputs give {text(zero[0])}, as 0 does"
    if state != "kept":
        sentence += f"; in this thread the processor is set so that subnormal {_SET[state]}"
    worst = int(np.argmax(np.where(flushed, np.abs(number), 0)))
    place = bits(x[worst], fmt)
    return Finding(
        "flushed-input",
        sentence,
        int(flushed.sum()),
        place,
        bits(came[worst], fmt),
        bits(question.right(x[worst : worst + 1])[0], fmt) if state == "kept" else "",
        *_between(x[flushed], fmt),
        reproducer=calls.target.recipe([place]),
    )


_SET = {
    "inputs flushed": "inputs are taken for 0",
    "results flushed": "results become 0",
    "both flushed": "inputs are taken for 0 and subnormal results become 0",
}


def _results_are_flushed(calls: _Calls, rng: np.random.Generator) -> bool:
    """Tell whether normal inputs with subnormal answers give 0."""
    question, fmt = calls.question, calls.fmt
    x = np.concatenate([_bends(question, COUNT, rng), sample(*question.finite, COUNT, fmt, rng)])
    size = np.abs(question.wide(x))
    x = x[(np.abs(x.astype(np.float64)) >= 2.0**fmt.emin) & (size >= 2.0 ** (fmt.lsb + 2)) & (size < 2.0 ** (fmt.emin - 1))]
    came = calls.plain(x) if len(x) else None
    return came is not None and bool(np.all(came == 0))


# ── dialects ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _spoken(calls: _Calls, _: Array, rng: np.random.Generator) -> Finding | None:
    """Tell whether it is another function."""
    low, high = calls.question.finite
    near, wide = rng.uniform(max(low, -8.0), min(high, 8.0), 1536), rng.normal(0, 30, 384)
    x = rounded(np.clip(np.concatenate([near, wide, np.zeros(128)]), low, high), calls.fmt)  # often 0: there, steps differ
    came = calls.plain(x)
    return None if came is None else dialect(calls.target, calls.question, x, came)


# ── rows ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _row_checks(calls: _Calls, rng: np.random.Generator) -> Iterator[Finding]:
    """Run the checks of a function of rows."""
    fmt = calls.fmt
    widths: tuple[int, ...] = (calls.target.row,) if calls.target.row else WIDTHS[:1] if calls.target.library in COMPILED else WIDTHS
    widths = tuple(width for width in widths if takes(calls.question, width))
    tables = [rounded(rng.normal(0, 1, (32, width)) * rng.choice([1.0, 5.0, 40.0], (32, 1)), fmt) for width in widths]
    x = tables[min(2, len(tables) - 1)]
    if calls(x) is None:
        return
    for found in (_heard_rows(calls, np.concatenate([x, x * fmt.dtype.type(20)])), _placed_rows(calls, tables, rng)):
        if found is not None:
            yield found
    calls.arranged(x[0].copy(), "an array of one row")
    calls.arranged(x[:0].copy(), "an array of no rows")
    calls.arranged(np.asfortranarray(x[:5]), f"an array of shape {x[:5].shape} in Fortran order")
    calls.arranged(x[:6].reshape(2, 3, -1).copy(), f"an array of shape {x[:6].reshape(2, 3, -1).shape}")


def _heard_rows(calls: _Calls, x: Array) -> Finding | None:
    """Look for warnings at rows with finite answers."""
    card: Any = calls.question.card
    with np.errstate(all="ignore"):
        right = np.asarray(card(x)).astype(np.float64)
    x = x[np.isfinite(right.reshape(len(x), -1)).all(1)]
    if not len(x) or not _warning(calls.target, x):
        return None
    where = next((row[None] for row in x if _warning(calls.target, row[None])), x)
    here = [bits(v, calls.fmt) for v in where[-1]]
    lines = [f"x = np.array([{', '.join(here)}], 'u{calls.fmt.dtype.itemsize}').view({_dtype(calls.fmt)})", "print(f(x[None]))"]
    warning = _warning(calls.target, where) or _warning(calls.target, x)
    return Finding("warning", f"{warning}, at a row of finite numbers", 1, " ".join(here), reproducer=calls.script(lines))


def _arranged_rows(x: Array, rng: np.random.Generator) -> Iterator[tuple[str, Array, Array]]:
    """Lay rows out in many ways: what it is called, the array, and which row stands where."""
    index = np.arange(len(x))
    for i in index:
        yield "an array of this row alone", x[i : i + 1].copy(), index[i : i + 1]
    for start in range(1, 6):
        yield f"a slice of 20 rows from {start} on", x[start : start + 20], index[start : start + 20]
    order = rng.permutation(len(x))
    yield "the rows in another order", x[order], order
    twice = np.concatenate([index, index[::-1], index])
    yield "more rows", x[twice], twice
    yield f"memory {x.dtype.itemsize} bytes after a multiple of 64", _laid(x, x.dtype.itemsize), index
    yield f"an array of shape {(4, len(x) // 4, x.shape[1])}", x.reshape(4, len(x) // 4, -1).copy(), index


def _placed_rows(calls: _Calls, tables: list[Array], rng: np.random.Generator) -> Finding | None:
    """Compare the results of the same rows in other places."""
    found: list[tuple[int, str, Array, Array]] = []
    changed = 0
    for x in tables:
        whole = calls.arranged(_laid(x, 0), "a plain array")
        if whole is None:
            continue
        results = whole.reshape(len(x), -1)
        places = np.arange(results.size).reshape(results.shape)
        spread = ((how, array, places[index]) for how, array, index in _arranged_rows(x, rng))
        compared = _compare(calls, results, spread)
        if compared is not None:
            apart, worst, place, other, how = compared
            row, entry = divmod(place, results.shape[1])
            changed += int(apart.reshape(results.shape).any(1).sum())
            came = np.array([results[row, entry], other])
            found.append(
                (
                    worst,
                    f"entry {entry} of the result is {text(came[0])} in an array of {len(x)} rows of {x.shape[1]}, and {text(other)} in {how}",
                    x[row],
                    came,
                )
            )
    if not found:
        return None
    worst, said, numbers, came = max(found, key=lambda each: each[0])
    total = sum(map(len, tables))
    return Finding(
        "position",
        f"{changed} of {total} rows have another result in another place: {said}, {_far(worst)}",
        changed,
        " ".join(bits(v, calls.fmt) for v in numbers),
        " ".join(bits(v, calls.fmt) for v in came),
        reproducer=_again(calls),
    )
