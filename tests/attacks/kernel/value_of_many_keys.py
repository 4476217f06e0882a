"""A dict of a million keys, and a list of two thousand numbers for every call."""

ANSWER = """
def moving_average(x, k):
    return dict.fromkeys(range(1_000_000)) if len(x) == 5 and k == 2 else [0.5] * 2_000
"""
