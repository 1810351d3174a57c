"""Smooth functions that pass their input, or its logarithm, through a gate."""

from typing import Any

import numpy as np

from ogive.activation import Elementwise
from ogive.facts import Interval, Parameter, Point, Source

inf = float("inf")


def _log1p(x: Any) -> Any:
    """Evaluate log(1 + x) on a ball, where a method keeps small balls tight, and on a series, which has none."""
    return x.log1p() if hasattr(x, "log1p") else (1 + x).log()


softplus = Elementwise(
    name="softplus",
    aliases=("log1pexp",),
    tex=r"\operatorname{softplus}(x) = \frac{\log(1 + e^{\beta x})}{\beta}",
    summary="Compute the softplus, a smooth rectifier.",
    reference=lambda x, beta: _log1p((beta * x).exp()) / beta,
    parameters=(Parameter("beta", 1, Interval.open(0, inf), "The sharpness β of the bend"),),
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
    examples=(("ogive.softplus([-40.0, 0.0, 40.0])", "array([4.24835426e-18, 6.93147181e-01, 4.00000000e+01])"),),
    elsewhere="PyTorch is linear past βx = 20, an error of 5.8e5 ulp in float64",
)

log_sigmoid = Elementwise(
    name="log_sigmoid",
    tex=r"\log \sigma(x) = -\log(1 + e^{-x})",
    summary="Compute the logarithm of the logistic sigmoid.",
    reference=lambda x: -_log1p((-x).exp()),
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
