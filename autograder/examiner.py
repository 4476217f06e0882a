"""Runs test cells where no student code runs: answers are handles, and only plain data comes back from them."""

import contextlib
import io
import math
import signal
import socket
import time
import types
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import cloudpickle
from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_output

from forwardpass.check import CheckFailed, NotAttempted
from forwardpass.check.conditions import Conditions
from forwardpass.check.observation import Arguments, Observation, observe_value
from forwardpass.check.observer import read_frame, write_frame
from forwardpass.check.transport import using
from forwardpass.check.wire import MAX_BYTES, WireError, decode

GRACE_SECONDS = 2.0
JUDGING_SECONDS = 20
MAX_REPLY = 2 * MAX_BYTES
NOT_RUN = "NotRun"


class KernelGone(BaseException):
    """The student's process ended, or does not answer any more. No ordinary exception: a test must not catch it."""


class Interruptible(Protocol):
    """A student's process, as far as the examiner knows it."""

    def interrupt(self) -> None:
        """Stops what runs, as Jupyter's stop button does."""


@dataclass(frozen=True)
class Handle:
    """All that a test cell knows of an answer."""

    name: str
    is_callable: bool


class _Outgoing(cloudpickle.Pickler):  # type: ignore[misc]
    def persistent_id(self, thing: Any) -> str | None:
        return thing.name if isinstance(thing, Handle) else None


class RemoteAnswers:
    """The transport of the examiner: every observation happens in the student's process, at the end of `line`.

    seconds: how long one observation may take. Whatever comes back is only ever wrong or right, never an error here;
    KernelGone is raised if nothing comes back.
    """

    def __init__(self, line: socket.socket, process: Interruptible, seconds: float) -> None:
        self._line = line
        self._process = process
        self._seconds = seconds
        self.oddities: list[str] = []

    def find(self, names: Sequence[str]) -> dict[str, Handle]:
        """Handles of those names that the student's code has defined."""
        [seen] = self._ask(1, "names", list(names))
        found = seen.value if isinstance(seen.value, dict) else {}
        return {name: Handle(name, found[name] is True) for name in names if name in found}

    def is_callable(self, subject: object) -> bool:
        return subject.is_callable if isinstance(subject, Handle) else callable(subject)

    def call(self, target: Any, calls: Sequence[Arguments], conditions: Conditions) -> list[Observation]:
        return self._ask(len(calls), "call", target, calls, conditions) if calls else []

    def look(self, value: Any) -> Observation:
        return self._ask(1, "look", value)[0] if isinstance(value, Handle) else observe_value(value)

    def _ask(self, count: int, *request: Any) -> list[Observation]:
        outgoing = io.BytesIO()
        _Outgoing(outgoing).dump(request)
        reply, stopped = self._exchange(outgoing.getvalue())
        if stopped:
            return [
                _refused(f"your code was stopped after {self._seconds:g} s: look for a loop that never ends")
            ] * count
        try:
            seen = decode(reply)
        except WireError as error:
            return [self._odd(f"what came back is no answer ({error})")] * count
        if len(seen) == 1 < count and seen[0].refusal:
            return seen * count
        if len(seen) != count:
            return [self._odd(f"{len(seen)} answers came back for {count} calls")] * count
        return seen

    def _odd(self, what: str) -> Observation:
        self.oddities.append(what)
        return _refused(f"your code could not be observed: {what}")

    def _exchange(self, request: bytes) -> tuple[bytes, bool]:
        """The reply, and whether it had to be forced."""
        begun = bytearray()
        deadline = time.monotonic() + (self._seconds or math.inf)
        try:
            try:
                write_frame(self._line, request, deadline)
                return read_frame(self._line, MAX_REPLY, deadline, begun), False
            except TimeoutError:
                self._process.interrupt()
                return read_frame(self._line, MAX_REPLY, time.monotonic() + GRACE_SECONDS, begun), True
        except (OSError, EOFError, ValueError) as error:  # TimeoutError is an OSError
            raise KernelGone(type(error).__name__) from None


def _refused(sentence: str) -> Observation:
    return Observation(refusal=sentence)


class Examiner:
    """Test cells of one submission, judged one after the other in a namespace that begins with the set-up cell."""

    def __init__(self, set_up: str, answers: RemoteAnswers) -> None:
        self._scope = types.ModuleType("__main__").__dict__
        self._answers = answers
        self._subjects: set[str] = set()
        with _quiet():
            exec(compile(set_up, "<set-up>", "exec"), self._scope)
        self._set_up = dict(self._scope)

    def judge(self, cell: NotebookNode, subjects: Sequence[str]) -> None:
        """Runs a test cell and gives it the outputs that it would have in a notebook. Raises KernelGone."""
        with _quiet() as printed, using(self._answers), _processor_time(JUDGING_SECONDS):
            error = self._error(cell.source, subjects)
        text = printed.getvalue()
        cell.outputs = [new_output("stream", name="stdout", text=text)] if text else []
        cell.outputs += [error] if error else []

    def _error(self, source: str, subjects: Sequence[str]) -> NotebookNode | None:
        try:
            self._name(subjects)
            exec(compile(source, "<test>", "exec"), self._scope)
        except (CheckFailed, NotAttempted) as error:
            return error_output(type(error).__name__, str(error))
        except (Exception, _TooLong) as error:  # a test that can't cope with what it saw
            what = f"{type(error).__name__}: {error}"
            return error_output("CheckFailed", f"your answer is of a form that this test can't judge ({what[:300]})")
        return None

    def _name(self, subjects: Sequence[str]) -> None:
        """Gives the next test its answers, and takes those of the test before away."""
        for name in self._subjects:
            self._scope.pop(name, None)
            self._scope.update({name: self._set_up[name]} if name in self._set_up else {})
        self._subjects = set(subjects)
        self._scope.update(self._answers.find(subjects))


def error_output(name: str, text: str) -> NotebookNode:
    """What a notebook shows of an exception with a quiet traceback."""
    output: NotebookNode = new_output("error", ename=name, evalue=text, traceback=text.splitlines())
    return output


class _TooLong(BaseException):
    """Judging takes too much time. No ordinary exception: a check would take it for the answer's."""


@contextlib.contextmanager
def _processor_time(seconds: int) -> Iterator[None]:
    """Bounds this process's own time, waiting for an answer not counted: some values take for ever to look at."""

    def stop(signum: int, frame: Any) -> None:
        raise _TooLong(f"looking at it took more than {seconds} s")

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


@contextlib.contextmanager
def _quiet() -> Iterator[io.StringIO]:
    """What is printed, without what is written to stderr: warnings cost nothing."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield printed
