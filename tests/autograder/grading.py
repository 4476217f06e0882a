"""A class of the miniature course: what is handed in, and what `autograder grade` makes of it."""

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

NAME = "01_moving"
LIMITS = ("--limit", "cell_seconds=4", "--limit", "test_seconds=3")  # less patience than a real class needs

Change = Callable[[Any], object]


class Graded:
    """A classroom after grading, and what the command printed."""

    def __init__(self, root: Path, *options: str) -> None:
        self.root = root / "classroom"
        done = run("grade", *LIMITS, *options, root=root)
        self.code, self.out, self.err = done.returncode, done.stdout, done.stderr
        self.reports: list[dict[str, Any]] = json.loads((self.root / "report.json").read_text(encoding="utf-8"))

    def of(self, student: str) -> dict[str, Any]:
        return next(report for report in self.reports if report["student"] == student)

    def exercise(self, student: str) -> dict[str, Any]:
        """What the report says of moving-average."""
        return dict(self.of(student)["exercises"][1])

    def page(self, student: str) -> Path:
        return self.root / "feedback" / student / NAME / f"{NAME}.html"

    def feedback(self, student: str) -> str:
        """The text of a feedback page, as a reader sees it."""
        page = self.page(student).read_text(encoding="utf-8")
        return html.unescape(re.sub(r"<[^>]+>", "", page[page.index("<body") :]))

    def index(self) -> str:
        return html.unescape((self.root / "feedback" / "index.html").read_text(encoding="utf-8"))

    def scores_in_csv(self) -> dict[str, float]:
        with (self.root / "grades.csv").open(newline="", encoding="utf-8") as file:
            return {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}

    def scores_in_gradebook(self) -> dict[str, float]:
        query = """
            select student_id, sum(auto_score) from grade
            join submitted_notebook on grade.notebook_id = submitted_notebook.id
            join submitted_assignment on submitted_notebook.assignment_id = submitted_assignment.id
            group by student_id"""
        with closing(sqlite3.connect(self.root / "gradebook.db")) as gradebook:
            return dict(gradebook.execute(query).fetchall())


def read_graded(classroom: Path) -> Graded:
    """What stands in a classroom that is graded already."""
    graded = Graded.__new__(Graded)
    graded.root = classroom
    graded.reports = json.loads((classroom / "report.json").read_text(encoding="utf-8"))
    return graded


def run(*arguments: str, root: Path) -> subprocess.CompletedProcess[str]:
    """The command line, in the folder of a course."""
    wide = {**os.environ, "COLUMNS": "160"}
    command = [sys.executable, "-m", "autograder", *arguments]
    return subprocess.run(command, cwd=root, env=wide, capture_output=True, text=True, timeout=300)


def sample_class(built: Path, root: Path, students: int) -> Path:
    """A copy of a built course, with so many students of the sample class."""
    shutil.copytree(built, root)
    assert run("sample", "classroom", "--students", str(students), root=root).returncode == 0
    return root


def large_class(built: Path, root: Path, students: int) -> Path:
    """A copy of a built course, with a class of any size: the twenty of the sample class again and again."""
    sample_class(built, root, 20)
    submitted = root / "classroom" / "submitted"
    originals = sorted(submitted.iterdir())
    for number in range(20, students):
        shutil.copytree(originals[number % 20], submitted / f"{originals[number % 20].name} {number // 20 + 1}")
    return root


def right_answers(root: Path) -> Any:
    """The notebook that ada handed in."""
    return nbformat.read(root / "classroom" / "submitted" / "ada" / NAME / f"{NAME}.ipynb", as_version=4)


def hand_in(root: Path, student: str, content: str, name: str = f"{NAME}.ipynb") -> None:
    path = root / "classroom" / "submitted" / student / NAME / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")


def hand_in_changed(root: Path, student: str, change: Change) -> None:
    """Hands in ada's notebook after a change."""
    notebook = copy.deepcopy(right_answers(root))
    change(notebook)
    hand_in(root, student, json.dumps(notebook))


def cell(notebook: Any, id: str) -> Any:
    return next(one for one in notebook.cells if one.id == id)


def answer(source: str) -> Change:
    """Another answer to moving-average."""
    return lambda notebook: cell(notebook, "moving-average").__setitem__("source", source)
