"""Members-only deals: they open and close on their own, are posted and written about, and a claim is a coupon."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlmodel import Session, col, update
from sqlmodel import select as choose

from bot.club import audit, blacklist, coupons, deal_letters, deal_places, erased, outbox
from bot.club.blacklist import NotForYou
from bot.club.deal_letters import DealNotForYou
from bot.club.deal_looks import Shown, as_shown, extra_of
from bot.club.deal_places import face, hours_of
from bot.club.errors import BadNumber, ClubError, DealClaimed, DealGone, DealNotOpen, DealOver, DealTooLate, NoSuchDeal
from bot.club.extras import Extra
from bot.club.members import Person
from bot.club.offers import Offer
from bot.club.rules import Shop
from bot.club.windows import Window
from bot.i18n import N_
from db.coupons import COUPONS
from db.deals import DEAL_POSTS, DEALS, Deal
from db.engine import insert_once
from db.groups import Group
from db.members import MEMBERS

STOCK = 100_000
TITLE = 60  # characters
MOST_KEPT_BACK = 50  # in a hundred

_claims_made = (
    select(func.count())
    .where(COUPONS.c.deal_id == DEALS.c.id, COUPONS.c.member_id == bindparam("member"))
    .scalar_subquery()
)
_theirs = select(MEMBERS.c.grade).where(MEMBERS.c.id == bindparam("member")).scalar_subquery()
_wanted = select(DEALS, _claims_made.label("have"), _theirs.label("grade")).where(DEALS.c.id == bindparam("deal"))


class DealTooShort(ClubError):
    """A deal that is over before its hours come."""

    says = N_("The deal would be over before {daily} comes.")


class DealNotNow(ClubError):
    """A deal at an hour at which it cannot be claimed."""

    says = N_("“{title}” can be claimed from {begins} to {ends} each day.")


class DealGoneToday(DealGone):
    """All places of a day are taken; there are as many again tomorrow."""

    says = N_("All of “{title}” are taken for today. There are more from {begins} on the next day.")


@dataclass(frozen=True, slots=True)
class Plan:
    """A deal as the owner asks for it. `stock` is that of the whole deal, with hours of the day that of each day."""

    title: str
    offer: Offer
    opens_at: datetime
    closes_at: datetime
    stock: int | None = None
    each: int = 1
    audience: str = ""
    daily: Window | None = None
    extra: Extra | None = None
    holdout: int = 0


def make(
    session: Session, by: Person, plan: Plan, shop: Shop, *, now: datetime, called: Callable[[str], str] = str
) -> Shown:
    """Plan a deal, and open it where its time has come. `called`: see audiences.read.

    Raises DealTooLate, BadNumber, DealTooShort, NoMore, and what deal_letters.meant_for raises.
    """
    if plan.closes_at <= max(plan.opens_at, now):
        raise DealTooLate
    for option, value in (("stock", plan.stock), ("limit", plan.each)):
        if value is not None and not 1 <= value <= STOCK:
            raise BadNumber(option=option, limit=STOCK)
    if not 0 <= plan.holdout <= MOST_KEPT_BACK:
        raise BadNumber(option="holdout", limit=MOST_KEPT_BACK)
    if plan.daily and plan.daily.next(shop, max(plan.opens_at, now))[0] >= plan.closes_at:
        raise DealTooShort(daily=str(plan.daily))
    if plan.extra:
        plan.extra.beyond(plan.offer)
    audience = deal_letters.meant_for(session, plan.audience, shop, now=now, called=called)
    deal = Deal(
        title=plan.title,
        offer=str(plan.offer),
        extra=str(plan.extra or ""),
        opens_at=plan.opens_at,
        closes_at=plan.closes_at,
        stock=plan.stock,
        each=plan.each,
        audience=audience,
        holdout=plan.holdout,
        daily=str(plan.daily or ""),
        made_by=by.member_id,
        made_at=now,
    )
    session.add(deal)
    session.flush()
    audit.note(session, by.member_id, "deal new", now=now, deal=deal.id)
    if plan.opens_at <= now:
        _open(session, deal, shop, now, called)
    return as_shown(deal, shop, now)


def stop(session: Session, by: Person, deal_id: int, shop: Shop, *, now: datetime) -> Shown:
    """End a deal early; coupons already claimed stay good. Raises NoSuchDeal, DealOver."""
    deal = session.get(Deal, deal_id)
    if deal is None:
        raise NoSuchDeal
    if not _become(session, deal, "stopped", ("planned", "open")):
        raise DealOver(title=deal.title)
    audit.note(session, by.member_id, "deal stop", now=now, deal=deal_id)
    return as_shown(deal, shop, now)


def turn(session: Session, shop: Shop, *, now: datetime, called: Callable[[str], str] = str) -> None:
    """Open what is due, close what is over, and remind of what is soon."""
    for deal in session.exec(choose(Deal).where(Deal.state == "planned", Deal.opens_at <= now)):
        _open(session, deal, shop, now, called)
    session.exec(update(Deal).where(col(Deal.state) == "open", col(Deal.closes_at) <= now).values(state="closed"))
    deal_letters.remind(session, shop, now=now, called=called)


def claim(
    session: Session,
    person: Person,
    deal_id: int,
    shop: Shop,
    *,
    by_letter: bool,
    now: datetime,
    called: Callable[[str], str] = str,
) -> coupons.Issued:
    """Take one of a deal's places: a coupon, good until the deal's end. `by_letter` sends it to the private chat.

    Raises NoSuchDeal, DealOver, DealNotOpen, NotForYou, DealNotForYou, DealClaimed, DealGone.
    """
    about: dict[str, Any] = {"deal": deal_id, "member": person.member_id}
    deal = session.connection().execute(_wanted, about).first()
    if deal is None:
        raise NoSuchDeal
    if deal.have >= deal.each:
        raise DealClaimed(title=deal.title)
    if refusal := _why_not(deal, shop, now):  # a look that only ever refuses: who is too late need not wait
        raise refusal
    _may(session, person.member_id, deal, shop, now, called)
    if not deal_places.take(session, deal, shop, now=now):
        deal = session.connection().execute(_wanted, about).one()
        raise _why_not(deal, shop, now) or DealGone(title=deal.title)
    issued = coupons.issue(
        session,
        person.member_id,
        deal.title,
        extra.offer if (extra := extra_of(deal)) and extra.is_for(deal.grade) else Offer.read(deal.offer),
        shop,
        good_until=deal.closes_at,
        key=f"deal:{deal_id}:{person.member_id}:{deal.have + 1}",
        now=now,
        deal_id=deal_id,
    )
    if issued is None:  # the member's other tap was faster; the place goes back with this act
        raise DealClaimed(title=deal.title)
    deal_letters.withdraw(session, deal, person.member_id, now=now)
    if by_letter:
        facts: dict[str, Any] = issued.facts | {"account_id": person.account_id, "member_id": person.member_id}
        outbox.post(session, "coupon_issued", key=f"coupon:{issued.id}", now=now, **facts)
    return issued


def _open(session: Session, deal: Deal, shop: Shop, now: datetime, called: Callable[[str], str]) -> None:
    """Open a deal: post it in every linked group, and write to every member it is for who can be written to."""
    if not _become(session, deal, "open", ("planned",)):  # stopped a moment ago
        return
    address: dict[str, Any] = {"before": deal.closes_at, "deal_id": deal.id}
    for group_id in session.exec(choose(Group.id).where(Group.state == "linked")):
        key = f"deal:{deal.id}:group:{group_id}"
        letter_id = outbox.post(session, "deal_post", key=key, now=now, group_id=group_id, **address)
        if letter_id is not None:
            insert_once(session, DEAL_POSTS, letter_id=letter_id, deal_id=deal.id, shown=face(deal, shop, now))
    deal_letters.write(session, deal, shop, now=now, called=called)


def _become(session: Session, deal: Deal, state: str, before: tuple[str, ...]) -> bool:
    """Change a deal's state, unless somebody else did."""
    now_so = update(Deal).where(col(Deal.id) == deal.id, col(Deal.state).in_(before)).values(state=state)
    changed = bool(session.exec(now_so.execution_options(synchronize_session=False)).rowcount)
    session.refresh(deal)
    return changed


def _may(session: Session, member_id: int, deal: Any, shop: Shop, now: datetime, called: Callable[[str], str]) -> None:
    """Whether somebody may claim a deal at all.

    Raises NotForYou to who is on the blacklist, DealNotForYou to whom it is not for, DealClaimed to who claimed it
    before they were forgotten.
    """
    if blacklist.stops(session, member_id, blacklist.DEALS):
        raise NotForYou
    if not deal_letters.is_for(session, deal.audience, member_id, shop, now=now, called=called):
        raise DealNotForYou(title=deal.title)
    if erased.returned(session, member_id, f"deal:{deal.id}"):
        raise DealClaimed(title=deal.title)


def _why_not(deal: Any, shop: Shop, now: datetime) -> ClubError | None:
    """Why a deal cannot be claimed as it stands, if it cannot."""
    if deal.state == "planned" or deal.opens_at > now:
        return DealNotOpen(title=deal.title, opens=deal.opens_at)
    if deal.state != "open" or deal.closes_at <= now:
        return DealOver(title=deal.title)
    if (hours := hours_of(deal)) and not hours.is_open(shop, now):
        return DealNotNow(title=deal.title, begins=f"{hours.begins:%H:%M}", ends=f"{hours.ends:%H:%M}")
    if deal_places.left(deal, shop, now) == 0:
        if hours and deal_places.comes_again(deal, shop, now):
            return DealGoneToday(title=deal.title, begins=f"{hours.begins:%H:%M}")
        return DealGone(title=deal.title)
    return None
