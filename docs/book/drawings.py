"""The picture of each card, as SVG in the colours of the page: what `ogive.plot` draws, or a section through a function of rows."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
from matplotlib.figure import Figure

import ogive
from book import machine
from ogive.activation import Activation, Elementwise
from ogive.borrowed import Borrowed
from ogive.files import replacing
from ogive.loss import Loss
from ogive.plot import plot, saturated
from ogive.plot.style import BAND, COLOURS, FRAME, GRID, INK, LIMIT
from ogive.sketch import sample, view, window
from ogive.vectorwise import Composed

#: What the stylesheet calls the colours of a drawing, so that they follow the page from light to dark.
VARIABLES = {
    **{colour: f"--curve-{i}" for i, colour in enumerate(COLOURS)},
    BAND: "--curve-band",
    FRAME: "--curve-frame",
    GRID: "--curve-grid",
    INK: "--pst-color-text-base",
    "#000000": "--pst-color-text-base",
    "#ffffff": "--pst-color-background",
}
SETTINGS = {"svg.fonttype": "none", "svg.hashsalt": "ogive", "font.size": 10, "axes.formatter.use_mathtext": False}
THUMBNAIL = (120.0, 76.0)  # pixels


@dataclass(frozen=True)
class Section:
    """One curve: what is drawn, as code, and its points."""

    label: str
    x: np.ndarray[Any, Any]
    y: np.ndarray[Any, Any]


def sections(card: Activation) -> list[Section]:
    """Cut through a card that is no function of one number, so that something can be drawn."""
    x = np.linspace(-5, 5, 601)
    if isinstance(card, Borrowed):
        at = np.linspace(*view(card), 601)  # type: ignore[arg-type]
        with np.errstate(all="ignore"):
            return [Section(f"df = {df}", at, card(at, df)) for df in (1, 3, 30)]
    if isinstance(card, Loss):
        if card.composed is not None:
            rows = np.stack([x, 0 * x], axis=-1)
            return [Section(f"{card.name}([z, 0], {k})", x, card(rows, np.full(len(x), k), reduction="none")) for k in (0, 1)]
        with np.errstate(all="ignore"):
            other = -1 if np.isfinite(card(0.0, -1)) else 0
        return [Section(f"{card.name}(z, {t})", x, card(x, t, reduction="none")) for t in (1, other)]
    if isinstance(card, Composed):
        if card.choice:
            return [Section(f"{card.name}([x, -x])", x, card(np.stack([x, -x], axis=-1))[:, 0])]
        if card.parts == 1:
            values = card(x[:, None])
            return [Section(f"{card.name}([x])[{i}]", x, values[:, i]) for i in range(values.shape[1])]
        return [Section(f"{card.name}([1, x])", x, card(np.stack([np.ones_like(x), x], axis=-1))[:, 0])]
    values = card(np.stack([x, 0 * x], axis=-1))
    if values.ndim == 1:
        return [Section(f"{card.name}([x, 0])", x, values)]
    return [Section(f"{card.name}([x, 0])[{i}]", x, values[:, i]) for i in range(2)]


def _broken(y: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Leave out the point before a jump, so that no line crosses it."""
    found = np.array(y, dtype=np.float64)
    found[:-1][np.abs(np.diff(y)) > 0.9] = np.nan
    return found


def marks(card: Activation) -> list[tuple[str, str]]:
    """List what the legend explains: the class of a swatch, and its word in `book.words`, or code."""
    if not isinstance(card, Elementwise):
        return [(f"line curve-{i}", section.label) for i, section in enumerate(sections(card))]
    found = [("line curve-0", "f"), ("line dashed curve-1", "f′")]
    low, high = view(card)
    if saturated(card, low, high):
        found.append(("band", "saturated"))
    if any(np.isfinite(limit) for limit in card.limits):
        found.append(("line dashed frame", "limits"))
    return found


def figure(card: Activation) -> Figure:
    """Draw a card, without a legend and a title: the page has both."""
    drawing = Figure(figsize=(6.6, 3.6), dpi=100, layout="constrained")
    ax = drawing.add_subplot()
    if isinstance(card, Elementwise):
        plot(card, ax=ax)
        ax.set_title("")
        legend = ax.get_legend()
        assert legend is not None
        legend.remove()
        return drawing
    for i, section in enumerate(sections(card)):
        ax.plot(section.x, _broken(section.y), color=COLOURS[i], linewidth=2, linestyle=("-", (0, (4, 1.6)), (0, (1, 1.2)))[i])
    ax.axhline(0, **LIMIT, zorder=1)
    ax.set_axisbelow(True)
    ax.grid(True, color=GRID, linewidth=0.8)
    ax.spines[["top", "right"]].set_visible(False)
    ax.spines[["left", "bottom"]].set_color(FRAME)
    ax.tick_params(color=FRAME, labelsize=9)
    ax.set_xlabel("z" if isinstance(card, Loss) else "x", labelpad=1)
    ax.margins(x=0)
    return drawing


def svg(card: Activation) -> str:
    """Draw a card as an SVG element that can stand in a page."""
    stream = StringIO()
    with matplotlib.rc_context(SETTINGS):
        figure(card).savefig(stream, format="svg", transparent=False, metadata={"Date": None, "Creator": None})
    text = stream.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>|<style.*?</style>", "", text, flags=re.DOTALL)  # a style would hold for the whole page
    text = re.sub(r"""<svg [^>]*?viewBox="([^"]*)"[^>]*>""", rf'<svg viewBox="\1" role="img" aria-label="{card.name}">', text, count=1)
    text = re.sub(r"font-family: [^;\"]*;", "", text)
    text = re.sub(r"#[0-9a-fA-F]{6}\b", lambda found: f"var({VARIABLES.get(found[0]) or VARIABLES[found[0].upper()]})", text)
    return re.sub(r"\n\s*", "\n", text)


def folder() -> Path:
    """Return where the drawings are kept, one folder for each state of the library and of this file."""
    mine = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:8]
    return machine.BUILD / f"drawings/{machine.digest()}-{mine}"


def draw_all(backwards: bool) -> None:
    """Draw every card that has not been drawn; two processes that begin at different ends share the work."""
    place = folder()
    place.mkdir(parents=True, exist_ok=True)
    for name, card in sorted(ogive.CATALOGUE.items(), reverse=backwards):
        target = place / f"{name}.svg"
        if not target.exists():
            with replacing(target) as temporary:
                Path(temporary).write_text(svg(card), encoding="utf-8")


def thumbnail(card: Activation) -> str:
    """Draw a card with a stroke, for the overview."""
    if isinstance(card, Elementwise):
        curves = [sample(card, "value", *view(card), columns=121)]
        low, high = window(curves[0], limits=card.limits)
        drawn = [(curve.x, curve.y) for curve in curves]
        left, right = view(card)
    else:
        cuts = sections(card)
        drawn = [(cut.x[::5], _broken(cut.y[::5])) for cut in cuts]
        every = np.concatenate([cut.y[np.isfinite(cut.y)] for cut in cuts])
        low, high, left, right = float(every.min()), float(every.max()), float(cuts[0].x[0]), float(cuts[0].x[-1])
    width, height = THUMBNAIL
    paths = ""
    for i, (x, y) in enumerate(drawn):
        across = 4 + (width - 8) * (x - left) / (right - left)
        down = height - 6 - (height - 12) * (np.clip(y, low, high) - low) / (high - low)
        pen, path = "M", ""
        for a, b in zip(across, down, strict=True):
            if np.isfinite(b):
                path, pen = f"{path}{pen}{a:.1f} {b:.1f}", "L"
            else:
                pen = "M"
        paths += f'<path class="curve-{i}" d="{path}"/>'
    zero = height - 6 - (height - 12) * (0 - low) / (high - low) if low <= 0 <= high else height - 6
    return f'<svg viewBox="0 0 {width:g} {height:g}" aria-hidden="true"><path class="axis" d="M4 {zero:.1f}H{width - 4:g}"/>{paths}</svg>'
