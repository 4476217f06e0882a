"""Where things are: the repository's folders, its lessons, and a classroom."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from autograder.lesson import Lesson


class CourseError(Exception):
    """Something that the person at the command line can mend; the text says how."""


@dataclass(frozen=True)
class Course:
    """The repository. root: the folder that holds lessons/, solutions/ and course/."""

    root: Path

    def names(self) -> list[str]:
        """Names of all lessons, in order."""
        return sorted(path.parent.name for path in (self.root / "lessons").glob("*/lesson.py"))

    def lesson(self, name: str) -> "Lesson":
        """The lesson, checked by all rules. Raises LessonError."""
        from autograder.lesson import parse_lesson  # jupytext takes a while, and not every command reads lessons
        from autograder.rules import check_lesson

        lesson = parse_lesson(Path(os.path.relpath(self.root)) / "lessons" / name / "lesson.py")
        check_lesson(lesson)
        return lesson

    def lessons(self, wanted: list[str] | None = None) -> "list[Lesson]":
        """The wanted lessons (all when none is named), by full name or by number such as '06'.

        Raises CourseError for a lesson that does not exist.
        """
        return [self.lesson(name) for name in self.pick(wanted or [])]

    def pick(self, wanted: list[str]) -> list[str]:
        """Full names for names or numbers; all names for none."""
        names = self.names()
        chosen = [next((name for name in names if name in (want, f"{want}_{name[3:]}")), want) for want in wanted]
        for name in chosen:
            if name not in names:
                raise CourseError(f"no lesson {name!r}: expected one of {', '.join(names)}")
        return chosen or names

    def solution(self, name: str) -> Path:
        """The instructor's notebook."""
        return self.root / "solutions" / name / f"{name}.ipynb"

    def release(self, name: str) -> Path:
        """The student's notebook."""
        return self.root / "course" / name / f"{name}.ipynb"


@dataclass(frozen=True)
class Classroom:
    """The folder of one class. database: SQLAlchemy address of its gradebook, if that is not a file in the folder."""

    root: Path
    database: str = ""

    @property
    def submitted(self) -> Path:
        return self.root / "submitted"

    @property
    def autograded(self) -> Path:
        return self.root / "autograded"

    @property
    def feedback(self) -> Path:
        return self.root / "feedback"

    @property
    def gradebook(self) -> str:
        """The gradebook's SQLAlchemy address."""
        return self.database or f"sqlite:///{(self.root / 'gradebook.db').absolute()}"

    def students(self) -> list[str]:
        """Names of all who have submitted something."""
        return sorted(path.name for path in self.submitted.glob("[!.]*") if path.is_dir())


def find_course(start: Path | None = None) -> Course:
    """The course around a folder (the current one), or else around this package.

    Raises CourseError if neither has a lessons/ folder.
    """
    here = (start or Path.cwd()).absolute()
    for folder in (here, *here.parents, Path(__file__).absolute().parents[1]):
        if (folder / "lessons").is_dir() and (folder / "nbgrader_config.py").is_file():
            return Course(folder)
    raise CourseError(f"expected to run inside a copy of the course (a folder with lessons/), got {here}")
