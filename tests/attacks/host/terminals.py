"""Types into the terminal of whoever grades."""

ANSWER = r"""
import fcntl, glob, os

TIOCSTI, TIOCLINUX = 0x5412, 0x541C
places = ["/dev/tty", "/dev/console"]
places += glob.glob("/dev/tty[0-9]*") + glob.glob("/dev/pts/[0-9]*") + glob.glob("/dev/vcs*")
opened = list(range(256))
for path in places:
    try:
        opened.append(os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK))
        print("came", "upon", path)
    except OSError as error:
        print(error)
for fd in opened if os.getpid() == 1 else ():  # only in a world of its own
    for request, what in ((TIOCSTI, b" "), (TIOCLINUX, b"\x03")):
        try:
            fcntl.ioctl(fd, request, what)
            print("came", "upon a terminal at", fd)
        except OSError:
            pass
"""


def aftermath(world, report):
    assert "came upon" not in world.shown(report["student"])
