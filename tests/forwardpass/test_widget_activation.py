"""The activation explorer's slopes are those of its values, and it has words and a picture for every state."""

import io
import re
from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from PIL import Image

from forwardpass import plots, widgets
from forwardpass.widgets import activation

NAMES = sorted(activation.FUNCTIONS)


@pytest.fixture
def shell(tmp_path, monkeypatch):
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    yield InteractiveShell.instance(history_length=0)
    InteractiveShell.clear_instance()


def assert_legible(fig):
    """No title or label overlaps another or leaves the figure."""
    plots.png(fig)
    texts = [text for ax in fig.axes for text in (ax.title, ax._left_title, ax.xaxis.label) if text.get_text()]
    boxes = [text.get_window_extent() for text in texts]
    for box in boxes:
        assert fig.bbox.x0 <= box.x0 <= box.x1 <= fig.bbox.x1
        assert fig.bbox.y0 <= box.y0 <= box.y1 <= fig.bbox.y1
    for a, b in combinations(boxes, 2):
        assert not a.overlaps(b)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("leak", [0.0, 0.01, 0.5])
def test_the_slope_is_that_of_the_value(name, leak):
    value, slope = activation.FUNCTIONS[name]
    z = np.concatenate([np.linspace(-6, -0.01, 200), np.linspace(0.01, 6, 200)])
    measured = (value(z + 1e-6, leak) - value(z - 1e-6, leak)) / 2e-6
    assert np.abs(slope(z, leak) - measured).max() < 1e-8


def test_values_at_points_known_by_hand():
    assert activation.at("sigmoid", np.log(3)) == pytest.approx((0.75, 0.1875))
    assert activation.at("tanh", np.log(3)) == pytest.approx((0.8, 0.36))
    assert activation.at("relu", -2) == (0, 0)
    assert activation.at("leaky relu", -2, 0.1) == pytest.approx((-0.2, 0.1))


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (("sigmoid", 0, 0), "sigmoid at z = 0: value 0.5, slope 0.25.\nHere it is steepest: 0.25."),
        (
            ("sigmoid", 4.0, 0),
            "sigmoid at z = 4: value 0.982, slope 0.0177.\nSaturated: the slope is 7.07 % of",
        ),
        (("tanh", -6.0, 0), "tanh at z = −6: value −1, slope 2.5e−05.\nSaturated: the slope is 0.00246 % of"),
        (("relu", 0, 0), "relu at z = 0: value 0.\nIt has a corner here: slope 0 on the left, 1 on the right."),
        (("leaky relu", 0, 0.2), "It has a corner here: slope 0.2 on the left, 1 on the right."),
        (("leaky relu", -1.0, 0.2), "leaky relu with slope 0.2 below 0 at z = −1: value −0.2, slope 0.2."),
        (("step", 0, 0), "It jumps here, from 0 to 1, and has no slope."),
        (("identity", -3.0, 0), "identity at z = −3: value −3, slope 1.\nA straight line"),
    ],
)
def test_words_say_value_slope_and_what_they_mean(state, words):
    assert words in activation.describe(*state)


@pytest.mark.parametrize(("name", "z", "leak"), [*product(NAMES, (-6.0, 0.0, 6.0), (0.9,))])
def test_the_figure_is_legible_at_the_ends_of_every_control(name, z, leak):
    view = activation.explain(name, z, leak)
    assert_legible(view.figure)
    assert name in view.words


@given(st.sampled_from(NAMES), st.floats(-6, 6), st.floats(0, 0.9))
@settings(max_examples=10, deadline=None)
def test_any_state_between_has_words_without_an_e_minus_hyphen(name, z, leak):
    view = activation.explain(name, z, leak)
    assert "-" not in view.words
    assert "nan" not in view.words


def test_a_title_gives_the_number_that_the_words_give():
    view = activation.explain("sigmoid", 1.5, 0.1)
    titles = [ax.get_title(loc="left") for ax in view.figure.axes]
    assert titles == ["value: 0.818", "slope: 0.149"]


def test_controls_have_labels_and_change_the_picture():
    panel = activation.panel()
    name, z, leak = panel.box.children[0].children
    before = bytes(panel.picture.value)
    box, slider = z.children
    slider.value = -2.0
    assert box.value == z.value == -2.0
    assert "z = −2" in panel.words
    assert bytes(panel.picture.value) != before
    name.value = "leaky relu"
    leak.children[0].value = 0.3
    assert "slope 0.3 below 0" in panel.text.value
    assert all(control.description for control in (name, box, leak.children[0]))
    assert Image.open(io.BytesIO(panel.picture.value)).format == "PNG"


def test_the_widget_is_one_output_with_a_picture_and_words(shell):
    with capture_output() as seen:
        assert widgets.activation_explorer() is None
    (output,) = seen.outputs
    assert set(output.data) == {"application/vnd.jupyter.widget-view+json", "text/html", "image/png", "text/plain"}
    assert not re.search("0x[0-9a-f]{6}", output.data["text/plain"])
    assert seen.stdout == seen.stderr == ""
