"""What has been graded, and what it was graded from, so that nothing is graded twice: a table beside nbgrader's own.

It stands in the gradebook, so that marks and entry are written in one transaction, or neither is.
"""

import hashlib
import importlib.metadata
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from nbgrader.api import Assignment, SubmittedAssignment
from sqlalchemy import Column, Connection, MetaData, String, Table, Text, delete, insert, select
from sqlalchemy.orm import Session

from autograder.sandbox.limits import Limits
from forwardpass.check.randomness import SEED_VARIABLE

_PACKAGES = ("autograder", "forwardpass")
_LIBRARIES = ("ipykernel", "nbgrader", "numpy", "torch")
_TABLES = MetaData()
_GRADED = Table(
    "forward_pass_graded",
    _TABLES,
    Column("student", String(128), primary_key=True),
    Column("lesson", String(128), primary_key=True),
    Column("fingerprint", String(64), nullable=False),
    Column("report", Text, nullable=False),
)


class Entry(NamedTuple):
    """A submission as it was graded. fingerprint: of all that its marks depend on. report: its part of report.json."""

    fingerprint: str
    report: dict[str, Any]


class Earlier(NamedTuple):
    """An entry, and the score that the gradebook has by now: a person may have given marks since."""

    entry: Entry
    score: float


def create(connection: Connection) -> None:
    """Makes the table, where there is none."""
    _TABLES.create_all(connection)


def remember(db: Session, student: str, lesson: str, entry: Entry) -> None:
    """Writes an entry, in place of an earlier one."""
    forget(db, student, lesson)
    row = {"student": student, "lesson": lesson, "fingerprint": entry.fingerprint, "report": json.dumps(entry.report)}
    db.execute(insert(_GRADED), [row])


def forget(db: Session, student: str, lesson: str) -> None:
    """Drops an entry, if there is one."""
    db.execute(delete(_GRADED).where(_GRADED.c.student == student, _GRADED.c.lesson == lesson))


def entries(db: Session, lesson: str) -> dict[str, Earlier]:
    """By student: what is entered for a lesson and has marks in the gradebook."""
    query = (
        select(_GRADED.c.student, _GRADED.c.fingerprint, _GRADED.c.report, SubmittedAssignment.score)
        .join(SubmittedAssignment, SubmittedAssignment.student_id == _GRADED.c.student)
        .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
        .where(_GRADED.c.lesson == lesson, Assignment.name == lesson)
    )
    rows = db.execute(query)
    return {
        student: Earlier(Entry(fingerprint, json.loads(report)), float(score))
        for student, fingerprint, report, score in rows
    }


def ground(notebooks: Iterable[Path], limits: Limits, sandboxed: bool) -> bytes:
    """What all marks of a lesson depend on: its notebooks, this program, its libraries, limits and seed."""
    settings = {**asdict(limits), "sandboxed": sandboxed, "seed": os.environ.get(SEED_VARIABLE, "")}
    parts = [path.read_bytes() for path in notebooks]
    return _digest([*parts, json.dumps(settings, sort_keys=True).encode(), program().encode()]).digest()


def fingerprint(submission: bytes, ground: bytes) -> str:
    """Of what was handed in, graded on this ground."""
    return _digest([submission, ground]).hexdigest()


@cache
def program() -> str:
    """Of the grader as it is installed here: its source and the versions of the libraries that marks depend on."""
    versions = [f"{name} {importlib.metadata.version(name)}".encode() for name in _LIBRARIES]
    return _digest([*versions, *_sources()]).hexdigest()


def _sources() -> Iterator[bytes]:
    root = Path(__file__).parents[1]
    for package in _PACKAGES:
        for path in sorted((root / package).rglob("*.py")):
            yield str(path.relative_to(root)).encode()
            yield path.read_bytes()


def _digest(parts: Iterable[bytes]) -> "hashlib._Hash":
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest
