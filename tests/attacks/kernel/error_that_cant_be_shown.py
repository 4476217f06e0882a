"""Exceptions whose text, name, representation and causes raise, or are fifty megabytes long."""

ANSWER = """
class Error(Exception):
    def __str__(self):
        raise SystemExit(5)

    __repr__ = __str__
    __traceback__ = property(lambda self: 1 / 0)


class Long(ValueError):
    __str__ = lambda self: "5" * 50_000_000


def moving_average(x, k):
    raise Error from Error() if k == 2 else Long()
"""
