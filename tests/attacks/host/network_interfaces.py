"""Makes a network for itself: raw and packet sockets, interfaces brought up, a tunnel, a bridge."""

ANSWER = """
import fcntl, os, socket, struct

for family, kind, protocol in ((2, 3, 1), (2, 3, 255), (10, 3, 58), (17, 3, 0x300), (17, 2, 0x300), (2, 10, 0)):
    try:
        socket.socket(family, kind, protocol).close()
        print("came", "upon", family, kind, protocol)
    except OSError as error:
        print(family, kind, error)
print(names := socket.if_nameindex())
for number, name in names:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        flags = struct.unpack("16xH", fcntl.ioctl(one, 0x8913, struct.pack("16sH14x", name.encode(), 0))[:18])[0]
        if name != "lo" or flags & 1:
            print("came", "upon", name, flags)
        try:
            if os.getpid() != 1:
                continue  # only in a world of its own
            fcntl.ioctl(one, 0x8914, struct.pack("16sH14x", name.encode(), flags | 1))
            print("came", "upon", "the switch of", name)
        except OSError as error:
            print(error)
# netlink: a new interface of kind dummy
message = struct.pack("=IHHII", 32, 16, 0x605, 1, 0) + struct.pack("=BxHiII", 0, 0, 0, 0, 0)
if os.getpid() == 1:  # only in a world of its own
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0) as one:
        one.settimeout(0.5)
        one.send(message)
        refusal = struct.unpack("=i", one.recv(4096)[16:20])[0]
        print("netlink refuses" if refusal else "came " + "upon a new interface")
try:
    os.open("/dev/net/tun", os.O_RDWR)
    print("came", "upon", "a tunnel")
except OSError as error:
    print(error)
"""


def aftermath(world, report):
    assert "came upon" not in world.shown(report["student"])
