"""Dates are written as CLDR writes them, no test day is trained on, and a broken file is an error with its place."""

import importlib.util
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from babel.dates import format_date

from forwardpass import data
from forwardpass.data import files

FOLDER = Path(__file__).resolve().parents[2] / "data" / "dates"
CSV = FOLDER / "words.csv"
HEADER = "language,kind,number,word"
BABEL = {"en": "en_GB"}


@pytest.mark.skipif(importlib.util.find_spec("num2words") is None, reason="num2words, one of the sources, is not here")
def test_rerunning_the_generator_gives_the_committed_file_byte_for_byte(tmp_path: Path) -> None:
    subprocess.run([sys.executable, str(FOLDER / "prepare.py"), str(tmp_path / "again.csv")], check=True)
    assert (tmp_path / "again.csv").read_bytes() == CSV.read_bytes()


@pytest.mark.parametrize("language", data.DATE_LANGUAGES)
@pytest.mark.parametrize("form", ["long", "full"])
def test_dates_are_written_as_in_cldr(language: str, form: str) -> None:
    for day in (date(1950, 1, 1), date(1984, 2, 29), date(2023, 9, 27), date(2049, 12, 31)):
        expected = format_date(day, format=form, locale=BABEL.get(language, language)).lower()
        assert data.written_date(day, language, form) == (expected, day.isoformat(), language, form)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("de", "dienstag, der erste märz neunzehnhundertachtundachtzig"),
        ("en", "tuesday, the first of march, nineteen eighty-eight"),
        ("es", "martes, primero de marzo de mil novecientos ochenta y ocho"),
        ("fr", "mardi premier mars mille neuf cent quatre-vingt-huit"),
        ("it", "martedì primo marzo millenovecentottantotto"),
    ],
)
def test_a_spoken_date_has_no_digit(language: str, words: str) -> None:
    assert data.written_date(date(1988, 3, 1), language, "spoken").words == words


def test_no_day_of_the_test_is_a_day_of_the_training() -> None:
    train, test = ({row.iso for row in data.dates(30_000, split)} for split in ("train", "test"))
    assert not train & test
    assert len(test) > 3600


def test_a_text_stands_for_one_date() -> None:
    meaning: dict[str, str] = {}
    for row in data.dates(30_000) + data.dates(10_000, "test"):
        assert meaning.setdefault(row.words, row.iso) == row.iso


def test_the_same_arguments_give_the_same_dates() -> None:
    assert data.dates(50, seed=3) == data.dates(50, seed=3) != data.dates(50, seed=4)
    assert data.dates(0) == []


def test_languages_and_forms_are_those_asked_for() -> None:
    rows = data.dates(300, "test", languages=["it", "de"], forms=["short"])
    assert {(row.language, row.form) for row in rows} == {("it", "short"), ("de", "short")}


def test_the_card_states_what_there_is() -> None:
    card = (FOLDER / "README.md").read_text(encoding="utf-8")
    rows = data.dates(30_000)
    assert f"810 rows, 4 columns, {CSV.stat().st_size} bytes" in card
    for form in data.DATE_FORMS:
        lengths = [len(row.words) for row in rows if row.form == form]
        line = next(line for line in card.splitlines() if line.startswith(f"| {form} |"))
        assert f"| {min(lengths)} to {max(lengths)} |" in line
        assert f"`{data.written_date(date(2023, 9, 27), 'es', form).words}`" in line


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: data.dates(-1), "expected a count of 0 or more, got -1"),
        (lambda: data.dates(1, "trial"), "expected splits out of train, test, got 'trial'"),
        (lambda: data.dates(1, languages=["nl"]), "expected languages out of de, en, es, fr, it, got 'nl'"),
        (lambda: data.dates(1, forms=[]), "expected forms out of short, long, full, spoken, got none"),
        (lambda: data.written_date(date(1949, 12, 31), "de", "long"), "expected a day from 1950-01-01 to 2049-12-31"),
    ],
)
def test_what_it_does_not_know_is_an_error(call, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("language,kind\n", f"line 1: expected '{HEADER}'"),
        (f"{HEADER}\nde,month,3\n", "line 2: expected 4 values, got 3"),
        (f"{HEADER}\nnl,month,3,maart\n", "line 2, column language: expected one of de, en, es, fr, it"),
        (f"{HEADER}\nde,season,3,herbst\n", "line 2, column kind: expected one of weekday, month, "),
        (f"{HEADER}\nde,month,13,märz\n", "line 2, column number: expected 1 to 12, got '13'"),
        (f"{HEADER}\nde,month,3,März\n", "line 2, column word: expected a word in small letters, got 'März'"),
        (f"{HEADER}\nde,month,3,märz\n", "expected 810 rows below the header, got 1"),
        (f"{HEADER}\n" + "de,month,3,märz\n" * 810, "line 3: expected each word once, got a second de month 3"),
    ],
)
def test_a_broken_file_is_an_error_that_names_line_and_column(
    text: str, place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "words.csv").write_text(text, encoding="utf-8")
    monkeypatch.setattr(files, "places", lambda folder, name: [tmp_path / "words.csv"])
    with pytest.raises(ValueError, match=r"words\.csv") as caught:
        data.dates(1)
    assert place in str(caught.value)
    assert "python data/dates/prepare.py" in str(caught.value)
