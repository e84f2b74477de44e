"""Processes that try all at once, on one database: members with points, and what there is for them."""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlmodel import Session, func, select

from bot.club import coupons, gifts, members, passing, points
from bot.club.gifts import Wish
from bot.club.members import Visitor
from bot.club.offers import Offer
from bot.club.rules import Shop
from db.activities import Activity
from db.deals import Deal
from db.members import Member
from db.points import Entry, Lot
from tests.faults.takers import NOW, taker

PROCESSES, TASKS = 4, 100
LINE = 2**20  # characters of one round
PURSE = 1000  # points of each member

Task = list[Any]


@dataclass(frozen=True, slots=True)
class Tried:
    """What became of a task: won, refused; what it won, or the refusal's name; when it began, how long it took."""

    outcome: str
    what: Any
    began: float
    seconds: float


class Crowd:
    """Processes that try all at once."""

    def __init__(self, processes: list[Process]) -> None:
        self._processes = processes

    async def tries(self, tasks: list[Task]) -> list[Tried]:
        """Share tasks out among the processes, in turns. Returns what became of each, in their order."""
        for n, process in enumerate(self._processes):
            process.stdin.write(json.dumps(tasks[n :: len(self._processes)]).encode() + b"\n")
        lines = await asyncio.gather(*(process.stdout.readline() for process in self._processes))
        done: list[Any] = [None] * len(tasks)
        for n, line in enumerate(lines):
            done[n :: len(self._processes)] = [Tried(*each) for each in json.loads(line)]
        failed = [each for each in done if each.outcome == "failed"]
        assert failed == [], failed
        return done


@asynccontextmanager
async def crowd(url: str, *mutant: str) -> AsyncIterator[Crowd]:
    """The processes, with a fault of MUTANTS planted in them where one is named."""
    words = (sys.executable, "-m", "tests.faults.takers", url, *mutant)
    started = [
        await asyncio.create_subprocess_exec(*words, stdin=PIPE, stdout=PIPE, limit=LINE) for _ in range(PROCESSES)
    ]
    try:
        ready = Crowd(started)
        await ready.tries([])  # they have all started
        yield ready
    finally:
        for process in started:
            process.stdin.close()
        await asyncio.gather(*(process.wait() for process in started))


def people(session: Session, first: int = 1) -> list[int]:
    """An act: members with points enough for everything. `first`: the number of the first on their platform."""
    visitors = (Visitor("playground", n, "") for n in range(first, first + TASKS))
    met = [members.meet(session, each, private=True, now=NOW) for each in visitors]
    for each in met:
        points.award(session, each.member_id, PURSE, "consent", key=f"consent:{each.member_id}", now=NOW)
    return [each.member_id for each in met]


def put_out(session: Session, scarce: str, stock: int, name: str, series: str | None = None) -> list[Any]:
    """An act: a gift, a deal, a red packet, coupons, or links to some. Returns what the tasks ask for, in turns."""
    until = NOW + timedelta(days=9)
    if scarce == "gift":
        return [gifts.make(session, taker(1), Wish(name, 7, stock, NOW, series=series), now=NOW).id]
    if scarce == "deal":
        about = {"opens_at": NOW, "closes_at": until, "stock": stock, "state": "open", "made_by": 1, "made_at": NOW}
        deal = Deal(title=name, offer="20%", **about)
        session.add(deal)
        session.flush()
        return [deal.id]
    if scarce in ("packet", "draw"):
        prize = f"{stock * 3}" if scarce == "packet" else "gift:Teapot"
        about = {"kind": scarce, "title": name, "prize": prize, "places": stock, "closes_at": until}
        packet = Activity(key=name, seed=name, made_by=1, made_at=NOW, **about)
        session.add(packet)
        session.flush()
        return [packet.id]
    offer = Offer.read("20%")
    about = {"good_until": until, "now": NOW, "transferable": scarce == "pass"}
    keys = [f"{scarce}:{name}:{n}" for n in range(stock)]
    issued = [coupons.issue(session, 1, name, offer, Shop(), key=key, **about) for key in keys]
    if scarce == "pass":
        return [passing.offer(session, 1, each.code, now=NOW)[1] for each in issued]
    return [each.code for each in issued]


def adds_up(session: Session) -> bool:
    """A look: whether balances, lots and entries agree."""
    sums = [session.exec(select(func.sum(each))).one() for each in (Member.points, Lot.remaining, Entry.amount)]
    return len(set(sums)) == 1
