"""Activation explorer: a function that bends, its slope, and both of them at one input."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import ipywidgets as ipw
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from forwardpass import plots
from forwardpass.widgets.panel import LABELS, Panel, Real, View

Array: TypeAlias = NDArray[np.float64]
Curve = Callable[[Array, float], Array]

REACH = 6.0  # inputs run from -REACH to REACH
FLAT = 0.1  # a slope below this share of the steepest counts as saturated


def _sigmoid(z: Array, leak: float) -> Array:
    return 1 / (1 + np.exp(-z))


def _sigmoid_slope(z: Array, leak: float) -> Array:
    s = _sigmoid(z, leak)
    return s * (1 - s)


FUNCTIONS: dict[str, tuple[Curve, Curve]] = {  # value and slope, each of (z, leak)
    "sigmoid": (_sigmoid, _sigmoid_slope),
    "tanh": (lambda z, leak: np.tanh(z), lambda z, leak: 1 - np.tanh(z) ** 2),
    "relu": (lambda z, leak: np.where(z > 0, z, 0.0), lambda z, leak: np.where(z > 0, 1.0, 0.0)),
    "leaky relu": (lambda z, leak: np.where(z > 0, z, leak * z), lambda z, leak: np.where(z > 0, 1.0, leak)),
    "step": (lambda z, leak: np.where(z > 0, 1.0, 0.0), lambda z, leak: np.zeros_like(z)),
    "identity": (lambda z, leak: z + 0.0, lambda z, leak: np.ones_like(z)),
}
KINKS = ("relu", "leaky relu", "step")  # these have no slope at 0


def at(name: str, z: float, leak: float = 0.0) -> tuple[float, float]:
    """Value and slope of a function at z; where it has a kink at 0, the slope to the left."""
    value, slope = (curve(np.array([z]), leak)[0] for curve in FUNCTIONS[name])
    return float(value), float(slope)


def describe(name: str, z: float, leak: float = 0.0) -> str:
    """Value and slope in words, and what they mean."""
    value, slope = at(name, z, leak)
    full = f"{name} with slope {_number(leak)} below 0" if name == "leaky relu" else name
    if name in KINKS and z == 0:
        return f"{full} at z = 0: value 0.\n{_corner(name, leak)}"
    return f"{full} at z = {_number(z)}: value {_number(value)}, slope {_number(slope)}.\n{_remark(name, z, slope)}"


def _corner(name: str, leak: float) -> str:
    if name == "step":
        return "It jumps here, from 0 to 1, and has no slope."
    left = _number(leak) if name == "leaky relu" else "0"
    return f"It has a corner here: slope {left} on the left, 1 on the right. Libraries pick the left one."


def _remark(name: str, z: float, slope: float) -> str:
    if name in ("sigmoid", "tanh"):
        return _saturation(slope, 0.25 if name == "sigmoid" else 1.0)
    if name == "relu":
        return "On: it passes its input through." if z > 0 else "Off: a small change of the input changes nothing."
    if name == "leaky relu":
        return "On: it passes its input through." if z > 0 else "Below 0 it still lets through that share of its input."
    if name == "step":
        return "Flat on both sides: a small change of the input never shows, so a slope has nothing to tell."
    return "A straight line: the slope is the same everywhere, and nothing bends."


def _saturation(slope: float, steepest: float) -> str:
    share = f"{_number(100 * slope / steepest)} % of the steepest, {steepest:g}, which is at z = 0"
    if slope < FLAT * steepest:
        return f"Saturated: the slope is {share}. A change of the input hardly shows."
    return f"The slope is {share}." if slope < steepest else f"Here it is steepest: {steepest:g}."


def _number(number: float) -> str:
    text = f"{number:.3g}"
    return text.replace("-", "−") if "e" not in text else f"{number:.1e}".replace("-", "−")


def draw(name: str, z: float, leak: float = 0.0) -> Figure:
    """The function with its tangent at z on the left, its slope on the right, and the numbers above them."""
    fig, axes = plots.figure(8.6, 3.5, 1, 2)
    value, slope = at(name, z, leak)
    grid = np.linspace(-REACH, REACH, 1201)
    corner = name in KINKS and z == 0
    for ax, curve, height, what in zip(axes, FUNCTIONS[name], (value, slope), ("value", "slope"), strict=True):
        _curve(ax, grid, curve(grid, leak), broken=name in KINKS and (what == "slope" or name == "step"))
        missing = corner and what == "slope"
        if not missing:
            ax.plot([z], [height], "o", color="C1", markersize=9, zorder=4)
        ax.set_title(f"{what}: none, a {'jump' if name == 'step' else 'corner'}" if missing else _title(what, height))
        ax.set_xlabel("input z")
    if not corner:
        _tangent(axes[0], z, value, slope)
    _limits(axes, name)
    return fig


def _title(what: str, height: float) -> str:
    return f"{what}: {_number(height)}"


def _curve(ax: Axes, grid: Array, heights: Array, *, broken: bool) -> None:
    """One line, or two where the curve jumps at 0."""
    halves: list[Any] = [grid <= 0, grid > 0] if broken else [slice(None)]
    for half in halves:
        ax.plot(grid[half], heights[half], "-", color="C0", linewidth=2.5)


def _tangent(ax: Axes, z: float, value: float, slope: float) -> None:
    near = np.array([z - 1.5, z + 1.5])
    ax.plot(near, value + slope * (near - z), "--", color="C1", zorder=3)


def _limits(axes: Any, name: str) -> None:
    low, high = {"sigmoid": (-0.15, 1.15), "tanh": (-1.25, 1.25), "step": (-0.15, 1.15)}.get(name, (-REACH, REACH))
    axes[0].set(xlim=(-REACH, REACH), ylim=(low, high))
    axes[1].set(xlim=(-REACH, REACH), ylim=(-0.08, 0.3) if name == "sigmoid" else (-0.3, 1.2))


def explain(name: str, z: float, leak: float) -> View:
    """Figure and words for one state."""
    z = round(z, 3) + 0.0
    return View(draw(name, z, leak), describe(name, z, leak))


def panel() -> Panel:
    """The explorer's controls, figure and words."""
    controls = {
        "name": ipw.Dropdown(options=[*FUNCTIONS], value="sigmoid", description="function", style=LABELS),
        "z": Real("input z", 1.5, -REACH, REACH, 0.1),
        "leak": Real("leaky slope", 0.1, 0.0, 0.9, 0.01),
    }
    return Panel(controls, explain)


def activation_explorer() -> None:
    """Show an activation function with its tangent, and its slope, at an input to choose."""
    panel().display()
