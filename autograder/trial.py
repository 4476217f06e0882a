"""A lesson's tests run in this process on a set of answers: what each test cell says, without Jupyter in between."""

import contextlib
import io
import signal
import textwrap
import types
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from autograder.lesson import Cell, Exercise, Lesson
from autograder.notebook import test_id, test_source
from forwardpass.check import CheckFailed, NotAttempted

CELL_SECONDS = 30


class OutOfTime(BaseException):
    """A cell that runs too long. No ordinary exception: an answer's own code, or a check, would catch that."""


@dataclass(frozen=True)
class Outcome:
    """What one test cell said. state: 'right', 'wrong' or 'not attempted'."""

    exercise: str
    grade_id: str
    state: str
    message: str
    points: float
    max_points: float


def run_trial(
    lesson: Lesson, answers: dict[str, str] | None = None, start: str = "", only_own_slow: bool = False
) -> list[Outcome]:
    """Runs the lesson's cells in order on the reference solutions, `answers` (exercise id -> source) in place of some.

    start: an exercise; the tests of those before it are left out. only_own_slow: so are slow tests of those after it.
    """
    scope = types.ModuleType("__main__").__dict__
    _run(lesson.setup.source, scope, "set-up")
    outcomes: list[Outcome] = []
    started = not start
    for exercise in lesson.exercises:
        started = started or exercise.id == start
        source = (answers or {}).get(exercise.id, exercise.cell.source)
        # a cell that fails defines nothing, which its tests will say
        with contextlib.suppress(Exception, SystemExit, OutOfTime):
            _run(source, scope, exercise.id)
        if started:
            tests = [test for test in exercise.tests if not (only_own_slow and test.slow and exercise.id != start)]
            outcomes += [_outcome(exercise, test, scope) for test in tests]
    return outcomes


def blank_answers(lesson: Lesson) -> dict[str, str]:
    """Every stub as a student finds it."""
    return {exercise.id: blank_source(exercise) for exercise in lesson.exercises}


def blank_source(exercise: Exercise) -> str:
    """The stub of one exercise."""
    if exercise.is_prediction:
        return "\n".join(f"{name} = ..." for name in exercise.subjects)
    lines: list[str] = []
    inside = False
    for line in exercise.cell.source.splitlines():
        if line.strip() == "### BEGIN SOLUTION":
            inside = True
            lines.append(textwrap.indent(exercise.cell.given or "raise NotAttempted", line.split("#")[0]))
        elif line.strip() == "### END SOLUTION":
            inside = False
        elif not inside:
            lines.append(line)
    return "\n".join(lines)


def _outcome(exercise: Exercise, test: Cell, scope: dict[str, Any]) -> Outcome:
    state, message = "right", ""
    try:
        _run(test_source(exercise, test), scope, f"{exercise.id} test")
    except NotAttempted as error:
        state, message = "not attempted", str(error)
    except CheckFailed as error:
        state, message = "wrong", str(error)
    except (Exception, OutOfTime) as error:
        state, message = "wrong", f"{type(error).__name__}: {error}"
    points = test.points if state == "right" else 0.0
    return Outcome(exercise.id, test_id(exercise, test), state, message, points, test.points)


def _run(source: str, scope: dict[str, Any], name: str) -> None:
    with _time_limit(CELL_SECONDS), contextlib.redirect_stdout(io.StringIO()):
        exec(compile(source, f"<{name}>", "exec"), scope)


@contextlib.contextmanager
def _time_limit(seconds: int) -> Iterator[None]:
    def stop(signum: int, frame: Any) -> None:
        raise OutOfTime(f"still running after {seconds} seconds")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
