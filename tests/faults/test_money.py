"""The ledger against a model of it: whatever happens in whatever order, every lot holds what it must (Hypothesis)."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import select
from sqlmodel import Session

from bot.club import checkins, expiry, lapsing, points
from bot.club.errors import NotEnoughPoints
from bot.club.expiry import Expiry
from bot.club.rules import PointRules, Rules, Shop
from db.engine import Database, open_database
from db.members import MEMBERS
from db.points import ENTRIES, LOTS
from tests.acts import AT, meet
from tests.faults.conftest import DEEP

GOOD_FOR = 5  # days
SHOP = Shop(rules=Rules(points=PointRules(expiry=f"days {GOOD_FOR}")))
EXAMPLES, STEPS = (500, 50) if DEEP else (10, 25)
AT_ONCE = 1000 if DEEP else 50


@dataclass
class Held:
    """A lot as it should be."""

    remaining: int
    day: int  # it was earned
    expired_on: int = -1  # it goes once a day at most


class Ledger(RuleBasedStateMachine):
    """One member's ledger, and beside it what it should be."""

    database: Database
    runner: asyncio.Runner

    def __init__(self) -> None:
        super().__init__()
        self.who = self._write(meet)
        self.day, self.keys = 0, 0
        self.lots: dict[str, Held] = {}
        self.spent: list[tuple[str, dict[str, int]]] = []
        self.back: set[str] = set()

    @rule(amount=st.integers(1, 50), times=st.integers(1, 3))
    def grant(self, amount: int, times: int) -> None:
        key = self._key()
        for _ in range(times):  # replayed
            self._write(points.award, self.who, amount, "grant", key=key, now=self.now)
        self.lots[key] = Held(amount, self.day)

    @rule(amount=st.integers(1, 80), times=st.integers(1, 2))
    def spend(self, amount: int, times: int) -> None:
        usable = {key: lot for key, lot in self.lots.items() if lot.remaining and lot.day + GOOD_FOR >= self.day}
        key = self._key()
        if sum(lot.remaining for lot in usable.values()) < amount:
            with pytest.raises(NotEnoughPoints):
                self._write(points.spend, self.who, amount, "gift", key=key, now=self.now)
            return
        for _ in range(times):
            self._write(points.spend, self.who, amount, "gift", key=key, now=self.now)
        used: dict[str, int] = {}
        for name, lot in usable.items():  # the oldest goes first
            used[name] = min(lot.remaining, amount)
            lot.remaining -= used[name]
            amount -= used[name]
        self.spent.append((key, used))

    @rule(which=st.integers(0, 5))
    def give_back(self, which: int) -> None:
        if which < len(self.spent):
            key, used = self.spent[which]
            self._write(points.give_back, key, SHOP, key=self._key(), now=self.now)
            for name, amount in used.items() if key not in self.back else ():
                self.lots[name].remaining += amount
            self.back.add(key)

    @rule(days=st.integers(1, 4), times=st.integers(1, 2))
    def night(self, days: int, times: int) -> None:
        """Days pass, and the job runs, perhaps twice."""
        self.day += days
        for _ in range(times):
            self._write(self._collect)
        for lot in self.lots.values():
            if lot.remaining and lot.day + GOOD_FOR < self.day and lot.expired_on != self.day:
                lot.remaining, lot.expired_on = 0, self.day

    @invariant()
    def holds_what_it_must(self) -> None:
        assert self._read(self._kept) == {key: lot.remaining for key, lot in self.lots.items()}
        total = sum(lot.remaining for lot in self.lots.values())
        balance = select(MEMBERS.c.points).where(MEMBERS.c.id == self.who)
        entries = select(ENTRIES.c.amount).where(ENTRIES.c.member_id == self.who)
        assert self._read(lambda s: s.connection().execute(balance).scalar_one()) == total
        assert sum(self._read(lambda s: s.connection().execute(entries).scalars().all())) == total

    @property
    def now(self) -> Any:
        """The moment of the machine."""
        return AT + timedelta(days=self.day)

    def _collect(self, session: Session) -> None:
        after: int | None = 0
        while after is not None:
            found = lapsing.look_over(session, SHOP, now=self.now, after=after, limit=500, every=True)
            mine = select(LOTS.c.id).where(LOTS.c.member_id == self.who)
            ids = set(session.connection().execute(mine).scalars())
            expiry.date_lots(session, [each for each in found.wrong if each[0] in ids])
            lapsing.collect(session, [n for n in found.due if n in ids], SHOP, now=self.now)
            after = found.last

    def _kept(self, session: Session) -> dict[str, int]:
        mine = select(LOTS.c.key, LOTS.c.remaining).where(LOTS.c.member_id == self.who)
        return {row.key: row.remaining for row in session.connection().execute(mine)}

    def _key(self) -> str:
        self.keys += 1
        return f"{self.who}:{self.keys}"

    def _write(self, act: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        return self.runner.run(self.database.write(act, *args, **kwargs))

    def _read(self, look: Callable[..., Any]) -> Any:
        return self.runner.run(self.database.read(look))


def play(url: str, examples: int = EXAMPLES) -> None:
    """Play so many ledgers; each is a member of their own in one database."""
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
    with asyncio.Runner() as runner:
        database = open_database(url)
        try:
            machine = type("OneLedger", (Ledger,), {"database": database, "runner": runner})
            run_state_machine_as_test(machine, settings=how)
        finally:
            runner.run(database.close())


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


def test_the_ledger_is_its_model(url: str) -> None:
    play(url)


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("mutate", [without_keys, newest_first, a_day_early, expires_twice])
def test_the_model_catches(mutate: Callable[[Any], None], url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    mutate(monkeypatch)
    with pytest.raises(AssertionError):
        play(url, 40)


async def test_check_ins_at_once_are_one_award(database: Database) -> None:
    who = await database.write(meet)
    shop = replace(SHOP, rules=Rules())
    acts = (database.write(checkins.check_in, who, shop, now=AT) for _ in range(AT_ONCE))
    done = await asyncio.gather(*acts)
    assert sorted(each.earned for each in done) == [0] * (AT_ONCE - 1) + [5]
