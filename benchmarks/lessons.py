"""What each lesson costs: CPU of the cells that grading runs, seconds of its demos, size of its notebook.

Each lesson runs in a process of its own, on the reference solutions. The budgets stand beside the figures.
"""

import argparse
import contextlib
import io
import time
import types
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

from autograder.course import find_course
from autograder.lesson import Cell, Lesson
from autograder.notebook import test_source

GRADED_SECONDS = 4
DEMO_SECONDS = {"14": 180, "15": 180, "17": 180, "18": 180}
MEGABYTES = {"08": 2, "15": 2, "17": 2}


@dataclass(frozen=True)
class Cost:
    """Of one lesson. set_up: importing what it needs. demos: wall time, by name."""

    set_up: float
    graded: float
    demos: dict[str, float]
    megabytes: float


def main() -> None:
    """Prints a table, and the longest demos."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lessons", nargs="*", help="names or numbers; all when none is given")
    course = find_course()
    lessons = course.lessons(parser.parse_args().lessons)
    print(f"{'':<28}{'exercises':>10}{'points':>8}{'set-up CPU':>12}{'graded CPU':>16}{'demos':>16}{'notebook':>18}")
    for lesson in lessons:
        size = course.solution(lesson.name).stat().st_size / 1e6
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            report(lesson, pool.submit(measure, lesson, size).result())


def measure(lesson: Lesson, megabytes: float) -> Cost:
    """Runs a lesson from top to bottom. Raises whatever a cell raises."""
    scope = types.ModuleType("__main__").__dict__
    start = time.process_time()
    exec(lesson.setup.source, scope)
    set_up, graded = time.process_time() - start, 0.0
    demos: dict[str, float] = {}
    for cell in lesson.cells:
        if cell.kind in ("exercise", "predict", "code", "test", "demo"):
            wall, cpu = run(source(lesson, cell), scope)
            if cell.kind == "demo":
                demos[cell.id] = wall
            else:
                graded += cpu
    return Cost(set_up, graded, demos, megabytes)


def source(lesson: Lesson, cell: Cell) -> str:
    """What runs of a cell."""
    return test_source(lesson.exercise(cell.id), cell) if cell.kind == "test" else cell.source


def run(text: str, scope: dict[str, object]) -> tuple[float, float]:
    """Wall and CPU seconds of a cell."""
    wall, cpu = time.perf_counter(), time.process_time()
    with contextlib.redirect_stdout(io.StringIO()):
        exec(compile(text, "<cell>", "exec"), scope)
    return time.perf_counter() - wall, time.process_time() - cpu


def report(lesson: Lesson, cost: Cost) -> None:
    """One line for a lesson, and one for its slowest demo."""
    number = lesson.name[:2]
    exercises = sum(not exercise.is_prediction for exercise in lesson.exercises)
    graded = f"{cost.graded:.2f} of {GRADED_SECONDS} s"
    demos = f"{sum(cost.demos.values()):.1f} of {DEMO_SECONDS.get(number, 90)} s"
    size = f"{cost.megabytes:.2f} of {MEGABYTES.get(number, 1)} MB"
    print(f"{lesson.name:<28}{exercises:>10}{lesson.points:>8g}{cost.set_up:>10.2f} s{graded:>16}{demos:>16}{size:>18}")
    if cost.demos:
        slowest = max(cost.demos, key=lambda name: cost.demos[name])
        print(f"{'':<28}slowest demo: {slowest}, {cost.demos[slowest]:.1f} s", flush=True)


if __name__ == "__main__":
    main()
