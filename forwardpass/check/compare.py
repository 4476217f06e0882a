"""Whether an answer is the expected one, and if not, what is different: structure, shape, kind, precision, value."""

import sys
from dataclasses import dataclass
from typing import Any

import numpy as np

from forwardpass.check import show
from forwardpass.check.plain import Plain

_DEFAULT_RTOL = {8: 1e-9, 4: 1e-5, 2: 1e-2}  # by the size of a float in bytes
_DEFAULT_ATOL = {8: 1e-12, 4: 1e-6, 2: 1e-3}  # relative to the largest number expected: what cancellation leaves
_KINDS = {"b": "true or false", "i": "whole number", "u": "whole number", "f": "float", "c": "complex number"}
Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Tolerance:
    """How near is near enough. None means: to rounding, at the precision of the numbers compared."""

    rtol: float | None = None
    atol: float | None = None
    precision: bool = True


@dataclass(frozen=True)
class Difference:
    """What is different, without the expected value; `where` is a path such as `[2]["y"]`, or empty."""

    reason: str
    where: str = ""

    def __str__(self) -> str:
        return f"{self.reason}, first at answer{self.where}" if self.where else self.reason


def difference(expected: Plain, got: Plain, tolerance: Tolerance, where: str = "") -> Difference | None:
    """The first difference between two plain values, or None if they agree."""
    if isinstance(expected, np.ndarray):
        return _against_array(expected, got, tolerance, where)
    if isinstance(expected, list | tuple):
        return _against_sequence(expected, got, tolerance, where)
    if isinstance(expected, dict):
        return _against_dict(expected, got, tolerance, where)
    if isinstance(expected, bool | int | float | complex | np.generic):
        return _against_number(expected, got, tolerance, where)
    if type(expected) is type(got) and expected == got:
        return None
    return Difference(
        f"the answer is {kind_of(got)}, not {kind_of(expected)}"
        if type(expected) is not type(got)
        else "the value differs",
        where,
    )


def kind_of(value: Plain) -> str:
    """What a plain value is, in words: 'an array', 'a whole number'."""
    if isinstance(value, np.ndarray):
        return "a 0-d array" if value.ndim == 0 else "an array"
    if isinstance(value, bool | np.bool_):
        return "True or False"
    if isinstance(value, int | np.integer):
        return "a whole number"
    if isinstance(value, float | np.floating):
        return "a float"
    if isinstance(value, complex | np.complexfloating):
        return "a complex number"
    names = {str: "a string", list: "a list", tuple: "a tuple", dict: "a dict", type(None): "None"}
    return names.get(type(value), f"of type {type(value).__name__}")


def _against_number(expected: Any, got: Any, tolerance: Tolerance, where: str) -> Difference | None:
    if isinstance(got, np.ndarray) and got.ndim == 0:
        return Difference("the answer is a 0-d array, not a number: float(...) or .item() makes a number of it", where)
    if not isinstance(got, bool | int | float | complex | np.generic):
        return Difference(f"the answer is {kind_of(got)}, not a single number", where)
    return _number_difference(expected, got, tolerance, where)


def _number_difference(expected: Any, got: Any, tolerance: Tolerance, where: str) -> Difference | None:
    want, have = _number_kind(expected), _number_kind(got)
    if "b" in (want, have) and want != have:
        return Difference(f"the answer is {kind_of(got)}, not {kind_of(expected)}", where)
    if "ifc".find(have) > "ifc".find(want):
        hint = " (an int)" if want == "i" else ""
        return Difference(f"the answer is {kind_of(got)}, not {kind_of(expected)}{hint}", where)
    if want in "bi":
        return None if expected == got else Difference("the value is wrong", where)
    if have == "i" and not -sys.float_info.max <= got <= sys.float_info.max:
        return Difference("the value is wrong", where)
    number = float(got) if have == "i" else got
    return _value_difference(np.asarray(expected), np.asarray(number), tolerance, where)


def _number_kind(number: Any) -> str:
    if isinstance(number, np.generic):
        return number.dtype.kind.replace("u", "i")
    return {bool: "b", int: "i", float: "f", complex: "c"}[type(number)]


def _against_sequence(expected: Any, got: Plain, tolerance: Tolerance, where: str) -> Difference | None:
    if isinstance(got, np.ndarray):
        return _against_untyped_array(expected, got, tolerance, where)
    if not isinstance(got, list | tuple):
        return Difference(f"the answer is {kind_of(got)}, not {kind_of(expected)}", where)
    if len(expected) != len(got):
        return Difference(f"the answer has length {len(got)}, not {len(expected)}", where)
    found = (difference(e, g, tolerance, f"{where}[{i}]") for i, (e, g) in enumerate(zip(expected, got, strict=True)))
    return next((one for one in found if one), None)


def _against_untyped_array(expected: Any, got: Array, tolerance: Tolerance, where: str) -> Difference | None:
    try:
        untyped = np.asarray(expected)
    except (ValueError, OverflowError):
        untyped = np.asarray(None)
    if untyped.dtype.kind not in "biufc":
        return Difference(f"the answer is an array, not {kind_of(expected)}", where)
    if untyped.size == 0:
        untyped = untyped.astype(got.dtype)
    return _against_array(untyped, got, Tolerance(tolerance.rtol, tolerance.atol, precision=False), where)


def _against_dict(expected: dict[Any, Any], got: Plain, tolerance: Tolerance, where: str) -> Difference | None:
    if not isinstance(got, dict):
        return Difference(f"the answer is {kind_of(got)}, not a dict", where)
    if extra := [key for key in got if key not in expected]:
        return Difference(f"the key {show.value(extra[0])} does not belong in the dict", where)
    if len(got) < len(expected):
        return Difference("a key is missing in the dict", where)
    found = (difference(expected[key], got[key], tolerance, f"{where}[{show.bare(key)}]") for key in expected)
    return next((one for one in found if one), None)


def _against_array(expected: Array, got: Plain, tolerance: Tolerance, where: str) -> Difference | None:
    if not isinstance(got, np.ndarray):
        if expected.ndim == 0 and isinstance(got, int | float | complex | np.generic):
            return _against_number(expected[()], got, tolerance, where)
        return Difference(f"the answer is {kind_of(got)}, not an array", where)
    if expected.shape != got.shape:
        return Difference(f"the shape is {got.shape}, not {expected.shape}", where)
    kinds = {expected.dtype.kind.replace("u", "i"), got.dtype.kind.replace("u", "i")}
    if len(kinds) > 1:
        return Difference(f"the numbers are of dtype {got.dtype}, not {_wanted_dtype(expected, tolerance)}", where)
    if tolerance.precision and expected.dtype.kind in "fc" and expected.dtype != got.dtype:
        return Difference(f"the dtype is {got.dtype}, not {expected.dtype}", where)
    return _value_difference(expected, got, tolerance, where)


def _wanted_dtype(expected: Array, tolerance: Tolerance) -> str:
    return str(expected.dtype) if tolerance.precision else f"a {_KINDS[expected.dtype.kind]} type"


def _value_difference(expected: Array, got: Array, tolerance: Tolerance, where: str) -> Difference | None:
    wrong = wrong_places(expected, got, tolerance)
    if not wrong.any():
        return None
    for name, test in (("NaN", np.isnan), ("infinite", np.isinf)):
        if got.dtype.kind in "fc" and (bad := test(got) & wrong).any():
            return Difference(f"{_how_many(bad)} {name}", _place_of(bad, where))
    return Difference(f"{_how_many(wrong)} wrong", _place_of(wrong, where))


def _place_of(bad: Array, where: str) -> str:
    return f"{where}[{', '.join(str(int(i)) for i in np.argwhere(bad)[0])}]" if bad.ndim else where


def _how_many(bad: Array) -> str:
    if bad.size == 1:
        return "the value is"
    count = int(bad.sum())
    return f"{count} of {bad.size} values {'is' if count == 1 else 'are'}"


def wrong_places(expected: Array, got: Array, tolerance: Tolerance) -> Array:
    """Which values of two numeric arrays of one shape differ by more than the tolerance."""
    if expected.dtype.kind in "biu" and got.dtype.kind in "biu":
        return np.asarray(expected != got)
    rtol, atol = _bounds(expected, got, tolerance)
    kind = np.result_type(expected.real, got.real, np.float64)
    with np.errstate(all="ignore"):
        close = [
            np.isclose(have.astype(kind), want.astype(kind), rtol=rtol, atol=atol, equal_nan=True)
            for want, have in ((expected.real, got.real), (expected.imag, got.imag))
        ]
    return np.asarray(~(close[0] & close[1]))


def _bounds(expected: Array, got: Array, tolerance: Tolerance) -> tuple[float, float]:
    sizes = [a.real.dtype.itemsize for a in (expected, got) if a.dtype.kind in "fc"]
    is_half = expected.dtype.kind in "fc" and expected.real.dtype.itemsize == 2
    precision = max(2 if is_half else 4, min(size for size in (*sizes, 8) if size in _DEFAULT_RTOL))
    rtol = _DEFAULT_RTOL[precision] if tolerance.rtol is None else tolerance.rtol
    if tolerance.atol is not None:
        return rtol, tolerance.atol
    numbers = np.stack([expected.real, expected.imag])
    scale = float(np.abs(numbers[np.isfinite(numbers)]).max(initial=0))
    return rtol, _DEFAULT_ATOL[precision] * (scale or 1.0)
