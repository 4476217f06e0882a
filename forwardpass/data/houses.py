"""Homes of an invented city and their prices, read from a file that is checked line by line."""

import math
from dataclasses import dataclass, field
from functools import partial
from itertools import zip_longest
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from forwardpass.data import files


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


_FOLDER = "house_prices"
_broken = partial(files.broken, _FOLDER)
_FILE = "house_prices.csv"
_ROWS = 1800
_COLUMNS = (
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
    table = _table(*files.read(_FOLDER, _FILE))
    names, units = tuple(c.name for c in _COLUMNS), tuple(c.unit for c in _COLUMNS)
    return HousePrices(table[:, :-1].copy(), table[:, -1].copy(), names[:-1], units[:-1], names[-1], units[-1])


def _table(text: str, source: str) -> npt.NDArray[np.float64]:
    """All columns of a checked file, price last: (rows, 9)."""
    header, *lines = text.splitlines() or [""]
    _check_header(header, source)
    table = [_row(line, f"{source}, line {number}") for number, line in enumerate(lines, start=2)]
    if len(table) != _ROWS:
        raise _broken(source, f"{_ROWS} rows below the header", str(len(table)))
    return np.array(table, dtype=np.float64)


def _check_header(header: str, source: str) -> None:
    """Stops at the first column whose name is not the expected one."""
    names = [column.name for column in _COLUMNS]
    for number, (expected, got) in enumerate(zip_longest(names, header.split(",")), start=1):
        if expected != got:
            place = f"{source}, line 1, column {number}"
            raise files.broken(
                _FOLDER, place, repr(expected) if expected else "no further column", repr(got) if got else "none"
            )


def _row(line: str, place: str) -> list[float]:
    """The numbers of one line."""
    values = line.split(",")
    if len(values) != len(_COLUMNS):
        raise _broken(place, f"{len(_COLUMNS)} values", f"{len(values)} in {line!r}")
    return [_number(value, column, place) for value, column in zip(values, _COLUMNS, strict=True)]


def _number(value: str, column: _Column, place: str) -> float:
    """The number, if the column allows it."""
    try:
        number: float = column.kind(value)
    except ValueError:
        number = math.nan
    if not column.low <= number <= column.high:
        raise _broken(f"{place}, column {column.name}", str(column), repr(value))
    return number
