"""The boundary widget's line, side and corners agree with the neuron, in every state of its controls."""

import re
from itertools import combinations, product

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from forwardpass import plots, widgets
from forwardpass.widgets import boundary
from forwardpass.widgets.boundary import CORNERS, GATES, HIGH, LOW, Neuron

TENTHS = st.integers(-30, 30).map(lambda number: number / 10)
NEURONS = st.builds(Neuron, TENTHS, TENTHS, TENTHS)
relaxed = settings(max_examples=300, deadline=None)


@pytest.fixture
def shell(tmp_path, monkeypatch):
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    yield InteractiveShell.instance(history_length=0)
    InteractiveShell.clear_instance()


def assert_legible(fig):
    """No text overlaps another or leaves the figure."""
    plots.png(fig)
    texts = [text for ax in fig.axes for text in (*ax.texts, ax.xaxis.label, ax.yaxis.label) if text.get_text()]
    boxes = [text.get_window_extent() for text in texts]
    for box in boxes:
        assert fig.bbox.x0 <= box.x0 <= box.x1 <= fig.bbox.x1
        assert fig.bbox.y0 <= box.y0 <= box.y1 <= fig.bbox.y1
    for (i, a), (j, b) in combinations(enumerate(boxes), 2):
        assert not a.overlaps(b), (texts[i], texts[j])


def inside(point, polygon):
    """Whether a point lies in a convex polygon whose corners come anticlockwise."""
    edges = zip(polygon, [*polygon[1:], polygon[0]], strict=True)
    return all((bx - ax) * (point[1] - ay) - (by - ay) * (point[0] - ax) >= -1e-9 for (ax, ay), (bx, by) in edges)


@relaxed
@given(NEURONS)
@example(Neuron(0, 0, 0))
@example(Neuron(0, 0, 1))
@example(Neuron(0.1, 0.2, -0.3))
@example(Neuron(1, -1, 0))
def test_the_firing_region_holds_exactly_the_corners_that_fire(neuron):
    region = boundary.firing_region(neuron)
    for corner in CORNERS:
        if neuron.z(*corner) != 0:
            assert (len(region) > 2 and inside(corner, region)) == bool(neuron.fires(*corner))


@relaxed
@given(NEURONS)
@example(Neuron(1, 1, 1.2))
@example(Neuron(0, 3, 3))
def test_the_line_runs_where_z_is_zero_from_edge_to_edge(neuron):
    for x1, x2 in boundary.line(neuron):
        assert abs(neuron.w1 * x1 + neuron.w2 * x2 + neuron.b) < 1e-5
        assert min(abs(x - end) for x in (x1, x2) for end in (LOW, HIGH)) < 1e-9
        assert LOW - 1e-9 < min(x1, x2) <= max(x1, x2) < HIGH + 1e-9


def test_a_line_through_a_corner_leaves_that_corner_off():
    neuron = Neuron(0.1, 0.2, -0.3)
    assert neuron.z(1, 1) == 0
    assert neuron.fires(1, 1) == 0


def best(gate):
    tenths = [-3, -2, -1, -0.5, 0.5, 1, 1.5, 2, 3]
    return max(sum(boundary.right(Neuron(*numbers), gate)) for numbers in product(tenths, repeat=3))


def test_one_neuron_can_be_every_gate_but_xor():
    assert {gate: best(gate) for gate in GATES} == {"AND": 4, "OR": 4, "NAND": 4, "XOR": 3}


def test_words_give_the_sum_the_corners_and_the_verdict():
    assert boundary.describe(Neuron(1, 1, -0.5), "AND").splitlines() == [
        "z = 1·x1 + 1·x2 − 0.5; it fires where z > 0.",
        "(0, 0): z = −0.5, says 0, AND wants 0: right",
        "(0, 1): z = 0.5, says 1, AND wants 0: WRONG",
        "(1, 0): z = 0.5, says 1, AND wants 0: WRONG",
        "(1, 1): z = 1.5, says 1, AND wants 1: right",
        "AND: 2 of 4 right.",
    ]
    assert "there is no line" in boundary.describe(Neuron(0, 0, 1), "OR")
    assert "Can you find a better line?" in boundary.describe(Neuron(1, 1, -0.5), "XOR")


@pytest.mark.parametrize("numbers", [*product((-3.0, 3.0), repeat=3), (0.0, 0.0, 0.0), (-2.9, 2.9, -0.1)])
def test_the_figure_is_legible_at_the_ends_of_every_control(numbers):
    view = boundary.explain("NAND", *numbers)
    assert_legible(view.figure)
    assert "NAND: " in view.words


def test_the_widget_starts_as_or_and_the_bias_makes_it_and():
    panel = boundary.panel()
    gate, w1, _, b = panel.box.children[0].children
    assert "AND: 2 of 4 right" in panel.words
    before = bytes(panel.picture.value)
    b.children[1].value = -1.5
    assert b.children[0].value == -1.5
    assert "AND: 4 of 4 right" in panel.text.value
    assert bytes(panel.picture.value) != before
    gate.value = "NAND"
    assert "NAND: 0 of 4 right" in panel.words
    assert all(control.description for control in (gate, w1.children[0], b.children[0]))


def test_the_widget_is_one_output_with_a_picture_and_words(shell):
    with capture_output() as seen:
        assert widgets.decision_boundary() is None
    (output,) = seen.outputs
    assert set(output.data) == {"application/vnd.jupyter.widget-view+json", "text/html", "image/png", "text/plain"}
    assert not re.search("0x[0-9a-f]{6}", output.data["text/plain"])
    assert seen.stdout == seen.stderr == ""
