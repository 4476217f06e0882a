"""`autograder feedback`: the feedback pages once more, with the marks and comments that people gave since."""

import argparse
from pathlib import Path
from typing import Any

import nbformat

from autograder.by_hand import ByHand, given_by_hand
from autograder.course import Classroom, Course, CourseError
from autograder.gradebook import open_gradebook
from autograder.lesson import Lesson
from autograder.pages import feedback_page, write_index
from autograder.replacing import replacing
from autograder.settings import COURSE_ID
from autograder.status import read_report

Report = dict[str, Any]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The verb's arguments."""
    parser.add_argument("lessons", nargs="*", metavar="LESSON", help="names or numbers; all when none is given")
    parser.add_argument("--classroom", type=Path, default=Path("classroom"), metavar="DIR", help="default: classroom")
    parser.add_argument("--db", default="", metavar="URL", help="the gradebook; default: gradebook.db in the classroom")


def run(course: Course, options: argparse.Namespace) -> int:
    """Writes every page anew, and the index."""
    classroom = Classroom(options.classroom.absolute(), options.db)
    reports = read_report(classroom.root)
    wanted = {lesson.name: lesson for lesson in course.lessons(options.lessons)}
    written = [*write_pages(classroom, wanted, reports)]
    if not written:
        raise CourseError(f"expected graded work for {', '.join(wanted)}, got none in {classroom.autograded}")
    write_index(classroom, reports)
    print(f"{len(written)} pages are in {options.classroom / 'feedback'}")
    return 0


def write_pages(classroom: Classroom, lessons: dict[str, Lesson], reports: list[Report]) -> list[Path]:
    """The pages of what was executed. What could not be read has none."""
    gradebook = open_gradebook(classroom.gradebook, COURSE_ID)
    try:
        with gradebook.db() as db, db.begin():
            by_hand = {name: given_by_hand(db, name) for name in lessons}
    finally:
        gradebook.close()
    written = []
    for report in reports:
        student, name = report["student"], report["lesson"]
        executed = classroom.autograded / student / name / f"{name}.ipynb"
        if name not in lessons or not executed.is_file():
            continue
        notebook = nbformat.read(executed, as_version=nbformat.NO_CONVERT)
        page = feedback_page(lessons[name], notebook, report, by_hand[name].get(student, ByHand()))
        target = classroom.feedback / student / name / f"{name}.html"
        target.parent.mkdir(parents=True, exist_ok=True)
        with replacing(target) as unfinished:
            unfinished.write_text(page, encoding="utf-8", errors="replace")
        written.append(target)
    return written
