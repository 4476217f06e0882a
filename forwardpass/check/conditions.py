"""What holds while a student's answer runs: forbidden shortcuts, and trusted stand-ins for earlier answers."""

import importlib
import inspect
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, field
from types import FunctionType, ModuleType
from typing import Any
from unittest import mock


class ShortcutUsedError(Exception):
    """The answer called what it was asked to write."""


@dataclass(frozen=True)
class Conditions:
    """Dotted names that must not be called, and functions that replace global names of the answer."""

    forbidden: tuple[str, ...] = ()
    given: dict[str, Callable[..., Any]] = field(default_factory=dict)

    def around(self, subjects: list[object]) -> Callable[[], AbstractContextManager[None]]:
        """What makes a block in which these hold for the code of `subjects`, as often as it is called."""
        if not (self.forbidden or self.given):
            return nullcontext
        switched_off = [(*_owner(dotted), _shortcut(dotted)) for dotted in self.forbidden]
        replaced = []
        for scope in _global_scopes(subjects):
            imported = {
                own: stop for owner, name, stop in switched_off for own in _names_of(getattr(owner, name), scope)
            }
            others = {name: f for name, f in self.given.items() if not any(scope.get(name) is s for s in subjects)}
            replaced.append((scope, imported | others))

        @contextmanager
        def block() -> Iterator[None]:
            with ExitStack() as stack:
                for owner, name, stop in switched_off:
                    stack.enter_context(mock.patch.object(owner, name, stop))
                for scope, functions in replaced:
                    stack.enter_context(_with_globals(scope, functions))
                yield

        return block


_current = Conditions()


def current() -> Conditions:
    """The conditions that hold for the next observation."""
    return _current


@contextmanager
def without(*names: str) -> Iterator[None]:
    """Inside the block, calling one of these dotted names from a student's answer is an error that says so.

    Raises ValueError for a name that does not exist or that can't be replaced.
    """
    for name in names:
        _check(name)
    with _replaced(Conditions(_current.forbidden + names, _current.given)):
        yield


@contextmanager
def given(*modules: ModuleType, **functions: Callable[..., Any]) -> Iterator[None]:
    """Inside the block, global names of a student's answer mean trusted functions.

    modules: each of their public functions stands in for the answer of that name; the answer under test stays itself.
    """
    public = {name: thing for module in modules for name, thing in vars(module).items() if _is_own(module, name, thing)}
    with _replaced(Conditions(_current.forbidden, {**_current.given, **public, **functions})):
        yield


def _is_own(module: ModuleType, name: str, thing: object) -> bool:
    return isinstance(thing, FunctionType) and thing.__module__ == module.__name__ and not name.startswith("_")


@contextmanager
def _replaced(conditions: Conditions) -> Iterator[None]:
    global _current
    before, _current = _current, conditions
    try:
        yield
    finally:
        _current = before


def _check(dotted: str) -> None:
    try:
        with mock.patch.object(*_owner(dotted), _shortcut(dotted)):
            pass
    except TypeError as error:
        raise ValueError(f"check.without expects a name that can be replaced, got {dotted!r}: {error}") from None


def _owner(dotted: str) -> tuple[object, str]:
    path, _, name = dotted.rpartition(".")
    owner: object = None
    for depth in range(path.count(".") + 1, 0, -1) if path else ():
        head, tail = path.split(".")[:depth], path.split(".")[depth:]
        try:
            owner = importlib.import_module(".".join(head))
        except ModuleNotFoundError:
            continue
        for part in tail:
            owner = getattr(owner, part, None)
        break
    if owner is None or not hasattr(owner, name):
        raise ValueError(f"check.without expects a dotted name that exists, such as 'numpy.mean'; got {dotted!r}")
    return owner, name


def _shortcut(dotted: str) -> Callable[..., None]:
    def shortcut(*args: object, **kwargs: object) -> None:
        raise ShortcutUsedError(f"{dotted} is switched off in this test: the point is to write it yourself")

    return shortcut


def _names_of(function: object, scope: dict[str, Any]) -> list[str]:
    """What the answer calls a function that it has imported."""
    return [name for name, thing in scope.items() if thing is function]


@contextmanager
def _with_globals(scope: dict[str, Any], replaced: Mapping[str, Any]) -> Iterator[None]:
    before = {name: scope[name] for name in replaced if name in scope}
    scope.update(replaced)
    try:
        yield
    finally:
        for name in replaced:
            scope.pop(name, None)
        scope.update(before)


def _global_scopes(subjects: list[object]) -> list[dict[str, Any]]:
    scopes: dict[int, dict[str, Any]] = {}
    for subject in filter(callable, subjects):
        kind = subject if isinstance(subject, type) else type(subject)
        for member in (subject, *(() if kind is FunctionType else vars(kind).values())):
            scope = getattr(_innermost(member), "__globals__", None)
            if isinstance(scope, dict):
                scopes[id(scope)] = scope
    return list(scopes.values())


def _innermost(member: Any) -> Any:
    """The function inside a method, a property, a partial or a decorated function."""
    for name in ("__func__", "fget", "func"):
        member = getattr(member, name, member)
    return inspect.unwrap(member)
