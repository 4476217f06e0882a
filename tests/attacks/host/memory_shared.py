"""Fills 1.2 GB of shared memory that children inherit and the parent lets go."""

STATUS = {"graded", "flagged", "out of memory", "died"}
ANSWER = """
import mmap, os, time

held = 0
for _ in range(6):
    piece = mmap.mmap(-1, 200 << 20)
    if os.fork() == 0:
        time.sleep(8)
        os._exit(0)
    for start in range(0, len(piece), 1 << 20):
        piece[start : start + (1 << 20)] = b"x" * (1 << 20)
    held += 200
    piece.close()
time.sleep(0.5)
print("came", "upon", held, "MB")
"""


def aftermath(world, report):
    assert "came upon" not in world.shown(report["student"])
