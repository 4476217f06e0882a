"""Names of people in eight languages, read from a file that is checked line by line."""

from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt

from forwardpass.data import files

_FOLDER = "names"
_FILE = "names.csv"
_HEADER = "name,language,part"
_ROWS = 3164
_LANGUAGES = ("English", "Finnish", "French", "German", "Italian", "Polish", "Spanish", "Turkish")
_PARTS = ("train", "test")
_broken = partial(files.broken, _FOLDER)


@dataclass(frozen=True, eq=False, repr=False)
class Names:
    """Names in the letters a to z; name i belongs to languages[labels[i]], and is held back where test[i].

    names: 3164 strings of 3 to 14 letters. labels: (3164,) int64, 0 to 7. test: (3164,) bool.
    """

    names: tuple[str, ...]
    labels: npt.NDArray[np.int64]
    test: npt.NDArray[np.bool_]
    languages: tuple[str, ...]


def names() -> Names:
    """3164 first and family names of eight languages, a quarter of them held back, for classification.

    Raises:
        FileNotFoundError: the CSV file is neither in the package nor in the repository.
        ValueError: the file is broken; the message names the line and the column.

    Source: the lists of Faker (MIT licence), chosen by data/names/prepare.py.
    """
    rows = files.checked_rows(_FOLDER, _FILE, _HEADER, _ROWS, _check)
    labels = np.array([_LANGUAGES.index(language) for _, language, _ in rows], dtype=np.int64)
    test = np.array([part == "test" for _, _, part in rows])
    return Names(tuple(name for name, _, _ in rows), labels, test, _LANGUAGES)


def _check(values: list[str], place: str) -> None:
    name, language, part = values
    if not (3 <= len(name) <= 14 and set(name) <= set("abcdefghijklmnopqrstuvwxyz")):
        raise _broken(f"{place}, column name", "3 to 14 letters from a to z", repr(name))
    if language not in _LANGUAGES:
        raise _broken(f"{place}, column language", f"one of {', '.join(_LANGUAGES)}", repr(language))
    if part not in _PARTS:
        raise _broken(f"{place}, column part", "train or test", repr(part))
