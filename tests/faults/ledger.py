"""A member's ledger, and beside it a model of what it should be, for Hypothesis to play with."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlalchemy import select
from sqlmodel import Session

from bot.club import expiry, lapsing, merges, points, privacy
from bot.club.errors import NotEnoughPoints
from bot.club.points import TakenBack
from bot.club.rules import PointRules, Rules, Shop
from db.engine import Database
from db.members import MEMBERS
from db.points import ENTRIES, LOTS
from tests.acts import AT, meet

GOOD_FOR = 5  # days
SHOP = Shop(rules=Rules(points=PointRules(expiry=f"days {GOOD_FOR}")))
NEVER = 10**6  # a day that does not come
LIFE = 8  # lots after which somebody may be erased or merged


@dataclass
class Held:
    """A lot as it should be."""

    amount: int
    remaining: int
    day: int  # it was earned
    opens: int  # the day from which it can be spent
    turn: int
    dated: bool = False  # before its first night it is not
    lapsed: int = 0
    expired_on: int = -1  # it goes once a day at most
    taken_back: int = 0

    @property
    def order(self) -> tuple[int, int, int]:
        """When its turn is among others."""
        return self.day if self.dated else NEVER, self.day, self.turn


class Ledger(RuleBasedStateMachine):
    """Everything that can happen to somebody's points, in any order; twice at times, as when an update is replayed."""

    database: Database
    runner: asyncio.Runner

    def __init__(self) -> None:
        super().__init__()
        self.day, self.keys = 0, 0
        self._begin()

    @rule(amount=st.integers(1, 50), times=st.integers(1, 3), pending=st.sampled_from([0, 0, 0, 2]))
    def grant(self, amount: int, times: int, pending: int) -> None:
        key = self._key()
        available = {"available_at": self.now + timedelta(days=pending)} if pending else {}
        for _ in range(times):
            self._write(points.award, self.who, amount, "grant", key=key, now=self.now, **available)
        self.lots[key] = lot = Held(amount, amount, self.day, self.day + pending, self.keys)
        self._pay([lot])

    @rule(
        quarters=st.sampled_from([1, 2, 3, 4, 4, 5]),
        times=st.integers(1, 2),
        source=st.sampled_from(["gift", "deduct"]),
    )
    def spend(self, quarters: int, times: int, source: str) -> None:
        """Something is ordered, or staff correct what was too much: a part of what there is, all of it, or more."""
        key, usable = self._key(), self._usable()
        about, whole = {"key": key, "now": self.now}, sum(lot.remaining for lot in usable)
        amount = max(1, whole * quarters // 4)
        if whole < amount:
            assert not self._spend(amount, source, **about)
            return
        for _ in range(times):
            assert self._spend(amount, source, **about)
        self.spent.append((key, self._take(usable, amount)))

    @rule(which=st.integers(1, 5), times=st.integers(1, 2))
    def give_back(self, which: int, times: int) -> None:
        if which > len(self.spent):
            return
        key, used = self.spent[-which]
        for _ in range(times):
            self._write(points.give_back, key, SHOP, key=self._key(), now=self.now)
        if key not in self.back:
            self.back.add(key)
            for lot, amount in used:
                lot.remaining += amount
                lot.dated = True
            self._pay(self._usable())

    @rule(which=st.integers(1, 5), amount=st.integers(1, 60), times=st.integers(1, 2))
    def take_back(self, which: int, amount: int, times: int) -> None:
        """A purchase of late is refunded, in parts perhaps."""
        if which > len(self.lots):
            return
        earned, lot = list(self.lots.items())[-which]
        lapsed = lot.lapsed + (lot.remaining if self._is_over(lot) else 0)
        wanted = max(0, min(amount, lot.amount - lapsed - lot.taken_back))
        others = [each for each in self.lots.values() if each.remaining and not self._is_over(each)]
        others.sort(key=lambda each: (each is not lot, each.opens > self.day, each.order))
        taken = sum(used for _, used in self._take(others, wanted))
        lot.taken_back += wanted
        self.owed += wanted - taken
        key = self._key()
        about = {"earned_key": earned, "key": key, "now": self.now}
        for _ in range(times):
            done = self._write(points.take_back, self.who, amount, "refund", **about)
            assert done == TakenBack(taken, wanted - taken)

    @rule(days=st.integers(1, 4), times=st.integers(1, 2), every=st.booleans())
    def night(self, days: int, times: int, every: bool) -> None:
        """Days pass, and the job runs, perhaps twice."""
        self.day += days
        for _ in range(times):
            self._write(self._collect, every)
        for lot in self.lots.values():
            lot.dated = lot.dated or bool(lot.remaining)
            if lot.remaining and self._is_over(lot) and lot.expired_on != self.day:
                lot.lapsed += lot.remaining
                lot.remaining, lot.expired_on = 0, self.day

    @precondition(lambda self: len(self.lots) >= LIFE)
    @rule()
    def erase(self) -> None:
        """They have themselves erased; nothing moves for them any more, and they begin anew."""
        self._write(privacy.erase, self.who, now=self.now)
        for key, _ in self.spent:
            assert self._write(points.give_back, key, SHOP, key=self._key(), now=self.now) is None
        for key in self.lots:
            about = {"earned_key": key, "key": self._key(), "now": self.now}
            assert self._write(points.take_back, self.who, 60, "refund", **about) == TakenBack(0, 0)
        assert self._read(self._kept) == (dict.fromkeys(self.lots, 0), 0, 0, 0)
        self._begin()

    @precondition(lambda self: len(self.lots) >= LIFE)
    @rule(into_someone=st.booleans())
    def merge(self, into_someone: bool) -> None:
        """They turn out to be somebody else: what they have and what they owe is that one's from now on."""
        gone, self.who = self.who, self._write(meet)
        if into_someone:
            self.grant(7, 1, 0)
        self._write(merges.join, gone, self.who, SHOP, now=self.now)
        for key, _ in self.spent:
            assert self._write(points.give_back, key, SHOP, key=self._key(), now=self.now) is None
        self.spent = []
        self._pay(self._usable())

    @invariant()
    def holds_what_it_must(self) -> None:
        kept = {key: lot.remaining for key, lot in self.lots.items()}
        total = sum(kept.values())
        assert self._read(self._kept) == (kept, total, total, self.owed)

    @property
    def now(self) -> datetime:
        """The moment of the machine."""
        return AT + timedelta(days=self.day)

    def _begin(self) -> None:
        """Somebody new."""
        self.who = self._write(meet)
        self.owed = 0
        self.lots: dict[str, Held] = {}
        self.spent: list[tuple[str, list[tuple[Held, int]]]] = []
        self.back: set[str] = set()

    def _spend(self, amount: int, source: str, **about: Any) -> bool:
        try:
            self._write(points.spend, self.who, amount, source, **about)
        except NotEnoughPoints:
            return False
        return True

    def _is_over(self, lot: Held) -> bool:
        return lot.dated and lot.day + GOOD_FOR < self.day

    def _usable(self) -> list[Held]:
        """The lots that can be spent, the oldest first."""
        here = (lot for lot in self.lots.values() if lot.remaining and lot.opens <= self.day and not self._is_over(lot))
        return sorted(here, key=lambda lot: lot.order)

    def _pay(self, lots: Iterable[Held]) -> None:
        """What comes in pays what is owed."""
        self.owed -= sum(used for _, used in self._take(lots, self.owed))

    def _take(self, lots: Iterable[Held], amount: int) -> list[tuple[Held, int]]:
        used = []
        for lot in lots:
            part = min(lot.remaining, amount)
            lot.remaining -= part
            amount -= part
            used.append((lot, part))
        return [(lot, part) for lot, part in used if part]

    def _collect(self, session: Session, every: bool) -> None:
        mine = select(LOTS.c.id).where(LOTS.c.member_id == self.who).order_by(LOTS.c.id)
        ids = session.connection().execute(mine).scalars().all()
        if ids:  # the others' lots are none of this one's business
            about = {"after": ids[0] - 1, "limit": 500, "now": self.now, "every": every}
            found = lapsing.look_over(session, SHOP, **about)
            expiry.date_lots(session, [each for each in found.wrong if each[0] in ids])
            lapsing.collect(session, [lot_id for lot_id in found.due if lot_id in ids], SHOP, now=self.now)

    def _kept(self, session: Session) -> tuple[dict[str, int], int, int, int]:
        """The lots, the balance, the sum of the entries, and what is owed."""
        connection = session.connection()
        lots = connection.execute(select(LOTS.c.key, LOTS.c.remaining).where(LOTS.c.member_id == self.who))
        entries = connection.execute(select(ENTRIES.c.amount).where(ENTRIES.c.member_id == self.who)).scalars()
        row = connection.execute(select(MEMBERS.c.points, MEMBERS.c.owed).where(MEMBERS.c.id == self.who)).one()
        return {lot.key: lot.remaining for lot in lots}, row.points, sum(entries), row.owed

    def _key(self) -> str:
        self.keys += 1
        return f"{self.who}:{self.keys}"

    def _write(self, act: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        return self.runner.run(self.database.write(act, *args, **kwargs))

    def _read(self, look: Callable[..., Any]) -> Any:
        return self.runner.run(self.database.read(look))
