"""The real course, and its full sample class, graded."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from autograder.course import Course

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class WholeClass:
    """The reports of a graded class, and what was expected of each submission."""

    classroom: Path
    output: str
    reports: list[dict[str, Any]]
    expected: list[dict[str, Any]]


@pytest.fixture(scope="session")
def course() -> Course:
    return Course(ROOT)


@pytest.fixture(scope="module")
def whole_class(tmp_path_factory: pytest.TempPathFactory) -> WholeClass:
    """Every student of the sample class in every lesson: about a second for each submission."""
    classroom = tmp_path_factory.mktemp("whole") / "classroom"
    autograder("sample", str(classroom))
    output = autograder("grade", "--classroom", str(classroom))
    reports, expected = (
        json.loads((classroom / name).read_text(encoding="utf-8")) for name in ("report.json", "expected.json")
    )
    return WholeClass(classroom, output, reports, expected)


def autograder(*arguments: str) -> str:
    command = [sys.executable, "-m", "autograder", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout
