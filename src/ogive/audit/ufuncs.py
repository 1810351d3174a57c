"""How a ufunc treats ``out=`` and ``where=``, tried in a process of its own: a loop that runs too far can bring the process down.

A case is a few lines of Python. The child runs them, and a finding prints them as its reproducer.
"""

from __future__ import annotations

import base64
import json
import pickle
import signal
import subprocess
import sys
import warnings
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ogive.audit.findings import Finding
from ogive.audit.patience import child_environment, pickled
from ogive.truth.ulp import Array, Format, format_of, ordinal

if TYPE_CHECKING:
    from ogive.audit.question import Question
    from ogive.audit.targets import Target

__all__ = ["CASES", "Case", "Trial"]

TIMEOUT = 60.0  # seconds for the child
REACH = 30.0  # inputs are at most this far from 0
CLOSE = 16  # neighbours: bits that depend on the place in an array are another check's business
BUFFERED = 20_000  # more than NumPy casts at a time, which is 8192


@dataclass(frozen=True, slots=True)
class Case:
    """One way to call a ufunc.

    Parameters
    ----------
    kind : str
        The kind of finding that it is when it goes wrong: ``out`` or ``where``.
    says : str
        What is asked.
    x, out : str
        Slices of a long array of ``9 * n`` numbers, the input and the output.
    onto : bool
        Whether input and output lie in the same array.
    cast : str
        ``input`` or ``output`` where this one has another dtype than the loop.
    """

    kind: str
    says: str
    x: str = "4 * n : 5 * n"
    out: str = "4 * n : 5 * n"
    onto: bool = False
    cast: str = ""

    def program(self, dtype: str, source: str, low: float, high: float, seed: int) -> str:
        """Write it as Python that leaves ``block``, what came, ``right``, what is right, and whether ``out`` was returned.

        Parameters
        ----------
        dtype, source : str
            Of the loop, and of an input that has to be cast.
        low, high : float
            The inputs lie between them.
        seed : int
            Of the inputs and the mask.

        Returns
        -------
        str
            The lines; they need ``np`` and the ufunc as ``f``.
        """
        loop = f", dtype={dtype!r}" if self.cast else ""
        where = ", where=mask" if self.kind == "where" else ""
        held = {"input": (source, dtype), "output": (dtype, "float64" if dtype != "float64" else "longdouble")}.get(
            self.cast, (dtype, dtype)
        )
        return "\n".join(
            [
                f"rng, n = np.random.default_rng({seed}), {BUFFERED if self.cast else 3000}",
                f"source = rng.uniform({low!r}, {high!r}, 9 * n).astype({held[0]!r})",
                "block = source" if self.onto else f"block = np.full(9 * n, 99, {held[1]!r})",
                "mask = rng.random(n) < 0.5" if where else "mask = np.ones(n, bool)",
                f"x, out, right = source[{self.x}], block[{self.out}], block.copy()",
                f"np.copyto(right[{self.out}], f(x.copy(){loop}), where=mask)",
                f"kept = f(x, out=out{where}{loop}) is out",
            ]
        )


#: What is tried, in order: what can only give wrong numbers first, what can corrupt NumPy's own buffers last.
CASES = (
    Case("out", "out="),
    Case("out", "out= with a negative stride", out="5 * n - 1 : 4 * n - 1 : -1"),
    Case("out", "out= with gaps", out="3 * n : 5 * n : 2"),
    Case("out", "out= that is the input", onto=True),
    Case("out", "out= that overlaps the input", out="4 * n + 1 : 5 * n + 1", onto=True),
    Case("where", "where="),
    Case("where", "where= with a strided input", x="3 * n : 6 * n : 3"),
    Case("where", "where= with an out= that has gaps", x="5 * n - 1 : 4 * n - 1 : -1", out="3 * n : 5 * n : 2"),
    Case("where", "where= with an input that has to be cast", cast="input"),
    Case("where", "where= with an out= that has to be cast", cast="output"),
)
ROUNDS = 2


class Trial:
    """The cases, under way in a child; ask for the findings when there is nothing else to do.

    Parameters
    ----------
    target : Target
        One with a ufunc of one input and one output; with any other there is nothing to try.
    question : Question
        What it is asked.
    seed : int
        Of the inputs and the masks.
    """

    def __init__(self, target: Target, question: Question, seed: int = 0) -> None:
        self.target, self.child = target, None
        ufunc = target.ufunc
        if ufunc is None or (ufunc.nin, ufunc.nout, ufunc.signature) != (1, 1, None) or question.rows:
            return
        try:
            found = pickled(ufunc)
        except (pickle.PicklingError, AttributeError):  # made on the spot, by np.frompyfunc
            return
        low, high = question.finite
        self.asked: dict[str, Any] = {
            "dtype": question.dtype,
            "source": _castable(question.fmt),
            "low": float(max(low, min(-REACH, high))),
            "high": float(min(high, max(REACH, low))),
            "seed": seed,
        }
        self.child = subprocess.Popen(
            [sys.executable, "-c", "from ogive.audit.ufuncs import child; child()"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # what the C library says of a broken heap
            env=child_environment() | {"LIBC_FATAL_STDERR_": "1"},
        )
        assert self.child.stdin is not None
        with suppress(BrokenPipeError):
            self.child.stdin.write(json.dumps(self.asked | {"ufunc": base64.b64encode(found).decode()}).encode() + b"\n")
            self.child.stdin.flush()

    def findings(self) -> list[Finding]:
        """Wait for the child and read what it found.

        Returns
        -------
        list of Finding
            At most one of each kind: ``out``, ``where`` and ``crash``.
        """
        if self.child is None:
            return []
        try:
            printed, _ = self.child.communicate(timeout=TIMEOUT)
            ended = ""
        except subprocess.TimeoutExpired:
            self.child.kill()
            printed, _ = self.child.communicate()
            ended = f"it has not come back after {TIMEOUT:g} seconds"
        code = self.child.returncode
        if not ended and code < 0:
            ended = f"the process dies of {signal.Signals(-code).name}"
        lines = printed.decode().splitlines()
        reports = [json.loads(line) for line in lines if line.startswith('{"case"') and line.endswith("}")]
        found = []
        for kind in ("out", "where"):
            wrong = [report for report in reports if "wrong" in report and CASES[report["case"]].kind == kind]
            if wrong:
                asked = dict.fromkeys(CASES[report["case"]].says for report in wrong)
                found.append(
                    Finding(
                        kind,
                        f"{wrong[0]['wrong']}; wrong with {', '.join(asked)}",
                        wrong[0]["count"],
                        reproducer=self._script(wrong[0], _SHOWN),
                    )
                )
        if ended:
            last = reports[-1] if reports else {"case": 0, "round": self.asked["seed"]}
            found.append(Finding("crash", f"{ended}, at the latest with {CASES[last['case']].says}", reproducer=self._script(last, "")))
        return found

    def stop(self) -> None:
        """End the child, if it is still there."""
        if self.child is not None:
            self.child.kill()
            self.child.communicate()

    def _script(self, report: dict[str, Any], shown: str) -> str:
        """Write the case of a report as Python that runs by itself."""
        dtype = self.asked["dtype"]
        program = CASES[report["case"]].program(dtype, self.asked["source"], self.asked["low"], self.asked["high"], report["round"])
        if not shown:  # what dies does so by chance
            program = "for seed in range(100):\n" + "\n".join(
                f"    {line}" for line in program.replace(f"default_rng({report['round']})", "default_rng(seed)").splitlines()
            )
        imports = ["import ml_dtypes  # bfloat16"] * (dtype == "bfloat16") + ["import numpy as np"]
        if self.target.spec is None:
            made = [f"f = ...  # the ufunc {self.target.name}"]
        else:
            imports.append("from ogive.audit.targets import resolve")
            made = [f"f = resolve({self.target.spec!r}, {self.target.form!r}, {dtype!r}).ufunc"]
        return "\n".join([*imports, "", *made, program, *([shown] if shown else [])]) + "\n"


_SHOWN = 'print(np.count_nonzero(block != right), "numbers are wrong; out is returned:", kept)'


def _castable(fmt: Format) -> str:
    """Name a dtype that NumPy has to cast before a loop of this one."""
    return {"float64": "float32", "float32": "float16"}.get(fmt.name, "int8")


# ── in the child ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def child() -> None:
    """Read what is asked from the standard input, try all cases, and print a line before each and for each that goes wrong."""
    with suppress(ImportError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    asked = json.loads(sys.stdin.readline())
    np.dtype(format_of(asked["dtype"]).dtype)  # bfloat16 by name needs ml_dtypes
    function = pickle.loads(base64.b64decode(asked.pop("ufunc")))
    first = asked.pop("seed")
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")
    for number, case in enumerate(CASES):
        for seed in range(first, first + ROUNDS):
            print(json.dumps({"case": number, "round": seed}), flush=True)
            wrong, count = _try(function, case, case.program(**asked, seed=seed))
            if wrong:
                print(json.dumps({"case": number, "round": seed, "wrong": wrong, "count": count}), flush=True)
                break


def _try(function: np.ufunc, case: Case, program: str) -> tuple[str, int]:
    """Run a case; say what is wrong, and with how many numbers."""
    space: dict[str, Any] = {"np": np, "f": function}
    try:
        exec(program, space)
    except Exception as error:
        refused = case.cast and isinstance(error, TypeError)  # it has no loop of that dtype
        return ("", 0) if refused else (f"{case.says} raises {type(error).__name__}: {error}", 0)
    block, count = space["block"], len(space["out"])
    inside = np.zeros(len(block), bool)
    exec(f"inside[{case.out}] = True", {"inside": inside, "n": count})
    wrong = _apart(block, space["right"])
    asked = "where= leaves" if case.kind == "where" else "it leaves"
    if wrong.any():
        beside = f" and writes over {np.count_nonzero(wrong & ~inside)} beside it" if np.any(wrong & ~inside) else ""
        return f"{asked} {np.count_nonzero(wrong & inside)} of {count} numbers in out= wrong{beside}", int(np.count_nonzero(wrong))
    return ("", 0) if space["kept"] else ("what comes back is not the array given as out=", 0)


def _apart(came: Array, right: Array) -> Array:
    """Tell which numbers are no near neighbours."""
    if came.dtype == np.longdouble:
        came, right = came.astype(np.float64), right.astype(np.float64)
    lost = np.isnan(came) | np.isnan(right)
    zero = np.zeros((), came.dtype)
    distance = np.abs(ordinal(np.where(lost, zero, came)) - ordinal(np.where(lost, zero, right)))
    apart: Array = np.where(lost, np.isnan(came) != np.isnan(right), distance > CLOSE)
    return apart
