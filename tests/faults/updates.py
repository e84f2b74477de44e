"""A busy day at the club while its process is killed again and again: what people do, and what must come of it."""

import asyncio
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from random import Random
from typing import Any

from sqlmodel import Session, func, select

from db.coupons import COUPONS
from db.deals import DEALS
from db.engine import Database
from db.inbox import INBOX
from db.members import ACCOUNTS, MEMBERS
from db.points import CHECKINS, ENTRIES, LOTS
from tests.faults.letters import START
from tests.faults.running import OWNER, PATIENCE, Running, settings, until
from tests.standin import HANG_AFTER, Fault, StandIn, message, person, press

GROUP = -100
CONSENT, CHECKIN, GRANT = 20, 5, 7  # points
BATCH = 100  # updates that one poll brings
MOMENTS = ("acknowledged", "answering", "any")  # of a kill
CLAIMED = "It is yours!"  # the answer to a claim

Update = dict[str, Any]


@dataclass(frozen=True)
class Books:
    """All that the updates changed: points and coupons by account, awards by key, updates that failed."""

    balances: dict[int, tuple[int, int, int]]  # as kept, as the sum of the lots, as the sum of the entries
    keys: frozenset[str]
    coupons: Counter[int]
    checkins: int
    failed: int


@dataclass
class Day:
    """What people do, in order, and what that is worth."""

    updates: list[Update]
    balances: dict[int, int]
    coupons: Counter[int]
    grants: int

    def wrong(self, books: Books) -> Iterator[str]:
        """Whatever was lost or counted twice."""
        kept = {who: balance for who, (balance, _, _) in books.balances.items()}
        if uneven := {who: three for who, three in books.balances.items() if len(set(three)) > 1}:
            yield f"the ledger does not add up: {uneven}"
        if kept != self.balances:
            yield f"points differ: {_apart(self.balances, kept)}"
        if books.coupons != self.coupons:
            yield f"coupons differ: {_apart(self.coupons, books.coupons)}"
        if (grants := sum(key.startswith("grant:") for key in books.keys)) != self.grants:
            yield f"{grants} grants of {self.grants}"
        if books.checkins != len(self.coupons):
            yield f"{books.checkins} check-ins of {len(self.coupons)}"
        if books.failed:
            yield f"{books.failed} updates failed"


def busy_day(chance: Random, many: int) -> Day:
    """About `many` updates: each person's in their order, the people mixed at random."""
    people = [person(10_000 + n, f"Ann {n}", "en") for n in range(max(many // 10, 1))]
    queues = [list(_visit(who, chance)) for who in people]
    coupons = Counter(
        {who["id"]: sum(_is_claim(update) for update in queue) for who, queue in zip(people, queues, strict=True)}
    )
    grants = max(many - sum(map(len, queues)), many // 10)
    queues.append([message(person(OWNER, "Wang", "en"), f"/grant M0001 {GRANT} thanks") for _ in range(grants)])
    turns = [queue for queue in queues for _ in queue]
    chance.shuffle(turns)
    balances = {who["id"]: CONSENT + CHECKIN for who in people} | {OWNER: GRANT * grants}
    numbered = [{"update_id": 1000 + n, **queue.pop(0)} for n, queue in enumerate(turns)]
    return Day(numbered, balances, coupons, grants)


def _visit(who: dict[str, Any], chance: Random) -> Iterator[Update]:
    yield message(who, "/start")
    yield press(who, "agree")
    more = [message(who, "/checkin"), message(who, "签到", group=GROUP), press(who, "go:checkin"), press(who, "agree")]
    more += [message(who, "/points"), message(who, "/nothing <3 ☂"), press(who, "lang:en"), press(who, "claim:nothing")]
    more += [press(who, "claim:1") for _ in range(chance.randint(1, 3))]
    yield message(who, "/checkin")
    yield from chance.sample(more, len(more) - 3)


def _claims_hang(_: str, params: dict[str, Any]) -> Fault | None:
    return HANG_AFTER if CLAIMED in str(params.get("text")) else None


def _no_fault(*_: Any) -> Fault | None:
    return None


def _is_claim(update: Update) -> bool:
    return update.get("callback_query", {}).get("data") == "claim:1"


def _apart(wanted: dict[int, int], found: dict[int, int]) -> dict[int, tuple[int | None, int | None]]:
    both = {who: (wanted.get(who), found.get(who)) for who in wanted | found}
    return {who: pair for who, pair in list(both.items()) if pair[0] != pair[1]}


class Club:
    """The process through that day, life after life."""

    def __init__(self, database: Database, folder: Path, server: StandIn, url: str, mutant: str = "") -> None:
        self.database, self.folder, self.server, self.mutant = database, folder, server, mutant
        self._settings = settings(url, server, CLOCK_START=START.isoformat())
        self.began = time.monotonic()

    async def lives_through(self, day: Day, kills: int, chance: Random, moments: Sequence[str] = MOMENTS) -> Books:
        """Let the day happen in bursts that end with a claim, and kill at the moments in turn; then all is handled."""
        claims = [n + 1 for n, update in enumerate(day.updates) if n > len(day.updates) // 20 and _is_claim(update)]
        done = 0
        for end, moment in zip(sorted(chance.sample(claims, kills)), cycle(moments), strict=False):
            self.server.fault = _claims_hang if moment == "answering" else _no_fault
            heard = len(self.server.accepted)
            with await self.open() as bot:
                self.server.push(*day.updates[done:end])
                done = end
                await self._comes(moment, heard, chance)
                bot.kill()
        self.server.fault = _no_fault
        with await self.open() as bot:
            self.server.push(*day.updates[done:])
            await self.handled()
            await bot.stop()
        return await self.database.read(books)

    async def _comes(self, moment: str, heard: int, chance: Random) -> None:
        """Wait for the moment: Telegram forgot the burst; a claim is kept and its answer on the wire; or any."""
        match moment:
            case "acknowledged":
                await until(lambda: not self.server.updates)
            case "answering":
                await until(lambda: any(CLAIMED in call.text for call in self.server.accepted[heard:]))
            case "any":
                await asyncio.sleep(chance.uniform(0, 0.25))

    async def hears_again(self, updates: Sequence[Update]) -> None:
        """Give a running process what it had before, in this order."""
        for at in range(0, len(updates), BATCH):
            self.server.push(*updates[at : at + BATCH])
            await until(lambda: not self.server.updates)
        await self.handled()

    async def open(self) -> Running:
        """A process that has begun to poll."""
        bot, polls = Running(self.folder, self._settings, mutant=self.mutant), self.server.count("getUpdates")
        await until(lambda: self.server.count("getUpdates") > polls or not bot.runs)
        assert bot.runs, bot.said
        return bot

    async def handled(self) -> None:
        """Wait until Telegram has nothing more and nothing waits in the inbox."""
        left, loop = -1, asyncio.get_running_loop()
        async with asyncio.timeout(PATIENCE) as patience:
            while more := len(self.server.updates) + await self.database.read(_waiting):
                if more != left:  # however slowly, it goes on
                    left = more
                    patience.reschedule(loop.time() + PATIENCE)
                await asyncio.sleep(0.1)


def open_deal(session: Session) -> None:
    """Deal 1, which may be claimed again and again: each claim counts, so a second handling shows."""
    maker = {"grade": "new", "points": 0, "notify": "all", "greeting": "private", "met_at": START}
    owner = session.connection().execute(MEMBERS.insert().returning(MEMBERS.c.id), maker).scalar_one()
    account = {"member_id": owner, "platform": "telegram", "external_id": OWNER, "reachable": True, "seen_at": START}
    session.connection().execute(ACCOUNTS.insert(), account)
    deal = {"title": "Tea", "offer": "10", "opens_at": START, "closes_at": START.replace(month=12), "claimed": 0}
    deal |= {"each": 1000, "audience": "", "state": "open", "made_by": owner, "made_at": START}
    session.connection().execute(DEALS.insert(), deal)


def books(session: Session) -> Books:
    """The books as they stand."""
    connection = session.connection()
    lots = dict(
        connection.execute(select(LOTS.c.member_id, func.sum(LOTS.c.remaining)).group_by(LOTS.c.member_id)).all()
    )
    entries = dict(
        connection.execute(select(ENTRIES.c.member_id, func.sum(ENTRIES.c.amount)).group_by(ENTRIES.c.member_id)).all()
    )
    people = connection.execute(
        select(ACCOUNTS.c.external_id, MEMBERS.c.id, MEMBERS.c.points).join(
            MEMBERS, MEMBERS.c.id == ACCOUNTS.c.member_id
        )
    ).all()
    known = {member: who for who, member, _ in people}
    balances = {who: (points, lots.get(member, 0), entries.get(member, 0)) for who, member, points in people}
    keys = frozenset(connection.execute(select(ENTRIES.c.key)).scalars())
    coupons = Counter(known[member] for member in connection.execute(select(COUPONS.c.member_id)).scalars())
    checkins = connection.execute(select(func.count()).select_from(CHECKINS)).scalar_one()
    return Books(balances, keys, coupons, checkins, _in_state(session, "failed", "odd"))


def _waiting(session: Session) -> int:
    return _in_state(session, "waiting")


def _in_state(session: Session, *states: str) -> int:
    return session.connection().execute(select(func.count()).where(INBOX.c.state.in_(states))).scalar_one()
