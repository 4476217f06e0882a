"""Whether a student's notebook shows what it must not: solutions, hidden tests, outputs."""

from collections.abc import Iterator
from typing import Any

from nbformat.notebooknode import NotebookNode

from autograder.lesson import Lesson
from autograder.rules import MIN_TELLING_LINE, squeezed, telling_lines


def leaks(lesson: Lesson, student: NotebookNode) -> list[str]:
    """Every line of a solution or of a hidden test that stands anywhere in the notebook, and other remains."""
    text = "\n".join(_strings(student))
    dense = squeezed(text)
    found = [line for line in secret_lines(lesson) if squeezed(line) in dense]
    found += [marker for marker in ("BEGIN SOLUTION", "BEGIN HIDDEN TESTS") if marker in text]
    found += [f"output of cell {cell.id}" for cell in student.cells if cell.get("outputs")]
    return found


def secret_lines(lesson: Lesson) -> list[str]:
    """Telling lines of solutions and hidden tests, those left out that students are shown elsewhere on purpose."""
    shown = {
        line.strip() for cell in lesson.cells if _is_shown(cell.kind, cell.hidden) for line in cell.source.splitlines()
    }
    secrets = [line for exercise in lesson.exercises for line in telling_lines(exercise.cell)]
    secrets += [line.strip() for cell in lesson.written for line in cell.source.splitlines() if _is_telling(line)]
    hidden = [test for exercise in lesson.exercises for test in exercise.tests if test.hidden]
    secrets += [line.strip() for test in hidden for line in test.source.splitlines() if _is_telling(line)]
    return [line for line in secrets if line not in shown]


def _is_shown(kind: str, hidden: bool) -> bool:
    return kind in ("test", "setup") and not hidden


def _is_telling(line: str) -> bool:
    return len(line.strip()) >= MIN_TELLING_LINE and not line.strip().startswith(("#", "import ", "from "))


def _strings(part: Any) -> Iterator[str]:
    """All text of a notebook: sources, metadata, attachments, outputs."""
    if isinstance(part, str):
        yield part
    elif isinstance(part, dict):
        for key, value in part.items():
            yield from (key, *_strings(value))
    elif isinstance(part, list):
        for value in part:
            yield from _strings(value)
