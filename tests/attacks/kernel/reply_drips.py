"""A reply that comes byte by byte, each in time, for longer than a test may take."""

STATUS = {"graded", "died", "timed out", "flagged"}
ANSWER = """
import gc
import time

from forwardpass.check.observer import read_frame


def moving_average(x, k):
    return x


def serve():
    reply = observer._reply(read_frame(observer._line))
    message = len(reply).to_bytes(8, "big") + reply
    if b"array" not in reply:
        return observer._line.sendall(message)
    for byte in message[:14]:
        observer._line.sendall(bytes([byte]))
        time.sleep(0.7)
    observer._line.sendall(message[14:])


[observer] = [one for one in gc.get_objects() if type(one).__name__ == "Observer"]
observer.serve = serve
print("applied")
"""


def aftermath(world, report):
    assert "shape (5,)" not in report["exercises"][1]["message"]
