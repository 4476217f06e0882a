"""The grader's desk: takes submissions in, hands them to the engine, and writes down what comes back.

Everything is read, written and decided here, by one process; what students wrote runs elsewhere, many at a time.
"""

import errno
import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import nbformat
from nbformat.notebooknode import NotebookNode
from nbgrader.utils import is_solution
from sqlalchemy.exc import OperationalError

from autograder import ledger
from autograder.course import Classroom, Course, CourseError
from autograder.execute import Execution, Work
from autograder.late import LatePenalties, handed_in
from autograder.ledger import Earlier
from autograder.lesson import Lesson
from autograder.notebook import test_id
from autograder.pages import page_of, write_index
from autograder.pool import Engine, Finished
from autograder.reading import Malformed, notebook_from, read_safely
from autograder.record import Recorder, left_blank
from autograder.replacing import replacing
from autograder.report import FRESH_COPY, submission_report
from autograder.sandbox.bubblewrap import DATA
from autograder.sanitise import Sanitised, Sanitiser
from autograder.submissions import Submission, find_submissions

Report = dict[str, Any]
_NO_FILES_ANY_MORE = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.ENFILE, errno.EMFILE)
IN_FULL = ("graded", "flagged")  # what was cut short is tried again by the next run


def grade(
    course: Course,
    classroom: Classroom,
    lessons: list[Lesson],
    engine: Engine,
    *,
    pages: bool = True,
    force: bool = False,
    watch: Callable[[Iterator[Report], int], Iterator[Report]] = lambda reports, total: reports,
) -> list[Report]:
    """Grades every submission of these lessons and writes gradebook, feedback, grades.csv and report.json.

    A submission that can't be graded gets a status and a reason; it never stops the others. One that was graded in
    full before, from the same notebook by the same tests, is not graded again unless `force` is true.
    watch: shows progress; it gets the reports and how many there will be.
    Raises CourseError if nothing was submitted, and after all is written if the plugin for late penalties failed.
    """
    submissions = list(find_submissions(classroom, lessons))
    if not submissions:
        raise CourseError(
            f"expected submissions such as {classroom.submitted}/STUDENT/{lessons[0].name}/{lessons[0].name}.ipynb, "
            f"got none; 'autograder sample {classroom.root}' makes a sample class"
        )
    with _writable(classroom), Recorder(classroom) as recorder:
        penalties = LatePenalties(course.root)
        desk = Desk(course, classroom, recorder, engine, pages, force)
        reports = [*watch(desk.reports(submissions), len(submissions))]
        failures = _penalise(recorder, penalties, reports)
        everything = [*_earlier_reports(classroom, lessons), *reports]
        everything.sort(key=lambda report: (report["student"], report["lesson"]))
        with replacing(classroom.root / "report.json") as unfinished:
            _write(unfinished, json.dumps(everything, indent=1) + "\n")
        recorder.export_csv(classroom.root / "grades.csv")
        write_index(classroom, everything)
    if failures:  # all the rest is written
        raise CourseError("\n".join(failures))
    return sorted(reports, key=lambda report: (report["student"], report["lesson"]))


def _penalise(recorder: Recorder, penalties: LatePenalties, reports: list[Report]) -> list[str]:
    """Puts the penalty into each report, of unchanged work too, for due dates change; returns what failed."""
    failures: list[str] = []
    for lesson in sorted({report["lesson"] for report in reports}):
        try:
            late = recorder.penalise(lesson, penalties)
        except CourseError as error:
            late = {}
            failures.append(str(error))
        for report in reports:
            if report["lesson"] == lesson:
                report["late_penalty"] = late.get(report["student"], 0.0)
    return failures


class Desk:
    """Takes submissions in, hands them to the engine, and writes down what comes back."""

    def __init__(
        self, course: Course, classroom: Classroom, recorder: Recorder, engine: Engine, pages: bool, force: bool
    ) -> None:
        self._course = course
        self._classroom = classroom
        self._recorder = recorder
        self._engine = engine
        self._pages = pages
        self._force = force
        self._sanitisers: dict[str, Sanitiser] = {}
        self._grounds: dict[str, bytes] = {}
        self._earlier: dict[str, dict[str, Earlier]] = {}
        self._waiting: dict[tuple[str, str], _Taken] = {}

    def reports(self, submissions: list[Submission]) -> Iterator[Report]:
        """One report for each submission, in the order in which they are done."""
        for name in {one.lesson.name for one in submissions}:
            self._enter(name)
        done: list[Report] = []  # without being executed: refused, or graded before
        for key, result in self._engine.execute(self._taken_in(submissions, done)):
            yield from _emptied(done)
            yield self._concluded(key, result)
        yield from _emptied(done)

    def _enter(self, name: str) -> None:
        path = self._course.solution(name)
        if not path.exists():
            raise CourseError(f"expected {path}, which does not exist: run 'autograder build'")
        source = nbformat.read(path, as_version=4)
        self._recorder.enter_lesson(name, source)
        _add_checksums(source, nbformat.read(self._course.release(name), as_version=4))
        self._sanitisers[name] = Sanitiser(source)
        notebooks = [path, self._course.release(name)]
        self._grounds[name] = ledger.ground(notebooks, self._engine.limits, self._engine.sandboxed)
        self._earlier[name] = {} if self._force else self._recorder.graded(name)

    def _taken_in(self, submissions: list[Submission], done: list[Report]) -> Iterator[tuple[Any, Work]]:
        for one in submissions:
            try:
                content = read_safely(one.folder, f"{one.lesson.name}.ipynb")
                fingerprint = ledger.fingerprint(content, self._grounds[one.lesson.name])
                if report := self._unchanged(one, fingerprint):
                    done.append(report)
                    continue
                notebook = notebook_from(content, one.lesson.name)
                sanitised = self._sanitisers[one.lesson.name].sanitise(notebook)
                _check_belongs(one.lesson, sanitised)
            except Malformed as error:
                done.append(self._refused(one, "malformed", str(error)))
                continue
            except Exception as error:  # whatever it is, the others are graded
                done.append(self._refused(one, "malformed", _grader_failed(error)))
                continue
            key = one.student, one.lesson.name
            self._waiting[key] = _Taken(one, sanitised, fingerprint)
            yield key, self._work(one, sanitised)

    def _unchanged(self, one: Submission, fingerprint: str) -> Report | None:
        """The report of work that is as it was when it was graded, if what it was given is still there."""
        earlier = self._earlier[one.lesson.name].get(one.student)
        files = [self._autograded(one), *([self._page(one)] if self._pages else [])]
        if earlier is None or earlier.entry.fingerprint != fingerprint or not all(path.is_file() for path in files):
            return None
        return {**earlier.entry.report, "score": earlier.score, "unchanged": True}

    def _work(self, one: Submission, sanitised: Sanitised) -> Work:
        lesson = one.lesson
        page = partial(page_of, one.student, lesson, sanitised.flags) if self._pages else None
        subjects = {
            test_id(exercise, test): exercise.subjects for exercise in lesson.exercises for test in exercise.tests
        }
        return Work(sanitised.notebook, subjects, data_of(lesson), self._engine.limits, page)

    def _concluded(self, key: tuple[str, str], result: Finished | Exception) -> Report:
        taken = self._waiting.pop(key)
        try:
            if isinstance(result, Exception):
                raise result
            with _writable(self._classroom):
                return self._written(taken, result.execution, result.page)
        except CourseError:
            raise
        except Exception as error:  # whatever it is, the others are graded
            return self._refused(taken.submission, "died", _grader_failed(error))

    def _written(self, taken: "_Taken", execution: Execution, page: str) -> Report:
        """Files before marks: what the ledger calls graded has all that it was given."""
        one = taken.submission
        report = submission_report(one.student, one.lesson, taken.sanitised.flags, execution)
        report["unchanged"] = False
        self._save(one, execution.notebook, page)
        entry = ledger.Entry(taken.fingerprint, report) if report["status"] in IN_FULL else None
        blank, time = left_blank(execution.notebook), handed_in(_notebook(one))
        score = self._recorder.record(one.student, one.lesson.name, execution.marks, time, blank=blank, entry=entry)
        return {**report, "score": score}

    def _save(self, one: Submission, notebook: NotebookNode, page: str) -> None:
        _write(self._autograded(one), json.dumps(notebook, indent=1, ensure_ascii=False) + "\n")
        if self._pages:
            _write(self._page(one), page)

    def _autograded(self, one: Submission) -> Path:
        return self._classroom.autograded / one.student / one.lesson.name / f"{one.lesson.name}.ipynb"

    def _page(self, one: Submission) -> Path:
        return self._classroom.feedback / one.student / one.lesson.name / f"{one.lesson.name}.html"

    def _refused(self, one: Submission, status: str, reason: str) -> Report:
        """What was handed in before and replaced counts no more."""
        for folder in (self._classroom.autograded, self._classroom.feedback):
            shutil.rmtree(folder / one.student / one.lesson.name, ignore_errors=True)
        self._recorder.withdraw(one.student, one.lesson.name)
        execution = Execution(NotebookNode(cells=[]), status=status, reason=reason)
        return {**submission_report(one.student, one.lesson, (), execution), "unchanged": False}


@dataclass(frozen=True)
class _Taken:
    """A submission on its way through the engine."""

    submission: Submission
    sanitised: Sanitised
    fingerprint: str


def _add_checksums(source: NotebookNode, released: NotebookNode) -> None:
    """By its released checksum, nbgrader knows an answer that nobody touched."""
    checksums = {cell.id: cell.metadata.nbgrader.checksum for cell in released.cells if is_solution(cell)}
    for cell in source.cells:
        if cell.id in checksums:
            cell.metadata.nbgrader.checksum = checksums[cell.id]


@contextmanager
def _writable(classroom: Classroom) -> Iterator[None]:
    """Nobody's marks can be written any more on a full disk: that is no fault of the submission at hand."""
    try:
        yield
    except (OSError, OperationalError) as error:
        if isinstance(error, OSError) and error.errno not in _NO_FILES_ANY_MORE:
            raise
        said = error.strerror if isinstance(error, OSError) else error.orig
        advice = "mend that and run it again: it goes on from here"
        raise CourseError(f"nothing more can be written in {classroom.root} ({said}): {advice}") from error


def _write(path: Path, text: str) -> None:
    """Writes whatever text it is: what a student's process sends may hold what UTF-8 can't."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", errors="replace")


def data_of(lesson: Lesson) -> list[str]:
    """Names of the data sets that a lesson's cells load.

    What only `data.mnist` reads is not among them: a design is graded on digits whose labels its process must not find.
    """
    text = "\n".join(cell.source for cell in lesson.cells)
    calls = {path.name: f"data.{path.name}(" for path in DATA.glob("*/")}
    calls["photographs"] = "data.photograph("
    return sorted(name for name, call in calls.items() if call in text)


def _grader_failed(error: Exception) -> str:
    return f"the grader failed on it ({type(error).__name__}: {str(error)[:300]}): {FRESH_COPY}"


def _check_belongs(lesson: Lesson, sanitised: Sanitised) -> None:
    if len(sanitised.missing) == len(lesson.exercises):
        raise Malformed(
            f"expected the notebook of {lesson.name}, got one without any of its answer cells: {FRESH_COPY}"
        )


def _notebook(one: Submission) -> Path:
    return one.folder / f"{one.lesson.name}.ipynb"


def _emptied(reports: list[Report]) -> Iterator[Report]:
    while reports:
        yield reports.pop(0)


def _earlier_reports(classroom: Classroom, lessons: list[Lesson]) -> list[Report]:
    """What the last report says of other lessons."""
    try:
        earlier: list[Report] = json.loads((classroom.root / "report.json").read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):  # none yet, or one whose writing was cut short
        return []
    return [report for report in earlier if report["lesson"] not in [lesson.name for lesson in lessons]]
