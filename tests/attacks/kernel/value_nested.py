"""A list nested ten thousand deep."""

ANSWER = """
def moving_average(x, k):
    deep = []
    for _ in range(10_000):
        deep = [deep]
    return deep
"""
