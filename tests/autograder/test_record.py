"""What stands in the gradebook after marks were recorded, and after a failure in between."""

import gc
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from autograder.course import Classroom, CourseError
from autograder.record import Recorder

from .gradebooks import MARCH, contents, execute, failing, foreign_keys_checked, rows, statements, tagged

PROGRAMS = Path(sys.executable).parent


def lesson(points: Mapping[str, float], answers: tuple[str, ...] = ("answer",), code: str = "pass") -> Any:
    """An instructor's notebook with these tests."""
    untested = {"grade": False, "solution": True, "locked": False, "task": False}
    tested = {"grade": True, "solution": False, "locked": True, "task": False}
    cells = [new_code_cell("x = 1", id=name, metadata=tagged(name, **untested)) for name in answers]
    for name, worth in points.items():
        cells.append(new_code_cell(code, id=name, metadata=tagged(name, points=worth, **tested)))
    return new_notebook(cells=cells)


@pytest.fixture(autouse=True)
def foreign_keys() -> Iterator[None]:
    with foreign_keys_checked():
        yield


def test_a_new_gradebook_needs_no_program_on_the_path(classroom: Classroom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with Recorder(classroom) as recorder:
        recorder.enter_lesson("a", lesson({"t": 1}))
        assert recorder.record("ada", "a", {"t": 1}, None) == 1


def test_a_missing_mark_counts_nothing(recorder: Recorder, book: Path) -> None:
    recorder.enter_lesson("a", lesson({"t": 1, "u": 2}))
    assert recorder.record("ada", "a", {"u": 1.5}, None) == 1.5
    assert sorted(rows(book, "select auto_score, needs_manual_grade from grade")) == [(0, 0), (1.5, 0)]


def test_new_marks_replace_earlier_ones(recorder: Recorder, book: Path) -> None:
    recorder.enter_lesson("a", lesson({"t": 1, "u": 2}))
    recorder.record("ada", "a", {"t": 1, "u": 2}, MARCH, blank={"answer"})
    assert rows(book, "select auto_comment from comment") == [("No response.",)]
    assert recorder.record("ada", "a", {"t": 1}, None) == 1
    assert rows(book, "select auto_comment from comment") == [(None,)]
    assert rows(book, "select count(*) from submitted_notebook") == [(1,)]


def test_the_time_is_kept_in_utc_and_stays_when_none_is_known(recorder: Recorder, book: Path) -> None:
    recorder.enter_lesson("a", lesson({"t": 1}))
    recorder.record("ada", "a", {}, MARCH.astimezone(timezone(timedelta(hours=2))))
    recorder.record("ada", "a", {}, None)
    assert rows(book, "select timestamp from submitted_assignment") == [("2026-03-01 10:00:00.000000",)]
    recorder.record("ada", "a", {}, datetime(2026, 3, 2))
    assert rows(book, "select timestamp from submitted_assignment") == [("2026-03-02 00:00:00.000000",)]


def test_a_withdrawn_submission_has_zeros_but_what_a_person_gave(recorder: Recorder, book: Path) -> None:
    recorder.enter_lesson("a", lesson({"t": 1, "u": 2}))
    recorder.record("ada", "a", {"t": 1, "u": 2}, MARCH, blank={"answer"})
    recorder.withdraw("ada", "a")
    recorder.withdraw("blaise", "a")
    assert set(rows(book, "select auto_score, needs_manual_grade from grade")) == {(0, 0)}
    assert rows(book, "select auto_comment from comment") == [(None,), (None,)]
    execute(book, "update grade set manual_score = 1 where cell_id in (select id from base_cell where name = 't')")
    for student in ("ada", "blaise"):
        recorder.withdraw(student, "a")
    scores = "select distinct auto_score, manual_score, needs_manual_grade from grade order by manual_score"
    assert rows(book, scores) == [(0, None, 0), (0, 1, 1)]


@pytest.mark.parametrize(
    ("marks", "sentence"),
    [
        ({"v": 1}, "expected marks of t, u, got one of v"),
        ({"t": 1.5}, "expected 0 to 1 points, got 1.5"),
        ({"t": -1}, "expected 0 to 1 points, got -1"),
        ({"t": float("nan")}, "expected 0 to 1 points, got nan"),
    ],
)
def test_impossible_marks_are_refused(marks: dict[str, float], sentence: str, recorder: Recorder, book: Path) -> None:
    recorder.enter_lesson("a", lesson({"t": 1, "u": 2}))
    with pytest.raises(ValueError, match=sentence):
        recorder.record("ada", "a", marks, None)
    assert rows(book, "select * from student") == []


def test_a_lesson_comes_before_its_marks(recorder: Recorder) -> None:
    recorder.enter_lesson("a", lesson({"t": 1}))
    with pytest.raises(ValueError, match=r"expected an entered lesson \(a\), got 'b'"):
        recorder.record("ada", "b", {}, None)


def test_a_lesson_that_nbgrader_cannot_read_is_refused(recorder: Recorder, book: Path) -> None:
    broken = lesson({"t": 1})
    del broken.cells[-1].metadata.nbgrader["points"]
    with pytest.raises(CourseError, match="nbgrader could not read solutions/a: run 'autograder build'"):
        recorder.enter_lesson("a", broken)
    assert rows(book, "select * from assignment") == []


def test_an_unchanged_lesson_writes_nothing(recorder: Recorder, classroom: Classroom) -> None:
    recorder.enter_lesson("a", lesson({"t": 1, "u": 2}))
    with Recorder(classroom) as later, statements() as sent:
        later.enter_lesson("a", lesson({"t": 1, "u": 2}))
    assert {statement.split()[0] for statement in sent} == {"SELECT"}
    assert len(sent) == 4


def test_a_changed_lesson_keeps_other_marks(recorder: Recorder, book: Path) -> None:
    recorder.enter_lesson("a", lesson({"t": 1, "u": 2, "v": 1}))
    recorder.enter_lesson("b", lesson({"t": 1}))
    recorder.record("ada", "a", {"t": 1, "u": 2, "v": 1}, MARCH)
    recorder.record("ada", "b", {"t": 1}, MARCH)
    execute(book, "update grade set manual_score = 1.5 where auto_score = 2; update comment set manual_comment = 'ok'")
    recorder.enter_lesson("a", lesson({"w": 4, "t": 3, "u": 2}, code="assert x"))
    worth = rows(book, "select name, max_score from grade_cells join base_cell using (id)")
    assert sorted(worth) == [("t", 1), ("t", 3), ("u", 2), ("w", 4)]
    assert rows(book, "select distinct source from source_cell where name = 'w'") == [("assert x",)]
    assert recorder.record("ada", "a", {"w": 4, "t": 3}, None) == 4 + 3 + 1.5
    assert rows(book, "select manual_comment from comment") == [("ok",), ("ok",)]
    scores = "select auto_score from grade join base_cell on cell_id = base_cell.id where name = 't'"
    assert sorted(rows(book, scores)) == [(1,), (3,)]


def test_students_who_are_not_regraded_lose_a_dropped_test_only(recorder: Recorder, book: Path) -> None:
    recorder.enter_lesson("a", lesson({"t": 1, "u": 2}))
    recorder.record("ada", "a", {"t": 1, "u": 2}, None)
    recorder.enter_lesson("a", lesson({"t": 1}, answers=()))
    assert rows(book, "select auto_score from grade") == [(1,)]
    assert rows(book, "select * from comment") == []
    assert rows(book, "select name from base_cell") == [("t",)]


@pytest.mark.parametrize(
    "given",
    [
        "grade set manual_score = 0",
        "grade set extra_credit = 1",
        "comment set manual_comment = 'ok'",
    ],
)
def test_a_lesson_that_drops_what_a_person_marked_is_refused(given: str, recorder: Recorder, book: Path) -> None:
    recorder.enter_lesson("a", lesson({"t": 1}))
    recorder.record("ada", "a", {"t": 1}, None)
    execute(book, f"update {given}")
    before = contents(book)
    with pytest.raises(CourseError, match=r"got a lesson without (t|answer): put them back into the lesson, or clear"):
        recorder.enter_lesson("a", lesson({"u": 1}, answers=("other",)))
    assert contents(book) == before
    recorder.record("ada", "a", {"t": 0}, None)


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
@pytest.mark.parametrize(
    "text", ["INSERT INTO comment", "INSERT INTO grade", "UPDATE grade", "SELECT (SELECT coalesce"]
)
def test_a_failure_leaves_no_half_submission(
    text: str, error: type[BaseException], recorder: Recorder, book: Path
) -> None:
    recorder.enter_lesson("a", lesson({"t": 1}))
    recorder.record("ada", "a", {}, None)
    before = contents(book)
    with failing(text, error), pytest.raises(error):
        recorder.record("ada" if text.startswith("UPDATE") else "blaise", "a", {"t": 1}, MARCH)
    assert contents(book) == before
    assert recorder.record("blaise", "a", {"t": 1}, None) == 1


@pytest.mark.parametrize("text", ["INSERT INTO base_cell", "INSERT INTO source_cell", "DELETE FROM source_cell"])
def test_a_failure_leaves_no_half_lesson(text: str, recorder: Recorder, book: Path) -> None:
    recorder.enter_lesson("a", lesson({"t": 1}))
    before = contents(book)
    with failing(text, RuntimeError), pytest.raises(RuntimeError):
        recorder.enter_lesson("a", lesson({"u": 1}))
    assert contents(book) == before
    recorder.enter_lesson("a", lesson({"u": 1}))
    assert recorder.record("ada", "a", {"u": 1}, None) == 1


def test_a_gradebook_whose_making_was_cut_short_is_made_again(classroom: Classroom) -> None:
    with failing("\nCREATE TABLE grade ", KeyboardInterrupt), pytest.raises(KeyboardInterrupt):
        Recorder(classroom)
    with Recorder(classroom) as recorder:
        recorder.enter_lesson("a", lesson({"t": 1}))
        assert recorder.record("ada", "a", {"t": 1}, None) == 1


def test_the_number_of_statements_does_not_grow_with_the_cells(recorder: Recorder) -> None:
    counts: dict[str, list[int]] = {"new": [], "again": [], "withdrawn": []}
    for name, size in (("few", 2), ("many", 80)):
        points = dict.fromkeys((f"t{i}" for i in range(size)), 1.0)
        recorder.enter_lesson(name, lesson(points, answers=tuple(f"a{i}" for i in range(size))))
        recorder.record("known", name, points, MARCH)
        for what, student in (("new", f"new to {name}"), ("again", "known")):
            with statements() as sent:
                recorder.record(student, name, points, MARCH)
            counts[what].append(len(sent))
            assert max(Counter(sent).values()) == 1
        with statements() as sent:
            recorder.withdraw("known", name)
        counts["withdrawn"].append(len(sent))
    assert counts == {"new": [12, 12], "again": [11, 11], "withdrawn": [10, 10]}


def age(book: Path) -> None:
    """Makes it what nbgrader 0.5 had: no courses."""
    execute(
        book,
        """
        create table old as select id, name, duedate from assignment;
        drop table assignment;
        alter table old rename to assignment;
        drop table course;
        update alembic_version set version_num = '282d30a0218e';
        """,
    )


def test_an_old_gradebook_is_left_alone_until_it_is_upgraded_as_told(classroom: Classroom, book: Path) -> None:
    with Recorder(classroom) as recorder:
        recorder.enter_lesson("a", lesson({"t": 1, "u": 2}))
        recorder.record("ada", "a", {"t": 1, "u": 2}, None)
    age(book)
    before = book.read_bytes()
    command = f"nbgrader db upgrade --db={classroom.gradebook}"
    with pytest.raises(CourseError, match=f"expected a gradebook of version .*, got 282d30a0218e: run '{command}'"):
        Recorder(classroom)
    assert book.read_bytes() == before
    env = {**os.environ, "PATH": f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}"}
    subprocess.run(command.split(), cwd=classroom.root, env=env, check=True, capture_output=True, timeout=120)
    with Recorder(classroom) as recorder:
        recorder.enter_lesson("a", lesson({"t": 1, "u": 2}))
        assert rows(book, "select sum(auto_score) from grade") == [(3,)]
        assert recorder.record("ada", "a", {"u": 2}, None) == 2


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ("update alembic_version set version_num = 'f00'", "got f00: install the nbgrader that made it"),
        ("drop table alembic_version", "got one without: run 'nbgrader db upgrade"),
    ],
)
def test_a_gradebook_of_another_version_says_what_to_do(change: str, sentence: str, classroom: Classroom) -> None:
    Recorder(classroom).close()
    execute(classroom.root / "gradebook.db", change)
    with pytest.raises(CourseError, match=sentence):
        Recorder(classroom)


def test_what_is_no_gradebook_is_refused(classroom: Classroom, book: Path) -> None:
    book.write_text("my marks: all of them, twice over" * 100)
    with pytest.raises(CourseError, match=r"expected a gradebook, got sqlite:///.*: file is not a database"):
        Recorder(classroom)


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # nbgrader leaves the table open when it is stopped
def test_a_table_of_marks_replaces_the_earlier_one_only_when_complete(recorder: Recorder, tmp_path: Path) -> None:
    recorder.enter_lesson("a", lesson({"t": 1}))
    recorder.record("ada", "a", {"t": 1}, None)
    recorder.export_csv(tmp_path / "grades.csv")
    assert (tmp_path / "grades.csv").read_text().splitlines()[1:] == ["a,,,ada,,,,1.0,0.0,1.0,1.0"]
    recorder.record("ada", "a", {}, None)
    with failing("SELECT student", KeyboardInterrupt), pytest.raises(KeyboardInterrupt):
        recorder.export_csv(tmp_path / "grades.csv")
    gc.collect()
    assert (tmp_path / "grades.csv").read_text().splitlines()[1:] == ["a,,,ada,,,,1.0,0.0,1.0,1.0"]
    recorder.export_csv(tmp_path / "grades.csv")
    assert (tmp_path / "grades.csv").read_text().splitlines()[1:] == ["a,,,ada,,,,0.0,0.0,0.0,1.0"]
