"""Packets (红包): points for whoever taps first, split by chance into parts that add up exactly."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from bot.club import activities, blacklist, budget, costs, points
from bot.club.activity_looks import Shown
from bot.club.errors import ClubError
from bot.club.members import Person, Role
from bot.club.rules import Shop
from bot.i18n import N_
from db.activities import ENTRANTS

KIND = "packet"
PARTS, POINTS = 100, 100_000  # at most
BY_MANAGER = 1000  # points at most that a manager gives away, as by hand
OPEN = timedelta(days=1)


class BadPacket(ClubError):
    """A packet that cannot be split as it was asked for."""

    says = N_(
        "A packet holds up to {points} points in 1 to {parts} parts, at least one point each: such as /redpacket 90 3."
    )


class PacketTooBig(ClubError):
    """A packet of more points than a manager gives on their own."""

    says = N_("More than {points} points in one packet are the owner's to give.")


class PacketOverBudget(ClubError):
    """A packet that costs more than is left of the month's budget."""

    says = N_("The month's budget does not hold {points} points any more. /settings budget shows what is left.")


class PacketTaken(ClubError):
    """A second tap of somebody who has a part."""

    says = N_("You have your part already: {points} points.")


class PacketGone(ClubError):
    """A packet whose parts are all taken, or whose time is over."""

    says = N_("All parts are taken. Be quick next time.")


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a packet that somebody got: its points, and their balance now."""

    points: int
    balance: int


def size(total: int, parts: int, by: Person) -> tuple[int, int]:
    """A packet's points and parts, if it may be. Raises BadPacket, PacketTooBig."""
    if not (1 <= parts <= PARTS and parts <= total <= POINTS):
        raise BadPacket(points=POINTS, parts=PARTS)
    if total > BY_MANAGER and by.role < Role.OWNER:
        raise PacketTooBig(points=BY_MANAGER)
    return total, parts


def make(
    session: Session,
    by: Person,
    total: int,
    parts: int,
    shop: Shop,
    *,
    key: str,
    now: datetime,
    chat_id: int | None = None,
) -> Shown:
    """Give a packet to a group, or to all. Raises PacketOverBudget, NoGroupHere, and what `size` raises."""
    size(total, parts, by)
    month, cost = budget.stands(session, shop, now=now), costs.of_points(total, shop)
    if month.ceiling is not None and (
        month.spent + cost > month.ceiling or not budget.spend(session, cost, shop, now=now)
    ):
        raise PacketOverBudget(points=total)
    about: dict[str, Any] = {"places": parts, "prize": str(total), "closes_at": now + OPEN, "chat_id": chat_id}
    return activities.begin(session, by, KIND, key=key, now=now, **about)


def take(session: Session, person: Person, packet_id: int, *, now: datetime) -> Part:
    """Take a part, once.

    Raises NoSuchActivity, ForMembers, NotForYou, TookPart, PacketTaken, PacketGone.
    """
    packet = activities.wanted(session, person, packet_id, KIND, blacklist.POINTS)
    if packet.mine:
        raise PacketTaken(points=packet.won)
    if packet.state != "open" or packet.closes_at <= now or packet.entered >= packet.places:
        raise PacketGone  # a look that only ever refuses: who is too late need not wait
    nth = activities.enter(session, person, packet_id, now=now)
    if nth is None:
        raise PacketGone
    part = split(int(packet.prize), packet.places, packet.seed)[nth - 1]
    mine = ENTRANTS.c.activity_id == packet_id, ENTRANTS.c.member_id == person.member_id
    session.connection().execute(ENTRANTS.update().where(*mine).values(won=part))
    balance = points.award(session, person.member_id, part, KIND, key=f"packet:{packet_id}:{nth}", now=now)
    assert balance is not None
    return Part(part, balance)


def turn(session: Session, *, now: datetime) -> None:
    """End the packets whose day is over; what nobody took is given to nobody."""
    for packet in activities.due(session, KIND, now=now):
        activities.end(session, packet.id or 0, "closed", now=now, told=False)


def split(total: int, parts: int, seed: str) -> list[int]:
    """Parts of at least one point that add up to the total, by chance: every way to split it is as likely."""
    cuts = sorted(random.Random(seed).sample(range(1, total), parts - 1))  # noqa: S311 (its seed is secret)
    return [after - before for before, after in zip([0, *cuts], [*cuts, total], strict=True)]
