"""A mistake in a lesson file is named with file, line, what was expected and what stood there; nothing is written."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from autograder.course import Course

LESSON = Path("lessons/01_moving/lesson.py")
TITLE = '# %% [markdown] lesson="Moving averages" part="Test" hours=1 needs=""'
EXERCISE = '# %% exercise="moving-average" minutes=8 difficulty=2 law="one mean for each full window"'
PREDICTION = '# %% predict="window-count" minutes=1 law="a window starts only where it fits"'
HINT = '# %% [markdown] hint="moving-average"'
VISIBLE = '# %% test="moving-average" points=2'
HIDDEN = '# %% test="moving-average" points=3 hidden=true covers="k = 1, k = n, float32, 200 random lengths"'
SETUP = """# %% setup=true
import numpy as np

from forwardpass import NotAttempted, check
"""
BODY = """    if not 1 <= k <= len(x):
        raise ValueError(f"k must lie in 1..{len(x)}, got {k}")
    windows = np.lib.stride_tricks.sliding_window_view(x, k)
    return windows.mean(axis=1)
"""
OTHER = "def other():\n    ### BEGIN SOLUTION\n    return 1\n    ### END SOLUTION\n"
STEPS = "# - *One* a.\n# - *Two* b.\n# - *Three* c.\n"
LAST_STEP = "# - *It is right but I loop.* The sum of a window is the difference of two running totals.\n"


class Mistake(NamedTuple):
    """An edit of the lesson, a text of the line that the error must name, and words of the message."""

    old: str
    new: str
    at: str
    expected: str
    got: str


def header(new: str, expected: str, got: str, old: str = VISIBLE) -> Mistake:
    """A mistake in a cell's first line."""
    return Mistake(old + "\n", new + "\n", new, expected, got)


def in_test(line: str, expected: str, got: str, at: str = "") -> Mistake:
    """A line more at the end of the visible test."""
    return Mistake(
        "check.raises(ValueError, moving_average, x, 6)\n",
        f"check.raises(ValueError, moving_average, x, 6)\n{line}\n",
        at or line,
        expected,
        got,
    )


def cell(text: str, expected: str, got: str, at: str) -> Mistake:
    """A cell more, between the hint and the tests."""
    return Mistake(VISIBLE + "\n", f"{text}\n\n{VISIBLE}\n", at, expected, got)


GIVEN = "    ### BEGIN GIVEN\n    # return x\n    ### END GIVEN\n"
WRITTEN = '# %% [markdown] written="why" points=4 minutes=10'


def given(text: str, expected: str, got: str, at: str = "### BEGIN GIVEN") -> Mistake:
    """Given code below the solution."""
    return Mistake("    ### END SOLUTION\n", f"    ### END SOLUTION\n{text}", at, expected, got)


MISTAKES = {
    # code to mend, and questions answered in words
    "given code that is none": given(
        GIVEN.replace("# return", "return"), "given code as comments", "return x", at="    return x"
    ),
    "given nothing": given(GIVEN.replace("# return x", "#"), "code between", "nothing"),
    "given code without end": given(GIVEN.replace("    ### END GIVEN\n", ""), "### END GIVEN", "other markers"),
    "given code outside exercises": in_test(
        "### BEGIN GIVEN\n# x\n### END GIVEN", "only in exercise cells", "a test cell", at="### BEGIN GIVEN"
    ),
    "given code that does not parse": given(
        GIVEN.replace("return x", "return ("), "Python code without the solution", "'(' was never closed", at=EXERCISE
    ),
    "written question without a scheme": cell(f"{WRITTEN}\n# Because.", "**Marking scheme**", "less", at=WRITTEN),
    "written question for nothing": cell(
        f"{WRITTEN.replace('4', '0')}\n# Because.\n#\n# **Marking scheme**\n#\n# - 1 all",
        "points above 0",
        "0",
        at="points=0",
    ),
    "written question of an exercise's name": cell(
        f"{WRITTEN.replace('why', 'moving-average')}\n# Yes.",
        "each id once",
        "'moving-average' again",
        at='written="moving',
    ),
    # the header of a cell
    "unknown key": header(f"{VISIBLE} weight=2", "header keys out of lesson, part, hours", "unknown key 'weight'"),
    "key that jupytext knows": cell(
        '# %% tags="slow"\n1', "header keys out of", "unknown key 'tags'", at='tags="slow"'
    ),
    "key of another cell": header(
        f"{VISIBLE} minutes=2", "header keys test, points, hidden, covers, slow", "minutes= too"
    ),
    "key of a plain cell": cell("# %% minutes=2\n1", "only the header keys (none)", "minutes= too", at="minutes=2"),
    "points in quotes": header('# %% test="moving-average" points="2"', "points of type int or float", "'2'"),
    "minutes with a fraction": header(EXERCISE.replace("=8", "=8.5"), "minutes of type int", "8.5", EXERCISE),
    "minutes true": header(EXERCISE.replace("=8", "=true"), "minutes of type int", "True", EXERCISE),
    "hidden as a number": header(HIDDEN.replace("=true", "=1"), "hidden of type bool", "1", HIDDEN),
    "free text": header(f"# %% Visible {VISIBLE[5:]}", 'only key="value" pairs', "Visible"),
    "free text alone": cell("# %% Visible", 'only key="value" pairs', "Visible", at="# %% Visible"),
    "key without a value": header(f"{VISIBLE} hidden", 'only key="value" pairs', "hidden"),
    "key twice": header(f"{VISIBLE} points=1", "each key once", "points= again"),
    "header set in": cell(
        'if True:\n    # %% demo="x"\n    1', "# %% or # %% [markdown]", '    # %% demo="x"', at="    # %%"
    ),
    "header without a space": cell('#%% demo="x"\n1', "# %%", "#%%", at="#%%"),
    "raw cell": cell("# %% [raw]\n# x", "# %% [markdown]", "[raw]", at="[raw]"),
    "cell within a cell": cell("# %%% demo='x'\n1", "# %%", "# %%%", at="# %%%"),
    "header in a string": cell('# %%\n"""\n# %%\n"""', "only where a cell starts", "inside a string", at="lesson="),
    "markdown test": header(VISIBLE.replace("%% ", "%% [markdown] "), "a code cell for test=", "a markdown cell"),
    "code hint": header('# %% hint="moving-average"', "a markdown cell for hint=", "a code cell", HINT),
    "set-up false": header("# %% setup=false", "setup=true", "setup=false", "# %% setup=true"),
    # the file
    "text before the first header": Mistake(TITLE, f'"""A lesson."""\n\n{TITLE}', '"""A', "on the first line", "other"),
    "blank line before the first header": Mistake(TITLE, f"\n{TITLE}", "", "'# %%' header on the first line", "text"),
    "no title page": Mistake(TITLE, "# %% [markdown]", "# %%", "lesson=", "else"),
    # ids
    "test without exercise": header(VISIBLE.replace("ing-", "ed-"), "an exercise of the id 'moved-average'", "none"),
    "hint without exercise": header(HINT.replace("ing-", "ed-"), "an exercise of the id 'moved-average'", "none", HINT),
    "repeated exercise": cell(EXERCISE.replace("=8", "=9") + "\n1", "each id once", "'moving-average'", at="minutes=9"),
    "repeated hint": cell(HINT + "  \n# - *x* y", "each id once", "'moving-average'", at=HINT + "  "),
    "repeated demo": cell('# %% demo="smooth"\n1', "each id once", "'smooth'", at='# %% demo="smooth"\nprint'),
    "id in capitals": cell('# %% demo="Smooth"\n1', "lower-case letters", "'Smooth'", at='"Smooth"'),
    "id too long": cell(f'# %% demo="{"a" * 49}"\n1', "at most 48", "aaa", at="aaa"),
    "id of another's test": cell(
        f"{EXERCISE.replace('average', 'average-test-1')}\n{OTHER}\n\n"
        f"{HINT.replace('average', 'average-test-1')}\n{STEPS}\n{VISIBLE.replace('average', 'average-test-1')}\npass",
        "no other cell's",
        "'moving-average-test-1' twice",
        at='# %% exercise="moving-average-test-1"',
    ),
    # points
    "no points": header('# %% test="moving-average"', "points= in the header", "no points"),
    "zero points": header(VISIBLE.replace("2", "0"), "points above 0", "0"),
    "negative points": header(VISIBLE.replace("2", "-1"), "points above 0", "-1"),
    "points that are no number": header(VISIBLE.replace("2", "NaN"), "points above 0", "nan"),
    "endless points": header(VISIBLE.replace("2", "Infinity"), "points above 0", "inf"),
    # solution markers
    "no end": Mistake(BODY + "    ### END SOLUTION\n", BODY, EXERCISE, "### END SOLUTION before the cell ends", "none"),
    "no begin": Mistake("    ### BEGIN SOLUTION\n", "", "    ### END", "### BEGIN SOLUTION next", "### END SOLUTION"),
    "nested": Mistake(BODY, f"    ### BEGIN SOLUTION \n{BODY}", "SOLUTION \n", "### END SOLUTION next", "### BEGIN"),
    "misspelt": Mistake(
        "    ### BEGIN SOLUTION", "    ### BEGIN SOLUTOIN", "SOLUTOIN", "### BEGIN SOLUTION", "SOLUTOIN"
    ),
    "one # too few": Mistake(
        "    ### BEGIN", "    ## BEGIN", "    ## BEGIN", "### BEGIN SOLUTION", "## BEGIN SOLUTION"
    ),
    "small letters": Mistake(
        "    ### BEGIN SOLUTION", "    # begin solution", "# begin", "### BEGIN", "# begin solution"
    ),
    "marker behind code": Mistake("(x, k)\n", "(x, k)  ### END SOLUTION\n", "(x, k)  #", "the marker", "windows ="),
    "nbgrader's own marker": in_test("### BEGIN HIDDEN TESTS", "### BEGIN SOLUTION", "### BEGIN HIDDEN TESTS"),
    "marker in a test": in_test(
        "\n\n### END SOLUTION", "only in exercise and predict cells", "'### END", at='### END SOLUTION\n\n# %% test="m'
    ),
    "marker in prose": cell("# %% [markdown]\n# Mind ### BEGIN SOLUTION", "the marker", "Mind", at="# Mind"),
    # the parts of an exercise
    "no solution": Mistake(BODY, "", EXERCISE, "a solution between ### BEGIN SOLUTION", "none"),
    "definition inside the solution": Mistake(
        "    ### END SOLUTION\n",
        "    ### END SOLUTION\n\n\n### BEGIN SOLUTION\nhelper = 1\n### END SOLUTION\n",
        EXERCISE,
        "outside the solution",
        "helper",
    ),
    "stub that is no Python": Mistake(
        "    return windows.mean(axis=1)\n    ### END SOLUTION\n",
        "    if True:\n        ### END SOLUTION\n        return windows.mean(axis=1)\n",
        EXERCISE,
        "without the solution",
        "indent",
    ),
    "no hint": Mistake(HINT, "# %% [markdown]", EXERCISE, "a markdown cell with hint='moving-average'", "none"),
    "no tests": cell(
        f"{EXERCISE.replace('moving', 'other')}\n{OTHER}",
        "a cell with test='other-average'",
        "none",
        at='# %% exercise="other',
    ),
    "difficulty 6": header(EXERCISE.replace("y=2", "y=6"), "a difficulty from 1 to 5", "6", EXERCISE),
    "code in a prediction": Mistake(
        "window_count = 359", "window_count = 359\nprint()", "# %% predict", "only assign", "code"
    ),
    "calculated prediction": Mistake("count = 359", "count = 365 - 6", PREDICTION, "names = plain values", "calculate"),
    "answer that can't be chosen": header(
        f'{PREDICTION} choices="52 | 365"', "the answer among choices=[52, 365]", "359", PREDICTION
    ),
    "test above its exercise": Mistake(
        PREDICTION,
        f'# %% test="window-count" points=2\ncheck.equal(window_count, expect=3)\n\n{PREDICTION}',
        '# %% test="window-count" points=2',
        "the test below its exercise (line 19)",
        "the test first",
    ),
    "hint above its exercise": Mistake(
        PREDICTION,
        f'# %% [markdown] hint="window-count"\n{STEPS}\n{PREDICTION}',
        "hint=",
        "the hint below",
        "the hint first",
    ),
    # hints
    "too few steps": Mistake(LAST_STEP, "", HINT, "at least 3 steps '- *symptom* help'", "2"),
    "step that is not folded": Mistake(
        LAST_STEP, "# - *It is right but I loop. Why?\n", "# - *It", "'- *symptom* help'", "Why"
    ),
    "solution in a hint": Mistake(
        "difference of two running totals.",
        "`return windows.mean( axis=1 )`.",
        HINT,
        "a hint without a line of the solution",
        "return windows.mean(axis=1)",
    ),
    # tests
    "test ends in an expression": in_test("x.mean()", "a statement or a check at the end", "x.mean()"),
    "test ends in a call": in_test("print(x)", "a statement or a check at the end", "print(x)"),
    "hidden without covers": header(
        '# %% test="moving-average" points=3 hidden=true', 'covers="..." together', "one", HIDDEN
    ),
    "covers without hidden": header(f'{VISIBLE} covers="much"', 'covers="..." together', "one of them"),
    "unknown name": in_test("y = pandas.Series(x)", "names of the set-up cell, of this test", "pandas"),
    "name known in a function only": in_test(
        "def f():\n    z = 1\n\ny = z", "names of the set-up cell", "z", at="    z = 1"
    ),
    "another exercise's subject": in_test("check.equal(window_count, expect=359)", "its own exercise", "window_count"),
    "subject called": in_test("y = moving_average(x, 2)", "only as an argument of a check function", "another use"),
    "subject under another name": in_test("f = moving_average", "only as an argument of a check", "another use"),
    "subject as a keyword": in_test("check.equal(x, expect=moving_average)", "only as an argument", "another use"),
    "subject by its name": in_test('y = globals()["moving_average"]', "names of the set-up cell", "globals"),
    "subject defined anew": in_test(
        "def moving_average(x, k):\n    pass",
        "no exercise and no set-up cell",
        "moving_average",
        at="def moving_average(x, k):\n    pass",
    ),
    "empty test": Mistake(
        'check.equal(window_count, expect=359, mistakes={"you counted windows that do not overlap": 52})\n',
        "",
        '# %% test="window-count"',
        "a test",
        "an empty cell",
    ),
    # other code
    "plain code uses a subject": cell(
        "# %%\nprint(moving_average)", 'demo="name"', "moving_average", at="print(moving_a"
    ),
    "plain code defines a subject": cell(
        "# %%\ndef window_count():\n    1",
        "that no exercise and no set-up cell defines",
        "window_count",
        at="def window_count",
    ),
    "demo defines a subject": cell(
        '# %% demo="x"\nwindow_count = 3',
        "that no exercise and no set-up cell defines",
        "window_count",
        at="window_count = 3\n",
    ),
    "no set-up": Mistake(SETUP, "", "lesson=", "one cell with # %% setup=true", "0"),
    "late set-up": Mistake(SETUP, f"# %%\n1\n\n{SETUP}", "# %% setup", "before all other code", "a later one"),
    "two set-ups": Mistake(SETUP, f"{SETUP}\n{SETUP.replace('true', 'true ')}", "setup=true \n", "one cell", "2"),
    "set-up without check": Mistake(
        "NotAttempted, check", "NotAttempted", "# %% setup", "import NotAttempted, check", "'np'"
    ),
    # Python
    "syntax error": cell("# %%\nx = 1\ny = (\nz = 3", "Python code", "'(' was never closed", at="y = ("),
    "syntax error after blank lines": cell("# %%\n\n\nx = = 1", "Python code", "invalid syntax", at="x = = 1"),
    "syntax error in a solution": Mistake(
        "x, k)\n    ret", "x, k))\n    ret", "x, k))", "Python code", "unmatched ')'"
    ),
    "return outside a function": cell("# %%\nreturn 3", "Python code", "'return' outside function", at="return 3"),
    "magic": cell("# %%\n%matplotlib inline", "Python code", "%matplotlib inline", at="%matplotlib"),
}


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=list(MISTAKES))
def test_a_mistake_is_named_with_its_line_and_nothing_is_written(
    mistake: Mistake, mini: Path, edit: Callable[..., Path], autograder: Callable[..., Any]
) -> None:
    text = edit(mistake.old, mistake.new).read_text(encoding="utf-8")
    before = contents(mini)

    said = autograder("build")

    line = text[: text.index(mistake.at)].count("\n") + 1
    assert said.err.startswith(f"autograder build: {LESSON}:{line}: expected ")
    expected, got = said.err.split(": expected ", 1)[1].rsplit(", got ", 1)
    assert mistake.expected in expected
    assert mistake.got in got
    assert (said.code, said.out) == (2, "")
    assert contents(mini) == before


def contents(root: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("content", "line", "expected", "got"),
    [
        (b"", 1, "'# %%' header on the first line", "no text"),
        (b"\n\n", 1, "'# %%' header on the first line", "no text"),
        (b"# %%\nx = 1\n# caf\xe9\n", 3, "text in UTF-8", "the byte 0xe9"),
        (b"\xef\xbb\xbf# %%\nx = 1\n", 1, "'# %%' header on the first line", "another text"),
    ],
    ids=["empty", "blank", "Latin-1", "byte order mark"],
)
def test_a_file_that_is_no_lesson_is_named(
    content: bytes, line: int, expected: str, got: str, mini: Path, autograder: Callable[..., Any]
) -> None:
    LESSON.write_bytes(content)
    before = contents(mini)

    said = autograder("build")

    assert said.code == 2
    assert said.err.startswith(f"autograder build: {LESSON}:{line}: expected ")
    assert expected in said.err
    assert said.err.endswith(f", got {got}\n")
    assert contents(mini) == before


@pytest.mark.parametrize(
    "line",
    [
        "try:\n    float('x')\nexcept ValueError as error:\n    print(error)",
        "import numpy as np\nfrom math import pi\nprint(pi * np.pi);\npass",
        "squares = [k * k for k in range(3) if (twice := 2 * k)]",
        "def probe(f, *values, **options):\n    import math\n    return f(*values) * math.pi",
        "class Box:\n    width: int = 3\n\n    def grown(self):\n        return self.width + 1",
        "check.equal(check.observe(lambda f: f(np.ones(3), 2), moving_average), expect=[1.0, 1.0])",
        "with np.errstate(all='ignore') as state:\n    for step in range(3):\n        total = step",
        "match [1, 2]:\n    case [first, *rest]:\n        print(first, rest)",
    ],
    ids=["except as", "imports", "comprehension", "probe", "class", "nested check", "with and for", "match"],
)
def test_a_sound_test_is_accepted(line: str, mini: Path, edit: Callable[..., Path]) -> None:
    last = "check.raises(ValueError, moving_average, x, 6)\n"
    edit(last, f"{last}{line}\n")
    assert Course(mini).lesson("01_moving").points == 6


def test_an_error_in_another_lesson_stops_a_build_before_it_writes(
    mini: Path, edit: Callable[..., Path], autograder: Callable[..., Any]
) -> None:
    other = mini / "lessons" / "02_more" / "lesson.py"
    other.parent.mkdir()
    other.write_text("# %% [markdown]\n# No title page\n", encoding="utf-8")
    before = contents(mini)

    said = autograder("build", "01")

    assert said.code == 2
    assert "lessons/02_more/lesson.py:1: expected a first cell" in said.err
    assert contents(mini) == before
