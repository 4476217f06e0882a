"""`autograder status`: a graded class at a glance, from its report."""

import argparse
import json
import statistics
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.course import Course, CourseError
from autograder.messages import one_by_one, taken_apart

Report = dict[str, Any]
STATES = ("right", "wrong", "not attempted", "not run")
MOST = 5  # hidden tests and mistakes that are listed for a lesson


@dataclass(frozen=True)
class ExerciseStatus:
    """What became of an exercise. states: how many are in each. shares: of its points, one for each submission."""

    id: str
    max_points: float
    states: Counter[str]
    shares: list[float]

    @property
    def mean(self) -> float:
        return statistics.fmean(self.shares)

    @property
    def spread(self) -> float:
        """Standard deviation of the shares."""
        return statistics.pstdev(self.shares)


@dataclass(frozen=True)
class LessonStatus:
    """What became of a lesson. marks: one for each submission. hidden: (exercise, what a failed hidden test covers).

    mistakes: (exercise, what a check named as the likely mistake); both with the number of submissions.
    """

    name: str
    max_score: float
    statuses: Counter[str]
    marks: list[float]
    exercises: list[ExerciseStatus]
    hidden: Counter[tuple[str, str]]
    mistakes: Counter[tuple[str, str]]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The verb's arguments."""
    parser.add_argument("lessons", nargs="*", metavar="LESSON", help="names or numbers; all when none is given")
    parser.add_argument("--classroom", type=Path, default=Path("classroom"), metavar="DIR", help="default: classroom")


def run(course: Course, options: argparse.Namespace) -> int:
    """Prints the status of each lesson."""
    wanted = course.pick(options.lessons)
    found = [one for one in overview(read_report(options.classroom)) if one.name in wanted]
    if not found:
        raise CourseError(f"expected graded work for {', '.join(wanted)}, got none in {options.classroom}/report.json")
    for lesson in found:
        _print(lesson)
    return 0


def read_report(classroom: Path) -> list[Report]:
    """The class's report. Raises CourseError if there is none, or none that can be read."""
    path = classroom / "report.json"
    try:
        reports: list[Report] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CourseError(f"expected {path}, got nothing there: run 'autograder grade' first") from None
    except ValueError as error:
        raise CourseError(f"expected a report in {path}, got {error}: run 'autograder grade' again") from None
    return reports


def overview(reports: list[Report]) -> list[LessonStatus]:
    """The status of each lesson that reports speak of, in order."""
    names = sorted({report["lesson"] for report in reports})
    return [_lesson(name, [report for report in reports if report["lesson"] == name]) for name in names]


def _lesson(name: str, reports: list[Report]) -> LessonStatus:
    exercises = [one for report in reports for one in report["exercises"]]
    said = [(exercise["id"], parts) for exercise in exercises for parts in _said(exercise)]
    return LessonStatus(
        name,
        max(report["max_score"] for report in reports),
        Counter(report["status"] for report in reports),
        [float(report["score"]) for report in reports],
        [_exercise(id, exercises) for id in dict.fromkeys(one["id"] for one in exercises)],
        Counter((id, parts["covers"]) for id, parts in said if "covers" in parts),
        Counter((id, parts["likely"]) for id, parts in said if "likely" in parts),
    )


def _exercise(id: str, exercises: list[dict[str, Any]]) -> ExerciseStatus:
    all_of_it = [one for one in exercises if one["id"] == id]
    shares = [one["points"] / one["max_points"] for one in all_of_it]
    return ExerciseStatus(id, all_of_it[-1]["max_points"], Counter(one["state"] for one in all_of_it), shares)


def _said(exercise: dict[str, Any]) -> list[dict[str, str]]:
    """The parts of each message, the same mistake only once: two tests may name it."""
    said = [dict(taken_apart(message)[1]) for message in one_by_one(exercise["message"])]
    named: set[str] = set()
    for parts in said:
        if parts.get("likely", "") in named:
            parts.pop("likely", None)
        named.add(parts.get("likely", ""))
    return said


def _print(lesson: LessonStatus) -> None:
    from rich.console import Console
    from rich.markup import escape

    console = Console(highlight=False)
    statuses = ", ".join(f"{count} {status}" for status, count in lesson.statuses.most_common())
    mean, spread = statistics.fmean(lesson.marks), statistics.pstdev(lesson.marks)
    console.print(f"[bold]{lesson.name}[/]   {len(lesson.marks)} handed in: {statuses}")
    console.print(f"marks: mean {mean:.1f}, spread {spread:.1f}, of {lesson.max_score:g}")
    console.print(_table(lesson))
    for title, found in (("hidden tests failed", lesson.hidden), ("mistakes named", lesson.mistakes)):
        if found:
            console.print(f"[bold]{title} most often[/]")
        for (exercise, text), count in found.most_common(MOST):
            console.print(f"  {count:>4}  {exercise}: {escape(text)}", soft_wrap=True)
    console.print()


def _table(lesson: LessonStatus) -> Any:
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    table.add_column("exercise", no_wrap=True)
    for heading in ("mean", "spread", *STATES):
        table.add_column(heading, justify="right")
    for one in lesson.exercises:
        counts = [str(one.states[state]) for state in STATES]
        table.add_row(one.id, f"{one.mean:.0%}", f"{one.spread:.0%}", *counts)
    return table
