"""Every verb says what it does, and what the user can mend is one line and exit code 2."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from autograder import course
from autograder.__main__ import VERBS


def test_help_lists_every_verb(autograder: Callable[..., Any]) -> None:
    said = autograder("--help")
    assert (said.code, said.err) == (0, "")
    assert all(f"  {verb} " in said.out and text in said.out for verb, text in VERBS.items())


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help(verb: str, autograder: Callable[..., Any]) -> None:
    said = autograder(verb, "--help")
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith(f"usage: autograder {verb} ")
    assert VERBS[verb] in " ".join(said.out.split())


@pytest.mark.parametrize("arguments", [(), ("bulid",), ("--verbose",), ("build", "--verbose"), ("sample",)])
def test_a_wrong_command_line_is_exit_code_2(arguments: tuple[str, ...], autograder: Callable[..., Any]) -> None:
    said = autograder(*arguments)
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith("usage: autograder")
    assert "error: " in said.err


def test_a_wrong_verb_is_answered_with_the_right_ones(autograder: Callable[..., Any]) -> None:
    assert all(verb in autograder("bulid").err for verb in ("bulid", *VERBS))


@pytest.mark.parametrize("verb", ["build", "answers", "grade", "list"])
def test_outside_a_course_nothing_runs(
    verb: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, autograder: Callable[..., Any]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(course, "__file__", str(tmp_path / "site-packages" / "autograder" / "course.py"))
    said = autograder(verb)
    assert (said.code, said.out) == (2, "")
    assert said.err == (
        f"autograder {verb}: expected to run inside a copy of the course (a folder with lessons/), got {tmp_path}\n"
    )


def test_the_course_is_found_from_a_folder_inside(
    mini: Path, monkeypatch: pytest.MonkeyPatch, autograder: Callable[..., Any]
) -> None:
    monkeypatch.chdir(mini / "lessons" / "01_moving")
    assert json.loads(autograder("list", "--json").out)[0]["lesson"] == "01_moving"


@pytest.mark.parametrize("arguments", [("build",), ("build", "--check"), ("answers",), ("grade",)])
def test_an_unknown_lesson_is_named(arguments: tuple[str, ...], mini: Path, autograder: Callable[..., Any]) -> None:
    said = autograder(*arguments, "07")
    assert (said.code, said.out) == (2, "")
    assert said.err == f"autograder {arguments[0]}: no lesson '07': expected one of 01_moving\n"


def test_a_lesson_is_known_by_name_and_number(mini: Path) -> None:
    for want in ("01", "01_moving"):
        assert course.Course(mini).pick([want]) == ["01_moving"]


def test_the_command_runs_from_a_shell(mini: Path) -> None:
    script = Path(sys.executable).with_name("autograder")
    done = subprocess.run([script, "list"], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("01_moving: Moving averages, 6 points")


def test_the_list_is_data_too(mini: Path, autograder: Callable[..., Any]) -> None:
    said = autograder("list", "--json")
    assert said.code == 0
    assert json.loads(said.out) == [
        {
            "lesson": "01_moving",
            "title": "Moving averages",
            "points": 6.0,
            "exercises": [
                {
                    "id": "window-count",
                    "kind": "prediction",
                    "names": ["window_count"],
                    "points": 1.0,
                    "hidden_points": 1.0,
                    "minutes": 1,
                    "difficulty": None,
                },
                {
                    "id": "moving-average",
                    "kind": "exercise",
                    "names": ["moving_average"],
                    "points": 5.0,
                    "hidden_points": 3.0,
                    "minutes": 8,
                    "difficulty": 2,
                },
            ],
            "by_hand": [],
        }
    ]
