"""Where the files of data sets lie, and the error for one that is not as it should be."""

import importlib.util
from collections.abc import Callable
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

SCIKIT_LEARN = frozenset({"digits", "photographs"})  # data sets of ours whose files are scikit-learn's
_FOLDERS = ("data", "images")


def places(folder: str, name: str) -> list[Traversable]:
    """Where data/<folder>/<name> may lie, in order: in an installed package; in the repository."""
    repository = Path(__file__).resolve().parents[2]
    return [files("forwardpass") / "_data" / name, repository / "data" / folder / name]


def read(folder: str, name: str) -> tuple[str, str]:
    """The file's text, and its path for errors.

    Raises FileNotFoundError if it is in neither place.
    """
    candidates = places(folder, name)
    for place in candidates:
        if place.is_file():
            return place.read_bytes().decode("utf-8", errors="replace"), str(place)
    where = " or ".join(map(str, candidates))
    raise FileNotFoundError(f"expected {name} at {where}; it is at neither. {_mend(folder)}")


def checked_rows(
    folder: str, name: str, header: str, count: int, check: Callable[[list[str], str], None]
) -> list[list[str]]:
    """The values of each line of a CSV file without quotes; `check` raises for those of a line that are broken.

    check: gets the values and their place, for `broken`. count: of the rows below the header.
    Raises FileNotFoundError, and ValueError for another header, number of values or number of rows.
    """
    text, source = read(folder, name)
    first, *lines = text.splitlines() or [""]
    if first != header:
        raise broken(folder, f"{source}, line 1", repr(header), repr(first))
    columns = header.count(",") + 1
    rows = [line.split(",") for line in lines]
    for number, (line, values) in enumerate(zip(lines, rows, strict=True), start=2):
        place = f"{source}, line {number}"
        if len(values) != columns:
            raise broken(folder, place, f"{columns} values", f"{len(values)} in {line!r}")
        check(values, place)
    if len(rows) != count:
        raise broken(folder, source, f"{count} rows below the header", str(len(rows)))
    return rows


def broken(folder: str, place: str, expected: str, got: str) -> ValueError:
    """The error for a file of data/<folder> that is not as it left its generator; place: path, line, column."""
    return ValueError(f"{place}: expected {expected}, got {got}. {_mend(folder)}")


def _mend(folder: str) -> str:
    return f"To mend it, run `python data/{folder}/prepare.py` in the course's folder, or reinstall forwardpass."


def scikit_learn_file(folder: str, name: str) -> Path:
    """A file of scikit-learn's data sets, found without importing it, which would take a second.

    Raises ImportError if scikit-learn, or the file in it, is missing.
    """
    datasets = _scikit_learn_datasets()
    for place in datasets:
        path = place / folder / name
        if path.is_file():
            return path
    where = f"no {name} in {datasets[0].parent}" if datasets else "no scikit-learn"
    raise ImportError(f"these data come with scikit-learn; found {where}. Try `pip install scikit-learn`.")


def scikit_learn_folders() -> list[Path]:
    """The folders with the files of scikit-learn's data sets; a grader hides them where a lesson does not load any."""
    return [folder for place in _scikit_learn_datasets() for folder in place.glob("*/") if folder.name in _FOLDERS]


def _scikit_learn_datasets() -> list[Path]:
    found = importlib.util.find_spec("sklearn")
    return [Path(place) / "datasets" for place in found.submodule_search_locations or []] if found else []
