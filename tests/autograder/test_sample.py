"""A sample class has the marks that its expected.json says, and never overwrites anyone's work."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest

from autograder.sample import CLASS

SUBMITTED = Path("classroom/submitted")


def expected() -> dict[str, Any]:
    entries = json.loads(Path("classroom/expected.json").read_text(encoding="utf-8"))
    return {entry["student"]: entry for entry in entries}


def answer(student: str, id: str) -> str:
    notebook = nbformat.read(SUBMITTED / student / "01_moving" / "01_moving.ipynb", as_version=4)
    return str(next(cell.source for cell in notebook.cells if cell.id == id))


def test_the_class_knows_its_marks(built_mini: Path, autograder: Callable[..., Any]) -> None:
    said = autograder("sample", "classroom")
    assert (said.code, said.out) == (0, "20 students, 20 submissions in classroom/submitted\n")
    marks = expected()
    assert list(marks) == list(CLASS)
    assert {name: marks[name]["score"] for name in ("ada", "blaise", "carl", "dorothy", "grace", "hypatia")} == {
        "ada": 6,
        "blaise": 0,
        "carl": 0,
        "dorothy": 2,  # passes the visible test only
        "grace": 6,
        "hypatia": 6,
    }
    assert marks["dorothy"] == {
        "student": "dorothy",
        "lesson": "01_moving",
        "score": 2.0,
        "points": {"window-count": 0.0, "moving-average": 2.0},
    }


def test_answers_stand_where_students_write_them(built_mini: Path, autograder: Callable[..., Any]) -> None:
    autograder("sample", "classroom", "--students", "3")
    assert sorted(path.name for path in SUBMITTED.iterdir()) == ["ada", "blaise", "carl"]
    assert answer("ada", "window-count").endswith("window_count = 359\n### END SOLUTION")
    assert answer("blaise", "window-count") == "window_count = ..."
    assert answer("blaise", "moving-average").endswith('"""\n    raise NotAttempted')
    assert answer("carl", "window-count") == "window_count = 365 // 7"


def test_two_classes_are_the_same(built_mini: Path, autograder: Callable[..., Any]) -> None:
    for name in ("one", "two"):
        autograder("sample", name)
    one, two = (
        {path.relative_to(name): path.read_bytes() for path in Path(name).rglob("*") if path.is_file()}
        for name in ("one", "two")
    )
    assert one == two


def test_submissions_are_never_overwritten(built_mini: Path, autograder: Callable[..., Any]) -> None:
    work = SUBMITTED / "ada" / "01_moving" / "01_moving.ipynb"
    work.parent.mkdir(parents=True)
    work.write_text("my work", encoding="utf-8")
    said = autograder("sample", "classroom")
    assert said.code == 2
    assert said.err == "autograder sample: classroom/submitted holds submissions already: name an empty folder\n"
    assert [path for path in Path("classroom").rglob("*") if path.is_file()] == [work]
    assert work.read_text(encoding="utf-8") == "my work"


@pytest.mark.parametrize("number", ["0", "21", "-1"])
def test_a_class_of_another_size_is_refused(number: str, built_mini: Path, autograder: Callable[..., Any]) -> None:
    said = autograder("sample", "classroom", "--students", number)
    assert (said.code, said.err) == (2, f"autograder sample: expected 1 to 20 students, got {number}\n")


def test_a_course_that_is_not_built_has_no_class(mini: Path, autograder: Callable[..., Any]) -> None:
    said = autograder("sample", "classroom")
    assert said.code == 2
    assert said.err.endswith("course/01_moving/01_moving.ipynb, which does not exist: run 'autograder build'\n")
