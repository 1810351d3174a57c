"""Trained networks for other machines: as an ONNX model, and as a PyTorch module.

Both are the network in somebody else's arithmetic: the numbers agree as far as theirs are right.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np

from ogive.activation import Activation
from ogive.files import replacing
from ogive.networks.network import Array, Network

__all__ = ["ONNX", "TORCH", "onnx_model", "torch_module"]

CLIP = "low = Constant<value = NUMBER {{{}}}>() high = Constant<value = NUMBER {{{}}}>() y = Clip(x, low, high)"

#: The body of an ONNX function from x to y; NUMBER is the type of x.
ONNX = {
    "sigmoid": "y = Sigmoid(x)",
    "hard_sigmoid": "y = HardSigmoid<alpha = 0.16666667, beta = 0.5>(x)",
    "linear_sigmoid": "y = HardSigmoid<alpha = 0.2, beta = 0.5>(x)",
    "tanh": "y = Tanh(x)",
    "erf": "y = Erf(x)",
    "softsign": "y = Softsign(x)",
    "hard_tanh": CLIP.format(-1.0, 1.0),
    "sign": "y = Sign(x)",
    "relu": "y = Relu(x)",
    "relu6": CLIP.format(0.0, 6.0),
    "clipped_relu": CLIP.format(0.0, 6.0),
    "leaky_relu": "y = LeakyRelu<alpha = 0.01>(x)",
    "elu": "y = Elu<alpha = 1.0>(x)",
    "celu": "y = Elu<alpha = 1.0>(x)",
    "selu": "y = Selu(x)",
    "thresholded_relu": "y = ThresholdedRelu<alpha = 1.0>(x)",
    "squared_relu": "r = Relu(x) y = Mul(r, r)",
    "hard_shrink": "y = Shrink<lambd = 0.5, bias = 0.0>(x)",
    "soft_shrink": "y = Shrink<lambd = 0.5, bias = 0.5>(x)",
    "shrink": "y = Shrink<lambd = 0.5, bias = 0.0>(x)",
    "tanh_shrink": "t = Tanh(x) y = Sub(x, t)",
    "softplus": "y = Softplus(x)",
    "log_sigmoid": "n = Neg(x) s = Softplus(n) y = Neg(s)",
    "silu": "s = Sigmoid(x) y = Mul(x, s)",
    "swish": "s = Sigmoid(x) y = Mul(x, s)",
    "gelu": "y = Gelu(x)",
    "gelu_tanh": 'y = Gelu<approximate = "tanh">(x)',
    "quick_gelu": "c = Constant<value = NUMBER {1.702}>() z = Mul(c, x) s = Sigmoid(z) y = Mul(x, s)",
    "mish": "y = Mish(x)",
    "hard_swish": "y = HardSwish(x)",
    "identity": "y = Identity(x)",
    "exp": "y = Exp(x)",
    "softmax": "y = Softmax<axis = -1>(x)",
    "log_softmax": "y = LogSoftmax<axis = -1>(x)",
}

#: The same as a module of `torch.nn`, with its arguments.
TORCH: dict[str, tuple[str, dict[str, Any]]] = {
    "sigmoid": ("Sigmoid", {}),
    "hard_sigmoid": ("Hardsigmoid", {}),
    "tanh": ("Tanh", {}),
    "softsign": ("Softsign", {}),
    "hard_tanh": ("Hardtanh", {}),
    "relu": ("ReLU", {}),
    "relu6": ("ReLU6", {}),
    "clipped_relu": ("ReLU6", {}),
    "leaky_relu": ("LeakyReLU", {}),
    "elu": ("ELU", {}),
    "celu": ("CELU", {}),
    "selu": ("SELU", {}),
    "thresholded_relu": ("Threshold", {"threshold": 1.0, "value": 0.0}),
    "hard_shrink": ("Hardshrink", {}),
    "soft_shrink": ("Softshrink", {}),
    "tanh_shrink": ("Tanhshrink", {}),
    "softplus": ("Softplus", {}),
    "log_sigmoid": ("LogSigmoid", {}),
    "silu": ("SiLU", {}),
    "swish": ("SiLU", {}),
    "gelu": ("GELU", {}),
    "gelu_tanh": ("GELU", {"approximate": "tanh"}),
    "mish": ("Mish", {}),
    "hard_swish": ("Hardswish", {}),
    "identity": ("Identity", {}),
    "softmax": ("Softmax", {"dim": -1}),
    "softmin": ("Softmin", {"dim": -1}),
    "log_softmax": ("LogSoftmax", {"dim": -1}),
}

#: What the logits become, as the last lines of an ONNX model.
OUTPUTS = {
    "identity": "prediction = Identity(z)",
    "softmax": "probabilities = Softmax<axis = -1>(z)",
    "sigmoid": "n = Neg(z) first = Sigmoid(n) second = Sigmoid(z) probabilities = Concat<axis = 1>(first, second)",
}


def _known(card: Activation, table: dict[str, Any], where: str) -> Any:
    if card.name not in table:
        raise ValueError(f"{where} has no {card.name}; it has {', '.join(table)}")
    return table[card.name]


def onnx_model(network: Network, classes: Array | None = None, path: str | os.PathLike[str] | None = None) -> Any:
    """Write a network as an ONNX model, from ``X`` to ``probabilities`` or ``prediction``.

    Parameters
    ----------
    network : Network
        A trained network.
    classes : ndarray, optional
        The labels, which go into the model's properties.
    path : path-like, optional
        A file to write it to.

    Returns
    -------
    onnx.ModelProto
        The model, checked by ONNX.

    Raises
    ------
    ValueError
        If ONNX has no operator for an activation.
    ImportError
        If onnx is missing.
    """
    try:
        import onnx
        from onnx.parser import parse_model
    except ModuleNotFoundError as missing:
        raise ImportError("to_onnx needs onnx: python -m pip install onnx") from missing
    number = {"float32": "float", "float64": "double"}[network.dtype.name]
    lines, x = [], "X"
    for i, card in enumerate(network.cards):
        lines += [f"z{i} = Gemm({x}, W{i}, b{i})", f"a{i} = ogive.{card.name}(z{i})"]
        x = f"a{i}"
    last = len(network.cards)
    lines += [f"z = Gemm({x}, W{last}, b{last})", OUTPUTS[network.output]]
    result = "prediction" if network.output == "identity" else "probabilities"
    columns = 2 if network.output == "sigmoid" else network.sizes[-1]
    operators = '"" : 20'
    functions = [
        f'<domain: "ogive", opset_import: [{operators}]> {name} (x) => (y) {{ {_known(card, ONNX, "ONNX").replace("NUMBER", number)} }}'
        for name, card in {card.name: card for card in network.cards}.items()
    ]
    head = f'<ir_version: 9, opset_import: [{operators}, "ogive" : 1]>'
    graph = f"network ({number}[N, {network.sizes[0]}] X) => ({number}[N, {columns}] {result}) {{ {' '.join(lines)} }}"
    model = parse_model(" ".join([head, graph, *functions]))
    for i, (weights, bias) in enumerate(zip(network.weights, network.biases, strict=True)):
        model.graph.initializer.append(onnx.numpy_helper.from_array(weights, f"W{i}"))
        model.graph.initializer.append(onnx.numpy_helper.from_array(bias, f"b{i}"))
    model.producer_name = "ogive"
    if classes is not None:
        onnx.helper.set_model_props(model, {"classes": json.dumps(classes.tolist())})
    onnx.checker.check_model(model)
    if path is not None:
        with replacing(Path(path)) as temporary:
            temporary.write_bytes(model.SerializeToString())
    return model


def torch_module(network: Network) -> Any:
    """Write a network as a PyTorch module, which gives its logits or predictions.

    Parameters
    ----------
    network : Network
        A trained network.

    Returns
    -------
    torch.nn.Sequential
        A module with copies of the weights.

    Raises
    ------
    ValueError
        If `torch.nn` has no module for an activation.
    ImportError
        If PyTorch is missing.
    """
    try:
        import torch
    except ModuleNotFoundError as missing:
        raise ImportError("to_torch needs PyTorch: python -m pip install torch") from missing
    steps: list[Any] = []
    for weights, bias, card in zip(network.weights, network.biases, [*network.cards, None], strict=True):
        fan_in, fan_out = weights.shape
        linear = torch.nn.Linear(fan_in, fan_out, dtype=getattr(torch, network.dtype.name))
        with torch.no_grad():
            linear.weight.copy_(torch.from_numpy(np.ascontiguousarray(weights.T)))
            linear.bias.copy_(torch.from_numpy(bias.copy()))
        steps.append(linear)
        if card is not None:
            name, arguments = _known(card, TORCH, "torch.nn")
            steps.append(getattr(torch.nn, name)(**arguments))
    return torch.nn.Sequential(*steps)
