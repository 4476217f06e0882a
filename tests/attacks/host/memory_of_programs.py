"""Fills 1.2 GB of memory in eight programs started anew, each of them no larger than a fresh kernel."""

STATUS = {"out of memory"}
ANSWER = """
import subprocess, sys, time

source = "x = bytearray(b'x') * (150 << 20); import time; time.sleep(8)"
programs = [subprocess.Popen([sys.executable, "-S", "-c", source]) for _ in range(8)]
time.sleep(3)
print("came", "upon", 150 * sum(one.poll() is None for one in programs), "MB")
time.sleep(0.5)
"""


def aftermath(world, report):
    assert "came upon" not in world.shown(report["student"])
