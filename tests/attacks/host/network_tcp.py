"""Connects to a server on this machine by every name that it has."""

ANSWER = """
import socket

for host in ("127.0.0.1", "::1", "localhost", "0.0.0.0", "::ffff:127.0.0.1", "127.1.2.3", socket.gethostname()):
    try:
        with socket.create_connection((host, @PORT@), timeout=0.5) as connection:
            connection.sendall(b"hello")
            print("came", "upon", host)
    except OSError as error:
        print(host, error)
"""


def aftermath(world, report):
    assert "came upon" not in world.shown(report["student"])
