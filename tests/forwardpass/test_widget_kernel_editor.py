"""The kernel editor slides as torch does, says the same in words, and copes with every state of its controls."""

import io
import re
from itertools import combinations

import numpy as np
import pytest
import torch
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from PIL import Image

from forwardpass import plots, widgets
from forwardpass.widgets.kernel_editor import (
    LIMIT,
    MAX_DIVISOR,
    OWN,
    PRESETS,
    describe,
    draw,
    panel,
    slide,
    small_photograph,
)


@pytest.fixture
def shell(tmp_path, monkeypatch):
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    yield InteractiveShell.instance(history_length=0)
    InteractiveShell.clear_instance()


def test_the_result_is_that_of_torch():
    rng = np.random.default_rng(0)
    image, weights = rng.uniform(size=(7, 9)), tuple(rng.normal(size=9))
    kernel = torch.tensor(weights, dtype=torch.float64).reshape(1, 1, 3, 3) / 4
    want = torch.conv2d(torch.from_numpy(image)[None, None], kernel)[0, 0].numpy()
    np.testing.assert_allclose(slide(image, weights, 4), want)


def test_the_photograph_is_small_and_grey():
    photo = small_photograph()
    assert photo.shape == (96, 128)
    assert 0 <= photo.min() < 0.2 < 0.8 < photo.max() <= 1


@pytest.mark.parametrize(
    ("preset", "words"),
    [
        ("identity", "Sum 1: an even area keeps its brightness."),
        ("blur", "all divided by 9. Its sum is 1."),
        ("Laplacian", "Sum 0: an even area becomes 0"),
        ("Sobel, across", "every sign changes: convolution gives minus the correlation"),
        ("emboss", "it is another kernel"),
        ("sharpen", "correlation and convolution agree"),
    ],
)
def test_words_say_what_the_sum_and_the_symmetry_mean(preset, words):
    assert words in describe(*PRESETS[preset])


def test_words_for_other_sums():
    assert "becomes 2·v: brighter" in describe((0, 0, 0, 0, 2, 0, 0, 0, 0))
    assert "becomes 0.5·v: darker" in describe((0, 0, 0, 0, 1, 0, 0, 0, 0), 2)
    assert "below black" in describe((0, 0, 0, 0, -1, 0, 0, 0, 0))
    assert "nothing is left" in describe((0,) * 9)


CORNERS = [
    ((float(LIMIT),) * 9, 1),
    ((-float(LIMIT),) * 9, 1),
    ((0.0,) * 9, MAX_DIVISOR),
    ((0.01, 0, 0, 0, 0, 0, 0, 0, 0), MAX_DIVISOR),
    ((-19.75, 19.75, 0, 0, 0, 0, 0, 0, 0), 1),
    ((0.1, 0.2, -0.3, 0, 0, 0, 0, 0, 0), 7),
    *PRESETS.values(),
]


@pytest.mark.parametrize("corner", CORNERS, ids=str)
def test_figure_and_words_hold_at_the_ends_of_every_control(corner, recwarn):
    fig = draw(*corner)
    plots.png(fig)
    boxes = [text.get_window_extent() for ax in fig.axes for text in ax.texts]
    for box in boxes:
        assert fig.bbox.x0 <= box.x0 <= box.x1 <= fig.bbox.x1
        assert fig.bbox.y0 <= box.y0 <= box.y1 <= fig.bbox.y1
    for a, b in combinations(boxes, 2):
        assert not a.overlaps(b)
    assert not re.search("nan|inf|e[-+]", describe(*corner))
    assert len(describe(*corner).splitlines()) == 4
    assert not recwarn.list


def controls(one):
    return one.box.children[0].children


def test_a_preset_fills_the_boxes_and_typing_leaves_it():
    one = panel()
    preset, weights, divisor = controls(one)
    preset.value = "blur"
    assert weights.value == (1.0,) * 9
    assert divisor.value == 9
    assert "divided by 9" in one.words
    before = bytes(one.picture.value)
    weights.boxes[4].value = 2
    assert preset.value == OWN
    assert "Its sum is 1.11" in one.text.value
    assert bytes(one.picture.value) != before
    weights.boxes[4].value = 1
    assert preset.value == "blur"
    preset.value = OWN
    assert weights.value == (1.0,) * 9
    assert Image.open(io.BytesIO(one.picture.value)).format == "PNG"


def test_one_preset_draws_once(monkeypatch):
    one = panel()
    drawn = []
    monkeypatch.setattr(plots, "png", lambda fig: drawn.append(fig) or b"")
    controls(one)[0].value = "emboss"
    assert len(drawn) == 1


def test_every_control_has_a_label():
    preset, weights, divisor = controls(panel())
    assert all(control.description for control in (preset, divisor, *weights.boxes))


def test_it_is_one_output_with_a_picture_and_words(shell):
    with capture_output() as seen:
        assert widgets.edit_kernel() is None
    (output,) = seen.outputs
    assert set(output.data) == {"application/vnd.jupyter.widget-view+json", "text/html", "image/png", "text/plain"}
    assert "<img alt=" in output.data["text/html"]
    assert len(output.data["image/png"]) < 80_000
    assert seen.stdout == seen.stderr == ""


def test_outside_a_notebook_it_prints_its_words(capfd):
    widgets.edit_kernel()
    out, err = capfd.readouterr()
    assert out.startswith("Kernel, row by row: 0 −1 0; −1 5 −1; 0 −1 0. Its sum is 1.")
    assert err == ""
