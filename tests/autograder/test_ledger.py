"""Work is graded once: again only if it, its tests or the settings have changed, or if what it was given is gone."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from .gradebooks import execute, rows
from .grading import NAME, Graded, answer, hand_in, hand_in_changed, read_graded, sample_class

pytestmark = pytest.mark.sandbox

LEAVES = "import os\nos._exit(1)"


@pytest.fixture(scope="module")
def graded_class(built_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course with a graded class: ada and blaise, and one whose Python stops."""
    root = sample_class(built_once, tmp_path_factory.mktemp("class") / "mini", 2)
    hand_in_changed(root, "leaves", answer(LEAVES))
    Graded(root)
    return root


@pytest.fixture
def root(graded_class: Path, tmp_path: Path) -> Path:
    """The same, to change."""
    shutil.copytree(graded_class, tmp_path / "mini")
    return tmp_path / "mini"


def graded_again(root: Path, *options: str) -> set[str]:
    """Who is graded by another run, which must leave the marks as they are."""
    marks = read_graded(root / "classroom").scores_in_gradebook()
    again = Graded(root, *options)
    assert again.code == 0, again.err
    assert again.scores_in_gradebook() == marks
    return {report["student"] for report in again.reports if not report["unchanged"]}


def test_what_was_graded_in_full_is_not_graded_again(root: Path) -> None:
    page = root / "classroom" / "feedback" / "ada" / NAME / f"{NAME}.html"
    written = page.stat().st_mtime_ns
    again = Graded(root)
    assert {report["student"]: report["unchanged"] for report in again.reports} == {
        "ada": True,
        "blaise": True,
        "leaves": False,
    }
    assert page.stat().st_mtime_ns == written
    assert "2 of 3 unchanged since they were graded" in again.out
    assert again.of("ada")["score"] == 6
    assert again.exercise("blaise")["message"]


CHANGES: dict[str, tuple[Callable[[Path], object], tuple[str, ...], set[str]]] = {
    "force": (lambda root: None, ("--force",), {"ada", "blaise", "leaves"}),
    "a limit": (lambda root: None, ("--limit", "memory_mb=900"), {"ada", "blaise", "leaves"}),
    "a submission": (
        lambda root: _append(root / "classroom" / "submitted" / "ada" / NAME / f"{NAME}.ipynb"),
        (),
        {"ada", "leaves"},
    ),
    "the tests": (lambda root: _append(root / "solutions" / NAME / f"{NAME}.ipynb"), (), {"ada", "blaise", "leaves"}),
    "a page is gone": (
        lambda root: (root / "classroom" / "feedback" / "ada" / NAME / f"{NAME}.html").unlink(),
        (),
        {"ada", "leaves"},
    ),
    "no pages wanted": (lambda root: shutil.rmtree(root / "classroom" / "feedback"), ("--no-feedback",), {"leaves"}),
    "a notebook is gone": (
        lambda root: shutil.rmtree(root / "classroom" / "autograded" / "ada"),
        (),
        {"ada", "leaves"},
    ),
}


def _append(path: Path) -> None:
    """Changes a notebook's bytes and nothing else."""
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")


@pytest.mark.parametrize("change", CHANGES)
def test_what_a_mark_depends_on_is_graded_again_when_it_changes(root: Path, change: str) -> None:
    alter, options, expected = CHANGES[change]
    alter(root)
    assert graded_again(root, *options) == expected


def test_another_seed_is_another_test(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORWARD_PASS_SEED", "7")
    assert graded_again(root) == {"ada", "blaise", "leaves"}


def test_without_its_gradebook_a_class_is_graded_anew(root: Path) -> None:
    (root / "classroom" / "gradebook.db").unlink()
    assert not any(report["unchanged"] for report in Graded(root).reports)


def test_what_was_replaced_by_something_unreadable_and_put_back_is_graded_again(root: Path) -> None:
    path = root / "classroom" / "submitted" / "ada" / NAME / f"{NAME}.ipynb"
    right = path.read_text(encoding="utf-8")
    hand_in(root, "ada", "not a notebook")
    broken = Graded(root).of("ada")
    assert (broken["status"], broken["score"], broken["unchanged"]) == ("malformed", 0, False)
    hand_in(root, "ada", right)
    whole = Graded(root).of("ada")
    assert (whole["status"], whole["score"], whole["unchanged"]) == ("graded", 6, False)


def test_marks_given_by_hand_since_count(root: Path) -> None:
    book = root / "classroom" / "gradebook.db"
    query = """
        select grade.id from grade join submitted_notebook on grade.notebook_id = submitted_notebook.id
        join submitted_assignment on submitted_notebook.assignment_id = submitted_assignment.id
        where student_id = 'ada'"""
    [grade, *_] = rows(book, query)
    execute(book, f"update grade set extra_credit = 2 where id = '{grade[0]}'")
    again = Graded(root).of("ada")
    assert (again["unchanged"], again["score"]) == (True, 8)


def test_a_student_taken_out_of_the_gradebook_is_graded_again(root: Path) -> None:
    book = root / "classroom" / "gradebook.db"
    execute(
        book,
        """
        delete from grade where notebook_id in (select n.id from submitted_notebook n
            join submitted_assignment a on n.assignment_id = a.id where a.student_id = 'ada');
        delete from submitted_notebook where assignment_id in (select id from submitted_assignment
            where student_id = 'ada');
        delete from submitted_assignment where student_id = 'ada';""",
    )
    again = Graded(root)
    assert (again.of("ada")["unchanged"], again.of("ada")["score"]) == (False, 6)


def test_a_gradebook_from_before_the_ledger_gets_one(root: Path) -> None:
    execute(root / "classroom" / "gradebook.db", "drop table forward_pass_graded")
    assert graded_again(root) == {"ada", "blaise", "leaves"}
    assert graded_again(root) == {"leaves"}
