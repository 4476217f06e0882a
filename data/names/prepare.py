"""Makes names.csv: first and family names of eight languages, each with the language that it belongs to.

Usage: python data/names/prepare.py [FILE]

The names come from the lists of Faker 40.54.0 (`pip install faker==40.54.0`), which nothing else in the course needs.
With them a second run gives the same bytes: everything is sorted before `random.Random(SEED).random()` chooses.
"""

import importlib
import sys
import unicodedata
from pathlib import Path
from random import Random

SEED = 1995
PER_LANGUAGE = 400  # at most; French has fewer
TEST_SHARE = 0.25
CSV = Path(__file__).with_name("names.csv")
HEADER = "name,language,part"
LOCALES = {
    "English": ["en_GB", "en_US"],
    "Finnish": ["fi_FI"],
    "French": ["fr_FR"],
    "German": ["de_DE"],
    "Italian": ["it_IT"],
    "Polish": ["pl_PL"],
    "Spanish": ["es_ES"],
    "Turkish": ["tr_TR"],
}
WITHOUT_MARK = str.maketrans({"ł": "l", "Ł": "L", "ß": "ss", "ı": "i", "ø": "o", "æ": "ae", "œ": "oe"})


def plain(name: str) -> str:
    """The name in the letters a to z: small letters, no accents."""
    pieces = unicodedata.normalize("NFKD", name.translate(WITHOUT_MARK))
    return "".join(c for c in pieces if not unicodedata.combining(c)).lower()


def listed(locale: str) -> set[str]:
    """All first and family names that Faker lists for one locale, as they are written there."""
    provider = importlib.import_module(f"faker.providers.person.{locale}").Provider
    fields = [field for field in dir(provider) if "first_name" in field or "last_name" in field]
    lists = [getattr(provider, field) for field in fields]
    return {name for one in lists if isinstance(one, (tuple, list, dict)) for name in one}


def names_of(locales: list[str]) -> set[str]:
    """The names of a language: one word of 3 to 14 letters, a to z."""
    names = {plain(name) for locale in locales for name in listed(locale)}
    return {name for name in names if name.isascii() and name.isalpha() and 3 <= len(name) <= 14}


def rows(rng: Random) -> list[str]:
    """The rows of the file, by language and name. A name of two languages is left out of both."""
    all_names = {language: names_of(locales) for language, locales in LOCALES.items()}
    found = []
    for language, names in all_names.items():
        others = set().union(*(more for other, more in all_names.items() if other != language))
        shuffled = sorted((rng.random(), name) for name in sorted(names - others))[:PER_LANGUAGE]
        n_test = round(TEST_SHARE * len(shuffled))
        parts = {name: "test" if i < n_test else "train" for i, (_, name) in enumerate(shuffled)}
        found += [f"{name},{language},{parts[name]}" for name in sorted(parts)]
    return found


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else CSV
    target.write_bytes(("\n".join([HEADER, *rows(Random(SEED))]) + "\n").encode())
