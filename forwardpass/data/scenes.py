"""Scenes of coloured shapes, drawn on call, with a caption and questions that follow from what is in them."""

import zlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

SHAPES = ("circle", "square", "triangle")
COLOURS = {
    "blue": (0.0, 0.35, 0.75),
    "red": (0.85, 0.15, 0.1),
    "white": (0.97, 0.97, 0.97),
    "yellow": (0.98, 0.85, 0.1),
}
RADII = (3.0, 4.4)  # pixels
USUAL = {
    "circle": "red",
    "square": "blue",
    "triangle": "yellow",
}  # two of three objects have their shape's usual colour
HELD_BACK = ("white", "triangle")  # in no scene but those of the split "new"
SPLITS = ("train", "test", "new")
KINDS = ("colour", "count", "existence", "relation")
SIDE = 32

_BETWEEN = 10.5  # pixels from one object to the next, along the row or column that they form
_OPPOSITE = {"left of": "right of", "right of": "left of", "above": "below", "below": "above"}


@dataclass(frozen=True)
class Thing:
    """One object of a scene; x and y are the pixel coordinates of its centre, to the right and downwards."""

    colour: str
    shape: str
    x: float
    y: float
    radius: float

    @property
    def words(self) -> str:
        """The object with its article, such as "a red circle"."""
        return f"a {self.colour} {self.shape}"


@dataclass(frozen=True)
class Scenes:
    """Pictures with captions, and questions about them. Question j belongs to scene `scene[j]`."""

    images: npt.NDArray[np.float32]
    captions: tuple[str, ...]
    things: tuple[tuple[Thing, ...], ...]
    questions: tuple[str, ...]
    answers: tuple[str, ...]
    kinds: tuple[str, ...]
    scene: npt.NDArray[np.int64]


def scenes(count: int, seed: int = 0, split: str = "train") -> Scenes:
    """`count` scenes of one to three objects, as they come from `seed`; the same arguments give the same scenes.

    images: (count, 3, 32, 32) float32 in [0, 1], channels red, green, blue. Objects of a scene stand in a row or in a
    column, and are named from left to right or from above to below.
    split: "train" and "test" have no caption in common, though every object of the test is in training too; "new" has
    at least one white triangle in every scene, and neither of the others has any.

    Raises ValueError for a count that is no whole number of at least 1, and for another split.

    Source: this course's own generator; CC0 1.0.
    """
    if not isinstance(count, int | np.integer) or count < 1:
        raise ValueError(f"scenes: expected a number of scenes, at least 1, got {count!r}")
    if split not in SPLITS:
        raise ValueError(f"scenes: expected a split, one of {', '.join(SPLITS)}, got {split!r}")
    rng = np.random.default_rng([SPLITS.index(split), seed])
    drawn: list[tuple[Thing, ...]] = []
    while len(drawn) < count:
        things = _things(rng)
        if _split(things) == split:
            drawn.append(things)
    asked = [(question, i) for i, things in enumerate(drawn) for question in _questions(things, rng)]
    return Scenes(
        images=np.stack([_picture(things, rng) for things in drawn]),
        captions=tuple(caption(things) for things in drawn),
        things=tuple(drawn),
        questions=tuple(question[1] for question, _ in asked),
        answers=tuple(question[2] for question, _ in asked),
        kinds=tuple(question[0] for question, _ in asked),
        scene=np.array([i for _, i in asked], dtype=np.int64),
    )


def caption(things: tuple[Thing, ...]) -> str:
    """What a scene is called, a function of its objects and of whether they stand in a row or in a column."""
    if len(things) == 1:
        return things[0].words
    if len(things) == 2:
        return f"{things[0].words} {_relation(*things)} {things[1].words}"
    return f"{things[1].words} between {things[0].words} and {things[2].words}"


def _relation(first: Thing, second: Thing) -> str:
    return "left of" if abs(second.x - first.x) > abs(second.y - first.y) else "above"


def _split(things: tuple[Thing, ...]) -> str:
    if any((thing.colour, thing.shape) == HELD_BACK for thing in things):
        return "new"
    return "test" if len(things) > 1 and zlib.crc32(caption(things).encode()) % 4 == 0 else "train"


def _things(rng: np.random.Generator) -> tuple[Thing, ...]:
    """One to three objects in a row or in a column, the first one leftmost or uppermost."""
    number, across = int(rng.integers(1, 4)), bool(rng.random() < 0.5)
    margin = RADII[1] + 0.3
    start = rng.uniform(margin, SIDE - margin - _BETWEEN * (number - 1))
    aside = rng.uniform(margin, SIDE - margin)
    shapes = rng.permutation(SHAPES) if rng.random() < 0.5 else rng.choice(SHAPES, 3)  # half of the scenes repeat none
    things = []
    for k in range(number):
        along = start + _BETWEEN * k
        off = float(np.clip(aside + rng.uniform(-2.5, 2.5), margin, SIDE - margin))
        x, y = (along, off) if across else (off, along)
        things.append(Thing(_colour(str(shapes[k]), rng), str(shapes[k]), x, y, float(rng.uniform(*RADII))))
    return tuple(things)


def _colour(shape: str, rng: np.random.Generator) -> str:
    """More than half of the objects have their shape's usual colour for sure, the others any of the four."""
    return USUAL[shape] if rng.random() < 0.55 else tuple(COLOURS)[int(rng.integers(4))]


def _kind(rng: np.random.Generator) -> tuple[str, str]:
    shape = SHAPES[int(rng.integers(3))]
    return _colour(shape, rng), shape


def _picture(things: tuple[Thing, ...], rng: np.random.Generator) -> npt.NDArray[np.float32]:
    rows, columns = np.mgrid[0:SIDE, 0:SIDE] + 0.5
    pixels = np.full((3, SIDE, SIDE), rng.uniform(0.25, 0.4))
    for thing in things:
        cover = np.clip(0.5 - _distance(thing.shape, columns - thing.x, rows - thing.y, thing.radius), 0, 1)
        pixels += cover * (np.array(COLOURS[thing.colour])[:, None, None] * rng.uniform(0.9, 1.0) - pixels)
    return np.clip(pixels + rng.normal(0, 0.02, pixels.shape), 0, 1).astype(np.float32)


def _distance(
    shape: str, x: npt.NDArray[np.float64], y: npt.NDArray[np.float64], radius: float
) -> npt.NDArray[np.float64]:
    """How far, in pixels, each point lies outside of the shape; negative inside."""
    if shape == "circle":
        return np.asarray(np.hypot(x, y) - radius)
    if shape == "square":
        return np.maximum(abs(x), abs(y)) - 0.9 * radius
    return np.maximum(y - 0.9 * radius, (2 * abs(x) - y - 0.9 * radius) / 5**0.5)


def _questions(things: tuple[Thing, ...], rng: np.random.Generator) -> list[tuple[str, str, str]]:
    """One question of each kind that the scene allows, two of relation, as (kind, question, answer)."""
    shapes = [thing.shape for thing in things]
    alone = [thing for thing in things if shapes.count(thing.shape) == 1]
    out = [_count(shapes, rng), _existence(things, rng)]
    if alone:
        thing = alone[int(rng.integers(len(alone)))]
        out.append(("colour", f"what colour is the {thing.shape}", thing.colour))
    if len(alone) > 1:
        out += [_relation_question(alone, holds, rng) for holds in (True, False)]
    return out


def _count(shapes: list[str], rng: np.random.Generator) -> tuple[str, str, str]:
    """How many of a shape: each number that the scene has an example of is as likely as the others."""
    answers = sorted({shapes.count(shape) for shape in SHAPES})
    answer = answers[int(rng.integers(len(answers)))]
    fitting = [shape for shape in SHAPES if shapes.count(shape) == answer]
    return "count", f"how many {fitting[int(rng.integers(len(fitting)))]}s are there", str(answer)


def _existence(things: tuple[Thing, ...], rng: np.random.Generator) -> tuple[str, str, str]:
    """Is there a (colour, shape): an object of the scene, or a usual kind of object that is not there."""
    there = {(thing.colour, thing.shape) for thing in things}
    pair = sorted(there)[int(rng.integers(len(there)))]
    if rng.random() < 0.5:
        pair = _kind(rng)
        while pair in there or pair == HELD_BACK or not {word for one in there for word in one} & set(pair):
            pair = _kind(rng)
    return "existence", f"is there a {pair[0]} {pair[1]}", "yes" if pair in there else "no"


def _relation_question(alone: list[Thing], holds: bool, rng: np.random.Generator) -> tuple[str, str, str]:
    one, other = (alone[i] for i in sorted(rng.permutation(len(alone))[:2]))
    word = _relation(one, other)
    if rng.random() < 0.5:
        one, other, word = other, one, _OPPOSITE[word]
    asked = word if holds else _OPPOSITE[word]
    return "relation", f"is the {one.shape} {asked} the {other.shape}", "yes" if holds else "no"
