"""`autograder answers` proves that tests tell right from wrong, or says which planted answer shows that they don't."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from autograder.lesson import parse_lesson
from autograder.trial import run_trial

from .conftest import SOURCES

pytestmark = pytest.mark.filterwarnings(  # pytest-xdist's worker has a thread of its own; the trials don't touch it
    "ignore:This process .* is multi-threaded:DeprecationWarning"
)
LESSON, ANSWERS = (Path("lessons/01_moving") / name for name in ("lesson.py", "answers.py"))
KEYS = ["lesson", "exercise", "kind", "name", "verdict", "message", "named", "cascades"]

LEANING = """

# %% exercise="halves" minutes=1 difficulty=1 law="two by two"
def halves(x):
    ### BEGIN SOLUTION
    return moving_average(x, 2)
    ### END SOLUTION


# %% [markdown] hint="halves"
# - *One* a.
# - *Two* b.
# - *Three* c.

# %% test="halves" points=1
check.equal(halves, np.array([1.0, 3.0]), expect=[2.0])
"""
FAULTS = """

@mistake("moving-average", named="float64", name="right after all")
def moving_average(x, k):
    if not 1 <= k <= len(x):
        raise ValueError
    return np.array([x[i : i + k].mean() for i in range(len(x) - k + 1)], dtype=x.dtype)


@alternative("moving-average", name="no error")
def moving_average(x, k):
    return np.array([x[i : i + k].mean() for i in range(len(x) - k + 1)], dtype=x.dtype)


@mistake("halves", named="every other", name="leaves the process")
def halves(x):
    raise SystemExit
"""


class Verdicts:
    """What the command said of a lesson with faults of all kinds."""

    def __init__(self, root: Path) -> None:
        command = [sys.executable, "-m", "autograder", "answers", "01", "--json", "verdicts.json"]
        wide = {**os.environ, "COLUMNS": "160"}
        done = subprocess.run(command, cwd=root, env=wide, capture_output=True, text=True, timeout=120)
        assert done.stderr == ""
        self.code, self.out = done.returncode, done.stdout
        self.entries: list[dict[str, Any]] = json.loads((root / "verdicts.json").read_text(encoding="utf-8"))

    def of(self, exercise: str, name: str) -> dict[str, Any]:
        return next(one for one in self.entries if (one["exercise"], one["name"]) == (exercise, name))


@pytest.fixture(scope="module")
def faulty(built_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Verdicts:
    root = tmp_path_factory.mktemp("faulty")
    (root / LESSON).parent.mkdir(parents=True)
    (root / "nbgrader_config.py").touch()
    (root / LESSON).write_text((built_once / LESSON).read_text(encoding="utf-8") + LEANING, encoding="utf-8")
    answers = (built_once / ANSWERS).read_text(encoding="utf-8")
    answers = answers.replace('named="did not divide"', 'named="forgot to divide"')
    answers = answers.replace('mistake("window-count"', '# mistake("window-count"')
    (root / ANSWERS).write_text(answers + FAULTS, encoding="utf-8")
    return Verdicts(root)


def test_a_sound_lesson_passes(mini: Path, autograder: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    said = autograder("answers", "--json", "verdicts.json")
    assert (said.code, said.err) == (0, "")
    rows = [line.split("│")[1:-1] for line in said.out.splitlines() if "│" in line]
    assert [[field.strip() for field in row] for row in rows] == [
        ["window-count", "1 of 1", "1 of 1", "0 of 0", "0"],
        ["moving-average", "4 of 4", "4 of 4", "2 of 2", "0"],
    ]
    entries = json.loads(Path("verdicts.json").read_text(encoding="utf-8"))
    assert [list(entry) for entry in entries] == [KEYS] * 7
    assert entries[0] == {
        "lesson": "01_moving",
        "exercise": "window-count",
        "kind": "mistake",
        "name": "mistake 1",
        "verdict": "rejected",
        "message": entries[0]["message"],
        "named": True,
        "cascades": [],
    }
    assert "you counted windows that do not overlap" in entries[0]["message"]


def test_faults_end_with_exit_code_1(faulty: Verdicts) -> None:
    assert faulty.code == 1


def test_a_mistake_that_passes_is_a_fault(faulty: Verdicts) -> None:
    assert faulty.of("moving-average", "right after all")["verdict"] == "accepted"
    assert "01_moving moving-average, right after all: accepted\n" in faulty.out


def test_a_mistake_that_no_message_names_is_a_fault(faulty: Verdicts) -> None:
    verdict = faulty.of("halves", "leaves the process")
    assert (verdict["verdict"], verdict["named"], verdict["cascades"]) == ("rejected", False, [])
    assert f"01_moving halves, leaves the process: not named by\n{verdict['message']}\n" in faulty.out


def test_a_name_that_is_not_in_the_message_is_seen(faulty: Verdicts) -> None:
    assert [faulty.of("moving-average", f"mistake {number}")["named"] for number in (1, 3)] == [True, False]


def test_a_right_answer_that_is_rejected_is_a_fault(faulty: Verdicts) -> None:
    verdict = faulty.of("moving-average", "no error")
    assert (verdict["kind"], verdict["verdict"]) == ("alternative", "rejected")
    assert f"01_moving moving-average, no error: rejected with\n{verdict['message']}\n" in faulty.out


def test_a_mistake_that_costs_marks_elsewhere_is_a_fault(faulty: Verdicts) -> None:
    assert faulty.of("moving-average", "mistake 1")["cascades"] == ["halves"]
    assert "01_moving moving-average, mistake 1: costs marks in halves\n" in faulty.out


def test_too_few_planted_answers_are_a_fault(faulty: Verdicts) -> None:
    lines = [line for line in faulty.out.splitlines() if "at least" in line]
    assert lines == [
        "01_moving window-count: expected at least 1 mistake in answers.py, got 0",
        "01_moving halves: expected at least 4 mistakes in answers.py, got 1",
        "01_moving halves: expected at least 2 alternatives in answers.py, got 0",
    ]


def test_a_reference_solution_that_fails_is_a_fault(
    mini: Path, edit: Callable[..., Path], autograder: Callable[..., Any]
) -> None:
    edit("window_count = 359", "window_count = 360")
    said = autograder("answers")
    assert said.code == 1
    assert "01_moving window-count-hidden-1: the reference solution fails:\nwindow-count   not right yet" in said.out


def test_malformed_answers_are_an_error(mini: Path, edit: Callable[..., Path], autograder: Callable[..., Any]) -> None:
    edit('@mistake("moving-average", named="filled the edge")', '@mistake("moving-average")', ANSWERS)
    said = autograder("answers")
    assert said.code == 2
    assert said.err.startswith(f"autograder answers: {ANSWERS}:11: expected named=")


def test_a_slow_test_of_another_exercise_sees_the_first_planted_answer_of_each(tmp_path: Path) -> None:
    path = tmp_path / "lesson.py"
    source = (SOURCES / LESSON).read_text(encoding="utf-8") + LEANING
    path.write_text(source.replace('test="halves" points=1', 'test="halves" points=1 slow=true'), encoding="utf-8")
    lesson = parse_lesson(path)
    broken = {"moving-average": "def moving_average(x, k): return x"}
    whole, short = (run_trial(lesson, broken, "moving-average", only_own_slow=only) for only in (False, True))
    assert [one.exercise for one in whole] == ["moving-average", "moving-average", "halves"]
    assert short == whole[:-1]
    assert run_trial(lesson, {}, "halves", only_own_slow=True)[-1].exercise == "halves"
