"""Functions with a corner, or a hidden one: linear or nearly so on one side, flat or bent on the other; and the shrinkages."""

from typing import Any

import numpy as np

from ogive.activation import Elementwise
from ogive.catalogue.elementary import expm1, pi, root
from ogive.catalogue.elementary import tanh_shrink as _tanh_shrink
from ogive.facts import Interval, Kink, Parameter, Pieces, Point, Source

inf = float("inf")
FINITE, OPEN_POSITIVE, NONNEGATIVE = Interval.open(-inf, inf), Interval.open(0, inf), Interval(0, inf, True, False)
NEGATIVE, POSITIVE = Interval(-inf, 0), Interval(0, inf, False, True)


def _clipped(ceiling: Any) -> Any:
    """List the pieces of min(max(0, x), ceiling)."""
    return (
        (NEGATIVE, lambda x: 0 * x),
        (Interval.open(0, ceiling), lambda x: x),
        (Interval(ceiling, inf), lambda x: ceiling + 0 * x),
    )


relu = Elementwise(
    name="relu",
    tex=r"\operatorname{relu}(x) = \max(0, x)",
    summary="Compute the rectified linear unit.",
    reference=Pieces(lambda: ((NEGATIVE, lambda x: 0 * x), (POSITIVE, lambda x: x))),
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

relu6 = Elementwise(
    name="relu6",
    tex=r"\operatorname{relu6}(x) = \min(\max(0, x), 6)",
    summary="Compute the rectified linear unit, clipped at 6.",
    reference=Pieces(lambda: _clipped(6)),
    range=Interval(0, 6),
    limits=(0.0, 6.0),
    derivative_limits=(0.0, 0.0),
    second_derivative_limits=(0.0, 0.0),
    symmetry=Point(3, 3),
    monotone=True,
    lipschitz=1,
    kinks=(Kink(0, 0.0), Kink(6, 0.0)),
    inverse="relu6 is not injective",
    log="it takes the value 0 on a half-line",
    from_output=lambda y: ((y > 0) & (y < 6)).astype(y.dtype),
    sources=(Source("A. Krizhevsky", 2010, "Convolutional deep belief networks on CIFAR-10"),),
    examples=(("ogive.relu6([-1.0, 2.5, 8.0])", "array([0. , 2.5, 6. ])"),),
)

clipped_relu = Elementwise(
    name="clipped_relu",
    tex=r"\operatorname{clipped\_relu}(x) = \min(\max(0, x), c)",
    summary="Compute the rectified linear unit, clipped at a ceiling.",
    reference=Pieces(_clipped),
    parameters=(Parameter("ceiling", 6, OPEN_POSITIVE, "The ceiling c"),),
    range=Interval(0, 6),
    limits=(0.0, 6.0),
    derivative_limits=(0.0, 0.0),
    second_derivative_limits=(0.0, 0.0),
    symmetry=Point(3, 3),
    monotone=True,
    lipschitz=1,
    kinks=(Kink(0, 0.0), Kink(lambda ceiling: ceiling, 0.0)),
    inverse="clipped_relu is not injective",
    log="it takes the value 0 on a half-line",
    from_output=lambda y, ceiling: ((y > 0) & (y < ceiling)).astype(y.dtype),
    sources=(Source("A. Hannun et al.", 2014, "Deep Speech: scaling up end-to-end speech recognition, arXiv:1412.5567"),),
    examples=(("ogive.clipped_relu([-1.0, 2.5, 25.0], ceiling=20)", "array([ 0. ,  2.5, 20. ])"),),
)

leaky_relu = Elementwise(
    name="leaky_relu",
    aliases=("prelu",),
    tex=r"\operatorname{leaky\_relu}(x) = \begin{cases} x & x > 0 \\ s x & x \le 0 \end{cases}",
    summary="Compute the leaky rectified linear unit.",
    reference=Pieces(lambda slope: ((NEGATIVE, lambda x: slope * x), (POSITIVE, lambda x: x))),
    parameters=(Parameter("slope", 0.01, FINITE, "The slope s on the negative side"),),
    range=Interval(-inf, inf),
    limits=(-inf, inf),
    derivative_limits=(0.01, 1.0),
    second_derivative_limits=(0.0, 0.0),
    monotone=True,
    lipschitz=1,
    kinks=(Kink(0, "slope"),),
    inverse="leaky_relu_inverse",
    references={"inverse": Pieces(lambda slope: ((NEGATIVE, lambda y: y / slope), (POSITIVE, lambda y: y)))},
    log="it takes negative values",
    sources=(
        Source("A. Maas, A. Hannun and A. Ng", 2013, "Rectifier nonlinearities improve neural network acoustic models, ICML workshop"),
    ),
    examples=(
        ("ogive.leaky_relu([-1.0, 2.0], slope=0.25)", "array([-0.25,  2.  ])"),
        ("ogive.leaky_relu.derivative_slope([-3.0, 2.0])", "array([-3.,  0.])"),
    ),
    elsewhere="the default slope is 0.2 in TensorFlow, 0.3 in Keras' layer, 0.25 in PyTorch's PReLU",
)

elu = Elementwise(
    name="elu",
    tex=r"\operatorname{elu}(x) = \begin{cases} x & x > 0 \\ \alpha (e^{x} - 1) & x \le 0 \end{cases}",
    summary="Compute the exponential linear unit.",
    reference=Pieces(lambda alpha: ((NEGATIVE, lambda x: alpha * expm1(x)), (POSITIVE, lambda x: x))),
    parameters=(Parameter("alpha", 1, OPEN_POSITIVE, "The depth α of the negative side"),),
    range=Interval(-1, inf, False, True),
    limits=(-1.0, inf),
    derivative_limits=(0.0, 1.0),
    second_derivative_limits=(0.0, 0.0),
    monotone=True,
    lipschitz=1,
    kinks=(Kink(0, "alpha"),),
    inverse="elu_inverse",
    log="it takes negative values",
    from_output=lambda y, alpha: np.where(y > 0, 1, y + alpha),
    sources=(Source("D.-A. Clevert, T. Unterthiner and S. Hochreiter", 2016, "Fast and accurate deep network learning by ELUs, ICLR"),),
    examples=(
        ("ogive.elu([-1.0, 0.0, 2.0])", "array([-0.63212056,  0.        ,  2.        ])"),
        ("ogive.elu.derivative_alpha([-1.0, 2.0])", "array([-0.63212056,  0.        ])"),
    ),
)

celu = Elementwise(
    name="celu",
    tex=r"\operatorname{celu}(x) = \max(0, x) + \min(0, \alpha (e^{x / \alpha} - 1))",
    summary="Compute the exponential linear unit with a continuous derivative.",
    reference=Pieces(lambda alpha: ((NEGATIVE, lambda x: alpha * expm1(x / alpha)), (POSITIVE, lambda x: x))),
    parameters=(Parameter("alpha", 1, OPEN_POSITIVE, "The depth α of the negative side"),),
    range=Interval(-1, inf, False, True),
    limits=(-1.0, inf),
    derivative_limits=(0.0, 1.0),
    second_derivative_limits=(0.0, 0.0),
    monotone=True,
    lipschitz=1,
    inverse="celu_inverse",
    log="it takes negative values",
    from_output=lambda y, alpha: np.where(y > 0, 1, 1 + y / alpha),
    sources=(Source("J. Barron", 2017, "Continuously differentiable exponential linear units, arXiv:1704.07483"),),
    examples=(("ogive.celu([-1.0, 0.0, 2.0], alpha=0.5)", "array([-0.43233236,  0.        ,  2.        ])"),),
)


def _selu() -> Any:
    """List the pieces of λ elu(x, α): λ and α make mean 0 and variance 1 a fixed point of the layer's map of moments."""
    once, twice = (1 / root(2)).erfc(), root(2).erfc()
    half, e = (1 / (root(2) * root(2))).exp(), (root(2) / root(2)).exp()
    alpha = -(2 / pi()).sqrt() / (once * half - 1)
    spread = 2 * twice * e * e + pi() * once * once * e - 2 * (2 + pi()) * once * half + pi() + 2
    scale = (1 - once * half) * (2 * pi()).sqrt() / spread.sqrt()
    return ((NEGATIVE, lambda x: scale * alpha * expm1(x)), (POSITIVE, lambda x: scale * x))


selu = Elementwise(
    name="selu",
    tex=r"\operatorname{selu}(x) = \lambda \begin{cases} x & x > 0 \\ \alpha (e^{x} - 1) & x \le 0 \end{cases}",
    summary="Compute the scaled exponential linear unit; λ = 1.0507… and α = 1.6732… keep mean 0 and variance 1.",
    reference=Pieces(_selu),
    range=Interval(-1.7580993408473768, inf, False, True),
    limits=(-1.7580993408473768, inf),
    derivative_limits=(0.0, 1.0507009873554805),
    second_derivative_limits=(0.0, 0.0),
    monotone=True,
    lipschitz=1.7580993408473769,
    kinks=(Kink(0, "left"),),
    inverse="selu_inverse",
    log="it takes negative values",
    from_output=lambda y: np.where(y > 0, 1.0507009873554805, y + 1.7580993408473768),
    sources=(Source("G. Klambauer, T. Unterthiner, A. Mayr and S. Hochreiter", 2017, "Self-normalizing neural networks, NIPS"),),
    examples=(("ogive.selu([-1.0, 0.0, 1.0])", "array([-1.11133074,  0.        ,  1.05070099])"),),
    elsewhere="some libraries truncate λ and α; here they are exact, from their closed forms",
)

thresholded_relu = Elementwise(
    name="thresholded_relu",
    tex=r"\operatorname{thresholded\_relu}(x) = \begin{cases} x & x > \theta \\ 0 & x \le \theta \end{cases}",
    summary="Compute the rectified linear unit with a threshold, and a jump there.",
    reference=Pieces(lambda theta: ((Interval(-inf, theta), lambda x: 0 * x), (Interval(theta, inf, False, True), lambda x: x))),
    parameters=(Parameter("theta", 1, FINITE, "The threshold θ"),),
    range=Interval(0, inf),
    limits=(0.0, inf),
    derivative_limits=(0.0, 1.0),
    second_derivative_limits=(0.0, 0.0),
    monotone=True,
    lipschitz=inf,
    kinks=(Kink(lambda theta: theta, 0.0, jump=True),),
    inverse="thresholded_relu is not injective",
    log="it takes the value 0 on a half-line",
    from_output=lambda y, theta: (y != 0).astype(y.dtype),
    sources=(
        Source("K. Konda, R. Memisevic and D. Krueger", 2015, "Zero-bias autoencoders and the benefits of co-adapting features, ICLR"),
    ),
    examples=(("ogive.thresholded_relu([-1.0, 0.5, 1.0, 2.0])", "array([0., 0., 0., 2.])"),),
)

squared_relu = Elementwise(
    name="squared_relu",
    tex=r"\operatorname{squared\_relu}(x) = \max(0, x)^2",
    summary="Compute the square of the rectified linear unit.",
    reference=Pieces(lambda: ((NEGATIVE, lambda x: 0 * x), (POSITIVE, lambda x: x * x))),
    range=Interval(0, inf),
    limits=(0.0, inf),
    derivative_limits=(0.0, inf),
    second_derivative_limits=(0.0, 2.0),
    monotone=True,
    lipschitz=inf,
    inverse="squared_relu is not injective",
    log="it takes the value 0 on a half-line",
    from_output=lambda y: 2 * np.sqrt(y),
    sources=(Source("D. So et al.", 2021, "Primer: searching for efficient transformers for language modeling, NeurIPS"),),
    examples=(("ogive.squared_relu([-3.0, 0.5, 3.0])", "array([0.  , 0.25, 9.  ])"),),
)


def _shrunk(lambd: Any, bias: Any) -> Any:
    """List the pieces of a shrinkage: 0 up to ±lambd, beyond it x moved by bias towards 0."""
    return (
        (Interval(-inf, -lambd, True, False), lambda x: x + bias),
        (Interval(-lambd, lambd), lambda x: 0 * x),
        (Interval(lambd, inf, False, True), lambda x: x - bias),
    )


hard_shrink = Elementwise(
    name="hard_shrink",
    tex=r"\operatorname{hard\_shrink}(x) = \begin{cases} x & |x| > \lambda \\ 0 & |x| \le \lambda \end{cases}",
    summary="Set what is small to zero, and keep the rest.",
    reference=Pieces(lambda lambd: _shrunk(lambd, 0)),
    parameters=(Parameter("lambd", 0.5, NONNEGATIVE, "The threshold λ"),),
    range=Interval(-inf, inf),
    limits=(-inf, inf),
    derivative_limits=(1.0, 1.0),
    second_derivative_limits=(0.0, 0.0),
    symmetry=Point(0, 0),
    monotone=True,
    lipschitz=inf,
    kinks=(Kink(lambda lambd: -lambd, 0.0, jump=True), Kink(lambda lambd: lambd, 0.0, jump=True)),
    inverse="hard_shrink is not injective",
    log="it takes negative values",
    from_output=lambda y, lambd: (y != 0).astype(y.dtype),
    sources=(Source("D. Donoho and I. Johnstone", 1994, "Ideal spatial adaptation by wavelet shrinkage, Biometrika 81"),),
    examples=(("ogive.hard_shrink([-2.0, 0.25, 1.0])", "array([-2.,  0.,  1.])"),),
)

soft_shrink = Elementwise(
    name="soft_shrink",
    tex=r"\operatorname{soft\_shrink}(x) = \operatorname{sign}(x) \max(0, |x| - \lambda)",
    summary="Move towards zero by a fixed amount, and no further.",
    reference=Pieces(lambda lambd: _shrunk(lambd, lambd)),
    parameters=(Parameter("lambd", 0.5, NONNEGATIVE, "The threshold λ, and how far the rest is moved"),),
    range=Interval(-inf, inf),
    limits=(-inf, inf),
    derivative_limits=(1.0, 1.0),
    second_derivative_limits=(0.0, 0.0),
    symmetry=Point(0, 0),
    monotone=True,
    lipschitz=1,
    kinks=(Kink(lambda lambd: -lambd, 0.0), Kink(lambda lambd: lambd, 0.0)),
    inverse="soft_shrink is not injective",
    log="it takes negative values",
    from_output=lambda y, lambd: (y != 0).astype(y.dtype),
    sources=(Source("D. Donoho and I. Johnstone", 1994, "Ideal spatial adaptation by wavelet shrinkage, Biometrika 81"),),
    examples=(("ogive.soft_shrink([-2.0, 0.25, 1.0])", "array([-1.5,  0. ,  0.5])"),),
)

shrink = Elementwise(
    name="shrink",
    tex=r"\operatorname{shrink}(x) = \begin{cases} x + b & x < -\lambda \\ 0 & |x| \le \lambda \\ x - b & x > \lambda \end{cases}",
    summary="Set what is small to zero, and move the rest by a bias.",
    reference=Pieces(_shrunk),
    parameters=(
        Parameter("lambd", 0.5, NONNEGATIVE, "The threshold λ"),
        Parameter("bias", 0, FINITE, "How far b the rest is moved towards zero"),
    ),
    range=Interval(-inf, inf),
    limits=(-inf, inf),
    derivative_limits=(1.0, 1.0),
    second_derivative_limits=(0.0, 0.0),
    symmetry=Point(0, 0),
    monotone=True,
    lipschitz=inf,
    kinks=(Kink(lambda lambd, bias: -lambd, 0.0, jump=True), Kink(lambda lambd, bias: lambd, 0.0, jump=True)),
    inverse="shrink is not injective",
    log="it takes negative values",
    examples=(("ogive.shrink([-2.0, 0.25, 1.0], bias=0.25)", "array([-1.75,  0.  ,  0.75])"),),
    elsewhere="Shrink in ONNX has these parameters and defaults",
)

tanh_shrink = Elementwise(
    name="tanh_shrink",
    tex=r"\operatorname{tanh\_shrink}(x) = x - \tanh x",
    summary="Compute what the hyperbolic tangent takes away.",
    reference=_tanh_shrink,
    range=Interval(-inf, inf),
    limits=(-inf, inf),
    derivative_limits=(1.0, 1.0),
    second_derivative_limits=(-0.0, 0.0),
    symmetry=Point(0, 0),
    monotone=True,
    lipschitz=1,
    asymptote=lambda x: (x - 1, 1) if x > 0 else (x + 1, -1),
    inverse="it has no closed form, and no row",
    log="it takes negative values",
    examples=(("ogive.tanh_shrink([-1.0, 1e-05, 1.0])", "array([-2.38405844e-01,  3.33333333e-16,  2.38405844e-01])"),),
    elsewhere="PyTorch gives 0 for |x| < 3.5e-4 in float32, where the difference cancels",
)
