"""Planted answers: what `answers.py` beside a lesson holds, and how it is read.

The file is read, never run: several answers may share a name, and each is source text to put in place of an exercise's
cell.
"""

import ast
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from autograder.lesson import Lesson, LessonError

T = TypeVar("T")


Change = tuple[str, str]


def mistake(
    exercise: str, *, named: str, name: str = "", source: str = "", change: Change = ("", "")
) -> Callable[[T], T]:
    """Marks a wrong answer: a definition under it, or `source`, or the reference solution with one text changed.

    named: what a failing check's message must contain. change: the text, which stands once in the solution, and its
    replacement.
    """
    return lambda answer: answer


def alternative(exercise: str, *, name: str = "", source: str = "") -> Callable[[T], T]:
    """Marks another right answer, which must earn full marks: a definition under it, or `source`."""
    return lambda answer: answer


@dataclass(frozen=True)
class Planted:
    """One planted answer. kind: 'mistake' or 'alternative'."""

    kind: str
    exercise: str
    name: str
    source: str
    named: str = ""


def read_planted(lesson: Lesson) -> list[Planted]:
    """The planted answers of a lesson, in the order of the file. Raises LessonError for one that is not well formed."""
    path = lesson.path.with_name("answers.py")
    if not path.exists():
        raise LessonError(path, 1, f"planted answers for {lesson.name}", "no such file")
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
    except SyntaxError as error:
        raise LessonError(path, error.lineno or 1, "Python code", f"{error.msg}: {error.text}") from None
    seen: Counter[tuple[str, str]] = Counter()
    return [planted for node in tree.body for planted in _planted(lesson, path, node, seen)]


def _planted(lesson: Lesson, path: Path, node: ast.stmt, seen: Counter[tuple[str, str]]) -> Iterator[Planted]:
    if isinstance(node, ast.Import | ast.ImportFrom) or _is_docstring(node):
        return
    call, source = _call_and_source(path, node)
    kind = call.func.id  # type: ignore[attr-defined]
    exercise, options = _arguments(path, call)
    if exercise not in [known.id for known in lesson.exercises]:
        raise LessonError(path, node.lineno, f"an exercise of {lesson.name}", repr(exercise))
    if kind == "mistake" and not options.get("named"):
        raise LessonError(path, node.lineno, 'named="...", which the message must contain', "none")
    sources = [
        text for text in (source, options.get("source"), _changed(lesson, path, node, exercise, options)) if text
    ]
    if len(sources) != 1:
        expected = "one of: a function or class under the decorator, source=, change="
        raise LessonError(path, node.lineno, expected, f"{len(sources)} of them")
    seen[exercise, kind] += 1
    name = options.get("name") or f"{kind} {seen[exercise, kind]}"
    yield Planted(kind, exercise, name, sources[0], options.get("named", ""))


def _changed(lesson: Lesson, path: Path, node: ast.stmt, exercise: str, options: dict[str, Any]) -> str:
    if "change" not in options:
        return ""
    reference = lesson.exercise(exercise).cell.source
    old, new = options["change"]
    if reference.count(old) != 1:
        expected = f"change=(old, new) with a text that stands once in the cell of {exercise!r}"
        raise LessonError(path, node.lineno, expected, f"{old!r}, which stands there {reference.count(old)} times")
    return reference.replace(old, new)


def _call_and_source(path: Path, node: ast.stmt) -> tuple[ast.Call, str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef) and len(node.decorator_list) == 1:
        call, node.decorator_list = node.decorator_list[0], []
        source = ast.unparse(node)
    elif isinstance(node, ast.Expr):
        call, source = node.value, ""
    else:
        raise LessonError(
            path, node.lineno, "a function or class under @mistake or @alternative", ast.unparse(node)[:60]
        )
    known = (
        isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in ("mistake", "alternative")
    )
    if not known or not isinstance(call, ast.Call):
        raise LessonError(path, node.lineno, "mistake(...) or alternative(...)", ast.unparse(call)[:60])
    return call, source


def _arguments(path: Path, call: ast.Call) -> tuple[str, dict[str, Any]]:
    try:
        positional = [ast.literal_eval(argument) for argument in call.args]
        options = {str(keyword.arg): ast.literal_eval(keyword.value) for keyword in call.keywords}
    except ValueError:
        raise LessonError(path, call.lineno, "plain strings as arguments", ast.unparse(call)[:60]) from None
    change = options.get("change", ("", ""))
    is_pair = isinstance(change, tuple) and len(change) == 2
    texts = (*positional, *(value for key, value in options.items() if key != "change"), *(change if is_pair else ()))
    are_strings = is_pair and all(isinstance(text, str) for text in texts)
    if len(positional) != 1 or not set(options) <= {"named", "name", "source", "change"} or not are_strings:
        expected = "an exercise id, and named=, name=, source= or change=(old, new)"
        raise LessonError(path, call.lineno, expected, ast.unparse(call)[:60])
    return positional[0], options


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
