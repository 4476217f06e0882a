"""Every widget of every lesson in a real browser: each of its controls to both ends, in both themes."""

import json
from pathlib import Path

import pytest

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[2]
FAR = 10**6  # beyond every range: a number box stops at its end


UNTRAINED = {
    "13_transformer": """
row = data.dates(1, "test")[0]
model = Transformer(8, 13, d_model=64, num_heads=4, hidden_dim=64, num_layers=1)
model(torch.randint(2, 8, (1, len(row.words))), torch.randint(2, 13, (1, 10)))
crossing, reading = model.decoder[0].cross_attention.weights[0], model.encoder[0].attention.weights[0]
""",
}


def _widgets():
    for path in sorted((ROOT / "solutions").glob("*/*.ipynb")):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            if cell["id"].startswith("demo-") and "\nwidgets." in "\n" + "".join(cell["source"]):
                yield pytest.param(path.stem, cell["id"], id=f"{path.stem[:2]}-{cell['id'].removeprefix('demo-')}")


@pytest.mark.parametrize(("lesson", "demo"), [*_widgets()])
def test_a_widget_follows_each_control_to_both_ends(lesson, demo, page, server, open_notebook, expect):
    notebook = open_notebook(server.solved_up_to(demo, lesson, UNTRAINED.get(lesson, "")))
    notebook.run_all()
    widget = notebook.cell(demo)
    words = widget.get_by_role("status")
    expect(words).not_to_be_empty()
    seen = {words.inner_text()}
    for number, change in enumerate(_changes(widget)):
        change()
        page.wait_for_timeout(700)  # nothing tells when a kernel has nothing more to draw
        expect(words).not_to_be_empty()
        assert widget.get_by_role("img").evaluate("img => img.naturalWidth") > 100, f"after change {number}"
        seen.add(words.inner_text())
    assert len(seen) > 2
    for theme in ("Light", "Dark"):
        notebook.set_theme(theme)
        notebook.look_at(demo, f"widget_{lesson[:2]}_{demo.removeprefix('demo-')}_{theme.lower()}")


def _changes(widget):
    """One step for each end of each control, as a keyboard reaches them."""
    for box in widget.locator("input[type=number]").all():
        for value in (FAR, -FAR):
            yield lambda box=box, value=value: (box.fill(str(value)), box.press("Enter"))
    for handle in widget.locator(".widget-hslider").filter(has_not=widget.page.locator("input")).all():
        slider = handle.get_by_role("slider")
        for key in ("End", "Home"):
            yield lambda slider=slider, key=key: slider.press(key)
    for menu in widget.locator("select").all():
        for option in range(menu.locator("option").count()):
            yield lambda menu=menu, option=option: menu.select_option(index=option)
