"""Where the files of data sets lie, and the error for one that is not as it should be."""

import importlib.util
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
