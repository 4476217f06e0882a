"""A lesson file (jupytext py:percent with short headers) read into a `Lesson`. Fails closed, with file and line."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import jupytext

_HEADER = re.compile(r"^# %%")
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
BEGIN_SOLUTION, END_SOLUTION = "### BEGIN SOLUTION", "### END SOLUTION"

# What a cell is, by the key that says so: cell type, keys that must be there, keys that may.
_KINDS: dict[str, tuple[str, dict[str, type | tuple[type, ...]], dict[str, type]]] = {
    "lesson": ("markdown", {"lesson": str, "part": str, "hours": (int, float), "needs": str}, {}),
    "hint": ("markdown", {"hint": str}, {}),
    "setup": ("code", {"setup": bool}, {}),
    "demo": ("code", {"demo": str}, {}),
    "exercise": ("code", {"exercise": str, "minutes": int, "difficulty": int, "law": str}, {}),
    "predict": ("code", {"predict": str, "minutes": int, "law": str}, {}),
    "test": ("code", {"test": str, "points": (int, float)}, {"hidden": bool, "covers": str}),
}


class LessonError(Exception):
    """A mistake of the author in a lesson file."""

    def __init__(self, path: Path, line: int, expected: str, got: str) -> None:
        super().__init__(f"{path}:{line}: expected {expected}, got {got}")


@dataclass(frozen=True)
class Cell:
    """One cell of the source. kind: a key of the headers, or 'prose' or 'code'. line: where its header stands."""

    kind: str
    source: str
    line: int
    options: dict[str, Any]

    @property
    def id(self) -> str:
        """The exercise that this cell belongs to, or what else its header names."""
        return str(self.options.get(self.kind, ""))

    @property
    def points(self) -> float:
        return float(self.options.get("points", 0))

    @property
    def hidden(self) -> bool:
        return bool(self.options.get("hidden", False))

    @cached_property
    def solution_regions(self) -> list[list[str]]:
        """The lines between each pair of solution markers."""
        regions: list[list[str]] = []
        inside = False
        for text in self.source.splitlines():
            if text.strip() == BEGIN_SOLUTION:
                inside = True
                regions.append([])
            elif text.strip() == END_SOLUTION:
                inside = False
            elif inside:
                regions[-1].append(text)
        return regions

    @cached_property
    def defines(self) -> list[str]:
        """Names that the cell binds at its top level, in order, imports left out."""
        return list(dict.fromkeys(_bound_names(ast.parse(self.source).body)))


@dataclass(frozen=True)
class Exercise:
    """A graded answer: its stub, its hint ladder and its tests. read: the heading that it stands under."""

    cell: Cell
    tests: list[Cell]
    hint: Cell | None
    read: str

    @property
    def id(self) -> str:
        return self.cell.id

    @property
    def subjects(self) -> list[str]:
        """The names that the student's cell defines."""
        return self.cell.defines

    @property
    def is_prediction(self) -> bool:
        return self.cell.kind == "predict"

    @property
    def points(self) -> float:
        return sum(test.points for test in self.tests)


@dataclass(frozen=True)
class Lesson:
    """A lesson as its author wrote it."""

    path: Path
    cells: list[Cell]
    exercises: list[Exercise]

    @property
    def name(self) -> str:
        """The folder's name, such as '06_conv_arithmetic'."""
        return self.path.parent.name

    @property
    def title(self) -> str:
        return str(self.cells[0].options["lesson"])

    @property
    def points(self) -> float:
        return sum(exercise.points for exercise in self.exercises)

    @property
    def setup(self) -> Cell:
        return next(cell for cell in self.cells if cell.kind == "setup")

    def exercise(self, id: str) -> Exercise:
        """The exercise or prediction of that id. Raises KeyError with the known ids."""
        for exercise in self.exercises:
            if exercise.id == id:
                return exercise
        raise KeyError(f"{self.name} has no exercise {id!r}; it has {', '.join(e.id for e in self.exercises)}")

    def error(self, cell: Cell, expected: str, got: str, offset: int = 0) -> LessonError:
        """An error at a cell; offset: lines below its header."""
        return LessonError(self.path, cell.line + offset, expected, got)


def parse_lesson(path: Path) -> Lesson:
    """The lesson in `path`, its rules unchecked. Raises LessonError if its form is wrong."""
    cells = list(_cells(path))
    if not cells or cells[0].kind != "lesson":
        raise LessonError(path, 1, 'a first cell with the header # %% [markdown] lesson="Title" ...', "something else")
    return Lesson(path, cells, list(_exercises(path, cells)))


def _cells(path: Path) -> Iterator[Cell]:
    text = path.read_text(encoding="utf-8")
    lines = [number for number, line in enumerate(text.splitlines(), 1) if _HEADER.match(line)]
    notebook = jupytext.reads(text, fmt={"extension": ".py", "format_name": "percent", "comment_magics": False})
    if len(lines) != len(notebook.cells):
        raise LessonError(path, 1, "text only inside cells: a file that starts with a '# %%' header", "text outside")
    for line, cell in zip(lines, notebook.cells, strict=True):
        yield _cell(path, line, cell)


def _cell(path: Path, line: int, cell: Any) -> Cell:
    options = {key: value for key, value in cell.metadata.items() if key not in ("lines_to_next_cell", "cell_marker")}
    if "title" in options:
        raise LessonError(path, line, 'key="value" pairs after # %%', f"free text {options['title']!r}")
    kind = next((kind for kind in _KINDS if kind in options), "code" if cell.cell_type == "code" else "prose")
    _check_header(path, line, kind, cell.cell_type, options)
    return Cell(kind, cell.source, line, options)


def _check_header(path: Path, line: int, kind: str, cell_type: str, options: dict[str, Any]) -> None:
    wanted_type, required, optional = _KINDS.get(kind, (cell_type, {}, {}))
    if cell_type != wanted_type:
        raise LessonError(path, line, f"a {wanted_type} cell for {kind}=", f"a {cell_type} cell")
    known = {**required, **optional}
    for key, value in options.items():
        if key not in known:
            raise LessonError(path, line, f"header keys {', '.join(known) or '(none)'}", f"unknown key {key!r}")
        if not isinstance(value, known[key]) or (isinstance(value, bool) and known[key] is not bool):
            raise LessonError(path, line, f"{key} of type {_type_name(known[key])}", repr(value))
    for key in required:
        if key not in options:
            raise LessonError(path, line, f"{key}= in the header of {kind}={options[kind]!r}", f"no {key}")
    if kind in ("exercise", "predict", "hint", "test") and not _ID.fullmatch(options[kind]):
        raise LessonError(path, line, "an id of lower-case letters, digits and hyphens", repr(options[kind]))


def _type_name(kinds: type | tuple[type, ...]) -> str:
    return " or ".join(kind.__name__ for kind in kinds) if isinstance(kinds, tuple) else kinds.__name__


def _exercises(path: Path, cells: list[Cell]) -> Iterator[Exercise]:
    stubs = [cell for cell in cells if cell.kind in ("exercise", "predict")]
    ids = [cell.id for cell in stubs]
    for cell, id in zip(stubs, ids, strict=True):
        if ids.count(id) > 1:
            raise LessonError(path, cell.line, "each id once", f"{id!r} again")
    for cell in cells:
        if cell.kind in ("test", "hint") and cell.id not in ids:
            raise LessonError(path, cell.line, f"an exercise of the id {cell.id!r}", "none in this file")
    for cell in stubs:
        tests = [test for test in cells if test.kind == "test" and test.id == cell.id]
        hint = next((hint for hint in cells if hint.kind == "hint" and hint.id == cell.id), None)
        yield Exercise(cell, tests, hint, _heading_above(cells, cell))


def _heading_above(cells: list[Cell], stub: Cell) -> str:
    heading = ""
    for cell in cells[: cells.index(stub)]:
        if cell.kind in ("prose", "lesson"):
            heading = (re.findall(r"^#{1,4} +(.+?) *$", cell.source, re.MULTILINE) or [heading])[-1]
    return heading


def _bound_names(body: list[ast.stmt]) -> Iterator[str]:
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                yield from (name.id for name in ast.walk(target) if isinstance(name, ast.Name))
