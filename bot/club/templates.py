"""Coupon templates: what the coupons of a name are like; and giving one of them to a member."""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement
from sqlmodel import Session, and_, col, func, or_, select, update

from bot.club import audiences, audit, consents, coupons, members, outbox
from bot.club.coupons import Issued
from bot.club.errors import BadNumber, ClubError, StaleButton, UnknownMember
from bot.club.members import Named, Person, Role, Who
from bot.club.offers import Offer
from bot.club.rules import Shop
from bot.i18n import N_
from db.coupons import COUPON_TEMPLATES, Coupon, CouponTemplate
from db.engine import insert_once
from db.members import Member

NAME = 60  # characters
DAYS = 3650
COUNT = 100_000


class NoSuchTemplate(ClubError):
    """A coupon that staff name and nobody made."""

    says = N_("There is no coupon “{name}” yet. /coupon list shows which there are.")


class BadDays(ClubError):
    """A validity that is no whole number of days in bounds."""

    says = N_("A coupon is good for a whole number of days, from 1 to {limit}.")


class AllGiven(ClubError):
    """A template's quota is used up."""

    says = N_("All {quota} coupons “{name}” are given out.")


class HadTheirs(ClubError):
    """A member had as many coupons of a template as one may have."""

    says = N_("{number} has had “{name}” as often as a member may: {each}.")


class OnlyGifts(ClubError):
    """A coupon for passing on that is none for a gift."""

    says = N_("Only a gift can be passed on, such as gift:cup; money and points stay with their member.")


class NotForThem(ClubError):
    """A coupon for some members, given to another."""

    says = N_("“{name}” is only for {audience}; {number} is not among them.")


class NotToYourself(ClubError):
    """Staff giving a coupon to themselves."""

    says = N_("Nobody gives coupons to themselves; please ask the owner.")


@dataclass(frozen=True, slots=True)
class Plan:
    """A template as staff ask for it; `minimum` in minor units, no `quota` or `each` where nothing is counted.

    `audience`: the query that says who may be given one, empty for everybody.
    """

    name: str
    offer: Offer
    days: int
    minimum: int = 0
    quota: int | None = None
    each: int | None = None
    transferable: bool = False
    audience: str = ""


@dataclass(frozen=True, slots=True)
class Template:
    """A template as staff see it: its plan, which version of the name it is, how many it issued."""

    id: int
    plan: Plan
    version: int
    issued: int


def make(session: Session, by: Person, plan: Plan, *, now: datetime) -> Template:
    """Make a template, or the next version of one. Raises BadDays, BadNumber, OnlyGifts."""
    if not 1 <= plan.days <= DAYS:
        raise BadDays(limit=DAYS)
    for option, value in (("quota", plan.quota), ("limit", plan.each)):
        if value is not None and not 1 <= value <= COUNT:
            raise BadNumber(option=option, limit=COUNT)
    if plan.transferable and plan.offer.kind != "gift":
        raise OnlyGifts
    folded = _folded(plan.name)
    before = session.exec(select(func.max(CouponTemplate.version)).where(CouponTemplate.folded == folded)).one() or 0
    about = {"name": plan.name, "folded": folded, "version": before + 1, "offer": str(plan.offer), "days": plan.days}
    about |= {"minimum": plan.minimum, "quota": plan.quota, "each": plan.each, "transferable": plan.transferable}
    about |= {"audience": plan.audience}
    made = insert_once(session, COUPON_TEMPLATES, **about, issued=0, made_by=by.member_id, made_at=now)
    if made is None:  # a colleague was faster: theirs is the version before ours
        return make(session, by, plan, now=now)
    audit.note(session, by.member_id, "coupon new", now=now, template=made)
    return Template(made, plan, before + 1, 0)


def listed(session: Session) -> list[Template]:
    """The newest version of every template, by name."""
    newest = select(func.max(col(CouponTemplate.id))).group_by(col(CouponTemplate.folded))
    rows = session.exec(
        select(CouponTemplate).where(col(CouponTemplate.id).in_(newest)).order_by(col(CouponTemplate.folded))
    )
    return [shown(row) for row in rows]


def one(session: Session, template_id: int) -> Template:
    """The newest version of a template that a button names. Raises StaleButton."""
    row = session.get(CouponTemplate, template_id)
    if row is None:
        raise StaleButton
    return shown(newest(session, row.name))


def give(
    session: Session,
    by: Person,
    name: str,
    who: Who,
    shop: Shop,
    *,
    key: str,
    now: datetime,
    called: Callable[[str], str] = str,
) -> tuple[Issued, Named]:
    """Give a member a coupon by its template's name, once for each key; they get it by letter.

    `called`: see audiences.read. Raises NoSuchTemplate, UnknownMember, WhichMember, NotToYourself, NotForThem,
    AllGiven, HadTheirs, StaleButton.
    """
    template = newest(session, name)
    member = members.find(session, who)
    if not consents.given(session, member.member_id, "service"):
        raise UnknownMember(who=member.number)
    if by.role < Role.OWNER and by.member_id == member.member_id:
        raise NotToYourself
    if not fits(session, template, member.member_id, shop, now=now, called=called):
        raise NotForThem(number=member.number, name=template.name, audience=template.audience)
    issued = issue(session, template, member, shop, key=f"given:{key}", now=now)
    if issued is None:  # a second tap on the same button; what was taken goes back with this act
        raise StaleButton
    audit.note(session, by.member_id, "coupon give", member.member_id, now=now, coupon=issued.id)
    outbox.to_member(
        session, "coupon_given", member.member_id, key=f"coupon_given:{issued.id}", now=now, **issued.facts
    )
    return issued, member


def fits(
    session: Session,
    template: CouponTemplate,
    member_id: int,
    shop: Shop,
    *,
    now: datetime,
    called: Callable[[str], str] = str,
) -> bool:
    """Whether a member is among those whom a template is for. `called`: see audiences.read."""
    if not template.audience:
        return True
    those = audiences.read(template.audience, shop, now=now, called=called).where
    return session.exec(select(Member.id).where(Member.id == member_id, those)).first() is not None


def issue(
    session: Session, template: CouponTemplate, member: Named, shop: Shop, *, key: str, now: datetime
) -> Issued | None:
    """Issue a template's coupon to a member, counted, once for each key. Raises AllGiven, HadTheirs."""
    _take_one(session, template, member)
    return coupons.issue(
        session,
        member.member_id,
        template.name,
        Offer.read(template.offer),
        shop,
        good_until=good_until(template, shop, now),
        key=key,
        now=now,
        template_id=template.id,
        minimum=template.minimum,
        transferable=template.transferable,
    )


def good_until(template: CouponTemplate, shop: Shop, now: datetime) -> datetime:
    """The end of a coupon that is issued now: the last day counts to its end."""
    return shop.end_of(shop.day(now) + timedelta(days=template.days))


def hold(session: Session, template_id: int) -> CouponTemplate:
    """A template as it stands, so that until the commit nobody else counts its coupons."""
    same = update(CouponTemplate).where(col(CouponTemplate.id) == template_id).values(issued=col(CouponTemplate.issued))
    session.exec(same.execution_options(synchronize_session=False))
    return session.get_one(CouponTemplate, template_id, populate_existing=True)


def _take_one(session: Session, template: CouponTemplate, member: Named) -> None:
    """Count one more coupon of a template, within its quota and the member's limit. Raises AllGiven, HadTheirs."""
    left = col(CouponTemplate.quota).is_(None) | (col(CouponTemplate.issued) < col(CouponTemplate.quota))
    taken = session.exec(
        update(CouponTemplate)
        .where(col(CouponTemplate.id) == template.id, left)
        .values(issued=col(CouponTemplate.issued) + 1)
        .execution_options(synchronize_session=False)
    ).rowcount
    if not taken:
        raise AllGiven(name=template.name, quota=template.quota)
    if template.each is None:
        return
    # Whoever changed the row above has it until their commit, so nobody else counts this template now.
    theirs = select(func.count()).where(Coupon.template_id == template.id, given_to(member.member_id))
    if session.exec(theirs).one() >= template.each:
        raise HadTheirs(number=member.number, name=template.name, each=template.each)


def given_to(member_id: int) -> ColumnElement[bool]:
    """The coupons that a member was given, also those that they passed on, but none that a friend passed on to them."""
    first = col(Coupon.issued_to)
    return or_(first == member_id, and_(first.is_(None), col(Coupon.member_id) == member_id))


def newest(session: Session, name: str) -> CouponTemplate:
    """The newest version of a template by its name. Raises NoSuchTemplate."""
    here = select(CouponTemplate).where(CouponTemplate.folded == _folded(name))
    found = session.exec(here.order_by(col(CouponTemplate.version).desc()).limit(1)).first()
    if found is None:
        raise NoSuchTemplate(name=name[:40])
    return found


def shown(row: CouponTemplate) -> Template:
    """A template as staff see it."""
    about = (row.minimum, row.quota, row.each, row.transferable, row.audience)
    return Template(row.id or 0, Plan(row.name, Offer.read(row.offer), row.days, *about), row.version, row.issued)


def _folded(name: str) -> str:
    """A name as it is looked up: however it is spaced, in small letters."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
