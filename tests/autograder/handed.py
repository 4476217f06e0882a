"""What becomes of notebooks that are handed in for the miniature lesson, and ways to change them."""

import copy
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest

from autograder.build import student_notebook
from autograder.lesson import Lesson, parse_lesson
from autograder.notebook import instructor_notebook
from autograder.reading import Malformed, read_submission
from autograder.sanitise import Sanitised, Sanitiser

NAME = "01_moving"
MINI = Path(__file__).parent / "mini" / "lessons" / NAME
GIVEN_CODE = "half = 0.5"
ANSWER = "def moving_average(x, k):\n    return mine(x, k)"
HELPER = "def mine(x, k):\n    return x[k:]"

Change = Callable[[Any], object]


class Handed:
    """A lesson, and what becomes of the notebooks that are handed in for it."""

    def __init__(self, folder: Path, lesson: Lesson) -> None:
        self.folder, self.lesson = folder, lesson
        self.source = instructor_notebook(lesson)
        self.release = student_notebook(self.source, lesson)
        self.sanitiser = Sanitiser(self.source)

    def copy(self) -> Any:
        return copy.deepcopy(self.release)

    def changed(self, *changes: Change) -> Sanitised:
        """What becomes of the student's notebook after these changes, by way of a file."""
        notebook = self.copy()
        for change in changes:
            change(notebook)
        return self.sanitised(json.dumps(notebook))

    def read(self, content: str | bytes) -> Any:
        (self.folder / f"{NAME}.ipynb").write_bytes(content.encode() if isinstance(content, str) else content)
        return read_submission(self.folder, NAME)

    def sanitised(self, content: str | bytes) -> Sanitised:
        return self.sanitiser.sanitise(self.read(content))

    def why_malformed(self, content: str | bytes) -> str:
        with pytest.raises(Malformed) as error:
            self.read(content)
        return str(error.value)


def lesson_to_hand_in(root: Path) -> Handed:
    """The miniature lesson, with a given code cell before its last exercise."""
    shutil.copytree(MINI, root / NAME)
    (root / "ada").mkdir()
    path = root / NAME / "lesson.py"
    text = path.read_text(encoding="utf-8")
    mark = '# %% exercise="moving-average"'
    path.write_text(text.replace(mark, f"# %%\n{GIVEN_CODE}\n\n{mark}"), encoding="utf-8")
    return Handed(root / "ada", parse_lesson(path))


def at(notebook: Any, id: str) -> Any:
    return next(cell for cell in notebook.cells if cell.get("id") == id)


def given_id(handed: Handed) -> str:
    return next(str(cell.id) for cell in handed.source.cells if cell.source == GIVEN_CODE)


def write(id: str, source: str) -> Change:
    return lambda notebook: at(notebook, id).__setitem__("source", source)


def set_type(id: str, cell_type: str) -> Change:
    return lambda notebook: at(notebook, id).__setitem__("cell_type", cell_type)


def drop(*ids: str) -> Change:
    def change(notebook: Any) -> None:
        notebook.cells = [cell for cell in notebook.cells if cell.id not in ids]

    return change


def add(cell: Any, after: str) -> Change:
    def change(notebook: Any) -> None:
        place = [one.id for one in notebook.cells].index(after) if after else -1
        notebook.cells.insert(place + 1, cell)

    return change


def paste(id: str, source: str, after: str, new_id: str = "pasted") -> Change:
    """What JupyterLab's copy and paste makes: all metadata again, a new id."""

    def change(notebook: Any) -> None:
        twin = copy.deepcopy(at(notebook, id))
        twin.update(id=new_id, source=source)
        add(twin, after)(notebook)

    return change


def sources(result: Sanitised) -> list[str]:
    return [cell.source for cell in result.notebook.cells]


def extras(result: Sanitised, after: str) -> list[str]:
    """Sources of the added cells between a given cell and the next."""
    cells = result.notebook.cells
    place = [cell.id for cell in cells].index(after) if after else -1
    found = []
    for cell in cells[place + 1 :]:
        if not cell.id.startswith("extra-"):
            break
        found.append(cell.source)
    return found


def assert_ours(handed: Handed, result: Sanitised) -> None:
    """All but the answers is the instructor's, and nothing stands in the way of writing it."""
    ours = [cell for cell in result.notebook.cells if not cell.id.startswith("extra-")]
    assert [cell.id for cell in ours] == [cell.id for cell in handed.source.cells]
    for cell, source in zip(ours, handed.source.cells, strict=True):
        assert (cell.cell_type, cell.metadata) == (source.cell_type, source.metadata)
        assert cell.source == source.source or source.metadata.get("nbgrader", {}).get("solution")
        assert not cell.get("outputs")
    for cell in result.notebook.cells:
        assert cell.metadata == {} or not cell.id.startswith("extra-")
    assert result.notebook.metadata == handed.source.metadata
    nbformat.validate(result.notebook)
    json.dumps(result.notebook, ensure_ascii=False, allow_nan=False).encode()


def assert_no_solution(handed: Handed, result: Sanitised) -> None:
    shown = "\n".join(
        cell.source for cell in result.notebook.cells if not cell.metadata.get("nbgrader", {}).get("grade")
    )
    for exercise in handed.lesson.exercises:
        for line in (line.strip() for region in exercise.cell.solution_regions for line in region):
            assert line not in shown
