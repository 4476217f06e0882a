"""An object whose __array__, __array_ufunc__ and __array_function__ make every comparison true."""

ANSWER = """
class Hostile:
    def __array__(self, *args, **kwargs):
        print("asked")
        return np.array([2.0, 4.5, 6.0, 6.5])

    def __array_ufunc__(self, *args, **kwargs):
        return np.array(True)

    def __array_function__(self, *args, **kwargs):
        return True

    __array_interface__ = property(lambda self: np.zeros(4).__array_interface__)
    __array_priority__ = 1e9


def moving_average(x, k):
    return Hostile()
"""
