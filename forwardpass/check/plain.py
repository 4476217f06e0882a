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
# Types by identity: to compare or hash a type would ask its metaclass, which an answer may have written.
_ATOMS = {id(kind) for kind in (type(None), bool, int, float, complex, str, bytes)}
_NUMPY_SCALARS = {id(kind) for kind in np.sctypeDict.values()}
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
    if id(kind) in _ATOMS:
        return value
    if id(kind) in _NUMPY_SCALARS:
        return _plain_scalar(value)  # type: ignore[arg-type]
    if kind is np.ndarray:
        return _plain_array(value)  # type: ignore[arg-type]
    if kind is list or kind is tuple or _is_torch_size(kind):
        return _plain_sequence(value, depth)  # type: ignore[arg-type]
    if kind is dict:
        return {_plain_key(k, depth): to_plain(v, depth + 1) for k, v in value.items()}  # type: ignore[attr-defined]
    if _is_tensor(kind):
        return _plain_tensor(value, depth)
    raise NotPlainError(_refusal(value))


def is_atom(value: object) -> bool:
    """Whether a value is plain, has no parts and can't be changed."""
    return id(type(value)) in _ATOMS


def _plain_scalar(value: np.generic) -> Plain:
    if value.dtype.kind in _NUMERIC_KINDS:
        return value
    if value.dtype.kind in "US":
        return value.item()
    raise NotPlainError(f"your answer holds a NumPy {value.dtype} value; numbers and strings are expected")


def _plain_array(value: np.ndarray[Any, Any]) -> Plain:
    if value.dtype.kind in _NUMERIC_KINDS:
        return value.astype(value.dtype.newbyteorder("="))
    if value.dtype.kind in "US":
        return value.tolist()
    mixed = ": did you mix rows of different lengths?" if value.dtype.kind == "O" else ""
    raise NotPlainError(f"your array has dtype {value.dtype}, so NumPy can't calculate with it{mixed}")


def _plain_key(key: object, depth: int) -> Plain:
    plain = to_plain(key, depth + 1)
    try:
        hash(plain)
    except TypeError:
        raise NotPlainError("a key of your dict is an array or a tensor; use numbers, strings or tuples") from None
    return plain


def _plain_tensor(tensor: object, depth: int) -> Plain:
    try:  # the class's own method: an attribute of the tensor may hide it
        array = sys.modules["torch"].Tensor.numpy(tensor, force=True)
    except Exception as error:
        raise NotPlainError(f"your tensor can't be made into an array: {error}") from None
    return to_plain(array, depth + 1)


def _plain_sequence(value: list[Any] | tuple[Any, ...], depth: int) -> Plain:
    items = [to_plain(item, depth + 1) for item in value]
    return items if type(value) is list else tuple(items)


def _is_tensor(kind: type) -> bool:
    torch = sys.modules.get("torch")
    return torch is not None and (kind is torch.Tensor or kind is torch.nn.Parameter)


def _is_torch_size(kind: type) -> bool:
    torch = sys.modules.get("torch")
    return torch is not None and kind is torch.Size


def _refusal(value: object) -> str:
    kind = type(value)
    if issubclass(kind, Iterator):
        return f"you returned a {kind.__name__}, which yields its values later: collect them with list(...)"
    if issubclass(kind, range | set | frozenset):
        return f"you returned a {kind.__name__}; turn it into a list"
    if issubclass(kind, dict):
        return f"you returned {_article(kind.__name__)} {kind.__name__}; turn it into a dict"
    if issubclass(kind, np.ndarray):
        return f"you returned a {kind.__module__}.{kind.__name__}; return an ordinary NumPy array"
    if callable(value):
        return f"you returned the {kind.__name__} itself: did you forget to call it with ()?"
    name = kind.__name__
    return (
        f"you returned {_article(name)} {name}, not a plain value (number, string, list, tuple, dict, array or tensor)"
    )


def _article(noun: str) -> str:
    return "an" if noun[:1].lower() in "aeiou" else "a"
