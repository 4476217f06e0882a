"""A class with hostile notebooks in it, and canaries around it that show what they reached."""

import contextlib
import copy
import importlib.util
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any

import nbformat

from autograder.course import Classroom, Course
from autograder.desk import grade
from autograder.pool import Here
from autograder.sandbox.forkserver import ForkServer
from autograder.sandbox.limits import Limits

NAME = "01_moving"
HERE = Path(__file__).parent
WRONG = "def moving_average(x, k):\n    return x"
LIMITS = Limits(
    cell_seconds=4,
    test_seconds=3,
    notebook_seconds=25,
    cpu_seconds=20,
    memory_mb=700,
    processes=24,
    file_mb=8,
    disk_mb=24,
    output_mb=2,
)
HONEST = ("honest right", "honest wrong", "honest blank")


@dataclass(frozen=True)
class Attack:
    """One file of this folder. Its docstring says what it tries; its names say how.

    ANSWER: the source of moving-average's cell (a wrong answer, unless given). FIRST: a cell that the student added at
    the top. change(notebook, folder): changes the notebook before it is written, or the folder that it is handed in as;
    may return a str or bytes to be written in its place. HONEST: what the answers earn without the trick (0, unless
    given). STATUS: what the report may say. aftermath(world, report): further proofs.
    Words such as @PORT@ in the sources stand for what `World.words` has.
    """

    path: Path

    @property
    def id(self) -> str:
        return f"{self.path.parent.name}-{self.path.stem}"

    @cached_property
    def module(self) -> ModuleType:
        spec = importlib.util.spec_from_file_location(self.path.stem, self.path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    @property
    def tries(self) -> str:
        return str(self.module.__doc__).strip().splitlines()[0]

    @property
    def honest(self) -> float:
        return float(getattr(self.module, "HONEST", 0))

    @property
    def statuses(self) -> set[str]:
        return set(getattr(self.module, "STATUS", {"graded", "flagged"}))


def attacks() -> list[Attack]:
    """Every attack, in order."""
    return [Attack(path) for kind in ("notebook", "kernel", "host") for path in sorted((HERE / kind).glob("*.py"))]


@dataclass
class World:
    """The machine around a class: files, an environment variable, sockets and a process that nobody may reach."""

    root: Path
    token: str = field(default_factory=lambda: f"CANARY-{secrets.token_hex(12)}")
    reports: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.course = Course(self.root / "course")
        self.classroom = Classroom(self.course.root / "classroom")
        self.home = self.root / "home"
        self.home.mkdir()
        (self.home / "canary.txt").write_text(self.token)
        self.outside = self.root / "outside"
        self.outside.mkdir()
        self.tcp = socket.create_server(("127.0.0.1", 0))
        self.abstract = socket.socket(socket.AF_UNIX)
        self.abstract.bind(f"\0{self.token}")
        self.abstract.listen()
        self.unix = socket.socket(socket.AF_UNIX)
        self.unix.bind(str(self.outside / "socket"))
        self.unix.listen()
        for listener in (self.tcp, self.abstract, self.unix):
            listener.setblocking(False)
        self.process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(3600)", self.token])

    @property
    def words(self) -> dict[str, str]:
        """What attacks may know of the machine."""
        return {
            "@HOME@": str(self.home),
            "@OUTSIDE@": str(self.outside),
            "@COURSE@": str(self.course.root),
            "@CLASSROOM@": str(self.classroom.root),
            "@REPOSITORY@": str(HERE.parents[1]),
            "@PORT@": str(self.tcp.getsockname()[1]),
            "@PID@": str(self.process.pid),
            "@LABEL@": self.token[:15],  # by which an attack without a sandbox leaves other tests' worlds alone
        }

    def filled(self, text: str) -> str:
        """A source with the words replaced; the token itself is never among them, so what shows it was read."""
        for word, meaning in self.words.items():
            text = text.replace(word, meaning)
        return text

    def hand_in(self, student: str, attack: Attack | None = None, answer: str = WRONG) -> None:
        """Writes a submission: an attack's, or an honest one."""
        module = attack.module if attack else None
        notebook = copy.deepcopy(self.released)
        cell(notebook, "moving-average").source = self.filled(getattr(module, "ANSWER", answer))
        if first := getattr(module, "FIRST", ""):
            notebook.cells.insert(0, nbformat.v4.new_code_cell(self.filled(first)))
        folder = self.classroom.submitted / student / NAME
        folder.mkdir(parents=True)
        instead = module.change(notebook, folder) if module is not None and hasattr(module, "change") else None
        if instead is None:
            instead = json.dumps(notebook)
        path = folder / f"{NAME}.ipynb"
        if not path.exists() and not path.is_symlink() and folder.is_dir():
            path.write_bytes(instead if isinstance(instead, bytes) else instead.encode("utf-8", "surrogatepass"))

    @cached_property
    def released(self) -> Any:
        return nbformat.read(self.course.release(NAME), as_version=4)

    def hand_in_honest(self, prefix: str = "") -> None:
        """Three honest students: 6, 0 and 0 points, of which one attempted nothing."""
        lesson = self.course.lesson(NAME)
        right = lesson.exercise("moving-average").cell.source
        for name, answer in zip(HONEST, (right, WRONG, None), strict=True):
            self.hand_in(prefix + name, answer=answer or cell(self.released, "moving-average").source)

    def grade(self, sandboxed: bool = True, jobs: int = 2) -> None:
        """Grades the class as the command does."""
        os.environ["FORWARD_PASS_CANARY"] = self.token
        home, os.environ["HOME"] = os.environ.get("HOME", ""), str(self.home)
        try:
            with ForkServer(sandboxed=sandboxed) as server:
                engine = Here(server, LIMITS, jobs)
                self.reports = grade(self.course, self.classroom, self.course.lessons(), engine)
        finally:
            os.environ["HOME"] = home
            del os.environ["FORWARD_PASS_CANARY"]

    def report(self, student: str) -> dict[str, Any]:
        return next(report for report in self.reports if report["student"] == student)

    def loot(self, student: str) -> str:
        """All that the grader wrote about a student."""
        folders = [self.classroom.autograded / student, self.classroom.feedback / student]
        texts = [path.read_text(encoding="utf-8") for folder in folders for path in folder.rglob("*") if path.is_file()]
        return "\n".join([*texts, json.dumps([one for one in self.reports if one["student"] == student])])

    def shown(self, student: str) -> str:
        """What the cells of a graded notebook show, without their sources."""
        path = self.classroom.autograded / student / NAME / f"{NAME}.ipynb"
        cells = nbformat.read(path, as_version=4).cells
        return json.dumps([output for one in cells for output in one.get("outputs", [])])

    def visitors(self) -> int:
        """How many have connected to one of the canary sockets."""
        count = 0
        for listener in (self.tcp, self.abstract, self.unix):
            with contextlib.suppress(BlockingIOError):
                while True:
                    listener.accept()[0].close()
                    count += 1
        return count

    def files(self) -> dict[str, bytes]:
        """Everything outside the classroom's results, with its content."""
        places = [self.home, self.outside, self.course.root / "lessons", self.course.root / "solutions"]
        places += [self.course.root / "course", self.classroom.submitted]
        found = [path for place in places for path in sorted(place.rglob("*")) if path.is_file()]
        paths = [path for path in found if not path.is_symlink() and ".cache" not in path.parts]
        return {str(path): path.read_bytes() for path in paths}

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        for listener in (self.tcp, self.abstract, self.unix):
            listener.close()


def cell(notebook: Any, grade_id: str) -> Any:
    """The cell with this nbgrader id."""
    return next(one for one in notebook.cells if one.metadata.get("nbgrader", {}).get("grade_id") == grade_id)


@contextlib.contextmanager
def new_world(root: Path, built: Path) -> Iterator[World]:
    """A world with a copy of the built miniature course."""
    shutil.copytree(built, root / "course")
    world = World(root)
    try:
        yield world
    finally:
        world.close()
