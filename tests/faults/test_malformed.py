"""What is no notebook of the lesson gets a status and a sentence that its student can act on, and stops nobody."""

import gzip
import io
import json
import os
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from ..autograder.grading import NAME, Graded, hand_in, right_answers, sample_class

pytestmark = pytest.mark.sandbox

FILE = f"{NAME}.ipynb"
CELL = {"cell_type": "code", "source": "", "metadata": {}}
TEXT_FOR_BYTES = "latin-1"  # each character is a byte


def zipped(content: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(FILE, content)
    return buffer.getvalue()


def in_conflict(content: str) -> str:
    lines = content.splitlines(keepends=True)
    return "".join(
        [*lines[:5], "<<<<<<< HEAD\n", *lines[5:8], "=======\n", *lines[5:8], ">>>>>>> theirs\n", *lines[8:]]
    )


def without_answers(content: str) -> str:
    notebook = json.loads(content)
    return json.dumps({**notebook, "cells": [cell for cell in notebook["cells"] if "Set-up" in str(cell["source"])]})


def cells(*wanted: object) -> str:
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": list(wanted)})


FILES: dict[str, Callable[[str], str | bytes]] = {  # of what was a right notebook
    "an empty file": lambda right: "",
    "blanks": lambda right: " \n\n",
    "half of a download": lambda right: right[: len(right) // 2],
    "all but the last bracket": lambda right: right.rstrip()[:-1],
    "two notebooks in one": lambda right: right + right,
    "a comma too many": lambda right: right.replace('"nbformat": 4', '"nbformat": 4,,'),
    "a conflict of Git": in_conflict,
    "a pointer of Git LFS": lambda right: "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 6642\n",
    "a page of errors": lambda right: "<!doctype html><title>404 Not Found</title>",
    "a program": lambda right: "import numpy as np\n\ndef moving_average(x, k):\n    return x\n",
    "a text": lambda right: "My answers are in the other file.",
    "a picture": lambda right: b"\x89PNG\r\n\x1a\n" + bytes(100),
    "a PDF": lambda right: b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n",
    "a zip file": zipped,
    "a gzip file": lambda right: gzip.compress(right.encode()),
    "UTF-16": lambda right: right.encode("utf-16"),
    "another encoding": lambda right: right.replace("moving", "möving").encode(TEXT_FOR_BYTES),
    "zero bytes": lambda right: bytes(5000),
    "a notebook as text in JSON": json.dumps,
    "a number": lambda right: "17",
    "a list": lambda right: "[]",
    "an empty object": lambda right: "{}",
    "format 2": lambda right: '{"nbformat": 2, "worksheets": []}',
    "format 17": lambda right: right.replace('"nbformat": 4', '"nbformat": 17'),
    "no cells": lambda right: '{"nbformat": 4, "nbformat_minor": 5, "metadata": {}}',
    "an empty list of cells": lambda right: cells(),
    "cells that are numbers": lambda right: cells(7, 8),
    "a cell without a type": lambda right: cells({"source": "x", "metadata": {}}),
    "a source that is a number": lambda right: cells({**CELL, "source": 5}),
    "a source of numbers": lambda right: cells({**CELL, "source": [1, 2]}),
    "too many cells": lambda right: cells(*[CELL] * 5_001),
    "too many brackets": lambda right: "[" + "[]," * 600_000 + "1]",
    "too deep": lambda right: "[" * 100_000,
    "too large": lambda right: b" " * 20_000_001,
    "without its answer cells": without_answers,
    "another notebook": lambda right: cells({**CELL, "source": "print('hello')"}),
}


def renamed(folder: Path, right: str) -> None:
    (folder / "moving (1).ipynb").write_text(right, encoding="utf-8")


def in_a_subfolder(folder: Path, right: str) -> None:
    (folder / "work").mkdir()
    (folder / "work" / FILE).write_text(right, encoding="utf-8")


SAID = {
    "a conflict of Git": "got one with a conflict of Git in it",
    "a pointer of Git LFS": "got a pointer of Git LFS",
    "a page of errors": "got a web page",
    "a picture": "got a picture",
    "a PDF": "got a PDF",
    "a zip file": "got a zip file",
    "a gzip file": "got a gzip file",
    "UTF-16": "got a text in UTF-16",
}
PLACES: dict[str, Callable[[Path, str], object]] = {
    "nothing": lambda folder, right: None,
    "another name": renamed,
    "a folder below": in_a_subfolder,
    "a folder of that name": lambda folder, right: (folder / FILE).mkdir(),
    "a link": lambda folder, right: (folder / FILE).symlink_to("/dev/zero"),
    "a pipe": lambda folder, right: os.mkfifo(folder / FILE),
}


@pytest.fixture(scope="module")
def graded(built_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Graded:
    """A class in which everything goes wrong, with twenty in between who handed in what they should."""
    root = sample_class(built_once, tmp_path_factory.mktemp("malformed") / "mini", 20)
    right = json.dumps(right_answers(root), indent=1)
    for kind, change in FILES.items():
        content = change(right)
        hand_in(root, kind, "")
        path = root / "classroom" / "submitted" / kind / NAME / FILE
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    for kind, put in PLACES.items():
        folder = root / "classroom" / "submitted" / kind / NAME
        folder.mkdir(parents=True)
        put(folder, right)
    return Graded(root)


def test_at_least_thirty_kinds_are_tried() -> None:
    assert len(FILES) + len(PLACES) >= 30


@pytest.mark.parametrize("kind", [*FILES, *PLACES])
def test_it_is_malformed_and_the_sentence_says_what_to_do(kind: str, graded: Graded) -> None:
    report = graded.of(kind)
    print(f"{kind:28} {report['reason']}")
    assert report["status"] == "malformed"
    assert report["score"] == 0
    assert SAID.get(kind, "got ") in report["reason"]
    assert re.fullmatch(r"expected .+, got .+: .*(hand|copy|clear|download).+", report["reason"], re.DOTALL)
    assert len(report["reason"]) < 400
    assert str(graded.root) not in report["reason"]


def test_the_others_have_their_marks(graded: Graded, built_once: Path, tmp_path: Path) -> None:
    alone = Graded(sample_class(built_once, tmp_path / "mini", 20)).scores_in_gradebook()
    assert graded.code == 0
    scores = graded.scores_in_gradebook()
    assert {student: scores[student] for student in alone} == alone


def test_the_index_tells_the_instructor_of_each(graded: Graded) -> None:
    index = graded.index()
    for kind in (*FILES, *PLACES):
        assert graded.of(kind)["reason"][:60] in index
