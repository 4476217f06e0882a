"""A student who opens a lesson and runs all of it sees no error but 'not attempted yet'."""

import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from traitlets.config import Config

from autograder.course import Course
from autograder.settings import KERNELS

LESSONS = Course(Path(__file__).resolve().parents[2]).names()


@pytest.mark.parametrize("name", LESSONS)
def test_a_blank_notebook_runs_from_top_to_bottom(name: str, course: Course, tmp_path: Path) -> None:
    notebook = nbformat.read(course.release(name), as_version=4)
    NotebookClient(
        notebook,
        timeout=120,
        kernel_name="python3",
        allow_errors=True,
        config=Config({"KernelManager": KERNELS}),
        resources={"metadata": {"path": str(tmp_path)}},
    ).execute()
    outputs = [(cell.id, output) for cell in notebook.cells for output in cell.get("outputs", [])]
    errors = [(id, output.ename, output.evalue) for id, output in outputs if output.output_type == "error"]
    given = tuple(f"{one.id}-test-" for one in course.lesson(name).exercises if one.cell.given)
    assert [error for error in errors if error[1] != "NotAttempted" and not error[0].startswith(given)] == []
    assert [(id, output.text) for id, output in outputs if output.get("name") == "stderr"] == []
    tests = {cell.id for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade")}
    visible = {id for id in tests if re.search(r"-test-\d+$", id)}
    assert visible <= {id for id, *_ in errors}
