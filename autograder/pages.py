"""Feedback pages: what a student reads about one submission, and an instructor's index of all of them.

A page is inert: no script, no request, no HTML of a student's. It says what a hidden test covers and why it failed, and
shows nothing of its code or of what was printed while it ran.
"""

import base64
import binascii
import os
import re
from collections import defaultdict
from itertools import groupby
from typing import Any, NamedTuple
from urllib.parse import quote

from markupsafe import Markup
from nbformat.notebooknode import NotebookNode

from autograder.by_hand import ByHand
from autograder.course import Classroom
from autograder.examiner import NOT_RUN
from autograder.execute import Execution
from autograder.lesson import Cell, Exercise, Lesson
from autograder.messages import taken_apart
from autograder.notebook import SET_UP, WRITTEN_STUB, test_id
from autograder.report import message, submission_report
from autograder.rules import MIN_TELLING_LINE, squeezed
from autograder.templates import coloured, hint_ladder, render, visible
from autograder.trial import blank_source


class Limits(NamedTuple):
    """How much a page shows: characters of each code and text, bytes of all pictures in base64, own cells."""

    code: int = 8_000
    text: int = 4_000
    pictures: int = 100_000
    cells: int = 20
    hints: bool = True
    colours: int = 40_000  # characters of code: colouring what is written to be hard takes long


MOST = 190_000  # bytes of a page; the first of these that keeps within it is taken
LIMITS = (
    Limits(),
    Limits(code=4_000, text=1_500, pictures=50_000, cells=10),
    Limits(code=1_500, text=500, pictures=0, cells=4, colours=0),
    Limits(code=80, text=80, pictures=0, cells=0, colours=0, hints=False),
)
LARGEST_PICTURE = 60_000  # bytes of base64
MOST_PIXELS = 20_000_000  # a small file may hold a picture that fills a browser's memory
LONGEST_REASON = 1_000
LONGEST_SECRET = 1_000  # characters of a hidden line that the cut may divide
MOST_OUTPUTS = 10  # of one cell
_LOOKED_AT = 16_384  # characters of an output; what comes after them is only counted

WITHHELD = "This is not shown, because text of a hidden test stands in it."
_ANSI = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[@-Z\\^_]")


class Block(NamedTuple):
    """A piece of a page.

    kind: 'code', 'text', 'words', 'comment', 'picture' (body: base64) or 'note' (a sentence of ours).
    """

    kind: str
    body: str
    label: str = ""
    cut: str = ""


class Said(NamedTuple):
    """A message. parts: what stands in its lines, by key; without any, `text` is all of it."""

    headline: str
    parts: list[tuple[str, str]]
    text: str
    cut: str


class Verdict(NamedTuple):
    """What the page says of one test. state: 'passed', 'failed', 'not attempted' or 'not run'."""

    number: int
    points: float
    covers: str
    state: str
    said: Said | None


def feedback_page(lesson: Lesson, notebook: NotebookNode, entry: dict[str, Any], by_hand: ByHand | None = None) -> str:
    """The HTML of one submission's feedback, in less than 200 kB whatever the submission holds.

    notebook: graded and executed, an instructor's copy. entry: the submission's part of report.json.
    """
    for limits in LIMITS:
        page = _Page(lesson, notebook, entry, by_hand or ByHand(), limits).html()
        if len(page.encode()) <= MOST:
            break
    return page


def page_of(student: str, lesson: Lesson, flags: tuple[str, ...], execution: Execution) -> str:
    """The page of an execution; for `Work.page`, where it is made beside the kernels and not by the coordinator."""
    return feedback_page(lesson, execution.notebook, submission_report(student, lesson, flags, execution))


def write_index(classroom: Classroom, everything: list[dict[str, Any]]) -> None:
    """Writes feedback/index.html, which links each student's pages with their marks."""
    rows = [{**entry, "why": _why(entry), "link": _link(classroom, entry)} for entry in everything]
    page = render("index.html", rows=rows)
    classroom.feedback.mkdir(parents=True, exist_ok=True)
    (classroom.feedback / "index.html").write_text(page, encoding="utf-8")


def _why(entry: dict[str, Any]) -> str:
    not_run = [one["message"] for one in entry["exercises"] if one["state"] == "not run"]
    text = entry.get("reason") or (not_run[0] if not_run and entry["status"] != "graded" else "")
    return _cut(_plain(text), LONGEST_REASON)[0]


def _link(classroom: Classroom, entry: dict[str, Any]) -> str:
    path = f"{entry['student']}/{entry['lesson']}/{entry['lesson']}.html"
    return quote(os.fsencode(path)) if (classroom.feedback / path).exists() else ""


class _Page:
    """One page in the making."""

    def __init__(
        self, lesson: Lesson, notebook: NotebookNode, entry: dict[str, Any], by_hand: ByHand, limits: Limits
    ) -> None:
        self.lesson, self.entry, self.by_hand, self.limits = lesson, entry, by_hand, limits
        self.cells = {_grade_id(cell): cell for cell in notebook.cells if cell.cell_type == "code"}
        self.words = {_grade_id(cell): cell for cell in notebook.cells if cell.cell_type == "markdown"}
        self.own = _own_cells(lesson, notebook)
        self.reports = {report["id"]: report for report in entry["exercises"]}
        self.secrets = _hidden_lines(lesson)
        self.picture_room = limits.pictures
        self.cell_room = limits.cells
        self.colour_room = limits.colours

    def html(self) -> str:
        before = self._own_blocks("")
        sections = [self._section(exercise) for exercise in self.lesson.exercises]
        left_out = sum(map(len, self.own.values())) - self.limits.cells
        facts = {"lesson": self.lesson, "entry": self.entry, "sections": sections, "counts": self._counts()}
        facts |= {"why": _why(self.entry), "before": before, "left_out": left_out, "written": self._written()}
        facts |= {"score": sum(section["points"] for section in sections), "penalty": self.by_hand.penalty}
        return render("feedback.html", **facts)

    def _written(self) -> list[dict[str, Any]]:
        """The questions answered in words, what was written, and what somebody thought of it."""
        return [
            {
                "cell": cell,
                "words": self._words(self.words.get(cell.id)),
                "marks": self.by_hand.marks.get(cell.id),
                "comment": self._comment(cell),
            }
            for cell in self.lesson.written
        ]

    def _comment(self, place: Cell | Exercise) -> Block | None:
        """What a person says of an answer."""
        comment = self.by_hand.comments.get(place.id)
        return self._text(comment, "a comment by the one who read it")._replace(kind="comment") if comment else None

    def _points(self, exercise: Exercise, report: dict[str, Any]) -> float:
        """What counts: a person may have changed what a test gave."""
        marks = [self.by_hand.marks.get(test_id(exercise, test)) for test in exercise.tests]
        known = [mark for mark in marks if mark is not None]
        return sum(known) if known else float(report["points"])

    def _words(self, cell: NotebookNode | None) -> Block:
        if cell is None or cell.source.strip() in ("", WRITTEN_STUB):
            return Block("note", "Nothing is written here yet.")
        shown = self._text(cell.source, "your answer")
        return shown._replace(kind="words") if shown.kind == "text" else shown

    def _counts(self) -> list[tuple[int, str]]:
        states = [report["state"] for report in self.entry["exercises"]]
        return [(states.count(state), state) for state in dict.fromkeys(["right", "wrong", *states]) if state in states]

    def _section(self, exercise: Exercise) -> dict[str, Any]:
        report = self.reports.get(exercise.id) or {"points": 0.0, "state": "not run", "message": ""}
        verdicts = [self._verdict(exercise, number) for number in range(len(exercise.tests))]
        return {
            "exercise": exercise,
            "report": report,
            "points": self._points(exercise, report),
            "comment": self._comment(exercise),
            "read": re.sub(r"[`$]", "", exercise.read),
            "answer": self._answer(exercise),
            "outputs": self._outputs(self.cells.get(exercise.id)),
            "verdicts": verdicts,
            "said": self._said_of_all(report, verdicts),
            "hints": self._hints(exercise, report["state"]),
            "own": self._own_blocks(exercise.id),
        }

    def _hints(self, exercise: Exercise, state: str) -> list[tuple[str, Markup]]:
        if exercise.hint is None or state == "right" or not self.limits.hints:
            return []
        return hint_ladder(exercise.hint.source)

    def _answer(self, exercise: Exercise) -> Block:
        cell = self.cells.get(exercise.id)
        if cell is None:
            return Block("note", "The cell of this answer is missing from the notebook.")
        if _statements(cell.source) == _statements(blank_source(exercise)):
            return Block("note", "Nothing is written here yet: the stub is as it was handed out.")
        return self._code(cell.source, "your answer", self.limits.code)

    def _code(self, source: str, label: str, most: int) -> Block:
        if "BEGIN HIDDEN TESTS" in source:
            return Block("note", WITHHELD)
        shown, cut = _cut(source[:_LOOKED_AT], most, len(source))
        self.colour_room -= len(shown)
        return Block("code", coloured(shown) if self.colour_room >= 0 else shown, label, cut)

    def _verdict(self, exercise: Exercise, index: int) -> Verdict:
        test = exercise.tests[index]
        cell = self.cells.get(test_id(exercise, test))
        state, error = _outcome(cell)
        said = self._said(message(error), test.hidden) if error is not None and state == "failed" else None
        return Verdict(index + 1, test.points, test.options.get("covers", ""), state, said)

    def _said_of_all(self, report: dict[str, Any], verdicts: list[Verdict]) -> Said | None:
        """What the report says of an exercise, where no test says it."""
        told = [verdict for verdict in verdicts if verdict.said]
        known = report["message"] in ("", self.entry.get("reason")) or report["state"] == "not attempted"
        return None if told or known else self._said(report["message"], hidden=False)

    def _said(self, text: str, hidden: bool) -> Said:
        clean = _plain(text)
        if self._tells(clean):
            return Said("", [], WITHHELD, "")
        shown, cut = _cut(clean, self.limits.text, len(text))
        headline, parts = taken_apart(shown)
        return Said(headline, [part for part in parts if not (hidden and part[0] == "covers")], shown, cut)

    def _tells(self, text: str) -> bool:
        """Whether a line of a hidden test stands in what would be shown of it, however it is laid out."""
        dense = squeezed(text[: self.limits.text + LONGEST_SECRET])
        return any(line in dense for line in self.secrets)

    def _own_blocks(self, place: str) -> list[dict[str, Any]]:
        """The student's own cells that stand behind this exercise, as many as there is room for."""
        cells = self.own.get(place, [])[: self.cell_room]
        self.cell_room -= len(cells)
        return [self._own_cell(cell) for cell in cells]

    def _own_cell(self, cell: NotebookNode) -> dict[str, Any]:
        title = _cut(cell.source.strip().partition("\n")[0], 60)[0]
        code = self._code(cell.source, "your own cell", self.limits.text)
        return {"title": title, "blocks": [code, *self._outputs(cell)]}

    def _outputs(self, cell: NotebookNode | None) -> list[Block]:
        if cell is None:
            return []
        merged = _merged(cell.get("outputs", []))
        blocks = [self._output(output) for output in merged[:MOST_OUTPUTS]]
        if len(merged) > MOST_OUTPUTS:
            blocks.append(Block("note", f"{len(merged) - MOST_OUTPUTS:,} more outputs of this cell are left out."))
        return blocks

    def _output(self, output: NotebookNode) -> Block:
        if output.output_type == "stream":
            return self._text(output.text, "warnings and errors" if output.name == "stderr" else "printed")
        if output.output_type == "error":
            return self._text("\n".join(output.get("traceback", [])) or message(output), "stopped by an error")
        return self._display(output.get("data", {}))

    def _display(self, data: dict[str, Any]) -> Block:
        words = _string(data.get("text/plain", ""))
        if "image/png" in data and not self._tells(_plain(words)):
            return self._picture(_string(data["image/png"]), words)
        if words:
            return self._text(words, "shown")
        return Block("note", "An output is left out that has no plain text: run the cell in the notebook to see it.")

    def _picture(self, code: str, words: str) -> Block:
        size = f"{len(code) / 1000:,.0f} kB"
        if len(code) > LARGEST_PICTURE:
            return Block("note", f"A picture of {size} is left out: this page shows pictures of up to 60 kB.")
        if len(code) > self.picture_room:
            return Block("note", f"A picture of {size} is left out: there is no more room for pictures on this page.")
        if not (clean := _png(code)):
            return Block("note", "A picture is left out that is not a PNG file.")
        self.picture_room -= len(clean)
        return Block("picture", clean, _cut(" ".join(_plain(words).strip("<>").split()), 300)[0] or "a picture")

    def _text(self, text: str, label: str) -> Block:
        clean = _plain(text)
        if self._tells(clean):
            return Block("note", WITHHELD)
        shown, cut = _cut(clean, self.limits.text, len(text))
        return Block("text", shown, label, cut)


def _own_cells(lesson: Lesson, notebook: NotebookNode) -> dict[str, list[NotebookNode]]:
    """Code cells that are neither the lesson's nor answers, by the exercise behind which they stand ('': none)."""
    place = {test_id(exercise, test): exercise.id for exercise in lesson.exercises for test in exercise.tests}
    place |= {exercise.id: exercise.id for exercise in lesson.exercises} | {SET_UP: ""}
    given = {"", *(cell.source.strip() for cell in lesson.cells)}
    own: dict[str, list[NotebookNode]] = defaultdict(list)
    here = ""
    for cell in notebook.cells:
        id = _grade_id(cell)
        here = place.get(id, here)
        if cell.cell_type == "code" and id not in place and cell.source.strip() not in given:
            own[here].append(cell)
    return own


def _grade_id(cell: NotebookNode) -> str:
    nbgrader = cell.metadata.get("nbgrader")
    return str(nbgrader.get("grade_id", "")) if isinstance(nbgrader, dict) else ""


def _hidden_lines(lesson: Lesson) -> list[str]:
    """Lines of hidden tests that stand in no visible one, without white space."""
    lines: dict[bool, set[str]] = {True: set(), False: set()}
    for cell in lesson.cells:
        if cell.kind in ("test", "setup"):
            lines[cell.hidden] |= {squeezed(line) for line in cell.source.splitlines()}
    return [line for line in lines[True] - lines[False] if len(line) >= MIN_TELLING_LINE]


def _outcome(cell: NotebookNode | None) -> tuple[str, NotebookNode | None]:
    outputs = cell.get("outputs", []) if cell else []
    if cell is None or (cell.get("execution_count") is None and not outputs):
        return "not run", None
    error = next((output for output in outputs if output.output_type == "error"), None)
    if error is None:
        return "passed", None
    return {"NotAttempted": "not attempted", NOT_RUN: "not run"}.get(error.ename, "failed"), error


def _statements(source: str) -> list[str]:
    lines = [line.strip() for line in source.splitlines()]
    return [line for line in lines if line and not line.startswith("#")]


def _merged(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """The outputs, those printed one after another put together."""
    merged: list[NotebookNode] = []
    for (kind, name), group in groupby(outputs, lambda output: (output.output_type, output.get("name"))):
        same = list(group)
        if kind == "stream":
            text = "".join(_string(output.text) for output in same)
            merged.append(NotebookNode(output_type="stream", name=name, text=text))
        else:
            merged += same
    return merged


def _string(value: Any) -> str:
    """A value of a notebook's output as text: notebooks may hold it as a list of lines."""
    return "".join(map(str, value)) if isinstance(value, list) else str(value)


def _plain(text: str) -> str:
    """The text as a terminal would leave it: no colours, of an overwritten line the last state."""
    lines = _ANSI.sub("", text[:_LOOKED_AT]).replace("\r\n", "\n").split("\n")
    return "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in lines)


def _png(code: str) -> str:
    """The base64, written anew, of a PNG file with a bearable number of pixels; '' for anything else."""
    try:
        data = base64.b64decode("".join(code.split()), validate=True)
    except (binascii.Error, ValueError):
        return ""
    width, height = int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")
    is_png = data.startswith(b"\x89PNG\r\n\x1a\n") and data[12:16] == b"IHDR" and 0 < width * height <= MOST_PIXELS
    return base64.b64encode(data).decode() if is_png else ""


def _cut(text: str, most: int, whole: int = 0) -> tuple[str, str]:
    """The text's first characters, made visible, and a sentence about the rest. whole: how many it had at first."""
    clear = visible(text[:most])
    if max(len(text), len(clear)) <= most and whole <= _LOOKED_AT:
        return clear, ""
    whole = max(whole, len(text), len(clear))
    return clear[:most], f"Cut here: {min(len(clear), most):,} of {whole:,} characters are shown."
