"""Plain data at random, for properties that must hold for all of it."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

DTYPES = ("?", "i1", "i8", "u1", "u8", "f2", "f4", "f8", "c8", "c16")

arrays = st.sampled_from(DTYPES).flatmap(
    lambda dtype: hnp.arrays(dtype, hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3))
)
integers = st.integers() | st.integers(min_value=-(10**400), max_value=10**400)
numbers = st.booleans() | integers | st.floats() | st.complex_numbers()
scalars = st.sampled_from(DTYPES).flatmap(lambda dtype: hnp.arrays(dtype, ()).map(lambda array: array[()]))
atoms = st.none() | numbers | scalars | st.text(max_size=4) | st.binary(max_size=4)
keys = st.text(max_size=3) | st.integers() | st.tuples(st.integers(), st.booleans())
values = st.recursive(
    atoms | arrays,
    lambda inner: (
        st.lists(inner, max_size=3) | st.lists(inner, max_size=3).map(tuple) | st.dictionaries(keys, inner, max_size=3)
    ),
    max_leaves=8,
)


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths of all single values in a plain value."""
    if isinstance(value, np.ndarray):
        yield from ((*path, index) for index in np.ndindex(value.shape))
    elif isinstance(value, list | tuple | dict):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield from leaves(value[key], (*path, key))
    else:
        yield path


def replaced(value: Any, path: tuple[Any, ...], change: Any) -> Any:
    """A copy of a plain value with `change` applied at one path."""
    if not path:
        return change(value)
    if isinstance(value, np.ndarray):
        copy = value.copy()
        copy[path[0]] = change(value[path[0]])
        return copy
    items = value.items() if isinstance(value, dict) else enumerate(value)
    new = {key: replaced(item, path[1:], change) if key == path[0] else item for key, item in items}
    return new if isinstance(value, dict) else type(value)(new.values())


def identical(a: Any, b: Any) -> bool:
    """Whether two plain values are the same in every type and every bit that counts; NaN is NaN."""
    if type(a) is not type(b):
        return False
    if isinstance(a, np.ndarray | np.generic):
        return a.dtype == b.dtype and a.shape == b.shape and np.array_equal(a, b, equal_nan=a.dtype.kind in "fc")
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(map(identical, a, b))
    if isinstance(a, dict):
        return list(a) == list(b) and all(identical(a[key], b[key]) for key in a)
    return a == b or repr(a) == repr(b)
