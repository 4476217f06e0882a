"""Lessons become the same notebooks every time, or nothing; what is committed and stale is found."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest

from autograder import build
from autograder.course import Course, CourseError
from autograder.notebook import instructor_notebook

SOLUTION = Path("solutions/01_moving/01_moving.ipynb")
RELEASE = Path("course/01_moving/01_moving.ipynb")
HOME = Path("course/home.ipynb")
DEMO = '# %% demo="smooth"\nprint(moving_average(np.arange(5.0), 2))'
Edit = Callable[..., Path]


def notebook(root: Path) -> Any:
    return instructor_notebook(Course(root).lesson("01_moving"))


def sources(root: Path) -> dict[str, str]:
    return {cell.id: cell.source for cell in notebook(root).cells}


def notebooks(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*.ipynb")}


def test_two_builds_write_the_same_bytes(built_mini: Path, autograder: Callable[..., Any]) -> None:
    first = notebooks(built_mini)
    for name in first:
        (built_mini / name).unlink()

    said = autograder("build")

    assert said.code == 0
    assert said.out == "01_moving: running 10 cells\n"
    assert notebooks(built_mini) == first
    assert set(first) == {str(SOLUTION), str(RELEASE), str(HOME)}


def test_notebooks_are_valid_with_unique_ids(built_mini: Path) -> None:
    for path in built_mini.rglob("*.ipynb"):
        made = nbformat.read(path, as_version=4)
        ids = [cell.id for cell in made.cells]
        assert (made.nbformat, made.nbformat_minor) == (4, 5)
        assert len(set(ids)) == len(ids)
        nbformat.validate(made)


def test_solutions_hold_outputs_and_releases_hold_none(built_mini: Path) -> None:
    solution, release = (nbformat.read(path, as_version=4) for path in (SOLUTION, RELEASE))
    demo = next(cell for cell in solution.cells if cell.id == "demo-smooth")
    assert demo.outputs[0].text == "[0.5 1.5 2.5 3.5]\n"
    assert all(cell.execution_count for cell in solution.cells if cell.cell_type == "code")
    assert not any(cell.outputs or cell.execution_count for cell in release.cells if cell.cell_type == "code")


def test_a_student_gets_stubs_and_the_first_line_of_hidden_tests(built_mini: Path) -> None:
    cells = {cell.id: cell.source for cell in nbformat.read(RELEASE, as_version=4).cells}
    assert cells["moving-average"].endswith('    """\n    # your code here\n    raise NotAttempted')
    assert cells["window-count"].endswith("\nwindow_count = ...")
    title, call = cells["moving-average-hidden-1"].split("\n", 1)
    assert title == "# moving-average: check 2 of 2, which the grader runs to its end"
    assert call.startswith('check.hidden(\n    "moving-average", ["moving_average"]')
    assert call.endswith('read="Only full windows",\n)')


def test_the_home_page_links_the_lesson(built_mini: Path) -> None:
    table = nbformat.read(HOME, as_version=4).cells[1].source
    link = "[Moving averages](01_moving/01_moving.ipynb)"
    assert table.endswith(f"| 01 | {link} | Test | 1 | 6 | 1 | nothing |")


PREDICTION = '# %% predict="window-count" minutes=1'


@pytest.mark.parametrize(
    ("choices", "told"), [("52 | 365 | 359", "> One of `52`, `365` or `359`."), ("359 | 52", "> One of `359` or `52`.")]
)
def test_the_box_of_a_prediction_says_what_may_be_chosen(mini: Path, edit: Edit, choices: str, told: str) -> None:
    edit(PREDICTION, f'{PREDICTION} choices="{choices}"')
    assert sources(mini)["window-count-box"].splitlines()[1:] == [">", told]


@pytest.mark.parametrize(("header", "ignored"), [("", False), (" compare=true", False), (" compare=false", True)])
def test_output_of_a_demo_is_compared_unless_its_header_says_not(
    mini: Path, edit: Edit, header: str, ignored: bool
) -> None:
    edit(DEMO, DEMO.replace('"smooth"', f'"smooth"{header}'))
    demo = next(cell for cell in notebook(mini).cells if cell.id == "demo-smooth")
    assert ("nbval-ignore-output" in demo.metadata.tags) is ignored
    assert {"skip-execution", "raises-exception"} <= set(demo.metadata.tags)


def test_other_cells_keep_their_ids_when_one_changes(mini: Path, edit: Edit) -> None:
    before = sources(mini)
    edit("Five numbers go in", "Six numbers go in")
    edit(DEMO, f"# %%\n# a new cell\n\n{DEMO}")
    after = sources(mini)
    changed = {id for id in before.keys() | after.keys() if before.get(id) != after.get(id)}
    assert len(changed) == 3  # the paragraph's old and new id, and the new cell's
    assert all(id.startswith(("text-", "code-")) for id in changed)


def test_cells_with_the_same_text_get_different_ids(mini: Path, edit: Edit) -> None:
    edit(DEMO, f"# %%\nprint(1)\n\n# %%\nprint(1)\n\n{DEMO}")
    twins = [id for id, source in sources(mini).items() if source == "print(1)"]
    assert len(twins) == 2
    assert twins[1] == f"{twins[0]}-2"


def test_comments_that_look_like_magics_stay_comments(mini: Path, edit: Edit) -> None:
    code = "# %matplotlib inline\n# !ls\n# %%time\n# ls\n# ?print\nprint(1)  # %time"
    edit(DEMO, f"# %%\n{code}\n\n# %% [markdown]\n# %%time times a cell, !ls lists files\n\n{DEMO}")
    made = sources(mini)
    assert code in made.values()
    assert "%%time times a cell, !ls lists files" in made.values()


def test_nothing_of_the_source_file_leaks_into_metadata(mini: Path, edit: Edit) -> None:
    edit(DEMO, f"# %%\n\n\nprint(1)\n\n\n\n{DEMO}")
    known = {"nbgrader", "tags", "forward_pass"}
    assert all(set(cell.metadata) <= known for cell in notebook(mini).cells)


def test_a_cell_that_fails_is_named_and_nothing_is_written(
    built_mini: Path, edit: Edit, autograder: Callable[..., Any]
) -> None:
    edit(DEMO, '# %% demo="smooth"\n1 / 0')
    before = notebooks(built_mini)

    said = autograder("build")

    assert said.code == 2
    assert said.err.startswith("autograder build: lessons/01_moving/lesson.py: cell demo-smooth failed:\n")
    assert "ZeroDivisionError" in said.err
    assert notebooks(built_mini) == before


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("import sys\nprint('careful', file=sys.stderr)", "writes to stderr, which costs all its points:\ncareful"),
        ("import os\nos._exit(1)", "failed:\nKernel died"),
        ("import time\ntime.sleep(60)", "failed:\nA cell timed out"),
    ],
    ids=["stderr", "dead kernel", "endless"],
)
def test_a_cell_that_cannot_stay_is_named(
    code: str, reason: str, mini: Path, edit: Edit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build, "DEMO_SECONDS", 6)
    edit(DEMO, f'# %% demo="smooth"\n{code}')
    with pytest.raises(CourseError) as error:
        build.execute(notebook(mini), Course(mini).lesson("01_moving"))
    assert str(error.value).startswith(f"lessons/01_moving/lesson.py: cell demo-smooth {reason}")


def test_a_leak_is_refused_before_anything_runs(built_mini: Path, edit: Edit, autograder: Callable[..., Any]) -> None:
    edit("# How does one smooth", "# `return windows.mean( axis=1 )`: how does one smooth")
    before = notebooks(built_mini)
    said = autograder("build")
    assert said.code == 2
    assert said.err.endswith("the student's notebook would show what it must not: return windows.mean(axis=1)\n")
    assert notebooks(built_mini) == before


def test_what_nbgrader_cannot_release_is_refused(mini: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lesson = Course(mini).lesson("01_moving")
    made = notebook(mini)
    made.cells[-2].metadata["nbgrader"]["points"] = "many"
    with pytest.raises(CourseError, match="nbgrader could not release it"):
        build.student_notebook(made, lesson)


def test_fresh_notebooks_pass_the_check(built_mini: Path, autograder: Callable[..., Any]) -> None:
    before = notebooks(built_mini)
    said = autograder("build", "--check")
    assert (said.code, said.out) == (0, "fresh: the notebooks of 1 lesson match their sources\n")
    assert notebooks(built_mini) == before


def change_source(path: Path) -> None:
    made = json.loads(path.read_text(encoding="utf-8"))
    made["cells"][-1]["source"] = "print(2)"
    path.write_text(json.dumps(made), encoding="utf-8")


def add_output(path: Path) -> None:
    made = json.loads(path.read_text(encoding="utf-8"))
    made["cells"][-1]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "secret"}]
    path.write_text(json.dumps(made), encoding="utf-8")


def drop_cell(path: Path) -> None:
    made = json.loads(path.read_text(encoding="utf-8"))
    del made["cells"][-1]
    path.write_text(json.dumps(made), encoding="utf-8")


def change_points(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('"points": 3', '"points": 4'), encoding="utf-8")


def change_metadata(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace('"display_name": "Python 3 (ipykernel)"', '"display_name": "Python"'), encoding="utf-8"
    )


def orphan(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(RELEASE, path)


STALE: list[tuple[str, Callable[[Path], object], str]] = [
    (str(RELEASE), change_source, "stale from cell demo-smooth"),
    (str(RELEASE), add_output, "stale from cell demo-smooth"),
    (str(RELEASE), drop_cell, "stale from its number of cells"),
    (str(RELEASE), change_points, "stale from cell moving-average-hidden-1"),
    (str(RELEASE), change_metadata, "stale from its metadata"),
    (str(RELEASE), Path.unlink, "missing"),
    (str(RELEASE), lambda path: path.write_text("<<<<<<< HEAD"), "not a notebook (NotJSONError)"),
    (str(SOLUTION), change_source, "stale from cell demo-smooth"),
    (str(SOLUTION), Path.unlink, "missing"),
    (str(HOME), change_source, "stale from cell lessons"),
    (str(HOME), Path.unlink, "missing"),
    ("course/02_more/02_more.ipynb", orphan, "no lesson makes it"),
    ("course/02_more/01_moving.ipynb", orphan, "no lesson makes it"),
    ("course/01_moving/more.ipynb", orphan, "no lesson makes it"),
    ("course/more.ipynb", orphan, "no lesson makes it"),
    ("solutions/02_more/02_more.ipynb", orphan, "no lesson makes it"),
    ("course/.ipynb_checkpoints/home-checkpoint.ipynb", orphan, ""),
]


@pytest.mark.parametrize(("name", "spoil", "why"), STALE, ids=[f"{name}-{spoil.__name__}" for name, spoil, _ in STALE])
def test_what_no_longer_matches_is_named(
    name: str, spoil: Callable[[Path], object], why: str, built_mini: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    course = Course(built_mini)
    release = nbformat.read(RELEASE, as_version=4)
    monkeypatch.setattr(build, "student_notebook", lambda notebook, lesson: release)  # nbgrader's part takes a second
    spoil(built_mini / name)
    assert list(build.stale(course, course.lessons())) == ([f"{name}: {why}"] if why else [])


def test_a_changed_lesson_makes_all_its_notebooks_stale(
    built_mini: Path, edit: Edit, autograder: Callable[..., Any]
) -> None:
    edit('"Moving averages"', '"Moving means"')
    edit("Five numbers go in", "Six numbers go in")
    said = autograder("build", "--check")
    lines = said.out.splitlines()
    assert said.code == 1
    assert [line.split(":")[0] for line in lines] == [str(SOLUTION), str(RELEASE), str(HOME)]
    assert all(line.endswith(": run 'autograder build' and commit what it writes") for line in lines)
