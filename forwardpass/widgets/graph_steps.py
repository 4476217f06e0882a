"""A small calculation as a graph, one step at a time: values forward, then slopes backward."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, field

import ipywidgets as ipw
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, Rectangle
from matplotlib.path import Path

from forwardpass import plots
from forwardpass.widgets.panel import LABELS, Number, Panel, View

Point = tuple[float, float]

WIDTH, HEIGHT = 2.7, 1.5  # of a node, in half inches
COLUMN, ROW = 4.2, 2.1  # from one node to the next
LIMIT = 10


@dataclass(frozen=True)
class Step:
    """One operation: `name` becomes `formula`, made by `kind` from its parents. place: column and row in the figure."""

    name: str
    formula: str
    kind: str
    parents: tuple[str, ...]
    place: tuple[float, float]


@dataclass(frozen=True)
class Expression:
    """Inputs with their rows in the first column, and the steps from them to the last node, parents first."""

    inputs: Mapping[str, float]
    steps: tuple[Step, ...]


_PRODUCT = Step("p", "a·b", "*", ("a", "b"), (1, 0.5))
_SUM = Step("s", "p + c", "+", ("p", "c"), (2, 1))
_ABC = {"a": 0, "b": 1, "c": 2}
EXPRESSIONS = {
    "(a·b + c)²": Expression(_ABC, (_PRODUCT, _SUM, Step("L", "s²", "square", ("s",), (3, 1)))),
    "relu(a·b + c)": Expression(_ABC, (_PRODUCT, _SUM, Step("L", "relu(s)", "relu", ("s",), (3, 1)))),
    "a + a": Expression({"a": 1}, (Step("L", "a + a", "+", ("a", "a"), (1, 1)),)),
    "a·b + a": Expression(
        {"a": 0, "b": 2}, (Step("p", "a·b", "*", ("a", "b"), (1, 1.5)), Step("L", "p + a", "+", ("p", "a"), (2, 0.5)))
    ),
    "(a + b)·(b + c)": Expression(
        _ABC,
        (
            Step("s", "a + b", "+", ("a", "b"), (1, 0.5)),
            Step("t", "b + c", "+", ("b", "c"), (1, 1.5)),
            Step("L", "s·t", "*", ("s", "t"), (2, 1)),
        ),
    ),
    "tanh(a)·a": Expression(
        {"a": 2}, (Step("t", "tanh(a)", "tanh", ("a",), (1, 0.8)), Step("L", "t·a", "*", ("t", "a"), (2, 2)))
    ),
}
FIRST = "(a·b + c)²"


@dataclass(frozen=True)
class State:
    """The graph after `step` steps. values and grads: what is known so far; grads is empty before the way back.

    active: the node whose turn it was, or "". slopes: its local slope to each parent.
    """

    values: dict[str, float]
    grads: dict[str, float] = field(default_factory=dict)
    active: str = ""
    slopes: tuple[float, ...] = ()


def last_step(expression: Expression) -> int:
    """Steps in all: each operation once forward and once backward, and between them the start of the way back."""
    return 2 * len(expression.steps) + 1


def apply(kind: str, operands: list[float]) -> tuple[float, tuple[float, ...]]:
    """Value of one operation, and its local slope with respect to each operand."""
    x = operands[0]
    match kind:
        case "+":
            return sum(operands), (1.0, 1.0)
        case "*":
            return x * operands[1], (operands[1], x)
        case "square":
            return x * x, (2 * x,)
        case "relu":
            return max(x, 0.0), (1.0 if x > 0 else 0.0,)
        case "tanh":
            return math.tanh(x), (1 - math.tanh(x) ** 2,)
    raise ValueError(f"no operation is called {kind!r}")


def state_at(expression: Expression, numbers: Mapping[str, float], step: int) -> State:
    """The graph after `step` steps, 0 to last_step: first all values, then the root's slope, then slopes backward."""
    values = {name: float(numbers[name]) for name in expression.inputs}
    slopes: dict[str, tuple[float, ...]] = {}
    active = ""
    for one in expression.steps[:step]:
        values[one.name], slopes[one.name] = apply(one.kind, [values[name] for name in one.parents])
        active = one.name
    back = step - len(expression.steps) - 1
    if back < 0:
        return State(values, {}, active, slopes.get(active, ()))
    root = expression.steps[-1].name
    grads = {**dict.fromkeys(values, 0.0), root: 1.0}
    active = ""
    for one in expression.steps[::-1][:back]:
        for parent, slope in zip(one.parents, slopes[one.name], strict=True):
            grads[parent] += grads[one.name] * slope
        active = one.name
    return State(values, grads, active, slopes.get(active, ()))


def number(value: float) -> str:
    """A number as a figure shows it: whole where it is whole, else three decimals, with a proper minus."""
    text = f"{value:.0f}" if value == round(value) else f"{value:.3f}"
    return "0" if float(text) == 0 else text.replace("-", "−")


def sentence(expression: Expression, state: State, step: int) -> str:
    """What happened in the last step."""
    forward = len(expression.steps)
    by_name = {one.name: one for one in expression.steps}
    if step == 0:
        return "Only the inputs have values."
    if step <= forward:
        one = by_name[state.active]
        return f"Forward: {one.name} = {one.formula} = {number(state.values[one.name])}."
    root = expression.steps[-1].name
    if not state.active:
        return f"The way back begins: every slope is 0, and that of {root} with respect to itself is 1."
    return "Backward: " + " ".join(_handed_on(by_name[state.active], state))


def _handed_on(one: Step, state: State) -> list[str]:
    own = state.grads[one.name]
    parts = [
        f"{number(own)} · {_bracketed(slope)} = {number(own * slope)} to {parent}"
        for parent, slope in zip(one.parents, state.slopes, strict=True)
    ]
    return [f"{one.name} has the slope {number(own)} and adds", " and ".join(parts) + "."]


def _bracketed(value: float) -> str:
    text = number(value)
    return f"({text})" if text.startswith("−") else text


def describe(name: str, numbers: Mapping[str, float], step: int) -> str:
    """The state in words: what is calculated, what happened last, and every node's value and slope."""
    expression = EXPRESSIONS[name]
    state = state_at(expression, numbers, step)
    order = [*expression.inputs, *(one.name for one in expression.steps)]
    values = ", ".join(f"{node} = {number(state.values[node])}" for node in order if node in state.values)
    lines = [
        f"L = {name}, step {step} of {last_step(expression)}. {sentence(expression, state, step)}",
        f"Values: {values}.",
    ]
    if state.grads:
        root = expression.steps[-1].name
        slopes = ", ".join(f"{node} {number(state.grads[node])}" for node in order)
        lines.append(f"Slopes of {root} so far, with respect to: {slopes}.")
    else:
        lines.append("No slopes yet.")
    if idle := [x for x in numbers if x not in expression.inputs]:
        lines.append(f"Not used here: {' and '.join(idle)}.")
    return "\n".join(lines)


def draw(name: str, numbers: Mapping[str, float], step: int) -> Figure:
    """The graph in one state: inputs at the left, L at the right, a value and a slope in every node."""
    expression = EXPRESSIONS[name]
    state = state_at(expression, numbers, step)
    fig, ax = plots.drawing(16.6, 8.4)
    title = f"L = {name}     step {step} of {last_step(expression)}"
    ax.text(0.6, 0.7, title, va="center", fontsize=12, fontweight="bold")
    places: dict[str, tuple[float, float]] = {node: (0, row) for node, row in expression.inputs.items()}
    places.update({one.name: one.place for one in expression.steps})
    corners = {node: (0.6 + COLUMN * column, 1.3 + ROW * row) for node, (column, row) in places.items()}
    for one in expression.steps:
        _edges(ax, one, corners, state)
    formulas = {one.name: f"{one.name} = {one.formula}" for one in expression.steps}
    for node, corner in corners.items():
        _node(ax, corner, formulas.get(node, node), node, state)
    story = textwrap.fill(sentence(expression, state, step), 88)
    ax.text(0.6, 7.75, story, va="center", fontsize=11, linespacing=1.3)
    return fig


def _node(ax: Axes, corner: tuple[float, float], label: str, node: str, state: State) -> None:
    t, (x, y) = plots.current(), corner
    is_active = node == state.active
    box = Rectangle((x, y), WIDTH, HEIGHT, facecolor=t.mark if is_active else t.fill, edgecolor=t.ink, zorder=3)
    box.set(linewidth=2.5 if is_active else 1.2, linestyle="-" if node in state.values else "--")
    ax.add_patch(box)
    value = number(state.values[node]) if node in state.values else "?"
    slope = number(state.grads[node]) if node in state.grads else "?"
    middle = x + WIDTH / 2
    ax.text(middle, y + 0.3, label, ha="center", va="center", fontweight="bold", fontsize=11, zorder=4)
    ax.text(middle, y + 0.75, f"value {value}", ha="center", va="center", fontsize=10, zorder=4)
    ax.text(middle, y + 1.2, f"slope {slope}", ha="center", va="center", fontsize=10, zorder=4)


def _edges(ax: Axes, one: Step, corners: Mapping[str, tuple[float, float]], state: State) -> None:
    is_active = one.name == state.active
    end = (corners[one.name][0], corners[one.name][1] + HEIGHT / 2)
    bends = (-1.6, 1.6) if len(set(one.parents)) < len(one.parents) else (0.0, 0.0)
    for k, parent in enumerate(one.parents):
        start = (corners[parent][0] + WIDTH, corners[parent][1] + HEIGHT / 2)
        _arrow(ax, start, end, bends[k], is_active, is_back=bool(state.grads))
        if is_active and state.grads:
            _slope(ax, start, end, bends[k], state.slopes[k])


def _arrow(ax: Axes, start: Point, end: Point, bend: float, is_active: bool, is_back: bool) -> None:
    middle = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2 + bend)
    points = [end, middle, start] if is_back else [start, middle, end]
    curve = Path(points, [Path.MOVETO, Path.CURVE3, Path.CURVE3])
    arrow = FancyArrowPatch(path=curve, arrowstyle="-|>", mutation_scale=14)
    arrow.set(color="C1" if is_active else plots.current().muted, linewidth=2.5 if is_active else 1.2)
    ax.add_patch(arrow)


def _slope(ax: Axes, start: Point, end: Point, bend: float, slope: float) -> None:
    """The local slope, on the edge, in the middle of the last gap before the node."""
    x = end[0] - (COLUMN - WIDTH) / 2
    share = (x - start[0]) / (end[0] - start[0])
    y = start[1] + share * (end[1] - start[1]) + 2 * share * (1 - share) * bend
    ring = {"facecolor": plots.current().surface, "edgecolor": "none", "pad": 1.0}
    ax.text(x, y, f"·{_bracketed(slope)}", ha="center", va="center", fontsize=9, bbox=ring, zorder=5)


def explain(name: str, step: int, **numbers: float) -> View:
    """Figure and words for one state; `step` is brought into range."""
    step = min(max(step, 0), last_step(EXPRESSIONS[name]))
    return View(draw(name, numbers, step), describe(name, numbers, step))


def panel() -> Panel:
    """The graph's controls, figure and words, starting at the end of the way back."""
    choice = ipw.Dropdown(options=list(EXPRESSIONS), value=FIRST, description="L", style=LABELS)
    numbers = {x: Number(x, value, -LIMIT, LIMIT) for x, value in (("a", 2), ("b", -3), ("c", 10))}
    step = Number("step", last_step(EXPRESSIONS[FIRST]), 0, last_step(EXPRESSIONS[FIRST]))

    def follow(changed: str) -> None:
        if changed == "name":
            step.high = last_step(EXPRESSIONS[choice.value])

    return Panel({"name": choice, **numbers, "step": step}, explain, follow)


def step_through_graph() -> None:
    """Show a calculation as a graph: choose it and its inputs, and step through it, forward and back."""
    panel().display()
