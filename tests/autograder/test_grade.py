"""Submissions become marks and feedback; one that can't be graded says why and never stops the others."""

import copy
import csv
import html
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import nbformat
import pytest

from autograder.course import Classroom, Course, find_course
from autograder.grade import _earlier_reports
from autograder.leaks import secret_lines

NAME = "01_moving"
MINI = Path(__file__).parent / "mini"
# as the command does it, but with less patience for a cell that doesn't end
GRADE = (
    "import autograder.settings as s, sys; s.CELL_SECONDS = 15; from autograder.__main__ import main; sys.exit(main())"
)

Change = Callable[[Any], object]


class Graded:
    """A classroom after grading, and what the command printed."""

    def __init__(self, root: Path) -> None:
        self.root = root / "classroom"
        command = [sys.executable, "-c", GRADE, "grade"]
        wide = {**os.environ, "COLUMNS": "160"}
        done = subprocess.run(command, cwd=root, env=wide, capture_output=True, text=True, timeout=300)
        self.code, self.out, self.err = done.returncode, done.stdout, done.stderr
        self.reports: list[dict[str, Any]] = json.loads((self.root / "report.json").read_text(encoding="utf-8"))

    def of(self, student: str) -> dict[str, Any]:
        return next(report for report in self.reports if report["student"] == student)

    def feedback(self, student: str) -> str:
        """The text of a feedback page, as a reader sees it."""
        page = (self.root / "feedback" / student / NAME / f"{NAME}.html").read_text(encoding="utf-8")
        return html.unescape(re.sub(r"<[^>]+>", "", page[page.index("<body") :]))

    def scores_in_csv(self) -> dict[str, float]:
        with (self.root / "grades.csv").open(newline="", encoding="utf-8") as file:
            return {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}


def answer(source: str) -> Change:
    """Another answer to moving-average."""

    def change(notebook: Any) -> None:
        cell(notebook, "moving-average").source = source

    return change


def drop(*starts: str) -> Change:
    def change(notebook: Any) -> None:
        notebook.cells = [one for one in notebook.cells if not one.id.startswith(starts)]

    return change


def repeat(id: str) -> Change:
    def change(notebook: Any) -> None:
        twin = copy.deepcopy(cell(notebook, id))
        twin.id = "twin"
        notebook.cells.append(twin)

    return change


def strip_metadata(notebook: Any) -> None:
    for one in notebook.cells:
        one.metadata = {}


def age_metadata(notebook: Any) -> None:
    cell(notebook, "moving-average").metadata.nbgrader.schema_version = 1


def rename_test(notebook: Any) -> None:
    cell(notebook, "moving-average-test-1").metadata.nbgrader.grade_id = "mine"


def skip_tests(notebook: Any) -> None:
    for one in notebook.cells:
        one.metadata["tags"] = ["skip-execution"]
    answer("def moving_average(x, k):\n    return x")(notebook)


def raise_points(notebook: Any) -> None:
    cell(notebook, "moving-average-test-1").metadata.nbgrader.points = 100


def change_tests(notebook: Any) -> None:
    for one in notebook.cells:
        if "-test-" in one.id or "-hidden-" in one.id:
            one.source = "pass"
    answer("def moving_average(x, k):\n    return x")(notebook)


def cell(notebook: Any, id: str) -> Any:
    return next(one for one in notebook.cells if one.id == id)


PEEK = """class CheckFailed(BaseException):
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

# student: what becomes of ada's notebook, marks, a sentence of the report
CHANGED: dict[str, tuple[Change, float, str]] = {
    "answer twice": (repeat("moving-average"), 6, ""),
    "test twice": (repeat("moving-average-test-1"), 6, ""),
    "no visible test": (
        drop("moving-average-test"),
        4,
        "the test moving-average-test-1 is missing from the notebook: copy",
    ),
    "tests changed": (change_tests, 1, "not right yet"),
    "tests skipped": (skip_tests, 1, "not right yet"),
    "more points": (raise_points, 6, ""),
    "peeks": (answer(PEEK), 1, "raised"),
    "endless": (answer(ENDLESS), 3, "it did not come to an end: look for a loop"),
    "no Python": (answer("def moving_average(x, k:"), 1, "no moving_average: run the cell that defines it first"),
    "zoë o'neil": (lambda notebook: None, 6, ""),
}
# the same, for what can't be graded
REFUSED: dict[str, tuple[Change, str]] = {
    "leaves": (answer("import os\nos._exit(1)"), "Python itself stopped while a cell ran"),
    "no metadata": (
        strip_metadata,
        "the notebook has no set-up cell of 01_moving: copy your answers into a fresh copy",
    ),
    "no set-up": (drop("set-up"), "the notebook has no set-up cell of 01_moving: copy your answers into a fresh copy"),
    "old metadata": (age_metadata, "the hidden data by which the grader knows its cells were changed: copy"),
    "test renamed": (rename_test, "the hidden data by which the grader knows its cells were changed: copy"),
    "a[b]": (lambda notebook: None, "the folder 'a[b]' has one of * ? [ ] in its name"),
}
# student: file name, content, a sentence of the report
BROKEN = {
    "not JSON": (f"{NAME}.ipynb", "my answers", "is not a readable notebook (NotJSONError): download it again"),
    "empty file": (f"{NAME}.ipynb", "", "is not a readable notebook (NotJSONError): download it again"),
    "a list": (f"{NAME}.ipynb", "[]", "is not a readable notebook (AttributeError): download it again"),
    "no cells": (f"{NAME}.ipynb", "{}", "is not a readable notebook (ValidationError): download it again"),
    "wrong name": (
        "moving.ipynb",
        "{}",
        f"expected the notebook {NAME}.ipynb, got moving.ipynb: hand it in again under",
    ),
    "no notebook": ("notes.txt", "", f"expected the notebook {NAME}.ipynb, got notes.txt: hand it in again under that"),
}


@pytest.fixture(scope="module")
def course(built_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course with a class in it: four students with known marks, and every kind of broken submission."""
    root = tmp_path_factory.mktemp("class") / "mini"
    shutil.copytree(built_once, root)
    subprocess.run(
        [sys.executable, "-m", "autograder", "sample", "classroom", "--students", "4"],
        cwd=root,
        check=True,
        timeout=120,
    )
    submitted = root / "classroom" / "submitted"
    model = nbformat.read(submitted / "ada" / NAME / f"{NAME}.ipynb", as_version=4)
    for student, (change, *_) in {**CHANGED, **REFUSED}.items():
        notebook = copy.deepcopy(model)
        change(notebook)
        hand_in(submitted, student, f"{NAME}.ipynb", json.dumps(notebook))
    for student, (name, content, _) in BROKEN.items():
        hand_in(submitted, student, name, content)
    hand_in(submitted, "format 3", f"{NAME}.ipynb", json.dumps(nbformat.convert(copy.deepcopy(model), 3)))
    hand_in(submitted, "own modules", f"{NAME}.ipynb", json.dumps(model))
    hand_in(submitted, "own modules", "numpy.py", "raise SystemExit")
    hand_in(submitted, "own modules", "forwardpass/check.py", "raise SystemExit")
    hand_in(submitted, "own modules", "forwardpass/__init__.py", "")
    (submitted / "wrong folder" / "1_moving").mkdir(parents=True)
    (submitted / ".cache" / NAME).mkdir(parents=True)
    (submitted / "notes.txt").touch()
    return root


def hand_in(submitted: Path, student: str, name: str, content: str) -> None:
    path = submitted / student / NAME / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")


@pytest.fixture(scope="module")
def graded(course: Path) -> Graded:
    return Graded(course)


def test_marks_are_exactly_as_expected(graded: Graded) -> None:
    expected = json.loads((graded.root / "expected.json").read_text(encoding="utf-8"))
    assert len(expected) == 4
    for entry in expected:
        report = graded.of(entry["student"])
        assert (report["status"], report["score"], report["max_score"]) == ("graded", entry["score"], 6)
        assert {one["id"]: one["points"] for one in report["exercises"]} == entry["points"]


def test_a_report_has_exactly_these_keys(graded: Graded) -> None:
    for report in graded.reports:
        assert list(report) == ["student", "lesson", "status", "score", "max_score", "seconds", "exercises"]
        assert [one["id"] for one in report["exercises"]] == ["window-count", "moving-average"]
        for exercise in report["exercises"]:
            assert list(exercise) == ["id", "points", "max_points", "state", "message"]
            assert exercise["state"] in ("right", "wrong", "not attempted", "not run")


def test_a_report_tells_the_states_apart(graded: Graded) -> None:
    states = {
        student: [one["state"] for one in graded.of(student)["exercises"]] for student in ("ada", "blaise", "carl")
    }
    assert states == {"ada": ["right"] * 2, "blaise": ["not attempted"] * 2, "carl": ["wrong"] * 2}
    messages = [one["message"] for one in graded.of("carl")["exercises"]]
    assert all(text in message for text, message in zip(("overlap", "filled the edge"), messages, strict=True))


def test_points_add_up_in_report_gradebook_and_csv(graded: Graded) -> None:
    in_csv = graded.scores_in_csv()
    with closing(sqlite3.connect(graded.root / "gradebook.db")) as gradebook:
        rows = gradebook.execute("select student_id from submitted_assignment").fetchall()
    assert sorted(row[0] for row in rows) == sorted(in_csv)
    for report in graded.reports:
        assert sum(exercise["points"] for exercise in report["exercises"]) == report["score"]
        assert report["max_score"] == 6
        assert in_csv[report["student"]] == report["score"]


@pytest.mark.parametrize("student", CHANGED)
def test_a_changed_notebook_gets_the_marks_of_its_answers(student: str, graded: Graded) -> None:
    _, score, sentence = CHANGED[student]
    report = graded.of(student)
    assert (report["status"], report["score"]) == ("graded", score)
    assert sentence in report["exercises"][1]["message"]
    assert bool(sentence) == bool(report["exercises"][1]["message"])


@pytest.mark.parametrize("student", ["format 3", "own modules"])
def test_what_does_no_harm_is_graded(student: str, graded: Graded) -> None:
    assert (graded.of(student)["status"], graded.of(student)["score"]) == ("graded", 6)


@pytest.mark.parametrize("student", [*REFUSED, *BROKEN])
def test_what_cannot_be_graded_says_what_to_do(student: str, graded: Graded) -> None:
    sentence = {**REFUSED, **BROKEN}[student][-1]
    report = graded.of(student)
    assert (report["status"], report["score"]) == ("failed", 0)
    for exercise in report["exercises"]:
        assert (exercise["state"], exercise["points"]) == ("not run", 0)
        assert sentence in exercise["message"]
        assert "\n" not in exercise["message"]


def test_nobody_is_forgotten(graded: Graded) -> None:
    students = {report["student"] for report in graded.reports}
    sampled = {"ada", "blaise", "carl", "dorothy"}
    assert students == sampled | {*CHANGED, *REFUSED, *BROKEN, "format 3", "own modules"}
    misplaced = "submitted/wrong folder/1_moving"
    assert graded.code == 0
    assert graded.err.startswith(f"not graded: expected a folder named like a lesson, one of {NAME}, got {misplaced}\n")


def test_progress_is_a_line_for_each_where_there_is_no_terminal(graded: Graded) -> None:
    lines = [line for line in graded.out.splitlines() if line.startswith("grading ")]
    count = len(graded.reports)
    assert lines == [f"grading {i} of {count}: {one['student']} {NAME}" for i, one in enumerate(graded.reports, 1)]


def test_the_table_shows_every_student(graded: Graded) -> None:
    rows = [line.split("│")[1].strip() for line in graded.out.splitlines() if line.startswith("│")]
    assert rows == [report["student"] for report in graded.reports]
    assert graded.out.endswith("gradebook.db, grades.csv, report.json, autograded/ and feedback/ are in classroom\n")


def test_every_graded_student_has_a_feedback_page_that_the_index_links(graded: Graded) -> None:
    index = (graded.root / "feedback" / "index.html").read_text(encoding="utf-8")
    links = [html.unescape(link) for link in re.findall(r'href="([^"]+)"', index)]
    pages = sorted(path.relative_to(graded.root / "feedback") for path in graded.root.glob("feedback/*/*/*.html"))
    with_feedback = [report["student"] for report in graded.reports if report["status"] == "graded"]
    assert [page.parts[0] for page in pages] == sorted(with_feedback)
    assert len(links) == len(pages)
    assert "zo%C3%AB%20o%27neil/01_moving/01_moving.html" in links


def test_the_index_shows_why_a_submission_was_refused(graded: Graded) -> None:
    index = html.unescape((graded.root / "feedback" / "index.html").read_text(encoding="utf-8"))
    for sentence in (*(row[-1] for row in REFUSED.values()), *(row[-1] for row in BROKEN.values())):
        assert sentence in index


def test_feedback_gives_the_reason_but_nothing_of_a_hidden_test(graded: Graded, course: Path) -> None:
    hidden = [test for one in lesson(course).exercises for test in one.tests if test.hidden]
    lines = {line.strip() for test in hidden for line in test.source.splitlines() if len(line.strip()) > 5}
    for student in ("carl", "dorothy", "blaise", "endless", "peeks", "no Python"):
        page = graded.feedback(student)
        assert not [line for line in lines if line in page]
        assert "BEGIN HIDDEN TESTS" not in page
    assert "you counted windows that do not overlap" in graded.feedback("carl")
    assert "k = 1, k = n, float32, 200 random lengths" in graded.feedback("dorothy")
    assert "you filled the edge with zeros" in graded.feedback("carl")


def test_feedback_of_a_hidden_test_has_no_expected_value(graded: Graded) -> None:
    page = graded.feedback("carl")
    assert "window-count   not right yet" in page
    assert "359" not in page
    hidden = page[page.rindex("moving-average   not right yet") :]
    assert "expected" not in hidden


def test_feedback_shows_no_solution(graded: Graded, course: Path) -> None:
    page = graded.feedback("blaise")  # who wrote nothing, so that all code there is ours
    assert not [line for line in secret_lines(lesson(course)) if line in page]


def lesson(course: Path) -> Any:
    return Course(course).lesson(NAME)


@pytest.fixture(scope="module")
def graded_again(graded: Graded, course: Path, tmp_path_factory: pytest.TempPathFactory) -> Graded:
    """The same class, smaller: ada has replaced her notebook by a broken one, the others handed in nothing new."""
    root = tmp_path_factory.mktemp("again") / "mini"
    shutil.copytree(course, root)
    submitted = root / "classroom" / "submitted"
    for student in submitted.iterdir():
        if student.is_dir() and student.name not in ("ada", "dorothy", "tests changed", "empty file"):
            shutil.rmtree(student)
    hand_in(submitted, "ada", f"{NAME}.ipynb", "")
    return Graded(root)


def test_a_second_run_gives_the_same_marks(graded: Graded, graded_again: Graded) -> None:
    for student in ("dorothy", "tests changed", "empty file"):
        first, second = ({**run.of(student), "seconds": 0} for run in (graded, graded_again))
        assert first == second


def test_a_replaced_submission_keeps_nothing_of_the_earlier_one(graded: Graded, graded_again: Graded) -> None:
    assert graded.of("ada")["score"] == 6
    assert (graded_again.of("ada")["status"], graded_again.of("ada")["score"]) == ("failed", 0)
    assert graded_again.scores_in_csv()["ada"] == 0
    assert not list(graded_again.root.glob("feedback/ada/*/*.html"))
    assert not list(graded_again.root.glob("autograded/ada/*/*.ipynb"))


def test_without_submissions_it_says_where_they_belong(built_mini: Path, autograder: Callable[..., Any]) -> None:
    said = autograder("grade")
    assert said.code == 2
    assert "/submitted/STUDENT/01_moving/01_moving.ipynb, got none; 'autograder sample " in said.err


def test_a_course_that_is_not_built_cannot_grade(mini: Path, autograder: Callable[..., Any]) -> None:
    hand_in(mini / "classroom" / "submitted", "ada", f"{NAME}.ipynb", "{}")
    said = autograder("grade")
    assert said.code == 2
    assert said.err.startswith(f"autograder grade: nbgrader could not read solutions/{NAME}: run 'autograder build'.")


def test_a_report_keeps_other_lessons_and_survives_one_that_was_cut_short(tmp_path: Path) -> None:
    (tmp_path / "report.json").write_text('[{"lesson": "00_other"}, {"lesson": "01_moving"}]')
    moving = find_course(MINI).lesson("01_moving")
    assert _earlier_reports(Classroom(tmp_path), [moving]) == [{"lesson": "00_other"}]
    (tmp_path / "report.json").write_text('[{"lesson": "00_o')
    assert _earlier_reports(Classroom(tmp_path), [moving]) == []
