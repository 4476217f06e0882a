"""The frame that all widgets share: controls above, a figure, and the figure's content in words below."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import ipywidgets as ipw
import traitlets
from matplotlib.figure import Figure

from forwardpass import plots

LABELS = {"description_width": "11em"}


@dataclass(frozen=True)
class View:
    """What a widget shows in one state: a figure and the same in words (lines)."""

    figure: Figure
    words: str


class Picture(ipw.Image):  # type: ignore[misc]
    """An image with an accessible name: its tooltip, since the browser's view of Image has no alt text.

    That view uses the tooltip only where the model has a description and the description is empty.
    """

    description = traitlets.Unicode("").tag(sync=True)


class Number(ipw.HBox):  # type: ignore[misc]
    """A whole number to type or to drag. The box carries the label, since a slider's handle has no name of its own."""

    value = traitlets.Int()
    high = traitlets.Int()

    def __init__(self, description: str, value: int, low: int, high: int) -> None:
        box = ipw.BoundedIntText(value, min=low, max=high, description=description, style=LABELS)
        slider = ipw.IntSlider(value, min=low, max=high, readout=False)
        box.layout.width, slider.layout.width = "16em", "14em"
        traitlets.link((box, "max"), (slider, "max"))
        traitlets.link((box, "value"), (slider, "value"))
        super().__init__([box, slider])
        traitlets.link((box, "max"), (self, "high"))
        traitlets.link((box, "value"), (self, "value"))


class Real(ipw.HBox):  # type: ignore[misc]
    """A number to type or to drag. The box carries the label, since a slider's handle has no name of its own."""

    value = traitlets.Float()

    def __init__(self, description: str, value: float, low: float, high: float, step: float) -> None:
        box = ipw.BoundedFloatText(value, min=low, max=high, step=step, description=description, style=LABELS)
        slider = ipw.FloatSlider(value, min=low, max=high, step=step, readout=False)
        box.layout.width, slider.layout.width = "17em", "14em"
        traitlets.link((box, "value"), (slider, "value"))
        super().__init__([box, slider])
        traitlets.link((box, "value"), (self, "value"))


class Choice(ipw.HBox):  # type: ignore[misc]
    """One of several named values, to choose from a list or to drag. The list carries the label for both."""

    value = traitlets.Float()

    def __init__(self, description: str, options: dict[str, float], value: float) -> None:
        pairs = list(options.items())
        box = ipw.Dropdown(options=pairs, value=value, description=description, style=LABELS)
        slider = ipw.SelectionSlider(options=pairs, value=value, readout=False)
        box.layout.width, slider.layout.width = "22em", "14em"
        traitlets.link((box, "index"), (slider, "index"))
        super().__init__([box, slider])
        traitlets.link((box, "value"), (self, "value"))


class Panel:
    """Widgets that show `view(**values)` of the controls' values and follow their changes.

    `adjust` may set other controls (a range, an example) when one changes; the figure is drawn once for all of it.
    """

    def __init__(
        self,
        controls: Mapping[str, Any],
        view: Callable[..., View],
        adjust: Callable[[str], None] = lambda changed: None,
    ) -> None:
        self._controls, self._view, self._adjust = controls, view, adjust
        self._busy = False
        self.picture = Picture(format="png", tooltip="Figure; the text below it says the same")
        self.picture.layout.align_self = "flex-start"
        self.text = ipw.HTML()
        for name, control in controls.items():
            control.observe(lambda change, name=name: self._changed(name), "value")
        row = ipw.Box([*controls.values()], layout={"flex_flow": "row wrap"})
        self.box = ipw.VBox([row, self.picture, self.text])
        self._refresh()

    @property
    def words(self) -> str:
        """What the figure shows now, in words."""
        return self._words

    def display(self) -> None:
        """Show the widget, with a picture and its alt text for readers who cannot run widgets."""
        live = self.box._repr_mimebundle_()
        plots.publish({**live, **plots.mimebundle(bytes(self.picture.value), self._words)})

    def _changed(self, name: str) -> None:
        if self._busy:
            return
        self._busy = True
        try:
            self._adjust(name)
        finally:
            self._busy = False
        self._refresh()

    def _refresh(self) -> None:
        view = self._view(**{name: control.value for name, control in self._controls.items()})
        self._words = view.words
        self.picture.value = plots.png(view.figure)
        self.text.value = spoken(view.words)


def spoken(words: str) -> str:
    """HTML that a screen reader reads out when it changes."""
    lines = "<br>".join(html.escape(line) for line in words.splitlines())
    return f'<div role="status" aria-live="polite" style="line-height:1.5;max-width:52em">{lines}</div>'
