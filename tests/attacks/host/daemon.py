"""Leaves processes behind that survive everything: forked twice, in sessions of their own, deaf to signals."""

from pathlib import Path

ANSWER = """
import os, signal, sys

source = "import signal, time; [signal.signal(n, signal.SIG_IGN) for n in (1, 2, 3, 13, 15)]; time.sleep(300)"
for _ in range(2):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.closerange(0, 1024)
            for number in (1, 2, 3, 15):
                signal.signal(number, signal.SIG_IGN)
            os.execv(sys.executable, ["attack-@LABEL@", "-c", source])
        os._exit(0)
    os.wait()
print("left")
"""


def running(world):
    """Process ids of what it has left of this world's."""
    name = world.filled("attack-@LABEL@").encode()
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if path.read_bytes().split(b"\0")[0] == name:
                found.append(int(path.parent.name))
        except OSError:
            pass
    return found


def aftermath(world, report):
    assert "left" in world.shown(report["student"])
    assert running(world) == []
