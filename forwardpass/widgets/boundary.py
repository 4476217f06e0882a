"""The decision boundary of one neuron with two inputs: which side of a line each corner of a square falls on."""

from __future__ import annotations

from dataclasses import dataclass

import ipywidgets as ipw
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Polygon

from forwardpass import plots
from forwardpass.widgets.panel import LABELS, Panel, Real, View

Point = tuple[float, float]

CORNERS = ((0, 0), (0, 1), (1, 0), (1, 1))
GATES = {"AND": (0, 0, 0, 1), "OR": (0, 1, 1, 1), "NAND": (1, 1, 1, 0), "XOR": (0, 1, 1, 0)}
LOW, HIGH = -0.6, 1.6
REACH = 3.0


@dataclass(frozen=True)
class Neuron:
    """A neuron that fires, or puts out 1, where w1·x1 + w2·x2 + b is above 0."""

    w1: float
    w2: float
    b: float

    def z(self, x1: float, x2: float) -> float:
        """The weighted sum, without the rounding that would put a point beside a line that runs through it."""
        return round(self.w1 * x1 + self.w2 * x2 + self.b, 6) + 0.0

    def fires(self, x1: float, x2: float) -> int:
        """1 above 0, else 0."""
        return int(self.z(x1, x2) > 0)


def right(neuron: Neuron, gate: str) -> list[bool]:
    """For each corner, whether the neuron says what the gate wants."""
    return [neuron.fires(*corner) == wanted for corner, wanted in zip(CORNERS, GATES[gate], strict=True)]


def firing_region(neuron: Neuron, low: float = LOW, high: float = HIGH) -> list[Point]:
    """The corners of that part of the square from low to high where the neuron fires; fewer than 3 if there is none."""
    square = [(low, low), (high, low), (high, high), (low, high)]
    region: list[Point] = []
    for a, b in zip(square, [*square[1:], square[0]], strict=True):
        za, zb = neuron.z(*a), neuron.z(*b)
        if za > 0:
            region.append(a)
        if (za > 0) != (zb > 0) and za != zb:
            region.append(_between(a, b, za / (za - zb)))
    return region


def line(neuron: Neuron, low: float = LOW, high: float = HIGH) -> list[Point]:
    """The two ends of the boundary inside the square, or nothing if it does not cross it."""
    square = [(low, low), (high, low), (high, high), (low, high)]
    ends: list[Point] = []
    for a, b in zip(square, [*square[1:], square[0]], strict=True):
        za, zb = neuron.z(*a), neuron.z(*b)
        if za != zb and za * zb <= 0:
            end = _between(a, b, za / (za - zb))
            ends += [end] if all(_apart(end, other) for other in ends) else []
    return ends if len(ends) == 2 else []


def _between(a: Point, b: Point, share: float) -> Point:
    return a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])


def _apart(a: Point, b: Point) -> bool:
    return abs(a[0] - b[0]) + abs(a[1] - b[1]) > 1e-9


def describe(neuron: Neuron, gate: str) -> str:
    """The sum, the four corners and the verdict, in words."""
    return "\n".join([formula(neuron), *corners(neuron, gate), verdict(neuron, gate)])


def formula(neuron: Neuron) -> str:
    """The weighted sum with its numbers."""
    return f"z = {_signed(neuron.w1)}·x1 {_added(neuron.w2)}·x2 {_added(neuron.b)}; it fires where z > 0."


def _added(number: float) -> str:
    return f"{'−' if number < 0 else '+'} {abs(number):g}"


def corners(neuron: Neuron, gate: str) -> list[str]:
    """A line for each corner: z, what the neuron says, what the gate wants."""
    lines = []
    for corner, wanted, ok in zip(CORNERS, GATES[gate], right(neuron, gate), strict=True):
        said = neuron.fires(*corner)
        lines.append(f"{corner}: z = {_signed(neuron.z(*corner))}, says {said}, {gate} wants {wanted}: {_word(ok)}")
    return lines


def verdict(neuron: Neuron, gate: str) -> str:
    """How many corners are right, and what there is to say about the line."""
    count = sum(right(neuron, gate))
    sentence = f"{gate}: {count} of 4 right."
    if neuron.w1 == neuron.w2 == 0:
        return f"{sentence} Both weights are 0: there is no line, and the answer is the same everywhere."
    if gate == "XOR" and count == 3:
        return f"{sentence} Can you find a better line?"
    return sentence


def _word(ok: bool) -> str:
    return "right" if ok else "WRONG"


def _signed(number: float) -> str:
    return f"{number:g}".replace("-", "−")


def draw(neuron: Neuron, gate: str) -> Figure:
    """The plane of both inputs with the side where the neuron fires, and the four corners beside it as a list."""
    fig, (plane, side) = plots.figure(8.8, 4.0, 1, 2)
    show_plane(plane, neuron, gate)
    side.set(xlim=(0, 1), ylim=(0, 1))
    side.axis("off")
    sum_line, condition = formula(neuron).rstrip(".").split("; ")
    for y, text in zip((0.95, 0.86), (sum_line, condition), strict=True):
        side.text(0, y, text, va="center")
    for k, text in enumerate(corners(neuron, gate)):
        side.text(0, 0.7 - 0.12 * k, text, va="center", fontsize=10, fontweight="normal" if "right" in text else "bold")
    side.text(0, 0.16, f"{gate}: {sum(right(neuron, gate))} of 4 right", va="center", fontweight="bold", fontsize=13)
    return fig


def show_plane(ax: Axes, neuron: Neuron, gate: str) -> None:
    """Draw the half-plane where the neuron fires, its edge, and the four corners: each with what the gate wants.

    A corner on the wrong side is crossed out.
    """
    t = plots.current()
    region = firing_region(neuron)
    if len(region) > 2:
        ax.add_patch(Polygon(region, facecolor=t.mark, edgecolor=t.muted, hatch="..", hatchcolor=t.muted, linewidth=0))
    if ends := line(neuron):
        ax.plot(*zip(*ends, strict=True), "-", color="C1", linewidth=3)
    for corner, wanted, ok in zip(CORNERS, GATES[gate], right(neuron, gate), strict=True):
        fill, ink = (t.ink, t.surface) if wanted else (t.surface, t.ink)
        ring = {"boxstyle": "circle,pad=0.35", "facecolor": fill, "edgecolor": t.ink, "linewidth": 1.5}
        ax.text(*corner, str(wanted), ha="center", va="center", color=ink, fontweight="bold", bbox=ring, zorder=5)
        if not ok:
            ax.plot(*corner, "x", color="C1", markersize=30, markeredgewidth=3, zorder=4)
    ax.set(xlim=(LOW, HIGH), ylim=(LOW, HIGH), aspect="equal", xticks=[0, 1], yticks=[0, 1], xlabel="x1", ylabel="x2")
    ax.grid(visible=False)


def explain(gate: str, w1: float, w2: float, b: float) -> View:
    """Figure and words for one state."""
    neuron = Neuron(*(round(number, 3) + 0.0 for number in (w1, w2, b)))
    return View(draw(neuron, gate), describe(neuron, gate))


def panel() -> Panel:
    """The neuron's controls, figure and words; it starts as OR, to be made into AND."""
    controls = {
        "gate": ipw.Dropdown(options=[*GATES], value="AND", description="wanted", style=LABELS),
        "w1": Real("weight w1", 1.0, -REACH, REACH, 0.1),
        "w2": Real("weight w2", 1.0, -REACH, REACH, 0.1),
        "b": Real("bias b", -0.5, -REACH, REACH, 0.1),
    }
    return Panel(controls, explain)


def decision_boundary() -> None:
    """Show which side of its line one neuron with two inputs fires on, and how many corners of a gate it gets right."""
    panel().display()
