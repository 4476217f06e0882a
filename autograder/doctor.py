"""`autograder doctor`: what this machine offers for grading, and what grading will use."""

import argparse
import os
import platform
import shutil
import subprocess
import time
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from rich.console import Console
from rich.table import Table

from autograder.course import Course
from autograder.sandbox.bubblewrap import SandboxError, why_unavailable
from autograder.sandbox.forkserver import ForkServer
from autograder.sandbox.kernels import run_once

PACKAGES = ("nbgrader", "nbclient", "jupyter_client", "ipykernel", "numpy", "torch")
_SETTINGS = (
    "user/max_user_namespaces",
    "kernel/unprivileged_userns_clone",
    "kernel/apparmor_restrict_unprivileged_userns",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The verb has no arguments."""


def run(course: Course, options: argparse.Namespace) -> int:
    """Prints what was found; exit code 1 if nothing can be graded safely here."""
    table = Table(show_header=False)
    for name, found in (*machine(), *packages()):
        table.add_row(name, found)
    Console(width=100).print(table)
    why = why_unavailable()
    print(f"grading will use: {'nothing: ' + why if why else 'the sandbox'}")
    if why:
        print("'autograder grade --unsandboxed' would run students' code with your own rights")
        return 1
    return _try_a_kernel()


def machine() -> Iterator[tuple[str, str]]:
    """Facts about the machine, by name."""
    yield "system", f"{platform.system()} {platform.release()} on {platform.machine()}"
    yield "Python", platform.python_version()
    yield "cores", str(os.cpu_count())
    yield "memory", _memory()
    yield "user", "root" if hasattr(os, "getuid") and os.getuid() == 0 else "not root"
    yield "bubblewrap", _bubblewrap()
    for setting in _SETTINGS:
        yield setting.replace("/", "."), _setting(setting)


def packages() -> Iterator[tuple[str, str]]:
    """Versions of what grading is made of."""
    for name in PACKAGES:
        yield name, version(name)


def _try_a_kernel() -> int:
    start = time.perf_counter()
    try:
        with ForkServer() as server:
            server.wait_until_ready()
            ready = time.perf_counter()
            said = run_once(server, "print(6 * 7)")
            print(
                f"a sandboxed kernel was tried: the fork server is ready after {ready - start:.1f} s, "
                f"a kernel that ran one cell took {time.perf_counter() - ready:.2f} s"
            )
    except SandboxError as error:
        print(f"a sandboxed kernel was tried and did not start: {error}")
        return 1
    return 0 if said == "42\n" else 1


def _memory() -> str:
    try:
        return f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.1f} GiB"
    except (ValueError, OSError):
        return "unknown"


def _bubblewrap() -> str:
    path = shutil.which("bwrap")
    if path is None:
        return "not installed"
    done = subprocess.run([path, "--version"], capture_output=True, text=True, check=False)
    return f"{done.stdout.strip()} at {path}"


def _setting(name: str) -> str:
    try:
        return Path("/proc/sys", name).read_text(encoding="ascii").strip()
    except OSError:
        return "not there"
