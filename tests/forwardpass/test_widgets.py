"""Widgets count and align as torch and NumPy do, say the same in words, and cope with every state of their controls."""

import io
import re
from itertools import combinations, product

import numpy as np
import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from PIL import Image
from torch.nn import functional as F

from forwardpass import plots, widgets
from forwardpass.widgets import broadcast, sliding
from forwardpass.widgets.sliding import Slide

relaxed = settings(deadline=None)
SLIDES = st.builds(
    Slide, st.integers(1, 12), st.integers(1, 7), st.integers(1, 5), st.integers(0, 3), st.integers(1, 3)
)
SHAPES = st.lists(st.sampled_from([1, 1, 2, 3, 0, 8, 1000]), max_size=6).map(tuple)


@pytest.fixture
def shell(tmp_path, monkeypatch):
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    yield InteractiveShell.instance(history_length=0)
    InteractiveShell.clear_instance()


def right(n, f, stride=1, padding=0, dilation=1):
    distance = n + 2 * padding - dilation * (f - 1) - 1
    if distance < 0:
        raise ValueError("the filter is larger than the padded input")
    return distance // stride + 1


def torch_size(slide):
    x, w = (torch.empty(1, 1, k, k, device="meta") for k in (slide.n, slide.f))
    try:
        y = F.conv2d(x, w, stride=slide.stride, padding=slide.padding, dilation=slide.dilation)
    except RuntimeError:
        return 0
    return y.shape[-1]


def assert_legible(fig):
    """No text overlaps another or leaves the figure."""
    plots.png(fig)
    (ax,) = fig.axes
    legend = ax.get_legend()
    shown = [text for text in ax.texts if text.get_text()]
    boxes = [text.get_window_extent() for text in shown] + ([legend.get_window_extent()] if legend else [])
    for box in boxes:
        assert fig.bbox.x0 <= box.x0 <= box.x1 <= fig.bbox.x1
        assert fig.bbox.y0 <= box.y0 <= box.y1 <= fig.bbox.y1
    for (i, a), (j, b) in combinations(enumerate(boxes), 2):
        assert not a.overlaps(b), (shown[i], shown[j] if j < len(shown) else "legend")


# sliding filter: the count


@given(SLIDES)
@settings(max_examples=300, deadline=None)
@example(Slide(7, 3))
@example(Slide(7, 3, stride=2))
@example(Slide(7, 3, stride=3))
@example(Slide(32, 5))
@example(Slide(1, 2))
@example(Slide(1, 1, stride=5))
def test_counted_positions_are_those_of_torch(slide):
    assert len(slide.starts) == torch_size(slide)


@relaxed
@given(SLIDES)
def test_unread_cells_are_those_without_a_gradient(slide):
    if not slide.starts:
        return
    row = torch.zeros(1, 1, slide.padded, requires_grad=True)
    F.conv1d(row, torch.ones(1, 1, slide.f), stride=slide.stride, dilation=slide.dilation).sum().backward()
    assert slide.unread == [cell for cell, grad in enumerate(row.grad[0, 0].tolist()) if grad == 0]
    assert slide.unread[len(slide.unread) - slide.left_over :] == list(
        range(slide.padded - slide.left_over, slide.padded)
    )


def test_the_count_builds_up_as_in_the_lesson():
    assert sliding.count(Slide(7, 3, stride=2)) == [
        ("padded row", "7 + 2·0 = 7"),
        ("filter spans", "3"),
        ("can move", "7 − 3 = 4"),
        ("steps of 2", "4 / 2 = 2"),
        ("plus the start", "2 + 1 = 3"),
    ]
    words = sliding.describe(Slide(7, 3, stride=2), 2)
    assert "The filter stands at position 2 of 3, on cells 3 to 5 of the padded row." in words


@pytest.mark.parametrize(
    ("slide", "sentence"),
    [
        (Slide(7, 3, stride=3), "1 cell is left over at the far end, never covered (part of the input is lost)"),
        (Slide(6, 3, stride=3, padding=1), "2 cells are left over at the far end, never covered (part of the input"),
        (Slide(7, 3, stride=4, padding=1), "2 cells are left over"),
        (Slide(6, 3, stride=2, padding=1), "1 cell is left over at the far end, never covered (only padding is lost)"),
        (Slide(3, 5), "The filter spans 5 cells and the padded row has only 3, so it fits nowhere"),
        (Slide(4, 3, dilation=2), "The filter spans 5 cells and the padded row has only 4, so it fits nowhere"),
        (Slide(9, 1, stride=4), "In between, 6 cells are never read, because the stride is longer than the filter."),
        (Slide(5, 2, stride=3, dilation=2), "because dilation leaves holes in the filter."),
    ],
)
def test_odd_combinations_are_explained(slide, sentence):
    assert sentence in sliding.describe(slide, 1)


def test_an_exact_fit_has_no_remarks():
    assert sliding.remarks(Slide(7, 3, stride=2)) == []


# sliding filter: the student's function


class NotAttempted(NotImplementedError):
    pass


def raising(error):
    def output_size(n, f, stride=1, padding=0, dilation=1):
        raise error

    return output_size


@pytest.mark.parametrize(
    ("output_size", "answer"),
    [
        (right, "5"),
        (raising(NotImplementedError()), "not written yet"),
        (raising(NotAttempted("later")), "not written yet"),
        (raising(TypeError("too\nmany\n\nlines")), "TypeError: too many lines"),
        (raising(ValueError()), "ValueError"),
        (raising(KeyError("x" * 500)), "KeyError: 'xxx"),
        (lambda n, f, **options: 5.0, "5.0"),
        (lambda n, f, **options: None, "None"),
        (lambda n, f, **options: object(), "an object of type object"),
        (lambda n, f, **options: list(range(1000)), "[0, 1, 2, 3, 4, 5, ...]"),
        (lambda n, f: 5, "TypeError: "),
        (5, "TypeError: 'int' object is not callable"),
    ],
)
def test_whatever_the_students_function_does_is_one_line(output_size, answer):
    line = sliding.ask(output_size, Slide(7, 3))
    assert line.startswith(answer)
    assert "\n" not in line
    assert len(line) <= 100
    assert not re.search("0x[0-9a-f]{6}", line)


def test_the_students_function_gets_the_state_and_its_prints_stay_inside(capfd, recwarn):
    def output_size(n, f, stride=1, padding=0, dilation=1):
        print("debugging", n)
        np.float64(1) / np.float64(0)
        return (n, f, stride, padding, dilation)

    assert sliding.ask(output_size, Slide(9, 2, 3, 1, 4)) == "(9, 2, 3, 1, 4)"
    assert capfd.readouterr() == ("", "")
    assert not recwarn.list


@pytest.mark.parametrize(
    ("slide", "answer", "verdict"),
    [
        (Slide(7, 3), "5", "Your function: 5. Counted: 5. They agree."),
        (Slide(7, 3), "4", "Your function: 4. Counted: 5. They differ."),
        (Slide(7, 3), "5.0", "Your function: 5.0. Counted: 5. They differ: a size is a whole number."),
        (Slide(7, 3), "not written yet", "Your function: not written yet. Counted: 5."),
        (Slide(2, 3), "not written yet", "Your function: not written yet. Counted: no position."),
        (Slide(2, 3), "0", "Your function: 0. Counted: no position. They differ."),
        (Slide(2, 3), "ValueError: no", "Your function: ValueError: no. Counted: no position. They agree."),
    ],
)
def test_the_answer_stands_beside_the_count(slide, answer, verdict):
    assert sliding.compare(slide, answer) == verdict


# sliding filter: the figure


CORNERS = list(product((1, 12), (1, 7), (1, 5), (0, 3), (1, 3)))


@pytest.mark.parametrize("corner", CORNERS, ids=str)
def test_the_figure_is_legible_at_both_ends_of_every_slider(corner):
    slide = Slide(*corner)
    message = "unsupported operand type(s) for +: 'int' and 'NoneType', $x$ and a good deal more of such text"
    view = sliding.explain(slide, 99, raising(TypeError(message)))
    assert_legible(view.figure)
    assert f"Counted: {len(slide.starts) or 'no position'}" in view.words


@given(SLIDES, st.integers(-1, 30))
@settings(max_examples=20, deadline=None)
def test_the_figure_is_legible_everywhere_between(slide, position):
    assert_legible(sliding.explain(slide, position, right).figure)


def test_the_figure_changes_with_the_position():
    assert plots.png(sliding.draw(Slide(7, 3), 1)) != plots.png(sliding.draw(Slide(7, 3), 2))


# broadcasting: shapes and words


@given(SHAPES, SHAPES)
@settings(max_examples=300, deadline=None)
@example((), ())
@example((3, 1), (4,))
@example((0,), (1,))
@example((0,), (2,))
def test_the_result_is_that_of_numpy(a, b):
    try:
        expected = np.broadcast_shapes(a, b)
    except ValueError:
        expected = None
    assert broadcast.result_shape(broadcast.align(a, b)) == expected
    assert ("clash" in broadcast.describe(a, b)) == (expected is None)


@relaxed
@given(SHAPES)
def test_every_shape_can_be_typed_as_python_writes_it(shape):
    assert broadcast.parse_shape(str(shape)) == shape
    assert broadcast.parse_shape(f"  {list(shape)} ") == shape


@relaxed
@given(st.text() | st.from_regex(r"[0-9(), -]{0,12}", fullmatch=True))
@example("3 4")
@example("$3$")
@example("٣")
def test_any_text_is_a_shape_or_gets_a_sentence(text):
    try:
        shape, sentence = broadcast.parse_shape(text), ""
    except ValueError as problem:
        shape, sentence = None, str(problem)
    if shape is None:
        assert re.fullmatch(r"[^\n]+\.", sentence)
    else:
        assert list(shape) == [int(size) for size in re.findall("[0-9]+", text)]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "A box is empty: write a shape such as (3, 1), or () for a single number."),
        ("3 x 4", "“3 x 4” is not a shape: write whole numbers with commas between them, such as (3, 1)."),
        ("(3, -1)", "“(3,-1)” is not a shape: the size of an axis is 0 or more."),
        ("(10000,)", "“(10000,)” is too much for this figure: 6 axes of at most 9999 fit in."),
        ("1,1,1,1,1,1,1", "“1,1,1,1,1,1,1” is too much for this figure: 6 axes of at most 9999 fit in."),
    ],
)
def test_bad_text_is_explained(text, sentence):
    view = broadcast.explain(text, "(3,)")
    assert view.words == sentence
    assert_legible(view.figure)


def test_words_go_from_the_last_axis_to_the_first():
    assert broadcast.describe((3, 1), (4,)).splitlines() == [
        "a has shape (3, 1), b has shape (4,). Line them up at the right.",
        "axis -1: a has 1, b has 4: a stretches to 4.",
        "axis -2: a has 3, b has no such axis, which counts as 1: b stretches to 3.",
        "Result: shape (3, 4).",
    ]
    assert broadcast.describe((2, 3, 4), (3, 3)).splitlines()[-1] == (
        "No result: NumPy raises ValueError because of axis -1."
    )


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ((), ()),
        ((1,), ()),
        ((8, 8), (8, 1)),
        ((8, 1), (1, 8)),
        ((9, 2), (2,)),
        ((3, 4), (3,)),
        ((2, 3), (4, 5)),
        ((0, 3), (1, 3)),
        ((9999,) * 6, (1, 2, 9999, 1, 9999, 1)),
        ((9999,) * 6, (2,) * 6),
    ],
)
def test_the_alignment_is_legible_at_its_limits(a, b):
    assert_legible(broadcast.draw(a, b))


@given(SHAPES, SHAPES)
@settings(max_examples=15, deadline=None)
def test_the_alignment_is_legible_everywhere_between(a, b):
    assert_legible(broadcast.draw(a, b))


# the widgets themselves


def rows(panel):
    return panel.box.children[0].children


def test_box_and_slider_move_together_and_the_words_follow():
    panel = sliding.panel(right)
    before = bytes(panel.picture.value)
    box, slider = rows(panel)[0].children
    slider.value = 9
    assert box.value == 9
    assert "9 + 2·0 = 9" in panel.words
    assert "9 + 2·0 = 9" in panel.text.value
    assert bytes(panel.picture.value) != before
    assert Image.open(io.BytesIO(panel.picture.value)).format == "PNG"


def test_the_position_stays_among_those_that_exist():
    panel = sliding.panel()
    n, f, stride, _, _, position = rows(panel)
    position.value = 5
    stride.value = 4
    assert (position.value, position.high, position.children[1].max) == (2, 2, 2)
    n.value, f.value = 1, 7
    assert (position.value, position.high) == (1, 1)
    assert "fits nowhere" in panel.words
    n.value = 12
    assert position.high == 2


def test_one_change_draws_once(monkeypatch):
    panel = sliding.panel()
    drawn = []
    monkeypatch.setattr(plots, "png", lambda fig: drawn.append(fig) or b"")
    rows(panel)[2].value = 4
    assert len(drawn) == 1


def test_an_example_fills_both_boxes_and_typing_leaves_it():
    panel = broadcast.panel()
    a, b, example = rows(panel)
    assert example.value == "a column and a row"
    example.value = "a table and a column that forgot its axis"
    assert (a.value, b.value) == ("(3, 4)", "(3,)")
    assert "clash" in panel.words
    b.value = "(3, 1)"
    assert example.value == broadcast.OWN
    assert "Result: shape (3, 4)" in panel.words
    a.value = "three"
    assert "is not a shape" in panel.text.value


@pytest.mark.parametrize("panel", [sliding.panel(), broadcast.panel()], ids=["sliding", "broadcasting"])
def test_controls_have_labels_and_words_are_announced(panel):
    for control in rows(panel):
        labelled = control.children[0] if hasattr(control, "high") else control
        assert labelled.description
    assert 'role="status" aria-live="polite"' in panel.text.value
    assert panel.picture.tooltip


@pytest.mark.parametrize("show", [widgets.broadcasting, lambda: widgets.sliding_filter(right)])
def test_a_widget_is_one_output_with_a_picture_and_words(shell, show):
    with capture_output() as seen:
        assert show() is None
    (output,) = seen.outputs
    view = "application/vnd.jupyter.widget-view+json"
    assert set(output.data) == {view, "text/html", "image/png", "text/plain"}
    assert output.data[view]["model_id"]
    assert "<img alt=" in output.data["text/html"]
    assert not re.search("0x[0-9a-f]{6}", output.data["text/plain"])
    assert seen.stdout == seen.stderr == ""
    with capture_output() as again:
        show()
    assert {**again.outputs[0].data, view: 0} == {**output.data, view: 0}


def test_outside_a_notebook_a_widget_prints_its_words(capfd):
    widgets.sliding_filter(raising(NotAttempted()))
    out, err = capfd.readouterr()
    assert out.endswith("Your function: not written yet. Counted: 5.\n")
    assert err == ""
