"""A class graded on a Dask cluster: exact marks, whatever happens to a worker, and a sentence for what can't go on."""

import multiprocessing
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from autograder import ledger
from autograder.execute import Work

from ..autograder.grading import LIMITS, Graded, large_class, read_graded, run, sample_class
from .clusters import QUICK_TO_GIVE_UP, Cluster, end, wait_until_it_says

pytestmark = pytest.mark.sandbox

STUDENTS, QUICK = 200, 30


@pytest.fixture
def root(built_once: Path, tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A course with a class that nobody has graded."""
    return large_class(built_once, tmp_path / "disk" / "mini", getattr(request, "param", QUICK))


@pytest.fixture
def cluster(root: Path, tmp_path: Path) -> Iterator[Cluster]:
    """Two workers who do not see the class's disk."""
    with Cluster(tmp_path, hidden=tmp_path / "disk") as cluster:
        wait_until_it_says("Registered to", cluster, times=2)
        yield cluster


def grading(root: Path, cluster: Cluster) -> "subprocess.Popen[str]":
    """The command, at work; it says a line for each submission that is done."""
    command = [sys.executable, "-m", "autograder", "grade", *LIMITS, "--dask", cluster.address]
    return subprocess.Popen(
        command, cwd=root, env=QUICK_TO_GIVE_UP, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def wait_for(process: "subprocess.Popen[str]", done: int) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith(f"graded {done} of "):
            return
    pytest.fail(f"it ended before {done} were done")


def marks(classroom: Path) -> list[Any]:
    return [
        [one["student"], one["status"], one["score"], [(e["state"], e["points"]) for e in one["exercises"]]]
        for one in read_graded(classroom).reports
    ]


@pytest.mark.parametrize("root", [QUICK, pytest.param(STUDENTS, marks=pytest.mark.slow)], indirect=True)
def test_marks_are_exact_when_a_worker_is_killed_halfway(root: Path, cluster: Cluster) -> None:
    process = grading(root, cluster)
    students = len(list((root / "classroom" / "submitted").iterdir()))
    wait_for(process, students // 3)
    end(cluster.workers[0])
    _, err = process.communicate(timeout=300)
    assert process.returncode == 0, f"{err}\n{cluster.said()}"
    there = marks(root / "classroom")
    lost = cluster.said().count("Remove worker")
    print(f"{students} submissions; workers in namespaces of their own: {cluster.apart}; workers lost: {lost}")
    Graded(root, "--force")
    assert there == marks(root / "classroom")
    assert len(there) == students
    assert lost


def test_when_the_scheduler_is_lost_the_next_run_goes_on_from_there(root: Path, cluster: Cluster) -> None:
    process = grading(root, cluster)
    wait_for(process, 5)
    assert cluster.scheduler is not None
    end(cluster.scheduler)
    _, err = process.communicate(timeout=120)
    assert process.returncode == 2, err
    assert "the cluster was lost" in err
    assert "run it again, and it goes on from here" in err
    again = Graded(root)
    assert sum(report["unchanged"] for report in again.reports) >= 4
    before = marks(root / "classroom")
    Graded(root, "--force")
    assert before == marks(root / "classroom")


def test_no_scheduler_is_an_error_with_an_example(built_once: Path, tmp_path: Path) -> None:
    root = sample_class(built_once, tmp_path / "mini", 1)
    command = [sys.executable, "-m", "autograder", "grade", *LIMITS, "--dask", "tcp://127.0.0.1:9"]
    done = subprocess.run(
        command, cwd=root, env=QUICK_TO_GIVE_UP, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 2
    assert "expected a Dask scheduler at tcp://127.0.0.1:9, such as tcp://host:8786" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_address_of_another_kind_is_an_error_too(built_once: Path, tmp_path: Path) -> None:
    root = sample_class(built_once, tmp_path / "mini", 1)
    done = run("grade", *LIMITS, "--dask", "slurm", root=root)
    assert done.returncode == 2
    assert "expected a Dask scheduler at slurm" in done.stderr


def unfit(monkeypatch: pytest.MonkeyPatch, *, program: str, daemon: bool = False) -> str:
    """What a worker says that is set up so."""
    from autograder.cluster import Unfit, Workplace

    config = {**multiprocessing.current_process()._config, "daemon": daemon}  # type: ignore[attr-defined]
    monkeypatch.setattr(multiprocessing.current_process(), "_config", config)
    workplace = Workplace(True, [], program)
    workplace.setup(None)  # type: ignore[arg-type]
    with pytest.raises(Unfit) as caught:
        workplace.execute(Work(None, {}, [], None))  # type: ignore[arg-type]
    workplace.teardown(None)  # type: ignore[arg-type]
    return str(caught.value)


def test_a_worker_with_another_program_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    said = unfit(monkeypatch, program="another")
    assert said.startswith("it has another version of forward-pass or of its libraries")


def test_a_worker_that_may_start_no_processes_says_how_to_start_it(monkeypatch: pytest.MonkeyPatch) -> None:
    said = unfit(monkeypatch, program=ledger.program(), daemon=True)
    assert "set DASK_DISTRIBUTED__WORKER__DAEMON=False there, or use --no-nanny" in said
