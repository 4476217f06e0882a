"""What each check accepts, what it rejects, and which case and which likely mistake it names."""

import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
import torch

from forwardpass import check


@pytest.fixture(autouse=True)
def cell() -> None:
    check.test("mean", [], points=1, of=2, law="one mean for each row", read="Rows")


def parts(run: Callable[[], object]) -> dict[str, str]:
    """The parts of the message with which a check fails; those that are not shown left out."""
    with pytest.raises(check.CheckFailed) as failed:
        run()
    return {key: text for key, text in failed.value.failure.parts.items() if text}


def likely(run: Callable[[], object]) -> str:
    return parts(run).get("likely", "")


def mean(x: Any) -> Any:
    return x.mean(axis=1)


X = np.array([[1.0, 3.0], [5.0, 7.0]])


def test_a_right_answer_passes_without_a_word(capsys: pytest.CaptureFixture[str]) -> None:
    check.equal(mean, X, expect=[2.0, 6.0])
    check.close(mean, X, expect=[2.0, 6.001], rtol=1e-3)
    check.equal_many(mean, [(X,), X], expect=mean)
    check.raises(AttributeError, mean, 3)
    check.raises_many(LookupError, lambda x, i: x[i], [([], 0), check.case({}, i=0)])
    check.that(True, "never")
    assert capsys.readouterr() == ("", "")
    check.passed()
    assert capsys.readouterr().out == "mean   right: 8 cases\n"


def test_a_wrong_answer_shows_its_arguments_what_was_expected_and_what_came() -> None:
    assert parts(lambda: check.equal(lambda x, k=1: x[0], X, k=2, expect=[2.0, 6.0])) == {
        "law": "one mean for each row",
        "smallest": "x = [[1.0, 3.0], [5.0, 7.0]], k = 2",
        "expected": "shape (2,): [2.0, 6.0]",
        "got": "shape (2,) float64: [1.0, 3.0]",
        "problem": "2 of 2 values are wrong, first at answer[0]",
        "read": 'section "Rows"',
    }


def test_an_error_in_a_probe_is_named_if_it_is_a_known_mistake() -> None:
    known = {"the sizes clash": ValueError, "there is no such key": LookupError}

    def fails(error: Exception) -> str:
        def probe() -> None:
            raise error

        return likely(lambda: check.observe(probe, mistakes=known))

    assert fails(ValueError("3")) == "the sizes clash"
    assert fails(KeyError("a")) == "there is no such key"
    assert fails(TypeError("b")) == ""


def test_parameters_may_have_the_names_of_ours() -> None:
    check.equal(lambda target, error: target + error, target=1, error=2, expect=3)
    check.close(lambda target: target, target=1.0, expect=1.0)
    check.raises(ValueError, lambda error: int(error), error="x")


def test_a_value_is_compared_as_it_is_and_with_arguments_it_is_no_function() -> None:
    check.equal([2.0, 6.0], expect=[2.0, 6.0])
    assert parts(lambda: check.equal(3, expect=4))["got"] == "3"
    for answer in ([2.0, 6.0], 3, None):
        message = parts(lambda answer=answer: check.equal(answer, X, expect=answer))
        assert message["got"].endswith("where a function is expected")
    with pytest.raises(check.NotAttempted):
        check.equal(..., X, expect=1)


@pytest.mark.parametrize(
    "answer",
    [
        lambda x: int("no"),
        lambda x: exit(),
        lambda x: (i for i in x),
        lambda x: x.sort(axis=0) or X.mean(axis=1),
        lambda x: np.asmatrix(x),
    ],
)
@pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")
def test_errors_and_refusals_are_failures(answer: Callable[[Any], Any]) -> None:
    x = X[::-1].copy()
    for run in (lambda: check.equal(answer, x, expect=[2.0, 6.0]), lambda: check.equal_many(answer, [x], expect=mean)):
        assert {"got", "problem"} & set(parts(run))


def test_an_argument_changed_in_place_is_said_once() -> None:
    told = "your code changed its argument x in place: work on a copy"
    message = parts(lambda: check.equal(lambda x: x.sort(), [2, 1], expect=None))
    assert (message["problem"], "likely" in message) == (told, False)
    message = parts(lambda: check.equal(lambda x: x.sort(), [2, 1], expect=[1, 2]))
    assert (message["likely"], message["problem"]) == (told, "the answer is None, not a list")


def test_a_stub_is_not_attempted_by_any_check() -> None:
    def stub(*args: Any) -> None:
        raise check.NotAttempted

    for run in (
        lambda: check.equal(stub, X, expect=1),
        lambda: check.close(stub, X, expect=1),
        lambda: check.equal_many(stub, [X], expect=mean),
        lambda: check.raises(ValueError, stub),
        lambda: check.raises_many(ValueError, stub, [X]),
        lambda: check.observe(lambda f: f(), stub),
    ):
        with pytest.raises(check.NotAttempted, match="mean   not attempted yet"):
            run()


@pytest.mark.parametrize(
    ("cases", "smallest"),
    [
        ([np.zeros(9), np.zeros(2), np.zeros(5)], "x = [0.0, 0.0]"),
        ([torch.zeros(9), torch.zeros(2), torch.zeros(5)], "x = [0.0, 0.0] float32"),
        ([[1, 2, 3], [1], [1, 2]], "x = [1]"),
        ([5, -2, 7], "x = -2"),
        ([np.int64(5), np.float32(-2), 7.0], "x = -2.0"),
        ([10**400, 10**6, 3], "x = 3"),
        ([np.zeros(3), 900], "x = 900"),
        ([check.case(9), check.case(x=8)], "x = 8"),
        (["long", "a"], "x = 'a'"),
    ],
)
def test_of_many_cases_the_smallest_that_fails_is_shown(cases: list[Any], smallest: str) -> None:
    assert parts(lambda: check.equal_many(lambda x: "wrong", cases, expect=[0] * len(cases)))["smallest"] == smallest


@pytest.mark.filterwarnings("error")
def test_numbers_without_a_size_do_not_stop_the_search() -> None:
    cases = [float("nan"), float("inf"), -float("inf"), 10**400, object(), None]
    assert parts(lambda: check.equal_many(lambda x: 1, cases, expect=[0] * len(cases)))["got"] == "1"


def test_cases_that_pass_are_not_shown() -> None:
    check.equal_many(abs, [1, 2], expect=[1, 2])
    assert parts(lambda: check.equal_many(abs, [1, -2, 3], expect=[1, 2, 4]))["smallest"] == "x = 3"


def test_the_likely_mistake_is_found_by_value_or_by_function_and_the_first_one_wins() -> None:
    mistakes = {
        "another one": [0.0, 0.0],
        "fails on this input": lambda x: 1 // 0,
        "has no plain value": lambda x: iter(x),
        "warns": lambda x: np.log(-x),
        "down the columns": lambda x: x.mean(axis=0),
        "down the columns too": [3.0, 5.0],
    }
    assert likely(lambda: check.equal(lambda x: x.mean(axis=0), X, expect=[2.0, 6.0], mistakes=mistakes)) == (
        "down the columns"
    )
    assert likely(lambda: check.equal_many(lambda x: x.mean(0), [X], expect=mean, mistakes=mistakes)) == (
        "down the columns"
    )
    assert likely(lambda: check.equal(lambda x: x.mean(), X, expect=[2.0, 6.0], mistakes=mistakes)) == ""


def test_a_mistake_that_gives_the_right_answer_here_is_not_named() -> None:
    def named(mistake: float) -> str:
        return likely(lambda: check.close(lambda: 101.5, expect=100.0, rtol=0.01, mistakes={"wrong": mistake}))

    assert named(102.0) == "wrong"
    assert named(100.9) == ""


def test_a_mistake_of_kind_alone_is_named() -> None:
    assert likely(lambda: check.equal(lambda: 5.0, expect=5, mistakes={"a size is an int": 5.0})) == "a size is an int"
    half = {"you lost float32": lambda x: x.astype("f8")}
    assert likely(lambda: check.equal(lambda x: x.astype("f8"), X.astype("f4"), expect=X.astype("f4"), mistakes=half))


def test_an_error_can_be_a_mistake_too() -> None:
    mistakes = {"an index too far": LookupError, "a value": 0}
    assert likely(lambda: check.equal(lambda x: x[9], [1], expect=1, mistakes=mistakes)) == "an index too far"
    assert likely(lambda: check.equal(lambda x: int("a"), [1], expect=1, mistakes=mistakes)) == ""


def test_an_expected_error_that_does_not_come_is_named_with_what_came() -> None:
    def clipped(x: int) -> Any:
        return None if x > 2 else [][0]

    message = parts(lambda: check.raises(ValueError, clipped, 3, mistakes={"you returned None": None}))
    assert message["expected"] == "the error ValueError"
    assert message["got"] == "None"
    assert message["likely"] == "you returned None"
    message = parts(lambda: check.raises(ValueError, clipped, 1))
    assert message["got"] == "the error IndexError: list index out of range"
    assert parts(lambda: check.raises(ValueError, next, iter([])))["got"] == "the error StopIteration"
    assert parts(lambda: check.raises_many(ValueError, clipped, [(3,), (1,)]))["smallest"] == "x = 3"


def test_a_subclass_of_the_expected_error_will_do() -> None:
    check.raises(ArithmeticError, lambda: 1 // 0)


def test_a_law_of_a_check_replaces_that_of_the_exercise_and_keeps_its_place() -> None:
    runs = [
        lambda: check.equal(abs, -1, expect=2, law="mine"),
        lambda: check.close(abs, -1, expect=2, law="mine"),
        lambda: check.equal_many(abs, [-1], expect=[2], law="mine"),
        lambda: check.raises(ValueError, abs, -1, law="mine"),
        lambda: check.raises_many(ValueError, abs, [-1], law="mine"),
        lambda: check.that(False, "why", law="mine"),
    ]
    for run in runs:
        message = parts(run)
        assert next(iter(message.items())) == ("law", "mine")


def test_about_says_which_case_it_is() -> None:
    assert parts(lambda: check.equal(3, expect=4, about="the third batch"))["smallest"] == "the third batch"
    assert parts(lambda: check.close(abs, -3, expect=4, about="minus three"))["smallest"] == "minus three"


def test_a_probe_returns_plain_data_and_fails_like_an_answer() -> None:
    def epoch(batches: Callable[[int], Iterator[int]], n: int) -> list[int]:
        return list(batches(n))

    assert check.observe(epoch, range, 3) == [0, 1, 2]
    assert parts(lambda: check.observe(epoch, lambda n: 1 // n, 0))["got"].startswith("the error ZeroDivisionError")
    assert "a range" in parts(lambda: check.observe(lambda f: f(3), range))["got"]
    with check.without("math.sqrt"):
        from math import sqrt

        assert "is switched off" in likely(lambda: check.observe(lambda: __import__("math").sqrt(1)))
    assert sqrt(1) == 1


def test_a_condition_on_what_was_seen_fails_with_its_sentence() -> None:
    message = parts(lambda: check.that(np.False_, "each index once", got=[1, 1]))
    assert (message["likely"], message["got"]) == ("each index once", "[1, 1]")


def test_a_difference_that_is_not_shown_is_said() -> None:
    message = parts(lambda: check.equal(lambda: 0.12345678, expect=0.12345679))
    assert message["expected"] == message["got"] == "0.123457"
    assert message["problem"] == "the value is wrong: the two differ in what is not shown here"


def test_an_oracle_s_warnings_stay_out_of_the_cell() -> None:
    def oracle(x: Any) -> Any:
        warnings.warn("careful", stacklevel=1)
        return np.log(x)

    check.equal_many(lambda x: np.log(x), [np.zeros(1)], expect=oracle)


@pytest.mark.parametrize("wrong_count", [1, 3])
def test_as_many_expected_values_as_cases(wrong_count: int) -> None:
    with pytest.raises(ValueError, match="zip"):
        check.equal_many(abs, [1, 2], expect=[1] * wrong_count)


def test_an_answer_that_came_back_with_nothing_is_told_of_return() -> None:
    def forgets(x: Any) -> None:
        x.mean(axis=1)

    assert likely(lambda: check.equal(forgets, X, expect=[2.0, 6.0])).startswith("nothing came back")
    named = {"you printed it": None}
    assert likely(lambda: check.equal(forgets, X, expect=[2.0, 6.0], mistakes=named)) == "you printed it"
    assert likely(lambda: check.raises(ValueError, forgets, X)) == ""
