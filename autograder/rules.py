"""What must hold in every lesson file. Each rule raises LessonError at the first place that breaks it."""

import ast
import builtins
import re
from collections.abc import Iterator

from autograder.lesson import BEGIN_SOLUTION, END_SOLUTION, Cell, Exercise, Lesson

MIN_HINT_STEPS = 3
MIN_TELLING_LINE = 12


def check_lesson(lesson: Lesson) -> None:
    """Raises LessonError if the lesson breaks a rule."""
    for cell in lesson.cells:
        _markers_are_balanced(lesson, cell)
        _code_parses(lesson, cell)
    _one_setup_cell_first(lesson)
    for exercise in lesson.exercises:
        _exercise_is_whole(lesson, exercise)
        _hint_is_a_ladder(lesson, exercise)
        for test in exercise.tests:
            _test_is_sound(lesson, exercise, test)
    _plain_code_needs_no_answers(lesson)


def telling_lines(cell: Cell) -> Iterator[str]:
    """Lines of the solution that would give it away: not short, and not given to the student anyway."""
    inside = {line for region in cell.solution_regions for line in region}
    given = {line.strip() for line in cell.source.splitlines() if line not in inside}
    for region in cell.solution_regions:
        for line in region:
            text = line.strip()
            if len(text) >= MIN_TELLING_LINE and text not in given and not text.startswith("#"):
                yield text


def _markers_are_balanced(lesson: Lesson, cell: Cell) -> None:
    inside = False
    for offset, line in enumerate(cell.source.splitlines(), 1):
        text = line.strip().lstrip("#").strip()
        if text not in ("BEGIN SOLUTION", "END SOLUTION"):
            continue
        if line.strip() not in (BEGIN_SOLUTION, END_SOLUTION):
            raise lesson.error(cell, f"the marker {BEGIN_SOLUTION} or {END_SOLUTION}", line.strip(), offset)
        if cell.kind not in ("exercise", "predict"):
            raise lesson.error(cell, "solutions only in exercise and predict cells", f"{line.strip()!r} here", offset)
        if inside == (text == "BEGIN SOLUTION"):
            expected = END_SOLUTION if inside else BEGIN_SOLUTION
            raise lesson.error(cell, f"{expected} next: solution regions are not nested", line.strip(), offset)
        inside = not inside
    if inside:
        raise lesson.error(cell, f"{END_SOLUTION} before the cell ends", "none")


def _code_parses(lesson: Lesson, cell: Cell) -> None:
    if cell.kind in ("lesson", "prose", "hint"):
        return
    try:
        ast.parse(cell.source)
    except SyntaxError as error:
        raise lesson.error(cell, "Python code", f"{error.msg}: {error.text}", error.lineno or 0) from None


def _one_setup_cell_first(lesson: Lesson) -> None:
    code = [cell for cell in lesson.cells if cell.kind not in ("lesson", "prose", "hint")]
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
    if not exercise.subjects:
        raise lesson.error(cell, "a function, a class or an assignment", "nothing that a test could look at")
    if not exercise.tests:
        raise lesson.error(cell, f"a cell with test={exercise.id!r}", "none")
    if not 1 <= cell.options.get("difficulty", 1) <= 5:
        raise lesson.error(cell, "a difficulty from 1 to 5", str(cell.options["difficulty"]))
    if exercise.is_prediction and not all(isinstance(n, ast.Assign) for n in ast.parse(cell.source).body):
        raise lesson.error(cell, "only assignments in a prediction", "other code")


def _hint_is_a_ladder(lesson: Lesson, exercise: Exercise) -> None:
    hint = exercise.hint
    if hint is None:
        if not exercise.is_prediction:
            raise lesson.error(exercise.cell, f"a markdown cell with hint={exercise.id!r}", "none")
        return
    steps = re.findall(r"^- \*.+?\*", hint.source, re.MULTILINE)
    if len(steps) < MIN_HINT_STEPS:
        raise lesson.error(hint, f"at least {MIN_HINT_STEPS} steps '- *symptom* help'", str(len(steps)))
    for line in telling_lines(exercise.cell):
        if _squeezed(line) in _squeezed(hint.source):
            raise lesson.error(hint, "a hint without a line of the solution", repr(line))


def _test_is_sound(lesson: Lesson, exercise: Exercise, test: Cell) -> None:
    if test.line < exercise.cell.line:
        raise lesson.error(test, f"the test below its exercise (line {exercise.cell.line})", "the test first")
    if test.points <= 0:
        raise lesson.error(test, "points above 0", f"{test.points:g}")
    if test.hidden != ("covers" in test.options):
        raise lesson.error(test, 'hidden=true and covers="..." together', "one of them")
    body = ast.parse(test.source).body
    if not body:
        raise lesson.error(test, "a test", "an empty cell")
    if isinstance(body[-1], ast.Expr) and not _is_check_call(body[-1].value):
        expected = "a statement or a check at the end: nbgrader reads the value of an expression as points"
        raise lesson.error(test, expected, ast.unparse(body[-1]), body[-1].lineno)
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
    tree = ast.parse(test.source)
    own = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    own |= {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    own |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    known = own | _imported_names(test) | names_of_setup(lesson) | set(exercise.subjects) | set(dir(builtins))
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id not in known:
            expected = "names of the set-up cell, of this test and of its own exercise"
            raise lesson.error(test, expected, node.id, node.lineno)


def _plain_code_needs_no_answers(lesson: Lesson) -> None:
    subjects = {name for exercise in lesson.exercises for name in exercise.subjects}
    for cell in lesson.cells:
        if cell.kind not in ("setup", "code"):
            continue
        for node in ast.walk(ast.parse(cell.source)):
            if isinstance(node, ast.Name) and node.id in subjects:
                expected = 'a cell with # %% demo="name" for code that uses what students write'
                raise lesson.error(cell, expected, node.id, node.lineno)


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


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)
