"""The ledger against a model of it: whatever happens in whatever order, every lot holds what it must (Hypothesis)."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from bot.club import books, checkins, points
from bot.club.expiry import Expiry
from bot.club.rules import Rules
from db.engine import Database, open_database
from db.points import ENTRIES, LOTS, TAKE_BACKS
from tests.acts import AT, meet
from tests.faults.conftest import DEEP, say
from tests.faults.ledger import SHOP, Ledger

EXAMPLES, STEPS = (500, 50) if DEEP else (25, 50)
MUTANTS = 100  # ledgers at most in which a mutant must show
AT_ONCE = 1000 if DEEP else 50


def play(url: str, examples: int = EXAMPLES) -> None:
    """Play so many ledgers; each is a member of their own in one database. At the end all the books must agree."""
    quiet = list(HealthCheck)
    how = settings(
        max_examples=examples,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        derandomize=not DEEP,
        suppress_health_check=quiet,
        phases=[Phase.generate],
    )
    began = time.monotonic()
    with asyncio.Runner() as runner:
        database = open_database(url)
        try:
            machine = type("OneLedger", (Ledger,), {"database": database, "runner": runner})
            run_state_machine_as_test(machine, settings=how)
            assert runner.run(database.read(books.faults)) == []
            figures = runner.run(database.read(_figures))
        finally:
            runner.run(database.close())
    say(f"{database.dialect}: {examples} ledgers of {STEPS} steps, {figures}, {time.monotonic() - began:.0f} s")


def _figures(session: Session) -> str:
    connection = session.connection()
    entries = select(ENTRIES.c.source, func.count()).group_by(ENTRIES.c.source).order_by(ENTRIES.c.source)
    counts = ", ".join(f"{count} {source}" for source, count in connection.execute(entries))
    debts = connection.execute(select(func.count()).where(TAKE_BACKS.c.owed > 0)).scalar_one()
    return f"{counts}, {debts} debts"


def without_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """An award forgets its key."""
    award, turn = points.award, iter(range(10**9))

    def again(*args: Any, key: str, **kwargs: Any) -> Any:
        return award(*args, key=f"{key}:{next(turn)}", **kwargs)

    monkeypatch.setattr(points, "award", again)


def newest_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was earned last is spent first."""
    order = points._soonest_first.order_by(None).order_by(LOTS.c.id.desc())
    monkeypatch.setattr(points, "_soonest_first", order)


def a_day_early(monkeypatch: pytest.MonkeyPatch) -> None:
    """Points lapse a day before they should."""
    last_day = Expiry._last_day
    monkeypatch.setattr(Expiry, "_last_day", lambda self, day: last_day(self, day) - timedelta(days=1))


def expires_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """A night that is repeated takes the same points again."""
    write_off, turn = points.write_off, iter(range(10**9))

    def once_more(session: Session, lot_ids: Any, source: str, *, mark: str, now: Any) -> None:
        before = select(LOTS.c.id, LOTS.c.remaining).where(LOTS.c.id.in_(lot_ids))
        rows = session.connection().execute(before).all()
        write_off(session, lot_ids, source, mark=f"{mark}:{next(turn)}", now=now)
        for lot_id, remaining in rows:
            session.connection().execute(LOTS.update().where(LOTS.c.id == lot_id).values(remaining=remaining))

    monkeypatch.setattr(points, "write_off", once_more)


def debts_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    """What comes in does not pay what is owed."""
    monkeypatch.setattr(points, "_pay", lambda *_, **__: 0)


def takes_what_lapsed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A refund takes points again that lapsed with their lot."""
    had = (LOTS.c.amount - points.taken_back).label("had")
    monkeypatch.setattr(points, "_still_had", points._still_had.with_only_columns(LOTS.c.id, had))


def takes_back_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """A refund forgets its key."""
    take_back, turn = points.take_back, iter(range(10**9))

    def again(*args: Any, key: str, **kwargs: Any) -> Any:
        return take_back(*args, key=f"{key}:{next(turn)}", **kwargs)

    monkeypatch.setattr(points, "take_back", again)


def any_lot_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """A refund does not begin with its own lot."""
    order = points._this_first.order_by(None).order_by(*points._turns)
    monkeypatch.setattr(points, "_this_first", order)


CAUGHT = [
    without_keys,
    newest_first,
    a_day_early,
    expires_twice,
    debts_stay,
    takes_what_lapsed,
    takes_back_twice,
    any_lot_first,
]


def test_the_ledger_is_its_model(url: str) -> None:
    play(url)


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("mutate", CAUGHT)
def test_the_model_catches(mutate: Callable[[Any], None], url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    mutate(monkeypatch)
    with pytest.raises((AssertionError, IntegrityError)):  # by the model, or by the database's own checks
        play(url, MUTANTS)


async def test_check_ins_at_once_are_one_award(database: Database) -> None:
    who = await database.write(meet)
    shop = replace(SHOP, rules=Rules())
    acts = (database.write(checkins.check_in, who, shop, now=AT) for _ in range(AT_ONCE))
    done = await asyncio.gather(*acts)
    assert sorted(each.earned for each in done) == [0] * (AT_ONCE - 1) + [5]
