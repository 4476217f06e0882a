"""Submissions become marks, feedback and a report, and none of them stops the others."""

import html
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest

from autograder.course import Classroom, Course, CourseError, find_course
from autograder.desk import _earlier_reports
from autograder.grade import late_imports, limits_from
from autograder.leaks import secret_lines

from .grading import NAME, Change, Graded, answer, hand_in, hand_in_changed, sample_class

pytestmark = pytest.mark.sandbox

MINI = Path(__file__).parent / "mini"

PEEKS = """class CheckFailed(BaseException):
    pass


def moving_average(x, k):
    print("printed:", In[-1])
    raise CheckFailed("raised")"""
ENDLESS = """def moving_average(x, k):
    while len(x) > 20:
        pass
    if k > len(x):
        raise ValueError
    return np.convolve(x, np.ones(k, x.dtype) / x.dtype.type(k), mode="valid")"""
WARNS = """import sys, warnings

def moving_average(x, k):
    warnings.warn("careful")
    print("careful", file=sys.stderr)
    if k > len(x):
        raise ValueError
    return np.convolve(x, np.ones(k, x.dtype) / x.dtype.type(k), mode="valid")

moving_average(np.ones(3), 2)"""


def then(source: str) -> Change:
    """A cell after all others."""
    return lambda notebook: notebook.cells.append(nbformat.v4.new_code_cell(source, id="after-all"))


# student: what becomes of ada's notebook, status, marks, a sentence of the report's exercise, a sentence of its reason
CHANGED: dict[str, tuple[Change, str, float, str, str]] = {
    "peeks": (answer(PEEKS), "graded", 1, "your answer could not be observed: CheckFailed", ""),
    "endless": (answer(ENDLESS), "graded", 3, "your code was stopped after 3 s: look for a loop that never ends", ""),
    "endless cell": (
        answer("while True: pass"),
        "timed out",
        1,
        "no moving_average: run the cell that defines it first",
        "a cell did not end within 4 s",
    ),
    "no Python": (
        answer("def moving_average(x, k:"),
        "graded",
        1,
        "no moving_average: run the cell that defines it first",
        "",
    ),
    "leaves": (
        answer("import os\nos._exit(1)"),
        "died",
        1,
        "Python itself stopped while a cell ran",
        "Python itself stopped while a cell ran",
    ),
    "leaves a test": (
        answer("def moving_average(x, k):\n    import os\n    os._exit(1)"),
        "died",
        1,
        "Python stopped, or did not answer any more, during the test moving-average-test-1",
        "during the test moving-average-test-1",
    ),
    "leaves at the end": (then("import os\nos._exit(1)"), "died", 6, "", "Python itself stopped while a cell ran"),
    "warns": (answer(WARNS), "graded", 6, "", ""),
    "zoë o'neil": (lambda notebook: None, "graded", 6, "", ""),
}
SAMPLED = ("ada", "blaise", "carl", "dorothy")


@pytest.fixture(scope="module")
def course(built_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course with a class in it: four students with known marks, and more who do strange things."""
    root = sample_class(built_once, tmp_path_factory.mktemp("class") / "mini", len(SAMPLED))
    for student, (change, *_) in CHANGED.items():
        hand_in_changed(root, student, change)
    return root


@pytest.fixture(scope="module")
def graded(course: Path) -> Graded:
    return Graded(course)


def test_marks_are_exactly_as_expected(graded: Graded) -> None:
    expected = json.loads((graded.root / "expected.json").read_text(encoding="utf-8"))
    assert [entry["student"] for entry in expected] == [*SAMPLED]
    for entry in expected:
        report = graded.of(entry["student"])
        assert (report["status"], report["score"], report["max_score"]) == ("graded", entry["score"], 6)
        assert {one["id"]: one["points"] for one in report["exercises"]} == entry["points"]


def test_a_report_has_exactly_these_keys(graded: Graded) -> None:
    keys = "student lesson status reason score max_score seconds cpu_seconds phases peak_mb flags exercises by_hand"
    for report in graded.reports:
        assert list(report) == [*keys.split(), "unchanged", "late_penalty"]
        assert [one["id"] for one in report["exercises"]] == ["window-count", "moving-average"]
        for exercise in report["exercises"]:
            assert list(exercise) == ["id", "points", "max_points", "state", "message"]
            assert exercise["state"] in ("right", "wrong", "not attempted", "not run")


def test_a_report_says_what_a_submission_cost(graded: Graded) -> None:
    for report in graded.reports:
        assert report["cpu_seconds"] > 0
        assert 50 < report["peak_mb"] < 2000
        assert list(report["phases"]) == ["start", "cells", "tests"]
        assert all(seconds >= 0 for seconds in report["phases"].values())
    assert graded.of("endless")["cpu_seconds"] > 2 * graded.of("ada")["cpu_seconds"]


def test_a_report_tells_the_states_apart(graded: Graded) -> None:
    states = {
        student: [one["state"] for one in graded.of(student)["exercises"]]
        for student in ("ada", "blaise", "carl", "leaves", "leaves a test")
    }
    assert states == {
        "ada": ["right"] * 2,
        "blaise": ["not attempted"] * 2,
        "carl": ["wrong"] * 2,
        "leaves": ["right", "not run"],
        "leaves a test": ["right", "not run"],
    }
    messages = [one["message"] for one in graded.of("carl")["exercises"]]
    assert all(text in message for text, message in zip(("overlap", "filled the edge"), messages, strict=True))


def test_points_add_up_in_report_gradebook_and_csv(graded: Graded) -> None:
    scores = {report["student"]: report["score"] for report in graded.reports}
    assert scores == {
        report["student"]: sum(exercise["points"] for exercise in report["exercises"]) for report in graded.reports
    }
    assert graded.scores_in_csv() == scores
    assert graded.scores_in_gradebook() == scores


@pytest.mark.parametrize("student", CHANGED)
def test_what_was_earned_counts_and_the_report_says_why_no_more(student: str, graded: Graded) -> None:
    _, status, score, sentence, reason = CHANGED[student]
    report, exercise = graded.of(student), graded.exercise(student)
    assert (report["status"], report["score"], report["flags"]) == (status, score, [])
    assert sentence in exercise["message"]
    assert bool(sentence) == bool(exercise["message"]) == (exercise["state"] != "right")
    assert reason in report["reason"]
    assert bool(reason) == bool(report["reason"])


def test_nobody_is_forgotten_and_reports_are_sorted(graded: Graded) -> None:
    assert [report["student"] for report in graded.reports] == sorted({*SAMPLED, *CHANGED})
    assert {report["lesson"] for report in graded.reports} == {NAME}
    assert (graded.code, graded.err) == (0, "")


def test_progress_is_a_line_for_each_where_there_is_no_terminal(graded: Graded) -> None:
    lines = [line.partition(": ") for line in graded.out.splitlines() if line.startswith("graded ")]
    count = len(graded.reports)
    assert [line[0] for line in lines] == [f"graded {i} of {count}" for i in range(1, count + 1)]
    assert sorted(line[2].partition(" (")[0] for line in lines) == [
        f"{report['student']} {NAME}" for report in graded.reports
    ]


def test_the_table_shows_every_student_with_status_and_marks(graded: Graded) -> None:
    rows = [[part.strip() for part in line.split("│")[1:5]] for line in graded.out.splitlines() if line[0] == "│"]
    assert rows == [[one["student"], NAME, one["status"], f"{one['score']:g}"] for one in graded.reports]
    assert graded.out.endswith("gradebook.db, grades.csv, report.json, autograded/ and feedback/ are in classroom\n")


def test_every_student_has_a_graded_notebook(graded: Graded) -> None:
    for report in graded.reports:
        path = graded.root / "autograded" / report["student"] / NAME / f"{NAME}.ipynb"
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
        assert "moving-average-hidden-1" in [one.id for one in notebook.cells]


def test_every_student_has_a_feedback_page_that_the_index_links(graded: Graded) -> None:
    index = (graded.root / "feedback" / "index.html").read_text(encoding="utf-8")
    links = [html.unescape(link) for link in re.findall(r'href="([^"]+)"', index)]
    assert all(graded.page(report["student"]).is_file() for report in graded.reports)
    assert len(links) == len(graded.reports)
    assert "zo%C3%AB%20o%27neil/01_moving/01_moving.html" in links


def test_feedback_gives_the_reason_but_nothing_of_a_hidden_test(graded: Graded, course: Path) -> None:
    tests = [test for one in lesson(course).exercises for test in one.tests]
    lines = {
        hidden: {line.strip() for test in tests if test.hidden == hidden for line in test.source.splitlines()}
        for hidden in (True, False)
    }
    secret = [line for line in lines[True] - lines[False] if len(line) > 5]
    assert secret
    for report in graded.reports:
        page = graded.feedback(report["student"])
        assert not [line for line in secret if line in page]
        assert "BEGIN HIDDEN TESTS" not in page
    assert "you counted windows that do not overlap" in graded.feedback("carl")
    assert "you filled the edge with zeros" in graded.feedback("carl")
    assert "k = 1, k = n, float32, 200 random lengths" in graded.feedback("dorothy")


def test_feedback_of_a_prediction_does_not_give_the_answer_away(graded: Graded) -> None:
    page = graded.feedback("carl")
    assert "window-count" in page
    assert "359" not in page


def test_feedback_shows_no_solution(graded: Graded, course: Path) -> None:
    page = graded.feedback("blaise")  # who wrote nothing, so that all code there is ours
    assert not [line for line in secret_lines(lesson(course)) if line in page]


def lesson(course: Path) -> Any:
    return Course(course).lesson(NAME)


def test_a_second_run_gives_the_same_marks(graded: Graded, course: Path, tmp_path: Path) -> None:
    root = tmp_path / "mini"
    shutil.copytree(course, root)
    for student in (root / "classroom" / "submitted").iterdir():
        if student.name not in ("dorothy", "leaves"):
            shutil.rmtree(student)
    again = Graded(root, "--force")
    costs = {"seconds": 0, "cpu_seconds": 0, "phases": {}, "peak_mb": 0}
    for student in ("dorothy", "leaves"):
        assert {**again.of(student), **costs} == {**graded.of(student), **costs}
    assert again.scores_in_csv() == graded.scores_in_csv()


def test_a_report_keeps_other_lessons_and_survives_one_that_was_cut_short(tmp_path: Path) -> None:
    (tmp_path / "report.json").write_text('[{"lesson": "00_other"}, {"lesson": "01_moving"}]')
    moving = find_course(MINI).lesson(NAME)
    assert _earlier_reports(Classroom(tmp_path), [moving]) == [{"lesson": "00_other"}]
    (tmp_path / "report.json").write_text('[{"lesson": "00_o')
    assert _earlier_reports(Classroom(tmp_path), [moving]) == []


def test_limits_can_be_set() -> None:
    limits = limits_from(["cell_seconds=2.5", "memory_mb=700"])
    assert (limits.cell_seconds, limits.memory_mb) == (2.5, 700)
    assert limits.test_seconds == limits_from([]).test_seconds


@pytest.mark.parametrize("setting", ["memory_mb", "memory_mb=much", "memory_mb=1.5", "patience=3", "="])
def test_a_limit_that_does_not_exist_is_refused(setting: str) -> None:
    with pytest.raises(CourseError, match=r"--limit expects NAME=NUMBER with one of .*memory_mb.*, got '"):
        limits_from([setting])


def test_without_submissions_it_says_where_they_belong(built_mini: Path, autograder: Callable[..., Any]) -> None:
    said = autograder("grade")
    assert said.code == 2
    assert "/submitted/STUDENT/01_moving/01_moving.ipynb, got none; 'autograder sample " in said.err


def test_a_course_that_is_not_built_cannot_grade(mini: Path, autograder: Callable[..., Any]) -> None:
    hand_in(mini, "ada", "{}")
    said = autograder("grade")
    assert said.code == 2
    assert said.err.startswith("autograder grade: expected ")
    assert said.err.endswith(f"solutions/{NAME}/{NAME}.ipynb, which does not exist: run 'autograder build'\n")


def test_without_a_sandbox_nothing_runs_unless_it_is_asked_for(
    built_mini: Path, monkeypatch: pytest.MonkeyPatch, autograder: Callable[..., Any]
) -> None:
    monkeypatch.setattr("autograder.grade.why_unavailable", lambda: "bubblewrap is not installed")
    said = autograder("grade")
    assert (said.code, said.out) == (2, "")
    assert "students' code can't be run safely here: bubblewrap is not installed" in said.err
    assert "--unsandboxed grades all the same" in said.err


def test_only_lessons_that_need_them_have_scipy_and_optimizers_imported_before_they_start(tmp_path: Path) -> None:
    texts = {
        "00_plain": "x = 1",
        "01_both": "if x:\n    from scipy.special import expit\ntorch.optim.SGD",
        "02_prose": "# scipy",
    }
    for name, text in texts.items():
        (tmp_path / "lessons" / name).mkdir(parents=True)
        (tmp_path / "lessons" / name / "lesson.py").write_text(text, encoding="utf-8")
    course = Course(tmp_path)
    assert late_imports(course, ["00", "02_prose"]) == []
    assert late_imports(course, []) == late_imports(course, ["01"]) == ["scipy.special", "torch._dynamo"]
