"""Observations as bytes, so that they can cross from a student's process to the judge's without pickle.

JSON: None, booleans and strings as they are, all else as [kind, content]. What comes in is not trusted: it is limited
in size, depth and count before anything is made of it, and whatever is not of this form is an error.
"""

import base64
import json
import math
from collections.abc import Callable, Collection
from dataclasses import asdict
from typing import Any

import numpy as np

from forwardpass.check.observation import Observation, Raised
from forwardpass.check.plain import MAX_DEPTH, NotPlainError, Plain, to_plain

MAX_BYTES = 32 * 2**20  # of an array; four thirds of that in base64
MAX_ITEMS = 500_000
MAX_TEXT = 2_000
MAX_KEYS = 2_000  # of a dict, that are no text: numbers of one hash can be chosen, and time grows as their square
MAX_DIGITS = 4_000  # of a whole number; Python prints no more than 4300
_MAX_MESSAGE = MAX_BYTES * 3 // 2
_MAX_HEX = len(hex(-(10**MAX_DIGITS)))
_MAX_AXES = 64
_DEPTH = 4 * MAX_DEPTH  # each level of plain data is up to three of JSON
_DTYPES = {np.dtype(kind).str for kind in np.sctypeDict.values() if np.dtype(kind).kind in "biufc"}
_TOO_LARGE = f"your answer is larger than {MAX_BYTES >> 20} MB"
_TOO_MANY = f"your answer has more than {MAX_ITEMS // 3} parts: put numbers into an array, not into a list"
_TOO_LONG = f"your answer holds a whole number of more than {MAX_DIGITS} digits"


class WireError(ValueError):
    """Bytes that are no observations."""


def encode(observations: list[Observation]) -> bytes:
    """The observations as bytes; one that is too large, by itself or with those before it, is refused."""
    bytes_left, items_left = MAX_BYTES * 4 // 3, MAX_ITEMS
    parts = []
    for seen in observations:
        part = _within(seen, bytes_left, items_left)
        bytes_left -= len(part)
        items_left -= _count(part)
        parts.append(part)
    return b"[" + b",".join(parts) + b"]"


def _within(seen: Observation, most_bytes: int, most_items: int) -> bytes:
    try:
        part = _encoded(seen)
    except NotPlainError as error:
        return _refused(seen, str(error))
    if len(part) > most_bytes:
        return _refused(seen, _TOO_LARGE)
    return _refused(seen, _TOO_MANY) if _count(part) > most_items else part


def _refused(seen: Observation, sentence: str) -> bytes:
    return _encoded(Observation(refusal=sentence, labels=seen.labels))


def _count(message: bytes) -> int:
    """No fewer than the items in a message: each follows a bracket or a comma."""
    return sum(map(message.count, (b"[", b"{", b",")))


def decode(message: bytes) -> list[Observation]:
    """The observations that were encoded. Raises WireError for anything else."""
    if len(message) > _MAX_MESSAGE:
        raise WireError(f"expected at most {_MAX_MESSAGE} bytes, got {len(message)}")
    if _count(message) > 2 * MAX_ITEMS:  # before it is parsed: lists take thirty times more memory than their text
        raise WireError(f"expected at most {MAX_ITEMS} items, got more")
    try:
        found = json.loads(message)
        _check_depth(found)
        return [_observation(one) for one in _list(found)]
    except WireError:
        raise
    except NotPlainError as error:
        raise WireError(str(error)) from None
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, OverflowError, MemoryError) as error:
        raise WireError(f"expected observations, got {type(error).__name__}") from None


def _encoded(seen: Observation) -> bytes:
    return json.dumps({**_shallow(seen), "value": encode_plain(seen.value)}).encode()


def _shallow(seen: Observation) -> dict[str, Any]:
    """All but the value, without what is as always."""
    raised = {} if seen.raised is None else {"raised": asdict(seen.raised)}
    return raised | {name: told for name in _PLAIN if (told := getattr(seen, name)) != getattr(_USUAL, name)}


def _check_depth(message: Any) -> None:
    """Walks without recursion: a hostile message may be nested as deep as it is long."""
    level = [message]
    for _ in range(_DEPTH):
        level = [item for one in level for item in _children(one)]
        if not level:
            return
    raise WireError(f"expected at most {_DEPTH} levels, got more")


def _children(item: Any) -> Any:
    if isinstance(item, dict):
        return item.values()
    return item if isinstance(item, list) else ()


def _observation(message: dict[str, Any]) -> Observation:
    fields = {name: _FORMS[name](told) for name, told in message.items() if name != "value"}
    return Observation(value=to_plain(decode_plain(message["value"])), **fields)


def _raised(message: dict[str, Any]) -> Raised:
    return Raised(_texts(message["kinds"]), _text(message["text"]), _text(message["line"]))


def _boolean(item: Any) -> bool:
    if not isinstance(item, bool):
        raise WireError(f"expected true or false, got {type(item).__name__}")
    return item


def _text(item: Any) -> str:
    if not isinstance(item, str):
        raise WireError(f"expected a text, got {type(item).__name__}")
    return item[:MAX_TEXT].encode("utf-8", "backslashreplace").decode()


def _list(items: Any) -> list[Any]:
    if not isinstance(items, list):
        raise WireError(f"expected a list, got {type(items).__name__}")
    return items


def _texts(items: Any) -> tuple[str, ...]:
    return tuple(map(_text, _list(items)))


_USUAL = Observation()
_FORMS: dict[str, Callable[[Any], Any]] = {
    "raised": _raised,
    "attempted": _boolean,
    "refusal": _text,
    "changed": _texts,
    "labels": _texts,
    "warned": _texts,
}
_PLAIN = [name for name in _FORMS if name != "raised"]


def encode_plain(value: Plain) -> Any:
    """Plain data as JSON can hold it. Raises NotPlainError for a number that is too long."""
    match value:
        case None | bool() | str():
            return value
        case np.ndarray() | np.generic():
            array = np.asarray(value)
            return ["scalar" if isinstance(value, np.generic) else "array", _array_parts(array)]
        case int():
            return ["int", _short(hex(value))]
        case float():
            return ["float", value.hex()]
        case complex():
            return ["complex", [value.real.hex(), value.imag.hex()]]
        case bytes():
            return ["bytes", base64.b64encode(value).decode()]
        case dict():
            _check_keys(value)
            return ["dict", [[encode_plain(key), encode_plain(item)] for key, item in value.items()]]
        case list() | tuple():
            return ["list" if isinstance(value, list) else "tuple", [encode_plain(item) for item in value]]
        case _:
            raise TypeError(f"expected plain data, got {type(value).__name__}")


def decode_plain(message: Any) -> Plain:
    """The plain data that was encoded."""
    if message is None or isinstance(message, bool | str):
        return message
    kind, content = message
    if kind in ("list", "tuple"):
        items = [decode_plain(item) for item in content]
        return items if kind == "list" else tuple(items)
    if kind == "dict":
        pairs = [(decode_plain(key), decode_plain(item)) for key, item in content]
        _check_keys([key for key, _ in pairs])
        return dict(pairs)
    return _ATOMS[kind](content)


def _check_keys(keys: Collection[Plain]) -> None:
    if sum(not isinstance(key, str) for key in keys) > MAX_KEYS:
        raise NotPlainError(f"your answer has a dict of more than {MAX_KEYS} keys that are not text")


def _array_parts(array: np.ndarray[Any, Any]) -> list[Any]:
    return [array.dtype.str, list(array.shape), base64.b64encode(array.tobytes()).decode()]


def _array(parts: list[Any]) -> np.ndarray[Any, Any]:
    dtype, shape, content = parts
    if dtype not in _DTYPES or not _is_shape(shape):
        raise WireError("expected a numeric array, got another dtype or shape")
    data = base64.b64decode(content, validate=True)
    if len(data) != math.prod(shape) * np.dtype(dtype).itemsize:
        raise WireError("expected as many numbers as the shape says, got another count")
    if np.dtype(dtype) == np.bool_ and data.strip(b"\0\1"):
        raise WireError("expected zeros and ones, got another truth value")
    return np.frombuffer(data, dtype).reshape(shape).copy()


def _is_shape(shape: Any) -> bool:
    """Whether it is one, and no longer on any axis than a full array could be: to walk along an empty one ends, too."""
    return len(_list(shape)) <= _MAX_AXES and all(type(n) is int and 0 <= n <= MAX_BYTES for n in shape)


def _complex(real: float, imag: float) -> complex:
    return complex(real, imag)


def _short(text: str) -> str:
    if len(text) > _MAX_HEX:
        raise NotPlainError(_TOO_LONG)
    return text


_ATOMS: dict[str, Callable[[Any], Plain]] = {
    "array": _array,
    "scalar": lambda parts: _array(parts)[()],
    "int": lambda text: int(_short(text), 16),
    "float": float.fromhex,
    "complex": lambda parts: _complex(*map(float.fromhex, parts)),
    "bytes": lambda text: base64.b64decode(text, validate=True),
}
