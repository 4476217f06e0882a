"""Makes house_prices.csv: homes sold in one invented year in an invented city, and what they fetched.

Usage: python data/house_prices/prepare.py [FILE]

Needs nothing but Python. A second run gives the same bytes: `random.Random(SEED).random()` is the only
source of chance, and of its methods it is the one whose sequence Python promises to keep.
"""

import math
import sys
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import NamedTuple

SEED = 1958
ROWS = 1800
CSV = Path(__file__).with_name("house_prices.csv")


class Home(NamedTuple):
    """One home as a buyer sees it; the fields are the file's first columns, in order."""

    area_m2: int
    bedrooms: int
    age_years: int
    distance_km: float
    garden_m2: int
    energy_kwh_m2: int
    floor: int
    lift: int


HEADER = (*Home._fields, "price_keur")


def normal(rng: Random) -> float:
    """A draw of mean 0 and variance 1, within ±6: twelve uniform draws added up, close to a bell curve."""
    return math.fsum(rng.random() for _ in range(12)) - 6.0


def clip(value: float, low: float, high: float) -> float:
    """The number in [low, high] that is nearest to value."""
    return max(low, min(high, value))


def draw_age(rng: Random, distance_km: float) -> int:
    """Years since the home was built, 0 to 140: the city grew outwards, so the centre is older."""
    typical = 75.0 - 3.0 * distance_km
    return round(clip(typical + 30.0 * normal(rng), 0, 140))


def draw_area(rng: Random, is_house: bool) -> int:
    """Living area, 28 to 260 m²: skewed to the right, with a median of 118 for houses and 70 for flats."""
    median, spread = (118.0, 0.28) if is_house else (70.0, 0.36)
    return round(clip(median * math.exp(spread * normal(rng)), 28, 260))


def draw_bedrooms(rng: Random, area_m2: int) -> int:
    """Bedrooms, 1 to 6: about one for every 27 m²."""
    return round(clip(area_m2 / 27.0 - 0.3 + 0.5 * normal(rng), 1, 6))


def draw_energy(rng: Random, age_years: int) -> int:
    """Heating need, 25 to 380 kWh/m² a year: it grows with age, but a third of the homes were renovated."""
    need = 45.0 + 2.2 * age_years
    renovated = rng.random() < 1 / 3
    return round(clip((0.55 if renovated else 1.0) * need + 22.0 * normal(rng), 25, 380))


def draw_garden(rng: Random, is_house: bool, floor: int, distance_km: float) -> int:
    """Garden, 0 to 900 m²: every house has one, larger further out; some flats on the ground floor do."""
    if is_house:
        return round(clip((140.0 + 22.0 * distance_km) * math.exp(0.45 * normal(rng)), 30, 900))
    return round(20.0 + 60.0 * rng.random()) if floor == 0 and rng.random() < 0.4 else 0


def draw_lift(rng: Random, is_house: bool, floor: int, age_years: int) -> int:
    """1 if the building has a lift: common in tall and in young buildings, never in a house."""
    chance = clip(0.25 + 0.12 * floor - 0.003 * age_years, 0.02, 0.97)
    return int(rng.random() < chance and not is_house)


def draw_home(rng: Random) -> Home:
    """One home. Houses, as against flats, get commoner towards the edge of the city."""
    distance_km = round(0.3 + 17.7 * rng.random() ** 1.4, 1)
    is_house = rng.random() < clip(0.12 + 0.05 * distance_km, 0, 0.8)
    floor = 0 if is_house else int(8 * rng.random() ** 1.3)
    area_m2 = draw_area(rng, is_house)
    age_years = draw_age(rng, distance_km)
    return Home(
        area_m2=area_m2,
        bedrooms=draw_bedrooms(rng, area_m2),
        age_years=age_years,
        distance_km=distance_km,
        garden_m2=draw_garden(rng, is_house, floor, distance_km),
        energy_kwh_m2=draw_energy(rng, age_years),
        floor=floor,
        lift=draw_lift(rng, is_house, floor, age_years),
    )


def square_metre(home: Home) -> float:
    """Price of one square metre of living area, in thousand euros: near the centre it falls fast, then slowly."""
    place = 1.7 + 5.2 * math.exp(-home.distance_km / 4.0)
    charm = 0.00012 * (home.age_years - 60) ** 2
    comfort = -0.0020 * (home.energy_kwh_m2 - 150)
    return place + charm + comfort


def stairs(home: Home) -> float:
    """What the storey adds, in thousand euros: with a lift, height is a view; without, it is a climb."""
    return 5.0 * home.floor if home.lift else -7.0 * max(0, home.floor - 1)


def fair_price(home: Home) -> float:
    """The price in thousand euros that the columns explain, before chance: nothing else about the home counts."""
    garden = 3.2 * math.sqrt(home.garden_m2)
    return 25.0 + home.area_m2 * square_metre(home) + 9.0 * home.bedrooms + garden + stairs(home)


def sale_price(rng: Random, home: Home) -> float:
    """The fair price, off by a typical 12 %: the buyer's haste, the seller's luck, whatever no column tells."""
    return round(max(20.0, fair_price(home) * (1.0 + 0.12 * normal(rng))), 1)


def rows(seed: int = SEED, count: int = ROWS) -> list[tuple[Home, float]]:
    """The homes with their prices in thousand euros."""
    rng = Random(seed)
    homes = [draw_home(rng) for _ in range(count)]
    return [(home, sale_price(rng, home)) for home in homes]


def render() -> bytes:
    """The whole file: UTF-8, commas, a header, line ends of one character."""
    lines = [",".join(HEADER)]
    lines += [",".join(str(value) for value in (*home, price)) for home, price in rows()]
    return ("\n".join(lines) + "\n").encode()


def main(arguments: Sequence[str]) -> None:
    """Writes the file to the path given, or beside this program."""
    target = Path(arguments[0]) if arguments else CSV
    target.write_bytes(render())
    print(f"{target}: {ROWS} rows, {target.stat().st_size} bytes")


if __name__ == "__main__":
    main(sys.argv[1:])
