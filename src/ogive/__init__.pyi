"""Written by tools/stubs.py: do not edit."""

from collections.abc import Mapping
from typing import Any, Final

from ogive import cli as cli
from ogive import plot as plot
from ogive import truth as truth
from ogive._core import ufunc as ufunc
from ogive.activation import Activation as Activation
from ogive.activation import Borrowed as Borrowed
from ogive.activation import Elementwise as Elementwise
from ogive.activation import Form as Form
from ogive.activation import Formula as Formula
from ogive.activation import Loss as Loss
from ogive.activation import Vectorwise as Vectorwise
from ogive.catalogue import get as get
from ogive.workers import get_workers as get_workers
from ogive.workers import set_workers as set_workers

__version__: Final[str]
ALIASES: Final[Mapping[str, str]]
CATALOGUE: Final[Mapping[str, Activation]]

sigmoid: Final[Elementwise]
logistic: Final[Elementwise]
expit: Final[Elementwise]
student_t_cdf: Final[Borrowed]
tanh: Final[Elementwise]
step: Final[Elementwise]
heaviside: Final[Elementwise]
relu: Final[Elementwise]
leaky_relu: Final[Elementwise]
prelu: Final[Elementwise]
softplus: Final[Elementwise]
log1pexp: Final[Elementwise]
log_sigmoid: Final[Elementwise]
silu: Final[Elementwise]
identity: Final[Elementwise]
linear: Final[Elementwise]
logit: Final[Elementwise]
atanh: Final[Elementwise]
arctanh: Final[Elementwise]
inverse_softplus: Final[Elementwise]
student_t_ppf: Final[Borrowed]
softmax: Final[Vectorwise]
log_softmax: Final[Vectorwise]
logsumexp: Final[Vectorwise]
binary_cross_entropy: Final[Loss]
hinge: Final[Loss]
squared_hinge: Final[Loss]
perceptron_loss: Final[Loss]
squared_error: Final[Loss]
focal: Final[Loss]
cross_entropy: Final[Loss]

def show_config() -> dict[str, Any]: ...
