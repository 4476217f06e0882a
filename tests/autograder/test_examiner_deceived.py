"""Answers that try to cheat: what deceives a test in their own process earns nothing with the examiner."""

import os
import pickle
import struct
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.examiner import Examiner, KernelGone
from autograder.lesson import Lesson, parse_lesson
from autograder.trial import run_trial

from . import elsewhere as other_process
from .elsewhere import Elsewhere, graded_cell, said

MINI = Path(__file__).parent / "mini" / "lessons" / "01_moving" / "lesson.py"

COPIES_WHAT_IS_EXPECTED = """
def moving_average(x, k):
    import sys
    frame = sys._getframe()
    while frame is not None:
        seen = frame.f_locals
        if "wanted" in seen:
            args = [case.args for case in seen["all_cases"]]
            return next(y for (a, b), y in zip(args, seen["wanted"]) if b == k and a.tobytes() == x.tobytes())
        if "expect" in seen:
            return np.array(seen["expect"])
        frame = frame.f_back
    raise ValueError
"""
REPLACES_CHECK = """
class Nothing:
    __getattr__ = __call__ = lambda self, *args, **kwargs: self
    __int__ = lambda self: 1
    __len__ = lambda self: 0

check = Nothing()
moving_average = None
"""
PATCHES_CHECK = """
from forwardpass.check import compare, plain, session, verdict
verdict.difference = compare.difference = lambda *args, **kwargs: None
verdict.equal = verdict.equal_many = verdict.raises = session.passed = lambda *args, **kwargs: None
np.isclose = np.array_equal = lambda *args, **kwargs: np.True_

def moving_average(x, k):
    return x
"""
EQUALS_ALL = """
class Equal(float):
    def __eq__(self, other):
        return True

    def __array__(self, *args, **kwargs):
        return np.array([2.0, 4.5, 6.0, 6.5])

def moving_average(x, k):
    if k > len(x):
        raise ValueError
    return Equal()
"""
THE_LINE = """
import gc, socket
[line] = [thing for thing in gc.get_objects() if type(thing) is socket.socket]
"""
SET_UP = "from forwardpass import check"


@pytest.fixture
def elsewhere() -> Iterator[Elsewhere]:
    with other_process.elsewhere() as started:
        yield started


@pytest.fixture(scope="module")
def lesson() -> Lesson:
    return parse_lesson(MINI)


def points(lesson: Lesson, elsewhere: Elsewhere, answer: str) -> float:
    seen = elsewhere.judge(lesson, {"moving-average": answer})
    return sum(test.points for test in seen if test.exercise == "moving-average")


def points_in_place(lesson: Lesson, answer: str) -> float:
    seen = run_trial(lesson, {"moving-average": answer})
    return sum(test.points for test in seen if test.exercise == "moving-average")


@pytest.mark.parametrize("answer", [COPIES_WHAT_IS_EXPECTED, REPLACES_CHECK], ids=["copies", "replaces check"])
def test_what_deceives_a_test_in_place_earns_nothing(lesson: Lesson, elsewhere: Elsewhere, answer: str) -> None:
    assert points_in_place(lesson, answer) == 5
    assert points(lesson, elsewhere, answer) == 0


def test_patching_the_checks_changes_no_verdict(lesson: Lesson, elsewhere: Elsewhere) -> None:
    assert points(lesson, elsewhere, PATCHES_CHECK) == 0


def test_an_object_that_equals_everything_earns_nothing_anywhere(lesson: Lesson, elsewhere: Elsewhere) -> None:
    assert points_in_place(lesson, EQUALS_ALL) == 0
    assert points(lesson, elsewhere, EQUALS_ALL) == 0


def test_an_answer_that_ends_its_process_keeps_what_was_earned_before(lesson: Lesson, elsewhere: Elsewhere) -> None:
    leaves = "def moving_average(x, k):\n    import os\n    os._exit(0)"
    seen = elsewhere.judge(lesson, {"moving-average": leaves})
    assert [(one.state, one.points) for one in seen] == [("right", 1), ("not run", 0), ("not run", 0)]


def test_an_answer_that_hangs_up_ends_the_examination(lesson: Lesson, elsewhere: Elsewhere) -> None:
    seen = elsewhere.judge(lesson, {"moving-average": f"{THE_LINE}\nline.shutdown(2)"})
    assert {one.state for one in seen} == {"not run"}


def test_a_pickle_sent_instead_of_a_reply_is_not_opened(lesson: Lesson, elsewhere: Elsewhere, tmp_path: Path) -> None:
    trace = tmp_path / "opened"
    harmful = pickle.dumps(Touching(str(trace)))
    pickle.loads(harmful)
    assert trace.exists()
    trace.rmdir()
    frame = struct.pack(">Q", len(harmful)) + harmful
    assert points(lesson, elsewhere, f"{THE_LINE}\nline.sendall({frame!r})") == 0
    assert elsewhere.oddities[0] == "what came back is no answer (expected observations, got UnicodeDecodeError)"
    assert not trace.exists()


@pytest.mark.parametrize("size", [2**26 + 1, 2**64 - 1])
def test_a_reply_that_says_it_is_huge_ends_the_examination(size: int, lesson: Lesson, elsewhere: Elsewhere) -> None:
    frame = struct.pack(">Q", size)
    seen = elsewhere.judge(lesson, {"moving-average": f"{THE_LINE}\nline.sendall({frame!r})"})
    assert {one.state for one in seen} == {"not run"}


def test_an_answer_that_never_ends_is_stopped_and_the_next_one_is_judged(elsewhere: Elsewhere) -> None:
    remote = elsewhere.answers(["def endless():\n    while True: pass\n\ndef one():\n    return 1"], seconds=0.2)
    examiner = Examiner(SET_UP, remote)
    endless, one = (graded_cell(f"check.equal({name}, expect=1)") for name in ("endless", "one"))
    examiner.judge(endless, ["endless"])
    examiner.judge(one, ["one"])
    assert "your code was stopped after 0.2 s: look for a loop that never ends" in said(endless)[1]
    assert said(one) == ("right", "")


def test_an_answer_that_cannot_be_stopped_ends_the_examination(elsewhere: Elsewhere) -> None:
    stubborn = "def f():\n    import signal, time\n    signal.signal(signal.SIGINT, signal.SIG_IGN)\n    time.sleep(5)"
    examiner = Examiner(SET_UP, elsewhere.answers([stubborn], seconds=0.2))
    start = time.monotonic()
    with pytest.raises(KernelGone):
        examiner.judge(graded_cell("check.equal(f, expect=1)"), ["f"])
    assert time.monotonic() - start < 4


class Touching:
    """Makes a folder when it is unpickled."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[str, ...]]:
        return os.mkdir, (self.path,)
