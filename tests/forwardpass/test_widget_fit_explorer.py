"""The fit explorer fits as scikit-learn does, says in words what its figure shows, and copes with every setting."""

import warnings
from itertools import combinations, pairwise, product

import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from sklearn.linear_model import Ridge

from forwardpass import plots, widgets
from forwardpass.widgets.fit_explorer import (
    LAMBDAS,
    MAX_DEGREE,
    MAX_POINTS,
    MIN_POINTS,
    NOISE,
    Setting,
    best_degree,
    by_degree,
    describe,
    draw,
    errors,
    number,
    panel,
    predict,
    solve,
    training,
    truth,
    validation,
    verdict,
    wave,
)

CORNERS = list(product((1, 9, MAX_DEGREE), (0.0, 1e-8, 1e2), (MIN_POINTS, 15, MAX_POINTS)))


@pytest.fixture
def shell(tmp_path, monkeypatch):
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    yield InteractiveShell.instance(history_length=0)
    InteractiveShell.clear_instance()


def assert_legible(fig):
    """Every text lies inside the figure, and titles, labels and ticks overlap no other text of their axes."""
    plots.png(fig)
    for ax in fig.axes:
        ticks = [label for axis in (ax.xaxis, ax.yaxis) for label in seen_ticks(axis)]
        texts = [ax.title, ax._left_title, ax.xaxis.label, ax.yaxis.label, *ticks, *ax.get_legend().get_texts()]
        boxes = [text.get_window_extent() for text in texts if text.get_text()]
        assert all(fig.bbox.x0 <= box.x0 <= box.x1 <= fig.bbox.x1 for box in boxes)
        assert all(fig.bbox.y0 <= box.y0 <= box.y1 <= fig.bbox.y1 for box in boxes)
        assert not any(a.overlaps(b) for a, b in combinations(boxes, 2))


def seen_ticks(axis):
    low, high = axis.get_view_interval()
    return [tick.label1 for tick in axis.get_major_ticks() if low <= tick.get_loc() <= high]


@pytest.mark.parametrize(("degree", "lam", "points"), [(1, 0.1, 15), (4, 1e-3, 8), (9, 1e-2, 15), (5, 100.0, 60)])
def test_weights_are_those_of_scikit_learn(degree, lam, points):
    x, y = training(points)
    powers = np.vander(x, degree + 1, increasing=True)[:, 1:]
    ridge = Ridge(alpha=lam, solver="svd").fit(powers, y)
    assert np.allclose(solve(Setting(degree, lam, points)), [ridge.intercept_, *ridge.coef_], rtol=1e-6, atol=1e-8)


def test_a_polynomial_through_every_point_leaves_no_training_error():
    assert errors(Setting(14, 0.0, 15))[0] < 1e-9


def test_points_are_spread_evenly_and_grow_from_the_same_start():
    x, y = wave(100, 7)
    assert np.array_equal(wave(12, 7)[0], x[:12])
    assert np.abs(x).max() <= 1
    for points in (8, 15, 100):
        assert np.diff(np.sort(x[:points])).max() < 4 / points
    assert abs(np.std(y - truth(x)) - NOISE) < 0.1


def test_validation_points_are_none_of_the_training_points():
    assert not set(training(MAX_POINTS)[0]) & set(validation()[0])


def test_training_error_never_rises_with_the_degree():
    train = [pair[0] for pair in by_degree(Setting(1, 0.0, 15))]
    assert all(later <= earlier + 1e-9 for earlier, later in pairwise(train))


def test_training_error_never_falls_with_the_penalty():
    train = [errors(Setting(9, lam, 15))[0] for lam in LAMBDAS.values()]
    assert all(earlier <= later + 1e-9 for earlier, later in pairwise(train))


def test_the_lesson_sees_what_it_says():
    assert 0.09 < errors(Setting(3))[1] < 0.11
    assert 10 < errors(Setting(9))[1] / errors(Setting(3))[1] < 20
    held_out = {lam: errors(Setting(9, lam))[1] for lam in LAMBDAS.values()}
    assert min(held_out, key=held_out.get) in (0.01, 0.1)
    assert held_out[100.0] > 5 * NOISE**2
    assert errors(Setting(9, 0.0, 100))[1] < 0.11


@pytest.mark.parametrize(
    ("setting", "word"),
    [
        (Setting(1), "underfits"),
        (Setting(9), "overfits"),
        (Setting(3), "neither"),
        (Setting(15, 0.0, 8), "overfits"),
        (Setting(15, 100.0, 100), "underfits"),
    ],
)
def test_the_verdict_follows_from_the_two_errors(setting, word):
    assert word in verdict(setting)


def test_words_hold_the_numbers_of_the_figure():
    words = describe(Setting(9, 0.01, 15))
    train, held_out = errors(Setting(9, 0.01, 15))
    assert "degree 9, λ = 0.01, fitted to 15 points" in words
    assert f"training {train:.3f}, validation {held_out:.3f}" in words
    assert f"least at degree {best_degree(Setting(9, 0.01, 15))}" in words


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "below 0.0005"), (0.0312, "0.031"), (0.999, "0.999"), (12.345, "12.3"), (1e9, "over 1000")],
)
def test_errors_are_written_for_people(value, text):
    assert number(value) == text


@pytest.mark.parametrize("corner", CORNERS, ids=str)
def test_every_corner_has_finite_numbers_and_words(corner):
    setting = Setting(*corner)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert np.isfinite(predict(solve(setting), np.linspace(-1, 1, 50))).all()
        assert len(describe(setting).splitlines()) == 4


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("corner", [CORNERS[0], CORNERS[10], CORNERS[-1]], ids=str)
def test_the_figure_is_legible(corner, theme):
    try:
        plots.theme(theme)
        assert_legible(draw(Setting(*corner)))
    finally:
        plots.theme("light")


def test_list_and_slider_move_together_and_the_words_follow():
    explorer = panel()
    degree, points, lam = explorer.box.children[0].children
    before = bytes(explorer.picture.value)
    lam.children[1].index = 8
    assert lam.children[0].value == lam.value == 0.1
    degree.children[0].value, points.children[1].value = 3, 40
    assert "degree 3, λ = 0.1, fitted to 40 points" in explorer.words
    assert bytes(explorer.picture.value) != before


def test_every_control_has_a_label():
    degree, points, lam = panel().box.children[0].children
    assert [control.children[0].description for control in (degree, points, lam)] == [
        "degree",
        "training points",
        "penalty λ",
    ]


def test_the_widget_is_one_output_with_a_picture_and_words(shell):
    with capture_output() as seen:
        assert widgets.polynomial_fit() is None
    (output,) = seen.outputs
    assert set(output.data) == {
        "application/vnd.jupyter.widget-view+json",
        "text/html",
        "image/png",
        "text/plain",
    }
    assert "It overfits" in output.data["text/plain"]
    assert "<img alt=" in output.data["text/html"]
    assert seen.stdout == seen.stderr == ""
