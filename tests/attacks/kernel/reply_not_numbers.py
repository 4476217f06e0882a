"""Replies in which every number is NaN or infinite, in JSON and in hexadecimal digits."""

ANSWER = """
import gc
import json


def moving_average(x, k):
    return x


def forged(reply):
    seen = json.loads(reply)
    four = ["list", [["float", "nan"]] * 4]
    values = [["float", "nan"], ["float", "inf"], float("nan"), four, ["complex", ["nan", "nan"]]]
    return json.dumps([{**one, "value": values[n % 5]} for n, one in enumerate(seen)]).encode()

[observer] = [one for one in gc.get_objects() if type(one).__name__ == "Observer"]
honest = observer._reply
observer._reply = lambda request: forged(honest(request)) if b"call" in request[:40] else honest(request)
print("applied")
"""
