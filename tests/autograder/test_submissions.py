"""Whatever is handed in: the answers in it get their marks, or a sentence says why there are none and what to do."""

import copy
import json
import os
import shutil
from pathlib import Path
from typing import Any

import nbformat
import pytest

from autograder.course import Classroom, Course
from autograder.submissions import find_submissions, misplaced

from .grading import NAME, Change, Graded, answer, cell, hand_in, hand_in_changed, right_answers, sample_class

pytestmark = pytest.mark.sandbox


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


# student: what becomes of ada's notebook, marks, what the instructor is told
FLAGGED: dict[str, tuple[Change, float, str]] = {
    "answer twice": (repeat("moving-average"), 6, "answer cells were repeated: moving-average"),
    "test twice": (repeat("moving-average-test-1"), 6, "test cells were repeated: moving-average-test-1"),
    "no visible test": (drop("moving-average-test"), 6, "test cells were missing: moving-average-test-1"),
    "no tests": (drop("moving-average-test", "moving-average-hidden", "window-count-"), 6, "test cells were missing"),
    "no answer": (drop("moving-average"), 1, "answer cells were missing: moving-average"),
    "no set-up": (drop("set-up"), 6, "set-up cells were missing: set-up"),
    "no metadata": (strip_metadata, 6, "nbgrader's data were changed: set-up, window-count"),
    "old metadata": (age_metadata, 6, "nbgrader's data were changed: moving-average"),
    "test renamed": (rename_test, 6, "nbgrader's data were changed: moving-average-test-1"),
    "tests changed": (change_tests, 1, "test cells were changed: window-count-hidden-1, moving-average-test-1"),
    "tests skipped": (skip_tests, 1, "tags were changed"),
    "more points": (raise_points, 6, "points were changed: moving-average-test-1"),
}
# student: file name, content, a sentence of the report
MALFORMED = {
    "not JSON": (f"{NAME}.ipynb", "my answers", "to be a notebook, got no readable JSON (Expecting value): download"),
    "empty file": (f"{NAME}.ipynb", "", "to be a notebook, got an empty file: download it again from JupyterLab"),
    "a list": (f"{NAME}.ipynb", "[]", "to be a notebook of format 4 or 3, got []: copy your answers into a fresh copy"),
    "no cells": (f"{NAME}.ipynb", "{}", "to be a notebook of format 4 or 3, got None: copy your answers into a fresh"),
    "another notebook": (
        f"{NAME}.ipynb",
        '{"nbformat": 4, "cells": []}',
        f"expected the notebook of {NAME}, got one without any of its answer cells: copy your answers into a fresh",
    ),
    "wrong name": ("moving.ipynb", "{}", f"expected the notebook {NAME}.ipynb, got moving.ipynb: hand it in again"),
    "no notebook": ("notes.txt", "", f"expected the notebook {NAME}.ipynb, got notes.txt: hand it in again under that"),
}
HARMLESS = ("format 3", "own modules", "a[b]*?")


@pytest.fixture(scope="module")
def course(built_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course with a class in it: ada, who is right, and every kind of notebook that is not as it was handed out."""
    root = sample_class(built_once, tmp_path_factory.mktemp("submissions") / "mini", 1)
    for student, (change, *_) in FLAGGED.items():
        hand_in_changed(root, student, change)
    for student, (name, content, _) in MALFORMED.items():
        hand_in(root, student, content, name)
    hand_in(root, "format 3", json.dumps(nbformat.convert(right_answers(root), 3)))
    hand_in(root, "own modules", json.dumps(right_answers(root)))
    hand_in(root, "a[b]*?", json.dumps(right_answers(root)))
    hand_in(root, "own modules", "raise SystemExit", "numpy.py")
    hand_in(root, "own modules", "raise SystemExit", "forwardpass/check.py")
    hand_in(root, "own modules", "", "forwardpass/__init__.py")
    submitted = root / "classroom" / "submitted"
    (submitted / "wrong folder" / "1_moving").mkdir(parents=True)
    (submitted / ".cache" / NAME).mkdir(parents=True)
    (submitted / "notes.txt").touch()
    return root


@pytest.fixture(scope="module")
def graded(course: Path) -> Graded:
    return Graded(course)


@pytest.mark.parametrize("student", FLAGGED)
def test_a_changed_notebook_gets_the_marks_of_its_answers_and_a_flag(student: str, graded: Graded) -> None:
    _, score, flag = FLAGGED[student]
    report = graded.of(student)
    assert (report["status"], report["reason"], report["score"]) == ("flagged", "", score)
    assert flag in " / ".join(report["flags"])


@pytest.mark.parametrize("student", ["ada", *HARMLESS])
def test_what_does_no_harm_is_graded_without_a_flag(student: str, graded: Graded) -> None:
    report = graded.of(student)
    assert (report["status"], report["score"], report["flags"]) == ("graded", 6, [])


@pytest.mark.parametrize("student", MALFORMED)
def test_what_cannot_be_graded_says_what_to_do(student: str, graded: Graded) -> None:
    report = graded.of(student)
    assert (report["status"], report["score"]) == ("malformed", 0)
    assert MALFORMED[student][-1] in report["reason"]
    assert "\n" not in report["reason"]
    for exercise in report["exercises"]:
        assert (exercise["state"], exercise["points"], exercise["message"]) == ("not run", 0, report["reason"])
    assert graded.scores_in_csv()[student] == 0
    assert not graded.page(student).exists()


def test_the_index_shows_why_a_submission_has_no_marks(graded: Graded) -> None:
    index = graded.index()
    assert [sentence for *_, sentence in MALFORMED.values() if sentence not in index] == []


def test_nobody_is_forgotten_and_what_lies_elsewhere_is_named(graded: Graded) -> None:
    students = [report["student"] for report in graded.reports]
    assert students == sorted(["ada", *FLAGGED, *MALFORMED, *HARMLESS])
    [said] = graded.err.splitlines()
    assert graded.code == 0
    assert said.startswith("not graded: expected ")
    assert said.endswith(f"{NAME}, got submitted/wrong folder/1_moving")


def test_a_replaced_submission_keeps_nothing_of_the_earlier_one(graded: Graded, course: Path, tmp_path: Path) -> None:
    assert graded.of("ada")["score"] == 6
    assert graded.page("ada").exists()
    root = tmp_path / "mini"
    shutil.copytree(course, root)
    for student in (root / "classroom" / "submitted").iterdir():
        if student.name != "ada" and student.is_dir():
            shutil.rmtree(student)
    hand_in(root, "ada", "")
    again = Graded(root)
    assert (again.of("ada")["status"], again.of("ada")["score"]) == ("malformed", 0)
    assert again.scores_in_csv()["ada"] == 0
    assert again.scores_in_gradebook()["ada"] == 0
    assert not again.page("ada").exists()
    assert not list(again.root.glob("autograded/ada/*/*.ipynb"))


def test_a_link_in_place_of_a_folder_is_no_submission(built_mini: Path, tmp_path: Path) -> None:
    hand_in(built_mini, "ada", "{}")
    submitted = built_mini / "classroom" / "submitted"
    (submitted / "eve").mkdir()
    os.symlink(submitted / "ada" / NAME, submitted / "eve" / NAME)
    course, classroom = Course(built_mini), Classroom(built_mini / "classroom")
    assert [one.student for one in find_submissions(classroom, course.lessons([]))] == ["ada"]
    assert [str(path) for path in misplaced(course, classroom)] == [f"submitted/eve/{NAME}"]
