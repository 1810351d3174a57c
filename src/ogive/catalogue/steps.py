"""Piecewise constant functions: the perceptron's; and the threshold between a constant and the identity."""

from ogive.activation import Elementwise
from ogive.facts import Interval, Kink, Parameter, Pieces, Point, Source

inf = float("inf")
FINITE = Interval.open(-inf, inf)
NEGATIVE, ZERO, POSITIVE = Interval(-inf, 0, True, False), Interval(0, 0), Interval(0, inf, False, True)

step = Elementwise(
    name="step",
    aliases=("heaviside",),
    tex=r"H(x) = \begin{cases} 0 & x < 0 \\ a & x = 0 \\ 1 & x > 0 \end{cases}",
    summary="Compute the Heaviside step.",
    reference=Pieces(
        lambda at_zero: ((NEGATIVE, lambda x: 0 * x), (ZERO, lambda x: at_zero + 0 * x), (POSITIVE, lambda x: 1 + 0 * x)),
    ),
    parameters=(Parameter("at_zero", 0, FINITE, "The value a at 0"),),
    range=Interval(0, 1),
    limits=(0.0, 1.0),
    derivative_limits=(0.0, 0.0),
    second_derivative_limits=(0.0, 0.0),
    monotone=True,
    lipschitz=inf,
    kinks=(Kink(0, 0.0, jump=True),),
    inverse="step is not injective",
    log="it takes the value 0 on a half-line",
    from_output=lambda y, at_zero: 0 * y,
    integer_valued=True,
    sources=(
        Source("O. Heaviside", 1893, "Electromagnetic Theory, vol. 1"),
        Source("F. Rosenblatt", 1958, "The perceptron, Psychological Review 65"),
    ),
    examples=(("ogive.step([-1, 1, 2], dtype=int)", "array([0, 1, 1])"),),
    elsewhere="step(0) is 1 in MLX, and 1/2 in the convention of Fourier analysis",
)

sign = Elementwise(
    name="sign",
    tex=r"\operatorname{sign}(x) = \begin{cases} -1 & x < 0 \\ 0 & x = 0 \\ 1 & x > 0 \end{cases}",
    summary="Compute the sign: -1, 0 or 1.",
    reference=Pieces(lambda: ((NEGATIVE, lambda x: -1 + 0 * x), (ZERO, lambda x: 0 * x), (POSITIVE, lambda x: 1 + 0 * x))),
    range=Interval(-1, 1),
    limits=(-1.0, 1.0),
    derivative_limits=(0.0, 0.0),
    second_derivative_limits=(0.0, 0.0),
    symmetry=Point(0, 0),
    monotone=True,
    lipschitz=inf,
    kinks=(Kink(0, 0.0, jump=True),),
    inverse="sign is not injective",
    log="it takes negative values",
    from_output=lambda y: 0 * y,
    integer_valued=True,
    sources=(Source("W. McCulloch and W. Pitts", 1943, "A logical calculus of the ideas immanent in nervous activity"),),
    examples=(("ogive.sign([-2.5, 0.0, 7.0])", "array([-1.,  0.,  1.])"),),
    elsewhere="NumPy's sign of -0.0 is +0.0; here it is -0.0, as that of an odd function",
)

bipolar_step = Elementwise(
    name="bipolar_step",
    tex=r"\operatorname{bipolar\_step}(x) = \begin{cases} -1 & x < 0 \\ a & x = 0 \\ 1 & x > 0 \end{cases}",
    summary="Compute the step from -1 to 1, the perceptron's decision.",
    reference=Pieces(
        lambda at_zero: ((NEGATIVE, lambda x: -1 + 0 * x), (ZERO, lambda x: at_zero + 0 * x), (POSITIVE, lambda x: 1 + 0 * x)),
    ),
    parameters=(Parameter("at_zero", -1, FINITE, "The value a at 0"),),
    range=Interval(-1, 1),
    limits=(-1.0, 1.0),
    derivative_limits=(0.0, 0.0),
    second_derivative_limits=(0.0, 0.0),
    monotone=True,
    lipschitz=inf,
    kinks=(Kink(0, 0.0, jump=True),),
    inverse="bipolar_step is not injective",
    log="it takes negative values",
    from_output=lambda y, at_zero: 0 * y,
    integer_valued=True,
    sources=(Source("F. Rosenblatt", 1958, "The perceptron, Psychological Review 65"),),
    examples=(("ogive.bipolar_step([-0.5, 0.0, 3.0], dtype=int)", "array([-1, -1,  1])"),),
    elsewhere="at 0 some textbooks have 1",
)

threshold = Elementwise(
    name="threshold",
    tex=r"\operatorname{threshold}(x) = \begin{cases} x & x > \theta \\ v & x \le \theta \end{cases}",
    summary="Keep what lies above a threshold, and put a constant in place of the rest.",
    reference=Pieces(
        lambda theta, value: ((Interval(-inf, theta), lambda x: value + 0 * x), (Interval(theta, inf, False, True), lambda x: x)),
    ),
    parameters=(
        Parameter("theta", 0, FINITE, "The threshold θ"),
        Parameter("value", 0, FINITE, "The value v up to the threshold"),
    ),
    range=Interval(0, inf),
    limits=(0.0, inf),
    derivative_limits=(0.0, 1.0),
    second_derivative_limits=(0.0, 0.0),
    monotone=True,
    lipschitz=1,
    kinks=(Kink(lambda theta, value: theta, 0.0),),
    inverse="threshold is not injective",
    log="it takes the value 0 on a half-line",
    examples=(("ogive.threshold([-1.0, 0.5, 2.0], theta=1, value=-1)", "array([-1., -1.,  2.])"),),
)
