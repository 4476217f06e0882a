"""The process that `elsewhere` starts: it runs cells, and lets an observer answer about what they define."""

import contextlib
import os
import signal
import socket
import sys
import types
from multiprocessing.connection import Connection, wait
from typing import Any

from forwardpass.check.observer import Observer


def serve(control: Connection, line: socket.socket) -> None:
    """Answers until one of both is closed. control: lists of cells' sources come in, None goes out when they ran."""
    scope: dict[str, Any] = {}
    observer = Observer(line, scope)
    with contextlib.suppress(EOFError):
        while True:
            for ready in wait([control, line]):
                if ready is line:
                    observer.serve()
                else:
                    run(control.recv(), scope)
                    control.send(None)


def run(sources: list[str], scope: dict[str, Any]) -> None:
    fresh = types.ModuleType("__main__").__dict__
    for number, source in enumerate(sources):
        with contextlib.suppress(Exception, SystemExit):
            exec(compile(source, f"<cell {number}>", "exec"), fresh)
    scope.clear()
    scope.update(fresh)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # as a kernel does between cells
    with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
        serve(Connection(int(sys.argv[1])), socket.socket(fileno=int(sys.argv[2])))
