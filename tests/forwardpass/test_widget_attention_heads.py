"""The heads of a model are shown as they are, in figure and words, for every layer, head and token."""

import io
import re
from itertools import pairwise

import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from PIL import Image

from forwardpass import plots, widgets
from forwardpass.widgets.attention_heads import MAX_KEYS, describe, draw, label, looks, panel


def softmax(scores):
    shares = np.exp(scores)
    return shares / shares.sum(axis=-1, keepdims=True)


@pytest.fixture
def layers():
    rng = np.random.default_rng(0)
    words, iso = list("27 sept 2023"), list("2023-09-27")
    return {
        "encoder": (softmax(3 * rng.normal(size=(4, 12, 12))), words, words),
        "cross": (softmax(3 * rng.normal(size=(2, 10, 12))), iso, words),
    }


@pytest.fixture
def shell(tmp_path, monkeypatch):
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    yield InteractiveShell.instance(history_length=0)
    InteractiveShell.clear_instance()


def test_words_give_every_weight_with_its_key(layers):
    look = looks(layers)["cross"]
    words = describe(look, "cross", 2, 3)
    found = re.findall(r"(\d+) (\S) (\d\.\d\d)", words.splitlines()[-1])
    assert [key for _, key, _ in found] == list("27␣sept␣2023")
    np.testing.assert_allclose([float(weight) for *_, weight in found], look.weights[1, 2], atol=0.0051)
    assert words.startswith("cross, head 2 of 2: '2' (position 3) looks here.")


def test_words_name_the_largest_weight_first():
    words = describe(looks({"one": ([[[0.1, 0.7, 0.2]]], ["q"], ["a", "b", "c"])})["one"], "one", 1, 1)
    assert "Most: 70% at 'b' (position 2), 20% at 'c' (position 3), 10% at 'a' (position 1)." in words


def test_a_query_that_sees_nothing_is_said_to():
    words = describe(looks({"one": (np.zeros((1, 1, 2)), ["q"], ["a", "b"])})["one"], "one", 1, 1)
    assert "It may see nothing" in words


@pytest.mark.parametrize(("token", "shown"), [(" ", "␣"), ("é", "é"), ("<start>", "<start>"), ("", "␣")])
def test_blanks_can_be_seen(token, shown):
    assert label(token) == shown


@pytest.mark.parametrize(
    ("layer", "problem"),
    [
        ((np.zeros((2, 3)), ["a"] * 2, ["b"] * 3), r"expected weights of shape \(heads, 2, 3\)"),
        ((np.zeros((1, 3, 2)), ["a"] * 2, ["b"] * 3), r"got \(1, 3, 2\)"),
        ((np.zeros((1, 1, MAX_KEYS + 1)), ["a"], ["b"] * (MAX_KEYS + 1)), f"at most {MAX_KEYS} keys"),
    ],
)
def test_what_does_not_fit_is_refused(layer, problem):
    with pytest.raises(ValueError, match=problem):
        looks({"one": layer})


def test_no_layer_is_refused():
    with pytest.raises(ValueError, match="at least one layer"):
        looks({})


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("keys", [1, 12, MAX_KEYS])
def test_the_figure_keeps_its_labels_apart(theme, keys, recwarn):
    plots.theme(theme)
    try:
        fig = draw(looks({"one": (np.full((1, 2, keys), 1 / keys), list("ab"), ["m"] * keys)})["one"], "one", 1, 2)
        plots.png(fig)
        for ax in fig.axes:
            boxes = [tick.get_window_extent() for tick in ax.get_xticklabels()]
            assert all(a.x1 <= b.x0 for a, b in pairwise(boxes))
            assert all(fig.bbox.x0 <= box.x0 and box.x1 <= fig.bbox.x1 for box in boxes)
    finally:
        plots.theme("light")
    assert not recwarn.list


def controls(panel):
    return panel.box.children[0].children


def test_controls_change_picture_and_words(layers):
    one = panel(layers)
    before = bytes(one.picture.value)
    _, head, token = controls(one)
    head.value, token.value = 4, 12
    assert one.words.startswith("encoder, head 4 of 4: '3' (position 12)")
    assert bytes(one.picture.value) != before
    assert Image.open(io.BytesIO(one.picture.value)).format == "PNG"


def test_a_smaller_layer_keeps_head_and_token_inside(layers):
    one = panel(layers)
    layer, head, token = controls(one)
    head.value, token.value = 4, 12
    layer.value = "cross"
    assert (head.value, token.value) == (2, 10)
    assert one.words.startswith("cross, head 2 of 2: '7' (position 10)")
    layer.value = "encoder"
    token.value = 12
    assert one.words.startswith("encoder, head 2 of 4: '3' (position 12)")


def test_every_control_has_a_label(layers):
    for control in controls(panel(layers)):
        labelled = control.children[0] if hasattr(control, "children") else control
        assert labelled.description


def test_it_is_one_output_with_a_picture_and_words(shell, layers):
    with capture_output() as seen:
        assert widgets.attention_heads(layers) is None
    (output,) = seen.outputs
    assert set(output.data) == {"application/vnd.jupyter.widget-view+json", "text/html", "image/png", "text/plain"}
    assert "<img alt=" in output.data["text/html"]
    assert seen.stdout == seen.stderr == ""
