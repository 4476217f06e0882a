"""A gradebook in a PostgreSQL database: exact marks, and who reads meanwhile sees no half of a submission."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine, text

from ..autograder.grading import LIMITS, NAME, Graded, large_class, run, sample_class

pytestmark = pytest.mark.sandbox

STUDENTS, QUICK = 500, 40
MARKS = text("""
    select student_id, count(*), sum(auto_score) from grade
    join submitted_notebook on grade.notebook_id = submitted_notebook.id
    join submitted_assignment on submitted_notebook.assignment_id = submitted_assignment.id
    group by student_id""")


class Reader:
    """Another client: reads all marks again and again, and now and then holds a transaction open."""

    def __init__(self, url: str) -> None:
        self.reads = 0
        self.seen: dict[str, set[tuple[int, float]]] = {}
        self._url = url
        self._done = threading.Event()

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Reads until the end of the block."""
        thread = threading.Thread(target=self._read)
        thread.start()
        try:
            yield
        finally:
            self._done.set()
            thread.join()

    def _read(self) -> None:
        engine = create_engine(self._url)
        while not self._done.wait(0.05):
            with engine.connect() as connection:
                if not has_tables(connection):
                    continue
                for _ in range(5):  # in one transaction
                    for student, cells, score in connection.execute(MARKS):
                        self.seen.setdefault(student, set()).add((cells, score))
                self.reads += 1
        engine.dispose()


def has_tables(connection: Connection) -> bool:
    return connection.scalar(text("select to_regclass('submitted_notebook')")) is not None


def marks(url: str) -> dict[str, tuple[int, float]]:
    engine = create_engine(url)
    with engine.connect() as connection:
        found = {student: (cells, score) for student, cells, score in connection.execute(MARKS)}
    engine.dispose()
    return found


@pytest.mark.parametrize("students", [QUICK, pytest.param(STUDENTS, marks=pytest.mark.slow)])
def test_marks_are_exact_while_another_client_reads(
    students: int, built_once: Path, tmp_path: Path, database: str
) -> None:
    root = large_class(built_once, tmp_path / "mini", students)
    here = Graded(root)
    reader = Reader(database)
    with reader.reading():
        there = Graded(root, "--db", database, "--force")
    found = marks(database)
    assert there.code == 0, there.err
    assert {student: score for student, (_, score) in found.items()} == here.scores_in_gradebook()
    assert there.scores_in_csv() == here.scores_in_csv()
    assert len(found) == students
    assert reader.reads > 3
    assert reader.seen == {student: {found[student]} for student in reader.seen}, "half a submission was seen"


def test_what_is_unchanged_is_not_graded_again_and_marks_by_hand_stay(
    built_once: Path, tmp_path: Path, database: str
) -> None:
    root = sample_class(built_once, tmp_path / "mini", 3)
    before = Graded(root, "--db", database).scores_in_csv()
    engine = create_engine(database)
    with engine.begin() as connection:
        connection.execute(text("update grade set extra_credit = 1 where id = (select min(id) from grade)"))
    engine.dispose()
    again = Graded(root, "--db", database)
    assert all(report["unchanged"] for report in again.reports)
    assert sum(again.scores_in_csv().values()) == sum(before.values()) + 1


def test_nbgraders_own_commands_read_it(built_once: Path, tmp_path: Path, database: str) -> None:
    root = sample_class(built_once, tmp_path / "mini", 2)
    Graded(root, "--db", database)
    command = [sys.executable, "-m", "nbgrader", "export", f"--CourseDirectory.db_url={database}", "--to=out.csv"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert (root / "out.csv").read_bytes() == (root / "classroom" / "grades.csv").read_bytes()


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("nonsense", "expected a database's address such as postgresql+psycopg://user@host/name"),
        ("postgres://a:secret@h/b", "expected a database's address such as postgresql+psycopg://user@host/name"),
        ("mysql+nodriver://a:secret@h/b", "expected a database's address"),
        ("postgresql+pg8000://a:secret@h/b", "no driver for that database"),
        ("postgresql+psycopg://a:secret@/b?host=/nowhere", "expected a gradebook, got postgresql+psycopg://a:***@/b"),
    ],
)
def test_an_address_that_is_none_is_an_error_without_its_password(
    url: str, sentence: str, built_once: Path, tmp_path: Path
) -> None:
    pytest.importorskip("psycopg")
    root = sample_class(built_once, tmp_path / "mini", 1)
    done = run("grade", *LIMITS, "--db", url, NAME, root=root)
    assert done.returncode == 2
    assert sentence in done.stderr
    assert "secret" not in done.stderr
    assert "Traceback" not in done.stderr
