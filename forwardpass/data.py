"""The course's data sets. Each call returns fresh arrays and nothing here uses the network.

>>> homes = house_prices()
>>> homes.X.shape, homes.y.shape
((1800, 8), (1800,))

Origin, licence and limits of each set: data/<name>/README.md in the course's repository.
"""

import importlib
import importlib.util
import math
from dataclasses import dataclass, field
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import zip_longest
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

PHOTOGRAPHS = ("china", "flower")

_MEND = "To mend it, run `python data/house_prices/prepare.py` in the course's folder, or reinstall forwardpass."


@dataclass(frozen=True, eq=False)
class HousePrices:
    """Homes and what they were sold for; column j of X is feature_names[j], in feature_units[j].

    X: (1800, 8) float64, not standardised. y: (1800,) float64, prices in target_unit.
    """

    X: npt.NDArray[np.float64] = field(repr=False)
    y: npt.NDArray[np.float64] = field(repr=False)
    feature_names: tuple[str, ...]
    feature_units: tuple[str, ...]
    target_name: str
    target_unit: str


@dataclass(frozen=True, eq=False, repr=False)
class Digits:
    """Handwritten digits.

    images: (1797, 8, 8) float64 in [0, 1], 0 is paper and 1 is ink. labels: (1797,) int64, 0 to 9.
    """

    images: npt.NDArray[np.float64]
    labels: npt.NDArray[np.int64]


class _Column(NamedTuple):
    """What a value of a column may be: a number of this kind, from low to high, in this unit."""

    name: str
    unit: str
    low: float
    high: float
    kind: type[int] | type[float] = int

    def __str__(self) -> str:
        """The rule in words, for an error."""
        noun = "a whole number" if self.kind is int else "a number"
        return f"{noun} from {self.low:g} to {self.high:g}"


_HOUSE_FILE = "house_prices.csv"
_HOUSE_ROWS = 1800
_HOUSE_COLUMNS = (
    _Column("area_m2", "m²", 28, 260),
    _Column("bedrooms", "rooms", 1, 6),
    _Column("age_years", "years", 0, 140),
    _Column("distance_km", "km", 0.3, 18, float),
    _Column("garden_m2", "m²", 0, 900),
    _Column("energy_kwh_m2", "kWh/m² per year", 25, 380),
    _Column("floor", "storeys above ground", 0, 7),
    _Column("lift", "1 yes, 0 no", 0, 1),
    _Column("price_keur", "thousand EUR", 20, 5000, float),
)


def house_prices() -> HousePrices:
    """1800 homes of an invented city: eight features and the price, for regression.

    X: (1800, 8) float64; y: (1800,) float64 in thousand EUR; the names and units come with them.

    Raises:
        FileNotFoundError: the CSV file is neither in the package nor in the repository.
        ValueError: the file is broken; the message names the line and the column.

    Source: this course's own generator, data/house_prices/prepare.py; CC0 1.0.
    """
    table = _house_table(*_read(_HOUSE_FILE))
    names, units = tuple(c.name for c in _HOUSE_COLUMNS), tuple(c.unit for c in _HOUSE_COLUMNS)
    return HousePrices(table[:, :-1].copy(), table[:, -1].copy(), names[:-1], units[:-1], names[-1], units[-1])


def digits() -> Digits:
    """1797 handwritten digits of 8 by 8 pixels with their labels, for classification.

    images: (1797, 8, 8) float64 in [0, 1], in steps of 1/16; labels: (1797,) int64, 0 to 9.

    Raises:
        ImportError: scikit-learn, which carries the images, is missing.

    Source: E. Alpaydin and C. Kaynak, Optical Recognition of Handwritten Digits (test part), UCI Machine
    Learning Repository, 1998, doi:10.24432/C50P49; CC BY 4.0; the copy in scikit-learn.
    """
    table = np.loadtxt(_scikit_learn_file("data", "digits.csv.gz"), delimiter=",")
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
    image = importlib.import_module("PIL.Image").open(_scikit_learn_file("images", f"{name}.jpg"))
    return np.array(image, dtype=np.uint8)


def _scikit_learn_file(folder: str, name: str) -> Path:
    """A file of scikit-learn's data sets, found without importing it, which would take a second."""
    found = importlib.util.find_spec("sklearn")
    places = found.submodule_search_locations or [] if found else []
    for place in places:
        path = Path(place) / "datasets" / folder / name
        if path.is_file():
            return path
    where = f"no {name} in {places[0]}" if places else "no scikit-learn"
    raise ImportError(f"these data come with scikit-learn; found {where}. Try `pip install scikit-learn`.")


def _places(name: str) -> list[Traversable]:
    """Where the file may lie, in order: in an installed package; in the repository's data folder."""
    repository = Path(__file__).resolve().parents[1]
    return [files("forwardpass") / "_data" / name, repository / "data" / Path(name).stem / name]


def _read(name: str) -> tuple[str, str]:
    """The file's text, and its path for errors."""
    places = _places(name)
    for place in places:
        if place.is_file():
            return place.read_bytes().decode("utf-8", errors="replace"), str(place)
    raise FileNotFoundError(f"expected {name} at {' or '.join(map(str, places))}; it is at neither. {_MEND}")


def _house_table(text: str, source: str) -> npt.NDArray[np.float64]:
    """All columns of a checked file, price last: (rows, 9)."""
    header, *lines = text.splitlines() or [""]
    _check_header(header, source)
    table = [_row(line, f"{source}, line {number}") for number, line in enumerate(lines, start=2)]
    if len(table) != _HOUSE_ROWS:
        raise _broken(source, f"{_HOUSE_ROWS} rows below the header", str(len(table)))
    return np.array(table, dtype=np.float64)


def _check_header(header: str, source: str) -> None:
    """Stops at the first column whose name is not the expected one."""
    names = [column.name for column in _HOUSE_COLUMNS]
    for number, (expected, got) in enumerate(zip_longest(names, header.split(",")), start=1):
        if expected != got:
            place = f"{source}, line 1, column {number}"
            raise _broken(place, repr(expected) if expected else "no further column", repr(got) if got else "none")


def _row(line: str, place: str) -> list[float]:
    """The numbers of one line."""
    values = line.split(",")
    if len(values) != len(_HOUSE_COLUMNS):
        raise _broken(place, f"{len(_HOUSE_COLUMNS)} values", f"{len(values)} in {line!r}")
    return [_number(value, column, place) for value, column in zip(values, _HOUSE_COLUMNS, strict=True)]


def _number(value: str, column: _Column, place: str) -> float:
    """The number, if the column allows it."""
    try:
        number: float = column.kind(value)
    except ValueError:
        number = math.nan
    if not column.low <= number <= column.high:
        raise _broken(f"{place}, column {column.name}", str(column), repr(value))
    return number


def _broken(place: str, expected: str, got: str) -> ValueError:
    """The error for a file that is not as it left the generator."""
    return ValueError(f"{place}: expected {expected}, got {got}. {_MEND}")
