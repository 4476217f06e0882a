"""The side of the judge's conversation that lives with the student's answer: it observes, and never judges."""

import contextlib
import io
import math
import os
import pickle
import signal
import socket
import struct
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from forwardpass.check.conditions import Conditions
from forwardpass.check.observation import Arguments, Observation
from forwardpass.check.transport import InPlace
from forwardpass.check.wire import encode

_LENGTH = struct.Struct(">Q")


class Observer:
    """Answers requests that come in on `line` about the names in `scope`.

    A request is a pickle from the judge, who is trusted here; a reply is JSON, because here is not trusted there.
    """

    def __init__(self, line: socket.socket, scope: Mapping[str, Any]) -> None:
        self._line = line
        self._scope = scope

    def fileno(self) -> int:
        """Of the line, to wait for a request with an event loop."""
        return self._line.fileno()

    def serve(self) -> None:
        """Answers one request, whatever the answer's code does. Raises EOFError when the judge has gone."""
        request = read_frame(self._line)
        with _interruptible():
            reply = self._reply(request)
        write_frame(self._line, reply)

    def _reply(self, request: bytes) -> bytes:
        try:
            with _silent():
                return encode(self._observations(request))
        except BaseException as error:  # an answer must not end its own observation
            return encode([Observation(refusal=f"your answer could not be observed: {type(error).__name__}")])

    def _observations(self, request: bytes) -> list[Observation]:
        verb, *rest = _Incoming(request, self._scope).load()
        verbs: dict[str, Callable[..., list[Observation]]] = {"call": _call, "look": _look, "names": self._names}
        return verbs[verb](*rest)

    def _names(self, names: Sequence[str]) -> list[Observation]:
        return [Observation(value={name: callable(self._scope[name]) for name in names if name in self._scope})]


def _call(target: Any, calls: Sequence[Arguments], conditions: Conditions) -> list[Observation]:
    return InPlace().call(target, calls, conditions)


def _look(value: Any) -> list[Observation]:
    return [InPlace().look(value)]


class _Incoming(pickle.Unpickler):
    """What the judge calls by name is what has that name here."""

    def __init__(self, request: bytes, scope: Mapping[str, Any]) -> None:
        super().__init__(io.BytesIO(request))
        self._scope = scope

    def persistent_load(self, name: str) -> Any:
        return self._scope[name]


@contextlib.contextmanager
def _interruptible() -> Iterator[None]:
    # as for a cell: outside of it, a kernel ignores the signal
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextlib.contextmanager
def _silent() -> Iterator[None]:
    with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere), contextlib.redirect_stderr(nowhere):
        yield


def read_frame(
    line: socket.socket, limit: int = sys.maxsize, deadline: float = math.inf, begun: bytearray | None = None
) -> bytes:
    """One message.

    begun: bytes of it that an earlier call has read; they stay there if this call fails as well.
    Raises EOFError at the end of the line, ValueError for a message longer than `limit` bytes, TimeoutError if it is
    not there by `deadline`, a time of `time.monotonic`.
    """
    read = bytearray() if begun is None else begun
    _read_up_to(line, read, _LENGTH.size, deadline)
    (size,) = _LENGTH.unpack(read[: _LENGTH.size])
    if size > limit:
        raise ValueError(f"expected a message of at most {limit} bytes, got {size}")
    _read_up_to(line, read, _LENGTH.size + size, deadline)
    return bytes(read[_LENGTH.size :])


def write_frame(line: socket.socket, message: bytes, deadline: float = math.inf) -> None:
    """Sends one message. Raises TimeoutError if that is not done by `deadline`."""
    line.settimeout(_left(deadline))
    line.sendall(_LENGTH.pack(len(message)) + message)


def _read_up_to(line: socket.socket, read: bytearray, size: int, deadline: float) -> None:
    while len(read) < size:
        line.settimeout(_left(deadline))
        part = line.recv(min(size - len(read), 1 << 20))
        if not part:
            raise EOFError("the line was closed")
        read += part


def _left(deadline: float) -> float | None:
    """Seconds until then; None for no bound."""
    if deadline == math.inf:
        return None
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError("the time for a message is over")
    return left
