"""A process of those who all want the last one: `python -m tests.faults.takers URL [MUTANT]`.

Each line that it reads is a round: tasks, done all at once. Each line that it writes is what became of them.
"""

import asyncio
import json
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import text
from sqlmodel import Session, col, update

from bot.club import coupons, deals, orders, passing
from bot.club.errors import ClubError
from bot.club.members import Person, Role, Visitor
from bot.club.orders import GiftGone
from bot.club.rules import Shop
from db.engine import Database, open_database
from db.gifts import Gift

NOW = datetime(2027, 2, 10, 2, tzinfo=UTC)
SHOP = Shop(name="Tea House")


def taker(member_id: int) -> Person:
    """A member as the doors would hand them in."""
    return Person(Visitor("playground", member_id, ""), 0, member_id, None, None, True, True, Role.MEMBER)


ACTS: dict[str, Callable[..., Any]] = {
    "gift": lambda session, member, gift, key: orders.place(session, taker(member), gift, SHOP, key=key, now=NOW).code,
    "deal": lambda session, member, deal, _: deals.claim(session, taker(member), deal, by_letter=False, now=NOW).code,
    "coupon": lambda session, member, code, _: coupons.redeem(session, member, code, SHOP, now=NOW).name,
    "pass": lambda session, member, token, _: passing.accept(session, taker(member), token, now=NOW).code,
    "hand": lambda session, member, code, _: orders.hand_over(session, member, code, now=NOW).code,
    "cancel": lambda session, member, order, _: orders.cancel(session, taker(member), order, SHOP, now=NOW).code,
}


def reads_then_writes(session: Session, gift: Gift, _member_id: int, _now: datetime) -> None:
    """The mutant: it looks whether there are any, and writes down one less."""
    if not gift.stock:
        raise GiftGone(name=gift.name)
    session.connection().execute(text("SELECT pg_sleep(0.05)"))
    session.exec(update(Gift).where(col(Gift.id) == gift.id).values(stock=gift.stock - 1))


async def attempt(database: Database, act: str, *wanted: Any) -> tuple[str, Any, float]:
    """One task: whether it won, was refused or failed; what it won; the seconds it took."""
    began = time.monotonic()
    try:
        outcome, what = "won", await database.write(ACTS[act], *wanted)
    except ClubError as refusal:
        outcome, what = "refused", type(refusal).__name__
    except Exception as error:  # noqa: BLE001 (it is what the test looks for)
        outcome, what = "failed", repr(error)
    return outcome, what, time.monotonic() - began


async def main(url: str, mutant: str = "") -> None:
    if mutant:
        orders._take = reads_then_writes
    database = open_database(url)
    while line := await asyncio.to_thread(sys.stdin.readline):
        done = await asyncio.gather(*(attempt(database, *task) for task in json.loads(line)))
        sys.stdout.write(json.dumps(done) + "\n")
        sys.stdout.flush()
    await database.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
