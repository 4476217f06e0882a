"""One submission, from a sanitised notebook to an executed one with marks: students' cells in a sandboxed kernel, test
cells in the examiner, which is this process."""

import asyncio
import math
import resource
import signal
import socket
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from nbclient import NotebookClient
from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_output

from autograder.examiner import GRACE_SECONDS, NOT_RUN, Examiner, KernelGone, RemoteAnswers, error_output
from autograder.notebook import SET_UP, is_test
from autograder.report import earned
from autograder.sandbox.forkserver import Ending, ForkedKernel
from autograder.sandbox.kernels import SandboxedKernel
from autograder.sandbox.limits import MB, Limits

_ITEM, _MESSAGE = 16, 200  # bytes that an item and a message take beside their text
_LAST_OUTPUT_SECONDS = 2  # after a cell's reply; a text that no message can hold takes the end of the output with it
_ENDINGS = {
    "memory": ("out of memory", "it used more memory than allowed"),
    "processes": ("died", "it started more processes than allowed"),
    "cpu": ("timed out", "it used more processor time than allowed"),
}


@dataclass(frozen=True)
class Work:
    """What is needed to grade one submission. subjects: grade_id of a test -> the names that it judges.

    data: the lesson's data sets. page: what makes the feedback page of the result. server: the fork server's socket,
    which is known where the work is done.
    """

    notebook: NotebookNode
    subjects: dict[str, list[str]]
    data: list[str]
    limits: Limits
    page: "Callable[[Execution], str] | None" = None
    server: str = ""


@dataclass
class Execution:
    """What became of it. marks: grade_id -> points; what was earned before an end that was not planned counts.

    status: graded, timed out, out of memory, died or flagged. reason: a sentence, if a limit or an end cut it short.
    seconds: wall time by phase (start, cells, tests). cpu_seconds: of the kernel and of this process. peak_mb: of the
    kernel and all that it started.
    """

    notebook: NotebookNode
    marks: dict[str, float] = field(default_factory=dict)
    status: str = "graded"
    reason: str = ""
    flags: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    cpu_seconds: float = 0.0
    peak_mb: int = 0


def execute(work: Work) -> Execution:
    """Runs every cell in order and marks every test. Raises SandboxError if no kernel can be had."""
    return asyncio.run(_Run(work).whole())


class _Run:
    def __init__(self, work: Work) -> None:
        self._work = work
        self._result = Execution(work.notebook)
        self._clock = dict.fromkeys(("start", "cells", "tests"), 0.0)
        self._ended = ""  # why nothing more is run

    async def whole(self) -> Execution:
        before = resource.getrusage(resource.RUSAGE_SELF)
        client = _Client(self._work)
        try:
            await self._timed("start", client.begin())
            await self._cells(client)
        finally:
            ending = await client.end()
        self._conclude(client, ending, before)
        return self._result

    async def _cells(self, client: "_Client") -> None:
        answers = RemoteAnswers(client.line, client, self._work.limits.test_seconds)
        examiner = Examiner(_source(self._work.notebook, SET_UP), answers)
        deadline = time.monotonic() + (self._work.limits.notebook_seconds or math.inf)
        for index, cell in enumerate(self._work.notebook.cells):
            if time.monotonic() > deadline and not self._ended:
                self._stop("timed out", f"it did not end within {self._work.limits.notebook_seconds:g} s")
            if is_test(cell):
                await self._timed("tests", self._test(examiner, cell))
            elif not self._ended and client.is_runnable(cell):
                await self._timed("cells", self._student_cell(client, cell, index))
        self._result.flags += answers.oddities

    async def _test(self, examiner: Examiner, cell: NotebookNode) -> None:
        name = cell.metadata.nbgrader.grade_id
        if not self._ended:
            try:
                examiner.judge(cell, self._work.subjects[name])
                cell.execution_count = None
            except KernelGone:
                self._stop("died", f"Python stopped, or did not answer any more, during the test {name}")
        if self._ended:
            cell.outputs = [error_output(NOT_RUN, f"not run: {self._ended}")]
        self._result.marks[name] = earned(cell)

    async def _student_cell(self, client: "_Client", cell: NotebookNode, index: int) -> None:
        try:
            await client.run_cell(cell, index)
        except _Stopped as stop:
            self._result.status = stop.status
            self._result.reason = str(stop)
            if stop.final:
                self._stop(stop.status, str(stop))
        except Exception as error:  # messages that no kernel sends
            self._result.flags.append(f"the kernel sent what a kernel does not send: {type(error).__name__}")
        cell.outputs = _well_formed(cell.get("outputs", []))

    def _stop(self, status: str, reason: str) -> None:
        self._ended = self._result.reason = reason
        self._result.status = status

    async def _timed(self, phase: str, what: Awaitable[None]) -> None:
        start = time.perf_counter()
        try:
            await what
        finally:
            self._clock[phase] += time.perf_counter() - start

    def _conclude(self, client: "_Client", ending: Ending, before: Any) -> None:
        result = self._result
        if ending.killed:
            result.status, result.reason = _ENDINGS[ending.killed]
        result.flags = list(dict.fromkeys([*result.flags, *client.flags]))
        if result.status == "graded" and result.flags:
            result.status = "flagged"
        after = resource.getrusage(resource.RUSAGE_SELF)
        own = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        result.cpu_seconds = round(ending.cpu_seconds + own, 3)
        result.peak_mb = ending.peak_mb
        result.seconds = {phase: round(seconds, 4) for phase, seconds in self._clock.items()}


class _Stopped(Exception):
    """A cell that was cut short. final: the kernel is gone."""

    def __init__(self, status: str, reason: str, final: bool) -> None:
        super().__init__(reason)
        self.status = status
        self.final = final


class _Client(NotebookClient):
    """nbclient on a sandboxed kernel, with an eye on its time, its output and its end."""

    def __init__(self, work: Work) -> None:
        super().__init__(work.notebook, allow_errors=True, timeout=None, iopub_timeout=_LAST_OUTPUT_SECONDS)
        self._limits = work.limits
        self._output_left = work.limits.output_mb * MB or math.inf
        self._flooded = asyncio.Event()
        self._gone = asyncio.Event()
        self.flags: list[str] = []
        self._kernel = SandboxedKernel(work.server, work.data, work.limits)
        self._forked: ForkedKernel | None = None

    async def begin(self) -> None:
        """Starts kernel and client. Raises SandboxError."""
        await self._kernel.start_kernel()
        self._forked = self._kernel.forked
        asyncio.get_running_loop().add_reader(self._forked.connection, self._connection_spoke)
        self.km = self._kernel
        self.kc = await self._kernel.connected_client()

    async def end(self) -> Ending:
        """Ends the kernel and all that it started."""
        if self._forked is None:
            return Ending()
        asyncio.get_running_loop().remove_reader(self._forked.connection)
        await self._kernel.stop(self.kc)
        return self._forked.ending or Ending()

    @property
    def line(self) -> socket.socket:
        """To the kernel's observer."""
        if self._forked is None:
            raise KernelGone("it was not started")
        return self._forked.line

    def interrupt(self) -> None:
        """Stops what runs, as Jupyter's stop button does."""
        self._signal(signal.SIGINT)

    def _signal(self, number: int) -> None:
        if self._forked is not None:
            self._forked.signal(number)

    def is_runnable(self, cell: NotebookNode) -> bool:
        """Whether a cell is run at all; demos are not."""
        skipped = self.skip_cells_with_tag in cell.metadata.get("tags", [])
        return cell.cell_type == "code" and bool(cell.source.strip()) and not skipped

    async def run_cell(self, cell: NotebookNode, index: int) -> None:
        """Runs a student's cell. Raises _Stopped if it is cut short."""
        running = asyncio.ensure_future(self.async_execute_cell(cell, index))
        try:
            if not await self._first_of(running, self._limits.cell_seconds):
                await self._cut_short(running)
            running.result()
        finally:
            running.cancel()
            await asyncio.wait([running])  # or its exception would be reported as nobody's
            if not running.cancelled():
                running.exception()
            cell.execution_count = self.code_cells_executed

    async def _first_of(self, running: "asyncio.Future[Any]", seconds: float) -> bool:
        """Waits for the cell's end; False if its time, its output or its kernel ends first."""
        others = [asyncio.ensure_future(event.wait()) for event in (self._flooded, self._gone)]
        await asyncio.wait([running, *others], timeout=seconds or None, return_when=asyncio.FIRST_COMPLETED)
        for other in others:
            other.cancel()
        return running.done() and not self._flooded.is_set()

    async def _cut_short(self, running: "asyncio.Future[Any]") -> None:
        if self._gone.is_set():
            raise _Stopped("died", "Python itself stopped while a cell ran (os._exit(), a crash, no memory left)", True)
        status, reason = "timed out", f"a cell did not end within {self._limits.cell_seconds:g} s"
        if self._flooded.is_set():
            status, reason = "flagged", f"its cells show more than {self._limits.output_mb} MB"
            self.flags.append(reason)
        self.interrupt()
        await asyncio.wait([running], timeout=GRACE_SECONDS)
        if not running.done():
            self._signal(signal.SIGKILL)
        raise _Stopped(status, reason, final=not running.done())

    def _connection_spoke(self) -> None:
        if self._forked is None or self._forked.poll():
            self._gone.set()

    def process_message(self, msg: dict[str, Any], cell: NotebookNode, cell_index: int) -> NotebookNode | None:
        """Counts what is shown, and takes no part in widgets."""
        if msg["msg_type"].startswith("comm"):
            return None
        if msg["msg_type"] in ("stream", "display_data", "execute_result", "update_display_data", "error"):
            self._output_left -= _MESSAGE + _length(msg["content"])
            if self._output_left < 0:
                self._flooded.set()
                return None
        return super().process_message(msg, cell, cell_index)


def _length(content: Any) -> int:
    """About how much room a message takes in a notebook."""
    if isinstance(content, dict):
        return sum(_ITEM + len(key) + _length(item) for key, item in content.items())
    if isinstance(content, list):
        return sum(_ITEM + _length(item) for item in content)
    return len(content) if isinstance(content, str) else _ITEM


def _well_formed(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """What nbformat allows of the outputs that a student's kernel sent; of what is displayed, the texts."""
    kept = []
    for output in outputs:
        match output.get("output_type"):
            case "stream" if output.get("name") in ("stdout", "stderr") and isinstance(output.get("text"), str):
                kept.append(new_output("stream", name=output.name, text=output.text))
            case "error" if _are_texts([output.get("ename"), output.get("evalue"), *_listed(output.get("traceback"))]):
                kept.append(
                    new_output("error", ename=output.ename, evalue=output.evalue, traceback=list(output.traceback))
                )
            case "display_data" | "execute_result" if isinstance(output.get("data"), dict):
                texts = {kind: text for kind, text in output.data.items() if _are_texts([kind, text])}
                kept.append(new_output("display_data", data=texts))
    return kept


def _are_texts(values: list[Any]) -> bool:
    return all(isinstance(value, str) for value in values)


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else [None]


def _source(notebook: NotebookNode, grade_id: str) -> str:
    return next(str(c.source) for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == grade_id)
