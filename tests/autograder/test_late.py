"""Late work loses what the plugin in nbgrader_config.py takes off, and nothing else does."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from autograder.course import Classroom, CourseError
from autograder.late import LatePenalties, handed_in
from autograder.record import Recorder

from .gradebooks import MARCH
from .grading import NAME, Graded, sample_class
from .test_record import lesson

HALF = """
from nbgrader.plugins import LateSubmissionPlugin

c = get_config()


class HalfAPointAnHour(LateSubmissionPlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return 0.5 * total_seconds_late / 3600


c.AssignLatePenalties.plugin_class = HalfAPointAnHour
"""
ZERO = 'c = get_config()\nc.LateSubmissionPlugin.penalty_method = "zero"\n'


def penalties(folder: Path, config: str) -> LatePenalties:
    (folder / "nbgrader_config.py").write_text(config, encoding="utf-8")
    return LatePenalties(folder)


@pytest.fixture
def hours_late(recorder: Recorder, classroom: Classroom) -> Recorder:
    """Ada is in time, bob one hour late, carol ten hours, dora too, but with an extension of nine."""
    recorder.enter_lesson("a", lesson({"t": 4}))
    for student, hours in (("ada", 0), ("bob", 1), ("carol", 10), ("dora", 10)):
        recorder.record(student, "a", {"t": 3}, MARCH + timedelta(hours=hours))
    with Gradebook(classroom.gradebook) as book:
        book.update_or_create_assignment("a", duedate="2026-03-01 10:00 UTC")
        book.grant_extension("a", "dora", hours=9)
    return recorder


def test_the_plugin_decides_and_nobody_loses_more_than_everything(hours_late: Recorder, tmp_path: Path) -> None:
    assert hours_late.penalise("a", penalties(tmp_path, HALF)) == {"bob": 0.5, "carol": 3, "dora": 0.5}
    assert hours_late.penalise("a", penalties(tmp_path, ZERO)) == {"bob": 3, "carol": 3, "dora": 3}


def test_without_settings_nothing_is_taken_off_and_earlier_penalties_go(hours_late: Recorder, tmp_path: Path) -> None:
    hours_late.penalise("a", penalties(tmp_path, HALF))
    assert hours_late.penalise("a", penalties(tmp_path, "c = get_config()")) == {}
    csv = tmp_path / "grades.csv"
    hours_late.export_csv(csv)
    assert [line.split(",")[-2] for line in csv.read_text(encoding="utf-8").splitlines()[1:]] == ["3.0"] * 4


def test_the_export_has_the_penalty_and_the_score_without_it(hours_late: Recorder, tmp_path: Path) -> None:
    hours_late.penalise("a", penalties(tmp_path, HALF))
    csv = tmp_path / "grades.csv"
    hours_late.export_csv(csv)
    rows = [line.split(",")[-4:] for line in csv.read_text(encoding="utf-8").splitlines()[1:]]
    assert rows == [
        ["3.0", "0.0", "3.0", "4.0"],
        ["3.0", "0.5", "2.5", "4.0"],
        ["3.0", "3.0", "0.0", "4.0"],
        ["3.0", "0.5", "2.5", "4.0"],
    ]


def test_a_lesson_without_a_due_date_is_never_late(recorder: Recorder, tmp_path: Path) -> None:
    recorder.enter_lesson("a", lesson({"t": 4}))
    recorder.record("ada", "a", {"t": 3}, MARCH)
    assert recorder.penalise("a", penalties(tmp_path, ZERO)) == {}


def test_a_plugin_that_fails_is_named_and_changes_nothing(hours_late: Recorder, tmp_path: Path) -> None:
    hours_late.penalise("a", penalties(tmp_path, HALF))
    fails = penalties(tmp_path, HALF.replace("return 0.5", "return 1 / 0"))
    with pytest.raises(CourseError, match=r"failed on bob: ZeroDivisionError"):
        hours_late.penalise("a", fails)
    csv = tmp_path / "grades.csv"
    hours_late.export_csv(csv)
    assert "2.5,4.0" in csv.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "config", ["c = ", "raise SystemExit(3)", 'c = get_config()\nc.AssignLatePenalties.plugin_class = "no.such.Plugin"']
)
def test_settings_that_can_not_be_used_are_a_clear_error(tmp_path: Path, config: str) -> None:
    with pytest.raises(CourseError, match=r"expected nbgrader's settings in .*nbgrader_config.py, got"):
        penalties(tmp_path, config)


def test_the_time_is_that_of_nbgraders_file_or_else_of_the_notebook(tmp_path: Path) -> None:
    notebook = tmp_path / "a.ipynb"
    notebook.touch()
    changed = datetime.fromtimestamp(notebook.stat().st_mtime, UTC)
    assert handed_in(notebook) == changed
    (tmp_path / "timestamp.txt").write_text("2026-03-01 10:00:00.500000 UTC\n", encoding="utf-8")
    assert handed_in(notebook) == MARCH + timedelta(seconds=0.5)
    for unreadable in ("", "yesterday", "\x00", "9" * 400):
        (tmp_path / "timestamp.txt").write_text(unreadable, encoding="utf-8")
        assert handed_in(notebook) == changed
    (tmp_path / "timestamp.txt").unlink()
    (tmp_path / "timestamp.txt").symlink_to("/dev/zero")
    assert handed_in(notebook) == changed


@pytest.mark.sandbox
def test_a_class_is_penalised_also_where_it_is_not_graded_again(built_once: Path, tmp_path: Path) -> None:
    root = sample_class(built_once, tmp_path / "mini", 1)
    assert Graded(root).of("ada")["late_penalty"] == 0
    with Gradebook(Classroom(root / "classroom").gradebook) as book:
        book.update_or_create_assignment(NAME, duedate="2020-01-01 00:00 UTC")
    with (root / "nbgrader_config.py").open("a", encoding="utf-8") as file:
        file.write('get_config().LateSubmissionPlugin.penalty_method = "zero"\n')
    late = Graded(root)
    assert (late.of("ada")["unchanged"], late.of("ada")["score"], late.of("ada")["late_penalty"]) == (True, 6, 6)
    assert late.scores_in_csv() == {"ada": 0}
