"""What hostile notebooks reach without a sandbox they don't reach in it, and the rest of the class notices nothing."""

import contextlib
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.desk import grade
from autograder.pool import Here
from autograder.sandbox.forkserver import ForkServer

from .world import HERE, LIMITS, NAME, WRONG, Attack, World, new_world

pytestmark = pytest.mark.sandbox

NASTY = (
    "fork_bomb",
    "process_group",
    "memory_of_children",
    "endless_loop",
    "busy_children",
    "daemon",
    "flood_messages",
    "blocked_in_c",
    "memory_shared",
    "closed_files",
)
# attack -> what cells show when it succeeds; all of them are harmless outside of a sandbox
REACHES = {
    "abstract_socket": "came upon",
    "engine": "came upon",
    "home_directory": "CANARY-",
    "environment": "CANARY-",
    "network_tcp": "came upon",
    "unix_socket": "came upon",
    "other_processes": "came upon",
    "other_submissions": "sliding_window",
    "own_notebook": "came upon",
    "reference_solution": "sliding_window",
    "signals": "came upon",
    "mailbox_reader": "MESSAGE FROM A FRIEND",
    "mailbox_writer": "",
}


def attack(name: str) -> Attack:
    return Attack(HERE / "host" / f"{name}.py")


@pytest.fixture
def world(built_once: Path, tmp_path: Path) -> Iterator[World]:
    with new_world(tmp_path, built_once) as world:
        yield world


def hand_in_class(world: World, honest: int, hostile: tuple[str, ...]) -> dict[str, float]:
    """A class in which the hostile are spread among the honest; what the honest have earned."""
    right = world.course.lesson(NAME).exercise("moving-average").cell.source
    earned = {}
    for number in range(honest):
        student = f"{number:02} honest"
        world.hand_in(student, answer=WRONG if number % 4 == 3 else right)
        earned[student] = 0.0 if number % 4 == 3 else 5.0
    for number, name in enumerate(hostile):
        world.hand_in(f"{number * honest // len(hostile):02} {name}", attack(name))
    return earned


def check_class(world: World, honest: int, hostile: tuple[str, ...]) -> None:
    earned = hand_in_class(world, honest, hostile)
    world.grade()
    assert len(world.reports) == honest + len(hostile)
    assert {one: world.report(one)["score"] for one in earned} == earned
    assert {one: world.report(one)["status"] for one in earned} == dict.fromkeys(earned, "graded")


def test_eight_honest_marks_are_exact_beside_four_hostile_notebooks(world: World) -> None:
    check_class(world, 8, NASTY[:4])


@pytest.mark.slow
def test_forty_honest_marks_are_exact_beside_ten_hostile_notebooks(world: World) -> None:
    check_class(world, 40, NASTY)


@pytest.fixture(scope="module")
def unprotected(built_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A class graded without a sandbox."""
    with new_world(tmp_path_factory.mktemp("unprotected"), built_once) as world:
        yield graded(world, sandboxed=False)


@pytest.fixture(scope="module")
def protected(built_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The same class graded in the sandbox."""
    with new_world(tmp_path_factory.mktemp("protected"), built_once) as world:
        yield graded(world, sandboxed=True)


def graded(world: World, sandboxed: bool) -> World:
    world.hand_in("honest right", answer=world.course.lesson(NAME).exercise("moving-average").cell.source)
    for name in REACHES:
        world.hand_in(attack(name).id, attack(name))
    world.grade(sandboxed=sandboxed)
    return world


@pytest.mark.parametrize("name", [name for name, sign in REACHES.items() if sign])
def test_an_attack_is_real_and_the_sandbox_stops_it(unprotected: World, protected: World, name: str) -> None:
    assert REACHES[name] in unprotected.shown(f"host-{name}")
    assert REACHES[name] not in protected.shown(f"host-{name}")
    if hasattr(attack(name).module, "aftermath"):
        attack(name).module.aftermath(protected, protected.report(f"host-{name}"))


def test_canaries_notice_what_happens_without_a_sandbox(unprotected: World, protected: World) -> None:
    assert (unprotected.visitors() >= 3, protected.visitors()) == (True, 0)
    assert unprotected.process.poll() == -signal.SIGKILL
    assert protected.process.poll() is None
    assert (unprotected.classroom.submitted / "left.txt").exists()


@pytest.fixture
def no_daemons(world: World) -> Iterator[None]:
    """Ends what the attack `daemon` has left: that is how it looks without a sandbox."""
    yield
    for pid in attack("daemon").module.running(world):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


@pytest.mark.usefixtures("no_daemons")
def test_daemons_survive_only_without_a_sandbox(world: World) -> None:
    daemon = attack("daemon")
    world.hand_in("daemon", daemon)
    world.grade(sandboxed=False)
    assert daemon.module.running(world)


def descendants(pid: int) -> set[int]:
    children: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            parent = int(path.read_text(errors="replace").rpartition(")")[2].split()[1])
            children.setdefault(parent, []).append(int(path.parent.name))
    found, waiting = set(), [pid]
    while waiting:
        new = children.get(waiting.pop(), [])
        found |= set(new)
        waiting += new
    return found


@pytest.mark.usefixtures("no_daemons")
def test_nothing_that_a_kernel_started_is_left_while_the_fork_server_goes_on(world: World) -> None:
    for name in ("daemon", "fork_bomb", "busy_children", "stopped"):
        world.hand_in(attack(name).id, attack(name))
    with ForkServer() as server:
        server.wait_until_ready()
        before = descendants(server._process.pid)
        grade(world.course, world.classroom, world.course.lessons(), Here(server, LIMITS, 2))
        deadline = time.monotonic() + 2
        while descendants(server._process.pid) != before and time.monotonic() < deadline:
            time.sleep(0.05)
        assert descendants(server._process.pid) == before
        assert attack("daemon").module.running(world) == []
        assert [path.name for path in server.folder.iterdir()] == ["fork"]
