"""A whole number of ten million digits."""

ANSWER = """
def moving_average(x, k):
    return 1 << 33_000_000


window_count = 1 << 33_000_000
"""
