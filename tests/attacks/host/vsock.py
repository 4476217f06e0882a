"""Opens sockets of families that know no network namespaces, such as those between a virtual machine and its host."""

ANSWER = """
import socket

known = {socket.AF_UNSPEC, socket.AF_UNIX, socket.AF_INET, socket.AF_INET6, socket.AF_NETLINK, socket.AF_PACKET}
for family in set(range(64)) - known:
    for kind in (1, 2, 3, 5):
        try:
            socket.socket(family, kind).close()
            print("came", "upon", family, kind)
        except OSError:
            pass
"""


def aftermath(world, report):
    assert "came upon" not in world.shown(report["student"])
