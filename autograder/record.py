"""Marks into nbgrader's gradebook, as its own steps would have left them there: by one process, in few statements."""

import copy
import json
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple, Self

from nbformat.notebooknode import NotebookNode
from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    GradeCell,
    Notebook,
    SolutionCell,
    SourceCell,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
    TaskCell,
    new_uuid,
)
from nbgrader.plugins.export import CsvExportPlugin
from nbgrader.preprocessors import SaveCells
from nbgrader.utils import compute_checksum, is_grade, is_locked, is_solution, is_task, parse_utc
from sqlalchemy import delete, func, insert, or_, select, update
from sqlalchemy.orm import Session, with_polymorphic
from traitlets.config import Config

from autograder import ledger
from autograder.course import Classroom, CourseError
from autograder.gradebook import open_gradebook
from autograder.late import LatePenalties
from autograder.replacing import replacing
from autograder.settings import configure

NO_RESPONSE = "No response."  # nbgrader's own comment on an answer that stands as it was handed out

_Columns = dict[str, Any]
_Kind = type[Any]  # nbgrader's GradeCell, SolutionCell or TaskCell
_Scores = Mapping[str, float | None]  # cell's id -> points


def left_blank(notebook: NotebookNode) -> set[str]:
    """Ids of the answers that stand as they were handed out; each cell must carry the checksum of the released one."""
    return {
        cell.metadata.nbgrader.grade_id
        for cell in notebook.cells
        if is_solution(cell) and cell.metadata.nbgrader.get("checksum") == compute_checksum(cell)
    }


class _Test(NamedTuple):
    """A graded cell in the gradebook."""

    id: str
    max_score: float
    by_hand: bool  # nbgrader leaves its marks to a person

    def auto_score(self, points: float | None, blank: bool) -> float | None:
        if points is None:
            return None if self.by_hand and not blank else 0.0
        if not 0 <= points <= self.max_score:  # false for a nan, too
            raise ValueError(f"expected 0 to {self.max_score:g} points, got {points!r}")
        return float(points)


@dataclass(frozen=True)
class _Lesson:
    """Where a lesson stands in the gradebook."""

    assignment: str
    notebook: str
    tests: dict[str, _Test]  # by grade_id
    answers: dict[str, str]  # grade_id -> id of the cell that comments belong to
    tasks: dict[str, str]  # the same for nbgrader's manually graded tasks, which have marks and comments

    def auto_scores(self, marks: Mapping[str, float], blank: Collection[str]) -> _Scores:
        if unknown := sorted(set(marks) - set(self.tests)):
            raise ValueError(f"expected marks of {', '.join(self.tests)}, got one of {', '.join(unknown)}")
        return {test.id: test.auto_score(marks.get(name), name in blank) for name, test in self.tests.items()}

    def auto_comments(self, blank: Collection[str]) -> dict[str, str | None]:
        comments = {id: NO_RESPONSE if name in blank else None for name, id in self.answers.items()}
        return {**comments, **dict.fromkeys(self.tasks.values())}


class Recorder:
    """A classroom's gradebook, open for writing. Close it, or use it in a `with` statement.

    An exception in a method leaves the gradebook as it was before that call, and the recorder usable.
    Raises CourseError for a gradebook of another version of nbgrader.
    """

    def __init__(self, classroom: Classroom) -> None:
        config = configure(Config(), classroom)
        steps = config.GenerateAssignment.preprocessors
        self._release_steps = [step(config=config) for step in steps[: steps.index(SaveCells)]]
        self._gradebook = open_gradebook(classroom.gradebook, config.CourseDirectory.course_id)
        self._lessons: dict[str, _Lesson] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends the connection; what was recorded is on disk already."""
        self._gradebook.close()

    def enter_lesson(self, name: str, source: NotebookNode) -> None:
        """Puts the tests of an instructor's notebook into the gradebook, or brings those there up to date.

        Cells that the lesson no longer has leave with their automatic marks.
        Raises CourseError if nbgrader can't read the notebook, or if marks or comments given by hand would be lost.
        """
        released = self._released(name, source)
        with self._transaction() as db:
            assignment, notebook = _enter_notebook(db, name, self._gradebook.course_id, released)
            stored = _enter_cells(db, name, notebook, _wanted_cells(released))
            _enter_sources(db, notebook, _wanted_sources(released))
            lesson = _lesson(assignment, notebook, stored)
        self._lessons[name] = lesson

    def record(
        self,
        student: str,
        lesson: str,
        marks: Mapping[str, float],
        submitted: datetime | None,
        *,
        blank: Collection[str] = (),
        entry: ledger.Entry | None = None,
    ) -> float:
        """Writes a submission's marks (grade_id -> points; a missing test earned 0) and returns its score.

        What a person gave (marks, extra credit, comments) stays and counts, as in nbgrader.
        submitted: in UTC if it names no time zone; None leaves what the gradebook says.
        blank: ids of answers that were not touched, see `left_blank`.
        entry: for the ledger, see `graded`; None for work that is to be graded again.
        Raises ValueError for marks of no test, or outside 0..max_score, and for a lesson that was not entered.
        """
        entered = self._entered(lesson)
        with self._transaction() as db:
            _keep(db, student, lesson, entry)
            return _write(db, student, entered, entered.auto_scores(marks, blank), blank, submitted)

    def penalise(self, lesson: str, penalties: LatePenalties) -> dict[str, float]:
        """Takes off what the course takes off late work, and returns how much, by student."""
        return penalties.assign(self._gradebook, lesson)

    def graded(self, lesson: str) -> dict[str, ledger.Earlier]:
        """By student: what was recorded with an entry, and its score now."""
        with self._transaction() as db:
            return ledger.entries(db, lesson)

    def withdraw(self, student: str, lesson: str) -> None:
        """Sets all automatic marks of a submission that can't be graded to 0; what a person gave stays."""
        entered = self._entered(lesson)
        cells = [*(test.id for test in entered.tests.values()), *entered.tasks.values()]
        with self._transaction() as db:
            ledger.forget(db, student, lesson)
            _write(db, student, entered, dict.fromkeys(cells, 0.0), (), None)

    def export_csv(self, path: Path) -> None:
        """Writes nbgrader's table of all marks; an earlier one is replaced only when the new one is complete."""
        exporter = CsvExportPlugin()
        with replacing(path) as unfinished, self._transaction():
            exporter.to = str(unfinished)
            exporter.export(self._gradebook)

    def _released(self, name: str, source: NotebookNode) -> NotebookNode:
        """The notebook as nbgrader's release has it when it saves the cells: no answers, but hidden tests."""
        released, resources = copy.deepcopy(source), {"nbgrader": {"assignment": name, "notebook": name}}
        try:
            for step in self._release_steps:
                released, resources = step.preprocess(released, resources)
        except Exception as error:  # a file that was edited by hand may be anything
            raise CourseError(
                f"nbgrader could not read solutions/{name}: run 'autograder build'.\n{type(error).__name__}: {error}"
            ) from error
        return released

    def _entered(self, name: str) -> _Lesson:
        if name not in self._lessons:
            raise ValueError(f"expected an entered lesson ({', '.join(self._lessons) or 'none yet'}), got {name!r}")
        return self._lessons[name]

    @contextmanager
    def _transaction(self) -> Iterator[Session]:
        session: Session = self._gradebook.db()
        with session.begin():
            yield session


def _write(
    db: Session, student: str, lesson: _Lesson, scores: _Scores, blank: Collection[str], submitted: datetime | None
) -> float:
    submission, notebook = _submission(db, student, lesson, submitted)
    _save_grades(db, notebook, scores, lesson.tasks.values())
    _save_comments(db, notebook, lesson.auto_comments(blank))
    score = select(SubmittedAssignment.score).where(SubmittedAssignment.id == submission)
    return float(db.scalars(score).one())


def _keep(db: Session, student: str, lesson: str, entry: ledger.Entry | None) -> None:
    if entry is None:
        ledger.forget(db, student, lesson)
    else:
        ledger.remember(db, student, lesson, entry)


def _wanted_cells(released: NotebookNode) -> dict[tuple[_Kind, str], _Columns]:
    """What nbgrader grades or comments, in the order in which its SaveCells writes it."""
    cells: dict[tuple[_Kind, str], _Columns] = {}
    for kind, is_kind in ((GradeCell, is_grade), (SolutionCell, is_solution), (TaskCell, is_task)):
        for cell in filter(is_kind, released.cells):
            cells[kind, cell.metadata.nbgrader.grade_id] = {} if kind is SolutionCell else _scored(cell)
    return cells


def _scored(cell: NotebookNode) -> _Columns:
    return {"max_score": float(cell.metadata.nbgrader.points), "cell_type": cell.cell_type}


def _wanted_sources(released: NotebookNode) -> dict[str, _Columns]:
    """What nbgrader puts back into a submission, in the notebook's order."""
    return {
        cell.metadata.nbgrader.grade_id: {
            "cell_type": cell.cell_type,
            "locked": is_locked(cell),
            "source": cell.source,
            "checksum": cell.metadata.nbgrader.get("checksum"),
        }
        for cell in released.cells
        if is_grade(cell) or is_solution(cell) or is_locked(cell) or is_task(cell)
    }


def _enter_notebook(db: Session, name: str, course: str, released: NotebookNode) -> tuple[str, str]:
    """Ids of the assignment and of its notebook."""
    assignment = db.scalar(select(Assignment).where(Assignment.name == name))
    if assignment is None:
        assignment = _added(db, Assignment(name=name, course_id=course))
    at = (Notebook.name == name, Notebook.assignment_id == assignment.id)
    notebook = db.scalar(select(Notebook).where(*at)) or _added(db, Notebook(name=name, assignment_id=assignment.id))
    notebook.kernelspec = json.dumps(released.metadata.get("kernelspec", {}))
    return assignment.id, notebook.id


def _added(db: Session, row: Any) -> Any:
    db.add(row)
    db.flush()  # gives it an id
    return row


def _enter_cells(
    db: Session, name: str, notebook: str, wanted: Mapping[tuple[_Kind, str], _Columns]
) -> dict[tuple[_Kind, str], Any]:
    cells = with_polymorphic(BaseCell, "*")  # all columns of all kinds in one query
    stored = {(type(cell), cell.name): cell for cell in db.scalars(select(cells).where(cells.notebook_id == notebook))}
    if dropped := {cell.id: cell.name for key, cell in stored.items() if key not in wanted}:
        _drop_cells(db, name, dropped)
    for key, columns in wanted.items():
        if key not in stored:
            kind, grade_id = key
            stored[key] = kind(id=new_uuid(), name=grade_id, notebook_id=notebook)
            db.add(stored[key])
        for column, value in columns.items():
            setattr(stored[key], column, value)
    return {key: stored[key] for key in wanted}


def _drop_cells(db: Session, lesson: str, dropped: Mapping[str, str]) -> None:
    """Deletes cells (id -> name) with their automatic marks and comments."""
    grades, comments = Grade.cell_id.in_(dropped), Comment.cell_id.in_(dropped)
    given = or_(Grade.manual_score.is_not(None), func.coalesce(Grade.extra_credit, 0) != 0)
    said = func.coalesce(Comment.manual_comment, "") != ""
    by_hand = [*db.scalars(select(Grade.cell_id).where(grades, given))]
    by_hand += db.scalars(select(Comment.cell_id).where(comments, said))
    if by_hand:
        names = ", ".join(sorted({dropped[id] for id in by_hand}))
        raise CourseError(
            f"{lesson}: expected all cells that have marks or comments given by hand, got a lesson without {names}: "
            "put them back into the lesson, or clear those marks and comments in formgrader"
        )
    db.execute(delete(Grade).where(grades))
    db.execute(delete(Comment).where(comments))
    for kind in (GradeCell, SolutionCell, TaskCell, BaseCell):
        table = kind.__table__
        db.execute(delete(table).where(table.c.id.in_(dropped)))


def _enter_sources(db: Session, notebook: str, wanted: Mapping[str, _Columns]) -> None:
    table = SourceCell.__table__
    rows = db.execute(select(table).where(table.c.notebook_id == notebook)).mappings().all()
    stored = {row["name"]: {column: row[column] for column in wanted.get(row["name"], {})} for row in rows}
    if stored == wanted:
        return
    ids = {row["name"]: row["id"] for row in rows}
    db.execute(delete(table).where(table.c.notebook_id == notebook))  # nbgrader reads them in the order of insertion
    new = [
        {"id": ids.get(name) or new_uuid(), "name": name, "notebook_id": notebook, **columns}
        for name, columns in wanted.items()
    ]
    if new:
        db.execute(insert(table), new)


def _lesson(assignment: str, notebook: str, stored: Mapping[tuple[_Kind, str], Any]) -> _Lesson:
    tests: dict[str, _Test] = {}
    others: dict[_Kind, dict[str, str]] = {SolutionCell: {}, TaskCell: {}}
    for (kind, name), cell in stored.items():
        if kind is GradeCell:
            by_hand = cell.cell_type != "code" or (SolutionCell, name) in stored
            tests[name] = _Test(cell.id, cell.max_score, by_hand)
        else:
            others[kind][name] = cell.id
    return _Lesson(assignment, notebook, tests, others[SolutionCell], others[TaskCell])


def _submission(db: Session, student: str, lesson: _Lesson, submitted: datetime | None) -> tuple[str, str]:
    """Ids of the submission and of its notebook, made where missing."""
    _put(db, Student, {}, id=student)
    time = {} if submitted is None else {"timestamp": parse_utc(submitted)}
    submission = _put(db, SubmittedAssignment, time, assignment_id=lesson.assignment, student_id=student)
    penalty = {"late_submission_penalty": None}  # it belonged to the marks before; see `penalise`
    return submission, _put(db, SubmittedNotebook, penalty, assignment_id=submission, notebook_id=lesson.notebook)


def _put(db: Session, model: _Kind, columns: _Columns, **place: str) -> str:
    """Updates the row at its place, or makes it; returns its id."""
    id = db.scalar(select(model.id).filter_by(**place))
    if id is None:
        new = {"id": new_uuid(), **place, **columns}
        db.execute(insert(model), [new])
        return str(new["id"])
    if columns:
        db.execute(update(model), [{"id": id, **columns}])
    return str(id)


def _save_grades(db: Session, notebook: str, scores: _Scores, tasks: Collection[str]) -> None:
    """Writes scores (cell's id -> points, None for a person to give); of a task only a missing row."""
    query = select(Grade.cell_id, Grade.id, Grade.manual_score).where(Grade.notebook_id == notebook)
    known = {cell: (id, manual) for cell, id, manual in db.execute(query)}
    rows = []
    for cell, score in {**{task: None for task in tasks if task not in known}, **scores}.items():
        id, manual = known.get(cell, (None, None))
        marks = {"auto_score": score, "needs_manual_grade": score is None or manual is not None}
        rows.append((id, cell, marks))
    _save(db, Grade, notebook, rows)


def _save_comments(db: Session, notebook: str, comments: Mapping[str, str | None]) -> None:
    query = select(Comment.cell_id, Comment.id).where(Comment.notebook_id == notebook)
    known = {row.cell_id: row.id for row in db.execute(query)}
    _save(db, Comment, notebook, [(known.get(cell), cell, {"auto_comment": text}) for cell, text in comments.items()])


def _save(db: Session, model: _Kind, notebook: str, rows: list[tuple[str | None, str, _Columns]]) -> None:
    """Updates rows that have an id, makes the others: two statements, however many rows."""
    new = [{"notebook_id": notebook, "cell_id": cell, **columns} for id, cell, columns in rows if id is None]
    old = [{"id": id, **columns} for id, _, columns in rows if id is not None]
    if new:
        db.execute(insert(model), new)
    if old:
        db.execute(update(model), old)
