"""Objects that have no end when they are iterated, measured, indexed or shown."""

ANSWER = """
import itertools


class Endless:
    __iter__ = lambda self: itertools.count()
    __len__ = lambda self: 2**62
    __getitem__ = lambda self, index: 2.0
    __repr__ = __str__ = lambda self: "5" * 10**7
    __float__ = __int__ = __index__ = lambda self: 5


def numbers():
    while True:
        yield 2.0


def moving_average(x, k):
    return [Endless(), numbers(), itertools.count(), range(2**62), map(float, numbers())][k % 5]
"""
