"""Whoever waits for a class is told how long."""

import io
from collections.abc import Iterator
from typing import Any

import pytest
from rich.console import Console

from autograder import progress

REPORTS = [{"student": f"student {number}", "lesson": "06_conv_arithmetic"} for number in range(4)]


@pytest.mark.parametrize(
    ("done", "total", "seconds", "said"),
    [
        (1, 1000, 3.0, ""),
        (10, 1000, 5.0, "2.0 a second, 8 min left"),
        (10, 1000, 100.0, "6.0 a minute, 2 h 45 min left"),
        (990, 1000, 495.0, "2.0 a second, 5 s left"),
        (1000, 1000, 500.0, "2.0 a second, 8 min in all"),
        (1, 1, 2.0, "30.0 a minute, 2 s in all"),
        (3, 4, 0.0, ""),
    ],
)
def test_pace_and_time_left(done: int, total: int, seconds: float, said: str) -> None:
    assert progress.pace(done, total, seconds) == said


def ticking() -> Any:
    ticks: Iterator[int] = iter(range(0, 100, 2))
    return lambda: float(next(ticks))


def test_lines_where_there_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    assert list(progress.with_progress(iter(REPORTS), 4, ticking())) == REPORTS
    assert capsys.readouterr().out.splitlines() == [
        "graded 1 of 4: student 0 06_conv_arithmetic",
        "graded 2 of 4: student 1 06_conv_arithmetic",
        "graded 3 of 4: student 2 06_conv_arithmetic (30.0 a minute, 2 s left)",
        "graded 4 of 4: student 3 06_conv_arithmetic (30.0 a minute, 8 s in all)",
    ]


def test_a_bar_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = io.StringIO()
    monkeypatch.setattr("rich.console.Console", lambda: Console(file=screen, force_terminal=True, width=100))
    assert list(progress.with_progress(iter(REPORTS), 4, ticking())) == REPORTS
    assert "4/4" in screen.getvalue()
    assert "30.0 a minute, 8 s in all" in screen.getvalue()
