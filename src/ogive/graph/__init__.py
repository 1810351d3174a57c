"""The computational graph: value, true value, rounding, gradient and condition at every node of a formula.

`trace` follows user-written NumPy and ogive code; `parse` makes a function of a formula in text. The graph walks through
backpropagation one node at a time, and says in a sentence which node lost the bits, and what keeps them.
"""

from ogive.graph.diagnosis import Diagnosis as Diagnosis
from ogive.graph.expression import Formula as Formula
from ogive.graph.expression import FormulaError as FormulaError
from ogive.graph.expression import parse as parse
from ogive.graph.nodes import Graph as Graph
from ogive.graph.nodes import Node as Node
from ogive.graph.nodes import Passed as Passed
from ogive.graph.nodes import Step as Step
from ogive.graph.tracing import TraceError as TraceError
from ogive.graph.tracing import trace as trace

__all__ = ["Diagnosis", "Formula", "FormulaError", "Graph", "Node", "Passed", "Step", "TraceError", "parse", "trace"]
