"""What people gave beside the tests, from the gradebook: marks, comments, and penalties for lateness."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from nbgrader.api import Assignment, BaseCell, Comment, Grade, SubmittedAssignment, SubmittedNotebook
from sqlalchemy import Select, select
from sqlalchemy.orm import Session


@dataclass
class ByHand:
    """Of one submission. marks: points of each cell as they count, by hand or not; None while an answer waits.

    comments: by the cell's id. penalty: points off for lateness.
    """

    marks: dict[str, float | None] = field(default_factory=dict)
    comments: dict[str, str] = field(default_factory=dict)
    penalty: float = 0.0


def given_by_hand(db: Session, lesson: str) -> dict[str, ByHand]:
    """By student, what the gradebook has of a lesson."""
    found: dict[str, ByHand] = defaultdict(ByHand)
    penalties = select(SubmittedAssignment.student_id, SubmittedAssignment.late_submission_penalty).join(
        Assignment, Assignment.id == SubmittedAssignment.assignment_id
    )
    for student, penalty in db.execute(penalties.where(Assignment.name == lesson)):
        found[student].penalty = float(penalty or 0)
    for student, cell, auto, manual, extra in db.execute(
        _of_cells(lesson, Grade, Grade.auto_score, Grade.manual_score, Grade.extra_credit)
    ):
        score = auto if manual is None else manual
        found[student].marks[cell] = None if score is None else float(score) + float(extra or 0)
    for student, cell, comment in db.execute(_of_cells(lesson, Comment, Comment.manual_comment)):
        if comment:
            found[student].comments[cell] = str(comment)
    return dict(found)


def _of_cells(lesson: str, model: Any, *columns: Any) -> Select[Any]:
    return (
        select(SubmittedAssignment.student_id, BaseCell.name, *columns)
        .select_from(model)
        .join(SubmittedNotebook, SubmittedNotebook.id == model.notebook_id)
        .join(SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id)
        .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
        .join(BaseCell, BaseCell.id == model.cell_id)
        .where(Assignment.name == lesson)
    )
