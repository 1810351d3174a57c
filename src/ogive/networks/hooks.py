"""Any module of PyTorch, seen in one pass forward and back through hooks, and left as it was.

PyTorch is never imported here before there is a module of it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np

from ogive.activation import Elementwise
from ogive.catalogue import get
from ogive.networks.export import TORCH
from ogive.networks.measurements import FAINT, Pass, Seen
from ogive.networks.network import Array

__all__ = ["observed_module"]

#: What torch.nn files with the activations and is none of a single number.
OF_ROWS = ("GLU", "LogSoftmax", "MultiheadAttention", "Softmax", "Softmax2d", "Softmin")
#: An unknown activation is tried from here to there, and beyond for whether it is flat.
REACH, BEYOND = 8.0, 50.0


class _Call(NamedTuple):
    """A call of a layer of weights, and of the activation after it."""

    layer: Any
    weights: Any
    output: Any
    activation: Any = None
    before: Any = None
    after: Any = None


def observed_module(module: Any, X: Any, y: Any, loss: Any, learning_rate: float | None) -> Pass:
    """Pass samples through a module, forward and back.

    Parameters
    ----------
    module : torch.nn.Module
        The module; it is left as it was.
    X, y : array_like or torch.Tensor
        The samples and what they are to give.
    loss : callable or None
        Gives a scalar from the output and `y`.
    learning_rate : float or None
        The length of a step of gradient descent.

    Returns
    -------
    Pass
        What was seen.

    Raises
    ------
    TypeError
        If X or y are no numbers, or the output is no tensor.
    ValueError
        If there are no layers of weights, no activation is seen, or y does not fit the output.
    """
    import torch

    if learning_rate is not None and not learning_rate > 0:
        raise ValueError(f"learning_rate={learning_rate}: the length of a step is positive")
    like = next((p for p in module.parameters() if p.is_floating_point()), None)
    if like is None:
        raise ValueError(f"{type(module).__name__} has no weights to look at")
    X, y = _tensor(X, "X", like), _tensor(y, "y", like)
    if not X.is_floating_point() and not any(isinstance(each, torch.nn.Embedding) for each in module.modules()):
        X = X.to(like.dtype)
    if len(X) != len(y):
        raise ValueError(f"X holds {len(X)} samples and y {len(y)}; give one target a sample")
    with _evaluated(module), torch.inference_mode(False), torch.enable_grad():
        with _hooked(module) as calls, torch.nn.utils.parametrize.cached():
            output = module(X)
        if not isinstance(output, torch.Tensor):
            raise TypeError(f"{type(module).__name__} gives a {type(output).__name__}; vitals needs one that gives a tensor")
        if not calls:
            raise ValueError(f"{type(module).__name__} calls no Linear or convolutional layer; vitals has none to look at")
        if len(calls) > 1 and not any(call.activation for call in calls):
            raise ValueError(
                f"{type(module).__name__} calls {len(calls)} layers of weights and no activation as a module: what forward() calls as a "
                "function, such as torch.relu(x), hooks cannot see; make it a module, such as self.act = torch.nn.ReLU()"
            )
        criterion, chance = (loss, math.nan) if loss is not None else _criterion(output, y)
        value = criterion(output, y)
        if not isinstance(value, torch.Tensor) or value.numel() != 1:
            raise ValueError("loss is to give a scalar from the output of the module and y")
        weights = [call.weights for call in calls]
        every = {name: p for name, p in module.named_parameters() if p.is_floating_point()}
        found = torch.autograd.grad(
            value.reshape(()), [*weights, *(call.output for call in calls), *every.values()], allow_unused=True, materialize_grads=True
        )
        of_weights, of_outputs, of_all = found[: len(calls)], found[len(calls) : 2 * len(calls)], found[2 * len(calls) :]
        rate = math.nan if learning_rate is None else float(learning_rate)
        next_loss = math.nan
        if learning_rate is not None:
            with torch.no_grad():
                moved = {name: p - rate * g for (name, p), g in zip(every.items(), of_all, strict=True)}
                next_loss = float(criterion(torch.func.functional_call(module, moved, (X,)), y))
            next_loss = math.inf if math.isnan(next_loss) else next_loss
        layers = tuple(
            Seen(
                **_activity(call),
                weights=_numbers(call.weights),
                gradient=_numbers(gradient),
                step=_numbers(gradient) * rate,
                signal=float(np.linalg.norm(_numbers(signal).astype(np.float64))),
            )
            for call, gradient, signal in zip(calls, of_weights, of_outputs, strict=True)
        )
    samples = _numbers(X).reshape(len(X), -1)
    return Pass(layers, samples, float(value.detach()), next_loss, chance, (), rate, 0.0, False, "the learning rate")


def _tensor(values: Any, name: str, like: Any) -> Any:
    """Bring samples to where the module is; numbers with fractions into its dtype."""
    import torch

    try:
        tensor = torch.as_tensor(values) if isinstance(values, torch.Tensor) else torch.as_tensor(np.asarray(values))
    except TypeError:
        raise TypeError(f"{name} is to hold numbers; got {type(values).__name__} of {np.asarray(values).dtype}") from None
    if not tensor.ndim or not len(tensor):
        raise ValueError(f"{name} is to hold a row for each sample; got shape {tuple(tensor.shape)}")
    return tensor.detach().to(like.device, like.dtype if tensor.is_floating_point() else None)


@contextmanager
def _evaluated(module: Any) -> Iterator[None]:
    """Put a module into evaluation mode, with gradients for all weights, and back into the state it was in."""
    modes = {each: each.training for each in module.modules()}
    frozen = [each for each in module.parameters() if not each.requires_grad and each.is_floating_point()]
    try:
        module.eval()
        for each in frozen:
            each.requires_grad_(True)
        yield
    finally:
        for each, mode in modes.items():
            each.training = mode
        for each in frozen:
            each.requires_grad_(False)


@contextmanager
def _hooked(module: Any) -> Iterator[list[_Call]]:
    """List what is called while the hooks are there."""
    import torch

    calls: list[_Call] = []
    entered: dict[Any, Any] = {}

    def weighed(layer: Any, _: Any, output: Any) -> Any:
        calls.append(_Call(layer, layer.weight, output))
        return output.clone()  # what an activation in place overwrites is not what is differentiated

    def enters(activation: Any, arguments: Any) -> None:
        entered[activation] = arguments[0].detach().clone() if arguments and isinstance(arguments[0], torch.Tensor) else None

    def leaves(activation: Any, _: Any, output: Any) -> None:
        before = entered.pop(activation, None)
        # the first activation after a layer of weights is its own
        if before is not None and calls and calls[-1].activation is None and _bends(activation, before, output):
            calls[-1] = calls[-1]._replace(activation=activation, before=before, after=output.detach().clone())

    handles = []
    try:
        for each in module.modules():
            if isinstance(each, (torch.nn.Linear, torch.nn.modules.conv._ConvNd)):
                handles.append(each.register_forward_hook(weighed))
            elif _may_be_activation(each):
                handles += [each.register_forward_pre_hook(enters), each.register_forward_hook(leaves)]
        yield calls
    finally:
        for handle in handles:
            handle.remove()


def _may_be_activation(module: Any) -> bool:
    """Tell whether a module is an activation of torch.nn, or one of somebody else's without modules inside."""
    home = type(module).__module__
    if home.startswith("torch."):
        return home == "torch.nn.modules.activation" and type(module).__name__ not in OF_ROWS
    return not any(True for _ in module.children())


def _bends(activation: Any, before: Any, output: Any) -> bool:
    """Tell whether a module takes each number by itself to another, and along no straight line."""
    import torch

    if not isinstance(output, torch.Tensor) or output.shape != before.shape or not before.is_floating_point() or not before.numel():
        return False
    if type(activation).__module__.startswith("torch."):
        return True
    middle = torch.zeros(before.numel(), dtype=before.dtype, device=before.device)
    middle[len(middle) // 2] = 1
    neighbours = _slopes(activation, before, middle.reshape(before.shape))
    slopes = _slopes(activation, _grid(before))
    first = slopes.reshape(-1)[0]
    return not neighbours.reshape(-1)[middle == 0].any() and bool((slopes != first).any() or first == 0)


def _grid(like: Any) -> Any:
    """Spread numbers over an array of this shape, so that each unit is given some."""
    import torch

    return torch.linspace(-REACH, REACH, like.numel(), dtype=like.dtype, device=like.device).reshape(like.shape)


def _slopes(activation: Any, before: Any, upstream: Any = None) -> Any:
    """Pass a gradient back through an activation, 1 for every number unless one is given; without waking anybody's hooks."""
    import torch

    x = before.clone().requires_grad_(True)
    y = activation.forward(x.clone())
    if not y.requires_grad:
        return torch.zeros_like(x)
    return torch.autograd.grad(y, x, torch.ones_like(y) if upstream is None else upstream, materialize_grads=True, allow_unused=True)[0]


def _activity(call: _Call) -> dict[str, Any]:
    """Measure the derivatives of an activation: those that PyTorch passes back, and the true ones where a card knows them."""
    if call.activation is None:
        flat = _units(call.output, call.layer)
        return {"activation": "", "before": flat, "after": flat, "slopes": None, "formed": None, "steepest": 1.0, "flat_ends": False}
    before, after = _units(call.before, call.layer), _units(call.after, call.layer)
    passed = np.abs(_units(_slopes(call.activation, call.before), call.layer))
    card = _card(call.activation, call.before)
    known = {"activation": card.name if card else type(call.activation).__name__, "before": before, "after": after}
    if card is not None:
        with np.errstate(all="ignore"):
            slopes = np.abs(card.derivative(before))
        lipschitz = float(card.lipschitz)
        steepest = lipschitz if math.isfinite(lipschitz) else float(slopes.max(initial=0))
        return {**known, "slopes": slopes, "formed": passed, "steepest": steepest, "flat_ends": card.saturates}
    steepest = max(float(passed.max()), float(np.abs(_numbers(_slopes(call.activation, _grid(call.before)))).max()))
    ends = [_slopes(call.activation, call.before.new_full(call.before.shape, end)) for end in (-BEYOND, BEYOND)]
    flat_ends = all(float(end.abs().max()) < FAINT * steepest for end in ends)
    return {**known, "slopes": passed, "formed": None, "steepest": steepest, "flat_ends": flat_ends}


def _card(activation: Any, like: Any) -> Elementwise | None:
    """Find the card of an activation: that of its class, if it gives the same numbers."""
    import torch

    grid = torch.linspace(-REACH, REACH, 33, dtype=like.dtype, device=like.device)
    for name, (kind, _) in TORCH.items():
        card = get(name)
        if kind == type(activation).__name__ and isinstance(card, Elementwise):
            with torch.no_grad():
                theirs = _numbers(activation.forward(grid.clone()))
            close = 16 * torch.finfo(like.dtype).eps
            if np.allclose(theirs.astype(np.float64), card(_numbers(grid).astype(np.float64)), rtol=close, atol=close):
                return card
    return None


def _units(values: Any, layer: Any) -> Array:
    """Lay values out with one column a unit: the channels of a convolution, else the last axis."""
    import torch

    if isinstance(layer, torch.nn.modules.conv._ConvNd) and values.ndim > 2:
        values = values.movedim(1, -1)
    return _numbers(values).reshape(-1, values.shape[-1])


def _numbers(values: Any) -> Array:
    """Copy a tensor into an array; NumPy has no bfloat16, which float32 holds."""
    import torch

    values = values.detach().cpu()
    found: Array = (values.float() if values.dtype == torch.bfloat16 else values).numpy().copy()
    return found


def _criterion(output: Any, y: Any) -> tuple[Any, float]:
    """Choose the loss by what y holds, and compute that of the best constant answer."""
    import torch
    from torch.nn import functional

    if y.is_floating_point():
        if output.numel() != y.numel():
            raise ValueError(f"y of shape {tuple(y.shape)} does not fit the output of shape {tuple(output.shape)}; give loss=")
        target = y.reshape(output.shape)
        chance = float(target.reshape(len(y), -1).double().var(dim=0, correction=0).mean())
        return lambda output, _: functional.mse_loss(output, target), chance
    shares = torch.unique(y, return_counts=True)[1].double() / y.numel()
    chance = float(-(shares * shares.log()).sum())
    if output.numel() == y.numel():
        classes, wanted = 2, "with one output a sample"
    else:
        classes, wanted = output.shape[1] if output.ndim > 1 else 0, f"with an output of shape {tuple(output.shape)}"
    if not classes or int(y.min()) < 0 or int(y.max()) >= classes:
        raise ValueError(f"y holds {int(y.min())} to {int(y.max())}; {wanted} classes are 0 to {classes - 1}")
    if output.numel() == y.numel():
        return lambda output, y: functional.binary_cross_entropy_with_logits(output, y.reshape(output.shape).to(output.dtype)), chance
    return lambda output, y: functional.cross_entropy(output, y.long()), chance
