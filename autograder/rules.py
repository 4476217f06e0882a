"""What must hold in every lesson file. Each rule raises LessonError at the first place that breaks it."""

import ast
import builtins
import math
import re
import symtable
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from autograder.lesson import BEGIN_SOLUTION, END_SOLUTION, Cell, Exercise, Lesson
from autograder.notebook import SET_UP, test_id
from autograder.trial import blank_source

MIN_HINT_STEPS = 3
MARKING_SCHEME = "**Marking scheme**"
MIN_TELLING_LINE = 12
_PROSE = ("lesson", "prose", "hint", "written")
_NBGRADER_MARKER = re.compile(r"(BEGIN|END) (SOLUTION|HIDDEN TESTS|MARK SCHEME)")
_REACHES_ANY_NAME = {"eval", "exec", "globals", "locals", "vars"}


def check_lesson(lesson: Lesson) -> None:
    """Raises LessonError if the lesson breaks a rule."""
    for cell in lesson.cells:
        _markers_are_balanced(lesson, cell)
        _code_parses(lesson, cell)
    _one_setup_cell_first(lesson)
    for exercise in lesson.exercises:
        _exercise_is_whole(lesson, exercise)
        _stub_stands_alone(lesson, exercise)
        _hint_is_a_ladder(lesson, exercise)
        for test in exercise.tests:
            _test_is_sound(lesson, exercise, test)
    for cell in lesson.written:
        _written_question_is_sound(lesson, cell)
    _plain_code_needs_no_answers(lesson)
    _ids_do_not_collide(lesson)


def telling_lines(cell: Cell) -> Iterator[str]:
    """Lines of the solution that would give it away: not short, and not given to the student anyway."""
    inside = Counter(line for region in cell.solution_regions for line in region)
    given = {line.strip() for line in Counter(cell.source.splitlines()) - inside} | {
        line.strip() for line in cell.given.splitlines()
    }
    for region in cell.solution_regions:
        for line in region:
            text = line.strip()
            if len(text) >= MIN_TELLING_LINE and text not in given and not text.startswith("#"):
                yield text


def _markers_are_balanced(lesson: Lesson, cell: Cell) -> None:
    inside = False
    for offset, line in enumerate(cell.source.splitlines(), 1):
        text = line.strip()
        if not _looks_like_a_marker(cell, text):
            continue
        if text not in (BEGIN_SOLUTION, END_SOLUTION):
            raise lesson.error(cell, f"the marker {BEGIN_SOLUTION} or {END_SOLUTION}", text, offset)
        if cell.kind not in ("exercise", "predict"):
            raise lesson.error(cell, "solutions only in exercise and predict cells", f"{text!r} here", offset)
        if inside == (text == BEGIN_SOLUTION):
            expected = END_SOLUTION if inside else BEGIN_SOLUTION
            raise lesson.error(cell, f"{expected} next: solution regions are not nested", text, offset)
        inside = not inside
    if inside:
        raise lesson.error(cell, f"{END_SOLUTION} before the cell ends", "none")


def _looks_like_a_marker(cell: Cell, text: str) -> bool:
    """nbgrader takes every line that holds a marker's words for one; in code, ### stands for nothing else here."""
    if _NBGRADER_MARKER.search(text):
        return True
    return cell.kind not in _PROSE and (text.startswith("###") or bool(_NBGRADER_MARKER.fullmatch(_bare(text))))


def _bare(text: str) -> str:
    return " ".join(text.lstrip("#").upper().split())


def _code_parses(lesson: Lesson, cell: Cell) -> None:
    if cell.kind in _PROSE:
        return
    try:
        compile(cell.source, cell.kind, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    except SyntaxError as error:
        raise lesson.error(cell, "Python code", f"{error.msg}: {error.text}", error.lineno or 0) from None


def _one_setup_cell_first(lesson: Lesson) -> None:
    code = [cell for cell in lesson.cells if cell.kind not in _PROSE]
    setups = [cell for cell in code if cell.kind == "setup"]
    if len(setups) != 1 or code[0] is not setups[0]:
        at = setups[-1] if setups else lesson.cells[0]
        raise lesson.error(at, "one cell with # %% setup=true, before all other code", f"{len(setups)}, or a later one")
    names = _imported_names(setups[0])
    if not {"check", "NotAttempted"} <= names:
        raise lesson.error(setups[0], "from forwardpass import NotAttempted, check", f"imports of {sorted(names)}")


def _exercise_is_whole(lesson: Lesson, exercise: Exercise) -> None:
    cell = exercise.cell
    if not any(exercise.cell.solution_regions):
        raise lesson.error(cell, f"a solution between {BEGIN_SOLUTION} and {END_SOLUTION}", "none")
    if cell.given and len(cell.solution_regions) != 1:
        raise lesson.error(cell, "one solution where there is given code", f"{len(cell.solution_regions)}")
    if not exercise.subjects:
        raise lesson.error(cell, "a function, a class or an assignment", "nothing that a test could look at")
    if not exercise.tests:
        raise lesson.error(cell, f"a cell with test={exercise.id!r}", "none")
    if not 1 <= cell.options.get("difficulty", 1) <= 5:
        raise lesson.error(cell, "a difficulty from 1 to 5", str(cell.options["difficulty"]))
    if exercise.is_prediction and not all(isinstance(n, ast.Assign) for n in ast.parse(cell.source).body):
        raise lesson.error(cell, "only assignments in a prediction", "other code")
    if exercise.is_prediction:
        _prediction_is_literal(lesson, exercise)


def _prediction_is_literal(lesson: Lesson, exercise: Exercise) -> None:
    try:
        values = exercise.predicted
    except (ValueError, KeyError):
        raise lesson.error(exercise.cell, "names = plain values in a prediction", "something to calculate") from None
    for value in values:
        if exercise.choices and value not in exercise.choices:
            raise lesson.error(exercise.cell, f"the answer among choices={exercise.choices}", repr(value))


def _stub_stands_alone(lesson: Lesson, exercise: Exercise) -> None:
    cell = exercise.cell
    try:
        given = replace(cell, source=blank_source(exercise)).defines
    except SyntaxError as error:
        raise lesson.error(cell, "Python code without the solution too", f"{error.msg}: {error.text}") from None
    if missing := [name for name in exercise.subjects if name not in given]:
        raise lesson.error(cell, "the first line of every definition outside the solution", f"{missing[0]} inside")


def _hint_is_a_ladder(lesson: Lesson, exercise: Exercise) -> None:
    hint = exercise.hint
    if hint is None:
        if not exercise.is_prediction:
            raise lesson.error(exercise.cell, f"a markdown cell with hint={exercise.id!r}", "none")
        return
    if hint.line < exercise.cell.line:
        raise lesson.error(hint, f"the hint below its exercise (line {exercise.cell.line})", "the hint first")
    steps = 0
    for offset, line in enumerate(hint.source.splitlines(), 1):
        if line.startswith("- *"):
            steps += 1
            if not re.match(r"- \*[^*]+\* ", line):
                raise lesson.error(hint, "a step '- *symptom* help', its symptom on one line", repr(line), offset)
    if steps < MIN_HINT_STEPS:
        raise lesson.error(hint, f"at least {MIN_HINT_STEPS} steps '- *symptom* help'", str(steps))
    for line in telling_lines(exercise.cell):
        if squeezed(line) in squeezed(hint.source):
            raise lesson.error(hint, "a hint without a line of the solution", repr(line))


def _test_is_sound(lesson: Lesson, exercise: Exercise, test: Cell) -> None:
    if test.line < exercise.cell.line:
        raise lesson.error(test, f"the test below its exercise (line {exercise.cell.line})", "the test first")
    if not 0 < test.points < math.inf:
        raise lesson.error(test, "points above 0", f"{test.points:g}")
    if test.hidden != ("covers" in test.options):
        raise lesson.error(test, 'hidden=true and covers="..." together', "one of them")
    body = ast.parse(test.source).body
    if not body:
        raise lesson.error(test, "a test", "an empty cell")
    if isinstance(body[-1], ast.Expr) and not _is_check_call(body[-1].value):
        expected = "a statement or a check at the end: nbgrader reads the value of an expression as points"
        raise lesson.error(test, expected, ast.unparse(body[-1]), body[-1].lineno)
    _names_of_others_stay(lesson, test)
    _subjects_are_only_observed(lesson, exercise, test)
    _names_are_known(lesson, exercise, test)


def _subjects_are_only_observed(lesson: Lesson, exercise: Exercise, test: Cell) -> None:
    tree = ast.parse(test.source)
    arguments = {
        id(argument)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and _is_check_call(node)
        for argument in node.args
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in exercise.subjects and id(node) not in arguments:
            expected = f"{node.id} only as an argument of a check function"
            raise lesson.error(test, expected, "another use: answers are observed, by check and in probes", node.lineno)


def _names_are_known(lesson: Lesson, exercise: Exercise, test: Cell) -> None:
    table = symtable.symtable(test.source, lesson.name, "exec")
    known = _bound(table) | names_of_setup(lesson) | set(exercise.subjects) | set(dir(builtins)) - _REACHES_ANY_NAME
    for name in sorted(_globals_used(table) - known):
        raise lesson.error(test, "names of the set-up cell, of this test and of its own exercise", *_place(test, name))


def _names_of_others_stay(lesson: Lesson, test: Cell) -> None:
    """What a test cell binds, it binds in the student's kernel."""
    taken = {name for exercise in lesson.exercises for name in exercise.subjects} | set(lesson.setup.defines)
    for name in sorted(_bound(symtable.symtable(test.source, lesson.name, "exec")) & taken):
        raise lesson.error(test, "a name that no exercise and no set-up cell defines", *_place(test, name, bound=True))


def _bound(table: symtable.SymbolTable) -> set[str]:
    return {symbol.get_name() for symbol in table.get_symbols() if symbol.is_assigned() or symbol.is_imported()}


def _globals_used(table: symtable.SymbolTable) -> set[str]:
    own = {s.get_name() for s in table.get_symbols() if s.is_referenced() and (s.is_global() or _is_top(table))}
    return own.union(*map(_globals_used, table.get_children()))


def _is_top(table: symtable.SymbolTable) -> bool:
    return table.get_type() == "module"


def _place(cell: Cell, name: str, bound: bool = False) -> tuple[str, int]:
    """A name, and the line of the cell in which it first stands (first is bound)."""
    nodes: list[Any] = [
        node
        for node in ast.walk(ast.parse(cell.source))
        if name in (getattr(node, "id", ""), getattr(node, "name", ""), getattr(node, "asname", ""))
        and not (bound and isinstance(getattr(node, "ctx", None), ast.Load))
    ]
    return name, min((node.lineno for node in nodes), default=0)


def _written_question_is_sound(lesson: Lesson, cell: Cell) -> None:
    if not 0 < cell.points < math.inf:
        raise lesson.error(cell, "points above 0", f"{cell.points:g}")
    answer, mark, scheme = cell.source.partition(MARKING_SCHEME)
    if not (answer.strip() and mark and scheme.strip()):
        raise lesson.error(cell, f"a model answer, the line {MARKING_SCHEME}, and what earns each point", "less")


def _plain_code_needs_no_answers(lesson: Lesson) -> None:
    subjects = {name for exercise in lesson.exercises for name in exercise.subjects}
    for cell in lesson.cells:
        if cell.kind not in ("setup", "code", "demo"):
            continue
        table = symtable.symtable(cell.source, lesson.name, "exec")
        taken = subjects if cell.kind == "setup" else subjects | names_of_setup(lesson)
        for name in sorted(_bound(table) & taken):
            expected = "a name that no exercise and no set-up cell defines"
            raise lesson.error(cell, expected, *_place(cell, name, bound=True))
        for name in sorted(_globals_used(table) & subjects if cell.kind != "demo" else ()):
            expected = 'a cell with # %% demo="name" for code that uses what students write'
            raise lesson.error(cell, expected, *_place(cell, name))


def _ids_do_not_collide(lesson: Lesson) -> None:
    taken = {SET_UP, *(f"demo-{cell.id}" for cell in lesson.cells if cell.kind == "demo")}
    taken |= {id for cell in lesson.written for id in (cell.id, f"{cell.id}-box")}
    for exercise in lesson.exercises:
        tests = [test_id(exercise, test) for test in exercise.tests]
        for id in (exercise.id, f"{exercise.id}-box", f"{exercise.id}-hint", *tests):
            if id in taken:
                raise lesson.error(exercise.cell, "an id of which no other cell's is made", f"{id!r} twice")
            taken.add(id)


def names_of_setup(lesson: Lesson) -> set[str]:
    """Names that the set-up cell binds."""
    return _imported_names(lesson.setup) | set(lesson.setup.defines)


def _imported_names(cell: Cell) -> set[str]:
    nodes = [node for node in ast.walk(ast.parse(cell.source)) if isinstance(node, ast.Import | ast.ImportFrom)]
    return {(alias.asname or alias.name).split(".")[0] for node in nodes for alias in node.names}


def _is_check_call(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "check"
    )


def squeezed(text: str) -> str:
    """The text without any white space, to find a line however it is laid out."""
    return re.sub(r"\s+", "", text)
