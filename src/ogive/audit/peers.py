"""What other libraries have for a function of the catalogue: the targets that one would audit first."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec

from ogive.audit.targets import ORDERS

__all__ = ["PEERS", "peers"]

#: By function, or function and form: what computes it at its default parameters, as `ogive.audit.targets.resolve` reads it.
PEERS: Mapping[str, tuple[str, ...]] = {
    "sigmoid": ("scipy:expit", "torch:sigmoid", "jax:sigmoid", "keras:sigmoid"),
    "sigmoid.inverse": ("scipy:logit", "torch:logit", "jax:logit"),
    "sigmoid.log": ("scipy:log_expit", "torch:logsigmoid", "jax:log_sigmoid", "keras:log_sigmoid"),
    "normal_cdf": ("scipy:ndtr", "torch:ndtr", "jax:ndtr"),
    "normal_cdf.inverse": ("scipy:ndtri", "torch:ndtri", "jax:ndtri"),
    "normal_cdf.log": ("scipy:log_ndtr", "torch:log_ndtr", "jax:log_ndtr"),
    "hard_sigmoid": ("torch:hardsigmoid", "jax:hard_sigmoid", "keras:hard_sigmoid"),
    "sparse_sigmoid": ("jax:sparse_sigmoid", "keras:sparse_sigmoid"),
    "tanh": ("numpy:tanh", "torch:tanh", "jax:tanh", "keras:tanh"),
    "tanh.inverse": ("numpy:arctanh", "torch:atanh", "jax:arctanh", "keras:arctanh"),
    "erf": ("scipy:erf", "torch:erf", "jax:erf", "keras:erf"),
    "erf.inverse": ("scipy:erfinv", "torch:erfinv", "jax:erfinv", "keras:erfinv"),
    "erf.complement": ("scipy:erfc", "torch:erfc", "jax:erfc"),
    "erfc": ("scipy:erfc", "torch:erfc", "jax:erfc"),
    "softsign": ("torch:softsign", "jax:soft_sign", "keras:softsign"),
    "hard_tanh": ("torch:hardtanh", "jax:hard_tanh", "keras:hard_tanh"),
    "sign": ("numpy:sign", "torch:sign", "jax:sign", "keras:sign"),
    "relu": ("torch:relu", "jax:relu", "keras:relu"),
    "relu6": ("torch:relu6", "jax:relu6", "keras:relu6"),
    "leaky_relu": ("torch:leaky_relu", "jax:leaky_relu"),
    "elu": ("torch:elu", "jax:elu", "keras:elu"),
    "celu": ("torch:celu", "jax:celu", "keras:celu"),
    "selu": ("torch:selu", "jax:selu", "keras:selu"),
    "hard_shrink": ("torch:hardshrink", "keras:hard_shrink"),
    "soft_shrink": ("torch:softshrink", "keras:soft_shrink"),
    "tanh_shrink": ("torch:tanhshrink", "keras:tanh_shrink"),
    "softplus": ("scipy:softplus", "torch:softplus", "jax:softplus", "keras:softplus"),
    "log_sigmoid": ("scipy:log_expit", "torch:logsigmoid", "jax:log_sigmoid", "keras:log_sigmoid"),
    "squareplus": ("jax:squareplus", "keras:squareplus"),
    "sparse_plus": ("jax:sparse_plus", "keras:sparse_plus"),
    "silu": ("torch:silu", "jax:silu", "keras:silu"),
    "gelu": ("torch:gelu", "keras:gelu"),
    "gelu_tanh": ("jax:gelu",),
    "mish": ("torch:mish", "jax:mish", "keras:mish"),
    "hard_swish": ("torch:hardswish", "jax:hard_swish", "keras:hard_silu"),
    "exp": ("numpy:exp", "torch:exp", "jax:exp", "keras:exp"),
    "exp.inverse": ("numpy:log", "torch:log", "jax:log", "keras:log"),
    "logit": ("scipy:logit", "torch:logit", "jax:logit"),
    "normal_ppf": ("scipy:ndtri", "torch:ndtri", "jax:ndtri"),
    "atanh": ("numpy:arctanh", "torch:atanh", "jax:arctanh", "keras:arctanh"),
    "erfinv": ("scipy:erfinv", "torch:erfinv", "jax:erfinv", "keras:erfinv"),
    "log_normal_cdf": ("scipy:log_ndtr", "torch:log_ndtr", "jax:log_ndtr"),
    "log1mexp": ("jax:log1mexp",),
    "softmax": ("torch:softmax", "jax:softmax", "keras:softmax"),
    "log_softmax": ("torch:log_softmax", "jax:log_softmax", "keras:log_softmax"),
    "sparsemax": ("keras:sparsemax",),
    "glu": ("torch:glu", "jax:glu", "keras:glu"),
}
DIFFERENTIATING = ("torch", "jax", "keras")  # which make a derivative of a value


def peers(function: str, form: str = "value") -> tuple[str, ...]:
    """List what is installed here and computes a form of a function.

    Parameters
    ----------
    function : str
        A name of the catalogue.
    form : str
        ``value``, ``derivative``, ...

    Returns
    -------
    tuple of str
        Targets, such as ``"scipy:expit"``; none where no library is known to have it. Nothing is imported.

    Examples
    --------
    >>> from ogive.audit.peers import peers
    >>> peers("tanh")[0]
    'numpy:tanh'
    """
    known = PEERS.get(function if form == "value" or form in ORDERS else f"{function}.{form}", ())
    libraries = {target: target.partition(":")[0] for target in known}
    return tuple(
        target for target, library in libraries.items() if (form not in ORDERS or library in DIFFERENTIATING) and find_spec(library)
    )
