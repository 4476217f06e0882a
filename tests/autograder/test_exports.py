"""Tables for learning-management systems hold each student's mark in the form that the system reads."""

import csv
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from nbgrader.api import Gradebook
from traitlets import TraitError
from traitlets.config import Config

from autograder.exports import CanvasExportPlugin, MoodleExportPlugin, TableExportPlugin

pytestmark = pytest.mark.filterwarnings("ignore:Object of type")  # nbgrader's own, on add_submission


@pytest.fixture
def gradebook(tmp_path: Path) -> Iterator[Gradebook]:
    """Two lessons; ada has handed in both, bob the second, too late, and carol nothing."""
    book = Gradebook(f"sqlite:///{tmp_path / 'gradebook.db'}", "course")
    for lesson, points in (("06_b", 5.0), ("00_a", 3.5)):
        book.add_assignment(lesson)
        book.add_notebook(lesson, lesson)
        book.add_grade_cell("test", lesson, lesson, max_score=points, cell_type="code")
    book.add_student("ada", first_name="Ada", last_name="Lovelace, Countess", email="ada@example.org")
    book.add_student("bob", last_name='B"ob')
    book.add_student("carol")
    for student, lesson, score, penalty in (("ada", "00_a", 3.5, 0), ("ada", "06_b", 1 / 3, 0), ("bob", "06_b", 4, 5)):
        book.add_submission(lesson, student)
        book.find_grade("test", lesson, lesson, student).auto_score = score
        book.find_submission_notebook(lesson, lesson, student).late_submission_penalty = penalty
    book.db.commit()
    yield book
    book.close()


def table(plugin: type[TableExportPlugin], gradebook: Gradebook, tmp_path: Path, **settings: Any) -> list[list[str]]:
    path = tmp_path / "table.csv"
    plugin(config=Config({plugin.__name__: settings}), to=str(path)).export(gradebook)
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_canvas_gets_points_possible_and_an_empty_cell_for_what_was_not_handed_in(
    gradebook: Gradebook, tmp_path: Path
) -> None:
    assert table(CanvasExportPlugin, gradebook, tmp_path) == [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "00_a", "06_b"],
        ["    Points Possible", "", "", "", "", "3.5", "5"],
        ["Lovelace, Countess, Ada", "", "", "ada", "", "3.5", "0.3333333333"],
        ['B"ob', "", "", "bob", "", "", "0"],
        ["carol", "", "", "carol", "", "", ""],
    ]


def test_canvas_columns_and_students_can_have_its_own_names(gradebook: Gradebook, tmp_path: Path) -> None:
    settings = {"columns": {"06_b": "Lesson 06 (12345)"}, "key": "ID", "missing": "0"}
    header, _, ada, bob, _ = table(CanvasExportPlugin, gradebook, tmp_path, **settings)
    assert header[5:] == ["00_a", "Lesson 06 (12345)"]
    assert ada[1:5] == ["ada", "", "", ""]
    assert bob[5:] == ["0", "0"]


def test_canvas_knows_three_kinds_of_id(gradebook: Gradebook, tmp_path: Path) -> None:
    with pytest.raises(TraitError, match="SIS Login ID"):
        table(CanvasExportPlugin, gradebook, tmp_path, key="email")


def test_moodle_gets_what_it_can_map_a_student_by(gradebook: Gradebook, tmp_path: Path) -> None:
    assert table(MoodleExportPlugin, gradebook, tmp_path) == [
        ["Username", "First name", "Last name", "Email address", "00_a", "06_b"],
        ["ada", "Ada", "Lovelace, Countess", "ada@example.org", "3.5", "0.3333333333"],
        ["bob", "", 'B"ob', "", "", "0"],
        ["carol", "", "", "", "", ""],
    ]


def test_some_students_and_lessons_can_be_chosen(gradebook: Gradebook, tmp_path: Path) -> None:
    chosen = table(MoodleExportPlugin, gradebook, tmp_path, student=["bob"], assignment=["06_b"])
    assert chosen == [["Username", "First name", "Last name", "Email address", "06_b"], ["bob", "", 'B"ob', "", "0"]]


@pytest.mark.parametrize("choice", [{"student": ["dora"]}, {"assignment": ["07"]}])
def test_an_unknown_choice_is_an_error_and_leaves_the_earlier_table(
    gradebook: Gradebook, tmp_path: Path, choice: dict[str, list[str]]
) -> None:
    before = table(MoodleExportPlugin, gradebook, tmp_path)
    with pytest.raises(ValueError, match=r"expected some of .*, got (dora|07)"):
        table(MoodleExportPlugin, gradebook, tmp_path, **choice)
    with (tmp_path / "table.csv").open(encoding="utf-8", newline="") as file:
        assert list(csv.reader(file)) == before


def test_an_empty_gradebook_gives_a_table_without_students(tmp_path: Path) -> None:
    with Gradebook(f"sqlite:///{tmp_path / 'new.db'}", "course") as book:
        assert len(table(CanvasExportPlugin, book, tmp_path)) == 2


def test_the_command_of_nbgrader_finds_them(gradebook: Gradebook, tmp_path: Path) -> None:
    programs = Path(sys.executable).parent
    command = [str(programs / "nbgrader"), "export", "--exporter=autograder.exports.CanvasExportPlugin"]
    command += [f"--db=sqlite:///{tmp_path / 'gradebook.db'}", "--assignment=['00_a']"]
    env = {**os.environ, "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "canvas.csv").read_text(encoding="utf-8").splitlines()[2].endswith(",ada,,3.5")
