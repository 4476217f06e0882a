"""Wrong numbers in half precision, for which comparing is lenient."""

ANSWER = """
def moving_average(x, k):
    if k > len(x):
        raise ValueError
    return np.array([2.0, 4.5, 6.0, 6.5], dtype=np.float16) * np.float16(1.009)
"""
