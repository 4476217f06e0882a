"""The observer answers whatever the judge asks, and whatever an answer does: one request, one reply."""

import io
import os
import select
import signal
import socket
import struct
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import cloudpickle
import numpy as np
import pytest

from forwardpass.check.conditions import Conditions
from forwardpass.check.observation import Observation
from forwardpass.check.observer import Observer, read_frame, write_frame
from forwardpass.check.wire import decode

from .plain_values import identical

CONDITIONS = Conditions()


class Subject:
    """In a request, the thing of this name."""

    def __init__(self, name: str) -> None:
        self.name = name


class Requests(cloudpickle.Pickler):
    def persistent_id(self, thing: Any) -> str | None:
        return thing.name if isinstance(thing, Subject) else None


class Judge:
    """The other end of the line."""

    def __init__(self, line: socket.socket, observer: Observer, scope: dict[str, Any]) -> None:
        self.line, self.observer, self.scope = line, observer, scope

    def ask(self, *request: Any) -> list[Observation]:
        stream = io.BytesIO()
        Requests(stream).dump(request)
        return self.send(stream.getvalue())

    def send(self, request: bytes) -> list[Observation]:
        asking = threading.Thread(target=write_frame, args=(self.line, request))
        asking.start()
        replies: list[bytes] = []
        reading = threading.Thread(target=lambda: replies.append(read_frame(self.line)))
        reading.start()
        self.observer.serve()  # here, because signals reach the main thread
        asking.join(10)
        reading.join(10)
        return decode(replies[0])

    def call(self, name: str, *args: Any, **kwargs: Any) -> Observation:
        [seen] = self.ask("call", Subject(name), [(args, kwargs)], CONDITIONS)
        return seen


@pytest.fixture
def judge() -> Iterator[Judge]:
    line, far_line = socket.socketpair()
    line.settimeout(10)
    far_line.settimeout(10)
    scope: dict[str, Any] = {}
    with line, far_line:
        yield Judge(line, Observer(far_line, scope), scope)


def test_a_call_is_observed_for_each_of_its_arguments(judge: Judge) -> None:
    def add(x: Any, y: int = 0) -> Any:
        x += y
        return x

    judge.scope["add"] = add
    calls = [((np.ones(2), 1), {}), ((5,), {"y": 2})]
    first, second = judge.ask("call", Subject("add"), calls, CONDITIONS)
    assert identical(first.value, np.array([2.0, 2.0]))
    assert (first.changed, first.labels) == (("x",), ("x", "y"))
    assert (second.value, second.labels) == (7, ("x",))


def test_arguments_may_be_answers_themselves(judge: Judge) -> None:
    judge.scope |= {"apply": lambda f, x: f(x), "double": lambda x: 2 * x}
    [seen] = judge.ask("call", Subject("apply"), [((Subject("double"), 4), {})], CONDITIONS)
    assert seen.value == 8


def test_a_probe_of_the_judge_works_on_the_answer_itself(judge: Judge) -> None:
    class Net:
        width = 3

    def width(net: Any) -> Any:
        return {"width": net.width, "name": type(net).__name__}

    judge.scope["net"] = Net()
    [seen] = judge.ask("call", width, [((Subject("net"),), {})], CONDITIONS)
    assert seen.value == {"width": 3, "name": "Net"}


def test_a_value_is_looked_at(judge: Judge) -> None:
    judge.scope |= {"number": 359, "later": ..., "odd": object()}
    assert judge.ask("look", Subject("number")) == [Observation(value=359)]
    assert judge.ask("look", Subject("later")) == [Observation(attempted=False)]
    [odd] = judge.ask("look", Subject("odd"))
    assert odd.refusal.startswith("you returned an object, not a plain value")


def test_names_say_what_is_there_and_can_be_called(judge: Judge) -> None:
    judge.scope |= {"f": len, "x": 1, "unasked": 2}
    assert judge.ask("names", ["f", "x", "missing"]) == [Observation(value={"f": True, "x": False})]


def test_what_an_answer_prints_goes_nowhere(judge: Judge, capfd: pytest.CaptureFixture[str]) -> None:
    def loud() -> int:
        print("out")
        print("err", file=sys.stderr)
        sys.stdout.write("more")
        return 1

    judge.scope["loud"] = loud
    assert judge.call("loud").value == 1
    assert capfd.readouterr() == ("", "")


class BrokenStream(io.StringIO):
    def write(self, text: str) -> int:
        raise OSError("no more room")


def test_an_answer_that_replaces_the_standard_output_is_still_observed(
    judge: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    def patch() -> int:
        sys.stdout = sys.stderr = BrokenStream()
        return 1

    judge.scope["patch"] = patch
    before = sys.stdout, sys.stderr
    assert judge.call("patch").value == 1
    assert (sys.stdout, sys.stderr) == before
    monkeypatch.setattr(sys, "stdout", BrokenStream())
    monkeypatch.setattr(sys, "stderr", None)
    assert judge.call("patch").value == 1


def raising(error: BaseException) -> Callable[[], None]:
    def answer() -> None:
        raise error

    return answer


@pytest.mark.parametrize("error", [KeyboardInterrupt, GeneratorExit, BaseException], ids=lambda kind: kind.__name__)
def test_an_exception_that_ends_programs_does_not_end_the_observer(error: type[BaseException], judge: Judge) -> None:
    judge.scope |= {"leave": raising(error()), "stay": lambda: 1}
    assert judge.call("leave").refusal == f"your answer could not be observed: {error.__name__}"
    assert judge.call("stay").value == 1


def test_leaving_python_is_an_exception_like_others(judge: Judge) -> None:
    judge.scope["leave"] = lambda: sys.exit(3)
    seen = judge.call("leave")
    assert seen.raised is not None
    assert seen.raised.kinds[0] == "SystemExit"


def test_an_interrupt_stops_the_answer_and_then_nothing(judge: Judge) -> None:
    def endless() -> None:
        os.kill(os.getpid(), signal.SIGINT)
        while True:
            pass

    judge.scope["endless"] = endless
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        assert judge.call("endless").refusal == "your answer could not be observed: KeyboardInterrupt"
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


def test_an_answer_that_handles_interrupts_itself_does_so_only_while_it_runs(judge: Judge) -> None:
    judge.scope["catch"] = lambda: signal.signal(signal.SIGINT, lambda *_: None) and None
    before = signal.getsignal(signal.SIGINT)
    assert judge.call("catch") == Observation()
    assert signal.getsignal(signal.SIGINT) is before


class Unreadable:
    def __reduce__(self) -> tuple[Any, ...]:
        return int, ("no number",)


@pytest.mark.parametrize(
    ("request_", "error"),
    [
        (b"no pickle", "UnpicklingError"),
        (b"", "EOFError"),
        (cloudpickle.dumps(["verb that there is not"]), "KeyError"),
        (cloudpickle.dumps(["look", Unreadable()]), "ValueError"),
        (cloudpickle.dumps(["look"]), "TypeError"),
    ],
)
def test_a_request_that_cannot_be_read_is_replied_to(request_: bytes, error: str, judge: Judge) -> None:
    [seen] = judge.send(request_)
    assert seen.refusal == f"your answer could not be observed: {error}"


def test_a_subject_that_is_gone_is_replied_to(judge: Judge) -> None:
    assert judge.call("nothing").refusal == "your answer could not be observed: KeyError"


def test_an_answer_too_large_for_the_line_says_so(judge: Judge) -> None:
    judge.scope["huge"] = lambda: np.zeros(5 * 2**20)
    assert judge.call("huge").refusal == "your answer is larger than 32 MB"


def test_large_requests_and_replies_pass(judge: Judge) -> None:
    judge.scope["same"] = lambda x: x
    x = np.arange(2**20)
    assert identical(judge.call("same", x).value, x)


def test_the_end_of_the_line_is_told(judge: Judge) -> None:
    judge.line.close()
    with pytest.raises(EOFError):
        judge.observer.serve()


def test_a_line_that_ends_within_a_request_is_told(judge: Judge) -> None:
    judge.line.sendall(struct.pack(">Q", 10) + b"half")
    judge.line.close()
    with pytest.raises(EOFError):
        judge.observer.serve()


def test_a_frame_is_its_length_and_its_bytes() -> None:
    one, other = socket.socketpair()
    with one, other:
        write_frame(one, b"abc")
        write_frame(one, b"")
        assert (read_frame(other, 3), read_frame(other)) == (b"abc", b"")
        one.sendall(struct.pack(">Q", 2) + b"ab")
        assert read_frame(other) == b"ab"
        write_frame(one, b"abcd")
        with pytest.raises(ValueError, match="expected a message of at most 3 bytes, got 4"):
            read_frame(other, 3)


def test_an_event_loop_can_wait_for_a_request(judge: Judge) -> None:
    assert select.select([judge.observer], [], [], 0)[0] == []
    write_frame(judge.line, b"")
    assert select.select([judge.observer], [], [], 0)[0] == [judge.observer]


def test_a_frame_that_drips_ends_at_the_deadline() -> None:
    one, other = socket.socketpair()
    with one, other:
        one.sendall(struct.pack(">Q", 100))
        stop = threading.Event()

        def drip() -> None:
            while not stop.wait(0.01):
                one.send(b"x")

        dripping = threading.Thread(target=drip)
        dripping.start()
        start = time.monotonic()
        with pytest.raises(TimeoutError):
            read_frame(other, deadline=start + 0.1)
        stop.set()
        dripping.join()
        assert time.monotonic() - start < 0.6


def test_a_line_that_nobody_reads_ends_at_the_deadline() -> None:
    one, other = socket.socketpair()
    with one, other, pytest.raises(TimeoutError):
        write_frame(one, bytes(2**24), time.monotonic() + 0.1)
