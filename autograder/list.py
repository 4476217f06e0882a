"""`autograder list`: lessons, exercises, points."""

import argparse
import json
from typing import Any

from rich.console import Console
from rich.table import Table

from autograder.course import Course
from autograder.lesson import Exercise, Lesson


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The verb's arguments."""
    parser.add_argument("--json", action="store_true", help="as JSON")


def run(course: Course, options: argparse.Namespace) -> int:
    """Prints the list."""
    lessons = [_lesson_entry(lesson) for lesson in course.lessons()]
    if options.json:
        print(json.dumps(lessons, indent=1))
        return 0
    for lesson in lessons:
        _print(lesson)
    return 0


def _lesson_entry(lesson: Lesson) -> dict[str, Any]:
    return {
        "lesson": lesson.name,
        "title": lesson.title,
        "points": lesson.points,
        "exercises": [_exercise_entry(exercise) for exercise in lesson.exercises],
        "by_hand": [
            {"id": cell.id, "points": cell.points, "minutes": cell.options["minutes"]} for cell in lesson.written
        ],
    }


def _exercise_entry(exercise: Exercise) -> dict[str, Any]:
    options = exercise.cell.options
    return {
        "id": exercise.id,
        "kind": "prediction" if exercise.is_prediction else "exercise",
        "names": exercise.subjects,
        "points": exercise.points,
        "hidden_points": sum(test.points for test in exercise.tests if test.hidden),
        "minutes": options["minutes"],
        "difficulty": options.get("difficulty"),
    }


def _print(lesson: dict[str, Any]) -> None:
    table = Table(title=f"{lesson['lesson']}: {lesson['title']}, {lesson['points']:g} points", title_justify="left")
    for heading in ("exercise", "kind", "points", "hidden", "minutes", "difficulty"):
        table.add_column(heading, justify="left" if heading in ("exercise", "kind") else "right")
    for one in lesson["exercises"]:
        numbers = (f"{one['points']:g}", f"{one['hidden_points']:g}", str(one["minutes"]), str(one["difficulty"] or ""))
        table.add_row(one["id"], one["kind"], *numbers)
    for one in lesson["by_hand"]:
        table.add_row(one["id"], "by hand", f"{one['points']:g} apart", "", str(one["minutes"]), "")
    Console().print(table)
