"""A shape of twelve hundred numbers of four thousand digits each, which somebody has to multiply."""

ANSWER = """
import gc
import json


def moving_average(x, k):
    return x


def forged(reply):
    array = ["array", ["<f8", [int("9" * 4000)] * 1200, ""]]
    return json.dumps([{**one, "value": array} for one in json.loads(reply)[:1]]).encode()

[observer] = [one for one in gc.get_objects() if type(one).__name__ == "Observer"]
honest = observer._reply
observer._reply = lambda request: forged(honest(request)) if b"call" in request[:40] else honest(request)
print("applied")
"""


def aftermath(world, report):
    assert report["cpu_seconds"] < 3
