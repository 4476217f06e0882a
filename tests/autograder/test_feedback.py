"""A feedback page says all that helps, nothing of a hidden test or a solution; it is inert and small for any input."""

import base64
import importlib
import os
import re
import shutil
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_markdown_cell, new_notebook

from autograder.course import Classroom
from autograder.leaks import secret_lines
from autograder.lesson import Lesson, parse_lesson
from autograder.pages import MOST, WITHHELD, feedback_page, write_index
from autograder.report import not_run
from forwardpass.plots import contrast

from .pages import (
    ATTRIBUTES,
    BIDI,
    CSS,
    FAILED,
    HOSTILE,
    LARGE,
    MINI,
    ROOT,
    TAGS,
    Parsed,
    Submission,
    assert_inert,
    error,
    png,
    printed,
    shown,
)

CHROMIUM_ARGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]


def test_a_right_answer_shows_its_code_and_no_hint() -> None:
    text = assert_inert(Submission().answer().page()).text
    assert "def moving_average(x, k):\n    return x  # mine" in text
    assert "✓ right" in text
    assert "✓ passed" in text
    assert "Write down which inputs" not in text
    assert "6 of 6 points" in text


def test_a_failed_check_is_told_line_by_line_with_hints() -> None:
    text = assert_inert(Submission().answer().test("moving-average-hidden-1", error(FAILED)).page()).text
    assert "moving-average   not right yet" in text
    assert "your windows do not overlap: the next one starts one day later" in text
    assert text.count("covers k = 1, k = n, float32, 200 random lengths") == text.count("float32, 200") == 1
    assert "Hidden check 2 of 2, 3 points✗ failed" in text
    assert "Check 1 of 2, 2 points✓ passed" in text
    assert "Write down which inputs output 0 uses." in text
    assert "secret frame" not in text


def test_states_are_words_with_glyphs() -> None:
    blank = Submission().test("moving-average-test-1", error("moving-average   not attempted yet", "NotAttempted"))
    blank.test("moving-average-hidden-1", error("moving-average   not attempted yet", "NotAttempted"))
    blank.test("window-count-hidden-1", error("not run: it took too long", "NotRun"))
    text = assert_inert(blank.page()).text
    assert text.count("○ not attempted") == 4  # in the table, at the exercise, at both tests
    assert text.count("○ not run") == 3
    assert "the stub is as it was handed out" in text
    assert "NotAttempted" not in text


def test_a_submission_that_was_cut_short_says_why_once() -> None:
    reason = "the notebook ran longer than 120 seconds"
    extra = {"status": "timed out", "reason": reason, "exercises": not_run(MINI, reason)}
    text = assert_inert(Submission().page(**extra)).text
    assert "Timed out. the notebook ran longer" in text
    assert text.count(reason) == 1


def test_a_message_that_no_test_gives_is_shown_at_its_exercise() -> None:
    page = Submission().answer().page(exercises=not_run(MINI, "it could not be read"))
    assert "it could not be read" in Parsed(page).text


def test_an_empty_notebook_gives_a_page() -> None:
    entry = {**Submission().entry(), "status": "malformed", "exercises": not_run(MINI, "no readable notebook")}
    text = assert_inert(feedback_page(MINI, new_notebook(), entry)).text
    assert "Malformed. no readable notebook" in text
    assert "The cell of this answer is missing" in text


def test_no_hidden_test_and_no_solution_is_shown() -> None:
    submission = Submission().answer()
    for cell in submission.notebook.cells:
        if "hidden" in cell.id:
            cell.outputs = [printed("printed by a hidden test"), error("k must be 3", "ValueError")]
    text = Parsed(submission.page()).text
    assert "ValueError: k must be 3" in text
    assert "printed by a hidden test" not in text
    assert "BEGIN" not in text
    assert "359" not in text
    assert not [line for line in secret_lines(MINI) if line in text]


def test_text_of_a_hidden_test_that_an_answer_gives_back_is_withheld() -> None:
    hidden = Submission().cell("moving-average-hidden-1").source
    laid_out = re.sub(r"\s+", "\n  ", hidden)
    submission = Submission().answer(printed(hidden), shown(text_plain=laid_out), error(hidden, "ValueError"))
    submission.test("moving-average-test-1", error(f"got {laid_out}")).own("print(In)", printed("\x1b[1m" + hidden))
    submission.own(hidden).own("3", shown(image_png=png(), text_plain=hidden))
    text = assert_inert(submission.page()).text
    assert text.count(WITHHELD) == 7
    assert not [line for line in secret_lines(MINI) if line in text]


def hostile(text: str) -> Submission:
    """A submission that says `text` wherever it can."""
    outputs = [printed(text), printed(text, "stderr"), error(text, text), shown(text_plain=text, text_html=text)]
    outputs += [shown(image_png=text, text_plain=text), shown(image_png=png(), text_plain=text)]
    outputs += [NotebookNode(output_type="display_data", data={"image/svg+xml": text, text: text}, metadata={})]
    submission = Submission().answer(*outputs, source=text).own(text, *outputs).own(text, after="set-up")
    submission.test("moving-average-test-1", error(text)).test("window-count-hidden-1", error(text, text))
    submission.notebook.cells.append(new_markdown_cell(text))
    submission.extra = {"student": text, "status": "flagged", "reason": text}
    return submission


def test_hostile_text_is_inert_wherever_it_stands() -> None:
    text = assert_inert(hostile(HOSTILE).page()).text
    assert text.count("<script>alert(1)</script>") > 8
    assert "{{ 7 * 7 }}" in text


def test_characters_that_hide_or_reorder_others_are_shown_as_escapes() -> None:
    text = assert_inert(hostile(BIDI).page()).text
    assert r"\u202ereversed\u2066 \x00 \ufeff \ud800 red" in text


def test_a_message_keeps_its_form_only_if_all_of_it_has_one() -> None:
    page = Submission().answer().test("moving-average-test-1", error("first\n  law        one\nanything")).page()
    assert "first\n  law        one\nanything" in Parsed(page).text


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(exclude_categories=()), max_size=80))
def test_any_text_is_inert(text: str) -> None:
    assert_inert(hostile(text).page())


@settings(max_examples=60, deadline=None)
@given(st.text("<>&\"'`=/ \n\tabc(){}[]#\\f$*", max_size=200))
def test_any_code_is_shown_as_it_is(source: str) -> None:
    trimmed = "\n".join(line.rstrip() for line in source.split("\n"))
    text = assert_inert(Submission().answer(source=f"x = 1\n{source}").page()).text
    assert f"x = 1\n{trimmed}" in text


@pytest.mark.parametrize(
    "text",
    [
        "a" * 3_000_000,
        "<" * 50_000,
        "\n" * 50_000,
        "\x00\u202e" * 50_000,
        "😀" * 50_000,
        "\x1b[" * 50_000,
        "x+" * 50_000,
    ],
)
@pytest.mark.parametrize("lesson", [MINI, LARGE], ids=["mini", "large"])
def test_a_flood_is_cut_and_says_so(text: str, lesson: Lesson) -> None:
    submission = Submission(lesson)
    for exercise in lesson.exercises:
        outputs = [shown(text_plain=text), printed(text), shown(image_png=png(44_000)), error(text, "E")] * 8
        submission.cell(exercise.id).source = text
        submission.cell(exercise.id).outputs = outputs
        submission.own(text, *outputs, after=exercise.id)
        submission.test(f"{exercise.id}-hidden-1", error(text))
    start = time.process_time()
    parsed = assert_inert(submission.page(reason=text))
    assert time.process_time() - start < 20  # hundreds of outputs, some of them written to be slow
    assert "Cut here: " in parsed.text
    assert "more outputs of this cell are left out" in parsed.text


def test_what_is_cut_says_how_much() -> None:
    page = Submission().answer(printed("ab" * 5_000), source="x = 1\n" * 2_000).page()
    assert "Cut here: 4,000 of 10,000 characters are shown." in page
    assert "Cut here: 8,000 of 12,000 characters are shown." in page


def test_what_just_fits_is_whole() -> None:
    assert "Cut here" not in Submission().answer(printed("a" * 4_000), source="x = 12\n\n" * 1_000).page()
    assert "Cut here: 4,000 of 16,000 characters" in Submission().answer(printed("\x00" * 4_000)).page()


def test_many_own_cells_are_cut() -> None:
    submission = Submission().answer()
    for number in range(100):
        submission.own(f"number = {number}")
    text = assert_inert(submission.page()).text
    assert text.count("Your own cell:") == 20
    assert "80 of your own cells are left out of this page." in text


def test_own_cells_stand_where_they_stood_and_given_ones_are_left_out() -> None:
    submission = Submission().answer().own("first = 1", after="set-up").own("last = 2", after="moving-average-hidden-1")
    text = assert_inert(submission.page()).text
    assert text.index("first = 1") < text.index("Your prediction") < text.index("last = 2")
    assert "import numpy" not in text
    assert "np.arange(5.0)" not in text  # the demo


def test_an_overwritten_line_is_shown_in_its_last_state() -> None:
    text = Parsed(Submission().answer(printed("  1%\r 50%\r"), printed("100%\r\ndone\n")).page()).text
    assert "\n100%\ndone\n" in text.replace("printed", "\n")
    assert "50%" not in text


def test_a_picture_is_shown_with_its_words() -> None:
    submission = Submission().answer(shown(image_png=png(2_000), text_plain="<Figure size 4x4>", text_html="<img>"))
    parsed = assert_inert(submission.page())
    assert parsed.all("src") == [f"data:image/png;base64,{png(2_000)}"]
    assert "Figure size 4x4" in parsed.all("alt")


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        (png(60_000), "A picture of 80 kB is left out"),
        (png(width=100_000, height=100_000), "not a PNG file"),
        (base64.b64encode(b"<svg onload=alert(1)>").decode(), "not a PNG file"),
        (png() + '"><script>', "not a PNG file"),
        ("é", "not a PNG file"),
    ],
)
def test_another_picture_is_left_out_with_a_sentence(code: str, sentence: str) -> None:
    parsed = assert_inert(Submission().answer(shown(image_png=code)).page())
    assert parsed.all("src") == []
    assert sentence in parsed.text


def test_pictures_have_room_for_100_kb_together() -> None:
    parsed = assert_inert(Submission().answer(*[shown(image_png=png(30_000))] * 4).page())
    assert len(parsed.all("src")) == 2
    assert parsed.text.count("no more room for pictures") == 2


def test_headings_are_in_order_and_tables_have_headers() -> None:
    parsed = Parsed(Submission().answer().test("moving-average-test-1", error(FAILED)).own("x").page())
    levels = [int(tag[1]) for tag in parsed.tags if re.fullmatch(r"h\d", tag)]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert levels.count(1) == 1
    assert parsed.all("lang") == ["en"]
    assert parsed.tags.count("th") == len(parsed.all("scope"))
    assert "width=device-width, initial-scale=1" in parsed.all("content")


@pytest.mark.parametrize("number", [0, 1], ids=["light", "dark"])
def test_every_colour_can_be_read(number: int) -> None:
    theme = dict(re.findall(r"--(\w+): (#\w{6})", re.findall(r":root \{([^}]*)\}", CSS)[number]))
    inks = set(theme) - {"page", "box", "rule"}
    assert len(inks) == 11
    assert min(contrast(theme[ink], theme[ground]) for ink in inks for ground in ("page", "box")) >= 4.5


def test_links_and_pictures_of_a_hint_are_words() -> None:
    text = "- *I am <b>lost</b>.* See [this](https://a.example) ![it](http://a.example), $P$ and `<b>`, <u>not</u>.\n"
    path = ROOT / "tests/autograder/mini/lessons/01_moving/lesson.py"
    lesson = parse_lesson(path)
    hint = next(cell for cell in lesson.cells if cell.kind == "hint")
    object.__setattr__(hint, "source", text)
    submission = Submission(lesson).answer().test("moving-average-test-1", error("no"))
    text = assert_inert(submission.page()).text
    assert "I am <b>lost</b>." in text
    assert "See this it, P and <b>, <u>not</u>." in text


def test_a_page_of_lesson_06_is_fast_and_small() -> None:
    submission = Submission(LARGE)
    for exercise in LARGE.exercises:
        submission.cell(exercise.id).source = exercise.cell.source
    entry = submission.entry()
    feedback_page(LARGE, submission.notebook, entry)  # compiles the template
    start = time.process_time()
    page = feedback_page(LARGE, submission.notebook, entry)
    assert time.process_time() - start < 0.2  # 0.02 on a quiet machine
    assert len(page) < 60_000 < MOST


def indexed(root: Path, *entries: dict[str, Any]) -> str:
    write_index(Classroom(root), list(entries))
    return (root / "feedback" / "index.html").read_text(encoding="utf-8")


def test_the_index_gives_status_reason_and_flags(tmp_path: Path) -> None:
    entry = {**Submission().entry(), "status": "flagged", "reason": "it opens files", "flags": ["reads gradebook.db"]}
    text = Parsed(indexed(tmp_path, entry)).text
    for words in ("ada", "01_moving", "flagged", "it opens files", "reads gradebook.db", "6 of 6"):
        assert words in text


def test_the_index_links_a_page_that_exists(tmp_path: Path) -> None:
    entry = {**Submission().entry(), "student": "zoë o'neil #1?"}
    assert Parsed(indexed(tmp_path, entry)).all("href") == []
    page = tmp_path / "feedback" / entry["student"] / MINI.name / f"{MINI.name}.html"
    page.parent.mkdir(parents=True)
    page.touch()
    links = Parsed(indexed(tmp_path, entry)).all("href")
    assert links == ["zo%C3%AB%20o%27neil%20%231%3F/01_moving/01_moving.html"]


def test_the_index_is_inert(tmp_path: Path) -> None:
    entry = {**Submission().entry(), "student": HOSTILE[:60] + BIDI, "status": HOSTILE, "reason": HOSTILE * 100}
    page = indexed(tmp_path, {**entry, "flags": [HOSTILE, BIDI]})
    parsed = assert_inert_index(page)
    assert len(parsed.text) < 5_000


def assert_inert_index(page: str) -> Parsed:
    parsed = Parsed(page)
    assert set(parsed.tags) <= set(TAGS.split())
    assert {name for name, _ in parsed.attributes} <= set(ATTRIBUTES.split())
    assert not re.search("[\x00-\x08\x0b-\x1f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", page)
    return parsed


@pytest.mark.browser
def test_a_browser_asks_for_nothing_runs_nothing_and_scrolls_only_boxes(
    tmp_path: Path, browser_page: Callable[..., Any]
) -> None:
    path = tmp_path / "page.html"
    path.write_text(hostile(HOSTILE + " wide" * 200).page(), encoding="utf-8")
    window, asked, trouble = browser_page(path.as_uri())
    assert [address for address in asked if not address.startswith("data:image/png")] == [path.as_uri()]
    assert trouble == []
    assert window.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.fixture
def browser_page() -> Any:
    """Opens an address in a window as wide as a phone; also what it asked for, and its dialogs and errors."""
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    required = os.environ.get("FORWARD_PASS_REQUIRE_BROWSER")
    if program is None and not required:
        pytest.skip("there is no Chromium on the PATH")
    find = importlib.import_module if required else pytest.importorskip
    playwright = find("playwright.sync_api")
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=program, args=CHROMIUM_ARGS)
        window = browser.new_page(viewport={"width": 390, "height": 800})
        asked: list[str] = []
        trouble: list[str] = []
        window.on("request", lambda request: asked.append(request.url))
        window.on("dialog", lambda dialog: (trouble.append(dialog.message), dialog.dismiss()))
        window.on("console", lambda message: trouble.append(message.text))
        window.on("pageerror", lambda problem: trouble.append(str(problem)))

        def open_address(address: str) -> tuple[Any, list[str], list[str]]:
            window.goto(address)
            return window, asked, trouble

        yield open_address
        browser.close()
