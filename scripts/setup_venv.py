"""Makes or mends `.venv`, the course's own Python environment. Every target of the Makefile runs this first.

Any Python 3.6 or newer can run it, so that an old one gets a sentence and no syntax error. It needs nothing installed.

Usage: python3 scripts/setup_venv.py [--python PYTHON] [--newest] [-- PIP_ARGUMENT ...]
"""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import List, NamedTuple, Optional, Tuple

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / "bin" / "python"
STAMP = VENV / "forward-pass.stamp"  # a hash of what was installed; UNFINISHED while pip is at work
UNFINISHED = "unfinished"

OLDEST = (3, 11)
TESTED = "3.11"
CANDIDATES = ("python3.11", "python3.12", "python3.13", "python3.14", "python3", "python")
QUERY = "import sys; print('%d %d %s' % (sys.version_info[:2] + (getattr(sys, '_base_executable', sys.executable),)))"

BUILD_TOOLS = ("hatchling", "editables")
PIP = (str(VENV_PYTHON), "-m", "pip", "--disable-pip-version-check")


class SetupError(Exception):
    """The set-up can't go on; the text says why and what to do."""


class Interpreter(NamedTuple):
    """A Python that starts; outside of any virtual environment, so it outlives ours."""

    version: Tuple[int, int]
    path: str


class Remedy(NamedTuple):
    """What to say when pip's complaint holds one of the signs, and whether .venv is still as it was."""

    signs: Tuple[str, ...]
    untouched: bool
    advice: str


REMEDIES = (
    Remedy(
        ("No space left on device",),
        False,
        "The disk is full.\nFree some space: the course needs about 2 GB, and 8 GB with a CUDA build of PyTorch.",
    ),
    Remedy(
        ("onnection", "name resolution", "timed out", "Timeout", "Max retries", "ProxyError", "SSLError", "SSL:"),
        True,
        "The package index did not answer.\nCheck that this machine is online and, behind a proxy, that HTTPS_PROXY is"
        " set.",
    ),
    Remedy(
        ("No matching distribution", "ResolutionImpossible"),
        True,
        "pip found no such version.\n"
        "Either it can't see a package index: check the network and pip's settings (`pip config list`). Or this\n"
        f"version isn't made for your Python or machine: the pins were tested with Python {TESTED}, so try\n"
        f"`make setup PYTHON=python{TESTED}`, or `make setup NEWEST=1` for the newest versions that fit.",
    ),
)
OTHER = Remedy((), False, "pip stopped for a reason that this script does not know; see its own words below.")


def main(arguments: List[str]) -> int:
    """Exit status: 0 when .venv is ready, 1 with a message when it isn't, 130 after Ctrl-C."""
    options = parse(arguments)
    try:
        if not is_ready(options):
            lock()
            set_up(options)
    except (SetupError, OSError) as error:
        print(f"\n{error}\n", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped before .venv was ready. Run the same command again to finish.\n", file=sys.stderr)
        return 130
    return 0


def parse(arguments: List[str]) -> argparse.Namespace:
    """The options; an empty --python means: look for one."""
    parser = argparse.ArgumentParser(description="Make or mend .venv.")
    parser.add_argument("--python", default="", help="the Python to make .venv from; the default looks for one")
    parser.add_argument("--newest", action="store_true", help="newest allowed versions instead of constraints.txt")
    parser.add_argument("pip_arguments", nargs="*", metavar="PIP_ARGUMENT", help="handed to pip install")
    return parser.parse_args(arguments)


def say(text: str) -> None:
    """One line of progress, at once."""
    print(text, flush=True)


def lock() -> None:
    """Waits for another set-up of this folder; the lock ends with this process. Some network disks don't lock."""
    import fcntl

    folder = os.open(str(ROOT), os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        say("Another set-up is at work in this folder. Waiting for it to end ...")
        fcntl.flock(folder, fcntl.LOCK_EX)
    except OSError:
        pass


def set_up(options: argparse.Namespace) -> None:
    """Makes .venv anew where it can't be mended, and installs what it lacks."""
    if is_ready(options):
        return
    interpreter = find_interpreter(options.python)
    fault = find_fault(interpreter if options.python else None)
    if fault:
        say(f"Making .venv anew: {fault}.")
    if fault or not VENV.exists():
        make_venv(interpreter)
    install(options)


def is_ready(options: argparse.Namespace) -> bool:
    """Whether the last set-up finished, here, and nothing that it installed from has changed since."""
    if options.python and find_fault(find_interpreter(options.python)):
        return False
    return VENV_PYTHON.exists() and read_stamp() == digest(options.newest) and not was_moved()


def read_stamp() -> str:
    """The stamp's text; empty when there is none."""
    with suppress(OSError):
        return STAMP.read_text(encoding="utf-8")
    return ""


def digest(newest: bool) -> str:
    """A hash of everything that decides which packages .venv holds."""
    files = ["pyproject.toml"] if newest else ["pyproject.toml", "constraints.txt"]
    return hashlib.sha256(b"\0".join((ROOT / name).read_bytes() for name in files)).hexdigest()


def find_fault(wanted: Optional[Interpreter]) -> str:
    """Why installing again can't mend .venv; empty when it can, or when there is none.

    wanted: the Python that the caller asked for by name, if any.
    """
    if not os.path.lexists(str(VENV)):
        return ""
    if read_stamp() == UNFINISHED:
        return "an earlier set-up was interrupted"
    found = query(str(VENV_PYTHON))
    if found is None:
        return "its Python does not start"
    if found.version < OLDEST or (wanted and found.version != wanted.version):
        return f"it holds Python {dotted(found.version)}"
    return find_pip_fault()


def find_pip_fault() -> str:
    """What is wrong with the pip in .venv; empty when nothing is."""
    if subprocess.run([*PIP, "--version"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode:
        return "it has no working pip"
    return "it was made in another folder" if was_moved() else ""


def was_moved() -> bool:
    """Whether the commands in .venv/bin start some other Python: they hold the full path that .venv was made at."""
    try:
        return str(VENV).encode() not in (VENV / "bin" / "pip").read_bytes()
    except OSError:
        return True


def find_interpreter(wanted: str) -> Interpreter:
    """The Python asked for, or else the first on the PATH that is new enough.

    Raises:
        SetupError: there is none, or the one asked for is too old.
    """
    too_old = []
    for name in [wanted] if wanted else CANDIDATES:
        found = query(name)
        if found and found.version >= OLDEST:
            return found
        too_old += [f"{name} is Python {dotted(found.version)}"] if found else []
    found_instead = ", ".join(too_old) or f"{wanted or 'python3'} does not start"
    raise SetupError(
        f"The course needs Python {dotted(OLDEST)} or newer; {found_instead}.\n"
        f"Install Python {TESTED} (https://www.python.org/downloads/) and run the same command again, or name one\n"
        "that you have: make setup PYTHON=/path/to/python3"
    )


def query(name: str) -> Optional[Interpreter]:
    """What this Python says of itself; None when it doesn't start."""
    try:
        output = subprocess.check_output([name, "-c", QUERY], stderr=subprocess.DEVNULL, universal_newlines=True)
        major, minor, path = output.strip().split(" ", 2)
    except (OSError, subprocess.CalledProcessError, ValueError):
        return None
    return Interpreter((int(major), int(minor)), path)


def dotted(version: Tuple[int, int]) -> str:
    """(3, 11) as 3.11."""
    return "{}.{}".format(*version)


def make_venv(interpreter: Interpreter) -> None:
    """An empty environment with pip.

    Raises:
        SetupError: with what Python said; on Debian and Ubuntu a package is often missing.
    """
    remove_venv()
    version = dotted(interpreter.version)
    tested = "" if version == TESTED else f"; the pinned versions were tested with {TESTED}"
    say(f"Making .venv with Python {version}{tested}.")
    command = [interpreter.path, "-m", "venv", str(VENV)]
    made = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True)
    if made.returncode:
        raise SetupError(
            f"{made.stdout.strip()}\n\nPython {version} could not make .venv; the lines above say why. On Debian and\n"
            f"Ubuntu, `sudo apt install python{version}-venv` helps. Then run the same command again."
        )


def remove_venv() -> None:
    """Takes an unusable .venv away, whether folder, file or link.

    Raises:
        SetupError: the system refuses.
    """
    try:
        if VENV.is_dir() and not VENV.is_symlink():
            shutil.rmtree(str(VENV))
        elif os.path.lexists(str(VENV)):
            VENV.unlink()
    except OSError as error:
        raise SetupError(f"Can't remove {VENV}: {error}.\nRemove it by hand, then run again.") from error


def install(options: argparse.Namespace) -> None:
    """The build tools, then the course with all it needs; the stamp comes last.

    Raises:
        SetupError: pip failed; the text says what to do.
    """
    say("Installing the course's packages into .venv. This takes a few minutes, once.")
    before = read_stamp()
    STAMP.write_text(UNFINISHED, encoding="utf-8")
    versions = ["--upgrade", "--upgrade-strategy=eager"] if options.newest else ["-c", "constraints.txt"]
    common = [*versions, *options.pip_arguments]
    complaint = pip([*common, *BUILD_TOOLS]) or pip([*common, "--no-build-isolation", "-e", ".[test]"])
    if complaint:
        raise failure(complaint, before)
    STAMP.write_text(digest(options.newest), encoding="utf-8")
    say(".venv is ready.")


def pip(arguments: List[str]) -> str:
    """Runs pip install; returns what it complained of, empty when it succeeded."""
    done = subprocess.run([*PIP, "install", *arguments], cwd=str(ROOT), stderr=subprocess.PIPE)
    return (done.stderr.decode(errors="replace").strip() or "(pip said nothing)") if done.returncode else ""


def failure(complaint: str, stamp: str) -> SetupError:
    """The error for pip's complaint. Where pip changed nothing, the stamp of before comes back."""
    remedy = next((r for r in REMEDIES if any(sign in complaint for sign in r.signs)), OTHER)
    if remedy.untouched:
        STAMP.write_text(stamp, encoding="utf-8")
    lines = complaint.splitlines()
    telling = [line for line in lines if any(sign in line for sign in remedy.signs)][:1] or lines[-8:]
    words = "\n  ".join(telling)
    return SetupError(
        f"The course's packages could not be installed. {remedy.advice}\nThen run the same command again.\n\n"
        f"pip's own words:\n  {words}"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
