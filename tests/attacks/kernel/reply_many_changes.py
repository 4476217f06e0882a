"""A right answer is said to have changed forty thousand arguments, all to be named in the message."""

ANSWER = """
import gc
import json


def moving_average(x, k):
    return x


def forged(reply):
    changed = ["argument " * 10] * 40_000
    values = ["list", [["float", number.hex()] for number in (2.0, 4.5, 6.0, 6.5)]]
    return json.dumps([{**one, "value": values, "changed": changed} for one in json.loads(reply)[:1]]).encode()

[observer] = [one for one in gc.get_objects() if type(one).__name__ == "Observer"]
honest = observer._reply
observer._reply = lambda request: forged(honest(request)) if b"call" in request[:40] else honest(request)
print("applied")
"""


def aftermath(world, report):
    assert len(world.loot(report["student"])) < 1_000_000
    assert report["cpu_seconds"] < 4
