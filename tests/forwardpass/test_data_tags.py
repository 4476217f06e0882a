"""The tagged sentences are what their card says, and a broken file is an error with its place."""

import runpy
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from forwardpass import data
from forwardpass.data import files

FOLDER = Path(__file__).resolve().parents[2] / "data" / "tags"
CSV = FOLDER / "tags.csv"


@pytest.fixture(scope="module")
def generator() -> dict[str, Any]:
    """The names that prepare.py defines."""
    return runpy.run_path(str(FOLDER / "prepare.py"))


def test_rerunning_the_generator_gives_the_committed_file_byte_for_byte(tmp_path: Path) -> None:
    subprocess.run([sys.executable, str(FOLDER / "prepare.py"), str(tmp_path / "again.csv")], check=True)
    assert (tmp_path / "again.csv").read_bytes() == CSV.read_bytes()


def test_every_word_has_a_tag_and_a_kind() -> None:
    found = data.tags()
    assert len(found.words) == len(found.tags) == len(found.kinds) == len(found.test) == 2400
    assert [len(words) for words in found.words] == [len(tags) for tags in found.tags] == [len(k) for k in found.kinds]
    assert {tag for tags in found.tags for tag in tags} == set(range(len(found.tag_names)))


def test_no_sentence_is_in_both_parts_and_no_test_word_is_new() -> None:
    found = data.tags()
    train = [words for words, test in zip(found.words, found.test, strict=True) if not test]
    held_back = [words for words, test in zip(found.words, found.test, strict=True) if test]
    assert not set(train) & set(held_back)
    assert {w for words in held_back for w in words} <= {w for words in train for w in words}
    assert len(set(found.words)) == 2400


def test_the_letter_says_what_decides(generator: dict[str, Any]) -> None:
    """Words marked p always have one tag after the same words; f is given where the grammar allows several."""
    assert generator["kinds"](["the", "old", "man", "the", "boats"], ["DET", "NOUN", "VERB", "DET", "NOUN"]) == "offoo"
    assert generator["kinds"](["the", "old", "man", "slept"], ["DET", "ADJ", "NOUN", "VERB"]) == "offo"
    with pytest.raises(ValueError, match="can be read in"):
        generator["kinds"](["the", "old", "man", "slept"], ["DET", "NOUN", "VERB", "VERB"])
    seen: dict[tuple[str, ...], set[int]] = {}
    found = data.tags()
    for words, tags, kinds in zip(found.words, found.tags, found.kinds, strict=True):
        for t, kind in enumerate(kinds):
            if kind != "f":
                seen.setdefault(words[: t + 1], set()).add(tags[t])
    assert {len(tags) for tags in seen.values()} == {1}


def test_the_card_states_what_is_in_the_file() -> None:
    card = (FOLDER / "README.md").read_text(encoding="utf-8")
    found = data.tags()
    letters = Counter("".join(found.kinds))
    assert f"{CSV.stat().st_size} bytes; {sum(map(len, found.words))} words" in card
    assert all(f"| `{kind}` | {count} |" in card for kind, count in letters.items())
    assert f"{found.test.sum()} sentences are held back" in card
    shown = {("the", "old", "man", "the", "boats"), ("the", "old", "man", "slept")}
    assert not shown & set(found.words)


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("words,tags,kinds,part", "words,tags", "line 1: expected 'words,tags,kinds,part'"),
        ("the watch", "The watch", "line 2, column words: expected two or more words"),
        ("DET NOUN ADP", "DET NOUN", "line 2, column tags: expected 10 of"),
        ("DET NOUN ADP", "DET NOUN XXX", "line 2, column tags: expected 10 of"),
        (",train\n", ",trial\n", "column part: expected train or test, got 'trial'"),
        (",train\n", "\n", "expected 4 values"),
        ("\nthe ", "\nthe ,", "expected 4 values, got 5"),
    ],
)
def test_a_broken_file_is_an_error_that_names_line_and_column(
    old: str, new: str, place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = FILE_WITH_KNOWN_FIRST_ROW + CSV.read_text(encoding="utf-8").split("\n", 2)[2]
    assert old in text
    (tmp_path / "tags.csv").write_text(text.replace(old, new, 1), encoding="utf-8")
    monkeypatch.setattr(files, "places", lambda folder, name: [tmp_path / "tags.csv"])
    with pytest.raises(ValueError, match=r"tags\.csv, line") as caught:
        data.tags()
    assert place in str(caught.value)


FILE_WITH_KNOWN_FIRST_ROW = (
    "words,tags,kinds,part\nthe watch for the saw must row the light saw,"
    "DET NOUN ADP DET NOUN AUX VERB DET ADJ NOUN,opoopopofp,train\n"
)


def test_a_wrong_kind_and_a_missing_row_are_errors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "places", lambda folder, name: [tmp_path / "tags.csv"])
    (tmp_path / "tags.csv").write_text("words,tags,kinds,part\nshe slept,PRON VERB,ox,train\n", encoding="utf-8")
    with pytest.raises(ValueError, match="line 2, column kinds: expected 2 letters, each o, p or f, got 'ox'"):
        data.tags()
    (tmp_path / "tags.csv").write_text("words,tags,kinds,part\nshe slept,PRON VERB,oo,train\n", encoding="utf-8")
    with pytest.raises(ValueError, match="expected 2400 rows below the header, got 1"):
        data.tags()
