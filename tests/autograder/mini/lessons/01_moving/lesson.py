# %% [markdown] lesson="Moving averages" part="Test" hours=1 needs=""
# # Moving averages
#
# How does one smooth a jumpy series?

# %% setup=true
import numpy as np

from forwardpass import NotAttempted, check

# %% [markdown]
# ### Only full windows
#
# Five numbers go in and four come out.

# %% predict="window-count" minutes=1 law="a window starts only where it fits"
# A window of 7 over 365 days: how many averages?
### BEGIN SOLUTION
window_count = 359
### END SOLUTION

# %% test="window-count" points=1 hidden=true covers="your prediction"
check.equal(window_count, expect=359, mistakes={"you counted windows that do not overlap": 52})


# %% exercise="moving-average" minutes=8 difficulty=2 law="one mean for each full window"
def moving_average(x: np.ndarray, k: int) -> np.ndarray:
    """Means of all full windows of length k.

    x: (n,) float; 1 <= k <= n. Returns (n - k + 1,) in x's dtype.
    Raises ValueError if k is outside that range.
    """
    ### BEGIN SOLUTION
    if not 1 <= k <= len(x):
        raise ValueError(f"k must lie in 1..{len(x)}, got {k}")
    windows = np.lib.stride_tricks.sliding_window_view(x, k)
    return windows.mean(axis=1)
    ### END SOLUTION


# %% [markdown] hint="moving-average"
# - *I don't know where to start.* Write down which inputs output 0 uses.
# - *I get one value too many or too few.* Which is the last day on which a whole window can start?
# - *It is right but I loop.* The sum of a window is the difference of two running totals.

# %% test="moving-average" points=2
x = np.array([3.0, 1.0, 8.0, 4.0, 9.0])
check.equal(
    moving_average,
    x,
    2,
    expect=[2.0, 4.5, 6.0, 6.5],
    mistakes={
        "you filled the edge with zeros: only full windows count": [1.5, 2.0, 4.5, 6.0, 6.5],
        "you summed the window and did not divide by k": [4.0, 9.0, 12.0, 13.0],
        "your windows do not overlap: the next one starts one day later, not k": [2.0, 6.0],
    },
)
check.raises(ValueError, moving_average, x, 6)

# %% test="moving-average" points=3 hidden=true covers="k = 1, k = n, float32, 200 random lengths"
rng = check.rng("moving-average")
cases = [
    (rng.normal(size=n).astype(dtype), int(rng.integers(1, n + 1))) for n in range(1, 101) for dtype in ("f4", "f8")
]
expect = [np.array([x[i : i + k].mean() for i in range(len(x) - k + 1)]) for x, k in cases]
check.equal_many(moving_average, cases, expect=expect)

# %% demo="smooth"
print(moving_average(np.arange(5.0), 2))
