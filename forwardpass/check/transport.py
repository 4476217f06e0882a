"""Where a student's answer lives, and how an observation reaches it.

In a student's own kernel the answer is an ordinary object (`InPlace`). A grader may put another transport in its place,
for which an answer is a handle and an observation happens in another process.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

from forwardpass.check.conditions import Conditions
from forwardpass.check.observation import Arguments, Observation, observe_calls, observe_value


class Transport(Protocol):
    """Carries an observation to the answer, and what was seen back."""

    def is_callable(self, subject: object) -> bool:
        """Whether `subject` is something to call, rather than a value to look at."""

    def call(self, target: Any, calls: Sequence[Arguments], conditions: Conditions) -> list[Observation]:
        """What each of these calls of `target` does. Target and arguments may be or hold subjects."""

    def look(self, value: Any) -> Observation:
        """What a value is."""


class InPlace:
    """The transport of a student's own kernel: the answer is here."""

    def is_callable(self, subject: object) -> bool:
        return callable(subject)

    def call(self, target: Any, calls: Sequence[Arguments], conditions: Conditions) -> list[Observation]:
        return observe_calls(target, calls, conditions)

    def look(self, value: Any) -> Observation:
        return observe_value(value)


_active: Transport = InPlace()


def active() -> Transport:
    """The transport that checks use now."""
    return _active


@contextmanager
def using(transport: Transport) -> Iterator[None]:
    """Inside the block, checks observe through `transport`."""
    global _active
    before, _active = _active, transport
    try:
        yield
    finally:
        _active = before
