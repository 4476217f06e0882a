"""The optimiser's path steps as torch does, says the same in words, and copes with every state of its controls."""

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
from forwardpass.widgets.optimiser_path import (
    BETA1,
    BETA2,
    MAX_STEPS,
    RATES,
    RULES,
    SURFACES,
    Run,
    crossings,
    describe,
    draw,
    is_lost,
    panel,
    walk,
)


@pytest.fixture
def shell(tmp_path, monkeypatch):
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    yield InteractiveShell.instance(history_length=0)
    InteractiveShell.clear_instance()


def torch_walk(run):
    rules = {
        "SGD": lambda p: torch.optim.SGD(p, lr=run.rate),
        "momentum": lambda p: torch.optim.SGD(p, lr=run.rate, momentum=run.beta1),
        "RMSprop": lambda p: torch.optim.RMSprop(p, lr=run.rate, alpha=run.beta2),
        "Adam": lambda p: torch.optim.Adam(p, lr=run.rate, betas=(run.beta1, run.beta2)),
    }
    point = torch.nn.Parameter(torch.tensor(run.ground.start, dtype=torch.float64))
    optimizer, points = rules[run.rule]([point]), [point.detach().numpy().copy()]
    for _ in range(run.steps):
        optimizer.zero_grad()
        run.ground.f(*point).backward()
        optimizer.step()
        points.append(point.detach().numpy().copy())
    return np.array(points)


@pytest.mark.parametrize(("surface", "rule"), list(product(SURFACES, RULES)))
def test_the_path_is_that_of_torch_with_autograd(surface, rule):
    run = Run(surface, rule, rate=0.001, beta1=0.8, beta2=0.9, steps=30)
    np.testing.assert_allclose(walk(run), torch_walk(run), rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("surface", list(SURFACES.values()), ids=list(SURFACES))
def test_a_surface_is_0_at_its_minimum_and_lowest_on_its_floor(surface):
    x, y = surface.minimum
    assert surface.f(x, y) == 0
    assert surface.gradient(x, y) == (0, 0)
    assert surface.floor(x) == y
    left, right, bottom, top = surface.window
    assert left < surface.start[0] < right
    assert bottom < surface.start[1] < top


def test_both_bowls_are_one_bowl_turned():
    narrow, tilted = (walk(Run(surface, "momentum", 0.01, steps=50)) for surface in ("narrow bowl", "tilted bowl"))
    turned = np.stack([narrow[:, 0] - narrow[:, 1], narrow[:, 0] + narrow[:, 1]], axis=1) / 2**0.5
    np.testing.assert_allclose(turned, tilted, atol=1e-9)


def test_a_run_above_the_limit_is_lost_and_says_so():
    run = Run(rate=0.05, steps=500)
    points = walk(run)
    assert is_lost(points)
    assert len(points) < 100
    assert f"It is lost: at step {len(points) - 1} a coordinate is beyond a million." in describe(run)


def test_words_name_the_settings_that_count_and_where_the_path_ends():
    words = describe(Run(steps=1))
    assert "SGD with rate 0.019 (beta1 and beta2 not used) on the narrow bowl, f = ½(x² + 100y²)" in words
    assert "After 1 step (x, y) = (−3.92, −0.72) and f = 33.6." in words
    assert "It crossed the floor of the valley once." in words
    assert "Adam with rate 0.1, beta1 0.9, beta2 0.99 on" in describe(Run(rule="Adam", rate=0.1, beta2=0.99))
    assert "RMSprop with rate 0.1, beta2 0.999 (beta1 not used) on" in describe(Run(rule="RMSprop", rate=0.1))


def test_crossings_count_the_sides_of_the_floor():
    assert crossings(Run(), walk(Run(rate=0.005, steps=20))) == 0
    assert crossings(Run(), walk(Run(rate=0.015, steps=20))) == 20
    assert "never" in describe(Run(rate=0.005, steps=20))


def assert_legible(fig):
    """No text or legend overlaps another or leaves the figure."""
    plots.png(fig)
    boxes = []
    for ax in fig.axes:
        labels = [ax.title, ax.xaxis.label, ax.yaxis.label, *_ticks(ax.xaxis), *_ticks(ax.yaxis)]
        boxes += [text.get_window_extent() for text in labels if text.get_text()]
        boxes += [ax.get_legend().get_window_extent()] if ax.get_legend() else []
    for box in boxes:
        assert fig.bbox.x0 <= box.x0 <= box.x1 <= fig.bbox.x1
        assert fig.bbox.y0 <= box.y0 <= box.y1 <= fig.bbox.y1
    for a, b in combinations(boxes, 2):
        assert not a.overlaps(b)


def _ticks(axis):
    low, high = axis.get_view_interval()
    return [tick.label1 for tick in axis.get_major_ticks() if low <= tick.get_loc() <= high]


ENDS = [(values[0], values[-1]) for values in (RATES, BETA1, BETA2, (1, MAX_STEPS))]
CORNERS = list(product(SURFACES, RULES, *ENDS))


@pytest.mark.parametrize("corner", CORNERS[::11], ids=str)
def test_the_figure_and_words_hold_at_the_ends_of_every_control(corner, recwarn):
    run = Run(*corner)
    assert_legible(draw(run))
    assert re.search(r"After \d+ steps? \(x, y\)|It is lost: at step \d+", describe(run))
    assert "nan" not in describe(run)
    assert not recwarn.list


def test_words_hold_in_every_corner(recwarn):
    for corner in CORNERS:
        assert not re.search("nan|inf", describe(Run(*corner)))
    assert not recwarn.list


def controls(panel):
    return panel.box.children[0].children


def test_a_changed_control_changes_picture_and_words():
    one = panel()
    before = bytes(one.picture.value)
    _, rule, rate, *_ = controls(one)
    rule.value = "Adam"
    rate.value = 0.1
    assert one.words.startswith("Adam with rate 0.1")
    assert "Adam with rate 0.1" in one.text.value
    assert bytes(one.picture.value) != before
    assert Image.open(io.BytesIO(one.picture.value)).format == "PNG"


def test_every_control_has_a_label():
    for control in controls(panel()):
        labelled = control.children[0] if hasattr(control, "children") else control
        assert labelled.description


def test_it_is_one_output_with_a_picture_and_words(shell):
    with capture_output() as seen:
        assert widgets.descent() is None
    (output,) = seen.outputs
    assert set(output.data) == {"application/vnd.jupyter.widget-view+json", "text/html", "image/png", "text/plain"}
    assert "<img alt=" in output.data["text/html"]
    assert seen.stdout == seen.stderr == ""


def test_outside_a_notebook_it_prints_its_words(capfd):
    widgets.descent()
    out, err = capfd.readouterr()
    assert out.startswith("SGD with rate 0.019")
    assert err == ""
