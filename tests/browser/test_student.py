"""What a student sees in JupyterLab, in a real browser."""

import json
import re
from pathlib import Path

import pytest

from forwardpass.plots import contrast

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[2]
LESSON = "06_conv_arithmetic"
EXERCISE, CHECK, WIDGET = "conv-output-size", "conv-output-size-test-1", "demo-sliding-filter"
WRONG = "def conv_output_size(n, f, stride=1, padding=0, dilation=1):\n    return (n - f) // stride"
MIRRORED = """def cross_correlate2d(x, k):
    from numpy.lib.stride_tricks import sliding_window_view
    return (sliding_window_view(x, k.shape) * k[::-1, ::-1]).sum(axis=(2, 3))"""
MISTAKE = "you left out the plus one"


@pytest.fixture(scope="module")
def solved():
    """The reference solution of lesson 06: {cell id: source} for every cell that a student writes."""
    notebook = json.loads((ROOT / "solutions" / LESSON / f"{LESSON}.ipynb").read_text(encoding="utf-8"))
    answers = [cell for cell in notebook["cells"] if cell["metadata"].get("nbgrader", {}).get("solution")]
    return {cell["id"]: "".join(cell["source"]) for cell in answers}


def test_make_lab_opens_the_home_page_and_asks_nothing(page, server, expect):
    assert not re.search(r"^\[[EC] |Traceback|WARNING", server.log.read_text(errors="replace"), re.MULTILINE)
    page.goto(server.address("/"))
    page.get_by_role("link", name="The arithmetic of convolution").click()
    expect(page.get_by_role("tab", name=f"{LESSON}.ipynb")).to_be_visible()
    expect(page.get_by_role("button", name="Validate")).to_be_visible()
    expect(page.locator("#jp-main-statusbar")).to_contain_text("| Idle")
    expect(page.locator(".jp-Dialog, .Toastify__toast")).to_have_count(0)
    expect(page.get_by_text("Nbgrader", exact=True)).to_have_count(0)


def test_run_all_passes_every_check_of_a_blank_lesson(server, open_notebook, expect):
    notebook = open_notebook(server.lesson("blank", {}))
    notebook.run_all()
    expect(notebook.panel.locator(".jp-CodeCell .jp-InputPrompt").last).to_have_text(re.compile(r"\[\d+\]:"))
    for id in notebook.ids:
        if "-test-" in id:
            expect(notebook.output(id)).to_contain_text("not attempted yet")
    shown = "\n".join(notebook.panel.locator(".jp-OutputArea-output").all_text_contents())
    assert "Traceback" not in shown
    assert "[0;" not in shown


def test_a_check_names_the_mistake_and_then_passes(server, solved, open_notebook, expect):
    notebook = open_notebook(server.lesson("answering", {}, last=WIDGET))
    notebook.run("set-up")
    for theme, state, answer, verdict in [
        ("Light", "not_attempted", "", "not attempted yet"),
        ("Light", "wrong", WRONG, MISTAKE),
        ("Dark", "wrong", WRONG, MISTAKE),
        ("Dark", "right", solved[EXERCISE], "right: 4 cases"),
        ("Light", "right", solved[EXERCISE], "right: 4 cases"),
    ]:
        notebook.set_theme(theme)
        if answer:
            notebook.write(EXERCISE, answer)
        notebook.run(EXERCISE)
        notebook.run(CHECK)
        expect(notebook.output(CHECK)).to_contain_text(verdict)
        notebook.look_at(EXERCISE, f"{state}_{theme.lower()}")
        assert contrast(*_ink_and_paper(notebook.output(CHECK))) >= 4.5


def test_a_wrong_convolution_is_drawn_beside_the_expected_one(server, open_notebook, expect):
    check = "cross-correlate2d-test-1"
    notebook = open_notebook(server.lesson("drawn", {}, last=check, name="07_convolution_and_pooling"))
    notebook.run("set-up")
    notebook.write("cross-correlate2d", MIRRORED)
    notebook.run("cross-correlate2d")
    for theme in ("Light", "Dark"):
        notebook.set_theme(theme)
        notebook.run(check)
        drawn, said = notebook.output(check).first, notebook.output(check).last
        expect(said).to_contain_text("you turned the filter by half a turn")
        expect(said).to_contain_text("all values differ, by up to")
        picture = drawn.get_by_role("img", name="The expected image and yours, drawn side by side")
        expect(picture).to_be_visible()
        assert picture.evaluate("img => img.naturalWidth") > 600
        notebook.look_at(check, f"drawn_{theme.lower()}", end=True)


def _ink_and_paper(output):
    """Colours of an output's text and of what is behind it, where half-transparent layers may lie on each other."""
    ink, *layers = output.locator("pre").evaluate(
        """pre => {
            const colours = [getComputedStyle(pre).color];
            for (let box = pre; box; box = box.parentElement) colours.push(getComputedStyle(box).backgroundColor);
            return colours;
        }"""
    )
    paper = (255.0, 255.0, 255.0)
    for layer in reversed(layers):
        *colour, alpha = _rgba(layer)
        paper = tuple(alpha * new + (1 - alpha) * old for new, old in zip(colour, paper, strict=True))
    return [[part / 255 for part in colour] for colour in (_rgba(ink)[:3], paper)]


def _rgba(colour):
    """The numbers of rgb(1, 2, 3) and rgba(1, 2, 3, 0.5)."""
    return [*map(float, re.findall(r"[\d.]+", colour)), 1.0][:4]


def test_validate_names_the_mistake_and_then_succeeds(page, server, solved, open_notebook, expect):
    notebook = open_notebook(server.lesson("validating", solved | {EXERCISE: WRONG}))
    dialog = notebook.validate()
    expect(dialog).to_contain_text(re.compile(f"likely +{MISTAKE}"))
    notebook.look_at(EXERCISE, "validate_wrong")
    dialog.get_by_role("button", name="Ok").click()
    notebook.write(EXERCISE, solved[EXERCISE])
    expect(notebook.validate()).to_contain_text("Success!")


def test_a_slider_changes_the_figure_by_mouse_and_by_keyboard(page, server, solved, open_notebook, expect):
    notebook = open_notebook(server.lesson("widget", solved, last=WIDGET))
    for id in ("set-up", EXERCISE, WIDGET):
        notebook.run(id)
    widget = notebook.cell(WIDGET)
    words, stride = widget.get_by_role("status"), widget.get_by_label("stride")
    expect(words).to_contain_text("steps of 1")
    first = _pixels(widget)

    row = widget.locator(".widget-hbox").filter(has=page.get_by_label("stride"))
    row.get_by_role("slider").drag_to(row.locator(".noUi-base"))  # to its middle, which is 3 of 1 to 5
    expect(words).to_contain_text("steps of 3")
    second = _pixels(widget)

    stride.focus()
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowLeft")
    expect(words).to_contain_text("steps of 2")
    expect(stride).to_have_value("2")
    assert len({first, second, _pixels(widget)}) == 3
    notebook.look_at(WIDGET, "widget")
    page.set_viewport_size({"width": 900, "height": 900})
    notebook.look_at(WIDGET, "widget_narrow")


def _pixels(widget):
    """The picture as it is shown now, as text."""
    picture = widget.get_by_role("img")
    read = "async img => (await fetch(img.src).then(file => file.bytes())).toString()"
    return picture.evaluate(read)


def test_a_notebook_that_ran_elsewhere_shows_its_figures_and_their_words(server, open_notebook, expect):
    copy = server.root / "course" / "ran" / f"{LESSON}.ipynb"
    copy.parent.mkdir()
    copy.write_bytes((ROOT / "solutions" / LESSON / copy.name).read_bytes())
    notebook = open_notebook(copy)
    pictures = notebook.panel.locator(".jp-OutputArea-output img")
    expect(pictures).not_to_have_count(0)
    expect(notebook.output(WIDGET).get_by_role("img")).to_have_attribute("alt", re.compile("can move"))
    assert all(picture.evaluate("img => img.naturalWidth > 0 && img.alt !== ''") for picture in pictures.all())
    notebook.look_at(WIDGET, "not_running")
