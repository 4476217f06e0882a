"""Fills 1.2 GB of memory in eight programs started anew, each of them no larger than a fresh kernel."""

import re

STATUS = {"graded", "out of memory"}
ANSWER = """
import select, subprocess, sys, time

source = "x = bytearray(b'x') * (150 << 20); print(flush=True); import time; time.sleep(8)"
programs = [
    subprocess.Popen([sys.executable, "-S", "-c", source], stdout=subprocess.PIPE) for _ in range(8)
]
time.sleep(3)
full, _, _ = select.select([one.stdout for one in programs], [], [], 0)
print("held", 150 * len(full), "MB")
time.sleep(0.5)
"""


def aftermath(world, report):
    if found := re.search(r"held (\d+) MB", world.shown(report["student"])):
        assert int(found[1]) <= 720
    else:
        assert report["status"] == "out of memory"
