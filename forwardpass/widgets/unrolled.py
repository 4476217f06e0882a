"""A recurrent network unrolled over time, and how large the gradient of its last state is at every step before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import ipywidgets as ipw
import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from forwardpass import plots
from forwardpass.widgets.panel import LABELS, Choice, Number, Panel, View

Array = npt.NDArray[np.float64]
Function = Callable[[Array], Array]

UNITS = 8
MAX_STEPS = 40
FLOOR, CEILING = 1e-12, 1e12  # bars end here
RADII = (0.25, 0.5, 0.8, 0.9, 0.95, 1.0, 1.05, 1.1, 1.25, 1.5, 2.0, 4.0)
INPUTS = {"none": 0.0, "small (0.3)": 0.3, "large (2)": 2.0}


def _sigmoid(z: Array) -> Array:
    return np.asarray(1 / (1 + np.exp(-np.clip(z, -700, 700))), dtype=np.float64)


# each activation, and its slope as a function of its output
ACTIVATIONS: dict[str, tuple[Function, Function]] = {
    "tanh": (np.tanh, lambda h: 1 - h**2),
    "sigmoid": (_sigmoid, lambda h: h * (1 - h)),
    "relu": (lambda z: np.maximum(z, 0), lambda h: (h > 0).astype(float)),
}


@dataclass(frozen=True)
class Unrolled:
    """Eight units whose W_hh turns a state and stretches it by `radius`, read over so many steps."""

    radius: float = 0.9
    activation: str = "tanh"
    steps: int = 20
    inputs: float = 0.3


def turn() -> Array:
    """An orthogonal matrix (8, 8), the same on every machine: two reflections one after the other."""
    k = np.arange(1.0, UNITS + 1)
    mirrors = [np.eye(UNITS) - 2 * np.outer(v, v) / (v @ v) for v in (np.sin(k), np.cos(2 * k) + 0.3)]
    turned: Array = mirrors[0] @ mirrors[1]
    return turned


def states(net: Unrolled) -> Array:
    """h_1 to h_T: (steps, 8). h_0 is zero, and the inputs are drawn with the standard deviation `inputs`."""
    f, W = ACTIVATIONS[net.activation][0], net.radius * turn()
    drawn = net.inputs * np.random.default_rng(0).normal(size=(MAX_STEPS, UNITS))
    h, path = np.zeros(UNITS), []
    for x in drawn[: net.steps]:
        h = f(W @ h + x)
        path.append(h)
    return np.array(path)


def gradient_sizes(net: Unrolled) -> Array:
    """Length of the slope of one number, the mean of h_T times the root of 8, with respect to h_1 to h_T: (steps,).

    It is 1 at the last step.
    """
    slope, W = ACTIVATIONS[net.activation][1], net.radius * turn()
    g = np.full(UNITS, UNITS**-0.5)
    sizes = [1.0]
    for h in states(net)[:0:-1]:
        g = W.T @ (slope(h) * g)
        sizes.append(float(np.linalg.norm(g)))
    return np.array(sizes[::-1])


def verdict(sizes: Array) -> str:
    """What becomes of the gradient on its way back, in a sentence."""
    if sizes[0] == 0:
        return "Nothing of it reaches step 1: some step has multiplied it by zero."
    factor = (sizes[0] / sizes[-1]) ** (1 / (len(sizes) - 1))
    per_step = f"on average a step back multiplies it by {number(factor)}"
    if sizes[0] < 0.1:
        return f"It vanishes: {per_step}."
    return f"It explodes: {per_step}." if sizes[0] > 10 else f"It arrives: {per_step}."


def number(value: float) -> str:
    """Two significant digits; powers of ten beyond a thousand and below a thousandth."""
    if value == 0 or 1e-3 <= value < 1e3:
        return f"{value:.2g}" if value < 100 else f"{value:.0f}"
    mantissa, exponent = f"{value:.1e}".split("e")
    return f"{mantissa}·10^{int(exponent)}".replace("-", "−")


def describe(net: Unrolled) -> str:
    """The network and its gradient in words."""
    sizes = gradient_sizes(net)
    given = "no input at all" if net.inputs == 0 else f"random inputs of size {net.inputs:g}"
    middle = (net.steps + 1) // 2
    marks = {1: "step 1", middle: f"step {middle}", net.steps: f"step {net.steps}"}
    shown = ", ".join(f"{number(sizes[t - 1])} at {name}" for t, name in marks.items())
    lines = [
        f"{net.activation}, spectral radius {net.radius:g}, {net.steps} steps, {given}.",
        f"Length of the gradient, with 1 at the last step: {shown}. {verdict(sizes)}",
    ]
    if sizes.max() > CEILING or 0 < sizes.min() < FLOOR:
        lines.append("Bars end at 10^−12 and 10^12.")
    return "\n".join(lines)


def draw(net: Unrolled) -> Figure:
    """The chain of states with the gradient flowing back through it, and below each state a bar as high as its size."""
    sizes = gradient_sizes(net)
    fig, (top, low) = plots.figure(9.6, 4.6, 2, 1)
    top.get_subplotspec().get_gridspec().set_height_ratios([1, 2.4])
    _chain(top, net.steps, sizes)
    _bars(low, net.steps, sizes)
    top.set_title(f"{net.activation}, spectral radius {net.radius:g}: gradient of the last state, step by step back")
    return fig


def _chain(ax: Axes, steps: int, sizes: Array) -> None:
    t = plots.current()
    ax.set(xlim=(0.2, steps + 0.8), ylim=(-0.6, 1))
    ax.axis("off")
    for k in range(1, steps):
        width = float(np.interp(np.log10(max(sizes[k - 1], FLOOR)), (-4, 4), (0.5, 6)))
        dashes = ":" if sizes[k - 1] < 1e-3 else "-"
        arrow = FancyArrowPatch((k + 1, 0), (k, 0), arrowstyle="-|>", mutation_scale=7 + width, shrinkA=9, shrinkB=9)
        arrow.set(color="C1", linewidth=width, linestyle=dashes)
        ax.add_patch(arrow)
    side = 15 if steps <= 20 else 9
    ax.plot(range(1, steps + 1), [0] * steps, "s", markersize=side, color=t.fill, markeredgecolor=t.ink)
    ax.text(1, 0.95, "h₁", ha="center", va="top")
    ax.text(steps, 0.95, f"h{str(steps).translate(SUBSCRIPTS)}", ha="center", va="top")


SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def _bars(ax: Axes, steps: int, sizes: Array) -> None:
    kept = np.clip(sizes, FLOOR, CEILING)
    exponents = np.log10(kept)
    low, high = min(-2.0, np.floor(exponents.min())), max(2.0, np.ceil(exponents.max()))
    faces = ["C0" if size > 0 else "none" for size in sizes]
    ax.bar(np.arange(1, steps + 1), exponents - low, bottom=low, color=faces, width=0.7)
    ax.axhline(0, color=plots.current().ink, linestyle="--", linewidth=1)
    gap = int(np.ceil((high - low) / 6))
    ax.yaxis.set_major_locator(FixedLocator(np.arange(np.ceil(low / gap) * gap, high + 1, gap).tolist()))
    ax.yaxis.set_minor_locator(NullLocator())
    ax.yaxis.set_major_formatter(FuncFormatter(_power))
    ax.xaxis.set_major_locator(FixedLocator(sorted({1, steps, *range(5, steps - 1, 5)})))
    ax.set(xlim=(0.2, steps + 0.8), ylim=(low, high + 0.3), xlabel="step", ylabel="length (logarithmic)")
    ax.grid(axis="x", visible=False)


def _power(exponent: float, position: object = None) -> str:
    return "1" if exponent == 0 else f"$10^{{{exponent:.0f}}}$"


def explain(**values: Any) -> View:
    """Figure and words for one state of the controls."""
    net = Unrolled(**values)
    return View(draw(net), describe(net))


def panel() -> Panel:
    """The controls, figure and words, starting with tanh and a radius of 0.9."""
    first = Unrolled()
    controls = {
        "radius": Choice("spectral radius", {f"{radius:g}": radius for radius in RADII}, first.radius),
        "activation": ipw.Dropdown(
            options=list(ACTIVATIONS), value=first.activation, description="activation", style=LABELS
        ),
        "steps": Number("steps", first.steps, 2, MAX_STEPS),
        "inputs": Choice("inputs", INPUTS, first.inputs),
    }
    return Panel(controls, explain)


def unrolled_gradient() -> None:
    """Show an unrolled network with the gradient's size at each step: choose radius, activation, length and inputs."""
    panel().display()
