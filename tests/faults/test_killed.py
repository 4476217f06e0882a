"""Whatever is killed while a class is graded, and whenever: the next run ends with the marks of an undisturbed one."""

import contextlib
import random
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psutil
import pytest

from ..autograder.gradebooks import rows
from ..autograder.grading import LIMITS, Graded

pytestmark = pytest.mark.sandbox

ROUNDS, QUICK = 60, 4
SEED = 20261121
Results = Callable[[Path], dict[str, Any]]


def started(root: Path) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "autograder", "grade", *LIMITS]
    return subprocess.Popen(command, cwd=root, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def kill_something(coordinator: psutil.Process, rng: random.Random) -> None:
    """Kills the coordinator, or one of all that it has started, directly or not, each kind of program as often."""
    kinds: dict[str, list[psutil.Process]] = {"the coordinator": [coordinator]}
    for process in coordinator.children(recursive=True):
        with contextlib.suppress(psutil.Error):
            place = f"{process.name()}, {len(process.parents())} deep"
            kinds.setdefault(place, []).append(process)
    chosen = rng.choice(sorted(kinds))
    print("killed:", chosen)
    with contextlib.suppress(psutil.Error):
        rng.choice(kinds[chosen]).kill()


@contextlib.contextmanager
def no_orphans(root: Path) -> Iterator[None]:
    """Nothing that ran for this class is left a while after the block."""
    yield
    deadline = time.monotonic() + 30
    while left := [one.pid for one in psutil.process_iter(["cwd"]) if one.info["cwd"] == str(root)]:
        assert time.monotonic() < deadline, f"still running: {left}"
        time.sleep(0.1)


@pytest.mark.parametrize(
    "number", [pytest.param(n, marks=[pytest.mark.slow] if n >= QUICK else []) for n in range(ROUNDS)]
)
def test_the_next_run_ends_with_the_marks_of_an_undisturbed_one(
    number: int, root: Path, undisturbed: dict[str, Any], results_of: Results
) -> None:
    rng = random.Random(SEED + number)
    for _ in range(rng.choice([1, 1, 2])):
        with no_orphans(root):
            process = started(root)
            time.sleep(rng.uniform(0.5, 7.0))
            with contextlib.suppress(psutil.NoSuchProcess):
                kill_something(psutil.Process(process.pid), rng)
            process.wait(120)
    assert Graded(root).code == 0
    assert results_of(root / "classroom") == undisturbed


def test_what_was_recorded_before_the_coordinator_was_killed_is_not_graded_again(root: Path) -> None:
    process = started(root)
    book = root / "classroom" / "gradebook.db"
    deadline = time.monotonic() + 60
    while not recorded(book) and time.monotonic() < deadline:
        time.sleep(0.01)
    process.kill()
    process.wait()
    entries = {name for (name,) in rows(book, "select student from forward_pass_graded")}
    assert entries
    assert entries <= {name for (name,) in rows(book, "select student_id from submitted_assignment")}
    assert {report["student"] for report in Graded(root).reports if report["unchanged"]} == entries


def recorded(book: Path) -> bool:
    try:
        with closing(sqlite3.connect(book)) as connection:
            return bool(connection.execute("select count(*) from forward_pass_graded").fetchone()[0])
    except sqlite3.OperationalError:
        return False
