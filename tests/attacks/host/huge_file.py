"""Writes one file of 64 MB, and one with a hole of a terabyte."""

import re

ANSWER = """
import os, signal

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
file = os.open("huge", os.O_CREAT | os.O_RDWR)
written = 0
try:
    for _ in range(64):
        written += os.write(file, b"x" * (1 << 20))
except OSError as error:
    print(error)
for change in (lambda: os.ftruncate(file, 1 << 40), lambda: os.pwrite(file, b"x", 1 << 40),
               lambda: os.posix_fallocate(file, 0, 64 << 20)):
    try:
        change()
        written = max(written, os.fstat(file).st_size)
    except OSError as error:
        print(error)
print("wrote", written >> 20, "MB")
os.unlink("huge")
"""


def aftermath(world, report):
    assert int(re.search(r"wrote (\d+) MB", world.shown(report["student"]))[1]) <= 8
