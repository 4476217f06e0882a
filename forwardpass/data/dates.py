"""Dates in words, in five languages, with their ISO form: a small task of translation that has one right answer."""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache, partial
from random import Random
from typing import NamedTuple

from forwardpass.data import files

_FOLDER = "dates"
_FILE = "words.csv"
_HEADER = "language,kind,number,word"
_ROWS = 810
_NUMBERS = {  # of each kind of word, for each language
    "weekday": range(7),
    "month": range(1, 13),
    "abbreviation": range(1, 13),
    "day": range(1, 32),
    "year": range(1950, 2050),
}
Words = dict[str, dict[str, dict[int, str]]]  # by language, kind and number
_broken = partial(files.broken, _FOLDER)

DATE_LANGUAGES = ("de", "en", "es", "fr", "it")
DATE_FORMS = ("short", "long", "full", "spoken")
_PATTERNS = {  # short, long and full are CLDR's yMMMd, long and full, all in small letters; spoken is ours
    "de": (
        "{d}. {abbreviation} {y}",
        "{d}. {month} {y}",
        "{weekday}, {d}. {month} {y}",
        "{weekday}, der {day} {month} {year}",
    ),
    "en": (
        "{d} {abbreviation} {y}",
        "{d} {month} {y}",
        "{weekday}, {d} {month} {y}",
        "{weekday}, the {day} of {month}, {year}",
    ),
    "es": (
        "{d} {abbreviation} {y}",
        "{d} de {month} de {y}",
        "{weekday}, {d} de {month} de {y}",
        "{weekday}, {day} de {month} de {year}",
    ),
    "fr": (
        "{d} {abbreviation} {y}",
        "{d} {month} {y}",
        "{weekday} {d} {month} {y}",
        "{weekday} {day} {month} {year}",
    ),
    "it": (
        "{d} {abbreviation} {y}",
        "{d} {month} {y}",
        "{weekday} {d} {month} {y}",
        "{weekday} {day} {month} {year}",
    ),
}
_FIRST, _LAST = date(1950, 1, 1), date(2049, 12, 31)
_TEST_SHARE = 0.1


class WrittenDate(NamedTuple):
    """A date in words and in ISO form: ("27 septembre 2023", "2023-09-27", "fr", "long")."""

    words: str
    iso: str
    language: str
    form: str


def dates(
    count: int,
    split: str = "train",
    *,
    seed: int = 0,
    languages: Sequence[str] = DATE_LANGUAGES,
    forms: Sequence[str] = DATE_FORMS,
) -> list[WrittenDate]:
    """`count` dates from 1950 to 2049, day, language and form drawn by chance; the same for the same arguments.

    split: "train" or "test"; one day in ten is a test day, in every language and form.
    forms: "short" (27 sept 2023), "long" (27 de septiembre de 2023), "full" (with weekday), "spoken" (all in words).

    Raises:
        ValueError: a negative count, an unknown split, language or form, or none; or the file of words is broken.
        FileNotFoundError: the file of words is neither in the package nor in the repository.

    Source: months and weekdays of CLDR, numbers in words of num2words, written down by data/dates/prepare.py.
    """
    if count < 0:
        raise ValueError(f"expected a count of 0 or more, got {count}")
    _check_known("split", [split], ("train", "test"))
    _check_known("language", languages, DATE_LANGUAGES)
    _check_known("form", forms, DATE_FORMS)
    rng = Random(seed)
    days, words = _days()[split], _words()
    return [_written(rng.choice(days), rng.choice(languages), rng.choice(forms), words) for _ in range(count)]


def written_date(day: date, language: str, form: str) -> WrittenDate:
    """One date in words.

    >>> written_date(date(2023, 9, 27), "fr", "spoken").words
    'mercredi vingt-sept septembre deux mille vingt-trois'

    Raises ValueError for an unknown language or form, or a day outside 1950 to 2049.
    """
    _check_known("language", [language], DATE_LANGUAGES)
    _check_known("form", [form], DATE_FORMS)
    if not _FIRST <= day <= _LAST:
        raise ValueError(f"expected a day from {_FIRST} to {_LAST}, got {day}")
    return _written(day, language, form, _words())


def _written(day: date, language: str, form: str, all_words: Words) -> WrittenDate:
    words = all_words[language]
    text = _PATTERNS[language][DATE_FORMS.index(form)].format(
        weekday=words["weekday"][day.weekday()],
        month=words["month"][day.month],
        abbreviation=words["abbreviation"][day.month],
        day=words["day"][day.day],
        year=words["year"][day.year],
        d=day.day,
        y=day.year,
    )
    return WrittenDate(text, day.isoformat(), language, form)


def _check_known(what: str, given: Sequence[str], known: Sequence[str]) -> None:
    unknown = [one for one in given if one not in known]
    if unknown or not given:
        got = f"{unknown[0]!r}" if unknown else "none"
        raise ValueError(f"expected {what}s out of {', '.join(known)}, got {got}")


@cache
def _days() -> dict[str, list[date]]:
    days = [_FIRST + timedelta(number) for number in range((_LAST - _FIRST).days + 1)]
    test = set(Random(1582).sample(range(len(days)), round(_TEST_SHARE * len(days))))
    parts: dict[str, list[date]] = {"train": [], "test": []}
    for number, day in enumerate(days):
        parts["test" if number in test else "train"].append(day)
    return parts


def _words() -> Words:
    rows = files.checked_rows(_FOLDER, _FILE, _HEADER, _ROWS, _check)
    words: Words = {language: {kind: {} for kind in _NUMBERS} for language in DATE_LANGUAGES}
    for line, (language, kind, number, word) in enumerate(rows, start=2):
        if int(number) in words[language][kind]:
            raise _broken(f"{_FILE}, line {line}", "each word once", f"a second {language} {kind} {number}")
        words[language][kind][int(number)] = word
    return words


def _check(values: list[str], place: str) -> None:
    language, kind, number, word = values
    if language not in DATE_LANGUAGES:
        raise _broken(f"{place}, column language", f"one of {', '.join(DATE_LANGUAGES)}", repr(language))
    if kind not in _NUMBERS:
        raise _broken(f"{place}, column kind", f"one of {', '.join(_NUMBERS)}", repr(kind))
    numbers = _NUMBERS[kind]
    if number not in map(str, numbers):
        raise _broken(f"{place}, column number", f"{numbers[0]} to {numbers[-1]}", repr(number))
    if not word.strip() or word != word.lower():
        raise _broken(f"{place}, column word", "a word in small letters", repr(word))
