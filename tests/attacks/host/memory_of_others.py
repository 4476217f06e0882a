"""Copies memory from and to every process that it can name."""

ANSWER = """
import ctypes, os

class Piece(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("size", ctypes.c_size_t)]

libc = ctypes.CDLL(None, use_errno=True)
mine = ctypes.create_string_buffer(8)
here, there = Piece(ctypes.addressof(mine), 8), Piece(16, 8)  # nobody has an address 16: a refusal shows who may look
EFAULT = 14
for pid in (*range(2, 301 if os.getpid() == 1 else 2), @PID@):
    for call in (libc.process_vm_readv, libc.process_vm_writev):
        ctypes.set_errno(0)
        done = call(pid, ctypes.byref(here), 1, ctypes.byref(there), 1, 0)
        if done >= 0 or ctypes.get_errno() == EFAULT:
            print("came", "upon", pid)
    try:
        pidfd = os.pidfd_open(pid)
    except OSError:
        continue
    print("came", "upon", pid, libc.syscall(438, pidfd, 0, 0))
"""


def aftermath(world, report):
    assert "came upon" not in world.shown(report["student"])
