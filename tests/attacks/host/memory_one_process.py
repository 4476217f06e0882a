"""Fills 1.2 GB of memory in one process, step by step."""

import re

STATUS = {"graded", "flagged", "died", "out of memory", "timed out"}
ANSWER = """
kept = []
try:
    for _ in range(60):
        kept.append(b"x" * (20 << 20))
except MemoryError:
    held = 20 * len(kept)
    kept.clear()
    print("held", held, "MB")
else:
    print("held", 20 * len(kept), "MB")
"""


def aftermath(world, report):
    if found := re.search(r"held (\d+) MB", world.shown(report["student"])):
        assert int(found[1]) <= 720
