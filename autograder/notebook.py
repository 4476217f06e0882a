"""A lesson as an instructor's notebook: cells, ids, and all of nbgrader's metadata."""

import hashlib
import html
import json
import re
from collections import Counter
from typing import Any

import nbformat
from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograder.lesson import Cell, Exercise, Lesson
from forwardpass.check.compare import kind_of

SET_UP = "set-up"
STUB = "# your code here\nraise NotAttempted"
WRITTEN_STUB = "*Write your answer here: double-click on this text.*"
_LINE = 100


def instructor_notebook(lesson: Lesson) -> NotebookNode:
    """The notebook with solutions and hidden tests, not executed; for the same lesson the same, to the byte."""
    cells: list[NotebookNode] = []
    for cell in lesson.cells:
        cells += _expanded(lesson, cell)
    for made, name in zip(cells, _unique([made.id for made in cells]), strict=True):
        made.id = name
    metadata = {
        "kernelspec": {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"},
        "language_info": {"name": "python"},
        "forward_pass": {"lesson": lesson.name},
    }
    notebook: NotebookNode = new_notebook(cells=cells, metadata=metadata)
    notebook.nbformat_minor = 5
    nbformat.validate(notebook)
    return notebook


def _expanded(lesson: Lesson, cell: Cell) -> list[NotebookNode]:
    match cell.kind:
        case "exercise":
            exercise = lesson.exercise(cell.id)
            return [_markdown(_box(exercise), f"{cell.id}-box"), _answer(cell, cell.given or STUB)]
        case "predict":
            exercise = lesson.exercise(cell.id)
            return [_markdown(_box(exercise), f"{cell.id}-box"), _answer(cell, _blank_names(exercise))]
        case "written":
            return [_markdown(_written_box(cell), f"{cell.id}-box"), _written(cell)]
        case "hint":
            return [_markdown(_ladder(cell), f"{cell.id}-hint")]
        case "test":
            return [_test(lesson.exercise(cell.id), cell)]
        case "setup":
            return [_code(cell, SET_UP, nbgrader=_nbgrader(SET_UP, locked=True))]
        case "demo":
            return [_code(cell, f"demo-{cell.id}", tags=_demo_tags(cell))]
        case "code":
            return [_code(cell, _digest("code", cell.source))]
        case _:
            return [_markdown(cell.source, _digest("text", cell.source))]


def _demo_tags(cell: Cell) -> list[str]:
    ignored = [] if cell.options.get("compare", True) else ["nbval-ignore-output"]
    return ["skip-execution", "raises-exception", *ignored]


def _markdown(source: str, id: str) -> NotebookNode:
    cell: NotebookNode = new_markdown_cell(source, id=id)
    return cell


def _code(cell: Cell, id: str, source: str | None = None, **metadata: Any) -> NotebookNode:
    made: NotebookNode = new_code_cell(cell.source if source is None else source, id=id, metadata=metadata)
    return made


def _answer(cell: Cell, stub: str) -> NotebookNode:
    return _code(cell, cell.id, nbgrader=_nbgrader(cell.id, solution=True), forward_pass={"stub": stub})


def _written(cell: Cell) -> NotebookNode:
    made = _markdown(cell.source, cell.id)
    made.metadata.update(
        nbgrader=_nbgrader(cell.id, grade=True, solution=True, points=cell.points), forward_pass={"stub": WRITTEN_STUB}
    )
    return made


def _test(exercise: Exercise, test: Cell) -> NotebookNode:
    name = test_id(exercise, test)
    metadata = _nbgrader(name, grade=True, locked=True, points=test.points)
    return _code(test, name, test_source(exercise, test), nbgrader=metadata, tags=["raises-exception"])


def is_test(cell: NotebookNode) -> bool:
    """Whether a cell of the notebook is graded by running it; a written answer is graded by hand."""
    nbgrader = cell.metadata.get("nbgrader", {})
    return bool(nbgrader.get("grade")) and not nbgrader.get("solution")


def test_id(exercise: Exercise, test: Cell) -> str:
    """The id of a test's cell in the notebook and in the gradebook: 'row-means-test-1', 'row-means-hidden-1'."""
    same_kind = [other for other in exercise.tests if other.hidden == test.hidden]
    return f"{exercise.id}-{'hidden' if test.hidden else 'test'}-{same_kind.index(test) + 1}"


def test_source(exercise: Exercise, test: Cell) -> str:
    """The whole test cell: a title, what it belongs to, the author's test, and its last line."""
    title = f"# {exercise.id}: check {exercise.tests.index(test) + 1} of {len(exercise.tests)}"
    body = f"{test.source.rstrip()}\ncheck.passed()"
    if not test.hidden:
        return f"{title}\n{_first_line('test', exercise, test)}\n{body}"
    title += ", which the grader runs to its end"
    first = _first_line("hidden", exercise, test)
    if exercise.is_prediction:  # its law would give the answer away, so it comes with the hidden part
        first, body = _first_line("prediction", exercise, test), f"{first}\n{body}"
    return f"{title}\n{first}\n### BEGIN HIDDEN TESTS\n{body}\n### END HIDDEN TESTS"


def _first_line(verb: str, exercise: Exercise, test: Cell) -> str:
    options: dict[str, Any] = {"points": _number(test.points), "of": _number(exercise.points)}
    if verb == "hidden":
        options["covers"] = test.options["covers"]
    if verb == "prediction":
        options["kinds"] = [kind_of(value) for value in exercise.predicted]
        if exercise.choices:
            options["choices"] = exercise.choices
    else:
        options |= {"law": exercise.cell.options["law"], "read": _plain_heading(exercise.read)}
    arguments = [_quoted(exercise.id), _quoted(exercise.subjects)]
    arguments += [f"{key}={_quoted(value)}" for key, value in options.items()]
    line = f"check.{verb}({', '.join(arguments)})"
    return line if len(line) <= _LINE else f"check.{verb}(\n{_packed(arguments)}\n)"


def _packed(arguments: list[str]) -> str:
    lines = ["   "]
    for argument in arguments:
        if len(lines[-1]) + len(argument) + 2 > _LINE and lines[-1].strip():
            lines.append("   ")
        lines[-1] += f" {argument},"
    return "\n".join(lines)


def _quoted(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_quoted, value))}]"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)


def _plain_heading(text: str) -> str:
    return text.replace("`", "").replace("$", "")


def _number(points: float) -> float | int:
    return int(points) if points == int(points) else points


def _box(exercise: Exercise) -> str:
    cell = exercise.cell
    facts = [_counted(cell.options["minutes"], "minute")]
    if not exercise.is_prediction:
        facts.append(f"difficulty {cell.options['difficulty']} of 5")
    facts.append(_points_text(exercise) + (" if it is right" if exercise.is_prediction else ""))
    title = "Prediction" if exercise.is_prediction else "Exercise"
    names = ", ".join(f"`{name}`" for name in exercise.subjects)
    box = f"> **{title}** · {names} · " + " · ".join(facts)
    return f"{box}\n>\n> One of {_listed(exercise.choices)}." if exercise.choices else box


def _listed(choices: list[Any]) -> str:
    """As they are to be written: `30`, `300` or `3000`."""
    *most, last = [f"`{choice!r}`" for choice in choices]
    return f"{', '.join(most)} or {last}"


def _written_box(cell: Cell) -> str:
    facts = [_counted(cell.options["minutes"], "minute"), f"{_counted(cell.points, 'point')}, given by a reader"]
    return "> **Written question** · " + " · ".join(facts)


def _counted(number: float, noun: str) -> str:
    return f"{number:g} {noun}{'' if number == 1 else 's'}"


def _points_text(exercise: Exercise) -> str:
    hidden = sum(test.points for test in exercise.tests if test.hidden)
    total = _counted(exercise.points, "point")
    if exercise.is_prediction or not hidden:
        return total
    return f"{total}, {hidden:g} of them by hidden tests" if hidden < exercise.points else f"{total}, by hidden tests"


def _ladder(cell: Cell) -> str:
    steps = re.split(r"^- \*", cell.source, flags=re.MULTILINE)
    intro, rungs = steps[0].strip(), steps[1:]
    folded = [_rung(*rung.split("*", 1)) for rung in rungs]
    return "\n\n".join([*([intro] if intro else []), *folded])


def _rung(symptom: str, text: str) -> str:
    help = re.sub(r"^  ", "", text.strip(), flags=re.MULTILINE)
    return f"<details><summary>Hint: {html.escape(symptom.strip(), quote=False)}</summary>\n\n{help}\n\n</details>"


def _blank_names(exercise: Exercise) -> str:
    return "\n".join(f"{name} = ..." for name in exercise.subjects)


def _nbgrader(
    grade_id: str, *, grade: bool = False, solution: bool = False, locked: bool = False, points: float | None = None
) -> dict[str, Any]:
    metadata = {"grade": grade, "grade_id": grade_id, "locked": locked, "schema_version": 3, "solution": solution}
    if points is not None:
        metadata["points"] = _number(points)
    return {**metadata, "task": False}


def _digest(prefix: str, source: str) -> str:
    return f"{prefix}-{hashlib.sha256(source.encode()).hexdigest()[:10]}"


def _unique(ids: list[str]) -> list[str]:
    seen: Counter[str] = Counter()
    result = []
    for id in ids:
        seen[id] += 1
        result.append(id if seen[id] == 1 else f"{id}-{seen[id]}")
    return result
