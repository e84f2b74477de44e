"""How a SQLite file is opened: durable, readable while it is written, and without a trace of what was deleted."""

import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

PATIENCE = 10.0  # seconds that it waits for another process that writes
EMPTYINGS = 5  # tries to empty the log beside others
# Transactions are begun by hand. Parameters may be personal, and stay out of errors.
OPENED = {"isolation_level": None, "timeout": PATIENCE}


class SharedConnection(sqlite3.Connection):
    """A connection whose transactions belong to the writer: what a Session would commit or undo is not its own."""

    def commit(self) -> None:
        """Leave it to the writer."""

    def rollback(self) -> None:
        """Leave it to the writer."""


def sqlite_engine(url: str, factory: type[sqlite3.Connection] = SharedConnection) -> Engine:
    """A synchronous engine on the SQLite file of `url`, set up as every connection of ours is."""
    plain = url.replace("+aiosqlite", "", 1)
    path = Path(plain.removeprefix("sqlite:///").partition("?")[0])
    path.parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        plain,
        connect_args=OPENED | {"factory": factory, "check_same_thread": False},
        hide_parameters=True,
    )
    event.listen(engine, "connect", tune)
    return engine


def tune(connection: Any, _: Any) -> None:
    """Durable, and readable while it is written."""
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}").close()


def empty_log(engine: Engine) -> None:
    """Carry the write-ahead log over into the file and cut it to nothing: it still holds what was deleted.

    Where a reader or the writer is in the way for some seconds, it stays for the next time. Blocks.
    """
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout=1000")
        for _ in range(EMPTYINGS):
            if not connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").scalar():  # 1: somebody was in the way
                break


def sqlite_readers(url: str, count: int) -> AsyncEngine:
    """A pool of aiosqlite connections that only read, each look on one consistent state."""
    engine = create_async_engine(url, pool_size=count, max_overflow=0, connect_args=OPENED, hide_parameters=True)
    event.listen(engine.sync_engine, "connect", _tune_reader)
    event.listen(engine.sync_engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    return engine


def _tune_reader(connection: Any, record: Any) -> None:
    tune(connection, record)
    connection.execute("PRAGMA query_only=ON").close()
