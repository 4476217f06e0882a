"""Makes forbidden system calls by their numbers in 32-bit and x32 programs, which a filter may have forgotten."""

STATUS = {"graded", "flagged", "died"}
ANSWER = r"""
import ctypes, mmap, os, platform

libc = ctypes.CDLL(None, use_errno=True)
X32 = 0x40000000
for number in (272, 101, 165, 250):  # unshare, ptrace, mount, keyctl
    if libc.syscall(number | X32, 0x10000000, 0, 0, 0) >= 0:
        print("came", "upon x32", number)
if platform.machine() == "x86_64":
    for number in (310, 26, 21, 288, 20):  # unshare, ptrace, mount, keyctl, and getpid, which would do no harm
        code = b"\x53\xb8" + number.to_bytes(4, "little") + b"\xbb\x00\x00\x00\x10\xcd\x80\x5b\xc3"
        page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
        page.write(code)
        run = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(page)))
        child = os.fork()
        if child == 0:
            os._exit(0 if run() >= 0 else 1)
        if os.waitpid(child, 0)[1] == 0:
            print("came", "upon 32-bit", number)
"""


def aftermath(world, report):
    assert "came upon" not in world.shown(report["student"])
