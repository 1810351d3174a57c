"""S-shaped functions: bounded, increasing, with a centre of symmetry."""

from fractions import Fraction
from typing import Any

from ogive.activation import Borrowed, Elementwise
from ogive.catalogue import student
from ogive.facts import Bound, Interval, Parameter, Point, Source

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
    bound=Bound(16),
    measured="df from 0.1 to 10⁶",
    sources=(Source("Student (W. S. Gosset)", 1908, "The probable error of a mean, Biometrika 6"),),
    examples=(("ogive.student_t_cdf([-2.0, 0.0, 2.0], df=2)", "array([0.09175171, 0.5       , 0.90824829])"),),
    elsewhere="scipy.special.stdtr takes df first, and is 1/2 on |x| < 7e-9 where df = 1",
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
