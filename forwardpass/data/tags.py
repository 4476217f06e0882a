"""Short sentences with the part of speech of every word, read from a file that is checked line by line."""

from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt

from forwardpass.data import files

_FOLDER = "tags"
_FILE = "tags.csv"
_HEADER = "words,tags,kinds,part"
_ROWS = 2400
_TAGS = ("ADJ", "ADP", "ADV", "AUX", "CONJ", "DET", "NOUN", "PRON", "VERB")
_KINDS = "opf"
_PARTS = ("train", "test")
_broken = partial(files.broken, _FOLDER)


@dataclass(frozen=True, eq=False, repr=False)
class TaggedSentences:
    """Sentences; word t of sentence i has the tag tag_names[tags[i][t]], and the sentence is held back where test[i].

    words: 2400 sequences of 2 to 16 words. tags: for each, as many whole numbers from 0 to 8. kinds: for each, as many
    letters that say what decides a word's tag: "o" the word alone, "p" with the words before it, "f" only words after
    it. test: (2400,) bool.
    """

    words: tuple[tuple[str, ...], ...]
    tags: tuple[tuple[int, ...], ...]
    kinds: tuple[str, ...]
    test: npt.NDArray[np.bool_]
    tag_names: tuple[str, ...]


def tags() -> TaggedSentences:
    """2400 short sentences with a part of speech for every word, a quarter of them held back, for tagging.

    Raises:
        FileNotFoundError: the CSV file is neither in the package nor in the repository.
        ValueError: the file is broken; the message names the line and the column.

    Source: this course's own grammar, data/tags/prepare.py; CC0 1.0.
    """
    rows = files.checked_rows(_FOLDER, _FILE, _HEADER, _ROWS, _check)
    return TaggedSentences(
        tuple(tuple(words.split()) for words, _, _, _ in rows),
        tuple(tuple(map(_TAGS.index, tags.split())) for _, tags, _, _ in rows),
        tuple(kinds for _, _, kinds, _ in rows),
        np.array([part == "test" for _, _, _, part in rows]),
        _TAGS,
    )


def _check(values: list[str], place: str) -> None:
    words, tags, kinds, part = values
    n = len(words.split())
    if n < 2 or not set(words) <= set("abcdefghijklmnopqrstuvwxyz "):
        raise _broken(f"{place}, column words", "two or more words in the letters a to z", repr(words))
    if len(tags.split()) != n or not set(tags.split()) <= set(_TAGS):
        raise _broken(f"{place}, column tags", f"{n} of {', '.join(_TAGS)}", repr(tags))
    if len(kinds) != n or not set(kinds) <= set(_KINDS):
        raise _broken(f"{place}, column kinds", f"{n} letters, each o, p or f", repr(kinds))
    if part not in _PARTS:
        raise _broken(f"{place}, column part", "train or test", repr(part))
