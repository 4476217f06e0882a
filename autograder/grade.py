"""`autograder grade`: submissions to marks, feedback pages and a report, through nbgrader's own steps."""

import argparse
import json
import re
import shutil
import sys
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
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from sqlalchemy.exc import SAWarning
from traitlets.config import Config

from autograder.course import Classroom, Course, CourseError
from autograder.feedback import write_index
from autograder.lesson import Lesson
from autograder.notebook import SET_UP
from autograder.report import FRESH_COPY, exercise_reports, not_run
from autograder.settings import configure, nbgrader_api

Report = dict[str, Any]

# what nbgrader's log holds when it gives up on a submission -> what the student can do
CAUSES = {
    "DeadKernelError": "Python itself stopped while a cell ran (os._exit(), a crash, no memory left): "
    "restart the kernel, run all cells, mend the one at which it stops, and hand it in again",
    **dict.fromkeys(
        ("SchemaTooOldError", "SchemaTooNewError", "ValidationError", "KeyError: 'grade_id'"),
        f"the hidden data by which the grader knows its cells were changed: {FRESH_COPY}",
    ),
}


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
    for path in misplaced(course, classroom):
        expected = f"a folder named like a lesson, one of {', '.join(course.names())}"
        print(f"not graded: expected {expected}, got {path}", file=sys.stderr)
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
    everything = [*_earlier_reports(classroom, lessons), *reports]
    everything.sort(key=lambda report: (report["student"], report["lesson"]))
    (classroom.root / "report.json").write_text(json.dumps(everything, indent=1) + "\n", encoding="utf-8")
    _write_csv(classroom)
    write_index(classroom, everything)
    return reports


def _earlier_reports(classroom: Classroom, lessons: list[Lesson]) -> list[Report]:
    """What the last report says of other lessons."""
    try:
        earlier: list[Report] = json.loads((classroom.root / "report.json").read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):  # none yet, or one whose writing was cut short
        return []
    return [report for report in earlier if report["lesson"] not in [lesson.name for lesson in lessons]]


def find_submissions(classroom: Classroom, lessons: list[Lesson]) -> Iterator[Submission]:
    """Every student's folder for every one of these lessons, where there is one."""
    for student in classroom.students():
        for lesson in lessons:
            folder = classroom.submitted / student / lesson.name
            if folder.is_dir():
                yield Submission(student, lesson, folder)


def misplaced(course: Course, classroom: Classroom) -> Iterator[Path]:
    """What students handed in that is no folder named like a lesson, and so is not graded."""
    for student in classroom.students():
        for folder in sorted((classroom.submitted / student).glob("[!.]*")):
            if not (folder.is_dir() and folder.name in course.names()):
                yield folder.relative_to(classroom.root)


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
    try:
        reason = _why_unreadable(submission) or _autograde(api, submission) or _write_feedback(api, submission)
        report = _failed(classroom, submission, reason) if reason else _report(classroom, submission)
    except Exception as error:  # whatever it is, the others are graded
        reason = f"the grader failed on it ({type(error).__name__}: {error}): {FRESH_COPY}"
        report = _failed(classroom, submission, reason)
    return {**report, "seconds": round(time.perf_counter() - start, 2)}


def _why_unreadable(submission: Submission) -> str:
    path = submission.notebook
    if set(submission.student) & set("*?[]"):
        return f"the folder {submission.student!r} has one of * ? [ ] in its name: the instructor must rename it"
    if not path.is_file():
        found = ", ".join(sorted(other.name for other in submission.folder.iterdir())) or "nothing"
        return f"expected the notebook {path.name}, got {found}: hand it in again under that name"
    try:
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
    except Exception as error:
        return (
            f"{path.name} is not a readable notebook ({type(error).__name__}): download it again and hand it in again"
        )
    if SET_UP not in [cell.metadata.get("nbgrader", {}).get("grade_id") for cell in notebook.cells]:
        return f"the notebook has no set-up cell of {submission.lesson.name}: {FRESH_COPY}"
    return ""


def _autograde(api: NbGraderAPI, submission: Submission) -> str:
    result = api.autograde(submission.lesson.name, submission.student, force=True, create=True)
    return "" if result["success"] else _cause(result)


def _write_feedback(api: NbGraderAPI, submission: Submission) -> str:
    result = api.generate_feedback(submission.lesson.name, submission.student, force=True)
    return "" if result["success"] else _cause(result)


def _cause(result: dict[str, Any]) -> str:
    text = f"{result.get('log', '')}\n{result.get('error', '')}"
    known = [sentence for name, sentence in CAUSES.items() if name in text]
    lines = [line.strip() for line in text.splitlines() if re.match(r"[\w.]*(Error|Exception)\b", line)]
    unknown = f"nbgrader could not grade it ({lines[-1] if lines else 'it does not say why'}): {FRESH_COPY}"
    return known[0] if known else unknown


def _report(classroom: Classroom, submission: Submission) -> Report:
    name, lesson = submission.student, submission.lesson
    graded = nbformat.read(classroom.autograded / name / lesson.name / f"{lesson.name}.ipynb", as_version=4)
    exercises = exercise_reports(lesson, graded)
    with Gradebook(classroom.gradebook) as gradebook:
        score = gradebook.find_submission(lesson.name, name).score
    return _entry(submission, "graded", score, exercises)


def _failed(classroom: Classroom, submission: Submission, reason: str) -> Report:
    _forget_earlier_marks(classroom, submission)
    return _entry(submission, "failed", 0.0, not_run(submission.lesson, reason))


def _forget_earlier_marks(classroom: Classroom, submission: Submission) -> None:
    """What was handed in before and replaced counts no more; grades.csv gets a row of zeros."""
    name, lesson = submission.student, submission.lesson.name
    for folder in (classroom.autograded, classroom.feedback):
        shutil.rmtree(folder / name / lesson, ignore_errors=True)
    with Gradebook(classroom.gradebook) as gradebook:
        gradebook.update_or_create_student(name)
        for notebook in gradebook.update_or_create_submission(lesson, name).notebooks:
            for grade in notebook.grades:
                grade.auto_score = 0
        gradebook.db.commit()


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
            progress.update(task, description=escape(f"{one.student} {one.lesson.name}"))
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
        table.add_row(escape(report["student"]), report["lesson"], report["status"], *marks, *counts)
    Console().print(table)
