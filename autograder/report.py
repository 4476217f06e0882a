"""What a graded notebook says: state, points and message for each exercise."""

from typing import TYPE_CHECKING, Any

from nbformat.notebooknode import NotebookNode

from autograder.examiner import NOT_RUN
from autograder.lesson import Exercise, Lesson
from autograder.notebook import test_id

if TYPE_CHECKING:
    from autograder.execute import Execution

QUIET_ERRORS = ("CheckFailed", "NotAttempted")
FRESH_COPY = "copy your answers into a fresh copy of the lesson and hand that in"


def submission_report(student: str, lesson: Lesson, flags: tuple[str, ...], execution: "Execution") -> dict[str, Any]:
    """A submission's part of report.json; its score is what the tests gave. flags: what was put back before it ran."""
    all_flags = [*flags, *execution.flags]
    cells = execution.notebook.cells
    status = "flagged" if all_flags and execution.status == "graded" else execution.status
    return {
        "student": student,
        "lesson": lesson.name,
        "status": status,
        "reason": execution.reason,
        "score": sum(execution.marks.values()),
        "max_score": lesson.points,
        "seconds": round(sum(execution.seconds.values()), 2),
        "cpu_seconds": execution.cpu_seconds,
        "phases": execution.seconds,
        "peak_mb": execution.peak_mb,
        "flags": all_flags,
        "exercises": exercise_reports(lesson, execution.notebook) if cells else not_run(lesson, execution.reason),
        "by_hand": [{"id": cell.id, "max_points": cell.points} for cell in lesson.written],
    }


def exercise_reports(lesson: Lesson, graded: NotebookNode) -> list[dict[str, Any]]:
    """One entry for each exercise: id, points, max_points, state and message."""
    cells = {cell.metadata["nbgrader"]["grade_id"]: cell for cell in graded.cells if "nbgrader" in cell.metadata}
    return [_exercise_report(exercise, cells) for exercise in lesson.exercises]


def not_run(lesson: Lesson, message: str) -> list[dict[str, Any]]:
    """The same for a submission that could not be run."""
    return [_entry(exercise, 0.0, "not run", message) for exercise in lesson.exercises]


def _exercise_report(exercise: Exercise, cells: dict[str, NotebookNode]) -> dict[str, Any]:
    tests = [cells[test_id(exercise, test)] for test in exercise.tests]
    points = sum(map(earned, tests))
    errors = [output for cell in tests for output in cell.outputs if output.output_type == "error"]
    state = _state(errors, points < exercise.points)
    return _entry(exercise, points, state, "\n".join(dict.fromkeys(map(message, errors))))


def earned(test: NotebookNode) -> float:
    """Points of an executed test cell: all of them unless it raised. A warning on stderr costs nothing."""
    failed = any(output.output_type == "error" for output in test.outputs)
    return 0.0 if failed else float(test.metadata["nbgrader"]["points"])


def _state(errors: list[NotebookNode], lost: bool) -> str:
    if any(error.ename == NOT_RUN for error in errors):
        return "not run"
    if errors and all(error.ename == "NotAttempted" for error in errors):
        return "not attempted"
    return "wrong" if lost else "right"


def message(error: NotebookNode) -> str:
    """What a student needs to read of an error, without its traceback, which may hold a test's code."""
    if error.ename in ("CellTimeoutError", "KeyboardInterrupt"):
        return "the test was stopped, because it did not come to an end: look for a loop that never stops"
    if error.ename == NOT_RUN:
        return str(error.evalue).removeprefix("not run: ")
    return str(error.evalue if error.ename in QUIET_ERRORS else f"{error.ename}: {error.evalue}")


def _entry(exercise: Exercise, points: float, state: str, message: str) -> dict[str, Any]:
    return {
        "id": exercise.id,
        "points": points,
        "max_points": exercise.points,
        "state": state,
        "message": message,
    }
