"""The path that an optimiser takes over a surface, step by step, with controls for its rule, rate and betas."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import ipywidgets as ipw
import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from forwardpass import plots, steps
from forwardpass.widgets.panel import LABELS, Choice, Number, Panel, View

Array = npt.NDArray[np.float64]

FAR = 1e6  # a coordinate beyond this is lost
RATES = (1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 0.01, 0.015, 0.019, 0.021, 0.05, 0.1, 0.2, 0.5, 1.0)
BETA1 = (0.0, 0.5, 0.8, 0.9, 0.95, 0.99)
BETA2 = (0.0, 0.9, 0.99, 0.999)
MAX_STEPS = 500
RULES = ("SGD", "momentum", "RMSprop", "Adam")


@dataclass(frozen=True)
class Surface:
    """A function of two numbers with a valley: `floor` is y on the bottom of the valley, as a function of x."""

    formula: str
    f: Callable[[Any, Any], Any]
    gradient: Callable[[float, float], tuple[float, float]]
    floor: Callable[[Any], Any]
    start: tuple[float, float]
    minimum: tuple[float, float]
    window: tuple[float, float, float, float]
    levels: tuple[float, ...]


SURFACES = {
    "narrow bowl": Surface(
        formula="½(x² + 100y²)",
        f=lambda x, y: (x**2 + 100 * y**2) / 2,
        gradient=lambda x, y: (x, 100 * y),
        floor=lambda x: 0.0 * x,
        start=(-4.0, 0.8),
        minimum=(0.0, 0.0),
        window=(-4.6, 3.0, -1.4, 1.4),
        levels=(0.3, 2.0, 8.0, 20.0, 40.0, 70.0),
    ),
    "tilted bowl": Surface(
        formula="¼(x + y)² + 25(y − x)²",
        f=lambda x, y: (x + y) ** 2 / 4 + 25 * (y - x) ** 2,
        gradient=lambda x, y: ((x + y) / 2 - 50 * (y - x), (x + y) / 2 + 50 * (y - x)),
        floor=lambda x: x,
        start=(-4.8 / 2**0.5, -3.2 / 2**0.5),
        minimum=(0.0, 0.0),
        window=(-4.6, 2.6, -4.0, 2.6),
        levels=(0.3, 2.0, 8.0, 20.0, 40.0, 70.0),
    ),
    "Rosenbrock's valley": Surface(
        formula="(1 − x)² + 100(y − x²)²",
        f=lambda x, y: (1 - x) ** 2 + 100 * (y - x**2) ** 2,
        gradient=lambda x, y: (-2 * (1 - x) - 400 * x * (y - x**2), 200 * (y - x**2)),
        floor=lambda x: x**2,
        start=(-1.2, 1.0),
        minimum=(1.0, 1.0),
        window=(-1.8, 1.8, -0.8, 2.4),
        levels=(0.3, 2.0, 10.0, 40.0, 120.0, 300.0),
    ),
}


@dataclass(frozen=True)
class Run:
    """A rule with its settings, on one of SURFACES, for so many steps."""

    surface: str = "narrow bowl"
    rule: str = "SGD"
    rate: float = 0.019
    beta1: float = 0.9
    beta2: float = 0.999
    steps: int = 60

    @property
    def ground(self) -> Surface:
        """The surface itself."""
        return SURFACES[self.surface]


def step_of(run: Run) -> Callable[..., steps.Moved]:
    """The rule with its settings: (theta, g, state) -> (theta, state)."""
    lr, beta1, beta2 = run.rate, run.beta1, run.beta2
    rules: dict[str, Callable[..., steps.Moved]] = {
        "SGD": lambda theta, g, state: steps.sgd_step(theta, g, state, lr),
        "momentum": lambda theta, g, state: steps.momentum_step(theta, g, state, lr, beta1),
        "RMSprop": lambda theta, g, state: steps.rmsprop_step(theta, g, state, lr, beta2),
        "Adam": lambda theta, g, state: steps.adam_step(theta, g, state, lr, beta1, beta2),
    }
    return rules[run.rule]


def walk(run: Run) -> Array:
    """The points (steps + 1, 2) from the start on; it ends early with the first point that is lost."""
    move, state = step_of(run), dict[str, Any]()
    points = [np.array(run.ground.start)]
    while len(points) <= run.steps and np.abs(points[-1]).max() <= FAR:
        g = np.array(run.ground.gradient(*points[-1].tolist()))
        theta, state = move(points[-1], g, state)
        points.append(theta)
    return np.array(points)


def is_lost(points: Array) -> bool:
    """Whether the path has left for good."""
    return bool(np.abs(points[-1]).max() > FAR)


def crossings(run: Run, points: Array) -> int:
    """How often the path changed from one side of the valley's floor to the other."""
    sides = np.sign(points[:, 1] - run.ground.floor(points[:, 0]))
    sides = sides[sides != 0]
    return int((sides[1:] != sides[:-1]).sum())


def describe(run: Run) -> str:
    """Rule, settings, where the path ends and what it did on its way."""
    points = walk(run)
    x, y = points[0].tolist()
    first = (
        f"{run.rule} with {_settings(run)} on the {run.surface}, f = {run.ground.formula}, "
        f"from ({_number(x)}, {_number(y)}), where f = {_number(run.ground.f(x, y))}."
    )
    return "\n".join([first, _outcome(run, points), _manner(run, points)])


def _settings(run: Run) -> str:
    used = {"SGD": [], "momentum": ["beta1"], "RMSprop": ["beta2"], "Adam": ["beta1", "beta2"]}[run.rule]
    betas = [f"{name} {getattr(run, name):g}" for name in used]
    unused = [name for name in ("beta1", "beta2") if name not in used]
    note = f" ({' and '.join(unused)} not used)" if unused else ""
    return ", ".join([f"rate {run.rate:g}", *betas]) + note


def _outcome(run: Run, points: Array) -> str:
    taken = len(points) - 1
    if is_lost(points):
        return f"It is lost: at step {taken} a coordinate is beyond a million. Take a smaller rate."
    (x, y), (a, b) = points[-1].tolist(), run.ground.minimum
    here = f"(x, y) = ({_number(x)}, {_number(y)}) and f = {_number(run.ground.f(x, y))}"
    return f"After {taken} step{'s' * (taken != 1)} {here}. The minimum is f = 0 at ({a:g}, {b:g})."


def _manner(run: Run, points: Array) -> str:
    left, right, bottom, top = run.ground.window
    x, y = points.T
    outside = int(((x < left) | (x > right) | (y < bottom) | (y > top)).sum())
    crossed = crossings(run, points)
    times = {0: "never", 1: "once", 2: "twice"}.get(crossed, f"{crossed} times")
    note = f" {outside} of the {len(points)} points lie outside the picture." if outside else ""
    return f"It crossed the floor of the valley {times}.{note}"


def _number(value: float) -> str:
    text = f"{value:.3g}" if value == 0 or 1e-3 <= abs(value) < 1e4 else f"{value:.1e}"
    return text.replace("-", "−") if "e" not in text else text


def draw(run: Run) -> Figure:
    """Contour lines with the path on them, and f after each step on a logarithmic scale."""
    points = walk(run)
    fig, (left, right) = plots.figure(9.6, 4.3, 1, 2)
    contours(left, run.ground)
    trace(left, points)
    left.legend(loc="upper center", bbox_to_anchor=(0.5, -0.14), ncols=3, fontsize=10)
    left.set_title(f"{run.rule}, rate {run.rate:g}")
    with np.errstate(over="ignore"):
        heights = np.clip(run.ground.f(*points.T), 1e-12, 1e12)
    right.semilogy(np.arange(len(points)), heights, color="C0", linestyle="-")
    right.plot([len(points) - 1], heights[-1:], color="C1", marker="X", markersize=9)
    high = 10.0 ** np.ceil(np.log10(heights.max()) + 0.2)
    low = 10.0 ** np.floor(np.log10(max(heights.min(), 1e-12)) - 0.2)
    right.set(xlim=(-0.03 * run.steps, 1.03 * run.steps), ylim=(low, high), xlabel="step", title="f after each step")
    right.xaxis.set_major_locator(MaxNLocator(integer=True))
    return fig


def contours(ax: Axes, ground: Surface) -> None:
    """Level lines of a surface, and its minimum."""
    left, right, bottom, top = ground.window
    x, y = np.meshgrid(np.linspace(left, right, 160), np.linspace(bottom, top, 160))
    ax.contour(x, y, ground.f(x, y), levels=ground.levels, colors=plots.current().muted, linewidths=0.8)
    ax.plot(*ground.minimum, color="C2", marker="*", markersize=13, linestyle="", label="minimum")
    ax.set(xlim=(left, right), ylim=(bottom, top), xlabel="x", ylabel="y")
    ax.grid(False)


def trace(ax: Axes, points: Array) -> None:
    """A path with a dot for every step; a ring at its start and a cross at its end."""
    kept = np.clip(points, -50, 50)  # a line to a far point has no use beyond the window
    ax.plot(*kept.T, color="C1", linewidth=1.2, marker=".", markersize=4)
    (ring,) = ax.plot(*kept[0], color="C0", marker="o", markersize=9, linestyle="", label="start")
    ring.set(fillstyle="none", markeredgewidth=2)
    ax.plot(*kept[-1], color="C1", marker="X", markersize=9, linestyle="", label="end")


def explain(run: Run) -> View:
    """Figure and words for one state of the controls."""
    return View(draw(run), describe(run))


def panel() -> Panel:
    """The controls, figure and words, starting with gradient descent on the narrow bowl."""
    first = Run()
    controls = {
        "surface": ipw.Dropdown(options=list(SURFACES), value=first.surface, description="surface", style=LABELS),
        "rule": ipw.Dropdown(options=list(RULES), value=first.rule, description="rule", style=LABELS),
        "rate": _choice("learning rate", RATES, first.rate),
        "beta1": _choice("beta1", BETA1, first.beta1),
        "beta2": _choice("beta2", BETA2, first.beta2),
        "steps": Number("steps", first.steps, 1, MAX_STEPS),
    }
    return Panel(controls, lambda **values: explain(Run(**values)))


def _choice(description: str, values: tuple[float, ...], value: float) -> Choice:
    return Choice(description, {f"{one:g}": one for one in values}, value)


def descent() -> None:
    """Show the path of an optimiser over a surface: choose the rule, the surface, the rate and the betas."""
    panel().display()
