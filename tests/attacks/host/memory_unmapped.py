"""Fills 1.2 GB of memory that is mapped nowhere: segments it has detached from, and files without a name."""

import re

STATUS = {"graded", "flagged", "out of memory", "died"}
ANSWER = """
import ctypes, os, time

libc = ctypes.CDLL(None, use_errno=True)
libc.shmat.restype = ctypes.c_void_p
libc.shmdt.argtypes = [ctypes.c_void_p]
held, segments = 0, []
while held < 600:
    segment = libc.shmget(0, 100 << 20, 0o1600)
    place = libc.shmat(segment, None, 0) if segment >= 0 else None
    if place is None or place == ctypes.c_void_p(-1).value:
        break
    segments.append(segment)
    ctypes.memset(place, 1, 100 << 20)
    libc.shmdt(place)
    held += 100
kept = []
try:
    for _ in range(120):
        kept.append(os.memfd_create("kept"))
        os.write(kept[-1], b"x" * (5 << 20))
        held += 5
except OSError as error:
    print(error)
time.sleep(0.5)
print("held", held, "MB")
for segment in segments:
    libc.shmctl(segment, 0, None)
"""


def aftermath(world, report):
    if found := re.search(r"held (\d+) MB", world.shown(report["student"])):
        assert int(found[1]) <= 720
