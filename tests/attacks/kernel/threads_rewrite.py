"""Threads rewrite the namespace, the observer and the answer while tests run."""

STATUS = {"graded", "flagged", "died", "timed out"}
ANSWER = """
import gc
import threading
import time


def moving_average(x, k):
    return x


def rewrite():
    end = time.monotonic() + 3
    while time.monotonic() < end:
        globals()["moving_average"] = lambda x, k: np.zeros(len(x) - k + 1, x.dtype)
        observer._scope = {"moving_average": True, "check": None, "x": 5}
        time.sleep(0.001)
        observer._scope = globals()


[observer] = [one for one in gc.get_objects() if type(one).__name__ == "Observer"]
threading.Thread(target=rewrite, daemon=True).start()
print("applied")
"""
