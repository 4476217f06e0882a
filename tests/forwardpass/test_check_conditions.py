"""What is switched off or given while an answer runs, and only while it runs."""

import functools
import math
import statistics
import types
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
import torch

from forwardpass.check import given, without
from forwardpass.check.conditions import Conditions, current
from forwardpass.check.observation import Observation, observe_calls


@pytest.fixture
def notebook() -> dict[str, Any]:
    """A namespace of its own, in which answers are defined."""
    return types.ModuleType("__main__").__dict__


def see(answer: Any, *args: Any, **kwargs: Any) -> Observation:
    [seen] = observe_calls(answer, [(args, kwargs)], current())
    return seen


def is_switched_off(seen: Observation) -> bool:
    return seen.raised is not None and seen.raised.kinds[0] == "ShortcutUsedError"


def defined(notebook: dict[str, Any], source: str, name: str) -> Any:
    exec(source, notebook)
    return notebook[name]


SHORTCUTS: dict[str, Callable[[], Any]] = {
    "numpy.mean": lambda: np.mean([1, 2]),
    "math.sqrt": lambda: math.sqrt(4),
    "statistics.median": lambda: statistics.median([1]),
    "torch.nn.functional.relu": lambda: torch.nn.ReLU()(torch.ones(1)),
    "torch.nn.Linear": lambda: torch.nn.Linear(1, 1) and None,
    "torch.nn.Linear.forward": lambda: torch.nn.Linear(1, 1)(torch.ones(1)),
    "torch.Tensor.sum": lambda: torch.ones(1).sum(),
    "scipy.spatial.distance.cdist": lambda: __import__("scipy.spatial").spatial.distance.cdist([[1]], [[2]]),
    "fractions.Fraction.from_float": lambda: float(__import__("fractions").Fraction.from_float(0.5)),
}


@pytest.mark.parametrize("name", SHORTCUTS)
def test_a_shortcut_is_an_error_that_names_it_and_works_again_afterwards(name: str) -> None:
    answer = SHORTCUTS[name]
    with without(name):
        seen = see(answer)
        assert see(abs, 1).raised is None
        answer()
    assert is_switched_off(seen)
    assert seen.raised is not None
    assert seen.raised.text == f"{name} is switched off in this test: the point is to write it yourself"
    assert see(answer).raised is None


def test_what_an_observation_itself_needs_can_be_switched_off() -> None:
    with without("torch.Tensor.numpy", "copy.deepcopy", "numpy.isclose", "inspect.signature"):
        assert see(lambda x: x, torch.ones(1)).value == 1


def test_several_names_are_switched_off_together_and_in_nested_blocks() -> None:
    with without("numpy.mean", "numpy.sum"), without("math.sqrt"):
        assert all(
            is_switched_off(see(f, 4)) for f in (lambda x: np.mean(x), lambda x: np.sum(x), lambda x: math.sqrt(x))
        )
    assert current() == Conditions()


def test_conditions_end_with_their_block_even_when_it_fails() -> None:
    with pytest.raises(ZeroDivisionError), without("numpy.mean"), given(f=len):
        raise ZeroDivisionError
    assert current() == Conditions()


def test_the_same_name_twice_is_restored_too() -> None:
    mean = np.mean
    with without("numpy.mean"), without("numpy.mean"):
        assert is_switched_off(see(lambda: np.mean([1])))
    assert np.mean is mean


@pytest.mark.parametrize(
    "name",
    ["numpy.nil", "nil.mean", "mean", "numpy.", ".mean", "nil.__class__", "numpy.nil.mean", "numpy.ndarray.mean"],
)
def test_a_name_that_can_not_be_switched_off_is_the_author_s_error(name: str) -> None:
    with pytest.raises(ValueError, match=r"check\.without expects"), without(name):
        pass


def test_a_shortcut_imported_by_its_own_name_is_switched_off_too(notebook: dict[str, Any]) -> None:
    answer = defined(notebook, "from math import sqrt as root\ndef answer(x): return root(x)", "answer")
    with without("math.sqrt"):
        assert is_switched_off(see(answer, 4))
    assert see(answer, 4).value == 2
    assert notebook["root"] is math.sqrt


DEFINITIONS = {
    "function": "def answer(x): return earlier(x)",
    "helper": "def helper(x): return earlier(x)\ndef answer(x): return helper(x)",
    "lambda": "answer = lambda x: earlier(x)",
    "generator": "def numbers(x): yield earlier(x)\ndef answer(x): return next(numbers(x))",
    "method": "class Net:\n def run(self, x): return earlier(x)\ndef answer(x): return Net().run(x)",
    "bound": "class Net:\n def run(self, x): return earlier(x)\nanswer = Net().run",
    "callable": "class Net:\n def __call__(self, x): return earlier(x)\nanswer = Net()",
    "cached": "import functools\n@functools.cache\ndef answer(x): return earlier(x)",
    "partial": "import functools\nanswer = functools.partial(lambda a, x: earlier(x), 0)",
    "no_grad": "import torch\n@torch.no_grad()\ndef answer(x): return earlier(x)",
    "decorated": "def twice(f): return lambda x: f(x)\n@twice\ndef answer(x): return earlier(x)",
}


@pytest.mark.parametrize("source", DEFINITIONS.values(), ids=DEFINITIONS)
def test_a_given_function_stands_in_for_an_earlier_answer(notebook: dict[str, Any], source: str) -> None:
    answer = defined(notebook, "def earlier(x): return 'wrong'\n" + source, "answer")
    earlier = notebook["earlier"]
    with given(earlier=lambda x: "given"):
        assert see(answer, 1).value == "given"
        assert see(lambda f, x: f(x), answer, 1).value == "given"
    assert notebook["earlier"] is earlier


CLASSES = {
    "method": "class Net:\n def run(self): return earlier()",
    "constructor": "class Net:\n def __init__(self): self.x = earlier()\n def run(self): return self.x",
    "inherited": "class Base:\n def run(self): return earlier()\nclass Net(Base):\n def other(self): pass",
    "static": "class Net:\n @staticmethod\n def run(): return earlier()",
    "class": "class Net:\n @classmethod\n def run(cls): return earlier()",
    "property": "class Net:\n @property\n def run(self): return earlier",
    "module": "import torch\nclass Net(torch.nn.Module):\n def forward(self): return earlier()\n run = forward",
}


@pytest.mark.parametrize("source", CLASSES.values(), ids=CLASSES)
def test_a_given_function_stands_in_inside_a_class(notebook: dict[str, Any], source: str) -> None:
    net = defined(notebook, "def earlier(): return 'wrong'\n" + source, "Net")
    with given(earlier=lambda: "given"):
        assert see(lambda cls: cls().run(), net).value == "given"
    assert see(lambda cls: cls().run(), net).value != "given"


def test_an_earlier_answer_that_does_not_exist_is_given_and_gone_again(notebook: dict[str, Any]) -> None:
    answer = defined(notebook, "def answer(): return earlier()", "answer")
    with given(earlier=lambda: "given"):
        assert see(answer).value == "given"
    assert "earlier" not in notebook
    assert see(answer).raised is not None


def test_inner_given_functions_hide_outer_ones_of_the_same_name(notebook: dict[str, Any]) -> None:
    answer = defined(notebook, "def answer(): return f(), g()", "answer")
    with given(f=lambda: 1, g=lambda: 1):
        with given(f=lambda: 2):
            assert see(answer).value == (2, 1)
        assert see(answer).value == (1, 1)


def test_the_answer_under_test_stays_itself(notebook: dict[str, Any]) -> None:
    answer = defined(notebook, "def answer(n): return 0 if n == 0 else answer(n - 1)", "answer")
    with given(answer=lambda n: "given"):
        assert see(answer, 2).value == 0
        assert see(lambda f: f(2), answer).value == 0


def test_globals_that_an_answer_sets_meanwhile_stay(notebook: dict[str, Any]) -> None:
    answer = defined(notebook, "def answer():\n global count\n count = earlier()", "answer")
    with given(earlier=lambda: 3):
        see(answer)
    assert notebook["count"] == 3


def test_public_functions_of_a_module_are_given(notebook: dict[str, Any]) -> None:
    sizes = types.ModuleType("sizes")
    exec("from math import sqrt\ndef area(): return 1\ndef _secret(): return 1\nSIDE = 1", sizes.__dict__)
    answer = defined(
        notebook,
        "area = _secret = sqrt = lambda: 0\nSIDE = 0\ndef answer(): return area(), _secret(), sqrt(), SIDE",
        "answer",
    )
    with given(sizes):
        assert see(answer).value == (1, 0, 0, 0)


def test_conditions_hold_while_a_probe_draws_from_a_generator(notebook: dict[str, Any]) -> None:
    answer = defined(notebook, "import math\ndef answer():\n yield earlier()\n yield math.sqrt(4)", "answer")

    def first(numbers: Callable[[], Iterator[Any]]) -> Any:
        return next(numbers())

    def both(numbers: Callable[[], Iterator[Any]]) -> Any:
        return list(numbers())

    with given(earlier=lambda: "given"), without("math.sqrt"):
        assert see(first, answer).value == "given"
        assert is_switched_off(see(both, answer))


def test_a_probe_that_gets_the_answer_by_keyword_sees_the_conditions_too(notebook: dict[str, Any]) -> None:
    answer = defined(notebook, "def answer(): return earlier()", "answer")
    with given(earlier=lambda: "given"):
        assert see(functools.partial(lambda f: f()), f=answer).value == "given"
