"""Sends signals to a process of the host, to the first of its own world, and to all that it can reach."""

ANSWER = """
import ctypes, os, signal

libc = ctypes.CDLL(None, use_errno=True)
for number in (0, signal.SIGSTOP, signal.SIGTERM, signal.SIGKILL):
    for way in (os.kill, os.killpg, lambda pid, n: libc.syscall(234, pid, pid, n) and os.kill(pid, n)):
        try:
            way(@PID@, number)
            print("came", "upon", @PID@)
        except OSError as error:
            print(error)
if os.getpid() == 1:  # only in a world of its own
    try:
        os.kill(-1, signal.SIGCONT)
        print("came", "upon others")
    except OSError as error:
        print(error)
    child = os.fork()
    if child == 0:
        for number in (signal.SIGSTOP, signal.SIGKILL, signal.SIGTERM):
            os.kill(1, number)
        os._exit(0)
    os.waitpid(child, 0)
"""


def aftermath(world, report):
    assert "came upon" not in world.shown(report["student"])
