"""The report of an audit: one JSON document, and what it says as a page, a table, a test result and a text."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ogive.audit import pages
from ogive.audit.findings import Finding
from ogive.files import replacing

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions
    from rich.text import Text

__all__ = ["SCHEMA", "Report", "save"]

SCHEMA = "ogive.audit/1"
#: What a document must hold.
KEYS = ("target", "question", "inputs", "max_ulp", "verdict", "void", "statistics", "findings", "truth", "environment", "seconds", "digest")


class Report:
    """What an audit found.

    Parameters
    ----------
    document : dict
        The JSON document of an audit; it is kept, not copied.

    Raises
    ------
    ValueError
        If it is none: another schema, a key missing, a finding of an unknown kind.

    Notes
    -----
    A report is neither true nor false; `ok` tells whether the target passed.
    """

    def __init__(self, document: dict[str, Any]) -> None:
        found = document.get("schema") if isinstance(document, dict) else None
        if found != SCHEMA:
            raise ValueError(f"a report needs a document of the schema {SCHEMA!r}, got {found!r}; ogive.audit writes such documents")
        missing = [key for key in KEYS if key not in document]
        if missing:
            raise ValueError(f"the document of the audit lacks {', '.join(missing)}; take it as ogive.audit wrote it")
        self.document = document
        self.findings = tuple(map(Finding.from_dict, document["findings"]))

    # ── what it says ─────────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def target(self) -> str:
        """The name of what was audited."""
        return str(self.document["target"]["name"])

    @property
    def question(self) -> str:
        """What was asked: function, form, parameters and dtype."""
        asked = self.document["question"]
        form = "" if asked["form"] == "value" else f" {asked['form']}"
        given = ", ".join(f"{name}={value:g}" for name, value in asked["parameters"].items())
        return f"{asked['function']}{form}{f' ({given})' if given else ''}, {asked['dtype']}"

    @property
    def verdict(self) -> str:
        """What the audit came to: ``ok``, ``findings`` (a fault or a flush at least) or ``void``."""
        return str(self.document["verdict"])

    @property
    def void(self) -> str:
        """Why nothing here can be trusted; empty where it can."""
        return str(self.document["void"])

    @property
    def statistics(self) -> dict[str, Any]:
        """The numbers: counts, errors in ulp, the histogram, regions and cells."""
        found: dict[str, Any] = self.document["statistics"]
        return found

    def ok(self, max_ulp: float | None = None, allow_flush: bool = False) -> bool:
        """Tell whether the target passes.

        Parameters
        ----------
        max_ulp : float, optional
            The largest error allowed, in ulp; by default the audit's own.
        allow_flush : bool
            Whether subnormal numbers may be taken for zero. With `max_ulp`, errors then count where the input and the truth are
            normal numbers or 0.

        Returns
        -------
        bool
            False where there is a fault, or a flush that is not allowed, or where the audit is void.
        """
        if self.void or self.verdict == "void":
            return False
        refused = {"fault"} if allow_flush else {"fault", "flush"}
        if any(finding.grade in refused for finding in self.findings if finding.kind != "error"):
            return False
        if max_ulp is None:
            return all(finding.kind != "error" for finding in self.findings)
        return float(self.statistics["max_ulp_normal" if allow_flush else "max_ulp"]) <= max_ulp

    def __bool__(self) -> bool:
        raise TypeError("a report is neither true nor false; ask report.ok()")

    def __repr__(self) -> str:
        return f"<Report on {self.target} against {self.question}: {pages.verdict(self)}>"

    # ── in other forms ───────────────────────────────────────────────────────────────────────────────────────────────────

    def to_dict(self) -> dict[str, Any]:
        """Return a copy of the document."""
        return deepcopy(self.document)

    def to_json(self) -> str:
        """Write the document as JSON, a list of numbers to a line."""
        return _json(self.document) + "\n"

    def to_html(self) -> str:
        """Make a page that needs nothing else: no script, no other file, no network."""
        return pages.html([self])

    def to_markdown(self) -> str:
        """Make a summary for a pull request."""
        return pages.markdown([self])

    def to_junit(self) -> str:
        """Make JUnit XML: a suite in which every kind of fault is a test."""
        return pages.junit([self])

    def text(self, width: int = 100) -> str:
        """Write the report as plain text.

        Parameters
        ----------
        width : int
            The longest line; 40 at least. Only lines of a reproducer are never broken.

        Returns
        -------
        str
            The lines, without one at the end.
        """
        return "\n".join("".join(text for text, _ in line).rstrip() for line in pages.lines(self, width))

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Text]:
        from rich.text import Text

        for line in pages.lines(self, options.max_width):
            yield Text.assemble(*line, no_wrap=True, overflow="ignore")

    def _repr_html_(self) -> str:
        return pages.fragment(self)

    # ── in files ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the report to a file; see `save`."""
        save(path, [self])

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Report:
        """Read a report that was saved as JSON.

        Parameters
        ----------
        path : path
            The file.

        Returns
        -------
        Report
            The report.

        Raises
        ------
        ValueError
            If it is not such a document.
        OSError
            If it cannot be read.
        """
        try:
            return cls(json.loads(Path(path).read_text(encoding="utf-8")))
        except ValueError as error:
            raise ValueError(f"{os.fspath(path)} does not hold the report of an audit: {error}") from error


def save(path: str | os.PathLike[str], reports: Sequence[Report]) -> None:
    """Write reports to a file, in one step: the file is the old one or the new one, never half of it.

    Parameters
    ----------
    path : path
        The suffix tells the form: ``.json``, ``.html``, ``.md`` or ``.xml`` (``.junit`` is the same).
    reports : sequence of Report
        One or more; several are one page with a table of verdicts, one summary, a suite each, or a list of documents.

    Raises
    ------
    ValueError
        If the suffix is another.
    OSError
        If the folder cannot be written.
    """
    forms: dict[str, Callable[[Sequence[Report]], str]] = {
        ".json": _documents,
        ".html": pages.html,
        ".md": pages.markdown,
        ".xml": pages.junit,
        ".junit": pages.junit,
    }
    file = Path(path)
    write = forms.get(file.suffix.lower())
    if write is None:
        raise ValueError(
            f"a report is saved as .json, .html, .md or .xml (JUnit; .junit is the same), not as {file.suffix or 'a file without suffix'!r}"
        )
    text = write(reports)
    with replacing(file) as temporary:
        # a file name may hold bytes that are no text: they are spelled, as JSON spells them
        temporary.write_bytes(text.encode("utf-8", "backslashreplace"))


def _documents(reports: Sequence[Report]) -> str:
    """Write one document, or a list of several."""
    return reports[0].to_json() if len(reports) == 1 else _json([report.document for report in reports]) + "\n"


def _json(value: Any, indent: str = "") -> str:
    """Write JSON that a person can read and compare by line: what holds nothing deeper stays on one line, if it is a list."""
    inner = indent + " "
    if isinstance(value, dict) and value:
        items = [f"{json.dumps(str(key), ensure_ascii=False)}: {_json(held, inner)}" for key, held in value.items()]
        return "{\n" + ",\n".join(inner + item for item in items) + f"\n{indent}}}"
    if isinstance(value, (list, tuple)) and any(isinstance(held, (dict, list, tuple)) for held in value):
        return "[\n" + ",\n".join(inner + _json(held, inner) for held in value) + f"\n{indent}]"
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
