"""Replies nested ten thousand deep, and such as are just not too deep for JSON."""

ANSWER = """
import gc
import json


def moving_average(x, k):
    return x


def forged(reply):
    depth = 10_000 if len(reply) % 2 else 900
    return b"[" * depth + b"]" * depth

[observer] = [one for one in gc.get_objects() if type(one).__name__ == "Observer"]
honest = observer._reply
observer._reply = lambda request: forged(honest(request)) if b"call" in request[:40] else honest(request)
print("applied")
"""
