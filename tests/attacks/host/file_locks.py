"""Locks and watches every shared file that it can open, so that others wait for it."""

ANSWER = """
import ctypes, fcntl, glob, os, sys, time

libc = ctypes.CDLL(None, use_errno=True)
watch = libc.inotify_init1(os.O_NONBLOCK)
kept = []
paths = [sys.executable, *glob.glob(os.path.dirname(os.__file__) + "/*.py")]
paths += glob.glob(os.environ["FORWARD_PASS_DATA"] + "/*")
for path in paths[:400]:
    libc.inotify_add_watch(watch, path.encode(), 0xFFF)
    try:
        fd = os.open(path, os.O_RDONLY)
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        kept.append(fd)
        fcntl.fcntl(fd, fcntl.F_SETLEASE, fcntl.F_WRLCK)
        print("came", "upon a lease")
    except OSError:
        pass
time.sleep(2)
print(len(kept), "locked")
"""


def aftermath(world, report):
    assert "came upon" not in world.shown(report["student"])
