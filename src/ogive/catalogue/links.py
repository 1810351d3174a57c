"""Inverses and log forms: from the value back to the input."""

from fractions import Fraction

from ogive.activation import Borrowed, Elementwise
from ogive.catalogue import student
from ogive.catalogue.sigmoids import DF
from ogive.facts import Bound, Interval, Point, Source

inf = float("inf")

logit = Elementwise(
    name="logit",
    tex=r"\operatorname{logit}(p) = \log \frac{p}{1 - p}",
    summary="Compute the log-odds, the inverse of the logistic sigmoid.",
    reference=lambda p: (p / (1 - p)).log(),
    domain=Interval.closed(0, 1),
    range=Interval(-inf, inf),
    limits=(-inf, inf),
    derivative_limits=(inf, inf),
    second_derivative_limits=(-inf, inf),
    symmetry=Point(Fraction(1, 2), 0),
    monotone=True,
    lipschitz=inf,
    inverse="sigmoid",
    log="it takes negative values",
    sources=(Source("J. Berkson", 1944, "Application of the logistic function to bio-assay, JASA 39"),),
    examples=(("ogive.logit([0.25, 0.5, 0.75])", "array([-1.09861229,  0.        ,  1.09861229])"),),
)

atanh = Elementwise(
    name="atanh",
    aliases=("arctanh",),
    tex=r"\operatorname{atanh} y = \frac{1}{2} \log \frac{1 + y}{1 - y}",
    summary="Compute the inverse hyperbolic tangent.",
    reference=lambda y: ((1 + y) / (1 - y)).log() / 2,
    domain=Interval.closed(-1, 1),
    range=Interval(-inf, inf),
    limits=(-inf, inf),
    derivative_limits=(inf, inf),
    second_derivative_limits=(-inf, inf),
    symmetry=Point(0, 0),
    monotone=True,
    lipschitz=inf,
    inverse="tanh",
    log="it takes negative values",
    examples=(("ogive.atanh([-0.5, 0.0, 0.5])", "array([-0.54930614,  0.        ,  0.54930614])"),),
)

inverse_softplus = Elementwise(
    name="inverse_softplus",
    tex=r"\operatorname{softplus}^{-1}(y) = \log(e^{y} - 1)",
    summary="Compute the inverse of the softplus with β = 1.",
    reference=lambda y: (y.exp() - 1).log(),
    domain=Interval(0, inf),
    range=Interval(-inf, inf),
    limits=(-inf, inf),
    derivative_limits=(inf, 1.0),
    second_derivative_limits=(-inf, -0.0),
    monotone=True,
    lipschitz=inf,
    inverse="softplus",
    log="it takes negative values",
    examples=(("ogive.inverse_softplus([0.5, 2.0])", "array([-0.43275213,  1.85458654])"),),
)

student_t_ppf = Borrowed(
    name="student_t_ppf",
    tex=r"F^{-1}(p) = x \text{ with } F(x) = p",
    summary="Compute the quantiles of Student's t, the inverse of its distribution function.",
    reference="the root of student_t_cdf(x, df) = p",
    parameters=(DF,),
    domain=Interval.closed(0, 1),
    range=Interval(-inf, inf),
    limits=(-inf, inf),
    symmetry=Point(Fraction(1, 2), 0),
    monotone=True,
    formulas=student.PPF,
    inverse="student_t_cdf",
    log="it takes negative values",
    complement="1 - f(x) is not a quantity of its own here",
    bound=Bound(100),
    measured="df from 0.1 to 10⁶",
    examples=(("ogive.student_t_ppf([0.025, 0.5, 0.975], df=2)", "array([-4.30265273,  0.        ,  4.30265273])"),),
)
