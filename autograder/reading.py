"""What a student handed in, read without trusting it."""

import errno
import json
import math
import os
import re
import reprlib
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from nbformat.notebooknode import NotebookNode

from autograder.report import FRESH_COPY

MAX_BYTES = 20_000_000
MAX_PARTS = 500_000  # lists and objects, which take thirty times more memory than their text
MAX_CELLS = 5_000
MAX_NAMED = 5
SMALLER = "clear all outputs, save, and hand it in again"
AGAIN = "download it again from JupyterLab and hand that in"
NBGRADER_KEYS = ("grade_id", "grade", "solution", "locked", "task", "schema_version")  # that are ours, but for points

_SAFELY = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY  # a pipe without a writer must not block
_UNWRITABLE = re.compile(r"[\x00\ud800-\udfff]")
_KINDS = {kind: kind for kind in ("code", "markdown")} | {"heading": "markdown", "html": "markdown"}
_TELLING = 100_000  # bytes that tell what a file is
_KNOWN_STARTS = {
    b"PK\x03\x04": "a zip file",
    b"\x1f\x8b": "a gzip file",
    b"%PDF": "a PDF",
    b"\x89PNG": "a picture",
    b"\xff\xfe": "a text in UTF-16",
    b"\xfe\xff": "a text in UTF-16",
    b"<": "a web page",
    b"version https://git-lfs": "a pointer of Git LFS, without the file",
}
_Json = dict[str, Any]


class Malformed(Exception):
    """A submission that is no notebook; the text tells the student what was expected, what came and what to do."""


def read_submission(folder: Path, name: str) -> NotebookNode:
    """The notebook `name`.ipynb that a student handed in, see `notebook_from`.

    folder: submitted/STUDENT/LESSON; the folders above it are taken as they are, links too.
    Raises Malformed, and nothing else, whatever the file holds.
    """
    return notebook_from(read_safely(folder, f"{name}.ipynb"), name)


def notebook_from(content: bytes, name: str) -> NotebookNode:
    """The notebook in a file's content, in the form of nbformat 4, whatever version it had.

    Holds only what grading looks at: type, id, source, tags and nbgrader's metadata of each cell. Ids may be missing.
    Raises Malformed, and nothing else.
    """
    file = f"{name}.ipynb"
    found = _parsed(_decoded(content, file), file)
    cells = [_cell(cell, number, file) for number, cell in enumerate(_cells(found, file), 1)]
    return NotebookNode(cells=cells, metadata={}, nbformat=4, nbformat_minor=5)


def read_safely(folder: Path, file: str) -> bytes:
    """A file that a student handed in: an ordinary one of bearable size, no link to anything. Raises Malformed."""
    try:
        with _opened(folder, os.O_DIRECTORY) as inside:
            return _content_inside(inside, file)
    except OSError as error:
        got = "a link or a file" if error.errno in (errno.ELOOP, errno.ENOTDIR) else error.strerror
        raise Malformed(
            f"expected a folder {folder.name} with {file} in it, got {got}: hand in the folder again"
        ) from None


def _content_inside(inside: int, file: str) -> bytes:
    try:
        with _opened(file, 0, inside) as descriptor:
            return _bytes(descriptor, file)
    except FileNotFoundError:
        expected = f"expected the notebook {file}, got {_listing(inside)}"
        raise Malformed(f"{expected}: hand it in again under that name") from None
    except OSError as error:
        raise _not_ordinary(file, "a link" if error.errno == errno.ELOOP else str(error.strerror)) from None


@contextmanager
def _opened(path: Path | str, flags: int, inside: int | None = None) -> Iterator[int]:
    descriptor = os.open(path, flags | _SAFELY, dir_fd=inside)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _bytes(descriptor: int, file: str) -> bytes:
    mode = os.fstat(descriptor).st_mode
    if not stat.S_ISREG(mode):
        raise _not_ordinary(file, "a folder" if stat.S_ISDIR(mode) else "a pipe or a device")
    with open(descriptor, "rb", closefd=False) as stream:
        content = stream.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise Malformed(f"expected at most {MAX_BYTES} bytes in {file}, got more: {SMALLER}")
    return content


def _not_ordinary(file: str, got: str) -> Malformed:
    return Malformed(f"expected {file} to be an ordinary file, got {got}: {AGAIN}")


def _listing(inside: int) -> str:
    with os.scandir(inside) as entries:
        names = sorted(entry.name for entry in islice(entries, 100))
    shown = [name if name.isprintable() else ascii(name) for name in names]
    return few(shown) or "nothing"


def _decoded(content: bytes, file: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        got = _known_kind(content) or f"no UTF-8 text ({error.reason})"
        raise Malformed(f"expected {file} to be a notebook, got {got}: {AGAIN}") from None


def _parsed(text: str, file: str) -> Any:
    if not text.strip():
        raise Malformed(f"expected {file} to be a notebook, got an empty file: {AGAIN}")
    if (parts := text.count("{") + text.count("[")) > MAX_PARTS:
        raise Malformed(f"expected at most {MAX_PARTS} brackets in {file}, got {parts}: {SMALLER}")
    try:
        return json.loads(text)
    except (ValueError, RecursionError, MemoryError) as error:
        reason = error.msg if isinstance(error, json.JSONDecodeError) else type(error).__name__
        got = _known_kind(text[:_TELLING].encode(errors="replace")) or f"no readable JSON ({reason})"
        raise Malformed(f"expected {file} to be a notebook, got {got}: {AGAIN}") from None


def _known_kind(content: bytes) -> str:
    """What a file is instead, if it is one of those that are often handed in by mistake."""
    if b"\n<<<<<<< " in content[:_TELLING]:
        return "one with a conflict of Git in it"
    return next((kind for start, kind in _KNOWN_STARTS.items() if content.lstrip().startswith(start)), "")


def _cells(found: Any, file: str) -> list[Any]:
    if not isinstance(found, dict) or found.get("nbformat") not in (3, 4):
        got = found.get("nbformat") if isinstance(found, dict) else found
        raise _unlike(f"{file} to be a notebook of format 4 or 3", got)
    sheets = found.get("worksheets") if found["nbformat"] == 3 else [found]
    cells = [cell for sheet in _list(sheets, file) for cell in _list(_dict(sheet).get("cells"), file)]
    if len(cells) > MAX_CELLS:
        raise _unlike(f"at most {MAX_CELLS} cells in {file}", len(cells))
    return cells


def _list(value: Any, file: str) -> list[Any]:
    if not isinstance(value, list):
        raise _unlike(f"a list of cells in {file}", value)
    return value


def _dict(value: Any) -> _Json:
    return value if isinstance(value, dict) else {}


def _cell(cell: Any, number: int, file: str) -> NotebookNode:
    kind = _dict(cell).get("cell_type")
    if not isinstance(kind, str):
        raise _unlike(f"cell {number} of {file} to have a type such as 'code'", kind)
    source = _heading_marks(cell) + _source(cell, number, file)
    metadata = _metadata(_dict(cell.get("metadata")))
    return bare_cell(cell_type=_KINDS.get(kind, "raw"), source=source, metadata=metadata, **_id(cell))


def _id(cell: _Json) -> dict[str, str]:
    """The cell's id, if it has one; Colab keeps it in the metadata."""
    ids = (cell.get("id"), _dict(cell.get("metadata")).get("id"))
    return next(({"id": _clean(id)} for id in ids if isinstance(id, str)), {})


def _metadata(metadata: _Json) -> _Json:
    kept: _Json = {}
    if isinstance(known := metadata.get("nbgrader"), dict):
        kept["nbgrader"] = {key: _plain(known.get(key)) for key in (*NBGRADER_KEYS, "points")}
    if isinstance(tags := metadata.get("tags"), list):
        kept["tags"] = [_clean(tag) for tag in tags if isinstance(tag, str)]
    return kept


def _plain(value: Any) -> str | float | None:
    if isinstance(value, str):
        return _clean(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if isinstance(value, int) else None


def _heading_marks(cell: _Json) -> str:
    """What format 3 says by a type of cell and a level, and Markdown by its first characters."""
    if cell["cell_type"] != "heading":
        return ""
    level = cell.get("level")
    return "#" * (level if isinstance(level, int) and 1 <= level <= 6 else 1) + " "


def _source(cell: _Json, number: int, file: str) -> str:
    source = cell.get("source", cell.get("input"))  # format 3 calls code an input
    if source is None:
        return ""
    lines = source if isinstance(source, list) else [source]
    if not all(isinstance(line, str) for line in lines):
        raise _unlike(f"text in cell {number} of {file}", source)
    return _clean("".join(lines))


def _unlike(expected: str, got: Any) -> Malformed:
    return Malformed(f"expected {expected}, got {reprlib.repr(got)}: {FRESH_COPY}")


def _clean(text: str) -> str:
    """The same with line feeds alone as line ends, and nothing that JSON in UTF-8 can't hold."""
    return _UNWRITABLE.sub("\ufffd", text).replace("\r\n", "\n").replace("\r", "\n")


def few(names: list[str]) -> str:
    """The first of these names, and how many more there are."""
    more = len(names) - MAX_NAMED
    return ", ".join(names[:MAX_NAMED]) + (f" and {more} more" if more > 0 else "")


def bare_cell(**parts: Any) -> NotebookNode:
    """A cell of these parts that has not run."""
    outputs: _Json = {"outputs": [], "execution_count": None} if parts["cell_type"] == "code" else {}
    return NotebookNode(parts | outputs)
