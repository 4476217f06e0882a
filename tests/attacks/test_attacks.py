"""Hostile notebooks gain no mark, reach nothing outside, and harm nobody else in the class."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from .world import HONEST, Attack, World, attacks, new_world

pytestmark = pytest.mark.sandbox

ALL = attacks()
TABLE = Path(__file__).parents[2] / "build" / "attacks.txt"


@pytest.fixture(scope="module")
def world(built_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A class in which everybody but three attacks, after grading."""
    with new_world(tmp_path_factory.mktemp("world"), built_once) as world:
        world.hand_in_honest()
        for attack in ALL:
            world.hand_in(attack.id, attack)
        world.before = world.files()  # type: ignore[attr-defined]
        world.grade()
        write_table(world)
        yield world


def write_table(world: World) -> None:
    """What `tests/conftest.py` prints at the end of the run."""
    rows = [f"{'attack':<36} {'honest':>6} {'got':>4}  {'status':<14} what it tries"]
    for attack in ALL:
        report = world.report(attack.id)
        marks = f"{attack.honest:6g} {report['score']:4g}"
        rows.append(f"{attack.id:<36} {marks}  {report['status']:<14} {attack.tries}")
    rows.append(f"{len(ALL)} attacks, {sum(world.report(one.id)['score'] > one.honest for one in ALL)} gained marks")
    TABLE.parent.mkdir(exist_ok=True)
    TABLE.write_text("\n".join(rows) + "\n", encoding="utf-8")


def test_there_are_at_least_sixty() -> None:
    assert len(ALL) >= 60
    assert len({attack.tries for attack in ALL}) == len(ALL)


@pytest.mark.parametrize("attack", ALL, ids=lambda attack: attack.id)
def test_an_attack_gains_nothing(world: World, attack: Attack) -> None:
    report = world.report(attack.id)
    assert report["score"] <= attack.honest, attack.tries
    assert report["status"] in attack.statuses, (report["status"], report["reason"], report["flags"])


@pytest.mark.parametrize("attack", ALL, ids=lambda attack: attack.id)
def test_an_attack_reads_nothing_outside(world: World, attack: Attack) -> None:
    assert world.token not in world.loot(attack.id)


@pytest.mark.parametrize(
    "attack", [one for one in ALL if hasattr(one.module, "aftermath")], ids=lambda attack: attack.id
)
def test_nothing_is_left_of_an_attack(world: World, attack: Attack) -> None:
    attack.module.aftermath(world, world.report(attack.id))


def test_honest_students_get_their_marks(world: World) -> None:
    reports = [world.report(name) for name in HONEST]
    assert [report["score"] for report in reports] == [5, 0, 0]
    assert [report["status"] for report in reports] == ["graded"] * 3


def test_nothing_outside_is_changed(world: World) -> None:
    assert world.files() == world.before  # type: ignore[attr-defined]


def test_nobody_connected_to_the_outside(world: World) -> None:
    assert world.visitors() == 0


def test_the_canary_process_is_alive(world: World) -> None:
    assert world.process.poll() is None
