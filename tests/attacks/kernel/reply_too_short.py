"""A reply that stops in its middle."""

STATUS = {"died"}
ANSWER = """
import gc


def moving_average(x, k):
    return x


def serve():
    observer._line.recv(1 << 20)
    observer._line.sendall((1000).to_bytes(8, "big") + b"[{")


[observer] = [one for one in gc.get_objects() if type(one).__name__ == "Observer"]
observer.serve = serve
print("applied")
"""
