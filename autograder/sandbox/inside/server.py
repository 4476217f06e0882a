"""The fork server: imports what kernels need once, then forks a kernel for each connection.

It runs as `python -m autograder.sandbox.inside.server FD UID MODULE...`: FD is a listening Unix socket, UID the user to
become if it starts as root. If UID is empty there is no sandbox around it, and kernels get no namespaces. The modules
are imported beside those that are always needed.
"""

import gc
import os
import signal
import socket
import sys

from autograder.sandbox.inside.namespaces import become
from autograder.sandbox.inside.supervisor import supervise
from autograder.sandbox.inside.warm import warm_up


def main(listener_fd: int, uid: int | None, also: list[str]) -> None:
    """Serves until the listening socket's owner is gone."""
    if os.getuid() == 0 and uid is not None:
        become(uid, uid)
    listener = socket.socket(fileno=listener_fd)
    gc.disable()  # while so much is imported it finds nothing, and takes a tenth of the time
    warm_up(also)
    gc.freeze()  # what is shared with all kernels is never looked at again, so its pages stay shared
    gc.enable()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    print("ready", flush=True)
    while True:
        connection, _ = listener.accept()
        if os.fork() == 0:
            listener.close()
            supervise(connection, sandboxed=uid is not None)
        connection.close()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]) if sys.argv[2] else None, sys.argv[3:])
