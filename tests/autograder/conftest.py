"""The miniature course of `mini/`: copies to change, and one that is built once."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from autograder.__main__ import main
from autograder.course import Classroom
from autograder.record import Recorder

SOURCES = Path(__file__).parent / "mini"
LESSON = Path("lessons/01_moving/lesson.py")


class Said(NamedTuple):
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str


@pytest.fixture
def autograder(capsys: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    """Runs a command line in this process."""

    def run(*arguments: str) -> Said:
        capsys.readouterr()
        try:
            code = main(list(arguments))
        except SystemExit as stop:  # argparse ends this way
            code = int(stop.code or 0)
        return Said(code, *capsys.readouterr())

    return run


@pytest.fixture
def mini(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The sources of the miniature course, not built, as the current folder."""
    return _copy(SOURCES, tmp_path, monkeypatch)


@pytest.fixture
def built_mini(built_once: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The miniature course with its notebooks, as the current folder."""
    return _copy(built_once, tmp_path, monkeypatch)


@pytest.fixture
def edit() -> Callable[..., Path]:
    """Replaces a text that stands once in a file of the current folder (the lesson, unless another is named)."""

    def replace(old: str, new: str, path: Path = LESSON) -> Path:
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"expected {old!r} once in {path}, got it {text.count(old)} times"
        path.write_text(text.replace(old, new), encoding="utf-8")
        return path

    return replace


@pytest.fixture
def classroom(tmp_path: Path) -> Classroom:
    """An empty one."""
    return Classroom(tmp_path)


@pytest.fixture
def recorder(classroom: Classroom) -> Iterator[Recorder]:
    """What writes the classroom's gradebook."""
    with Recorder(classroom) as recorder:
        yield recorder


@pytest.fixture
def book(classroom: Classroom) -> Path:
    """The classroom's gradebook."""
    return classroom.root / "gradebook.db"


def _copy(course: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "mini"
    shutil.copytree(course, root)
    monkeypatch.chdir(root)
    return root
