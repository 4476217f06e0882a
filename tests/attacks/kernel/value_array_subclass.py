"""Subclasses of ndarray, masked arrays, matrices and records, which compare as they like."""

ANSWER = """
class Array(np.ndarray):
    def __array_ufunc__(self, *args, **kwargs):
        return np.array([True] * 4)

    __array_finalize__ = lambda self, other: None
    astype = tobytes = lambda self, *args: b""


def moving_average(x, k):
    masked = np.ma.array([0.0] * 4, mask=True)
    return [np.zeros(4).view(Array), masked, np.asmatrix(np.zeros(4)), np.zeros(4).view(np.recarray)][k % 4]
"""
