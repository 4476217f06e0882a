"""`autograder build`: lessons to notebooks, and a check that the committed ones are not stale."""

import argparse
import copy
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbformat.notebooknode import NotebookNode
from traitlets.config import Config

from autograder.course import Classroom, Course, CourseError
from autograder.home import home_notebook
from autograder.leaks import leaks
from autograder.lesson import Lesson
from autograder.notebook import instructor_notebook
from autograder.settings import KERNELS, configure, nbgrader_api

DEMO_SECONDS = 600
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The verb's arguments."""
    parser.add_argument("lessons", nargs="*", metavar="LESSON", help="names or numbers; all when none is given")
    parser.add_argument("--check", action="store_true", help="write nothing; fail if anything committed is stale")


def run(course: Course, options: argparse.Namespace) -> int:
    """Builds or checks; returns the exit code."""
    lessons = course.lessons(options.lessons)
    if options.check:
        return _report_stale(list(stale(course, lessons)), len(lessons))
    for lesson in lessons:
        print(f"{lesson.name}: running {len(lesson.cells)} cells", flush=True)
        build(course, lesson)
    write(home_notebook(course.lessons()), course.root / "course" / "home.ipynb")
    return 0


def build(course: Course, lesson: Lesson) -> None:
    """Writes the executed instructor's notebook and the student's.

    Raises CourseError if a cell fails or an answer leaks.
    """
    notebook = instructor_notebook(lesson)
    student = student_notebook(notebook, lesson)
    if found := leaks(lesson, student):
        raise CourseError(f"{lesson.path}: the student's notebook would show what it must not: {found[0]}")
    execute(notebook, lesson)
    write(notebook, course.solution(lesson.name))
    write(student, course.release(lesson.name))


def execute(notebook: NotebookNode, lesson: Lesson) -> None:
    """Runs all cells, demos too, and puts in their outputs.

    Raises CourseError for a cell that fails or writes to stderr.
    """
    trial = copy.deepcopy(notebook)
    for cell in trial.cells:
        cell.metadata.pop("tags", None)
    NotebookClient(
        trial,
        timeout=DEMO_SECONDS,
        kernel_name="python3",
        record_timing=False,
        store_widget_state=False,
        allow_errors=True,
        config=Config({"KernelManager": KERNELS}),
        resources={"metadata": {"path": str(lesson.path.parent)}},
    ).execute()
    for cell, ran in zip(notebook.cells, trial.cells, strict=True):
        if cell.cell_type == "code":
            _check_outputs(lesson, ran)
            _drop_dead_widgets(ran)
            cell.outputs, cell.execution_count = ran.outputs, ran.execution_count


def _check_outputs(lesson: Lesson, cell: NotebookNode) -> None:
    for output in cell.outputs:
        if output.output_type == "error":
            raise CourseError(f"{lesson.path}: cell {cell.id} failed:\n" + "\n".join(output.traceback))
        if output.output_type == "stream" and output.name == "stderr":
            raise CourseError(
                f"{lesson.path}: cell {cell.id} writes to stderr, which costs all its points:\n{output.text}"
            )


def _drop_dead_widgets(cell: NotebookNode) -> None:
    """A widget's view means nothing without its kernel; its static figure stays."""
    for output in cell.outputs:
        output.get("data", {}).pop(WIDGET_VIEW, None)


def student_notebook(notebook: NotebookNode, lesson: Lesson) -> NotebookNode:
    """What nbgrader's release step makes of an instructor's notebook."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        config = configure(Config(), Classroom(root / "classroom"), root)
        config.CourseDirectory.db_url = f"sqlite:///{root / 'gradebook.db'}"
        write(notebook, root / "solutions" / lesson.name / f"{lesson.name}.ipynb")
        result = nbgrader_api(config).generate_assignment(lesson.name, force=True, create=True)
        if not result["success"]:
            raise CourseError(f"{lesson.path}: nbgrader could not release it:\n{result['log']}")
        student: NotebookNode = nbformat.read(root / "course" / lesson.name / f"{lesson.name}.ipynb", as_version=4)
        return student


def write(notebook: NotebookNode, path: Path) -> None:
    """Writes a notebook: keys sorted, one newline at the end."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")


def stale(course: Course, lessons: list[Lesson]) -> Iterator[str]:
    """Names each committed notebook that its source no longer makes, and why. Outputs are not compared."""
    for lesson in lessons:
        notebook = instructor_notebook(lesson)
        yield from _compared(course.solution(lesson.name), notebook)
        yield from _compared(course.release(lesson.name), student_notebook(notebook, lesson))
    yield from _compared(course.root / "course" / "home.ipynb", home_notebook(course.lessons()))
    for folder in ("solutions", "course"):
        for path in sorted((course.root / folder).glob("*/*.ipynb")):
            if path.stem not in course.names():
                yield f"{path.relative_to(course.root)}: no lesson makes it"


def _compared(path: Path, fresh: NotebookNode) -> Iterator[str]:
    if not path.exists():
        yield f"{path}: missing"
    elif (cell := _first_difference(nbformat.read(path, as_version=4), fresh)) is not None:
        yield f"{path}: stale from {cell}"


def _first_difference(committed: NotebookNode, fresh: NotebookNode) -> str | None:
    if committed.metadata != fresh.metadata:
        return "its metadata"
    ours, theirs = [list(map(_source, notebook.cells)) for notebook in (committed, fresh)]
    for ours_one, theirs_one in zip(ours, theirs, strict=False):
        if ours_one != theirs_one:
            return f"cell {theirs_one['id']}"
    return None if len(ours) == len(theirs) else "its number of cells"


def _source(cell: NotebookNode) -> dict[str, object]:
    return {key: value for key, value in cell.items() if key not in ("outputs", "execution_count")}


def _report_stale(found: list[str], count: int) -> int:
    for line in found:
        print(f"{line}: run 'autograder build' and commit what it writes")
    if not found:
        print(f"fresh: the notebooks of {count} lesson{'' if count == 1 else 's'} match their sources")
    return 1 if found else 0
