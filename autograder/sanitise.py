"""A student's answers put into the lesson's own notebook, so that what runs is ours but for them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from itertools import count
from typing import Any

from nbconvert.exporters.exporter import ResourcesDict
from nbformat.notebooknode import NotebookNode

from autograder.notebook import STUB
from autograder.preprocessors import ClearAnswers, HideHiddenTests
from autograder.reading import NBGRADER_KEYS, bare_cell, few

MAX_EXTRA_CELLS = 500
MAX_EXTRA_BYTES = 1_000_000

_Json = dict[str, Any]


@dataclass(frozen=True)
class Sanitised:
    """A notebook that is the lesson's own but for the answers and cells which the student added.

    notebook: as the instructor's, hidden tests included, without outputs. flags: for the instructor, what was put back.
    missing: exercises whose cell was not handed in; they stand there blank.
    """

    notebook: NotebookNode
    flags: tuple[str, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True)
class _Given:
    """A cell of the lesson. kind: 'answer', 'test', 'set-up', 'demo', 'code' or 'prose'. known: texts that are ours."""

    cell: NotebookNode
    kind: str
    released: str
    known: frozenset[str]

    @property
    def nbgrader(self) -> _Json:
        return dict(self.cell.metadata.get("nbgrader", {}))


@dataclass(frozen=True)
class _Theirs:
    """A cell of the student, the number-th of the notebook. tidy: its source, fit for comparing."""

    number: int
    id: str
    type: str
    source: str
    tidy: str
    nbgrader: _Json
    tags: frozenset[str]


_Chosen = dict[int, _Theirs]  # place of a given cell -> the student's cell that stands for it
_Extra = tuple[int, _Theirs]  # place of the given cell that it follows, or -1, and a cell that the student added


class Sanitiser:
    """Makes submissions of one lesson fit to run. source: the instructor's notebook. Can be pickled."""

    def __init__(self, source: NotebookNode) -> None:
        self._metadata = deepcopy(source.metadata)
        self._given = [_given(cell) for cell in source.cells]
        self._by_grade_id = {one.nbgrader["grade_id"]: at for at, one in enumerate(self._given) if one.nbgrader}
        self._by_id = {one.cell.id: at for at, one in enumerate(self._given)}
        self._by_text: dict[str, list[int]] = defaultdict(list)
        for at, one in enumerate(self._given):
            self._by_text[_tidy(one.released)].append(at)
        self._never = {text for one in self._given if one.kind in ("test", "demo") for text in one.known}
        self._demo_tags = [_tags(one.cell) for one in self._given if one.kind == "demo"]

    def sanitise(self, submitted: NotebookNode) -> Sanitised:
        """The lesson's notebook with what is the student's own. submitted: as `read_submission` gives it."""
        theirs = [_theirs(number, cell) for number, cell in enumerate(submitted.cells)]
        places = self._places(theirs)
        chosen = self._chosen(theirs, places)
        extras, left_out = _bounded(self._extras(theirs, chosen))
        flags = [*self._flags(chosen, Counter(places))]
        if left_out:
            limit = f"{MAX_EXTRA_CELLS} cells or {MAX_EXTRA_BYTES} bytes"
            flags.append(f"more than {limit} were added: {left_out} cells were left out")
        missing = [one.cell.id for at, one in enumerate(self._given) if one.kind == "answer" and at not in chosen]
        return Sanitised(self._notebook(chosen, extras), tuple(flags), tuple(missing))

    def _places(self, theirs: list[_Theirs]) -> list[int | None]:
        """Which given cell each of theirs is: by nbgrader's id, by the cell's own, or else by its text."""
        places = [self._by_grade_id.get(cell.nbgrader.get("grade_id"), self._by_id.get(cell.id)) for cell in theirs]
        taken = set(places)
        for cell in theirs:
            if places[cell.number] is None and cell.tidy:
                free = [at for at in self._by_text.get(cell.tidy, []) if at not in taken]
                places[cell.number] = next(iter(free), None)
                taken.add(places[cell.number])
        return places

    def _chosen(self, theirs: list[_Theirs], places: list[int | None]) -> _Chosen:
        """A cell that JupyterLab copied has nbgrader's id of the first, but a cell id of its own."""
        chosen: _Chosen = {}
        for cell, at in zip(theirs, places, strict=True):
            if at is None or (
                cell.type != self._given[at].cell.cell_type and not cell.tidy and self._given[at].kind == "answer"
            ):
                continue
            own = self._given[at].cell.id
            if at not in chosen or (cell.id == own and chosen[at].id != own):
                chosen[at] = cell
        return chosen

    def _extras(self, theirs: list[_Theirs], chosen: _Chosen) -> Iterator[_Extra]:
        stands_for = {cell.number: at for at, cell in chosen.items()}
        after = -1
        for cell in theirs:
            if cell.number in stands_for:
                after = stands_for[cell.number]
                if _is_rewritten(self._given[after], cell):
                    yield after, cell
            elif self._is_own(cell):
                yield after, cell

    def _is_own(self, cell: _Theirs) -> bool:
        """Whether it is more than a copy of a test, or of a demo, which would run long."""
        if cell.tidy in self._never or cell.tidy == "":
            return False
        is_demo = any(cell.tags >= tags for tags in self._demo_tags)
        return cell.type == "markdown" or (cell.type == "code" and not is_demo)

    def _notebook(self, chosen: _Chosen, extras: list[_Extra]) -> NotebookNode:
        ids = (id for id in map("extra-{}".format, count(1)) if id not in self._by_id)
        added: dict[int, list[NotebookNode]] = defaultdict(list)
        for at, cell in extras:
            added[at].append(bare_cell(cell_type=cell.type, id=next(ids), metadata={}, source=cell.source))
        cells = added[-1]
        for at, given in enumerate(self._given):
            cells += [_fresh(given, chosen.get(at)), *added[at]]
        return NotebookNode(cells=cells, metadata=deepcopy(self._metadata), nbformat=4, nbformat_minor=5)

    def _flags(self, chosen: _Chosen, copies: Counter[int | None]) -> Iterator[str]:
        found: dict[str, list[str]] = defaultdict(list)
        for at, given in enumerate(self._given):
            for sentence in _differences(given, chosen.get(at), copies[at]):
                found[sentence].append(given.cell.id)
        yield from (f"{sentence}: {few(ids)}" for sentence, ids in found.items())
        order = [cell.number for _, cell in sorted(chosen.items())]
        if order != sorted(order):
            yield "cells were in another order"


def _is_rewritten(given: _Given, cell: _Theirs) -> bool:
    """Whether in place of a given cell stands code of the student's, which other cells may need."""
    is_new = cell.tidy not in given.known and cell.tidy != ""
    return is_new and cell.type == "code" and given.kind in ("code", "prose")


def _differences(given: _Given, cell: _Theirs | None, copies: int) -> Iterator[str]:
    """What an instructor should know of a given cell and what was handed in for it."""
    if given.kind in ("answer", "test", "set-up"):
        if cell is None:
            yield f"{given.kind} cells were missing"
        if copies > 1:
            yield f"{given.kind} cells were repeated"
    if cell is None or given.kind == "prose":
        return
    if given.kind in ("test", "set-up") and (cell.type != given.cell.cell_type or cell.tidy not in given.known):
        yield f"{given.kind} cells were changed"
    if given.kind == "answer" and cell.type != given.cell.cell_type:
        yield "answer cells had another type"
    if cell.tags != _tags(given.cell):
        yield "tags were changed"
    yield from _changed_metadata(given.nbgrader, cell.nbgrader)


def _changed_metadata(ours: _Json, theirs: _Json) -> Iterator[str]:
    if ours and theirs and ours.get("points") != theirs.get("points"):
        yield "points were changed"
    if ours and any(ours.get(key) != theirs.get(key) for key in NBGRADER_KEYS):
        yield "nbgrader's data were changed"


def _bounded(extras: Iterable[_Extra]) -> tuple[list[_Extra], int]:
    """As many as the limits allow, and how many are left out."""
    kept: list[_Extra] = []
    room, left_out = MAX_EXTRA_BYTES, 0
    for at, cell in extras:
        size = len(cell.source.encode())
        if size > room or len(kept) == MAX_EXTRA_CELLS:
            left_out += 1
        else:
            kept.append((at, cell))
            room -= size
    return kept, left_out


def _given(cell: NotebookNode) -> _Given:
    bare = deepcopy(NotebookNode({key: value for key, value in cell.items() if key != "outputs"}))
    kind, released = _kind(bare), deepcopy(bare)
    if kind == "answer":
        ClearAnswers(code_stub={"python": STUB}).preprocess_cell(released, ResourcesDict(language="python"), 0)
    else:
        HideHiddenTests()._remove_hidden_test_region(released)
    return _Given(bare, kind, released.source, frozenset({_tidy(bare.source), _tidy(released.source)}))


def _kind(cell: NotebookNode) -> str:
    nbgrader = cell.metadata.get("nbgrader", {})
    for key, kind in (("solution", "answer"), ("grade", "test"), ("locked", "set-up")):
        if nbgrader.get(key):
            return kind
    if cell.cell_type != "code":
        return "prose"
    return "demo" if "skip-execution" in _tags(cell) else "code"


def _tags(cell: NotebookNode) -> frozenset[str]:
    return frozenset(cell.metadata.get("tags", ()))


def _theirs(number: int, cell: NotebookNode) -> _Theirs:
    nbgrader = cell.metadata.get("nbgrader", {})
    return _Theirs(number, cell.get("id", ""), cell.cell_type, cell.source, _tidy(cell.source), nbgrader, _tags(cell))


def _tidy(source: str) -> str:
    """Without the spaces at line ends that some editors take away."""
    return "\n".join(map(str.rstrip, source.split("\n"))).strip("\n")


def _fresh(given: _Given, answer: _Theirs | None) -> NotebookNode:
    cell = bare_cell(**deepcopy(given.cell))
    if given.kind == "answer":
        cell["source"] = answer.source if answer else given.released
    return cell
