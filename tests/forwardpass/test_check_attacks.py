"""Answers that try to cheat: what deceives a test in their own process earns nothing when the judge is elsewhere."""

import os
import pickle
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.lesson import Lesson, parse_lesson
from autograder.trial import run_trial

from .handles import Handles, handles
from .test_check_both_ways import MINI, judge

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


@pytest.fixture
def elsewhere() -> Iterator[Handles]:
    with handles() as transport:
        yield transport


@pytest.fixture
def lesson() -> Lesson:
    return parse_lesson(MINI)


def points(lesson: Lesson, elsewhere: Handles, answer: str) -> float:
    seen, _ = judge(elsewhere, lesson, {"moving-average": answer})
    return sum(test.points for test in seen if test.exercise == "moving-average")


def points_in_place(lesson: Lesson, answer: str) -> float:
    seen = run_trial(lesson, {"moving-average": answer})
    return sum(test.points for test in seen if test.exercise == "moving-average")


@pytest.mark.parametrize("answer", [COPIES_WHAT_IS_EXPECTED, REPLACES_CHECK], ids=["copies", "replaces check"])
def test_what_deceives_a_test_in_place_earns_nothing_elsewhere(lesson: Lesson, elsewhere: Handles, answer: str) -> None:
    assert points_in_place(lesson, answer) == 5
    assert points(lesson, elsewhere, answer) == 0


def test_patching_the_checks_changes_no_verdict_elsewhere(lesson: Lesson, elsewhere: Handles) -> None:
    assert points(lesson, elsewhere, PATCHES_CHECK) == 0


def test_an_object_that_equals_everything_earns_nothing_anywhere(lesson: Lesson, elsewhere: Handles) -> None:
    assert points_in_place(lesson, EQUALS_ALL) == 0
    assert points(lesson, elsewhere, EQUALS_ALL) == 0


def test_an_answer_that_ends_its_process_earns_nothing(lesson: Lesson, elsewhere: Handles) -> None:
    assert points(lesson, elsewhere, "def moving_average(x, k):\n    import os\n    os._exit(0)") == 0


def test_a_pickle_sent_instead_of_a_reply_is_not_opened(lesson: Lesson, elsewhere: Handles, tmp_path: Path) -> None:
    trace = tmp_path / "opened"
    harmful = pickle.dumps(Touching(str(trace)))
    pickle.loads(harmful)
    assert trace.exists()
    trace.rmdir()
    answer = f"""
import gc
from multiprocessing.connection import Connection
[line] = [thing for thing in gc.get_objects() if type(thing) is Connection]
line.send_bytes({harmful!r})
"""
    with pytest.raises(ValueError, match="decode"):
        judge(elsewhere, lesson, {"moving-average": answer})
    assert not trace.exists()


class Touching:
    """Makes a folder when it is unpickled."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[str, ...]]:
        return os.mkdir, (self.path,)
