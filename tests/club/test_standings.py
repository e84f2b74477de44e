"""The kept sums: after whatever happens to a member's purchases they say what the purchases say."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlmodel import Session

from bot.club import arrivals, grading, merges, privacy, purchases, refunds, standings, undoing
from bot.club.arrivals import Row, Work
from bot.club.errors import ClubError
from bot.club.members import Person, Role, Visitor, Who
from bot.club.purchases import Sale
from bot.club.rules import Shop
from db.engine import Database, open_database
from db.members import MEMBERS
from db.purchases import PURCHASES, REFUNDS
from db.standings import STANDINGS
from tests.acts import AT, together
from tests.conftest import ZONE
from tests.crowds import crowd

SHOP = Shop(name="Tea House", zone=ZONE, locale="en")
DAY = timedelta(days=1)
MANY = 20


def clerk_of(member_id: int) -> Person:
    """Somebody of the staff."""
    visitor = Visitor("playground", member_id, "Clerk")
    return Person(visitor, member_id, member_id, "Clerk", "en", True, True, Role.OWNER)


def recounted(session: Session, shop: Shop, now: datetime) -> dict[int, tuple[Any, ...]]:
    """The sums of all members, counted in plain Python from the rows themselves."""
    back: dict[int, list[int]] = {}
    for refund in session.connection().execute(select(REFUNDS)):
        back.setdefault(refund.purchase_id, []).append(refund.amount)
    bought: dict[int, list[tuple[datetime, int, int]]] = {}
    for row in session.connection().execute(select(PURCHASES).where(PURCHASES.c.undone_at.is_(None))):
        net = row.paid - sum(back.get(row.id, ()))
        if row.id not in back or net:
            bought.setdefault(row.member_id, []).append((row.at, row.id, net))
    here = select(STANDINGS.c.member_id).join(MEMBERS, MEMBERS.c.id == STANDINGS.c.member_id)
    return {who: _sums(sorted(bought.get(who, ())), shop, now) for who in session.connection().execute(here).scalars()}


def _sums(rows: list[tuple[datetime, int, int]], shop: Shop, now: datetime) -> tuple[Any, ...]:
    times = [at for at, _, _ in rows]
    apart = [int((b - a).total_seconds()) for a, b in pairwise(times)]
    visits = [gap for gap in apart if gap >= 12 * 3600]
    gap = int(median(visits)) if len(visits) > 1 else None
    first_day = (now.astimezone(shop.zone) - timedelta(days=shop.rules.grades.days)).date()
    year = [(at, net) for at, _, net in rows if at.astimezone(shop.zone).date() >= first_day]
    weekends = sum(at.astimezone(shop.zone).weekday() > 4 for at in times)
    return (
        len(rows), sum(net for _, _, net in rows), min(times, default=None), max(times, default=None), weekends, gap,
        _after(times, max(gap * 2, 30 * 86400) if gap else 90 * 86400),
        _after(times, max(gap, 30 * 86400) * 3 if gap else 270 * 86400),
        len(year), sum(net for _, net in year), min((at for at, _ in year), default=None),
    )  # fmt: skip


def _after(times: list[datetime], seconds: int) -> datetime | None:
    return max(times) + timedelta(seconds=seconds) if times else None


def kept(session: Session) -> dict[int, tuple[Any, ...]]:
    """The sums as they are kept."""
    columns = [
        STANDINGS.c[name]
        for name in (
            "purchases", "spent", "first_at", "last_at", "weekends", "gap", "sleeps_at", "lost_at", "year_purchases",
            "year_spent", "oldest_at",
        )
    ]  # fmt: skip
    rows = session.connection().execute(select(STANDINGS.c.member_id, *columns))
    return {row[0]: tuple(row[1:]) for row in rows}


def agree(session: Session, shop: Shop, now: datetime) -> None:
    """Kept sums and a recount are one, and so are the grades that are shown and those that were earned."""
    stand = kept(session)
    for who, sums in recounted(session, shop, now).items():
        assert stand[who] == sums, who
    assert standings.wrong(session, shop, now=now) == []
    shown = select(MEMBERS.c.grade, STANDINGS.c.rank).join(STANDINGS, STANDINGS.c.member_id == MEMBERS.c.id)
    for row in session.connection().execute(shown):
        assert standings.PLACES[row.grade] == row.rank
    assert grading.due(session, shop, now=now, after=0, limit=9, every=True) == []


ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("buy"), st.integers(0, 2), st.integers(1, 300_000), st.integers(0, 500)),
        st.tuples(st.just("undo"), st.integers(0, 30)),
        st.tuples(st.just("refund"), st.integers(0, 30), st.integers(0, 100)),
        st.tuples(st.just("import"), st.integers(0, 2), st.integers(1, 300_000), st.integers(0, 800)),
        st.tuples(st.just("merge")),
        st.tuples(st.just("erase")),
        st.tuples(st.just("wait"), st.integers(1, 120)),
    ),
    min_size=1,
    max_size=25,
)


class Life:
    """Three members, of whom anything may happen."""

    def __init__(self, database: Database, runner: asyncio.Runner, turn: int, now: datetime) -> None:
        self.database, self.runner, self.turn = database, runner, turn
        self.now, self.made, self.keys = now, list[tuple[int, str]](), 0
        *self.who, clerk = self.write(crowd, 4)
        self.clerk = clerk_of(clerk)

    def write(self, act: Any, *args: Any, **kwargs: Any) -> Any:
        return self.runner.run(self.database.write(act, *args, **kwargs))

    def look(self) -> None:
        self.runner.run(self.database.read(agree, SHOP, self.now))

    def buy(self, who: int, total: int, ago: int) -> None:
        sale = Sale(Who("playground", f"M{self.who[who]:04}"), total, at=self.now - timedelta(hours=7 * ago))
        made = self.write(purchases.enter, self.clerk, sale, SHOP, key=self.key(), now=self.now)
        self.made.append((made.id, made.order))

    def undo(self, which: int) -> None:
        if which < len(self.made):
            with suppress(ClubError):
                self.write(undoing.undo, self.clerk, self.made[which][0], SHOP, now=self.now)

    def refund(self, which: int, share: int) -> None:
        if which < len(self.made):
            amount = None if share > 70 else share * 100
            with suppress(ClubError):
                about = (self.clerk, self.made[which][1], amount, SHOP)
                self.write(refunds.refund, *about, key=self.key(), now=self.now)

    def imports(self, who: int, total: int, ago: int) -> None:
        at, number = self.now - ago * DAY, f"M{self.who[who]:04}"
        facts = {"number": number, "date": at.isoformat(), "total": total, "paid": total, "refunded": 0, "lines": []}
        facts |= {"order": f"OLD-{self.turn}-{self.key()}".replace(":", "-").upper(), "said": "x"}
        row = Row(1, self.who[who], facts | {"number": self.who[who]})
        self.write(arrivals.purchases, [row], Work(SHOP, self.clerk.member_id, 1, self.now))

    def merge(self) -> None:
        gone, stays = self.who[0], self.write(crowd, 1)[0]
        self.write(merges.join, gone, stays, SHOP, now=self.now)
        self.who[0] = stays

    def erase(self) -> None:
        self.write(privacy.erase, self.who[1], now=self.now)
        self.who[1] = self.write(crowd, 1)[0]

    def wait(self, days: int) -> None:
        for _ in range(days // 20 + 1):
            self.now += DAY * (days // (days // 20 + 1))
            self.night()

    def night(self) -> None:
        for _ in range(3):
            due = self.runner.run(self.database.read(grading.due, SHOP, now=self.now, after=0, limit=99, every=False))
            if due:
                self.write(grading.grade, due, SHOP, now=self.now)

    def key(self) -> str:
        self.keys += 1
        return f"{self.turn}:{self.keys}"


@pytest.fixture
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        yield runner


def test_whatever_happens_the_sums_say_what_the_purchases_say(url: str, runner: asyncio.Runner) -> None:
    database = open_database(url)
    lives: list[Life] = []

    @settings(
        max_examples=20, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(ACTS)
    def play(acts: list[tuple[Any, ...]]) -> None:
        lives.append(Life(database, runner, len(lives), lives[-1].now if lives else AT))
        life = lives[-1]
        for name, *about in acts:
            getattr(life, {"import": "imports"}.get(name, name))(*about)
            life.look()

    try:
        play()
    finally:
        runner.run(database.close())


async def test_purchases_at_once_are_all_in_the_sums(database: Database) -> None:
    who, clerk = await database.write(crowd, 2)
    told = Sale(Who("playground", f"M{who:04}"), 50, at=AT)  # no point's worth, so that no balance makes them wait
    acts = (database.write(purchases.enter, clerk_of(clerk), told, SHOP, key=f"sale:{n}", now=AT) for n in range(MANY))
    assert {type(each).__name__ for each in await together(database, *acts)} == {"Receipt"}
    await database.read(agree, SHOP, AT)
    assert (await database.read(kept))[who][:2] == (MANY, 50 * MANY)
