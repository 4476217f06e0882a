"""Trusted update rules step as torch.optim does, and what is wrong with a rule's memory is found and said."""

import numpy as np
import pytest

from forwardpass import steps


def sgd(theta, g, state, lr):
    return theta - lr * g, {}


def momentum(theta, g, state, lr, beta=0.9):
    m = beta * state.get("m", 0.0) + g
    return theta - lr * m, {"m": m}


def rmsprop(theta, g, state, lr, beta=0.99, eps=1e-8):
    v = beta * state.get("v", 0.0) + (1 - beta) * g**2
    return theta - lr * g / (np.sqrt(v) + eps), {"v": v}


def adam(theta, g, state, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    t = state.get("t", 0) + 1
    m = beta1 * state.get("m", 0.0) + (1 - beta1) * g
    v = beta2 * state.get("v", 0.0) + (1 - beta2) * g**2
    step = lr * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + eps)
    return theta - step, {"t": t, "m": m, "v": v}


def adamw(theta, g, state, lr, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
    return adam((1 - lr * weight_decay) * theta, g, state, lr, beta1, beta2, eps)


PUBLISHED = [
    (steps.sgd_step, sgd, {}),
    (steps.momentum_step, momentum, {"beta": 0.8}),
    (steps.rmsprop_step, rmsprop, {"beta": 0.7, "eps": 1e-3}),
    (steps.adam_step, adam, {"beta1": 0.6, "beta2": 0.8, "eps": 1e-3}),
    (steps.adamw_step, adamw, {"beta1": 0.6, "eps": 1e-3, "weight_decay": 0.3}),
]


def case(shape=(3,), count=50, scale=1.0, **settings):
    rng = np.random.default_rng(0)
    return rng.normal(size=shape), scale * rng.normal(size=(count, *shape)), {"lr": 0.1, **settings}


@pytest.mark.parametrize("own", [True, False], ids=["settings", "defaults"])
@pytest.mark.parametrize(("rule", "published", "settings"), PUBLISHED, ids=lambda one: getattr(one, "__name__", ""))
def test_fifty_steps_are_those_of_the_published_rule(rule, published, settings, own):
    one = case((2, 3), **(settings if own else {}))
    [seen], [wanted] = steps.follow(rule, one), steps.follow(published, one)
    np.testing.assert_allclose(seen["path"], wanted["path"], rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("rule", [one[0] for one in PUBLISHED])
def test_trusted_rules_have_no_fault_and_keep_their_parameters_apart(rule):
    first, second = case(), case(scale=100.0)
    together = steps.follow(rule, first, second)
    assert steps.fault(together) == ""
    assert np.array_equal(together[1]["path"], steps.follow(rule, second)[0]["path"])


def in_theta(theta, g, state, lr):
    theta -= lr * g
    return theta, {}


def in_state(theta, g, state, lr):
    state["m"] = state.get("m", 0.0) + g
    return theta - lr * state["m"], state


def in_an_array_of_the_state(theta, g, state, lr):
    new = {"m": np.zeros_like(theta), **state}
    new["m"] += g
    return theta - lr * new["m"], new


def in_a_nested_state(theta, g, state, lr):
    new = {"both": (np.zeros_like(theta), 1.0), **state}
    new["both"][0][:] += g
    return theta - lr * new["both"][0], new


@pytest.mark.parametrize(
    ("rule", "name"),
    [(in_theta, "theta"), (in_state, "state"), (in_an_array_of_the_state, "state"), (in_a_nested_state, "state")],
)
def test_what_a_step_changes_in_place_is_named(rule, name):
    assert steps.fault(steps.follow(rule, case(count=3))).startswith(f"you changed {name} in place")


def test_memory_outside_the_state_is_found_with_one_parameter_and_one_step():
    def rule(theta, g, state, lr, memory={"m": 0.0}):  # noqa: B006
        memory["m"] = 0.9 * memory["m"] + g
        return theta - lr * memory["m"], {}

    assert steps.fault(steps.follow(rule, case(count=1))) == steps.REMEMBERS


def test_the_callers_arrays_stay_as_they_were():
    one = case(count=3)
    before = one[0].copy()
    steps.follow(in_theta, one)
    assert np.array_equal(one[0], before)


@pytest.mark.parametrize("answer", [np.zeros(2), (np.zeros(2), None), (np.zeros(2),), None])
def test_an_answer_that_is_no_pair_is_an_error_that_says_so(answer):
    with pytest.raises(TypeError, match="a pair"):
        steps.follow(lambda theta, g, state, lr: answer, case(shape=(2,), count=1))


def test_parts_of_a_state_that_cannot_be_compared_are_let_pass():
    def rule(theta, g, state, lr):
        return theta - lr * g, {"odd": [object, np.zeros(2), (g, 1.0)]}

    assert steps.fault(steps.follow(rule, case(count=3))) == ""
