"""Coupons for many survive every kill: each member has one and a letter, none has two, and no more than there are."""

import asyncio
import random
import sys
import time
from asyncio.subprocess import PIPE
from collections import Counter

from sqlmodel import Session, select

from bot.club import templates
from bot.club.members import Person, Role, Visitor
from bot.club.offers import Offer
from bot.club.templates import Plan
from db.coupons import Coupon, CouponGiving, CouponTemplate
from db.engine import Database
from db.outbox import Letter
from tests.crowds import crowd
from tests.faults.conftest import DEEP, say
from tests.faults.giver import NOW, SHOP

MEMBERS, QUOTA, BATCH = (10_000, 9_500, 50) if DEEP else (800, 700, 20)
MOST = 12  # batches until a kill: of the forty of the quick run, so that it is killed three times at least


def begin(session: Session) -> int:
    """An act: a giving to all, of whom some come too late."""
    ids = crowd(session, MEMBERS)
    boss = Person(Visitor("playground", 1, ""), 1, ids[0], None, None, False, True, Role.OWNER)
    templates.make(session, boss, Plan("TEA", Offer.read("10"), 14, quota=QUOTA, each=1), now=NOW)
    template = templates.newest(session, "TEA")
    until = templates.good_until(template, SHOP, NOW)
    about = {"template_id": template.id, "audience": "all", "most": MEMBERS, "given_by": ids[0]}
    giving = CouponGiving(key="a", good_until=until, began_at=NOW, **about)
    session.add(giving)
    session.flush()
    return giving.id or 0


def kept(session: Session) -> tuple[Counter[int], Counter[int | None], CouponGiving, int]:
    """A look: coupons and letters by member, the giving, how many its template counts."""
    coupons = Counter(session.exec(select(Coupon.member_id)))
    letters = Counter(session.exec(select(Letter.member_id).where(Letter.kind == "coupon_giving")))
    issued = session.exec(select(CouponTemplate.issued)).one()
    giving = session.exec(select(CouponGiving)).one()
    session.expunge(giving)
    return coupons, letters, giving, issued


async def killed(url: str, giving_id: int, chance: random.Random) -> bool:
    """Give in a process that is killed in the middle of a batch. False where it came to the end before."""
    words = (sys.executable, "-m", "tests.faults.giver", url, str(giving_id), str(BATCH))
    process = await asyncio.create_subprocess_exec(*words, stdout=PIPE)
    for _ in range(chance.randint(1, MOST)):
        if not await process.stdout.readline():
            assert await process.wait() == 0
            return False
    await asyncio.sleep(chance.uniform(0, 0.01))
    process.kill()
    return await process.wait() != 0


async def test_each_has_one_after_any_number_of_kills(database: Database, url: str, chance: random.Random) -> None:
    giving_id = await database.write(begin)
    kills, began = 0, time.monotonic()
    while await killed(url, giving_id, chance):
        kills += 1
    coupons, letters, giving, issued = await database.read(kept)
    say(f"{database.dialect}: {MEMBERS} members, {kills} kills, {time.monotonic() - began:.1f} s")
    assert kills
    assert (len(coupons), set(coupons.values())) == (QUOTA, {1})
    assert coupons == letters
    assert (giving.state, giving.given, giving.late, issued) == ("given", QUOTA, MEMBERS - 1 - QUOTA, QUOTA)
