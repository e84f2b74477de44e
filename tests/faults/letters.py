"""Broadcasts that are killed again and again on a bad line: whom they are for, and what came of them."""

import asyncio
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session, func, select

from bot.club import broadcast_letters, broadcast_reports, broadcasts, drafts, members, staff
from bot.club.broadcast_reports import Report as Cast
from bot.club.consents import VERSION
from bot.club.drafts import Wish
from bot.club.letters import KINDS
from bot.club.members import Visitor, number
from bot.club.rules import Shop
from db.broadcasts import BROADCASTS
from db.consents import CONSENTS
from db.coupons import COUPONS as ISSUED
from db.deals import DEALS
from db.engine import Database
from db.groups import GROUPS
from db.members import ACCOUNTS, MEMBERS
from db.outbox import LETTERS
from db.rules import RULES
from tests.faults.line import BEFORE_MOVE, COUPONS, FIRST, Line, bad_line
from tests.faults.running import OWNER, PATIENCE, Running, settings, until
from tests.standin import StandIn

START = datetime(2027, 2, 10, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
MOVED = 4  # groups
CASTS = {"NOT grade:vip": "New tea, {name}", "grade:vip": "For you, {name}: {coupon}"}
KIND = {"NOT grade:vip": broadcast_letters.PLAIN, "grade:vip": broadcast_letters.WITH_COUPON}
CODE = {"name": "Spring", "offer": "10", "code": "K7QM-3XWF-9TRB", "good_until": "2027-03-01T00:00:00+08:00"}

POST = "优惠的群消息"  # as the owner's list names it

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
    casts: dict[str, Cast]  # by the kind of their letters, as their author reads of them
    meant: dict[str, int]  # members
    cut_short: int  # kills while letters were still being written
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
        yield from self._unlike()
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
        if set(states) - {"sent", "blocked", "uncertain"}:
            yield f"states: {dict(states)}"

    def _unlike(self) -> Iterator[str]:
        """What the reports say beside what is there."""
        for kind, cast in self.casts.items():
            ends = Counter(one.state for one in self.told if one.kind == kind)
            if ends.total() != self.meant[kind]:
                yield f"not written to: {self.meant[kind] - ends.total()} of {self.meant[kind]}"
            if cast.open or cast.all != ends.total() or cast.ends != ends:
                yield f"the report does not add up: {cast}, {dict(ends)}"

    def __str__(self) -> str:
        copies = Counter(one.copies for one in self.told)
        states = Counter(one.state for one in self.told)
        return (
            f"{len(self.told)} letters, {self.kills} kills ({self.cut_short} while they were written), "
            f"lost {len(self.lost)}, most copies {max(copies)}, doubled "
            f"{self.doubled} (under way at kills {self.under_way}, answers swallowed {self.half_heard}), "
            f"{dict(states)}, {self.seconds:.0f} s"
        )


def fill(session: Session, many: int, pace: int) -> None:
    """A shop with so many members, some of them with a coupon, and a deal's post under way to a few groups."""
    connection = session.connection()
    person = {"points": 0, "consent": VERSION, "notify": "all", "greeting": "private", "met_at": START}
    people = [person | {"name": f"Ann {n}", "grade": "new" if n % COUPONS else "vip"} for n in range(many)]
    connection.execute(MEMBERS.insert(), people)
    known = connection.execute(select(MEMBERS.c.id, MEMBERS.c.grade).order_by(MEMBERS.c.id)).all()
    agreed = {"purpose": "offers", "version": VERSION, "given_at": START}
    connection.execute(CONSENTS.insert(), [agreed | {"member_id": each.id} for each in known])
    at = {"platform": "telegram", "reachable": True, "seen_at": START}
    accounts = [at | {"member_id": each.id, "external_id": FIRST + n} for n, each in enumerate(known)]
    connection.execute(ACCOUNTS.insert(), accounts)
    about = {"name": "Spring", "offer": "10", "state": "issued", "issued_at": START, "good_from": START}
    about |= {"good_until": START + timedelta(days=19), "minimum": 0, "transferable": False}
    coupons = [about | {"key": f"c{each.id}", "code": f"C{each.id}", "member_id": each.id} for each in known]
    connection.execute(
        ISSUED.insert(), [coupon for each, coupon in zip(known, coupons, strict=True) if each.grade == "vip"]
    )
    connection.execute(RULES.insert(), {"name": "sending.pace", "value": str(pace)})
    _post_deal(session, known[0].id)


def _post_deal(session: Session, author: int) -> None:
    """A deal, and its posts in groups that move while they are under way."""
    connection = session.connection()
    group = {"platform": "telegram", "title": "Tea", "state": "linked"}
    connection.execute(GROUPS.insert(), [group | {"chat_id": BEFORE_MOVE - n} for n in range(MOVED)])
    deal = {"title": "Tea", "offer": "10", "opens_at": START, "closes_at": START + timedelta(days=9), "claimed": 0}
    deal |= {"each": 1, "audience": "", "state": "open", "made_by": author, "made_at": START}
    about = {"deal_id": connection.execute(DEALS.insert().returning(DEALS.c.id), deal).scalar_one()}
    letter = {"kind": "deal_post", "rank": KINDS["deal_post"].rank, "after": START, "state": "waiting", "doubts": 0}
    letter |= {"alone": False, "posted_at": START, "facts": about}
    groups = connection.execute(_groups).scalars().all()
    connection.execute(LETTERS.insert(), [letter | {"key": f"deal_post:{each}", "group_id": each} for each in groups])


def confirm(session: Session, shop: Shop, starts_at: datetime | None = None) -> None:
    """The owner draws up both broadcasts and says yes to them."""
    staff.appoint(session, "telegram", {OWNER: "owner"}, now=START)
    owner = members.meet(session, Visitor("telegram", OWNER, ""), private=True, now=START)
    before = START - timedelta(seconds=10)
    for audience, text in CASTS.items():
        wish = Wish({"": text}, audience, starts_at=starts_at)
        most = drafts.reach_of(session, owner, wish, shop, now=START, called=str).letters
        draft_id = drafts.draw_up(session, owner, wish, most=most, key=audience, now=before)
        for sure in (False, True):
            broadcasts.confirm(session, owner, draft_id, 1, 1, shop, sure=sure, now=before)


class Broadcast:
    """Broadcasts under way, process after process."""

    def __init__(self, database: Database, folder: Path, server: StandIn, url: str, mutant: str = "") -> None:
        self.database, self.folder, self.server, self.mutant = database, folder, server, mutant
        self._settings = settings(url, server)
        self._began = time.monotonic()
        self._later = timedelta(0)

    async def send(self, letters: int, kills: int, chance: Random, pace: int, *, writing: float = 0.3) -> Report:
        """Send both through all those kills to their end; a share of the kills falls on the `writing` of the letters.

        At every second one of the others a letter with a code has just arrived, and the process does not know.
        """
        line = self.server.fault = bad_line(chance, letters)
        await self.database.write(fill, letters, pace)
        await self.database.write(confirm, Shop(zone=ZoneInfo("Asia/Shanghai")), START)
        under_way = cut_short = 0
        moments = sorted(chance.choices(range(int(letters * 0.85)), k=kills))
        early = sorted(chance.choices(range(int(letters * 0.95)), k=round(kills * writing)))
        for turn, arrived in enumerate(moments):
            line.hold(() if turn % 2 or turn < len(early) else await self.database.read(_with_code))
            with self._process() as bot:
                if turn < len(early):
                    await self._written(early[turn])
                else:
                    await (self._arrives(arrived) if turn % 2 else self._holds(line))
                await asyncio.sleep(chance.uniform(0, 0.06))
                bot.kill()
            under_way += await self.database.read(_count, "sending")
            cut_short += bool(await self.database.read(_unwritten))
        line.hold(())
        while await self.database.read(_count, "sending", "waiting") or await self.database.read(_open):
            await self._finish()
            self._later += timedelta(minutes=2)  # the owner's list is gathered for a minute
        told = await self.database.read(_told, Counter(call.chat_id for call in self.server.accepted))
        texts = "\n".join(call.text for call in self.server.accepted if call.chat_id == OWNER)
        casts, meant = await self.database.read(_casts), await self.database.read(_meant)
        found = (casts, meant, cut_short, under_way, line.swallowed, kills, time.monotonic() - self._began)
        return Report(told, texts, *found)

    async def _finish(self) -> None:
        """Let one process send all that is due by its clock, and end in peace."""
        with self._process() as bot:
            await self._arrives(0)
            while bot.runs and await self.database.read(_busy, self._now()):
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

    async def _written(self, letters: int) -> None:
        """Wait until so many letters are written, some of them by this process, or all."""
        least = max(letters, await self.database.read(_count) + 1)
        async with asyncio.timeout(PATIENCE):
            while await self.database.read(_count) < least and await self.database.read(_unwritten):
                await asyncio.sleep(0.001)

    async def _holds(self, line: Line) -> None:
        """Wait until a letter with a code has arrived, and its answer has not."""
        await until(lambda: line.holding or not line.held)

    def _now(self) -> datetime:
        return START + timedelta(seconds=time.monotonic() - self._began) + self._later

    def _process(self) -> Running:
        told = self._settings | {"CLOCK_START": self._now().isoformat()}
        return Running(self.folder, told, mutant=f"writes_little_at_once {self.mutant}")


def _casts(session: Session) -> dict[str, Cast]:
    rows = session.connection().execute(select(BROADCASTS.c.id, BROADCASTS.c.audience))
    return {KIND[audience]: broadcast_reports.of(session, each) for each, audience in rows}


def _meant(session: Session) -> dict[str, int]:
    rows = session.connection().execute(select(BROADCASTS.c.audience, BROADCASTS.c.most))
    return {KIND[audience]: most for audience, most in rows}


def _unwritten(session: Session) -> int:
    """How many of the broadcasts have letters still to be written."""
    return _standing(session, BROADCASTS.c.state.in_(("planned", "writing")))


def _open(session: Session) -> int:
    return _standing(session, BROADCASTS.c.state != "done")


def _standing(session: Session, where: Any) -> int:
    return session.connection().execute(select(func.count()).select_from(BROADCASTS).where(where)).scalar_one()


def _count(session: Session, *states: str) -> int:
    """How many letters there are, in some states only or in any."""
    where = LETTERS.c.state.in_(states) if states else LETTERS.c.broadcast_id.is_not(None)
    return session.connection().execute(select(func.count()).select_from(LETTERS).where(where)).scalar_one()


def _busy(session: Session, now: datetime) -> int:
    """Whether there is something to do by this clock: a letter is due, or a broadcast can be gone on with."""
    due = (LETTERS.c.state == "sending") | ((LETTERS.c.state == "waiting") & (LETTERS.c.after <= now))
    letters = session.connection().execute(select(func.count()).where(due)).scalar_one()
    return letters or _unwritten(session) or (_open(session) and not _count(session, "waiting"))


def _with_code(session: Session) -> Sequence[int]:
    """The chats to which a letter with a code has not gone yet, written or not."""
    gone = select(LETTERS.c.account_id).where(LETTERS.c.account_id.is_not(None), LETTERS.c.state != "waiting")
    chats = select(ACCOUNTS.c.external_id).join(MEMBERS, MEMBERS.c.id == ACCOUNTS.c.member_id)
    where = (MEMBERS.c.grade == "vip", ACCOUNTS.c.id.not_in(gone))
    return session.connection().execute(chats.where(*where)).scalars().all()


def _told(session: Session, arrived: Counter[int]) -> list[Told]:
    rows = session.connection().execute(
        select(LETTERS.c.kind, LETTERS.c.state, LETTERS.c.member_id, ACCOUNTS.c.external_id, GROUPS.c.chat_id)
        .select_from(LETTERS)
        .outerjoin(ACCOUNTS, ACCOUNTS.c.id == LETTERS.c.account_id)
        .outerjoin(GROUPS, GROUPS.c.id == LETTERS.c.group_id)
        .where(LETTERS.c.kind.in_((*KIND.values(), "deal_post")))
        .order_by(LETTERS.c.id)
    )
    return [
        Told(person or group, kind, state, number(member) if member else POST, arrived[person or group])
        for kind, state, member, person, group in rows
    ]
