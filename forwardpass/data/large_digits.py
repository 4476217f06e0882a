"""Handwritten digits of 28 by 28 pixels: small ones enlarged, or MNIST where it is asked for and can be had."""

import gzip
import hashlib
import importlib
import os
import urllib.request
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path

import numpy as np
import numpy.typing as npt

from forwardpass.data.images import digits

_ADDRESS = "https://ossci-datasets.s3.amazonaws.com/mnist"
_SHA256 = {
    "train-images-idx3-ubyte.gz": "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
    "train-labels-idx1-ubyte.gz": "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
    "t10k-images-idx3-ubyte.gz": "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
    "t10k-labels-idx1-ubyte.gz": "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
}
_SECONDS = 20  # without a byte, until a download counts as failed
_PIXELS, _DRAWN = 28, 20  # MNIST draws a digit in the 20 x 20 pixels in the middle of 28 x 28; so do we


@dataclass(frozen=True, eq=False, repr=False)
class Mnist:
    """Handwritten digits as MNIST has them.

    images: (n, 28, 28) float32 in [0, 1], 0 is paper and 1 is ink. labels: (n,) int64, 0 to 9. source: which digits
    these are, in a sentence.
    """

    images: npt.NDArray[np.float32]
    labels: npt.NDArray[np.int64]
    source: str

    def __repr__(self) -> str:
        return f"{len(self.labels)} digits of {_PIXELS} by {_PIXELS} pixels: {self.source}"


class _UnavailableError(Exception):
    """Why MNIST can't be had."""


def mnist(full: bool = False) -> Mnist:
    """Digits of 28 by 28 pixels: 1797 small ones enlarged, or all 70 000 of MNIST if `full` and they can be had.

    MNIST is 11 MB, downloaded once, kept in the user's cache folder and compared with known checksums at every call;
    its first 60 000 images are for training. Without a network the enlarged digits come instead: `source` says which
    came, and why.

    Raises:
        ImportError: scikit-learn, which carries the small digits, is missing.

    Source: Y. LeCun, C. Cortes, C. Burges, The MNIST database of handwritten digits, 1998; for the small ones: see
    `digits`.
    """
    if not full:
        return _enlarged("the 1797 digits of 8 by 8 pixels that come with scikit-learn, enlarged")
    try:
        parts = [_array(_verified(name)) for name in _SHA256]
    except _UnavailableError as error:
        return _enlarged(f"MNIST can't be had ({error}); instead the 1797 digits of 8 by 8 pixels, enlarged")
    images, labels = np.concatenate(parts[::2]).astype(np.float32), np.concatenate(parts[1::2])
    images /= 255
    return Mnist(images, labels.astype(np.int64), "MNIST, 60 000 for training and 10 000 for testing")


def _enlarged(source: str) -> Mnist:
    torch = importlib.import_module("torch")
    small = digits()
    images = torch.tensor(small.images, dtype=torch.float32)[:, None]
    large = torch.nn.functional.interpolate(images, size=(_DRAWN, _DRAWN), mode="bilinear")[:, 0].numpy()
    edge = (_PIXELS - _DRAWN) // 2
    return Mnist(np.pad(large, ((0, 0), (edge, edge), (edge, edge))), small.labels, source)


def _verified(name: str) -> bytes:
    """The file, from the cache or from the network, if its checksum is the known one."""
    cached = _cache() / name
    if cached.is_file() and _is_right(name, data := cached.read_bytes()):
        return data
    data = _download(name)
    if not _is_right(name, data):
        raise _UnavailableError(f"the checksum of what came for {name} is not the known one")
    _keep(cached, data)
    return data


def _cache() -> Path:
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "forwardpass" / "mnist"


def _is_right(name: str, data: bytes) -> bool:
    return hashlib.sha256(data).hexdigest() == _SHA256[name]


def _download(name: str) -> bytes:
    try:
        with urllib.request.urlopen(f"{_ADDRESS}/{name}", timeout=_SECONDS) as answer:
            return bytes(answer.read())
    except (OSError, HTTPException) as error:
        raise _UnavailableError(f"{name} could not be downloaded: {error}") from error


def _keep(path: Path, data: bytes) -> None:
    """Writes the cache; a disk that is full or read-only is no reason to do without the data."""
    unfinished = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished.write_bytes(data)
        unfinished.replace(path)
    except OSError:
        with suppress(OSError):
            unfinished.unlink()


def _array(data: bytes) -> npt.NDArray[np.uint8]:
    """The array of an IDX file: two bytes 0, one for the type, one for the number of axes, then the sizes."""
    raw = gzip.decompress(data)
    end = 4 + 4 * raw[3]
    sizes = np.frombuffer(raw[4:end], dtype=">u4")
    return np.frombuffer(raw, dtype=np.uint8, offset=end).reshape(sizes.tolist())
