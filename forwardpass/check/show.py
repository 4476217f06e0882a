"""Values as a student should read them: on one line, shape first."""

from typing import Any

import numpy as np

from forwardpass.check.plain import NotPlainError, Plain, to_plain

_MAX_ITEMS = 16
_MAX_TEXT = 300
_MAX_BITS = 1000
_USUAL_DTYPES = ("float64", "int64", "bool")


def value(thing: Plain, like: Plain = None) -> str:
    """A plain value on one line; large arrays by shape, dtype and range; a list as an array if `like` is one."""
    if isinstance(like, np.ndarray) and isinstance(thing, list | tuple) and (array := _as_array(thing)) is not None:
        return f"shape {array.shape}: {_cut(bare(thing))}"
    if isinstance(thing, np.ndarray):
        return _array(thing)
    if isinstance(thing, list | tuple) and _is_flat_numbers(thing) and len(thing) > _MAX_ITEMS:
        return f"{len(thing)} numbers: {_cut(bare(thing))}"
    return _cut(bare(thing))


def bare(thing: Plain) -> str:
    """A plain value without its shape."""
    if isinstance(thing, np.ndarray):
        return _numbers(thing)
    if isinstance(thing, int) and thing.bit_length() > _MAX_BITS:
        return f"a whole number of {thing.bit_length()} bits"
    if isinstance(thing, bool | np.bool_ | int | np.integer | np.complexfloating):
        return str(thing)
    if isinstance(thing, float | np.floating):
        return _float(float(thing))
    if isinstance(thing, list):
        return "[" + ", ".join(map(bare, thing)) + "]"
    if isinstance(thing, tuple):
        return "(" + ", ".join(map(bare, thing)) + ("," if len(thing) == 1 else "") + ")"
    if isinstance(thing, dict):
        return "{" + ", ".join(f"{bare(key)}: {bare(item)}" for key, item in thing.items()) + "}"
    return repr(thing)


def arguments(labels: tuple[str, ...], args: tuple[Any, ...], kwargs: dict[str, Any], subjects: dict[str, Any]) -> str:
    """The arguments of a call, as 'x = [3, 1], k = 2'; what is of the answer (`subjects`) by its name."""
    named = [*zip(labels, args, strict=False), *kwargs.items()]
    return ", ".join(f"{name} = {_argument(item, subjects)}" for name, item in named)


def _argument(item: object, subjects: dict[str, Any]) -> str:
    try:
        plain = to_plain(item)
    except NotPlainError:
        own = next((name for name, subject in subjects.items() if subject is item), "")
        return f"your {own}" if own else _thing(item)
    if isinstance(plain, np.ndarray) and max(plain.size, *plain.shape, 0) > _MAX_ITEMS:
        return _summary(plain)
    if isinstance(plain, np.ndarray):
        return bare(plain) + ("" if plain.dtype in _USUAL_DTYPES else f" {plain.dtype}")
    return _cut(bare(plain))


def _thing(item: object) -> str:
    name = getattr(item, "__name__", "")
    is_named = callable(item) and isinstance(name, str) and name.isidentifier()
    return f"the function {name}" if is_named else f"a {type(item).__name__}"


def _array(array: np.ndarray[Any, Any]) -> str:
    if max(array.size, *array.shape, 0) > _MAX_ITEMS:  # an array without a number may have any number of rows
        return _summary(array)
    return f"shape {array.shape} {array.dtype}: {_numbers(array)}"


def _summary(array: np.ndarray[Any, Any]) -> str:
    text = f"shape {array.shape} {array.dtype}"
    if array.dtype.kind in "iuf" and np.isfinite(array).any():
        finite = array[np.isfinite(array)]
        text += f", values {bare(finite.min())} to {bare(finite.max())}"
    return text


def _numbers(array: np.ndarray[Any, Any]) -> str:
    return bare(array.tolist())


def _float(number: float) -> str:
    text = f"{number:.6g}"
    return text if any(c in text for c in ".en") else text + ".0"


def _as_array(items: list[Any] | tuple[Any, ...]) -> np.ndarray[Any, Any] | None:
    try:
        array = np.asarray(items)
    except (ValueError, OverflowError):
        return None
    return array if array.dtype.kind in "biufc" else None


def _is_flat_numbers(items: list[Any] | tuple[Any, ...]) -> bool:
    return all(isinstance(item, int | float) for item in items)


def _cut(text: str) -> str:
    return text if len(text) <= _MAX_TEXT else text[: _MAX_TEXT - 4] + " ..."
