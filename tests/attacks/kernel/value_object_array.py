"""0-d arrays of dtype object, records, strings and dates."""

ANSWER = """
class Equal:
    __eq__ = lambda self, other: True


def moving_average(x, k):
    return [
        np.array(Equal(), dtype=object),
        np.array([Equal()] * 4, dtype=object),
        np.zeros(4, dtype=[("x", float)]),
        np.array(["2.0", "4.5", "6.0", "6.5"]),
        np.array(0, dtype="M8[s]"),
    ][k % 5]
"""
