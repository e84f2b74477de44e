"""Brings a database to the schema of this code, or says why it cannot."""

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from db import metadata
from db.lock import NoDatabase
from db.sqlite import sqlite_engine

T = TypeVar("T")
FOLDER = Path(__file__).parent / "migrations"
NEWEST = max(path.name.partition("_")[0] for path in (FOLDER / "versions").glob("[0-9]*.py"))


class NewerDatabase(Exception):
    """The database was made by a later version of Regulars."""


def upgrade(url: str) -> str | None:
    """Migrate the database at `url` in one transaction. Returns the schema it had before, None where it was empty.

    Raises NewerDatabase, NoDatabase. Costs next to nothing where nothing is to do: alembic is not even imported.
    """
    return with_connection(url, bring_up)


def wipe(url: str) -> None:
    """Empty every table, for the playground's reset. The ledger's triggers know no exception: it goes around them."""
    with_connection(url, _wipe)


def schema_of(connection: Connection) -> str | None:
    """The schema that a database has, None where it is empty."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    version: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return version


def bring_up(connection: Connection) -> str | None:
    """Migrate on a connection that is given. Returns the schema before. Raises NewerDatabase."""
    before = schema_of(connection)
    if before and before > NEWEST:
        raise NewerDatabase(
            f"The database has schema {before}; this version of Regulars knows {NEWEST}. Update Regulars."
        )
    if before != NEWEST:
        _alembic(connection, NEWEST)
    return before


def _wipe(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        names = ", ".join(f'"{table.name}"' for table in metadata.sorted_tables)
        connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY"))
    else:
        _alembic(connection, None)
        _alembic(connection, NEWEST)


def _alembic(connection: Connection, target: str | None) -> None:
    from alembic import command  # noqa: PLC0415 (a third of a second that most starts need not spend)
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["connection"] = connection
    if target:
        command.upgrade(config, target)
    else:
        command.downgrade(config, "base")


def with_connection(url: str, work: Callable[[Connection], T]) -> T:
    """Do some work in one transaction on a connection of its own. Blocks; not for a running event loop."""
    if url.startswith("sqlite"):
        with _opening():
            engine = sqlite_engine(url, sqlite3.Connection)
            engine.connect().close()
        with engine.connect() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")  # schema changes too are undone whole when one fails
            result = work(connection)
            connection.commit()
        engine.dispose()
        return result
    return asyncio.run(_with_postgres(url, work))


@contextmanager
def _opening() -> Iterator[None]:
    try:
        yield
    except (OSError, DBAPIError) as error:
        raise NoDatabase(getattr(error, "orig", None) or error) from None


async def _with_postgres(url: str, work: Callable[[Connection], T]) -> T:
    engine = create_async_engine(url)
    with _opening():
        await (await engine.connect()).close()
    async with engine.begin() as connection:
        result = await connection.run_sync(work)
    await engine.dispose()
    return result
