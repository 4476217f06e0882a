"""Every test of a lesson says the same of an answer in a student's kernel and in the examiner."""

import re
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from autograder.course import find_course
from autograder.lesson import Lesson, parse_lesson
from autograder.planted import Planted, read_planted
from autograder.trial import Outcome, blank_answers, run_trial

from . import elsewhere as other_process
from .elsewhere import Elsewhere

COURSE = find_course(Path(__file__))
MINI = Path(__file__).parent / "mini" / "lessons" / "01_moving" / "lesson.py"
EVERYTHING = Path(__file__).parents[1] / "forwardpass" / "lessons" / "every_check" / "lesson.py"
LESSONS = [COURSE.root / "lessons" / name / "lesson.py" for name in COURSE.names()]
PATHS = [MINI, EVERYTHING, *LESSONS]


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[Elsewhere]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    with other_process.elsewhere() as started:
        yield started
    torch.set_num_threads(threads)


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
def test_reference_solutions_are_right_in_both(elsewhere: Elsewhere, path: Path) -> None:
    lesson = parse_lesson(path)
    seen = elsewhere.judge(lesson, {})
    assert seen == run_trial(lesson)
    assert {one.state for one in seen} == {"right"}
    assert elsewhere.oddities == []


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.parent.name)
def test_blank_stubs_are_not_attempted_in_both(elsewhere: Elsewhere, path: Path) -> None:
    lesson = parse_lesson(path)
    blank = blank_answers(lesson)
    seen = elsewhere.judge(lesson, blank)
    assert seen == run_trial(lesson, blank)
    given = {exercise.id for exercise in lesson.exercises if exercise.cell.given}
    assert {one.state for one in seen if one.exercise not in given} == {"not attempted"}


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.parent.name)
def test_answers_that_define_nothing_are_missed_in_both(elsewhere: Elsewhere, path: Path) -> None:
    lesson = parse_lesson(path)
    broken = {exercise.id: "1 // 0" for exercise in lesson.exercises}
    seen = elsewhere.judge(lesson, broken)
    assert seen == run_trial(lesson, broken)
    assert {one.points for one in seen} == {0.0}


PLANTED = [
    *planted_in(MINI),
    *planted_in(EVERYTHING),
    *(case for path in LESSONS for case in planted_in(path, quick=3)),
]


@pytest.mark.parametrize(("lesson", "one"), PLANTED)
def test_planted_answers_get_the_same_verdict_in_both(elsewhere: Elsewhere, lesson: Lesson, one: Planted) -> None:
    answers = {one.exercise: one.source}
    assert without_paths(elsewhere.judge(lesson, answers)) == without_paths(run_trial(lesson, answers))
    assert elsewhere.oddities == []


def without_paths(outcomes: list[Outcome]) -> list[Outcome]:
    """With one name for every temporary folder, which messages may tell of."""
    folder = re.escape(tempfile.gettempdir()) + r"/tmp\w+"
    return [replace(one, message=re.sub(folder, "FOLDER", one.message)) for one in outcomes]


@pytest.mark.parametrize(("lesson", "one"), planted_in(EVERYTHING))
def test_every_kind_of_mistake_is_rejected_by_name(lesson: Lesson, one: Planted) -> None:
    seen = run_trial(lesson, {one.exercise: one.source})
    assert all(test.state == "right" for test in seen) == (one.kind == "alternative")
    assert one.named in " ".join(" ".join(test.message for test in seen).split())
