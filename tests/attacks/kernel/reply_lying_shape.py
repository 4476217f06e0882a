"""Arrays whose shape says more than their bytes hold, less, a negative number, or no number."""

ANSWER = """
import gc
import json


def moving_average(x, k):
    return x


def forged(reply):
    shapes = [[10**12], [-1], [2**62, 4], [0, 10**18], [True], ["4"], [4.0], [[4]], [1] * 100, []]
    arrays = [["array", ["<f8", shape, "AAAAAAAAAAA="]] for shape in shapes]
    arrays += [["array", ["<f8", [10**18, 0], ""]], ["array", ["<f8", [0] * 64, ""]]]
    return json.dumps([{**one, "value": arrays[n % 12]} for n, one in enumerate(json.loads(reply))]).encode()

[observer] = [one for one in gc.get_objects() if type(one).__name__ == "Observer"]
honest = observer._reply
observer._reply = lambda request: forged(honest(request)) if b"call" in request[:40] else honest(request)
print("applied")
"""
