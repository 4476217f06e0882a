"""nbgrader's own commands, run from the course's root, use its folders and give the same marks as ours."""

import csv
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest

NAME = "01_moving"


class Course:
    """A copy of the miniature course in which nbgrader's commands run."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.env = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}

    def nbgrader(self, *arguments: str) -> str:
        return self._run("nbgrader", *arguments)

    def autograder(self, *arguments: str) -> str:
        return self._run("autograder", *arguments)

    def _run(self, *command: str) -> str:
        done = subprocess.run(command, cwd=self.root, env=self.env, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        return done.stdout + done.stderr


@pytest.fixture(scope="module")
def course(built_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Course:
    """Released, autograded, exported and given feedback by nbgrader: one right answer and one half right."""
    root = tmp_path_factory.mktemp("stock") / "mini"
    shutil.copytree(built_once, root)
    course = Course(root)
    course.autograder("sample", "classroom", "--students", "4")
    for student in ("blaise", "carl"):
        shutil.rmtree(root / "classroom" / "submitted" / student)
    course.nbgrader("generate_assignment", NAME, "--force")
    course.nbgrader("autograde", NAME)
    course.nbgrader("generate_feedback", NAME)
    course.nbgrader("export", "--to=stock.csv")
    return course


def test_stock_commands_give_the_same_marks(course: Course) -> None:
    with (course.root / "stock.csv").open(newline="", encoding="utf-8") as file:
        stock = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
    expected: list[dict[str, Any]] = json.loads((course.root / "classroom" / "expected.json").read_text())
    assert stock == {entry["student"]: entry["score"] for entry in expected if entry["student"] in stock}
    assert stock == {"ada": 6, "dorothy": 2}


def test_the_stock_release_is_ours(course: Course, built_once: Path) -> None:
    ours, stock = (nbformat.read(root / "course" / NAME / f"{NAME}.ipynb", 4) for root in (built_once, course.root))
    assert stock == ours


def test_stock_feedback_shows_no_hidden_test(course: Course) -> None:
    page = (course.root / "classroom" / "feedback" / "dorothy" / NAME / f"{NAME}.html").read_text(encoding="utf-8")
    assert "200 random lengths" in page
    assert "equal_many" not in page


def test_stock_validate_finds_the_stubs_not_attempted(course: Course) -> None:
    said = course.nbgrader("validate", f"course/{NAME}/{NAME}.ipynb")
    assert "VALIDATION FAILED ON 2 CELL(S)!" in said
    assert said.count("moving-average   not attempted yet") == 1
    assert "window-count   not attempted yet" in said
