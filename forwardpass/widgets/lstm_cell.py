"""One LSTM cell that writes a value, holds it and reads it, with its gates in the reader's hand."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from forwardpass import plots
from forwardpass.widgets.panel import Number, Panel, Real, View

Array = npt.NDArray[np.float64]
MAX_HELD = 200


@dataclass(frozen=True)
class Plan:
    """What a cell does: one step that writes, `held` steps that hold, one step that reads.

    The cell starts at 0. Gates lie in [0, 1] and candidates in [-1, 1]. While it writes and holds, the output gate is
    shut; while it reads, the forget gate is open and the input gate is shut.
    """

    candidate: float = 0.8
    write: float = 1.0
    held: int = 30
    forget: float = 0.95
    leak: float = 0.0
    noise: float = -0.5
    read: float = 1.0


def gates(plan: Plan) -> dict[str, Array]:
    """Gates and candidate at each of the held + 2 steps: f, i, C_tilde, o."""
    phases = {
        "f": (1.0, plan.forget, 1.0),
        "i": (plan.write, plan.leak, 0.0),
        "C_tilde": (plan.candidate, plan.noise, 0.0),
        "o": (0.0, 0.0, plan.read),
    }
    return {name: np.repeat(np.array(values), [1, plan.held, 1]) for name, values in phases.items()}


def run(plan: Plan) -> tuple[Array, Array]:
    """Cell and output after every step."""
    now, kept = 0.0, []
    g = gates(plan)
    for f, i, candidate in zip(g["f"].tolist(), g["i"].tolist(), g["C_tilde"].tolist(), strict=True):
        now = f * now + i * candidate
        kept.append(now)
    cell = np.array(kept)
    return cell, g["o"] * np.tanh(cell)


def describe(plan: Plan) -> str:
    """The three phases, in one line each."""
    cell, output = run(plan)
    last, left = plan.held + 1, plan.forget**plan.held
    written = float(cell[0])
    leaked = float(cell[last - 1]) - left * written
    where = "step 2" if plan.held == 1 else f"steps 2 to {last}"
    lines = [
        f"Write, step 1: input gate {plan.write:g} times candidate {_n(plan.candidate)} makes C = {_n(written)}.",
        f"Hold, {where}: the forget gate, {plan.forget:g}, to the power {plan.held} leaves {_share(left)} of it, "
        f"{_n(left * written)}. The input gate, {plan.leak:g}, lets {_n(leaked)} in on the way. C = {_n(cell[-1])}.",
        f"Read, step {last + 1}: output gate {plan.read:g} times tanh({_n(cell[-1])}) makes h = {_n(output[-1])}.",
    ]
    return "\n".join([*lines, *_remark(plan)])


def _remark(plan: Plan) -> list[str]:
    if plan.forget == 1 and plan.leak * plan.noise:
        return [f"With nothing forgotten, C moves by {_n(plan.leak * plan.noise)} at every step held, without an end."]
    if plan.forget == 1:
        return ["Nothing is forgotten and nothing comes in: it would stay so for ever."]
    if plan.leak * plan.noise:
        goal = plan.leak * plan.noise / (1 - plan.forget)
        return [f"Held for ever, it would end at {_n(goal)}, whatever was written."]
    if plan.forget == 0:
        return ["A forget gate of 0 clears the cell in one step."]
    half = math.log(0.5) / math.log(plan.forget)
    count = f"{half:.2g}" if half < 10 else f"{half:.0f}"
    return [f"Half of it is gone after {count} step{'s' * (count != '1')}."]


def _share(part: float) -> str:
    percent = 100 * part
    return f"{percent:.3g} %" if percent >= 0.01 or percent == 0 else "less than 0.01 %"


def _n(value: float) -> str:
    text = f"{value:.3f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "0") else text.replace("-", "−")


def draw(plan: Plan) -> Figure:
    """Cell and output above, the three gates below, over the same steps."""
    cell, output = run(plan)
    steps = np.arange(1, plan.held + 3)
    fig, (top, bottom) = plots.figure(8.4, 5.8, 2, 1)
    low, high = min(-1.0, float(cell.min())), max(1.0, float(cell.max()))
    room = 0.1 * (high - low)
    for ax in (top, bottom):
        ax.set_xlim(0.5, plan.held + 2.5)
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
        ax.axvspan(1.5, plan.held + 1.5, color=plots.current().pad, zorder=0)
    top.set(ylim=(low - room, high + 2.2 * room), title="write one value, hold it, read it")
    _name_hold(top, plan, high + 1.1 * room)
    plots.lines(top, steps, {"cell C": cell, "output h": output})
    bottom.set(ylim=(-0.1, 1.1), xlabel="step (held where shaded)")
    g = gates(plan)
    plots.lines(bottom, steps, {"forget f": g["f"], "input i": g["i"], "output o": g["o"]})
    return fig


def _name_hold(ax: Axes, plan: Plan, height: float) -> None:
    steps = "1 step" if plan.held == 1 else f"{plan.held} steps"
    middle = (plan.held + 3) / 2
    ax.text(middle, height, f"held: {steps}", ha="center", va="center", color=plots.current().ink, fontsize=10)


def explain(plan: Plan) -> View:
    """Figure and words for one state of the controls."""
    return View(draw(plan), describe(plan))


def panel() -> Panel:
    """The controls, figure and words, starting with a gate that forgets a twentieth at each step."""
    first = Plan()
    controls = {
        "candidate": Real("write: candidate", first.candidate, -1.0, 1.0, 0.05),
        "write": Real("write: input gate", first.write, 0.0, 1.0, 0.05),
        "held": Number("hold: steps", first.held, 1, MAX_HELD),
        "forget": Real("hold: forget gate", first.forget, 0.0, 1.0, 0.005),
        "leak": Real("hold: input gate", first.leak, 0.0, 1.0, 0.005),
        "noise": Real("hold: candidate", first.noise, -1.0, 1.0, 0.05),
        "read": Real("read: output gate", first.read, 0.0, 1.0, 0.05),
    }
    return Panel(controls, lambda **values: explain(Plan(**values)))


def lstm_cell() -> None:
    """Show one LSTM cell over time: set its gates while it writes, holds and reads."""
    panel().display()
