"""Makes system calls that have been ways out: keyrings, io_uring, bpf, perf, userfaultfd, modules, the system's log."""

ANSWER = r"""
import ctypes, os

libc = ctypes.CDLL(None, use_errno=True)
zeros = bytes(256)
calls = {
    "add_key": (248, b"user", b"intruder", b"1", 1, -5), "request_key": (249, b"user", b"intruder", None, -5),
    "keyctl": (250, 0, -3, 1), "io_uring_setup": (425, 1, ctypes.create_string_buffer(256)),
    "bpf": (321, 0, ctypes.create_string_buffer(128), 128), "perf_event_open": (298, zeros, 0, -1, -1, 0),
    "userfaultfd": (323, 0), "userfaultfd for user mode": (323, 1), "init_module": (175, zeros, 0, b""),
    "finit_module": (313, 0, b"", 0), "kexec_load": (246, 0, 0, None, 0), "personality": (135, 0x40000),
    "acct": (163, b"/tmp/acct"), "swapon": (167, b"/tmp/swap", 0), "iopl": (172, 3), "ioperm": (173, 0x80, 1, 1),
    "sethostname": (170, b"intruder", 8), "open_by_handle_at": (304, -100, zeros, 0), "chroot": (161, b"/tmp"),
    "fanotify_init": (300, 0, 0), "vhangup": (153,), "setdomainname": (171, b"intruder", 8),
    "kcmp": (312, 1, 1, 99, 0, 0),
}
if os.getpid() == 1:  # only in a world of its own
    for name, (number, *arguments) in calls.items():
        ctypes.set_errno(0)
        if libc.syscall(number, *arguments) >= 0:
            print("came", "upon", name)
    if libc.klogctl(3, ctypes.create_string_buffer(4096), 4096) > 0:
        print("came", "upon the log of the system")
"""


def aftermath(world, report):
    assert "came upon" not in world.shown(report["student"])
