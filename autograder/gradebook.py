"""nbgrader's gradebook, opened as its own commands would find it, with the ledger beside it."""

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from nbgrader.api import Base, Gradebook
from nbgrader.dbutil import ALEMBIC_DIR
from sqlalchemy import Connection, Engine, create_engine, inspect
from sqlalchemy.exc import ArgumentError, DatabaseError

from autograder import ledger
from autograder.course import CourseError

_EXAMPLE = "postgresql+psycopg://user@host/name"


def open_gradebook(url: str, course: str) -> Gradebook:
    """The gradebook, made where there is none.

    Gradebook would start the program `alembic` to stamp a new one, so it finds it stamped.
    Raises CourseError for what is no gradebook, or one of another version of nbgrader.
    """
    engine = _engine(url)
    try:
        with engine.begin() as connection:
            _make_or_check(connection, engine.url.render_as_string())
    except DatabaseError as error:
        raise CourseError(f"expected a gradebook, got {engine.url.render_as_string()}: {error.orig}") from error
    finally:
        engine.dispose()
    return Gradebook(url, course)


def _engine(url: str) -> Engine:
    try:
        return create_engine(url)
    except (ArgumentError, ValueError) as error:  # the address is not repeated: it may hold a password
        raise CourseError(f"expected a database's address such as {_EXAMPLE}, got another text ({error})") from error
    except ModuleNotFoundError as error:
        raise CourseError(
            f"no driver for that database ({error}). For PostgreSQL: pip install 'psycopg[binary]', and an address "
            f"such as {_EXAMPLE}"
        ) from error


def _make_or_check(connection: Connection, url: str) -> None:
    ledger.create(connection)
    script, context = ScriptDirectory(ALEMBIC_DIR), MigrationContext.configure(connection)
    if not set(inspect(connection).get_table_names()) & set(Base.metadata.tables):
        context.stamp(script, "head")
        Base.metadata.create_all(connection)
        return
    head, version = script.get_current_head(), context.get_current_revision()
    if version != head:
        known = [None, *(revision.revision for revision in script.walk_revisions())]
        advice = f"run 'nbgrader db upgrade --db={url}'" if version in known else "install the nbgrader that made it"
        raise CourseError(f"{url}: expected a gradebook of version {head}, got {version or 'one without'}: {advice}")
