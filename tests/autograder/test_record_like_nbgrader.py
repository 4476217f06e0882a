"""Recorded marks stand in nbgrader's gradebook as nbgrader's own commands would have put them there."""

import copy
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell
from nbgrader.utils import determine_grade, is_grade

from autograder.course import Classroom
from autograder.record import Recorder, left_blank

from .gradebooks import MARCH, contents, execute, foreign_keys_checked, rows, tagged

NAME = "01_moving"
PROGRAMS = Path(sys.executable).parent
# calls of NbGraderAPI, as JSON: [["autograde", "01_moving", "ada"], ...]
CALL = """
import json, sys
from pathlib import Path
from traitlets.config import Config
from autograder.course import Classroom
from autograder.settings import configure, nbgrader_api

api = nbgrader_api(configure(Config(), Classroom(Path("classroom"))))
for method, *arguments in json.loads(sys.argv[1]):
    result = getattr(api, method)(*arguments, force=True)
    assert result["success"], result
"""
GIVEN_BY_HAND = """
update grade set manual_score = 1.5, needs_manual_grade = 0 where cell_id in
    (select id from base_cell where name in ('moving-average-test-1', 'essay', 'chore'));
update grade set extra_credit = 0.5 where cell_id in
    (select id from base_cell where name in ('moving-average-hidden-1', 'essay'));
update comment set manual_comment = 'Well put.' where cell_id in
    (select id from base_cell where name in ('moving-average', 'chore'));
update submitted_notebook set flagged = 1, late_submission_penalty = 2;
"""


class Stock:
    """A class of two that nbgrader graded, and what its gradebook held before and after a regrade of ada."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.classroom = Classroom(root / "classroom")
        self.source = nbformat.read(root / "solutions" / NAME / f"{NAME}.ipynb", as_version=4)
        self.first, self.again = root / "first.db", root / "again.db"

    def call(self, *calls: tuple[str, ...]) -> None:
        self.run(sys.executable, "-c", CALL, json.dumps(calls))

    def run(self, *command: str) -> None:
        env = {**os.environ, "PATH": f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}"}
        done = subprocess.run(command, cwd=self.root, env=env, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stdout + done.stderr

    def hand_in(self, student: str, answers: Mapping[str, str]) -> None:
        notebook = nbformat.read(self.root / "course" / NAME / f"{NAME}.ipynb", as_version=4)
        for id, source in answers.items():
            cell(notebook, id).source = source
        path = self.classroom.submitted / student / NAME / f"{NAME}.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(notebook, path)

    def graded(self, student: str) -> Any:
        return nbformat.read(self.classroom.autograded / student / NAME / f"{NAME}.ipynb", as_version=4)

    def record(self, recorder: Recorder, student: str, submitted: datetime | None = None) -> float:
        """The same marks by our way."""
        graded = self.graded(student)
        points = {one.metadata.nbgrader.grade_id: determine_grade(one)[0] for one in graded.cells if is_grade(one)}
        marks = {id: earned for id, earned in points.items() if id not in ("essay", "sketch")}
        return recorder.record(student, NAME, marks, submitted, blank=left_blank(graded))


@pytest.fixture(scope="module")
def stock(built_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Stock:
    root = tmp_path_factory.mktemp("stock") / "mini"
    shutil.copytree(built_once, root)
    add_cells_for_a_person(root / "solutions" / NAME / f"{NAME}.ipynb")
    stock = Stock(root)
    stock.classroom.root.mkdir()
    stock.call(("generate_assignment", NAME))
    right = {"window-count": "window_count = 359", "moving-average": cell(stock.source, "moving-average").source}
    stock.hand_in("ada", {**right, "essay": "It slides."})
    stock.hand_in("dorothy", {"moving-average": "def moving_average(x, k):\n    return x"})
    (stock.classroom.submitted / "ada" / NAME / "timestamp.txt").write_text("2026-03-01 10:00:00 UTC")
    stock.call(("autograde", NAME, "ada"), ("autograde", NAME, "dorothy"))
    book = root / "classroom" / "gradebook.db"
    shutil.copy(book, stock.first)
    execute(book, GIVEN_BY_HAND)
    stock.call(("autograde", NAME, "ada"))
    shutil.copy(book, stock.again)
    return stock


def add_cells_for_a_person(path: Path) -> None:
    """A written answer, an answer in code, and a task: the kinds of cells that nbgrader leaves to a person."""
    notebook = nbformat.read(path, as_version=4)
    by_hand = {"grade": True, "solution": True, "locked": False, "task": False}
    task = {"grade": False, "solution": False, "locked": True, "task": True}
    notebook.cells += [
        new_markdown_cell("It slides.", id="essay", metadata=tagged("essay", points=2, **by_hand)),
        new_code_cell("plot()", id="sketch", metadata=tagged("sketch", points=1, **by_hand)),
        new_markdown_cell("Tidy up.", id="chore", metadata=tagged("chore", points=3, **task)),
    ]
    nbformat.write(notebook, path)


def cell(notebook: Any, id: str) -> Any:
    return next(one for one in notebook.cells if one.id == id)


@pytest.fixture(autouse=True)
def foreign_keys() -> Iterator[None]:
    with foreign_keys_checked():
        yield


def test_every_row_is_as_nbgrader_leaves_it(stock: Stock, recorder: Recorder, book: Path) -> None:
    recorder.enter_lesson(NAME, stock.source)
    assert stock.record(recorder, "ada", MARCH) == 6
    assert stock.record(recorder, "dorothy") == 0
    assert contents(book) == contents(stock.first)


def test_a_regrade_keeps_what_a_person_gave_as_nbgrader_does(stock: Stock, recorder: Recorder, book: Path) -> None:
    recorder.enter_lesson(NAME, stock.source)
    for student, submitted in (("ada", MARCH), ("dorothy", None)):
        stock.record(recorder, student, submitted)
    execute(book, GIVEN_BY_HAND)
    assert stock.record(recorder, "ada") == 1 + 1.5 + 3.5 + 2.0 + 1.5
    assert contents(book) == contents(stock.again)


def test_the_sources_stand_in_the_order_that_nbgrader_relies_on(stock: Stock, recorder: Recorder, book: Path) -> None:
    fewer = copy.deepcopy(stock.source)
    fewer.cells = [one for one in fewer.cells if one.id not in ("set-up", "moving-average-test-1")]
    recorder.enter_lesson(NAME, fewer)
    recorder.enter_lesson(NAME, stock.source)
    query = "select name from source_cell order by rowid"
    assert rows(book, query) == rows(stock.first, query)


def test_an_nbgrader_gradebook_can_be_taken_over(stock: Stock, classroom: Classroom, book: Path) -> None:
    shutil.copy(stock.again, book)
    before = contents(book)
    with Recorder(classroom) as recorder:
        recorder.enter_lesson(NAME, stock.source)
        stock.record(recorder, "ada")
    assert contents(book) == before


def test_nbgrader_takes_the_gradebook_over(stock: Stock, tmp_path: Path) -> None:
    ours = Stock(Path(shutil.copytree(stock.root, tmp_path / "mini")))
    book = ours.classroom.root / "gradebook.db"
    book.unlink()
    with Recorder(ours.classroom) as recorder:
        recorder.enter_lesson(NAME, ours.source)
        for student, submitted in (("ada", MARCH), ("dorothy", None)):
            ours.record(recorder, student, submitted)
        recorder.export_csv(ours.root / "ours.csv")
    ours.call(("generate_feedback", NAME, "ada"), ("autograde", NAME, "dorothy"))
    ours.run(str(PROGRAMS / "nbgrader"), "export", "--to=stock.csv")
    assert "Score: 6.0 / 12.0" in (ours.classroom.feedback / "ada" / NAME / f"{NAME}.html").read_text(encoding="utf-8")
    assert (ours.root / "ours.csv").read_text() == (ours.root / "stock.csv").read_text()
    assert contents(book) == contents(stock.first)
