"""Every test of a lesson says the same where the answer is an object and where it is a handle to another process."""

import contextlib
import io
import types
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from autograder import notebook
from autograder.course import find_course
from autograder.lesson import Cell, Exercise, Lesson, parse_lesson
from autograder.planted import Planted, read_planted
from autograder.trial import Outcome, blank_answers, run_trial
from forwardpass.check import CheckFailed, NotAttempted
from forwardpass.check.transport import using

from .handles import Handle, Handles, handles

COURSE = find_course(Path(__file__))
MINI = Path(__file__).parents[1] / "autograder" / "mini" / "lessons" / "01_moving" / "lesson.py"
EVERYTHING = Path(__file__).with_name("lessons") / "every_check" / "lesson.py"
LESSONS = [COURSE.root / "lessons" / name / "lesson.py" for name in COURSE.names()]
PATHS = [MINI, EVERYTHING, *LESSONS]


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[Handles]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    with handles() as transport:
        yield transport
    torch.set_num_threads(threads)


def judge(elsewhere: Handles, lesson: Lesson, answers: dict[str, str]) -> tuple[list[Outcome], dict[str, Any]]:
    """What each test says of answers that live elsewhere, and the namespace in which the tests ran."""
    sources = [answers.get(exercise.id, exercise.cell.source) for exercise in lesson.exercises]
    subjects = [name for exercise in lesson.exercises for name in exercise.subjects]
    scope = types.ModuleType("__main__").__dict__
    exec(lesson.setup.source, scope)
    scope.update(elsewhere.reset([lesson.setup.source, *sources], subjects))
    with using(elsewhere):
        return [outcome(exercise, test, scope) for exercise in lesson.exercises for test in exercise.tests], scope


def outcome(exercise: Exercise, test: Cell, scope: dict[str, Any]) -> Outcome:
    state, message = "right", ""
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            exec(compile(notebook.test_source(exercise, test), "<test>", "exec"), scope)
    except NotAttempted as error:
        state, message = "not attempted", str(error)
    except CheckFailed as error:
        state, message = "wrong", str(error)
    except Exception as error:
        state, message = "wrong", f"{type(error).__name__}: {error}"
    points = test.points if state == "right" else 0.0
    return Outcome(exercise.id, notebook.test_id(exercise, test), state, message, points, test.points)


def planted_in(path: Path, quick: int = 1000) -> list[Any]:
    """Each planted answer, with a lesson that holds its exercise alone; after `quick` of a kind they are slow tests."""
    lesson = parse_lesson(path)
    parameters, seen = [], Counter[tuple[str, str]]()
    for one in read_planted(lesson):
        seen[one.exercise, one.kind] += 1
        slow = [pytest.mark.slow] if seen[one.exercise, one.kind] > quick else []
        part = replace(lesson, exercises=[lesson.exercise(one.exercise)])
        parameters.append(pytest.param(part, one, id=f"{one.exercise}-{one.name}", marks=slow))
    return parameters


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.parent.name)
def test_reference_solutions_are_right_both_ways(elsewhere: Handles, path: Path) -> None:
    lesson = parse_lesson(path)
    seen, scope = judge(elsewhere, lesson, {})
    assert seen == run_trial(lesson)
    assert {one.state for one in seen} == {"right"}
    assert {type(scope[name]) for exercise in lesson.exercises for name in exercise.subjects} == {Handle}


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.parent.name)
def test_blank_stubs_are_not_attempted_both_ways(elsewhere: Handles, path: Path) -> None:
    lesson = parse_lesson(path)
    blank = blank_answers(lesson)
    seen, _ = judge(elsewhere, lesson, blank)
    assert seen == run_trial(lesson, blank)
    assert {one.state for one in seen} == {"not attempted"}


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.parent.name)
def test_answers_that_define_nothing_are_missed_both_ways(elsewhere: Handles, path: Path) -> None:
    lesson = parse_lesson(path)
    broken = {exercise.id: "1 // 0" for exercise in lesson.exercises}
    seen, _ = judge(elsewhere, lesson, broken)
    assert seen == run_trial(lesson, broken)
    assert {one.points for one in seen} == {0.0}


PLANTED = [
    *planted_in(MINI),
    *planted_in(EVERYTHING),
    *(case for path in LESSONS for case in planted_in(path, quick=3)),
]


@pytest.mark.parametrize(("lesson", "one"), PLANTED)
def test_planted_answers_get_the_same_verdict_both_ways(elsewhere: Handles, lesson: Lesson, one: Planted) -> None:
    answers = {one.exercise: one.source}
    seen, _ = judge(elsewhere, lesson, answers)
    assert seen == run_trial(lesson, answers)


@pytest.mark.parametrize(("lesson", "one"), planted_in(EVERYTHING))
def test_every_kind_of_mistake_is_rejected_by_name(lesson: Lesson, one: Planted) -> None:
    seen = run_trial(lesson, {one.exercise: one.source})
    assert all(test.state == "right" for test in seen) == (one.kind == "alternative")
    assert one.named in " ".join(" ".join(test.message for test in seen).split())
