"""A dict of twenty thousand keys that all have the same hash."""

ANSWER = """
import gc
import json


def moving_average(x, k):
    return x


def forged(reply):
    keys = [[["int", hex(n * (2**61 - 1))], None] for n in range(20_000)]
    return json.dumps([{**one, "value": ["dict", keys]} for one in json.loads(reply)[:1]]).encode()

[observer] = [one for one in gc.get_objects() if type(one).__name__ == "Observer"]
honest = observer._reply
observer._reply = lambda request: forged(honest(request)) if b"call" in request[:40] else honest(request)
print("applied")
"""


def aftermath(world, report):
    assert report["cpu_seconds"] < 4
