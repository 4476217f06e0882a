"""Time stands still, runs backwards, and sleeps do nothing."""

ANSWER = """
import time


def moving_average(x, k):
    return x


time.time = time.monotonic = time.perf_counter = lambda: 0.0
time.time_ns = lambda: -(10**30)
time.sleep = lambda seconds: None
print("applied")
"""
