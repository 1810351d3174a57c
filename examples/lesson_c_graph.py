"""Lesson C. The sigmoid layer and its computational graph.

Forward through four nodes, backward in four steps, and why a layer should keep x and not y.

    python examples/lesson_c_graph.py --pictures pictures
"""

import numpy as np
import telling
from telling import begin, row, say, show

import ogive
from ogive.graph import trace

begin(__doc__)


row("C1", "The graph of 1 / (1 + exp(-x))")
graph = trace(lambda x: 1 / (1 + np.exp(-x)), 1.0)
for node in (*graph.inputs, *graph.operations):
    show(f"node {node.label}", f"{node.value:.8f}")
if telling.pictures is not None:
    (telling.pictures / "c1_graph.svg").write_text(graph.to_svg(), encoding="utf-8")
    show("picture", telling.pictures / "c1_graph.svg")


row("C2", "Backward in four steps")
for step in graph.steps():
    say(f"{step}")
y = graph.output.value
show("what arrives at x", f"{graph.backward()[0]:.16f}")
show("y (1 - y)", f"{y * (1 - y):.16f}")
show("ogive.sigmoid.derivative(1.0)", f"{ogive.sigmoid.derivative(1.0):.16f}")
say("And where it goes wrong:")
say(str(trace(lambda x: 1 / (1 + np.exp(-x)), -1000.0).diagnose()))


row("C3", "The layer, and the open question: why is y kept, and not x?")


class Sigmoid:
    """As the notes write it."""

    def forward(self, x):
        self.out = 1 / (1 + np.exp(-x))
        return self.out

    def backward(self, dout):
        return dout * (1.0 - self.out) * self.out


book, ours = Sigmoid(), ogive.layers.Sigmoid()
x = np.array([24.0, 32.0, 5.0])
show("the notes' layer, forward([24, 32, 5])", np.round(book.forward(x), 8))
show("ogive.layers.Sigmoid, forward([24, 32, 5])", np.round(ours.forward(x), 8))
say("Backward, for dout = 1:")
for dtype, place in ((np.float64, 40), (np.float32, 18)):
    x, dout = np.array([place], dtype), np.ones(1, dtype)
    book.forward(x), ours.forward(x)
    show(f"the notes' layer at x = {place} in {dtype.__name__}", book.backward(dout)[0])
    show(f"ogive.layers.Sigmoid at x = {place} in {dtype.__name__}", ours.backward(dout)[0])
kept = ogive.layers.Sigmoid(backward_from="output")
kept.forward(np.array([40.0]))
show("the same with backward_from='output'", kept.backward(np.ones(1))[0])
say("The answer: y is kept because it is cheap, the derivative being y (1 - y) without another exponential.")
say("It costs the positive tail: where y has rounded to 1, 1 - y is 0, and the unit has stopped learning.")
