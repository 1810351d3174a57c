"""Pictures by matplotlib: curves, errors in ulp, what a classifier decides, how a network learns.

Every function draws in ``ax``, or in a new figure where none is given, and returns the axes; `save` writes the figure to a file.
Figures are made as objects, never through ``pyplot``, so that nothing outside the picture changes. Needs matplotlib: the extra
``[plot]``.
"""

try:
    import matplotlib as _matplotlib  # noqa: F401
except ModuleNotFoundError as missing:
    raise ImportError('pictures need matplotlib: python -m pip install "ogive[plot]"') from missing

from ogive.plot.curves import plot as plot
from ogive.plot.curves import saturated as saturated
from ogive.plot.errors import plot_error as plot_error
from ogive.plot.figure import FORMATS as FORMATS
from ogive.plot.figure import save as save
from ogive.plot.networks import plot_activations as plot_activations
from ogive.plot.networks import plot_decision_boundary as plot_decision_boundary
from ogive.plot.networks import plot_gradient_flow as plot_gradient_flow
from ogive.plot.networks import plot_loss as plot_loss
from ogive.plot.networks import plot_vitals as plot_vitals
from ogive.plot.style import COLOURS as COLOURS

__all__ = [
    "COLOURS",
    "FORMATS",
    "plot",
    "plot_activations",
    "plot_decision_boundary",
    "plot_error",
    "plot_gradient_flow",
    "plot_loss",
    "plot_vitals",
    "saturated",
    "save",
]
