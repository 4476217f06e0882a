"""Plain data: all that may pass from a student's answer to a verdict.

None, booleans, numbers, strings, bytes, lists, tuples, dicts with plain keys, and numeric NumPy arrays. Tensors become
arrays.
Types are matched exactly: a subclass could answer `==` as it likes.
"""

import sys
from collections.abc import Iterator
from typing import Any, TypeAlias

import numpy as np

Plain: TypeAlias = Any
MAX_DEPTH = 20
_ATOMS = (type(None), bool, int, float, complex, str, bytes)
_NUMERIC_KINDS = "biufc"


class NotPlainError(Exception):
    """A value that is not plain data; the text says what it is and what to return instead."""


def to_plain(value: object, depth: int = 0) -> Plain:
    """A copy of `value` made of plain data only.

    Raises NotPlainError with a sentence for the student if that can't be done.
    """
    if depth > MAX_DEPTH:
        raise NotPlainError(f"your answer is nested more than {MAX_DEPTH} levels deep")
    kind = type(value)
    if kind in _ATOMS:
        return value
    if isinstance(value, np.generic):
        return _plain_scalar(value)
    if kind is np.ndarray:
        return _plain_array(value)  # type: ignore[arg-type]
    if kind in (list, tuple) or _is_torch_size(kind):
        return _plain_sequence(value, depth)  # type: ignore[arg-type]
    if kind is dict:
        return {to_plain(k, depth + 1): to_plain(v, depth + 1) for k, v in value.items()}  # type: ignore[attr-defined]
    if _is_tensor(kind):
        return value.detach().resolve_conj().cpu().numpy().copy()  # type: ignore[attr-defined]
    raise NotPlainError(_refusal(value))


def _plain_scalar(value: np.generic) -> Plain:
    if value.dtype.kind in _NUMERIC_KINDS:
        return value
    if value.dtype.kind in "US":
        return value.item()
    raise NotPlainError(f"your answer holds a NumPy {value.dtype} value; numbers and strings are expected")


def _plain_array(value: np.ndarray[Any, Any]) -> Plain:
    if value.dtype.kind in _NUMERIC_KINDS:
        return value.copy()
    if value.dtype.kind in "US":
        return value.tolist()
    raise NotPlainError(
        f"your array has dtype {value.dtype}, so NumPy can't calculate with it: did you mix rows of different lengths?"
    )


def _plain_sequence(value: list[Any] | tuple[Any, ...], depth: int) -> Plain:
    items = [to_plain(item, depth + 1) for item in value]
    return items if type(value) is list else tuple(items)


def _is_tensor(kind: type) -> bool:
    torch = sys.modules.get("torch")
    return torch is not None and kind in (torch.Tensor, torch.nn.Parameter)


def _is_torch_size(kind: type) -> bool:
    torch = sys.modules.get("torch")
    return torch is not None and kind is torch.Size


def _refusal(value: object) -> str:
    kind = type(value)
    if isinstance(value, Iterator):
        return f"you returned a {kind.__name__}, which yields its values later: collect them with list(...)"
    if isinstance(value, range | set | frozenset):
        return f"you returned a {kind.__name__}; turn it into a list"
    if isinstance(value, np.ndarray):
        return f"you returned a {kind.__module__}.{kind.__name__}; return an ordinary NumPy array"
    if callable(value):
        return f"you returned the {kind.__name__} itself: did you forget to call it with ()?"
    name = kind.__name__
    return (
        f"you returned {_article(name)} {name}, not a plain value (number, string, list, tuple, dict, array or tensor)"
    )


def _article(noun: str) -> str:
    return "an" if noun[:1].lower() in "aeiou" else "a"
