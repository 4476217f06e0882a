"""Looks at other processes through /proc: memory, open files, environment, root and working folders."""

ANSWER = """
import glob, os

seen = set(glob.glob("/proc/*")) | {"/proc/1", "/proc/self", "/proc/%d" % os.getppid(), "/proc/@PID@", "/dev/fd"}
for path in seen:
    for name in ("mem", "fd", "environ", "root", "cwd", "cmdline", "maps", "task", "ns/net", "../../proc/1/root"):
        try:
            os.stat(path + "/" + name)
            print("came", "upon", path, name)
        except OSError:
            pass
try:
    with open("/proc/@PID@/mem", "r+b", 0) as memory:
        print("came", "upon", memory)
except OSError as error:
    print(error)
try:
    print("came", "upon", open("/proc/@PID@/cmdline").read())
except OSError as error:
    print(error)
"""


def aftermath(world, report):
    assert "came upon" not in world.shown(report["student"])
