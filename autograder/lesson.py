"""A lesson file (jupytext py:percent with short headers) read into a `Lesson`. Fails closed, with file and line."""

import ast
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeGuard

import jupytext

from autograder.course import CourseError

_CELL_START = re.compile(r"\s*#\s*(%%+(\s|$)|(<codecell>|In\[[0-9 ]*\]:?)\s*$)")  # what jupytext takes for one
_HEADER = re.compile(r'# %%( +\[markdown\])?(?P<pairs>( +[a-z_]+=("([^"\\]|\\.)*"|[^\s"]+))*)\s*')
_KEY = re.compile(r'([a-z_]+)=(?:"(?:[^"\\]|\\.)*"|[^\s"]+)')
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LONGEST_ID = 48  # nbformat's cell ids have at most 64 characters, and '-hidden-1' is added
BEGIN_SOLUTION, END_SOLUTION = "### BEGIN SOLUTION", "### END SOLUTION"
BEGIN_GIVEN, END_GIVEN = "### BEGIN GIVEN", "### END GIVEN"

# What a cell is, by the key that says so: cell type, keys that must be there, keys that may.
_KINDS: dict[str, tuple[str, dict[str, type | tuple[type, ...]], dict[str, type]]] = {
    "lesson": ("markdown", {"lesson": str, "part": str, "hours": (int, float), "needs": str}, {}),
    "hint": ("markdown", {"hint": str}, {}),
    "setup": ("code", {"setup": bool}, {}),
    "demo": ("code", {"demo": str}, {"compare": bool}),
    "exercise": ("code", {"exercise": str, "minutes": int, "difficulty": int, "law": str}, {"read": str}),
    "written": ("markdown", {"written": str, "points": (int, float), "minutes": int}, {}),
    "predict": ("code", {"predict": str, "minutes": int, "law": str}, {"choices": str}),
    "test": ("code", {"test": str, "points": (int, float)}, {"hidden": bool, "covers": str, "slow": bool}),
}
_KEYS = list(dict.fromkeys(key for _, required, optional in _KINDS.values() for key in (*required, *optional)))


class LessonError(CourseError):
    """A mistake of the author in a lesson file."""

    def __init__(self, path: Path, line: int, expected: str, got: str) -> None:
        super().__init__(f"{path}:{line}: expected {expected}, got {got}")


@dataclass(frozen=True)
class Cell:
    """One cell of the source. kind: a key of the headers, or 'prose' or 'code'. line: where its header stands.

    given: broken code that students get in place of the solution, to mend; it is no part of `source`.
    """

    kind: str
    source: str
    line: int
    options: dict[str, Any]
    given: str = ""

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

    @property
    def slow(self) -> bool:
        return bool(self.options.get("slow", False))

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
    def predicted(self) -> list[Any]:
        """The right values of a prediction, in the order of its subjects. Raises ValueError if one is not a literal."""
        values = {}
        for node in ast.parse(self.cell.source).body:
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                values[node.targets[0].id] = ast.literal_eval(node.value)
        return [values[name] for name in self.subjects]

    @property
    def choices(self) -> list[Any]:
        """What a prediction may be, where its header lists it: choices="30 | 300". Whole numbers, or else all texts."""
        listed = [choice.strip() for choice in self.cell.options.get("choices", "").split("|")]
        listed = [choice for choice in listed if choice]
        return list(map(int, listed)) if all(map(str.isdecimal, listed)) else listed

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
        """What tests give; written answers are apart."""
        return sum(exercise.points for exercise in self.exercises)

    @property
    def written(self) -> list[Cell]:
        """Questions that are answered in words and graded by hand."""
        return [cell for cell in self.cells if cell.kind == "written"]

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
    text = _text(path)
    lines = [number for number, line in enumerate(text.splitlines(), 1) if _CELL_START.match(line)]
    if lines[:1] != [1]:
        raise LessonError(path, 1, "a '# %%' header on the first line", "another text" if text.strip() else "no text")
    for line in lines:
        _check_form(path, line, text.splitlines()[line - 1])
    notebook = jupytext.reads(text, fmt={"extension": ".py", "format_name": "percent", "comment_magics": False})
    if len(lines) != len(notebook.cells):
        raise LessonError(path, 1, "'# %%' only where a cell starts", "one inside a string or a fenced block")
    for line, cell in zip(lines, notebook.cells, strict=True):
        yield _cell(path, line, cell)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise LessonError(path, line, "text in UTF-8", f"the byte {error.object[error.start]:#x}") from None


def _check_form(path: Path, line: int, header: str) -> None:
    form = _HEADER.fullmatch(header)
    if not form:
        raise LessonError(path, line, '# %% or # %% [markdown], then only key="value" pairs', repr(header))
    keys = _KEY.findall(form["pairs"])
    for key in keys:
        if key not in _KEYS:  # before jupytext sees it, which has ideas of its own about some keys
            raise LessonError(path, line, f"header keys out of {', '.join(_KEYS)}", f"unknown key {key!r}")
        if keys.count(key) > 1:
            raise LessonError(path, line, "each key once", f"{key}= again")


def _cell(path: Path, line: int, cell: Any) -> Cell:
    options = {key: value for key, value in cell.metadata.items() if key not in ("lines_to_next_cell", "cell_marker")}
    kind = next((kind for kind in _KINDS if kind in options), "code" if cell.cell_type == "code" else "prose")
    _check_header(path, line, kind, cell.cell_type, options)
    source, given = _apart(path, line, kind, cell.source)
    return Cell(kind, source, line, options, given)


def _apart(path: Path, line: int, kind: str, source: str) -> tuple[str, str]:
    """A cell's source without its given region, and what stands there as comments, made into code."""
    lines = source.splitlines()
    at = [number for number, text in enumerate(lines) if text.strip() in (BEGIN_GIVEN, END_GIVEN)]
    if not at:
        return source, ""
    if kind != "exercise":
        raise LessonError(path, line + at[0] + 1, "given code only in exercise cells", f"it in a {kind} cell")
    if [lines[number].strip() for number in at] != [BEGIN_GIVEN, END_GIVEN]:
        raise LessonError(path, line + at[0] + 1, f"one {BEGIN_GIVEN} and then one {END_GIVEN}", "other markers")
    region = textwrap.dedent("\n".join(lines[at[0] + 1 : at[1]])).splitlines()
    for offset, text in enumerate(region):
        if text and text != "#" and not text.startswith("# "):
            raise LessonError(path, line + at[0] + offset + 2, "given code as comments, '# ' before each line", text)
    given = "\n".join(text[2:] for text in region)
    if not given.strip():
        raise LessonError(path, line + at[0] + 1, f"code between {BEGIN_GIVEN} and {END_GIVEN}", "nothing")
    return "\n".join(lines[: at[0]] + lines[at[1] + 1 :]).rstrip("\n"), given


def _check_header(path: Path, line: int, kind: str, cell_type: str, options: dict[str, Any]) -> None:
    wanted_type, required, optional = _KINDS.get(kind, (cell_type, {}, {}))
    if cell_type != wanted_type:
        raise LessonError(path, line, f"a {wanted_type} cell for {kind}=", f"a {cell_type} cell")
    known = {**required, **optional}
    for key, value in options.items():
        if key not in known:
            raise LessonError(path, line, f"only the header keys {', '.join(known) or '(none)'}", f"{key}= too")
        if not isinstance(value, known[key]) or (isinstance(value, bool) and known[key] is not bool):
            raise LessonError(path, line, f"{key} of type {_type_name(known[key])}", repr(value))
    for key in required:
        if key not in options:
            raise LessonError(path, line, f"{key}= in the header of {kind}={options[kind]!r}", f"no {key}")
    if kind == "setup" and not options["setup"]:
        raise LessonError(path, line, "setup=true", "setup=false")
    if kind in ("exercise", "predict", "written", "hint", "test", "demo"):
        _check_id(path, line, options[kind])


def _check_id(path: Path, line: int, id: str) -> None:
    if not _ID.fullmatch(id) or len(id) > _LONGEST_ID:
        expected = f"an id of lower-case letters, digits and hyphens, at most {_LONGEST_ID} of them"
        raise LessonError(path, line, expected, repr(id))


def _type_name(kinds: type | tuple[type, ...]) -> str:
    return " or ".join(kind.__name__ for kind in kinds) if isinstance(kinds, tuple) else kinds.__name__


def _exercises(path: Path, cells: list[Cell]) -> Iterator[Exercise]:
    stubs = [cell for cell in cells if cell.kind in ("exercise", "predict")]
    ids = [cell.id for cell in stubs]
    answers = [cell for cell in cells if cell.kind in ("exercise", "predict", "written")]
    for group in (answers, *([cell for cell in cells if cell.kind == kind] for kind in ("hint", "demo"))):
        _check_repetition(path, group)
    for cell in cells:
        if cell.kind in ("test", "hint") and cell.id not in ids:
            raise LessonError(path, cell.line, f"an exercise of the id {cell.id!r}", "none in this file")
    for cell in stubs:
        tests = [test for test in cells if test.kind == "test" and test.id == cell.id]
        hint = next((hint for hint in cells if hint.kind == "hint" and hint.id == cell.id), None)
        yield Exercise(cell, tests, hint, _place_to_read(path, cells, cell))


def _check_repetition(path: Path, cells: list[Cell]) -> None:
    seen: dict[str, int] = {}
    for cell in cells:
        if cell.id in seen:
            raise LessonError(path, cell.line, "each id once", f"{cell.id!r} again, first in line {seen[cell.id]}")
        seen[cell.id] = cell.line


def _place_to_read(path: Path, cells: list[Cell], stub: Cell) -> str:
    """The heading that the stub's header names, or else the nearest one above the stub."""
    named = str(stub.options.get("read", ""))
    if named and named not in _headings(cells):
        raise LessonError(path, stub.line, "read= with a heading of this file", repr(named))
    return named or (_headings(cells[: cells.index(stub)]) or [""])[-1]


def _headings(cells: list[Cell]) -> list[str]:
    texts = [cell.source for cell in cells if cell.kind in ("prose", "lesson")]
    return [heading for text in texts for heading in re.findall(r"^#{1,4} +(.+?) *$", text, re.MULTILINE)]


def _bound_names(body: list[ast.stmt]) -> Iterator[str]:
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                yield from (name.id for name in ast.walk(target) if _is_bound(name))


def _is_bound(node: ast.AST) -> TypeGuard[ast.Name]:
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
