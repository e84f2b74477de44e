"""Only one process serves a database. The lock goes with the process: after a kill nobody waits."""

import asyncio
import fcntl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy import make_url

NUMBER = 0x5265_6775_6C61_7273  # "Regulars", in PostgreSQL's 64 bits of advisory locks
TRIES = 5  # PostgreSQL takes a moment to see that a killed process is gone
PAUSE = 0.2  # seconds between them
PATIENCE = 10.0  # seconds until a server that does not answer is given up


class NoDatabase(Exception):
    """The database cannot be opened."""

    def __init__(self, error: BaseException) -> None:
        why = error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__
        super().__init__(f"DATABASE_URL: this database cannot be opened ({why}).")


class AlreadyServed(Exception):
    """Another process serves this database."""

    def __init__(self) -> None:
        super().__init__("Another process of Regulars serves this database already. Stop it first.")


@asynccontextmanager
async def sole_process(url: str) -> AsyncIterator[None]:
    """Hold the database's lock within the block. Raises AlreadyServed, NoDatabase."""
    async with _file_lock(url) if url.startswith("sqlite") else _advisory_lock(url):
        yield


@asynccontextmanager
async def _file_lock(url: str) -> AsyncIterator[None]:
    path = Path(f"{make_url(url).database}.lock")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("w")  # noqa: ASYNC230 (an empty file, opened once)
    except OSError as error:
        raise NoDatabase(error) from None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise AlreadyServed from None
        yield


@asynccontextmanager
async def _advisory_lock(url: str) -> AsyncIterator[None]:
    import asyncpg  # noqa: PLC0415 (a club on SQLite need not load it)

    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    try:
        connection = await asyncpg.connect(address, timeout=PATIENCE)
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise NoDatabase(error) from None
    try:
        for _ in range(TRIES):
            if await connection.fetchval("SELECT pg_try_advisory_lock($1)", NUMBER):
                break
            await asyncio.sleep(PAUSE)
        else:
            raise AlreadyServed
        yield
    finally:
        await connection.close()
