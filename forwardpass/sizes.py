"""Sizes and parameter counts of layers, as PyTorch has them. Tests use them in place of a student's earlier answers."""

import math

import torch
from torch import nn

Shape = tuple[int, ...]


def conv_output_size(n: int, f: int, stride: int = 1, padding: int = 0, dilation: int = 1) -> int:
    """Output size of a convolution along one axis. Raises ValueError if the filter does not fit."""
    return conv_volume((n, n, 1), 1, f, stride, padding, dilation)[0]


def pool_output_size(w: int, f: int, stride: int) -> int:
    """Output size of pooling along one axis. Raises ValueError if the window does not fit."""
    return conv_output_size(w, f, stride)


def fits_exactly(n: int, f: int, stride: int = 1, padding: int = 0) -> bool:
    """Whether the filter fits, and its last position ends at the end of the padded input."""
    if f > n + 2 * padding:
        return False
    size = conv_output_size(n, f, stride, padding)
    return (size - 1) * stride + f == n + 2 * padding


def conv_volume(
    shape: Shape, filters: int, f: int, stride: int = 1, padding: int = 0, dilation: int = 1
) -> tuple[int, int, int]:
    """Output (H, W, C) of a convolution over (H, W, C). Raises ValueError if the filter does not fit."""
    image, kernel = torch.zeros(1, 1, *shape[:2]), torch.zeros(1, 1, f, f)
    try:
        height, width = torch.conv2d(image, kernel, None, stride, padding, dilation).shape[2:]
    except RuntimeError as error:
        raise ValueError(f"a filter of {f} does not fit: {error}") from None
    return height, width, filters


def pool_volume(shape: Shape, f: int, stride: int) -> tuple[int, int, int]:
    """Output (H, W, C) of pooling over (H, W, C). Raises ValueError if the window does not fit."""
    return conv_volume(shape, shape[2], f, stride)


def conv_parameters(f: int, depth: int, filters: int, bias: bool = True) -> int:
    """Number of parameters of a convolution layer."""
    return _count(nn.Conv2d(depth, filters, f, bias=bias, device="meta"))


def fc_parameters(shape: Shape, units: int, bias: bool = True) -> int:
    """Number of parameters of a fully connected layer over an input of any shape."""
    return _count(nn.Linear(math.prod(shape), units, bias=bias, device="meta"))


def _count(layer: nn.Module) -> int:
    return sum(parameter.numel() for parameter in layer.parameters())
