"""S-shaped functions: bounded, increasing, with a centre of symmetry."""

from fractions import Fraction

from ogive.activation import Elementwise
from ogive.facts import Interval, Point, Source

sigmoid = Elementwise(
    name="sigmoid",
    aliases=("logistic", "expit"),
    tex=r"\sigma(x) = \frac{1}{1 + e^{-x}}",
    summary="Compute the logistic sigmoid.",
    reference=lambda x: 1 / (1 + (-x).exp()),
    range=Interval.open(0, 1),
    limits=(0.0, 1.0),
    derivative_limits=(0.0, 0.0),
    second_derivative_limits=(0.0, -0.0),
    symmetry=Point(0, Fraction(1, 2)),
    monotone=True,
    lipschitz=Fraction(1, 4),
    inverse="logit",
    log="log_sigmoid",
    complement="sigmoid_complement",
    from_output=lambda y: y * (1 - y),
    sources=(Source("P.-F. Verhulst", 1845, "Recherches mathématiques sur la loi d'accroissement de la population"),),
    examples=(
        ("ogive.sigmoid([-1.0, 0.0, 1.0])", "array([0.26894142, 0.5       , 0.73105858])"),
        ("float(ogive.sigmoid.derivative(40.0))", "4.248354255291589e-18"),
    ),
)

tanh = Elementwise(
    name="tanh",
    tex=r"\tanh x = \frac{e^{x} - e^{-x}}{e^{x} + e^{-x}}",
    summary="Compute the hyperbolic tangent.",
    reference=lambda x: (x.exp() - (-x).exp()) / (x.exp() + (-x).exp()),
    range=Interval.open(-1, 1),
    limits=(-1.0, 1.0),
    derivative_limits=(0.0, 0.0),
    second_derivative_limits=(0.0, -0.0),
    symmetry=Point(0, 0),
    monotone=True,
    lipschitz=1,
    inverse="atanh",
    log="it takes negative values",
    from_output=lambda y: 1 - y * y,
    sources=(Source("V. Riccati", 1757, "Opusculorum ad res physicas et mathematicas pertinentium"),),
    examples=(("ogive.tanh([-1.0, 0.0, 1.0])", "array([-0.76159416,  0.        ,  0.76159416])"),),
)
