"""The kinds of letters: for each its class, its hour, how late it may be, and what may hold or stop it."""

import random
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import IntEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

from bot.club.rules import Shop


class Rank(IntEnum):
    """A letter's class, which is also who goes first. A doubtful letter is sent once more, last."""

    TRANSACTIONAL = 0  # receipts, hand-overs, what an act caused: at any hour, never held
    PERSONAL = 1  # own coupons, birthdays, expiry
    PROMO = 2  # the rest
    ONCE_MORE = 3


@dataclass(frozen=True, slots=True)
class Kind:
    """What the club knows about a kind of letter.

    `late`: how long after its time it still makes sense. `once`: better lost than doubled. `passing`: its facts may
    hold a stranger's name, and are emptied once it is settled. `family`: it is about a relative. `waits`: an owner who
    cannot be reached gets it when he can. `weight`: of two offers that are due to one member the heavier goes first.
    `in_chat`: it wants an answer that only the chat can take, or is the staff's business.
    `claim`: it is about a deal, and nothing to who may claim none. `deed`: it does something in a group, which the
    platform may refuse.
    """

    rank: Rank
    late: timedelta | None = None
    once: bool = False
    to_group: bool = False
    passing: bool = False
    family: bool = False
    waits: bool = False
    weight: int = 0
    in_chat: bool = False
    claim: bool = False
    deed: bool = False

    @property
    def held(self) -> bool:
        """Whether /pause, quiet hours and pauses of the member hold it."""
        return self.rank != Rank.TRANSACTIONAL

    @property
    def capped(self) -> bool:
        """Whether the caps of a day and a week count and hold it."""
        return self.rank == Rank.PROMO

    @property
    def by_email(self) -> bool:
        """Whether it may go by e-mail to a member who cannot be reached in the chat."""
        return not (self.to_group or self.waits or self.in_chat)

    @property
    def purpose(self) -> str:
        """What its reader must have agreed to."""
        if self.family:
            return "family"
        return "offers" if self.rank == Rank.PROMO else "service"

    @property
    def stopped_by(self) -> tuple[str, ...]:
        """The /notify levels that stop it."""
        return ((), ("none",), ("own", "none"))[self.rank]


KINDS = {
    "welcome": Kind(Rank.TRANSACTIONAL, timedelta(hours=1), to_group=True, passing=True),
    "group_seen": Kind(Rank.TRANSACTIONAL, waits=True),
    "group_unknown": Kind(Rank.TRANSACTIONAL, timedelta(hours=1), to_group=True),
    "group_muted": Kind(Rank.TRANSACTIONAL, waits=True),
    "group_lost": Kind(Rank.TRANSACTIONAL, waits=True),
    "group_linked": Kind(Rank.TRANSACTIONAL, to_group=True),
    "let_in": Kind(Rank.TRANSACTIONAL, timedelta(days=1), to_group=True, passing=True),
    "kept_out": Kind(Rank.TRANSACTIONAL, to_group=True, passing=True, deed=True),
    "warned": Kind(Rank.TRANSACTIONAL, timedelta(minutes=10), to_group=True, passing=True),
    "silenced": Kind(Rank.TRANSACTIONAL, timedelta(minutes=5), to_group=True, passing=True, deed=True),
    "put_out": Kind(Rank.TRANSACTIONAL, timedelta(minutes=5), to_group=True, passing=True, deed=True),
    "seen_out": Kind(Rank.TRANSACTIONAL, timedelta(days=1), to_group=True, passing=True, deed=True),
    "leaving": Kind(Rank.TRANSACTIONAL),
    "grade_invite": Kind(Rank.PERSONAL, in_chat=True),
    "deed_refused": Kind(Rank.TRANSACTIONAL, waits=True),
    "invite_refused": Kind(Rank.TRANSACTIONAL, waits=True),
    "lookalike": Kind(Rank.TRANSACTIONAL, passing=True, waits=True, in_chat=True),
    "safety_note": Kind(Rank.PERSONAL, timedelta(days=2), to_group=True, passing=True),
    "pin_refused": Kind(Rank.TRANSACTIONAL, waits=True),
    "points_changed": Kind(Rank.TRANSACTIONAL),
    "request": Kind(Rank.TRANSACTIONAL, waits=True, in_chat=True),
    "request_decided": Kind(Rank.TRANSACTIONAL, in_chat=True),
    "receipt": Kind(Rank.TRANSACTIONAL),
    "refunded": Kind(Rank.TRANSACTIONAL),
    "refunded_coupon": Kind(Rank.TRANSACTIONAL, once=True),
    "purchase_undone": Kind(Rank.TRANSACTIONAL),
    "coupon_issued": Kind(Rank.TRANSACTIONAL, once=True),
    "coupon_revoked": Kind(Rank.TRANSACTIONAL),
    "coupon_given": Kind(Rank.TRANSACTIONAL, once=True),
    "imported": Kind(Rank.TRANSACTIONAL, waits=True),
    "coupon_passed": Kind(Rank.TRANSACTIONAL),
    "doubtful": Kind(Rank.TRANSACTIONAL, in_chat=True),
    "missed": Kind(Rank.TRANSACTIONAL, in_chat=True),
    "budget_reached": Kind(Rank.TRANSACTIONAL, waits=True),
    "webhook_failed": Kind(Rank.TRANSACTIONAL, waits=True),
    "activity_post": Kind(Rank.TRANSACTIONAL, to_group=True),
    "activity_result": Kind(Rank.TRANSACTIONAL, timedelta(days=3), to_group=True),
    "activity_prize": Kind(Rank.TRANSACTIONAL, once=True),
    "contest_album": Kind(Rank.TRANSACTIONAL, to_group=True),
    "contest_vote": Kind(Rank.TRANSACTIONAL, to_group=True),
    "contest_photos": Kind(Rank.TRANSACTIONAL, waits=True, in_chat=True),
    "contest_pick": Kind(Rank.TRANSACTIONAL, waits=True, in_chat=True),
    "contest_empty": Kind(Rank.TRANSACTIONAL, waits=True),
    "contest_out": Kind(Rank.TRANSACTIONAL, in_chat=True),
    "referral_held": Kind(Rank.TRANSACTIONAL, waits=True, in_chat=True),
    "plan": Kind(Rank.TRANSACTIONAL, timedelta(hours=4), passing=True, in_chat=True),
    "report": Kind(Rank.TRANSACTIONAL, timedelta(days=3), in_chat=True),
    "next_visit": Kind(Rank.TRANSACTIONAL, once=True),
    "coupon_giving": Kind(Rank.PERSONAL, timedelta(days=3), once=True),
    "coupon_reminder": Kind(Rank.PERSONAL, timedelta(days=3), once=True),
    "birthday_ahead": Kind(Rank.PERSONAL, timedelta(days=3), once=True),
    "birthday": Kind(Rank.PERSONAL, timedelta(days=2), once=True),
    "birthday_post": Kind(Rank.PERSONAL, timedelta(days=2), once=True, to_group=True),
    "birthday_reminder": Kind(Rank.PERSONAL, timedelta(days=3), once=True),
    "expiry": Kind(Rank.PERSONAL, timedelta(days=3)),
    "family": Kind(Rank.PERSONAL, timedelta(days=3), family=True),
    "family_offer": Kind(Rank.PERSONAL, timedelta(days=3), once=True, family=True),
    "grade_given": Kind(Rank.TRANSACTIONAL),
    "grade_up": Kind(Rank.PERSONAL, timedelta(days=3)),
    "grade_notice": Kind(Rank.PERSONAL, timedelta(days=3)),
    "gift_cancelled": Kind(Rank.TRANSACTIONAL),
    "series_complete": Kind(Rank.TRANSACTIONAL, once=True),
    "gift_reminder": Kind(Rank.PERSONAL, timedelta(days=3), once=True),
    "gift_lapsed": Kind(Rank.PERSONAL),
    "gift_back": Kind(Rank.PERSONAL, timedelta(days=3)),
    "question": Kind(Rank.PERSONAL, timedelta(days=1), in_chat=True),
    "usage": Kind(Rank.PERSONAL, timedelta(days=3), in_chat=True),
    "rating": Kind(Rank.PERSONAL, timedelta(days=3), in_chat=True),
    "unhappy": Kind(Rank.TRANSACTIONAL, waits=True),
    "comment": Kind(Rank.TRANSACTIONAL, in_chat=True),
    "running_out": Kind(Rank.PROMO, timedelta(days=3), in_chat=True),
    "reorder": Kind(Rank.TRANSACTIONAL, in_chat=True),
    "thread": Kind(Rank.TRANSACTIONAL, waits=True, in_chat=True),
    "thread_answer": Kind(Rank.TRANSACTIONAL, in_chat=True),
    "thread_taken": Kind(Rank.TRANSACTIONAL, in_chat=True),
    "reorder_taken": Kind(Rank.TRANSACTIONAL),
    "referral": Kind(Rank.PERSONAL, timedelta(days=3)),
    "referral_back": Kind(Rank.PERSONAL, timedelta(days=3)),
    "stage": Kind(Rank.PERSONAL, timedelta(days=3)),
    "journey_card": Kind(Rank.PERSONAL, timedelta(days=3)),
    "journey": Kind(Rank.PROMO, timedelta(days=3)),
    "journey_offer": Kind(Rank.PROMO, timedelta(days=3), once=True, weight=2),
    "broadcast": Kind(Rank.PROMO, timedelta(days=3)),
    "broadcast_coupon": Kind(Rank.PROMO, timedelta(days=3), once=True),
    "deal_post": Kind(Rank.PROMO, to_group=True),
    "deal": Kind(Rank.PROMO, weight=1, claim=True),
    "deal_reminder": Kind(Rank.PROMO, weight=1, claim=True),
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """Send it now, or wait until then, or drop it; and why."""

    wait_until: datetime | None = None
    drop: bool = False
    reason: str = ""


SEND = Verdict()
QUIET_HOURS, TOO_LATE, UNREACHABLE = "quiet hours", "too late", "unreachable"


def awake(shop: Shop, at: datetime) -> datetime:
    """The next instant from `at` on outside the quiet hours; jittered by up to 10 minutes where it had to move."""
    end = _end_of_quiet(shop, at)
    return end + timedelta(seconds=random.uniform(0, 600)) if end else at  # noqa: S311 (spreads the load, guards nothing)


def sleeping(shop: Shop, at: datetime) -> bool:
    """Whether an instant is within the quiet hours, which may span midnight."""
    return _end_of_quiet(shop, at) is not None


def _end_of_quiet(shop: Shop, at: datetime) -> datetime | None:
    """When the quiet hours end that an instant falls into."""
    rules, today = shop.rules.sending, shop.day(at)
    nights = (_night(shop.zone, rules.quiet_from, rules.quiet_until, today - timedelta(days=days)) for days in (1, 0))
    return next((end for begin, end in nights if begin <= at < end), None)


@lru_cache  # asked of every letter
def _night(zone: ZoneInfo, quiet_from: time, quiet_until: time, day: date) -> tuple[datetime, datetime]:
    """When the quiet hours begin and end that begin on a day.

    An hour that comes twice when the clocks are set back begins them the first time and ends them the second.
    """
    shop, last = Shop(zone=zone), day + timedelta(days=1) if quiet_from > quiet_until else day
    begin = min(shop.at(day, quiet_from.replace(fold=fold)) for fold in (0, 1))
    return begin, max(shop.at(last, quiet_until.replace(fold=fold)) for fold in (0, 1))
