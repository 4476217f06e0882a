"""The checks that a test cell calls: each observes an answer through the active transport, and judges what was seen."""

import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from forwardpass.check import conditions, picture, session, show, transport
from forwardpass.check.compare import Tolerance, difference, kind_of
from forwardpass.check.failure import NotAttempted
from forwardpass.check.observation import Observation, Raised
from forwardpass.check.plain import NotPlainError, Plain, to_plain

Mistakes = dict[str, Any]
_NOTHING = "nothing came back: a function hands its answer to the caller with return"


@dataclass(frozen=True)
class Case:
    """The arguments of one call."""

    args: tuple[Any, ...]
    kwargs: dict[str, Any]

    @property
    def size(self) -> float:
        """How big the arguments are: numbers held, then their magnitude, to find the smallest failing case."""
        return sum(map(_size, [*self.args, *self.kwargs.values()]))


def case(*args: Any, **kwargs: Any) -> Case:
    """The arguments of one call, for `equal_many`."""
    return Case(args, kwargs)


def equal(
    target: Any,
    /,
    *args: Any,
    expect: Any,
    mistakes: Mistakes | None = None,
    law: str = "",
    about: str = "",
    rtol: float | None = None,
    atol: float | None = None,
    draw: bool = False,
    **kwargs: Any,
) -> None:
    """Calls the answer (or looks at a value) and wants `expect`: the same structure, shape, kind of number and value.

    mistakes: sentence -> the answer that this mistake would give, or a function of the arguments that computes it.
    about: says in words which case this is, where the arguments do not. draw: a wrong image, (..., H, W), is shown
    beside the expected one and their difference, and said in words. Other keyword arguments go to the answer.
    Raises CheckFailed, or NotAttempted for a stub.
    """
    tolerance = Tolerance(rtol, atol)
    _judge_one(target, Case(args, kwargs), expect, tolerance, mistakes or {}, law, about, draw)


def close(
    target: Any,
    /,
    *args: Any,
    expect: Any,
    rtol: float = 1e-6,
    atol: float = 1e-8,
    mistakes: Mistakes | None = None,
    law: str = "",
    about: str = "",
    draw: bool = False,
    **kwargs: Any,
) -> None:
    """`equal` with a tolerance, |got - expect| <= atol + rtol |expect|, and no look at the precision of floats."""
    tolerance = Tolerance(rtol, atol, precision=False)
    _judge_one(target, Case(args, kwargs), expect, tolerance, mistakes or {}, law, about, draw)


def equal_many(
    target: Any,
    cases: Iterable[Any],
    *,
    expect: Sequence[Any] | Callable[..., Any],
    mistakes: Mistakes | None = None,
    law: str = "",
    rtol: float | None = None,
    atol: float | None = None,
) -> None:
    """`equal` for many cases; reports the smallest that fails.

    cases: each a tuple of arguments or a `case`. expect: one value for each, or a function of a case's arguments.
    """
    all_cases = [_as_case(one) for one in cases]
    wanted = _computed(expect, all_cases) if callable(expect) else list(expect)
    tolerance = Tolerance(rtol, atol)
    failures: list[tuple[float, int, Case, Any, Observation, str]] = []
    for one, want, seen in zip(all_cases, wanted, _observe(target, *all_cases), strict=True):
        if problem := _problem(seen, to_plain(want), tolerance):
            failures.append((one.size, len(failures), one, want, seen, problem))
    if failures:
        _, _, one, want, seen, problem = min(failures, key=lambda failure: failure[:2])
        raise _failure(one, to_plain(want), seen, problem, tolerance, mistakes or {}, law, "")
    session.count_cases(len(all_cases))


def raises(
    error: type[Exception], target: Any, /, *args: Any, mistakes: Mistakes | None = None, law: str = "", **kwargs: Any
) -> None:
    """Calls the answer and wants this exception or a subclass of it."""
    one = Case(args, kwargs)
    [seen] = _observe(target, one)
    _judge_error(error, one, seen, mistakes or {}, law)


def raises_many(
    error: type[Exception], target: Any, cases: Iterable[Any], *, mistakes: Mistakes | None = None, law: str = ""
) -> None:
    """`raises` for many cases."""
    all_cases = [_as_case(one) for one in cases]
    for one, seen in zip(all_cases, _observe(target, *all_cases), strict=True):
        _judge_error(error, one, seen, mistakes or {}, law)


def observe(probe: Callable[..., Any], *args: Any, mistakes: Mistakes | None = None) -> Plain:
    """Calls `probe` where the answer lives, and returns what it returns as plain data; tensors come back as arrays.

    probe: a self-contained function of the test cell; it gets the subjects among its arguments as they are.
    mistakes: sentence -> the exception that this mistake raises.
    Raises CheckFailed if the answer raised or gave something that is not plain, NotAttempted for a stub.
    """
    one = Case(args, {})
    [seen] = _observe(probe, one)
    if seen.raised or seen.refusal:
        likely = _shortcut(seen.raised) or _likely(one, None, seen, Tolerance(), mistakes or {})
        raise session.fail({"got": _got(seen), "likely": likely})
    return seen.value


def that(ok: bool, likely: str, *, law: str = "", got: Any = None) -> None:
    """Judges a condition on observed values: fails with the sentence `likely`."""
    if not ok:
        shown = "" if got is None else show.value(to_plain(got))
        raise session.fail({**_law(law), "got": shown, "likely": likely})
    session.count_cases(1)


def _judge_one(
    target: Any, one: Case, expect: Any, tolerance: Tolerance, mistakes: Mistakes, law: str, about: str, draw: bool
) -> None:
    [seen] = _observe(target, one)
    want = to_plain(expect)
    if problem := _problem(seen, want, tolerance):
        differs = _drawn(want, seen, tolerance) if draw else ""
        raise _failure(one, want, seen, problem, tolerance, mistakes, law, about, differs)
    session.count_cases(1)


def _observe(target: Any, *cases: Case) -> list[Observation]:
    carrier = transport.active()
    if carrier.is_callable(target):
        seen = carrier.call(target, [(one.args, one.kwargs) for one in cases], conditions.current())
    else:
        seen = [_looked_at(carrier.look(target), one) for one in cases]
    if not all(one.attempted for one in seen):
        raise NotAttempted(session.current().exercise)
    return seen


def _looked_at(seen: Observation, one: Case) -> Observation:
    if not (one.args or one.kwargs) or seen.refusal:
        return seen
    return replace(seen, refusal=f"{kind_of(seen.value)}, where a function is expected")


def _problem(seen: Observation, want: Plain, tolerance: Tolerance) -> str:
    if seen.raised:
        return "an error was raised"
    if seen.refusal:
        return seen.refusal
    found = difference(want, seen.value, tolerance)
    if found:
        return str(found)
    return _changes(seen)


def _changes(seen: Observation) -> str:
    names = " and ".join(seen.changed)
    return f"your code changed its argument {names} in place: work on a copy" if names else ""


def _failure(
    one: Case,
    want: Plain,
    seen: Observation,
    problem: str,
    tolerance: Tolerance,
    mistakes: Mistakes,
    law: str,
    about: str,
    differs: str = "",
) -> Exception:
    likely = _shortcut(seen.raised) or _changes(seen) or _likely(one, want, seen, tolerance, mistakes)
    got = _got(seen)
    expected = "" if session.current().hidden else show.value(want, like=seen.value)
    if problem == _changes(seen):  # the value is right
        expected, got, likely = "", "", ""
    elif expected == got:
        problem += ": the two differ in what is not shown here"
    obvious = (likely, seen.refusal, "the value is wrong", "the value is wrong, first at answer[0]")
    return session.fail(
        {
            **_law(law),
            "smallest": about or _shown(one, seen),
            "expected": expected,
            "got": got,
            "problem": problem if problem not in obvious and not seen.raised and not differs else "",
            "differs": differs,
            "likely": likely,
        }
    )


def _drawn(want: Plain, seen: Observation, tolerance: Tolerance) -> str:
    if session.current().hidden or seen.raised or seen.refusal:
        return ""
    images = picture.pair(want, seen.value, tolerance)
    if images is None:
        return ""
    picture.show(images)
    return images.words


def _likely(one: Case, want: Plain, seen: Observation, tolerance: Tolerance, mistakes: Mistakes) -> str:
    if seen.refusal:
        return ""
    for sentence, wrong in mistakes.items():
        if isinstance(wrong, type) and issubclass(wrong, Exception):
            if seen.raised and wrong.__name__ in seen.raised.kinds:
                return sentence
            continue
        if seen.raised:
            continue
        try:
            answer = to_plain(_computed(wrong, [one])[0] if callable(wrong) else wrong)
        except Exception:  # this mistake gives no answer here
            continue
        if difference(answer, seen.value, tolerance) is None and difference(want, answer, tolerance) is not None:
            return sentence
    came_nothing = seen.value is None and not seen.raised
    return _NOTHING if came_nothing and want is not None and want is not ... else ""


def _judge_error(error: type[Exception], one: Case, seen: Observation, mistakes: Mistakes, law: str) -> None:
    if seen.raised and error.__name__ in seen.raised.kinds:
        session.count_cases(1)
        return
    raise session.fail(
        {
            **_law(law),
            "smallest": _shown(one, seen),
            "expected": f"the error {error.__name__}",
            "got": _got(seen),
            "likely": _likely(one, ..., seen, Tolerance(), mistakes),
        }
    )


def _shown(one: Case, seen: Observation) -> str:
    return show.arguments(seen.labels, one.args, one.kwargs, session.current().subjects)


def _got(seen: Observation) -> str:
    if seen.raised:
        where = f" ({seen.raised.line})" if seen.raised.line else ""
        text = f": {seen.raised.text}" if seen.raised.text else ""
        return f"the error {seen.raised.kinds[0]}{text}{where}"
    return seen.refusal or show.value(seen.value)


def _shortcut(raised: Raised | None) -> str:
    return raised.text if raised and "ShortcutUsedError" in raised.kinds else ""


def _law(law: str) -> dict[str, str]:
    return {"law": law} if law else {}


def _as_case(one: Any) -> Case:
    if isinstance(one, Case):
        return one
    return Case(one if isinstance(one, tuple) else (one,), {})


def _computed(function: Callable[..., Any], cases: list[Case]) -> list[Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # nbgrader gives no points to a cell with a warning
        return [function(*one.args, **one.kwargs) for one in cases]


def _size(argument: Any) -> float:
    try:
        plain = to_plain(argument)
    except NotPlainError:
        return 0.0
    if isinstance(plain, np.ndarray):
        return float(plain.size)
    if isinstance(plain, list | tuple | dict | str):
        return float(len(plain))
    number = plain.item() if isinstance(plain, np.generic) else plain
    if isinstance(number, bool | int | float) and number == number:
        return min(abs(number), 1e6) / 1e3
    return 0.0
