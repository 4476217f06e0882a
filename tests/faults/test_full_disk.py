"""A full disk stops a run with a clear error; with room again the next run ends as if nothing had been."""

import contextlib
import os
import random
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ..autograder.grading import LIMITS, run

pytestmark = pytest.mark.sandbox

ROUNDS, QUICK = 20, 3
SEED = 7
MEGABYTES = 24
Results = Callable[[Path], dict[str, Any]]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of a few megabytes, in memory."""
    place = tmp_path / "disk"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m", "tmpfs", str(place)]
    done = subprocess.run(command, capture_output=True, text=True) if os.getuid() == 0 else None
    if done is None or done.returncode:
        pytest.skip("only root may mount a small disk")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def fill(disk: Path, leave: int) -> Path:
    """Fills the disk up to so many bytes; the file that does it."""
    filler = disk / "filler"
    room = shutil.disk_usage(disk).free - leave
    with filler.open("wb") as file, contextlib.suppress(OSError):
        file.write(b"x" * room)
    return filler


@pytest.mark.parametrize(
    "number", [pytest.param(n, marks=[pytest.mark.slow] if n >= QUICK else []) for n in range(ROUNDS)]
)
def test_with_room_again_the_next_run_ends_as_if_nothing_had_been(
    number: int, root: Path, small_disk: Path, undisturbed: dict[str, Any], results_of: Results
) -> None:
    classroom = small_disk / "classroom"
    shutil.copytree(root / "classroom", classroom)
    leave = [0, 60_000, 300_000][number] if number < QUICK else random.Random(SEED + number).randrange(2_000_000)
    filler = fill(small_disk, leave)
    full = run("grade", *LIMITS, "--classroom", str(classroom), root=root)
    assert full.returncode == 2 if leave == 0 else full.returncode in (0, 2)
    if full.returncode:
        assert "Traceback" not in full.stderr
        assert "disk is full" in full.stderr or "No space left" in full.stderr
    filler.unlink()
    again = run("grade", *LIMITS, "--classroom", str(classroom), root=root)
    assert again.returncode == 0, again.stderr
    assert results_of(classroom) == undisturbed
