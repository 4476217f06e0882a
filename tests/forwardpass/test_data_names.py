"""The names are what their card says, and a broken file is an error with its place."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from forwardpass import data
from forwardpass.data import files

FOLDER = Path(__file__).resolve().parents[2] / "data" / "names"
CSV = FOLDER / "names.csv"


@pytest.mark.skipif(importlib.util.find_spec("faker") is None, reason="Faker, whose lists are the source, is not here")
def test_rerunning_the_generator_gives_the_committed_file_byte_for_byte(tmp_path: Path) -> None:
    subprocess.run([sys.executable, str(FOLDER / "prepare.py"), str(tmp_path / "again.csv")], check=True)
    assert (tmp_path / "again.csv").read_bytes() == CSV.read_bytes()


def test_every_name_has_a_language_and_stands_once() -> None:
    people = data.names()
    assert len(people.names) == len(people.labels) == len(people.test) == len(set(people.names)) == 3164
    assert {len(name) for name in people.names} <= set(range(3, 15))
    assert people.labels.dtype == np.int64
    assert set(people.labels.tolist()) == set(range(8))


def test_a_quarter_of_each_language_is_held_back() -> None:
    people = data.names()
    for label in range(8):
        assert people.test[people.labels == label].mean() == pytest.approx(0.25, abs=0.005)


def test_the_card_states_what_is_in_the_file() -> None:
    card = (FOLDER / "README.md").read_text(encoding="utf-8")
    people = data.names()
    counts = np.bincount(people.labels)
    assert f"{len(people.names)} rows, 3 columns, {CSV.stat().st_size} bytes" in card
    assert sorted(counts.tolist()) == [364, *[400] * 7]
    assert people.languages[counts.argmin()] == "French"
    assert "which has 364" in card
    assert "Daniele Faraglia" in card


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("name,language\n", "line 1: expected 'name,language,part'"),
        ("name,language,part\nanna,Finnish\n", "line 2: expected 3 values, got 2"),
        ("name,language,part\nÅsa,Finnish,train\n", "line 2, column name: expected 3 to 14 letters from a to z"),
        ("name,language,part\nanna,Latin,train\n", "line 2, column language: expected one of English, "),
        ("name,language,part\nanna,Finnish,trial\n", "line 2, column part: expected train or test, got 'trial'"),
        ("name,language,part\nanna,Finnish,train\n", "expected 3164 rows below the header, got 1"),
    ],
)
def test_a_broken_file_is_an_error_that_names_line_and_column(
    text: str, place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "names.csv").write_text(text, encoding="utf-8")
    monkeypatch.setattr(files, "places", lambda folder, name: [tmp_path / "names.csv"])
    with pytest.raises(ValueError, match=r"names\.csv") as caught:
        data.names()
    assert place in str(caught.value)
    assert "python data/names/prepare.py" in str(caught.value)
