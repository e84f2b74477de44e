"""A broadcast that is killed again and again on a bad line: who it is for, what befalls it, and what came of it."""

import asyncio
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session, func, select

from bot.club import broadcast_reports
from bot.club.broadcast_reports import Report as Cast
from bot.club.consents import VERSION
from bot.club.letters import KINDS
from bot.club.members import number
from db.broadcasts import BROADCASTS
from db.consents import CONSENTS
from db.deals import DEALS
from db.engine import Database
from db.groups import GROUPS
from db.members import ACCOUNTS, MEMBERS
from db.outbox import LETTERS
from db.rules import RULES
from tests.faults.running import OWNER, PATIENCE, Running, settings, until
from tests.standin import (
    BAD_GATEWAY,
    BLOCKED,
    GARBLED,
    GATEWAY_TIMEOUT,
    HANG,
    HANG_AFTER,
    RESET,
    RESET_AFTER,
    SERVER_ERROR,
    Fault,
    StandIn,
    flood,
    moved,
)

START = datetime(2027, 2, 10, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
FAULTS = (flood(1), SERVER_ERROR, BAD_GATEWAY, RESET, RESET_AFTER, GATEWAY_TIMEOUT, GARBLED, BLOCKED)
OFTEN = 0.16  # of the letters meet a fault, each once; who blocked the bot did so for good
HANGS = 2
MOVED = 4  # groups
COUPONS = 5  # every fifth letter carries a code: never twice
BEFORE_MOVE, AFTER_MOVE = -100, -1_000_100
CODE = {"name": "Spring", "offer": "10", "code": "K7QM-3XWF-9TRB", "good_until": "2027-03-01T00:00:00+08:00"}


CAST = {"key": "cast", "texts": {"": "New tea, {name}"}, "buttons": [], "audience": "all", "state": "sending"}
CAST |= {
    "photo": "",
    "photo_on": "",
    "hour": "now",
    "version": 1,
    "sure": True,
    "paused": False,
    "most": 0,
    "reached": 0,
}
CAST |= {"made_at": START, "began_at": START}


_groups = select(GROUPS.c.id)


@dataclass
class Told:
    """One letter in the end: what the club knows of it, and how many copies arrived."""

    chat: int
    kind: str
    state: str
    member: str
    copies: int


@dataclass
class Report:
    """What came of a broadcast."""

    told: list[Told]
    list_for_owner: str
    cast: Cast  # as its author reads of it
    under_way: int  # letters at the kills
    half_heard: int  # accepted letters whose answer the line swallowed
    kills: int
    seconds: float

    @property
    def lost(self) -> list[Told]:
        """Neither arrived nor refused, and the owner does not know."""
        return [
            one
            for one in self.told
            if not one.copies
            and one.state != "blocked"
            and not (one.state == "uncertain" and one.member in self.list_for_owner)
        ]

    @property
    def doubled(self) -> int:
        return sum(one.copies - 1 for one in self.told if one.copies > 1)

    def wrong(self) -> Iterator[str]:
        """Every promise that was broken."""
        states = Counter(one.state for one in self.told)
        if self.lost:
            yield f"lost: {self.lost[:5]}"
        if most := [one for one in self.told if one.copies > 2]:
            yield f"more than two copies: {most[:5]}"
        if twice := [one for one in self.told if one.copies > 1 and KINDS[one.kind].once]:
            yield f"never twice, but: {twice[:5]}"
        if self.doubled > self.under_way + self.half_heard:
            yield f"{self.doubled} doubled"
        if untold := [one for one in self.told if one.state == "uncertain" and one.member not in self.list_for_owner]:
            yield f"the owner does not know of {untold[:5]}"
        ends = Counter(one.state for one in self.told if one.kind == "broadcast")
        if self.cast.open or self.cast.all != ends.total() or self.cast.ends != ends:
            yield f"the report does not add up: {self.cast}, {dict(ends)}"
        if set(states) - {"sent", "blocked", "uncertain"}:
            yield f"states: {dict(states)}"

    def __str__(self) -> str:
        copies = Counter(one.copies for one in self.told)
        states = Counter(one.state for one in self.told)
        return (
            f"{len(self.told)} letters, {self.kills} kills, lost {len(self.lost)}, most copies {max(copies)}, doubled "
            f"{self.doubled} (under way at kills {self.under_way}, answers swallowed {self.half_heard}), "
            f"{dict(states)}, {self.seconds:.0f} s"
        )


@dataclass
class Line:
    """The bad line: what befalls each chat's letters, in order."""

    ahead: dict[int, list[Fault]]
    swallowed: int = 0
    held: set[int] = field(default_factory=set)  # chats whose letters arrive, and nobody answers
    holding: bool = False
    blocked: set[int] = field(default_factory=set)

    def hold(self, chats: Iterable[int]) -> None:
        """From now on, what goes to these chats arrives, and its answer does not."""
        self.held, self.holding = set(chats), False

    def __call__(self, method: str, params: dict[str, Any]) -> Fault | None:
        chat = int(params.get("chat_id") or 0)
        if method != "sendMessage":
            return None
        if AFTER_MOVE < chat <= BEFORE_MOVE:
            return moved(chat + AFTER_MOVE - BEFORE_MOVE)
        if chat in self.held:
            self.holding = True
            self.ahead.pop(chat, None)  # nothing else befalls it
            return HANG_AFTER
        fault = BLOCKED if chat in self.blocked else next(iter(self.ahead.pop(chat, ())), None)
        if fault is BLOCKED:
            self.blocked.add(chat)
        self.swallowed += bool(fault and fault.accepts)
        return fault


def bad_line(chance: Random, letters: int) -> Line:
    chats = range(10_000, 10_000 + letters)
    ahead = {chat: [chance.choice(FAULTS)] for chat in chats if chance.random() < OFTEN}
    ahead |= {chat: [HANG] for chat in chance.sample(chats[: letters // 3], HANGS)}
    return Line(ahead)


def fill(session: Session, letters: int, pace: int) -> None:
    """A shop with a broadcast under way to each member or a coupon, and a deal's post in each of a few groups."""
    connection = session.connection()
    person = {"grade": "new", "points": 0, "consent": VERSION, "notify": "all", "greeting": "private", "met_at": START}
    connection.execute(MEMBERS.insert(), [person | {"name": f"Ann {n}"} for n in range(letters)])
    members = connection.execute(select(MEMBERS.c.id).order_by(MEMBERS.c.id)).scalars().all()
    agreed = {"purpose": "offers", "version": VERSION, "given_at": START}
    connection.execute(CONSENTS.insert(), [agreed | {"member_id": member} for member in members])
    connection.execute(
        ACCOUNTS.insert(),
        [
            {
                "member_id": member,
                "platform": "telegram",
                "external_id": 10_000 + n,
                "reachable": True,
                "seen_at": START,
            }
            for n, member in enumerate(members)
        ],
    )
    groups = [
        {"platform": "telegram", "chat_id": BEFORE_MOVE - n, "title": "Tea", "state": "linked"} for n in range(MOVED)
    ]
    connection.execute(GROUPS.insert(), groups)
    deal = {"title": "Tea", "offer": "10", "opens_at": START, "closes_at": START + timedelta(days=9), "claimed": 0}
    deal |= {"each": 1, "audience": "", "state": "open", "made_by": members[0], "made_at": START}
    about = {"deal_id": connection.execute(DEALS.insert().returning(DEALS.c.id), deal).scalar_one()}
    cast = connection.execute(
        BROADCASTS.insert().returning(BROADCASTS.c.id), CAST | {"made_by": members[0]}
    ).scalar_one()
    connection.execute(RULES.insert(), {"name": "sending.pace", "value": str(pace)})
    address = select(ACCOUNTS.c.id, ACCOUNTS.c.member_id).order_by(ACCOUNTS.c.id)
    rows = [
        _letter("broadcast" if n % COUPONS else "coupon_issued", {} if n % COUPONS else CODE, account, member, None)
        | {"broadcast_id": cast if n % COUPONS else None}
        for n, (account, member) in enumerate(connection.execute(address))
    ]
    posts = _letter("deal_post", about, None, None, 0) | {"broadcast_id": None}
    rows += [
        posts | {"key": f"deal_post:{group}", "group_id": group} for group in connection.execute(_groups).scalars()
    ]
    connection.execute(LETTERS.insert(), rows)


def _letter(kind: str, facts: Any, account: int | None, member: int | None, group: int | None) -> dict[str, Any]:
    address = {"account_id": account, "member_id": member, "group_id": group}
    common = {
        "rank": KINDS[kind].rank,
        "after": START,
        "state": "waiting",
        "doubts": 0,
        "alone": KINDS[kind].once,
        "posted_at": START,
    }
    return address | common | {"key": f"{kind}:{account or -(group or 0)}", "kind": kind, "facts": facts}


class Broadcast:
    """A broadcast under way, process after process."""

    def __init__(self, database: Database, folder: Path, server: StandIn, url: str, mutant: str = "") -> None:
        self.database, self.folder, self.server, self.mutant = database, folder, server, mutant
        self._settings = settings(url, server)
        self._began = time.monotonic()
        self._later = timedelta(0)

    async def send(self, letters: int, kills: int, chance: Random, pace: int) -> Report:
        """Send it through all those kills to its end.

        At every second kill a letter with a code has just arrived, and the process does not know.
        """
        line = self.server.fault = bad_line(chance, letters)
        await self.database.write(fill, letters, pace)
        under_way = 0
        for turn, arrived in enumerate(sorted(chance.choices(range(int(letters * 0.85)), k=kills))):
            line.hold(() if turn % 2 else await self.database.read(_with_code))
            with self._process() as bot:
                await (self._arrives(arrived) if turn % 2 else self._holds(line))
                await asyncio.sleep(chance.uniform(0, 0.06))
                bot.kill()
            under_way += await self.database.read(_count, "sending")
        line.hold(())
        while await self.database.read(_count, "sending", "waiting"):
            await self._finish()
            self._later += timedelta(minutes=2)  # the owner's list is gathered for a minute
        told = await self.database.read(_told, Counter(call.chat_id for call in self.server.accepted))
        texts = "\n".join(call.text for call in self.server.accepted if call.chat_id == OWNER)
        cast = await self.database.read(_cast)
        return Report(told, texts, cast, under_way, line.swallowed, kills, time.monotonic() - self._began)

    async def _finish(self) -> None:
        """Let one process send all that is due by its clock, and end in peace."""
        with self._process() as bot:
            await self._arrives(0)
            while bot.runs and await self.database.read(_due, self._now()):
                await asyncio.sleep(0.1)
            await bot.stop()
            assert not bot.process.returncode, bot.said

    async def _arrives(self, letters: int) -> None:
        """Wait until a process is at work and so many letters have arrived, or none are left."""
        calls = len(self.server.calls)
        await until(lambda: len(self.server.calls) > calls)
        async with asyncio.timeout(PATIENCE):
            while len(self.server.accepted) < letters and await self.database.read(_count, "waiting"):
                await asyncio.sleep(0.01)

    async def _holds(self, line: Line) -> None:
        """Wait until a letter with a code has arrived, and its answer has not."""
        await until(lambda: line.holding or not line.held)

    def _now(self) -> datetime:
        return START + timedelta(seconds=time.monotonic() - self._began) + self._later

    def _process(self) -> Running:
        told = self._settings | {"CLOCK_START": self._now().isoformat()}
        return Running(self.folder, told, mutant=self.mutant)


def _cast(session: Session) -> Cast:
    return broadcast_reports.of(session, session.connection().execute(select(BROADCASTS.c.id)).scalar_one())


def _count(session: Session, *states: str) -> int:
    return session.connection().execute(select(func.count()).where(LETTERS.c.state.in_(states))).scalar_one()


def _due(session: Session, now: datetime) -> int:
    due = (LETTERS.c.state == "sending") | ((LETTERS.c.state == "waiting") & (LETTERS.c.after <= now))
    return session.connection().execute(select(func.count()).where(due)).scalar_one()


def _with_code(session: Session) -> Sequence[int]:
    waiting = (LETTERS.c.kind == "coupon_issued", LETTERS.c.state == "waiting")
    chats = select(ACCOUNTS.c.external_id).join(LETTERS, LETTERS.c.account_id == ACCOUNTS.c.id).where(*waiting)
    return session.connection().execute(chats).scalars().all()


def _told(session: Session, arrived: Counter[int]) -> list[Told]:
    rows = session.connection().execute(
        select(LETTERS.c.kind, LETTERS.c.state, LETTERS.c.member_id, ACCOUNTS.c.external_id, GROUPS.c.chat_id)
        .select_from(LETTERS)
        .outerjoin(ACCOUNTS, ACCOUNTS.c.id == LETTERS.c.account_id)
        .outerjoin(GROUPS, GROUPS.c.id == LETTERS.c.group_id)
        .where(LETTERS.c.kind != "doubtful")
        .order_by(LETTERS.c.id)
    )
    return [
        Told(person or group, kind, state, number(member or 0), arrived[person or group])
        for kind, state, member, person, group in rows
    ]
