"""One forked kernel: starts it in its namespaces, watches what it uses, passes signals on, tells how it ended."""

import contextlib
import json
import os
import select
import shutil
import signal
import socket
import tempfile
import time
import traceback
from pathlib import Path
from typing import Any, NoReturn

from autograder.sandbox.inside import namespaces
from autograder.sandbox.inside.kernel import become_kernel

POLL_SECONDS = 0.1
MB = 2**20
_PAGE = os.sysconf("SC_PAGE_SIZE")
_MAX_FDS = 16


def supervise(connection: socket.socket, sandboxed: bool) -> NoReturn:
    """Runs in a fork of the server for as long as the kernel lives. Closing the connection ends the kernel."""
    code = 1
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        message, fds, _, _ = socket.recv_fds(connection, 1 << 16, _MAX_FDS)
        _run(connection, {**json.loads(message), "sandboxed": sandboxed}, fds)
        code = 0
    except Exception:
        with contextlib.suppress(OSError):
            _tell(connection, error=traceback.format_exc(limit=-4))
    finally:
        os._exit(code)


def _run(connection: socket.socket, request: dict[str, Any], fds: list[int]) -> None:
    if request["sandboxed"]:
        namespaces.leave(os.getuid(), os.getgid())
    folder = None if request["sandboxed"] else tempfile.mkdtemp(prefix="kernel-")
    request |= {"address_space": address_space(), "folder": folder}
    ready, kernels_end = os.pipe()
    pid = os.fork()
    if pid == 0:
        connection.close()
        os.close(ready)
        become_kernel(request, fds, kernels_end)
    for fd in (*fds, kernels_end):
        os.close(fd)
    try:
        _Watch(connection, pid, request["limits"]).until_it_ends(ready)
    finally:
        for kill in (os.kill, os.killpg):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                kill(pid, signal.SIGKILL)
        if folder:
            shutil.rmtree(folder, ignore_errors=True)


class _Watch:
    def __init__(self, connection: socket.socket, pid: int, limits: dict[str, Any]) -> None:
        self._connection = connection
        self._pid = pid
        self._memory = limits["memory_mb"] * MB
        self._processes = limits["processes"]
        self._cpu = limits["cpu_seconds"]
        self._shared = sum(_memory(os.getpid()))  # what a kernel has from the server; only the kernel itself has it
        self._peak = 0
        self._killed = ""

    def until_it_ends(self, ready: int) -> None:
        """Relays between the kernel and whoever asked for it."""
        inputs = [self._connection.fileno(), os.pidfd_open(self._pid), ready]
        next_look = time.monotonic()
        while True:
            readable, _, _ = select.select(inputs, [], [], POLL_SECONDS)
            if ready in readable:
                inputs.remove(ready)
                self._pass_on(os.read(ready, 1 << 16))
            if inputs[1] in readable:
                self._tell_end()
                return
            if inputs[0] in readable and not self._obey():
                return
            if time.monotonic() >= next_look:
                self._look()
                next_look = time.monotonic() + POLL_SECONDS

    def _pass_on(self, text: bytes) -> None:
        if text == b"ready":
            _tell(self._connection, ready=True)
        elif text:
            _tell(self._connection, error=text.decode(errors="replace"))

    def _obey(self) -> bool:
        """Sends the signal that was asked for; False if nobody asks any more."""
        try:
            order = self._connection.recv(1)
        except OSError:
            order = b""
        if order:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._pid, order[0])
        return bool(order)

    def _look(self) -> None:
        family = list(_family(self._pid))
        (own, files), *others = map(_memory, family)
        used = own + sum(own for own, _ in others)
        self._peak = max(self._peak, used + files)
        if self._memory and used + files - self._shared > self._memory:
            self._kill("memory")
        elif self._processes and len(family) > 2 * self._processes:  # the kernel of the system counts too, and sooner
            self._kill("processes")
        elif self._cpu and sum(map(_cpu_seconds, family)) > self._cpu:
            self._kill("cpu")

    def _kill(self, reason: str) -> None:
        self._killed = reason
        os.kill(self._pid, signal.SIGKILL)

    def _tell_end(self) -> None:
        _, status, usage = os.wait4(self._pid, 0)
        _tell(
            self._connection,
            exit=os.waitstatus_to_exitcode(status),
            killed=self._killed,
            peak_mb=round(max(self._peak, usage.ru_maxrss * 1024) / MB),
            cpu_seconds=round(usage.ru_utime + usage.ru_stime, 3),
        )


def _family(pid: int) -> Any:
    """A process and all that it started; orphans in its namespace become its own children."""
    yield pid
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                yield from _family(int(child))


def _memory(pid: int) -> tuple[int, int]:
    """Bytes in use: a process's own, or shared with the fork that it came from; and mapped from files."""
    try:
        _, resident, files = map(int, Path(f"/proc/{pid}/statm").read_text().split()[:3])
    except (OSError, ValueError):
        return 0, 0
    return (resident - files) * _PAGE, files * _PAGE


def address_space() -> int:
    """Bytes of addresses that this process has mapped; 0 where the system does not say."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[0]) * _PAGE
    except OSError:
        return 0


def _cpu_seconds(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def _tell(connection: socket.socket, **message: Any) -> None:
    connection.sendall(json.dumps(message).encode() + b"\n")
