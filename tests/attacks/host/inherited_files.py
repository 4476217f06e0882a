"""Searches inherited file descriptors for the fork server's socket, and asks sockets for the process at their end."""

ANSWER = """
import array, ctypes, os, socket, stat, struct

libc = ctypes.CDLL(None, use_errno=True)
PIDFD_SEND_SIGNAL, PIDFD_GETFD, SETNS = 424, 438, 308
sockets, modes = [], {}
for fd in range(1024):
    try:
        modes[fd] = os.fstat(fd).st_mode
    except OSError:
        continue
for fd, mode in modes.items():
    if stat.S_ISDIR(mode):
        print("came", "upon a folder", os.listdir(fd))
    if stat.S_ISREG(mode):
        print("came", "upon a file", fd)
    if stat.S_ISSOCK(mode):
        sockets.append(socket.socket(fileno=os.dup(fd)))
for one in sockets:
    try:
        pid, uid, gid = struct.unpack("iii", one.getsockopt(socket.SOL_SOCKET, 17, 12))
        if pid > 1:
            print("came", "upon process", pid)
        pidfd = one.getsockopt(socket.SOL_SOCKET, 77)  # SO_PEERPIDFD
    except OSError:
        continue
    if pid == 0:
        if libc.syscall(PIDFD_SEND_SIGNAL, pidfd, 0, None, 0) == 0:
            print("came", "upon a process that takes signals")
        for theirs in range(64):
            if libc.syscall(PIDFD_GETFD, pidfd, theirs, 0) >= 0:
                print("came", "upon an open file of theirs", theirs)
        if libc.syscall(SETNS, pidfd, 0x40000000) == 0:
            print("came", "upon their network")
for one in sockets:  # a kernel's own: whatever is taken off them is only its own
    try:
        if str(one.getsockname()).endswith("/fork"):
            print("came", "upon", one.getsockname())
    except OSError:
        pass
"""


def aftermath(world, report):
    assert "came upon" not in world.shown(report["student"])
