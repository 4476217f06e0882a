"""Whatever file is handed in: it is read as a notebook, or refused with a sentence that says what to do."""

import copy
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_markdown_cell

from autograder import reading
from autograder.reading import Malformed, read_submission
from autograder.sample import filled_in
from autograder.sanitise import Sanitised

from .handed import ANSWER, HELPER, NAME, Handed, add, assert_no_solution, assert_ours, at, extras, lesson_to_hand_in


@pytest.fixture(scope="module")
def handed(tmp_path_factory: pytest.TempPathFactory) -> Handed:
    return lesson_to_hand_in(tmp_path_factory.mktemp("handed-in"))


@pytest.mark.parametrize("version", [3, 4])
def test_older_formats_are_read(version: int, handed: Handed) -> None:
    typed = filled_in(handed.release, {"moving-average": ANSWER})
    add(new_markdown_cell("## Notes", id="n"), after="set-up")(typed)
    add(new_code_cell(HELPER, id="h"), after="set-up")(typed)
    result = handed.sanitised(json.dumps(nbformat.convert(typed, version)))
    assert at(result.notebook, "moving-average").source == ANSWER
    assert extras(result, "set-up") == [HELPER, "## Notes"]
    assert result.flags == ()
    assert_ours(handed, result)


def test_later_minor_versions_are_read_with_what_is_known(handed: Handed) -> None:
    notebook = handed.copy()
    notebook.cells.append({"cell_type": "sql", "id": "new", "source": "select 1", "metadata": {}, "rows": []})
    result = handed.sanitised(json.dumps({**notebook, "nbformat_minor": 99, "comments": [1]}))
    assert result.flags == ()
    assert_ours(handed, result)


def test_what_is_obviously_meant_is_repaired(handed: Handed) -> None:
    notebook = handed.copy()
    for cell in notebook.cells:
        cell.metadata = [1] if cell.id != "moving-average" else {"nbgrader": 3, "tags": "all"}
        cell.source = cell.source.splitlines(keepends=True)
        cell.pop("outputs", None)
    notebook.cells.append({"cell_type": "code", "metadata": None, "id": 5})
    result = handed.sanitised(b"\xef\xbb\xbf" + json.dumps({**notebook, "metadata": []}).encode())
    assert result.missing == ()
    assert_ours(handed, result)


CELL = {"cell_type": "code", "source": "", "metadata": {}}
MALFORMED = {
    "": "expected 01_moving.ipynb to be a notebook, got an empty file: download it again",
    " \n": "got an empty file",
    "my answers": "got no readable JSON (Expecting value): download it again",
    "[" * 100_000: "got no readable JSON (RecursionError)",
    '{"a":' * 100_000: "got no readable JSON (RecursionError)",
    "9" * 10_000: "got no readable JSON (ValueError)",
    "[]": "expected 01_moving.ipynb to be a notebook of format 4 or 3, got []: copy your answers into a fresh copy",
    "{}": "format 4 or 3, got None",
    '{"nbformat": 2, "worksheets": []}': "format 4 or 3, got 2",
    '{"nbformat": true}': "format 4 or 3, got True",
    '{"nbformat": 4}': "expected a list of cells in 01_moving.ipynb, got None",
    '{"nbformat": 4, "cells": {}}': "expected a list of cells in 01_moving.ipynb, got {}",
    '{"nbformat": 3, "worksheets": [1]}': "expected a list of cells in 01_moving.ipynb, got None",
    json.dumps(
        {"nbformat": 4, "cells": [7]}
    ): "expected cell 1 of 01_moving.ipynb to have a type such as 'code', got None",
    json.dumps({"nbformat": 4, "cells": [CELL, {**CELL, "cell_type": 1}]}): "cell 2 of 01_moving.ipynb to have a type",
    json.dumps(
        {"nbformat": 4, "cells": [{**CELL, "source": 10**400}]}
    ): "expected text in cell 1 of 01_moving.ipynb, got 1",
    json.dumps(
        {"nbformat": 4, "cells": [{**CELL, "source": ["a", None]}]}
    ): "expected text in cell 1 of 01_moving.ipynb",
    json.dumps({"nbformat": 4, "cells": [CELL] * 5_001}): "expected at most 5000 cells in 01_moving.ipynb, got 5001",
    "[" + "[]," * 600_000 + "1]": "expected at most 500000 brackets in 01_moving.ipynb, got 600001: clear all outputs",
    " " * 20_000_001: "expected at most 20000000 bytes in 01_moving.ipynb, got more: clear all outputs",
}


@pytest.mark.parametrize(("content", "sentence"), MALFORMED.items(), ids=range(len(MALFORMED)))
def test_what_is_no_notebook_says_what_to_do(content: str, sentence: str, handed: Handed) -> None:
    assert sentence in handed.why_malformed(content)


def test_a_huge_number_as_points_is_only_another_number(handed: Handed) -> None:
    def change(notebook: Any) -> None:
        at(notebook, "moving-average-test-1").metadata.nbgrader.points = 10**400

    assert handed.changed(change).flags == ("points were changed: moving-average-test-1",)


def test_bytes_that_are_no_text_are_refused(handed: Handed) -> None:
    assert "got no UTF-8 text (invalid start byte): download it again" in handed.why_malformed(b"{\xff\xfe}")


@pytest.mark.parametrize("write_there", [os.mkfifo, os.mkdir], ids=["pipe", "folder"])
def test_only_an_ordinary_file_is_read(write_there: Callable[[Path], None], tmp_path: Path) -> None:
    write_there(tmp_path / f"{NAME}.ipynb")
    with pytest.raises(Malformed, match=r"expected 01_moving\.ipynb to be an ordinary file, got a (pipe|folder)"):
        read_submission(tmp_path, NAME)


@pytest.mark.parametrize("target", ["/dev/zero", "real.ipynb", "nowhere"])
def test_a_link_is_not_followed(target: str, handed: Handed, tmp_path: Path) -> None:
    (tmp_path / "real.ipynb").write_text(json.dumps(handed.release), encoding="utf-8")
    (tmp_path / f"{NAME}.ipynb").symlink_to(target)
    with pytest.raises(Malformed, match=r"expected 01_moving\.ipynb to be an ordinary file, got a link: download"):
        read_submission(tmp_path, NAME)


def test_a_folder_that_is_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    with pytest.raises(Malformed, match=r"expected a folder link with 01_moving\.ipynb in it, got a link or a file"):
        read_submission(tmp_path / "link", NAME)
    with pytest.raises(Malformed, match="got No such file or directory: hand in the folder again"):
        read_submission(tmp_path / "none", NAME)


def test_a_file_of_another_name_is_named(tmp_path: Path) -> None:
    with pytest.raises(Malformed, match=r"expected the notebook 01_moving\.ipynb, got nothing: hand it in again under"):
        read_submission(tmp_path, NAME)
    for name in ("a\nb", *(f"moving-{n}.ipynb" for n in range(8)), os.fsdecode(b"\xff")):
        (tmp_path / name).touch()
    with pytest.raises(Malformed) as error:
        read_submission(tmp_path, NAME)
    listed = "'a\\nb', moving-0.ipynb, moving-1.ipynb, moving-2.ipynb, moving-3.ipynb and 5 more"
    assert f"got {listed}: hand it in again under that name" in str(error.value)


@pytest.mark.skipif(sys.platform != "linux", reason="reads the peak from /proc")
def test_reading_takes_a_bounded_amount_of_memory(tmp_path: Path) -> None:
    parts = reading.MAX_PARTS - 2
    worst = "[" + '{"a":0},' * parts
    worst += '"ab",' * ((reading.MAX_BYTES - len(worst)) // 5 - 2)
    (tmp_path / f"{NAME}.ipynb").write_text(worst + "0]", encoding="utf-8")
    code = (
        "import re, sys; from pathlib import Path; from autograder.reading import *\n"
        "def peak(): return int(re.search(r'VmHWM:\\s+(\\d+)', Path('/proc/self/status').read_text())[1])\n"
        "before = peak()\n"
        f"try: read_submission(Path(sys.argv[1]), {NAME!r})\n"
        "except Malformed: print((peak() - before) // 1024)"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert 0 < int(done.stdout) < 450  # MB


def read_or_refuse(handed: Handed, content: str | bytes) -> Sanitised | None:
    """What becomes of it, or None; anything but a notebook and `Malformed` is an error."""
    try:
        return handed.sanitised(content)
    except Malformed as error:
        sentence = str(error)
    assert re.fullmatch(r"expected [^\n]+, got [^\n]+: [^\n]+", sentence)
    assert sentence.encode()
    return None


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
cell_likes = st.fixed_dictionaries(
    {},
    optional={
        "cell_type": st.sampled_from(["code", "markdown", "raw", "heading", "html"]) | json_values,
        "id": st.sampled_from(["set-up", "moving-average", "extra-1"]) | json_values,
        "source": st.text(max_size=9) | json_values,
        "input": json_values,
        "level": json_values,
        "metadata": json_values
        | st.fixed_dictionaries({}, optional={"nbgrader": json_values, "tags": json_values, "id": json_values}),
    },
)


@settings(max_examples=100, deadline=None)
@given(version=st.sampled_from([3, 4]), cells=st.lists(cell_likes, max_size=5), other=json_values)
def test_anything_like_a_notebook_is_read_or_refused(version: int, cells: Any, other: Any, handed: Handed) -> None:
    found = {"nbformat": version, "cells": cells, "worksheets": [{"cells": cells}], "metadata": other}
    if result := read_or_refuse(handed, json.dumps(found)):
        assert_ours(handed, result)


@settings(max_examples=100, deadline=None)
@given(found=json_values | st.dictionaries(st.sampled_from(["nbformat", "cells", "worksheets"]), json_values))
def test_any_json_is_read_or_refused(found: Any, handed: Handed) -> None:
    read_or_refuse(handed, json.dumps(found))


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every place in a notebook: what holds it, and its key or index."""
    found = []
    for key in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        found += [(value, key), *places(value[key])]
    return found


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_notebook_changed_anywhere_is_put_back_or_refused(data: st.DataObject, handed: Handed) -> None:
    notebook = json.loads(json.dumps(handed.release))
    for _ in range(data.draw(st.integers(1, 4))):
        all_places = places(notebook)
        holder, key = all_places[data.draw(st.integers(0, len(all_places) - 1))]
        other_holder, other_key = all_places[data.draw(st.integers(0, len(all_places) - 1))]
        other = copy.deepcopy(other_holder[other_key])
        holder[key] = data.draw(st.just(other) | json_values)
    if result := read_or_refuse(handed, json.dumps(notebook)):
        assert_ours(handed, result)
        assert_no_solution(handed, result)


@settings(max_examples=100, deadline=None)
@given(start=st.integers(0, 8_000), length=st.integers(0, 50), new=st.binary(max_size=8))
def test_bytes_changed_anywhere_are_read_or_refused(start: int, length: int, new: bytes, handed: Handed) -> None:
    content = json.dumps(handed.release, indent=1).encode()
    if result := read_or_refuse(handed, content[:start] + new + content[start + length :]):
        assert_ours(handed, result)
        assert_no_solution(handed, result)
