"""Scenes are drawn on call, captions and answers follow from the objects, and splits have nothing in common."""

import numpy as np
import pytest

from forwardpass import data
from forwardpass.data.scenes import HELD_BACK, KINDS, SIDE, SPLITS, Thing, caption, scenes


def test_everything_has_the_promised_shape():
    seen = scenes(20)
    assert (seen.images.shape, seen.images.dtype) == ((20, 3, SIDE, SIDE), np.float32)
    assert 0 <= seen.images.min() < seen.images.max() <= 1
    assert len(seen.captions) == len(seen.things) == 20
    assert len(seen.questions) == len(seen.answers) == len(seen.kinds) == len(seen.scene)
    assert set(seen.kinds) == set(KINDS)
    assert seen.scene.dtype == np.int64
    assert set(seen.scene.tolist()) == set(range(20))


def test_the_package_offers_them():
    assert data.scenes is scenes


def test_the_same_arguments_give_the_same_scenes():
    first, again, other = scenes(6, seed=3), scenes(6, seed=3), scenes(6, seed=4)
    assert np.array_equal(first.images, again.images)
    assert (first.captions, first.questions, first.answers) == (again.captions, again.questions, again.answers)
    assert first.captions != other.captions


def test_captions_follow_from_the_objects():
    left, right = Thing("red", "circle", 8, 10, 3), Thing("blue", "square", 18.5, 12, 3)
    low = Thing("yellow", "triangle", 9, 20.5, 3)
    far = Thing("white", "circle", 29, 11, 3)
    assert caption((left,)) == "a red circle"
    assert caption((left, right)) == "a red circle left of a blue square"
    assert caption((left, low)) == "a red circle above a yellow triangle"
    assert caption((left, right, far)) == "a blue square between a red circle and a white circle"


def test_no_caption_belongs_to_two_splits():
    found = [set(scenes(400, seed=seed, split=split).captions) for split in SPLITS for seed in (0, 1)]
    by_split = [found[0] | found[1], found[2] | found[3], found[4] | found[5]]
    assert not by_split[0] & by_split[1]
    assert not (by_split[0] | by_split[1]) & by_split[2]


def test_white_triangles_are_in_the_new_split_and_nowhere_else():
    for split in SPLITS:
        for things in scenes(200, split=split).things:
            assert ((HELD_BACK[0], HELD_BACK[1]) in {(t.colour, t.shape) for t in things}) == (split == "new")


def test_every_kind_of_object_of_the_test_is_in_training():
    kinds = [{(t.colour, t.shape) for things in scenes(600, split=split).things for t in things} for split in SPLITS]
    assert kinds[1] <= kinds[0]


def test_answers_are_true():
    seen = scenes(300, seed=5)
    for question, answer, kind, i in zip(seen.questions, seen.answers, seen.kinds, seen.scene, strict=True):
        assert answer == _true_answer(question.split(), kind, seen.things[i]), (question, seen.captions[i])


def _true_answer(words: list[str], kind: str, things: tuple[Thing, ...]) -> str:
    if kind == "colour":
        return next(t.colour for t in things if t.shape == words[-1])
    if kind == "count":
        return str(sum(t.shape + "s" == words[2] for t in things))
    if kind == "existence":
        return "yes" if any([t.colour, t.shape] == words[3:] for t in things) else "no"
    one, other = (next(t for t in things if t.shape == shape) for shape in (words[2], words[-1]))
    holds = {"left": one.x < other.x, "right": one.x > other.x, "above": one.y < other.y, "below": one.y > other.y}
    return "yes" if holds[words[3]] else "no"


def test_yes_and_no_come_alike_and_no_object_hides_another():
    seen = scenes(800, seed=2)
    for kind, least in (("relation", 0.5), ("existence", 0.45)):
        yes = np.mean([a == "yes" for a, k in zip(seen.answers, seen.kinds, strict=True) if k == kind])
        assert least <= yes <= 1 - least
    for things in seen.things:
        assert all(3 < t.x < SIDE - 3 and 3 < t.y < SIDE - 3 for t in things)
        gaps = [np.hypot(a.x - b.x, a.y - b.y) for a in things for b in things if a is not b]
        assert all(gap > 10 for gap in gaps)


@pytest.mark.parametrize("count", [0, -1, 2.5])
def test_a_number_that_is_none_is_refused(count):
    with pytest.raises(ValueError, match="at least 1"):
        scenes(count)


def test_a_split_that_is_none_is_refused():
    with pytest.raises(ValueError, match="train, test, new"):
        scenes(3, split="val")
