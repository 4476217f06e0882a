"""answers.py is read, never run, and a mistake in it is named with file and line."""

from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.course import Course
from autograder.lesson import LessonError
from autograder.planted import read_planted

ANSWERS = Path("lessons/01_moving/answers.py")
FIRST = '@mistake("moving-average", named="filled the edge")\n'
PREDICTION = 'mistake("window-count", named="overlap", source="window_count = 365 // 7")\n'
CHANGE = 'mistake("window-count", named="x", change=("359", "360"))\n'


def test_answers_are_numbered_in_the_order_of_the_file(mini: Path) -> None:
    planted = read_planted(Course(mini).lesson("01_moving"))
    assert [(one.exercise, one.name) for one in planted] == [
        ("window-count", "mistake 1"),
        *(("moving-average", f"mistake {number}") for number in (1, 2, 3, 4)),
        *(("moving-average", f"alternative {number}") for number in (1, 2)),
    ]


def test_an_answer_is_source_without_its_decorator(mini: Path, edit: Callable[..., Path]) -> None:
    edit(FIRST, '@mistake("moving-average", named="the edge", name="padded")\n', ANSWERS)
    text, padded = read_planted(Course(mini).lesson("01_moving"))[:2]
    assert (text.kind, text.source, text.named) == ("mistake", "window_count = 365 // 7", "overlap")
    assert (padded.name, padded.named) == ("padded", "the edge")
    assert padded.source.startswith("def moving_average(x, k):\n    return np.convolve")


def test_an_answer_can_be_the_reference_with_one_text_changed(mini: Path, edit: Callable[..., Path]) -> None:
    edit(PREDICTION, CHANGE, ANSWERS)
    lesson = Course(mini).lesson("01_moving")
    reference = lesson.exercise("window-count").cell.source
    assert read_planted(lesson)[0].source == reference.replace("359", "360") != reference


def test_answers_are_not_run(mini: Path, edit: Callable[..., Path]) -> None:
    edit(PREDICTION, 'mistake("window-count", named="x", source="raise SystemExit")\n', ANSWERS)
    edit("import numpy as np\n", "import numpy as np, no_such_module\n", ANSWERS)
    assert read_planted(Course(mini).lesson("01_moving"))[0].source == "raise SystemExit"


@pytest.mark.parametrize(
    ("old", "new", "at", "expected", "got"),
    [
        (FIRST, '@mistake("moved-average", named="x")\n', "def moving", "an exercise of 01_moving", "'moved-average'"),
        (FIRST, '@mistake("moving-average")\n', "def moving", 'named="..."', "none"),
        (FIRST, '@mistake("moving-average", named="")\n', "def moving", 'named="..."', "none"),
        (FIRST, '@mistake("moving-average", named=3)\n', "@mistake", "an exercise id, and named=", "named=3"),
        (FIRST, '@mistake("moving-average", "x")\n', "@mistake", "an exercise id, and named=", "'x')"),
        (FIRST, '@mistake("moving-average", because="x")\n', "@mistake", "an exercise id, and named=", "because='x'"),
        (FIRST, '@mistake("moving-average", named=EDGE)\n', "@mistake", "plain strings as arguments", "named=EDGE"),
        (FIRST, "@mistake\n", "def moving", "mistake(...) or alternative(...)", "mistake"),
        (FIRST, '@wrong("moving-average", named="x")\n', "def moving", "mistake(...) or alternative(...)", "wrong("),
        (FIRST, "", "def moving", "a function or class under @mistake or @alternative", "def moving_average(x, k)"),
        (FIRST, f"@cache\n{FIRST}", "def moving", "a function or class under @mistake", "@cache"),
        (
            PREDICTION,
            "window_count = 52\n",
            "window_count =",
            "a function or class under @mistake",
            "window_count = 52",
        ),
        (PREDICTION, "print(3)\n", "print(3)", "mistake(...) or alternative(...)", "print(3)"),
        (
            PREDICTION,
            'mistake("window-count", named="x")\n',
            'mistake("w',
            "under the decorator, source=, change=",
            "0 of them",
        ),
        (
            FIRST,
            FIRST.replace(")", ', source="x = 1")'),
            "def moving",
            "under the decorator, source=, change=",
            "2 of them",
        ),
        (
            PREDICTION,
            CHANGE.replace("359", "a"),
            "mistake(",
            "a text that stands once in the cell",
            "'a', which stands there",
        ),
        (
            PREDICTION,
            CHANGE.replace("359", "zz"),
            "mistake(",
            "a text that stands once in the cell",
            "'zz', which stands there 0",
        ),
        (PREDICTION, CHANGE.replace(', "360"', ""), "mistake(", "change=(old, new)", "change="),
        (PREDICTION, CHANGE.replace('("359", "360")', "3"), "mistake(", "change=(old, new)", "change=3"),
        (PREDICTION, CHANGE.replace('"360"', "360"), "mistake(", "change=(old, new)", "360"),
        (PREDICTION, "mistake((\n\n", "mistake((", "Python code", "'(' was never closed"),
    ],
)
def test_a_mistake_is_named_with_its_line(
    old: str, new: str, at: str, expected: str, got: str, mini: Path, edit: Callable[..., Path]
) -> None:
    text = edit(old, new, ANSWERS).read_text(encoding="utf-8")
    line = text[: text.index(at)].count("\n") + 1
    with pytest.raises(LessonError) as error:
        read_planted(Course(mini).lesson("01_moving"))
    assert str(error.value).startswith(f"{ANSWERS}:{line}: expected ")
    assert expected in str(error.value)
    assert got in str(error.value).rsplit(", got ", 1)[1]


def test_a_lesson_without_answers_is_named(mini: Path) -> None:
    ANSWERS.unlink()
    with pytest.raises(LessonError, match=r"answers\.py:1: expected planted answers for 01_moving, got no such file"):
        read_planted(Course(mini).lesson("01_moving"))
