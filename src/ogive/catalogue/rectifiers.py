"""Piecewise linear functions with a corner at 0."""

from ogive.activation import Elementwise
from ogive.facts import Interval, Kink, Parameter, Source

inf = float("inf")
NEGATIVE = Interval(-inf, 0)
POSITIVE = Interval(0, inf, False, True)

relu = Elementwise(
    name="relu",
    tex=r"\operatorname{relu}(x) = \max(0, x)",
    summary="Compute the rectified linear unit.",
    reference=((NEGATIVE, lambda x: 0 * x), (POSITIVE, lambda x: x)),
    range=Interval(0, inf),
    limits=(0.0, inf),
    derivative_limits=(0.0, 1.0),
    second_derivative_limits=(0.0, 0.0),
    monotone=True,
    lipschitz=1,
    kinks=(Kink(0, 0.0),),
    inverse="relu is not injective",
    log="it takes the value 0 on a half-line",
    from_output=lambda y: (y > 0).astype(y.dtype),
    sources=(Source("V. Nair and G. Hinton", 2010, "Rectified linear units improve restricted Boltzmann machines, ICML"),),
    examples=(("ogive.relu([-1.0, -0.0, 2.0])", "array([0., 0., 2.])"),),
    elsewhere="the derivative at 0 is 1 in some textbooks and 1/2 for jnp.maximum",
)

leaky_relu = Elementwise(
    name="leaky_relu",
    aliases=("prelu",),
    tex=r"\operatorname{leaky\_relu}(x) = \begin{cases} x & x > 0 \\ s x & x \le 0 \end{cases}",
    summary="Compute the leaky rectified linear unit.",
    reference=((NEGATIVE, lambda x, slope: slope * x), (POSITIVE, lambda x, slope: x)),
    parameters=(Parameter("slope", 0.01, Interval.open(-inf, inf), "The slope s on the negative side"),),
    range=Interval(-inf, inf),
    limits=(-inf, inf),
    derivative_limits=(0.01, 1.0),
    second_derivative_limits=(0.0, 0.0),
    monotone=True,
    lipschitz=1,
    kinks=(Kink(0, "slope"),),
    inverse="leaky_relu_inverse",
    log="it takes negative values",
    sources=(
        Source("A. Maas, A. Hannun and A. Ng", 2013, "Rectifier nonlinearities improve neural network acoustic models, ICML workshop"),
    ),
    examples=(("ogive.leaky_relu([-1.0, 2.0], slope=0.25)", "array([-0.25,  2.  ])"),),
    elsewhere="the default slope is 0.2 in TensorFlow, 0.3 in Keras' layer, 0.25 in PyTorch's PReLU",
)
