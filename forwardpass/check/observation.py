"""Running a student's answer and writing down, as plain data, what it did."""

import contextlib
import copy
import inspect
import sys
import traceback
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from types import FrameType
from typing import Any, TypeAlias

import numpy as np

from forwardpass.check.conditions import Conditions
from forwardpass.check.plain import NotPlainError, Plain, is_atom, to_plain

_MAX_TEXT = 500
Arguments: TypeAlias = tuple[tuple[Any, ...], dict[str, Any]]


@dataclass(frozen=True)
class Raised:
    """An exception: its class and base classes by name, its text, and the line of the answer that raised it."""

    kinds: tuple[str, ...]
    text: str
    line: str = ""


@dataclass(frozen=True)
class Observation:
    """What one call of an answer did. Plain data, so that it can be sent from one process to another.

    value: what came back, if `refusal` and `raised` are empty. refusal: why what came back is no plain value.
    changed: names of the arguments that the call changed in place. labels: a name for each positional argument.
    """

    value: Plain = None
    raised: Raised | None = None
    attempted: bool = True
    refusal: str = ""
    changed: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    warned: tuple[str, ...] = ()


def observe_calls(target: Callable[..., Any], calls: Sequence[Arguments], conditions: Conditions) -> list[Observation]:
    """Calls target with copies of these arguments, one after the other.

    conditions: hold for its code, and for the code of everything that is among the arguments of any call.
    """
    names = _parameter_names(target)
    subjects = [target, *(thing for args, kwargs in calls for thing in (*args, *kwargs.values()))]
    under = conditions.around(subjects)
    return [_observe_call(target, args, kwargs, under, names) for args, kwargs in calls]


def _observe_call(
    target: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    conditions: Callable[[], AbstractContextManager[None]],
    names: list[str],
) -> Observation:
    labels = _labels(names, len(args))
    with _quiet_errors(), warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        own_args, own_kwargs = _copied(args, kwargs)

        def run() -> object:
            with conditions():
                return target(*own_args, **own_kwargs)

        outcome = _outcome(run)
    before = {**dict(zip(labels, args, strict=True)), **kwargs}
    after = {**dict(zip(labels, own_args, strict=True)), **own_kwargs}
    changed = tuple(name for name in before if _was_changed(before[name], after[name]))
    warned = tuple(dict.fromkeys(f"{w.category.__name__}: {_text_of(w.message)}" for w in caught))
    return Observation(**outcome, changed=changed, labels=labels, warned=warned)


def observe_value(value: object) -> Observation:
    """Looks at a value that the student assigned; `...` means not attempted."""
    if value is Ellipsis:
        return Observation(attempted=False)
    return Observation(**_outcome(lambda: value))


def _outcome(run: Callable[[], object]) -> dict[str, Any]:
    try:
        return {"value": to_plain(run())}
    except NotPlainError as error:
        return {"refusal": _text_of(error)}
    except (Exception, SystemExit) as error:
        # a stub's NotImplementedError has no text; PyTorch's, for an operation that a dtype lacks, says what is wrong
        if isinstance(error, NotImplementedError) and not _text_of(error):
            return {"attempted": False}
        return {"raised": _describe(error)}


def _describe(error: BaseException) -> Raised:
    kinds = tuple(kind.__name__ for kind in type(error).__mro__ if kind not in (object, BaseException))
    return Raised(kinds, _text_of(error), _line_of_answer(error))


def _text_of(error: object) -> str:
    """What an exception says: no more than a message can show, and nothing if saying it fails."""
    try:
        text = str(error)
    except Exception:
        return ""
    return text[:_MAX_TEXT].encode("utf-8", "backslashreplace").decode()


def _line_of_answer(error: BaseException) -> str:
    """The innermost line of another notebook cell than the test's, as 'line 3: total = x[k:]'."""
    running = set(_running_files())
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if "ipykernel_" in frame.filename and frame.filename not in running and frame.line:
            return f"line {frame.lineno}: {frame.line}"
    return ""


def _running_files() -> Iterator[str]:
    frame: FrameType | None = sys._getframe()
    while frame is not None:
        yield frame.f_code.co_filename
        frame = frame.f_back


def _parameter_names(target: Callable[..., Any]) -> list[str]:
    """What the parameters of a function are called; nothing if it does not say."""
    try:
        return list(inspect.signature(target).parameters)
    except Exception:  # built-in functions have none, and an answer's own `__signature__` may be anything
        return []


def _labels(names: list[str], count: int) -> tuple[str, ...]:
    return tuple(names[i] if i < len(names) else f"argument {i + 1}" for i in range(count))


def _copied(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
    if all(map(is_atom, (*args, *kwargs.values()))):
        return args, kwargs
    try:
        return copy.deepcopy((args, kwargs))
    except Exception:  # an answer among the arguments of a probe may have no copy
        return args, kwargs


def _was_changed(before: object, after: object) -> bool:
    if is_atom(before):
        return False
    try:
        old, new = to_plain(before), to_plain(after)
    except NotPlainError:
        return False
    return not _identical(old, new)


def _identical(a: Plain, b: Plain) -> bool:
    if type(a) is not type(b):
        return False
    if isinstance(a, np.ndarray):
        return bool(a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes())
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(map(_identical, a, b))
    if isinstance(a, dict):
        return list(a) == list(b) and all(_identical(a[key], b[key]) for key in a)
    return bool(a == b) or bool(a != a and b != b)  # NaN is not equal to itself


@contextlib.contextmanager
def _quiet_errors() -> Iterator[None]:
    # nbgrader gives no points to a cell that writes to stderr, whatever it wrote
    with contextlib.redirect_stderr(sys.stdout):
        yield
