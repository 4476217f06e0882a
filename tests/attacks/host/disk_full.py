"""Writes 64 MB in files of 1 MB to every place that it may write to."""

import re

ANSWER = """
import os

written, errors = 0, set()
for folder in ("/tmp", "/dev/shm", "/home/student", "/private", "/var/tmp", "."):
    for number in range(64):
        try:
            with open(f"{folder}/filling-{os.getpid()}-{number}", "wb", buffering=0) as file:
                written += file.write(b"x" * (1 << 20))
        except OSError as error:
            errors.add(str(error)[:30])
        if written >= 64 << 20:
            break
print("wrote", written >> 20, "MB", errors)
"""


def aftermath(world, report):
    assert int(re.search(r"wrote (\d+) MB", world.shown(report["student"]))[1]) <= 24
