"""Answers in another process, judged by the examiner as in grading, but without a sandbox: quick, and anywhere."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from multiprocessing import Pipe
from pathlib import Path

from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_code_cell

from autograder.examiner import Examiner, KernelGone, RemoteAnswers
from autograder.lesson import Cell, Exercise, Lesson
from autograder.notebook import test_id, test_source
from autograder.report import earned
from autograder.trial import Outcome

ANSWER_SECONDS = 60
ANSWERING = Path(__file__).with_name("answering.py")
NOT_RUN = "not run"
_STATES = {"NotAttempted": "not attempted", "CheckFailed": "wrong"}


class Elsewhere:
    """The process, and the judge's end of its line. oddities: of the last lesson, what no honest answer sends."""

    def __init__(self) -> None:
        self._control, far_control = Pipe()
        self._line, far_line = socket.socketpair()
        fds = far_control.fileno(), far_line.fileno()
        one_thread = {**os.environ, "OMP_NUM_THREADS": "1"}
        self._child = subprocess.Popen([sys.executable, ANSWERING, *map(str, fds)], pass_fds=fds, env=one_thread)
        far_control.close()
        far_line.close()
        self.oddities: list[str] = []

    def interrupt(self) -> None:
        """Stops what runs there."""
        self._child.send_signal(signal.SIGINT)

    def judge(self, lesson: Lesson, answers: Mapping[str, str]) -> list[Outcome]:
        """What each test says of the reference solutions, with `answers` (exercise id -> source) in place of some."""
        sources = [answers.get(exercise.id, exercise.cell.source) for exercise in lesson.exercises]
        examiner = Examiner(lesson.setup.source, self.answers([lesson.setup.source, *sources]))
        outcomes: list[Outcome] = []
        for exercise in lesson.exercises:
            for test in exercise.tests:
                gone = any(one.state == NOT_RUN for one in outcomes)
                outcomes.append(_not_run(exercise, test) if gone else _outcome(examiner, exercise, test))
        return outcomes

    def answers(self, sources: list[str], seconds: float = ANSWER_SECONDS) -> RemoteAnswers:
        """What these cells define, run one after the other in a fresh namespace; a cell that fails defines nothing."""
        self._control.send(sources)
        if not self._control.poll(ANSWER_SECONDS):
            raise TimeoutError(f"the cells were still running after {ANSWER_SECONDS} seconds")
        self._control.recv()
        remote = RemoteAnswers(self._line, self, seconds)
        self.oddities = remote.oddities
        return remote

    def close(self) -> None:
        """Ends the process."""
        self._control.close()
        self._line.close()
        self._child.wait(ANSWER_SECONDS)


@contextlib.contextmanager
def elsewhere() -> Iterator[Elsewhere]:
    """A process for the length of the block."""
    started = Elsewhere()
    try:
        yield started
    finally:
        started.close()


def _outcome(examiner: Examiner, exercise: Exercise, test: Cell) -> Outcome:
    cell = graded_cell(test_source(exercise, test), test.points)
    try:
        examiner.judge(cell, exercise.subjects)
    except KernelGone:
        return _not_run(exercise, test)
    state, message = said(cell)
    return Outcome(exercise.id, test_id(exercise, test), state, message, earned(cell), test.points)


def _not_run(exercise: Exercise, test: Cell) -> Outcome:
    return Outcome(exercise.id, test_id(exercise, test), NOT_RUN, "", 0.0, test.points)


def graded_cell(source: str, points: float = 1) -> NotebookNode:
    """A graded cell of a notebook."""
    nbgrader = {"grade": True, "grade_id": "test", "solution": False, "points": points}
    cell: NotebookNode = new_code_cell(source, metadata={"nbgrader": nbgrader})
    return cell


def said(cell: NotebookNode) -> tuple[str, str]:
    """State and message of a test cell that was judged."""
    for output in cell.outputs:
        if output.output_type == "error":
            return _STATES[output.ename], output.evalue
    return "right", ""
