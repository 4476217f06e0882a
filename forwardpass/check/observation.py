"""Running a student's answer and writing down, as plain data, what it did."""

import contextlib
import copy
import inspect
import sys
import traceback
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from forwardpass.check.conditions import Conditions
from forwardpass.check.plain import NotPlainError, Plain, to_plain


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


def observe_call(
    target: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], conditions: Conditions
) -> Observation:
    """Calls target with copies of the arguments, under `conditions`."""
    own_args, own_kwargs = copy.deepcopy((args, kwargs))
    labels = _labels(target, len(args))
    with conditions.applied([target, *args]), _quiet_errors(), warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        outcome = _outcome(lambda: target(*own_args, **own_kwargs))
    before = {**dict(zip(labels, args, strict=True)), **kwargs}
    after = {**dict(zip(labels, own_args, strict=True)), **own_kwargs}
    changed = tuple(name for name in before if _was_changed(before[name], after[name]))
    warned = tuple(dict.fromkeys(f"{w.category.__name__}: {w.message}" for w in caught))
    return Observation(**outcome, changed=changed, labels=labels, warned=warned)


def observe_value(value: object) -> Observation:
    """Looks at a value that the student assigned; `...` means not attempted."""
    if value is Ellipsis:
        return Observation(attempted=False)
    return Observation(**_outcome(lambda: value))


def _outcome(run: Callable[[], object]) -> dict[str, Any]:
    try:
        return {"value": to_plain(run())}
    except NotImplementedError:
        return {"attempted": False}
    except NotPlainError as error:
        return {"refusal": str(error)}
    except (Exception, SystemExit) as error:
        return {"raised": _describe(error)}


def _describe(error: BaseException) -> Raised:
    kinds = tuple(kind.__name__ for kind in type(error).__mro__ if kind not in (object, BaseException))
    return Raised(kinds, str(error), _line_of_answer(error))


def _line_of_answer(error: BaseException) -> str:
    """The innermost line of code that was typed into a notebook cell, as 'line 3: total = x[k:]'."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if "ipykernel_" in frame.filename and frame.line:
            return f"line {frame.lineno}: {frame.line}"
    return ""


def _labels(target: Callable[..., Any], count: int) -> tuple[str, ...]:
    try:
        names = list(inspect.signature(target).parameters)
    except (TypeError, ValueError):
        names = []
    return tuple(names[i] if i < len(names) else f"argument {i + 1}" for i in range(count))


def _was_changed(before: object, after: object) -> bool:
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
    return repr(a) == repr(b)


@contextlib.contextmanager
def _quiet_errors() -> Iterator[None]:
    # nbgrader gives no points to a cell that writes to stderr, whatever it wrote
    with contextlib.redirect_stderr(sys.stdout):
        yield
