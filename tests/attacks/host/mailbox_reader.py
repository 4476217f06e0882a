"""Looks for the message that another submission has left in files, memory, queues, sockets and terminals."""

ANSWER = r"""
import ctypes, glob, os, socket, time

folders = "/tmp", "/dev/shm", "/dev", "/run", "/home/student", "/private", "/var", "/var/tmp", "/data", "/work"

libc = ctypes.CDLL(None, use_errno=True)
libc.shmat.restype = ctypes.c_void_p
found = {}


def look():
    for folder in folders:
        for path in glob.glob(folder + "/mailbox-of-attacks"):
            try:
                found[path] = open(path, "rb").read()
            except OSError:
                pass
    memory = libc.shmget(0x6D61696C, 0, 0)
    if memory >= 0:
        found["shared memory"] = ctypes.string_at(libc.shmat(memory, None, 0), 32)
    queue = libc.msgget(0x6D61696C, 0)
    room = ctypes.create_string_buffer(200)
    if queue >= 0 and libc.msgrcv(queue, room, 100, 0, 0o4000) > 0:
        found["queue"] = room.raw[8:40]
    if libc.semget(0x6D61696C, 1, 0) >= 0:
        found["semaphore"] = b"MESSAGE " + b"FROM A FRIEND"
    if libc.mq_open(b"/mailbox-of-attacks", os.O_RDWR | os.O_NONBLOCK) >= 0:
        found["posix queue"] = b"MESSAGE " + b"FROM A FRIEND"
    for family, address in ((socket.AF_UNIX, b"\0mailbox-of-attacks"), (socket.AF_INET, ("127.0.0.1", 45871))):
        with socket.socket(family) as one:
            one.settimeout(0.2)
            if one.connect_ex(address) == 0:
                found[family] = b"MESSAGE " + b"FROM A FRIEND"
    for number in range(16):
        try:
            terminal = os.open("/dev/pts/%d" % number, os.O_RDWR | os.O_NONBLOCK | os.O_NOCTTY)
            try:
                found["terminal %d" % number] = b"opened " + os.read(terminal, 100)
            except OSError:
                found["terminal %d" % number] = b"opened"
            finally:
                os.close(terminal)
        except OSError:
            pass


for _ in range(28):
    look()
    time.sleep(0.1)
print(found)
"""


def aftermath(world, report):
    shown = world.shown(report["student"])
    assert "MESSAGE FROM A FRIEND" not in shown
    assert "terminal" not in shown
