"""Say what the activations of other libraries are here, and prove it: docs/coverage.json and docs/coverage.md.

    python tools/coverage.py             write both from the lists in this file, for the versions that are installed
    python tools/coverage.py --check     change nothing; exit 1 if they are out of date, or a library has names that are not listed

Every public name of torch.nn.functional, jax.nn, keras.activations and scipy.special and every operator of ONNX is listed: with
pairs of expressions, theirs and ogive's, that give the same; or among those that are no activations, with the reason. In the
expressions, x is an array of the library (of NumPy on the right) with rows of six numbers in the domain of the function, and

    t    targets 0 and 1            s    signs -1 and 1            labels    a column of x for each row

Those of ONNX are graphs with one output y, run by ONNX' own reference evaluator.
"""

from __future__ import annotations

import argparse
import inspect
import json
import os
import re
import sys
import warnings
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

import ogive

ROOT = Path(__file__).parent.parent
JSON, MARKDOWN = ROOT / "docs/coverage.json", ROOT / "docs/coverage.md"

Array = np.ndarray[Any, np.dtype[Any]]

# ── the lists ────────────────────────────────────────────────────────────────────────────────────────────────────────────

TORCH = {
    "celu": {"F.celu(x)": "ogive.celu(x)", "F.celu(x, alpha=0.5)": "ogive.celu(x, alpha=0.5)"},
    "elu": {"F.elu(x)": "ogive.elu(x)", "F.elu(x, alpha=0.5)": "ogive.elu(x, alpha=0.5)"},
    "gelu": {"F.gelu(x)": "ogive.gelu(x)", "F.gelu(x, approximate='tanh')": "ogive.gelu_tanh(x)"},
    "glu": {"F.glu(x, dim=-1)": "ogive.glu(x, axis=-1)"},
    "hardshrink": {"F.hardshrink(x, lambd=0.5)": "ogive.hard_shrink(x, lambd=0.5)"},
    "hardsigmoid": {"F.hardsigmoid(x)": "ogive.hard_sigmoid(x)"},
    "hardswish": {"F.hardswish(x)": "ogive.hard_swish(x)"},
    "hardtanh": {"F.hardtanh(x)": "ogive.hard_tanh(x)", "F.hardtanh(x, -2, 0.5)": "ogive.hard_tanh(x, low=-2, high=0.5)"},
    "leaky_relu": {"F.leaky_relu(x, negative_slope=0.01)": "ogive.leaky_relu(x, slope=0.01)"},
    "log_softmax": {"F.log_softmax(x, dim=-1)": "ogive.log_softmax(x, axis=-1)"},
    "logsigmoid": {"F.logsigmoid(x)": "ogive.log_sigmoid(x)"},
    "mish": {"F.mish(x)": "ogive.mish(x)"},
    "prelu": {"F.prelu(x, torch.tensor([0.25]))": "ogive.leaky_relu(x, slope=0.25)"},
    "relu": {"F.relu(x)": "ogive.relu(x)"},
    "relu6": {"F.relu6(x)": "ogive.relu6(x)"},
    "rrelu": {"F.rrelu(x, 0.125, 0.375, training=False)": "ogive.leaky_relu(x, slope=0.25)"},
    "selu": {"F.selu(x)": "ogive.selu(x)"},
    "sigmoid": {"F.sigmoid(x)": "ogive.sigmoid(x)"},
    "silu": {"F.silu(x)": "ogive.silu(x)"},
    "softmax": {"F.softmax(x, dim=-1)": "ogive.softmax(x, axis=-1)"},
    "softmin": {"F.softmin(x, dim=-1)": "ogive.softmin(x, axis=-1)"},
    "softplus": {"F.softplus(x)": "ogive.softplus(x)", "F.softplus(x, beta=2)": "ogive.softplus(x, beta=2)"},
    "softshrink": {"F.softshrink(x, lambd=0.5)": "ogive.soft_shrink(x, lambd=0.5)"},
    "softsign": {"F.softsign(x)": "ogive.softsign(x)"},
    "tanh": {"F.tanh(x)": "ogive.tanh(x)"},
    "tanhshrink": {"F.tanhshrink(x)": "ogive.tanh_shrink(x)"},
    "threshold": {"F.threshold(x, 0.5, -1.0)": "ogive.threshold(x, theta=0.5, value=-1.0)"},
    # losses of one number
    "binary_cross_entropy": {
        "F.binary_cross_entropy(torch.sigmoid(x), t, reduction='none')": "ogive.binary_cross_entropy(x, t, reduction='none')",
    },
    "binary_cross_entropy_with_logits": {
        "F.binary_cross_entropy_with_logits(x, t, reduction='none')": "ogive.binary_cross_entropy(x, t, reduction='none')",
    },
    "cross_entropy": {"F.cross_entropy(x, labels, reduction='none')": "ogive.cross_entropy(x, labels, reduction='none')"},
    "mse_loss": {"F.mse_loss(x, t, reduction='none')": "ogive.squared_error(x, t, reduction='none')"},
    "soft_margin_loss": {"F.soft_margin_loss(x, s, reduction='none')": "ogive.softplus(-s * x)"},
}

JAX = {
    "celu": {"nn.celu(x)": "ogive.celu(x)", "nn.celu(x, 0.5)": "ogive.celu(x, alpha=0.5)"},
    "elu": {"nn.elu(x)": "ogive.elu(x)", "nn.elu(x, 0.5)": "ogive.elu(x, alpha=0.5)"},
    "gelu": {"nn.gelu(x)": "ogive.gelu_tanh(x)", "nn.gelu(x, approximate=False)": "ogive.gelu(x)"},
    "glu": {"nn.glu(x)": "ogive.glu(x)"},
    "hard_sigmoid": {"nn.hard_sigmoid(x)": "ogive.hard_sigmoid(x)"},
    "hard_silu": {"nn.hard_silu(x)": "ogive.hard_swish(x)"},
    "hard_swish": {"nn.hard_swish(x)": "ogive.hard_swish(x)"},
    "hard_tanh": {"nn.hard_tanh(x)": "ogive.hard_tanh(x)"},
    "identity": {"nn.identity(x)": "ogive.identity(x)"},
    "leaky_relu": {"nn.leaky_relu(x, negative_slope=0.01)": "ogive.leaky_relu(x, slope=0.01)"},
    "log1mexp": {"nn.log1mexp(x)": "ogive.log1mexp(x)"},
    "log_sigmoid": {"nn.log_sigmoid(x)": "ogive.log_sigmoid(x)"},
    "log_softmax": {"nn.log_softmax(x)": "ogive.log_softmax(x)"},
    "logmeanexp": {"nn.logmeanexp(x, axis=-1)": "ogive.logsumexp(x, axis=-1) - np.log(x.shape[-1])"},
    "logsumexp": {
        "nn.logsumexp(x, axis=-1)": "ogive.logsumexp(x, axis=-1)",
        "nn.logsumexp(x, axis=None)": "ogive.logsumexp(x, axis=None)",
    },
    "mish": {"nn.mish(x)": "ogive.mish(x)"},
    "relu": {"nn.relu(x)": "ogive.relu(x)"},
    "relu6": {"nn.relu6(x)": "ogive.relu6(x)"},
    "selu": {"nn.selu(x)": "ogive.selu(x)"},
    "sigmoid": {"nn.sigmoid(x)": "ogive.sigmoid(x)"},
    "silu": {"nn.silu(x)": "ogive.silu(x)"},
    "soft_sign": {"nn.soft_sign(x)": "ogive.softsign(x)"},
    "softmax": {"nn.softmax(x)": "ogive.softmax(x)"},
    "softplus": {"nn.softplus(x)": "ogive.softplus(x)"},
    "sparse_plus": {"nn.sparse_plus(x)": "ogive.sparse_plus(x)"},
    "sparse_sigmoid": {"nn.sparse_sigmoid(x)": "ogive.sparse_sigmoid(x)"},
    "squareplus": {"nn.squareplus(x)": "ogive.squareplus(x)", "nn.squareplus(x, 1)": "ogive.squareplus(x, b=1)"},
    "swish": {"nn.swish(x)": "ogive.swish(x)"},
    "tanh": {"nn.tanh(x)": "ogive.tanh(x)"},
}

KERAS = {
    "celu": {"activations.celu(x, alpha=0.5)": "ogive.celu(x, alpha=0.5)"},
    "elu": {"activations.elu(x, alpha=0.5)": "ogive.elu(x, alpha=0.5)"},
    "exponential": {"activations.exponential(x)": "ogive.exp(x)"},
    "gelu": {"activations.gelu(x)": "ogive.gelu(x)", "activations.gelu(x, approximate=True)": "ogive.gelu_tanh(x)"},
    "glu": {"activations.glu(x)": "ogive.glu(x)"},
    "hard_shrink": {"activations.hard_shrink(x, threshold=0.5)": "ogive.hard_shrink(x, lambd=0.5)"},
    "hard_sigmoid": {"activations.hard_sigmoid(x)": "ogive.hard_sigmoid(x)"},
    "hard_silu": {"activations.hard_silu(x)": "ogive.hard_swish(x)"},
    "hard_swish": {"activations.hard_swish(x)": "ogive.hard_swish(x)"},
    "hard_tanh": {"activations.hard_tanh(x)": "ogive.hard_tanh(x)"},
    "leaky_relu": {"activations.leaky_relu(x)": "ogive.leaky_relu(x, slope=0.2)"},
    "linear": {"activations.linear(x)": "ogive.identity(x)"},
    "log_sigmoid": {"activations.log_sigmoid(x)": "ogive.log_sigmoid(x)"},
    "log_softmax": {"activations.log_softmax(x)": "ogive.log_softmax(x)"},
    "mish": {"activations.mish(x)": "ogive.mish(x)"},
    "relu": {
        "activations.relu(x)": "ogive.relu(x)",
        "activations.relu(x, negative_slope=0.25)": "ogive.leaky_relu(x, slope=0.25)",
        "activations.relu(x, max_value=4)": "ogive.clipped_relu(x, ceiling=4)",
        "activations.relu(x, threshold=1)": "ogive.thresholded_relu(x, theta=1)",
    },
    "relu6": {"activations.relu6(x)": "ogive.relu6(x)"},
    "selu": {"activations.selu(x)": "ogive.selu(x)"},
    "sigmoid": {"activations.sigmoid(x)": "ogive.sigmoid(x)"},
    "silu": {"activations.silu(x)": "ogive.silu(x)"},
    "soft_shrink": {"activations.soft_shrink(x, threshold=0.5)": "ogive.soft_shrink(x, lambd=0.5)"},
    "softmax": {"activations.softmax(x)": "ogive.softmax(x)"},
    "softplus": {"activations.softplus(x)": "ogive.softplus(x)"},
    "softsign": {"activations.softsign(x)": "ogive.softsign(x)"},
    "sparse_plus": {"activations.sparse_plus(x)": "ogive.sparse_plus(x)"},
    "sparse_sigmoid": {"activations.sparse_sigmoid(x)": "ogive.sparse_sigmoid(x)"},
    "sparsemax": {"activations.sparsemax(x)": "ogive.sparsemax(x)"},
    "squareplus": {"activations.squareplus(x, b=1)": "ogive.squareplus(x, b=1)"},
    "swish": {"activations.swish(x)": "ogive.swish(x)"},
    "tanh": {"activations.tanh(x)": "ogive.tanh(x)"},
    "tanh_shrink": {"activations.tanh_shrink(x)": "ogive.tanh_shrink(x)"},
    "threshold": {"activations.threshold(x, 0.5, -1.0)": "ogive.threshold(x, theta=0.5, value=-1.0)"},
}

CLIP = "lo = Constant<value = float {-2.0}>() hi = Constant<value = float {0.5}>() y = Clip(x, lo, hi)"
ONNX = {
    "Atanh": {"y = Atanh(x)": "ogive.atanh(x)"},
    "Celu": {"y = Celu<alpha = 0.5>(x)": "ogive.celu(x, alpha=0.5)"},
    "Clip": {CLIP: "ogive.hard_tanh(x, low=-2, high=0.5)"},
    "Elu": {"y = Elu<alpha = 0.5>(x)": "ogive.elu(x, alpha=0.5)"},
    "Erf": {"y = Erf(x)": "ogive.erf(x)"},
    "Exp": {"y = Exp(x)": "ogive.exp(x)"},
    "Gelu": {"y = Gelu(x)": "ogive.gelu(x)", 'y = Gelu<approximate = "tanh">(x)': "ogive.gelu_tanh(x)"},
    "HardSigmoid": {
        "y = HardSigmoid(x)": "ogive.linear_sigmoid(x, slope=0.2, offset=0.5)",
        "y = HardSigmoid<alpha = 0.16666667, beta = 0.5>(x)": "ogive.hard_sigmoid(x)",
    },
    "HardSwish": {"y = HardSwish(x)": "ogive.hard_swish(x)"},
    "Hardmax": {"y = Hardmax<axis = -1>(x)": "ogive.hardmax(x, axis=-1)"},
    "Identity": {"y = Identity(x)": "ogive.identity(x)"},
    "LeakyRelu": {"y = LeakyRelu<alpha = 0.01>(x)": "ogive.leaky_relu(x, slope=0.01)"},
    "LogSoftmax": {"y = LogSoftmax<axis = -1>(x)": "ogive.log_softmax(x, axis=-1)"},
    "Mish": {"y = Mish(x)": "ogive.mish(x)"},
    "PRelu": {"slope = Constant<value = float[1] {0.25}>() y = PRelu(x, slope)": "ogive.leaky_relu(x, slope=0.25)"},
    "ReduceLogSumExp": {
        "a = Constant<value = int64[1] {-1}>() y = ReduceLogSumExp<keepdims = 0>(x, a)": "ogive.logsumexp(x, axis=-1)",
    },
    "Relu": {"y = Relu(x)": "ogive.relu(x)"},
    "Selu": {"y = Selu(x)": "ogive.selu(x)"},
    "Shrink": {
        "y = Shrink<lambd = 0.5, bias = 0.25>(x)": "ogive.shrink(x, lambd=0.5, bias=0.25)",
        "y = Shrink<lambd = 0.5, bias = 0.5>(x)": "ogive.soft_shrink(x, lambd=0.5)",
    },
    "Sigmoid": {"y = Sigmoid(x)": "ogive.sigmoid(x)"},
    "Sign": {"y = Sign(x)": "ogive.sign(x)"},
    "Softmax": {"y = Softmax<axis = -1>(x)": "ogive.softmax(x, axis=-1)"},
    "Softplus": {"y = Softplus(x)": "ogive.softplus(x)"},
    "Softsign": {"y = Softsign(x)": "ogive.softsign(x)"},
    "SoftmaxCrossEntropyLoss": {
        'y = SoftmaxCrossEntropyLoss<reduction = "none">(x, labels)': "ogive.cross_entropy(x, labels, reduction='none')",
    },
    "Swish": {"y = Swish(x)": "ogive.silu(x)", "y = Swish<alpha = 0.5>(x)": "ogive.swish(x, beta=0.5)"},
    "Tanh": {"y = Tanh(x)": "ogive.tanh(x)"},
    "ThresholdedRelu": {"y = ThresholdedRelu<alpha = 1.0>(x)": "ogive.thresholded_relu(x, theta=1)"},
}

SCIPY = {
    "erf": {"special.erf(x)": "ogive.erf(x)"},
    "erfc": {"special.erfc(x)": "ogive.erfc(x)"},
    "erfcinv": {"special.erfcinv(ogive.erfc(x))": "ogive.erfc.inverse(ogive.erfc(x))"},
    "erfinv": {"special.erfinv(x)": "ogive.erfinv(x)"},
    "expit": {"special.expit(x)": "ogive.sigmoid(x)"},
    "log_expit": {"special.log_expit(x)": "ogive.log_sigmoid(x)"},
    "log_ndtr": {"special.log_ndtr(x)": "ogive.log_normal_cdf(x)"},
    "log_softmax": {
        "special.log_softmax(x)": "ogive.log_softmax(x, axis=None)",
        "special.log_softmax(x, axis=-1)": "ogive.log_softmax(x)",
    },
    "logit": {"special.logit(x)": "ogive.logit(x)"},
    "logsumexp": {
        "special.logsumexp(x)": "ogive.logsumexp(x, axis=None)",
        "special.logsumexp(x, axis=-1)": "ogive.logsumexp(x)",
    },
    "ndtr": {"special.ndtr(x)": "ogive.normal_cdf(x)"},
    "ndtri": {"special.ndtri(x)": "ogive.normal_ppf(x)"},
    "softmax": {"special.softmax(x)": "ogive.softmax(x, axis=None)", "special.softmax(x, axis=-1)": "ogive.softmax(x)"},
    "softplus": {"special.softplus(x)": "ogive.softplus(x)"},
    "stdtr": {"special.stdtr(3, x)": "ogive.student_t_cdf(x, 3)"},
    "stdtrit": {"special.stdtrit(3, x)": "ogive.student_t_ppf(x, 3)"},
}

#: What is no activation, by library: the reason, and the names.
EXCEPTIONS = {
    "torch": {
        "random": "alpha_dropout dropout dropout1d dropout2d dropout3d feature_alpha_dropout gumbel_softmax",
        "attention: a network's layer, not a function of a row": "multi_head_attention_forward scaled_dot_product_attention",
        "normalisation by statistics of a batch or a layer": "batch_norm group_norm instance_norm layer_norm local_response_norm "
        "normalize rms_norm",
        "linear in x, or a product of matrices": "bilinear conv1d conv2d conv3d conv_tbc conv_transpose1d conv_transpose2d "
        "conv_transpose3d grouped_mm linear scaled_addmm scaled_addmm_ scaled_grouped_mm scaled_mm",
        "pooling": "adaptive_avg_pool1d adaptive_avg_pool2d adaptive_avg_pool3d adaptive_max_pool1d adaptive_max_pool1d_with_indices "
        "adaptive_max_pool2d adaptive_max_pool2d_with_indices adaptive_max_pool3d adaptive_max_pool3d_with_indices avg_pool1d "
        "avg_pool2d avg_pool3d fractional_max_pool2d fractional_max_pool2d_with_indices fractional_max_pool3d "
        "fractional_max_pool3d_with_indices lp_pool1d lp_pool2d lp_pool3d max_pool1d max_pool1d_with_indices max_pool2d "
        "max_pool2d_with_indices max_pool3d max_pool3d_with_indices max_unpool1d max_unpool2d max_unpool3d",
        "moves, looks up or interpolates entries": "affine_grid channel_shuffle embedding embedding_bag fold grid_sample interpolate "
        "native_channel_shuffle one_hot pad pixel_shuffle pixel_unshuffle unfold upsample upsample_bilinear upsample_nearest",
        "a loss or a distance of whole vectors, or one that does not start from logits": "cosine_embedding_loss cosine_similarity "
        "ctc_loss gaussian_nll_loss hinge_embedding_loss huber_loss kl_div l1_loss linear_cross_entropy margin_ranking_loss "
        "multi_margin_loss multilabel_margin_loss multilabel_soft_margin_loss nll_loss pairwise_distance pdist poisson_nll_loss "
        "smooth_l1_loss triplet_margin_loss triplet_margin_with_distance_loss",
        "machinery of the module": "assert_int_or_pair boolean_dispatch handle_torch_function has_torch_function "
        "has_torch_function_unary has_torch_function_variadic",
    },
    "jax": {
        "attention: a network's layer, not a function of a row": "dot_product_attention",
        "a product of matrices": "get_scaled_dot_general_config scaled_dot_general scaled_matmul",
        "an encoding of integers": "one_hot",
        "normalisation by mean and variance": "standardize",
    },
    "keras": {"finds an activation by its name, or writes it down": "deserialize get serialize"},
    "onnx": {
        "random": "Bernoulli Dropout Multinomial RandomNormal RandomNormalLike RandomUniform RandomUniformLike",
        "attention: a network's layer, not a function of a row": "Attention LinearAttention RotaryEmbedding",
        "recurrent": "CausalConvWithState GRU LSTM RNN",
        "two inputs of one shape, where glu and its kin here take halves of one array": "SwiGLU",
        "normalisation by statistics of a batch or a layer": "BatchNormalization GroupNormalization InstanceNormalization LRN "
        "LayerNormalization LpNormalization MeanVarianceNormalization RMSNormalization",
        "linear in x, or a product of matrices": "Conv ConvInteger ConvTranspose DeformConv Einsum Gemm MatMul MatMulInteger QLinearConv "
        "QLinearMatMul",
        "pooling": "AveragePool GlobalAveragePool GlobalLpPool GlobalMaxPool LpPool MaxPool MaxRoiPool MaxUnpool RoiAlign",
        "arithmetic and elementary functions": "Abs Acos Acosh Add Asin Asinh Atan Ceil Cos Cosh Det Div Floor Log Max Mean Min Mod Mul Neg "
        "Pow Reciprocal Round Sin Sinh Sqrt Sub Sum Tan",
        "logic, comparison and bits": "And BitCast BitShift BitwiseAnd BitwiseNot BitwiseOr BitwiseXor Equal Greater GreaterOrEqual IsInf "
        "IsNaN Less LessOrEqual Not Or Where Xor",
        "a sum, an extremum or an order of a whole axis": "ArgMax ArgMin CumProd CumSum ReduceL1 ReduceL2 ReduceLogSum ReduceMax ReduceMean "
        "ReduceMin ReduceProd ReduceSum ReduceSumSquare TopK Unique",
        "moves, looks up or interpolates entries": "AffineGrid CenterCropPad Col2Im Compress Concat DepthToSpace Expand EyeLike Flatten Gather "
        "GatherElements GatherND GridSample NonMaxSuppression NonZero OneHot Pad Reshape Resize ReverseSequence ScatterElements ScatterND "
        "Shape Size Slice SpaceToDepth Split Squeeze TensorScatter Tile Transpose Trilu Unsqueeze",
        "types and quantisation": "Cast CastLike DequantizeLinear DynamicQuantizeLinear QuantizeLinear",
        "constants, control, sequences, text, signals": "BlackmanWindow ConcatFromSequence Constant ConstantOfShape DFT HammingWindow HannWindow "
        "If ImageDecoder Loop MelWeightMatrix Optional OptionalGetElement OptionalHasElement Range RegexFullMatch STFT Scan SequenceAt "
        "SequenceConstruct SequenceEmpty SequenceErase SequenceInsert SequenceLength SequenceMap SplitToSequence StringConcat "
        "StringNormalizer StringSplit TfIdfVectorizer",
        "a loss of probabilities": "NegativeLogLikelihoodLoss",
    },
    "scipy": {
        "ndtri of an exponential; no link by itself": "ndtri_exp",
        "a distribution of a statistic, used in tests and not as a link": "bdtr bdtrc bdtri bdtrik bdtrin btdtria btdtrib chdtr chdtrc chdtri "
        "chdtriv chndtr chndtridf chndtrinc chndtrix fdtr fdtrc fdtri fdtridfd gdtr gdtrc gdtria gdtrib gdtrix kolmogi kolmogorov nbdtr "
        "nbdtrc nbdtri nbdtrik nbdtrin ncfdtr ncfdtri ncfdtridfd ncfdtridfn ncfdtrinc nctdtr nctdtridf nctdtrinc nctdtrit nrdtrimn nrdtrisd "
        "owens_t pdtr pdtrc pdtri pdtrik smirnov smirnovi stdtridf tklmbda",
        "a transform of data, a loss or a divergence": "boxcox boxcox1p entr huber inv_boxcox inv_boxcox1p kl_div pseudo_huber rel_entr",
        "arithmetic and elementary functions": "cbrt cosdg cosm1 cotdg diric exp10 exp2 expm1 exprel log1p powm1 radian round sinc sindg tandg "
        "xlog1py xlogy",
        "the error function of other arguments, scaled or imaginary": "dawsn erfcx erfi fresnel modfresnelm modfresnelp voigt_profile wofz",
        "gamma, beta and zeta functions": "beta betainc betaincc betainccinv betaincinv betaln digamma gamma gammainc gammaincc gammainccinv "
        "gammaincinv gammaln gammasgn loggamma multigammaln poch polygamma psi rgamma zeta zetac",
        "Bessel, Airy, Kelvin and Struve functions": "ai_zeros airy airye bei bei_zeros beip beip_zeros ber ber_zeros berp berp_zeros besselpoly "
        "bi_zeros h1vp h2vp hankel1 hankel1e hankel2 hankel2e i0 i0e i1 i1e it2i0k0 it2j0y0 it2struve0 itairy iti0k0 itj0y0 itmodstruve0 "
        "itstruve0 iv ive ivp j0 j1 jn jn_zeros jnjnp_zeros jnp_zeros jnyn_zeros jv jve jvp k0 k0e k1 k1e kei kei_zeros keip keip_zeros "
        "kelvin kelvin_zeros ker ker_zeros kerp kerp_zeros kn kv kve kvp lmbda log_wright_bessel modstruve riccati_jn riccati_yn "
        "spherical_in spherical_jn spherical_kn spherical_yn struve wright_bessel y0 y0_zeros y1 y1_zeros y1p_zeros yn yn_zeros ynp_zeros "
        "yv yve yvp",
        "orthogonal polynomials, their roots, spherical harmonics": "assoc_laguerre assoc_legendre_p assoc_legendre_p_all c_roots cg_roots chebyc "
        "chebys chebyt chebyu eval_chebyc eval_chebys eval_chebyt eval_chebyu eval_gegenbauer eval_genlaguerre eval_hermite eval_hermitenorm "
        "eval_jacobi eval_laguerre eval_legendre eval_sh_chebyt eval_sh_chebyu eval_sh_jacobi eval_sh_legendre gegenbauer genlaguerre h_roots "
        "he_roots hermite hermitenorm j_roots jacobi js_roots l_roots la_roots laguerre legendre legendre_p legendre_p_all lpmv lqmn lqn "
        "p_roots ps_roots roots_chebyc roots_chebys roots_chebyt roots_chebyu roots_gegenbauer roots_genlaguerre roots_hermite "
        "roots_hermitenorm roots_jacobi roots_laguerre roots_legendre roots_sh_chebyt roots_sh_chebyu roots_sh_jacobi roots_sh_legendre s_roots "
        "sh_chebyt sh_chebyu sh_jacobi sh_legendre sph_harm_y sph_harm_y_all sph_legendre_p sph_legendre_p_all t_roots ts_roots u_roots "
        "us_roots",
        "elliptic, hypergeometric, Mathieu, spheroidal and parabolic cylinder functions": "ellip_harm ellip_harm_2 ellip_normal ellipe ellipeinc "
        "ellipj ellipk ellipkinc ellipkm1 elliprc elliprd elliprf elliprg elliprj hyp0f1 hyp1f1 hyp2f1 hyperu mathieu_a mathieu_b mathieu_cem "
        "mathieu_even_coef mathieu_modcem1 mathieu_modcem2 mathieu_modsem1 mathieu_modsem2 mathieu_odd_coef mathieu_sem obl_ang1 obl_ang1_cv "
        "obl_cv obl_cv_seq obl_rad1 obl_rad1_cv obl_rad2 obl_rad2_cv pbdn_seq pbdv pbdv_seq pbvv pbvv_seq pbwa pro_ang1 pro_ang1_cv pro_cv "
        "pro_cv_seq pro_rad1 pro_rad1_cv pro_rad2 pro_rad2_cv",
        "integrals and other functions of mathematics": "agm erf_zeros exp1 expi expn fresnel_zeros fresnelc_zeros fresnels_zeros lambertw shichi "
        "sici spence wrightomega",
        "numbers and combinatorics": "bernoulli binom comb euler factorial factorial2 factorialk perm stirling2",
        "machinery of the module": "SpecialFunctionError SpecialFunctionWarning errstate geterr seterr",
    },
}

#: Where a library is known not to give what it names, and how.
WRONG = {
    (
        "keras",
        "activations.sparsemax(x)",
    ): "Keras adds up the cumulative sums of the support where the last of them is meant: a row with two positive "
    "entries or more does not sum to 1",
}

COVERED: dict[str, dict[str, dict[str, str]]] = {"torch": TORCH, "jax": JAX, "keras": KERAS, "onnx": ONNX, "scipy": SCIPY}
TITLES = {
    "torch": "PyTorch: torch.nn.functional",
    "jax": "JAX: jax.nn",
    "keras": "Keras: keras.activations",
    "onnx": "ONNX: operators",
    "scipy": "SciPy: scipy.special",
}

# ── the libraries ────────────────────────────────────────────────────────────────────────────────────────────────────────


def load(library: str) -> Any:
    """Import a library, or raise ImportError."""
    os.environ.setdefault("KERAS_BACKEND", "numpy")
    os.environ.setdefault("JAX_PLATFORMS", "cpu")
    module = {"torch": "torch.nn.functional", "jax": "jax.nn", "keras": "keras.activations", "onnx": "onnx.defs", "scipy": "scipy.special"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return import_module(module[library])


def public(library: str) -> set[str]:
    """Return the public names of an installed library; of those that end in _, which work in place, only ones of their own."""
    module = load(library)
    if library == "onnx":
        return {schema.name for schema in module.get_all_schemas() if not schema.deprecated and schema.domain == ""}
    exported = getattr(module, "__all__", None) or [
        name
        for name, value in vars(module).items()
        if not name.startswith("_") and callable(value) and not inspect.isclass(value) and getattr(value, "__module__", "") != "typing"
    ]
    names = {name for name in exported if not inspect.ismodule(getattr(module, name))}
    return {name for name in names if not (name.endswith("_") and name[:-1] in COVERED[library])}


def listed(library: str) -> set[str]:
    """Return the names that are listed here."""
    return {*COVERED[library], *(name for names in EXCEPTIONS[library].values() for name in names.split())}


def unlisted(library: str, installed: str, made_with: str) -> Iterator[str]:
    """Say which names of the installed library are not listed, and which of those listed are gone."""
    names = public(library)
    for name in sorted(names - listed(library)):
        yield f"{library} {installed} has {name}, which tools/coverage.py does not list: add what it is in ogive, or the reason why it is not"
    if installed == made_with:
        for name in sorted(listed(library) - names):
            yield f"{library} {installed} has no {name}: take it out of tools/coverage.py"


# ── the proof ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def cards(expression: str) -> list[str]:
    """Return the names after ``ogive.`` in an expression."""
    return list(dict.fromkeys(re.findall(r"\bogive\.(\w+)", expression)))


def there(expression: str) -> bool:
    """Whether ogive has every function, and form, of an expression."""
    if not all(hasattr(ogive, name) for name in cards(expression)):
        return False
    return all(bool(getattr(getattr(ogive, name), form)) for name, form in re.findall(r"\bogive\.(\w+)\.(\w+)", expression))


def inputs(expression: str) -> dict[str, Array]:
    """Draw the arrays of an expression, from the domain of the function it names."""
    card = getattr(ogive, cards(expression)[0])
    rng = np.random.default_rng(7)
    x = rng.normal(0, 2, (40, 6))
    x[0] = [0.0, -0.25, 0.125, -7.0, 8.0, 3.5]
    domain = getattr(card, "domain", None)
    if domain is not None and np.isfinite(domain.low):
        high = domain.high if np.isfinite(domain.high) else 8.0
        x = rng.uniform(domain.low + 0.01, high - 0.01, x.shape)
    t = rng.integers(0, 2, x.shape)
    return {
        "x": x.astype(np.float32),
        "t": t.astype(np.float32),
        "s": (2 * t - 1).astype(np.float32),
        "labels": rng.integers(0, x.shape[1], len(x)),
    }


def ours(expression: str, arrays: Mapping[str, Array]) -> Array:
    """Evaluate the right side."""
    return np.asarray(eval(expression, {"ogive": ogive, "np": np}, dict(arrays)))


def theirs(library: str, expression: str, arrays: Mapping[str, Array]) -> Array:
    """Evaluate the left side, with the library's own arrays."""
    module = load(library)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if library == "onnx":
            return _onnx(expression, arrays)
        if library == "torch":
            import torch

            tensors = {name: torch.from_numpy(a) for name, a in arrays.items()}
            return eval(expression, {"torch": torch, "F": module}, tensors).numpy()
        if library == "scipy":
            return np.asarray(eval(expression, {"special": module, "ogive": ogive}, dict(arrays)))
        if library == "jax":
            from jax.numpy import asarray

            arrays = {name: asarray(a) for name, a in arrays.items()}
        return np.asarray(eval(expression, {"nn": module, "activations": module}, dict(arrays)))


def _onnx(body: str, arrays: Mapping[str, Array]) -> Array:
    from onnx.parser import parse_model
    from onnx.reference import ReferenceEvaluator

    takes = {"x": "float[N, M] x"} | ({"labels": "int64[N] labels"} if "labels" in body else {})
    graph = f'<ir_version: 11, opset_import: ["": 24]> coverage ({", ".join(takes.values())}) => (float y) {{ {body} }}'
    return np.asarray(ReferenceEvaluator(parse_model(graph)).run(None, {name: arrays[name] for name in takes})[0])


def differs(library: str, expression: str, own: str) -> str | None:
    """Compare the two sides; say how they differ, or nothing."""
    arrays = inputs(own)
    with np.errstate(all="ignore"):
        left, right = theirs(library, expression, arrays), ours(own, arrays)
    if left.shape != right.shape:
        return f"{library}'s {expression} has shape {left.shape}, {own} has {right.shape}"
    far = ~np.isclose(right, left, rtol=1e-4, atol=2e-6, equal_nan=True)
    if (library, expression) in WRONG:
        return None if far.any() else f"{library}'s {expression} gives what {own} gives: take it out of WRONG"
    if far.any():
        place = tuple(np.argwhere(far)[0])
        return f"{library}'s {expression} is {left[place]} where {own} is {right[place]}, x being {arrays['x'][place[: arrays['x'].ndim]]}"
    return None


# ── the pages ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def known_as(library: str, name: str) -> str:
    """Return the card that has a library's name, if there is one."""
    try:
        return ogive.get(name.lower()).name
    except KeyError:
        return ""


def document(versions: Mapping[str, str]) -> dict[str, Any]:
    """Put the lists into one document."""
    entries = []
    for library, names in COVERED.items():
        for name in sorted({*names, *(n for block in EXCEPTIONS[library].values() for n in block.split())}):
            entry: dict[str, Any] = {"library": library, "name": name}
            if name in names:
                entry["functions"] = list(dict.fromkeys(card for own in names[name].values() for card in cards(own)))
                entry["known_as"] = known_as(library, name)
                entry["pairs"] = [[left, right] for left, right in names[name].items()]
                entry["there"] = all(there(right) for right in names[name].values())
            else:
                entry["exception"] = next(reason for reason, block in EXCEPTIONS[library].items() if name in block.split())
            entries.append(entry)
    return {"versions": dict(versions), "entries": entries}


def page(document: Mapping[str, Any]) -> str:
    """Write docs/coverage.md."""
    lines = [
        "# What the activations of other libraries are here",
        "",
        "Written by `tools/coverage.py`; do not edit. Every public name of these modules is here: with the call that gives the same in ogive, or, at the end of "
        "a section, with the reason why it is no activation. A test evaluates both sides, and fails where a new version brings a new name.",
        "",
    ]
    for library, title in TITLES.items():
        entries = [entry for entry in document["entries"] if entry["library"] == library]
        covered = [entry for entry in entries if "pairs" in entry]
        have = sum(entry["there"] for entry in covered)
        lines += [f"## {title} {document['versions'][library]}", "", f"{have} of {len(covered)} activations.", ""]
        lines += ["| name | there | here |", "|---|---|---|"]
        for entry in covered:
            for left, right in entry["pairs"]:
                missing = "" if there(right) else " (not yet)"
                missing += f" (differs: {WRONG[library, left]})" if (library, left) in WRONG else ""
                lines.append(f"| {entry['name']} | `{left}` | `{right}`{missing} |")
        lines += ["", "No activations:", ""]
        for reason in EXCEPTIONS[library]:
            names = [entry["name"] for entry in entries if entry.get("exception") == reason]
            lines.append(f"* {reason}: {', '.join(names)}")
        lines.append("")
    return "\n".join(lines)


def installed(library: str) -> str | None:
    """Return the version of a library, or nothing."""
    try:
        return version(library)
    except PackageNotFoundError:
        return None


def text(document: Mapping[str, Any]) -> str:
    """Write docs/coverage.json, one line an entry."""
    entries = ",\n".join("  " + json.dumps(entry) for entry in document["entries"])
    return f'{{\n "versions": {json.dumps(document["versions"])},\n "entries": [\n{entries}\n ]\n}}\n'


def stale() -> Iterator[str]:
    """Say what is not up to date."""
    made_with = json.loads(JSON.read_text())["versions"] if JSON.exists() else {}
    wanted = document({library: made_with.get(library, "?") for library in COVERED})
    for path, content in ((JSON, text(wanted)), (MARKDOWN, page(wanted))):
        if not path.exists() or path.read_text() != content:
            yield f"docs/{path.name} is not what tools/coverage.py writes; run it"


def main(argv: Sequence[str]) -> int:
    """Write, or check."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 if something is out of date")
    options = parser.parse_args(argv)
    made_with = json.loads(JSON.read_text())["versions"] if JSON.exists() else {}
    versions = {library: installed(library) or made_with.get(library, "?") for library in COVERED}
    if not options.check:
        found = document(versions)
        JSON.write_text(text(found))
        MARKDOWN.write_text(page(found))
    problems = list(stale())
    for library in COVERED:
        if installed(library) is None:
            print(f"{library} is not installed; its names were not compared", file=sys.stderr)
            continue
        problems += unlisted(library, versions[library], made_with.get(library, "") if options.check else versions[library])
        problems += filter(
            None, (differs(library, left, right) for pairs in COVERED[library].values() for left, right in pairs.items() if there(right))
        )
    print(*problems, sep="\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
