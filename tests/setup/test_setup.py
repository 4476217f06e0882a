"""scripts/setup_venv.py, with interpreters that only pretend: no test installs anything."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "scripts" / "setup_venv.py"

# A Python that knows its version, makes environments which hold a copy of it, and has a pip that writes down its calls.
FAKE_PYTHON = """#!/bin/sh
PATH=/usr/bin:/bin
case "$1 $2" in
"-m venv")
    [ -z "$FAKE_VENV_ERROR" ] || {{ echo "$FAKE_VENV_ERROR"; exit 1; }}
    mkdir -p "$3/bin" && cp "$0" "$3/bin/python" && echo "#!$3/bin/python" > "$3/bin/pip" ;;
"-m pip")
    [ "$4" != --version ] || exit {pip_status}
    echo "$*" >> "$FAKE_LOG"
    [ -z "$FAKE_SIGNAL" ] || {{ kill -s "$FAKE_SIGNAL" $PPID; exit 1; }}
    [ -z "$FAKE_PIP_ERROR" ] || {{ echo "$FAKE_PIP_ERROR" >&2; exit 1; }} ;;
*) echo "{version} $0" ;;
esac
"""

OFFLINE = "WARNING: Retrying after connection broken by 'NewConnectionError(... name resolution)': /simple/hatchling/"
UNKNOWN_VERSION = "ERROR: No matching distribution found for torch==2.13.0"
DISK_FULL = "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device"


@dataclass(frozen=True)
class Copy:
    """A folder with the set-up script, and a PATH with nothing but what the test puts there."""

    root: Path
    path: Path

    @property
    def venv(self) -> Path:
        return self.root / ".venv"

    @property
    def log(self) -> Path:
        return self.path / "pip.log"

    def add_python(self, name: str, version: str = "3 11") -> Path:
        return write_program(self.path / name, FAKE_PYTHON.format(version=version, pip_status=0))

    def run(self, *arguments: str, timeout: float = 60, **fakes: str) -> subprocess.CompletedProcess[str]:
        environment = {"PATH": str(self.path), "FAKE_LOG": str(self.log), **fakes}
        script = str(self.root / "scripts" / "setup_venv.py")
        command = [sys.executable, script, *arguments]
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=timeout)

    def pip_calls(self) -> list[str]:
        return self.log.read_text().splitlines() if self.log.exists() else []


def write_program(path: Path, text: str) -> Path:
    path.write_text(text)
    path.chmod(0o755)
    return path


def make_copy(folder: Path) -> Copy:
    copy = Copy(folder / "the course", folder / "path")
    (copy.root / "scripts").mkdir(parents=True)
    copy.path.mkdir()
    shutil.copy(SCRIPT, copy.root / "scripts")
    (copy.root / "pyproject.toml").write_text("[project]\n")
    (copy.root / "constraints.txt").write_text("torch==2.13.0\n")
    return copy


@pytest.fixture
def bare(tmp_path: Path) -> Copy:
    """No Python on the PATH yet."""
    return make_copy(tmp_path)


@pytest.fixture
def fresh(bare: Copy) -> Copy:
    """Python 3.11 on the PATH, no .venv."""
    bare.add_python("python3.11")
    return bare


@pytest.fixture
def ready(fresh: Copy) -> Copy:
    """A finished .venv with a file of the test's own, which vanishes when .venv is made anew."""
    assert fresh.run().returncode == 0
    (fresh.venv / "kept").touch()
    fresh.log.unlink()
    return fresh


def was_kept(copy: Copy) -> bool:
    return (copy.venv / "kept").exists()


def test_an_empty_folder_gets_the_pinned_versions(fresh: Copy) -> None:
    done = fresh.run()
    assert done.returncode == 0, done.stderr
    assert "Making .venv with Python 3.11.\n" in done.stdout
    tools, course = fresh.pip_calls()
    assert tools.endswith("install -c constraints.txt hatchling editables")
    assert course.endswith("install -c constraints.txt --no-build-isolation -e .[test]")


def test_a_second_run_does_nothing_and_says_nothing(ready: Copy) -> None:
    done = ready.run()
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert ready.pip_calls() == []


@pytest.mark.parametrize("name", ["pyproject.toml", "constraints.txt"])
def test_changed_requirements_are_installed_into_the_same_venv(ready: Copy, name: str) -> None:
    (ready.root / name).write_text("changed")
    assert ready.run().returncode == 0
    assert len(ready.pip_calls()) == 2
    assert was_kept(ready)


def test_newest_ignores_the_pins_and_the_next_plain_run_brings_them_back(ready: Copy) -> None:
    assert ready.run("--newest").returncode == 0
    assert all("constraints.txt" not in call and "--upgrade" in call for call in ready.pip_calls())
    ready.log.unlink()
    assert ready.run().returncode == 0
    assert all("-c constraints.txt" in call for call in ready.pip_calls())


def test_pip_gets_the_callers_arguments(fresh: Copy) -> None:
    fresh.run("--python", "", "--", "--extra-index-url", "https://example.org/cpu")
    assert all("--extra-index-url https://example.org/cpu" in call for call in fresh.pip_calls())


def test_a_venv_of_the_readers_own_is_filled_not_replaced(ready: Copy) -> None:
    (ready.venv / "forward-pass.stamp").unlink()
    assert ready.run().returncode == 0
    assert was_kept(ready)


@pytest.mark.parametrize(("signal", "status"), [("INT", 130), ("KILL", -9)])
def test_an_interrupted_set_up_is_done_anew(fresh: Copy, signal: str, status: int) -> None:
    stopped = fresh.run(FAKE_SIGNAL=signal)
    assert stopped.returncode == status
    assert "Traceback" not in stopped.stderr
    (fresh.venv / "kept").touch()
    again = fresh.run()
    assert again.returncode == 0
    assert "Making .venv anew: an earlier set-up was interrupted." in again.stdout
    assert not was_kept(fresh)


def test_ctrl_c_says_how_to_go_on(fresh: Copy) -> None:
    assert "Run the same command again" in fresh.run(FAKE_SIGNAL="INT").stderr


def remove_python(copy: Copy) -> None:
    (copy.venv / "bin" / "python").unlink()


def remove_pip(copy: Copy) -> None:
    write_program(copy.venv / "bin" / "python", FAKE_PYTHON.format(version="3 11", pip_status=1))
    (copy.venv / "bin" / "pip").unlink()


def link_to_a_removed_python(copy: Copy) -> None:
    remove_python(copy)
    (copy.venv / "bin" / "python").symlink_to("/nowhere/python3.11")


def hold_an_old_python(copy: Copy) -> None:
    write_program(copy.venv / "bin" / "python", FAKE_PYTHON.format(version="3 10", pip_status=0))
    (copy.venv / "forward-pass.stamp").unlink()


@pytest.mark.parametrize("damage", [remove_python, remove_pip, link_to_a_removed_python, hold_an_old_python])
def test_a_broken_venv_is_made_anew(ready: Copy, damage: Callable[[Copy], None]) -> None:
    damage(ready)
    done = ready.run()
    assert done.returncode == 0, done.stderr
    assert "Making .venv anew: it" in done.stdout
    assert not was_kept(ready)
    assert ready.run().stdout == ""


def test_a_folder_that_was_moved_gets_a_new_venv(ready: Copy, tmp_path: Path) -> None:
    moved = Copy(ready.root.rename(tmp_path / "elsewhere"), ready.path)
    done = moved.run()
    assert "Making .venv anew: it was made in another folder." in done.stdout
    assert not was_kept(moved)


@pytest.mark.parametrize("kind", ["file", "dangling link"])
def test_what_is_no_folder_makes_way(fresh: Copy, kind: str) -> None:
    if kind == "file":
        fresh.venv.write_text("not a folder")
    else:
        fresh.venv.symlink_to("nowhere")
    assert fresh.run().returncode == 0
    assert fresh.venv.is_dir()


def test_old_pythons_get_a_sentence(bare: Copy) -> None:
    bare.add_python("python3", "3 9")
    done = bare.run()
    assert done.returncode == 1
    assert "The course needs Python 3.11 or newer; python3 is Python 3.9." in done.stderr
    assert "Traceback" not in done.stderr
    assert not bare.venv.exists()


def test_no_python_at_all_gets_a_sentence(bare: Copy) -> None:
    assert "python3 does not start" in bare.run().stderr


def test_the_tested_version_comes_first(fresh: Copy) -> None:
    fresh.add_python("python3", "3 13")
    assert "with Python 3.11.\n" in fresh.run().stdout


def test_an_untested_version_is_named_as_such(bare: Copy) -> None:
    bare.add_python("python3", "3 13")
    assert "with Python 3.13; the pinned versions were tested with 3.11." in bare.run().stdout


def test_a_command_that_does_not_start_is_passed_over(bare: Copy) -> None:
    write_program(bare.path / "python3.11", "#!/bin/sh\necho 'version 3.11 is not installed' >&2; exit 127\n")
    bare.add_python("python3", "3 12")
    assert "with Python 3.12;" in bare.run().stdout


def test_the_python_asked_for_is_taken_even_if_venv_holds_another(ready: Copy) -> None:
    ready.add_python("mine", "3 12")
    done = ready.run("--python", "mine")
    assert "Making .venv anew: it holds Python 3.11." in done.stdout
    assert "Making .venv with Python 3.12;" in done.stdout
    assert ready.run("--python", "mine").stdout == ""


@pytest.mark.parametrize(("version", "reason"), [("3 10", "mine is Python 3.10"), ("", "mine does not start")])
def test_the_python_asked_for_is_never_swapped_for_another(ready: Copy, version: str, reason: str) -> None:
    ready.add_python("mine", version)
    done = ready.run("--python", "mine")
    assert done.returncode == 1
    assert reason in done.stderr
    assert was_kept(ready)


@pytest.mark.parametrize(
    ("error", "advice"),
    [
        (OFFLINE, "Check that this machine is online"),
        (UNKNOWN_VERSION, "the pins were tested with Python 3.11"),
        (DISK_FULL, "Free some space"),
        ("ERROR: something new", "see its own words below"),
    ],
)
def test_a_failing_pip_becomes_advice(fresh: Copy, error: str, advice: str) -> None:
    done = fresh.run(FAKE_PIP_ERROR=error)
    assert done.returncode == 1
    assert advice in done.stderr
    assert error in done.stderr
    assert "run the same command again" in done.stderr
    assert "Traceback" not in done.stderr
    assert len(fresh.pip_calls()) == 1
    assert fresh.run().returncode == 0


@pytest.mark.parametrize(("error", "kept"), [(OFFLINE, True), (UNKNOWN_VERSION, True), (DISK_FULL, False)])
def test_only_a_pip_that_stopped_while_writing_costs_the_venv(ready: Copy, error: str, kept: bool) -> None:
    (ready.root / "constraints.txt").write_text("changed")
    ready.run(FAKE_PIP_ERROR=error)
    assert ready.run().returncode == 0
    assert was_kept(ready) is kept


def test_a_python_without_ensurepip_names_the_missing_package(fresh: Copy) -> None:
    done = fresh.run(FAKE_VENV_ERROR="ensurepip is not available")
    assert done.returncode == 1
    assert "ensurepip is not available" in done.stderr
    assert "sudo apt install python3.11-venv" in done.stderr


def test_a_missing_file_is_named_without_a_traceback(fresh: Copy) -> None:
    (fresh.root / "constraints.txt").unlink()
    done = fresh.run()
    assert done.returncode == 1
    assert "constraints.txt" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_second_set_up_waits_for_the_first(fresh: Copy) -> None:
    fcntl = pytest.importorskip("fcntl")
    folder = os.open(fresh.root, os.O_RDONLY)
    fcntl.flock(folder, fcntl.LOCK_EX)
    try:
        with pytest.raises(subprocess.TimeoutExpired) as waiting:
            fresh.run(timeout=1)
    finally:
        os.close(folder)
    assert b"Another set-up is at work" in (waiting.value.stdout or b"")
    assert not fresh.venv.exists()
