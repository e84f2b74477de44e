"""What newcomers get of the shop, and what old members do: nobody's name, only what there is."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlmodel import Session

from bot.club import deal_looks, gifts, zone
from bot.club.cuts import GRADES
from bot.club.deal_looks import Shown
from bot.club.rules import Shop


@dataclass(frozen=True, slots=True)
class Contrast:
    """What the two get: how many times the points, how many gifts, products of the zone; and deals that give more.

    Of a pair the first is for newcomers, the second for the highest grade.
    """

    factors: tuple[Decimal, Decimal]
    gifts: tuple[int, int]
    kept: int
    deals: tuple[Shown, ...]


def of(session: Session, shop: Shop, *, now: datetime) -> Contrast:
    """What there is at the moment."""
    rules, there = shop.rules.points, gifts.open_now(session, now=now)
    return Contrast(
        (Decimal(1), max(rules.vip_multiplier, rules.svip_multiplier, Decimal(1))),
        (sum(gift.grade == GRADES[0] for gift in there), len(there)),
        len(zone.listed(session)),
        tuple(deal_looks.with_more(session, shop, now=now)),
    )
