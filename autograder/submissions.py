"""What a class has handed in, folder by folder."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.course import Classroom, Course
from autograder.lesson import Lesson


@dataclass(frozen=True)
class Submission:
    """One student's folder for one lesson."""

    student: str
    lesson: Lesson
    folder: Path


def find_submissions(classroom: Classroom, lessons: list[Lesson]) -> Iterator[Submission]:
    """Every student's folder for every one of these lessons, where there is one; a link to another place is none."""
    for student in filter(_is_text, classroom.students()):
        for lesson in lessons:
            folder = classroom.submitted / student / lesson.name
            if folder.is_dir() and not folder.is_symlink():
                yield Submission(student, lesson, folder)


def misplaced(course: Course, classroom: Classroom) -> Iterator[Path]:
    """What was handed in and is not graded: names that are no text, and all but folders named like a lesson."""
    for student in classroom.students():
        if not _is_text(student):
            yield Path("submitted", os.fsencode(student).decode("utf-8", "backslashreplace"))
            continue
        for folder in sorted((classroom.submitted / student).glob("[!.]*")):
            if folder.is_symlink() or not (folder.is_dir() and folder.name in course.names()):
                yield folder.relative_to(classroom.root)


def _is_text(name: str) -> bool:
    """Whether a file's name is UTF-8: what an old archive made on another system may not be."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
