"""The vocabulary of an audit: what can be wrong with an implementation, and how grave it is."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

__all__ = ["KINDS", "Finding", "Kind"]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of finding.

    Parameters
    ----------
    name : str
        One word, or two with a hyphen.
    grade : str
        ``fault``, ``flush`` (subnormal numbers taken for zero, which a caller may accept) or ``remark`` (worth knowing; no fault).
    says : str
        What is the matter, as a clause.
    """

    name: str
    grade: str
    says: str


#: Every kind there is, by name.
KINDS = {
    kind.name: kind
    for kind in (
        Kind("error", "fault", "the error is larger than allowed"),
        Kind("zero", "fault", "0 comes where the truth rounds to a normal number"),
        Kind("nan", "fault", "nan comes where there is a number"),
        Kind("number", "fault", "a number comes where there is none"),
        Kind("overflow", "fault", "an infinity comes where the truth is finite, or the other infinity"),
        Kind("finite", "fault", "a finite number comes where the truth rounds to an infinity"),
        Kind("limit", "fault", "the value at an infinity is not the limit"),
        Kind("monotone", "fault", "neighbouring results are in the wrong order"),
        Kind("range", "fault", "results leave the range of the function"),
        Kind("symmetry", "fault", "the results at x and -x do not mirror each other"),
        Kind("preimage", "fault", "the inverse lies outside everything that rounds to its argument"),
        Kind("position", "fault", "the bits depend on where in an array, or in how long an array, the input stands"),
        Kind("in-place", "fault", "the input is written to"),
        Kind("dtype", "fault", "the dtype is not kept"),
        Kind("shape", "fault", "the shape is not kept"),
        Kind("out", "fault", "out= is not honoured"),
        Kind("where", "fault", "where= is not honoured"),
        Kind("crash", "fault", "the process dies"),
        Kind("warning", "fault", "a warning is given inside the domain"),
        Kind("flags", "remark", "floating-point flags are raised inside the domain"),
        Kind("flush", "flush", "0 comes where the truth rounds to a subnormal number"),
        Kind("flushed-input", "flush", "subnormal inputs are taken for 0"),
        Kind("signed-zero", "remark", "a zero has the other sign"),
        Kind("dialect", "remark", "another known definition fits better"),
    )
}


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is wrong with an implementation, or worth knowing.

    Parameters
    ----------
    kind : str
        One of `KINDS`.
    says : str
        A sentence with numbers in it.
    count : int
        How many inputs it concerns; 0 where it is not a matter of inputs.
    x, got, expected : str
        The worst input, what came, and what is right, as the bits of the dtype in hexadecimal, such as ``0xc2b17218``; several
        separated by spaces; empty where there is none.
    low, high : str
        The first and the last input concerned, in bits, in the order of the line; nan stands behind infinity.
    ulp : float or None
        The error at `x`.
    reproducer : str
        Python that shows it, as pasted.
    """

    kind: str
    says: str
    count: int = 0
    x: str = ""
    got: str = ""
    expected: str = ""
    low: str = ""
    high: str = ""
    ulp: float | None = None
    reproducer: str = ""

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"no kind of finding is called {self.kind!r}; there are {', '.join(KINDS)}")

    @property
    def grade(self) -> str:
        """The gravity of its kind."""
        return KINDS[self.kind].grade

    def to_dict(self) -> dict[str, Any]:
        """Return the fields, and the grade, for JSON."""
        found = asdict(self) | {"grade": self.grade}
        if self.ulp is not None and abs(self.ulp) == float("inf"):
            found["ulp"] = "inf"
        return found

    @classmethod
    def from_dict(cls, document: dict[str, Any]) -> Finding:
        """Read what `to_dict` wrote."""
        fields = {key: value for key, value in document.items() if key != "grade"}
        return cls(**(fields | {"ulp": None if fields.get("ulp") is None else float(fields["ulp"])}))
