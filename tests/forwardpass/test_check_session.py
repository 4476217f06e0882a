"""The first and the last line of a test cell, and the random numbers of a class."""

from typing import Any

import numpy as np
import pytest

from forwardpass import check
from forwardpass.check import session


def run(line: str, **scope: Any) -> None:
    """Runs a line in a namespace that holds these names."""
    exec(line, {"check": check, **scope})


def message(line: str, **scope: Any) -> list[str]:
    with pytest.raises(check.CheckFailed) as failed:
        run(line, **scope)
    return str(failed.value).splitlines()


def test_a_subject_that_does_not_exist_is_missed_by_name() -> None:
    assert message(
        "check.test('shapes', ['a', 'b', 'c'], points=1, of=3, law='right to left', read='Shapes')", b=1
    ) == [
        "shapes   not right yet   (1 of 3 points needs this test)",
        "  law        right to left",
        "  got        no a and c: run the cell that defines it first, and mend any error that it shows",
        '  read       section "Shapes"',
    ]
    hidden = message("check.hidden('shapes', ['a'], points=0.5, of=1, covers='all')")
    assert hidden[0] == "shapes   not right yet   (0.5 of 1 point need this hidden test)"
    assert message("check.prediction('shapes', ['a'], points=1, of=1, kinds=['a float'])")


def test_subjects_are_looked_up_where_the_cell_runs() -> None:
    run("check.test('shapes', ['a'], points=1, of=1)", a=1)
    run("def cell():\n  check.test('shapes', ['a'], points=1, of=1)\ncell()", a=1)
    assert session.current().subjects == {"a": 1}


def test_the_last_line_counts_the_cases_of_its_own_cell(capsys: pytest.CaptureFixture[str]) -> None:
    for cases, text in ((0, "0 cases"), (1, "1 case"), (2, "2 cases")):
        run("check.test('abs', [], points=1, of=1)")
        run("check.equal_many(abs, cases, expect=cases)\ncheck.passed()", cases=list(range(cases)))
        assert capsys.readouterr().out == f"abs   right: {text}\n"


def test_a_failing_check_counts_no_case() -> None:
    run("check.test('abs', [], points=1, of=1)")
    assert message("check.equal_many(abs, [1, 2], expect=[1, 3])")
    assert message("check.raises_many(TypeError, abs, ['x', 1])")
    assert session.current().cases == 1


PREDICTION = "check.prediction('count', ['a', 'b'], points=1, of=1, kinds=['a whole number', 'a float'])"


def test_a_prediction_is_written_down_without_a_verdict(capsys: pytest.CaptureFixture[str]) -> None:
    for a, b in ((3, 1.5), (-(10**400), float("nan")), (3, 1)):
        run(PREDICTION, a=a, b=b)
        assert capsys.readouterr().out == "count   written down: read on and see whether it holds\n"


@pytest.mark.parametrize("scope", [{"a": ..., "b": 1}, {"a": 1, "b": ...}])
def test_a_prediction_with_three_dots_left_is_not_attempted(scope: dict[str, Any]) -> None:
    with pytest.raises(check.NotAttempted, match="count   not attempted yet"):
        run(PREDICTION, **scope)


@pytest.mark.parametrize("a", ["3", 3.0, True, None, [3], {3}, object()])
def test_a_prediction_of_another_kind_is_said_to_be_one(a: Any) -> None:
    assert "  expected   a = a whole number" in message(PREDICTION, a=a, b=1.5)


def test_a_prediction_may_have_to_be_one_of_some_choices() -> None:
    line = "check.prediction('count', ['a'], points=1, of=1, kinds=['a whole number'], choices=[30, 300])"
    run(line, a=300)
    assert "  expected   a = one of 30, 300" in message(line, a=3)
    headline = "count   not in the form that is asked for (whether it is right is not said here)"
    assert message(line, a=30.0) == [headline, "  expected   a = one of 30, 300", "  got        a float: 30.0"]


def test_an_answer_among_the_arguments_is_shown_by_its_name() -> None:
    def row_means(x: int) -> int:
        return x

    scope = {"row_means": row_means, "probe": lambda answer, x: answer(x)}
    run("check.test('row-means', ['row_means'], points=1, of=1)", **scope)
    assert "  smallest   answer = your row_means, x = 3" in message(
        "check.equal(probe, row_means, 3, expect=4)", **scope
    )
    assert "  smallest   answer = a function, x = 3" in message("check.equal(probe, lambda x: x, 3, expect=4)", **scope)
    assert "  smallest   answer = the function tanh, x = 3" in message(
        "check.equal(probe, np.tanh, 3, expect=4)", **scope, np=np
    )


def test_everybody_gets_the_same_random_numbers_and_each_exercise_its_own() -> None:
    assert check.rng("mean").random() == check.rng("mean").random()
    assert check.rng("mean").random() != check.rng("median").random()


def test_a_class_can_have_its_own_seed(monkeypatch: pytest.MonkeyPatch) -> None:
    default = check.rng("mean").random()
    monkeypatch.setenv("FORWARD_PASS_SEED", "0")
    assert check.rng("mean").random() == default
    monkeypatch.setenv("FORWARD_PASS_SEED", str(2**80))
    assert check.rng("mean").random() != default
    monkeypatch.delenv("FORWARD_PASS_SEED")
    assert check.rng("mean").random() == default


@pytest.mark.parametrize("seed", ["", " ", "-1", "1.5", "1e3", "one", "1 2", "²"])
def test_a_seed_that_is_no_whole_number_is_an_error(monkeypatch: pytest.MonkeyPatch, seed: str) -> None:
    monkeypatch.setenv("FORWARD_PASS_SEED", seed)
    with pytest.raises(ValueError, match="FORWARD_PASS_SEED must be a whole number from 0"):
        check.rng("mean")


def test_the_seed_does_not_touch_the_global_generator() -> None:
    before = np.random.get_state()[1].copy()
    check.rng("mean").random()
    assert (np.random.get_state()[1] == before).all()
