"""Handlers at exit, of signals, of lost objects and of uncaught errors claim marks."""

ANSWER = """
import atexit
import signal
import sys
import weakref


class Left:
    def __del__(self):
        claim()


def claim(*args):
    get_ipython().display_pub.publish({"text/plain": "5"})


def moving_average(x, k):
    left = Left()
    weakref.finalize(left, claim)
    signal.raise_signal(signal.SIGALRM)
    return x


atexit.register(claim)
sys.excepthook = sys.unraisablehook = claim
for number in (signal.SIGALRM, signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1):
    signal.signal(number, claim)
signal.setitimer(signal.ITIMER_REAL, 0.01, 0.05)
print("applied")
"""
