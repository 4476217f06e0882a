"""A class in which everything happens, and what an undisturbed run makes of it."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ..autograder.gradebooks import rows
from ..autograder.grading import NAME, Graded, answer, hand_in, hand_in_changed, read_graded, sample_class

SLOW = "import time\ntime.sleep(0.3)\n\n\ndef moving_average(x, k):\n    return x"
LEAVES = "import os\nos._exit(1)"


@pytest.fixture(scope="session")
def untouched(built_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course with a class that nobody has graded: right, wrong, slow, ending and unreadable ones."""
    root = sample_class(built_once, tmp_path_factory.mktemp("class") / "mini", 6)
    for number in range(4):
        hand_in_changed(root, f"slow {number}", answer(SLOW))
    hand_in_changed(root, "leaves", answer(LEAVES))
    hand_in(root, "unreadable", "not a notebook")
    return root


@pytest.fixture(scope="session")
def undisturbed(untouched: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a run that nothing disturbs makes of it."""
    root = tmp_path_factory.mktemp("undisturbed") / "mini"
    shutil.copytree(untouched, root)
    Graded(root)
    return results(root / "classroom")


@pytest.fixture
def root(untouched: Path, tmp_path: Path) -> Path:
    """The class, to disturb."""
    shutil.copytree(untouched, tmp_path / "mini")
    return tmp_path / "mini"


@pytest.fixture
def results_of() -> Callable[[Path], dict[str, Any]]:
    return results


def results(classroom: Path) -> dict[str, Any]:
    """Marks as gradebook, export and report have them, what is said of each, and who has a page."""
    graded = read_graded(classroom)
    book = classroom / "gradebook.db"
    return {
        "gradebook": graded.scores_in_gradebook(),
        "export": graded.scores_in_csv(),
        "reports": [
            [one["student"], one["status"], one["score"], [(e["state"], e["points"]) for e in one["exercises"]]]
            for one in graded.reports
        ],
        "submissions": rows(book, "select student_id, count(*) from submitted_assignment group by student_id"),
        "grades": rows(book, "select count(*), sum(auto_score is null) from grade"),
        "pages": sorted(path.parent.parent.name for path in (classroom / "feedback").glob(f"*/{NAME}/*.html")),
        "integrity": rows(book, "pragma integrity_check"),
    }
