"""`autograder sample`: a class of submissions whose marks are known beforehand."""

import argparse
import copy
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import numpy as np

from autograder.build import write
from autograder.course import Classroom, Course, CourseError
from autograder.lesson import Exercise, Lesson
from autograder.planted import Planted, read_planted
from autograder.trial import blank_source, run_trial

RANDOM_STUDENTS = (
    "katherine",
    "leonhard",
    "maryam",
    "niels",
    "omar",
    "pierre",
    "ramanujan",
    "sofia",
    "turing",
    "ursula",
)
Answers = dict[str, str]


@dataclass(frozen=True)
class Bank:
    """All answers to a lesson that we know: reference, blank, planted."""

    lesson: Lesson
    planted: list[Planted]

    def reference(self, exercise: Exercise) -> str:
        return exercise.cell.source

    def blank(self, exercise: Exercise) -> str:
        return blank_source(exercise)

    def mistake(self, exercise: Exercise, number: int) -> str:
        return self._planted(exercise, "mistake", number)

    def alternative(self, exercise: Exercise, number: int) -> str:
        return self._planted(exercise, "alternative", number)

    def any(self, exercise: Exercise, rng: np.random.Generator) -> str:
        """One of all of them at random."""
        sources = [one.source for one in self.planted if one.exercise == exercise.id]
        pool = [self.reference(exercise), self.blank(exercise), *sources]
        return pool[int(rng.integers(len(pool)))]

    def _planted(self, exercise: Exercise, kind: str, number: int) -> str:
        sources = [one.source for one in self.planted if (one.exercise, one.kind) == (exercise.id, kind)]
        return sources[number % len(sources)] if sources else self.reference(exercise)


Kind = Callable[[Bank, Exercise, int, np.random.Generator], str]

# student -> what their answer to an exercise is; the number is the exercise's place in the lesson
CLASS: dict[str, Kind] = {
    "ada": lambda bank, exercise, number, rng: bank.reference(exercise),
    "blaise": lambda bank, exercise, number, rng: bank.blank(exercise),
    "carl": lambda bank, exercise, number, rng: bank.mistake(exercise, 0),
    "dorothy": lambda bank, exercise, number, rng: bank.mistake(exercise, 1),
    "emmy": lambda bank, exercise, number, rng: bank.mistake(exercise, 2),
    "fermat": lambda bank, exercise, number, rng: bank.mistake(exercise, 3),
    "grace": lambda bank, exercise, number, rng: bank.alternative(exercise, 0),
    "hypatia": lambda bank, exercise, number, rng: bank.alternative(exercise, 1),
    "isaac": lambda bank, exercise, number, rng: bank.reference(exercise) if number % 2 else bank.blank(exercise),
    "john": lambda bank, exercise, number, rng: bank.mistake(exercise, 0) if number % 2 else bank.reference(exercise),
    **{name: lambda bank, exercise, number, rng: bank.any(exercise, rng) for name in RANDOM_STUDENTS},
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The verb's arguments."""
    parser.add_argument("classroom", type=Path, metavar="DIR", help="the classroom to write")
    parser.add_argument(
        "--students", type=int, default=len(CLASS), help=f"how many, at most {len(CLASS)} (the default)"
    )


def run(course: Course, options: argparse.Namespace) -> int:
    """Writes the class; refuses to touch a classroom that holds submissions."""
    classroom = Classroom(options.classroom)
    if classroom.students():
        raise CourseError(f"{classroom.submitted} holds submissions already: name an empty folder")
    if not 1 <= options.students <= len(CLASS):
        raise CourseError(f"expected 1 to {len(CLASS)} students, got {options.students}")
    expected = write_class(course, classroom, list(CLASS)[: options.students])
    print(f"{options.students} students, {len(expected)} submissions in {classroom.submitted}")
    return 0


def write_class(course: Course, classroom: Classroom, students: list[str]) -> list[dict[str, Any]]:
    """Writes submitted/ and expected.json, and returns what the latter holds: student, lesson, score, points.

    The marks come from running the tests on the answers directly, without nbgrader.
    """
    expected = []
    for lesson in course.lessons():
        bank = Bank(lesson, read_planted(lesson))
        for student in students:
            answers = choose_answers(bank, student)
            path = classroom.submitted / student / lesson.name / f"{lesson.name}.ipynb"
            write(filled_in(_released(course, lesson), answers), path)
            expected.append(_expected(lesson, student, answers))
    (classroom.root / "expected.json").write_text(json.dumps(expected, indent=1) + "\n", encoding="utf-8")
    return expected


def choose_answers(bank: Bank, student: str) -> Answers:
    """What this student of the sample class answers, always the same."""
    rng = np.random.default_rng([len(bank.lesson.name), *student.encode()])
    return {
        exercise.id: CLASS[student](bank, exercise, number, rng)
        for number, exercise in enumerate(bank.lesson.exercises)
    }


def _released(course: Course, lesson: Lesson) -> Any:
    path = course.release(lesson.name)
    if not path.exists():
        raise CourseError(f"expected {path}, which does not exist: run 'autograder build'")
    return nbformat.read(path, as_version=4)


def filled_in(notebook: Any, answers: Answers) -> Any:
    """A student's notebook with these answers typed in."""
    notebook = copy.deepcopy(notebook)
    for cell in notebook.cells:
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
        if grade_id in answers:
            cell.source = answers[grade_id]
    return notebook


def _expected(lesson: Lesson, student: str, answers: Answers) -> dict[str, Any]:
    outcomes = run_trial(lesson, answers)
    points = {exercise.id: 0.0 for exercise in lesson.exercises}
    for outcome in outcomes:
        points[outcome.exercise] += outcome.points
    return {"student": student, "lesson": lesson.name, "score": sum(points.values()), "points": points}
