"""Fills 1.2 GB of memory in five processes, of which each stays below the limit."""

STATUS = {"out of memory"}
ANSWER = """
import os, time

for _ in range(5):
    if os.fork() == 0:
        kept = [b"x" * (20 << 20) for _ in range(12)]
        time.sleep(8)
        os._exit(0)
time.sleep(3)
print("came", "upon", "1200 MB")
time.sleep(0.5)
"""


def aftermath(world, report):
    assert "came upon" not in world.shown(report["student"])
