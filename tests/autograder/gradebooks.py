"""What stands in a gradebook, and what is sent to it."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

MARCH = datetime(2026, 3, 1, 10, tzinfo=UTC)


def tagged(grade_id: str, **metadata: Any) -> dict[str, Any]:
    return {"nbgrader": {"grade_id": grade_id, "schema_version": 3, **metadata}}


def rows(book: Path, query: str) -> list[Any]:
    with closing(sqlite3.connect(book)) as connection:
        return connection.execute(query).fetchall()


def execute(book: Path, script: str) -> None:
    with closing(sqlite3.connect(book)) as connection:
        connection.executescript(script)


def contents(book: Path) -> dict[str, list[str]]:
    """All rows of all tables; names stand for the random ids."""
    names: dict[str, str] = {}
    found: dict[str, list[str]] = {}
    tables = "assignment notebook base_cell grade_cells solution_cells task_cells source_cell student"
    tables += " submitted_assignment submitted_notebook grade comment alembic_version"
    with closing(sqlite3.connect(book)) as connection:
        connection.row_factory = sqlite3.Row
        for table in tables.split():
            for row in connection.execute(f"select * from {table}"):
                named = {column: names.get(row[column], row[column]) for column in row.keys()}  # noqa: SIM118
                if table not in ("student", "alembic_version") and named["id"] == row["id"]:
                    named["id"] = ""
                    names[row["id"]] = f"{table}: {sorted(named.items())}"
                found.setdefault(table, []).append(str(sorted(named.items())))
    return {table: sorted(lines) for table, lines in found.items()}


@contextmanager
def listening(name: str, listener: Any) -> Iterator[None]:
    event.listen(Engine, name, listener)
    try:
        yield
    finally:
        event.remove(Engine, name, listener)


@contextmanager
def statements() -> Iterator[list[str]]:
    """What is sent to the database meanwhile."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        sent.append(statement)

    with listening("before_cursor_execute", note):
        yield sent


@contextmanager
def failing(text: str, error: type[BaseException]) -> Iterator[None]:
    """Raises the error before a statement that begins so."""

    def fail(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith(text):
            raise error

    with listening("before_cursor_execute", fail):
        yield


@contextmanager
def foreign_keys_checked() -> Iterator[None]:
    """SQLite checks them only when asked; PostgreSQL always does."""

    def ask(connection: Any, _record: Any) -> None:
        connection.execute("pragma foreign_keys = on")

    with listening("connect", ask):
        yield
