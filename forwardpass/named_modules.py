"""Modules built from an answer's class, run under weights that follow from the parameters' names and shapes."""

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn

Shapes = Mapping[str, Sequence[int]]


def weights(shapes: Shapes) -> dict[str, Tensor]:
    """A float64 tensor for each name, the same on every machine: waves, each with a phase of its own."""
    waves = {}
    for i, name in enumerate(sorted(shapes)):
        size = torch.Size(shapes[name])
        places = torch.arange(size.numel(), dtype=torch.float64)  # float32 waves would differ between processes
        waves[name] = (0.6 * torch.sin(1.3 * places**1.1 + 2.1 * i) + 0.1).reshape(size)
    return waves


def run(answer: Any, cases: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What modules of an answer's class compute, in float64, under `weights` of their own names and shapes.

    A case holds args (of the class), inputs (tensors, or None; those of floats get gradients) and, if it likes, more
    inputs of the same module in `again`.
    Returns a dict for each case. shapes: of the parameters, by name. kind: of the output; if that is "Tensor": y, the
    output; again: the outputs for `again`; d_inputs and grads (by name): gradients of the sum of y times `pull`.
    """
    return [_ran(answer, case) for case in cases]


def pull(y: Tensor) -> Tensor:
    """Numbers in the shape of y to multiply it with, so that no gradient is the same for a reason of symmetry."""
    return torch.cos(1.0 + torch.arange(y.numel(), dtype=torch.float64)).reshape(y.shape)


def _ran(answer: Any, case: Mapping[str, Any]) -> dict[str, Any]:
    net = answer(*case["args"])
    net.double()
    parameters = dict(net.named_parameters())
    shapes = {name: tuple(parameter.shape) for name, parameter in parameters.items()}
    fill(net)
    inputs = [_followed(one) for one in case["inputs"]]
    y = net(*inputs)
    found: dict[str, Any] = {"shapes": dict(sorted(shapes.items())), "kind": type(y).__name__}
    if isinstance(y, Tensor):
        loss: Any = (y * pull(y)).sum()
        loss.backward()
        found["y"], found["d_inputs"] = y.detach(), [one.grad for one in inputs if _floats(one)]
        found["grads"] = {name: parameter.grad for name, parameter in sorted(parameters.items())}
        with torch.no_grad():
            found["again"] = [net(*other) for other in case.get("again", [])]
    return found


def fill(net: nn.Module) -> nn.Module:
    """Put `weights` into a module, and return it."""
    parameters = dict(net.named_parameters())
    values = weights({name: tuple(parameter.shape) for name, parameter in parameters.items()})
    with torch.no_grad():
        for name, parameter in parameters.items():
            parameter.copy_(values[name])
    return net


def _floats(one: Any) -> bool:
    return isinstance(one, Tensor) and one.is_floating_point()


def _followed(one: Any) -> Any:
    return one.clone().requires_grad_() if _floats(one) else one
