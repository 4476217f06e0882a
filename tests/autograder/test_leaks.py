"""Whatever a student's notebook must not show is found, wherever it stands."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_markdown_cell, new_output

from autograder.course import Course
from autograder.leaks import leaks, secret_lines

LESSON = Path("lessons/01_moving/lesson.py")
RELEASE = Path("course/01_moving/01_moving.ipynb")
SOLUTION = "return windows.mean(axis=1)"
HIDDEN = "check.equal_many(moving_average, cases, expect=expect)"


def find(notebook: Any, id: str) -> Any:
    return next(cell for cell in notebook.cells if cell.id == id)


def add_to_code(notebook: Any) -> None:
    find(notebook, "demo-smooth").source += f"\n    {SOLUTION}"


def add_to_prose(notebook: Any) -> None:
    notebook.cells.append(new_markdown_cell(f"Try `{SOLUTION}`.", id="new"))


def add_with_other_spaces(notebook: Any) -> None:
    find(notebook, "demo-smooth").source += "\nreturn windows.mean( axis = 1 )"


def add_over_two_lines(notebook: Any) -> None:
    find(notebook, "demo-smooth").source += "\nreturn windows.mean(\n    axis=1)"


def add_to_cell_metadata(notebook: Any) -> None:
    find(notebook, "moving-average").metadata["was"] = {"source": [f"    {SOLUTION}"]}


def add_to_notebook_metadata(notebook: Any) -> None:
    notebook.metadata["was"] = SOLUTION


def add_to_attachment(notebook: Any) -> None:
    cell = find(notebook, "moving-average-hint")
    cell["attachments"] = {"answer.txt": {"text/plain": SOLUTION}}


def add_hidden_line(notebook: Any) -> None:
    find(notebook, "moving-average-hidden-1").source += f"\n{HIDDEN}"


def add_output(notebook: Any) -> None:
    find(notebook, "demo-smooth").outputs = [new_output("stream", text="[0.5 1.5]")]


def add_solution_marker(notebook: Any) -> None:
    find(notebook, "moving-average").source += "\n    ### BEGIN SOLUTION"


def add_hidden_marker(notebook: Any) -> None:
    find(notebook, "moving-average-hidden-1").source += "\n### BEGIN HIDDEN TESTS"


PLANTED = {
    add_to_code: SOLUTION,
    add_to_prose: SOLUTION,
    add_with_other_spaces: SOLUTION,
    add_over_two_lines: SOLUTION,
    add_to_cell_metadata: SOLUTION,
    add_to_notebook_metadata: SOLUTION,
    add_to_attachment: SOLUTION,
    add_hidden_line: HIDDEN,
    add_output: "output of cell demo-smooth",
    add_solution_marker: "BEGIN SOLUTION",
    add_hidden_marker: "BEGIN HIDDEN TESTS",
}


@pytest.mark.parametrize(("plant", "found"), PLANTED.items(), ids=[plant.__name__ for plant in PLANTED])
def test_a_planted_leak_is_found(plant: Callable[[Any], None], found: str, built_mini: Path) -> None:
    notebook = nbformat.read(RELEASE, as_version=4)
    plant(notebook)
    assert leaks(Course(built_mini).lesson("01_moving"), notebook) == [found]


def test_a_clean_notebook_has_no_leaks(built_mini: Path) -> None:
    assert leaks(Course(built_mini).lesson("01_moving"), nbformat.read(RELEASE, as_version=4)) == []


def test_the_instructors_notebook_leaks_everything(built_mini: Path) -> None:
    lesson = Course(built_mini).lesson("01_moving")
    notebook = nbformat.read("solutions/01_moving/01_moving.ipynb", as_version=4)
    assert set(secret_lines(lesson)) < set(leaks(lesson, notebook))


def test_lines_that_students_see_anyway_are_no_secret(mini: Path, edit: Callable[..., Path]) -> None:
    shared = "x = np.array([3.0, 1.0, 8.0, 4.0, 9.0])"
    edit('rng = check.rng("moving-average")', f'{shared}\nrng = check.rng("moving-average")')
    assert shared not in secret_lines(Course(mini).lesson("01_moving"))


def test_a_line_given_before_the_solution_repeats_it_is_no_secret(mini: Path, edit: Callable[..., Path]) -> None:
    edit("    ### BEGIN SOLUTION", f"    if k == len(x):\n        {SOLUTION}\n    ### BEGIN SOLUTION", LESSON)
    assert SOLUTION not in secret_lines(Course(mini).lesson("01_moving"))
