"""A filter of 3 by 3 to edit by hand, slid over a photograph, with what its sum means in words."""

from __future__ import annotations

import functools
from typing import Any

import ipywidgets as ipw
import numpy as np
import numpy.typing as npt
import traitlets
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from forwardpass import data, plots
from forwardpass.widgets.panel import LABELS, Panel, View

Image = npt.NDArray[np.float64]
Nine = tuple[float, ...]

OWN = "your own"
PRESETS: dict[str, tuple[Nine, int]] = {
    "identity": ((0, 0, 0, 0, 1, 0, 0, 0, 0), 1),
    "blur": ((1, 1, 1, 1, 1, 1, 1, 1, 1), 9),
    "sharpen": ((0, -1, 0, -1, 5, -1, 0, -1, 0), 1),
    "Laplacian": ((0, 1, 0, 1, -4, 1, 0, 1, 0), 1),
    "Sobel, across": ((-1, 0, 1, -2, 0, 2, -1, 0, 1), 1),
    "Sobel, downwards": ((-1, -2, -1, 0, 0, 0, 1, 2, 1), 1),
    "emboss": ((-2, -1, 0, -1, 1, 1, 0, 1, 2), 1),
}
LIMIT = 20
MAX_DIVISOR = 100
TINY = 1e-9


@functools.cache
def small_photograph() -> Image:
    """A grey piece of the photograph "china", every 3 by 3 pixels averaged into one. (96, 128), 0 to 1."""
    grey = data.photograph("china").mean(axis=2) / 255
    small = grey[:426, :639].reshape(142, 3, 213, 3).mean(axis=(1, 3))
    return np.asarray(small[5:101, 12:140])


def slide(image: Image, weights: Nine, divisor: int = 1) -> Image:
    """Cross-correlation with the nine weights in reading order, divided by `divisor`; full windows only."""
    kernel = np.reshape(weights, (3, 3)) / divisor
    height, width = image.shape[0] - 2, image.shape[1] - 2
    parts = (kernel[a, b] * image[a : a + height, b : b + width] for a in range(3) for b in range(3))
    return np.asarray(sum(parts, np.zeros((height, width))))


def describe(weights: Nine, divisor: int = 1) -> str:
    """The kernel, its sum and what follows, its symmetry, and the range of the result, in words."""
    rows = "; ".join(" ".join(_number(w) for w in weights[i : i + 3]) for i in (0, 3, 6))
    by = f", all divided by {divisor}" if divisor > 1 else ""
    total = sum(weights) / divisor
    found = _range(slide(small_photograph(), weights, divisor), total)
    first = f"Kernel, row by row: {rows}{by}. Its sum is {_number(total)}."
    return "\n".join([first, _brightness(weights, total), _symmetry(weights), found])


def _number(number: float) -> str:
    text = f"{number:.2f}".rstrip("0").rstrip(".") if abs(number) < 1000 else f"{number:.0f}"
    return "0" if text in ("-0", "") else text.replace("-", "−")


def _brightness(weights: Nine, total: float) -> str:
    if not any(weights):
        return "All weights are 0, and so is the result: nothing is left of the photograph."
    if abs(total) < TINY:
        return "Sum 0: an even area becomes 0, whatever its brightness, and only changes are left. Mid grey means 0."
    if abs(total - 1) < TINY:
        return "Sum 1: an even area keeps its brightness."
    if total < 0:
        return f"A negative sum: an even area of brightness v becomes {_number(total)}·v, which is below black."
    change = "brighter" if total > 1 else "darker"
    return f"An even area of brightness v becomes {_number(total)}·v: {change}."


def _symmetry(weights: Nine) -> str:
    turned = weights[::-1]
    if turned == weights:
        return "Turned by half a turn the kernel is the same: correlation and convolution agree."
    if turned == tuple(-w for w in weights):
        return "Turned by half a turn every sign changes: convolution gives minus the correlation."
    return "Turned by half a turn it is another kernel: correlation, drawn here, and convolution differ."


def _range(result: Image, total: float) -> str:
    low, high = float(result.min()), float(result.max())
    found = f"The result runs from {_number(low)} to {_number(high)}"
    if abs(total) < TINY:
        return f"{found}."
    cut = float(((result < -TINY) | (result > 1 + TINY)).mean())
    if cut == 0:
        return f"{found}: everything fits between black, 0, and white, 1."
    share = f"{cut:.0%}" if cut >= 0.005 else "less than 1%"
    return f"{found}: {share} of the pixels lie beyond black, 0, or white, 1, and are drawn as these."


def draw(weights: Nine, divisor: int = 1) -> Figure:
    """The photograph, the kernel as a grid, and the result."""
    fig, ax = plots.drawing(15.0, 5.2)
    photo = small_photograph()
    result = slide(photo, weights, divisor)
    total = sum(weights) / divisor
    reach = max(float(np.abs(result).max()), TINY)
    low, high = (-reach, reach) if abs(total) < TINY else (0.0, 1.0)
    _picture(ax, photo[1:-1, 1:-1], 0.3, "photograph", 0.0, 1.0)
    _kernel(ax, weights, divisor)
    _picture(ax, result, 9.2, "result" + (", mid grey is 0" if abs(total) < TINY else ""), low, high)
    return fig


def _picture(ax: Axes, image: Image, left: float, title: str, low: float, high: float) -> None:
    box = (left, left + 5.5, 4.95, 4.95 - 5.5 * image.shape[0] / image.shape[1])
    ax.imshow(image, cmap="gray", vmin=low, vmax=high, extent=box, interpolation="nearest", aspect="equal")
    ax.text(left, 0.45, title, va="center", fontweight="bold")


def _kernel(ax: Axes, weights: Nine, divisor: int) -> None:
    t = plots.current()
    for k, weight in enumerate(weights):
        row, column = divmod(k, 3)
        x, y = 6.3 + 0.8 * column, 1.75 + 0.8 * row
        ax.add_patch(Rectangle((x, y), 0.8, 0.8, facecolor=t.fill, edgecolor=t.surface, linewidth=1.5))
        text = _number(weight)
        ax.text(x + 0.4, y + 0.4, text, ha="center", va="center", fontsize=9 if len(text) < 5 else 6.5)
    ax.text(7.5, 1.35, "kernel", ha="center", va="center", fontweight="bold")
    note = f"divided by {divisor}" if divisor > 1 else f"sum {_number(sum(weights))}"
    ax.text(7.5, 4.6, note, ha="center", va="center", fontsize=10)


def explain(weights: Nine, divisor: int = 1) -> View:
    """Figure and words for one kernel."""
    return View(draw(weights, divisor), describe(weights, divisor))


class Weights(ipw.GridBox):  # type: ignore[misc]
    """Nine numbers to type, laid out as the kernel. Each box is labelled with its row and column."""

    value = traitlets.Tuple()

    def __init__(self, value: Nine) -> None:
        self.boxes = [self._box(k) for k in range(9)]
        super().__init__(self.boxes, layout={"grid_template_columns": "repeat(3, 8.5em)"})
        for box in self.boxes:
            box.observe(lambda change: self._collect(), "value")
        self.fill(value)

    @staticmethod
    def _box(k: int) -> Any:
        row, column = divmod(k, 3)
        options = {"step": 0.25, "style": {"description_width": "3em"}, "layout": {"width": "8em"}}
        return ipw.BoundedFloatText(0, min=-LIMIT, max=LIMIT, description=f"k[{row},{column}]", **options)

    def fill(self, value: Nine) -> None:
        """Show other numbers."""
        for box, number in zip(self.boxes, value, strict=True):
            box.value = number
        self._collect()

    def _collect(self) -> None:
        self.value = tuple(box.value for box in self.boxes)


def panel() -> Panel:
    """The kernel's controls, figure and words."""
    start = "sharpen"
    preset = ipw.Dropdown(options=[*PRESETS, OWN], value=start, description="start from", style=LABELS)
    weights = Weights(PRESETS[start][0])
    divisor = ipw.BoundedIntText(PRESETS[start][1], min=1, max=MAX_DIVISOR, description="divide all by", style=LABELS)

    def follow(changed: str) -> None:
        if changed != "preset":
            shown = (weights.value, divisor.value)
            preset.value = next((name for name, known in PRESETS.items() if known == shown), OWN)
        elif preset.value != OWN:
            numbers, divisor.value = PRESETS[preset.value]
            weights.fill(numbers)

    def view(preset: str, weights: Nine, divisor: int) -> View:
        return explain(weights, divisor)

    return Panel({"preset": preset, "weights": weights, "divisor": divisor}, view, follow)


def edit_kernel() -> None:
    """Show a kernel of 3 by 3 to edit, and what it makes of a photograph (danielbuechele, CC BY 2.0)."""
    panel().display()
