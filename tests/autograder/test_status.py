"""A class at a glance: counts, means and the commonest troubles are those of its report."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from autograder.course import CourseError
from autograder.messages import one_by_one, taken_apart
from autograder.status import overview, read_report
from forwardpass import check

VISIBLE = """size   not right yet   (2 of 5 points need this test)
  law        one step for each place
  likely     you forgot the last step: between 5 posts there are
             4 gaps, and 5 posts"""
HIDDEN = """size   not right yet   (3 of 5 points need this hidden test)
  covers     strides from 1 to 4
  likely     you forgot the last step: between 5 posts there are 4 gaps, and 5 posts"""
FORGOT = "you forgot the last step: between 5 posts there are 4 gaps, and 5 posts"


def exercise(points: float, state: str, message: str = "", id: str = "size") -> dict[str, Any]:
    return {"id": id, "points": points, "max_points": 5, "state": state, "message": message}


def report(student: str, status: str, *exercises: dict[str, Any], lesson: str = "06_conv") -> dict[str, Any]:
    score = sum(one["points"] for one in exercises)
    entry = {"student": student, "lesson": lesson, "status": status, "score": score}
    return {**entry, "max_score": 10, "exercises": list(exercises)}


CLASS = [
    report("ada", "graded", exercise(5, "right"), exercise(5, "right", id="depth")),
    report("bob", "graded", exercise(0, "wrong", f"{VISIBLE}\n{HIDDEN}"), exercise(5, "right", id="depth")),
    report("carol", "flagged", exercise(2, "wrong", HIDDEN), exercise(0, "not attempted", "depth   ...", id="depth")),
    report("dora", "malformed", exercise(0, "not run", "no JSON"), exercise(0, "not run", "no JSON", id="depth")),
    report("ada", "graded", exercise(1, "wrong", "ValueError: what\n  ever", id="other"), lesson="00_start"),
]


def test_each_lesson_has_its_counts_and_marks() -> None:
    start, conv = overview(CLASS)
    assert (start.name, conv.name) == ("00_start", "06_conv")
    assert conv.statuses == {"graded": 2, "flagged": 1, "malformed": 1}
    assert conv.marks == [10, 5, 2, 0]
    assert conv.max_score == 10


def test_each_exercise_has_mean_spread_and_states() -> None:
    size, depth = overview(CLASS)[1].exercises
    assert (size.id, depth.id) == ("size", "depth")
    assert size.mean == pytest.approx(0.35)
    assert size.spread == pytest.approx(0.4092676385)
    assert size.states == {"right": 1, "wrong": 2, "not run": 1}
    assert depth.mean == 0.5


def test_hidden_tests_and_mistakes_are_counted_once_for_each_submission() -> None:
    conv = overview(CLASS)[1]
    assert conv.hidden == {("size", "strides from 1 to 4"): 2}
    assert conv.mistakes == {("size", FORGOT): 2}


def test_a_message_is_taken_apart_as_it_was_put_together() -> None:
    check.test("size", [], points=2, of=5, law="one step " * 30)
    with pytest.raises(check.CheckFailed) as failed:
        check.equal(lambda n: n, 5, expect=4, mistakes={FORGOT: 5})
    [message] = one_by_one(str(failed.value))
    headline, parts = taken_apart(message)
    assert headline.startswith("size   not right yet")
    assert {key: text.strip() for key, text in parts} == {
        key: text.strip() for key, text in failed.value.failure.parts.items() if text
    }
    assert one_by_one(f"{message}\n{message}\nother") == [message, message, "other"]


@pytest.mark.usefixtures("mini")
def test_the_command_prints_it(tmp_path: Path, autograder: Callable[..., Any]) -> None:
    lessons = [{**one, "lesson": "01_moving"} for one in CLASS]
    (tmp_path / "report.json").write_text(json.dumps(lessons), encoding="utf-8")
    done = autograder("status", "01", "--classroom", str(tmp_path))
    assert done.code == 0, done.err
    assert "5 handed in: 3 graded, 1 flagged, 1 malformed" in done.out
    assert f"2  size: {FORGOT}" in done.out
    assert "2  size: strides from 1 to 4" in done.out


@pytest.mark.parametrize(("text", "said"), [(None, "got nothing there"), ("[{", "Expecting property name")])
def test_a_report_that_is_not_there_or_broken_is_a_clear_error(tmp_path: Path, text: str | None, said: str) -> None:
    if text is not None:
        (tmp_path / "report.json").write_text(text, encoding="utf-8")
    with pytest.raises(CourseError, match=said) as error:
        read_report(tmp_path)
    assert "autograder grade" in str(error.value)


@pytest.mark.usefixtures("mini")
def test_a_lesson_without_work_is_a_clear_error(tmp_path: Path, autograder: Callable[..., Any]) -> None:
    (tmp_path / "report.json").write_text("[]", encoding="utf-8")
    done = autograder("status", "--classroom", str(tmp_path))
    assert done.code == 2
    assert "expected graded work for 01_moving, got none" in done.err
