"""Inverses and log forms: from the value back to the input."""

from fractions import Fraction
from typing import Any

import numpy as np

from ogive.activation import Elementwise
from ogive.borrowed import Borrowed
from ogive.catalogue import student
from ogive.catalogue.elementary import constant, expm1, log1p
from ogive.catalogue.elementary import log_gumbel_min_cdf as _log_gumbel_min_cdf
from ogive.catalogue.elementary import log_normal_cdf as _log_normal_cdf
from ogive.catalogue.sigmoids import DF
from ogive.facts import Bound, Interval, Inverse, Pieces, Point, Source

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

normal_ppf = Elementwise(
    name="normal_ppf",
    aliases=("probit", "ndtri"),
    tex=r"\Phi^{-1}(p)",
    summary="Compute the quantile function of the normal distribution, the probit.",
    reference=Inverse("normal_cdf"),
    domain=Interval.closed(0, 1),
    range=Interval(-inf, inf),
    limits=(-inf, inf),
    derivative_limits=(inf, inf),
    second_derivative_limits=(-inf, inf),
    symmetry=Point(Fraction(1, 2), 0),
    monotone=True,
    lipschitz=inf,
    bound=Bound(float64=1.0),
    inverse="normal_cdf",
    log="it takes negative values",
    sources=(Source("C. Bliss", 1934, "The method of probits, Science 79"),),
    examples=(("ogive.normal_ppf([0.25, 0.5, 0.75])", "array([-0.67448975,  0.        ,  0.67448975])"),),
)

cauchy_ppf = Elementwise(
    name="cauchy_ppf",
    tex=r"F^{-1}(p) = \tan(\pi (p - \frac{1}{2}))",
    summary="Compute the quantile function of the Cauchy distribution.",
    reference=lambda p: -p.cot_pi(),
    domain=Interval.closed(0, 1),
    range=Interval(-inf, inf),
    limits=(-inf, inf),
    derivative_limits=(inf, inf),
    second_derivative_limits=(-inf, inf),
    symmetry=Point(Fraction(1, 2), 0),
    monotone=True,
    lipschitz=inf,
    inverse="cauchy_cdf",
    log="it takes negative values",
    sources=(Source("P. McCullagh and J. Nelder", 1989, "Generalized Linear Models, 2nd edition"),),
    examples=(("ogive.cauchy_ppf([0.25, 0.5, 0.75])", "array([-1.,  0.,  1.])"),),
)

laplace_ppf = Elementwise(
    name="laplace_ppf",
    tex=r"F^{-1}(p) = \begin{cases} \log(2 p) & p < \frac{1}{2} \\ -\log(2 - 2 p) & p \ge \frac{1}{2} \end{cases}",
    summary="Compute the quantile function of the Laplace distribution.",
    reference=Pieces(
        lambda: (
            (Interval(0, 0.5, True, False), lambda p: (2 * p).log()),
            (Interval(0.5, 1), lambda p: -(2 - 2 * p).log()),
        )
    ),
    domain=Interval.closed(0, 1),
    range=Interval(-inf, inf),
    limits=(-inf, inf),
    derivative_limits=(inf, inf),
    second_derivative_limits=(-inf, inf),
    symmetry=Point(Fraction(1, 2), 0),
    monotone=True,
    lipschitz=inf,
    inverse="laplace_cdf",
    log="it takes negative values",
    sources=(Source("P.-S. Laplace", 1774, "Mémoire sur la probabilité des causes par les évènements"),),
    examples=(("ogive.laplace_ppf([0.25, 0.5, 0.75])", "array([-0.69314718,  0.        ,  0.69314718])"),),
)

gumbel_ppf = Elementwise(
    name="gumbel_ppf",
    aliases=("loglog",),
    tex=r"F^{-1}(p) = -\log(-\log p)",
    summary="Compute the quantile function of the Gumbel distribution, the log-log link.",
    reference=lambda p: -(-p.log()).log(),
    domain=Interval.closed(0, 1),
    range=Interval(-inf, inf),
    limits=(-inf, inf),
    derivative_limits=(inf, inf),
    second_derivative_limits=(-inf, inf),
    monotone=True,
    lipschitz=inf,
    inverse="gumbel_cdf",
    log="it takes negative values",
    bound=Bound(float64=0.65),
    sources=(Source("P. McCullagh and J. Nelder", 1989, "Generalized Linear Models, 2nd edition"),),
    examples=(("ogive.gumbel_ppf([0.25, 0.5, 0.75])", "array([-0.32663426,  0.36651292,  1.24589932])"),),
)

cloglog = Elementwise(
    name="cloglog",
    tex=r"\operatorname{cloglog}(p) = \log(-\log(1 - p))",
    summary="Compute the complementary log-log link, the quantile function of the Gumbel distribution of minima.",
    reference=lambda p: (-log1p(-p)).log(),
    domain=Interval.closed(0, 1),
    range=Interval(-inf, inf),
    limits=(-inf, inf),
    derivative_limits=(inf, inf),
    second_derivative_limits=(-inf, inf),
    monotone=True,
    lipschitz=inf,
    inverse="gumbel_min_cdf",
    log="it takes negative values",
    sources=(Source("P. McCullagh and J. Nelder", 1989, "Generalized Linear Models, 2nd edition"),),
    examples=(("ogive.cloglog([0.25, 0.5, 0.75])", "array([-1.24589932, -0.36651292,  0.32663426])"),),
)

inverse_softplus = Elementwise(
    name="inverse_softplus",
    tex=r"\operatorname{softplus}^{-1}(y) = \log(e^{y} - 1)",
    summary="Compute the inverse of the softplus with β = 1.",
    reference=lambda y: expm1(y).log(),
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

erfinv = Elementwise(
    name="erfinv",
    tex=r"\operatorname{erf}^{-1}(y)",
    summary="Compute the inverse of the error function.",
    reference=Inverse("erf"),
    domain=Interval.closed(-1, 1),
    range=Interval(-inf, inf),
    limits=(-inf, inf),
    derivative_limits=(inf, inf),
    second_derivative_limits=(-inf, inf),
    symmetry=Point(0, 0),
    monotone=True,
    lipschitz=inf,
    bound=Bound(float64=1.0),
    inverse="erf",
    log="it takes negative values",
    examples=(("ogive.erfinv([-0.5, 0.0, 0.5])", "array([-0.47693628,  0.        ,  0.47693628])"),),
)

log_normal_cdf = Elementwise(
    name="log_normal_cdf",
    aliases=("log_ndtr",),
    tex=r"\log \Phi(x)",
    summary="Compute the logarithm of the cumulative distribution function of the normal distribution.",
    reference=_log_normal_cdf,
    range=Interval(-inf, 0, True, False),
    limits=(-inf, -0.0),
    derivative_limits=(inf, 0.0),
    second_derivative_limits=(-1.0, -0.0),
    monotone=True,
    lipschitz=inf,
    inverse="it is normal_ppf of e^y, and e^y loses what the logarithm kept; there is no row yet",
    log="it takes negative values",
    examples=(("ogive.log_normal_cdf([-40.0, 0.0, 10.0])", "array([-8.04608442e+02, -6.93147181e-01, -7.61985302e-24])"),),
)


def _log1mexp(x: Any) -> Any:
    """Evaluate log(1 - e^-x) for x > 0, from what is small in it."""
    return (-expm1(-x)).log() if constant(x) < 1 else log1p(-(-x).exp())


log1mexp = Elementwise(
    name="log1mexp",
    tex=r"\operatorname{log1mexp}(x) = \log(1 - e^{-x})",
    summary="Compute log(1 - e^-x) for positive x: from the logarithm of a probability to that of its complement.",
    reference=_log1mexp,
    references={"inverse": lambda y: -_log1mexp(-y)},
    domain=Interval(0, inf),
    range=Interval(-inf, 0, True, False),
    limits=(-inf, -0.0),
    derivative_limits=(inf, 0.0),
    second_derivative_limits=(-inf, -0.0),
    monotone=True,
    lipschitz=inf,
    inverse="log1mexp_inverse",
    log="it takes negative values",
    from_output=lambda y: np.expm1(-y),
    sources=(Source("M. Mächler", 2012, "Accurately computing log(1 - exp(-|a|)), vignette of the R package Rmpfr"),),
    examples=(("ogive.log1mexp([1e-20, 1.0, 40.0])", "array([-4.60517019e+01, -4.58675145e-01, -4.24835426e-18])"),),
    elsewhere="some libraries take -x",
)

log_gumbel_min_cdf = Elementwise(
    name="log_gumbel_min_cdf",
    tex=r"\log(1 - e^{-e^{x}})",
    summary="Compute the logarithm of the cumulative distribution function of the Gumbel distribution of minima.",
    reference=_log_gumbel_min_cdf,
    bound=Bound(near_roots=1.5),
    range=Interval(-inf, 0, True, False),
    limits=(-inf, -0.0),
    derivative_limits=(1.0, 0.0),
    second_derivative_limits=(-0.0, -0.0),
    monotone=True,
    lipschitz=1,
    inverse="log_gumbel_min_cdf_inverse",
    log="it takes negative values",
    examples=(("ogive.log_gumbel_min_cdf([-40.0, 0.0, 4.0])", "array([-4.00000000e+01, -4.58675145e-01, -1.94233760e-24])"),),
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
    bound=Bound(float64=100, narrow=0.51),
    measured="df from 0.1 to 10⁶",
    examples=(("ogive.student_t_ppf([0.025, 0.5, 0.975], df=2)", "array([-4.30265273,  0.        ,  4.30265273])"),),
)
