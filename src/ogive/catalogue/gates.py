"""Smooth functions that pass their input, or its logarithm, through a gate."""

from fractions import Fraction
from typing import Any

import numpy as np

from ogive.activation import Elementwise
from ogive.catalogue.elementary import constant, expm1, half, log1p, pi, root
from ogive.catalogue.elementary import softplus as _softplus
from ogive.facts import Bound, Interval, Kink, Parameter, Pieces, Point, Source

inf = float("inf")
FINITE, OPEN_POSITIVE = Interval.open(-inf, inf), Interval.open(0, inf)


softplus = Elementwise(
    name="softplus",
    aliases=("log1pexp",),
    tex=r"\operatorname{softplus}(x) = \frac{\log(1 + e^{\beta x})}{\beta}",
    summary="Compute the softplus, a smooth rectifier.",
    reference=lambda x, beta: _softplus(beta * x) / beta,
    parameters=(Parameter("beta", 1, OPEN_POSITIVE, "The sharpness β of the bend"),),
    range=Interval(0, inf, False, True),
    limits=(0.0, inf),
    derivative_limits=(0.0, 1.0),
    second_derivative_limits=(0.0, 0.0),
    monotone=True,
    lipschitz=1,
    inverse="inverse_softplus",
    log="log(softplus(x)) has no row yet; take np.log of the value",
    from_output=lambda y, beta: -np.expm1(-beta * y),
    sources=(Source("C. Dugas et al.", 2001, "Incorporating second-order functional knowledge for better option pricing, NIPS"),),
    examples=(
        ("ogive.softplus([-40.0, 0.0, 40.0])", "array([4.24835426e-18, 6.93147181e-01, 4.00000000e+01])"),
        ("ogive.softplus.derivative_beta([-1.0, 0.0, 1.0])", "array([-0.58220311, -0.69314718, -0.58220311])"),
    ),
    elsewhere="PyTorch is linear past βx = 20, an error of 5.8e5 ulp in float64",
)

log_sigmoid = Elementwise(
    name="log_sigmoid",
    tex=r"\log \sigma(x) = -\log(1 + e^{-x})",
    summary="Compute the logarithm of the logistic sigmoid.",
    reference=lambda x: -_softplus(-x),
    range=Interval(-inf, 0, True, False),
    limits=(-inf, -0.0),
    derivative_limits=(1.0, 0.0),
    second_derivative_limits=(-0.0, -0.0),
    monotone=True,
    lipschitz=1,
    inverse="log_sigmoid_inverse",
    log="it takes negative values",
    from_output=lambda y: -np.expm1(y),
    examples=(("ogive.log_sigmoid([-1000.0, 0.0, 40.0])", "array([-1.00000000e+03, -6.93147181e-01, -4.24835426e-18])"),),
)

squareplus = Elementwise(
    name="squareplus",
    tex=r"\operatorname{squareplus}(x) = \frac{x + \sqrt{x^2 + b}}{2}",
    summary="Compute the squareplus, an algebraic softplus.",
    reference=lambda x, b: (x + (x * x + b).sqrt()) / 2,
    parameters=(Parameter("b", 4, OPEN_POSITIVE, "The roundness b of the bend; √b / 2 is the value at 0"),),
    range=Interval(0, inf, False, True),
    limits=(0.0, inf),
    derivative_limits=(0.0, 1.0),
    second_derivative_limits=(0.0, 0.0),
    monotone=True,
    lipschitz=1,
    inverse="squareplus_inverse",
    references={"inverse": lambda y, b: y - b / (4 * y)},
    log="log(squareplus(x)) has no row yet; take np.log of the value",
    from_output=lambda y, b: y * y / (y * y + b / 4),
    sources=(Source("J. Barron", 2021, "Squareplus: a softplus-like algebraic rectifier, arXiv:2112.11687"),),
    examples=(("ogive.squareplus([-1e9, 0.0, 1.5])", "array([1.e-09, 1.e+00, 2.e+00])"),),
    elsewhere="written as it stands, the formula cancels to 0 for large negative x",
)

sparse_plus = Elementwise(
    name="sparse_plus",
    tex=r"\operatorname{sparse\_plus}(x) = \begin{cases} 0 & x \le -1 \\ \frac{1}{4} (x + 1)^2 & -1 < x < 1 \\ x & x \ge 1 \end{cases}",
    summary="Compute the sparse softplus: a rectifier with a quadratic bend.",
    reference=Pieces(
        lambda: (
            (Interval(-inf, -1), lambda x: 0 * x),
            (Interval.open(-1, 1), lambda x: (x + 1) * (x + 1) / 4),
            (Interval(1, inf), lambda x: x),
        )
    ),
    range=Interval(0, inf),
    limits=(0.0, inf),
    derivative_limits=(0.0, 1.0),
    second_derivative_limits=(0.0, 0.0),
    monotone=True,
    lipschitz=1,
    inverse="sparse_plus is not injective",
    log="it takes the value 0 on a half-line",
    from_output=lambda y: np.minimum(np.sqrt(y), 1),
    sources=(Source("M. Blondel, A. Martins and V. Niculae", 2020, "Learning with Fenchel-Young losses, JMLR 21"),),
    examples=(("ogive.sparse_plus([-2.0, 0.0, 0.5, 2.0])", "array([0.    , 0.25  , 0.5625, 2.    ])"),),
)

silu = Elementwise(
    name="silu",
    tex=r"\operatorname{silu}(x) = x\,\sigma(x)",
    summary="Compute the sigmoid linear unit.",
    reference=lambda x: x / (1 + (-x).exp()),
    range=Interval(-0.2784645427610738, inf),
    limits=(-0.0, inf),
    derivative_limits=(-0.0, 1.0),
    second_derivative_limits=(-0.0, -0.0),
    monotone=False,
    lipschitz=1.0998393201288,
    inverse="silu is not injective",
    log="it takes negative values",
    sources=(
        Source(
            "S. Elfwing, E. Uchibe and K. Doya",
            2018,
            "Sigmoid-weighted linear units for neural network function approximation, Neural Networks 107",
        ),
    ),
    examples=(("ogive.silu([-1.0, 0.0, 1.0])", "array([-0.26894142,  0.        ,  0.73105858])"),),
)

swish = Elementwise(
    name="swish",
    tex=r"\operatorname{swish}(x) = x\,\sigma(\beta x)",
    summary="Compute the sigmoid linear unit of any sharpness.",
    reference=lambda x, beta: x / (1 + (-beta * x).exp()),
    parameters=(Parameter("beta", 1, FINITE, "The sharpness β of the gate; 1 is silu"),),
    range=Interval(-0.2784645427610738, inf),
    limits=(-0.0, inf),
    derivative_limits=(-0.0, 1.0),
    second_derivative_limits=(-0.0, -0.0),
    monotone=False,
    lipschitz=1.0998393201288,
    inverse="swish is not injective",
    log="it takes negative values",
    sources=(Source("P. Ramachandran, B. Zoph and Q. Le", 2017, "Searching for activation functions, arXiv:1710.05941"),),
    examples=(
        ("ogive.swish([-1.0, 0.0, 1.0], beta=2)", "array([-0.11920292,  0.        ,  0.88079708])"),
        ("ogive.swish.derivative_beta([-1.0, 0.0, 1.0])", "array([0.19661193, 0.        , 0.19661193])"),
    ),
)

gelu = Elementwise(
    name="gelu",
    tex=r"\operatorname{gelu}(x) = x\,\Phi(x)",
    summary="Compute the Gaussian error linear unit, in its exact form.",
    reference=lambda x: half() * x * (-x / root(2)).erfc(),
    range=Interval(-0.16997120747990367, inf),
    limits=(-0.0, inf),
    derivative_limits=(-0.0, 1.0),
    second_derivative_limits=(-0.0, -0.0),
    monotone=False,
    lipschitz=1.128904145185155,
    inverse="gelu is not injective",
    log="it takes negative values",
    sources=(Source("D. Hendrycks and K. Gimpel", 2016, "Gaussian error linear units (GELUs), arXiv:1606.08415"),),
    examples=(("ogive.gelu([-1.0, 0.0, 1.0])", "array([-0.15865525,  0.        ,  0.84134475])"),),
    elsewhere="the default is gelu_tanh in JAX, Flax, keras.ops, NNlib and tinygrad",
)

gelu_tanh = Elementwise(
    name="gelu_tanh",
    tex=r"\operatorname{gelu\_tanh}(x) = x\,\sigma(2 \sqrt{\frac{2}{\pi}} (x + 0.044715 x^3))",
    summary="Compute the approximation of the Gaussian error linear unit by a hyperbolic tangent.",
    reference=lambda x: x / (1 + ((x + 44715 * x * x * x / 1000000) * (-2 * (2 / pi()).sqrt())).exp()),
    range=Interval(-0.17004075057125405, inf),
    limits=(-0.0, inf),
    derivative_limits=(-0.0, 1.0),
    second_derivative_limits=(-0.0, -0.0),
    monotone=False,
    lipschitz=1.1289930686587719,
    inverse="gelu_tanh is not injective",
    log="it takes negative values",
    sources=(Source("D. Hendrycks and K. Gimpel", 2016, "Gaussian error linear units (GELUs), arXiv:1606.08415"),),
    examples=(("ogive.gelu_tanh([-1.0, 0.0, 1.0])", "array([-0.15880801,  0.        ,  0.84119199])"),),
)

quick_gelu = Elementwise(
    name="quick_gelu",
    tex=r"\operatorname{quick\_gelu}(x) = x\,\sigma(1.702 x)",
    summary="Compute the approximation of the Gaussian error linear unit by a sigmoid.",
    reference=lambda x: x / (1 + (-1702 * x / 1000).exp()),
    range=Interval(-0.16361018963635360, inf),
    limits=(-0.0, inf),
    derivative_limits=(-0.0, 1.0),
    second_derivative_limits=(-0.0, -0.0),
    monotone=False,
    lipschitz=1.0998393201288,
    inverse="quick_gelu is not injective",
    log="it takes negative values",
    sources=(Source("D. Hendrycks and K. Gimpel", 2016, "Gaussian error linear units (GELUs), arXiv:1606.08415"),),
    examples=(("ogive.quick_gelu([-1.0, 0.0, 1.0])", "array([-0.15420423,  0.        ,  0.84579577])"),),
)

mish = Elementwise(
    name="mish",
    tex=r"\operatorname{mish}(x) = x \tanh(\operatorname{softplus}(x))",
    summary="Compute the mish, a gate by the hyperbolic tangent of the softplus.",
    reference=lambda x: x / (1 + 2 / (x.exp() * (x.exp() + 2))),
    range=Interval(-0.30884341301725043, inf),
    limits=(-0.0, inf),
    derivative_limits=(-0.0, 1.0),
    second_derivative_limits=(-0.0, -0.0),
    monotone=False,
    lipschitz=1.0884981612517231,
    inverse="mish is not injective",
    log="it takes negative values",
    sources=(Source("D. Misra", 2020, "Mish: a self regularized non-monotonic activation function, BMVC"),),
    examples=(("ogive.mish([-1.0, 0.0, 1.0])", "array([-0.30340146,  0.        ,  0.86509839])"),),
)

hard_swish = Elementwise(
    name="hard_swish",
    tex=r"\operatorname{hard\_swish}(x) = x \min(\max(0, \frac{x + 3}{6}), 1)",
    summary="Compute the swish with a piecewise linear gate.",
    reference=Pieces(
        lambda: (
            (Interval(-inf, -3), lambda x: 0 * x),
            (Interval.open(-3, 3), lambda x: x * (x + 3) / 6),
            (Interval(3, inf), lambda x: x),
        )
    ),
    range=Interval(-0.375, inf),
    limits=(0.0, inf),
    derivative_limits=(0.0, 1.0),
    second_derivative_limits=(0.0, 0.0),
    monotone=False,
    lipschitz=Fraction(3, 2),
    kinks=(Kink(-3, 0.0), Kink(3, 1.0)),
    inverse="hard_swish is not injective",
    log="it takes negative values",
    sources=(Source("A. Howard et al.", 2019, "Searching for MobileNetV3, ICCV"),),
    examples=(("ogive.hard_swish([-4.0, -1.5, 3.0, 1e38])", "array([ 0.00e+00, -3.75e-01,  3.00e+00,  1.00e+38])"),),
    elsewhere="next to -3 other libraries are off by 5e5 ulp in float32, and overflow at 1e38",
)


def _logcosh(x: Any) -> Any:
    """Evaluate log cosh x, from (e^x - 1)² where that is small, and else from its distance to |x| - log 2."""
    if abs(constant(x)) < 1:
        return log1p(expm1(x) * expm1(-x) / -2)
    return (-x if constant(x) < 0 else x) + log1p((2 * x if constant(x) < 0 else -2 * x).exp()) + half().log()


logcosh = Elementwise(
    name="logcosh",
    tex=r"\operatorname{logcosh}(x) = \log \cosh x",
    summary="Compute the logarithm of the hyperbolic cosine, a smooth absolute value.",
    reference=_logcosh,
    range=Interval(0, inf),
    limits=(inf, inf),
    derivative_limits=(-1.0, 1.0),
    second_derivative_limits=(0.0, 0.0),
    monotone=False,
    lipschitz=1,
    inverse="logcosh is not injective",
    log="it takes the value 0",
    bound=Bound(float64=0.65),
    sources=(Source("P. Green", 1990, "Bayesian reconstructions from emission tomography data, IEEE Transactions on Medical Imaging 9"),),
    examples=(("ogive.logcosh([-1000.0, 1e-05, 1.0])", "array([9.99306853e+02, 5.00000000e-11, 4.33780830e-01])"),),
)

identity = Elementwise(
    name="identity",
    aliases=("linear",),
    tex=r"\operatorname{identity}(x) = x",
    summary="Return the input, the activation of a linear layer.",
    reference=lambda x: x,
    range=Interval(-inf, inf),
    limits=(-inf, inf),
    derivative_limits=(1.0, 1.0),
    second_derivative_limits=(0.0, 0.0),
    symmetry=Point(0, 0),
    monotone=True,
    lipschitz=1,
    inverse="identity",
    log="it takes negative values",
    from_output=lambda y: np.ones_like(y),
    examples=(("ogive.identity([1.5, -2.0])", "array([ 1.5, -2. ])"),),
)

exp = Elementwise(
    name="exp",
    aliases=("exponential",),
    tex=r"\exp x = e^{x}",
    summary="Compute the exponential.",
    reference=lambda x: x.exp(),
    range=Interval(0, inf, False, True),
    limits=(0.0, inf),
    derivative_limits=(0.0, inf),
    second_derivative_limits=(0.0, inf),
    monotone=True,
    lipschitz=inf,
    inverse="exp_inverse",
    log="identity",
    from_output=lambda y: y,
    sources=(Source("L. Euler", 1748, "Introductio in analysin infinitorum"),),
    examples=(("ogive.exp([-1.0, 0.0, 1.0])", "array([0.36787944, 1.        , 2.71828183])"),),
)
