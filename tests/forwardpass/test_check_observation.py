"""An answer runs on copies of its arguments, and what it does is written down as plain data, whatever it does."""

import asyncio
import functools
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
import torch

from forwardpass.check import NotAttempted
from forwardpass.check.conditions import Conditions
from forwardpass.check.observation import Observation, observe_calls, observe_value


def see(answer: Callable[..., Any], *args: Any, **kwargs: Any) -> Observation:
    [seen] = observe_calls(answer, [(args, kwargs)], Conditions())
    return seen


def raising(error: BaseException) -> Callable[[], None]:
    def answer() -> None:
        raise error

    return answer


def test_a_plain_answer_is_its_value() -> None:
    assert see(lambda x, k: x * k, 2, k=3) == Observation(value=6, labels=("x",))


def test_arguments_are_copies_and_one_changed_in_place_is_named() -> None:
    def sort_of(x: Any, rows: Any, *, options: Any) -> Any:
        x.sort()
        rows[0]["a"][0] = 9
        options["k"] = 2
        return x

    x, rows, options = np.array([2.0, 1.0]), [{"a": torch.zeros(2)}], {"k": 1}
    seen = see(sort_of, x, rows, options=options)
    assert seen.changed == ("x", "rows", "options")
    assert seen.value.tolist() == [1.0, 2.0]
    assert x.tolist() == [2.0, 1.0]
    assert rows[0]["a"].tolist() == [0.0, 0.0]
    assert options == {"k": 1}


@pytest.mark.parametrize(
    "change",
    [
        lambda x: x.append(1),
        lambda x: x.__setitem__(0, True),
        lambda x: x.__setitem__(0, 1.0),
        lambda x: x.__setitem__(1, np.float32(2)),
        lambda x: x[2].__iadd__(1),
        lambda x: x[2].resize(4, refcheck=False),
        lambda x: x[3].update(b=1),
        lambda x: x[3].update(b=x[3].pop("b")) or x[3].update(a=x[3].pop("a")),
        lambda x: x.__setitem__(4, 10**6000 + 1),
    ],
)
def test_no_change_in_place_is_too_small_to_be_seen(change: Callable[[Any], Any]) -> None:
    assert see(lambda x: change(x) and None, [1, 2.0, np.zeros(3), {"a": 1, "b": 2}, 10**6000]).changed == ("x",)


def test_arguments_left_as_they_were_are_not_named() -> None:
    untouched = [np.array([np.nan, -0.0]), [math_nan := float("nan"), {"a": math_nan}], 10**6000, {1, 2}, object()]
    assert see(lambda *x: None, *untouched).changed == ()


def test_a_random_generator_may_advance_and_the_test_s_own_does_not() -> None:
    rng = np.random.default_rng(0)
    seen = see(lambda rng: rng.random(), rng)
    assert seen.changed == ()
    assert seen.value == rng.random()


def test_two_arguments_that_are_one_object_stay_one() -> None:
    x = np.zeros(1)
    assert see(lambda a, b: a is b, x, x).value is True


def test_an_argument_without_a_copy_is_handed_over_as_it_is() -> None:
    for single in (torch.ones(1, requires_grad=True) * 2, (i for i in range(3)), sys, threading.Lock()):
        assert see(lambda x, it=single: x is it, single).value is True


def test_an_error_is_its_kinds_and_its_text() -> None:
    seen = see(lambda x: [][x], 3)
    assert seen.raised is not None
    assert seen.raised.kinds == ("IndexError", "LookupError", "Exception")
    assert seen.raised.text == "list index out of range"
    assert seen.value is None
    assert seen.attempted


def test_an_answer_that_leaves_or_never_returns_is_an_error_like_any_other() -> None:
    def deeper(n: int) -> int:
        return deeper(n + 1)

    kinds = [see(answer, 0).raised.kinds[0] for answer in (sys.exit, deeper)]  # type: ignore[union-attr]
    assert kinds == ["SystemExit", "RecursionError"]


def test_an_interrupt_stops_the_cell() -> None:
    with pytest.raises(KeyboardInterrupt):
        see(raising(KeyboardInterrupt()))


def test_a_stub_is_not_attempted_and_an_operation_that_torch_lacks_is_an_error() -> None:
    assert not see(raising(NotAttempted())).attempted
    assert not see(raising(NotImplementedError())).attempted
    for answer in (lambda: torch.ones(2, dtype=torch.int32).softmax(0), lambda: torch.nn.Module()(1)):
        seen = see(answer)
        assert seen.attempted
        assert seen.raised is not None
        assert seen.raised.kinds[0] == "NotImplementedError"


class Unspeakable(Exception):
    def __str__(self) -> str:
        raise ZeroDivisionError


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (Unspeakable(), ""),
        (ValueError("x" * 10**6), "x" * 500),
        (ValueError("\ud800 \x00"), "\\ud800 \x00"),
        (KeyError("a"), "'a'"),
    ],
    ids=["unspeakable", "long", "surrogate", "key"],
)
def test_the_text_of_an_error_is_short_and_can_be_printed(error: Exception, text: str) -> None:
    seen = see(raising(error))
    assert seen.raised is not None
    assert seen.raised.text == text


def test_what_is_not_plain_is_refused() -> None:
    def batches(n: int) -> Iterator[int]:
        yield from range(n)

    async def later() -> int:
        await asyncio.sleep(0)
        return 1

    assert see(batches, 3).refusal.startswith("you returned a generator")
    assert see(later).refusal.startswith("you returned a coroutine")
    assert see(lambda: later).refusal.startswith("you returned the function itself")


def test_nothing_reaches_stderr(capfd: pytest.CaptureFixture[str]) -> None:
    def noisy(x: Any) -> float:
        print("to stderr", file=sys.stderr)
        warnings.warn("deprecated", DeprecationWarning, stacklevel=1)
        thread = threading.Thread(target=lambda: print("from a thread", file=sys.stderr))
        thread.start()
        thread.join()
        return float(np.log(x))

    seen = see(noisy, np.zeros(()))
    assert seen.value == -np.inf
    assert seen.warned == ("DeprecationWarning: deprecated", "RuntimeWarning: divide by zero encountered in log")
    out, err = capfd.readouterr()
    assert err == ""
    assert out == "to stderr\nfrom a thread\n"


def test_settings_of_an_answer_do_not_outlive_it() -> None:
    def answer() -> None:
        warnings.simplefilter("ignore")
        sys.stderr = None  # type: ignore[assignment]

    filters, stderr = list(warnings.filters), sys.stderr
    assert see(answer) == Observation()
    assert warnings.filters == filters
    assert sys.stderr is stderr


@pytest.mark.parametrize(
    ("answer", "labels"),
    [
        (lambda x, k: None, ("x", "k")),
        (lambda *xs: None, ("xs", "argument 2")),
        (functools.partial(lambda a, x, k: None, 0), ("x", "k")),
        (type("Net", (), {"__init__": lambda self, width, depth: None}), ("width", "depth")),
        (max, ("argument 1", "argument 2")),
    ],
)
def test_arguments_have_the_names_of_the_parameters(answer: Callable[..., Any], labels: tuple[str, ...]) -> None:
    assert see(answer, 1, 2).labels == labels


def test_a_signature_that_lies_only_costs_the_names() -> None:
    def answer(x: int) -> int:
        return x

    class Trap:
        __call__ = staticmethod(answer)

        @property
        def __signature__(self) -> None:
            raise ZeroDivisionError

    answer.__signature__ = "nothing"  # type: ignore[attr-defined]
    assert see(answer, 1) == Observation(value=1, labels=("argument 1",))
    assert see(Trap(), 1) == Observation(value=1, labels=("argument 1",))


def test_a_value_is_looked_at_and_three_dots_are_not_attempted() -> None:
    assert observe_value([1, 2]) == Observation(value=[1, 2])
    assert observe_value(...) == Observation(attempted=False)
    assert observe_value(object()).refusal.startswith("you returned an object")
