"""Makes words.csv: names of months and weekdays, days and years in words, in five languages.

Usage: python data/dates/prepare.py [FILE]

Months and weekdays are those of CLDR as Babel 2.18.0 brings it; numbers in words come from num2words 0.5.14
(`pip install babel==2.18.0 num2words==0.5.14`), which nothing else in the course needs.
"""

import sys
from pathlib import Path

from babel import Locale
from num2words import num2words

CSV = Path(__file__).with_name("words.csv")
HEADER = "language,kind,number,word"
LANGUAGES = ("de", "en", "es", "fr", "it")
YEARS = range(1950, 2050)
FIRST_OF_MONTH = {"es": "primero", "fr": "premier", "it": "primo"}  # these say "three March", but "first March"


def day_in_words(day: int, language: str) -> str:
    """A day of the month as it is said in a date: the third, der dritte, trois, tres, tre."""
    if language in ("de", "en"):
        return str(num2words(day, lang=language, to="ordinal"))
    return FIRST_OF_MONTH[language] if day == 1 else str(num2words(day, lang=language))


def words(language: str) -> list[tuple[str, int, str]]:
    """All words of a language: (kind, number, word); Monday is weekday 0."""
    locale = Locale.parse(language)
    months, weekdays = locale.months["format"], locale.days["format"]["wide"]
    return [
        *(("weekday", number, weekdays[number]) for number in range(7)),
        *(("month", number, months["wide"][number]) for number in range(1, 13)),
        *(("abbreviation", number, months["abbreviated"][number]) for number in range(1, 13)),
        *(("day", number, day_in_words(number, language)) for number in range(1, 32)),
        *(("year", number, str(num2words(number, lang=language, to="year"))) for number in YEARS),
    ]


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else CSV
    rows = [
        f"{language},{kind},{number},{word.lower()}" for language in LANGUAGES for kind, number, word in words(language)
    ]
    target.write_bytes(("\n".join([HEADER, *rows]) + "\n").encode())
