"""Givings: a template's coupons for everybody who fits an audience and agreed, each once; a batch in one act.

A giving is a row that says how far it came, so after a kill it goes on there. What is promised holds: no more than the
giver was told, none beyond the quota, none beyond a member's limit.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session
from sqlmodel import select as choose

from bot.club import addresses, audit, conversations, giving_batches, templates
from bot.club.addresses import Address
from bot.club.audiences import Audience
from bot.club.errors import ClubError, StaleButton
from bot.club.members import Person
from bot.club.rules import Shop
from bot.club.templates import Template
from bot.i18n import N_
from db.coupons import COUPON_GIVINGS, CouponGiving, CouponTemplate
from db.engine import insert_once
from db.members import MEMBERS

MANY = 200  # coupons from which on a second yes is asked
FRESH = timedelta(seconds=3)
ASKED = "giving"  # what the conversation waits for


class NobodyFits(ClubError):
    """An audience in which nobody can be given a coupon."""

    says = N_("Nobody who fits “{audience}” and agreed can be given “{name}”.")


@dataclass(frozen=True, slots=True)
class Foretold:
    """What a giving would bring: at most `most` coupons; `had` have had theirs, for `late` none are left.

    `mark` tells this question from any other; `sure`: it was said yes to once, and is asked again as it is much.
    """

    template: Template
    audience: str
    most: int
    had: int
    late: int
    mark: str
    sure: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a giving came: `given` of at most `most`, how many had had theirs, for how many none were left."""

    id: int
    template: Template
    most: int
    given: int
    had: int
    late: int
    under_way: bool


def ask(
    session: Session,
    by: Person,
    name: str,
    audience: Audience,
    shop: Shop,
    *,
    mark: str,
    now: datetime,
    called: Callable[[str], str] = str,
) -> Foretold:
    """Foretell what giving a template's coupons to an audience brings, and wait for a yes.

    `called`: see audiences.read. Raises NoSuchTemplate, AllGiven, NobodyFits.
    """
    template = templates.newest(session, name)
    meant = giving_batches.fits(template, audience, by.member_id, shop, now=now, called=called)
    had = func.count().filter(MEMBERS.c.id.in_(giving_batches.had(template)))
    many, had_theirs = session.connection().execute(select(func.count(), had).select_from(MEMBERS).where(*meant)).one()
    fresh, left = many - had_theirs, giving_batches.left(template)
    most = fresh if left is None else min(fresh, left)
    if fresh and not most:
        raise templates.AllGiven(name=template.name, quota=template.quota)
    if not most:
        raise NobodyFits(audience=audience.text, name=template.name)
    facts: dict[str, Any] = {"mark": mark, "template": template.id, "audience": audience.text, "most": most}
    conversations.ask(session, by.account_id, ASKED, now=now, **facts, had=had_theirs, late=fresh - most, sure=False)
    return Foretold(templates.shown(template), audience.text, most, had_theirs, fresh - most, mark)


def confirm(
    session: Session,
    by: Person,
    mark: str,
    message_id: int,
    shop: Shop,
    *,
    sure: bool,
    now: datetime,
    called: Callable[[str], str] = str,
) -> Foretold | Standing:
    """Take a yes: ask once more where it is much, else begin, with the first batch at once.

    A giving that began already is told as it stands. Raises StaleButton.
    """
    begun = choose(CouponGiving).where(CouponGiving.key == mark, CouponGiving.given_by == by.member_id)
    if giving := session.exec(begun).first():
        return _standing(session, giving)
    asked = conversations.asked(session, by.account_id)
    if asked is None or asked[0] != ASKED or asked[1]["mark"] != mark or (sure and not asked[1]["sure"]):
        raise StaleButton
    facts = asked[1]
    if facts["most"] >= MANY and not sure:
        conversations.ask(session, by.account_id, ASKED, now=now, **facts | {"sure": True})
        template = templates.shown(session.get_one(CouponTemplate, facts["template"]))
        return Foretold(template, facts["audience"], facts["most"], facts["had"], facts["late"], mark, sure=True)
    conversations.close(session, by.account_id)
    giving_id = _begin(session, by, facts, message_id, shop, now)
    standing = go_on(session, giving_id, shop, now=now, called=called)
    if not standing.under_way:
        reported(session, giving_id)  # by the answer to this yes
    return standing


def _begin(session: Session, by: Person, facts: dict[str, Any], message_id: int, shop: Shop, now: datetime) -> int:
    template = session.get_one(CouponTemplate, facts["template"])
    giving_id = insert_once(
        session,
        COUPON_GIVINGS,
        key=facts["mark"],
        template_id=template.id,
        audience=facts["audience"],
        most=facts["most"],
        good_until=templates.good_until(template, shop, now),
        state="giving",
        reached=0,
        given=0,
        had=0,
        late=0,
        given_by=by.member_id,
        account_id=by.account_id,
        message_id=message_id,
        began_at=now,
    )
    if giving_id is None:  # somebody else's question with the same mark
        raise StaleButton
    audit.note(session, by.member_id, "coupon give all", now=now, template=template.id, giving=giving_id)
    return giving_id


def undone(session: Session, *, now: datetime) -> list[int]:
    """The givings that are under way or to be reported, the oldest first. The answer to a fresh yes goes before."""
    waits = (COUPON_GIVINGS.c.state != "done", COUPON_GIVINGS.c.began_at <= now - FRESH)
    found = select(COUPON_GIVINGS.c.id).where(*waits).order_by(COUPON_GIVINGS.c.id)
    return list(session.connection().execute(found).scalars())


def go_on(
    session: Session, giving_id: int, shop: Shop, *, now: datetime, called: Callable[[str], str] = str
) -> Standing:
    """Give to the next batch of a giving, if there is one. Returns how it stands then."""
    return _standing(session, giving_batches.give_next(session, giving_id, shop, now=now, called=called))


def address(session: Session, giving_id: int) -> Address | None:
    """Where a giving is reported; None where whoever gave it was erased."""
    return addresses.of(session, COUPON_GIVINGS, giving_id)


def reported(session: Session, giving_id: int) -> None:
    """Whoever gave the coupons knows what came of it."""
    done = {"state": "done", "account_id": None, "message_id": None}
    session.connection().execute(COUPON_GIVINGS.update().where(COUPON_GIVINGS.c.id == giving_id).values(**done))


def _standing(session: Session, giving: CouponGiving) -> Standing:
    template = templates.shown(session.get_one(CouponTemplate, giving.template_id))
    under_way = giving.state == "giving"
    return Standing(giving.id or 0, template, giving.most, giving.given, giving.had, giving.late, under_way)
