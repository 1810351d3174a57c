"""A card drawn in characters and in SVG: its formula, its curve, its facts.

`sample` knows where a curve may be drawn and where it must be broken; the sketches here and `ogive.plot` all draw what it
returns. NumPy and the standard library only, so that ``repr`` works everywhere.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np

from ogive.activation import Activation, Elementwise
from ogive.vectorwise import Composed, Vectorwise

__all__ = ["FAINT", "Curve", "Dot", "card_html", "card_text", "curve", "example_row", "plain", "sample", "saturated", "view", "window"]

Array = np.ndarray[Any, np.dtype[np.float64]]

#: Below this share of its largest value a derivative counts as gone.
FAINT = 0.05

# ── the formula in plain characters ──────────────────────────────────────────────────────────────────────────────────────


def _table(names: str, characters: str) -> dict[str, str]:
    return dict(zip(names.split(), characters, strict=True))


_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|[{}^_&]|\s+|.", re.DOTALL)
_SYMBOLS = {
    **_table("alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi", "αβγδεζηθικλμνξπ"),
    **_table("rho sigma tau upsilon phi chi psi omega varepsilon varphi", "ρστυφχψωεφ"),
    **_table("Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega", "ΓΔΘΛΞΠΣΦΨΩ"),
    **_table("infty le leq ge geq ne neq pm mp cdot times in to int prod partial", "∞≤≤≥≥≠≠±∓·×∈→∫∏∂"),
    "lvert": "|",
    "rvert": "|",
    "vert": "|",
    "dots": "…",
    "ldots": "…",
    "cdots": "…",
    "quad": " ",
    "qquad": " ",
    ",": " ",
    ";": " ",
    ":": " ",
    " ": " ",
    "!": "",
    "left": "",
    "right": "",
    "displaystyle": "",
    "limits": "",
}
_RAISED, _LOWERED = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᵝᵞᵟᶿᵠ", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ"
_SUPERSCRIPTS = str.maketrans("0123456789+-=()abcdefghijklmnoprstuvwxyzβγδθφ", _RAISED)
_SUBSCRIPTS = str.maketrans("0123456789+-=()aehijklmnoprstuvx", _LOWERED)
#: One factor, its parenthesised parts replaced by NUL: a number, a letter, a group or a call, with scripts or under a root.
_FACTOR = (
    rf"√?(?:\d+(?:\.\d+)?|[^\W\d_][{_LOWERED}]*|[A-Za-z_]{{2,}}[{_RAISED}{_LOWERED}]*(?=\0)|(?=\0))"
    rf"\0?[{_RAISED}]*(?:\^\0|\^\w)?"
)


def plain(tex: str) -> str:
    r"""Write a TeX formula in plain Unicode characters, on one line.

    Parameters
    ----------
    tex : str
        A formula in the small part of TeX that the cards use: fractions, roots, scripts, Greek, named operators, cases.

    Returns
    -------
    str
        The formula; a command it does not know is shown by its name, and nothing is left out.

    Examples
    --------
    >>> from ogive.sketch import plain
    >>> plain(r"\sigma(x) = \frac{1}{1 + e^{-x}}")
    'σ(x) = 1/(1 + e⁻ˣ)'
    """
    return _Formula(tex).text()


class _Formula:
    """A reader of one formula: each piece is text and its kind (``fn`` a function's name, ``frac`` a fraction, or plain)."""

    def __init__(self, tex: str) -> None:
        self.tokens = [token.strip() or " " for token in _TOKEN.findall(tex)][::-1]

    def text(self) -> str:
        return _join(self.pieces())

    def pieces(self, stop: tuple[str, ...] = ()) -> list[tuple[str, str]]:
        """Read until one of `stop`, which stays, or the end."""
        found: list[tuple[str, str]] = []
        while self.tokens and self.tokens[-1] not in stop:
            token = self.tokens.pop()
            if token in ("^", "_"):
                kind, base = found.pop() if found else ("", "")
                found.append(("fn" if kind == "fn" else "", (f"({base})" if kind == "frac" else base) + _script(token, self.argument())))
            elif token == "{":
                found.append(("", self.group()))
            elif token == r"\frac":
                top, bottom = self.argument(), self.argument()
                found.append(("frac", f"{_factor(top, product=True)}/{_factor(bottom)}"))
            elif token == r"\sqrt":
                found.append(("", "√" + _factor(self.argument())))
            elif token == r"\begin":
                self.argument()
                found.append(("", self.cases()))
            elif token in (r"\operatorname", r"\mathrm", r"\text"):
                found.append(("fn" if token == r"\operatorname" else "", self.raw()))
            elif token == r"\sum":
                found.append(("fn", "Σ"))
            elif token[0] == "\\" and len(token) > 1:
                name = token[1:]
                known = _SYMBOLS.get(name)
                if name == "rvert" and found[-1:] == [("", " ")]:
                    found.pop()
                found.append(("", known) if known is not None else ("fn" if name.isalpha() else "", name))
                if known and (known.isalpha() or name == "lvert") and self.tokens[-1:] == [" "]:
                    self.tokens.pop()  # βx, as TeX has it
            elif token != "}":
                found.append(("", token))
        return found

    def group(self) -> str:
        text = _join(self.pieces(("}",)))
        self.tokens[-1:] = []
        return text

    def argument(self) -> str:
        """Read what a command or a script applies to: a group or a single token."""
        while self.tokens and self.tokens[-1] == " ":
            self.tokens.pop()
        if not self.tokens:
            return ""
        if self.tokens[-1] == "{":
            self.tokens.pop()
            return self.group()
        token = self.tokens.pop()
        return _SYMBOLS.get(token[1:], token[1:]) if token[0] == "\\" else token

    def raw(self) -> str:
        """Read a group of letters as they stand."""
        text = ""
        if self.tokens and self.tokens[-1] == "{":
            self.tokens.pop()
            while self.tokens and (token := self.tokens.pop()) != "}":
                text += token.removeprefix("\\")
        return text

    def cases(self) -> str:
        rows = [""]
        while self.tokens and self.tokens[-1] != r"\end":
            cell = _join(self.pieces(("&", r"\\", r"\end"))).strip()
            separator = self.tokens[-1] if self.tokens else ""
            condition = rows[-1] and not cell.startswith(("otherwise", "if", "for"))
            rows[-1] += (" if " if condition else " " if rows[-1] else "") + cell
            if separator != r"\end":
                self.tokens[-1:] = []
            if separator == r"\\":
                rows.append("")
        self.tokens[-1:] = []
        self.argument()
        return "{" + "; ".join(row for row in rows if row) + "}"


def _join(pieces: list[tuple[str, str]]) -> str:
    """Put pieces side by side; a fraction between factors gets parentheses, a function's name a space."""
    text = ""
    for i, (kind, piece) in enumerate(pieces):
        after, following = next(((k, p.strip()[0]) for k, p in pieces[i + 1 :] if p.strip()), ("", ""))
        before = text.rstrip()[-1:]
        if kind == "frac" and ((before and before not in "=+-(|{,;<>≤≥±") or (following and following not in "=+-)|},;<>≤≥±")):
            piece = f"({piece})"
        if kind == "fn" and (before.isalnum() or before == ")") and piece[0].isalpha():
            text += " "
        if piece != " " or i == 0 or pieces[i - 1][0] != "fn":
            text += piece
        if kind == "fn" and after != "frac" and (following.isalnum() or following in ("√", "|")) and following:
            text += " "
    return re.sub(r" +", " ", text).strip()


def _factor(text: str, product: bool = False) -> str:
    """Wrap what would be misread beside a slash or under a root; a product may stand before a slash."""
    inner = text
    while (shorter := re.sub(r"\([^()]*\)", "\0", inner)) != inner:
        inner = shorter
    return text if re.fullmatch(rf"(?:{_FACTOR})+" if product else _FACTOR, inner) else f"({text})"


def _script(mark: str, text: str) -> str:
    """Raise or lower a text by Unicode's own characters where it has them all."""
    table = _SUPERSCRIPTS if mark == "^" else _SUBSCRIPTS
    tight = text.replace(" ", "")
    if all(ord(c) in table for c in tight):
        return tight.translate(table)
    return mark + (text if re.fullmatch(r"\w", text) else f"({text})")


# ── where a curve is drawn, and where it is broken ───────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Dot:
    """An end of a curve at a jump: closed where the function takes the value, open where it only approaches it."""

    x: float
    y: float
    closed: bool


@dataclass(frozen=True, slots=True)
class Curve:
    """Points of a curve from left to right; nan in `y` breaks it, so that no line crosses a jump."""

    x: Array
    y: Array
    dots: tuple[Dot, ...] = ()


def view(card: Elementwise, low: float = -5, high: float = 5) -> tuple[float, float]:
    """Clip an interval to the domain of a card.

    Parameters
    ----------
    card : Elementwise
        The card.
    low, high : float
        The interval wanted.

    Returns
    -------
    (float, float)
        The part of it in which the function is defined.

    Raises
    ------
    ValueError
        If the interval is not one, or misses the domain.
    """
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise ValueError(f"a picture needs finite ends with low < high, got low={low!r}, high={high!r}")
    left, right = max(low, card.domain.low), min(high, card.domain.high)
    if not left < right:
        raise ValueError(
            f"{card.name} is defined on {card.domain}, of which [{low:g}, {high:g}] shows nothing; choose low and high inside it"
        )
    return left, right


def sample(
    card: Elementwise,
    form: str = "value",
    low: float = -5,
    high: float = 5,
    columns: int = 600,
    parameters: Mapping[str, float] | None = None,
) -> Curve:
    """Sample a form of a card for drawing: at every column, at the kinks, and on both sides of each kink.

    Parameters
    ----------
    card : Elementwise
        The card.
    form : {'value', 'derivative', 'second_derivative'}
        What to draw.
    low, high : float
        The interval; it is clipped to the domain.
    columns : int
        The number of pixel columns.
    parameters : mapping, optional
        The activation's parameters.

    Returns
    -------
    Curve
        Broken at every jump, with the dots that mark it.
    """
    low, high = view(card, low, high)
    chosen = [(parameters or {}).get(p.name, p.default) for p in card.parameters]
    kinks = [float(x) for x in {kink.at(*chosen) for kink in card.kinks} if low <= x <= high]
    beside = [np.nextafter(kink, way) for kink in kinks for way in (-np.inf, np.inf)]
    x = np.union1d(2 * np.linspace(low / 2, high / 2, columns), [*kinks, *(b for b in beside if low <= b <= high)])
    with np.errstate(all="ignore"):  # an end of the domain may be a pole
        y = np.array(card.forms[form](x, **(parameters or {})), dtype=np.float64)
    drawn, dots = y.copy(), []
    for kink in kinks:
        here = int(np.searchsorted(x, kink))
        ends = [side for side in (here - 1, here + 1) if 0 <= side < len(x) and not abs(y[side] - y[here]) <= 1e-9 * max(1, abs(y[here]))]
        if ends:
            drawn[here] = np.nan
            dots += [Dot(kink, float(y[side]), False) for side in ends] + [Dot(kink, float(y[here]), True)]
    return Curve(x, drawn, tuple(dots))


def saturated(
    card: Elementwise, low: float = -5, high: float = 5, parameters: Mapping[str, float] | None = None
) -> list[tuple[float, float]]:
    """Find where a function is flat towards its ends: where ``|f′|`` has fallen to 5 % of its maximum for good.

    Parameters
    ----------
    card : Elementwise
        The card.
    low, high : float
        The interval of interest; the maximum of an unbounded derivative is taken over it.
    parameters : mapping, optional
        The activation's parameters.

    Returns
    -------
    list of (float, float)
        At most two intervals, at the ends of [low, high].
    """
    low, high = view(card, low, high)
    reach = max(60.0, -low, high)  # far enough out to tell a tail from a stationary point
    outer = view(card, -reach, reach)
    x = np.union1d(2 * np.linspace(outer[0] / 2, outer[1] / 2, 20001), [low, high])
    with np.errstate(all="ignore"):
        slope = np.abs(np.asarray(card.derivative(x, **(parameters or {})), dtype=np.float64))
    known = not parameters and np.isfinite(float(card.lipschitz))
    largest = float(card.lipschitz) if known else float(np.nanmax(slope[(x >= low) & (x <= high)]))
    if not np.isfinite(largest):
        return []
    steep = x[slope > FAINT * largest]
    if not len(steep):
        return [(low, high)]
    bands = [(low, min(float(steep[0]), high)), (max(float(steep[-1]), low), high)]
    return [(a, b) for a, b in bands if a < b]


def window(value: Curve, *derivatives: Curve, limits: Iterable[float] = ()) -> tuple[float, float]:
    """Choose the heights a picture shows.

    Parameters
    ----------
    value : Curve
        The function; all of it is shown, or its middle 96 % where it has a pole.
    *derivatives : Curve
        Shown whole, or the middle half where there is a pole.
    limits : iterable of float
        Heights that must be in view; infinite ones are left out.

    Returns
    -------
    (float, float)
        Lowest and highest.
    """
    heights = [limit for limit in limits if math.isfinite(limit)]
    for drawn, share in ((value, 0.96), *((d, 0.5) for d in derivatives)):
        y = drawn.y[~np.isnan(drawn.y)]
        finite = y[np.isfinite(y)]
        if len(finite):
            poles = len(finite) < len(y)
            heights += [float(q) for q in np.quantile(finite, (0.5 - share / 2, 0.5 + share / 2) if poles else (0, 1))]
        heights += [dot.y for dot in drawn.dots if math.isfinite(dot.y)]
    low, high = min(heights, default=0.0), max(heights, default=1.0)
    return (low, high) if low < high else (low - 1, high + 1)


# ── in characters ────────────────────────────────────────────────────────────────────────────────────────────────────────

#: The bit of each dot of a braille character, by row and column.
_BRAILLE = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]])


def curve(card: Elementwise, width: int = 48, height: int = 9) -> str:
    """Draw the curve of a card in braille characters, between axes.

    Parameters
    ----------
    card : Elementwise
        The card, drawn over the part of [-5, 5] in its domain.
    width, height : int
        The size of the picture in characters, labels apart.

    Returns
    -------
    str
        ``height + 1`` lines; ``●`` and ``○`` are the closed and open ends at a jump.
    """
    low, high = view(card)
    drawn = sample(card, low=low, high=high, columns=2 * width)
    bottom, top = window(drawn, limits=card.limits)
    columns = np.rint((drawn.x - low) / (high - low) * (2 * width - 1)).astype(int)
    with np.errstate(invalid="ignore"):
        rows = np.clip((top - drawn.y) / (top - bottom) * (4 * height - 1), -1, 4 * height)  # one dot beyond the picture hides a pole
    dots = np.zeros((4 * height + 2, 2 * width), dtype=bool)  # with a row to spare above and below
    for i in np.flatnonzero(~np.isnan(rows)):
        dots[round(rows[i]) + 1, columns[i]] = True
        if i + 1 < len(rows) and not np.isnan(rows[i + 1]):
            middle = (rows[i] + rows[i + 1]) / 2
            for column, end in ((columns[i], rows[i]), (columns[i + 1], rows[i + 1])):
                first, last = sorted((round(middle), round(end)))
                dots[first + 1 : last + 2, column] = True
    cells = (dots[1:-1].reshape(height, 4, width, 2) * _BRAILLE[:, None, :]).sum(axis=(1, 3))
    picture = [[chr(0x2800 + cell) if cell else " " for cell in line] for line in cells]

    def down(y: float) -> int:
        return round((top - y) / (top - bottom) * (4 * height - 1)) // 4

    def along(x: float) -> int:
        return round((x - low) / (high - low) * (2 * width - 1)) // 2

    across = [(down(0), c) for c in range(width)] if bottom <= 0 <= top else []
    upright = [(r, along(0)) for r in range(height)] if low <= 0 <= high else []
    for places, mark in ((across, "─"), (upright, "│"), (set(across) & set(upright), "┼")):
        for r, c in places:
            if not cells[r, c]:
                picture[r][c] = mark
    for dot in sorted(drawn.dots, key=lambda dot: dot.closed):
        picture[down(dot.y)][along(dot.x)] = "●" if dot.closed else "○"
    heights = {down(y): f"{y + 0.0:.3g}" for y in (bottom, top)}
    if across and all(abs(down(0) - r) > 1 for r in heights):
        heights[down(0)] = "0"
    lines = [f"{heights.get(r, ''):>6} {''.join(line)}".rstrip() for r, line in enumerate(picture)]
    ends = [" "] * (width + 7)
    for x in {low, high, 0.0} if low <= 0 <= high else {low, high}:
        text = f"{x:g}"
        start = min(max(7 + along(x) - len(text) // 2, 0), width + 7 - len(text))
        ends[start : start + len(text)] = text
    return "\n".join([*lines, "".join(ends).rstrip()])


def example_row(card: Vectorwise | Composed) -> tuple[Array, Array]:
    """Apply a card that takes rows to a small one.

    Parameters
    ----------
    card : Vectorwise or Composed
        The card.

    Returns
    -------
    (ndarray, ndarray)
        The row and the card's answer, a row too or one number.
    """
    x = np.array([-1.0, 0.0, 1.0, 2.0])
    return x, np.atleast_1d(np.asarray(card(x), dtype=np.float64))


def _numbers(values: Array) -> str:
    return "[" + ", ".join(f"{v:.4g}" for v in values) + "]"


def _row_text(card: Vectorwise | Composed) -> list[str]:
    x, y = example_row(card)
    lines = [f"{card.name}({_numbers(x)}) = {_numbers(y) if len(y) > 1 else f'{y[0]:.6g}'}"]
    if len(x) == len(y) and np.all((y >= 0) & (y <= 1)):
        lines += ["", *(f"{a:4g} {'█' * round(40 * b)}{'▏' if b < 1 / 80 else ''} {b:.4g}" for a, b in zip(x, y, strict=True))]
    return lines


def card_text(card: Activation) -> str:
    """Write a card for the terminal: name, formula, sketch and the facts most asked for.

    Parameters
    ----------
    card : Activation
        Any card.

    Returns
    -------
    str
        At most 20 lines of at most 100 columns.
    """
    lines = [f"ogive.{card.name}" + (f", also {', '.join(card.aliases)}" if card.aliases else ""), card.formula, ""]
    if isinstance(card, Elementwise):
        lines += curve(card).splitlines()
    elif isinstance(card, (Vectorwise, Composed)):
        lines += _row_text(card)
    facts = card.facts()
    dull = {"Domain": "[-∞, ∞]", "Symmetry": "none", "Kinks": "none"}
    asked = ("Domain", "Targets", "Range", "Parameters", "Symmetry", "Kinks", "Saturates", "Inverse", "Rows", "Error", "Ufunc")
    shown = [(label, facts[label]) for label in asked if label in facts and facts[label] != dull.get(label)]
    lines += [*([""] if lines[-1] else []), *(f"{label:<12}{text}" for label, text in shown)][: 20 - len(lines)]
    return "\n".join(line if len(line) <= 100 else line[:99] + "…" for line in lines)


# ── in SVG ───────────────────────────────────────────────────────────────────────────────────────────────────────────────

BLUE, ORANGE = "#3b8fd4", "#e0792b"  # of middle brightness, to be read on white and on black
_PAPER = "var(--jp-layout-color0, var(--vscode-editor-background, Canvas))"


def _svg(card: Elementwise, width: int = 320, height: int = 150) -> str:
    """Draw value and derivative; the text takes the colour of the page."""
    low, high = view(card)
    curves = [
        (sample(card, form, low, high, width // 2), colour, dash)
        for form, colour, dash in (("derivative", ORANGE, "5 3"), ("value", BLUE, "none"))
    ]
    bottom, top = window(curves[1][0], curves[0][0], limits=card.limits)
    margin = 0.06 * (top - bottom)
    bottom, top = bottom - margin, top + margin

    def across(x: float) -> str:
        return f"{(x - low) / (high - low) * width:.1f}"

    def down(y: float) -> str:
        return f"{min(max((top - y) / (top - bottom), -0.5), 1.5) * height:.1f}"

    heights = [y for y in sorted({0.0, *card.limits}) if bottom <= y <= top]
    axes = [f'<path d="M0 {down(y)}H{width}"/>' for y in heights] + ([f'<path d="M{across(0)} 0V{height}"/>'] if low <= 0 <= high else [])
    body = [f'<g stroke="currentColor" stroke-opacity="0.3" fill="none">{"".join(axes)}</g>']
    for drawn, colour, dash in curves:
        path, pen = "", "M"
        for x, y in zip(drawn.x, drawn.y, strict=True):
            if np.isnan(y):
                pen = "M"
            else:
                path += f"{pen}{across(x)} {down(y)}"
                pen = "L"
        body.append(f'<path d="{path}" stroke="{colour}" stroke-width="2" stroke-dasharray="{dash}" stroke-linejoin="round" fill="none"/>')
        for dot in drawn.dots:
            fill = colour if dot.closed else _PAPER
            body.append(
                f'<circle cx="{across(dot.x)}" cy="{down(dot.y)}" r="3.5" stroke="{colour}" stroke-width="1.5" style="fill:{fill}"/>'
            )
    labels = "".join(f'<text x="-5" y="{float(down(y)) + 4:.1f}" text-anchor="end">{y:.3g}</text>' for y in heights)
    ground, middle, name = height + 13, width // 2, escape(card.name)
    labels += f'<text x="0" y="{ground}">{low:g}</text><text x="{width}" y="{ground}" text-anchor="end">{high:g}</text>'
    labels += f'<text x="{middle - 6}" y="{ground}" text-anchor="end" fill="{BLUE}">value</text>'
    labels += f'<text x="{middle + 6}" y="{ground}" fill="{ORANGE}">derivative</text>'
    # the inner svg clips what leaves the picture, and needs no id that could meet another on the page
    return (
        f'<svg viewBox="-30 -4 {width + 36} {height + 22}" width="{width + 36}" height="{height + 22}" role="img" '
        f'aria-label="{name} and its derivative">'
        f'<svg width="{width}" height="{height}" viewBox="0 0 {width} {height}">{"".join(body)}</svg>'
        f'<g fill="currentColor" font-size="11" font-family="sans-serif">{labels}</g></svg>'
    )


def card_html(card: Activation) -> str:
    """Write a card as a fragment of HTML for notebooks, with nothing to load, in the colours of the page.

    Parameters
    ----------
    card : Activation
        Any card.

    Returns
    -------
    str
        One ``div``.
    """
    aliases = f' <span style="opacity:0.7">also {escape(", ".join(card.aliases))}</span>' if card.aliases else ""
    picture = ""
    if isinstance(card, Elementwise):
        picture = _svg(card)
    elif isinstance(card, (Vectorwise, Composed)):
        picture = f'<pre style="color:inherit;background:none;margin:0">{escape(chr(10).join(_row_text(card)))}</pre>'
    cell = "text-align:left;vertical-align:top;padding:1px 12px 1px 0;background:none;color:inherit;border:none;white-space:normal"
    facts = "".join(
        f'<tr style="background:none"><th scope="row" style="{cell}">{escape(label)}</th><td style="{cell}">{escape(text)}</td></tr>'
        for label, text in card.facts().items()
    )
    return (
        '<div style="color:inherit;max-width:44em">'
        f'<div><strong style="font-family:monospace">ogive.{escape(card.name)}</strong>{aliases}</div>'
        f'<div style="font-family:serif;font-size:1.2em;margin:0.4em 0">{escape(card.formula)}</div>{picture}'
        f'<table style="border-collapse:collapse;font-size:0.9em;margin-top:0.4em">{facts}</table></div>'
    )
