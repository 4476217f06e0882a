"""The stepped graph has the values and slopes of torch, tells its steps in words, and copes with all its controls."""

import importlib
from itertools import combinations, product

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from forwardpass import plots, widgets

graph = importlib.import_module("forwardpass.widgets.graph_steps")
NAMES = list(graph.EXPRESSIONS)
INPUTS = st.integers(-graph.LIMIT, graph.LIMIT)
IN_TORCH = {
    "(a·b + c)²": lambda a, b, c: (a * b + c) ** 2,
    "relu(a·b + c)": lambda a, b, c: torch.relu(a * b + c),
    "a + a": lambda a, b, c: a + a,
    "a·b + a": lambda a, b, c: a * b + a,
    "(a + b)·(b + c)": lambda a, b, c: (a + b) * (b + c),
    "tanh(a)·a": lambda a, b, c: torch.tanh(a) * a,
}


def numbers(a=2, b=-3, c=10):
    return {"a": a, "b": b, "c": c}


def assert_legible(fig):
    """No text overlaps another or leaves the figure, and none is wider than its node."""
    plots.png(fig)
    (ax,) = fig.axes
    boxes = [text.get_window_extent() for text in ax.texts if text.get_text()]
    for box in boxes:
        assert fig.bbox.x0 <= box.x0 <= box.x1 <= fig.bbox.x1
        assert fig.bbox.y0 <= box.y0 <= box.y1 <= fig.bbox.y1
    for (i, a), (j, b) in combinations(enumerate(boxes), 2):
        assert not a.overlaps(b), (ax.texts[i], ax.texts[j])


@pytest.mark.parametrize("name", NAMES)
@given(a=INPUTS, b=INPUTS, c=INPUTS)
@settings(max_examples=25, deadline=None)
def test_values_and_slopes_at_the_end_are_those_of_torch(name, a, b, c):
    expression = graph.EXPRESSIONS[name]
    state = graph.state_at(expression, numbers(a, b, c), graph.last_step(expression))
    leaves = [torch.tensor(float(x), dtype=torch.float64, requires_grad=True) for x in (a, b, c)]
    root = IN_TORCH[name](*leaves)
    root.backward()
    assert state.values["L"] == pytest.approx(root.item())
    for x, leaf in zip("abc", leaves, strict=True):
        if x in expression.inputs:
            assert state.grads[x] == pytest.approx(leaf.grad.item())


@pytest.mark.parametrize("name", NAMES)
def test_every_node_gets_its_value_before_any_gets_a_slope(name):
    expression = graph.EXPRESSIONS[name]
    known = []
    for step in range(graph.last_step(expression) + 1):
        state = graph.state_at(expression, numbers(), step)
        known.append((len(state.values), len(state.grads)))
    count = len(expression.inputs) + len(expression.steps)
    assert known[0] == (len(expression.inputs), 0)
    assert all(values == count for values, grads in known if grads)
    assert known == sorted(known)


def test_the_steps_are_those_of_the_lesson():
    words = [graph.describe(graph.FIRST, numbers(), step) for step in range(8)]
    assert "Only the inputs have values." in words[0]
    assert "Forward: s = p + c = 4." in words[2]
    assert "No slopes yet." in words[3]
    assert "that of L with respect to itself is 1." in words[4]
    assert "p has the slope 8 and adds 8 · (−3) = −24 to a and 8 · 2 = 16 to b." in words[7]
    assert "Slopes of L so far, with respect to: a −24, b 16, c 8, p 8, s 8, L 1." in words[7]


def test_a_node_used_twice_gets_both_parts():
    words = graph.describe("a + a", numbers(), 3)
    assert "adds 1 · 1 = 1 to a and 1 · 1 = 1 to a." in words
    assert "Slopes of L so far, with respect to: a 2, L 1." in words
    assert "Not used here: b and c." in words


@pytest.mark.parametrize(
    ("value", "text"), [(-0.0, "0"), (-3.0, "−3"), (0.96403, "0.964"), (-1e-9, "0"), (12100.0, "12100")]
)
def test_numbers_are_short_and_zero_has_no_sign(value, text):
    assert graph.number(value) == text


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("corner", list(product((-graph.LIMIT, 0, graph.LIMIT), repeat=2)), ids=str)
def test_the_figure_is_legible_at_the_ends_of_every_slider(name, corner):
    a, b = corner
    for step in (0, graph.last_step(graph.EXPRESSIONS[name]) - 1, 99):
        assert_legible(graph.explain(name, step, **numbers(a, b, -a)).figure)


@pytest.mark.parametrize("name", NAMES)
def test_every_step_is_legible_and_looks_different(name):
    pictures = set()
    for step in range(graph.last_step(graph.EXPRESSIONS[name]) + 1):
        fig = graph.explain(name, step, **numbers()).figure
        assert_legible(fig)
        pictures.add(plots.png(fig))
    assert len(pictures) == graph.last_step(graph.EXPRESSIONS[name]) + 1


def test_the_number_of_steps_follows_the_expression():
    panel = graph.panel()
    choice, a, _, _, step = panel.box.children[0].children
    assert (step.value, step.high) == (7, 7)
    choice.value = "a + a"
    assert (step.value, step.high) == (3, 3)
    a.value = 5
    assert "L = 10" in panel.words
    step.value = 0
    assert "Only the inputs have values." in panel.text.value
    choice.value = "(a + b)·(b + c)"
    assert (step.value, step.high) == (0, 7)


def test_outside_a_notebook_it_prints_its_words(capfd):
    widgets.step_through_graph()
    out, err = capfd.readouterr()
    assert out.startswith("L = (a·b + c)², step 7 of 7.")
    assert err == ""
