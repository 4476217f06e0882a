"""What may pass from an answer to a verdict is plain data, by exact type; all else is refused with a sentence."""

import collections
import datetime
import functools
import math
from collections.abc import Callable, Iterator
from fractions import Fraction
from http import HTTPStatus
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings

from forwardpass.check.plain import MAX_DEPTH, NotPlainError, to_plain

from .plain_values import identical, values


class EqualToAll:
    """Agrees with whatever it is compared with."""

    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = object.__hash__

    def __array__(self, *args: Any, **kwargs: Any) -> np.ndarray[Any, Any]:
        return np.zeros(1)

    def __len__(self) -> int:
        return 1

    def __float__(self) -> float:
        return 0.0


class CallsItselfFloat64(EqualToAll):
    dtype = np.dtype("f8")

    @property
    def __class__(self) -> Any:
        return np.float64


class EqualTypes(type):
    def __eq__(cls, other: object) -> bool:
        return True

    def __hash__(cls) -> int:
        return hash(str)


class HasEqualType(EqualToAll, metaclass=EqualTypes):
    pass


class Raising:
    """Every way to look at it is an error."""

    def __getattribute__(self, name: str) -> Any:
        raise ZeroDivisionError(name)

    __len__ = __eq__ = __iter__ = __bool__ = __array__ = __hash__ = __getattribute__  # type: ignore[assignment]


def subclass(kind: type) -> Any:
    return type(f"My{kind.__name__}", (kind,), {"__eq__": lambda self, other: True, "__hash__": lambda self: 0})


@given(values)
@settings(deadline=None, derandomize=True)
def test_plain_data_stays_what_it_is(value: Any) -> None:
    assert identical(to_plain(value), value)


def test_a_copy_is_made_of_everything_that_can_change() -> None:
    mine = [np.zeros(2), [1], {"a": [2]}]
    plain = to_plain(mine)
    mine[0][0], mine[1][0], mine[2]["a"][0] = 9, 9, 9
    assert plain[0][0] == 0
    assert plain[1:] == [[1], {"a": [2]}]


HOSTILE = [EqualToAll, CallsItselfFloat64, HasEqualType, Raising, object, Fraction]
HOSTILE += [subclass(kind) for kind in (int, float, str, list, tuple, dict, bytes, complex, np.float64)]


@pytest.mark.parametrize("kind", HOSTILE, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("holder", [lambda x: x, lambda x: [1, x], lambda x: {"a": (x,)}], ids=["bare", "list", "dict"])
def test_no_object_that_could_answer_for_itself_is_plain(kind: type, holder: Callable[[Any], Any]) -> None:
    with pytest.raises(NotPlainError):
        to_plain(holder(kind()))


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        (np.ones((1, 1)).view(np.matrix), "numpy.matrix; return an ordinary NumPy array"),
        (np.ma.masked_array([1.0], [True]), "MaskedArray; return an ordinary NumPy array"),
        (np.array([[1], [1, 2]], dtype=object), "rows of different lengths"),
        (np.array(["2020-01-01"], dtype="M8[D]"), "dtype datetime64[D], so NumPy can't calculate with it"),
        (np.zeros(1, dtype=[("a", int)]), "NumPy can't calculate with it"),
        (np.datetime64("2020-01-01"), "a NumPy datetime64[D] value"),
        ((i for i in range(3)), "a generator, which yields its values later: collect them with list(...)"),
        (map(abs, [1]), "a map, which yields its values later"),
        (range(3), "a range; turn it into a list"),
        ({1, 2}, "a set; turn it into a list"),
        (collections.Counter("a"), "a Counter; turn it into a dict"),
        (len, "the builtin_function_or_method itself: did you forget to call it with ()?"),
        (functools.partial(len, ""), "did you forget to call it"),
        (..., "an ellipsis, not a plain value"),
        (HTTPStatus.OK, "HTTPStatus, not a plain value"),
        (datetime.date(2020, 1, 1), "a date, not a plain value"),
        (np, "a module, not a plain value"),
        (torch.float32, "a dtype, not a plain value"),
        ({torch.ones(1): 1}, "a key of your dict is an array or a tensor"),
        (torch.ones(1, dtype=torch.bfloat16), "BFloat16"),
        (torch.ones(1).to_sparse(), "Use Tensor.to_dense() first"),
        (torch.ones(1, device="meta"), "can't be made into an array"),
    ],
)
def test_a_refusal_says_what_came_and_what_to_return(value: Any, sentence: str) -> None:
    with pytest.raises(NotPlainError) as refusal:
        to_plain(value)
    assert sentence in str(refusal.value)


@pytest.mark.parametrize(
    ("tensor", "array"),
    [
        (torch.ones(2, requires_grad=True), np.ones(2, "f4")),
        (torch.ones(2, requires_grad=True) * 2, np.full(2, 2, "f4")),
        (torch.nn.Parameter(torch.ones(2)), np.ones(2, "f4")),
        (torch.tensor(3), np.array(3)),
        (torch.ones(0, 2, dtype=torch.bool), np.ones((0, 2), bool)),
        (torch.ones(2, dtype=torch.float16), np.ones(2, "f2")),
        (torch.tensor([1 + 2j]).conj(), np.array([1 - 2j], "c8")),
        (torch.tensor([1 + 2j]).conj().imag, np.array([-2], "f4")),
        (torch.ones(2, 3).T, np.ones((3, 2), "f4")),
        (torch.ones(1).expand(2, 2), np.ones((2, 2), "f4")),
    ],
)
def test_a_tensor_becomes_an_array(tensor: Any, array: Any) -> None:
    plain = to_plain(tensor)
    assert identical(plain, array)
    assert plain.flags.owndata or plain.base.flags.owndata


def test_attributes_of_a_tensor_do_not_speak_for_it() -> None:
    tensor = torch.ones(1)
    for name in ("detach", "numpy", "cpu", "resolve_conj"):
        setattr(tensor, name, lambda *args, **kwargs: EqualToAll())
    assert identical(to_plain(tensor), np.ones(1, "f4"))


def test_a_shape_of_torch_is_a_tuple() -> None:
    assert identical(to_plain([torch.ones(2, 3).shape]), [(2, 3)])


def test_arrays_of_another_machine_and_texts_of_numpy_become_ordinary_ones() -> None:
    assert to_plain(np.array([1.5], ">f4")).dtype == np.dtype("f4")
    assert identical(to_plain(np.array([["a"], ["b"]])), [["a"], ["b"]])
    assert identical(to_plain([np.str_("a"), np.bytes_(b"a")]), ["a", b"a"])


def test_what_holds_itself_is_refused_and_deep_nesting_is_too() -> None:
    ring: list[Any] = [1]
    ring.append({"again": ring})
    with pytest.raises(NotPlainError, match=f"more than {MAX_DEPTH} levels"):
        to_plain(ring)
    deep: Any = 1
    for _ in range(MAX_DEPTH):
        deep = [deep]
    assert to_plain(deep) == deep
    with pytest.raises(NotPlainError, match="levels deep"):
        to_plain([deep])


def test_nothing_is_drawn_from_an_iterator_that_is_refused() -> None:
    def numbers() -> Iterator[int]:
        yield math.factorial(3)

    mine = numbers()
    with pytest.raises(NotPlainError):
        to_plain(mine)
    assert list(mine) == [6]
