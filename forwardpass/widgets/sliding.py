"""A filter that slides over a padded grid: how far it can move, how many steps fit, plus one."""

from __future__ import annotations

import contextlib
import io
import numbers
import reprlib
import textwrap
import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PatchCollection
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Patch, PathPatch, Rectangle
from matplotlib.path import Path
from matplotlib.transforms import Affine2D

from forwardpass import plots
from forwardpass.widgets.panel import Number, Panel, View

LEFT, TOP, SIDE = 0.7, 2.0, 6.4  # the grid's corner and its longest side, in half inches
TEXT = 8.4


@dataclass(frozen=True)
class Slide:
    """A filter of f cells, `dilation` apart, moving in steps of `stride` over n cells with `padding` at both ends."""

    n: int
    f: int
    stride: int = 1
    padding: int = 0
    dilation: int = 1

    @property
    def padded(self) -> int:
        """Cells in a row with the padding at both ends."""
        return self.n + 2 * self.padding

    @property
    def span(self) -> int:
        """Cells from the filter's first to its last, gaps included."""
        return self.dilation * (self.f - 1) + 1

    @property
    def distance(self) -> int:
        """Cells the filter can move; negative if it does not fit at all."""
        return self.padded - self.span

    @property
    def starts(self) -> range:
        """The first cell under the filter at each of its positions: as many as the output has cells."""
        return range(0, self.distance + 1, self.stride)

    @property
    def left_over(self) -> int:
        """Cells at the far end that the filter never reaches because the last step does not fit."""
        return self.distance % self.stride if self.starts else 0

    @property
    def unread(self) -> list[int]:
        """Every cell of the padded row that no position reads."""
        read = {start + k * self.dilation for start in self.starts for k in range(self.f)}
        return [cell for cell in range(self.padded) if cell not in read]


def describe(slide: Slide, position: int, answer: str = "") -> str:
    """The count in words, and where the filter stands; `answer` is what the student's function says, if anything."""
    lines = ["; ".join(f"{what}: {how}" for what, how in count(slide)) + ".", *remarks(slide)]
    if slide.starts:
        lines.insert(1, _standing(slide, position))
    return "\n".join([*lines, compare(slide, answer)] if answer else lines)


def count(slide: Slide) -> list[tuple[str, str]]:
    """The steps of the count, each a name and a sum: padded size, span, distance, steps, positions."""
    s, start = slide, len(slide.starts)
    lines = [
        ("padded row", f"{s.n} + 2·{s.padding} = {s.padded}"),
        ("filter spans", f"{s.dilation}·({s.f} − 1) + 1 = {s.span}" if s.dilation > 1 else f"{s.span}"),
        ("can move", f"{s.padded} − {s.span} = {s.distance}".replace("= -", "= −")),
    ]
    if start:
        lines += [(f"steps of {s.stride}", _division(s)), ("plus the start", f"{start - 1} + 1 = {start}")]
    return lines


def _division(s: Slide) -> str:
    return f"{s.distance} / {s.stride} = {len(s.starts) - 1}" + (f", {s.left_over} left over" if s.left_over else "")


def _standing(slide: Slide, position: int) -> str:
    start = slide.starts[position - 1]
    cells = f"cell {start + 1}" if slide.span == 1 else f"cells {start + 1} to {start + slide.span}"
    return f"The filter stands at position {position} of {len(slide.starts)}, on {cells} of the padded row."


def remarks(slide: Slide) -> list[str]:
    """Sentences on what does not work out: a filter that is too large, cells left over, gaps between positions."""
    if not slide.starts:
        return [
            f"The filter spans {slide.span} cells and the padded row has only {slide.padded}, so it fits nowhere and "
            "there is no output. Make n or padding larger, or f or dilation smaller."
        ]
    inner = len(slide.unread) - slide.left_over
    return [*_left_over(slide), *([_gaps(slide, inner)] if inner else [])]


def _left_over(slide: Slide) -> Iterable[str]:
    if slide.left_over:
        loss = "only padding" if slide.left_over <= slide.padding else "part of the input"
        rest = f"{_cells(slide.left_over)} left over at the far end"
        yield f"It does not fit exactly: {rest}, never covered ({loss} is lost)."


def _gaps(slide: Slide, inner: int) -> str:
    why = "because the stride is longer than the filter"
    if slide.stride <= slide.span:
        why = "because dilation leaves holes in the filter"
    return f"In between, {_cells(inner)} never read, {why}."


def _cells(number: int) -> str:
    return "1 cell is" if number == 1 else f"{number} cells are"


def ask(output_size: Callable[..., Any], slide: Slide) -> str:
    """One line with what the student's function answers, whatever it does; nothing it prints gets through."""
    quiet = io.StringIO()
    with warnings.catch_warnings(), contextlib.redirect_stdout(quiet), contextlib.redirect_stderr(quiet):
        warnings.simplefilter("ignore")
        try:
            options = {"stride": slide.stride, "padding": slide.padding, "dilation": slide.dilation}
            return _shown(output_size(slide.n, slide.f, **options))
        except NotImplementedError:
            return "not written yet"
        except Exception as error:
            return _line(f"{type(error).__name__}: {error}", 100).rstrip(": ")


def _shown(value: Any) -> str:
    if isinstance(value, (numbers.Number, str, type(None), list, tuple)):
        return _line(reprlib.repr(value), 40)
    return _line(f"an object of type {type(value).__name__}", 60)


def _line(text: str, width: int) -> str:
    text = plots.drawable(text)
    return text if len(text) <= width else text[: width - 3] + "..."


def compare(slide: Slide, answer: str) -> str:
    """The student's answer beside the count, in one sentence."""
    counted = str(len(slide.starts)) if slide.starts else "no position"
    both = f"Your function: {answer}. Counted: {counted}."
    if answer == "not written yet":
        return both
    if slide.starts and answer == f"{counted}.0":
        return f"{both} They differ: a size is a whole number."
    agree = answer == counted if slide.starts else answer.startswith("ValueError")
    return f"{both} They agree." if agree else f"{both} They differ."


def draw(slide: Slide, position: int, answer: str = "") -> Figure:
    """The padded grid with the filter at `position` of its top row: starts above, output below, the count beside."""
    fig, ax = plots.drawing(15.6, 9.6)
    unit = min(1.0, SIDE / max(slide.padded, slide.span))
    _grid(ax, slide, unit)
    start = slide.starts[position - 1] if slide.starts else 0
    _filter(ax, slide, unit, LEFT + unit * start)
    if slide.starts:
        _starts(ax, slide, unit, position)
        _output(ax, slide, position)
    _count(ax, slide, position, answer)
    _legend(ax, slide)
    return fig


def _grid(ax: Axes, slide: Slide, unit: float) -> None:
    t, size, p = plots.current(), slide.padded, slide.padding
    fills = np.tile(to_rgb(t.pad), (size, size, 1))
    fills[p : size - p, p : size - p] = to_rgb(t.fill)
    right, bottom = LEFT + unit * size, TOP + unit * size
    ax.imshow(fills, extent=(LEFT, right, bottom, TOP), interpolation="nearest", aspect="auto")
    cuts = [unit * k for k in range(size + 1)]
    rows = [[(LEFT, TOP + cut), (right, TOP + cut)] for cut in cuts]
    columns = [[(LEFT + cut, TOP), (LEFT + cut, bottom)] for cut in cuts]
    ax.add_collection(LineCollection(rows + columns, colors=t.muted, linewidths=0.6), autolim=False)
    inner = unit * slide.n
    ax.add_patch(Rectangle((LEFT + unit * p, TOP + unit * p), inner, inner, fill=False, linewidth=2, zorder=3))
    if slide.starts:
        _hatch(ax, unit, slide.unread, size)


def _hatch(ax: Axes, unit: float, unread: Iterable[int], size: int) -> None:
    strips = [box for k in unread for box in ((k, 0, 1, size), (0, k, size, 1))]
    paths = [Path.unit_rectangle().transformed(_place(unit, *strip)) for strip in strips]
    if paths:
        both = Path.make_compound_path(*paths)
        ax.add_patch(PathPatch(both, fill=False, hatch="xxx", hatchcolor=plots.current().muted, linewidth=0))


def _place(unit: float, x: float, y: float, width: float, height: float) -> Affine2D:
    return Affine2D().scale(width, height).translate(x, y).scale(unit).translate(LEFT, TOP)


def _filter(ax: Axes, slide: Slide, unit: float, x: float) -> None:
    offsets = unit * slide.dilation * np.arange(slide.f)
    taps = [Rectangle((x + a, TOP + b), unit, unit) for a in offsets for b in offsets]
    t = plots.current()
    fill = t.mark if slide.starts else "none"
    ax.add_collection(PatchCollection(taps, facecolor=fill, edgecolor=t.ink, linewidth=0.6), autolim=False)
    across, down = np.meshgrid(offsets + unit / 2, offsets + unit / 2)
    ax.plot((x + across).ravel(), (TOP + down).ravel(), linestyle="", marker="o", color="C1", markersize=3 + 3 * unit)
    frame = Rectangle((x, TOP), unit * slide.span, unit * slide.span, fill=False, zorder=4)
    frame.set(edgecolor="C1", linewidth=3, linestyle="-" if slide.starts else "--")
    ax.add_patch(frame)


def _starts(ax: Axes, slide: Slide, unit: float, position: int) -> None:
    t = plots.current()
    spots = [LEFT + unit * (start + 0.5) for start in slide.starts]
    far = LEFT + unit * (slide.distance + 0.5)
    ax.plot([spots[0], spots[-1]], [1.0, 1.0], linestyle="-", color=t.ink, linewidth=1.5)
    ax.plot([spots[-1], far], [1.0, 1.0], linestyle=":", color=t.ink, linewidth=1.5)
    ax.plot([spots[0], far], [1.0, 1.0], linestyle="", marker="|", color=t.ink, markersize=9)
    ax.text(LEFT, 0.5, f"first cell of the filter: can move {slide.distance}", va="center", fontsize=9, color=t.ink)
    for k, spot in enumerate(spots, start=1):
        fill, ink, edge = (t.mark, t.ink, t.ink) if k < position else (t.surface, t.muted, t.rule)
        if k == position:
            fill, ink, edge = t.ink, t.surface, t.ink
        ring = {"boxstyle": "round,pad=0.15", "linewidth": 0.8, "facecolor": fill, "edgecolor": edge}
        ax.text(spot, 1.55, str(k), ha="center", va="center", color=ink, fontsize=7 if unit < 0.45 else 9, bbox=ring)


def _output(ax: Axes, slide: Slide, position: int) -> None:
    t, size = plots.current(), min(0.5, SIDE / len(slide.starts))
    for k in range(len(slide.starts)):
        fill = t.mark if k < position else t.surface
        ax.add_patch(Rectangle((LEFT + size * k, 8.9), size, 0.45, facecolor=fill, edgecolor=t.muted, linewidth=0.8))
    steps = "1 step" if position == 2 else f"{position - 1} steps"
    so_far = f"output row so far: {steps} + the start = {position} of {len(slide.starts)}"
    ax.text(LEFT, 8.65, so_far, va="center", fontsize=9)


def _count(ax: Axes, slide: Slide, position: int, answer: str) -> None:
    ax.text(TEXT, 0.75, "Count the positions", va="center", fontsize=13, fontweight="bold")
    y = 1.6
    for what, how in count(slide):
        weight = "bold" if what == "plus the start" else "normal"
        ax.text(TEXT, y, what, va="center", fontweight=weight)
        ax.text(TEXT + 3.0, y, how, va="center", fontweight=weight)
        y += 0.6
    for sentence in [*remarks(slide), *([compare(slide, answer)] if answer else [])]:
        paragraph = textwrap.wrap(sentence, 46)
        ax.text(TEXT, y + 0.1, "\n".join(paragraph), va="top", fontsize=10, linespacing=1.3, parse_math=False)
        y += 0.36 * len(paragraph) + 0.18


def _legend(ax: Axes, slide: Slide) -> None:
    t = plots.current()
    handles = [Patch(facecolor=t.fill, edgecolor=t.ink, linewidth=2, label="input")]
    handles += [Patch(facecolor=t.pad, edgecolor=t.muted, label="padding")] if slide.padding else []
    handles += [Patch(facecolor=t.mark, edgecolor="C1", linewidth=2.5, label="filter")]
    unread = Patch(facecolor=t.surface, edgecolor=t.muted, hatch="xxx", label="never read")
    handles += [unread] if slide.unread and slide.starts else []
    ax.legend(handles=handles, loc="lower left", bbox_to_anchor=(TEXT / 15.6 - 0.01, 0.01), ncols=2, fontsize=9)


def explain(slide: Slide, position: int, output_size: Callable[..., Any] | None = None) -> View:
    """Figure and words for one state; `position` counts from 1 and is brought into range."""
    answer = "" if output_size is None else ask(output_size, slide)
    position = min(max(position, 1), max(len(slide.starts), 1))
    return View(draw(slide, position, answer), describe(slide, position, answer))


def panel(output_size: Callable[..., Any] | None = None) -> Panel:
    """The sliding filter's controls, figure and words."""
    sizes = {
        "n": Number("n, input size", 7, 1, 12),
        "f": Number("f, filter size", 3, 1, 7),
        "stride": Number("stride", 1, 1, 5),
        "padding": Number("padding", 0, 0, 3),
        "dilation": Number("dilation", 1, 1, 3),
    }
    position = Number("position", 3, 1, 5)

    def follow(changed: str) -> None:
        fitting = Slide(**{name: number.value for name, number in sizes.items()}).starts
        position.high = max(1, len(fitting))

    def view(position: int, **values: int) -> View:
        return explain(Slide(**values), position, output_size)

    return Panel({**sizes, "position": position}, view, follow)


def sliding_filter(output_size: Callable[..., Any] | None = None) -> None:
    """Show a filter sliding over a padded grid, with the count of its positions.

    `output_size(n, f, stride=, padding=, dilation=)`, if given, is asked at every change and shown beside the count.
    """
    panel(output_size).display()
