"""The host's side of the fork server: starting it, and asking it for kernels."""

import contextlib
import json
import os
import select
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any

from autograder.sandbox.bubblewrap import NOBODY, SandboxError, command
from autograder.sandbox.limits import Limits

START_SECONDS = 60
CHANNELS = ("shell", "iopub", "stdin", "control")
_MODULE = "autograder.sandbox.inside.server"


class ForkServer:
    """A process that warms up in a sandbox. A context manager; kernels die with it.

    sandboxed: without it, kernels run with the rights of whoever starts the server. also: modules that kernels find
    imported, beside those that are always needed.
    folder: where kernels' sockets are, which no kernel can see.
    """

    def __init__(self, sandboxed: bool = True, also: Sequence[str] = ()) -> None:
        if sys.platform != "linux":
            raise SandboxError(f"grading needs Linux, and this is {sys.platform}")
        self._listener = socket.socket(socket.AF_UNIX)
        self.sandboxed = sandboxed
        program = [sys.executable, "-m", _MODULE, str(self._listener.fileno()), str(NOBODY) if sandboxed else "", *also]
        try:
            whole = command(program) if sandboxed else program
        except SandboxError:
            self._listener.close()
            raise
        self.folder = Path(tempfile.mkdtemp(prefix="fp-"))  # short: a socket's path has at most 107 characters
        self._listener.bind(str(self.address))
        self._listener.listen(64)
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 (as long as the server lives)
        self._is_ready = False
        self._waiting = threading.Lock()
        fds = [self._listener.fileno()]
        nothing = subprocess.DEVNULL
        self._process = subprocess.Popen(
            whole, pass_fds=fds, stdin=nothing, stdout=subprocess.PIPE, stderr=self._errors
        )
        self._listener.close()  # so that nobody waits for an answer when the server has ended

    @property
    def address(self) -> Path:
        """The socket at which kernels are asked for."""
        return self.folder / "fork"

    def wait_until_ready(self) -> None:
        """Returns when kernels can be forked, in every thread that waits. Raises SandboxError if it does not start."""
        with self._waiting:
            if not self._is_ready:
                self._wait()

    def _wait(self) -> None:
        assert self._process.stdout is not None
        readable, _, _ = select.select([self._process.stdout], [], [], START_SECONDS)
        self._is_ready = bool(readable) and self._process.stdout.readline() == b"ready\n"
        if not self._is_ready:
            self._errors.seek(0)
            silence = "it ended without a word" if readable else f"no answer within {START_SECONDS} s"
            said = self._errors.read().decode(errors="replace").strip() or silence
            self.close()
            raise SandboxError(f"the sandbox did not start: {said}")

    def is_alive(self, patience: float = 0.0) -> bool:
        """Whether kernels can still be forked. patience: seconds until a server that is about to end has ended."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(patience)
        return self._process.returncode is None

    def close(self) -> None:
        """Ends the server and every kernel."""
        self._process.kill()
        self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()
        self._errors.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> "ForkServer":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


@cache
def shared_server() -> ForkServer:
    """One server for a process that was given none; it ends with the process."""
    import atexit

    server = ForkServer()
    atexit.register(server.close)
    server.wait_until_ready()
    return server


@dataclass
class Ending:
    """How a kernel ended. killed: which limit it broke, if any."""

    exit: int = 0
    killed: str = ""
    peak_mb: int = 0
    cpu_seconds: float = 0.0


@dataclass
class ForkedKernel:
    """A kernel that was asked for. line: to its observer. sockets: path of each channel."""

    connection: socket.socket
    line: socket.socket
    ip: str
    ending: Ending | None = None
    _received: bytearray = field(default_factory=bytearray)

    def signal(self, number: int) -> None:
        """Sends a signal to the kernel, if it is alive."""
        with contextlib.suppress(OSError):
            self.connection.sendall(bytes([number]))

    def poll(self) -> Ending | None:
        """How the kernel ended, or None while it is alive."""
        self._read(0)
        return self.ending

    def wait(self, seconds: float) -> Ending | None:
        """Waits for the end. None if that takes longer."""
        if self.ending is None:
            self._read(seconds)
        return self.ending

    def _read(self, seconds: float) -> None:
        while self.ending is None:
            readable, _, _ = select.select([self.connection], [], [], seconds)
            if not readable:
                return
            self._received += _receive(self.connection) or b'{"exit": -9}\n'
            for line in self._lines():
                if "exit" in line:
                    self.ending = Ending(**line)

    def _lines(self) -> list[dict[str, Any]]:
        *whole, rest = bytes(self._received).split(b"\n")
        self._received[:] = rest
        return [json.loads(line) for line in whole]

    def wait_until_ready(self, seconds: float) -> None:
        """Returns when the kernel listens. Raises SandboxError if it does not start."""
        while True:
            readable, _, _ = select.select([self.connection], [], [], seconds)
            if not readable:
                raise SandboxError(f"a student's kernel did not start within {seconds} s")
            part = _receive(self.connection)
            self._received += part
            for message in self._lines():
                if message.get("ready"):
                    return
                raise SandboxError(f"a student's kernel did not start: {message.get('error', message)}")
            if not part:
                raise SandboxError("the fork server ended: 'autograder doctor' says what this machine offers")

    def close(self) -> None:
        """Ends the kernel and all that it started."""
        self.connection.close()
        self.line.close()
        for name in CHANNELS:
            Path(f"{self.ip}-{CHANNELS.index(name) + 1}").unlink(missing_ok=True)


def _receive(connection: socket.socket) -> bytes:
    try:
        return connection.recv(1 << 16)
    except OSError:
        return b""


def fork_kernel(address: Path, ip: str, key: str, limits: Limits, data: list[str]) -> ForkedKernel:
    """Asks the server at `address` for a kernel that listens at f'{ip}-1' to f'{ip}-4'."""
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(str(address))
    listeners = [_listener(f"{ip}-{number}") for number in range(1, len(CHANNELS) + 1)]
    line, far_line = socket.socketpair()
    request = {
        "key": key,
        "signature_scheme": "hmac-sha256",
        "limits": asdict(limits),
        "data": data,
        "environment": {},
    }
    fds = [one.fileno() for one in (*listeners, far_line)]
    socket.send_fds(connection, [json.dumps(request).encode()], fds)
    for one in (*listeners, far_line):
        one.close()
    return ForkedKernel(connection, line, ip)


def _listener(path: str) -> socket.socket:
    made = socket.socket(socket.AF_UNIX)
    made.bind(path)
    os.chmod(path, 0o600)
    made.listen(8)
    return made
