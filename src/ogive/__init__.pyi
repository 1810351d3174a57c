"""Written by tools/stubs.py: do not edit."""

from collections.abc import Mapping
from typing import Any, Final

from ogive import cli as cli
from ogive import graph as graph
from ogive import lab as lab
from ogive import layers as layers
from ogive import networks as networks
from ogive import plot as plot
from ogive import truth as truth
from ogive._core import ufunc as ufunc
from ogive.activation import Activation as Activation
from ogive.activation import Elementwise as Elementwise
from ogive.activation import Form as Form
from ogive.borrowed import Borrowed as Borrowed
from ogive.borrowed import Formula as Formula
from ogive.catalogue import get as get
from ogive.loss import Loss as Loss
from ogive.networks import vitals as vitals
from ogive.vectorwise import Composed as Composed
from ogive.vectorwise import Vectorwise as Vectorwise
from ogive.workers import get_workers as get_workers
from ogive.workers import set_workers as set_workers

__version__: Final[str]
ALIASES: Final[Mapping[str, str]]
CATALOGUE: Final[Mapping[str, Activation]]

sigmoid: Final[Elementwise]
logistic: Final[Elementwise]
expit: Final[Elementwise]
normal_cdf: Final[Elementwise]
ndtr: Final[Elementwise]
cauchy_cdf: Final[Elementwise]
laplace_cdf: Final[Elementwise]
gumbel_cdf: Final[Elementwise]
gumbel_min_cdf: Final[Elementwise]
cloglog_inverse: Final[Elementwise]
generalized_logistic: Final[Elementwise]
hard_sigmoid: Final[Elementwise]
linear_sigmoid: Final[Elementwise]
sparse_sigmoid: Final[Elementwise]
smoothstep: Final[Elementwise]
student_t_cdf: Final[Borrowed]
tanh: Final[Elementwise]
erf: Final[Elementwise]
erfc: Final[Elementwise]
softsign: Final[Elementwise]
isru: Final[Elementwise]
scaled_arctan: Final[Elementwise]
gudermannian: Final[Elementwise]
lecun_tanh: Final[Elementwise]
hard_tanh: Final[Elementwise]
step: Final[Elementwise]
heaviside: Final[Elementwise]
sign: Final[Elementwise]
bipolar_step: Final[Elementwise]
threshold: Final[Elementwise]
relu: Final[Elementwise]
relu6: Final[Elementwise]
clipped_relu: Final[Elementwise]
leaky_relu: Final[Elementwise]
prelu: Final[Elementwise]
elu: Final[Elementwise]
celu: Final[Elementwise]
selu: Final[Elementwise]
thresholded_relu: Final[Elementwise]
squared_relu: Final[Elementwise]
hard_shrink: Final[Elementwise]
soft_shrink: Final[Elementwise]
shrink: Final[Elementwise]
tanh_shrink: Final[Elementwise]
softplus: Final[Elementwise]
log1pexp: Final[Elementwise]
log_sigmoid: Final[Elementwise]
squareplus: Final[Elementwise]
sparse_plus: Final[Elementwise]
silu: Final[Elementwise]
swish: Final[Elementwise]
gelu: Final[Elementwise]
gelu_tanh: Final[Elementwise]
quick_gelu: Final[Elementwise]
mish: Final[Elementwise]
hard_swish: Final[Elementwise]
logcosh: Final[Elementwise]
identity: Final[Elementwise]
linear: Final[Elementwise]
exp: Final[Elementwise]
exponential: Final[Elementwise]
logit: Final[Elementwise]
normal_ppf: Final[Elementwise]
probit: Final[Elementwise]
ndtri: Final[Elementwise]
cauchy_ppf: Final[Elementwise]
laplace_ppf: Final[Elementwise]
gumbel_ppf: Final[Elementwise]
loglog: Final[Elementwise]
cloglog: Final[Elementwise]
inverse_softplus: Final[Elementwise]
atanh: Final[Elementwise]
arctanh: Final[Elementwise]
erfinv: Final[Elementwise]
log_normal_cdf: Final[Elementwise]
log_ndtr: Final[Elementwise]
log1mexp: Final[Elementwise]
log_gumbel_min_cdf: Final[Elementwise]
student_t_ppf: Final[Borrowed]
softmax: Final[Vectorwise]
softmin: Final[Vectorwise]
log_softmax: Final[Vectorwise]
logsumexp: Final[Vectorwise]
hardmax: Final[Vectorwise]
sparsemax: Final[Vectorwise]
entmax15: Final[Vectorwise]
glu: Final[Composed]
reglu: Final[Composed]
geglu: Final[Composed]
swiglu: Final[Composed]
maxout: Final[Composed]
crelu: Final[Composed]
binary_cross_entropy: Final[Loss]
hinge: Final[Loss]
squared_hinge: Final[Loss]
perceptron_loss: Final[Loss]
squared_error: Final[Loss]
focal: Final[Loss]
cross_entropy: Final[Loss]

def show_config() -> dict[str, Any]: ...
