"""The notebooks that students get hold no answer, no hidden test and no output."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbgrader.nbgraderformat import MetadataValidator

from autograder.course import Course
from autograder.leaks import leaks, secret_lines
from autograder.lesson import Exercise, Lesson
from autograder.planted import Planted, read_planted
from autograder.rules import MIN_TELLING_LINE

LESSONS = Course(Path(__file__).resolve().parents[2]).names()


def released(course: Course, name: str) -> Any:
    return nbformat.read(course.release(name), as_version=4)


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def given(lesson: Lesson, exercise: Exercise) -> set[str]:
    """Lines that students get: of the stub or the code to mend, of visible tests, and of the set-up cell."""
    solution = {line for region in exercise.cell.solution_regions for line in region}
    lines = [line for line in exercise.cell.source.splitlines() if line not in solution]
    shown = [cell for cell in lesson.cells if cell.kind in ("setup", "test") and not cell.hidden]
    lines += exercise.cell.given.splitlines() + [line for cell in shown for line in cell.source.splitlines()]
    return {squeezed(line) for line in lines}


def telling(lesson: Lesson, planted: Planted) -> Iterator[str]:
    """Lines of a planted answer that say something alone: no comment, no import, no 'except ValueError:'."""
    for line in planted.source.splitlines():
        text = line.strip()
        says_little = len(text) < MIN_TELLING_LINE or text.startswith(("#", "import ", "from ")) or text.endswith(":")
        if not says_little and squeezed(text) not in given(lesson, lesson.exercise(planted.exercise)):
            yield text


@pytest.mark.parametrize("name", LESSONS)
def test_no_solution_and_no_hidden_test_is_released(name: str, course: Course) -> None:
    lesson = course.lesson(name)
    assert len(secret_lines(lesson)) > 20
    assert leaks(lesson, released(course, name)) == []


@pytest.mark.parametrize("name", LESSONS)
def test_no_planted_answer_is_released(name: str, course: Course) -> None:
    lesson, notebook = course.lesson(name), released(course, name)
    code = squeezed("\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code"))
    everything = squeezed("\n".join(cell.source for cell in notebook.cells))
    for planted in read_planted(lesson):
        lines = [*telling(lesson, planted)]
        place = everything if planted.kind == "alternative" else code  # prose may warn of a mistake
        found = [line for line in lines if squeezed(line) in place]
        assert 2 * len(found) <= len(lines), (planted.exercise, planted.name, found)  # a demo may draw numbers, too


@pytest.mark.parametrize("name", LESSONS)
def test_nothing_has_been_run(name: str, course: Course) -> None:
    code = [cell for cell in released(course, name).cells if cell.cell_type == "code"]
    assert [cell.id for cell in code if cell.outputs or cell.execution_count is not None] == []


@pytest.mark.parametrize("name", LESSONS)
def test_grading_metadata_is_valid(name: str, course: Course) -> None:
    lesson = course.lesson(name)
    for path in (course.release(name), course.solution(name)):
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
        MetadataValidator().validate_nb(notebook)
        marked = [cell.metadata.nbgrader for cell in notebook.cells if "nbgrader" in cell.metadata]
        assert {one.schema_version for one in marked} == {3}
        assert sum(one.points for one in marked if one.grade and not one.solution) == lesson.points
        by_hand = [one.grade_id for one in marked if one.grade and one.solution]
        assert by_hand == [cell.id for cell in lesson.written]
        assert len({one.grade_id for one in marked}) == len(marked)


@pytest.mark.parametrize("name", LESSONS)
def test_students_cannot_edit_tests_by_accident(name: str, course: Course) -> None:
    for cell in released(course, name).cells:
        if cell.metadata.get("nbgrader", {}).get("locked"):
            assert (cell.metadata.editable, cell.metadata.deletable) == (False, False), cell.id
