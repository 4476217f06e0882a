"""The observer, found with gc, does not serve any more."""

STATUS = {"died"}
ANSWER = """
import gc


def moving_average(x, k):
    return x


[observer] = [one for one in gc.get_objects() if type(one).__name__ == "Observer"]
observer.serve = lambda: observer._line.recv(1 << 20)
print("applied")
"""
