"""Broadcasting explorer: two shapes in; their axes lined up, what stretches, and the resulting shape out."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

import ipywidgets as ipw
import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from forwardpass import plots
from forwardpass.widgets.panel import LABELS, Panel, View

Shape = tuple[int, ...]

MAX_AXES = 6
MAX_SIZE = 9999
MAX_CELLS = 8
SIZES = "[0-9]+(,[0-9]+)*,?"
EXAMPLES = {
    "a column and a row": ("(3, 1)", "(4,)"),
    "a table and a row": ("(3, 4)", "(4,)"),
    "a table and one number": ("(2, 3)", "()"),
    "a table and a column that forgot its axis": ("(3, 4)", "(3,)"),
    "a batch of images and one number per channel": ("(64, 3, 32, 32)", "(3, 1, 1)"),
}
OWN = "shapes of your own"


@dataclass(frozen=True)
class Axis:
    """One axis of an alignment: the sizes in a and b (None where the array has no such axis) and in the result."""

    a: int | None
    b: int | None

    @property
    def result(self) -> int | None:
        """The size after broadcasting, or None if the sizes clash."""
        sizes = {self.a, self.b} - {1, None}
        return None if len(sizes) > 1 else sizes.pop() if sizes else 1

    @property
    def verb(self) -> str:
        """What happens to an array whose size changes along the axis."""
        return "stretches" if self.result else "shrinks"

    def stretches(self, size: int | None) -> bool:
        """Whether an array of this size, or with no such axis, is repeated along the axis."""
        return self.result is not None and size != self.result


def parse_shape(text: str) -> Shape:
    """The shape written in `text`: "(3, 1)", "3, 1", "[3, 1]", "4" or "()".

    Raises: ValueError with a sentence that says what to write instead.
    """
    line = re.sub(r" ?([,()\[\]]) ?", r"\1", plots.drawable(text))
    if not line:
        raise ValueError("A box is empty: write a shape such as (3, 1), or () for a single number.")
    if not re.fullmatch(rf"\(({SIZES})?\)|\[({SIZES})?\]|{SIZES}", line):
        raise ValueError(f"“{line[:40]}” is not a shape: {_complaint(line)}.")
    shape = [int(size) if len(size) < 9 else MAX_SIZE + 1 for size in re.findall("[0-9]+", line)]
    if len(shape) > MAX_AXES or max(shape, default=0) > MAX_SIZE:
        raise ValueError(f"“{line[:40]}” is too much for this figure: {MAX_AXES} axes of at most {MAX_SIZE} fit in.")
    return tuple(shape)


def _complaint(line: str) -> str:
    if re.search("- ?[0-9]", line):
        return "the size of an axis is 0 or more"
    return "write whole numbers with commas between them, such as (3, 1)"


def align(a: Shape, b: Shape) -> list[Axis]:
    """The axes of a and b lined up at the right, from the first axis of the longer shape to the last."""
    n = max(len(a), len(b))
    padded = [[None] * (n - len(shape)) + list(shape) for shape in (a, b)]
    return [Axis(*sizes) for sizes in zip(*padded, strict=True)]


def result_shape(axes: Sequence[Axis]) -> Shape | None:
    """The shape after broadcasting, or None if any axis clashes."""
    sizes = [axis.result for axis in axes]
    return None if None in sizes else tuple(size for size in sizes if size is not None)


def describe(a: Shape, b: Shape) -> str:
    """The alignment in words: a line for each axis from the last to the first, then the result."""
    axes = align(a, b)
    sentences = [f"axis {k - len(axes)}: {_sentence(axes[k])}" for k in reversed(range(len(axes)))]
    return "\n".join([f"a has shape {a}, b has shape {b}. Line them up at the right.", *sentences, _verdict(axes)])


def _sentence(axis: Axis) -> str:
    sizes = [f"{name} has {'no such axis, which counts as 1' if size is None else size}" for name, size in _named(axis)]
    return f"{', '.join(sizes)}: {_outcome(axis)}."


def _outcome(axis: Axis) -> str:
    if axis.result is None:
        return "they differ and neither is 1, so they clash"
    moved = [name for name, size in _named(axis) if axis.stretches(size)]
    return f"{' and '.join(moved)} {axis.verb} to {axis.result}" if moved else f"the same, {axis.result}"


def _named(axis: Axis) -> list[tuple[str, int | None]]:
    return [("a", axis.a), ("b", axis.b)]


def _verdict(axes: Sequence[Axis]) -> str:
    shape = result_shape(axes)
    if shape is not None:
        return f"Result: shape {shape}."
    clashes = [str(k - len(axes)) for k, axis in enumerate(axes) if axis.result is None]
    return f"No result: NumPy raises ValueError because of axis {' and axis '.join(clashes)}."


def explain(a: str, b: str) -> View:
    """Figure and words for two shapes as typed; bad text gives a sentence, never an error."""
    try:
        shapes = [parse_shape(text) for text in (a, b)]
    except ValueError as problem:
        return View(_message(str(problem)), str(problem))
    return View(draw(shapes[0], shapes[1]), describe(shapes[0], shapes[1]))


def _message(sentence: str) -> Figure:
    fig, ax = plots.drawing(15.2, 7.0)
    ax.text(7.6, 3.5, textwrap.fill(sentence, 60), ha="center", va="center", fontsize=13, parse_math=False)
    return fig


def draw(a: Shape, b: Shape) -> Figure:
    """The two shapes and the result axis by axis; beside them the arrays themselves where they are small enough."""
    fig, ax = plots.drawing(15.2, 7.0)
    axes = align(a, b)
    for y, name, sizes in ((1.0, "a", [x.a for x in axes]), (2.2, "b", [x.b for x in axes])):
        ax.text(1.7, y + 0.45, name, ha="right", va="center", fontweight="bold")
        for k, size in enumerate(sizes):
            _box(ax, 2.1 + 1.5 * k, y, size, axes[k])
    _results(ax, axes)
    ax.text(0.5, 6.3, textwrap.fill(_verdict(axes), 80), va="center", fontsize=12, fontweight="bold")
    if not axes:
        ax.text(2.1, 3.85, "no axes: single numbers", va="center", color=plots.current().muted)
    if len(axes) <= 2:
        _arrays(ax, a, b, axes)
    return fig


def _box(ax: Axes, x: float, y: float, size: int | None, axis: Axis) -> None:
    t = plots.current()
    box = Rectangle((x, y), 1.25, 0.9, facecolor=t.surface if size is None else t.fill, edgecolor=t.ink, linewidth=1.2)
    box.set(linestyle="--" if size is None else "-", hatch="//" if axis.stretches(size) else "", hatchcolor=t.rule)
    if axis.result is None:
        box.set(edgecolor="C1", linewidth=3)
    ax.add_patch(box)
    behind = {"facecolor": box.get_facecolor(), "edgecolor": "none", "pad": 1.5}
    shown, ink = ("none", t.muted) if size is None else (str(size), t.ink)
    ax.text(x + 0.62, y + 0.45, shown, ha="center", va="center", color=ink, bbox=behind)


def _results(ax: Axes, axes: Sequence[Axis]) -> None:
    ax.text(1.7, 3.85, "result", ha="right", va="center", fontweight="bold")
    for k, axis in enumerate(axes):
        x, t = 2.1 + 1.5 * k, plots.current()
        ax.add_patch(Rectangle((x, 3.4), 1.25, 0.9, facecolor=t.mark, edgecolor=t.ink, linewidth=1.2))
        ax.text(x + 0.62, 3.85, "✗" if axis.result is None else str(axis.result), ha="center", va="center")
        ax.text(x + 0.62, 0.55, f"axis {k - len(axes)}", ha="center", va="center", fontsize=9, color=t.muted)
        ax.text(x + 0.62, 4.7, _caption(axis), ha="center", va="top", fontsize=9)


def _caption(axis: Axis) -> str:
    if axis.result is None:
        return f"clash:\n{axis.a} ≠ {axis.b}"
    moved = [name for name, size in _named(axis) if axis.stretches(size)]
    return f"{' and '.join(moved)}\n{axis.verb}" if moved else "same"


def _arrays(ax: Axes, a: Shape, b: Shape, axes: Sequence[Axis]) -> None:
    result = result_shape(axes)
    shapes = [(name, shape, shape if result is None else result) for name, shape in (("a", a), ("b", b))]
    shapes += [] if result is None else [("a + b", result, result)]
    grids = [(name, _table(own), _table(full)) for name, own, full in shapes]
    if any(not 0 < side <= MAX_CELLS for _, _, full in grids for side in full):
        sentence = f"no drawing of the cells:\neach side must be 1 to {MAX_CELLS}"
        ax.text(10.4, 2.5, sentence, ha="center", color=plots.current().muted)
        return
    _grids(ax, grids, "✗" if result is None else "+=")


def _table(shape: Shape) -> tuple[int, int]:
    rows, columns = (1, 1, *shape)[-2:]
    return rows, columns


def _grids(ax: Axes, grids: Sequence[tuple[str, tuple[int, int], tuple[int, int]]], signs: str) -> None:
    width = sum(full[1] for _, _, full in grids)
    unit = min(0.6, (8.6 - 1.1 * len(signs)) / width, 3.6 / max(full[0] for _, _, full in grids))
    x = 10.4 - (unit * width + 1.1 * len(signs)) / 2
    for (name, own, full), sign in zip(grids, [*signs, ""], strict=True):
        ax.text(x + unit * full[1] / 2, 0.55, name, ha="center", va="center", fontsize=9, color=plots.current().muted)
        _grid(ax, x, unit, own, full, result=name == "a + b")
        x += unit * full[1] + 1.1
        ax.text(x - 0.55, 1.0 + unit * full[0] / 2, sign, ha="center", va="center", fontsize=15)
    if any(own != full for _, own, full in grids):
        ax.text(10.4, 5.1, "hatched: copies made by stretching", ha="center", fontsize=9, color=plots.current().muted)


def _grid(ax: Axes, x: float, unit: float, own: tuple[int, int], full: tuple[int, int], *, result: bool) -> None:
    t, (width, height) = plots.current(), (unit * full[1], unit * full[0])
    copies = Rectangle((x, 1.0), width, height, facecolor=t.surface, hatch="////", hatchcolor=t.muted, linewidth=0)
    kept = Rectangle((x, 1.0), unit * own[1], unit * own[0], facecolor=t.mark if result else t.fill, linewidth=0)
    for patch in (copies, kept):
        ax.add_patch(patch)
    across = [[(x, y), (x + width, y)] for y in 1.0 + unit * np.arange(full[0] + 1)]
    down = [[(z, 1.0), (z, 1.0 + height)] for z in x + unit * np.arange(full[1] + 1)]
    ax.add_collection(LineCollection(across + down, colors=t.ink, linewidths=0.8), autolim=False)


def panel(a: str = "(3, 1)", b: str = "(4,)") -> Panel:
    """The explorer's controls, figure and words, starting from two shapes as typed."""
    start = next((name for name, pair in EXAMPLES.items() if pair == (a, b)), OWN)
    example = ipw.Dropdown(options=[OWN, *EXAMPLES], value=start, description="example", style=LABELS)
    example.layout.width = "36em"
    boxes = {name: _shape_box(f"shape of {name}", text) for name, text in (("a", a), ("b", b))}

    def follow(changed: str) -> None:
        if changed != "example":
            example.value = OWN
        elif example.value in EXAMPLES:
            boxes["a"].value, boxes["b"].value = EXAMPLES[example.value]

    return Panel({**boxes, "example": example}, lambda a, b, example: explain(a, b), follow)


def _shape_box(description: str, text: str) -> ipw.Text:
    hint = "such as (3, 1); then press Enter"
    return ipw.Text(text, description=description, placeholder=hint, continuous_update=False, style=LABELS)


def broadcasting() -> None:
    """Show the broadcasting explorer: type or choose two shapes, press Enter, and see which axes stretch or clash."""
    panel().display()
