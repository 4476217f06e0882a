"""Time of grading one class: stock `nbgrader autograde` against `autograder grade`, alternating, in one run.

Prints medians over the rounds and their ratio. Both grade the same submissions of one lesson in temporary classrooms.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from autograder.course import Classroom, Course, find_course
from autograder.sample import CLASS, write_class

BIN = Path(sys.executable).parent


def main() -> None:
    """Runs the rounds and prints a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lesson", default="06_conv_arithmetic")
    parser.add_argument("--students", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = copy_course(find_course(), Path(folder))
        write_class(Course(root), Classroom(root / "classroom"), list(CLASS)[: options.students])
        sides = {"nbgrader autograde": stock, "autograder grade": ours}
        seconds: dict[str, list[float]] = {name: [] for name in sides}
        for _ in range(options.rounds):
            for name, command in sides.items():
                seconds[name].append(timed(command, root, options.lesson))
    report(seconds, options.students, options.lesson)


def copy_course(course: Course, folder: Path) -> Path:
    """A copy of what grading needs, so that nothing of the repository is written to."""
    for name in ("lessons", "solutions", "course"):
        shutil.copytree(course.root / name, folder / name)
    shutil.copy(course.root / "nbgrader_config.py", folder)
    return folder


def timed(command: Callable[[Path, str], None], root: Path, lesson: str) -> float:
    """Wall seconds of one run on a classroom without results."""
    for left in ("autograded", "feedback", "gradebook.db"):
        path = root / "classroom" / left
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    start = time.perf_counter()
    command(root, lesson)
    return time.perf_counter() - start


def stock(root: Path, lesson: str) -> None:
    """nbgrader's own three commands."""
    for step in ("generate_assignment", "autograde", "generate_feedback"):
        run(root, "nbgrader", step, lesson, "--force")


def ours(root: Path, lesson: str) -> None:
    """Our command."""
    run(root, "autograder", "grade", lesson)


def run(root: Path, program: str, *arguments: str) -> None:
    """Runs a program of this environment quietly. Raises CalledProcessError if it fails."""
    environment = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    subprocess.run([BIN / program, *arguments], cwd=root, env=environment, check=True, capture_output=True)


def report(seconds: dict[str, list[float]], students: int, lesson: str) -> None:
    """Prints medians and the ratio."""
    medians = {name: statistics.median(values) for name, values in seconds.items()}
    for name, median in medians.items():
        print(f"{name:<20} {median:6.1f} s for {students} submissions of {lesson}, {median / students:.2f} s each")
    stock_median, our_median = medians.values()
    print(f"ratio {stock_median / our_median:.2f}")


if __name__ == "__main__":
    main()
