"""Attaches a debugger to every process that it can name."""

ANSWER = """
import ctypes, os

libc = ctypes.CDLL(None, use_errno=True)
ATTACH, DETACH, SEIZE, TRACEME = 16, 17, 0x4206, 0
for pid in (*range(1, 301 if os.getpid() == 1 else 1), @PID@):
    if pid == os.getpid():
        continue
    if libc.ptrace(SEIZE, pid, None, None) == 0:
        print("came", "upon", pid)
if libc.ptrace(ATTACH, @PID@, None, None) == 0:
    print("came", "upon", @PID@)
    libc.ptrace(DETACH, @PID@, None, None)
child = os.fork()
if child == 0:
    code = libc.ptrace(TRACEME, 0, None, None)
    os._exit(7 if code == 0 else 0)
if os.waitpid(child, 0)[1]:
    print("came", "upon a child that wants to be traced")
"""


def aftermath(world, report):
    assert "came upon" not in world.shown(report["student"])
