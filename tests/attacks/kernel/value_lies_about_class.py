"""Objects that say they are arrays, lists and functions, and metaclasses that agree."""

ANSWER = """
class Meta(type):
    __eq__ = lambda self, other: True
    __hash__ = lambda self: hash(np.ndarray)
    __instancecheck__ = __subclasscheck__ = lambda self, other: True
    __name__ = property(lambda self: "ndarray")
    mro = lambda self: [self, object]


class Liar(metaclass=Meta):
    __class__ = property(lambda self: np.ndarray)
    __call__ = lambda self, *args: Liar()
    __signature__ = property(lambda self: 1 / 0)
    __name__ = __qualname__ = __module__ = "numpy"
    dtype, shape = np.dtype(float), (4,)
    astype = tobytes = tolist = lambda self, *args: [2.0, 4.5, 6.0, 6.5]


moving_average = Liar()
window_count = Liar()
"""
