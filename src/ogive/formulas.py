"""What people write, and what libraries have, for every function here: the expressions that are timed and measured.

An expression is in the names that `peers.names` brings, and in

    x              the input, an array of the library
    g              the upstream gradient, ones for a derivative
    out, scratch   arrays for results
    zero           the number 0 as an array without axes
    derivative     derivative(f, x): that of f at x, by the library's own differentiation
    pull           pull(f, g, x): the product of g with the Jacobian, likewise

and in the parameters of the function, by their names, at their defaults. "NumPy" is the formula to use where there is nothing
but NumPy: finite wherever the truth is, and exact in the tails as far as its operations go. "naive NumPy" is the one that is
written everywhere, where that is another. Those of ONNX Runtime are graphs, in which NUMBER is the type of x. Where a library
has a value and no kernel for the derivative, its own differentiation of the value stands in; see `complete`.
"""

from __future__ import annotations

import re

# ── parts of formulas ────────────────────────────────────────────────────────────────────────────────────────────────────

SIGMA = "np.where(x < 0, e := np.exp(-np.abs(x)), 1) / (1 + e)"  # the sigmoid from e^-|x|
SIGMA_LEFT = "np.where(x > 0, e := np.exp(-np.abs(x)), 1) / (1 + e)"  # that of -x
ABOVE = "np.maximum(x, -1000)"  # keeps -∞ · 0 out of the tails on the left
WITHIN = "np.clip(x, -1000, 1000)"


def gate(z: str, slope: str) -> tuple[str, str]:
    """Write x σ(z) and its derivative from e^-|z|; `slope` is z'."""
    share = f"np.where(x < 0, e := np.exp(-np.abs({z})), 1) / (1 + e)"
    return (
        f"{ABOVE} * ({share})",
        f"(s := {share}) * (1 + {WITHIN} * {slope} * (np.where(x < 0, 1, e) / (1 + e)))",
    )


SILU, SILU_SLOPE = gate("x", "1")
QUICK, QUICK_SLOPE = gate("1.702 * x", "1.702")
CUBIC = "1.5957691216057308 * x * (1 + 0.044715 * x * x)"
CUBIC_VALUE, CUBIC_SLOPE = gate(CUBIC, "1.5957691216057308 * (1 + 0.134145 * (w := np.clip(x, -20, 20)) * w)")
TANH_OF_CUBIC = "(t := np.tanh(0.7978845608028654 * (x + 0.044715 * x**3)))"
DISTANCES = "(e := np.exp(x - x.max(-1, keepdims=True)))"
SHARES = f"{DISTANCES} / e.sum(-1, keepdims=True)"
SPARSE = (
    "np.maximum(x - np.take_along_axis(t := (np.cumsum(s := -np.sort(-x, -1), -1) - 1) / np.arange(1, x.shape[-1] + 1, dtype=x.dtype), "
    "(s > t).sum(-1, keepdims=True) - 1, -1), 0)"
)
ENTMAX = (
    "np.maximum((z := (x - x.max(-1, keepdims=True)) / 2) - np.take_along_axis("
    "t := (m := np.cumsum(s := -np.sort(-z, -1), -1) / (k := np.arange(1, x.shape[-1] + 1, dtype=x.dtype))) "
    "- np.sqrt(np.maximum(1 / k + m * m - np.cumsum(s * s, -1) / k, 0)), (t <= s).sum(-1, keepdims=True) - 1, -1), 0) ** 2"
)
HALVES = "(h := np.split(x, 2, -1))[0]"
OTHER_SIGMA = "(np.where(h[1] < 0, e := np.exp(-np.abs(h[1])), 1) / (1 + e))"
OTHER_REST = "(np.where(h[1] < 0, 1, e) / (1 + e))"
BOTH = "np.concatenate([g * {}, g * {}], -1)"
LO_HI = "lo = Constant<value = NUMBER {{{0}}}>() hi = Constant<value = NUMBER {{{1}}}>() y = Clip(x, lo, hi)"

# ── the table ────────────────────────────────────────────────────────────────────────────────────────────────────────────

#: Expressions by card and form, then by column.
FORMULAS: dict[str, dict[str, str]] = {
    # sigmoids
    "sigmoid.value": {
        "NumPy": SIGMA,
        "naive NumPy": "1 / (1 + np.exp(-x))",
        "SciPy": "special.expit(x, out=out)",
        "PyTorch": "torch.sigmoid(x, out=out)",
        "ONNX Runtime": "y = Sigmoid(x)",
        "JAX": "jax.nn.sigmoid(x)",
    },
    "sigmoid.derivative": {
        "NumPy": "(e := np.exp(-np.abs(x))) / (1 + e) ** 2",
        "naive NumPy": "(y := 1 / (1 + np.exp(-x))) * (1 - y)",
        "SciPy": "(y := special.expit(x, out=out)) * (1 - y)",
        "PyTorch": "aten.sigmoid_backward.grad_input(g, torch.sigmoid(x, out=scratch), grad_input=out)",
    },
    "normal_cdf.value": {
        "SciPy": "special.ndtr(x, out=out)",
        "PyTorch": "torch.special.ndtr(x, out=out)",
        "JAX": "jax.scipy.special.ndtr(x)",
    },
    "normal_cdf.derivative": {
        "NumPy": "np.exp(x * x / -2) * 0.3989422804014327",
        "PyTorch": "derivative(torch.special.ndtr, x)",
    },
    "cauchy_cdf.value": {
        "NumPy": "np.arctan2(1, -x) / np.pi",
        "naive NumPy": "0.5 + np.arctan(x) / np.pi",
        "PyTorch": "0.5 + torch.atan(x) / torch.pi",
        "JAX": "jax.scipy.stats.cauchy.cdf(x)",
    },
    "cauchy_cdf.derivative": {"NumPy": "1 / (np.pi * (1 + x * x))"},
    "laplace_cdf.value": {
        "NumPy": "np.where(x < 0, e := np.exp(-np.abs(x)) / 2, 1 - e)",
        "PyTorch": "torch.where(x < 0, e := torch.exp(-torch.abs(x)) / 2, 1 - e)",
        "JAX": "jax.scipy.stats.laplace.cdf(x)",
    },
    "laplace_cdf.derivative": {"NumPy": "np.exp(-np.abs(x)) / 2"},
    "gumbel_cdf.value": {
        "NumPy": "np.exp(-np.exp(-x))",
        "PyTorch": "torch.exp(-torch.exp(-x))",
        "JAX": "jax.scipy.stats.gumbel_r.cdf(x)",
    },
    "gumbel_cdf.derivative": {
        "NumPy": "np.exp(-np.maximum(x, -1000) - np.exp(-x))",
        "naive NumPy": "np.exp(-x - np.exp(-x))",
    },
    "gumbel_min_cdf.value": {
        "NumPy": "-np.expm1(-np.exp(x))",
        "naive NumPy": "1 - np.exp(-np.exp(x))",
        "PyTorch": "-torch.expm1(-torch.exp(x))",
        "JAX": "jax.scipy.stats.gumbel_l.cdf(x)",
    },
    "gumbel_min_cdf.derivative": {
        "NumPy": "np.exp(np.minimum(x, 1000) - np.exp(x))",
        "naive NumPy": "np.exp(x - np.exp(x))",
    },
    "generalized_logistic.value": {
        "NumPy": f"({SIGMA}) ** c",
        "naive NumPy": "(1 + np.exp(-x)) ** -c",
        "SciPy": "special.expit(x, out=out) ** c",
        "PyTorch": "torch.sigmoid(x) ** c",
        "JAX": "jax.nn.sigmoid(x) ** c",
    },
    "generalized_logistic.derivative": {
        "NumPy": f"c * (s := {SIGMA}) ** c * (np.where(x < 0, 1, e) / (1 + e))",
        "naive NumPy": "c * (e := np.exp(-x)) * (1 + e) ** (-c - 1)",
    },
    "hard_sigmoid.value": {
        "NumPy": "np.clip(x / 6 + 0.5, 0, 1)",
        "PyTorch": "aten.hardsigmoid.out(x, out=out)",
        "ONNX Runtime": "y = HardSigmoid<alpha = 0.16666667, beta = 0.5>(x)",
        "JAX": "jax.nn.hard_sigmoid(x)",
    },
    "hard_sigmoid.derivative": {
        "NumPy": "(np.abs(x) < 3) / x.dtype.type(6)",
        "PyTorch": "aten.hardsigmoid_backward.grad_input(g, x, grad_input=out)",
    },
    "linear_sigmoid.value": {
        "NumPy": "np.clip(slope * x + offset, 0, 1)",
        "PyTorch": "torch.clamp(slope * x + offset, 0, 1)",
        "ONNX Runtime": "y = HardSigmoid<alpha = 0.2, beta = 0.5>(x)",
        "JAX": "jnp.clip(slope * x + offset, 0, 1)",
    },
    "linear_sigmoid.derivative": {
        "NumPy": "np.where(((y := slope * x + offset) > 0) & (y < 1), x.dtype.type(slope), x.dtype.type(0))",
        "PyTorch": "derivative(lambda x: torch.clamp(slope * x + offset, 0, 1), x)",
        "JAX": "derivative(lambda x: jnp.clip(slope * x + offset, 0, 1), x)",
    },
    "sparse_sigmoid.value": {
        "NumPy": "np.clip(x + 1, 0, 2) / 2",
        "PyTorch": "torch.clamp(x + 1, 0, 2) / 2",
        "JAX": "jax.nn.sparse_sigmoid(x)",
    },
    "sparse_sigmoid.derivative": {"NumPy": "(np.abs(x) < 1) * x.dtype.type(0.5)"},
    "smoothstep.value": {
        "NumPy": "(t := np.clip(x, 0, 1)) * t * (3 - 2 * t)",
        "PyTorch": "(t := torch.clamp(x, 0, 1)) * t * (3 - 2 * t)",
        "JAX": "(t := jnp.clip(x, 0, 1)) * t * (3 - 2 * t)",
    },
    "smoothstep.derivative": {"NumPy": "6 * (t := np.clip(x, 0, 1)) * (1 - t)"},
    "tanh.value": {
        "NumPy": "np.tanh(x, out=out)",
        "naive NumPy": "((e := np.exp(x)) - (d := np.exp(-x))) / (e + d)",
        "PyTorch": "torch.tanh(x, out=out)",
        "ONNX Runtime": "y = Tanh(x)",
        "JAX": "jnp.tanh(x)",
    },
    "tanh.derivative": {
        "NumPy": "4 * (e := np.exp(-2 * np.abs(x))) / (1 + e) ** 2",
        "naive NumPy": "1 - np.tanh(x) ** 2",
        "PyTorch": "aten.tanh_backward.grad_input(g, torch.tanh(x, out=scratch), grad_input=out)",
    },
    "erf.value": {
        "SciPy": "special.erf(x, out=out)",
        "PyTorch": "torch.erf(x, out=out)",
        "ONNX Runtime": "y = Erf(x)",
        "JAX": "jax.scipy.special.erf(x)",
    },
    "erf.derivative": {
        "NumPy": "np.exp(-x * x) * 1.1283791670955126",
        "PyTorch": "derivative(torch.erf, x)",
    },
    "erfc.value": {
        "SciPy": "special.erfc(x, out=out)",
        "PyTorch": "torch.erfc(x, out=out)",
        "JAX": "jax.scipy.special.erfc(x)",
    },
    "erfc.derivative": {
        "NumPy": "np.exp(-x * x) * -1.1283791670955126",
        "PyTorch": "derivative(torch.erfc, x)",
    },
    "softsign.value": {
        "NumPy": "np.copysign(1 / (1 + 1 / np.abs(x)), x)",
        "naive NumPy": "x / (1 + np.abs(x))",
        "PyTorch": "F.softsign(x)",
        "ONNX Runtime": "y = Softsign(x)",
        "JAX": "jax.nn.soft_sign(x)",
    },
    "softsign.derivative": {"NumPy": "1 / (1 + np.abs(x)) ** 2"},
    "isru.value": {
        "NumPy": "np.where(np.isinf(x), np.sign(x) / alpha**0.5, x / np.hypot(1, alpha**0.5 * x))",
        "naive NumPy": "x / np.sqrt(1 + alpha * x * x)",
        "PyTorch": "x / torch.sqrt(1 + alpha * x * x)",
        "JAX": "x / jnp.sqrt(1 + alpha * x * x)",
    },
    "isru.derivative": {
        "NumPy": "np.hypot(1, alpha**0.5 * x) ** -3",
        "naive NumPy": "(1 + alpha * x * x) ** -1.5",
    },
    "scaled_arctan.value": {
        "NumPy": "np.arctan(x * (np.pi / 2)) * (2 / np.pi)",
        "PyTorch": "torch.atan(x * (torch.pi / 2)) * (2 / torch.pi)",
        "JAX": "jnp.arctan(x * (jnp.pi / 2)) * (2 / jnp.pi)",
    },
    "scaled_arctan.derivative": {"NumPy": "1 / (1 + (x * (np.pi / 2)) ** 2)"},
    "gudermannian.value": {
        "NumPy": "2 * np.arctan(np.tanh(x / 2))",
        "naive NumPy": "np.arctan(np.sinh(x))",
        "PyTorch": "2 * torch.atan(torch.tanh(x / 2))",
        "JAX": "2 * jnp.arctan(jnp.tanh(x / 2))",
    },
    "gudermannian.derivative": {
        "NumPy": "2 * (e := np.exp(-np.abs(x))) / (1 + e * e)",
        "naive NumPy": "1 / np.cosh(x)",
    },
    "lecun_tanh.value": {
        "NumPy": "1.7159 * np.tanh(x * (2 / 3))",
        "PyTorch": "1.7159 * torch.tanh(x * (2 / 3))",
        "JAX": "1.7159 * jnp.tanh(x * (2 / 3))",
    },
    "lecun_tanh.derivative": {
        "NumPy": "1.7159 * (8 / 3) * (e := np.exp(np.abs(x) * (-4 / 3))) / (1 + e) ** 2",
        "naive NumPy": "1.7159 * (2 / 3) * (1 - np.tanh(x * (2 / 3)) ** 2)",
    },
    "hard_tanh.value": {
        "NumPy": "np.clip(x, low, high, out=out)",
        "PyTorch": "aten.hardtanh.out(x, low, high, out=out)",
        "ONNX Runtime": LO_HI.format(-1.0, 1.0),
        "JAX": "jax.nn.hard_tanh(x)",
    },
    "hard_tanh.derivative": {
        "NumPy": "((x > low) & (x < high)).astype(x.dtype)",
        "PyTorch": "aten.hardtanh_backward.grad_input(g, x, low, high, grad_input=out)",
    },
    # steps
    "step.value": {
        "NumPy": "np.heaviside(x, at_zero, out=out)",
        "PyTorch": "torch.heaviside(x, zero, out=out)",
        "JAX": "jnp.heaviside(x, at_zero)",
    },
    "step.derivative": {"NumPy": "np.zeros_like(x)"},
    "sign.value": {
        "NumPy": "np.sign(x, out=out)",
        "PyTorch": "torch.sign(x, out=out)",
        "ONNX Runtime": "y = Sign(x)",
        "JAX": "jnp.sign(x)",
    },
    "sign.derivative": {"NumPy": "np.zeros_like(x)"},
    "bipolar_step.value": {
        "NumPy": "np.where(x > 0, x.dtype.type(1), x.dtype.type(-1))",
        "JAX": "jnp.where(x > 0, x.dtype.type(1), x.dtype.type(-1))",
    },
    "bipolar_step.derivative": {"NumPy": "np.zeros_like(x)"},
    "threshold.value": {
        "NumPy": "np.where(x > theta, x, x.dtype.type(value))",
        "PyTorch": "aten.threshold.out(x, theta, value, out=out)",
        "JAX": "jnp.where(x > theta, x, x.dtype.type(value))",
    },
    "threshold.derivative": {
        "NumPy": "(x > theta).astype(x.dtype)",
        "PyTorch": "aten.threshold_backward.grad_input(g, x, theta, grad_input=out)",
    },
    # rectifiers
    "relu.value": {
        "NumPy": "np.maximum(x, 0, out=out)",
        "PyTorch": "aten.relu.out(x, out=out)",
        "ONNX Runtime": "y = Relu(x)",
        "JAX": "jax.nn.relu(x)",
    },
    "relu.derivative": {
        "NumPy": "(x > 0).astype(x.dtype)",
        "PyTorch": "aten.threshold_backward.grad_input(g, x, 0, grad_input=out)",
    },
    "relu6.value": {
        "NumPy": "np.clip(x, 0, 6, out=out)",
        "PyTorch": "aten.hardtanh.out(x, 0, 6, out=out)",
        "ONNX Runtime": LO_HI.format(0.0, 6.0),
        "JAX": "jax.nn.relu6(x)",
    },
    "relu6.derivative": {
        "NumPy": "((x > 0) & (x < 6)).astype(x.dtype)",
        "PyTorch": "aten.hardtanh_backward.grad_input(g, x, 0, 6, grad_input=out)",
    },
    "clipped_relu.value": {
        "NumPy": "np.clip(x, 0, ceiling, out=out)",
        "PyTorch": "aten.hardtanh.out(x, 0, ceiling, out=out)",
        "ONNX Runtime": LO_HI.format(0.0, 6.0),
        "JAX": "jnp.clip(x, 0, ceiling)",
    },
    "clipped_relu.derivative": {
        "NumPy": "((x > 0) & (x < ceiling)).astype(x.dtype)",
        "PyTorch": "aten.hardtanh_backward.grad_input(g, x, 0, ceiling, grad_input=out)",
    },
    "leaky_relu.value": {
        "NumPy": "np.where(x > 0, x, slope * x)",
        "PyTorch": "aten.leaky_relu.out(x, slope, out=out)",
        "ONNX Runtime": "y = LeakyRelu<alpha = 0.01>(x)",
        "JAX": "jax.nn.leaky_relu(x, slope)",
    },
    "leaky_relu.derivative": {
        "NumPy": "np.where(x > 0, x.dtype.type(1), x.dtype.type(slope))",
        "PyTorch": "aten.leaky_relu_backward.grad_input(g, x, slope, False, grad_input=out)",
        "JAX": "derivative(lambda x: jax.nn.leaky_relu(x, slope), x)",
    },
    "elu.value": {
        "NumPy": "np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0)))",
        "naive NumPy": "np.where(x > 0, x, alpha * (np.exp(x) - 1))",
        "PyTorch": "aten.elu.out(x, alpha, 1, 1, out=out)",
        "ONNX Runtime": "y = Elu<alpha = 1.0>(x)",
        "JAX": "jax.nn.elu(x, alpha)",
    },
    "elu.derivative": {
        "NumPy": "np.where(x > 0, 1, alpha * np.exp(np.minimum(x, 0)))",
        "PyTorch": "aten.elu_backward.grad_input(g, alpha, 1, 1, False, x, grad_input=out)",
    },
    "celu.value": {
        "NumPy": "np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0) / alpha))",
        "naive NumPy": "np.maximum(x, 0) + np.minimum(alpha * (np.exp(x / alpha) - 1), 0)",
        "PyTorch": "aten.elu.out(x, alpha, 1, 1 / alpha, out=out)",
        "ONNX Runtime": "y = Celu<alpha = 1.0>(x)",
        "JAX": "jax.nn.celu(x, alpha)",
    },
    "celu.derivative": {
        "NumPy": "np.exp(np.minimum(x, 0) / alpha)",
        "PyTorch": "aten.elu_backward.grad_input(g, alpha, 1, 1 / alpha, False, x, grad_input=out)",
    },
    "selu.value": {
        "NumPy": "1.0507009873554805 * np.where(x > 0, x, 1.6732632423543772 * np.expm1(np.minimum(x, 0)))",
        "naive NumPy": "1.0507009873554805 * np.where(x > 0, x, 1.6732632423543772 * (np.exp(x) - 1))",
        "PyTorch": "aten.elu.out(x, 1.6732632423543772, 1.0507009873554805, 1, out=out)",
        "ONNX Runtime": "y = Selu(x)",
        "JAX": "jax.nn.selu(x)",
    },
    "selu.derivative": {
        "NumPy": "np.where(x > 0, 1.0507009873554805, 1.7580993408473766 * np.exp(np.minimum(x, 0)))",
        "PyTorch": "aten.elu_backward.grad_input(g, 1.6732632423543772, 1.0507009873554805, 1, False, x, grad_input=out)",
    },
    "thresholded_relu.value": {
        "NumPy": "np.where(x > theta, x, 0)",
        "PyTorch": "aten.threshold.out(x, theta, 0, out=out)",
        "ONNX Runtime": "y = ThresholdedRelu<alpha = 1.0>(x)",
        "JAX": "jnp.where(x > theta, x, 0)",
    },
    "thresholded_relu.derivative": {
        "NumPy": "(x > theta).astype(x.dtype)",
        "PyTorch": "aten.threshold_backward.grad_input(g, x, theta, grad_input=out)",
    },
    "squared_relu.value": {
        "NumPy": "np.maximum(x, 0) ** 2",
        "PyTorch": "F.relu(x) ** 2",
        "JAX": "jax.nn.relu(x) ** 2",
    },
    "squared_relu.derivative": {"NumPy": "2 * np.maximum(x, 0)"},
    "hard_shrink.value": {
        "NumPy": "np.where(np.abs(x) > lambd, x, 0)",
        "PyTorch": "aten.hardshrink.out(x, lambd, out=out)",
        "ONNX Runtime": "y = Shrink<lambd = 0.5, bias = 0.0>(x)",
        "JAX": "jnp.where(jnp.abs(x) > lambd, x, 0)",
    },
    "hard_shrink.derivative": {
        "NumPy": "(np.abs(x) > lambd).astype(x.dtype)",
        "PyTorch": "aten.hardshrink_backward.grad_input(g, x, lambd, grad_input=out)",
    },
    "soft_shrink.value": {
        "NumPy": "np.copysign(np.maximum(np.abs(x) - lambd, 0), x)",
        "PyTorch": "aten.softshrink.out(x, lambd, out=out)",
        "ONNX Runtime": "y = Shrink<lambd = 0.5, bias = 0.5>(x)",
        "JAX": "jnp.sign(x) * jnp.maximum(jnp.abs(x) - lambd, 0)",
    },
    "soft_shrink.derivative": {
        "NumPy": "(np.abs(x) > lambd).astype(x.dtype)",
        "PyTorch": "aten.softshrink_backward.grad_input(g, x, lambd, grad_input=out)",
    },
    "shrink.value": {
        "NumPy": "np.where(np.abs(x) > lambd, x - np.copysign(bias, x), 0)",
        "PyTorch": "torch.where(torch.abs(x) > lambd, x - bias * torch.sign(x), 0)",
        "ONNX Runtime": "y = Shrink<lambd = 0.5, bias = 0.0>(x)",
        "JAX": "jnp.where(jnp.abs(x) > lambd, x - bias * jnp.sign(x), 0)",
    },
    "shrink.derivative": {"NumPy": "(np.abs(x) > lambd).astype(x.dtype)"},
    "tanh_shrink.value": {
        "NumPy": "np.where(np.abs(x) < 0.3, x * (s := x * x) * (1 / 3 - s * (2 / 15 - s * (17 / 315 - s * (62 / 2835 - s * (1382 / 155925 "
        "- s * (21844 / 6081075 - s * (929569 / 638512875))))))), x - np.tanh(x))",
        "naive NumPy": "x - np.tanh(x)",
        "PyTorch": "F.tanhshrink(x)",
        "JAX": "x - jnp.tanh(x)",
    },
    "tanh_shrink.derivative": {"NumPy": "np.tanh(x) ** 2"},
    # gates
    "softplus.value": {
        "NumPy": "np.logaddexp(0, beta * x) / beta",
        "naive NumPy": "np.log(1 + np.exp(beta * x)) / beta",
        "SciPy": "special.softplus(x, out=out)",
        "PyTorch": "aten.softplus.out(x, beta, 20, out=out)",
        "ONNX Runtime": "y = Softplus(x)",
        "JAX": "jax.nn.softplus(x)",
    },
    "softplus.derivative": {
        "NumPy": SIGMA,
        "naive NumPy": "1 / (1 + np.exp(-x))",
        "SciPy": "special.expit(x, out=out)",
        "PyTorch": "aten.softplus_backward.grad_input(g, x, beta, 20, grad_input=out)",
    },
    "log_sigmoid.value": {
        "NumPy": "-np.logaddexp(0, -x)",
        "naive NumPy": "-np.log(1 + np.exp(-x))",
        "SciPy": "special.log_expit(x, out=out)",
        "PyTorch": "aten.log_sigmoid.out(x, out=out)",
        "JAX": "jax.nn.log_sigmoid(x)",
    },
    "log_sigmoid.derivative": {
        "NumPy": SIGMA_LEFT,
        "naive NumPy": "1 / (1 + np.exp(x))",
        "SciPy": "special.expit(-x, out=out)",
        "PyTorch": "aten.log_sigmoid_backward.grad_input(g, x, aten.log_sigmoid_forward(x)[1], grad_input=out)",
    },
    "squareplus.value": {
        "NumPy": "np.where(x < 0, b / 2 / (h := np.hypot(x, b**0.5) + np.abs(x)), h / 2)",
        "naive NumPy": "(x + np.sqrt(x * x + b)) / 2",
        "PyTorch": "(x + torch.sqrt(x * x + b)) / 2",
        "JAX": "jax.nn.squareplus(x, b)",
    },
    "squareplus.derivative": {
        "NumPy": "np.where(x < 0, b / 2 / (h := np.hypot(x, b**0.5)) / (h + np.abs(x)), 0.5 + 0.5 / np.hypot(1, b**0.5 / x))",
        "naive NumPy": "(1 + x / np.sqrt(x * x + b)) / 2",
    },
    "sparse_plus.value": {
        "NumPy": "np.where(x < 1, np.maximum(x + 1, 0) ** 2 / 4, x)",
        "PyTorch": "torch.where(x < 1, torch.clamp(x + 1, 0, 2) ** 2 / 4, x)",
        "JAX": "jax.nn.sparse_plus(x)",
    },
    "sparse_plus.derivative": {"NumPy": "np.clip(x + 1, 0, 2) / 2"},
    "silu.value": {
        "NumPy": SILU,
        "naive NumPy": "x / (1 + np.exp(-x))",
        "SciPy": "x * special.expit(x, out=out)",
        "PyTorch": "aten.silu.out(x, out=out)",
        "ONNX Runtime": "y = Swish(x)",
        "JAX": "jax.nn.silu(x)",
    },
    "silu.derivative": {
        "NumPy": SILU_SLOPE,
        "naive NumPy": "(y := 1 / (1 + np.exp(-x))) * (1 + x * (1 - y))",
        "PyTorch": "aten.silu_backward.grad_input(g, x, grad_input=out)",
    },
    "swish.value": {
        "NumPy": gate("beta * x", "beta")[0],
        "naive NumPy": "x / (1 + np.exp(-beta * x))",
        "SciPy": "x * special.expit(beta * x, out=out)",
        "PyTorch": "x * torch.sigmoid(beta * x)",
        "ONNX Runtime": "y = Swish<alpha = 1.0>(x)",
        "JAX": "x * jax.nn.sigmoid(beta * x)",
    },
    "swish.derivative": {
        "NumPy": gate("beta * x", "beta")[1],
        "naive NumPy": "(y := 1 / (1 + np.exp(-beta * x))) * (1 + beta * x * (1 - y))",
    },
    "gelu.value": {
        "SciPy": "x * special.ndtr(x, out=out)",
        "PyTorch": "aten.gelu.out(x, approximate='none', out=out)",
        "ONNX Runtime": "y = Gelu(x)",
        "JAX": "jax.nn.gelu(x, approximate=False)",
    },
    "gelu.derivative": {
        "SciPy": "special.ndtr(x, out=out) + x * np.exp(x * x / -2) * 0.3989422804014327",
        "PyTorch": "aten.gelu_backward.grad_input(g, x, approximate='none', grad_input=out)",
    },
    "gelu_tanh.value": {
        "NumPy": CUBIC_VALUE,
        "naive NumPy": f"0.5 * x * (1 + {TANH_OF_CUBIC})",
        "PyTorch": "aten.gelu.out(x, approximate='tanh', out=out)",
        "ONNX Runtime": 'y = Gelu<approximate = "tanh">(x)',
        "JAX": "jax.nn.gelu(x)",
    },
    "gelu_tanh.derivative": {
        "NumPy": CUBIC_SLOPE,
        "naive NumPy": f"0.5 * (1 + {TANH_OF_CUBIC}) + 0.5 * x * (1 - t * t) * 0.7978845608028654 * (1 + 0.134145 * x * x)",
        "PyTorch": "aten.gelu_backward.grad_input(g, x, approximate='tanh', grad_input=out)",
    },
    "quick_gelu.value": {
        "NumPy": QUICK,
        "naive NumPy": "x / (1 + np.exp(-1.702 * x))",
        "SciPy": "x * special.expit(1.702 * x, out=out)",
        "PyTorch": "x * torch.sigmoid(1.702 * x)",
        "JAX": "x * jax.nn.sigmoid(1.702 * x)",
    },
    "quick_gelu.derivative": {
        "NumPy": QUICK_SLOPE,
        "naive NumPy": "(y := 1 / (1 + np.exp(-1.702 * x))) * (1 + 1.702 * x * (1 - y))",
    },
    "mish.value": {
        "NumPy": f"{ABOVE} * ((n := (e := np.exp(np.minimum(x, 30))) * (e + 2)) / (n + 2))",
        "naive NumPy": "x * np.tanh(np.log(1 + np.exp(x)))",
        "PyTorch": "aten.mish.out(x, out=out)",
        "ONNX Runtime": "y = Mish(x)",
        "JAX": "jax.nn.mish(x)",
    },
    "mish.derivative": {
        "NumPy": "(n := (e := np.exp(np.minimum(x, 30))) * (e + 2)) / (n + 2) + np.clip(x, -1000, 30) * 4 * (e / (n + 2)) * ((1 + e) / (n + 2))",
        "naive NumPy": "(t := np.tanh(np.log(1 + (e := np.exp(x))))) + x * (1 - t * t) * e / (1 + e)",
        "PyTorch": "aten.mish_backward(g, x)",
    },
    "hard_swish.value": {
        "NumPy": "np.maximum(x, -3) * np.clip(x / 6 + 0.5, 0, 1)",
        "naive NumPy": "x * np.clip(x + 3, 0, 6) / 6",
        "PyTorch": "aten.hardswish.out(x, out=out)",
        "ONNX Runtime": "y = HardSwish(x)",
        "JAX": "jax.nn.hard_swish(x)",
    },
    "hard_swish.derivative": {
        "NumPy": "np.where(x <= -3, 0, np.where(x < 3, x / 3 + 0.5, 1))",
        "PyTorch": "aten.hardswish_backward(g, x)",
    },
    "logcosh.value": {
        "NumPy": "np.where((a := np.abs(x)) < 1, np.log1p(2 * np.sinh(x / 2) ** 2), a + np.log1p(np.expm1(-2 * a) / 2))",
        "naive NumPy": "np.log(np.cosh(x))",
        "PyTorch": "x + F.softplus(-2 * x) - 0.6931471805599453",
        "JAX": "jnp.logaddexp(x, -x) - 0.6931471805599453",
    },
    "logcosh.derivative": {"NumPy": "np.tanh(x, out=out)"},
    "identity.value": {
        "NumPy": "np.positive(x, out=out)",
        "PyTorch": "out.copy_(x)",
        "ONNX Runtime": "y = Identity(x)",
    },
    "identity.derivative": {"NumPy": "np.ones_like(x)"},
    "exp.value": {
        "NumPy": "np.exp(x, out=out)",
        "PyTorch": "torch.exp(x, out=out)",
        "ONNX Runtime": "y = Exp(x)",
        "JAX": "jnp.exp(x)",
    },
    "exp.derivative": {"NumPy": "np.exp(x, out=out)", "PyTorch": "torch.exp(x, out=out)"},
    # links
    "logit.value": {
        "NumPy": "np.where(np.abs(x - 0.5) < 0.25, 2 * np.arctanh(2 * x - 1), np.log(x) - np.log1p(-x))",
        "naive NumPy": "np.log(x / (1 - x))",
        "SciPy": "special.logit(x, out=out)",
        "PyTorch": "torch.logit(x, out=out)",
        "JAX": "jax.scipy.special.logit(x)",
    },
    "logit.derivative": {
        "NumPy": "1 / (x * (1 - x))",
        "PyTorch": "aten.logit_backward.grad_input(g, x, None, grad_input=out)",
    },
    "normal_ppf.value": {
        "SciPy": "special.ndtri(x, out=out)",
        "PyTorch": "torch.special.ndtri(x, out=out)",
        "JAX": "jax.scipy.special.ndtri(x)",
    },
    "normal_ppf.derivative": {
        "SciPy": "np.exp(special.ndtri(x, out=out) ** 2 / 2) * 2.5066282746310002",
        "PyTorch": "derivative(torch.special.ndtri, x)",
    },
    "cauchy_ppf.value": {
        "NumPy": "np.where(x < 0.25, -1 / np.tan(np.pi * x), np.where(x > 0.75, 1 / np.tan(np.pi * (1 - x)), np.tan(np.pi * (x - 0.5))))",
        "naive NumPy": "np.tan(np.pi * (x - 0.5))",
        "PyTorch": "torch.tan(torch.pi * (x - 0.5))",
        "JAX": "jax.scipy.stats.cauchy.ppf(x)",
    },
    "cauchy_ppf.derivative": {
        "NumPy": "np.pi / np.sin(np.pi * np.minimum(x, 1 - x)) ** 2",
        "naive NumPy": "np.pi / np.sin(np.pi * x) ** 2",
    },
    "laplace_ppf.value": {
        "NumPy": "np.where(x < 0.5, np.log(2 * x), -np.log(2 * (1 - x)))",
        "naive NumPy": "-np.sign(x - 0.5) * np.log(1 - 2 * np.abs(x - 0.5))",
        "PyTorch": "torch.where(x < 0.5, torch.log(2 * x), -torch.log(2 * (1 - x)))",
        "JAX": "jnp.where(x < 0.5, jnp.log(2 * x), -jnp.log(2 * (1 - x)))",
    },
    "laplace_ppf.derivative": {"NumPy": "1 / np.minimum(x, 1 - x)"},
    "gumbel_ppf.value": {
        "NumPy": "-np.log(-np.log(x))",
        "PyTorch": "-torch.log(-torch.log(x))",
        "JAX": "-jnp.log(-jnp.log(x))",
    },
    "gumbel_ppf.derivative": {"NumPy": "-1 / (x * np.log(x))"},
    "cloglog.value": {
        "NumPy": "np.log(-np.log1p(-x))",
        "naive NumPy": "np.log(-np.log(1 - x))",
        "SciPy": "np.log(-special.log1p(-x, out=out))",
        "PyTorch": "torch.log(-torch.log1p(-x))",
        "JAX": "jnp.log(-jnp.log1p(-x))",
    },
    "cloglog.derivative": {
        "NumPy": "-1 / ((1 - x) * np.log1p(-x))",
        "naive NumPy": "-1 / ((1 - x) * np.log(1 - x))",
    },
    "inverse_softplus.value": {
        "NumPy": "x + np.log(-np.expm1(-x))",
        "naive NumPy": "np.log(np.exp(x) - 1)",
        "PyTorch": "x + torch.log(-torch.expm1(-x))",
        "JAX": "x + jnp.log(-jnp.expm1(-x))",
    },
    "inverse_softplus.derivative": {
        "NumPy": "-1 / np.expm1(-x)",
        "naive NumPy": "1 / (1 - np.exp(-x))",
    },
    "atanh.value": {
        "NumPy": "np.arctanh(x, out=out)",
        "naive NumPy": "np.log((1 + x) / (1 - x)) / 2",
        "PyTorch": "torch.atanh(x, out=out)",
        "ONNX Runtime": "y = Atanh(x)",
        "JAX": "jnp.arctanh(x)",
    },
    "atanh.derivative": {
        "NumPy": "1 / ((1 - x) * (1 + x))",
        "naive NumPy": "1 / (1 - x * x)",
        "PyTorch": "derivative(torch.atanh, x)",
    },
    "erfinv.value": {
        "SciPy": "special.erfinv(x, out=out)",
        "PyTorch": "torch.erfinv(x, out=out)",
        "JAX": "jax.scipy.special.erfinv(x)",
    },
    "erfinv.derivative": {
        "SciPy": "np.exp(special.erfinv(x, out=out) ** 2) * 0.886226925452758",
        "PyTorch": "derivative(torch.erfinv, x)",
    },
    "log_normal_cdf.value": {
        "SciPy": "special.log_ndtr(x, out=out)",
        "PyTorch": "torch.special.log_ndtr(x, out=out)",
        "JAX": "jax.scipy.special.log_ndtr(x)",
    },
    "log_normal_cdf.derivative": {
        "SciPy": "np.exp(x * x / -2 - special.log_ndtr(x, out=out)) * 0.3989422804014327",
        "PyTorch": "derivative(torch.special.log_ndtr, x)",
    },
    "log1mexp.value": {
        "NumPy": "np.where(x < 0.6931471805599453, np.log(-np.expm1(-x)), np.log1p(-np.exp(-x)))",
        "naive NumPy": "np.log(1 - np.exp(-x))",
        "PyTorch": "torch.where(x < 0.6931471805599453, torch.log(-torch.expm1(-x)), torch.log1p(-torch.exp(-x)))",
        "JAX": "jax.nn.log1mexp(x)",
    },
    "log1mexp.derivative": {"NumPy": "1 / np.expm1(x)"},
    "log_gumbel_min_cdf.value": {
        "NumPy": "np.where(x < -20, x - (e := np.exp(x)) / 2, np.where(e < 0.6931471805599453, np.log(-np.expm1(-e)), np.log1p(-np.exp(-e))))",
        "naive NumPy": "np.log(1 - np.exp(-np.exp(x)))",
        "PyTorch": "torch.log(-torch.expm1(-torch.exp(x)))",
        "JAX": "jax.scipy.stats.gumbel_l.logcdf(x)",
    },
    "log_gumbel_min_cdf.derivative": {
        "NumPy": "np.where(x < -20, 1 - (e := np.exp(np.minimum(x, 10))) / 2, e / np.expm1(e))",
        "naive NumPy": "(e := np.exp(x)) / (np.exp(e) - 1)",
    },
    # losses, at their default targets
    "binary_cross_entropy.value": {
        "NumPy": "np.logaddexp(0, x) - x * target",
        "naive NumPy": "-target * np.log(p := 1 / (1 + np.exp(-x))) - (1 - target) * np.log(1 - p)",
        "PyTorch": "F.binary_cross_entropy_with_logits(x, torch.full_like(x, target), reduction='none')",
        "JAX": "jax.nn.softplus(x) - x * target",
    },
    "binary_cross_entropy.derivative": {"NumPy": f"({SIGMA}) - target", "naive NumPy": "1 / (1 + np.exp(-x)) - target"},
    "hinge.value": {
        "NumPy": "np.maximum(1 - target * x, 0)",
        "PyTorch": "F.relu(1 - target * x)",
        "JAX": "jax.nn.relu(1 - target * x)",
    },
    "hinge.derivative": {"NumPy": "np.where(target * x < 1, x.dtype.type(-target), x.dtype.type(0))"},
    "squared_hinge.value": {
        "NumPy": "np.maximum(1 - target * x, 0) ** 2",
        "PyTorch": "F.relu(1 - target * x) ** 2",
        "JAX": "jax.nn.relu(1 - target * x) ** 2",
    },
    "squared_hinge.derivative": {"NumPy": "-2 * target * np.maximum(1 - target * x, 0)"},
    "perceptron_loss.value": {
        "NumPy": "np.maximum(-target * x, 0)",
        "PyTorch": "F.relu(-target * x)",
        "JAX": "jax.nn.relu(-target * x)",
    },
    "perceptron_loss.derivative": {"NumPy": "np.where(target * x < 0, x.dtype.type(-target), x.dtype.type(0))"},
    "squared_error.value": {
        "NumPy": "(x - target) ** 2",
        "PyTorch": "(x - target) ** 2",
        "JAX": "(x - target) ** 2",
    },
    "squared_error.derivative": {"NumPy": "2 * (x - target)"},
    "focal.value": {
        "NumPy": "np.exp(-gamma * np.logaddexp(0, m := (2 * target - 1) * x)) * np.logaddexp(0, -m)",
        "naive NumPy": "(1 - (p := 1 / (1 + np.exp(-(2 * target - 1) * x)))) ** gamma * -np.log(p)",
        "PyTorch": "torch.sigmoid(-(m := (2 * target - 1) * x)) ** gamma * F.softplus(-m)",
        "JAX": "jax.nn.sigmoid(-(m := (2 * target - 1) * x)) ** gamma * jax.nn.softplus(-m)",
    },
    "focal.derivative": {
        "SciPy": "(1 - 2 * target) * (q := special.expit(-(m := (2 * target - 1) * x))) ** gamma * (gamma * special.expit(m) * np.logaddexp(0, -m) + q)",
    },
    # rows
    "softmax.value": {
        "NumPy": SHARES,
        "naive NumPy": "(e := np.exp(x)) / e.sum(-1, keepdims=True)",
        "SciPy": "special.softmax(x, axis=-1)",
        "PyTorch": "aten._softmax.out(x, -1, False, out=out)",
        "ONNX Runtime": "y = Softmax<axis = -1>(x)",
        "JAX": "jax.nn.softmax(x)",
    },
    "softmax.backward": {
        "NumPy": f"(y := {SHARES}) * (g - (g * y).sum(-1, keepdims=True))",
        "PyTorch": "aten._softmax_backward_data.out(g, aten._softmax.out(x, -1, False, out=scratch), -1, x.dtype, grad_input=out)",
    },
    "softmin.value": {
        "NumPy": "(e := np.exp(x.min(-1, keepdims=True) - x)) / e.sum(-1, keepdims=True)",
        "naive NumPy": "(e := np.exp(-x)) / e.sum(-1, keepdims=True)",
        "SciPy": "special.softmax(-x, axis=-1)",
        "PyTorch": "F.softmin(x, -1)",
        "JAX": "jax.nn.softmax(-x)",
    },
    "softmin.backward": {
        "NumPy": "(y := (e := np.exp(x.min(-1, keepdims=True) - x)) / e.sum(-1, keepdims=True)) * ((g * y).sum(-1, keepdims=True) - g)",
    },
    "log_softmax.value": {
        "NumPy": "(z := x - x.max(-1, keepdims=True)) - np.log(np.exp(z).sum(-1, keepdims=True))",
        "naive NumPy": "np.log((e := np.exp(x)) / e.sum(-1, keepdims=True))",
        "SciPy": "special.log_softmax(x, axis=-1)",
        "PyTorch": "aten._log_softmax.out(x, -1, False, out=out)",
        "ONNX Runtime": "y = LogSoftmax<axis = -1>(x)",
        "JAX": "jax.nn.log_softmax(x)",
    },
    "log_softmax.backward": {
        "NumPy": f"g - {SHARES} * g.sum(-1, keepdims=True)",
        "PyTorch": "aten._log_softmax_backward_data.out(g, aten._log_softmax.out(x, -1, False, out=scratch), -1, x.dtype, out=out)",
    },
    "logsumexp.value": {
        "NumPy": "(m := x.max(-1)) + np.log(np.exp(x - m[..., None]).sum(-1))",
        "naive NumPy": "np.log(np.exp(x).sum(-1))",
        "SciPy": "special.logsumexp(x, axis=-1)",
        "PyTorch": "torch.logsumexp(x, -1, out=out)",
        "ONNX Runtime": "a = Constant<value = int64[1] {-1}>() y = ReduceLogSumExp<keepdims = 0>(x, a)",
        "JAX": "jax.nn.logsumexp(x, -1)",
    },
    "logsumexp.backward": {"NumPy": f"{SHARES} * g[..., None]", "PyTorch": "pull(lambda x: torch.logsumexp(x, -1), g, x)"},
    "hardmax.value": {
        "NumPy": "np.eye(x.shape[-1], dtype=x.dtype)[x.argmax(-1)]",
        "PyTorch": "F.one_hot(x.argmax(-1), x.shape[-1]).to(x.dtype)",
        "ONNX Runtime": "y = Hardmax<axis = -1>(x)",
        "JAX": "jax.nn.one_hot(x.argmax(-1), x.shape[-1], dtype=x.dtype)",
    },
    "hardmax.backward": {"NumPy": "np.zeros_like(x)", "PyTorch": "torch.zeros_like(x)"},
    "sparsemax.value": {
        "NumPy": SPARSE,
        "PyTorch": "torch.clamp(x - (t := ((s := torch.sort(x, -1, descending=True)[0]).cumsum(-1) - 1) "
        "/ torch.arange(1, x.shape[-1] + 1, dtype=x.dtype)).gather(-1, (s > t).sum(-1, keepdim=True).clamp(1) - 1), 0)",
        "JAX": SPARSE.replace("np.", "jnp."),
    },
    "sparsemax.backward": {
        "NumPy": f"(w := (y := {SPARSE}) > 0) * (g - (g * w).sum(-1, keepdims=True) / w.sum(-1, keepdims=True, dtype=x.dtype))"
    },
    "entmax15.value": {"NumPy": ENTMAX},
    "entmax15.backward": {"NumPy": f"(w := np.sqrt({ENTMAX})) * (g - (g * w).sum(-1, keepdims=True) / w.sum(-1, keepdims=True))"},
    "glu.value": {
        "NumPy": f"{HALVES} * {OTHER_SIGMA}",
        "naive NumPy": f"{HALVES} / (1 + np.exp(-h[1]))",
        "SciPy": f"{HALVES} * special.expit(h[1])",
        "PyTorch": "aten.glu.out(x, -1, out=out)",
        "JAX": "jax.nn.glu(x)",
    },
    "glu.backward": {
        "NumPy": "(h := np.split(x, 2, -1)) and " + BOTH.format(f"(s := {OTHER_SIGMA})", f"h[0] * s * {OTHER_REST}"),
        "PyTorch": "aten.glu_backward.grad_input(g, x, -1, grad_input=out)",
    },
    "reglu.value": {
        "NumPy": f"{HALVES} * np.maximum(h[1], 0)",
        "PyTorch": "(h := x.chunk(2, -1))[0] * F.relu(h[1])",
        "JAX": "(h := jnp.split(x, 2, -1))[0] * jax.nn.relu(h[1])",
    },
    "reglu.backward": {"NumPy": "(h := np.split(x, 2, -1)) and " + BOTH.format("np.maximum(h[1], 0)", "h[0] * (h[1] > 0)")},
    "geglu.value": {
        "SciPy": f"{HALVES} * (h[1] * special.ndtr(h[1]))",
        "PyTorch": "(h := x.chunk(2, -1))[0] * F.gelu(h[1])",
        "JAX": "(h := jnp.split(x, 2, -1))[0] * jax.nn.gelu(h[1], approximate=False)",
    },
    "geglu.backward": {
        "SciPy": "(h := np.split(x, 2, -1)) and "
        + BOTH.format("h[1] * (s := special.ndtr(h[1]))", "h[0] * (s + h[1] * np.exp(h[1] * h[1] / -2) * 0.3989422804014327)"),
    },
    "swiglu.value": {
        "NumPy": f"{HALVES} * (np.maximum(h[1], -1000) * {OTHER_SIGMA})",
        "naive NumPy": f"{HALVES} * h[1] / (1 + np.exp(-h[1]))",
        "SciPy": f"{HALVES} * (h[1] * special.expit(h[1]))",
        "PyTorch": "(h := x.chunk(2, -1))[0] * F.silu(h[1])",
        "JAX": "(h := jnp.split(x, 2, -1))[0] * jax.nn.silu(h[1])",
    },
    "swiglu.backward": {
        "NumPy": "(h := np.split(x, 2, -1)) and "
        + BOTH.format(f"(b := np.clip(h[1], -1000, 1000)) * (s := {OTHER_SIGMA})", f"h[0] * s * (1 + b * {OTHER_REST})"),
    },
    "maxout.value": {
        "NumPy": "x.reshape(*x.shape[:-1], -1, 2).max(-1)",
        "PyTorch": "x.reshape(*x.shape[:-1], -1, 2).amax(-1)",
        "JAX": "x.reshape(*x.shape[:-1], -1, 2).max(-1)",
    },
    "maxout.backward": {
        "NumPy": "np.where((y := x.reshape(*x.shape[:-1], -1, 2)) == y.max(-1, keepdims=True), g[..., None], 0).reshape(x.shape)"
    },
    "crelu.value": {
        "NumPy": "np.concatenate([np.maximum(x, 0), np.maximum(-x, 0)], -1)",
        "PyTorch": "torch.cat([F.relu(x), F.relu(-x)], -1)",
        "JAX": "jnp.concatenate([jax.nn.relu(x), jax.nn.relu(-x)], -1)",
    },
    "crelu.backward": {"NumPy": "np.where(x > 0, (h := np.split(g, 2, -1))[0], 0) - np.where(x < 0, h[1], 0)"},
}


def in_numpy(name: str, form: str, *, naive: bool) -> str:
    """Give an expression of a card's form in ``np``, ``x`` and the parameters.

    Parameters
    ----------
    name, form : str
        Of the card, and ``"value"`` or ``"derivative"``.
    naive : bool
        Whether it is the one that is written everywhere, or the one that keeps its digits.

    Returns
    -------
    str
        Empty where there is none.

    Examples
    --------
    >>> from ogive.formulas import in_numpy
    >>> in_numpy("sigmoid", "value", naive=True)
    '1 / (1 + np.exp(-x))'
    """
    return FORMULAS.get(f"{name}.{form}", {}).get("naive NumPy" if naive else "NumPy", "").replace(", out=out", "")


def written(name: str) -> str:
    """Give what people write in NumPy for the value of a card: NumPy's own function where it has one, else the usual formula.

    Parameters
    ----------
    name : str
        Of the card.

    Returns
    -------
    str
        Empty where there is none.
    """
    careful = in_numpy(name, "value", naive=False)
    return careful if re.fullmatch(r"np\.\w+\(x\)", careful) else in_numpy(name, "value", naive=True) or careful


def complete(formulas: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    """Let PyTorch and JAX differentiate the values for which they have no kernel of the derivative here."""
    found = {key: dict(columns) for key, columns in formulas.items()}
    for key, columns in formulas.items():
        name, _, form = key.partition(".")
        elementwise = f"{name}.derivative" in formulas
        for library in ("PyTorch", "JAX"):
            value = columns.get(library, "out")
            if form == "value" and "out" not in value:  # what writes into an array is not differentiated
                way, call = (
                    ("derivative", f"derivative(lambda x: {value}, x)") if elementwise else ("backward", f"pull(lambda x: {value}, g, x)")
                )
                found.setdefault(f"{name}.{way}", {}).setdefault(library, call)
    return found
