"""Which exercise the running test cell belongs to; its first and last line."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from forwardpass.check import show, transport
from forwardpass.check.compare import kind_of
from forwardpass.check.failure import CheckFailed, Failure, NotAttempted
from forwardpass.check.observation import Observation


@dataclass(frozen=True)
class Test:
    """What a test cell says of itself. `of` are the points of the whole exercise, `points` those of this cell.

    subjects: what the exercise's cell defines, by name.
    """

    exercise: str = "check"
    points: float = 0
    of: float = 0
    law: str = ""
    read: str = ""
    covers: str = ""
    cases: int = 0
    subjects: dict[str, Any] = field(default_factory=dict)

    @property
    def hidden(self) -> bool:
        return bool(self.covers)


_current = Test()


def current() -> Test:
    """The test that is running."""
    return _current


def test(exercise: str, subjects: Sequence[str], *, points: float, of: float, law: str = "", read: str = "") -> None:
    """First line of a visible test cell.

    subjects: the names that the exercise's cell defines. Raises CheckFailed if one of them does not exist yet.
    """
    _begin(Test(exercise, points, of, law, read))
    _find(subjects, sys._getframe(1).f_globals)


def hidden(
    exercise: str, subjects: Sequence[str], *, points: float, of: float, covers: str, law: str = "", read: str = ""
) -> None:
    """First line of a hidden test cell, and all of it that students see: what the rest, run by the grader, covers."""
    _begin(Test(exercise, points, of, law, read, covers))
    _find(subjects, sys._getframe(1).f_globals)
    print(f"{exercise}   hidden test, run when your work is graded; covers: {covers}")


def prediction(
    exercise: str,
    subjects: Sequence[str],
    *,
    points: float,
    of: float,
    kinds: Sequence[str],
    choices: Sequence[object] = (),
) -> None:
    """First line of the test of a prediction: says that it is written down. Whether it is right is said by the grader.

    kinds: what each subject should be, in the words of `kind_of`. choices: the values allowed, if not all are.
    Raises NotAttempted while one of the names is still `...`, CheckFailed for something of another kind.
    """
    _begin(Test(exercise, points, of, covers="your prediction"))
    _find(subjects, sys._getframe(1).f_globals)
    for name, kind in zip(subjects, kinds, strict=True):
        seen = transport.active().look(_current.subjects[name])
        if not seen.attempted:
            raise NotAttempted(exercise)
        _check_kind(name, kind, choices, seen)
    print(f"{exercise}   written down: read on and see whether it holds")


def passed() -> None:
    """Last line of a test cell: all its checks have passed."""
    count = _current.cases
    print(f"{_current.exercise}   right: {count} case{'' if count == 1 else 's'}")


def count_cases(number: int) -> None:
    """Adds to the number of cases that this cell has judged right."""
    global _current
    _current = replace(_current, cases=_current.cases + number)


def fail(parts: dict[str, str]) -> CheckFailed:
    """The failure of the running test, with what every message of it says added."""
    now = _current
    covers = {"covers": now.covers} if now.hidden else {}
    where = {"read": f'section "{now.read}"'} if now.read else {}
    headline = f"{now.exercise}   not right yet{_share(now)}"
    return CheckFailed(Failure(headline, {"law": now.law, **covers, **parts, **where}))


def _check_kind(name: str, kind: str, choices: Sequence[object], seen: Observation) -> None:
    got = seen.refusal or f"{kind_of(seen.value)}: {show.value(seen.value)}"
    of_kind = kind_of(seen.value) in (kind, "a whole number" if kind == "a float" else kind)
    if seen.refusal or not of_kind or (choices and seen.value not in choices):
        wanted = f"one of {', '.join(map(repr, choices))}" if choices else kind
        headline = f"{_current.exercise}   not in the form that is asked for (whether it is right is not said here)"
        raise CheckFailed(Failure(headline, {"expected": f"{name} = {wanted}", "got": got}))


def _share(now: Test) -> str:
    if not now.of:
        return ""
    kind = "hidden test" if now.hidden else "test"
    verb = "needs" if now.points == 1 else "need"
    return f"   ({now.points:g} of {now.of:g} point{'' if now.of == 1 else 's'} {verb} this {kind})"


def _begin(test: Test) -> None:
    global _current
    _current = test


def _find(subjects: Sequence[str], scope: dict[str, Any]) -> None:
    missing = [name for name in subjects if name not in scope]
    if missing:
        names = " and ".join(missing)
        raise fail({"got": f"no {names}: run the cell that defines it first, and mend any error that it shows"})
    _begin(replace(_current, subjects={name: scope[name] for name in subjects}))
