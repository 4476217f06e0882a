"""A hidden test says why an answer fails and never what was expected, nor a line of the test."""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from forwardpass import check
from forwardpass.check import transport

quick = settings(deadline=None, derandomize=True, max_examples=60)

# Expected numbers stand far from those that inputs, answers, shapes and lengths hold.
expected_numbers = st.integers(70_001, 99_999).map(lambda n: n + 0.25) | st.integers(7_000_001, 9_999_999)
other_numbers = st.integers(0, 99) | st.floats(0, 99).map(lambda x: round(x, 2)) | st.just(float("nan"))


def nested(numbers: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    lists = st.lists(numbers, min_size=1, max_size=20)
    arrays = lists.map(np.array)
    keyed = st.dictionaries(st.sampled_from("abc"), numbers, max_size=3)
    counted = lists.map(lambda keys: {key: "x" for key in keys if key == key})
    return st.recursive(numbers | arrays | keyed | counted, lambda inner: st.lists(inner, max_size=3), max_leaves=5)


def digits(value: Any) -> set[str]:
    """The runs of digits that a value shows when it is printed in full."""
    with np.printoptions(threshold=10**6):
        return set(re.findall(r"\d{4,}", repr(value)))


@given(nested(expected_numbers), nested(other_numbers), st.lists(other_numbers, max_size=3))
@quick
def test_the_message_of_a_hidden_failure_holds_no_expected_number(expected: Any, got: Any, args: list[Any]) -> None:
    assume(digits(expected))
    checks: list[Callable[[], None]] = [
        lambda: check.equal(lambda *xs: got, *args, expect=expected),
        lambda: check.close(lambda *xs: got, *args, expect=expected, mistakes={"no": 1}),
        lambda: check.equal_many(lambda *xs: got, [tuple(args)], expect=[expected]),
        lambda: check.equal(got, expect=expected),
    ]
    for run in checks:
        check.hidden("mean", [], points=1, of=2, covers="random shapes", law="one mean for each row", read="Rows")
        with pytest.raises(check.CheckFailed) as failed:
            run()
        message = str(failed.value)
        assert "expected " not in message
        assert not digits(expected) & digits(message)


def test_a_hidden_failure_gives_the_law_what_it_covers_the_input_what_came_and_the_likely_mistake() -> None:
    check.hidden("mean", [], points=2, of=3, covers="random shapes", law="one mean for each row", read="Rows")
    with pytest.raises(check.CheckFailed) as failed:
        check.equal(lambda x: sum(x), [1, 2], expect=1.5, mistakes={"you did not divide": 3})
    assert str(failed.value).splitlines() == [
        "mean   not right yet   (2 of 3 points need this hidden test)",
        "  law        one mean for each row",
        "  covers     random shapes",
        "  smallest   x = [1, 2]",
        "  got        3",
        "  likely     you did not divide",
        '  read       section "Rows"',
    ]


def test_a_prediction_is_judged_without_telling() -> None:
    scope = {"check": check, "count": 52}
    exec("check.prediction('window-count', ['count'], points=1, of=1, kinds=['a whole number'])", scope)
    check.hidden("window-count", [], points=1, of=1, covers="your prediction")
    with pytest.raises(check.CheckFailed) as failed:
        check.equal(scope["count"], expect=359, mistakes={"they overlap": 52})
    assert "359" not in str(failed.value)
    assert "got        52\n  likely     they overlap" in str(failed.value)


def test_an_answer_elsewhere_never_meets_what_is_expected() -> None:
    sent: list[Any] = []

    class Watched(transport.InPlace):
        def call(self, *message: Any) -> Any:
            sent.append(message)
            return super().call(*message)

    with transport.using(Watched()), pytest.raises(check.CheckFailed):
        check.equal_many(abs, [-1], expect=[987654], mistakes={"a sentence": lambda x: 876543})
    assert sent
    assert "987654" not in repr(sent)
    assert isinstance(transport.active(), transport.InPlace)
    assert not isinstance(transport.active(), Watched)
