"""Fit explorer: a polynomial through noisy points, its degree and its penalty, with training and validation error."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from forwardpass import plots
from forwardpass.widgets.panel import Choice, Number, Panel, View

Vector = NDArray[np.float64]

NOISE = 0.3
GOLDEN = (5**0.5 - 1) / 2
MAX_DEGREE = 15
MIN_POINTS, MAX_POINTS, VALIDATION_POINTS = 8, 100, 200
LAMBDAS = {"0 (no penalty)": 0.0, **{f"10^{k}" if k < -2 else f"{10.0**k:g}": 10.0**k for k in range(-8, 3)}}
SHOWN = (-2.0, 2.0)  # heights of the left panel
ERRORS = (1e-3, 1e2)  # errors of the right panel; what lies beyond is drawn at the edge
TIMES = 1.7  # how many times as large an error has to be before it counts as much larger


@dataclass(frozen=True)
class Setting:
    """What the controls say: a polynomial's degree, its penalty lam and the number of training points."""

    degree: int
    lam: float = 0.0
    points: int = 15


def wave(points: int, seed: int) -> tuple[Vector, Vector]:
    """Noisy points (x, y) of one period of a sine, each (points,); more points of one seed begin with the same ones.

    x is spread evenly over -1 to 1, also in every beginning of it: steps of the golden section round a circle.
    """
    rng = np.random.default_rng(seed)
    x: Vector = 2 * ((rng.random() + GOLDEN * np.arange(points, dtype=np.float64)) % 1) - 1
    return x, truth(x) + NOISE * rng.normal(size=points)


def truth(x: Vector) -> Vector:
    """The curve without noise."""
    return np.sin(np.pi * x)


def training(points: int) -> tuple[Vector, Vector]:
    """The training points."""
    return wave(points, 2)


def validation() -> tuple[Vector, Vector]:
    """The validation points, the same for every setting."""
    return wave(VALIDATION_POINTS, 1003)


def solve(setting: Setting) -> Vector:
    """Bias and weights, (degree + 1,), that minimise the sum of squares plus lam times the sum of squared weights.

    The penalty is a row of zeros to reach for each weight, none for the bias. Where several solutions are equally good,
    it is the one of least norm.
    """
    x, y = training(setting.points)
    powers = np.vander(x, setting.degree + 1, increasing=True)
    penalty = np.sqrt(setting.lam) * np.eye(setting.degree + 1)[1:]
    rows, wanted = np.vstack([powers, penalty]), np.concatenate([y, np.zeros(setting.degree)])
    return np.asarray(np.linalg.lstsq(rows, wanted, rcond=1e-12)[0])


def predict(weights: Vector, x: Vector) -> Vector:
    """The polynomial's values, (n,)."""
    return np.asarray(np.polynomial.polynomial.polyval(x, weights))


@cache
def errors(setting: Setting) -> tuple[float, float]:
    """Mean squared error on the training points and on the validation points."""
    weights = solve(setting)
    pairs = training(setting.points), validation()
    train, held_out = (float(np.mean((predict(weights, x) - y) ** 2)) for x, y in pairs)
    return train, held_out


def by_degree(setting: Setting) -> list[tuple[float, float]]:
    """The errors of every degree from 1 to MAX_DEGREE with this setting's penalty and points."""
    return [errors(Setting(degree, setting.lam, setting.points)) for degree in range(1, MAX_DEGREE + 1)]


def best_degree(setting: Setting) -> int:
    """The degree with the least validation error at this penalty and number of points."""
    return 1 + int(np.argmin([held_out for _, held_out in by_degree(setting)]))


def number(value: float) -> str:
    """An error in three digits, or in a word where digits say nothing."""
    if value < 0.0005:
        return "below 0.0005"
    if value >= 1000:
        return "over 1000"
    return f"{value:.3f}" if value < 1 else f"{value:.3g}"


def verdict(setting: Setting) -> str:
    """Which of the two failures it is, if any, in one sentence."""
    train, held_out = errors(setting)
    if held_out > TIMES * max(train, NOISE**2):
        return "It overfits: the validation error is far above the training error and above the noise."
    if train > TIMES * NOISE**2:
        return "It underfits: both errors lie together, far above the noise."
    return "It does neither badly: the errors lie near each other and near the noise."


def describe(setting: Setting) -> str:
    """The setting, its errors and what they mean, in words (lines)."""
    train, held_out = errors(setting)
    best = best_degree(setting)
    least = errors(Setting(best, setting.lam, setting.points))[1]
    name = _name(setting.lam)
    return "\n".join(
        [
            f"Polynomial of degree {setting.degree}, λ = {name}, fitted to {setting.points} points.",
            f"Mean squared error: training {number(train)}, validation {number(held_out)}; noise alone {NOISE**2:.3f}.",
            verdict(setting),
            f"With this λ and these points, the validation error is least at degree {best}: {number(least)}.",
        ]
    )


def _name(lam: float) -> str:
    """A penalty as the control shows it, without the remark in brackets."""
    return next((text for text, value in LAMBDAS.items() if value == lam), f"{lam:g}").split(" (")[0]


def draw(setting: Setting) -> Figure:
    """Left the points and the fitted curve; right both errors against the degree, with the setting marked."""
    fig, (left, right) = plots.figure(9.6, 4.0, 1, 2)
    _curve(left, setting)
    _errors(right, setting)
    return fig


def _curve(ax: Axes, setting: Setting) -> None:
    t, x = plots.current(), np.linspace(-1, 1, 401)
    ax.plot(x, truth(x), "--", color=t.muted, label="without noise")
    fitted = np.clip(predict(solve(setting), x), SHOWN[0] - 1, SHOWN[1] + 1)
    ax.plot(x, fitted, "-", color="C1", label="fitted")
    points = [np.clip(values, *SHOWN) for values in training(setting.points)]
    size = 6 if setting.points <= 30 else 4
    ax.plot(*points, "o", color="C0", markersize=size, label="training", markeredgecolor=t.surface)
    ax.set(xlim=(-1.05, 1.05), ylim=SHOWN, xlabel="x", ylabel="y")
    ax.set_title(f"degree {setting.degree}, λ = {_name(setting.lam)}")
    _legend(ax)


def _legend(ax: Axes) -> None:
    """A legend on a ground of its own, since a wild curve may run behind it."""
    legend = ax.legend(loc="upper left", fontsize=9, frameon=True, framealpha=0.9)
    legend.get_frame().set(facecolor=plots.current().surface, edgecolor="none")


def _errors(ax: Axes, setting: Setting) -> None:
    t, degrees = plots.current(), np.arange(1, MAX_DEGREE + 1)
    both = np.clip(np.array(by_degree(setting)), *ERRORS)
    ax.axvline(setting.degree, color=t.mark, linewidth=8, zorder=0, linestyle="-")
    ax.axhline(NOISE**2, color=t.muted, linewidth=1, linestyle=":", label="noise alone")
    ax.plot(degrees, both[:, 1], color="C1", linestyle="--", marker="s", label="validation")
    ax.plot(degrees, both[:, 0], color="C0", linestyle="-", marker="o", label="training")
    ax.set(yscale="log", ylim=(ERRORS[0] / 1.5, ERRORS[1] * 1.5), xlim=(0.3, MAX_DEGREE + 0.7))
    ax.set(xticks=degrees[::2], xlabel="degree", ylabel="mean squared error")
    ax.set_yticks(10.0 ** np.arange(-3, 3), ["< 0.001", "0.01", "0.1", "1", "10", "> 100"])
    ax.minorticks_off()
    ax.set_title(f"{setting.points} training points")
    _legend(ax)


def explain(setting: Setting) -> View:
    """Figure and words for one setting."""
    return View(draw(setting), describe(setting))


def panel(degree: int = 9, lam: float = 0.0, points: int = 15) -> Panel:
    """The explorer's controls, figure and words, from a starting setting."""
    controls: dict[str, Any] = {
        "degree": Number("degree", degree, 1, MAX_DEGREE),
        "points": Number("training points", points, MIN_POINTS, MAX_POINTS),
        "lam": Choice("penalty λ", LAMBDAS, lam),
    }
    return Panel(controls, lambda degree, points, lam: explain(Setting(degree, lam, points)))


def polynomial_fit() -> None:
    """Show a polynomial fitted to noisy points: set its degree, its penalty and how many points there are."""
    panel().display()
