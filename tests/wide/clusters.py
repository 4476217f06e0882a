"""A Dask cluster on this machine: a scheduler, and workers apart from our network and disk where that can be had."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

DASK = [sys.executable, "-m", "dask"]
QUICK_TO_GIVE_UP = {**os.environ, "DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "5s"}
NAMESPACE = "fp-test-{pid}-{number}"


class Cluster:
    """A context manager. address: of the scheduler, for the coordinator. apart: whether workers are in namespaces.

    hidden: the folder that no worker may see. log: what all of them say.
    """

    def __init__(self, folder: Path, hidden: Path, workers: int = 2) -> None:
        self.apart = os.getuid() == 0 and shutil.which("ip") is not None and _may_make_namespaces()
        self.log = folder / "cluster.log"
        self._port = _free_port()
        self.address = f"tcp://127.0.0.1:{self._port}"
        self._stack = ExitStack()
        self._hidden = hidden
        self._count = workers
        self.workers: list[subprocess.Popen[bytes]] = []
        self.scheduler: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        try:
            host = "0.0.0.0" if self.apart else "127.0.0.1"
            arguments = ["scheduler", "--host", host, "--port", str(self._port), "--no-dashboard", "--no-show"]
            self.scheduler = self._started([*DASK, *arguments])
            self.workers = [self._worker(number) for number in range(self._count)]
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def said(self) -> str:
        """What scheduler and workers have said so far."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def _worker(self, number: int) -> "subprocess.Popen[bytes]":
        arguments = ["worker", "--no-nanny", "--nthreads", "1", "--no-dashboard", "--local-directory", "/var/tmp"]
        if not self.apart:
            return self._started([*DASK, *arguments, self.address])
        name = NAMESPACE.format(pid=os.getpid(), number=number)
        ours, theirs = self._network(name, number)
        hide = f"mount -t tmpfs tmpfs '{self._hidden}' && exec \"$@\""
        apart = ["ip", "netns", "exec", name, "unshare", "--mount", "sh", "-c", hide, "sh"]
        return self._started([*apart, *DASK, *arguments, "--host", theirs, f"tcp://{ours}:{self._port}"])

    def _network(self, name: str, number: int) -> tuple[str, str]:
        """A network namespace with a cable to this one; the addresses of both ends."""
        net = f"10.{77 + os.getpid() % 100}.{number}"
        ours, theirs, link = f"{net}.1", f"{net}.2", f"fp{os.getpid() % 10_000}n{number}"
        _ip("netns", "add", name)
        self._stack.callback(_ip, "netns", "del", name)
        _ip("link", "add", link, "type", "veth", "peer", "name", "eth0", "netns", name)
        _ip("address", "add", f"{ours}/24", "dev", link)
        _ip("link", "set", link, "up")
        for rest in (["address", "add", f"{theirs}/24", "dev", "eth0"], ["link", "set", "eth0", "up"]):
            _ip("-n", name, *rest)
        _ip("-n", name, "link", "set", "lo", "up")
        return ours, theirs

    def _started(self, command: list[str]) -> "subprocess.Popen[bytes]":
        with self.log.open("ab") as log:
            process = subprocess.Popen(command, cwd="/", stdout=log, stderr=log, start_new_session=True)
        self._stack.callback(end, process)
        return process


def end(process: "subprocess.Popen[bytes]") -> None:
    """Kills a process, without a chance to say goodbye."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def wait_until_it_says(text: str, cluster: Cluster, times: int = 1, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while cluster.said().count(text) < times:
        assert time.monotonic() < deadline, cluster.said()
        time.sleep(0.1)


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True)


def _may_make_namespaces() -> bool:
    name = NAMESPACE.format(pid=os.getpid(), number="try")
    made = subprocess.run(["ip", "netns", "add", name], capture_output=True, check=False).returncode == 0
    if made:
        _ip("netns", "del", name)
    return made


def _free_port() -> int:
    with closing(socket.socket()) as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
