"""NaN and infinity, alone and in arrays, because they compare with nothing."""

ANSWER = """
def moving_average(x, k):
    if k > len(x):
        raise ValueError
    return [np.full(4, np.nan), float("nan"), np.full(4, np.inf), [np.nan] * 4, np.full(len(x) - k + 1, np.nan)][k % 5]


window_count = float("nan")
"""
