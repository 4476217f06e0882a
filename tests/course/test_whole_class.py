"""The full sample class gets exactly the marks that are known beforehand, in every lesson."""

from typing import Any

import pytest

from autograder.course import Course
from autograder.sample import CLASS

pytestmark = pytest.mark.sandbox


def test_every_submission_is_graded(whole_class: Any, course: Course) -> None:
    graded = {(report["student"], report["lesson"]) for report in whole_class.reports if report["status"] == "graded"}
    assert graded == {(student, lesson) for student in CLASS for lesson in course.names()}


def test_marks_are_exactly_as_expected(whole_class: Any) -> None:
    marks = {(report["student"], report["lesson"]): report for report in whole_class.reports}
    wrong = {}
    for entry in whole_class.expected:
        report = marks[entry["student"], entry["lesson"]]
        points = {one["id"]: one["points"] for one in report["exercises"]}
        if (report["score"], points) != (entry["score"], entry["points"]):
            wrong[entry["student"], entry["lesson"]] = (points, entry["points"])
    assert wrong == {}


def test_lost_points_come_with_a_reason(whole_class: Any) -> None:
    silent = [
        (report["student"], report["lesson"], exercise["id"])
        for report in whole_class.reports
        for exercise in report["exercises"]
        if (exercise["points"] < exercise["max_points"]) == (not exercise["message"])
    ]
    assert silent == []


def test_everyone_has_a_feedback_page(whole_class: Any, course: Course) -> None:
    for student in CLASS:
        for lesson in course.names():
            assert (whole_class.classroom / "feedback" / student / lesson / f"{lesson}.html").is_file()
