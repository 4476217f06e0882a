"""A fork bomb of at most 200 processes."""

import re

STATUS = {"graded", "flagged", "died", "out of memory"}
ANSWER = """
import os, time

forked = 0
for _ in range(200):
    try:
        if os.fork() == 0:
            time.sleep(3)
            os._exit(0)
        forked += 1
    except OSError as error:
        print(error)
        break
print("forked", forked)
"""


def aftermath(world, report):
    if found := re.search(r"forked (\d+)", world.shown(report["student"])):
        assert int(found[1]) < 24
