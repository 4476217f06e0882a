"""Fills 1.2 GB of memory with what waits in pipes and sockets and is never read."""

import re

STATUS = {"graded", "flagged", "out of memory", "died"}
ANSWER = """
import fcntl, os, socket

held, kept = 0, []


def fill(write):
    done = 0
    try:
        while done < 4 << 20:
            done += write(b"x" * 65536)
    except OSError:
        pass
    return done


try:
    while held < 600 << 20 and len(kept) < 2000:
        reading, writing = os.pipe()
        kept += [reading, writing]
        os.set_blocking(writing, False)
        try:
            fcntl.fcntl(writing, 1031, 1 << 20)
        except OSError:
            pass
        held += fill(lambda data: os.write(writing, data))
except OSError as error:
    print(error)
for fd in kept[:100]:
    os.close(fd)
try:
    while held < 1200 << 20 and len(kept) < 4000:
        one, other = socket.socketpair()
        kept += [one, other]
        one.setblocking(False)
        one.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 16 << 20)
        held += fill(one.send)
except OSError as error:
    print(error)
print("held", held >> 20, "MB")
for one in kept:
    one.close() if hasattr(one, "close") else None
"""


def aftermath(world, report):
    if found := re.search(r"held (\d+) MB", world.shown(report["student"])):
        assert int(found[1]) <= 720
