"""Feedback pages of submissions that are put together instead of being run, and what a browser would make of them."""

import base64
import re
import struct
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_code_cell, new_output

from autograder.lesson import Lesson, parse_lesson
from autograder.notebook import instructor_notebook
from autograder.pages import feedback_page
from autograder.report import exercise_reports
from autograder.trial import blank_answers

ROOT = Path(__file__).resolve().parents[2]
MINI = parse_lesson(Path(__file__).parent / "mini" / "lessons" / "01_moving" / "lesson.py")
LARGE = parse_lesson(ROOT / "lessons" / "06_conv_arithmetic" / "lesson.py")
CSS = (ROOT / "autograder" / "templates" / "feedback.css").read_text(encoding="utf-8")
ANSWER = "def moving_average(x, k):\n    return x  # mine"
FAILED = """moving-average   not right yet   (3 of 5 points need this hidden test)
  law        one mean for each full window
  covers     k = 1, k = n, float32, 200 random lengths
  smallest   x = [0.1 0.2], k = 2
  got        array([0.1, 0.2])
  likely     your windows do not overlap: the next one
             starts one day later
  read       section "Only full windows\""""
HOSTILE = """<script>alert(1)</script><img src=x onerror=alert(1)><svg onload=alert(1)>
<a href="javascript:alert(1)">a</a></code></pre></style></title>
<iframe src="https://example.com"></iframe><base href="https://example.com/"><!-- ]]>
" autofocus onfocus="alert(1)" x='{{ 7 * 7 }}{% raw %}"""
BIDI = "\u202ereversed\u2066 \x00 \ufeff \ud800 \x1b[31mred\x1b[0m"


def png(size: int = 0, width: int = 4, height: int = 4) -> str:
    """Base64 of something that looks like a PNG of so many bytes."""
    head = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", width, height)
    return base64.b64encode(head.ljust(size, b"\x01")).decode()


def printed(text: str, name: str = "stdout") -> NotebookNode:
    return new_output("stream", name=name, text=text)


def shown(**data: Any) -> NotebookNode:
    return new_output("display_data", {key.replace("_", "/", 1): value for key, value in data.items()})


def error(text: str, name: str = "CheckFailed") -> NotebookNode:
    return new_output("error", ename=name, evalue=text, traceback=["secret frame", text])


class Submission:
    """A graded notebook that is put together here instead of being run, and its entry in the report."""

    def __init__(self, lesson: Lesson = MINI) -> None:
        self.lesson = lesson
        self.notebook = instructor_notebook(lesson)
        for id, source in blank_answers(lesson).items():
            self.cell(id).source = source
        for number, cell in enumerate(cell for cell in self.notebook.cells if cell.cell_type == "code"):
            cell.execution_count = number + 1
        self.extra: dict[str, Any] = {}

    def cell(self, id: str) -> NotebookNode:
        return next(cell for cell in self.notebook.cells if cell.id == id)

    def answer(self, *outputs: NotebookNode, source: str = ANSWER) -> "Submission":
        self.cell("moving-average").source = source
        self.cell("moving-average").outputs = list(outputs)
        return self

    def test(self, id: str, *outputs: NotebookNode) -> "Submission":
        self.cell(id).outputs = list(outputs)
        return self

    def own(self, source: str, *outputs: NotebookNode, after: str = "moving-average") -> "Submission":
        place = [cell.id for cell in self.notebook.cells].index(after)
        self.notebook.cells.insert(place + 1, new_code_cell(source, outputs=list(outputs), execution_count=9))
        return self

    def entry(self) -> dict[str, Any]:
        exercises = exercise_reports(self.lesson, self.notebook)
        score = sum(one["points"] for one in exercises)
        facts = {"student": "ada", "lesson": self.lesson.name, "status": "graded", "score": score, "seconds": 1.0}
        return {**facts, "max_score": self.lesson.points, "exercises": exercises, **self.extra}

    def page(self, **extra: Any) -> str:
        self.extra |= extra
        return feedback_page(self.lesson, self.notebook, self.entry())


class Parsed(HTMLParser):
    """What a browser would make of a page: tags, attributes, addresses, text."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.words: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        if self.tags[-1:] != ["style"]:
            self.words.append(data)

    @property
    def text(self) -> str:
        return "".join(self.words)

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.attributes if key == name]


TAGS = """html head meta title style body header main section h1 h2 h3 p div span strong bdi i em code pre figure
figcaption img table thead tbody tr th td ol ul li dl dt dd details summary a wbr"""
ATTRIBUTES = """lang charset http-equiv content name class id href src alt scope tabindex role aria-label aria-hidden
aria-labelledby"""


def assert_inert(page: str) -> Parsed:
    parsed = Parsed(page)
    assert set(parsed.tags) <= set(TAGS.split())
    assert {name for name, _ in parsed.attributes} <= set(ATTRIBUTES.split())
    assert all(address.startswith("data:image/png;base64,iVBOR") for address in parsed.all("src"))
    assert {address[1:] for address in parsed.all("href")} <= set(parsed.all("id"))
    assert "url(" not in CSS
    assert "@import" not in CSS
    assert "default-src 'none'; img-src data:; style-src 'unsafe-inline'" in parsed.all("content")
    assert len(parsed.all("id")) == len(set(parsed.all("id")))
    assert not re.search("[\x00-\x08\x0b-\x1f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", page)
    assert len(page.encode()) < 200_000
    return parsed
