"""The engine on a Dask cluster: each worker has a sandbox and warm processes of its own, and needs no disk of ours.

Imported only for `autograder grade --dask`: nothing else needs Dask.
"""

import logging
import multiprocessing
import uuid
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import suppress
from functools import partial
from types import TracebackType
from typing import Any, Self, cast

from distributed import Client, KilledWorker, Worker, WorkerPlugin, get_worker
from distributed.comm.core import CommClosedError

from autograder import ledger, processes
from autograder.course import CourseError
from autograder.execute import Work
from autograder.pool import GO_ON, LAST_SECONDS, Finished, execute_all, execute_apart
from autograder.sandbox.bubblewrap import SandboxError, why_unavailable
from autograder.sandbox.forkserver import ForkServer
from autograder.sandbox.limits import Limits

FIRST_WORKER_SECONDS = 120
AHEAD = 4  # submissions for each thread that are on their way or wait at the cluster
AT_LEAST = 64  # so that workers that join later find work
_LOST = (KilledWorker, CommClosedError, CancelledError)


class Unfit(Exception):
    """A worker that must not grade; the text says why, and what to do there."""


class Workplace(WorkerPlugin):
    """What a worker sets up once for a run: a fork server in a sandbox, and warm processes.

    program: the coordinator's; see `ledger.program`.
    """

    def __init__(self, sandboxed: bool, also: Sequence[str], program: str) -> None:
        self.name = f"forward-pass-{uuid.uuid4()}"  # another run at the same time has its own
        self._sandboxed = sandboxed
        self._also = list(also)
        self._program = program
        self._unfit = ""
        self._server: ForkServer | None = None

    def setup(self, worker: Worker) -> None:
        """Starts the servers, which warm up meanwhile. What is in the way is told by the first submission."""
        self._unfit = self._why_unfit()
        if self._unfit:
            return
        try:
            self._server = ForkServer(self._sandboxed, self._also)
            processes.warm_up(["__main__", *self._also])  # or each fork would import the program that runs the worker
        except SandboxError as error:
            self._unfit = str(error)

    def _why_unfit(self) -> str:
        if ledger.program() != self._program:
            return "it has another version of forward-pass or of its libraries: install the same ones everywhere"
        if multiprocessing.current_process().daemon:
            return "it may not start processes: set DASK_DISTRIBUTED__WORKER__DAEMON=False there, or use --no-nanny"
        return why_unavailable() if self._sandboxed else ""

    def teardown(self, worker: Worker) -> None:
        """Ends the sandbox and all that runs in it."""
        if self._server is not None:
            self._server.close()
            self._server = None

    def execute(self, work: Work) -> Finished:
        """One submission. Raises Unfit if none can be executed here."""
        if self._server is not None:
            try:
                self._server.wait_until_ready()
            except SandboxError as error:
                self._unfit, self._server = str(error), None
        if self._server is None:
            raise Unfit(self._unfit or "its sandbox was closed")
        finished = execute_apart(work, str(self._server.address))
        if finished.execution.status == "died" and not self._server.is_alive(LAST_SECONDS):
            raise Unfit("its sandbox ended while submissions ran")
        return finished


def execute_there(work: Work, workplace: str) -> Finished:
    """Runs on a worker. workplace: the plugin's name."""
    worker = get_worker()
    try:
        return cast("Workplace", worker.plugins[workplace]).execute(work)
    except Unfit as error:
        raise Unfit(f"{worker.address}: {error}") from None


class Cluster:
    """An engine for `desk.grade`; a context manager. The workers end with the cluster, their sandboxes with this.

    also: modules that submissions find imported, beside those that are always needed.
    Raises CourseError if there is no cluster at the address, or none that can grade.
    """

    def __init__(self, address: str, limits: Limits, *, sandboxed: bool, also: Sequence[str] = ()) -> None:
        self.limits = limits
        self.sandboxed = sandboxed
        logging.getLogger("distributed").setLevel(logging.CRITICAL)  # of what it logs, the errors below say the gist
        try:
            self._client = Client(address, set_as_default=False)
        except (OSError, TimeoutError, ValueError) as error:
            raise CourseError(
                f"expected a Dask scheduler at {address}, such as tcp://host:8786, got {type(error).__name__}: {error}"
            ) from error
        try:
            self._client.wait_for_workers(1, timeout=FIRST_WORKER_SECONDS)
            workplace = Workplace(sandboxed, also, ledger.program())
            self._workplace = workplace.name
            self._client.register_plugin(workplace)
        except TimeoutError:
            self._client.close()
            seconds = f"{FIRST_WORKER_SECONDS} s"
            raise CourseError(f"expected workers at {address}, got none within {seconds}: start some") from None
        except Exception as error:  # whatever the workers' Python says
            self._client.close()
            raise CourseError(
                f"the workers at {address} can't grade: {error}. They need this version of forward-pass installed"
            ) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(Exception):  # of a cluster that is lost
            self._client.unregister_worker_plugin(self._workplace)
        self._client.close()

    def execute(self, work: Iterable[tuple[Any, Work]]) -> Iterator[tuple[Any, Finished | Exception]]:
        """Each result as soon as it is there; what a lost worker had is done by another.

        Raises CourseError if a worker must not grade, or if the cluster is lost.
        """
        threads = sum(self._client.nthreads().values())
        executor = self._client.get_executor(pure=False)
        run = partial(execute_there, workplace=self._workplace)
        try:
            for key, result in execute_all(work, executor, run, max(AHEAD * threads, AT_LEAST)):
                if isinstance(result, Unfit):
                    raise CourseError(f"a worker can't grade: {result}; {GO_ON}")
                if isinstance(result, _LOST):
                    raise CourseError(f"the cluster was lost ({type(result).__name__}: {result}); {GO_ON}")
                yield key, result
        finally:  # after an interruption, what has not begun does not begin
            executor.shutdown(wait=False)
