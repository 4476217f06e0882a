"""A loop without end in a test, which ignores every interrupt."""

STATUS = {"died", "timed out"}
ANSWER = """
import signal


def moving_average(x, k):
    while True:
        try:
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            while True:
                pass
        except BaseException:
            pass
"""
