"""What all tests share: skipping what needs a sandbox where there is none, and the attack suite's table."""

import os
import shutil
import time
from pathlib import Path

import pytest

from autograder.__main__ import main
from autograder.sandbox.bubblewrap import why_unavailable

ATTACK_TABLE = Path(__file__).parents[1] / "build" / "attacks.txt"
MINI = Path(__file__).parent / "autograder" / "mini"
_STARTED = time.time()


@pytest.fixture(scope="session")
def missing_sandbox() -> str:
    """Why this machine has no sandbox; empty if it has one."""
    return why_unavailable()


@pytest.fixture(autouse=True, scope="module")
def _sandbox_for_module(request: pytest.FixtureRequest) -> None:
    _need_sandbox(request)


@pytest.fixture(autouse=True)
def _sandbox_for_test(request: pytest.FixtureRequest) -> None:
    _need_sandbox(request)


def _need_sandbox(request: pytest.FixtureRequest) -> None:
    if request.node.get_closest_marker("sandbox") and (why := request.getfixturevalue("missing_sandbox")):
        if os.environ.get("FORWARD_PASS_REQUIRE_SANDBOX"):
            pytest.fail(f"FORWARD_PASS_REQUIRE_SANDBOX is set, and there is no sandbox: {why}")
        pytest.skip(f"no sandbox here: {why}")


@pytest.fixture(scope="session")
def built_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The miniature course with its notebooks, for all tests: to be copied, not changed."""
    root = tmp_path_factory.mktemp("built") / "mini"
    shutil.copytree(MINI, root)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        assert main(["build"]) == 0
    return root


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Prints what became of each attack, if the suite has run."""
    if ATTACK_TABLE.exists() and ATTACK_TABLE.stat().st_mtime >= _STARTED:
        terminalreporter.section("attacks")
        terminalreporter.write(ATTACK_TABLE.read_text(encoding="utf-8"))
