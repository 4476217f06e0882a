"""MNIST comes where it is asked for, never with a wrong checksum; else the small digits, and it says so."""

import gzip
import hashlib
import struct
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import torch

from forwardpass import data
from forwardpass.data import large_digits as module

NAMES = list(module._SHA256)


def idx(array: npt.NDArray[np.uint8]) -> bytes:
    """An array in the format of MNIST's files, compressed."""
    sizes = struct.pack(f">{array.ndim}I", *array.shape)
    return gzip.compress(bytes([0, 0, 8, array.ndim]) + sizes + array.tobytes())


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that stands for the server, with a small MNIST whose checksums are the known ones; an empty cache."""
    rng = np.random.default_rng(0)
    folder = tmp_path / "server"
    folder.mkdir()
    for name in NAMES:
        shape = (6 if "train" in name else 2, *((28, 28) if "images" in name else ()))
        (folder / name).write_bytes(idx(rng.integers(0, 256 if "images" in name else 10, shape).astype(np.uint8)))
    sums = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in NAMES}
    monkeypatch.setattr(module, "_SHA256", sums)
    monkeypatch.setattr(module, "_ADDRESS", folder.as_uri())
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return folder


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Cuts the network."""

    def refuse(*args: Any, **kwargs: Any) -> Any:
        raise OSError("no network")

    return lambda: monkeypatch.setattr(urllib.request, "urlopen", refuse)


def test_the_small_digits_are_enlarged_without_a_network(offline: Callable[[], None]) -> None:
    offline()
    ours, small = data.mnist(), data.digits()
    assert ours.images.shape == (1797, 28, 28)
    assert ours.images.dtype == np.float32
    assert 0 <= ours.images.min() < ours.images.max() <= 1
    np.testing.assert_array_equal(ours.labels, small.labels)
    assert "8 by 8" in ours.source
    assert "MNIST" not in ours.source


def test_an_enlarged_digit_shrinks_back_to_the_small_one() -> None:
    large = torch.tensor(data.mnist().images[:, 4:-4, 4:-4])[:, None]
    small = torch.nn.functional.interpolate(large, size=(8, 8), mode="area")[:, 0].numpy()
    correlation = np.corrcoef(small.ravel(), data.digits().images.ravel())[0, 1]
    assert correlation > 0.95  # bilinear interpolation blurs a little


def test_mnist_comes_where_it_is_asked_for(server: Path) -> None:
    full = data.mnist(full=True)
    assert full.images.shape == (8, 28, 28)
    assert full.images.dtype == np.float32
    assert full.images.max() <= 1
    assert full.labels.dtype == np.int64
    assert full.source.startswith("MNIST, 60 000")
    first = gzip.decompress((server / NAMES[0]).read_bytes())[16 : 16 + 784]
    np.testing.assert_allclose(full.images[0].ravel() * 255, list(first), rtol=1e-6)


def test_a_second_call_needs_no_network(server: Path, offline: Callable[[], None]) -> None:
    first = data.mnist(full=True)
    offline()
    np.testing.assert_array_equal(data.mnist(full=True).images, first.images)


def test_without_a_network_the_small_digits_come_and_it_says_why(server: Path, offline: Callable[[], None]) -> None:
    offline()
    instead = data.mnist(full=True)
    assert len(instead.labels) == 1797
    assert "could not be downloaded: no network" in instead.source
    assert instead.source in repr(instead)


@pytest.mark.parametrize("name", NAMES)
def test_a_file_with_another_checksum_is_neither_used_nor_kept(server: Path, name: str) -> None:
    (server / name).write_bytes(b"<html>please log in</html>")
    instead = data.mnist(full=True)
    assert len(instead.labels) == 1797
    assert f"the checksum of what came for {name}" in instead.source
    assert not (module._cache() / name).exists()


def test_a_damaged_cache_is_fetched_again(server: Path) -> None:
    first = data.mnist(full=True)
    cached = module._cache() / NAMES[0]
    cached.write_bytes(cached.read_bytes()[:-1])
    np.testing.assert_array_equal(data.mnist(full=True).images, first.images)
    assert cached.read_bytes() == (server / NAMES[0]).read_bytes()


def test_a_cache_that_can_not_be_written_is_done_without(server: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(server / NAMES[0]))  # a file, where a folder is needed
    assert data.mnist(full=True).source.startswith("MNIST")


def test_changing_the_images_leaves_the_next_call_unchanged() -> None:
    data.mnist().images[...] = 7
    assert data.mnist().images.max() <= 1


def test_its_text_says_which_digits_it_holds() -> None:
    assert repr(data.mnist()).startswith("1797 digits of 28 by 28 pixels: the 1797 digits")
