"""`autograder answers`: proof that the tests tell right from wrong.

Every planted mistake must be rejected by a message that names it, every alternative must earn full marks, and none may
cost marks in another exercise.
"""

import argparse
import json
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path

from rich.console import Console
from rich.table import Table

from autograder.course import Course
from autograder.lesson import Exercise, Lesson
from autograder.planted import Planted, read_planted
from autograder.trial import Outcome, blank_answers, run_trial

MIN_MISTAKES = 4
MIN_ALTERNATIVES = 2
JOBS = 2


@dataclass(frozen=True)
class Verdict:
    """What the tests said of one planted answer. cascades: other exercises that lost marks by it."""

    lesson: str
    exercise: str
    kind: str
    name: str
    verdict: str
    message: str
    named: bool
    cascades: list[str]

    @property
    def clean(self) -> bool:
        if self.cascades:
            return False
        return self.verdict == "rejected" and self.named if self.kind == "mistake" else self.verdict == "accepted"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The verb's arguments."""
    parser.add_argument("lessons", nargs="*", metavar="LESSON", help="names or numbers; all when none is given")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the verdicts to FILE")


def run(course: Course, options: argparse.Namespace) -> int:
    """Tries all planted answers and prints a table; 1 unless all is clean."""
    lessons = course.lessons(options.lessons)
    verdicts = {lesson.name: judge(lesson) for lesson in lessons}
    flat = [verdict for group in verdicts.values() for verdict in group]
    if options.json:
        options.json.write_text(json.dumps([asdict(v) for v in flat], indent=1) + "\n", encoding="utf-8")
    problems = [problem for lesson in lessons for problem in _problems(lesson, verdicts[lesson.name])]
    for lesson in lessons:
        _print_table(lesson, verdicts[lesson.name])
    for problem in problems:
        print(problem)
    return 1 if problems else 0


def judge(lesson: Lesson) -> list[Verdict]:
    """The verdict on each planted answer of a lesson. Raises LessonError if answers.py is not well formed.

    Slow tests of other exercises see the first answer of each exercise only.
    """
    planted = read_planted(lesson)
    tasks = [{one.exercise: one.source} for one in planted]
    with ProcessPoolExecutor(JOBS, mp_context=get_context("fork")) as pool:
        starts = [one.exercise for one in planted]  # no answer changes what was checked before it
        again = [exercise in starts[:number] for number, exercise in enumerate(starts)]
        outcomes = pool.map(run_trial, [lesson] * len(tasks), tasks, starts, again)
        return [_verdict(lesson, one, outcome) for one, outcome in zip(planted, outcomes, strict=True)]


def _verdict(lesson: Lesson, planted: Planted, outcomes: list[Outcome]) -> Verdict:
    failed = [outcome for outcome in outcomes if outcome.state != "right"]
    own = [outcome for outcome in failed if outcome.exercise == planted.exercise]
    message = "\n".join(outcome.message for outcome in own)
    named = bool(own) and planted.named.lower() in " ".join(message.lower().split())
    cascades = sorted({outcome.exercise for outcome in failed} - {planted.exercise})
    verdict = "rejected" if own else "accepted"
    return Verdict(lesson.name, planted.exercise, planted.kind, planted.name, verdict, message, named, cascades)


def _problems(lesson: Lesson, verdicts: list[Verdict]) -> Iterator[str]:
    for outcome in run_trial(lesson):
        if outcome.state != "right":
            yield f"{lesson.name} {outcome.grade_id}: the reference solution fails:\n{outcome.message}"
    given = {exercise.id for exercise in lesson.exercises if exercise.cell.given}
    for outcome in run_trial(lesson, blank_answers(lesson)) if given else ():
        if outcome.exercise in given and outcome.state == "right":
            yield f"{lesson.name} {outcome.grade_id}: the given code earns {outcome.points:g} points as it is"
    for exercise in lesson.exercises:
        yield from _too_few(lesson, exercise, verdicts)
    for verdict in verdicts:
        if not verdict.clean:
            yield _complaint(verdict)


def _too_few(lesson: Lesson, exercise: Exercise, verdicts: list[Verdict]) -> Iterator[str]:
    wanted = {"mistake": 1} if exercise.is_prediction else {"mistake": MIN_MISTAKES, "alternative": MIN_ALTERNATIVES}
    for kind, count in wanted.items():
        have = sum(verdict.exercise == exercise.id and verdict.kind == kind for verdict in verdicts)
        if have < count:
            plural = kind if count == 1 else f"{kind}s"
            yield f"{lesson.name} {exercise.id}: expected at least {count} {plural} in answers.py, got {have}"


def _complaint(verdict: Verdict) -> str:
    about = f"{verdict.lesson} {verdict.exercise}, {verdict.name}"
    if verdict.cascades:
        return f"{about}: costs marks in {', '.join(verdict.cascades)}"
    if verdict.kind == "mistake":
        return f"{about}: accepted" if verdict.verdict == "accepted" else f"{about}: not named by\n{verdict.message}"
    return f"{about}: rejected with\n{verdict.message}"


def _print_table(lesson: Lesson, verdicts: list[Verdict]) -> None:
    table = Table(title=f"{lesson.name}: planted answers", title_justify="left")
    for heading in ("exercise", "mistakes rejected", "named", "alternatives accepted", "cost marks elsewhere"):
        table.add_column(heading, justify="left" if heading == "exercise" else "right")
    for exercise in lesson.exercises:
        table.add_row(exercise.id, *_counts([v for v in verdicts if v.exercise == exercise.id]))
    Console().print(table)


def _counts(verdicts: list[Verdict]) -> Iterator[str]:
    mistakes = [verdict for verdict in verdicts if verdict.kind == "mistake"]
    alternatives = [verdict for verdict in verdicts if verdict.kind == "alternative"]
    yield f"{sum(v.verdict == 'rejected' for v in mistakes)} of {len(mistakes)}"
    yield f"{sum(v.named for v in mistakes)} of {len(mistakes)}"
    yield f"{sum(v.verdict == 'accepted' for v in alternatives)} of {len(alternatives)}"
    yield str(sum(bool(v.cascades) for v in verdicts))
