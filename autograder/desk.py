"""The grader's desk: takes submissions in, hands them to the engine, and writes down what comes back.

Everything is read, written and decided here, by one process; what students wrote runs elsewhere, many at a time.
"""

import json
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import nbformat
from nbformat.notebooknode import NotebookNode
from nbgrader.utils import is_solution

from autograder.course import Classroom, Course, CourseError
from autograder.execute import Execution, Work
from autograder.feedback import page_of, write_index
from autograder.lesson import Lesson
from autograder.notebook import test_id
from autograder.pool import Engine, Finished
from autograder.reading import Malformed, read_submission
from autograder.record import Recorder, left_blank
from autograder.report import FRESH_COPY, submission_report
from autograder.sandbox.bubblewrap import DATA
from autograder.sanitise import Sanitised, Sanitiser
from autograder.submissions import Submission, find_submissions

Report = dict[str, Any]


def grade(
    course: Course,
    classroom: Classroom,
    lessons: list[Lesson],
    engine: Engine,
    *,
    pages: bool = True,
    watch: Callable[[Iterator[Report], int], Iterator[Report]] = lambda reports, total: reports,
) -> list[Report]:
    """Grades every submission of these lessons and writes gradebook, feedback, grades.csv and report.json.

    A submission that can't be graded gets a status and a reason; it never stops the others.
    watch: shows progress; it gets the reports and how many there will be. Raises CourseError if nothing was submitted.
    """
    submissions = list(find_submissions(classroom, lessons))
    if not submissions:
        raise CourseError(
            f"expected submissions such as {classroom.submitted}/STUDENT/{lessons[0].name}/{lessons[0].name}.ipynb, "
            f"got none; 'autograder sample {classroom.root}' makes a sample class"
        )
    with Recorder(classroom) as recorder:
        desk = Desk(course, classroom, recorder, engine, pages)
        reports = [*watch(desk.reports(submissions), len(submissions))]
        everything = [*_earlier_reports(classroom, lessons), *reports]
        everything.sort(key=lambda report: (report["student"], report["lesson"]))
        (classroom.root / "report.json").write_text(json.dumps(everything, indent=1) + "\n", encoding="utf-8")
        recorder.export_csv(classroom.root / "grades.csv")
        write_index(classroom, everything)
    return sorted(reports, key=lambda report: (report["student"], report["lesson"]))


class Desk:
    """Takes submissions in, hands them to the engine, and writes down what comes back."""

    def __init__(self, course: Course, classroom: Classroom, recorder: Recorder, engine: Engine, pages: bool) -> None:
        self._course = course
        self._classroom = classroom
        self._recorder = recorder
        self._engine = engine
        self._pages = pages
        self._sanitisers: dict[str, Sanitiser] = {}
        self._waiting: dict[tuple[str, str], tuple[Submission, Sanitised]] = {}

    def reports(self, submissions: list[Submission]) -> Iterator[Report]:
        """One report for each submission, in the order in which they are done."""
        for name in {one.lesson.name for one in submissions}:
            self._enter(name)
        refused: list[Report] = []
        for key, result in self._engine.execute(self._taken_in(submissions, refused)):
            yield from _emptied(refused)
            yield self._concluded(key, result)
        yield from _emptied(refused)

    def _enter(self, name: str) -> None:
        path = self._course.solution(name)
        if not path.exists():
            raise CourseError(f"expected {path}, which does not exist: run 'autograder build'")
        source = nbformat.read(path, as_version=4)
        self._recorder.enter_lesson(name, source)
        _add_checksums(source, nbformat.read(self._course.release(name), as_version=4))
        self._sanitisers[name] = Sanitiser(source)

    def _taken_in(self, submissions: list[Submission], refused: list[Report]) -> Iterator[tuple[Any, Work]]:
        for one in submissions:
            try:
                notebook = read_submission(one.folder, one.lesson.name)
                sanitised = self._sanitisers[one.lesson.name].sanitise(notebook)
                _check_belongs(one.lesson, sanitised)
            except Malformed as error:
                refused.append(self._refused(one, "malformed", str(error)))
                continue
            except Exception as error:  # whatever it is, the others are graded
                refused.append(self._refused(one, "malformed", _grader_failed(error)))
                continue
            key = one.student, one.lesson.name
            self._waiting[key] = one, sanitised
            yield key, self._work(one, sanitised)

    def _work(self, one: Submission, sanitised: Sanitised) -> Work:
        lesson = one.lesson
        page = partial(page_of, one.student, lesson, sanitised.flags) if self._pages else None
        subjects = {
            test_id(exercise, test): exercise.subjects for exercise in lesson.exercises for test in exercise.tests
        }
        data = data_of(lesson)
        return Work(sanitised.notebook, subjects, data, self._engine.limits, str(self._engine.server.address), page)

    def _concluded(self, key: tuple[str, str], result: Finished | Exception) -> Report:
        one, sanitised = self._waiting.pop(key)
        try:
            if isinstance(result, Exception):
                raise result
            return self._written(one, sanitised, result.execution, result.page)
        except Exception as error:  # whatever it is, the others are graded
            return self._refused(one, "died", _grader_failed(error))

    def _written(self, one: Submission, sanitised: Sanitised, execution: Execution, page: str) -> Report:
        blank = left_blank(execution.notebook)
        score = self._recorder.record(one.student, one.lesson.name, execution.marks, _handed_in(one), blank=blank)
        self._save(one, execution.notebook, page)
        return {**submission_report(one.student, one.lesson, sanitised.flags, execution), "score": score}

    def _save(self, one: Submission, notebook: NotebookNode, page: str) -> None:
        name = one.lesson.name
        text = json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"
        _write(self._classroom.autograded / one.student / name / f"{name}.ipynb", text)
        if self._pages:
            _write(self._classroom.feedback / one.student / name / f"{name}.html", page)

    def _refused(self, one: Submission, status: str, reason: str) -> Report:
        """What was handed in before and replaced counts no more."""
        for folder in (self._classroom.autograded, self._classroom.feedback):
            shutil.rmtree(folder / one.student / one.lesson.name, ignore_errors=True)
        self._recorder.withdraw(one.student, one.lesson.name)
        execution = Execution(NotebookNode(cells=[]), status=status, reason=reason)
        return submission_report(one.student, one.lesson, (), execution)


def _add_checksums(source: NotebookNode, released: NotebookNode) -> None:
    """By its released checksum, nbgrader knows an answer that nobody touched."""
    checksums = {cell.id: cell.metadata.nbgrader.checksum for cell in released.cells if is_solution(cell)}
    for cell in source.cells:
        if cell.id in checksums:
            cell.metadata.nbgrader.checksum = checksums[cell.id]


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


def _handed_in(one: Submission) -> datetime:
    return datetime.fromtimestamp((one.folder / f"{one.lesson.name}.ipynb").stat().st_mtime, UTC)


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
