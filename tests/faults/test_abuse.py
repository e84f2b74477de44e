"""Somebody taps like mad, and thousands try codes at random: one award, nobody else waits, no points for a guess."""

import asyncio
import random
import time
from statistics import quantiles

import pytest
from sqlmodel import func, select

from bot.club import packets, signed
from bot.club.members import Person
from bot.club.packets import Part
from db.activities import Entrant
from db.members import Member
from db.points import Entry
from db.referrals import Referral
from tests.faults.conftest import DEEP, say
from tests.people import Play, Someone
from tests.stories.test_deals import in_the_group

A_SECOND, SECONDS = 50, 60 if DEEP else 3  # taps, and for how long
CODES = 10_000 if DEEP else 500
SLOWEST = 1.0  # seconds that 19 of 20 others wait at most, at full size
SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


async def tap_like_mad(play: Play, someone: Someone) -> None:
    """Tap the packet and say /checkin, fifty times a second."""
    message, data = someone.button("Open it", group=True)
    begins = time.perf_counter()
    for n in range(A_SECOND * SECONDS):
        await asyncio.sleep(max(begins + n / A_SECOND - time.perf_counter(), 0))
        if n % 2:
            await play.playground.say(someone.id, someone.id, "/checkin")
        else:
            await play.playground.press(someone.id, play.group, message.id, data)


async def waits(play: Play, someone: Someone) -> float:
    """The seconds until somebody is answered."""
    before, begins = len(someone.heard()), time.perf_counter()
    await play.playground.say(someone.id, someone.id, "/points")
    while len(someone.heard()) == before:
        await asyncio.sleep(0.005)
    return time.perf_counter() - begins


async def stormed(play: Play) -> tuple[int, list[float]]:
    """How many awards somebody has who taps like mad, and how long others waited meanwhile."""
    mad, *others = await in_the_group(play, "Ann", "Bob", "Cat", "Dan")
    await play.owner.says("/redpacket 90 3", group=True)
    waited: list[float] = []
    async with asyncio.TaskGroup() as tasks:
        storm = tasks.create_task(tap_like_mad(play, mad))
        while not storm.done():
            waited += await asyncio.gather(*(waits(play, each) for each in others))
            await asyncio.sleep(0.2)
    await play.quiet()
    hers = select(Member.id).where(Member.name == "Ann").scalar_subquery()
    awards = select(func.count()).select_from(Entry).where(Entry.member_id == hers, Entry.source != "consent")
    return await play.database.read(lambda s: s.exec(awards).one()), waited


async def test_fifty_taps_a_second_bring_one_award_of_each_and_hold_nobody_up(play: Play) -> None:
    awards, waited = await stormed(play)
    assert awards == 2  # the check-in, and a part of the packet
    assert await play.database.read(lambda s: s.exec(select(func.count()).select_from(Entrant)).one()) == 1
    slowest = quantiles(waited, n=20)[-1]
    told = f"{len(waited)} answers of others, 95 of 100 within {slowest:.2f} s"
    say(f"{play.database.dialect}: {A_SECOND * SECONDS} taps in {SECONDS} s; {told}")
    assert not DEEP or slowest < SLOWEST


async def test_the_storm_catches_a_packet_that_gives_each_tap_a_part(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    take = packets.take

    def once_more(session, person: Person, packet_id: int, *, now) -> Part:  # type: ignore[no-untyped-def]
        mine = select(Entrant).where(Entrant.activity_id == packet_id, Entrant.member_id == person.member_id)
        for part in session.exec(mine):
            session.delete(part)
        session.flush()
        return take(session, person, packet_id, now=now)

    monkeypatch.setattr(packets, "take", once_more)
    awards, _waited = await stormed(play)
    assert awards > 2


async def guessed(play: Play, chance: random.Random) -> tuple[int, int]:
    """How many friends and points for invitations there are once many came with codes of their own making."""
    ann = await play.member("Ann")
    [link] = [each for each in (await ann.says("/invite"))[0].split() if "ref_" in each]
    real = link.partition("start=")[2] or link[link.index("ref_") :]
    for n in range(CODES):
        signature = "".join(chance.choices(SIGNS, k=len(real.rpartition("_")[2])))
        code = chance.choice((f"{real.rpartition('_')[0]}_{signature}", f"ref_{n}_{signature}", f"ref_{signature}"))
        stranger = play.playground.add("Max", "en", "")
        await play.playground.say(stranger.id, stranger.id, f"/start {code}")
    await play.quiet()
    friends = select(func.count()).select_from(Referral)
    points = select(func.count()).select_from(Entry).where(Entry.source == "referral")
    return tuple(await play.database.read(lambda s: [s.exec(each).one() for each in (friends, points)]))


async def test_codes_at_random_bring_nobody_anything(play: Play, chance: random.Random) -> None:
    assert await guessed(play, chance) == (0, 0)
    say(f"{play.database.dialect}: {CODES} codes at random, 0 friends")


async def test_the_codes_catch_a_club_that_believes_any_signature(
    play: Play, chance: random.Random, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signed.hmac, "compare_digest", lambda _a, _b: True)
    friends, _points = await guessed(play, chance)
    assert friends > 0
