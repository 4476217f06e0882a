"""What holds while a student's answer runs: forbidden shortcuts, and trusted stand-ins for earlier answers."""

import importlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest import mock


class ShortcutUsedError(Exception):
    """The answer called what it was asked to write."""


@dataclass(frozen=True)
class Conditions:
    """Dotted names that must not be called, and functions that replace global names of the answer."""

    forbidden: tuple[str, ...] = ()
    given: dict[str, Callable[..., Any]] = field(default_factory=dict)

    @contextmanager
    def applied(self, subjects: list[object]) -> Iterator[None]:
        """Holds inside the block, for the code of `subjects`."""
        with ExitStack() as stack:
            for name in self.forbidden:
                stack.enter_context(_switched_off(name))
            for scope in _global_scopes(subjects) if self.given else ():
                stack.enter_context(mock.patch.dict(scope, self.given))
            yield


_current = Conditions()


def current() -> Conditions:
    """The conditions that hold for the next observation."""
    return _current


@contextmanager
def without(*names: str) -> Iterator[None]:
    """Inside the block, calling one of these dotted names from a student's answer is an error that says so.

    Raises ValueError for a name that does not exist.
    """
    for name in names:
        _owner(name)
    with _replaced(Conditions(_current.forbidden + names, _current.given)):
        yield


@contextmanager
def given(**functions: Callable[..., Any]) -> Iterator[None]:
    """Inside the block, these global names of a student's answer mean the given functions."""
    with _replaced(Conditions(_current.forbidden, {**_current.given, **functions})):
        yield


@contextmanager
def _replaced(conditions: Conditions) -> Iterator[None]:
    global _current
    before, _current = _current, conditions
    try:
        yield
    finally:
        _current = before


def _owner(dotted: str) -> tuple[object, str]:
    path, _, name = dotted.rpartition(".")
    owner: object = None
    for depth in range(path.count(".") + 1, 0, -1):
        head, tail = path.split(".")[:depth], path.split(".")[depth:]
        try:
            owner = importlib.import_module(".".join(head))
        except ModuleNotFoundError:
            continue
        for part in tail:
            owner = getattr(owner, part, None)
        break
    if not hasattr(owner, name):
        raise ValueError(f"check.without expects a dotted name that exists, such as 'numpy.mean'; got {dotted!r}")
    return owner, name


def _switched_off(dotted: str) -> Any:
    def shortcut(*args: object, **kwargs: object) -> None:
        raise ShortcutUsedError(f"{dotted} is switched off in this test: the point is to write it yourself")

    owner, name = _owner(dotted)
    return mock.patch.object(owner, name, shortcut)


def _global_scopes(subjects: list[object]) -> list[dict[str, Any]]:
    scopes: dict[int, dict[str, Any]] = {}
    for subject in subjects:
        members = list(vars(subject).values()) if isinstance(subject, type) else [subject]
        for member in members:
            scope = getattr(member, "__globals__", None)
            if isinstance(scope, dict):
                scopes[id(scope)] = scope
    return list(scopes.values())
