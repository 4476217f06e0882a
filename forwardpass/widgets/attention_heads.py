"""Attention weights of a trained model: pick a layer, a head and a token, and see where that token looks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ipywidgets as ipw
import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure

from forwardpass import plots
from forwardpass.widgets.panel import LABELS, Number, Panel, View

Array = npt.NDArray[np.float64]
MAX_KEYS = 60
SPACE = "␣"


@dataclass(frozen=True)
class Look:
    """One layer's weights (heads, queries, keys), with a label for each query and each key."""

    weights: Array
    queries: tuple[str, ...]
    keys: tuple[str, ...]


Layers = Mapping[str, tuple[Any, Sequence[str], Sequence[str]]]


def looks(layers: Layers) -> dict[str, Look]:
    """The layers, checked. Each is (weights (heads, queries, keys), labels of the queries, labels of the keys).

    Raises: ValueError if there is no layer, or if weights and labels do not fit together.
    """
    if not layers:
        raise ValueError("expected at least one layer, got none")
    return {name: _look(name, *layer) for name, layer in layers.items()}


def _look(name: str, weights: Any, queries: Sequence[str], keys: Sequence[str]) -> Look:
    array = np.asarray(weights, dtype=np.float64)
    wanted = (len(queries), len(keys))
    if array.ndim != 3 or not array.size or array.shape[1:] != wanted:
        raise ValueError(f"{name}: expected weights of shape (heads, {wanted[0]}, {wanted[1]}), got {array.shape}")
    if len(keys) > MAX_KEYS:
        raise ValueError(f"{name}: at most {MAX_KEYS} keys can be shown, got {len(keys)}")
    return Look(array, tuple(map(label, queries)), tuple(map(label, keys)))


def label(token: str) -> str:
    """A token as it can be drawn and read: a blank gets a sign of its own."""
    return plots.drawable(token.replace(" ", SPACE)) or SPACE


def describe(look: Look, layer: str, head: int, token: int) -> str:
    """Where one token looks, in words, with the whole row of weights as a table in a line."""
    row = look.weights[head - 1, token - 1]
    order = np.argsort(-row, kind="stable")[:3]
    most = ", ".join(f"{row[k]:.0%} at {look.keys[k]!r} (position {k + 1})" for k in order)
    table = ", ".join(f"{k + 1} {key} {weight:.2f}" for k, (key, weight) in enumerate(zip(look.keys, row, strict=True)))
    return "\n".join(
        [
            f"{layer}, head {head} of {len(look.weights)}: {look.queries[token - 1]!r} (position {token}) looks here.",
            f"Most: {most}." if row.any() else "It may see nothing: all weights are 0.",
            f"All weights, with position and key: {table}.",
        ]
    )


def draw(look: Look, layer: str, head: int, token: int) -> Figure:
    """The weights of one token as bars above the keys, and below the whole head with that token's row marked."""
    weights = look.weights[head - 1]
    fig, (top, low) = plots.figure(max(6.0, 1.6 + 0.22 * len(look.keys)), 5.6, 2, 1)
    places = np.arange(len(look.keys))
    top.bar(places, weights[token - 1], color="C0", width=0.8)
    top.set(xlim=(-0.6, len(places) - 0.4), ylim=(0, 1.02), ylabel="weight")
    top.set_title(f"{layer}, head {head}: {look.queries[token - 1]} (position {token})")
    top.set_xticks(places, look.keys, fontsize=9)
    top.grid(axis="x", visible=False)
    low.imshow(weights, aspect="auto", vmin=0, vmax=1)
    low.set_xticks(places, look.keys, fontsize=9)
    low.set_yticks([token - 1], [f"{look.queries[token - 1]} ▸"])
    low.set(xlabel="keys", ylabel="queries")
    low.grid(visible=False)
    for edge in (token - 1.5, token - 0.5):
        low.axhline(edge, color="C1", linewidth=1.5)
    return fig


def panel(layers: Layers) -> Panel:
    """The controls, figure and words, starting with the first layer, head and token."""
    known = looks(layers)
    names = list(known)
    controls: dict[str, Any] = {
        "layer": ipw.Dropdown(options=names, value=names[0], description="layer", style=LABELS),
        "head": Number("head", 1, 1, len(known[names[0]].weights)),
        "token": Number("token (position)", 1, 1, len(known[names[0]].queries)),
    }

    def adjust(changed: str) -> None:
        look = known[controls["layer"].value]
        controls["head"].high, controls["token"].high = len(look.weights), len(look.queries)

    def view(layer: str, head: int, token: int) -> View:
        look = known[layer]
        return View(draw(look, layer, head, token), describe(look, layer, head, token))

    return Panel(controls, view, adjust)


def attention_heads(layers: Layers) -> None:
    """Show where the tokens of a model look: choose a layer, a head and a token.

    layers: name -> (weights (heads, queries, keys), labels of the queries, labels of the keys).
    """
    panel(layers).display()
