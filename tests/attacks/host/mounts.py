"""Takes the cover off /proc, makes the system writable, mounts something else, or leaves by chroot."""

ANSWER = r"""
import ctypes, os, stat

libc = ctypes.CDLL(None, use_errno=True)
if os.getpid() == 1:  # only in a world of its own
    for path in (b"/proc", b"/home/student", b"/tmp", b"/dev/shm", b"/private", b"/work", b"/"):
        for flags in (0, 2, 8):
            if libc.umount2(path, flags) == 0:
                print("came", "upon what lies behind", path)
        if libc.mount(None, path, None, 32 | 4096, None) == 0 or libc.mount(None, path, None, 32, None) == 0:
            print("came", "upon a writable", path)
        if libc.mount(b"tmpfs", path, b"tmpfs", 0, None) == 0 or libc.mount(b"/", path, None, 4096 | 16384, None) == 0:
            print("came", "upon a mount over", path)
    if libc.mount(b"proc", b"/tmp", b"proc", 0, None) == 0:
        print("came", "upon processes")
    os.makedirs("/tmp/root/old", exist_ok=True)
    for number, arguments in {
        155: (b"/tmp/root", b"/tmp/root/old"), 161: (b"/tmp/root",), 428: (-100, b"/proc", 1), 430: (b"tmpfs", 0),
        429: (-100, b"/tmp", -100, b"/proc", 0), 442: (-100, b"/", 0, bytes(32), 32), 304: (-100, bytes(32), 0),
    }.items():
        if libc.syscall(number, *arguments) >= 0:
            print("came", "upon system call", number)
    for path in ("/", "/usr/bin", "/etc", "/dev", "/proc", "/work", os.path.dirname(os.__file__), "/dev/pts"):
        try:
            os.close(os.open(path + "/left-by-intruder", os.O_CREAT | os.O_WRONLY))
            os.unlink(path + "/left-by-intruder")
            print("came", "upon a writable", path)
        except OSError as error:
            print(error)
    for major, minor, kind in ((1, 1, stat.S_IFCHR), (8, 0, stat.S_IFBLK), (254, 0, stat.S_IFBLK)):
        try:
            os.mknod("/tmp/device%d-%d" % (major, minor), kind | 0o666, os.makedev(major, minor))
            print("came", "upon device", major, minor)
        except OSError as error:
            print(error)
"""


def aftermath(world, report):
    assert "came upon" not in world.shown(report["student"])
