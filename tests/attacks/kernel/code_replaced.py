"""The answer's code and defaults are other ones after each call, and its signature is a trap."""

ANSWER = """
def moving_average(x, k, calls=[]):
    calls.append(k)
    moving_average.__code__ = other.__code__
    moving_average.__signature__ = property(lambda self: 1 / 0)
    moving_average.__wrapped__ = moving_average
    return x


def other(x, k, calls=[]):
    return x * 0


moving_average.__signature__ = "no signature"
print("applied")
moving_average.__globals__["__builtins__"] = {}
"""
