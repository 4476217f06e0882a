"""Starts 500 threads that never end by themselves."""

import re

ANSWER = """
import threading, time

started = 0
try:
    for _ in range(500):
        threading.Thread(target=time.sleep, args=(20,), daemon=True).start()
        started += 1
except RuntimeError as error:
    print(error)
print("started", started)
"""


def aftermath(world, report):
    assert int(re.search(r"started (\d+)", world.shown(report["student"]))[1]) < 24
