"""What agrees with what: structure, then shape, then kind of number, then precision, then value; and where not."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from forwardpass.check import show
from forwardpass.check.compare import Tolerance, difference
from forwardpass.check.plain import to_plain

from .plain_values import DTYPES, leaves, replaced, values

quick = settings(deadline=None, derandomize=True)


def reason(expected: Any, got: Any, **tolerance: Any) -> str:
    """The first difference and its place, as 'the value is wrong [1]'; empty when they agree."""
    found = difference(to_plain(expected), to_plain(got), Tolerance(**tolerance))
    return f"{found.reason} {found.where}".strip() if found else ""


def another(value: Any) -> Any:
    """A value of the same kind, far from this one."""
    if isinstance(value, bool | np.bool_):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, np.integer):
        return value ^ type(value)(1)
    if isinstance(value, str | bytes):
        return value + value[:1] + (b"x" if isinstance(value, bytes) else "x")
    if value is None:
        return 0
    return type(value)(0) if not np.isfinite(value) else type(value)(np.nan)


@given(values)
@quick
def test_every_plain_value_agrees_with_itself(value: Any) -> None:
    assert difference(value, to_plain(value), Tolerance()) is None


@given(values, values)
@quick
def test_any_two_values_are_compared_without_an_error_or_a_warning(one: Any, other: Any) -> None:
    found = difference(one, other, Tolerance())
    assert found is None or str(found)
    assert show.value(one)
    assert show.value(one, like=other)


@given(values, st.data())
@quick
def test_one_changed_value_is_found_and_its_place_named(value: Any, data: st.DataObject) -> None:
    paths = list(leaves(value))
    assume(paths)
    path = data.draw(st.sampled_from(paths))
    found = difference(value, replaced(value, path, another), Tolerance())
    assert found is not None
    assert found.where == "".join(f"[{place(step)}]" for step in path if step != ())


def place(step: Any) -> str:
    inside_array = isinstance(step, tuple) and all(type(i) is int for i in step) and len(step) > 0
    return ", ".join(map(str, step)) if inside_array else show.bare(step)


@given(st.sampled_from(["f4", "f8"]), st.integers(-30, 30), st.data())
@quick
def test_floats_agree_to_rounding_at_every_scale(dtype: str, exponent: int, data: st.DataObject) -> None:
    numbers = data.draw(st.lists(st.floats(0.5, 1.0), min_size=1, max_size=5))
    x = np.array(numbers, dtype) * np.dtype(dtype).type(10.0) ** exponent
    i = data.draw(st.integers(0, len(x) - 1))
    rounding = {"f4": 1e-5, "f8": 1e-9}[dtype]
    near, far = x.copy(), x.copy()
    near[i] *= 1 + rounding / 4
    far[i] *= 1 + rounding * 8
    assert reason(x, near) == ""
    assert reason(x, far) == f"{'the value is' if len(x) == 1 else f'1 of {len(x)} values is'} wrong [{i}]"


AGREE = [
    (5, 5),
    (5, np.int32(5)),
    (5.0, 5),
    (5.0, np.float32(5)),
    (5.0, 5.0 + 1e-12),
    (0.0, 1e-12),
    (0.1, np.float32(0.1)),
    (5 + 0j, 5),
    (True, np.True_),
    (2.0**70, 2**70),
    (10**400, 10**400),
    (2**63, np.uint64(2**63)),
    (math.nan, np.nan),
    (math.inf, np.inf),
    ([1, 2], (1, 2)),
    ((1, [2, 3]), [1, (2, 3)]),
    ([1, 2], np.array([1, 2], "u1")),
    ([1.0, 2.0], np.array([1, 2], "f4")),
    ([1.0, 2.0], [1, 2]),
    ([1, 2.5], np.array([1, 2.5])),
    ([], np.array([], "f4")),
    ([[]], np.zeros((1, 0))),
    ([True], np.array([True])),
    ([np.ones(2), np.ones(2)], np.ones((2, 2), "f4")),
    (np.array([1, 2], "i8"), np.array([1, 2], "i4")),
    (np.array(5), 5),
    (np.array(5.0), np.array(5.0)),
    ({"a": 1, "b": [2]}, {"b": (2,), "a": 1}),
    (np.array([1.5], ">f8"), np.array([1.5])),
    (np.array([np.nan, np.inf, -np.inf, 0.0]), np.array([np.nan, np.inf, -np.inf, -0.0])),
]


@pytest.mark.parametrize(("expected", "got"), AGREE, ids=str)
def test_these_agree(expected: Any, got: Any) -> None:
    assert reason(expected, got) == ""


DIFFER = [
    (5, 5.0, "the answer is a float, not a whole number (an int)"),
    (5, 5 + 0j, "the answer is a complex number, not a whole number (an int)"),
    (5.0, 5 + 0j, "the answer is a complex number, not a float"),
    (5, np.float64(5), "the answer is a float, not a whole number (an int)"),
    (1, True, "the answer is True or False, not a whole number"),
    (1.0, True, "the answer is True or False, not a float"),
    (True, 1, "the answer is a whole number, not True or False"),
    (5, None, "the answer is None, not a single number"),
    (5, "5", "the answer is a string, not a single number"),
    (5, [5], "the answer is a list, not a single number"),
    (5, np.array([5]), "the answer is an array, not a single number"),
    (5, np.array(5), "the answer is a 0-d array, not a number: float(...) or .item() makes a number of it"),
    (5, 6, "the value is wrong"),
    (10**400, 10**400 + 1, "the value is wrong"),
    (10**400, np.int64(1), "the value is wrong"),
    (1.5, 10**400, "the value is wrong"),
    (math.inf, 10**400, "the value is wrong"),
    (2e300, int(3e300), "the value is wrong"),
    (2**63, np.int64(-(2**63)), "the value is wrong"),
    (1.5, math.nan, "the value is NaN"),
    (1.5, -math.inf, "the value is infinite"),
    (math.nan, 1.5, "the value is wrong"),
    (math.inf, 1e308, "the value is wrong"),
    (1e308, -1e308, "the value is wrong"),
    (1e-300, 2e-300, "the value is wrong"),
    (1 + 1e300j, 1 - 1e300j, "the value is wrong"),
    (None, 0, "the answer is a whole number, not None"),
    ("a", None, "the answer is None, not a string"),
    ("a", "b", "the value differs"),
    ("a", b"a", "the answer is of type bytes, not a string"),
    ([1, 2], 3, "the answer is a whole number, not a list"),
    ((1, 2), None, "the answer is None, not a tuple"),
    ([1, 2], [1, 2, 3], "the answer has length 3, not 2"),
    ([1, [2, 3]], [1, [2, 4]], "the value is wrong [1][1]"),
    ([1, 2], [1, 2.0], "the answer is a float, not a whole number (an int) [1]"),
    (["a"], np.array([1]), "the answer is an array, not a list"),
    ([[1], [1, 2]], np.array([1]), "the answer is an array, not a list"),
    ([1.5, 10**400], np.array([1.5, 1]), "the answer is an array, not a list"),
    ([1.0, 2.0], np.array([1, 2]), "the numbers are of dtype int64, not a float type"),
    ([1, 2], np.array([1.0, 2.0]), "the numbers are of dtype float64, not a whole number type"),
    ([1.0, 2.0], np.array([[1.0, 2.0]]), "the shape is (1, 2), not (2,)"),
    (np.array([1.0]), [1.0], "the answer is a list, not an array"),
    (np.array([1.0]), 1.0, "the answer is a float, not an array"),
    (np.array([1.0]), np.array(1.0), "the shape is (), not (1,)"),
    (np.array([1.0]), np.array([1.0], "f4"), "the dtype is float32, not float64"),
    (np.array([1 + 0j]), np.array([1.0]), "the numbers are of dtype float64, not complex128"),
    (np.array([1]), np.array([True]), "the numbers are of dtype bool, not int64"),
    (np.array([[1.0], [2.0]]), np.array([1, 2]), "the shape is (2,), not (2, 1)"),
    (np.array([1, 2]), np.array([2.0, 2.0]), "the numbers are of dtype float64, not int64"),
    (np.array([1.0, 2.0]), np.array([1, 3], "f4"), "the dtype is float32, not float64"),
    (np.zeros(3), np.array([0, np.nan, np.nan]), "2 of 3 values are NaN [1]"),
    (np.zeros(3), np.array([1, np.inf, 0]), "1 of 3 values is infinite [1]"),
    ([np.zeros(1), np.zeros(3)], [np.zeros(1), np.array([0, 0, np.nan])], "1 of 3 values is NaN [1][2]"),
    ({"a": np.zeros(2)}, {"a": np.ones(2)}, "2 of 2 values are wrong ['a'][0]"),
    ({"a": 1}, {"a": 1, "b": 2}, "the key 'b' does not belong in the dict"),
    ({"a": 1, "b": 2}, {"a": 1}, "a key is missing in the dict"),
    ({"a": 1}, [("a", 1)], "the answer is a list, not a dict"),
]


@pytest.mark.parametrize(("expected", "got", "sentence"), DIFFER)
def test_these_differ_by(expected: Any, got: Any, sentence: str) -> None:
    assert reason(expected, got) == sentence


@pytest.mark.parametrize("dtype", DTYPES)
def test_zero_is_not_one_in_any_dtype(dtype: str) -> None:
    assert reason(np.zeros(2, dtype), np.ones(2, dtype)) == "2 of 2 values are wrong [0]"
    assert reason(np.zeros(1, dtype)[0], np.ones(1, dtype)[0]) == "the value is wrong"


def test_a_named_tolerance_replaces_the_one_of_the_precision() -> None:
    assert reason(100.0, 100.5) == "the value is wrong"
    assert reason(100.0, 100.5, rtol=0.01) == ""
    assert reason(100.0, 100.5, atol=1.0) == ""
    assert reason(np.zeros(1), np.full(1, 1e-3), atol=1e-2) == ""
    assert reason(np.ones(1, "f2"), np.full(1, 1.004, "f2"), rtol=1e-9, atol=0) == "the value is wrong [0]"
    assert reason(np.ones(1), np.ones(1, "f4"), precision=False) == ""


def test_what_is_shown_fits_on_a_line() -> None:
    assert show.value(10**5000) == "a whole number of 16610 bits"
    assert show.value([1.5, 10**400]).startswith("[1.5, a whole number of")
    assert show.value(np.zeros((20, 2))) == "shape (20, 2) float64, values 0.0 to 0.0"
    assert show.value([[1.0], [2.0]], like=np.zeros(1)) == "shape (2, 1): [[1.0], [2.0]]"
    assert show.value(np.complex64(1 + 2j)) == "(1+2j)"
    assert len(show.value(["x" * 1000])) == 300
