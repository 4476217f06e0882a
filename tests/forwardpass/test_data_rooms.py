"""Rooms are drawn on call, the same for the same generator, and colours do not give their kind away."""

import numpy as np
import pytest

from forwardpass import data
from forwardpass.data.rooms import ROOMS, SIDE, rooms


def test_pictures_and_labels_have_the_promised_shapes():
    images, labels = rooms(10, np.random.default_rng(0))
    assert (images.shape, images.dtype) == ((10, 3, SIDE, SIDE), np.float32)
    assert (labels.shape, labels.dtype) == ((10,), np.int64)
    assert 0 <= images.min() < images.max() <= 1


def test_the_package_offers_them():
    assert data.rooms is rooms
    assert data.ROOMS == ("bathroom", "bedroom", "kitchen", "office")


def test_the_same_generator_draws_the_same_rooms():
    first, again = (rooms(6, np.random.default_rng(3)) for _ in range(2))
    assert np.array_equal(first[0], again[0])
    assert np.array_equal(first[1], again[1])
    assert not np.array_equal(first[0], rooms(6, np.random.default_rng(4))[0])


@pytest.mark.parametrize("n", [1, 2, 3, 5, 41])
def test_kinds_come_as_evenly_as_the_number_allows(n):
    _, labels = rooms(n, np.random.default_rng(0))
    counts = np.bincount(labels, minlength=len(ROOMS))
    assert counts.sum() == n
    assert counts.max() - counts.min() <= 1


@pytest.mark.parametrize("n", [0, -1, 2.5])
def test_a_number_that_is_none_is_refused(n):
    with pytest.raises(ValueError, match="at least 1"):
        rooms(n, np.random.default_rng(0))


def test_no_two_pictures_are_alike():
    images, _ = rooms(40, np.random.default_rng(1))
    assert len({image.tobytes() for image in images}) == 40


def test_the_mean_colour_says_little_about_the_kind():
    images, labels = rooms(400, np.random.default_rng(2))
    means = images.mean(axis=(2, 3))
    centres = np.stack([means[:200][labels[:200] == kind].mean(axis=0) for kind in range(len(ROOMS))])
    nearest = ((means[200:, None] - centres) ** 2).sum(axis=2).argmin(axis=1)
    assert (nearest == labels[200:]).mean() < 0.4
