"""`autograder build`: lessons to notebooks, and a check that the committed ones are not stale."""

import argparse
import copy
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError
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
    home = home_notebook(course.lessons())  # reads every lesson: nothing is written while one has an error
    for lesson in lessons:
        print(f"{lesson.name}: running {len(lesson.cells)} cells", flush=True)
        build(course, lesson)
    write(home, course.root / "course" / "home.ipynb")
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

    Raises CourseError for a cell that fails, writes to stderr, doesn't end, or ends the kernel.
    """
    trial = copy.deepcopy(notebook)
    for cell in trial.cells:
        cell.metadata.pop("tags", None)
    started: list[str] = []
    client = NotebookClient(
        trial,
        timeout=DEMO_SECONDS,
        kernel_name="python3",
        record_timing=False,
        store_widget_state=False,
        allow_errors=True,
        config=Config({"KernelManager": KERNELS}),
        on_cell_start=lambda cell, cell_index: started.append(cell.id),
        resources={"metadata": {"path": str(lesson.path.parent)}},
    )
    try:
        client.execute()
    except (CellTimeoutError, DeadKernelError) as error:
        raise CourseError(f"{lesson.path}: cell {started[-1]} failed:\n{error}") from None
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
    """Names each committed notebook that its source no longer makes, and why. Outputs of solutions are not compared."""
    home = course.root / "course" / "home.ipynb"
    for lesson in lessons:
        notebook = instructor_notebook(lesson)
        yield from _compared(course, course.solution(lesson.name), notebook, outputs=False)
        yield from _compared(course, course.release(lesson.name), student_notebook(notebook, lesson))
    yield from _compared(course, home, home_notebook(course.lessons()))
    made = {home, *(place(name) for name in course.names() for place in (course.solution, course.release))}
    for folder in ("solutions", "course"):
        for path in sorted((course.root / folder).rglob("*.ipynb")):
            if path not in made and ".ipynb_checkpoints" not in path.parts:
                yield f"{path.relative_to(course.root)}: no lesson makes it"


def _compared(course: Course, path: Path, fresh: NotebookNode, outputs: bool = True) -> Iterator[str]:
    name = path.relative_to(course.root)
    try:
        committed = nbformat.read(path, as_version=4)
    except FileNotFoundError:
        yield f"{name}: missing"
    except Exception as error:  # a file that was edited by hand may be anything
        yield f"{name}: not a notebook ({type(error).__name__})"
    else:
        if cell := _first_difference(committed, fresh, outputs):
            yield f"{name}: stale from {cell}"


def _first_difference(committed: NotebookNode, fresh: NotebookNode, outputs: bool) -> str:
    if committed.metadata != fresh.metadata:
        return "its metadata"
    ours, theirs = [[_compared_part(cell, outputs) for cell in notebook.cells] for notebook in (committed, fresh)]
    for ours_one, theirs_one in zip(ours, theirs, strict=False):
        if ours_one != theirs_one:
            return f"cell {theirs_one['id']}"
    return "" if len(ours) == len(theirs) else "its number of cells"


def _compared_part(cell: NotebookNode, outputs: bool) -> dict[str, object]:
    return {key: value for key, value in cell.items() if outputs or key not in ("outputs", "execution_count")}


def _report_stale(found: list[str], count: int) -> int:
    for line in found:
        print(f"{line}: run 'autograder build' and commit what it writes")
    if not found:
        print(f"fresh: the notebooks of {count} lesson{'' if count == 1 else 's'} match their sources")
    return 1 if found else 0
