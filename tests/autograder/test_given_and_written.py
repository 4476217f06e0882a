"""Exercises that hand out code to mend, and questions that are answered in words and graded by hand."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbgrader.api import Gradebook

from autograder.course import Course

from .grading import NAME, Graded, cell, hand_in_changed, read_graded, run, sample_class

GIVEN = """    ### END SOLUTION
    ### BEGIN GIVEN
    # means = []
    # for i in range(len(x) - k):
    #     means.append(x[i : i + k].sum())
    #
    # return np.array(means)
    ### END GIVEN
"""
QUESTION = """# %% [markdown]
# ## A question
#
# When does smoothing hide what you look for?

# %% [markdown] written="when-it-hides" points=4 minutes=10
# A peak that is narrower than the window is spread over it and sinks into the noise around.
#
# **Marking scheme**
#
# - 2 points: compares the peak's width with the window's.
# - 2 points: says what is left of it.
"""
WORDS = "When the peak is **narrower** than the window."


@pytest.fixture(scope="module")
def built(built_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The miniature course with code to mend and a written question."""
    root = tmp_path_factory.mktemp("mend") / "mini"
    shutil.copytree(built_once, root)
    lesson = root / "lessons" / NAME / "lesson.py"
    text = lesson.read_text(encoding="utf-8")
    before, found, after = text.rpartition("    ### END SOLUTION\n")
    assert found
    lesson.write_text(before + GIVEN + after + "\n" + QUESTION, encoding="utf-8")
    done = run("build", root=root)
    assert done.returncode == 0, done.stdout + done.stderr
    return root


@pytest.fixture(scope="module")
def graded(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Graded:
    root = sample_class(built, tmp_path_factory.mktemp("class") / "mini", 1)

    def say(notebook: Any) -> None:
        cell(notebook, "when-it-hides").source = WORDS

    def leave_as_it_was(notebook: Any) -> None:
        for one in released(root).cells:
            cell(notebook, one.id).source = one.source

    hand_in_changed(root, "words", say)
    hand_in_changed(root, "blank", leave_as_it_was)
    return Graded(root)


def released(root: Path) -> Any:
    return nbformat.read(root / "course" / NAME / f"{NAME}.ipynb", as_version=4)


def test_students_get_the_given_code_in_place_of_the_solution(built: Path) -> None:
    source = cell(released(built), "moving-average").source
    assert source.endswith("        means.append(x[i : i + k].sum())\n    \n    return np.array(means)")
    assert "GIVEN" not in source
    assert "NotAttempted" not in source
    assert "sliding_window_view" not in source


def test_the_reference_has_no_given_code(built: Path) -> None:
    solution = nbformat.read(built / "solutions" / NAME / f"{NAME}.ipynb", as_version=4)
    assert "means" not in cell(solution, "moving-average").source


def test_students_get_the_question_without_its_answer_or_its_scheme(built: Path) -> None:
    text = (built / "course" / NAME / f"{NAME}.ipynb").read_text(encoding="utf-8")
    assert cell(released(built), "when-it-hides").source.startswith("*Write your answer here")
    assert "When does smoothing hide" in text
    assert "Marking scheme" not in text
    assert "narrower" not in text


def test_given_code_that_earns_points_is_a_complaint(built: Path, tmp_path: Path) -> None:
    root = tmp_path / "mini"
    shutil.copytree(built, root)
    lesson = root / "lessons" / NAME / "lesson.py"
    right = "    # return np.convolve(x, np.ones(k, x.dtype) / x.dtype.type(k), mode='valid')\n"
    text = lesson.read_text(encoding="utf-8")
    lesson.write_text(text.replace("    # return np.array(means)\n", right), encoding="utf-8")
    (lesson.parent / "answers.py").write_text('"""None yet."""\n', encoding="utf-8")

    said = run("answers", NAME, root=root).stdout

    assert "moving-average-hidden-1: the given code earns 3 points as it is" in said


@pytest.mark.sandbox
def test_points_by_hand_are_apart(graded: Graded) -> None:
    for student, score in {"ada": 6, "words": 6, "blank": 0}.items():
        report = graded.of(student)
        assert (report["score"], report["max_score"], report["status"]) == (score, 6, "graded")
        assert report["by_hand"] == [{"id": "when-it-hides", "max_points": 4.0}]
    assert graded.exercise("blank")["state"] == "wrong"


@pytest.mark.sandbox
def test_an_answer_in_words_waits_for_a_person_and_an_empty_one_earns_nothing(graded: Graded) -> None:
    query = """
        select student_id, auto_score, needs_manual_grade from grade
        join base_cell on base_cell.id = grade.cell_id
        join submitted_notebook on submitted_notebook.id = grade.notebook_id
        join submitted_assignment on submitted_assignment.id = submitted_notebook.assignment_id
        where base_cell.name = 'when-it-hides'"""
    with closing(sqlite3.connect(graded.root / "gradebook.db")) as gradebook:
        marks = {student: (score, bool(waits)) for student, score, waits in gradebook.execute(query)}
    assert marks == {"ada": (0.0, False), "words": (None, True), "blank": (0.0, False)}


@pytest.mark.sandbox
def test_feedback_shows_the_words_and_whose_judgement_they_wait_for(graded: Graded) -> None:
    page = graded.feedback("words")
    assert WORDS in page
    assert "A person reads this answer" in page
    assert "Marking scheme" not in page
    assert "Nothing is written here yet." in graded.feedback("ada")


@pytest.mark.sandbox
def test_an_answer_in_words_stays_itself_when_its_cell_became_code(graded: Graded, built: Path, tmp_path: Path) -> None:
    root = sample_class(built, tmp_path / "mini", 1)
    hand_in_changed(
        root,
        "code",
        lambda notebook: cell(notebook, "when-it-hides").update(cell_type="code", source=WORDS, outputs=[]),
    )

    again = Graded(root)

    assert again.of("code")["flags"] == ["answer cells had another type: when-it-hides"]
    assert WORDS in again.feedback("code")


def test_lists_name_both_kinds_of_points(built: Path) -> None:
    assert "| 6 + 4 |" in (built / "course" / "home.ipynb").read_text(encoding="utf-8")
    assert "4 apart" in run("list", root=built).stdout
    assert Course(built).lesson(NAME).points == 6


@pytest.mark.sandbox
def test_marks_and_comments_by_hand_reach_the_page(graded: Graded, tmp_path: Path) -> None:
    root = tmp_path / "mini"
    shutil.copytree(graded.root.parent, root)
    with Gradebook(f"sqlite:///{root / 'classroom' / 'gradebook.db'}") as book:
        where = ("01_moving", "01_moving", "words")
        book.find_grade("when-it-hides", *where).manual_score = 3
        book.find_comment("when-it-hides", *where).manual_comment = "What is <b>left</b> of the peak?"
        book.find_grade("moving-average-test-1", *where).manual_score = 1
        book.find_comment("moving-average", *where).manual_comment = "A loop would do."
        book.find_submission_notebook(*where).late_submission_penalty = 2
        book.db.commit()

    done = run("feedback", root=root)

    assert (done.returncode, done.stdout) == (0, "3 pages are in classroom/feedback\n")
    after = read_graded(root / "classroom")
    page = " ".join(after.feedback("words").split())
    assert "5 of 6 points and 3 of 4 points for the answer in your own words less 2 points for lateness" in page
    assert "A person changed the points: the tests gave 5." in page
    assert "A loop would do." in page
    assert "What is <b>left</b> of the peak?" in page  # as it was written: no HTML
    assert "<b>left" not in after.page("words").read_text(encoding="utf-8")
    assert "A person reads this answer" not in page
    assert after.page("ada").read_text(encoding="utf-8").count("A person") == 0


def test_feedback_before_grading_says_what_to_do(built: Path, tmp_path: Path) -> None:
    done = run("feedback", "--classroom", str(tmp_path), root=built)
    assert done.returncode == 2
    assert "run 'autograder grade' first" in done.stderr
