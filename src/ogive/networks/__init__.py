"""Small neural networks in scikit-learn's manners, with any activation of the catalogue and exact gradients.

`Perceptron` learns by Rosenblatt's rule and says when no line can do it. `LogisticRegression` is fitted by Newton's method.
`MLPClassifier` and `MLPRegressor` are multi-layer networks. All four pass scikit-learn's own checks. Needs the extra ``[networks]``.
"""

try:
    import sklearn as _sklearn  # noqa: F401
except ModuleNotFoundError as missing:
    raise ImportError('networks need scikit-learn: python -m pip install "ogive[networks]"') from missing

from ogive.networks.boundary import sketch_boundary as sketch_boundary
from ogive.networks.diagnosis import FINDINGS as FINDINGS
from ogive.networks.files import load as load
from ogive.networks.logistic import LogisticRegression as LogisticRegression
from ogive.networks.measurements import ActivationHistogram as ActivationHistogram
from ogive.networks.measurements import DeadUnits as DeadUnits
from ogive.networks.measurements import GradientFlow as GradientFlow
from ogive.networks.measurements import LayerVitals as LayerVitals
from ogive.networks.measurements import Saturation as Saturation
from ogive.networks.multilayer import MLPClassifier as MLPClassifier
from ogive.networks.multilayer import MLPRegressor as MLPRegressor
from ogive.networks.network import Network as Network
from ogive.networks.perceptron import Perceptron as Perceptron
from ogive.networks.vitals import Vitals as Vitals
from ogive.networks.vitals import vitals as vitals
from ogive.networks.watching import VitalsCallback as VitalsCallback
from ogive.networks.watching import VitalsWarning as VitalsWarning

__all__ = [
    "FINDINGS",
    "ActivationHistogram",
    "DeadUnits",
    "GradientFlow",
    "LayerVitals",
    "LogisticRegression",
    "MLPClassifier",
    "MLPRegressor",
    "Network",
    "Perceptron",
    "Saturation",
    "Vitals",
    "VitalsCallback",
    "VitalsWarning",
    "load",
    "sketch_boundary",
    "vitals",
]
