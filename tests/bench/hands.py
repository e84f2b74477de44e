"""How rows are written by hand: plain transactions on each database, for what the club's acts are measured against."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import aiosqlite
import asyncpg
from sqlalchemy import make_url

Do = Callable[..., Awaitable[Any]]  # a statement with $1, $2 … and its values → its rows
Transaction = Callable[[], AbstractAsyncContextManager[Do]]


@asynccontextmanager
async def on_sqlite(path: Path) -> AsyncIterator[Transaction]:
    """Transactions one after the other on one aiosqlite connection, tuned as ours are."""
    connection, alone = await aiosqlite.connect(path, isolation_level=None), asyncio.Lock()
    for pragma in ("synchronous=FULL", "foreign_keys=ON"):
        await connection.execute(f"PRAGMA {pragma}")

    async def do(statement: str, *values: Any) -> Any:
        return await connection.execute_fetchall(statement.replace("$", "?"), values)

    @asynccontextmanager
    async def transaction() -> AsyncIterator[Do]:
        async with alone:
            await do("BEGIN IMMEDIATE")
            yield do
            await do("COMMIT")

    yield transaction
    await connection.close()


@asynccontextmanager
async def on_postgres(url: str) -> AsyncIterator[Transaction]:
    """Transactions side by side on 8 asyncpg connections."""
    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    pool = await asyncpg.create_pool(address, min_size=8, max_size=8)

    @asynccontextmanager
    async def transaction() -> AsyncIterator[Do]:
        async with pool.acquire() as connection, connection.transaction():
            yield connection.fetch

    yield transaction
    await pool.close()
