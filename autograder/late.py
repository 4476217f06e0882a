"""Penalties for late work, as nbgrader's own step gives them: by the plugin that nbgrader_config.py names."""

from datetime import UTC, datetime
from pathlib import Path

from nbgrader.api import Assignment, Gradebook, SubmittedAssignment, SubmittedNotebook
from nbgrader.preprocessors import AssignLatePenalties
from nbgrader.utils import parse_utc
from sqlalchemy import select
from traitlets.config.loader import PyFileConfigLoader

from autograder.course import CourseError
from autograder.reading import Malformed, read_safely

CONFIG = "nbgrader_config.py"
_LONGEST_TIME = 100  # bytes


class LatePenalties:
    """What the course takes off late work: `c.AssignLatePenalties.plugin_class` and that plugin's settings say it."""

    def __init__(self, root: Path) -> None:
        """Raises CourseError for a configuration that can't be read or names no plugin."""
        try:
            config = PyFileConfigLoader(CONFIG, path=str(root)).load_config()
            self._step = AssignLatePenalties(config=config)
            self._step.init_plugin()
        except (Exception, SystemExit) as error:  # it is a program
            raise CourseError(
                f"expected nbgrader's settings in {root / CONFIG}, got {type(error).__name__}: {error}"
            ) from error

    def assign(self, gradebook: Gradebook, lesson: str) -> dict[str, float]:
        """Writes the penalties of a lesson's submissions into the gradebook; returns those above 0, by student.

        Raises CourseError if the plugin fails, and then leaves the gradebook as it was.
        """
        query = (
            select(SubmittedAssignment, SubmittedNotebook)
            .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
            .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
            .where(Assignment.name == lesson)
        )
        given: dict[str, float] = {}
        with gradebook.db() as db, db.begin():
            for submission, notebook in db.execute(query):
                notebook.late_submission_penalty = self._penalty(submission, notebook)
                if notebook.late_submission_penalty:
                    given[submission.student_id] = float(notebook.late_submission_penalty)
        return given

    def _penalty(self, submission: SubmittedAssignment, notebook: SubmittedNotebook) -> float | None:
        if submission.assignment.duedate is None or (seconds := submission.total_seconds_late) <= 0:
            return None
        student = submission.student_id
        try:
            penalty = self._step.plugin_inst.late_submission_penalty(student, notebook.score, seconds)
            return None if penalty is None else float(self._step._check_late_penalty(notebook, penalty))
        except Exception as error:
            said = f"{type(error).__name__}: {error}"
            raise CourseError(f"the plugin for late penalties failed on {student}: {said}") from error


def handed_in(notebook: Path) -> datetime:
    """When a notebook was handed in: by nbgrader's timestamp.txt beside it, else by when the file was last changed."""
    try:
        written = read_safely(notebook.parent, "timestamp.txt")[:_LONGEST_TIME].decode()
        found: datetime = parse_utc(written.strip())
    except (Malformed, ValueError, OverflowError):
        return datetime.fromtimestamp(notebook.stat().st_mtime, UTC)
    return found.replace(tzinfo=UTC)
