"""A process of those who all want the last one: `python -m tests.faults.takers URL [MUTANT]`.

Each line that it reads is a round: tasks, done all at once. Each line that it writes is what became of them.
"""

import asyncio
import json
import random
import secrets
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import uvloop
from sqlalchemy import text
from sqlmodel import Session, col, select, update

from bot.club import activities, coupons, deal_places, deals, draws, lapsing, orders, packets, passing, points, vouchers
from bot.club.coupons import Held
from bot.club.errors import ClubError, CouponSpent, DealGone
from bot.club.members import Named, Person, Role, Visitor
from bot.club.offers import Offer
from bot.club.orders import GiftGone
from bot.club.rules import PointRules, Rules, Shop
from db.activities import Activity, Entrant
from db.coupons import Coupon
from db.deals import Deal
from db.engine import Database, open_database
from db.gifts import Gift, GiftOrder
from db.points import LOTS

NOW = datetime(2027, 2, 10, 2, tzinfo=UTC)
LATER = NOW + timedelta(days=400)  # the points of a year ago are due
SHOP = Shop(name="Tea House")
BY_DAYS = Shop(name="Tea House", rules=Rules(points=PointRules(expiry="days 365")))


def taker(member_id: int) -> Person:
    """A member as the doors would hand them in."""
    return Person(Visitor("playground", member_id, ""), 0, member_id, None, None, True, True, Role.MEMBER)


def collect(session: Session, member: int, shop: Shop) -> str:
    """The night's act for one member, whose points were found to be due."""
    mine = select(LOTS.c.id).where(LOTS.c.member_id == member)
    lapsing.collect(session, session.connection().execute(mine).scalars().all(), shop, now=LATER)
    return "collected"


def late_order(session: Session, member: int, gift: int, key: str) -> str:
    """An order of that night."""
    return orders.place(session, taker(member), gift, SHOP, key=key, now=LATER).code


def claim(session: Session, member: int, deal: int) -> str:
    """A claim of a deal."""
    return deals.claim(session, taker(member), deal, SHOP, by_letter=False, now=NOW).code


ACTS: dict[str, Callable[..., Any]] = {
    "gift": lambda session, member, gift, key: orders.place(session, taker(member), gift, SHOP, key=key, now=NOW).code,
    "deal": lambda session, member, deal, _: claim(session, member, deal),
    "coupon": lambda session, member, code, _: coupons.redeem(session, member, code, SHOP, now=NOW).name,
    "pass": lambda session, member, token, _: passing.accept(session, taker(member), token, now=NOW).code,
    "hand": lambda session, member, code, _: orders.hand_over(session, member, code, SHOP, now=NOW).code,
    "cancel": lambda session, member, order, _: orders.cancel(session, taker(member), order, SHOP, now=NOW).code,
    "packet": lambda session, member, packet, _: packets.take(session, taker(member), packet, now=NOW).points,
    "enter": lambda session, member, draw, _: draws.enter(session, taker(member), draw, now=NOW),
    "draw": lambda session, _member, _draw, _key: draws.turn(session, SHOP, now=LATER),
    "stop": lambda session, member, deal, _: deals.stop(session, taker(member), deal, SHOP, now=NOW).claimed,
    "night": lambda session, member, _gift, _key: collect(session, member, SHOP),
    "order at night": late_order,
}


def _dawdle(session: Session) -> None:
    """Time for the others to look too."""
    session.connection().execute(text("SELECT pg_sleep(0.2)"))


def takes_gifts_it_read_of(session: Session, gift_id: int, _member_id: int, wanted: Any, _now: datetime) -> None:
    """A mutant: it looks whether there are any, and writes down one less."""
    if not wanted.stock:
        raise GiftGone(name=wanted.name)
    _dawdle(session)
    session.exec(update(Gift).where(col(Gift.id) == gift_id).values(stock=wanted.stock - 1))


def uses_coupons_it_read_of(session: Session, staff_id: int, code: str, *_: Any, now: datetime) -> Held:
    """A mutant: it looks whether the coupon is good, and writes down that it is used."""
    coupon = session.exec(select(Coupon).where(Coupon.code == code)).one()
    if coupon.state != "issued":
        raise CouponSpent(day=coupon.used_at, by=Named(staff_id, None))
    _dawdle(session)
    session.exec(update(Coupon).where(col(Coupon.id) == coupon.id).values(state="redeemed", used_at=now))
    return Held(coupon.id or 0, coupon.name, Offer.read(coupon.offer), 0, Named(coupon.member_id, None))


def takes_places_it_read_of(session: Session, deal: Any, _shop: Shop, *, now: datetime) -> bool:
    """A mutant: it looks whether there are any left, and writes down one more."""
    if deal.claimed >= deal.stock:
        raise DealGone(title=deal.title)
    _dawdle(session)
    session.exec(update(Deal).where(col(Deal.id) == deal.id).values(claimed=deal.claimed + 1, taken=deal.taken + 1))
    return True


def hands_over_what_it_read_of(session: Session, staff_id: int, code: str, *_: Any, now: datetime) -> Any:
    """A mutant: it looks whether the voucher is good, and writes down that it is handed over."""
    order = session.exec(select(GiftOrder).where(GiftOrder.code == code)).one()
    if order.state != "ordered":
        raise vouchers.why_over(session, order.id or 0)
    _dawdle(session)
    ended = {"state": "handed", "settled_at": now, "settled_by": staff_id}
    session.exec(update(GiftOrder).where(col(GiftOrder.id) == order.id).values(**ended))
    return vouchers.one(session, order.id or 0)


def draws_what_it_read_of(session: Session, shop: Shop, *, now: datetime) -> None:
    """A mutant: it looks whether the time is over, draws, and writes down that it has drawn."""
    for draw in activities.due(session, draws.KIND, now=now):
        _dawdle(session)
        lots = session.exec(select(Entrant).where(Entrant.activity_id == draw.id)).all()
        for lot in random.sample(lots, draw.places):
            about = {"good_until": shop.end_of(shop.day(now)), "key": secrets.token_hex(8), "now": now}
            coupons.issue(session, lot.member_id, draw.title, Offer.read(draw.prize), shop, **about)
        session.exec(update(Activity).where(col(Activity.id) == draw.id).values(state="closed"))


def locks_nobody(session: Session, _member_ids: Any) -> None:
    """A mutant: points are moved, and pieces counted, without a thought of who else is at it."""
    _dawdle(session)


MUTANTS: dict[str, tuple[Any, str, Callable[..., Any]]] = {
    "gift": (orders, "_take", takes_gifts_it_read_of),
    "coupon": (coupons, "redeem", uses_coupons_it_read_of),
    "deal": (deal_places, "take", takes_places_it_read_of),
    "hand": (orders, "hand_over", hands_over_what_it_read_of),
    "draw": (draws, "turn", draws_what_it_read_of),
    "lock": (points, "lock", locks_nobody),
}


async def attempt(
    database: Database, act: str, member: int, wanted: Any, key: str, wait: float = 0
) -> tuple[str, Any, float, float]:
    """One task: whether it won, was refused or failed; what it won; when it began, and the seconds it took."""
    await asyncio.sleep(wait)
    began = time.monotonic()
    try:
        outcome, what = "won", await database.write(ACTS[act], member, wanted, key)
    except ClubError as refusal:
        outcome, what = "refused", type(refusal).__name__
    except Exception as error:  # noqa: BLE001 (it is what the test looks for)
        outcome, what = "failed", repr(error)
    return outcome, what, began, time.monotonic() - began


async def main(url: str, mutant: str = "") -> None:
    if mutant:
        setattr(*MUTANTS[mutant])
    database = open_database(url)
    while line := await asyncio.to_thread(sys.stdin.readline):
        done = await asyncio.gather(*(attempt(database, *task) for task in json.loads(line)))
        sys.stdout.write(json.dumps(done) + "\n")
        sys.stdout.flush()
    await database.close()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:  # as the bot runs
        runner.run(main(*sys.argv[1:]))
