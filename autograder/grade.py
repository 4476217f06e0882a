"""`autograder grade`: submissions to marks, feedback pages and a report.

Starting up takes longer than many submissions do, so the processes that run them warm up while this one imports the
rest.
"""

import argparse
import math
import os
import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder import processes
from autograder.course import Classroom, Course, CourseError
from autograder.sandbox.bubblewrap import SandboxError, why_unavailable
from autograder.sandbox.forkserver import ForkServer
from autograder.sandbox.limits import Limits

if TYPE_CHECKING:
    from autograder.cluster import Cluster
    from autograder.pool import Engine

Report = dict[str, Any]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The verb's arguments."""
    parser.add_argument("lessons", nargs="*", metavar="LESSON", help="names or numbers; all when none is given")
    parser.add_argument("--classroom", type=Path, default=Path("classroom"), metavar="DIR", help="default: classroom")
    parser.add_argument("--db", default="", metavar="URL", help="the gradebook; default: gradebook.db in the classroom")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="submissions at a time; default: cores")
    parser.add_argument("--dask", default="", metavar="ADDRESS", help="grade on the Dask cluster with this scheduler")
    parser.add_argument("--no-feedback", action="store_true", help="write no feedback pages")
    parser.add_argument("--force", action="store_true", help="grade again what has not changed since it was graded")
    parser.add_argument("--unsandboxed", action="store_true", help="run students' code with your own rights")
    parser.add_argument(
        "--limit",
        action="append",
        default=[],
        metavar="NAME=NUMBER",
        help="what a student's kernel may use: "
        + ", ".join(f"{name}={value}" for name, value in asdict(Limits()).items()),
    )


def run(course: Course, options: argparse.Namespace) -> int:
    """Grades all that was submitted, writes the results, prints a table."""
    classroom = Classroom(options.classroom.absolute(), options.db)
    limits = limits_from(options.limit)
    late = late_imports(course, options.lessons)
    try:
        with _engine(late, limits, options) as engine:
            reports = _grade(course, classroom, engine, options)
    except SandboxError as error:
        if options.unsandboxed:
            raise CourseError(str(error)) from None
        raise CourseError(
            f"students' code can't be run safely here: {error}. 'autograder doctor' says more; "
            "--unsandboxed grades all the same, and lets every notebook do what you may do"
        ) from None
    print_table(reports)
    book = "" if options.db else "gradebook.db, "
    print(f"{book}grades.csv, report.json, autograded/ and feedback/ are in {options.classroom}")
    return 0


@contextmanager
def _engine(late: list[str], limits: Limits, options: argparse.Namespace) -> "Iterator[Engine]":
    """What executes submissions: this machine, or a cluster. Raises SandboxError or CourseError if it can't."""
    sandboxed = not options.unsandboxed
    if options.dask:
        with _cluster(options.dask, limits, sandboxed=sandboxed, also=late) as cluster:
            yield cluster
        return
    with ForkServer(sandboxed, late) as server:
        processes.warm_up(late)
        from autograder.pool import Here

        if sandboxed and (why := why_unavailable()):
            raise SandboxError(why)
        yield Here(server, limits, max(1, options.jobs))


def _cluster(*arguments: Any, **options: Any) -> "Cluster":
    try:
        from autograder.cluster import Cluster
    except ModuleNotFoundError as error:
        raise CourseError(f"--dask needs Dask here and on the workers ({error}): pip install distributed") from error
    return Cluster(*arguments, **options)


def _grade(course: Course, classroom: Classroom, engine: "Engine", options: argparse.Namespace) -> list[Report]:
    from autograder.desk import grade
    from autograder.progress import with_progress
    from autograder.submissions import misplaced

    for path in misplaced(course, classroom):
        expected = f"STUDENT/LESSON in UTF-8, with a lesson of {', '.join(course.names())}"
        print(f"not graded: expected {expected}, got {path}", file=sys.stderr)
    lessons = course.lessons(options.lessons)
    pages = not options.no_feedback
    return grade(course, classroom, lessons, engine, pages=pages, force=options.force, watch=with_progress)


def late_imports(course: Course, wanted: list[str]) -> list[str]:
    """Modules that only some lessons need and that take long to import: parts of SciPy, what makes optimizers."""
    paths = [course.root / "lessons" / name / "lesson.py" for name in course.pick(wanted)]
    text = "\n".join(path.read_text(encoding="utf-8", errors="replace") for path in paths)
    scipy = sorted(set(re.findall(r"^ *(?:from|import) (scipy[.\w]*)", text, re.MULTILINE)))
    return [*scipy, "torch._dynamo"] if "optim" in text else scipy


def limits_from(settings: Iterable[str]) -> Limits:
    """Limits with some changed, each given as NAME=NUMBER. Raises CourseError for anything else."""
    kinds: dict[str, Any] = {one.name: one.type for one in fields(Limits)}
    changed: dict[str, Any] = {}
    for setting in settings:
        name, _, number = setting.partition("=")
        try:
            changed[name] = kinds[name](number)
            if not 0 <= changed[name] < math.inf:
                raise ValueError(number)
        except (KeyError, ValueError):
            raise CourseError(f"--limit expects NAME=NUMBER with one of {', '.join(kinds)}, got {setting!r}") from None
    return replace(Limits(), **changed)


def print_table(reports: list[Report]) -> None:
    """Prints a line for each submission."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table(title="Marks", title_justify="left")
    for heading in ("student", "lesson", "status", "marks", "of", "right", "wrong", "not attempted"):
        table.add_column(heading, justify="left" if heading in ("student", "lesson", "status") else "right")
    for report in reports:
        states = [exercise["state"] for exercise in report["exercises"]]
        counts = [str(states.count(state)) for state in ("right", "wrong", "not attempted")]
        marks = (f"{report['score']:g}", f"{report['max_score']:g}")
        table.add_row(escape(report["student"]), report["lesson"], report["status"], *marks, *counts)
    Console().print(table)
    if unchanged := sum(report["unchanged"] for report in reports):
        print(f"{unchanged} of {len(reports)} unchanged since they were graded; --force grades them again")
