"""Grading one class: stock `nbgrader autograde` against `autograder grade`, alternating, in one run.

For each lesson it prints medians over the rounds: wall time of the whole command, time and CPU of each further
submission (from a class of one and the whole class), their ratios, and where the engine's CPU goes. Nothing else should
run meanwhile.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.course import Classroom, Course, find_course
from autograder.planted import read_planted
from autograder.sample import CLASS, Bank, choose_answers, write_class
from autograder.trial import run_trial

BIN = Path(sys.executable).parent
TRIVIAL = "99_trivial"
TRIVIAL_LESSON = '''# %% [markdown] lesson="Trivial" part="Bench" hours=1 needs=""
# # Trivial
#
# How long does it take to grade almost nothing?

# %% setup=true
import torch

from forwardpass import NotAttempted, check


# %% [markdown]
# ### Twice
#
# Two and two is four.

# %% exercise="twice" minutes=1 difficulty=1 law="twice is x + x"
def twice(x: torch.Tensor) -> torch.Tensor:
    """Twice x. x: (n,). Returns (n,)."""
    ### BEGIN SOLUTION
    return x + x
    ### END SOLUTION


# %% [markdown] hint="twice"
# - *I don't know where to start.* What is twice three?
# - *I get the square.* One and one is two.
# - *I get an error.* Look at the shape of x.

# %% test="twice" points=1
check.equal(twice, torch.ones(2), expect=torch.tensor([2.0, 2.0]), mistakes={"you squared it": torch.ones(2)})
'''
TRIVIAL_ANSWERS = '''"""Planted answers."""

from autograder.planted import mistake


@mistake("twice", named="squared")
def twice(x):
    return x * x
'''


@dataclass(frozen=True)
class Run:
    """One command: wall and CPU seconds of the whole machine."""

    wall: float
    cpu: float


@dataclass(frozen=True)
class Measured:
    """Medians over the rounds. each: of a further submission."""

    whole: Run
    one: Run
    students: int

    @property
    def each(self) -> Run:
        further = self.students - 1
        return Run((self.whole.wall - self.one.wall) / further, (self.whole.cpu - self.one.cpu) / further)


def main() -> None:
    """Runs the rounds and prints a table for each lesson."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lessons", nargs="*", default=[TRIVIAL, "00_start_here", "06_conv_arithmetic"])
    parser.add_argument("--students", type=int, default=40)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument(
        "--soak", type=int, default=0, help="grade so many submissions once and watch the memory instead"
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = copy_course(find_course(), Path(folder))
        if options.soak:
            soak(root, options.lessons[0], options.soak, options.jobs)
            return
        for lesson in options.lessons:
            compare(root, lesson, options)


def copy_course(course: Course, folder: Path) -> Path:
    """A copy of what grading needs, with the trivial lesson, so that nothing of the repository is written to."""
    for name in ("lessons", "solutions", "course"):
        shutil.copytree(course.root / name, folder / name)
    shutil.copy(course.root / "nbgrader_config.py", folder)
    lesson = folder / "lessons" / TRIVIAL
    lesson.mkdir()
    (lesson / "lesson.py").write_text(TRIVIAL_LESSON, encoding="utf-8")
    (lesson / "answers.py").write_text(TRIVIAL_ANSWERS, encoding="utf-8")
    run(folder, "autograder", "build", TRIVIAL)
    return folder


def compare(root: Path, lesson: str, options: argparse.Namespace) -> None:
    """Both sides on a class of one and on a whole class, alternating."""
    one, whole = hand_in(root, lesson, 1), hand_in(root, lesson, options.students)
    sides: dict[str, Callable[[Path, str], None]] = {
        "nbgrader autograde": stock,
        "autograder grade": lambda root, lesson: ours(root, lesson, options.jobs),
    }
    runs: dict[str, list[tuple[Run, Run]]] = {name: [] for name in sides}
    for _ in range(options.rounds):
        for name, command in sides.items():
            runs[name].append((timed(command, root, lesson, one), timed(command, root, lesson, whole)))
    measured = {name: median(pairs, options.students) for name, pairs in runs.items()}
    report(lesson, measured, json.loads((root / "classroom" / "report.json").read_text(encoding="utf-8")))
    report_overhead(root, lesson, measured["autograder grade"].each.cpu)


def hand_in(root: Path, lesson: str, students: int) -> Path:
    """A folder of submissions by so many students, the sample class over and over."""
    course = Course(root)
    sample = root / "sample"
    if not sample.exists():
        write_class(course, Classroom(sample), list(CLASS))
    folder = root / f"submitted-{lesson}-{students}"
    names = list(CLASS)
    for number in range(students):
        student = names[number % len(names)]
        source = sample / "submitted" / student / lesson
        shutil.copytree(source, folder / f"{student}{number:04}" / lesson)
    return folder


def timed(command: Callable[[Path, str], None], root: Path, lesson: str, submitted: Path) -> Run:
    """One run on a classroom without results."""
    classroom = root / "classroom"
    shutil.rmtree(classroom, ignore_errors=True)
    shutil.copytree(submitted, classroom / "submitted")
    run(root, "nbgrader", "generate_assignment", lesson, "--force")
    start, busy = time.perf_counter(), busy_seconds()
    command(root, lesson)
    return Run(time.perf_counter() - start, busy_seconds() - busy)


def busy_seconds() -> float:
    """CPU time of the whole machine since it started: the engine's processes are nobody's children for long."""
    fields = Path("/proc/stat").read_text(encoding="ascii").splitlines()[0].split()[1:]
    user, nice, system, _, _, irq, softirq = map(int, fields[:7])
    return (user + nice + system + irq + softirq) / os.sysconf("SC_CLK_TCK")


def stock(root: Path, lesson: str) -> None:
    """nbgrader's own command."""
    run(root, "nbgrader", "autograde", lesson, "--force")


def ours(root: Path, lesson: str, jobs: int) -> None:
    """Our command, without feedback pages: stock autograding writes none either."""
    run(root, "autograder", "grade", lesson, "--jobs", str(jobs), "--no-feedback")


def run(root: Path, program: str, *arguments: str) -> None:
    """Runs a program of this environment quietly. Raises CalledProcessError if it fails."""
    environment = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    subprocess.run([BIN / program, *arguments], cwd=root, env=environment, check=True, capture_output=True)


def median(pairs: list[tuple[Run, Run]], students: int) -> Measured:
    """The middle of the rounds, number by number."""
    ones, wholes = zip(*pairs, strict=True)
    middle = [
        Run(statistics.median(run.wall for run in runs), statistics.median(run.cpu for run in runs))
        for runs in (wholes, ones)
    ]
    return Measured(*middle, students)


def report(lesson: str, measured: dict[str, Measured], reports: list[dict[str, Any]]) -> None:
    """Prints both sides and their ratios."""
    print(f"\n{lesson}: {len(reports)} submissions")
    print(f"{'':<20}{'whole command':>15}{'class of one':>14}{'each further':>14}{'CPU of each':>13}")
    for name, side in measured.items():
        columns = f"{side.whole.wall:13.1f} s{side.one.wall:12.1f} s{side.each.wall:12.2f} s{side.each.cpu:11.2f} s"
        print(f"{name:<20}{columns}")
    theirs, own = measured.values()
    print(
        f"{'ratio':<20}{theirs.whole.wall / own.whole.wall:15.1f}{'':14}{theirs.each.wall / own.each.wall:14.1f}",
        end="",
    )
    print(f"{theirs.each.cpu / own.each.cpu:13.1f}", flush=True)


def report_overhead(root: Path, lesson: str, cpu: float) -> None:
    """Prints what of a submission's CPU is the student's cells, the tests, and the engine."""
    reports = json.loads((root / "classroom" / "report.json").read_text(encoding="utf-8"))
    cells = statistics.mean(one["phases"]["cells"] for one in reports)
    tests = tests_alone(root, lesson)
    print(f"CPU of each: student's cells {cells:.2f} s (their wall time), ", end="")
    print(f"tests in a warm process {tests:.2f} s, the rest {cpu - cells - tests:.2f} s", flush=True)


def tests_alone(root: Path, name: str) -> float:
    """Mean CPU of a lesson's tests on the sample class's answers, in a process that has run them before."""
    lesson = Course(root).lesson(name)
    bank = Bank(lesson, read_planted(lesson))
    seconds = []
    for student in ("ada", *list(CLASS)):
        start = time.process_time()
        run_trial(lesson, choose_answers(bank, student))
        seconds.append(time.process_time() - start)
    return statistics.mean(seconds[1:])


def soak(root: Path, lesson: str, students: int, jobs: int) -> None:
    """Grades a large class and prints the memory of all the engine's processes as it goes."""
    classroom = root / "classroom"
    shutil.copytree(hand_in(root, lesson, students), classroom / "submitted")
    command = [BIN / "autograder", "grade", lesson, "--jobs", str(jobs)]
    start = time.perf_counter()
    print(f"{'graded':>8}{'seconds':>10}{'coordinator MB':>16}{'whole machine MB':>18}")
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith("graded ") and (int(line.split()[1]) % (students // 10) == 0):
                seconds = time.perf_counter() - start
                print(
                    f"{line.split()[1]:>8}{seconds:10.1f}{resident(process.pid):16.0f}{machine_memory():18.0f}",
                    flush=True,
                )
    print(f"exit code {process.returncode}, {time.perf_counter() - start:.1f} s")


def resident(pid: int) -> float:
    """Memory of a process in MB."""
    return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def machine_memory() -> float:
    """Memory of this machine that is not available, in MB."""
    facts = dict(line.split(":") for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines())
    return (int(facts["MemTotal"].split()[0]) - int(facts["MemAvailable"].split()[0])) / 1024


if __name__ == "__main__":
    main()
