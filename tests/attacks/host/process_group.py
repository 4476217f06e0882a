"""Ends the fork server and other kernels by a signal to its process group, which may reach beyond its world."""

STATUS = {"graded", "died"}
ANSWER = """
import os, signal, time

if os.getpid() == 1:  # only in a world of its own
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    time.sleep(0.5)
    for attempt in range(2):
        try:
            os.kill(0, signal.SIGTERM)
            os.killpg(0, signal.SIGTERM)
            print("the group was", os.getpgid(0))
        except OSError as error:
            print("came", "upon a process that is not its own:", error)
"""


def aftermath(world, report):
    assert "came upon" not in world.shown(report["student"])
