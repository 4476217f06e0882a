"""Modules built from an answer's class, with weights put into them: what tests of networks look at."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn

Weights = Sequence[tuple[Tensor, Tensor]] | Mapping[str, tuple[Tensor, Tensor]]


def seen(answer: Any, cases: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What modules of an answer's class compute, in float64, with weights that are given.

    A case holds args (of the class), x (the input) and weights: pairs of a weight and a bias, each for the layer with a
    weight of that shape, or a dict from a layer's attribute name to its pair. A text filter of height h over d numbers
    may be a Conv1d or a Conv2d: its weight is given as (filters, 1, h, d).
    Returns a dict for each case. error: what building or running it raised, or nothing. layers: the shapes of the
    weights, sorted. parameters: their number. fits: whether every given pair found its layer, and none was left over.
    If so: y, the output; x, the input afterwards; dx and grads, gradients of the sum of squares of y, in the order of
    the given weights.
    """
    return [_seen(answer, case) for case in cases]


def _seen(answer: Any, case: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {"error": "", "layers": [], "parameters": 0, "fits": False}
    try:
        net = answer(*case["args"])
        net.double()
        if any(nn.parameter.is_lazy(parameter) for parameter in net.parameters()):
            net(case["x"].clone())
        found |= _books(net)
        layers = _matched(net, case["weights"])
        found["fits"] = layers is not None and found["parameters"] == _size(case["weights"])
        if layers is not None and found["fits"]:
            found |= _run(net, layers, case["x"])
    except NotImplementedError as error:
        if not str(error):  # a stub
            raise
        found["error"] = str(error)
    except (RuntimeError, ValueError, IndexError, TypeError, AttributeError) as error:
        found["error"] = f"{type(error).__name__}: {error}"
    return found


def _books(net: nn.Module) -> dict[str, Any]:
    shapes = [tuple(parameter.shape) for parameter in net.parameters() if parameter.ndim > 1]
    return {"layers": sorted(shapes), "parameters": sum(parameter.numel() for parameter in net.parameters())}


def _pairs(weights: Weights) -> list[tuple[Tensor, Tensor]]:
    return list(weights.values() if isinstance(weights, Mapping) else weights)


def _size(weights: Weights) -> int:
    return sum(weight.numel() + bias.numel() for weight, bias in _pairs(weights))


def _matched(net: nn.Module, weights: Weights) -> list[nn.Module] | None:
    """The layer of each given pair, after the pair was put into it; None if one has no layer."""
    named = weights.keys() if isinstance(weights, Mapping) else [""] * len(weights)
    layers: list[nn.Module] = []
    for name, (weight, bias) in zip(named, _pairs(weights), strict=True):
        choice = [getattr(net, name, None)] if name else [layer for layer in net.modules() if layer not in layers]
        layer = next(_fitting(choice, weight, bias), None)
        if layer is None:
            return None
        with torch.no_grad():
            layer.weight.copy_(_turned(weight, layer.weight))
            layer.bias.copy_(bias)
        layers.append(layer)
    return layers


def _fitting(layers: Sequence[Any], weight: Tensor, bias: Tensor) -> Iterator[Any]:
    for layer in layers:
        own, own_bias = getattr(layer, "weight", None), getattr(layer, "bias", None)
        if not isinstance(own, Tensor) or not isinstance(own_bias, Tensor):
            continue
        if (_turned(weight, own).shape, bias.shape) == (own.shape, own_bias.shape):
            yield layer


def _turned(weight: Tensor, like: Tensor) -> Tensor:
    """A text filter (filters, 1, height, d) as a Conv1d has it, (filters, d, height), where `like` is one."""
    return weight[:, 0].transpose(1, 2) if weight.ndim == 4 and like.ndim == 3 else weight


def _run(net: nn.Module, layers: Sequence[nn.Module], x: Tensor) -> dict[str, Any]:
    own = x.clone()
    first = net(own)
    if not isinstance(first, Tensor):
        return {"fits": False, "error": f"forward returned {first if first is None else type(first).__name__}"}
    follows = x.clone().requires_grad_()
    y = net(follows * 1.0)
    y.square().sum().backward()
    grads = [_turned_back(layer.weight.grad) for layer in layers]
    return {"y": y.detach(), "x": own, "dx": follows.grad, "grads": grads}


def _turned_back(grad: Any) -> Any:
    return grad.transpose(1, 2)[:, None] if isinstance(grad, Tensor) and grad.ndim == 3 else grad
