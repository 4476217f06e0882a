"""Convolution and pooling of NumPy arrays, as PyTorch computes them. Tests use them in place of earlier answers.

Images are (N, C, H, W), filters (K, C, F, F). Whole numbers count as float64.
"""

from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch import conv2d as _conv2d
from torch import conv_transpose2d as _spread
from torch import max_pool2d as _max_pool
from torch.nn.functional import avg_pool2d as _mean_pool
from torch.nn.functional import pad as _pad
from torch.nn.functional import unfold as _unfold

Array = np.ndarray[Any, Any]


def pad2d(x: Array, padding: int) -> Array:
    """`padding` zeros on each side of the last two axes."""
    return _pad(_tensor(x), (padding,) * 4).numpy()


def cross_correlate2d(x: Array, k: Array) -> Array:
    """The filter k slid over x, full windows only."""
    x, k = _floats(x, k)
    return _conv2d(_tensor(x)[None, None], _tensor(k)[None, None])[0, 0].numpy()


def convolve2d(x: Array, k: Array) -> Array:
    """The convolution of mathematics, full windows only: copies of k at every pixel, times the pixel, added up."""
    full = _spread(_tensor(x)[None, None], _tensor(k)[None, None])[0, 0]
    return full[k.shape[0] - 1 : x.shape[0], k.shape[1] - 1 : x.shape[1]].numpy()


def conv2d_forward(x: Array, w: Array, b: Array, stride: int = 1, padding: int = 0) -> Array:
    """Output (N, K, H', W') of a convolution layer."""
    x, w, b = _floats(x, w, b)
    return _conv2d(_tensor(x), _tensor(w), _tensor(b), stride, padding).numpy()


def conv2d_im2col(x: Array, w: Array, b: Array, stride: int = 1, padding: int = 0) -> Array:
    """Output (N, K, H', W') of a convolution layer."""
    return conv2d_forward(x, w, b, stride, padding)


def im2col(x: Array, f: int, stride: int = 1, padding: int = 0) -> Array:
    """One row for each window, (N·H'·W', C·F·F)."""
    columns = _unfold(_tensor(*_floats(x)), f, padding=padding, stride=stride)
    return columns.transpose(1, 2).flatten(0, 1).numpy()


def conv1x1(x: Array, w: Array) -> Array:
    """Output (N, K, H, W) of K filters of one pixel, w (K, C)."""
    x, w = _floats(x, w)
    return _conv2d(_tensor(x), _tensor(w)[:, :, None, None]).numpy()


def max_pool2d(x: Array, f: int, stride: int) -> Array:
    """The largest number of each window."""
    return _max_pool(_tensor(*_floats(x)), f, stride).numpy()


def avg_pool2d(x: Array, f: int, stride: int) -> Array:
    """The mean of each window."""
    return _mean_pool(_tensor(*_floats(x)), f, stride).numpy()


def _floats(*arrays: Array) -> list[Array]:
    """The arrays in the float type that holds them all."""
    common = np.result_type(*arrays, np.float32)
    return [np.asarray(array, dtype=common) for array in arrays]


def _tensor(x: Array) -> Tensor:
    return torch.from_numpy(np.array(x, order="C"))
