"""Update rules of optimisers, as PyTorch has them. Tests and widgets use them in place of a student's own.

A rule is a function (theta, g, state, lr, ...) -> (theta, state), in float64. state is {} before the first step, and
neither it nor an argument is changed in place.
"""

import copy
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

Array = npt.NDArray[np.float64]
State = dict[str, Any]
Moved = tuple[Array, State]
Case = tuple[Array, Sequence[Array], dict[str, float]]

REMEMBERS = (
    "the same first step comes out differently a second time: your function remembers something by itself (a global, a "
    "default argument), and then two parameters share one memory; all memory belongs in the state that you return"
)


def sgd_step(theta: Array, g: Array, state: State, lr: float) -> Moved:
    """Gradient descent."""
    return _in_torch(lambda parameters: torch.optim.SGD(parameters, lr), theta, g, state)


def momentum_step(theta: Array, g: Array, state: State, lr: float, beta: float = 0.9) -> Moved:
    """Gradient descent along a decaying sum of gradients."""
    return _in_torch(lambda parameters: torch.optim.SGD(parameters, lr, momentum=beta), theta, g, state)


def rmsprop_step(theta: Array, g: Array, state: State, lr: float, beta: float = 0.99, eps: float = 1e-8) -> Moved:
    """Gradient descent, each entry divided by the root of its mean square."""
    return _in_torch(lambda parameters: torch.optim.RMSprop(parameters, lr, alpha=beta, eps=eps), theta, g, state)


def adam_step(
    theta: Array, g: Array, state: State, lr: float, beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8
) -> Moved:
    """Mean gradient over the root of its mean square, both corrected for their start at zero."""
    return _in_torch(lambda parameters: torch.optim.Adam(parameters, lr, (beta1, beta2), eps), theta, g, state)


def adamw_step(
    theta: Array,
    g: Array,
    state: State,
    lr: float,
    beta1: float = 0.9,
    beta2: float = 0.999,
    eps: float = 1e-8,
    weight_decay: float = 0.01,
) -> Moved:
    """Adam, beside which the weights decay by lr * weight_decay of themselves."""
    rule = torch.optim.AdamW
    return _in_torch(lambda parameters: rule(parameters, lr, (beta1, beta2), eps, weight_decay), theta, g, state)


def _in_torch(make: Callable[..., torch.optim.Optimizer], theta: Array, g: Array, state: State) -> Moved:
    parameter = torch.tensor(theta)
    parameter.grad = torch.tensor(g)
    optimizer = make([parameter])
    optimizer.state[parameter] = copy.deepcopy(state)
    optimizer.step()
    return parameter.numpy(), dict(optimizer.state[parameter])


def follow(rule: Callable[..., Any], *cases: Case) -> list[dict[str, Any]]:
    """Where a rule leads parameters that take their steps in turn, each with a state of its own.

    cases: one (theta, gradients, settings) for each parameter, with at least one gradient. Returns for each a dict.
    path: theta after every step. changed: names of what a step changed in place. repeats: whether its first step comes
    out the same once more at the end.
    Raises TypeError if the rule does not return a pair of theta and a dict.
    """
    seen: list[dict[str, Any]] = [{"path": [], "changed": []} for _ in cases]
    now: list[tuple[Any, Any]] = [(theta.copy(), {}) for theta, _, _ in cases]
    for k in range(max(len(gradients) for _, gradients, _ in cases)):
        for i, (_, gradients, settings) in enumerate(cases):
            if k < len(gradients):
                now[i], changed = _step(rule, *now[i], gradients[k], settings)
                seen[i]["path"].append(copy.deepcopy(now[i][0]))
                seen[i]["changed"] += [name for name in changed if name not in seen[i]["changed"]]
    for one, (theta, gradients, settings) in zip(seen, cases, strict=True):
        (first, _), _ = _step(rule, theta.copy(), {}, gradients[0], settings)
        one["repeats"] = _same(np.asarray(first), np.asarray(one["path"][0]))
    return seen


def _step(rule: Callable[..., Any], theta: Any, state: Any, g: Array, settings: dict[str, float]) -> Any:
    given = {"theta": theta, "g": g.copy(), "state": state}
    before = copy.deepcopy(given)
    answer = rule(given["theta"], given["g"], given["state"], **settings)
    if not isinstance(answer, tuple | list) or len(answer) != 2 or not isinstance(answer[1], dict):
        raise TypeError("a rule returns a pair, the new theta and the new state, and the state is a dict")
    return tuple(answer), [name for name in before if not _same(before[name], given[name])]


def _same(a: Any, b: Any) -> bool:
    if isinstance(a, dict) and isinstance(b, dict):
        return list(a) == list(b) and all(_same(a[key], b[key]) for key in a)
    if isinstance(a, list | tuple) and isinstance(b, list | tuple):
        return len(a) == len(b) and all(map(_same, a, b))
    try:
        return bool(np.array_equal(np.asarray(a), np.asarray(b), equal_nan=True))
    except (TypeError, ValueError):  # of a kind that NumPy can't compare
        return True


def fault(seen: Sequence[dict[str, Any]]) -> str:
    """What is wrong with how a rule treats its arguments and its memory, in a sentence; nothing if all is well."""
    if not all(one["repeats"] for one in seen):
        return REMEMBERS
    names = list(dict.fromkeys(name for one in seen for name in one["changed"]))
    if names:
        return f"you changed {' and '.join(names)} in place: make new arrays and a new dict, and return those"
    return ""
