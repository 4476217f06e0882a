"""The cell's values are those of its equations, the words say the same, and every state of the controls is legible."""

import io
import re
from itertools import combinations, product

import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from PIL import Image

from forwardpass import plots, widgets
from forwardpass.widgets.lstm_cell import MAX_HELD, Plan, describe, draw, gates, panel, run


@pytest.fixture
def shell(tmp_path, monkeypatch):
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    yield InteractiveShell.instance(history_length=0)
    InteractiveShell.clear_instance()


def test_the_cell_follows_its_equations():
    plan = Plan(candidate=0.5, write=0.8, held=3, forget=0.5, leak=0.1, noise=-1.0, read=0.25)
    cell, output = run(plan)
    np.testing.assert_allclose(cell, [0.4, 0.1, -0.05, -0.125, -0.125])
    np.testing.assert_allclose(output, [0, 0, 0, 0, 0.25 * np.tanh(-0.125)])


def test_held_values_have_a_closed_form():
    plan = Plan(held=40, forget=0.9, leak=0.2, noise=0.3)
    cell, _ = run(plan)
    goal = 0.2 * 0.3 / 0.1
    assert cell[40] == pytest.approx(goal + (0.8 - goal) * 0.9**40)
    assert "end at 0.6, whatever was written" in describe(plan)


def test_words_say_what_the_figure_shows():
    assert describe(Plan()).splitlines() == [
        "Write, step 1: input gate 1 times candidate 0.8 makes C = 0.8.",
        "Hold, steps 2 to 31: the forget gate, 0.95, to the power 30 leaves 21.5 % of it, 0.172. "
        "The input gate, 0, lets 0 in on the way. C = 0.172.",
        "Read, step 32: output gate 1 times tanh(0.172) makes h = 0.17.",
        "Half of it is gone after 14 steps.",
    ]


@pytest.mark.parametrize(
    ("plan", "words"),
    [
        (Plan(forget=1.0), "it would stay so for ever"),
        (Plan(forget=1.0, leak=0.1), "C moves by −0.05 at every step held"),
        (Plan(forget=0.0), "clears the cell in one step"),
        (Plan(forget=0.5), "Half of it is gone after 1 step."),
        (Plan(held=1), "Hold, step 2: "),
        (Plan(held=200, forget=0.5), "leaves less than 0.01 % of it"),
    ],
)
def test_special_states_have_words(plan, words):
    assert words in describe(plan)


def assert_legible(fig):
    """No text overlaps another or leaves the figure."""
    plots.png(fig)
    boxes = []
    for ax in fig.axes:
        labels = [ax.title, ax.xaxis.label, *_ticks(ax.xaxis), *_ticks(ax.yaxis), *ax.texts]
        boxes += [text.get_window_extent() for text in labels if text.get_text()]
    for box in boxes:
        assert fig.bbox.x0 <= box.x0 <= box.x1 <= fig.bbox.x1
        assert fig.bbox.y0 <= box.y0 <= box.y1 <= fig.bbox.y1
    for a, b in combinations(boxes, 2):
        assert not a.overlaps(b)


def _ticks(axis):
    low, high = axis.get_view_interval()
    return [tick.label1 for tick in axis.get_major_ticks() if low <= tick.get_loc() <= high]


ENDS = [(-1.0, 1.0), (0.0, 1.0), (1, MAX_HELD), (0.0, 1.0), (0.0, 1.0), (-1.0, 1.0), (0.0, 1.0)]
CORNERS = [Plan(*corner) for corner in product(*ENDS)]


@pytest.mark.parametrize("plan", CORNERS[::9], ids=str)
def test_the_figure_is_legible_at_the_ends_of_every_control(plan, recwarn):
    assert_legible(draw(plan))
    assert not recwarn.list


def test_words_and_values_hold_in_every_corner(recwarn):
    for plan in CORNERS:
        cell, output = run(plan)
        assert len(cell) == len(output) == plan.held + 2 == len(gates(plan)["f"])
        assert np.isfinite(cell).all()
        assert not re.search("nan|inf|-", describe(plan))
    assert not recwarn.list


def controls(panel):
    return panel.box.children[0].children


def test_a_changed_control_changes_picture_and_words():
    one = panel()
    before = bytes(one.picture.value)
    controls(one)[3].value = 1.0
    assert "for ever" in one.words
    assert "for ever" in one.text.value
    assert bytes(one.picture.value) != before
    assert Image.open(io.BytesIO(one.picture.value)).format == "PNG"


def test_every_control_has_a_label():
    for control in controls(panel()):
        assert control.children[0].description


def test_it_is_one_output_with_a_picture_and_words(shell):
    with capture_output() as seen:
        assert widgets.lstm_cell() is None
    (output,) = seen.outputs
    assert set(output.data) == {"application/vnd.jupyter.widget-view+json", "text/html", "image/png", "text/plain"}
    assert seen.stdout == seen.stderr == ""


def test_outside_a_notebook_it_prints_its_words(capfd):
    widgets.lstm_cell()
    out, err = capfd.readouterr()
    assert out.startswith("Write, step 1")
    assert err == ""
