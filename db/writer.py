"""SQLite's one writer thread: acts that wait share one BEGIN IMMEDIATE … COMMIT, each in a savepoint of its own."""

import asyncio
import queue
import sqlite3
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable
from contextvars import Context, copy_context
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import Engine
from sqlmodel import Session

SHARED = 64  # acts in one commit at most

T = TypeVar("T")
Told = list[tuple[str, Any]]  # what acts want known after their commit: topic, what


@dataclass(slots=True)
class Waiting:
    """An act in the writer's queue, and who waits for its answer."""

    act: Callable[[Session], Any]
    answer: asyncio.Future[None]
    context: Context = field(default_factory=copy_context)  # of the caller: the language being spoken, say
    result: Any = None
    error: BaseException | None = None
    told: Told = field(default_factory=list)


class SqliteActs:
    """Acts one after the other in one thread, many to a commit."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._connection = engine.connect()
        self._waiting: queue.SimpleQueue[Waiting | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._serve, name="writer", daemon=True)
        self._thread.start()

    async def run(self, act: Callable[[Any], T]) -> tuple[T, Told]:
        """Queue one act and wait for the commit that it shares."""
        waiting = Waiting(act, asyncio.get_running_loop().create_future())
        self._waiting.put(waiting)
        await waiting.answer
        if waiting.error:
            raise waiting.error
        return waiting.result, waiting.told

    async def close(self) -> None:
        """Finish what waits, then end the thread."""
        self._waiting.put(None)
        await asyncio.to_thread(self._thread.join)
        self.engine.dispose()

    def _serve(self) -> None:
        with self._connection, Session(self._connection) as session:
            while batch := self._gather():
                try:
                    _commit(session, batch)
                except BaseException as error:  # noqa: BLE001 (no commit, so none of them happened, whatever it was)
                    for each in batch:
                        each.error = error
                _answer(batch)

    def _gather(self) -> list[Waiting]:
        """The next acts to share a commit; waits for the first, takes along who stands behind it. Empty at the end."""
        first = self._waiting.get()
        batch = [first] if first else []
        while batch and len(batch) < SHARED:
            try:
                more = self._waiting.get_nowait()
            except queue.Empty:
                break
            if more is None:
                self._waiting.put(None)
                break
            batch.append(more)
        return batch


def _commit(session: Session, batch: list[Waiting]) -> None:
    """Run the acts in one transaction, each in a savepoint. Raises when the transaction as a whole failed."""
    raw: sqlite3.Connection = session.connection().connection.dbapi_connection  # type: ignore[assignment]
    raw.execute("BEGIN IMMEDIATE")
    try:
        for each in batch:
            _run(session, raw, each)
        raw.execute("COMMIT")
    except BaseException:
        if raw.in_transaction:
            raw.execute("ROLLBACK")
        raise


def _run(session: Session, raw: sqlite3.Connection, waiting: Waiting) -> None:
    raw.execute("SAVEPOINT act")
    try:
        waiting.result = waiting.context.run(waiting.act, session)
        waiting.told = session.info.pop("told", [])
    except BaseException as error:
        waiting.error = error
        session.info.pop("told", None)
        session.rollback()  # for its objects; the connection itself ignores it
        if not raw.in_transaction:  # a full or broken disk: SQLite has undone the neighbours too
            raise
        raw.execute("ROLLBACK TO act")
    raw.execute("RELEASE act")
    session.expunge_all()


def _answer(batch: Iterable[Waiting]) -> None:
    """Hand each answer to the loop that waits for it, a loop at a time."""
    loops = defaultdict(list)
    for each in batch:
        loops[each.answer.get_loop()].append(each)
    for loop, answered in loops.items():
        try:
            loop.call_soon_threadsafe(_wake, answered)
        except RuntimeError:  # that loop has ended, and with it whoever waited
            continue


def _wake(answered: list[Waiting]) -> None:
    """Let the callers go on, but for those who were cancelled."""
    for each in answered:
        if not each.answer.cancelled():
            each.answer.set_result(None)
