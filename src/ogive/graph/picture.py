"""The picture of a graph as SVG and HTML: values above the arrows, gradients below them, lost bits in colour.

Everything is inside: style, text, no script, nothing to load. The colours are CSS variables, for light and dark pages.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from ogive.graph.language import words
from ogive.graph.layout import Box, arrow, place
from ogive.graph.nodes import error_text, short, truth_text

if TYPE_CHECKING:
    from ogive.graph.nodes import Graph, Node

__all__ = ["to_html", "to_svg"]

MARGIN = 28.0
_LIGHT = "--ink:#1f2937;--soft:#6b7280;--paper:#ffffff;--box:#f3f6fb;--rim:#9db2cf;--line:#8794a8;--back:#1d6fd1;"
_LIGHT += "--some:#fff4d6;--some-rim:#d79a1c;--lost:#fde4e1;--lost-rim:#d1402f;"
_DARK = "--ink:#e6eaf0;--soft:#9aa5b5;--paper:#14181f;--box:#1f2733;--rim:#51657f;--line:#75839a;--back:#6fb1ff;"
_DARK += "--some:#3a2f12;--some-rim:#d9a63a;--lost:#43201d;--lost-rim:#f0705f;"
STYLE = (
    f".ogive-graph{{{_LIGHT}font-family:system-ui,-apple-system,'Segoe UI','Noto Sans',sans-serif}}"
    f"@media(prefers-color-scheme:dark){{.ogive-graph{{{_DARK}}}}}"
    f"[data-theme=light] .ogive-graph{{{_LIGHT}}}[data-theme=dark] .ogive-graph{{{_DARK}}}"  # a page with a switch of its own
    ".ogive-graph .paper{fill:var(--paper)}"
    ".ogive-graph text{fill:var(--ink);font-size:13px;text-anchor:middle}"
    ".ogive-graph .name{font-size:17px;font-weight:600}"
    ".ogive-graph .note,.ogive-graph .legend{font-size:11px;fill:var(--soft)}"
    ".ogive-graph .left{text-anchor:start}"
    ".ogive-graph .title{font-size:15px;font-weight:600;text-anchor:start}"
    ".ogive-graph .back{fill:var(--back)}"
    ".ogive-graph .box{fill:var(--box);stroke:var(--rim);stroke-width:1.5}"
    ".ogive-graph .input{fill:none;stroke-dasharray:none;stroke:none}"
    ".ogive-graph .constant{stroke-dasharray:4 3}"
    ".ogive-graph .some{fill:var(--some);stroke:var(--some-rim)}"
    ".ogive-graph .lost{fill:var(--lost);stroke:var(--lost-rim);stroke-width:2}"
    ".ogive-graph .alarm{fill:var(--lost-rim);font-weight:600}"
    ".ogive-graph .arrow{fill:none;stroke:var(--line);stroke-width:1.6}"
    ".ogive-graph .tip{fill:var(--line)}"
)


def _width(text: str, size: float) -> float:
    """Estimate the width of a text; Korean letters are square."""
    return size * sum(1.0 if ord(c) > 0x2FFF else 0.6 for c in text)


def _lines(text: str, width: float) -> list[str]:
    """Break a sentence into lines of a width."""
    lines: list[str] = []
    for word in text.split():
        if lines and _width(f"{lines[-1]} {word}", 13) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _note(node: Node, language: str) -> str:
    """Write what stands below the name of a node: its flags, or its error."""
    if node.kind != "operation":
        return ""
    flags = " ".join(words(language, flag) for flag in node.flags)
    if flags or not node.graph.has_truth:
        return flags
    if node.severity:
        bits = round(node.bits_lost)
        return words(language, "all bits lost") if bits >= node.precision - 1 else words(language, "bits lost", bits)
    return error_text(node)


def _details(node: Node, language: str) -> str:
    """Write all that is known of a node, for the pointer to find."""
    lines = [node.formula, f"{words(language, 'value')}: {short(node.value, 17)}"]
    if node.graph.has_truth:
        lines += [f"{words(language, 'truth')}: {truth_text(node, 20)}", f"{words(language, 'error')}: {error_text(node)}"]
        lines += [f"{words(language, 'condition')}: {node.condition:.3g}"] if node.kind == "operation" else []
    if node.gradient is not None:
        lines.append(f"{words(language, 'gradient')}: {short(node.gradient, 17)}")
    return "\n".join(lines)


def _arrow(points: tuple[tuple[float, float], ...]) -> str:
    """Draw an arrow and its tip."""
    x, y = points[-1]
    return f'<path class="arrow" d="{arrow(points)}"/><path class="tip" d="M{x:.1f} {y:.1f}l-9 -4.5v9z"/>'


def _numbers(x: float, y: float, value: str, gradient: str) -> str:
    above = f'<text x="{x:.1f}" y="{y - 7:.1f}">{escape(value)}</text>'
    below = f'<text class="back" x="{x:.1f}" y="{y + 17:.1f}">← {escape(gradient)}</text>'
    return above + (below if gradient else "")


def _box(node: Node, box: Box, language: str) -> str:
    note = _note(node, language)
    alarm = " alarm" if node.severity else ""
    lift = 0 if note else 6
    name = f'<text class="name" x="{box.x:.1f}" y="{box.y + lift:.1f}">{escape(node.label)}</text>'
    below = f'<text class="note{alarm}" x="{box.x:.1f}" y="{box.y + 16:.1f}">{escape(note)}</text>' if note else ""
    return (
        f"<g><title>{escape(_details(node, language))}</title>"
        f'<rect class="box {node.kind} {node.severity if node.kind == "operation" else ""}" x="{box.left:.1f}" '
        f'y="{box.y - box.height / 2:.1f}" width="{box.width:.1f}" height="{box.height:.1f}" rx="14"/>{name}{below}</g>'
    )


def to_svg(graph: Graph, language: str = "en") -> str:
    """Draw a graph; see `Graph.to_svg`."""
    boxed = [node for node in graph.nodes if not node.shown_in_label]
    widths = {
        node: max(34.0 if node.kind == "input" else 58.0, _width(node.label, 17) + 22, _width(_note(node, language), 11) + 18)
        for node in boxed
    }
    texts = {
        (node, i): (short(operand.value), short(graph.edges[node, i]) if (node, i) in graph.edges else "")
        for node in boxed
        for i, operand in enumerate(node.operands)
    }
    sizes = {edge: max(_width(value, 13), _width(f"← {gradient}" if gradient else "", 13)) for edge, (value, gradient) in texts.items()}
    layout = place(graph, widths, sizes)
    out_x, out_y = layout.exit
    result = short(graph.output.value), short(graph.output.gradient)
    last = max(_width(result[0], 13), _width(f"← {result[1]}", 13))
    top = MARGIN + 34
    title = f"{graph.formula}"
    at = ", ".join(f"{node.name} = {short(node.value, 8, longest=6)}" for node in graph.inputs)
    width = max(layout.width + last + 30, _width(title, 15), _width(at, 13), 420.0) + 2 * MARGIN
    sentence = str(graph.diagnose(language)) if graph.has_truth else ""
    shift = (width - 2 * MARGIN - layout.width - last - 30) / 2
    lines = _lines(sentence, width - 2 * MARGIN)
    foot = top + layout.height + 40
    height = foot + 18 * len(lines) + MARGIN
    body = [
        "".join(
            _arrow(route.points) + _numbers(route.label.x, route.label.y, *texts[route.target, route.operand]) for route in layout.routes
        ),
        _arrow(((out_x, out_y), (out_x + 8, out_y), (out_x + last + 28, out_y))) + _numbers(out_x + 10 + last / 2, out_y, *result),
        "".join(_box(node, box, language) for node, box in layout.boxes.items()),
    ]
    said = "".join(f'<text class="left" x="{MARGIN}" y="{foot + 18 * (i + 1):.1f}">{escape(line)}</text>' for i, line in enumerate(lines))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="ogive-graph" role="img" aria-label="{escape(title)}" '
        f'viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" height="{height:.0f}"><style>{STYLE}</style>'
        f'<rect class="paper" width="{width:.0f}" height="{height:.0f}" rx="8"/>'
        f'<text class="title" x="{MARGIN}" y="{MARGIN + 6}">{escape(title)}</text>'
        f'<text class="left note" x="{MARGIN}" y="{MARGIN + 24}">{escape(at)}</text>'
        f'<g transform="translate({MARGIN + shift:.1f} {top:.1f})">{"".join(body)}</g>'
        f'<text class="left legend" x="{MARGIN}" y="{foot:.1f}">{escape(words(language, "legend"))}</text>{said}</svg>'
    )


def to_html(graph: Graph, language: str = "en") -> str:
    """Draw a graph on a page of its own; see `Graph.to_html`."""
    steps = "".join(f"<li>{escape(str(step))}</li>" for step in graph.steps(language))
    return (
        f'<!DOCTYPE html><html lang="{language}"><head><meta charset="utf-8"><title>{escape(graph.formula)}</title>'
        '<meta name="viewport" content="width=device-width"><style>:root{color-scheme:light dark}'
        "body{font-family:system-ui,sans-serif;margin:2em auto;max-width:70em;padding:0 1em}svg{max-width:100%;height:auto}</style></head>"
        f"<body>{to_svg(graph, language)}<h2>{escape(words(language, 'backpropagation'))}</h2><ol>{steps}</ol></body></html>\n"
    )
