"""Submissions side by side: a fresh fork of a warmed process executes each, so that none leaves a trace in another."""

import os
import resource
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError, Executor, Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from multiprocessing.connection import Connection
from typing import Any, Protocol, TypeVar

from autograder.course import CourseError
from autograder.examiner import NOT_RUN, error_output
from autograder.execute import Execution, Work, execute
from autograder.processes import context
from autograder.sandbox.forkserver import ForkServer
from autograder.sandbox.limits import MB, Limits

SLACK_SECONDS = 30.0
GO_ON = "what was recorded before stays; run it again, and it goes on from here"
LAST_SECONDS = 0.3  # a kernel may be seen to end before the server that takes it along
TESTS_AT_ONCE = 10  # observations in one test cell
MEMORY_MB = 4096
Key = TypeVar("Key")


@dataclass(frozen=True)
class Finished:
    """What became of a submission, and its feedback page if one was wanted."""

    execution: Execution
    page: str = ""


class Engine(Protocol):
    """What executes submissions, here or elsewhere."""

    limits: Limits
    sandboxed: bool

    def execute(self, work: Iterable[tuple[Any, Work]]) -> Iterator[tuple[Any, Finished | Exception]]:
        """Each result as soon as it is there.

        Raises SandboxError if nothing can be executed, and CourseError if that ends: what then ran is no result.
        """


def execute_all(
    work: Iterable[tuple[Key, Work]], executor: Executor, run: Callable[[Work], Finished], ahead: int
) -> Iterator[tuple[Key, Finished | Exception]]:
    """Executes as the executor allows, at most `ahead` at a time; each result as soon as it is there.

    What went wrong with one comes as its result, and never stops the others.
    """
    waiting: dict[Future[Finished], Key] = {}
    for key, one in work:
        waiting[executor.submit(run, one)] = key
        if len(waiting) >= ahead:
            yield from _finished(waiting, 1)
    yield from _finished(waiting, len(waiting))


def _finished(waiting: dict[Future[Finished], Key], count: int) -> Iterator[tuple[Key, Finished | Exception]]:
    for future in islice(as_completed(list(waiting)), count):
        key = waiting.pop(future)
        error = CancelledError() if future.cancelled() else future.exception()
        yield key, error if isinstance(error, Exception) else future.result()


class Here:
    """The engine of this machine: a fork server, limits, and how many submissions at a time."""

    def __init__(self, server: ForkServer, limits: Limits, jobs: int) -> None:
        self.limits = limits
        self.sandboxed = server.sandboxed
        self._server = server
        self._jobs = jobs

    def execute(self, work: Iterable[tuple[Any, Work]]) -> Iterator[tuple[Any, Finished | Exception]]:
        """Each result as soon as it is there.

        Raises SandboxError if the fork server does not start, and CourseError if it ends: what then ran is no result.
        """
        self._server.wait_until_ready()
        executor = threads(self._jobs)
        run = partial(execute_apart, server=str(self._server.address))
        try:
            for key, result in execute_all(work, executor, run, ahead=2 * self._jobs):
                if not self._server.is_alive(0 if _is_whole(result) else LAST_SECONDS):
                    raise CourseError(f"the sandbox ended while submissions ran: {GO_ON}")
                yield key, result
        finally:  # after an interruption, what has not begun does not begin
            executor.shutdown(cancel_futures=True)


def _is_whole(result: Finished | Exception) -> bool:
    return isinstance(result, Finished) and result.execution.status != "died"


def threads(jobs: int) -> ThreadPoolExecutor:
    """An executor for this machine: its threads only wait, the work is done by processes."""
    return ThreadPoolExecutor(jobs, thread_name_prefix="grading")


def execute_apart(work: Work, server: str) -> Finished:
    """`execute` in a process of its own, which is ended if it takes far too long. Raises what that raised.

    server: the fork server's socket.
    """
    work = replace(work, server=server)
    receiving, sending = context().Pipe(duplex=False)
    process = context().Process(target=_run, args=(work, sending), daemon=True)
    process.start()
    sending.close()
    try:
        answer = receiving.recv() if receiving.poll(_patience(work.limits)) else None
    except EOFError:
        answer = None
    finally:
        process.kill()
        process.join()
        receiving.close()
    if isinstance(answer, Exception):
        raise answer
    return answer or _with_page(work, unfinished(work, "died", "its grading ended before it was done"))


def _patience(limits: Limits) -> float | None:
    """How long a process may take that keeps to its limits: each is looked at between cells."""
    if not (limits.notebook_seconds and limits.cell_seconds and limits.test_seconds):
        return None
    return limits.notebook_seconds + limits.cell_seconds + limits.test_seconds * TESTS_AT_ONCE + SLACK_SECONDS


def _with_page(work: Work, execution: Execution) -> Finished:
    return Finished(execution, work.page(execution) if work.page else "")


def unfinished(work: Work, status: str, reason: str) -> Execution:
    """A submission none of whose tests ran."""
    result = Execution(work.notebook, status=status, reason=reason)
    for cell in work.notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        if name in work.subjects:
            cell.outputs = [error_output(NOT_RUN, f"not run: {reason}")]
            result.marks[name] = 0.0
    return result


def _run(work: Work, answer: Connection) -> None:
    os.setsid()  # Ctrl-C is the coordinator's
    _limit_memory()
    try:
        result: Any = _with_page(work, execute(work))
    except Exception as error:
        result = RuntimeError(f"{type(error).__name__}: {error}")
    answer.send(result)


def _limit_memory() -> None:
    """What a student's process sends can't make this one take the machine's memory."""
    with open("/proc/self/statm") as file:
        now = int(file.read().split()[0]) * resource.getpagesize()
    limit = now + MEMORY_MB * MB
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
