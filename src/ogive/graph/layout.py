"""Where the boxes of a graph go: columns from left to right, few crossings, straight arrows, room for the numbers on them.

The method is Sugiyama's: layers by the longest path, places of passage for long arrows, an order by barycentres, and heights that
are the nearest to those of the neighbours that do not overlap.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ogive.graph.nodes import Graph, Node

__all__ = ["Box", "Layout", "Route", "arrow", "place"]

PORT = 46.0  # between two arrows into one box: room for a number above and one below each
GAP = 18.0  # between boxes in a column
BEND = 36.0  # for arrows to bend between columns
PASSAGE = 40.0  # the height of a place of passage
SWEEPS = 12
ITEMS = 40_000  # to be moved in all sweeps together: a graph with very many long arrows gets fewer of them


@dataclass
class Box:
    """A rectangle by its middle.

    Attributes
    ----------
    x, y : float
        The middle.
    width, height : float
        The size; 0 wide where an arrow only passes.
    """

    x: float
    y: float
    width: float
    height: float

    @property
    def left(self) -> float:
        """The left side."""
        return self.x - self.width / 2

    @property
    def right(self) -> float:
        """The right side."""
        return self.x + self.width / 2

    def overlaps(self, other: Box) -> bool:
        """Tell whether two rectangles share more than a side."""
        across = abs(self.x - other.x) * 2 < self.width + other.width - 1e-6
        return across and abs(self.y - other.y) * 2 < self.height + other.height - 1e-6


@dataclass(frozen=True)
class Route:
    """An arrow from an operand to the node that uses it.

    Attributes
    ----------
    source, target : Node
        From where, and to where.
    operand : int
        Which operand of the target it is.
    points : tuple of (float, float)
        Start, the ends of the straight parts on the way, and the tip.
    label : Box
        The place of the numbers on it.
    """

    source: Node
    target: Node
    operand: int
    points: tuple[tuple[float, float], ...]
    label: Box


@dataclass(frozen=True)
class Layout:
    """A finished layout.

    Attributes
    ----------
    boxes : mapping of Node to Box
        The boxes.
    routes : tuple of Route
        The arrows.
    exit : (float, float)
        Where the result leaves.
    width, height : float
        The size of the whole.
    """

    boxes: Mapping[Node, Box]
    routes: tuple[Route, ...]
    exit: tuple[float, float]
    width: float
    height: float


def arrow(points: Sequence[tuple[float, float]]) -> str:
    """Write an arrow as the path of an SVG: bends between the columns, straight along the numbers and through columns that it passes.

    Parameters
    ----------
    points : sequence of (float, float)
        Of a `Route`.

    Returns
    -------
    str
        What an SVG calls ``d``; it ends 7 short of the last point, where the tip has its place.
    """
    (x, y), *rest = points
    path = f"M{x:.1f} {y:.1f}"
    for i, (to_x, to_y) in enumerate(rest):
        if i % 2 == 0:
            middle = (x + to_x) / 2
            path += f"C{middle:.1f} {y:.1f} {middle:.1f} {to_y:.1f} {to_x:.1f} {to_y:.1f}"
        else:
            path += f"H{to_x - (7 if i == len(rest) - 1 else 0):.1f}"
        x, y = to_x, to_y
    return path


class _Item:
    """What has a place in a column: a box, or the passage of a long arrow."""

    def __init__(self, layer: int, width: float, height: float) -> None:
        self.layer, self.order = layer, 0.0
        self.exit = 0.0  # how far below the middle the arrows leave
        self.box = Box(0.0, 0.0, width, height)
        self.before: list[tuple[_Item, float]] = []  # on the left, and how far below the middle of this item the arrow ends
        self.after: list[tuple[_Item, float]] = []  # on the right, and how far below their middle it ends


def place(graph: Graph, widths: Mapping[Node, float], label_widths: Mapping[tuple[Node, int], float]) -> Layout:
    """Lay a graph out.

    Parameters
    ----------
    graph : Graph
        The graph; numbers that are written beside an operator have no box.
    widths : mapping
        The width of each node's box.
    label_widths : mapping
        The width of the numbers on the arrow to operand i of a node.

    Returns
    -------
    Layout
        With the left upper corner at (0, 0).
    """
    nodes = [node for node in graph.nodes if not node.shown_in_label]
    arrows = [(node, i, operand) for node in nodes for i, operand in enumerate(node.operands) if not operand.shown_in_label]
    layers = _layers(nodes, arrows)
    ports: dict[Node, list[int]] = {node: [i for target, i, _ in arrows if target is node] for node in nodes}
    items = {
        node: _Item(layers[node], widths[node], max(54.0, PORT * len(ports[node]) + 6) if node.operands else PORT - GAP) for node in nodes
    }
    for node in nodes:
        main = [i for i in ports[node] if node.operands[i].operands]
        if len(main) == 1:  # a chain of operations runs straight through, and what is added or multiplied comes from the side
            items[node].exit = _port(ports[node], main[0])
    everything = list(items.values())
    passages: dict[tuple[Node, int], list[_Item]] = {}
    for node, i, operand in arrows:
        chain = [items[operand]]
        for layer in range(layers[operand] + 1, layers[node]):
            chain.append(_Item(layer, 0.0, PASSAGE))
            everything.append(chain[-1])
        passages[node, i] = chain[1:]
        offset = _port(ports[node], i)
        for left, right in zip(chain, [*chain[1:], items[node]], strict=True):
            at = offset if right is items[node] else 0.0
            left.after.append((right, at))
            right.before.append((left, at))
    columns = [[item for item in everything if item.layer == layer] for layer in range(max(item.layer for item in everything) + 1)]
    _order(columns)
    _heights(columns)
    room = [0.0] * len(columns)
    for node, i, _ in arrows:
        room[layers[node]] = max(room[layers[node]], label_widths[node, i])
    width = _across(columns, room)
    top = min(item.box.y - item.box.height / 2 for item in everything)
    for item in everything:
        item.box.y -= top
    height = max(item.box.y + item.box.height / 2 for item in everything)
    halves = [max(item.box.width for item in column) / 2 for column in columns]
    routes = []
    for node, i, operand in arrows:
        end = items[node].box
        y = end.y + _port(ports[node], i)
        points = [(items[operand].box.right, items[operand].box.y + items[operand].exit)]
        for passage in passages[node, i]:
            half = halves[passage.layer]
            start = passage.box.x - half - room[passage.layer]
            points += [(start, passage.box.y), (passage.box.x + half, passage.box.y)]
        straight = len(points) == 1 and abs(points[0][1] - y) < 0.5
        middle = (points[0][0] + end.left - 9) / 2 if straight else end.left - 12 - label_widths[node, i] / 2
        label = Box(middle, y, label_widths[node, i], PORT - 8)
        points += [(end.x - halves[layers[node]] - room[layers[node]] - 10, y), (end.left, y)]
        routes.append(Route(operand, node, i, tuple(points), label))
    out = (items[graph.output].box.right, items[graph.output].box.y + items[graph.output].exit)
    return Layout({node: item.box for node, item in items.items()}, tuple(routes), out, width, height)


def _port(ports: Sequence[int], i: int) -> float:
    """Tell how far below the middle of a box the arrow from operand i ends."""
    return (ports.index(i) - (len(ports) - 1) / 2) * PORT


def _layers(nodes: Sequence[Node], arrows: Sequence[tuple[Node, int, Node]]) -> dict[Node, int]:
    """Give every node its column, by the longest path; what has no operands stands just before its first use."""
    layers: dict[Node, int] = {}
    for node in nodes:
        layers[node] = max((layers[operand] + 1 for target, _, operand in arrows if target is node), default=0)
    for node in nodes:
        if not node.operands:
            layers[node] = min((layers[target] for target, _, operand in arrows if operand is node), default=1) - 1
    return layers


def _order(columns: Sequence[list[_Item]]) -> None:
    """Sort each column by the mean place of the neighbours, to and fro, and keep the order with the fewest crossings.

    Then neighbours in a column change places as long as that takes crossings away.
    """
    for column in columns:
        _number(column)
    best, fewest = [list(column) for column in columns], sum(map(_crossings, columns))
    for sweep in range(_sweeps(columns)):
        if fewest == 0:
            break
        forth = sweep % 2 == 0
        for column in columns if forth else reversed(columns):
            for item in column:
                # an arrow to a lower port of the same box pulls downwards
                near = [n.order for n, _ in item.before] if forth else [n.order + at / 1e3 for n, at in item.after]
                item.order = sum(near) / len(near) if near else item.order
            column.sort(key=lambda item: item.order)
            _number(column)
        crossings = sum(map(_crossings, columns))
        if crossings < fewest:
            best, fewest = [list(column) for column in columns], crossings
    for column, kept in zip(columns, best, strict=True):
        column[:] = kept
        _number(column)
    while any(_exchanged(column) for column in columns):
        pass


def _sweeps(columns: Sequence[list[_Item]]) -> int:
    return max(2, min(SWEEPS, ITEMS // sum(map(len, columns))))


def _number(column: Sequence[_Item]) -> None:
    for i, item in enumerate(column):
        item.order = float(i)


def _crossings(column: Sequence[_Item]) -> int:
    """Count the crossings between a column and the next: the pairs of arrows whose ends are in the other order than their starts."""
    arrows = sorted((item.order, right.order + at / 1e4) for item in column for right, at in item.after)
    ends: list[float] = []
    count = 0
    for _, end in arrows:
        place = bisect_right(ends, end)
        count += len(ends) - place
        ends.insert(place, end)
    return count


def _crossed(above: _Item, below: _Item) -> int:
    """Count the crossings of the arrows of one item with those of another below it in the same column."""
    left = sum(a.order > b.order for a, _ in above.before for b, _ in below.before)
    return left + sum(a.order + at / 1e4 > b.order + end / 1e4 for a, at in above.after for b, end in below.after)


def _exchanged(column: list[_Item]) -> bool:
    """Exchange neighbours in a column where that takes crossings away, and tell whether it did."""
    changed = False
    for i in range(len(column) - 1):
        above, below = column[i : i + 2]
        if _crossed(below, above) < _crossed(above, below):
            column[i : i + 2] = [below, above]
            changed = True
    _number(column)
    return changed


def _heights(columns: Sequence[list[_Item]]) -> None:
    """Move every item towards its neighbours, to and fro, without overlap and without changing the order.

    The last way is from left to right, so that a chain of operations is straight; what has nothing on its left gives way.
    """
    for column in columns:
        _settle(column, [0.0] * len(column))
    for sweep in range(2 * _sweeps(columns) + 1):
        forth = sweep % 2 == 0
        for column in columns if forth else reversed(columns):
            wanted = []
            for item in column:
                left = [(other.box.y + other.exit - at, 1.0 if other.before else 0.01) for other, at in item.before]
                right = [(other.box.y + at - item.exit, 1.0) for other, at in item.after]
                pulls = (left or right) if forth else (right or left)
                total = sum(weight for _, weight in pulls)
                wanted.append(sum(y * weight for y, weight in pulls) / total if pulls else item.box.y)
            _settle(column, wanted)
    for column in columns:  # inputs follow what uses them
        wanted = [
            sum(other.box.y + at - item.exit for other, at in item.after) / len(item.after)
            if item.after and not item.before
            else item.box.y
            for item in column
        ]
        _settle(column, wanted)


def _settle(column: Sequence[_Item], wanted: Sequence[float]) -> None:
    """Find the heights nearest to the wanted ones, in the sense of least squares, at which nothing overlaps."""
    starts = [0.0]
    for above, below in pairwise(column):
        starts.append(starts[-1] + (above.box.height + below.box.height) / 2 + GAP)
    blocks: list[tuple[float, float, int]] = []  # mean, weight and length of runs that touch
    for item, want, start in zip(column, wanted, starts, strict=True):
        blocks.append((want - start, 1e4 if item.before else 1.0, 1))
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            mean, weight, length = blocks.pop()
            before, heavy, long = blocks.pop()
            blocks.append(((before * heavy + mean * weight) / (heavy + weight), heavy + weight, long + length))
    means = [mean for mean, _, length in blocks for _ in range(length)]
    for item, mean, start in zip(column, means, starts, strict=True):
        item.box.y = mean + start


def _across(columns: Sequence[list[_Item]], room: Sequence[float]) -> float:
    """Set the columns side by side, each with room for the numbers before it."""
    x = 0.0
    for i, column in enumerate(columns):
        width = max(item.box.width for item in column)
        x += (BEND + room[i] + 10 if i else 0.0) + width / 2
        for item in column:
            item.box.x = x
        x += width / 2
    return x
