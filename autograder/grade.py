"""`autograder grade`: submissions to marks, feedback pages and a report, through nbgrader's own steps."""

import argparse
import json
import time
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbgrader.api import Gradebook
from nbgrader.apps.api import NbGraderAPI
from nbgrader.plugins.export import CsvExportPlugin
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from sqlalchemy.exc import SAWarning
from traitlets.config import Config

from autograder.course import Classroom, Course, CourseError
from autograder.feedback import write_index
from autograder.lesson import Lesson
from autograder.report import exercise_reports, not_run
from autograder.settings import configure, nbgrader_api

Report = dict[str, Any]


@dataclass(frozen=True)
class Submission:
    """One student's folder for one lesson."""

    student: str
    lesson: Lesson
    folder: Path

    @property
    def notebook(self) -> Path:
        return self.folder / f"{self.lesson.name}.ipynb"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The verb's arguments."""
    parser.add_argument("lessons", nargs="*", metavar="LESSON", help="names or numbers; all when none is given")
    parser.add_argument("--classroom", type=Path, default=Path("classroom"), metavar="DIR", help="default: classroom")


def run(course: Course, options: argparse.Namespace) -> int:
    """Grades all that was submitted, writes the results, prints a table."""
    warnings.simplefilter("ignore", SAWarning)  # nbgrader's own use of its database
    classroom = Classroom(options.classroom.absolute())
    reports = grade(course, classroom, course.lessons(options.lessons))
    _print_table(reports)
    print(f"gradebook.db, grades.csv, report.json, autograded/ and feedback/ are in {options.classroom}")
    return 0


def grade(course: Course, classroom: Classroom, lessons: list[Lesson]) -> list[Report]:
    """Grades every submission of these lessons and writes gradebook, feedback, grades.csv and report.json.

    A submission that can't be graded gets the status 'failed' and a reason; it never stops the others.
    Raises CourseError if nothing was submitted.
    """
    submissions = list(find_submissions(classroom, lessons))
    if not submissions:
        raise CourseError(
            f"expected submissions such as {classroom.submitted}/STUDENT/{lessons[0].name}/{lessons[0].name}.ipynb, "
            f"got none; 'autograder sample {classroom.root}' makes a sample class"
        )
    api = _prepared_api(course, classroom, {one.lesson.name for one in submissions})
    reports = [_graded(api, classroom, one) for one in _with_progress(submissions)]
    (classroom.root / "report.json").write_text(json.dumps(reports, indent=1) + "\n", encoding="utf-8")
    _write_csv(classroom)
    write_index(classroom, reports)
    return reports


def find_submissions(classroom: Classroom, lessons: list[Lesson]) -> Iterator[Submission]:
    """Every student's folder for every one of these lessons, where there is one."""
    for student in classroom.students():
        for lesson in lessons:
            folder = classroom.submitted / student / lesson.name
            if folder.is_dir():
                yield Submission(student, lesson, folder)


def _prepared_api(course: Course, classroom: Classroom, names: set[str]) -> NbGraderAPI:
    """nbgrader for this classroom, its gradebook filled with the tests of these lessons."""
    config = configure(Config(), classroom, course.root)
    config.CourseDirectory.release_directory = str(classroom.root / "release")
    api = nbgrader_api(config)
    for name in sorted(names):
        result = api.generate_assignment(name, force=True, create=True)
        if not result["success"]:
            raise CourseError(f"nbgrader could not read solutions/{name}: run 'autograder build'.\n{result['log']}")
    return api


def _graded(api: NbGraderAPI, classroom: Classroom, submission: Submission) -> Report:
    start = time.perf_counter()
    reason = _why_unreadable(submission) or _autograde(api, submission)
    if reason:
        report = _failed(submission, reason)
    else:
        report = _report(classroom, submission)
        api.generate_feedback(submission.lesson.name, submission.student, force=True)
    return {**report, "seconds": round(time.perf_counter() - start, 2)}


def _why_unreadable(submission: Submission) -> str:
    path = submission.notebook
    if not path.is_file():
        found = ", ".join(sorted(other.name for other in submission.folder.iterdir())) or "nothing"
        return f"expected the notebook {path.name}, got {found}: hand it in again under that name"
    try:
        nbformat.validate(nbformat.read(path, as_version=4))
    except Exception as error:
        return (
            f"{path.name} is not a readable notebook ({type(error).__name__}): download it again and hand it in again"
        )
    return ""


def _autograde(api: NbGraderAPI, submission: Submission) -> str:
    result = api.autograde(submission.lesson.name, submission.student, force=True, create=True)
    return "" if result["success"] else f"nbgrader could not grade it: {_last_error(result)}"


def _last_error(result: dict[str, Any]) -> str:
    lines = [line.strip() for line in (result.get("log") or "").splitlines() if "rror" in line]
    lines = [line for line in lines if "Please see" not in line]
    return lines[-1] if lines else str(result.get("error", "")).strip().splitlines()[-1]


def _report(classroom: Classroom, submission: Submission) -> Report:
    name, lesson = submission.student, submission.lesson
    graded = nbformat.read(classroom.autograded / name / lesson.name / f"{lesson.name}.ipynb", as_version=4)
    exercises = exercise_reports(lesson, graded)
    with Gradebook(classroom.gradebook) as gradebook:
        score = gradebook.find_submission(lesson.name, name).score
    return _entry(submission, "graded", score, exercises)


def _failed(submission: Submission, reason: str) -> Report:
    return _entry(submission, "failed", 0.0, not_run(submission.lesson, reason))


def _entry(submission: Submission, status: str, score: float, exercises: list[Report]) -> Report:
    return {
        "student": submission.student,
        "lesson": submission.lesson.name,
        "status": status,
        "score": score,
        "max_score": submission.lesson.points,
        "seconds": 0.0,
        "exercises": exercises,
    }


def _write_csv(classroom: Classroom) -> None:
    exporter = CsvExportPlugin()
    exporter.to = str(classroom.root / "grades.csv")
    with Gradebook(classroom.gradebook) as gradebook:
        exporter.export(gradebook)


def _with_progress(submissions: list[Submission]) -> Iterator[Submission]:
    """The submissions, with a bar on a terminal and a line for each elsewhere."""
    console = Console()
    if not console.is_terminal:
        for number, one in enumerate(submissions, 1):
            print(f"grading {number} of {len(submissions)}: {one.student} {one.lesson.name}", flush=True)
            yield one
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("grading", total=len(submissions))
        for one in submissions:
            progress.update(task, description=f"{one.student} {one.lesson.name}")
            yield one
            progress.advance(task)


def _print_table(reports: list[Report]) -> None:
    table = Table(title="Marks", title_justify="left")
    for heading in ("student", "lesson", "status", "marks", "of", "right", "wrong", "not attempted"):
        table.add_column(heading, justify="left" if heading in ("student", "lesson", "status") else "right")
    for report in reports:
        states = [exercise["state"] for exercise in report["exercises"]]
        counts = [str(states.count(state)) for state in ("right", "wrong", "not attempted")]
        marks = (f"{report['score']:g}", f"{report['max_score']:g}")
        table.add_row(report["student"], report["lesson"], report["status"], *marks, *counts)
    Console().print(table)
