"""Rooms, drawn on call: a scene data set that is told apart by furniture, not by colour."""

import math
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

ROOMS = ("bathroom", "bedroom", "kitchen", "office")
SIDE = 48

Floats = npt.NDArray[np.float64]
Images = npt.NDArray[np.float32]
Labels = npt.NDArray[np.int64]


def rooms(n: int, rng: np.random.Generator) -> tuple[Images, Labels]:
    """n pictures of furnished rooms, and which kind of room each one is.

    Returns images (n, 3, 48, 48) float32 in [0, 1], channels red, green, blue, and labels (n,) int64: label j is
    ROOMS[j]. Kinds come in random order, as evenly as n allows. The same generator gives the same pictures.

    Raises ValueError if n is not a whole number of at least 1.

    Source: this course's own generator; CC0 1.0.
    """
    if not isinstance(n, int | np.integer) or n < 1:
        raise ValueError(f"rooms: expected a number of pictures, at least 1, got {n!r}")
    labels = rng.permutation(np.arange(n) % len(ROOMS)).astype(np.int64)
    return np.stack([_room(int(label), rng) for label in labels]), labels


class _Picture:
    """A canvas, (3, 48, 48), on which shapes with soft edges are painted over one another."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng
        self.rows, self.columns = np.mgrid[0:SIDE, 0:SIDE] + 0.5
        self.pixels = np.zeros((3, SIDE, SIDE))

    def colour(self) -> Floats:
        """Any colour that is neither black nor white."""
        return self.rng.uniform(0.15, 0.9, 3)

    def contrasting(self, other: Floats) -> Floats:
        """A random colour that can be told from another by its brightness."""
        while True:
            colour = self.colour()
            if abs(float(colour.mean() - other.mean())) > 0.15:
                return colour

    def box(self, left: float, top: float, width: float, height: float, colour: Floats) -> None:
        """Paints a rectangle."""
        x = np.abs(self.columns - left - width / 2) - width / 2
        y = np.abs(self.rows - top - height / 2) - height / 2
        self._paint(np.maximum(x, y), colour)

    def ellipse(self, x: float, y: float, a: float, b: float, colour: Floats) -> None:
        """Paints an ellipse with the centre (x, y) and the half axes a and b."""
        distance = np.hypot((self.columns - x) / a, (self.rows - y) / b) - 1
        self._paint(distance * min(a, b), colour)

    def _paint(self, distance: Floats, colour: Floats) -> None:
        cover = np.clip(0.5 - distance, 0, 1)
        self.pixels += cover * (colour[:, None, None] - self.pixels)


def _room(label: int, rng: np.random.Generator) -> Images:
    picture = _Picture(rng)
    floor = _walls(picture)
    wall = picture.pixels[:, 0, 0].copy()
    for _ in range(int(rng.integers(0, 3))):
        _anything(picture, wall)
    size = rng.uniform(0.8, 1.15)
    left = rng.uniform(1, SIDE - 1 - 28 * size)
    _FURNITURE[label](picture, left, floor + rng.uniform(2, 7), size, wall)
    return _lit(picture)


def _walls(picture: _Picture) -> float:
    """Wall, floor and a line between them. Returns the row at which the floor begins."""
    rng, floor = picture.rng, float(picture.rng.uniform(28, 36))
    wall = picture.colour()
    picture.box(-1, -1, SIDE + 2, SIDE + 2, wall)
    picture.box(-1, floor, SIDE + 2, SIDE, picture.contrasting(wall))
    picture.box(-1, floor - 1, SIDE + 2, 1, np.full(3, rng.uniform(0.1, 0.9)))
    return floor


def _anything(picture: _Picture, wall: Floats) -> None:
    """A picture, a window or a lamp on the wall: what every kind of room may have."""
    rng = picture.rng
    x, y = rng.uniform(4, 36), rng.uniform(2, 9)
    frame = picture.contrasting(wall)
    kind = rng.integers(3)
    if kind == 0:
        picture.box(x, y, 8, 7, frame)
        picture.box(x + 1.5, y + 1.5, 5, 4, picture.colour())
    elif kind == 1:
        picture.box(x, y, 10, 10, frame)
        for dx, dy in [(1, 1), (5.5, 1), (1, 5.5), (5.5, 5.5)]:
            picture.box(x + dx, y + dy, 3.5, 3.5, picture.contrasting(frame))
    else:
        picture.box(x + 2.5, -1, 1, y, frame)
        picture.ellipse(x + 3, y, 3.5, 2, frame)


def _bathroom(picture: _Picture, left: float, bottom: float, size: float, wall: Floats) -> None:
    """A tub with rounded ends, a tap above one end, and a round mirror or a shower head."""
    tub = picture.contrasting(wall)
    top, width, height = bottom - 10 * size, 26 * size, 10 * size
    middle = left + width / 2
    picture.ellipse(middle, top + height * 0.35, width / 2, height * 0.75, tub)
    picture.box(left - 1, top - 3 * size, width + 2, 3 * size, tub)
    picture.ellipse(middle, top - 1.5 * size, width * 0.4, 1.1 * size, picture.contrasting(tub))
    x = left + width * (0.2 if picture.rng.random() < 0.5 else 0.8)
    pipe = picture.contrasting(wall)
    picture.box(x - 0.8, top - 12 * size, 1.6, 9 * size, pipe)
    picture.ellipse(x, top - 12 * size, 3 * size, 1.5 * size, pipe)


def _bedroom(picture: _Picture, left: float, bottom: float, size: float, wall: Floats) -> None:
    """A bed from the side: a mattress on legs, a high headboard at one end, a pillow beside it."""
    wood, sheet = picture.contrasting(wall), picture.colour()
    width, at_left = 27 * size, picture.rng.random() < 0.5
    head = left if at_left else left + width - 2.5 * size
    for x in (left, left + width - 2 * size):
        picture.box(x, bottom - 6 * size, 2 * size, 6 * size, wood)
    picture.box(left, bottom - 8 * size, width, 5 * size, picture.contrasting(sheet))
    picture.box(head, bottom - 15 * size, 2.5 * size, 15 * size, wood)
    pillow = left + (6.5 * size if at_left else width - 6.5 * size)
    picture.ellipse(pillow, bottom - 9.3 * size, 3.8 * size, 2 * size, picture.contrasting(wall))


def _kitchen(picture: _Picture, left: float, bottom: float, size: float, wall: Floats) -> None:
    """A row of cupboards with round knobs under a worktop, and a pot with a handle on it."""
    wood = picture.contrasting(wall)
    top, width = bottom - 13 * size, 27 * size
    picture.box(left, top, width, 13 * size, wood)
    gap, knob = picture.contrasting(wood), picture.contrasting(wood)
    for k in range(3):
        x = left + k * width / 3
        picture.box(x + width / 3 - 0.5, top, 1, 13 * size, gap)
        picture.ellipse(x + width / 6, top + 6 * size, 1.6 * size, 1.6 * size, knob)
    picture.box(left - 1, top - 2 * size, width + 2, 2 * size, picture.contrasting(wood))
    x, pot = left + picture.rng.uniform(0.15, 0.6) * width, picture.contrasting(wall)
    picture.box(x, top - 6.5 * size, 6 * size, 4.5 * size, pot)
    picture.box(x - 2 * size, top - 5.8 * size, 10 * size, 1.2, pot)


def _office(picture: _Picture, left: float, bottom: float, size: float, wall: Floats) -> None:
    """A desk on two thin legs with a screen on a stand."""
    desk, screen = picture.contrasting(wall), picture.contrasting(wall)
    top, width = bottom - 12 * size, 27 * size
    for x in (left + size, left + width - 3 * size):
        picture.box(x, top, 2 * size, 12 * size, desk)
    picture.box(left, top - 1, width, 2.2 * size, desk)
    x = left + picture.rng.uniform(0.1, 0.5) * width
    picture.box(x + 4.2 * size, top - 4 * size, 2 * size, 3.5 * size, screen)
    picture.box(x, top - 11 * size, 10.5 * size, 7.5 * size, screen)
    picture.box(x + size, top - 10 * size, 8.5 * size, 5.5 * size, picture.contrasting(screen))


_FURNITURE: tuple[Callable[[_Picture, float, float, float, Floats], None], ...] = (
    _bathroom,
    _bedroom,
    _kitchen,
    _office,
)


def _lit(picture: _Picture) -> Images:
    """The picture under a light from one side, with a little noise."""
    rng, angle = picture.rng, picture.rng.uniform(0, 2 * math.pi)
    slope = math.cos(angle) * (picture.columns / SIDE - 0.5) + math.sin(angle) * (picture.rows / SIDE - 0.5)
    light = rng.uniform(0.65, 1.1) * (1 + rng.uniform(0, 0.5) * slope)
    noisy = picture.pixels * light + rng.normal(0, 0.02, picture.pixels.shape)
    clipped: Images = np.clip(noisy, 0, 1).astype(np.float32)
    return clipped
