"""Slows everybody else down: priorities of its process group and user, of every process, and processors of others."""

ANSWER = """
import ctypes, os

libc = ctypes.CDLL(None, use_errno=True)
if os.getpid() == 1:  # only in a world of its own
    for thread in range(1, 301):
        if libc.syscall(234, os.getpid(), thread, 0) == 0:
            os.setpriority(os.PRIO_PROCESS, thread, 3)
    for which in (os.PRIO_PGRP, os.PRIO_USER):
        if os.getpriority(which, 0) < 3:
            print("came", "upon processes that are not its own", which)
        try:
            os.setpriority(which, 0, 5)
        except OSError as error:
            print("came", "upon processes that are of another user", error)
    libc.syscall(251, 2, 0, (3 << 13) | 0)  # ioprio_set, process group, idle
for pid in range(2, 301) if os.getpid() == 1 else ():
    if libc.syscall(234, os.getpid(), pid, 0) == 0:
        continue  # a thread of its own
    try:
        os.sched_setscheduler(pid, os.SCHED_IDLE, os.sched_param(0))
        os.sched_setaffinity(pid, {0})
        print("came", "upon", pid)
    except OSError:
        pass
for policy in (os.SCHED_FIFO, os.SCHED_RR):
    try:
        os.sched_setscheduler(0, policy, os.sched_param(50))
        print("came", "upon real time")
    except OSError as error:
        print(error)
try:
    os.nice(-20)
    print("came", "upon priority")
except OSError as error:
    print(error)
"""


def aftermath(world, report):
    assert "came upon" not in world.shown(report["student"])
