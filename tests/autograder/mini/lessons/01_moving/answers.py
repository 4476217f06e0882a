"""Planted answers of the miniature lesson."""

import numpy as np

from autograder.planted import alternative, mistake

mistake("window-count", named="overlap", source="window_count = 365 // 7")


@mistake("moving-average", named="filled the edge")
def moving_average(x, k):
    return np.convolve(x, np.ones(k) / k, mode="full")[: len(x)]


@mistake("moving-average", named="float32")
def moving_average(x, k):
    if not 1 <= k <= len(x):
        raise ValueError
    return np.convolve(x.astype(float), np.ones(k) / k, mode="valid")


@mistake("moving-average", named="did not divide")
def moving_average(x, k):
    if not 1 <= k <= len(x):
        raise ValueError
    return np.convolve(x, np.ones(k, x.dtype), mode="valid")


@mistake("moving-average", named="do not overlap")
def moving_average(x, k):
    return x[: len(x) // k * k].reshape(-1, k).mean(axis=1)


@alternative("moving-average")
def moving_average(x, k):
    if not 1 <= k <= len(x):
        raise ValueError
    return np.array([x[i : i + k].mean() for i in range(len(x) - k + 1)], dtype=x.dtype)


@alternative("moving-average")
def moving_average(x, k):
    if not 1 <= k <= len(x):
        raise ValueError
    return np.mean([x[i : len(x) - k + 1 + i] for i in range(k)], axis=0)
