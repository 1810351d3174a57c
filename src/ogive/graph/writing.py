"""The graph in characters: a table for the terminal, and the languages of Graphviz and Mermaid."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from ogive.graph.language import words
from ogive.graph.nodes import error_text, short, truth_text

if TYPE_CHECKING:
    from ogive.graph.nodes import Graph, Node

__all__ = ["to_dot", "to_mermaid", "to_text"]


def _columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _table(rows: list[list[str]]) -> list[str]:
    sizes = [max(_columns(row[i]) for row in rows) for i in range(len(rows[0]))]
    return ["  ".join(cell + " " * (size - _columns(cell)) for cell, size in zip(row, sizes, strict=True)).rstrip() for row in rows]


def to_text(graph: Graph, language: str = "en") -> str:
    """Write a graph as a table; see `Graph.to_text`."""
    known = graph.has_truth
    heads = ["node", "value", *(["truth", "error", "condition"] if known else []), "gradient", "flags"]
    rows = [[words(language, head) for head in heads]]
    for node in graph.nodes:
        if node.shown_in_label:
            continue
        row = [node.label, short(node.value, 6)]
        if known:
            row += [truth_text(node), error_text(node), f"{node.condition:.2g}" if node.kind == "operation" else ""]
        flags = words(language, "and").join(words(language, flag) for flag in node.flags)
        rows.append([*row, "" if node.gradient is None else short(node.gradient, 6), flags])
    at = ", ".join(f"{node.name} = {short(node.value, 6)}" for node in graph.inputs)
    lines = [f"{graph.formula}   ({at})", "", *_table(rows), "", words(language, "backpropagation")]
    lines += [f"{i}. {step}" for i, step in enumerate(graph.steps(language), 1)]
    return "\n".join(lines + (["", str(graph.diagnose(language))] if known else []))


def _boxed(graph: Graph) -> list[Node]:
    return [node for node in graph.nodes if not node.shown_in_label]


def _arrows(graph: Graph) -> list[tuple[Node, Node, str]]:
    """List the arrows with the numbers on them."""
    found = []
    for node in _boxed(graph):
        for i, operand in enumerate(node.operands):
            if not operand.shown_in_label:
                gradient = f" ← {short(graph.edges[node, i])}" if (node, i) in graph.edges else ""
                found.append((operand, node, short(operand.value) + gradient))
    return found


def _lost(node: Node) -> bool:
    return node.kind == "operation" and bool(node.severity)


def to_dot(graph: Graph) -> str:
    """Write a graph for Graphviz; see `Graph.to_dot`."""

    def quoted(text: str) -> str:
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'

    lines = ["digraph {", "  rankdir=LR;", '  node [shape=box, style="rounded,filled", fillcolor="#f3f6fb", color="#9db2cf"];']
    for node in _boxed(graph):
        colour = ', fillcolor="#fde4e1", color="#d1402f"' if _lost(node) else ""
        lines.append(f"  n{node.number} [label={quoted(node.label)}{colour}];")
    lines += [f"  n{source.number} -> n{target.number} [label={quoted(text)}];" for source, target, text in _arrows(graph)]
    result = f"{short(graph.output.value)} ← {short(graph.output.gradient)}"
    lines += ['  result [shape=plaintext, style=solid, label=""];', f"  n{graph.output.number} -> result [label={quoted(result)}];", "}"]
    return "\n".join(lines) + "\n"


def to_mermaid(graph: Graph) -> str:
    """Write a graph for Mermaid; see `Graph.to_mermaid`."""

    def quoted(text: str) -> str:
        return '"' + text.replace("&", "#amp;").replace('"', "#quot;").replace("<", "#lt;").replace(">", "#gt;") + '"'

    lines = ["flowchart LR"]
    for node in _boxed(graph):
        lines.append(f"  n{node.number}({quoted(node.label)})" + (":::lost" if _lost(node) else ""))
    lines += [f"  n{source.number} -->|{quoted(text)}| n{target.number}" for source, target, text in _arrows(graph)]
    result = f"{short(graph.output.value)} ← {short(graph.output.gradient)}"
    lines += [f"  n{graph.output.number} -->|{quoted(result)}| result(( ))", "  classDef lost fill:#fde4e1,stroke:#d1402f,color:#1f2937"]
    return "\n".join(lines) + "\n"
