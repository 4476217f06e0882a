"""What a graded notebook says: state, points and message for each exercise."""

from typing import Any

from nbformat.notebooknode import NotebookNode
from nbgrader.utils import determine_grade

from autograder.lesson import Exercise, Lesson
from autograder.notebook import test_id

QUIET_ERRORS = ("CheckFailed", "NotAttempted")
FRESH_COPY = "copy your answers into a fresh copy of the lesson and hand that in"


def exercise_reports(lesson: Lesson, graded: NotebookNode) -> list[dict[str, Any]]:
    """One entry for each exercise: id, points, max_points, state and message."""
    cells = {cell.metadata["nbgrader"]["grade_id"]: cell for cell in graded.cells if "nbgrader" in cell.metadata}
    return [_exercise_report(exercise, cells) for exercise in lesson.exercises]


def not_run(lesson: Lesson, message: str) -> list[dict[str, Any]]:
    """The same for a submission that could not be run."""
    return [_entry(exercise, 0.0, "not run", message) for exercise in lesson.exercises]


def _exercise_report(exercise: Exercise, cells: dict[str, NotebookNode]) -> dict[str, Any]:
    ids = [test_id(exercise, test) for test in exercise.tests]
    tests = [cells[id] for id in ids if id in cells]
    points = float(sum(determine_grade(cell)[0] for cell in tests))
    errors = [output for cell in tests for output in cell.outputs if output.output_type == "error"]
    texts = [message(error) for error in errors]
    texts += [f"the test {id} is missing from the notebook: {FRESH_COPY}" for id in ids if id not in cells]
    state = _state(tests, errors, points < exercise.points)
    return _entry(exercise, points, state, "\n".join(dict.fromkeys(texts)))


def _state(tests: list[NotebookNode], errors: list[NotebookNode], lost: bool) -> str:
    if not tests or all(cell.execution_count is None and not cell.outputs for cell in tests):
        return "not run"
    if errors and all(error.ename == "NotAttempted" for error in errors):
        return "not attempted"
    return "wrong" if lost else "right"


def message(error: NotebookNode) -> str:
    """What a student needs to read of an error, without its traceback, which may hold a test's code."""
    if error.ename in ("CellTimeoutError", "KeyboardInterrupt"):
        return "the test was stopped, because it did not come to an end: look for a loop that never stops"
    return str(error.evalue if error.ename in QUIET_ERRORS else f"{error.ename}: {error.evalue}")


def _entry(exercise: Exercise, points: float, state: str, message: str) -> dict[str, Any]:
    return {
        "id": exercise.id,
        "points": points,
        "max_points": exercise.points,
        "state": state,
        "message": message,
    }
