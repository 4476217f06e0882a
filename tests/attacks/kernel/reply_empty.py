"""Replies of no bytes."""

ANSWER = """
import gc
import json


def moving_average(x, k):
    return x


def forged(reply):
    return b""

[observer] = [one for one in gc.get_objects() if type(one).__name__ == "Observer"]
honest = observer._reply
observer._reply = lambda request: forged(honest(request)) if b"call" in request[:40] else honest(request)
print("applied")
"""
