"""Figures can be read by everybody: contrast, colour blindness, alt text; and each is shown once."""

import base64
import io
import struct
from html.parser import HTMLParser
from itertools import combinations

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from matplotlib.colors import to_rgb
from nbconvert import HTMLExporter
from PIL import Image

from forwardpass import plots

ALT = 'Line chart: "loss" falls from 1 to 0 & stays there <for good>.'
# Machado, Oliveira and Fernandes, 2009: how full protanopia, deuteranopia and tritanopia change linear RGB
SEEN_BY = {
    "everybody else": np.eye(3),
    "protanopia": np.array([[0.1523, 1.0526, -0.2049], [0.1145, 0.7863, 0.0992], [-0.0039, -0.0481, 1.0520]]),
    "deuteranopia": np.array([[0.3673, 0.8606, -0.2280], [0.2801, 0.6725, 0.0474], [-0.0118, 0.0429, 0.9689]]),
    "tritanopia": np.array([[1.2555, -0.0767, -0.1788], [-0.0784, 0.9308, 0.1476], [0.0047, 0.6914, 0.3039]]),
}


@pytest.fixture(autouse=True)
def light():
    plt.switch_backend("agg")
    plots.theme("light")
    yield
    plots.theme("light")
    plt.close("all")


@pytest.fixture
def shell(tmp_path, monkeypatch):
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    yield InteractiveShell.instance(history_length=0)
    InteractiveShell.clear_instance()


class Images(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.found = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        if tag == "img":
            self.found.append(dict(attrs))


def line_figure():
    fig, ax = plots.figure()
    ax.set(title="Loss", xlabel="step", ylabel="loss")
    x = np.linspace(0, 10, 200)
    plots.lines(ax, x, {f"rate {k}": np.exp(-x / (k + 1)) for k in range(5)})
    return fig


def chunks(png):
    at = 8
    while at < len(png):
        length, name = struct.unpack(">I4s", png[at : at + 8])
        yield name
        at += 12 + length


# contrast and colour blindness


@pytest.mark.parametrize("theme", plots.THEMES.values(), ids=plots.THEMES)
def test_text_reaches_4_5_and_lines_reach_3_on_everything_they_stand_on(theme):
    for behind in (theme.surface, theme.fill, theme.pad, theme.mark):
        assert plots.contrast(theme.ink, behind) >= 4.5
        assert plots.contrast(theme.series[1], behind) >= 3
    for behind in (theme.surface, theme.fill, theme.pad):
        assert plots.contrast(theme.muted, behind) >= 4.5
        for frame in plots.FRAMES:
            assert plots.contrast(theme.series[int(frame[1])], behind) >= 3
    assert all(plots.contrast(colour, theme.surface) >= 3 for colour in theme.series)


def lab(linear):
    xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]) @ linear.clip(0, 1)
    x, y, z = np.cbrt(xyz / [0.9505, 1.0, 1.089])
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("eyes", SEEN_BY.values(), ids=SEEN_BY)
@pytest.mark.parametrize("theme", plots.THEMES.values(), ids=plots.THEMES)
def test_series_colours_stay_apart_for_every_kind_of_colour_vision(theme, eyes):
    rgb = [np.array(to_rgb(colour)) for colour in theme.series]
    linear = [np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4) for c in rgb]
    assert min(np.linalg.norm(lab(eyes @ a) - lab(eyes @ b)) for a, b in combinations(linear, 2)) > 15


def test_contrast_is_that_of_the_standard():
    assert plots.contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert plots.contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)
    assert plots.contrast("#D55E00", "#D55E00") == 1


@settings(deadline=None)
@given(st.integers(0, 0xFFFFFF))
def test_one_of_black_and_white_is_legible_on_any_colour(colour):
    fill = f"#{colour:06x}"
    assert plots.contrast(plots.legible_on(fill), fill) >= 4.5


def test_a_figure_is_a_card_with_the_surface_of_its_theme():
    dark = plots.theme("dark")
    assert plots.current() is dark
    pixels = np.asarray(Image.open(io.BytesIO(plots.png(line_figure()))).convert("RGB"))
    assert pixels[6, 6] / 255 == pytest.approx(to_rgb(dark.surface), abs=0.01)


def test_an_unknown_theme_names_the_known_ones():
    with pytest.raises(ValueError, match="light, dark"):
        plots.theme("solarized")


# alt text


@pytest.mark.parametrize("alt", ["", "  \n\t", None])
def test_a_figure_without_alt_text_is_refused(alt):
    with pytest.raises(ValueError, match="a figure needs alt text"):
        plots.show(line_figure(), alt=alt)
    with pytest.raises(ValueError, match="a figure needs alt text"):
        plots.show(line_figure())


def test_alt_text_survives_as_one_attribute_of_one_image():
    data = plots.mimebundle(b"\x89PNG", ALT.replace(" ", "\n  "))
    (img,) = Images(data["text/html"]).found
    assert img["alt"] == data["text/plain"] == ALT
    assert img["src"] == "data:image/png;base64," + data["image/png"]
    assert base64.b64decode(data["image/png"]) == b"\x89PNG"


@pytest.mark.parametrize("template", ["lab", "classic"])
def test_alt_text_reaches_the_image_in_exported_html(template):
    data = plots.mimebundle(plots.png(line_figure()), ALT)
    cell = nbformat.v4.new_code_cell(outputs=[nbformat.v4.new_output("display_data", data)])
    html, _ = HTMLExporter(template_name=template).from_notebook_node(nbformat.v4.new_notebook(cells=[cell]))
    assert [img["alt"] for img in Images(html).found] == [ALT]


def test_show_in_a_notebook_gives_one_output_and_closes_the_figure(shell):
    fig, ax = plt.subplots()
    ax.plot([1, 2, 3])
    with capture_output() as seen:
        plots.show(fig, alt=ALT)
    (output,) = seen.outputs
    assert set(output.data) == {"text/html", "image/png", "text/plain"}
    assert output.data["text/plain"] == ALT
    assert output.metadata == {"image/png": {"alt": ALT}}
    assert plt.get_fignums() == []
    assert seen.stdout == seen.stderr == ""


def test_show_in_a_plain_script_prints_the_alt_text(capfd):
    plots.show(line_figure(), alt=ALT)
    assert capfd.readouterr() == (ALT + "\n", "")


# the picture itself


def test_a_picture_is_small_repeatable_and_carries_no_date():
    png = plots.png(line_figure())
    assert 2_000 < len(png) < 60_000
    assert png == plots.png(line_figure())
    assert set(chunks(png)) <= {b"IHDR", b"PLTE", b"IDAT", b"IEND"}


def test_a_drawing_keeps_its_colours_and_a_photograph_stays_recognisable():
    fig, ax = plots.figure(4, 3)
    photo = np.random.default_rng(0).random((200, 300, 3))
    ax.imshow(photo)
    assert Image.open(io.BytesIO(plots.png(fig))).getcolors(256) is not None
    pixels = np.asarray(Image.open(io.BytesIO(plots.png(line_figure()))).convert("RGB")).reshape(-1, 3)
    for colour in plots.current().series:
        wanted = 255 * np.array(to_rgb(colour))
        assert np.abs(pixels - wanted).max(axis=1).min() <= 8


@settings(deadline=None)
@given(st.text())
def test_drawable_text_is_one_line_of_known_glyphs(text):
    line = plots.drawable(text)
    assert "\n" not in line
    assert plots.drawable(line) == line


# helpers


def texts(fig):
    return [text.get_text() for ax in fig.axes for text in ax.texts]


def test_lines_differ_in_more_than_colour_and_are_labelled_directly():
    fig = line_figure()
    series = [line for line in fig.axes[0].lines if len(line.get_xdata()) == 200]
    assert len({line.get_linestyle() for line in series[:4]}) == 4
    assert len({line.get_marker() for line in series}) == len(series) == 5
    assert [text for text in texts(fig) if text] == [f"rate {k}" for k in range(5)]


def test_lines_that_cannot_be_told_apart_are_refused():
    _, ax = plots.figure()
    with pytest.raises(ValueError, match="6 lines in one figure"):
        plots.lines(ax, [0, 1], {str(k): [0, k] for k in range(6)})


def test_a_line_may_end_in_nan_and_short_lines_show_every_point():
    _, ax = plots.figure()
    plots.lines(ax, [0, 1, 2], {"loss": [1.0, 0.5, np.nan]})
    assert ax.lines[0].get_markevery() is None


@settings(deadline=None)
@given(st.lists(st.floats(0, 1), max_size=5))
def test_labels_are_spread_without_changing_their_order(heights):
    spread = plots._spread(heights, 0.08)
    order = np.argsort(heights, kind="stable")
    assert all(np.diff(np.array(spread)[order]) >= 0.08 - 1e-9)
    assert min(spread, default=0) >= -1e-9


def test_cells_show_every_value_and_name_every_window():
    fig, ax = plots.figure(4, 4)
    plots.cells(ax, np.arange(6).reshape(2, 3), windows={"first": (0, 0, 2, 2)}, index=True)
    assert sorted(texts(fig)) == sorted([*"012345", *"012", *"01"])
    assert [entry.get_text() for entry in ax.get_legend().get_texts()] == ["first"]


@pytest.mark.parametrize("values", [[1.5, np.nan, -2.25], [["a", "b"], ["c", "d"]], [[7]], np.zeros((24, 24))])
def test_cells_take_floats_strings_and_single_rows(values):
    fig, ax = plots.figure(6, 6)
    plots.cells(ax, values, shade=np.asarray(values).dtype.kind == "f")
    assert len(texts(fig)) == np.asarray(values).size


@pytest.mark.parametrize("shape", [(2, 2, 2), (25, 1), (0, 3)])
def test_cells_say_which_arrays_they_cannot_draw(shape):
    _, ax = plots.figure()
    with pytest.raises(ValueError, match=r"cells draws arrays of 1 or 2 axes up to 24 x 24"):
        plots.cells(ax, np.zeros(shape))


def test_blocks_show_names_sizes_and_signs_inside_the_figure():
    fig, ax = plots.figure(7, 3)
    plots.blocks(ax, {"X": (64, 3072), "W": (3072, 10), "b": (10,), "image": (32, 32, 3)}, ["@", "+", "·"])
    assert {"X", "W", "64", "3072", "10", "@", "+", "·", "32", "3"} <= set(texts(fig))
    assert_nothing_overlaps_or_sticks_out(fig)


def assert_nothing_overlaps_or_sticks_out(fig):
    plots.png(fig)
    shown = [text for ax in fig.axes for text in ax.texts if text.get_text()]
    boxes = [text.get_window_extent() for text in shown]
    for text, box in zip(shown, boxes, strict=True):
        assert fig.bbox.x0 <= box.x0 <= box.x1 <= fig.bbox.x1, text
        assert fig.bbox.y0 <= box.y0 <= box.y1 <= fig.bbox.y1, text
    for (a, p), (b, q) in combinations(zip(shown, boxes, strict=True), 2):
        assert not p.overlaps(q), (a, b)


@pytest.mark.parametrize(
    ("shapes", "signs", "message"),
    [
        ({"x": ()}, (), "1 to 3 positive sizes"),
        ({"x": (1, 2, 3, 4)}, (), "1 to 3 positive sizes"),
        ({"x": (0,)}, (), "1 to 3 positive sizes"),
        ({"x": (1,), "y": (1,)}, ("+", "="), "2 blocks need 1 signs between them, and 2 came"),
    ],
)
def test_blocks_say_what_they_cannot_draw(shapes, signs, message):
    _, ax = plots.figure()
    with pytest.raises(ValueError, match=message):
        plots.blocks(ax, shapes, signs)
