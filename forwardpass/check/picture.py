"""A wrong image-like answer, drawn beside the expected one, and the same in words."""

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from IPython.core.getipython import get_ipython

from forwardpass.check.compare import Array, Tolerance, wrong_places
from forwardpass.check.plain import Plain

_LARGEST = 1e99  # what is larger or infinite is drawn as this: colour scales need differences that are finite
_MOST_NUMBERS = 12  # rows or columns of a grid whose numbers can still be read
_RELATIONS: dict[str, Callable[[Array], Array]] = {
    "turned by 180 degrees": lambda image: image[::-1, ::-1],
    "mirrored left to right": lambda image: image[:, ::-1],
    "upside down": lambda image: image[::-1],
    "transposed": lambda image: image.T,
    "with the other sign": lambda image: -image,
}


@dataclass(frozen=True)
class Pair:
    """Two images of the same or of different shape: (H, W) each. place: where in the answer they stand, or empty."""

    expected: Array
    got: Array
    wrong: Array | None
    place: str

    @property
    def words(self) -> str:
        """What a picture of the two shows."""
        if self.wrong is None:
            return f"{self.place}{_size(self.got)} came, {_size(self.expected)} is expected"
        relation = _relation(self.expected, self.got)
        return f"{self.place}{_where(self.wrong)}{_by(self.expected, self.got)}" + (f"; {relation}" if relation else "")


def pair(expected: Plain, got: Plain, tolerance: Tolerance) -> Pair | None:
    """The first images in which an answer differs, its last two axes being height and width; None for no images."""
    want, have = _image_stack(expected), _image_stack(got)
    if want is None or have is None or want.ndim != have.ndim:
        return None
    if want.shape != have.shape:
        first = (0,) * (want.ndim - 2)
        fits = all(want.shape[:-2]) and all(have.shape[:-2])
        return Pair(_floats(want[first]), _floats(have[first]), None, _place(first)) if fits else None
    wrong = wrong_places(want, have, tolerance)
    if not wrong.any():
        return None
    first = tuple(int(i) for i in np.argwhere(wrong)[0][:-2])
    return Pair(_floats(want[first]), _floats(have[first]), wrong[first], _place(first))


def show(images: Pair) -> None:
    """Draws expected, got and their difference side by side, where there is a notebook to show them."""
    if get_ipython() is None:
        return
    plots = importlib.import_module("forwardpass.plots")  # matplotlib takes a while, and most checks pass
    draw = _numbers if max(*images.expected.shape, *images.got.shape) <= _MOST_NUMBERS else _shades
    panels = 2 if images.wrong is None else 3
    fig, axes = plots.figure(3.3 * panels, 3.4 if draw is _numbers else 2.8, columns=panels)
    draw(plots, axes, images)
    for ax, title in zip(axes, ("expected", "yours", "yours minus expected"), strict=False):
        ax.set_title(title)
    plots.show(fig, alt=f"The expected image and yours, drawn side by side: {images.words}.")


def _numbers(plots: Any, axes: Any, images: Pair) -> None:
    for ax, image in zip(axes, (images.expected, images.got), strict=False):
        plots.cells(ax, image, shade=not np.isnan(image).all())
    if images.wrong is not None:
        plots.cells(axes[2], _difference(images.expected, images.got))
        for row, column in np.argwhere(images.wrong):
            axes[2].plot(*_frame(row, column), color=plots.FRAMES[0], linewidth=2, linestyle="-")


def _frame(row: int, column: int) -> tuple[list[float], list[float]]:
    left, right, top, bottom = column + 0.07, column + 0.93, row + 0.07, row + 0.93
    return [left, right, right, left, left], [top, top, bottom, bottom, top]


def _shades(plots: Any, axes: Any, images: Pair) -> None:
    both = np.concatenate([images.expected.ravel(), images.got.ravel()])
    finite = both[np.isfinite(both)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
    for ax, image in zip(axes, (images.expected, images.got), strict=False):
        _shade(ax, image, low, high)
    if images.wrong is not None:
        gap = _difference(images.expected, images.got)
        largest = float(np.abs(gap[np.isfinite(gap)]).max(initial=0)) or 1.0
        _shade(axes[2], gap, -largest, largest)


def _shade(ax: Any, image: Array, low: float, high: float) -> None:
    shown = ax.imshow(image, vmin=low, vmax=high, interpolation="nearest")
    ax.figure.colorbar(shown, ax=ax, shrink=0.7)
    ax.grid(False)


def _image_stack(value: Plain) -> Array | None:
    try:
        array = np.asarray(value)
    except (ValueError, OverflowError):
        return None
    is_image = array.dtype.kind in "biuf" and array.ndim >= 2 and min(array.shape[-2:]) >= 1
    return array if is_image else None


def _floats(image: Array) -> Array:
    return np.asarray(np.clip(image.astype(float), -_LARGEST, _LARGEST))


def _difference(expected: Array, got: Array) -> Array:
    return np.asarray(got - expected)


def _place(first: tuple[int, ...]) -> str:
    return f"in answer[{', '.join(map(str, first))}]: " if first else ""


def _size(image: Array) -> str:
    return f"{image.shape[0]} x {image.shape[1]}"


def _where(wrong: Array) -> str:
    if wrong.all():
        return "all values differ"
    rows, columns = np.flatnonzero(wrong.any(axis=1)), np.flatnonzero(wrong.any(axis=0))
    count = f"{int(wrong.sum())} of {wrong.size} values differ"
    if min(wrong.shape) > 3 and min(len(rows), len(columns)) > 1 and not wrong[1:-1, 1:-1].any():
        return f"{count}, all of them at the border"
    return f"{count}, all of them in {_range('row', rows)} and {_range('column', columns)}"


def _range(name: str, places: Array) -> str:
    first, last = int(places[0]), int(places[-1])
    return f"{name} {first}" if first == last else f"{name}s {first} to {last}"


def _by(expected: Array, got: Array) -> str:
    gap = np.abs(_difference(expected, got))
    finite = gap[np.isfinite(gap)]
    if finite.size < gap.size:
        return f", {gap.size - finite.size} of them NaN"
    return f", by up to {finite.max():.3g}"


def _relation(expected: Array, got: Array) -> str:
    """How the answer could have come about, if it is all of the expected image put differently."""
    for how, change in _RELATIONS.items():
        changed = change(expected)
        if changed.shape == got.shape and np.allclose(changed, got, equal_nan=True) and not np.all(got == got.flat[0]):
            return f"yours is the expected image {how}"
    return _scaled(expected, got)


def _scaled(expected: Array, got: Array) -> str:
    there = np.abs(expected) > 1e-9 * float(np.abs(expected).max(initial=0))
    if not there.any() or not np.isfinite(got).all():
        return ""
    factor = float(got[there][0]) / float(expected[there][0])
    if there.sum() > 1 and factor and np.allclose(expected * factor, got):
        return f"yours is the expected image times {factor:.4g}"
    shift = float(np.ravel(got)[0]) - float(np.ravel(expected)[0])
    if np.allclose(expected + shift, got) and got.size > 1:
        return f"yours is the expected image plus {shift:.4g}"
    return ""
