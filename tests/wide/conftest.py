"""A real PostgreSQL server, for this run of the tests alone."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

DEBIAN = "/usr/lib/postgresql/*/bin/initdb"


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The folder of the server's socket: no port is opened, and whoever may enter the folder is let in."""
    programs = _programs()
    folder = Path(tempfile.mkdtemp(prefix="fp-pg-", dir="/tmp"))  # a socket's path has at most 107 characters
    user = _owner(folder)
    data, options = folder / "data", f"-k {folder} -c listen_addresses='' -c fsync=off"
    try:
        _run([programs / "initdb", "-D", data, "--auth=trust", "--username=grader", "--no-sync"], user)
        _run([programs / "pg_ctl", "-D", data, "-l", folder / "log", "-w", "-o", options, "start"], user)
        try:
            yield str(folder)
        finally:
            _run([programs / "pg_ctl", "-D", data, "-m", "immediate", "stop"], user)
    finally:
        shutil.rmtree(folder)


@pytest.fixture
def database(postgresql: str, request: pytest.FixtureRequest) -> str:
    """The address of an empty database."""
    import psycopg

    name = f"test_{abs(hash(request.node.nodeid))}"
    with closing(psycopg.connect(host=postgresql, user="grader", dbname="postgres", autocommit=True)) as connection:
        connection.execute(f"create database {name}")  # type: ignore[arg-type]
    return f"postgresql+psycopg://grader@/{name}?host={postgresql}"


def _programs() -> Path:
    """Where PostgreSQL's programs are; Debian does not put all of them on the path."""
    found = [shutil.which("initdb"), *sorted(map(str, Path("/").glob(DEBIAN.lstrip("/"))))]
    for path in filter(None, found):
        return Path(path).parent
    if os.environ.get("FORWARD_PASS_REQUIRE_POSTGRESQL"):
        pytest.fail("FORWARD_PASS_REQUIRE_POSTGRESQL is set, and there is no initdb")
    pytest.skip("no PostgreSQL server here")


def _owner(folder: Path) -> str | None:
    """Who runs the server, for it refuses to be root."""
    if os.getuid() != 0:
        return None
    shutil.chown(folder, "postgres")
    folder.chmod(0o755)
    return "postgres"


def _run(command: list[str | Path], user: str | None) -> None:
    done = subprocess.run(
        command, user=user, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
