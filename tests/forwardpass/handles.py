"""A transport whose subjects are opaque: the judge holds handles, and the answers live in a child process.

Calls go to the child with cloudpickle. What was seen comes back as JSON and .npy bytes, never as a pickle.
Run as a script, this file is the child.
"""

import base64
import contextlib
import io
import json
import os
import pickle
import subprocess
import sys
import types
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any

import cloudpickle
import numpy as np

from forwardpass.check.conditions import Conditions
from forwardpass.check.observation import Observation, Raised, observe_value
from forwardpass.check.transport import Arguments, InPlace

ANSWER_SECONDS = 60


@dataclass(frozen=True)
class Handle:
    """All that the judge knows of a subject."""

    name: str
    is_callable: bool


class _Outgoing(cloudpickle.Pickler):
    def persistent_id(self, thing: Any) -> str | None:
        return thing.name if isinstance(thing, Handle) else None


class _Incoming(pickle.Unpickler):
    def __init__(self, message: bytes, scope: dict[str, Any]) -> None:
        super().__init__(io.BytesIO(message))
        self._scope = scope

    def persistent_load(self, name: str) -> Any:
        return self._scope[name]


class Handles:
    """The transport of a judge: every call of an answer happens in a child process."""

    def __init__(self) -> None:
        self._line, other = Pipe()
        command = [sys.executable, __file__, str(other.fileno())]
        one_thread = {**os.environ, "OMP_NUM_THREADS": "1"}
        self._child = subprocess.Popen(command, pass_fds=[other.fileno()], env=one_thread)
        other.close()

    def reset(self, sources: list[str], names: list[str]) -> dict[str, Handle]:
        """Runs these cells, of a set-up and of answers, in a fresh namespace. Handles of the `names` they define."""
        known = self._ask("reset", sources, names)
        return {name: Handle(name, is_callable) for name, is_callable in known.items()}

    def is_callable(self, subject: object) -> bool:
        return subject.is_callable if isinstance(subject, Handle) else callable(subject)

    def call(self, target: Any, calls: Sequence[Arguments], conditions: Conditions) -> list[Observation]:
        return [decode(seen) for seen in self._ask("call", target, calls, conditions)]

    def look(self, value: Any) -> Observation:
        return decode(self._ask("look", value)) if isinstance(value, Handle) else observe_value(value)

    def close(self) -> None:
        """Ends the child."""
        self._line.close()
        self._child.wait(ANSWER_SECONDS)

    def _ask(self, *message: Any) -> Any:
        outgoing = io.BytesIO()
        _Outgoing(outgoing).dump(message)
        self._line.send_bytes(outgoing.getvalue())
        if not self._line.poll(ANSWER_SECONDS):
            self._child.kill()
            raise TimeoutError(f"{message[0]}: no reply within {ANSWER_SECONDS} seconds")
        return json.loads(self._line.recv_bytes())


@contextlib.contextmanager
def handles() -> Iterator[Handles]:
    """A child for the length of the block."""
    transport = Handles()
    try:
        yield transport
    finally:
        transport.close()


def encode(seen: Observation) -> dict[str, Any]:
    """An observation as JSON can hold it."""
    return {**asdict(seen), "value": encode_plain(seen.value)}


def decode(message: dict[str, Any]) -> Observation:
    """The observation that was encoded."""
    raised = message["raised"] and Raised(tuple(message["raised"]["kinds"]), *_texts(message["raised"]))
    return Observation(
        value=decode_plain(message["value"]),
        raised=raised,
        attempted=bool(message["attempted"]),
        refusal=str(message["refusal"]),
        **{name: tuple(map(str, message[name])) for name in ("changed", "labels", "warned")},
    )


def _texts(raised: dict[str, Any]) -> tuple[str, str]:
    return str(raised["text"]), str(raised["line"])


def encode_plain(value: Any) -> Any:
    """Plain data as JSON can hold it: None, booleans and strings as they are, the rest as [name of type, content]."""
    match value:
        case None | bool() | str():
            return value
        case np.ndarray() | np.generic():
            return ["array" if isinstance(value, np.ndarray) else "scalar", _npy(value)]
        case int():
            return ["int", hex(value)]
        case float():
            return ["float", value.hex()]
        case complex():
            return ["complex", [value.real.hex(), value.imag.hex()]]
        case bytes():
            return ["bytes", base64.b64encode(value).decode()]
        case dict():
            return ["dict", [[encode_plain(key), encode_plain(item)] for key, item in value.items()]]
        case list() | tuple():
            return [type(value).__name__, [encode_plain(item) for item in value]]
        case _:
            raise TypeError(f"expected plain data, got {type(value).__name__}")


def decode_plain(message: Any) -> Any:
    """The plain data that was encoded."""
    if not isinstance(message, list):
        return message
    kind, content = message
    if kind in ("array", "scalar"):
        array = np.load(io.BytesIO(base64.b64decode(content)), allow_pickle=False)
        return array if kind == "array" else array[()]
    if kind == "dict":
        return {decode_plain(key): decode_plain(item) for key, item in content}
    if kind in ("list", "tuple"):
        return {"list": list, "tuple": tuple}[kind](map(decode_plain, content))
    if kind == "complex":
        return complex(*map(float.fromhex, content))
    return {"int": lambda text: int(text, 16), "float": float.fromhex, "bytes": base64.b64decode}[kind](content)


def _npy(value: Any) -> str:
    stream = io.BytesIO()
    np.save(stream, value, allow_pickle=False)
    return base64.b64encode(stream.getvalue()).decode()


def _serve(line: Connection) -> None:
    scope: dict[str, Any] = {}
    with contextlib.suppress(EOFError):
        while True:
            verb, *rest = _Incoming(line.recv_bytes(), scope).load()
            reply = _reset(scope, *rest) if verb == "reset" else {"call": _call, "look": _look}[verb](*rest)
            line.send_bytes(json.dumps(reply).encode())


def _call(target: Any, calls: Sequence[Arguments], conditions: Conditions) -> list[dict[str, Any]]:
    return [encode(seen) for seen in InPlace().call(target, calls, conditions)]


def _look(value: Any) -> dict[str, Any]:
    return encode(InPlace().look(value))


def _reset(scope: dict[str, Any], sources: list[str], names: list[str]) -> dict[str, bool]:
    fresh = types.ModuleType("__main__").__dict__
    for number, source in enumerate(sources):
        with contextlib.suppress(Exception, SystemExit):
            exec(compile(source, f"<cell {number}>", "exec"), fresh)
    scope.clear()
    scope.update({name: fresh[name] for name in names if name in fresh})
    return {name: callable(subject) for name, subject in scope.items()}


if __name__ == "__main__":
    with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
        _serve(Connection(int(sys.argv[1])))
