"""Sends datagrams and asks name servers, by which answers could leave the machine."""

ANSWER = """
import socket

for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1"), (socket.AF_INET, "192.0.2.1"),
                     (socket.AF_INET, "224.0.0.1"), (socket.AF_INET, "255.255.255.255")):
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as sender:
            sender.settimeout(0.3)
            sender.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
            sender.sendto(b"hello", (host, @PORT@))
            print("came", "upon", host)
    except OSError as error:
        print(host, error)
try:
    print("came", "upon", socket.getaddrinfo("example.com", 80))
except OSError as error:
    print(error)
"""


def aftermath(world, report):
    assert "came upon" not in world.shown(report["student"])
