"""The unrolled network has the gradient that autograd finds, says it in words, and copes with all of its controls."""

import io
import re
from itertools import combinations, product

import numpy as np
import pytest
import torch
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from PIL import Image

from forwardpass import plots, widgets
from forwardpass.widgets.unrolled import (
    ACTIVATIONS,
    INPUTS,
    MAX_STEPS,
    RADII,
    UNITS,
    Unrolled,
    describe,
    draw,
    gradient_sizes,
    number,
    panel,
    turn,
)


@pytest.fixture
def shell(tmp_path, monkeypatch):
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    yield InteractiveShell.instance(history_length=0)
    InteractiveShell.clear_instance()


def by_autograd(net):
    f = {"tanh": torch.tanh, "sigmoid": torch.sigmoid, "relu": torch.relu}[net.activation]
    W = torch.tensor(net.radius * turn())
    x = torch.tensor(net.inputs * np.random.default_rng(0).normal(size=(MAX_STEPS, UNITS)))
    h, path = torch.zeros(UNITS, dtype=torch.float64, requires_grad=True), []
    for t in range(net.steps):
        h = f(W @ h + x[t])
        h.retain_grad()
        path.append(h)
    (h.sum() / UNITS**0.5).backward()
    return [state.grad.norm().item() for state in path]


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("radius", [0.5, 1.0, 1.5])
def test_the_sizes_are_those_of_autograd(activation, radius):
    net = Unrolled(radius, activation, steps=12)
    np.testing.assert_allclose(gradient_sizes(net), by_autograd(net), rtol=1e-9)


def test_every_eigenvalue_of_the_turn_has_size_one():
    np.testing.assert_allclose(np.abs(np.linalg.eigvals(turn())), 1, rtol=1e-12)


def test_without_inputs_tanh_multiplies_by_the_radius_at_every_step():
    sizes = gradient_sizes(Unrolled(1.25, "tanh", 10, inputs=0.0))
    np.testing.assert_allclose(sizes, 1.25 ** np.arange(9, -1, -1.0))


@pytest.mark.parametrize(
    ("net", "sentence"),
    [
        (Unrolled(0.5, steps=10, inputs=0.0), "It vanishes: on average a step back multiplies it by 0.5."),
        (Unrolled(2.0, steps=10, inputs=0.0), "It explodes: on average a step back multiplies it by 2."),
        (Unrolled(1.0, steps=40, inputs=0.0), "It arrives: on average a step back multiplies it by 1."),
        (Unrolled(1.0, "relu", inputs=0.0), "Nothing of it reaches step 1"),
        (Unrolled(4.0, "relu", 40, 2.0), "Bars end at 10^−12 and 10^12."),
    ],
)
def test_words_say_what_becomes_of_the_gradient(net, sentence):
    assert sentence in describe(net)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0"), (1.0, "1"), (0.026, "0.026"), (123.4, "123"), (0.00012, "1.2·10^−4"), (6e4, "6.0·10^4")],
)
def test_numbers_have_two_digits(value, text):
    assert number(value) == text


def assert_legible(fig):
    """No text overlaps another or leaves the figure."""
    plots.png(fig)
    boxes = []
    for ax in fig.axes:
        labels = [ax._left_title, *ax.texts]
        if ax.axison:
            labels += [ax.xaxis.label, ax.yaxis.label, *_ticks(ax.xaxis), *_ticks(ax.yaxis)]
        boxes += [text.get_window_extent() for text in labels if text.get_text()]
    for box in boxes:
        assert fig.bbox.x0 <= box.x0 <= box.x1 <= fig.bbox.x1
        assert fig.bbox.y0 <= box.y0 <= box.y1 <= fig.bbox.y1
    for a, b in combinations(boxes, 2):
        assert not a.overlaps(b)


def _ticks(axis):
    low, high = axis.get_view_interval()
    return [tick.label1 for tick in axis.get_major_ticks() if low <= tick.get_loc() <= high]


CORNERS = [
    Unrolled(*corner)
    for corner in product((RADII[0], 1.0, RADII[-1]), ACTIVATIONS, (2, 3, 7, MAX_STEPS), INPUTS.values())
]


@pytest.mark.parametrize("net", CORNERS[::7], ids=str)
def test_the_figure_is_legible_at_the_ends_of_every_control(net, recwarn):
    assert_legible(draw(net))
    assert not recwarn.list


def test_words_hold_in_every_corner(recwarn):
    for net in CORNERS:
        assert re.search(r"Length of the gradient, with 1 at the last step: .* at step 1, ", describe(net))
        assert not re.search("nan|inf", describe(net))
    assert not recwarn.list


def controls(panel):
    return panel.box.children[0].children


def test_a_changed_control_changes_picture_and_words():
    one = panel()
    before = bytes(one.picture.value)
    radius, activation, steps, inputs = controls(one)
    radius.value, activation.value, steps.value, inputs.value = 2.0, "relu", 30, 2.0
    assert one.words.startswith("relu, spectral radius 2, 30 steps, random inputs of size 2.")
    assert "relu, spectral radius 2" in one.text.value
    assert bytes(one.picture.value) != before
    assert Image.open(io.BytesIO(one.picture.value)).format == "PNG"


def test_every_control_has_a_label():
    for control in controls(panel()):
        labelled = control.children[0] if hasattr(control, "children") else control
        assert labelled.description


def test_it_is_one_output_with_a_picture_and_words(shell):
    with capture_output() as seen:
        assert widgets.unrolled_gradient() is None
    (output,) = seen.outputs
    assert set(output.data) == {"application/vnd.jupyter.widget-view+json", "text/html", "image/png", "text/plain"}
    assert "<img alt=" in output.data["text/html"]
    assert seen.stdout == seen.stderr == ""


def test_outside_a_notebook_it_prints_its_words(capfd):
    widgets.unrolled_gradient()
    out, err = capfd.readouterr()
    assert out.startswith("tanh, spectral radius 0.9, 20 steps")
    assert err == ""
