"""Dates in words to ISO form: lesson 12's attention model against lesson 13's Transformer, in one run.

Both come out of the lessons' own cells, each trained once over the same 16 000 dates: the GRU with attention, and the
Transformer that reads windows of letters. For each it prints seconds and processor seconds of the training and the
exact match on 600 dates never seen; then the ratios. Nothing else should run meanwhile.
"""

import argparse
import ast
import contextlib
import io
import statistics
import time
import types
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from autograder.course import find_course
from autograder.lesson import Lesson, parse_lesson

ATTENTION, TRANSFORMER = "12_seq2seq_attention", "13_transformer"


@dataclass(frozen=True)
class Trained:
    """One training: wall and processor seconds of `fit`, and the share of test dates written without a mistake."""

    seconds: float
    cpu: float
    right: float


def main() -> None:
    """Runs the rounds and prints a table for each number of threads."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--lessons", type=Path, default=find_course().root / "lessons", help="their folder")
    options = parser.parse_args()
    lessons = {name: parse_lesson(options.lessons / name / "lesson.py") for name in (ATTENTION, TRANSFORMER)}
    for threads in options.threads:
        torch.set_num_threads(threads)
        runs: dict[str, list[Trained]] = {name: [] for name in lessons}
        for _ in range(options.rounds):
            for name, lesson in lessons.items():
                runs[name].append(train(lesson))
        report(threads, runs)


def train(lesson: Lesson) -> Trained:
    """Runs a lesson's definitions, then its demo of training, with a clock around `fit`.

    Each demo trains several models for comparison; the one that counts here comes last.
    """
    scope = types.ModuleType("__main__").__dict__
    spent: list[tuple[float, float]] = []
    with contextlib.redirect_stdout(io.StringIO()):
        for cell in lesson.cells:
            if cell.kind in ("setup", "exercise"):
                exec(cell.source, scope)
        (demo,) = (cell.source for cell in lesson.cells if cell.kind == "demo" and "def fit(" in cell.source)
        definitions, run = in_two(demo)
        exec(definitions, scope)
        scope["fit"] = clocked(scope["fit"], spent)
        exec(run, scope)
    seconds, cpu = spent[-1]
    return Trained(seconds, cpu, share(scope))


def in_two(source: str) -> tuple[str, str]:
    """A cell before and after its last definition: what defines, and what trains."""
    last = [node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef | ast.ClassDef)][-1]
    rows = source.splitlines(keepends=True)
    return "".join(rows[: last.end_lineno]), "".join(rows[last.end_lineno :])


def share(scope: dict[str, Any]) -> float:
    """The share of test dates that the model trained last wrote without a mistake, as each lesson keeps it."""
    if "right" in scope:
        return float(scope["right"]["windows"].float().mean())
    pairs = list(zip(scope["answers"]["attention"], scope["target"](scope["test"]), strict=True))
    return sum(list(text) == list(wanted) for text, wanted in pairs) / len(pairs)


def clocked(fit: Any, spent: list[tuple[float, float]]) -> Any:
    """The same function, which notes what it took."""

    def timed(*args: Any, **options: Any) -> Any:
        start, busy = time.perf_counter(), time.process_time()
        model = fit(*args, **options)
        spent.append((time.perf_counter() - start, time.process_time() - busy))
        return model

    return timed


def report(threads: int, runs: dict[str, list[Trained]]) -> None:
    """Medians over the rounds, and their ratios."""
    medians = {}
    for name, each in runs.items():
        seconds, cpu, right = (
            statistics.median(getattr(run, part) for run in each) for part in ("seconds", "cpu", "right")
        )
        medians[name] = Trained(seconds, cpu, right)
        print(f"{threads} threads  {name:22}{seconds:8.1f} s {cpu:8.1f} s CPU   exact match {right:.3f}")
    first, second = medians[ATTENTION], medians[TRANSFORMER]
    print(
        f"{threads} threads  {TRANSFORMER} takes {second.seconds / first.seconds:.2f} times as long,"
        f" {second.cpu / first.cpu:.2f} times the processor's seconds"
    )


if __name__ == "__main__":
    main()
