"""Replies in JSON whose parts have other types than they should."""

ANSWER = """
import gc
import json


def moving_average(x, k):
    return x


odd = [None, 5, "x", [], {}, True, [[]], ["array", 5], ["dict", [[[], 1]]], ["int", 5], [[], {}], ["float", "nan"]]


def forged(reply):
    seen = json.loads(reply)
    at = len(reply) % len(odd)
    names = ("value", "raised", "changed", "labels", "attempted")
    return json.dumps([{**one, names[n % 5]: odd[(at + n) % len(odd)]} for n, one in enumerate(seen)]).encode()

[observer] = [one for one in gc.get_objects() if type(one).__name__ == "Observer"]
honest = observer._reply
observer._reply = lambda request: forged(honest(request)) if b"call" in request[:40] else honest(request)
print("applied")
"""
