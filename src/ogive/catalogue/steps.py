"""Piecewise constant functions: the perceptron's."""

from ogive.activation import Elementwise
from ogive.facts import Interval, Kink, Parameter, Source

FINITE = Interval.open(-float("inf"), float("inf"))

step = Elementwise(
    name="step",
    aliases=("heaviside",),
    tex=r"H(x) = \begin{cases} 0 & x < 0 \\ a & x = 0 \\ 1 & x > 0 \end{cases}",
    summary="Compute the Heaviside step.",
    reference=(
        (Interval(-float("inf"), 0, True, False), lambda x, at_zero: 0 * x),
        (Interval(0, 0), lambda x, at_zero: at_zero + 0 * x),
        (Interval(0, float("inf"), False, True), lambda x, at_zero: 1 + 0 * x),
    ),
    parameters=(Parameter("at_zero", 0, FINITE, "The value at 0"),),
    range=Interval(0, 1),
    limits=(0.0, 1.0),
    derivative_limits=(0.0, 0.0),
    second_derivative_limits=(0.0, 0.0),
    monotone=True,
    lipschitz=float("inf"),
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
