"""The one way in to what is kept: Database.write(act, …) and Database.read(look, …).

An act is a plain function: a Session first, then who and what. It changes rows and returns plain values, or raises and
changes nothing. How it is driven is decided here alone:

SQLite      one writer thread (db/writer.py): acts that wait share a commit, each in its own SAVEPOINT, and are answered
            after it. Looks go through a pool of aiosqlite connections.
PostgreSQL  each act is a transaction on one of a few asyncpg connections; one that lost a race is run again.

What an act wants known after its commit it hands to `tell`; whoever asked by `Database.listen` is told then.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar, cast

from sqlalchemy import Column, Connection, Insert, Table, bindparam, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlmodel import Session
from sqlmodel.ext.asyncio.session import AsyncSession

from db.hot import first
from db.sqlite import empty_log, sqlite_engine, sqlite_readers
from db.writer import SqliteActs, Told

READERS = 4  # aiosqlite connections; more do not read faster
CONNECTIONS = 8  # asyncpg connections
TRIES = 3  # of an act that lost a race on PostgreSQL
# Serialization failure, deadlock, and a key that another act took since this one looked.
LOST_RACES = ("40001", "40P01", "23505")

P = ParamSpec("P")
T = TypeVar("T")


class DatabaseClosed(Exception):
    """The database no longer takes acts, because the process is ending."""


class Mark(Protocol):
    """What the next act settles in its own transaction: the update that it handles."""

    done: bool

    def settle(self, connection: Connection) -> None:
        """Settle it, on the act's own connection."""


# The update in hand. Set by the inbox once it is known who speaks, read by `write`.
in_hand: ContextVar[Mark | None] = ContextVar("in_hand", default=None)


@contextmanager
def in_several_acts() -> Iterator[None]:
    """Let the acts of the block leave the update in hand open: it is settled by the one that follows.

    So work of many acts that was cut short is begun again with its update. Each of them must bear that.
    """
    token = in_hand.set(None)
    try:
        yield
    finally:
        in_hand.reset(token)


def tell(session: Session, topic: str, what: Any = None) -> None:
    """Have the listeners of `topic` told `what` once the act is committed."""
    session.info.setdefault("told", []).append((topic, what))


def set_mark(session: Session) -> int:
    """Begin a part of an act that may be undone while the act itself goes on. Returns what `go_back` needs."""
    session.flush()
    session.connection().exec_driver_sql("SAVEPOINT part")
    return len(session.info.get("told", ()))


def go_back(session: Session, mark: int) -> None:
    """Undo all that an act did since its mark, and what it wanted told of it."""
    session.expunge_all()
    session.connection().exec_driver_sql("ROLLBACK TO SAVEPOINT part")
    del session.info.get("told", [])[mark:]


def insert_once(session: Session, table: Table, **values: Any) -> int | None:
    """Insert a row unless one of its keys is taken. Returns its first primary key, or None where one is taken."""
    connection = session.connection()
    row = first(connection, _one(table, connection.dialect.name, tuple(values)), values)
    key: int | None = row and row[0]
    return key


def insert_new(
    session: Session, table: Table, rows: Sequence[dict[str, Any]], *tell: Column[Any]
) -> list[tuple[Any, ...]]:
    """Insert the rows whose keys are free, and leave out the others. Returns the columns `tell` of the new ones."""
    if not rows:
        return []
    connection = session.connection()
    inserted = connection.execute(_new(table, connection.dialect.name, tell), rows)
    return [tuple(row) for row in inserted] if tell else []


def one_at_a_time(session: Session, number: int) -> None:
    """Let the acts that name a number wait for each other until they end. On SQLite all do anyway."""
    if session.connection().dialect.name == "postgresql":
        session.connection().execute(select(func.pg_advisory_xact_lock(number)))


def new_ids(session: Session, table: Table, many: int) -> list[int]:
    """Ids for rows that the act is about to insert. (To learn them afterwards costs a statement for each row.)"""
    connection = session.connection()
    if connection.dialect.name == "sqlite":  # nobody else inserts meanwhile
        last: int = connection.execute(select(func.coalesce(func.max(table.c.id), 0))).scalar_one()
        return list(range(last + 1, last + many + 1))
    sequence = func.nextval(func.pg_get_serial_sequence(table.name, "id"))
    return list(connection.execute(select(sequence).select_from(func.generate_series(1, many))).scalars())


@cache
def _one(table: Table, dialect: str, names: tuple[str, ...]) -> Insert:
    given: dict[Any, Any] = {table.c[name]: bindparam(name) for name in names}
    return once(table, dialect).values(given).returning(*tuple(table.primary_key)[:1])


@cache
def _new(table: Table, dialect: str, tell: tuple[Column[Any], ...]) -> Insert:
    insert = once(table, dialect)
    return insert.returning(*tell) if tell else insert


def once(table: Table, dialect: str) -> sqlite.Insert | postgresql.Insert:
    """An insert that leaves out what has a key that is taken, to make more of."""
    return (sqlite.insert if dialect == "sqlite" else postgresql.insert)(table).on_conflict_do_nothing()


class Database:
    """Keeps the club. Opened by `open_database`; one per process."""

    def __init__(self, acts: "SqliteActs | PostgresActs", looks: AsyncEngine, turns: asyncio.Semaphore) -> None:
        self._acts = acts
        self._looks = looks
        self._turns = turns
        self._listeners: dict[str, list[Callable[[Any], None]]] = defaultdict(list)
        self._under_way = 0
        self._closed = False
        self._idle = asyncio.Event()

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self._looks.dialect.name

    def listen(self, topic: str, listener: Callable[[Any], None]) -> None:
        """Call `listener` after each commit of an act that told `topic`."""
        self._listeners[topic].append(listener)

    async def write(self, act: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run an act and keep what it did. Whatever it raises is raised here, and then nothing of it is kept."""
        mark = in_hand.get()

        def whole(session: Session) -> T:
            result = act(session, *args, **kwargs)
            if mark:
                mark.settle(session.connection())
            session.flush()
            return result

        if self._closed:
            raise DatabaseClosed
        self._under_way += 1
        try:
            result, told = await self._acts.run(whole)
        finally:
            self._under_way -= 1
            if not self._under_way:
                self._idle.set()
        if mark:
            mark.done = True
        for topic, what in told:
            for listener in self._listeners[topic]:
                listener(what)
        return result

    async def read(self, look: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a look: the same kind of function, which only reads, on one consistent state of everything."""
        async with self._turns, AsyncSession(self._looks) as session:
            return await session.run_sync(lambda inner: look(cast(Session, inner), *args, **kwargs))

    async def tidy(self) -> None:
        """Leave no trace of what was deleted in SQLite's log, as far as nobody is in the way."""
        if isinstance(self._acts, SqliteActs):
            await asyncio.to_thread(empty_log, self._acts.engine)

    async def close(self) -> None:
        """Finish the acts that wait, refuse new ones, close the connections."""
        self._closed = True
        if self._under_way:
            self._idle.clear()
            await self._idle.wait()
        await self._acts.close()
        await self._looks.dispose()


def open_database(url: str) -> Database:
    """Open the database at `url` (sqlite+aiosqlite:///… or postgresql+asyncpg://…), which must be migrated."""
    if not url.startswith("sqlite"):
        engine = create_async_engine(url, pool_size=CONNECTIONS, max_overflow=0, hide_parameters=True)
        looks = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        turns = asyncio.Semaphore(CONNECTIONS)
        return Database(PostgresActs(engine, turns), looks, turns)
    return Database(SqliteActs(sqlite_engine(url)), sqlite_readers(url, READERS), asyncio.Semaphore(READERS))


class PostgresActs:
    """Acts side by side, each in a transaction of its own."""

    def __init__(self, engine: AsyncEngine, turns: asyncio.Semaphore) -> None:
        self._engine = engine
        self._turns = turns  # first come, first served: the pool lets newcomers overtake those who wait

    async def run(self, act: Callable[[Any], T]) -> tuple[T, Told]:
        """Run one act; again when it lost a race."""
        for left in reversed(range(TRIES)):
            try:
                async with self._turns:
                    return await AsyncSession(self._engine).run_sync(_transact, act)
            except DBAPIError as error:
                if not left or getattr(error.orig, "sqlstate", None) not in LOST_RACES:
                    raise
        raise AssertionError("unreachable")

    async def close(self) -> None:
        """Close the connections."""
        await self._engine.dispose()


def _transact(session: Any, act: Callable[[Any], T]) -> tuple[T, Told]:
    """Run an act in a transaction of its own. All in one greenlet: each step of an AsyncSession has one to itself."""
    with session, session.begin():
        result = act(session)
    return result, session.info.pop("told", [])
