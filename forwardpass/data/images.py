"""Images: handwritten digits and two photographs, which come with scikit-learn."""

import importlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from forwardpass.data import files

PHOTOGRAPHS = ("china", "flower")


@dataclass(frozen=True, eq=False, repr=False)
class Digits:
    """Handwritten digits.

    images: (1797, 8, 8) float64 in [0, 1], 0 is paper and 1 is ink. labels: (1797,) int64, 0 to 9.
    """

    images: npt.NDArray[np.float64]
    labels: npt.NDArray[np.int64]


def digits() -> Digits:
    """1797 handwritten digits of 8 by 8 pixels with their labels, for classification.

    images: (1797, 8, 8) float64 in [0, 1], in steps of 1/16; labels: (1797,) int64, 0 to 9.

    Raises:
        ImportError: scikit-learn, which carries the images, is missing.

    Source: E. Alpaydin and C. Kaynak, Optical Recognition of Handwritten Digits (test part), UCI Machine
    Learning Repository, 1998, doi:10.24432/C50P49; CC BY 4.0; the copy in scikit-learn.
    """
    table = np.loadtxt(files.scikit_learn_file("data", "digits.csv.gz"), delimiter=",")
    return Digits(table[:, :-1].reshape(-1, 8, 8) / 16.0, table[:, -1].astype(np.int64))


def photograph(name: str) -> npt.NDArray[np.uint8]:
    """A colour photograph: "china" is a pavilion above a lake, "flower" is a dahlia in front of leaves.

    name: one of PHOTOGRAPHS. Returns (H, W, 3) = (427, 640, 3) uint8: rows, columns, red-green-blue; 0 to 255.

    Raises:
        ValueError: no photograph has this name.
        ImportError: scikit-learn, which carries the photographs, or Pillow, which decodes them, is missing.

    Source: two photographs of Flickr users, CC BY 2.0, credited in data/photographs/README.md; the copies in
    scikit-learn.
    """
    if name not in PHOTOGRAPHS:
        raise ValueError(f"photograph: expected one of {', '.join(map(repr, PHOTOGRAPHS))}, got {name!r}")
    image = importlib.import_module("PIL.Image").open(files.scikit_learn_file("images", f"{name}.jpg"))
    return np.array(image, dtype=np.uint8)
