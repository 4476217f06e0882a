"""Marks for a learning-management system: plugins of `nbgrader export`.

`nbgrader export --exporter=autograder.exports.CanvasExportPlugin --to=canvas.csv`, or MoodleExportPlugin.
"""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nbgrader.api import Assignment, Gradebook, Student, SubmittedAssignment
from nbgrader.plugins import ExportPlugin
from sqlalchemy import select
from traitlets import Dict, Enum, Unicode

from autograder.replacing import replacing

_Row = list[str]


class TableExportPlugin(ExportPlugin):  # type: ignore[misc]
    """One line for each student, one column for each lesson, in the order of the names.

    A mark is what nbgrader's own export gives: the score less the late penalty, at least 0.
    """

    columns = Dict(Unicode(), help="Names of lessons in the other system, by their names here").tag(config=True)
    missing = Unicode("", help="What stands for work that was not handed in; most systems skip an empty cell").tag(
        config=True
    )
    file_name = ""

    def export(self, gradebook: Gradebook) -> None:
        """Writes the table; an earlier one is replaced only when the new one is complete."""
        path = Path(self.to or self.file_name)
        with replacing(path) as unfinished, open(unfinished, "w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(self.rows(gradebook))
        self.log.info("Exported marks to %s", path)

    def rows(self, gradebook: Gradebook) -> Iterator[_Row]:
        """The lines of the table, the header first.

        Raises ValueError for a lesson or student that the gradebook does not have.
        """
        lessons = sorted(_wanted(gradebook.assignments, "name", self.assignment), key=lambda lesson: lesson.name)
        students = sorted(_wanted(gradebook.students, "id", self.student), key=lambda student: student.id)
        marks = _marks(gradebook)
        yield from self.header(lessons)
        for student in students:
            own = [marks.get((student.id, lesson.name)) for lesson in lessons]
            yield [*self.identity(student), *(self.missing if mark is None else _number(mark) for mark in own)]

    def header(self, lessons: list[Any]) -> Iterator[_Row]:
        """The lines above the students."""
        raise NotImplementedError

    def identity(self, student: Any) -> _Row:
        """The cells that tell who a line is about."""
        raise NotImplementedError

    def title(self, lesson: Any) -> str:
        """A lesson's name in the other system."""
        return str(self.columns.get(lesson.name, lesson.name))


class CanvasExportPlugin(TableExportPlugin):
    """A file for Canvas: Grades, Import.

    Canvas finds an assignment by a column such as "Lesson 06 (12345)", number included, as its own export writes it:
    set `columns`, or choose in the page that Canvas shows. It finds a student by one of three ids: set `key`.
    """

    key = Enum(["SIS Login ID", "SIS User ID", "ID"], "SIS Login ID", help="What a student's name here is there").tag(
        config=True
    )
    file_name = "canvas.csv"
    _IDENTITY = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")

    def header(self, lessons: list[Any]) -> Iterator[_Row]:
        """Names, and below them the points possible."""
        yield [*self._IDENTITY, *map(self.title, lessons)]
        yield ["    Points Possible", *[""] * (len(self._IDENTITY) - 1), *(_number(one.max_score) for one in lessons)]

    def identity(self, student: Any) -> _Row:
        """Name, and the id under its key."""
        family, first = student.last_name or "", student.first_name or ""
        name = ", ".join(part for part in (family, first) if part) or student.id
        return [{"Student": name, self.key: student.id}.get(column, "") for column in self._IDENTITY]


class MoodleExportPlugin(TableExportPlugin):
    """A file for Moodle: Grades, Import, CSV file.

    There, map one of the first columns to the field that holds the same, such as "Username" to username, and the column
    of each lesson to its grade item.
    """

    file_name = "moodle.csv"

    def header(self, lessons: list[Any]) -> Iterator[_Row]:
        """Moodle's names of what it knows of a student, then lessons."""
        yield ["Username", "First name", "Last name", "Email address", *map(self.title, lessons)]

    def identity(self, student: Any) -> _Row:
        """All that the gradebook knows."""
        return [student.id, student.first_name or "", student.last_name or "", student.email or ""]


def _wanted(entries: list[Any], attribute: str, names: list[Any]) -> list[Any]:
    known = {getattr(entry, attribute): entry for entry in entries}
    if unknown := [str(name) for name in names if str(name) not in known]:
        raise ValueError(f"expected some of {', '.join(known) or 'none yet'}, got {', '.join(unknown)}")
    return [known[str(name)] for name in names] or entries


def _marks(gradebook: Gradebook) -> dict[tuple[str, str], float]:
    """Student's id and lesson's name -> mark, for all that was handed in, in one query."""
    query = (
        select(Student.id, Assignment.name, SubmittedAssignment.score, SubmittedAssignment.late_submission_penalty)
        .join(SubmittedAssignment, SubmittedAssignment.student_id == Student.id)
        .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
    )
    rows = gradebook.db.execute(query)
    return {(student, lesson): max(0.0, score - penalty) for student, lesson, score, penalty in rows}


def _number(mark: float) -> str:
    return f"{mark:.10g}"
