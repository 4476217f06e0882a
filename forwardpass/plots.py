"""One style for every figure of the course, and alt text that stays with the figure.

Importing this module switches matplotlib to the house style. A figure is an opaque card with a surface of its own, so
it reads the same in a light and in a dark JupyterLab. Its colours are those of Okabe and Ito that reach a contrast of
3:1 on that surface; text reaches 4.5:1. A series has a line style, a marker and a label too: colour never stands alone.

Reference: M. Okabe and K. Ito, Color Universal Design, 2008; W3C, WCAG 2.2, criteria 1.1.1, 1.4.1, 1.4.3 and 1.4.11.
"""

from __future__ import annotations

import base64
import html
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from cycler import cycler
from IPython.core.getipython import get_ipython
from IPython.display import display
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.font_manager import findfont, get_font
from matplotlib.patches import Polygon, Rectangle
from numpy.typing import ArrayLike
from PIL import Image

DPI = 110
LINESTYLES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)))
MARKERS = ("o", "s", "^", "D", "X")
FRAMES = ("C1", "C0", "C4")  # these reach 3:1 on the cells of a grid too
HATCHES = ("", "//", "..", "xx", "\\\\")
FLAT_COLOURS = 16_384  # a drawing has fewer colours than this, a photograph more


@dataclass(frozen=True)
class Theme:
    """Colours of a figure: `surface` behind everything, `ink` for text, `fill`, `pad` and `mark` behind text."""

    surface: str
    ink: str
    muted: str
    rule: str
    fill: str
    pad: str
    mark: str
    series: tuple[str, ...]


THEMES = {
    "light": Theme(
        surface="#FFFFFF",
        ink="#1F2328",
        muted="#57606A",
        rule="#D0D7DE",
        fill="#E3EEF6",
        pad="#E9ECEF",
        mark="#FBE2BA",
        series=("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#000000"),
    ),
    "dark": Theme(
        surface="#1B1E23",
        ink="#F2F2F2",
        muted="#A8B0B8",
        rule="#454C55",
        fill="#263B4A",
        pad="#2A2E34",
        mark="#6B4A10",
        series=("#56B4E9", "#E69F00", "#009E73", "#CC79A7", "#F2F2F2"),
    ),
}
PAINT = {
    "surface": "figure.facecolor axes.facecolor",
    "ink": "text.color axes.labelcolor axes.titlecolor xtick.labelcolor ytick.labelcolor patch.edgecolor",
    "muted": "axes.edgecolor xtick.color ytick.color",
    "rule": "grid.color figure.edgecolor",
}
STYLE = {
    "font.family": "DejaVu Sans",
    "font.size": 11.0,
    "mathtext.fontset": "dejavusans",
    "axes.titlesize": 12.0,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "legend.frameon": False,
    "lines.linewidth": 2.0,
    "lines.markersize": 6.0,
    "patch.force_edgecolor": True,
    "image.cmap": "cividis",
    "figure.dpi": DPI,
    "savefig.dpi": DPI,
    "savefig.facecolor": "auto",
    "figure.constrained_layout.use": True,
    "figure.constrained_layout.w_pad": 0.12,
    "figure.constrained_layout.h_pad": 0.12,
}
_current = THEMES["light"]


def theme(name: str) -> Theme:
    """Draw the figures that follow in `name`, "light" or "dark".

    Raises: ValueError if there is no such theme.
    """
    global _current
    if name not in THEMES:
        raise ValueError(f"no theme is called {name!r}: choose one of {', '.join(THEMES)}")
    _current = THEMES[name]
    mpl.rcParams.update(_style(_current))  # type: ignore[arg-type]
    return _current


def current() -> Theme:
    """The theme that figures are drawn in now."""
    return _current


def _style(t: Theme) -> dict[str, Any]:
    paint = {key: getattr(t, part) for part, keys in PAINT.items() for key in keys.split()}
    return {**STYLE, **paint, "axes.prop_cycle": cycler(color=t.series) + cycler(linestyle=LINESTYLES)}


def contrast(a: str, b: str) -> float:
    """Contrast ratio of two colours, from 1 (the same) to 21 (black on white), as WCAG defines it."""
    dark, light = sorted((_luminance(a), _luminance(b)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    rgb = np.array(to_rgb(colour))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return float(linear @ np.array([0.2126, 0.7152, 0.0722]))


def figure(width: float = 7.0, height: float = 4.0, rows: int = 1, columns: int = 1) -> tuple[Figure, Any]:
    """A figure of width x height inches and its axes: one, or an array of them as plt.subplots gives.

    It belongs to no global list, so it appears where `show` is called and nowhere else.
    """
    fig = Figure(figsize=(width, height), layout="constrained", linewidth=2, edgecolor=_current.rule)
    return fig, fig.subplots(rows, columns)


def drawing(width: float, height: float) -> tuple[Figure, Axes]:
    """A card of width x height half inches to draw on freely: bare axes in half inches, y downwards."""
    fig = Figure(figsize=(width / 2, height / 2), linewidth=2, edgecolor=_current.rule)
    fig.set_layout_engine("none")
    ax = fig.add_axes((0.0, 0.0, 1.0, 1.0))
    bare(ax, 0, width, height, 0)
    return fig, ax


def show(fig: Figure, alt: str = "") -> None:
    """Display the figure once, with `alt` as its text alternative, and close it.

    `alt` says in a sentence or two what a reader should see: the kind of figure, the axes, the message. It becomes the
    picture's alt text in JupyterLab and in exported HTML, and the text where there is no picture.

    Raises: ValueError if `alt` is empty.
    """
    data = mimebundle(png(fig), alt)
    plt.close(fig)
    publish(data)


def publish(data: Mapping[str, Any]) -> None:
    """Display a bundle as made by `mimebundle`; outside IPython, print its text."""
    if get_ipython() is None:
        print(data["text/plain"])
        return
    display(dict(data), metadata={"image/png": {"alt": data["text/plain"]}}, raw=True)  # type: ignore[no-untyped-call]


def drawable(text: str) -> str:
    """`text` in one line, with a question mark for every character that the figures' font does not have."""
    return "".join(c if ord(c) in _glyphs() else "?" for c in " ".join(text.split()))


@cache
def _glyphs() -> frozenset[int]:
    return frozenset(get_font(findfont("DejaVu Sans")).get_charmap())


def mimebundle(picture: bytes, alt: str) -> dict[str, Any]:
    """A PNG with its alt text, for every reader of notebooks.

    JupyterLab drops the alt text of image/png, and so does the HTML that nbconvert makes by default; an <img> in
    text/html keeps it in both. image/png is for those who do not read HTML: LaTeX, nbdime.

    Raises: ValueError if `alt` is empty.
    """
    words = " ".join(alt.split()) if isinstance(alt, str) else ""
    if not words:
        raise ValueError('a figure needs alt text: show(fig, alt="what a reader who cannot see it should know")')
    code = base64.b64encode(picture).decode("ascii")
    img = f'<img alt="{html.escape(words)}" src="data:image/png;base64,{code}" style="max-width:100%;height:auto">'
    return {"text/html": img, "image/png": code, "text/plain": words}


def png(fig: Figure) -> bytes:
    """The figure as a PNG with at most 256 colours (a third of the usual size) and no date or software in it."""
    fig.set_dpi(DPI)
    canvas = FigureCanvasAgg(fig)
    canvas.draw()  # type: ignore[no-untyped-call]
    pixels = canvas.buffer_rgba()  # type: ignore[no-untyped-call]
    image = Image.frombuffer("RGBA", canvas.get_width_height(), pixels, "raw", "RGBA", 0, 1).convert("RGB")
    file = io.BytesIO()
    _flatten(image).save(file, format="png")
    return file.getvalue()


def _flatten(image: Image.Image) -> Image.Image:
    if image.getcolors(FLAT_COLOURS):
        return image.quantize(256, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    return image.quantize(palette=image.quantize(256), dither=Image.Dither.FLOYDSTEINBERG)


def lines(ax: Axes, x: ArrayLike, series: Mapping[str, ArrayLike]) -> None:
    """Draw up to five series over the same x: (n,), each labelled at its right end. Set scales and limits before.

    Raises: ValueError for more series than there are styles.
    """
    if len(series) > len(MARKERS):
        raise ValueError(f"{len(series)} lines in one figure: at most {len(MARKERS)} can be told apart, so split it")
    for k, y in enumerate(series.values()):
        ax.plot(x, y, color=f"C{k}", linestyle=LINESTYLES[k], marker=MARKERS[k], markevery=_spaced(np.size(x), k))
    _label_ends(ax, list(series))


def _spaced(n: int, k: int) -> slice | None:
    gap = n // 10
    return slice(k * gap // len(MARKERS), None, gap) if gap > 1 else None


def _label_ends(ax: Axes, labels: Sequence[str]) -> None:
    drawn = ax.lines[len(ax.lines) - len(labels) :]
    ends = [_end(line.get_xydata()) for line in drawn]
    heights = [float(ax.transAxes.inverted().transform(ax.transData.transform(end))[1]) for end in ends]
    for label, line, end, height in zip(labels, list(drawn), ends, _spread(heights, 0.08), strict=True):
        arrow = {"arrowstyle": "-", "color": _current.muted, "linewidth": 0.8}
        ax.annotate("", end, (1.04, height), textcoords="axes fraction", arrowprops=arrow)
        ax.plot(
            [1.04], [height], color=line.get_color(), marker=line.get_marker(), transform=ax.transAxes, clip_on=False
        )
        ax.text(1.06, height, label, transform=ax.transAxes, va="center")


def _end(points: Any) -> tuple[float, float]:
    x, y = points[np.isfinite(points).all(axis=1)][-1]
    return float(x), float(y)


def _spread(heights: Sequence[float], gap: float) -> list[float]:
    """Move heights apart until neighbours are `gap` away: order and middle stay, and nothing sinks below 0."""
    order = np.argsort(heights, kind="stable")
    wanted, steps = np.array(heights)[order], gap * np.arange(len(heights))
    placed = np.maximum.accumulate(wanted - steps) + steps
    placed -= min((placed - wanted).mean(), placed[0]) if len(heights) else 0.0
    out = np.empty(len(heights))
    out[order] = placed
    return [float(height) for height in out]


def bare(ax: Axes, left: float, right: float, bottom: float, top: float) -> None:
    """Turn the axes into a drawing surface with square units: no frame, no ticks, no grid."""
    ax.set(xlim=(left, right), ylim=(bottom, top), aspect="equal")
    ax.axis("off")


def cells(
    ax: Axes,
    values: ArrayLike,
    *,
    windows: Mapping[str, tuple[int, int, int, int]] | None = None,
    shade: bool = False,
    index: bool = False,
) -> None:
    """Draw an array (n,) or (n, d) as a grid with its values in the cells; at most 24 x 24.

    `windows` maps a name to (row, column, height, width), outlined and named below. `shade` colours cells by value;
    `index` writes row and column numbers at the edges.
    Raises: ValueError for another number of axes or for more cells.
    """
    grid = np.atleast_2d(np.asarray(values))
    if grid.ndim != 2 or not 0 < max(grid.shape) <= 24 or grid.size == 0:
        raise ValueError(f"cells draws arrays of 1 or 2 axes up to 24 x 24, and this one has shape {np.shape(values)}")
    rows, columns = grid.shape
    bare(ax, -0.8 if index else -0.1, columns + 0.1, rows + 0.1, -0.8 if index else -0.1)
    for (i, j), value in np.ndenumerate(grid):
        _cell(ax, j, i, _text(value), _shade(grid, value) if shade else _current.fill)
    if index:
        _number_edges(ax, rows, columns)
    _outline(ax, windows or {})


def _cell(ax: Axes, x: float, y: float, text: str, fill: str) -> None:
    ax.add_patch(Rectangle((x, y), 1, 1, facecolor=fill, edgecolor=_current.surface, linewidth=1.5))
    ax.text(x + 0.5, y + 0.5, text, ha="center", va="center", color=legible_on(fill), fontsize=10)


def legible_on(fill: str) -> str:
    """Black or white, whichever has more contrast on `fill`: never less than 4.5."""
    return max("#000000", "#FFFFFF", key=lambda ink: contrast(ink, fill))


def _shade(grid: Any, value: Any) -> str:
    low, high = np.nanmin(grid), np.nanmax(grid)
    place = 0.5 if low == high else float((value - low) / (high - low))
    return _current.pad if np.isnan(place) else mpl.colors.to_hex(mpl.colormaps["cividis"](place))


def _text(value: Any) -> str:
    return f"{value:.3g}" if isinstance(value, (float, np.floating)) else str(value)


def _number_edges(ax: Axes, rows: int, columns: int) -> None:
    spots = [(j + 0.5, -0.35, j) for j in range(columns)] + [(-0.35, i + 0.5, i) for i in range(rows)]
    for x, y, number in spots:
        ax.text(x, y, str(number), ha="center", va="center", color=_current.muted, fontsize=9)


def _outline(ax: Axes, windows: Mapping[str, tuple[int, int, int, int]]) -> None:
    for k, (name, (row, column, height, width)) in enumerate(windows.items()):
        frame = Rectangle((column, row), width, height, fill=False, zorder=3, label=name)
        frame.set(edgecolor=FRAMES[k % len(FRAMES)], linewidth=3, linestyle=LINESTYLES[k % len(LINESTYLES)])
        ax.add_patch(frame)
    if windows:
        ax.legend(loc="upper center", bbox_to_anchor=(0.5, 0.0), ncols=2, fontsize=10)


def blocks(ax: Axes, shapes: Mapping[str, tuple[int, ...]], signs: Sequence[str] = ()) -> None:
    """Draw array shapes as blocks in a row, with a name above, sizes at the edges and `signs` ("@", "=") between.

    A shape has 1 to 3 axes: (n,), (rows, columns) or (height, width, depth). A longer side is drawn longer, but on a
    logarithmic scale, so that 3 and 3000 fit in one figure.
    Raises: ValueError for other shapes or when the signs do not fit between.
    """
    if any(not 1 <= len(shape) <= 3 or min(shape) < 1 for shape in shapes.values()):
        raise ValueError(f"blocks draws shapes of 1 to 3 positive sizes, not {list(shapes.values())}")
    if signs and len(signs) != len(shapes) - 1:
        raise ValueError(f"{len(shapes)} blocks need {len(shapes) - 1} signs between them, and {len(signs)} came")
    x = 0.0
    for (name, shape), sign in zip(shapes.items(), ["", *signs, *[""] * len(shapes)], strict=False):
        ax.text(x + 0.45, 0, sign, ha="center", va="center", fontsize=16)
        x = _block(ax, x + 0.9 + 0.17 * len(str(shape[0])), name, shape)
    top = max(_sides(shape)[0] / 2 + _sides(shape)[2] for shape in shapes.values())
    bottom = max(_sides(shape)[0] / 2 for shape in shapes.values())
    bare(ax, 0.5, x + 0.6, -bottom - 0.4, top + 0.5)


def _sides(shape: tuple[int, ...]) -> tuple[float, float, float]:
    """Height and width of a block's front, and how far its depth is drawn to the right and up."""
    height, width, depth = [0.5 + 0.22 * float(np.log2(size)) for size in (*shape, 1, 1)][:3]
    return height, width if len(shape) > 1 else 0.3, 0.45 * depth if len(shape) > 2 else 0.0


def _block(ax: Axes, x: float, name: str, shape: tuple[int, ...]) -> float:
    height, width, slant = _sides(shape)
    for corners, fill in _faces(x, height, width, slant):
        ax.add_patch(Polygon(corners, facecolor=fill, edgecolor=_current.ink, linewidth=1.2))
    ax.text(x + (width + slant) / 2, height / 2 + slant + 0.12, name, ha="center", va="bottom", fontweight="bold")
    for size, (a, b, ha, va) in zip(shape, _edges(x, height, width, slant), strict=False):
        ax.text(a, b, str(size), ha=ha, va=va)
    return x + width + slant


def _faces(x: float, h: float, w: float, s: float) -> Iterator[tuple[list[tuple[float, float]], str]]:
    low, high = -h / 2, h / 2
    yield [(x, low), (x + w, low), (x + w, high), (x, high)], _current.fill
    if s:
        yield [(x, high), (x + w, high), (x + w + s, high + s), (x + s, high + s)], _current.pad
        yield [(x + w, low), (x + w + s, low + s), (x + w + s, high + s), (x + w, high)], _current.pad


def _edges(x: float, h: float, w: float, s: float) -> list[tuple[float, float, str, str]]:
    return [
        (x - 0.1, 0.0, "right", "center"),
        (x + w / 2, -h / 2 - 0.1, "center", "top"),
        (x + w + s / 2 + 0.08, -h / 2 + s / 2 - 0.08, "left", "top"),
    ]


theme("light")
