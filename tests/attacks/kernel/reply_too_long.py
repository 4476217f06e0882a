"""A reply whose length is said to be an exabyte, of which a few bytes come."""

STATUS = {"died"}
ANSWER = """
import gc


def moving_average(x, k):
    observer._line.sendall((2**60).to_bytes(8, "big") + b"[]")
    return x


[observer] = [one for one in gc.get_objects() if type(one).__name__ == "Observer"]
print("applied")
"""
