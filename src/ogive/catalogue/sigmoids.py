"""S-shaped functions: bounded and increasing (or, in one case, decreasing); first those from 0 to 1, then the odd ones."""

import math
from fractions import Fraction
from typing import Any

import numpy as np

from ogive.activation import Elementwise
from ogive.borrowed import Borrowed
from ogive.catalogue import student
from ogive.catalogue.elementary import constant, expm1, half, log1p, pi, root, speck
from ogive.catalogue.elementary import tanh as _tanh
from ogive.facts import Bound, Interval, Kink, Parameter, Pieces, Point, Source

inf = float("inf")
LINE, FINITE, OPEN_POSITIVE = Interval.line(), Interval.open(-inf, inf), Interval.open(0, inf)
LEFT, RIGHT = Interval(-inf, 0, True, False), Interval(0, inf)
GENERALIZED_LINEAR_MODELS = Source("P. McCullagh and J. Nelder", 1989, "Generalized Linear Models, 2nd edition")


def _clipped(low: Any, high: Any, formula: Any, bottom: Any = 0, top: Any = 1) -> Any:
    """List the pieces of a formula between two places, and of the constants below and above."""
    return (
        (Interval(-inf, low), lambda x: bottom + 0 * x),
        (Interval.open(low, high), formula),
        (Interval(high, inf), lambda x: top + 0 * x),
    )


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

normal_cdf = Elementwise(
    name="normal_cdf",
    aliases=("ndtr",),
    tex=r"\Phi(x) = \frac{1}{\sqrt{2 \pi}} \int_{-\infty}^{x} e^{-t^2 / 2}\,dt",
    summary="Compute the cumulative distribution function of the normal distribution.",
    reference=lambda x: half() * (-x / root(2)).erfc(),
    range=Interval.open(0, 1),
    limits=(0.0, 1.0),
    derivative_limits=(0.0, 0.0),
    second_derivative_limits=(0.0, -0.0),
    symmetry=Point(0, Fraction(1, 2)),
    monotone=True,
    lipschitz=0.39894228040143276,
    inverse="normal_ppf",
    log="log_normal_cdf",
    complement="normal_cdf_complement",
    sources=(Source("C. F. Gauss", 1809, "Theoria motus corporum coelestium"),),
    examples=(
        ("ogive.normal_cdf([-2.0, 0.0, 2.0])", "array([0.02275013, 0.5       , 0.97724987])"),
        ("float(ogive.normal_cdf(-30.0))", "4.906713927148187e-198"),
    ),
    elsewhere="in the tail, SciPy is off by 1338 ulp in float64, and PyTorch gives 0 from -8.3",
)

cauchy_cdf = Elementwise(
    name="cauchy_cdf",
    tex=r"F(x) = \frac{1}{2} + \frac{1}{\pi} \operatorname{atan} x",
    summary="Compute the cumulative distribution function of the Cauchy distribution.",
    reference=lambda x: x.atan() / pi() + half(),
    range=Interval.open(0, 1),
    limits=(0.0, 1.0),
    derivative_limits=(0.0, 0.0),
    second_derivative_limits=(0.0, -0.0),
    symmetry=Point(0, Fraction(1, 2)),
    monotone=True,
    lipschitz=0.3183098861837907,
    inverse="cauchy_ppf",
    log="log(cauchy_cdf(x)) has no row yet; take np.log of the value",
    complement="cauchy_cdf_complement",
    from_output=lambda y: np.sin(np.pi * y) ** 2 / np.pi,
    sources=(GENERALIZED_LINEAR_MODELS,),
    examples=(("ogive.cauchy_cdf([-1e20, -1.0, 0.0, 1.0])", "array([3.18309886e-21, 2.50000000e-01, 5.00000000e-01, 7.50000000e-01])"),),
)

laplace_cdf = Elementwise(
    name="laplace_cdf",
    tex=r"F(x) = \begin{cases} \frac{1}{2} e^{x} & x < 0 \\ 1 - \frac{1}{2} e^{-x} & x \ge 0 \end{cases}",
    summary="Compute the cumulative distribution function of the Laplace distribution.",
    reference=Pieces(lambda: ((LEFT, lambda x: x.exp() / 2), (RIGHT, lambda x: 1 - (-x).exp() / 2))),
    range=Interval.open(0, 1),
    limits=(0.0, 1.0),
    derivative_limits=(0.0, 0.0),
    second_derivative_limits=(0.0, -0.0),
    symmetry=Point(0, Fraction(1, 2)),
    monotone=True,
    lipschitz=Fraction(1, 2),
    inverse="laplace_ppf",
    log="laplace_cdf_log",
    complement="laplace_cdf_complement",
    references={
        "log": Pieces(
            lambda: (
                (LEFT, lambda x: x + half().log()),
                (RIGHT, lambda x: log1p(-(-x).exp() / 2)),
            )
        ),
    },
    from_output=lambda y: np.minimum(y, 1 - y),
    sources=(Source("P.-S. Laplace", 1774, "Mémoire sur la probabilité des causes par les évènements"),),
    examples=(("ogive.laplace_cdf([-1.0, 0.0, 1.0])", "array([0.18393972, 0.5       , 0.81606028])"),),
)

gumbel_cdf = Elementwise(
    name="gumbel_cdf",
    tex=r"F(x) = e^{-e^{-x}}",
    summary="Compute the cumulative distribution function of the Gumbel distribution, the law of maxima.",
    reference=lambda x: (-(-x).exp()).exp(),
    range=Interval.open(0, 1),
    limits=(0.0, 1.0),
    derivative_limits=(0.0, 0.0),
    second_derivative_limits=(0.0, -0.0),
    monotone=True,
    lipschitz=0.36787944117144239,
    inverse="gumbel_ppf",
    log="gumbel_cdf_log",
    complement="gumbel_cdf_complement",
    references={"log": lambda x: -(-x).exp(), "complement": lambda x: -expm1(-(-x).exp())},
    from_output=lambda y: -y * np.log(y),
    sources=(Source("E. Gumbel", 1935, "Les valeurs extrêmes des distributions statistiques, Annales de l'institut Henri Poincaré 5"),),
    examples=(("ogive.gumbel_cdf([-2.0, 0.0, 2.0])", "array([6.17978989e-04, 3.67879441e-01, 8.73423018e-01])"),),
)

gumbel_min_cdf = Elementwise(
    name="gumbel_min_cdf",
    aliases=("cloglog_inverse",),
    tex=r"F(x) = 1 - e^{-e^{x}}",
    summary="Compute the cumulative distribution function of the Gumbel distribution of minima.",
    reference=lambda x: -expm1(-x.exp()),
    range=Interval.open(0, 1),
    limits=(0.0, 1.0),
    derivative_limits=(0.0, 0.0),
    second_derivative_limits=(0.0, -0.0),
    monotone=True,
    lipschitz=0.36787944117144239,
    inverse="cloglog",
    log="log_gumbel_min_cdf",
    complement="gumbel_min_cdf_complement",
    references={"complement": lambda x: (-x.exp()).exp()},
    from_output=lambda y: -(1 - y) * np.log1p(-y),
    sources=(Source("R. Fisher", 1922, "On the mathematical foundations of theoretical statistics"),),
    examples=(("ogive.gumbel_min_cdf([-2.0, 0.0, 2.0])", "array([0.12657698, 0.63212056, 0.99938202])"),),
)


def _generalized_logistic(x: Any, c: Any) -> Any:
    """Evaluate the power by its logarithm; a small whole power as a product, which is exact at 0."""
    if hasattr(c, "is_integer") and c.is_integer() and 0 < c < 20:
        return (1 / (1 + (-x).exp())) ** int(float(c))
    return (-c * log1p((-x).exp())).exp()


generalized_logistic = Elementwise(
    name="generalized_logistic",
    tex=r"F(x) = (1 + e^{-x})^{-c}",
    summary="Compute the cumulative distribution function of the generalized logistic distribution of type I.",
    reference=_generalized_logistic,
    parameters=(Parameter("c", 1, OPEN_POSITIVE, "The exponent c; 1 is the logistic sigmoid"),),
    bound=Bound(near_roots=1.5),
    range=Interval.open(0, 1),
    limits=(0.0, 1.0),
    derivative_limits=(0.0, 0.0),
    second_derivative_limits=(0.0, -0.0),
    symmetry=Point(0, Fraction(1, 2)),
    monotone=True,
    lipschitz=Fraction(1, 4),
    inverse="generalized_logistic_inverse",
    log="generalized_logistic_log",
    complement="generalized_logistic_complement",
    references={
        "log": Pieces(
            lambda c: (
                (Interval(-inf, -5000, True, False), lambda x: c * x - speck(-6000)),
                (Interval(-5000, inf), lambda x: -c * log1p((-x).exp())),
            )
        ),
        "complement": lambda x, c: -expm1(-c * log1p((-x).exp())),
    },
    from_output=lambda y, c: c * y * (1 - y ** (1 / c)),
    sources=(
        Source(
            "N. Balakrishnan and M. Leung",
            1988,
            "Order statistics from the type I generalized logistic distribution, Communications in Statistics 17",
        ),
    ),
    examples=(("ogive.generalized_logistic([-1.0, 0.0, 1.0], c=2)", "array([0.07232949, 0.25      , 0.53444665])"),),
)

hard_sigmoid = Elementwise(
    name="hard_sigmoid",
    tex=r"\operatorname{hard\_sigmoid}(x) = \min(\max(0, \frac{x + 3}{6}), 1)",
    summary="Compute the piecewise linear sigmoid of slope 1/6.",
    reference=Pieces(lambda: _clipped(-3, 3, lambda x: (x + 3) / 6)),
    range=Interval(0, 1),
    limits=(0.0, 1.0),
    derivative_limits=(0.0, 0.0),
    second_derivative_limits=(0.0, 0.0),
    symmetry=Point(0, Fraction(1, 2)),
    monotone=True,
    lipschitz=Fraction(1, 6),
    kinks=(Kink(-3, 0.0), Kink(3, 0.0)),
    inverse="hard_sigmoid is not injective",
    log="it takes the value 0 on a half-line",
    complement="hard_sigmoid_complement",
    from_output=lambda y: np.where((y > 0) & (y < 1), 1 / 6, 0),
    sources=(Source("A. Howard et al.", 2019, "Searching for MobileNetV3, ICCV"),),
    examples=(("ogive.hard_sigmoid([-4.0, -1.5, 0.0, 3.0])", "array([0.  , 0.25, 0.5 , 1.  ])"),),
    elsewhere="ONNX, Keras 2 and MXNet clip 0.2 x + 0.5: that is linear_sigmoid",
)


def _linear_sigmoid(slope: Any, offset: Any) -> Any:
    """List the pieces: which side is 0 depends on the sign of the slope."""
    if slope > 0:
        return _clipped(-offset / slope, (1 - offset) / slope, lambda x: slope * x + offset)
    if slope < 0:
        return _clipped((1 - offset) / slope, -offset / slope, lambda x: slope * x + offset, 1, 0)
    level = 0 if offset <= 0 else 1 if offset >= 1 else offset
    return ((LINE, lambda x: level + 0 * x),)


linear_sigmoid = Elementwise(
    name="linear_sigmoid",
    tex=r"\operatorname{linear\_sigmoid}(x) = \min(\max(0, s x + b), 1)",
    summary="Compute a piecewise linear sigmoid of any slope and offset.",
    reference=Pieces(_linear_sigmoid),
    parameters=(Parameter("slope", 0.2, FINITE, "The slope s of the middle"), Parameter("offset", 0.5, FINITE, "The value b at 0")),
    range=Interval(0, 1),
    limits=(0.0, 1.0),
    derivative_limits=(0.0, 0.0),
    second_derivative_limits=(0.0, 0.0),
    symmetry=Point(0, Fraction(1, 2)),
    monotone=True,
    lipschitz=0.2,
    kinks=(
        Kink(lambda slope, offset: -offset / slope if slope else math.nan, 0.0),
        Kink(lambda slope, offset: (1 - offset) / slope if slope else math.nan, 0.0),
    ),
    inverse="linear_sigmoid is not injective",
    log="it takes the value 0 on a half-line",
    complement="linear_sigmoid_complement",
    from_output=lambda y, slope, offset: np.where((y > 0) & (y < 1), slope, 0),
    examples=(("ogive.linear_sigmoid([-3.0, 0.0, 1.0, 3.0])", "array([0. , 0.5, 0.7, 1. ])"),),
    elsewhere="HardSigmoid in ONNX, with alpha for the slope and beta for the offset",
)

sparse_sigmoid = Elementwise(
    name="sparse_sigmoid",
    tex=r"\operatorname{sparse\_sigmoid}(x) = \min(\max(0, \frac{x + 1}{2}), 1)",
    summary="Compute the piecewise linear sigmoid of slope 1/2, the derivative of sparse_plus.",
    reference=Pieces(lambda: _clipped(-1, 1, lambda x: (x + 1) / 2)),
    range=Interval(0, 1),
    limits=(0.0, 1.0),
    derivative_limits=(0.0, 0.0),
    second_derivative_limits=(0.0, 0.0),
    symmetry=Point(0, Fraction(1, 2)),
    monotone=True,
    lipschitz=Fraction(1, 2),
    kinks=(Kink(-1, 0.0), Kink(1, 0.0)),
    inverse="sparse_sigmoid is not injective",
    log="it takes the value 0 on a half-line",
    complement="sparse_sigmoid_complement",
    from_output=lambda y: np.where((y > 0) & (y < 1), 0.5, 0),
    sources=(Source("M. Courbariaux, Y. Bengio and J.-P. David", 2015, "BinaryConnect, NIPS"),),
    examples=(("ogive.sparse_sigmoid([-2.0, -0.5, 0.0, 1.0])", "array([0.  , 0.25, 0.5 , 1.  ])"),),
)

smoothstep = Elementwise(
    name="smoothstep",
    tex=r"\operatorname{smoothstep}(x) = 3 t^2 - 2 t^3, \quad t = \min(\max(0, x), 1)",
    summary="Compute the cubic step from 0 to 1 with a continuous derivative.",
    reference=Pieces(lambda: _clipped(0, 1, lambda x: x * x * (3 - 2 * x))),
    range=Interval(0, 1),
    limits=(0.0, 1.0),
    derivative_limits=(0.0, 0.0),
    second_derivative_limits=(0.0, 0.0),
    symmetry=Point(Fraction(1, 2), Fraction(1, 2)),
    monotone=True,
    lipschitz=Fraction(3, 2),
    inverse="smoothstep is not injective",
    log="it takes the value 0 on a half-line",
    complement="smoothstep_complement",
    sources=(Source("S. Upstill", 1990, "The RenderMan Companion"),),
    examples=(("ogive.smoothstep([-1.0, 0.25, 0.5, 2.0])", "array([0.     , 0.15625, 0.5    , 1.     ])"),),
)


def _student(x: Any, df: Any) -> Any:
    """Evaluate the distribution of Student's t on balls: by Gauss' series next to 0, by the incomplete beta function elsewhere."""
    half = 1 / (0 * x + 2)
    if abs(x) < 1:
        peak = ((df + 1) * half).gamma() / (df * half).gamma() / (df * x.pi()).sqrt()
        return half + x * peak * (-x * x / df).hypgeom_2f1(half, (df + 1) * half, 3 * half)
    tail = half * (df / (df + x * x)).beta_lower(df * half, half, regularized=True)
    return tail if x < 0 else 1 - tail


DF = Parameter("df", 1, Interval(0, float("inf"), False, True), "The degrees of freedom ν")

student_t_cdf = Borrowed(
    name="student_t_cdf",
    tex=r"F(x) = \frac{\Gamma((1 + \nu)/2)}{\sqrt{\pi \nu}\,\Gamma(\nu/2)} \int_{-\infty}^{x} (1 + t^2/\nu)^{-(1 + \nu)/2} dt",
    summary="Compute the distribution function of Student's t.",
    reference=_student,
    parameters=(DF,),
    range=Interval.open(0, 1),
    limits=(0.0, 1.0),
    symmetry=Point(0, Fraction(1, 2)),
    monotone=True,
    formulas=student.CDF,
    inverse="student_t_ppf",
    log="log of student_t_cdf has no formula yet; take np.log of the value",
    complement="student_t_cdf(-x)",
    bound=Bound(float64=16, narrow=0.51),
    measured="df from 0.1 to 10⁶",
    sources=(Source("Student (W. S. Gosset)", 1908, "The probable error of a mean, Biometrika 6"),),
    examples=(("ogive.student_t_cdf([-2.0, 0.0, 2.0], df=2)", "array([0.09175171, 0.5       , 0.90824829])"),),
    elsewhere="scipy.special.stdtr takes df first, and is 1/2 on |x| < 7e-9 where df = 1",
)

tanh = Elementwise(
    name="tanh",
    tex=r"\tanh x = \frac{e^{x} - e^{-x}}{e^{x} + e^{-x}}",
    summary="Compute the hyperbolic tangent.",
    reference=_tanh,
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

erf = Elementwise(
    name="erf",
    tex=r"\operatorname{erf}(x) = \frac{2}{\sqrt{\pi}} \int_{0}^{x} e^{-t^2}\,dt",
    summary="Compute the error function.",
    reference=lambda x: x.erf(),
    range=Interval.open(-1, 1),
    limits=(-1.0, 1.0),
    derivative_limits=(0.0, 0.0),
    second_derivative_limits=(0.0, -0.0),
    symmetry=Point(0, 0),
    monotone=True,
    lipschitz=1.1283791670955126,
    inverse="erfinv",
    log="it takes negative values",
    complement="erfc",
    sources=(Source("J. Glaisher", 1871, "On a class of definite integrals, Philosophical Magazine 42"),),
    examples=(("ogive.erf([-1.0, 0.0, 1.0])", "array([-0.84270079,  0.        ,  0.84270079])"),),
)

erfc = Elementwise(
    name="erfc",
    tex=r"\operatorname{erfc}(x) = \frac{2}{\sqrt{\pi}} \int_{x}^{\infty} e^{-t^2}\,dt",
    summary="Compute the complementary error function.",
    reference=lambda x: x.erfc(),
    range=Interval.open(0, 2),
    limits=(2.0, 0.0),
    derivative_limits=(-0.0, -0.0),
    second_derivative_limits=(-0.0, 0.0),
    symmetry=Point(0, 1),
    monotone=False,
    lipschitz=1.1283791670955126,
    inverse="erfc_inverse",
    log="log(erfc(x)) is log 2 more than log_normal_cdf at -x √2",
    complement="erf",
    sources=(Source("J. Glaisher", 1871, "On a class of definite integrals, Philosophical Magazine 42"),),
    examples=(("ogive.erfc([-1.0, 0.0, 20.0])", "array([1.84270079e+000, 1.00000000e+000, 5.39586561e-176])"),),
)

softsign = Elementwise(
    name="softsign",
    tex=r"\operatorname{softsign}(x) = \frac{x}{1 + |x|}",
    summary="Compute the softsign.",
    reference=Pieces(lambda: ((LEFT, lambda x: x / (1 - x)), (RIGHT, lambda x: x / (1 + x)))),
    range=Interval.open(-1, 1),
    limits=(-1.0, 1.0),
    derivative_limits=(0.0, 0.0),
    second_derivative_limits=(0.0, -0.0),
    symmetry=Point(0, 0),
    monotone=True,
    lipschitz=1,
    inverse="softsign_inverse",
    log="it takes negative values",
    from_output=lambda y: (1 - abs(y)) ** 2,
    sources=(Source("D. Elliott", 1993, "A better activation function for artificial neural networks, University of Maryland"),),
    examples=(("ogive.softsign([-1.0, 0.0, 3.0])", "array([-0.5 ,  0.  ,  0.75])"),),
    elsewhere="at ±∞ other libraries give nan; here it is ±1",
)

isru = Elementwise(
    name="isru",
    tex=r"\operatorname{isru}(x) = \frac{x}{\sqrt{1 + \alpha x^2}}",
    summary="Compute the inverse square root unit.",
    reference=lambda x, alpha: x / (1 + alpha * x * x).sqrt(),
    parameters=(Parameter("alpha", 1, OPEN_POSITIVE, "The scale α; the limits are ±1/√α"),),
    range=Interval.open(-1, 1),
    limits=(-1.0, 1.0),
    derivative_limits=(0.0, 0.0),
    second_derivative_limits=(0.0, -0.0),
    symmetry=Point(0, 0),
    monotone=True,
    lipschitz=1,
    inverse="isru_inverse",
    log="it takes negative values",
    from_output=lambda y, alpha: (1 - alpha * y * y) ** 1.5,
    sources=(Source("B. Carlile et al.", 2017, "Improving deep learning by inverse square root linear units (ISRLUs), arXiv:1710.09967"),),
    examples=(("ogive.isru([-1.0, 0.0, 1e200])", "array([-0.70710678,  0.        ,  1.        ])"),),
)

scaled_arctan = Elementwise(
    name="scaled_arctan",
    tex=r"\operatorname{scaled\_arctan}(x) = \frac{2}{\pi} \operatorname{atan} \frac{\pi x}{2}",
    summary="Compute the arc tangent, scaled to slope 1 at 0 and limits ±1.",
    reference=lambda x: (pi() * x / 2).atan() * 2 / pi(),
    range=Interval.open(-1, 1),
    limits=(-1.0, 1.0),
    derivative_limits=(0.0, 0.0),
    second_derivative_limits=(0.0, -0.0),
    symmetry=Point(0, 0),
    monotone=True,
    lipschitz=1,
    inverse="scaled_arctan_inverse",
    log="it takes negative values",
    from_output=lambda y: np.cos(np.pi * y / 2) ** 2,
    examples=(("ogive.scaled_arctan([-1.0, 0.0, 1.0])", "array([-0.63909293,  0.        ,  0.63909293])"),),
)


def _gudermannian(x: Any) -> Any:
    """Evaluate 2 atan(tanh(x/2)); away from 0 as the distance 2 atan(e^-|x|) from a right angle."""
    if abs(constant(x)) < 1:
        return 2 * _tanh(x / 2).atan()
    return pi() / 2 - 2 * (-x).exp().atan() if constant(x) > 0 else 2 * x.exp().atan() - pi() / 2


gudermannian = Elementwise(
    name="gudermannian",
    tex=r"\operatorname{gd}(x) = 2 \operatorname{atan}(\tanh \frac{x}{2})",
    summary="Compute the Gudermannian function, the integral of 1/cosh.",
    reference=_gudermannian,
    range=Interval.open(-1.5707963267948966, 1.5707963267948966),
    limits=(-1.5707963267948966, 1.5707963267948966),
    derivative_limits=(0.0, 0.0),
    second_derivative_limits=(0.0, -0.0),
    symmetry=Point(0, 0),
    monotone=True,
    lipschitz=1,
    inverse="gudermannian_inverse",
    log="it takes negative values",
    from_output=lambda y: np.cos(y),
    sources=(Source("C. Gudermann", 1833, "Theorie der Potenzial- oder cyklisch-hyperbolischen Functionen"),),
    examples=(("ogive.gudermannian([-1.0, 0.0, 1.0])", "array([-0.86576948,  0.        ,  0.86576948])"),),
)

lecun_tanh = Elementwise(
    name="lecun_tanh",
    tex=r"\operatorname{lecun\_tanh}(x) = 1.7159 \tanh \frac{2 x}{3}",
    summary="Compute the hyperbolic tangent scaled so that ±1 stay nearly where they are.",
    reference=lambda x: _tanh(2 * x / 3) * 17159 / 10000,
    range=Interval.open(-1.7159, 1.7159),
    limits=(-1.7159, 1.7159),
    derivative_limits=(0.0, 0.0),
    second_derivative_limits=(0.0, -0.0),
    symmetry=Point(0, 0),
    monotone=True,
    lipschitz=Fraction(17159, 15000),
    inverse="lecun_tanh_inverse",
    log="it takes negative values",
    from_output=lambda y: (1.7159 - y * y / 1.7159) * 2 / 3,
    sources=(Source("Y. LeCun, L. Bottou, G. Orr and K.-R. Müller", 1998, "Efficient BackProp"),),
    examples=(("ogive.lecun_tanh([-1.0, 0.0, 1.0])", "array([-0.99999726,  0.        ,  0.99999726])"),),
)

hard_tanh = Elementwise(
    name="hard_tanh",
    tex=r"\operatorname{hard\_tanh}(x) = \min(\max(l, x), h)",
    summary="Clip to an interval.",
    reference=Pieces(lambda low, high: _clipped(low, high, lambda x: x, low, high)),
    parameters=(
        Parameter("low", -1, FINITE, "The lowest value l"),
        Parameter("high", 1, FINITE, "The highest value h, not less than low: else nan and the flag invalid"),
    ),
    admits=lambda low, high: low <= high,
    range=Interval(-1, 1),
    limits=(-1.0, 1.0),
    derivative_limits=(0.0, 0.0),
    second_derivative_limits=(0.0, 0.0),
    symmetry=Point(0, 0),
    monotone=True,
    lipschitz=1,
    kinks=(Kink(lambda low, high: low, 0.0), Kink(lambda low, high: high, 0.0)),
    inverse="hard_tanh is not injective",
    log="it takes negative values",
    from_output=lambda y, low, high: ((y > low) & (y < high)).astype(y.dtype),
    sources=(Source("R. Collobert", 2004, "Large scale machine learning, Université Paris 6"),),
    examples=(("ogive.hard_tanh([-2.0, 0.5, 3.0])", "array([-1. ,  0.5,  1. ])"),),
)
