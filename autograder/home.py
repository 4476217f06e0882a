"""The course's home page, course/home.ipynb: where a student starts."""

from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_markdown_cell, new_notebook

from autograder.lesson import Lesson

_WELCOME = """# Forward Pass

A course in deep learning that you write yourself: every idea is a small function of yours, and every function is
checked the moment you run it.

**How it works.** Open a lesson from the table. Read, fill in the stubs, run the check below each one. A check says one
of three things: *not attempted yet*, *not right yet* (with what is wrong and where to read), or *right*. When you are
done, press **Validate** in the notebook's toolbar, save, and hand in the `.ipynb` file.

New here? Start with lesson 00: it takes you through all of this once, on an exercise of one line."""


def home_notebook(lessons: list[Lesson]) -> NotebookNode:
    """The page: a welcome, and a table of the lessons with links."""
    cells = [new_markdown_cell(_WELCOME, id="welcome"), new_markdown_cell(_table(lessons), id="lessons")]
    metadata = {
        "kernelspec": {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"},
        "language_info": {"name": "python"},
    }
    notebook: NotebookNode = new_notebook(cells=cells, metadata=metadata)
    notebook.nbformat_minor = 5
    return notebook


def _table(lessons: list[Lesson]) -> str:
    head = "| | lesson | part | exercises | points | hours | after |"
    rule = "| --- | --- | --- | ---: | ---: | ---: | --- |"
    return "\n".join(["## Lessons", "", head, rule, *map(_row, lessons)])


def _row(lesson: Lesson) -> str:
    options = lesson.cells[0].options
    needs = ", ".join(name[:2] for name in options["needs"].split()) or "nothing"
    link = f"[{lesson.title}]({lesson.name}/{lesson.name}.ipynb)"
    exercises = sum(not exercise.is_prediction for exercise in lesson.exercises)
    points = " + ".join(f"{points:g}" for points in (lesson.points, *(cell.points for cell in lesson.written)))
    columns = (lesson.name[:2], link, options["part"], exercises, points, f"{options['hours']:g}", needs)
    return "| " + " | ".join(map(str, columns)) + " |"
