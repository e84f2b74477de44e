"""Two acts that exclude each other, by four processes at once: only one of them ever happened."""

from collections import Counter
from typing import Any

import pytest
from sqlalchemy import select as choose
from sqlmodel import Session, func, select

from bot.club import orders, series
from bot.club.offers import Offer
from db.audit import AuditLine
from db.coupons import Coupon
from db.deals import Deal
from db.engine import Database
from db.gifts import Gift, GiftOrder, SeriesPrize
from db.points import ENTRIES, LOTS
from tests.faults.conftest import DEEP, say
from tests.faults.crowd import PROCESSES, PURSE, TASKS, adds_up, crowd, people, put_out
from tests.faults.takers import NOW, SHOP, taker

ROUNDS, MANY = (25, TASKS) if DEEP else (2, 24)  # rounds, and members in one
CLERKS = (2, 3, 4)
PRIZE, COST = 50, 7  # points


def newest(session: Session) -> int:
    """A look: the latest order."""
    return session.exec(select(func.max(GiftOrder.id))).one()


def standing(session: Session, order: int) -> tuple[str, int]:
    """A look: what became of an order, and how many there are of its gift."""
    return session.exec(select(GiftOrder.state, Gift.stock).join(Gift).where(GiftOrder.id == order)).one()


def handed(session: Session) -> int:
    """A look: how many hand-overs the owner reads of."""
    return session.exec(select(func.count()).select_from(AuditLine).where(AuditLine.act == "gift handed")).one()


def order(session: Session, member: int, gift: int, key: str) -> str:
    """An act: a voucher's code."""
    return orders.place(session, taker(member), gift, SHOP, key=key, now=NOW).code


async def test_a_voucher_is_handed_over_or_taken_back_and_only_once(database: Database, url: str) -> None:
    first, *_others = await database.write(people)
    async with crowd(url) as takers:
        for n in range(ROUNDS):
            [gift] = await database.write(put_out, "gift", 5, f"Cup {n}")
            taps = await takers.tries([["gift", first, gift, f"{n}"] for _ in range(TASKS)])
            [code] = {each.what for each in taps}  # one confirmation, one order
            latest = await database.read(newest)
            both = ["hand", 2, code, ""], ["cancel", first, latest, ""]
            done = await takers.tries([both[i // PROCESSES % 2] for i in range(TASKS)])
            assert sum(each.outcome == "won" for each in done) == 1
            assert await database.read(standing, latest) in (("handed", 4), ("cancelled", 5))
            assert await database.read(adds_up)


async def two_clerks(database: Database, url: str, *mutant: str) -> None:
    """Several of the staff hand over one voucher, all at once."""
    first, *_others = await database.write(people)
    [gift] = await database.write(put_out, "gift", 5, "Cup")
    code = await database.write(order, first, gift, "0")
    async with crowd(url, *mutant) as takers:
        done = await takers.tries([["hand", CLERKS[i % len(CLERKS)], code, ""] for i in range(TASKS)])
    assert Counter(each.what for each in done) == {code: 1, "GiftHanded": TASKS - 1}
    assert await database.read(handed) == 1


async def test_two_of_the_staff_hand_over_one_voucher_once(database: Database, url: str) -> None:
    await two_clerks(database, url)


@pytest.mark.parametrize("url", ["postgres"], indirect=True)  # SQLite has one writer: there it would prove nothing
async def test_that_catches_staff_who_read_first_and_write_then(database: Database, url: str) -> None:
    with pytest.raises(AssertionError):
        await two_clerks(database, url, "hand")


def moved(session: Session, member: int) -> dict[str, int]:
    """A look: what a member's points went for, and what is left of them."""
    entries = choose(ENTRIES.c.source, func.sum(ENTRIES.c.amount)).where(ENTRIES.c.member_id == member)
    left = choose(func.sum(LOTS.c.remaining)).where(LOTS.c.member_id == member)
    rows = session.connection().execute(entries.group_by(ENTRIES.c.source)).all()
    return dict(rows) | {"left": session.connection().execute(left).scalar_one()}


SPENT = {"consent": PURSE, "gift": -COST, "left": PURSE - COST}  # and renewed
LAPSED = {"consent": PURSE, "expiry": -PURSE, "left": 0}


async def night(database: Database, url: str, *mutant: str, nth: int = 0) -> None:
    """The night collects everybody's points while they order a gift."""
    everybody = (await database.write(people, nth * TASKS + 1))[:MANY]
    [gift] = await database.write(put_out, "gift", TASKS, f"Cup {nth}")
    tasks: list[list[Any]] = []
    for i, each in enumerate(everybody):  # each process does both, in turns the one or the other first
        pair = ["night", each, None, "", i % 4 * 0.02], ["order at night", each, gift, "0"]
        tasks += pair[:: 1 if i // 2 % 2 else -1]
    async with crowd(url, *mutant) as takers:
        done = await takers.tries(tasks)
    assert all(each.outcome == "won" or each.what == "GiftTooDear" for each in done)
    became = [await database.read(moved, each) for each in everybody]
    ended = Counter("spent" if each == SPENT else "lapsed" if each == LAPSED else "both" for each in became)
    say(f"{database.dialect}: {dict(ended)}")
    assert ended["both"] == 0
    assert await database.read(adds_up)


async def test_points_are_spent_or_they_lapse(database: Database, url: str) -> None:
    await night(database, url)


@pytest.mark.parametrize("url", ["postgres"], indirect=True)
async def test_that_catches_a_night_that_locks_nobody(database: Database, url: str) -> None:
    with pytest.raises(AssertionError):  # noqa: PT012 (one night may happen to go well)
        for nth in range(40):
            await night(database, url, "lock", nth=nth)


def claims(session: Session, deal: int) -> tuple[str, int, int]:
    """A look: a deal's state, how many it counts, how many coupons it made."""
    made = session.exec(select(func.count()).select_from(Coupon).where(Coupon.deal_id == deal)).one()
    state, claimed = session.exec(select(Deal.state, Deal.claimed).where(Deal.id == deal)).one()
    return state, claimed, made


async def test_nobody_claims_a_deal_that_was_stopped(database: Database, url: str) -> None:
    everybody = await database.write(people)
    async with crowd(url) as takers:
        for n in range(ROUNDS):
            [deal] = await database.write(put_out, "deal", TASKS, f"Tea {n}")
            tasks = [["deal", each, deal, "", i * 0.004] for i, each in enumerate(everybody)]
            middle = TASKS // 2
            stop, *done = await takers.tries([["stop", 1, deal, "", middle * 0.004], *tasks])
            won = sum(each.outcome == "won" for each in done)
            assert await database.read(claims, deal) == ("stopped", won, won)
            assert stop.what == won  # what the owner was told when it stopped is what it stayed
            over = stop.began + stop.seconds
            assert not [each for each in done if each.outcome == "won" and each.began > over]
            assert {each.what for each in done if each.outcome == "refused"} <= {"DealOver"}
            say(f"{database.dialect}: {won} of {TASKS} before the stop")


def prizes(session: Session) -> tuple[int, int]:
    """A look: how many prizes of series there are, and how many points they brought."""
    paid = choose(func.coalesce(func.sum(ENTRIES.c.amount), 0)).where(ENTRIES.c.source == "series")
    won = session.exec(select(func.count()).select_from(SeriesPrize)).one()
    return won, session.connection().execute(paid).scalar_one()


async def last_two(database: Database, url: str, *mutant: str, nth: int = 0) -> None:
    """Everybody is handed the two pieces of a series at once, each piece twice."""
    everybody = (await database.write(people, nth * TASKS + 1))[:MANY]
    name = f"Zodiac {nth}"
    pair = [(await database.write(put_out, "gift", TASKS, f"{cup} {nth}", name))[0] for cup in ("Rat", "Ox")]
    await database.write(series.set_prize, taker(1), name, Offer("points", PRIZE), now=NOW)
    codes = [[await database.write(order, each, gift, f"{gift}") for gift in pair] for each in everybody]
    tasks = [["hand", 2, code, ""] for both in codes for code in (*both, *reversed(both))]
    async with crowd(url, *mutant) as takers:
        done = await takers.tries(tasks)
    assert sum(each.outcome == "won" for each in done) == 2 * MANY
    won = MANY * (nth + 1)
    assert await database.read(prizes) == (won, won * PRIZE)
    assert await database.read(adds_up)


async def test_the_last_two_pieces_at_once_bring_one_prize(database: Database, url: str) -> None:
    await last_two(database, url)


@pytest.mark.parametrize("url", ["postgres"], indirect=True)
async def test_that_catches_hand_overs_that_do_not_see_each_other(database: Database, url: str) -> None:
    with pytest.raises(AssertionError):  # noqa: PT012 (once they may happen to see each other)
        for nth in range(40):
            await last_two(database, url, "lock", nth=nth)
