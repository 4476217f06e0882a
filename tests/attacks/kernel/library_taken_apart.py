"""The standard library is taken apart under the observer: struct, json and base64 do nothing."""

STATUS = {"graded", "flagged", "died", "timed out"}
ANSWER = """
import base64
import json
import struct


def moving_average(x, k):
    return x


print("applied")
json.dumps = lambda *args, **kwargs: "[]"
base64.b64encode = lambda data: b"QUFB"
struct.pack = lambda *args: b""
"""
