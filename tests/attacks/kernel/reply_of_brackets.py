"""A reply of thirty megabytes that is nothing but empty lists."""

ANSWER = """
import gc
import json


def moving_average(x, k):
    return x


def forged(reply):
    return b"[" + b"[]," * 10_000_000 + b"[]]"

[observer] = [one for one in gc.get_objects() if type(one).__name__ == "Observer"]
honest = observer._reply
observer._reply = lambda request: forged(honest(request)) if b"call" in request[:40] else honest(request)
print("applied")
"""


def aftermath(world, report):
    assert report["cpu_seconds"] < 4
